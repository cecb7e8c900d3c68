/* SPDX-License-Identifier: Apache-2.0 */
/* How much room the places have that grow: database, vault and log may be on disks of their own,
 * and the one with the least is what counts. Of a server's disk only the server knows. */

#include "node/internal.h"

#include <sys/statvfs.h>

bool node_room(void *ctx, int64_t *free_out, int64_t *all_out)
{
    const struct node_room *r = ctx;
    bool known = false;
    for (size_t k = 0; k < sizeof r->places / sizeof *r->places; k++) {
        struct statvfs s;
        if (!r->places[k] || statvfs(r->places[k], &s) != 0 || !s.f_blocks) continue;
        int64_t block = (int64_t)s.f_frsize, all = (int64_t)s.f_blocks * block,
                left = (int64_t)s.f_bavail * block;
        /* Compared by their share, so that a small disk counts beside a large one. */
        if (known && (double)left / (double)all >= (double)*free_out / (double)*all_out) continue;
        *free_out = left;
        *all_out = all;
        known = true;
    }
    return known;
}
