/* SPDX-License-Identifier: Apache-2.0 */
/* Names that others chose, and addresses we write to. */

#include "codec_test.h"

static void a_name_is_its_last_step_and_plays_no_tricks(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *as, *shown;
    } rows[] = {
        {"request.pdf", "request.pdf"},
        {"Sorğu № 5 (əlavə).pdf", "Sorğu № 5 (əlavə).pdf"},
        {"طلب.pdf", "طلب.pdf"},
        {"../../etc/passwd", "passwd"},
        {"C:\\Windows\\system32\\evil.exe", "evil.exe"},
        {"/", "file"},
        {"..", "file"},
        {"...", "file"},
        {"", "file"},
        {".bashrc", "_.bashrc"},
        {"a/../.ssh", "_.ssh"},
        {"invoice\xe2\x80\xae"
         "fdp.exe",
         "invoice_fdp.exe"},
        {"a\xe2\x80\x8b"
         "b.txt",
         "a_b.txt"},
        {"line\r\nbreak.txt", "line__break.txt"},
        {"con:stream", "con_stream"},
        {"name. . .", "name"},
        {"\xff\xfe.bin", "\xef\xbf\xbd\xef\xbf\xbd.bin"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_text(mail_name_safe(t->arena, str_of(rows[i].as)), rows[i].shown);
}

static void a_long_name_keeps_its_ending(void **state)
{
    struct turn *t = *state;
    struct buf b = buf_in(t->arena);
    buf_str(&b, repeat(t->arena, "ə", 200));
    buf_str(&b, STR(".tar.gz"));
    struct str got = mail_name_safe(t->arena, buf_as_str(&b));
    assert_true(got.n <= MAIL_NAME_MAX && str_ends(got, ".gz") && str_is_utf8(got));
    got = mail_name_safe(t->arena, repeat(t->arena, "x", 500));
    assert_int_equal(got.n, MAIL_NAME_MAX);
}

static void only_plain_addresses_are_written_to(void **state)
{
    (void)state;
    static const char *const good[] = {"desk@csb.example", "a.b+c@d-e.example", "o'neil@x.y",
                                       "x@localhost"};
    static const char *const bad[] = {
        "",       "desk",    "@x.y", "a@",     "a@b@c", "a b@c.d", "a@b c", "a@b\r\nBcc: x@y",
        "<a@b>",  "\"a\"@b", ".a@b", "a..b@c", "a.@b",  "a@.b",    "a@b.",  "a@-b",
        "ə@b.az", "a@b_c"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!mail_is_address(str_of(good[i]))) fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (mail_is_address(str_of(bad[i]))) fail_msg("taken: %s", bad[i]);
}

int mail_name_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_name_is_its_last_step_and_plays_no_tricks),
        with_turn(a_long_name_keeps_its_ending),
        with_turn(only_plain_addresses_are_written_to),
    };
    return cmocka_run_group_tests_name("mail_name", tests, NULL, NULL);
}
