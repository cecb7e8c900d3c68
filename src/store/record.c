/* SPDX-License-Identifier: Apache-2.0 */
/* Permanent rows: each is encrypted under its dossier's key and bound, whole, into one leaf of the
 * log. What stands in plain columns is repeated inside `rest`, so no column is free to alter. */

#include "store/store_internal.h"

#include <string.h>

/* ---- keys ------------------------------------------------------------------------------------ */

static struct bytes key_bound(struct turn *t, const struct id *dossier)
{
    struct buf b = buf_in(t->arena);
    buf_str(&b, STR("dossier-key "));
    buf_put(&b, dossier->b, sizeof dossier->b);
    return buf_as_bytes(&b);
}

static struct store_cached_key *key_slot(struct store *s, const struct id *dossier)
{
    struct store_cached_key *oldest = &s->keys[0];
    for (size_t k = 0; k < STORE_KEYS_CACHED; k++) {
        struct store_cached_key *c = &s->keys[k];
        if (c->used && id_eq(&c->dossier, dossier)) return c;
        if (c->used < oldest->used) oldest = c;
    }
    return oldest;
}

static void key_keep(struct store *s, const struct id *dossier, const uint8_t *key)
{
    struct store_cached_key *c = key_slot(s, dossier);
    c->dossier = *dossier;
    memcpy(c->key, key, sizeof c->key);
    c->used = ++s->uses;
}

err store_key_make(struct turn *t, struct store *s, const struct id *dossier)
{
    uint8_t key[SEAL_KEY_SIZE];
    t->chance->fill(t->chance->ctx, key, sizeof key);
    struct bytes wrapped;
    err e = s->wrapper.wrap(s->wrapper.ctx, t, (struct bytes){key, sizeof key},
                            key_bound(t, dossier), &wrapped);
    if (e == ERR_OK)
        e = DB_RUN(t, s->db, store_sql[SQL_KEY_PUT], {"dossier", db_id(dossier)},
                   {"wrapped", db_blob(wrapped)});
    if (e == ERR_OK) key_keep(s, dossier, key);
    wipe(key, sizeof key);
    return e;
}

err store_key(struct turn *t, struct store *s, const struct id *dossier,
              uint8_t key_out[SEAL_KEY_SIZE])
{
    struct store_cached_key *c = key_slot(s, dossier);
    if (c->used && id_eq(&c->dossier, dossier)) {
        c->used = ++s->uses;
        memcpy(key_out, c->key, SEAL_KEY_SIZE);
        return ERR_OK;
    }
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_KEY_GET], {"dossier", db_id(dossier)});
    bool found = db_next(&r);
    struct bytes wrapped = found ? db_bytes_at(&r, 0) : (struct bytes){0};
    try(db_done(&r));
    if (!found)
        return turn_fail(t, ERR_INTEGRITY, "key-missing", NULL,
                         "The key of dossier " STR_FMT " is not in the store.",
                         STR_ARG(hex(t->arena, id_bytes(dossier))));
    struct bytes key;
    try(s->wrapper.unwrap(s->wrapper.ctx, t, wrapped, key_bound(t, dossier), &key));
    if (key.n != SEAL_KEY_SIZE)
        return turn_fail(t, ERR_INTEGRITY, "key-size", NULL, "A dossier key has a wrong size.");
    memcpy(key_out, key.p, SEAL_KEY_SIZE);
    key_keep(s, dossier, key_out);
    wipe((void *)(uintptr_t)key.p, key.n);
    return ERR_OK;
}

/* ---- one row --------------------------------------------------------------------------------- */

/* What encryption binds a column to: which row and which column it is. */
static struct bytes column_bound(struct turn *t, const struct store_record *r, const char *column)
{
    struct buf b = buf_in(t->arena);
    buf_printf(&b, "record " STR_FMT " %s ", STR_ARG(r->kind), column);
    buf_put(&b, r->subject.p, r->subject.n);
    return buf_as_bytes(&b);
}

