/* SPDX-License-Identifier: Apache-2.0 */
/* What a witness is given (C2SP tlog-witness): the size it knew, the proof from there, the new
 * head; and whether that head may follow. It remembers nothing: what was seen last comes by an
 * argument.
 */

#include "ledger/ledger_internal.h"

#include <assert.h>
#include <string.h>

#define CLAUSE "C2SP tlog-witness"

struct str ledger_proof_write(struct arena *a, const struct ledger_proof *p)
{
    struct buf b = buf_in(a);
    for (size_t k = 0; k < p->n; k++) {
        buf_str(&b, base64(a, hash_bytes(&p->path[k])));
        buf_byte(&b, '\n');
    }
    return buf_as_str(&b);
}

struct str ledger_add_write(struct arena *a, const struct ledger_add *x)
{
    assert(x->proof.n <= LEDGER_ADD_PROOF_MAX);
    struct str path = ledger_proof_write(a, &x->proof);
    return str_printf(a, "old %llu\n" STR_FMT "\n" STR_FMT, (unsigned long long)x->old,
                      STR_ARG(path), STR_ARG(x->note));
}

static err refuse(struct turn *t, const char *part, const char *why)
{
    return turn_fail_at(t, ERR_REJECTED, "add-checkpoint", CLAUSE, str_of(part), "%s %s", part,
                        why);
}

static bool hash_line(struct arena *a, struct str line, struct hash *out)
{
    struct bytes b;
    if (!base64_read(a, line, &b) || b.n != sizeof out->b) return false;
    memcpy(out->b, b.p, b.n);
    return true;
}

/* Lines up to an empty one, or to the end of the text. */
static err lines_read(struct turn *t, struct str *text, bool ends_empty, struct ledger_proof *out)
{
    struct str line;
    out->n = 0;
    while (text->n) {
        if (!str_split(*text, '\n', &line, text))
            return refuse(t, "the proof", "has a line without an end");
        if (ends_empty && !line.n) return ERR_OK;
        if (out->n == LEDGER_ADD_PROOF_MAX) return refuse(t, "the proof", "has too many lines");
        if (!hash_line(t->arena, line, &out->path[out->n]))
            return refuse(t, "the proof", "has a line that is no hash in base64");
        out->n++;
    }
    return ends_empty ? refuse(t, "the proof", "is not ended by an empty line") : ERR_OK;
}

err ledger_proof_read(struct turn *t, struct str lines, struct ledger_proof *out)
{
    struct ledger_proof p;
    try(lines_read(t, &lines, false, &p));
    *out = p;
    return ERR_OK;
}

err ledger_add_read(struct turn *t, struct str body, struct ledger_add *out)
{
    struct ledger_add x;
    struct str line, text, lines;
    int64_t old;
    if (body.n > LEDGER_ADD_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "add-checkpoint", CLAUSE,
                         "the body has %zu bytes, the limit is %d", body.n, LEDGER_ADD_MAX);
    if (!str_split(body, '\n', &line, &body) || !str_starts(line, "old ") ||
        !str_to_int((struct str){line.p + 4, line.n - 4}, &old) || old < 0)
        return refuse(t, "the first line", "is not \"old\" and a size");
    x.old = (uint64_t)old;
    try(lines_read(t, &body, true, &x.proof));
    try(ledger_note_part(t, body, &text, &lines));
    x.note = body;
    *out = x;
    return ERR_OK;
}

err ledger_follows(struct turn *t, const struct ledger_checkpoint *last,
                   const struct ledger_checkpoint *head, uint64_t old,
                   const struct ledger_proof *proof)
{
    uint64_t known = last ? last->size : 0;
    if (old > head->size)
        return turn_fail(t, ERR_USAGE, "witness-size", CLAUSE,
                         "The old size, %llu, is larger than that of the head, %llu.",
                         (unsigned long long)old, (unsigned long long)head->size);
    if (last && head->size == known && !hash_eq(&head->root, &last->root))
        return turn_fail(t, ERR_CONFLICT, "log-forked", "C2SP tlog-witness",
                         "The log " STR_FMT " shows two different heads of %llu leaves: it tells "
                         "one side what it does not tell the other.",
                         STR_ARG(head->origin), (unsigned long long)known);
    if (old != known)
        return turn_fail(t, ERR_CONFLICT, "witness-old", CLAUSE,
                         "The last head seen of " STR_FMT " has %llu leaves, not %llu.",
                         STR_ARG(head->origin), (unsigned long long)known, (unsigned long long)old);
    if (!last) return proof->n ? refuse(t, "the proof", "proves nothing from size 0") : ERR_OK;
    if (ledger_consistency_holds(proof, known, &last->root, head->size, &head->root)) return ERR_OK;
    if (!ledger_fork_shown(proof, known, &last->root, head->size, &head->root))
        return turn_fail(t, ERR_INTEGRITY, "log-unproven", "RFC 6962 2.1.2",
                         "The proof that the head of " STR_FMT " of %llu leaves extends the one of "
                         "%llu leaves seen before does not hold.",
                         STR_ARG(head->origin), (unsigned long long)head->size,
                         (unsigned long long)known);
    return turn_fail(t, ERR_INTEGRITY, "log-forked", "RFC 6962 2.1.2",
                     "The log " STR_FMT " shows a head of %llu leaves that does not extend the one "
                     "of %llu leaves seen before.",
                     STR_ARG(head->origin), (unsigned long long)head->size,
                     (unsigned long long)known);
}

err ledger_witness(struct turn *t, const struct ledger_vkey *log, struct str last,
                   const struct ledger_add *x,
                   bool (*verify)(const uint8_t key[32], struct bytes message,
                                  const uint8_t signature[64]),
                   struct ledger_checkpoint *head_out)
{
    struct ledger_checkpoint head, seen;
    struct str text;
    try(ledger_note_open(t, x->note, log, verify, &text));
    try(ledger_checkpoint_read(t, text, &head));
    if (last.n) {
        try(ledger_note_open(t, last, log, verify, &text));
        try(ledger_checkpoint_read(t, text, &seen));
    }
    try(ledger_follows(t, last.n ? &seen : NULL, &head, x->old, &x->proof));
    *head_out = head;
    return ERR_OK;
}
