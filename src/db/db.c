/* SPDX-License-Identifier: Apache-2.0 */
/* What both engines share: finding a prepared statement, looking at what is bound to it, reading a
 * row with its types, and what a failure does to a transaction.
 *
 * PostgreSQL ends a transaction in which a statement failed; SQLite would go on. Here both end:
 * code that relied on going on would break on the day the engine is changed. */

#include "db/db_internal.h"

#include <assert.h>
#include <string.h>

err db_open(struct turn *t, const struct db_options *o, struct db **out)
{
    if (!o->where || !o->where[0])
        return turn_fail(t, ERR_USAGE, "db-where", NULL, "No database is named.");
    if (o->opened) {
        *out = o->opened;
        return ERR_OK;
    }
    struct arena *arena = arena_new();
    struct db *db = arena_take(arena, sizeof *db);
    db->arena = arena;
    db->engine = o->engine;
    db->read_only = o->read_only;
    err e = ERR_INTERNAL;
    switch (o->engine) {
    case DB_SQLITE:
        e = db_sqlite_open(t, db, o);
        break;
    case DB_POSTGRES:
        e = db_postgres_open(t, db, o);
        break;
    }
    if (e != ERR_OK) {
        arena_free(arena);
        return e;
    }
    *out = db;
    return ERR_OK;
}

void db_close(struct db *db)
{
    if (!db) return;
    if (!db->dead) db_rollback(db);
    for (int b = 0; b < DB_BUCKETS; b++)
        for (struct db_statement *s = db->statements[b]; s; s = s->next)
            db->calls->unprepare(db, s);
    db->calls->close(db);
    arena_free(db->arena);
}

enum db_engine db_engine_of(const struct db *db) { return db->engine; }

bool db_is_lost(const struct db *db) { return db->calls->lost && db->calls->lost(db); }

struct db_counts db_counted(const struct db *db) { return db->counts; }

uint64_t db_changed(const struct db *db) { return db->changed; }

/* ---- failure --------------------------------------------------------------------------------- */

/* Notes what an engine's failure means for the connection, and hands it on. */
static err note(struct db *db, err e)
{
    if (e == ERR_UNKNOWN) db->dead = true;
    if (e != ERR_OK && db->in_transaction && db->spoiled == ERR_OK) db->spoiled = e;
    return e;
}

/* ERR_OK when a statement may be given to the engine. */
static err usable(struct turn *t, const struct db *db)
{
    if (db->dead)
        return turn_fail(t, ERR_UNKNOWN, "db-unknown", NULL,
                         "A commit's outcome is unknown; this connection is not used any more.");
    if (db->spoiled)
        return turn_fail(t, db->spoiled, "db-spoiled", NULL,
                         "A statement of this transaction failed (%s); it can only be rolled back.",
                         err_word(db->spoiled));
    return ERR_OK;
}

/* ---- statements ------------------------------------------------------------------------------ */

static struct db_statement **bucket_of(struct db *db, const char *sql)
{
    return &db->statements[((uintptr_t)sql >> 3) * 0x9e3779b97f4a7c15u >> 57];
}
_Static_assert(DB_BUCKETS == 1 << (64 - 57), "the hash gives the number of a bucket");

/* Two bits a value; zero where the engine does not need it. */
static uint64_t kinds_of(const struct db *db, const struct db_value *values, int n)
{
    uint64_t kinds = 0;
    for (int i = 0; db->calls->by_kinds && i < n; i++) kinds |= (uint64_t)values[i].kind << (2 * i);
    return kinds;
}
_Static_assert(DB_BINDS_MAX * 2 <= 64, "the kinds of all values fit into 64 bits");

