/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of the command line: every group, one after the other. */

#include "cli_test.h"

#include <signal.h>

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    int failed = args_tests() + ask_tests() + casework_tests() + cli_tests() + clocks_tests() +
                 evidence_tests() + exhibit_tests() + help_tests() + house_tests() +
                 ledger_tests() + input_tests() + out_tests() + papers_tests() + profile_tests() +
                 show_tests() + tables_tests() + user_tests() + demo_heads_tests() +
                 demo_node_tests() + demo_tests();
    return failed != 0;
}
