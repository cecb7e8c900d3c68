/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers, their other names, and their clocks. */

#include "store/store_internal.h"

#define D(kind, member) FIELD(store_dossier, kind, member, #member)
static const struct field dossier_fields[] = {
    D(FIELD_ID, id),
    D(FIELD_STR, ref),
    D(FIELD_STR, side),
    D(FIELD_STR, ours),
    D(FIELD_STR, theirs),
    D(FIELD_STR, instrument),
    D(FIELD_STR, kind),
    D(FIELD_STR, state),
    D(FIELD_STR, outcome),
    D(FIELD_BOOL, ended),
    D(FIELD_INT, missing),
    D(FIELD_INT, opened_ms),
    D(FIELD_INT, changed_leaf),
    D(FIELD_INT, requesting_n),
    D(FIELD_INT, requested_n),
    D(FIELD_INT, inward_n),
};
enum { DOSSIER_FIELDS = sizeof dossier_fields / sizeof *dossier_fields };

err store_dossier_set(struct turn *t, struct store *s, const struct store_dossier *d)
{
    return row_put(t, s, SQL_DOSSIER_SET, dossier_fields, DOSSIER_FIELDS, d);
}

err store_dossier_get(struct turn *t, struct store *s, const struct id *id,
                      struct store_dossier *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_DOSSIER_GET], {"id", db_id(id)});
    return row_one(t, r, dossier_fields, DOSSIER_FIELDS, out, "dossier");
}

static err find_ref(struct turn *t, struct store *s, struct str ref, bool *found_out,
                    struct id *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_DOSSIER_BY_REF], {"ref", db_text(ref)});
    *found_out = db_next(&r);
    if (*found_out) *out = db_id_at(&r, 0);
    return db_done(&r);
}

/* Others write their numbers as they like, so one may stand in several dossiers: then whoever gives
 * it is shown them, and says which he means. */
err store_alias_pick(struct turn *t, struct db_rows r, struct str ref, bool *found_out,
                     struct id *out)
{
    struct buf list = buf_in(t->arena);
    size_t n = 0;
    for (; db_next(&r); n++) {
        if (n == 0) *out = db_id_at(&r, 0);
        buf_printf(&list, "%s" STR_FMT " (" STR_FMT ")", n ? ", " : "", STR_ARG(db_text_at(&r, 1)),
                   STR_ARG(db_text_at(&r, 2)));
    }
    try(db_done(&r));
    *found_out = n == 1;
    if (n < 2) return ERR_OK;
    return turn_fail(t, ERR_CONFLICT, "number-of-several", NULL,
                     "Several dossiers bear the number " STR_FMT
                     "; name the one you mean by our reference: " STR_FMT ".",
                     STR_ARG(ref), STR_ARG(buf_as_str(&list)));
}

static err find_alias(struct turn *t, struct store *s, struct str ref, bool *found_out,
                      struct id *out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_DOSSIER_BY_ALIAS],
               {"folded", db_text(store_alias_folded(t, ref))}, {"limit", db_int(STORE_SHOWN_MAX)});
    return store_alias_pick(t, r, ref, found_out, out);
}

/* What is ours comes first: nobody else's number can stand in its way. */
err store_dossier_id(struct turn *t, struct store *s, struct str ref, bool *found_out,
                     struct id *out)
{
    try(find_ref(t, s, ref, found_out, out));
    if (!*found_out) *found_out = id_read(ref, out);
    return ERR_OK;
}

err store_dossier_find(struct turn *t, struct store *s, struct str ref, struct store_dossier *out)
{
    bool found;
    struct id id;
    try(store_dossier_id(t, s, ref, &found, &id));
    if (!found) try(find_alias(t, s, ref, &found, &id));
    if (!found)
        return turn_fail(t, ERR_NONE_SUCH, "dossier-none-such", NULL,
                         "There is no dossier " STR_FMT ".", STR_ARG(ref));
    return store_dossier_get(t, s, &id, out);
}

err store_dossier_row(struct turn *t, struct db_rows r, struct store_dossier *out)
{
    return row_one(t, r, dossier_fields, DOSSIER_FIELDS, out, "dossier");
}

err store_dossier_rows(struct turn *t, struct db_rows r, struct store_dossier **out, size_t *n_out)
{
    return row_all(t, r, dossier_fields, DOSSIER_FIELDS, sizeof **out, (void **)out, n_out);
}

#define L(kind, member) FIELD(store_link, kind, member, #member)
static const struct field link_fields[] = {L(FIELD_ID, dossier), L(FIELD_ID, target),
                                           L(FIELD_STR, particular), L(FIELD_STR, link),
                                           L(FIELD_STR, number)};
enum { LINK_FIELDS = sizeof link_fields / sizeof *link_fields };

err store_link_set(struct turn *t, struct store *s, const struct store_link *l)
{
    return row_put(t, s, SQL_LINK_SET, link_fields, LINK_FIELDS, l);
}

err store_links_of(struct turn *t, struct store *s, const struct id *dossier,
                   struct store_link **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_LINKS_OF], {"dossier", db_id(dossier)},
                              {"limit", db_int(STORE_LINKS_MAX)});
    return row_all(t, r, link_fields, LINK_FIELDS, sizeof **out, (void **)out, n_out);
}

#define C(kind, member) FIELD(store_clock, kind, member, #member)
static const struct field clock_fields[] = {
    C(FIELD_ID, dossier), C(FIELD_STR, clock),    C(FIELD_STR, article),
    C(FIELD_STR, on_end), C(FIELD_STR, proof),    C(FIELD_INT, start_ms),
    C(FIELD_INT, end_ms), C(FIELD_BOOL, running), C(FIELD_INT, renew_ms),
};
enum { CLOCK_FIELDS = sizeof clock_fields / sizeof *clock_fields };

err store_clocks_set(struct turn *t, struct store *s, const struct id *dossier,
                     const struct store_clock *clocks, size_t n)
{
    try(DB_RUN(t, s->db, store_sql[SQL_CLOCK_CLEAR], {"dossier", db_id(dossier)}));
    for (size_t k = 0; k < n; k++)
        try(row_put(t, s, SQL_CLOCK_SET, clock_fields, CLOCK_FIELDS, &clocks[k]));
    return ERR_OK;
}

err store_clock_rows(struct turn *t, struct db_rows r, struct store_clock **out, size_t *n_out)
{
    return row_all(t, r, clock_fields, CLOCK_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_clocks_of(struct turn *t, struct store *s, const struct id *dossier,
                    struct store_clock **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_CLOCK_LIST], {"dossier", db_id(dossier)});
    return row_all(t, r, clock_fields, CLOCK_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_clocks_due(struct turn *t, struct store *s, struct str on_end, int64_t by_ms,
                     int64_t limit, struct store_clock **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_CLOCK_DUE], {"on_end", db_text(on_end)},
                              {"by_ms", db_int(by_ms)}, {"limit", db_int(limit)});
    return row_all(t, r, clock_fields, CLOCK_FIELDS, sizeof **out, (void **)out, n_out);
}
