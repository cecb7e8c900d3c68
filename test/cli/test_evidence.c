/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence written out, and files that are no evidence. What real evidence says is tested where
 * there are two nodes: test_demo.c and test/journey. */

#include "cli_test.h"

#include <sys/stat.h>
#include <unistd.h>

static void an_export_is_written_for_its_owner_alone(void **state)
{
    struct bench *b = *state;
    struct stat st;
    struct bytes now;
    const char *file = bench_file(b, "e.asice", NULL), *root = bench_file(b, "root.pem", NULL);
    assert_int_equal(bench_args(b, "export", "XN-1", "-o", file, "--root", root, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(file_read(&b->c->t, file, 99, &now), ERR_OK);
    assert_true(str_is(bytes_str(now), "the container"));
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(file_read(&b->c->t, root, 99, &now), ERR_OK);
    assert_true(str_is(bytes_str(now), "the root"));
    assert_null(tree_get(b->c->view, "container"));
    assert_true(str_is(tree_str(b->c->view, "file"), file));
}

static void an_export_overwrites_nothing(void **state)
{
    struct bench *b = *state;
    const char *file = bench_file(b, "e.asice", "mine");
    assert_int_equal(bench_args(b, "export", "XN-1", "-o", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_CONFLICT);
    assert_null(b->c->view);
}

static void an_export_the_node_refuses_writes_nothing(void **state)
{
    struct bench *b = *state;
    const char *file = bench_file(b, "e.asice", NULL);
    assert_int_equal(bench_args(b, "export", "FAULT", "-o", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NOT_ALLOWED);
    assert_int_not_equal(access(file, F_OK), 0);
}

static void what_is_no_parcel_is_altered_and_named(void **state)
{
    struct bench *b = *state;
    static const char *const bad[] = {"", "PK", "not a container at all"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        const char *file = bench_file(b, "x.asice", bad[k]);
        assert_int_equal(bench_args(b, "verify", file, NULL), ERR_OK);
        assert_int_equal(bench_run(b), ERR_NO);
        assert_string_equal(b->c->t.fault.code, "altered");
        assert_string_equal(b->c->t.fault.particular, file);
        const struct tree *one = tree_get(b->c->view, "files")->child;
        assert_true(str_is(tree_str(one, "answer"), "altered"));
        assert_false(tree_bool(tree_get(one, "integrity"), "sound", true));
    }
}

static void a_file_or_root_that_is_not_there_is_not_found(void **state)
{
    struct bench *b = *state;
    const char *none = bench_file(b, "none", NULL), *file = bench_file(b, "f", "x");
    assert_int_equal(bench_args(b, "verify", none, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
    assert_int_equal(bench_args(b, "verify", file, "--root", none, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
    assert_int_equal(bench_args(b, "verify", file, "--root", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_REJECTED);
}

/* The files of a verdict: their answers in the order given. */
static void assert_answers(struct bench *b, const char *first, const char *second,
                           const char *third)
{
    const char *const wanted[] = {first, second, third};
    const struct tree *one = tree_get(b->c->view, "files")->child;
    for (size_t k = 0; k < 3; k++, one = one->next) {
        assert_non_null(one);
        if (!str_is(tree_str(one, "answer"), wanted[k]))
            fail_msg("%zu: " STR_FMT, k, STR_ARG(tree_str(one, "answer")));
    }
    assert_null(one);
}

static void a_file_that_does_not_read_hides_no_other(void **state)
{
    struct bench *b = *state;
    const char *none = bench_file(b, "none", NULL), *bad = bench_file(b, "bad", "x");
    assert_int_equal(bench_args(b, "verify", none, bad, b->dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NO); /* altered outranks what was not read */
    assert_string_equal(b->c->t.fault.code, "altered");
    assert_string_equal(b->c->t.fault.particular, bad);
    assert_answers(b, "not-read", "altered", "not-read");
    const struct tree *one = tree_get(b->c->view, "files")->child;
    assert_true(holds(tree_str(one, "sentence"), none));
    assert_int_equal(bench_args(b, "verify", none, b->dir, none, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH); /* of the first that was not read */
    assert_answers(b, "not-read", "not-read", "not-read");
    assert_int_equal(bench_args(b, "verify", b->dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_REJECTED);
}

static void an_export_to_standard_output_is_the_container_alone(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "export", "XN-1", "-o", "-", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(b->c->text, "the container"));
    assert_int_not_equal(access("-", F_OK), 0);
    struct ran r = run(b->arena, "-C", b->dir, "export", "XN-1", "-o", "-", NULL);
    assert_int_equal(r.exit, 0);
    assert_true(str_is(r.out, "the container"));
    r = run(b->arena, "-C", b->dir, "--json", "export", "XN-1", "-o", "-", NULL);
    assert_int_equal(r.exit, 2);
    assert_non_null(r.json);
}

static void verify_asks_a_node_only_when_one_is_named(void **state)
{
    struct bench *b = *state;
    bool write;
    const char *file = bench_file(b, "f", "x");
    assert_int_equal(bench_args(b, "verify", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NO);
    assert_int_equal(bench_opened(b, &write), 0);
    assert_int_equal(bench_args(b, "-C", b->dir, "verify", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
    assert_int_equal(bench_opened(b, &write), 1);
    assert_false(write);
}

int evidence_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_node(an_export_is_written_for_its_owner_alone),
        with_node(an_export_overwrites_nothing),
        with_node(an_export_the_node_refuses_writes_nothing),
        with_bench(what_is_no_parcel_is_altered_and_named),
        with_bench(a_file_or_root_that_is_not_there_is_not_found),
        with_bench(a_file_that_does_not_read_hides_no_other),
        with_node(an_export_to_standard_output_is_the_container_alone),
        with_bench(verify_asks_a_node_only_when_one_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
