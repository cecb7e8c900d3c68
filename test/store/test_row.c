/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/row.c: each kind of column comes back as it went in. */

#include "store/store_test.h"

#include <string.h>

static void each_kind_of_column_comes_back_as_it_went_in(void **state)
{
    struct rig *r = *state;
    uint8_t idem[] = {0, 255, 39, 92, 0};
    struct store_act a = {.id = id_named(1),
                          .dossier = r->dossier,
                          .leaf = INT64_MAX,
                          .stream = INT64_MIN,
                          .way = STR("out"),
                          .act = STR("It's \xc9\x99 'quoted' \\ ; -- :name $1 ?1"),
                          .hash = hash_named(255),
                          .idem = {idem, sizeof idem}};
    assert_ok(r, store_act_set(&r->turn, r->store, &a));
    struct store_act got;
    assert_ok(r, store_act_get(&r->turn, r->store, &a.id, &got));
    assert_true(got.leaf == INT64_MAX && got.stream == INT64_MIN);
    assert_true(str_eq(got.act, a.act));
    assert_int_equal(got.effect.n, 0);
    assert_true(hash_eq(&got.hash, &a.hash));
    assert_true(bytes_eq(got.idem, a.idem));
    assert_true(id_eq(&got.dossier, &r->dossier));
}

static void empty_bytes_stand_as_absent(void **state)
{
    struct rig *r = *state;
    struct store_act a = {.id = id_named(1), .dossier = r->dossier, .n = 1};
    struct store_act b = {.id = id_named(2), .dossier = r->dossier, .n = 2};
    assert_ok(r, store_act_set(&r->turn, r->store, &a));
    assert_ok(r, store_act_set(&r->turn, r->store, &b)); /* no two absent ones are the same */
    assert_int_equal(rig_int(r, "SELECT count(*) FROM act WHERE idem IS NULL"), 2);
    struct store_act got;
    assert_ok(r, store_act_get(&r->turn, r->store, &a.id, &got));
    assert_int_equal(got.idem.n, 0);
}

static void a_column_of_a_wrong_size_is_an_integrity_fault(void **state)
{
    struct rig *r = *state;
    struct store_act a = {.id = id_named(1), .dossier = r->dossier};
    assert_ok(r, store_act_set(&r->turn, r->store, &a));
    assert_ok(r, DB_RUN(&r->turn, store_db(r->store), "UPDATE act SET hash = :v",
                        {"v", db_blob(str_bytes(STR("short")))}));
    struct store_act got, *all;
    size_t n;
    memset(&got, 0, sizeof got);
    assert_int_equal(store_act_get(&r->turn, r->store, &a.id, &got), ERR_INTEGRITY);
    turn_forgive(&r->turn);
    assert_int_equal(store_acts_of(&r->turn, r->store, &r->dossier, &all, &n), ERR_INTEGRITY);
    turn_forgive(&r->turn);
}

static void a_list_of_nothing_is_empty_and_no_fault(void **state)
{
    struct rig *r = *state;
    struct store_act *all;
    size_t n = 9;
    assert_ok(r, store_acts_of(&r->turn, r->store, &r->dossier, &all, &n));
    assert_int_equal(n, 0);
}

int row_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(each_kind_of_column_comes_back_as_it_went_in, rig),
        on_rig(empty_bytes_stand_as_absent, rig),
        on_rig(a_column_of_a_wrong_size_is_an_integrity_fault, rig),
        on_rig(a_list_of_nothing_is_empty_and_no_fault, rig),
    };
    return cmocka_run_group_tests_name("row", tests, NULL, NULL);
}
