/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL through libpq: connecting, values in its binary form, and what an SQLSTATE means.
 *
 * Each statement is prepared once per connection and combination of kinds, so that the types of
 * parameters are told and never guessed. A connection that was lost is made anew at the next
 * db_begin only: never inside a transaction. Messages quote no values, only the server's first
 * line. */

#include "db/db_internal.h"

#include <assert.h>
#include <libpq-fe.h>
#include <string.h>

/* Types by their number in pg_type, which never changes. */
enum {
    TYPE_ANY = 0,
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_VARCHAR = 1043,
};

struct postgres {
    PGconn *conn;
    unsigned session; /* counts connections: statements prepared in an older one are gone */
    bool warned;      /* the server warned since this was last set to false */
    const char *path; /* the statement that finds our schema; NULL: none is named */
};

static struct postgres *own(const struct db *db) { return db->own; }

static const struct db_calls postgres_calls;

static void clear_result_ptr(PGresult **r) { PQclear(*r); }
#define auto_result __attribute__((cleanup(clear_result_ptr))) PGresult *

/* ---- failure --------------------------------------------------------------------------------- */

struct state_row {
    const char *state;
    err err;
    const char *code;
};
static const struct state_row states[] = {
    {"23505", ERR_CONFLICT, "db-unique"},    {"23514", ERR_CONFLICT, "db-check"},
    {"40001", ERR_BUSY, "db-busy"},          {"40P01", ERR_BUSY, "db-busy"},
    {"55P03", ERR_BUSY, "db-busy"},          {"57014", ERR_BUSY, "db-busy"},
    {"53300", ERR_BUSY, "db-busy"},          {"53100", ERR_FULL, "db-full"},
    {"25006", ERR_INTERNAL, "db-read-only"}, {"XX001", ERR_INTEGRITY, "db-damaged"},
    {"XX002", ERR_INTEGRITY, "db-damaged"},
};

static bool lost(const struct db *db) { return PQstatus(own(db)->conn) != CONNECTION_OK; }

static struct state_row state_of(const struct db *db, const PGresult *r)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    if (lost(db)) return (struct state_row){"", ERR_BUSY, "db-lost"};
    for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
        if (str_is(str_of(state), states[i].state)) return states[i];
    return (struct state_row){"", ERR_INTERNAL, "db-failed"};
}

/* The server's first line, without the details that quote values. */
static struct str words_of(struct turn *t, const struct db *db, const PGresult *r)
{
    const char *primary = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    if (primary) return str_printf(t->arena, "%s (%s)", primary, state ? state : "-----");
    struct str line = str_of(PQerrorMessage(own(db)->conn)), rest;
    str_split(line, '\n', &line, &rest);
    return line;
}

static err fail(struct turn *t, const struct db *db, const PGresult *r, const char *what)
{
    struct state_row s = state_of(db, r);
    return turn_fail(t, s.err, s.code, NULL, "PostgreSQL says: " STR_FMT ", to: " STR_FMT,
                     STR_ARG(words_of(t, db, r)), STR_ARG(db_sql_gist(what)));
}

/* The same for what would have made changes durable. An error of a server that still answers means
 * that it rolled back; anything else, a lost connection first of all, leaves it open. */
static err fail_commit(struct turn *t, const struct db *db, const PGresult *r, const char *what)
{
    err e = state_of(db, r).err;
    bool rolled_back = !lost(db) && PQresultStatus(r) == PGRES_FATAL_ERROR;
    if (rolled_back && (e == ERR_CONFLICT || e == ERR_BUSY || e == ERR_FULL))
        return fail(t, db, r, what);
    return turn_fail(t, ERR_UNKNOWN, "db-unknown", NULL,
                     "PostgreSQL says: " STR_FMT ", to: " STR_FMT
                     "; whether it holds is not known.",
                     STR_ARG(words_of(t, db, r)), STR_ARG(db_sql_gist(what)));
}

/* A warning during COMMIT tells that a standby was not waited for: the row is on one machine. */
static void noticed(void *ctx, const PGresult *r)
{
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && str_is(str_of(severity), "WARNING")) ((struct postgres *)ctx)->warned = true;
}

/* ---- connecting ------------------------------------------------------------------------------ */

/* Runs text that has no parameters and gives back nothing of interest. */
static err exec(struct turn *t, struct db *db, const char *sql)
{
    auto_result r = PQexec(own(db)->conn, sql);
    ExecStatusType s = PQresultStatus(r);
    if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_EMPTY_QUERY) return ERR_OK;
    return fail(t, db, r, sql);
}

