/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LEDGER_INTERNAL_H
#define COMITY_LEDGER_INTERNAL_H
/* What the files of the ledger share and nobody outside needs. */

#include "ledger/ledger.h"

/* Whether `s` may stand as key name in a note: not empty, at most LEDGER_NAME_MAX bytes of UTF-8,
 * no control characters, no Unicode spaces, no plus (C2SP signed-note, Format). */
bool ledger_is_name(struct str s);

/* The larger half of the split of RFC 6962 2.1: the largest power of two below `n`, n >= 2. */
static inline uint64_t ledger_split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

#endif
