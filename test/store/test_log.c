/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/log.c: the tree in its tables, its edge, and proofs read from them. */

#include "store/store_test.h"

static void a_new_log_is_the_empty_tree(void **state)
{
    struct rig *r = *state;
    struct hash root, empty;
    struct ledger_edge none = {0};
    ledger_root(&none, &empty);
    store_log_root(r->store, &root);
    assert_int_equal(store_log_size(r->store), 0);
    assert_true(hash_eq(&root, &empty));
}

static void at_each_size_the_edge_after_opening_is_the_edge_before(void **state)
{
    struct rig *r = *state;
    for (int k = 0; k < 18; k++) {
        rig_put(r, &r->dossier, (uint8_t)(k + 1), 1);
        struct hash before, after;
        store_log_root(r->store, &before);
        rig_reopen(r);
        store_log_root(r->store, &after);
        assert_int_equal(store_log_size(r->store), k + 1);
        assert_true(hash_eq(&before, &after));
    }
}

static void a_log_holds_one_inner_node_for_each_complete_subtree(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 100);
    assert_int_equal(rig_int(r, "SELECT count(*) FROM node"), 50 + 25 + 12 + 6 + 3 + 1);
    assert_int_equal(rig_int(r, "SELECT count(*) FROM node WHERE level = 0"), 0);
}

static void proofs_from_the_tables_hold(void **state)
{
    struct rig *r = *state;
    enum { SIZE = 21 };
    struct hash roots[SIZE + 1];
    for (int k = 0; k <= SIZE; k++) {
        store_log_root(r->store, &roots[k]);
        if (k < SIZE) rig_put(r, &r->dossier, (uint8_t)(k + 1), 1);
    }
    struct ledger_source source = store_log_source(r->store);
    struct ledger_proof proof;
    for (uint64_t size = 1; size <= SIZE; size++) {
        struct hash root;
        assert_ok(r, ledger_root_at(&r->turn, &source, size, &root));
        assert_true(hash_eq(&root, &roots[size]));
        for (uint64_t index = 0; index < size; index++) {
            struct hash data, leaf;
            assert_ok(r, store_leaf(&r->turn, r->store, (int64_t)index, &data));
            ledger_leaf_hash(&data, &leaf);
            assert_ok(r, ledger_inclusion(&r->turn, &source, index, size, &proof));
            assert_true(ledger_inclusion_holds(&proof, index, size, &leaf, &roots[size]));
            assert_false(ledger_inclusion_holds(&proof, index, size, &data, &roots[size]));
        }
        for (uint64_t old = 1; old <= size; old++) {
            assert_ok(r, ledger_consistency(&r->turn, &source, old, size, &proof));
            assert_true(ledger_consistency_holds(&proof, old, &roots[old], size, &roots[size]));
            if (old < size)
                assert_false(
                    ledger_consistency_holds(&proof, old, &roots[old - 1], size, &roots[size]));
        }
    }
}

static void every_leaf_is_proven(struct rig *r)
{
    struct ledger_source source = store_log_source(r->store);
    struct ledger_proof proof;
    struct hash root, data, leaf;
    uint64_t size = store_log_size(r->store);
    store_log_root(r->store, &root);
    for (uint64_t index = 0; index < size; index++) {
        assert_ok(r, store_leaf(&r->turn, r->store, (int64_t)index, &data));
        ledger_leaf_hash(&data, &leaf);
        assert_ok(r, ledger_inclusion(&r->turn, &source, index, size, &proof));
        assert_true(ledger_inclusion_holds(&proof, index, size, &leaf, &root));
    }
}

