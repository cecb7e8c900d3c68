/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes (CMS AuthEnvelopedData, RFC 5083) for the holders of opening keys, in one spelling.
 *
 * AES-256-GCM (RFC 5084) under a new key, which is wrapped for each recipient by what a new P-256
 * key and theirs agree on (RFC 5753, KDF with SHA-256). There is one set of algorithms and the
 * reader knows no other, so nothing can be talked down. Plaintext leaves only when the tag fits. An
 * envelope says nothing about who closed it: that is for the signature inside. */

#include "seal/inner.h"

#include <openssl/err.h>

#include <assert.h>
#include <string.h>

enum { WRAPPED = SEAL_KEY_SIZE + 8 };

#define AUTH_ENVELOPED BYTES("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17")
#define DATA BYTES("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
#define VERSION_0 BYTES("\x02\x01\x00")
#define VERSION_3 BYTES("\x02\x01\x03")
#define EC_KEY_ALONE BYTES("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01")
#define AES_256_WRAP "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2d"
/* dhSinglePass-stdDH-sha256kdf, its parameter the wrap (RFC 5753 7.1.4). */
#define AGREEMENT BYTES("\x30\x15\x06\x06\x2b\x81\x04\x01\x0b\x01" AES_256_WRAP)
#define AES_256_GCM BYTES("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2e")
#define TAG_OF_16 BYTES("\x02\x01\x10")
/* ECC-CMS-SharedInfo (RFC 5753 7.2): the wrap, no ukm, 256 bits. Before it, the counter of the
 * first and only block (SEC 1 3.6.1). */
#define SHARED_INFO BYTES("\x30\x15" AES_256_WRAP "\xa2\x06\x04\x04\x00\x00\x01\x00")
#define FIRST_BLOCK BYTES("\x00\x00\x00\x01")

static err address_to(struct turn *t, struct bytes der, const uint8_t key[SEAL_KEY_SIZE],
                      struct bytes *recipient_out);
/* From what was agreed on, which is wiped. */
static void kek_of(uint8_t shared[P256_SHARED], uint8_t kek[SEAL_KEY_SIZE]);
static bool wrap(bool closing, const uint8_t kek[SEAL_KEY_SIZE], struct bytes in, uint8_t *out,
                 size_t n);
static struct bytes envelope_write(struct arena *a, struct bytes recipients, const uint8_t *nonce,
                                   struct bytes ciphertext, const uint8_t *tag);

/* ---- closing --------------------------------------------------------------------------------- */

err seal_envelope_close(struct turn *t, const struct bytes *to_der, size_t n, struct bytes plain,
                        struct bytes *sealed_out)
{
    if (n < 1 || n > SEAL_RECIPIENTS_MAX || plain.n > SEAL_PLAIN_MAX)
        return turn_fail(
            t, ERR_TOO_LARGE, "size", NULL,
            "An envelope is for 1 to %d recipients and at most %d bytes; this would be "
            "%zu and %zu.",
            SEAL_RECIPIENTS_MAX, SEAL_PLAIN_MAX, n, plain.n);
    assert(t->chance);
    uint8_t key[SEAL_KEY_SIZE], nonce[GCM_NONCE], tag[GCM_TAG];
    struct bytes recipients[SEAL_RECIPIENTS_MAX];
    err e = ERR_OK;
    t->chance->fill(t->chance->ctx, key, sizeof key);
    t->chance->fill(t->chance->ctx, nonce, sizeof nonce);
    for (size_t i = 0; i < n && e == ERR_OK; i++) e = address_to(t, to_der[i], key, &recipients[i]);
    if (e == ERR_OK) {
        uint8_t *ciphertext = arena_take(t->arena, plain.n);
        seal_gcm_lock(key, nonce, (struct bytes){NULL, 0}, plain, ciphertext, tag);
        seal_der_sort(recipients, n);
        *sealed_out = envelope_write(t->arena, seal_der(t->arena, DER_SET, recipients, n), nonce,
                                     (struct bytes){ciphertext, plain.n}, tag);
    }
    wipe(key, sizeof key);
    return e;
}

static err address_to(struct turn *t, struct bytes der, const uint8_t key[SEAL_KEY_SIZE],
                      struct bytes *recipient_out)
{
    struct arena *a = t->arena;
    struct cert_parts to;
    try(seal_cert_for(t, der, false, &to));
    EVP_PKEY *made;
    uint8_t point[P256_POINT], shared[P256_SHARED], kek[SEAL_KEY_SIZE], wrapped[WRAPPED];
    try(seal_p256_make(t, &made, point));
    auto_pkey mine = made;
    try(seal_p256_agree(t, mine, to.point, shared));
    kek_of(shared, kek);
    bool done = wrap(true, kek, (struct bytes){key, SEAL_KEY_SIZE}, wrapped, WRAPPED);
    wipe(kek, sizeof kek);
    if (!done) return seal_crypto_fault(t, "A key could not be wrapped");
    struct bytes bits = DER(a, DER_BITS, BYTES("\x00"), ((struct bytes){point, P256_POINT}));
    struct bytes rid = DER(a, DER_SEQ, to.issuer, to.serial);
    struct bytes for_them =
        DER(a, DER_SEQ, rid, DER(a, DER_OCTETS, ((struct bytes){wrapped, WRAPPED})));
    *recipient_out =
        DER(a, DER_C0 + 1, VERSION_3, DER(a, DER_C0, DER(a, DER_C0 + 1, EC_KEY_ALONE, bits)),
            AGREEMENT, DER(a, DER_SEQ, for_them));
    return ERR_OK;
}

