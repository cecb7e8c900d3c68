/* SPDX-License-Identifier: Apache-2.0 */
/* What came from the other State is recorded; what is wrong with it becomes remarks. */

#include "law_test.h"

static struct law_verdict recorded(struct kit *k, struct law_who author, struct law_act act,
                                   int64_t received_ms)
{
    struct law_verdict v;
    if (law_record(&k->t, k->l, &author, &act, received_ms, &v) != ERR_OK)
        fail_msg("%s", k->t.fault.sentence);
    assert_true(v.allowed);
    return v;
}

static void a_whole_request_is_recorded_without_remarks(void **state)
{
    struct kit *k = *state;
    struct law_verdict v =
        recorded(k, asking(), act_of(LAW_REQUESTING, "send", request(k, NULL)), NOON);
    assert_true(v.known);
    assert_null(v.remarks);
    assert_int_equal(v.missing_n, 0);
    assert_text(v.to, "requested");
}

static void what_is_missing_is_listed_with_its_article(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(
        k, asking(), act_of(LAW_REQUESTING, "send", says(k, "facts", "Some.", NULL)), NOON);
    assert_int_equal(v.missing_n, 6);
    assert_text(v.missing[0], "authority_seeking");
    assert_true(remarked(v.remarks, "particular-missing", "un-cybercrime 42(3)(c)", "data"));
    assert_true(remarked(v.remarks, "particular-missing", "un-cybercrime 42(3)(e)", "necessity"));
    assert_text(v.to, "requested");
}

static void a_reference_like_another_states_is_remarked(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *ref;
        bool remarked;
    } rows[] = {{"", false},
                {"XN-CSB-2026-0001", false},
                {"XM-DTS-2026-0001", true},
                {"4/1-2026", false},
                {"XM", false},
                {"xm-1", false},
                {"XNA-1", false},
                {"XM-", false},
                {"XM-1", true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct law_act act = act_of(LAW_REQUESTING, "send", request(k, NULL));
        act.ref = str_of(rows[i].ref);
        struct law_who author = asking();
        author.state = STR("XN");
        struct law_verdict v = recorded(k, author, act, NOON);
        assert_int_equal(remarked(v.remarks, "ref-of-another", "comity act 1: ref", ""),
                         rows[i].remarked);
    }
}

static void a_value_of_the_wrong_form_counts_as_missing(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(
        k, asking(), act_of(LAW_REQUESTING, "send", request_with(k, "data", "true")), NOON);
    assert_int_equal(v.missing_n, 1);
    assert_text(v.missing[0], "data");
    assert_true(remarked(v.remarks, "particular-form", "un-cybercrime 42(3)(c)", "data"));
}

static void an_unknown_kind_or_act_is_recorded_as_unknown(void **state)
{
    struct kit *k = *state;
    struct law_act act = act_of(LAW_REQUESTING, "wave", NULL);
    struct law_verdict v = recorded(k, asking(), act, NOON);
    assert_false(v.known);
    assert_true(remarked(v.remarks, "unknown-act", "un-cybercrime 42", ""));
    act.kind = STR("transfer.of-persons");
    v = recorded(k, asking(), act, NOON);
    assert_false(v.known);
    assert_true(remarked(v.remarks, "unknown-kind", "comity act 1: law.kind", ""));
    act.instrument = STR("treaty-of-tomorrow");
    v = recorded(k, asking(), act, NOON);
    assert_true(remarked(v.remarks, "instrument-unknown", "comity act 1: law.instrument", ""));
    assert_int_equal(v.from_n, 0);
}

static void an_unknown_particular_is_remarked_on(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(
        k, asking(), act_of(LAW_REQUESTING, "send", request_with(k, "post_quantum", "x")), NOON);
    assert_true(remarked(v.remarks, "particular-unknown", "un-cybercrime 42(1)", "post_quantum"));
    assert_text(v.to, "requested");
}

static void remarks_have_a_limit(void **state)
{
    struct kit *k = *state;
    struct tree *p = tree_map(k->t.arena);
    for (int i = 0; i < 3000; i++)
        tree_add_bool(k->t.arena, p, str_c(k->t.arena, str_printf(k->t.arena, "x%d", i)), true);
    struct law_verdict v = recorded(k, asking(), act_of(LAW_REQUESTING, "send", p), NOON);
    size_t n = 0;
    for (const struct law_remark *r = v.remarks; r; r = r->next) n++;
    assert_int_equal(n, LAW_REMARKS_MAX);
    assert_int_equal(v.missing_n, 7);
}

