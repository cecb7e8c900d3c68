/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of the command line: every group, one after the other. */

#include "cli_test.h"

#include <signal.h>

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    int failed = args_tests() + help_tests() + show_tests() + clocks_tests() + out_tests() +
                 input_tests() + ask_tests() + casework_tests() + papers_tests() +
                 evidence_tests() + house_tests() + user_tests() + tables_tests() + cli_tests() +
                 demo_heads_tests() + demo_node_tests() + demo_tests();
    return failed != 0;
}
