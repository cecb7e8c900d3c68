/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of store, all of them on SQLite and then on a real PostgreSQL. Without that the second
 * half fails. */

#include "store/store_test.h"

static int all(struct rig *rig)
{
    return store_tests(rig) + statements_tests(rig) + row_tests(rig) + record_tests(rig) +
           recent_tests(rig) + log_tests(rig) + dossier_tests(rig) + act_tests(rig) +
           line_tests(rig) + arriving_tests(rig) + held_tests(rig) + house_tests(rig) +
           people_tests(rig) + access_tests(rig) + brief_tests(rig) + check_tests(rig) +
           entry_tests(rig) + carriage_tests(rig) + copy_tests(rig) + matter_tests(rig) +
           writer_tests(rig);
}

int main(void)
{
    struct rig sqlite = {.engine = DB_SQLITE}, postgres = {.engine = DB_POSTGRES};
    int failed = all(&sqlite);
    bool up = postgres_start(&postgres.server);
    if (!up) fprintf(stderr, "no PostgreSQL: its tests will fail\n");
    failed += all(&postgres);
    postgres_stop(&postgres.server);
    return failed != 0 || !up;
}
