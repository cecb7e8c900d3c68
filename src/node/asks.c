/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's side of the officers' door in another process: each question becomes a turn, and its
 * answer goes back over the link it came by. Who asks is what the session says; the door is
 * believed about nothing but a certificate whose key was proved to it. */

#include "node/split.h"

struct node_asks {
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

err node_asks_open(struct node_child *c, struct turn *t, struct desk *desk, struct node_asks **out)
{
    struct node_asks *x = arena_take(t->arena, sizeof *x);
    *x = (struct node_asks){.child = c, .desk = desk};
    *out = x;
    return ERR_OK;
}

size_t node_asks_unsent(const struct node_asks *x) { return net_link_unsent(x->link); }

static void answered(struct desk_turn *dt)
{
    struct errand *e = dt->own;
    struct arena *a = e->arena;
    if (e->generation == e->asks->generation) {
        struct tree *m = tree_map(a);
        struct turn t = {.arena = a};
        if (dt->stamp.n) tree_add_str(a, m, "stamp", dt->stamp);
        if (dt->unchanged) tree_add_bool(a, m, "unchanged", true);
        if (dt->view) tree_add_copy(a, m, "view", dt->view);
        if (dt->result != ERR_OK) {
            dt->t.fault.err = dt->result;
            node_fault_put(a, tree_add_map(a, m, "refused"), &dt->t.fault);
        }
        node_line_answer(e->asks->link, &t, &e->question, m, NULL, 0);
    }
    arena_free(a);
}

static void on_message(void *ctx, struct bytes message)
{
    struct node_asks *x = ctx;
    struct arena *a = arena_new();
    struct errand *e = arena_take(a, sizeof *e);
    struct turn t = {.arena = a, .clock = &node_clock, .chance = &node_chance};
    *e = (struct errand){.asks = x, .generation = x->generation, .arena = a};
    if (pack_read(&t, bytes_dup(a, message), &node_link_limits, &e->question) != ERR_OK) {
        arena_free(a); /* no door of ours says that */
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
    on_closed(x);
    return net_link_open(t, x->child->loop, &o, &x->link);
}
