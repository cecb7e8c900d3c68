/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/db/db.c, each run on both engines: values, binding, cursors, transactions. */

#include "db/db_test.h"

#include <string.h>

static const char INSERT[] = "INSERT INTO item (k, name, data) VALUES (:k, :name, :data)";
static const char BY_KEY[] = "SELECT k, name, data FROM item WHERE k = :k";

static err put(struct rig *r, int64_t k, struct str name, struct db_value data)
{
    return DB_RUN(&r->turn, r->db, INSERT, {"k", db_int(k)}, {"name", db_text(name)},
                  {"data", data});
}

/* ---- values ---------------------------------------------------------------------------------- */

static void values_come_back_as_they_were_put(void **state)
{
    static const uint8_t bytes[] = {0, 1, 0, 0xff, 0x80, 0, '\'', '\\', 0};
    static const int64_t numbers[] = {0, 1, 255, 256, INT64_C(1) << 40, INT64_MAX};
    struct rig *r = *state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct str name = str_printf(r->turn.arena, "Məhəmməd 'x' %zu \\0", i);
        struct bytes data = {bytes, i + 3};
        assert_ok(put(r, numbers[i], name, db_blob(data)));
        struct db_rows rows = DB_ASK(&r->turn, r->db, BY_KEY, {"k", db_int(numbers[i])});
        assert_true(db_next(&rows));
        assert_int_equal(db_columns(&rows), 3);
        assert_string_equal(db_column_name(&rows, 1), "name");
        assert_true(db_int_at(&rows, 0) == numbers[i]);
        assert_true(str_eq(db_text_at(&rows, 1), name));
        assert_true(bytes_eq(db_bytes_at(&rows, 2), data));
        assert_int_equal(db_value_at(&rows, 0).kind, DB_INT);
        assert_int_equal(db_value_at(&rows, 1).kind, DB_TEXT);
        assert_int_equal(db_value_at(&rows, 2).kind, DB_BYTES);
        assert_false(db_next(&rows));
        assert_false(db_next(&rows));
        assert_ok(db_done(&rows));
    }
}

static void negative_numbers_keep_their_sign(void **state)
{
    static const int64_t numbers[] = {-1, -256, -257, INT64_MIN};
    struct rig *r = *state;
    assert_ok(db_script(&r->turn, r->db, "CREATE TABLE n (v {int} NOT NULL) {strict}"));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct db_rows rows =
            DB_ASK(&r->turn, r->db, "INSERT INTO n VALUES (:v) RETURNING v, -1, v < 0",
                   {"v", db_int(numbers[i])});
        assert_true(db_next(&rows));
        assert_true(db_int_at(&rows, 0) == numbers[i]);
        assert_int_equal(db_int_at(&rows, 1), -1);
        assert_int_equal(db_int_at(&rows, 2), 1);
        assert_ok(db_done(&rows));
    }
}

static void empty_is_not_absent(void **state)
{
    struct rig *r = *state;
    assert_ok(put(r, 1, (struct str){0}, db_blob((struct bytes){0})));
    assert_ok(put(r, 2, STR("two"), db_null()));
    struct db_rows rows =
        db_ask(&r->turn, r->db, "SELECT name, data FROM item ORDER BY k", NULL, 0);
    assert_true(db_next(&rows));
    assert_int_equal(db_value_at(&rows, 0).kind, DB_TEXT);
    assert_int_equal(db_value_at(&rows, 0).bytes.n, 0);
    assert_int_equal(db_value_at(&rows, 1).kind, DB_BYTES);
    assert_int_equal(db_value_at(&rows, 1).bytes.n, 0);
    assert_true(db_next(&rows));
    assert_int_equal(db_value_at(&rows, 1).kind, DB_NULL);
    assert_int_equal(db_bytes_at(&rows, 1).n, 0);
    assert_ok(db_done(&rows));
}

static void what_was_read_outlives_the_cursor(void **state)
{
    struct rig *r = *state;
    assert_ok(put(r, 1, STR("kept"), db_blob(str_bytes(STR("these bytes")))));
    struct db_rows rows = DB_ASK(&r->turn, r->db, BY_KEY, {"k", db_int(1)});
    assert_true(db_next(&rows));
    struct str name = db_text_at(&rows, 1);
    struct bytes data = db_bytes_at(&rows, 2);
    assert_ok(db_done(&rows));
    assert_ok(put(r, 2, STR("other"), db_null()));
    assert_true(str_is(name, "kept"));
    assert_true(bytes_eq(data, str_bytes(STR("these bytes"))));
}

