/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of stored verdicts: what is read is written as the same bytes. */

#include "law/law.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct tree *tree;
    struct law_verdict v;
    struct bytes in = {data, size};
    if (json_read_canonical(&t, in, &codec_limits, &tree) != ERR_OK) return 0;
    if (law_verdict_read(&t, tree, &v) != ERR_OK) {
        assert(t.fault.err == ERR_REJECTED && t.fault.sentence[0]);
        return 0;
    }
    assert(bytes_eq(str_bytes(json_write(a, law_verdict_write(a, &v))), in));
    return 0;
}
