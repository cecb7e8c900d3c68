/* SPDX-License-Identifier: Apache-2.0 */
/* A random walk through the dossiers of a kind. */

#include "walk.h"

#include <string.h>

/* How a try goes astray on purpose. */
enum stray { STRAY_NOT, STRAY_VALUES, STRAY_WHO, STRAY_KINDS };

uint64_t walk_draw(struct walk *w, uint64_t below)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed % below;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Most days lie about where a term of sixty or ninety days ends. */
/* Mostly one of the days that rows ask for: of one that cannot lie ahead today, of one that must
 * one far enough for what comes after it. */
static struct str any_day(struct walk *w, const struct law_particular *p)
{
    int64_t today = day_of_ms(w->now_ms);
    const struct law_limit *last = NULL;
    for (size_t n = 0; n < p->limits_n; n++)
        if (!p->limits[n].days) last = &p->limits[n];
    if (last && walk_draw(w, 4)) {
        bool after = last->after;
        return day_text(w->a, today + (after ? -(int64_t)walk_draw(w, 2)
                                             : (int64_t)walk_draw(w, walk_draw(w, 8) ? 60 : 2000)));
    }
    static const int64_t about[] = {0, 58, 88};
    int64_t from = walk_draw(w, 2) ? about[walk_draw(w, 3)] + (int64_t)walk_draw(w, 5)
                                   : (int64_t)walk_draw(w, 130);
    return day_text(w->a, today + from);
}

static struct str any_of(struct walk *w, const struct tree *list, const char *key)
{
    if (!list || !list->count) return STR("");
    const struct tree *c = list->child;
    for (uint64_t n = walk_draw(w, list->count); n > 0; n--) c = c->next;
    return tree_str(c, key);
}

static struct str any_ground(struct walk *w, bool astray)
{
    if (astray && walk_draw(w, 4) == 0) return STR("weather");
    return w->kind->grounds_n ? w->kind->grounds[walk_draw(w, w->kind->grounds_n)].ground : STR("");
}

static struct str any_text(struct walk *w, const struct law_particular *p, bool astray)
{
    switch (p->type) {
    case LAW_TEXT:
        return astray && walk_draw(w, 8) == 0 ? STR(" ") : STR("x");
    case LAW_DAY:
        return any_day(w, p);
    case LAW_STATE:
        return w->requested;
    case LAW_DOSSIER:
        return STR("XN-2026-0001");
    case LAW_LANGUAGE:
        return STR("en");
    case LAW_GROUND:
        return any_ground(w, astray);
    case LAW_CHOICE:
        return any_of(w, tree_get(p->row, "choices"), "choice");
    case LAW_CODE:
        return any_of(w, tree_get(w->kind->row, "not_executable"), "code");
    case LAW_ARTICLE:
        return any_of(w, tree_get(w->i->root, "offences"), "article");
    case LAW_FLAG:
    case LAW_NUMBER:
    case LAW_DAYS:
        break;
    }
    return STR("");
}

static void fill(struct walk *w, struct tree *to, const struct law_particular *p, bool astray)
{
    const char *name = str_c(w->a, p->name);
    if (p->type == LAW_FLAG) {
        bool yes = p->must_be && !(astray && walk_draw(w, 8) == 0);
        tree_add_bool(w->a, to, name, yes || walk_draw(w, 2));
        return;
    }
    if (p->type == LAW_NUMBER || p->type == LAW_DAYS) {
        uint64_t wide = p->max < 10 ? (uint64_t)(p->max - p->min + 1) : 9;
        tree_add_int(w->a, to, name, p->min + (int64_t)walk_draw(w, wide));
        return;
    }
    struct str text = any_text(w, p, astray);
    if (text.n) tree_add_str(w->a, to, name, text);
}

static const struct tree *filled(struct walk *w, const struct law_row *r, bool astray)
{
    struct tree *to = tree_map(w->a);
    for (size_t n = 0; n < r->particulars_n; n++) {
        const struct law_particular *p = &r->particulars[n];
        bool due = n < r->own_n && p->required == LAW_ALWAYS;
        bool given = n < r->own_n ? due || walk_draw(w, 4) : walk_draw(w, 2);
        if (astray && due && walk_draw(w, 6) == 0) given = false;
        if (given) fill(w, to, p, astray);
    }
    return to;
}

/* ---- who acts -------------------------------------------------------------------------------- */

static bool only_direction(const struct walk *w, enum law_stream side, const char *direction)
{
    for (size_t n = 0; n < w->kind->roles_n; n++)
        if (w->kind->roles[n].party == side && !str_is(w->kind->roles[n].direction, direction))
            return false;
    return true;
}