static void nodes_of_a_transaction_taken_back_are_in_no_proof(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 5);
    for (uint8_t round = 0; round < 3; round++) {
        assert_ok(r, store_begin(&r->turn, r->store));
        for (uint8_t k = 0; k < 6; k++) {
            struct store_record one = rig_record(r, &r->dossier, "act", (uint8_t)(50 + k));
            assert_ok(r, store_record_put(&r->turn, r->store, &one));
        }
        every_leaf_is_proven(r);
        if (round == 0) store_rollback(r->store);
        if (round == 1) { /* a commit that fails */
            struct store_record twice = rig_record(r, &r->dossier, "act", 1);
            assert_fault(r, store_record_put(&r->turn, r->store, &twice), ERR_CONFLICT,
                         "db-unique");
            assert_fault(r, store_commit(&r->turn, r->store), ERR_CONFLICT, "db-spoiled");
        }
        if (round == 2) { /* a log made again from other leaves */
            assert_ok(r, store_projection_clear(&r->turn, r->store));
            assert_ok(r, store_log_rebuild(&r->turn, r->store));
            every_leaf_is_proven(r);
            store_rollback(r->store);
        }
        struct ledger_source source = store_log_source(r->store);
        struct hash node;
        uint64_t beyond = store_log_size(r->store) / 2 + 1;
        assert_int_equal(source.node(source.ctx, &r->turn, 1, beyond, &node), ERR_NONE_SUCH);
        rig_put(r, &r->dossier, (uint8_t)(100 + 10 * round), 7);
        every_leaf_is_proven(r);
    }
}

static void a_leaf_that_is_not_there_is_named(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 4);
    struct hash data;
    assert_int_equal(store_leaf(&r->turn, r->store, 4, &data), ERR_INTEGRITY);
    assert_string_equal(r->turn.fault.sentence, "Leaf 4 is missing.");
    turn_forgive(&r->turn);
}

static void inner_nodes_are_made_again_from_the_leaves(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 37);
    struct hash before, after;
    struct str *was, *is;
    size_t was_n, is_n;
    store_log_root(r->store, &before);
    assert_ok(r, store_projection_dump(&r->turn, r->store, &was, &was_n));
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_projection_clear(&r->turn, r->store));
    assert_int_equal(store_log_size(r->store), 0);
    assert_ok(r, store_log_rebuild(&r->turn, r->store));
    assert_ok(r, store_commit(&r->turn, r->store));
    store_log_root(r->store, &after);
    assert_true(hash_eq(&before, &after));
    assert_ok(r, store_projection_dump(&r->turn, r->store, &is, &is_n));
    assert_int_equal(was_n, is_n);
    for (size_t k = 0; k < is_n; k++) assert_true(str_eq(was[k], is[k]));
}

static void a_log_that_lacks_a_leaf_is_not_made_again(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 9);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, db_script(&r->turn, store_db(r->store), "DELETE FROM leaf WHERE leaf = 3"));
    assert_ok(r, store_projection_clear(&r->turn, r->store));
    assert_fault(r, store_log_rebuild(&r->turn, r->store), ERR_INTEGRITY, "leaf-missing");
    store_rollback(r->store);
    assert_int_equal(store_log_size(r->store), 9);
}

static void a_store_that_lacks_a_node_still_opens(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 6);
    assert_ok(r, db_script(&r->turn, store_db(r->store), "DELETE FROM node"));
    rig_reopen(r);
    assert_int_equal(store_log_size(r->store), 6);
}

int log_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(a_new_log_is_the_empty_tree, rig),
        on_rig(at_each_size_the_edge_after_opening_is_the_edge_before, rig),
        on_rig(a_log_holds_one_inner_node_for_each_complete_subtree, rig),
        on_rig(proofs_from_the_tables_hold, rig),
        on_rig(nodes_of_a_transaction_taken_back_are_in_no_proof, rig),
        on_rig(a_leaf_that_is_not_there_is_named, rig),
        on_rig(inner_nodes_are_made_again_from_the_leaves, rig),
        on_rig(a_log_that_lacks_a_leaf_is_not_made_again, rig),
        on_rig(a_store_that_lacks_a_node_still_opens, rig),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
