/* SPDX-License-Identifier: Apache-2.0 */
/* What rows say about each other: every citation, state, outcome, clock, act, function, kind and
 * remark that is named must be a row somewhere.
 *
 * A name that leads nowhere is a mistake of the person who edits the files, found here once instead
 * of at night in a dossier. */

#include "law/inner.h"

#include <string.h>

enum { LINK_DEPTH_MAX = 12 };

struct linking {
    struct turn *t;
    const struct law_tables *l;
    const struct law_instrument *i;
};

static err instrument_link(struct linking *k);
static err state_link(struct linking *k, const struct law_state_row *s);
static err codes_link(struct linking *k);

err law_link(struct turn *t, const struct law_tables *l)
{
    struct linking k = {.t = t, .l = l};
    try(codes_link(&k));
    for (size_t n = 0; n < l->instruments_n; n++) {
        k.i = &l->instruments[n];
        try(instrument_link(&k));
    }
    for (size_t n = 0; n < l->states_n; n++) try(state_link(&k, &l->states[n]));
    return ERR_OK;
}

/* The remarks that the code itself makes. */
static const char *const codes[] = {
    "act-not-now",
    "clock-ahead",
    "clock-behind",
    "consult-first",
    "crossed",
    "function-missing",
    "instrument-unknown",
    "not-your-side",
    "out-of-place",
    "particular-form",
    "particular-advised",
    "particular-missing",
    "particular-too-long",
    "particular-unknown",
    "particulars-missing",
    "ref-of-another",
    "system-only",
    "time-out-of-range",
    "unknown-act",
    "unknown-kind",
};

static err codes_link(struct linking *k)
{
    for (size_t n = 0; n < sizeof codes / sizeof *codes; n++)
        if (!law_remark_find(k->l, str_of(codes[n])))
            return law_file_fail(k->t, STR("remarks.yaml"), NULL, "expected the remark \"%s\"",
                                 codes[n]);
    return ERR_OK;
}

/* ---- within an instrument ----------------------------------------------------------------------
 */

/* Is there a row of the list with this name under `key`? */
static bool row_there(const struct tree *rows, const char *key, struct str name)
{
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        if (str_eq(tree_str(r, key), name)) return true;
    return false;
}

static err expected_row(struct linking *k, struct str path, const struct tree *at, const char *key,
                        struct str name, const char *of)
{
    return law_file_fail(k->t, path, at, "`%s`: found \"" STR_FMT "\", expected a row of `%s`", key,
                         STR_ARG(name), of);
}

static bool is_citation(const struct tree *v)
{
    return v->kind == TREE_STR &&
           (str_is(v->key, "article") || str_is(v->key, "via") || str_is(v->key, "reservation"));
}

/* Every article that is cited anywhere has its row. */
static err citations_link(struct linking *k, struct str path, const struct tree *v,
                          const struct tree *articles, int depth)
{
    if (depth > LINK_DEPTH_MAX)
        return law_file_fail(k->t, path, v, "expected fewer levels of nesting");
    for (const struct tree *c = v->child; c; c = c->next) {
        if (is_citation(c) && !row_there(articles, "article", c->str))
            return expected_row(k, path, c, "article", c->str, "articles");
        try(citations_link(k, path, c, articles, depth + 1));
    }
    return ERR_OK;
}

static err names_link(struct linking *k, const struct tree *names, const struct tree *rows,
                      const char *key, const char *of, const char *also)
{
    for (const struct tree *w = names ? names->child : NULL; w; w = w->next)
        if (!str_is(w->str, also) && !row_there(rows, key, w->str))
            return expected_row(k, k->i->path, w,
                                names->key.n ? str_c(k->t->arena, names->key) : of, w->str, of);
    return ERR_OK;
}

static err roles_link(struct linking *k)
{
    const struct tree *functions = tree_get(k->i->root, "functions");
    const struct tree *kinds = tree_get(k->i->root, "kinds");
    for (const struct tree *r = tree_get(k->i->root, "roles")->child; r; r = r->next) {
        if (!row_there(functions, "function", tree_str(r, "function")))
            return expected_row(k, k->i->path, r, "function", tree_str(r, "function"), "functions");
        if (!row_there(kinds, "kind", tree_str(r, "kind")))
            return expected_row(k, k->i->path, r, "kind", tree_str(r, "kind"), "kinds");
    }
    return ERR_OK;
}

