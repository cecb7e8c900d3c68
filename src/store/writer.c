/* SPDX-License-Identifier: Apache-2.0 */
/* Who writes. A file has one writer by the lock of its folder; a database on a server may have a
 * second process at it, a standby that somebody started while the first was only cut off. So the
 * database counts its writers, and each commit that changed something first touches the row that
 * names the last of them: two cannot both do that and commit, and the older one learns it then. */

#include "store/store_internal.h"

enum { TAKE_TRIES = 5 };

struct writer {
    struct id owner;
    int64_t epoch;
};

static err writer_get(struct turn *t, struct store *s, struct writer *out)
{
    static const struct field fields[] = {
        FIELD(writer, FIELD_ID, owner, "owner"),
        FIELD(writer, FIELD_INT, epoch, "epoch"),
    };
    return row_one(t, db_ask(t, s->db, store_sql[SQL_WRITER_GET], NULL, 0), fields,
                   sizeof fields / sizeof *fields, out, "a writer");
}

/* In a transaction. */
static err writer_set(struct turn *t, struct store *s, const struct store_options *o,
                      struct writer *now_out)
{
    struct writer before;
    err e = writer_get(t, s, &before);
    if (e == ERR_OK && !id_eq(&before.owner, &o->owner) && !o->take_over)
        return turn_fail(t, ERR_BUSY, "writer-other", NULL,
                         "This database is written by a node of another folder. When that one has "
                         "ended for good, give it this one: comity take-over.");
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    try(DB_RUN(t, s->db, store_sql[SQL_WRITER_SET], {"owner", db_id(&o->owner)}));
    return writer_get(t, s, now_out);
}

err store_writer_take(struct turn *t, struct store *s, const struct store_options *o)
{
    struct writer now;
    err e = ERR_BUSY;
    if (db_engine_of(s->db) != DB_POSTGRES) return ERR_OK;
    for (int k = 0; k < TAKE_TRIES && e == ERR_BUSY; k++) {
        turn_forgive(t);
        try(db_begin(t, s->db));
        e = writer_set(t, s, o, &now);
        if (e == ERR_OK) {
            e = db_commit(t, s->db);
        } else {
            db_rollback(s->db);
            if (str_is(str_of(t->fault.code), "writer-other")) break;
        }
    }
    try(e);
    s->epoch = now.epoch;
    return ERR_OK;
}

err store_writer_hold(struct turn *t, struct store *s)
{
    int64_t held = 0;
    if (s->epoch == 0 || db_changed(s->db) == s->changed_before) return ERR_OK;
    const struct db_bind epoch = {"epoch", db_int(s->epoch)};
    try(db_run(t, s->db, store_sql[SQL_WRITER_HOLD], &epoch, 1, &held));
    if (held == 1) return ERR_OK;
    return turn_fail(t, ERR_UNKNOWN, "writer-lost", NULL,
                     "Another process writes this node's database now; nothing was committed.");
}
