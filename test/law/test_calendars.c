/* SPDX-License-Identifier: Apache-2.0 */
/* Holiday calendars: what a file may say, and which version holds a day. */

#include "law_test.h"

#include "law/days.h"

#include <string.h>

static const char whole[] = "state: XN\nversion: 1\nfrom: 2026-01-01\nto: 2026-12-31\n"
                            "weekend: [saturday, sunday]\nsource: text\nholidays:\n"
                            "  - {day: 2026-05-01, source: text, titles: {en: A, az: A}}\n"
                            "  - {day: 2026-12-25, source: text, titles: {en: B, az: B}}\n"
                            "workdays:\n"
                            "  - {day: 2026-05-02, source: text, titles: {en: C, az: C}}\n";

static void a_broken_calendar_is_refused_with_its_place(void **state)
{
    /* clang-format off */
    static const struct breakage rows[] = {
        {"version: 1\n", "", "calendars/xn.yaml:1:1", "expected the key `version`"},
        {"version: 1", "version: 0", "calendars/xn.yaml:2:1", "a number from 1"},
        {"from: 2026-01-01", "from: 2026-02-30", "calendars/xn.yaml:3:1", "expected a day"},
        {"to: 2026-12-31", "to: 2025-12-31", "calendars/xn.yaml:4:1",
         "expected a day that is not before `from`"},
        {"saturday, sunday", "saturday, saturday", "calendars/xn.yaml:5:21",
         "found \"saturday\" a second time"},
        {"saturday, sunday", "saturday, sabbath", "calendars/xn.yaml:5:21", "found \"sabbath\""},
        {"saturday, sunday", "thursday, friday, saturday, sunday", "calendars/xn.yaml:5:1",
         "expected at most 3 days"},
        {"day: 2026-12-25", "day: 2026-05-01", "calendars/xn.yaml:9:6",
         "expected each day once and in order, so later than 2026-05-01"},
        {"day: 2026-12-25", "day: 2026-04-30", "calendars/xn.yaml:9:6",
         "found 2026-04-30, expected each day once and in order"},
        {"day: 2026-05-01", "day: 2025-05-01", "calendars/xn.yaml:8:6",
         "found 2025-05-01, expected a day from 2026-01-01 to 2026-12-31"},
        {"day: 2026-12-25", "day: 2027-12-25", "calendars/xn.yaml:9:6",
         "found 2027-12-25, expected a day from"},
        {"day: 2026-05-02", "day: 2026-05-04", "calendars/xn.yaml:11:5",
         "expected in `workdays` a day of the weekend"},
        {"day: 2026-05-01, source: text", "day: 2026-05-01", "calendars/xn.yaml:8:5",
         "expected the key `source`"},
        {"titles: {en: B, az: B}", "titles: {en: B}", "calendars/xn.yaml:9:37", "the key `az`"},
        {"workdays:", "fasts:", "calendars/xn.yaml:10:1", "found the key `fasts`"},
        {"state: XN", "state: XM", "calendars/xn.yaml:1:1",
         "expected it in the file calendars/xm.yaml"},
    };
    /* clang-format on */
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct law_tables *l;
        const char *cut = strstr(whole, rows[i].piece);
        if (!cut) fail_msg("no \"%s\"", rows[i].piece);
        struct str text = str_printf(k->t.arena, "%.*s%s%s", (int)(cut - whole), whole, rows[i].by,
                                     cut + strlen(rows[i].piece));
        if (load_with(k, "calendars/xn.yaml", text, &l) == ERR_OK)
            fail_msg("it loads with \"%s\"", rows[i].by);
        if (!str_is(str_of(k->t.fault.particular), rows[i].place) ||
            !strstr(k->t.fault.sentence, rows[i].says))
            fail_msg("wanted %s and \"%s\", got \"%s\"", rows[i].place, rows[i].says,
                     k->t.fault.sentence);
        turn_forgive(&k->t);
    }
    const struct law_tables *l;
    assert_int_equal(load_with(k, "calendars/xn.yaml", str_of(whole), &l), ERR_OK);
}

