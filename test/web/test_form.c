/* SPDX-License-Identifier: Apache-2.0 */
/* Forms, files, cookies: read whole or refused whole. */

#include "web_test.h"

#include <string.h>

static err read_text(void **state, const char *s, struct web_form *f)
{
    struct turn t = {.arena = arena_of(state)};
    return form_read(&t, str_of(s), f);
}

static void fields_are_decoded(void **state)
{
    struct web_form f;
    assert_int_equal(read_text(state, "a=1+2%2B3&b=%C9%99&&c&d=x=y&a=second", &f), ERR_OK);
    assert_int_equal(f.n, 5);
    assert_text(form_text(&f, "a"), "1 2+3");
    assert_text(form_text(&f, "b"), "\xc9\x99");
    assert_text(form_text(&f, "c"), "");
    assert_text(form_text(&f, "d"), "x=y");
    assert_text(form_text(&f, "none"), "");
}

static void line_ends_are_ours(void **state)
{
    struct web_form f;
    assert_int_equal(read_text(state, "a=x%0D%0Ay%0Dz%0Aw", &f), ERR_OK);
    assert_text(form_text(&f, "a"), "x\ny\nz\nw");
}

static void what_is_broken_is_refused_whole(void **state)
{
    static const char *const broken[] = {"a=%",   "a=%4",   "a=%zz",    "ok=1&a=%f",
                                         "a=%ff", "a=%00b", "a=%c0%af", "%ed%a0%80=x"};
    for (size_t k = 0; k < sizeof broken / sizeof *broken; k++) {
        struct web_form f = {.n = 77};
        assert_int_equal(read_text(state, broken[k], &f), ERR_REJECTED);
        assert_int_equal(f.n, 77);
    }
}

static void too_many_and_too_long_are_refused(void **state)
{
    struct arena *a = arena_of(state);
    struct web_form f;
    struct buf many = buf_in(a), name = buf_in(a);
    for (int k = 0; k <= FORM_FIELDS_MAX; k++) buf_str(&many, STR("a=1&"));
    assert_int_equal(read_text(state, str_c(a, buf_as_str(&many)), &f), ERR_TOO_LARGE);
    for (int k = 0; k <= FORM_NAME_MAX; k++) buf_byte(&name, 'n');
    assert_int_equal(read_text(state, str_c(a, buf_as_str(&name)), &f), ERR_TOO_LARGE);
}

/* ---- multipart ------------------------------------------------------------------------------- */

#define TYPE "multipart/form-data; boundary=XX"

static err read_parts(void **state, const char *type, const char *s, struct web_form *f)
{
    struct turn t = {.arena = arena_of(state)};
    return form_multipart_read(&t, str_of(type), str_bytes(str_of(s)), f);
}

static void texts_and_files_come_apart(void **state)
{
    struct web_form f;
    assert_int_equal(read_parts(state, TYPE,
                                "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n"
                                "two\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; "
                                "filename=\"m\xc9\x99ktub; 1.pdf\"\r\nContent-Type: "
                                "application/pdf\r\n\r\n--X\r\n\r\n--XX--\r\n",
                                &f),
                     ERR_OK);
    assert_int_equal(f.n, 2);
    assert_text(form_text(&f, "a"), "one\ntwo");
    const struct web_field *file = form_get(&f, "file");
    assert_true(file->is_file);
    assert_text(file->file_name, "m\xc9\x99ktub; 1.pdf");
    assert_text(file->type, "application/pdf");
    assert_text(bytes_str(file->data), "--X\r\n");
    assert_text(form_text(&f, "file"), ""); /* a file is no text */
}

static void an_empty_form_with_files_is_one(void **state)
{
    struct web_form f;
    assert_int_equal(read_parts(state, TYPE, "--XX--\r\n", &f), ERR_OK);
    assert_int_equal(f.n, 0);
}

static void broken_parts_are_refused_whole(void **state)
{
    static const char *const types[] = {
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=XX",
        "text/plain", "multipart/form-data; boundary=\"XX"};
    static const char *const bodies[] = {
        "",
        "XX",
        "--XX",
        "--XX\r\n",
        "--XY\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        "--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XX--",
        "--XX\r\nno colon\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XXab",
    };
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        struct web_form f;
        assert_int_equal(read_parts(state, types[k], "--XX--", &f), ERR_REJECTED);
    }
    for (size_t k = 0; k < sizeof bodies / sizeof *bodies; k++) {
        struct web_form f = {.n = 77};
        assert_int_equal(read_parts(state, TYPE, bodies[k], &f), ERR_REJECTED);
        assert_int_equal(f.n, 77);
    }
}

static void a_head_without_end_is_refused_early(void **state)
{
    struct arena *a = arena_of(state);
    struct buf b = buf_in(a);
    struct web_form f;
    buf_str(&b, STR("--XX\r\n"));
    for (int k = 0; k < 200; k++) buf_str(&b, STR("X-Filler: aaaaaaaaaaaaaaaa\r\n"));
    assert_int_equal(read_parts(state, TYPE, str_c(a, buf_as_str(&b)), &f), ERR_REJECTED);
}

static void a_file_beyond_its_limit_is_refused(void **state)
{
    struct arena *a = arena_of(state);
    struct turn t = {.arena = a};
    struct buf b = buf_in(a);
    struct web_form f;
    buf_str(&b, STR("--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n"));
    char *zeros = arena_take(a, FORM_FILE_MAX + 1);
    buf_put(&b, zeros, FORM_FILE_MAX + 1);
    buf_str(&b, STR("\r\n--XX--\r\n"));
    assert_int_equal(form_multipart_read(&t, STR(TYPE), buf_as_bytes(&b), &f), ERR_TOO_LARGE);
    assert_string_equal(t.fault.particular, "f");
}

/* ---- cookies --------------------------------------------------------------------------------- */

static void a_cookie_is_found_by_its_whole_name(void **state)
{
    struct str header = STR("xa=0; a=1; aa=2;b=; c");
    assert_text(cookie_get(header, STR("a")), "1");
    assert_text(cookie_get(header, STR("aa")), "2");
    assert_text(cookie_get(header, STR("b")), "");
    assert_text(cookie_get(header, STR("none")), "");
    assert_text(cookie_get(STR(""), STR("a")), "");
    assert_text(cookie_get(STR(";;=;"), STR("a")), "");
}

int form_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(fields_are_decoded),
        with_arena(line_ends_are_ours),
        with_arena(what_is_broken_is_refused_whole),
        with_arena(too_many_and_too_long_are_refused),
        with_arena(texts_and_files_come_apart),
        with_arena(an_empty_form_with_files_is_one),
        with_arena(broken_parts_are_refused_whole),
        with_arena(a_head_without_end_is_refused_early),
        with_arena(a_file_beyond_its_limit_is_refused),
        with_arena(a_cookie_is_found_by_its_whole_name),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
