/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_LINKED_H
#define COMITY_LAW_LINKED_H
/* Part of law.h: dossiers that name each other. */

#include "base/base.h"

struct law_tables;
struct law_act;
struct law_state;
struct law_who;

/* A dossier that an act names: by which of its particulars, what that means, and the number. */
struct law_link {
    struct str particular, link, number;
};
/* None for an act the tables do not know. */
MUST err law_links(struct turn *t, const struct law_tables *l, const struct law_act *act,
                   struct law_link **out, size_t *n_out);
/* What an act `done` in the dossier `number` brings about in the dossier it names by `link`, whose
 * instrument and kind stand in `there`: the `nth` of it, from 0, in the order of the rows. False
 * when there are no more; else `there` gets act and particulars (in `a`). */
bool law_link_brings(struct arena *a, const struct law_tables *l, const struct law_act *done,
                     struct str link, struct str number, size_t nth, struct law_act *there);
/* The particulars by which an act of the kind names a dossier that is waited for from then on
 * (`pends`), and one that it says is decided (`settles`); empty: none. */
void law_link_waits(const struct law_tables *l, const struct law_act *act, struct str *pends_out,
                    struct str *settles_out);
/* Does an act `there`, in the dossier that `act` of this kind settles, decide it? */
bool law_link_does(const struct law_tables *l, struct str instrument, struct str kind,
                   struct str act, struct str there);
/* Can a request of `kind` name a dossier of the kind `named` by `link`: does anything there follow
 * from it, or does it follow from there? Kinds of one instrument; of others that is not known, and
 * true. */
bool law_link_fits(const struct law_tables *l, const struct law_act *act, struct str link,
                   struct str instrument, struct str named);
/* A dossier that may follow an act that was done in this one: its kind (of the same instrument),
 * the particular by which it names this one, and the article of the act. */
struct law_follow {
    struct str kind, link, particular, article;
};
/* Is there one for the side of `who` to open? */
bool law_follows(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                 const struct law_who *who, const struct law_act *done, struct law_follow *out);

#endif
