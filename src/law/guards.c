/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed list of guards a lifecycle row may name.
 *
 * A guard knows how to ask one question; which act it guards, what it asks about, which remark it
 * makes and which article says so are the row's. */

#include "law/days.h"

static void has_mark(struct judge *j, const struct law_guard *g);
static void no_mark(struct judge *j, const struct law_guard *g);
static void any_mark(struct judge *j, const struct law_guard *g);
static void after_clock_end(struct judge *j, const struct law_guard *g);
static void before_clock_end(struct judge *j, const struct law_guard *g);
static void clock_not_over(struct judge *j, const struct law_guard *g);
static void day_not_earlier(struct judge *j, const struct law_guard *g);
static void day_beyond(struct judge *j, const struct law_guard *g);
static void day_since_end(struct judge *j, const struct law_guard *g);
static void scope_not_met(struct judge *j, const struct law_guard *g);
static void none_pending(struct judge *j, const struct law_guard *g);
static void nothing_missing(struct judge *j, const struct law_guard *g);
static void carries_something(struct judge *j, const struct law_guard *g);
static void ground_listed(struct judge *j, const struct law_guard *g);
static void day_at_least(struct judge *j, const struct law_guard *g);
static void day_ahead(struct judge *j, const struct law_guard *g);
static void in_scope(struct judge *j, const struct law_guard *g);
static void language_accepted(struct judge *j, const struct law_guard *g);
static void basis_stands(struct judge *j, const struct law_guard *g);
static void holds(struct judge *j, const struct law_guard *g);

/* clang-format off */
const struct law_guard_kind law_guard_kinds[] = {
    /*                    about the dossier, needs a mark, clock, particular, marks, when */
#define Y true
#define _ false
    {"has_mark",            Y, Y, _, _, _, _, ERR_NOT_ALLOWED, has_mark, NULL},
    {"no_mark",             Y, Y, _, _, _, _, ERR_NOT_ALLOWED, no_mark, NULL},
    {"after_clock_end",     Y, _, Y, _, _, _, ERR_NOT_ALLOWED, after_clock_end, NULL},
    {"any_mark",            Y, _, _, _, Y, _, ERR_NOT_ALLOWED, any_mark, NULL},
    {"before_clock_end",    Y, _, Y, _, _, _, ERR_NOT_ALLOWED, before_clock_end, NULL},
    {"day_not_earlier",     Y, _, Y, Y, _, _, ERR_REJECTED,    day_not_earlier, NULL},
    {"clock_not_over",      Y, _, Y, _, _, _, ERR_NOT_ALLOWED, clock_not_over, NULL},
    {"day_beyond",          Y, _, Y, Y, _, _, ERR_REJECTED,    day_beyond, NULL},
    {"day_since_end",       Y, _, _, Y, _, _, ERR_REJECTED,    day_since_end, NULL},
    {"scope_not_met",       Y, Y, _, _, _, _, ERR_NOT_ALLOWED, scope_not_met, NULL},
    {"none_pending",        Y, _, _, _, _, _, ERR_NOT_ALLOWED, none_pending, NULL},
    {"nothing_missing",     Y, _, _, _, _, _, ERR_NOT_ALLOWED, nothing_missing, NULL},
    {"carries_something",   _, _, _, _, _, _, ERR_REJECTED,    carries_something, NULL},
    {"ground_listed",       _, _, _, Y, _, _, ERR_NOT_ALLOWED, ground_listed, NULL},
    {"day_at_least",        _, _, Y, Y, _, _, ERR_REJECTED,    day_at_least, NULL},
    {"day_ahead",           _, _, _, Y, _, _, ERR_REJECTED,    day_ahead, NULL},
    {"in_scope",            _, _, _, _, _, _, ERR_NOT_ALLOWED, in_scope, NULL},
    {"language_accepted",   _, _, _, Y, _, _, ERR_REJECTED,    language_accepted,
     "profile-unknown"},
    {"basis_stands",        _, _, _, _, _, _, ERR_NOT_ALLOWED, basis_stands, NULL},
    {"holds",               _, _, _, _, _, Y, ERR_NOT_ALLOWED, holds, "profile-unknown"},
    {NULL, _, _, _, _, _, _, ERR_OK, NULL, NULL},
#undef Y
#undef _
};
/* clang-format on */

const struct law_guard_kind *law_guard_kind_find(struct str name)
{
    for (const struct law_guard_kind *k = law_guard_kinds; k->name; k++)
        if (str_is(name, k->name)) return k;
    return NULL;
}

