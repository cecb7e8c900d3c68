/* SPDX-License-Identifier: Apache-2.0 */
/* The listening side of the local socket, met by plain sockets. */

#include "net_test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct desk {
    struct world *w;
    struct net_local *local;
    char path[96];
    unsigned messages, gone;
    unsigned uid;
    size_t last_n;
    char last[64];
    bool holds;
    size_t answer_n; /* 0: echo */
    struct net_local_peer *held;
};

static void on_message(void *ctx, struct net_local_peer *p, unsigned uid, struct bytes message)
{
    struct desk *d = ctx;
    d->messages++;
    d->uid = uid;
    d->last_n = message.n;
    snprintf(d->last, sizeof d->last, STR_FMT, STR_ARG(bytes_str(message)));
    if (d->holds) {
        d->held = p;
    } else if (d->answer_n) {
        uint8_t *much = calloc(1, d->answer_n);
        net_local_reply(p, (struct bytes){much, d->answer_n});
        free(much);
    } else {
        net_local_reply(p, message);
    }
}

static void on_gone(void *ctx, struct net_local_peer *p)
{
    struct desk *d = ctx;
    d->gone++;
    if (d->held == p) d->held = NULL;
}

static struct net_local_options desk_options(struct desk *d)
{
    return (struct net_local_options){.path = d->path,
                                      .message_max = 1 << 20,
                                      .connections_max = 3,
                                      .message = on_message,
                                      .gone = on_gone,
                                      .ctx = d};
}

static void desk_up(struct desk *d, struct world *w)
{
    *d = (struct desk){.w = w};
    snprintf(d->path, sizeof d->path, "%s/socket", w->dir);
    struct net_local_options o = desk_options(d);
    assert_int_equal(net_local_start(&w->t, w->loop, &o, &d->local), ERR_OK);
}

