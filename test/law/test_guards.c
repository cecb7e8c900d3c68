/* SPDX-License-Identifier: Apache-2.0 */
/* Each guard, on both sides of its line. */

#include "law_test.h"

static struct law_state after_order(struct kit *k)
{
    static struct str ordered[] = {STR("ordered")};
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    s.marks = ordered;
    s.marks_n = 1;
    return s;
}

static struct law_act refusal(struct kit *k, const char *ground)
{
    return act_of(LAW_REQUESTED, "refuse", says(k, "ground", ground, "reasons", "R.", NULL));
}

static void nothing_is_preserved_before_the_domestic_order(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    refuses(k, &s, asked(),
            act_of(LAW_REQUESTED, "preserve", says(k, "preserved_until", "2027-01-23", NULL)),
            ERR_NOT_ALLOWED, "order-missing", "un-cybercrime 25(2)", "");
}

static void receipt_is_acknowledged_once(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    does(k, &d, LAW_REQUESTED, "acknowledge", 1, NULL);
    struct law_state s = folded(k, &d);
    refuses(k, &s, asked(), act_of(LAW_REQUESTED, "acknowledge", NULL), ERR_NOT_ALLOWED,
            "already-done", "un-cybercrime 41(1)", "");
}

static void sixty_days_are_enough_and_fifty_nine_are_not(void **state)
{
    struct kit *k = *state;
    struct law_state s = after_order(k);
    struct law_verdict v;
    allows(k, &s, asked(),
           act_of(LAW_REQUESTED, "preserve", says(k, "preserved_until", "2027-01-23", NULL)), &v);
    refuses(k, &s, asked(),
            act_of(LAW_REQUESTED, "preserve", says(k, "preserved_until", "2027-01-22", NULL)),
            ERR_REJECTED, "preserved-too-short", "un-cybercrime 42(8)", "preserved_until");
    refuses(k, &s, asked(),
            act_of(LAW_REQUESTED, "preserve", says(k, "preserved_until", "1970-01-01", NULL)),
            ERR_REJECTED, "preserved-too-short", "un-cybercrime 42(8)", "preserved_until");
}

static void a_preservation_ends_at_the_end_of_its_last_day_and_not_before(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "preserved");
    struct law_state s = folded(k, &d);
    struct law_act act = act_of(LAW_REQUESTED, "expire", NULL);
    int64_t end_ms;
    assert_true(time_read(STR("2027-01-24T00:00:00Z"), &end_ms));
    act.at_ms = end_ms - 1;
    refuses(k, &s, node_itself(), act, ERR_NOT_ALLOWED, "clock-running", "un-cybercrime 42(8)", "");
    struct law_verdict v;
    act.at_ms = end_ms;
    allows(k, &s, node_itself(), act, &v);
}

static void without_the_clock_nothing_expires(void **state)
{
    struct kit *k = *state;
    struct law_state s = {
        .state = STR("preserved"), .instrument = STR("un-cybercrime"), .kind = STR("preservation")};
    struct law_act act = act_of(LAW_REQUESTED, "expire", NULL);
    act.at_ms = NOON + 1000 * DAY_MS;
    refuses(k, &s, node_itself(), act, ERR_NOT_ALLOWED, "clock-running", "un-cybercrime 42(8)", "");
    struct law_clock stopped = {.clock = STR("preservation"), .end_ms = NOON};
    s.clocks = &stopped;
    s.clocks_n = 1;
    refuses(k, &s, node_itself(), act, ERR_NOT_ALLOWED, "clock-running", "un-cybercrime 42(8)", "");
}

static void an_empty_answer_is_refused(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "asked");
    struct law_state s = folded(k, &d);
    static const char *const blank[] = {"", "   "};
    refuses(k, &s, asking(), act_of(LAW_REQUESTING, "answer", NULL), ERR_REJECTED,
            "nothing-supplied", "un-cybercrime 40(16)", "");
    for (size_t i = 0; i < 2; i++)
        refuses(k, &s, asking(),
                act_of(LAW_REQUESTING, "answer", says(k, "answer", blank[i], NULL)), ERR_REJECTED,
                "nothing-supplied", "un-cybercrime 40(16)", "");
}

static void only_the_listed_grounds_refuse_a_preservation(void **state)
{
    static const char *const listed[] = {"essential_interests", "domestic_prohibited",
                                         "discrimination"};
    struct kit *k = *state;
    struct law_state s = after_order(k);
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++) {
        struct law_verdict v;
        allows(k, &s, asked(), refusal(k, listed[i]), &v);
    }
}

