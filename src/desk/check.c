/* SPDX-License-Identifier: Apache-2.0 */
/* `fsck`: every permanent row, every projection, every tile and head, every vault file. It only
 * looks. */

#include "desk/exhibits.h"

#include <stdlib.h>
#include <string.h>

/* ---- findings -------------------------------------------------------------------------------- */

struct findings {
    struct turn *t;
    struct tree *list;
};

static void found(void *ctx, struct str what, struct str sentence)
{
    struct findings *f = ctx;
    struct tree *one = tree_add_map(f->t->arena, f->list, NULL);
    tree_add_str(f->t->arena, one, "what", what);
    tree_add_str(f->t->arena, one, "sentence", sentence);
}

/* ---- projections ----------------------------------------------------------------------------- */

/* A dumped row's name: its table and first two columns, among which its key is. */
static struct str row_name(struct str row)
{
    size_t k = 0;
    for (int blanks = 0; k < row.n; k++)
        if (row.p[k] == ' ' && ++blanks == 3) break;
    return (struct str){row.p, k};
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Rows that stand in one list only: altered, surplus or missing. */
static void rows_compare(struct findings *f, struct str *is, size_t is_n, struct str *should,
                         size_t should_n)
{
    if (is_n) qsort(is, is_n, sizeof *is, by_text);
    if (should_n) qsort(should, should_n, sizeof *should, by_text);
    size_t a = 0, b = 0;
    while (a < is_n || b < should_n) {
        int order = a == is_n ? 1 : b == should_n ? -1 : str_cmp(is[a], should[b]);
        if (order == 0) {
            a++;
            b++;
        } else if (order < 0) {
            found(f, row_name(is[a++]),
                  STR("The projection holds a row that the permanent rows do not give."));
        } else {
            found(f, row_name(should[b++]),
                  STR("The projection lacks a row that the permanent rows give."));
        }
    }
}

/* Makes every projection again inside a transaction that is taken back. */
static err projections_check(struct desk *d, struct turn *t, struct findings *f)
{
    struct str *is, *should;
    size_t is_n, should_n;
    try(store_begin(t, d->store));
    err e = store_projection_dump(t, d->store, &is, &is_n);
    if (e == ERR_OK) e = desk_rebuild(d, t);
    if (e == ERR_OK) e = store_projection_dump(t, d->store, &should, &should_n);
    store_rollback(d->store);
    if (e == ERR_INTEGRITY || e == ERR_REJECTED || e == ERR_CONFLICT || e == ERR_NONE_SUCH) {
        struct str why = str_dup(t->arena, str_of(t->fault.sentence));
        turn_forgive(t);
        found(f, STR("projections"),
              str_printf(t->arena, "They cannot be made again: " STR_FMT, STR_ARG(why)));
        return ERR_OK;
    }
    try(e);
    rows_compare(f, is, is_n, should, should_n);
    return ERR_OK;
}

/* ---- the vault ------------------------------------------------------------------------------- */

struct vault_names {
    struct hash *names;
    size_t n;
    struct desk *d;
    struct findings *f;
};

static void names_add(struct buf *names, size_t *n, const struct tree *documents)
{
    for (const struct tree *f = documents ? documents->child : NULL; f; f = f->next) {
        struct hash h;
        if (!hash_read(f->str, &h)) continue;
        buf_put(names, &h, sizeof h);
        (*n)++;
    }
}

/* An exhibit is its index and what that names. One that does not read is told by its file. */
static void exhibits_add(struct desk *d, struct turn *t, struct buf *names, size_t *n,
                         const struct store_record *r)
{
    const struct tree *exhibits = tree_get(r->rest, "exhibits");
    names_add(names, n, exhibits);
    for (const struct tree *f = exhibits ? exhibits->child : NULL; f; f = f->next) {
        struct desk_exhibit x;
        if (desk_exhibit_read(d, t, &r->dossier, f->key, f->str, &x) == ERR_OK) {
            buf_put(names, x.names, x.n * sizeof *x.names);
            *n += x.n;
        }
        turn_forgive(t);
    }
}

/* Each document an act names must be there whole. */
static err vault_names_of(struct desk *d, struct turn *t, struct vault_names *out)
{
    struct buf names = buf_in(t->arena);
    size_t n = 0;
    bool found_one = true;
    int64_t leaf = 0;
    while (found_one && leaf < INT64_MAX) {
        auto_arena scratch = arena_new();
        struct turn one = *t;
        one.arena = scratch;
        struct store_record r;
        try(store_record_next(t, d->store, leaf, &found_one, &leaf));
        if (found_one && store_record_at(&one, d->store, leaf, &r) == ERR_OK) {
            names_add(&names, &n, tree_get(r.rest, "documents"));
            exhibits_add(d, &one, &names, &n, &r);
        }
        leaf++;
    }
    out->names = (struct hash *)(void *)names.p;
    out->n = n;
    return ERR_OK;
}

/* The working name of a write that was cut off: nobody was told that it is there. */
static bool is_cut_off(struct str file)
{
    static const char fresh[] = ".new";
    struct hash name;
    if (file.n < sizeof fresh || memcmp(file.p + file.n - 4, fresh, 4) != 0) return false;
    return hash_read((struct str){file.p, file.n - 4}, &name);
}

static err vault_file(void *ctx, struct turn *t, const char *file, const struct hash *name)
{
    struct vault_names *v = ctx;
    if (!name && is_cut_off(str_of(file))) return ERR_OK;
    struct str what = str_printf(t->arena, "vault %s", file);
    if (!name) {
        found(v->f, what, STR("The file does not belong to the vault."));
        return ERR_OK;
    }
    auto_arena scratch = arena_new();
    struct turn one = *t;
    one.arena = scratch;
    struct bytes data;
    err e = vault_get(&one, v->d->vault, name, SIZE_MAX / 4, &data);
    if (e != ERR_OK) found(v->f, what, STR("The file's bytes do not hash to its name."));
    return ERR_OK;
}

static err vault_check(struct desk *d, struct turn *t, struct findings *f)
{
    struct vault_names v = {.d = d, .f = f};
    try(vault_names_of(d, t, &v));
    for (size_t k = 0; k < v.n; k++) {
        auto_arena scratch = arena_new();
        struct turn one = *t;
        one.arena = scratch;
        struct bytes data;
        if (vault_get(&one, d->vault, &v.names[k], SIZE_MAX / 4, &data) == ERR_NONE_SUCH)
            found(f, str_printf(t->arena, "vault " STR_FMT, STR_ARG(desk_hex_hash(t, &v.names[k]))),
                  STR("A document that an act names is missing."));
    }
    return vault_each(t, d->vault, vault_file, &v);
}

/* A draft is a working paper, but the key of the dossier it will open is made with it. */
static err draft_check(struct desk *d, struct turn *t, struct str label, struct findings *f)
{
    auto_arena scratch = arena_new();
    struct turn one = *t;
    one.arena = scratch;
    struct store_draft draft;
    struct tree *m;
    struct id dossier;
    struct bytes locked;
    struct str what = str_printf(t->arena, "draft " STR_FMT, STR_ARG(label));
    if (store_draft_get(&one, d->store, label, &draft) != ERR_OK ||
        json_read(&one, draft.body, &codec_limits, &m) != ERR_OK ||
        !id_read(tree_str(m, "dossier"), &dossier)) {
        found(f, what, STR("The draft does not read."));
        return ERR_OK;
    }
    if (store_lock(&one, d->store, &dossier, label, draft.body, &locked) != ERR_OK)
        found(
            f,
            str_printf(t->arena, "dossier_key " STR_FMT, STR_ARG(hex(scratch, id_bytes(&dossier)))),
            str_printf(t->arena, "The key of the draft " STR_FMT " is missing or does not open.",
                       STR_ARG(label)));
    return ERR_OK;
}

static err drafts_check(struct desk *d, struct turn *t, struct findings *f)
{
    struct str *labels;
    size_t n;
    try(store_draft_labels(t, d->store, &labels, &n));
    for (size_t k = 0; k < n; k++) try(draft_check(d, t, labels[k], f));
    return ERR_OK;
}

static err all_check(struct desk *d, struct turn *t, struct findings *f)
{
    try(store_check(t, d->store, found, f));
    try(desk_tiles_check(d, t, found, f));
    try(desk_heads_check(d, t, found, f));
    try(vault_check(d, t, f));
    try(drafts_check(d, t, f));
    return projections_check(d, t, f);
}

err desk_do_FSCK(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    tree_add_int(t->arena, v, "records", (int64_t)store_log_size(d->store));
    struct findings f = {t, tree_add_list(t->arena, v, "findings")};
    err e = store_blame(t, d->store, all_check(d, t, &f));
    dt->view = v; /* what was found is told, also when the rest could not be asked */
    if (f.list->count == 0 || (e != ERR_OK && e != ERR_INTEGRITY)) return e;
    turn_forgive(t);
    return turn_fail(t, ERR_INTEGRITY, "fsck", NULL,
                     "%zu thing(s) are not what they were; each is listed. Nothing was changed.",
                     f.list->count);
}
