/* SPDX-License-Identifier: Apache-2.0 */
/* Reading mail that anybody may have sent; and src/codec/mail_tree.c. */

#include "codec_test.h"

#define HEAD "From: =?utf-8?q?H=C9=99mid?= <h@dts.example>\r\nSubject: Re: one\r\n"

static struct mail taken(struct turn *t, const char *message)
{
    struct mail m;
    if (mail_read(t, bytes_of(message), &m) != ERR_OK) fail_msg("refused: %s", t->fault.sentence);
    return m;
}

static void a_reply_in_an_old_charset_is_read(void **state)
{
    struct turn *t = *state;
    struct mail m =
        taken(t, HEAD "To: desk@csb.example, \"B, C\" <b@c.example>\r\nCc: d@e.example\r\n"
                      "Date: Tue, 24 Nov 2026 07:07:14 +0400\r\n"
                      "Message-ID: <r1@dts.example>\r\nIn-Reply-To: <q1@csb.example>\r\n"
                      "References: <q0@csb.example>\r\n <q1@csb.example>\r\n"
                      "Content-Type: text/plain; charset=windows-1254\r\n\r\n"
                      "Sal\xfdm\r\n> quoted\r\n");
    assert_text(m.from.name, "Həmid");
    assert_text(m.from.address, "h@dts.example");
    assert_int_equal(m.to_n, 3);
    assert_text(m.to[1].name, "B, C");
    assert_text(m.to[2].address, "d@e.example");
    assert_int_equal(m.date_ms, 1795489634000);
    assert_text(m.message_id, "r1@dts.example");
    assert_text(m.in_reply_to, "q1@csb.example");
    assert_int_equal(m.references_n, 2);
    assert_text(m.references[0], "q0@csb.example");
    assert_text(m.text, "Salım\n> quoted\n");
    assert_int_equal(m.files_n, 0);
    assert_false(m.automatic || m.cut);
}

static void of_alternatives_the_plain_text_is_taken_and_html_is_never_text(void **state)
{
    struct turn *t = *state;
    struct mail m = taken(t, HEAD "Content-Type: multipart/alternative; boundary=x\r\n\r\n"
                                  "--x\r\nContent-Type: text/plain\r\n\r\nplain\r\n"
                                  "--x\r\nContent-Type: text/html\r\n\r\n<b>html</b>\r\n--x--\r\n");
    assert_text(m.text, "plain");
    assert_int_equal(m.files_n, 0);
    m = taken(t, HEAD "Content-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n");
    assert_text(m.text, "");
    assert_int_equal(m.files_n, 1);
    assert_text(m.files[0].name, "message.html");
    assert_text(m.files[0].type, "text/html");
}

static void files_have_names_that_play_no_tricks_and_differ(void **state)
{
    struct turn *t = *state;
    struct mail m =
        taken(t, HEAD
              "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
              "--x\r\nContent-Type: application/pdf; name=\"../../a.pdf\"\r\n"
              "Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"
              "--x\r\nContent-Disposition: attachment; "
              "filename*=utf-8''x%E2%80%AEfdp.exe\r\n\r\nMZ\r\n"
              "--x\r\nContent-Disposition: attachment; filename=\"c:\\\\d\\\\a.pdf\"\r\n\r\nb\r\n"
              "--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b\r\nSubject: inner\r\n\r\nc\r\n"
              "--x--\r\n");
    assert_int_equal(m.files_n, 4);
    assert_text(m.files[0].name, "a.pdf");
    assert_text(bytes_str(m.files[0].name_as), "../../a.pdf");
    assert_text(bytes_str(m.files[0].data), "%PDF");
    assert_text(m.files[1].name, "x_fdp.exe");
    assert_text(m.files[2].name, "2-a.pdf");
    assert_text(m.files[3].name, "message.eml");
    assert_text(m.files[3].type, "message/rfc822");
    assert_true(str_starts(bytes_str(m.files[3].data), "From: a@b"));
}

static void lines_are_fit_to_be_shown(void **state)
{
    struct turn *t = *state;
    struct mail m = taken(t, "From: \"a\xe2\x80\xaez\" <a@b.example>\r\n"
                             "Subject: =?utf-8?q?one=0D=0ABcc:_x=1B[2J=E2=80=AEtwo?=\r\n"
                             "Message-ID: <has blank@x>\r\n\r\nx\xe2\x80\xaey\x07\r\n");
    assert_text(m.from.name, "a\xef\xbf\xbdz");
    assert_text(m.subject, "one  Bcc: x\xef\xbf\xbd[2J\xef\xbf\xbdtwo");
    assert_text(m.text, "x\xef\xbf\xbdy\xef\xbf\xbd\n");
}

static void what_no_person_wrote_is_known(void **state)
{
    struct turn *t = *state;
    assert_true(taken(t, HEAD "Auto-Submitted: auto-replied\r\n\r\nAway.\r\n").automatic);
    assert_true(taken(t, HEAD "Precedence: bulk\r\n\r\nList.\r\n").automatic);
    assert_true(taken(t, HEAD "Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\na\r\n"
                              "--x--\r\n")
                    .automatic);
    assert_false(taken(t, HEAD "Auto-Submitted: no\r\n\r\nx\r\n").automatic);
}

static void what_is_no_message_is_refused(void **state)
{
    struct turn *t = *state;
    static const char *const none[] = {"", "\r\n", "Subject: x\r\n\r\ny\r\n", "From: \r\n\r\nx",
                                       "no header at all"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct mail m;
        err e = mail_read(t, bytes_of(none[i]), &m);
        assert_int_equal(e, ERR_REJECTED);
        assert_true(t->fault.sentence[0] != 0);
        turn_forgive(t);
    }
}

