/* SPDX-License-Identifier: Apache-2.0 */
/* A draft before it is sent: three groups, each line with its article, what it rests on and what to
 * do; what the other State is likely to answer; and which of its authorities receives the request
 * (src/law/addressee.c). */

#include "law_test.h"

#include <stdio.h>
#include <string.h>

struct held {
    struct law_line *lines;
    size_t must;
};

static struct held held_in(struct kit *k, const char *kind, const char *to,
                           const struct tree *particulars, const char *lang)
{
    struct law_state s;
    struct held h;
    assert_int_equal(law_fold(&k->t, NULL, 0, &s), ERR_OK);
    struct law_who who = asking();
    who.other = str_of(to);
    struct law_act act = act_of(LAW_REQUESTING, "send", particulars);
    act.kind = s.kind = str_of(kind);
    s.instrument = act.instrument;
    assert_int_equal(
        law_preflight(&k->t, k->l, &s, &who, &act, NOON, str_of(lang), &h.lines, &h.must), ERR_OK);
    return h;
}

static struct held held(struct kit *k, const char *kind, const char *to, const struct tree *said)
{
    return held_in(k, kind, to, said, "en");
}

/* The line of the code, about the particular or resting on the field where one is named. */
static const struct law_line *line(struct held h, const char *code, const char *about)
{
    const struct law_line *r = h.lines;
    while (r && !(str_is(r->code, code) &&
                  (!about || str_is(r->particular, about) || str_is(r->rests.field, about))))
        r = r->next;
    return r;
}

static const struct law_line *graded(struct held h, const char *code, const char *about,
                                     enum law_grade grade)
{
    const struct law_line *r = line(h, code, about);
    if (!r) fail_msg("no line %s about %s", code, about ? about : "anything");
    assert_int_equal(r->grade, grade);
    return r;
}

static const struct tree *assistance(struct kit *k)
{
    return says(k, "requesting_body", "CSB", "case_nature", "Investigation", "conducting_authority",
                "CSB", "offence", "Theft by computer", "offence_scope", "convention_offence",
                "convention_article", "7", "facts", "Some.", "assistance", "Some.", "purpose",
                "Some.", "language", "en", NULL);
}

