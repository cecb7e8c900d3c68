/* SPDX-License-Identifier: Apache-2.0 */
/* Days and minutes: where clocks begin and end. */

#include "law_test.h"

static const struct law_clock_rule *rule(const struct law_verdict *v, const char *clock)
{
    for (const struct law_clock_rule *c = v->clocks; c; c = c->next)
        if (str_is(c->clock, clock)) return c;
    fail_msg("no clock %s", clock);
    return NULL;
}

static struct law_verdict recorded(struct kit *k, struct law_act act)
{
    struct law_who author = act.stream == LAW_REQUESTING ? asking() : asked();
    struct law_verdict v;
    assert_int_equal(law_record(&k->t, k->l, &author, &act, act.at_ms, &v), ERR_OK);
    return v;
}

static struct law_act preserve_at(struct kit *k, const char *at, const char *until)
{
    struct law_act act =
        act_of(LAW_REQUESTED, "preserve", until ? says(k, "preserved_until", until, NULL) : NULL);
    assert_true(time_read(str_of(at), &act.at_ms));
    return act;
}

static void sixty_days_are_never_shorter_than_sixty_times_a_day(void **state)
{
    static const struct {
        const char *at, *end;
    } rows[] = {
        {"2026-11-24T00:00:00.000Z", "2027-01-24T00:00:00.000Z"},
        {"2026-11-24T23:59:59.999Z", "2027-01-24T00:00:00.000Z"},
        {"2026-12-31T23:59:59.999Z", "2027-03-02T00:00:00.000Z"},
        {"2028-01-01T12:00:00.000Z", "2028-03-02T00:00:00.000Z"}, /* over a leap day */
    };
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct law_act act = preserve_at(k, rows[i].at, NULL);
        struct law_verdict v = recorded(k, act);
        const struct law_clock_rule *c = rule(&v, "preservation");
        assert_text(time_text(k->t.arena, c->end_ms), rows[i].end);
        assert_true(c->end_ms - act.at_ms >= 60 * DAY_MS);
    }
}

static void the_day_stated_is_the_last_day(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, preserve_at(k, "2026-11-24T03:07:14Z", "2027-02-01"));
    const struct law_clock_rule *c = rule(&v, "preservation");
    assert_text(time_text(k->t.arena, c->end_ms), "2027-02-02T00:00:00.000Z");
    assert_text(c->proof, "2026-11-24 + 69 days, un-cybercrime 42(8)");
    assert_text(c->article, "un-cybercrime 42(8)");
    assert_text(c->on_end, "expire");
    assert_false(c->duty);
}

static void a_day_before_the_act_gives_a_clock_that_has_ended(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, preserve_at(k, "2026-11-24T03:07:14Z", "1970-01-01"));
    assert_text(rule(&v, "preservation")->proof, "2026-11-24 + -20781 days, un-cybercrime 42(8)");
}

static struct law_verdict order_of(struct kit *k, const char *state)
{
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    struct law_who who = asked();
    struct law_verdict v;
    who.state = str_of(state);
    allows(k, &s, who,
           act_of(LAW_INWARD, "order",
                  says(k, "authority_ordering", "C", "order_number", "1", "order_date",
                       "2026-11-20", "custodian", "H", NULL)),
           &v);
    return v;
}

static void a_domestic_order_counts_from_its_own_date_and_never_beyond_ninety_days(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = order_of(k, "XM");
    const struct law_clock_rule *c = rule(&v, "domestic_order");
    assert_text(time_text(k->t.arena, c->start_ms), "2026-11-20T00:00:00.000Z");
    assert_text(time_text(k->t.arena, c->end_ms), "2027-02-18T00:00:00.000Z");
    assert_int_equal(c->end_ms - c->start_ms, 90 * DAY_MS);
    assert_text(c->proof, "2026-11-20 + 90 days, un-cybercrime 25(2)");
}

static void a_state_may_cap_its_orders_lower(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = order_of(k, "XL");
    assert_text(rule(&v, "domestic_order")->proof, "2026-11-20 + 30 days, un-cybercrime 25(2)");
    v = order_of(k, "");
    assert_text(rule(&v, "domestic_order")->proof, "2026-11-20 + 90 days, un-cybercrime 25(2)");
}

static void a_duty_counts_minutes_from_the_act(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, act_of(LAW_REQUESTING, "send", request(k, NULL)));
    const struct law_clock_rule *c = rule(&v, "acknowledge");
    assert_true(c->duty);
    assert_int_equal(c->start_ms, NOON);
    assert_int_equal(c->end_ms, NOON + 30 * MINUTE);
    assert_text(c->proof, "2026-11-24T03:07:14.123Z + 30 minutes, un-cybercrime 41(1)");
}

static void preserving_stops_the_clock_of_an_open_question(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, preserve_at(k, "2026-11-24T03:07:14Z", "2027-02-01"));
    assert_int_equal(rule(&v, "reply")->what, LAW_CLOCK_STOP);
}

static void the_last_year_has_an_end(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, preserve_at(k, "9999-12-31T23:59:59.999Z", NULL));
    assert_true(rule(&v, "preservation")->end_ms > 0);
}

int clocks_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(sixty_days_are_never_shorter_than_sixty_times_a_day),
        with_kit(the_day_stated_is_the_last_day),
        with_kit(a_day_before_the_act_gives_a_clock_that_has_ended),
        with_kit(a_domestic_order_counts_from_its_own_date_and_never_beyond_ninety_days),
        with_kit(a_state_may_cap_its_orders_lower),
        with_kit(a_duty_counts_minutes_from_the_act),
        with_kit(preserving_stops_the_clock_of_an_open_question),
        with_kit(the_last_year_has_an_end),
    };
    return cmocka_run_group_tests_name("clocks", tests, NULL, NULL);
}
