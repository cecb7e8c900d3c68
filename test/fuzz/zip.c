/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of the ZIP reader: what it takes, the writer writes again byte for byte; what it
 * refuses it names. */

#include "codec/codec.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes in = {p, n};
    struct zip_entry *entries;
    size_t count;
    if (zip_read(&t, in, &entries, &count) != ERR_OK) {
        assert(t.fault.sentence[0] && t.fault.particular[0]);
        return 0;
    }
    assert(count <= ZIP_ENTRIES_MAX);
    assert(bytes_eq(zip_write(a, entries, count), in));
    return 0;
}
