/* SPDX-License-Identifier: Apache-2.0 */
/* Segments of what is too long for an envelope, and a digest that can be taken up again.
 *
 * The key is random and seals one exhibit, so the index may be the nonce; the exhibit itself is
 * bound by that key. Nothing here is parsed: a segment is as many bytes as its place says. */

#define OPENSSL_SUPPRESS_DEPRECATED

#include "seal/inner.h"

#include <openssl/sha.h>

#include <assert.h>
#include <string.h>

enum { BLOCK = 64 };
#define SEGMENT_CLAUSE "comity wire 1: segments"
#define SEGMENT_LABEL "comity segment 1"

uint64_t seal_segments_of(uint64_t size)
{
    return size / SEAL_SEGMENT_SIZE + (size % SEAL_SEGMENT_SIZE != 0);
}

/* What is authenticated beside the bytes: the label, the index, and whether it is the last. */
struct place {
    uint8_t nonce[GCM_NONCE];
    uint8_t bound[sizeof SEGMENT_LABEL - 1 + sizeof(uint64_t) + 1];
};

static struct place place_of(uint64_t index, bool last)
{
    struct place p = {0};
    uint8_t *at = p.bound + sizeof SEGMENT_LABEL - 1;
    memcpy(p.bound, SEGMENT_LABEL, sizeof SEGMENT_LABEL - 1);
    for (size_t k = 0; k < sizeof index; k++) {
        uint8_t b = (uint8_t)(index >> 8 * (sizeof index - 1 - k));
        at[k] = b;
        p.nonce[GCM_NONCE - sizeof index + k] = b;
    }
    at[sizeof index] = last;
    return p;
}

struct bytes seal_segment(struct arena *a, const uint8_t key[SEAL_KEY_SIZE], uint64_t index,
                          bool last, struct bytes plain)
{
    assert(plain.n > 0 && plain.n <= SEAL_SEGMENT_SIZE && (last || plain.n == SEAL_SEGMENT_SIZE));
    struct place p = place_of(index, last);
    uint8_t *out = arena_take(a, plain.n + SEAL_SEGMENT_TAG);
    seal_gcm_lock(key, p.nonce, (struct bytes){p.bound, sizeof p.bound}, plain, out, out + plain.n);
    return (struct bytes){out, plain.n + SEAL_SEGMENT_TAG};
}

err seal_segment_open(struct turn *t, const uint8_t key[SEAL_KEY_SIZE], uint64_t size,
                      uint64_t index, struct bytes sealed, struct bytes *plain_out)
{
    uint64_t count = seal_segments_of(size);
    assert(index < count);
    bool last = index == count - 1;
    size_t n = last ? (size_t)(size - index * SEAL_SEGMENT_SIZE) : SEAL_SEGMENT_SIZE;
    if (sealed.n != n + SEAL_SEGMENT_TAG)
        return turn_fail(t, ERR_REJECTED, "segment-size", SEGMENT_CLAUSE,
                         "Segment %llu has %zu bytes; in this place it has %zu.",
                         (unsigned long long)index, sealed.n, n + SEAL_SEGMENT_TAG);
    struct place p = place_of(index, last);
    uint8_t *plain = arena_take(t->arena, n);
    if (!seal_gcm_unlock(key, p.nonce, (struct bytes){p.bound, sizeof p.bound},
                         (struct bytes){sealed.p, n}, sealed.p + n, plain))
        return turn_fail(t, ERR_REJECTED, "segment", SEGMENT_CLAUSE,
                         "Segment %llu was altered, or is of another place, exhibit or key.",
                         (unsigned long long)index);
    *plain_out = (struct bytes){plain, n};
    return ERR_OK;
}

/* ---- a digest that can be taken up again ----------------------------------------------------- */

void seal_sum_begin(struct seal_sum *s)
{
    SHA256_CTX c;
    SHA256_Init(&c);
    *s = (struct seal_sum){0};
    memcpy(s->h, c.h, sizeof s->h);
}

static SHA256_CTX taken_up(const struct seal_sum *s)
{
    SHA256_CTX c;
    SHA256_Init(&c);
    memcpy(c.h, s->h, sizeof s->h);
    c.Nl = (uint32_t)(s->n << 3); /* it counts bits, in two words */
    c.Nh = (uint32_t)(s->n >> 29);
    return c;
}

void seal_sum_add(struct seal_sum *s, struct bytes blocks)
{
    assert(blocks.n % BLOCK == 0);
    SHA256_CTX c = taken_up(s);
    if (blocks.n) SHA256_Update(&c, blocks.p, blocks.n);
    memcpy(s->h, c.h, sizeof s->h);
    s->n += blocks.n;
}

struct hash seal_sum_end(const struct seal_sum *s, struct bytes rest)
{
    struct hash h;
    SHA256_CTX c = taken_up(s);
    if (rest.n) SHA256_Update(&c, rest.p, rest.n);
    SHA256_Final(h.b, &c);
    return h;
}
