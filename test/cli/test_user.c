/* SPDX-License-Identifier: Apache-2.0 */
/* Officers from the command line: what is asked of the node. */

#include "cli_test.h"

static void an_officer_is_added_with_his_roles(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "user", "add", "amina", "--post", "duty officer", "--role",
                                "duty", "--role", "lawyer", "--uid", "1007", "--name", "Amina",
                                NULL),
                     ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "action"), "user-add"));
    const struct tree *args = tree_get(b->c->view, "args");
    assert_true(str_is(tree_str(args, "officer"), "amina"));
    assert_true(str_is(tree_str(args, "post"), "duty officer"));
    assert_true(str_is(tree_str(args, "name"), "Amina"));
    assert_int_equal(tree_int(args, "uid", 0), 1007);
    assert_int_equal(tree_get(args, "roles")->count, 2);
    assert_true(tree_has_str(tree_get(args, "roles"), STR("lawyer")));
    assert_null(tree_get(args, "authority"));
}

static void a_link_and_an_end_name_the_officer(void **state)
{
    struct bench *b = *state;
    static const char *const verbs[][2] = {{"link", "user-link"}, {"end", "user-end"}};
    for (size_t k = 0; k < 2; k++) {
        assert_int_equal(bench_args(b, "user", verbs[k][0], "amina", NULL), ERR_OK);
        assert_int_equal(bench_run(b), ERR_OK);
        assert_true(str_is(tree_str(b->c->view, "action"), verbs[k][1]));
        assert_true(str_is(tree_str(tree_get(b->c->view, "args"), "officer"), "amina"));
    }
    assert_int_equal(bench_args(b, "user", "list", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "action"), "users"));
}

static void what_is_not_understood_asks_nothing(void **state)
{
    struct bench *b = *state;
    static const char *const bad[][2] = {
        {"frob", "x"}, {"list", "x"}, {"add", NULL}, {"link", NULL}, {"end", NULL}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(bench_args(b, "user", bad[k][0], bad[k][1], NULL), ERR_OK);
        assert_int_equal(bench_run(b), ERR_USAGE);
    }
    assert_int_equal(bench_args(b, "user", "add", "amina", "--post", "p", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_string_equal(b->c->t.fault.particular, "role");
    assert_int_equal(bench_args(b, "user", "add", "amina", "--role", "duty", "--uid", "root", NULL),
                     ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_string_equal(b->c->t.fault.particular, "uid");
}

int user_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_node(an_officer_is_added_with_his_roles),
        with_node(a_link_and_an_end_name_the_officer),
        with_node(what_is_not_understood_asks_nothing),
    };
    return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
