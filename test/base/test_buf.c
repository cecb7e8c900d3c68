/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/base/buf.c: growing, formatting, big-endian numbers. */

#include "base_test.h"

#include <string.h>

static void bytes_keep_their_order_while_it_grows(void **state)
{
    struct buf b = buf_in(*state);
    for (unsigned i = 0; i < 10000; i++) buf_byte(&b, (uint8_t)i);
    assert_int_equal(b.n, 10000);
    for (unsigned i = 0; i < 10000; i++) assert_int_equal(b.p[i], (uint8_t)i);
}

static void nothing_put_is_nothing_there(void **state)
{
    struct buf b = buf_in(*state);
    buf_put(&b, NULL, 0);
    buf_str(&b, str_of(NULL));
    buf_printf(&b, "%s", "");
    assert_int_equal(buf_as_bytes(&b).n, 0);
}

static void text_of_any_length_is_formatted_whole(void **state)
{
    char text[600];
    memset(text, 'x', sizeof text);
    for (int n = 0; n < (int)sizeof text; n++) {
        struct buf b = buf_in(*state);
        buf_str(&b, STR("<"));
        buf_printf(&b, "%.*s", n, text);
        buf_str(&b, STR(">"));
        assert_int_equal(b.n, n + 2);
        assert_int_equal(b.p[0], '<');
        assert_int_equal(b.p[n + 1], '>');
        if (n) assert_memory_equal(b.p + 1, text, (size_t)n);
    }
}

static void numbers_go_in_with_the_high_byte_first(void **state)
{
    struct buf b = buf_in(*state);
    buf_be(&b, 0x01, 1);
    buf_be(&b, 0x0203, 2);
    buf_be(&b, 0x04050607, 4);
    buf_be(&b, 0x08090a0b0c0d0e0f, 8);
    assert_text(hex(*state, buf_as_bytes(&b)), "0102030405060708090a0b0c0d0e0f");
}

int buf_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(bytes_keep_their_order_while_it_grows),
        with_arena(nothing_put_is_nothing_there),
        with_arena(text_of_any_length_is_formatted_whole),
        with_arena(numbers_go_in_with_the_high_byte_first),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
