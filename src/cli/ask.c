/* SPDX-License-Identifier: Apache-2.0 */
/* An action, brought to the node.
 *
 * A running node is asked over the socket in its folder. When nobody listens, what only reads is
 * done here, on a store opened for reading; what writes is not, but for the repairs that need a
 * stopped node. */

#include "cli/inner.h"

#include "net/net.h"

#include <unistd.h>

const struct tree_limits cli_message_limits = {CLI_MESSAGE_MAX, 24, 1 << 20};

static err ask_running(struct cli *c, const char *dir, enum desk_action action,
                       const struct tree *args, const struct tree **view_out);
static err ask_stopped(struct cli *c, const char *dir, enum desk_action action,
                       const struct tree *args, const struct tree **view_out);
static err refuse_stopped(struct cli *c, const char *dir);

err cli_ask(struct cli *c, const char *dir, enum desk_action action, const struct tree *args,
            const struct tree **view_out)
{
    err e = ask_running(c, dir, action, args, view_out);
    if (e != ERR_NONE_SUCH || !str_is(str_of(c->t.fault.code), "net-nobody-listens")) return e;
    turn_forgive(&c->t);
    if (!desk_action_writes(action) || action == DESK_REBUILD)
        return ask_stopped(c, dir, action, args, view_out);
    return refuse_stopped(c, dir);
}

/* A wrong folder and a stopped node are told apart before anybody is sent to start one. */
static err refuse_stopped(struct cli *c, const char *dir)
{
    auto_arena scratch = arena_new();
    struct desk *d;
    struct turn t = c->t;
    t.arena = scratch;
    err e = c->node->desk_open(&t, dir, false, &d);
    c->t.fault = t.fault;
    try(e);
    return turn_fail(&c->t, ERR_PEER, "node-stopped", NULL,
                     "The node in %s is not running, and only a running node records. Start it "
                     "with: comity -C %s serve.",
                     dir, dir);
}

err cli_do(struct cli *c, enum desk_action action, const struct tree *args)
{
    return cli_ask(c, c->dir, action, args, &c->view);
}

struct tree *cli_arguments(struct cli *c)
{
    struct tree *args = tree_map(c->t.arena);
    tree_add_str(c->t.arena, args, "lang", c->lang);
    return args;
}

/* ---- a running node -------------------------------------------------------------------------- */

static err err_of_word(struct str word)
{
    for (int e = ERR_NO; e <= ERR_UNKNOWN; e++)
        if (str_is(word, err_word((err)e))) return (err)e;
    return ERR_INTERNAL;
}

static err reply_take(struct cli *c, struct bytes reply, const struct tree **view_out)
{
    struct turn *t = &c->t;
    struct tree *m;
    try(json_read(t, reply, &cli_message_limits, &m));
    const struct tree *view = tree_get(m, "view"), *fault = tree_get(m, "fault");
    if (view && view->kind == TREE_MAP) *view_out = view;
    if (tree_bool(m, "ok", false)) return ERR_OK;
    struct str article = tree_str(fault, "article"), sentence = tree_str(fault, "sentence");
    return turn_fail_at(t, err_of_word(tree_str(fault, "err")),
                        str_c(t->arena, tree_str(fault, "code")), str_c(t->arena, article),
                        tree_str(fault, "particular"), STR_FMT, STR_ARG(sentence));
}

static err ask_running(struct cli *c, const char *dir, enum desk_action action,
                       const struct tree *args, const struct tree **view_out)
{
    struct turn *t = &c->t;
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "action", str_of(desk_action_word(action)));
    tree_add_copy(t->arena, m, "args", args);
    struct str message = json_write(t->arena, m);
    struct bytes reply;
    const char *path = str_c(t->arena, str_printf(t->arena, "%s/" CLI_SOCKET, dir));
    err e = net_local_ask(t, path, str_bytes(message), CLI_MESSAGE_MAX, CLI_WAIT_MS, &reply);
    if (e == ERR_OK) return reply_take(c, reply, view_out);
    if (e != ERR_PEER || !desk_action_writes(action)) return e;
    /* It may have been recorded before the node broke off. */
    turn_forgive(t);
    return turn_fail(t, ERR_UNKNOWN, "node-broke-off", NULL,
                     "The node in %s broke off before it answered: whether this was recorded is "
                     "not known.",
                     dir);
}

/* ---- a stopped node -------------------------------------------------------------------------- */

/* fsck makes the projections again inside a transaction that is taken back: it needs the folder for
 * itself, as rebuild does. */
static bool needs_the_folder(enum desk_action a) { return a == DESK_REBUILD || a == DESK_FSCK; }

static err ask_stopped(struct cli *c, const char *dir, enum desk_action action,
                       const struct tree *args, const struct tree **view_out)
{
    struct desk *d;
    try(c->node->desk_open(&c->t, dir, needs_the_folder(action), &d));
    struct desk_turn *dt = arena_take(c->t.arena, sizeof *dt);
    dt->t = c->t;
    dt->action = action;
    dt->uid = (int64_t)getuid();
    dt->args = args;
    desk_run(d, &dt, 1);
    c->t.fault = dt->t.fault;
    if (dt->view) *view_out = dt->view;
    return dt->result;
}
