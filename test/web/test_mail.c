/* SPDX-License-Identifier: Apache-2.0 */
/* A letter sent as an e-mail: checked, signed, kept; by a page and by a program. */

#include "web_test.h"

#include <string.h>

#define LETTER "/dossier/XN-CSB-2026-0147/letter/00"
#define MAILS "/v1/dossiers/XN-CSB-2026-0147/mails"

/* What makes messages, and what it was given last. */
struct maker {
    size_t n;
    char to[80], pem[80], pdf[40];
    size_t certificates;
    bool refuses;
};

static void print_not(void *ctx, struct web_print *p)
{
    (void)ctx;
    p->result = turn_fail(&p->t, ERR_BUSY, "paper-slow", NULL, "It takes too long.");
    p->done(p);
}

static void note(char *to, size_t n, struct str s) { snprintf(to, n, STR_FMT, STR_ARG(s)); }

static err make(void *ctx, struct turn *t, const struct tree *letter, struct bytes pdf,
                const struct str *to_pem, size_t n, struct bytes *message_out)
{
    struct maker *m = ctx;
    m->n++;
    m->certificates = n;
    note(m->to, sizeof m->to, tree_str(tree_get(letter, "mail"), "to"));
    note(m->pdf, sizeof m->pdf, bytes_str(pdf));
    note(m->pem, sizeof m->pem, n ? to_pem[0] : STR(""));
    if (m->refuses)
        return turn_fail(t, ERR_REJECTED, "cert", "RFC 8550", "The certificate is not for mail.");
    *message_out = str_bytes(STR("From: us"));
    return ERR_OK;
}

static void makes(struct door *d, struct maker *m)
{
    d->web->o.press = (struct web_press){double_print, NULL};
    d->web->o.mail = (struct web_mail){make, m, "desk@csb.norland.example"};
}

static void a_node_without_a_mail_server_says_which_setting_is_missing(void **state)
{
    struct door *d = *state;
    struct maker m = {0};
    struct heard h = get(d, LETTER);
    assert_has(h.body, "comity.yaml that is the setting smtp under mail");
    assert_lacks(h.body, LETTER "/mail\"");
    h = post(d, LETTER "/mail", "idem=k&to=a%40b.example");
    assert_int_equal(h.status, 409);
    assert_has(h.body, "the setting smtp under mail");
    assert_int_equal(post(d, LETTER "/mail/send", "idem=k&to=a%40b.example").status, 409);
    makes(d, &m);
    d->web->o.press = (struct web_press){0};
    assert_has(get(d, LETTER).body, "comity-paper, which prints the letter, is not there");
    assert_int_equal(post(d, LETTER "/mail/send", "idem=k&to=a%40b.example").status, 409);
    assert_int_equal(m.n, 0);
    assert_int_equal(double_count(&d->desk, "mail-out"), 0);
}

static void an_email_is_checked_before_it_is_signed(void **state)
{
    struct door *d = *state;
    struct maker m = {0};
    makes(d, &m);
    struct heard h = get(d, LETTER);
    assert_has(h.body, "value=\"requests@pgo.lacunia.example\"");
    h = post(d, LETTER "/mail", "idem=k1&to=+records%40pgo.lacunia.example+");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "records@pgo.lacunia.example");
    assert_has(h.body, "desk@csb.norland.example");
    assert_has(h.body, "[XN-CSB-2026-0001/084c9d52ba82] Send the request");
    assert_has(h.body, "XN-CSB-2026-0147-send.pdf");
    assert_has(h.body, "name=\"idem\" value=\"k1\"");
    assert_int_equal(m.n, 0);
    h = post(d, LETTER "/mail", "idem=k1&to=nobody");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "This is no e-mail address. Nothing was sent");
    assert_has(h.body, "value=\"nobody\"");
    h = post(d, LETTER "/mail", "idem=k1&restore=1&to=records%40pgo.lacunia.example");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "value=\"records@pgo.lacunia.example\"");
    assert_int_equal(double_count(&d->desk, "mail-out"), 0);
}

static void a_signed_email_is_kept_by_the_desk_under_its_key(void **state)
{
    struct door *d = *state;
    struct maker m = {0};
    makes(d, &m);
    struct heard h = post(d, LETTER "/mail/send", "idem=k1&to=records%40pgo.lacunia.example");
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), LETTER "?done=mail");
    const struct tree *args = double_args(&d->desk, "mail-out");
    assert_text(tree_str(args, "ref"), "XN-CSB-2026-0147");
    assert_text(tree_str(args, "act"), "00");
    assert_text(tree_str(args, "to"), "records@pgo.lacunia.example");
    assert_text(tree_str(args, "idem"), "k1");
    assert_text(tree_str(args, "message"), "RnJvbTogdXM=");
    assert_string_equal(m.to, "records@pgo.lacunia.example");
    assert_string_equal(m.pdf, "%PDF-1.7");
    assert_int_equal(m.certificates, 0);
    assert_has(get(d, LETTER "?done=mail").body, "The e-mail is kept here and leaves by itself");
}

