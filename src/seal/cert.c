/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: one profile of RFC 5280, written and read in one spelling.
 *
 * A State's root signs a certificate for each key of its authorities; there are no others in
 * between. The reader takes a certificate apart, writes anew what it says and compares, so nothing
 * can stand in one that is not understood. Signatures are checked by seal_cert_check alone. There
 * is no revocation here: profiles carry it. PEM is in pem.c. */

#include "seal/inner.h"

#include <assert.h>
#include <string.h>

enum { CERT_MAX = 4096, ORGANISATION_MAX = 64, SERIAL_SIZE = 16, KEY_ID = 20, ISSUER_MAX = 256 };

/* Values that never change; the comments give what they mean. */
#define VERSION_3 BYTES("\xa0\x03\x02\x01\x02")
/* 1.2.840.10045.4.3.2, without parameters (RFC 5758 3.2). */
#define ECDSA_SHA256 BYTES("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")
/* id-ecPublicKey and prime256v1; the point follows (RFC 5480 2). */
#define SPKI_P256                                                                                  \
    BYTES("\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce"           \
          "\x3d\x03\x01\x07\x03\x42\x00")
#define COUNTRY BYTES("\x06\x03\x55\x04\x06")
#define ORGANISATION BYTES("\x06\x03\x55\x04\x0a")
#define COMMON_NAME BYTES("\x06\x03\x55\x04\x03")
#define KEY_IDENTIFIER BYTES("\x06\x03\x55\x1d\x0e")
#define ISSUER_IDENTIFIER BYTES("\x06\x03\x55\x1d\x23")
#define ALTERNATIVE_NAME BYTES("\x06\x03\x55\x1d\x11")
/* basicConstraints, critical: CA, of end certificates only. */
#define IS_AUTHORITY                                                                               \
    BYTES("\x30\x12\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x08\x30\x06\x01\x01\xff\x02\x01"           \
          "\x00")
/* keyUsage, critical: unused bits, bits. */
#define KEY_USAGE(bits) BYTES("\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02" bits)
/* extKeyUsage. */
#define SERVER_AND_CLIENT                                                                          \
    BYTES("\x30\x1d\x06\x03\x55\x1d\x25\x04\x16\x30\x14\x06\x08\x2b\x06\x01\x05\x05\x07"           \
          "\x03\x01\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02")
/* True under 2.25.83479491844184831233327731722007244914, a random UUID. */
#define FOR_TRAINING                                                                               \
    BYTES("\x30\x1a\x06\x13\x69\xfd\xcd\xc8\xae\x81\xeb\xc2\xa5\xbf\x95\xad\x80\xdb\xc2"           \
          "\x9a\x89\xe0\x72\x04\x03\x01\x01\xff")
#define NOTHING ((struct bytes){NULL, 0})

static const char *const role_words[] = {
    [SEAL_ROOT] = "root", [SEAL_SEAL] = "seal", [SEAL_OPEN] = "open", [SEAL_TLS] = "tls"};

static err says_is_good(struct turn *t, const struct seal_cert *says, struct str organisation);
static struct bytes name_of(struct arena *a, const struct seal_cert *says, struct str organisation);
static struct bytes tbs_of(struct arena *a, const struct cert_parts *c);
static void key_id(struct bytes point, uint8_t out[KEY_ID]);
static struct bytes point_of(const struct seal_key *k);

/* ---- issuing --------------------------------------------------------------------------------- */

