/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: our readers of messages beside libcrypto's, which src does not use on the wire.
 *
 * What ours reads, libcrypto must read too, find the same values in, and write again as the same
 * bytes; what ours verifies or opens, libcrypto must verify or open with the same content. Ours may
 * refuse more. test/seal/test_peer.c takes a seeded sample through the same functions. */

#include "seal/inner.h"
#include "../kit/fixed_keys.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <assert.h>
#include <stdio.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What each side did with one message. */
struct cms_peer_said {
    bool ours, theirs; /* read it */
    bool holds;        /* ours verified or opened it */
};

static inline void cms_peer_free_(CMS_ContentInfo **p) { CMS_ContentInfo_free(*p); }
#define auto_cms __attribute__((cleanup(cms_peer_free_))) CMS_ContentInfo *

static CMS_ContentInfo *cms_peer_read(struct bytes in)
{
    const uint8_t *at = in.p;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)in.n);
    if (cms && at == in.p + in.n) return cms;
    CMS_ContentInfo_free(cms);
    return NULL;
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool is_string(const ASN1_STRING *s, struct bytes b)
{
    return s && bytes_eq((struct bytes){s->data, (size_t)s->length}, b);
}

/* The bytes of what an i2d writes, in the arena. */
static struct bytes taken(struct arena *a, uint8_t *p, int n)
{
    struct bytes out = {NULL, 0};
    if (n > 0) out = bytes_dup(a, (struct bytes){p, (size_t)n});
    OPENSSL_free(p);
    return out;
}
#define WRITTEN(a, write, value)                                                                   \
    ({                                                                                             \
        uint8_t *p_ = NULL;                                                                        \
        int n_ = write(value, &p_);                                                                \
        taken(a, p_, n_);                                                                          \
    })

/* The value that libcrypto's cursor finds by the places of its parents, each counted from 0. */
static struct bytes value_at(struct bytes in, const int *path, int depth)
{
    const uint8_t *p = in.p, *end = in.p + in.n;
    long n = 0;
    for (int d = 0; d <= depth; d++) {
        for (int skip = d ? path[d - 1] : 0; skip >= 0; skip--) {
            int tag, class;
            const uint8_t *from = p;
            if (p >= end || ASN1_get_object(&p, &n, &tag, &class, end - p) & 0x81)
                return (struct bytes){from, 0};
            if (skip) p += n;
        }
        end = p + n;
    }
    return (struct bytes){p, (size_t)n};
}
#define VALUE_AT(in, ...)                                                                          \
    value_at(in, (const int[]){__VA_ARGS__}, (int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)))

static bool is_algorithm(const X509_ALGOR *alg, int nid)
{
    const ASN1_OBJECT *o;
    int type;
    X509_ALGOR_get0(&o, &type, NULL, alg);
    return OBJ_obj2nid(o) == nid && type == V_ASN1_UNDEF;
}

static bool is_seconds(const ASN1_TIME *s, int64_t ms)
{
    struct tm tm;
    return s && ASN1_TIME_to_tm(s, &tm) == 1 && timegm(&tm) * INT64_C(1000) == ms;
}

static bool is_name_and_number(struct arena *a, X509_NAME *issuer, ASN1_INTEGER *serial,
                               struct bytes both)
{
    if (!issuer || !serial) return false;
    struct bytes name = WRITTEN(a, i2d_X509_NAME, issuer);
    return bytes_eq(JOIN(a, name, WRITTEN(a, i2d_ASN1_INTEGER, serial)), both);
}

/* ---- signatures ------------------------------------------------------------------------------ */

