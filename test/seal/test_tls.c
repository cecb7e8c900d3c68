/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that are elsewhere: everything is made through the hook, and nothing without it. Tests of
 * src/seal/tls.c. */

#include "seal_test.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>

struct elsewhere {
    const struct seal_key *key; /* NULL: nobody answers */
    unsigned asked;
};

static err on_sign(void *ctx, struct turn *t, const struct hash *digest, struct bytes *out)
{
    struct elsewhere *e = ctx;
    e->asked++;
    if (e->key) return seal_key_sign(t, e->key, digest, out);
    return turn_fail(t, ERR_BUSY, "keeper-gone", NULL, "Nobody answers.");
}

static err on_agree(void *ctx, struct turn *t, struct bytes point, uint8_t out[SEAL_SHARED_SIZE])
{
    struct elsewhere *e = ctx;
    e->asked++;
    return seal_key_agree(t, e->key, point, out);
}

static void messages_are_made_and_opened_by_a_key_elsewhere(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false), signer = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    struct holder reader = holder_of(t, &root, "XN/csb", SEAL_OPEN);
    struct elsewhere s = {signer.key, 0}, o = {reader.key, 0};
    struct seal_elsewhere sign = {on_sign, NULL, &s}, agree = {NULL, on_agree, &o};
    struct seal_key *signs, *opens;
    struct bytes content = str_bytes(STR("content")), cms, out;
    assert_ok(t, seal_key_elsewhere(t, signer.der, &sign, &signs));
    assert_ok(t, seal_key_elsewhere(t, reader.der, &agree, &opens));
    assert_ok(t, suite_1.sign(t, signs, signer.der, content, false, NOW_MS, &cms));
    assert_ok(t, suite_1.verify(t, signer.der, content, cms));
    assert_ok(t, suite_1.seal(t, &reader.der, 1, content, &cms));
    assert_ok(t, suite_1.open(t, opens, reader.der, cms, &out));
    assert_bytes(out, content);
    assert_int_equal(s.asked, 1);
    assert_int_equal(o.asked, 1);
    s.key = NULL;
    assert_fault(t, suite_1.sign(t, signs, signer.der, content, false, NOW_MS, &cms), ERR_BUSY,
                 "keeper-gone", NULL);
    seal_key_free(signs);
    seal_key_free(opens);
}

/* What a handshake does with the key of a context. */
static bool context_signs(SSL_CTX *c, const struct holder *by)
{
    uint8_t signature[80];
    size_t n = sizeof signature;
    EVP_MD_CTX *m = EVP_MD_CTX_new(), *v = EVP_MD_CTX_new();
    bool made = EVP_DigestSignInit(m, NULL, EVP_sha256(), NULL, SSL_CTX_get0_privatekey(c)) == 1 &&
                EVP_DigestSign(m, signature, &n, (const uint8_t *)"abc", 3) == 1;
    EVP_PKEY *public = X509_get0_pubkey(SSL_CTX_get0_certificate(c));
    bool holds = made && by && EVP_DigestVerifyInit(v, NULL, EVP_sha256(), NULL, public) == 1 &&
                 EVP_DigestVerify(v, signature, n, (const uint8_t *)"abc", 3) == 1;
    EVP_MD_CTX_free(m);
    EVP_MD_CTX_free(v);
    return holds;
}

static void a_tls_library_signs_by_a_key_elsewhere(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false), tls = holder_of(t, &root, "XN/csb", SEAL_TLS);
    struct elsewhere e = {tls.key, 0};
    struct seal_elsewhere hooks = {on_sign, NULL, &e};
    struct seal_key *key;
    assert_ok(t, seal_key_elsewhere(t, tls.der, &hooks, &key));
    SSL_CTX *c = SSL_CTX_new(TLS_method()), *own = SSL_CTX_new(TLS_method());
    assert_true(seal_tls_use(c, tls.der, key));
    assert_true(seal_tls_use(own, tls.der, tls.key));
    assert_true(context_signs(c, &tls) && e.asked == 1);
    assert_true(context_signs(own, &tls) && e.asked == 1);
    e.key = NULL;
    assert_false(context_signs(c, &tls));
    assert_int_equal(e.asked, 2);
    assert_false(seal_tls_use(own, root.der, tls.key)); /* not the certificate's key */
    SSL_CTX_free(c);
    SSL_CTX_free(own);
    seal_key_free(key);
}

int tls_tests(void)
{
    const struct CMUnitTest tests[] = {with_turn(messages_are_made_and_opened_by_a_key_elsewhere),
                                       with_turn(a_tls_library_signs_by_a_key_elsewhere)};
    return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