err seal_cert_issue(struct turn *t, const struct seal_cert *says, struct str organisation,
                    const struct seal_key *key, const struct seal_key *issuer,
                    struct bytes issuer_der, struct bytes *der_out)
{
    try(says_is_good(t, says, organisation));
    struct arena *a = t->arena;
    struct cert_parts by, c = {.says = *says, .organisation = organisation, .point = point_of(key)};
    uint8_t serial[SERIAL_SIZE], issuer_id[KEY_ID];
    assert(t->chance);
    t->chance->fill(t->chance->ctx, serial, sizeof serial);
    serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and of one length */
    c.serial = DER(a, DER_INT, ((struct bytes){serial, sizeof serial}));
    c.subject = name_of(a, says, organisation);
    if (says->role == SEAL_ROOT) {
        assert(key == issuer && issuer_der.n == 0);
        c.issuer = c.subject;
    } else {
        try(seal_cert_parts(t, issuer_der, &by));
        if (by.says.role != SEAL_ROOT || !bytes_eq(by.point, point_of(issuer)))
            return turn_fail(t, ERR_REJECTED, "issuer", "RFC 5280 4.2.1.9",
                             "The issuer is no root, or the key is not the issuer's.");
        key_id(by.point, issuer_id);
        c.issuer = by.subject;
        c.issuer_id = (struct bytes){issuer_id, KEY_ID};
        c.says.training = false;
    }
    struct bytes tbs = tbs_of(a, &c), signature;
    struct hash digest = seal_sha256_of(tbs);
    try(seal_key_sign(t, issuer, &digest, &signature));
    *der_out = DER(a, DER_SEQ, tbs, ECDSA_SHA256, DER(a, DER_BITS, BYTES("\x00"), signature));
    return ERR_OK;
}

static bool is_made_of(struct str s, size_t max, const char *also, char from, char to)
{
    if (s.n == 0 || s.n > max) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < from || s.p[i] > to) && (s.p[i] == 0 || !strchr(also, s.p[i]))) return false;
    return true;
}

/* "XN", and "XN/csb". */
static bool is_state(struct str s) { return is_made_of(s, 8, "0123456789", 'A', 'Z'); }

static bool is_address(struct str s, struct str *state)
{
    struct str authority;
    return str_split(s, '/', state, &authority) && is_state(*state) &&
           is_made_of(authority, 32, "0123456789-", 'a', 'z');
}

