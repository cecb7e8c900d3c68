/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/db/sqlite.c: files, syncs, a full disk, a failing sync, other processes, damage. */

#include "db/db_test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *beside(struct rig *r, const char *suffix)
{
    return str_printf(r->turn.arena, "%s%s", r->where, suffix).p;
}

static off_t size_of(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 ? s.st_size : -1;
}

/* The first column of the first row, as a number. */
static int64_t asked(struct rig *r, struct db *db, const char *sql)
{
    struct db_rows rows = db_ask(&r->turn, db, sql, NULL, 0);
    int64_t n = db_next(&rows) ? db_int_at(&rows, 0) : -1;
    assert_ok(db_done(&rows));
    return n;
}

static err put_large(struct rig *r, int64_t k, size_t size)
{
    struct bytes b = {arena_take(r->turn.arena, size), size};
    return DB_RUN(&r->turn, r->db, "INSERT INTO item (k, name, data) VALUES (:k, :name, :data)",
                  {"k", db_int(k)},
                  {"name", db_text(str_printf(r->turn.arena, "large %lld", (long long)k))},
                  {"data", db_blob(b)});
}

/* ---- files and settings ---------------------------------------------------------------------- */

static void the_files_are_for_their_owner_alone(void **state)
{
    static const char *const names[] = {"", "-wal", "-shm"};
    struct rig *r = *state;
    assert_ok(rig_put(r, r->db, 1));
    for (size_t i = 0; i < 3; i++) {
        struct stat s;
        assert_int_equal(stat(beside(r, names[i]), &s), 0);
        assert_int_equal(s.st_mode & 0777, 0600);
    }
}

static void a_copy_is_the_database_at_one_moment(void **state)
{
    struct rig *r = *state;
    const char *path = beside(r, ".copy");
    struct db *copy;
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_copy(&r->turn, r->db, path));
    assert_ok(rig_put(r, r->db, 2));
    assert_int_equal(db_copy(&r->turn, r->db, path), ERR_CONFLICT);
    turn_forgive(&r->turn);
    struct db_options o = {
        .engine = DB_SQLITE, .where = path, .read_only = true, .must_exist = true};
    assert_ok(db_open(&r->turn, &o, &copy));
    assert_int_equal(asked(r, copy, "SELECT count(*) FROM item"), 1);
    db_close(copy);
    assert_int_equal(asked(r, r->db, "SELECT count(*) FROM item"), 2);
    const char *nowhere = beside(r, "/no/such/folder");
    assert_true(db_copy(&r->turn, r->db, nowhere) != ERR_OK);
    turn_forgive(&r->turn);
}

static void complains(void *ctx, struct str sentence)
{
    (void)sentence;
    ++*(int *)ctx;
}

/* The name of a row stands in the table and in the index over names: one of them is changed, as no
 * statement would. */
static void an_index_that_disagrees_with_its_table_is_told(void **state)
{
    struct rig *r = *state;
    struct bytes file;
    int told = 0;
    assert_ok(put_large(r, 1, 1));
    assert_ok(db_check(&r->turn, r->db, complains, &told));
    assert_int_equal(told, 0);
    assert_ok(db_checkpoint(&r->turn, r->db, 0));
    db_close(r->db);
    assert_ok(file_read(&r->turn, r->where, 1 << 20, &file));
    char *name = memmem(file.p, file.n, "large 1", 7);
    assert_non_null(name);
    name[6] = '2';
    assert_ok(file_write(&r->turn, r->where, file, 0600));
    r->db = rig_open(r, false);
    assert_ok(db_check(&r->turn, r->db, complains, &told));
    assert_true(told > 0);
}

struct named {
    struct rig *r;
    struct str name; /* the last */
    int n;
};

static void lists(void *ctx, struct str name)
{
    struct named *n = ctx;
    n->name = str_dup(n->r->turn.arena, name);
    n->n++;
}

/* Of src/db/shape.c: the words of a table are not free to alter, though every row reads as before.
 */
