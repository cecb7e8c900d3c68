/* SPDX-License-Identifier: Apache-2.0 */
/* The fold: whatever order acts arrive in, both States come to one state. */

#include "law_test.h"

#include <string.h>

enum { PERMUTATIONS_MIN = 1000, SHUFFLES = 6000, ALL_UP_TO = 8 };

/* ---- five crossings and a long story --------------------------------------------------------- */

static const struct tree *order_says(struct kit *k)
{
    return says(k, "authority_ordering", "Court of Meridia", "order_number", "17", "order_date",
                "2026-11-24", "custodian", "The hosting provider", NULL);
}
static const struct tree *until(struct kit *k)
{
    return says(k, "preserved_until", "2027-02-01", NULL);
}
static const struct tree *question(struct kit *k)
{
    return says(k, "question", "Which accounts?", NULL);
}

static struct dossier withdraw_crosses_preserve(struct kit *k)
{
    struct dossier d = {0};
    does(k, &d, LAW_REQUESTING, "send", 0, request(k, NULL));
    does(k, &d, LAW_REQUESTED, "acknowledge", 1, NULL);
    does(k, &d, LAW_REQUESTED, "ask", 1, question(k));
    does(k, &d, LAW_REQUESTING, "answer", 2, says(k, "answer", "Both.", NULL));
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    does(k, &d, LAW_REQUESTED, "preserve", 2, until(k));
    does(k, &d, LAW_REQUESTING, "withdraw", 2, NULL);
    return d;
}

static struct dossier answer_crosses_refuse(struct kit *k)
{
    struct dossier d = {0};
    records(k, &d, LAW_REQUESTING, "send", 0, request(k, "data"));
    does(k, &d, LAW_REQUESTED, "acknowledge", 1, NULL);
    does(k, &d, LAW_REQUESTED, "ask", 1, question(k));
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    does(k, &d, LAW_REQUESTING, "answer", 2, says(k, "data", "Account 7", NULL));
    does(k, &d, LAW_REQUESTED, "refuse", 1,
         says(k, "ground", "discrimination", "reasons", "The file shows why.", NULL));
    return d;
}

static struct dossier withdraw_crosses_ask(struct kit *k)
{
    struct dossier d = {0};
    does(k, &d, LAW_REQUESTING, "send", 0, request(k, NULL));
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    does(k, &d, LAW_REQUESTED, "ask", 1, question(k));
    does(k, &d, LAW_REQUESTING, "withdraw", 0, NULL);
    does(k, &d, LAW_REQUESTED, "acknowledge", 1, NULL);
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    return d;
}

static struct dossier second_answer_crosses_preserve(struct kit *k)
{
    struct dossier d = {0};
    records(k, &d, LAW_REQUESTING, "send", 0, request(k, "relation"));
    does(k, &d, LAW_REQUESTED, "ask", 1, question(k));
    does(k, &d, LAW_REQUESTING, "answer", 1, says(k, "answer", "As before.", NULL));
    does(k, &d, LAW_REQUESTED, "ask", 2, question(k));
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    does(k, &d, LAW_REQUESTING, "answer", 2, says(k, "relation", "It was copied there.", NULL));
    does(k, &d, LAW_REQUESTED, "preserve", 2, until(k));
    return d;
}

static struct dossier withdraw_crosses_not_executable(struct kit *k)
{
    struct dossier d = {0};
    does(k, &d, LAW_REQUESTING, "send", 0, request(k, NULL));
    does(k, &d, LAW_REQUESTED, "acknowledge", 1, NULL);
    does(k, &d, LAW_REQUESTED, "ask", 1, question(k));
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    does(k, &d, LAW_REQUESTING, "answer", 2, says(k, "answer", "All of it.", NULL));
    does(k, &d, LAW_REQUESTING, "withdraw", 2, NULL);
    does(k, &d, LAW_REQUESTED, "not_executable", 2,
         says(k, "code", "gone", "reasons", "Nothing is left.", NULL));
    return d;
}