static err says_is_good(struct turn *t, const struct seal_cert *says, struct str organisation)
{
    struct str state;
    bool named =
        says->role == SEAL_ROOT ? is_state(says->state) : is_address(says->address, &state);
    if (!named)
        return turn_fail(t, ERR_REJECTED, "address", "RFC 5280 4.2.1.6",
                         "A certificate names a State, or an authority of one as STATE/NAME.");
    if (organisation.n == 0 || organisation.n > ORGANISATION_MAX || !str_is_utf8(organisation))
        return turn_fail(t, ERR_REJECTED, "organisation", "RFC 5280 A.1",
                         "The name of an organisation has 1 to %d bytes of UTF-8.",
                         ORGANISATION_MAX);
    if (time_text(t->arena, says->from_ms).n == 0 || time_text(t->arena, says->to_ms).n == 0 ||
        says->from_ms / 1000 >= says->to_ms / 1000)
        return turn_fail(t, ERR_REJECTED, "validity", "RFC 5280 4.1.2.5",
                         "A certificate ends after it begins, between 1970 and 9999.");
    return ERR_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static struct bytes name_part(struct arena *a, struct bytes oid, uint8_t tag, struct str text)
{
    struct bytes value = DER(a, tag, str_bytes(text));
    return DER(a, DER_SET, DER(a, DER_SEQ, oid, value));
}

/* The State of an address, or of a root. */
static struct str state_of(const struct seal_cert *says)
{
    struct str state, rest;
    if (says->role == SEAL_ROOT) return says->state;
    str_split(says->address, '/', &state, &rest);
    return state;
}

static struct bytes name_of(struct arena *a, const struct seal_cert *says, struct str organisation)
{
    struct str state = state_of(says);
    /* A country has two letters (RFC 5280 A.1); other bodies go without. */
    bool is_country = state.n == 2 && is_made_of(state, 2, "", 'A', 'Z');
    struct str name = says->role == SEAL_ROOT ? says->state : says->address;
    return DER(a, DER_SEQ, is_country ? name_part(a, COUNTRY, DER_PRINTABLE, state) : NOTHING,
               name_part(a, ORGANISATION, DER_UTF8, organisation),
               name_part(a, COMMON_NAME, DER_UTF8, name));
}

static struct bytes extension(struct arena *a, struct bytes oid, struct bytes value)
{
    return DER(a, DER_SEQ, oid, DER(a, DER_OCTETS, value));
}

/* What the key may be used for. */
static struct bytes uses_of(struct arena *a, enum seal_role role)
{
    switch (role) {
    case SEAL_ROOT: /* digitalSignature, keyCertSign, cRLSign: a root signs its State's profile too
                     */
        return JOIN(a, IS_AUTHORITY, KEY_USAGE("\x01\x86"));
    case SEAL_SEAL: /* digitalSignature, nonRepudiation */
        return KEY_USAGE("\x06\xc0");
    case SEAL_OPEN: /* keyAgreement */
        return KEY_USAGE("\x03\x08");
    case SEAL_TLS: /* digitalSignature */
        return JOIN(a, KEY_USAGE("\x07\x80"), SERVER_AND_CLIENT);
    }
    return NOTHING;
}

static struct bytes tbs_of(struct arena *a, const struct cert_parts *c)
{
    uint8_t id[KEY_ID];
    key_id(c->point, id);
    struct str name = c->says.role == SEAL_ROOT ? c->says.state : c->says.address;
    struct str uri =
        str_printf(a, "comity:" STR_FMT "/%s", STR_ARG(name), role_words[c->says.role]);
    struct bytes own_id = DER(a, DER_OCTETS, ((struct bytes){id, KEY_ID}));
    struct bytes issuer_id = DER(a, DER_SEQ, DER(a, DER_IN0, c->issuer_id));
    struct bytes uri_name = DER(a, DER_SEQ, DER(a, DER_IN0 + 6, str_bytes(uri)));
    struct bytes extensions =
        DER(a, DER_SEQ, uses_of(a, c->says.role), extension(a, KEY_IDENTIFIER, own_id),
            c->issuer_id.n ? extension(a, ISSUER_IDENTIFIER, issuer_id) : NOTHING,
            extension(a, ALTERNATIVE_NAME, uri_name), c->says.training ? FOR_TRAINING : NOTHING);
    struct bytes validity =
        DER(a, DER_SEQ, seal_der_time(a, c->says.from_ms), seal_der_time(a, c->says.to_ms));
    return DER(a, DER_SEQ, VERSION_3, c->serial, ECDSA_SHA256, c->issuer, validity, c->subject,
               SPKI_P256, c->point, DER(a, DER_C0 + 3, extensions));
}

/* The first 160 bits of SHA-256 of the key (RFC 7093 2). */
static void key_id(struct bytes point, uint8_t out[KEY_ID])
{
    struct hash h = seal_sha256_of(point);
    memcpy(out, h.b, KEY_ID);
}

static struct bytes point_of(const struct seal_key *k)
{
    return (struct bytes){k->point, P256_POINT};
}

/* ---- reading --------------------------------------------------------------------------------- */

static void take_validity(struct arena *a, struct der *d, struct seal_cert *says)
{
    struct der v = seal_der_enter(d, DER_SEQ);
    says->from_ms = seal_der_take_time(a, &v);
    says->to_ms = seal_der_take_time(a, &v);
    seal_der_leave(d, &v);
    if (says->from_ms >= says->to_ms) d->bad = true;
}

/* The first UTF-8 value of a kind in a name; empty when there is none. */
static struct str value_in(struct bytes whole, struct bytes kind)
{
    enum { PARTS_MAX = 3 };
    struct der d = seal_der_of(whole), name = seal_der_enter(&d, DER_SEQ);
    for (int i = 0; i < PARTS_MAX; i++) {
        struct der set = seal_der_enter(&name, DER_SET), pair = seal_der_enter(&set, DER_SEQ);
        struct bytes oid = seal_der_whole(&pair, DER_OID);
        if (!pair.bad && bytes_eq(oid, kind)) return bytes_str(seal_der_take(&pair, DER_UTF8));
    }
    return (struct str){NULL, 0};
}

static bool is_organisation(struct str s)
{
    return s.n > 0 && s.n <= ORGANISATION_MAX && str_is_utf8(s);
}

bool seal_cert_names_root(struct arena *a, struct bytes name)
{
    struct seal_cert says = {.role = SEAL_ROOT, .state = value_in(name, COMMON_NAME)};
    struct str organisation = value_in(name, ORGANISATION);
    return name.n <= ISSUER_MAX && is_state(says.state) && is_organisation(organisation) &&
           bytes_eq(name_of(a, &says, organisation), name);
}

/* "comity:XN/csb/seal" or "comity:XN/root". */
static bool uri_read(struct str uri, struct seal_cert *says)
{
    if (!str_starts(uri, "comity:")) return false;
    uri.p += 7;
    uri.n -= 7;
    for (size_t role = SEAL_ROOT; role <= SEAL_TLS; role++) {
        struct str word = str_of(role_words[role]);
        if (uri.n <= word.n + 1 || !str_ends(uri, role_words[role])) continue;
        struct str name = {uri.p, uri.n - word.n - 1};
        if (uri.p[name.n] != '/') continue;
        says->role = (enum seal_role)role;
        if (role != SEAL_ROOT) says->address = name;
        return role == SEAL_ROOT ? is_state(says->state = name) : is_address(name, &says->state);
    }
    return false;
}

/* Looks for the extensions that say more than the role does; the comparison sees the others. */
static void take_extensions(struct der *d, struct cert_parts *c)
{
    bool named = false;
    struct der list = seal_der_enter(d, DER_SEQ);
    while (list.n && !list.bad) {
        struct der ahead = list;
        struct bytes whole = seal_der_whole(&list, DER_SEQ);
        struct der e = seal_der_enter(&ahead, DER_SEQ);
        struct bytes oid = seal_der_whole(&e, DER_OID);
        if (e.bad) continue;
        if (bytes_eq(whole, FOR_TRAINING)) {
            c->says.training = true;
        } else if (bytes_eq(oid, ISSUER_IDENTIFIER)) {
            struct der v = seal_der_enter(&e, DER_OCTETS), in = seal_der_enter(&v, DER_SEQ);
            c->issuer_id = seal_der_take(&in, DER_IN0);
        } else if (bytes_eq(oid, ALTERNATIVE_NAME)) {
            struct der v = seal_der_enter(&e, DER_OCTETS), in = seal_der_enter(&v, DER_SEQ);
            named = uri_read(bytes_str(seal_der_take(&in, DER_IN0 + 6)), &c->says);
        }
    }
    seal_der_leave(d, &list);
    if (!named) d->bad = true;
}

/* What the parts must be besides being spelled right. */
static bool fits(struct arena *a, const struct cert_parts *c)
{
    bool is_root = c->says.role == SEAL_ROOT;
    if (!is_organisation(c->organisation)) return false;
    if (c->issuer_id.n != (is_root ? 0 : KEY_ID) || (c->says.training && !is_root)) return false;
    if (is_root ? !bytes_eq(c->issuer, c->subject) : !seal_cert_names_root(a, c->issuer))
        return false;
    return c->point.p[0] == 4 && bytes_eq(name_of(a, &c->says, c->organisation), c->subject) &&
           bytes_eq(tbs_of(a, c), c->tbs);
}

err seal_cert_parts(struct turn *t, struct bytes der, struct cert_parts *out)
{
    if (der.n > CERT_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "certificate", NULL,
                         "A certificate has at most %d bytes, not %zu.", CERT_MAX, der.n);
    struct cert_parts c = {0};
    struct der d = seal_der_of(der), cert = seal_der_enter(&d, DER_SEQ), ahead = cert;
    c.tbs = seal_der_whole(&ahead, DER_SEQ);
    struct der tbs = seal_der_enter(&cert, DER_SEQ);
    seal_der_expect(&tbs, VERSION_3);
    c.serial = seal_der_serial(&tbs);
    seal_der_expect(&tbs, ECDSA_SHA256);
    c.issuer = seal_der_whole(&tbs, DER_SEQ);
    take_validity(t->arena, &tbs, &c.says);
    c.subject = seal_der_whole(&tbs, DER_SEQ);
    struct bytes spki = {tbs.p, SPKI_P256.n + P256_POINT};
    seal_der_expect(&tbs, SPKI_P256);
    if (tbs.n < P256_POINT) tbs.bad = true;
    if (!tbs.bad) {
        c.point = (struct bytes){tbs.p, P256_POINT};
        tbs.p += P256_POINT;
        tbs.n -= P256_POINT;
    }
    struct der explicit = seal_der_enter(&tbs, DER_C0 + 3);
    take_extensions(&explicit, &c);
    seal_der_leave(&tbs, &explicit);
    seal_der_leave(&cert, &tbs);
    seal_der_expect(&cert, ECDSA_SHA256);
    struct der bits = seal_der_enter(&cert, DER_BITS);
    seal_der_expect(&bits, BYTES("\x00"));
    c.signature = (struct bytes){bits.p, bits.n};
    seal_der_leave(&d, &cert);
    if (d.bad || d.n || bits.bad) goto out;
    /* The one part of a subject that nothing else in the certificate says. */
    c.organisation = value_in(c.subject, ORGANISATION);
    if (!fits(t->arena, &c)) goto out;
    c.says.print = seal_sha256_of(der);
    c.says.key = seal_sha256_of(spki);
    *out = c;
    return ERR_OK;
out:
    return turn_fail(t, ERR_REJECTED, "certificate", "RFC 5280 4.1",
                     "The bytes are no certificate of the shape that this program writes.");
}

err seal_cert_read(struct turn *t, struct bytes der, struct seal_cert *out)
{
    struct cert_parts c;
    try(seal_cert_parts(t, der, &c));
    *out = c.says;
    return ERR_OK;
}

err seal_cert_for(struct turn *t, struct bytes der, bool signing, struct cert_parts *out)
{
    struct cert_parts c;
    try(seal_cert_parts(t, der, &c));
    bool signs = c.says.role == SEAL_SEAL || c.says.role == SEAL_ROOT;
    if (signing ? !signs : c.says.role != SEAL_OPEN)
        return turn_fail(t, ERR_REJECTED, "role", "RFC 5280 4.2.1.3",
                         "A certificate for \"%s\" was given where one for %s is needed.",
                         role_words[c.says.role], signing ? "signing" : "opening");
    *out = c;
    return ERR_OK;
}

/* ---- checking -------------------------------------------------------------------------------- */

static bool is_signed_by(const struct cert_parts *c, const struct cert_parts *by)
{
    struct hash digest = seal_sha256_of(c->tbs);
    return seal_p256_holds(by->point, &digest, c->signature);
}

bool seal_cert_is_own(const struct cert_parts *c)
{
    return c->says.role == SEAL_ROOT && is_signed_by(c, c);
}

static err check_time(struct turn *t, const struct cert_parts *c, int64_t at_ms)
{
    if (at_ms < c->says.from_ms)
        return turn_fail(t, ERR_INTEGRITY, "not-yet", "RFC 5280 6.1.3",
                         "The certificate for \"%s\" does not hold yet.", role_words[c->says.role]);
    /* The second named last belongs to the time (RFC 5280 4.1.2.5). */
    if (at_ms >= c->says.to_ms + 1000)
        return turn_fail(t, ERR_INTEGRITY, "expired", "RFC 5280 6.1.3",
                         "The certificate for \"%s\" does not hold any more.",
                         role_words[c->says.role]);
    return ERR_OK;
}

err seal_cert_check(struct turn *t, struct bytes der, struct bytes root_der, enum seal_role role,
                    int64_t at_ms)
{
    struct cert_parts c, root;
    uint8_t id[KEY_ID];
    try(seal_cert_parts(t, der, &c));
    try(seal_cert_parts(t, root_der, &root));
    if (root.says.role != SEAL_ROOT || c.says.role != role)
        return turn_fail(
            t, ERR_INTEGRITY, "role", "RFC 5280 4.2.1.3",
            "A certificate is for \"%s\" under \"%s\", wanted was \"%s\" under a root.",
            role_words[c.says.role], role_words[root.says.role], role_words[role]);
    key_id(root.point, id);
    bool named = role == SEAL_ROOT ? bytes_eq(der, root_der)
                                   : bytes_eq(c.issuer_id, (struct bytes){id, KEY_ID});
    if (!named || !bytes_eq(c.issuer, root.subject) || !str_eq(c.says.state, root.says.state))
        return turn_fail(t, ERR_INTEGRITY, "issuer", "RFC 5280 6.1.3",
                         "The certificate for \"%s\" names another issuer than this root.",
                         role_words[role]);
    if (!is_signed_by(&c, &root))
        return turn_fail(t, ERR_INTEGRITY, "signature", "RFC 5280 6.1.3",
                         "The root did not sign this certificate for \"%s\".", role_words[role]);
    try(check_time(t, &root, at_ms));
    return check_time(t, &c, at_ms);
}
