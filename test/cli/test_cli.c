/* SPDX-License-Identifier: Apache-2.0 */
/* The program (src/node/main.c) as people and scripts run it: where output goes, how it ends. */

#include "cli_test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each command in a folder that holds no node, with words that are well-formed. */
static const struct {
    const char *words[5];
    int exit;
} elsewhere[] = {
    {{"init"}, 2},
    {{"serve"}, 3},
    {{"take-over"}, 3},
    {{"demo", "--keep", "/dev/null/x"}, 9},
    {{"simulate"}, 3},
    {{"status"}, 3},
    {{"list"}, 3},
    {{"show", "XN-1"}, 3},
    {{"log", "XN-1"}, 3},
    {{"new", "preservation", "--to", "XM/dts"}, 3},
    {{"check", "d-1"}, 3},
    {{"send", "d-1"}, 3},
    {{"act", "XN-1", "ask"}, 3},
    {{"ask", "XN-1", "-m", "x"}, 3},
    {{"register", "/dev/null/x"}, 3},
    {{"entry", "list"}, 3},
    {{"letter", "XN-1"}, 3},
    {{"mail", "XN-1"}, 3},
    {{"dispatch", "XN-1"}, 3},
    {{"confirm", "XN-1"}, 3},
    {{"bind", "XN-1", "/dev/null/x"}, 3},
    {{"instruct", "XN-1"}, 3},
    {{"number", "XN-1", "12/4"}, 3},
    {{"matter", "list"}, 3},
    {{"verify", "/dev/null/x"}, 3},
    {{"document", "XN-1", "x"}, 3},
    {{"export", "XN-1"}, 3},
    {{"fsck"}, 3},
    {{"carry", "/dev/null/x"}, 3},
    {{"backup", "/dev/null/x"}, 3},
    {{"restore", "/dev/null/x"}, 3},
    {{"rebuild"}, 3},
    {{"ledger", "head"}, 3},
    {{"peer", "list"}, 3},
    {{"user", "list"}, 3},
    {{"profile"}, 3},
    {{"law", "42.6"}, 0},
    {{"help", "act"}, 0},
    {{"version"}, 0},
};

/* The words of a row as one whole run. */
static struct ran run_row(struct bench *b, size_t k, const char *option)
{
    const char *const *w = elsewhere[k].words;
    const char *v[5] = {w[0], w[1], w[2], w[3], w[4]};
    size_t n = 0;
    while (n < 5 && v[n]) n++;
    return n == 1   ? run(b->arena, "-C", b->dir, option, v[0], NULL)
           : n == 2 ? run(b->arena, "-C", b->dir, option, v[0], v[1], NULL)
           : n == 3 ? run(b->arena, "-C", b->dir, option, v[0], v[1], v[2], NULL)
                    : run(b->arena, "-C", b->dir, option, v[0], v[1], v[2], v[3], NULL);
}

static void every_command_prints_one_json_document_whatever_happens(void **state)
{
    struct bench *b = *state;
    assert_int_equal(sizeof elsewhere / sizeof *elsewhere, CLI_COMMANDS);
    for (size_t k = 0; k < CLI_COMMANDS; k++) {
        struct ran r = run_row(b, k, "--json");
        assert_string_equal(elsewhere[k].words[0], cli_commands[k].word);
        if (!r.json || r.exit != elsewhere[k].exit)
            fail_msg("%s: exit %d\n" STR_FMT STR_FMT, cli_commands[k].word, r.exit, STR_ARG(r.out),
                     STR_ARG(r.err));
        assert_int_equal(r.err.n, 0);
        const struct tree *e = tree_get(r.json, "error");
        assert_int_equal(e != NULL, r.exit != 0);
        if (!e) continue;
        assert_int_equal(tree_int(e, "exit", -1), r.exit);
        assert_true(tree_str(e, "sentence").n > 0);
        assert_true(tree_str(e, "code").n > 0);
        assert_non_null(tree_get(e, "article"));
        assert_non_null(tree_get(e, "particular"));
    }
}

