/* SPDX-License-Identifier: Apache-2.0 */
/* Officers and their roles, and the working rows of coming and going: sessions, things that are
 * good once, answers kept for a repeated request, drafts. */

#include "store/store_internal.h"

#include <string.h>

/* ---- roles ----------------------------------------------------------------------------------- */

struct role_row {
    const char *word;
    unsigned rights;
};
static const struct role_row roles[STORE_ROLES] = {
#define ROLE(name, word, sees, function, rights) {word, rights},
#include "store/role.def"
#undef ROLE
};

const char *store_role_word(enum store_role r) { return roles[r].word; }

bool store_officer_is(const struct store_officer *o, enum store_role r)
{
    struct str rest = o->roles, one;
    while (rest.n) {
        str_split(rest, ' ', &one, &rest);
        if (str_is(one, roles[r].word)) return true;
    }
    return false;
}

bool store_officer_may(const struct store_officer *o, enum store_right right)
{
    for (int r = 0; r < STORE_ROLES; r++)
        if ((roles[r].rights & (unsigned)right) && store_officer_is(o, (enum store_role)r))
            return true;
    return false;
}

err store_roles_read(struct turn *t, const struct tree *list, struct str *out)
{
    bool has[STORE_ROLES] = {false};
    for (const struct tree *w = list ? list->child : NULL; w; w = w->next) {
        int r = 0;
        while (r < STORE_ROLES && !(w->kind == TREE_STR && str_is(w->str, roles[r].word))) r++;
        if (r == STORE_ROLES)
            return turn_fail_at(t, ERR_REJECTED, "role-unknown", NULL, STR("roles"),
                                "There is no role \"" STR_FMT "\".",
                                STR_ARG(str_printable(t->arena, w->str)));
        has[r] = true;
    }
    struct buf b = buf_in(t->arena);
    for (int r = 0; r < STORE_ROLES; r++)
        if (has[r]) buf_printf(&b, "%s%s", b.n ? " " : "", roles[r].word);
    *out = buf_as_str(&b);
    return ERR_OK;
}

/* ---- officers -------------------------------------------------------------------------------- */

#define O(kind, member) FIELD(store_officer, kind, member, #member)
static const struct field officer_fields[] = {
    O(FIELD_STR, officer), O(FIELD_STR, post),  O(FIELD_STR, authority), O(FIELD_INT, uid),
    O(FIELD_STR, name),    O(FIELD_STR, roles), O(FIELD_BYTES, cert),    O(FIELD_BOOL, ended),
};
enum { OFFICER_FIELDS = sizeof officer_fields / sizeof *officer_fields };

err store_officer_set(struct turn *t, struct store *s, const struct store_officer *o)
{
    return row_put(t, s, SQL_OFFICER_SET, officer_fields, OFFICER_FIELDS, o);
}

err store_officers(struct turn *t, struct store *s, struct store_officer **out, size_t *n_out)
{
    struct db_rows r = db_ask(t, s->db, store_sql[SQL_OFFICER_LIST], NULL, 0);
    return row_all(t, r, officer_fields, OFFICER_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_officer_get(struct turn *t, struct store *s, struct str officer,
                      struct store_officer *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_OFFICER_GET], {"officer", db_text(officer)});
    return row_one(t, r, officer_fields, OFFICER_FIELDS, out, "officer");
}

err store_officer_by_uid(struct turn *t, struct store *s, int64_t uid, struct store_officer *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_OFFICER_BY_UID], {"uid", db_int(uid)});
    return row_one(t, r, officer_fields, OFFICER_FIELDS, out, "officer");
}

err store_officer_by_cert(struct turn *t, struct store *s, const struct hash *cert,
                          struct store_officer *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_OFFICER_BY_CERT], {"cert", db_hash(cert)});
    return row_one(t, r, officer_fields, OFFICER_FIELDS, out, "officer");
}

#define K(kind, member) FIELD(store_passkey, kind, member, #member)
static const struct field passkey_fields[] = {
    K(FIELD_BYTES, passkey), K(FIELD_STR, officer),  K(FIELD_STR, name),
    K(FIELD_BYTES, key),     K(FIELD_INT, added_ms), K(FIELD_BOOL, ended),
};
enum { PASSKEY_FIELDS = sizeof passkey_fields / sizeof *passkey_fields };

err store_passkey_set(struct turn *t, struct store *s, const struct store_passkey *p)
{
    return row_put(t, s, SQL_PASSKEY_SET, passkey_fields, PASSKEY_FIELDS, p);
}