/* The Service receives in Azerbaijan; by its file the Ministry of Justice does not. */
static void it_goes_to_the_authority_that_receives_it(void **state)
{
    static const struct law_function holds[] = {{{"*", 1}, {"mla", 3}, {"receive", 7}, {"*", 1}},
                                                {{"*", 1}, {"mla", 3}, {"send", 4}, {"*", 1}}};
    struct kit *k = *state;
    enum { UNSAID = -1 };
    static const struct {
        const char *state, *to;
        size_t from, held; /* functions by its own profile */
        const char *code;
        int receiver; /* the grade of what it says of who receives */
    } rows[] = {{"AZ", "moj", 0, 0, "receives-elsewhere", UNSAID},
                {"AZ", "dtx", 0, 0, NULL, LAW_FINE},
                {"AZ", "moj", 0, 1, NULL, LAW_FINE},
                {"AZ", "dtx", 1, 1, NULL, LAW_SHOULD}, /* its file says so, and its profile not */
                {"AZ", "nobody", 0, 0, "receives-elsewhere", UNSAID},
                {"XQ", "any", 0, 0, NULL, UNSAID},
                {"AZ", "", 0, 0, NULL, LAW_FINE},
                {"XN", "csb", 0, 0, "to-ourselves", LAW_FINE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct law_addressee to = {str_of(rows[i].to), holds + rows[i].from, rows[i].held};
        struct law_state s;
        struct held h;
        assert_int_equal(law_fold(&k->t, NULL, 0, &s), ERR_OK);
        struct law_who who = asking();
        who.other = str_of(rows[i].state);
        who.to = &to;
        struct law_act act = act_of(LAW_REQUESTING, "send", assistance(k));
        act.kind = s.kind = STR("mla");
        s.instrument = act.instrument;
        assert_int_equal(
            law_preflight(&k->t, k->l, &s, &who, &act, NOON, STR("en"), &h.lines, &h.must), ERR_OK);
        if (rows[i].code)
            graded(h, rows[i].code, NULL, LAW_MUST);
        else
            assert_null(line(h, "receives-elsewhere", NULL));
        const struct law_line *receiver = line(h, "receives-not", NULL);
        assert_int_equal(receiver ? (int)receiver->grade : UNSAID, rows[i].receiver);
        if (i == 0) assert_text(line(h, rows[i].code, NULL)->rests.value, "dtx");
    }
}

static void the_preflight_lists_everything_at_once(void **state)
{
    struct kit *k = *state;
    struct held h = held(k, "preservation", "XM",
                         says(k, "facts", "Some.", "deadline", "tomorrow", "colour", "red",
                              "mla_intended", "false", NULL));
    assert_text(graded(h, "particular-missing", "data", LAW_MUST)->article,
                "un-cybercrime 42(3)(c)");
    graded(h, "yes-needed", "mla_intended", LAW_MUST);
    graded(h, "particular-form", "deadline", LAW_MUST);
    graded(h, "particular-unknown", "colour", LAW_MUST);
    graded(h, "particular-advised", "custodian", LAW_SHOULD);
    graded(h, "particular-missing", "deadline_reasons", LAW_MUST);
    graded(h, "particular-missing", "facts", LAW_FINE);
    assert_int_equal(h.must, 9);
}

static void a_whole_draft_has_nothing_that_must_be_mended(void **state)
{
    struct kit *k = *state;
    struct held h = held(k, "preservation", "XM", request(k, NULL));
    assert_int_equal(h.must, 0);
    graded(h, "particular-advised", "location", LAW_SHOULD);
    for (const struct law_line *r = h.lines; r && r->next; r = r->next)
        assert_true(r->grade <= r->next->grade);
}

static void what_stops_an_act_is_what_the_law_refuses(void **state)
{
    struct kit *k = *state;
    static const char *const without[] = {"data", "facts", "offence", "necessity", NULL};
    for (size_t i = 0; i < 5; i++) {
        const struct tree *said = request(k, without[i]);
        struct law_state s;
        struct law_verdict v;
        assert_int_equal(law_fold(&k->t, NULL, 0, &s), ERR_OK);
        struct law_who who = asking();
        who.other = STR("XM");
        struct law_act act = act_of(LAW_REQUESTING, "send", said);
        err e = law_decide(&k->t, k->l, &s, &who, &act, NOON, &v);
        turn_forgive(&k->t);
        assert_int_equal(e == ERR_OK, held(k, "preservation", "XM", said).must == 0);
        assert_int_equal(e == ERR_OK, without[i] == NULL);
    }
}

static void each_line_that_is_not_fine_says_what_to_do(void **state)
{
    struct kit *k = *state;
    static const char *const langs[] = {"en", "az"};
    for (size_t i = 0; i < 2; i++) {
        struct held h = held_in(k, "mla", "AZ", says(k, "facts", "Some.", NULL), langs[i]);
        size_t looked = 0;
        for (const struct law_line *r = h.lines; r; r = r->next) {
            assert_true(r->sentence.n > 0);
            assert_int_equal(r->remedy.n > 0, r->grade != LAW_FINE);
            looked++;
        }
        assert_true(looked > 15);
        assert_true(line(h, "particular-missing", "offence")->remedy.n > 0);
    }
    assert_text(
        line(held(k, "mla", "AZ", says(k, "facts", "Some.", NULL)), "particular-missing", "purpose")
            ->remedy,
        "Fill in the field: Purpose.");
}

static void every_remark_says_what_to_do_in_both_languages(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < k->l->remarks_n; i++) {
        const struct law_remark_row *r = &k->l->remarks[i];
        if (!r->remedy) fail_msg("the remark " STR_FMT " has no remedy", STR_ARG(r->remark));
        assert_true(tree_str(r->remedy, "en").n && tree_str(r->remedy, "az").n);
    }
}

static void a_language_rests_on_the_list_of_the_state_asked(void **state)
{
    struct kit *k = *state;
    struct held h = held(k, "mla", "XM", assistance(k));
    const struct law_line *r = graded(h, "language-not-accepted", "languages", LAW_FINE);
    assert_text(r->rests.state, "XM");
    assert_text(r->rests.value, "en, az");
    assert_text(r->rests.article, "un-cybercrime 40(13)");
    assert_text(r->rests.source, "unverified");
    /* Azerbaijan has not said which it accepts. */
    r = graded(held(k, "mla", "AZ", assistance(k)), "profile-unknown", "languages", LAW_SHOULD);
    assert_text(r->rests.value, "unknown");
}

