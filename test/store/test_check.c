/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/check.c: nothing in a permanent row or in the tree is free to alter. Each
 * alteration stands in a transaction that is taken back, so one store serves all of them. */

#include "store/store_internal.h"
#include "store/store_test.h"

#include <string.h>

enum { ROWS = 13, BENT = 6 }; /* leaves 0 to 6 are of the dossier, the rest of the house */

static int fill(void **state)
{
    if (rig_up(state) != 0) return -1;
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, BENT + 1);
    rig_put(r, &store_house, BENT + 2, ROWS - BENT - 1);
    return 0;
}
#define on_full(test, rig) cmocka_unit_test_prestate_setup_teardown(test, fill, rig_down, rig)

struct findings {
    struct rig *r;
    struct buf list; /* each as "\nwhat: sentence" */
    int n;
};

static void found(void *ctx, struct str what, struct str sentence)
{
    struct findings *f = ctx;
    buf_printf(&f->list, "\n" STR_FMT ": " STR_FMT, STR_ARG(what), STR_ARG(sentence));
    f->n++;
    assert_true(sentence.n > 0);
}

static struct findings look(struct rig *r)
{
    struct findings f = {.r = r, .list = buf_in(r->arena)};
    assert_ok(r, store_check(&r->turn, r->store, found, &f));
    buf_byte(&f.list, 0);
    return f;
}

static void assert_named(const struct findings *f, const char *what, const char *how)
{
    char line[128];
    snprintf(line, sizeof line, "\n%s: ", what);
    if (!strstr((const char *)f->list.p, line))
        fail_msg("%s: %s is not named; found %d:%s", how, what, f->n, (const char *)f->list.p);
}

static void what_is_as_it_was_is_not_complained_about(void **state)
{
    struct rig *r = *state;
    struct findings f = look(r);
    assert_int_equal(f.n, 0);
    rig_reopen(r);
    f = look(r);
    assert_int_equal(f.n, 0);
}

static void an_empty_store_is_in_order(void **state)
{
    struct findings f = look(*state);
    assert_int_equal(f.n, 0);
}

/* ---- plain alterations ----------------------------------------------------------------------- */