/* Questions, answers, an act nobody knows, one out of place, and crossings in both directions. */
static struct dossier long_story(struct kit *k)
{
    struct dossier d = {0};
    records(k, &d, LAW_REQUESTING, "send", 0, request(k, "facts"));
    does(k, &d, LAW_REQUESTED, "ask", 1, question(k));
    does(k, &d, LAW_REQUESTED, "acknowledge", 1, NULL);
    does(k, &d, LAW_REQUESTED, "ask", 1, question(k));
    does(k, &d, LAW_REQUESTING, "answer", 1, says(k, "facts", "A hospital.", NULL));
    records(k, &d, LAW_REQUESTED, "wave", 1, NULL);
    records(k, &d, LAW_REQUESTED, "send", 1, request(k, NULL));
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    does(k, &d, LAW_REQUESTING, "answer", 3, says(k, "answer", "Again.", NULL));
    does(k, &d, LAW_REQUESTED, "preserve", 2, until(k));
    does(k, &d, LAW_INWARD, "order", 1, order_says(k));
    records(k, &d, LAW_REQUESTING, "preserve", 5, until(k));
    does(k, &d, LAW_REQUESTING, "withdraw", 6, NULL);
    does(k, &d, LAW_REQUESTED, "expire", 3, NULL);
    return d;
}

static const struct scenario {
    const char *name;
    struct dossier (*make)(struct kit *k);
    const char *state; /* where it must come out */
    const char *last;  /* what became of the requested State's last act */
} scenarios[] = {
    {"withdraw x preserve", withdraw_crosses_preserve, "withdrawn", "crossed"},
    {"answer x refuse", answer_crosses_refuse, "refused", "took-effect"},
    {"withdraw x ask", withdraw_crosses_ask, "withdrawn", "took-effect"},
    {"second answer x preserve", second_answer_crosses_preserve, "preserved", "took-effect"},
    {"withdraw x not executable", withdraw_crosses_not_executable, "withdrawn", "crossed"},
    {"a long story", long_story, "withdrawn", "crossed"},
};

/* ---- all orders ------------------------------------------------------------------------------ */

typedef err fold_fn(struct turn *t, const struct law_entry *entries, size_t n,
                    struct law_state *out);

/* What it counts: how many orders were tried and how many gave another state than the first. */
struct tally {
    size_t orders, different;
    struct str first;
};

static void try_order(struct kit *k, fold_fn *fold, const struct law_entry *e, size_t n,
                      struct tally *tally)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct law_state s;
    assert_int_equal(fold(&t, e, n, &s), ERR_OK);
    struct str text = state_text(a, e, n, &s);
    if (tally->orders++ == 0)
        tally->first = str_dup(k->t.arena, text);
    else
        tally->different += !str_eq(tally->first, text);
}

static void swap(struct law_entry *e, size_t i, size_t j)
{
    struct law_entry kept = e[i];
    e[i] = e[j];
    e[j] = kept;
}

/* Every order of few acts; of many, a fixed number drawn from a fixed seed. */
static struct tally try_orders(struct kit *k, fold_fn *fold, struct law_entry *e, size_t n)
{
    struct tally tally = {0};
    size_t count[DOSSIER_MAX] = {0};
    try_order(k, fold, e, n, &tally);
    if (n <= ALL_UP_TO) {
        for (size_t i = 1; i < n;) {
            if (count[i] >= i) {
                count[i++] = 0;
                continue;
            }
            swap(e, i % 2 ? count[i] : 0, i);
            try_order(k, fold, e, n, &tally);
            count[i]++;
            i = 1;
        }
        return tally;
    }
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
    for (size_t r = 0; r < SHUFFLES; r++) {
        for (size_t i = n - 1; i > 0; i--) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            swap(e, i, (size_t)(seed % (i + 1)));
        }
        try_order(k, fold, e, n, &tally);
    }
    return tally;
}

static void all_arrival_orders_of_crossing_streams_give_one_state(void **state)
{
    struct kit *k = *state;
    size_t all = 0;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        struct dossier d = scenarios[i].make(k);
        struct tally tally = try_orders(k, law_fold, d.author, d.n);
        print_message("# %s: %zu acts, %zu orders, %zu different\n", scenarios[i].name, d.n,
                      tally.orders, tally.different);
        assert_int_equal(tally.different, 0);
        assert_true(tally.orders >= PERMUTATIONS_MIN);
        all += tally.orders;
    }
    print_message("# %zu orders in all\n", all);
}

