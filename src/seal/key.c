/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys on P-256, and the three things that are done with a point of that curve.
 *
 * A key is made from the chance of the turn, so that a simulation makes the same keys twice. Public
 * keys travel as points: reading one as a point costs a sixth of what libcrypto takes to decode it
 * from a certificate. Who may use a key is for `keeper` to know. */

#include "seal/inner.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <assert.h>
#include <string.h>

enum { KEY_PEM_MAX = 8192 };

static inline void bn_free(BIGNUM **p) { BN_clear_free(*p); }
static inline void bn_ctx_free(BN_CTX **p) { BN_CTX_free(*p); }
static inline void group_free(EC_GROUP **p) { EC_GROUP_free(*p); }
static inline void point_free(EC_POINT **p) { EC_POINT_clear_free(*p); }
static inline void build_free(OSSL_PARAM_BLD **p) { OSSL_PARAM_BLD_free(*p); }
static inline void params_free(OSSL_PARAM **p) { OSSL_PARAM_free(*p); }
#define auto_bn __attribute__((cleanup(bn_free))) BIGNUM *
#define auto_bn_ctx __attribute__((cleanup(bn_ctx_free))) BN_CTX *
#define auto_group __attribute__((cleanup(group_free))) EC_GROUP *
#define auto_point __attribute__((cleanup(point_free))) EC_POINT *
#define auto_build __attribute__((cleanup(build_free))) OSSL_PARAM_BLD *
#define auto_params __attribute__((cleanup(params_free))) OSSL_PARAM *

static struct seal_key *keep(EVP_PKEY *pkey, const uint8_t point[P256_POINT]);
static bool is_p256(EVP_PKEY *pkey, uint8_t point_out[P256_POINT]);
static BIGNUM *chosen(struct turn *t, const EC_GROUP *group, BN_CTX *scratch);
static EVP_PKEY *private_of(const BIGNUM *secret, const uint8_t point[P256_POINT]);
static EVP_PKEY *public_of(struct bytes point);

err seal_crypto_fault(struct turn *t, const char *what)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return turn_fail(t, ERR_INTERNAL, "crypto", NULL, "%s: %s.", what,
                     why ? why : "no reason given");
}

err seal_key_make(struct turn *t, struct seal_key **out)
{
    EVP_PKEY *pkey;
    uint8_t point[P256_POINT];
    try(seal_p256_make(t, &pkey, point));
    *out = keep(pkey, point);
    return ERR_OK;
}

/* A key that is locked by a password is not asked for one. */
static int no_password(char *to, int room, int writing, void *ctx)
{
    (void)to, (void)room, (void)writing, (void)ctx;
    return -1;
}

err seal_key_read(struct turn *t, struct bytes pem, struct seal_key **out)
{
    if (pem.n == 0 || pem.n > KEY_PEM_MAX)
        return turn_fail(t, ERR_REJECTED, "key", "RFC 5958 2", "A key has 1 to %d bytes, not %zu.",
                         KEY_PEM_MAX, pem.n);
    auto_bio in = BIO_new_mem_buf(pem.p, (int)pem.n);
    if (!in) return seal_crypto_fault(t, "A key could not be read");
    auto_pkey pkey = PEM_read_bio_PrivateKey(in, NULL, no_password, NULL);
    uint8_t point[P256_POINT];
    bool good = pkey && is_p256(pkey, point);
    ERR_clear_error();
    if (!good)
        return turn_fail(t, ERR_REJECTED, "key", "RFC 5958 2",
                         "The text is no private key on the curve P-256, or is locked.");
    EVP_PKEY_up_ref(pkey);
    *out = keep(pkey, point);
    return ERR_OK;
}

err seal_key_write(struct turn *t, const struct seal_key *k, struct bytes *pem_out)
{
    assert(k->pkey);
    auto_bio to = BIO_new(BIO_s_mem());
    char *p = NULL;
    if (!to || PEM_write_bio_PKCS8PrivateKey(to, k->pkey, NULL, NULL, 0, NULL, NULL) != 1)
        return seal_crypto_fault(t, "A key could not be written");
    long n = BIO_get_mem_data(to, &p);
    *pem_out = bytes_dup(t->arena, (struct bytes){(const uint8_t *)p, (size_t)n});
    wipe(p, (size_t)n);
    return ERR_OK;
}

