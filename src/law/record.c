/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver's question: what does an act mean that came from the other State?
 *
 * What is wrong with it becomes remarks; the act is recorded all the same, because what was sent
 * was sent. Only an author without the function is turned away. */

#include "law/inner.h"

err law_record(struct turn *t, const struct law_tables *l, const struct law_who *author,
               const struct law_act *act, int64_t received_ms, struct law_verdict *out)
{
    struct judge j = {.t = t, .l = l, .who = author, .act = act, .now_ms = received_ms};
    law_judge(&j);
    if (j.functionless)
        return turn_fail(t, ERR_NOT_ALLOWED, "function-missing",
                         str_c(t->arena, j.functionless->remark.article), STR_FMT,
                         STR_ARG(j.functionless->remark.sentence));
    law_verdict_of(&j, out);
    out->allowed = true;
    return ERR_OK;
}
