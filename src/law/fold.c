/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a dossier, from its acts and their stored verdicts.
 *
 * Both States fold the same outward acts and must come to the same state, whatever order the acts
 * arrived in. So the order is made anew from what the acts say of each other: an act stands after
 * all its author had seen, and of two that crossed the requesting State's stands first. The tables
 * are never asked: what an act means was settled when it was decided. */

#include "law/inner.h"

#include <stdlib.h>
#include <string.h>

/* One stream by number, as far as it is without a gap. */
struct run {
    const struct law_entry **p;
    size_t n;     /* without a gap */
    size_t done;  /* applied */
    int64_t seen; /* the most any act so far had seen: knowledge does not shrink */
};
struct folding {
    struct turn *t;
    struct law_state *s;
    const struct law_entry *entries;
    struct run run[3];
    struct law_list missing, marks;
    size_t clocks_room, obligations_room;
    struct tree *particulars;
    int64_t changed; /* the last act that said anew what the request had stated; 0: none */
};

static err runs_make(struct folding *f, size_t n);
static void merge(struct folding *f);
static void take(struct folding *f, enum law_stream stream, bool crossed);
static void apply(struct folding *f, const struct law_entry *e);

const char *law_effect_word(enum law_effect e)
{
    switch (e) {
    case LAW_TOOK_EFFECT:
        return "took-effect";
    case LAW_NO_EFFECT_CROSSED:
        return "crossed";
    case LAW_OUT_OF_PLACE:
        return "out-of-place";
    case LAW_NOT_KNOWN:
        return "not-known";
    case LAW_OVERTAKEN:
        return "overtaken";
    case LAW_WAITING:
        return "waiting";
    }
    return "";
}

err law_fold(struct turn *t, const struct law_entry *entries, size_t n, struct law_state *out)
{
    if (n > LAW_ENTRIES_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "acts", NULL, "A dossier of %zu acts, at most %d.", n,
                         LAW_ENTRIES_MAX);
    struct law_state s = {.state = STR("new")};
    struct folding f = {.t = t, .s = &s, .entries = entries};
    f.missing.arena = f.marks.arena = t->arena;
    s.effects = arena_take_many(t->arena, n ? n : 1, sizeof *s.effects);
    for (size_t i = 0; i < n; i++) s.effects[i] = LAW_WAITING;
    try(runs_make(&f, n));
    merge(&f);
    while (f.run[LAW_INWARD].done < f.run[LAW_INWARD].n) take(&f, LAW_INWARD, false);
    s.missing = f.missing.p;
    s.missing_n = f.missing.n;
    s.marks = f.marks.p;
    s.marks_n = f.marks.n;
    s.particulars = f.particulars;
    *out = s;
    return ERR_OK;
}

/* ---- order ----------------------------------------------------------------------------------- */

static int number_order(const void *a, const void *b)
{
    int64_t x = (*(const struct law_entry *const *)a)->act.n;
    int64_t y = (*(const struct law_entry *const *)b)->act.n;
    return (x > y) - (x < y);
}

/* Two acts under one number have no order that both States could agree on. */
static err run_sort(struct folding *f, struct run *r, size_t all)
{
    qsort(r->p, all, sizeof *r->p, number_order);
    for (size_t i = 1; i < all; i++)
        if (r->p[i]->act.n == r->p[i - 1]->act.n)
            return turn_fail(f->t, ERR_INTEGRITY, "act-twice", NULL,
                             "Two acts claim number %lld of the %s stream.",
                             (long long)r->p[i]->act.n, law_stream_word(r->p[i]->act.stream));
    while (r->n < all && r->p[r->n]->act.n == (int64_t)r->n + 1) r->n++;
    return ERR_OK;
}

static err runs_make(struct folding *f, size_t n)
{
    size_t all[3] = {0};
    for (int s = 0; s < 3; s++)
        f->run[s].p = arena_take_many(f->t->arena, n ? n : 1, sizeof *f->run[s].p);
    for (size_t i = 0; i < n; i++) {
        enum law_stream s = f->entries[i].act.stream;
        f->run[s].p[all[s]++] = &f->entries[i];
    }
    for (int s = 0; s < 3; s++) try(run_sort(f, &f->run[s], all[s]));
    return ERR_OK;
}

/* Has what the stream's next act had seen been applied? */
static bool is_ready(const struct run *own, const struct run *other)
{
    return own->done < own->n && own->p[own->done]->act.seen <= (int64_t)other->done;
}

/* The next act of a stream crossed when the other stream has moved beyond what its author saw. */
static bool is_crossed(const struct run *own, const struct run *other)
{
    int64_t seen = own->p[own->done]->act.seen;
    return (int64_t)other->done > (seen > own->seen ? seen : own->seen);
}