static bool row_names(const struct law_row *r, struct str particular)
{
    for (size_t n = 0; n < r->particulars_n; n++)
        if (str_eq(r->particulars[n].name, particular)) return true;
    return false;
}

static bool mark_there(const struct law_kind *kind, struct str mark)
{
    for (size_t n = 0; n < kind->rows_n; n++)
        if (str_eq(kind->rows[n].mark, mark)) return true;
    return false;
}

static err guards_link(struct linking *k, const struct law_kind *kind, const struct law_row *r)
{
    for (size_t n = 0; n < r->guards_n; n++) {
        const struct law_guard *g = &r->guards[n];
        if (!law_remark_find(k->l, g->remark))
            return expected_row(k, k->i->path, r->row, "remark", g->remark, "remarks");
        if (g->particular.n && !row_names(r, g->particular))
            return expected_row(k, k->i->path, r->row, "particular", g->particular, "particulars");
        if (g->mark.n && !mark_there(kind, g->mark))
            return law_file_fail(k->t, k->i->path, r->row,
                                 "`mark`: found \"" STR_FMT "\", expected one that an act leaves",
                                 STR_ARG(g->mark));
    }
    return ERR_OK;
}

/* A start or an end that is a particular must be one of each act that starts the clock. */
static err starts_link(struct linking *k, const struct law_row *r)
{
    for (size_t n = 0; n < r->starts_n; n++) {
        const struct law_clock_row *c = r->starts[n];
        if (!str_is(c->start, "at") && !row_names(r, c->start))
            return expected_row(k, k->i->path, r->row, "start", c->start, "particulars");
        if (c->end_particular.n && !row_names(r, c->end_particular))
            return expected_row(k, k->i->path, r->row, "end_particular", c->end_particular,
                                "particulars");
    }
    return ERR_OK;
}

/* An act ends the dossier when it leads to an end state; then, and only then, it has an outcome. */
static err end_link(struct linking *k, const struct law_kind *kind, const struct law_row *r)
{
    bool end = false;
    for (const struct tree *s = tree_get(kind->row, "states")->child; s; s = s->next)
        if (str_eq(tree_str(s, "state"), r->to)) end = tree_bool(s, "end", false);
    if (end != (r->outcome.n > 0))
        return law_file_fail(k->t, k->i->path, r->row,
                             "expected `outcome` where `to` is an end, and only there");
    if (end && !row_there(tree_get(kind->row, "outcomes"), "outcome", r->outcome))
        return expected_row(k, k->i->path, r->row, "outcome", r->outcome, "outcomes");
    return ERR_OK;
}

static err act_link(struct linking *k, const struct law_kind *kind, const struct law_row *r)
{
    const struct tree *states = tree_get(kind->row, "states");
    const struct tree *clocks = tree_get(kind->row, "clocks");
    try(names_link(k, tree_get(r->row, "from"), states, "state", "states", "*"));
    try(names_link(k, r->next_when, states, "state", "states", "missing"));
    try(names_link(k, r->stops, clocks, "clock", "clocks", ""));
    try(names_link(k, tree_get(r->row, "duty_done"), clocks, "clock", "clocks", ""));
    if (r->to.n && !row_there(states, "state", r->to))
        return expected_row(k, k->i->path, r->row, "to", r->to, "states");
    if (r->inward && (r->to.n || r->outcome.n))
        return law_file_fail(k->t, k->i->path, r->row, "expected no `to` in an inward act");
    try(end_link(k, kind, r));
    try(guards_link(k, kind, r));
    return starts_link(k, r);
}

static err conditions_link(struct linking *k, const struct law_kind *kind)
{
    const struct tree *all = tree_get(kind->row, "particulars");
    for (size_t n = 0; n < kind->particulars_n; n++) {
        const struct law_particular *p = &kind->particulars[n];
        if (p->when.particular.n && !row_there(all, "name", p->when.particular))
            return expected_row(k, k->i->path, p->row, "when", p->when.particular, "particulars");
    }
    for (size_t n = 0; n < kind->grounds_n; n++) {
        const struct law_ground *g = &kind->grounds[n];
        if (g->when.particular.n && !row_there(all, "name", g->when.particular))
            return expected_row(k, k->i->path, g->row, "when", g->when.particular, "particulars");
    }
    return ERR_OK;
}

