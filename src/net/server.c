/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server: listening, TLS, and the connections.
 *
 * libmicrohttpd runs without threads on an epoll set of its own, which is one descriptor in our
 * loop. Each connection has a place in a fixed table and a deadline, because the library's own idle
 * limit is content with one byte now and then. Which client certificate is welcome is not decided
 * here: TLS asks for one and proves possession of its key, request.c hands it to the handler. */

#include "net/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TLS_OPTIONS = 5, BACKLOG = 511, POOL = 128 * 1024, REST_MS = 50 };

static uint16_t port_of(int fd);
static err daemon_start(struct turn *t, struct net_server *s, int fd);
static void on_ready(void *ctx);
static int64_t hook_wait_ms(void *ctx);
static void on_connection(void *cls, struct MHD_Connection *connection, void **place,
                          enum MHD_ConnectionNotificationCode what);

err net_server_start(struct turn *t, struct net_loop *l, const struct net_server_options *o,
                     struct net_server **out)
{
    assert(o->head && o->body && o->idle_s >= 1);
    assert(o->connections_max >= 1 && o->connections_max <= NET_CONNECTIONS_MAX);
    assert(!o->tls_key_pem == (!o->tls_cert_pem || o->tls_signer));
    int fd = o->listens;
    uint16_t port = fd > 0 ? port_of(fd) : 0;
    if (fd <= 0) try(net_listen(t, o->address, o->port, &fd, &port));
    struct arena *a = arena_new();
    struct net_server *s = arena_take(a, sizeof *s);
    *s = (struct net_server){.arena = a, .loop = l, .o = *o, .port = port, .epoll = -1};
    s->has_tls = o->tls_cert_pem;
    drain_init(&s->drain, l);
    s->place = arena_take_many(a, o->connections_max, sizeof *s->place);
    for (unsigned i = o->connections_max; i-- > 0;) {
        s->place[i].server = s;
        s->place[i].next_free = s->free;
        s->free = &s->place[i];
    }
    s->hook = (struct loop_hook){hook_wait_ms, on_ready, s, NULL};
    err e = s->has_tls && o->tls_signer
                ? tls_identity_open(t, o->tls_cert_pem, o->tls_signer, &s->identity)
                : ERR_OK;
    if (e == ERR_OK)
        e = daemon_start(t, s, fd);
    else
        close(fd);
    s->o.tls_key_pem = s->o.tls_cert_pem = NULL; /* borrowed only until the daemon has read them */
    s->o.tls_signer = NULL;
    if (e != ERR_OK) {
        tls_identity_close(&s->identity);
        arena_free(a);
        return e;
    }
    loop_hook_add(l, &s->hook);
    *out = s;
    return ERR_OK;
}

void net_server_stop(struct net_server *s)
{
    if (!s) return;
    s->stopping = true;
    net_unwatch(s->loop, s->epoll);
    loop_hook_remove(s->loop, &s->hook);
    /* The library does not stop over suspended connections. */
    for (unsigned i = 0; i < s->o.connections_max; i++) {
        if (s->place[i].connection && s->place[i].suspended) {
            s->place[i].suspended = false;
            MHD_resume_connection(s->place[i].connection);
        }
    }
    MHD_stop_daemon(s->daemon);
    tls_identity_close(&s->identity);
    drain_end(&s->drain);
    arena_free(s->arena);
}

uint16_t net_server_port(const struct net_server *s) { return s->port; }

unsigned net_server_arriving(const struct net_server *s) { return s->arriving; }

/* ---- starting -------------------------------------------------------------------------------- */

/* An address in numbers, of either family. */
static bool address_read(const char *address, uint16_t port, struct sockaddr_storage *to,
                         socklen_t *n)
{
    struct sockaddr_in *four = (struct sockaddr_in *)to;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;
    *to = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        *n = sizeof *four;
        return true;
    }
    if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        *n = sizeof *six;
        return true;
    }
    return false;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage to;
    socklen_t n = sizeof to;
    if (getsockname(fd, (struct sockaddr *)&to, &n) != 0) return 0;
    return ntohs(to.ss_family == AF_INET ? ((struct sockaddr_in *)&to)->sin_port
                                         : ((struct sockaddr_in6 *)&to)->sin6_port);
}

err net_listen(struct turn *t, const char *address, uint16_t port, int *fd_out, uint16_t *port_out)
{
    struct sockaddr_storage to;
    socklen_t n;
    if (!address_read(address, port, &to, &n)) {
        return turn_fail(t, ERR_USAGE, "net-address", NULL,
                         "cannot listen on \"%s\": an IP address is needed", address);
    }
    int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        (to.ss_family == AF_INET ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
        bind(fd, (struct sockaddr *)&to, n) == 0 && listen(fd, BACKLOG) == 0) {
        *fd_out = fd;
        *port_out = port_of(fd);
        return ERR_OK;
    }
    int why = errno;
    if (fd >= 0) close(fd);
    return turn_fail(t, why == EADDRINUSE ? ERR_BUSY : ERR_INTERNAL, "net-listen", NULL,
                     "cannot listen on %s port %u: %s", address, port, errno_words(why));
}