static void a_ground_the_article_does_not_list_is_remarked_on(void **state)
{
    static const char *const out[][2] = {
        {"non_conformity", "un-cybercrime 42(6)"},
        {"no_dual_criminality", "un-cybercrime 42(4)"},
        {"fiscal", "un-cybercrime 40(23)"},
        {"bank_secrecy", "un-cybercrime 40(24)"},
        {"because", "un-cybercrime 42(6)"},
        {"dual_criminality_at_disclosure", "un-cybercrime 42(5)"}, /* Meridia did not reserve */
    };
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof out / sizeof *out; i++) {
        struct law_verdict v = recorded(
            k, asked(),
            act_of(LAW_REQUESTED, "refuse", says(k, "ground", out[i][0], "reasons", "R", NULL)),
            NOON);
        assert_true(remarked(v.remarks, "ground-not-allowed", out[i][1], "ground"));
        assert_text(v.to, "refused"); /* what was sent was sent */
    }
}

/* The clocks and the dossiers that are waited for are seen here too, so an end before its time is
 * told, whoever sent it. */
static void an_end_before_its_time_is_remarked_on(void **state)
{
    struct kit *k = *state;
    struct law_clock runs = {.clock = STR("preservation"), .running = true, .end_ms = NOON + 1000};
    struct str waits = STR(LAW_PENDING "XN-CSB-2026-0001");
    struct law_state here = {.clocks = &runs, .clocks_n = 1, .marks = &waits};
    struct law_act ends = act_of(LAW_REQUESTED, "expire", NULL);
    struct law_act hands = act_of(LAW_REQUESTED, "hand_over", NULL);
    ends.here = hands.here = &here;
    struct law_verdict v = recorded(k, asked(), ends, NOON);
    assert_true(remarked(v.remarks, "clock-running", "un-cybercrime 42(8)", ""));
    assert_text(v.to, "expired");
    v = recorded(k, asked(), ends, NOON + 1000);
    assert_false(remarked(v.remarks, "clock-running", "un-cybercrime 42(8)", ""));
    v = recorded(k, asked(), hands, NOON);
    assert_false(remarked(v.remarks, "assistance-undecided", "un-cybercrime 42(8)", ""));
    here.marks_n = 1;
    v = recorded(k, asked(), hands, NOON);
    assert_true(remarked(v.remarks, "assistance-undecided", "un-cybercrime 42(8)", ""));
}

static void a_ground_that_the_request_rules_out_is_remarked_on(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *scope;
        bool remarked;
    } rows[] = {{"convention_offence", true}, {"other_serious_crime", false}, {"", false}};
    struct law_who author = asked();
    author.state = STR("XL"); /* which reserved */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct law_act act =
            act_of(LAW_REQUESTED, "refuse",
                   says(k, "ground", "dual_criminality_at_disclosure", "reasons", "R", NULL));
        struct law_state here = {.particulars = says(k, "offence_scope", rows[i].scope, NULL)};
        act.here = &here;
        struct law_verdict v = recorded(k, author, act, NOON);
        assert_int_equal(remarked(v.remarks, "ground-not-allowed", "un-cybercrime 42(5)", "ground"),
                         rows[i].remarked);
        assert_text(v.to, "refused");
    }
}

static void a_reserved_ground_of_a_state_we_do_not_know_is_not_judged(void **state)
{
    struct kit *k = *state;
    static const char *const states[] = {"XL", "ZZ"};
    for (size_t i = 0; i < 2; i++) {
        struct law_who author = asked();
        author.state = str_of(states[i]);
        struct law_verdict v = recorded(
            k, author,
            act_of(LAW_REQUESTED, "refuse",
                   says(k, "ground", "dual_criminality_at_disclosure", "reasons", "R", NULL)),
            NOON);
        assert_null(v.remarks);
    }
}

static void a_clock_five_minutes_ahead_passes_and_beyond_is_remarked_on(void **state)
{
    struct kit *k = *state;
    struct law_act act = act_of(LAW_REQUESTING, "send", request(k, NULL));
    struct law_verdict v = recorded(k, asking(), act, NOON - 5 * MINUTE);
    assert_null(v.remarks);
    v = recorded(k, asking(), act, NOON - 5 * MINUTE - 1);
    assert_true(remarked(v.remarks, "clock-ahead", "comity act 1: at", ""));
    assert_text(v.to, "requested");
}

static void an_act_dated_more_than_a_day_before_it_came_is_remarked_on(void **state)
{
    struct kit *k = *state;
    struct law_act act = act_of(LAW_REQUESTING, "send", request(k, NULL));
    struct law_verdict v = recorded(k, asking(), act, NOON + DAY_MS);
    assert_null(v.remarks);
    v = recorded(k, asking(), act, NOON + DAY_MS + 1);
    assert_true(remarked(v.remarks, "clock-behind", "comity act 1: at", ""));
    assert_text(v.to, "requested"); /* it counts all the same */
}

static void a_time_beyond_all_years_is_recorded_without_clocks(void **state)
{
    struct kit *k = *state;
    struct law_act act = act_of(LAW_REQUESTING, "send", request(k, NULL));
    act.at_ms = INT64_MAX;
    struct law_verdict v = recorded(k, asking(), act, NOON);
    assert_true(remarked(v.remarks, "time-out-of-range", "comity act 1: at", ""));
    assert_null(v.clocks);
    act.at_ms = INT64_MIN;
    v = recorded(k, asking(), act, NOON);
    assert_null(v.clocks);
}

