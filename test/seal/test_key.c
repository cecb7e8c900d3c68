/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/key.c: keys from chance, keys from text, signing, checking, agreeing. */

#include "seal_test.h"
#include "kit/fixed_keys.h"

#include <string.h>

static struct bytes point_of(const struct seal_key *k)
{
    return (struct bytes){k->point, P256_POINT};
}

static void the_same_chance_makes_the_same_key(void **state)
{
    struct turn *t = *state;
    struct seal_key *a, *b, *c;
    struct bytes one, two;
    reseed(t, 7);
    assert_ok(t, seal_key_make(t, &a));
    assert_ok(t, seal_key_make(t, &c));
    reseed(t, 7);
    assert_ok(t, seal_key_make(t, &b));
    assert_ok(t, seal_key_write(t, a, &one));
    assert_ok(t, seal_key_write(t, b, &two));
    assert_bytes(one, two);
    assert_false(bytes_eq(point_of(a), point_of(c)));
    seal_key_free(a);
    seal_key_free(b);
    seal_key_free(c);
    seal_key_free(NULL);
}

static void a_key_that_was_written_is_read_again(void **state)
{
    struct turn *t = *state;
    struct seal_key *a, *b;
    struct bytes pem, again;
    assert_ok(t, seal_key_make(t, &a));
    assert_ok(t, seal_key_write(t, a, &pem));
    assert_true(str_starts(bytes_str(pem), "-----BEGIN PRIVATE KEY-----\n"));
    assert_ok(t, seal_key_read(t, pem, &b));
    assert_ok(t, seal_key_write(t, b, &again));
    assert_bytes(pem, again);
    assert_bytes(point_of(a), point_of(b));
    seal_key_free(a);
    seal_key_free(b);
}

static void keys_from_any_chance_sign_and_are_on_the_curve(void **state)
{
    struct turn *t = *state;
    struct hash h = {{1}};
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct seal_key *k;
        struct bytes signature;
        reseed(t, seed);
        assert_ok(t, seal_key_make(t, &k));
        assert_ok(t, seal_key_sign(t, k, &h, &signature));
        assert_true(seal_p256_holds(point_of(k), &h, signature));
        seal_key_free(k);
    }
}

static void texts_that_are_no_key_are_refused(void **state)
{
    struct turn *t = *state;
    struct seal_key *k = NULL;
    static const char *const bad[] = {
        "", "key", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", fixed_seal_pem};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fault(t, seal_key_read(t, str_bytes(str_of(bad[i])), &k), ERR_REJECTED, "key",
                     "RFC 5958 2");
    uint8_t *large = arena_take(t->arena, 8193);
    memset(large, 'A', 8193);
    assert_fault(t, seal_key_read(t, (struct bytes){large, 8193}, &k), ERR_REJECTED, "key", NULL);
    assert_null(k);
}

static void keys_of_another_kind_or_locked_by_a_password_are_refused(void **state)
{
    struct turn *t = *state;
    static const char *const makes[] = {
        "genpkey -algorithm ed25519 -out k",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out k",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out k",
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
         "-pkeyopt ec_param_enc:explicit -out k"),
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:word -out k",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out k",
    };
    const char *folder = folder_of(t);
    struct seal_key *k;
    for (size_t i = 0; i < sizeof makes / sizeof *makes; i++) {
        assert_true(openssl(t, folder, makes[i]));
        assert_fault(t, seal_key_read(t, get_file(t, folder, "k"), &k), ERR_REJECTED, "key", NULL);
    }
    assert_true(
        openssl(t, folder, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k"));
    assert_ok(t, seal_key_read(t, get_file(t, folder, "k"), &k));
    seal_key_free(k);
}

static void a_signature_holds_for_its_key_and_digest_alone(void **state)
{
    struct turn *t = *state;
    struct holder a = root_of(t, "XN", false), b = root_of(t, "XM", false);
    struct hash h = {{1, 2, 3}}, other = {{1, 2, 4}};
    struct bytes signature;
    assert_ok(t, seal_key_sign(t, a.key, &h, &signature));
    assert_true(signature.n <= P256_SIGNATURE_MAX);
    assert_true(seal_p256_holds(point_of(a.key), &h, signature));
    assert_false(seal_p256_holds(point_of(b.key), &h, signature));
    assert_false(seal_p256_holds(point_of(a.key), &other, signature));
    assert_false(seal_p256_holds(point_of(a.key), &h, (struct bytes){NULL, 0}));
    assert_false(
        seal_p256_holds(point_of(a.key), &h, (struct bytes){signature.p, signature.n - 1}));
    uint8_t *p = (uint8_t *)bytes_dup(t->arena, signature).p;
    for (size_t bit = 0; bit < 8 * signature.n; bit++) {
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(seal_p256_holds(point_of(a.key), &h, (struct bytes){p, signature.n}));
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void points_that_are_not_on_the_curve_are_refused(void **state)
{
    struct turn *t = *state;
    struct holder a = root_of(t, "XN", false);
    struct hash h = {{1}};
    uint8_t shared[P256_SHARED], p[P256_POINT];
    struct bytes signature;
    assert_ok(t, seal_key_sign(t, a.key, &h, &signature));
    for (size_t bit = 0; bit < 8 * P256_POINT; bit++) {
        memcpy(p, a.key->point, P256_POINT);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct bytes off = {p, P256_POINT};
        assert_false(seal_p256_holds(off, &h, signature));
        assert_fault(t, seal_p256_agree(t, a.key->pkey, off, shared), ERR_INTEGRITY, "point",
                     "RFC 5480 2.2");
    }
    /* Infinity, a compressed point, and nothing at all. */
    p[0] = 0;
    assert_fault(t, seal_p256_agree(t, a.key->pkey, (struct bytes){p, 1}, shared), ERR_INTEGRITY,
                 "point", NULL);
    memcpy(p, a.key->point, P256_POINT);
    p[0] = (uint8_t)(2 + (p[64] & 1));
    assert_fault(t, seal_p256_agree(t, a.key->pkey, (struct bytes){p, 33}, shared), ERR_INTEGRITY,
                 "point", NULL);
    assert_false(seal_p256_holds((struct bytes){p, 33}, &h, signature));
    assert_false(seal_p256_holds((struct bytes){NULL, 0}, &h, signature));
}

static void two_keys_agree_on_the_same_secret(void **state)
{
    struct turn *t = *state;
    struct holder a = root_of(t, "XN", false), b = root_of(t, "XM", false);
    uint8_t one[P256_SHARED], two[P256_SHARED];
    assert_ok(t, seal_p256_agree(t, a.key->pkey, point_of(b.key), one));
    assert_ok(t, seal_p256_agree(t, b.key->pkey, point_of(a.key), two));
    assert_memory_equal(one, two, P256_SHARED);
    assert_ok(t, seal_p256_agree(t, a.key->pkey, point_of(a.key), two));
    assert_memory_not_equal(one, two, P256_SHARED);
}

int key_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(the_same_chance_makes_the_same_key),
        with_turn(a_key_that_was_written_is_read_again),
        with_turn(keys_from_any_chance_sign_and_are_on_the_curve),
        with_turn(texts_that_are_no_key_are_refused),
        with_turn(keys_of_another_kind_or_locked_by_a_password_are_refused),
        with_turn(a_signature_holds_for_its_key_and_digest_alone),
        with_turn(points_that_are_not_on_the_curve_are_refused),
        with_turn(two_keys_agree_on_the_same_secret),
    };
    return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
