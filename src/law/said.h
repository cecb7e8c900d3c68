/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_SAID_H
#define COMITY_LAW_SAID_H
/* Part of law.h: what the tables call things, for people. Titles are in `lang`, or English; what
 * the tables do not know is called by its own name, so that nothing is ever without one. */

#include "base/base.h"

struct law_tables;
struct law_state;
struct law_who;
struct law_option;
struct tree;

enum law_noun {
    LAW_SAYS_INSTRUMENT, /* `kind` and `name` are not looked at */
    LAW_SAYS_FUNCTION,   /* of an authority; `kind` is not looked at */
    LAW_SAYS_OBLIGATION, /* likewise */
    LAW_SAYS_KIND,       /* `name` is not looked at */
    LAW_SAYS_STATE,      /* of the kind's dossiers; the others likewise within the kind */
    LAW_SAYS_OUTCOME,
    LAW_SAYS_CLOCK,
    LAW_SAYS_ACT,
    LAW_SAYS_PARTICULAR,
};
struct str law_said(const struct law_tables *l, enum law_noun noun, struct str instrument,
                    struct str kind, struct str name, struct str lang);
/* "Norland"; and "Norland, Cybercrime Bureau" for XN/csb. Empty when the tables have no such State
 * or authority: then its profile says. */
struct str law_state_said(const struct law_tables *l, struct str state, struct str lang);
struct str law_authority_said(struct arena *a, const struct law_tables *l, struct str address,
                              struct str lang);

/* Its clock, "Asia/Baku"; empty when the tables do not know it. */
struct str law_authority_zone(const struct law_tables *l, struct str address);

/* The particular that names a request of the kind in lists (`summary: true`); empty: none does. */
struct str law_summary(const struct law_tables *l, struct str instrument, struct str kind);
/* The functions a kind falls under by its roles, with a blank before and after each. */
struct str law_competence(struct arena *a, const struct law_tables *l, struct str instrument,
                          struct str kind);
/* "un-cybercrime 42". */
struct str law_kind_cited(struct arena *a, const struct law_tables *l, struct str instrument,
                          struct str kind);
/* The instrument that is meant where none is named (`usual`); the first where no file says so. And
 * the article by which its States name their authorities, "un-cybercrime 40(12)"; or NULL. */
struct str law_usual(const struct law_tables *l);
const char *law_usual_cited(struct arena *a, const struct law_tables *l);
/* What a remark says, without a full stop. */
struct str law_remark_said(const struct law_tables *l, struct str code, struct str lang);
/* What to do about it, with a full stop; empty where the row does not say. */
struct str law_remark_remedy(struct arena *a, const struct law_tables *l, struct str code,
                             struct str lang);
/* True when a remark stops an act of ours (`grade: must`), or is not known. */
bool law_remark_is_must(const struct law_tables *l, struct str code);
/* The rows of the kind's particulars as law_options gives them, for a request that lies open. */
MUST err law_request_rows(struct turn *t, const struct law_tables *l, struct str instrument,
                          struct str kind, struct str lang, const struct tree **out);

/* The step most due, as law_options marks it, without what it asks for. */
MUST err law_next(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                  const struct law_who *who, int64_t now_ms, struct str lang, bool *found_out,
                  struct law_option *out);

/* Adds every kind of every instrument to a list, those first that `who` may send: instrument,
 * instrument_title, kind, kind_title, article, need, may_send, and why_not with why_not_article
 * where it is not for `who` to send. */
MUST err law_kinds_list(struct turn *t, const struct law_tables *l, const struct law_who *who,
                        int64_t now_ms, struct str lang, struct tree *list);
/* Adds every article that has `text` in its title in `lang` or as its number: instrument, article,
 * title. At most `most`. `fold` is how texts are compared. */
MUST err law_articles_find(struct turn *t, const struct law_tables *l, struct str text,
                           struct str lang, size_t most,
                           struct str (*fold)(struct turn *t, struct str s), struct tree *list);
/* The States of the tables, by number from 0; NULL after the last. The file as it stands. */
const struct tree *law_state_nth(const struct law_tables *l, size_t n);

#endif