static void a_megabyte_comes_back_whole(void **state)
{
    struct rig *r = *state;
    size_t n = (1 << 20) + 7;
    uint8_t *p = arena_take(r->turn.arena, n);
    for (size_t i = 0; i < n; i++) p[i] = (uint8_t)(i * 131 >> 3);
    assert_ok(put(r, 1, STR("large"), db_blob((struct bytes){p, n})));
    struct db_rows rows = DB_ASK(&r->turn, r->db, BY_KEY, {"k", db_int(1)});
    assert_true(db_next(&rows));
    assert_true(bytes_eq(db_bytes_at(&rows, 2), (struct bytes){p, n}));
    assert_ok(db_done(&rows));
}

static void ids_and_hashes_of_the_right_size_are_read(void **state)
{
    struct rig *r = *state;
    struct id id = {{1, 0, 3}};
    struct hash hash = {{9, 8, 0}};
    assert_ok(put(r, 1, STR("id"), db_id(&id)));
    assert_ok(put(r, 2, STR("hash"), db_hash(&hash)));
    struct db_rows rows = db_ask(&r->turn, r->db, "SELECT data FROM item ORDER BY k", NULL, 0);
    assert_true(db_next(&rows));
    struct id got = db_id_at(&rows, 0);
    assert_true(id_eq(&got, &id));
    assert_true(db_next(&rows));
    struct hash also = db_hash_at(&rows, 0);
    assert_true(hash_eq(&also, &hash));
    assert_ok(db_done(&rows));
}

/* Asks for one column of the row with key 1 by a reader, and gives what db_done answers. */
static err read_as(struct rig *r, int column, char what)
{
    struct db_rows rows = DB_ASK(&r->turn, r->db, BY_KEY, {"k", db_int(1)});
    assert_true(db_next(&rows));
    if (what == 'i') assert_int_equal(db_int_at(&rows, column), 0);
    if (what == 't') assert_int_equal(db_text_at(&rows, column).n, 0);
    if (what == 'b') assert_int_equal(db_bytes_at(&rows, column).n, 0);
    if (what == 'd') {
        struct id none = {{0}}, got = db_id_at(&rows, column);
        assert_true(id_eq(&none, &got));
    }
    if (what == 'h') {
        struct hash none = {{0}}, got = db_hash_at(&rows, column);
        assert_true(hash_eq(&none, &got));
    }
    /* After an error all is absent, and there is no next row. */
    assert_int_equal(db_value_at(&rows, 0).kind, DB_NULL);
    assert_false(db_next(&rows));
    return db_done(&rows);
}

static void a_column_of_the_wrong_size_is_told_at_the_end(void **state)
{
    static const struct {
        size_t size;
        char what;
    } wrong[] = {{15, 'd'}, {17, 'd'}, {0, 'd'}, {31, 'h'}, {33, 'h'}, {16, 'h'}, {32, 'd'}};
    static const uint8_t bytes[40];
    struct rig *r = *state;
    assert_ok(put(r, 1, STR("x"), db_null()));
    assert_fault(&r->turn, read_as(r, 2, 'd'), ERR_INTEGRITY, "db-size");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_ok(DB_RUN(&r->turn, r->db, "UPDATE item SET data = :data",
                         {"data", db_blob((struct bytes){bytes, wrong[i].size})}));
        assert_fault(&r->turn, read_as(r, 2, wrong[i].what), ERR_INTEGRITY, "db-size");
    }
}

static void a_column_of_the_wrong_kind_is_told_at_the_end(void **state)
{
    struct rig *r = *state;
    assert_ok(put(r, 1, STR("x"), db_blob(str_bytes(STR("x")))));
    assert_fault(&r->turn, read_as(r, 1, 'i'), ERR_INTEGRITY, "db-kind");
    assert_fault(&r->turn, read_as(r, 2, 'i'), ERR_INTEGRITY, "db-kind");
    assert_fault(&r->turn, read_as(r, 0, 't'), ERR_INTEGRITY, "db-kind");
    assert_fault(&r->turn, read_as(r, 2, 't'), ERR_INTEGRITY, "db-kind");
    assert_fault(&r->turn, read_as(r, 0, 'b'), ERR_INTEGRITY, "db-kind");
    assert_fault(&r->turn, read_as(r, 1, 'b'), ERR_INTEGRITY, "db-kind");
    assert_fault(&r->turn, read_as(r, 1, 'd'), ERR_INTEGRITY, "db-kind");
}

