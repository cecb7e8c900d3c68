/* SPDX-License-Identifier: Apache-2.0 */
/* Each paragraph is accounted for, and one that is not is seen. */

#include "law_test.h"

static const struct tree *paragraph(const struct tree *view, const char *article)
{
    for (const struct tree *p = tree_get(view, "paragraphs")->child; p; p = p->next)
        if (str_is(tree_str(p, "article"), article)) return p;
    fail_msg("no paragraph %s", article);
    return NULL;
}

static void a_paragraph_is_carried_by_what_cites_it_or_is_below_it(void **state)
{
    struct kit *k = *state;
    const struct tree *view, *p;
    assert_int_equal(law_coverage(&k->t, k->l, STR("en"), &view), ERR_OK);
    p = paragraph(view, "42(8)");
    assert_text(tree_str(p, "status"), "carried");
    assert_true(tree_get(p, "rules")->count >= 3);
    assert_true(tree_get(p, "tests")->count >= 1);
    p = paragraph(view, "42(3)");
    assert_text(tree_str(p, "status"), "carried");
    p = paragraph(view, "37(19)"); /* by the roles of the function */
    assert_text(tree_str(p, "status"), "carried");
}

static void no_paragraph_is_carried_by_what_nothing_plays(void **state)
{
    struct kit *k = *state;
    const struct tree *view;
    assert_int_equal(law_coverage(&k->t, k->l, STR("en"), &view), ERR_OK);
    for (const struct tree *p = tree_get(view, "paragraphs")->child; p; p = p->next)
        if (str_is(tree_str(p, "status"), "carried")) assert_true(tree_get(p, "tests")->count >= 1);
    /* A function that no kind asks for, and a line of profiles that a preflight asks. */
    assert_text(tree_str(paragraph(view, "49"), "status"), "explained");
    assert_text(tree_str(paragraph(view, "50(5)"), "status"), "carried");
    assert_int_equal(tree_int(view, "unaccounted", -1), 0);
}

static void what_software_has_no_part_in_says_why(void **state)
{
    struct kit *k = *state;
    const struct tree *view;
    assert_int_equal(law_coverage(&k->t, k->l, STR("az"), &view), ERR_OK);
    const struct tree *p = paragraph(view, "41(2)");
    assert_text(tree_str(p, "status"), "explained");
    assert_int_equal(tree_get(p, "rules")->count, 0);
    assert_true(str_starts(tree_str(p, "why"), "Siyahını"));
}

static void they_stand_as_in_the_text_and_are_counted(void **state)
{
    struct kit *k = *state;
    const struct tree *view, *list;
    int64_t n[3] = {0};
    assert_int_equal(law_coverage(&k->t, k->l, STR("en"), &view), ERR_OK);
    list = tree_get(view, "paragraphs");
    assert_text(tree_str(list->child, "article"), "35(1)");
    for (const struct tree *p = list->child; p; p = p->next) {
        n[0] += str_is(tree_str(p, "status"), "carried");
        n[1] += str_is(tree_str(p, "status"), "explained");
        n[2] += str_is(tree_str(p, "status"), "unaccounted");
        if (p->next && str_is(tree_str(p, "article"), "37(9)"))
            assert_text(tree_str(p->next, "article"), "37(10)");
    }
    assert_int_equal(n[0], tree_int(view, "carried", -1));
    assert_int_equal(n[1], tree_int(view, "explained", -1));
    assert_int_equal(n[2], tree_int(view, "unaccounted", -1));
    assert_int_equal(n[0] + n[1] + n[2], (int64_t)list->count);
}

int coverage_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_paragraph_is_carried_by_what_cites_it_or_is_below_it),
        with_kit(no_paragraph_is_carried_by_what_nothing_plays),
        with_kit(what_software_has_no_part_in_says_why),
        with_kit(they_stand_as_in_the_text_and_are_counted),
    };
    return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
