/* SPDX-License-Identifier: Apache-2.0 */
/* An exhibit that is whole: its index in the vault, its segments as they travel, and its bytes
 * again. Never more than one segment is in memory. */

#include "desk/exhibits.h"

#include <string.h>

/* ---- the index ------------------------------------------------------------------------------- */

err desk_exhibit_keep(struct desk *d, struct turn *t, const struct id *dossier, struct str sha256,
                      const struct desk_exhibit *x, struct hash *vault_out)
{
    struct buf b = buf_in(t->arena);
    struct bytes locked;
    buf_put(&b, x->key, sizeof x->key);
    buf_put(&b, x->names, x->n * sizeof *x->names);
    try(store_lock(t, d->store, dossier, sha256, buf_as_bytes(&b), &locked));
    return vault_put(t, d->vault, locked, vault_out);
}

err desk_exhibit_read(struct desk *d, struct turn *t, const struct id *dossier, struct str sha256,
                      struct str vault, struct desk_exhibit *out)
{
    struct hash name;
    struct bytes locked, plain;
    if (!hash_read(vault, &name))
        return turn_fail(t, ERR_INTEGRITY, "document-missing", NULL,
                         "The vault name of an exhibit is not known.");
    try(vault_get(t, d->vault, &name, VAULT_FILE_MAX, &locked));
    try(store_unlock(t, d->store, dossier, sha256, locked, &plain));
    if (plain.n < sizeof out->key || (plain.n - sizeof out->key) % sizeof *out->names)
        return turn_fail(t, ERR_INTEGRITY, "exhibit-index", NULL,
                         "The index of an exhibit is not of its form.");
    size_t n = (plain.n - sizeof out->key) / sizeof *out->names;
    struct hash *names = arena_take_many(t->arena, n + 1, sizeof *names);
    memcpy(out->key, plain.p, sizeof out->key);
    memcpy(names, plain.p + sizeof out->key, n * sizeof *names);
    out->names = names;
    out->n = n;
    return ERR_OK;
}

struct str desk_exhibit_where(const struct tree *rest, struct str sha256)
{
    const struct tree *where = tree_get_s(tree_get(rest, "exhibits"), sha256);
    return where && where->kind == TREE_STR ? where->str : STR("");
}

/* ---- its bytes ------------------------------------------------------------------------------- */

static err sealed_of(struct desk *d, struct turn *t, const struct desk_exhibit *x, int64_t index,
                     struct bytes *sealed_out)
{
    if (index < 0 || (uint64_t)index >= x->n)
        return turn_fail(t, ERR_NONE_SUCH, "segment-none-such", "comity wire 1: segments",
                         "The exhibit has %zu segments.", x->n);
    return vault_get(t, d->vault, &x->names[index], SEAL_SEGMENT_SIZE + SEAL_SEGMENT_TAG,
                     sealed_out);
}

err desk_exhibit_open(struct desk *d, struct turn *t, const struct desk_exhibit *x, int64_t size,
                      int64_t index, struct bytes *plain_out)
{
    struct bytes sealed;
    try(sealed_of(d, t, x, index, &sealed));
    if (size < 1 || seal_segments_of((uint64_t)size) != x->n)
        return turn_fail(t, ERR_INTEGRITY, "exhibit-index", NULL,
                         "An exhibit of %lld bytes has another number of segments than %zu.",
                         (long long)size, x->n);
    err e = seal_segment_open(t, x->key, (uint64_t)size, (uint64_t)index, sealed, plain_out);
    if (e == ERR_REJECTED) t->fault.err = ERR_INTEGRITY; /* it was opened before it was put there */
    return e == ERR_REJECTED ? ERR_INTEGRITY : e;
}

/* ---- on its way out -------------------------------------------------------------------------- */

err desk_exhibits_carry(struct desk *d, struct turn *t, const struct store_record *act,
                        const struct tree *documents, struct tree *carriage)
{
    struct tree *keys = NULL;
    for (const struct tree *f = documents ? documents->child : NULL; f; f = f->next) {
        struct str sha = tree_str(f, "sha256"), where = desk_exhibit_where(act->rest, sha);
        struct desk_exhibit x;
        if (!where.n) continue;
        if (!keys) keys = tree_add_map(t->arena, carriage, "exhibits");
        try(desk_exhibit_read(d, t, &act->dossier, sha, where, &x));
        tree_add_str(t->arena, keys, str_c(t->arena, sha),
                     hex(t->arena, (struct bytes){x.key, sizeof x.key}));
    }
    return ERR_OK;
}

err desk_segment(struct desk *d, struct turn *t, const struct id *act, int64_t number,
                 struct bytes *sealed_out)
{
    struct store_record r;
    const struct tree *m;
    try(store_record_get(t, d->store, "act", id_bytes(act), &r));
    try(store_record_shown(t, &r, &m));
    const struct tree *docs = tree_get(m, "documents");
    for (const struct tree *f = docs ? docs->child : NULL; f; f = f->next) {
        struct str sha = tree_str(f, "sha256"), where = desk_exhibit_where(r.rest, sha);
        struct desk_exhibit x;
        if (!where.n) continue;
        try(desk_exhibit_read(d, t, &r.dossier, sha, where, &x));
        if (number < (int64_t)x.n) return sealed_of(d, t, &x, number, sealed_out);
        number -= (int64_t)x.n;
    }
    return turn_fail(t, ERR_NONE_SUCH, "segment-none-such", "comity wire 1: segments",
                     "The act has no such segment.");
}

err desk_segment_back(struct desk *d, struct turn *t, const struct hash *parcel, struct str peer,
                      int64_t number, struct bytes *sealed_out)
{
    struct store_parcel p;
    try(store_parcel_get(t, d->store, parcel, &p));
    if (str_is(p.way, "in") && str_eq(p.peer, peer))
        return desk_segment(d, t, &p.act, number, sealed_out);
    return turn_fail(t, ERR_NONE_SUCH, "parcel-none-such", NULL,
                     "There is no such parcel of yours.");
}
