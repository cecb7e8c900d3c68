/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/act.c: acts by their numbers, names and idempotency keys. */

#include "store/store_test.h"

static struct store_act sample(struct rig *r, uint8_t name, int64_t stream, int64_t n)
{
    struct hash key = hash_named(name);
    return (struct store_act){.id = id_named(name),
                              .dossier = r->dossier,
                              .leaf = 100 - name,
                              .stream = stream,
                              .n = n,
                              .at_ms = 11,
                              .recorded_ms = 12,
                              .remarks = 2,
                              .way = STR("in"),
                              .act = STR("request"),
                              .effect = STR("applied"),
                              .hash = hash_named(name),
                              .idem = bytes_dup(r->arena, hash_bytes(&key))};
}

static void an_act_comes_back_by_id_and_by_key(void **state)
{
    struct rig *r = *state;
    struct store_act a = sample(r, 1, 1, 1), b = sample(r, 2, 1, 2), got;
    assert_ok(r, store_act_set(&r->turn, r->store, &a));
    assert_ok(r, store_act_set(&r->turn, r->store, &b));
    assert_ok(r, store_act_get(&r->turn, r->store, &a.id, &got));
    assert_true(got.leaf == 99 && got.stream == 1 && got.n == 1 && got.remarks == 2);
    assert_true(got.at_ms == 11 && got.recorded_ms == 12);
    assert_str(got.way, "in");
    assert_str(got.act, "request");
    assert_str(got.effect, "applied");
    assert_ok(r, store_act_by_idem(&r->turn, r->store, b.idem, &got));
    assert_true(id_eq(&got.id, &b.id));
}

static void what_is_not_there_is_none_such(void **state)
{
    struct rig *r = *state;
    struct store_act a = sample(r, 1, 1, 1), got;
    struct id none = id_named(2);
    a.idem = (struct bytes){0};
    assert_ok(r, store_act_set(&r->turn, r->store, &a));
    assert_fault(r, store_act_get(&r->turn, r->store, &none, &got), ERR_NONE_SUCH, "none-such");
    assert_fault(r, store_act_by_idem(&r->turn, r->store, hash_bytes(&a.hash), &got), ERR_NONE_SUCH,
                 "none-such");
    assert_fault(r, store_act_by_idem(&r->turn, r->store, (struct bytes){0}, &got), ERR_NONE_SUCH,
                 "none-such");
}

static void id_number_and_key_are_given_once(void **state)
{
    struct rig *r = *state;
    struct store_act a = sample(r, 1, 1, 1);
    assert_ok(r, store_act_set(&r->turn, r->store, &a));
    struct store_act same_id = sample(r, 1, 1, 2), same_n = sample(r, 2, 1, 1);
    struct store_act same_key = sample(r, 3, 1, 3);
    same_id.idem = (struct bytes){0};
    same_key.idem = a.idem;
    assert_fault(r, store_act_set(&r->turn, r->store, &same_id), ERR_CONFLICT, "db-unique");
    assert_fault(r, store_act_set(&r->turn, r->store, &same_n), ERR_CONFLICT, "db-unique");
    assert_fault(r, store_act_set(&r->turn, r->store, &same_key), ERR_CONFLICT, "db-unique");
    struct store_act other_stream = sample(r, 4, 2, 1), other_dossier = sample(r, 5, 1, 1);
    other_dossier.dossier = store_house;
    assert_ok(r, store_act_set(&r->turn, r->store, &other_stream));
    assert_ok(r, store_act_set(&r->turn, r->store, &other_dossier));
}

static void an_effect_changes_for_one_act_only(void **state)
{
    struct rig *r = *state;
    struct store_act a = sample(r, 1, 1, 1), b = sample(r, 2, 1, 2), got;
    assert_ok(r, store_act_set(&r->turn, r->store, &a));
    assert_ok(r, store_act_set(&r->turn, r->store, &b));
    assert_ok(r, store_act_effect(&r->turn, r->store, &a.id, STR("void")));
    assert_ok(r, store_act_effect(&r->turn, r->store, &a.id, STR("void")));
    assert_ok(r, store_act_get(&r->turn, r->store, &a.id, &got));
    assert_str(got.effect, "void");
    assert_ok(r, store_act_get(&r->turn, r->store, &b.id, &got));
    assert_str(got.effect, "applied");
}

static void acts_of_a_dossier_come_in_order_of_leaf(void **state)
{
    struct rig *r = *state;
    for (uint8_t k = 1; k <= 5; k++) {
        struct store_act a = sample(r, k, 1, k);
        if (k == 3) a.dossier = store_house;
        assert_ok(r, store_act_set(&r->turn, r->store, &a));
    }
    struct store_act *all;
    size_t n;
    assert_ok(r, store_acts_of(&r->turn, r->store, &r->dossier, &all, &n));
    assert_int_equal(n, 4);
    for (size_t k = 1; k < n; k++) assert_true(all[k - 1].leaf < all[k].leaf);
    assert_int_equal(all[0].n, 5);
}

int act_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(an_act_comes_back_by_id_and_by_key, rig),
        on_rig(what_is_not_there_is_none_such, rig),
        on_rig(id_number_and_key_are_given_once, rig),
        on_rig(an_effect_changes_for_one_act_only, rig),
        on_rig(acts_of_a_dossier_come_in_order_of_leaf, rig),
    };
    return cmocka_run_group_tests_name("act", tests, NULL, NULL);
}
