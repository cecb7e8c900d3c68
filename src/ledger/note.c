/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes (C2SP signed-note): a text, an empty line, and one line for each signature.
 *
 * A note is judged for one key at a time. Lines by others are read only as far as to see that the
 * note is well-formed: who else signs is no reason to doubt, or to trust. What the text says is for
 * others to read. The signature itself comes and is checked through arguments. */

#include "ledger/ledger_internal.h"

#include <assert.h>
#include <string.h>

enum { ID_SIZE = LEDGER_ID_SIZE, SIGNATURE_SIZE = 64 };

static const char line_start[] = "\xe2\x80\x94 "; /* U+2014, the long dash, and a space */

/* UTF-8, and of ASCII's control characters only the line end. */
static bool is_note_text(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] < 0x20 && s.p[i] != '\n') return false;
    return str_is_utf8(s);
}

struct str ledger_note_write(struct arena *a, struct str text, const struct ledger_vkey *k,
                             const uint8_t signature[64])
{
    assert(is_note_text(text) && str_ends(text, "\n") && ledger_is_name(k->name));
    uint8_t id[ID_SIZE];
    ledger_key_id(k, id);
    struct str line = ledger_line_write(a, k->name, id, (struct bytes){signature, SIGNATURE_SIZE});
    return str_printf(a, STR_FMT "\n" STR_FMT, STR_ARG(text), STR_ARG(line));
}

struct str ledger_line_write(struct arena *a, struct str name, const uint8_t id[ID_SIZE],
                             struct bytes signature)
{
    struct buf b = buf_in(a);
    buf_put(&b, id, ID_SIZE);
    buf_put(&b, signature.p, signature.n);
    struct str coded = base64(a, buf_as_bytes(&b));
    return str_printf(a, "%s" STR_FMT " " STR_FMT "\n", line_start, STR_ARG(name), STR_ARG(coded));
}

err ledger_malformed(struct turn *t, const char *why)
{
    return turn_fail(t, ERR_REJECTED, "note", "C2SP signed-note", "the note %s", why);
}

/* Parts text and signature lines at the last empty line. */
static bool part(struct str note, struct str *text, struct str *lines)
{
    for (size_t i = note.n; i >= 2; i--) {
        if (note.p[i - 1] != '\n' || note.p[i - 2] != '\n') continue;
        *text = (struct str){note.p, i - 1};
        *lines = (struct str){note.p + i, note.n - i};
        return true;
    }
    return false;
}

bool ledger_line_read(struct arena *a, struct str line, struct ledger_line *out)
{
    struct str coded;
    struct bytes bytes;
    if (!str_starts(line, line_start)) return false;
    line.p += sizeof line_start - 1;
    line.n -= sizeof line_start - 1;
    if (!str_split(line, ' ', &out->name, &coded) || !ledger_is_name(out->name)) return false;
    if (!base64_read(a, coded, &bytes) || bytes.n <= ID_SIZE) return false;
    out->id = (struct bytes){bytes.p, ID_SIZE};
    out->signature = (struct bytes){bytes.p + ID_SIZE, bytes.n - ID_SIZE};
    return true;
}

err ledger_note_part(struct turn *t, struct str note, struct str *text_out, struct str *lines_out)
{
    struct str text, lines;
    if (note.n > LEDGER_NOTE_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "note", NULL, "the note has %zu bytes, the limit is %d",
                         note.n, LEDGER_NOTE_MAX);
    if (!is_note_text(note)) return ledger_malformed(t, "is not UTF-8, or has a control character");
    if (!part(note, &text, &lines))
        return ledger_malformed(t, "has no empty line before the signatures");
    if (!str_ends(lines, "\n")) return ledger_malformed(t, "does not end with a signature line");
    *text_out = text;
    *lines_out = lines;
    return ERR_OK;
}

static err open_by(struct turn *t, struct str note, const struct ledger_vkey *k,
                   bool (*verify)(const uint8_t key[32], struct bytes message,
                                  const uint8_t signature[64]),
                   struct str *text_out, struct bytes *signature_out)
{
    struct str text, lines, line;
    uint8_t id[ID_SIZE];
    ledger_key_id(k, id);
    try(ledger_note_part(t, note, &text, &lines));
    bool holds = false;
    for (int count = 0; lines.n; count++) {
        struct ledger_line l;
        if (count == LEDGER_SIGNATURES_MAX) return ledger_malformed(t, "has too many signatures");
        str_split(lines, '\n', &line, &lines);
        if (!ledger_line_read(t->arena, line, &l))
            return ledger_malformed(t, "has a bad signature line");
        if (!str_eq(l.name, k->name) || !bytes_eq(l.id, (struct bytes){id, ID_SIZE})) continue;
        /* One bad signature by a key we know spoils the note, whatever else stands in it. */
        holds = l.signature.n == SIGNATURE_SIZE && verify(k->key, str_bytes(text), l.signature.p);
        if (!holds) break;
        *signature_out = l.signature;
    }
    if (!holds)
        return turn_fail(t, ERR_INTEGRITY, "note-signature", "C2SP signed-note",
                         "no signature by " STR_FMT " on the note holds", STR_ARG(k->name));
    *text_out = text;
    return ERR_OK;
}

err ledger_note_open(struct turn *t, struct str note, const struct ledger_vkey *k,
                     bool (*verify)(const uint8_t key[32], struct bytes message,
                                    const uint8_t signature[64]),
                     struct str *text_out)
{
    struct bytes signature;
    return open_by(t, note, k, verify, text_out, &signature);
}

err ledger_note_bare(struct turn *t, struct str note, const struct ledger_vkey *k,
                     bool (*verify)(const uint8_t key[32], struct bytes message,
                                    const uint8_t signature[64]),
                     struct str *note_out)
{
    struct bytes signature;
    struct str text;
    try(open_by(t, note, k, verify, &text, &signature));
    *note_out = ledger_note_write(t->arena, text, k, signature.p);
    return ERR_OK;
}
