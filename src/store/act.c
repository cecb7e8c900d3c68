/* SPDX-License-Identifier: Apache-2.0 */
/* Acts by their numbers and names; their content stands in the record of the same id. */

#include "store/store_internal.h"

#define A(kind, member) FIELD(store_act, kind, member, #member)
static const struct field act_fields[] = {
    A(FIELD_ID, id),      A(FIELD_ID, dossier), A(FIELD_INT, leaf),        A(FIELD_INT, stream),
    A(FIELD_INT, n),      A(FIELD_INT, at_ms),  A(FIELD_INT, recorded_ms), A(FIELD_INT, remarks),
    A(FIELD_STR, way),    A(FIELD_STR, act),    A(FIELD_STR, effect),      A(FIELD_HASH, hash),
    A(FIELD_BYTES, idem),
};
enum { ACT_FIELDS = sizeof act_fields / sizeof *act_fields };

err store_act_set(struct turn *t, struct store *s, const struct store_act *a)
{
    return row_put(t, s, SQL_ACT_SET, act_fields, ACT_FIELDS, a);
}

err store_act_effect(struct turn *t, struct store *s, const struct id *act, struct str effect)
{
    return DB_RUN(t, s->db, store_sql[SQL_ACT_EFFECT], {"id", db_id(act)},
                  {"effect", db_text(effect)});
}

err store_act_get(struct turn *t, struct store *s, const struct id *id, struct store_act *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACT_GET], {"id", db_id(id)});
    return row_one(t, r, act_fields, ACT_FIELDS, out, "act");
}

err store_act_last_out(struct turn *t, struct store *s, const struct id *dossier,
                       struct store_act *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACT_LAST_OUT], {"dossier", db_id(dossier)});
    return row_one(t, r, act_fields, ACT_FIELDS, out, "act of ours");
}

err store_act_by_idem(struct turn *t, struct store *s, struct bytes idem, struct store_act *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACT_BY_IDEM], {"idem", db_blob(idem)});
    return row_one(t, r, act_fields, ACT_FIELDS, out, "act");
}

err store_acts_of(struct turn *t, struct store *s, const struct id *dossier, struct store_act **out,
                  size_t *n_out)
{
    return store_act_rows(t, DB_ASK(t, s->db, store_sql[SQL_ACT_LIST], {"dossier", db_id(dossier)}),
                          out, n_out);
}

err store_act_rows(struct turn *t, struct db_rows r, struct store_act **out, size_t *n_out)
{
    return row_all(t, r, act_fields, ACT_FIELDS, sizeof **out, (void **)out, n_out);
}
