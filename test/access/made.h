/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_TEST_ACCESS_MADE_H
#define COMITY_TEST_ACCESS_MADE_H
/* The house that is asked about: one node of two authorities, their officers, and the things that
 * some of them see: dossiers, drafts, entries of the register, matters, instructions. */

#include "kit/world.h"
#include "store/store.h"

enum { OFFICERS = 60, DOSSIERS = 32, DRAFTS = 12, ENTRIES = 24, MATTERS = 8, INSTRUCTIONS = 16 };
enum { MEMBERS = 6, WITHIN = 8, THINGS = 1200 };

enum sort { DOSSIER, DRAFT, ENTRY, MATTER, INSTRUCTION, PAIR, OFFICER, HOUSE };

struct person {
    const char *name, *authority;
    bool roles[STORE_ROLES], ended;
    struct str session;
};
struct thing {
    enum sort sort;
    struct str name; /* a ref, a label, an id */
    const char *authority, *functions;
    bool sent, requested; /* a draft that was sent; a dossier that came */
    const char *members[MEMBERS];
    size_t members_n;
    struct thing *within[WITHIN]; /* where it is filed or hangs; what it groups or pairs */
    size_t within_n;
    struct str token;  /* of a dossier's first act, what an answer by mail bears */
    struct str number; /* that a dossier bears, and an entry names */
    struct str sha256; /* of an entry's original */
    bool likely;       /* an entry that names numbers; a pair of such a one and a dossier */
    bool sorted;       /* an entry whose State fits no dossier: filing it goes wrong late */
};
struct made {
    struct world w;
    struct world_node *n;
    struct person people[OFFICERS];
    struct thing things[THINGS];
    size_t things_n;
    struct arena *arena;
};

void made_open(struct made *m, int64_t seed);
/* The thing that pairs two of others. */
struct thing *made_pair(struct made *m, struct thing *a, struct thing *b);
struct thing *made_thing(struct made *m, enum sort sort, const char *authority);
/* Ends the process when a step of the making fails. */
void made_must(const struct made *m, err e, const char *what);
/* Asks as the first officer of an authority, who may everything. */
err made_do(struct made *m, const char *authority, struct arena *a, enum desk_action action,
            const struct tree *args, const struct tree **view_out);

#endif
