/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/desk/room.c: what is taken while room runs out, and what is not. */

#include "desk/desk_test.h"

#include <string.h>

#define MIB ((int64_t)1 << 20)

struct bench {
    struct world w;
    struct arena *a;
    struct bytes urgent, ordinary; /* sealed, on their way to node 1 */
};

static struct bytes newest(struct bench *b)
{
    struct desk_job *jobs;
    size_t n;
    assert_ok(&b->w, world_jobs(&b->w.node[0], b->a, &jobs, &n));
    assert_true(n > 0);
    return jobs[n - 1].sealed;
}

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    b->a = arena_new();
    struct law_file *law = arena_take_many(b->a, law_embedded_n, sizeof *law);
    memcpy(law, law_embedded, law_embedded_n * sizeof *law);
    world_open_law(&b->w, 2, 31, &suite_fake, law, law_embedded_n);
    (void)world_request_slow(&b->w.node[0], &b->w.node[1], b->a);
    b->ordinary = newest(b);
    struct desk_job *jobs;
    size_t n;
    (void)world_request(&b->w.node[0], &b->w.node[1], b->a);
    assert_ok(&b->w, world_jobs(&b->w.node[0], b->a, &jobs, &n));
    for (size_t k = 0; k < n; k++)
        if (jobs[k].urgent) b->urgent = jobs[k].sealed;
    assert_true(b->urgent.n > 0);
    b->w.node[1].all = 1000 * MIB;
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    world_close(&b->w);
    arena_free(b->a);
    test_free(b);
    return 0;
}

static err give(struct bench *b, struct bytes sealed)
{
    struct str answer;
    return world_deliver(&b->w.node[1], &b->w.node[0], b->a, sealed, &answer);
}

static void waits(struct bench *b, struct bytes sealed)
{
    assert_int_equal(give(b, sealed), ERR_BUSY);
    assert_string_equal(b->w.fault.code, "disk");
}

static struct str room(struct bench *b)
{
    const struct tree *v;
    assert_ok(&b->w, world_do(&b->w.node[1], b->a, DESK_STATUS, NULL, &v));
    return tree_str(v, "room");
}

static void below_the_first_mark_only_what_is_urgent_is_taken(void **state)
{
    struct bench *b = *state;
    b->w.node[1].left = 50 * MIB - 1;
    assert_true(str_is(room(b), "low"));
    waits(b, b->ordinary);
    assert_ok(&b->w, give(b, b->urgent));
    b->w.node[1].left = 50 * MIB;
    assert_true(str_is(room(b), "enough"));
    assert_ok(&b->w, give(b, b->ordinary)); /* it came again, and nothing is lost */
    assert_ok(&b->w, world_fsck(&b->w.node[1], b->a));
}

static void below_the_second_mark_nothing_more_comes_in(void **state)
{
    struct bench *b = *state;
    b->w.node[1].left = 10 * MIB - 1;
    assert_true(str_is(room(b), "out"));
    waits(b, b->ordinary);
    waits(b, b->urgent);
    b->w.node[1].left = 10 * MIB;
    assert_ok(&b->w, give(b, b->urgent));
}

static void what_is_held_gets_its_receipt_again_without_room(void **state)
{
    struct bench *b = *state;
    b->w.node[1].left = 1000 * MIB;
    assert_ok(&b->w, give(b, b->ordinary));
    b->w.node[1].left = 0;
    assert_ok(&b->w, give(b, b->ordinary));
}

static void of_a_large_disk_no_more_is_kept_back_than_is_of_use(void **state)
{
    struct bench *b = *state;
    b->w.node[1].all = INT64_C(1) << 44;
    b->w.node[1].left = INT64_C(4) << 30;
    assert_ok(&b->w, give(b, b->ordinary));
    b->w.node[1].left = INT64_C(512) << 20;
    assert_true(str_is(room(b), "low"));
    b->w.node[1].left--;
    assert_true(str_is(room(b), "out"));
}

static void where_nobody_can_say_everything_is_taken(void **state)
{
    struct bench *b = *state;
    b->w.node[1].all = 0;
    assert_true(str_is(room(b), "enough"));
    assert_ok(&b->w, give(b, b->ordinary));
}

static void no_large_file_is_handed_in_while_room_is_low(void **state)
{
    struct bench *b = *state;
    b->w.node[1].left = 49 * MIB;
    const struct tree *args = world_args(b->a, "data=aW5r", NULL);
    assert_int_equal(world_do(&b->w.node[1], b->a, DESK_EXHIBIT_ADD, args, NULL), ERR_BUSY);
    assert_string_equal(b->w.fault.code, "disk");
}

int test_room(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
        T(below_the_first_mark_only_what_is_urgent_is_taken),
        T(below_the_second_mark_nothing_more_comes_in),
        T(what_is_held_gets_its_receipt_again_without_room),
        T(of_a_large_disk_no_more_is_kept_back_than_is_of_use),
        T(where_nobody_can_say_everything_is_taken),
        T(no_large_file_is_handed_in_while_room_is_low),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
