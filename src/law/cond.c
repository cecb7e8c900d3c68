/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: what a row asks of the act, of the request, of a State's profile or of what happened.
 *
 * There are three answers. What was not said is unknown, and each asker decides what that means to
 * him: it never makes a particular due, never opens a ground, and never puts a case out of scope.
 */

#include "law/inner.h"

static enum law_answer value_answer(const struct law_cond *c, const struct tree *v);

static enum law_answer both(enum law_answer a, enum law_answer b)
{
    if (a == LAW_NO || b == LAW_NO) return LAW_NO;
    return a == LAW_UNKNOWN || b == LAW_UNKNOWN ? LAW_UNKNOWN : LAW_YES;
}

static const struct tree *request_of(const struct judge *j)
{
    const struct law_state *s = j->dossier ? j->dossier : j->act->here;
    return s ? s->particulars : NULL;
}

static bool is_compared(const struct law_cond *c)
{
    return c->equals.n || c->one_of || c->has_least || c->has_below;
}

static enum law_answer profile_answer(const struct judge *j, const struct law_cond *c)
{
    bool own = (j->who->side == LAW_REQUESTING) == c->of_requesting;
    struct str state = own ? j->who->state : j->who->other;
    const struct tree *line = law_state_profile(j->l, state, j->instrument->instrument, c->name);
    const struct tree none = {.kind = TREE_STR, .str = STR("unknown")};
    const struct tree *value = line ? tree_get(line, "value") : &none;
    bool named =
        str_is(c->equals, "unknown") || (c->one_of && tree_has_str(c->one_of, STR("unknown")));
    return str_is(value->str, "unknown") && !named ? LAW_UNKNOWN : value_answer(c, value);
}

static enum law_answer said_answer(const struct law_cond *c, const struct tree *v)
{
    if (law_is_absent(v)) return is_compared(c) ? LAW_UNKNOWN : LAW_NO;
    if (is_compared(c)) return value_answer(c, v);
    return v->kind == TREE_BOOL && !v->num ? LAW_NO
                                           : LAW_YES; /* a flag is there when it says yes */
}

enum law_answer law_cond_ask(const struct judge *j, const struct tree *subject,
                             const struct law_cond *c)
{
    enum law_answer is = LAW_YES;
    switch (c->of) {
    case LAW_COND_NONE:
        break;
    case LAW_COND_PARTICULAR:
        is = said_answer(c, tree_get_s(subject, c->name));
        break;
    case LAW_COND_REQUEST:
        is = j->dossier || j->act->here ? said_answer(c, tree_get_s(request_of(j), c->name))
                                        : LAW_UNKNOWN;
        break;
    case LAW_COND_PROFILE:
        is = profile_answer(j, c);
        break;
    case LAW_COND_MARK:
        is = !j->dossier                                                     ? LAW_UNKNOWN
             : law_list_has(j->dossier->marks, j->dossier->marks_n, c->name) ? LAW_YES
                                                                             : LAW_NO;
        break;
    }
    if (c->negated && is != LAW_UNKNOWN) is = is == LAW_YES ? LAW_NO : LAW_YES;
    return c->also ? both(is, law_cond_ask(j, subject, c->also)) : is;
}

static enum law_answer value_answer(const struct law_cond *c, const struct tree *v)
{
    struct str text = law_text_of(v);
    int64_t n;
    bool yes;
    if (c->equals.n && v->kind == TREE_BOOL)
        yes = str_is(c->equals, v->num ? "true" : "false");
    else if (c->equals.n)
        yes = str_eq(text, c->equals);
    else if (c->one_of)
        yes = tree_has_str(c->one_of, text);
    else if (!law_number_of(v, &n))
        return LAW_UNKNOWN;
    else
        yes = (!c->has_least || n >= c->least) && (!c->has_below || n < c->below);
    return yes ? LAW_YES : LAW_NO;
}

/* ---- scope and grounds ----------------------------------------------------------------------- */

/* A condition that only asks whether something is said leaves the scope open while it is not. */
static bool is_silent(const struct law_cond *c, const struct tree *request)
{
    return c->of == LAW_COND_PARTICULAR && !is_compared(c) && !c->negated && !c->also &&
           law_is_absent(tree_get_s(request, c->name));
}

enum law_answer law_in_scope(const struct judge *j, const struct tree *request)
{
    const struct law_scope *s = j->kind->scope;
    enum law_answer is = LAW_NO;
    if (!s) return LAW_YES;
    for (size_t i = 0; i < s->accepts_n && is != LAW_YES; i++) {
        enum law_answer one = law_cond_ask(j, request, &s->accepts[i]);
        if (is_silent(&s->accepts[i], request)) one = LAW_UNKNOWN;
        if (one != LAW_NO) is = one;
    }
    return is;
}

/* A receiver whose tables do not know the author's State cannot tell whether it made a reservation,
 * and then says nothing. */
bool law_ground_holds(const struct judge *j, const struct law_ground *r)
{
    if (r->reservation.n && (j->dossier || law_state_find(j->l, j->who->state)) &&
        !law_state_reserved(j->l, j->who->state, j->instrument->instrument, r->reservation))
        return false;
    if (!j->dossier && !j->act->here) return true;
    enum law_answer is = law_cond_ask(j, request_of(j), &r->when);
    return is == LAW_YES || (is == LAW_UNKNOWN && !j->dossier);
}
