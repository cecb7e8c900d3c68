/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of the JSON reader: what it takes it writes in one spelling, which it takes again and
 * which means the same; what it refuses it explains. */

#include "codec/codec.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct tree *first, *second;
    if (json_read(&t, (struct bytes){p, n}, &codec_limits, &first) != ERR_OK) {
        assert(t.fault.code[0] && t.fault.sentence[0]);
        return 0;
    }
    struct str canonical = json_write(a, first);
    err e = json_read_canonical(&t, str_bytes(canonical), &codec_limits, &second);
    assert(e == ERR_OK || e == ERR_TOO_LARGE); /* escapes may grow past the limit */
    assert(e != ERR_OK || tree_eq(first, second));
    e = json_read(&t, str_bytes(json_write_pretty(a, first)), &codec_limits, &second);
    assert(e == ERR_OK || e == ERR_TOO_LARGE);
    assert(e != ERR_OK || tree_eq(first, second));
    return 0;
}
