/* SPDX-License-Identifier: Apache-2.0 */
/* How a date came about. */

#include "clock_kit.h"

#include <string.h>

static const struct tree *explained(struct kit *k, struct law_who who, struct law_act act,
                                    const char *clock)
{
    const struct tree *v;
    if (law_clock_explain(&k->t, k->l, &who, &act, str_of(clock), STR("en"), &v) != ERR_OK)
        fail_msg("%s", k->t.fault.sentence);
    return v;
}

static void every_day_that_was_skipped_is_named(void **state)
{
    static const struct {
        const char *day, *state, *why;
    } rows[] = {
        {"2026-11-27", "XM", "weekend"},     {"2026-11-28", "XN", "weekend"},
        {"2026-11-28", "XM", "weekend"},     {"2026-11-29", "XN", "weekend"},
        {"2026-11-30", "XM", "Harbour Day"}, {"2026-12-01", "XN", "Foundation Day"},
    };
    struct kit *k = *state;
    reply_is(k, "    days: 3\n    bound: at_most\n    count: working_days\n    calendar: both\n");
    struct law_act act = ask_at(k, "2026-11-25T12:00:00Z");
    const struct tree *v = explained(k, asked_here(), act, "reply");
    const struct tree *day = tree_get(v, "skipped")->child;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++, day = day->next) {
        assert_non_null(day);
        assert_text(tree_str(day, "day"), rows[i].day);
        assert_text(tree_str(day, "state"), rows[i].state);
        assert_text(tree_str(day, "why"), rows[i].why);
        assert_int_equal(tree_int(day, "version", 0), 1);
    }
    assert_null(day);
    assert_text(tree_str(v, "first"), "2026-11-25");
    assert_text(tree_str(v, "last"), "2026-12-02");
    assert_true(tree_bool(v, "first_counts", false));
    assert_int_equal(tree_get(v, "calendars")->count, 2);
    assert_int_equal(tree_get(v, "beyond")->count, 0);
    assert_text(tree_str(tree_get(v, "calendars")->child, "path"), "calendars/xn.yaml");
    struct law_verdict given = recorded_of(k, asked_here(), act);
    assert_int_equal(tree_int(v, "end_ms", 0), rule_of(&given, "reply")->end_ms);
    assert_text(tree_str(v, "proof"), str_c(k->t.arena, rule_of(&given, "reply")->proof));
}

static void the_rule_names_its_row_and_where_each_state_stands(void **state)
{
    struct kit *k = *state;
    struct law_act act =
        act_of(LAW_REQUESTED, "preserve", says(k, "preserved_until", "2027-02-01", NULL));
    const struct tree *v = explained(k, asked_here(), act, "preservation");
    assert_text(tree_str(v, "article"), "un-cybercrime 42(8)");
    assert_text(tree_str(v, "of"), "particular");
    assert_text(tree_str(v, "end_particular"), "preserved_until");
    assert_text(tree_str(v, "end_day"), "2027-02-01");
    assert_text(tree_str(v, "last"), "2027-02-01");
    assert_true(str_starts(tree_str(v, "row"), "patterns/preservation.yaml:"));
    const struct tree *north = tree_get(v, "zones")->child, *south = north->next;
    assert_text(tree_str(north, "state"), "XN");
    assert_text(tree_str(north, "zone"), "America/Sao_Paulo");
    assert_text(time_text(k->t.arena, tree_int(north, "over_ms", 0)), "2027-02-02T03:00:00.000Z");
    assert_text(tree_str(south, "zone"), "Asia/Baku");
    assert_text(time_text(k->t.arena, tree_int(south, "over_ms", 0)), "2027-02-01T20:00:00.000Z");
    assert_int_equal(tree_int(v, "end_ms", 0), tree_int(north, "over_ms", 0));
}

static void what_no_calendar_holds_is_listed_as_beyond(void **state)
{
    struct kit *k = *state;
    reply_is(k, "    days: 3\n    bound: at_least\n    count: working_days\n");
    const struct tree *v = explained(k, asked_here(), ask_at(k, "2027-12-30T12:00:00Z"), "reply");
    assert_int_equal(tree_get(v, "beyond")->count, 1);
    assert_text(tree_str(tree_get(v, "beyond")->child, "state"), "XM");
    assert_text(tree_str(tree_get(v, "beyond")->child, "to"), "2027-12-31");
    const struct tree *first = tree_get(v, "skipped")->child;
    assert_int_equal(tree_int(first, "version", 0), 1); /* the 31st, a Friday */
    assert_int_equal(tree_int(first->next, "version", 0), 0);
}

static void a_duty_says_its_minutes_and_no_days(void **state)
{
    struct kit *k = *state;
    struct law_who who = asking();
    const struct tree *v =
        explained(k, who, act_of(LAW_REQUESTING, "send", request(k, NULL)), "acknowledge");
    assert_text(tree_str(v, "count"), "minutes");
    assert_text(tree_str(v, "sort"), "duty");
    assert_int_equal(tree_int(v, "length", 0), 30);
    assert_null(tree_get(v, "last"));
    assert_int_equal(tree_get(v, "zones")->count, 2);
    assert_int_equal(tree_int(v, "end_ms", 0), NOON + 30 * MINUTE);
}

static void an_act_that_stays_at_home_has_its_proof_there(void **state)
{
    struct kit *k = *state;
    struct law_act act = act_of(LAW_INWARD, "order",
                                says(k, "authority_ordering", "C", "order_number", "1",
                                     "order_date", "2026-11-20", "custodian", "H", NULL));
    const struct tree *v = explained(k, asked_here(), act, "domestic_order");
    assert_text(tree_str(v, "start_particular"), "order_date");
    assert_text(tree_str(v, "of"), "row");
    assert_text(tree_str(v, "last"), "2027-02-17");
    assert_text(time_text(k->t.arena, tree_int(v, "end_ms", 0)), "2027-02-17T20:00:00.000Z");
    struct law_who lacunia = asked_here();
    lacunia.state = STR("XL");
    v = explained(k, lacunia, act, "domestic_order");
    assert_text(tree_str(v, "of"), "setting");
    assert_int_equal(tree_int(v, "length", 0), 30);
    struct law_who who = asking();
    assert_int_equal(
        law_clock_explain(&k->t, k->l, &who, &act, STR("domestic_order"), STR("en"), &v),
        ERR_NONE_SUCH);
    turn_forgive(&k->t);
}

static void a_clock_the_act_does_not_start_has_no_proof(void **state)
{
    struct kit *k = *state;
    struct law_who who = asked_here();
    struct law_act act = ask_at(k, "2026-11-25T12:00:00Z");
    const struct tree *v;
    assert_int_equal(law_clock_explain(&k->t, k->l, &who, &act, STR("preservation"), STR("en"), &v),
                     ERR_NONE_SUCH);
    turn_forgive(&k->t);
    act.kind = STR("pilgrimage");
    assert_int_equal(law_clock_explain(&k->t, k->l, &who, &act, STR("reply"), STR("en"), &v),
                     ERR_NONE_SUCH);
    turn_forgive(&k->t);
}

int explain_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(every_day_that_was_skipped_is_named),
        with_kit(the_rule_names_its_row_and_where_each_state_stands),
        with_kit(what_no_calendar_holds_is_listed_as_beyond),
        with_kit(a_duty_says_its_minutes_and_no_days),
        with_kit(an_act_that_stays_at_home_has_its_proof_there),
        with_kit(a_clock_the_act_does_not_start_has_no_proof),
    };
    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
