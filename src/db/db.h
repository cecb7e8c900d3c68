/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DB_H
#define COMITY_DB_H
/* One way to speak to SQLite and to PostgreSQL. It knows no table.
 *
 * One text serves both engines: parameters are `:name` (rewritten to `?n` or `$n`), types are {int}
 * {bytes} {strict} in DDL, `ON CONFLICT` and `RETURNING` are allowed, engine functions are not.
 * What differs between engines stands in sqlite.c and postgres.c. One connection is one thread's,
 * and does not cross a fork. */

#include "base/base.h"

enum db_engine { DB_SQLITE, DB_POSTGRES };

struct db_options {
    enum db_engine engine;
    const char *where; /* SQLite: a path or ":memory:"; PostgreSQL: a conninfo string */
    bool read_only;    /* refuses every write with ERR_INTERNAL, "db-read-only" */
    const char *vfs;   /* SQLite: the name of a registered VFS below ours; NULL for the default */
    bool must_exist;   /* makes no file, and no schema */
    /* PostgreSQL: in which schema all tables stand, so that several nodes share a database;
     * letters, digits and "_", at most 63. NULL: where the server's settings say. */
    const char *schema;
    struct db *opened; /* a connection made with these options before, to be taken over; or NULL */
};
struct db;
/* Opens, and for SQLite makes the file unless it must exist (mode 0600, the folder synced unless
 * `vfs` is named), and sets WAL, synchronous=FULL, foreign keys and a WAL file that stays. One
 * process writes; others may open read-only meanwhile. ERR_NONE_SUCH: there is no such file or
 * schema, and none may be made. ERR_INTEGRITY: it is no database. ERR_PEER: no PostgreSQL answers
 * there. */
MUST err db_open(struct turn *t, const struct db_options *o, struct db **out);
/* Whether PostgreSQL's library understands the conninfo string. ERR_REJECTED, in its words, or when
 * it carries a password: that belongs in a file, `passfile`. Connects nowhere. */
MUST err db_where_check(struct turn *t, const char *where);
void db_close(struct db *db); /* rolls back what is open; NULL is allowed */
enum db_engine db_engine_of(const struct db *db);
/* The connection to a server is gone; db_begin tries to make another. Never with SQLite. */
bool db_is_lost(const struct db *db);

/* ---- values ---------------------------------------------------------------------------------- */

enum db_kind { DB_NULL, DB_INT, DB_TEXT, DB_BYTES };
struct db_value {
    enum db_kind kind;
    int64_t num;
    struct bytes bytes; /* DB_TEXT and DB_BYTES; borrowed until the statement ends */
};
struct db_bind {
    const char *name; /* without the colon */
    struct db_value value;
};
static inline struct db_value db_null(void) { return (struct db_value){.kind = DB_NULL}; }
static inline struct db_value db_int(int64_t n) { return (struct db_value){DB_INT, n, {0}}; }
static inline struct db_value db_text(struct str s)
{
    return (struct db_value){DB_TEXT, 0, str_bytes(s)};
}
static inline struct db_value db_blob(struct bytes b) { return (struct db_value){DB_BYTES, 0, b}; }
static inline struct db_value db_id(const struct id *i) { return db_blob(id_bytes(i)); }
static inline struct db_value db_hash(const struct hash *h) { return db_blob(hash_bytes(h)); }

enum {
    DB_BINDS_MAX = 32,
    DB_SQL_MAX = 8192,       /* bytes of one statement */
    DB_STATEMENTS_MAX = 512, /* prepared and kept by one connection */
    DB_VALUE_MAX = 64 << 20, /* bytes of one value bound; beyond it ERR_TOO_LARGE */
};

/* ---- statements ------------------------------------------------------------------------------ */

/* A statement is prepared once per connection and kept by the address of its text, so `sql` must be
 * a literal. Every `:name` must be bound and every bind used; else ERR_INTERNAL. Text must be UTF-8
 * without NUL. Errors: ERR_CONFLICT (unique or check), ERR_FULL (no room), ERR_BUSY (serialization,
 * lock, connection lost), ERR_INTEGRITY (the file is damaged), ERR_INTERNAL.
 *
 * Inside a transaction a failure of the engine spoils it, on both engines: whatever follows gets
 * the same error until db_rollback, and db_commit rolls back and answers it. To find out whether a
 * row stands, use ON CONFLICT DO NOTHING and `changed_out`. Outside a transaction a statement that
 * writes commits by itself and may answer ERR_UNKNOWN as db_commit does. */
MUST err db_run(struct turn *t, struct db *db, const char *sql, const struct db_bind *binds,
                size_t n, int64_t *changed_out);
#define DB_RUN(t, db, sql, ...)                                                                    \
    db_run(t, db, sql, (const struct db_bind[]){__VA_ARGS__},                                      \
           sizeof((const struct db_bind[]){__VA_ARGS__}) / sizeof(struct db_bind), NULL)

/* A cursor that remembers its first error: ask, next while true, read columns, and look once at
 * what db_done answers. Text and bytes read are copied into the turn's arena. The same statement
 * may be asked again while a cursor stands on it. PostgreSQL's rows are all in memory from db_ask
 * on. */
