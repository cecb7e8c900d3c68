/* SPDX-License-Identifier: Apache-2.0 */
/* Cosignatures (C2SP tlog-cosignature, cosignature/v1): what a witness says of a head, as a line
 * below the note. Whether a head deserves one is asked in add.c; keys come by arguments. */

#include "ledger/ledger_internal.h"

#include <assert.h>
#include <string.h>

enum { TIME_SIZE = 8, SIGNATURE_SIZE = 64 };

struct str ledger_cosign_text(struct arena *a, int64_t time_s, struct str text)
{
    assert(time_s >= 0);
    return str_printf(a, "cosignature/v1\ntime %lld\n" STR_FMT, (long long)time_s, STR_ARG(text));
}

struct str ledger_cosign_line(struct arena *a, const struct ledger_vkey *k,
                              const struct ledger_cosignature *c)
{
    assert(c->time_s >= 0 && ledger_is_name(k->name));
    uint8_t id[LEDGER_ID_SIZE];
    struct buf b = buf_in(a);
    ledger_cosigner_id(k, id);
    buf_be(&b, (uint64_t)c->time_s, TIME_SIZE);
    buf_put(&b, c->signature, SIGNATURE_SIZE);
    return ledger_line_write(a, k->name, id, buf_as_bytes(&b));
}

static bool timed_read(struct bytes b, struct ledger_cosignature *out)
{
    uint64_t time = 0;
    if (b.n != TIME_SIZE + SIGNATURE_SIZE) return false;
    for (int k = 0; k < TIME_SIZE; k++) time = time << 8 | b.p[k];
    if (time > INT64_MAX) return false;
    out->time_s = (int64_t)time;
    memcpy(out->signature, b.p + TIME_SIZE, SIGNATURE_SIZE);
    return true;
}

err ledger_cosign_find(struct turn *t, struct str lines, const struct ledger_vkey *k,
                       struct str text,
                       bool (*verify)(const uint8_t key[32], struct bytes message,
                                      const uint8_t signature[64]),
                       struct ledger_cosignature *out)
{
    struct ledger_cosignature c;
    struct str line;
    uint8_t id[LEDGER_ID_SIZE];
    bool holds = false;
    ledger_cosigner_id(k, id);
    for (int count = 0; lines.n; count++) {
        struct ledger_line l;
        if (count == LEDGER_SIGNATURES_MAX || !str_split(lines, '\n', &line, &lines) ||
            !ledger_line_read(t->arena, line, &l))
            return ledger_malformed(t, "has a bad line, or too many");
        if (!str_eq(l.name, k->name) || !bytes_eq(l.id, (struct bytes){id, sizeof id})) continue;
        holds = timed_read(l.signature, &c);
        if (!holds) break;
        struct str said = ledger_cosign_text(t->arena, c.time_s, text);
        holds = verify(k->key, str_bytes(said), c.signature);
        if (!holds) break;
    }
    if (!holds)
        return turn_fail(t, ERR_INTEGRITY, "cosignature", "C2SP tlog-cosignature",
                         "no cosignature by " STR_FMT " on the head holds", STR_ARG(k->name));
    *out = c;
    return ERR_OK;
}
