/* SPDX-License-Identifier: Apache-2.0 */
/* The worksheet of dual criminality proposes and never decides. */

#include "law_test.h"

#include <string.h>

static const struct tree *sheet_of(struct kit *k, const char *kind, const char *state,
                                   const struct tree *request, const struct tree **finding_out)
{
    struct law_state s;
    struct law_option *o;
    size_t n;
    assert_int_equal(law_fold(&k->t, NULL, 0, &s), ERR_OK);
    s.state = STR("requested");
    s.instrument = STR("un-cybercrime");
    s.kind = str_of(kind);
    s.particulars = request;
    struct law_who who = asked();
    who.state = str_of(state);
    who.other = STR("XN");
    assert_int_equal(law_options(&k->t, k->l, &s, &who, NOON, STR("en"), &o, &n), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        if (!o[i].worksheet) continue;
        assert_true(o[i].decision);
        const struct tree *p = o[i].particulars->child;
        while (p && !str_is(tree_str(p, "name"), "finding")) p = p->next;
        if (finding_out) *finding_out = p;
        return o[i].worksheet;
    }
    return NULL;
}

static void the_offences_stand_side_by_side(void **state)
{
    struct kit *k = *state;
    const struct tree *request = says(k, "offence", "Entering a system", "convention_article", "7",
                                      "facts", "By night.", NULL);
    const struct tree *v = sheet_of(k, "mla", "AZ", request, NULL);
    assert_text(tree_str(tree_get(v, "offence"), "value"), "Entering a system");
    assert_text(tree_str(tree_get(v, "conduct"), "value"), "By night.");
    assert_text(tree_str(tree_get(v, "treaty"), "article"), "un-cybercrime 7");
    const struct tree *p = tree_get(v, "proposed");
    assert_int_equal(p->count, 1);
    assert_text(tree_str(p->child, "provision"), "271");
    assert_text(tree_str(p->child, "certainty"), "sure");
    assert_int_equal(tree_int(p->child, "max_years", 0), 6);
}

static void without_an_article_the_whole_map_is_shown(void **state)
{
    struct kit *k = *state;
    const struct tree *v = sheet_of(k, "mla", "AZ", says(k, "facts", "By night.", NULL), NULL);
    assert_null(tree_get(v, "treaty"));
    assert_true(tree_get(v, "proposed")->count > 5);
    assert_text(tree_str(tree_get(v, "offence"), "value"), "");
}

static void nothing_suggests_the_finding(void **state)
{
    struct kit *k = *state;
    const struct tree *finding = NULL;
    assert_non_null(sheet_of(k, "mla", "AZ",
                             says(k, "offence", "x", "convention_article", "7", NULL), &finding));
    assert_non_null(finding);
    assert_null(tree_get(finding, "suggest"));
    assert_text(tree_str(finding, "required"), "always");
}

static void a_kind_that_asks_for_none_has_no_worksheet(void **state)
{
    struct kit *k = *state;
    assert_null(sheet_of(k, "preservation", "XM", request(k, NULL), NULL));
    assert_non_null(sheet_of(k, "extradition", "XM", says(k, "facts", "x", NULL), NULL));
}

static void a_worksheet_of_what_no_request_states_is_refused(void **state)
{
    struct kit *k = *state;
    const char *path = "patterns/assistance.yaml";
    const struct law_tables *l;
    struct str text = edited(k, path, "worksheet: {offence: offence, conduct: facts}",
                             "worksheet: {offence: offence, conduct: gossip}");
    assert_int_equal(load_with(k, path, text, &l), ERR_REJECTED);
    assert_non_null(strstr(k->t.fault.sentence, "gossip"));
    turn_forgive(&k->t);
}

int worksheet_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(the_offences_stand_side_by_side),
        with_kit(without_an_article_the_whole_map_is_shown),
        with_kit(nothing_suggests_the_finding),
        with_kit(a_kind_that_asks_for_none_has_no_worksheet),
        with_kit(a_worksheet_of_what_no_request_states_is_refused),
    };
    return cmocka_run_group_tests_name("worksheet", tests, NULL, NULL);
}
