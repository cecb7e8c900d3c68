/* SPDX-License-Identifier: Apache-2.0 */
/* What keeper answers to whom: each process has its own few questions and no other. Also tries
 * src/node/message.c, and src/node/remote.c by the form of its questions. */

#include "node_test.h"

#include "node/split.h"

#include <string.h>

struct bench {
    struct place p;
    struct node_keeper *k;
};

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    struct node_config c;
    place_make(&b->p);
    const char *dir = place_node(&b->p, "n", "XN", 0);
    assert_ok(&b->p, node_config_read(&b->p.t, node_path(b->p.a, dir, "comity.yaml"), &c));
    assert_ok(&b->p,
              node_keeper_open(&b->p.t, node_path(b->p.a, dir, "keys"), &c, &suite_1, &b->k));
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    place_end(&b->p);
    test_free(b);
    return 0;
}

/* The code of the fault it answers, or the empty text. */
static struct str ask(struct bench *b, enum guard_process from, const char *op, size_t part_n)
{
    static const uint8_t zero[128];
    struct arena *a = b->p.a;
    struct turn t = {.arena = a, .clock = &node_clock, .chance = &node_chance};
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "op", str_of(op));
    tree_add_str(a, m, "address", STR("XN/csb"));
    struct pack answer, q = {.head = m, .parts = {{zero, part_n}, {zero, 4}}, .n = 2};
    struct bytes reply = node_keeper_answer(&t, b->k, from, pack_write(a, &q));
    turn_forgive(&t);
    assert_int_equal(pack_read(&t, reply, &node_link_limits, &answer), ERR_OK);
    if (!tree_get(answer.head, "fault")) return (struct str){0};
    assert_int_equal(answer.n, 0); /* a refusal brings nothing along */
    return tree_str(tree_get(answer.head, "fault"), "code");
}

static void each_process_asks_only_what_is_its_own(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *op;
        unsigned may;
        size_t part_n;
    } rows[] = {
        {"sign", 1U << GUARD_DESK, 32},
        {"last", 1U << GUARD_DESK, 0},
        {"seen", 1U << GUARD_DESK, 0},
        {"witness", 1U << GUARD_DESK, 0},
        {"wrap", 1U << GUARD_DESK, 32},
        {"tls", 1U << GUARD_COURIER | 1U << GUARD_FRONT_PEERS | 1U << GUARD_FRONT_OFFICERS, 32},
        {"agree", 1U << GUARD_READER, 65},
        {"head", 1U << GUARD_DESK, 32},
        {"unwrap", 1U << GUARD_DESK, 60},
        {"seal.key", 0, 32},
    };
    unsigned refused = 0;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (int p = 0; p < GUARD_PROCESSES; p++) {
            struct str code = ask(b, (enum guard_process)p, rows[k].op, rows[k].part_n);
            bool not_its_own = str_is(code, "keeper-not-yours");
            if (not_its_own == ((rows[k].may >> p & 1) != 0))
                fail_msg("%s asks to %s: " STR_FMT, guard_word((enum guard_process)p), rows[k].op,
                         STR_ARG(code));
            refused += not_its_own;
        }
    assert_int_equal(refused,
                     10 * GUARD_PROCESSES - 11); /* eleven pairs of a process and its own */
}

static void what_is_not_of_its_form_is_refused(void **state)
{
    struct bench *b = *state;
    assert_str(ask(b, GUARD_DESK, "sign", 31), "keeper");
    assert_str(ask(b, GUARD_FRONT_PEERS, "tls", 33), "keeper");
    assert_str(ask(b, GUARD_DESK, "head", 31), "keeper");
    assert_str(ask(b, GUARD_READER, "agree", 64), "point"); /* and one that is on no curve */
    assert_str(ask(b, GUARD_READER, "agree", 65), "point");
    struct turn t = {.arena = b->p.a};
    struct pack m;
    struct bytes reply =
        node_keeper_answer(&t, b->k, GUARD_DESK, (struct bytes){(const uint8_t *)"x", 1});
    turn_forgive(&t);
    assert_int_equal(pack_read(&t, reply, &node_link_limits, &m), ERR_OK);
    assert_str(tree_str(tree_get(m.head, "fault"), "code"), "pack");
}

static void faults_come_back_as_they_went(void **state)
{
    struct bench *b = *state;
    struct fault was = {ERR_STRANGER, "peer-unknown", "RFC 1 2", "from", "Nobody knows."}, is;
    for (int e = ERR_NO; e <= ERR_UNKNOWN; e++) {
        was.err = (err)e;
        struct tree *m = tree_map(b->p.a);
        node_fault_put(b->p.a, m, &was);
        node_fault_get(m, &is);
        assert_int_equal(is.err, e);
        assert_string_equal(is.code, was.code);
        assert_string_equal(is.article, was.article);
        assert_string_equal(is.particular, was.particular);
        assert_string_equal(is.sentence, was.sentence);
    }
    struct tree *m = tree_map(b->p.a);
    tree_add_str(b->p.a, m, "err", STR("no such word"));
    tree_add_str(b->p.a, m, "code",
                 str_of(node_path(b->p.a, b->p.dir, "a-code-longer-than-there-is-room-for-it")));
    node_fault_get(m, &is);
    assert_int_equal(is.err, ERR_INTERNAL);
    assert_true(strlen(is.code) < sizeof is.code);
}

int test_part_keeper(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_process_asks_only_what_is_its_own, up, down),
        cmocka_unit_test_setup_teardown(what_is_not_of_its_form_is_refused, up, down),
        cmocka_unit_test_setup_teardown(faults_come_back_as_they_went, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
