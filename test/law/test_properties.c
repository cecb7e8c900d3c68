/* SPDX-License-Identifier: Apache-2.0 */
/* What must never happen does not, over random acts of all kinds; and tables that are broken in one
 * way each are caught by the property they break. FULL=1 tries a million acts; SEED others. */

#include "property.h"

#include <stdlib.h>
#include <string.h>

enum { ACTS = 50000, ACTS_FULL = 1000000, ACTS_OF_BROKEN = 40000, STEP_OF_BROKEN = 2000 };
static const uint64_t seed_usual = 88172645463325252;

static bool is_full(void)
{
    const char *full = getenv("FULL");
    return full && *full;
}

static uint64_t seed_of(void)
{
    const char *given = getenv("SEED");
    return given && *given ? strtoull(given, NULL, 10) | 1 : seed_usual;
}

/* Some concern what is never allowed, or so seldom that only many acts show it. */
static bool is_allowed_at_times(enum property which)
{
    return which != HELD_DOES_NOT_EXPIRE && which != NO_INCOMPLETENESS &&
           (which != NO_DUAL_CRIMINALITY || is_full());
}

static void what_must_never_happen_does_not(void **state)
{
    struct kit *k = *state;
    struct properties *p = arena_take(k->t.arena, sizeof *p);
    uint64_t seed = seed_of();
    properties_walk(p, k->l, seed, is_full() ? ACTS_FULL : ACTS);
    print_message("# %zu random acts, SEED=%llu\n", p->acts, (unsigned long long)seed);
    for (size_t n = 0; n < PROPERTIES_N; n++) {
        const struct property_count *c = &p->count[n];
        print_message("# %s: asked of %zu, %zu would break it, %zu allowed, %zu refused%s%s\n",
                      property_says[n], c->asked, c->tempted, c->allowed, c->refused,
                      c->broken[0] ? "; BROKEN by " : "", c->broken);
    }
    for (size_t n = 0; n < PROPERTIES_N; n++) {
        const struct property_count *c = &p->count[n];
        if (c->broken[0]) fail_msg("%s; but %s", property_says[n], c->broken);
        if (is_allowed_at_times((enum property)n) && !c->allowed)
            fail_msg("%s: nothing it concerns was ever allowed", property_says[n]);
        if (!c->tempted) fail_msg("%s: never put to the test", property_says[n]);
    }
    assert_true(p->acts >= (is_full() ? ACTS_FULL : ACTS));
}

/* ---- tables that are broken ------------------------------------------------------------------ */

/* Breaks a kind in the one way the row is about; false where the kind has nothing of the sort. The
 * rows lie in memory of this test's own. */
#define CHANGED(type, row) ((type *)(uintptr_t)(row))

static bool term_of_59_days(struct law_kind *k)
{
    const struct law_clock_row *c = kept_clock(k);
    if (c) CHANGED(struct law_clock_row, c)->days = 59;
    return c;
}

static bool expires_before_the_end(struct law_kind *k)
{
    const struct law_clock_row *c = kept_clock(k);
    if (c) CHANGED(struct law_row, law_row_find(k, c->on_end))->guards_n = 0;
    return c;
}

static bool holding_lets_the_clock_run(struct law_kind *k)
{
    const struct law_clock_row *c = holding_row(k) ? kept_clock(k) : NULL;
    if (c) CHANGED(struct law_clock_row, c)->stops_while_n = 0;
    return c;
}

static bool let_go_undecided(struct law_kind *k)
{
    const struct law_row *holds = holding_row(k);
    for (size_t n = 0; holds && n < k->rows_n; n++) {
        struct law_row *r = &k->rows[n];
        if (r->ends && law_list_has(r->from, r->from_n, holds->to)) r->guards_n = 0;
    }
    return holds;
}

static bool held_and_expired(struct law_kind *k)
{
    const struct law_row *r = holding_row(k);
    if (!r) return false;
    struct law_row *ends = CHANGED(struct law_row, law_row_find(k, kept_clock(k)->on_end));
    ends->from = CHANGED(struct str, &r->to);
    ends->from_n = 1;
    ends->guards_n = 0;
    return true;
}

static bool ground_let_in(struct law_kind *k, const char *words)
{
    auto_arena a = arena_new();
    bool any = false;
    for (size_t n = 0; n < k->grounds_n; n++) {
        struct law_ground *g = &k->grounds[n];
        if (!strstr(str_c(a, g->ground), words)) continue;
        g->forbidden = false;
        g->reservation = STR("");
        g->when.of = LAW_COND_NONE;
        any = true;
    }
    return any;
}

static bool refused_for_dual_criminality(struct law_kind *k)
{
    return kept_clock(k) && ground_let_in(k, "dual_criminality");
}

static bool refused_for_incompleteness(struct law_kind *k)
{
    return kept_clock(k) && ground_let_in(k, "non_conformity");
}

static bool forbidden_is_allowed(struct law_kind *k)
{
    for (size_t n = 0; n < k->grounds_n; n++)
        if (k->grounds[n].forbidden) {
            k->grounds[n].forbidden = false;
            return true;
        }
    return false;
}

static bool reasons_not_asked(struct law_kind *k)
{
    bool any = false;
    for (size_t r = 0; r < k->rows_n; r++)
        for (size_t n = 0; n < k->rows[r].own_n; n++)
            if (str_is(k->rows[r].outcome, "refused") &&
                str_is(k->rows[r].particulars[n].name, "reasons")) {
                k->rows[r].particulars[n].required = LAW_OPTIONAL;
                any = true;
            }
    return any;
}

