/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions have three answers, and what was not said is unknown. */

#include "law_test.h"

#include <string.h>

static enum law_answer ask_in(struct kit *k, const struct law_state *dossier, const char *when,
                              const struct tree *subject)
{
    struct tree *row;
    if (yaml_read(&k->t, "when", str_bytes(str_of(when)), &codec_limits, &row) != ERR_OK)
        fail_msg("%s", k->t.fault.sentence);
    struct law_cond c = law_cond_load(k->t.arena, row);
    struct law_who who = asking();
    who.other = STR("XL");
    struct law_act act = act_of(LAW_REQUESTING, "send", subject);
    struct judge j = {.t = &k->t, .l = k->l, .who = &who, .act = &act, .dossier = dossier};
    j.instrument = law_instrument_find(k->l, STR("un-cybercrime"));
    return law_cond_ask(&j, subject, &c);
}

static enum law_answer ask(struct kit *k, const char *when, const struct tree *subject)
{
    return ask_in(k, NULL, when, subject);
}

static void what_is_there_holds_and_what_is_not_does_not(void **state)
{
    struct kit *k = *state;
    const struct tree *p = says(k, "deadline", "2026-12-01", "blank", "  ", NULL);
    assert_int_equal(ask(k, "{particular: deadline}", p), LAW_YES);
    assert_int_equal(ask(k, "{particular: other}", p), LAW_NO);
    assert_int_equal(ask(k, "{particular: blank}", p), LAW_NO);
    assert_int_equal(ask(k, "{particular: deadline}", NULL), LAW_NO);
    assert_int_equal(ask(k, "{particular: other, not: true}", p), LAW_YES);
    p = says(k, "sure", "true", "unsure", "false", NULL);
    assert_int_equal(ask(k, "{particular: sure}", p), LAW_YES);
    assert_int_equal(ask(k, "{particular: unsure}", p), LAW_NO);
    assert_int_equal(ask(k, "{particular: unsure, not: true}", p), LAW_YES);
}

static void a_comparison_with_what_was_not_said_is_unknown(void **state)
{
    struct kit *k = *state;
    const struct tree *p = says(k, "colour", "red", "sure", "true", "years", "4", NULL);
    assert_int_equal(ask(k, "{particular: colour, equals: red}", p), LAW_YES);
    assert_int_equal(ask(k, "{particular: colour, equals: blue}", p), LAW_NO);
    assert_int_equal(ask(k, "{particular: shape, equals: round}", p), LAW_UNKNOWN);
    assert_int_equal(ask(k, "{particular: shape, equals: round, not: true}", p), LAW_UNKNOWN);
    assert_int_equal(ask(k, "{particular: colour, one_of: [blue, red]}", p), LAW_YES);
    assert_int_equal(ask(k, "{particular: colour, one_of: [blue]}", p), LAW_NO);
    assert_int_equal(ask(k, "{particular: sure, equals: 'true'}", p), LAW_YES);
    assert_int_equal(ask(k, "{particular: sure, equals: 'false'}", p), LAW_NO);
    assert_int_equal(ask(k, "{particular: years, at_least: 4}", p), LAW_YES);
    assert_int_equal(ask(k, "{particular: years, at_least: 5}", p), LAW_NO);
    assert_int_equal(ask(k, "{particular: years, below: 4}", p), LAW_NO);
    assert_int_equal(ask(k, "{particular: years, below: 5}", p), LAW_YES);
    assert_int_equal(ask(k, "{particular: months, at_least: 4}", p), LAW_UNKNOWN);
    assert_int_equal(ask(k, "{particular: colour, at_least: 4}", p), LAW_UNKNOWN);
}

static void a_no_beats_an_unknown_and_an_unknown_a_yes(void **state)
{
    struct kit *k = *state;
    const struct tree *p = says(k, "a", "yes", NULL);
    assert_int_equal(ask(k, "{particular: a, also: {particular: a, equals: yes}}", p), LAW_YES);
    assert_int_equal(ask(k, "{particular: a, also: {particular: b, equals: yes}}", p), LAW_UNKNOWN);
    assert_int_equal(ask(k, "{particular: b, also: {particular: b, equals: yes}}", p), LAW_NO);
    assert_int_equal(ask(k, "{particular: b, equals: x, also: {particular: b}}", p), LAW_NO);
}

static void the_request_and_marks_are_unknown_without_a_dossier(void **state)
{
    struct kit *k = *state;
    struct str marks[] = {STR("consult")};
    struct law_state s = {
        .marks = marks, .marks_n = 1, .particulars = says(k, "urgent", "true", NULL)};
    assert_int_equal(ask(k, "{request: urgent}", NULL), LAW_UNKNOWN);
    assert_int_equal(ask_in(k, &s, "{request: urgent}", NULL), LAW_YES);
    assert_int_equal(ask_in(k, &s, "{request: calm}", NULL), LAW_NO);
    assert_int_equal(ask(k, "{mark: consult}", NULL), LAW_UNKNOWN);
    assert_int_equal(ask_in(k, &s, "{mark: consult}", NULL), LAW_YES);
    assert_int_equal(ask_in(k, &s, "{mark: consult, not: true}", NULL), LAW_NO);
    assert_int_equal(ask_in(k, &s, "{mark: offered}", NULL), LAW_NO);
}

static void a_profile_that_is_silent_is_unknown(void **state)
{
    struct kit *k = *state;
    assert_int_equal(ask(k, "{profile: no_such_line, equals: yes}", NULL), LAW_UNKNOWN);
    assert_int_equal(ask(k, "{profile: no_such_line, of: requesting, equals: yes}", NULL),
                     LAW_UNKNOWN);
    assert_int_equal(ask(k, "{profile: no_such_line, equals: unknown}", NULL), LAW_YES);
    assert_int_equal(ask(k, "{profile: no_such_line, one_of: [yes, unknown]}", NULL), LAW_YES);
    assert_int_equal(ask(k, "{profile: no_such_line, one_of: [yes, unknown], not: true}", NULL),
                     LAW_NO);
}

int cond_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(what_is_there_holds_and_what_is_not_does_not),
        with_kit(a_comparison_with_what_was_not_said_is_unknown),
        with_kit(a_no_beats_an_unknown_and_an_unknown_a_yes),
        with_kit(the_request_and_marks_are_unknown_without_a_dossier),
        with_kit(a_profile_that_is_silent_is_unknown),
    };
    return cmocka_run_group_tests_name("cond", tests, NULL, NULL);
}