static void each_crossing_comes_out_where_the_rows_say(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        struct dossier d = scenarios[i].make(k);
        struct law_state s = folded(k, &d);
        assert_text(s.state, scenarios[i].state);
        const char *last = "";
        for (size_t n = 0; n < d.n; n++)
            if (d.author[n].act.stream == LAW_REQUESTED) last = law_effect_word(s.effects[n]);
        assert_string_equal(last, scenarios[i].last);
    }
}

/* The author decided, the receiver recorded; what stays at home is left out. */
static void both_nodes_come_to_the_same_state(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        struct dossier d = scenarios[i].make(k);
        struct law_entry one[DOSSIER_MAX], other[DOSSIER_MAX];
        size_t n = 0;
        for (size_t e = 0; e < d.n; e++) {
            if (d.author[e].act.stream == LAW_INWARD) continue;
            one[n] = d.author[e].act.stream == LAW_REQUESTING ? d.author[e] : d.receiver[e];
            other[n++] = d.author[e].act.stream == LAW_REQUESTING ? d.receiver[e] : d.author[e];
        }
        struct law_state a, b;
        assert_int_equal(law_fold(&k->t, one, n, &a), ERR_OK);
        assert_int_equal(law_fold(&k->t, other, n, &b), ERR_OK);
        assert_text(state_text(k->t.arena, one, n, &a),
                    str_c(k->t.arena, state_text(k->t.arena, other, n, &b)));
    }
}

/* ---- a fold that is wrong, and must be caught ------------------------------------------------ */

/* Applies acts as they come, which is what a node would do that forgot the order. */
static err arrival_order_fold(struct turn *t, const struct law_entry *entries, size_t n,
                              struct law_state *out)
{
    struct law_state s = {.state = STR("new")};
    s.effects = arena_take_many(t->arena, n, sizeof *s.effects);
    for (size_t i = 0; i < n; i++) {
        const struct law_verdict *v = entries[i].verdict;
        bool fits = false;
        for (size_t f = 0; f < v->from_n; f++) fits = fits || str_eq(v->from[f], s.state);
        s.effects[i] = fits ? LAW_TOOK_EFFECT : LAW_OUT_OF_PLACE;
        if (fits && v->to.n) s.state = v->to;
    }
    *out = s;
    return ERR_OK;
}

/* Orders rightly within each stream but lets what the author had seen go unasked. */
static err seen_blind_fold(struct turn *t, const struct law_entry *entries, size_t n,
                           struct law_state *out)
{
    struct law_entry *copy = arena_take_many(t->arena, n, sizeof *copy);
    memcpy(copy, entries, n * sizeof *copy);
    for (size_t i = 0; i < n; i++) copy[i].act.seen = 0;
    return law_fold(t, copy, n, out);
}

static void a_fold_in_order_of_arrival_is_caught(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        struct dossier d = scenarios[i].make(k);
        struct tally tally = try_orders(k, arrival_order_fold, d.author, d.n);
        print_message("# broken fold, %s: %zu of %zu orders differ\n", scenarios[i].name,
                      tally.different, tally.orders);
        assert_true(tally.different > 0);
    }
}

static void a_fold_that_forgets_what_was_seen_is_caught(void **state)
{
    struct kit *k = *state;
    size_t caught = 0;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        struct dossier d = scenarios[i].make(k);
        struct law_state good = folded(k, &d), bad;
        assert_int_equal(seen_blind_fold(&k->t, d.author, d.n, &bad), ERR_OK);
        caught += !str_eq(state_text(k->t.arena, d.author, d.n, &good),
                          state_text(k->t.arena, d.author, d.n, &bad));
    }
    assert_true(caught >= 3);
}

/* ---- reach, effect, clocks ------------------------------------------------------------------- */

