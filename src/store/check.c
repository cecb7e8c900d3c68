/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at every permanent row and says which one is not what it was. Each finding names table and
 * key; a wrong row does not hide the next. */

#include "store/store_internal.h"

#include <string.h>

enum { GAPS_MAX = 1000 }; /* told one by one between two rows that are there */

struct check {
    struct turn *t;
    struct store *s;
    void (*found)(void *ctx, struct str what, struct str sentence);
    void *ctx;
    err err; /* of the database, within the walk over the tree */
};

static void tell(struct check *c, struct str what, const char *sentence)
{
    c->found(c->ctx, what, str_of(sentence));
}

static void tell_leaf(struct check *c, int64_t leaf, const char *sentence)
{
    tell(c, str_printf(c->t->arena, "leaf %lld", (long long)leaf), sentence);
}

static void tell_node(struct check *c, int level, uint64_t index, const char *sentence)
{
    tell(c, str_printf(c->t->arena, "node level=%d idx=%lld", level, (long long)index), sentence);
}

/* The stored node must be the one its leaves give. */
static void check_node(void *ctx, int level, uint64_t index, const struct hash *h)
{
    struct check *c = ctx;
    if (level == 0 || c->err != ERR_OK) return;
    auto_arena scratch = arena_new();
    struct turn one = *c->t;
    one.arena = scratch;
    struct db_rows r = DB_ASK(&one, c->s->db, store_sql[SQL_NODE_GET], {"level", db_int(level)},
                              {"idx", db_int((int64_t)index)});
    bool found = db_next(&r);
    bool same = found && bytes_eq(db_bytes_at(&r, 0), hash_bytes(h));
    c->err = db_done(&r);
    c->t->fault = one.fault;
    if (c->err == ERR_OK && !same)
        tell_node(c, level, index,
                  found ? "The inner node is not what its leaves give."
                        : "The inner node was deleted.");
}

/* Every leaf from 0 to the last must be there. Inner nodes are compared as long as none is missing:
 * beyond a gap, what they should be is not known. */
static err check_leaves(struct check *c, struct ledger_edge *edge)
{
    auto_arena rows = arena_new();
    struct turn lister = *c->t;
    lister.arena = rows;
    struct db_rows r = db_ask(&lister, c->s->db, store_sql[SQL_LEAF_LIST], NULL, 0);
    int64_t expect = 0;
    bool whole = true;
    while (expect < INT64_MAX && db_next(&r)) {
        int64_t leaf = db_int_at(&r, 0);
        struct bytes data = db_bytes_at(&r, 1);
        if (leaf != expect) whole = false;
        if (leaf < 0) {
            tell_leaf(c, leaf, "The leaf stands before the log.");
            continue;
        }
        for (int gaps = 0; expect < leaf && gaps < GAPS_MAX; expect++, gaps++)
            tell_leaf(c, expect, "The leaf was deleted.");
        expect = leaf < INT64_MAX ? leaf + 1 : leaf;
        struct hash h = {0}, hashed;
        if (data.n == sizeof h.b)
            memcpy(h.b, data.p, sizeof h.b);
        else
            tell_leaf(c, leaf, "The leaf has a wrong size.");
        ledger_leaf_hash(&h, &hashed);
        ledger_append(edge, &hashed, whole ? check_node : NULL, c);
    }
    err e = db_done(&r);
    if (e != ERR_OK) c->t->fault = lister.fault;
    return e != ERR_OK ? e : c->err;
}

/* Inner nodes that no complete subtree of the log has. */
static err check_surplus(struct check *c, uint64_t size)
{
    struct db_rows r = db_ask(c->t, c->s->db, store_sql[SQL_NODE_LIST], NULL, 0);
    while (db_next(&r)) {
        int64_t level = db_int_at(&r, 0), index = db_int_at(&r, 1);
        if (level > 0 && level < LEDGER_LEVELS_MAX && index >= 0 && (uint64_t)index < size >> level)
            continue;
        tell(
            c,
            str_printf(c->t->arena, "node level=%lld idx=%lld", (long long)level, (long long)index),
            "The log has no such inner node.");
    }
    return db_done(&r);
}

