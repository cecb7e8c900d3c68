/* SPDX-License-Identifier: Apache-2.0 */
/* When legal days begin, east and west, and which days are working days. */

#include "law_test.h"

#include "law/days.h"

static const bool both[] = {true, true}, asks[] = {true, false}, gives[] = {false, true};

/* Lisbon sets its clock at 01:00 UTC; the made-up "Midnight/Jump" goes forward at its own midnight
 * of 2026-10-18 and back at that of 2027-02-21. */
static int32_t offset(void *ctx, struct str zone, int64_t at_ms)
{
    const int64_t lisbon[] = {INT64_C(1774746000000), INT64_C(1792890000000)};
    const int64_t jump[] = {INT64_C(1792292400000), INT64_C(1803175200000)};
    (void)ctx;
    if (str_is(zone, "Asia/Baku")) return 240;
    if (str_is(zone, "America/Sao_Paulo")) return -180;
    if (str_is(zone, "Pacific/Kiritimati")) return 840;
    if (str_is(zone, "Etc/GMT+12")) return -720;
    if (str_is(zone, "Asia/Kathmandu")) return 345;
    if (str_is(zone, "Europe/Lisbon")) return at_ms >= lisbon[0] && at_ms < lisbon[1] ? 60 : 0;
    if (str_is(zone, "Midnight/Jump")) return at_ms >= jump[0] && at_ms < jump[1] ? -120 : -180;
    return INT32_MAX;
}
static const struct zones zones = {offset, NULL};

static struct law_days days_in(const char *requesting, const char *requested)
{
    return (struct law_days){.zones = &zones, .zone = {str_of(requesting), str_of(requested)}};
}

static int64_t day(const char *text)
{
    int64_t d = 0;
    assert_true(day_read(str_of(text), &d));
    return d;
}

static int64_t at(const char *text)
{
    int64_t ms = 0;
    assert_true(time_read(str_of(text), &ms));
    return ms;
}

static void begins(const struct law_days *d, const char *text, bool last, const char *expected)
{
    auto_arena a = arena_new();
    assert_text(time_text(a, law_day_begins(d, both, day(text), last)), expected);
}

static void a_day_begins_in_the_east_first(void **state)
{
    (void)state;
    struct law_days d = days_in("America/Sao_Paulo", "Asia/Baku");
    begins(&d, "2027-01-24", false, "2027-01-23T20:00:00.000Z");
    begins(&d, "2027-01-24", true, "2027-01-24T03:00:00.000Z");
    d = days_in("Asia/Kathmandu", "Pacific/Kiritimati");
    begins(&d, "2027-01-24", false, "2027-01-23T10:00:00.000Z");
    begins(&d, "2027-01-24", true, "2027-01-23T18:15:00.000Z");
}

static void a_zone_that_is_not_known_is_utc(void **state)
{
    (void)state;
    struct law_days d = days_in("Mars/Olympus", "");
    begins(&d, "2027-01-24", false, "2027-01-24T00:00:00.000Z");
    begins(&d, "2027-01-24", true, "2027-01-24T00:00:00.000Z");
    assert_false(law_zone_is_known(&d, LAW_REQUESTING));
    assert_false(law_zone_is_known(&d, LAW_REQUESTED));
    d = days_in("Asia/Baku", "");
    begins(&d, "2027-01-24", false, "2027-01-23T20:00:00.000Z");
    begins(&d, "2027-01-24", true, "2027-01-24T00:00:00.000Z");
    assert_true(law_zone_is_known(&d, LAW_REQUESTING));
    d.zones = NULL;
    begins(&d, "2027-01-24", false, "2027-01-24T00:00:00.000Z");
}

static void a_day_begins_by_the_clock_of_that_day(void **state)
{
    (void)state;
    struct law_days d = days_in("Europe/Lisbon", "Europe/Lisbon");
    begins(&d, "2026-03-29", true, "2026-03-29T00:00:00.000Z"); /* set forward at one */
    begins(&d, "2026-03-30", true, "2026-03-29T23:00:00.000Z");
    begins(&d, "2026-10-25", true, "2026-10-24T23:00:00.000Z"); /* set back at two */
    begins(&d, "2026-10-26", true, "2026-10-26T00:00:00.000Z");
}

static void a_clock_set_at_midnight_begins_the_day_once(void **state)
{
    (void)state;
    struct law_days d = days_in("Midnight/Jump", "Midnight/Jump");
    begins(&d, "2026-10-18", true, "2026-10-18T03:00:00.000Z"); /* no midnight: one o'clock */
    begins(&d, "2026-10-19", true, "2026-10-19T02:00:00.000Z");
    begins(&d, "2027-02-21", true, "2027-02-21T03:00:00.000Z"); /* the second eleven o'clock over */
    begins(&d, "2027-02-22", true, "2027-02-22T03:00:00.000Z");
}

static void an_instant_falls_on_two_days(void **state)
{
    (void)state;
    struct law_days d = days_in("America/Sao_Paulo", "Asia/Baku");
    int64_t late = at("2026-11-24T22:00:00Z"), early = at("2026-11-24T01:00:00Z");
    assert_int_equal(law_day_of(&d, both, late, false), day("2026-11-24"));
    assert_int_equal(law_day_of(&d, both, late, true), day("2026-11-25"));
    assert_int_equal(law_day_of(&d, both, early, false), day("2026-11-23"));
    assert_int_equal(law_day_of(&d, both, early, true), day("2026-11-24"));
    assert_int_equal(law_day_of(&d, asks, late, true), day("2026-11-24"));
    assert_int_equal(law_day_of(&d, gives, late, false), day("2026-11-25"));
}

