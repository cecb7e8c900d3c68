/* SPDX-License-Identifier: Apache-2.0 */
/* Links between processes of ours: whole messages in order, both ways, and the end of the other
 * side told once. Also tries src/net/pass.c. */

#include "net_test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE_MAX = 8 << 20 };

struct end {
    struct world *w;
    struct net_link *link;
    unsigned messages, closed;
    size_t last_n;
    uint8_t first, last;
    bool echoes;
};

static void on_message(void *ctx, struct bytes m)
{
    struct end *e = ctx;
    e->messages++;
    e->last_n = m.n;
    e->first = m.n ? m.p[0] : 0;
    e->last = m.n ? m.p[m.n - 1] : 0;
    if (e->echoes) net_link_send(e->link, m);
}

static void on_closed(void *ctx) { ((struct end *)ctx)->closed++; }

static void end_up(struct end *e, struct world *w, int fd)
{
    *e = (struct end){.w = w};
    struct net_link_options o = {
        .fd = fd, .message_max = MESSAGE_MAX, .message = on_message, .closed = on_closed, .ctx = e};
    assert_int_equal(net_link_open(&w->t, w->loop, &o, &e->link), ERR_OK);
}

static void two_up(struct world *w, struct end *a, struct end *b)
{
    int fd[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
    end_up(a, w, fd[0]);
    end_up(b, w, fd[1]);
}

static void messages_arrive_whole_and_in_order(void **state)
{
    struct world *w = *state;
    struct end a, b;
    two_up(w, &a, &b);
    b.echoes = true;
    uint8_t *large = arena_take(w->t.arena, MESSAGE_MAX);
    large[0] = 7;
    large[MESSAGE_MAX - 1] = 9;
    net_link_send(a.link, (struct bytes){large, MESSAGE_MAX});
    assert_true(net_link_unsent(a.link) > 0); /* it waits here, and nobody waits for it */
    net_link_send(a.link, (struct bytes){(const uint8_t *)"x", 1});
    net_link_send(a.link, (struct bytes){NULL, 0});
    world_until_count(w, &b.messages, 1);
    if (b.messages == 1) assert_true(b.last_n == MESSAGE_MAX && b.first == 7 && b.last == 9);
    world_until_count(w, &a.messages, 3);
    assert_int_equal(a.last_n, 0);
    assert_int_equal(b.messages, 3);
    assert_int_equal(net_link_unsent(a.link), 0);
    net_link_close(a.link);
    net_link_close(b.link);
}

static void the_end_of_the_other_side_is_told_once(void **state)
{
    struct world *w = *state;
    struct end a, b;
    two_up(w, &a, &b);
    net_link_send(b.link, (struct bytes){(const uint8_t *)"last", 4});
    net_link_close(b.link);
    world_until_count(w, &a.closed, 1);
    assert_int_equal(a.messages, 1); /* what was said before is heard */
    assert_false(net_link_lives(a.link));
    net_link_send(a.link, (struct bytes){(const uint8_t *)"x", 1});
    world_settle(w);
    assert_int_equal(a.closed, 1);
    net_link_close(a.link);
}

static void one_that_announces_too_much_is_dead_to_us(void **state)
{
    struct world *w = *state;
    struct end a;
    int fd[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
    end_up(&a, w, fd[0]);
    assert_int_equal(send(fd[1], "\xff\xff\xff\xff", 4, 0), 4);
    world_until_count(w, &a.closed, 1);
    assert_int_equal(a.messages, 0);
    net_link_close(a.link);
    close(fd[1]);
}

static void a_question_waits_and_tells_when_nobody_is_there(void **state)
{
    struct world *w = *state;
    struct bytes reply;
    int fd[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
    struct bytes question = {(const uint8_t *)"why", 3};
    assert_int_equal(send(fd[1], "\0\0\0\2no", 6, 0), 6);
    assert_int_equal(net_link_ask(&w->t, fd[0], question, 16, 1000, &reply), ERR_OK);
    assert_true(bytes_eq(reply, (struct bytes){(const uint8_t *)"no", 2}));
    assert_int_equal(send(fd[1], "\0\1\0\0", 4, 0), 4);
    assert_int_equal(net_link_ask(&w->t, fd[0], question, 16, 1000, &reply), ERR_PEER);
    turn_forgive(&w->t);
    close(fd[1]);
    assert_int_equal(net_link_ask(&w->t, fd[0], question, 16, 1000, &reply), ERR_PEER);
    turn_forgive(&w->t);
    close(fd[0]);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
    assert_int_equal(net_link_ask(&w->t, fd[0], question, 16, 10, &reply), ERR_PEER); /* late */
    close(fd[0]);
    close(fd[1]);
}

static void descriptors_are_handed_over(void **state)
{
    struct world *w = *state;
    int two[2], handed[2], got;
    struct bytes m;
    char c;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, two), 0);
    assert_int_equal(pipe(handed), 0);
    assert_int_equal(net_passed(&w->t, two[1], 0, &m, &got), ERR_NONE_SUCH);
    turn_forgive(&w->t);
    struct bytes word = {(const uint8_t *)"take", 4};
    assert_int_equal(net_pass(&w->t, two[0], word, handed[0]), ERR_OK);
    assert_int_equal(net_pass(&w->t, two[0], word, -1), ERR_OK);
    assert_int_equal(net_passed(&w->t, two[1], 100, &m, &got), ERR_OK);
    assert_true(bytes_eq(m, word) && got >= 0);
    assert_int_equal(write(handed[1], "y", 1), 1);
    assert_true(read(got, &c, 1) == 1 && c == 'y');
    close(got);
    assert_int_equal(net_passed(&w->t, two[1], 100, &m, &got), ERR_OK);
    assert_int_equal(got, -1);
    close(two[0]);
    assert_int_equal(net_passed(&w->t, two[1], 100, &m, &got), ERR_PEER);
    turn_forgive(&w->t);
    close(two[1]);
    close(handed[0]);
    close(handed[1]);
}

int link_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(messages_arrive_whole_and_in_order),
        with_world(the_end_of_the_other_side_is_told_once),
        with_world(one_that_announces_too_much_is_dead_to_us),
        with_world(a_question_waits_and_tells_when_nobody_is_there),
        with_world(descriptors_are_handed_over),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
