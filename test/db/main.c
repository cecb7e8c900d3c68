/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of db: what holds for both engines on each of them, then what is one engine's own. The
 * PostgreSQL is a real one; without it the tests that need it fail. */

#include "db/db_test.h"

int main(void)
{
    struct rig sqlite = {.engine = DB_SQLITE}, postgres = {.engine = DB_POSTGRES};
    int failed = sql_tests() + vfs_tests() + disk_tests();
    failed += db_tests("db on SQLite", &sqlite) + sqlite_tests(&sqlite);
    bool up = postgres_start(&postgres.server);
    if (!up) fprintf(stderr, "no PostgreSQL: its tests will fail\n");
    failed += db_tests("db on PostgreSQL", &postgres) + postgres_tests(&postgres);
    postgres_stop(&postgres.server);
    return failed != 0 || !up;
}