static bool duty_not_strict(struct law_kind *k)
{
    bool any = consulting_mark(k).n > 0;
    for (size_t n = 0; n < k->grounds_n; n++) k->grounds[n].pre_duty_strict = false;
    return any;
}

static bool postponed_at_once(struct law_kind *k)
{
    for (size_t n = 0; n < k->rows_n; n++)
        if (is_postponement(k, &k->rows[n]))
            for (size_t s = 0; s < k->rows_n; s++)
                if (k->rows[s].carries && k->rows[s].to.n) {
                    k->rows[n].from = &k->rows[s].to;
                    k->rows[n].from_n = 1;
                    k->rows[n].guards_n = 0;
                    return true;
                }
    return false;
}

static bool another_function_will_do(struct law_kind *k)
{
    for (size_t n = 0; n < k->roles_n; n++) k->roles[n].function = STR("weather");
    return k->roles_n > 0;
}

static bool end_is_left(struct law_kind *k)
{
    for (size_t n = 0; n < k->rows_n; n++)
        if (k->rows[n].ends)
            for (size_t s = 0; s < k->rows_n; s++)
                if (k->rows[s].to.n && !k->rows[s].ends && !k->rows[s].carries) {
                    k->rows[s].from = &k->rows[n].to;
                    k->rows[s].from_n = 1;
                    return true;
                }
    return false;
}

/* The act that leaves a mark waits for the state that waits for the mark. */
static bool mark_comes_too_late(struct law_kind *k)
{
    for (size_t n = 0; kept_clock(k) && n < k->rows_n; n++)
        for (size_t g = 0; g < k->rows[n].guards_n; g++)
            for (size_t m = 0; k->rows[n].guards[g].kind->needs_mark && m < k->rows_n; m++)
                if (k->rows[n].to.n &&
                    str_is(str_of(k->rows[n].guards[g].kind->name), "has_mark") &&
                    str_eq(k->rows[m].mark, k->rows[n].guards[g].mark)) {
                    k->rows[m].from = &k->rows[n].to;
                    k->rows[m].from_n = 1;
                    return true;
                }
    return false;
}

/* No act starts from the state that holds any more. */
static bool state_without_a_way_out(struct law_kind *k)
{
    const struct law_row *holds = holding_row(k);
    for (size_t n = 0; holds && n < k->rows_n; n++) {
        struct law_row *r = &k->rows[n];
        for (size_t f = 0; f < r->from_n; f++)
            if (str_eq(r->from[f], holds->to)) r->from[f] = r->from[--r->from_n];
    }
    return holds;
}

static const struct broken {
    const char *says;
    bool (*breaks)(struct law_kind *k);
    enum property property;
} broken[] = {
    {"a term of 59 days", term_of_59_days, KEPT_SIXTY_DAYS},
    {"an expiry that does not wait", expires_before_the_end, KEPT_SIXTY_DAYS},
    {"a clock that runs while held", holding_lets_the_clock_run, HELD_DOES_NOT_EXPIRE},
    {"an expiry of what is held", held_and_expired, HELD_DOES_NOT_EXPIRE},
    {"data let go undecided", let_go_undecided, HELD_DOES_NOT_EXPIRE},
    {"dual criminality as a ground", refused_for_dual_criminality, NO_DUAL_CRIMINALITY},
    {"incompleteness as a ground", refused_for_incompleteness, NO_INCOMPLETENESS},
    {"reasons that may be left out", reasons_not_asked, REASONS_GIVEN},
    {"a consultation that is only advised", duty_not_strict, CONSULTED_FIRST},
    {"a postponement at once", postponed_at_once, POSTPONED_AFTER},
    {"a forbidden ground let in", forbidden_is_allowed, FORBIDDEN_NEVER},
    {"a role for another function", another_function_will_do, FUNCTION_HELD},
    {"an end that is left", end_is_left, END_STANDS},
    {"a mark that comes too late", mark_comes_too_late, STATES_REACHED},
    {"a state without a way out", state_without_a_way_out, STATES_LEFT},
};

/* The first kind that can be broken so, in tables of its own. */
static bool break_one(const struct law_tables *l, const struct broken *b, struct walk *w)
{
    for (size_t i = 0; i < l->instruments_n; i++)
        for (size_t n = 0; n < l->instruments[i].kinds_n; n++)
            if (b->breaks(&l->instruments[i].kinds[n])) {
                walk_begin(w, &l->instruments[i], &l->instruments[i].kinds[n]);
                return true;
            }
    return false;
}

static void tables_broken_in_one_way_are_caught(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof broken / sizeof *broken; n++) {
        auto_arena a = arena_new();
        struct turn t = {.arena = a};
        const struct law_tables *l;
        assert_int_equal(law_load(&t, law_embedded, law_embedded_n, &l), ERR_OK);
        struct walk w = {.l = l, .a = arena_new(), .seed = seed_of(), .wild = true};
        struct properties *p = arena_take(a, sizeof *p);
        if (!break_one(l, &broken[n], &w)) fail_msg("%s: nothing to break", broken[n].says);
        const char *caught = p->count[broken[n].property].broken;
        for (size_t acts = 0; acts < ACTS_OF_BROKEN && !caught[0]; acts += STEP_OF_BROKEN)
            properties_kind_walk(p, &w, STEP_OF_BROKEN);
        if (!caught[0]) fail_msg("%s is not seen in %zu acts", broken[n].says, p->acts);
        print_message("# %s: %s, seen in %zu acts\n", broken[n].says, caught, p->acts);
        arena_free(w.a);
    }
}

int properties_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(what_must_never_happen_does_not),
        with_kit(tables_broken_in_one_way_are_caught),
    };
    return cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
