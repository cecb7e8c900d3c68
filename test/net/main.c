/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of net: every group, one after the other. */

#include "net_test.h"

#include <signal.h>

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* as the node does */
    int failed = timer_tests() + loop_tests() + frame_tests() + link_tests() + local_tests() +
                 ask_tests() + server_tests() + place_tests() + stream_tests() + tls_tests() +
                 request_tests() + drain_tests() + client_tests() + call_tests() + mail_tests() +
                 maildir_tests();
    pairs_forget();
    return failed != 0;
}
