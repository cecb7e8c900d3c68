/* SPDX-License-Identifier: Apache-2.0 */
/* The disk in memory (src/db/disk.c, src/db/disk_vfs.c): what a power cut takes and what it leaves,
 * for plain files and for a database over it. */

#include "db/db_test.h"

#include <string.h>

/* A chance that always gives the same byte: 0xff loses all it may, 0 nothing. */
static void fill(void *ctx, void *out, size_t n) { memset(out, *(const uint8_t *)ctx, n); }

struct plan { /* what becomes of the step that is `at` steps away */
    int at;
    enum disk_fate fate;
    enum disk_step of;
    int seen;
};
static enum disk_fate by_plan(void *ctx, enum disk_step step)
{
    struct plan *p = ctx;
    if (p->fate == DISK_GOES || step != p->of || p->seen++ != p->at) return DISK_GOES;
    return p->fate;
}

static struct chance chance_of(const uint8_t *byte)
{
    return (struct chance){fill, (void *)(uintptr_t)byte};
}

static const uint8_t all_lost = 0xff, nothing_lost = 0;

static struct str text_of(struct disk *d, struct arena *a, const char *name)
{
    struct bytes b;
    return disk_get(d, a, name, &b) ? bytes_str(b) : STR("(none)");
}

static void what_was_not_synced_goes_in_a_power_cut_and_stays_in_a_kill(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct disk *d = disk_new("disk-plain", (struct disk_hooks){0});
    struct chance cut = chance_of(&all_lost);
    assert_true(disk_put(d, "head", str_bytes(STR("one"))));
    assert_true(disk_sync(d, "head"));
    assert_true(disk_names_sync(d));
    assert_true(disk_put(d, "head", str_bytes(STR("two"))));
    assert_true(disk_is_unsynced(d));
    disk_die(d);
    assert_false(disk_put(d, "head", str_bytes(STR("three"))));
    disk_revive(d, NULL);
    assert_true(str_is(text_of(d, a, "head"), "two"));
    disk_revive(d, &cut);
    assert_true(str_is(text_of(d, a, "head"), "one"));
    disk_free(d);
}

static void a_name_is_there_when_the_folder_was_synced(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct disk *d = disk_new("disk-names", (struct disk_hooks){0});
    struct chance cut = chance_of(&all_lost), mild = chance_of(&nothing_lost);
    assert_true(disk_put(d, "a.new", str_bytes(STR("A"))) && disk_sync(d, "a.new"));
    assert_true(disk_rename(d, "a.new", "a"));
    disk_revive(d, &mild);
    assert_true(str_is(text_of(d, a, "a"), "A"));
    assert_true(disk_put(d, "b.new", str_bytes(STR("B"))) && disk_sync(d, "b.new"));
    assert_true(disk_rename(d, "b.new", "b"));
    disk_revive(d, &cut);
    assert_true(str_is(text_of(d, a, "b"), "(none)"));
    assert_true(str_is(text_of(d, a, "a"), "A"));
    disk_free(d);
}

static bool is_b(const char *name) { return strcmp(name, "b") == 0; }

static void a_disk_that_is_put_back_holds_what_its_image_does_and_what_stays(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct disk *d = disk_new("disk-image", (struct disk_hooks){0});
    struct chance cut = chance_of(&all_lost);
    assert_true(disk_put(d, "a", str_bytes(STR("old"))) && disk_put(d, "b", str_bytes(STR("old"))));
    struct disk_image *i = disk_image_take(d);
    assert_true(disk_put(d, "a", str_bytes(STR("newer"))) &&
                disk_put(d, "b", str_bytes(STR("newer"))) && disk_put(d, "c", str_bytes(STR("C"))));
    disk_image_put(d, i, is_b);
    disk_revive(d, &cut); /* all of it is durable */
    assert_true(str_is(text_of(d, a, "a"), "old"));
    assert_true(str_is(text_of(d, a, "b"), "newer"));
    assert_true(str_is(text_of(d, a, "c"), "(none)"));
    disk_image_put(d, i, NULL);
    assert_true(str_is(text_of(d, a, "b"), "old"));
    disk_image_free(i);
    disk_free(d);
}

static void each_sector_is_torn_apart_from_the_others(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    static const uint8_t odd = 0xaa;
    uint8_t before[4 * DISK_SECTOR], after[4 * DISK_SECTOR];
    memset(before, 'b', sizeof before);
    memset(after, 'a', sizeof after);
    struct disk *d = disk_new("disk-torn", (struct disk_hooks){0});
    struct chance cut = chance_of(&odd);
    struct bytes got;
    assert_true(disk_put(d, "f", (struct bytes){before, sizeof before}) && disk_sync(d, "f"));
    assert_true(disk_names_sync(d));
    assert_true(disk_put(d, "f", (struct bytes){after, sizeof after}));
    disk_revive(d, &cut);
    assert_true(disk_get(d, a, "f", &got));
    for (size_t k = 0; k < 4; k++) assert_int_equal(got.p[k * DISK_SECTOR], k % 2 ? 'b' : 'a');
    assert_int_equal(disk_size(d), sizeof before);
    disk_free(d);
}

