/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop: one epoll set, one heap of timers, and the libraries that have their own
 * timeouts.
 *
 * It exists so that server, client and local socket share one thread and one place that waits. A
 * descriptor number is reused by the kernel as soon as it is closed, also between two events of one
 * wait; each watch therefore has a generation, and an event for an older one is dropped. It does
 * not know what travels over a descriptor. */

#include "net/loop.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { WATCHES_FIRST = 256, EVENTS_PER_WAIT = 64 };

struct watch {
    uint32_t generation;
    bool lives;
    void (*readable)(void *ctx); /* of net_watch, or */
    void (*ready)(void *ctx, int fd, unsigned events);
    void *ctx;
};

struct net_loop {
    struct arena *arena;
    const struct clock *clock;
    int epoll;
    struct watch *watch; /* by descriptor number */
    size_t watch_room;
    struct timers timers;
    struct loop_hook *hooks;
};

static int wait_at_most(const struct net_loop *l, int wait_ms);
static void tell(struct net_loop *l, const struct epoll_event *e);

err net_loop_new(struct turn *t, const struct clock *clock, struct net_loop **out)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) {
        return turn_fail(t, ERR_INTERNAL, "net-loop", NULL, "cannot make an event loop: %s",
                         errno_words(errno));
    }
    struct arena *a = arena_new();
    struct net_loop *l = arena_take(a, sizeof *l);
    *l = (struct net_loop){.arena = a, .clock = clock, .epoll = fd};
    timers_init(&l->timers, a);
    *out = l;
    return ERR_OK;
}

void net_loop_free(struct net_loop *l)
{
    if (!l) return;
    assert(!l->hooks); /* stop servers before the loop they stand on */
    close(l->epoll);
    arena_free(l->arena);
}

err net_loop_turn(struct turn *t, struct net_loop *l, int wait_ms)
{
    struct epoll_event events[EVENTS_PER_WAIT];
    int n = epoll_wait(l->epoll, events, EVENTS_PER_WAIT, wait_at_most(l, wait_ms));
    if (n < 0 && errno != EINTR) {
        return turn_fail(t, ERR_INTERNAL, "net-loop", NULL, "cannot wait for events: %s",
                         errno_words(errno));
    }
    for (int i = 0; i < n; i++) tell(l, &events[i]);
    timers_run(&l->timers, loop_now_ms(l));
    for (struct loop_hook *h = l->hooks, *next; h; h = next) {
        next = h->next;
        if (h->wait_ms(h->ctx) == 0) h->run(h->ctx);
    }
    return ERR_OK;
}

uint64_t net_timer(struct net_loop *l, int64_t mono_ms, void (*go)(void *ctx), void *ctx)
{
    return timers_add(&l->timers, mono_ms, go, ctx);
}

void net_timer_stop(struct net_loop *l, uint64_t handle) { timers_stop(&l->timers, handle); }

int64_t loop_now_ms(const struct net_loop *l) { return l->clock->mono_ms(l->clock->ctx); }

static int wait_at_most(const struct net_loop *l, int wait_ms)
{
    int64_t wait = wait_ms;
    int64_t timer = timers_wait(&l->timers, loop_now_ms(l));
    if (timer >= 0 && (wait < 0 || timer < wait)) wait = timer;
    for (struct loop_hook *h = l->hooks; h; h = h->next) {
        int64_t hook = h->wait_ms(h->ctx);
        if (hook >= 0 && (wait < 0 || hook < wait)) wait = hook;
    }
    return wait > INT32_MAX ? INT32_MAX : (int)wait;
}

/* ---- watches --------------------------------------------------------------------------------- */

static err watch_room(struct turn *t, struct net_loop *l, int fd)
{
    assert(fd >= 0);
    if (fd >= NET_FD_MAX) {
        return turn_fail(t, ERR_BUSY, "net-descriptors", NULL,
                         "cannot watch descriptor %d: the limit is %d", fd, NET_FD_MAX);
    }
    size_t room = l->watch_room ? l->watch_room : WATCHES_FIRST;
    while (room <= (size_t)fd) room *= 2;
    if (room == l->watch_room) return ERR_OK;
    struct watch *w = arena_take_many(l->arena, room, sizeof *w);
    if (l->watch_room) memcpy(w, l->watch, l->watch_room * sizeof *w);
    l->watch = w;
    l->watch_room = room;
    return ERR_OK;
}

/* The kernel forgets a descriptor that was closed, and knows one that was not: both are met by
 * trying the other call. */
static err watch_set(struct turn *t, struct net_loop *l, int fd, unsigned events)
{
    struct watch *w = &l->watch[fd];
    struct epoll_event e = {.data.u64 = (uint64_t)w->generation << 32 | (uint32_t)fd};
    if (events & LOOP_IN) e.events |= EPOLLIN;
    if (events & LOOP_OUT) e.events |= EPOLLOUT;
    if (epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &e) == 0) return ERR_OK;
    if (errno == ENOENT && epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e) == 0) return ERR_OK;
    w->lives = false;
    return turn_fail(t, ERR_INTERNAL, "net-watch", NULL, "cannot watch descriptor %d: %s", fd,
                     errno_words(errno));
}

err loop_watch(struct turn *t, struct net_loop *l, int fd, unsigned events,
               void (*ready)(void *ctx, int fd, unsigned events), void *ctx)
{
    try(watch_room(t, l, fd));
    l->watch[fd] = (struct watch){l->watch[fd].generation + 1, true, NULL, ready, ctx};
    return watch_set(t, l, fd, events);
}

err net_watch(struct turn *t, struct net_loop *l, int fd, void (*ready)(void *ctx), void *ctx)
{
    try(watch_room(t, l, fd));
    l->watch[fd] = (struct watch){l->watch[fd].generation + 1, true, ready, NULL, ctx};
    return watch_set(t, l, fd, LOOP_IN);
}

void net_unwatch(struct net_loop *l, int fd)
{
    if (fd < 0 || (size_t)fd >= l->watch_room || !l->watch[fd].lives) return;
    l->watch[fd].lives = false;
    /* Fails when the descriptor was closed first; then there is nothing left to take out. */
    (void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
}

static void tell(struct net_loop *l, const struct epoll_event *e)
{
    uint32_t fd = (uint32_t)e->data.u64;
    struct watch w = l->watch[fd]; /* a copy: the callback may grow the table */
    if (!w.lives || w.generation != (uint32_t)(e->data.u64 >> 32)) return;
    if (w.readable) {
        w.readable(w.ctx);
        return;
    }
    unsigned events = 0;
    if (e->events & EPOLLIN) events |= LOOP_IN;
    if (e->events & EPOLLOUT) events |= LOOP_OUT;
    if (e->events & (EPOLLHUP | EPOLLERR)) events |= LOOP_HUP;
    w.ready(w.ctx, (int)fd, events);
}

/* ---- hooks ----------------------------------------------------------------------------------- */

void loop_hook_add(struct net_loop *l, struct loop_hook *h)
{
    h->next = l->hooks;
    l->hooks = h;
}

void loop_hook_remove(struct net_loop *l, struct loop_hook *h)
{
    for (struct loop_hook **at = &l->hooks; *at; at = &(*at)->next) {
        if (*at != h) continue;
        *at = h->next;
        return;
    }
}
