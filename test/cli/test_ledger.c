/* SPDX-License-Identifier: Apache-2.0 */
/* Heads and proofs of the log: what is asked of the node, and what is checked without one. */

#include "cli_test.h"

/* Made with Python: a log of two leaves, data 32 times 0x01 and 32 times 0x02, seed 00 01 ... 1f.
 */
#define VKEY "comity.xm/dts+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define NOTE                                                                                       \
    "comity.xm/dts\\n2\\nOgZuD0DGoZgev6YNJBFiXQUXriLC/Ix8F4T/inXHhWU=\\n\\n\\u2014 comity."        \
    "xm/dts QOpyznKz7y3hZZMXOfwJRDDXG5veOyoTblIgKe3A57NSuFu4MqwgxDdua/WHimwXDR6hdf7J6bDZ+e"        \
    "t+r+Uue6YaHwQ=\\n"
#define LEAF_1                                                                                     \
    "{\"leaf\":1,\"data\":\"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\",\"note\":\"" NOTE       \
    "\",\"path\":[\"3P/nht7RbSg8ZjhGrQxP8mVY/M3jbKnTCy6hnq3p/A4=\"],\"vkey\":\"" VKEY "\"}"
#define SINCE_1                                                                                    \
    "{\"from\":1,\"from_root\":\"3P/nht7RbSg8ZjhGrQxP8mVY/M3jbKnTCy6hnq3p/A4=\",\"note\":\"" NOTE  \
    "\",\"path\":[\"y6jFlhIL22neu9kj2Sy6lIvefH0GpGWhu32Y0xFgOPo=\"],\"vkey\":\"" VKEY "\"}"

static void what_is_asked_goes_to_the_node(void **state)
{
    struct bench *b = *state;
    static const char *const rows[][4] = {{"head", NULL, NULL, "ledger-head"},
                                          {"witness", NULL, NULL, "ledger-witness"},
                                          {"proof", "leaf", "3", "ledger-proof"},
                                          {"proof", "since", "0", "ledger-proof"},
                                          {"resume", "comity.xb/csb", NULL, "ledger-resume"}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        assert_int_equal(bench_args(b, "ledger", rows[k][0], rows[k][1], rows[k][2], NULL), ERR_OK);
        if (bench_run(b) != ERR_OK) fail_msg("%s: %s", rows[k][0], b->c->t.fault.sentence);
        assert_true(str_is(tree_str(b->c->view, "action"), rows[k][3]));
    }
    assert_true(str_is(tree_str(tree_get(b->c->view, "args"), "origin"), "comity.xb/csb"));
    static const char *const bad[][3] = {{"frob", NULL, NULL},    {"head", "x", NULL},
                                         {"proof", "leaf", NULL}, {"proof", "leaf", "x"},
                                         {"proof", "of", "1"},    {"resume", NULL, NULL},
                                         {"verify", NULL, NULL}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(bench_args(b, "ledger", bad[k][0], bad[k][1], bad[k][2], NULL), ERR_OK);
        assert_int_equal(bench_run(b), ERR_USAGE);
    }
}

static err verify(struct bench *b, const char *text, const char *vkey)
{
    const char *file = bench_file(b, "p.json", text);
    assert_int_equal(bench_args(b, "ledger", "verify", file, vkey, NULL), ERR_OK);
    return bench_run(b);
}

static void a_head_and_a_proof_are_checked_without_a_node(void **state)
{
    struct bench *b = *state;
    assert_int_equal(verify(b, LEAF_1, NULL), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "proof"), "the leaf stands in the log"));
    assert_int_equal(verify(b, SINCE_1, VKEY), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "proof"), "the log only grew"));
    assert_true(str_is(tree_str(b->c->view, "key"), "the one given"));
    assert_int_equal(verify(b, "{\"note\":\"" NOTE "\"}", VKEY), ERR_OK);
    assert_int_equal(tree_int(b->c->view, "size", 0), 2);
}

static void what_was_altered_or_signed_by_another_is_refused(void **state)
{
    struct bench *b = *state;
    struct str good = STR(LEAF_1);
    size_t refused = 0;
    char text[2048];
    for (size_t k = 9; k + 1 < good.n; k++) { /* any digit of the leaf, the note or the path */
        snprintf(text, sizeof text, "%s", LEAF_1);
        if (text[k] < 'A' || text[k] > 'Z') continue;
        text[k] = text[k] == 'A' ? 'B' : 'A';
        refused += verify(b, text, VKEY) != ERR_OK;
    }
    assert_true(refused > 50);
    assert_int_equal(
        verify(b, LEAF_1, "comity.xa/csb+4a490251+AQDQWh0eolE5bVV6+9RYizxtmdvrly/tEKMlYuom3Nz6"),
        ERR_INTEGRITY);
}

int ledger_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_node(what_is_asked_goes_to_the_node),
        with_bench(a_head_and_a_proof_are_checked_without_a_node),
        with_bench(what_was_altered_or_signed_by_another_is_refused),
    };
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