struct alteration {
    const char *sql;
    const char *what[3]; /* each must be named */
    err by_name;         /* what asking for record 6 by its name answers then */
};
static const struct alteration alterations[] = {
    {"UPDATE record SET at_ms = at_ms + 1 WHERE leaf = 6", {"record 6"}, ERR_INTEGRITY},
    {"UPDATE record SET at_ms = 0 WHERE leaf = 6", {"record 6"}, ERR_INTEGRITY},
    {"UPDATE record SET kind = 'acts' WHERE leaf = 6", {"record 6"}, ERR_NONE_SUCH},
    {"UPDATE record SET kind = '' WHERE leaf = 6", {"record 6"}, ERR_NONE_SUCH},
    {"UPDATE record SET bulk = NULL WHERE leaf = 6", {"record 6"}, ERR_INTEGRITY},
    {"UPDATE record SET bulk = open WHERE leaf = 6", {"record 6"}, ERR_INTEGRITY},
    {"UPDATE record SET open = rest WHERE leaf = 6", {"record 6"}, ERR_INTEGRITY},
    {"UPDATE record SET rest = open WHERE leaf = 6", {"record 6"}, ERR_INTEGRITY},
    {"UPDATE record SET dossier = subject WHERE leaf = 6", {"record 6"}, ERR_INTEGRITY},
    {"UPDATE record SET dossier = (SELECT dossier FROM record WHERE leaf = 9) WHERE leaf = 6",
     {"record 6"},
     ERR_INTEGRITY},
    {"UPDATE record SET open = (SELECT open FROM record WHERE leaf = 5) WHERE leaf = 6",
     {"record 6"},
     ERR_INTEGRITY},
    {"UPDATE record SET rest = (SELECT rest FROM record WHERE leaf = 5) WHERE leaf = 6",
     {"record 6"},
     ERR_INTEGRITY},
    {"UPDATE record SET bulk = (SELECT bulk FROM record WHERE leaf = 5) WHERE leaf = 6",
     {"record 6"},
     ERR_INTEGRITY},
    {"UPDATE record SET leaf = 13 WHERE leaf = 6", {"record 6", "record 13"}, ERR_INTEGRITY},
    {"UPDATE record SET leaf = -1 WHERE leaf = 6", {"record 6", "record -1"}, ERR_INTEGRITY},
    {"UPDATE record SET leaf = 9223372036854775807 WHERE leaf = 6",
     {"record 6", "record 9223372036854775807"},
     ERR_INTEGRITY},
    {"UPDATE record SET leaf = CASE leaf WHEN 6 THEN -6 ELSE leaf END;\n"
     "UPDATE record SET leaf = 6 WHERE leaf = 5;\nUPDATE record SET leaf = 5 WHERE leaf = -6",
     {"record 5", "record 6"},
     ERR_INTEGRITY},
    {"DELETE FROM record WHERE leaf = 6", {"record 6"}, ERR_NONE_SUCH},
    {"DELETE FROM record WHERE leaf = 0", {"record 0"}, ERR_OK},
    {"DELETE FROM record WHERE leaf = 12", {"record 12"}, ERR_OK},
    {"DELETE FROM record", {"record 0", "record 6", "record 12"}, ERR_NONE_SUCH},
    {"DELETE FROM leaf WHERE leaf = 6", {"leaf 6", "record 6"}, ERR_INTEGRITY},
    {"DELETE FROM leaf WHERE leaf = 0", {"leaf 0", "record 0"}, ERR_OK},
    {"DELETE FROM leaf WHERE leaf = 12", {"record 12", "log"}, ERR_OK},
    {"DELETE FROM leaf", {"record 6", "log", "node level=1 idx=0"}, ERR_INTEGRITY},
    {"UPDATE leaf SET leaf = 13 WHERE leaf = 6",
     {"leaf 6", "record 6", "record 13"},
     ERR_INTEGRITY},
    {"UPDATE leaf SET leaf = -1 WHERE leaf = 6", {"leaf 6", "leaf -1", "record 6"}, ERR_INTEGRITY},
    {"UPDATE leaf SET leaf = 9223372036854775807 WHERE leaf = 6",
     {"leaf 6", "record 6"},
     ERR_INTEGRITY},
    {"UPDATE leaf SET data = (SELECT data FROM leaf WHERE leaf = 5) WHERE leaf = 6",
     {"record 6", "log"},
     ERR_INTEGRITY},
    {"UPDATE leaf SET data = (SELECT open FROM record WHERE leaf = 5) WHERE leaf = 6",
     {"leaf 6", "record 6", "log"},
     ERR_INTEGRITY},
    {"DELETE FROM record WHERE leaf = 12;\nDELETE FROM leaf WHERE leaf = 12", {"log"}, ERR_OK},
    {"DELETE FROM record WHERE leaf = 6;\nDELETE FROM leaf WHERE leaf = 6",
     {"leaf 6", "record 6", "log"},
     ERR_NONE_SUCH},
    {"DELETE FROM dossier_key WHERE dossier = (SELECT dossier FROM record WHERE leaf = 6)",
     {"record 0", "record 6"},
     ERR_INTEGRITY},
    {"UPDATE dossier_key SET wrapped = (SELECT open FROM record WHERE leaf = 0)",
     {"dossier_key 00000000000000000000000000000000",
      "dossier_key d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0", "record 6"},
     ERR_INTEGRITY},
    {"DELETE FROM node WHERE level = 1 AND idx = 2", {"node level=1 idx=2"}, ERR_OK},
    {"DELETE FROM node WHERE level = 3", {"node level=3 idx=0"}, ERR_OK},
    {"UPDATE node SET hash = (SELECT data FROM leaf WHERE leaf = 1) WHERE level = 2 AND idx = 1",
     {"node level=2 idx=1"},
     ERR_OK},
    {"UPDATE node SET idx = 77 WHERE level = 1 AND idx = 3",
     {"node level=1 idx=3", "node level=1 idx=77"},
     ERR_OK},
    {"UPDATE node SET level = 63 WHERE level = 3",
     {"node level=3 idx=0", "node level=63 idx=0"},
     ERR_OK},
    {"UPDATE node SET level = 0 WHERE level = 3",
     {"node level=3 idx=0", "node level=0 idx=0"},
     ERR_OK},
    {"UPDATE node SET idx = -1 WHERE level = 3",
     {"node level=3 idx=0", "node level=3 idx=-1"},
     ERR_OK},
    {"UPDATE node SET level = -9223372036854775807 WHERE level = 3",
     {"node level=3 idx=0", "node level=-9223372036854775807 idx=0"},
     ERR_OK},
};

