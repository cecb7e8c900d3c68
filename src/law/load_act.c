/* SPDX-License-Identifier: Apache-2.0 */
/* From an expanded tree to rows: one act of a lifecycle, with its guards and what it may carry. */

#include "law/load.h"

static struct str needs_said(struct arena *a, const struct law_guard_kind *k)
{
    return str_printf(a, "%s%s%s%s%s", k->needs_mark ? " mark" : "", k->needs_clock ? " clock" : "",
                      k->needs_particular ? " particular" : "", k->needs_marks ? " marks" : "",
                      k->needs_when ? " when" : "");
}

static err guard_load(struct law_loading *l, const struct tree *row, struct law_guard *out)
{
    *out = (struct law_guard){
        .kind = law_guard_kind_find(tree_str(row, "guard")),
        .mark = tree_str(row, "mark"),
        .clock = tree_str(row, "clock"),
        .particular = tree_str(row, "particular"),
        .remark = tree_str(row, "remark"),
        .article = tree_str(row, "article"),
        .marks = tree_get(row, "marks"),
        .row = row,
    };
    if (!out->kind) {
        struct buf names = buf_in(l->t->arena);
        for (const struct law_guard_kind *k = law_guard_kinds; k->name; k++)
            buf_printf(&names, "%s%s", names.n ? ", " : "", k->name);
        return law_row_fail(l, row, "`guard`: found \"" STR_FMT "\", expected one of: " STR_FMT,
                            STR_ARG(tree_str(row, "guard")), STR_ARG(buf_as_str(&names)));
    }
    bool fits = out->kind->needs_mark == (out->mark.n > 0) &&
                out->kind->needs_clock == (out->clock.n > 0) &&
                out->kind->needs_particular == (out->particular.n > 0) &&
                out->kind->needs_marks == (out->marks != NULL) &&
                out->kind->needs_when == (tree_get(row, "when") != NULL);
    if (!fits)
        return law_row_fail(l, row, "`%s`: expected with it exactly these keys:" STR_FMT,
                            out->kind->name, STR_ARG(needs_said(l->t->arena, out->kind)));
    if (out->clock.n && !law_clock_row_find(l->kind, out->clock))
        return law_row_fail(l, row, "`clock`: expected a row of `clocks`, found none");
    try(law_when_load_of(l, row, "only_when", &out->only_when));
    return law_when_load(l, row, &out->when);
}

static void attaches_add(struct law_row *out, const struct tree *words)
{
    for (const struct tree *w = words ? words->child : NULL; w; w = w->next)
        out->attaches[out->attaches_n++].obligation = w->str;
}

/* What its row says attaches, what attaches when something holds, and with the request what the
 * kind says. */
static err attaches_load(struct law_loading *l, const struct tree *row, struct law_row *out)
{
    const struct tree *own = tree_get(row, "attaches"), *when = tree_get(row, "attaches_when");
    const struct tree *kind = out->carries ? tree_get(l->kind->row, "obligations") : NULL;
    size_t n = (own ? own->count : 0) + (when ? when->count : 0) + (kind ? kind->count : 0);
    out->attaches = arena_take_many(l->t->arena, n + 1, sizeof *out->attaches);
    attaches_add(out, own);
    for (const struct tree *m = when ? when->child : NULL; m; m = m->next) {
        struct law_attach_row *to = &out->attaches[out->attaches_n++];
        to->obligation = tree_str(m, "obligation");
        try(law_when_load(l, m, &to->when));
    }
    attaches_add(out, kind);
    return ERR_OK;
}

/* What an act may carry: its own particulars, and the request's where it sends or supplies them. */
static err carried_load(struct law_loading *l, const struct tree *row, struct law_row *out)
{
    const struct tree *own = tree_get(row, "particulars");
    size_t own_n = own ? own->count : 0,
           more = out->carries || out->supplies ? l->kind->particulars_n : 0;
    out->particulars_n = own_n + more;
    out->own_n = out->carries ? out->particulars_n : own_n;
    out->particulars = arena_take_many(l->t->arena, out->particulars_n ? out->particulars_n : 1,
                                       sizeof *out->particulars);
    out->names = law_index_new(l->t->arena, out->particulars_n);
    try(law_particulars_load(l, own, out->particulars));
    for (size_t i = 0; i < own_n; i++) law_index_put(&out->names, out->particulars[i].name, i);
    for (size_t i = 0; i < more; i++) {
        const struct law_particular *p = &l->kind->particulars[i];
        int64_t old = law_index_get(&out->names, p->name);
        if (old != LAW_NO_ROW)
            return law_row_fail(l, out->particulars[old].row,
                                "expected a name the request does not use; it stands on line %u",
                                p->row->line);
        out->particulars[own_n + i] = *p;
        law_index_put(&out->names, p->name, own_n + i);
    }
    return ERR_OK;
}

static struct str joined(struct arena *a, const struct tree *words)
{
    struct buf b = buf_in(a);
    for (const struct tree *w = words ? words->child : NULL; w; w = w->next)
        buf_printf(&b, "%s" STR_FMT, b.n ? " " : "", STR_ARG(w->str));
    return buf_as_str(&b);
}

static err starts_load(struct law_loading *l, const struct tree *row, struct law_row *out)
{
    const struct tree *starts = tree_get(row, "starts");
    out->starts = law_rows_take(l->t, starts, sizeof *out->starts, &out->starts_n);
    size_t i = 0;
    for (const struct tree *s = starts ? starts->child : NULL; s; s = s->next) {
        out->starts[i] = law_clock_row_find(l->kind, s->str);
        if (!out->starts[i++])
            return law_row_fail(l, s, "`starts`: expected a row of `clocks`, found \"" STR_FMT "\"",
                                STR_ARG(s->str));
    }
    return ERR_OK;
}

