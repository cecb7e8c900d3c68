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
/* Can a dossier of the kind `named` be one that is waited for here: could it name this one, so that
 * what is decided there counts here? True of a kind that is not known. */
bool law_link_decides(const struct law_tables *l, const struct law_act *act, struct str instrument,
                      struct str named);
/* Does an act `there`, in the dossier that `act` of this kind settles, decide it? */
bool law_link_does(const struct law_tables *l, struct str instrument, struct str kind,
                   struct str act, struct str there);
/* Can a request of `kind` name a dossier of the kind `named` by `link`: does anything there follow
 * from it, or does it follow from there? Then it fits where law_follows says so of what was done
 * there. Kinds of one instrument; of others that is not known, and they fit. */
enum law_fit { LAW_UNFIT, LAW_FITS, LAW_FITS_WHAT_FOLLOWS };
enum law_fit law_link_fits(const struct law_tables *l, const struct law_act *act, struct str link,
                           struct str instrument, struct str named);
/* A dossier that may follow an act that was done in this one: its kind (of the same instrument),
 * the particular by which it names this one, and the article of that kind. */
struct law_follow {
    struct str kind, link, particular, article;
};
/* The `nth` that the side of `who` may open, from 0; false when there are no more. */
bool law_follows(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                 const struct law_who *who, const struct law_act *done, size_t nth,
                 struct law_follow *out);

#endif
