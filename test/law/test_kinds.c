/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of every instrument, walked at random by both sides: each row of each lifecycle is
 * taken, each end is reached, and what must never happen never does. Nothing here names a kind. */

#include "law_test.h"

#include <stdio.h>
#include <string.h>

enum { ACTS_MAX = 60, FUNCTIONS_MAX = 40, STEPS_OF_KIND = 20000, FRESH_EVERY = 70 };

struct walk {
    struct kit *k;
    struct arena *a; /* of one dossier */
    const struct law_instrument *i;
    const struct law_kind *kind;
    struct law_function functions[FUNCTIONS_MAX];
    size_t functions_n;
    uint64_t seed;
    struct law_entry entries[ACTS_MAX];
    size_t n;
    int64_t count[3], now_ms;
    bool consulted; /* in this dossier, whatever marks say */
    size_t allowed, refused;
};

static uint64_t draw(struct walk *w, uint64_t below)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed % below;
}

/* A value of the form the row asks for; most of the time a good one. */
static void fill(struct walk *w, struct tree *to, const struct law_particular *p)
{
    struct arena *a = w->a;
    const char *name = str_c(a, p->name);
    const struct tree *list = NULL;
    const char *key = "choice";
    switch (p->type) {
    case LAW_TEXT:
        tree_add_str(a, to, name, STR("x"));
        return;
    case LAW_DAY:
        tree_add_str(a, to, name, day_text(a, day_of_ms(w->now_ms) + (int64_t)draw(w, 130)));
        return;
    case LAW_FLAG:
        tree_add_bool(a, to, name, p->must_be || draw(w, 2));
        return;
    case LAW_NUMBER:
    case LAW_DAYS:
        tree_add_int(a, to, name,
                     p->min + (int64_t)draw(w, (uint64_t)(p->max < 10 ? p->max - p->min + 1 : 9)));
        return;
    case LAW_STATE:
        tree_add_str(a, to, name, STR("XM"));
        return;
    case LAW_DOSSIER:
        tree_add_str(a, to, name, STR("XN-2026-0001"));
        return;
    case LAW_LANGUAGE:
        tree_add_str(a, to, name, STR("en"));
        return;
    case LAW_GROUND:
        if (w->kind->grounds_n)
            tree_add_str(a, to, name, w->kind->grounds[draw(w, w->kind->grounds_n)].ground);
        return;
    case LAW_CHOICE:
        list = tree_get(p->row, "choices");
        break;
    case LAW_CODE:
        list = tree_get(w->kind->row, "not_executable");
        key = "code";
        break;
    case LAW_ARTICLE:
        list = tree_get(w->i->root, "offences");
        key = "article";
        break;
    }
    if (!list || !list->count) return;
    const struct tree *c = list->child;
    for (uint64_t n = draw(w, list->count); n > 0; n--) c = c->next;
    tree_add_str(a, to, name, tree_str(c, key));
}

static const struct tree *filled(struct walk *w, const struct law_row *r)
{
    struct tree *to = tree_map(w->a);
    for (size_t n = 0; n < r->particulars_n; n++)
        if (n < r->own_n ? r->particulars[n].required == LAW_ALWAYS || draw(w, 4) : draw(w, 2))
            fill(w, to, &r->particulars[n]);
    return to;
}

static void dossier_new(struct walk *w)
{
    arena_reset(w->a);
    w->n = 0;
    memset(w->count, 0, sizeof w->count);
    w->now_ms = NOON;
    w->consulted = false;
}

static struct law_state state_now(struct walk *w)
{
    struct law_state s;
    struct turn t = {.arena = w->a};
    assert_int_equal(law_fold(&t, w->entries, w->n, &s), ERR_OK);
    s.instrument = w->i->instrument;
    s.kind = w->kind->kind;
    return s;
}

static const struct law_clock *clock_of(const struct law_state *s, const char *name)
{
    for (size_t n = 0; n < s->clocks_n; n++)
        if (str_is(s->clocks[n].clock, name)) return &s->clocks[n];
    return NULL;
}

/* What the text demands, looked at from outside the engine. */
static void properties_hold(struct walk *w, const struct law_row *r, const struct law_act *act,
                            const struct law_state *before, const struct law_state *after)
{
    if (str_is(r->outcome, "refused")) {
        bool barred = tree_bool(act->particulars, "reasons_barred", false);
        assert_true(barred || law_value_text(act->particulars, STR("reasons")).n > 0);
        const struct law_ground *g =
            law_ground_find(w->kind, law_value_text(act->particulars, STR("ground")));
        assert_true(!g || !g->forbidden);
        if (g && str_starts(g->article, "40(21)") && g->pre_duty_strict) assert_true(w->consulted);
    }
    if (str_is(r->to, "postponed")) assert_true(w->consulted);
    if (str_is(r->act, "consult")) w->consulted = true;
    const struct law_clock *c = clock_of(after, "preservation");
    if (c && c->running) assert_true(c->end_ms - c->start_ms >= 60 * DAY_MS);
    if (str_is(before->state, "held")) assert_false(str_is(after->state, "expired"));
    assert_true(after->obligations_n >= before->obligations_n);
    if (before->ended) assert_true(after->ended && str_eq(before->state, after->state));
}

