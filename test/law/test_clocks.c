/* SPDX-License-Identifier: Apache-2.0 */
/* Days and minutes: where clocks begin and end. */

#include "clock_kit.h"
#include "kit/rows.h"

#include <string.h>

static struct law_verdict recorded(struct kit *k, struct law_act act)
{
    return recorded_of(k, act.stream == LAW_REQUESTING ? asking() : asked(), act);
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
        const struct law_clock_rule *c = rule_of(&v, "preservation");
        assert_text(time_text(k->t.arena, c->end_ms), rows[i].end);
        assert_true(c->end_ms - act.at_ms >= 60 * DAY_MS);
    }
}

static void the_day_stated_is_the_last_day(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, preserve_at(k, "2026-11-24T03:07:14Z", "2027-02-01"));
    const struct law_clock_rule *c = rule_of(&v, "preservation");
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
    assert_text(rule_of(&v, "preservation")->proof,
                "2026-11-24 + -20781 days, un-cybercrime 42(8)");
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
    const struct law_clock_rule *c = rule_of(&v, "domestic_order");
    assert_text(time_text(k->t.arena, c->start_ms), "2026-11-20T00:00:00.000Z");
    assert_text(time_text(k->t.arena, c->end_ms), "2027-02-18T00:00:00.000Z");
    assert_int_equal(c->end_ms - c->start_ms, 90 * DAY_MS);
    assert_true(str_starts(c->proof, "2026-11-20 + 90 days, un-cybercrime 25(2)"));
}

static void a_state_may_cap_its_orders_lower(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = order_of(k, "XL");
    assert_true(str_starts(rule_of(&v, "domestic_order")->proof, "2026-11-20 + 30 days, "));
    v = order_of(k, "");
    assert_true(str_starts(rule_of(&v, "domestic_order")->proof, "2026-11-20 + 90 days, "));
}

static void a_duty_counts_minutes_from_the_act(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, act_of(LAW_REQUESTING, "send", request(k, NULL)));
    const struct law_clock_rule *c = rule_of(&v, "acknowledge");
    assert_true(c->duty);
    assert_int_equal(c->start_ms, NOON);
    assert_int_equal(c->end_ms, NOON + 30 * MINUTE);
    assert_text(c->proof, "2026-11-24T03:07:14.123Z + 30 minutes, un-cybercrime 41(1)");
}

static void preserving_stops_the_clock_of_an_open_question(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, preserve_at(k, "2026-11-24T03:07:14Z", "2027-02-01"));
    assert_int_equal(rule_of(&v, "reply")->what, LAW_CLOCK_STOP);
}

static void the_last_year_has_an_end(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, preserve_at(k, "9999-12-31T23:59:59.999Z", NULL));
    assert_true(rule_of(&v, "preservation")->end_ms > 0);
}

/* ---- zones ----------------------------------------------------------------------------------- */

static void ends(struct kit *k, const char *at, const char *end)
{
    struct law_verdict v = recorded_of(k, asked_here(), ask_at(k, at));
    assert_text(time_text(k->t.arena, rule_of(&v, "reply")->end_ms), end);
}

static void a_term_of_at_least_ends_when_its_last_day_is_over_in_both(void **state)
{
    struct kit *k = *state;
    struct law_act act = preserve_at(k, "2026-11-24T03:07:14Z", "2027-02-01");
    struct law_verdict v = recorded_of(k, asked_here(), act);
    assert_text(time_text(k->t.arena, rule_of(&v, "preservation")->end_ms),
                "2027-02-02T03:00:00.000Z");
    reply_is(k, "    days: 2\n    bound: at_least\n");
    ends(k, "2026-11-24T12:00:00Z", "2026-11-27T03:00:00.000Z"); /* one day in both */
    ends(k, "2026-11-24T22:00:00Z", "2026-11-28T03:00:00.000Z"); /* the 25th in Meridia */
    ends(k, "2026-11-24T01:00:00Z", "2026-11-27T03:00:00.000Z"); /* the 23rd in Norland */
}

static void a_term_of_at_most_ends_when_the_first_is_past_its_last_day(void **state)
{
    struct kit *k = *state;
    reply_is(k, "    days: 2\n    bound: at_most\n");
    ends(k, "2026-11-24T12:00:00Z", "2026-11-25T20:00:00.000Z");
    ends(k, "2026-11-24T22:00:00Z", "2026-11-25T20:00:00.000Z"); /* the 25th in Meridia */
    ends(k, "2026-11-24T01:00:00Z", "2026-11-24T20:00:00.000Z"); /* the 23rd in Norland */
}

