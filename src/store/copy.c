/* SPDX-License-Identifier: Apache-2.0 */
/* A whole store put into another database, as it is at one moment while others write: a file into a
 * file by the engine itself, else table by table, so that a backup is the same file whatever
 * database the node has, and goes back into either. Who writes is not copied: it says nothing of
 * the copy. */

#include "store/store_internal.h"

#include <string.h>

static const char *const tables[] = {
#define TABLE(class, name, keys, definition) #name,
#define INDEX(name, on)
#include "store/schema.def"
#undef TABLE
#undef INDEX
};
static const char writer[] = "writer";

static err tables_pour(struct turn *t, struct db *from, struct db *to)
{
    try(db_script(t, to, store_schema_text));
    try(db_begin(t, to));
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++)
        if (strcmp(tables[k], writer) != 0) try(db_pour(t, from, to, tables[k]));
    return db_commit(t, to);
}

/* What a server shows within one transaction is of one moment; of a file it is a view. */
static err one_moment(struct turn *t, struct db *from, struct db *to)
{
    if (db_engine_of(from) == DB_POSTGRES) try(db_begin(t, from));
    db_view_begin(from);
    err e = tables_pour(t, from, to);
    db_view_end(from);
    db_rollback(from);
    return e;
}

static err copy_into(struct turn *t, struct db *from, const struct db_options *to)
{
    struct db *into;
    if (db_engine_of(from) == DB_SQLITE && to->engine == DB_SQLITE)
        return db_copy(t, from, to->where);
    try(db_open(t, to, &into));
    err e = one_moment(t, from, into);
    db_close(into);
    return e;
}

err store_copy(struct turn *t, const struct db_options *from, const struct db_options *to)
{
    struct db *db;
    struct db_options reads = *from;
    reads.read_only = reads.must_exist = true;
    try(db_open(t, &reads, &db));
    err e = copy_into(t, db, to);
    db_close(db);
    return e;
}
