/* SPDX-License-Identifier: Apache-2.0 */
/* The author's question: may this act be done now, and what follows? */

#include "law/inner.h"

err law_decide(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
               const struct law_who *who, const struct law_act *act, int64_t now_ms,
               struct law_verdict *out)
{
    struct judge j = {.t = t, .l = l, .dossier = dossier, .who = who, .act = act, .now_ms = now_ms};
    law_judge(&j);
    law_verdict_of(&j, out);
    const struct law_finding *no = law_first(&j);
    out->allowed = !no;
    if (!no) return ERR_OK;
    /* One answer speaks for all that is missing; the verdict lists the rest. */
    bool missing = str_is(no->remark.code, "particular-missing");
    return turn_fail_at(t, no->err ? no->err : ERR_NOT_ALLOWED,
                        missing ? "particulars-missing" : str_c(t->arena, no->remark.code),
                        str_c(t->arena, no->remark.article), no->remark.particular, STR_FMT,
                        STR_ARG(no->remark.sentence));
}
