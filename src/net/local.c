/* SPDX-License-Identifier: Apache-2.0 */
/* The listening side of the local socket.
 *
 * Each peer has one message at a time: read, handed over, replied to, then the next is read. That
 * bounds what a peer can make us hold without a queue, and says which message a reply belongs to.
 * It knows the uid of a peer and judges nobody by it. */

#include "net/frame.h"
#include "net/loop.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64, STEPS_PER_EVENT = 64, REST_MS = 1000 };

enum peer_state {
    PEER_FREE,
    PEER_READS,  /* a message is coming                       */
    PEER_WAITS,  /* handed over; the reply is not known yet    */
    PEER_WRITES, /* the reply is leaving                      */
};

struct net_local_peer {
    struct net_local *local;
    enum peer_state state;
    int fd;
    unsigned uid, watched;
    bool known;          /* to the handler: it saw a message */
    struct arena *arena; /* of one message and its reply */
    struct frame in;
    struct bytes out;
};

struct net_local {
    struct arena *arena;
    struct net_loop *loop;
    struct net_local_options o;
    int fd;
    uint64_t rest; /* timer after which connections are taken again */
    unsigned peers;
    struct net_local_peer *peer;
};

static void on_knock(void *ctx);
static void on_ready(void *ctx, int fd, unsigned events);
static void peer_watch(struct net_local_peer *p);
static void peer_drop(struct net_local_peer *p);

err net_local_start(struct turn *t, struct net_loop *l, const struct net_local_options *o,
                    struct net_local **out)
{
    assert(o->message && o->message_max <= UINT32_MAX);
    assert(o->connections_max >= 1 && o->connections_max <= NET_CONNECTIONS_MAX);
    int fd = o->listens;
    if (fd <= 0) try(net_local_listen(t, o->path, o->mode, &fd));
    struct arena *a = arena_new();
    struct net_local *s = arena_take(a, sizeof *s);
    *s = (struct net_local){.arena = a, .loop = l, .o = *o, .fd = fd};
    s->o.path = str_c(a, str_of(o->path));
    s->peer = arena_take_many(a, o->connections_max, sizeof *s->peer);
    err e = net_watch(t, l, fd, on_knock, s);
    if (e != ERR_OK) {
        net_local_stop(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void net_local_stop(struct net_local *s)
{
    if (!s) return;
    for (unsigned i = 0; i < s->o.connections_max; i++) {
        if (s->peer[i].state != PEER_FREE) peer_drop(&s->peer[i]);
    }
    net_timer_stop(s->loop, s->rest);
    net_unwatch(s->loop, s->fd);
    close(s->fd);
    if (s->o.listens <= 0) unlink(s->o.path);
    arena_free(s->arena);
}

void net_local_reply(struct net_local_peer *p, struct bytes message)
{
    assert(p->state == PEER_WAITS);
    p->state = PEER_WRITES;
    /* The loop writes, and the loop drops: so `gone` is never told from in here. */
    if (message.n > p->local->o.message_max)
        shutdown(p->fd, SHUT_RDWR);
    else
        p->out = frame_make(p->arena, message);
    peer_watch(p);
}

/* ---- the socket file ------------------------------------------------------------------------- */

/* Whether `to` is a socket file that a dead process left behind. */
static bool is_left_behind(const struct sockaddr_un *to)
{
    struct stat st;
    if (lstat(to->sun_path, &st) || !S_ISSOCK(st.st_mode)) return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return false;
    bool refused = connect(fd, (const struct sockaddr *)to, sizeof *to) && errno == ECONNREFUSED;
    close(fd);
    return refused;
}

static int bind_at(int fd, const struct sockaddr_un *to)
{
    int r = bind(fd, (const struct sockaddr *)to, sizeof *to);
    if (r && errno == EADDRINUSE && is_left_behind(to)) {
        unlink(to->sun_path);
        r = bind(fd, (const struct sockaddr *)to, sizeof *to);
    }
    return r;
}

err net_local_listen(struct turn *t, const char *path, unsigned mode, int *fd_out)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof to.sun_path) {
        return turn_fail(t, ERR_USAGE, "net-local", NULL,
                         "the path of the local socket must have 1 to %zu bytes: %s",
                         sizeof to.sun_path - 1, path);
    }
    memcpy(to.sun_path, path, n);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* On Linux a socket's own mode becomes the file's: there is no moment with a wider one. */
    if (fd >= 0 && fchmod(fd, mode ? mode : 0600) == 0 && bind_at(fd, &to) == 0 &&
        chmod(path, mode ? mode : 0600) == 0 && listen(fd, BACKLOG) == 0) {
        *fd_out = fd;
        return ERR_OK;
    }
    int why = errno;
    if (fd >= 0) close(fd);
    return turn_fail(t, why == EADDRINUSE ? ERR_BUSY : ERR_INTERNAL, "net-local", NULL,
                     "cannot listen at %s: %s", path, errno_words(why));
}

/* ---- peers ----------------------------------------------------------------------------------- */

static void take_again(void *ctx)
{
    struct net_local *s = ctx;
    struct turn t = {0};
    s->rest = 0;
    if (net_watch(&t, s->loop, s->fd, on_knock, s) != ERR_OK) {
        s->rest = net_timer(s->loop, loop_now_ms(s->loop) + REST_MS, take_again, s);
    }
}

/* Out of descriptors or memory: the waiting connection would wake us without end. */
static void take_a_rest(struct net_local *s)
{
    net_unwatch(s->loop, s->fd);
    net_timer_stop(s->loop, s->rest);
    s->rest = net_timer(s->loop, loop_now_ms(s->loop) + REST_MS, take_again, s);
}

static void on_knock(void *ctx)
{
    struct net_local *s = ctx;
    if (s->peers == s->o.connections_max) {
        net_unwatch(s->loop, s->fd); /* until one leaves */
        return;
    }
    int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) take_a_rest(s);
        return;
    }
    struct ucred who;
    socklen_t n = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n)) {
        close(fd);
        return;
    }
    struct net_local_peer *p = s->peer;
    while (p->state != PEER_FREE) p++;
    *p = (struct net_local_peer){
        .local = s, .state = PEER_READS, .fd = fd, .uid = who.uid, .arena = arena_new()};
    frame_start(&p->in, p->arena, s->o.message_max);
    s->peers++;
    peer_watch(p);
}

