/* SPDX-License-Identifier: Apache-2.0 */
/* Clock and randomness of the system, and the program that prints. */

#include "node_test.h"

#include <string.h>

static void the_clocks_run_forward(void **state)
{
    (void)state;
    int64_t wall = node_clock.wall_ms(NULL), mono = node_clock.mono_ms(NULL);
    assert_true(wall > INT64_C(1700000000000)); /* milliseconds, not seconds */
    for (int k = 0; k < 1000; k++) {
        int64_t next = node_clock.mono_ms(NULL);
        assert_true(next >= mono);
        mono = next;
    }
}

/* src/node/room.c: the place with the least counts, and one that is not there does not. */
static void the_room_of_a_folder_is_that_of_its_disk(void **state)
{
    (void)state;
    int64_t left = -1, all = -1;
    struct node_room none = {{"/nowhere/at/all"}}, some = {{"/nowhere/at/all", "/tmp", "/"}};
    assert_false(node_room(&none, &left, &all));
    assert_int_equal(all, -1);
    assert_true(node_room(&some, &left, &all));
    assert_true(left >= 0 && left <= all && all > 0);
}

static void chance_fills_all_that_is_asked_for(void **state)
{
    (void)state;
    static const uint8_t zero[64];
    uint8_t a[1000] = {0}, b[1000] = {0};
    node_chance.fill(NULL, a, sizeof a);
    node_chance.fill(NULL, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    for (size_t k = 0; k + sizeof zero <= sizeof a; k += sizeof zero)
        assert_memory_not_equal(a + k, zero, sizeof zero);
    uint8_t edge[3] = {7, 7, 7};
    node_chance.fill(NULL, edge, 0);
    assert_int_equal(edge[0] + edge[1] + edge[2], 21);
}

static void a_letter_is_printed_by_the_program_beside_this_one(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a, .clock = &node_clock, .chance = &node_chance};
    struct tree *letter = tree_map(a), *block;
    struct bytes pdf = {0};
    assert_int_equal(node_press(&t, letter, &pdf), ERR_REJECTED); /* no document */
    assert_int_equal(pdf.n, 0);
    turn_forgive(&t);
    tree_add_str(a, letter, "title", STR("A letter"));
    tree_add_str(a, letter, "lang", STR("en"));
    block = tree_add_map(a, tree_add_list(a, letter, "blocks"), NULL);
    tree_add_str(a, block, "block", STR("para"));
    tree_add_str(a, block, "text", STR("Please preserve."));
    block = tree_add_map(a, letter, "footer");
    tree_add_str(a, block, "ref", STR("XN-CSB-2026-0001"));
    tree_add_str(a, block, "printed_at", STR("2026-11-24T10:00:00.000Z"));
    assert_int_equal(node_press(&t, letter, &pdf), ERR_OK);
    assert_memory_equal(pdf.p, "%PDF-", 5);
}

int test_system(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clocks_run_forward),
        cmocka_unit_test(the_room_of_a_folder_is_that_of_its_disk),
        cmocka_unit_test(chance_fills_all_that_is_asked_for),
        cmocka_unit_test(a_letter_is_printed_by_the_program_beside_this_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
