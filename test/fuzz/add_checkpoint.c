/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bodies of add-checkpoint, lists of proof lines, and cosignature lines. What is
 * accepted is written back as the same bytes. The check of signatures is one a fuzzer can satisfy.
 */

#include "ledger/ledger.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool even_first_byte(const uint8_t key[32], struct bytes message,
                            const uint8_t signature[64])
{
    (void)key;
    return message.n && signature[0] % 2 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct str text = bytes_str((struct bytes){data, size}), part, lines;
    struct ledger_vkey k = {.name = STR("comity.xa/csb")};
    struct ledger_add x;
    struct ledger_proof p;
    struct ledger_cosignature c;
    if (ledger_add_read(&t, text, &x) == ERR_OK) {
        assert(x.old <= LEDGER_SIZE_MAX && x.proof.n <= LEDGER_ADD_PROOF_MAX);
        assert(str_eq(ledger_add_write(a, &x), text));
        if (ledger_note_part(&t, x.note, &part, &lines) == ERR_OK) text = lines;
    } else {
        assert(t.fault.err == ERR_REJECTED || t.fault.err == ERR_TOO_LARGE);
    }
    turn_forgive(&t);
    if (ledger_proof_read(&t, text, &p) == ERR_OK) assert(str_eq(ledger_proof_write(a, &p), text));
    turn_forgive(&t);
    err e = ledger_cosign_find(&t, text, &k, STR("x\n"), even_first_byte, &c);
    assert(e == ERR_REJECTED || e == ERR_INTEGRITY || (e == ERR_OK && c.time_s >= 0));
    return 0;
}