/* ---- binding --------------------------------------------------------------------------------- */

static void binds_find_their_names_in_any_order(void **state)
{
    struct rig *r = *state;
    assert_ok(DB_RUN(&r->turn, r->db, INSERT, {"data", db_null()}, {"name", db_text(STR("x"))},
                     {"k", db_int(5)}));
    /* One bind serves every place of its name. */
    struct db_rows rows =
        DB_ASK(&r->turn, r->db, "SELECT k FROM item WHERE k = :k AND k <= :k AND name = :name",
               {"name", db_text(STR("x"))}, {"k", db_int(5)});
    assert_true(db_next(&rows));
    assert_int_equal(db_int_at(&rows, 0), 5);
    assert_ok(db_done(&rows));
}

static void a_parameter_without_a_value_is_refused(void **state)
{
    struct rig *r = *state;
    assert_fault(&r->turn,
                 DB_RUN(&r->turn, r->db, INSERT, {"k", db_int(1)}, {"name", db_text(STR("x"))}),
                 ERR_INTERNAL, "db-bind");
    assert_fault(&r->turn, db_run(&r->turn, r->db, INSERT, NULL, 0, NULL), ERR_INTERNAL, "db-bind");
    assert_int_equal(rig_count(r, r->db), 0);
}

static void a_value_without_a_parameter_is_refused(void **state)
{
    struct rig *r = *state;
    struct db_rows rows =
        DB_ASK(&r->turn, r->db, BY_KEY, {"k", db_int(1)}, {"name", db_text(STR("x"))});
    assert_false(db_next(&rows));
    assert_int_equal(db_columns(&rows), 0);
    assert_fault(&r->turn, db_done(&rows), ERR_INTERNAL, "db-bind");
    assert_fault(&r->turn,
                 DB_RUN(&r->turn, r->db, INSERT, {"k", db_int(1)}, {"k", db_int(1)},
                        {"name", db_text(STR("x"))}),
                 ERR_INTERNAL, "db-bind");
    assert_fault(&r->turn,
                 DB_RUN(&r->turn, r->db, "DELETE FROM item WHERE k = :k", {"k", db_int(1)},
                        {"k", db_int(2)}),
                 ERR_INTERNAL, "db-bind");
}

static void text_that_is_not_utf8_or_has_a_nul_is_not_bound(void **state)
{
    struct rig *r = *state;
    assert_fault(&r->turn, put(r, 1, STR("a\0b"), db_null()), ERR_INTERNAL, "db-text");
    assert_fault(&r->turn, put(r, 1, STR("\xc3"), db_null()), ERR_INTERNAL, "db-text");
    assert_int_equal(rig_count(r, r->db), 0);
}

static void a_value_beyond_the_limit_is_refused(void **state)
{
    struct rig *r = *state;
    uint8_t one = 1;
    assert_fault(&r->turn,
                 put(r, 1, STR("x"), db_blob((struct bytes){&one, (size_t)DB_VALUE_MAX + 1})),
                 ERR_TOO_LARGE, "db-value");
}

static void the_same_statement_takes_nothing_and_something_in_turn(void **state)
{
    struct rig *r = *state;
    struct bytes data = str_bytes(STR("\1\2"));
    for (int64_t k = 0; k < 6; k++)
        assert_ok(put(r, k, str_printf(r->turn.arena, "n%lld", (long long)k),
                      k % 2 ? db_blob(data) : db_null()));
    struct db_rows rows = db_ask(&r->turn, r->db, "SELECT data FROM item ORDER BY k", NULL, 0);
    for (int64_t k = 0; k < 6; k++) {
        assert_true(db_next(&rows));
        assert_int_equal(db_value_at(&rows, 0).kind, k % 2 ? DB_BYTES : DB_NULL);
    }
    assert_ok(db_done(&rows));
}

