/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SEAL_SEGMENT_H
#define COMITY_SEAL_SEGMENT_H
/* A part of seal.h: what is too long for an envelope, in segments that are sealed one by one. Each
 * can be opened alone and in any order, and none can stand in another's place, be altered, or be
 * left off at the end. */

/* Plain bytes of each segment but the last, which has 1 to as many; and what sealing adds. */
enum { SEAL_SEGMENT_SIZE = 1 << 20, SEAL_SEGMENT_TAG = 16 };
/* Segments of so many bytes; 0 of none. */
uint64_t seal_segments_of(uint64_t size);
/* AES-256-GCM under a key that seals nothing else: the nonce is the index, 96 bits, big-endian; the
 * index and whether it is the last are authenticated. `plain` has the length of its place (a
 * mistake otherwise). Deterministic: sealed again it is the same bytes. Answers ciphertext || tag.
 */
struct bytes seal_segment(struct arena *a, const uint8_t key[SEAL_KEY_SIZE], uint64_t index,
                          bool last, struct bytes plain);
/* Of an exhibit of `size` bytes, whose segment `index` below seal_segments_of(size) it must be.
 * ERR_REJECTED "segment-size" or "segment" where it is not, or was altered. */
MUST err seal_segment_open(struct turn *t, const uint8_t key[SEAL_KEY_SIZE], uint64_t size,
                           uint64_t index, struct bytes sealed, struct bytes *plain_out);

/* SHA-256 over bytes that come one after the other, as it stands between whole blocks: it can be
 * kept and taken up again. Everything added but the end is a whole number of blocks of 64. */
struct seal_sum {
    uint32_t h[8];
    uint64_t n; /* bytes so far */
};
void seal_sum_begin(struct seal_sum *s);
void seal_sum_add(struct seal_sum *s, struct bytes blocks);
struct hash seal_sum_end(const struct seal_sum *s, struct bytes rest);

#endif
