/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/base/log.c: a value cannot forge a line, and a line has a limit. */

#include "base_test.h"

#include <string.h>
#include <unistd.h>

/* Standard error goes into a pipe from here until line_of. */
struct caught {
    int out, before;
};

static struct caught catch_stderr(void)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct caught c = {ends[0], dup(STDERR_FILENO)};
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    return c;
}

static struct str line_of(struct arena *a, struct caught c)
{
    dup2(c.before, STDERR_FILENO);
    close(c.before);
    char *p = arena_take(a, 8192);
    ssize_t n = read(c.out, p, 8192);
    close(c.out);
    assert_true(n > 0);
    return (struct str){p, (size_t)n};
}

static void an_event_is_one_line_of_json(void **state)
{
    struct caught c = catch_stderr();
    log_event(1795489634123, "info", "parcel-held", "peer", "XN", "n", "3", NULL);
    assert_text(line_of(*state, c), "{\"time\":\"2026-11-24T03:07:14.123Z\",\"level\":\"info\","
                                    "\"event\":\"parcel-held\",\"peer\":\"XN\",\"n\":\"3\"}\n");
}

static void a_hostile_value_stays_inside_its_quotes(void **state)
{
    struct caught c = catch_stderr();
    log_event(0, "warn", "x", "v", "a\",\"level\":\"\\\n{\x1b\xff", NULL);
    assert_text(line_of(*state, c),
                "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warn\","
                "\"event\":\"x\",\"v\":\"a\\\",\\\"level\\\":\\\"\\\\?{??\"}\n");
}

static void a_value_too_long_is_left_out_whole(void **state)
{
    char text[5000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    struct caught c = catch_stderr();
    log_event(0, "info", "x", "long", text, "short", "y", NULL);
    struct str line = line_of(*state, c);
    assert_true(str_ends(line, "\"event\":\"x\",\"short\":\"y\"}\n"));
}

int log_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(an_event_is_one_line_of_json),
        with_arena(a_hostile_value_stays_inside_its_quotes),
        with_arena(a_value_too_long_is_left_out_whole),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
