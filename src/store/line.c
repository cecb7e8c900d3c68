/* SPDX-License-Identifier: Apache-2.0 */
/* The line between two authorities: parcels of both ways by their sequence, and what waits to
 * leave. */

#include "store/store_internal.h"

#define P(kind, member) FIELD(store_parcel, kind, member, #member)
static const struct field parcel_fields[] = {
    P(FIELD_HASH, digest),  P(FIELD_INT, leaf),  P(FIELD_INT, incarnation),
    P(FIELD_INT, sequence), P(FIELD_INT, at_ms), P(FIELD_ID, act),
    P(FIELD_STR, way),      P(FIELD_STR, peer),  P(FIELD_STR, ours),
};
enum { PARCEL_FIELDS = sizeof parcel_fields / sizeof *parcel_fields };

err store_parcel_set(struct turn *t, struct store *s, const struct store_parcel *p)
{
    return row_put(t, s, SQL_PARCEL_SET, parcel_fields, PARCEL_FIELDS, p);
}

err store_parcel_get(struct turn *t, struct store *s, const struct hash *digest,
                     struct store_parcel *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_PARCEL_GET], {"digest", db_hash(digest)});
    return row_one(t, r, parcel_fields, PARCEL_FIELDS, out, "parcel");
}

err store_parcel_of_act(struct turn *t, struct store *s, const struct id *act,
                        struct store_parcel *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_PARCEL_OF_ACT], {"act", db_id(act)});
    return row_one(t, r, parcel_fields, PARCEL_FIELDS, out, "parcel");
}

err store_parcel_at(struct turn *t, struct store *s, struct str way, const struct store_line *line,
                    int64_t sequence, struct store_parcel *out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_PARCEL_AT], {"way", db_text(way)},
               {"peer", db_text(line->peer)}, {"ours", db_text(line->ours)},
               {"incarnation", db_int(line->incarnation)}, {"sequence", db_int(sequence)});
    return row_one(t, r, parcel_fields, PARCEL_FIELDS, out, "parcel");
}

err store_line_contiguous(struct turn *t, struct store *s, const struct store_line *line,
                          int64_t with, int64_t *out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_LINE_GET], {"peer", db_text(line->peer)},
               {"ours", db_text(line->ours)}, {"incarnation", db_int(line->incarnation)});
    int64_t top = db_next(&r) ? db_int_at(&r, 0) : 0;
    try(db_done(&r));
    top += with == top + 1;
    r = DB_ASK(t, s->db, store_sql[SQL_PARCEL_AFTER], {"peer", db_text(line->peer)},
               {"ours", db_text(line->ours)}, {"incarnation", db_int(line->incarnation)},
               {"after", db_int(top)});
    while (db_next(&r) && db_int_at(&r, 0) <= top + 1) {
        if (db_int_at(&r, 0) == top + 1) top++;
        top += with == top + 1;
    }
    try(db_done(&r));
    *out = top;
    return ERR_OK;
}

err store_line_set(struct turn *t, struct store *s, const struct store_line *line,
                   int64_t contiguous)
{
    return DB_RUN(t, s->db, store_sql[SQL_LINE_SET], {"peer", db_text(line->peer)},
                  {"ours", db_text(line->ours)}, {"incarnation", db_int(line->incarnation)},
                  {"contiguous", db_int(contiguous)});
}

#define O(kind, member) FIELD(store_outgoing, kind, member, #member)
static const struct field outgoing_fields[] = {
    O(FIELD_ID, act),
    O(FIELD_ID, dossier),
    O(FIELD_STR, peer),
    O(FIELD_STR, stage),
    FIELD(store_outgoing, FIELD_STR, from, "sender"),
    O(FIELD_INT, precedence),
    O(FIELD_INT, sequence),
    O(FIELD_INT, incarnation),
    O(FIELD_HASH, parcel),
    O(FIELD_HASH, sealed),
    O(FIELD_HASH, receipt),
    O(FIELD_INT, next_ms),
    O(FIELD_INT, tries),
    O(FIELD_INT, tried_ms),
    O(FIELD_INT, status),
    O(FIELD_STR, why),
};
enum {
    OUTGOING_FIELDS = sizeof outgoing_fields / sizeof *outgoing_fields,
    OUTGOING_STORED = OUTGOING_FIELDS - 5 /* without what the last attempt left */
};

