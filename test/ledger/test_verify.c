/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/verify.c: good proofs hold; every altered one is refused.
 *
 * Proofs come from the second implementation, so that a mistake shared by maker and checker shows.
 * An inclusion proof alone does not fix the size of the log (a leaf on the left climbs the same way
 * in several), so wrong sizes are tried with the root that belongs to them, as a checkpoint does.
 */

#include "ledger_test.h"

struct facts {
    bool consistency;
    uint64_t index, size; /* for consistency `index` is the old size */
    struct hash what;     /* leaf, or old root */
    struct hash root;
};

static bool holds(const struct facts *f, const struct ledger_proof *p)
{
    if (f->consistency) return ledger_consistency_holds(p, f->index, &f->what, f->size, &f->root);
    return ledger_inclusion_holds(p, f->index, f->size, &f->what, &f->root);
}

static struct facts facts_of(struct naive *d, bool consistency, uint64_t index, uint64_t size,
                             struct ledger_proof *p)
{
    struct facts f = {consistency, index, size, {{0}}, naive_hash(d, 0, size)};
    p->n = 0;
    if (consistency) {
        f.what = naive_hash(d, 0, index);
        if (index) naive_subproof(d, index, 0, size, true, p);
    } else {
        f.what = d->leaf[index];
        naive_path(d, index, 0, size, p);
    }
    return f;
}

