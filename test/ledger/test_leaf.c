/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/leaf.c: which bytes a leaf commits to, against values made elsewhere. */

#include "ledger_test.h"

#include "seal/seal.h"

static struct hash leaf_of(const char *salt, const char *open, const char *rest)
{
    struct ledger_opening o;
    struct hash data;
    ledger_open(str_bytes(str_of(salt)), str_bytes(str_of(open)), str_bytes(str_of(rest)), &o);
    ledger_leaf_data(&o, &data);
    return data;
}

static void a_leaf_has_the_value_that_python_gives_it(void **state)
{
    (void)state;
    uint8_t salt[16];
    for (uint8_t i = 0; i < 16; i++) salt[i] = i;
    struct ledger_opening o;
    struct hash data, leaf;
    ledger_open((struct bytes){salt, 16}, str_bytes(STR("{\"v\":1}")), str_bytes(STR("row")), &o);
    assert_hash(&o.open, "9fbaaed77329cd71e54b542b94adaa75dd47a3e97a48b5ced05d20823fe548d0");
    assert_hash(&o.rest, "761e3fc1d8ecb3f628cd36497cced17a2a57c3a86637ee0f1b5c7e3a057fafcb");
    ledger_leaf_data(&o, &data);
    assert_hash(&data, "e8c0ab2f9e26c47b62e840aa801699b683b3bea2e95a5cd438c0b2b659365744");
    ledger_leaf_hash(&data, &leaf);
    assert_hash(&leaf, "a5c3d9cc101cd50c8c1e729393d534292636578b9a7f630e91505fa2ba1341e8");
}

static void salt_open_part_and_rest_each_change_the_leaf(void **state)
{
    (void)state;
    struct hash leaf = leaf_of("salt", "open", "rest");
    static const char *const other[][3] = {{"Salt", "open", "rest"}, {"salt", "Open", "rest"},
                                           {"salt", "open", "Rest"}, {"salt", "rest", "open"},
                                           {"salt", "openr", "est"}, {"salt", "", "openrest"},
                                           {"", "open", "rest"},     {"saltopen", "", "rest"}};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        struct hash h = leaf_of(other[i][0], other[i][1], other[i][2]);
        assert_false(hash_eq(&h, &leaf));
    }
}

static void the_two_parts_are_told_apart_even_when_they_are_equal(void **state)
{
    (void)state;
    struct ledger_opening o;
    ledger_open(str_bytes(STR("salt")), str_bytes(STR("x")), str_bytes(STR("x")), &o);
    assert_false(hash_eq(&o.open, &o.rest));
}

static void a_leaf_cannot_be_taken_for_a_node(void **state)
{
    (void)state;
    struct hash a = leaf_data(1), leaf, node, plain = seal_sha256_of(hash_bytes(&a));
    ledger_leaf_hash(&a, &leaf);
    ledger_node_hash(&a, &a, &node);
    assert_false(hash_eq(&leaf, &plain));
    assert_false(hash_eq(&leaf, &node));
}

static void left_and_right_are_not_the_same(void **state)
{
    (void)state;
    struct hash a = leaf_data(1), b = leaf_data(2), ab, ba;
    ledger_node_hash(&a, &b, &ab);
    ledger_node_hash(&b, &a, &ba);
    assert_false(hash_eq(&ab, &ba));
}

static void a_result_may_be_written_over_its_input(void **state)
{
    (void)state;
    struct hash a = leaf_data(1), b = leaf_data(2), apart, over = b;
    ledger_node_hash(&a, &b, &apart);
    ledger_node_hash(&a, &over, &over);
    assert_true(hash_eq(&apart, &over));
    over = a;
    ledger_node_hash(&over, &b, &over);
    assert_true(hash_eq(&apart, &over));
}

int leaf_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leaf_has_the_value_that_python_gives_it),
        cmocka_unit_test(salt_open_part_and_rest_each_change_the_leaf),
        cmocka_unit_test(the_two_parts_are_told_apart_even_when_they_are_equal),
        cmocka_unit_test(a_leaf_cannot_be_taken_for_a_node),
        cmocka_unit_test(left_and_right_are_not_the_same),
        cmocka_unit_test(a_result_may_be_written_over_its_input),
    };
    return cmocka_run_group_tests_name("leaf", tests, NULL, NULL);
}
