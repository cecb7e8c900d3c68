/* SPDX-License-Identifier: Apache-2.0 */
/* A client that says exactly what it is told, over TLS or not, in the same loop as the server. */

#include "net_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct raw {
    struct world *w;
    int fd;
    gnutls_session_t tls; /* NULL when plain */
    gnutls_certificate_credentials_t own;
    bool is_open, is_closed, deaf;
    char heard[65536];
    size_t n;
};

static void ok(int e)
{
    if (e < 0) fail_msg("gnutls: %s", gnutls_strerror(e));
}

static void on_bytes(void *ctx);
static void shake(struct raw *r);

static void tls_up(struct raw *r, const struct raw_options *o)
{
    ok(gnutls_certificate_allocate_credentials(&r->own));
    gnutls_certificate_set_flags(r->own, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
    if (o->cert_pem) {
        gnutls_datum_t key = {(void *)(uintptr_t)o->key_pem, (unsigned)strlen(o->key_pem)};
        gnutls_datum_t cert = {(void *)(uintptr_t)o->cert_pem, (unsigned)strlen(o->cert_pem)};
        ok(gnutls_certificate_set_x509_key_mem(r->own, &cert, &key, GNUTLS_X509_FMT_PEM));
    }
    ok(gnutls_init(&r->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_FORCE_CLIENT_CERT));
    ok(gnutls_credentials_set(r->tls, GNUTLS_CRD_CERTIFICATE, r->own));
    ok(gnutls_priority_set_direct(
        r->tls, o->priority ? o->priority : "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL));
    gnutls_transport_set_int(r->tls, r->fd);
}

struct raw *raw_open(struct world *w, uint16_t port, const struct raw_options *o)
{
    struct raw *r = calloc(1, sizeof *r);
    r->w = w;
    r->deaf = o->deaf;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    assert_int_equal(connect(r->fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fcntl(r->fd, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(net_watch(&w->t, w->loop, r->fd, on_bytes, r), ERR_OK);
    if (o->plain) {
        r->is_open = true;
    } else {
        tls_up(r, o);
        shake(r);
    }
    if (r->is_open && r->deaf) net_unwatch(w->loop, r->fd);
    return r;
}

static void ended(struct raw *r)
{
    r->is_closed = true;
    net_unwatch(r->w->loop, r->fd);
}

static void shake(struct raw *r)
{
    int e = gnutls_handshake(r->tls);
    if (e == 0)
        r->is_open = true;
    else if (gnutls_error_is_fatal(e))
        ended(r);
    if (r->is_open && r->deaf) net_unwatch(r->w->loop, r->fd);
}

static void on_bytes(void *ctx)
{
    struct raw *r = ctx;
    if (!r->is_open) {
        shake(r);
        if (!r->is_open || r->deaf) return;
    }
    for (;;) {
        size_t room = sizeof r->heard - r->n;
        char spill[4096];
        void *to = room ? r->heard + r->n : spill;
        ssize_t n = r->tls ? gnutls_record_recv(r->tls, to, room ? room : sizeof spill)
                           : recv(r->fd, to, room ? room : sizeof spill, 0);
        if (n > 0) {
            if (room) r->n += (size_t)n;
            continue;
        }
        bool later = r->tls ? n < 0 && !gnutls_error_is_fatal((int)n) : n < 0 && errno == EAGAIN;
        if (!later) ended(r);
        if (n == GNUTLS_E_INTERRUPTED) continue;
        return;
    }
}

bool raw_is_open(const struct raw *r) { return r->is_open; }

bool raw_is_closed(const struct raw *r) { return r->is_closed; }

size_t raw_send(struct raw *r, const void *p, size_t n)
{
    ssize_t sent = r->tls ? gnutls_record_send(r->tls, p, n) : send(r->fd, p, n, MSG_NOSIGNAL);
    return sent < 0 ? 0 : (size_t)sent;
}

static bool has_shaken(void *ctx)
{
    const struct raw *r = ctx;
    return r->is_open || r->is_closed;
}

void raw_say(struct raw *r, const char *text)
{
    world_until(r->w, has_shaken, r);
    assert_true(r->is_open);
    assert_int_equal(raw_send(r, text, strlen(text)), strlen(text));
}

struct str raw_heard(const struct raw *r) { return (struct str){r->heard, r->n}; }

struct expects {
    const struct raw *r;
    const char *text;
};

static bool has_heard(void *ctx)
{
    const struct expects *x = ctx;
    return memmem(x->r->heard, x->r->n, x->text, strlen(x->text)) != NULL;
}

void raw_until_heard(struct world *w, struct raw *r, const char *text)
{
    world_until(w, has_heard, &(struct expects){r, text});
}

static bool has_closed(void *ctx) { return raw_is_closed(ctx); }

void raw_until_closed(struct world *w, struct raw *r) { world_until(w, has_closed, r); }

void raw_close(struct raw *r)
{
    net_unwatch(r->w->loop, r->fd);
    if (r->tls) gnutls_deinit(r->tls);
    if (r->own) gnutls_certificate_free_credentials(r->own);
    close(r->fd);
    free(r);
}

int raw_fd(const struct raw *r) { return r->fd; }