/* The fields of a printed form are particulars of the kind, and what the head of every letter says.
 */
static err form_link(struct linking *k, const struct law_kind *kind)
{
    const struct tree *form = tree_get(kind->row, "form");
    const struct tree *all = tree_get(kind->row, "particulars");
    for (const struct tree *w = form ? form->child : NULL; w; w = w->next)
        if (!law_form_is_head(w->str) && !row_there(all, "name", w->str))
            return expected_row(k, k->i->path, w, "form", w->str, "particulars");
    return ERR_OK;
}

static err kind_link(struct linking *k, const struct law_kind *kind)
{
    const struct tree *acts = tree_get(kind->row, "lifecycle");
    try(names_link(k, tree_get(kind->row, "obligations"), tree_get(k->i->root, "obligations"),
                   "obligation", "obligations", ""));
    try(form_link(k, kind));
    try(conditions_link(k, kind));
    for (const struct tree *c = tree_get(kind->row, "clocks")->child; c; c = c->next) {
        struct str act = tree_str(c, "on_end");
        if (act.n && !row_there(acts, "act", act))
            return expected_row(k, k->i->path, c, "on_end", act, "lifecycle");
    }
    for (size_t n = 0; n < kind->rows_n; n++) try(act_link(k, kind, &kind->rows[n]));
    return ERR_OK;
}

static err instrument_link(struct linking *k)
{
    const struct tree *articles = tree_get(k->i->root, "articles");
    try(citations_link(k, k->i->path, k->i->root, articles, 0));
    try(roles_link(k));
    for (size_t n = 0; n < k->i->kinds_n; n++) try(kind_link(k, &k->i->kinds[n]));
    return ERR_OK;
}

/* ---- a State against the instruments -----------------------------------------------------------
 */

static err holds_link(struct linking *k, const struct law_state_row *s, const struct tree *rows)
{
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        const struct law_instrument *i = law_instrument_find(k->l, tree_str(r, "instrument"));
        if (!i)
            return expected_row(k, s->path, r, "instrument", tree_str(r, "instrument"),
                                "instruments");
        struct str function = tree_str(r, "function"), kind = tree_str(r, "kind");
        if (function.n && !row_there(tree_get(i->root, "functions"), "function", function))
            return expected_row(k, s->path, r, "function", function, "functions");
        if (kind.n && !str_is(kind, "*") && !law_kind_find(i, kind))
            return expected_row(k, s->path, r, "kind", kind, "kinds");
        try(citations_link(k, s->path, r, tree_get(i->root, "articles"), 0));
    }
    return ERR_OK;
}

/* A State's own number stays on the right side of the instrument's. */
static err settings_link(struct linking *k, const struct law_state_row *s,
                         const struct law_kind *kind)
{
    const struct tree *settings = tree_get(s->root, "settings");
    for (size_t n = 0; n < kind->clocks_n; n++) {
        const struct law_clock_row *c = &kind->clocks[n];
        const struct tree *own = c->setting.n ? tree_get_s(settings, c->setting) : NULL;
        if (!own || !c->days || (c->at_most ? own->num <= c->days : own->num >= c->days)) continue;
        return law_file_fail(k->t, s->path, own,
                             "`" STR_FMT "`: expected at %s %d days, because of article " STR_FMT,
                             STR_ARG(c->setting), c->at_most ? "most" : "least", (int)c->days,
                             STR_ARG(c->article));
    }
    return ERR_OK;
}

static err state_link(struct linking *k, const struct law_state_row *s)
{
    try(holds_link(k, s, tree_get(s->root, "instruments")));
    for (const struct tree *a = tree_get(s->root, "authorities")->child; a; a = a->next)
        try(holds_link(k, s, tree_get(a, "functions")));
    try(holds_link(k, s, tree_get(s->root, "unassigned")));
    try(holds_link(k, s, tree_get(s->root, "reservations")));
    for (size_t i = 0; i < k->l->instruments_n; i++)
        for (size_t n = 0; n < k->l->instruments[i].kinds_n; n++)
            try(settings_link(k, s, &k->l->instruments[i].kinds[n]));
    return ERR_OK;
}