/* Asserts that `p` stops holding when bit `bit` of the hash at `h`, part of `p` or `f`, turns. */
static void assert_bit_counts(const struct facts *f, const struct ledger_proof *p, struct hash *h,
                              unsigned bit)
{
    h->b[bit / 8] ^= (uint8_t)(1 << bit % 8);
    assert_false(holds(f, p));
    h->b[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

static void every_proof_holds_and_one_bit_anywhere_spoils_it(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct ledger_proof p = {.n = 0};
    for (uint64_t size = 1; size <= LOG_MAX; size++) {
        for (uint64_t i = 0; i < 2 * size; i++) {
            struct facts f = facts_of(d, i % 2, i / 2, size, &p);
            assert_true(holds(&f, &p));
            /* A different bit each time; all bits of all hashes are turned in the small logs. */
            unsigned bit = (unsigned)(size * 31 + i * 7) % 256;
            if (f.index || !f.consistency) assert_bit_counts(&f, &p, &f.root, bit);
            assert_bit_counts(&f, &p, &f.what, bit);
            if (p.n) assert_bit_counts(&f, &p, &p.path[i % p.n], bit);
        }
    }
}

static void each_bit_of_each_hash_counts(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct ledger_proof p = {.n = 0};
    for (uint64_t size = 1; size <= 13; size++) {
        for (uint64_t i = 0; i < 2 * size; i++) {
            struct facts f = facts_of(d, i % 2, i / 2, size, &p);
            for (unsigned bit = 0; bit < 256; bit++) {
                if (f.index || !f.consistency) assert_bit_counts(&f, &p, &f.root, bit);
                assert_bit_counts(&f, &p, &f.what, bit);
                for (size_t h = 0; h < p.n; h++) assert_bit_counts(&f, &p, &p.path[h], bit);
            }
        }
    }
}

static void a_wrong_index_or_size_is_refused(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct ledger_proof p = {.n = 0};
    for (uint64_t size = 1; size <= 33; size++) {
        for (uint64_t i = 0; i < 2 * size; i++) {
            struct facts f = facts_of(d, i % 2, i / 2, size, &p), wrong = f;
            if (f.consistency && f.index == 0) continue;
            for (wrong.index = 0; wrong.index <= 40; wrong.index++)
                if (wrong.index != f.index) assert_false(holds(&wrong, &p));
            wrong.index = f.index;
            for (wrong.size = 0; wrong.size <= 40; wrong.size++) {
                wrong.root = naive_hash(d, 0, wrong.size);
                if (wrong.size != f.size) assert_false(holds(&wrong, &p));
            }
        }
    }
}

static void an_old_size_that_is_wrong_is_refused_even_with_its_own_root(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct ledger_proof p = {.n = 0};
    for (uint64_t size = 1; size <= 40; size++) {
        for (uint64_t old = 1; old <= size; old++) {
            struct facts f = facts_of(d, true, old, size, &p);
            for (f.index = 1; f.index <= 41; f.index++) {
                f.what = naive_hash(d, 0, f.index);
                if (f.index != old) assert_false(holds(&f, &p));
            }
        }
    }
}

static void a_path_that_is_longer_or_shorter_is_refused(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct ledger_proof p = {.n = 0};
    for (uint64_t size = 1; size <= 64; size++) {
        for (uint64_t i = 0; i < 2 * size; i++) {
            struct facts f = facts_of(d, i % 2, i / 2, size, &p);
            struct ledger_proof longer = p, shorter = p;
            longer.path[longer.n++] = p.n ? p.path[p.n - 1] : f.root;
            assert_false(holds(&f, &longer));
            for (size_t k = longer.n - 1; k > 0; k--) longer.path[k] = longer.path[k - 1];
            assert_false(holds(&f, &longer));
            while (shorter.n) {
                shorter.n--;
                assert_false(holds(&f, &shorter));
            }
        }
    }
}

static void a_path_beyond_the_limit_is_not_read(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct ledger_proof p = {.n = 0};
    static const size_t lengths[] = {LEDGER_PROOF_MAX, LEDGER_PROOF_MAX + 1, SIZE_MAX};
    for (int i = 0; i < 6; i++) {
        struct facts f = facts_of(d, i % 2, 3, 7, &p);
        p.n = lengths[i / 2];
        assert_false(holds(&f, &p));
        f.size = LEDGER_SIZE_MAX;
        assert_false(holds(&f, &p));
        f.size = UINT64_MAX;
        assert_false(holds(&f, &p));
    }
}

static void a_log_larger_than_any_is_not_believed(void **state)
{
    /* A log of 2^63 leaves that are all alike: one hash a level is the whole proof. */
    (void)state;
    struct ledger_proof p = {.n = 63}, one = {.n = 1};
    p.path[0] = leaf_data(0);
    for (size_t i = 1; i < 64; i++) ledger_node_hash(&p.path[i - 1], &p.path[i - 1], &p.path[i]);
    const uint64_t size = LEDGER_SIZE_MAX + 1;
    one.path[0] = p.path[62];
    assert_false(ledger_inclusion_holds(&p, 0, size, &p.path[0], &p.path[63]));
    assert_false(ledger_consistency_holds(&one, size / 2, &p.path[62], size, &p.path[63]));
    p.n = 62, one.path[0] = p.path[61];
    assert_true(ledger_inclusion_holds(&p, 0, size / 2, &p.path[0], &p.path[62]));
    assert_true(ledger_consistency_holds(&one, size / 4, &p.path[61], size / 2, &p.path[62]));
}

static void swapped_hashes_are_refused(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct ledger_proof p = {.n = 0};
    for (uint64_t i = 0; i < 2 * 100; i++) {
        struct facts f = facts_of(d, i % 2, i / 2, 100, &p);
        for (size_t k = 1; k < p.n; k++) {
            struct ledger_proof swapped = p;
            swapped.path[k] = p.path[k - 1];
            swapped.path[k - 1] = p.path[k];
            assert_false(holds(&f, &swapped));
        }
    }
}

static void a_log_that_was_rewritten_is_no_continuation(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena), *other = naive_new(t->arena);
    other->leaf[5] = leaf_data(999);
    struct ledger_proof p = {.n = 0};
    for (uint64_t size = 7; size <= 50; size++) {
        struct facts f = facts_of(other, true, 6, size, &p);
        assert_true(holds(&f, &p));
        f.what = naive_hash(d, 0, 6);
        assert_false(holds(&f, &p));
    }
}

static void the_empty_log_is_the_start_of_every_log_and_nothing_else_is(void **state)
{
    struct turn *t = *state;
    struct naive *d = naive_new(t->arena);
    struct ledger_proof none = {.n = 0}, some = {.n = 1};
    struct hash empty = naive_hash(d, 0, 0), root = naive_hash(d, 0, 9);
    assert_true(ledger_consistency_holds(&none, 0, &empty, 0, &empty));
    assert_true(ledger_consistency_holds(&none, 0, &empty, 9, &root));
    assert_false(ledger_consistency_holds(&none, 0, &root, 9, &root));
    assert_false(ledger_consistency_holds(&none, 0, &root, 0, &root));
    assert_false(ledger_consistency_holds(&some, 0, &empty, 9, &root));
    assert_false(ledger_consistency_holds(&some, 0, &empty, 0, &empty));
    assert_false(ledger_consistency_holds(&some, 9, &root, 9, &root));
    assert_true(ledger_consistency_holds(&none, 9, &root, 9, &root));
    assert_false(ledger_consistency_holds(&none, 9, &empty, 9, &root));
    assert_false(ledger_consistency_holds(&none, 10, &root, 9, &root));
    assert_false(ledger_inclusion_holds(&none, 0, 0, &empty, &empty));
}

int verify_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(every_proof_holds_and_one_bit_anywhere_spoils_it),
        with_turn(each_bit_of_each_hash_counts),
        with_turn(a_wrong_index_or_size_is_refused),
        with_turn(an_old_size_that_is_wrong_is_refused_even_with_its_own_root),
        with_turn(a_path_that_is_longer_or_shorter_is_refused),
        with_turn(a_path_beyond_the_limit_is_not_read),
        cmocka_unit_test(a_log_larger_than_any_is_not_believed),
        with_turn(swapped_hashes_are_refused),
        with_turn(a_log_that_was_rewritten_is_no_continuation),
        with_turn(the_empty_log_is_the_start_of_every_log_and_nothing_else_is),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
