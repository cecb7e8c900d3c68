/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/store.c: opening, transactions, clearing and reading out projections. */

#include "store/store_test.h"

#include <string.h>

static void a_store_without_its_tables_is_not_opened_unless_asked_to_make_them(void **state)
{
    struct rig *r = *state;
    assert_ok(r, db_script(&r->turn, store_db(r->store), "DROP TABLE leaf"));
    struct store *s = NULL;
    const char *where = r->engine == DB_SQLITE ? r->where : r->server.conninfo;
    if (r->engine == DB_SQLITE) /* a file knows which table it should have */
        assert_fault(r, rig_try_open(r, where, false, &s), ERR_INTEGRITY, "store-schema");
    else
        assert_fault(r, rig_try_open(r, where, false, &s), ERR_INTERNAL, "db-failed");
    assert_null(s);
    assert_ok(r, rig_try_open(r, where, true, &s));
    store_close(s);
}

static void making_the_tables_again_changes_nothing(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 3);
    store_close(r->store);
    r->store = NULL;
    const char *where = r->engine == DB_SQLITE ? r->where : r->server.conninfo;
    assert_ok(r, rig_try_open(r, where, true, &r->store));
    assert_int_equal(store_log_size(r->store), 3);
}

static void a_store_in_memory_does_all_the_same(void **state)
{
    struct rig *r = *state;
    if (r->engine != DB_SQLITE) return; /* the other engine has no such thing */
    store_close(r->store);
    r->store = NULL;
    assert_ok(r, rig_try_open(r, ":memory:", true, &r->store));
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_key_make(&r->turn, r->store, &r->dossier));
    assert_ok(r, store_commit(&r->turn, r->store));
    rig_put(r, &r->dossier, 1, 5);
    struct store_record got;
    assert_ok(r, store_record_at(&r->turn, r->store, 4, &got));
    assert_int_equal(got.at_ms, 1005);
}

static void a_rollback_takes_back_rows_and_edge(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 5);
    struct hash before, after;
    store_log_root(r->store, &before);
    assert_ok(r, store_begin(&r->turn, r->store));
    for (uint8_t k = 10; k < 20; k++) {
        struct store_record one = rig_record(r, &r->dossier, "act", k);
        assert_ok(r, store_record_put(&r->turn, r->store, &one));
    }
    assert_int_equal(store_log_size(r->store), 15);
    store_rollback(r->store);
    assert_int_equal(store_log_size(r->store), 5);
    store_log_root(r->store, &after);
    assert_true(hash_eq(&before, &after));
    assert_int_equal(rig_int(r, "SELECT count(*) FROM record"), 5);
    assert_int_equal(rig_int(r, "SELECT count(*) FROM node"), 3);
    rig_put(r, &r->dossier, 10, 1); /* and the log grows on from there */
    assert_int_equal(store_log_size(r->store), 6);
}

static void a_rollback_forgets_keys_that_were_made_in_it(void **state)
{
    struct rig *r = *state;
    struct id fresh = id_named(0xee);
    struct store_record one = rig_record(r, &fresh, "act", 1);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_key_make(&r->turn, r->store, &fresh));
    assert_ok(r, store_record_put(&r->turn, r->store, &one));
    store_rollback(r->store);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_fault(r, store_record_put(&r->turn, r->store, &one), ERR_INTEGRITY, "key-missing");
    store_rollback(r->store);
}

static void a_commit_that_fails_takes_back_edge_and_keys(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 1);
    struct id fresh = id_named(0xee);
    struct store_record one = rig_record(r, &fresh, "act", 2);
    struct store_record twice = rig_record(r, &r->dossier, "act", 1);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_key_make(&r->turn, r->store, &fresh));
    assert_ok(r, store_record_put(&r->turn, r->store, &one));
    assert_fault(r, store_record_put(&r->turn, r->store, &twice), ERR_CONFLICT, "db-unique");
    assert_fault(r, store_commit(&r->turn, r->store), ERR_CONFLICT, "db-spoiled");
    assert_int_equal(store_log_size(r->store), 1);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_fault(r, store_record_put(&r->turn, r->store, &one), ERR_INTEGRITY, "key-missing");
    store_rollback(r->store);
}

static void what_was_not_committed_when_the_node_ended_left_nothing(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 2);
    struct id fresh = id_named(0xee);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_key_make(&r->turn, r->store, &fresh));
    struct store_record one = rig_record(r, &fresh, "act", 9);
    assert_ok(r, store_record_put(&r->turn, r->store, &one));
    assert_ok(r, store_fact_set(&r->turn, r->store, STR("serial"), STR("9")));
    rig_reopen(r);
    assert_int_equal(store_log_size(r->store), 2);
    struct store_record got;
    struct str value;
    assert_fault(r, store_record_get(&r->turn, r->store, "act", one.subject, &got), ERR_NONE_SUCH,
                 "none-such");
    assert_fault(r, store_fact(&r->turn, r->store, "serial", &value), ERR_NONE_SUCH,
                 "fact-none-such");
    assert_int_equal(rig_int(r, "SELECT count(*) FROM dossier_key"), 2);
    assert_int_equal(rig_int(r, "SELECT count(*) FROM leaf"), 2);
}

