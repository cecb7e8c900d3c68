/* SPDX-License-Identifier: Apache-2.0 */
/* A leaf of a log, opened: written, read, and checked against its head. */

#include "proof_test.h"

#include <string.h>

static struct proof_leaf leaf_of(struct world *w)
{
    return kit_leaf(w->t, &w->norland, w->act, 3, 6);
}

static err check(struct world *w, const struct proof_leaf *l)
{
    struct ledger_checkpoint head;
    return proof_leaf_check(w->t, l, w->norland.profile.vkey, w->act, &head);
}

static void a_leaf_is_proven_in_a_log_of_any_size_at_any_place(void **state)
{
    struct world *w = *state;
    for (size_t size = 1; size < 20; size++)
        for (size_t index = 0; index < size; index++) {
            struct proof_leaf l = kit_leaf(w->t, &w->norland, w->act, (int64_t)index, size);
            struct ledger_checkpoint head;
            assert_int_equal(proof_leaf_check(w->t, &l, w->norland.profile.vkey, w->act, &head),
                             ERR_OK);
            assert_int_equal(head.size, size);
        }
}

static void what_is_written_is_read(void **state)
{
    struct world *w = *state;
    struct proof_leaf l = leaf_of(w), again;
    assert_int_equal(proof_leaf_read(w->t, proof_leaf_write(w->t->arena, &l), &again), ERR_OK);
    assert_true(str_eq(l.checkpoint, again.checkpoint) && l.index == again.index);
    assert_true(bytes_eq(l.salt, again.salt) && hash_eq(&l.rest, &again.rest));
    assert_int_equal(l.path.n, again.path.n);
    assert_memory_equal(l.path.path, again.path.path, l.path.n * sizeof l.path.path[0]);
    assert_int_equal(check(w, &again), ERR_OK);
}

static void any_bit_altered_in_path_rest_or_salt_is_refused(void **state)
{
    struct world *w = *state;
    for (size_t bit = 0; bit < 256; bit++) {
        uint8_t flip = (uint8_t)(1u << bit % 8);
        struct proof_leaf l = leaf_of(w);
        l.rest.b[bit / 8] ^= flip;
        assert_fault(w->t, check(w, &l), ERR_INTEGRITY, "inclusion");
        for (size_t k = 0; k < l.path.n; k++) {
            l = leaf_of(w);
            l.path.path[k].b[bit / 8] ^= flip;
            assert_fault(w->t, check(w, &l), ERR_INTEGRITY, "inclusion");
        }
        l = leaf_of(w);
        uint8_t *salt = (uint8_t *)(uintptr_t)bytes_dup(w->t->arena, l.salt).p;
        salt[bit / 8] ^= flip;
        l.salt.p = salt;
        assert_fault(w->t, check(w, &l), ERR_INTEGRITY, "inclusion");
    }
}

static void another_act_or_place_is_refused(void **state)
{
    struct world *w = *state;
    struct ledger_checkpoint head;
    struct proof_leaf l = leaf_of(w);
    err e = proof_leaf_check(w->t, &l, w->norland.profile.vkey, w->carriage, &head);
    assert_fault(w->t, e, ERR_INTEGRITY, "inclusion");
    static const int64_t places[] = {-1, 0, 2, 4, 5, 6, INT64_MAX};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        l = leaf_of(w);
        l.index = places[i];
        assert_fault(w->t, check(w, &l), ERR_INTEGRITY, "inclusion");
    }
}

static void a_path_with_a_step_more_or_less_is_refused(void **state)
{
    struct world *w = *state;
    struct proof_leaf l = leaf_of(w);
    l.path.n--;
    assert_fault(w->t, check(w, &l), ERR_INTEGRITY, "inclusion");
    l.path.n += 2;
    assert_fault(w->t, check(w, &l), ERR_INTEGRITY, "inclusion");
}

static void the_key_of_another_log_does_not_do(void **state)
{
    struct world *w = *state;
    struct ledger_checkpoint head;
    struct proof_leaf l = leaf_of(w);
    err e = proof_leaf_check(w->t, &l, w->meridia.profile.vkey, w->act, &head);
    assert_int_equal(e, ERR_INTEGRITY);
    turn_forgive(w->t);
    struct ledger_vkey other = w->norland.log_key;
    other.key[5] ^= 4;
    e = proof_leaf_check(w->t, &l, ledger_vkey_text(w->t->arena, &other), w->act, &head);
    assert_int_equal(e, ERR_INTEGRITY);
    turn_forgive(w->t);
    e = proof_leaf_check(w->t, &l, STR("no key"), w->act, &head);
    assert_int_equal(e, ERR_REJECTED);
}

