/* SPDX-License-Identifier: Apache-2.0 */
/* Matters: what a person calls the case. They group dossiers and decide nothing. */

#include "store/store_internal.h"

#define M(kind, member) FIELD(store_matter, kind, member, #member)
static const struct field matter_fields[] = {M(FIELD_ID, id), M(FIELD_STR, label),
                                             M(FIELD_STR, ours), M(FIELD_INT, leaf)};
enum { MATTER_FIELDS = sizeof matter_fields / sizeof *matter_fields };

err store_matter_set(struct turn *t, struct store *s, const struct store_matter *m)
{
    return row_put(t, s, SQL_MATTER_SET, matter_fields, MATTER_FIELDS, m);
}

err store_matter_get(struct turn *t, struct store *s, const struct id *id, struct store_matter *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_MATTER_GET], {"id", db_id(id)});
    return row_one(t, r, matter_fields, MATTER_FIELDS, out, "matter");
}

err store_matter_find(struct turn *t, struct store *s, struct str label, struct store_matter *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_MATTER_BY_LABEL], {"label", db_text(label)});
    return row_one(t, r, matter_fields, MATTER_FIELDS, out, "matter");
}

err store_matter_rows(struct turn *t, struct db_rows r, struct store_matter **out, size_t *n_out)
{
    return row_all(t, r, matter_fields, MATTER_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_group(struct turn *t, struct store *s, const struct id *dossier, const struct id *matter)
{
    if (!matter) return DB_RUN(t, s->db, store_sql[SQL_GROUPED_DROP], {"dossier", db_id(dossier)});
    return DB_RUN(t, s->db, store_sql[SQL_GROUPED_SET], {"dossier", db_id(dossier)},
                  {"matter", db_id(matter)});
}

static const struct field id_field[] = {{"id", FIELD_ID, 0}};

err store_matter_of(struct turn *t, struct store *s, const struct id *dossier,
                    struct store_matter *out)
{
    struct id matter;
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_GROUPED_OF], {"dossier", db_id(dossier)});
    try(row_one(t, r, id_field, 1, &matter, "matter"));
    return store_matter_get(t, s, &matter, out);
}

err store_matter_dossiers(struct turn *t, struct store *s, const struct id *matter, struct id **out,
                          size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_GROUPED_IN], {"matter", db_id(matter)});
    return row_all(t, r, id_field, 1, sizeof **out, (void **)out, n_out);
}
