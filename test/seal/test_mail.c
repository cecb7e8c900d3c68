/* SPDX-License-Identifier: Apache-2.0 */
/* S/MIME, opened and verified by the openssl command. The certificates of the receivers are made by
 * it too, for a hundred years, and used in the year 2100. */

#include "seal_test.h"

#include <string.h>

#define IN_2100_MS INT64_C(4102444800000)
#define IN_1971_MS INT64_C(31536000000)
#define IN_2300_MS INT64_C(10413792000000)

static const char entity[] = "Content-Type: text/plain; charset=utf-8\r\n"
                             "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                             "H=C3=B6rm=C9=99tli\r\n";

static struct bytes plain(void) { return str_bytes(str_of(entity)); }

/* A receiver: NAME.key and NAME.pem in the folder; gives the certificate. */
static struct str receiver(struct turn *t, const char *folder, const char *name, const char *key,
                           const char *extensions)
{
    const char *line =
        str_printf(t->arena,
                   "req -x509 -nodes -newkey %s -keyout %s.key -out %s.pem -days 36500 "
                   "-subj /CN=%s %s%c",
                   key, name, name, name, extensions, 0)
            .p;
    assert_true(openssl(t, folder, line));
    return bytes_str(get_file(t, folder, str_printf(t->arena, "%s.pem%c", name, 0).p));
}

#define RSA "rsa:2048"
#define EC "ec -pkeyopt ec_paramgen_curve:P-256"

static void a_mail_is_opened_by_each_receiver_and_nobody_else(void **state)
{
    struct turn *t = *state;
    const char *folder = folder_of(t);
    struct str to[] = {receiver(t, folder, "rsa", RSA, ""), receiver(t, folder, "ec", EC, ""),
                       receiver(t, folder, "p384", "ec -pkeyopt ec_paramgen_curve:P-384", "")};
    receiver(t, folder, "other", EC, "");
    struct bytes out;
    assert_ok(t, seal_mail_close(t, to, 3, plain(), IN_2100_MS, &out));
    put_file(t, folder, "mail", out);
    static const char *const names[] = {"rsa", "ec", "p384"};
    for (size_t i = 0; i < 3; i++) {
        const char *line = str_printf(t->arena,
                                      "cms -decrypt -in mail -recip %s.pem -inkey %s.key "
                                      "-out opened%c",
                                      names[i], names[i], 0)
                               .p;
        assert_true(openssl(t, folder, line));
        assert_bytes(get_file(t, folder, "opened"), plain());
    }
    assert_false(openssl(t, folder, "cms -decrypt -in mail -recip other.pem -inkey other.key"));
    assert_true(openssl(t, folder, "cms -cmsout -print -in mail"));
    assert_true(strstr((const char *)get_file(t, folder, "said").p, "aes-256-cbc") != NULL);
    for (size_t i = 0; i + 8 < out.n; i++) assert_true(memcmp(out.p + i, "=C3=B6rm", 8) != 0);
}

static void a_mail_is_signed_then_sealed(void **state)
{
    struct turn *t = *state;
    const char *folder = folder_of(t);
    struct holder root = root_of(t, "XN", false);
    struct holder by = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    struct bytes cms, out, sealed;
    assert_ok(t, suite_1.sign(t, by.key, by.der, plain(), false, NOW_MS, &cms));
    assert_ok(t, seal_cms_add_certs(t, cms, &by.der, 1, &cms));
    out = seal_mail_signed(t->arena, plain(), cms);
    put_pem(t, folder, "root.pem", root.der);
    put_file(t, folder, "mail", out);
    const char *verify = "cms -verify -in mail -CAfile root.pem -attime 1795500000 "
                         "-purpose any -cades -out content";
    assert_true(openssl(t, folder, verify));
    assert_bytes(get_file(t, folder, "content"), plain());

    struct str to = receiver(t, folder, "rsa", RSA, "");
    assert_ok(t, seal_mail_close(t, &to, 1, out, IN_2100_MS, &sealed));
    put_file(t, folder, "sealed", sealed);
    assert_true(openssl(t, folder,
                        "cms -decrypt -in sealed -recip rsa.pem -inkey rsa.key "
                        "-out mail"));
    assert_bytes(get_file(t, folder, "mail"), out);
    assert_true(openssl(t, folder, verify));

    uint8_t *p = (uint8_t *)(uintptr_t)out.p;
    for (size_t i = 0; i + 4 < out.n; i++)
        if (memcmp(p + i, "=C3=", 4) == 0) p[i + 2] = '4';
    put_file(t, folder, "mail", out);
    assert_false(openssl(t, folder, verify));
}

