/* SPDX-License-Identifier: Apache-2.0 */
/* A signature has one spelling: the other one, which anybody can write, is not taken. */

#include "seal_test.h"

#include "seal/inner.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

enum { ROUNDS = 64 };

/* The other spelling: (r, n - s), by libcrypto's own curve. */
static struct bytes other_spelling(struct turn *t, struct bytes signature)
{
    const unsigned char *p = signature.p;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)signature.n);
    EC_GROUP *curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    assert_non_null(sig);
    assert_non_null(curve);
    BIGNUM *r = BN_dup(ECDSA_SIG_get0_r(sig)), *s = BN_new();
    assert_int_equal(BN_sub(s, EC_GROUP_get0_order(curve), ECDSA_SIG_get0_s(sig)), 1);
    assert_int_equal(ECDSA_SIG_set0(sig, r, s), 1);
    uint8_t *der = arena_take(t->arena, P256_SIGNATURE_MAX), *at = der;
    int n = i2d_ECDSA_SIG(sig, &at);
    ECDSA_SIG_free(sig);
    EC_GROUP_free(curve);
    return (struct bytes){der, (size_t)n};
}

static void what_we_sign_is_low_and_its_other_spelling_is_refused(void **state)
{
    struct turn *t = *state;
    struct holder h = root_of(t, "XN", false);
    for (int k = 0; k < ROUNDS; k++) {
        struct hash digest = seal_sha256_of((struct bytes){(uint8_t *)&k, sizeof k});
        struct bytes signature, back;
        assert_ok(t, seal_key_sign(t, h.key, &digest, &signature));
        struct bytes other = other_spelling(t, signature), point = {h.key->point, P256_POINT};
        assert_true(seal_p256_is_low(signature));
        assert_false(seal_p256_is_low(other));
        assert_true(seal_p256_holds(point, &digest, signature));
        assert_false(seal_p256_holds(point, &digest, other));
        assert_ok(t, seal_p256_lower(t, other, &back));
        assert_true(bytes_eq(back, signature));
    }
}

static void what_is_no_signature_is_not_low(void **state)
{
    (void)state;
    assert_false(seal_p256_is_low((struct bytes){0}));
    assert_false(seal_p256_is_low(BYTES("\x30\x03\x02\x01\x01")));
    assert_false(seal_p256_is_low(BYTES("text")));
}

int low_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(what_we_sign_is_low_and_its_other_spelling_is_refused),
        cmocka_unit_test(what_is_no_signature_is_not_low),
    };
    return cmocka_run_group_tests_name("low", tests, NULL, NULL);
}
