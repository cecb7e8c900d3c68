/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the tables of a file are as our text makes them. SQLite keeps the words each was made
 * with, and reads its rows by them, so an altered word alters what every row means. They are held
 * against those of a database in memory that was just made of the same text. */

#include "db/db.h"

#include <string.h>

enum { THINGS_MAX = 1024 };
struct thing {
    struct str name, words;
};
struct things {
    struct thing list[THINGS_MAX];
    size_t n;
};

/* Tables and indexes by their names. Those that a key makes by itself have no words. */
static const char things_sql[] =
    "SELECT name, type || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema "
    "ORDER BY name";

static err things_read(struct turn *t, struct db *db, struct things *out)
{
    struct db_rows r = db_ask(t, db, things_sql, NULL, 0);
    while (db_next(&r) && out->n < THINGS_MAX)
        out->list[out->n++] = (struct thing){str_dup(t->arena, db_text_at(&r, 0)),
                                             str_dup(t->arena, db_text_at(&r, 1))};
    return db_done(&r);
}

static err should_read(struct turn *t, const char *script, struct things *out)
{
    struct db *fresh;
    struct db_options o = {.engine = DB_SQLITE, .where = ":memory:"};
    try(db_open(t, &o, &fresh));
    err e = db_script(t, fresh, script);
    if (e == ERR_OK) e = things_read(t, fresh, out);
    db_close(fresh);
    return e;
}

err db_shape(struct turn *t, struct db *db, const char *script,
             void (*found)(void *ctx, struct str name), void *ctx)
{
    if (db_engine_of(db) != DB_SQLITE) return ERR_OK;
    struct things *is = arena_take(t->arena, sizeof *is);
    struct things *should = arena_take(t->arena, sizeof *should);
    try(should_read(t, script, should));
    try(things_read(t, db, is));
    for (size_t a = 0, b = 0; a < is->n || b < should->n;) {
        int order = a == is->n       ? 1
                    : b == should->n ? -1
                                     : str_cmp(is->list[a].name, should->list[b].name);
        if (order != 0 || !str_eq(is->list[a].words, should->list[b].words))
            found(ctx, order > 0 ? should->list[b].name : is->list[a].name);
        a += order <= 0;
        b += order >= 0;
    }
    return ERR_OK;
}
