/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/sim, which see that the simulator sees. */

#include "sim/sim_test.h"

int main(void) { return sim_tests(); }
