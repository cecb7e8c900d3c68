/* SPDX-License-Identifier: Apache-2.0 */
/* From tree to rows: what a row must say together with its neighbours. */
/* Also the test of src/law/load_act.c. */

#include "law_test.h"

static void rows_that_contradict_themselves_are_refused(void **state)
{
    /* clang-format off */
    static const struct breakage rows[] = {
        {"type: text, max: 9", "type: text", "instruments/small.yaml:28:9",
         "expected `max` in a text"},
        {"type: day", "type: day, max: 9", "instruments/small.yaml:29:9",
         "expected `max` in a text"},
        {"type: day", "type: choice", "instruments/small.yaml:29:9",
         "expected `choices` in a choice"},
        {"type: text, max: 9",
         "type: text, max: 9, limits: [{not_after: at, remark: already-done}]",
         "instruments/small.yaml:28:87", "expected `limits` in a day"},
        {"type: day", "type: day, limits: [{remark: already-done}]", "instruments/small.yaml:29:92",
         "expected one of `not_before`, `not_after`"},
        {"type: day", "type: day, limits: [{not_before: at, days: 3, remark: already-done}]",
         "instruments/small.yaml:29:92", "expected `days` beside `not_after`"},
        {"required: optional", "required: conditional", "instruments/small.yaml:29:9",
         "expected `when` where `required` is conditional"},
        {"days: 60, ", "", "instruments/small.yaml:36:9", "expected either `days` or `minutes`"},
        {"days: 60", "days: 60, minutes: 1", "instruments/small.yaml:36:9",
         "expected either `days` or `minutes`"},
        {"bound: at_least, ", "", "instruments/small.yaml:36:9", "expected `bound` beside `days`"},
        {"guard: after_clock_end", "guard: on_a_whim", "instruments/small.yaml:62:13",
         "found \"on_a_whim\", expected one of: has_mark, no_mark, after_clock_end"},
        {"clock: wait, remark", "remark", "instruments/small.yaml:62:13",
         "`after_clock_end`: expected with it exactly these keys: clock"},
        {"clock: wait, remark", "clock: wait, mark: x, remark", "instruments/small.yaml:62:13",
         "expected with it exactly these keys: clock"},
        {"clock: wait, remark", "clock: tick, remark", "instruments/small.yaml:62:13",
         "expected a row of `clocks`"},
        {"starts: [wait]", "starts: [tick]", "instruments/small.yaml:49:18",
         "`starts`: expected a row of `clocks`, found \"tick\""},
        {"{ground: mood", "{ground: busy", "instruments/small.yaml:33:9",
         "expected a ground that is not also allowed on line 31"},
    };
    /* clang-format on */
    breaks(*state, rows, sizeof rows / sizeof *rows);
}

static void an_act_may_not_reuse_a_name_of_the_request(void **state)
{
    struct kit *k = *state;
    static const struct breakage row = {
        "        starts: [wait]\n",
        "        particulars:\n"
        "          - {name: why, article: \"1\", source: text, required: optional, type: day, "
        "titles: {en: W, az: N}, help: {en: W, az: N}}\n",
        "instruments/small.yaml:50:13", "expected a name the request does not use"};
    breaks(k, &row, 1);
}

static void the_rows_of_the_fixture_are_what_it_says(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    assert_int_equal(load_small(k, small_instrument(k), small_state(k), &l), ERR_OK);
    const struct law_instrument *i = law_instrument_find(l, STR("small"));
    const struct law_kind *kind = law_kind_find(i, STR("plea"));
    const struct law_row *send = law_row_find(kind, STR("send"));
    assert_int_equal(send->particulars_n, 2);
    assert_int_equal(send->own_n, 2);
    assert_int_equal(send->starts_n, 1);
    assert_int_equal(send->starts[0]->days, 60);
    assert_int_equal(kind->grounds_n, 2);
    assert_false(law_ground_find(kind, STR("busy"))->forbidden);
    assert_true(law_ground_find(kind, STR("mood"))->forbidden);
    assert_true(law_row_find(kind, STR("close"))->ends);
    assert_null(law_row_find(kind, STR("open")));
    assert_null(law_kind_find(i, STR("preservation")));
    assert_true(law_state_reserved(l, STR("ZZ"), STR("small"), STR("2(a)")));
    assert_false(law_state_reserved(l, STR("ZZ"), STR("small"), STR("1")));
}

int load_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(rows_that_contradict_themselves_are_refused),
        with_kit(an_act_may_not_reuse_a_name_of_the_request),
        with_kit(the_rows_of_the_fixture_are_what_it_says),
    };
    return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