void seal_key_free(struct seal_key *k)
{
    if (!k) return;
    EVP_PKEY_free(k->pkey);
    arena_free(k->home);
}

/* Takes the key over. */
static struct seal_key *keep(EVP_PKEY *pkey, const uint8_t point[P256_POINT])
{
    struct arena *home = arena_new();
    struct seal_key *k = arena_take(home, sizeof *k);
    k->home = home;
    k->pkey = pkey;
    memcpy(k->point, point, P256_POINT);
    return k;
}

static bool is_p256(EVP_PKEY *pkey, uint8_t point_out[P256_POINT])
{
    char curve[32];
    size_t n;
    int spelled_out = 0;
    if (!EVP_PKEY_is_a(pkey, "EC") ||
        EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof curve, &n) !=
            1 ||
        !str_is(str_of(curve), SN_X9_62_prime256v1))
        return false;
    if (EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                               &spelled_out) != 1 ||
        spelled_out)
        return false;
    auto_pkey_ctx c = EVP_PKEY_CTX_new(pkey, NULL);
    if (!c || EVP_PKEY_check(c) != 1) return false;
    return EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point_out, P256_POINT,
                                           &n) == 1 &&
           n == P256_POINT && point_out[0] == POINT_CONVERSION_UNCOMPRESSED;
}

/* ---- the curve ------------------------------------------------------------------------------- */

err seal_p256_make(struct turn *t, EVP_PKEY **out, uint8_t point_out[P256_POINT])
{
    assert(t->chance);
    auto_bn_ctx scratch = BN_CTX_secure_new();
    auto_group group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    auto_point point = group ? EC_POINT_new(group) : NULL;
    auto_bn secret = scratch && point ? chosen(t, group, scratch) : NULL;
    bool done = secret && EC_POINT_mul(group, point, secret, NULL, NULL, scratch) == 1 &&
                EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, point_out,
                                   P256_POINT, scratch) == P256_POINT;
    EVP_PKEY *made = done ? private_of(secret, point_out) : NULL;
    if (!made) return seal_crypto_fault(t, "A key could not be made");
    *out = made;
    return ERR_OK;
}

/* A number from 1 to the order less one, by extra random bits (FIPS 186-5 A.2.1). */
static BIGNUM *chosen(struct turn *t, const EC_GROUP *group, BN_CTX *scratch)
{
    uint8_t random[40];
    t->chance->fill(t->chance->ctx, random, sizeof random);
    auto_bn below = BN_dup(EC_GROUP_get0_order(group));
    auto_bn wide = BN_bin2bn(random, sizeof random, NULL);
    BIGNUM *secret = BN_secure_new();
    wipe(random, sizeof random);
    bool done = below && wide && secret && BN_sub_word(below, 1) == 1;
    if (done) {
        BN_set_flags(wide, BN_FLG_CONSTTIME);
        BN_set_flags(secret, BN_FLG_CONSTTIME);
        done = BN_mod(secret, wide, below, scratch) == 1 && BN_add_word(secret, 1) == 1;
    }
    if (done) return secret;
    BN_clear_free(secret);
    return NULL;
}

static EVP_PKEY *private_of(const BIGNUM *secret, const uint8_t point[P256_POINT])
{
    auto_build build = OSSL_PARAM_BLD_new();
    if (!build ||
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1,
                                        0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, P256_POINT) != 1 ||
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, secret) != 1)
        return NULL;
    auto_params params = OSSL_PARAM_BLD_to_param(build);
    auto_pkey_ctx c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *made = NULL;
    if (!params || !c || EVP_PKEY_fromdata_init(c) != 1 ||
        EVP_PKEY_fromdata(c, &made, EVP_PKEY_KEYPAIR, params) != 1)
        return NULL;
    return made;
}