static void a_dossier_without_acts_is_new(void **state)
{
    struct kit *k = *state;
    struct law_state s;
    assert_int_equal(law_fold(&k->t, NULL, 0, &s), ERR_OK);
    assert_text(s.state, "new");
    assert_false(s.ended);
    assert_int_equal(s.applied, 0);
}

static void an_act_behind_a_gap_waits(void **state)
{
    struct kit *k = *state;
    struct dossier d = withdraw_crosses_preserve(k);
    struct law_state s;
    d.author[1] = d.author[d.n - 1]; /* the first of the requested stream is not here */
    assert_int_equal(law_fold(&k->t, d.author, d.n - 1, &s), ERR_OK);
    assert_text(s.state, "requested");
    assert_int_equal(s.effects[0], LAW_TOOK_EFFECT);
    assert_int_equal(s.effects[2], LAW_WAITING);
    assert_int_equal(s.effects[3], LAW_WAITING); /* its author had seen the missing one */
    assert_int_equal(s.applied, 2);              /* send, and the order that stays at home */
}

static void an_act_that_saw_what_is_not_here_waits(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    records(k, &d, LAW_REQUESTED, "acknowledge", 2, NULL);
    struct law_state s = folded(k, &d);
    assert_int_equal(s.effects[1], LAW_WAITING);
    assert_int_equal(s.marks_n, 0);
}

static void two_acts_that_each_saw_the_other_never_apply(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    records(k, &d, LAW_REQUESTED, "acknowledge", 2, NULL);
    records(k, &d, LAW_REQUESTING, "withdraw", 1, NULL);
    struct law_state s = folded(k, &d);
    assert_int_equal(s.applied, 1);
    assert_text(s.state, "requested");
}

static void two_acts_of_one_number_are_refused(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s;
    d.author[1] = d.author[0];
    assert_int_equal(law_fold(&k->t, d.author, 2, &s), ERR_INTEGRITY);
    assert_string_equal(k->t.fault.code, "act-twice");
    turn_forgive(&k->t);
}

static void too_many_acts_are_refused(void **state)
{
    struct kit *k = *state;
    struct law_state s;
    struct law_entry one = {0};
    assert_int_equal(law_fold(&k->t, &one, LAW_ENTRIES_MAX + 1, &s), ERR_TOO_LARGE);
    turn_forgive(&k->t);
}

static void numbers_below_one_are_never_in_reach(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    for (int64_t n = -1; n <= 0; n++) {
        struct law_state s;
        d.author[0].act.n = n;
        assert_int_equal(law_fold(&k->t, d.author, 1, &s), ERR_OK);
        assert_int_equal(s.applied, 0);
    }
}

static void an_act_that_fits_nowhere_is_out_of_place(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "refused");
    records(k, &d, LAW_REQUESTED, "preserve", 1, until(k));
    struct law_state s = folded(k, &d);
    assert_int_equal(s.effects[d.n - 1], LAW_OUT_OF_PLACE);
    assert_text(s.state, "refused");
}

/* What a person found, he found of the request as it was stated. */
static void a_finding_falls_with_what_it_was_made_on(void **state)
{
    static const struct {
        int64_t seen;        /* of the requesting State's acts, when it was found */
        const char *answers; /* the particular that its second act says */
        const char *with;
        enum law_effect effect;
    } rows[] = {{1, "offence", "Another", LAW_OVERTAKEN},
                {2, "offence", "Another", LAW_TOOK_EFFECT},
                {1, "location", "Vault", LAW_TOOK_EFFECT}, /* was not stated before */
                {1, "offence", "Illegal access", LAW_TOOK_EFFECT}};
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct law_verdict send = {.known = true, .to = STR("requested")};
        struct law_verdict found = {.known = true, .decision = true, .mark = STR("scope_met")};
        struct str supplied = str_of(rows[i].answers), from[] = {STR("new"), STR("requested")};
        struct law_verdict answer = {.known = true, .supplies = &supplied, .supplies_n = 1};
        send.from = answer.from = from;
        send.from_n = answer.from_n = 2;
        struct law_entry all[] = {
            {act_of(LAW_REQUESTING, "send", says(k, "offence", "Illegal access", NULL)), &send},
            {act_of(LAW_REQUESTING, "answer", says(k, rows[i].answers, rows[i].with, NULL)),
             &answer},
            {act_of(LAW_INWARD, "assess_scope", NULL), &found}};
        all[0].act.n = all[2].act.n = 1;
        all[1].act.n = 2;
        all[2].act.seen = rows[i].seen;
        struct law_state s;
        assert_int_equal(law_fold(&k->t, all, 3, &s), ERR_OK);
        assert_int_equal(s.effects[2], rows[i].effect);
        assert_int_equal(s.marks_n, rows[i].effect == LAW_TOOK_EFFECT);
    }
    assert_string_equal(law_effect_word(LAW_OVERTAKEN), "overtaken");
}