static err marks_load(struct law_loading *l, const struct tree *row, struct law_row *out)
{
    const struct tree *marks = tree_get(row, "marks");
    out->marks = law_rows_take(l->t, marks, sizeof *out->marks, &out->marks_n);
    size_t i = 0;
    for (const struct tree *m = marks ? marks->child : NULL; m; m = m->next, i++) {
        out->marks[i].mark = tree_str(m, "mark");
        try(law_when_load(l, m, &out->marks[i].when));
    }
    return ERR_OK;
}

static err spawns_load(struct law_loading *l, const struct tree *row, struct law_row *out)
{
    const struct tree *list = tree_get(row, "spawns");
    out->spawns = law_rows_take(l->t, list, sizeof *out->spawns, &out->spawns_n);
    struct law_spawn_row *to = out->spawns;
    for (const struct tree *m = list ? list->child : NULL; m; m = m->next, to++) {
        *to = (struct law_spawn_row){.row = m,
                                     .kind = tree_str(m, "kind"),
                                     .link = tree_str(m, "link"),
                                     .by = str_is(tree_str(m, "by"), "requesting") ? LAW_REQUESTING
                                                                                   : LAW_REQUESTED};
        try(law_when_load(l, m, &to->when));
    }
    return ERR_OK;
}

static err outcomes_load(struct law_loading *l, const struct tree *row, struct law_row *out)
{
    const struct tree *list = tree_get(row, "outcomes_when");
    out->outcomes = law_rows_take(l->t, list, sizeof *out->outcomes, &out->outcomes_n);
    size_t i = 0;
    for (const struct tree *o = list ? list->child : NULL; o; o = o->next, i++) {
        out->outcomes[i].outcome = tree_str(o, "outcome");
        try(law_when_load(l, o, &out->outcomes[i].when));
    }
    return ERR_OK;
}

/* A finding is a person's: it stays at home, has no suggestion, and its reasons are given. */
static err decision_check(struct law_loading *l, const struct law_row *r)
{
    int64_t finding = law_index_get(&r->names, STR("finding"));
    int64_t reasons = law_index_get(&r->names, STR("reasons"));
    if (r->system)
        return law_row_fail(l, r->row, "expected no `system` in a decision: a person makes it");
    if (finding == LAW_NO_ROW || r->particulars[finding].type != LAW_CHOICE ||
        r->particulars[finding].required != LAW_ALWAYS ||
        tree_get(r->particulars[finding].row, "suggest"))
        return law_row_fail(l, r->row,
                            "expected in a decision the particular `finding`: a choice, "
                            "always required, without `suggest`");
    if (reasons == LAW_NO_ROW || r->particulars[reasons].required != LAW_ALWAYS)
        return law_row_fail(l, r->row,
                            "expected in a decision the particular `reasons`, always "
                            "required");
    return ERR_OK;
}

static err guards_load(struct law_loading *l, const struct tree *row, struct law_row *out)
{
    const struct tree *guards = tree_get(row, "guards");
    out->guards = law_rows_take(l->t, guards, sizeof *out->guards, &out->guards_n);
    size_t i = 0;
    for (const struct tree *g = guards ? guards->child : NULL; g; g = g->next)
        try(guard_load(l, g, &out->guards[i++]));
    return ERR_OK;
}

err law_act_load(struct law_loading *l, const struct tree *row, struct law_row *out)
{
    *out = (struct law_row){
        .act = tree_str(row, "act"),
        .article = tree_str(row, "article"),
        .source = tree_str(row, "source"),
        .to = tree_str(row, "to"),
        .outcome = tree_str(row, "outcome"),
        .mark = tree_str(row, "mark"),
        .duty_done = joined(l->t->arena, tree_get(row, "duty_done")),
        .pends = tree_str(row, "pends"),
        .settles = tree_str(row, "settles"),
        .by = str_is(tree_str(row, "by"), "requesting") ? LAW_REQUESTING : LAW_REQUESTED,
        .inward = str_is(tree_str(row, "stream"), "inward"),
        .system = tree_bool(row, "system", false),
        .ends = tree_str(row, "outcome").n > 0,
        .takes_effect_crossed = str_is(tree_str(row, "crossed"), "takes_effect"),
        .carries = tree_bool(row, "carries_request", false),
        .supplies = tree_bool(row, "supplies_request", false),
        .back = tree_bool(row, "back", false),
        .decision = tree_bool(row, "decision", false),
        .functionless = tree_bool(row, "needs_no_function", false),
        .after_end = tree_bool(row, "after_end", false),
        .rank = tree_int(row, "rank", 0),
        .next_when = tree_get(row, "next_when"),
        .stops = tree_get(row, "stops"),
        .row = row,
    };
    out->from = law_words_load(l->t, tree_get(row, "from"), &out->from_n);
    out->clears = law_words_load(l->t, tree_get(row, "clears"), &out->clears_n);
    try(attaches_load(l, row, out));
    try(carried_load(l, row, out));
    try(starts_load(l, row, out));
    try(marks_load(l, row, out));
    try(spawns_load(l, row, out));
    try(outcomes_load(l, row, out));
    try(guards_load(l, row, out));
    return out->decision ? decision_check(l, out) : ERR_OK;
}
