/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SEAL_PASSKEY_H
#define COMITY_SEAL_PASSKEY_H
/* Part of seal.h: passkeys (W3C Web Authentication 2), P-256 only, the person verified each time.
 * What an authenticator says of its make is not asked for and not believed. */

#include "base/base.h"

/* Whom passkeys are for: the origin of the officers' pages, and its host. */
struct seal_site {
    struct str origin; /* "http://norland.localhost:8471" */
    struct str host;   /* "norland.localhost": the relying party's id */
};
/* False when the origin is not "https://" and a name, or "http://" and a name of this computer. */
bool seal_site_of(struct str origin, struct seal_site *out);

enum { SEAL_PASSKEY_ID_MAX = 1023, SEAL_PASSKEY_KEY_SIZE = 64, SEAL_PASSKEY_SAID_MAX = 16384 };
/* A credential: its id, and the public key x || y. */
struct seal_passkey {
    struct bytes id, key;
    int64_t uses; /* as the authenticator counts; 0 when it does not */
};
/* What the browser gives: clientDataJSON, authenticatorData, and for an assertion the signature. */
struct seal_said {
    struct bytes client_data, authenticator_data, signature;
};
/* The challenge the browser was given, as client_data says. ERR_REJECTED (WebAuthn 5.8.1). */
MUST err seal_passkey_challenge(struct turn *t, struct bytes client_data, struct bytes *out);
/* Reads a new credential (WebAuthn 7.1) made for this site and challenge by a person who was
 * verified. ERR_REJECTED for what is no such thing, ERR_INTEGRITY for another site, challenge or a
 * person not verified. */
MUST err seal_passkey_read(struct turn *t, const struct seal_site *site, struct bytes challenge,
                           const struct seal_said *said, struct seal_passkey *out);
/* Requires that the holder of `key` answered this challenge for this site, the person verified
 * (WebAuthn 7.2). ERR_INTEGRITY when not; `uses_out` is the authenticator's count. */
MUST err seal_passkey_holds(struct turn *t, const struct seal_site *site, struct bytes challenge,
                            const struct seal_said *said, struct bytes key, int64_t *uses_out);
/* The challenge of an act that is signed as it is seen: SHA-256 of its canonical text. Then the
 * assertion itself is the proof that this person meant this act. */
struct hash seal_passkey_act(struct bytes act_json);

#endif
