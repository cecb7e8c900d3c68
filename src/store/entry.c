/* SPDX-License-Identifier: Apache-2.0 */
/* The register: what came by people, the numbers it bears, and the dossiers beside the wire. */

#include "store/store_internal.h"

/* ---- numbers --------------------------------------------------------------------------------- */

/* One number has many spellings: blanks and the case of ASCII letters make no other number. */
struct str store_alias_folded(struct turn *t, struct str s)
{
    struct buf b = buf_in(t->arena);
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        if (c == ' ' || c == '\t') continue;
        buf_byte(&b, (uint8_t)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    return buf_as_str(&b);
}

#define N(kind, member) FIELD(store_alias, kind, member, #member)
static const struct field alias_fields[] = {N(FIELD_ID, dossier), N(FIELD_STR, alias),
                                            N(FIELD_STR, sort)};
enum { ALIAS_FIELDS = sizeof alias_fields / sizeof *alias_fields };

err store_alias_set(struct turn *t, struct store *s, const struct store_alias *a)
{
    return DB_RUN(
        t, s->db, store_sql[SQL_ALIAS_SET], {"folded", db_text(store_alias_folded(t, a->alias))},
        {"dossier", db_id(&a->dossier)}, {"alias", db_text(a->alias)}, {"sort", db_text(a->sort)});
}

err store_alias_add(struct turn *t, struct store *s, struct str alias, const struct id *dossier)
{
    struct store_alias a = {*dossier, alias, STR("theirs")};
    return store_alias_set(t, s, &a);
}

err store_alias_rows(struct turn *t, struct db_rows r, struct store_alias **out, size_t *n_out)
{
    return row_all(t, r, alias_fields, ALIAS_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_aliases_of(struct turn *t, struct store *s, const struct id *dossier,
                     struct store_alias **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ALIAS_OF], {"dossier", db_id(dossier)});
    return row_all(t, r, alias_fields, ALIAS_FIELDS, sizeof **out, (void **)out, n_out);
}

/* ---- beside the wire ------------------------------------------------------------------------- */

err store_off_wire_set(struct turn *t, struct store *s, const struct id *dossier)
{
    return DB_RUN(t, s->db, store_sql[SQL_OFF_WIRE_SET], {"dossier", db_id(dossier)});
}

err store_off_wire_drop(struct turn *t, struct store *s, const struct id *dossier)
{
    return DB_RUN(t, s->db, store_sql[SQL_OFF_WIRE_DROP], {"dossier", db_id(dossier)});
}

err store_off_wire(struct turn *t, struct store *s, const struct id *dossier, bool *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_OFF_WIRE_GET], {"dossier", db_id(dossier)});
    bool found = db_next(&r);
    try(db_done(&r));
    *out = found;
    return ERR_OK;
}

/* ---- entries --------------------------------------------------------------------------------- */

#define E(kind, member) FIELD(store_entry, kind, member, #member)
static const struct field entry_fields[] = {
    E(FIELD_ID, id),      E(FIELD_STR, label), E(FIELD_STR, ours),     E(FIELD_STR, carriage),
    E(FIELD_STR, state),  E(FIELD_STR, stage), E(FIELD_STR, filed_as), E(FIELD_INT, received_ms),
    E(FIELD_ID, dossier), E(FIELD_ID, act),    E(FIELD_INT, leaf),     E(FIELD_BYTES, message),
};
enum { ENTRY_FIELDS = sizeof entry_fields / sizeof *entry_fields };

err store_entry_set(struct turn *t, struct store *s, const struct store_entry *e)
{
    return row_put(t, s, SQL_ENTRY_SET, entry_fields, ENTRY_FIELDS, e);
}

err store_entry_row(struct turn *t, struct db_rows r, struct store_entry *out)
{
    return row_one(t, r, entry_fields, ENTRY_FIELDS, out, "entry in the register");
}

err store_entry_get(struct turn *t, struct store *s, const struct id *id, struct store_entry *out)
{
    return store_entry_row(t, DB_ASK(t, s->db, store_sql[SQL_ENTRY_GET], {"id", db_id(id)}), out);
}

err store_entry_find(struct turn *t, struct store *s, struct str label, struct store_entry *out)
{
    return store_entry_row(
        t, DB_ASK(t, s->db, store_sql[SQL_ENTRY_BY_LABEL], {"label", db_text(label)}), out);
}

err store_entry_by_message(struct turn *t, struct store *s, struct str ours, struct bytes message,
                           struct store_entry *out)
{
    return store_entry_row(t,
                           DB_ASK(t, s->db, store_sql[SQL_ENTRY_BY_MESSAGE],
                                  {"ours", db_text(ours)}, {"message", db_blob(message)}),
                           out);
}

err store_entry_rows(struct turn *t, struct db_rows r, struct store_entry **out, size_t *n_out)
{
    return row_all(t, r, entry_fields, ENTRY_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_entries_of(struct turn *t, struct store *s, const struct id *dossier,
                     struct store_entry **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ENTRY_OF], {"dossier", db_id(dossier)});
    return row_all(t, r, entry_fields, ENTRY_FIELDS, sizeof **out, (void **)out, n_out);
}

/* ---- documents by their digest --------------------------------------------------------------- */

#define D(kind, member) FIELD(store_document, kind, member, #member)
static const struct field document_fields[] = {
    D(FIELD_HASH, sha256), D(FIELD_INT, leaf), D(FIELD_ID, entry),
    D(FIELD_ID, dossier),  D(FIELD_ID, act),
};
enum { DOCUMENT_FIELDS = sizeof document_fields / sizeof *document_fields };

err store_document_add(struct turn *t, struct store *s, const struct store_document *d)
{
    return row_put(t, s, SQL_DOCUMENT_ADD, document_fields, DOCUMENT_FIELDS, d);
}

err store_document_rows(struct turn *t, struct db_rows r, struct store_document **out,
                        size_t *n_out)
{
    return row_all(t, r, document_fields, DOCUMENT_FIELDS, sizeof **out, (void **)out, n_out);
}
