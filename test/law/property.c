/* SPDX-License-Identifier: Apache-2.0 */
/* The properties, each looked at after every act. */

#include "property.h"

#include <stdio.h>
#include <string.h>

enum { SIXTY = 60, ROUNDS_MAX = 40, KEPT_MORE = 8 };

const char *const property_says[PROPERTIES_N] = {
    [KEPT_SIXTY_DAYS] = "data are kept sixty days unless given up, lost or handed over",
    [HELD_DOES_NOT_EXPIRE] = "nothing held for a decision on assistance expires",
    [NO_DUAL_CRIMINALITY] = "dual criminality refuses no preservation for a Convention offence",
    [NO_INCOMPLETENESS] = "no preservation is refused for what is missing in the request",
    [REASONS_GIVEN] = "nothing is refused without reasons",
    [CONSULTED_FIRST] = "nothing is refused under 40(21) without a consultation",
    [POSTPONED_AFTER] = "nothing is postponed without a consultation",
    [FORBIDDEN_NEVER] = "no forbidden ground, and none that is not listed, refuses anything",
    [FUNCTION_HELD] = "nobody acts without the function",
    [END_STANDS] = "an end stands",
    [STATES_REACHED] = "every state is reached",
    [STATES_LEFT] = "every state is an end, or left by some act",
};

/* ---- roles of rows --------------------------------------------------------------------------- */

const struct law_clock_row *kept_clock(const struct law_kind *k)
{
    for (size_t n = 0; n < k->clocks_n; n++) {
        const struct law_clock_row *c = &k->clocks[n];
        const struct law_row *r = c->on_end.n ? law_row_find(k, c->on_end) : NULL;
        if (r && !c->duty && r->system && r->ends) return c;
    }
    return NULL;
}

static const struct law_particular *own_of_type(const struct law_row *r, enum law_type type)
{
    for (size_t n = 0; n < r->own_n; n++)
        if (r->particulars[n].type == type) return &r->particulars[n];
    return NULL;
}

const struct law_row *holding_row(const struct law_kind *k)
{
    if (!kept_clock(k)) return NULL;
    for (size_t n = 0; n < k->rows_n; n++) {
        const struct law_particular *p = own_of_type(&k->rows[n], LAW_DOSSIER);
        if (p && str_is(p->link, "assistance") && k->rows[n].to.n) return &k->rows[n];
    }
    return NULL;
}

/* A ground of preservation stands in 40(21) as well, but applies by 42(6). */
static bool is_of_40_21(const struct law_ground *g)
{
    return !g->forbidden && str_starts(tree_str(g->row, "via"), "40(21)");
}

struct str consulting_mark(const struct law_kind *k)
{
    for (size_t n = 0; n < k->grounds_n; n++)
        if (is_of_40_21(&k->grounds[n])) return k->grounds[n].pre_duty;
    return STR("");
}

bool is_postponement(const struct law_kind *k, const struct law_row *r)
{
    if (consulting_mark(k).n == 0 || r->to.n == 0) return false;
    for (size_t n = 0; n < r->starts_n; n++)
        if (r->starts[n]->duty && r->starts[n]->end_particular.n &&
            str_eq(r->starts[n]->article, r->article))
            return true;
    return false;
}

static const struct law_clock *clock_of(const struct law_state *s, struct str name)
{
    for (size_t n = 0; n < s->clocks_n; n++)
        if (str_eq(s->clocks[n].clock, name)) return &s->clocks[n];
    return NULL;
}

/* ---- one property, one act ------------------------------------------------------------------- */

struct looking {
    struct properties *p;
    const struct walk *w;
    const struct tried *t;
};

static void asks(struct looking *k, enum property which, bool tempts)
{
    struct property_count *c = &k->p->count[which];
    c->asked++;
    c->tempted += tempts;
    c->allowed += k->t->allowed;
    c->refused += !k->t->allowed;
}