static const char *attributes_differ(struct arena *a, const struct cms_parts *ours,
                                     CMS_SignerInfo *si)
{
    static const int types[] = {NID_pkcs9_contentType, NID_pkcs9_signingTime,
                                NID_pkcs9_messageDigest, NID_id_smime_aa_signingCertificateV2};
    struct buf all = buf_in(a);
    const ASN1_TYPE *values[4];
    if (CMS_signed_get_attr_count(si) != 4 || CMS_unsigned_get_attr_count(si) > 0)
        return "number of attributes";
    for (int k = 0; k < 4; k++) {
        X509_ATTRIBUTE *one = CMS_signed_get_attr(si, k);
        struct bytes b = WRITTEN(a, i2d_X509_ATTRIBUTE, one);
        buf_put(&all, b.p, b.n);
        if (OBJ_obj2nid(X509_ATTRIBUTE_get0_object(one)) != types[k] ||
            X509_ATTRIBUTE_count(one) != 1)
            return "types of attributes";
        values[k] = X509_ATTRIBUTE_get0_type(one, 0);
    }
    if (!bytes_eq(buf_as_bytes(&all), ours->attributes)) return "attributes";
    if (values[0]->type != V_ASN1_OBJECT || OBJ_obj2nid(values[0]->value.object) != NID_pkcs7_data)
        return "content type";
    if (!is_seconds(values[1]->value.asn1_string, ours->signed_ms)) return "signing time";
    if (values[2]->type != V_ASN1_OCTET_STRING ||
        !is_string(values[2]->value.octet_string, hash_bytes(&ours->digest)))
        return "digest of the content";
    if (values[3]->type != V_ASN1_SEQUENCE) return "signing certificate";
    const ASN1_STRING *named = values[3]->value.sequence;
    struct bytes der = {named->data, (size_t)named->length};
    const uint8_t *at = der.p;
    ESS_SIGNING_CERT_V2 *ess = d2i_ESS_SIGNING_CERT_V2(NULL, &at, (long)der.n);
    bool same = ess && bytes_eq(WRITTEN(a, i2d_ESS_SIGNING_CERT_V2, ess), der) &&
                bytes_eq(VALUE_AT(der, 0, 0, 0), hash_bytes(&ours->cert));
    ESS_SIGNING_CERT_V2_free(ess);
    return same ? NULL : "signing certificate";
}

static const char *signer_differs(struct arena *a, const struct cms_parts *ours, CMS_SignerInfo *si)
{
    ASN1_OCTET_STRING *key_id = NULL;
    X509_NAME *issuer = NULL;
    ASN1_INTEGER *serial = NULL;
    X509_ALGOR *digest, *signature;
    if (CMS_SignerInfo_get0_signer_id(si, &key_id, &issuer, &serial) != 1 || key_id ||
        !is_name_and_number(a, issuer, serial, JOIN(a, ours->issuer, ours->serial)))
        return "signer";
    CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
    if (!is_algorithm(digest, NID_sha256)) return "digest algorithm";
    if (!is_algorithm(signature, NID_ecdsa_with_SHA256)) return "signature algorithm";
    if (!is_string(CMS_SignerInfo_get0_signature(si), ours->signature)) return "signature";
    return attributes_differ(a, ours, si);
}

static bool are_certificates(struct arena *a, const struct cms_parts *ours, CMS_ContentInfo *cms)
{
    STACK_OF(X509) *certs = CMS_get1_certs(cms);
    bool same = (size_t)(certs ? sk_X509_num(certs) : 0) == ours->certs_n;
    for (size_t k = 0; k < ours->certs_n && same; k++)
        same = bytes_eq(WRITTEN(a, i2d_X509, sk_X509_value(certs, (int)k)), ours->certs[k]);
    sk_X509_pop_free(certs, X509_free);
    return same;
}

/* What libcrypto says otherwise of a signature that ours read, in a word or two; NULL if nothing.
 */
static const char *cms_peer_signed(struct arena *a, const struct cms_parts *ours, struct bytes in)
{
    auto_cms cms = cms_peer_read(in);
    if (!cms) return "reading";
    if (!bytes_eq(WRITTEN(a, i2d_CMS_ContentInfo, cms), in)) return "writing";
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed) return "type";
    if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data) return "content type";
    ASN1_OCTET_STRING **content = CMS_get0_content(cms);
    if (!content || (*content != NULL) != ours->attached ||
        (ours->attached && !is_string(*content, ours->content)))
        return "content";
    if (!are_certificates(a, ours, cms)) return "certificates";
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    if (sk_CMS_SignerInfo_num(signers) != 1) return "number of signers";
    return signer_differs(a, ours, sk_CMS_SignerInfo_value(signers, 0));
}