static err check_record(struct check *c, int64_t leaf)
{
    auto_arena scratch = arena_new();
    struct turn one = *c->t;
    one.arena = scratch;
    turn_forgive(&one);
    struct store_record r;
    err e = store_record_at(&one, c->s, leaf, &r);
    if (e == ERR_OK || e == ERR_FULL || e == ERR_BUSY || e == ERR_UNKNOWN) return e;
    struct str what = str_printf(c->t->arena, "record %lld", (long long)leaf);
    c->found(c->ctx, what,
             e == ERR_NONE_SUCH ? STR("The record was deleted.")
                                : str_dup(c->t->arena, str_of(one.fault.sentence)));
    return ERR_OK;
}

/* Walks the rows that are there; what is missing between them was deleted. */
static err check_records(struct check *c)
{
    struct db_rows r = db_ask(c->t, c->s->db, store_sql[SQL_LEAF_LAST], NULL, 0);
    int64_t last = db_next(&r) ? db_int_at(&r, 0) : -1;
    try(db_done(&r));
    int64_t leaves = last < INT64_MAX ? last + 1 : last;
    bool found = true;
    int64_t expect = 0, leaf = INT64_MIN;
    for (;;) {
        try(store_record_next(c->t, c->s, leaf, &found, &leaf));
        int64_t end = found && leaf < leaves ? leaf : leaves;
        for (int gaps = 0; expect < end && gaps < GAPS_MAX; expect++, gaps++)
            tell(c, str_printf(c->t->arena, "record %lld", (long long)expect),
                 "The record was deleted.");
        if (!found) break;
        try(check_record(c, leaf));
        if (leaf == INT64_MAX) break;
        leaf++;
        if (leaf > expect) expect = leaf;
    }
    return ERR_OK;
}

static err check_keys(struct check *c)
{
    struct db_rows r = db_ask(c->t, c->s->db, store_sql[SQL_KEY_LIST], NULL, 0);
    while (db_next(&r)) {
        struct bytes dossier = db_bytes_at(&r, 0), wrapped = db_bytes_at(&r, 1);
        struct buf bound = buf_in(c->t->arena);
        buf_str(&bound, STR("dossier-key "));
        buf_put(&bound, dossier.p, dossier.n);
        struct turn one = *c->t;
        turn_forgive(&one);
        struct bytes key = {0};
        if (c->s->wrapper.unwrap(c->s->wrapper.ctx, &one, wrapped, buf_as_bytes(&bound), &key) ==
            ERR_OK)
            wipe((void *)(uintptr_t)key.p, key.n);
        else
            tell(
                c,
                str_printf(c->t->arena, "dossier_key " STR_FMT, STR_ARG(hex(c->t->arena, dossier))),
                "The wrapped key does not open.");
    }
    return db_done(&r);
}

/* An index that disagrees with its table shows in no row. */
static void complaint(void *ctx, struct str sentence)
{
    struct check *c = ctx;
    c->found(c->ctx, STR("database"), str_dup(c->t->arena, sentence));
}

static void misshapen(void *ctx, struct str name)
{
    struct check *c = ctx;
    c->found(c->ctx, str_printf(c->t->arena, "schema " STR_FMT, STR_ARG(name)),
             STR("The database keeps other words of it than those it was made with."));
}

err store_check(struct turn *t, struct store *s,
                void (*found)(void *ctx, struct str what, struct str sentence), void *ctx)
{
    struct check c = {t, s, found, ctx, ERR_OK};
    struct ledger_edge edge = {0};
    store_forget_cached(s); /* what the tables hold now */
    try(db_check(t, s->db, complaint, &c));
    try(db_shape(t, s->db, store_schema_text, misshapen, &c));
    try(check_leaves(&c, &edge));
    try(check_surplus(&c, edge.size));
    try(check_records(&c));
    try(check_keys(&c));
    struct hash now, held;
    ledger_root(&edge, &now);
    store_log_root(s, &held);
    if (edge.size != s->edge.size || !hash_eq(&now, &held))
        tell(&c, STR("log"), "The leaves do not give the root that the inner nodes give.");
    return ERR_OK;
}

static void first_of(void *ctx, struct str name)
{
    struct str *first = ctx;
    if (!first->n) *first = name;
}

err store_blame(struct turn *t, struct store *s, err e)
{
    auto_arena scratch = arena_new();
    struct turn one = *t;
    struct str first = {0};
    one.arena = scratch;
    turn_forgive(&one);
    if (e != ERR_INTERNAL || db_shape(&one, s->db, store_schema_text, first_of, &first) != ERR_OK ||
        !first.n)
        return e;
    turn_forgive(t);
    return turn_fail(t, ERR_INTEGRITY, "store-schema", NULL,
                     "The database keeps other words of " STR_FMT " than those it was made with.",
                     STR_ARG(first));
}