static void merge(struct folding *f)
{
    struct run *asks = &f->run[LAW_REQUESTING], *gives = &f->run[LAW_REQUESTED];
    while (is_ready(asks, gives) || is_ready(gives, asks)) {
        if (is_ready(asks, gives))
            take(f, LAW_REQUESTING, is_crossed(asks, gives));
        else
            take(f, LAW_REQUESTED, is_crossed(gives, asks));
    }
}

/* ---- effect ---------------------------------------------------------------------------------- */

static bool starts_here(const struct law_state *s, const struct law_verdict *v)
{
    for (size_t i = 0; i < v->from_n; i++)
        if (str_eq(v->from[i], s->state) || (str_is(v->from[i], "*") && !s->ended)) return true;
    return false;
}

static enum law_effect effect_of(const struct folding *f, const struct law_entry *e, bool crossed)
{
    const struct law_state *s = f->s;
    if (!e->verdict->known) return LAW_NOT_KNOWN;
    bool inward = e->act.stream == LAW_INWARD;
    if (inward && e->verdict->decision && e->act.seen < f->changed) return LAW_OVERTAKEN;
    if (inward || starts_here(s, e->verdict)) return LAW_TOOK_EFFECT;
    if (!crossed) return LAW_OUT_OF_PLACE;
    return e->verdict->crossed == LAW_CROSSED_TAKES_EFFECT ? LAW_TOOK_EFFECT
                                                           : LAW_NO_EFFECT_CROSSED;
}

static void take(struct folding *f, enum law_stream stream, bool crossed)
{
    struct run *r = &f->run[stream];
    const struct law_entry *e = r->p[r->done++];
    if (e->act.seen > r->seen) r->seen = e->act.seen;
    enum law_effect effect = effect_of(f, e, crossed);
    f->s->effects[e - f->entries] = effect;
    f->s->applied++;
    if (effect == LAW_TOOK_EFFECT) apply(f, e);
}

static struct law_clock *clock_slot(struct folding *f, struct str name)
{
    struct law_state *s = f->s;
    for (size_t i = 0; i < s->clocks_n; i++)
        if (str_eq(s->clocks[i].clock, name)) return &s->clocks[i];
    if (s->clocks_n == f->clocks_room) {
        f->clocks_room = f->clocks_room ? 2 * f->clocks_room : 8;
        struct law_clock *p = arena_take_many(f->t->arena, f->clocks_room, sizeof *p);
        if (s->clocks_n) memcpy(p, s->clocks, s->clocks_n * sizeof *p);
        s->clocks = p;
    }
    return &s->clocks[s->clocks_n++];
}

static void clock_stop(struct law_state *s, struct str name)
{
    for (size_t i = 0; i < s->clocks_n; i++)
        if (str_eq(s->clocks[i].clock, name)) s->clocks[i].running = false;
}

static void stop_begin(struct folding *f, struct law_clock *c, int64_t at_ms, struct str why)
{
    struct law_stop *stop = arena_take(f->t->arena, sizeof *stop), *last = NULL;
    *stop = (struct law_stop){.from_ms = at_ms, .why = why};
    for (const struct law_stop *s = c->stops; s; s = s->next) last = (struct law_stop *)s;
    if (last)
        last->next = stop;
    else
        c->stops = stop;
    c->still_ms = at_ms;
}

/* What stood still goes on, and ends later by as long. An act dated before the one that stopped it
 * moves nothing. */
static void stop_end(struct law_clock *c, int64_t at_ms)
{
    struct law_stop *last = (struct law_stop *)c->stops;
    int64_t for_ms = at_ms > c->still_ms ? at_ms - c->still_ms : 0;
    while (last && last->next) last = last->next;
    if (last) last->to_ms = c->still_ms + for_ms;
    if (c->end_ms) c->end_ms += for_ms;
    if (c->renew_ms) c->renew_ms += for_ms;
    c->still_ms = 0;
}

/* A clock stands still in some states, or while a mark stands, or both. */
static void clock_rests(struct folding *f, struct law_clock *c, int64_t at_ms)
{
    if (!c->running) return;
    bool in_state = law_list_has(c->stops_while, c->stops_while_n, f->s->state);
    bool by_mark = c->suspended_by.n && law_list_has(f->marks.p, f->marks.n, c->suspended_by);
    if ((in_state || by_mark) == (c->still_ms != 0)) return;
    if (c->still_ms)
        stop_end(c, at_ms);
    else
        stop_begin(f, c, at_ms, in_state ? f->s->state : c->suspended_by);
}

