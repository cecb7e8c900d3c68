/* SPDX-License-Identifier: Apache-2.0 */
/* Permanent rows that were opened lately. They never change, so what was opened once, and gave its
 * leaf, is handed out again: a turn in a dossier asks for each of its acts. Who was handed one
 * holds it until his turn ends, whatever becomes of its place here or of the store. */

#include "store/store_internal.h"

#include <string.h>

enum { KEPT_BYTES = 32 << 10 }; /* what is larger is handed out and not kept */

struct store_recent {
    struct arena *arena;
    struct store_record record;
    const struct tree *shown; /* `open`, once it was read; NULL before */
    uint64_t used;
    int holds;
};

static void let_go(void *what)
{
    struct store_recent *x = what;
    if (--x->holds == 0) arena_free(x->arena);
}

static bool is_of(const struct store_recent *x, struct str kind, struct bytes subject)
{
    return x && bytes_eq(x->record.subject, subject) && str_eq(x->record.kind, kind);
}

/* Where such a row stands, or what was not asked for longest. */
static struct store_recent **place_of(struct store *s, struct str kind, struct bytes subject)
{
    struct store_recent **oldest = &s->recent[0];
    for (size_t k = 0; k < STORE_RECENT; k++) {
        struct store_recent **p = &s->recent[k];
        if (is_of(*p, kind, subject)) return p;
        if (*oldest && (!*p || (*p)->used < (*oldest)->used)) oldest = p;
    }
    return oldest;
}

static err opened(struct turn *t, struct store *s, struct str kind, struct bytes subject,
                  struct store_recent **out)
{
    struct arena *own = arena_new();
    struct store_recent *x = arena_take(own, sizeof *x);
    struct turn inner = *t;
    inner.arena = x->arena = own;
    err e = store_record_open(&inner, s, kind, subject, &x->record);
    t->fault = inner.fault;
    x->record.recent = *out = x;
    if (e != ERR_OK) arena_free(own);
    return e;
}

err store_record_get(struct turn *t, struct store *s, const char *kind, struct bytes subject,
                     struct store_record *out)
{
    struct store_recent **place = place_of(s, str_of(kind), subject), *x = *place;
    if (!is_of(x, str_of(kind), subject)) {
        try(opened(t, s, str_of(kind), subject, &x));
        if (arena_used(x->arena) <= KEPT_BYTES) {
            if (*place) let_go(*place);
            *place = x;
            x->holds++;
        }
    }
    x->used = ++s->uses;
    x->holds++;
    arena_on_free(t->arena, let_go, x);
    *out = x->record;
    return ERR_OK;
}

err store_record_shown(struct turn *t, const struct store_record *r, const struct tree **out)
{
    struct store_recent *x = r->recent;
    struct turn inner = *t;
    struct tree *read;
    if (x && x->shown) {
        *out = x->shown;
        return ERR_OK;
    }
    if (x) inner.arena = x->arena;
    err e = json_read(&inner, r->open, &codec_limits, &read);
    t->fault = inner.fault;
    if (e != ERR_OK) return e;
    if (x) x->shown = read;
    *out = read;
    return ERR_OK;
}

void store_recent_forget(struct store *s, uint64_t from)
{
    for (size_t k = 0; k < STORE_RECENT; k++) {
        if (!s->recent[k] || (uint64_t)s->recent[k]->record.leaf < from) continue;
        let_go(s->recent[k]);
        s->recent[k] = NULL;
    }
}
