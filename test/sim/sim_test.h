/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SIM_TEST_H
#define COMITY_SIM_TEST_H
/* What the tests of the simulator share. */

#include "sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

int sim_tests(void);

#endif
