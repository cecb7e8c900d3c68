/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, transactions, and the tables themselves. The schema and the statements are X-lists, so
 * that one test prepares each of them on both engines. */

#include "store/store_internal.h"

#include <string.h>

const char *const store_sql[SQL_COUNT] = {
#define SQL(name, text) [SQL_##name] = text,
#include "store/statements.def"
#undef SQL
};

const char *const store_schema_text =
#define TABLE(class, name, keys, definition)                                                       \
    "CREATE TABLE IF NOT EXISTS " #name " (" definition ") {strict};\n"
#define INDEX(name, on) "CREATE INDEX IF NOT EXISTS " #name " ON " on ";\n"
#include "store/schema.def"
#undef TABLE
#undef INDEX
    ;

/* The projections go with their shape: an older one may have had other columns. */
static const char *const drop_text =
#define PROJECTION_DROP(name) "DROP TABLE IF EXISTS " #name ";\n"
#define PERMANENT_DROP(name)
#define WORKING_DROP(name)
#define TABLE(class, name, keys, definition) class##_DROP(name)
#define INDEX(name, on)
#include "store/schema.def"
#undef TABLE
#undef INDEX
    ;

const struct id store_house = {{0}};

static void store_forget(void *what)
{
    struct store *s = what;
    store_forget_cached(s);
    store_recent_forget(s, 0);
    db_close(s->db);
}

err store_open(struct turn *t, const struct store_options *o, struct store **out)
{
    struct arena *arena = arena_new();
    struct store *s = arena_take(arena, sizeof *s);
    s->arena = arena;
    s->wrapper = o->wrapper;
    struct db_options db = o->db;
    db.must_exist = !o->create;
    err e = db_open(t, &db, &s->db);
    if (e != ERR_OK) {
        arena_free(arena);
        return e;
    }
    arena_on_free(arena, store_forget, s);
    if (o->create) e = db_script(t, s->db, store_schema_text);
    if (e == ERR_OK && !db.read_only) e = store_writer_take(t, s, o);
    if (e == ERR_OK) e = store_edge_load(t, s);
    e = store_blame(t, s, e);
    if (e != ERR_OK) {
        store_close(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void store_close(struct store *s)
{
    if (s) arena_free(s->arena);
}

err store_begin(struct turn *t, struct store *s)
{
    try(db_begin(t, s->db));
    s->edge_before = s->edge;
    s->changed_before = db_changed(s->db);
    return ERR_OK;
}

err store_commit(struct turn *t, struct store *s)
{
    err e = store_writer_hold(t, s);
    if (e == ERR_OK)
        e = db_commit(t, s->db);
    else
        db_rollback(s->db);
    if (e != ERR_OK && e != ERR_UNKNOWN) {
        s->edge = s->edge_before;
        store_forget_cached(s);
    }
    return e;
}

void store_forget_cached(struct store *s)
{
    wipe(s->keys, sizeof s->keys);
    memset(s->nodes, 0, sizeof s->nodes);
    store_recent_forget(s, s->edge.size);
}

void store_rollback(struct store *s)
{
    db_rollback(s->db);
    s->edge = s->edge_before;
    store_forget_cached(s); /* a key made in this transaction is gone, and so is a node */
}

struct db *store_db(struct store *s) { return s->db; }

/* What reads out a projection is made from the list of tables. */
struct projection {
    const char *name, *list;
};
static const struct projection projections[] = {
#define PROJECTION_ROW(name, keys) {#name, "SELECT * FROM " #name " ORDER BY " keys},
#define PERMANENT_ROW(name, keys)
#define WORKING_ROW(name, keys)
#define TABLE(class, name, keys, definition) class##_ROW(name, keys)
#define INDEX(name, on)
#include "store/schema.def"
#undef TABLE
#undef INDEX
};

void store_each_statement(void (*each)(void *ctx, const char *name, const char *sql), void *ctx)
{
#define SQL(name, text) each(ctx, #name, store_sql[SQL_##name]);
#include "store/statements.def"
#undef SQL
    for (size_t k = 0; k < sizeof projections / sizeof *projections; k++)
        each(ctx, projections[k].name, projections[k].list);
}

err store_projection_clear(struct turn *t, struct store *s)
{
    try(db_script(t, s->db, drop_text));
    try(db_script(t, s->db, store_schema_text));
    memset(&s->edge, 0, sizeof s->edge);
    memset(s->nodes, 0, sizeof s->nodes);
    return ERR_OK;
}

static void dump_value(struct buf *b, struct turn *t, struct db_value v)
{
    switch (v.kind) {
    case DB_NULL:
        buf_str(b, STR("-"));
        break;
    case DB_INT:
        buf_printf(b, "%lld", (long long)v.num);
        break;
    case DB_TEXT:
        buf_str(b,
                json_write(t->arena, &(struct tree){.kind = TREE_STR, .str = bytes_str(v.bytes)}));
        break;
    case DB_BYTES:
        buf_str(b, hex(t->arena, v.bytes));
        break;
    }
}

static err dump_table(struct turn *t, struct store *s, const struct projection *p, struct buf *rows,
                      size_t *count)
{
    struct db_rows r = db_ask(t, s->db, p->list, NULL, 0);
    while (db_next(&r)) {
        struct buf line = buf_in(t->arena);
        buf_printf(&line, "%s", p->name);
        for (int c = 0; c < db_columns(&r); c++) {
            buf_printf(&line, " %s=", db_column_name(&r, c));
            dump_value(&line, t, db_value_at(&r, c));
        }
        struct str text = buf_as_str(&line);
        buf_put(rows, &text, sizeof text);
        (*count)++;
    }
    return db_done(&r);
}

err store_projection_dump(struct turn *t, struct store *s, struct str **rows_out, size_t *n_out)
{
    struct buf rows = buf_in(t->arena);
    size_t count = 0;
    for (size_t k = 0; k < sizeof projections / sizeof *projections; k++)
        try(dump_table(t, s, &projections[k], &rows, &count));
    *rows_out = (struct str *)(void *)rows.p;
    *n_out = count;
    return ERR_OK;
}
