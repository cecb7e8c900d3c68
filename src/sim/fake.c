/* SPDX-License-Identifier: Apache-2.0 */
/* What would cost time and prove nothing here, done cheaply: the linker puts these in the place of
 * the functions they are named after, in comity-simulate and its tests alone (meson.build). They
 * keep the promises of those: what is altered is noticed, and nothing comes from outside.
 *
 * A certificate is a text with an HMAC; a signature of the log is an HMAC under the public key; the
 * words of a ceremony are hashed once; the tables of the law are read once for all nodes. */

#include "sim/inner.h"
#include "sim/wrap.h"

#include <string.h>

/* ---- certificates ---------------------------------------------------------------------------- */

enum { CERT_FIXED = 8 + 2 + 16 + 2, CERT_MAC = 32 };
static const char cert_word[] = "fakecert";

static void mac_of(struct bytes text, struct hash *out)
{
    seal_hmac(str_bytes(str_of(cert_word)), &text, 1, out);
}

err __wrap_seal_cert_issue(struct turn *t, const struct seal_cert *says, struct str organisation,
                           const struct seal_key *key, const struct seal_key *issuer,
                           struct bytes issuer_der, struct bytes *der_out)
{
    (void)organisation, (void)key, (void)issuer, (void)issuer_der;
    struct buf b = buf_in(t->arena);
    buf_put(&b, cert_word, 8);
    buf_byte(&b, (uint8_t)says->role);
    buf_byte(&b, says->training);
    buf_be(&b, (uint64_t)says->from_ms, 8);
    buf_be(&b, (uint64_t)says->to_ms, 8);
    buf_byte(&b, (uint8_t)says->state.n);
    buf_byte(&b, (uint8_t)says->address.n);
    buf_str(&b, says->state);
    buf_str(&b, says->address);
    struct hash mac;
    mac_of(buf_as_bytes(&b), &mac);
    buf_put(&b, mac.b, sizeof mac.b);
    *der_out = buf_as_bytes(&b);
    return ERR_OK;
}

static int64_t number_at(const uint8_t *p)
{
    uint64_t x = 0;
    for (int k = 0; k < 8; k++) x = x << 8 | p[k];
    return (int64_t)x;
}

err __wrap_seal_cert_read(struct turn *t, struct bytes der, struct seal_cert *out)
{
    struct hash mac;
    size_t names = der.n < CERT_FIXED ? 0 : (size_t)der.p[26] + der.p[27];
    if (der.n != CERT_FIXED + names + CERT_MAC || memcmp(der.p, cert_word, 8) != 0)
        return turn_fail(t, ERR_REJECTED, "certificate", "RFC 5280 4.1", "It is no certificate.");
    mac_of((struct bytes){der.p, der.n - CERT_MAC}, &mac);
    if (memcmp(mac.b, der.p + der.n - CERT_MAC, CERT_MAC) != 0)
        return turn_fail(t, ERR_REJECTED, "certificate", "RFC 5280 4.1", "It was altered.");
    const char *text = (const char *)der.p + CERT_FIXED;
    *out = (struct seal_cert){.state = {text, der.p[26]},
                              .address = {text + der.p[26], der.p[27]},
                              .role = (enum seal_role)der.p[8],
                              .training = der.p[9] != 0,
                              .from_ms = number_at(der.p + 10),
                              .to_ms = number_at(der.p + 18)};
    out->print = seal_sha256_of(der);
    out->key = out->print;
    return ERR_OK;
}

err __wrap_seal_cert_check(struct turn *t, struct bytes der, struct bytes root_der,
                           enum seal_role role, int64_t at_ms)
{
    struct seal_cert one, root;
    try(__wrap_seal_cert_read(t, der, &one));
    try(__wrap_seal_cert_read(t, root_der, &root));
    if (one.role != role || root.role != SEAL_ROOT)
        return turn_fail(t, ERR_INTEGRITY, "role", "RFC 5280 4.2.1.6", "It is for something else.");
    if (!str_eq(one.state, root.state))
        return turn_fail(t, ERR_INTEGRITY, "issuer", "RFC 5280 6.1.3", "Another State's root.");
    if (at_ms < one.from_ms || at_ms < root.from_ms)
        return turn_fail(t, ERR_INTEGRITY, "not-yet", "RFC 5280 6.1.3", "It does not hold yet.");
    if (at_ms > one.to_ms || at_ms > root.to_ms)
        return turn_fail(t, ERR_INTEGRITY, "expired", "RFC 5280 6.1.3", "It holds no more.");
    return ERR_OK;
}

/* ---- small keys ------------------------------------------------------------------------------ */

void __wrap_seal_ed25519_public(const uint8_t seed[32], uint8_t public_out[32])
{
    struct hash h = seal_sha256_of((struct bytes){seed, 32});
    memcpy(public_out, h.b, sizeof h.b);
}

static void signed_by(const uint8_t key[32], struct bytes message, uint8_t out[64])
{
    struct hash h;
    seal_hmac((struct bytes){key, 32}, &message, 1, &h);
    memcpy(out, h.b, sizeof h.b);
    memcpy(out + sizeof h.b, h.b, sizeof h.b);
}

void __wrap_seal_ed25519_sign(const uint8_t seed[32], struct bytes message,
                              uint8_t signature_out[64])
{
    uint8_t key[32];
    __wrap_seal_ed25519_public(seed, key);
    signed_by(key, message, signature_out);
}

bool __wrap_seal_ed25519_holds(const uint8_t key[32], struct bytes message,
                               const uint8_t signature[64])
{
    uint8_t again[64];
    signed_by(key, message, again);
    return memcmp(again, signature, sizeof again) == 0;
}

err __wrap_seal_stretch(struct turn *t, struct bytes what, struct bytes salt, uint8_t *out,
                        size_t n)
{
    (void)t;
    seal_hkdf(what, salt, out, n);
    return ERR_OK;
}

/* ---- the law, and what is logged ------------------------------------------------------------- */

err __wrap_law_load(struct turn *t, const struct law_file *files, size_t n,
                    const struct law_tables **out)
{
    struct world *w = node_of(t)->w;
    if (!w->tables) {
        struct turn life = *t;
        life.arena = w->arena;
        try(__real_law_load(&life, files, n, &w->tables));
    }
    *out = w->tables;
    return ERR_OK;
}

/* Each node would keep the same megabyte, which nothing here reads again. */
struct str __wrap_law_tables_pack(struct arena *a, const struct law_file *files, size_t n)
{
    (void)a, (void)files, (void)n;
    return STR("{}");
}

void __wrap_log_event(int64_t now_ms, const char *level, const char *event, ...)
{
    (void)now_ms, (void)level, (void)event;
}
