/* SPDX-License-Identifier: Apache-2.0 */
/* Who and what this node knows: peers, incidents, cosignatures, named facts. */

#include "store/store_internal.h"

#define P(kind, member) FIELD(store_peer, kind, member, #member)
static const struct field peer_fields[] = {
    P(FIELD_STR, address), P(FIELD_STR, state), P(FIELD_STR, node),     P(FIELD_STR, url),
    P(FIELD_STR, stage),   P(FIELD_HASH, root), P(FIELD_HASH, profile), P(FIELD_HASH, tls),
};
enum { PEER_FIELDS = sizeof peer_fields / sizeof *peer_fields };

err store_peer_set(struct turn *t, struct store *s, const struct store_peer *p)
{
    return row_put(t, s, SQL_PEER_SET, peer_fields, PEER_FIELDS, p);
}

err store_peer_get(struct turn *t, struct store *s, struct str address, struct store_peer *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_PEER_GET], {"address", db_text(address)});
    return row_one(t, r, peer_fields, PEER_FIELDS, out, "peer");
}

err store_peers(struct turn *t, struct store *s, struct store_peer **out, size_t *n_out)
{
    struct db_rows r = db_ask(t, s->db, store_sql[SQL_PEER_LIST], NULL, 0);
    return row_all(t, r, peer_fields, PEER_FIELDS, sizeof **out, (void **)out, n_out);
}

#define I(kind, member) FIELD(store_incident, kind, member, #member)
static const struct field incident_fields[] = {
    I(FIELD_HASH, key), I(FIELD_INT, leaf), I(FIELD_INT, at_ms),   I(FIELD_STR, peer),
    I(FIELD_STR, ours), I(FIELD_STR, code), I(FIELD_STR, article), I(FIELD_STR, sentence),
};
enum { INCIDENT_FIELDS = sizeof incident_fields / sizeof *incident_fields };

err store_incident_set(struct turn *t, struct store *s, const struct store_incident *i)
{
    return row_put(t, s, SQL_INCIDENT_SET, incident_fields, INCIDENT_FIELDS, i);
}

err store_incidents(struct turn *t, struct store *s, struct str ours, int64_t limit,
                    struct store_incident **out, size_t *n_out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_INCIDENT_LIST], {"ours", db_text(ours)},
                              {"limit", db_int(limit)});
    return row_all(t, r, incident_fields, INCIDENT_FIELDS, sizeof **out, (void **)out, n_out);
}

#define C(kind, member) FIELD(store_cosigned, kind, member, #member)
static const struct field cosigned_fields[] = {C(FIELD_STR, witness), C(FIELD_INT, size),
                                               C(FIELD_INT, time_s), C(FIELD_STR, line)};
enum { COSIGNED_FIELDS = sizeof cosigned_fields / sizeof *cosigned_fields };

err store_cosigned_set(struct turn *t, struct store *s, const struct store_cosigned *c)
{
    return row_put(t, s, SQL_COSIGNED_SET, cosigned_fields, COSIGNED_FIELDS, c);
}

err store_cosigned_list(struct turn *t, struct store *s, struct store_cosigned **out, size_t *n_out)
{
    struct db_rows r = db_ask(t, s->db, store_sql[SQL_COSIGNED_LIST], NULL, 0);
    return row_all(t, r, cosigned_fields, COSIGNED_FIELDS, sizeof **out, (void **)out, n_out);
}

err store_fact_set(struct turn *t, struct store *s, struct str name, struct str value)
{
    return DB_RUN(t, s->db, store_sql[SQL_FACT_SET], {"name", db_text(name)},
                  {"value", db_text(value)});
}

err store_fact(struct turn *t, struct store *s, const char *name, struct str *out)
{
    struct db_rows r = DB_ASK(t, s->db, store_sql[SQL_FACT_GET], {"name", db_text(str_of(name))});
    bool found = db_next(&r);
    struct str value = found ? db_text_at(&r, 0) : (struct str){0};
    try(db_done(&r));
    if (!found)
        return turn_fail(t, ERR_NONE_SUCH, "fact-none-such", NULL, "The store has no %s.", name);
    *out = value;
    return ERR_OK;
}