/* One try of one row; true when it was allowed. */
static bool step(struct walk *w, const struct law_row *r)
{
    struct law_state s = state_now(w);
    struct turn t = {.arena = w->a};
    w->now_ms += (int64_t)draw(w, 3 * 86400000);
    bool waits = r->system;
    for (size_t n = 0; n < r->guards_n; n++)
        waits = waits || strcmp(r->guards[n].kind->name, "after_clock_end") == 0;
    if (waits && draw(w, 4)) w->now_ms += 200 * DAY_MS;
    enum law_stream stream = r->inward ? LAW_INWARD : r->by;
    struct law_act act = {.act = r->act,
                          .instrument = w->i->instrument,
                          .kind = w->kind->kind,
                          .stream = stream,
                          .n = w->count[stream] + 1,
                          .at_ms = w->now_ms,
                          .particulars = r->system ? NULL : filled(w, r)};
    act.seen = stream == LAW_INWARD      ? 0
               : stream == LAW_REQUESTED ? w->count[LAW_REQUESTING]
                                         : w->count[LAW_REQUESTED];
    int64_t day = day_of_ms(NOON);
    struct str why;
    bool binds = law_binds(w->k->l, w->i, STR("XN"), STR("XM"), day, &why);
    struct law_who who = {.side = r->by,
                          .functions = w->functions,
                          .functions_n = w->functions_n,
                          .system = r->system,
                          .state = STR("XN"),
                          .other = STR("XM")};
    if (r->by == LAW_REQUESTED) who.state = STR("XM"), who.other = STR("XN");
    if (!binds)
        who.other = STR(""); /* the walk asks what follows, not whether it binds these two */
    struct law_who nobody = {
        .side = r->by, .functions = NULL, .functions_n = 0, .state = who.state, .other = who.other};
    struct law_verdict *v = arena_take(w->a, sizeof *v), none;
    assert_int_not_equal(law_decide(&t, w->k->l, &s, &nobody, &act, w->now_ms, &none), ERR_OK);
    turn_forgive(&t);
    if (law_decide(&t, w->k->l, &s, &who, &act, w->now_ms, v) != ERR_OK) {
        assert_true(t.fault.article[0] && t.fault.sentence[0] && t.fault.code[0]);
        w->refused++;
        return false;
    }
    w->allowed++;
    w->entries[w->n++] = (struct law_entry){act, v};
    w->count[stream]++;
    struct law_state after = state_now(w);
    assert_int_equal(after.effects[w->n - 1], LAW_TOOK_EFFECT);
    properties_hold(w, r, &act, &s, &after);
    return true;
}

/* Rows that fit the present state come first: a walk that knocks at closed doors only gets nowhere.
 */
static const struct law_row *pick(struct walk *w, const size_t *taken)
{
    struct law_state s = state_now(w);
    const struct law_row *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t n = 0; n < w->kind->rows_n; n++) {
        const struct law_row *r = &w->kind->rows[n];
        bool here = false;
        for (size_t f = 0; f < r->from_n; f++)
            here = here || str_eq(r->from[f], s.state) || (str_is(r->from[f], "*") && !s.ended);
        size_t weight = taken[n] + draw(w, 60) + (r->ends && draw(w, 3) ? 60 : 0);
        if (taken[n] > 40) weight += 40;
        if (here && weight < least) best = r, least = weight;
    }
    if (!best || draw(w, 12) == 0) return &w->kind->rows[draw(w, w->kind->rows_n)];
    return best;
}

static void kind_walk(struct walk *w, size_t *total_out)
{
    size_t taken[LAW_ROWS_MAX] = {0};
    dossier_new(w);
    for (size_t steps = 0, here = 0; steps < STEPS_OF_KIND; steps++, here++) {
        if (here >= FRESH_EVERY || w->n == ACTS_MAX) {
            dossier_new(w);
            here = 0;
        }
        const struct law_row *r = pick(w, taken);
        if (step(w, r)) taken[r - w->kind->rows]++;
        bool all = steps > 300;
        for (size_t n = 0; n < w->kind->rows_n; n++) all = all && taken[n] >= 3;
        if (all) break;
    }
    for (size_t n = 0; n < w->kind->rows_n; n++) {
        if (taken[n] == 0)
            fail_msg(STR_FMT " " STR_FMT ": nothing ever leads to the act " STR_FMT,
                     STR_ARG(w->i->instrument), STR_ARG(w->kind->kind),
                     STR_ARG(w->kind->rows[n].act));
        *total_out += taken[n];
    }
}

static void every_row_of_every_kind_is_taken_and_what_must_not_happen_does_not(void **state)
{
    struct walk w = {.k = *state, .a = arena_new(), .seed = 88172645463325252};
    size_t kinds = 0, rows = 0, taken = 0;
    for (size_t i = 0; i < w.k->l->instruments_n; i++) {
        w.i = &w.k->l->instruments[i];
        w.functions_n = 0;
        const struct tree *f = tree_get(w.i->root, "functions")->child;
        for (; f && w.functions_n < FUNCTIONS_MAX; f = f->next)
            w.functions[w.functions_n++] =
                (struct law_function){w.i->instrument, tree_str(f, "function"), STR("*"), STR("*")};
        for (size_t k = 0; k < w.i->kinds_n; k++) {
            w.kind = &w.i->kinds[k];
            kind_walk(&w, &taken);
            kinds++;
            rows += w.kind->rows_n;
        }
    }
    arena_free(w.a);
    print_message("# %zu kinds, %zu rows, %zu acts allowed, %zu refused\n", kinds, rows, w.allowed,
                  w.refused);
    assert_true(kinds >= 34);
    assert_true(w.allowed > 10000 && w.refused > 10000);
}

int kinds_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(every_row_of_every_kind_is_taken_and_what_must_not_happen_does_not),
    };
    return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
