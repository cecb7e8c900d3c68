/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: envelopes, opened with a key that some of the seeds were closed for. */

#include "seal/seal.h"
#include "../kit/fixed_keys.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct seal_key *key; /* reading one takes longer than all the rest */
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes cert, plain = {NULL, 0};
    err e = seal_pem_read(&t, str_of(fixed_open_pem), "CERTIFICATE", &cert);
    if (e == ERR_OK && !key) e = seal_key_read(&t, str_bytes(str_of(fixed_open_key)), &key);
    assert(e == ERR_OK);
    e = suite_1.open(&t, key, cert, (struct bytes){p, n}, &plain);
    assert(e == t.fault.err);
    assert(e == ERR_OK ? plain.p && plain.n < n : !plain.p);
    assert(e == ERR_OK || e == ERR_REJECTED || e == ERR_INTEGRITY || e == ERR_NONE_SUCH);
    return 0;
}