/* ---- statements ------------------------------------------------------------------------------ */

static void a_statement_is_prepared_once_and_used_many_times(void **state)
{
    struct rig *r = *state;
    assert_ok(db_begin(&r->turn, r->db));
    for (int64_t k = 0; k < 2 * DB_STATEMENTS_MAX; k++) assert_ok(rig_put(r, r->db, k));
    assert_ok(db_commit(&r->turn, r->db));
    assert_int_equal(rig_count(r, r->db), 2 * DB_STATEMENTS_MAX);
}

static void more_statements_than_the_limit_are_refused(void **state)
{
    struct rig *r = *state;
    err e = ERR_OK;
    int made = 0;
    while (e == ERR_OK && made <= DB_STATEMENTS_MAX) {
        const char *sql = str_printf(r->turn.arena, "DELETE FROM item WHERE k = %d", made).p;
        e = db_run(&r->turn, r->db, sql, NULL, 0, NULL);
        made += e == ERR_OK;
    }
    assert_fault(&r->turn, e, ERR_INTERNAL, "db-statements");
    assert_int_equal(made, DB_STATEMENTS_MAX);
}

static void a_text_that_changed_under_its_address_is_refused(void **state)
{
    struct rig *r = *state;
    char sql[] = "DELETE FROM item WHERE k = 1";
    assert_ok(db_run(&r->turn, r->db, sql, NULL, 0, NULL));
    sql[sizeof sql - 2] = '2';
    assert_fault(&r->turn, db_run(&r->turn, r->db, sql, NULL, 0, NULL), ERR_INTERNAL, "db-literal");
}

static void a_statement_may_be_asked_while_a_cursor_stands_on_it(void **state)
{
    static const char sql[] = "SELECT k FROM item WHERE k >= :k ORDER BY k";
    struct rig *r = *state;
    for (int64_t k = 0; k < 3; k++) assert_ok(rig_put(r, r->db, k));
    int seen = 0;
    for (int round = 0; round < 3; round++) {
        struct db_rows outer = DB_ASK(&r->turn, r->db, sql, {"k", db_int(0)});
        while (db_next(&outer)) {
            int64_t k = db_int_at(&outer, 0);
            struct db_rows inner = DB_ASK(&r->turn, r->db, sql, {"k", db_int(k)});
            for (; db_next(&inner); seen++) assert_int_equal(db_int_at(&inner, 0), k++);
            assert_ok(db_done(&inner));
        }
        assert_ok(db_done(&outer));
    }
    assert_int_equal(seen, 3 * (3 + 2 + 1));
}

static void a_cursor_may_be_ended_before_its_last_row(void **state)
{
    struct rig *r = *state;
    for (int64_t k = 0; k < 100; k++) assert_ok(rig_put(r, r->db, k));
    for (int i = 0; i < 3; i++) {
        struct db_rows rows = db_ask(&r->turn, r->db, "SELECT k FROM item ORDER BY k", NULL, 0);
        assert_true(db_next(&rows));
        assert_int_equal(db_int_at(&rows, 0), 0);
        assert_ok(db_done(&rows));
        assert_ok(db_done(&rows));
    }
    assert_ok(rig_put(r, r->db, 100));
}

static void the_number_of_changed_rows_is_told(void **state)
{
    static const char once[] = "INSERT INTO item (k, name) VALUES (1, 'one') "
                               "ON CONFLICT DO NOTHING";
    struct rig *r = *state;
    struct turn *t = &r->turn;
    int64_t changed = -1;
    assert_ok(db_run(t, r->db, once, NULL, 0, &changed));
    assert_int_equal(changed, 1);
    assert_ok(db_run(t, r->db, once, NULL, 0, &changed));
    assert_int_equal(changed, 0);
    assert_ok(rig_put(r, r->db, 2));
    assert_ok(db_run(t, r->db, "UPDATE item SET data = NULL", NULL, 0, &changed));
    assert_int_equal(changed, 2);
    assert_ok(db_run(t, r->db, "SELECT k FROM item", NULL, 0, &changed));
    assert_int_equal(changed, 0);
    assert_ok(db_run(t, r->db, "DELETE FROM item WHERE k = 9", NULL, 0, &changed));
    assert_int_equal(changed, 0);
}

