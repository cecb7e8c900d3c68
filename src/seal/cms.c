/* SPDX-License-Identifier: Apache-2.0 */
/* CAdES signatures (CMS SignedData, RFC 5652; EN 319 122-1 CAdES-B-B), in one spelling.
 *
 * One signer, SHA-256 and ECDSA on P-256, and four signed attributes: content type, signing time,
 * message digest, signing certificate. It is what `openssl cms -sign -cades` writes, byte for byte.
 * The reader accepts that and nothing else, so a signature has no bit that can change unnoticed.
 * Certificates may be added for a court without touching what was signed. Whether a certificate
 * leads to a root somebody trusts is seal_cert_check's question, and when it held is the caller's.
 */

#include "seal/inner.h"

#include <assert.h>
#include <string.h>

#define SIGNED_DATA BYTES("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
#define DATA BYTES("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
#define VERSION_1 BYTES("\x02\x01\x01")
/* Without parameters (RFC 5754 2, RFC 5758 3.2). */
#define SHA256_ALONE BYTES("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01")
#define ECDSA_SHA256 BYTES("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")
#define CONTENT_TYPE BYTES("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03")
#define MESSAGE_DIGEST BYTES("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04")
#define SIGNING_TIME BYTES("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05")
#define SIGNING_CERTIFICATE BYTES("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f")
#define NOTHING ((struct bytes){NULL, 0})

static struct bytes message_write(struct arena *a, const struct cms_parts *m);
static struct bytes attributes_of(struct arena *a, const struct cms_parts *m);
static struct hash to_sign(struct arena *a, struct bytes attributes);
static err check(struct turn *t, struct bytes der, const struct cms_parts *m, struct bytes content);

/* ---- signing --------------------------------------------------------------------------------- */

err seal_cms_sign(struct turn *t, const struct seal_key *key, struct bytes der,
                  struct bytes content, bool attached, int64_t at_ms, struct bytes *cms_out)
{
    struct cert_parts by;
    try(seal_cert_for(t, der, true, &by));
    if (!bytes_eq(by.point, (struct bytes){key->point, P256_POINT}))
        return turn_fail(t, ERR_REJECTED, "key", "RFC 5652 5.3",
                         "The key to sign with is not that of the certificate.");
    if (attached && content.n > SEAL_ATTACHED_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "size", NULL,
                         "What is signed has %zu bytes, and at most %d may stand in a signature.",
                         content.n, SEAL_ATTACHED_MAX);
    if (time_text(t->arena, at_ms).n == 0)
        return turn_fail(t, ERR_REJECTED, "signing-time", "RFC 5652 11.3",
                         "A signing time lies between 1970 and 9999.");
    struct cms_parts m = {.attached = attached,
                          .issuer = by.issuer,
                          .serial = by.serial,
                          .digest = seal_sha256_of(content),
                          .cert = by.says.print,
                          .signed_ms = at_ms};
    if (attached) m.content = content;
    m.attributes = attributes_of(t->arena, &m);
    struct hash digest = to_sign(t->arena, m.attributes);
    try(seal_key_sign(t, key, &digest, &m.signature));
    *cms_out = message_write(t->arena, &m);
    return ERR_OK;
}

/* What a signature covers: the attributes as a SET, whatever tag they travel under (RFC 5652 5.4).
 */
static struct hash to_sign(struct arena *a, struct bytes attributes)
{
    struct hash h;
    struct bytes head = seal_der_head(a, DER_SET, attributes.n);
    seal_sha256((struct bytes[]){head, attributes}, 2, &h);
    return h;
}

static struct bytes attribute(struct arena *a, struct bytes type, struct bytes value)
{
    return DER(a, DER_SEQ, type, DER(a, DER_SET, value));
}

/* In the order of a SET OF, which is that of their lengths: the last is always the longest. */
static struct bytes attributes_of(struct arena *a, const struct cms_parts *m)
{
    struct bytes name = DER(a, DER_SEQ, DER(a, DER_C0 + 4, m->issuer));
    struct bytes issuer_serial = DER(a, DER_SEQ, name, m->serial);
    struct bytes cert = DER(a, DER_SEQ, DER(a, DER_OCTETS, hash_bytes(&m->cert)), issuer_serial);
    return JOIN(a, attribute(a, CONTENT_TYPE, DATA),
                attribute(a, SIGNING_TIME, seal_der_time(a, m->signed_ms)),
                attribute(a, MESSAGE_DIGEST, DER(a, DER_OCTETS, hash_bytes(&m->digest))),
                attribute(a, SIGNING_CERTIFICATE, DER(a, DER_SEQ, DER(a, DER_SEQ, cert))));
}

