/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/proof.c: every proof of every log up to LOG_MAX leaves is the one that the
 * definition gives, from a source with all nodes and from one with leaves alone. */

#include "ledger_test.h"

#include <string.h>

static void assert_same(const struct ledger_proof *a, const struct ledger_proof *b)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->path, b->path, a->n * sizeof *a->path);
}

static void every_inclusion_proof_is_the_one_of_the_definition(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct log *l = log_new(t->arena, LOG_MAX);
    struct ledger_source s = log_source(l);
    for (uint64_t size = 1; size <= LOG_MAX; size++) {
        for (uint64_t index = 0; index < size; index++) {
            struct ledger_proof p, expected = {.n = 0};
            naive_path(d, index, 0, size, &expected);
            assert_int_equal(ledger_inclusion(t, &s, index, size, &p), ERR_OK);
            assert_same(&p, &expected);
        }
    }
}

static void every_consistency_proof_is_the_one_of_the_definition(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct log *l = log_new(t->arena, LOG_MAX);
    struct ledger_source s = log_source(l);
    for (uint64_t size = 0; size <= LOG_MAX; size++) {
        for (uint64_t old = 0; old <= size; old++) {
            struct ledger_proof p, expected = {.n = 0};
            if (old) naive_subproof(d, old, 0, size, true, &expected);
            assert_int_equal(ledger_consistency(t, &s, old, size, &p), ERR_OK);
            assert_same(&p, &expected);
        }
    }
}

static void leaves_alone_give_the_same_proofs_and_roots(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct log *l = log_new(t->arena, LOG_MAX);
    struct ledger_source s = log_source(l);
    for (uint64_t size = 0; size <= LOG_MAX; size += size < 20 ? 1 : 31) {
        struct hash root, expected = naive_hash(d, 0, size);
        l->leaves_only = true;
        assert_int_equal(ledger_root_at(t, &s, size, &root), ERR_OK);
        assert_true(hash_eq(&root, &expected));
        for (uint64_t i = 0; i < size; i += 1 + size / 20) {
            struct ledger_proof in, con, in_all, con_all;
            l->leaves_only = true;
            assert_int_equal(ledger_inclusion(t, &s, i, size, &in), ERR_OK);
            assert_int_equal(ledger_consistency(t, &s, i, size, &con), ERR_OK);
            l->leaves_only = false;
            assert_int_equal(ledger_inclusion(t, &s, i, size, &in_all), ERR_OK);
            assert_int_equal(ledger_consistency(t, &s, i, size, &con_all), ERR_OK);
            assert_same(&in, &in_all);
            assert_same(&con, &con_all);
        }
    }
    assert_int_equal(t->fault.err, ERR_OK);
}

static void every_earlier_root_can_be_made_again(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct log *l = log_new(t->arena, LOG_MAX);
    struct ledger_source s = log_source(l);
    for (uint64_t size = 0; size <= LOG_MAX; size++) {
        struct hash root, expected = naive_hash(d, 0, size);
        l->asked = 0;
        assert_int_equal(ledger_root_at(t, &s, size, &root), ERR_OK);
        assert_true(hash_eq(&root, &expected));
        assert_in_range(l->asked, 0, 9);
    }
}

/* A log whose leaves are all alike, so that a node is known by its level and any size is at hand.
 */
static err alike(void *ctx, struct turn *t, int level, uint64_t index, struct hash *out)
{
    (void)t;
    const struct hash *levels = ctx;
    assert_true(level < 63 && index < LEDGER_SIZE_MAX >> level);
    *out = levels[level];
    return ERR_OK;
}

static void the_largest_log_has_proofs_that_hold(void **state)
{
    struct turn *t = *state;
    struct hash levels[64] = {leaf_data(0)};
    for (int i = 1; i < 64; i++) ledger_node_hash(&levels[i - 1], &levels[i - 1], &levels[i]);
    struct ledger_source s = {alike, levels};
    const uint64_t size = LEDGER_SIZE_MAX, half = UINT64_C(1) << 62;
    const uint64_t some[] = {1, 2, 3, half - 1, half, half + 1, size - 2, size - 1};
    struct hash root;
    size_t longest = 0;
    assert_int_equal(ledger_root_at(t, &s, size, &root), ERR_OK);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        struct ledger_proof in, con;
        struct hash old;
        assert_int_equal(ledger_inclusion(t, &s, some[i], size, &in), ERR_OK);
        assert_true(ledger_inclusion_holds(&in, some[i], size, &levels[0], &root));
        assert_int_equal(ledger_root_at(t, &s, some[i], &old), ERR_OK);
        assert_int_equal(ledger_consistency(t, &s, some[i], size, &con), ERR_OK);
        assert_true(ledger_consistency_holds(&con, some[i], &old, size, &root));
        if (con.n > longest) longest = con.n;
    }
    assert_int_equal(longest, LEDGER_PROOF_MAX);
}

