/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a process that may die over them: asked again when it is there again, refused when
 * it died over the same one twice. The ends of the links are the test's.
 *
 * The processes themselves, src/node/asks.c, src/node/broker.c, src/node/child.c, src/node/plan.c,
 * src/node/doors.c, src/node/part_courier.c, src/node/part_desk.c, src/node/part_front.c,
 * src/node/part_officers.c and src/node/part_reader.c, are tried whole: test/processes kills each
 * of them and shuts each link between two that live, and every journey runs through all.
 * src/node/part_printer.c is in test_press.c. */

#include "node_test.h"

#include "node/split.h"

#include <sys/socket.h>
#include <unistd.h>

struct bench {
    struct place p;
    struct node_child child;
    struct node_line *line;
    int far; /* the other end */
    unsigned answers, faults;
    char last_code[48];
};

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    place_make(&b->p);
    assert_ok(&b->p, net_loop_new(&b->p.t, &node_clock, &b->child.loop));
    struct node_line_options o = {.child = &b->child,
                                  .to = GUARD_READER,
                                  .in_order = true,
                                  .crashed = {ERR_REJECTED, "quarantined", "", "", "Twice."}};
    assert_ok(&b->p, node_line_open(&b->p.t, &o, &b->line));
    b->far = -1;
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    node_line_close(b->line);
    if (b->far >= 0) close(b->far);
    net_loop_free(b->child.loop);
    place_end(&b->p);
    test_free(b);
    return 0;
}

/* The other side is there, for the first time or again. */
static void begin(struct bench *b)
{
    int fd[2];
    if (b->far >= 0) close(b->far);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
    b->far = fd[1];
    assert_ok(&b->p, net_loop_turn(&b->p.t, b->child.loop, 0));
    assert_ok(&b->p, node_line_linked(b->line, &b->p.t, fd[0]));
}

static void done(void *job, const struct fault *f, const struct pack *answer)
{
    struct bench *b = job;
    if (!f) {
        b->answers++;
        assert_str(tree_str(answer->head, "op"), "answer");
        return;
    }
    b->faults++;
    snprintf(b->last_code, sizeof b->last_code, "%s", f->code);
}

static void ask(struct bench *b)
{
    struct tree *m = tree_map(b->p.a);
    tree_add_str(b->p.a, m, "op", STR("ask"));
    struct pack q = {.head = m};
    node_line_ask(b->line, &q, done, b);
}

/* Reads the next question at the other end, and gives its id; 0 when there is none. */
static int64_t heard(struct bench *b)
{
    uint8_t head[4], body[256];
    ssize_t n = recv(b->far, head, sizeof head, MSG_DONTWAIT);
    if (n < 0) return 0;
    assert_int_equal(n, 4);
    size_t want = (size_t)head[2] << 8 | head[3];
    assert_true(want <= sizeof body && recv(b->far, body, want, 0) == (ssize_t)want);
    struct pack m;
    assert_ok(&b->p, pack_read(&b->p.t, bytes_dup(b->p.a, (struct bytes){body, want}),
                               &node_link_limits, &m));
    return tree_int(m.head, "id", 0);
}

static void answer(struct bench *b, int64_t id)
{
    struct tree *m = tree_map(b->p.a);
    tree_add_str(b->p.a, m, "op", STR("answer"));
    tree_add_int(b->p.a, m, "id", id);
    struct pack p = {.head = m};
    struct bytes x = pack_write(b->p.a, &p);
    uint8_t head[] = {0, 0, (uint8_t)(x.n >> 8), (uint8_t)x.n};
    assert_int_equal(send(b->far, head, 4, 0), 4);
    assert_int_equal(send(b->far, x.p, x.n, 0), x.n);
    assert_ok(&b->p, net_loop_turn(&b->p.t, b->child.loop, 100));
}

static void a_question_is_asked_again_when_the_other_side_died(void **state)
{
    struct bench *b = *state;
    ask(b); /* before anybody is there */
    begin(b);
    ask(b);
    assert_int_equal(heard(b), 1);
    assert_int_equal(heard(b), 2);
    answer(b, 1);
    assert_int_equal(b->answers, 1);
    begin(b);
    assert_int_equal(heard(b), 2);
    assert_int_equal(heard(b), 0); /* what was answered is not asked again */
    answer(b, 2);
    answer(b, 2); /* nor counted twice */
    answer(b, 9);
    assert_int_equal(b->answers, 2);
    assert_int_equal(node_line_waiting(b->line), 0);
}

static void what_brings_it_down_twice_is_refused_and_the_rest_is_not(void **state)
{
    struct bench *b = *state;
    begin(b);
    for (int k = 0; k < 3; k++) ask(b);
    begin(b);
    assert_int_equal(b->faults, 0);
    begin(b);
    assert_int_equal(b->faults, 1);
    assert_string_equal(b->last_code, "quarantined");
    assert_int_equal(heard(b), 2);
    assert_int_equal(heard(b), 3);
    answer(b, 2);
    answer(b, 3);
    assert_int_equal(b->answers, 2);
}

static void what_must_not_be_done_twice_is_told_when_it_died(void **state)
{
    struct bench *b = *state;
    struct pack q = {.head = tree_map(b->p.a)};
    node_line_ask_once(b->line, &q, done, b); /* nobody is there: it was not begun */
    begin(b);
    assert_int_equal(heard(b), 1);
    ask(b);
    begin(b);
    assert_int_equal(b->faults, 1);
    assert_string_equal(b->last_code, "quarantined");
    assert_int_equal(heard(b), 2);
    answer(b, 2);
    assert_int_equal(b->answers, 1);
}

static void what_waits_at_the_end_is_told(void **state)
{
    struct bench *b = *state;
    ask(b);
    node_line_close(b->line);
    assert_int_equal(b->faults, 1);
    assert_string_equal(b->last_code, "stopping");
}

int test_line(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_question_is_asked_again_when_the_other_side_died, up,
                                        down),
        cmocka_unit_test_setup_teardown(what_brings_it_down_twice_is_refused_and_the_rest_is_not,
                                        up, down),
        cmocka_unit_test_setup_teardown(what_must_not_be_done_twice_is_told_when_it_died, up, down),
        cmocka_unit_test_setup_teardown(what_waits_at_the_end_is_told, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
