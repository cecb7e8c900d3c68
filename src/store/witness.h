/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_WITNESS_H
#define COMITY_STORE_WITNESS_H
/* Part of store.h: the cosignatures that other nodes gave on heads of our log. */

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
