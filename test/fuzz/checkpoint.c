/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: checkpoints and verifier keys. Whatever is accepted is written back as the same
 * bytes, so that one head and one key have one spelling. */

#include "ledger/ledger.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct str text = bytes_str((struct bytes){data, size});
    struct ledger_checkpoint c;
    struct ledger_vkey k;
    if (ledger_checkpoint_read(&t, text, &c) == ERR_OK) {
        assert(str_eq(ledger_checkpoint_text(a, &c), text));
        assert(c.size <= LEDGER_SIZE_MAX && c.origin.n <= LEDGER_NAME_MAX);
    } else {
        assert(t.fault.err == ERR_REJECTED && t.fault.particular[0]);
    }
    turn_forgive(&t);
    if (ledger_vkey_read(&t, text, &k) == ERR_OK)
        assert(str_eq(ledger_vkey_text(a, &k), text));
    else
        assert(t.fault.err == ERR_REJECTED && t.fault.particular[0]);
    return 0;
}