static void a_table_that_was_made_of_other_words_is_named(void **state)
{
    static const char same[] = "CREATE TABLE a (k {int} PRIMARY KEY) {strict};\n"
                               "CREATE TABLE b (k {int} PRIMARY KEY, t TEXT) {strict};\n"
                               "CREATE INDEX c ON b (t);\n";
    static const char *const others[][2] = {
        {"CREATE TABLE a (k {int} PRIMARY KEY) {strict};\n"
         "CREATE TABLE b (k {int} PRIMARY KEY, t TeXT) {strict};\nCREATE INDEX c ON b (t);\n",
         "b"},
        {"CREATE TABLE a (k {int} PRIMARY KEY) {strict};\n"
         "CREATE TABLE b (k {int} PRIMARY KEY, t TEXT) {strict};\n",
         "c"},
    };
    struct rig *r = *state;
    struct db *db;
    struct db_options o = {.engine = DB_SQLITE, .where = ":memory:"};
    assert_ok(db_open(&r->turn, &o, &db));
    assert_ok(db_script(&r->turn, db, same));
    struct named n = {.r = r};
    assert_ok(db_shape(&r->turn, db, same, lists, &n));
    assert_int_equal(n.n, 0);
    for (size_t k = 0; k < 2; k++) {
        n = (struct named){.r = r};
        assert_ok(db_shape(&r->turn, db, others[k][0], lists, &n));
        assert_int_equal(n.n, 1);
        assert_true(str_is(n.name, others[k][1]));
    }
    db_close(db);
    assert_ok(db_open(&r->turn, &o, &db));
    n = (struct named){.r = r};
    assert_ok(db_shape(&r->turn, db, same, lists, &n));
    assert_int_equal(n.n, 3);
    db_close(db);
}

static void the_log_stays_when_the_database_is_closed(void **state)
{
    struct rig *r = *state;
    struct stat before, after;
    assert_int_equal(stat(beside(r, "-wal"), &before), 0);
    assert_ok(rig_put(r, r->db, 1));
    db_close(r->db);
    r->db = NULL;
    assert_int_equal(stat(beside(r, "-wal"), &after), 0);
    assert_true(before.st_ino == after.st_ino);
    r->db = rig_open(r, false);
    assert_int_equal(stat(beside(r, "-wal"), &after), 0);
    assert_true(before.st_ino == after.st_ino);
    assert_int_equal(rig_count(r, r->db), 1);
}

static void a_connection_has_the_settings_it_should(void **state)
{
    struct rig *r = *state;
    assert_int_equal(asked(r, r->db, "PRAGMA synchronous"), 2);
    assert_int_equal(asked(r, r->db, "PRAGMA foreign_keys"), 1);
    assert_int_equal(asked(r, r->db, "PRAGMA cell_size_check"), 1);
    assert_int_equal(asked(r, r->db, "PRAGMA trusted_schema"), 0);
    assert_int_equal(asked(r, r->db, "PRAGMA mmap_size"), 0);
    assert_int_equal(asked(r, r->db, "PRAGMA wal_autocheckpoint"), 0);
    struct db_rows rows = db_ask(&r->turn, r->db, "PRAGMA journal_mode", NULL, 0);
    assert_true(db_next(&rows));
    assert_true(str_is(db_text_at(&rows, 0), "wal"));
    assert_ok(db_done(&rows));
}

static void another_file_cannot_be_attached(void **state)
{
    struct rig *r = *state;
    assert_fault(&r->turn, db_run(&r->turn, r->db, "ATTACH ':memory:' AS b", NULL, 0, NULL),
                 ERR_INTERNAL, "db-failed");
}

static void tables_are_strict(void **state)
{
    struct rig *r = *state;
    assert_fault(
        &r->turn,
        db_run(&r->turn, r->db, "INSERT INTO item (k, name) VALUES ('one', 'x')", NULL, 0, NULL),
        ERR_INTERNAL, "db-failed");
}

static void a_number_with_a_fraction_is_not_read(void **state)
{
    struct rig *r = *state;
    struct db_rows rows = db_ask(&r->turn, r->db, "SELECT 0.5", NULL, 0);
    assert_true(db_next(&rows));
    assert_int_equal(db_value_at(&rows, 0).kind, DB_NULL);
    assert_fault(&r->turn, db_done(&rows), ERR_INTEGRITY, "db-kind");
}

