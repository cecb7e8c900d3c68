/* SPDX-License-Identifier: Apache-2.0 */
/* The growing tree: append a leaf, know the root.
 *
 * Only the right edge is kept, one hash for each bit set in the size, as in a binary counter: an
 * append touches as many levels as the increment carries, two on average. Storing the nodes that
 * come into being is the caller's business. */

#include "ledger/ledger_internal.h"
#include "seal/seal.h"

#include <assert.h>

void ledger_append(struct ledger_edge *e, const struct hash *leaf,
                   void (*made)(void *ctx, int level, uint64_t index, const struct hash *h),
                   void *ctx)
{
    assert(e->size < LEDGER_SIZE_MAX);
    struct hash h = *leaf;
    int level = 0;
    if (made) made(ctx, 0, e->size, &h);
    for (; e->size >> level & 1; level++) {
        ledger_node_hash(&e->full[level], &h, &h);
        if (made) made(ctx, level + 1, e->size >> (level + 1), &h);
    }
    e->full[level] = h;
    e->size++;
}

void ledger_root(const struct ledger_edge *e, struct hash *root_out)
{
    if (e->size == 0) {
        /* The root of the empty tree is the hash of nothing (RFC 6962 2.1). */
        seal_sha256(NULL, 0, root_out);
        return;
    }
    int level = __builtin_ctzll(e->size);
    struct hash h = e->full[level];
    for (level++; level < LEDGER_LEVELS_MAX && e->size >> level; level++)
        if (e->size >> level & 1) ledger_node_hash(&e->full[level], &h, &h);
    *root_out = h;
}
