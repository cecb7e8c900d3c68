/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/copy.c and src/db/pour.c: a store of either engine becomes one file, and a
 * file becomes a store of either engine, row for row. */

#include "store/store_test.h"

#include <string.h>

enum { ACTS = 150 }; /* more than a server hands out at once */

static const struct store_options copied = {.owner = {{9}}};

/* Every kind of value: whole numbers, texts, bytes, none, and bytes that are empty. */
static void furnish(struct rig *r)
{
    struct store_officer o = {.officer = STR("o-1"), .roles = STR("duty"), .name = STR("Ələsgər")};
    struct store_record bare = rig_record(r, &r->dossier, "tables", 3);
    bare.bulk = (struct bytes){0};
    rig_put(r, &r->dossier, 1, ACTS);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_record_put(&r->turn, r->store, &bare));
    assert_ok(r, store_officer_set(&r->turn, r->store, &o));
    assert_ok(r, store_fact_set(&r->turn, r->store, STR("empty"), STR("")));
    assert_ok(r, store_commit(&r->turn, r->store));
}

static struct db_options where_of(struct rig *r, const char *schema)
{
    return (struct db_options){.engine = r->engine,
                               .where = r->engine == DB_SQLITE ? r->where : r->server.conninfo,
                               .schema = schema};
}

static struct db_options file_of(struct rig *r, const char *name)
{
    struct str path = str_printf(r->arena, "%s/%s", r->folder, name);
    return (struct db_options){.engine = DB_SQLITE, .where = str_c(r->arena, path)};
}

static void found(void *ctx, struct str what, struct str sentence)
{
    (void)ctx;
    fail_msg(STR_FMT ": " STR_FMT, STR_ARG(what), STR_ARG(sentence));
}

/* What a store holds, read with the keys of the first: all that stands in it must open, too. */
static void same(struct rig *r, const struct db_options *at, const struct str *rows, size_t n)
{
    struct store_options o = copied;
    struct store *s;
    struct str *got;
    size_t got_n;
    o.db = *at;
    assert_ok(r, rig_open_at(r, &o, &s));
    assert_ok(r, store_projection_dump(&r->turn, s, &got, &got_n));
    assert_int_equal(got_n, n);
    for (size_t k = 0; k < n; k++)
        if (!str_eq(got[k], rows[k]))
            fail_msg(STR_FMT " is not " STR_FMT, STR_ARG(got[k]), STR_ARG(rows[k]));
    assert_int_equal(store_log_size(s), ACTS + 1);
    assert_ok(r, store_check(&r->turn, s, found, NULL));
    store_close(s);
}

static void a_copy_is_a_file_whatever_the_engine_and_goes_back_into_either(void **state)
{
    struct rig *r = *state;
    struct str *rows;
    size_t n;
    furnish(r);
    assert_ok(r, store_projection_dump(&r->turn, r->store, &rows, &n));
    assert_true(n > 0);
    struct db_options own = where_of(r, NULL), file = file_of(r, "copy.db");
    struct db_options back =
        r->engine == DB_SQLITE ? file_of(r, "back.db") : where_of(r, "put_back");
    assert_ok(r, db_schema_drop(&r->turn, &back)); /* of a test before; else nothing */
    assert_ok(r, store_copy(&r->turn, &own, &file));
    same(r, &file, rows, n);
    assert_ok(r, store_copy(&r->turn, &file, &back));
    same(r, &back, rows, n); /* by another owner: who wrote the first is not copied */
    assert_ok(r, db_schema_drop(&r->turn, &back));
    assert_ok(r, db_schema_drop(&r->turn, &back));
}

static void a_store_that_is_not_there_is_not_copied(void **state)
{
    struct rig *r = *state;
    struct db_options none = r->engine == DB_SQLITE ? file_of(r, "none.db") : where_of(r, "none");
    struct db_options file = file_of(r, "copy.db");
    assert_fault(r, store_copy(&r->turn, &none, &file), ERR_NONE_SUCH, "db-none-such");
}

int copy_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(a_copy_is_a_file_whatever_the_engine_and_goes_back_into_either, rig),
        on_rig(a_store_that_is_not_there_is_not_copied, rig),
    };
    return cmocka_run_group_tests_name("store: copy", tests, NULL, NULL);
}