static struct bytes message_write(struct arena *a, const struct cms_parts *m)
{
    struct bytes signer =
        DER(a, DER_SEQ, VERSION_1, DER(a, DER_SEQ, m->issuer, m->serial), SHA256_ALONE,
            DER(a, DER_C0, m->attributes), ECDSA_SHA256, DER(a, DER_OCTETS, m->signature));
    struct bytes content = m->attached ? DER(a, DER_C0, DER(a, DER_OCTETS, m->content)) : NOTHING;
    struct bytes certs = m->certs_n ? seal_der(a, DER_C0, m->certs, m->certs_n) : NOTHING;
    struct bytes data = DER(a, DER_SEQ, VERSION_1, DER(a, DER_SET, SHA256_ALONE),
                            DER(a, DER_SEQ, DATA, content), certs, DER(a, DER_SET, signer));
    return DER(a, DER_SEQ, SIGNED_DATA, DER(a, DER_C0, data));
}

/* ---- reading --------------------------------------------------------------------------------- */

static void take_hash(struct der *d, struct hash *out)
{
    struct bytes b = seal_der_take(d, DER_OCTETS);
    if (b.n != sizeof out->b)
        d->bad = true;
    else
        memcpy(out->b, b.p, b.n);
}

static struct der attribute_enter(struct der *d, struct bytes type)
{
    struct der pair = seal_der_enter(d, DER_SEQ);
    seal_der_expect(&pair, type);
    struct der values = seal_der_enter(&pair, DER_SET);
    if (pair.bad || pair.n) values.bad = true;
    return values;
}

static void take_attributes(struct arena *a, struct der *signer, struct cms_parts *m)
{
    struct der d = seal_der_enter(signer, DER_C0);
    m->attributes = (struct bytes){d.p, d.n};
    struct der v = attribute_enter(&d, CONTENT_TYPE);
    seal_der_expect(&v, DATA);
    seal_der_leave(&d, &v);
    v = attribute_enter(&d, SIGNING_TIME);
    m->signed_ms = seal_der_take_time(a, &v);
    seal_der_leave(&d, &v);
    v = attribute_enter(&d, MESSAGE_DIGEST);
    take_hash(&v, &m->digest);
    seal_der_leave(&d, &v);
    v = attribute_enter(&d, SIGNING_CERTIFICATE);
    struct der list = seal_der_enter(&v, DER_SEQ), certs = seal_der_enter(&list, DER_SEQ);
    struct der cert = seal_der_enter(&certs, DER_SEQ);
    take_hash(&cert, &m->cert);
    /* The same name and number as the signature's own, so that those are signed too. */
    struct der issuer_serial = seal_der_enter(&cert, DER_SEQ);
    struct der names = seal_der_enter(&issuer_serial, DER_SEQ);
    struct der name = seal_der_enter(&names, DER_C0 + 4);
    seal_der_expect(&name, m->issuer);
    seal_der_leave(&names, &name);
    seal_der_leave(&issuer_serial, &names);
    seal_der_expect(&issuer_serial, m->serial);
    seal_der_leave(&cert, &issuer_serial);
    seal_der_leave(&certs, &cert);
    seal_der_leave(&list, &certs);
    seal_der_leave(&v, &list);
    seal_der_leave(&d, &v);
    seal_der_leave(signer, &d);
}

static void take_signature(struct der *signer, struct cms_parts *m)
{
    m->signature = seal_der_take(signer, DER_OCTETS);
    struct der d = seal_der_of(m->signature), pair = seal_der_enter(&d, DER_SEQ);
    for (int i = 0; i < 2; i++) {
        struct der ahead = pair;
        seal_der_whole(&pair, DER_INT);
        struct bytes b = seal_der_take(&ahead, DER_INT);
        bool is_shortest = b.n >= 1 && b.p[0] < 0x80 && (b.n == 1 || b.p[0] != 0 || b.p[1] >= 0x80);
        if (ahead.bad || b.n > 33 || !is_shortest) pair.bad = true;
    }
    seal_der_leave(&d, &pair);
    seal_der_leave(signer, &d);
}

