/* SPDX-License-Identifier: Apache-2.0 */
/* The log in its tables: leaves, inner nodes, the right edge. Proofs read inner nodes, so their
 * cost does not grow with the log. */

#include "store/store_internal.h"

uint64_t store_log_size(const struct store *s) { return s->edge.size; }

void store_log_root(const struct store *s, struct hash *root_out)
{
    ledger_root(&s->edge, root_out);
}

err store_leaf(struct turn *t, struct store *s, int64_t index, struct hash *data_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_LEAF_GET], {"leaf", db_int(index)});
    bool found = db_next(&r);
    struct hash h = {0};
    if (found) h = db_hash_at(&r, 0);
    try(db_done(&r));
    if (!found)
        return turn_fail(t, ERR_INTEGRITY, "leaf-missing", NULL, "Leaf %lld is missing.",
                         (long long)index);
    *data_out = h;
    return ERR_OK;
}

static struct store_cached_node *node_slot(struct store *s, int level, uint64_t index)
{
    return &s->nodes[(index * 7 + (uint64_t)level * 61) % STORE_NODES_CACHED];
}

static void node_keep(struct store *s, int level, uint64_t index, const struct hash *h)
{
    *node_slot(s, level, index) = (struct store_cached_node){index + 1, level, *h};
}

static err node_read(struct turn *t, struct store *s, int level, uint64_t index, struct hash *out)
{
    if (level == 0) {
        struct hash data;
        try(store_leaf(t, s, (int64_t)index, &data));
        ledger_leaf_hash(&data, out);
        return ERR_OK;
    }
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_NODE_GET], {"level", db_int(level)},
                              {"idx", db_int((int64_t)index)});
    bool found = db_next(&r);
    if (found) *out = db_hash_at(&r, 0);
    try(db_done(&r));
    return found ? ERR_OK : ERR_NONE_SUCH;
}

static err log_node(void *ctx, struct turn *t, int level, uint64_t index, struct hash *out)
{
    struct store *s = ctx;
    const struct store_cached_node *c = node_slot(s, level, index);
    if (c->place == index + 1 && c->level == level) {
        *out = c->hash;
        return ERR_OK;
    }
    try(node_read(t, s, level, index, out));
    node_keep(s, level, index, out);
    return ERR_OK;
}

struct ledger_source store_log_source(struct store *s)
{
    return (struct ledger_source){log_node, s};
}

struct again {
    struct store *s;
    uint64_t trusted;
    struct store_cached_node read[STORE_NODES_CACHED];
};

static err again_node(void *ctx, struct turn *t, int level, uint64_t index, struct hash *out)
{
    struct again *g = ctx;
    if (level > 0 && index + 1 > g->trusted >> level)
        return turn_fail(t, ERR_NONE_SUCH, "node-new", NULL, "The node is made from the leaves.");
    struct store_cached_node *c = &g->read[(index * 7 + (uint64_t)level * 61) % STORE_NODES_CACHED];
    if (c->place != index + 1 || c->level != level) {
        struct hash h;
        try(node_read(t, g->s, level, index, &h));
        *c = (struct store_cached_node){index + 1, level, h};
    }
    *out = c->hash;
    return ERR_OK;
}

struct ledger_source store_log_again(struct turn *t, struct store *s, uint64_t trusted)
{
    struct again *g = arena_take(t->arena, sizeof *g);
    g->s = s;
    g->trusted = trusted;
    return (struct ledger_source){again_node, g};
}

err store_edge_load(struct turn *t, struct store *s)
{
    struct db_rows r = db_ask(t, s->db, store_sql[SQL_LEAF_LAST], NULL, 0);
    uint64_t size = db_next(&r) ? (uint64_t)db_int_at(&r, 0) + 1 : 0;
    try(db_done(&r));
    struct ledger_edge edge = {.size = size};
    for (int level = 0; level < LEDGER_LEVELS_MAX; level++) {
        if (!(size >> level & 1)) continue;
        uint64_t index = (size >> level) - 1;
        err e = log_node(s, t, level, index, &edge.full[level]);
        if (e == ERR_NONE_SUCH || e == ERR_INTEGRITY) {
            turn_forgive(t); /* an altered store still opens, so that fsck and rebuild can speak */
            continue;
        }
        try(e);
    }
    s->edge = edge;
    return ERR_OK;
}

struct growth {
    struct turn *t;
    struct store *s;
    err err;
};

static void growth_node(void *ctx, int level, uint64_t index, const struct hash *h)
{
    struct growth *g = ctx;
    node_keep(g->s, level, index, h);
    if (g->err != ERR_OK || level == 0) return; /* leaves stand in their own table */
    g->err = DB_RUN(g->t, g->s->db, store_sql[SQL_NODE_PUT], {"level", db_int(level)},
                    {"idx", db_int((int64_t)index)}, {"hash", db_hash(h)});
}

err store_log_append(struct turn *t, struct store *s, const struct hash *data)
{
    struct hash leaf;
    ledger_leaf_hash(data, &leaf);
    struct growth g = {t, s, ERR_OK};
    ledger_append(&s->edge, &leaf, growth_node, &g);
    return g.err;
}

err store_log_rebuild(struct turn *t, struct store *s)
{
    s->edge = (struct ledger_edge){0};
    err grown = ERR_OK;
    struct db_rows r = db_ask(t, s->db, store_sql[SQL_LEAF_LIST], NULL, 0);
    while (grown == ERR_OK && db_next(&r)) {
        if (db_int_at(&r, 0) != (int64_t)s->edge.size) {
            grown = turn_fail(t, ERR_INTEGRITY, "leaf-missing", NULL, "Leaf %lld is missing.",
                              (long long)s->edge.size);
            break;
        }
        struct hash data = db_hash_at(&r, 1);
        grown = store_log_append(t, s, &data);
    }
    err e = db_done(&r);
    return grown != ERR_OK ? grown : e;
}
