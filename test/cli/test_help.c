/* SPDX-License-Identifier: Apache-2.0 */
/* Help, manual page and exit codes say what the tables say, all of it. */

#include "cli_test.h"

#include <stdio.h>
#include <string.h>

static void every_command_stands_in_help_and_manual_and_has_help_of_its_own(void **state)
{
    struct arena *a = arena_of(state);
    struct str help = cli_help_text(a), manual = cli_manual_text(a);
    for (int k = 0; k < CLI_COMMANDS; k++) {
        const struct cli_command_row *row = &cli_commands[k];
        struct str line = str_printf(a, "  %-8s  %s\n", row->word, row->help);
        struct str title = str_printf(a, ".SS comity %s ", row->word);
        assert_true(holds(help, str_c(a, line)));
        assert_true(holds(manual, str_c(a, title)));
        struct str own = cli_help_command(a, (enum cli_command)k);
        assert_true(holds(own, row->help));
        assert_true(row->least <= row->most);
    }
}

static void every_option_belongs_to_commands_that_exist_and_letters_are_unique(void **state)
{
    struct arena *a = arena_of(state);
    struct str page = cli_manual_text(a);
    struct buf b = buf_in(a);
    for (size_t k = 0; k < page.n; k++) /* as it reads once roff has seen it */
        if (page.p[k] != '\\') buf_byte(&b, (uint8_t)page.p[k]);
    struct str manual = buf_as_str(&b);
    for (int k = 0; k < CLI_OPTIONS; k++) {
        struct str rest = str_of(cli_options[k].commands), word;
        enum cli_command command;
        while (rest.n && !str_is(rest, "*")) {
            str_split(rest, ' ', &word, &rest);
            assert_true(cli_command_find(word, &command));
            assert_true(holds(cli_help_command(a, command), cli_options[k].help));
        }
        assert_true(holds(manual, cli_options[k].help));
        for (int j = 0; j < k; j++) {
            assert_string_not_equal(cli_options[k].word, cli_options[j].word);
            if (cli_options[k].letter)
                assert_int_not_equal(cli_options[k].letter, cli_options[j].letter);
        }
    }
}

static void the_manual_page_in_the_tree_is_the_one_the_program_prints(void **state)
{
    struct bench *b = *state;
    struct bytes page;
    assert_int_equal(file_read(&b->c->t, "doc/comity.1", 1 << 20, &page), ERR_OK);
    if (!str_eq(bytes_str(page), cli_manual_text(b->arena)))
        fail_msg("doc/comity.1 differs; make it again with: comity help manual > doc/comity.1");
}

/* src/cli/chapter.c: what a lawyer mends in law/ is what the manual says. */
static void the_chapter_of_the_law_in_the_tree_is_made_from_the_rows(void **state)
{
    struct bench *b = *state;
    struct bytes page;
    struct str en, az;
    assert_int_equal(file_read(&b->c->t, "doc/comity-law.7", 1 << 22, &page), ERR_OK);
    b->c->lang = STR("en");
    assert_int_equal(cli_chapter_text(b->c, &en), ERR_OK);
    if (!str_eq(bytes_str(page), en))
        fail_msg("doc/comity-law.7 differs; make it again with: comity help law-rows > it");
    assert_true(holds(en, "Preservation") || holds(en, "preservation"));
    b->c->lang = STR("az");
    assert_int_equal(cli_chapter_text(b->c, &az), ERR_OK);
    assert_false(str_eq(en, az));
    assert_true(holds(az, "Elektron məlumatların təxirəsalınmaz mühafizəsi"));
}

static void no_line_of_help_is_wider_than_a_terminal(void **state)
{
    struct arena *a = arena_of(state);
    for (int k = -1; k < CLI_COMMANDS; k++) {
        struct str rest = k < 0 ? cli_help_text(a) : cli_help_command(a, (enum cli_command)k);
        struct str line;
        while (rest.n) {
            str_split(rest, '\n', &line, &rest);
            assert_in_range(line.n, 0, 100);
        }
    }
}

/* Each failure the program knows stands in the table by its word, behind its own number. */
static void the_exit_codes_of_every_failure_stand_in_the_table(void **state)
{
    struct arena *a = arena_of(state);
    struct str rest = cli_exit_codes_text(a), line;
    int code = 0, found = 0, all = 0;
    for (; rest.n; code++) {
        str_split(rest, '\n', &line, &rest);
        assert_int_equal(line.p[0], '0' + code);
#define ERR(name, word, exit_code, http_status)                                                    \
    if ((exit_code) == code) {                                                                     \
        assert_true(holds(line, word));                                                            \
        assert_int_equal(err_exit_code(ERR_##name), code);                                         \
        found++;                                                                                   \
    }
#include "base/err.def"
#undef ERR
    }
#define ERR(name, word, exit_code, http_status) all++;
#include "base/err.def"
#undef ERR
    assert_int_equal(code, 10);
    assert_int_equal(found, all);
}

static void help_for_what_does_not_exist_is_not_found(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "help", "frob", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
}

int help_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(every_command_stands_in_help_and_manual_and_has_help_of_its_own),
        with_bench(every_option_belongs_to_commands_that_exist_and_letters_are_unique),
        with_bench(the_manual_page_in_the_tree_is_the_one_the_program_prints),
        with_bench(the_chapter_of_the_law_in_the_tree_is_made_from_the_rows),
        with_bench(no_line_of_help_is_wider_than_a_terminal),
        with_bench(the_exit_codes_of_every_failure_stand_in_the_table),
        with_bench(help_for_what_does_not_exist_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