static void take_signer(struct arena *a, struct der *data, struct cms_parts *m)
{
    struct der set = seal_der_enter(data, DER_SET), signer = seal_der_enter(&set, DER_SEQ);
    seal_der_expect(&signer, VERSION_1);
    struct der by = seal_der_enter(&signer, DER_SEQ);
    m->issuer = seal_der_whole(&by, DER_SEQ);
    if (!seal_cert_names_root(a, m->issuer)) by.bad = true;
    m->serial = seal_der_serial(&by);
    seal_der_leave(&signer, &by);
    seal_der_expect(&signer, SHA256_ALONE);
    take_attributes(a, &signer, m);
    seal_der_expect(&signer, ECDSA_SHA256);
    take_signature(&signer, m);
    seal_der_leave(&set, &signer);
    seal_der_leave(data, &set);
}

static void take_content(struct der *data, struct cms_parts *m)
{
    struct der d = seal_der_enter(data, DER_SEQ);
    seal_der_expect(&d, DATA);
    m->attached = seal_der_peek(&d) == DER_C0;
    if (m->attached) {
        struct der explicit = seal_der_enter(&d, DER_C0);
        m->content = seal_der_take(&explicit, DER_OCTETS);
        seal_der_leave(&d, &explicit);
    }
    seal_der_leave(data, &d);
}

/* Certificates in the order of a SET OF, each once. */
static void take_certs(struct der *data, struct cms_parts *m)
{
    if (seal_der_peek(data) != DER_C0) return;
    struct der d = seal_der_enter(data, DER_C0);
    if (d.n == 0) d.bad = true;
    while (d.n && !d.bad) {
        if (m->certs_n == SEAL_CERTS_MAX) {
            d.bad = true;
            break;
        }
        m->certs[m->certs_n] = seal_der_whole(&d, DER_SEQ);
        if (m->certs_n && seal_der_cmp(m->certs[m->certs_n - 1], m->certs[m->certs_n]) >= 0)
            d.bad = true;
        m->certs_n++;
    }
    seal_der_leave(data, &d);
}

err seal_cms_parts(struct turn *t, struct bytes cms, struct cms_parts *out)
{
    if (cms.n > SEAL_CMS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "cms", NULL,
                         "A signature has at most %d bytes, not %zu.", SEAL_CMS_MAX, cms.n);
    struct cms_parts m = {0};
    struct der d = seal_der_of(cms), info = seal_der_enter(&d, DER_SEQ);
    seal_der_expect(&info, SIGNED_DATA);
    struct der explicit = seal_der_enter(&info, DER_C0), data = seal_der_enter(&explicit, DER_SEQ);
    seal_der_expect(&data, VERSION_1);
    struct der algorithms = seal_der_enter(&data, DER_SET);
    seal_der_expect(&algorithms, SHA256_ALONE);
    seal_der_leave(&data, &algorithms);
    take_content(&data, &m);
    take_certs(&data, &m);
    take_signer(t->arena, &data, &m);
    seal_der_leave(&explicit, &data);
    seal_der_leave(&info, &explicit);
    seal_der_leave(&d, &info);
    if (d.bad || d.n)
        return turn_fail(t, ERR_REJECTED, "cms", "RFC 5652 5.1",
                         "The bytes are no signature of suite 1 in the one spelling it has.");
    for (size_t i = 0; i < m.certs_n; i++) {
        struct cert_parts c;
        try(seal_cert_parts(t, m.certs[i], &c));
    }
    *out = m;
    return ERR_OK;
}

/* ---- verifying ------------------------------------------------------------------------------- */

err seal_cms_verify(struct turn *t, struct bytes der, struct bytes content, struct bytes cms)
{
    struct cms_parts m;
    try(seal_cms_parts(t, cms, &m));
    if (m.attached)
        return turn_fail(t, ERR_INTEGRITY, "cms", "RFC 5652 5.2",
                         "The signature brings a content of its own.");
    return check(t, der, &m, content);
}

err seal_cms_verify_attached(struct turn *t, struct bytes der, struct bytes cms,
                             struct bytes *content_out)
{
    struct cms_parts m;
    try(seal_cms_parts(t, cms, &m));
    if (!m.attached)
        return turn_fail(t, ERR_INTEGRITY, "cms", "RFC 5652 5.2",
                         "The signature does not bring its content.");
    try(check(t, der, &m, m.content));
    *content_out = bytes_dup(t->arena, m.content);
    return ERR_OK;
}

err seal_cms_is_bare(struct turn *t, struct bytes cms)
{
    struct cms_parts m;
    try(seal_cms_parts(t, cms, &m));
    if (m.certs_n == 0) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "certificates", "RFC 5652 5.1",
                     "The signature brings certificates, which no signature does as it travels.");
}

