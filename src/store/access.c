/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that gives dossiers and drafts to a person. Every statement here carries the same
 * condition (SEEN in statements.def): the officer's authority first, then what his roles see. No
 * other file of the program answers a person's question about a dossier. */

#include "store/store_internal.h"

#include <string.h>

/* ---- who ------------------------------------------------------------------------------------- */

enum sees { SEES_NOTHING, SEES_OWN, SEES_COMPETENCE, SEES_EVERYTHING };
struct role_sight {
    enum sees sees;
    const char *function;
    unsigned rights;
};
static const struct role_sight sights[STORE_ROLES] = {
#define ROLE(name, word, sees, function, rights) {SEES_##sees, function, rights},
#include "store/role.def"
#undef ROLE
};

void store_reader_of(const struct store_officer *o, enum store_right right,
                     struct store_reader *out)
{
    struct store_reader r = {.officer = o->officer, .authority = o->authority};
    for (int k = 0; k < STORE_ROLES; k++) {
        const struct role_sight *x = &sights[k];
        if (o->ended || !(x->rights & (unsigned)right)) continue;
        if (!store_officer_is(o, (enum store_role)k)) continue;
        r.registers = r.registers || (x->rights & RIGHT_REGISTER);
        switch (x->sees) {
        case SEES_NOTHING:
            break;
        case SEES_COMPETENCE:
            r.function = str_of(x->function);
            r.own = true;
            break;
        case SEES_OWN:
            r.own = true;
            break;
        case SEES_EVERYTHING:
            r.everything = true;
            break;
        }
    }
    *out = r;
}

/* The parameters of SEEN. */
#define WHO(w)                                                                                     \
    {"authority", db_text((w)->authority)}, {"everything", db_int((w)->everything)},               \
        {"function", db_text((w)->function)}, {"own", db_int((w)->own)},                           \
    {                                                                                              \
        "officer", db_text((w)->officer)                                                           \
    }

/* ---- dossiers -------------------------------------------------------------------------------- */

err store_access_get(struct turn *t, struct store *s, const struct store_reader *who,
                     const struct id *dossier, struct store_dossier *out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_ACCESS_GET], {"id", db_id(dossier)}, WHO(who));
    return store_dossier_row(t, r, out);
}

err store_access_find(struct turn *t, struct store *s, const struct store_reader *who,
                      struct str ref, struct store_dossier *out)
{
    struct id id;
    bool found;
    try(store_dossier_id(t, s, ref, &found, &id));
    err e = found ? store_access_get(t, s, who, &id, out) : ERR_NONE_SUCH;
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    /* Also where the reference is of one that he may not see: what bears it as a number is found
     * or not, whether that one is there or never was. */
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACCESS_ALIAS],
                              {"folded", db_text(store_alias_folded(t, ref))},
                              {"limit", db_int(STORE_SHOWN_MAX)}, WHO(who));
    try(store_alias_pick(t, r, ref, &found, &id));
    if (found) return store_access_get(t, s, who, &id, out);
    return turn_fail(t, ERR_NONE_SUCH, "dossier-none-such", NULL,
                     "There is no dossier " STR_FMT ".", STR_ARG(str_printable(t->arena, ref)));
}

err store_access_list(struct turn *t, struct store *s, const struct store_reader *who,
                      const struct store_filter *f, struct store_dossier **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(
        t, s->db, store_sql[SQL_ACCESS_LIST], {"before", db_int(f->before)},
        {"side", db_text(f->side)}, {"open", db_int(f->open)}, {"closed", db_int(f->closed)},
        {"kind", db_text(f->kind)}, {"state", db_text(f->state)}, {"words", db_int(f->words)},
        {"t0", db_hash(&f->token[0])}, {"t1", db_hash(&f->token[1])}, {"t2", db_hash(&f->token[2])},
        {"t3", db_hash(&f->token[3])}, {"limit", db_int(f->limit)}, WHO(who));
    return store_dossier_rows(t, r, out, n_out);
}