static void by_name(struct rig *r, err expected, const char *how)
{
    struct id name = id_named(BENT + 1);
    struct store_record got;
    err e = store_record_open(&r->turn, r->store, STR("act"), id_bytes(&name), &got);
    turn_forgive(&r->turn);
    if (e != expected)
        fail_msg("%s: asked by name: expected %s, got %s", how, err_word(expected), err_word(e));
}

static void every_alteration_is_named(void **state)
{
    struct rig *r = *state;
    for (size_t k = 0; k < sizeof alterations / sizeof *alterations; k++) {
        const struct alteration *a = &alterations[k];
        assert_ok(r, store_begin(&r->turn, r->store));
        assert_ok(r, db_script(&r->turn, store_db(r->store), a->sql));
        struct findings f = look(r);
        for (int w = 0; w < 3 && a->what[w]; w++) assert_named(&f, a->what[w], a->sql);
        by_name(r, a->by_name, a->sql);
        store_rollback(r->store);
    }
    struct findings f = look(r);
    assert_int_equal(f.n, 0);
}

/* ---- every bit ------------------------------------------------------------------------------- */

struct column {
    const char *read, *write, *what;
    err by_name; /* ERR_OK: another row than the one asked for */
};
static const struct column columns[] = {
    {"SELECT dossier FROM record WHERE leaf = 6", "UPDATE record SET dossier = :v WHERE leaf = 6",
     "record 6", ERR_INTEGRITY},
    {"SELECT subject FROM record WHERE leaf = 6", "UPDATE record SET subject = :v WHERE leaf = 6",
     "record 6", ERR_NONE_SUCH},
    {"SELECT open FROM record WHERE leaf = 6", "UPDATE record SET open = :v WHERE leaf = 6",
     "record 6", ERR_INTEGRITY},
    {"SELECT rest FROM record WHERE leaf = 6", "UPDATE record SET rest = :v WHERE leaf = 6",
     "record 6", ERR_INTEGRITY},
    {"SELECT bulk FROM record WHERE leaf = 6", "UPDATE record SET bulk = :v WHERE leaf = 6",
     "record 6", ERR_INTEGRITY},
    {"SELECT data FROM leaf WHERE leaf = 6", "UPDATE leaf SET data = :v WHERE leaf = 6", "record 6",
     ERR_INTEGRITY},
    {"SELECT hash FROM node WHERE level = 2 AND idx = 1",
     "UPDATE node SET hash = :v WHERE level = 2 AND idx = 1", "node level=2 idx=1", ERR_OK},
    {"SELECT wrapped FROM dossier_key ORDER BY dossier DESC LIMIT 1",
     "UPDATE dossier_key SET wrapped = :v WHERE dossier IN (SELECT dossier FROM record WHERE "
     "leaf = 6)",
     "dossier_key d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0", ERR_INTEGRITY},
    {"SELECT dossier FROM dossier_key ORDER BY dossier DESC LIMIT 1",
     "UPDATE dossier_key SET dossier = :v WHERE dossier IN (SELECT dossier FROM record WHERE "
     "leaf = 6)",
     "record 6", ERR_INTEGRITY},
};

static struct bytes column_read(struct rig *r, const struct column *c)
{
    struct db_rows rows = db_ask(&r->turn, store_db(r->store), c->read, NULL, 0);
    assert_true(db_next(&rows));
    struct bytes b = db_bytes_at(&rows, 0);
    assert_ok(r, db_done(&rows));
    return b;
}

/* Writes `value` where the column stood, looks, and takes it back. */
static void column_bend(struct rig *r, const struct column *c, struct bytes value, bool absent)
{
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, DB_RUN(&r->turn, store_db(r->store), c->write,
                        {"v", absent ? db_null() : db_blob(value)}));
    struct findings f = look(r);
    assert_named(&f, c->what, c->write);
    by_name(r, c->by_name, c->write);
    store_rollback(r->store);
}