static err value_fit(struct turn *t, const char *sql, const struct db_bind *b)
{
    if (b->value.kind == DB_NULL || b->value.kind == DB_INT) return ERR_OK;
    if (b->value.bytes.n > DB_VALUE_MAX)
        return turn_fail_at(t, ERR_TOO_LARGE, "db-value", NULL, str_of(b->name),
                            "A value of %zu bytes is larger than %d.", b->value.bytes.n,
                            DB_VALUE_MAX);
    if (b->value.kind == DB_TEXT && !str_is_utf8(bytes_str(b->value.bytes)))
        return turn_fail_at(t, ERR_INTERNAL, "db-text", NULL, str_of(b->name),
                            "What is bound as text is not UTF-8 without NUL: " STR_FMT,
                            STR_ARG(db_sql_gist(sql)));
    return ERR_OK;
}

/* Puts the values into the order of their numbers. All names and all binds must find each other. */
static err bind_by_name(struct turn *t, const char *sql, const struct db_sql *q,
                        const struct db_bind *binds, size_t n, struct db_value *values)
{
    for (int i = 0; i < q->names_n; i++) {
        size_t k = 0;
        while (k < n && !str_is(q->names[i], binds[k].name)) k++;
        if (k == n)
            return turn_fail_at(t, ERR_INTERNAL, "db-bind", NULL, q->names[i],
                                "Nothing is bound to this parameter of: " STR_FMT,
                                STR_ARG(db_sql_gist(sql)));
        try(value_fit(t, sql, &binds[k]));
        values[i] = binds[k].value;
    }
    /* Each name found a bind of its own, so as many binds as names leave none over. */
    if (n != (size_t)q->names_n)
        return turn_fail(t, ERR_INTERNAL, "db-bind", NULL,
                         "%zu values are bound to the %d parameters of: " STR_FMT, n, q->names_n,
                         STR_ARG(db_sql_gist(sql)));
    return ERR_OK;
}

/* Keeps a new statement, its names numbered; the engine has not seen it yet. */
static err statement_make(struct turn *t, struct db *db, const char *sql, struct db_statement **out)
{
    if (db->statements_n == DB_STATEMENTS_MAX)
        return turn_fail(t, ERR_INTERNAL, "db-statements", NULL,
                         "More than %d statements are kept; is this text a literal? " STR_FMT,
                         DB_STATEMENTS_MAX, STR_ARG(db_sql_gist(sql)));
    struct db_statement *s = arena_take(db->arena, sizeof *s);
    s->sql = sql;
    s->copy = str_of(str_c(db->arena, str_of(sql)));
    try(db_sql_number(t, db->arena, s->copy.p, db->calls->mark, &s->text));
    s->number = (unsigned)db->statements_n++;
    s->next = *bucket_of(db, sql);
    *bucket_of(db, sql) = s;
    *out = s;
    return ERR_OK;
}

/* A statement of this text, in use or not: the names in it are those of all others. */
static err statement_like(struct turn *t, struct db *db, const char *sql, struct db_statement **out)
{
    struct db_statement *s = *bucket_of(db, sql);
    while (s && s->sql != sql) s = s->next;
    if (!s) return statement_make(t, db, sql, out);
    if (!str_is(s->copy, sql))
        return turn_fail(t, ERR_INTERNAL, "db-literal", NULL,
                         "The text of a statement must be a literal, this one changed: " STR_FMT,
                         STR_ARG(db_sql_gist(sql)));
    *out = s;
    return ERR_OK;
}

/* A prepared statement that no cursor stands on, and its values in order. */
static err statement_for(struct turn *t, struct db *db, const char *sql,
                         const struct db_bind *binds, size_t n, struct db_value *values,
                         struct db_statement **out)
{
    struct db_statement *s;
    try(usable(t, db));
    try(statement_like(t, db, sql, &s));
    try(bind_by_name(t, sql, &s->text, binds, n, values));
    uint64_t kinds = kinds_of(db, values, (int)n);
    struct db_statement *kept = *bucket_of(db, sql);
    while (kept && (kept->sql != sql || kept->open || (kept->used && kept->kinds != kinds)))
        kept = kept->next;
    if (!kept) try(statement_make(t, db, sql, &kept));
    kept->used = true;
    kept->kinds = kinds;
    try(note(db, db->calls->prepare(t, db, kept, values)));
    *out = kept;
    return ERR_OK;
}

