/* SPDX-License-Identifier: Apache-2.0 */
/* What rows say about each other: every citation, state, outcome, clock, act, function, kind and
 * remark that is named must be a row somewhere.
 *
 * A name that leads nowhere is a mistake of the person who edits the files, found here once instead
 * of at night in a dossier. */

#include "law/link.h"

#include <string.h>

enum { LINK_DEPTH_MAX = 12 };

static err instrument_link(struct law_linking *k);
static err state_link(struct law_linking *k, const struct law_state_row *s);
static err codes_link(struct law_linking *k);
static err usual_link(struct law_linking *k);

err law_link(struct turn *t, const struct law_tables *l)
{
    struct law_linking k = {.t = t, .l = l, .paths = l->paths, .paths_n = l->paths_n};
    try(codes_link(&k));
    try(usual_link(&k));
    for (size_t n = 0; n < l->instruments_n; n++) {
        k.i = &l->instruments[n];
        try(instrument_link(&k));
    }
    for (size_t n = 0; n < l->states_n; n++) try(state_link(&k, &l->states[n]));
    return ERR_OK;
}

/* The remarks that the code itself makes, and those of them that stop an act whatever a file says.
 */
static const struct {
    const char *code;
    bool must;
} codes[] = {
    {"act-not-now", true},
    {"also-other-kind", false},
    {"basis-other", false},
    {"calendar-ends", false},
    {"clock-ahead", false},
    {"clock-behind", false},
    {"consult-first", false},
    {"crossed", false},
    {"dual-criminality-free", false},
    {"function-elsewhere", false},
    {"function-missing", true},
    {"function-open", false},
    {"function-unsigned", false},
    {"ground-foretold", false},
    {"instrument-unknown", true},
    {"link-unfit", false},
    {"link-unknown", false},
    {"not-your-side", true},
    {"offence-mapped", false},
    {"offence-unmapped", false},
    {"out-of-place", false},
    {"particular-form", true},
    {"particular-advised", false},
    {"particular-missing", true},
    {"particular-too-long", true},
    {"particular-unknown", true},
    {"particulars-missing", true},
    {"profile-unknown", false},
    {"protocol-applies", false},
    {"receives-elsewhere", true},
    {"receives-not", false},
    {"ref-of-another", false},
    {"reservation-foretold", false},
    {"scope-open", false},
    {"state-unknown", false},
    {"system-only", true},
    {"text-misleads", true},
    {"time-out-of-range", true},
    {"to-ourselves", true},
    {"unknown-act", true},
    {"unknown-kind", true},
    {"yes-needed", true},
};

static err codes_link(struct law_linking *k)
{
    for (size_t n = 0; n < sizeof codes / sizeof *codes; n++) {
        const struct law_remark_row *r = law_remark_find(k->l, str_of(codes[n].code));
        if (!r)
            return law_file_fail(k->t, STR("remarks.yaml"), NULL, "expected the remark \"%s\"",
                                 codes[n].code);
        if (codes[n].must && !r->must)
            return law_file_fail(k->t, STR("remarks.yaml"), r->row,
                                 "`grade`: expected must of the remark %s, which stops an act",
                                 codes[n].code);
    }
    return ERR_OK;
}

/* One instrument at most is meant where none is named. */
static err usual_link(struct law_linking *k)
{
    const struct law_instrument *first = NULL;
    for (size_t n = 0; n < k->l->instruments_n; n++) {
        const struct tree *v = tree_get(k->l->instruments[n].root, "usual");
        if (v && first)
            return law_row_fail(k, v, "`usual`: expected it once, and " STR_FMT " has it",
                                STR_ARG(first->instrument));
        if (v) first = &k->l->instruments[n];
    }
    return ERR_OK;
}

/* ---- within an instrument -------------------------------------------------------------------- */

/* Is there a row of the list with this name under `key`? */
bool law_row_there(const struct tree *rows, const char *key, struct str name)
{
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        if (str_eq(tree_str(r, key), name)) return true;
    return false;
}

err law_link_expected(struct law_linking *k, const struct tree *at, const char *key,
                      struct str name, const char *of)
{
    return law_row_fail(k, at, "`%s`: found \"" STR_FMT "\", expected a row of `%s`", key,
                        STR_ARG(name), of);
}

/* A citation of a protocol has its name before it, and was looked at there. */
static bool is_citation(const struct tree *v)
{
    return v->kind == TREE_STR && !memchr(v->str.p, ' ', v->str.n) &&
           (str_is(v->key, "article") || str_is(v->key, "via") || str_is(v->key, "reservation"));
}

/* Every article that is cited anywhere has its row. */
static err citations_link(struct law_linking *k, const struct tree *v, int depth)
{
    if (depth > LINK_DEPTH_MAX) return law_row_fail(k, v, "expected fewer levels of nesting");
    for (const struct tree *c = v->child; c; c = c->next) {
        if (is_citation(c) && law_index_get(k->articles, c->str) == LAW_NO_ROW)
            return law_link_expected(k, c, "article", c->str, "articles");
        if (c->child) try(citations_link(k, c, depth + 1));
    }
    return ERR_OK;
}

