/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_LINKED_H
#define COMITY_LAW_LINKED_H
/* Part of law.h: dossiers that name each other. */

#include "base/base.h"

struct law_tables;
struct law_act;

/* A dossier that an act names: by which of its particulars, what that means, and the number. */
struct law_link {
    struct str particular, link, number;
};
/* None for an act the tables do not know. */
MUST err law_links(struct turn *t, const struct law_tables *l, const struct law_act *act,
                   struct law_link **out, size_t *n_out);
/* Does an act `done` in the dossier `number` bring about another in the dossier it names by `link`,
 * whose instrument and kind stand in `there`? Then `there` gets act and particulars (in `a`). */
bool law_link_brings(struct arena *a, const struct law_tables *l, const struct law_act *done,
                     struct str link, struct str number, struct law_act *there);
/* The particular by which a request of the kind names the dossier it follows; empty: none. */
struct str law_spawned_by(const struct law_tables *l, struct str instrument, struct str kind,
                          struct str link);

#endif