static void record_salt(const uint8_t *key, struct store_record *r, struct turn *t)
{
    struct buf info = buf_in(t->arena);
    buf_printf(&info, "salt " STR_FMT " ", STR_ARG(r->kind));
    buf_put(&info, r->subject.p, r->subject.n);
    seal_hkdf((struct bytes){key, SEAL_KEY_SIZE}, buf_as_bytes(&info), r->salt.b, sizeof r->salt.b);
}

/* The bytes of `rest` that are bound: the row's plain columns, the digest of its bulk, and what was
 * given. */
static struct str record_rest(struct turn *t, const struct store_record *r)
{
    struct tree *m = tree_map(t->arena);
    tree_add_int(t->arena, m, "at", r->at_ms);
    if (r->bulk.n) {
        struct hash h = seal_sha256_of(r->bulk);
        tree_add_str(t->arena, m, "bulk", hex(t->arena, hash_bytes(&h)));
    }
    tree_add_copy(t->arena, m, "data", r->rest ? r->rest : tree_map(t->arena));
    tree_add_str(t->arena, m, "dossier", hex(t->arena, id_bytes(&r->dossier)));
    tree_add_str(t->arena, m, "kind", r->kind);
    tree_add_str(t->arena, m, "subject", hex(t->arena, r->subject));
    return json_write(t->arena, m);
}

err store_record_put(struct turn *t, struct store *s, struct store_record *r)
{
    uint8_t key[SEAL_KEY_SIZE];
    try(store_key(t, s, &r->dossier, key));
    r->leaf = (int64_t)s->edge.size;
    struct str rest = record_rest(t, r);
    record_salt(key, r, t);
    ledger_open(hash_bytes(&r->salt), r->open, str_bytes(rest), &r->opening);
    struct hash data;
    ledger_leaf_data(&r->opening, &data);
    struct bytes open = seal_lock(t, key, column_bound(t, r, "open"), r->open);
    struct bytes sealed_rest = seal_lock(t, key, column_bound(t, r, "rest"), str_bytes(rest));
    struct bytes bulk = {0};
    if (r->bulk.n) bulk = seal_lock(t, key, column_bound(t, r, "bulk"), r->bulk);
    wipe(key, sizeof key);
    try(DB_RUN(t, s->db, store_sql[SQL_RECORD_PUT], {"leaf", db_int(r->leaf)},
               {"dossier", db_id(&r->dossier)}, {"kind", db_text(r->kind)},
               {"subject", db_blob(r->subject)}, {"at_ms", db_int(r->at_ms)},
               {"open", db_blob(open)}, {"rest", db_blob(sealed_rest)},
               {"bulk", bulk.n ? db_blob(bulk) : db_null()}));
    try(DB_RUN(t, s->db, store_sql[SQL_LEAF_PUT], {"leaf", db_int(r->leaf)},
               {"data", db_hash(&data)}));
    return store_log_append(t, s, &data);
}

static err record_altered(struct turn *t, const struct store_record *r, const char *how)
{
    return turn_fail(t, ERR_INTEGRITY, "record-altered", NULL, "Record %lld %s.",
                     (long long)r->leaf, how);
}

/* Opens what stands in the row and requires that it gives its leaf. */
static err record_open(struct turn *t, struct store *s, struct store_record *r, struct bytes open,
                       struct bytes rest, struct bytes bulk)
{
    uint8_t key[SEAL_KEY_SIZE];
    try(store_key(t, s, &r->dossier, key));
    struct bytes rest_plain = {0};
    err e = seal_unlock(t, key, column_bound(t, r, "open"), open, &r->open);
    if (e == ERR_OK) e = seal_unlock(t, key, column_bound(t, r, "rest"), rest, &rest_plain);
    if (e == ERR_OK && bulk.n) e = seal_unlock(t, key, column_bound(t, r, "bulk"), bulk, &r->bulk);
    if (e == ERR_OK) record_salt(key, r, t);
    wipe(key, sizeof key);
    if (e != ERR_OK) return e;
    static const struct tree_limits limits = {64 << 20, 24, 1 << 20};
    struct tree *read;
    try(json_read(t, rest_plain, &limits, &read));
    r->rest = tree_get(read, "data");
    if (!str_eq(record_rest(t, r), bytes_str(rest_plain)))
        return record_altered(t, r, "has columns that differ from what was sealed");
    ledger_open(hash_bytes(&r->salt), r->open, rest_plain, &r->opening);
    struct hash data, stands;
    ledger_leaf_data(&r->opening, &data);
    try(store_leaf(t, s, r->leaf, &stands));
    if (!hash_eq(&data, &stands)) return record_altered(t, r, "does not give its leaf");
    return ERR_OK;
}