static void kek_of(uint8_t shared[P256_SHARED], uint8_t kek[SEAL_KEY_SIZE])
{
    struct hash h;
    seal_sha256((struct bytes[]){{shared, P256_SHARED}, FIRST_BLOCK, SHARED_INFO}, 3, &h);
    memcpy(kek, h.b, SEAL_KEY_SIZE);
    wipe(&h, sizeof h);
    wipe(shared, P256_SHARED);
}

/* AES key wrap (RFC 3394), which is authenticated: false when `in` is not what was wrapped. */
static bool wrap(bool closing, const uint8_t kek[SEAL_KEY_SIZE], struct bytes in, uint8_t *out,
                 size_t n)
{
    auto_cipher c = EVP_CIPHER_CTX_new();
    uint8_t room[WRAPPED + 8], last[8];
    int wrote, more;
    if (!c) return false;
    EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    bool done = EVP_CipherInit_ex(c, EVP_aes_256_wrap(), NULL, kek, NULL, closing) == 1 &&
                EVP_CipherUpdate(c, room, &wrote, in.p, (int)in.n) == 1 &&
                EVP_CipherFinal_ex(c, last, &more) == 1 && wrote >= 0 && (size_t)wrote == n;
    if (done) memcpy(out, room, n);
    wipe(room, sizeof room);
    ERR_clear_error();
    return done;
}

/* The ciphertext is large and is copied once: what stands before it is built from the inside out.
 */
static struct bytes envelope_write(struct arena *a, struct bytes recipients, const uint8_t *nonce,
                                   struct bytes ciphertext, const uint8_t *tag)
{
    struct bytes mac = DER(a, DER_OCTETS, ((struct bytes){tag, GCM_TAG}));
    struct bytes parameters =
        DER(a, DER_SEQ, DER(a, DER_OCTETS, ((struct bytes){nonce, GCM_NONCE})), TAG_OF_16);
    struct bytes algorithm = DER(a, DER_SEQ, AES_256_GCM, parameters);
    size_t big = ciphertext.n;
    struct bytes before = JOIN(a, DATA, algorithm, seal_der_head(a, DER_IN0, big));
    before = JOIN(a, VERSION_0, recipients, seal_der_head(a, DER_SEQ, before.n + big), before);
    big += mac.n;
    before = JOIN(a, seal_der_head(a, DER_SEQ, before.n + big), before);
    before = JOIN(a, AUTH_ENVELOPED, seal_der_head(a, DER_C0, before.n + big), before);
    before = JOIN(a, seal_der_head(a, DER_SEQ, before.n + big), before);
    return JOIN(a, before, ciphertext, mac);
}

/* ---- opening --------------------------------------------------------------------------------- */

static void take_recipient(struct arena *a, struct der *d, struct envelope_recipient *r)
{
    struct der in = seal_der_enter(d, DER_C0 + 1);
    seal_der_expect(&in, VERSION_3);
    struct der explicit = seal_der_enter(&in, DER_C0);
    struct der originator = seal_der_enter(&explicit, DER_C0 + 1);
    seal_der_expect(&originator, EC_KEY_ALONE);
    struct der bits = seal_der_enter(&originator, DER_BITS);
    seal_der_expect(&bits, BYTES("\x00"));
    r->point = (struct bytes){bits.p, bits.n};
    if (bits.bad || bits.n != P256_POINT) originator.bad = true;
    seal_der_leave(&explicit, &originator);
    seal_der_leave(&in, &explicit);
    seal_der_expect(&in, AGREEMENT);
    struct der list = seal_der_enter(&in, DER_SEQ), one = seal_der_enter(&list, DER_SEQ);
    struct der ahead = one, rid = seal_der_enter(&ahead, DER_SEQ);
    if (!seal_cert_names_root(a, seal_der_whole(&rid, DER_SEQ))) rid.bad = true;
    seal_der_serial(&rid);
    seal_der_leave(&ahead, &rid);
    r->issuer_serial = seal_der_take(&one, DER_SEQ);
    r->wrapped = seal_der_take(&one, DER_OCTETS);
    if (ahead.bad || r->wrapped.n != WRAPPED) one.bad = true;
    seal_der_leave(&list, &one);
    seal_der_leave(&in, &list);
    seal_der_leave(d, &in);
}

