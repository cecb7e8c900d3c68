/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/cms.c: what holds, what does not, and that openssl and we write the same. */

#include "seal_test.h"
#include "kit/fixed_keys.h"

#include <string.h>

/* A State, a signer of it, a content and the detached signature over it. */
struct scene {
    struct holder root, signer;
    struct bytes content, cms;
};

static struct scene scene_of(struct turn *t)
{
    struct scene s = {.root = root_of(t, "XN", false), .content = str_bytes(STR("the content"))};
    s.signer = holder_of(t, &s.root, "XN/csb", SEAL_SEAL);
    assert_ok(t, seal_cms_sign(t, s.signer.key, s.signer.der, s.content, false, NOW_MS, &s.cms));
    return s;
}

static void a_signature_holds_for_its_content(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes empty = {NULL, 0}, cms;
    assert_ok(t, seal_cms_verify(t, s.signer.der, s.content, s.cms));
    assert_ok(t, seal_cms_is_canonical(t, s.cms));
    assert_fault(t, seal_cms_verify(t, s.signer.der, str_bytes(STR("the Content")), s.cms),
                 ERR_INTEGRITY, "digest", "RFC 5652 5.6");
    assert_fault(t, seal_cms_verify(t, s.signer.der, empty, s.cms), ERR_INTEGRITY, "digest", NULL);
    assert_ok(t, seal_cms_sign(t, s.signer.key, s.signer.der, empty, false, NOW_MS, &cms));
    assert_ok(t, seal_cms_verify(t, s.signer.der, empty, cms));
}

static void an_attached_signature_gives_its_content(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes cms, out = {NULL, 7};
    assert_ok(t, seal_cms_sign(t, s.signer.key, s.signer.der, s.content, true, NOW_MS, &cms));
    assert_ok(t, seal_cms_verify_attached(t, s.signer.der, cms, &out));
    assert_bytes(out, s.content);
    /* Neither kind passes for the other. */
    assert_fault(t, seal_cms_verify(t, s.signer.der, s.content, cms), ERR_INTEGRITY, "cms",
                 "RFC 5652 5.2");
    assert_fault(t, seal_cms_verify_attached(t, s.signer.der, s.cms, &out), ERR_INTEGRITY, "cms",
                 "RFC 5652 5.2");
    assert_ok(t, seal_cms_sign(t, s.signer.key, s.signer.der, (struct bytes){NULL, 0}, true, NOW_MS,
                               &cms));
    assert_ok(t, seal_cms_verify_attached(t, s.signer.der, cms, &out));
    assert_int_equal(out.n, 0);
}

static void a_signature_by_somebody_else_does_not_hold(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct holder other = holder_of(t, &s.root, "XN/csb", SEAL_SEAL),
                  opener = holder_of(t, &s.root, "XN/csb", SEAL_OPEN);
    assert_fault(t, seal_cms_verify(t, other.der, s.content, s.cms), ERR_INTEGRITY, "signer",
                 "RFC 5652 5.3");
    assert_fault(t, seal_cms_verify(t, opener.der, s.content, s.cms), ERR_REJECTED, "role",
                 "RFC 5280 4.2.1.3");
    assert_fault(t, seal_cms_verify(t, str_bytes(STR("none")), s.content, s.cms), ERR_REJECTED,
                 "certificate", NULL);
}

/* Two certificates of one issuer and number: chance is made to repeat itself. */
static void a_signature_is_bound_to_one_certificate(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false);
    reseed(t, 99);
    struct holder a = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    reseed(t, 99);
    struct holder b = holder_of(t, &root, "XN/dag", SEAL_SEAL);
    struct bytes cms, content = str_bytes(STR("x"));
    assert_bytes((struct bytes){a.key->point, P256_POINT},
                 (struct bytes){b.key->point, P256_POINT});
    assert_ok(t, seal_cms_sign(t, a.key, a.der, content, false, NOW_MS, &cms));
    assert_ok(t, seal_cms_verify(t, a.der, content, cms));
    assert_fault(t, seal_cms_verify(t, b.der, content, cms), ERR_INTEGRITY, "signer",
                 "EN 319 122-1 5.2.2");
}

static void a_wrong_key_does_not_sign(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct holder opener = holder_of(t, &s.root, "XN/csb", SEAL_OPEN);
    struct bytes cms;
    assert_fault(t, seal_cms_sign(t, s.root.key, s.signer.der, s.content, false, NOW_MS, &cms),
                 ERR_REJECTED, "key", NULL);
    assert_fault(t, seal_cms_sign(t, opener.key, opener.der, s.content, false, NOW_MS, &cms),
                 ERR_REJECTED, "role", NULL);
    assert_fault(t, seal_cms_sign(t, s.signer.key, s.signer.der, s.content, false, -1, &cms),
                 ERR_REJECTED, "signing-time", NULL);
}