static int knock(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

struct listening {
    int fd;
    uint8_t *p;
    size_t n, want;
    bool closed;
};

static bool has_it(void *ctx)
{
    struct listening *h = ctx;
    while (h->n < h->want) {
        ssize_t n = recv(h->fd, h->p + h->n, h->want - h->n, 0);
        if (n > 0)
            h->n += (size_t)n;
        else if (n < 0 && errno == EAGAIN)
            return false;
        else
            return h->closed = true;
    }
    return true;
}

static void expect(struct world *w, int fd, const char *bytes, size_t n)
{
    uint8_t got[256];
    struct listening h = {.fd = fd, .p = got, .want = n};
    world_until(w, has_it, &h);
    assert_false(h.closed);
    assert_memory_equal(got, bytes, n);
}

static void expect_closed(struct world *w, int fd)
{
    uint8_t got[256];
    struct listening h = {.fd = fd, .p = got, .want = sizeof got};
    world_until(w, has_it, &h);
    assert_true(h.closed);
    assert_int_equal(h.n, 0);
    close(fd);
}

static void say(int fd, const char *bytes, size_t n) { assert_int_equal(send(fd, bytes, n, 0), n); }

static void a_message_is_answered_and_its_sender_has_a_uid(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    int fd = knock(d.path);
    say(fd, "\0\0\0\5hello", 9);
    expect(w, fd, "\0\0\0\5hello", 9);
    assert_int_equal(d.messages, 1);
    assert_int_equal(d.uid, getuid());
    close(fd);
    world_until_count(w, &d.gone, 1);
    net_local_stop(d.local);
    assert_int_equal(d.gone, 1);
}

static void two_messages_in_one_write_are_answered_in_order(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    int fd = knock(d.path);
    say(fd, "\0\0\0\3one\0\0\0\3two", 14);
    expect(w, fd, "\0\0\0\3one\0\0\0\3two", 14);
    assert_int_equal(d.messages, 2);
    close(fd);
    net_local_stop(d.local);
}

static void a_second_message_waits_for_the_reply_to_the_first(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    d.holds = true;
    int fd = knock(d.path);
    say(fd, "\0\0\0\3one\0\0\0\3two", 14);
    world_until_count(w, &d.messages, 1);
    world_settle(w);
    assert_int_equal(d.messages, 1);
    d.holds = false;
    net_local_reply(d.held, str_bytes(STR("1st")));
    expect(w, fd, "\0\0\0\0031st\0\0\0\3two", 14);
    close(fd);
    net_local_stop(d.local);
}

static void a_message_may_come_byte_by_byte(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    int fd = knock(d.path);
    for (int i = 0; i < 9; i++) {
        say(fd, &"\0\0\0\5hello"[i], 1);
        world_settle(w);
        assert_int_equal(d.messages, i == 8);
    }
    expect(w, fd, "\0\0\0\5hello", 9);
    close(fd);
    net_local_stop(d.local);
}

static void an_empty_message_is_a_message(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    int fd = knock(d.path);
    say(fd, "\0\0\0\0", 4);
    expect(w, fd, "\0\0\0\0", 4);
    close(fd);
    net_local_stop(d.local);
}

static void a_message_over_the_limit_drops_the_connection_and_no_other(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    int good = knock(d.path), bad = knock(d.path);
    say(bad, "\0\x10\0\1", 4); /* one byte over 1 MiB */
    expect_closed(w, bad);
    assert_int_equal(d.messages, 0);
    assert_int_equal(d.gone, 0); /* it never said anything */
    say(good, "\0\0\0\2ok", 6);
    expect(w, good, "\0\0\0\2ok", 6);
    close(good);
    net_local_stop(d.local);
}

static void a_reply_over_the_limit_drops_the_connection(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    d.answer_n = (1 << 20) + 1;
    int fd = knock(d.path);
    say(fd, "\0\0\0\2ok", 6);
    expect_closed(w, fd);
    world_until_count(w, &d.gone, 1);
    net_local_stop(d.local);
}

static void a_long_reply_reaches_a_slow_reader_while_others_are_served(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    d.answer_n = 1 << 20;
    int slow = knock(d.path), quick = knock(d.path);
    say(slow, "\0\0\0\2ok", 6);
    world_until_count(w, &d.messages, 1);
    world_settle(w); /* the socket is full now, and nobody reads */
    d.answer_n = 0;
    say(quick, "\0\0\0\2ok", 6);
    expect(w, quick, "\0\0\0\2ok", 6);
    size_t all = 4 + (1 << 20);
    struct listening h = {.fd = slow, .p = calloc(1, all), .want = all};
    world_until(w, has_it, &h);
    assert_false(h.closed);
    assert_memory_equal(h.p, "\0\x10\0\0", 4);
    free(h.p);
    close(slow);
    close(quick);
    net_local_stop(d.local);
}

static void one_who_leaves_while_waiting_is_told_as_gone(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    d.holds = true;
    int fd = knock(d.path);
    say(fd, "\0\0\0\2ok", 6);
    world_until_count(w, &d.messages, 1);
    close(fd);
    world_until_count(w, &d.gone, 1);
    assert_null(d.held);
    net_local_stop(d.local);
}

static void one_who_only_closes_its_writing_side_still_gets_the_reply(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    d.holds = true;
    int fd = knock(d.path);
    say(fd, "\0\0\0\2ok", 6);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    world_until_count(w, &d.messages, 1);
    world_settle(w);
    assert_non_null(d.held);
    net_local_reply(d.held, str_bytes(STR("yes")));
    expect(w, fd, "\0\0\0\3yes", 7);
    world_until_count(w, &d.gone, 1);
    close(fd);
    net_local_stop(d.local);
}

static void beyond_the_limit_of_connections_the_next_waits_for_one_to_leave(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    int fd[4];
    for (int i = 0; i < 4; i++) {
        fd[i] = knock(d.path);
        say(fd[i], "\0\0\0\2ok", 6);
    }
    world_until_count(w, &d.messages, 3);
    world_settle(w);
    assert_int_equal(d.messages, 3);
    close(fd[1]);
    expect(w, fd[3], "\0\0\0\2ok", 6);
    assert_int_equal(d.messages, 4);
    close(fd[0]);
    close(fd[2]);
    close(fd[3]);
    net_local_stop(d.local);
}

static void stopping_drops_peers_and_removes_the_socket_file(void **state)
{
    struct world *w = *state;
    struct desk d;
    desk_up(&d, w);
    d.holds = true;
    int fd = knock(d.path), silent = knock(d.path);
    say(fd, "\0\0\0\2ok", 6);
    world_until_count(w, &d.messages, 1);
    net_local_stop(d.local);
    assert_int_equal(d.gone, 1);
    expect_closed(w, fd);
    close(silent);
    assert_int_equal(access(d.path, F_OK), -1);
    net_local_stop(NULL);
}

static void the_socket_file_has_the_mode_that_was_asked_for(void **state)
{
    struct world *w = *state;
    static const unsigned asked[] = {0, 0660, 0666}, expected[] = {0600, 0660, 0666};
    for (int i = 0; i < 3; i++) {
        struct desk d = {.w = w};
        struct stat st;
        snprintf(d.path, sizeof d.path, "%s/socket", w->dir);
        struct net_local_options o = desk_options(&d);
        o.mode = asked[i];
        assert_int_equal(net_local_start(&w->t, w->loop, &o, &d.local), ERR_OK);
        assert_int_equal(stat(d.path, &st), 0);
        assert_int_equal(st.st_mode & 0777, expected[i]);
        net_local_stop(d.local);
    }
}

static void a_socket_file_left_behind_is_replaced_and_a_living_one_is_not(void **state)
{
    struct world *w = *state;
    struct desk d = {.w = w}, second;
    snprintf(d.path, sizeof d.path, "%s/socket", w->dir);
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s", d.path);
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(dead, (struct sockaddr *)&at, sizeof at), 0);
    close(dead);
    desk_up(&d, w);

    second = d;
    struct net_local_options o = desk_options(&second);
    assert_int_equal(net_local_start(&w->t, w->loop, &o, &second.local), ERR_BUSY);
    turn_forgive(&w->t);
    int fd = knock(d.path);
    say(fd, "\0\0\0\2ok", 6);
    expect(w, fd, "\0\0\0\2ok", 6);
    close(fd);
    net_local_stop(d.local);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
    struct world *w = *state;
    struct desk d = {.w = w};
    snprintf(d.path, sizeof d.path, "%s/precious", w->dir);
    int fd = open(d.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
    struct net_local_options o = desk_options(&d);
    assert_int_equal(net_local_start(&w->t, w->loop, &o, &d.local), ERR_BUSY);
    turn_forgive(&w->t);
    struct stat st;
    assert_int_equal(stat(d.path, &st), 0);
    assert_int_equal(st.st_size, 1);
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
    struct world *w = *state;
    char path[200];
    memset(path, 'a', sizeof path);
    path[108] = 0;
    struct desk d = {.w = w};
    struct net_local_options o = desk_options(&d);
    o.path = path;
    assert_int_equal(net_local_start(&w->t, w->loop, &o, &d.local), ERR_USAGE);
    turn_forgive(&w->t);
    o.path = "";
    assert_int_equal(net_local_start(&w->t, w->loop, &o, &d.local), ERR_USAGE);
    turn_forgive(&w->t);
    o.path = "/nonexistent/folder/socket";
    assert_int_equal(net_local_start(&w->t, w->loop, &o, &d.local), ERR_INTERNAL);
}

int local_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_message_is_answered_and_its_sender_has_a_uid),
        with_world(two_messages_in_one_write_are_answered_in_order),
        with_world(a_second_message_waits_for_the_reply_to_the_first),
        with_world(a_message_may_come_byte_by_byte),
        with_world(an_empty_message_is_a_message),
        with_world(a_message_over_the_limit_drops_the_connection_and_no_other),
        with_world(a_reply_over_the_limit_drops_the_connection),
        with_world(a_long_reply_reaches_a_slow_reader_while_others_are_served),
        with_world(one_who_leaves_while_waiting_is_told_as_gone),
        with_world(one_who_only_closes_its_writing_side_still_gets_the_reply),
        with_world(beyond_the_limit_of_connections_the_next_waits_for_one_to_leave),
        with_world(stopping_drops_peers_and_removes_the_socket_file),
        with_world(the_socket_file_has_the_mode_that_was_asked_for),
        with_world(a_socket_file_left_behind_is_replaced_and_a_living_one_is_not),
        with_world(a_file_that_is_no_socket_is_left_alone),
        with_world(a_path_that_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
