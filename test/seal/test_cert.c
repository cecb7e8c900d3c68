/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/cert.c: what is issued is read, believed under its own root alone, and agrees
 * with what openssl thinks of it. */

#include "seal_test.h"

#include <string.h>

static const enum seal_role leaf_roles[] = {SEAL_SEAL, SEAL_OPEN, SEAL_TLS};

static void a_certificate_says_what_it_was_issued_for(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false);
    struct seal_cert c;
    assert_ok(t, seal_cert_read(t, root.der, &c));
    assert_text(c.state, "XN");
    assert_text(c.address, "");
    assert_int_equal(c.role, SEAL_ROOT);
    assert_int_equal(c.from_ms, FROM_MS);
    assert_int_equal(c.to_ms, TO_MS);
    for (size_t i = 0; i < 3; i++) {
        struct holder h = holder_of(t, &root, "XN/csb-2", leaf_roles[i]);
        struct hash print = seal_sha256_of(h.der);
        assert_ok(t, seal_cert_read(t, h.der, &c));
        assert_text(c.state, "XN");
        assert_text(c.address, "XN/csb-2");
        assert_int_equal(c.role, leaf_roles[i]);
        assert_false(c.training);
        assert_true(hash_eq(&c.print, &print));
        assert_ok(t, seal_cert_check(t, h.der, root.der, leaf_roles[i], NOW_MS));
    }
    assert_ok(t, seal_cert_check(t, root.der, root.der, SEAL_ROOT, NOW_MS));
}

static void the_training_flag_of_a_root_is_read_back(void **state)
{
    struct turn *t = *state;
    struct seal_cert c;
    struct holder real = root_of(t, "XN", false), training = root_of(t, "XN", true);
    assert_ok(t, seal_cert_read(t, real.der, &c));
    assert_false(c.training);
    assert_ok(t, seal_cert_read(t, training.der, &c));
    assert_true(c.training);
    struct holder h = holder_of(t, &training, "XN/csb", SEAL_SEAL);
    assert_ok(t, seal_cert_read(t, h.der, &c));
    assert_false(c.training);
}

static void openssl_accepts_each_of_them_for_its_purpose(void **state)
{
    struct turn *t = *state;
    const char *folder = folder_of(t);
    struct holder root = root_of(t, "XN", true);
    put_pem(t, folder, "root.pem", root.der);
    static const char *const purpose[] = {"smimesign", "any", "sslserver"};
    assert_true(openssl(t, folder,
                        "verify -x509_strict -CAfile root.pem -attime 1795500000 "
                        "root.pem"));
    for (size_t i = 0; i < 3; i++) {
        struct holder h = holder_of(t, &root, "XN/csb", leaf_roles[i]);
        put_pem(t, folder, "leaf.pem", h.der);
        struct str line = str_printf(t->arena,
                                     "verify -x509_strict -CAfile root.pem -attime 1795500000 "
                                     "-purpose %s leaf.pem",
                                     purpose[i]);
        if (!openssl(t, folder, str_c(t->arena, line)))
            fail_msg(STR_FMT, STR_ARG(bytes_str(get_file(t, folder, "said"))));
    }
    assert_true(openssl(t, folder, "x509 -in leaf.pem -noout -subject -ext subjectAltName"));
    struct str said = str_dup(t->arena, bytes_str(get_file(t, folder, "said")));
    assert_non_null(strstr(str_c(t->arena, said), "CN = XN/csb"));
    assert_non_null(strstr(str_c(t->arena, said), "URI:comity:XN/csb/tls"));
}

/* The hash of the key is what curl and openssl call the pin of a server. */
static void the_key_hash_is_that_of_the_public_key_info(void **state)
{
    struct turn *t = *state;
    const char *folder = folder_of(t);
    struct holder root = root_of(t, "XN", false);
    struct seal_cert c;
    put_pem(t, folder, "root.pem", root.der);
    assert_true(openssl(t, folder, "x509 -in root.pem -pubkey -noout -out pub.pem"));
    assert_true(openssl(t, folder, "pkey -pubin -in pub.pem -outform DER -out pub.der"));
    struct hash h = seal_sha256_of(get_file(t, folder, "pub.der"));
    assert_ok(t, seal_cert_read(t, root.der, &c));
    assert_true(hash_eq(&c.key, &h));
}

