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
        assert_true(str_starts(tree_str(r, "article"), "42(3)") ||
                    str_starts(tree_str(r, "via"), "42(3)"));
    assert_int_equal(rows_of(rows, "name", "data"), 1);
    assert_true(look(k, "42", false)->count > rows->count);
    assert_int_equal(look(k, "42(3)(c)", false)->count, 4); /* it, its topic, data, relation */
    assert_int_equal(look(k, "un-cybercrime 42(3)(c)", false)->count, 4);
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

/* By the provision that lets a ground apply, too, and by a topic that is bound to it. */
static void a_row_that_cites_an_article_otherwise_is_shown_too(void **state)
{
    struct kit *k = *state;
    const struct tree *rows = look(k, "un-cybercrime 42(6)", false);
    static const char *const grounds[] = {"essential_interests", "discrimination"};
    for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
        assert_int_equal(rows_of(rows, "name", grounds[i]), 1);
    for (const struct tree *r = rows->child; r; r = r->next)
        assert_true(str_starts(tree_str(r, "article"), "42(6)") ||
                    str_starts(tree_str(r, "via"), "42(6)") ||
                    str_starts(tree_str(r, "reservation"), "42(6)"));
    assert_true(rows_of(look(k, "un-cybercrime 40(25)", false), "list", "topics") > 0);
    assert_true(rows_of(look(k, "un-cybercrime 40(28)", false), "list", "pre_duty") > 0);
}

/* A State's rows are of the instrument that they name. */
static void what_a_state_says_of_an_article_is_found_by_its_instrument(void **state)
{
    struct kit *k = *state;
    const struct tree *rows = look(k, "un-cybercrime 40(12)(a)", false);
    assert_true(rows_of(rows, "in", "AZ") > 0);
    assert_int_equal(rows_of(look(k, "budapest 35", false), "instrument", "un-cybercrime"), 0);
}

static void what_a_set_holds_is_counted(void **state)
{
    struct kit *k = *state;
    const struct tree *v;
    assert_int_equal(law_count(&k->t, k->l, &v), ERR_OK);
    assert_int_equal(tree_int(v, "instruments", 0), (int64_t)k->l->instruments_n);
    assert_int_equal(tree_int(v, "states", 0), (int64_t)k->l->states_n);
    assert_int_equal(tree_int(v, "rows", 0), (int64_t)look(k, "", false)->count);
    assert_int_equal(tree_int(v, "unverified", 0), (int64_t)look(k, "", true)->count);
    assert_true(tree_int(v, "kinds", 0) > 20);
    assert_true(str_eq(tree_str(v, "tables"), k->l->hash_hex));
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
        with_kit(a_row_that_cites_an_article_otherwise_is_shown_too),
        with_kit(what_a_state_says_of_an_article_is_found_by_its_instrument),
        with_kit(what_a_set_holds_is_counted),
        with_kit(unverified_rows_can_be_listed_alone),
        with_kit(a_kind_is_shown_with_its_states_and_acts),
    };
    return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
