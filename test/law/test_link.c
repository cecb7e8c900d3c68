/* SPDX-License-Identifier: Apache-2.0 */
/* Every name leads to a row. Also of src/law/link_act.c. */

#include "law_test.h"

#include <string.h>

static void a_name_that_leads_nowhere_is_refused(void **state)
{
    /* clang-format off */
    static const struct breakage rows[] = {
        {"{function: mla, article: \"1\"", "{function: mla, article: \"3\"",
         "instruments/small.yaml:10:21",
         "`article`: found \"3\", expected a row of `articles`"},
        {"via: \"2(a)\"", "via: \"2(b)\"", "instruments/small.yaml:31:38", "found \"2(b)\""},
        {"function: mla, direction", "function: contact, direction", "instruments/small.yaml:12:4",
         "`function`: found \"contact\", expected a row of `functions`"},
        {"{kind: plea", "{kind: plead", "instruments/small.yaml:12:4",
         "`kind`: found \"plead\", expected a row of `kinds`"},
        {"type: day", "type: day, limits: [{not_after: at, remark: nowhere}]",
         "instruments/small.yaml:29:9", "`remark`: found \"nowhere\""},
        {"type: day", "type: day, limits: [{not_before: nowhen, remark: already-done}]",
         "instruments/small.yaml:29:9", "`not_before`: found \"nowhen\""},
        {"from: [open]", "from: [closed]", "instruments/small.yaml:54:16",
         "`from`: found \"closed\", expected a row of `states`"},
        {"to: open", "to: opened", "instruments/small.yaml:38:9",
         "`to`: found \"opened\", expected a row of `states`"},
        {"next_when: [new]", "next_when: [old]", "instruments/small.yaml:47:21",
         "`next_when`: found \"old\", expected a row of `states`"},
        {"outcome: done\n", "outcome: undone\n", "instruments/small.yaml:51:9",
         "`outcome`: found \"undone\", expected a row of `outcomes`"},
        {"        outcome: done\n", "", "instruments/small.yaml:51:9",
         "expected `outcome` where `to` is an end"},
        {"carries_request: true", "outcome: done", "instruments/small.yaml:38:9",
         "expected `outcome` where `to` is an end"},
        {"rank: 2", "rank: 2\n        duty_done: [tick]", "instruments/small.yaml:61:21",
         "`duty_done`: found \"tick\", expected a row of `clocks`"},
        {"rank: 2", "rank: 2\n        stops: [tick]", "instruments/small.yaml:61:17",
         "`stops`: found \"tick\", expected a row of `clocks`"},
        {"remark: clock-running", "remark: clock-asleep", "instruments/small.yaml:51:9",
         "`remark`: found \"clock-asleep\", expected a row of `remarks`"},
        {"start: at", "start: dawn", "instruments/small.yaml:36:81",
         "`start`: found \"dawn\", expected a row of `particulars`"},
        {"start: at", "start: at, end_particular: dusk", "instruments/small.yaml:36:92",
         "`end_particular`: found \"dusk\""},
        {"start: at", "start: at, on_end: burn", "instruments/small.yaml:36:9",
         "`on_end`: found \"burn\", expected a row of `lifecycle`"},
        {"dual_criminality: never", "dual_criminality: never\n    obligations: [silence]",
         "instruments/small.yaml:21:19", "expected a row of `obligations`"},
        {"required: optional", "required: conditional, when: {particular: moon}",
         "instruments/small.yaml:29:9", "`when`: found \"moon\", expected a row of `particulars`"},
        {"via: \"2(a)\"", "via: \"2(a)\", when: {particular: moon}", "instruments/small.yaml:31:9",
         "`when`: found \"moon\", expected a row of `particulars`"},
        {"guard: after_clock_end, clock: wait", "guard: has_mark, mark: signed",
         "instruments/small.yaml:51:9",
         "`mark`: found \"signed\", expected one that an act leaves"},
        {"guard: after_clock_end, clock: wait", "guard: ground_listed, particular: ground",
         "instruments/small.yaml:51:9",
         "`particular`: found \"ground\", expected a row of `particulars`"},
        {"stream: outward\n        from: [open]", "stream: inward\n        from: [open]",
         "instruments/small.yaml:51:9", "expected no `to` in an inward act"},
        {"dual_criminality: never", "dual_criminality: never\n    form: [date, prayer]",
         "instruments/small.yaml:21:18", "`form`: found \"prayer\", expected a row of"},
        {"{instrument: small, status", "{instrument: large, status", "states/zz.yaml:8:5",
         "`instrument`: found \"large\", expected a row of `instruments`"},
        {"function: mla", "function: contact", "states/zz.yaml:15:9",
         "`function`: found \"contact\", expected a row of `functions`"},
        {"kind: plea", "kind: prayer", "states/zz.yaml:15:9", "`kind`: found \"prayer\""},
        {"article: \"2(a)\"", "article: \"9\"", "states/zz.yaml:17:25", "found \"9\""},
        {"preservation_default_days: 70", "preservation_default_days: 59", "states/zz.yaml:18:12",
         "`preservation_default_days`: expected at least 60 days, because of small 1"},
    };
    /* clang-format on */
    breaks(*state, rows, sizeof rows / sizeof *rows);
    print_message("# %zu names that lead nowhere\n", sizeof rows / sizeof *rows);
}

static void a_state_may_not_allow_its_orders_more_than_ninety_days(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    const char *path = "states/xl.yaml";
    assert_int_equal(
        load_with(k, path, edited(k, path, "order_max_days: 30", "order_max_days: 91"), &l),
        ERR_REJECTED);
    assert_non_null(
        strstr(k->t.fault.sentence, "expected at most 90 days, because of budapest 16(2)"));
    turn_forgive(&k->t);
}

static void a_remark_the_program_makes_must_have_its_row(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    struct str text = edited(k, "remarks.yaml", "remark: clock-ahead", "remark: clock-beside");
    assert_int_equal(load_with(k, "remarks.yaml", text, &l), ERR_REJECTED);
    assert_non_null(strstr(k->t.fault.sentence, "expected the remark \"clock-ahead\""));
    turn_forgive(&k->t);
}

static void a_file_that_is_no_place_of_ours_is_refused(void **state)
{
    static const char *const paths[] = {"readme.txt", "instruments/small.yml",  "states",
                                        "",           "instruments/other.yaml", "states/yy.yaml"};
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const struct law_tables *l;
        struct str text =
            str_starts(str_of(paths[i]), "states") ? small_state(k) : small_instrument(k);
        assert_int_equal(load_with(k, paths[i], text, &l), ERR_REJECTED);
        turn_forgive(&k->t);
    }
}

int link_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_name_that_leads_nowhere_is_refused),
        with_kit(a_state_may_not_allow_its_orders_more_than_ninety_days),
        with_kit(a_remark_the_program_makes_must_have_its_row),
        with_kit(a_file_that_is_no_place_of_ours_is_refused),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