static void returning_is_done_even_when_no_row_is_fetched(void **state)
{
    struct rig *r = *state;
    struct db_rows rows =
        db_ask(&r->turn, r->db, "INSERT INTO item (k, name) VALUES (1, 'a'), (2, 'b') RETURNING k",
               NULL, 0);
    assert_ok(db_done(&rows));
    assert_int_equal(rig_count(r, r->db), 2);
}

static void a_second_row_with_the_same_key_or_name_is_a_conflict(void **state)
{
    struct rig *r = *state;
    assert_ok(put(r, 1, STR("x"), db_null()));
    assert_fault(&r->turn, put(r, 1, STR("y"), db_null()), ERR_CONFLICT, "db-unique");
    assert_fault(&r->turn, put(r, 2, STR("x"), db_null()), ERR_CONFLICT, "db-unique");
    assert_int_equal(rig_count(r, r->db), 1);
}

static void a_broken_check_is_a_conflict(void **state)
{
    struct rig *r = *state;
    assert_fault(&r->turn, put(r, -1, STR("x"), db_null()), ERR_CONFLICT, "db-check");
}

static void a_fault_quotes_no_value(void **state)
{
    struct rig *r = *state;
    assert_ok(put(r, 1, STR("Jane Particular"), db_null()));
    assert_int_equal(put(r, 2, STR("Jane Particular"), db_null()), ERR_CONFLICT);
    assert_null(strstr(r->turn.fault.sentence, "Jane"));
    assert_non_null(strstr(r->turn.fault.sentence, "INSERT INTO item"));
    turn_forgive(&r->turn);
}

static void what_must_not_be_null_is_our_own_mistake(void **state)
{
    struct rig *r = *state;
    assert_fault(
        &r->turn,
        DB_RUN(&r->turn, r->db, INSERT, {"k", db_int(1)}, {"name", db_null()}, {"data", db_null()}),
        ERR_INTERNAL, "db-failed");
}

static void a_statement_the_engine_does_not_know_is_refused(void **state)
{
    struct rig *r = *state;
    assert_fault(&r->turn, db_run(&r->turn, r->db, "FETCH ME A ROW", NULL, 0, NULL), ERR_INTERNAL,
                 "db-failed");
    struct db_rows rows = db_ask(&r->turn, r->db, "SELECT nothing FROM item", NULL, 0);
    assert_false(db_next(&rows));
    assert_fault(&r->turn, db_done(&rows), ERR_INTERNAL, "db-failed");
    assert_fault(&r->turn,
                 db_run(&r->turn, r->db, "SELECT k FROM item WHERE name = \"x\"", NULL, 0, NULL),
                 ERR_INTERNAL, "db-failed");
    assert_ok(rig_put(r, r->db, 1));
}

static void preparing_only_proves_and_changes_nothing(void **state)
{
    struct rig *r = *state;
    assert_ok(db_prepare_only(&r->turn, r->db, INSERT));
    assert_ok(db_prepare_only(&r->turn, r->db, "DELETE FROM item WHERE k <> :k AND name = :name"));
    assert_fault(&r->turn, db_prepare_only(&r->turn, r->db, "DELETE FROM no_table"), ERR_INTERNAL,
                 "db-failed");
    assert_fault(&r->turn, db_prepare_only(&r->turn, r->db, "DELETE FRM item"), ERR_INTERNAL,
                 "db-failed");
    assert_int_equal(rig_count(r, r->db), 0);
}

static void a_script_fills_in_types_and_skips_comments(void **state)
{
    struct rig *r = *state;
    assert_ok(db_script(&r->turn, r->db,
                        "-- a comment; with\n"
                        "CREATE TABLE a (k {int} PRIMARY KEY, d {bytes} NOT NULL) {strict};\n\n"
                        "CREATE INDEX a_d ON a (d);\n"
                        "INSERT INTO item (k, name) VALUES (7, 'a;\nb');\n"
                        "-- and the end\n"));
    struct id id = {{4}};
    assert_ok(DB_RUN(&r->turn, r->db, "INSERT INTO a VALUES (:k, :d)", {"k", db_int(INT64_MAX)},
                     {"d", db_id(&id)}));
    struct db_rows rows = DB_ASK(&r->turn, r->db, BY_KEY, {"k", db_int(7)});
    assert_true(db_next(&rows));
    assert_true(str_is(db_text_at(&rows, 1), "a;\nb"));
    assert_ok(db_done(&rows));
}

