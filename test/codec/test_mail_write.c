/* SPDX-License-Identifier: Apache-2.0 */
/* Writing mail: read back by us, and by Python's reader, which shares no code with ours. */

#include "codec_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const uint8_t scan[] = {'%', 'P', 'D', 'F', 0, 0xff, '\r', '\n', '.', '\n', 'x'};

static struct mail letter(struct turn *t)
{
    struct mail m = {
        .message_id = STR("20261124.1a2b@csb.norland.example"),
        .in_reply_to = STR("first@dts.meridia.example"),
        .from = {STR("Kibercinayətkarlıqla Mübarizə Bürosu"), STR("desk@csb.norland.example")},
        .date_ms = 1795489634000,
        .subject = STR("Məlumatların mühafizəsi barədə sorğu [XN-CSB-2026-0001] طلب"),
        .text = STR("Hörmətli həmkarlar,\n\n.sorğu əlavədədir.\nFrom here on: ə ğ ı "
                    "ş. A long line that goes on and on beyond the seventy-six "
                    "characters that a line of quoted-printable may have.\n")};
    m.to = arena_take_many(t->arena, 2, sizeof *m.to);
    m.to_n = 2;
    m.to[0] = (struct mail_person){STR("Digital, \"Technical\" Service"),
                                   STR("desk@dts.meridia.example")};
    m.to[1] = (struct mail_person){STR(""), STR("second@dts.meridia.example")};
    m.references = arena_take_many(t->arena, 1, sizeof *m.references);
    m.references_n = 1;
    m.references[0] = STR("first@dts.meridia.example");
    m.files = arena_take_many(t->arena, 2, sizeof *m.files);
    m.files_n = 2;
    m.files[0] = (struct mail_file){.name = STR("sorğu üzrə əlavə.pdf"),
                                    .type = STR("application/pdf"),
                                    .data = {scan, sizeof scan}};
    m.files[1] = (struct mail_file){.name = STR("empty.asice"),
                                    .type = STR("application/vnd.etsi.asic-e+zip")};
    return m;
}

static void what_is_written_is_read_again(void **state)
{
    struct turn *t = *state;
    struct mail m = letter(t), got;
    struct bytes message;
    assert_int_equal(mail_write(t, &m, &message), ERR_OK);
    assert_int_equal(mail_read(t, message, &got), ERR_OK);
    assert_true(str_eq(got.message_id, m.message_id));
    assert_true(str_eq(got.in_reply_to, m.in_reply_to));
    assert_int_equal(got.references_n, 1);
    assert_true(str_eq(got.references[0], m.references[0]));
    assert_true(str_eq(got.from.name, m.from.name) && str_eq(got.from.address, m.from.address));
    assert_int_equal(got.to_n, 2);
    assert_true(str_eq(got.to[0].name, m.to[0].name));
    assert_true(str_eq(got.to[1].address, m.to[1].address));
    assert_true(str_eq(got.subject, m.subject));
    assert_true(str_eq(got.text, m.text));
    assert_int_equal(got.date_ms, m.date_ms);
    assert_int_equal(got.files_n, 2);
    assert_true(str_eq(got.files[0].name, m.files[0].name));
    assert_true(str_is(got.files[0].type, "application/pdf"));
    assert_true(bytes_eq(got.files[0].data, m.files[0].data));
    assert_int_equal(got.files[1].data.n, 0);
    assert_false(got.automatic || got.cut);
}

static void line_ends_of_a_form_are_one_line_end(void **state)
{
    struct turn *t = *state;
    struct mail m = letter(t), got;
    struct bytes message;
    m.text = STR("one\r\ntwo\nthree");
    assert_int_equal(mail_write(t, &m, &message), ERR_OK);
    assert_int_equal(mail_read(t, message, &got), ERR_OK);
    assert_text(got.text, "one\ntwo\nthree");
}

static void the_same_mail_is_the_same_bytes_in_short_ascii_lines(void **state)
{
    struct turn *t = *state;
    struct mail m = letter(t);
    struct bytes one, two;
    assert_int_equal(mail_write(t, &m, &one), ERR_OK);
    assert_int_equal(mail_write(t, &m, &two), ERR_OK);
    assert_true(bytes_eq(one, two));
    size_t length = 0;
    for (size_t i = 0; i < one.n; i++) {
        assert_true(one.p[i] < 0x80);
        if (one.p[i] == '\n') {
            assert_true(i && one.p[i - 1] == '\r');
            if (length > 79) fail_msg("%zu: %.*s", length, (int)length, one.p + i - length);
            length = 0;
        } else {
            length++;
        }
    }
}

/* What another reader makes of the message. Between the words of a name it sees a blank more. */
static const char script[] =
    "import email, email.policy, sys, hashlib\n"
    "m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n"
    "print(m['subject']); print(' '.join(m['from'].split()))\n"
    "print(m['to'].addresses[0].display_name)\n"
    "print(m['date']); print(m['message-id'])\n"
    "print(m.get_body().get_content() == sys.argv[2])\n"
    "for a in m.iter_attachments():\n"
    "    print(a.get_filename(), a.get_content_type(), len(a.get_content()))\n"
    "print(m.defects)\n";

