/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_TEST_LAW_WALK_H
#define COMITY_TEST_LAW_WALK_H
/* Dossiers of one kind walked at random by both sides, with whatever tables are given. Nothing here
 * names a kind: what there is to do is read from the rows. */

#include "law_test.h"

enum { WALK_ACTS_MAX = 60, WALK_FUNCTIONS_MAX = 40, WALK_FRESH_EVERY = 70 };

struct walk {
    const struct law_tables *l;
    struct arena *a; /* of one dossier */
    const struct law_instrument *i;
    const struct law_kind *kind;
    struct law_function functions[WALK_FUNCTIONS_MAX];
    size_t functions_n;
    uint64_t seed;
    bool wild; /* also tries what no one may */
    struct str requesting, requested;
    bool binds; /* the instrument binds the two */
    struct law_entry entries[WALK_ACTS_MAX];
    size_t n, steps;
    int64_t count[3], now_ms;
    size_t taken[LAW_ROWS_MAX]; /* how often each row of the kind was */
    size_t allowed, refused;
};

/* One try of one row, and what became of it. */
struct tried {
    const struct law_row *row;
    struct law_act act;
    struct law_who who;
    bool unfit;      /* whoever tries it holds no function for it, or is not the one to do it */
    bool recordable; /* unfit for want of a function, so that a receiver turns it away as well */
    bool crossed;    /* he has not seen all there is */
    bool allowed, took_effect;
    struct law_state before, after; /* of the whole dossier; `after` only where it was allowed */
    err e;
    struct fault fault;
};

uint64_t walk_draw(struct walk *w, uint64_t below);
/* Begins with a kind, and each of its dossiers. */
void walk_begin(struct walk *w, const struct law_instrument *i, const struct law_kind *kind);
/* One step: chooses a row, now and then in a fresh dossier, and tries it. */
void walk_step(struct walk *w, struct tried *out);

#endif
