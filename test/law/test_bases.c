/* SPDX-License-Identifier: Apache-2.0 */
/* What binds two States on a day. */

#include "law_test.h"

static bool binds(struct kit *k, const char *one, const char *other, const char *day_said,
                  const char *stands_out)
{
    int64_t day;
    struct str why;
    assert_true(day_read(str_of(day_said), &day));
    bool is = law_binds(k->l, law_instrument_find(k->l, STR("un-cybercrime")), str_of(one),
                        str_of(other), day, &why);
    if (!is) assert_text(why, stands_out);
    return is;
}

static void an_instrument_binds_from_the_day_it_is_in_force_for_both(void **state)
{
    struct kit *k = *state;
    assert_true(binds(k, "XN", "XM", "2026-11-24", ""));
    assert_true(binds(k, "XN", "XM", "2026-01-01", ""));
    assert_false(binds(k, "XN", "XM", "2025-12-31", "XN"));
    assert_false(binds(k, "XN", "AZ", "2026-11-24", "AZ")); /* approved, not in force */
    assert_false(binds(k, "AZ", "XN", "2026-11-24", "AZ"));
    assert_false(binds(k, "XN", "ZZ", "2026-11-24", "ZZ"));
}

static const struct law_base *base(const struct law_base *b, size_t n, const char *instrument)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(b[i].instrument, instrument)) return &b[i];
    return NULL;
}

static void instruments_stack_and_each_that_does_not_bind_says_whom(void **state)
{
    struct kit *k = *state;
    struct law_base *b;
    size_t n;
    int64_t day;
    assert_true(day_read(STR("2026-11-24"), &day));
    assert_int_equal(law_bases(&k->t, k->l, STR("XN"), STR("XM"), day, STR("extradition"), &b, &n),
                     ERR_OK);
    assert_true(base(b, n, "un-cybercrime")->binds && base(b, n, "ets-024")->binds);
    assert_false(base(b, n, "az-extradition")->binds);
    assert_null(base(b, n, "cets-212")); /* it has no kinds of its own */
    assert_text(b[0].layer, "treaty");
    assert_text(b[n - 1].instrument, "reciprocity");
    assert_true(b[n - 1].binds);
    assert_null(base(b, n, "az-mla")); /* it has no extradition */
    assert_int_equal(law_bases(&k->t, k->l, STR("XN"), STR("AZ"), day, STR("extradition"), &b, &n),
                     ERR_OK);
    assert_false(base(b, n, "un-cybercrime")->binds);
    assert_text(base(b, n, "un-cybercrime")->not_bound, "AZ");
    assert_true(base(b, n, "az-extradition")->binds); /* national law of the requested State */
    assert_int_equal(law_bases(&k->t, k->l, STR("XN"), STR("AZ"), day, STR("sorcery"), &b, &n),
                     ERR_NONE_SUCH);
    assert_int_equal(law_bases(&k->t, k->l, STR("XN"), STR("XM"), day, STR(""), &b, &n), ERR_OK);
    assert_true(base(b, n, "ets-030") && base(b, n, "cets-212")); /* whatever its kinds are */
    assert_false(base(b, n, "cets-212")->binds);
    assert_text(base(b, n, "cets-212")->not_bound, "XM");
    turn_forgive(&k->t);
}

/* The treaty basis is asked about before anything leaves. */
static void nothing_rests_on_an_instrument_that_is_not_in_force(void **state)
{
    struct kit *k = *state;
    struct law_who who = asking();
    who.other = STR("AZ");
    struct law_state s = {
        .state = STR("new"), .instrument = STR("un-cybercrime"), .kind = STR("contact.advice")};
    struct law_act act = act_of(LAW_REQUESTING, "send",
                                says(k, "officer", "O", "case", "C", "matter", "M", "offence_scope",
                                     "convention_offence", NULL));
    act.kind = STR("contact.advice");
    refuses(k, &s, who, act, ERR_NOT_ALLOWED, "no-basis", "un-cybercrime 65(1)", "");
    who.other = STR("XM");
    struct law_verdict v;
    allows(k, &s, who, act, &v);
}

/* What the list of bases says and what the act is told are the same. */
static void reciprocity_binds_by_the_assurance_unless_a_state_says_otherwise(void **state)
{
    struct kit *k = *state;
    static const struct law_function held = {STR("reciprocity"), STR("mla"), STR("*"), STR("*")};
    struct law_who who = {.side = LAW_REQUESTING, .functions = &held, .functions_n = 1};
    who.state = STR("XN");
    who.other = STR("XM");
    struct law_state s = {
        .state = STR("new"), .instrument = STR("reciprocity"), .kind = STR("mla")};
    const struct tree *without =
        says(k, "requesting_body", "B", "case_nature", "N", "conducting_authority", "A", "offence",
             "O", "facts", "F", "assistance", "A", "search", "false", "purpose", "P", NULL);
    struct law_act act = act_of(LAW_REQUESTING, "send", without);
    act.instrument = STR("reciprocity");
    act.kind = STR("mla");
    refuses(k, &s, who, act, ERR_REJECTED, "particulars-missing", "reciprocity 1", "assurance");
    struct tree *with = tree_add_copy(k->t.arena, tree_list(k->t.arena), NULL, without);
    tree_add_str(k->t.arena, with, "assurance", STR("Norland would do the same."));
    act.particulars = with;
    struct law_verdict v;
    allows(k, &s, who, act, &v);
    const struct law_tables *l;
    struct str listed = edited(k, "states/xm.yaml", "instruments:\n",
                               "instruments:\n  - {instrument: reciprocity, status: in_force, "
                               "in_force: 2020-01-01, between: [AZ], source: unverified}\n");
    assert_int_equal(load_with(k, "states/xm.yaml", listed, &l), ERR_OK);
    const struct law_tables *embedded = k->l;
    struct law_base b;
    k->l = l;
    refuses(k, &s, who, act, ERR_NOT_ALLOWED, "no-basis", "reciprocity 1", "");
    assert_true(law_base_of(l, STR("reciprocity"), STR("XN"), STR("XM"), 20781, &b) && !b.binds);
    assert_true(law_base_of(l, STR("reciprocity"), STR("AZ"), STR("XM"), 20781, &b) && b.binds);
    k->l = embedded;
}

