/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/db/postgres.c against a real server: lost connections, conflicts, standbys. */

#include "db/db_test.h"

#include <sys/wait.h>
#include <unistd.h>

static int64_t asked(struct rig *r, struct db *db, const char *sql)
{
    struct db_rows rows = db_ask(&r->turn, db, sql, NULL, 0);
    int64_t n = db_next(&rows) ? db_int_at(&rows, 0) : -1;
    assert_ok(db_done(&rows));
    return n;
}

static bool says(struct rig *r, struct db *db, const char *sql, const char *expected)
{
    struct db_rows rows = db_ask(&r->turn, db, sql, NULL, 0);
    bool same = db_next(&rows) && str_is(db_text_at(&rows, 0), expected);
    assert_ok(db_done(&rows));
    return same;
}

/* Ends the server's side of the rig's connection and waits until it is gone. */
static void cut(struct rig *r)
{
    int64_t pid = asked(r, r->db, "SELECT pg_backend_pid()");
    struct db *other = rig_open(r, false);
    struct db_rows rows =
        DB_ASK(&r->turn, other, "SELECT pg_terminate_backend(CAST(:pid AS int), 10000)",
               {"pid", db_int(pid)});
    assert_true(db_next(&rows));
    assert_int_equal(db_int_at(&rows, 0), 1);
    assert_ok(db_done(&rows));
    db_close(other);
}

static void a_session_has_the_settings_it_should(void **state)
{
    struct rig *r = *state;
    assert_true(says(r, r->db, "SHOW default_transaction_isolation", "serializable"));
    assert_true(says(r, r->db, "SHOW client_encoding", "UTF8"));
    assert_true(says(r, r->db, "SHOW synchronous_commit", "on"));
    assert_true(says(r, r->db, "SHOW lock_timeout", "5s"));
    assert_ok(db_begin(&r->turn, r->db));
    assert_true(says(r, r->db, "SHOW transaction_isolation", "serializable"));
    db_rollback(r->db);
}

static void a_connection_lost_in_a_transaction_is_made_anew_by_the_next(void **state)
{
    struct rig *r = *state;
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 2));
    cut(r);
    assert_fault(&r->turn, rig_put(r, r->db, 3), ERR_BUSY, "db-lost");
    assert_fault(&r->turn, db_commit(&r->turn, r->db), ERR_BUSY, "db-spoiled");
    assert_ok(db_begin(&r->turn, r->db));
    assert_int_equal(rig_count(r, r->db), 1);
    assert_ok(rig_put(r, r->db, 3));
    assert_ok(db_commit(&r->turn, r->db));
    assert_int_equal(rig_count(r, r->db), 2);
    assert_true(says(r, r->db, "SHOW default_transaction_isolation", "serializable"));
}

static void a_connection_lost_between_transactions_is_not_noticed(void **state)
{
    struct rig *r = *state;
    assert_ok(rig_put(r, r->db, 1));
    cut(r);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 2));
    assert_ok(db_commit(&r->turn, r->db));
    assert_int_equal(rig_count(r, r->db), 2);
}

static void a_connection_lost_during_commit_leaves_the_outcome_unknown(void **state)
{
    struct rig *r = *state;
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 1));
    cut(r);
    assert_fault(&r->turn, db_commit(&r->turn, r->db), ERR_UNKNOWN, "db-unknown");
    assert_fault(&r->turn, db_begin(&r->turn, r->db), ERR_UNKNOWN, "db-unknown");
    assert_int_equal(db_counted(r->db).commits, 0);
}

static void a_write_alone_on_a_lost_connection_is_unknown_and_a_read_is_not(void **state)
{
    struct rig *r = *state;
    assert_int_equal(rig_count(r, r->db), 0);
    assert_ok(rig_put(r, r->db, 1));
    cut(r);
    struct db_rows rows = db_ask(&r->turn, r->db, "SELECT count(*) FROM item", NULL, 0);
    assert_fault(&r->turn, db_done(&rows), ERR_BUSY, "db-lost");
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(db_commit(&r->turn, r->db));
    /* Prepared first, so that losing the connection can only be noticed by running it. */
    assert_ok(rig_put(r, r->db, 2));
    cut(r);
    assert_fault(&r->turn, rig_put(r, r->db, 3), ERR_UNKNOWN, "db-unknown");
}

static void of_two_that_read_what_the_other_writes_one_comes_back_later(void **state)
{
    struct rig *r = *state;
    struct db *other = rig_open(r, false);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(db_begin(&r->turn, other));
    assert_int_equal(rig_count(r, r->db), 0);
    assert_int_equal(rig_count(r, other), 0);
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(rig_put(r, other, 2));
    assert_ok(db_commit(&r->turn, r->db));
    assert_fault(&r->turn, db_commit(&r->turn, other), ERR_BUSY, "db-busy");
    assert_ok(db_begin(&r->turn, other));
    assert_int_equal(rig_count(r, other), 1);
    assert_ok(rig_put(r, other, 2));
    assert_ok(db_commit(&r->turn, other));
    db_close(other);
}