static void a_certificate_that_is_not_for_it_is_refused(void **state)
{
    struct turn *t = *state;
    const char *folder = folder_of(t);
    struct bytes out = {0};
    struct str good = receiver(t, folder, "good", RSA,
                               "-addext keyUsage=keyEncipherment -addext "
                               "extendedKeyUsage=emailProtection");
    assert_ok(t, seal_mail_close(t, &good, 1, plain(), IN_2100_MS, &out));
    assert_fault(t, seal_mail_close(t, &good, 1, plain(), IN_1971_MS, &out), ERR_REJECTED,
                 "not-yet", "RFC 8550 4");
    assert_fault(t, seal_mail_close(t, &good, 1, plain(), IN_2300_MS, &out), ERR_REJECTED,
                 "expired", "RFC 8550 4");
    static const struct {
        const char *key, *extensions, *code;
    } rows[] = {
        {"rsa:1024", "", "key"},
        {"ed25519", "", "key"},
        {RSA, "-addext keyUsage=digitalSignature", "use"},
        {EC, "-addext keyUsage=keyEncipherment", "use"},
        {RSA, "-addext extendedKeyUsage=serverAuth", "use"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str pem = receiver(t, folder, "bad", rows[i].key, rows[i].extensions);
        struct str both[] = {good, pem};
        assert_fault(t, seal_mail_close(t, both, 2, plain(), IN_2100_MS, &out), ERR_REJECTED,
                     rows[i].code, "RFC 8550 4");
    }
}

static void what_is_no_certificate_is_refused(void **state)
{
    struct turn *t = *state;
    struct bytes out;
    struct str none[] = {STR(""), STR("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"),
                         seal_pem(t->arena, "CERTIFICATE", str_bytes(STR("\x30\x03\x02\x01\x01")))};
    assert_fault(t, seal_mail_close(t, &none[0], 1, plain(), NOW_MS, &out), ERR_REJECTED, "pem",
                 NULL);
    assert_fault(t, seal_mail_close(t, &none[1], 1, plain(), NOW_MS, &out), ERR_REJECTED, "pem",
                 NULL);
    assert_fault(t, seal_mail_close(t, &none[2], 1, plain(), NOW_MS, &out), ERR_REJECTED, "cert",
                 "RFC 8550 4");
    assert_fault(t, seal_mail_close(t, none, 0, plain(), NOW_MS, &out), ERR_TOO_LARGE, "mail-seal",
                 NULL);
    assert_fault(t, seal_mail_close(t, none, SEAL_RECIPIENTS_MAX + 1, plain(), NOW_MS, &out),
                 ERR_TOO_LARGE, "mail-seal", NULL);
    struct bytes huge = {plain().p, (size_t)SEAL_MAIL_MAX + 1};
    assert_fault(t, seal_mail_close(t, none, 1, huge, NOW_MS, &out), ERR_TOO_LARGE, "mail-seal",
                 NULL);
}

int mail_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_mail_is_opened_by_each_receiver_and_nobody_else),
        with_turn(a_mail_is_signed_then_sealed),
        with_turn(a_certificate_that_is_not_for_it_is_refused),
        with_turn(what_is_no_certificate_is_refused),
    };
    return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
