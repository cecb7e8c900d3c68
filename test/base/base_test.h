/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_BASE_TEST_H
#define COMITY_BASE_TEST_H
/* What the tests of base share: one group a file, and an arena for each test. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

/* Each runs its group and returns how many failed. */
int arena_tests(void);
int buf_tests(void);
int fault_tests(void);
int file_tests(void);
int hex_tests(void);
int log_tests(void);
int text_tests(void);
int time_tests(void);

static inline int arena_up(void **state)
{
    *state = arena_new();
    return 0;
}
static inline int arena_down(void **state)
{
    arena_free(*state);
    return 0;
}
#define with_arena(test) cmocka_unit_test_setup_teardown(test, arena_up, arena_down)

static inline void assert_text(struct str s, const char *expected)
{
    struct str e = str_of(expected);
    assert_int_equal(s.n, e.n);
    if (e.n) assert_memory_equal(s.p, e.p, e.n);
}

#endif
