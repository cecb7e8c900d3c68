/* SPDX-License-Identifier: Apache-2.0 */
/* The checker: what does not have its shape is refused with file, line, column and what was
 * expected. */

#include "law_test.h"

#include <string.h>

static void the_small_fixture_loads(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    if (load_small(k, small_instrument(k), small_state(k), &l) != ERR_OK)
        fail_msg("%s", k->t.fault.sentence);
}

/* clang-format off */
static void broken_files_are_refused_with_line_column_and_what_was_expected(void **state)
{
    static const struct breakage rows[] = {
        {"short: ", "shirt: ", "instruments/small.yaml:4:1",
         "found the key `shirt` in an instrument, expected one of: instrument, titles, short"},
        {"document: none\n", "", "instruments/small.yaml:2:1",
         "expected the key `document` in an instrument"},
        {"document: none", "document: 7", "instruments/small.yaml:5:1",
         "`document`: expected a text of 1 to 200 bytes"},
        {"document: none", "document: ''", "instruments/small.yaml:5:1",
         "a text of 1 to 200 bytes"},
        {"document: none", "document:", "instruments/small.yaml:5:1", "a text of 1 to 200 bytes"},
        {"instrument: small", "instrument: Small", "instruments/small.yaml:2:1",
         "a word of lower-case letters"},
        {"instrument: small", "instrument: _small", "instruments/small.yaml:2:1",
         "a word of lower-case letters"},
        {"{en: Small, az: Kiçik}", "{en: Small}", "instruments/small.yaml:3:1",
         "expected the key `az` in texts in each language"},
        {"{en: Small, az: Kiçik}", "Small", "instruments/small.yaml:3:1",
         "`titles`: expected a map: texts in each language"},
        {"{article: \"2(a)\", source: text", "{article: \"2(a\", source: text",
         "instruments/small.yaml:8:6", "expected an article in quotes, like \"99(1)(a)\""},
        {"{article: \"2(a)\", source: text", "{article: 2, source: text",
         "instruments/small.yaml:8:6", "expected an article in quotes"},
        {"{article: \"2(a)\", source: text", "{article: \"2(a)\", source: hearsay",
         "instruments/small.yaml:8:23", "`source`: expected one of: text parent unverified"},
        {"{article: \"2(a)\", source", "{article: \"1\", source", "instruments/small.yaml:8:5",
         "found a second article \"1\", expected each once; the first is on line 7"},
        {"obligations: []", "obligations: none", "instruments/small.yaml:13:1",
         "`obligations`: expected a list, each item an obligation"},
        {"obligations: []", "obligations: [none]", "instruments/small.yaml:13:15",
         "expected an obligation: a map with the keys obligation, article"},
        {"force: shall", "force: must", "instruments/small.yaml:19:5",
         "`force`: expected one of: shall endeavour consider"},
        {"end: true", "end: yes", "instruments/small.yaml:24:23", "`end`: expected true or false"},
        {"max: 9", "max: 0", "instruments/small.yaml:28:79",
         "`max`: expected a number from 1 to 1000000000"},
        {"max: 9", "max: '9'", "instruments/small.yaml:28:79",
         "expected a number from 1 to 1000000000"},
        {"from: [new]", "from: new", "instruments/small.yaml:41:9",
         "`from`: expected a list of words"},
        {"from: [new]", "from: [New]", "instruments/small.yaml:41:9", "a list of words"},
        {"crossed: no_effect", "crossed: maybe", "instruments/small.yaml:45:9",
         "`crossed`: expected one of: takes_effect no_effect"},
        {"rank: 1", "rank: first", "instruments/small.yaml:46:9", "`rank`: expected a number"},
        {"state: ZZ", "state: Zz", "states/zz.yaml:2:1",
         "`state`: expected a State: two capital letters"},
        {"training: true", "training: 1", "states/zz.yaml:3:1",
         "`training`: expected true or false"},
        {"languages: [en]", "languages: [en, 7]", "states/zz.yaml:5:1",
         "expected a list of languages"},
        {"direction: \"*\"", "direction: both", "states/zz.yaml:15:44",
         "`direction`: expected one of: send receive *"},
        {"in_force: 2026-01-01", "in_force: 2026-02-30", "states/zz.yaml:8:43",
         "`in_force`: expected a day, like 2026-02-23"},
    };
    breaks(*state, rows, sizeof rows / sizeof *rows);
    print_message("# %zu broken files\n", sizeof rows / sizeof *rows);
}
/* clang-format on */

static void articles_are_numbers_and_groups(void **state)
{
    static const char *const good[] = {"1",     "42",    "42(3)",     "42(3)(c)", "273(1)(ii)(10)",
                                       "494.1", "273-1", "488.2.1(a)"};
    static const char *const bad[] = {"",       "a",    "(1)",   "42(",    "42()", "42(3)c",
                                      "42 (3)", "42(3", "42(C)", "42(3))", "42-",  "42.",
                                      "-3",     ".1",   "42--1", "42.-1"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(law_is_article(str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(law_is_article(str_of(bad[i])));
}

static void an_empty_file_is_refused(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    static const char *const texts[] = {"", "# nothing\n", "7\n", "[]\n", "text\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(load_small(k, str_of(texts[i]), small_state(k), &l), ERR_REJECTED);
        assert_non_null(strstr(k->t.fault.sentence, "instruments/small.yaml"));
        turn_forgive(&k->t);
    }
}

int shape_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(the_small_fixture_loads),
        with_kit(broken_files_are_refused_with_line_column_and_what_was_expected),
        cmocka_unit_test(articles_are_numbers_and_groups),
        with_kit(an_empty_file_is_refused),
    };
    return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
