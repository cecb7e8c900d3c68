/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of law: every group, one after the other. */

#include "law_test.h"

int main(void)
{
    int failed = bases_tests() + clocks_tests() + cond_tests() + coverage_tests() + index_tests() +
                 kinds_tests() + src_tests() + decide_tests() + expand_tests() + fold_tests() +
                 fuzz_tests() + guards_tests() + judge_tests() + link_tests() + load_tests() +
                 look_tests() + mutated_tests() + options_tests() + particulars_tests() +
                 properties_tests() + record_tests() + said_tests() + schema_tests() +
                 shape_tests() + tables_tests() + treaty_tests() + verdict_tests();
    return failed != 0;
}
