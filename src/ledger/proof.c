/* SPDX-License-Identifier: Apache-2.0 */
/* Makes proofs and roots from stored hashes.
 *
 * The recursive definitions of RFC 6962 2.1 walk one path down the tree; here they are loops that
 * collect the path from the root and turn it round. A source that keeps inner nodes is asked for
 * about log2(size) of them; one that keeps leaves alone is asked for every leaf. Checking proofs is
 * in verify.c and shares nothing with this file but the hash of a node. */

#include "ledger/ledger_internal.h"
#include "seal/seal.h"

#include <assert.h>

/* The hash of the complete subtree of 2^level leaves at `index`; what the source does not keep is
 * made from its two halves. `level` is the depth left. */
static err subtree(struct turn *t, const struct ledger_source *s, int level, uint64_t index,
                   struct hash *out)
{
    struct hash left, right;
    err e = s->node(s->ctx, t, level, index, out);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    if (level == 0)
        return turn_fail(t, ERR_INTEGRITY, "leaf-missing", NULL, "leaf %llu of the log is missing",
                         (unsigned long long)index);
    try(subtree(t, s, level - 1, 2 * index, &left));
    try(subtree(t, s, level - 1, 2 * index + 1, &right));
    ledger_node_hash(&left, &right, out);
    return ERR_OK;
}

/* The hash over `n` leaves from `begin` on. `n` is not 0, and `begin` a multiple of the smallest
 * power of two that holds `n`, as in every range that RFC 6962 2.1 names. */
static err range(struct turn *t, const struct ledger_source *s, uint64_t begin, uint64_t n,
                 struct hash *out)
{
    /* The edge of that range is what a tree grown to `n` would keep. */
    struct ledger_edge e = {.size = n};
    for (int level = LEDGER_LEVELS_MAX - 1; level >= 0; level--) {
        if (!(n >> level & 1)) continue;
        try(subtree(t, s, level, begin >> level, &e.full[level]));
        begin += UINT64_C(1) << level;
    }
    ledger_root(&e, out);
    return ERR_OK;
}

static void turn_round(struct ledger_proof *p)
{
    for (size_t i = 0; i < p->n / 2; i++) {
        struct hash h = p->path[i];
        p->path[i] = p->path[p->n - 1 - i];
        p->path[p->n - 1 - i] = h;
    }
}

/* Adds the hash of a range to the path. */
static err step(struct turn *t, const struct ledger_source *s, uint64_t begin, uint64_t n,
                struct ledger_proof *p)
{
    assert(p->n < LEDGER_PROOF_MAX);
    try(range(t, s, begin, n, &p->path[p->n]));
    p->n++;
    return ERR_OK;
}

err ledger_inclusion(struct turn *t, const struct ledger_source *s, uint64_t index, uint64_t size,
                     struct ledger_proof *out)
{
    if (index >= size || size > LEDGER_SIZE_MAX)
        return turn_fail(t, ERR_REJECTED, "ledger-range", "RFC 6962 2.1.1",
                         "there is no leaf %llu in a log of %llu", (unsigned long long)index,
                         (unsigned long long)size);
    struct ledger_proof p = {.n = 0};
    uint64_t begin = 0, n = size;
    while (n > 1) {
        uint64_t k = ledger_split(n);
        if (index - begin < k) {
            try(step(t, s, begin + k, n - k, &p));
            n = k;
        } else {
            try(step(t, s, begin, k, &p));
            begin += k;
            n -= k;
        }
    }
    turn_round(&p);
    *out = p;
    return ERR_OK;
}

err ledger_consistency(struct turn *t, const struct ledger_source *s, uint64_t old, uint64_t size,
                       struct ledger_proof *out)
{
    if (old > size || size > LEDGER_SIZE_MAX)
        return turn_fail(t, ERR_REJECTED, "ledger-range", "RFC 6962 2.1.2",
                         "a log of %llu was never one of %llu", (unsigned long long)size,
                         (unsigned long long)old);
    struct ledger_proof p = {.n = 0};
    uint64_t begin = 0, n = size;
    /* Down to the subtree in which the old tree ends at the right edge. */
    while (old && old - begin != n) {
        uint64_t k = ledger_split(n);
        if (old - begin <= k) {
            try(step(t, s, begin + k, n - k, &p));
            n = k;
        } else {
            try(step(t, s, begin, k, &p));
            begin += k;
            n -= k;
        }
    }
    /* At the left edge that subtree is the old tree, whose root the verifier has. */
    if (begin) try(step(t, s, begin, n, &p));
    turn_round(&p);
    *out = p;
    return ERR_OK;
}

err ledger_root_at(struct turn *t, const struct ledger_source *s, uint64_t size,
                   struct hash *root_out)
{
    if (size > LEDGER_SIZE_MAX)
        return turn_fail(t, ERR_REJECTED, "ledger-range", "RFC 6962 2.1", "no log has %llu leaves",
                         (unsigned long long)size);
    struct hash root;
    if (size == 0)
        seal_sha256(NULL, 0, &root);
    else
        try(range(t, s, 0, size, &root));
    *root_out = root;
    return ERR_OK;
}