err law_link_names(struct law_linking *k, const struct tree *names, const struct tree *rows,
                   const char *key, const char *of, const char *also)
{
    for (const struct tree *w = names ? names->child : NULL; w; w = w->next)
        if (!str_is(w->str, also) && !law_row_there(rows, key, w->str))
            return law_link_expected(k, w, names->key.n ? str_c(k->t->arena, names->key) : of,
                                     w->str, of);
    return ERR_OK;
}

/* A paragraph that no row cites may be carried by whole kinds. */
static err articles_link(struct law_linking *k)
{
    const struct tree *kinds = tree_get(k->i->root, "kinds");
    for (const struct tree *r = tree_get(k->i->root, "articles")->child; r; r = r->next)
        try(law_link_names(k, tree_get(r, "kinds"), kinds, "kind", "kinds", ""));
    return ERR_OK;
}

static err roles_link(struct law_linking *k)
{
    const struct tree *functions = tree_get(k->i->root, "functions");
    const struct tree *kinds = tree_get(k->i->root, "kinds");
    for (const struct tree *r = tree_get(k->i->root, "roles")->child; r; r = r->next) {
        if (!law_row_there(functions, "function", tree_str(r, "function")))
            return law_link_expected(k, r, "function", tree_str(r, "function"), "functions");
        if (!law_row_there(kinds, "kind", tree_str(r, "kind")))
            return law_link_expected(k, r, "kind", tree_str(r, "kind"), "kinds");
    }
    return ERR_OK;
}

static err own_roles_link(struct law_linking *k, const struct law_kind *kind)
{
    const struct tree *functions = tree_get(k->i->root, "functions");
    const struct tree *roles = tree_get(kind->row, "roles");
    for (const struct tree *r = roles ? roles->child : NULL; r; r = r->next)
        if (!law_row_there(functions, "function", tree_str(r, "function")))
            return law_link_expected(k, r, "function", tree_str(r, "function"), "functions");
    return ERR_OK;
}

/* The fields of a printed form are particulars of the kind, and what the head of every letter says.
 */
static err form_link(struct law_linking *k, const struct law_kind *kind)
{
    const struct tree *form = tree_get(kind->row, "form");
    const struct tree *all = tree_get(kind->row, "particulars");
    for (const struct tree *w = form ? form->child : NULL; w; w = w->next)
        if (!law_form_is_head(w->str) && !law_row_there(all, "name", w->str))
            return law_link_expected(k, w, "form", w->str, "particulars");
    return ERR_OK;
}

/* What another dossier brings about here: an act of the kind, and what it may say. */
static err on_link_link(struct law_linking *k, const struct law_kind *kind)
{
    const struct tree *rows = tree_get(kind->row, "on_link");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        const struct law_row *does = law_row_find(kind, tree_str(r, "does"));
        if (!does) return law_link_expected(k, r, "does", tree_str(r, "does"), "lifecycle");
        const struct tree *says = tree_get(r, "says");
        for (const struct tree *s = says ? says->child : NULL; s; s = s->next)
            if (law_index_get(&does->names, tree_str(s, "particular")) == LAW_NO_ROW)
                return law_link_expected(k, s, "particular", tree_str(s, "particular"),
                                         "the particulars of the act");
    }
    return ERR_OK;
}

/* On each side somebody must be there to act. */
static err sides_link(struct law_linking *k, const struct law_kind *kind)
{
    bool there[2] = {false, false};
    for (size_t n = 0; n < kind->roles_n; n++) there[kind->roles[n].party == LAW_REQUESTED] = true;
    for (int n = 0; n < 2; n++)
        if (!there[n])
            return law_row_fail(
                k, kind->row, "`roles`: expected a function of the %s State for the kind " STR_FMT,
                n ? "requested" : "requesting", STR_ARG(kind->kind));
    return ERR_OK;
}

static err kind_link(struct law_linking *k, const struct law_kind *kind)
{
    const struct tree *acts = tree_get(kind->row, "lifecycle");
    try(law_link_names(k, tree_get(kind->row, "obligations"), tree_get(k->i->root, "obligations"),
                       "obligation", "obligations", ""));
    try(own_roles_link(k, kind));
    try(sides_link(k, kind));
    try(form_link(k, kind));
    for (const struct tree *c = tree_get(kind->row, "clocks")->child; c; c = c->next) {
        struct str act = tree_str(c, "on_end");
        if (act.n && !law_row_there(acts, "act", act))
            return law_link_expected(k, c, "on_end", act, "lifecycle");
    }
    try(law_link_lifecycle(k, kind));
    try(on_link_link(k, kind));
    return law_link_sense(k, kind);
}