static void for_people_faults_go_to_standard_error_and_nothing_else_does(void **state)
{
    struct bench *b = *state;
    for (size_t k = 0; k < CLI_COMMANDS; k++) {
        struct ran r = run_row(b, k, "--no-color");
        assert_int_equal(r.exit, elsewhere[k].exit);
        if (r.exit == 0) {
            assert_int_equal(r.err.n, 0);
            assert_true(r.out.n > 0);
        } else {
            assert_true(str_starts(r.err, "comity: "));
        }
    }
}

static void what_writes_says_that_nothing_was_recorded(void **state)
{
    struct bench *b = *state;
    struct ran r = run(b->arena, "-C", b->dir, "send", "d-1", NULL);
    assert_true(holds(r.err, "recorded    nothing"));
    r = run(b->arena, "-C", b->dir, "list", NULL);
    assert_false(holds(r.err, "recorded"));
}

static void a_usage_fault_in_json_is_a_document_too(void **state)
{
    struct bench *b = *state;
    struct ran r = run(b->arena, "frob", "--json", NULL);
    assert_int_equal(r.exit, 2);
    assert_true(str_is(tree_str(tree_get(r.json, "error"), "code"), "command-unknown"));
    r = run(b->arena, "--json", "show", NULL);
    assert_int_equal(r.exit, 2);
    assert_non_null(r.json);
}

static void alone_it_shows_its_help_and_each_command_its_own(void **state)
{
    struct bench *b = *state;
    struct ran r = run(b->arena, NULL);
    assert_int_equal(r.exit, 0);
    assert_true(str_eq(r.out, cli_help_text(b->arena)));
    for (int k = 0; k < CLI_COMMANDS; k++) {
        r = run(b->arena, cli_commands[k].word, "--help", NULL);
        assert_int_equal(r.exit, 0);
        if (k != CLI_HELP)
            assert_true(str_eq(r.out, cli_help_command(b->arena, (enum cli_command)k)));
    }
}

static void quiet_says_nothing_when_all_went_well(void **state)
{
    struct bench *b = *state;
    const char *dir = bench_file(b, "law", NULL);
    struct ran r = run(b->arena, "-q", "law", "export", dir, NULL);
    assert_int_equal(r.exit, 0);
    assert_int_equal(r.out.n + r.err.n, 0);
}

static void a_node_is_made_once_and_read_while_it_is_stopped(void **state)
{
    struct bench *b = *state;
    const char *dir = bench_file(b, "node", NULL);
    struct ran r = run(b->arena, "-C", dir, "--json", "init", "--state", "XN", "--port", "9", NULL);
    assert_int_equal(r.exit, 0);
    assert_true(str_is(tree_str(r.json, "state"), "XN"));
    assert_int_equal(run(b->arena, "-C", dir, "init", "--state", "XN", NULL).exit, 5);
    r = run(b->arena, "-C", dir, "--json", "status", NULL);
    assert_int_equal(r.exit, 0);
    assert_true(str_is(tree_str(r.json, "name"), "Norland"));
    r = run(b->arena, "-C", dir, "--json", "new", "preservation", "--to", "XM/dts", NULL);
    assert_int_equal(r.exit, 6);
    assert_true(holds(tree_str(tree_get(r.json, "error"), "sentence"), "serve"));
    assert_int_equal(run(b->arena, "-C", dir, "rebuild", NULL).exit, 0);
    assert_int_equal(run(b->arena, "-C", dir, "fsck", NULL).exit, 0);
    r = run(b->arena, "-C", dir, "show", "XN-1", NULL);
    assert_int_equal(r.exit, 3);
    const char *other = bench_file(b, "other", NULL);
    assert_int_equal(run(b->arena, "-C", other, "init", "--state", "QQ", NULL).exit, 3);
}

int cli_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(every_command_prints_one_json_document_whatever_happens),
        with_bench(for_people_faults_go_to_standard_error_and_nothing_else_does),
        with_bench(what_writes_says_that_nothing_was_recorded),
        with_bench(a_usage_fault_in_json_is_a_document_too),
        with_bench(alone_it_shows_its_help_and_each_command_its_own),
        with_bench(quiet_says_nothing_when_all_went_well),
        with_bench(a_node_is_made_once_and_read_while_it_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
