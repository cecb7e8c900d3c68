/* SPDX-License-Identifier: Apache-2.0 */
/* Names to rows in one step, so that a decision costs the same among fifty instruments as among
 * one. Built once when tables are loaded; never changed afterwards. */

#include "law/inner.h"

/* FNV-1a: the names are the law files' own, so nobody gains by making two of them meet. */
static size_t slot_of(struct str s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ (h >> 32));
}

struct law_index law_index_new(struct arena *a, size_t n)
{
    size_t room = 4;
    while (room < 2 * n) room *= 2;
    return (struct law_index){arena_take_many(a, room, sizeof(struct law_slot)), room - 1};
}

static struct law_slot *find(const struct law_index *x, struct str name)
{
    size_t i = slot_of(name) & x->mask;
    while (x->slots[i].n && !str_eq(x->slots[i].name, name)) i = (i + 1) & x->mask;
    return &x->slots[i];
}

void law_index_put(struct law_index *x, struct str name, size_t row)
{
    struct law_slot *s = find(x, name);
    if (!s->n) *s = (struct law_slot){name, row + 1};
}

int64_t law_index_get(const struct law_index *x, struct str name)
{
    if (!x->slots) return LAW_NO_ROW;
    return (int64_t)find(x, name)->n - 1;
}
