/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/held.c: what stands of a line, by incarnation and in ranges. */

#include "store/store_test.h"

static void put(struct rig *r, uint8_t name, const char *way, int64_t incarnation, int64_t sequence)
{
    struct store_parcel p = {.digest = hash_named(name),
                             .leaf = name,
                             .incarnation = incarnation,
                             .sequence = sequence,
                             .at_ms = 5,
                             .act = id_named(name),
                             .way = str_of(way),
                             .peer = STR("XM/dts"),
                             .ours = STR("XN/csb")};
    assert_ok(r, store_parcel_set(&r->turn, r->store, &p));
}

static void lines_are_counted_by_incarnation(void **state)
{
    struct rig *r = *state;
    struct store_held *rows;
    size_t n;
    put(r, 1, "in", 1, 1);
    put(r, 2, "in", 1, 3);
    put(r, 3, "in", 9, 1);
    put(r, 4, "out", 1, 1);
    put(r, 5, "in", 0, 17); /* carried by people */
    assert_ok(r, store_held_lines(&r->turn, r->store, STR("in"), STR("XM/dts"), STR("XN/csb"), 9,
                                  &rows, &n));
    assert_int_equal(n, 2);
    assert_true(rows[0].incarnation == 9 && rows[0].count == 1 && rows[0].highest == 1);
    assert_true(rows[1].incarnation == 1 && rows[1].count == 2 && rows[1].highest == 3);
    assert_ok(r, store_held_lines(&r->turn, r->store, STR("in"), STR("XM/dts"), STR("XN/csb"), 1,
                                  &rows, &n));
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].incarnation, 9); /* the newest, where not all fit */
    assert_ok(r, store_held_lines(&r->turn, r->store, STR("in"), STR("XM/moj"), STR("XN/csb"), 9,
                                  &rows, &n));
    assert_int_equal(n, 0);
}

static void digests_come_in_the_order_of_sequences(void **state)
{
    struct rig *r = *state;
    const struct store_line line = {STR("XM/dts"), STR("XN/csb"), 1};
    struct store_held_parcel *rows;
    size_t n;
    put(r, 1, "out", 1, 4);
    put(r, 2, "out", 1, 2);
    put(r, 3, "out", 1, 5);
    put(r, 4, "out", 2, 3);
    put(r, 5, "in", 1, 3);
    assert_ok(r, store_held_parcels(&r->turn, r->store, STR("out"), &line, 2, 4, &rows, &n));
    assert_int_equal(n, 2);
    struct hash second = hash_named(2);
    assert_true(rows[0].sequence == 2 && hash_eq(&rows[0].digest, &second));
    assert_int_equal(rows[1].sequence, 4);
}

int held_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(lines_are_counted_by_incarnation, rig),
        on_rig(digests_come_in_the_order_of_sequences, rig),
    };
    return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