static void an_unknown_act_changes_nothing(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    records(k, &d, LAW_REQUESTED, "wave", 1, NULL);
    struct law_state s = folded(k, &d);
    assert_int_equal(s.effects[1], LAW_NOT_KNOWN);
    assert_text(s.state, "requested");
}

static void an_answer_supplies_what_was_missing(void **state)
{
    struct kit *k = *state;
    struct dossier d = {0};
    records(k, &d, LAW_REQUESTING, "send", 0, request(k, "data"));
    struct law_state s = folded(k, &d);
    assert_int_equal(s.missing_n, 1);
    assert_text(s.missing[0], "data");
    does(k, &d, LAW_REQUESTED, "ask", 1, question(k));
    does(k, &d, LAW_REQUESTING, "answer", 1,
         says(k, "data", "Account 7", "answer", "Sorry.", NULL));
    s = folded(k, &d);
    assert_int_equal(s.missing_n, 0);
    assert_text(tree_str(s.particulars, "data"), "Account 7");
    assert_null(tree_get(s.particulars, "answer"));
    assert_text(tree_str(s.particulars, "necessity"), "The rental ends in forty minutes.");
}

static const struct law_clock *clock_in(const struct law_state *s, const char *name)
{
    for (size_t i = 0; i < s->clocks_n; i++)
        if (str_is(s->clocks[i].clock, name)) return &s->clocks[i];
    fail_msg("no clock %s", name);
    return NULL;
}

static void sending_starts_duties_and_acknowledging_fulfils_one(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    assert_true(clock_in(&s, "acknowledge")->running);
    assert_true(clock_in(&s, "acknowledge")->duty);
    assert_int_equal(clock_in(&s, "acknowledge")->end_ms, NOON + 30 * MINUTE);
    does(k, &d, LAW_REQUESTED, "acknowledge", 1, NULL);
    s = folded(k, &d);
    assert_false(clock_in(&s, "acknowledge")->running);
    assert_true(clock_in(&s, "report")->running);
    assert_int_equal(s.marks_n, 1);
    assert_text(s.marks[0], "acknowledged");
}

static void preserving_starts_the_sixty_days_on_both_sides(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "preserved");
    struct law_state s = folded(k, &d);
    const struct law_clock *c = clock_in(&s, "preservation");
    assert_true(c->running);
    assert_false(c->duty);
    assert_text(time_text(k->t.arena, c->end_ms), "2027-01-24T00:00:00.000Z");
    assert_text(c->proof, "2026-11-24 + 60 days, un-cybercrime 42(8)");
    assert_text(c->on_end, "expire");
    assert_int_equal(c->by, LAW_REQUESTED);
    assert_int_equal(c->by_n, 1);
    assert_false(clock_in(&s, "report")->running);
}

static void no_clock_runs_when_a_dossier_has_ended(void **state)
{
    struct kit *k = *state;
    static const char *const ends[] = {"refused", "not_executable", "withdrawn", "expired"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct dossier d = dossier_in(k, ends[i]);
        struct law_state s = folded(k, &d);
        assert_true(s.ended);
        assert_text(s.outcome, ends[i]);
        for (size_t c = 0; c < s.clocks_n; c++) assert_false(s.clocks[c].running);
    }
}

