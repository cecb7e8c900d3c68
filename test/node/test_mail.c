/* SPDX-License-Identifier: Apache-2.0 */
/* Mail in the settings, what is read by them, and a message that was read on its way between two
 * processes: src/node/mail.c and src/node/mailing.c. Mail itself is test/journey/mail.py. */

#include "node_test.h"

#include "node/split.h"

#include <string.h>

static err settings(struct place *p, const char *yaml, struct node_mail *out)
{
    struct tree *m;
    turn_forgive(&p->t);
    assert_int_equal(yaml_read(&p->t, "f", str_bytes(str_of(yaml)), &codec_limits, &m), ERR_OK);
    return node_mail_settings(&p->t, "f", tree_get(m, "mail"), out);
}

static void what_is_said_is_taken_and_all_of_it_may_be_left_out(void **state)
{
    (void)state;
    struct place p;
    struct node_mail m;
    place_make(&p);
    assert_ok(&p, settings(&p, "mail: {}", &m));
    assert_true(!m.smtp.n && !m.maildir.n && !m.plain);
    assert_ok(&p, settings(&p,
                           "mail: {from: \"d@n.example\", smtp: \"smtps://mx.example:465\", user: "
                           "\"d\", password_file: \"pw\", ca: \"/ca.pem\", helo: \"n.example\", "
                           "maildir: \"mail\", tls: true}",
                           &m));
    assert_str(m.from, "d@n.example");
    assert_str(m.smtp, "smtps://mx.example:465");
    assert_str(m.password_file, "pw");
    assert_str(m.maildir, "mail");
    assert_ok(
        &p,
        settings(&p, "mail: {from: \"d@n.example\", smtp: \"smtp://[::1]:25\", tls: false}", &m));
    assert_true(m.plain);
    place_end(&p);
}

static void what_does_not_fit_names_its_line_and_key(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *at, *particular;
    } rows[] = {
        {"mail: 1", "f:1:", "it"},
        {"mail:\n  colour: \"red\"", "f:2:", "colour"},
        {"mail:\n  from: \"nobody\"", "f:2:", "from"},
        {"mail:\n  from: \"a b@c.example\"", "f:2:", "from"},
        {"mail:\n  from: 7", "f:2:", "from"},
        {"mail: {smtp: \"smtp://mx.example\"}", "f:1:", "from"},
        {"mail:\n  from: \"a@b.example\"\n  smtp: \"http://mx.example\"", "f:3:", "smtp"},
        {"mail: {from: \"a@b.example\", smtp: \"smtp://\"}", "f:1:", "smtp"},
        {"mail: {from: \"a@b.example\", smtp: \"smtp://u:p@mx.example\"}", "f:1:", "smtp"},
        {"mail: {from: \"a@b.example\", smtp: \"smtp://mx.example/x\"}", "f:1:", "smtp"},
        {"mail: {from: \"a@b.example\", smtp: \"smtp://mx.example\", tls: false}", "f:1:", "tls"},
        {"mail: {from: \"a@b.example\", smtp: \"smtp://127.0.0.1:25\", tls: false, user: \"u\", "
         "password_file: \"p\"}",
         "f:1:", "tls"},
        {"mail:\n  tls: \"yes\"", "f:2:", "tls"},
        {"mail: {user: \"u\"}", "f:1:", "user"},
        {"mail: {password_file: \"p\"}", "f:1:", "user"},
        {"mail: {helo: \"a b\"}", "f:1:", "helo"},
        {"mail: {maildir: \"../mail\"}", "f:1:", "maildir"},
        {"mail: {maildir: \"/var/mail\"}", "f:1:", "maildir"},
        {"mail: {maildir: \"\"}", "f:1:", "maildir"},
        {"mail: {maildir: \"keys\"}", "f:1:", "maildir"},
        {"mail: {maildir: \"vault\"}", "f:1:", "maildir"},
    };
    struct place p;
    place_make(&p);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct node_mail m = {.plain = true};
        assert_err(&p, ERR_REJECTED, "config", settings(&p, rows[k].yaml, &m));
        if (!strstr(p.t.fault.sentence, rows[k].at)) fail_msg("%s", p.t.fault.sentence);
        assert_string_equal(p.t.fault.particular, rows[k].particular);
        assert_true(m.plain); /* untouched */
    }
    place_end(&p);
}

/* ---- the node's own mailbox ------------------------------------------------------------------ */

static err mailbox(struct place *p, const char *yaml, struct node_config *out)
{
    struct tree *m;
    turn_forgive(&p->t);
    *out = (struct node_config){.state = STR("XN"),
                                .mail = {.from = STR("desk@n.example"),
                                         .smtp = STR("smtps://mx.example:465"),
                                         .maildir = STR("mail")}};
    assert_int_equal(yaml_read(&p->t, "f", str_bytes(str_of(yaml)), &codec_limits, &m), ERR_OK);
    return node_mailbox_settings(&p->t, "f", tree_get(m, "mailbox"), out);
}