static void text_in_the_file_that_is_not_utf8_is_told(void **state)
{
    struct rig *r = *state;
    struct db_rows rows = db_ask(&r->turn, r->db, "SELECT CAST(x'c328' AS TEXT)", NULL, 0);
    assert_true(db_next(&rows));
    assert_int_equal(db_text_at(&rows, 0).n, 0);
    assert_fault(&r->turn, db_done(&rows), ERR_INTEGRITY, "db-text");
}

static void many_databases_in_memory_live_side_by_side(void **state)
{
    struct rig *r = *state;
    struct db *all[6];
    struct db_options o = {.engine = DB_SQLITE, .where = ":memory:"};
    for (int i = 0; i < 6; i++) {
        assert_ok(db_open(&r->turn, &o, &all[i]));
        assert_ok(db_script(&r->turn, all[i], rig_table));
    }
    for (int i = 0; i < 6; i++) {
        for (int k = 0; k <= i; k++) {
            assert_ok(db_begin(&r->turn, all[i]));
            assert_ok(rig_put(r, all[i], k));
            assert_ok(db_commit(&r->turn, all[i]));
        }
        assert_ok(db_checkpoint(&r->turn, all[i], 0));
    }
    for (int i = 0; i < 6; i++) {
        assert_int_equal(rig_count(r, all[i]), i + 1);
        assert_int_equal(db_counted(all[i]).commits, i + 1);
        assert_int_equal(db_counted(all[i]).wal_syncs, 0);
        db_close(all[i]);
    }
}

/* ---- what cannot be opened ------------------------------------------------------------------- */

static err opened(struct rig *r, const char *where, bool read_only, const char *vfs)
{
    struct db *db = NULL;
    struct db_options o = {.engine = DB_SQLITE, .where = where, .read_only = read_only, .vfs = vfs};
    err e = db_open(&r->turn, &o, &db);
    assert_true((e == ERR_OK) == (db != NULL));
    db_close(db);
    return e;
}

static void reading_a_database_that_is_not_there_makes_none(void **state)
{
    struct rig *r = *state;
    const char *path = beside(r, ".other");
    assert_fault(&r->turn, opened(r, path, true, NULL), ERR_NONE_SUCH, "db-none-such");
    struct db_options o = {.where = path, .must_exist = true};
    struct db *db;
    assert_fault(&r->turn, db_open(&r->turn, &o, &db), ERR_NONE_SUCH, "db-none-such");
    assert_int_equal(access(path, F_OK), -1);
}

static void what_is_no_database_is_told_as_such(void **state)
{
    struct rig *r = *state;
    const char *path = beside(r, ".other");
    char junk[8192];
    memset(junk, 'j', sizeof junk);
    assert_ok(file_write(&r->turn, path, (struct bytes){(uint8_t *)junk, sizeof junk}, 0600));
    assert_fault(&r->turn, opened(r, path, true, NULL), ERR_INTEGRITY, "db-damaged");
    assert_fault(&r->turn, opened(r, path, false, NULL), ERR_INTEGRITY, "db-damaged");
}

static void a_folder_or_a_missing_folder_is_no_place(void **state)
{
    struct rig *r = *state;
    assert_int_equal(opened(r, r->folder, false, NULL), ERR_INTERNAL);
    turn_forgive(&r->turn);
    assert_fault(&r->turn, opened(r, beside(r, "/no/such.db"), false, NULL), ERR_INTERNAL,
                 "db-make");
    assert_fault(&r->turn, opened(r, beside(r, ".x"), false, "no such vfs"), ERR_INTERNAL,
                 "db-vfs");
}

static void a_damaged_page_is_told_as_such(void **state)
{
    struct rig *r = *state;
    assert_ok(db_begin(&r->turn, r->db));
    for (int64_t k = 0; k < 2000; k++) assert_ok(rig_put(r, r->db, k));
    assert_ok(db_commit(&r->turn, r->db));
    db_close(r->db);
    r->db = NULL;
    /* What the log still has would be read from there. */
    assert_int_equal(truncate(beside(r, "-wal"), 0), 0);
    int fd = open(r->where, O_RDWR);
    char junk[4096];
    memset(junk, 0xa5, sizeof junk);
    for (off_t page = 1; page < size_of(r->where) / 4096; page++)
        assert_int_equal(pwrite(fd, junk, sizeof junk, page * 4096), sizeof junk);
    close(fd);
    r->db = rig_open(r, false);
    struct db_rows rows = db_ask(&r->turn, r->db, "SELECT name FROM item", NULL, 0);
    while (db_next(&rows)) db_text_at(&rows, 0);
    assert_fault(&r->turn, db_done(&rows), ERR_INTEGRITY, "db-damaged");
}

