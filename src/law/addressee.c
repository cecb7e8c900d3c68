/* SPDX-License-Identifier: Apache-2.0 */
/* Which authority of the other State receives a request: what stops one that goes to the wrong
 * place, and what a draft is told of the right one. It knows a State's file and a signed profile,
 * and not who may send (guards.c). */

#include "law/inner.h"

static bool word_fits(struct str held, struct str needed)
{
    return str_is(held, "*") || str_eq(held, needed);
}

static bool receives(const struct judge *j, const struct tree *f)
{
    if (!str_eq(tree_str(f, "instrument"), j->instrument->instrument) ||
        !word_fits(tree_str(f, "kind"), j->kind->kind))
        return false;
    for (size_t i = 0; i < j->kind->roles_n; i++) {
        const struct law_role *r = &j->kind->roles[i];
        if (r->party == LAW_REQUESTED && str_eq(r->function, tree_str(f, "function")) &&
            word_fits(tree_str(f, "direction"), r->direction))
            return true;
    }
    return false;
}

static bool receives_by_profile(const struct judge *j)
{
    const struct law_addressee *to = j->who->to;
    for (size_t i = 0; i < to->functions_n; i++)
        for (size_t n = 0; n < j->kind->roles_n; n++)
            if (j->kind->roles[n].party == LAW_REQUESTED &&
                law_function_fits(j, &to->functions[i], &j->kind->roles[n]))
                return true;
    return false;
}

/* A signed profile, where there is one, is believed before the State's file. */
static bool is_disowned(const struct judge *j, struct str authority)
{
    const struct law_addressee *to = j->who->to;
    return to && to->functions_n && str_eq(to->authority, authority) && !receives_by_profile(j);
}

/* Is there an authority over there for this? What the State has given nobody yet is unknown. */
void law_foretell_receiver(struct judge *j)
{
    struct str other = j->who->other;
    for (const struct law_finding *f = j->findings; f; f = f->next)
        if (str_is(f->remark.code, "receives-elsewhere")) return; /* said already */
    for (const struct tree *a = law_state_rows(j, other, "authorities"); a; a = a->next)
        for (const struct tree *f = tree_get(a, "functions")->child; f; f = f->next) {
            if (!receives(j, f) || is_disowned(j, tree_str(a, "authority"))) continue;
            law_about(j, f);
            law_rest_on(j, other, STR("authorities"), tree_str(a, "authority"), f);
            law_find_fine(j, STR("receives-not"), tree_str(f, "article"), STR(""),
                          law_title(tree_get(a, "titles"), j->lang));
            return;
        }
    law_about(j, j->kind->row);
    const struct tree *f = law_state_rows(j, other, "unassigned");
    while (f && !receives(j, f)) f = f->next;
    law_rest_on(j, other, f ? STR("unassigned") : STR("authorities"), STR(""), f);
    law_find(j, ERR_OK, STR("receives-not"), f ? tree_str(f, "article") : j->kind->article, STR(""),
             other);
}

/* A request to an authority that may not take it lies there while the time runs, so it is not sent
 * where the State's file names another. What neither the file nor the profile says is not known. */
void law_judge_addressee(struct judge *j)
{
    const struct tree *other = NULL, *by = NULL;
    if (!j->row->carries || !j->dossier || j->who->side != LAW_REQUESTING || !j->who->to) return;
    if (str_eq(j->who->state, j->who->other)) {
        law_about(j, j->row->row);
        law_find(j, ERR_REJECTED, STR("to-ourselves"), j->row->article, STR(""), STR(""));
        return;
    }
    if (!j->who->to->authority.n) return; /* a State, to compare with */
    if (receives_by_profile(j)) return;
    for (const struct tree *a = law_state_rows(j, j->who->other, "authorities"); a; a = a->next)
        for (const struct tree *f = tree_get(a, "functions")->child; f; f = f->next) {
            if (!receives(j, f) || is_disowned(j, tree_str(a, "authority"))) continue;
            if (str_eq(tree_str(a, "authority"), j->who->to->authority)) return;
            if (!other) other = a, by = f;
        }
    if (!other) return;
    law_about(j, by);
    law_rest_on(j, j->who->other, STR("authorities"), tree_str(other, "authority"), by);
    law_find(j, ERR_NOT_ALLOWED, STR("receives-elsewhere"), tree_str(by, "article"), STR(""),
             law_title(tree_get(other, "titles"), j->lang));
}
