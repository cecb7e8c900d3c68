/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a table from one database into another, whichever engines the two have: values are of
 * four kinds on both. It knows no table; whoever calls it has made the one they go into, and holds
 * what makes all tables of one moment.
 *
 * A server hands out all rows of an answer at once, so there a cursor of its own gives them in
 * pieces; of a file they come one by one. */

#include "db/db_internal.h"

enum { PIECE = 64 }; /* rows of a server in memory at once */

struct pour {
    struct db *from, *to;
    const char *table;
    const char *ask;
    const char *put; /* made by the first row, for all; NULL before it */
    const char *names[DB_BINDS_MAX];
    int columns;
};

/* The texts live as long as the connections that know statements by them. */
static err put_prepare(struct turn *t, struct pour *p, const struct db_rows *r)
{
    struct arena *a = p->to->arena;
    struct buf names = buf_in(a), marks = buf_in(a);
    p->columns = db_columns(r);
    if (p->columns > DB_BINDS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "db-columns", NULL, "The table %s has %d columns.",
                         p->table, p->columns);
    for (int k = 0; k < p->columns; k++) {
        p->names[k] = str_c(a, str_of(db_column_name(r, k)));
        buf_printf(&names, "%s%s", k ? ", " : "", p->names[k]);
        buf_printf(&marks, "%s:%s", k ? ", " : "", p->names[k]);
    }
    p->put = str_c(a, str_printf(a, "INSERT INTO %s (" STR_FMT ") VALUES (" STR_FMT ")", p->table,
                                 STR_ARG(buf_as_str(&names)), STR_ARG(buf_as_str(&marks))));
    return ERR_OK;
}

static err row_put(struct turn *t, struct pour *p, struct db_rows *r)
{
    struct db_bind binds[DB_BINDS_MAX];
    if (!p->put) try(put_prepare(t, p, r));
    for (int k = 0; k < p->columns; k++)
        binds[k] = (struct db_bind){p->names[k], db_value_at(r, k)};
    try(r->err);
    return db_run(t, p->to, p->put, binds, (size_t)p->columns, NULL);
}

static err piece_pour(struct turn *t, struct pour *p, int *rows_out)
{
    int rows = 0;
    err e = ERR_OK;
    struct db_rows r = db_ask(t, p->from, p->ask, NULL, 0);
    while (e == ERR_OK && db_next(&r)) {
        e = row_put(t, p, &r);
        arena_reset(t->arena);
        rows++;
    }
    err ended = db_done(&r);
    *rows_out = rows;
    return e == ERR_OK ? ended : e;
}

static err pour(struct turn *t, struct pour *p)
{
    struct arena *a = p->from->arena;
    int rows;
    if (p->from->engine == DB_SQLITE) {
        p->ask = str_c(a, str_printf(a, "SELECT * FROM %s", p->table));
        return piece_pour(t, p, &rows);
    }
    const char *open =
        str_c(a, str_printf(a, "DECLARE pour_%s NO SCROLL CURSOR FOR SELECT * FROM %s", p->table,
                            p->table));
    p->ask = str_c(a, str_printf(a, "FETCH FORWARD %d FROM pour_%s", PIECE, p->table));
    try(db_script(t, p->from, open));
    do try(piece_pour(t, p, &rows));
    while (rows == PIECE);
    return ERR_OK; /* the cursor ends with the transaction */
}

err db_pour(struct turn *t, struct db *from, struct db *to, const char *table)
{
    auto_arena scratch = arena_new();
    struct turn one = *t;
    struct pour p = {.from = from, .to = to, .table = table};
    one.arena = scratch;
    err e = pour(&one, &p);
    t->fault = one.fault;
    return e;
}
