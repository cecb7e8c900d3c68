/* SPDX-License-Identifier: Apache-2.0 */
/* What each command of casework asks the node for. */

#include "cli_test.h"

/* The action and the arguments that reached the node. */
static const struct tree *asked(struct bench *b, const char *action)
{
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "action"), action));
    return tree_get(b->c->view, "args");
}

static void a_draft_carries_kind_addressee_and_language(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "new", "preservation", "--to", "XM/dts", "-p", "facts=x", NULL),
                     ERR_OK);
    const struct tree *args = asked(b, "new");
    assert_true(str_is(tree_str(args, "kind"), "preservation"));
    assert_true(str_is(tree_str(args, "to"), "XM/dts"));
    assert_true(str_is(tree_str(args, "lang"), "en"));
    assert_true(str_is(tree_str(tree_get(args, "particulars"), "facts"), "x"));
    assert_null(tree_get(args, "act"));
    assert_int_equal(bench_args(b, "new", "mla", "--to", "XM/dts", "--act", "ask_orally", NULL),
                     ERR_OK);
    assert_true(str_is(tree_str(asked(b, "new"), "act"), "ask_orally"));
}

static void check_takes_a_draft_or_a_file(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "check", "d-1a2b3c", NULL), ERR_OK);
    assert_true(str_is(tree_str(asked(b, "check"), "draft"), "d-1a2b3c"));
    const char *file = bench_file(b, "r.json", "{\"kind\":\"preservation\",\"to\":\"XM/dts\"}");
    assert_int_equal(bench_args(b, "check", file, NULL), ERR_OK);
    assert_true(str_is(tree_str(asked(b, "check"), "kind"), "preservation"));
    file = bench_file(b, "bare.json", "{\"facts\":\"x\"}");
    assert_int_equal(bench_args(b, "check", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_REJECTED);
}

static void send_names_the_draft(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "send", "d-1", NULL), ERR_OK);
    assert_true(str_is(tree_str(asked(b, "send"), "draft"), "d-1"));
}

static void an_act_carries_its_key_once(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "act", "XN-1", "withdraw", "--idem", "k1", NULL), ERR_OK);
    const struct tree *args = asked(b, "act");
    assert_true(str_is(tree_str(args, "act"), "withdraw"));
    assert_true(str_is(tree_str(args, "idem"), "k1"));
}

static void a_text_fills_the_first_text_that_the_act_must_have(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "ask", "XN-1", "-m", "Which server?", "-p", "day=x", NULL),
                     ERR_OK);
    const struct tree *args = asked(b, "act"), *p = tree_get(args, "particulars");
    assert_true(str_is(tree_str(args, "act"), "ask"));
    assert_true(str_is(tree_str(p, "question"), "Which server?"));
    assert_true(str_is(tree_str(p, "day"), "x"));
    assert_null(tree_get(p, "note"));
}

static void a_text_for_an_act_that_asks_for_none_is_a_usage_fault(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "act", "XN-1", "acknowledge", "-m", "hello", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
}

static void an_act_that_is_not_possible_is_left_for_the_node_to_refuse(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "act", "XN-1", "refuse", "-m", "no", NULL), ERR_OK);
    assert_true(str_is(tree_str(asked(b, "act"), "act"), "refuse"));
}

static void show_with_an_act_shows_what_that_act_asks_for(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "show", "XN-1", "ask", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(tree_get(b->c->view, "particulars")->count, 3);
    assert_int_equal(bench_args(b, "show", "XN-1", "frob", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
    assert_null(b->c->view);
}

static void looking_asks_for_what_it_is_called(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "status", NULL), ERR_OK);
    asked(b, "status");
    assert_int_equal(bench_args(b, "list", NULL), ERR_OK);
    asked(b, "list");
    assert_int_equal(bench_args(b, "log", "XN-1", NULL), ERR_OK);
    assert_true(str_is(tree_str(asked(b, "log"), "ref"), "XN-1"));
}

int casework_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_node(a_draft_carries_kind_addressee_and_language),
        with_node(check_takes_a_draft_or_a_file),
        with_node(send_names_the_draft),
        with_node(an_act_carries_its_key_once),
        with_node(a_text_fills_the_first_text_that_the_act_must_have),
        with_node(a_text_for_an_act_that_asks_for_none_is_a_usage_fault),
        with_node(an_act_that_is_not_possible_is_left_for_the_node_to_refuse),
        with_node(show_with_an_act_shows_what_that_act_asks_for),
        with_node(looking_asks_for_what_it_is_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