static void begin(struct rig *r) { assert_ok(r, store_begin(&r->turn, r->store)); }

/* A node of an older program: tables that had other columns, or were not there yet. */
static void clearing_gives_projections_their_shape_of_today(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_officer o = {.officer = STR("o-1"), .roles = STR("duty")}, *all;
    struct store_brief b = {.dossier = id_named(1), .marks = STR("done")};
    struct store_session x = {hash_named(1), STR("o-1"), STR("link"), 1, 1};
    size_t n;
    assert_ok(r, store_officers(t, r->store, &all, &n)); /* a statement that is prepared already */
    assert_ok(r, db_script(t, store_db(r->store),
                           "DROP TABLE brief;\nDROP TABLE session;\nDROP TABLE officer;\n"
                           "CREATE TABLE officer (officer TEXT PRIMARY KEY, post TEXT NOT NULL)"));
    begin(r);
    assert_ok(r, store_projection_clear(t, r->store));
    assert_ok(r, store_officer_set(t, r->store, &o));
    assert_ok(r, store_brief_set(t, r->store, &b));
    assert_ok(r, store_session_put(t, r->store, &x));
    assert_ok(r, store_officers(t, r->store, &all, &n));
    assert_ok(r, store_commit(t, r->store));
    assert_int_equal(n, 1);
    assert_str(all[0].roles, "duty");
}

static void clearing_empties_projections_and_nothing_else(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 4);
    begin(r);
    struct store_draft d = {.label = STR("d1"), .body = str_bytes(STR("x"))};
    assert_ok(r, store_fact_set(&r->turn, r->store, STR("a"), STR("b")));
    assert_ok(r, store_draft_put(&r->turn, r->store, &d));
    assert_ok(r, store_commit(&r->turn, r->store));
    begin(r);
    assert_ok(r, store_projection_clear(&r->turn, r->store));
    struct str *rows;
    size_t n;
    assert_ok(r, store_projection_dump(&r->turn, r->store, &rows, &n));
    assert_int_equal(n, 0);
    assert_int_equal(rig_int(r, "SELECT count(*) FROM record"), 4);
    assert_int_equal(rig_int(r, "SELECT count(*) FROM leaf"), 4);
    assert_int_equal(rig_int(r, "SELECT count(*) FROM dossier_key"), 2);
    assert_int_equal(rig_int(r, "SELECT count(*) FROM draft"), 1);
    store_rollback(r->store);
    assert_ok(r, store_projection_dump(&r->turn, r->store, &rows, &n));
    assert_int_equal(n, 4);
    assert_int_equal(store_log_size(r->store), 4);
}

static void a_dump_names_table_key_and_every_column(void **state)
{
    struct rig *r = *state;
    struct store_peer p = {.address = STR("XM/dts"), .state = STR("XM"), .stage = STR("pinned")};
    assert_ok(r, store_fact_set(&r->turn, r->store, STR("b"), STR("two \"words\"\n")));
    assert_ok(r, store_fact_set(&r->turn, r->store, STR("a"), STR("")));
    assert_ok(r, store_peer_set(&r->turn, r->store, &p));
    struct id act = id_named(1);
    struct store_act a = {.id = act, .dossier = r->dossier, .leaf = -1, .way = STR("out")};
    assert_ok(r, store_act_set(&r->turn, r->store, &a));
    struct str *rows;
    size_t n;
    assert_ok(r, store_projection_dump(&r->turn, r->store, &rows, &n));
    assert_int_equal(n, 4);
    assert_true(str_starts(rows[0], "act id=01010101010101010101010101010101 dossier=d0"));
    assert_non_null(strstr(str_c(r->arena, rows[0]), " leaf=-1 "));
    assert_true(str_ends(rows[0], " idem=-"));
    assert_true(str_starts(rows[1], "peer address=\"XM/dts\" state=\"XM\" node=\"\" "));
    assert_str(rows[2], "fact name=\"a\" value=\"\"");
    assert_str(rows[3], "fact name=\"b\" value=\"two \\\"words\\\"\\n\"");
}

int store_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(a_store_without_its_tables_is_not_opened_unless_asked_to_make_them, rig),
        on_rig(making_the_tables_again_changes_nothing, rig),
        on_rig(a_store_in_memory_does_all_the_same, rig),
        on_rig(a_rollback_takes_back_rows_and_edge, rig),
        on_rig(a_rollback_forgets_keys_that_were_made_in_it, rig),
        on_rig(a_commit_that_fails_takes_back_edge_and_keys, rig),
        on_rig(what_was_not_committed_when_the_node_ended_left_nothing, rig),
        on_rig(clearing_empties_projections_and_nothing_else, rig),
        on_rig(clearing_gives_projections_their_shape_of_today, rig),
        on_rig(a_dump_names_table_key_and_every_column, rig),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
