/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: containers. What is read is written again byte for byte, and each entry is covered.
 */

#include "seal/seal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes in = {p, n};
    struct parcel c;
    if (parcel_read(&t, in, &c) != ERR_OK) {
        assert(t.fault.sentence[0] && (t.fault.particular[0] || t.fault.err == ERR_TOO_LARGE));
        return 0;
    }
    assert(c.seals_n >= 1 && c.seals_n <= PARCEL_SEALS_MAX);
    assert(bytes_eq(parcel_write(a, c.entries, c.n, c.seals, c.seals_n), in));
    for (size_t i = 0; i < c.n; i++) {
        bool covered = false;
        for (size_t k = 0; k < c.seals_n && !covered; k++)
            for (size_t j = 0; c.covered[k][j] && !covered; j++)
                covered = c.covered[k][j] == &c.entries[i];
        assert(covered);
    }
    return 0;
}