/* ---- syncs ----------------------------------------------------------------------------------- */

static void one_commit_is_one_sync_of_the_log(void **state)
{
    struct rig *r = *state;
    struct db_counts before = db_counted(r->db);
    for (int64_t k = 0; k < 100; k++) {
        assert_ok(db_begin(&r->turn, r->db));
        for (int64_t i = 0; i < 5; i++) assert_ok(rig_put(r, r->db, k * 5 + i));
        assert_ok(db_commit(&r->turn, r->db));
        struct db_counts now = db_counted(r->db);
        assert_int_equal(now.commits, before.commits + (uint64_t)k + 1);
        assert_int_equal(now.wal_syncs, before.wal_syncs + (uint64_t)k + 1);
        assert_int_equal(now.main_syncs, before.main_syncs);
        assert_int_equal(now.other_syncs, before.other_syncs);
    }
}

static void reading_and_rolling_back_sync_nothing(void **state)
{
    struct rig *r = *state;
    struct db_counts before = db_counted(r->db);
    assert_int_equal(rig_count(r, r->db), 0);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 1));
    db_rollback(r->db);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(db_commit(&r->turn, r->db));
    struct db_counts after = db_counted(r->db);
    assert_int_equal(after.wal_syncs, before.wal_syncs);
    assert_int_equal(after.main_syncs, before.main_syncs);
}

static void the_log_is_moved_only_when_it_is_long_and_asked_for(void **state)
{
    struct rig *r = *state;
    struct db_counts before = db_counted(r->db);
    for (int64_t k = 0; k < 300; k++) assert_ok(rig_put(r, r->db, k));
    off_t log = size_of(beside(r, "-wal"));
    assert_true(log > 300 * 4096);
    assert_ok(db_checkpoint(&r->turn, r->db, 1000000));
    assert_int_equal(db_counted(r->db).main_syncs, before.main_syncs);
    assert_ok(db_checkpoint(&r->turn, r->db, 100));
    struct db_counts after = db_counted(r->db);
    assert_int_equal(after.main_syncs, before.main_syncs + 3); /* the file, and twice a new log */
    /* Nothing is left to move, and the log began anew in the same file: commits cost one again. */
    assert_ok(db_checkpoint(&r->turn, r->db, 0));
    assert_int_equal(db_counted(r->db).main_syncs, after.main_syncs);
    assert_ok(rig_put(r, r->db, 300));
    assert_ok(rig_put(r, r->db, 301));
    assert_int_equal(db_counted(r->db).wal_syncs, after.wal_syncs + 2);
    assert_true(size_of(beside(r, "-wal")) == log);
    assert_int_equal(rig_count(r, r->db), 302);
}

static void a_reader_keeps_its_view_while_the_log_is_moved(void **state)
{
    struct rig *r = *state;
    struct db *reader = rig_open(r, true);
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_begin(&r->turn, reader));
    assert_int_equal(rig_count(r, reader), 1);
    assert_ok(rig_put(r, r->db, 2));
    assert_ok(db_checkpoint(&r->turn, r->db, 0));
    assert_ok(rig_put(r, r->db, 3));
    assert_int_equal(rig_count(r, reader), 1);
    assert_ok(db_commit(&r->turn, reader));
    assert_int_equal(rig_count(r, reader), 3);
    assert_ok(db_checkpoint(&r->turn, r->db, 0));
    db_close(reader);
}

/* ---- a disk that fails ----------------------------------------------------------------------- */

static void a_full_disk_at_commit_is_told_and_passes(void **state)
{
    struct rig *r = *state;
    rig_on_faulty_disk(r);
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_begin(&r->turn, r->db));
    for (int64_t k = 2; k < 50; k++) assert_ok(rig_put(r, r->db, k));
    r->disk.full_from = r->disk.writes + 2;
    assert_fault(&r->turn, db_commit(&r->turn, r->db), ERR_FULL, "db-full");
    assert_true(r->disk.failed_writes > 0);
    /* Still full: nothing is in doubt, reading works. */
    assert_int_equal(rig_count(r, r->db), 1);
    assert_fault(&r->turn, rig_put(r, r->db, 2), ERR_FULL, "db-full");
    r->disk.full_from = 0;
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 2));
    assert_ok(db_commit(&r->turn, r->db));
    assert_int_equal(rig_count(r, r->db), 2);
    db_close(r->db);
    r->db = rig_open(r, false);
    assert_int_equal(rig_count(r, r->db), 2);
}