static void a_row_that_another_holds_is_not_waited_for_without_end(void **state)
{
    struct rig *r = *state;
    struct db *other = rig_open(r, false);
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_script(&r->turn, other, "SET lock_timeout = '1ms'"));
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(db_run(&r->turn, r->db, "UPDATE item SET name = 'a'", NULL, 0, NULL));
    assert_ok(db_begin(&r->turn, other));
    assert_fault(&r->turn, db_run(&r->turn, other, "UPDATE item SET name = 'b'", NULL, 0, NULL),
                 ERR_BUSY, "db-busy");
    db_rollback(other);
    assert_ok(db_commit(&r->turn, r->db));
    db_close(other);
}

/* Sets which standbys a commit waits for; the server takes it up in its own time, a bounded one. */
static void wait_for_standby(struct rig *r, const char *script, const char *expected)
{
    assert_ok(db_script(&r->turn, r->db, script));
    bool taken = false;
    for (int tries = 0; !taken && tries < 1000; tries++) {
        struct db *other = rig_open(r, true);
        taken = says(r, other, "SHOW synchronous_standby_names", expected);
        db_close(other);
    }
    assert_true(taken);
}

/* In a process of its own, since the commit does not return: ends the wait for a standby as an
 * operator would who lost patience. */
static pid_t end_the_wait(struct rig *r)
{
    pid_t pid = fork();
    if (pid != 0) return pid;
    struct db *db = rig_open(r, false);
    bool ended = false;
    for (int tries = 0; !ended && tries < 100000; tries++)
        ended = asked(r, db,
                      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
                      "WHERE wait_event = 'SyncRep'") == 1;
    _exit(ended ? 0 : 1);
}

static void a_commit_that_no_standby_confirmed_is_unknown(void **state)
{
    struct rig *r = *state;
    int status = -1;
    wait_for_standby(r,
                     "ALTER SYSTEM SET synchronous_standby_names = 'nobody';\n"
                     "SELECT pg_reload_conf();\n",
                     "nobody");
    struct db *other = rig_open(r, false);
    assert_ok(db_begin(&r->turn, other));
    assert_ok(rig_put(r, other, 1));
    pid_t operator= end_the_wait(r);
    assert_fault(&r->turn, db_commit(&r->turn, other), ERR_UNKNOWN, "db-unknown");
    assert_int_equal(waitpid(operator, & status, 0), operator);
    assert_int_equal(status, 0);
    db_close(other);
    wait_for_standby(r,
                     "SET synchronous_commit = 'local';\n"
                     "ALTER SYSTEM RESET synchronous_standby_names;\n"
                     "SELECT pg_reload_conf();\n",
                     "");
    /* It was committed after all: unknown means that it must be found out. */
    assert_int_equal(rig_count(r, r->db), 1);
}

static void a_server_that_is_not_there_is_told_as_such(void **state)
{
    struct rig *r = *state;
    struct db *none = NULL;
    struct db_options o = {.engine = DB_POSTGRES, .where = "host=/nowhere user=postgres"};
    assert_fault(&r->turn, db_open(&r->turn, &o, &none), ERR_PEER, "db-connect");
    o.where = "this is not = a conninfo string '";
    assert_fault(&r->turn, db_open(&r->turn, &o, &none), ERR_PEER, "db-connect");
    assert_null(none);
}

static err in_schema(struct rig *r, const char *schema, bool must_exist, struct db **out)
{
    struct db_options o = {.engine = DB_POSTGRES,
                           .where = r->server.conninfo,
                           .schema = schema,
                           .must_exist = must_exist};
    return db_open(&r->turn, &o, out);
}

