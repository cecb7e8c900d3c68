/* SPDX-License-Identifier: Apache-2.0 */
/* Words held against the tables of commands and options. */

#include "cli_test.h"

#include <string.h>

static void options_stand_before_and_after_the_command(void **state)
{
    struct bench *b = *state;
    const struct cli_args *a = &b->c->args;
    assert_int_equal(bench_args(b, "-C", "there", "show", "XN-1", "--json", NULL), ERR_OK);
    assert_int_equal(a->command, CLI_SHOW);
    assert_int_equal(a->words, 1);
    assert_true(str_is(a->word[0], "XN-1"));
    assert_true(str_is(cli_value(a, OPT_DIR), "there"));
    assert_true(cli_has(a, OPT_JSON));
    assert_false(cli_has(a, OPT_QUIET));
}

static void values_stand_in_the_same_word_or_the_next(void **state)
{
    struct bench *b = *state;
    const struct cli_args *a = &b->c->args;
    assert_int_equal(bench_args(b, "new", "k", "--to=XM/dts", "-fone", "-p", "a=b", "-pc=d", NULL),
                     ERR_OK);
    assert_true(str_is(cli_value(a, OPT_TO), "XM/dts"));
    assert_true(str_is(cli_value(a, OPT_FILE), "one"));
    struct str value;
    assert_true(cli_nth(a, OPT_PARTICULAR, 1, &value));
    assert_true(str_is(value, "c=d"));
    assert_false(cli_nth(a, OPT_PARTICULAR, 2, &value));
}

static void letters_can_be_put_together(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "-qC", "x", "list", NULL), ERR_OK);
    assert_true(cli_has(&b->c->args, OPT_QUIET));
    assert_true(str_is(cli_value(&b->c->args, OPT_DIR), "x"));
}

static void after_two_dashes_everything_is_an_argument(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "verify", "--", "--json", "-x", NULL), ERR_OK);
    assert_int_equal(b->c->args.words, 2);
    assert_false(cli_has(&b->c->args, OPT_JSON));
}

static void what_is_not_understood_is_a_usage_fault_that_names_it(void **state)
{
    static const struct {
        const char *words[4], *code, *says;
    } rows[] = {
        {{"frob"}, "command-unknown", "frob"},
        {{"list", "--frob"}, "option-unknown", "--frob"},
        {{"list", "-Z"}, "option-unknown", "-Z"},
        {{"list", "--json=yes"}, "option-value", "--json"},
        {{"list", "-C"}, "option-value", "--dir"},
        {{"list", "--to", "XM/dts"}, "option-elsewhere", "--to"},
        {{"show"}, "arguments", "REF"},
        {{"list", "surplus"}, "arguments", "a word too many: comity list."},
        {{"list", "\xff"}, "utf-8", "UTF-8"},
        {{"new", "k", "--to", "\xc3"}, "utf-8", "UTF-8"},
    };
    struct bench *b = *state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const char *const *w = rows[k].words;
        assert_int_equal(bench_args(b, w[0], w[1], w[2], w[3], NULL), ERR_USAGE);
        assert_string_equal(b->c->t.fault.code, rows[k].code);
        assert_non_null(strstr(b->c->t.fault.sentence, rows[k].says));
    }
}

static void json_is_heard_even_behind_a_word_that_is_wrong(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "frob", "--json", NULL), ERR_USAGE);
    assert_true(cli_has(&b->c->args, OPT_JSON));
}

static void words_without_end_are_refused(void **state)
{
    struct bench *b = *state;
    char *many[CLI_WORDS_MAX + 8], letters[2 * CLI_WORDS_MAX];
    many[0] = (char *)(uintptr_t) "comity";
    for (size_t k = 1; k < sizeof many / sizeof *many; k++) many[k] = (char *)(uintptr_t) "verify";
    assert_int_equal(cli_args_read(&b->c->t, CLI_WORDS_MAX + 8, many, &b->c->args), ERR_USAGE);
    memset(letters, 'q', sizeof letters);
    letters[0] = '-';
    letters[sizeof letters - 1] = 0;
    assert_int_equal(bench_args(b, "list", letters, NULL), ERR_USAGE);
}

static void help_needs_no_arguments(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "act", "--help", NULL), ERR_OK);
}

int args_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(options_stand_before_and_after_the_command),
        with_bench(values_stand_in_the_same_word_or_the_next),
        with_bench(letters_can_be_put_together),
        with_bench(after_two_dashes_everything_is_an_argument),
        with_bench(what_is_not_understood_is_a_usage_fault_that_names_it),
        with_bench(json_is_heard_even_behind_a_word_that_is_wrong),
        with_bench(words_without_end_are_refused),
        with_bench(help_needs_no_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