static void a_full_disk_within_a_statement_is_told_and_passes(void **state)
{
    struct rig *r = *state;
    rig_on_faulty_disk(r);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 1));
    r->disk.full_from = r->disk.writes + 10;
    /* More than SQLite keeps in memory, so that it writes before the commit. */
    assert_fault(&r->turn, put_large(r, 2, 16 << 20), ERR_FULL, "db-full");
    assert_true(r->disk.failed_writes > 0);
    /* SQLite has rolled back by now; what follows must not be taken for a part of it. */
    assert_fault(&r->turn, rig_put(r, r->db, 3), ERR_FULL, "db-spoiled");
    assert_fault(&r->turn, db_commit(&r->turn, r->db), ERR_FULL, "db-spoiled");
    r->disk.full_from = 0;
    assert_int_equal(rig_count(r, r->db), 0);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(put_large(r, 2, 16 << 20));
    assert_ok(db_commit(&r->turn, r->db));
    assert_int_equal(rig_count(r, r->db), 1);
}

static void a_spent_quota_within_a_statement_is_a_full_disk(void **state)
{
    static const struct {
        int said;
        err err;
        const char *code;
    } rows[] = {{EDQUOT, ERR_FULL, "db-full"},
                {ENOSPC, ERR_FULL, "db-full"},
                {EIO, ERR_INTERNAL, "db-failed"}};
    struct rig *r = *state;
    rig_on_faulty_disk(r);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t failed = r->disk.failed_writes;
        assert_ok(db_begin(&r->turn, r->db));
        r->disk.full_from = r->disk.writes + 10;
        r->disk.write_errno = rows[i].said;
        assert_fault(&r->turn, put_large(r, 1, 16 << 20), rows[i].err, rows[i].code);
        assert_true(r->disk.failed_writes > failed);
        db_rollback(r->db);
        r->disk.full_from = 0;
        assert_int_equal(rig_count(r, r->db), 0);
    }
}

/* Fails the sync of one commit, by db_commit or by a statement alone, and looks what follows. */
static void fail_one_sync(struct rig *r, bool alone)
{
    rig_on_faulty_disk(r);
    assert_ok(rig_put(r, r->db, 1));
    if (!alone) {
        assert_ok(db_begin(&r->turn, r->db));
        assert_ok(rig_put(r, r->db, 2));
    }
    struct db_counts before = db_counted(r->db);
    r->disk.fail_sync = r->disk.syncs + 1;
    err e = alone ? rig_put(r, r->db, 2) : db_commit(&r->turn, r->db);
    assert_fault(&r->turn, e, ERR_UNKNOWN, "db-unknown");
    assert_int_equal(r->disk.failed_syncs, 1);
    assert_int_equal(db_counted(r->db).commits, before.commits);
    /* SQLite itself would go on; here nothing does. */
    assert_fault(&r->turn, rig_put(r, r->db, 3), ERR_UNKNOWN, "db-unknown");
    assert_fault(&r->turn, db_begin(&r->turn, r->db), ERR_UNKNOWN, "db-unknown");
    assert_fault(&r->turn, db_checkpoint(&r->turn, r->db, 0), ERR_UNKNOWN, "db-unknown");
    struct db_rows rows = db_ask(&r->turn, r->db, "SELECT k FROM item", NULL, 0);
    assert_fault(&r->turn, db_done(&rows), ERR_UNKNOWN, "db-unknown");
    db_rollback(r->db);
    db_close(r->db);
    r->db = NULL;
    /* Whether the row stands is found out anew; that it is whole is certain. */
    r->db = rig_open(r, false);
    int64_t n = rig_count(r, r->db);
    assert_true(n == 1 || n == 2);
    struct db_rows check = db_ask(&r->turn, r->db, "PRAGMA integrity_check", NULL, 0);
    assert_true(db_next(&check));
    assert_true(str_is(db_text_at(&check, 0), "ok"));
    assert_ok(db_done(&check));
}

