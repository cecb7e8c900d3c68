/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/writer.c: of two processes at one database the older one commits no more. A
 * file has one writer by its folder's lock, and nothing of this. */

#include "store/store_test.h"

static const struct store_options first = {.owner = {{1}}}, second = {.owner = {{2}}},
                                  second_takes = {.owner = {{2}}, .take_over = true};

static err put_one(struct rig *r, struct store *s, uint8_t name)
{
    struct store_record one = rig_record(r, &r->dossier, "act", name);
    try(store_begin(&r->turn, s));
    err e = store_record_put(&r->turn, s, &one);
    if (e == ERR_OK) return store_commit(&r->turn, s);
    store_rollback(s);
    return e;
}

static void another_folder_writes_only_when_it_takes_over(void **state)
{
    struct rig *r = *state;
    struct store *s = NULL;
    if (r->engine == DB_SQLITE) return;
    store_close(r->store); /* opened as nobody's: everybody else is another */
    r->store = NULL;
    assert_fault(r, rig_try_open_as(r, &first, &s), ERR_BUSY, "writer-other");
    assert_null(s);
    const struct store_options takes = {.owner = first.owner, .take_over = true};
    assert_ok(r, rig_try_open_as(r, &takes, &s));
    store_close(s);
    assert_ok(r, rig_try_open_as(r, &first, &s)); /* it is its own again after a restart */
    assert_fault(r, rig_try_open_as(r, &second, &r->store), ERR_BUSY, "writer-other");
    assert_ok(r, put_one(r, s, 1));
    assert_int_equal(store_log_size(s), 1);
    store_close(s);
}

static void who_was_taken_over_from_commits_nothing_any_more(void **state)
{
    struct rig *r = *state;
    struct store *s = NULL;
    if (r->engine == DB_SQLITE) return;
    assert_ok(r, put_one(r, r->store, 1));
    assert_ok(r, rig_try_open_as(r, &second_takes, &s));
    assert_fault(r, put_one(r, r->store, 2), ERR_UNKNOWN, "writer-lost");
    assert_ok(r, put_one(r, s, 3));
    assert_int_equal(store_log_size(s), 2);
    store_close(s);
}

/* It began before it was taken over from, and wrote: the server finds that out at its commit. */
static void nor_what_it_had_begun(void **state)
{
    struct rig *r = *state;
    struct store *s = NULL;
    if (r->engine == DB_SQLITE) return;
    struct store_record one = rig_record(r, &r->dossier, "act", 1);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_record_put(&r->turn, r->store, &one));
    assert_ok(r, rig_try_open_as(r, &second_takes, &s));
    assert_fault(r, store_commit(&r->turn, r->store), ERR_BUSY, "db-busy");
    assert_int_equal(store_log_size(r->store), 0);
    assert_fault(r, put_one(r, r->store, 1), ERR_UNKNOWN, "writer-lost");
    assert_ok(r, put_one(r, s, 2));
    store_close(s);
}

static void reading_takes_nothing_over(void **state)
{
    struct rig *r = *state;
    struct store *s = NULL;
    const struct store_options reads = {.db = {.read_only = true}, .owner = second.owner};
    assert_ok(r, rig_try_open_as(r, &reads, &s));
    store_close(s);
    assert_ok(r, put_one(r, r->store, 1));
}

int writer_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(another_folder_writes_only_when_it_takes_over, rig),
        on_rig(who_was_taken_over_from_commits_nothing_any_more, rig),
        on_rig(nor_what_it_had_begun, rig),
        on_rig(reading_takes_nothing_over, rig),
    };
    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
