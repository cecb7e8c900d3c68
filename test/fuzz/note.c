/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: signed notes. The signature check is replaced by one that a fuzzer can satisfy, so
 * that what lies behind it is reached; the key is the one of the seed corpus. */

#include "ledger/ledger.h"

#include <assert.h>
#include <string.h>

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
    struct str note = bytes_str((struct bytes){data, size}), text, again;
    struct ledger_vkey k = {.name = STR("comity.xm/dts")};
    struct ledger_checkpoint c;
    err e = ledger_note_open(&t, note, &k, even_first_byte, &text);
    assert(e == t.fault.err);
    if (e != ERR_OK) {
        assert(e == ERR_REJECTED || e == ERR_INTEGRITY || e == ERR_TOO_LARGE);
        return 0;
    }
    /* The text is the beginning of the note, up to the last empty line. */
    assert(text.p == note.p && text.n < note.n);
    assert(text.n && text.p[text.n - 1] == '\n' && text.p[text.n] == '\n');
    assert(!memmem(text.p + text.n, note.n - text.n, "\n\n", 2));
    /* The same text signed again opens to the same text, unless that made it too long. */
    uint8_t signature[64] = {0};
    struct str fresh = ledger_note_write(a, text, &k, signature);
    e = ledger_note_open(&t, fresh, &k, even_first_byte, &again);
    assert(e == ERR_OK ? str_eq(again, text) : e == ERR_TOO_LARGE && fresh.n > LEDGER_NOTE_MAX);
    turn_forgive(&t);
    if (ledger_checkpoint_read(&t, text, &c) == ERR_OK)
        assert(str_eq(ledger_checkpoint_text(a, &c), text));
    return 0;
}
