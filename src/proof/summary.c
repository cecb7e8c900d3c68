/* SPDX-License-Identifier: Apache-2.0 */
/* What one node holds of what another sent, written and read: how both find what either lost. Who
 * signed it is asked elsewhere; here it is only form. */

#include "proof/proof_internal.h"

#define FORMAT "comity summary 1"

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_nothing(const struct hash *h)
{
    static const struct hash none = {{0}};
    return hash_eq(h, &none);
}

static void range_write(struct arena *a, struct tree *list, const struct summary_range *r)
{
    struct tree *m = tree_add_map(a, list, NULL);
    tree_add_int(a, m, "first", r->first);
    tree_add_int(a, m, "incarnation", r->incarnation);
    tree_add_int(a, m, "unit", r->unit);
    struct tree *parts = tree_add_list(a, m, "parts");
    for (size_t k = 0; r->told && k < SUMMARY_WIDTH; k++)
        tree_add_str(a, parts, NULL,
                     is_nothing(&r->parts[k]) ? STR("") : hex(a, hash_bytes(&r->parts[k])));
}

const struct tree *summary_write(struct arena *a, const struct summary *s)
{
    struct tree *m = tree_map(a);
    tree_add_int(a, m, "v", 1);
    tree_add_str(a, m, "from", s->from);
    tree_add_str(a, m, "to", s->to);
    tree_add_int(a, m, "at", s->at_ms);
    tree_add_int(a, m, "incarnation", s->incarnation);
    struct tree *lines = tree_add_list(a, m, "lines");
    for (size_t k = 0; k < s->lines_n; k++) {
        struct tree *one = tree_add_map(a, lines, NULL);
        tree_add_int(a, one, "count", s->lines[k].count);
        tree_add_int(a, one, "highest", s->lines[k].highest);
        tree_add_int(a, one, "incarnation", s->lines[k].incarnation);
    }
    struct tree *ranges = tree_add_list(a, m, "ranges");
    for (size_t k = 0; k < s->ranges_n; k++) range_write(a, ranges, &s->ranges[k]);
    return m;
}

void summary_part(struct hash *part, int64_t sequence, const struct hash *digest)
{
    uint8_t number[8];
    for (int k = 0; k < 8; k++) number[k] = (uint8_t)((uint64_t)sequence >> (56 - 8 * k));
    struct bytes parts[] = {hash_bytes(part), {number, sizeof number}, hash_bytes(digest)};
    struct hash next;
    seal_sha256(parts, sizeof parts / sizeof *parts, &next);
    *part = next;
}

/* ---- reading --------------------------------------------------------------------------------- */

static err wrong(struct turn *t, const char *member, const char *sentence)
{
    return turn_fail_at(t, ERR_REJECTED, "form", FORMAT, str_of(member), "%s", sentence);
}

static err count_check(struct turn *t, const struct tree *list, size_t most, const char *member)
{
    if (list->count <= most) return ERR_OK;
    return turn_fail_at(t, ERR_TOO_LARGE, "count", FORMAT, str_of(member),
                        "A summary has at most %zu %s; this one has %zu.", most, member,
                        list->count);
}

static err lines_read(struct turn *t, const struct tree *list, struct summary *out)
{
    static const struct field fields[] = {
        {"count", TREE_INT, false}, {"highest", TREE_INT, false}, {"incarnation", TREE_INT, false}};
    try(count_check(t, list, SUMMARY_LINES_MAX, "lines"));
    for (const struct tree *m = list->child; m; m = m->next) {
        try(FIELDS_REQUIRE(t, m, fields, true, FORMAT));
        struct summary_line *l = &out->lines[out->lines_n++];
        *l = (struct summary_line){tree_int(m, "incarnation", 0), tree_int(m, "count", 0),
                                   tree_int(m, "highest", 0)};
        if (l->incarnation < 1 || l->count < 1 || l->highest < l->count)
            return wrong(t, "lines",
                         "A line has an incarnation, and no more parcels than numbers.");
    }
    return ERR_OK;
}

static err parts_read(struct turn *t, const struct tree *list, struct summary_range *r)
{
    size_t n = 0;
    if (list->count != 0 && list->count != SUMMARY_WIDTH)
        return wrong(t, "parts", "A range has 256 parts, or none where it is asked for.");
    r->told = list->count != 0;
    for (const struct tree *p = list->child; p; p = p->next, n++) {
        bool nothing = p->kind == TREE_STR && p->str.n == 0;
        if (nothing) continue;
        if (p->kind != TREE_STR || !hash_read(p->str, &r->parts[n]) || is_nothing(&r->parts[n]))
            return wrong(t, "parts", "A part is a hash in lower-case hexadecimal, or empty.");
    }
    return ERR_OK;
}

static err ranges_read(struct turn *t, const struct tree *list, struct summary *out)
{
    static const struct field fields[] = {{"first", TREE_INT, false},
                                          {"incarnation", TREE_INT, false},
                                          {"parts", TREE_LIST, false},
                                          {"unit", TREE_INT, false}};
    enum { SEQUENCE_BITS = 52 }; /* every sum of numbers stays an integer of JSON */
    try(count_check(t, list, SUMMARY_RANGES_MAX, "ranges"));
    for (const struct tree *m = list->child; m; m = m->next) {
        try(FIELDS_REQUIRE(t, m, fields, true, FORMAT));
        struct summary_range *r = &out->ranges[out->ranges_n++];
        *r = (struct summary_range){.incarnation = tree_int(m, "incarnation", 0),
                                    .first = tree_int(m, "first", 0),
                                    .unit = tree_int(m, "unit", 0)};
        if (r->unit != 1 && r->unit != SUMMARY_WIDTH && r->unit != SUMMARY_UNIT_MAX)
            return wrong(t, "unit", "A unit is 1, 256 or 65536.");
        if (r->incarnation < 1 || r->first < 1 || r->first >> SEQUENCE_BITS ||
            (r->first - 1) % (r->unit * SUMMARY_WIDTH))
            return wrong(t, "first", "A range begins after a whole number of ranges.");
        try(parts_read(t, tree_get(m, "parts"), r));
    }
    return ERR_OK;
}

err summary_read(struct turn *t, const struct tree *from, struct summary *out)
{
    static const struct field fields[] = {
        {"v", TREE_INT, false},      {"from", TREE_STR, false},   {"to", TREE_STR, false},
        {"at", TREE_INT, false},     {"lines", TREE_LIST, false}, {"incarnation", TREE_INT, false},
        {"ranges", TREE_LIST, false}};
    try(FIELDS_REQUIRE(t, from, fields, true, FORMAT));
    *out = (struct summary){.from = tree_str(from, "from"),
                            .to = tree_str(from, "to"),
                            .at_ms = tree_int(from, "at", -1),
                            .incarnation = tree_int(from, "incarnation", 0)};
    if (tree_int(from, "v", 0) != 1) return wrong(t, "v", "Only version 1 is known.");
    if (!address_is_sound(out->from)) return wrong(t, "from", "It is no address.");
    if (!address_is_sound(out->to)) return wrong(t, "to", "It is no address.");
    if (out->at_ms < 0) return wrong(t, "at", "It is no time.");
    if (out->incarnation < 1) return wrong(t, "incarnation", "It is 1 or more.");
    try(lines_read(t, tree_get(from, "lines"), out));
    return ranges_read(t, tree_get(from, "ranges"), out);
}