err db_run(struct turn *t, struct db *db, const char *sql, const struct db_bind *binds, size_t n,
           int64_t *changed_out)
{
    struct db_value values[DB_BINDS_MAX];
    struct db_statement *s;
    int64_t changed = 0;
    db_view_end(db);
    try(statement_for(t, db, sql, binds, n, values, &s));
    try(note(db, db->calls->run(t, db, s, values, &changed)));
    db->changed += (uint64_t)changed;
    if (changed_out) *changed_out = changed;
    return ERR_OK;
}

err db_prepare_only(struct turn *t, struct db *db, const char *sql)
{
    struct db_sql q;
    try(usable(t, db));
    try(db_sql_number(t, t->arena, sql, db->calls->mark, &q));
    return note(db, db->calls->prove(t, db, &q));
}

err db_script(struct turn *t, struct db *db, const char *text)
{
    struct str rest = str_of(text);
    const char *statement = NULL;
    db_view_end(db);
    for (bool done = false; !done;) {
        try(db_sql_next(t, &rest, &db->calls->types, &statement, &done));
        if (done) break;
        try(usable(t, db));
        try(note(db, db->calls->exec(t, db, statement)));
    }
    return ERR_OK;
}

/* ---- the cursor ------------------------------------------------------------------------------ */

struct db_rows db_ask(struct turn *t, struct db *db, const char *sql, const struct db_bind *binds,
                      size_t n)
{
    struct db_rows r = {.t = t, .db = db, .row = -1};
    struct db_value values[DB_BINDS_MAX];
    struct db_statement *s;
    r.err = statement_for(t, db, sql, binds, n, values, &s);
    if (r.err == ERR_OK) r.err = note(db, db->calls->ask(t, db, s, values, &r.stmt));
    return r;
}

bool db_next(struct db_rows *r)
{
    bool more = false;
    if (r->err != ERR_OK) return false;
    r->err = note(r->db, r->db->calls->next(r, &more));
    if (r->err != ERR_OK) return false;
    if (more) r->row++;
    return more;
}

int db_columns(const struct db_rows *r) { return r->stmt ? r->db->calls->columns(r) : 0; }

const char *db_column_name(const struct db_rows *r, int column)
{
    assert(column >= 0 && column < db_columns(r));
    return r->db->calls->column_name(r, column);
}

/* The value in the engine's memory; NULL once something went wrong. */
static struct db_value peek(struct db_rows *r, int column)
{
    struct db_value v = db_null();
    if (r->err != ERR_OK) return v;
    assert(r->row >= 0 && column >= 0 && column < db_columns(r));
    r->err = r->db->calls->value(r, column, &v);
    if (r->err == ERR_OK && v.kind == DB_TEXT && !str_is_utf8(bytes_str(v.bytes)))
        r->err =
            turn_fail_at(r->t, ERR_INTEGRITY, "db-text", NULL, str_of(db_column_name(r, column)),
                         "A text in the database is not UTF-8 without NUL.");
    return r->err == ERR_OK ? v : db_null();
}

static const char *kind_word(enum db_kind k)
{
    static const char *const words[] = {"nothing", "a number", "text", "bytes"};
    return words[k];
}

/* The value when it is of that kind or absent; otherwise the cursor has failed. */
static struct db_value peek_as(struct db_rows *r, int column, enum db_kind kind)
{
    struct db_value v = peek(r, column);
    if (v.kind == kind || v.kind == DB_NULL) return v;
    r->err = turn_fail_at(r->t, ERR_INTEGRITY, "db-kind", NULL, str_of(db_column_name(r, column)),
                          "The database has %s where %s is expected.", kind_word(v.kind),
                          kind_word(kind));
    return db_null();
}

struct db_value db_value_at(struct db_rows *r, int column)
{
    struct db_value v = peek(r, column);
    v.bytes = bytes_dup(r->t->arena, v.bytes);
    return v;
}

int64_t db_int_at(struct db_rows *r, int column) { return peek_as(r, column, DB_INT).num; }

