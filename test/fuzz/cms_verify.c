/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: signatures, and everything that is done with one before it is known to hold. */

#include "seal/seal.h"
#include "../kit/fixed_keys.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes in = {p, n}, cert, root, content, more, again;
    struct seal_cms_facts facts;
    err e = seal_pem_read(&t, str_of(fixed_seal_pem), "CERTIFICATE", &cert);
    if (e == ERR_OK) e = seal_pem_read(&t, str_of(fixed_root_pem), "CERTIFICATE", &root);
    assert(e == ERR_OK);
    bool holds = suite_1.verify(&t, cert, str_bytes(STR("content")), in) == ERR_OK;
    turn_forgive(&t);
    if (suite_1.verify_attached(&t, cert, in, &content) == ERR_OK) {
        assert(!holds && str_is(bytes_str(content), "content"));
        holds = true;
    }
    turn_forgive(&t);
    bool readable = seal_cms_look(&t, in, &facts) == ERR_OK;
    assert(readable || !holds);
    turn_forgive(&t);
    if (seal_cms_signer(&t, in, &content) == ERR_OK) assert(readable && content.n < n);
    turn_forgive(&t);
    bool canonical = seal_cms_is_canonical(&t, in) == ERR_OK;
    assert(readable || !canonical);
    turn_forgive(&t);
    /* What is written again with certificates is read again, and adding them once more adds none.
     */
    struct bytes both[] = {cert, root};
    if (seal_cms_add_certs(&t, in, both, 2, &more) != ERR_OK) {
        assert(!readable || t.fault.err == ERR_TOO_LARGE);
        return 0;
    }
    e = seal_cms_add_certs(&t, more, both, 2, &again);
    assert(e == ERR_OK && bytes_eq(more, again));
    if (holds) assert(seal_cms_signer(&t, more, &content) == ERR_OK && bytes_eq(content, cert));
    return 0;
}
