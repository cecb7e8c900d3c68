/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/checkpoint.c: one head, one spelling, and the line that is wrong is named. */

#include "ledger_test.h"

#include <string.h>

#define ROOT "azE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNGU="
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void a_checkpoint_is_three_lines(void **state)
{
    struct turn *t = *state;
    struct ledger_checkpoint c = {.origin = STR("comity.xm/dts"), .size = 5};
    assert_true(hash_read(STR("6b313b611b40676b9e1dfd70c4503f2379f88f0f1c2740fb7e1cacc32c113465"),
                          &c.root));
    assert_text(ledger_checkpoint_text(t->arena, &c), "comity.xm/dts\n5\n" ROOT "\n");
}

static void what_is_written_is_read_back(void **state)
{
    struct turn *t = *state;
    static const uint64_t sizes[] = {1, 9, 10, 255, 256, UINT64_C(1) << 53, LEDGER_SIZE_MAX};
    char longest[LEDGER_NAME_MAX];
    memset(longest, 'x', sizeof longest);
    const struct str origins[] = {STR("a"),
                                  STR("comity.xm/dts"),
                                  STR("two words + plus"),
                                  STR("H\xc9\x99min"),
                                  {longest, sizeof longest}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t k = 0; k < sizeof origins / sizeof *origins; k++) {
            struct ledger_checkpoint c = {origins[k], sizes[i], leaf_data(i)}, back;
            struct str text = ledger_checkpoint_text(t->arena, &c);
            assert_int_equal(ledger_checkpoint_read(t, text, &back), ERR_OK);
            assert_true(str_eq(back.origin, c.origin));
            assert_true(back.size == c.size);
            assert_true(hash_eq(&back.root, &c.root));
        }
    }
}

static void the_checkpoint_of_the_empty_log_is_read(void **state)
{
    struct turn *t = *state;
    struct ledger_checkpoint c;
    assert_int_equal(ledger_checkpoint_read(t, STR("a\n0\n" EMPTY "\n"), &c), ERR_OK);
    assert_int_equal(c.size, 0);
}

static void a_checkpoint_that_is_spelled_otherwise_is_refused(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *text, *line;
    } rows[] = {
        {"", "line 1"},
        {"\n", "line 1"},
        {"a", "line 1"},
        {"\n5\n" ROOT "\n", "line 1"},
        {"a\r\n5\n" ROOT "\n", "line 1"},
        {"a\tb\n5\n" ROOT "\n", "line 1"},
        {"a\xff\n5\n" ROOT "\n", "line 1"},
        {"\xed\xa0\x80\n5\n" ROOT "\n", "line 1"},
        {"a\n", "line 2"},
        {"a\n5", "line 2"},
        {"a\n\n" ROOT "\n", "line 2"},
        {"a\n05\n" ROOT "\n", "line 2"},
        {"a\n00\n" EMPTY "\n", "line 2"},
        {"a\n+5\n" ROOT "\n", "line 2"},
        {"a\n-5\n" ROOT "\n", "line 2"},
        {"a\n-0\n" EMPTY "\n", "line 2"},
        {"a\n 5\n" ROOT "\n", "line 2"},
        {"a\n5 \n" ROOT "\n", "line 2"},
        {"a\n5\r\n" ROOT "\n", "line 2"},
        {"a\n0x5\n" ROOT "\n", "line 2"},
        {"a\n5.0\n" ROOT "\n", "line 2"},
        {"a\n9223372036854775808\n" ROOT "\n", "line 2"},
        {"a\n18446744073709551616\n" ROOT "\n", "line 2"},
        {"a\n5\n", "line 3"},
        {"a\n5\n\n", "line 3"},
        {"a\n5\n" ROOT, "line 3"},
        {"a\n5\n" ROOT "\r\n", "line 3"},
        {"a\n5\n" ROOT "=\n", "line 3"},
        {"a\n5\nazE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNGU\n", "line 3"},
        {"a\n5\nazE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNGV=\n", "line 3"},
        {"a\n5\nazE7YRtAZ2ueHf1wxFA_I3n4jw8cJ0D7fhyswywRNGU=\n", "line 3"},
        {"a\n5\nazE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNA==\n", "line 3"},
        {"a\n5\nazE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNGUA\n", "line 3"},
        {"a\n0\n" ROOT "\n", "line 3"},
        {"a\n5\n" ROOT "\n\n", "line 4"},
        {"a\n5\n" ROOT "\nextension\n", "line 4"},
        {"a\n5\n" ROOT "\nx", "line 4"},
    };
    struct ledger_checkpoint c = {.size = 77};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        err e = ledger_checkpoint_read(t, str_of(rows[i].text), &c);
        assert_refused(t, e, ERR_REJECTED, "checkpoint", "C2SP tlog-checkpoint", rows[i].line);
        assert_int_equal(c.size, 77);
    }
    err e = ledger_checkpoint_read(t, STR("a\0b\n5\n" ROOT "\n"), &c);
    assert_refused(t, e, ERR_REJECTED, "checkpoint", "C2SP tlog-checkpoint", "line 1");
}

static void an_origin_beyond_the_limit_is_refused(void **state)
{
    struct turn *t = *state;
    struct ledger_checkpoint c;
    struct buf b = buf_in(t->arena);
    for (int i = 0; i <= LEDGER_NAME_MAX; i++) buf_byte(&b, 'x');
    buf_str(&b, STR("\n5\n" ROOT "\n"));
    struct str s = buf_as_str(&b);
    assert_refused(t, ledger_checkpoint_read(t, s, &c), ERR_REJECTED, "checkpoint", NULL, "line 1");
    s.p++, s.n--;
    assert_int_equal(ledger_checkpoint_read(t, s, &c), ERR_OK);
}

int checkpoint_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_checkpoint_is_three_lines),
        with_turn(what_is_written_is_read_back),
        with_turn(the_checkpoint_of_the_empty_log_is_read),
        with_turn(a_checkpoint_that_is_spelled_otherwise_is_refused),
        with_turn(an_origin_beyond_the_limit_is_refused),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