static void a_ground_ruled_out_answers_with_the_article_that_rules_it_out(void **state)
{
    static const char *const out[][2] = {
        {"non_conformity", "un-cybercrime 42(6)"},
        {"no_dual_criminality", "un-cybercrime 42(4)"},
        {"legal_system", "un-cybercrime 42(6)"},
        {"fiscal", "un-cybercrime 40(23)"},
        {"bank_secrecy", "un-cybercrime 40(24)"},
        {"political_offence", "un-cybercrime 42(6)"}, /* a word no row has */
        {"Essential_interests", "un-cybercrime 42(6)"},
    };
    struct kit *k = *state;
    struct law_state s = after_order(k);
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        refuses(k, &s, asked(), refusal(k, out[i][0]), ERR_NOT_ALLOWED, "ground-not-allowed",
                out[i][1], "ground");
}

/* Lacunia made the reservation of 42(5), Meridia did not; and it helps for other offences only. */
static void dual_criminality_at_disclosure_needs_the_reservation_and_another_offence(void **state)
{
    struct kit *k = *state;
    struct law_state s = after_order(k);
    struct law_who lacunia = asked();
    struct law_verdict v;
    lacunia.state = STR("XL");
    struct law_act act = refusal(k, "dual_criminality_at_disclosure");
    s.particulars = request_with(k, "offence_scope", "other_serious_crime");
    refuses(k, &s, asked(), act, ERR_NOT_ALLOWED, "ground-not-allowed", "un-cybercrime 42(5)",
            "ground");
    allows(k, &s, lacunia, act, &v);
    s.particulars = request(k, NULL);
    refuses(k, &s, lacunia, act, ERR_NOT_ALLOWED, "ground-not-allowed", "un-cybercrime 42(5)",
            "ground");
    s.particulars = request(k, "offence_scope");
    refuses(k, &s, lacunia, act, ERR_NOT_ALLOWED, "ground-not-allowed", "un-cybercrime 42(5)",
            "ground");
    lacunia.state = STR("");
    refuses(k, &s, lacunia, act, ERR_NOT_ALLOWED, "ground-not-allowed", "un-cybercrime 42(5)",
            "ground");
}

static void a_refusal_without_reasons_is_refused(void **state)
{
    struct kit *k = *state;
    struct law_state s = after_order(k);
    refuses(k, &s, asked(),
            act_of(LAW_REQUESTED, "refuse", says(k, "ground", "discrimination", NULL)),
            ERR_REJECTED, "particulars-missing", "un-cybercrime 40(25)", "reasons");
    refuses(k, &s, asked(), act_of(LAW_REQUESTED, "refuse", says(k, "reasons", "R.", NULL)),
            ERR_REJECTED, "particulars-missing", "un-cybercrime 42(6)", "ground");
}

static void a_ground_with_a_duty_before_it_is_allowed_and_remarked_on(void **state)
{
    struct kit *k = *state;
    struct law_state s = after_order(k);
    struct law_verdict v;
    allows(k, &s, asked(), refusal(k, "essential_interests"), &v);
    assert_true(remarked(v.remarks, "consult-first", "un-cybercrime 40(28)", "ground"));
    struct str consulted[] = {STR("ordered"), STR("consult")};
    s.marks = consulted;
    s.marks_n = 2;
    allows(k, &s, asked(), refusal(k, "essential_interests"), &v);
    assert_null(v.remarks);
}

static void a_strict_duty_before_a_ground_must_be_done(void **state)
{
    struct kit *k = *state;
    struct law_state s = after_order(k);
    const char *path = "instruments/un-cybercrime/preservation.yaml";
    assert_int_equal(
        load_with(
            k, path,
            edited(k, path, "duty: consult, article: \"40(28)\", source: unverified, strict: false",
                   "duty: acknowledged, article: \"40(28)\", source: unverified, strict: true"),
            &k->l),
        ERR_OK);
    refuses(k, &s, asked(), refusal(k, "essential_interests"), ERR_NOT_ALLOWED, "consult-first",
            "un-cybercrime 40(28)", "ground");
}

static void an_unknown_code_is_refused(void **state)
{
    struct kit *k = *state;
    struct law_state s = after_order(k);
    refuses(
        k, &s, asked(),
        act_of(LAW_REQUESTED, "not_executable", says(k, "code", "tired", "reasons", "R.", NULL)),
        ERR_REJECTED, "particular-form", "un-cybercrime 42(1)", "code");
}

/* What is wrong by itself is said once: no guard asks whether blanks are a ground, or "EN" one of
 * the languages. */