static void what_lies_beyond_the_log_is_refused(void **state)
{
    struct turn *t = *state;
    struct log *l = log_new(t->arena, 10);
    struct ledger_source s = log_source(l);
    struct ledger_proof p = {.n = 7};
    struct hash root = leaf_data(3), same = root;
    static const uint64_t rows[][2] = {{0, 0},           {10, 10},        {11, 10},
                                       {UINT64_MAX, 10}, {0, UINT64_MAX}, {1, LEDGER_SIZE_MAX + 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        err e = ledger_inclusion(t, &s, rows[i][0], rows[i][1], &p);
        assert_refused(t, e, ERR_REJECTED, "ledger-range", "RFC 6962 2.1.1", NULL);
    }
    for (size_t i = 2; i < sizeof rows / sizeof *rows; i++) {
        err e = ledger_consistency(t, &s, rows[i][0], rows[i][1], &p);
        assert_refused(t, e, ERR_REJECTED, "ledger-range", "RFC 6962 2.1.2", NULL);
    }
    err e = ledger_root_at(t, &s, LEDGER_SIZE_MAX + 1, &root);
    assert_refused(t, e, ERR_REJECTED, "ledger-range", "RFC 6962 2.1", NULL);
    assert_int_equal(l->asked, 0);
    assert_int_equal(p.n, 7);
    assert_true(hash_eq(&root, &same));
}

static void a_missing_leaf_is_named_and_gives_no_root(void **state)
{
    struct turn *t = *state;
    struct log *l = log_new(t->arena, 13);
    struct ledger_source s = log_source(l);
    struct ledger_proof p = {.n = 7};
    struct hash root = leaf_data(3), same = root;
    l->leaves_only = true;
    for (l->missing = 0; l->missing < 13; l->missing++) {
        err e = ledger_root_at(t, &s, 13, &root);
        assert_non_null(
            strstr(t->fault.sentence, str_printf(t->arena, "leaf %d of", (int)l->missing).p));
        assert_refused(t, e, ERR_INTEGRITY, "leaf-missing", NULL, NULL);
        e = ledger_inclusion(t, &s, l->missing == 12 ? 0 : 12, 13, &p);
        assert_refused(t, e, ERR_INTEGRITY, "leaf-missing", NULL, NULL);
        e = ledger_consistency(t, &s, 7, 13, &p);
        assert_refused(t, e, ERR_INTEGRITY, "leaf-missing", NULL, NULL);
    }
    assert_int_equal(p.n, 7);
    assert_true(hash_eq(&root, &same));
}

static void a_source_that_fails_is_passed_up_as_it_is(void **state)
{
    struct turn *t = *state;
    struct log *l = log_new(t->arena, 13);
    struct ledger_source s = log_source(l);
    struct ledger_proof p = {.n = 7};
    struct hash root;
    l->broken = ERR_INTERNAL;
    assert_refused(t, ledger_root_at(t, &s, 13, &root), ERR_INTERNAL, "broken", NULL, NULL);
    assert_refused(t, ledger_inclusion(t, &s, 5, 13, &p), ERR_INTERNAL, "broken", NULL, NULL);
    assert_refused(t, ledger_consistency(t, &s, 5, 13, &p), ERR_INTERNAL, "broken", NULL, NULL);
    assert_int_equal(p.n, 7);
}

int proof_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(every_inclusion_proof_is_the_one_of_the_definition),
        with_turn(every_consistency_proof_is_the_one_of_the_definition),
        with_turn(leaves_alone_give_the_same_proofs_and_roots),
        with_turn(every_earlier_root_can_be_made_again),
        with_turn(the_largest_log_has_proofs_that_hold),
        with_turn(what_lies_beyond_the_log_is_refused),
        with_turn(a_missing_leaf_is_named_and_gives_no_root),
        with_turn(a_source_that_fails_is_passed_up_as_it_is),
    };
    return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
