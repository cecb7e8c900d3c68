/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of proof: every group, one after the other. */

#include "proof_test.h"

int main(void)
{
    int failed = words_tests() + field_tests() + bare_tests() + leaf_tests() + receipt_tests() +
                 summary_tests() + profile_tests() + export_tests() + verify_tests() +
                 form_tests() + inside_tests() + trust_tests() + policy_tests() + view_tests() +
                 flip_tests() + fuzz_tests() + tools_tests();
    return failed != 0;
}
