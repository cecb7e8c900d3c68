/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a segment as it comes over the wire. The first byte says which place of an exhibit
 * of three segments it is for; nothing but what was sealed for that place is opened. */

#include "seal/seal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEGMENTS = 3, LAST = 70 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[SEAL_KEY_SIZE] = {1, 2, 3};
    if (size < 1) return 0;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes sealed = {data + 1, size - 1}, plain;
    uint64_t index = data[0] % SEGMENTS, whole = 2 * SEAL_SEGMENT_SIZE + LAST;
    if (seal_segment_open(&t, key, whole, index, sealed, &plain) != ERR_OK) return 0;
    assert(bytes_eq(seal_segment(a, key, index, index == SEGMENTS - 1, plain), sealed));
    return 0;
}
