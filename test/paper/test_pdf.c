/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the PDF, as poppler reads it: src/paper/layout.c, src/paper/pages.c,
 * src/paper/glyphs.c, src/paper/fonts.c and src/paper/catalog.c by what they make. */

#include "paper_test.h"

/* "1 / 2" and "1/2": pdftotext sees a blank or not. */
static bool has_number(struct turn *t, struct str text, int page, int of)
{
    return contains(text, str_printf(t->arena, "%d / %d%c", page, of, 0).p) ||
           contains(text, str_printf(t->arena, "%d/%d%c", page, of, 0).p);
}

static void the_same_document_is_the_same_bytes(void **state)
{
    struct turn *t = *state;
    static const char *const names[] = {"ar-en-beside", "zh-en-under"};
    for (size_t i = 0; i < 2; i++) {
        struct bytes one = printed(t, document(t, names[i]));
        assert_true(bytes_eq(one, printed(t, document(t, names[i]))));
    }
}

static void it_is_an_a4_page_tagged_dated_and_named(void **state)
{
    struct turn *t = *state;
    struct bytes pdf = printed(t, document(t, "az"));
    struct str info = said(t, "pdfinfo", pdf);
    assert_true(contains(info, "Tagged:          yes"));
    assert_true(contains(info, "595.276 x 841.89 pts (A4)"));
    assert_true(contains(info, "Saxlanılan elektron məlumatların təcili mühafizəsi"));
    assert_true(contains(bytes_str(pdf), "/CreationDate (20261124030714Z)"));
    assert_true(contains(info, "JavaScript:      no"));
    assert_true(contains(bytes_str(pdf), "/Lang (az)"));
    struct str tags = said(t, "pdfinfo -struct-text", pdf);
    assert_true(contains(tags, "H1") && contains(tags, "Table") && contains(tags, "TH"));
}

static void reference_code_hash_and_number_stand_on_each_page(void **state)
{
    struct turn *t = *state;
    struct bytes pdf = printed(t, document(t, "en-long"));
    assert_true(contains(said(t, "pdfinfo", pdf), "Pages:           4"));
    for (int page = 1; page <= 4; page++) {
        const char *command =
            str_printf(t->arena, "pdftotext -layout -f %d -l %d%c", page, page, 0).p;
        struct str text = said(t, command, pdf);
        assert_true(has_number(t, text, page, 4));
        assert_true(contains(text, "XN-CSB-2026-0001"));
        assert_true(contains(text, "7K3M-9QTX-4F2P"));
        assert_true(contains(text, "sha-256 9f2c4be1a07d53886e1f90b2c4d7e8a1"));
        assert_true(contains(text, "2026-11-24 03:07 UTC"));
    }
}

static void the_head_of_a_table_is_repeated_and_no_row_is_lost(void **state)
{
    struct turn *t = *state;
    struct str text = said(t, "pdftotext -layout", printed(t, document(t, "en-long")));
    assert_true(count_of(text, "Kind of data") >= 2);
    for (int i = 1; i < 60; i++) {
        const char *row = str_printf(t->arena, "198.51.100.%d %c", i, 0).p;
        assert_true(contains(text, row));
    }
}

static void azerbaijani_letters_are_whole(void **state)
{
    struct turn *t = *state;
    struct str text = said(t, "pdftotext -raw", printed(t, document(t, "az-en-beside")));
    assert_true(contains(text, "Kibercinayətkarlıqla"));
    assert_true(contains(text, "şifrələnmişdir"));
    assert_true(contains(text, "Möhür yeri"));
    assert_true(contains(text, "Summary of the facts"));
}

static void arabic_comes_out_in_the_order_it_was_written(void **state)
{
    struct turn *t = *state;
    static const char *const names[] = {"ar", "ar-en-beside", "en-ar-under"};
    for (size_t i = 0; i < 3; i++) {
        struct str text = said(t, "pdftotext", printed(t, document(t, names[i])));
        assert_true(contains(text, "جمهورية نورلاند"));
        assert_true(contains(text, "مكتب مكافحة الجرائم السيبرانية بوزارة العدل"));
        assert_true(contains(text, "السلطة المطلوب منها"));
    }
}

static void numbers_keep_their_order_on_a_page_that_turns(void **state)
{
    struct turn *t = *state;
    struct str text = said(t, "pdftotext -layout", printed(t, document(t, "ar")));
    assert_true(contains(text, "+00 1 555 0142"));
    assert_true(has_number(t, text, 1, 2) && has_number(t, text, 2, 2));
    assert_true(contains(text, "2026-11-24 03:07 UTC"));
}

static void chinese_has_its_letters(void **state)
{
    struct turn *t = *state;
    struct bytes pdf = printed(t, document(t, "zh-en-under"));
    struct str text = said(t, "pdftotext -raw", pdf);
    assert_true(contains(text, "快速保全存储电子数据的请求"));
    assert_true(contains(text, "诺兰共和国"));
    assert_true(contains(said(t, "pdffonts", pdf), "NotoSansCJKsc"));
}

static void a_line_end_in_a_value_is_kept_and_an_override_is_shown(void **state)
{
    struct turn *t = *state;
    struct tree *d = small(t), *f = block(t, d, "field");
    tree_add_str(t->arena, f, "label", STR("Name"));
    tree_add_str(t->arena, f, "value", STR("first\nsecond \xe2\x80\xaeknujs"));
    struct str text = said(t, "pdftotext -raw", printed(t, d));
    assert_true(contains(text, "first\n"));
    assert_true(contains(text, "second <U+202E>knujs"));
}

static void a_field_longer_than_a_page_goes_on(void **state)
{
    struct turn *t = *state;
    struct tree *d = small(t), *f = block(t, d, "field");
    struct buf b = buf_in(t->arena);
    for (int i = 0; i < 1500; i++) buf_printf(&b, "word%d ", i);
    tree_add_str(t->arena, f, "label", STR("Facts"));
    tree_add_str(t->arena, f, "value", buf_as_str(&b));
    struct bytes pdf = printed(t, d);
    struct str text = said(t, "pdftotext -raw", pdf);
    for (int i = 0; i < 1500; i++) {
        const char *word = str_printf(t->arena, "word%d%c", i, 0).p;
        assert_true(contains(text, word));
    }
    assert_false(contains(said(t, "pdfinfo", pdf), "Pages:           1"));
}

int pdf_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(the_same_document_is_the_same_bytes),
        with_turn(it_is_an_a4_page_tagged_dated_and_named),
        with_turn(reference_code_hash_and_number_stand_on_each_page),
        with_turn(the_head_of_a_table_is_repeated_and_no_row_is_lost),
        with_turn(azerbaijani_letters_are_whole),
        with_turn(arabic_comes_out_in_the_order_it_was_written),
        with_turn(numbers_keep_their_order_on_a_page_that_turns),
        with_turn(chinese_has_its_letters),
        with_turn(a_line_end_in_a_value_is_kept_and_an_override_is_shown),
        with_turn(a_field_longer_than_a_page_goes_on),
    };
    return cmocka_run_group_tests_name("pdf", tests, NULL, NULL);
}