static void an_instrument_not_in_force_rests_on_where_the_state_stands(void **state)
{
    struct kit *k = *state;
    const struct law_line *r =
        graded(held(k, "mla", "AZ", assistance(k)), "no-basis", NULL, LAW_MUST);
    assert_text(r->rests.state, "AZ");
    assert_text(r->rests.field, "status");
    assert_text(r->rests.value, "approved");
    r = graded(held(k, "mla", "XM", assistance(k)), "no-basis", NULL, LAW_FINE);
    assert_text(r->rests.field, "in_force");
    assert_text(r->rests.value, "2026-01-01");
}

/* What else binds the two is said, and what a protocol changes between them; no more than that. */
static void other_instruments_and_protocols_in_force_are_named(void **state)
{
    struct kit *k = *state;
    struct held h = held(k, "preservation", "XM", request(k, NULL));
    const struct law_line *other = graded(h, "basis-other", NULL, LAW_FINE);
    assert_non_null(strstr(str_c(k->t.arena, other->sentence), "Convention on Cybercrime"));
    h = held(k, "preservation", "AZ", request(k, NULL)); /* and where this one does not bind */
    graded(h, "no-basis", NULL, LAW_MUST);
    graded(h, "basis-other", NULL, LAW_FINE);
    assert_null(line(held(k, "preservation", "XS", request(k, NULL)), "basis-other", NULL));
    h = held(k, "mla", "XS", assistance(k)); /* reciprocity is never in force */
    assert_null(line(h, "basis-other", NULL));

    struct law_who who = asking();
    struct law_state s = {
        .state = STR("new"), .instrument = STR("ets-024"), .kind = STR("extradition")};
    struct law_act act = act_of(LAW_REQUESTING, "send", says(k, "person", "P", NULL));
    act.instrument = s.instrument;
    act.kind = s.kind;
    who.state = STR("XN");
    static const char *const others[] = {"XL", "XM"};
    for (size_t i = 0; i < 2; i++) { /* XL is bound by the fourth protocol, XM is not */
        who.other = str_of(others[i]);
        assert_int_equal(
            law_preflight(&k->t, k->l, &s, &who, &act, NOON, STR("en"), &h.lines, &h.must), ERR_OK);
        assert_int_equal(line(h, "protocol-applies", NULL) != NULL, i == 0);
    }
}

static void what_a_state_has_not_said_is_shown_as_unknown(void **state)
{
    struct kit *k = *state;
    struct held h = held(k, "mla", "AZ", assistance(k));
    const struct law_line *r = graded(h, "profile-unknown", "dual_criminality_mla", LAW_SHOULD);
    assert_text(r->rests.value, "unknown");
    assert_text(r->rests.article, "un-cybercrime 40(8)");
    assert_true(r->foretold);
    assert_null(line(h, "dual-criminality-asked", NULL));
}

static void a_condition_is_foretold_from_the_profile(void **state)
{
    struct kit *k = *state;
    struct held h = held(k, "mla", "XM", assistance(k));
    const struct law_line *r = graded(h, "dual-criminality-asked", NULL, LAW_SHOULD);
    assert_text(r->rests.field, "dual_criminality_mla");
    assert_text(r->rests.value, "may");
    assert_true(r->foretold);
    graded(h, "onward-in-writing", "onward_transfer_in_writing", LAW_SHOULD);
    graded(h, "diplomatic-wanted", "diplomatic_channel", LAW_FINE);
    h = held(k, "extradition", "XM", says(k, "facts", "Some.", NULL));
    graded(h, "nationals-kept", "extradites_nationals", LAW_SHOULD);
    assert_null(line(h, "paper-wanted", NULL)); /* not a line about this kind */
}

