/* SPDX-License-Identifier: Apache-2.0 */
/* What stands of a line, as it is compared with another node. */

#include "store/store_internal.h"

#define L(member) FIELD(store_held, FIELD_INT, member, #member)
static const struct field line_fields[] = {L(incarnation), L(count), L(highest)};
static const struct field parcel_fields[] = {
    FIELD(store_held_parcel, FIELD_INT, sequence, "sequence"),
    FIELD(store_held_parcel, FIELD_HASH, digest, "digest"),
};

err store_held_lines(struct turn *t, struct store *s, struct str way, struct str peer,
                     struct str ours, int64_t limit, struct store_held **out, size_t *n_out)
{
    struct db_rows r =
        DB_ASK(t, s->db, store_sql[SQL_HELD_LINES], {"way", db_text(way)}, {"peer", db_text(peer)},
               {"ours", db_text(ours)}, {"limit", db_int(limit)});
    return row_all(t, r, line_fields, sizeof line_fields / sizeof *line_fields, sizeof **out,
                   (void **)out, n_out);
}

err store_held_parcels(struct turn *t, struct store *s, struct str way,
                       const struct store_line *line, int64_t first, int64_t last,
                       struct store_held_parcel **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_HELD_PARCELS], {"way", db_text(way)},
                              {"peer", db_text(line->peer)}, {"ours", db_text(line->ours)},
                              {"incarnation", db_int(line->incarnation)}, {"first", db_int(first)},
                              {"last", db_int(last)});
    return row_all(t, r, parcel_fields, sizeof parcel_fields / sizeof *parcel_fields, sizeof **out,
                   (void **)out, n_out);
}
