/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_CHECK_H
#define COMITY_STORE_CHECK_H
/* Whether what is stored is what was written: part of store/store.h, which alone is included
 * elsewhere. */

#include "store/store.h"

/* The database's own word; the words each table and index was made with; every permanent row,
 * leaves, gaps, inner nodes, root: what differs. */
MUST err store_check(struct turn *t, struct store *s,
                     void (*found)(void *ctx, struct str what, struct str sentence), void *ctx);

/* For `e`, of a statement that failed. Every statement fits the tables as they were made, so
 * ERR_INTERNAL because the words of one were altered is ERR_INTEGRITY, naming it; else `e`. */
MUST err store_blame(struct turn *t, struct store *s, err e);

#endif