err store_passkey_get(struct turn *t, struct store *s, struct bytes passkey,
                      struct store_passkey *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_PASSKEY_GET], {"passkey", db_blob(passkey)});
    return row_one(t, r, passkey_fields, PASSKEY_FIELDS, out, "passkey");
}

err store_passkeys(struct turn *t, struct store *s, struct str officer, struct store_passkey **out,
                   size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_PASSKEY_LIST], {"officer", db_text(officer)});
    return row_all(t, r, passkey_fields, PASSKEY_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_passkey_used(struct turn *t, struct store *s, struct bytes passkey, int64_t uses,
                       int64_t used_ms)
{
    return DB_RUN(t, s->db, store_sql[SQL_PASSKEY_USED], {"passkey", db_blob(passkey)},
                  {"uses", db_int(uses)}, {"used_ms", db_int(used_ms)});
}

err store_passkey_use(struct turn *t, struct store *s, struct bytes passkey, int64_t *uses_out,
                      int64_t *used_ms_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_PASSKEY_USE], {"passkey", db_blob(passkey)});
    bool found = db_next(&r);
    int64_t uses = found ? db_int_at(&r, 0) : 0, used_ms = found ? db_int_at(&r, 1) : 0;
    try(db_done(&r));
    *uses_out = uses;
    *used_ms_out = used_ms;
    return ERR_OK;
}

/* ---- sessions -------------------------------------------------------------------------------- */

#define S(kind, member) FIELD(store_session, kind, member, #member)
static const struct field session_fields[] = {
    S(FIELD_HASH, token),  S(FIELD_STR, officer), S(FIELD_STR, method),
    S(FIELD_INT, made_ms), S(FIELD_INT, seen_ms),
};
enum { SESSION_FIELDS = sizeof session_fields / sizeof *session_fields };

err store_session_put(struct turn *t, struct store *s, const struct store_session *x)
{
    return row_put(t, s, SQL_SESSION_PUT, session_fields, SESSION_FIELDS, x);
}

err store_session_get(struct turn *t, struct store *s, const struct hash *token,
                      struct store_session *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_SESSION_GET], {"token", db_hash(token)});
    return row_one(t, r, session_fields, SESSION_FIELDS, out, "session");
}

err store_sessions(struct turn *t, struct store *s, struct str officer, struct store_session **out,
                   size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_SESSION_LIST], {"officer", db_text(officer)});
    return row_all(t, r, session_fields, SESSION_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_session_seen(struct turn *t, struct store *s, const struct hash *token, int64_t seen_ms)
{
    return DB_RUN(t, s->db, store_sql[SQL_SESSION_SEEN], {"token", db_hash(token)},
                  {"seen_ms", db_int(seen_ms)});
}

err store_session_end(struct turn *t, struct store *s, const struct hash *token)
{
    return DB_RUN(t, s->db, store_sql[SQL_SESSION_END], {"token", db_hash(token)});
}

err store_sessions_end(struct turn *t, struct store *s, struct str officer)
{
    try(DB_RUN(t, s->db, store_sql[SQL_SESSION_END_ALL], {"officer", db_text(officer)}));
    return DB_RUN(t, s->db, store_sql[SQL_PASS_END_ALL], {"officer", db_text(officer)});
}

err store_sessions_sweep(struct turn *t, struct store *s, int64_t made_before_ms)
{
    return DB_RUN(t, s->db, store_sql[SQL_SESSION_SWEEP], {"made_ms", db_int(made_before_ms)});
}

#define P(kind, member) FIELD(store_pass, kind, member, #member)
static const struct field pass_fields[] = {
    P(FIELD_HASH, token),
    P(FIELD_STR, sort),
    P(FIELD_STR, officer),
    P(FIELD_INT, ends_ms),
};
enum { PASS_FIELDS = sizeof pass_fields / sizeof *pass_fields };

err store_pass_put(struct turn *t, struct store *s, const struct store_pass *p, int64_t now_ms)
{
    try(DB_RUN(t, s->db, store_sql[SQL_PASS_SWEEP], {"now_ms", db_int(now_ms)}));
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_PASS_COUNT], {"sort", db_text(p->sort)});
    int64_t n = db_next(&r) ? db_int_at(&r, 0) : 0;
    try(db_done(&r));
    if (n >= STORE_PASSES_MAX)
        return turn_fail(t, ERR_BUSY, "passes-too-many", NULL,
                         "Too many people are entering at once. Try again in a few minutes.");
    return row_put(t, s, SQL_PASS_PUT, pass_fields, PASS_FIELDS, p);
}

