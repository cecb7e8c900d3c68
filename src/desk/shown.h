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
/* Sets the turn's stamp, once it is known that who asks may see what he asks for. True when it is
 * that of `unless`: then there is nothing to show. It holds until something is done at this desk,
 * by whomever, and at most a second, for what can be done changes with the time. */
bool desk_is_unchanged(struct desk *d, struct desk_turn *dt);
/* Whether the next step of a dossier is ours, as desk_add_row finds it. */
MUST err desk_has_next(struct desk *d, struct desk_turn *dt, const struct store_dossier *row,
                       bool *found_out);

/* ---- around every page (frame.c) ------------------------------------------------------------- */

/* How many rows STATUS has: that need a person, that nobody acknowledged, open in the register. */
struct desk_needs {
    int64_t needs, hot, entries;
};
enum { DESK_NEEDS_MAX = 50, DESK_OPEN_MAX = 500 };
void desk_needs_add(struct turn *t, struct tree *v, const struct desk_needs *n);
/* Adds those of what people carry. */
MUST err desk_papers_count(struct desk *d, struct desk_turn *dt, const struct store_reader *who,
                           struct desk_needs *n);
/* Adds what FRAME and STATUS both say of the node and of who asks. */
void desk_frame_add(struct desk *d, struct desk_turn *dt, struct tree *v, int64_t position);
/* What is the whole node's, and so would tell of a neighbour behind a wall: shown where there is
 * none, and to who stands at the computer. */
bool desk_sees_node(const struct desk *d, const struct desk_turn *dt);

#endif
