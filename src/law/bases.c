/* SPDX-License-Identifier: Apache-2.0 */
/* Which instruments bind two States on a day: what a request between them may rest on. */

#include "law/inner.h"

static bool day_of(const struct tree *row, const char *key, int64_t *out)
{
    return day_read(tree_str(row, key), out);
}

static const struct tree *party_row(const struct law_tables *l, struct str state,
                                    struct str instrument)
{
    const struct law_state_row *s = law_state_find(l, state);
    const struct tree *rows = s ? tree_get(s->root, "instruments") : NULL;
    const struct tree *r = rows ? rows->child : NULL;
    while (r && !str_eq(tree_str(r, "instrument"), instrument)) r = r->next;
    return r;
}

static bool is_bound(const struct law_tables *l, const struct law_instrument *i, struct str state,
                     struct str other, int64_t day)
{
    const struct tree *row = party_row(l, state, i->instrument);
    const struct tree *between = row ? tree_get(row, "between") : NULL;
    int64_t from, until;
    if (!row || !day_of(row, "in_force", &from) || day < from) return false;
    if (day_of(row, "denounced", &until) && day >= until) return false;
    return !between || tree_has_str(between, other);
}

bool law_binds(const struct law_tables *l, const struct law_instrument *i, struct str one,
               struct str other, int64_t day, struct str *why_out)
{
    struct str of = tree_str(i->root, "of_state");
    *why_out = one;
    if (of.n) return str_eq(of, one) || str_eq(of, other);
    if (!is_bound(l, i, one, other, day)) return false;
    *why_out = other;
    return is_bound(l, i, other, one, day);
}