/* One at least, in the order of a SET OF, each once. */
static void take_recipients(struct arena *a, struct der *d, struct envelope_parts *e)
{
    struct der set = seal_der_enter(d, DER_SET);
    struct bytes before = {NULL, 0};
    while (set.n && !set.bad) {
        struct der ahead = set;
        struct bytes whole = seal_der_whole(&ahead, DER_C0 + 1);
        if (e->n == SEAL_RECIPIENTS_MAX || seal_der_cmp(before, whole) >= 0)
            set.bad = true;
        else
            take_recipient(a, &set, &e->recipients[e->n++]);
        before = whole;
    }
    if (e->n == 0) set.bad = true;
    seal_der_leave(d, &set);
}

static void take_content(struct der *data, struct envelope_parts *e)
{
    struct der d = seal_der_enter(data, DER_SEQ);
    seal_der_expect(&d, DATA);
    struct der algorithm = seal_der_enter(&d, DER_SEQ);
    seal_der_expect(&algorithm, AES_256_GCM);
    struct der parameters = seal_der_enter(&algorithm, DER_SEQ);
    e->nonce = seal_der_take(&parameters, DER_OCTETS);
    seal_der_expect(&parameters, TAG_OF_16);
    seal_der_leave(&algorithm, &parameters);
    seal_der_leave(&d, &algorithm);
    e->ciphertext = seal_der_take(&d, DER_IN0);
    seal_der_leave(data, &d);
    e->tag = seal_der_take(data, DER_OCTETS);
    if (e->nonce.n != GCM_NONCE || e->tag.n != GCM_TAG) data->bad = true;
}

err seal_envelope_parts(struct turn *t, struct bytes sealed, struct envelope_parts *out)
{
    if (sealed.n > SEAL_SEALED_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "size", NULL,
                         "An envelope has at most %d bytes, not %zu.", SEAL_SEALED_MAX, sealed.n);
    struct envelope_parts e = {.n = 0};
    struct der d = seal_der_of(sealed), info = seal_der_enter(&d, DER_SEQ);
    seal_der_expect(&info, AUTH_ENVELOPED);
    struct der explicit = seal_der_enter(&info, DER_C0), data = seal_der_enter(&explicit, DER_SEQ);
    seal_der_expect(&data, VERSION_0);
    take_recipients(t->arena, &data, &e);
    take_content(&data, &e);
    seal_der_leave(&explicit, &data);
    seal_der_leave(&info, &explicit);
    seal_der_leave(&d, &info);
    if (d.bad || d.n)
        return turn_fail(t, ERR_REJECTED, "envelope", "RFC 5083 2.1",
                         "The bytes are no envelope of suite 1 in the one spelling it has.");
    *out = e;
    return ERR_OK;
}

static err altered(struct turn *t)
{
    return turn_fail(t, ERR_INTEGRITY, "envelope", "RFC 5083 2.2",
                     "The envelope was altered, or closed for another key.");
}

err seal_envelope_open(struct turn *t, const struct seal_key *key, struct bytes der,
                       struct bytes sealed, struct bytes *plain_out)
{
    struct cert_parts me;
    struct envelope_parts e;
    try(seal_cert_for(t, der, false, &me));
    if (!bytes_eq(me.point, (struct bytes){key->point, P256_POINT}))
        return turn_fail(t, ERR_REJECTED, "key", "RFC 5652 6.2",
                         "The key to open with is not that of the certificate.");
    try(seal_envelope_parts(t, sealed, &e));
    struct bytes name = JOIN(t->arena, me.issuer, me.serial);
    size_t k = 0;
    while (k < e.n && !bytes_eq(e.recipients[k].issuer_serial, name)) k++;
    if (k == e.n)
        return turn_fail(t, ERR_NONE_SUCH, "recipient", "RFC 5652 6.2",
                         "The envelope was closed for somebody else.");
    uint8_t shared[P256_SHARED], kek[SEAL_KEY_SIZE], content_key[SEAL_KEY_SIZE];
    try(seal_key_agree(t, key, e.recipients[k].point, shared));
    kek_of(shared, kek);
    bool unwrapped = wrap(false, kek, e.recipients[k].wrapped, content_key, SEAL_KEY_SIZE);
    wipe(kek, sizeof kek);
    if (!unwrapped) return altered(t);
    uint8_t *plain = arena_take(t->arena, e.ciphertext.n);
    bool opened = seal_gcm_unlock(content_key, e.nonce.p, (struct bytes){NULL, 0}, e.ciphertext,
                                  e.tag.p, plain);
    wipe(content_key, sizeof content_key);
    if (!opened) return altered(t);
    *plain_out = (struct bytes){plain, e.ciphertext.n};
    return ERR_OK;
}