static void a_failed_sync_at_commit_leaves_the_outcome_unknown(void **state)
{
    fail_one_sync(*state, false);
}

static void a_failed_sync_of_a_statement_alone_leaves_it_unknown_too(void **state)
{
    fail_one_sync(*state, true);
}

static void a_failed_write_at_commit_that_is_not_for_room_is_unknown(void **state)
{
    struct rig *r = *state;
    rig_on_faulty_disk(r);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 1));
    r->disk.full_from = r->disk.writes + 1;
    r->disk.write_errno = EIO;
    assert_fault(&r->turn, db_commit(&r->turn, r->db), ERR_UNKNOWN, "db-unknown");
    assert_true(r->disk.failed_writes > 0);
}

static void a_failed_checkpoint_loses_nothing_and_may_be_tried_again(void **state)
{
    struct rig *r = *state;
    rig_on_faulty_disk(r);
    for (int64_t k = 0; k < 50; k++) assert_ok(rig_put(r, r->db, k));
    r->disk.fail_sync = r->disk.syncs + 2;
    assert_fault(&r->turn, db_checkpoint(&r->turn, r->db, 0), ERR_INTERNAL, "db-failed");
    assert_int_equal(r->disk.failed_syncs, 1);
    r->disk.full_from = r->disk.writes + 1;
    assert_fault(&r->turn, db_checkpoint(&r->turn, r->db, 0), ERR_FULL, "db-full");
    r->disk.full_from = 0;
    assert_ok(rig_put(r, r->db, 50));
    assert_ok(db_checkpoint(&r->turn, r->db, 0));
    assert_int_equal(rig_count(r, r->db), 51);
}

/* ---- others ---------------------------------------------------------------------------------- */

static void a_second_writer_is_told_to_come_back(void **state)
{
    struct rig *r = *state;
    struct db *other = rig_open(r, false);
    rig_on_faulty_disk(r); /* its waits take no time */
    assert_ok(db_begin(&r->turn, other));
    assert_fault(&r->turn, rig_put(r, r->db, 1), ERR_BUSY, "db-busy");
    assert_int_equal(r->disk.waits, 0);
    assert_fault(&r->turn, db_begin(&r->turn, r->db), ERR_BUSY, "db-busy");
    assert_true(r->disk.waits > 0);
    /* Outside of db_begin nobody waits. */
    int64_t waits = r->disk.waits;
    assert_fault(&r->turn, rig_put(r, r->db, 1), ERR_BUSY, "db-busy");
    assert_int_equal(r->disk.waits, waits);
    assert_ok(db_commit(&r->turn, other));
    db_close(other);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_commit(&r->turn, r->db));
}

/* In a process of its own: opens read-only, counts the rows, and exits with their number. */
static int64_t count_in_another_process(struct rig *r)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        struct turn t = {.arena = arena_new()};
        struct db *db = NULL;
        struct db_options o = {.engine = DB_SQLITE, .where = r->where, .read_only = true};
        int64_t n = 99;
        if (db_open(&t, &o, &db) == ERR_OK) {
            struct db_rows rows = db_ask(&t, db, "SELECT count(*) FROM item", NULL, 0);
            if (db_next(&rows)) n = db_int_at(&rows, 0);
            if (db_done(&rows) != ERR_OK) n = 98;
            db_close(db);
        }
        _exit((int)n);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void another_process_reads_while_we_write(void **state)
{
    struct rig *r = *state;
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 2));
    assert_int_equal(count_in_another_process(r), 1);
    assert_ok(db_commit(&r->turn, r->db));
    assert_int_equal(count_in_another_process(r), 2);
    assert_ok(db_checkpoint(&r->turn, r->db, 0));
    assert_ok(rig_put(r, r->db, 3));
    assert_int_equal(count_in_another_process(r), 3);
    assert_int_equal(size_of(beside(r, "-wal")) > 0, 1);
}