static void a_row_may_name_the_zone_of_one_state(void **state)
{
    struct kit *k = *state;
    const struct law_tables *embedded = k->l;
    reply_is(k, "    days: 2\n    bound: at_least\n    zone: requested\n");
    ends(k, "2026-11-24T22:00:00Z", "2026-11-27T20:00:00.000Z");
    k->l = embedded;
    reply_is(k, "    days: 2\n    bound: at_least\n    zone: requesting\n");
    ends(k, "2026-11-24T22:00:00Z", "2026-11-27T03:00:00.000Z");
    k->l = embedded;
    reply_is(k, "    days: 2\n    bound: at_most\n    zone: requesting\n");
    ends(k, "2026-11-24T22:00:00Z", "2026-11-26T03:00:00.000Z");
}

static void without_zones_a_legal_day_is_a_day_of_utc(void **state)
{
    struct kit *k = *state;
    struct law_who who = asked_here();
    who.zones = NULL;
    reply_is(k, "    days: 2\n    bound: at_least\n");
    struct law_verdict v = recorded_of(k, who, ask_at(k, "2026-11-24T22:00:00Z"));
    assert_text(time_text(k->t.arena, rule_of(&v, "reply")->end_ms), "2026-11-27T00:00:00.000Z");
}

static void both_nodes_come_to_the_same_instant(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    reply_is(k, "    days: 7\n    bound: at_least\n    count: working_days\n    calendar: both\n");
    struct law_act act = ask_at(k, "2026-11-24T22:00:00Z");
    struct law_verdict author, receiver = recorded_of(k, asked_here(), act);
    allows(k, &s, asked_here(), act, &author);
    assert_int_equal(rule_of(&author, "reply")->end_ms, rule_of(&receiver, "reply")->end_ms);
    assert_text(rule_of(&author, "reply")->proof,
                str_c(k->t.arena, rule_of(&receiver, "reply")->proof));
}

/* The property of 42(8) and of every other `at_least`: whoever counts the days in his own zone from
 * his own day of the act finds all of them gone by, in whichever zones the two States lie. */
static int64_t made_minutes[2];
static int32_t made_offset(void *ctx, struct str zone, int64_t at_ms)
{
    (void)ctx;
    (void)at_ms;
    return (int32_t)made_minutes[str_is(zone, "Asia/Baku")];
}

static void a_term_of_at_least_never_ends_before_its_days_are_over_anywhere(void **state)
{
    static const struct zones made = {made_offset, NULL};
    static const int64_t minutes[] = {-720, -210, 0, 345, 840};
    struct kit *k = *state;
    struct law_who who = asked_here();
    size_t looked = 0;
    who.zones = &made;
    reply_is(k, "    days: 60\n    bound: at_least\n");
    for (size_t n = 0; n < 25 * 96; n++) {
        struct law_act act = ask_at(k, "2026-11-24T00:00:00Z");
        act.at_ms += (int64_t)(n % 96) * 15 * MINUTE + (int64_t)(n % 7) * 1234567;
        made_minutes[0] = minutes[n / 96 % 5];
        made_minutes[1] = minutes[n / 96 / 5];
        struct law_verdict v = recorded_of(k, who, act);
        int64_t end = rule_of(&v, "reply")->end_ms;
        for (int s = 0; s < 2; s++) {
            int64_t ahead = made_minutes[s] * MINUTE;
            int64_t over = (day_of_ms(act.at_ms + ahead) + 61) * DAY_MS - ahead;
            if (end < over)
                fail_msg("case %zu: %lld before %lld", n, (long long)end, (long long)over);
            assert_true(end <= over + 2 * DAY_MS + 2 * 14 * 60 * MINUTE);
            looked++;
        }
    }
    assert_int_equal(looked, 2 * 25 * 96);
}

static void an_extension_is_measured_by_the_day_that_is_over_in_both(void **state)
{
    struct kit *k = *state;
    struct law_who who = asked_here();
    struct law_state s = {
        .state = STR("extension"), .instrument = STR("un-cybercrime"), .kind = STR("preservation")};
    struct law_act act = preserve_at(k, "2026-11-24T03:07:14Z", "2027-02-01");
    struct law_verdict v = recorded_of(k, who, act);
    struct law_clock clock = {.clock = STR("preservation"),
                              .running = true,
                              .end_ms = rule_of(&v, "preservation")->end_ms};
    s.clocks = &clock;
    s.clocks_n = 1;
    struct law_act extend =
        act_of(LAW_REQUESTED, "extend", says(k, "preserved_until", "2027-02-02", NULL));
    allows(k, &s, who, extend, &v);
    extend.particulars = says(k, "preserved_until", "2027-02-01", NULL);
    refuses(k, &s, who, extend, ERR_REJECTED, "extension-needless", "un-cybercrime 42(9)",
            "preserved_until");
    assert_int_equal(law_decide(&k->t, k->l, &s, &who, &extend, NOON, &v), ERR_REJECTED);
    assert_non_null(strstr(k->t.fault.sentence, "2027-02-01"));
    turn_forgive(&k->t);
}

