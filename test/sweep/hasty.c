/* SPDX-License-Identifier: Apache-2.0 */
/* A program broken on purpose: it says that a transaction is committed, and commits it before the
 * next one, so that whoever asked was answered too early. Linked in the place of the two functions
 * it wraps; the sweeps must notice it. */

#include "db/db.h"

err __wrap_db_begin(struct turn *t, struct db *db);
err __real_db_begin(struct turn *t, struct db *db);
err __wrap_db_commit(struct turn *t, struct db *db);
err __real_db_commit(struct turn *t, struct db *db);
err __wrap_db_checkpoint(struct turn *t, struct db *db, int pages);

static struct db *owed; /* the database that was not committed */

err __wrap_db_begin(struct turn *t, struct db *db)
{
    if (owed == db) {
        owed = NULL;
        try(__real_db_commit(t, db));
    }
    return __real_db_begin(t, db);
}

err __wrap_db_commit(struct turn *t, struct db *db)
{
    (void)t;
    owed = db;
    return ERR_OK;
}

/* Not while something is owed. */
err __wrap_db_checkpoint(struct turn *t, struct db *db, int pages)
{
    (void)t, (void)db, (void)pages;
    return ERR_OK;
}
