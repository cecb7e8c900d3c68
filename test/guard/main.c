/* SPDX-License-Identifier: Apache-2.0 */
#include "guard_test.h"

int main(void) { return spawn_tests() + enter_tests() != 0; }
