/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_PREFLIGHT_H
#define COMITY_LAW_PREFLIGHT_H
/* Part of law.h: a draft held against the law and against the profile of the State that is asked,
 * before anything leaves. The same questions as law_decide, answered in full: what must be mended,
 * what should be looked at, what is fine; and what that State is likely to answer. */

#include "base/base.h"

struct law_tables;
struct law_state;
struct law_who;
struct law_act;
struct law_function;

/* The authority that a request goes to, and what its State's signed profile says it does. */
struct law_addressee {
    struct str authority; /* "dts" */
    const struct law_function *functions;
    size_t functions_n;
};

enum law_grade { LAW_MUST, LAW_SHOULD, LAW_FINE };
const char *law_grade_word(enum law_grade g); /* "must", "should", "fine" */

/* The line of a State's file that an answer rests on. `field` is the key or the line's name there;
 * `value` is "unknown" where the State has not said. Without `field` it rests on none. */
struct law_rests {
    struct str state, field, value, article, source;
    struct str title; /* of the field, where the instrument gives it one */
};
/* One line: code, article, particular and sentence as in a remark; `source` says how far the rule
 * can be trusted ("unverified"), and is empty where the rule is the program's own. */
struct law_line {
    enum law_grade grade;
    bool foretold; /* about what the other State is likely to do, not about the draft itself */
    struct str code, article, source, particular, sentence, remedy;
    struct law_rests rests;
    struct law_line *next;
};
/* Lines in the order must, should, fine; `must_out` counts those that stop the act. Sentences are
 * in `lang`, or English. `who->other` is the State it is held against. */
MUST err law_preflight(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                       const struct law_who *who, const struct law_act *act, int64_t now_ms,
                       struct str lang, struct law_line **out, size_t *must_out);

#endif
