/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/suite.c: suite 1 is whole, and does by its table what it says. */

#include "seal_test.h"

static void suite_1_signs_and_seals_through_its_table(void **state)
{
    struct turn *t = *state;
    const struct suite *s = &suite_1;
    struct holder root = root_of(t, "XN", false), signer = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    struct holder reader = holder_of(t, &root, "XN/csb", SEAL_OPEN);
    struct bytes content = str_bytes(STR("content")), cms, out;
    assert_int_equal(s->number, 1);
    assert_true(s->name[0]);
    assert_ok(t, s->sign(t, signer.key, signer.der, content, false, NOW_MS, &cms));
    assert_ok(t, s->verify(t, signer.der, content, cms));
    assert_ok(t, s->sign(t, signer.key, signer.der, content, true, NOW_MS, &cms));
    assert_ok(t, s->verify_attached(t, signer.der, cms, &out));
    assert_bytes(out, content);
    assert_ok(t, s->seal(t, &reader.der, 1, content, &cms));
    assert_ok(t, s->open(t, reader.key, reader.der, cms, &out));
    assert_bytes(out, content);
}

static void a_signature_travels_without_certificates(void **state)
{
    struct turn *t = *state;
    const struct suite *s = &suite_1;
    struct holder root = root_of(t, "XN", false), signer = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    const struct bytes content = str_bytes(STR("content")), ders[] = {signer.der, root.der};
    struct bytes cms, with, out;
    assert_ok(t, s->sign(t, signer.key, signer.der, content, false, NOW_MS, &cms));
    assert_ok(t, seal_cms_add_certs(t, cms, ders, 2, &with));
    assert_fault(t, s->verify(t, signer.der, content, with), ERR_REJECTED, "certificates",
                 "RFC 5652 5.1");
    assert_ok(t, s->sign(t, signer.key, signer.der, content, true, NOW_MS, &cms));
    assert_ok(t, seal_cms_add_certs(t, cms, ders, 1, &with));
    assert_fault(t, s->verify_attached(t, signer.der, with, &out), ERR_REJECTED, "certificates",
                 "RFC 5652 5.1");
}

int suite_tests(void)
{
    const struct CMUnitTest tests[] = {with_turn(suite_1_signs_and_seals_through_its_table),
                                       with_turn(a_signature_travels_without_certificates)};
    return cmocka_run_group_tests_name("suite", tests, NULL, NULL);
}