static void a_script_that_fails_in_a_transaction_leaves_nothing(void **state)
{
    struct rig *r = *state;
    assert_ok(db_begin(&r->turn, r->db));
    assert_fault(&r->turn,
                 db_script(&r->turn, r->db, "CREATE TABLE a (k {int});\nCREATE TABLE b (k {real})"),
                 ERR_INTERNAL, "db-sql");
    assert_fault(&r->turn,
                 db_script(&r->turn, r->db, "CREATE TABLE a2 (k {int});\nCREATE TABEL b (k {int})"),
                 ERR_INTERNAL, "db-failed");
    db_rollback(r->db);
    assert_fault(&r->turn, db_prepare_only(&r->turn, r->db, "SELECT k FROM a"), ERR_INTERNAL,
                 "db-failed");
    assert_ok(rig_put(r, r->db, 1));
}

/* ---- transactions ---------------------------------------------------------------------------- */

static void what_was_committed_is_seen_by_others_and_not_before(void **state)
{
    struct rig *r = *state;
    struct db *other = rig_open(r, true);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 1));
    assert_int_equal(rig_count(r, r->db), 1);
    assert_int_equal(rig_count(r, other), 0);
    assert_ok(db_commit(&r->turn, r->db));
    assert_int_equal(rig_count(r, other), 1);
    assert_int_equal(db_counted(r->db).commits, 1);
    db_close(other);
}

static void what_was_rolled_back_is_gone(void **state)
{
    struct rig *r = *state;
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 1));
    db_rollback(r->db);
    db_rollback(r->db);
    assert_int_equal(rig_count(r, r->db), 0);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_commit(&r->turn, r->db));
    assert_int_equal(rig_count(r, r->db), 1);
    assert_int_equal(db_counted(r->db).commits, 1);
}

static void closing_rolls_back(void **state)
{
    struct rig *r = *state;
    struct db *other = rig_open(r, false);
    assert_ok(db_begin(&r->turn, other));
    assert_ok(rig_put(r, other, 1));
    db_close(other);
    assert_int_equal(rig_count(r, r->db), 0);
    db_close(NULL);
}

static void a_failed_statement_spoils_its_transaction(void **state)
{
    struct rig *r = *state;
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 2));
    assert_fault(&r->turn, rig_put(r, r->db, 1), ERR_CONFLICT, "db-unique");
    assert_fault(&r->turn, rig_put(r, r->db, 3), ERR_CONFLICT, "db-spoiled");
    struct db_rows rows = db_ask(&r->turn, r->db, "SELECT k FROM item", NULL, 0);
    assert_false(db_next(&rows));
    assert_fault(&r->turn, db_done(&rows), ERR_CONFLICT, "db-spoiled");
    assert_fault(&r->turn, db_prepare_only(&r->turn, r->db, "SELECT 1"), ERR_CONFLICT,
                 "db-spoiled");
    assert_fault(&r->turn, db_commit(&r->turn, r->db), ERR_CONFLICT, "db-spoiled");
    assert_int_equal(rig_count(r, r->db), 1);
    assert_int_equal(db_counted(r->db).commits, 0);
    assert_ok(db_begin(&r->turn, r->db));
    assert_ok(rig_put(r, r->db, 2));
    assert_ok(db_commit(&r->turn, r->db));
    assert_int_equal(rig_count(r, r->db), 2);
}

static void a_mistake_in_binding_does_not_spoil(void **state)
{
    struct rig *r = *state;
    assert_ok(db_begin(&r->turn, r->db));
    assert_fault(&r->turn, db_run(&r->turn, r->db, BY_KEY, NULL, 0, NULL), ERR_INTERNAL, "db-bind");
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_commit(&r->turn, r->db));
}

static void transactions_do_not_nest_and_do_not_end_twice(void **state)
{
    struct rig *r = *state;
    assert_fault(&r->turn, db_commit(&r->turn, r->db), ERR_INTERNAL, "db-no-transaction");
    assert_ok(db_begin(&r->turn, r->db));
    assert_fault(&r->turn, db_begin(&r->turn, r->db), ERR_INTERNAL, "db-nested");
    assert_ok(rig_put(r, r->db, 1));
    assert_ok(db_commit(&r->turn, r->db));
    assert_fault(&r->turn, db_commit(&r->turn, r->db), ERR_INTERNAL, "db-no-transaction");
}