static void what_is_not_said_or_not_of_its_type_meets_no_guard(void **state)
{
    struct kit *k = *state;
    struct law_state s = after_order(k);
    struct law_who who = asked();
    struct law_act act = refusal(k, "  ");
    struct law_verdict v;
    refuses(k, &s, who, act, ERR_REJECTED, "particulars-missing", "un-cybercrime 42(6)", "ground");
    assert_int_equal(law_decide(&k->t, k->l, &s, &who, &act, NOON, &v), ERR_REJECTED);
    turn_forgive(&k->t);
    assert_true(remarked(v.remarks, "particular-missing", "un-cybercrime 42(6)", "ground"));
    assert_false(remarked(v.remarks, "ground-not-allowed", "un-cybercrime 42(6)", "ground"));
    act = act_of(LAW_REQUESTING, "send", says(k, "language", "EN", NULL));
    act.kind = STR("mla");
    v = (struct law_verdict){0};
    who = asking();
    who.other = STR("XM");
    assert_int_equal(law_record(&k->t, k->l, &who, &act, NOON, &v), ERR_OK);
    assert_true(remarked(v.remarks, "particular-form", "un-cybercrime 40(13)", "language"));
    assert_false(remarked(v.remarks, "language-not-accepted", "un-cybercrime 40(13)", "language"));
}

/* A dossier of a kind in a state, with one mark that stands and what its request says. */
static struct law_state stands_in(const char *kind, const char *state, struct str *mark,
                                  const struct tree *particulars)
{
    return (struct law_state){.state = str_of(state),
                              .instrument = STR("un-cybercrime"),
                              .kind = str_of(kind),
                              .marks = mark,
                              .marks_n = mark->n ? 1 : 0,
                              .particulars = particulars};
}

static struct law_act act_in(const struct law_state *s, const char *act, const struct tree *said)
{
    struct law_act a = act_of(LAW_REQUESTED, act, said);
    a.kind = s->kind;
    return a;
}

static void a_guard_is_passed_over_where_its_condition_is_known_not_to_hold(void **state)
{
    struct kit *k = *state;
    struct str clear[] = {STR("human_rights_clear")};
    struct law_verdict v;
    const struct tree *result = says(k, "result", "Some.", NULL);
    struct law_state s =
        stands_in("mla", "executing", clear, says(k, "form_of_assistance", "statements", NULL));
    allows(k, &s, asked(), act_in(&s, "deliver", result), &v);
    s.particulars = says(k, "form_of_assistance", "search", NULL);
    refuses(k, &s, asked(), act_in(&s, "deliver", result), ERR_NOT_ALLOWED, "authorisation-missing",
            "un-cybercrime 24", "");
    s.particulars = says(k, "facts", "Some.", NULL); /* nobody knows that it is no search */
    refuses(k, &s, asked(), act_in(&s, "deliver_part", result), ERR_NOT_ALLOWED,
            "authorisation-missing", "un-cybercrime 24", "");
}

static void property_is_touched_under_an_authorisation_only(void **state)
{
    static const char *const kinds[] = {"freeze", "confiscation.order", "confiscation.enforce"};
    struct kit *k = *state;
    struct law_function confiscation = {.function = STR("confiscation")};
    struct law_who who = asked();
    struct str clear[] = {STR("human_rights_clear")};
    who.functions = &confiscation;
    who.functions_n = 1;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct law_state s = stands_in(kinds[i], "executing", clear, NULL);
        refuses(k, &s, who, act_in(&s, "deliver", says(k, "result", "Some.", NULL)),
                ERR_NOT_ALLOWED, "authorisation-missing", "un-cybercrime 24", "");
    }
}

static void a_contact_centre_answers_after_a_call_back_and_as_its_profile_says(void **state)
{
    struct kit *k = *state;
    struct str none[] = {STR("")}, passed[] = {STR("passed_on")};
    const struct tree *says_it = says(k, "answer", "Some.", NULL);
    struct law_verdict v;
    struct law_state s = stands_in("contact.emergency", "requested", none, NULL);
    refuses(k, &s, asked(), act_in(&s, "answer", says_it), ERR_NOT_ALLOWED, "act-not-now",
            "un-cybercrime 41(3)(e)", "");
    s.state = STR("verified"); /* Meridia does this itself */
    allows(k, &s, asked(), act_in(&s, "answer", says_it), &v);
    assert_int_equal(v.attaches_n, 2);
    assert_text(v.attaches[0], "speciality");
    s = stands_in("contact.evidence", "verified", none, NULL); /* and this others do */
    refuses(k, &s, asked(), act_in(&s, "answer", says_it), ERR_NOT_ALLOWED, "contact-passes-on",
            "un-cybercrime 41(3)(c)", "");
    s = stands_in("contact.evidence", "with_executor", passed, NULL);
    allows(k, &s, asked(), act_in(&s, "answer", says_it), &v);
    struct law_who lacunia = asked();
    lacunia.state = STR("XL"); /* where the contact centre does nothing about emergencies */
    s = stands_in("contact.emergency", "verified", none, NULL);
    refuses(k, &s, lacunia, act_in(&s, "facilitate", says(k, "executor", "Police", NULL)),
            ERR_NOT_ALLOWED, "contact-not-offered", "un-cybercrime 41(3)(e)", "");
}

