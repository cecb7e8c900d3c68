/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of the YAML reader: what it takes is data that JSON can carry unchanged; what it
 * refuses it places in the file. */

#include "codec/codec.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct tree *first, *second;
    if (yaml_read(&t, "law.yaml", (struct bytes){p, n}, &codec_limits, &first) != ERR_OK) {
        assert(t.fault.sentence[0]);
        assert(strcmp(t.fault.code, "yaml") != 0 || !t.fault.particular[0] ||
               strncmp(t.fault.sentence, "law.yaml:", 9) == 0);
        return 0;
    }
    assert(first->line >= 1 && first->col >= 1);
    err e = json_read(&t, str_bytes(json_write(a, first)), &codec_limits, &second);
    assert(e == ERR_OK || e == ERR_TOO_LARGE);
    assert(e != ERR_OK || tree_eq(first, second));
    return 0;
}