/* The attributes are right, and only the last step was done with another key. */
static void a_forged_signature_does_not_hold(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false);
    struct bytes cms, content = str_bytes(STR("x"));
    reseed(t, 5);
    struct holder a = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    struct seal_key impostor = {.home = NULL, .pkey = root.key->pkey};
    memcpy(impostor.point, a.key->point, P256_POINT);
    assert_ok(t, seal_cms_sign(t, &impostor, a.der, content, false, NOW_MS, &cms));
    assert_fault(t, seal_cms_verify(t, a.der, content, cms), ERR_INTEGRITY, "signature",
                 "RFC 5652 5.6");
}

static void roots_sign_too(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes cms, out;
    assert_ok(t, seal_cms_sign(t, s.root.key, s.root.der, s.content, true, NOW_MS, &cms));
    assert_ok(t, seal_cms_verify_attached(t, s.root.der, cms, &out));
    assert_fault(t, seal_cms_verify_attached(t, s.signer.der, cms, &out), ERR_INTEGRITY, "signer",
                 NULL);
}

static void refuse_all_flips(struct turn *t, const struct scene *s, struct bytes cms, bool attached)
{
    struct turn inner = *t;
    uint8_t *p = (uint8_t *)bytes_dup(t->arena, cms).p;
    for (size_t bit = 0; bit < 8 * cms.n; bit++) {
        auto_arena a = arena_new();
        struct bytes out;
        inner.arena = a;
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct bytes bad = {p, cms.n};
        err e = attached ? seal_cms_verify_attached(&inner, s->signer.der, bad, &out)
                         : seal_cms_verify(&inner, s->signer.der, s->content, bad);
        if (e == ERR_OK) e = seal_cms_is_canonical(&inner, bad);
        /* A root carried along must still hold by itself, and the signer's is bound by its hash. */
        if (e != ERR_REJECTED && e != ERR_INTEGRITY && e != ERR_TOO_LARGE)
            fail_msg("bit %zu of %zu: %s", bit, 8 * cms.n, err_word(e));
        turn_forgive(&inner);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void every_bit_that_is_altered_is_refused(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes cms;
    refuse_all_flips(t, &s, s.cms, false);
    assert_ok(t, seal_cms_sign(t, s.signer.key, s.signer.der, s.content, true, NOW_MS, &cms));
    refuse_all_flips(t, &s, cms, true);
    assert_ok(t, seal_cms_add_certs(t, s.cms, (struct bytes[]){s.signer.der, s.root.der}, 2, &cms));
    refuse_all_flips(t, &s, cms, false);
}

static void every_cut_and_every_surplus_is_refused(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    for (size_t n = 0; n < s.cms.n; n++)
        assert_fault(t,
                     seal_cms_verify(t, s.signer.der, s.content,
                                     bytes_dup(t->arena, (struct bytes){s.cms.p, n})),
                     ERR_REJECTED, "cms", "RFC 5652 5.1");
    assert_fault(t, seal_cms_verify(t, s.signer.der, s.content, JOIN(t->arena, s.cms, BYTES("\0"))),
                 ERR_REJECTED, "cms", NULL);
}

static void what_is_too_large_is_refused_before_it_is_read(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes large = {arena_take(t->arena, SEAL_CMS_MAX + 1), SEAL_CMS_MAX + 1}, cms, out;
    assert_fault(t, seal_cms_verify(t, s.signer.der, s.content, large), ERR_TOO_LARGE, "cms", NULL);
    large.n = SEAL_ATTACHED_MAX + 1;
    assert_fault(t, seal_cms_sign(t, s.signer.key, s.signer.der, large, true, NOW_MS, &cms),
                 ERR_TOO_LARGE, "size", NULL);
    assert_ok(t, seal_cms_sign(t, s.signer.key, s.signer.der, large, false, NOW_MS, &cms));
    large.n = SEAL_ATTACHED_MAX;
    assert_ok(t, seal_cms_sign(t, s.signer.key, s.signer.der, large, true, NOW_MS, &cms));
    assert_ok(t, seal_cms_verify_attached(t, s.signer.der, cms, &out));
    assert_int_equal(out.n, SEAL_ATTACHED_MAX);
}

static void a_signature_says_when_and_how_it_was_made(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct seal_cms_facts f;
    assert_ok(t, seal_cms_look(t, s.cms, &f));
    assert_text(f.digest, "SHA-256");
    assert_text(f.curve, "P-256");
    assert_int_equal(f.signed_ms, NOW_MS);
    assert_ok(t, seal_cms_sign(t, s.signer.key, s.signer.der, s.content, false,
                               INT64_C(2600000000999), &s.cms));
    assert_ok(t, seal_cms_look(t, s.cms, &f));
    assert_int_equal(f.signed_ms, INT64_C(2600000000000)); /* 2052, in whole seconds */
    assert_ok(t, seal_cms_verify(t, s.signer.der, s.content, s.cms));
}

/* ---- certificates added for a court ---------------------------------------------------------- */

static void certificates_are_added_without_touching_the_signature(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes with, back, one, two;
    assert_fault(t, seal_cms_signer(t, s.cms, &back), ERR_NONE_SUCH, "signer", NULL);
    assert_ok(t, seal_cms_add_certs(t, s.cms, NULL, 0, &with));
    assert_bytes(with, s.cms);
    assert_ok(t,
              seal_cms_add_certs(t, s.cms, (struct bytes[]){s.signer.der, s.root.der}, 2, &with));
    assert_ok(t, seal_cms_verify(t, s.signer.der, s.content, with));
    assert_ok(t, seal_cms_is_canonical(t, with));
    assert_ok(t, seal_cms_signer(t, with, &back));
    assert_bytes(back, s.signer.der);
    /* In any order, one by one or again: the same bytes. */
    assert_ok(t, seal_cms_add_certs(t, s.cms, &s.root.der, 1, &one));
    assert_fault(t, seal_cms_is_canonical(t, one), ERR_INTEGRITY, "cms-certificate", NULL);
    assert_ok(t, seal_cms_add_certs(t, one, (struct bytes[]){s.signer.der, s.root.der}, 2, &two));
    assert_bytes(two, with);
}

static void certificates_of_strangers_are_noticed(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct holder other = holder_of(t, &s.root, "XN/dag", SEAL_SEAL);
    struct bytes with;
    assert_ok(t, seal_cms_add_certs(t, s.cms, (struct bytes[]){s.signer.der, other.der}, 2, &with));
    assert_fault(t, seal_cms_is_canonical(t, with), ERR_INTEGRITY, "cms-certificate",
                 "RFC 5652 10.2.3");
    assert_fault(t, seal_cms_add_certs(t, s.cms, &s.content, 1, &with), ERR_REJECTED, "certificate",
                 NULL);
}

static void a_signature_carries_eight_certificates_at_most(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes ders[SEAL_CERTS_MAX + 1], with;
    for (size_t i = 0; i <= SEAL_CERTS_MAX; i++) ders[i] = root_of(t, "XN", false).der;
    assert_ok(t, seal_cms_add_certs(t, s.cms, ders, SEAL_CERTS_MAX, &with));
    assert_fault(t, seal_cms_add_certs(t, with, ders + SEAL_CERTS_MAX, 1, &with), ERR_TOO_LARGE,
                 "count", NULL);
}

/* ---- the second opinion ---------------------------------------------------------------------- */

static bool openssl_accepts(struct turn *t, const struct scene *s, struct bytes content,
                            const char *more)
{
    const char *folder = folder_of(t);
    struct bytes with;
    assert_ok(
        t, seal_cms_add_certs(t, s->cms, (struct bytes[]){s->signer.der, s->root.der}, 2, &with));
    put_file(t, folder, "sig", with);
    put_file(t, folder, "content", content);
    put_pem(t, folder, "root.pem", s->root.der);
    struct str line = str_printf(t->arena,
                                 "cms -verify -cades -binary -inform DER -in sig -content content "
                                 "-CAfile root.pem -attime 1795500000 -out out %s",
                                 more);
    return openssl(t, folder, str_c(t->arena, line)) &&
           bytes_eq(get_file(t, folder, "out"), content);
}

static void openssl_accepts_an_exported_signature(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t), forger = scene_of(t);
    assert_true(openssl_accepts(t, &s, s.content, ""));
    assert_true(openssl_accepts(t, &s, s.content, "-purpose smimesign -x509_strict"));
    assert_false(openssl_accepts(t, &s, str_bytes(STR("another")), ""));
    forger.root = root_of(t, "XN", false);
    assert_false(openssl_accepts(t, &forger, s.content, ""));
}

/* Another program signs high or low as it falls: it is asked until it signs low. */
static struct bytes signed_low(struct turn *t, const char *folder, const char *how,
                               struct bytes cert, struct bytes content)
{
    enum { TRIES_MAX = 64 };
    struct str line = str_printf(t->arena,
                                 "cms -sign -cades -binary -outform DER %s -nosmimecap -md sha256 "
                                 "-signer cert.pem -inkey key.pem -in content -out sig",
                                 how);
    bool attached = strstr(how, "-nodetach");
    for (int k = 0; k < TRIES_MAX; k++) {
        struct bytes out;
        assert_true(openssl(t, folder, str_c(t->arena, line)));
        struct bytes cms = get_file(t, folder, "sig");
        err e = attached ? seal_cms_verify_attached(t, cert, cms, &out)
                         : seal_cms_verify(t, cert, content, cms);
        if (e == ERR_OK) return cms;
        assert_int_equal(e, ERR_INTEGRITY);
        turn_forgive(t);
    }
    fail_msg("%d signatures by openssl were refused", TRIES_MAX);
    return (struct bytes){0};
}

static void a_signature_by_openssl_is_spelled_like_ours(void **state)
{
    struct turn *t = *state;
    const char *folder = folder_of(t);
    struct bytes cert, root, content = str_bytes(STR("by another program")), cms, with, out;
    assert_ok(t, seal_pem_read(t, str_of(fixed_seal_pem), "CERTIFICATE", &cert));
    assert_ok(t, seal_pem_read(t, str_of(fixed_root_pem), "CERTIFICATE", &root));
    put_file(t, folder, "cert.pem", str_bytes(str_of(fixed_seal_pem)));
    put_file(t, folder, "key.pem", str_bytes(str_of(fixed_seal_key)));
    put_file(t, folder, "content", content);
    cms = signed_low(t, folder, "-nocerts", cert, content);
    assert_ok(t, seal_cms_verify(t, cert, content, cms));
    assert_ok(t, seal_cms_is_canonical(t, cms));
    assert_ok(t, seal_cms_add_certs(t, cms, NULL, 0, &with));
    assert_bytes(with, cms);
    cms = signed_low(t, folder, "-nodetach", cert, content);
    assert_ok(t, seal_cms_verify_attached(t, cert, cms, &out));
    assert_bytes(out, content);
    assert_ok(t, seal_cms_is_canonical(t, cms));
    assert_ok(t, seal_cms_signer(t, cms, &out));
    assert_bytes(out, cert);
}

static void other_algorithms_and_attributes_are_refused(void **state)
{
    struct turn *t = *state;
    const char *folder = folder_of(t);
    struct bytes cert, content = str_bytes(STR("x"));
    assert_ok(t, seal_pem_read(t, str_of(fixed_seal_pem), "CERTIFICATE", &cert));
    put_file(t, folder, "cert.pem", str_bytes(str_of(fixed_seal_pem)));
    put_file(t, folder, "key.pem", str_bytes(str_of(fixed_seal_key)));
    put_file(t, folder, "content", content);
    static const char *const how[] = {
        "-cades -md sha1 -nosmimecap", "-cades -md sha512 -nosmimecap",
        "-md sha256 -nosmimecap",      "-cades -md sha256",
        "-noattr -md sha256",          "-cades -keyid -nosmimecap"};
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        struct str line = str_printf(t->arena,
                                     "cms -sign %s -binary -outform DER -nocerts -signer cert.pem "
                                     "-inkey key.pem -in content -out sig",
                                     how[i]);
        assert_true(openssl(t, folder, str_c(t->arena, line)));
        assert_fault(t, seal_cms_verify(t, cert, content, get_file(t, folder, "sig")), ERR_REJECTED,
                     "cms", "RFC 5652 5.1");
    }
}

int cms_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_signature_holds_for_its_content),
        with_turn(an_attached_signature_gives_its_content),
        with_turn(a_signature_by_somebody_else_does_not_hold),
        with_turn(a_signature_is_bound_to_one_certificate),
        with_turn(a_wrong_key_does_not_sign),
        with_turn(a_forged_signature_does_not_hold),
        with_turn(roots_sign_too),
        with_turn(every_bit_that_is_altered_is_refused),
        with_turn(every_cut_and_every_surplus_is_refused),
        with_turn(what_is_too_large_is_refused_before_it_is_read),
        with_turn(a_signature_says_when_and_how_it_was_made),
        with_turn(certificates_are_added_without_touching_the_signature),
        with_turn(certificates_of_strangers_are_noticed),
        with_turn(a_signature_carries_eight_certificates_at_most),
        with_turn(openssl_accepts_an_exported_signature),
        with_turn(a_signature_by_openssl_is_spelled_like_ours),
        with_turn(other_algorithms_and_attributes_are_refused),
    };
    return cmocka_run_group_tests_name("cms", tests, NULL, NULL);
}
