/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand in a text, and how what may not be seen is shown. */

#include "paper_test.h"
#include "paper/inner.h"

static struct str clean(struct turn *t, const char *in)
{
    struct str out = {0};
    if (paper_text_clean(t, STR("here"), str_of(in), &out) != ERR_OK)
        fail_msg("refused: %s", t->fault.sentence);
    return out;
}

static void assert_clean(struct turn *t, const char *in, const char *out)
{
    struct str got = clean(t, in);
    if (!str_is(got, out)) fail_msg("got " STR_FMT ", expected %s", STR_ARG(got), out);
}

static void ordinary_text_of_any_script_stays_as_it_is(void **state)
{
    struct turn *t = *state;
    static const char *const texts[] = {
        "",     "Əlavə: ğışçöü İ ı",  "طلب المساعدة القانونية", "快速保全请求", "Запит",
        "a\nb", "می\xe2\x80\x8cخواهم" /* a joiner that Persian is written with */};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) assert_clean(t, texts[i], texts[i]);
}

static void what_turns_text_about_or_is_invisible_is_printed_by_its_number(void **state)
{
    struct turn *t = *state;
    assert_clean(t,
                 "pay\xe2\x80\xae"
                 "001",
                 "pay<U+202E>001");
    assert_clean(t, "\xe2\x81\xa6x\xe2\x81\xa9", "<U+2066>x<U+2069>");
    assert_clean(t,
                 "a\xe2\x80\x8b"
                 "b\xef\xbb\xbf",
                 "a<U+200B>b<U+FEFF>");
    assert_clean(t, "\xf3\xa0\x81\x81", "<U+E0041>");
    assert_clean(t,
                 "a\tb\xe2\x80\xa8"
                 "c",
                 "a b\nc");
}

static void control_characters_are_refused(void **state)
{
    struct turn *t = *state;
    struct str out;
    static const char *const texts[] = {"\x01", "a\x1b[2J", "a\rb", "\x7f", "\xc2\x85"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        err e = paper_text_clean(t, STR("here"), str_of(texts[i]), &out);
        assert_fault(t, e, ERR_REJECTED, "paper-control", "here");
    }
}

static void characters_are_read_as_they_are_coded(void **state)
{
    (void)state;
    struct str s = STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    static const uint32_t expected[] = {'a', 0xe9, 0x20ac, 0x1f600};
    for (size_t i = 0; i < 4; i++) assert_int_equal(paper_char_next(&s), expected[i]);
    assert_int_equal(s.n, 0);
}

static void languages_know_their_direction_and_their_spelling(void **state)
{
    (void)state;
    assert_true(paper_lang_turns(STR("ar")) && paper_lang_turns(STR("fa-IR")));
    assert_false(paper_lang_turns(STR("az")) || paper_lang_turns(STR("art")));
    static const char *const good[] = {"en", "az-Latn-AZ", "zh-Hans", "ckb"};
    static const char *const bad[] = {"",       "e",     "-en",        "en-",
                                      "en--GB", "en_GB", "toolongtag", "e\n"};
    for (size_t i = 0; i < 4; i++) assert_true(paper_lang_is_tag(str_of(good[i])));
    for (size_t i = 0; i < 8; i++) assert_false(paper_lang_is_tag(str_of(bad[i])));
}

int text_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(ordinary_text_of_any_script_stays_as_it_is),
        with_turn(what_turns_text_about_or_is_invisible_is_printed_by_its_number),
        with_turn(control_characters_are_refused),
        with_turn(characters_are_read_as_they_are_coded),
        with_turn(languages_know_their_direction_and_their_spelling),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