/* All functions there are, each short of what makes it fit. */
static struct law_function *unfit(struct walk *w, enum law_stream side)
{
    struct law_function *f = arena_take_many(w->a, WALK_FUNCTIONS_MAX, sizeof *f);
    const char *way = side == LAW_REQUESTING ? "send" : "receive";
    const char *other = side == LAW_REQUESTING ? "receive" : "send";
    uint64_t how = walk_draw(w, 4);
    for (size_t n = 0; n < w->functions_n; n++) {
        f[n] = w->functions[n];
        if (how == 0 && only_direction(w, side, way))
            f[n].direction = str_of(other);
        else if (how == 1)
            f[n].instrument = STR("elsewhere");
        else if (how == 2)
            f[n].kind = STR("elsewhere");
        else
            f[n].function = STR("weather");
    }
    return f;
}

static void who_makes(struct walk *w, struct tried *t, bool astray)
{
    const struct law_row *r = t->row;
    t->who = (struct law_who){.side = r->by,
                              .functions = w->functions,
                              .functions_n = w->functions_n,
                              .system = r->system,
                              .state = r->by == LAW_REQUESTED ? w->requested : w->requesting,
                              .other = r->by == LAW_REQUESTED ? w->requesting : w->requested};
    /* The walk asks what follows, not whether it binds these two. */
    if (!w->binds) t->who.other = STR("");
    if (!astray) return;
    t->unfit = true;
    uint64_t how = walk_draw(w, 8);
    if (r->system || (how == 0 && !r->linked)) {
        t->who.system = !r->system;
    } else if (how == 1) {
        t->who.side = r->by == LAW_REQUESTED ? LAW_REQUESTING : LAW_REQUESTED;
    } else {
        t->recordable = true;
        t->who.functions = unfit(w, r->by);
        if (how == 2) t->who.functions_n = 0;
    }
}

/* ---- the dossier ----------------------------------------------------------------------------- */

static struct law_state state_of(struct walk *w, const struct law_entry *entries, size_t n)
{
    struct law_state s;
    struct turn t = {.arena = w->a};
    assert_int_equal(law_fold(&t, entries, n, &s), ERR_OK);
    s.instrument = w->i->instrument;
    s.kind = w->kind->kind;
    return s;
}

/* What one side sees that has `seen` acts of the other. */
static struct law_state seen_by(struct walk *w, const struct law_row *r, int64_t seen)
{
    struct law_entry held[WALK_ACTS_MAX];
    enum law_stream other = r->by == LAW_REQUESTED ? LAW_REQUESTING : LAW_REQUESTED;
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        if (w->entries[i].act.stream != other || w->entries[i].act.n <= seen)
            held[n++] = w->entries[i];
    return state_of(w, held, n);
}

/* Two States the instrument binds; where it binds no two, any, and nobody asks. */
static void pair_choose(struct walk *w)
{
    struct str of = tree_str(w->i->root, "of_state"), why;
    for (int tries = 0; tries < 12; tries++) {
        w->requesting = w->l->states[walk_draw(w, w->l->states_n)].state;
        w->requested = of.n ? of : w->l->states[walk_draw(w, w->l->states_n)].state;
        w->binds = !str_eq(w->requesting, w->requested) &&
                   law_binds(w->l, w->i, w->requesting, w->requested, day_of_ms(NOON), &why);
        if (w->binds) return;
    }
}

static void dossier_new(struct walk *w)
{
    arena_reset(w->a);
    w->n = w->steps = 0;
    memset(w->count, 0, sizeof w->count);
    w->now_ms = NOON;
    pair_choose(w);
}

void walk_begin(struct walk *w, const struct law_instrument *i, const struct law_kind *kind)
{
    w->i = i;
    w->kind = kind;
    w->functions_n = 0;
    memset(w->taken, 0, sizeof w->taken);
    const struct tree *f = tree_get(i->root, "functions")->child;
    for (; f && w->functions_n < WALK_FUNCTIONS_MAX; f = f->next)
        w->functions[w->functions_n++] =
            (struct law_function){i->instrument, tree_str(f, "function"), STR("*"), STR("*")};
    dossier_new(w);
}

/* ---- a step ---------------------------------------------------------------------------------- */

/* Does the last act name another dossier, on which this one waits from now on? */
static bool names_a_dossier(const struct walk *w)
{
    const struct law_row *r = law_row_find(w->kind, w->entries[w->n - 1].act.act);
    for (size_t n = 0; n < r->own_n; n++)
        if (r->particulars[n].type == LAW_DOSSIER && r->to.n) return true;
    return false;
}

/* Do the marks stand that it asks for, and none that rules it out? */
static bool marks_fit(const struct law_row *r, const struct law_state *s)
{
    for (size_t n = 0; n < r->guards_n; n++) {
        const struct law_guard *g = &r->guards[n];
        bool has = law_list_has(s->marks, s->marks_n, g->mark);
        if (strcmp(g->kind->name, "has_mark") == 0 && !has) return false;
        if (strcmp(g->kind->name, "no_mark") == 0 && has) return false;
    }
    return true;
}