/* A guard with `only_when` is passed over where that is known not to hold; the receiver, who has no
 * dossier to look at, passes it over where he cannot tell. */
static bool is_asked(const struct judge *j, const struct law_guard *g)
{
    enum law_answer is = law_cond_ask(j, j->act->particulars, &g->only_when);
    return is == LAW_YES || (is == LAW_UNKNOWN && j->dossier);
}

void law_judge_guards(struct judge *j, bool about_dossier)
{
    for (size_t i = 0; i < j->row->guards_n; i++) {
        const struct law_guard *g = &j->row->guards[i];
        if (g->kind->needs_dossier != about_dossier || !is_asked(j, g)) continue;
        size_t found = j->findings_n;
        law_about(j, g->row);
        g->kind->ask(j, g);
        if (j->findings_n == found && !j->unsure)
            law_find_fine(j, g->remark, g->article, g->particular, STR(""));
    }
}

/* The answer "no", with the article of the row unless a better one is given. */
static void no(struct judge *j, const struct law_guard *g, struct str article, struct str detail)
{
    law_find(j, g->kind->err, g->remark, article.n ? article : g->article, g->particular, detail);
}

/* What the particular that the guard names says; empty where it is not said or is not of its type:
 * that was found already, and nothing more is asked of it. */
static struct str said_of(const struct judge *j, const struct law_guard *g)
{
    const struct tree *v = tree_get_s(j->act->particulars, g->particular);
    int64_t n = law_index_get(&j->row->names, g->particular);
    bool given = n != LAW_NO_ROW && law_particular_given(j, &j->row->particulars[n], v);
    return given ? law_text_of(v) : STR("");
}

/* ---- about the dossier ----------------------------------------------------------------------- */

static bool marked(const struct judge *j, struct str mark)
{
    return law_list_has(j->dossier->marks, j->dossier->marks_n, mark);
}

static bool leaves(const struct law_row *r, struct str mark)
{
    if (str_eq(r->mark, mark)) return true;
    for (size_t i = 0; i < r->marks_n; i++)
        if (str_eq(r->marks[i].mark, mark)) return true;
    return false;
}

/* Could it be marked where its author sits, and nobody here would know: does only an inward act of
 * his leave the mark? */
static bool marked_elsewhere(const struct judge *j, struct str mark)
{
    if (!j->who->elsewhere) return false;
    for (size_t i = 0; i < j->kind->rows_n; i++)
        if (!j->kind->rows[i].inward && leaves(&j->kind->rows[i], mark)) return false;
    return true;
}

static bool may_be_marked(const struct judge *j, struct str mark)
{
    return marked(j, mark) || marked_elsewhere(j, mark);
}

static void has_mark(struct judge *j, const struct law_guard *g)
{
    if (!may_be_marked(j, g->mark)) no(j, g, STR(""), STR(""));
}

static void no_mark(struct judge *j, const struct law_guard *g)
{
    if (marked(j, g->mark)) no(j, g, STR(""), STR(""));
}

static void any_mark(struct judge *j, const struct law_guard *g)
{
    for (const struct tree *m = g->marks->child; m; m = m->next)
        if (may_be_marked(j, m->str)) return;
    no(j, g, STR(""), STR(""));
}

/* The request says so itself, or a person found it so; what is not said is not out of scope. */
static void scope_not_met(struct judge *j, const struct law_guard *g)
{
    if (may_be_marked(j, g->mark) || law_in_scope(j, j->dossier->particulars) == LAW_NO) return;
    no(j, g, j->kind->scope ? j->kind->scope->article : STR(""), STR(""));
}

/* Is another dossier waited for still? The remark names the first. */
static void none_pending(struct judge *j, const struct law_guard *g)
{
    const size_t n = sizeof LAW_PENDING - 1;
    for (size_t i = 0; i < j->dossier->marks_n; i++) {
        struct str mark = j->dossier->marks[i];
        if (!str_starts(mark, LAW_PENDING)) continue;
        no(j, g, STR(""), (struct str){mark.p + n, mark.n - n});
        return;
    }
}

static void nothing_missing(struct judge *j, const struct law_guard *g)
{
    if (j->dossier->missing_n) no(j, g, STR(""), j->dossier->missing[0]);
}

/* True at the very millisecond at which the clock ends: its end is exclusive. One that stands still
 * has not ended, however long it stands. */