/* The convention is in force for both from 1 January. */
static void an_instrument_is_in_force_when_the_day_has_come_in_both(void **state)
{
    static const struct {
        const char *at;
        bool stands;
    } rows[] = {{"2025-12-31T21:00:00Z", false}, /* the day of Meridia alone */
                {"2026-01-01T02:59:59Z", false}, /* and of UTC */
                {"2026-01-01T03:00:00Z", true}};
    struct kit *k = *state;
    struct law_who who = asking();
    who.other = STR("XM");
    who.zones = &two_zones;
    struct law_state s = {
        .state = STR("new"), .instrument = STR("un-cybercrime"), .kind = STR("contact.advice")};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct law_act act = act_of(LAW_REQUESTING, "send",
                                    says(k, "officer", "O", "case", "C", "matter", "M",
                                         "offence_scope", "convention_offence", NULL));
        struct law_verdict v;
        act.kind = s.kind;
        assert_true(time_read(str_of(rows[i].at), &act.at_ms));
        if (rows[i].stands)
            allows(k, &s, who, act, &v);
        else
            refuses(k, &s, who, act, ERR_NOT_ALLOWED, "no-basis", "un-cybercrime 65(1)", "");
    }
}

#define OF_DAYS(name)                                                                              \
    "  - clock: " name "\n    sort: term\n    whose: requested\n    topic: preservation.term\n"    \
    "    start: at\n"
#define LONG "    days: 60\n    setting: preservation_default_days\n"

static void a_term_of_months_asks_for_a_day_as_far_as_that(void **state)
{
    struct kit *k = *state;
    struct law_state s = {
        .state = STR("requested"), .instrument = STR("un-cybercrime"), .kind = STR("preservation")};
    struct str mark = STR("ordered");
    s.marks = &mark;
    s.marks_n = 1;
    /* The States' own number stays with a clock beside it, for it is one of days. */
    struct str text =
        edited(k, "patterns/preservation.yaml",
               OF_DAYS("preservation") "    end_particular: preserved_until\n" LONG,
               OF_DAYS("beside") LONG "    bound: at_least\n    titles: {en: A, az: A}\n" OF_DAYS(
                   "preservation") "    end_particular: preserved_until\n    months: 2\n");
    text = rows_exchanged(k->t.arena, text, "starts: [preservation]",
                          "starts: [preservation, beside]");
    if (load_with(k, "patterns/preservation.yaml", text, &k->l) != ERR_OK)
        fail_msg("%s", k->t.fault.sentence);
    struct law_verdict v;
    allows(k, &s, asked(), preserve_at(k, "2026-11-24T03:07:14Z", "2027-01-24"), &v);
    refuses(k, &s, asked(), preserve_at(k, "2026-11-24T03:07:14Z", "2027-01-23"), ERR_REJECTED,
            "preserved-too-short", "un-cybercrime 42(8)", "preserved_until");
}

/* ---- working days ---------------------------------------------------------------------------- */

static void working_days_are_those_of_the_requested_state_unless_the_row_says(void **state)
{
    struct kit *k = *state;
    const struct law_tables *embedded = k->l;
    reply_is(k, "    days: 5\n    bound: at_most\n    count: working_days\n");
    struct law_verdict v = recorded_of(k, asked(), ask_at(k, "2026-11-24T12:00:00Z"));
    assert_text(rule_of(&v, "reply")->proof,
                "2026-11-24 + 5 working days of XM v1, un-cybercrime 40(16)");
    assert_text(time_text(k->t.arena, rule_of(&v, "reply")->end_ms), "2026-12-02T00:00:00.000Z");
    assert_false(remarked(v.remarks, "calendar-ends", "un-cybercrime 40(16)", ""));
    k->l = embedded;
    reply_is(k, "    days: 5\n    bound: at_most\n    count: working_days\n    calendar: both\n");
    struct law_who who = asked();
    who.other = STR("XN");
    v = recorded_of(k, who, ask_at(k, "2026-11-24T12:00:00Z"));
    assert_text(rule_of(&v, "reply")->proof,
                "2026-11-24 + 5 working days of XN v1 and XM v1, un-cybercrime 40(16)");
    assert_text(time_text(k->t.arena, rule_of(&v, "reply")->end_ms), "2026-12-04T00:00:00.000Z");
}