struct db_rows {
    struct turn *t;
    struct db *db;
    void *stmt; /* the engine's */
    int row;    /* counted from 0; -1 before the first db_next */
    err err;
};
struct db_rows db_ask(struct turn *t, struct db *db, const char *sql, const struct db_bind *binds,
                      size_t n);
#define DB_ASK(t, db, sql, ...)                                                                    \
    db_ask(t, db, sql, (const struct db_bind[]){__VA_ARGS__},                                      \
           sizeof((const struct db_bind[]){__VA_ARGS__}) / sizeof(struct db_bind))
bool db_next(struct db_rows *r);
int db_columns(const struct db_rows *r);
const char *db_column_name(const struct db_rows *r, int column);
/* What is not of the kind asked for is ERR_INTEGRITY at db_done, and so is a text that is not
 * UTF-8. After an error all read as absent. */
struct db_value db_value_at(struct db_rows *r, int column);
int64_t db_int_at(struct db_rows *r, int column);     /* NULL reads as 0 */
struct str db_text_at(struct db_rows *r, int column); /* NULL reads as empty */
struct bytes db_bytes_at(struct db_rows *r, int column);
/* For columns of a fixed size; another size is ERR_INTEGRITY at db_done. */
struct id db_id_at(struct db_rows *r, int column);
struct hash db_hash_at(struct db_rows *r, int column);
/* Ends the cursor (always call it) and answers its first error. */
MUST err db_done(struct db_rows *r);

/* Runs DDL or other text without parameters, with {int} {bytes} {strict} filled in; statements are
 * separated by ';' at line ends. All or nothing only when it stands in a transaction. */
MUST err db_script(struct turn *t, struct db *db, const char *text);
/* Only prepares, to prove that the engine accepts it. */
MUST err db_prepare_only(struct turn *t, struct db *db, const char *sql);

/* ---- transactions ---------------------------------------------------------------------------- */

/* BEGIN IMMEDIATE, or SERIALIZABLE; REPEATABLE READ on a connection that only reads. ERR_BUSY when
 * another writer holds it for longer than DB_BEGIN_WAIT_MS. A lost connection to PostgreSQL is made
 * anew here. */
enum { DB_BEGIN_WAIT_MS = 5000 };
MUST err db_begin(struct turn *t, struct db *db);
/* ERR_OK: durable. ERR_UNKNOWN: nobody knows; the caller must end the process and find out after a
 * restart, and the connection answers ERR_UNKNOWN to all that follows. Any other (ERR_FULL,
 * ERR_BUSY, what spoiled the transaction): certainly not committed, rolled back. */
MUST err db_commit(struct turn *t, struct db *db);
void db_rollback(struct db *db); /* nothing happens without a transaction */

/* Until db_view_end, questions see one state of the data, and an engine that locks for each of them
 * locks once. Changing anything, or beginning a transaction, ends it. Where there can be none the
 * questions are answered as ever; nothing on PostgreSQL. */
void db_view_begin(struct db *db);
void db_view_end(struct db *db);

/* ---- counts ---------------------------------------------------------------------------------- */

/* Syncs asked of the operating system since opening, by file: the write-ahead log (the path to an
 * answer) and the main file (checkpoints, in the background). Counted by our VFS; zero on
 * PostgreSQL but for `commits`. A commit is one sync of the log; the first after the log was moved
 * whole into the main file is two, since the log then begins anew. */
struct db_counts {
    uint64_t wal_syncs, main_syncs, other_syncs, commits;
};
struct db_counts db_counted(const struct db *db);
/* Rows changed through this connection so far, committed or not: whether a step left anything. */
uint64_t db_changed(const struct db *db);
/* Moves the write-ahead log into the main file when it is longer than `pages`; background work,
 * never done by itself, outside transactions. What a reader still needs stays. Nothing on
 * PostgreSQL. */
MUST err db_checkpoint(struct turn *t, struct db *db, int pages);
/* Writes the whole database, as it is at one moment, to a file that is not there yet, durably;
 * others may write meanwhile. SQLite alone: ERR_USAGE on PostgreSQL, whose tables are poured. */
MUST err db_copy(struct turn *t, struct db *db, const char *path);
/* Puts all rows of a table, named by a literal, into the one of that name and shape in another
 * database of either engine; at most a few rows are in memory. The caller has begun a transaction
 * in `to`, and in `from` where that is PostgreSQL. Errors as of db_run. */
MUST err db_pour(struct turn *t, struct db *from, struct db *to, const char *table);
/* Takes a schema of PostgreSQL away with all that stands in it; nothing when it is not there. */
MUST err db_schema_drop(struct turn *t, const struct db_options *o);
/* Whether pages and indexes agree with each other: what does not is told in the engine's words, at
 * most DB_COMPLAINTS_MAX times. Nothing is told of PostgreSQL, which has tools of its own. */
enum { DB_COMPLAINTS_MAX = 100 };
MUST err db_check(struct turn *t, struct db *db, void (*found)(void *ctx, struct str sentence),
                  void *ctx);

/* Whether tables and indexes are, word for word, as this text of `db_script` makes them: the names
 * of those that are not, are missing or are too many. SQLite alone keeps the words. */
MUST err db_shape(struct turn *t, struct db *db, const char *script,
                  void (*found)(void *ctx, struct str name), void *ctx);

#include "db/disk.h"

#endif
