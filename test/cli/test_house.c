/* SPDX-License-Identifier: Apache-2.0 */
/* Making a node, and meeting others. */

#include "cli_test.h"

static void a_node_needs_a_state_and_a_port_that_can_be(void **state)
{
    struct bench *b = *state;
    static const char *const ports[] = {"0", "65536", "-1", "70a", "007"};
    assert_int_equal(bench_args(b, "init", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_string_equal(b->c->t.fault.particular, "state");
    for (size_t k = 0; k < sizeof ports / sizeof *ports; k++) {
        assert_int_equal(bench_args(b, "init", "--state", "XN", "--port", ports[k], NULL), ERR_OK);
        assert_int_equal(bench_run(b), ERR_USAGE);
        assert_string_equal(b->c->t.fault.particular, "port");
    }
}

static void peers_are_added_or_listed_and_nothing_else(void **state)
{
    struct bench *b = *state;
    static const char *const bad[][2] = {{"frob", NULL}, {"add", NULL}, {"list", "x"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(bench_args(b, "peer", bad[k][0], bad[k][1], NULL), ERR_OK);
        assert_int_equal(bench_run(b), ERR_USAGE);
    }
    assert_int_equal(bench_args(b, "peer", "list", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "action"), "peers"));
}

static void a_peer_from_a_file_goes_to_the_node_with_the_words_heard(void **state)
{
    struct bench *b = *state;
    const char *file = bench_file(b, "p.json", "{\"profile\":\"cA==\",\"root\":\"cg==\"}");
    assert_int_equal(
        bench_args(b, "peer", "add", file, "--words", "Vase-cave-GOAT-cake-lamp", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    const struct tree *args = tree_get(b->c->view, "args");
    assert_true(str_is(tree_str(args, "words"), "vase cave goat cake lamp"));
    assert_true(str_is(tree_str(args, "profile"), "cA=="));
    assert_true(str_is(tree_str(args, "root"), "cg=="));
}

static void without_words_none_are_sent(void **state)
{
    struct bench *b = *state;
    const char *file = bench_file(b, "p.json", "{\"profile\":\"cA==\",\"root\":\"cg==\"}");
    assert_int_equal(bench_args(b, "peer", "add", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_null(tree_get(tree_get(b->c->view, "args"), "words"));
}

static void a_node_that_does_not_answer_is_a_counterpart_not_reached(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "peer", "add", "https://127.0.0.1:1", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_PEER);
    assert_int_equal(bench_args(b, "peer", "add", "https://", NULL), ERR_OK);
    assert_int_not_equal(bench_run(b), ERR_OK);
}

int house_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(a_node_needs_a_state_and_a_port_that_can_be),
        with_node(peers_are_added_or_listed_and_nothing_else),
        with_node(a_peer_from_a_file_goes_to_the_node_with_the_words_heard),
        with_node(without_words_none_are_sent),
        with_node(a_node_that_does_not_answer_is_a_counterpart_not_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