static void a_count_beyond_the_calendar_is_said_and_not_guessed(void **state)
{
    struct kit *k = *state;
    reply_is(k, "    days: 5\n    bound: at_least\n    count: working_days\n");
    struct law_verdict v = recorded_of(k, asked(), ask_at(k, "2027-12-28T12:00:00Z"));
    assert_true(remarked(v.remarks, "calendar-ends", "un-cybercrime 40(16)", ""));
    assert_text(rule_of(&v, "reply")->proof,
                "2027-12-28 + 5 working days of XM v1, weekends only beyond its calendar, "
                "un-cybercrime 40(16)");
    const struct law_remark *r = v.remarks;
    while (!str_is(r->code, "calendar-ends")) r = r->next;
    assert_text(r->sentence, "Beyond what the calendar of working days holds, weekends only were "
                             "counted: XM 2027-12-31.");
    assert_false(law_remark_is_must(k->l, STR("calendar-ends")));
}

static void an_order_is_to_be_renewed_before_its_ninety_days_are_over(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = order_of(k, "XM");
    const struct law_clock_rule *c = rule_of(&v, "domestic_order");
    assert_int_equal(c->end_ms - c->renew_ms, 14 * DAY_MS);
    assert_text(c->proof,
                "2026-11-20 + 90 days, un-cybercrime 25(2), to be renewed from 2027-02-04");
    v = order_of(k, "XL");
    c = rule_of(&v, "domestic_order");
    assert_int_equal(c->end_ms - c->renew_ms, 14 * DAY_MS);
    assert_int_equal(c->end_ms - c->start_ms, 30 * DAY_MS);
}

/* Of a dossier in `preserved`, the step most due is the renewal once its day has come, and not a
 * millisecond before. */
static void the_renewal_is_the_next_step_when_its_day_has_come(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "preserved");
    struct law_state s = folded(k, &d);
    struct law_who who = asked();
    const struct law_clock *order = s.clocks;
    while (!str_is(order->clock, "domestic_order")) order++;
    for (int late = 0; late < 2; late++) {
        struct law_option next;
        bool found;
        assert_int_equal(
            law_next(&k->t, k->l, &s, &who, order->renew_ms - 1 + late, STR("en"), &found, &next),
            ERR_OK);
        assert_int_equal(found && str_is(next.act, "order"), late);
    }
}

static void a_state_caps_its_orders_within_one_and_ninety_days(void **state)
{
    static const struct {
        const char *number;
        bool stands;
    } rows[] = {{"0", false}, {"1", true},   {"30", true},
                {"90", true}, {"91", false}, {"-1", false}};
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct law_tables *l;
        struct str by = str_printf(k->t.arena, "order_max_days: %s}", rows[i].number);
        struct str text = edited(k, "states/xm.yaml", "order_max_days: 90}", str_c(k->t.arena, by));
        err e = load_with(k, "states/xm.yaml", text, &l);
        if (e != (rows[i].stands ? ERR_OK : ERR_REJECTED)) fail_msg("%s days", rows[i].number);
        if (e != ERR_OK) assert_true(str_starts(str_of(k->t.fault.sentence), "states/xm.yaml:"));
        turn_forgive(&k->t);
    }
}

/* A service target belongs to the State whose duty it is, whoever starts it, in the row's own unit.
 */
static void a_duty_has_the_target_of_the_state_whose_it_is(void **state)
{
    struct kit *k = *state;
    const struct law_tables *embedded = k->l;
    struct law_who author = asking();
    author.other = STR("XM");
    for (int whose = 0; whose < 2; whose++) {
        const char *path = whose ? "states/xm.yaml" : "states/xn.yaml";
        struct str text =
            edited(k, path, "settings: {", "settings: {contact_acknowledge_minutes: 5, ");
        k->l = embedded;
        if (load_with(k, path, text, &k->l) != ERR_OK) fail_msg("%s", k->t.fault.sentence);
        struct law_verdict v =
            recorded_of(k, author, act_of(LAW_REQUESTING, "send", request(k, NULL)));
        const struct law_clock_rule *c = rule_of(&v, "acknowledge");
        assert_int_equal(c->end_ms - c->start_ms, (whose ? 5 : 30) * MINUTE);
    }
}

