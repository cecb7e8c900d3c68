/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/lock.c: published values, and that nothing altered is opened. */

#include "seal_test.h"

#include <string.h>

static const uint8_t key[SEAL_KEY_SIZE] = {1, 2, 3};
static const uint8_t other_key[SEAL_KEY_SIZE] = {1, 2, 4};

/* Test cases 13 and 14 of the specification of GCM. */
static void the_published_values_hold(void **state)
{
    (void)state;
    static const uint8_t zero[SEAL_KEY_SIZE] = {0};
    uint8_t out[16], tag[GCM_TAG];
    seal_gcm_lock(zero, zero, (struct bytes){NULL, 0}, (struct bytes){NULL, 0}, out, tag);
    assert_hex((struct bytes){tag, 16}, "530f8afbc74536b9a963b4f1c4cb738b");
    seal_gcm_lock(zero, zero, (struct bytes){NULL, 0}, (struct bytes){zero, 16}, out, tag);
    assert_hex((struct bytes){out, 16}, "cea7403d4d606b6e074ec5d3baf39d18");
    assert_hex((struct bytes){tag, 16}, "d0d1c8a799996bf0265b98b5d48ab919");
}

static void what_is_locked_is_opened_at_any_length(void **state)
{
    struct turn *t = *state;
    uint8_t plain[70];
    for (size_t i = 0; i < sizeof plain; i++) plain[i] = (uint8_t)i;
    for (size_t n = 0; n <= sizeof plain; n++) {
        struct bytes out,
            locked = seal_lock(t, key, str_bytes(STR("row 1")), (struct bytes){plain, n});
        assert_int_equal(locked.n, n + SEAL_LOCK_OVERHEAD);
        assert_ok(t, seal_unlock(t, key, str_bytes(STR("row 1")), locked, &out));
        assert_bytes(out, (struct bytes){plain, n});
    }
}

static void the_same_value_is_locked_under_another_nonce_each_time(void **state)
{
    struct turn *t = *state;
    struct bytes plain = str_bytes(STR("value")), none = {NULL, 0};
    assert_false(bytes_eq(seal_lock(t, key, none, plain), seal_lock(t, key, none, plain)));
}

static void every_bit_that_is_altered_is_noticed(void **state)
{
    struct turn *t = *state;
    struct bytes bound = str_bytes(STR("bound")), out = {key, 3};
    struct bytes locked = seal_lock(t, key, bound, str_bytes(STR("a particular")));
    uint8_t *p = (uint8_t *)bytes_dup(t->arena, locked).p;
    for (size_t bit = 0; bit < 8 * locked.n; bit++) {
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_fault(t, seal_unlock(t, key, bound, (struct bytes){p, locked.n}, &out),
                     ERR_INTEGRITY, "locked", "NIST SP 800-38D 7.2");
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_ptr_equal(out.p, key);
}

static void another_key_name_or_length_does_not_open(void **state)
{
    struct turn *t = *state;
    struct bytes bound = str_bytes(STR("bound")), out;
    struct bytes locked = seal_lock(t, key, bound, str_bytes(STR("plain")));
    assert_fault(t, seal_unlock(t, other_key, bound, locked, &out), ERR_INTEGRITY, "locked", NULL);
    assert_fault(t, seal_unlock(t, key, (struct bytes){NULL, 0}, locked, &out), ERR_INTEGRITY,
                 "locked", NULL);
    assert_fault(t, seal_unlock(t, key, str_bytes(STR("bounD")), locked, &out), ERR_INTEGRITY,
                 "locked", NULL);
    for (size_t n = 0; n < locked.n; n++)
        assert_fault(
            t, seal_unlock(t, key, bound, bytes_dup(t->arena, (struct bytes){locked.p, n}), &out),
            ERR_INTEGRITY, "locked", NULL);
}

static void what_does_not_fit_its_tag_is_wiped(void **state)
{
    (void)state;
    uint8_t locked[32], tag[GCM_TAG], out[32], zero[32] = {0};
    memset(out, 0x55, sizeof out);
    seal_gcm_lock(key, key, (struct bytes){NULL, 0}, (struct bytes){out, 32}, locked, tag);
    tag[0] ^= 1;
    assert_false(
        seal_gcm_unlock(key, key, (struct bytes){NULL, 0}, (struct bytes){locked, 32}, tag, out));
    assert_memory_equal(out, zero, 32);
}

int lock_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_values_hold),
        with_turn(what_is_locked_is_opened_at_any_length),
        with_turn(the_same_value_is_locked_under_another_nonce_each_time),
        with_turn(every_bit_that_is_altered_is_noticed),
        with_turn(another_key_name_or_length_does_not_open),
        cmocka_unit_test(what_does_not_fit_its_tag_is_wiped),
    };
    return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}