static void breaks_it(struct looking *k, enum property which)
{
    char *to = k->p->count[which].broken;
    if (to[0]) return;
    snprintf(to, sizeof k->p->count[which].broken,
             STR_FMT " " STR_FMT ": " STR_FMT " after %zu acts", STR_ARG(k->w->i->instrument),
             STR_ARG(k->w->kind->kind), STR_ARG(k->t->row->act), k->w->n);
}

static struct str text_of(const struct tried *t, struct str particular)
{
    return law_value_text(t->act.particulars, particular);
}

static struct str ground_named(const struct tried *t)
{
    const struct law_particular *p = own_of_type(t->row, LAW_GROUND);
    return p ? text_of(t, p->name) : STR("");
}

static bool has_reasons(const struct tried *t)
{
    return str_trim(text_of(t, STR("reasons"))).n > 0;
}

static bool starts_clock(const struct law_row *r, const struct law_clock_row *c)
{
    for (size_t n = 0; n < r->starts_n; n++)
        if (r->starts[n] == c) return true;
    return false;
}

/* From the first day on, whatever starts the term anew; the last day runs out. Before that only the
 * State that asked ends it, or the one that keeps says how it was lost: that it could not be
 * executed is said of what was never kept. */
static void look_kept(struct looking *k)
{
    const struct tried *t = k->t;
    const struct law_clock_row *c = kept_clock(k->w->kind);
    bool starts = c && starts_clock(t->row, c);
    int64_t from = k->p->kept_from_ms ? k->p->kept_from_ms : t->act.at_ms, day;
    if (!c || !(starts || (k->p->kept_from_ms && t->row->ends && !t->before.ended))) return;
    bool early = t->act.at_ms < from + SIXTY * DAY_MS;
    bool tempts = t->row->system ? early
                                 : starts && day_read(text_of(t, c->end_particular), &day) &&
                                       day < day_of_ms(from) + SIXTY;
    asks(k, KEPT_SIXTY_DAYS, tempts);
    if (!t->took_effect) return;
    const struct law_clock *runs = clock_of(&t->after, c->clock);
    if (starts && (!runs || runs->end_ms - from < SIXTY * DAY_MS)) breaks_it(k, KEPT_SIXTY_DAYS);
    if (starts) k->p->kept_from_ms = from;
    if (!t->row->ends || !early || t->row->by == LAW_REQUESTING) return;
    bool said = k->p->held || (has_reasons(t) && !own_of_type(t->row, LAW_CODE));
    if (t->row->system || !said) breaks_it(k, KEPT_SIXTY_DAYS);
}

static bool waits_for_another(const struct law_state *s)
{
    for (size_t n = 0; n < s->marks_n; n++)
        if (str_starts(s->marks[n], LAW_PENDING)) return true;
    return false;
}

static void look_held(struct looking *k)
{
    const struct tried *t = k->t;
    const struct law_row *holds = holding_row(k->w->kind);
    if (!holds) return;
    bool waits = waits_for_another(&t->before);
    if (waits) asks(k, HELD_DOES_NOT_EXPIRE, t->row->ends);
    if (waits && t->took_effect && t->row->ends && t->row->by == LAW_REQUESTED && !has_reasons(t))
        breaks_it(k, HELD_DOES_NOT_EXPIRE);
    if (k->p->held && t->row->system) {
        asks(k, HELD_DOES_NOT_EXPIRE, t->row->ends);
        if (t->took_effect && t->after.ended) breaks_it(k, HELD_DOES_NOT_EXPIRE);
    }
    if (!t->allowed) return;
    k->p->held = str_eq(t->after.state, holds->to);
    const struct law_clock *runs = clock_of(&t->after, kept_clock(k->w->kind)->clock);
    if (k->p->held && runs && runs->running && !runs->still_ms) breaks_it(k, HELD_DOES_NOT_EXPIRE);
}

/* What a request for preservation must not be refused for: the grounds are called by what they say.
 */