static void a_month_and_a_leap_year_end_on_their_last_days(void **state)
{
    static const struct {
        const char *keys, *at, *end;
    } rows[] = {
        {"months: 1", "2027-01-31T12:00:00Z", "2027-03-01T00:00:00.000Z"},
        {"months: 1", "2028-01-31T12:00:00Z", "2028-03-01T00:00:00.000Z"},
        {"months: 12", "2028-02-29T12:00:00Z", "2029-03-01T00:00:00.000Z"},
        {"months: 1", "2026-12-31T23:59:59Z", "2027-02-01T00:00:00.000Z"},
        {"days: 60", "2028-01-01T12:00:00Z", "2028-03-02T00:00:00.000Z"},
        {"days: 366", "2027-03-01T12:00:00Z", "2028-03-02T00:00:00.000Z"},
    };
    struct kit *k = *state;
    const struct law_tables *embedded = k->l;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str keys = str_printf(k->t.arena, "    %s\n    bound: at_least\n", rows[i].keys);
        k->l = embedded;
        reply_is(k, str_c(k->t.arena, keys));
        struct law_verdict v = recorded(k, ask_at(k, rows[i].at));
        assert_text(time_text(k->t.arena, rule_of(&v, "reply")->end_ms), rows[i].end);
    }
}

static void a_clock_row_that_contradicts_itself_is_refused(void **state)
{
    static const struct {
        const char *keys, *says;
    } rows[] = {
        {"    minutes: 5\n    count: working_days\n", "`count: working_days` beside `days` only"},
        {"    months: 1\n    bound: at_most\n    count: working_days\n", "beside `days` only"},
        {"    days: 5\n    bound: at_most\n    calendar: both\n", "`calendar` beside `count"},
        {"    days: 5\n    bound: at_most\n    count: hours\n", "expected one of: working_days"},
        {"    days: 5\n    bound: at_most\n    zone: utc\n", "`zone`: expected one of"},
        {"    days: 5\n    bound: at_most\n    renew_before: 5\n", "`renew_before` to be less"},
        {"    minutes: 5\n    renew_before: 1\n", "`renew_before` to be less than `days`"},
        {"    minutes: 5\n    suspended_by: moon\n", "expected a mark that an act leaves"},
        {"    minutes: 5\n    suspended_by: ordered\n", "all outward or all inward"},
    };
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct law_tables *l;
        struct str keys =
            str_printf(k->t.arena, "    start: at\n    on_end: answer\n%s", rows[i].keys);
        struct str text = edited(k, "patterns/preservation.yaml",
                                 "    start: at\n    minutes: 1440\n    on_end: answer\n",
                                 str_c(k->t.arena, keys));
        assert_int_equal(load_with(k, "patterns/preservation.yaml", text, &l), ERR_REJECTED);
        if (!strstr(k->t.fault.sentence, rows[i].says))
            fail_msg("row %zu: %s", i, k->t.fault.sentence);
        assert_true(str_starts(str_of(k->t.fault.sentence), "patterns/preservation.yaml:"));
        turn_forgive(&k->t);
    }
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
        with_kit(a_term_of_at_least_ends_when_its_last_day_is_over_in_both),
        with_kit(a_term_of_at_most_ends_when_the_first_is_past_its_last_day),
        with_kit(a_row_may_name_the_zone_of_one_state),
        with_kit(without_zones_a_legal_day_is_a_day_of_utc),
        with_kit(both_nodes_come_to_the_same_instant),
        with_kit(a_term_of_at_least_never_ends_before_its_days_are_over_anywhere),
        with_kit(an_extension_is_measured_by_the_day_that_is_over_in_both),
        with_kit(an_instrument_is_in_force_when_the_day_has_come_in_both),
        with_kit(a_term_of_months_asks_for_a_day_as_far_as_that),
        with_kit(working_days_are_those_of_the_requested_state_unless_the_row_says),
        with_kit(a_count_beyond_the_calendar_is_said_and_not_guessed),
        with_kit(an_order_is_to_be_renewed_before_its_ninety_days_are_over),
        with_kit(the_renewal_is_the_next_step_when_its_day_has_come),
        with_kit(a_state_caps_its_orders_within_one_and_ninety_days),
        with_kit(a_duty_has_the_target_of_the_state_whose_it_is),
        with_kit(a_month_and_a_leap_year_end_on_their_last_days),
        with_kit(a_clock_row_that_contradicts_itself_is_refused),
    };
    return cmocka_run_group_tests_name("clocks", tests, NULL, NULL);
}
