/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SEAL_H
#define COMITY_SEAL_H
/* Signs, verifies, encrypts: CMS, CAdES, certificates and the ASiC-E container. The only folder
 * that knows libcrypto. No sockets, no clock: the day a signature must hold is an argument. */

#include "base/base.h"
#include "codec/codec.h"
#include "seal/passkey.h"

/* ---- digests and small keys ------------------------------------------------------------------ */

/* SHA-256 (FIPS 180-4) and HMAC (RFC 2104) over the parts joined. Cannot fail. */
void seal_sha256(const struct bytes *parts, size_t n, struct hash *out);
void seal_hmac(struct bytes key, const struct bytes *parts, size_t n, struct hash *out);
struct hash seal_sha256_of(struct bytes b);
/* HKDF-SHA256 (RFC 5869), empty salt: `n` bytes, at most SEAL_HKDF_MAX. */
enum { SEAL_HKDF_MAX = 64 };
void seal_hkdf(struct bytes key, struct bytes info, uint8_t *out, size_t n);
/* scrypt (RFC 7914) N=2^16 r=8 p=1: slow on purpose, for the words of a ceremony. */
MUST err seal_stretch(struct turn *t, struct bytes what, struct bytes salt, uint8_t *out, size_t n);

/* AES-256-GCM at rest: nonce (12, from `chance`) || ciphertext || tag (16). `bound` is
 * authenticated and not stored. Opening answers ERR_INTEGRITY when anything was altered. Locking
 * more than SEAL_LOCK_MAX is a mistake. */
enum { SEAL_KEY_SIZE = 32, SEAL_LOCK_OVERHEAD = 28, SEAL_LOCK_MAX = 1 << 30 };
struct bytes seal_lock(struct turn *t, const uint8_t key[SEAL_KEY_SIZE], struct bytes bound,
                       struct bytes plain);
MUST err seal_unlock(struct turn *t, const uint8_t key[SEAL_KEY_SIZE], struct bytes bound,
                     struct bytes locked, struct bytes *plain_out);
#include "seal/segment.h"

/* Ed25519 (RFC 8032). The seed is the private key. */
void seal_ed25519_public(const uint8_t seed[32], uint8_t public_out[32]);
void seal_ed25519_sign(const uint8_t seed[32], struct bytes message, uint8_t signature_out[64]);
bool seal_ed25519_holds(const uint8_t key[32], struct bytes message, const uint8_t signature[64]);

/* ---- keys and certificates ------------------------------------------------------------------- */

/* A private P-256 key. Only `keeper` and the offline root hold one. */
struct seal_key;
MUST err seal_key_make(struct turn *t, struct seal_key **out);
MUST err seal_key_read(struct turn *t, struct bytes pem, struct seal_key **out);
MUST err seal_key_write(struct turn *t, const struct seal_key *k, struct bytes *pem_out);
void seal_key_free(struct seal_key *k);
/* A key that is in another process (`keeper`): its public half is that of the certificate, and what
 * takes the private one is asked for. Everything that takes a seal_key takes such a one, but
 * seal_key_write. `agree` is left out for keys that sign, and the other way round. */
enum { SEAL_SHARED_SIZE = 32 };
struct seal_elsewhere {
    err (*sign)(void *ctx, struct turn *t, const struct hash *digest, struct bytes *signature_out);
    err (*agree)(void *ctx, struct turn *t, struct bytes point,
                 uint8_t shared_out[SEAL_SHARED_SIZE]);
    void *ctx;
};
MUST err seal_key_elsewhere(struct turn *t, struct bytes der, const struct seal_elsewhere *hooks,
                            struct seal_key **out);
/* What those hooks answer, where the key is: an ECDSA signature (DER) over a digest, and the shared
 * x of ECDH with a point (04 || x || y; ERR_INTEGRITY when it is not on the curve). */
MUST err seal_key_sign(struct turn *t, const struct seal_key *k, const struct hash *digest,
                       struct bytes *signature_out);
MUST err seal_key_agree(struct turn *t, const struct seal_key *k, struct bytes point,
                        uint8_t shared_out[SEAL_SHARED_SIZE]);
/* Puts a certificate (SEAL_TLS) and its key into a TLS library's context (an SSL_CTX), which keeps
 * what it needs; a key that is elsewhere is asked in each handshake and must outlive the context.
 * False when it cannot. */
bool seal_tls_use(void *tls_context, struct bytes der, const struct seal_key *key);
/* Makes libcrypto read its settings and tables now: a process that gives up opening files calls it
 * before. */
void seal_warm(void);

/* What a certificate's key is for. */
enum seal_role { SEAL_ROOT, SEAL_SEAL, SEAL_OPEN, SEAL_TLS };

