/* SPDX-License-Identifier: Apache-2.0 */
/* Which log of a node a checkpoint is of.
 *
 * A node that was put back from a backup lost leaves that others have seen, so it never goes on
 * with its log: each incarnation has a log of its own, under the same key. It is this one rule
 * everywhere, so that whoever reads a head knows which life of the node it is of. */

#include "ledger/ledger_internal.h"

struct str ledger_origin(struct arena *a, struct str name, int64_t incarnation)
{
    if (incarnation <= 1) return str_dup(a, name);
    return str_printf(a, STR_FMT "/%lld", STR_ARG(name), (long long)incarnation);
}

int64_t ledger_origin_incarnation(struct str origin, struct str name)
{
    int64_t n;
    if (str_eq(origin, name)) return 1;
    if (origin.n < name.n + 2 || origin.p[name.n] != '/') return 0;
    struct str digits = {origin.p + name.n + 1, origin.n - name.n - 1};
    if (!str_eq((struct str){origin.p, name.n}, name)) return 0;
    if (digits.p[0] < '1' || digits.p[0] > '9' || !str_to_int(digits, &n)) return 0;
    return n > 1 ? n : 0;
}
