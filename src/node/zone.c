/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones from Debian's tzdata, read once, and the offset that a TZif file says: the 64-bit
 * block of RFC 8536, whose transitions reach to 2037. What comes after the last of them stays at
 * its offset; the rule in the file's footer is not read. */

#include "law/law.h"
#include "node/internal.h"

#include <string.h>

enum { ZONE_MAX = 64, ZONE_FILE_MAX = 64 << 10, ZONES_MAX = 1024, ZONE_LIST_MAX = 1 << 20 };
enum { HEAD = 44, MAGIC = 4, COUNTS = 20 };

struct counts {
    uint32_t isut, isstd, leap, time, type, chars;
};

static err refuse(struct turn *t, const char *clause)
{
    return turn_fail(t, ERR_REJECTED, "zone-file", clause, "This is no file of a time zone.");
}

static uint64_t big(const uint8_t *p, int n)
{
    uint64_t v = 0;
    for (int k = 0; k < n; k++) v = v << 8 | p[k];
    return v;
}

static bool head_read(struct bytes b, size_t at, struct counts *out)
{
    if (at > b.n || b.n - at < HEAD || memcmp(b.p + at, "TZif", MAGIC) != 0) return false;
    const uint8_t *p = b.p + at + COUNTS;
    *out = (struct counts){(uint32_t)big(p, 4),      (uint32_t)big(p + 4, 4),
                           (uint32_t)big(p + 8, 4),  (uint32_t)big(p + 12, 4),
                           (uint32_t)big(p + 16, 4), (uint32_t)big(p + 20, 4)};
    uint32_t most = 1 << 16;
    return out->isut < most && out->isstd < most && out->leap < most && out->time < most &&
           out->type > 0 && out->type < most && out->chars < most;
}

static size_t size_of(const struct counts *c, size_t time_size)
{
    return c->time * (time_size + 1) + c->type * 6 + c->chars + c->leap * (time_size + 4) +
           c->isstd + c->isut;
}

err node_zone_offset(struct turn *t, struct bytes tzif, int64_t at_ms, int32_t *minutes_out)
{
    struct counts first, c;
    if (!head_read(tzif, 0, &first)) return refuse(t, "RFC 8536 3.1");
    if (tzif.p[MAGIC] < '2') return refuse(t, "RFC 8536 3.1");
    size_t at = HEAD + size_of(&first, 4);
    if (!head_read(tzif, at, &c)) return refuse(t, "RFC 8536 3.1");
    at += HEAD;
    if (tzif.n - at < size_of(&c, 8)) return refuse(t, "RFC 8536 3.2");
    const uint8_t *times = tzif.p + at, *kinds = times + c.time * 8, *types = kinds + c.time;
    uint8_t type = 0;
    int64_t at_s = at_ms / 1000;
    for (uint32_t k = 0; k < c.time && (int64_t)big(times + k * 8, 8) <= at_s; k++) type = kinds[k];
    if (type >= c.type) return refuse(t, "RFC 8536 3.2");
    int32_t offset_s = (int32_t)(uint32_t)big(types + type * 6, 4);
    if (offset_s < -86400 || offset_s > 86400) return refuse(t, "RFC 8536 3.2");
    *minutes_out = offset_s / 60;
    return ERR_OK;
}

/* ---- those that are known -------------------------------------------------------------------- */

struct zone {
    struct str name;
    struct bytes tzif; /* empty: there is no such zone */
};
struct node_zones {
    struct arena *arena;
    struct zone *all;
    size_t n;
    bool whole; /* nothing more is read: this process may not */
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

static const struct zone *zone_of(struct node_zones *z, struct str name)
{
    for (size_t k = 0; k < z->n; k++)
        if (str_eq(z->all[k].name, name)) return &z->all[k];
    if (z->whole || z->n == ZONES_MAX || !is_zone(name)) return NULL;
    auto_arena scratch = arena_new();
    struct turn one = {.arena = scratch};
    struct bytes tzif;
    int32_t minutes;
    struct str path = str_printf(scratch, "%s" STR_FMT, zone_folder, STR_ARG(name));
    if (file_read(&one, str_c(scratch, path), ZONE_FILE_MAX, &tzif) != ERR_OK ||
        node_zone_offset(&one, tzif, 0, &minutes) != ERR_OK)
        tzif = (struct bytes){0};
    z->all[z->n] = (struct zone){str_dup(z->arena, name), bytes_dup(z->arena, tzif)};
    return &z->all[z->n++];
}

struct node_zones *node_zones_new(struct arena *a)
{
    struct node_zones *z = arena_take(a, sizeof *z);
    *z = (struct node_zones){.arena = a, .all = arena_take_many(a, ZONES_MAX, sizeof *z->all)};
    return z;
}

/* zone.tab (tzdata): country, coordinates, zone, remarks, between tabs; "#" begins a remark. */
void node_zones_whole(struct node_zones *z, struct str ours)
{
    auto_arena scratch = arena_new();
    struct turn one = {.arena = scratch};
    struct bytes list = {0};
    const char *path = str_c(scratch, str_printf(scratch, "%szone.tab", zone_folder));
    if (file_read(&one, path, ZONE_LIST_MAX, &list) != ERR_OK) turn_forgive(&one);
    (void)zone_of(z, ours);
    for (struct str rest = bytes_str(list), line, word, name; rest.n;) {
        str_split(rest, '\n', &line, &rest);
        if (!line.n || line.p[0] == '#') continue;
        str_split(line, '\t', &word, &line);
        str_split(line, '\t', &word, &line);
        str_split(line, '\t', &name, &line);
        (void)zone_of(z, name);
    }
    z->whole = true;
}

static int32_t zone_offset(void *ctx, struct str name, int64_t at_ms)
{
    const struct zone *found = zone_of(ctx, name);
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    int32_t minutes;
    if (!found || node_zone_offset(&t, found->tzif, at_ms, &minutes) != ERR_OK) return INT32_MAX;
    return minutes;
}

struct zones node_zones_hook(struct node_zones *z) { return (struct zones){zone_offset, z}; }

err node_zones_check(struct turn *t, struct node_zones *z)
{
    auto_arena scratch = arena_new();
    struct turn life = *t;
    struct zones hook = node_zones_hook(z);
    const struct law_tables *tables;
    life.arena = scratch;
    err e = law_load(&life, law_embedded, law_embedded_n, &tables);
    if (e == ERR_OK) e = law_zones_check(&life, tables, &hook);
    t->fault = life.fault;
    return e;
}
