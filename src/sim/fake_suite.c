/* SPDX-License-Identifier: Apache-2.0 */
/* Suites that protect nothing: what they are for stands in fake_suite.h.
 *
 * A signature is HMAC(SHA-256(certificate), content); an envelope is the content under a stream
 * that anybody can compute, with an HMAC over it. Alterations are noticed all the same, each bit of
 * them, so that the refusals of those above can be tried. */

#include "sim/fake_suite.h"

#include <string.h>

enum { HASH = 32, HEAD = 8 + 8 + HASH, WORD_BYTES = 8 };

static const char detached_word[] = "fakesigd", attached_word[] = "fakesiga",
                  sealed_word[] = "fakeseal";

static err bad(struct turn *t, err e, const char *code, const char *what)
{
    return turn_fail(t, e, code, "fake suite", "%s", what);
}

/* What a signature looks like: word, time, HMAC, filling, content when attached. */
static struct bytes signature_of(struct turn *t, struct bytes der, struct bytes content,
                                 bool attached, int64_t at_ms, size_t size)
{
    struct hash secret = seal_sha256_of(der), mac;
    struct buf b = buf_in(t->arena);
    buf_put(&b, attached ? attached_word : detached_word, 8);
    buf_be(&b, (uint64_t)at_ms, 8);
    seal_hmac(hash_bytes(&secret), (struct bytes[]){buf_as_bytes(&b), content}, 2, &mac);
    buf_put(&b, mac.b, HASH);
    uint8_t *filling = arena_take(t->arena, size - HEAD);
    memset(filling, 'f', size - HEAD);
    buf_put(&b, filling, size - HEAD);
    if (attached) buf_put(&b, content.p, content.n);
    return buf_as_bytes(&b);
}

/* Signs again and compares. */
static err check(struct turn *t, struct bytes der, struct bytes content, bool attached,
                 struct bytes cms, size_t size)
{
    if (cms.n < size) return bad(t, ERR_REJECTED, "cms", "The bytes are no fake signature.");
    uint64_t at = 0;
    for (size_t i = 8; i < 16; i++) at = at << 8 | cms.p[i];
    if (!bytes_eq(cms, signature_of(t, der, content, attached, (int64_t)at, size)))
        return bad(t, ERR_INTEGRITY, "signature", "The fake signature does not hold.");
    return ERR_OK;
}

static err check_attached(struct turn *t, struct bytes der, struct bytes cms, size_t size,
                          struct bytes *content_out)
{
    if (cms.n < size) return bad(t, ERR_REJECTED, "cms", "The bytes are no fake signature.");
    struct bytes content = {cms.p + size, cms.n - size};
    try(check(t, der, content, true, cms, size));
    *content_out = bytes_dup(t->arena, content);
    return ERR_OK;
}

static err fake_sign(struct turn *t, const struct seal_key *key, struct bytes der,
                     struct bytes content, bool attached, int64_t at_ms, struct bytes *cms_out)
{
    (void)key;
    *cms_out = signature_of(t, der, content, attached, at_ms, HEAD);
    return ERR_OK;
}

static err fake_verify(struct turn *t, struct bytes der, struct bytes content, struct bytes cms)
{
    return check(t, der, content, false, cms, HEAD);
}

static err fake_verify_attached(struct turn *t, struct bytes der, struct bytes cms,
                                struct bytes *content_out)
{
    return check_attached(t, der, cms, HEAD, content_out);
}

static err dummy_sign(struct turn *t, const struct seal_key *key, struct bytes der,
                      struct bytes content, bool attached, int64_t at_ms, struct bytes *cms_out)
{
    (void)key;
    *cms_out = signature_of(t, der, content, attached, at_ms, DUMMY_SIGNATURE);
    return ERR_OK;
}

static err dummy_verify(struct turn *t, struct bytes der, struct bytes content, struct bytes cms)
{
    return check(t, der, content, false, cms, DUMMY_SIGNATURE);
}

static err dummy_verify_attached(struct turn *t, struct bytes der, struct bytes cms,
                                 struct bytes *content_out)
{
    return check_attached(t, der, cms, DUMMY_SIGNATURE, content_out);
}

