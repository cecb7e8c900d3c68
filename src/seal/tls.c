/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS library's context gets a certificate and a key that may be in another process.
 *
 * libssl asks an EVP_PKEY; where the private half is elsewhere, that one is made of an EC_KEY whose
 * method asks the hook. OpenSSL 3 calls that way deprecated and keeps it for just this: a provider
 * of our own would be the other way, and twenty times as long. Nothing is read from a file. */

#define OPENSSL_SUPPRESS_DEPRECATED

#include "seal/inner.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string.h>

/* Where an EC_KEY keeps what an application gives it (the application's data of every class). */
enum { OWN_DATA = 0 };

static inline void ec_key_free(EC_KEY **p) { EC_KEY_free(*p); }
static inline void x509_free(X509 **p) { X509_free(*p); }
#define auto_ec_key __attribute__((cleanup(ec_key_free))) EC_KEY *
#define auto_x509 __attribute__((cleanup(x509_free))) X509 *

/* What ECDSA_sign calls: the digest is that of the handshake. */
static int on_sign(int type, const unsigned char *digest, int n, unsigned char *signature,
                   unsigned *signature_n, const BIGNUM *kinv, const BIGNUM *r, EC_KEY *ec)
{
    (void)type, (void)kinv, (void)r;
    const struct seal_key *k = EC_KEY_get_ex_data(ec, OWN_DATA);
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    struct hash h;
    struct bytes made;
    if (!k || n != sizeof h.b) return 0;
    memcpy(h.b, digest, sizeof h.b);
    if (seal_key_sign(&t, k, &h, &made) != ERR_OK || made.n > P256_SIGNATURE_MAX) return 0;
    memcpy(signature, made.p, made.n);
    *signature_n = (unsigned)made.n;
    return 1;
}

static void on_finish(EC_KEY *ec)
{
    EC_KEY_METHOD_free((EC_KEY_METHOD *)(uintptr_t)EC_KEY_get_method(ec));
}

static EC_KEY_METHOD *method_new(void)
{
    EC_KEY_METHOD *m = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    int (*setup)(EC_KEY *, BN_CTX *, BIGNUM **, BIGNUM **) = NULL;
    ECDSA_SIG *(*parts)(const unsigned char *, int, const BIGNUM *, const BIGNUM *, EC_KEY *) =
        NULL;
    int (*whole)(int, const unsigned char *, int, unsigned char *, unsigned *, const BIGNUM *,
                 const BIGNUM *, EC_KEY *) = NULL;
    if (!m) return NULL;
    EC_KEY_METHOD_get_sign(m, &whole, &setup, &parts);
    EC_KEY_METHOD_set_sign(m, on_sign, setup, parts);
    EC_KEY_METHOD_set_init(m, NULL, on_finish, NULL, NULL, NULL, NULL);
    return m;
}

static EVP_PKEY *hooked_of(const struct seal_key *key)
{
    EC_KEY_METHOD *m = method_new();
    auto_ec_key ec = m ? EC_KEY_new_by_curve_name(NID_X9_62_prime256v1) : NULL;
    if (!ec || EC_KEY_oct2key(ec, key->point, P256_POINT, NULL) != 1 ||
        EC_KEY_set_method(ec, m) != 1) {
        EC_KEY_METHOD_free(m);
        return NULL;
    }
    EVP_PKEY *made = EVP_PKEY_new();
    if (EC_KEY_set_ex_data(ec, OWN_DATA, (void *)(uintptr_t)key) == 1 && made &&
        EVP_PKEY_set1_EC_KEY(made, ec) == 1)
        return made;
    EVP_PKEY_free(made);
    return NULL;
}

bool seal_tls_use(void *tls_context, struct bytes der, const struct seal_key *key)
{
    SSL_CTX *c = tls_context;
    const unsigned char *p = der.p;
    auto_x509 cert = d2i_X509(NULL, &p, (long)der.n);
    auto_pkey pkey = NULL;
    if (key->pkey && EVP_PKEY_up_ref(key->pkey) == 1)
        pkey = key->pkey;
    else
        pkey = hooked_of(key);
    bool done = cert && pkey && SSL_CTX_use_certificate(c, cert) == 1 &&
                SSL_CTX_use_PrivateKey(c, pkey) == 1;
    ERR_clear_error();
    return done;
}

void seal_warm(void)
{
    static const uint8_t seed[32] = {1};
    uint8_t out[64];
    OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, NULL);
    seal_ed25519_sign(seed, (struct bytes){NULL, 0}, out);
    ERR_clear_error();
}
