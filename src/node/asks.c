/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's side of the officers' door in another process: each question becomes a turn, and its
 * answer goes back over the link it came by. Who asks is what the session says; the door is
 * believed about nothing but a certificate whose key was proved to it. */

#include "node/split.h"

/* Arenas of turns that were answered, for those that come: their memory is not given back to the
 * system and asked for anew each time. Once no question came for a moment, it is. */
enum { SPARES_MAX = 16, SPARES_MS = 200 };
struct node_asks {
    struct arena *spares[SPARES_MAX];
    size_t spares_n;
    bool asked; /* since the timer was set */
    uint64_t timer;
    struct node_child *child;
    struct desk *desk;
    struct net_link *link;
    uint64_t generation; /* counts the links: an answer goes over the one it was asked by */
};
/* One question, from its arrival to its answer. Lives in its arena. */
struct errand {
    struct node_asks *asks;
    uint64_t generation;
    struct arena *arena;
    struct pack question;
    struct desk_turn dt;
};

static void forget(void *asks)
{
    struct node_asks *x = asks;
    while (x->spares_n) arena_free(x->spares[--x->spares_n]);
}

static void on_time(void *ctx);

static void timer_set(struct node_asks *x)
{
    int64_t now_ms = node_clock.mono_ms(node_clock.ctx);
    x->asked = false;
    x->timer = net_timer(x->child->loop, now_ms + SPARES_MS, on_time, x);
}

static void on_time(void *ctx)
{
    struct node_asks *x = ctx;
    x->timer = 0;
    if (x->asked) {
        timer_set(x);
        return;
    }
    forget(x);
    arena_rest();
}

err node_asks_open(struct node_child *c, struct turn *t, struct desk *desk, struct node_asks **out)
{
    struct node_asks *x = arena_take(t->arena, sizeof *x);
    *x = (struct node_asks){.child = c, .desk = desk};
    arena_on_free(t->arena, forget, x);
    *out = x;
    return ERR_OK;
}

size_t node_asks_unsent(const struct node_asks *x) { return net_link_unsent(x->link); }

static struct arena *arena_get(struct node_asks *x)
{
    x->asked = true;
    if (!x->timer) timer_set(x);
    return x->spares_n ? x->spares[--x->spares_n] : arena_new();
}

static void arena_give(struct node_asks *x, struct arena *a)
{
    if (x->spares_n == SPARES_MAX) {
        arena_free(a);
        return;
    }
    arena_reuse(a);
    x->spares[x->spares_n++] = a;
}

static void answered(struct desk_turn *dt)
{
    struct errand *e = dt->own;
    struct arena *a = e->arena;
    struct node_asks *x = e->asks;
    if (e->generation == e->asks->generation) {
        struct tree *m = tree_map(a);
        struct turn t = {.arena = a};
        if (dt->stamp.n) tree_add_str(a, m, "stamp", dt->stamp);
        if (dt->unchanged) tree_add_bool(a, m, "unchanged", true);
        if (dt->view) tree_add_shared(a, m, "view", dt->view);
        if (dt->result != ERR_OK) {
            dt->t.fault.err = dt->result;
            node_fault_put(a, tree_add_map(a, m, "refused"), &dt->t.fault);
        }
        node_line_answer(e->asks->link, &t, &e->question, m, NULL, 0);
    }
    arena_give(x, a);
}

static void on_message(void *ctx, struct bytes message)
{
    struct node_asks *x = ctx;
    struct arena *a = arena_get(x);
    struct errand *e = arena_take(a, sizeof *e);
    struct turn t = {.arena = a, .clock = &node_clock, .chance = &node_chance};
    *e = (struct errand){.asks = x, .generation = x->generation, .arena = a};
    if (pack_read(&t, bytes_dup(a, message), &node_link_limits, &e->question) != ERR_OK) {
        arena_give(x, a); /* no door of ours says that */
        return;
    }
    const struct tree *m = e->question.head;
    e->dt = (struct desk_turn){.uid = -1,
                               .session = tree_str(m, "session"),
                               .args = tree_get(m, "args"),
                               .unless = tree_str(m, "unless"),
                               .own = e};
    e->dt.result = node_officers_action(&t, tree_str(m, "action"), &e->dt.action);
    e->dt.t = t;
    if (e->dt.result == ERR_OK)
        desk_submit(x->desk, &e->dt, answered);
    else
        answered(&e->dt);
}

static void on_closed(void *ctx)
{
    struct node_asks *x = ctx;
    x->generation++;
    node_link_lost(x->child, GUARD_FRONT_OFFICERS);
}

err node_asks_linked(struct node_asks *x, struct turn *t, int fd)
{
    struct net_link_options o = {.fd = fd,
                                 .message_max = NODE_LINK_MAX,
                                 .message = on_message,
                                 .closed = on_closed,
                                 .ctx = x};
    net_link_close(x->link);
    x->link = NULL;
    x->generation++;
    return net_link_open(t, x->child->loop, &o, &x->link);
}
