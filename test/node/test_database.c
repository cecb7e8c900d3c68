/* SPDX-License-Identifier: Apache-2.0 */
/* Where a node's database is, and by what it knows its folder. That it works is shown by the
 * journeys on a real server. */

#include "db/db.h"
#include "node_test.h"

#include <string.h>
#include <unistd.h>

static void it_is_a_file_or_a_schema_of_the_nodes_own(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct node_config c = {.authorities = {STR("XN/csb-2")}, .authorities_n = 1};
    struct db_options o;
    node_database_of(p.a, p.dir, &c, &o);
    assert_int_equal(o.engine, DB_SQLITE);
    assert_str(str_of(o.where), node_path(p.a, p.dir, "comity.db"));
    assert_null(o.schema);
    c.database = STR("host=/run/postgresql");
    node_database_of(p.a, p.dir, &c, &o);
    assert_int_equal(o.engine, DB_POSTGRES);
    assert_str(str_of(o.where), "host=/run/postgresql");
    assert_str(str_of(o.schema), "node_xn_csb_2");
    place_end(&p);
}

static void a_missing_file_is_no_fault_of_a_node_on_a_server(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct node_config c = {.authorities_n = 1};
    assert_err(&p, ERR_INTEGRITY, "store-missing", node_database_there(&p.t, p.dir, &c));
    c.database = STR("host=/run/postgresql");
    assert_ok(&p, node_database_there(&p.t, p.dir, &c));
    assert_ok(&p, node_database_files(&p.t, p.dir, &c));
    assert_int_not_equal(access(node_path(p.a, p.dir, "comity.db-wal"), F_OK), 0);
    place_end(&p);
}

static void a_folder_keeps_its_owner(void **state)
{
    (void)state;
    struct place p;
    struct id first, again;
    place_make(&p);
    assert_ok(&p, node_owner(&p.t, p.dir, &first));
    assert_ok(&p, node_owner(&p.t, p.dir, &again));
    assert_true(id_eq(&first, &again));
    const char *path = node_path(p.a, p.dir, "owner");
    assert_ok(&p, file_write(&p.t, path, str_bytes(STR("nobody")), 0600));
    assert_err(&p, ERR_INTEGRITY, "owner", node_owner(&p.t, p.dir, &again));
    place_end(&p);
}

static void settings_name_a_database_and_no_password(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    assert_ok(&p, db_where_check(&p.t, "host=10.0.0.1 dbname=comity passfile=/etc/comity/pass"));
    static const char *const texts[] = {"host=a password=secret", "postgresql://a:secret@b/c",
                                        "no = such ="};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_err(&p, ERR_REJECTED, "db-where", db_where_check(&p.t, texts[i]));
        assert_null(strstr(p.t.fault.sentence, "secret"));
    }
    place_end(&p);
}

int test_database(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_file_or_a_schema_of_the_nodes_own),
        cmocka_unit_test(a_missing_file_is_no_fault_of_a_node_on_a_server),
        cmocka_unit_test(a_folder_keeps_its_owner),
        cmocka_unit_test(settings_name_a_database_and_no_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