static void out_of_scope_is_refused_at_the_gate_with_its_article(void **state)
{
    struct kit *k = *state;
    struct law_who who = asking();
    who.other = STR("XM");
    struct law_state s = {
        .state = STR("new"), .instrument = STR("un-cybercrime"), .kind = STR("contact.advice")};
    static const struct {
        const char *years;
        bool in;
    } rows[] = {{"3", false}, {"4", true}, {"5", true}, {"0", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct law_act act =
            act_of(LAW_REQUESTING, "send",
                   says(k, "officer", "O", "case", "C", "matter", "M", "offence_scope",
                        "other_offence", "max_penalty_years", rows[i].years, NULL));
        act.kind = STR("contact.advice");
        struct law_verdict v;
        if (rows[i].in)
            allows(k, &s, who, act, &v);
        else
            refuses(k, &s, who, act, ERR_NOT_ALLOWED, "out-of-scope", "un-cybercrime 35(2)", "");
    }
}

/* What no treaty covers may be asked all the same, by whoever assures the like. */
static void reciprocity_stands_for_whoever_assures_it(void **state)
{
    struct kit *k = *state;
    struct law_function f = {STR("reciprocity"), STR("mla"), STR("*"), STR("*")};
    struct law_who who = asking();
    struct law_state s = {
        .state = STR("new"), .instrument = STR("reciprocity"), .kind = STR("mla")};
    struct law_act act = act_of(LAW_REQUESTING, "send",
                                says(k, "requesting_body", "R", "case_nature", "N",
                                     "conducting_authority", "C", "offence", "O", "facts", "F",
                                     "assistance", "A", "search", "false", "purpose", "P", NULL));
    who.functions = &f;
    who.functions_n = 1;
    who.other = STR("XS"); /* with which Norland has one treaty only */
    act.instrument = s.instrument;
    act.kind = s.kind;
    refuses(k, &s, who, act, ERR_REJECTED, "particulars-missing", "reciprocity 1", "assurance");
    struct tree *says = tree_add_copy(k->t.arena, tree_list(k->t.arena), NULL, act.particulars);
    tree_add_str(k->t.arena, says, "assurance", STR("By note of the ministry."));
    act.particulars = says;
    struct law_verdict v;
    allows(k, &s, who, act, &v);
}

static bool cautioned(const struct law_line *l, const char *code)
{
    while (l && !str_is(l->code, code)) l = l->next;
    return l != NULL;
}

/* What is not said puts nothing out of scope: the article is missing, and no more is claimed. */
static void an_article_that_is_not_named_leaves_the_scope_open(void **state)
{
    struct kit *k = *state;
    static const struct law_function held = {STR("un-cybercrime"), STR("*"), STR("*"), STR("*")};
    struct law_who who = {.side = LAW_REQUESTING, .functions = &held, .functions_n = 1};
    struct law_state s = {.state = STR("new"),
                          .instrument = STR("un-cybercrime"),
                          .kind = STR("prosecution-instead")};
    struct law_act act = act_of(LAW_REQUESTING, "send", says(k, "subject", "S", NULL));
    act.kind = s.kind;
    struct law_line *lines;
    size_t must;
    assert_int_equal(law_preflight(&k->t, k->l, &s, &who, &act, NOON, STR("en"), &lines, &must),
                     ERR_OK);
    assert_true(cautioned(lines, "scope-open"));
    assert_false(cautioned(lines, "out-of-scope"));
    assert_true(cautioned(lines, "particular-missing"));
}

/* A State that the tables do not have may be bound: who asks it is told that nobody knows. */
static void a_preservation_rests_on_an_instrument_too(void **state)
{
    struct kit *k = *state;
    struct law_who who = asking();
    struct law_state s = {
        .state = STR("new"), .instrument = STR("un-cybercrime"), .kind = STR("preservation")};
    struct law_act act = act_of(LAW_REQUESTING, "send", request(k, NULL));
    struct law_verdict v;
    who.state = STR("XN");
    who.other = STR("AZ");
    refuses(k, &s, who, act, ERR_NOT_ALLOWED, "no-basis", "un-cybercrime 65(1)", "");
    who.other = STR("XM");
    allows(k, &s, who, act, &v);
    who.other = STR("QQ");
    allows(k, &s, who, act, &v);
}

int bases_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(an_instrument_binds_from_the_day_it_is_in_force_for_both),
        with_kit(instruments_stack_and_each_that_does_not_bind_says_whom),
        with_kit(nothing_rests_on_an_instrument_that_is_not_in_force),
        with_kit(a_preservation_rests_on_an_instrument_too),
        with_kit(reciprocity_stands_for_whoever_assures_it),
        with_kit(reciprocity_binds_by_the_assurance_unless_a_state_says_otherwise),
        with_kit(an_article_that_is_not_named_leaves_the_scope_open),
        with_kit(out_of_scope_is_refused_at_the_gate_with_its_article),
    };
    return cmocka_run_group_tests_name("bases", tests, NULL, NULL);
}