/* Rows that fit the present state, and mostly its marks, come first: a walk that knocks at closed
 * doors only gets nowhere. A wild one knocks at them more often, most of all with what has to wait
 * for a clock. */
static const struct law_row *row_choose(struct walk *w, const struct law_state *s)
{
    const struct law_row *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t n = 0; n < w->kind->rows_n; n++) {
        const struct law_row *r = &w->kind->rows[n];
        bool here = false;
        for (size_t f = 0; f < r->from_n; f++)
            here = here || str_eq(r->from[f], s->state) || (str_is(r->from[f], "*") && !s->ended);
        bool again = w->taken[n] > 0; /* what never happened yet goes first */
        size_t weight = w->taken[n] + (again ? walk_draw(w, 60) : 0) +
                        (again && r->ends && walk_draw(w, 3) ? 60 : 0);
        if (w->taken[n] > 40) weight += 40;
        here = here && (marks_fit(r, s) || walk_draw(w, 4) == 0);
        if (here && weight < least) best = r, least = weight;
    }
    if (w->wild && !s->ended && w->n > 1 && walk_draw(w, names_a_dossier(w) ? 2 : 8) == 0)
        for (size_t n = 0; n < w->kind->rows_n; n++)
            if (w->kind->rows[n].system && w->kind->rows[n].ends) return &w->kind->rows[n];
    if (best && walk_draw(w, w->wild ? 8 : 12)) return best;
    return &w->kind->rows[walk_draw(w, w->kind->rows_n)];
}

/* When the clock ends; 0: it does not run. */
static int64_t end_of(const struct law_state *s, struct str clock)
{
    for (size_t n = 0; n < s->clocks_n; n++)
        if (s->clocks[n].running && str_eq(s->clocks[n].clock, clock)) return s->clocks[n].end_ms;
    return 0;
}

/* Some acts wait for a clock; the walk lets most of them wait long enough, where it runs. */
static void time_passes(struct walk *w, const struct law_row *r, const struct law_state *s)
{
    w->now_ms += (int64_t)walk_draw(w, 3 * 86400000);
    for (size_t n = 0; n < r->guards_n; n++) {
        if (strcmp(r->guards[n].kind->name, "after_clock_end") != 0) continue;
        int64_t end_ms = end_of(s, r->guards[n].clock) + (int64_t)walk_draw(w, 86400000);
        if (walk_draw(w, 4) && w->now_ms < end_ms) w->now_ms = end_ms;
    }
}

static enum stray stray_choose(struct walk *w)
{
    if (!w->wild || walk_draw(w, 3)) return STRAY_NOT;
    return (enum stray)walk_draw(w, STRAY_KINDS);
}

static void try_it(struct walk *w, struct tried *t)
{
    const struct law_row *r = t->row;
    enum stray stray = stray_choose(w);
    time_passes(w, r, &t->before);
    who_makes(w, t, stray == STRAY_WHO);
    enum law_stream stream = r->inward ? LAW_INWARD : r->by;
    t->act =
        (struct law_act){.act = r->act,
                         .instrument = w->i->instrument,
                         .kind = w->kind->kind,
                         .stream = stream,
                         .n = w->count[stream] + 1,
                         .at_ms = w->now_ms,
                         .particulars = r->system ? NULL : filled(w, r, stray == STRAY_VALUES)};
    int64_t there = r->by == LAW_REQUESTED ? w->count[LAW_REQUESTING] : w->count[LAW_REQUESTED];
    int64_t seen = there;
    /* Who answers has seen the request at least. */
    if (w->wild && there > 1 && walk_draw(w, 24) == 0) seen--;
    t->crossed = seen < there;
    t->act.seen = seen;
    struct law_state view = seen_by(w, r, seen);
    struct law_verdict *v = arena_take(w->a, sizeof *v);
    struct turn turn = {.arena = w->a};
    t->e = law_decide(&turn, w->l, &view, &t->who, &t->act, w->now_ms, v);
    t->fault = turn.fault;
    t->allowed = t->e == ERR_OK;
    if (!t->allowed) {
        w->refused++;
        return;
    }
    w->allowed++;
    w->taken[r - w->kind->rows]++;
    w->entries[w->n++] = (struct law_entry){t->act, v};
    w->count[stream]++;
    t->after = state_of(w, w->entries, w->n);
    t->took_effect = t->after.effects[w->n - 1] == LAW_TOOK_EFFECT;
}

void walk_step(struct walk *w, struct tried *out)
{
    if (w->steps >= WALK_FRESH_EVERY || w->n == WALK_ACTS_MAX) dossier_new(w);
    *out = (struct tried){.before = state_of(w, w->entries, w->n)};
    /* There is little left to do after an end. */
    if (w->wild && out->before.ended && walk_draw(w, 4) == 0) {
        dossier_new(w);
        out->before = state_of(w, w->entries, w->n);
    }
    w->steps++;
    out->row = row_choose(w, &out->before);
    try_it(w, out);
}
