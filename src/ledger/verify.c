/* SPDX-License-Identifier: Apache-2.0 */
/* Checks proofs: the part of the arithmetic that an auditor must be able to trust.
 *
 * A proof comes from a stranger. It is climbed from the leaf to the root by the position alone (RFC
 * 9162 2.1.3.2 and 2.1.4.2, the same trees as RFC 6962), and must use up exactly its path: nothing
 * missing, nothing left over. No answer but yes or no. */

#include "ledger/ledger_internal.h"
#include "seal/seal.h"

/* One level up: a node at `at` in a level whose last node is `last`. */
struct climb {
    uint64_t at, last;
};

/* Whether the next hash of the path stands to the left. */
static bool is_left(const struct climb *c) { return (c->at & 1) || c->at == c->last; }

/* A last node without a sibling moves up unchanged until it has one, on its left. */
static void climb_up(struct climb *c)
{
    while (!(c->at & 1) && c->at == c->last && c->at) {
        c->at >>= 1;
        c->last >>= 1;
    }
    c->at >>= 1;
    c->last >>= 1;
}

bool ledger_inclusion_holds(const struct ledger_proof *p, uint64_t index, uint64_t size,
                            const struct hash *leaf, const struct hash *root)
{
    if (index >= size || size > LEDGER_SIZE_MAX || p->n > LEDGER_PROOF_MAX) return false;
    struct climb c = {index, size - 1};
    struct hash h = *leaf;
    for (size_t i = 0; i < p->n; i++) {
        if (c.last == 0) return false;
        if (is_left(&c))
            ledger_node_hash(&p->path[i], &h, &h);
        else
            ledger_node_hash(&h, &p->path[i], &h);
        climb_up(&c);
    }
    return c.last == 0 && hash_eq(&h, root);
}

/* One complete subtree: of 2^k leaves. */
static bool is_whole(uint64_t size) { return (size & (size - 1)) == 0; }

static bool is_empty_root(const struct hash *h)
{
    struct hash empty;
    seal_sha256(NULL, 0, &empty);
    return hash_eq(h, &empty);
}

/* The two roots that a path leads to, of the first `old` leaves and of all `size`: 0 < old < size.
 * False when it does not fit the sizes. `whole_root` stands for the old root where the path leaves
 * it out. */
static bool roots_of(const struct ledger_proof *p, uint64_t old, const struct hash *whole_root,
                     uint64_t size, struct hash *was_out, struct hash *is_out)
{
    /* The climb starts at the last complete subtree of the old tree. When that is the whole old
     * tree its hash is known and the path leaves it out. */
    struct climb c = {old - 1, size - 1};
    while (c.at & 1) {
        c.at >>= 1;
        c.last >>= 1;
    }
    bool whole = is_whole(old);
    if (!whole && p->n == 0) return false;
    struct hash was = whole ? *whole_root : p->path[0], is = was;
    for (size_t i = whole ? 0 : 1; i < p->n; i++) {
        if (c.last == 0) return false;
        if (is_left(&c)) {
            ledger_node_hash(&p->path[i], &was, &was);
            ledger_node_hash(&p->path[i], &is, &is);
        } else {
            ledger_node_hash(&is, &p->path[i], &is);
        }
        climb_up(&c);
    }
    *was_out = was;
    *is_out = is;
    return c.last == 0;
}

bool ledger_consistency_holds(const struct ledger_proof *p, uint64_t old,
                              const struct hash *old_root, uint64_t size, const struct hash *root)
{
    struct hash was, is;
    if (old > size || size > LEDGER_SIZE_MAX || p->n > LEDGER_PROOF_MAX) return false;
    if (old == size) return p->n == 0 && hash_eq(old_root, root) && (size || is_empty_root(root));
    if (old == 0) return p->n == 0 && is_empty_root(old_root);
    return roots_of(p, old, old_root, size, &was, &is) && hash_eq(&was, old_root) &&
           hash_eq(&is, root);
}

bool ledger_fork_shown(const struct ledger_proof *p, uint64_t old, const struct hash *old_root,
                       uint64_t size, const struct hash *root)
{
    struct hash was, is;
    if (old > size || size > LEDGER_SIZE_MAX || p->n > LEDGER_PROOF_MAX) return false;
    if (old == size) return !hash_eq(old_root, root);
    if (old == 0 || is_whole(old)) return false;
    return roots_of(p, old, old_root, size, &was, &is) && !hash_eq(&was, old_root) &&
           hash_eq(&is, root);
}