static void look_preservation(struct looking *k)
{
    struct str ground = ground_named(k->t);
    if (!kept_clock(k->w->kind) || ground.n == 0) return;
    auto_arena a = arena_new();
    /* Whoever has not seen the answer that says so goes by what the request said before. */
    bool of_convention =
        !k->t->crossed && str_is(law_value_text(k->t->before.particulars, STR("offence_scope")),
                                 "convention_offence");
    if (strstr(str_c(a, ground), "dual_criminality")) {
        asks(k, NO_DUAL_CRIMINALITY, of_convention);
        if (k->t->allowed && of_convention) breaks_it(k, NO_DUAL_CRIMINALITY);
    }
    if (str_is(ground, "non_conformity")) {
        asks(k, NO_INCOMPLETENESS, true);
        if (k->t->allowed) breaks_it(k, NO_INCOMPLETENESS);
    }
}

/* An instrument may bar the reasons themselves, as of a matter of security; then that is said. */
static void look_reasons(struct looking *k)
{
    const struct tried *t = k->t;
    if (!own_of_type(t->row, LAW_GROUND) && !str_is(t->row->outcome, "refused")) return;
    bool barred = tree_bool(t->act.particulars, "reasons_barred", false);
    bool given = has_reasons(t) || (barred && !kept_clock(k->w->kind));
    asks(k, REASONS_GIVEN, !given);
    if (t->allowed && !given) breaks_it(k, REASONS_GIVEN);
}

/* An act that consults does so about a refusal, a postponement or conditions. */
static bool may_leave(const struct law_row *r, struct str mark)
{
    bool may = str_eq(r->mark, mark);
    for (size_t n = 0; n < r->marks_n; n++) may = may || str_eq(r->marks[n].mark, mark);
    return may;
}

static void look_consulted(struct looking *k)
{
    const struct tried *t = k->t;
    struct str mark = consulting_mark(k->w->kind), named = ground_named(t);
    const struct law_ground *g = named.n ? law_ground_find(k->w->kind, named) : NULL;
    if (mark.n == 0) return;
    if (g && is_of_40_21(g)) {
        asks(k, CONSULTED_FIRST, !k->p->consulted);
        if (t->allowed && !k->p->consulted) breaks_it(k, CONSULTED_FIRST);
    }
    if (is_postponement(k->w->kind, t->row)) {
        asks(k, POSTPONED_AFTER, !k->p->talked);
        if (t->allowed && !k->p->talked) breaks_it(k, POSTPONED_AFTER);
    }
    if (!t->took_effect) return;
    k->p->talked = k->p->talked || may_leave(t->row, mark);
    k->p->consulted = k->p->consulted || law_list_has(t->after.marks, t->after.marks_n, mark);
}

/* Which grounds are forbidden the files say themselves, row by row; a property of broken tables
 * would otherwise believe them. */
static void look_forbidden(struct looking *k)
{
    struct str named = ground_named(k->t);
    if (named.n == 0) return;
    const struct tree *rows = tree_get(k->w->kind->row, "forbidden_grounds"), *r = rows->child;
    while (r && !str_eq(tree_str(r, "ground"), named)) r = r->next;
    bool no = r || !law_ground_find(k->w->kind, named);
    asks(k, FORBIDDEN_NEVER, no);
    if (no && k->t->allowed) breaks_it(k, FORBIDDEN_NEVER);
}

/* Neither he himself nor the node that would receive it lets him. */
static void look_function(struct looking *k)
{
    const struct tried *t = k->t;
    if (t->row->functionless) return; /* to say that it came to the wrong authority needs none */
    asks(k, FUNCTION_HELD, t->unfit);
    if (!t->unfit) return;
    if (t->allowed) breaks_it(k, FUNCTION_HELD);
    if (!t->recordable || t->row->inward || t->row->system) return;
    struct turn turn = {.arena = k->w->a};
    struct law_verdict v;
    if (law_record(&turn, k->w->l, &t->who, &t->act, t->act.at_ms, &v) != ERR_NOT_ALLOWED)
        breaks_it(k, FUNCTION_HELD);
}

/* An act that crossed the end may stand before it; any other leaves it as it is. */
static void look_end(struct looking *k)
{
    const struct tried *t = k->t;
    if (!t->before.ended || t->crossed) return;
    asks(k, END_STANDS, t->row->to.n > 0);
    if (t->allowed && !(t->after.ended && str_eq(t->before.state, t->after.state)))
        breaks_it(k, END_STANDS);
    if (t->allowed && t->after.obligations_n < t->before.obligations_n) breaks_it(k, END_STANDS);
}

