/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/tree.c: every size up to LOG_MAX against the second implementation, and roots
 * that other logs have published for years. */

#include "ledger_test.h"

#include "seal/seal.h"

static void the_empty_tree_has_the_root_of_rfc_6962(void **state)
{
    (void)state;
    struct ledger_edge e = {.size = 0};
    struct hash root;
    ledger_root(&e, &root);
    assert_hash(&root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void trees_over_well_known_entries_have_their_well_known_roots(void **state)
{
    static const char *const rows[][2] = {
        {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"606162636465666768696a6b6c6d6e6f",
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}};
    (void)state;
    struct ledger_edge e = {.size = 0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t entry[16];
        struct str text = str_of(rows[i][0]);
        assert_true(hex_read(text, entry, text.n / 2));
        const struct bytes parts[] = {{(const uint8_t *)"\0", 1}, {entry, text.n / 2}};
        struct hash leaf, root;
        seal_sha256(parts, 2, &leaf);
        ledger_append(&e, &leaf, NULL, NULL);
        ledger_root(&e, &root);
        assert_hash(&root, rows[i][1]);
    }
}

static void every_size_has_the_root_of_the_definition(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct log *l = log_new(t->arena, 0);
    for (uint64_t size = 0;; size++) {
        struct hash root, expected = naive_hash(d, 0, size), data = leaf_data(size);
        ledger_root(&l->edge, &root);
        assert_true(hash_eq(&root, &expected));
        assert_int_equal(l->edge.size, size);
        if (size == LOG_MAX) break;
        log_append(l, &data);
    }
}

static void every_complete_subtree_is_told_once_and_right(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct log *l = log_new(t->arena, LOG_MAX);
    for (int level = 0; level < 16; level++) {
        for (uint64_t index = 0; index < LOG_MAX; index++) {
            uint64_t width = UINT64_C(1) << level;
            bool complete = (index + 1) * width <= LOG_MAX;
            assert_int_equal(l->known[level][index], complete);
            if (!complete) continue;
            struct hash expected = naive_hash(d, index * width, width);
            assert_true(hash_eq(&l->node[level][index], &expected));
        }
    }
}

static void count(void *ctx, int level, uint64_t index, const struct hash *h)
{
    (void)index, (void)h;
    if (level) ++*(uint64_t *)ctx;
}

static void appending_costs_less_than_one_node_a_leaf(void **state)
{
    (void)state;
    struct ledger_edge e = {.size = 0};
    struct hash leaf = leaf_data(0);
    uint64_t nodes = 0;
    for (int i = 0; i < 20000; i++) ledger_append(&e, &leaf, count, &nodes);
    assert_in_range(nodes, 1, 20000 - 1);
}

static void the_largest_log_still_takes_its_last_leaf(void **state)
{
    (void)state;
    struct ledger_edge e = {.size = LEDGER_SIZE_MAX - 1};
    struct hash leaf = leaf_data(0), before, after;
    ledger_root(&e, &before);
    ledger_append(&e, &leaf, NULL, NULL);
    ledger_root(&e, &after);
    assert_true(e.size == LEDGER_SIZE_MAX);
    assert_false(hash_eq(&before, &after));
}

int tree_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_empty_tree_has_the_root_of_rfc_6962),
        cmocka_unit_test(trees_over_well_known_entries_have_their_well_known_roots),
        with_turn(every_size_has_the_root_of_the_definition),
        with_turn(every_complete_subtree_is_told_once_and_right),
        cmocka_unit_test(appending_costs_less_than_one_node_a_leaf),
        cmocka_unit_test(the_largest_log_still_takes_its_last_leaf),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
