/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/law/said.c: what things are called, and what lists are made of. */

#include "law_test.h"

#include <string.h>

static void assert_said(struct str got, const char *want)
{
    if (!str_is(got, want)) fail_msg("\"" STR_FMT "\", not \"%s\"", STR_ARG(got), want);
}

static void words_of_the_law_have_titles_in_each_language(void **state)
{
    struct kit *k = *state;
    static const struct {
        enum law_noun noun;
        const char *name, *en, *az;
    } rows[] = {
        {LAW_SAYS_INSTRUMENT, "", "UN Cybercrime Convention",
         "BMT Kibercinayətkarlıq Konvensiyası"},
        {LAW_SAYS_KIND, "", "Expedited preservation of electronic data",
         "Elektron məlumatların təxirəsalınmaz mühafizəsi"},
        {LAW_SAYS_FUNCTION, "contact", "24/7 contact centre", "24/7 əlaqə mərkəzi"},
        {LAW_SAYS_STATE, "preserved", "Preserved", "Mühafizə olunur"},
        {LAW_SAYS_OUTCOME, "refused", "Refused", "İmtina edilib"},
        {LAW_SAYS_ACT, "refuse", "Refuse", "İmtina et"},
        {LAW_SAYS_PARTICULAR, "facts", "Brief summary of the facts", "Faktların qısa xülasəsi"},
        {LAW_SAYS_PARTICULAR, "reasons", "Reasons", "Əsaslandırma"}, /* an act's own */
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct str name = str_of(rows[n].name), i = STR("un-cybercrime"), p = STR("preservation");
        assert_said(law_said(k->l, rows[n].noun, i, p, name, STR("en")), rows[n].en);
        assert_said(law_said(k->l, rows[n].noun, i, p, name, STR("az")), rows[n].az);
        assert_said(law_said(k->l, rows[n].noun, i, p, name, STR("ar")), rows[n].en);
    }
    struct str clock = law_said(k->l, LAW_SAYS_CLOCK, STR("un-cybercrime"), STR("preservation"),
                                STR("preservation"), STR("en"));
    assert_true(clock.n && !str_is(clock, "preservation"));
}

static void what_no_row_knows_is_called_by_its_name(void **state)
{
    struct kit *k = *state;
    struct str x = STR("dance"), i = STR("un-cybercrime"), p = STR("preservation");
    assert_said(law_said(k->l, LAW_SAYS_INSTRUMENT, x, p, x, STR("en")), "dance");
    assert_said(law_said(k->l, LAW_SAYS_KIND, i, x, x, STR("en")), "dance");
    assert_said(law_said(k->l, LAW_SAYS_ACT, i, p, x, STR("en")), "dance");
    assert_said(law_said(k->l, LAW_SAYS_STATE, x, x, x, STR("en")), "dance");
    assert_said(law_state_said(k->l, STR("ZZ"), STR("en")), "");
    assert_said(law_authority_said(k->t.arena, k->l, STR("XN/none"), STR("en")), "");
    assert_said(law_authority_said(k->t.arena, k->l, STR("XN"), STR("en")), "");
    assert_said(law_summary(k->l, i, x), "");
    assert_said(law_kind_cited(k->t.arena, k->l, i, x), "");
    assert_true(law_remark_is_must(k->l, x));
}

static void states_and_authorities_are_named(void **state)
{
    struct kit *k = *state;
    assert_said(law_state_said(k->l, STR("XM"), STR("az")), "Meridiya");
    assert_said(law_authority_said(k->t.arena, k->l, STR("XN/csb"), STR("en")),
                "Norland, Cybercrime Bureau");
    assert_said(law_authority_zone(k->l, STR("XM/dts")), "Asia/Baku");
    assert_said(law_authority_zone(k->l, STR("XM/none")), "Asia/Baku");
    assert_said(law_authority_zone(k->l, STR("ZZ/none")), "");
    size_t n = 0;
    while (law_state_nth(k->l, n)) n++;
    assert_true(n >= 4);
}

static void a_kind_says_what_names_it_and_what_it_falls_under(void **state)
{
    struct kit *k = *state;
    struct str i = STR("un-cybercrime"), p = STR("preservation");
    assert_said(law_summary(k->l, i, p), "data");
    assert_said(law_competence(k->t.arena, k->l, i, p), " contact mla ");
    assert_said(law_kind_cited(k->t.arena, k->l, i, p), "un-cybercrime 42");
    assert_false(law_remark_is_must(k->l, STR("particular-advised")));
    assert_true(law_remark_is_must(k->l, STR("particular-missing")));
    assert_said(law_remark_said(k->l, STR("role-may-not"), STR("az")),
                "Vəzifəniz buna icazə vermir");
    assert_said(law_remark_said(k->l, STR("dance"), STR("az")), "dance");
    const struct tree *rows;
    assert_int_equal(law_request_rows(&k->t, k->l, i, p, STR("en"), &rows), ERR_OK);
    assert_said(tree_str(rows->child, "name"), "authority_seeking");
    assert_said(tree_str(rows->child, "article"), "un-cybercrime 42(3)(a)");
}