static void every_bit_that_is_altered_is_refused(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", true), h = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    const struct holder both[] = {root, h};
    for (size_t k = 0; k < 2; k++) {
        struct turn inner = *t;
        uint8_t *p = (uint8_t *)bytes_dup(t->arena, both[k].der).p;
        for (size_t bit = 0; bit < 8 * both[k].der.n; bit++) {
            auto_arena a = arena_new();
            inner.arena = a;
            p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct bytes der = {p, both[k].der.n};
            err e = k ? seal_cert_check(&inner, der, root.der, SEAL_SEAL, NOW_MS)
                      : seal_cert_check(&inner, der, der, SEAL_ROOT, NOW_MS);
            if (e != ERR_REJECTED && e != ERR_INTEGRITY && e != ERR_TOO_LARGE)
                fail_msg("bit %zu of %zu: %s", bit, k, err_word(e));
            turn_forgive(&inner);
            p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
}

static void every_cut_and_every_surplus_is_refused(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false);
    struct seal_cert c;
    for (size_t n = 0; n < root.der.n; n++)
        assert_fault(t, seal_cert_read(t, bytes_dup(t->arena, (struct bytes){root.der.p, n}), &c),
                     ERR_REJECTED, "certificate", "RFC 5280 4.1");
    assert_fault(t, seal_cert_read(t, JOIN(t->arena, root.der, BYTES("\x00")), &c), ERR_REJECTED,
                 "certificate", NULL);
    assert_fault(t, seal_cert_read(t, (struct bytes){arena_take(t->arena, 4097), 4097}, &c),
                 ERR_TOO_LARGE, "certificate", NULL);
}

static void a_certificate_holds_within_its_time_alone(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false), h = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    assert_ok(t, seal_cert_check(t, h.der, root.der, SEAL_SEAL, FROM_MS));
    assert_ok(t, seal_cert_check(t, h.der, root.der, SEAL_SEAL, TO_MS + 999));
    assert_fault(t, seal_cert_check(t, h.der, root.der, SEAL_SEAL, FROM_MS - 1), ERR_INTEGRITY,
                 "not-yet", "RFC 5280 6.1.3");
    assert_fault(t, seal_cert_check(t, h.der, root.der, SEAL_SEAL, TO_MS + 1000), ERR_INTEGRITY,
                 "expired", "RFC 5280 6.1.3");
}

static void a_certificate_does_not_hold_for_another_role(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false);
    for (size_t i = 0; i < 3; i++) {
        struct holder h = holder_of(t, &root, "XN/csb", leaf_roles[i]);
        for (enum seal_role other = SEAL_ROOT; other <= SEAL_TLS; other++)
            if (other != leaf_roles[i])
                assert_fault(t, seal_cert_check(t, h.der, root.der, other, NOW_MS), ERR_INTEGRITY,
                             "role", "RFC 5280 4.2.1.3");
        /* A leaf is not an issuer, not even its own. */
        assert_fault(t, seal_cert_check(t, h.der, h.der, leaf_roles[i], NOW_MS), ERR_INTEGRITY,
                     "role", NULL);
    }
}

static void a_certificate_does_not_hold_under_another_root(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false), same_name = root_of(t, "XN", false);
    struct holder other = root_of(t, "XM", false), h = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    assert_fault(t, seal_cert_check(t, h.der, same_name.der, SEAL_SEAL, NOW_MS), ERR_INTEGRITY,
                 "issuer", "RFC 5280 6.1.3");
    assert_fault(t, seal_cert_check(t, h.der, other.der, SEAL_SEAL, NOW_MS), ERR_INTEGRITY,
                 "issuer", NULL);
    assert_fault(t, seal_cert_check(t, same_name.der, root.der, SEAL_ROOT, NOW_MS), ERR_INTEGRITY,
                 "issuer", NULL);
}

static void a_root_speaks_for_its_own_state_alone(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false), h = holder_of(t, &root, "XM/dag", SEAL_SEAL);
    assert_fault(t, seal_cert_check(t, h.der, root.der, SEAL_SEAL, NOW_MS), ERR_INTEGRITY, "issuer",
                 NULL);
}

