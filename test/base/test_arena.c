/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/base/arena.c: what is taken, when it goes, and in which order it is undone. */

#include "base_test.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void what_is_taken_is_zeroed_and_aligned(void **state)
{
    for (size_t size = 1; size < 200000; size = size * 3 + 1) {
        uint8_t *p = arena_take(*state, size);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++) assert_int_equal(p[i], 0);
        memset(p, 0xa5, size);
    }
}

static void taken_again_after_a_reset_it_is_zero_again(void **state)
{
    memset(arena_take(*state, 1000), 0xff, 1000);
    arena_reset(*state);
    uint8_t *p = arena_take(*state, 1000);
    for (size_t i = 0; i < 1000; i++) assert_int_equal(p[i], 0);
}

static void what_is_kept_for_reuse_is_zero_again_and_bounded(void **state)
{
    enum { ITEM = 10000, ITEMS = 60, ROUNDS = 3 };
    struct arena *a = *state;
    uint8_t *seen[ITEMS], *first[ITEMS];
    size_t again = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int k = 0; k < ITEMS; k++) {
            uint8_t *p = seen[k] = arena_take(a, k % 7 ? ITEM : 3 * ITEM); /* some of their own */
            for (size_t i = 0; i < ITEM; i++) assert_int_equal(p[i], 0);
            memset(p, 0xff, ITEM);
            for (int j = 0; j < k; j++) assert_ptr_not_equal(seen[j], p);
        }
        if (round == 0) memcpy(first, seen, sizeof first);
        arena_reuse(a);
        assert_int_equal(arena_used(a), 0);
    }
    for (int k = 0; k < ITEMS; k++) again += seen[k] == first[k] && k % 7;
    assert_true(again >= 4); /* blocks were there still */
    arena_reset(a);
    memset(arena_take(a, ITEM), 1, ITEM);
}

static void items_never_overlap(void **state)
{
    enum { COUNT = 500 };
    uint8_t *p[COUNT];
    size_t n[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        n[i] = i * i % 20011;
        p[i] = arena_take(*state, n[i]);
        memset(p[i], (int)(i % 251), n[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < n[i]; k++) assert_int_equal(p[i][k], i % 251);
}

static void nothing_is_a_place_too(void **state)
{
    assert_non_null(arena_take(*state, 0));
    assert_non_null(arena_take_many(*state, 0, SIZE_MAX));
    assert_int_equal(arena_used(*state), 0);
}

static void used_counts_what_was_handed_out_since_the_reset(void **state)
{
    arena_take(*state, 7);
    arena_take_many(*state, 1000, 100);
    assert_int_equal(arena_used(*state), 100007);
    arena_reset(*state);
    assert_int_equal(arena_used(*state), 0);
}

static void a_loop_with_resets_stays_in_the_first_block(void **state)
{
    void *first = arena_take(*state, 100);
    for (int i = 0; i < 1000; i++) {
        arena_reset(*state);
        assert_ptr_equal(arena_take(*state, 100), first);
    }
}

static void a_large_item_does_not_end_the_block_of_the_small_ones(void **state)
{
    char *small = arena_take(*state, 16);
    arena_take(*state, 1 << 20);
    char *next = arena_take(*state, 16);
    assert_true(next > small && next - small < 4096);
}

struct trace {
    char text[8];
    size_t n;
};
struct step {
    struct trace *trace;
    char letter;
};

static void note(void *what)
{
    struct step *s = what;
    s->trace->text[s->trace->n++] = s->letter;
}

static void undoing_runs_newest_first_and_once(void **state)
{
    struct trace trace = {.n = 0};
    struct step a = {&trace, 'a'}, b = {&trace, 'b'}, c = {&trace, 'c'};
    arena_on_free(*state, note, &a);
    arena_on_free(*state, note, &b);
    arena_reset(*state);
    assert_string_equal(trace.text, "ba");
    arena_on_free(*state, note, &c);
    arena_free(*state);
    assert_string_equal(trace.text, "bac");
    *state = arena_new();
}

static void a_scratch_arena_ends_with_its_block(void **state)
{
    (void)state;
    struct trace trace = {.n = 0};
    struct step a = {&trace, 'a'};
    {
        auto_arena scratch = arena_new();
        arena_on_free(scratch, note, &a);
    }
    assert_string_equal(trace.text, "a");
    arena_free(NULL);
}

static void wiping_leaves_zeros(void **state)
{
    (void)state;
    struct secret s = {.n = 64};
    memset(s.b, 0x5a, sizeof s.b);
    secret_wipe(&s);
    for (size_t i = 0; i < sizeof s.b; i++) assert_int_equal(s.b[i], 0);
    assert_int_equal(s.n, 0);
    wipe(NULL, 0);
}

/* The signal a child ended with that takes `count` items of `size`. */
static int signal_of_taking(struct arena *a, size_t count, size_t size)
{
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr)) _exit(2);
        arena_take_many(a, count, size);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void a_size_that_overflows_ends_the_process(void **state)
{
    assert_int_equal(signal_of_taking(*state, SIZE_MAX / 2, 3), SIGABRT);
    assert_int_equal(signal_of_taking(*state, 1, SIZE_MAX), SIGABRT);
    assert_int_equal(signal_of_taking(*state, 1, SIZE_MAX - 8), SIGABRT);
    assert_int_equal(signal_of_taking(*state, 1, 8), 0);
}

int arena_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(what_is_taken_is_zeroed_and_aligned),
        with_arena(taken_again_after_a_reset_it_is_zero_again),
        with_arena(what_is_kept_for_reuse_is_zero_again_and_bounded),
        with_arena(items_never_overlap),
        with_arena(nothing_is_a_place_too),
        with_arena(used_counts_what_was_handed_out_since_the_reset),
        with_arena(a_loop_with_resets_stays_in_the_first_block),
        with_arena(a_large_item_does_not_end_the_block_of_the_small_ones),
        with_arena(undoing_runs_newest_first_and_once),
        cmocka_unit_test(a_scratch_arena_ends_with_its_block),
        cmocka_unit_test(wiping_leaves_zeros),
        with_arena(a_size_that_overflows_ends_the_process),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
