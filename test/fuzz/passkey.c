/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what a browser and an authenticator say. The first byte tells how long the client
 * data are (in eights), the rest is the authenticator's. What is read is a P-256 credential. */

#include "seal/seal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct seal_site site;
    struct seal_passkey made;
    struct bytes challenge;
    int64_t uses;
    assert(seal_site_of(STR("https://norland.localhost:8443"), &site));
    size_t cut = n ? 1 + (size_t)p[0] * 8 : 0;
    if (cut > n) cut = n;
    struct seal_said said = {{p + (n > 0), cut ? cut - 1 : 0}, {p + cut, n - cut}, {p, n}};
    if (seal_passkey_challenge(&t, said.client_data, &challenge) != ERR_OK) return 0;
    assert(challenge.n >= 16 && challenge.n <= 64);
    if (seal_passkey_read(&t, &site, challenge, &said, &made) != ERR_OK) {
        assert(t.fault.err == ERR_REJECTED || t.fault.err == ERR_INTEGRITY);
        return 0;
    }
    assert(made.id.n >= 16 && made.id.n <= SEAL_PASSKEY_ID_MAX);
    assert(made.key.n == SEAL_PASSKEY_KEY_SIZE && made.uses >= 0);
    assert(seal_passkey_holds(&t, &site, challenge, &said, made.key, &uses) != ERR_OK);
    return 0;
}
