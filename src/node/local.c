/* SPDX-License-Identifier: Apache-2.0 */
/* The command line's door: one JSON message, one desk action, one JSON reply. Who asks is told by
 * the system (SO_PEERCRED), not by the message; which officer that is, and what he may do, is the
 * desk's. What is for doors alone is not done for anybody who comes by here. */

#include "codec/codec.h"
#include "node/split.h"

#include <unistd.h>

enum { LOCAL_CONNECTIONS_MAX = 64 };

struct node_local {
    struct desk *desk;
    const int *pids; /* NULL: this process is all */
    struct net_local *socket;
};
/* One message, from its arrival to its reply. */
struct errand {
    struct node_local *local;
    struct arena *arena;
    struct net_local_peer *peer;
    struct desk_turn dt;
};

static void on_message(void *ctx, struct net_local_peer *p, unsigned uid, struct bytes message);

err node_local_start(struct turn *t, struct net_loop *loop, struct desk *desk, const char *dir,
                     int listens, const int *pids, struct node_local **out)
{
    struct node_local *l = arena_take(t->arena, sizeof *l);
    l->desk = desk;
    l->pids = pids;
    struct net_local_options o = {.path = node_path(t->arena, dir, CLI_SOCKET),
                                  .listens = listens,
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

/* Which processes the node has, for whoever measures or watches them. */
static void processes_add(const struct node_local *l, struct arena *a, struct tree *view)
{
    struct tree *list = tree_add_list(a, view, "processes");
    for (int k = 0; l->pids && k < GUARD_PROCESSES; k++) {
        if (!l->pids[k]) continue;
        struct tree *p = tree_add_map(a, list, NULL);
        tree_add_str(a, p, "process", str_of(guard_word((enum guard_process)k)));
        tree_add_int(a, p, "pid", l->pids[k]);
    }
    struct tree *p = tree_add_map(a, list, NULL);
    tree_add_str(a, p, "process", l->pids ? STR("broker") : STR("single"));
    tree_add_int(a, p, "pid", l->pids ? (int64_t)l->pids[GUARD_PROCESSES] : (int64_t)getpid());
}

static void reply(struct desk_turn *dt)
{
    struct errand *e = dt->own;
    struct arena *a = e->arena;
    struct tree *m = tree_map(a);
    tree_add_bool(a, m, "ok", dt->result == ERR_OK);
    struct tree *view = tree_add_copy(a, m, "view", dt->view);
    if (view && dt->action == DESK_STATUS) processes_add(e->local, a, view);
    if (dt->result != ERR_OK) {
        dt->t.fault.err = dt->result;
        node_fault_put(a, tree_add_map(a, m, "fault"), &dt->t.fault);
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
    if (!desk_action_find(word, &e->dt.action) || desk_action_is_door(e->dt.action))
        return turn_fail_at(t, ERR_USAGE, "action-unknown", NULL, STR("action"),
                            "There is no action \"" STR_FMT "\" for a person.",
                            STR_ARG(str_printable(t->arena, word)));
    e->dt.args = tree_get(m, "args");
    e->dt.session = tree_str(m, "session");
    if (!e->dt.args || e->dt.args->kind == TREE_MAP) return ERR_OK;
    return turn_fail_at(t, ERR_USAGE, "args", NULL, STR("args"), "Arguments are a map.");
}

static void on_message(void *ctx, struct net_local_peer *p, unsigned uid, struct bytes message)
{
    struct node_local *l = ctx;
    struct arena *a = arena_new();
    struct errand *e = arena_take(a, sizeof *e);
    *e = (struct errand){.local = l, .arena = a, .peer = p};
    e->dt = (struct desk_turn){.t = {.arena = a, .clock = &node_clock, .chance = &node_chance},
                               .uid = (int64_t)uid,
                               .own = e};
    e->dt.result = errand_read(e, message);
    if (e->dt.result == ERR_OK)
        desk_submit(l->desk, &e->dt, reply);
    else
        reply(&e->dt);
}

/* ---- what was read --------------------------------------------------------------------------- */

void node_reads_write(struct desk *desk, struct turn *t, bool last)
{
    int64_t due_ms = desk_reads_due_ms(desk);
    if (due_ms == INT64_MAX || (due_ms > turn_now_ms(t) && !last)) return;
    struct desk_turn dt = {.t = *t, .action = DESK_READS, .uid = -1}, *one = &dt;
    desk_run(desk, &one, 1);
    if (dt.result == ERR_OK) return;
    log_event(turn_now_ms(t), "error", "reads-not-written", "code", dt.t.fault.code, "sentence",
              dt.t.fault.sentence, NULL);
}