/* The names and identifiers are right, and only the signature is another's. */
static void a_forged_signature_is_refused(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false), h = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    struct cert_parts c;
    struct bytes signature;
    assert_ok(t, seal_cert_parts(t, h.der, &c));
    struct hash digest = seal_sha256_of(c.tbs);
    assert_ok(t, seal_key_sign(t, h.key, &digest, &signature));
    struct bytes algorithm = BYTES("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02");
    struct bytes forged =
        DER(t->arena, DER_SEQ, c.tbs, algorithm, DER(t->arena, DER_BITS, BYTES("\x00"), signature));
    assert_fault(t, seal_cert_check(t, forged, root.der, SEAL_SEAL, NOW_MS), ERR_INTEGRITY,
                 "signature", "RFC 5280 6.1.3");
}

static void certificates_of_other_programs_are_refused(void **state)
{
    struct turn *t = *state;
    const char *folder = folder_of(t);
    struct seal_cert c;
    static const char *const makes[] = {
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -subj "
        "/C=XN/O=Ministry/CN=XN -outform DER -out c.der",
        "req -x509 -newkey rsa:2048 -nodes -keyout k -subj /CN=XN -outform DER -out c.der",
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout k -subj /CN=XN "
        "-addext subjectAltName=URI:comity:XN/root -outform DER -out c.der",
    };
    for (size_t i = 0; i < sizeof makes / sizeof *makes; i++) {
        assert_true(openssl(t, folder, makes[i]));
        assert_fault(t, seal_cert_read(t, get_file(t, folder, "c.der"), &c), ERR_REJECTED,
                     "certificate", "RFC 5280 4.1");
    }
}

static err issue(struct turn *t, const struct holder *root, const char *address, const char *name,
                 int64_t from_ms, int64_t to_ms)
{
    struct seal_cert says = {
        .address = str_of(address), .role = SEAL_SEAL, .from_ms = from_ms, .to_ms = to_ms};
    struct bytes der;
    try(seal_cert_issue(t, &says, str_of(name), root->key, root->key, root->der, &der));
    return seal_cert_check(t, der, root->der, SEAL_SEAL, from_ms < FROM_MS ? FROM_MS : from_ms);
}

static void addresses_that_are_none_are_not_issued(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false);
    static const char *const bad[] = {"",
                                      "XN",
                                      "XN/",
                                      "/csb",
                                      "xn/csb",
                                      "XN/CSB",
                                      "XN/c b",
                                      "XN/a/b",
                                      "XN/seal/",
                                      "XN/\xc3\xa9",
                                      "XNXNXNXNX/csb",
                                      "XN/a\"b",
                                      "XN/a\nb",
                                      "XN/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fault(t, issue(t, &root, bad[i], "Bureau", FROM_MS, TO_MS), ERR_REJECTED, "address",
                     NULL);
    assert_ok(t, issue(t, &root, "XN/seal", "Bureau", FROM_MS, TO_MS));
    assert_ok(t, issue(t, &root, "XN/root", "Bureau", FROM_MS, TO_MS));
}

static void names_and_times_that_cannot_be_written_are_not_issued(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false);
    static const char long_name[] =
        "a name of sixty-five bytes is too long for X.520, and this is one";
    assert_int_equal(strlen(long_name), 65);
    assert_fault(t, issue(t, &root, "XN/csb", long_name, FROM_MS, TO_MS), ERR_REJECTED,
                 "organisation", NULL);
    assert_ok(t, issue(t, &root, "XN/csb", long_name + 1, FROM_MS, TO_MS));
    assert_fault(t, issue(t, &root, "XN/csb", "", FROM_MS, TO_MS), ERR_REJECTED, "organisation",
                 NULL);
    assert_fault(t, issue(t, &root, "XN/csb", "\xff", FROM_MS, TO_MS), ERR_REJECTED, "organisation",
                 NULL);
    assert_fault(t, issue(t, &root, "XN/csb", "Bureau", TO_MS, TO_MS), ERR_REJECTED, "validity",
                 NULL);
    assert_fault(t, issue(t, &root, "XN/csb", "Bureau", -1, TO_MS), ERR_REJECTED, "validity", NULL);
    assert_fault(t, issue(t, &root, "XN/csb", "Bureau", FROM_MS, INT64_MAX), ERR_REJECTED,
                 "validity", NULL);
    assert_ok(t, issue(t, &root, "XN/csb", "Bureau", 0, INT64_C(253402300799000)));
}