err store_access_open(struct turn *t, struct store *s, const struct store_reader *who,
                      int64_t limit, struct store_dossier **out, size_t *n_out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_ACCESS_OPEN], {"limit", db_int(limit)}, WHO(who));
    return store_dossier_rows(t, r, out, n_out);
}

err store_access_clocks(struct turn *t, struct store *s, const struct store_reader *who,
                        int64_t by_ms, int64_t limit, struct store_clock **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACCESS_CLOCKS], {"by_ms", db_int(by_ms)},
                              {"limit", db_int(limit)}, WHO(who));
    return store_clock_rows(t, r, out, n_out);
}

err store_access_waiting(struct turn *t, struct store *s, const struct store_reader *who,
                         int64_t *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACCESS_WAITING], WHO(who));
    int64_t n = db_next(&r) ? db_int_at(&r, 0) : 0;
    try(db_done(&r));
    *out = n;
    return ERR_OK;
}

err store_access_tried(struct turn *t, struct store *s, const struct store_reader *who,
                       int64_t limit, struct store_outgoing **out, size_t *n_out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_ACCESS_TRIED], {"limit", db_int(limit)}, WHO(who));
    return store_outgoing_rows(t, r, out, n_out);
}

#define C(kind, member) FIELD(store_change, kind, member, #member)
static const struct field change_fields[] = {C(FIELD_STR, ref), C(FIELD_INT, leaf)};

err store_access_changes(struct turn *t, struct store *s, const struct store_reader *who,
                         int64_t after, int64_t limit, struct store_change **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACCESS_CHANGES], {"after", db_int(after)},
                              {"limit", db_int(limit)}, WHO(who));
    return row_all(t, r, change_fields, 2, sizeof **out, (void **)out, n_out);
}

err store_access_latest(struct turn *t, struct store *s, const struct store_reader *who,
                        int64_t *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACCESS_LATEST], WHO(who));
    int64_t leaf = db_next(&r) ? db_int_at(&r, 0) : 0;
    try(db_done(&r));
    *out = leaf;
    return ERR_OK;
}

/* ---- what people carry ----------------------------------------------------------------------- */

/* The parameters of ENTRY_SEEN. */
#define HOUSE(w) {"house", db_id(&store_house)}, {"registers", db_int((w)->registers)}, WHO(w)

err store_access_entry(struct turn *t, struct store *s, const struct store_reader *who,
                       const struct id *entry, struct store_entry *out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_ACCESS_ENTRY], {"id", db_id(entry)}, HOUSE(who));
    return store_entry_row(t, r, out);
}

err store_access_entries(struct turn *t, struct store *s, const struct store_reader *who, bool open,
                         int64_t before, int64_t limit, struct store_entry **out, size_t *n_out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[open ? SQL_ACCESS_ENTRIES_OPEN : SQL_ACCESS_ENTRIES],
               {"before", db_int(before)}, {"limit", db_int(limit)}, HOUSE(who));
    return store_entry_rows(t, r, out, n_out);
}

err store_access_instructed(struct turn *t, struct store *s, const struct store_reader *who,
                            int64_t limit, struct store_slip **out, size_t *n_out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_ACCESS_INSTRUCTED], {"limit", db_int(limit)}, HOUSE(who));
    return store_slip_rows(t, r, out, n_out);
}

err store_access_uncarried(struct turn *t, struct store *s, const struct store_reader *who,
                           int64_t limit, struct store_act **out, size_t *n_out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_ACCESS_UNCARRIED], {"limit", db_int(limit)}, WHO(who));
    return store_act_rows(t, r, out, n_out);
}

err store_access_refused(struct turn *t, struct store *s, const struct store_reader *who,
                         int64_t limit, struct store_mail **out, size_t *n_out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_ACCESS_REFUSED], {"limit", db_int(limit)}, WHO(who));
    return store_mail_rows(t, r, out, n_out);
}

err store_access_matters(struct turn *t, struct store *s, const struct store_reader *who,
                         int64_t limit, struct store_matter **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACCESS_MATTERS], {"limit", db_int(limit)},
                              {"registers", db_int(who->registers)}, WHO(who));
    return store_matter_rows(t, r, out, n_out);
}

