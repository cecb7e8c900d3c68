/* SPDX-License-Identifier: Apache-2.0 */
/* What our State says of itself, from the command line. */

#include "cli_test.h"

static void an_answer_carries_the_order_and_its_scan(void **state)
{
    struct bench *b = *state;
    const char *scan = bench_file(b, "order.pdf", "%PDF");
    assert_int_equal(bench_args(b, "profile", "assign", "XN/csb", "un-cybercrime", "mla", "send",
                                scan, "--order", "17/2026", "--date", "2026-11-20", NULL),
                     ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "action"), "function-assign"));
    const struct tree *args = tree_get(b->c->view, "args");
    assert_true(str_is(tree_str(args, "authority"), "XN/csb"));
    assert_true(str_is(tree_str(args, "direction"), "send"));
    assert_true(str_is(tree_str(args, "order_number"), "17/2026"));
    assert_true(str_is(tree_str(args, "order_date"), "2026-11-20"));
    assert_true(str_is(tree_str(tree_get(args, "documents")->child, "name"), "order.pdf"));
}

static void a_profile_is_shown_or_taken_and_nothing_else(void **state)
{
    struct bench *b = *state;
    static const char *const bad[][3] = {{"frob", NULL, NULL},
                                         {"set", NULL, NULL},
                                         {"sign", NULL, NULL},
                                         {"assign", "XN/csb", NULL}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(bench_args(b, "profile", bad[k][0], bad[k][1], bad[k][2], NULL), ERR_OK);
        assert_int_equal(bench_run(b), ERR_USAGE);
    }
    assert_int_equal(bench_args(b, "profile", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "action"), "profile"));
    const char *file = bench_file(b, "p.cms", "CMS");
    assert_int_equal(bench_args(b, "profile", "set", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(tree_get(b->c->view, "args"), "profile"), "Q01T"));
}

static void signing_asks_for_the_root_key(void **state)
{
    struct bench *b = *state;
    const char *file = bench_file(b, "p.json", "{}");
    assert_int_equal(bench_args(b, "profile", "sign", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_string_equal(b->c->t.fault.particular, "root");
}

int profile_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_node(an_answer_carries_the_order_and_its_scan),
        with_node(a_profile_is_shown_or_taken_and_nothing_else),
        with_bench(signing_asks_for_the_root_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
