/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/db/sql.c: what becomes a number, what is left alone, and where a statement ends. */

#include "db/db_test.h"
#include "db/db_internal.h"

#include <string.h>

static int turn_up(void **state)
{
    struct arena *a = arena_new();
    struct turn *t = arena_take(a, sizeof *t);
    t->arena = a;
    *state = t;
    return 0;
}

static int turn_down(void **state)
{
    arena_free(((struct turn *)*state)->arena);
    return 0;
}

static void each_name_gets_one_number_in_the_order_of_first_use(void **state)
{
    struct turn *t = *state;
    struct db_sql q;
    assert_ok(db_sql_number(t, t->arena, "SELECT :b, :a_2, :b WHERE x=:c", '?', &q));
    assert_string_equal(q.text, "SELECT ?1, ?2, ?1 WHERE x=?3");
    assert_int_equal(q.names_n, 3);
    assert_true(str_is(q.names[0], "b"));
    assert_true(str_is(q.names[1], "a_2"));
    assert_true(str_is(q.names[2], "c"));
    assert_ok(db_sql_number(t, t->arena, ":k", '$', &q));
    assert_string_equal(q.text, "$1");
    assert_ok(db_sql_number(t, t->arena, "", '$', &q));
    assert_string_equal(q.text, "");
}

static void quotes_comments_and_casts_are_left_alone(void **state)
{
    static const char *const texts[] = {
        "SELECT ':a', 'it''s :b', \":c\"",
        "SELECT 1 -- :a 'open\n, 2",
        "SELECT /* :a ' */ 1",
        "SELECT 1::text",
        "SELECT 'never closed :a",
        "SELECT 1 /* never closed :a",
        "SELECT 1 -- :a",
    };
    struct turn *t = *state;
    struct db_sql q;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_ok(db_sql_number(t, t->arena, texts[i], '?', &q));
        assert_string_equal(q.text, texts[i]);
        assert_int_equal(q.names_n, 0);
    }
    assert_ok(db_sql_number(t, t->arena, "SELECT ':a' -- :b\n, :c", '?', &q));
    assert_string_equal(q.text, "SELECT ':a' -- :b\n, ?1");
}

static void a_colon_without_a_name_is_refused(void **state)
{
    struct turn *t = *state;
    struct db_sql q;
    assert_fault(t, db_sql_number(t, t->arena, "SELECT : a", '?', &q), ERR_INTERNAL, "db-sql");
    assert_fault(t, db_sql_number(t, t->arena, "SELECT :", '?', &q), ERR_INTERNAL, "db-sql");
}

static void more_names_than_the_limit_are_refused(void **state)
{
    struct turn *t = *state;
    struct db_sql q;
    struct buf b = buf_in(t->arena);
    for (int i = 0; i < DB_BINDS_MAX; i++) buf_printf(&b, ":p%d,", i);
    assert_ok(db_sql_number(t, t->arena, str_c(t->arena, buf_as_str(&b)), '?', &q));
    assert_int_equal(q.names_n, DB_BINDS_MAX);
    buf_str(&b, STR(":more"));
    assert_fault(t, db_sql_number(t, t->arena, str_c(t->arena, buf_as_str(&b)), '?', &q),
                 ERR_INTERNAL, "db-sql");
}

static void a_text_beyond_the_limit_is_refused(void **state)
{
    struct turn *t = *state;
    struct db_sql q;
    char *text = arena_take(t->arena, DB_SQL_MAX + 2);
    memset(text, 'x', DB_SQL_MAX);
    assert_ok(db_sql_number(t, t->arena, text, '?', &q));
    text[DB_SQL_MAX] = 'x';
    assert_fault(t, db_sql_number(t, t->arena, text, '?', &q), ERR_INTERNAL, "db-sql");
}

static const struct db_types types = {"INTEGER", "BLOB", "STRICT"};

static void a_script_is_cut_at_semicolons_that_end_a_line(void **state)
{
    static const char *const expected[] = {
        "CREATE TABLE a (k INTEGER, d BLOB) STRICT;",
        "INSERT INTO a VALUES (';\n', 1); SELECT 2;",
        "-- not this ;\nSELECT \"{x}\";",
        "SELECT 3",
    };
    struct turn *t = *state;
    struct str rest = STR("\n CREATE TABLE a (k {int}, d {bytes}) {strict};\n"
                          "INSERT INTO a VALUES (';\n', 1); SELECT 2;\n\n"
                          "-- not this ;\nSELECT \"{x}\";\nSELECT 3\n");
    const char *text = NULL;
    bool done = false;
    for (size_t i = 0; i < 4; i++) {
        assert_ok(db_sql_next(t, &rest, &types, &text, &done));
        assert_false(done);
        assert_string_equal(text, expected[i]);
    }
    assert_ok(db_sql_next(t, &rest, &types, &text, &done));
    assert_true(done);
}

static void a_type_that_is_not_known_is_refused(void **state)
{
    struct turn *t = *state;
    const char *text = NULL;
    bool done = false;
    struct str rest = STR("CREATE TABLE a (k {float})");
    assert_fault(t, db_sql_next(t, &rest, &types, &text, &done), ERR_INTERNAL, "db-sql");
    rest = STR("CREATE TABLE a (k {int");
    assert_fault(t, db_sql_next(t, &rest, &types, &text, &done), ERR_INTERNAL, "db-sql");
}

int sql_tests(void)
{
#define row(test) cmocka_unit_test_setup_teardown(test, turn_up, turn_down)
    const struct CMUnitTest tests[] = {
        row(each_name_gets_one_number_in_the_order_of_first_use),
        row(quotes_comments_and_casts_are_left_alone),
        row(a_colon_without_a_name_is_refused),
        row(more_names_than_the_limit_are_refused),
        row(a_text_beyond_the_limit_is_refused),
        row(a_script_is_cut_at_semicolons_that_end_a_line),
        row(a_type_that_is_not_known_is_refused),
    };
#undef row
    return cmocka_run_group_tests_name("sql", tests, NULL, NULL);
}