static void only_a_root_issues_and_only_with_its_own_key(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false), h = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    struct seal_cert says = {
        .address = STR("XN/csb"), .role = SEAL_TLS, .from_ms = FROM_MS, .to_ms = TO_MS};
    struct bytes der;
    assert_fault(t, seal_cert_issue(t, &says, STR("B"), h.key, h.key, h.der, &der), ERR_REJECTED,
                 "issuer", NULL);
    assert_fault(t, seal_cert_issue(t, &says, STR("B"), h.key, h.key, root.der, &der), ERR_REJECTED,
                 "issuer", NULL);
}

static void a_state_that_is_no_country_goes_without_the_country(void **state)
{
    struct turn *t = *state;
    const char *folder = folder_of(t);
    struct holder root = root_of(t, "XORG9", false), h = holder_of(t, &root, "XORG9/a", SEAL_OPEN);
    assert_ok(t, seal_cert_check(t, h.der, root.der, SEAL_OPEN, NOW_MS));
    put_pem(t, folder, "root.pem", root.der);
    assert_true(openssl(t, folder, "x509 -in root.pem -noout -subject"));
    assert_text(str_trim(bytes_str(get_file(t, folder, "said"))),
                "subject=O = Ministry, CN = XORG9");
}

/* An envelope also names others it is for: what stands there must be a name that we could write. */
static void only_names_of_roots_are_issuers(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false), seal = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    struct cert_parts of_root, of_seal;
    assert_ok(t, seal_cert_parts(t, root.der, &of_root));
    assert_ok(t, seal_cert_parts(t, seal.der, &of_seal));
    assert_true(seal_cert_names_root(t->arena, of_seal.issuer));
    assert_true(seal_cert_names_root(t->arena, of_root.subject));
    assert_false(seal_cert_names_root(t->arena, of_seal.subject));
    assert_false(seal_cert_names_root(t->arena, (struct bytes){0}));
    assert_false(seal_cert_names_root(t->arena, BYTES("\x30\x00")));
    uint8_t *p = (uint8_t *)bytes_dup(t->arena, of_seal.issuer).p;
    int taken = 0;
    for (size_t bit = 0; bit < 8 * of_seal.issuer.n; bit++) {
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        taken += seal_cert_names_root(t->arena, (struct bytes){p, of_seal.issuer.n});
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    /* Another letter of the organisation is another name; nothing else may be. */
    assert_in_range(taken, 1, 8 * (sizeof "Ministry" - 1));
    assert_ok(t, seal_cert_check(t, seal.der, root.der, SEAL_SEAL, NOW_MS));
}

int cert_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_certificate_says_what_it_was_issued_for),
        with_turn(the_training_flag_of_a_root_is_read_back),
        with_turn(openssl_accepts_each_of_them_for_its_purpose),
        with_turn(the_key_hash_is_that_of_the_public_key_info),
        with_turn(every_bit_that_is_altered_is_refused),
        with_turn(every_cut_and_every_surplus_is_refused),
        with_turn(a_certificate_holds_within_its_time_alone),
        with_turn(a_certificate_does_not_hold_for_another_role),
        with_turn(a_certificate_does_not_hold_under_another_root),
        with_turn(a_root_speaks_for_its_own_state_alone),
        with_turn(a_forged_signature_is_refused),
        with_turn(certificates_of_other_programs_are_refused),
        with_turn(addresses_that_are_none_are_not_issued),
        with_turn(names_and_times_that_cannot_be_written_are_not_issued),
        with_turn(only_a_root_issues_and_only_with_its_own_key),
        with_turn(a_state_that_is_no_country_goes_without_the_country),
        with_turn(only_names_of_roots_are_issuers),
    };
    return cmocka_run_group_tests_name("cert", tests, NULL, NULL);
}
