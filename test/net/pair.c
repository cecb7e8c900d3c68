/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates for the tests, made in memory once a run. */

#include "net_test.h"

#include <string.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

struct made {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
    struct pair pair;
};
static struct made made[PAIRS];

static void ok(int e)
{
    if (e < 0) fail_msg("gnutls: %s", gnutls_strerror(e));
}

static void make(enum pair_name name, enum pair_name issuer, const char *common_name)
{
    static const time_t end = 4070908800; /* 2099 */
    struct made *m = &made[name];
    bool is_root = name == ROOT || name == OTHER_ROOT;
    uint8_t serial = (uint8_t)(name + 1), der[1024];
    ok(gnutls_x509_privkey_init(&m->key));
    ok(gnutls_x509_privkey_generate(m->key, GNUTLS_PK_ECDSA,
                                    GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    ok(gnutls_x509_crt_init(&m->cert));
    ok(gnutls_x509_crt_set_version(m->cert, 3));
    ok(gnutls_x509_crt_set_dn_by_oid(m->cert, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                     (unsigned)strlen(common_name)));
    ok(gnutls_x509_crt_set_serial(m->cert, &serial, 1));
    ok(gnutls_x509_crt_set_activation_time(m->cert, 0));
    ok(gnutls_x509_crt_set_expiration_time(m->cert, end));
    ok(gnutls_x509_crt_set_key(m->cert, m->key));
    ok(gnutls_x509_crt_set_basic_constraints(m->cert, is_root, -1));
    ok(gnutls_x509_crt_set_key_usage(m->cert, is_root ? GNUTLS_KEY_KEY_CERT_SIGN
                                                      : GNUTLS_KEY_DIGITAL_SIGNATURE));
    ok(gnutls_x509_crt_sign2(m->cert, made[issuer].cert, made[issuer].key, GNUTLS_DIG_SHA256, 0));

    size_t n = sizeof m->pair.key_pem;
    ok(gnutls_x509_privkey_export(m->key, GNUTLS_X509_FMT_PEM, m->pair.key_pem, &n));
    n = sizeof m->pair.cert_pem;
    ok(gnutls_x509_crt_export(m->cert, GNUTLS_X509_FMT_PEM, m->pair.cert_pem, &n));
    n = sizeof der;
    ok(gnutls_x509_crt_export(m->cert, GNUTLS_X509_FMT_DER, der, &n));
    ok(gnutls_hash_fast(GNUTLS_DIG_SHA256, der, n, m->pair.cert.b));
    n = sizeof m->pair.spki.b;
    ok(gnutls_x509_crt_get_key_id(m->cert, GNUTLS_KEYID_USE_SHA256, m->pair.spki.b, &n));
}

const struct pair *pair_of(enum pair_name name)
{
    if (!made[0].key) {
        make(ROOT, ROOT, "Norland root");
        make(OTHER_ROOT, OTHER_ROOT, "Meridia root");
        make(SERVER, ROOT, "node");
        make(CLIENT, CLIENT, "peer");
        make(OTHER_CLIENT, OTHER_CLIENT, "peer");
    }
    return &made[name].pair;
}

void pairs_forget(void)
{
    for (int i = 0; made[0].key && i < PAIRS; i++) {
        gnutls_x509_privkey_deinit(made[i].key);
        gnutls_x509_crt_deinit(made[i].cert);
    }
}
