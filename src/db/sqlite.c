/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite: how it is opened, what its results mean, and when a failed COMMIT is certain.
 *
 * Write-ahead log with synchronous=FULL: a commit that answered is on the disk. An I/O error of a
 * commit says nothing about what is on the disk (the record of it may be whole), so it is
 * ERR_UNKNOWN. The log is moved into the main file only by db_checkpoint, in the background. */

#include "db/db_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What begins and ends each transaction. */
enum said { SAY_BEGIN, SAY_BEGIN_IMMEDIATE, SAY_COMMIT, SAID };
struct sqlite {
    sqlite3 *handle;
    struct db_vfs *vfs;
    int log_pages;            /* in the write-ahead log, as of the last commit */
    sqlite3_stmt *said[SAID]; /* once each was said; NULL before */
};

static struct sqlite *own(const struct db *db) { return db->own; }

static const struct db_calls sqlite_calls;

/* ---- failure --------------------------------------------------------------------------------- */

struct result_row {
    int result; /* extended where one is named, otherwise primary */
    err err;
    const char *code;
};
static const struct result_row results[] = {
    {SQLITE_CONSTRAINT_UNIQUE, ERR_CONFLICT, "db-unique"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONFLICT, "db-unique"},
    {SQLITE_CONSTRAINT_ROWID, ERR_CONFLICT, "db-unique"},
    {SQLITE_CONSTRAINT_CHECK, ERR_CONFLICT, "db-check"},
    {SQLITE_FULL, ERR_FULL, "db-full"},
    {SQLITE_BUSY, ERR_BUSY, "db-busy"},
    {SQLITE_LOCKED, ERR_BUSY, "db-busy"},
    {SQLITE_CORRUPT, ERR_INTEGRITY, "db-damaged"},
    {SQLITE_NOTADB, ERR_INTEGRITY, "db-damaged"},
    {SQLITE_READONLY, ERR_INTERNAL, "db-read-only"},
    {SQLITE_TOOBIG, ERR_TOO_LARGE, "db-value"},
};

static struct result_row result_of(sqlite3 *h, int rc)
{
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (results[i].result == rc || results[i].result == (rc & 0xff)) return results[i];
    int said = sqlite3_system_errno(h);
    if ((rc & 0xff) == SQLITE_IOERR && (said == ENOSPC || said == EDQUOT))
        return (struct result_row){rc, ERR_FULL, "db-full"};
    return (struct result_row){rc, ERR_INTERNAL, "db-failed"};
}

static err fail(struct turn *t, sqlite3 *h, int rc, const char *what)
{
    struct result_row r = result_of(h, rc);
    return turn_fail(t, r.err, r.code, NULL, "SQLite says %d, %s, to: " STR_FMT, rc,
                     sqlite3_errmsg(h), STR_ARG(db_sql_gist(what)));
}

/* The same for what would have made changes durable. Only these are certain not to have. */
static err fail_commit(struct turn *t, sqlite3 *h, int rc, const char *what)
{
    int primary = rc & 0xff;
    if (primary == SQLITE_FULL || primary == SQLITE_BUSY || primary == SQLITE_CONSTRAINT)
        return fail(t, h, rc, what);
    return turn_fail(t, ERR_UNKNOWN, "db-unknown", NULL,
                     "SQLite says %d, %s, to: " STR_FMT "; whether it holds is not known.", rc,
                     sqlite3_errmsg(h), STR_ARG(db_sql_gist(what)));
}

/* ---- opening --------------------------------------------------------------------------------- */

static err sync_folder(struct turn *t, const char *path)
{
    const char *slash = strrchr(path, '/'), *folder = ".";
    /* With its slash, so that the root of all has a name too. */
    if (slash) folder = str_c(t->arena, (struct str){path, (size_t)(slash - path) + 1});
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0) close(fd);
    if (!failed) return ERR_OK;
    return turn_fail(t, ERR_INTERNAL, "db-folder", NULL, "The folder %s cannot be synced: %s.",
                     folder, errno_words(failed));
}

/* Makes the file, so that nobody else can read it from its first moment. SQLite gives the log and
 * the shared memory the same mode. */
