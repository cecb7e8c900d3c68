/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/segment.c: a known answer, and that no segment is altered, swapped or left off.
 */

#include "seal_test.h"

#include <string.h>

static const uint8_t key[SEAL_KEY_SIZE] = {1, 2, 3};
static const uint8_t other[SEAL_KEY_SIZE] = {1, 2, 4};
enum { SIZE = 2 * SEAL_SEGMENT_SIZE + 70 };

static struct bytes exhibit(struct arena *a)
{
    uint8_t *p = arena_take(a, SIZE);
    for (size_t k = 0; k < SIZE; k++) p[k] = (uint8_t)(k * 7 + k / 4099);
    return (struct bytes){p, SIZE};
}

static struct bytes piece(struct bytes all, uint64_t index)
{
    size_t at = (size_t)index * SEAL_SEGMENT_SIZE;
    size_t n = all.n - at < SEAL_SEGMENT_SIZE ? all.n - at : SEAL_SEGMENT_SIZE;
    return (struct bytes){all.p + at, n};
}

static void a_segment_is_aes_gcm_with_the_index_as_nonce(void **state)
{
    struct turn *t = *state;
    struct bytes made = seal_segment(t->arena, key, 258, true, str_bytes(STR("evidence")));
    static const uint8_t nonce[GCM_NONCE] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2};
    static const uint8_t bound[] = "comity segment 1\0\0\0\0\0\0\1\2\1";
    uint8_t out[8], tag[GCM_TAG];
    seal_gcm_lock(key, nonce, (struct bytes){bound, sizeof bound - 1}, str_bytes(STR("evidence")),
                  out, tag);
    assert_int_equal(made.n, 8 + SEAL_SEGMENT_TAG);
    assert_memory_equal(made.p, out, 8);
    assert_memory_equal(made.p + 8, tag, GCM_TAG);
    assert_hex(made, "19af5eeb314ad9692870ef128d388b13afe569d9db0f859a");
}

static void what_is_sealed_in_segments_is_opened_in_any_order(void **state)
{
    struct turn *t = *state;
    struct bytes all = exhibit(t->arena), plain;
    assert_int_equal(seal_segments_of(SIZE), 3);
    assert_int_equal(seal_segments_of(0), 0);
    assert_int_equal(seal_segments_of(SEAL_SEGMENT_SIZE), 1);
    for (uint64_t k = 3; k-- > 0;) {
        struct bytes sealed = seal_segment(t->arena, key, k, k == 2, piece(all, k));
        assert_ok(t, seal_segment_open(t, key, SIZE, k, sealed, &plain));
        assert_bytes(plain, piece(all, k));
    }
}

static void every_bit_of_a_segment_that_is_altered_is_noticed(void **state)
{
    struct turn *t = *state;
    struct bytes all = {exhibit(t->arena).p, 70}, plain = {key, 3};
    struct bytes sealed = seal_segment(t->arena, key, 0, true, all);
    uint8_t *p = (uint8_t *)(uintptr_t)sealed.p;
    for (size_t bit = 0; bit < 8 * sealed.n; bit++) {
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_fault(t, seal_segment_open(t, key, all.n, 0, sealed, &plain), ERR_REJECTED,
                     "segment", "comity wire 1: segments");
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_ptr_equal(plain.p, key);
}

static void a_segment_of_another_place_key_or_length_does_not_open(void **state)
{
    struct turn *t = *state;
    struct bytes all = exhibit(t->arena), plain;
    struct bytes first = seal_segment(t->arena, key, 0, false, piece(all, 0));
    assert_fault(t, seal_segment_open(t, key, SIZE, 1, first, &plain), ERR_REJECTED, "segment",
                 "comity wire 1: segments");
    assert_fault(t, seal_segment_open(t, other, SIZE, 0, first, &plain), ERR_REJECTED, "segment",
                 "comity wire 1: segments");
    /* What was cut off at a whole segment: the one before was not the last. */
    assert_fault(t, seal_segment_open(t, key, SEAL_SEGMENT_SIZE, 0, first, &plain), ERR_REJECTED,
                 "segment", "comity wire 1: segments");
    struct bytes last = seal_segment(t->arena, key, 2, true, piece(all, 2));
    for (size_t n = 0; n < last.n; n++)
        assert_fault(t, seal_segment_open(t, key, SIZE, 2, (struct bytes){last.p, n}, &plain),
                     ERR_REJECTED, "segment-size", "comity wire 1: segments");
    assert_fault(t, seal_segment_open(t, key, SIZE - 1, 2, last, &plain), ERR_REJECTED,
                 "segment-size", "comity wire 1: segments");
}

static void a_digest_that_is_taken_up_again_is_that_of_the_whole(void **state)
{
    struct turn *t = *state;
    struct bytes all = exhibit(t->arena);
    struct hash is = seal_sha256_of(all), said;
    struct seal_sum sum, kept;
    seal_sum_begin(&sum);
    for (uint64_t k = 0; k < 2; k++) {
        kept = sum; /* plain numbers: nothing else is carried over */
        seal_sum_add(&kept, piece(all, k));
        sum = kept;
    }
    assert_int_equal(sum.n, 2 * SEAL_SEGMENT_SIZE);
    said = seal_sum_end(&sum, piece(all, 2));
    assert_true(hash_eq(&is, &said));
}

/* More bytes than 32 bits count in bits: the length is the last thing that is hashed. */
static void a_digest_counts_beyond_half_a_gibibyte(void **state)
{
    (void)state;
    struct seal_sum a = {.n = (uint64_t)1 << 29}, b = {.n = (uint64_t)1 << 30};
    struct bytes none = {0};
    struct hash x = seal_sum_end(&a, none), y = seal_sum_end(&b, none);
    assert_false(hash_eq(&x, &y));
}

int segment_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_segment_is_aes_gcm_with_the_index_as_nonce),
        with_turn(what_is_sealed_in_segments_is_opened_in_any_order),
        with_turn(every_bit_of_a_segment_that_is_altered_is_noticed),
        with_turn(a_segment_of_another_place_key_or_length_does_not_open),
        with_turn(a_digest_that_is_taken_up_again_is_that_of_the_whole),
        cmocka_unit_test(a_digest_counts_beyond_half_a_gibibyte),
    };
    return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