static void another_reader_reads_the_same(void **state)
{
    struct turn *t = *state;
    struct mail m = letter(t);
    struct bytes message;
    assert_int_equal(mail_write(t, &m, &message), ERR_OK);
    char mail[] = "/tmp/comity-mail-XXXXXX", code[] = "/tmp/comity-code-XXXXXX";
    int a = mkstemp(mail), b = mkstemp(code);
    assert_int_equal(write(a, message.p, message.n), (ssize_t)message.n);
    assert_int_equal(write(b, script, sizeof script - 1), sizeof script - 1);
    close(a);
    close(b);
    const char *line =
        str_printf(t->arena, "python3 %s %s '" STR_FMT "'%c", code, mail, STR_ARG(m.text), 0).p;
    FILE *from = popen(line, "r");
    char got[4096];
    size_t n = fread(got, 1, sizeof got - 1, from);
    got[n] = 0;
    assert_int_equal(pclose(from), 0);
    unlink(mail);
    unlink(code);
    assert_string_equal(got, "Məlumatların mühafizəsi barədə sorğu [XN-CSB-2026-0001] طلب\n"
                             "Kibercinayətkarlıqla Mübarizə Bürosu <desk@csb.norland.example>\n"
                             "Digital, \"Technical\" Service\n"
                             "Tue, 24 Nov 2026 03:07:14 +0000\n"
                             "<20261124.1a2b@csb.norland.example>\n"
                             "True\n"
                             "sorğu üzrə əlavə.pdf application/pdf 11\n"
                             "empty.asice application/vnd.etsi.asic-e+zip 0\n"
                             "[]\n");
}

static void what_would_break_a_header_is_refused(void **state)
{
    struct turn *t = *state;
    struct bytes out;
    struct mail m = letter(t);
    m.subject = STR("x\r\nBcc: thief@example");
    assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-line", "RFC 5322 2.2",
                   "subject");
    m = letter(t);
    m.subject = STR("\xff");
    assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-line", "RFC 5322 2.2", "bytes");
    m = letter(t);
    m.to[0].name = STR("a\nb");
    assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-line", "RFC 5322 2.2", "name");
    m = letter(t);
    m.to[1].address = STR("a@b>\r\nX: y");
    assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-address", "RFC 5321 4.1.2",
                   "to");
    m = letter(t);
    m.from.address = STR("");
    assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-address", "RFC 5321 4.1.2",
                   "from");
    static const char *const ids[] = {"", "x", "a@b>", "a b@c", "a@b\r\nX: y"};
    for (size_t i = 0; i < 5; i++) {
        m = letter(t);
        m.message_id = str_of(ids[i]);
        assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-id", "RFC 5322 3.6.4",
                       ids[i]);
    }
    m = letter(t);
    m.files[0].name = STR("a\r\nContent-Type: text/html");
    assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-line", "RFC 5322 2.2", "file");
    m = letter(t);
    m.files[0].type = STR("pdf");
    assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-type", "RFC 2045 5.1", "type");
    m = letter(t);
    m.text = STR("\xc3");
    assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-text", "RFC 3629 3", "text");
    m = letter(t);
    m.to_n = 0;
    assert_refused(t, mail_write(t, &m, &out), ERR_REJECTED, "mail-receivers", "RFC 5322 3.6.3",
                   "nobody");
    m = letter(t);
    m.files[0].data.n = MAIL_MAX; /* never read: the size alone is too large */
    assert_refused(t, mail_write(t, &m, &out), ERR_TOO_LARGE, "mail-size", NULL, "size");
}

static void a_sealed_entity_gets_the_same_headers(void **state)
{
    struct turn *t = *state;
    struct mail m = letter(t);
    m.automatic = true;
    struct bytes out;
    struct str entity = STR("Content-Type: application/pkcs7-mime; name=\"smime.p7m\"\r\n"
                            "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n");
    assert_int_equal(mail_wrap(t, &m, str_bytes(entity), &out), ERR_OK);
    assert_true(str_ends(bytes_str(out), entity.p));
    struct mail got;
    assert_int_equal(mail_read(t, out, &got), ERR_OK);
    assert_true(str_eq(got.subject, m.subject) && got.automatic);
    assert_int_equal(got.files_n, 1);
    assert_text(got.files[0].name, "smime.p7m");
    assert_int_equal(got.files[0].data.n, 3);
}

int mail_write_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(what_is_written_is_read_again),
        with_turn(line_ends_of_a_form_are_one_line_end),
        with_turn(the_same_mail_is_the_same_bytes_in_short_ascii_lines),
        with_turn(another_reader_reads_the_same),
        with_turn(what_would_break_a_header_is_refused),
        with_turn(a_sealed_entity_gets_the_same_headers),
    };
    return cmocka_run_group_tests_name("mail_write", tests, NULL, NULL);
}
