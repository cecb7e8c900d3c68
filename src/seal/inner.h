/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SEAL_INNER_H
#define COMITY_SEAL_INNER_H
/* What the files of seal share among themselves: P-256, DER, and what a certificate holds. Nobody
 * else includes this. */

#include "seal/seal.h"

#include <openssl/evp.h>

/* ---- libcrypto ------------------------------------------------------------------------------- */

/* Ends what libcrypto has to say with a fault of ours, and empties its queue of errors. */
MUST err seal_crypto_fault(struct turn *t, const char *what);

static inline void seal_pkey_free_(EVP_PKEY **p) { EVP_PKEY_free(*p); }
static inline void seal_pkey_ctx_free_(EVP_PKEY_CTX **p) { EVP_PKEY_CTX_free(*p); }
static inline void seal_cipher_free_(EVP_CIPHER_CTX **p) { EVP_CIPHER_CTX_free(*p); }
static inline void seal_bio_free_(BIO **p) { BIO_free(*p); }
#define auto_pkey __attribute__((cleanup(seal_pkey_free_))) EVP_PKEY *
#define auto_pkey_ctx __attribute__((cleanup(seal_pkey_ctx_free_))) EVP_PKEY_CTX *
#define auto_cipher __attribute__((cleanup(seal_cipher_free_))) EVP_CIPHER_CTX *
#define auto_bio __attribute__((cleanup(seal_bio_free_))) BIO *

/* ---- P-256 ----------------------------------------------------------------------------------- */

/* A point is 04 || x || y; a signature is the DER of r and s. */
enum { P256_POINT = 65, P256_SHARED = SEAL_SHARED_SIZE, P256_SIGNATURE_MAX = 72 };

struct seal_key {
    struct arena *home; /* it lives in an arena of its own, because it outlives the turn */
    EVP_PKEY *pkey;     /* NULL when the key is elsewhere */
    uint8_t point[P256_POINT];
    struct seal_elsewhere elsewhere; /* how to ask for it then */
};
/* A new private key from the chance of the turn. */
MUST err seal_p256_make(struct turn *t, EVP_PKEY **out, uint8_t point_out[P256_POINT]);
/* Of the two spellings of a signature only the one with s at most half the order counts: nobody
 * without the key can write a message that was signed anew. */
bool seal_p256_is_low(struct bytes signature);
MUST err seal_p256_lower(struct turn *t, struct bytes signature, struct bytes *low_out);
/* False also for a point that is not on the curve, and for a signature that is not DER or not low.
 */
bool seal_p256_holds(struct bytes point, const struct hash *digest, struct bytes signature);
/* The shared x of ECDH. ERR_INTEGRITY for a point that is not on the curve. */
MUST err seal_p256_agree(struct turn *t, EVP_PKEY *mine, struct bytes point,
                         uint8_t shared_out[P256_SHARED]);

/* scrypt with its cost as an argument: N is two to the power of `log2_n`. */
MUST err seal_stretch_at(struct turn *t, int log2_n, int r, int p, struct bytes what,
                         struct bytes salt, uint8_t *out, size_t n);

/* ---- AES-256-GCM ----------------------------------------------------------------------------- */

enum { GCM_NONCE = 12, GCM_TAG = 16 };
/* `out` has room for plain.n bytes. The nonce must never meet the key twice. */
void seal_gcm_lock(const uint8_t key[SEAL_KEY_SIZE], const uint8_t nonce[GCM_NONCE],
                   struct bytes bound, struct bytes plain, uint8_t *out, uint8_t tag_out[GCM_TAG]);
/* `out` has room for locked.n bytes; it is wiped when the tag does not fit. */
bool seal_gcm_unlock(const uint8_t key[SEAL_KEY_SIZE], const uint8_t nonce[GCM_NONCE],
                     struct bytes bound, struct bytes locked, const uint8_t tag[GCM_TAG],
                     uint8_t *out);

/* ---- DER ------------------------------------------------------------------------------------- */

/* What is written and read is DER in short-form tags only (X.690 8.1.2.2, 10.1). */
enum {
    DER_BOOL = 0x01,
    DER_INT = 0x02,
    DER_BITS = 0x03,
    DER_OCTETS = 0x04,
    DER_OID = 0x06,
    DER_UTF8 = 0x0c,
    DER_PRINTABLE = 0x13,
    DER_UTC = 0x17,
    DER_TIME = 0x18,
    DER_SEQ = 0x30,
    DER_SET = 0x31,
    DER_IN0 = 0x80, /* context-specific, primitive; add the number */
    DER_C0 = 0xa0,  /* context-specific, constructed; add the number */
};
/* Bytes that stand in the program, for good: BYTES("\x02\x01\x00"). */
#define BYTES(literal) ((struct bytes){(const uint8_t *)"" literal, sizeof(literal) - 1})

/* One value over the parts joined. */
struct bytes seal_der(struct arena *a, uint8_t tag, const struct bytes *parts, size_t n);
#define DER(a, tag, ...)                                                                           \
    seal_der(a, tag, (const struct bytes[]){__VA_ARGS__},                                          \
             sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes))
