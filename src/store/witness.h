/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_WITNESS_H
#define COMITY_STORE_WITNESS_H
/* Part of store.h: what a head of our log needs before it is signed, and the cosignatures that
 * other nodes gave on it. */

/* A second source, beside what the process remembers: nodes that lie within the first `trusted`
 * leaves come from their table, all others are made from the leaves; each is read once. It lives in
 * the turn. A root from it and that of the append path have nothing in common but the leaves. */
struct ledger_source store_log_again(struct turn *t, struct store *s, uint64_t trusted);

/* The newest of one witness; `line` as it stands below a note. Working: they can be had again. */
struct store_cosigned {
    struct str witness; /* the name of its key */
    int64_t size, time_s;
    struct str line;
};
/* Replaces an older one of the same witness; a smaller size changes nothing. */
MUST err store_cosigned_set(struct turn *t, struct store *s, const struct store_cosigned *c);
/* By the name of the witness. */
MUST err store_cosigned_list(struct turn *t, struct store *s, struct store_cosigned **out,
                             size_t *n_out);

#endif