/* ---- envelopes ------------------------------------------------------------------------------- */

static const char *recipient_differs(struct arena *a, const struct envelope_recipient *ours,
                                     CMS_RecipientInfo *ri)
{
    X509_ALGOR *alg = NULL;
    ASN1_BIT_STRING *point = NULL;
    ASN1_OCTET_STRING *key_id = NULL, *ukm = NULL;
    X509_NAME *issuer = NULL;
    ASN1_INTEGER *serial = NULL;
    if (CMS_RecipientInfo_type(ri) != CMS_RECIPINFO_AGREE ||
        CMS_RecipientInfo_kari_get0_orig_id(ri, &alg, &point, &key_id, &issuer, &serial) != 1 ||
        !alg || !is_algorithm(alg, NID_X9_62_id_ecPublicKey) || !is_string(point, ours->point))
        return "ephemeral key";
    const ASN1_OBJECT *agreement;
    if (CMS_RecipientInfo_kari_get0_alg(ri, &alg, &ukm) != 1 || ukm) return "agreement";
    X509_ALGOR_get0(&agreement, NULL, NULL, alg);
    if (OBJ_obj2nid(agreement) != NID_dhSinglePass_stdDH_sha256kdf_scheme) return "agreement";
    STACK_OF(CMS_RecipientEncryptedKey) *keys = CMS_RecipientInfo_kari_get0_reks(ri);
    if (sk_CMS_RecipientEncryptedKey_num(keys) != 1 ||
        CMS_RecipientEncryptedKey_get0_id(sk_CMS_RecipientEncryptedKey_value(keys, 0), &key_id,
                                          NULL, NULL, &issuer, &serial) != 1 ||
        !is_name_and_number(a, issuer, serial, ours->issuer_serial))
        return "recipient";
    return NULL;
}

/* The same for an envelope. libcrypto has no getter for nonce, tag and wrapped keys: its cursor
 * finds them, and cms_peer_ask has it open what ours opens. */
static const char *cms_peer_sealed(struct arena *a, const struct envelope_parts *ours,
                                   struct bytes in)
{
    auto_cms cms = cms_peer_read(in);
    if (!cms) return "reading";
    if (!bytes_eq(WRITTEN(a, i2d_CMS_ContentInfo, cms), in)) return "writing";
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_id_smime_ct_authEnvelopedData) return "type";
    if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data) return "content type";
    STACK_OF(CMS_RecipientInfo) *to = CMS_get0_RecipientInfos(cms);
    if (!to || (size_t)sk_CMS_RecipientInfo_num(to) != ours->n) return "number of recipients";
    for (int k = 0; k < (int)ours->n; k++) {
        const struct envelope_recipient *r = &ours->recipients[k];
        const char *differs = recipient_differs(a, r, sk_CMS_RecipientInfo_value(to, k));
        if (differs) return differs;
        if (!bytes_eq(VALUE_AT(in, 1, 0, 1, k, 3, 0, 1), r->wrapped)) return "wrapped key";
    }
    if (!bytes_eq(VALUE_AT(in, 1, 0, 2, 1, 1, 0), ours->nonce)) return "nonce";
    if (!bytes_eq(VALUE_AT(in, 1, 0, 3), ours->tag)) return "tag";
    ASN1_OCTET_STRING **ciphertext = CMS_get0_content(cms);
    return ciphertext && is_string(*ciphertext, ours->ciphertext) ? NULL : "ciphertext";
}

/* ---- both, and what holds -------------------------------------------------------------------- */

/* Keys and certificates that the seeds were made with. Reading them takes longer than the rest, so
 * it happens once. */
struct cms_peer_keys {
    struct arena *arena;
    struct bytes seal_der, open_der;
    struct seal_key *open_key;
    STACK_OF(X509) * seal_cert;
    X509 *open_cert;
    EVP_PKEY *open_pkey;
    X509_STORE *root;
};

static X509 *certificate(struct turn *t, const char *pem, struct bytes *der_out)
{
    err e = seal_pem_read(t, str_of(pem), "CERTIFICATE", der_out);
    assert(e == ERR_OK);
    const uint8_t *at = der_out->p;
    return d2i_X509(NULL, &at, (long)der_out->n);
}