static err make_file(struct turn *t, const char *path, bool *made_out)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    *made_out = fd >= 0;
    if (fd >= 0) {
        close(fd);
        return ERR_OK;
    }
    if (errno == EEXIST) return ERR_OK;
    return turn_fail(t, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_INTERNAL, "db-make",
                     NULL, "The database %s cannot be made: %s.", path, errno_words(errno));
}

static int log_grew(void *ctx, sqlite3 *h, const char *name, int pages)
{
    (void)h, (void)name;
    ((struct sqlite *)ctx)->log_pages = pages;
    return SQLITE_OK;
}

static err exec(struct turn *t, sqlite3 *h, const char *sql)
{
    int rc = sqlite3_exec(h, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ERR_OK : fail(t, h, rc, sql);
}

/* What a file of ours may not do to us, and limits. */
static void harden(sqlite3 *h)
{
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        sqlite3_db_config(h, options[i].option, options[i].value, NULL);
    sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(h, SQLITE_LIMIT_VARIABLE_NUMBER, DB_BINDS_MAX);
    /* A row may hold several values, and some of their encoding. */
    sqlite3_limit(h, SQLITE_LIMIT_LENGTH, 2 * DB_VALUE_MAX);
}

/* Asks for the write-ahead log and looks whether it was granted. */
static err use_log(struct turn *t, sqlite3 *h, bool in_memory)
{
    static const char sql[] = "PRAGMA journal_mode = WAL";
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(h, sql, -1, &s, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(s);
    const char *mode = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
    bool granted = mode && str_is(str_of(mode), in_memory ? "memory" : "wal");
    sqlite3_finalize(s);
    if (granted) return ERR_OK;
    if (rc != SQLITE_ROW) return fail(t, h, rc, sql);
    return turn_fail(t, ERR_INTERNAL, "db-log", NULL, "SQLite does not grant a write-ahead log.");
}

static err settle(struct turn *t, struct db *db, const struct db_options *o)
{
    sqlite3 *h = own(db)->handle;
    bool in_memory = str_is(str_of(o->where), ":memory:");
    harden(h);
    /* Another process may be recovering the log just now; a reader may always wait for that. */
    sqlite3_busy_timeout(h, DB_BEGIN_WAIT_MS);
    try(exec(t, h,
             "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;"
             "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"));
    try(exec(t, h, "SELECT count(*) FROM sqlite_schema"));
    /* The log is never removed, so that no name in the folder changes in service. */
    int keep = 1;
    if (!in_memory && sqlite3_file_control(h, "main", SQLITE_FCNTL_PERSIST_WAL, &keep) != SQLITE_OK)
        return turn_fail(t, ERR_INTERNAL, "db-log", NULL, "SQLite does not keep its log.");
    if (o->read_only) {
        sqlite3_db_config(h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return ERR_OK;
    }
    if (sqlite3_db_readonly(h, "main") != 0)
        return turn_fail(t, ERR_INTERNAL, "db-read-only", NULL, "The database %s may only be read.",
                         o->where);
    try(use_log(t, h, in_memory));
    /* Opens the log, so that its name is in the folder before that is synced. */
    try(exec(t, h, "BEGIN IMMEDIATE; COMMIT"));
    /* Takes the place of the hook that would move the log into the main file by itself. */
    sqlite3_wal_hook(h, log_grew, own(db));
    sqlite3_busy_timeout(h, 0);
    return ERR_OK;
}

static void shut(struct db *db)
{
    struct sqlite *s = own(db);
    for (int k = 0; k < SAID; k++) sqlite3_finalize(s->said[k]);
    if (db->dead && s->handle)
        sqlite3_db_config(s->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    int rc = sqlite3_close(s->handle);
    assert(rc == SQLITE_OK && "all statements were finalized");
    (void)rc;
    db_vfs_drop(s->vfs);
}

err db_sqlite_open(struct turn *t, struct db *db, const struct db_options *o)
{
    bool in_memory = str_is(str_of(o->where), ":memory:"), made = false;
    struct sqlite *s = arena_take(db->arena, sizeof *s);
    db->calls = &sqlite_calls;
    db->own = s;
    s->vfs = db_vfs_make(db->arena, o->vfs, &db->counts);
    if (!s->vfs)
        return turn_fail(t, ERR_INTERNAL, "db-vfs", NULL, "SQLite has no VFS named %s.",
                         o->vfs ? o->vfs : "by default");
    err e = ERR_OK;
    bool makes = !o->read_only && !o->must_exist;
    if (!in_memory && !o->vfs && makes) e = make_file(t, o->where, &made);
    if (e == ERR_OK) {
        int flags = o->read_only ? SQLITE_OPEN_READONLY
                                 : SQLITE_OPEN_READWRITE | (makes ? SQLITE_OPEN_CREATE : 0);
        int rc = sqlite3_open_v2(o->where, &s->handle,
                                 flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                 db_vfs_name(s->vfs));
        if (rc != SQLITE_OK && sqlite3_system_errno(s->handle) == ENOENT)
            e = turn_fail(t, ERR_NONE_SUCH, "db-none-such", NULL, "There is no database %s.",
                          o->where);
        else if (rc != SQLITE_OK)
            e = fail(t, s->handle, rc, o->where);
    }
    if (e == ERR_OK) e = settle(t, db, o);
    if (e == ERR_OK && made) e = sync_folder(t, o->where);
    if (e != ERR_OK) shut(db);
    return e;
}

/* ---- statements ------------------------------------------------------------------------------ */

static err prepare(struct turn *t, struct db *db, struct db_statement *s,
                   const struct db_value *values)
{
    (void)values;
    if (s->handle) return ERR_OK;
    sqlite3 *h = own(db)->handle;
    sqlite3_stmt *made = NULL;
    int rc = sqlite3_prepare_v3(h, s->text.text, -1, SQLITE_PREPARE_PERSISTENT, &made, NULL);
    if (rc != SQLITE_OK) return fail(t, h, rc, s->sql);
    if (!made)
        return turn_fail(t, ERR_INTERNAL, "db-sql", NULL, "This is no statement: " STR_FMT,
                         STR_ARG(db_sql_gist(s->sql)));
    s->handle = made;
    s->writes = !sqlite3_stmt_readonly(made);
    return ERR_OK;
}

static void unprepare(struct db *db, struct db_statement *s)
{
    (void)db;
    sqlite3_finalize(s->handle);
    s->handle = NULL;
}

static int bind_one(sqlite3_stmt *s, int number, const struct db_value *v)
{
    /* No pointer at all would bind NULL. */
    const void *p = v->bytes.n ? (const void *)v->bytes.p : "";
    switch (v->kind) {
    case DB_NULL:
        return sqlite3_bind_null(s, number);
    case DB_INT:
        return sqlite3_bind_int64(s, number, v->num);
    case DB_TEXT:
        return sqlite3_bind_text64(s, number, p, v->bytes.n, SQLITE_STATIC, SQLITE_UTF8);
    case DB_BYTES:
        return sqlite3_bind_blob64(s, number, p, v->bytes.n, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static err bind_all(struct turn *t, struct db *db, struct db_statement *s,
                    const struct db_value *values)
{
    for (int i = 0; i < s->text.names_n; i++) {
        int rc = bind_one(s->handle, i + 1, &values[i]);
        if (rc != SQLITE_OK) return fail(t, own(db)->handle, rc, s->sql);
    }
    return ERR_OK;
}

/* A statement that writes while no transaction is open commits by itself. */
static err failed(struct turn *t, struct db *db, int rc, bool writes, const char *sql)
{
    bool commits = writes && !db->in_transaction && (rc & 0xff) == SQLITE_IOERR;
    return (commits ? fail_commit : fail)(t, own(db)->handle, rc, sql);
}

static err step_failed(struct turn *t, struct db *db, struct db_statement *s, int rc)
{
    return failed(t, db, rc, s->writes, s->sql);
}

/* Makes the statement ready for its next use; what was borrowed is given back. */
static int let_go(struct db_statement *s)
{
    int rc = sqlite3_reset(s->handle);
    sqlite3_clear_bindings(s->handle);
    s->open = false;
    return rc;
}

static err run(struct turn *t, struct db *db, struct db_statement *s, const struct db_value *values,
               int64_t *changed_out)
{
    sqlite3 *h = own(db)->handle;
    sqlite3_int64 before = sqlite3_total_changes64(h);
    err e = bind_all(t, db, s, values);
    int rc = e == ERR_OK ? SQLITE_ROW : SQLITE_DONE;
    while (rc == SQLITE_ROW) rc = sqlite3_step(s->handle);
    if (rc != SQLITE_DONE) e = step_failed(t, db, s, rc);
    let_go(s);
    if (e != ERR_OK) return e;
    /* sqlite3_changes64 still has the number of the last statement that changed something. */
    *changed_out = sqlite3_total_changes64(h) == before ? 0 : sqlite3_changes64(h);
    return ERR_OK;
}

/* Takes the first row at once: what RETURNING stands behind is done then, as on PostgreSQL. */
static err ask(struct turn *t, struct db *db, struct db_statement *s, const struct db_value *values,
               void **cursor_out)
{
    err e = bind_all(t, db, s, values);
    int rc = SQLITE_OK;
    if (e == ERR_OK) {
        rc = sqlite3_step(s->handle);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE) e = step_failed(t, db, s, rc);
    }
    if (e != ERR_OK) {
        let_go(s);
        return e;
    }
    s->open = true;
    s->ready = rc == SQLITE_ROW;
    s->ended = rc == SQLITE_DONE;
    *cursor_out = s;
    return ERR_OK;
}

static err next(struct db_rows *r, bool *more_out)
{
    struct db_statement *s = r->stmt;
    if (!s->ready && !s->ended) {
        int rc = sqlite3_step(s->handle);
        s->ready = rc == SQLITE_ROW;
        s->ended = !s->ready;
        if (rc != SQLITE_ROW && rc != SQLITE_DONE) return step_failed(r->t, r->db, s, rc);
    }
    *more_out = s->ready;
    s->ready = false;
    return ERR_OK;
}

static int columns(const struct db_rows *r)
{
    return sqlite3_column_count(((const struct db_statement *)r->stmt)->handle);
}

static const char *column_name(const struct db_rows *r, int column)
{
    return sqlite3_column_name(((const struct db_statement *)r->stmt)->handle, column);
}

static err value(struct db_rows *r, int column, struct db_value *out)
{
    sqlite3_stmt *s = ((struct db_statement *)r->stmt)->handle;
    switch (sqlite3_column_type(s, column)) {
    case SQLITE_NULL:
        *out = db_null();
        return ERR_OK;
    case SQLITE_INTEGER:
        *out = db_int(sqlite3_column_int64(s, column));
        return ERR_OK;
    case SQLITE_TEXT:
        out->kind = DB_TEXT;
        break;
    case SQLITE_BLOB:
        out->kind = DB_BYTES;
        break;
    default:
        return turn_fail_at(r->t, ERR_INTEGRITY, "db-kind", NULL, str_of(column_name(r, column)),
                            "The database has a number with a fraction.");
    }
    /* A text is read by its bytes as they are; asking for the text would convert it. */
    out->bytes.p = sqlite3_column_blob(s, column);
    out->bytes.n = (size_t)sqlite3_column_bytes(s, column);
    return ERR_OK;
}

static err end(struct db_rows *r)
{
    struct db_statement *s = r->stmt;
    int rc = let_go(s);
    /* A cursor that failed has told so already. */
    return rc == SQLITE_OK || r->err != ERR_OK ? ERR_OK : step_failed(r->t, r->db, s, rc);
}

static err script_exec(struct turn *t, struct db *db, const char *text)
{
    int rc = sqlite3_exec(own(db)->handle, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ERR_OK : failed(t, db, rc, true, text);
}

static err prove(struct turn *t, struct db *db, const struct db_sql *sql)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(own(db)->handle, sql->text, -1, &s, NULL);
    sqlite3_finalize(s);
    return rc == SQLITE_OK ? ERR_OK : fail(t, own(db)->handle, rc, sql->text);
}

/* ---- transactions ---------------------------------------------------------------------------- */

static const char *const words[SAID] = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT"};

static int say(struct sqlite *s, enum said what)
{
    if (!s->said[what]) {
        int rc = sqlite3_prepare_v3(s->handle, words[what], -1, SQLITE_PREPARE_PERSISTENT,
                                    &s->said[what], NULL);
        if (rc != SQLITE_OK) return rc;
    }
    (void)sqlite3_step(s->said[what]); /* the reset says the same */
    return sqlite3_reset(s->said[what]);
}

static err begin(struct turn *t, struct db *db)
{
    sqlite3 *h = own(db)->handle;
    /* A read-only connection cannot take the writer's place; it gets one view of the data. */
    enum said what = db->read_only ? SAY_BEGIN : SAY_BEGIN_IMMEDIATE;
    if (!db->read_only) sqlite3_busy_timeout(h, DB_BEGIN_WAIT_MS);
    int rc = say(own(db), what);
    if (!db->read_only) sqlite3_busy_timeout(h, 0);
    return rc == SQLITE_OK ? ERR_OK : fail(t, h, rc, words[what]);
}

static err commit(struct turn *t, struct db *db)
{
    int rc = say(own(db), SAY_COMMIT);
    return rc == SQLITE_OK ? ERR_OK : fail_commit(t, own(db)->handle, rc, words[SAY_COMMIT]);
}

/* After some errors SQLite has rolled back already. Rolling back writes nothing in a write-ahead
 * log, so that it fails only where the connection is of no more use. */
static void rollback(struct db *db)
{
    sqlite3 *h = own(db)->handle;
    if (!sqlite3_get_autocommit(h)) sqlite3_exec(h, "ROLLBACK", NULL, NULL, NULL);
    db->dead = !sqlite3_get_autocommit(h);
}

/* A transaction that only reads, so that ending it writes nothing. */
static bool view(struct db *db, bool begins)
{
    bool done = say(own(db), begins ? SAY_BEGIN : SAY_COMMIT) == SQLITE_OK;
    if (!done && !begins) rollback(db);
    return done;
}

/* The first commit after the log was moved begins a new log and syncs twice. A commit of nothing
 * takes that upon itself here, in the background, so that no answer waits for it; its syncs are
 * counted with those of the checkpoint. */
static err log_begin_anew(struct turn *t, struct db *db)
{
    struct sqlite *s = own(db);
    uint64_t before = db->counts.wal_syncs;
    int rc = sqlite3_exec(s->handle, "PRAGMA user_version = 1", NULL, NULL, NULL);
    uint64_t spent = db->counts.wal_syncs - before;
    db->counts.wal_syncs -= spent;
    db->counts.main_syncs += spent;
    s->log_pages = 0;
    if (rc == SQLITE_OK) return ERR_OK;
    db->dead = rc != SQLITE_BUSY;
    return rc == SQLITE_BUSY ? ERR_OK : fail(t, s->handle, rc, "a new log");
}

static err checkpoint(struct turn *t, struct db *db, int pages)
{
    struct sqlite *s = own(db);
    int in_log = 0, moved = 0;
    if (s->log_pages <= pages) return ERR_OK;
    int rc =
        sqlite3_wal_checkpoint_v2(s->handle, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
    if (rc != SQLITE_OK) return fail(t, s->handle, rc, "a checkpoint");
    if (in_log != moved) return ERR_OK; /* somebody reads what is still in the log */
    return log_begin_anew(t, db);
}

/* All of it in one step, so that no writer makes it begin anew. */
static err copy(struct turn *t, struct db *db, const char *path)
{
    struct sqlite *s = own(db);
    sqlite3 *to = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW;
    if (access(path, F_OK) == 0)
        return turn_fail(t, ERR_CONFLICT, "db-there", NULL, "%s is there already.", path);
    int rc = sqlite3_open_v2(path, &to, flags, NULL);
    sqlite3_backup *b = NULL;
    if (rc == SQLITE_OK) b = sqlite3_backup_init(to, "main", s->handle, "main");
    if (b) (void)sqlite3_backup_step(b, -1);
    if (rc == SQLITE_OK) rc = b ? sqlite3_backup_finish(b) : sqlite3_errcode(to);
    err e = rc == SQLITE_OK ? ERR_OK : fail(t, to, rc, "a copy");
    sqlite3_close(to);
    if (e == ERR_OK) return file_name_sync(t, path);
    (void)unlink(path);
    return e;
}

static const struct db_calls sqlite_calls = {
    .mark = '?',
    .by_kinds = false,
    .types = {.integer = "INTEGER", .bytes = "BLOB", .strict = "STRICT"},
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
    .view = view,
    .checkpoint = checkpoint,
    .copy = copy,
    .close = shut,
};
