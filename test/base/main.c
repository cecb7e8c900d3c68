/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of base: every group, one after the other. */

#include "base_test.h"

int main(void)
{
    int failed = arena_tests() + buf_tests() + fault_tests() + file_tests() + hex_tests() +
                 log_tests() + text_tests() + time_tests();
    return failed != 0;
}
