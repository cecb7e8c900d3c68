/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/statements.def and src/store/schema.def: the engine accepts each of them. What
 * an ON CONFLICT names is looked up by PostgreSQL when it runs; the tests of the nouns run each. */

#include "store/store_test.h"

struct prove {
    struct rig *r;
    int good, bad;
};

static void prove(void *ctx, const char *name, const char *sql)
{
    struct prove *p = ctx;
    if (db_prepare_only(&p->r->turn, store_db(p->r->store), sql) == ERR_OK) {
        p->good++;
        return;
    }
    p->bad++;
    print_message("# %s: %s\n", name, p->r->turn.fault.sentence);
    turn_forgive(&p->r->turn);
}

static void every_statement_is_one_that_the_engine_prepares(void **state)
{
    struct prove p = {.r = *state};
    store_each_statement(prove, &p);
    assert_int_equal(p.bad, 0);
    assert_true(p.good > 50);
}

static void a_broken_statement_is_found_by_the_same_look(void **state)
{
    static const char *const broken[] = {
        "SELECT leaf FROM recrod WHERE leaf = :leaf",
        "SELECT leef FROM record WHERE leaf = :leaf",
        "INSERT INTO leaf (leaf, data) VALUES (:leaf)",
        "SELECT leaf FROM record WHERE",
        "UPDATE fact SET value = :value WHERE nme = :name",
    };
    struct prove p = {.r = *state};
    int n = sizeof broken / sizeof *broken;
    for (int k = 0; k < n; k++) prove(&p, "broken on purpose", broken[k]);
    assert_int_equal(p.bad, n);
    assert_int_equal(p.good, 0);
}

static void the_schema_runs_twice(void **state)
{
    struct rig *r = *state;
    assert_ok(r, db_script(&r->turn, store_db(r->store), store_schema_text));
}

int statements_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(every_statement_is_one_that_the_engine_prepares, rig),
        on_rig(a_broken_statement_is_found_by_the_same_look, rig),
        on_rig(the_schema_runs_twice, rig),
    };
    return cmocka_run_group_tests_name("statements", tests, NULL, NULL);
}
