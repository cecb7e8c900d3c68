/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done now, why not the rest, and the one step most due. */

#include "law_test.h"

#include <string.h>

static const struct law_option *option(struct kit *k, const struct law_state *s, struct law_who who,
                                       const char *act)
{
    struct law_option *o;
    size_t n;
    assert_int_equal(law_options(&k->t, k->l, s, &who, NOON, STR("en"), &o, &n), ERR_OK);
    for (size_t i = 0; i < n; i++)
        if (str_is(o[i].act, act)) return &o[i];
    return NULL;
}

static struct str next_of(struct kit *k, const struct law_state *s, struct law_who who)
{
    struct law_option *o;
    size_t n, found = 0;
    struct str next = STR("");
    assert_int_equal(law_options(&k->t, k->l, s, &who, NOON, STR("en"), &o, &n), ERR_OK);
    for (size_t i = 0; i < n; i++)
        if (o[i].next) {
            assert_true(o[i].possible);
            next = o[i].act;
            found++;
        }
    assert_true(found <= 1);
    return next;
}

static void each_side_sees_its_own_acts_only(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    assert_null(option(k, &s, asking(), "preserve"));
    assert_null(option(k, &s, asking(), "order"));
    assert_null(option(k, &s, asked(), "withdraw"));
    assert_true(option(k, &s, asking(), "withdraw")->possible);
    assert_true(option(k, &s, asked(), "order")->possible);
    assert_true(option(k, &s, asked(), "order")->inward);
}

static void what_was_done_inwardly_elsewhere_is_not_asked_about(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    struct law_who who = asked();
    assert_false(option(k, &s, who, "preserve")->possible);
    who.elsewhere = true;
    assert_true(option(k, &s, who, "preserve")->possible);
    assert_true(option(k, &s, who, "acknowledge")->possible);
    d = dossier_in(k, "preserved");
    s = folded(k, &d);
    assert_false(option(k, &s, who, "preserve")->possible);
}

static void what_is_not_possible_says_why_with_its_article(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    const struct law_option *o = option(k, &s, asked(), "preserve");
    assert_false(o->possible);
    assert_text(o->why_not_article, "un-cybercrime 25(2)");
    assert_text(o->why_not, "The domestic order has not been recorded.");
    o = option(k, &s, asked(), "expire");
    assert_false(o->possible);
    assert_text(o->why_not, "The node does this by itself when the time has come.");
}

static void nothing_is_possible_without_the_function(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    struct law_who nobody = {.side = LAW_REQUESTED};
    struct law_option *o;
    size_t n;
    assert_int_equal(law_options(&k->t, k->l, &s, &nobody, NOON, STR("en"), &o, &n), ERR_OK);
    assert_int_equal(n, 23);
    for (size_t i = 0; i < n; i++) {
        bool anybodys = str_is(o[i].act, "acknowledge") || str_is(o[i].act, "refer");
        assert_int_equal(o[i].possible, anybodys);
        if (anybodys) continue;
        if (str_is(o[i].act, "expire")) continue; /* not for a person in any case */
        assert_text(o[i].why_not_article, "un-cybercrime 41(3)(b)");
    }
}

static void nothing_is_possible_when_the_dossier_has_ended(void **state)
{
    static const char *const ends[] = {"refused", "not_executable", "withdrawn", "expired"};
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct dossier d = dossier_in(k, ends[i]);
        struct law_state s = folded(k, &d);
        assert_int_equal(next_of(k, &s, asked()).n, 0);
        assert_int_equal(next_of(k, &s, asking()).n, 0);
        assert_false(option(k, &s, asked(), "acknowledge")->possible);
        assert_false(option(k, &s, asking(), "withdraw")->possible);
    }
}

static void the_next_step_walks_through_the_story(void **state)
{
    struct kit *k = *state;
    struct dossier d = {0};
    struct law_state s = folded(k, &d);
    assert_text(next_of(k, &s, asking()), "send");
    does(k, &d, LAW_REQUESTING, "send", 0, request(k, NULL));
    s = folded(k, &d);
    assert_text(next_of(k, &s, asked()), "acknowledge");
    assert_text(next_of(k, &s, asking()), "");
    does(k, &d, LAW_REQUESTED, "acknowledge", 1, NULL);
    s = folded(k, &d);
    assert_text(next_of(k, &s, asked()), "order");
    does(k, &d, LAW_INWARD, "order", 1,
         says(k, "authority_ordering", "C", "order_number", "1", "order_date", "2026-11-24",
              "custodian", "H", NULL));
    does(k, &d, LAW_REQUESTED, "ask", 1, says(k, "question", "?", NULL));
    s = folded(k, &d);
    assert_text(next_of(k, &s, asking()), "answer");
}

