/* SPDX-License-Identifier: Apache-2.0 */
/* The asking side of the local socket. It blocks, so it runs in a child while this process serves.
 */

#include "net_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct desk {
    struct world *w;
    struct net_local *local;
    char path[96];
    size_t answer_n; /* bytes to answer with; 0: nothing, for ever */
    uint8_t *answer;
};

static void on_message(void *ctx, struct net_local_peer *p, unsigned uid, struct bytes message)
{
    struct desk *d = ctx;
    (void)uid;
    assert_int_equal(message.n, 100000);
    if (d->answer_n) net_local_reply(p, (struct bytes){d->answer, d->answer_n});
}

static void desk_up(struct desk *d, struct world *w, size_t answer_n, size_t message_max)
{
    *d = (struct desk){.w = w, .answer_n = answer_n, .answer = calloc(1, answer_n + 1)};
    for (size_t i = 0; i < answer_n; i++) d->answer[i] = (uint8_t)(i * 7);
    snprintf(d->path, sizeof d->path, "%s/socket", w->dir);
    struct net_local_options o = {.path = d->path,
                                  .message_max = message_max,
                                  .connections_max = 4,
                                  .message = on_message,
                                  .ctx = d};
    assert_int_equal(net_local_start(&w->t, w->loop, &o, &d->local), ERR_OK);
}

static void desk_down(struct desk *d)
{
    net_local_stop(d->local);
    free(d->answer);
}

/* In the child: asks, and exits with the error; 100 when the reply is not what the desk gives. */
static _Noreturn void child(const struct desk *d, size_t reply_max, int64_t timeout_ms)
{
    struct turn t = {.arena = arena_new()};
    struct bytes reply, message = {arena_take(t.arena, 100000), 100000};
    err e = net_local_ask(&t, d->path, message, reply_max, timeout_ms, &reply);
    bool is_right = e != ERR_OK ? t.fault.sentence[0] != 0
                                : bytes_eq(reply, (struct bytes){d->answer, d->answer_n});
    _exit(is_right ? (int)e : 100);
}

struct asked {
    pid_t pid;
    int status;
};

static bool has_ended(void *ctx)
{
    struct asked *a = ctx;
    return waitpid(a->pid, &a->status, WNOHANG) == a->pid;
}

static int ask(const struct desk *d, size_t reply_max, int64_t timeout_ms)
{
    struct asked a = {.pid = fork()};
    assert_true(a.pid >= 0);
    if (a.pid == 0) child(d, reply_max, timeout_ms);
    world_until(d->w, has_ended, &a);
    assert_true(WIFEXITED(a.status));
    return WEXITSTATUS(a.status);
}

static void a_question_is_answered(void **state)
{
    struct desk d;
    desk_up(&d, *state, 300000, 1 << 20);
    assert_int_equal(ask(&d, 300000, 10000), ERR_OK);
    desk_down(&d);
}

static void an_answer_over_the_limit_is_refused(void **state)
{
    struct desk d;
    desk_up(&d, *state, 300000, 1 << 20);
    assert_int_equal(ask(&d, 299999, 10000), ERR_TOO_LARGE);
    desk_down(&d);
}

static void a_node_that_breaks_off_is_said(void **state)
{
    struct desk d;
    desk_up(&d, *state, 300000, 50000); /* the question is longer than it takes */
    assert_int_equal(ask(&d, 300000, 10000), ERR_PEER);
    desk_down(&d);
}

static void a_node_that_does_not_answer_is_not_waited_for_without_end(void **state)
{
    struct desk d;
    desk_up(&d, *state, 0, 1 << 20);
    assert_int_equal(ask(&d, 1000, 50), ERR_PEER);
    desk_down(&d);
}

static void nobody_listening_is_an_expected_absence(void **state)
{
    struct world *w = *state;
    struct bytes reply;
    char path[96];
    snprintf(path, sizeof path, "%s/socket", w->dir);
    assert_int_equal(net_local_ask(&w->t, path, (struct bytes){0}, 10, 1000, &reply),
                     ERR_NONE_SUCH);
    turn_forgive(&w->t);
    struct desk d;
    desk_up(&d, w, 1, 10);
    snprintf(path, sizeof path, "%s/other", w->dir);
    assert_int_equal(rename(d.path, path), 0); /* survives the stop, as after a crash */
    desk_down(&d);
    assert_int_equal(net_local_ask(&w->t, path, (struct bytes){0}, 10, 1000, &reply),
                     ERR_NONE_SUCH);
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
    struct world *w = *state;
    struct bytes reply;
    char path[200] = {0};
    memset(path, 'a', 108);
    assert_int_equal(net_local_ask(&w->t, path, (struct bytes){0}, 10, 1000, &reply), ERR_USAGE);
    turn_forgive(&w->t);
    assert_int_equal(net_local_ask(&w->t, "", (struct bytes){0}, 10, 1000, &reply), ERR_USAGE);
}

int ask_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_question_is_answered),
        with_world(an_answer_over_the_limit_is_refused),
        with_world(a_node_that_breaks_off_is_said),
        with_world(a_node_that_does_not_answer_is_not_waited_for_without_end),
        with_world(nobody_listening_is_an_expected_absence),
        with_world(a_path_that_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