static void a_calendar_needs_its_state_and_each_version_once(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    struct str text = edited(k, "calendars/xl.yaml", "state: XL", "state: QQ");
    assert_int_equal(load_with(k, "calendars/qq.yaml", text, &l), ERR_REJECTED);
    assert_non_null(strstr(k->t.fault.sentence, "expected a State that has its file in states/"));
    turn_forgive(&k->t);
    text = edited(k, "calendars/xl.yaml", "# Lacunia", "# Lacunia,");
    assert_int_equal(load_with(k, "calendars/xl/1.yaml", text, &l), ERR_REJECTED);
    assert_non_null(strstr(k->t.fault.sentence, "`version`: found 1 twice for XL"));
    turn_forgive(&k->t);
    assert_int_equal(load_with(k, "calendars/xl/2.yaml", text, &l), ERR_REJECTED);
    assert_non_null(strstr(k->t.fault.sentence, "expected it in the file calendars/xl/1.yaml"));
    turn_forgive(&k->t);
}

static void a_later_version_holds_where_it_reaches_and_no_further(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    struct str text = STR("state: XN\nversion: 2\nfrom: 2026-12-01\nto: 2026-12-31\n"
                          "weekend: [sunday]\nsource: text\nholidays:\n"
                          "  - {day: 2026-12-24, source: text, titles: {en: Eve, az: Eve}}\n");
    assert_int_equal(load_with(k, "calendars/xn/2.yaml", text, &l), ERR_OK);
    const struct law_state_row *xn = law_state_find(l, STR("XN"));
    static const struct {
        const char *day;
        int64_t version;
        bool works;
    } rows[] = {
        {"2026-11-28", 1, false},                          /* a Saturday */
        {"2026-11-30", 1, true},  {"2026-12-01", 2, true}, /* no longer Foundation Day */
        {"2026-12-05", 2, true},                           /* a Saturday is worked */
        {"2026-12-24", 2, false}, {"2026-12-25", 2, true}, {"2026-12-27", 2, false},
        {"2027-01-01", 1, false}, {"2027-12-31", 1, true}, {"2028-01-03", 0, true},
        {"2028-01-01", 0, false},
    };
    assert_int_equal(xn->calendars_n, 2);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t day;
        assert_true(day_read(str_of(rows[i].day), &day));
        struct law_day_said said = law_day_said(xn, day);
        if (said.works != rows[i].works) fail_msg("%s", rows[i].day);
        assert_int_equal(said.calendar ? said.calendar->version : 0, rows[i].version);
    }
}

static void azerbaijan_has_a_calendar_of_two_years(void **state)
{
    struct kit *k = *state;
    const struct law_state_row *az = law_state_find(k->l, STR("AZ"));
    int64_t new_year = 0, sorrow = 0, worked = 0;
    assert_true(day_read(STR("2026-01-01"), &new_year) && day_read(STR("2027-01-20"), &sorrow) &&
                day_read(STR("2026-02-02"), &worked));
    assert_int_equal(az->calendars_n, 1);
    assert_text(day_text(k->t.arena, law_calendar_end(az)), "2027-12-31");
    assert_false(law_day_said(az, new_year).works);
    assert_false(law_day_said(az, sorrow).works);
    assert_true(law_day_said(az, worked).works);
    for (size_t n = 0; n < az->calendars->off_n; n++) /* nobody compared them with the text */
        assert_text(tree_str(az->calendars->off[n].row, "source"), "unverified");
}

int calendars_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_broken_calendar_is_refused_with_its_place),
        with_kit(a_calendar_needs_its_state_and_each_version_once),
        with_kit(a_later_version_holds_where_it_reaches_and_no_further),
        with_kit(azerbaijan_has_a_calendar_of_two_years),
    };
    return cmocka_run_group_tests_name("calendars", tests, NULL, NULL);
}