static EVP_PKEY *public_of(struct bytes point)
{
    if (point.n != P256_POINT || point.p[0] != POINT_CONVERSION_UNCOMPRESSED) return NULL;
    char curve[] = SN_X9_62_prime256v1;
    uint8_t copy[P256_POINT];
    memcpy(copy, point.p, P256_POINT);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, P256_POINT),
        OSSL_PARAM_construct_end(),
    };
    auto_pkey_ctx c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *made = NULL;
    if (!c || EVP_PKEY_fromdata_init(c) != 1 ||
        EVP_PKEY_fromdata(c, &made, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return made;
}

err seal_key_sign(struct turn *t, const struct seal_key *k, const struct hash *digest,
                  struct bytes *signature_out)
{
    if (!k->pkey && k->elsewhere.sign)
        return k->elsewhere.sign(k->elsewhere.ctx, t, digest, signature_out);
    assert(k->pkey);
    auto_pkey_ctx c = EVP_PKEY_CTX_new(k->pkey, NULL);
    uint8_t *signature = arena_take(t->arena, P256_SIGNATURE_MAX);
    size_t n = P256_SIGNATURE_MAX;
    if (!c || EVP_PKEY_sign_init(c) != 1 ||
        EVP_PKEY_sign(c, signature, &n, digest->b, sizeof digest->b) != 1)
        return seal_crypto_fault(t, "A signature could not be made");
    return seal_p256_lower(t, (struct bytes){signature, n}, signature_out);
}

bool seal_p256_holds(struct bytes point, const struct hash *digest, struct bytes signature)
{
    auto_pkey theirs = public_of(point);
    auto_pkey_ctx c = theirs ? EVP_PKEY_CTX_new(theirs, NULL) : NULL;
    bool holds = c && seal_p256_is_low(signature) && EVP_PKEY_verify_init(c) == 1 &&
                 EVP_PKEY_verify(c, signature.p, signature.n, digest->b, sizeof digest->b) == 1;
    ERR_clear_error();
    return holds;
}

/* The same with the curve of a key that is there already: making the curve costs as much as a
 * signature. */
static EVP_PKEY *public_like(EVP_PKEY *mine, struct bytes point)
{
    if (point.n != P256_POINT || point.p[0] != POINT_CONVERSION_UNCOMPRESSED) return NULL;
    EVP_PKEY *made = EVP_PKEY_new();
    if (made && EVP_PKEY_copy_parameters(made, mine) == 1 &&
        EVP_PKEY_set1_encoded_public_key(made, point.p, point.n) == 1)
        return made;
    EVP_PKEY_free(made);
    return NULL;
}

err seal_p256_agree(struct turn *t, EVP_PKEY *mine, struct bytes point,
                    uint8_t shared_out[P256_SHARED])
{
    auto_pkey theirs = public_like(mine, point);
    ERR_clear_error();
    if (!theirs)
        return turn_fail(t, ERR_INTEGRITY, "point", "RFC 5480 2.2",
                         "A public key is no point on the curve P-256.");
    auto_pkey_ctx c = EVP_PKEY_CTX_new(mine, NULL);
    size_t n = P256_SHARED;
    if (!c || EVP_PKEY_derive_init(c) != 1 || EVP_PKEY_derive_set_peer_ex(c, theirs, 0) != 1 ||
        EVP_PKEY_derive(c, shared_out, &n) != 1 || n != P256_SHARED)
        return seal_crypto_fault(t, "Two keys could not agree");
    return ERR_OK;
}

err seal_key_agree(struct turn *t, const struct seal_key *k, struct bytes point,
                   uint8_t shared_out[SEAL_SHARED_SIZE])
{
    if (k->pkey) return seal_p256_agree(t, k->pkey, point, shared_out);
    assert(k->elsewhere.agree);
    return k->elsewhere.agree(k->elsewhere.ctx, t, point, shared_out);
}

err seal_key_elsewhere(struct turn *t, struct bytes der, const struct seal_elsewhere *hooks,
                       struct seal_key **out)
{
    struct cert_parts c;
    try(seal_cert_parts(t, der, &c));
    struct seal_key *k = keep(NULL, c.point.p);
    k->elsewhere = *hooks;
    *out = k;
    return ERR_OK;
}