static void peer_watch(struct net_local_peer *p)
{
    unsigned events = LOOP_HUP; /* told in any case; here it only differs from "not yet watched" */
    if (p->state == PEER_READS) events |= LOOP_IN;
    if (p->state == PEER_WRITES) events |= LOOP_OUT;
    if (events == p->watched) return;
    struct turn t = {0};
    p->watched = events;
    if (loop_watch(&t, p->local->loop, p->fd, events, on_ready, p) != ERR_OK) {
        assert(!p->known); /* a descriptor that is watched already can be changed */
        peer_drop(p);
    }
}

static void peer_drop(struct net_local_peer *p)
{
    struct net_local *s = p->local;
    bool was_full = s->peers-- == s->o.connections_max;
    if (p->known && s->o.gone) s->o.gone(s->o.ctx, p);
    net_unwatch(s->loop, p->fd);
    close(p->fd);
    arena_free(p->arena);
    p->state = PEER_FREE;
    if (was_full && s->rest == 0) take_again(s);
}

/* Each step answers true when there may be more to do at once. */
static bool step_read(struct net_local_peer *p, bool *lives)
{
    size_t room;
    void *space = frame_space(&p->in, &room);
    ssize_t n = recv(p->fd, space, room, 0);
    if (n < 0 && errno == EINTR) return true;
    if (n <= 0) {
        *lives = n < 0 && errno == EAGAIN;
        return false;
    }
    enum frame_is is = frame_took(&p->in, (size_t)n);
    *lives = is != FRAME_TOO_LONG;
    if (is == FRAME_WHOLE) {
        p->state = PEER_WAITS;
        p->known = true;
        p->local->o.message(p->local->o.ctx, p, p->uid, (struct bytes){p->in.p, p->in.n});
    }
    return *lives;
}

static bool step_write(struct net_local_peer *p, bool *lives)
{
    ssize_t n = send(p->fd, p->out.p, p->out.n, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) return true;
    if (n < 0) {
        *lives = errno == EAGAIN;
        return false;
    }
    p->out = (struct bytes){p->out.p + n, p->out.n - (size_t)n};
    if (p->out.n == 0) {
        arena_reset(p->arena);
        frame_start(&p->in, p->arena, p->local->o.message_max);
        p->state = PEER_READS;
    }
    return true;
}

static void on_ready(void *ctx, int fd, unsigned events)
{
    (void)fd;
    struct net_local_peer *p = ctx;
    bool lives = !(events & LOOP_HUP) || p->state == PEER_READS, more = lives;
    for (int i = 0; more && i < STEPS_PER_EVENT; i++) {
        switch (p->state) {
        case PEER_READS:
            more = step_read(p, &lives);
            break;
        case PEER_WRITES:
            more = p->out.n ? step_write(p, &lives) : (lives = false);
            break;
        case PEER_WAITS:
        case PEER_FREE:
            more = false;
            break;
        }
    }
    if (lives)
        peer_watch(p);
    else
        peer_drop(p);
}
