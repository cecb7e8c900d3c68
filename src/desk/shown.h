/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_SHOWN_H
#define COMITY_DESK_SHOWN_H
/* Part of desk_internal.h: what views are put together from, words of the law with their titles. */

#include "desk/desk.h"
#include "law/law.h"
#include "store/store.h"

struct desk_case;

/* The language asked for; English without one. */
struct str desk_lang(const struct desk_turn *dt);
/* "Norland, Cybercrime Bureau": by the tables, else by its profile, else the address. */
struct str desk_address_title(struct desk *d, struct turn *t, struct str address, struct str lang);
/* A particular's text: the text of {lang, text}, or as it stands. */
struct str desk_particular_text(const struct tree *v);

/* A dossier as lists and pages have it: names, titles, and what it is about. */
MUST err desk_add_dossier(struct desk *d, struct turn *t, struct tree *m,
                          const struct store_dossier *row, struct str lang);
/* The same with its soonest clock and, where it is ours, the next step. */
MUST err desk_add_row(struct desk *d, struct desk_turn *dt, struct tree *m,
                      const struct store_dossier *row, bool *has_next_out);
void desk_add_clock(struct desk *d, struct turn *t, struct tree *m, const struct store_dossier *row,
                    const struct store_clock *c, struct str lang);
/* What the law asks of, for an authority of ours on one side; `theirs` may be empty. */
MUST err desk_who(struct desk *d, struct turn *t, struct str ours, struct str theirs,
                  enum law_stream side, struct law_who *out);
#endif
