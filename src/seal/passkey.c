/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys: what a browser says is read strictly, and libfido2 takes an authenticator's bytes apart
 * and checks its signature. No device is ever spoken to from here. */

#include "seal/inner.h"

#include <fido.h>
#include <fido/es256.h>
#include <string.h>

enum { HOST_MAX = 253, CHALLENGE_MIN = 16, CHALLENGE_MAX = 64, RP_HASH = 32 };
enum { FLAG_PRESENT = 1, FLAG_VERIFIED = 4 };

static void cred_free(fido_cred_t **c) { fido_cred_free(c); }
static void assert_free(fido_assert_t **a) { fido_assert_free(a); }
static void pk_free(es256_pk_t **p) { es256_pk_free(p); }
#define auto_cred __attribute__((cleanup(cred_free))) fido_cred_t *
#define auto_assert __attribute__((cleanup(assert_free))) fido_assert_t *
#define auto_pk __attribute__((cleanup(pk_free))) es256_pk_t *

static err rejected(struct turn *t, const char *clause, const char *what)
{
    return turn_fail(t, ERR_REJECTED, "passkey-form", clause, "The passkey %s.", what);
}

static err refused(struct turn *t, const char *clause, const char *what)
{
    return turn_fail(t, ERR_INTEGRITY, "passkey", clause, "The passkey %s.", what);
}

/* ---- the site -------------------------------------------------------------------------------- */

/* A browser makes passkeys over plain HTTP for this computer alone. */
bool seal_site_of(struct str origin, struct seal_site *out)
{
    bool tls = str_starts(origin, "https://"), letter = false;
    size_t at = tls ? sizeof "https://" - 1 : sizeof "http://" - 1, n = 0;
    if (!tls && !str_starts(origin, "http://")) return false;
    while (at + n < origin.n && origin.p[at + n] != ':' && origin.p[at + n] != '/') {
        char c = origin.p[at + n++];
        bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!fine) return false;
        letter = letter || (c >= 'a' && c <= 'z');
    }
    for (size_t k = at + n; k < origin.n; k++)
        if (origin.p[k] == '/') return false;
    if (n == 0 || n > HOST_MAX || !letter) return false; /* an address is no relying party */
    struct str host = {origin.p + at, n};
    if (!tls && !str_is(host, "localhost") && !str_ends(host, ".localhost")) return false;
    *out = (struct seal_site){origin, host};
    return true;
}

/* ---- what the browser says ------------------------------------------------------------------- */

static err client_read(struct turn *t, struct bytes client_data, struct tree **out)
{
    static const struct tree_limits limits = {SEAL_PASSKEY_SAID_MAX, 8, 256};
    if (json_read(t, client_data, &limits, out) == ERR_OK && (*out)->kind == TREE_MAP)
        return ERR_OK;
    turn_forgive(t);
    return rejected(t, "WebAuthn 5.8.1", "came with client data that are not readable");
}

err seal_passkey_challenge(struct turn *t, struct bytes client_data, struct bytes *out)
{
    struct tree *m;
    struct bytes challenge;
    try(client_read(t, client_data, &m));
    if (!base64url_read(t->arena, tree_str(m, "challenge"), &challenge) ||
        challenge.n < CHALLENGE_MIN || challenge.n > CHALLENGE_MAX)
        return rejected(t, "WebAuthn 5.8.1", "came without a challenge");
    *out = challenge;
    return ERR_OK;
}

static err client_check(struct turn *t, const struct seal_site *site, const char *type,
                        struct bytes challenge, struct bytes client_data)
{
    struct tree *m;
    struct bytes answered;
    try(client_read(t, client_data, &m));
    try(seal_passkey_challenge(t, client_data, &answered));
    if (!str_is(tree_str(m, "type"), type))
        return refused(t, "WebAuthn 7", "was used for something else");
    if (!bytes_eq(answered, challenge))
        return refused(t, "WebAuthn 7", "answers another challenge");
    if (!str_eq(tree_str(m, "origin"), site->origin) || tree_bool(m, "crossOrigin", false))
        return refused(t, "WebAuthn 7", "was used on another site");
    return ERR_OK;
}

