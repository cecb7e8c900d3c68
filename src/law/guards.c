/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed list of guards a lifecycle row may name.
 *
 * A guard knows how to ask one question; which act it guards, what it asks about, which remark it
 * makes and which article says so are the row's. */

#include "law/inner.h"

static void has_mark(struct judge *j, const struct law_guard *g);
static void no_mark(struct judge *j, const struct law_guard *g);
static void after_clock_end(struct judge *j, const struct law_guard *g);
static void carries_something(struct judge *j, const struct law_guard *g);
static void ground_listed(struct judge *j, const struct law_guard *g);
static void day_at_least(struct judge *j, const struct law_guard *g);

/* clang-format off */
const struct law_guard_kind law_guard_kinds[] = {
    /*                     dossier mark   clock  particular */
    {"has_mark",           true,  true,  false, false, ERR_NOT_ALLOWED, has_mark},
    {"no_mark",            true,  true,  false, false, ERR_NOT_ALLOWED, no_mark},
    {"after_clock_end",    true,  false, true,  false, ERR_NOT_ALLOWED, after_clock_end},
    {"carries_something",  false, false, false, false, ERR_REJECTED,    carries_something},
    {"ground_listed",      false, false, false, true,  ERR_NOT_ALLOWED, ground_listed},
    {"day_at_least",       false, false, true,  true,  ERR_REJECTED,    day_at_least},
    {NULL, false, false, false, false, ERR_OK, NULL},
};
/* clang-format on */

const struct law_guard_kind *law_guard_kind_find(struct str name)
{
    for (const struct law_guard_kind *k = law_guard_kinds; k->name; k++)
        if (str_is(name, k->name)) return k;
    return NULL;
}

void law_judge_guards(struct judge *j, bool about_dossier)
{
    for (size_t i = 0; i < j->row->guards_n; i++) {
        const struct law_guard *g = &j->row->guards[i];
        if (g->kind->needs_dossier == about_dossier) g->kind->ask(j, g);
    }
}

/* The answer "no", with the article of the row unless a better one is given. */
static void no(struct judge *j, const struct law_guard *g, struct str article, struct str detail)
{
    law_find(j, g->kind->err, g->remark, article.n ? article : g->article, g->particular, detail);
}

/* ---- about the dossier -------------------------------------------------------------------------
 */

static bool marked(const struct judge *j, struct str mark)
{
    return law_list_has(j->dossier->marks, j->dossier->marks_n, mark);
}

static void has_mark(struct judge *j, const struct law_guard *g)
{
    if (!marked(j, g->mark)) no(j, g, STR(""), STR(""));
}

static void no_mark(struct judge *j, const struct law_guard *g)
{
    if (marked(j, g->mark)) no(j, g, STR(""), STR(""));
}

/* True at the very millisecond at which the clock ends: its end is exclusive. */
static void after_clock_end(struct judge *j, const struct law_guard *g)
{
    for (size_t i = 0; i < j->dossier->clocks_n; i++) {
        const struct law_clock *c = &j->dossier->clocks[i];
        if (!str_eq(c->clock, g->clock) || !c->running || c->end_ms == 0) continue;
        if (j->now_ms >= c->end_ms) return;
        no(j, g, STR(""), time_text(j->t->arena, c->end_ms));
        return;
    }
    no(j, g, STR(""), STR(""));
}

/* ---- about the act -----------------------------------------------------------------------------
 */

static void carries_something(struct judge *j, const struct law_guard *g)
{
    for (size_t i = 0; i < j->row->particulars_n; i++)
        if (law_particular_given(j->kind, &j->row->particulars[i], j->act->particulars)) return;
    no(j, g, STR(""), STR(""));
}

/* Does the State's reservation or the request's own nature stand against this ground? A receiver
 * whose tables do not know the author's State cannot tell, and then says nothing. */
static bool ground_holds(const struct judge *j, const struct law_ground *r)
{
    if (r->reservation.n && (j->dossier || law_state_find(j->l, j->who->state)) &&
        !law_state_reserved(j->l, j->who->state, j->instrument->instrument, r->reservation))
        return false;
    if (r->when.particular.n && j->dossier && !law_cond_holds(j->dossier->particulars, &r->when))
        return false;
    return true;
}

/* A ground is allowed when the kind lists it. One the treaty rules out by name answers with that
 * article; any other with the one that lists the grounds. */
static void ground_listed(struct judge *j, const struct law_guard *g)
{
    struct str named = law_value_text(j->act->particulars, g->particular);
    if (named.n == 0) return;
    const struct law_ground *r = law_ground_find(j->kind, named);
    if (!r) {
        no(j, g, STR(""), STR(""));
        return;
    }
    struct str title = law_title(tree_get(r->row, "titles"), j->lang);
    if (r->forbidden || !ground_holds(j, r)) {
        no(j, g, r->article, title);
        return;
    }
    if (r->pre_duty.n == 0 || !j->dossier || marked(j, r->pre_duty)) return;
    struct law_finding *f = law_find(j, ERR_NOT_ALLOWED, STR("consult-first"), r->pre_duty_article,
                                     g->particular, title);
    if (f) f->must = r->pre_duty_strict;
}

static void day_at_least(struct judge *j, const struct law_guard *g)
{
    int64_t day;
    const struct law_clock_row *c = law_clock_row_find(j->kind, g->clock);
    if (!day_read(law_value_text(j->act->particulars, g->particular), &day)) return;
    if (!law_time_is_usable(j->act->at_ms)) return;
    int64_t least = law_clock_least_day(j, c);
    if (day < least) no(j, g, STR(""), day_text(j->t->arena, least));
}
