/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: readiness, timers, and descriptor numbers that are used again. */

#include "net_test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

struct ear {
    struct world *w;
    int fd;
    unsigned told;
    struct ear *silences; /* taken out of the loop when this one is told */
};

static void on_ready(void *ctx)
{
    struct ear *e = ctx;
    e->told++;
    if (e->silences) {
        net_unwatch(e->w->loop, e->silences->fd);
        return;
    }
    char c;
    assert_int_equal(read(e->fd, &c, 1), 1);
}

static void a_readable_descriptor_is_told_until_it_is_read_and_not_after_unwatching(void **state)
{
    struct world *w = *state;
    int p[2];
    assert_int_equal(pipe(p), 0);
    struct ear e = {.w = w, .fd = p[0]};
    assert_int_equal(net_watch(&w->t, w->loop, p[0], on_ready, &e), ERR_OK);
    assert_int_equal(net_loop_turn(&w->t, w->loop, 0), ERR_OK);
    assert_int_equal(e.told, 0);
    assert_int_equal(write(p[1], "ab", 2), 2);
    world_until_count(w, &e.told, 2);
    world_settle(w);
    assert_int_equal(e.told, 2);
    net_unwatch(w->loop, p[0]);
    net_unwatch(w->loop, p[0]);
    assert_int_equal(write(p[1], "c", 1), 1);
    world_settle(w);
    assert_int_equal(e.told, 2);
    close(p[0]);
    close(p[1]);
}

static void one_that_is_unwatched_by_another_in_the_same_wait_is_not_told(void **state)
{
    struct world *w = *state;
    int p[2], q[2];
    assert_int_equal(pipe(p) | pipe(q), 0);
    struct ear a = {.w = w, .fd = p[0]}, b = {.w = w, .fd = q[0], .silences = &a};
    a.silences = &b;
    assert_int_equal(net_watch(&w->t, w->loop, p[0], on_ready, &a), ERR_OK);
    assert_int_equal(net_watch(&w->t, w->loop, q[0], on_ready, &b), ERR_OK);
    assert_int_equal(write(p[1], "a", 1), 1);
    assert_int_equal(write(q[1], "b", 1), 1);
    assert_int_equal(net_loop_turn(&w->t, w->loop, 100), ERR_OK);
    assert_int_equal(a.told + b.told, 1);
    net_unwatch(w->loop, p[0]);
    net_unwatch(w->loop, q[0]);
    for (int i = 0; i < 2; i++) close(p[i]), close(q[i]);
}

/* Closes the other's descriptor and puts a new one, not readable, at its number. */
struct swap {
    struct world *w;
    int mine, theirs, fresh;
    unsigned told, *fresh_told;
    struct swap *other;
};

static void on_wrong(void *ctx) { ++*(unsigned *)ctx; }

static void on_swap(void *ctx)
{
    struct swap *s = ctx;
    s->told++;
    net_unwatch(s->w->loop, s->mine);
    net_unwatch(s->w->loop, s->theirs);
    assert_int_equal(dup2(s->fresh, s->theirs), s->theirs);
    assert_int_equal(net_watch(&s->w->t, s->w->loop, s->theirs, on_wrong, s->fresh_told), ERR_OK);
}

static void an_event_of_a_closed_descriptor_is_not_given_to_the_next_with_its_number(void **state)
{
    struct world *w = *state;
    int p[2], q[2], fresh[2];
    assert_int_equal(pipe(p) | pipe(q) | pipe(fresh), 0);
    unsigned wrong = 0;
    struct swap a = {.w = w, .mine = p[0], .theirs = q[0], .fresh = fresh[0], .fresh_told = &wrong};
    struct swap b = a;
    b.mine = q[0];
    b.theirs = p[0];
    assert_int_equal(net_watch(&w->t, w->loop, p[0], on_swap, &a), ERR_OK);
    assert_int_equal(net_watch(&w->t, w->loop, q[0], on_swap, &b), ERR_OK);
    assert_int_equal(write(p[1], "a", 1), 1);
    assert_int_equal(write(q[1], "b", 1), 1);
    world_settle(w);
    assert_int_equal(a.told + b.told, 1);
    assert_int_equal(wrong, 0);
    net_unwatch(w->loop, p[0]);
    net_unwatch(w->loop, q[0]);
    for (int i = 0; i < 2; i++) close(p[i]), close(q[i]), close(fresh[i]);
}

