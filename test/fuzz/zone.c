/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of time zone files: an offset within a day, or a refusal that says why. */

#include "node/internal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static const int64_t moments[] = {0, 1795475261000, -1, INT64_MAX, INT64_MIN};
    auto_arena a = arena_new();
    for (size_t k = 0; k < sizeof moments / sizeof *moments; k++) {
        struct turn t = {.arena = a};
        int32_t minutes;
        err e = node_zone_offset(&t, (struct bytes){p, n}, moments[k], &minutes);
        assert(e != ERR_OK || (minutes >= -1440 && minutes <= 1440));
        assert(e == ERR_OK || t.fault.sentence[0]);
    }
    return 0;
}