static const struct cms_peer_keys *cms_peer_keys(void)
{
    enum { AT_2027 = 1798761600 };
    static struct cms_peer_keys k;
    if (k.arena) return &k;
    k.arena = arena_new();
    struct turn t = {.arena = k.arena};
    struct bytes root;
    auto_bio pem = BIO_new_mem_buf(fixed_open_key, -1);
    k.root = X509_STORE_new();
    k.seal_cert = sk_X509_new_null();
    sk_X509_push(k.seal_cert, certificate(&t, fixed_seal_pem, &k.seal_der));
    k.open_cert = certificate(&t, fixed_open_pem, &k.open_der);
    k.open_pkey = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);
    X509 *trusted = certificate(&t, fixed_root_pem, &root);
    X509_STORE_add_cert(k.root, trusted);
    X509_free(trusted);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(k.root), AT_2027);
    err e = seal_key_read(&t, str_bytes(str_of(fixed_open_key)), &k.open_key);
    assert(e == ERR_OK && k.open_cert && k.open_pkey);
    return &k;
}

static bool is_written_out(BIO *out, struct bytes content)
{
    char *p = NULL;
    long n = BIO_get_mem_data(out, &p);
    return bytes_eq((struct bytes){(const uint8_t *)p, (size_t)n}, content);
}

static bool peer_agrees_it_holds(struct bytes in, bool attached, struct bytes content)
{
    const struct cms_peer_keys *k = cms_peer_keys();
    auto_cms cms = cms_peer_read(in);
    auto_bio from = attached ? NULL : BIO_new_mem_buf(content.p, (int)content.n);
    auto_bio out = BIO_new(BIO_s_mem());
    unsigned flags = CMS_BINARY | CMS_CADES | CMS_NOINTERN;
    return cms && CMS_verify(cms, k->seal_cert, k->root, from, out, flags) == 1 &&
           is_written_out(out, content);
}

static bool peer_agrees_it_opens(struct bytes in, struct bytes plain)
{
    const struct cms_peer_keys *k = cms_peer_keys();
    auto_cms cms = cms_peer_read(in);
    auto_bio out = BIO_new(BIO_s_mem());
    return cms && CMS_decrypt(cms, k->open_pkey, k->open_cert, NULL, out, CMS_BINARY) == 1 &&
           is_written_out(out, plain);
}

/* Gives a message to both sides. NULL, or the word for what they disagree on. A detached signature
 * is asked about `content`. */
static const char *cms_peer_ask(struct turn *t, struct bytes in, struct bytes content,
                                struct cms_peer_said *out)
{
    const struct cms_peer_keys *k = cms_peer_keys();
    struct cms_parts parts;
    struct envelope_parts sealed;
    const char *differs = NULL;
    auto_cms cms = cms_peer_read(in);
    *out = (struct cms_peer_said){.theirs = cms != NULL};
    if (seal_cms_parts(t, in, &parts) == ERR_OK) {
        out->ours = true;
        differs = cms_peer_signed(t->arena, &parts, in);
        out->holds = (parts.attached ? seal_cms_verify_attached(t, k->seal_der, in, &content)
                                     : seal_cms_verify(t, k->seal_der, content, in)) == ERR_OK;
        if (!differs && out->holds && !peer_agrees_it_holds(in, parts.attached, content))
            differs = "verifying";
    } else if (turn_forgive(t), seal_envelope_parts(t, in, &sealed) == ERR_OK) {
        struct bytes plain;
        out->ours = true;
        differs = cms_peer_sealed(t->arena, &sealed, in);
        out->holds = seal_envelope_open(t, k->open_key, k->open_der, in, &plain) == ERR_OK;
        if (!differs && out->holds && !peer_agrees_it_opens(in, plain)) differs = "opening";
    }
    turn_forgive(t);
    ERR_clear_error();
    return differs;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct cms_peer_said said;
    const char *differs = cms_peer_ask(&t, (struct bytes){p, n}, str_bytes(STR("content")), &said);
    if (differs) fprintf(stderr, "ours reads what libcrypto sees otherwise: %s\n", differs);
    assert(!differs);
    return 0;
}
