/* SPDX-License-Identifier: Apache-2.0 */
/* Languages: which is meant, what it says, and in which plural form. */

#include "web_test.h"

#include <string.h>

static const struct text_table *table(const char *lang)
{
    const struct text_table *t = text_tables;
    while (t->lang && strcmp(t->lang, lang) != 0) t++;
    return t;
}

static void every_language_says_everything(void **state)
{
    (void)state;
    assert_true(text_sentences_n > 200);
    assert_int_equal(table("az")->n, text_sentences_n);
    assert_int_equal(table("ar")->n, text_sentences_n);
}

static void no_sentence_of_a_language_is_said_nowhere(void **state)
{
    (void)state;
    for (const struct text_table *t = text_tables; t->lang; t++) assert_int_equal(t->unused, 0);
}

/* A name in braces that a translation lost or invented would be lost on the page. */
static void translations_fill_in_the_same_names(void **state)
{
    (void)state;
    for (const struct text_table *t = text_tables; t->lang; t++) {
        for (size_t k = 0; k < t->n; k++) {
            struct str rest = str_of(t->rows[k].forms[0]), before, name;
            while (str_split(rest, '{', &before, &rest)) {
                str_split(rest, '}', &name, &rest);
                struct str braced = str_printf(arena_of(state), "{" STR_FMT "}", STR_ARG(name));
                assert_has(str_of(t->rows[k].id), str_c(arena_of(state), braced));
            }
            rest = str_of(t->rows[k].id);
            while (str_split(rest, '{', &before, &rest)) {
                str_split(rest, '}', &name, &rest);
                if (str_is(name, "n")) continue; /* "one" may go without its number */
                struct str braced = str_printf(arena_of(state), "{" STR_FMT "}", STR_ARG(name));
                assert_has(str_of(t->rows[k].forms[0]), str_c(arena_of(state), braced));
            }
        }
    }
}

static void a_sentence_that_arabic_lacks_is_english(void **state)
{
    (void)state;
    assert_text(text_of(LANG_ar, "no such sentence"), "no such sentence");
    assert_text(text_of(LANG_az, "Help"), "K\xc3\xb6m\xc9\x99k");
    assert_text(text_of(LANG_en, "Help"), "Help");
}

static void plural_forms_are_those_of_cldr(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        int form;
    } arabic[] = {{0, 0},  {1, 1},   {2, 2},   {3, 3},   {10, 3},  {11, 4},  {26, 4},
                  {99, 4}, {100, 5}, {101, 5}, {102, 5}, {103, 3}, {111, 4}, {1003, 3}};
    for (size_t k = 0; k < sizeof arabic / sizeof *arabic; k++)
        assert_int_equal(text_form(LANG_ar, arabic[k].n), arabic[k].form);
    for (enum web_lang l = LANG_en; l <= LANG_az; l++) {
        assert_int_equal(text_form(l, 1), 0);
        assert_int_equal(text_form(l, 0), 1);
        assert_int_equal(text_form(l, 21), 1);
    }
    assert_text(text_of_n(LANG_en, "{n} dossier", "{n} dossiers", 1), "{n} dossier");
    assert_text(text_of_n(LANG_en, "{n} dossier", "{n} dossiers", 2), "{n} dossiers");
}

static void the_browsers_preference_is_weighed(void **state)
{
    (void)state;
    assert_int_equal(lang_accepted(STR("az")), LANG_az);
    assert_int_equal(lang_accepted(STR("ru, ar;q=0.9, en;q=0.8")), LANG_ar);
    assert_int_equal(lang_accepted(STR("en;q=0.8, az-Latn-AZ;q=0.9")), LANG_az);
    assert_int_equal(lang_accepted(STR("az;q=0, ar;q=0.1")), LANG_ar);
    assert_int_equal(lang_accepted(STR("")), LANG_en);
    assert_int_equal(lang_accepted(STR("fr, de")), LANG_en);
}

static void a_broken_preference_is_english(void **state)
{
    (void)state;
    static const char *const broken[] = {"az;q=x",       "az;q=1.1", "az;q=", "az;q=9",
                                         "az;q=0.0001x", ";;;",      ",,,",   "az;q=-1"};
    for (size_t k = 0; k < sizeof broken / sizeof *broken; k++)
        assert_int_equal(lang_accepted(str_of(broken[k])), LANG_en);
}

static void words_filled_into_a_text_stand_as_they_are(void **state)
{
    assert_text(text_say(arena_of(state), LANG_en, "Fill in: {field}", "field", "{field}", NULL),
                "Fill in: {field}");
    assert_text(text_say(arena_of(state), LANG_en, "{n} h", "n", "6", NULL), "6 h");
    assert_text(text_say(arena_of(state), LANG_en, "open {", "n", "6", NULL), "open ");
}

int text_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(every_language_says_everything),
        with_arena(no_sentence_of_a_language_is_said_nowhere),
        with_arena(translations_fill_in_the_same_names),
        with_arena(a_sentence_that_arabic_lacks_is_english),
        with_arena(plural_forms_are_those_of_cldr),
        with_arena(the_browsers_preference_is_weighed),
        with_arena(a_broken_preference_is_english),
        with_arena(words_filled_into_a_text_stand_as_they_are),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
