/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of the document reader: what it takes is within the limits, what it refuses it
 * explains. Drawing is the business of a program of its own and is not run here. */

#include "paper/paper.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct tree *d;
    if (json_read(&t, (struct bytes){p, n}, &paper_limits, &d) != ERR_OK) return 0;
    if (paper_check(&t, d) != ERR_OK) {
        assert(t.fault.sentence[0] && t.fault.code[0]);
        return 0;
    }
    assert(tree_get(d, "blocks")->count <= PAPER_BLOCKS_MAX);
    return 0;
}