static void a_view_sees_one_state_until_something_is_changed(void **state)
{
    struct rig *r = *state;
    struct db *other = rig_open(r, false);
    assert_ok(rig_put(r, r->db, 1));
    uint64_t syncs = db_counted(r->db).wal_syncs;
    db_view_begin(r->db);
    assert_int_equal(rig_count(r, r->db), 1);
    assert_ok(rig_put(r, other, 2));
    assert_int_equal(rig_count(r, r->db), 1);
    db_view_end(r->db);
    assert_int_equal(rig_count(r, r->db), 2);
    assert_int_equal(db_counted(r->db).wal_syncs, syncs);
    db_view_begin(r->db);
    assert_int_equal(rig_count(r, r->db), 2);
    assert_ok(rig_put(r, other, 3));
    assert_ok(rig_put(r, r->db, 4)); /* it is durable at once: no view is open any more */
    assert_int_equal(rig_count(r, other), 4);
    db_view_begin(r->db);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 5));
    db_view_begin(r->db); /* within a transaction there is none */
    db_view_end(r->db);
    db_rollback(r->db);
    assert_int_equal(rig_count(r, r->db), 4);
    db_close(other);
}

static void another_process_reads_when_nobody_has_it_open(void **state)
{
    struct rig *r = *state;
    assert_ok(rig_put(r, r->db, 1));
    db_close(r->db);
    r->db = NULL;
    assert_int_equal(count_in_another_process(r), 1);
    r->db = rig_open(r, false);
    assert_ok(rig_put(r, r->db, 2));
    assert_int_equal(count_in_another_process(r), 2);
}

/* The writer ends without closing; its log is found and used. */
static void what_a_killed_writer_committed_is_there(void **state)
{
    struct rig *r = *state;
    db_close(r->db);
    r->db = NULL;
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        struct db *db = rig_open(r, false);
        err e = rig_put(r, db, 1);
        if (e == ERR_OK) e = db_begin(&r->turn, db);
        if (e == ERR_OK) e = rig_put(r, db, 2);
        _exit(e == ERR_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(count_in_another_process(r), 1);
    r->db = rig_open(r, false);
    assert_int_equal(rig_count(r, r->db), 1);
}

int sqlite_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(the_files_are_for_their_owner_alone, rig),
        on_rig(a_copy_is_the_database_at_one_moment, rig),
        on_rig(an_index_that_disagrees_with_its_table_is_told, rig),
        on_rig(a_table_that_was_made_of_other_words_is_named, rig),
        on_rig(the_log_stays_when_the_database_is_closed, rig),
        on_rig(a_connection_has_the_settings_it_should, rig),
        on_rig(another_file_cannot_be_attached, rig),
        on_rig(tables_are_strict, rig),
        on_rig(a_number_with_a_fraction_is_not_read, rig),
        on_rig(text_in_the_file_that_is_not_utf8_is_told, rig),
        on_rig(many_databases_in_memory_live_side_by_side, rig),
        on_rig(reading_a_database_that_is_not_there_makes_none, rig),
        on_rig(what_is_no_database_is_told_as_such, rig),
        on_rig(a_folder_or_a_missing_folder_is_no_place, rig),
        on_rig(a_damaged_page_is_told_as_such, rig),
        on_rig(one_commit_is_one_sync_of_the_log, rig),
        on_rig(reading_and_rolling_back_sync_nothing, rig),
        on_rig(the_log_is_moved_only_when_it_is_long_and_asked_for, rig),
        on_rig(a_reader_keeps_its_view_while_the_log_is_moved, rig),
        on_rig(a_full_disk_at_commit_is_told_and_passes, rig),
        on_rig(a_full_disk_within_a_statement_is_told_and_passes, rig),
        on_rig(a_spent_quota_within_a_statement_is_a_full_disk, rig),
        on_rig(a_failed_sync_at_commit_leaves_the_outcome_unknown, rig),
        on_rig(a_failed_sync_of_a_statement_alone_leaves_it_unknown_too, rig),
        on_rig(a_failed_write_at_commit_that_is_not_for_room_is_unknown, rig),
        on_rig(a_failed_checkpoint_loses_nothing_and_may_be_tried_again, rig),
        on_rig(a_second_writer_is_told_to_come_back, rig),
        on_rig(another_process_reads_while_we_write, rig),
        on_rig(a_view_sees_one_state_until_something_is_changed, rig),
        on_rig(another_process_reads_when_nobody_has_it_open, rig),
        on_rig(what_a_killed_writer_committed_is_there, rig),
    };
    return cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);
}