/* What a certificate says. A root names a State ("XN"); the others an authority ("XN/csb"). `role`
 * stands in the subject alternative name, a URI "comity:XN/csb/seal"; `training` is a flag of the
 * root (extension under 2.25, not critical) and is false in the others. Times are ms UTC. */
struct seal_cert {
    struct str state, address;
    enum seal_role role;
    bool training;
    int64_t from_ms, to_ms;
    struct hash print; /* SHA-256 of the DER */
    struct hash key;   /* SHA-256 of the SubjectPublicKeyInfo */
};
/* Issues a DER certificate for `key` (only its public half is used), signed by `issuer`. For a
 * root, issuer is the key itself and issuer_der is empty. Serial numbers come from chance. Profile:
 * v3, P-256, ECDSA-SHA256; root CA:TRUE with digitalSignature (it signs its State's profile too),
 * keyCertSign and cRLSign; seal digitalSignature and nonRepudiation; open keyAgreement; tls
 * digitalSignature with server and client authentication. ERR_REJECTED (RFC 5280) for names and
 * times that cannot be written, or an issuer that is no root or has another key. */
MUST err seal_cert_issue(struct turn *t, const struct seal_cert *says, struct str organisation,
                         const struct seal_key *key, const struct seal_key *issuer,
                         struct bytes issuer_der, struct bytes *der_out);
/* Reads a certificate; ERR_REJECTED (RFC 5280 4.1) when it is not one of ours in shape: written
 * anew from what it says, it must be the same bytes. Signatures are not checked. */
MUST err seal_cert_read(struct turn *t, struct bytes der, struct seal_cert *out);
/* Requires that `der` was signed by `root` (a root of the same State), that both are within their
 * time at `at_ms`, and that it is of `role`; ERR_INTEGRITY with the code of what fails: "role",
 * "issuer", "signature", "not-yet", "expired". */
MUST err seal_cert_check(struct turn *t, struct bytes der, struct bytes root_der,
                         enum seal_role role, int64_t at_ms);
/* DER as text (RFC 7468) and back; reading allows other line ends and lengths, nothing else. */
struct str seal_pem(struct arena *a, const char *label, struct bytes der);
MUST err seal_pem_read(struct turn *t, struct str pem, const char *label, struct bytes *der_out);

/* ---- the suite: what signs and seals, by argument -------------------------------------------- */

enum {
    SEAL_ATTACHED_MAX = 4 << 20,                   /* bytes of a content that a signature brings */
    SEAL_CMS_MAX = SEAL_ATTACHED_MAX + (64 << 10), /* bytes of a signature */
    SEAL_CERTS_MAX = 8,                            /* certificates in one */
    SEAL_SEALED_MAX = 16 << 20,                    /* bytes of an envelope: what travels */
    SEAL_PLAIN_MAX = SEAL_SEALED_MAX - (16 << 10), /* bytes in it */
    SEAL_RECIPIENTS_MAX = 16,
};
/* Suite 1: P-256, ECDSA, AES-256-GCM, SHA-256. The simulator passes another (fast, fake), tests a
 * dummy with 50 kB signatures; nothing above this floor may count on a size. All answers live in
 * the turn's arena. */
struct suite {
    int number; /* stands in the signed header of each act */
    const char *name;
    /* CAdES signature (CMS SignedData, EN 319 122-1 CAdES-B-B without certificate), detached or
     * with the content inside. `der` is the signer's certificate (its digest is a signed
     * attribute). */
    err (*sign)(struct turn *t, const struct seal_key *key, struct bytes der, struct bytes content,
                bool attached, int64_t at_ms, struct bytes *cms_out);
    /* Checks a detached signature by the holder of `der` (a seal or a root). ERR_INTEGRITY, article
     * "RFC 5652 5.6", "5.3" or "EN 319 122-1 5.2.2"; ERR_REJECTED (5.1) when the bytes are not a
     * signature of this suite as it travels, without certificates. Whether `der` itself is to be
     * believed is for seal_cert_check. */
    err (*verify)(struct turn *t, struct bytes der, struct bytes content, struct bytes cms);
    /* The same for an attached one: gives the content. */
    err (*verify_attached)(struct turn *t, struct bytes der, struct bytes cms,
                           struct bytes *content_out);
    /* CMS AuthEnvelopedData (RFC 5083), AES-256-GCM, ECDH P-256 with KDF SHA-256, to each open
     * certificate. */
    err (*seal)(struct turn *t, const struct bytes *to_der, size_t n, struct bytes plain,
                struct bytes *sealed_out);
    /* Opens what was sealed to the holder of `key`. ERR_NONE_SUCH (RFC 5652 6.2) when sealed to
     * somebody else; ERR_INTEGRITY when altered; ERR_REJECTED when it is no AuthEnvelopedData. */
    err (*open)(struct turn *t, const struct seal_key *key, struct bytes der, struct bytes sealed,
                struct bytes *plain_out);
};
extern const struct suite suite_1;
/* Adds the certificates to a signature's unsigned part, for export; the signature stays the same.
 * Each stands there once, at most SEAL_CERTS_MAX (ERR_TOO_LARGE). */
