/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits on their way in. */

#include "store/store_internal.h"

#define A(kind, member) FIELD(store_arriving, kind, member, #member)
static const struct field fields[] = {
    A(FIELD_HASH, id),  A(FIELD_STR, way),   A(FIELD_STR, holder), A(FIELD_STR, ours),
    A(FIELD_INT, size), A(FIELD_INT, at_ms), A(FIELD_BYTES, body),
};
static const struct field segment_fields[] = {
    FIELD(store_segment, FIELD_INT, idx, "idx"),
    FIELD(store_segment, FIELD_HASH, vault, "vault"),
};
enum {
    FIELDS = sizeof fields / sizeof *fields,
    SEGMENT_FIELDS = sizeof segment_fields / sizeof *segment_fields
};

/* The body has keys in it. */
static struct str name_of(struct turn *t, const struct hash *id)
{
    return str_printf(t->arena, "arriving " STR_FMT, STR_ARG(hex(t->arena, hash_bytes(id))));
}

err store_arriving_put(struct turn *t, struct store *s, const struct store_arriving *a)
{
    struct store_arriving locked = *a;
    try(store_lock(t, s, &store_house, name_of(t, &a->id), a->body, &locked.body));
    return row_put(t, s, SQL_ARRIVING_PUT, fields, FIELDS, &locked);
}

static err opened(struct turn *t, struct store *s, struct store_arriving *a)
{
    return store_unlock(t, s, &store_house, name_of(t, &a->id), a->body, &a->body);
}

err store_arriving_get(struct turn *t, struct store *s, const struct hash *id,
                       struct store_arriving *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ARRIVING_GET], {"id", db_hash(id)});
    try(row_one(t, r, fields, FIELDS, out, "exhibit on its way"));
    return opened(t, s, out);
}

static err all(struct turn *t, struct store *s, struct db_rows r, struct store_arriving **out,
               size_t *n_out)
{
    try(row_all(t, r, fields, FIELDS, sizeof **out, (void **)out, n_out));
    for (size_t k = 0; k < *n_out; k++) try(opened(t, s, &(*out)[k]));
    return ERR_OK;
}

err store_arriving_of(struct turn *t, struct store *s, struct str way, struct str holder,
                      int64_t limit, struct store_arriving **out, size_t *n_out)
{
    return all(t, s,
               DB_ASK(t, s->db, store_sql[SQL_ARRIVING_OF], {"way", db_text(way)},
                      {"holder", db_text(holder)}, {"limit", db_int(limit)}),
               out, n_out);
}

err store_arriving_to(struct turn *t, struct store *s, struct str ours, int64_t limit,
                      struct store_arriving **out, size_t *n_out)
{
    return all(t, s,
               DB_ASK(t, s->db, store_sql[SQL_ARRIVING_TO], {"ours", db_text(ours)},
                      {"limit", db_int(limit)}),
               out, n_out);
}

err store_arriving_drop(struct turn *t, struct store *s, const struct hash *id)
{
    try(DB_RUN(t, s->db, store_sql[SQL_SEGMENTS_DROP], {"arriving", db_hash(id)}));
    return DB_RUN(t, s->db, store_sql[SQL_ARRIVING_DROP], {"id", db_hash(id)});
}

err store_segment_add(struct turn *t, struct store *s, const struct hash *arriving,
                      const struct store_segment *g)
{
    return DB_RUN(t, s->db, store_sql[SQL_SEGMENT_ADD], {"arriving", db_hash(arriving)},
                  {"idx", db_int(g->idx)}, {"vault", db_hash(&g->vault)});
}

err store_segment_get(struct turn *t, struct store *s, const struct hash *arriving, int64_t idx,
                      struct hash *vault_out)
{
    static const struct field vault[] = {{"vault", FIELD_HASH, 0}};
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_SEGMENT_GET], {"arriving", db_hash(arriving)},
                              {"idx", db_int(idx)});
    return row_one(t, r, vault, 1, vault_out, "segment");
}

err store_segment_count(struct turn *t, struct store *s, const struct hash *arriving, int64_t *out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_SEGMENT_COUNT], {"arriving", db_hash(arriving)});
    int64_t n = db_next(&r) ? db_int_at(&r, 0) : 0;
    try(db_done(&r));
    *out = n;
    return ERR_OK;
}

err store_segments(struct turn *t, struct store *s, const struct hash *arriving,
                   struct store_segment **out, size_t *n_out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_SEGMENTS_OF], {"arriving", db_hash(arriving)});
    return row_all(t, r, segment_fields, SEGMENT_FIELDS, sizeof **out, (void **)out, n_out);
}