static void a_preservation_of_fifty_nine_days_is_remarked_on_and_kept(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(
        k, asked(),
        act_of(LAW_REQUESTED, "preserve", says(k, "preserved_until", "2027-01-22", NULL)), NOON);
    assert_true(
        remarked(v.remarks, "preserved-too-short", "un-cybercrime 42(8)", "preserved_until"));
    assert_text(v.to, "preserved");
    const struct law_clock_rule *c = v.clocks;
    while (c && !str_is(c->clock, "preservation")) c = c->next;
    assert_non_null(c);
    assert_text(c->proof, "2026-11-24 + 59 days, un-cybercrime 42(8)");
}

static void without_a_day_the_receiver_counts_sixty(void **state)
{
    struct kit *k = *state;
    struct law_verdict v = recorded(k, asked(), act_of(LAW_REQUESTED, "preserve", NULL), NOON);
    assert_int_equal(v.missing_n, 1);
    const struct law_clock_rule *c = v.clocks;
    while (c && !str_is(c->clock, "preservation")) c = c->next;
    assert_text(c->proof, "2026-11-24 + 60 days, un-cybercrime 42(8)");
}

static void an_act_of_the_other_side_never_takes_effect(void **state)
{
    struct kit *k = *state;
    struct law_act act =
        act_of(LAW_REQUESTING, "preserve", says(k, "preserved_until", "2027-03-01", NULL));
    struct law_verdict v = recorded(k, asking(), act, NOON);
    assert_true(v.known);
    assert_int_equal(v.from_n, 0);
    assert_int_equal(v.to.n, 0);
    assert_null(v.clocks);
    assert_true(remarked(v.remarks, "out-of-place", "un-cybercrime 42(4)", ""));
}

static void an_inward_act_from_abroad_never_takes_effect(void **state)
{
    struct kit *k = *state;
    static const enum law_stream streams[] = {LAW_REQUESTED, LAW_INWARD};
    for (size_t i = 0; i < 2; i++) {
        struct law_verdict v = recorded(k, asked(), act_of(streams[i], "order", NULL), NOON);
        assert_int_equal(v.from_n, 0);
        assert_int_equal(v.mark.n, 0);
        assert_null(v.clocks);
    }
}

static void an_author_without_the_function_is_turned_away(void **state)
{
    struct kit *k = *state;
    struct law_function moj = {STR("un-cybercrime"), STR("extradition"), STR("*"), STR("*")};
    struct law_who author = {.side = LAW_REQUESTING, .functions = &moj, .functions_n = 1};
    struct law_act act = act_of(LAW_REQUESTING, "send", request(k, NULL));
    struct law_verdict v;
    assert_int_equal(law_record(&k->t, k->l, &author, &act, NOON, &v), ERR_NOT_ALLOWED);
    assert_string_equal(k->t.fault.code, "function-missing");
    assert_string_equal(k->t.fault.article, "un-cybercrime 41(3)(b)");
    turn_forgive(&k->t);
}

static void an_answer_supplies_the_request_and_nothing_else(void **state)
{
    struct kit *k = *state;
    struct law_verdict v =
        recorded(k, asking(),
                 act_of(LAW_REQUESTING, "answer",
                        says(k, "data", "Account 7", "answer", "Sorry.", "facts", " ", NULL)),
                 NOON);
    assert_int_equal(v.supplies_n, 1);
    assert_text(v.supplies[0], "data");
}

int record_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_whole_request_is_recorded_without_remarks),
        with_kit(what_is_missing_is_listed_with_its_article),
        with_kit(a_reference_like_another_states_is_remarked),
        with_kit(a_value_of_the_wrong_form_counts_as_missing),
        with_kit(an_unknown_kind_or_act_is_recorded_as_unknown),
        with_kit(an_unknown_particular_is_remarked_on),
        with_kit(remarks_have_a_limit),
        with_kit(a_ground_the_article_does_not_list_is_remarked_on),
        with_kit(an_end_before_its_time_is_remarked_on),
        with_kit(a_ground_that_the_request_rules_out_is_remarked_on),
        with_kit(a_reserved_ground_of_a_state_we_do_not_know_is_not_judged),
        with_kit(a_clock_five_minutes_ahead_passes_and_beyond_is_remarked_on),
        with_kit(an_act_dated_more_than_a_day_before_it_came_is_remarked_on),
        with_kit(a_time_beyond_all_years_is_recorded_without_clocks),
        with_kit(a_preservation_of_fifty_nine_days_is_remarked_on_and_kept),
        with_kit(without_a_day_the_receiver_counts_sixty),
        with_kit(an_act_of_the_other_side_never_takes_effect),
        with_kit(an_inward_act_from_abroad_never_takes_effect),
        with_kit(an_author_without_the_function_is_turned_away),
        with_kit(an_answer_supplies_the_request_and_nothing_else),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