static void nodes_share_a_database_each_in_a_schema_of_its_own(void **state)
{
    struct rig *r = *state;
    static const char table[] = "CREATE TABLE IF NOT EXISTS one (k {int})";
    struct db *first = NULL, *second = NULL;
    assert_ok(db_script(&r->turn, r->db, "DROP SCHEMA IF EXISTS node_xn, node_xm CASCADE"));
    assert_fault(&r->turn, in_schema(r, "node_xn", true, &first), ERR_NONE_SUCH, "db-none-such");
    assert_ok(in_schema(r, "node_xn", false, &first));
    assert_ok(in_schema(r, "node_xm", false, &second));
    assert_ok(db_script(&r->turn, first, table));
    assert_ok(db_script(&r->turn, second, table));
    assert_ok(DB_RUN(&r->turn, first, "INSERT INTO one (k) VALUES (:k)", {"k", db_int(1)}));
    assert_int_equal(asked(r, first, "SELECT count(*) FROM one"), 1);
    assert_int_equal(asked(r, second, "SELECT count(*) FROM one"), 0);
    /* A connection made anew finds it again. */
    struct rig other = *r;
    other.db = first;
    assert_false(db_is_lost(first));
    cut(&other);
    assert_fault(&r->turn, db_script(&r->turn, first, "SELECT 1"), ERR_BUSY, "db-lost");
    assert_true(db_is_lost(first));
    assert_ok(db_begin(&r->turn, first));
    assert_int_equal(asked(r, first, "SELECT count(*) FROM one"), 1);
    db_close(first);
    db_close(second);
}

static void a_schema_with_another_sort_of_name_is_refused(void **state)
{
    struct rig *r = *state;
    static const char *const names[] = {"", "Node", "a b", "x;--", "n\"", "\xc9\x99"};
    struct db *db = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_fault(&r->turn, in_schema(r, names[i], false, &db), ERR_USAGE, "db-schema");
}

/* Lists are paged by the order of their bytes, and SQLite knows no other. */
static void a_database_that_sorts_otherwise_is_refused(void **state)
{
    struct rig *r = *state;
    struct db *db = NULL;
    assert_ok(db_script(&r->turn, r->db,
                        "DROP DATABASE IF EXISTS other;\n"
                        "CREATE DATABASE other TEMPLATE template0 ENCODING 'SQL_ASCII'"));
    char where[256];
    snprintf(where, sizeof where, "host=%s user=postgres dbname=other", r->server.folder);
    struct db_options o = {.engine = DB_POSTGRES, .where = where};
    assert_fault(&r->turn, db_open(&r->turn, &o, &db), ERR_REJECTED, "db-collation");
}

static void a_type_that_one_of_the_engines_lacks_is_refused(void **state)
{
    struct rig *r = *state;
    static const char *const texts[] = {"SELECT 0.5", "SELECT now()", "SELECT sum(k) FROM item"};
    assert_ok(rig_put(r, r->db, 1));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct db_rows rows = db_ask(&r->turn, r->db, texts[i], NULL, 0);
        assert_true(db_next(&rows));
        assert_int_equal(db_value_at(&rows, 0).kind, DB_NULL);
        assert_fault(&r->turn, db_done(&rows), ERR_INTERNAL, "db-kind");
    }
}

static void integers_of_each_size_are_numbers(void **state)
{
    struct rig *r = *state;
    struct db_rows rows = db_ask(&r->turn, r->db,
                                 "SELECT CAST(-2 AS int2), CAST(-2 AS int4), CAST(-2 AS int8), "
                                 "CAST(32767 AS int2), true, false",
                                 NULL, 0);
    static const int64_t expected[] = {-2, -2, -2, 32767, 1, 0};
    assert_true(db_next(&rows));
    for (int i = 0; i < 6; i++) assert_true(db_int_at(&rows, i) == expected[i]);
    assert_ok(db_done(&rows));
}

static void checkpoints_are_left_to_the_server(void **state)
{
    struct rig *r = *state;
    assert_ok(db_checkpoint(&r->turn, r->db, 0));
    assert_int_equal(db_counted(r->db).wal_syncs, 0);
}

int postgres_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(a_session_has_the_settings_it_should, rig),
        on_rig(a_connection_lost_in_a_transaction_is_made_anew_by_the_next, rig),
        on_rig(a_connection_lost_between_transactions_is_not_noticed, rig),
        on_rig(a_connection_lost_during_commit_leaves_the_outcome_unknown, rig),
        on_rig(a_write_alone_on_a_lost_connection_is_unknown_and_a_read_is_not, rig),
        on_rig(of_two_that_read_what_the_other_writes_one_comes_back_later, rig),
        on_rig(a_row_that_another_holds_is_not_waited_for_without_end, rig),
        on_rig(a_commit_that_no_standby_confirmed_is_unknown, rig),
        on_rig(a_server_that_is_not_there_is_told_as_such, rig),
        on_rig(nodes_share_a_database_each_in_a_schema_of_its_own, rig),
        on_rig(a_schema_with_another_sort_of_name_is_refused, rig),
        on_rig(a_database_that_sorts_otherwise_is_refused, rig),
        on_rig(a_type_that_one_of_the_engines_lacks_is_refused, rig),
        on_rig(integers_of_each_size_are_numbers, rig),
        on_rig(checkpoints_are_left_to_the_server, rig),
    };
    return cmocka_run_group_tests_name("postgres", tests, NULL, NULL);
}
