/* SPDX-License-Identifier: Apache-2.0 */
/* What the rows of a lifecycle say about each other, and whether its states hang together: every
 * state can be reached, and is an end or is left by some act. */

#include "law/link.h"

static err act_link(struct law_linking *k, const struct law_kind *kind, const struct law_row *r);
static err worksheet_link(struct law_linking *k, const struct law_kind *kind,
                          const struct law_row *r);
static err conditions_link(struct law_linking *k, const struct law_kind *kind);
static err ways_link(struct law_linking *k, const struct law_kind *kind);

err law_link_lifecycle(struct law_linking *k, const struct law_kind *kind)
{
    try(conditions_link(k, kind));
    for (size_t n = 0; n < kind->rows_n; n++) {
        try(act_link(k, kind, &kind->rows[n]));
        try(worksheet_link(k, kind, &kind->rows[n]));
    }
    return ways_link(k, kind);
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool row_names(const struct law_row *r, struct str particular)
{
    return law_index_get(&r->names, particular) != LAW_NO_ROW;
}

static bool is_end(const struct law_kind *kind, struct str state)
{
    for (const struct tree *s = tree_get(kind->row, "states")->child; s; s = s->next)
        if (str_eq(tree_str(s, "state"), state)) return tree_bool(s, "end", false);
    return false;
}

static bool mark_there(const struct law_kind *kind, struct str mark)
{
    for (size_t n = 0; n < kind->rows_n; n++) {
        if (str_eq(kind->rows[n].mark, mark)) return true;
        for (size_t m = 0; m < kind->rows[n].marks_n; m++)
            if (str_eq(kind->rows[n].marks[m].mark, mark)) return true;
    }
    return false;
}

static err mark_expected(struct law_linking *k, const struct tree *at, struct str mark)
{
    return law_row_fail(k, at, "`mark`: found \"" STR_FMT "\", expected one that an act leaves",
                        STR_ARG(mark));
}

/* What a condition asks about is there to be asked. `r` is the act it stands in, or NULL where it
 * speaks of the request. */
static err cond_link(struct law_linking *k, const struct law_kind *kind, const struct law_row *r,
                     const struct law_cond *c, const struct tree *at)
{
    for (; c; c = c->also) {
        bool of_request = c->of == LAW_COND_REQUEST || (c->of == LAW_COND_PARTICULAR && !r);
        if (of_request && !law_row_there(tree_get(kind->row, "particulars"), "name", c->name))
            return law_link_expected(k, at, "when", c->name, "particulars");
        if (c->of == LAW_COND_PARTICULAR && r && !row_names(r, c->name))
            return law_link_expected(k, at, "when", c->name, "particulars");
        if (c->of == LAW_COND_MARK && !mark_there(kind, c->name))
            return mark_expected(k, at, c->name);
        try(law_link_value(k, kind, r, c));
    }
    return ERR_OK;
}

err law_link_cond(struct law_linking *k, const struct law_kind *kind, const struct law_cond *c,
                  const struct tree *at)
{
    return cond_link(k, kind, NULL, c, at);
}

bool law_row_starts(const struct law_row *r, const struct law_clock_row *c)
{
    for (size_t n = 0; n < r->starts_n; n++)
        if (r->starts[n] == c) return true;
    return false;
}

static bool moves_mark(const struct law_row *r, struct str mark)
{
    bool moves = str_eq(r->mark, mark) || law_list_has(r->clears, r->clears_n, mark);
    for (size_t n = 0; n < r->marks_n; n++) moves = moves || str_eq(r->marks[n].mark, mark);
    return moves;
}

/* What travels and what stays at home are folded apart: a clock that both States share must not
 * stand still by a mark that only one of them sees, and one of this side alone not by a mark whose
 * place among its acts nobody knows. */
static err suspension_link(struct law_linking *k, const struct law_kind *kind,
                           const struct law_clock_row *c)
{
    bool inward = false, outward = false;
    if (c->suspended_by.n == 0) return ERR_OK;
    if (!mark_there(kind, c->suspended_by))
        return law_row_fail(
            k, c->row, "`suspended_by`: found \"" STR_FMT "\", expected a mark that an act leaves",
            STR_ARG(c->suspended_by));
    for (size_t n = 0; n < kind->rows_n; n++) {
        const struct law_row *r = &kind->rows[n];
        if (!law_row_starts(r, c) && !moves_mark(r, c->suspended_by)) continue;
        inward = inward || r->inward;
        outward = outward || !r->inward;
    }
    if (!inward || !outward) return ERR_OK;
    return law_row_fail(
        k, c->row,
        "`suspended_by`: expected the acts that start the clock and those that leave "
        "or clear \"" STR_FMT "\" to be all outward or all inward",
        STR_ARG(c->suspended_by));
}

/* A day is held against one that the same act or the request says. `r` as in cond_link. */
static err limits_link(struct law_linking *k, const struct law_kind *kind, const struct law_row *r,
                       const struct law_particular *p)
{
    const struct tree *request = tree_get(kind->row, "particulars");
    for (size_t n = 0; n < p->limits_n; n++) {
        const struct law_limit *x = &p->limits[n];
        if (!law_remark_find(k->l, x->remark))
            return law_link_expected(k, p->row, "remark", x->remark, "remarks");
        if (str_is(x->than, "at") || (r && row_names(r, x->than))) continue;
        if (!law_row_there(request, "name", x->than))
            return law_link_expected(k, p->row, x->after ? "not_after" : "not_before", x->than,
                                     "particulars");
    }
    return ERR_OK;
}

static err conditions_link(struct law_linking *k, const struct law_kind *kind)
{
    for (size_t n = 0; n < kind->particulars_n; n++) {
        try(cond_link(k, kind, NULL, &kind->particulars[n].when, kind->particulars[n].row));
        try(limits_link(k, kind, NULL, &kind->particulars[n]));
    }
    for (size_t n = 0; n < kind->grounds_n; n++) {
        const struct law_ground *g = &kind->grounds[n];
        try(cond_link(k, kind, NULL, &g->when, g->row));
        if (g->pre_duty_strict && !mark_there(kind, g->pre_duty))
            return mark_expected(k, g->row, g->pre_duty);
        if (g->pre_duty.n && !law_remark_find(k->l, g->pre_duty_remark))
            return law_link_expected(k, g->row, "remark", g->pre_duty_remark, "remarks");
    }
    for (size_t n = 0; kind->scope && n < kind->scope->accepts_n; n++)
        try(cond_link(k, kind, NULL, &kind->scope->accepts[n], kind->row));
    for (size_t n = 0; n < kind->clocks_n; n++) try(suspension_link(k, kind, &kind->clocks[n]));
    for (size_t n = 0; n < kind->clocks_n; n++) {
        const struct law_clock_row *c = &kind->clocks[n];
        for (size_t i = 0; i < kind->rows_n; i++)
            if (law_row_starts(&kind->rows[i], c))
                try(cond_link(k, kind, &kind->rows[i], &c->only_when, c->row));
        const struct tree *stops = tree_get(kind->clocks[n].row, "stops_while");
        try(law_link_names(k, stops, tree_get(kind->row, "states"), "state", "states", ""));
        for (const struct tree *w = stops ? stops->child : NULL; w; w = w->next)
            if (is_end(kind, w->str))
                return law_row_fail(k, w,
                                    "`stops_while`: found the end \"" STR_FMT
                                    "\", expected a state in which the clock can go on later",
                                    STR_ARG(w->str));
    }
    return ERR_OK;
}

/* What a worksheet shows is stated by the request. */
static err worksheet_link(struct law_linking *k, const struct law_kind *kind,
                          const struct law_row *r)
{
    const struct tree *sheet = tree_get(r->row, "worksheet");
    for (const struct tree *w = sheet ? sheet->child : NULL; w; w = w->next)
        if (!law_row_there(tree_get(kind->row, "particulars"), "name", w->str))
            return law_link_expected(k, w, str_c(k->t->arena, w->key), w->str, "particulars");
    return ERR_OK;
}

static err guards_link(struct law_linking *k, const struct law_kind *kind, const struct law_row *r)
{
    for (size_t n = 0; n < r->guards_n; n++) {
        const struct law_guard *g = &r->guards[n];
        if (!law_remark_find(k->l, g->remark))
            return law_link_expected(k, r->row, "remark", g->remark, "remarks");
        bool of_marks = g->kind->needs_mark || g->kind->needs_marks || g->kind->needs_when;
        if (!of_marks && !law_remark_find(k->l, g->remark)->must)
            return law_row_fail(k, tree_get(g->row, "remark"),
                                "`remark`: expected beside %s one with `grade: must`, else it "
                                "stops nothing",
                                g->kind->name);
        if (g->kind->also && !law_remark_find(k->l, str_of(g->kind->also)))
            return law_row_fail(k, r->row, "`%s`: expected the remark \"%s\" in remarks.yaml",
                                g->kind->name, g->kind->also);
        if (g->particular.n && !row_names(r, g->particular))
            return law_link_expected(k, r->row, "particular", g->particular, "particulars");
        if (g->mark.n && !mark_there(kind, g->mark)) return mark_expected(k, r->row, g->mark);
        for (const struct tree *m = g->marks ? g->marks->child : NULL; m; m = m->next)
            if (!mark_there(kind, m->str)) return mark_expected(k, m, m->str);
        try(cond_link(k, kind, r, &g->when, r->row));
        try(cond_link(k, kind, r, &g->only_when, r->row));
    }
    return ERR_OK;
}

/* Other names of its end, by what the act says. */
static err outcomes_link(struct law_linking *k, const struct law_kind *kind,
                         const struct law_row *r)
{
    const struct tree *list = tree_get(r->row, "outcomes_when"), *at = list ? list->child : NULL;
    if (list && r->outcome.n == 0)
        return law_row_fail(k, list, "expected `outcomes_when` beside `outcome` only");
    for (size_t n = 0; n < r->outcomes_n; n++, at = at->next) {
        if (!law_row_there(tree_get(kind->row, "outcomes"), "outcome", r->outcomes[n].outcome))
            return law_link_expected(k, at, "outcome", r->outcomes[n].outcome, "outcomes");
        try(cond_link(k, kind, r, &r->outcomes[n].when, at));
    }
    return ERR_OK;
}

/* An act ends the dossier when it leads to an end state; then, and only then, it has an outcome. */
static err end_link(struct law_linking *k, const struct law_kind *kind, const struct law_row *r)
{
    bool end = is_end(kind, r->to), from_end = false;
    if (end != (r->outcome.n > 0))
        return law_row_fail(k, r->row, "expected `outcome` where `to` is an end, and only there");
    if (end && !law_row_there(tree_get(kind->row, "outcomes"), "outcome", r->outcome))
        return law_link_expected(k, r->row, "outcome", r->outcome, "outcomes");
    try(outcomes_link(k, kind, r));
    for (size_t n = 0; n < r->from_n; n++) from_end = from_end || is_end(kind, r->from[n]);
    if (from_end != r->after_end)
        return law_row_fail(k, r->row,
                            "expected `after_end: true` where `from` has an end, and only there");
    if (r->after_end && (r->to.n || r->back))
        return law_row_fail(k, r->row, "expected no `to` and no `back` in an act after the end");
    if (r->back && (r->to.n || r->inward))
        return law_row_fail(k, r->row, "expected `back` in an outward act without `to`");
    return ERR_OK;
}

static err marks_link(struct law_linking *k, const struct law_kind *kind, const struct law_row *r)
{
    for (size_t n = 0; n < r->marks_n; n++) try(cond_link(k, kind, r, &r->marks[n].when, r->row));
    for (size_t n = 0; n < r->own_n && !r->carries; n++)
        try(cond_link(k, kind, r, &r->particulars[n].when, r->particulars[n].row));
    for (size_t n = 0; n < r->own_n; n++) try(limits_link(k, kind, r, &r->particulars[n]));
    for (size_t n = 0; n < r->clears_n; n++)
        if (!mark_there(kind, r->clears[n])) return mark_expected(k, r->row, r->clears[n]);
    for (size_t n = 0; n < r->spawns_n; n++) {
        if (!law_kind_find(k->i, r->spawns[n].kind))
            return law_link_expected(k, r->spawns[n].row, "spawns", r->spawns[n].kind, "kinds");
        try(cond_link(k, kind, r, &r->spawns[n].when, r->spawns[n].row));
    }
    return ERR_OK;
}

static err attaches_link(struct law_linking *k, const struct law_kind *kind,
                         const struct law_row *r)
{
    const struct tree *obligations = tree_get(k->i->root, "obligations");
    const struct tree *when = tree_get(r->row, "attaches_when");
    for (size_t n = 0; n < r->attaches_n; n++)
        try(cond_link(k, kind, r, &r->attaches[n].when, r->row));
    for (const struct tree *m = when ? when->child : NULL; m; m = m->next)
        if (!law_row_there(obligations, "obligation", tree_str(m, "obligation")))
            return law_link_expected(k, m, "obligation", tree_str(m, "obligation"), "obligations");
    return law_link_names(k, tree_get(r->row, "attaches"), obligations, "obligation", "obligations",
                          "");
}

/* Another dossier is waited for by the number that a particular of this act gives. */
static err pending_link(struct law_linking *k, const struct law_row *r)
{
    const struct str *const names[] = {&r->pends, &r->settles};
    static const char *const keys[] = {"pends", "settles"};
    for (size_t n = 0; n < 2; n++) {
        if (!names[n]->n) continue;
        int64_t at = law_index_get(&r->names, *names[n]);
        if (at != LAW_NO_ROW && r->particulars[at].type == LAW_DOSSIER) continue;
        return law_row_fail(k, r->row,
                            "`%s`: found \"" STR_FMT "\", expected a particular of the act, of "
                            "the type dossier",
                            keys[n], STR_ARG(*names[n]));
    }
    return ERR_OK;
}

/* A term of the law is stopped or runs out; only a duty is done. */
static err duty_link(struct law_linking *k, const struct law_kind *kind, const struct law_row *r)
{
    const struct tree *done = tree_get(r->row, "duty_done");
    for (const struct tree *w = done ? done->child : NULL; w; w = w->next)
        if (!law_clock_row_find(kind, w->str)->duty)
            return law_row_fail(k, w,
                                "`duty_done`: found the term \"" STR_FMT
                                "\", expected a clock of the sort duty",
                                STR_ARG(w->str));
    return ERR_OK;
}

static err act_link(struct law_linking *k, const struct law_kind *kind, const struct law_row *r)
{
    const struct tree *states = tree_get(kind->row, "states");
    const struct tree *clocks = tree_get(kind->row, "clocks");
    try(law_link_names(k, tree_get(r->row, "from"), states, "state", "states", "*"));
    try(law_link_names(k, r->next_when, states, "state", "states", "missing"));
    try(law_link_names(k, r->stops, clocks, "clock", "clocks", ""));
    try(law_link_names(k, tree_get(r->row, "duty_done"), clocks, "clock", "clocks", ""));
    try(duty_link(k, kind, r));
    if (r->to.n && !law_row_there(states, "state", r->to))
        return law_link_expected(k, r->row, "to", r->to, "states");
    if (r->inward && (r->to.n || r->outcome.n))
        return law_row_fail(k, r->row, "expected no `to` in an inward act");
    try(end_link(k, kind, r));
    try(guards_link(k, kind, r));
    try(marks_link(k, kind, r));
    try(pending_link(k, r));
    return attaches_link(k, kind, r);
}

/* ---- the ways between states ----------------------------------------------------------------- */

static bool leaves(const struct law_kind *kind, const struct law_row *r, struct str state)
{
    for (size_t n = 0; n < r->from_n; n++)
        if (str_eq(r->from[n], state) || (str_is(r->from[n], "*") && !is_end(kind, state)))
            return true;
    return false;
}

/* Does the act lead from the state to one of those of the list? One that leads back leads to where
 * the acts that led there came from. */
static bool leads(const struct law_kind *kind, const struct law_row *r, struct str state,
                  const struct law_list *to)
{
    if (!leaves(kind, r, state)) return false;
    if (r->to.n) return law_list_has(to->p, to->n, r->to);
    for (size_t n = 0; r->back && n < kind->rows_n; n++)
        for (size_t i = 0; str_eq(kind->rows[n].to, state) && i < to->n; i++)
            if (leaves(kind, &kind->rows[n], to->p[i])) return true;
    return false;
}

/* From every state there is a way to an end: else dossiers go round in it and never close. */
static err ends_link(struct law_linking *k, const struct law_kind *kind)
{
    const struct tree *states = tree_get(kind->row, "states");
    struct law_list ending = {.arena = k->t->arena};
    for (const struct tree *s = states->child; s; s = s->next)
        if (tree_bool(s, "end", false)) law_list_add(&ending, tree_str(s, "state"));
    for (size_t before = 0; before < ending.n;) {
        before = ending.n;
        for (const struct tree *s = states->child; s; s = s->next) {
            struct str name = tree_str(s, "state");
            bool there = law_list_has(ending.p, ending.n, name), leads_on = false;
            for (size_t n = 0; n < kind->rows_n && !there && !leads_on; n++)
                leads_on = leads(kind, &kind->rows[n], name, &ending);
            if (leads_on) law_list_add(&ending, name);
        }
    }
    for (const struct tree *s = states->child; s; s = s->next)
        if (!law_list_has(ending.p, ending.n, tree_str(s, "state")))
            return law_row_fail(k, s,
                                "`state`: \"" STR_FMT "\" of the kind " STR_FMT
                                ", expected a way from it to an end",
                                STR_ARG(tree_str(s, "state")), STR_ARG(kind->kind));
    return ERR_OK;
}

/* A state that nothing leads to is a slip of the pen; one that nothing leads out of is a dossier
 * that can never be closed. */
static err ways_link(struct law_linking *k, const struct law_kind *kind)
{
    struct law_list reached = {.arena = k->t->arena};
    law_list_add(&reached, STR("new"));
    for (size_t i = 0; i < reached.n; i++)
        for (size_t n = 0; n < kind->rows_n; n++) {
            const struct law_row *r = &kind->rows[n];
            if (r->to.n && leaves(kind, r, reached.p[i]) &&
                !law_list_has(reached.p, reached.n, r->to))
                law_list_add(&reached, r->to);
        }
    for (const struct tree *s = tree_get(kind->row, "states")->child; s; s = s->next) {
        struct str name = tree_str(s, "state");
        if (!law_list_has(reached.p, reached.n, name))
            return law_row_fail(k, s,
                                "`state`: \"" STR_FMT "\" of the kind " STR_FMT
                                ", expected an act that leads there",
                                STR_ARG(name), STR_ARG(kind->kind));
        bool left = tree_bool(s, "end", false);
        for (size_t n = 0; n < kind->rows_n && !left; n++)
            left = (kind->rows[n].to.n || kind->rows[n].back) && leaves(kind, &kind->rows[n], name);
        if (!left)
            return law_row_fail(k, s,
                                "`state`: \"" STR_FMT "\" of the kind " STR_FMT
                                ", expected an act that leads out of it, or `end: true`",
                                STR_ARG(name), STR_ARG(kind->kind));
    }
    return ends_link(k, kind);
}
