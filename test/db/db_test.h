/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DB_TEST_H
#define COMITY_DB_TEST_H
/* What the tests of db share: a fresh, empty database of one of the engines for each test. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "db/db.h"
#include "kit/faulty_vfs.h"
#include "kit/postgres.h"

/* Stands for a whole group; what is below `server` is made anew for each test. */
struct rig {
    enum db_engine engine;
    struct postgres server;
    char folder[64], where[96];
    struct turn turn;
    struct db *db;
    struct faulty_vfs disk; /* registered as "faulty", under no database unless a test asks */
};

/* Each runs its group and returns how many failed. */
int db_tests(const char *group, struct rig *rig);
int sqlite_tests(struct rig *rig);
int postgres_tests(struct rig *rig);
int sql_tests(void);
int vfs_tests(void);
int disk_tests(void);

int rig_up(void **state);
int rig_down(void **state);
#define on_rig(test, rig) cmocka_unit_test_prestate_setup_teardown(test, rig_up, rig_down, rig)

/* Another connection to the same database; the caller closes it. */
struct db *rig_open(struct rig *r, bool read_only);
/* Opens it anew on the disk that fails when told to. SQLite only. */
void rig_on_faulty_disk(struct rig *r);

/* `item (k int, name text, data bytes)`, k the key, name unique, k >= 0. */
extern const char *const rig_table;
/* Puts one row, the name made of the key; what db_run answers. */
err rig_put(struct rig *r, struct db *db, int64_t k);
/* How many rows; -1 and a failed test when that cannot be read. */
int64_t rig_count(struct rig *r, struct db *db);

/* Expects that failure with that code as the turn's first fault, and forgets it. */
void assert_fault(struct turn *t, err got, err expected, const char *code);
#define assert_ok(call) assert_int_equal(call, ERR_OK)

#endif
