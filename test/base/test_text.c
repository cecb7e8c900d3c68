/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/base/text.c: comparing, cutting, numbers, and what is UTF-8. */

#include "base_test.h"

#include <string.h>

static void the_empty_text_needs_no_pointer(void **state)
{
    struct str none = str_of(NULL);
    assert_int_equal(none.n, 0);
    assert_true(str_eq(none, STR("")));
    assert_true(str_is(none, ""));
    assert_int_equal(str_cmp(none, STR("")), 0);
    assert_true(str_starts(none, "") && str_ends(none, ""));
    assert_false(str_starts(none, "x") || str_ends(none, "x"));
    assert_int_equal(str_dup(*state, none).n, 0);
    assert_string_equal(str_c(*state, none), "");
    assert_int_equal(str_trim(none).n, 0);
    assert_true(str_is_utf8(none));
}

static void order_is_by_bytes_and_the_shorter_first(void **state)
{
    (void)state;
    static const char *const sorted[] = {"", "A", "Z", "a", "aa", "ab", "b", "\xc3\xa9"};
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < 8; k++) {
            int c = str_cmp(str_of(sorted[i]), str_of(sorted[k]));
            assert_true(i < k ? c < 0 : i > k ? c > 0 : c == 0);
            assert_true(str_eq(str_of(sorted[i]), str_of(sorted[k])) == (i == k));
        }
}

static void beginnings_and_ends_are_found(void **state)
{
    (void)state;
    assert_true(str_starts(STR("act.json"), "act"));
    assert_true(str_ends(STR("act.json"), ".json"));
    assert_true(str_starts(STR("act"), "act") && str_ends(STR("act"), "act"));
    assert_false(str_starts(STR("ac"), "act") || str_ends(STR("ct"), "act"));
    assert_false(str_starts(STR("bct"), "act") || str_ends(STR("acd"), "act"));
}

static void a_text_is_split_at_the_first_separator(void **state)
{
    (void)state;
    struct str head, rest;
    assert_true(str_split(STR("AZ/dtx/7"), '/', &head, &rest));
    assert_text(head, "AZ");
    assert_text(rest, "dtx/7");
    assert_true(str_split(STR("/"), '/', &head, &rest));
    assert_text(head, "");
    assert_text(rest, "");
    assert_false(str_split(STR("AZ"), '/', &head, &rest));
    assert_text(head, "AZ");
    assert_text(rest, "");
    assert_false(str_split(str_of(NULL), '/', &head, &rest));
}

static void only_ascii_blanks_are_trimmed(void **state)
{
    (void)state;
    assert_text(str_trim(STR(" \t\r\n a b \v\f")), "a b");
    assert_text(str_trim(STR(" \n")), "");
    assert_text(str_trim(STR("\xc2\xa0x")), "\xc2\xa0x");
}

static void a_format_of_any_length_is_whole(void **state)
{
    assert_text(str_printf(*state, "%s-%04d", "AZ", 147), "AZ-0147");
    assert_int_equal(str_printf(*state, "%5000d", 1).n, 5000);
    assert_text(str_printf(*state, "%s", ""), "");
}

static void integers_are_read_in_one_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"7", 7},
                {"-7", -7},
                {"1795489634123", 1795489634123},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t v;
        assert_true(str_to_int(str_of(good[i].text), &v));
        assert_true(v == good[i].value);
    }
}

static void what_is_not_an_integer_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "01",
                                      "-0",
                                      "-01",
                                      "0x1",
                                      "1a",
                                      "1.0",
                                      "1e3",
                                      "--1",
                                      "1-1",
                                      "\xd9\xa1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t v = 77;
        if (str_to_int(str_of(bad[i]), &v)) fail_msg("accepted %s", bad[i]);
        assert_int_equal(v, 77);
    }
    int64_t v;
    assert_false(str_to_int((struct str){"1\0", 2}, &v));
}

/* Encodes without judging, so that the test can make what must be refused. */
static size_t encode(uint32_t c, char out[4])
{
    if (c < 0x80) return out[0] = (char)c, 1;
    if (c < 0x800) return out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        return out[2] = (char)(0x80 | (c & 63)), 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    return out[3] = (char)(0x80 | (c & 63)), 4;
}

static void every_character_is_utf8_except_nul_and_surrogates(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x13ffff; c++) {
        char text[4];
        size_t n = encode(c, text);
        bool ok = c != 0 && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        if (str_is_utf8((struct str){text, n}) != ok) fail_msg("U+%04X", c);
        if (ok && n > 1) assert_false(str_is_utf8((struct str){text, n - 1}));
    }
}

static void long_forms_and_stray_bytes_are_not_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = {"\xc0\x80",
                                      "\xc1\xbf",
                                      "\xe0\x80\x80",
                                      "\xe0\x9f\xbf",
                                      "\xf0\x80\x80\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\x80",
                                      "\xbf",
                                      "a\xffz",
                                      "\xfe",
                                      "\xf8\x88\x80\x80\x80",
                                      "\xc3\xc3",
                                      "\xe2\x82\x41",
                                      "\xf0\x9f\x41\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (str_is_utf8(str_of(bad[i]))) fail_msg("row %zu", i);
}