/* Whether the question has an answer. */
static err answers(struct turn *t, struct db *db, const char *sql, bool *any_out)
{
    auto_result r = PQexec(own(db)->conn, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) return fail(t, db, r, sql);
    *any_out = PQntuples(r) > 0;
    return ERR_OK;
}

/* What a session must have, whatever the server's files say; stricter settings stay. */
static err settle(struct turn *t, struct db *db)
{
    static const char *const texts[] = {
        "SET default_transaction_isolation = 'serializable'",
        "SET standard_conforming_strings = on",
        "SET client_min_messages = 'warning'",
        ("SELECT set_config('synchronous_commit', 'on', false) "
         "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')"),
        ("SELECT set_config('lock_timeout', '5s', false) "
         "WHERE current_setting('lock_timeout') = '0'"),
    };
    static const char sorts_by_bytes[] =
        "SELECT 1 FROM pg_database WHERE datname = current_database() AND "
        "pg_encoding_to_char(encoding) = 'UTF8' AND datcollate IN ('C', 'POSIX', 'C.UTF-8', "
        "'C.utf8')";
    bool right;
    own(db)->session++;
    if (PQserverVersion(own(db)->conn) < 150000)
        return turn_fail(t, ERR_INTERNAL, "db-version", NULL, "PostgreSQL is older than 15.");
    try(answers(t, db, sorts_by_bytes, &right));
    if (!right)
        return turn_fail(t, ERR_REJECTED, "db-collation", NULL,
                         "The database does not keep UTF-8 sorted by its bytes. Make it with: "
                         "CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'.");
    if (own(db)->path) try(exec(t, db, own(db)->path));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) try(exec(t, db, texts[i]));
    if (db->read_only) try(exec(t, db, "SET default_transaction_read_only = on"));
    return ERR_OK;
}

static void free_options_ptr(PQconninfoOption **o) { PQconninfoFree(*o); }

err db_where_check(struct turn *t, const char *where)
{
    char *why = NULL;
    __attribute__((cleanup(free_options_ptr))) PQconninfoOption *options =
        PQconninfoParse(where, &why);
    struct str line = str_of(why ? why : "no memory"), rest;
    str_split(line, '\n', &line, &rest);
    err e = options ? ERR_OK
                    : turn_fail(t, ERR_REJECTED, "db-where", NULL,
                                "This names no PostgreSQL database: " STR_FMT, STR_ARG(line));
    PQfreemem(why);
    for (const PQconninfoOption *o = options; o && o->keyword; o++)
        if (str_is(str_of(o->keyword), "password") && o->val && o->val[0])
            return turn_fail(t, ERR_REJECTED, "db-where", NULL,
                             "Settings hold no password: put it in a file and name that with "
                             "passfile=.");
    return e;
}

static void shut(struct db *db) { PQfinish(own(db)->conn); }

static bool is_schema_name(struct str s)
{
    enum { NAME_MAX_BYTES = 63 };
    bool fine = s.n > 0 && s.n <= NAME_MAX_BYTES;
    for (size_t k = 0; k < s.n; k++)
        fine = fine && ((s.p[k] >= 'a' && s.p[k] <= 'z') || (s.p[k] >= '0' && s.p[k] <= '9') ||
                        s.p[k] == '_');
    return fine;
}

/* Finds the schema, or makes it, before anything is asked in it. */
static err schema_find(struct turn *t, struct db *db, const struct db_options *o)
{
    struct arena *a = db->arena;
    bool there;
    if (!o->schema) return ERR_OK;
    if (!is_schema_name(str_of(o->schema)))
        return turn_fail(t, ERR_USAGE, "db-schema", NULL, "A schema is not named like this: %s",
                         o->schema);
    const char *find =
        str_c(a, str_printf(a, "SELECT 1 FROM pg_namespace WHERE nspname = '%s'", o->schema));
    try(answers(t, db, find, &there));
    if (!there && (o->must_exist || o->read_only))
        return turn_fail(t, ERR_NONE_SUCH, "db-none-such", NULL,
                         "The database has no schema %s: no node was made there.", o->schema);
    if (!there)
        try(exec(t, db, str_c(a, str_printf(a, "CREATE SCHEMA IF NOT EXISTS %s", o->schema))));
    own(db)->path = str_c(a, str_printf(a, "SET search_path = %s", o->schema));
    return ERR_OK;
}

