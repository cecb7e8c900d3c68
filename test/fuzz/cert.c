/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: certificates, as DER and as PEM. What is read is one of ours, and says something
 * that could have been issued. */

#include "seal/seal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes in = {p, n}, der;
    struct seal_cert c;
    if (seal_pem_read(&t, bytes_str(in), "CERTIFICATE", &der) == ERR_OK)
        in = der;
    else
        turn_forgive(&t);
    if (seal_cert_read(&t, in, &c) != ERR_OK) {
        assert(t.fault.code[0] && t.fault.article[0] ? t.fault.err == ERR_REJECTED
                                                     : t.fault.err == ERR_TOO_LARGE);
        return 0;
    }
    assert(c.state.n && c.from_ms < c.to_ms && c.role >= SEAL_ROOT && c.role <= SEAL_TLS);
    assert((c.role == SEAL_ROOT) == (c.address.n == 0) && (!c.training || c.role == SEAL_ROOT));
    assert(c.address.n == 0 || (c.address.n > c.state.n && c.address.p[c.state.n] == '/'));
    if (seal_cert_check(&t, in, in, SEAL_ROOT, c.from_ms) == ERR_OK) assert(c.role == SEAL_ROOT);
    return 0;
}
