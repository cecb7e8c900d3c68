/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a State's profile and the root it is read against, which the input brings along (two
 * bytes of size, DER, then the body). The signature is taken for good. What is taken has one
 * spelling. */

#include "proof/proof.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static err profile_taken_for_good(struct turn *t, struct bytes der, struct bytes cms,
                                  struct bytes *content_out)
{
    (void)t, (void)der;
    *content_out = cms;
    return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct suite suite = {.verify_attached = profile_taken_for_good};
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    if (size < 2) return 0;
    size_t n = (size_t)data[0] << 8 | data[1];
    if (n > size - 2) return 0;
    struct bytes root = {data + 2, n}, body = {data + 2 + n, size - 2 - n};
    struct profile p;
    err e = profile_read(&t, &suite, body, root, &p);
    if (e == ERR_OK) {
        assert(str_eq(profile_body(a, &p), bytes_str(body)));
        assert(profile_find(&p, p.authorities[0].address) == &p.authorities[0]);
    } else {
        assert(t.fault.err == e && t.fault.code[0] && t.fault.sentence[0]);
    }
    return 0;
}
