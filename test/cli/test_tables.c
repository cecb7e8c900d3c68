/* SPDX-License-Identifier: Apache-2.0 */
/* The tables looked at, written out, and brought back for a replay. */

#include "cli_test.h"

#include <string.h>
#include <sys/stat.h>

static void a_citation_may_be_typed_with_dots(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "42.3.c", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "what"), "42(3)(c)"));
    assert_true(tree_get(b->c->view, "rows")->count > 1);
    assert_int_equal(bench_args(b, "law", "un-cybercrime", "42.6", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "what"), "un-cybercrime 42(6)"));
}

static void looking_needs_no_node_and_finds_no_row_that_is_not_there(void **state)
{
    struct bench *b = *state;
    bool write;
    assert_int_equal(bench_args(b, "law", "preservation", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(bench_args(b, "law", "999", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
    assert_int_equal(bench_opened(b, &write), 0);
}

static void rows_are_called_by_the_language_asked_for(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "42.6", NULL), ERR_OK);
    b->c->lang = STR("az"); /* as --lang does */
    assert_int_equal(bench_run(b), ERR_OK);
    for (const struct tree *r = tree_get(b->c->view, "rows")->child; r; r = r->next)
        assert_true(str_eq(tree_str(r, "title"), tree_str(tree_get(r, "titles"), "az")));
}

static void only_unverified_rows_can_be_asked_for(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "--unverified", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    const struct tree *rows = tree_get(b->c->view, "rows");
    assert_true(rows->count > 0);
    for (const struct tree *r = rows->child; r; r = r->next)
        assert_true(str_is(tree_str(r, "source"), "unverified"));
}

/* Written out and read back, the set is the one in the program, byte for byte. */
static void tables_written_out_come_back_the_same(void **state)
{
    struct bench *b = *state;
    const char *dir = bench_file(b, "law", NULL);
    assert_int_equal(bench_args(b, "law", "export", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(tree_get(b->c->view, "files")->count, law_embedded_n);
    assert_int_equal(bench_args(b, "law", "replay", "--tables", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    struct str packed = law_tables_pack(b->arena, law_embedded, law_embedded_n);
    assert_true(str_eq(tree_str(tree_get(b->c->view, "args"), "tables"), packed));
}

static void an_export_of_tables_overwrites_nothing(void **state)
{
    struct bench *b = *state;
    const char *dir = bench_file(b, "law", NULL);
    assert_int_equal(bench_args(b, "law", "export", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(bench_run(b), ERR_CONFLICT);
}

static void a_folder_of_tables_that_does_not_read_is_named(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "replay", "--tables", bench_file(b, "none", NULL), NULL),
                     ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
    const char *dir = bench_file(b, "bad", NULL);
    assert_int_equal(mkdir(dir, 0700), 0);
    bench_file(b, "bad/x.yaml", "a: \xff\n");
    assert_int_equal(bench_args(b, "law", "replay", "--tables", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_REJECTED);
    assert_non_null(strstr(b->c->t.fault.sentence, "x.yaml"));
}

static void replay_and_export_take_what_they_take(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "export", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_int_equal(bench_args(b, "law", "replay", "x", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
}

static void one_view_of_the_law_is_asked_for_at_a_time(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "--kinds", "--coverage", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_int_equal(bench_args(b, "law", "--unverified", "--coverage", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_int_equal(bench_args(b, "law", "42", "--coverage", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_int_equal(bench_args(b, "law", "--coverage", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
}

int tables_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(a_citation_may_be_typed_with_dots),
        with_bench(looking_needs_no_node_and_finds_no_row_that_is_not_there),
        with_bench(rows_are_called_by_the_language_asked_for),
        with_bench(only_unverified_rows_can_be_asked_for),
        with_node(tables_written_out_come_back_the_same),
        with_bench(an_export_of_tables_overwrites_nothing),
        with_bench(a_folder_of_tables_that_does_not_read_is_named),
        with_bench(replay_and_export_take_what_they_take),
        with_bench(one_view_of_the_law_is_asked_for_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