static void after_clock_end(struct judge *j, const struct law_guard *g)
{
    for (size_t i = 0; i < j->dossier->clocks_n; i++) {
        const struct law_clock *c = &j->dossier->clocks[i];
        if (!str_eq(c->clock, g->clock) || !c->running || c->end_ms == 0) continue;
        if (!c->still_ms && j->now_ms >= c->end_ms) return;
        no(j, g, STR(""), time_text(j->t->arena, c->end_ms));
        return;
    }
    no(j, g, STR(""), STR(""));
}

static void before_clock_end(struct judge *j, const struct law_guard *g)
{
    for (size_t i = 0; i < j->dossier->clocks_n; i++) {
        const struct law_clock *c = &j->dossier->clocks[i];
        if (!str_eq(c->clock, g->clock) || !c->running) continue;
        if (c->still_ms || c->end_ms == 0 || j->now_ms < c->end_ms) return;
        no(j, g, STR(""), time_text(j->t->arena, c->end_ms));
        return;
    }
    no(j, g, STR(""), STR(""));
}

/* What never ran, or was stopped, is not over. */
static void clock_not_over(struct judge *j, const struct law_guard *g)
{
    for (size_t i = 0; i < j->dossier->clocks_n; i++) {
        const struct law_clock *c = &j->dossier->clocks[i];
        if (!str_eq(c->clock, g->clock) || !c->running || c->still_ms || c->end_ms == 0) continue;
        if (j->now_ms >= c->end_ms) no(j, g, STR(""), time_text(j->t->arena, c->end_ms));
    }
}

/* The first day, as the last of the clock, that lets it end at that instant or later. */
static int64_t last_day(const struct judge *j, const struct law_clock *c)
{
    const struct law_clock_row *row = law_clock_between(j, law_clock_row_find(j->kind, c->clock));
    int64_t day = day_of_ms(c->end_ms - DAY_MS); /* or a little later, by the zones */
    while (law_clock_end_of(j, row, day) < c->end_ms) day++;
    return day;
}

/* No earlier than the last day the clock already gives. A form that is not filled in yet says
 * nothing. */
static void day_not_earlier(struct judge *j, const struct law_guard *g)
{
    int64_t day;
    if (!day_read(said_of(j, g), &day)) return;
    for (size_t i = 0; i < j->dossier->clocks_n; i++) {
        const struct law_clock *c = &j->dossier->clocks[i];
        const struct law_clock_row *row =
            law_clock_between(j, law_clock_row_find(j->kind, g->clock));
        if (!str_eq(c->clock, g->clock) || !c->running ||
            law_clock_end_of(j, row, day) >= c->end_ms)
            continue;
        no(j, g, STR(""), day_text(j->t->arena, last_day(j, c)));
    }
}

/* Later than the last day the clock already gives: nobody asks for what he has. */
static void day_beyond(struct judge *j, const struct law_guard *g)
{
    int64_t day;
    if (!day_read(said_of(j, g), &day)) return;
    for (size_t i = 0; i < j->dossier->clocks_n; i++) {
        const struct law_clock *c = &j->dossier->clocks[i];
        if (!str_eq(c->clock, g->clock) || !c->running || c->end_ms == 0) continue;
        int64_t last = last_day(j, c);
        if (day <= last) no(j, g, STR(""), day_text(j->t->arena, last));
    }
}

/* No earlier than the day on which the dossier ended, in either State. */
static void day_since_end(struct judge *j, const struct law_guard *g)
{
    static const bool both[] = {true, true};
    int64_t day;
    if (!j->dossier->ended) return;
    if (!day_read(said_of(j, g), &day)) return;
    struct law_days d = law_days_of(j);
    int64_t first = law_day_of(&d, both, j->dossier->ended_ms, false);
    if (day < first) no(j, g, STR(""), day_text(j->t->arena, first));
}

/* ---- about the act --------------------------------------------------------------------------- */

static void carries_something(struct judge *j, const struct law_guard *g)
{
    for (size_t i = 0; i < j->row->particulars_n; i++)
        if (law_particular_given(j, &j->row->particulars[i], j->given[i])) return;
    no(j, g, STR(""), STR(""));
}

/* A ground is allowed when the kind lists it. One the treaty rules out by name answers with that
 * article; any other with the one that lists the grounds. */