/* ---- envelopes: word, nonce, count, hashes of the recipients, HMAC, content under the stream  */

/* One step of xorshift64, by which the stream goes on. */
static uint64_t step(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

static void stream(uint64_t seed, struct bytes in, uint8_t *out)
{
    uint64_t x = seed | 1;
    for (size_t i = 0; i < in.n; i++) {
        if (i % WORD_BYTES == 0) x = step(x);
        out[i] = in.p[i] ^ (uint8_t)(x >> 8 * (i % WORD_BYTES));
    }
}

static struct hash mac_of(struct bytes head, struct bytes body)
{
    struct hash h;
    seal_hmac(str_bytes(str_of(sealed_word)), (struct bytes[]){head, body}, 2, &h);
    return h;
}

static err fake_seal(struct turn *t, const struct bytes *to_der, size_t n, struct bytes plain,
                     struct bytes *sealed_out)
{
    if (n < 1 || n > SEAL_RECIPIENTS_MAX || plain.n > SEAL_PLAIN_MAX)
        return bad(t, ERR_TOO_LARGE, "size", "Too many recipients, or too much for an envelope.");
    uint8_t nonce[WORD_BYTES];
    uint64_t seed;
    t->chance->fill(t->chance->ctx, nonce, sizeof nonce);
    memcpy(&seed, nonce, sizeof seed);
    struct buf b = buf_in(t->arena);
    buf_put(&b, sealed_word, 8);
    buf_put(&b, nonce, sizeof nonce);
    buf_byte(&b, (uint8_t)n);
    for (size_t i = 0; i < n; i++) buf_put(&b, seal_sha256_of(to_der[i]).b, HASH);
    uint8_t *body = arena_take(t->arena, plain.n);
    stream(seed, plain, body);
    struct hash mac = mac_of(buf_as_bytes(&b), (struct bytes){body, plain.n});
    buf_put(&b, mac.b, HASH);
    buf_put(&b, body, plain.n);
    *sealed_out = buf_as_bytes(&b);
    return ERR_OK;
}

static err fake_open(struct turn *t, const struct seal_key *key, struct bytes der,
                     struct bytes sealed, struct bytes *plain_out)
{
    (void)key;
    enum { FIXED = 8 + WORD_BYTES + 1 };
    if (sealed.n > SEAL_SEALED_MAX)
        return bad(t, ERR_TOO_LARGE, "size", "The fake envelope is too large.");
    size_t n = sealed.n < FIXED ? 0 : sealed.p[FIXED - 1], head = FIXED + n * HASH;
    if (n < 1 || n > SEAL_RECIPIENTS_MAX || sealed.n < head + HASH ||
        memcmp(sealed.p, sealed_word, 8) != 0)
        return bad(t, ERR_REJECTED, "envelope", "The bytes are no fake envelope.");
    struct bytes body = {sealed.p + head + HASH, sealed.n - head - HASH};
    struct hash me = seal_sha256_of(der), mac = mac_of((struct bytes){sealed.p, head}, body);
    if (memcmp(mac.b, sealed.p + head, HASH) != 0)
        return bad(t, ERR_INTEGRITY, "envelope", "The fake envelope was altered.");
    size_t i = 0;
    while (i < n && memcmp(sealed.p + FIXED + i * HASH, me.b, HASH) != 0) i++;
    if (i == n) return bad(t, ERR_NONE_SUCH, "recipient", "It was closed for somebody else.");
    uint64_t seed;
    memcpy(&seed, sealed.p + 8, sizeof seed);
    uint8_t *plain = arena_take(t->arena, body.n);
    stream(seed, body, plain);
    *plain_out = (struct bytes){plain, body.n};
    return ERR_OK;
}

const struct suite suite_fake = {FAKE_SUITE,           "fake",    fake_sign, fake_verify,
                                 fake_verify_attached, fake_seal, fake_open};

const struct suite suite_dummy = {DUMMY_SUITE,           "dummy",   dummy_sign, dummy_verify,
                                  dummy_verify_attached, fake_seal, fake_open};
