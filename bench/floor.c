/* SPDX-License-Identifier: Apache-2.0 */
/* The limit: only the primitives, on prepared keys, with nothing parsed, built or allocated that
 * can be prepared. It leaves out what a faster program could leave out too. */

#include "bench.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <string.h>

enum { SMALL_HASHES = 20, SMALL = 100 }; /* salts, openings, leaves and nodes of two rows */

struct floor {
    EVP_PKEY *own, *peer, *head;
    EVP_PKEY_CTX *derive, *sign, *verify;
    EVP_CIPHER_CTX *cipher;
    size_t sealed, container, act;
    uint8_t *in, *out;
    uint8_t signature[80];
    size_t signature_n;
    uint8_t hash[32];
};

static void floor_keys(struct floor *f)
{
    f->own = EVP_EC_gen("P-256");
    f->peer = EVP_EC_gen("P-256");
    f->head = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    f->derive = EVP_PKEY_CTX_new(f->own, NULL);
    f->sign = EVP_PKEY_CTX_new(f->own, NULL);
    f->verify = EVP_PKEY_CTX_new(f->own, NULL);
    f->cipher = EVP_CIPHER_CTX_new();
    bench_must(f->own && f->peer && f->head && f->derive && f->sign && f->verify && f->cipher &&
                   EVP_PKEY_derive_init(f->derive) > 0 && EVP_PKEY_sign_init(f->sign) > 0 &&
                   EVP_PKEY_verify_init(f->verify) > 0,
               "keys of the floor");
}

struct floor *floor_open(struct arena *a, size_t sealed, size_t container, size_t act)
{
    struct floor *f = arena_take(a, sizeof *f);
    f->sealed = sealed;
    f->container = container;
    f->act = act;
    f->in = arena_take(a, sealed + 64);
    f->out = arena_take(a, sealed + 64);
    floor_keys(f);
    f->signature_n = sizeof f->signature;
    bench_must(EVP_PKEY_sign(f->sign, f->signature, &f->signature_n, f->hash, 32) > 0, "sign");
    return f;
}

void floor_close(struct floor *f)
{
    EVP_PKEY_CTX_free(f->derive);
    EVP_PKEY_CTX_free(f->sign);
    EVP_PKEY_CTX_free(f->verify);
    EVP_CIPHER_CTX_free(f->cipher);
    EVP_PKEY_free(f->own);
    EVP_PKEY_free(f->peer);
    EVP_PKEY_free(f->head);
}

/* Decrypting costs what encrypting does; the tag that would not fit is not asked for. */
static void gcm(struct floor *f, size_t n)
{
    static const uint8_t key[32] = {1}, nonce[12] = {2};
    uint8_t tag[16];
    int got = 0, last = 0;
    bench_must(EVP_EncryptInit_ex(f->cipher, EVP_aes_256_gcm(), NULL, key, nonce) > 0 &&
                   EVP_EncryptUpdate(f->cipher, f->out, &got, f->in, (int)n) > 0 &&
                   EVP_EncryptFinal_ex(f->cipher, f->out + got, &last) > 0 &&
                   EVP_CIPHER_CTX_ctrl(f->cipher, EVP_CTRL_AEAD_GET_TAG, 16, tag) > 0,
               "gcm");
}

/* Opening and verifying. The peer's point is not checked again: that it lies on the curve is seen
 * when it is read. */
static void read_one(struct floor *f)
{
    uint8_t shared[32], small[32];
    size_t shared_n = sizeof shared;
    bench_must(EVP_PKEY_derive_set_peer_ex(f->derive, f->peer, 0) > 0 &&
                   EVP_PKEY_derive(f->derive, shared, &shared_n) > 0,
               "derive");
    gcm(f, f->sealed);
    SHA256(f->out, f->container, small); /* the parcel's digest */
    SHA256(f->out, f->container, small); /* its entries' digests */
    bench_must(EVP_PKEY_verify(f->verify, f->signature, f->signature_n, f->hash, 32) == 1,
               "verify");
}

/* What is locked at rest and logged, and the receipt's signature. */
static void record_one(struct floor *f)
{
    uint8_t made[80], small[32];
    size_t made_n = sizeof made;
    for (int k = 0; k < SMALL_HASHES; k++) SHA256(f->in, SMALL, small);
    gcm(f, f->container);
    gcm(f, f->act);
    bench_must(EVP_PKEY_sign(f->sign, made, &made_n, f->hash, 32) > 0, "sign");
}

void floor_read(struct floor *f, int n)
{
    for (int k = 0; k < n; k++) read_one(f);
}

void floor_record(struct floor *f, int n)
{
    for (int k = 0; k < n; k++) record_one(f);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    uint8_t made[64];
    size_t made_n = sizeof made;
    bench_must(c && EVP_DigestSignInit(c, NULL, NULL, NULL, f->head) > 0 &&
                   EVP_DigestSign(c, made, &made_n, f->in, SMALL) > 0,
               "head");
    EVP_MD_CTX_free(c);
}