static struct db *open_on(struct turn *t, const char *vfs)
{
    struct db_options o = {.engine = DB_SQLITE, .where = "node.db", .vfs = vfs};
    struct db *db = NULL;
    if (db_open(t, &o, &db) != ERR_OK) fail_msg("%s", t->fault.sentence);
    return db;
}

static int64_t rows(struct turn *t, struct db *db)
{
    struct db_rows r = db_ask(t, db, "SELECT count(*) FROM item", NULL, 0);
    int64_t n = db_next(&r) ? db_int_at(&r, 0) : -1;
    assert_int_equal(db_done(&r), ERR_OK);
    return n;
}

static err put(struct turn *t, struct db *db, int64_t k)
{
    err e = db_begin(t, db);
    if (e == ERR_OK)
        e = DB_RUN(t, db, "INSERT INTO item (k, name, data) VALUES (:k, :name, NULL)",
                   {"k", db_int(k)}, {"name", db_text(str_printf(t->arena, "%d", (int)k))});
    return e == ERR_OK ? db_commit(t, db) : e;
}

/* One row is committed, then the step of `p` goes wrong under the second. */
static struct disk *with_second(struct turn *t, const char *vfs, struct plan *p, err expected)
{
    struct disk *d = disk_new(vfs, (struct disk_hooks){by_plan, p});
    enum disk_fate fate = p->fate;
    p->fate = DISK_GOES;
    struct db *db = open_on(t, vfs);
    assert_int_equal(db_script(t, db, rig_table), ERR_OK);
    assert_int_equal(put(t, db, 1), ERR_OK);
    p->fate = fate;
    assert_int_equal(put(t, db, 2), expected);
    turn_forgive(t);
    p->fate = DISK_GOES;
    db_rollback(db);
    db_close(db);
    return d;
}

static int64_t after_life(struct turn *t, struct disk *d, const char *vfs, const struct chance *cut)
{
    disk_revive(d, cut);
    struct db *db = open_on(t, vfs);
    int64_t n = rows(t, db);
    disk_die(d);
    db_close(db);
    return n;
}

static void a_commit_that_was_synced_survives_every_cut(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct plan p = {0, DISK_DIES_AFTER, DISK_LOG_SYNC, 0};
    struct chance cut = chance_of(&all_lost);
    struct disk *d = with_second(&t, "disk-answered", &p, ERR_UNKNOWN);
    assert_int_equal(after_life(&t, d, "disk-answered", &cut), 2);
    disk_free(d);
}

/* Died between writing the log and syncing it: what the next life reads there is committed to all
 * who ask, so no later cut may take it back. */
static void what_a_new_life_reads_is_not_taken_back_by_a_cut(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct plan p = {0, DISK_DIES, DISK_LOG_SYNC, 0};
    struct chance cut = chance_of(&all_lost);
    struct disk *d = with_second(&t, "disk-read", &p, ERR_UNKNOWN);
    assert_int_equal(after_life(&t, d, "disk-read", NULL), 2);
    assert_int_equal(after_life(&t, d, "disk-read", &cut), 2);
    disk_free(d);
}

static void what_was_never_synced_is_gone_whole(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct plan p = {0, DISK_DIES, DISK_LOG_SYNC, 0};
    struct chance cut = chance_of(&all_lost);
    struct disk *d = with_second(&t, "disk-never", &p, ERR_UNKNOWN);
    assert_int_equal(after_life(&t, d, "disk-never", &cut), 1);
    disk_free(d);
}

static void a_full_disk_is_certain_and_a_failed_sync_is_not(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct plan full = {0, DISK_IS_FULL, DISK_WRITE, 0};
    struct plan fails = {0, DISK_FAILS, DISK_LOG_SYNC, 0};
    struct disk *d = with_second(&t, "disk-full", &full, ERR_FULL);
    assert_int_equal(after_life(&t, d, "disk-full", NULL), 1);
    disk_free(d);
    d = with_second(&t, "disk-fails", &fails, ERR_UNKNOWN);
    disk_free(d);
}

int disk_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_synced_goes_in_a_power_cut_and_stays_in_a_kill),
        cmocka_unit_test(a_name_is_there_when_the_folder_was_synced),
        cmocka_unit_test(a_disk_that_is_put_back_holds_what_its_image_does_and_what_stays),
        cmocka_unit_test(each_sector_is_torn_apart_from_the_others),
        cmocka_unit_test(a_commit_that_was_synced_survives_every_cut),
        cmocka_unit_test(what_a_new_life_reads_is_not_taken_back_by_a_cut),
        cmocka_unit_test(what_was_never_synced_is_gone_whole),
        cmocka_unit_test(a_full_disk_is_certain_and_a_failed_sync_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
