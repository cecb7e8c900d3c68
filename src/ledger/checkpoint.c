/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a log as text (C2SP tlog-checkpoint): origin, size, root.
 *
 * One head has one spelling: what is read here is exactly what would be written. Extension lines
 * are refused, because nobody can audit them. Signatures are the business of note.c. */

#include "ledger/ledger_internal.h"
#include "seal/seal.h"

#include <assert.h>
#include <string.h>

enum { HASH_TEXT = 44 }; /* 32 bytes in base64 */

/* A line of a note: UTF-8 without control characters, not empty. */
static bool is_line(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] < 0x20) return false;
    return s.n && s.n <= LEDGER_NAME_MAX && str_is_utf8(s);
}

struct str ledger_checkpoint_text(struct arena *a, const struct ledger_checkpoint *c)
{
    assert(is_line(c->origin) && c->size <= LEDGER_SIZE_MAX);
    struct str root = base64(a, hash_bytes(&c->root));
    return str_printf(a, STR_FMT "\n%llu\n" STR_FMT "\n", STR_ARG(c->origin),
                      (unsigned long long)c->size, STR_ARG(root));
}

static err refuse(struct turn *t, const char *line, const char *why)
{
    return turn_fail_at(t, ERR_REJECTED, "checkpoint", "C2SP tlog-checkpoint", str_of(line),
                        "%s of the checkpoint %s", line, why);
}

err ledger_checkpoint_read(struct turn *t, struct str text, struct ledger_checkpoint *out)
{
    struct str origin, size, root;
    if (!str_split(text, '\n', &origin, &text) || !is_line(origin))
        return refuse(t, "line 1", "is no origin");
    int64_t leaves;
    if (!str_split(text, '\n', &size, &text) || !str_to_int(size, &leaves) || leaves < 0)
        return refuse(t, "line 2", "is no size in plain decimal digits");
    struct bytes hash;
    struct ledger_checkpoint c = {.origin = origin, .size = (uint64_t)leaves};
    if (!str_split(text, '\n', &root, &text) || root.n != HASH_TEXT ||
        !base64_read(t->arena, root, &hash) || hash.n != sizeof c.root.b)
        return refuse(t, "line 3", "is no SHA-256 value in base64");
    memcpy(c.root.b, hash.p, sizeof c.root.b);
    struct hash empty;
    seal_sha256(NULL, 0, &empty);
    if (c.size == 0 && !hash_eq(&c.root, &empty))
        return refuse(t, "line 3", "is not the root of the empty tree");
    if (text.n) return refuse(t, "line 4", "is one too many");
    *out = c;
    return ERR_OK;
}