static void a_ground_that_lies_open_is_foretold(void **state)
{
    struct kit *k = *state;
    const struct tree *other = request_with(k, "offence_scope", "other_serious_crime");
    const struct law_line *r =
        graded(held(k, "preservation", "XL", other), "ground-foretold", NULL, LAW_SHOULD);
    assert_text(r->article, "un-cybercrime 42(5)");
    assert_text(r->rests.field, "reservations");
    assert_text(r->rests.value, "42(5)");
    assert_true(r->foretold);
    /* Without the reservation, or for an offence of the Convention, it does not open. */
    assert_null(line(held(k, "preservation", "XM", other), "ground-foretold", NULL));
    const struct tree *own = request_with(k, "offence_scope", "convention_offence");
    assert_null(line(held(k, "preservation", "XL", own), "ground-foretold", NULL));
}

static void the_offence_map_of_the_state_asked_proposes_a_provision(void **state)
{
    struct kit *k = *state;
    const struct law_line *r =
        graded(held(k, "mla", "AZ", assistance(k)), "offence-mapped", "offences", LAW_FINE);
    assert_text(r->rests.value, "271, certainty: sure, max_years: 6");
    assert_text(r->rests.article, "un-cybercrime 7");
    /* And its reservation on that article narrows it. */
    r = graded(held(k, "mla", "AZ", assistance(k)), "reservation-foretold", NULL, LAW_SHOULD);
    assert_text(r->rests.value, "7(2)");
    assert_text(r->source, "text");
    graded(held(k, "mla", "AZ", says(k, "facts", "Some.", NULL)), "offence-unmapped", NULL,
           LAW_SHOULD);
    graded(held(k, "preservation", "AZ", request(k, NULL)), "dual-criminality-free", NULL,
           LAW_FINE);
}

static void a_state_the_tables_do_not_know_is_said_so(void **state)
{
    struct kit *k = *state;
    struct held h = held(k, "preservation", "QQ", request(k, NULL));
    graded(h, "state-unknown", NULL, LAW_SHOULD);
    assert_null(line(h, "receives-not", NULL));
}

static void what_a_state_gave_nobody_is_unknown(void **state)
{
    struct kit *k = *state;
    const struct law_line *r =
        graded(held(k, "joint-investigation", "AZ", says(k, "facts", "Some.", NULL)),
               "receives-not", "unassigned", LAW_SHOULD);
    assert_text(r->rests.value, "unknown");
    r = graded(held(k, "mla", "AZ", assistance(k)), "receives-not", "authorities", LAW_FINE);
    assert_text(r->rests.value, "dtx");
}

static void rows_that_are_not_verified_are_marked(void **state)
{
    struct kit *k = *state;
    struct held h = held(k, "preservation", "XM", request(k, "confidential"));
    assert_text(line(h, "particular-advised", "confidential")->source, "unverified");
    assert_text(line(h, "particular-missing", "facts")->source, "parent");
}

static void a_scope_that_is_not_settled_should_be_looked_at(void **state)
{
    struct kit *k = *state;
    graded(held(k, "mla", "XM", says(k, "facts", "Some.", NULL)), "scope-open", NULL, LAW_SHOULD);
    graded(held(k, "mla", "XM", assistance(k)), "out-of-scope", NULL, LAW_FINE);
    graded(held(k, "mla", "XM",
                says(k, "offence_scope", "other_offence", "max_penalty_years", "3", NULL)),
           "out-of-scope", NULL, LAW_MUST);
}

