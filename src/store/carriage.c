/* SPDX-License-Identifier: Apache-2.0 */
/* Slips that hang on entries, dossiers and acts; the token of an act; mail on its way. */

#include "store/store_internal.h"

#include <assert.h>
#include <string.h>

#define P(kind, member) FIELD(store_slip, kind, member, #member)
static const struct field slip_fields[] = {
    P(FIELD_INT, leaf),   P(FIELD_STR, kind),   P(FIELD_ID, name), P(FIELD_STR, ours),
    P(FIELD_ID, entry),   P(FIELD_ID, dossier), P(FIELD_ID, act),  P(FIELD_INT, at_ms),
    P(FIELD_INT, due_ms), P(FIELD_BOOL, open),
};
enum { SLIP_FIELDS = sizeof slip_fields / sizeof *slip_fields };

err store_slip_set(struct turn *t, struct store *s, const struct store_slip *p)
{
    return row_put(t, s, SQL_SLIP_SET, slip_fields, SLIP_FIELDS, p);
}

err store_slip_get(struct turn *t, struct store *s, const struct id *name, struct store_slip *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_SLIP_BY_NAME], {"name", db_id(name)});
    return row_one(t, r, slip_fields, SLIP_FIELDS, out, "paper");
}

err store_slip_rows(struct turn *t, struct db_rows r, struct store_slip **out, size_t *n_out)
{
    return row_all(t, r, slip_fields, SLIP_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_slips_of_dossier(struct turn *t, struct store *s, const struct id *dossier,
                           struct store_slip **out, size_t *n_out)
{
    return store_slip_rows(
        t, DB_ASK(t, s->db, store_sql[SQL_SLIP_OF_DOSSIER], {"dossier", db_id(dossier)}), out,
        n_out);
}

err store_slips_of_entry(struct turn *t, struct store *s, const struct id *entry,
                         struct store_slip **out, size_t *n_out)
{
    return store_slip_rows(
        t, DB_ASK(t, s->db, store_sql[SQL_SLIP_OF_ENTRY], {"entry", db_id(entry)}), out, n_out);
}

err store_token(struct turn *t, struct store *s, const struct id *dossier, const struct id *act,
                uint8_t *out, size_t n)
{
    uint8_t key[SEAL_KEY_SIZE];
    assert(n <= sizeof(struct hash));
    struct buf info = buf_in(t->arena);
    buf_str(&info, STR("token "));
    buf_put(&info, act->b, sizeof act->b);
    try(store_key(t, s, dossier, key));
    seal_hkdf((struct bytes){key, sizeof key}, buf_as_bytes(&info), out, n);
    wipe(key, sizeof key);
    return ERR_OK;
}

/* ---- mail on its way ------------------------------------------------------------------------- */

#define M(kind, member) FIELD(store_mail, kind, member, #member)
static const struct field mail_fields[] = {
    M(FIELD_ID, id),     M(FIELD_ID, dossier),    M(FIELD_ID, act),      M(FIELD_STR, officer),
    M(FIELD_STR, post),  M(FIELD_STR, recipient), M(FIELD_HASH, sha256), M(FIELD_HASH, vault),
    M(FIELD_INT, size),  M(FIELD_STR, stage),     M(FIELD_STR, answer),  M(FIELD_INT, next_ms),
    M(FIELD_INT, tries),
};
enum { MAIL_FIELDS = sizeof mail_fields / sizeof *mail_fields };

err store_mail_put(struct turn *t, struct store *s, const struct store_mail *m)
{
    return row_put(t, s, SQL_MAIL_PUT, mail_fields, MAIL_FIELDS, m);
}

err store_mail_get(struct turn *t, struct store *s, const struct id *id, struct store_mail *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_MAIL_GET], {"id", db_id(id)});
    return row_one(t, r, mail_fields, MAIL_FIELDS, out, "mail on its way");
}

err store_mails_of(struct turn *t, struct store *s, const struct id *dossier,
                   struct store_mail **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_MAIL_OF], {"dossier", db_id(dossier)});
    return row_all(t, r, mail_fields, MAIL_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_mails_due(struct turn *t, struct store *s, int64_t now_ms, int64_t limit,
                    struct store_mail **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_MAIL_DUE], {"now_ms", db_int(now_ms)},
                              {"limit", db_int(limit)});
    return row_all(t, r, mail_fields, MAIL_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_mail_rows(struct turn *t, struct db_rows r, struct store_mail **out, size_t *n_out)
{
    return row_all(t, r, mail_fields, MAIL_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_mail_drop_refused(struct turn *t, struct store *s, const struct id *act)
{
    return DB_RUN(t, s->db, store_sql[SQL_MAIL_DROP_REFUSED], {"act", db_id(act)});
}

err store_mail_drop(struct turn *t, struct store *s, const struct id *id)
{
    return DB_RUN(t, s->db, store_sql[SQL_MAIL_DROP], {"id", db_id(id)});
}