static void look_states(struct looking *k)
{
    if (!k->t->took_effect) return;
    size_t n = 0;
    const struct tree *s = tree_get(k->w->kind->row, "states")->child;
    for (; s && n < PROPERTY_STATES_MAX; s = s->next, n++) {
        struct str name = tree_str(s, "state");
        bool was = str_eq(name, k->t->before.state), is = str_eq(name, k->t->after.state);
        k->p->reached[n] = k->p->reached[n] || was || is;
        /* An act that crossed may stand before what led there. */
        k->p->left[n] = k->p->left[n] || (was && !is && !k->t->crossed);
    }
}

static void look(struct properties *p, const struct walk *w, const struct tried *t)
{
    struct looking k = {p, w, t};
    p->acts++;
    if (w->steps == 1) {
        p->kept_from_ms = 0;
        p->held = p->consulted = p->talked = false;
    }
    look_kept(&k);
    look_held(&k);
    look_preservation(&k);
    look_reasons(&k);
    look_consulted(&k);
    look_forbidden(&k);
    look_function(&k);
    look_end(&k);
    look_states(&k);
}

/* ---- all kinds ------------------------------------------------------------------------------- */

static bool is_end(const struct tree *s) { return tree_bool(s, "end", false); }

/* Was every state of the kind entered, and every one that is no end left again? */
static bool all_seen(const struct properties *p, const struct law_kind *kind)
{
    size_t n = 0;
    const struct tree *s = tree_get(kind->row, "states")->child;
    for (; s && n < PROPERTY_STATES_MAX; s = s->next, n++)
        if (!p->reached[n] || !(p->left[n] || is_end(s))) return false;
    return true;
}

static void states_count(struct properties *p, const struct walk *w)
{
    size_t n = 0;
    const struct tree *s = tree_get(w->kind->row, "states")->child;
    for (; s && n < PROPERTY_STATES_MAX; s = s->next, n++)
        for (enum property which = STATES_REACHED; which <= STATES_LEFT; which++) {
            struct property_count *c = &p->count[which];
            bool holds = which == STATES_REACHED ? p->reached[n] : p->left[n] || is_end(s);
            c->asked++;
            c->tempted++;
            c->allowed += holds;
            c->refused += !holds;
            if (!holds && !c->broken[0])
                snprintf(c->broken, sizeof c->broken, STR_FMT " " STR_FMT ": the state " STR_FMT,
                         STR_ARG(w->i->instrument), STR_ARG(w->kind->kind),
                         STR_ARG(tree_str(s, "state")));
        }
}

/* A kind's share of the acts, one that keeps data a larger one, and more of them as long as a state
 * of it was not seen. */
void properties_kind_walk(struct properties *p, struct walk *w, size_t acts)
{
    struct tried t;
    memset(p->reached, 0, sizeof p->reached);
    memset(p->left, 0, sizeof p->left);
    for (size_t n = 0; n < acts || (n < ROUNDS_MAX * acts && !all_seen(p, w->kind)); n++) {
        walk_step(w, &t);
        look(p, w, &t);
    }
    states_count(p, w);
}

/* Few kinds keep data, and much is asked of these. */
void properties_walk(struct properties *p, const struct law_tables *l, uint64_t seed, size_t acts)
{
    struct walk w = {.l = l, .a = arena_new(), .seed = seed, .wild = true};
    size_t kinds = 0;
    for (size_t i = 0; i < l->instruments_n; i++) kinds += l->instruments[i].kinds_n;
    assert_true(kinds > 0);
    for (size_t i = 0; i < l->instruments_n; i++)
        for (size_t n = 0; n < l->instruments[i].kinds_n; n++) {
            walk_begin(&w, &l->instruments[i], &l->instruments[i].kinds[n]);
            properties_kind_walk(p, &w, (acts / kinds + 1) * (kept_clock(w.kind) ? KEPT_MORE : 1));
        }
    arena_free(w.a);
}
