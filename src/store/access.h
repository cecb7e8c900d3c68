/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_ACCESS_H
#define COMITY_STORE_ACCESS_H
/* Part of store.h: the only way from a person to a dossier or a draft, and what lists need of one.
 *
 * Walls first: an officer meets only what is of his authority. Then his roles: each right holds
 * within what the roles that have it see (role.def). What may not be seen is not there:
 * ERR_NONE_SUCH, the same as for what never was. */

#include "base/base.h"
#include "store/people.h"

struct store_dossier;
struct store_clock;
struct store_outgoing;
struct store_act;
struct store_entry;
struct store_slip;
struct store_mail;
struct store_matter;
struct store_alias;
struct store_document;

/* What an officer sees of the dossiers for one right; made from his roles, used below. */
struct store_reader {
    struct str officer, authority;
    bool everything, own;
    bool registers;      /* one of the roles that give the right also keeps the register */
    struct str function; /* dossiers under it; empty: none */
};
void store_reader_of(const struct store_officer *o, enum store_right right,
                     struct store_reader *out);

/* By our ref, its id, or another number; ERR_CONFLICT when several that he sees bear that. */
MUST err store_access_find(struct turn *t, struct store *s, const struct store_reader *who,
                           struct str ref, struct store_dossier *out);
MUST err store_access_get(struct turn *t, struct store *s, const struct store_reader *who,
                          const struct id *dossier, struct store_dossier *out);

/* What a list is narrowed by; empty and 0 mean anything. */
enum { STORE_WORDS_MAX = 4 };
struct store_filter {
    struct str side, kind;
    struct str state; /* theirs: "XM/" */
    bool open, closed;
    struct hash token[STORE_WORDS_MAX]; /* store_words_of of what is looked for */
    int64_t words;
    int64_t before, limit; /* newest change first, those below leaf `before` */
};
MUST err store_access_list(struct turn *t, struct store *s, const struct store_reader *who,
                           const struct store_filter *f, struct store_dossier **out, size_t *n_out);
/* Open ones, the soonest clock first, those without one last. */
MUST err store_access_open(struct turn *t, struct store *s, const struct store_reader *who,
                           int64_t limit, struct store_dossier **out, size_t *n_out);
/* Running clocks that end at or before `by_ms`, soonest first. */
MUST err store_access_clocks(struct turn *t, struct store *s, const struct store_reader *who,
                             int64_t by_ms, int64_t limit, struct store_clock **out, size_t *n_out);
/* Acts that the other States' nodes do not hold yet. */
MUST err store_access_waiting(struct turn *t, struct store *s, const struct store_reader *who,
                              int64_t *out);
/* Those of them that were tried in vain so far, most tries first. */
MUST err store_access_tried(struct turn *t, struct store *s, const struct store_reader *who,
                            int64_t limit, struct store_outgoing **out, size_t *n_out);
/* Dossiers that something of theirs was recorded for after a leaf, in order. */
struct store_change {
    struct str ref;
    int64_t leaf;
};
MUST err store_access_changes(struct turn *t, struct store *s, const struct store_reader *who,
                              int64_t after, int64_t limit, struct store_change **out,
                              size_t *n_out);
/* The last leaf that something of theirs was recorded in; 0: none. */
MUST err store_access_latest(struct turn *t, struct store *s, const struct store_reader *who,
                             int64_t *out);

/* What people carry. An entry is seen with the dossier it is filed or linked to, else by who sees
 * everything or keeps the register; an instruction where it hangs; a matter with one of its
 * dossiers, an empty one as an entry. Limits count what is seen. */
MUST err store_access_entry(struct turn *t, struct store *s, const struct store_reader *who,
                            const struct id *entry, struct store_entry *out);
/* Newest first, those whose leaf is below `before`; all, or those still open. */
MUST err store_access_entries(struct turn *t, struct store *s, const struct store_reader *who,
                              bool open, int64_t before, int64_t limit, struct store_entry **out,
                              size_t *n_out);
