/* SPDX-License-Identifier: Apache-2.0 */
/* Digests and what is derived from secrets: SHA-256, HMAC, HKDF, scrypt.
 *
 * The log hashes a great many short things and must not be able to fail at it. So SHA-256 is used
 * through the functions that keep their state on the stack: libcrypto calls them old, but its newer
 * ones allocate, look the algorithm up by name each time, and may answer "no". */

#define OPENSSL_SUPPRESS_DEPRECATED

#include "seal/inner.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <assert.h>
#include <string.h>

enum { BLOCK = 64, DIGEST = 32 };

static void add(SHA256_CTX *c, struct bytes b)
{
    if (b.n) SHA256_Update(c, b.p, b.n);
}

void seal_sha256(const struct bytes *parts, size_t n, struct hash *out)
{
    SHA256_CTX c;
    SHA256_Init(&c);
    for (size_t i = 0; i < n; i++) add(&c, parts[i]);
    SHA256_Final(out->b, &c);
    wipe(&c, sizeof c); /* it holds the digest, which may be a key */
}

struct hash seal_sha256_of(struct bytes b)
{
    struct hash h;
    seal_sha256(&b, 1, &h);
    return h;
}

void seal_hmac(struct bytes key, const struct bytes *parts, size_t n, struct hash *out)
{
    uint8_t inner[BLOCK] = {0}, outer[BLOCK];
    SHA256_CTX c;
    if (key.n > BLOCK) {
        SHA256_Init(&c);
        add(&c, key);
        SHA256_Final(inner, &c);
    } else if (key.n) {
        memcpy(inner, key.p, key.n);
    }
    for (size_t i = 0; i < BLOCK; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    SHA256_Init(&c);
    SHA256_Update(&c, inner, BLOCK);
    for (size_t i = 0; i < n; i++) add(&c, parts[i]);
    SHA256_Final(out->b, &c);
    SHA256_Init(&c);
    SHA256_Update(&c, outer, BLOCK);
    SHA256_Update(&c, out->b, DIGEST);
    SHA256_Final(out->b, &c);
    wipe(inner, sizeof inner);
    wipe(outer, sizeof outer);
    wipe(&c, sizeof c);
}

void seal_hkdf(struct bytes key, struct bytes info, uint8_t *out, size_t n)
{
    assert(n <= SEAL_HKDF_MAX);
    static const uint8_t no_salt[DIGEST] = {0};
    struct hash extracted, block;
    seal_hmac((struct bytes){no_salt, DIGEST}, &key, 1, &extracted);
    struct bytes before = {block.b, 0};
    for (uint8_t round = 1; n; round++) {
        seal_hmac(hash_bytes(&extracted), (struct bytes[]){before, info, {&round, 1}}, 3, &block);
        before.n = DIGEST;
        size_t some = n < DIGEST ? n : DIGEST;
        memcpy(out, block.b, some);
        out += some;
        n -= some;
    }
    wipe(&extracted, sizeof extracted);
    wipe(&block, sizeof block);
}

err seal_stretch(struct turn *t, struct bytes what, struct bytes salt, uint8_t *out, size_t n)
{
    return seal_stretch_at(t, 16, 8, 1, what, salt, out, n);
}

err seal_stretch_at(struct turn *t, int log2_n, int r, int p, struct bytes what, struct bytes salt,
                    uint8_t *out, size_t n)
{
    assert(log2_n > 0 && log2_n <= 20 && r > 0 && p > 0);
    uint64_t cost = UINT64_C(1) << log2_n;
    /* What the algorithm needs (128 r N, 128 r p and a little), so that libcrypto does not refuse.
     */
    uint64_t room = 128 * (uint64_t)r * (cost + (uint64_t)p + 2) + 4096;
    if (EVP_PBE_scrypt(what.n ? (const char *)what.p : "", what.n,
                       salt.n ? salt.p : (const uint8_t *)"", salt.n, cost, (uint64_t)r,
                       (uint64_t)p, room, out, n) != 1)
        return seal_crypto_fault(t, "The words could not be stretched");
    return ERR_OK;
}