static void ground_listed(struct judge *j, const struct law_guard *g)
{
    struct str named = said_of(j, g);
    if (named.n == 0) return;
    const struct law_ground *r = law_ground_find(j->kind, named);
    if (!r) {
        no(j, g, STR(""), STR(""));
        return;
    }
    struct str title = law_title(tree_get(r->row, "titles"), j->lang);
    if (r->forbidden || !law_ground_holds(j, r)) {
        no(j, g, r->article, title);
        return;
    }
    if (r->pre_duty.n == 0 || !j->dossier || may_be_marked(j, r->pre_duty)) return;
    struct law_finding *f =
        law_find(j, ERR_NOT_ALLOWED, r->pre_duty_remark, r->pre_duty_article, g->particular, title);
    if (f) f->must = r->pre_duty_strict;
}

static void day_at_least(struct judge *j, const struct law_guard *g)
{
    int64_t day;
    const struct law_clock_row *c = law_clock_between(j, law_clock_row_find(j->kind, g->clock));
    if (!day_read(said_of(j, g), &day)) return;
    if (!law_time_is_usable(j->act->at_ms)) return;
    int64_t least = law_clock_least_day(j, c);
    if (day < least) no(j, g, STR(""), day_text(j->t->arena, least));
}

/* Later than the day of the act in both States: a day to come back to lies ahead. */
static void day_ahead(struct judge *j, const struct law_guard *g)
{
    int64_t day;
    if (!day_read(said_of(j, g), &day)) return;
    if (!law_time_is_usable(j->act->at_ms)) return;
    static const bool both[] = {true, true};
    struct law_days d = law_days_of(j);
    int64_t today = law_day_of(&d, both, j->act->at_ms, true);
    if (day <= today) no(j, g, STR(""), day_text(j->t->arena, today + 1));
}

static void in_scope(struct judge *j, const struct law_guard *g)
{
    const struct law_scope *s = j->kind->scope;
    enum law_answer is = s ? law_in_scope(j, j->act->particulars) : LAW_YES;
    struct str title = s ? law_title(tree_get(s->row, "titles"), j->lang) : (struct str){0};
    if (s) law_about(j, s->row);
    for (size_t i = 0; s && i < s->accepts_n && j->rests.field.n == 0; i++)
        if (law_cond_ask(j, j->act->particulars, &s->accepts[i]) == is)
            law_rest_cond(j, &s->accepts[i]);
    j->unsure = !s || is == LAW_UNKNOWN;
    if (is == LAW_UNKNOWN && j->full)
        law_find(j, ERR_OK, STR("scope-open"), s->article, STR(""), title);
    if (is == LAW_NO) no(j, g, s->article, title);
}

/* Which languages a State accepts is its own notice; where it gave none, that is said and no more.
 */
static void language_accepted(struct judge *j, const struct law_guard *g)
{
    struct str said = said_of(j, g);
    struct str state = j->who->side == LAW_REQUESTING ? j->who->other : j->who->state;
    const struct law_state_row *s = law_state_find(j->l, state);
    j->unsure = said.n == 0 || !s;
    if (j->unsure) return;
    law_rest_languages(j, state);
    const struct tree *languages = tree_get(s->root, "languages");
    if (languages->count == 0)
        law_find(j, ERR_OK, STR("profile-unknown"), g->article, g->particular, state);
    else if (!tree_has_str(languages, said))
        no(j, g, STR(""), said);
}

/* Nothing rests on an instrument that is not in force for both States on that day: of two days on
 * which the act falls, the earlier, when the other State has not reached the day yet. */
static void basis_stands(struct judge *j, const struct law_guard *g)
{
    struct str why;
    bool knows = law_state_find(j->l, j->who->state) && law_state_find(j->l, j->who->other);
    j->unsure = !knows || !law_time_is_usable(j->act->at_ms);
    if (j->unsure) return;
    bool asks = j->who->side == LAW_REQUESTING, binds;
    binds = law_binds(j->l, j->instrument, asks ? j->who->state : j->who->other,
                      asks ? j->who->other : j->who->state, law_binding_day(j), &why);
    law_rest_party(j, binds ? j->who->other : why);
    if (!binds) no(j, g, STR(""), why);
}

/* What is not known does not hold; of a profile that is silent it is only said. */
static void holds(struct judge *j, const struct law_guard *g)
{
    enum law_answer is = law_cond_ask(j, j->act->particulars, &g->when);
    law_rest_cond(j, &g->when);
    j->unsure = is != LAW_YES;
    if (is == LAW_YES || (is == LAW_UNKNOWN && !j->dossier)) return;
    if (is == LAW_UNKNOWN && g->when.of == LAW_COND_PROFILE)
        law_find(j, ERR_OK, STR("profile-unknown"), g->article, STR(""), g->when.name);
    else
        no(j, g, STR(""), STR(""));
}