/* The short answer and the long one must never differ. */
static void the_next_step_is_the_one_the_options_mark(void **state)
{
    struct kit *k = *state;
    static const char *const states[] = {"requested", "asked", "preserved", "refused", "withdrawn"};
    int found_any = 0;
    for (size_t n = 0; n < sizeof states / sizeof *states; n++) {
        struct dossier d = dossier_in(k, states[n]);
        struct law_state s = folded(k, &d);
        const struct law_who sides[] = {asking(), asked()};
        for (size_t side = 0; side < 2; side++) {
            struct law_option *all, next;
            size_t all_n, marked = SIZE_MAX;
            bool found;
            assert_int_equal(
                law_options(&k->t, k->l, &s, &sides[side], NOON, STR("en"), &all, &all_n), ERR_OK);
            for (size_t o = 0; o < all_n; o++)
                if (all[o].next) marked = o;
            assert_int_equal(
                law_next(&k->t, k->l, &s, &sides[side], NOON, STR("en"), &found, &next), ERR_OK);
            assert_int_equal(found, marked != SIZE_MAX);
            if (!found) continue;
            found_any++;
            assert_true(str_eq(next.act, all[marked].act) && str_eq(next.title, all[marked].title));
        }
    }
    assert_true(found_any > 2);
}

static void kinds_are_listed_with_who_may_send_them(void **state)
{
    struct kit *k = *state;
    struct tree *list = tree_list(k->t.arena);
    struct law_who who = asking();
    assert_int_equal(law_kinds_list(&k->t, k->l, &who, NOON, STR("en"), list), ERR_OK);
    assert_true(list->count >= 1);
    assert_true(tree_bool(list->child, "may_send", false));
    list = tree_list(k->t.arena);
    who.functions_n = 0;
    assert_int_equal(law_kinds_list(&k->t, k->l, &who, NOON, STR("en"), list), ERR_OK);
    assert_false(tree_bool(list->child, "may_send", true));
    assert_true(tree_str(list->child, "why_not").n > 0);
    struct str article = tree_str(list->child, "why_not_article");
    assert_true(str_starts(article, str_c(k->t.arena, tree_str(list->child, "instrument"))));
}

static struct str as_it_is(struct turn *t, struct str s)
{
    (void)t;
    return s;
}

static void articles_are_found_by_number_and_by_words(void **state)
{
    struct kit *k = *state;
    struct tree *list = tree_list(k->t.arena);
    assert_int_equal(law_articles_find(&k->t, k->l, STR("42(8)"), STR("en"), 9, as_it_is, list),
                     ERR_OK);
    assert_int_equal(list->count, 1);
    assert_int_equal(
        law_articles_find(&k->t, k->l, STR("sixty days"), STR("en"), 9, as_it_is, list), ERR_OK);
    assert_int_equal(list->count, 3); /* and the one of the other convention */
    assert_said(tree_str(list->last, "article"), "42(8)");
    assert_int_equal(law_articles_find(&k->t, k->l, STR("4"), STR("en"), 9, as_it_is, list),
                     ERR_OK);
    assert_int_equal(list->count, 9); /* at most so many */
    list = tree_list(k->t.arena);
    assert_int_equal(law_articles_find(&k->t, k->l, STR(""), STR("en"), 9, as_it_is, list), ERR_OK);
    assert_int_equal(list->count, 0);
}

static void only_one_text_names_a_request(void **state)
{
    struct kit *k = *state;
    const char *path = "patterns/preservation.yaml";
    const struct law_tables *l;
    struct str text = edited(k, path, "type: day\n", "type: day\n    summary: true\n");
    assert_int_equal(load_with(k, path, text, &l), ERR_REJECTED);
    assert_true(str_ends(str_of(k->t.fault.sentence), "in one text of the kind at most.") ||
                str_ends(str_of(k->t.fault.sentence), "in one text of the kind at most"));
    turn_forgive(&k->t);
}

/* The file of one instrument says that it is; two that say so contradict each other. */
static void where_no_instrument_is_named_the_usual_one_is_meant(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    assert_text(law_usual(k->l), "un-cybercrime");
    assert_string_equal(law_usual_cited(k->t.arena, k->l), "un-cybercrime 40(12)");
    assert_int_equal(load_small(k, small_instrument(k), small_state(k), &l), ERR_OK);
    assert_text(law_usual(l), "small");
    assert_null(law_usual_cited(k->t.arena, l));
    struct str two = edited(k, "instruments/budapest.yaml",
                            "\ndocument:", "\nusual: {article: \"35\", source: text}\ndocument:");
    assert_int_equal(load_with(k, "instruments/budapest.yaml", two, &l), ERR_REJECTED);
    assert_non_null(strstr(k->t.fault.sentence, "expected it once"));
    turn_forgive(&k->t);
}

int said_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_kit(words_of_the_law_have_titles_in_each_language),
        with_kit(what_no_row_knows_is_called_by_its_name),
        with_kit(states_and_authorities_are_named),
        with_kit(a_kind_says_what_names_it_and_what_it_falls_under),
        with_kit(the_next_step_is_the_one_the_options_mark),
        with_kit(kinds_are_listed_with_who_may_send_them),
        with_kit(articles_are_found_by_number_and_by_words),
        with_kit(only_one_text_names_a_request),
        with_kit(where_no_instrument_is_named_the_usual_one_is_meant),
    };
    return cmocka_run_group_tests_name("said", tests, NULL, NULL);
}
