/* SPDX-License-Identifier: Apache-2.0 */
/* One end of a socket pair between two of our own processes, on the loop.
 *
 * Messages go both ways at any time and whole, in the order they were sent. What cannot be written
 * at once waits here: the caller looks at how much that is and stops asking. The other end may have
 * been taken over, so what it announces is bounded, and one that breaks the form is dead to us. It
 * does not know what travels, and it starts nothing again. */

#include "net/frame.h"
#include "net/loop.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEPS_PER_EVENT = 64 };

/* A message on its way out. */
struct leaving {
    struct arena *arena;
    struct leaving *next;
    struct bytes rest;
};
struct net_link {
    struct arena *arena, *message; /* its own; of the message that is coming */
    struct net_loop *loop;
    struct net_link_options o;
    int fd; /* -1: dead */
    struct frame in;
    struct leaving *first, **end;
    size_t unsent;
    unsigned watched;
    uint64_t told; /* timer that tells of the end */
};

static void on_ready(void *ctx, int fd, unsigned events);

static void link_watch(struct net_link *k)
{
    unsigned events = LOOP_IN | (k->first ? LOOP_OUT : 0);
    struct turn t = {0};
    if (k->fd < 0 || events == k->watched) return;
    k->watched = events;
    /* It was watched before; what could fail has been done. */
    err e = loop_watch(&t, k->loop, k->fd, events, on_ready, k);
    assert(e == ERR_OK);
}

err net_link_open(struct turn *t, struct net_loop *l, const struct net_link_options *o,
                  struct net_link **out)
{
    assert(o->message && o->closed && o->message_max <= UINT32_MAX);
    struct arena *a = arena_new();
    struct net_link *k = arena_take(a, sizeof *k);
    *k = (struct net_link){.arena = a, .message = arena_new(), .loop = l, .o = *o, .fd = o->fd};
    k->end = &k->first;
    frame_start(&k->in, k->message, o->message_max);
    k->watched = LOOP_IN;
    err e = loop_watch(t, l, o->fd, LOOP_IN, on_ready, k);
    if (e != ERR_OK) {
        net_link_close(k);
        return e;
    }
    *out = k;
    return ERR_OK;
}

static void link_drop(struct net_link *k)
{
    if (k->fd >= 0) {
        net_unwatch(k->loop, k->fd);
        close(k->fd);
    }
    k->fd = -1;
    for (struct leaving *m = k->first, *next; m; m = next) {
        next = m->next;
        arena_free(m->arena);
    }
    k->first = NULL;
    k->end = &k->first;
    k->unsent = 0;
}

void net_link_close(struct net_link *k)
{
    if (!k) return;
    link_drop(k);
    if (k->told) net_timer_stop(k->loop, k->told);
    arena_free(k->message);
    arena_free(k->arena);
}

bool net_link_lives(const struct net_link *k) { return k && k->fd >= 0; }

size_t net_link_unsent(const struct net_link *k) { return k ? k->unsent : 0; }

static void on_end(void *ctx)
{
    struct net_link *k = ctx;
    k->told = 0;
    k->o.closed(k->o.ctx);
}

/* Told from the loop and by nobody's call, so that whoever is told may close it. */
static void link_die(struct net_link *k)
{
    link_drop(k);
    if (!k->told) k->told = net_timer(k->loop, loop_now_ms(k->loop), on_end, k);
}

/* ---- out ------------------------------------------------------------------------------------- */

/* Writes what goes; false when nothing more does. */
static bool step_write(struct net_link *k)
{
    struct leaving *m = k->first;
    if (!m) return false;
    ssize_t n = send(k->fd, m->rest.p, m->rest.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) return true;
    if (n < 0) {
        if (errno != EAGAIN) link_die(k);
        return false;
    }
    k->unsent -= (size_t)n;
    m->rest = (struct bytes){m->rest.p + n, m->rest.n - (size_t)n};
    if (m->rest.n) return true;
    k->first = m->next;
    if (!k->first) k->end = &k->first;
    arena_free(m->arena);
    return true;
}

void net_link_send(struct net_link *k, struct bytes message)
{
    if (k->fd < 0) return;
    assert(message.n <= UINT32_MAX);
    struct arena *a = arena_new();
    struct leaving *m = arena_take(a, sizeof *m);
    *m = (struct leaving){.arena = a, .rest = frame_make(a, message)};
    k->unsent += m->rest.n;
    *k->end = m;
    k->end = &m->next;
    while (k->fd >= 0 && step_write(k)) continue;
    link_watch(k);
}

/* ---- in -------------------------------------------------------------------------------------- */

static bool step_read(struct net_link *k)
{
    size_t room;
    void *space = frame_space(&k->in, &room);
    ssize_t n = recv(k->fd, space, room, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) return true;
    if (n < 0 && errno == EAGAIN) return false;
    enum frame_is is = n > 0 ? frame_took(&k->in, (size_t)n) : FRAME_TOO_LONG;
    if (is == FRAME_TOO_LONG) {
        link_die(k);
        return false;
    }
    if (is == FRAME_PART) return true;
    k->o.message(k->o.ctx, (struct bytes){k->in.p, k->in.n});
    arena_reset(k->message);
    frame_start(&k->in, k->message, k->o.message_max);
    return k->fd >= 0;
}

static void on_ready(void *ctx, int fd, unsigned events)
{
    (void)fd;
    struct net_link *k = ctx;
    if (events & LOOP_OUT)
        for (int i = 0; k->fd >= 0 && i < STEPS_PER_EVENT && step_write(k); i++) continue;
    for (int i = 0; k->fd >= 0 && i < STEPS_PER_EVENT && step_read(k); i++) continue;
    link_watch(k);
}