/* The library takes every option as a plain pointer, and reads these only. */
static void *unconst(const char *c) { return (void *)(uintptr_t)c; }

static err daemon_start(struct turn *t, struct net_server *s, int fd)
{
    const char *key_pem = s->o.tls_key_pem, *cert_pem = s->o.tls_cert_pem;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (s->has_tls ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[TLS_OPTIONS] = {{MHD_OPTION_END, 0, NULL}};
    size_t n = 0;
    if (s->has_tls)
        tls[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0,
                                           unconst("NORMAL:-VERS-ALL:+VERS-TLS1.3")};
    if (s->has_tls && s->o.tls_signer)
        tls[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK, 0,
                                           (void *)(intptr_t)tls_identity_give};
    if (key_pem) {
        tls[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, unconst(key_pem)};
        tls[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, unconst(cert_pem)};
    }
    tls[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, request_on_bytes, s, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, s->o.connections_max, MHD_OPTION_CONNECTION_TIMEOUT,
        s->o.idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_URI_LOG_CALLBACK, request_on_target, s, MHD_OPTION_NOTIFY_COMPLETED,
        request_on_end, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
    if (!s->daemon) {
        if (fcntl(fd, F_GETFD) >= 0) close(fd);
        return turn_fail(t, key_pem ? ERR_USAGE : ERR_INTERNAL, "net-server", NULL,
                         "the HTTP server did not start on port %u%s", s->port,
                         key_pem ? ": its TLS key and certificate do not read as a pair" : "");
    }
    s->epoll = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->listen_fd;
    err e = net_watch(t, s->loop, s->epoll, on_ready, s);
    if (e != ERR_OK) MHD_stop_daemon(s->daemon);
    return e;
}

/* ---- running --------------------------------------------------------------------------------- */

/* Whether a TLS session holds bytes that the library has not taken yet. */
static bool is_pending(const struct net_server *s)
{
    for (unsigned i = 0; i < s->o.connections_max; i++) {
        if (s->place[i].connection && tls_is_pending(&s->place[i].line)) return true;
    }
    return false;
}

static void on_ready(void *ctx)
{
    struct net_server *s = ctx;
    uint64_t before = s->moved;
    s->run_again = false;
    MHD_run(s->daemon);
    /* A handshake that waits for its client: see tls.c. What the client says wakes us anyhow. */
    bool rests = s->has_tls && s->moved == before && !is_pending(s);
    s->rests_until_ms = rests ? loop_now_ms(s->loop) + REST_MS : 0;
}

static int64_t hook_wait_ms(void *ctx)
{
    struct net_server *s = ctx;
    MHD_UNSIGNED_LONG_LONG ms;
    if (s->run_again) return 0;
    if (MHD_get_timeout(s->daemon, &ms) != MHD_YES) return -1;
    if (ms > 0) return ms > INT32_MAX ? INT32_MAX : (int64_t)ms;
    if (s->rests_until_ms == 0) return 0;
    int64_t rest = s->rests_until_ms - loop_now_ms(s->loop);
    return rest > 0 ? rest : 0;
}

int socket_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **place,
                          enum MHD_ConnectionNotificationCode what)
{
    struct net_server *s = cls;
    struct net_request *r = *place;
    int fd = socket_of(connection), on = 1;
    s->moved++;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (!r) return;
        /* At its limit the library stops listening, and listens again only when it runs next. */
        if (!s->free) s->run_again = true;
        server_deadline_stop(r);
        arena_free(r->arena);
        *r = (struct net_request){.server = s, .next_free = s->free};
        s->free = r;
        return;
    }
    r = s->free;
    assert(r); /* the library holds at most connections_max */
    s->free = r->next_free;
    *r = (struct net_request){.server = s, .connection = connection, .arena = arena_new()};
    *place = r;
    place_taken(r);
    server_deadline(r, 0);
    /* A handshake is many small writes, each of which would wait for the last to be acknowledged.
     */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const union MHD_ConnectionInfo *tls =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (tls && tls->tls_session) {
        tls_attach(&r->line, tls->tls_session, fd, &s->moved, s->o.ask_client);
        r->line.identity = &s->identity;
    }
}

static void on_deadline(void *ctx)
{
    struct net_request *r = ctx;
    r->deadline = 0;
    /* The library then finds the connection closed by its other side, and ends it. */
    shutdown(socket_of(r->connection), SHUT_RDWR);
}

void server_deadline(struct net_request *r, size_t bytes)
{
    struct net_server *s = r->server;
    server_deadline_stop(r);
    unsigned rest_s = s->o.stranger_s && !r->seat.welcome ? s->o.stranger_s : s->o.idle_s;
    int64_t ms = (int64_t)rest_s * 1000 + (int64_t)(bytes / NET_RATE_MIN) * 1000;
    r->deadline = net_timer(s->loop, loop_now_ms(s->loop) + ms, on_deadline, r);
}

void server_deadline_stop(struct net_request *r)
{
    if (r->deadline) net_timer_stop(r->server->loop, r->deadline);
    r->deadline = 0;
}
