/* SPDX-License-Identifier: Apache-2.0 */
/* Names to rows in one step. */

#include "law_test.h"

static void every_name_is_found_and_no_other(void **state)
{
    struct kit *k = *state;
    enum { N = 500 };
    struct law_index x = law_index_new(k->t.arena, N);
    for (size_t i = 0; i < N; i++) law_index_put(&x, str_printf(k->t.arena, "name-%d", (int)i), i);
    for (int i = 0; i < N; i++)
        assert_int_equal(law_index_get(&x, str_printf(k->t.arena, "name-%d", i)), i);
    assert_int_equal(law_index_get(&x, STR("name-500")), LAW_NO_ROW);
    assert_int_equal(law_index_get(&x, STR("")), LAW_NO_ROW);
}

static void the_first_of_two_equal_names_stands(void **state)
{
    struct kit *k = *state;
    struct law_index x = law_index_new(k->t.arena, 2);
    law_index_put(&x, STR("a"), 1);
    law_index_put(&x, STR("a"), 7);
    assert_int_equal(law_index_get(&x, STR("a")), 1);
}

static void an_index_of_nothing_finds_nothing(void **state)
{
    struct kit *k = *state;
    struct law_index x = law_index_new(k->t.arena, 0), none = {0};
    assert_int_equal(law_index_get(&x, STR("a")), LAW_NO_ROW);
    assert_int_equal(law_index_get(&none, STR("a")), LAW_NO_ROW);
}

int index_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(every_name_is_found_and_no_other),
        with_kit(the_first_of_two_equal_names_stands),
        with_kit(an_index_of_nothing_finds_nothing),
    };
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