struct str db_text_at(struct db_rows *r, int column)
{
    return bytes_str(bytes_dup(r->t->arena, peek_as(r, column, DB_TEXT).bytes));
}

struct bytes db_bytes_at(struct db_rows *r, int column)
{
    return bytes_dup(r->t->arena, peek_as(r, column, DB_BYTES).bytes);
}

static void fixed_at(struct db_rows *r, int column, uint8_t *out, size_t size)
{
    struct bytes b = peek_as(r, column, DB_BYTES).bytes;
    if (r->err != ERR_OK) return;
    if (b.n == size)
        memcpy(out, b.p, size);
    else
        r->err =
            turn_fail_at(r->t, ERR_INTEGRITY, "db-size", NULL, str_of(db_column_name(r, column)),
                         "The database has %zu bytes where %zu are expected.", b.n, size);
}

struct id db_id_at(struct db_rows *r, int column)
{
    struct id id = {0};
    fixed_at(r, column, id.b, sizeof id.b);
    return id;
}

struct hash db_hash_at(struct db_rows *r, int column)
{
    struct hash hash = {0};
    fixed_at(r, column, hash.b, sizeof hash.b);
    return hash;
}

err db_done(struct db_rows *r)
{
    if (r->stmt) {
        err e = note(r->db, r->db->calls->end(r));
        if (r->err == ERR_OK) r->err = e;
        r->stmt = NULL;
    }
    return r->err;
}

/* ---- transactions ---------------------------------------------------------------------------- */

err db_begin(struct turn *t, struct db *db)
{
    db_view_end(db);
    try(usable(t, db));
    if (db->in_transaction)
        return turn_fail(t, ERR_INTERNAL, "db-nested", NULL, "A transaction is open already.");
    try(db->calls->begin(t, db));
    db->in_transaction = true;
    return ERR_OK;
}

err db_commit(struct turn *t, struct db *db)
{
    err e = ERR_OK;
    if (!db->in_transaction)
        return turn_fail(t, ERR_INTERNAL, "db-no-transaction", NULL, "No transaction is open.");
    e = usable(t, db);
    if (e == ERR_OK) e = db->calls->commit(t, db);
    if (e == ERR_UNKNOWN) {
        db->dead = true;
        return e;
    }
    if (e != ERR_OK) {
        db_rollback(db);
        return e;
    }
    db->in_transaction = false;
    db->counts.commits++;
    return ERR_OK;
}

void db_rollback(struct db *db)
{
    if (!db->in_transaction || db->dead) return;
    db->calls->rollback(db);
    db->in_transaction = false;
    db->spoiled = ERR_OK;
}

void db_view_begin(struct db *db)
{
    if (db->dead || db->in_transaction || db->in_view || !db->calls->view) return;
    db->in_view = db->calls->view(db, true);
}

void db_view_end(struct db *db)
{
    if (db->in_view) (void)db->calls->view(db, false);
    db->in_view = false;
}

err db_checkpoint(struct turn *t, struct db *db, int pages)
{
    db_view_end(db);
    try(usable(t, db));
    return db->calls->checkpoint(t, db, pages);
}

err db_copy(struct turn *t, struct db *db, const char *path)
{
    db_view_end(db);
    try(usable(t, db));
    if (db->calls->copy) return db->calls->copy(t, db, path);
    return turn_fail(t, ERR_USAGE, "db-copy", NULL,
                     "A database on a server is copied table by table.");
}

err db_check(struct turn *t, struct db *db, void (*found)(void *ctx, struct str sentence),
             void *ctx)
{
    if (db->engine != DB_SQLITE) return ERR_OK;
    struct db_rows r = db_ask(t, db, "PRAGMA integrity_check", NULL, 0);
    for (int told = 0; told < DB_COMPLAINTS_MAX && db_next(&r); told++) {
        struct str said = db_text_at(&r, 0);
        if (!str_is(said, "ok")) found(ctx, said);
    }
    return db_done(&r);
}
