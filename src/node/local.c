/* SPDX-License-Identifier: Apache-2.0 */
/* The command line's door: one JSON message, one desk action, one JSON reply. Who asks is told by
 * the system (SO_PEERCRED), not by the message; which officer that is, and what he may do, is the
 * desk's. What is for doors alone is not done for anybody who comes by here. */

#include "codec/codec.h"
#include "node/internal.h"

enum { LOCAL_CONNECTIONS_MAX = 64 };

struct node_local {
    struct desk *desk;
    struct net_local *socket;
};
/* One message, from its arrival to its reply. */
struct errand {
    struct arena *arena;
    struct net_local_peer *peer;
    struct desk_turn dt;
};

static void on_message(void *ctx, struct net_local_peer *p, unsigned uid, struct bytes message);

err node_local_start(struct turn *t, struct net_loop *loop, struct desk *desk, const char *dir,
                     struct node_local **out)
{
    struct node_local *l = arena_take(t->arena, sizeof *l);
    l->desk = desk;
    struct net_local_options o = {.path = node_path(t->arena, dir, CLI_SOCKET),
                                  .message_max = CLI_MESSAGE_MAX,
                                  .connections_max = LOCAL_CONNECTIONS_MAX,
                                  .message = on_message,
                                  .ctx = l};
    try(net_local_start(t, loop, &o, &l->socket));
    *out = l;
    return ERR_OK;
}

void node_local_stop(struct node_local *l)
{
    if (l) net_local_stop(l->socket);
}

static void reply(struct desk_turn *dt)
{
    struct errand *e = dt->own;
    struct arena *a = e->arena;
    struct tree *m = tree_map(a);
    tree_add_bool(a, m, "ok", dt->result == ERR_OK);
    if (dt->view) tree_add_copy(a, m, "view", dt->view);
    if (dt->result != ERR_OK) {
        const struct fault *f = &dt->t.fault;
        struct tree *fault = tree_add_map(a, m, "fault");
        tree_add_str(a, fault, "err", str_of(err_word(dt->result)));
        tree_add_str(a, fault, "code", str_of(f->code));
        tree_add_str(a, fault, "article", str_of(f->article));
        tree_add_str(a, fault, "particular", str_of(f->particular));
        tree_add_str(a, fault, "sentence", str_of(f->sentence));
    }
    net_local_reply(e->peer, str_bytes(json_write(a, m)));
    arena_free(a);
}

static err errand_read(struct errand *e, struct bytes message)
{
    struct turn *t = &e->dt.t;
    struct tree *m;
    try(json_read(t, message, &cli_message_limits, &m));
    struct str word = tree_str(m, "action");
    int action = 0;
    while (action < DESK_ACTIONS && !str_is(word, desk_action_word((enum desk_action)action)))
        action++;
    if (action == DESK_ACTIONS || desk_action_is_door((enum desk_action)action))
        return turn_fail_at(t, ERR_USAGE, "action-unknown", NULL, STR("action"),
                            "There is no action \"" STR_FMT "\" for a person.",
                            STR_ARG(str_printable(t->arena, word)));
    e->dt.action = (enum desk_action)action;
    e->dt.args = tree_get(m, "args");
    if (!e->dt.args || e->dt.args->kind == TREE_MAP) return ERR_OK;
    return turn_fail_at(t, ERR_USAGE, "args", NULL, STR("args"), "Arguments are a map.");
}

static void on_message(void *ctx, struct net_local_peer *p, unsigned uid, struct bytes message)
{
    struct node_local *l = ctx;
    struct arena *a = arena_new();
    struct errand *e = arena_take(a, sizeof *e);
    *e = (struct errand){.arena = a, .peer = p};
    e->dt = (struct desk_turn){.t = {.arena = a, .clock = &node_clock, .chance = &node_chance},
                               .uid = (int64_t)uid,
                               .own = e};
    e->dt.result = errand_read(e, message);
    if (e->dt.result == ERR_OK)
        desk_submit(l->desk, &e->dt, reply);
    else
        reply(&e->dt);
}