static void a_mailbox_names_its_folder_and_those_of_peers(void **state)
{
    (void)state;
    struct place p;
    struct node_config c;
    struct post_mailbox m;
    place_make(&p);
    assert_ok(&p, mailbox(&p,
                          "mailbox:\n  maildir: \"parcels\"\n  again: 60\n  from: "
                          "\"node@n.example\"\n  peers:\n    XM/dts: \"node@m.example\"\n",
                          &c));
    node_mailbox_of(p.a, "/n", &c.mailbox, &m);
    assert_str(m.from, "node@n.example");
    assert_string_equal(m.maildir, "/n/parcels");
    assert_true(m.again_ms == 60000 && m.peers_n == 1 && str_is(m.peers[0], "XM/dts") &&
                str_is(m.mailboxes[0], "node@m.example"));
    assert_ok(&p, mailbox(&p, "mailbox: {maildir: \"p\", peers: {XM/dts: \"n@m.example\"}}", &c));
    assert_str(c.mailbox.from, "desk@n.example"); /* the desk's, where none is given */
    place_end(&p);
}

static void a_mailbox_that_cannot_be_names_its_line_and_key(void **state)
{
    (void)state;
#define PEERS "peers: {XM/dts: \"n@m.example\"}"
    static const struct {
        const char *yaml, *particular;
    } rows[] = {
        {"mailbox: 1", "it"},
        {"mailbox: {maildir: \"p\"}", "peers"},
        {"mailbox: {maildir: \"p\", peers: {}}", "peers"},
        {"mailbox: {maildir: \"p\", peers: {XN/csb: \"n@m.example\"}}", "peers"},
        {"mailbox: {maildir: \"p\", peers: {XM: \"n@m.example\"}}", "peers"},
        {"mailbox: {maildir: \"p\", peers: {XM/dts: \"nobody\"}}", "peers"},
        {"mailbox: {" PEERS "}", "maildir"},
        {"mailbox: {maildir: \"mail\", " PEERS "}", "maildir"},
        {"mailbox: {maildir: \"carried\", " PEERS "}", "maildir"},
        {"mailbox: {maildir: \"../p\", " PEERS "}", "maildir"},
        {"mailbox: {maildir: \"p\", again: 0, " PEERS "}", "again"},
        {"mailbox: {maildir: \"p\", colour: \"red\", " PEERS "}", "colour"},
    };
    struct place p;
    struct node_config c;
    place_make(&p);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        assert_err(&p, ERR_REJECTED, "config", mailbox(&p, rows[k].yaml, &c));
        assert_string_equal(p.t.fault.particular, rows[k].particular);
        assert_int_equal(c.mailbox.peers_n, 0); /* untouched */
    }
    place_end(&p);
}

static void the_password_is_the_first_line_of_its_file(void **state)
{
    (void)state;
    struct place p;
    struct node_mail m;
    struct post_smtp s;
    place_make(&p);
    assert_ok(&p, settings(&p,
                           "mail: {from: \"d@n.example\", smtp: \"smtp://mx.example\", user: "
                           "\"d\", password_file: \"pw\", ca: \"ca.pem\"}",
                           &m));
    assert_int_equal(node_mail_smtp(&p.t, p.dir, &m, NULL, &s), ERR_NONE_SUCH);
    assert_ok(&p, file_write(&p.t, node_path(p.a, p.dir, "pw"), str_bytes(STR("secret word\nx\n")),
                             0600));
    assert_ok(&p, file_write(&p.t, node_path(p.a, p.dir, "ca.pem"), str_bytes(STR("PEM")), 0600));
    assert_ok(&p, node_mail_smtp(&p.t, p.dir, &m, NULL, &s));
    assert_string_equal(s.password, "secret word");
    assert_string_equal(s.ca_pem, "PEM");
    assert_true(s.tls);
    place_end(&p);
}

/* ---- a message that was read ----------------------------------------------------------------- */

static void a_message_travels_whole(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct str refs[] = {STR("a@b"), STR("c@d")};
    struct mail_file files[] = {
        {STR("one.pdf"), {0}, STR("application/pdf"), str_bytes(STR("PDF"))},
        {STR("none"), {0}, STR("text/plain"), {0}},
        {STR("two"), {0}, STR("image/png"), str_bytes(STR("PNG!"))}};
    struct mail m = {.message_id = STR("x@y"),
                     .references = refs,
                     .references_n = 2,
                     .from = {STR("Office"), STR("o@l.example")},
                     .date_ms = 77,
                     .subject = STR("s"),
                     .text = STR("t"),
                     .files = files,
                     .files_n = 3,
                     .automatic = true},
                back;
    struct tree *head = tree_map(p.a);
    struct bytes data = node_mail_put(p.a, &m, head);
    assert_true(node_mail_get(p.a, head, data, &back));
    assert_str(back.message_id, "x@y");
    assert_str(back.references[1], "c@d");
    assert_str(back.from.address, "o@l.example");
    assert_true(back.automatic && back.date_ms == 77 && back.files_n == 3);
    assert_true(back.files[1].data.n == 0 && str_is(bytes_str(back.files[2].data), "PNG!"));
    /* What does not add up is no message. */
    back = (struct mail){.date_ms = 5};
    assert_false(node_mail_get(p.a, head, (struct bytes){data.p, data.n - 1}, &back));
    assert_false(node_mail_get(p.a, head, (struct bytes){0}, &back));
    assert_false(node_mail_get(p.a, tree_map(p.a), data, &back));
    assert_int_equal(back.date_ms, 5);
    place_end(&p);
}

int test_mail(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_is_taken_and_all_of_it_may_be_left_out),
        cmocka_unit_test(what_does_not_fit_names_its_line_and_key),
        cmocka_unit_test(a_mailbox_names_its_folder_and_those_of_peers),
        cmocka_unit_test(a_mailbox_that_cannot_be_names_its_line_and_key),
        cmocka_unit_test(the_password_is_the_first_line_of_its_file),
        cmocka_unit_test(a_message_travels_whole),
    };
    return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