static err check(struct turn *t, struct bytes der, const struct cms_parts *m, struct bytes content)
{
    struct cert_parts by;
    try(seal_cert_for(t, der, true, &by));
    if (!bytes_eq(m->issuer, by.issuer) || !bytes_eq(m->serial, by.serial))
        return turn_fail(t, ERR_INTEGRITY, "signer", "RFC 5652 5.3",
                         "The signature names another certificate than that of the signer.");
    if (!hash_eq(&m->cert, &by.says.print))
        return turn_fail(t, ERR_INTEGRITY, "signer", "EN 319 122-1 5.2.2",
                         "The signature was made under another certificate of the same number.");
    struct hash digest = seal_sha256_of(content);
    if (!hash_eq(&m->digest, &digest))
        return turn_fail(t, ERR_INTEGRITY, "digest", "RFC 5652 5.6",
                         "The content is not what was signed.");
    digest = to_sign(t->arena, m->attributes);
    if (!seal_p256_holds(by.point, &digest, m->signature))
        return turn_fail(t, ERR_INTEGRITY, "signature", "RFC 5652 5.6",
                         "The signature is not by the holder of the certificate.");
    return ERR_OK;
}

/* ---- for export and for courts --------------------------------------------------------------- */

err seal_cms_add_certs(struct turn *t, struct bytes cms, const struct bytes *ders, size_t n,
                       struct bytes *cms_out)
{
    struct cms_parts m;
    struct cert_parts c;
    try(seal_cms_parts(t, cms, &m));
    for (size_t i = 0; i < n; i++) {
        try(seal_cert_parts(t, ders[i], &c));
        size_t same = 0;
        while (same < m.certs_n && !bytes_eq(m.certs[same], ders[i])) same++;
        if (same < m.certs_n) continue;
        if (m.certs_n == SEAL_CERTS_MAX)
            return turn_fail(t, ERR_TOO_LARGE, "count", NULL,
                             "A signature carries at most %d certificates.", SEAL_CERTS_MAX);
        m.certs[m.certs_n++] = ders[i];
    }
    seal_der_sort(m.certs, m.certs_n);
    *cms_out = message_write(t->arena, &m);
    return ERR_OK;
}

err seal_cms_signer(struct turn *t, struct bytes cms, struct bytes *der_out)
{
    struct cms_parts m;
    struct cert_parts c;
    bool named = false;
    try(seal_cms_parts(t, cms, &m));
    for (size_t i = 0; i < m.certs_n; i++) {
        try(seal_cert_parts(t, m.certs[i], &c));
        if (!bytes_eq(c.issuer, m.issuer) || !bytes_eq(c.serial, m.serial)) continue;
        named = true;
        if (!hash_eq(&c.says.print, &m.cert)) continue;
        *der_out = bytes_dup(t->arena, m.certs[i]);
        return ERR_OK;
    }
    if (named)
        return turn_fail(t, ERR_INTEGRITY, "signer", "EN 319 122-1 5.2.2",
                         "The certificate that the signature brings is not the one it was made "
                         "under.");
    return turn_fail(t, ERR_NONE_SUCH, "signer", "RFC 5652 5.1",
                     "The signature does not bring its signer's certificate.");
}

err seal_cms_is_canonical(struct turn *t, struct bytes cms)
{
    struct cms_parts m;
    struct cert_parts c;
    bool has_signer = false;
    try(seal_cms_parts(t, cms, &m));
    for (size_t i = 0; i < m.certs_n; i++) {
        try(seal_cert_parts(t, m.certs[i], &c));
        if (hash_eq(&c.says.print, &m.cert))
            has_signer = true;
        else if (!seal_cert_is_own(&c))
            return turn_fail(t, ERR_INTEGRITY, "cms-certificate", "RFC 5652 10.2.3",
                             "A certificate in the signature is neither its signer's nor a root.");
    }
    if (m.certs_n && !has_signer)
        return turn_fail(t, ERR_INTEGRITY, "cms-certificate", "EN 319 122-1 5.2.2",
                         "The signature brings certificates, but not the one it was made under.");
    return ERR_OK;
}

err seal_cms_look(struct turn *t, struct bytes cms, struct seal_cms_facts *out)
{
    struct cms_parts m;
    try(seal_cms_parts(t, cms, &m));
    *out = (struct seal_cms_facts){STR("SHA-256"), STR("P-256"), m.signed_ms};
    return ERR_OK;
}