static void printable_text_keeps_letters_and_hides_controls(void **state)
{
    assert_text(str_printable(*state, STR("a\tb\x7f\xc2\x85\xc2\xa0\xd8\xb9\xe2\x82")),
                "a?b???\xc2\xa0\xd8\xb9??");
    assert_text(str_printable(*state, str_of(NULL)), "");
}

/* UAX 9: a text with these can be shown in another order than it is read by a program. */
static void printable_text_does_not_turn_around(void **state)
{
    static const char *const turns[] = {"\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
                                        "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6",
                                        "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9",
                                        "\xe2\x80\x8e", "\xe2\x80\x8f", "\xd8\x9c"};
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        assert_false(str_is_plain(str_of(turns[i])));
        struct str shown = str_printable(*state, str_of(turns[i]));
        for (size_t k = 0; k < shown.n; k++)
            if (shown.p[k] != '?') fail_msg("row %zu", i);
    }
    static const char near[] = "\xe2\x80\x8d\xe2\x80\x90\xe2\x80\xa9\xe2\x80\xaf"
                               "\xe2\x81\xa5\xe2\x81\xaa\xd8\x9b\xd8\x9d";
    assert_text(str_printable(*state, str_of(near)), near);
    assert_true(str_is_plain(str_of(near)));
}

static void what_shows_nothing_is_blank_in_any_script(void **state)
{
    (void)state;
    static const char *const blank[] = {"",
                                        " \t\r\n",
                                        "\x7f",
                                        "\xc2\xa0",
                                        "\xc2\xad",
                                        "\xcd\x8f",
                                        "\xe1\x9a\x80",
                                        "\xe2\x80\x80",
                                        "\xe2\x80\x8b\xe2\x80\x8f",
                                        "\xe2\x80\xa8",
                                        "\xe2\x80\xae",
                                        "\xe2\x81\xa0",
                                        "\xe3\x80\x80",
                                        "\xe3\x85\xa4",
                                        "\xef\xb8\x8f",
                                        "\xef\xbb\xbf",
                                        "\xf3\xa0\x80\x81",
                                        " \xe2\x80\x8b \xc2\xa0"};
    static const char *const seen[] = {"a",
                                       " .",
                                       "\xc3\x9e",
                                       "\xd0\xb0",
                                       "\xd9\x86",
                                       "\xe2\x80\x90",
                                       "\xe2\x80\xb0",
                                       "\xe3\x81\x82",
                                       "\xf0\x9f\x99\x82",
                                       "\xff",
                                       ("\xe2\x80\x8b"
                                        "a")};
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
        if (!str_is_blank(str_of(blank[i]))) fail_msg("blank row %zu", i);
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        if (str_is_blank(str_of(seen[i]))) fail_msg("seen row %zu", i);
    assert_true(str_is_blank(str_of(NULL)));
    assert_true(str_is_blank((struct str){"\0", 1}));
}

static void controls_and_what_turns_a_line_about_mislead(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x07",         "a\x1b[31m",    "\x0b",
                                      "\x7f",         "\xe2\x80\xaa", "x\xe2\x80\xaey",
                                      "\xe2\x81\xa6", "\xe2\x81\xa9"};
    static const char *const good[] = {"",
                                       "a\tb\r\nc\n",
                                       "\xe2\x80\x8f\xd9\x86",
                                       "\xd8\x9c",
                                       "\xe2\x80\x8b",
                                       "\xe2\x80\xaf",
                                       "\xe2\x81\xaa",
                                       "\xc3\xb6"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!str_misleads(str_of(bad[i]))) fail_msg("bad row %zu", i);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (str_misleads(str_of(good[i]))) fail_msg("good row %zu", i);
    assert_true(str_misleads((struct str){"a\0b", 3}));
}

int text_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(the_empty_text_needs_no_pointer),
        cmocka_unit_test(order_is_by_bytes_and_the_shorter_first),
        cmocka_unit_test(beginnings_and_ends_are_found),
        cmocka_unit_test(a_text_is_split_at_the_first_separator),
        cmocka_unit_test(only_ascii_blanks_are_trimmed),
        with_arena(a_format_of_any_length_is_whole),
        cmocka_unit_test(integers_are_read_in_one_spelling),
        cmocka_unit_test(what_is_not_an_integer_is_refused),
        cmocka_unit_test(every_character_is_utf8_except_nul_and_surrogates),
        cmocka_unit_test(long_forms_and_stray_bytes_are_not_utf8),
        with_arena(printable_text_keeps_letters_and_hides_controls),
        with_arena(printable_text_does_not_turn_around),
        cmocka_unit_test(what_shows_nothing_is_blank_in_any_script),
        cmocka_unit_test(controls_and_what_turns_a_line_about_mislead),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