static void an_order_recorded_makes_preserving_the_next_step(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    does(k, &d, LAW_REQUESTED, "acknowledge", 1, NULL);
    does(k, &d, LAW_INWARD, "order", 1,
         says(k, "authority_ordering", "C", "order_number", "1", "order_date", "2026-11-24",
              "custodian", "H", NULL));
    struct law_state s = folded(k, &d);
    assert_text(next_of(k, &s, asked()), "preserve");
}

static void what_is_missing_makes_asking_the_next_step(void **state)
{
    struct kit *k = *state;
    struct dossier d = {0};
    records(k, &d, LAW_REQUESTING, "send", 0, request(k, "data"));
    struct law_state s = folded(k, &d);
    assert_text(next_of(k, &s, asked()), "ask");
    does(k, &d, LAW_REQUESTED, "ask", 1, says(k, "question", "Which data?", NULL));
    s = folded(k, &d);
    assert_text(next_of(k, &s, asking()), "answer");
    assert_true(!str_is(next_of(k, &s, asked()), "ask")); /* one question at a time is due */
}

static void a_clock_that_ended_is_for_the_node_itself(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "preserved");
    struct law_state s = folded(k, &d);
    struct law_who node = node_itself();
    struct law_option *o;
    size_t n;
    assert_text(next_of(k, &s, node), "");
    assert_int_equal(law_options(&k->t, k->l, &s, &node, NOON + 61 * DAY_MS, STR("en"), &o, &n),
                     ERR_OK);
    for (size_t i = 0; i < n; i++) /* and what another dossier may bring about */
        assert_int_equal(o[i].possible, str_is(o[i].act, "expire") || str_is(o[i].act, "hold"));
}

static const struct tree *named(const struct tree *list, const char *key, const char *name)
{
    for (const struct tree *r = list->child; r; r = r->next)
        if (str_is(tree_str(r, key), name)) return r;
    return NULL;
}

static void the_particulars_to_ask_for_come_with_the_act(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "new");
    struct law_state s = folded(k, &d);
    const struct law_option *o = option(k, &s, asking(), "send");
    assert_int_equal(o->particulars->count, 13);
    const struct tree *data = named(o->particulars, "name", "data");
    assert_text(tree_str(data, "article"), "un-cybercrime 42(3)(c)");
    assert_text(tree_str(data, "required"), "always");
    assert_text(tree_str(data, "type"), "text");
    assert_text(tree_str(data, "title"), "Data to be preserved");
    assert_int_equal(tree_int(data, "max", 0), 8000);
    const struct tree *scope = named(o->particulars, "name", "offence_scope");
    assert_int_equal(tree_get(scope, "choices")->count, 2);
    d = dossier_in(k, "asked");
    s = folded(k, &d);
    o = option(k, &s, asking(), "answer");
    assert_text(tree_str(named(o->particulars, "name", "data"), "required"), "optional");
}

static void only_grounds_that_could_be_taken_are_offered(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    struct law_who lacunia = asked();
    lacunia.state = STR("XL");
    const struct tree *choices =
        tree_get(named(option(k, &s, lacunia, "refuse")->particulars, "name", "ground"), "choices");
    assert_int_equal(choices->count, 3);
    assert_null(named(choices, "value", "fiscal"));
    assert_text(tree_str(named(choices, "value", "discrimination"), "article"),
                "un-cybercrime 40(22)");
    s.particulars = request_with(k, "offence_scope", "other_serious_crime");
    choices =
        tree_get(named(option(k, &s, lacunia, "refuse")->particulars, "name", "ground"), "choices");
    assert_int_equal(choices->count, 4);
    choices = tree_get(named(option(k, &s, asked(), "not_executable")->particulars, "name", "code"),
                       "choices");
    assert_int_equal(choices->count, 5);
}

static void titles_come_in_the_language_asked_for_or_in_english(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    struct law_who who = asked();
    static const char *const langs[] = {"az", "tlh"};
    static const char *const titles[] = {"Alındığını təsdiqlə", "Acknowledge receipt"};
    static const char *const whys[] = {"Daxili qərar qeyd edilməyib.",
                                       "The domestic order has not been recorded."};
    for (size_t l = 0; l < 2; l++) {
        struct law_option *o;
        size_t n;
        assert_int_equal(law_options(&k->t, k->l, &s, &who, NOON, str_of(langs[l]), &o, &n),
                         ERR_OK);
        for (size_t i = 0; i < n; i++) {
            if (str_is(o[i].act, "acknowledge")) assert_text(o[i].title, titles[l]);
            if (str_is(o[i].act, "preserve")) assert_text(o[i].why_not, whys[l]);
        }
    }
}

