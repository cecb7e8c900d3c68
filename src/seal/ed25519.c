/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 (RFC 8032), raw: the key of the log, as the formats of C2SP want it.
 *
 * Not for acts: a court's tools expect P-256 there. The seed is 32 bytes that the caller keeps. */

#include "seal/inner.h"

#include <openssl/err.h>

#include <assert.h>

static inline void md_free(EVP_MD_CTX **p) { EVP_MD_CTX_free(*p); }
#define auto_md __attribute__((cleanup(md_free))) EVP_MD_CTX *

/* libcrypto reads through a pointer even when there is nothing to read. */
static const uint8_t *at(struct bytes b) { return b.n ? b.p : (const uint8_t *)""; }

void seal_ed25519_public(const uint8_t seed[32], uint8_t public_out[32])
{
    auto_pkey k = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    size_t n = 32;
    bool done = k && EVP_PKEY_get_raw_public_key(k, public_out, &n) == 1 && n == 32;
    assert(done);
}

void seal_ed25519_sign(const uint8_t seed[32], struct bytes message, uint8_t signature_out[64])
{
    auto_pkey k = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    auto_md c = EVP_MD_CTX_new();
    size_t n = 64;
    bool done = k && c && EVP_DigestSignInit(c, NULL, NULL, NULL, k) == 1 &&
                EVP_DigestSign(c, signature_out, &n, at(message), message.n) == 1 && n == 64;
    assert(done);
}

bool seal_ed25519_holds(const uint8_t key[32], struct bytes message, const uint8_t signature[64])
{
    auto_pkey k = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
    auto_md c = EVP_MD_CTX_new();
    bool holds = k && c && EVP_DigestVerifyInit(c, NULL, NULL, NULL, k) == 1 &&
                 EVP_DigestVerify(c, signature, 64, at(message), message.n) == 1;
    ERR_clear_error();
    return holds;
}
