/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_TEST_H
#define COMITY_STORE_TEST_H
/* What the tests of store share: a fresh store for each test, on SQLite and on PostgreSQL, with a
 * wrapper that locks dossier keys under one fixed key. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kit/postgres.h"
#include "store/store.h"

/* Stands for a whole group; what is below `server` is made anew for each test. */
struct rig {
    enum db_engine engine;
    struct postgres server;
    char folder[64], where[96];
    struct arena *arena;
    struct turn turn;
    struct chance chance;
    uint64_t drawn;
    uint8_t storage[32];
    int wraps, unwraps;
    bool refuse; /* the wrapper fails, as a keeper that is gone */
    struct store *store;
    struct id dossier; /* has a key, and so has the house */
};

/* Each runs its tests on the rig's engine and returns how many failed. */
int access_tests(struct rig *rig);
int act_tests(struct rig *rig);
int brief_tests(struct rig *rig);
int carriage_tests(struct rig *rig);
int copy_tests(struct rig *rig);
int check_tests(struct rig *rig);
int dossier_tests(struct rig *rig);
int entry_tests(struct rig *rig);
int house_tests(struct rig *rig);
int arriving_tests(struct rig *rig);
int held_tests(struct rig *rig);
int line_tests(struct rig *rig);
int log_tests(struct rig *rig);
int people_tests(struct rig *rig);
int matter_tests(struct rig *rig);
int recent_tests(struct rig *rig);
int record_tests(struct rig *rig);
int row_tests(struct rig *rig);
int statements_tests(struct rig *rig);
int store_tests(struct rig *rig);
int writer_tests(struct rig *rig);

int rig_up(void **state);
int rig_down(void **state);
#define on_rig(test, rig) cmocka_unit_test_prestate_setup_teardown(test, rig_up, rig_down, rig)

/* Opens what `where` names; answers store_open. */
err rig_try_open(struct rig *r, const char *where, bool create, struct store **out);
/* The same as the process of a folder, which may take over from another. */
err rig_try_open_as(struct rig *r, const struct store_options *as, struct store **out);
/* The same, wherever its options say. */
err rig_open_at(struct rig *r, const struct store_options *as, struct store **out);
/* Closes the store as it stands, without a commit, and opens it again. */
void rig_reopen(struct rig *r);

/* A row of `kind` named `name` 16 times over in `dossier`, with all three parts filled. */
struct store_record rig_record(struct rig *r, const struct id *dossier, const char *kind,
                               uint8_t name);
/* Puts `n` such acts, named from `first` on, in one transaction. */
void rig_put(struct rig *r, const struct id *dossier, uint8_t first, int n);
/* The first column of the first row; -1 and a failed test when there is none. */
int64_t rig_int(struct rig *r, const char *sql);
struct id id_named(uint8_t name);
struct hash hash_named(uint8_t name);

/* Expects that failure with that code as the turn's first fault, and forgets it. */
void assert_fault_(struct rig *r, err got, err expected, const char *code, const char *file,
                   int line);
#define assert_fault(r, got, expected, code)                                                       \
    assert_fault_(r, got, expected, code, __FILE__, __LINE__)
#define assert_ok(r, call) assert_fault_(r, call, ERR_OK, "", __FILE__, __LINE__)
void assert_str_(struct str got, const char *expected, const char *file, int line);
#define assert_str(got, expected) assert_str_(got, expected, __FILE__, __LINE__)

#endif
