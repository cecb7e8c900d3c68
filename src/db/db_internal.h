/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DB_INTERNAL_H
#define COMITY_DB_INTERNAL_H
/* What db.c, the two engines and the counting VFS share. Nobody else includes it. */

#include "db/db.h"

/* ---- text ------------------------------------------------------------------------------------ */

/* A statement with its parameters numbered: `:peer … :peer` is `?1 … ?1`, or `$1 … $1`. */
struct db_sql {
    const char *text;
    int names_n;
    struct str names[DB_BINDS_MAX]; /* in the order of their numbers, without the colon */
};
/* Numbers the parameters of `sql`, each number after `mark`. What stands in quotes or in a comment
 * is left alone, and so is `::`. Lives in `a`. ERR_INTERNAL beyond DB_SQL_MAX or DB_BINDS_MAX. */
MUST err db_sql_number(struct turn *t, struct arena *a, const char *sql, char mark,
                       struct db_sql *out);

/* What {int}, {bytes} and {strict} stand for. */
struct db_types {
    const char *integer, *bytes, *strict;
};
/* Takes the next statement off `rest`, with the types filled in: up to a ';' that ends a line, or
 * to the end. `done_out` is true when only blanks were left. */
MUST err db_sql_next(struct turn *t, struct str *rest, const struct db_types *types,
                     const char **text_out, bool *done_out);

/* ---- statements ------------------------------------------------------------------------------ */

struct db_statement {
    const char *sql;  /* the literal it is known by */
    struct str copy;  /* what that literal said: catches text that was not a literal */
    bool used;        /* `kinds` is settled */
    uint64_t kinds;   /* PostgreSQL: of the values it was prepared for, two bits each */
    bool open;        /* SQLite: a cursor stands on it */
    bool ready;       /* SQLite: the first row was fetched and not yet shown */
    bool ended;       /* SQLite: there are no more rows */
    bool writes;      /* SQLite: it may change the file */
    void *handle;     /* SQLite: the sqlite3_stmt */
    unsigned number;  /* PostgreSQL: its name there is "s" and this */
    unsigned session; /* PostgreSQL: of the connection it was prepared in */
    struct db_sql text;
    struct db_statement *next;
};

/* ---- an engine ------------------------------------------------------------------------------- */

/* Values come in the order of the numbers in the text, and have been looked at. */
struct db_calls {
    char mark;
    bool by_kinds; /* a statement is prepared for each combination of kinds */
    struct db_types types;
    /* Called before each use; returns at once when the statement is prepared already. */
    err (*prepare)(struct turn *t, struct db *db, struct db_statement *s,
                   const struct db_value *values);
    void (*unprepare)(struct db *db, struct db_statement *s);
    err (*run)(struct turn *t, struct db *db, struct db_statement *s, const struct db_value *values,
               int64_t *changed_out);
    err (*ask)(struct turn *t, struct db *db, struct db_statement *s, const struct db_value *values,
               void **cursor_out);
    /* ERR_OK and true: `row` can be read. */
    err (*next)(struct db_rows *r, bool *more_out);
    int (*columns)(const struct db_rows *r);
    const char *(*column_name)(const struct db_rows *r, int column);
    /* The bytes are the engine's: valid until the next row. */
    err (*value)(struct db_rows *r, int column, struct db_value *out);
    err (*end)(struct db_rows *r);
    err (*exec)(struct turn *t, struct db *db, const char *text);
    err (*prove)(struct turn *t, struct db *db, const struct db_sql *sql);
    err (*begin)(struct turn *t, struct db *db);
    err (*commit)(struct turn *t, struct db *db);
    void (*rollback)(struct db *db);
    bool (*view)(struct db *db, bool begins); /* or NULL */
    err (*checkpoint)(struct turn *t, struct db *db, int pages);
    bool (*lost)(const struct db *db); /* or NULL: a file is never lost */
    err (*copy)(struct turn *t, struct db *db, const char *path); /* NULL: it cannot */
    void (*close)(struct db *db);
};

enum { DB_BUCKETS = 128 };

struct db {
    struct arena *arena; /* ends with the connection */
    enum db_engine engine;
    const struct db_calls *calls;
    void *own; /* the engine's part */
    bool read_only;
    bool in_transaction;
    bool in_view;
    err spoiled; /* inside a transaction: what went wrong first */
    bool dead;   /* a commit's outcome is unknown; nothing is done on this connection any more */
    struct db_counts counts;
    uint64_t changed; /* rows, by db_run */
    int statements_n;
    struct db_statement *statements[DB_BUCKETS];
};

/* Each fills `calls` and `own` of a db that has the rest. On failure nothing of it stays open. */
MUST err db_sqlite_open(struct turn *t, struct db *db, const struct db_options *o);
MUST err db_postgres_open(struct turn *t, struct db *db, const struct db_options *o);

/* The first words of a statement, for a sentence about it. */
struct str db_sql_gist(const char *sql);

/* ---- the counting VFS (SQLite) --------------------------------------------------------------- */

struct db_vfs;
/* Registers a VFS of our own over the one named `below` (NULL: the default one), counting into
 * `counts`. NULL when there is no such VFS or no room for another. */
struct db_vfs *db_vfs_make(struct arena *a, const char *below, struct db_counts *counts);
const char *db_vfs_name(const struct db_vfs *v);
/* After the last file was closed. */
void db_vfs_drop(struct db_vfs *v);

#endif
