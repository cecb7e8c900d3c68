/* SPDX-License-Identifier: Apache-2.0 */
/* Rows by citation or name. */

#include "law_test.h"

static const struct tree *look(struct kit *k, const char *what, bool unverified_only)
{
    const struct tree *view;
    if (law_look(&k->t, k->l, str_of(what), unverified_only, &view) != ERR_OK)
        fail_msg("%s", k->t.fault.sentence);
    return tree_get(view, "rows");
}

static size_t rows_of(const struct tree *rows, const char *key, const char *value)
{
    size_t n = 0;
    for (const struct tree *r = rows->child; r; r = r->next) n += str_is(tree_str(r, key), value);
    return n;
}

static void nothing_asked_shows_everything(void **state)
{
    struct kit *k = *state;
    const struct tree *rows = look(k, "", false);
    assert_true(rows->count > 130);
    assert_true(rows_of(rows, "list", "lifecycle") > 500);
    assert_true(rows_of(rows, "in", "AZ") > 10);
    for (const struct tree *r = rows->child; r; r = r->next) {
        assert_true(tree_str(r, "article").n > 0 || str_starts(tree_str(r, "file"), "calendars/"));
        assert_true(tree_int(r, "line", 0) > 0);
    }
}

static void an_article_shows_what_cites_it_and_what_is_below_it(void **state)
{
    struct kit *k = *state;
    const struct tree *rows = look(k, "42(3)", false);
    for (const struct tree *r = rows->child; r; r = r->next)
        assert_true(str_starts(tree_str(r, "article"), "42(3)"));
    assert_int_equal(rows_of(rows, "name", "data"), 1);
    assert_true(look(k, "42", false)->count > rows->count);
    assert_int_equal(look(k, "42(3)(c)", false)->count, 3); /* the article, data, relation */
    assert_int_equal(look(k, "un-cybercrime 42(3)(c)", false)->count, 3);
    rows = look(k, "un-cybercrime 42(6)", false); /* also the grounds that it lets apply */
    assert_int_equal(rows_of(rows, "name", "essential_interests"), 1);
    assert_int_equal(rows_of(rows, "name", "discrimination"), 1);
}

static void an_article_is_not_another_that_begins_the_same(void **state)
{
    struct kit *k = *state;
    const struct tree *view;
    assert_int_equal(law_look(&k->t, k->l, STR("77"), false, &view), ERR_NONE_SUCH);
    turn_forgive(&k->t);
    assert_int_equal(law_look(&k->t, k->l, STR("42(30)"), false, &view), ERR_NONE_SUCH);
    assert_string_equal(k->t.fault.code, "row-unknown");
    turn_forgive(&k->t);
}

static void a_kind_shows_all_that_stands_within_it(void **state)
{
    struct kit *k = *state;
    const struct tree *rows = look(k, "preservation", false);
    assert_int_equal(rows_of(rows, "list", "forbidden_grounds"), 5);
    assert_true(rows_of(rows, "list", "lifecycle") > 20); /* of each instrument that has it */
    assert_int_equal(rows_of(rows, "list", "articles"), 0);
}

static void an_act_a_ground_a_clock_or_a_state_is_found_by_name(void **state)
{
    struct kit *k = *state;
    assert_true(look(k, "refuse", false)->count >= 3);
    assert_text(tree_str(look(k, "bank_secrecy", false)->child, "article"), "40(24)");
    assert_int_equal(tree_int(look(k, "domestic_order", false)->child, "days", 0), 90);
    assert_true(look(k, "XL", false)->count >= 3);
}

static void the_days_of_a_calendar_are_rows_too(void **state)
{
    struct kit *k = *state;
    const struct tree *v;
    size_t days = 0;
    assert_int_equal(law_look(&k->t, k->l, STR("AZ"), true, &v), ERR_OK);
    for (const struct tree *r = tree_get(v, "rows")->child; r; r = r->next)
        days += str_is(tree_str(r, "list"), "holidays");
    assert_int_equal(days, law_state_find(k->l, STR("AZ"))->calendars->off_n);
    assert_int_equal(law_look(&k->t, k->l, STR("2026-11-30"), false, &v), ERR_OK);
    assert_int_equal(tree_get(v, "rows")->count, 1);
    assert_text(tree_str(tree_get(v, "rows")->child, "in"), "XM");
    assert_text(tree_str(tree_get(v, "rows")->child, "file"), "calendars/xm.yaml");
}

static void unverified_rows_can_be_listed_alone(void **state)
{
    struct kit *k = *state;
    const struct tree *rows = look(k, "", true);
    assert_true(rows->count > 10);
    for (const struct tree *r = rows->child; r; r = r->next)
        assert_text(tree_str(r, "source"), "unverified");
    assert_true(rows_of(rows, "list", "pre_duty") >= 2);
}

/* src/law/kind_view.c: a kind as people read it, each row with its title and its article in full.
 */
static void a_kind_is_shown_with_its_states_and_acts(void **state)
{
    struct kit *k = *state;
    const struct tree *v, *row;
    assert_int_equal(
        law_kind_view(&k->t, k->l, STR("un-cybercrime"), STR("preservation"), STR("az"), &v),
        ERR_OK);
    assert_int_equal(law_kind_row(&k->t, k->l, STR("un-cybercrime"), STR("preservation"), &row),
                     ERR_OK);
    assert_int_equal(tree_get(v, "states")->count, tree_get(row, "states")->count);
    assert_int_equal(tree_get(v, "acts")->count, tree_get(row, "lifecycle")->count);
    for (const struct tree *a = tree_get(v, "acts")->child; a; a = a->next) {
        assert_true(tree_str(a, "title").n > 0);
        assert_true(str_starts(tree_str(a, "article"), "un-cybercrime "));
    }
    assert_int_equal(law_kind_view(&k->t, k->l, STR("un-cybercrime"), STR("42"), STR("en"), &v),
                     ERR_NONE_SUCH);
    turn_forgive(&k->t);
}

int look_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(nothing_asked_shows_everything),
        with_kit(an_article_shows_what_cites_it_and_what_is_below_it),
        with_kit(an_article_is_not_another_that_begins_the_same),
        with_kit(a_kind_shows_all_that_stands_within_it),
        with_kit(an_act_a_ground_a_clock_or_a_state_is_found_by_name),
        with_kit(the_days_of_a_calendar_are_rows_too),
        with_kit(unverified_rows_can_be_listed_alone),
        with_kit(a_kind_is_shown_with_its_states_and_acts),
    };
    return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