/* Open instructions, soonest first. */
MUST err store_access_instructed(struct turn *t, struct store *s, const struct store_reader *who,
                                 int64_t limit, struct store_slip **out, size_t *n_out);
/* Our outward acts beside the wire that nobody has carried yet, oldest first. */
MUST err store_access_uncarried(struct turn *t, struct store *s, const struct store_reader *who,
                                int64_t limit, struct store_act **out, size_t *n_out);
/* Mails that a server refused for good and nobody has dealt with, oldest first. */
MUST err store_access_refused(struct turn *t, struct store *s, const struct store_reader *who,
                              int64_t limit, struct store_mail **out, size_t *n_out);
/* Newest first. */
MUST err store_access_matters(struct turn *t, struct store *s, const struct store_reader *who,
                              int64_t limit, struct store_matter **out, size_t *n_out);
/* Dossiers that bear a number, and where these bytes came beside the entry `but`, with the dossier
 * they belong to now. */
enum { STORE_BEARERS_MAX = 20, STORE_PLACES_MAX = 50 };
MUST err store_access_aliases(struct turn *t, struct store *s, const struct store_reader *who,
                              struct str number, struct store_alias **out, size_t *n_out);
MUST err store_access_documents(struct turn *t, struct store *s, const struct store_reader *who,
                                const struct hash *sha256, const struct id *but,
                                struct store_document **out, size_t *n_out);

MUST err store_access_draft(struct turn *t, struct store *s, const struct store_reader *who,
                            struct str label, struct store_draft *out);
/* Those not sent, the last changed first; without bodies. */
MUST err store_access_drafts(struct turn *t, struct store *s, const struct store_reader *who,
                             int64_t limit, struct store_draft **out, size_t *n_out);

/* ---- projection ------------------------------------------------------------------------------ */

MUST err store_member_add(struct turn *t, struct store *s, const struct id *dossier,
                          struct str officer);
MUST err store_member_drop(struct turn *t, struct store *s, const struct id *dossier,
                           struct str officer);
MUST err store_members(struct turn *t, struct store *s, const struct id *dossier, struct str **out,
                       size_t *n_out);
MUST err store_competence_add(struct turn *t, struct store *s, const struct id *dossier,
                              struct str function);
MUST err store_aliases(struct turn *t, struct store *s, const struct id *dossier, struct str **out,
                       size_t *n_out);

/* What lists say of a dossier without opening its acts. The title is sealed under the house key,
 * always to the same bytes. */
struct store_brief {
    struct id dossier;
    struct str title;
    struct str marks, missing; /* words by blanks, as the fold left them */
    int64_t touched_leaf;      /* of the last record about it */
};
MUST err store_brief_set(struct turn *t, struct store *s, const struct store_brief *b);
MUST err store_brief_touch(struct turn *t, struct store *s, const struct id *dossier, int64_t leaf);
MUST err store_brief_get(struct turn *t, struct store *s, const struct id *dossier,
                         struct store_brief *out);

/* ---- words to find it by --------------------------------------------------------------------- */

/* A text in the spelling that is compared: lower case, without accents; İ ı I i are one letter, so
 * are ə and e, ö and o, ü and u, ş and s, ç and c, ğ and g; other signs are blanks. */
struct str store_fold(struct turn *t, struct str text);
/* Remembers the words of a text, as keyed hashes: the table tells nobody what a dossier says. Of
 * words longer than STORE_STEM letters their beginning counts, so endings do not matter. */
enum { STORE_STEM = 5, STORE_WORDS_EACH_MAX = 256 };
MUST err store_words_add(struct turn *t, struct store *s, const struct id *dossier,
                         struct str text);
/* The first words of what is looked for. */
MUST err store_words_of(struct turn *t, struct store *s, struct str text,
                        struct hash out[STORE_WORDS_MAX], int64_t *n_out);

#endif
