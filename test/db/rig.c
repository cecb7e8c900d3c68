/* SPDX-License-Identifier: Apache-2.0 */
/* A fresh, empty database for each test: a folder of its own, or an empty schema. */

#include "db/db_test.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

const char *const rig_table =
    "CREATE TABLE item (k {int} PRIMARY KEY CHECK (k >= 0), name TEXT NOT NULL UNIQUE,\n"
    "    data {bytes}) {strict};\n";

int rig_up(void **state)
{
    struct rig *r = *state;
    r->turn = (struct turn){.arena = arena_new()};
    memcpy(r->folder, "/tmp/comity-db-XXXXXX", sizeof "/tmp/comity-db-XXXXXX");
    if (!mkdtemp(r->folder) || !faulty_vfs_up(&r->disk, "faulty")) return -1;
    snprintf(r->where, sizeof r->where, "%s/node.db", r->folder);
    r->db = rig_open(r, false);
    return db_script(&r->turn, r->db, rig_table) == ERR_OK ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
    (void)s, (void)kind, (void)where;
    return remove(path);
}

int rig_down(void **state)
{
    struct rig *r = *state;
    turn_forgive(&r->turn);
    int failed = 0;
    if (r->engine == DB_POSTGRES) {
        db_close(r->db);
        r->db = NULL;
        r->db = rig_open(r, false);
        /* A test that failed half-way may have left the server waiting for a standby. */
        const char *empty = "SET synchronous_commit = 'local';\n"
                            "ALTER SYSTEM RESET ALL;\nSELECT pg_reload_conf();\n"
                            "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public";
        failed = db_script(&r->turn, r->db, empty) != ERR_OK;
    }
    db_close(r->db);
    r->db = NULL;
    faulty_vfs_down(&r->disk);
    nftw(r->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(r->turn.arena);
    return failed ? -1 : 0;
}

static struct db *open_with(struct rig *r, bool read_only, const char *vfs)
{
    const char *where = r->engine == DB_SQLITE ? r->where : r->server.conninfo;
    struct db_options o = {.engine = r->engine, .where = where, .read_only = read_only, .vfs = vfs};
    struct db *db = NULL;
    if (db_open(&r->turn, &o, &db) != ERR_OK) fail_msg("%s", r->turn.fault.sentence);
    return db;
}

struct db *rig_open(struct rig *r, bool read_only) { return open_with(r, read_only, NULL); }

void rig_on_faulty_disk(struct rig *r)
{
    db_close(r->db);
    r->db = NULL;
    r->db = open_with(r, false, "faulty");
}

err rig_put(struct rig *r, struct db *db, int64_t k)
{
    struct str name = str_printf(r->turn.arena, "item %lld", (long long)k);
    return DB_RUN(&r->turn, db, "INSERT INTO item (k, name, data) VALUES (:k, :name, NULL)",
                  {"k", db_int(k)}, {"name", db_text(name)});
}

int64_t rig_count(struct rig *r, struct db *db)
{
    struct db_rows rows = db_ask(&r->turn, db, "SELECT count(*) FROM item", NULL, 0);
    int64_t n = db_next(&rows) ? db_int_at(&rows, 0) : -1;
    assert_ok(db_done(&rows));
    return n;
}

void assert_fault(struct turn *t, err got, err expected, const char *code)
{
    if (got != expected || strcmp(t->fault.code, code) != 0)
        fail_msg("expected %s %s, got %s: %s: %s", err_word(expected), code, err_word(got),
                 t->fault.code, t->fault.sentence);
    assert_int_equal(t->fault.err, expected);
    turn_forgive(t);
}
