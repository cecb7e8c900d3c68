/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/base/fault.c: the first fault stands, is printable, and every error has its row. */

#include "base_test.h"

#include <string.h>

static void the_first_fault_stands(void **state)
{
    struct turn t = {.arena = *state};
    assert_int_equal(turn_fail(&t, ERR_NO, "first", "un-cybercrime 42(6)", "tried %d", 1), ERR_NO);
    assert_int_equal(turn_fail(&t, ERR_FULL, "second", NULL, "tried %d", 2), ERR_FULL);
    assert_int_equal(t.fault.err, ERR_NO);
    assert_string_equal(t.fault.code, "first");
    assert_string_equal(t.fault.article, "un-cybercrime 42(6)");
    assert_string_equal(t.fault.sentence, "tried 1");
    assert_string_equal(t.fault.particular, "");
}

static void a_forgiven_fault_makes_room_for_the_next(void **state)
{
    struct turn t = {.arena = *state};
    (void)!turn_fail(&t, ERR_NONE_SUCH, "first", "a", "one");
    turn_forgive(&t);
    assert_int_equal(t.fault.err, ERR_OK);
    (void)!turn_fail_at(&t, ERR_REJECTED, "second", NULL, STR("data"), "two");
    assert_string_equal(t.fault.code, "second");
    assert_string_equal(t.fault.article, "");
    assert_string_equal(t.fault.particular, "data");
}

static void hostile_bytes_in_a_sentence_are_made_harmless(void **state)
{
    struct turn t = {.arena = *state};
    (void)!turn_fail_at(&t, ERR_REJECTED, "x", NULL, STR("a\x1b[2Jb"), "bad \"%s\"",
                        "\xff\n\xc2\x9b\xc3\xa9");
    assert_string_equal(t.fault.particular, "a?[2Jb");
    assert_string_equal(t.fault.sentence, "bad \"????\xc3\xa9\"");
}

static void a_sentence_too_long_is_cut_at_a_whole_character(void **state)
{
    static const char *const characters[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8f\x9b"};
    for (size_t c = 0; c < 4; c++) {
        for (int shift = 0; shift < 4; shift++) {
            struct turn t = {.arena = *state};
            struct buf b = buf_in(*state);
            for (int i = 0; i < shift; i++) buf_byte(&b, '.');
            for (int i = 0; i < 2000; i++) buf_str(&b, str_of(characters[c]));
            (void)!turn_fail_at(&t, ERR_REJECTED, str_c(*state, buf_as_str(&b)),
                                str_c(*state, buf_as_str(&b)), buf_as_str(&b), STR_FMT,
                                STR_ARG(buf_as_str(&b)));
            size_t n = strlen(t.fault.sentence);
            assert_in_range(n, sizeof t.fault.sentence - 4, sizeof t.fault.sentence - 1);
            assert_memory_equal(t.fault.sentence, b.p, n);
            assert_true(str_is_utf8(str_of(t.fault.sentence)));
            assert_true(str_is_utf8(str_of(t.fault.code)));
            assert_true(str_is_utf8(str_of(t.fault.article)));
            assert_true(str_is_utf8(str_of(t.fault.particular)));
        }
    }
}

static void endless_continuation_bytes_do_not_empty_the_sentence(void **state)
{
    struct turn t = {.arena = *state};
    char text[700];
    memset(text, 0x80, sizeof text);
    (void)!turn_fail(&t, ERR_REJECTED, "x", NULL, "%.700s", text);
    assert_int_equal(t.fault.sentence[0], '?');
    assert_true(strlen(t.fault.sentence) > 400);
}

static void every_error_has_a_word_an_exit_code_and_a_status(void **state)
{
    (void)state;
    for (int e = ERR_OK; e <= ERR_UNKNOWN; e++) {
        assert_true(strlen(err_word((err)e)) >= 2);
        assert_in_range(err_exit_code((err)e), e ? 1 : 0, e ? 9 : 0);
        assert_in_range(err_http_status((err)e), e ? 400 : 200, e ? 599 : 200);
        for (int other = e + 1; other <= ERR_UNKNOWN; other++)
            assert_string_not_equal(err_word((err)e), err_word((err)other));
    }
}

static err second_step(struct turn *t, bool fails)
{
    return fails ? turn_fail(t, ERR_PEER, "peer", NULL, "no answer") : ERR_OK;
}

static err two_steps(struct turn *t, bool fails, int *reached)
{
    *reached = 1;
    try(second_step(t, fails));
    *reached = 2;
    return ERR_OK;
}

static void trying_passes_a_failure_up_and_goes_on_otherwise(void **state)
{
    struct turn t = {.arena = *state};
    int reached = 0;
    assert_int_equal(two_steps(&t, false, &reached), ERR_OK);
    assert_int_equal(reached, 2);
    assert_int_equal(two_steps(&t, true, &reached), ERR_PEER);
    assert_int_equal(reached, 1);
}

static int64_t noon(void *ctx) { return *(int64_t *)ctx; }

static void the_time_comes_from_the_clock_of_the_turn(void **state)
{
    int64_t now = 1795489634123;
    struct clock clock = {noon, noon, &now};
    struct turn t = {.arena = *state, .clock = &clock};
    assert_int_equal(turn_now_ms(&t), now);
}

int fault_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(the_first_fault_stands),
        with_arena(a_forgiven_fault_makes_room_for_the_next),
        with_arena(hostile_bytes_in_a_sentence_are_made_harmless),
        with_arena(a_sentence_too_long_is_cut_at_a_whole_character),
        with_arena(endless_continuation_bytes_do_not_empty_the_sentence),
        cmocka_unit_test(every_error_has_a_word_an_exit_code_and_a_status),
        with_arena(trying_passes_a_failure_up_and_goes_on_otherwise),
        with_arena(the_time_comes_from_the_clock_of_the_turn),
    };
    return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
