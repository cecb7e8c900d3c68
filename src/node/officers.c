/* SPDX-License-Identifier: Apache-2.0 */
/* What the officers' door is, whichever process it stands in: its settings, the name browsers call
 * it by, the time zones it knows, and what may be asked through it. */

#include "node/internal.h"
#include "web/web.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { ZONE_MAX = 64, ZONE_FILE_MAX = 64 << 10, ZONES_MAX = 1024, ZONE_LIST_MAX = 1 << 20 };

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

void node_officers_web(struct arena *a, const struct node_officers *o, const struct node_zones *z,
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

/* ---- time zones ------------------------------------------------------------------------------ */

struct zone {
    struct str name;
    struct bytes tzif;
};
struct node_zones {
    struct zone *all; /* by name */
    size_t n;
};
static const char zone_folder[] = "/usr/share/zoneinfo/";

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

static int by_name(const void *x, const void *y)
{
    const struct zone *a = x, *b = y;
    return str_cmp(a->name, b->name);
}

/* One that is not there is not known; that is no fault. */
static void zone_add(struct turn *t, struct node_zones *z, struct str name)
{
    if (z->n == ZONES_MAX || !is_zone(name)) return;
    auto_arena scratch = arena_new();
    struct turn one = {.arena = scratch};
    struct bytes tzif;
    int32_t minutes;
    struct str path = str_printf(scratch, "%s" STR_FMT, zone_folder, STR_ARG(name));
    if (file_read(&one, str_c(scratch, path), ZONE_FILE_MAX, &tzif) != ERR_OK) return;
    if (node_zone_offset(&one, tzif, 0, &minutes) != ERR_OK) return;
    z->all[z->n++] = (struct zone){str_dup(t->arena, name), bytes_dup(t->arena, tzif)};
}

/* zone.tab (tzdata): country, coordinates, zone, remarks, between tabs; "#" begins a remark. */
struct node_zones *node_zones_read(struct turn *t, struct str ours)
{
    struct node_zones *z = arena_take(t->arena, sizeof *z);
    *z = (struct node_zones){arena_take_many(t->arena, ZONES_MAX, sizeof *z->all), 0};
    auto_arena scratch = arena_new();
    struct turn one = {.arena = scratch};
    struct bytes list = {0};
    const char *path = str_c(scratch, str_printf(scratch, "%szone.tab", zone_folder));
    if (file_read(&one, path, ZONE_LIST_MAX, &list) != ERR_OK) turn_forgive(&one);
    zone_add(t, z, ours);
    for (struct str rest = bytes_str(list), line, word, name; rest.n;) {
        str_split(rest, '\n', &line, &rest);
        if (!line.n || line.p[0] == '#') continue;
        str_split(line, '\t', &word, &line);
        str_split(line, '\t', &word, &line);
        str_split(line, '\t', &name, &line);
        zone_add(t, z, name);
    }
    qsort(z->all, z->n, sizeof *z->all, by_name);
    return z;
}

static int32_t zone_offset(void *ctx, struct str name, int64_t at_ms)
{
    const struct node_zones *z = ctx;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    int32_t minutes;
    const struct zone key = {.name = name},
                      *found = bsearch(&key, z->all, z->n, sizeof *z->all, by_name);
    if (!found || node_zone_offset(&t, found->tzif, at_ms, &minutes) != ERR_OK) return INT32_MAX;
    return minutes;
}

struct web_zones node_zones_hook(const struct node_zones *z)
{
    return (struct web_zones){zone_offset, (void *)(uintptr_t)z};
}
