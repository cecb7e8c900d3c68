/* SPDX-License-Identifier: Apache-2.0 */
/* Verifier keys of notes: name, key id and Ed25519 key in one line (C2SP signed-note).
 *
 * The id says which key a line of a note claims to be by; it is short and proves nothing. A log and
 * a witness have keys of two types, each read by its own call, so that neither stands for the
 * other; other kinds are refused: this program makes and trusts Ed25519 alone. */

#include "ledger/ledger_internal.h"
#include "seal/seal.h"

#include <assert.h>
#include <string.h>

enum {
    TYPE_LOG = 0x01,     /* the byte before the key, C2SP signed-note, Signature types */
    TYPE_WITNESS = 0x04, /* the same, C2SP tlog-cosignature                            */
    ID_TEXT = 8,         /* a key id in hexadecimal                                    */
    KEY_TEXT = 44,       /* type and key, 33 bytes in base64                           */
};

/* Unicode's White_Space beyond ASCII, spelled in UTF-8; U+2000 to U+200A are found by range. */
static const char *const spaces[] = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
};

static bool starts_with_space(struct str s)
{
    if ((uint8_t)s.p[0] <= ' ' || s.p[0] == 0x7f) return true;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (str_starts(s, spaces[i])) return true;
    return str_starts(s, "\xe2\x80") && s.n > 2 && (uint8_t)s.p[2] >= 0x80 &&
           (uint8_t)s.p[2] <= 0x8a;
}

bool ledger_is_name(struct str s)
{
    if (s.n == 0 || s.n > LEDGER_NAME_MAX || !str_is_utf8(s)) return false;
    for (; s.n; s.p++, s.n--)
        if (*s.p == '+' || starts_with_space(s)) return false;
    return true;
}

static void id_of(const struct ledger_vkey *k, uint8_t type, uint8_t id_out[4])
{
    struct hash h;
    const struct bytes parts[] = {
        str_bytes(k->name), str_bytes(STR("\n")), {&type, 1}, {k->key, sizeof k->key}};
    seal_sha256(parts, 4, &h);
    memcpy(id_out, h.b, 4);
}

static struct str text_of(struct arena *a, const struct ledger_vkey *k, uint8_t type)
{
    assert(ledger_is_name(k->name));
    uint8_t id[4], key[1 + sizeof k->key] = {type};
    id_of(k, type, id);
    memcpy(key + 1, k->key, sizeof k->key);
    struct str id_text = hex(a, (struct bytes){id, sizeof id});
    struct str key_text = base64(a, (struct bytes){key, sizeof key});
    return str_printf(a, STR_FMT "+" STR_FMT "+" STR_FMT, STR_ARG(k->name), STR_ARG(id_text),
                      STR_ARG(key_text));
}

static err refuse(struct turn *t, const char *what, const char *why)
{
    return turn_fail_at(t, ERR_REJECTED, "verifier-key", "C2SP signed-note", str_of(what),
                        "the %s of the verifier key %s", what, why);
}

static err read_as(struct turn *t, struct str text, uint8_t type, struct ledger_vkey *out)
{
    struct str name, id_text;
    struct ledger_vkey k;
    uint8_t id_said[4], id[4];
    if (!str_split(text, '+', &name, &text) || !ledger_is_name(name))
        return refuse(t, "name", "is empty, too long, or has a space in it");
    if (!str_split(text, '+', &id_text, &text) || id_text.n != ID_TEXT ||
        !hex_read(id_text, id_said, sizeof id_said))
        return refuse(t, "id", "is not eight lower-case hexadecimal digits");
    struct bytes key;
    if (text.n != KEY_TEXT || !base64_read(t->arena, text, &key) || key.n != 1 + sizeof k.key ||
        key.p[0] != type)
        return refuse(t, "key", "is no Ed25519 key in base64, or one for another purpose");
    k.name = name;
    memcpy(k.key, key.p + 1, sizeof k.key);
    id_of(&k, type, id);
    if (memcmp(id, id_said, sizeof id) != 0)
        return refuse(t, "id", "belongs to another name or key");
    *out = k;
    return ERR_OK;
}

void ledger_key_id(const struct ledger_vkey *k, uint8_t id_out[4]) { id_of(k, TYPE_LOG, id_out); }

struct str ledger_vkey_text(struct arena *a, const struct ledger_vkey *k)
{
    return text_of(a, k, TYPE_LOG);
}

err ledger_vkey_read(struct turn *t, struct str text, struct ledger_vkey *out)
{
    return read_as(t, text, TYPE_LOG, out);
}

void ledger_cosigner_id(const struct ledger_vkey *k, uint8_t id_out[LEDGER_ID_SIZE])
{
    id_of(k, TYPE_WITNESS, id_out);
}

struct str ledger_cosigner_text(struct arena *a, const struct ledger_vkey *k)
{
    return text_of(a, k, TYPE_WITNESS);
}

err ledger_cosigner_read(struct turn *t, struct str text, struct ledger_vkey *out)
{
    return read_as(t, text, TYPE_WITNESS, out);
}
