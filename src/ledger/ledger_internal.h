/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LEDGER_INTERNAL_H
#define COMITY_LEDGER_INTERNAL_H
/* What the files of the ledger share and nobody outside needs. */

#include "ledger/ledger.h"

/* Whether `s` may stand as key name in a note: not empty, at most LEDGER_NAME_MAX bytes of UTF-8,
 * no control characters, no Unicode spaces, no plus (C2SP signed-note, Format). */
bool ledger_is_name(struct str s);

/* One signature line of a note, without its line end: "— name base64(id || signature)". */
enum { LEDGER_ID_SIZE = 4 };
struct ledger_line {
    struct str name;
    struct bytes id, signature;
};
bool ledger_line_read(struct arena *a, struct str line, struct ledger_line *out);
/* The other way; `signature` is what follows the id. */
struct str ledger_line_write(struct arena *a, struct str name, const uint8_t id[LEDGER_ID_SIZE],
                             struct bytes signature);
/* The id of a key as a witness has it. */
void ledger_cosigner_id(const struct ledger_vkey *k, uint8_t id_out[LEDGER_ID_SIZE]);
/* A fault of the note's form. */
MUST err ledger_malformed(struct turn *t, const char *why);

/* The larger half of the split of RFC 6962 2.1: the largest power of two below `n`, n >= 2. */
static inline uint64_t ledger_split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

#endif
