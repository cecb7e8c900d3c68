/* SPDX-License-Identifier: Apache-2.0 */
/* Actions brought to a node that runs, that is stopped, and that breaks off. */

#include "cli_test.h"

#include <unistd.h>

static const struct tree *with_ref(struct bench *b, const char *ref)
{
    struct tree *args = cli_arguments(b->c);
    tree_add_str(b->arena, args, "ref", str_of(ref));
    return args;
}

static void a_running_node_is_asked_by_word_and_arguments(void **state)
{
    struct bench *b = *state;
    assert_int_equal(cli_do(b->c, DESK_LOG, with_ref(b, "XN-1")), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "action"), "log"));
    assert_true(str_is(tree_str(tree_get(b->c->view, "args"), "ref"), "XN-1"));
    assert_true(str_is(tree_str(tree_get(b->c->view, "args"), "lang"), "en"));
}

static void a_refusal_keeps_its_article_and_what_there_is_to_see(void **state)
{
    struct bench *b = *state;
    assert_int_equal(cli_do(b->c, DESK_ACT, with_ref(b, "FAULT")), ERR_NOT_ALLOWED);
    assert_string_equal(b->c->t.fault.article, "un-cybercrime 42(6)");
    assert_string_equal(b->c->t.fault.particular, "ground");
    assert_string_equal(b->c->t.fault.sentence, "It is not.");
    assert_int_equal(tree_int(b->c->view, "must", 0), 1);
}

static void when_the_node_breaks_off_nobody_knows_whether_it_was_recorded(void **state)
{
    struct bench *b = *state;
    assert_int_equal(cli_do(b->c, DESK_ACT, with_ref(b, "DROP")), ERR_UNKNOWN);
}

static void a_look_that_breaks_off_is_only_not_answered(void **state)
{
    struct bench *b = *state;
    assert_int_equal(cli_do(b->c, DESK_SHOW, with_ref(b, "DROP")), ERR_PEER);
}

/* The store of these folders is never there; what counts is how it was asked for. */
static void with_the_node_stopped_looking_opens_the_store_for_reading(void **state)
{
    struct bench *b = *state;
    bool write = true;
    assert_int_equal(cli_do(b->c, DESK_LIST, cli_arguments(b->c)), ERR_NONE_SUCH);
    assert_int_equal(bench_opened(b, &write), 1);
    assert_false(write);
}

static void repairs_take_the_folder_for_themselves(void **state)
{
    struct bench *b = *state;
    bool write = false;
    assert_int_equal(cli_do(b->c, DESK_REBUILD, cli_arguments(b->c)), ERR_NONE_SUCH);
    assert_int_equal(bench_opened(b, &write), 1);
    assert_true(write);
    turn_forgive(&b->c->t);
    assert_int_equal(cli_do(b->c, DESK_FSCK, cli_arguments(b->c)), ERR_NONE_SUCH);
    assert_int_equal(bench_opened(b, &write), 2);
    assert_true(write);
}

static void with_the_node_stopped_writing_only_looks_whether_there_is_one(void **state)
{
    struct bench *b = *state;
    bool write = true;
    assert_int_equal(cli_do(b->c, DESK_SEND, cli_arguments(b->c)), ERR_NONE_SUCH);
    assert_string_equal(b->c->t.fault.code, "node-none-such");
    assert_int_equal(bench_opened(b, &write), 1);
    assert_false(write);
}

static void a_socket_that_a_killed_node_left_behind_counts_as_stopped(void **state)
{
    struct bench *b = *state;
    bool write = true;
    assert_int_equal(cli_do(b->c, DESK_SHOW, with_ref(b, "DROP")), ERR_PEER);
    turn_forgive(&b->c->t);
    const char *path = bench_file(b, CLI_SOCKET, NULL);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(cli_do(b->c, DESK_LIST, cli_arguments(b->c)), ERR_NONE_SUCH);
    assert_int_equal(bench_opened(b, &write), 1);
}

int ask_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_node(a_running_node_is_asked_by_word_and_arguments),
        with_node(a_refusal_keeps_its_article_and_what_there_is_to_see),
        with_node(when_the_node_breaks_off_nobody_knows_whether_it_was_recorded),
        with_node(a_look_that_breaks_off_is_only_not_answered),
        with_bench(with_the_node_stopped_looking_opens_the_store_for_reading),
        with_bench(repairs_take_the_folder_for_themselves),
        with_bench(with_the_node_stopped_writing_only_looks_whether_there_is_one),
        with_node(a_socket_that_a_killed_node_left_behind_counts_as_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