/* The key's holder signs a head under the name of another log. */
static void a_head_of_another_origin_is_refused(void **state)
{
    struct world *w = *state;
    struct ledger_checkpoint head = {.origin = STR("comity.XX/zzz"), .size = 6}, out;
    struct proof_leaf l = leaf_of(w);
    struct str text = ledger_checkpoint_text(w->t->arena, &head);
    uint8_t signature[64];
    seal_ed25519_sign(w->norland.log_seed, str_bytes(text), signature);
    l.checkpoint = ledger_note_write(w->t->arena, text, &w->norland.log_key, signature);
    err e = proof_leaf_check(w->t, &l, w->norland.profile.vkey, w->act, &out);
    assert_fault(w->t, e, ERR_INTEGRITY, "origin");
}

/* What is signed is no checkpoint. */
static void a_note_that_is_no_head_is_refused(void **state)
{
    struct world *w = *state;
    struct ledger_checkpoint out;
    struct proof_leaf l = leaf_of(w);
    struct str name = w->norland.log_key.name;
    struct str text = str_printf(w->t->arena, STR_FMT "\nmany\n", STR_ARG(name));
    uint8_t signature[64];
    seal_ed25519_sign(w->norland.log_seed, str_bytes(text), signature);
    l.checkpoint = ledger_note_write(w->t->arena, text, &w->norland.log_key, signature);
    err e = proof_leaf_check(w->t, &l, w->norland.profile.vkey, w->act, &out);
    assert_fault(w->t, e, ERR_REJECTED, "checkpoint");
}

static err read_bent(struct world *w, const char *key, const struct tree *value)
{
    struct proof_leaf l = leaf_of(w), out;
    struct tree *map = tree_map(w->t->arena);
    for (const struct tree *m = proof_leaf_write(w->t->arena, &l)->child; m; m = m->next)
        if (value || !str_is(m->key, key)) tree_set(w->t->arena, map, m->key, m);
    if (value) tree_set(w->t->arena, map, str_of(key), value);
    return proof_leaf_read(w->t, map, &out);
}

static void a_leaf_that_is_malformed_is_refused(void **state)
{
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct tree *v = tree_map(a);
    static const char *const keys[] = {"checkpoint", "index", "path", "rest", "salt"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_fault(w->t, read_bent(w, keys[i], NULL), ERR_REJECTED, "form");
        assert_fault(w->t, read_bent(w, keys[i], v), ERR_REJECTED, "form");
    }
    static const char *const salts[] = {"", "0", "0G", "AB", "zz"};
    for (size_t i = 0; i < sizeof salts / sizeof *salts; i++)
        assert_fault(w->t, read_bent(w, "salt", tree_add_str(a, v, salts[i], str_of(salts[i]))),
                     ERR_REJECTED, "form");
    struct tree *rest = tree_add_str(a, v, "short", STR("00"));
    assert_fault(w->t, read_bent(w, "rest", rest), ERR_REJECTED, "form");
    struct tree *index = tree_add_int(a, v, "negative", -1);
    assert_fault(w->t, read_bent(w, "index", index), ERR_REJECTED, "form");
}

static void salts_and_paths_have_their_limits(void **state)
{
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct tree *v = tree_map(a), *path = tree_list(a);
    uint8_t *zeros = arena_take(a, PROOF_SALT_MAX + 1);
    struct str most = hex(a, (struct bytes){zeros, PROOF_SALT_MAX});
    struct str more = hex(a, (struct bytes){zeros, PROOF_SALT_MAX + 1});
    assert_int_equal(read_bent(w, "salt", tree_add_str(a, v, "most", most)), ERR_OK);
    assert_fault(w->t, read_bent(w, "salt", tree_add_str(a, v, "more", more)), ERR_REJECTED,
                 "form");
    struct str step = hex(a, (struct bytes){zeros, 32});
    for (int i = 0; i < LEDGER_PROOF_MAX; i++) tree_add_str(a, path, NULL, step);
    assert_int_equal(read_bent(w, "path", path), ERR_OK);
    tree_add_str(a, path, NULL, step);
    assert_fault(w->t, read_bent(w, "path", path), ERR_TOO_LARGE, "count");
}

int leaf_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(a_leaf_is_proven_in_a_log_of_any_size_at_any_place),
        with_world(what_is_written_is_read),
        with_world(any_bit_altered_in_path_rest_or_salt_is_refused),
        with_world(another_act_or_place_is_refused),
        with_world(a_path_with_a_step_more_or_less_is_refused),
        with_world(the_key_of_another_log_does_not_do),
        with_world(a_head_of_another_origin_is_refused),
        with_world(a_note_that_is_no_head_is_refused),
        with_world(a_leaf_that_is_malformed_is_refused),
        with_world(salts_and_paths_have_their_limits),
    };
    return cmocka_run_group_tests_name("leaf", tests, NULL, NULL);
}