static void a_ground_that_needs_a_finding_says_which(void **state)
{
    struct kit *k = *state;
    struct str none[] = {STR("")};
    struct law_state s = stands_in("mla.stored-data", "requested", none, NULL);
    refuses(k, &s, asked(),
            act_in(&s, "refuse", says(k, "ground", "no_dual_criminality", "reasons", "R.", NULL)),
            ERR_NOT_ALLOWED, "dual-criminality-finding", "un-cybercrime 35(3)", "ground");
    refuses(k, &s, asked(),
            act_in(&s, "refuse", says(k, "ground", "discrimination", "reasons", "R.", NULL)),
            ERR_NOT_ALLOWED, "human-rights-finding", "un-cybercrime 6(2)", "ground");
}

static void a_search_under_ets_30_alone_may_want_dual_criminality(void **state)
{
    struct kit *k = *state;
    struct str found[] = {STR("dual_criminality_not_met")};
    struct law_state s = stands_in("mla", "requested", found, says(k, "search", "true", NULL));
    struct law_act act =
        act_in(&s, "refuse", says(k, "ground", "no_dual_criminality", "reasons", "R.", NULL));
    struct law_function mla = {.function = STR("mla")};
    struct law_who who = asked();
    struct law_verdict v;
    who.functions = &mla;
    who.functions_n = 1;
    s.instrument = act.instrument = STR("ets-030");
    who.state = STR("AZ"); /* which declared it */
    allows(k, &s, who, act, &v);
    s.particulars = says(k, "search", "false", NULL);
    refuses(k, &s, who, act, ERR_NOT_ALLOWED, "ground-not-allowed", "ets-030 5", "ground");
    s.particulars = says(k, "search", "true", NULL);
    who.state = STR("XM"); /* which did not */
    refuses(k, &s, who, act, ERR_NOT_ALLOWED, "ground-not-allowed", "ets-030 5", "ground");
    s.kind = act.kind = STR("mla.service");
    who.state = STR("AZ");
    refuses(k, &s, who, act, ERR_NOT_ALLOWED, "ground-not-allowed", "ets-030 2", "ground");
}

static void a_preservation_out_of_scope_is_answered_not_refused(void **state)
{
    struct kit *k = *state;
    struct str none[] = {STR("")}, outside[] = {STR("scope_not_met")};
    struct law_verdict v;
    const struct tree *reasons = says(k, "reasons", "Neither.", NULL);
    struct law_state s = stands_in("preservation", "requested", none, NULL);
    refuses(k, &s, asked(), act_in(&s, "not_under_this_instrument", reasons), ERR_NOT_ALLOWED,
            "scope-stands", "un-cybercrime 35(1)(c)", "");
    s = stands_in("preservation", "requested", outside, NULL);
    allows(k, &s, asked(), act_in(&s, "not_under_this_instrument", reasons), &v);
    assert_text(v.outcome, "not_under_this_instrument");
}

int guards_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(nothing_is_preserved_before_the_domestic_order),
        with_kit(receipt_is_acknowledged_once),
        with_kit(sixty_days_are_enough_and_fifty_nine_are_not),
        with_kit(a_preservation_ends_at_the_end_of_its_last_day_and_not_before),
        with_kit(without_the_clock_nothing_expires),
        with_kit(an_empty_answer_is_refused),
        with_kit(only_the_listed_grounds_refuse_a_preservation),
        with_kit(a_ground_ruled_out_answers_with_the_article_that_rules_it_out),
        with_kit(dual_criminality_at_disclosure_needs_the_reservation_and_another_offence),
        with_kit(a_refusal_without_reasons_is_refused),
        with_kit(a_ground_with_a_duty_before_it_is_allowed_and_remarked_on),
        with_kit(a_strict_duty_before_a_ground_must_be_done),
        with_kit(an_unknown_code_is_refused),
        with_kit(what_is_not_said_or_not_of_its_type_meets_no_guard),
        with_kit(a_guard_is_passed_over_where_its_condition_is_known_not_to_hold),
        with_kit(property_is_touched_under_an_authorisation_only),
        with_kit(a_contact_centre_answers_after_a_call_back_and_as_its_profile_says),
        with_kit(a_ground_that_needs_a_finding_says_which),
        with_kit(a_search_under_ets_30_alone_may_want_dual_criminality),
        with_kit(a_preservation_out_of_scope_is_answered_not_refused),
    };
    return cmocka_run_group_tests_name("guards", tests, NULL, NULL);
}
