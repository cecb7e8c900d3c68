/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of the ledger: every group, one after the other. */

#include "ledger_test.h"

int main(void)
{
    int failed = leaf_tests() + tree_tests() + proof_tests() + verify_tests() + checkpoint_tests() +
                 vkey_tests() + note_tests() + tile_tests() + origin_tests() + fuzz_tests() +
                 second_tests() + cosign_tests() + add_tests();
    return failed != 0;
}