/* Tag and length of a value of `n` bytes. */
struct bytes seal_der_head(struct arena *a, uint8_t tag, size_t n);
struct bytes seal_join(struct arena *a, const struct bytes *parts, size_t n);
#define JOIN(a, ...)                                                                               \
    seal_join(a, (const struct bytes[]){__VA_ARGS__},                                              \
              sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes))
/* A Time (RFC 5280 4.1.2.5): UTCTime up to 2049, then GeneralizedTime; whole seconds. */
struct bytes seal_der_time(struct arena *a, int64_t ms);
/* The order of a SET OF (X.690 11.6). */
int seal_der_cmp(struct bytes a, struct bytes b);
void seal_der_sort(struct bytes *values, size_t n);

/* A cursor over DER that remembers its first mistake: read on, ask `bad` once at the end. */
struct der {
    const uint8_t *p;
    size_t n;
    bool bad;
};
struct der seal_der_of(struct bytes b);
/* The next tag, or 0 at the end or after a mistake. */
uint8_t seal_der_peek(const struct der *d);
/* The content of the next value, which must have this tag; empty after a mistake. */
struct bytes seal_der_take(struct der *d, uint8_t tag);
/* The same with tag and length in front. */
struct bytes seal_der_whole(struct der *d, uint8_t tag);
struct der seal_der_enter(struct der *d, uint8_t tag);
/* Takes over the mistakes of `inner`, of which nothing may be left. */
void seal_der_leave(struct der *d, const struct der *inner);
/* The next bytes must be these. */
void seal_der_expect(struct der *d, struct bytes exact);
/* A positive INTEGER in its shortest form, whole. */
struct bytes seal_der_serial(struct der *d);
int64_t seal_der_take_time(struct arena *a, struct der *d);

/* ---- a certificate, taken apart -------------------------------------------------------------- */

struct cert_parts {
    struct seal_cert says;
    struct bytes tbs;                     /* what is signed, whole */
    struct bytes issuer, serial, subject; /* whole values */
    struct bytes issuer_id;               /* key identifier of the issuer; empty in a root */
    struct str organisation;
    struct bytes point;
    struct bytes signature;
};
MUST err seal_cert_parts(struct turn *t, struct bytes der, struct cert_parts *out);
/* Requires a certificate whose key is for signing, or for opening. */
MUST err seal_cert_for(struct turn *t, struct bytes der, bool signing, struct cert_parts *out);
/* Whether a name is spelled as roots are named: the only issuers there are. */
bool seal_cert_names_root(struct arena *a, struct bytes name);
/* Whether a root is signed by itself. */
bool seal_cert_is_own(const struct cert_parts *c);

/* ---- the messages of suite 1 ----------------------------------------------------------------- */

MUST err seal_cms_sign(struct turn *t, const struct seal_key *key, struct bytes der,
                       struct bytes content, bool attached, int64_t at_ms, struct bytes *cms_out);
MUST err seal_cms_verify(struct turn *t, struct bytes der, struct bytes content, struct bytes cms);
MUST err seal_cms_verify_attached(struct turn *t, struct bytes der, struct bytes cms,
                                  struct bytes *content_out);
/* Requires that nothing stands beside what is signed: no certificates. */
MUST err seal_cms_is_bare(struct turn *t, struct bytes cms);
MUST err seal_envelope_close(struct turn *t, const struct bytes *to_der, size_t n,
                             struct bytes plain, struct bytes *sealed_out);
MUST err seal_envelope_open(struct turn *t, const struct seal_key *key, struct bytes der,
                            struct bytes sealed, struct bytes *plain_out);

/* What a signature says, in place. */
struct cms_parts {
    bool attached;
    struct bytes content; /* when attached */
    struct bytes certs[SEAL_CERTS_MAX];
    size_t certs_n;
    struct bytes issuer, serial; /* of the signer's certificate, whole values */
    struct hash digest;          /* of the content */
    struct hash cert;            /* of the signer's certificate */
    int64_t signed_ms;
    struct bytes attributes; /* what is signed, without its tag and length */
    struct bytes signature;
};
/* Reads it; whether it holds is not asked. ERR_REJECTED (RFC 5652 5.1). */
MUST err seal_cms_parts(struct turn *t, struct bytes cms, struct cms_parts *out);

/* What an envelope holds, in place. */
struct envelope_recipient {
    struct bytes point; /* the new key's public half */
    struct bytes issuer_serial;
    struct bytes wrapped;
};
struct envelope_parts {
    struct envelope_recipient recipients[SEAL_RECIPIENTS_MAX];
    size_t n;
    struct bytes nonce, ciphertext, tag;
};
/* Reads it; opens nothing. ERR_REJECTED (RFC 5083 2.1). */
MUST err seal_envelope_parts(struct turn *t, struct bytes sealed, struct envelope_parts *out);

/* ---- the manifest of a parcel ---------------------------------------------------------------- */

/* One reference of a manifest: a name as a URI, and the base64 of a SHA-256. */
struct manifest_ref {
    struct str uri, digest;
};
MUST err seal_manifest_read(struct turn *t, int number, struct bytes manifest,
                            struct manifest_ref **refs_out, size_t *n_out);
/* The name of an entry as a URI. */
struct str seal_manifest_uri(struct arena *a, struct str name);
struct str seal_manifest_name(struct arena *a, int number);
struct str seal_signature_name(struct arena *a, int number);

#endif
