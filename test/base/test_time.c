/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/base/time.c: every day there and back, and what is not a moment. */

#include "base_test.h"

#include <time.h>

static void every_day_until_9999_agrees_with_the_c_library(void **state)
{
    struct arena *a = *state;
    for (int64_t day = 0; day <= 2932896; day++) {
        time_t seconds = (time_t)(day * 86400);
        struct tm tm;
        char expected[32];
        if (day % 7 == 0) {
            gmtime_r(&seconds, &tm);
            strftime(expected, sizeof expected, "%Y-%m-%d", &tm);
        }
        arena_reset(a);
        struct str text = day_text(a, day);
        if (day % 7 == 0 && !str_is(text, expected)) fail_msg("day %lld", (long long)day);
        int64_t back = -1;
        if (!day_read(text, &back) || back != day) fail_msg("day %lld", (long long)day);
    }
}

static void a_moment_is_written_with_milliseconds_and_read_back(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {{"1970-01-01T00:00:00.000Z", 0},
                {"2026-11-24T03:07:14.123Z", 1795489634123},
                {"2000-02-29T23:59:59.999Z", 951868799999},
                {"9999-12-31T23:59:59.999Z", 253402300799999}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = -1;
        assert_text(time_text(*state, rows[i].ms), rows[i].text);
        assert_true(time_read(str_of(rows[i].text), &ms));
        assert_true(ms == rows[i].ms);
    }
    int64_t ms;
    assert_true(time_read(STR("2026-11-24T03:07:14Z"), &ms));
    assert_true(ms == 1795489634000);
}

static void beyond_the_range_there_is_no_text(void **state)
{
    static const int64_t beyond[] = {-1, INT64_MIN, 253402300800000, INT64_MAX};
    for (size_t i = 0; i < 4; i++) assert_int_equal(time_text(*state, beyond[i]).n, 0);
    assert_int_equal(day_text(*state, -1).n, 0);
    assert_int_equal(day_text(*state, 2932897).n, 0);
    assert_int_equal(day_text(*state, INT64_MAX).n, 0);
}

static void what_is_not_a_day_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "2026-13-01", "2026-00-10", "2026-01-00",
                                      "2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31",
                                      "1969-12-31", "0000-01-01", "2026-1-01",  "2026/01/01",
                                      "2026-01-1 ", "26-01-01",   " 2026-01-0", "2026-01-011",
                                      "-026-01-01", "2026-+1-01", "20260101"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t day = 77;
        if (day_read(str_of(bad[i]), &day)) fail_msg("accepted %s", bad[i]);
        assert_int_equal(day, 77);
    }
}

static void what_is_not_a_moment_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026-11-24",
        "2026-11-24T03:07Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T03:60:00Z",
        "2026-11-24T23:59:60Z",
        "2026-02-30T00:00:00Z",
        "2026-11-24t03:07:14z",
        "2026-11-24 03:07:14Z",
        "2026-11-24T03:07:14",
        "2026-11-24T03:07:14.1Z",
        "2026-11-24T03:07:14.1234Z",
        "2026-11-24T03:07:14,123Z",
        "2026-11-24T03:07:14.12xZ",
        "2026-11-24T03:07:14+00:00",
        "2026-11-24T-3:07:14Z",
        "2026-11-24T03-07-14Z",
        "2026-11-24T03:07:14.123+",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t ms = 77;
        if (time_read(str_of(bad[i]), &ms)) fail_msg("accepted %s", bad[i]);
        assert_int_equal(ms, 77);
    }
}

static void the_day_of_a_moment_begins_at_midnight(void **state)
{
    (void)state;
    assert_int_equal(day_of_ms(0), 0);
    assert_int_equal(day_of_ms(DAY_MS - 1), 0);
    assert_int_equal(day_of_ms(DAY_MS), 1);
    assert_int_equal(day_of_ms(-1), -1);
    assert_int_equal(day_of_ms(-DAY_MS), -1);
    assert_int_equal(day_of_ms(-DAY_MS - 1), -2);
}

int time_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(every_day_until_9999_agrees_with_the_c_library),
        with_arena(a_moment_is_written_with_milliseconds_and_read_back),
        with_arena(beyond_the_range_there_is_no_text),
        cmocka_unit_test(what_is_not_a_day_is_refused),
        cmocka_unit_test(what_is_not_a_moment_is_refused),
        cmocka_unit_test(the_day_of_a_moment_begins_at_midnight),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