static void a_kind_the_tables_do_not_know_has_no_options(void **state)
{
    struct kit *k = *state;
    struct law_state s = {
        .state = STR("new"), .instrument = STR("un-cybercrime"), .kind = STR("levitation")};
    struct law_who who = asking();
    struct law_option *o;
    size_t n = 9;
    assert_int_equal(law_options(&k->t, k->l, &s, &who, NOON, STR("en"), &o, &n), ERR_OK);
    assert_int_equal(n, 0);
}

/* What is shown as possible is what is accepted, in each state and on each side. */
static void what_the_options_offer_the_decision_grants(void **state)
{
    static const char *const states[] = {"new",     "requested",      "asked",     "preserved",
                                         "refused", "not_executable", "withdrawn", "expired"};
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct dossier d = dossier_in(k, states[i]);
        struct law_state s = folded(k, &d);
        for (int side = 0; side < 2; side++) {
            struct law_who who = side ? asked() : asking();
            struct law_option *o;
            size_t n;
            assert_int_equal(law_options(&k->t, k->l, &s, &who, NOON, STR("en"), &o, &n), ERR_OK);
            for (size_t r = 0; r < n; r++) {
                enum law_stream stream = o[r].inward ? LAW_INWARD : who.side;
                struct law_act act = act_of(stream, str_c(k->t.arena, o[r].act), NULL);
                struct law_verdict v;
                err e = law_decide(&k->t, k->l, &s, &who, &act, NOON, &v);
                if (o[r].possible)
                    assert_true(e == ERR_OK || e == ERR_REJECTED); /* only its contents lack */
                else
                    assert_text(o[r].why_not_article, k->t.fault.article);
                turn_forgive(&k->t);
            }
        }
    }
}

static struct str suggested(const struct law_option *o, const char *name)
{
    const struct tree *r = o->particulars->child;
    while (r && !str_is(tree_str(r, "name"), name)) r = r->next;
    return tree_str(r, "suggest");
}

static void a_form_begins_with_what_can_be_known(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    const struct law_option *order = option(k, &s, asked(), "order");
    assert_text(suggested(order, "order_date"), "today");
    assert_text(suggested(order, "custodian"), "The hosting provider");
    assert_int_equal(suggested(order, "order_number").n, 0);
    /* The first day that is long enough: with it the act is done, a day earlier it is not. */
    int64_t day;
    struct str least = suggested(option(k, &s, asked(), "preserve"), "preserved_until");
    assert_true(day_read(least, &day));
    does(k, &d, LAW_INWARD, "order", 1,
         says(k, "authority_ordering", "Court", "order_number", "17", "order_date", "2026-11-24",
              "custodian", "The hosting provider", NULL));
    s = folded(k, &d);
    for (int early = 0; early < 2; early++) {
        struct law_who who = asked();
        struct law_verdict v;
        struct str until = day_text(k->t.arena, day - early);
        struct law_act act = act_of(LAW_REQUESTED, "preserve",
                                    says(k, "preserved_until", str_c(k->t.arena, until), NULL));
        act.at_ms = NOON;
        turn_forgive(&k->t);
        assert_int_equal(law_decide(&k->t, k->l, &s, &who, &act, NOON, &v),
                         early ? ERR_REJECTED : ERR_OK);
    }
}

int options_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(each_side_sees_its_own_acts_only),
        with_kit(what_was_done_inwardly_elsewhere_is_not_asked_about),
        with_kit(what_is_not_possible_says_why_with_its_article),
        with_kit(nothing_is_possible_without_the_function),
        with_kit(nothing_is_possible_when_the_dossier_has_ended),
        with_kit(the_next_step_walks_through_the_story),
        with_kit(an_order_recorded_makes_preserving_the_next_step),
        with_kit(a_form_begins_with_what_can_be_known),
        with_kit(what_is_missing_makes_asking_the_next_step),
        with_kit(a_clock_that_ended_is_for_the_node_itself),
        with_kit(the_particulars_to_ask_for_come_with_the_act),
        with_kit(only_grounds_that_could_be_taken_are_offered),
        with_kit(titles_come_in_the_language_asked_for_or_in_english),
        with_kit(a_kind_the_tables_do_not_know_has_no_options),
        with_kit(what_the_options_offer_the_decision_grants),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