static err data_check(struct turn *t, const struct seal_site *site, struct bytes data)
{
    struct hash host = seal_sha256_of(str_bytes(site->host));
    if (data.n < RP_HASH + 5 || data.n > SEAL_PASSKEY_SAID_MAX)
        return rejected(t, "WebAuthn 6.1", "came with data of a wrong size");
    if (memcmp(data.p, host.b, RP_HASH) != 0)
        return refused(t, "WebAuthn 6.1", "belongs to another site");
    if ((data.p[RP_HASH] & (FLAG_PRESENT | FLAG_VERIFIED)) != (FLAG_PRESENT | FLAG_VERIFIED))
        return refused(t, "WebAuthn 6.1", "was used without verifying the person");
    return ERR_OK;
}

static int64_t uses_of(struct bytes data)
{
    const uint8_t *p = data.p + RP_HASH + 1;
    return (int64_t)p[0] << 24 | (int64_t)p[1] << 16 | (int64_t)p[2] << 8 | p[3];
}

/* ---- credentials ----------------------------------------------------------------------------- */

err seal_passkey_read(struct turn *t, const struct seal_site *site, struct bytes challenge,
                      const struct seal_said *said, struct seal_passkey *out)
{
    struct bytes data = said->authenticator_data;
    try(client_check(t, site, "webauthn.create", challenge, said->client_data));
    try(data_check(t, site, data));
    auto_cred cred = fido_cred_new();
    if (!cred) return seal_crypto_fault(t, "making room for a passkey");
    if (fido_cred_set_type(cred, COSE_ES256) != FIDO_OK ||
        fido_cred_set_authdata_raw(cred, data.p, data.n) != FIDO_OK)
        return rejected(t, "WebAuthn 6.5.1", "is not a P-256 credential that can be read");
    struct bytes id = {fido_cred_id_ptr(cred), fido_cred_id_len(cred)};
    struct bytes key = {fido_cred_pubkey_ptr(cred), fido_cred_pubkey_len(cred)};
    if (!id.p || id.n < 16 || id.n > SEAL_PASSKEY_ID_MAX || !key.p ||
        key.n != SEAL_PASSKEY_KEY_SIZE)
        return rejected(t, "WebAuthn 6.5.1", "is not a P-256 credential that can be read");
    auto_pk pk = es256_pk_new();
    if (!pk || es256_pk_from_ptr(pk, key.p, key.n) != FIDO_OK)
        return rejected(t, "WebAuthn 6.5.1", "has a key that is no point of P-256");
    *out = (struct seal_passkey){bytes_dup(t->arena, id), bytes_dup(t->arena, key), uses_of(data)};
    return ERR_OK;
}

static bool signature_holds(fido_assert_t *a, const struct seal_site *site, struct turn *t,
                            const struct seal_said *said, const es256_pk_t *pk)
{
    struct hash client = seal_sha256_of(said->client_data);
    struct bytes data = said->authenticator_data, signature = said->signature;
    return fido_assert_set_clientdata_hash(a, client.b, sizeof client.b) == FIDO_OK &&
           fido_assert_set_rp(a, str_c(t->arena, site->host)) == FIDO_OK &&
           fido_assert_set_up(a, FIDO_OPT_TRUE) == FIDO_OK &&
           fido_assert_set_uv(a, FIDO_OPT_TRUE) == FIDO_OK &&
           fido_assert_set_count(a, 1) == FIDO_OK &&
           fido_assert_set_authdata_raw(a, 0, data.p, data.n) == FIDO_OK &&
           fido_assert_set_sig(a, 0, signature.p, signature.n) == FIDO_OK &&
           fido_assert_verify(a, 0, COSE_ES256, pk) == FIDO_OK;
}

err seal_passkey_holds(struct turn *t, const struct seal_site *site, struct bytes challenge,
                       const struct seal_said *said, struct bytes key, int64_t *uses_out)
{
    try(client_check(t, site, "webauthn.get", challenge, said->client_data));
    try(data_check(t, site, said->authenticator_data));
    auto_pk pk = es256_pk_new();
    auto_assert a = fido_assert_new();
    if (!pk || !a) return seal_crypto_fault(t, "making room for a passkey");
    if (key.n != SEAL_PASSKEY_KEY_SIZE || es256_pk_from_ptr(pk, key.p, key.n) != FIDO_OK ||
        !said->signature.n || !signature_holds(a, site, t, said, pk))
        return refused(t, "WebAuthn 7.2", "does not give a signature that holds");
    *uses_out = uses_of(said->authenticator_data);
    return ERR_OK;
}

struct hash seal_passkey_act(struct bytes act_json) { return seal_sha256_of(act_json); }
