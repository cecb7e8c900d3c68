/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/arriving.c: what is on its way in, and which segments of it are here. */

#include "store/store_test.h"

static struct store_arriving one(uint8_t name, const char *way, const char *holder)
{
    return (struct store_arriving){.id = hash_named(name),
                                   .way = str_of(way),
                                   .holder = str_of(holder),
                                   .ours = STR("XN/csb"),
                                   .size = 10,
                                   .at_ms = 100 - name,
                                   .body = str_bytes(STR("keys"))};
}

static void put(struct rig *r, struct store_arriving a)
{
    assert_ok(r, store_arriving_put(&r->turn, r->store, &a));
}

static void what_arrives_is_found_by_its_holder_the_oldest_first(void **state)
{
    struct rig *r = *state;
    struct store_arriving *rows, got;
    size_t n;
    put(r, one(1, "in", "XM/dts"));
    put(r, one(2, "in", "XM/dts"));
    put(r, one(3, "in", "XL/pgo"));
    put(r, one(4, "staged", "XM/dts"));
    assert_ok(r, store_arriving_of(&r->turn, r->store, STR("in"), STR("XM/dts"), 9, &rows, &n));
    assert_int_equal(n, 2);
    struct hash second = hash_named(2);
    assert_true(hash_eq(&rows[0].id, &second));
    assert_str(bytes_str(rows[0].body), "keys");
    assert_ok(r, store_arriving_to(&r->turn, r->store, STR("XN/csb"), 9, &rows, &n));
    assert_int_equal(n, 3);
    struct store_arriving more = one(1, "in", "XM/dts");
    more.size = 20;
    more.body = str_bytes(STR("sums"));
    put(r, more);
    assert_ok(r, store_arriving_get(&r->turn, r->store, &more.id, &got));
    assert_int_equal(got.size, 20);
    assert_str(bytes_str(got.body), "sums");
}

static void the_first_segment_of_a_number_stays_until_all_are_dropped(void **state)
{
    struct rig *r = *state;
    struct store_arriving a = one(1, "in", "XM/dts");
    struct store_segment *rows;
    struct hash vault, first = hash_named(7);
    size_t n;
    int64_t count;
    put(r, a);
    const struct store_segment given[] = {
        {3, hash_named(7)}, {0, hash_named(8)}, {3, hash_named(9)}};
    for (size_t k = 0; k < 3; k++)
        assert_ok(r, store_segment_add(&r->turn, r->store, &a.id, &given[k]));
    assert_ok(r, store_segment_count(&r->turn, r->store, &a.id, &count));
    assert_int_equal(count, 2);
    assert_ok(r, store_segment_get(&r->turn, r->store, &a.id, 3, &vault));
    assert_true(hash_eq(&vault, &first));
    assert_int_equal(store_segment_get(&r->turn, r->store, &a.id, 1, &vault), ERR_NONE_SUCH);
    turn_forgive(&r->turn);
    assert_ok(r, store_segments(&r->turn, r->store, &a.id, &rows, &n));
    assert_int_equal(n, 2);
    assert_true(rows[0].idx == 0 && rows[1].idx == 3);
    assert_ok(r, store_arriving_drop(&r->turn, r->store, &a.id));
    assert_ok(r, store_segment_count(&r->turn, r->store, &a.id, &count));
    assert_int_equal(count, 0);
    assert_int_equal(store_arriving_get(&r->turn, r->store, &a.id, &a), ERR_NONE_SUCH);
    turn_forgive(&r->turn);
}

int arriving_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(what_arrives_is_found_by_its_holder_the_oldest_first, rig),
        on_rig(the_first_segment_of_a_number_stays_until_all_are_dropped, rig),
    };
    return cmocka_run_group_tests_name("arriving", tests, NULL, NULL);
}