err db_postgres_open(struct turn *t, struct db *db, const struct db_options *o)
{
    /* What stands before the conninfo string are our defaults; what stands after it holds. */
    static const char *const names[] = {"connect_timeout", "application_name", "dbname",
                                        "client_encoding", NULL};
    const char *const values[] = {"5", "comity", o->where, "UTF8", NULL};
    struct postgres *p = arena_take(db->arena, sizeof *p);
    db->calls = &postgres_calls;
    db->own = p;
    p->conn = PQconnectdbParams(names, values, 1);
    err e = ERR_OK;
    if (lost(db)) {
        e = turn_fail(t, ERR_PEER, "db-connect", NULL, "PostgreSQL cannot be reached: " STR_FMT,
                      STR_ARG(words_of(t, db, NULL)));
    } else {
        PQsetNoticeReceiver(p->conn, noticed, p);
        e = schema_find(t, db, o);
        if (e == ERR_OK) e = settle(t, db);
    }
    if (e != ERR_OK) shut(db);
    return e;
}

err db_schema_drop(struct turn *t, const struct db_options *o)
{
    struct db *db;
    struct db_options there = *o;
    there.must_exist = true;
    if (o->engine != DB_POSTGRES || !o->schema) return ERR_OK;
    err e = db_open(t, &there, &db);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    struct str text = str_printf(t->arena, "DROP SCHEMA IF EXISTS %s CASCADE", o->schema);
    e = exec(t, db, str_c(t->arena, text));
    db_close(db);
    return e;
}

/* ---- statements ------------------------------------------------------------------------------ */

enum { NAME_SIZE = 16 };

static const char *name_of(const struct db_statement *s, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "s%u", s->number);
    return name;
}

static err prepare(struct turn *t, struct db *db, struct db_statement *s,
                   const struct db_value *values)
{
    static const Oid types[] = {
        [DB_NULL] = TYPE_ANY, [DB_INT] = TYPE_INT8, [DB_TEXT] = TYPE_TEXT, [DB_BYTES] = TYPE_BYTEA};
    Oid of[DB_BINDS_MAX];
    char name[NAME_SIZE];
    if (s->session == own(db)->session) return ERR_OK;
    for (int i = 0; i < s->text.names_n; i++) of[i] = types[values[i].kind];
    auto_result r = PQprepare(own(db)->conn, name_of(s, name), s->text.text, s->text.names_n, of);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) return fail(t, db, r, s->sql);
    s->session = own(db)->session;
    return ERR_OK;
}

/* They end with the connection. */
static void unprepare(struct db *db, struct db_statement *s) { (void)db, (void)s; }

static PGresult *execute(struct db *db, struct db_statement *s, const struct db_value *values)
{
    const char *p[DB_BINDS_MAX];
    int lengths[DB_BINDS_MAX], formats[DB_BINDS_MAX];
    uint8_t numbers[DB_BINDS_MAX][8];
    char name[NAME_SIZE];
    for (int i = 0; i < s->text.names_n; i++) {
        const struct db_value *v = &values[i];
        formats[i] = 1;
        lengths[i] = (int)v->bytes.n;
        p[i] = v->bytes.n ? (const char *)v->bytes.p : "";
        if (v->kind == DB_NULL) p[i] = NULL;
        if (v->kind == DB_INT) {
            for (int b = 0; b < 8; b++) numbers[i][b] = (uint8_t)((uint64_t)v->num >> (56 - 8 * b));
            p[i] = (const char *)numbers[i];
            lengths[i] = sizeof numbers[i];
        }
    }
    return PQexecPrepared(own(db)->conn, name_of(s, name), s->text.names_n, p, lengths, formats, 1);
}

static bool went_well(const PGresult *r)
{
    return PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
}

/* A statement by itself is a commit when no transaction is open and it may write. */
static err execute_failed(struct turn *t, struct db *db, const PGresult *r, const char *sql)
{
    bool reads = str_starts(str_of(sql), "SELECT");
    return (db->in_transaction || reads || !lost(db) ? fail : fail_commit)(t, db, r, sql);
}

static err run(struct turn *t, struct db *db, struct db_statement *s, const struct db_value *values,
               int64_t *changed_out)
{
    auto_result r = execute(db, s, values);
    if (!went_well(r)) return execute_failed(t, db, r, s->sql);
    bool reads = str_starts(str_of(PQcmdStatus(r)), "SELECT");
    if (reads || !str_to_int(str_of(PQcmdTuples(r)), changed_out)) *changed_out = 0;
    return ERR_OK;
}

static err ask(struct turn *t, struct db *db, struct db_statement *s, const struct db_value *values,
               void **cursor_out)
{
    PGresult *r = execute(db, s, values);
    if (went_well(r)) {
        *cursor_out = r;
        return ERR_OK;
    }
    err e = execute_failed(t, db, r, s->sql);
    PQclear(r);
    return e;
}

static err next(struct db_rows *r, bool *more_out)
{
    *more_out = r->row + 1 < PQntuples(r->stmt);
    return ERR_OK;
}

