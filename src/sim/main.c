/* SPDX-License-Identifier: Apache-2.0 */
/* comity-simulate: see sim.h. It is a program of its own, so that nothing that is broken on purpose
 * or protects nothing is part of the one that serves. */

#include "sim/sim.h"

int main(int argc, char **argv) { return sim_main(argc, argv); }