/* Wherever a day begins by this file, the instant before it is of an earlier day. */
static void every_day_begins_where_the_day_before_ends(void **state)
{
    static const char *const names[] = {"Asia/Baku",    "America/Sao_Paulo", "Pacific/Kiritimati",
                                        "Etc/GMT+12",   "Asia/Kathmandu",    "Europe/Lisbon",
                                        "Midnight/Jump"};
    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        struct law_days d = days_in(names[n], names[n]);
        for (int64_t k = day("2026-01-01"); k < day("2028-01-01"); k++) {
            int64_t begin = law_day_begins(&d, both, k, true);
            assert_int_equal(law_day_of(&d, both, begin, true), k);
            assert_true(law_day_of(&d, both, begin - 1, true) < k);
        }
    }
}

/* ---- working days ---------------------------------------------------------------------------- */

static struct law_days states(struct kit *k, const char *requesting, const char *requested)
{
    struct law_days d = {.state = {str_of(requesting), str_of(requested)}};
    for (int s = 0; s < 2; s++) d.row[s] = law_state_find(k->l, d.state[s]);
    return d;
}

static void last_is(struct kit *k, const struct law_days *d, const bool of[2], const char *first,
                    int64_t days, bool count_first, const char *expected)
{
    struct law_count c = {.of = {of[0], of[1]}, .days = days, .count_first = count_first};
    assert_text(day_text(k->t.arena, law_working_day(d, day(first), &c)), expected);
}

static void a_weekend_is_the_states_own(void **state)
{
    struct kit *k = *state;
    struct law_days d = states(k, "XN", "XM");
    /* 2026-11-24 is a Tuesday; Norland rests on Saturday and Sunday, Meridia on Friday and Saturday
     * and on Monday the 30th. */
    last_is(k, &d, asks, "2026-11-24", 4, false, "2026-11-30");
    last_is(k, &d, asks, "2026-11-24", 4, true, "2026-11-27");
    last_is(k, &d, gives, "2026-11-24", 4, false, "2026-12-01");
    last_is(k, &d, gives, "2026-11-24", 4, true, "2026-11-29");
}

static void a_day_counts_under_both_when_it_works_in_both(void **state)
{
    struct kit *k = *state;
    struct law_days d = states(k, "XN", "XM");
    /* Wednesday, Thursday; not Friday to Monday; not Tuesday 1 December, Foundation Day of Norland
     */
    last_is(k, &d, both, "2026-11-24", 3, false, "2026-12-02");
    last_is(k, &d, both, "2026-11-24", 3, true, "2026-11-26");
}

static void a_first_day_that_does_not_work_does_not_count(void **state)
{
    struct kit *k = *state;
    struct law_days d = states(k, "XN", "XM");
    last_is(k, &d, asks, "2026-11-28", 1, true, "2026-11-30"); /* from a Saturday */
    last_is(k, &d, asks, "2026-11-28", 1, false, "2026-11-30");
    last_is(k, &d, asks, "2026-11-27", 1, true, "2026-11-27");
    last_is(k, &d, asks, "2026-11-27", 1, false, "2026-11-30");
}

static void a_saturday_may_be_worked(void **state)
{
    struct kit *k = *state;
    const struct law_state_row *xm = law_state_find(k->l, STR("XM"));
    struct law_day_said said = law_day_said(xm, day("2026-12-05"));
    assert_true(said.works);
    assert_non_null(said.row);
    assert_false(law_day_said(xm, day("2026-12-12")).works);
}

static void beyond_the_calendar_weekends_only_count_and_it_is_known(void **state)
{
    struct kit *k = *state;
    struct law_days d = states(k, "XN", "XM");
    struct law_count c = {.of = {true, true}, .days = 3};
    int64_t last = law_working_day(&d, day("2027-12-28"), &c);
    assert_true(c.beyond[0] && c.beyond[1]);
    /* Wednesday and Thursday of 2027; Friday to Sunday rest somewhere; Monday 3 January 2028 */
    assert_text(day_text(k->t.arena, last), "2028-01-03");
    c = (struct law_count){.of = {true, true}, .days = 2};
    (void)law_working_day(&d, day("2027-12-28"), &c);
    assert_false(c.beyond[0] || c.beyond[1]);
    c = (struct law_count){.of = {true, false}, .days = 1};
    (void)law_working_day(&d, day("2025-12-29"), &c); /* nor does it hold what was before */
    assert_true(c.beyond[0] && !c.beyond[1]);
}

static void a_state_without_a_calendar_rests_on_saturday_and_sunday(void **state)
{
    struct kit *k = *state;
    struct law_days d = states(k, "QQ", "");
    struct law_count c = {.of = {true, true}, .days = 4};
    assert_text(day_text(k->t.arena, law_working_day(&d, day("2026-11-24"), &c)), "2026-11-30");
    assert_true(c.beyond[0] && c.beyond[1]);
    assert_true(law_calendar_end(d.row[0]) == INT64_MIN);
}

int days_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_day_begins_in_the_east_first),
        with_kit(a_zone_that_is_not_known_is_utc),
        with_kit(a_day_begins_by_the_clock_of_that_day),
        with_kit(a_clock_set_at_midnight_begins_the_day_once),
        with_kit(an_instant_falls_on_two_days),
        with_kit(every_day_begins_where_the_day_before_ends),
        with_kit(a_weekend_is_the_states_own),
        with_kit(a_day_counts_under_both_when_it_works_in_both),
        with_kit(a_first_day_that_does_not_work_does_not_count),
        with_kit(a_saturday_may_be_worked),
        with_kit(beyond_the_calendar_weekends_only_count_and_it_is_known),
        with_kit(a_state_without_a_calendar_rests_on_saturday_and_sunday),
    };
    return cmocka_run_group_tests_name("days", tests, NULL, NULL);
}
