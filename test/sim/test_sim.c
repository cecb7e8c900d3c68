/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator itself: the same seed does the same, and what injects nothing fails. */

#include "sim/sim_test.h"

#include <string.h>

static void a_fault_hits_only_the_steps_it_can(void **state)
{
    (void)state;
    assert_true(sim_can_hit(SIM_KILL, R6));
    assert_false(sim_can_hit(SIM_DROP, S2));
}

int sim_tests(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_fault_hits_only_the_steps_it_can)};
    return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