err store_access_aliases(struct turn *t, struct store *s, const struct store_reader *who,
                         struct str number, struct store_alias **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ACCESS_ALIASES],
                              {"folded", db_text(store_alias_folded(t, number))},
                              {"limit", db_int(STORE_BEARERS_MAX)}, WHO(who));
    return store_alias_rows(t, r, out, n_out);
}

err store_access_documents(struct turn *t, struct store *s, const struct store_reader *who,
                           const struct hash *sha256, const struct id *but,
                           struct store_document **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(
        t, s->db, store_sql[SQL_ACCESS_DOCUMENTS], {"sha256", db_hash(sha256)}, {"but", db_id(but)},
        {"house", db_id(&store_house)}, {"limit", db_int(STORE_PLACES_MAX)}, WHO(who));
    return store_document_rows(t, r, out, n_out);
}

/* ---- drafts ---------------------------------------------------------------------------------- */

#define D(kind, member) FIELD(store_draft, kind, member, #member)
static const struct field draft_fields[] = {
    D(FIELD_STR, label),     D(FIELD_ID, id),          D(FIELD_STR, officer),
    D(FIELD_BYTES, body),    D(FIELD_INT, changed_ms), D(FIELD_STR, authority),
    D(FIELD_STR, functions), D(FIELD_INT, version),    D(FIELD_STR, changed_by),
    D(FIELD_BOOL, sent),
};
enum { DRAFT_FIELDS = sizeof draft_fields / sizeof *draft_fields };

err store_access_draft(struct turn *t, struct store *s, const struct store_reader *who,
                       struct str label, struct store_draft *out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_ACCESS_DRAFT], {"label", db_text(label)}, WHO(who));
    struct store_draft d = {0};
    try(row_one(t, r, draft_fields, DRAFT_FIELDS, &d, "draft"));
    try(store_unlock(t, s, &store_house, d.label, d.body, &d.body));
    *out = d;
    return ERR_OK;
}

err store_access_drafts(struct turn *t, struct store *s, const struct store_reader *who,
                        int64_t limit, struct store_draft **out, size_t *n_out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_ACCESS_DRAFTS], {"limit", db_int(limit)}, WHO(who));
    struct store_draft *rows;
    size_t n;
    try(row_all(t, r, draft_fields, DRAFT_FIELDS, sizeof *rows, (void **)&rows, &n));
    for (size_t k = 0; k < n; k++)
        try(store_unlock(t, s, &store_house, rows[k].label, rows[k].body, &rows[k].body));
    *out = rows;
    *n_out = n;
    return ERR_OK;
}

/* ---- who belongs to it ----------------------------------------------------------------------- */

err store_member_add(struct turn *t, struct store *s, const struct id *dossier, struct str officer)
{
    return DB_RUN(t, s->db, store_sql[SQL_MEMBER_ADD], {"dossier", db_id(dossier)},
                  {"officer", db_text(officer)});
}

err store_member_drop(struct turn *t, struct store *s, const struct id *dossier, struct str officer)
{
    return DB_RUN(t, s->db, store_sql[SQL_MEMBER_DROP], {"dossier", db_id(dossier)},
                  {"officer", db_text(officer)});
}

static const struct field text_field[] = {{"", FIELD_STR, 0}};

err store_members(struct turn *t, struct store *s, const struct id *dossier, struct str **out,
                  size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_MEMBER_LIST], {"dossier", db_id(dossier)});
    return row_all(t, r, text_field, 1, sizeof **out, (void **)out, n_out);
}

err store_competence_add(struct turn *t, struct store *s, const struct id *dossier,
                         struct str function)
{
    return DB_RUN(t, s->db, store_sql[SQL_COMPETENCE_ADD], {"dossier", db_id(dossier)},
                  {"function", db_text(function)});
}

err store_aliases(struct turn *t, struct store *s, const struct id *dossier, struct str **out,
                  size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_ALIAS_LIST], {"dossier", db_id(dossier)});
    return row_all(t, r, text_field, 1, sizeof **out, (void **)out, n_out);
}
