/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of messages between processes: what is taken has no other spelling, what is refused
 * is explained. */

#include "codec/codec.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct pack m;
    if (pack_read(&t, (struct bytes){p, n}, &codec_limits, &m) != ERR_OK) {
        assert(t.fault.code[0] && t.fault.sentence[0]);
        return 0;
    }
    assert(bytes_eq(pack_write(a, &m), (struct bytes){p, n}));
    return 0;
}
