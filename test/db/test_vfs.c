/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/db/vfs.c: each connection counts for itself, only what was asked of the system. */

#include "db/db_test.h"
#include "db/db_internal.h"

#include <string.h>

static void a_vfs_over_none_is_not_made(void **state)
{
    struct arena *a = *state;
    struct db_counts counts = {0};
    assert_null(db_vfs_make(a, "no such vfs", &counts));
}

static void each_vfs_has_a_name_of_its_own(void **state)
{
    struct arena *a = *state;
    struct db_counts counts = {0};
    struct db_vfs *one = db_vfs_make(a, NULL, &counts), *two = db_vfs_make(a, NULL, &counts);
    assert_non_null(one);
    assert_non_null(two);
    assert_string_not_equal(db_vfs_name(one), db_vfs_name(two));
    /* One may stand on the other. */
    struct db_vfs *upper = db_vfs_make(a, db_vfs_name(one), &counts);
    assert_non_null(upper);
    db_vfs_drop(upper);
    const char *gone = db_vfs_name(two);
    db_vfs_drop(two);
    assert_null(db_vfs_make(a, gone, &counts));
    db_vfs_drop(one);
    db_vfs_drop(NULL);
}

static void databases_count_apart(void **state)
{
    struct rig r = {.engine = DB_SQLITE}, other = {.engine = DB_SQLITE};
    void *here = &r, *there = &other;
    (void)state;
    assert_int_equal(rig_up(&here), 0);
    /* The faulty disk is registered once only; this rig has none. */
    faulty_vfs_down(&r.disk);
    assert_int_equal(rig_up(&there), 0);
    struct db_counts before = db_counted(other.db);
    assert_ok(rig_put(&r, r.db, 1));
    struct db_counts after = db_counted(other.db);
    assert_memory_equal(&before, &after, sizeof before);
    assert_true(db_counted(r.db).wal_syncs > 0);
    assert_int_equal(rig_down(&there), 0);
    assert_int_equal(rig_down(&here), 0);
}

static int arena_up(void **state)
{
    *state = arena_new();
    return 0;
}

static int arena_down(void **state)
{
    arena_free(*state);
    return 0;
}

int vfs_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_vfs_over_none_is_not_made, arena_up, arena_down),
        cmocka_unit_test_setup_teardown(each_vfs_has_a_name_of_its_own, arena_up, arena_down),
        cmocka_unit_test(databases_count_apart),
    };
    return cmocka_run_group_tests_name("vfs", tests, NULL, NULL);
}
