/* SPDX-License-Identifier: Apache-2.0 */
/* Each row of the lifecycle grants and refuses; the refusals cite their article. */

#include "law_test.h"

#include <string.h>

static const char *const all_states[] = {"new",     "requested",      "asked",     "preserved",
                                         "refused", "not_executable", "withdrawn", "expired"};

static const struct tree *whole_order(struct kit *k)
{
    return says(k, "authority_ordering", "Court", "order_number", "1", "order_date", "2026-11-24",
                "custodian", "Host", NULL);
}

static const struct tree *fitting(struct kit *k, const char *act)
{
    if (strcmp(act, "send") == 0) return request(k, NULL);
    if (strcmp(act, "ask") == 0) return says(k, "question", "Which port?", NULL);
    if (strcmp(act, "answer") == 0) return says(k, "answer", "443", NULL);
    if (strcmp(act, "order") == 0) return whole_order(k);
    if (strcmp(act, "preserve") == 0) return says(k, "preserved_until", "2027-01-23", NULL);
    if (strcmp(act, "refuse") == 0)
        return says(k, "ground", "essential_interests", "reasons", "Because.", NULL);
    if (strcmp(act, "not_executable") == 0)
        return says(k, "code", "no_data", "reasons", "None found.", NULL);
    return NULL;
}

/* The whole lifecycle of Art 42: from where each act may be done, and where it leads. */
static const struct {
    const char *act;
    enum law_stream stream;
    const char *from; /* by blanks */
    const char *to, *article;
} lifecycle[] = {
    {"send", LAW_REQUESTING, "new", "requested", "un-cybercrime 42(1)"},
    {"acknowledge", LAW_REQUESTED, "requested asked preserved", "", "un-cybercrime 41(1)"},
    {"ask", LAW_REQUESTED, "requested asked", "asked", "un-cybercrime 40(16)"},
    {"answer", LAW_REQUESTING, "asked", "requested", "un-cybercrime 40(16)"},
    {"order", LAW_INWARD, "requested asked preserved", "", "un-cybercrime 25(2)"},
    {"preserve", LAW_REQUESTED, "requested asked", "preserved", "un-cybercrime 42(4)"},
    {"refuse", LAW_REQUESTED, "requested asked", "refused", "un-cybercrime 42(6)"},
    {"not_executable", LAW_REQUESTED, "requested asked", "not_executable", "un-cybercrime 42(1)"},
    {"withdraw", LAW_REQUESTING, "requested asked preserved", "withdrawn", "un-cybercrime 40(26)"},
    {"expire", LAW_REQUESTED, "preserved", "expired", "un-cybercrime 42(8)"},
};

static bool among(const char *words, const char *word)
{
    struct str head, rest = str_of(words);
    for (bool more = true; more;) {
        more = str_split(rest, ' ', &head, &rest);
        if (str_is(head, word)) return true;
    }
    return false;
}

static struct law_state state_in(struct kit *k, const char *name)
{
    static struct str ordered[] = {STR("ordered")};
    struct dossier d = dossier_in(k, name);
    struct law_state s = folded(k, &d);
    s.marks = ordered; /* so that only the state decides */
    s.marks_n = 1;
    return s;
}

static void each_row_grants_from_its_states_and_refuses_from_all_others(void **state)
{
    struct kit *k = *state;
    size_t granted = 0, refused = 0;
    for (size_t i = 0; i < sizeof lifecycle / sizeof *lifecycle; i++) {
        for (size_t n = 0; n < sizeof all_states / sizeof *all_states; n++) {
            struct law_state s = state_in(k, all_states[n]);
            struct law_act act =
                act_of(lifecycle[i].stream, lifecycle[i].act, fitting(k, lifecycle[i].act));
            struct law_who who = lifecycle[i].stream == LAW_REQUESTING ? asking() : asked();
            if (strcmp(lifecycle[i].act, "expire") == 0) {
                who = node_itself();
                act.at_ms = NOON + 61 * DAY_MS;
            }
            if (!among(lifecycle[i].from, all_states[n])) {
                refuses(k, &s, who, act, ERR_NOT_ALLOWED, "act-not-now", lifecycle[i].article, "");
                refused++;
                continue;
            }
            struct law_verdict v;
            allows(k, &s, who, act, &v);
            assert_text(v.to, lifecycle[i].to);
            assert_text(v.article, lifecycle[i].article);
            granted++;
        }
    }
    print_message("# %zu granted, %zu refused\n", granted, refused);
    assert_int_equal(granted + refused, 80);
}

static void an_act_of_the_other_side_is_refused(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof lifecycle / sizeof *lifecycle; i++) {
        struct law_state s = state_in(k, "requested");
        struct law_act act =
            act_of(lifecycle[i].stream, lifecycle[i].act, fitting(k, lifecycle[i].act));
        refuses(k, &s, lifecycle[i].stream == LAW_REQUESTING ? asked() : asking(), act,
                ERR_NOT_ALLOWED, "not-your-side", lifecycle[i].article, "");
    }
}

