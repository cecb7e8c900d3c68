/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: receipts, as a body and as an answer. The signature is taken for good, so that what
 * lies behind it is reached; a body that is taken has one spelling. */

#include "proof/proof.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static err receipt_taken_for_good(struct turn *t, struct bytes der, struct bytes cms,
                                  struct bytes *content_out)
{
    (void)t, (void)der;
    *content_out = cms;
    return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct suite suite = {.verify_attached = receipt_taken_for_good};
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes in = {data, size}, cms;
    struct receipt r;
    struct ledger_checkpoint head;
    err e = receipt_read(&t, in, &r);
    if (e == ERR_OK)
        assert(str_eq(receipt_body(a, &r), bytes_str(in)));
    else
        assert(t.fault.err == e && t.fault.code[0] && t.fault.sentence[0]);
    turn_forgive(&t);
    const struct receipt_expect x = {
        .act = str_bytes(STR("{}")), .from = STR("XM/dts"), .to = STR("XN/csb"), .vkey = STR("x")};
    e = receipt_check(&t, &suite, in, &x, &r, &cms, &head);
    assert(e != ERR_OK); /* no key is named "x" */
    assert(t.fault.err == e && t.fault.code[0] && t.fault.sentence[0]);
    return 0;
}