static void an_acknowledgement_that_crossed_a_withdrawal_still_counts(void **state)
{
    struct kit *k = *state;
    struct dossier d = withdraw_crosses_ask(k);
    struct law_state s = folded(k, &d);
    assert_text(s.state, "withdrawn");
    assert_true(law_list_has(s.marks, s.marks_n, STR("acknowledged")));
    assert_true(law_list_has(s.marks, s.marks_n, STR("ordered")));
}

/* ---- clocks that stand still, and that are renewed ------------------------------------------- */

/* The clock `reply` stands still while `mark` stands: an act of either side leaves and clears it.
 */
static struct law_entry step(struct kit *k, enum law_stream stream, int64_t n, int64_t seen,
                             int64_t at_ms, struct law_verdict v)
{
    static struct str anywhere[] = {STR("*"), STR("new")};
    struct law_verdict *verdict = arena_take(k->t.arena, sizeof *verdict);
    v.known = true;
    v.from = anywhere;
    v.from_n = 2;
    *verdict = v;
    struct law_act act = act_of(stream, "step", NULL);
    act.n = n;
    act.seen = seen;
    act.at_ms = at_ms;
    return (struct law_entry){act, verdict};
}

static const struct law_clock *only_clock(struct kit *k, const struct law_entry *e, size_t n)
{
    struct law_state s;
    assert_int_equal(law_fold(&k->t, e, n, &s), ERR_OK);
    assert_int_equal(s.clocks_n, 1);
    return s.clocks;
}

static void a_clock_suspended_twice_ends_later_by_both(void **state)
{
    struct kit *k = *state;
    struct law_clock_rule rule = {.clock = STR("term"),
                                  .start_ms = 1000,
                                  .end_ms = 10000,
                                  .renew_ms = 8000,
                                  .suspended_by = STR("pending")};
    static struct str pending[] = {STR("pending")};
    const struct law_entry e[] = {
        step(k, LAW_REQUESTING, 1, 0, 1000, (struct law_verdict){.clocks = &rule}),
        step(k, LAW_REQUESTING, 2, 0, 2000, (struct law_verdict){.mark = pending[0]}),
        step(k, LAW_REQUESTING, 3, 0, 2500, (struct law_verdict){.to = STR("asked")}),
        step(k, LAW_REQUESTED, 1, 3, 5000, (struct law_verdict){.clears = pending, .clears_n = 1}),
        step(k, LAW_REQUESTING, 4, 1, 6000, (struct law_verdict){.mark = pending[0]}),
        step(k, LAW_REQUESTED, 2, 4, 6500, (struct law_verdict){.clears = pending, .clears_n = 1}),
    };
    const struct law_clock *c = only_clock(k, e, 2);
    assert_int_equal(c->still_ms, 2000);
    assert_int_equal(c->end_ms, 10000);
    c = only_clock(k, e, 4);
    assert_int_equal(c->still_ms, 0);
    assert_int_equal(c->end_ms, 13000);
    assert_int_equal(c->renew_ms, 11000);
    c = only_clock(k, e, 6);
    assert_int_equal(c->end_ms, 13500);
    assert_int_equal(c->renew_ms, 11500);
    const struct law_stop *stop = c->stops;
    assert_int_equal(stop->from_ms, 2000);
    assert_int_equal(stop->to_ms, 5000);
    assert_text(stop->why, "pending");
    assert_int_equal(stop->next->from_ms, 6000);
    assert_int_equal(stop->next->to_ms, 6500);
    assert_null(stop->next->next);
    assert_true(c->running);
}

/* By a state and by a mark at once it stands still once, until neither holds it. */
static void a_clock_held_by_state_and_mark_goes_on_when_neither_holds_it(void **state)
{
    struct kit *k = *state;
    static struct str pending[] = {STR("pending")}, asked[] = {STR("asked")};
    struct law_clock_rule rule = {.clock = STR("term"),
                                  .start_ms = 1000,
                                  .end_ms = 10000,
                                  .stops_while = asked,
                                  .stops_while_n = 1,
                                  .suspended_by = STR("pending")};
    const struct law_entry e[] = {
        step(k, LAW_REQUESTING, 1, 0, 1000, (struct law_verdict){.clocks = &rule}),
        step(k, LAW_REQUESTING, 2, 0, 2000, (struct law_verdict){.to = asked[0]}),
        step(k, LAW_REQUESTING, 3, 0, 3000, (struct law_verdict){.mark = pending[0]}),
        step(k, LAW_REQUESTING, 4, 0, 4000, (struct law_verdict){.to = STR("open")}),
        step(k, LAW_REQUESTING, 5, 0, 7000, (struct law_verdict){.clears = pending, .clears_n = 1}),
    };
    assert_int_equal(only_clock(k, e, 4)->still_ms, 2000);
    const struct law_clock *c = only_clock(k, e, 5);
    assert_int_equal(c->end_ms, 15000);
    assert_text(c->stops->why, "asked");
    assert_null(c->stops->next);
}