static void a_request_without_a_particular_is_refused_with_its_article(void **state)
{
    static const char *const must[][2] = {
        {"authority_seeking", "un-cybercrime 42(3)(a)"},
        {"offence", "un-cybercrime 42(3)(b)"},
        {"facts", "un-cybercrime 42(3)(b)"},
        {"data", "un-cybercrime 42(3)(c)"},
        {"relation", "un-cybercrime 42(3)(c)"},
        {"necessity", "un-cybercrime 42(3)(e)"},
        {"mla_intended", "un-cybercrime 42(3)(f)"},
    };
    struct kit *k = *state;
    struct law_state s = state_in(k, "new");
    for (size_t i = 0; i < sizeof must / sizeof *must; i++)
        refuses(k, &s, asking(), act_of(LAW_REQUESTING, "send", request(k, must[i][0])),
                ERR_REJECTED, "particulars-missing", must[i][1], must[i][0]);
}

static void a_request_without_what_may_be_unknown_is_allowed(void **state)
{
    static const char *const may[] = {"custodian", "location", "confidential", "offence_scope"};
    struct kit *k = *state;
    struct law_state s = state_in(k, "new");
    for (size_t i = 0; i < sizeof may / sizeof *may; i++) {
        struct law_verdict v;
        allows(k, &s, asking(), act_of(LAW_REQUESTING, "send", request(k, may[i])), &v);
        assert_int_equal(v.missing_n, 0);
    }
}

static void a_refused_draft_says_all_that_is_missing(void **state)
{
    struct kit *k = *state;
    struct law_state s = state_in(k, "new");
    struct law_who who = asking();
    struct law_act act = act_of(LAW_REQUESTING, "send", says(k, "facts", "Some.", NULL));
    struct law_verdict v;
    assert_int_equal(law_decide(&k->t, k->l, &s, &who, &act, NOON, &v), ERR_REJECTED);
    turn_forgive(&k->t);
    assert_int_equal(v.missing_n, 6);
    assert_false(v.allowed);
}

static void only_the_node_itself_ends_a_preservation(void **state)
{
    struct kit *k = *state;
    struct law_state s = state_in(k, "preserved");
    struct law_act act = act_of(LAW_REQUESTED, "expire", NULL);
    act.at_ms = NOON + 100 * DAY_MS;
    refuses(k, &s, asked(), act, ERR_NOT_ALLOWED, "system-only", "un-cybercrime 42(8)", "");
}

static void the_node_itself_does_nothing_else(void **state)
{
    struct kit *k = *state;
    struct law_state s = state_in(k, "requested");
    refuses(k, &s, node_itself(), act_of(LAW_REQUESTED, "refuse", fitting(k, "refuse")),
            ERR_NOT_ALLOWED, "system-only", "un-cybercrime 42(6)", "");
}

static void an_incomplete_preservation_may_not_be_refused_for_it(void **state)
{
    struct kit *k = *state;
    struct dossier d = {0};
    records(k, &d, LAW_REQUESTING, "send", 0, request(k, "data"));
    struct law_state s = folded(k, &d);
    refuses(k, &s, asked(),
            act_of(LAW_REQUESTED, "refuse",
                   says(k, "ground", "non_conformity", "reasons", "Incomplete.", NULL)),
            ERR_NOT_ALLOWED, "ground-not-allowed", "un-cybercrime 42(6)", "ground");
}

static void an_allowed_verdict_carries_what_the_fold_needs(void **state)
{
    struct kit *k = *state;
    struct law_state s = state_in(k, "asked");
    struct law_verdict v;
    allows(k, &s, asked(), act_of(LAW_REQUESTED, "preserve", fitting(k, "preserve")), &v);
    assert_text(v.source, "parent");
    assert_int_equal(v.from_n, 2);
    assert_text(v.duty_done, "acknowledge report");
    assert_int_equal(v.crossed, LAW_CROSSED_NO_EFFECT);
    assert_false(v.ends);
    assert_int_equal(v.tables.n, 64);
    allows(k, &s, asked(), act_of(LAW_REQUESTED, "refuse", fitting(k, "refuse")), &v);
    assert_true(v.ends);
    assert_text(v.outcome, "refused");
}

int decide_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(each_row_grants_from_its_states_and_refuses_from_all_others),
        with_kit(an_act_of_the_other_side_is_refused),
        with_kit(a_request_without_a_particular_is_refused_with_its_article),
        with_kit(a_request_without_what_may_be_unknown_is_allowed),
        with_kit(a_refused_draft_says_all_that_is_missing),
        with_kit(only_the_node_itself_ends_a_preservation),
        with_kit(the_node_itself_does_nothing_else),
        with_kit(an_incomplete_preservation_may_not_be_refused_for_it),
        with_kit(an_allowed_verdict_carries_what_the_fold_needs),
    };
    return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