static void read_only_refuses_to_write(void **state)
{
    struct rig *r = *state;
    struct db *other = rig_open(r, true);
    assert_fault(&r->turn, rig_put(r, other, 1), ERR_INTERNAL, "db-read-only");
    assert_fault(&r->turn, db_script(&r->turn, other, "CREATE TABLE b (k {int})"), ERR_INTERNAL,
                 "db-read-only");
    assert_ok(db_begin(&r->turn, other));
    assert_int_equal(rig_count(r, other), 0);
    assert_fault(&r->turn, rig_put(r, other, 1), ERR_INTERNAL, "db-read-only");
    db_rollback(other);
    assert_int_equal(rig_count(r, other), 0);
    db_close(other);
}

static void a_database_without_a_name_is_refused(void **state)
{
    struct rig *r = *state;
    struct db *none = NULL;
    struct db_options o = {.engine = r->engine, .where = ""};
    assert_fault(&r->turn, db_open(&r->turn, &o, &none), ERR_USAGE, "db-where");
    o.where = NULL;
    assert_fault(&r->turn, db_open(&r->turn, &o, &none), ERR_USAGE, "db-where");
    assert_null(none);
    assert_int_equal(db_engine_of(r->db), r->engine);
}

int db_tests(const char *group, struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(values_come_back_as_they_were_put, rig),
        on_rig(negative_numbers_keep_their_sign, rig),
        on_rig(empty_is_not_absent, rig),
        on_rig(what_was_read_outlives_the_cursor, rig),
        on_rig(a_megabyte_comes_back_whole, rig),
        on_rig(ids_and_hashes_of_the_right_size_are_read, rig),
        on_rig(a_column_of_the_wrong_size_is_told_at_the_end, rig),
        on_rig(a_column_of_the_wrong_kind_is_told_at_the_end, rig),
        on_rig(binds_find_their_names_in_any_order, rig),
        on_rig(a_parameter_without_a_value_is_refused, rig),
        on_rig(a_value_without_a_parameter_is_refused, rig),
        on_rig(text_that_is_not_utf8_or_has_a_nul_is_not_bound, rig),
        on_rig(a_value_beyond_the_limit_is_refused, rig),
        on_rig(the_same_statement_takes_nothing_and_something_in_turn, rig),
        on_rig(a_statement_is_prepared_once_and_used_many_times, rig),
        on_rig(more_statements_than_the_limit_are_refused, rig),
        on_rig(a_text_that_changed_under_its_address_is_refused, rig),
        on_rig(a_statement_may_be_asked_while_a_cursor_stands_on_it, rig),
        on_rig(a_cursor_may_be_ended_before_its_last_row, rig),
        on_rig(the_number_of_changed_rows_is_told, rig),
        on_rig(returning_is_done_even_when_no_row_is_fetched, rig),
        on_rig(a_second_row_with_the_same_key_or_name_is_a_conflict, rig),
        on_rig(a_broken_check_is_a_conflict, rig),
        on_rig(a_fault_quotes_no_value, rig),
        on_rig(what_must_not_be_null_is_our_own_mistake, rig),
        on_rig(a_statement_the_engine_does_not_know_is_refused, rig),
        on_rig(preparing_only_proves_and_changes_nothing, rig),
        on_rig(a_script_fills_in_types_and_skips_comments, rig),
        on_rig(a_script_that_fails_in_a_transaction_leaves_nothing, rig),
        on_rig(what_was_committed_is_seen_by_others_and_not_before, rig),
        on_rig(what_was_rolled_back_is_gone, rig),
        on_rig(closing_rolls_back, rig),
        on_rig(a_failed_statement_spoils_its_transaction, rig),
        on_rig(a_mistake_in_binding_does_not_spoil, rig),
        on_rig(transactions_do_not_nest_and_do_not_end_twice, rig),
        on_rig(read_only_refuses_to_write, rig),
        on_rig(a_database_without_a_name_is_refused, rig),
    };
    return cmocka_run_group_tests_name(group, tests, NULL, NULL);
}