static int columns(const struct db_rows *r) { return PQnfields(r->stmt); }

static const char *column_name(const struct db_rows *r, int column)
{
    return PQfname(r->stmt, column);
}

/* A big-endian integer of 1, 2, 4 or 8 bytes, its sign kept. */
static int64_t integer(const uint8_t *p, int n)
{
    uint64_t u = p[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < n; i++) u = u << 8 | p[i];
    return (int64_t)u;
}

static err value(struct db_rows *r, int column, struct db_value *out)
{
    if (PQgetisnull(r->stmt, r->row, column)) {
        *out = db_null();
        return ERR_OK;
    }
    const uint8_t *p = (const uint8_t *)PQgetvalue(r->stmt, r->row, column);
    int n = PQgetlength(r->stmt, r->row, column);
    struct bytes b = {p, (size_t)n};
    switch (PQftype(r->stmt, column)) {
    case TYPE_BOOL:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        assert(n == 1 || n == 2 || n == 4 || n == 8);
        *out = db_int(integer(p, n));
        return ERR_OK;
    case TYPE_NAME:
    case TYPE_TEXT:
    case TYPE_VARCHAR:
        *out = db_text(bytes_str(b));
        return ERR_OK;
    case TYPE_BYTEA:
        *out = db_blob(b);
        return ERR_OK;
    default:
        return turn_fail_at(r->t, ERR_INTERNAL, "db-kind", NULL, str_of(column_name(r, column)),
                            "A column of PostgreSQL's type %u is neither a whole number nor text "
                            "nor bytes.",
                            PQftype(r->stmt, column));
    }
}

static err end(struct db_rows *r)
{
    PQclear(r->stmt);
    return ERR_OK;
}

static err script_exec(struct turn *t, struct db *db, const char *text)
{
    auto_result r = PQexec(own(db)->conn, text);
    if (went_well(r) || PQresultStatus(r) == PGRES_EMPTY_QUERY) return ERR_OK;
    return execute_failed(t, db, r, text);
}

/* The unnamed statement: the next one replaces it. The server finds the types itself. */
static err prove(struct turn *t, struct db *db, const struct db_sql *sql)
{
    auto_result r = PQprepare(own(db)->conn, "", sql->text, 0, NULL);
    return PQresultStatus(r) == PGRES_COMMAND_OK ? ERR_OK : fail(t, db, r, sql->text);
}

/* ---- transactions ---------------------------------------------------------------------------- */

static err begin(struct turn *t, struct db *db)
{
    /* Who only reads gets one moment, and is never sent back for what others write. */
    const char *sql = db->read_only ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                    : "BEGIN ISOLATION LEVEL SERIALIZABLE";
    if (!lost(db)) {
        auto_result r = PQexec(own(db)->conn, sql);
        if (went_well(r)) return ERR_OK;
        if (!lost(db)) return fail(t, db, r, sql);
    }
    PQreset(own(db)->conn);
    if (lost(db)) return fail(t, db, NULL, "a new connection");
    try(settle(t, db));
    return exec(t, db, sql);
}

/* COMMIT of a transaction that failed answers ROLLBACK, and counts as done for libpq. */
static err commit(struct turn *t, struct db *db)
{
    own(db)->warned = false;
    auto_result r = PQexec(own(db)->conn, "COMMIT");
    if (PQresultStatus(r) != PGRES_COMMAND_OK) return fail_commit(t, db, r, "COMMIT");
    if (!str_is(str_of(PQcmdStatus(r)), "COMMIT"))
        return turn_fail(t, ERR_BUSY, "db-busy", NULL, "PostgreSQL rolled back instead.");
    if (own(db)->warned)
        return turn_fail(t, ERR_UNKNOWN, "db-unknown", NULL,
                         "PostgreSQL committed with a warning: a standby may not have it.");
    return ERR_OK;
}

static void rollback(struct db *db) { PQclear(PQexec(own(db)->conn, "ROLLBACK")); }

/* The server's own business. */
static err checkpoint(struct turn *t, struct db *db, int pages)
{
    (void)t, (void)db, (void)pages;
    return ERR_OK;
}

static const struct db_calls postgres_calls = {
    .mark = '$',
    .by_kinds = true,
    .types = {.integer = "bigint", .bytes = "bytea", .strict = ""},
    .prepare = prepare,
    .unprepare = unprepare,
    .run = run,
    .ask = ask,
    .next = next,
    .columns = columns,
    .column_name = column_name,
    .value = value,
    .end = end,
    .exec = script_exec,
    .prove = prove,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .checkpoint = checkpoint,
    .lost = lost,
    .close = shut,
};
