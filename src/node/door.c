/* SPDX-License-Identifier: Apache-2.0 */
/* The officers' door in this process: what a page asks becomes a turn of the desk, and its answer
 * goes back. Who asks is what the session says; the desk finds the officer, the door believes
 * nobody. Actions for doors alone are not done for anybody who comes by here. */

#include "node/internal.h"
#include "web/web.h"

#include <stddef.h>

enum { ZONE_MAX = 64, ZONE_FILE_MAX = 64 << 10 };

struct node_door {
    struct desk *desk;
    struct web *web;
};
/* One question on its way. Lives in its arena. */
struct errand {
    struct desk_turn dt;
    struct web_ask *ask;
};

/* ---- settings -------------------------------------------------------------------------------- */

struct officers_row {
    const char *key;
    bool may_miss;
    size_t offset;
};
static const struct officers_row rows[] = {
    {"address", false, offsetof(struct node_officers, address)},
    {"name", false, offsetof(struct node_officers, name)},
    {"zone", true, offsetof(struct node_officers, zone)},
};
enum { ROWS = sizeof rows / sizeof *rows };

static err wrong(struct turn *t, const char *path, uint32_t line, const char *key,
                 const char *expected)
{
    return turn_fail_at(t, ERR_REJECTED, "config", NULL, STR("officers"),
                        "%s:%u: officers: %s must be %s.", path, line, key, expected);
}

err node_officers_read(struct turn *t, const char *path, const struct tree *m,
                       struct node_officers *out)
{
    struct node_officers o = {0};
    if (m->kind != TREE_MAP) return wrong(t, path, m->line, "it", "a map");
    for (const struct tree *v = m->child; v; v = v->next) {
        size_t k = 0;
        while (k < ROWS && !str_is(v->key, rows[k].key)) k++;
        if (k == ROWS && !str_is(v->key, "port"))
            return turn_fail_at(t, ERR_REJECTED, "config", NULL, v->key,
                                "%s:%u: there is no setting of that name.", path, v->line);
        if (k < ROWS && v->kind != TREE_STR) return wrong(t, path, v->line, rows[k].key, "a text");
        if (k < ROWS) *(struct str *)(void *)((char *)&o + rows[k].offset) = v->str;
    }
    for (size_t k = 0; k < ROWS; k++)
        if (!rows[k].may_miss && !tree_str(m, rows[k].key).n)
            return wrong(t, path, m->line, rows[k].key, "a text");
    o.port = tree_int(m, "port", 0);
    if (o.port < 1 || o.port > UINT16_MAX)
        return wrong(t, path, m->line, "port", "a port, 1 to 65535");
    *out = o;
    return ERR_OK;
}

void node_officers_put(struct buf *b, const struct node_officers *o)
{
    buf_printf(b, "officers: {address: \"" STR_FMT "\", port: %lld, name: \"" STR_FMT "\"",
               STR_ARG(o->address), (long long)o->port, STR_ARG(o->name));
    if (o->zone.n) buf_printf(b, ", zone: \"" STR_FMT "\"", STR_ARG(o->zone));
    buf_str(b, STR("}\n"));
}

/* ---- time zones ------------------------------------------------------------------------------ */

/* A zone's name is words with slashes, so it names no other file. */
static bool is_zone(struct str s)
{
    if (!s.n || s.n > ZONE_MAX || s.p[0] == '/') return false;
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '_' && c != '-' && c != '+' && c != '/') return false;
    }
    return true;
}

static int32_t zone_offset(void *ctx, struct str zone, int64_t at_ms)
{
    (void)ctx;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes tzif;
    int32_t minutes;
    if (!is_zone(zone)) return INT32_MAX;
    struct str path = str_printf(a, "/usr/share/zoneinfo/" STR_FMT, STR_ARG(zone));
    if (file_read(&t, str_c(a, path), ZONE_FILE_MAX, &tzif) != ERR_OK) return INT32_MAX;
    return node_zone_offset(&t, tzif, at_ms, &minutes) == ERR_OK ? minutes : INT32_MAX;
}

/* ---- questions ------------------------------------------------------------------------------- */

static void answered(struct desk_turn *dt)
{
    struct errand *e = dt->own;
    e->ask->result = dt->result;
    e->ask->view = dt->view;
    e->ask->t.fault = dt->t.fault;
    e->ask->done(e->ask);
}

static err action_find(struct web_ask *a, enum desk_action *out)
{
    int action = 0;
    while (action < DESK_ACTIONS && !str_is(a->action, desk_action_word((enum desk_action)action)))
        action++;
    if (action == DESK_ACTIONS || desk_action_is_door((enum desk_action)action))
        return turn_fail(&a->t, ERR_USAGE, "action-unknown", NULL,
                         "The desk of this node has no action \"" STR_FMT "\" for a person.",
                         STR_ARG(a->action));
    *out = (enum desk_action)action;
    return ERR_OK;
}

static void on_ask(void *ctx, struct web_ask *a)
{
    struct node_door *d = ctx;
    struct errand *e = arena_take(a->t.arena, sizeof *e);
    *e = (struct errand){.ask = a};
    e->dt =
        (struct desk_turn){.t = a->t, .uid = -1, .session = a->session, .args = a->args, .own = e};
    a->result = action_find(a, &e->dt.action);
    if (a->result == ERR_OK)
        desk_submit(d->desk, &e->dt, answered);
    else
        a->done(a);
}

/* ---- the door -------------------------------------------------------------------------------- */

static bool is_loopback(struct str address)
{
    return str_starts(address, "127.") || str_is(address, "::1");
}

struct str node_officers_origin(struct arena *a, const struct node_officers *o)
{
    if (!o->port) return STR("");
    return str_printf(a, "%s://" STR_FMT ":%lld", is_loopback(o->address) ? "http" : "https",
                      STR_ARG(o->name), (long long)o->port);
}

err node_door_start(struct turn *t, struct net_loop *loop, const struct node_folder *f,
                    struct node_door **out)
{
    const struct node_officers *o = &f->config.officers;
    *out = NULL;
    if (!o->port) return ERR_OK;
    struct node_door *d = arena_take(t->arena, sizeof *d);
    d->desk = f->desk;
    bool tls = !is_loopback(o->address);
    struct str node, rest;
    str_split(o->name, '.', &node, &rest);
    struct web_options wo = {.loop = loop,
                             .desk = {on_ask, d},
                             .clock = &node_clock,
                             .chance = &node_chance,
                             .zones = {zone_offset, NULL},
                             .zone = o->zone,
                             .address = str_c(t->arena, o->address),
                             .port = (uint16_t)o->port,
                             .name = str_c(t->arena, o->name),
                             .node = str_c(t->arena, node),
                             .tls_key_pem = tls ? node_keeper_tls_key(f->keeper) : NULL,
                             .tls_cert_pem = tls ? node_keeper_tls_cert(f->keeper) : NULL};
    try(web_start(t, &wo, &d->web));
    *out = d;
    return ERR_OK;
}

void node_door_stop(struct node_door *d)
{
    if (d) web_stop(d->web);
}