static err record_read(struct turn *t, struct store *s, struct db_rows rows,
                       struct store_record *out)
{
    struct store_record r = {0};
    bool found = db_next(&rows);
    struct bytes open = {0}, rest = {0}, bulk = {0};
    bool hollow = false; /* long bytes that are there but empty: never written so */
    if (found) {
        r.leaf = db_int_at(&rows, 0);
        r.dossier = db_id_at(&rows, 1);
        r.kind = db_text_at(&rows, 2);
        r.subject = db_bytes_at(&rows, 3);
        r.at_ms = db_int_at(&rows, 4);
        open = db_bytes_at(&rows, 5);
        rest = db_bytes_at(&rows, 6);
        bulk = db_bytes_at(&rows, 7);
        hollow = bulk.n == 0 && db_value_at(&rows, 7).kind != DB_NULL;
    }
    try(db_done(&rows));
    if (!found) return turn_fail(t, ERR_NONE_SUCH, "none-such", NULL, "There is no such record.");
    if (hollow) return record_altered(t, &r, "has columns that differ from what was sealed");
    try(record_open(t, s, &r, open, rest, bulk));
    *out = r;
    return ERR_OK;
}

err store_record_open(struct turn *t, struct store *s, struct str kind, struct bytes subject,
                      struct store_record *out)
{
    return record_read(t, s,
                       DB_ASK(t, s->db, store_sql[SQL_RECORD_GET], {"kind", db_text(kind)},
                              {"subject", db_blob(subject)}),
                       out);
}

err store_record_at(struct turn *t, struct store *s, int64_t leaf, struct store_record *out)
{
    return record_read(t, s, DB_ASK(t, s->db, store_sql[SQL_RECORD_AT], {"leaf", db_int(leaf)}),
                       out);
}

err store_record_next(struct turn *t, struct store *s, int64_t from, bool *found_out,
                      int64_t *leaf_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_RECORD_NEXT], {"leaf", db_int(from)});
    bool found = db_next(&r);
    int64_t leaf = found ? db_int_at(&r, 0) : 0;
    try(db_done(&r));
    *found_out = found;
    *leaf_out = leaf;
    return ERR_OK;
}

/* ---- bytes beside the database --------------------------------------------------------------- */

static struct bytes named_bound(struct turn *t, struct str name)
{
    return str_bytes(str_printf(t->arena, "named " STR_FMT, STR_ARG(name)));
}

err store_lock(struct turn *t, struct store *s, const struct id *dossier, struct str name,
               struct bytes plain, struct bytes *locked_out)
{
    uint8_t key[SEAL_KEY_SIZE];
    try(store_key(t, s, dossier, key));
    *locked_out = seal_lock(t, key, named_bound(t, name), plain);
    wipe(key, sizeof key);
    return ERR_OK;
}

err store_unlock(struct turn *t, struct store *s, const struct id *dossier, struct str name,
                 struct bytes locked, struct bytes *plain_out)
{
    uint8_t key[SEAL_KEY_SIZE];
    try(store_key(t, s, dossier, key));
    err e = seal_unlock(t, key, named_bound(t, name), locked, plain_out);
    wipe(key, sizeof key);
    return e;
}
