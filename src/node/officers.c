/* SPDX-License-Identifier: Apache-2.0 */
/* What the officers' door is, whichever process it stands in: its settings, the name browsers call
 * it by, and what may be asked through it. */

#include "node/internal.h"
#include "web/web.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

static bool is_loopback(struct str address)
{
    return str_starts(address, "127.") || str_is(address, "::1");
}

bool node_officers_use_tls(const struct node_officers *o) { return !is_loopback(o->address); }

struct str node_officers_origin(struct arena *a, const struct node_officers *o)
{
    if (!o->port) return STR("");
    return str_printf(a, "%s://" STR_FMT ":%lld", node_officers_use_tls(o) ? "https" : "http",
                      STR_ARG(o->name), (long long)o->port);
}

void node_officers_web(struct arena *a, const struct node_officers *o, struct node_zones *z,
                       struct web_options *out)
{
    struct str node, rest;
    str_split(o->name, '.', &node, &rest);
    *out = (struct web_options){.clock = &node_clock,
                                .chance = &node_chance,
                                .zones = node_zones_hook(z),
                                .zone = o->zone,
                                .address = str_c(a, o->address),
                                .port = (uint16_t)o->port,
                                .name = str_c(a, o->name),
                                .node = str_c(a, node)};
}

/* ---- what may be asked ----------------------------------------------------------------------- */

err node_officers_action(struct turn *t, struct str word, enum desk_action *out)
{
    /* The one thing only this door can tell is which certificate's key was proved to it. */
    if (!desk_action_find(word, out) || (desk_action_is_door(*out) && *out != DESK_ENTER_CERT))
        return turn_fail(t, ERR_USAGE, "action-unknown", NULL,
                         "The desk of this node has no action \"" STR_FMT "\" for a person.",
                         STR_ARG(str_printable(t->arena, word)));
    return ERR_OK;
}
