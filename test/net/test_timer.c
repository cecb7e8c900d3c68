/* SPDX-License-Identifier: Apache-2.0 */
/* Timers: order, stopping, handles kept too long, and agreement with a plain list. */

#include "net/loop.h"
#include "net_test.h"

#include <string.h>

enum { NOTES_MAX = 4096 };

struct notes {
    struct timers *ts;
    int seen[NOTES_MAX];
    int n;
};
struct entry {
    struct notes *notes;
    int name;
};

static void write_down(void *ctx)
{
    const struct entry *e = ctx;
    e->notes->seen[e->notes->n++] = e->name;
}

static void the_earliest_goes_first_and_equals_go_in_the_order_they_came(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct timers ts;
    timers_init(&ts, a);
    struct notes notes = {.ts = &ts};
    static const int due[] = {30, 10, 20, 10, 5, 30};
    struct entry e[6];
    for (int i = 0; i < 6; i++) {
        e[i] = (struct entry){&notes, i};
        assert_int_not_equal(timers_add(&ts, due[i], write_down, &e[i]), 0);
    }
    assert_int_equal(timers_wait(&ts, 0), 5);
    assert_int_equal(timers_wait(&ts, 9), 0);
    timers_run(&ts, 20);
    assert_int_equal(notes.n, 4);
    timers_run(&ts, 29);
    assert_int_equal(notes.n, 4);
    timers_run(&ts, 30);
    static const int expected[] = {4, 1, 3, 2, 0, 5};
    assert_memory_equal(notes.seen, expected, sizeof expected);
    assert_int_equal(timers_wait(&ts, 30), -1);
}

static void a_stopped_timer_does_not_go(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct timers ts;
    timers_init(&ts, a);
    struct notes notes = {.ts = &ts};
    struct entry first = {&notes, 1}, second = {&notes, 2};
    uint64_t h = timers_add(&ts, 1, write_down, &first);
    timers_add(&ts, 2, write_down, &second);
    timers_stop(&ts, h);
    timers_stop(&ts, h);
    timers_stop(&ts, 0);
    timers_stop(&ts, UINT64_MAX);
    timers_run(&ts, 10);
    assert_int_equal(notes.n, 1);
    assert_int_equal(notes.seen[0], 2);
}

static void a_handle_kept_too_long_does_not_stop_the_next_user_of_its_slot(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct timers ts;
    timers_init(&ts, a);
    struct notes notes = {.ts = &ts};
    struct entry first = {&notes, 1}, second = {&notes, 2};
    uint64_t old = timers_add(&ts, 1, write_down, &first);
    timers_run(&ts, 1);
    uint64_t next = timers_add(&ts, 2, write_down, &second);
    assert_int_equal((uint32_t)old, (uint32_t)next); /* the same slot, or this tests nothing */
    timers_stop(&ts, old);
    timers_run(&ts, 2);
    assert_int_equal(notes.n, 2);
}

static void again(void *ctx)
{
    struct notes *notes = ctx;
    notes->n++;
    timers_add(notes->ts, 0, again, notes);
}

static void a_timer_that_sets_itself_anew_does_not_keep_the_loop(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct timers ts;
    timers_init(&ts, a);
    struct notes notes = {.ts = &ts};
    timers_add(&ts, 0, again, &notes);
    timers_run(&ts, 5);
    assert_int_equal(notes.n, 1);
    timers_run(&ts, 5);
    assert_int_equal(notes.n, 2);
}

static uint32_t next_of(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void thousands_of_timers_agree_with_a_plain_list(void **state)
{
    (void)state;
    enum { ALL = 3000 };
    auto_arena a = arena_new();
    struct timers ts;
    timers_init(&ts, a);
    struct notes *notes = arena_take(a, sizeof *notes);
    struct entry *e = arena_take_many(a, ALL, sizeof *e);
    uint64_t *handle = arena_take_many(a, ALL, sizeof *handle);
    int *due = arena_take_many(a, ALL, sizeof *due);
    uint32_t seed = 20261124;
    int stopped = 0;
    for (int i = 0; i < ALL; i++) {
        e[i] = (struct entry){notes, i};
        due[i] = (int)(next_of(&seed) % 500);
        handle[i] = timers_add(&ts, due[i], write_down, &e[i]);
        int other = (int)(next_of(&seed) % (uint32_t)(i + 1));
        if (next_of(&seed) % 3 || due[other] < 0) continue;
        timers_stop(&ts, handle[other]);
        due[other] = -1;
        stopped++;
    }
    assert_true(stopped > 300);
    for (int now = 0; now < 500; now += 7) timers_run(&ts, now);
    timers_run(&ts, 500);
    assert_int_equal(notes->n, ALL - stopped);
    for (int i = 0; i < notes->n; i++) {
        assert_true(due[notes->seen[i]] >= 0);
        if (i == 0) continue;
        assert_true(due[notes->seen[i - 1]] <= due[notes->seen[i]]);
    }
}

int timer_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earliest_goes_first_and_equals_go_in_the_order_they_came),
        cmocka_unit_test(a_stopped_timer_does_not_go),
        cmocka_unit_test(a_handle_kept_too_long_does_not_stop_the_next_user_of_its_slot),
        cmocka_unit_test(a_timer_that_sets_itself_anew_does_not_keep_the_loop),
        cmocka_unit_test(thousands_of_timers_agree_with_a_plain_list),
    };
    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
