/* SPDX-License-Identifier: Apache-2.0 */
/* S/MIME (RFC 8551): a mail's entity signed, and sealed to certificates of other authorities.
 *
 * These certificates are not ours: RSA or EC, from any authority's issuer, so libcrypto's decoder
 * and its CMS read and use them, unlike everywhere else in this folder. They come from the contact
 * data of a State, which a person pinned, never from a mail. The content key is libcrypto's own
 * chance. AES-256-CBC is what every mail program opens; it does not tell alterations, so what is
 * sealed is signed first. */

#include "seal/inner.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <string.h>

enum { RSA_BITS_MIN = 2048, BASE64_LINE = 76 };

static inline void cms_free_(CMS_ContentInfo **p) { CMS_ContentInfo_free(*p); }
static inline void x509_free_(X509 **p) { X509_free(*p); }
#define auto_cms __attribute__((cleanup(cms_free_))) CMS_ContentInfo *
#define auto_x509 __attribute__((cleanup(x509_free_))) X509 *

static err recipient_add(struct turn *t, CMS_ContentInfo *cms, struct str pem, int64_t at_ms);

/* ---- as a MIME entity ------------------------------------------------------------------------ */

static void base64_lines(struct buf *b, struct bytes der)
{
    struct str text = base64(b->arena, der);
    for (size_t at = 0; at < text.n; at += BASE64_LINE) {
        size_t n = text.n - at < BASE64_LINE ? text.n - at : BASE64_LINE;
        buf_str(b, (struct str){text.p + at, n});
        buf_str(b, STR("\r\n"));
    }
}

struct bytes seal_mail_signed(struct arena *a, struct bytes entity, struct bytes signature)
{
    struct buf b = buf_in(a);
    struct hash h = seal_sha256_of(entity);
    struct str mark = hex(a, (struct bytes){h.b, 12});
    buf_printf(&b,
               "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
               "\tmicalg=sha-256; boundary=\"=_signed_" STR_FMT "\"\r\n\r\n"
               "--=_signed_" STR_FMT "\r\n",
               STR_ARG(mark), STR_ARG(mark));
    buf_put(&b, entity.p, entity.n);
    buf_printf(&b,
               "\r\n--=_signed_" STR_FMT "\r\n"
               "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
               "Content-Transfer-Encoding: base64\r\n"
               "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n",
               STR_ARG(mark));
    base64_lines(&b, signature);
    buf_printf(&b, "--=_signed_" STR_FMT "--\r\n", STR_ARG(mark));
    return buf_as_bytes(&b);
}

static struct bytes sealed(struct arena *a, struct bytes der)
{
    struct buf b = buf_in(a);
    buf_str(&b, STR("Content-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n"
                    "\tname=\"smime.p7m\"\r\n"
                    "Content-Transfer-Encoding: base64\r\n"
                    "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n"));
    base64_lines(&b, der);
    return buf_as_bytes(&b);
}

/* ---- sealing --------------------------------------------------------------------------------- */

err seal_mail_close(struct turn *t, const struct str *to_pem, size_t n, struct bytes entity,
                    int64_t at_ms, struct bytes *entity_out)
{
    if (n == 0 || n > SEAL_RECIPIENTS_MAX || entity.n > SEAL_MAIL_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "mail-seal", NULL,
                         "A mail is sealed to 1 to %d certificates and has at most %d bytes; this "
                         "is %zu and %zu.",
                         SEAL_RECIPIENTS_MAX, SEAL_MAIL_MAX, n, entity.n);
    auto_bio in = BIO_new_mem_buf(entity.p, (int)entity.n);
    unsigned flags = CMS_BINARY | CMS_PARTIAL;
    auto_cms cms = in ? CMS_encrypt(NULL, NULL, EVP_aes_256_cbc(), flags) : NULL;
    if (!cms) return seal_crypto_fault(t, "A mail could not be sealed");
    for (size_t i = 0; i < n; i++) try(recipient_add(t, cms, to_pem[i], at_ms));
    uint8_t *der = NULL;
    int size = CMS_final(cms, in, NULL, flags) ? i2d_CMS_ContentInfo(cms, &der) : -1;
    if (size <= 0) return seal_crypto_fault(t, "A mail could not be sealed");
    *entity_out = sealed(t->arena, (struct bytes){der, (size_t)size});
    OPENSSL_free(der);
    return ERR_OK;
}

static err unfit(struct turn *t, const char *code, const char *why)
{
    ERR_clear_error();
    return turn_fail(t, ERR_REJECTED, code, "RFC 8550 4",
                     "The certificate for mail %s. The mail was not sent; send it unsealed, or ask "
                     "the other authority for its certificate of today.",
                     why);
}

/* Whether a certificate is one that mail may be sealed to on this day. */
static err cert_check(struct turn *t, X509 *cert, int64_t at_ms)
{
    time_t at = (time_t)(at_ms / 1000);
    if (X509_cmp_time(X509_get0_notBefore(cert), &at) >= 0)
        return unfit(t, "not-yet", "does not hold yet");
    if (X509_cmp_time(X509_get0_notAfter(cert), &at) <= 0)
        return unfit(t, "expired", "has expired");
    EVP_PKEY *key = X509_get0_pubkey(cert);
    int kind = key ? EVP_PKEY_get_base_id(key) : 0;
    bool strong = (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= RSA_BITS_MIN) ||
                  (kind == EVP_PKEY_EC && EVP_PKEY_get_bits(key) >= 256);
    if (!strong) return unfit(t, "key", "has a key that is neither RSA of 2048 bits nor EC of 256");
    uint32_t use = X509_get_key_usage(cert);
    uint32_t wanted = kind == EVP_PKEY_RSA ? X509v3_KU_KEY_ENCIPHERMENT : X509v3_KU_KEY_AGREEMENT;
    if (use != UINT32_MAX && !(use & wanted)) return unfit(t, "use", "is not for sealing");
    uint32_t extended = X509_get_extended_key_usage(cert);
    if (extended != UINT32_MAX && !(extended & (XKU_SMIME | XKU_ANYEKU)))
        return unfit(t, "use", "is not for mail");
    return ERR_OK;
}

/* RSA travels as PKCS #1 v1.5, which every mail program opens; EC with SHA-256 in the derivation
 * (RFC 5753 7.1.5), where libcrypto would take SHA-1. */
static err recipient_add(struct turn *t, CMS_ContentInfo *cms, struct str pem, int64_t at_ms)
{
    struct bytes der;
    try(seal_pem_read(t, pem, "CERTIFICATE", &der));
    const uint8_t *p = der.p;
    auto_x509 cert = d2i_X509(NULL, &p, (long)der.n);
    if (!cert || p != der.p + der.n) return unfit(t, "cert", "cannot be read");
    try(cert_check(t, cert, at_ms));
    CMS_RecipientInfo *to = CMS_add1_recipient_cert(cms, cert, CMS_KEY_PARAM);
    if (!to) return seal_crypto_fault(t, "A mail could not be sealed to a certificate");
    if (EVP_PKEY_get_base_id(X509_get0_pubkey(cert)) != EVP_PKEY_EC) return ERR_OK;
    EVP_PKEY_CTX *how = CMS_RecipientInfo_get0_pkey_ctx(to);
    if (how && EVP_PKEY_CTX_set_ecdh_kdf_md(how, EVP_sha256()) > 0) return ERR_OK;
    return seal_crypto_fault(t, "A mail could not be sealed to a certificate");
}