static void clocks_move(struct folding *f, const struct law_entry *e)
{
    struct str name, rest = e->verdict->duty_done;
    for (bool more = rest.n > 0; more;) {
        more = str_split(rest, ' ', &name, &rest);
        clock_stop(f->s, name);
    }
    for (const struct law_clock_rule *c = e->verdict->clocks; c; c = c->next) {
        if (c->what == LAW_CLOCK_STOP) {
            clock_stop(f->s, c->clock);
            continue;
        }
        *clock_slot(f, c->clock) = (struct law_clock){
            .clock = c->clock,
            .article = c->article,
            .on_end = c->on_end,
            .proof = c->proof,
            .start_ms = c->start_ms,
            .end_ms = c->end_ms,
            .running = !f->s->ended || e->verdict->after_end,
            .duty = c->duty,
            .outlives = e->verdict->after_end,
            .by = e->act.stream,
            .by_n = e->act.n,
            .stops_while = c->stops_while,
            .stops_while_n = c->stops_while_n,
            .suspended_by = c->suspended_by,
            .renew_ms = c->renew_ms,
        };
        clock_rests(f, clock_slot(f, c->clock), e->act.at_ms);
    }
}

/* The first act of a dossier is the request: it says which kind, and what the request states. */
static void open(struct folding *f, const struct law_entry *e)
{
    f->s->instrument = e->act.instrument;
    f->s->kind = e->act.kind;
    f->particulars = tree_map(f->t->arena);
    const struct tree *v = e->act.particulars;
    if (v && v->kind == TREE_MAP)
        for (v = v->child; v; v = v->next) tree_set(f->t->arena, f->particulars, v->key, v);
    for (size_t i = 0; i < e->verdict->missing_n; i++)
        law_list_add(&f->missing, e->verdict->missing[i]);
}

/* A later act fills in what the request should have stated. Where it says anew what was stated,
 * findings on that count no more. */
static void supply(struct folding *f, const struct law_entry *e)
{
    const struct law_verdict *v = e->verdict;
    for (size_t i = 0; i < v->supplies_n; i++) {
        const struct tree *value = tree_get_s(e->act.particulars, v->supplies[i]);
        if (!value || !f->particulars) continue;
        const struct tree *was = tree_get_s(f->particulars, v->supplies[i]);
        if (!law_is_absent(was) && !tree_eq(was, value)) f->changed = e->act.n;
        tree_set(f->t->arena, f->particulars, v->supplies[i], value);
    }
    size_t kept = 0;
    for (size_t i = 0; i < f->missing.n; i++)
        if (!law_list_has(v->supplies, v->supplies_n, f->missing.p[i]))
            f->missing.p[kept++] = f->missing.p[i];
    f->missing.n = kept;
}

static void marks_move(struct folding *f, const struct law_verdict *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->marks.n; i++)
        if (!law_list_has(v->clears, v->clears_n, f->marks.p[i]))
            f->marks.p[kept++] = f->marks.p[i];
    f->marks.n = kept;
    if (v->mark.n && !law_list_has(f->marks.p, f->marks.n, v->mark))
        law_list_add(&f->marks, v->mark);
    for (size_t i = 0; i < v->marks_n; i++)
        if (!law_list_has(f->marks.p, f->marks.n, v->marks[i]))
            law_list_add(&f->marks, v->marks[i]);
}

static void obligations_attach(struct folding *f, const struct law_entry *e)
{
    struct law_state *s = f->s;
    for (size_t i = 0; i < e->verdict->attaches_n; i++) {
        struct str name = e->verdict->attaches[i];
        size_t k = 0;
        while (k < s->obligations_n && !str_eq(s->obligations[k].obligation, name)) k++;
        if (k < s->obligations_n) continue;
        if (k == f->obligations_room) {
            f->obligations_room = k ? 2 * k : 8;
            struct law_obligation *p = arena_take_many(f->t->arena, f->obligations_room, sizeof *p);
            if (k) memcpy(p, s->obligations, k * sizeof *p);
            s->obligations = p;
        }
        s->obligations[s->obligations_n++] = (struct law_obligation){name, e->act.stream, e->act.n};
    }
}

/* To the state the verdict says, or back to the one before the present. */
static void state_move(struct law_state *s, const struct law_verdict *v)
{
    struct str to = v->back ? s->before : v->to;
    if (to.n == 0) return;
    if (!str_eq(s->state, to)) s->before = s->state;
    s->state = to;
    s->ended = v->ends;
    s->outcome = v->outcome;
}

static void apply(struct folding *f, const struct law_entry *e)
{
    struct law_state *s = f->s;
    const struct law_verdict *v = e->verdict;
    marks_move(f, v);
    obligations_attach(f, e);
    bool was_ended = s->ended;
    if (e->act.stream != LAW_INWARD) {
        if (!f->particulars) open(f, e);
        supply(f, e);
        state_move(s, v);
        if (s->ended && !was_ended) s->ended_ms = e->act.at_ms;
    }
    clocks_move(f, e);
    for (size_t i = 0; i < s->clocks_n; i++) {
        if (s->ended && !was_ended && !s->clocks[i].outlives) s->clocks[i].running = false;
        clock_rests(f, &s->clocks[i], e->act.at_ms);
    }
}