err store_pass_take(struct turn *t, struct store *s, const struct hash *token, struct str sort,
                    int64_t now_ms, struct store_pass *out)
{
    struct store_pass p = {0};
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_PASS_GET], {"token", db_hash(token)},
                              {"sort", db_text(sort)});
    try(row_one(t, r, pass_fields, PASS_FIELDS, &p, "pass"));
    try(DB_RUN(t, s->db, store_sql[SQL_PASS_TAKE], {"token", db_hash(token)}));
    if (p.ends_ms <= now_ms)
        return turn_fail(t, ERR_NONE_SUCH, "none-such", NULL, "There is no such pass.");
    *out = p;
    return ERR_OK;
}

/* ---- repeated requests ----------------------------------------------------------------------- */

#define I(kind, member) FIELD(store_idem, kind, member, #member)
static const struct field idem_fields[] = {
    I(FIELD_HASH, key),
    I(FIELD_HASH, body),
    I(FIELD_BYTES, answer),
    I(FIELD_INT, ends_ms),
};
enum { IDEM_FIELDS = sizeof idem_fields / sizeof *idem_fields };

static struct str idem_name(struct turn *t, const struct hash *key)
{
    return str_printf(t->arena, "answer " STR_FMT, STR_ARG(hex(t->arena, hash_bytes(key))));
}

err store_idem_put(struct turn *t, struct store *s, const struct store_idem *i, int64_t now_ms)
{
    struct store_idem row = *i;
    try(DB_RUN(t, s->db, store_sql[SQL_IDEM_SWEEP], {"now_ms", db_int(now_ms)}));
    try(store_lock(t, s, &store_house, idem_name(t, &i->key), i->answer, &row.answer));
    return row_put(t, s, SQL_IDEM_PUT, idem_fields, IDEM_FIELDS, &row);
}

err store_idem_get(struct turn *t, struct store *s, const struct hash *key, int64_t now_ms,
                   struct store_idem *out)
{
    struct store_idem i = {0};
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_IDEM_GET], {"key", db_hash(key)},
                              {"now_ms", db_int(now_ms)});
    try(row_one(t, r, idem_fields, IDEM_FIELDS, &i, "answer"));
    try(store_unlock(t, s, &store_house, idem_name(t, key), i.answer, &i.answer));
    *out = i;
    return ERR_OK;
}

/* ---- drafts ---------------------------------------------------------------------------------- */

#define D(kind, member) FIELD(store_draft, kind, member, #member)
static const struct field draft_fields[] = {
    D(FIELD_STR, label),  D(FIELD_ID, id),          D(FIELD_STR, officer),
    D(FIELD_BYTES, body), D(FIELD_INT, changed_ms),
};
static const struct field about_fields[] = {
    D(FIELD_STR, label),   D(FIELD_STR, authority),  D(FIELD_STR, functions),
    D(FIELD_INT, version), D(FIELD_STR, changed_by), D(FIELD_BOOL, sent),
};
enum {
    DRAFT_FIELDS = sizeof draft_fields / sizeof *draft_fields,
    ABOUT_FIELDS = sizeof about_fields / sizeof *about_fields
};

err store_draft_put(struct turn *t, struct store *s, struct store_draft *d)
{
    struct store_draft locked = *d;
    try(store_lock(t, s, &store_house, d->label, d->body, &locked.body));
    try(row_put(t, s, SQL_DRAFT_PUT, draft_fields, DRAFT_FIELDS, &locked));
    return row_put(t, s, SQL_DRAFT_ABOUT_SET, about_fields, ABOUT_FIELDS, d);
}

err store_draft_labels(struct turn *t, struct store *s, struct str **out, size_t *n_out)
{
    static const struct field label[] = {{"", FIELD_STR, 0}};
    struct db_rows r = db_ask(t, s->db, store_sql[SQL_DRAFT_LABELS], NULL, 0);
    return row_all(t, r, label, 1, sizeof **out, (void **)out, n_out);
}

err store_draft_get(struct turn *t, struct store *s, struct str label, struct store_draft *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_DRAFT_GET], {"label", db_text(label)});
    struct store_draft d = {0};
    try(row_one(t, r, draft_fields, DRAFT_FIELDS, &d, "draft"));
    try(store_unlock(t, s, &store_house, d.label, d.body, &d.body));
    *out = d;
    return ERR_OK;
}

err store_draft_drop(struct turn *t, struct store *s, struct str label)
{
    try(DB_RUN(t, s->db, store_sql[SQL_DRAFT_ABOUT_DROP], {"label", db_text(label)}));
    return DB_RUN(t, s->db, store_sql[SQL_DRAFT_DROP], {"label", db_text(label)});
}
