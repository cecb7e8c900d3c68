/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that were opened lately: handed out again, held by the turn, gone with a rollback. */

#include "store/store_test.h"

#include <string.h>

static err get(struct rig *r, struct turn *t, uint8_t name, struct store_record *out)
{
    struct id id = id_named(name);
    return store_record_get(t, r->store, "act", id_bytes(&id), out);
}

static void what_was_opened_is_handed_out_again(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 2);
    struct store_record first, again, other;
    assert_ok(r, get(r, &r->turn, 1, &first));
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, db_script(&r->turn, store_db(r->store), "UPDATE record SET rest = open"));
    assert_ok(r, get(r, &r->turn, 1, &again));
    assert_ptr_equal(first.rest, again.rest);
    assert_fault(r, get(r, &r->turn, 2, &other), ERR_INTEGRITY, "locked");
    store_rollback(r->store);
    rig_reopen(r);
    assert_ok(r, get(r, &r->turn, 2, &other));
}

static void a_turn_holds_it_beyond_the_store(void **state)
{
    struct rig *r = *state;
    struct store_record got;
    rig_put(r, &r->dossier, 1, 1);
    struct turn t = r->turn;
    t.arena = arena_new();
    assert_ok(r, get(r, &t, 1, &got));
    rig_reopen(r);
    assert_int_equal(got.at_ms, 1001);
    assert_int_equal(tree_int(got.rest, "name", 0), 1);
    arena_free(t.arena);
}

static void one_that_was_taken_back_is_forgotten(void **state)
{
    struct rig *r = *state;
    struct store_record one = rig_record(r, &r->dossier, "act", 1), got;
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_record_put(&r->turn, r->store, &one));
    assert_ok(r, get(r, &r->turn, 1, &got));
    store_rollback(r->store);
    assert_fault(r, get(r, &r->turn, 1, &got), ERR_NONE_SUCH, "none-such");
}

static void more_than_are_kept_come_and_go(void **state)
{
    struct rig *r = *state;
    enum { MANY = 200 };
    struct store_record got[MANY];
    rig_put(r, &r->dossier, 1, MANY);
    for (int k = 0; k < MANY; k++) assert_ok(r, get(r, &r->turn, (uint8_t)(k + 1), &got[k]));
    for (int k = 0; k < MANY; k++) {
        struct store_record again;
        assert_int_equal(got[k].leaf, k);
        assert_int_equal(got[k].subject.p[0], k + 1);
        assert_ok(r, get(r, &r->turn, (uint8_t)(k + 1), &again));
        assert_int_equal(again.leaf, k);
    }
}

int recent_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(what_was_opened_is_handed_out_again, rig),
        on_rig(a_turn_holds_it_beyond_the_store, rig),
        on_rig(one_that_was_taken_back_is_forgotten, rig),
        on_rig(more_than_are_kept_come_and_go, rig),
    };
    return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
