/* SPDX-License-Identifier: Apache-2.0 */
/* Reading out: the answer arrives although the other side keeps talking, and not for ever. */

#include "net/drain.h"
#include "net_test.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static void pair_up(int fd[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd), 0);
}

static void what_comes_is_thrown_away_until_the_other_side_closes(void **state)
{
    struct world *w = *state;
    struct drain g;
    int fd[2];
    char much[10000] = {0};
    pair_up(fd);
    drain_init(&g, w->loop);
    drain_on(&g, fd[0]);
    close(fd[0]);
    assert_int_equal(g.n, 1);
    for (int i = 0; i < 1000; i++) {
        ssize_t n = send(fd[1], much, sizeof much, MSG_NOSIGNAL);
        assert_true(n > 0 || (n < 0 && errno == EAGAIN));
        if (n < 0) assert_int_equal(net_loop_turn(&w->t, w->loop, 0), ERR_OK);
    }
    assert_int_equal(g.n, 1);
    close(fd[1]);
    world_settle(w);
    assert_int_equal(g.n, 0);
    drain_end(&g);
}

static void a_talker_without_end_is_cut_off_by_time(void **state)
{
    struct world *w = *state;
    struct drain g;
    int fd[2];
    pair_up(fd);
    drain_init(&g, w->loop);
    drain_on(&g, fd[0]);
    close(fd[0]);
    world_settle(w);
    assert_int_equal(send(fd[1], "x", 1, MSG_NOSIGNAL), 1);
    world_pass(w, DRAIN_MS);
    world_settle(w);
    assert_int_equal(g.n, 0);
    assert_int_equal(send(fd[1], "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, EPIPE);
    close(fd[1]);
    drain_end(&g);
}

static void only_so_many_are_read_out_at_once(void **state)
{
    struct world *w = *state;
    struct drain g;
    int fd[DRAIN_MAX + 1][2];
    drain_init(&g, w->loop);
    for (int i = 0; i <= DRAIN_MAX; i++) {
        pair_up(fd[i]);
        drain_on(&g, fd[i][0]);
        close(fd[i][0]);
    }
    assert_int_equal(g.n, DRAIN_MAX);
    assert_int_equal(send(fd[DRAIN_MAX][1], "x", 1, MSG_NOSIGNAL), -1);
    drain_end(&g);
    assert_int_equal(g.n, 0);
    for (int i = 0; i <= DRAIN_MAX; i++) close(fd[i][1]);
}

static void an_answer_survives_a_body_that_nobody_reads(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.tls_key_pem = o.tls_cert_pem = NULL;
    host_up(&h, w, &o);
    static const char part[4096];
    for (int i = 0; i < 20; i++) {
        struct raw *r = raw_open(w, net_server_port(h.server),
                                 &(struct raw_options){.plain = true, .deaf = true});
        raw_say(r, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n");
        for (size_t sent = 0; sent < 8 << 20;) {
            ssize_t n = send(raw_fd(r), part, sizeof part, MSG_NOSIGNAL);
            if (n > 0)
                sent += (size_t)n;
            else
                assert_int_equal(errno, EAGAIN); /* never a reset */
            if (n < 0 || sent % 65536 == 0) {
                assert_int_equal(net_loop_turn(&w->t, w->loop, 0), ERR_OK);
            }
        }
        char heard[4096];
        ssize_t n = recv(raw_fd(r), heard, sizeof heard, 0);
        assert_true(n > 12);
        assert_memory_equal(heard, "HTTP/1.1 413", 12);
        raw_close(r);
    }
    world_settle(w);
    host_down(&h);
}

int drain_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(what_comes_is_thrown_away_until_the_other_side_closes),
        with_world(a_talker_without_end_is_cut_off_by_time),
        with_world(only_so_many_are_read_out_at_once),
        with_world(an_answer_survives_a_body_that_nobody_reads),
    };
    return cmocka_run_group_tests_name("drain", tests, NULL, NULL);
}