static void a_descriptor_closed_without_unwatching_can_be_watched_anew(void **state)
{
    struct world *w = *state;
    int p[2], q[2];
    assert_int_equal(pipe(p) | pipe(q), 0);
    struct ear old = {.w = w, .fd = p[0]}, e = {.w = w, .fd = p[0]};
    assert_int_equal(net_watch(&w->t, w->loop, p[0], on_ready, &old), ERR_OK);
    assert_int_equal(dup2(q[0], p[0]), p[0]);
    assert_int_equal(net_watch(&w->t, w->loop, p[0], on_ready, &e), ERR_OK);
    assert_int_equal(write(q[1], "x", 1), 1);
    world_until_count(w, &e.told, 1);
    assert_int_equal(old.told, 0);
    net_unwatch(w->loop, p[0]);
    for (int i = 0; i < 2; i++) close(p[i]), close(q[i]);
}

static void descriptors_beyond_the_limit_are_refused(void **state)
{
    struct world *w = *state;
    assert_int_equal(net_watch(&w->t, w->loop, NET_FD_MAX, on_wrong, NULL), ERR_BUSY);
    assert_string_equal(w->t.fault.code, "net-descriptors");
    turn_forgive(&w->t);
    net_unwatch(w->loop, NET_FD_MAX);
    net_unwatch(w->loop, -1);
}

static void what_cannot_be_watched_is_said(void **state)
{
    struct world *w = *state;
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(net_watch(&w->t, w->loop, fd, on_wrong, NULL), ERR_INTERNAL);
    close(fd);
}

static void went(void *ctx) { ++*(unsigned *)ctx; }

static void a_timer_ends_an_endless_wait(void **state)
{
    struct world *w = *state;
    unsigned n = 0;
    net_timer(w->loop, world_now_ms(w) + 20, went, &n);
    int64_t before = world_now_ms(w);
    while (n == 0) assert_int_equal(net_loop_turn(&w->t, w->loop, -1), ERR_OK);
    assert_in_range(world_now_ms(w) - before, 19, 10000);
}

static void a_timer_goes_as_soon_as_the_clock_says_so(void **state)
{
    struct world *w = *state;
    unsigned n = 0, stopped = 0;
    net_timer(w->loop, world_now_ms(w) + 3600 * 1000, went, &n);
    uint64_t h = net_timer(w->loop, world_now_ms(w) + 3600 * 1000, went, &stopped);
    net_timer_stop(w->loop, h);
    assert_int_equal(net_loop_turn(&w->t, w->loop, 0), ERR_OK);
    assert_int_equal(n, 0);
    world_pass(w, 3601 * 1000);
    assert_int_equal(net_loop_turn(&w->t, w->loop, -1), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(stopped, 0);
}

int loop_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_readable_descriptor_is_told_until_it_is_read_and_not_after_unwatching),
        with_world(one_that_is_unwatched_by_another_in_the_same_wait_is_not_told),
        with_world(an_event_of_a_closed_descriptor_is_not_given_to_the_next_with_its_number),
        with_world(a_descriptor_closed_without_unwatching_can_be_watched_anew),
        with_world(descriptors_beyond_the_limit_are_refused),
        with_world(what_cannot_be_watched_is_said),
        with_world(a_timer_ends_an_endless_wait),
        with_world(a_timer_goes_as_soon_as_the_clock_says_so),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
