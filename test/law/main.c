/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of law: every group, one after the other. */

#include "law_test.h"

int main(void)
{
    int failed = bases_tests() + calendars_tests() + changes_tests() + clocks_tests() +
                 cond_tests() + coverage_tests() + dates_tests() + days_tests() + decide_tests() +
                 expand_tests() + explain_tests() + fold_tests() + fuzz_tests() + guards_tests() +
                 index_tests() + judge_tests() + kinds_tests() + link_tests() + linked_tests() +
                 load_tests() + look_tests() + mutated_tests() + options_tests() +
                 particulars_tests() + preflight_tests() + properties_tests() + record_tests() +
                 said_tests() + schema_tests() + sense_tests() + shape_tests() + src_tests() +
                 tables_tests() + verdict_tests() + treaty_tests() + worksheet_tests();
    return failed != 0;
}
