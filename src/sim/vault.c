/* SPDX-License-Identifier: Apache-2.0 */
/* The vault on the disk in memory, in the place of the one in a folder (ld --wrap), by the same
 * steps: under another name, synced, read back, renamed, the folder synced. */

#include "sim/inner.h"
#include "sim/wrap.h"

#include "vault/vault.h"

#include <string.h>

struct vault {
    struct node *n;
    uint64_t syncs;
};

err __wrap_vault_open(struct turn *t, const char *folder, struct vault **out)
{
    (void)folder;
    struct vault *v = arena_take(t->arena, sizeof *v);
    v->n = node_of(t);
    *out = v;
    return ERR_OK;
}

void __wrap_vault_close(struct vault *v) { (void)v; }

static const char *name_of(struct arena *a, const struct hash *name, const char *end)
{
    return str_c(a, str_printf(a, STR_FMT "%s", STR_ARG(hex(a, hash_bytes(name))), end));
}

err __wrap_vault_get(struct turn *t, struct vault *v, const struct hash *name, size_t limit,
                     struct bytes *out)
{
    if (!disk_get(v->n->disk, t->arena, name_of(t->arena, name, ""), out))
        return turn_fail(t, ERR_NONE_SUCH, "vault", NULL, "There is no such file.");
    if (out->n > limit)
        return turn_fail(t, ERR_TOO_LARGE, "vault-size", NULL, "The file is too large.");
    struct hash h = seal_sha256_of(*out);
    if (hash_eq(&h, name)) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "vault-altered", NULL, "It does not hash to its name.");
}

err __wrap_vault_put(struct turn *t, struct vault *v, struct bytes sealed, struct hash *name_out)
{
    struct hash name = seal_sha256_of(sealed);
    struct disk *d = v->n->disk;
    const char *file = name_of(t->arena, &name, ""), *fresh = name_of(t->arena, &name, ".new");
    struct bytes there;
    bool lies = mutant_is(v->n->w, MUTANT_BLOB_UNSYNCED);
    bool ok = disk_get(d, t->arena, file, &there);
    if (!ok)
        ok = disk_put(d, fresh, sealed) && (lies || disk_sync(d, fresh)) &&
             disk_rename(d, fresh, file);
    v->syncs += 2;
    if (!ok || (!lies && !disk_names_sync(d)))
        return turn_fail(t, ERR_FULL, "vault", NULL, "The file cannot be written.");
    oracle_blob(v->n, &name);
    *name_out = name;
    return ERR_OK;
}

err __wrap_vault_each(struct turn *t, struct vault *v,
                      err (*each)(void *ctx, struct turn *t, const char *file,
                                  const struct hash *name),
                      void *ctx)
{
    (void)t, (void)v, (void)each, (void)ctx;
    return ERR_OK; /* nothing here looks for what stands there */
}

uint64_t __wrap_vault_syncs(const struct vault *v) { return v->syncs; }