/* What is foretold of a kind is asked of its request, of a profile, or of both. */
static err foretold_link(struct law_linking *k)
{
    for (size_t n = 0; n < k->i->foretold_n; n++) {
        const struct law_foretold *f = &k->i->foretold[n];
        if (!law_remark_find(k->l, f->remark))
            return law_link_expected(k, f->row, "remark", f->remark, "remarks");
        for (const struct tree *w = f->kinds->child; w; w = w->next) {
            const struct law_kind *kind = law_kind_find(k->i, w->str);
            if (!kind) return law_link_expected(k, w, "kinds", w->str, "kinds");
            try(law_link_cond(k, kind, &f->when, f->row));
        }
    }
    return ERR_OK;
}

static err instrument_link(struct law_linking *k)
{
    k->articles = &k->i->articles;
    try(law_link_layer(k));
    try(citations_link(k, k->i->root, 0));
    try(articles_link(k));
    try(roles_link(k));
    for (size_t n = 0; n < k->i->kinds_n; n++) try(kind_link(k, &k->i->kinds[n]));
    return foretold_link(k);
}

/* ---- a State against the instruments --------------------------------------------------------- */

static err holds_link(struct law_linking *k, const struct tree *rows)
{
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        const struct law_instrument *i = law_instrument_find(k->l, tree_str(r, "instrument"));
        if (!i)
            return law_link_expected(k, r, "instrument", tree_str(r, "instrument"), "instruments");
        struct str function = tree_str(r, "function"), kind = tree_str(r, "kind");
        if (function.n && !law_row_there(tree_get(i->root, "functions"), "function", function))
            return law_link_expected(k, r, "function", function, "functions");
        if (kind.n && !str_is(kind, "*") && !law_kind_find(i, kind))
            return law_link_expected(k, r, "kind", kind, "kinds");
        k->articles = &i->articles;
        try(citations_link(k, r, 0));
    }
    return ERR_OK;
}

/* A State's own number stays on the right side of the instrument's. */
static err settings_link(struct law_linking *k, const struct law_state_row *s,
                         const struct law_kind *kind)
{
    const struct tree *settings = tree_get(s->root, "settings");
    for (size_t n = 0; n < kind->clocks_n; n++) {
        const struct law_clock_row *c = &kind->clocks[n];
        const struct tree *own = c->setting.n ? tree_get_s(settings, c->setting) : NULL;
        if (!own || c->duty || !c->days || (c->at_most ? own->num <= c->days : own->num >= c->days))
            continue;
        return law_row_fail(
            k, own, "`" STR_FMT "`: expected at %s %d days, because of " STR_FMT " " STR_FMT,
            STR_ARG(c->setting), c->at_most ? "most" : "least", (int)c->days,
            STR_ARG(kind->instrument->instrument), STR_ARG(c->article));
    }
    return ERR_OK;
}

/* A number nobody asks for is a number that was meant for something else. */
static err settings_named(struct law_linking *k, const struct law_state_row *s)
{
    const struct tree *settings = tree_get(s->root, "settings");
    for (const struct tree *v = settings ? settings->child : NULL; v; v = v->next) {
        bool named = false;
        for (size_t i = 0; i < k->l->instruments_n; i++)
            for (size_t n = 0; n < k->l->instruments[i].kinds_n && !named; n++) {
                const struct law_kind *kind = &k->l->instruments[i].kinds[n];
                for (size_t c = 0; c < kind->clocks_n; c++)
                    named = named || str_eq(kind->clocks[c].setting, v->key);
            }
        if (!named)
            return law_row_fail(k, v,
                                "`settings`: found \"" STR_FMT
                                "\", expected what a clock names as its `setting`",
                                STR_ARG(v->key));
    }
    return ERR_OK;
}

static err profile_link(struct law_linking *k, const struct law_state_row *s)
{
    const struct tree *rows = tree_get(s->root, "profile");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        if (str_is(tree_str(r, "instrument"), "any"))
            return law_row_fail(k, r,
                                "`instrument`: expected the instrument whose article it cites");
    try(holds_link(k, rows));
    rows = tree_get(s->root, "offences");
    try(holds_link(k, rows));
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        const struct law_instrument *i = law_instrument_find(k->l, tree_str(r, "instrument"));
        if (!law_row_there(tree_get(i->root, "offences"), "article", tree_str(r, "article")))
            return law_link_expected(k, r, "article", tree_str(r, "article"), "offences");
    }
    return ERR_OK;
}

static err state_link(struct law_linking *k, const struct law_state_row *s)
{
    try(holds_link(k, tree_get(s->root, "instruments")));
    for (const struct tree *a = tree_get(s->root, "authorities")->child; a; a = a->next)
        try(holds_link(k, tree_get(a, "functions")));
    try(holds_link(k, tree_get(s->root, "unassigned")));
    try(holds_link(k, tree_get(s->root, "reservations")));
    try(profile_link(k, s));
    try(law_link_state(k, s));
    try(settings_named(k, s));
    for (size_t i = 0; i < k->l->instruments_n; i++)
        for (size_t n = 0; n < k->l->instruments[i].kinds_n; n++)
            try(settings_link(k, s, &k->l->instruments[i].kinds[n]));
    return ERR_OK;
}