/* A message whose parts are nested `depth` deep. */
static struct bytes nested(struct turn *t, int depth)
{
    struct buf b = buf_in(t->arena);
    buf_str(&b, str_of(HEAD));
    for (int i = 0; i < depth; i++)
        buf_printf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
    buf_str(&b, STR("Content-Type: text/plain\r\n\r\ndeep\r\n"));
    return buf_as_bytes(&b);
}

static void depth_parts_and_sizes_have_limits(void **state)
{
    struct turn *t = *state;
    struct mail m;
    assert_int_equal(mail_read(t, nested(t, MAIL_DEPTH_MAX - 1), &m), ERR_OK);
    assert_true(str_starts(m.text, "deep"));
    assert_refused(t, mail_read(t, nested(t, MAIL_DEPTH_MAX), &m), ERR_TOO_LARGE, "mail-size", NULL,
                   "deep");
    assert_refused(t, mail_read(t, nested(t, 100000), &m), ERR_TOO_LARGE, "mail-size", NULL,
                   "very deep");
    struct buf b = buf_in(t->arena);
    buf_str(&b, str_of(HEAD "Content-Type: multipart/mixed; boundary=x\r\n\r\n"));
    for (int i = 0; i < MAIL_PARTS_MAX - 1; i++) buf_str(&b, STR("--x\r\n\r\na\r\n"));
    assert_int_equal(mail_read(t, buf_as_bytes(&b), &m), ERR_OK);
    assert_int_equal(m.files_n, MAIL_PARTS_MAX - 2);
    buf_str(&b, STR("--x\r\n\r\na\r\n"));
    assert_refused(t, mail_read(t, buf_as_bytes(&b), &m), ERR_TOO_LARGE, "mail-size", NULL, "many");

    b = buf_in(t->arena);
    buf_str(&b, str_of(HEAD "X: "));
    buf_str(&b, repeat(t->arena, "y", MAIL_HEAD_MAX));
    assert_refused(t, mail_read(t, buf_as_bytes(&b), &m), ERR_TOO_LARGE, "mail-size", NULL, "head");
    struct bytes huge = {(const uint8_t *)HEAD, (size_t)MAIL_MAX + 1};
    assert_refused(t, mail_read(t, huge, &m), ERR_TOO_LARGE, "mail-size", NULL, "size");
}

static void messages_in_messages_do_not_exhaust_the_reader(void **state)
{
    struct turn *t = *state;
    struct mail m;
    struct buf b = buf_in(t->arena);
    buf_str(&b, str_of(HEAD));
    for (int i = 0; i < 250; i++) buf_str(&b, STR("Content-Type: message/rfc822\r\n\r\n"));
    assert_int_equal(mail_read(t, buf_as_bytes(&b), &m), ERR_OK);
    for (int i = 0; i < 100000; i++) buf_str(&b, STR("Content-Type: message/rfc822\r\n\r\n"));
    assert_refused(t, mail_read(t, buf_as_bytes(&b), &m), ERR_TOO_LARGE, "mail-size", NULL,
                   "inner");
}

static void long_texts_are_cut_at_a_whole_letter(void **state)
{
    struct turn *t = *state;
    struct buf b = buf_in(t->arena);
    buf_str(&b, STR("From: a@b.example\r\nSubject: "));
    buf_str(&b, repeat(t->arena, "\xc9\x99", 1000));
    buf_str(&b, STR("\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"));
    buf_str(&b, repeat(t->arena, "\xc9\x99", MAIL_BODY_MAX));
    struct mail m;
    assert_int_equal(mail_read(t, buf_as_bytes(&b), &m), ERR_OK);
    assert_true(m.cut);
    assert_true(m.subject.n <= MAIL_LINE_MAX && m.text.n <= MAIL_BODY_MAX);
    assert_true(str_is_utf8(m.subject) && str_is_utf8(m.text));
}

static void a_message_is_a_tree(void **state)
{
    struct turn *t = *state;
    mail_ready(t->arena);
    struct mail m = taken(t, HEAD "Message-ID: <a@b>\r\nContent-Type: multipart/mixed; "
                                  "boundary=x\r\n\r\n--x\r\n\r\nhi\r\n--x\r\nContent-Type: "
                                  "image/png; name=p.png\r\n\r\nPNG\r\n--x--\r\n");
    assert_text(
        json_write(t->arena, mail_tree(t->arena, &m)),
        "{\"automatic\":false,\"cut\":false,\"files\":[{\"data\":\"UE5H\",\"name\":\"p.png\","
        "\"size\":3,\"type\":\"image/png\"}],\"from\":{\"address\":\"h@dts.example\","
        "\"name\":\"Həmid\"},\"message_id\":\"a@b\",\"references\":[],\"subject\":\"Re: "
        "one\",\"text\":\"hi\",\"to\":[]}");
}

int mail_read_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_reply_in_an_old_charset_is_read),
        with_turn(of_alternatives_the_plain_text_is_taken_and_html_is_never_text),
        with_turn(files_have_names_that_play_no_tricks_and_differ),
        with_turn(lines_are_fit_to_be_shown),
        with_turn(what_no_person_wrote_is_known),
        with_turn(what_is_no_message_is_refused),
        with_turn(depth_parts_and_sizes_have_limits),
        with_turn(messages_in_messages_do_not_exhaust_the_reader),
        with_turn(long_texts_are_cut_at_a_whole_letter),
        with_turn(a_message_is_a_tree),
    };
    return cmocka_run_group_tests_name("mail_read", tests, NULL, NULL);
}