static void the_four_years_are_measured_by_the_law_that_the_state_takes(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *test, *ours, *theirs;
        enum law_grade grade;
    } rows[] = {
        {"requesting", "3", "9", LAW_MUST}, {"requesting", "4", "", LAW_FINE},
        {"requested", "9", "", LAW_SHOULD}, {"requested", "9", "3", LAW_MUST},
        {"requested", "3", "4", LAW_FINE},  {"both", "3", "9", LAW_MUST},
        {"both", "4", "", LAW_SHOULD},      {"both", "4", "3", LAW_MUST},
        {"both", "4", "4", LAW_FINE},       {"either", "4", "", LAW_FINE},
        {"either", "3", "", LAW_SHOULD},    {"either", "3", "4", LAW_FINE},
        {"either", "3", "3", LAW_MUST},     {"unknown", "4", "", LAW_FINE},
        {"unknown", "3", "", LAW_MUST},
    };
    const struct law_tables *shipped = k->l;
    const char *path = "states/xm.yaml", *was = "instrument: un-cybercrime, value: both";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char by[96];
        snprintf(by, sizeof by, "instrument: un-cybercrime, value: %s", rows[i].test);
        k->l = shipped;
        if (load_with(k, path, edited(k, path, was, by), &k->l) != ERR_OK)
            fail_msg("%s", k->t.fault.sentence);
        struct held h = held(k, "mla.stored-data", "XM",
                             says(k, "offence_scope", "other_offence", "max_penalty_years",
                                  rows[i].ours, "max_penalty_requested", rows[i].theirs, NULL));
        const char *code = rows[i].grade == LAW_SHOULD ? "scope-open" : "out-of-scope";
        const struct law_line *r = graded(h, code, NULL, rows[i].grade);
        assert_text(r->rests.field, "serious_crime_test");
        bool there = rows[i].test[0] == 'b' || strcmp(rows[i].test, "requested") == 0;
        assert_int_equal(line(h, "serious-crime-there", NULL) != NULL, there);
    }
    k->l = shipped;
}

static void what_no_row_asks_for_rests_on_the_act(void **state)
{
    struct kit *k = *state;
    struct held h = held(k, "mla", "XM", says(k, "colour", "red", NULL));
    const struct law_line *r = graded(h, "particular-unknown", "colour", LAW_MUST);
    assert_text(r->article, "un-cybercrime 40(1)");
    assert_text(r->source, "unverified");
    assert_int_equal(r->rests.field.n, 0);
}

static void a_foretold_row_that_leads_nowhere_is_refused(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *piece, *by, *says;
    } broken[] = {
        {"remark: paper-wanted", "remark: papyrus-wanted", "expected a row of `remarks`"},
        {"kinds: [mla.content]", "kinds: [mla.smoke]", "expected a row of `kinds`"},
        {"when: {profile: realtime_reservation, equals: \"yes\"}",
         "when: {particular: colour, equals: \"yes\"}", "expected a row of `particulars`"},
        {"when: {profile: interception_offences, equals: listed}",
         "when: {profile: interception_offences}", "expected `equals` or `one_of`"},
        {"foretold: paper", "foretold: nationals", "nationals"},
    };
    const char *path = "instruments/un-cybercrime/foretold.yaml";
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const struct law_tables *l;
        struct str text = edited(k, path, broken[i].piece, broken[i].by);
        assert_int_equal(load_with(k, path, text, &l), ERR_REJECTED);
        assert_non_null(strstr(k->t.fault.sentence, broken[i].says));
        assert_non_null(strstr(k->t.fault.sentence, "foretold.yaml:"));
        turn_forgive(&k->t);
    }
}

int preflight_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(the_four_years_are_measured_by_the_law_that_the_state_takes),
        with_kit(what_no_row_asks_for_rests_on_the_act),
        with_kit(it_goes_to_the_authority_that_receives_it),
        with_kit(the_preflight_lists_everything_at_once),
        with_kit(a_whole_draft_has_nothing_that_must_be_mended),
        with_kit(what_stops_an_act_is_what_the_law_refuses),
        with_kit(each_line_that_is_not_fine_says_what_to_do),
        with_kit(every_remark_says_what_to_do_in_both_languages),
        with_kit(a_language_rests_on_the_list_of_the_state_asked),
        with_kit(an_instrument_not_in_force_rests_on_where_the_state_stands),
        with_kit(other_instruments_and_protocols_in_force_are_named),
        with_kit(what_a_state_has_not_said_is_shown_as_unknown),
        with_kit(a_condition_is_foretold_from_the_profile),
        with_kit(a_ground_that_lies_open_is_foretold),
        with_kit(the_offence_map_of_the_state_asked_proposes_a_provision),
        with_kit(a_state_the_tables_do_not_know_is_said_so),
        with_kit(what_a_state_gave_nobody_is_unknown),
        with_kit(rows_that_are_not_verified_are_marked),
        with_kit(a_scope_that_is_not_settled_should_be_looked_at),
        with_kit(a_foretold_row_that_leads_nowhere_is_refused),
    };
    return cmocka_run_group_tests_name("preflight", tests, NULL, NULL);
}
