/* SPDX-License-Identifier: Apache-2.0 */
/* Of the two spellings of an ECDSA signature, the one with the lower s.
 *
 * When (r, s) holds, so does (r, n - s), and anybody can write the one for the other (SEC 1 4.1.4
 * takes both). A parcel is known by the digest of its bytes, so only one may count: s at most half
 * the order n of P-256. We write that one and take no other. */

#include "seal/inner.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>

/* The order of P-256 (SP 800-186 3.2.1.3), and half of it, rounded down. */
#define ORDER "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"
#define HALF "7FFFFFFF800000007FFFFFFFFFFFFFFFDE737D56D38BCF4279DCE5617E3192A8"

static void sig_free(ECDSA_SIG **s) { ECDSA_SIG_free(*s); }
static void number_free(BIGNUM **n) { BN_free(*n); }
#define auto_sig __attribute__((cleanup(sig_free))) ECDSA_SIG *
#define auto_number __attribute__((cleanup(number_free))) BIGNUM *

static ECDSA_SIG *sig_read(struct bytes signature)
{
    const unsigned char *p = signature.p;
    return signature.n <= P256_SIGNATURE_MAX ? d2i_ECDSA_SIG(NULL, &p, (long)signature.n) : NULL;
}

static BIGNUM *number(const char *hex)
{
    BIGNUM *n = NULL;
    return BN_hex2bn(&n, hex) ? n : NULL;
}

bool seal_p256_is_low(struct bytes signature)
{
    auto_sig sig = sig_read(signature);
    auto_number half = number(HALF);
    bool low = sig && half && BN_cmp(ECDSA_SIG_get0_s(sig), half) <= 0;
    ERR_clear_error();
    return low;
}

err seal_p256_lower(struct turn *t, struct bytes signature, struct bytes *low_out)
{
    if (seal_p256_is_low(signature)) {
        *low_out = signature;
        return ERR_OK;
    }
    auto_sig sig = sig_read(signature);
    auto_number order = number(ORDER);
    BIGNUM *r = sig ? BN_dup(ECDSA_SIG_get0_r(sig)) : NULL, *s = BN_new();
    bool done = order && r && s && BN_sub(s, order, ECDSA_SIG_get0_s(sig)) == 1 &&
                ECDSA_SIG_set0(sig, r, s) == 1;
    if (!done) {
        BN_free(r);
        BN_free(s);
        return seal_crypto_fault(t, "A signature could not be written");
    }
    uint8_t *der = arena_take(t->arena, P256_SIGNATURE_MAX), *p = der;
    int n = i2d_ECDSA_SIG(sig, &p);
    if (n <= 0) return seal_crypto_fault(t, "A signature could not be written");
    *low_out = (struct bytes){der, (size_t)n};
    return ERR_OK;
}
