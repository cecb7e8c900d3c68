/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_KIT_AUTHENTICATOR_H
#define COMITY_KIT_AUTHENTICATOR_H
/* An authenticator without hardware: what a browser and a security key together would answer, byte
 * by byte as WebAuthn 6.1 has it, with attestation "none". A test may make each part wrong. */

#include "seal/seal.h"

struct authenticator {
    struct seal_key *key; /* goes with the turn it was made in */
    uint8_t id[32];
    uint32_t uses;
    uint8_t point[64]; /* x || y */
    /* What it says; NULL and 0 as authenticator_make leaves them mean the truth. */
    const char *host, *origin, *type;
    uint8_t flags;
    bool cross_origin;
};
void authenticator_make(struct turn *t, struct authenticator *a);
/* Answers navigator.credentials.create and .get for a site. */
void authenticator_create(struct turn *t, struct authenticator *a, const struct seal_site *site,
                          struct bytes challenge, struct seal_said *out);
void authenticator_get(struct turn *t, struct authenticator *a, const struct seal_site *site,
                       struct bytes challenge, struct seal_said *out);

#endif