static void an_email_is_sealed_to_the_certificates_given(void **state)
{
    struct door *d = *state;
    struct maker m = {0};
    makes(d, &m);
    struct str head = str_printf(d->arena,
                                 "Cookie: __Host-comity-meridia=good\r\n"
                                 "Origin: http://meridia.localhost:%u\r\n"
                                 "Content-Type: multipart/form-data; boundary=b\r\n",
                                 web_port(d->web));
    struct heard h = say(d, "POST", LETTER "/mail/send", str_c(d->arena, head),
                         STR("--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\n"
                             "a@b.example\r\n--b\r\n"
                             "Content-Disposition: form-data; name=\"certificates\"; "
                             "filename=\"a.pem\"\r\n\r\n-----BEGIN\r\n--b--\r\n"));
    assert_int_equal(h.status, 303);
    assert_int_equal(m.certificates, 1);
    assert_string_equal(m.pem, "-----BEGIN");
}

static void what_cannot_be_sent_is_said_and_nothing_is_kept(void **state)
{
    struct door *d = *state;
    struct maker m = {.refuses = true};
    makes(d, &m);
    struct heard h = post(d, LETTER "/mail/send", "idem=k&to=a%40b.example");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "The certificate is not for mail.");
    assert_has(h.body, "name=\"to\" value=\"a@b.example\"");
    d->web->o.press.print = print_not;
    h = post(d, LETTER "/mail/send", "idem=k&to=a%40b.example");
    assert_int_equal(h.status, 503);
    assert_has(h.body, "It takes too long.");
    assert_int_equal(double_count(&d->desk, "mail-out"), 0);
    makes(d, &m);
    m.refuses = false;
    d->desk.refuse = "mail-out";
    d->desk.fault = (struct fault){ERR_REJECTED, "recipient", "", "to", "Say to which mailbox."};
    h = post(d, LETTER "/mail/send", "idem=k&to=a%40b.example");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "Say to which mailbox.");
    h = post(d, LETTER "/mail/send", "idem=k&restore=1&to=a%40b.example");
    assert_int_equal(h.status, 200);
    assert_int_equal(double_count(&d->desk, "mail-out"), 1);
}

static void a_refused_email_that_is_dealt_with_leaves_the_desk(void **state)
{
    struct door *d = *state;
    assert_has(get(d, LETTER).body, "name=\"mail\" value=\"03\"");
    struct heard h = post(d, LETTER "/mail/drop", "idem=k5&mail=03");
    assert_int_equal(h.status, 303);
    const struct tree *args = double_args(&d->desk, "mail-drop");
    assert_text(tree_str(args, "mail"), "03");
    assert_text(tree_str(args, "ref"), "XN-CSB-2026-0147");
    assert_text(tree_str(args, "idem"), "k5");
    d->desk.refuse = "mail-drop";
    d->desk.fault = (struct fault){ERR_CONFLICT, "mail-waiting", "", "mail", "It is on its way."};
    h = post(d, LETTER "/mail/drop", "idem=k6&mail=01");
    assert_int_equal(h.status, 409);
    assert_has(h.body, "It is on its way.");
}

static void the_page_says_what_became_of_each_email(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, LETTER);
    assert_has(h.body, "desk@pgo.lacunia.example</bdi> is kept here and leaves shortly");
    assert_has(h.body, "later@pgo.lacunia.example</bdi> has not left yet");
    assert_has(h.body, "451 4.7.1 Greylisted, come again");
    assert_has(h.body, "refused the e-mail to <bdi>nobody@pgo.lacunia.example</bdi>");
    assert_has(h.body, "550 5.1.1");
    assert_lacks(h.body, "elsewhere@pgo.lacunia.example");
}

static struct heard call(struct door *d, const char *body)
{
    return say(d, "POST", MAILS,
               "Authorization: Bearer good\r\nIdempotency-Key: k\r\n"
               "Content-Type: application/json\r\n",
               str_of(body));
}

static void a_program_sends_an_email_in_one_call(void **state)
{
    struct door *d = *state;
    struct maker m = {0};
    assert_int_equal(call(d, "{}").status, 409);
    makes(d, &m);
    struct heard h = call(d, "{\"act\":\"00\",\"to\":\"a@b.example\","
                             "\"certificates\":[\"-----BEGIN\"]}");
    assert_int_equal(h.status, 202);
    assert_has(h.body, "\"stage\":\"waiting\"");
    assert_string_equal(m.to, "a@b.example");
    assert_string_equal(m.pem, "-----BEGIN");
    assert_text(tree_str(double_args(&d->desk, "mail-out"), "idem"), "k");
    h = call(d, "{}");
    assert_int_equal(h.status, 202);
    assert_string_equal(m.to, "requests@pgo.lacunia.example");
    m.refuses = true;
    h = call(d, "{}");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "The certificate is not for mail.");
    h = call(d, "{\"certificates\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}");
    assert_int_equal(h.status, 413);
}

int mail_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_door(a_node_without_a_mail_server_says_which_setting_is_missing),
        with_door(an_email_is_checked_before_it_is_signed),
        with_door(a_signed_email_is_kept_by_the_desk_under_its_key),
        with_door(an_email_is_sealed_to_the_certificates_given),
        with_door(what_cannot_be_sent_is_said_and_nothing_is_kept),
        with_door(a_refused_email_that_is_dealt_with_leaves_the_desk),
        with_door(the_page_says_what_became_of_each_email),
        with_door(a_program_sends_an_email_in_one_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