err store_outgoing_add(struct turn *t, struct store *s, const struct store_outgoing *o)
{
    return row_put(t, s, SQL_OUTGOING_ADD, outgoing_fields, OUTGOING_STORED, o);
}

err store_outgoing_stage(struct turn *t, struct store *s, const struct store_outgoing *o)
{
    return DB_RUN(t, s->db, store_sql[SQL_OUTGOING_STAGE], {"act", db_id(&o->act)},
                  {"stage", db_text(o->stage)}, {"parcel", db_hash(&o->parcel)},
                  {"sealed", db_hash(&o->sealed)}, {"receipt", db_hash(&o->receipt)},
                  {"incarnation", db_int(o->incarnation)}, {"sequence", db_int(o->sequence)});
}

err store_outgoing_get(struct turn *t, struct store *s, const struct id *act,
                       struct store_outgoing *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_OUTGOING_GET], {"act", db_id(act)});
    return row_one(t, r, outgoing_fields, OUTGOING_FIELDS, out, "outgoing act");
}

err store_outgoing_due(struct turn *t, struct store *s, struct str stage, int64_t now_ms,
                       int64_t limit, struct store_outgoing **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_OUTGOING_DUE], {"stage", db_text(stage)},
                              {"now_ms", db_int(now_ms)}, {"limit", db_int(limit)});
    return row_all(t, r, outgoing_fields, OUTGOING_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_outgoing_to(struct turn *t, struct store *s, struct str peer, int64_t now_ms,
                      int64_t limit, struct store_outgoing **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_OUTGOING_TO], {"peer", db_text(peer)},
                              {"now_ms", db_int(now_ms)}, {"limit", db_int(limit)});
    return row_all(t, r, outgoing_fields, OUTGOING_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_line_next(struct turn *t, struct store *s, const struct store_line *line, int64_t *out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_OUTGOING_LAST], {"peer", db_text(line->peer)},
               {"ours", db_text(line->ours)}, {"incarnation", db_int(line->incarnation)});
    int64_t last = db_next(&r) ? db_int_at(&r, 0) : 0;
    try(db_done(&r));
    *out = last + 1;
    return ERR_OK;
}

err store_outgoing_count(struct turn *t, struct store *s, int64_t *waiting_out)
{
    struct db_rows r = db_ask(t, s->db, store_sql[SQL_OUTGOING_COUNT], NULL, 0);
    int64_t n = db_next(&r) ? db_int_at(&r, 0) : 0;
    try(db_done(&r));
    *waiting_out = n;
    return ERR_OK;
}

err store_outgoing_rows(struct turn *t, struct db_rows r, struct store_outgoing **out,
                        size_t *n_out)
{
    return row_all(t, r, outgoing_fields, OUTGOING_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_retry_set(struct turn *t, struct store *s, const struct store_outgoing *o)
{
    return DB_RUN(t, s->db, store_sql[SQL_RETRY_SET], {"act", db_id(&o->act)},
                  {"next_ms", db_int(o->next_ms)}, {"tries", db_int(o->tries)},
                  {"at_ms", db_int(o->tried_ms)}, {"status", db_int(o->status)},
                  {"why", db_text(o->why)});
}

err store_outgoing_wanted(struct turn *t, struct store *s, const struct store_line *line,
                          int64_t sequence)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_OUTGOING_WANTED], {"peer", db_text(line->peer)},
               {"ours", db_text(line->ours)}, {"incarnation", db_int(line->incarnation)},
               {"sequence", db_int(sequence)});
    struct store_outgoing *rows;
    size_t n;
    try(row_all(t, r, outgoing_fields, OUTGOING_FIELDS, sizeof *rows, (void **)&rows, &n));
    for (size_t k = 0; k < n; k++) {
        rows[k].next_ms = 0;
        try(store_retry_set(t, s, &rows[k]));
    }
    return ERR_OK;
}
