/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver's question: what does an act mean that came from the other State?
 *
 * What is wrong with it becomes remarks; the act is recorded all the same, because what was sent
 * was sent. Only an author without the function is turned away. */

#include "law/inner.h"

#include <string.h>

/* What both States can see from here: a clock that had not run out, a dossier that is waited for.
 */
static void ends_early(struct judge *j)
{
    const struct law_state *here = j->act->here;
    for (size_t i = 0; i < j->row->guards_n; i++) {
        const struct law_guard *g = &j->row->guards[i];
        const char *name = g->kind->name;
        law_about(j, g->row);
        for (size_t n = 0; strcmp(name, "after_clock_end") == 0 && n < here->clocks_n; n++) {
            const struct law_clock *c = &here->clocks[n];
            if (!str_eq(c->clock, g->clock) || !c->running || c->end_ms == 0) continue;
            if (c->still_ms || j->now_ms < c->end_ms)
                law_find(j, ERR_OK, g->remark, g->article, STR(""),
                         time_text(j->t->arena, c->end_ms));
        }
        for (size_t n = 0; strcmp(name, "none_pending") == 0 && n < here->marks_n; n++)
            if (str_starts(here->marks[n], LAW_PENDING)) {
                law_find(j, ERR_OK, g->remark, g->article, STR(""), STR(""));
                break;
            }
    }
}

err law_record(struct turn *t, const struct law_tables *l, const struct law_who *author,
               const struct law_act *act, int64_t received_ms, struct law_verdict *out)
{
    struct judge j = {.t = t, .l = l, .who = author, .act = act, .now_ms = received_ms};
    law_judge(&j);
    if (j.row && act->here) ends_early(&j);
    if (j.functionless)
        return turn_fail(t, ERR_NOT_ALLOWED, "function-missing",
                         str_c(t->arena, j.functionless->remark.article), STR_FMT,
                         STR_ARG(j.functionless->remark.sentence));
    law_verdict_of(&j, out);
    out->allowed = true;
    return ERR_OK;
}