static void no_byte_of_a_column_is_free(void **state)
{
    struct rig *r = *state;
    int bent = 0;
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        struct bytes is = column_read(r, &columns[k]);
        for (size_t at = 0; at < is.n; at++) {
            struct bytes v = bytes_dup(r->arena, is);
            ((uint8_t *)(uintptr_t)v.p)[at] ^= (uint8_t)(1u << (at % 8));
            column_bend(r, &columns[k], v, false);
            bent++;
        }
    }
    assert_true(bent > 300);
    print_message("# %d bits bent, each found\n", bent);
}

static void no_column_may_be_cut_or_lengthened(void **state)
{
    struct rig *r = *state;
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        struct bytes is = column_read(r, &columns[k]);
        uint8_t *longer = arena_take(r->arena, is.n + 1);
        memcpy(longer, is.p, is.n);
        column_bend(r, &columns[k], (struct bytes){longer, is.n + 1}, false);
        column_bend(r, &columns[k], (struct bytes){longer, is.n - 1}, false);
        column_bend(r, &columns[k], (struct bytes){longer, 0}, false);
    }
}

static void long_bytes_that_were_absent_may_not_become_empty(void **state)
{
    struct rig *r = *state;
    struct store_record one = rig_record(r, &r->dossier, "act", 99), got;
    one.bulk = (struct bytes){0};
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_record_put(&r->turn, r->store, &one));
    assert_ok(r, DB_RUN(&r->turn, store_db(r->store), "UPDATE record SET bulk = :v WHERE leaf = 13",
                        {"v", db_blob((struct bytes){(const uint8_t *)"", 0})}));
    assert_fault(r, store_record_at(&r->turn, r->store, 13, &got), ERR_INTEGRITY, "record-altered");
    struct findings f = look(r);
    assert_named(&f, "record 13", "bulk made empty");
    store_rollback(r->store);
}

/* ---- across a restart ------------------------------------------------------------------------ */

static void what_was_altered_while_the_node_was_down_is_found_too(void **state)
{
    struct rig *r = *state;
    assert_ok(r, db_script(&r->turn, store_db(r->store),
                           "DELETE FROM leaf WHERE leaf = 12;\nDELETE FROM record WHERE leaf = 3;\n"
                           "DELETE FROM node WHERE level = 3"));
    rig_reopen(r);
    struct findings f = look(r);
    assert_named(&f, "record 12", "leaf 12 deleted");
    assert_named(&f, "record 3", "record 3 deleted");
    assert_named(&f, "node level=3 idx=0", "node deleted");
}

static void a_log_cut_at_a_complete_pair_shows_in_its_nodes(void **state)
{
    struct rig *r = *state;
    assert_ok(r, db_script(&r->turn, store_db(r->store),
                           "DELETE FROM leaf WHERE leaf >= 11;\n"
                           "DELETE FROM record WHERE leaf >= 11"));
    rig_reopen(r);
    assert_int_equal(store_log_size(r->store), 11);
    struct findings f = look(r);
    assert_named(&f, "node level=1 idx=5", "the newest rows cut off");
}

static void a_keeper_that_is_gone_does_not_make_rows_look_altered_in_silence(void **state)
{
    struct rig *r = *state;
    r->refuse = true;
    struct findings f = look(r);
    assert_true(f.n > 0);
    assert_named(&f, "record 0", "keeper gone");
}

int check_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(an_empty_store_is_in_order, rig),
        on_full(what_is_as_it_was_is_not_complained_about, rig),
        on_full(every_alteration_is_named, rig),
        on_full(no_byte_of_a_column_is_free, rig),
        on_full(no_column_may_be_cut_or_lengthened, rig),
        on_full(long_bytes_that_were_absent_may_not_become_empty, rig),
        on_full(what_was_altered_while_the_node_was_down_is_found_too, rig),
        on_full(a_log_cut_at_a_complete_pair_shows_in_its_nodes, rig),
        on_full(a_keeper_that_is_gone_does_not_make_rows_look_altered_in_silence, rig),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