MUST err seal_cms_add_certs(struct turn *t, struct bytes cms, const struct bytes *ders, size_t n,
                            struct bytes *cms_out);
/* The signer's certificate, where it is embedded: of the issuer and serial the signature names
 * (otherwise ERR_NONE_SUCH), and with the digest it was made under (otherwise ERR_INTEGRITY). */
MUST err seal_cms_signer(struct turn *t, struct bytes cms, struct bytes *der_out);
/* Requires that no bit is free: DER in the one spelling we write, and of certificates embedded none
 * but the signer's, which must be there, and roots that hold by their own signature. ERR_REJECTED
 * for the first, ERR_INTEGRITY for the second. */
MUST err seal_cms_is_canonical(struct turn *t, struct bytes cms);
/* The digest algorithm, curve and signing time a policy verdict speaks of. */
struct seal_cms_facts {
    struct str digest, curve;
    int64_t signed_ms; /* as the signer claims; 0 when absent */
};
MUST err seal_cms_look(struct turn *t, struct bytes cms, struct seal_cms_facts *out);

/* ---- the parcel: ASiC-E with CAdES (EN 319 162-1) -------------------------------------------- */

/* The manifest over the entries (SHA-256 of each), always the same bytes for the same entries.
 * `number` gives its name: META-INF/ASiCManifest001.xml with META-INF/signature001.p7s. */
struct bytes parcel_manifest(struct arena *a, int number, const struct zip_entry *entries,
                             size_t n);
enum {
    PARCEL_MAX = 24 << 20, /* bytes of a container; an export may be larger than what travelled */
    PARCEL_SEALS_MAX = 8,
};
/* One signed manifest of a container. */
struct parcel_seal {
    struct bytes manifest, signature;
};
/* The container: mimetype, the entries, then each manifest and signature in order. */
struct bytes parcel_write(struct arena *a, const struct zip_entry *entries, size_t n,
                          const struct parcel_seal *seals, size_t seals_n);
struct parcel {
    struct zip_entry *entries; /* without mimetype and META-INF */
    size_t n;
    struct parcel_seal *seals;
    size_t seals_n;
    /* covered[k]: what seals[k] covers, in the order of its manifest, NULL-ended; for a later seal
     * also the manifests and signatures before it. */
    const struct zip_entry ***covered;
    bool
        is_plain; /* one seal, and its manifest is just what parcel_manifest makes of the entries */
};
/* Takes a container apart and checks everything but the signatures: ZIP as written by us, mimetype
 * first and exact (EN 319 162-1 A.1), then the entries, then manifests and signatures in order;
 * each manifest's references present with the digest it gives (A.4), each entry covered by a
 * manifest. Faults name the entry in `particular`; codes: "mimetype", "misplaced", "unsealed",
 * "manifest", "digest", "missing" (a reference to what is not there), "uncovered" (no manifest
 * refers to it). */
MUST err parcel_read(struct turn *t, struct bytes container, struct parcel *out);
const struct zip_entry *parcel_find(const struct parcel *p, const char *name);

/* ---- mail: S/MIME (RFC 8551) ----------------------------------------------------------------- */

enum { SEAL_MAIL_MAX = 32 << 20 }; /* bytes of an entity that is sealed */
/* The entity and a detached signature over exactly its bytes (suite.sign, then seal_cms_add_certs)
 * as multipart/signed. Lines of the entity end in CR LF, as codec writes them. */
struct bytes seal_mail_signed(struct arena *a, struct bytes entity, struct bytes signature);
/* Seals a MIME entity, its headers included, to certificates of mail receivers (PEM, RSA or EC, not
 * ours), and gives it as a MIME entity again. ERR_REJECTED (RFC 8550 4) "not-yet", "expired",
 * "key", "use", "cert" for a certificate that mail is not sealed to at `at_ms`; who issued it is
 * not looked at. Not the same bytes each time. */
MUST err seal_mail_close(struct turn *t, const struct str *to_pem, size_t n, struct bytes entity,
                         int64_t at_ms, struct bytes *entity_out);

#endif