/* What this side did at home suspends only what it started there, and nothing before it. */
static void a_mark_left_at_home_suspends_a_clock_of_home(void **state)
{
    struct kit *k = *state;
    static struct str pending[] = {STR("pending")};
    struct law_clock_rule rule = {
        .clock = STR("term"), .start_ms = 1000, .end_ms = 10000, .suspended_by = STR("pending")};
    const struct law_entry e[] = {
        step(k, LAW_INWARD, 1, 0, 1000, (struct law_verdict){.clocks = &rule}),
        step(k, LAW_INWARD, 2, 0, 2000, (struct law_verdict){.mark = pending[0]}),
        step(k, LAW_INWARD, 3, 0, 9000, (struct law_verdict){.clears = pending, .clears_n = 1}),
    };
    assert_int_equal(only_clock(k, e, 2)->still_ms, 2000);
    assert_int_equal(only_clock(k, e, 3)->end_ms, 17000);
}

/* A safe conduct is not over because the request is: what an act `after_end` starts runs on. */
static void an_end_stops_what_ran_but_not_what_outlives_it(void **state)
{
    struct kit *k = *state;
    for (int outlives = 0; outlives < 2; outlives++) {
        struct law_clock_rule rule = {.clock = STR("term"), .start_ms = 1000, .end_ms = 10000};
        const struct law_entry e[] = {
            step(k, LAW_REQUESTING, 1, 0, 1000,
                 (struct law_verdict){.clocks = &rule, .after_end = outlives}),
            step(k, LAW_REQUESTING, 2, 0, 2000,
                 (struct law_verdict){.to = STR("executed"), .ends = true, .outcome = STR("x")}),
        };
        assert_int_equal(only_clock(k, e, 2)->running, outlives);
    }
}

int fold_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(all_arrival_orders_of_crossing_streams_give_one_state),
        with_kit(each_crossing_comes_out_where_the_rows_say),
        with_kit(both_nodes_come_to_the_same_state),
        with_kit(a_fold_in_order_of_arrival_is_caught),
        with_kit(a_fold_that_forgets_what_was_seen_is_caught),
        with_kit(a_dossier_without_acts_is_new),
        with_kit(an_act_behind_a_gap_waits),
        with_kit(an_act_that_saw_what_is_not_here_waits),
        with_kit(two_acts_that_each_saw_the_other_never_apply),
        with_kit(two_acts_of_one_number_are_refused),
        with_kit(too_many_acts_are_refused),
        with_kit(numbers_below_one_are_never_in_reach),
        with_kit(an_act_that_fits_nowhere_is_out_of_place),
        with_kit(a_finding_falls_with_what_it_was_made_on),
        with_kit(an_unknown_act_changes_nothing),
        with_kit(an_answer_supplies_what_was_missing),
        with_kit(sending_starts_duties_and_acknowledging_fulfils_one),
        with_kit(preserving_starts_the_sixty_days_on_both_sides),
        with_kit(no_clock_runs_when_a_dossier_has_ended),
        with_kit(an_acknowledgement_that_crossed_a_withdrawal_still_counts),
        with_kit(a_clock_suspended_twice_ends_later_by_both),
        with_kit(a_clock_held_by_state_and_mark_goes_on_when_neither_holds_it),
        with_kit(a_mark_left_at_home_suspends_a_clock_of_home),
        with_kit(an_end_stops_what_ran_but_not_what_outlives_it),
    };
    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
