/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_PERSON_H
#define COMITY_DESK_PERSON_H
/* Part of desk_internal.h: who asks, what he may, and what is written down about it. */

#include "desk/desk.h"
#include "store/store.h"

/* ---- who (session.c) ------------------------------------------------------------------------- */

/* Finds who asks by session, else by uid, and sets dt->person. ERR_STRANGER. */
MUST err desk_person_find(struct desk *d, struct desk_turn *dt);
/* Whether his roles let him do the turn's action at all. ERR_NOT_ALLOWED; ERR_NONE_SUCH where what
 * is named (ref, draft, entry, matter, instruction) is not for him to see. */
MUST err desk_person_may(struct desk *d, struct desk_turn *dt);
MUST err desk_may_not(struct turn *t); /* ERR_NOT_ALLOWED "role-may-not" */
/* What he sees for a right; every list asks with it. */
void desk_reader(const struct desk_turn *dt, enum store_right right, struct store_reader *out);
/* The dossier that a reference, or the argument `ref`, names, the draft `draft` names, as far as he
 * has the right to it. ERR_NONE_SUCH when he may not even read it, ERR_NOT_ALLOWED when only the
 * right is missing. */
MUST err desk_dossier_find(struct desk *d, struct desk_turn *dt, enum store_right right,
                           struct str ref, struct store_dossier *out);
MUST err desk_arg_dossier(struct desk *d, struct desk_turn *dt, enum store_right right,
                          struct store_dossier *out);
MUST err desk_arg_draft(struct desk *d, struct desk_turn *dt, enum store_right right,
                        struct store_draft *out);

/* A token of 256 bits as text, and the hash it stands under. */
void desk_token_make(struct turn *t, struct str *text_out, struct hash *hash_out);
void desk_token_hash(struct str text, struct hash *out);
/* Begins a session for an officer who proved himself by `method` ("link", "key", "cert"), ends the
 * one the turn came with, and sets the view of ENTER. */
MUST err desk_session_begin(struct desk *d, struct desk_turn *dt, const struct store_officer *o,
                            const char *method);
/* The one answer to whoever is not let in, so that nobody learns why. */
MUST err desk_enter_fail(struct turn *t);
void desk_add_officer(struct desk *d, struct turn *t, struct tree *v, const char *key,
                      const struct store_officer *o, struct str lang);

/* ---- acts of the house (house.c, people.c, passkey.c) ---------------------------------------- */

/* Makes an act of the house dossier permanent, with who did it. */
MUST err desk_house_act(struct desk *d, struct desk_turn *dt, const char *act,
                        const struct tree *particulars);
struct desk_doc;
MUST err desk_house_act_with(struct desk *d, struct desk_turn *dt, const char *act,
                             const struct tree *particulars, const struct desk_doc *docs,
                             size_t docs_n);
MUST err desk_officer_record(struct desk *d, struct desk_turn *dt, const struct store_officer *o);
/* The officers INIT brings. */
MUST err desk_officers_first(struct desk *d, struct desk_turn *dt, const struct tree *list);
typedef err desk_house_project(struct desk *d, struct turn *t, const struct store_record *r,
                               const struct tree *particulars);
desk_house_project desk_officer_project, desk_member_project, desk_passkey_project,
    desk_assigned_project, desk_accepted_project;

/* ---- what is written down (reads.c) ---------------------------------------------------------- */

/* Notes that the person of the turn reads a dossier's content (NULL: of several). ERR_BUSY when
 * writing is behind: then nothing is shown. */
MUST err desk_read_note(struct desk *d, struct desk_turn *dt, const struct id *dossier);
/* After a commit with READS in it. */
void desk_reads_written(struct desk *d);
MUST err desk_seen_write(struct desk *d, struct turn *t);
void desk_seen_written(struct desk *d);

bool desk_idem_is(const struct desk_turn *dt);
/* Gives the answer kept for the turn's key. ERR_CONFLICT "idem-other-body". */
MUST err desk_idem_known(struct desk *d, struct desk_turn *dt, bool *known_out);
MUST err desk_idem_keep(struct desk *d, struct desk_turn *dt);

#endif
