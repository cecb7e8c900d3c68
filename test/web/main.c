/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of the pages: every group, one after the other. */

#include "web_test.h"

#include <signal.h>

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    int failed = text_tests() + html_tests() + part_tests() + form_tests() + route_tests() +
                 answer_tests() + enter_tests() + pages_tests() + act_tests() + draft_tests() +
                 events_tests() + people_tests() + register_tests() + papers_tests() + api_tests() +
                 mail_tests() + problem_tests() + profile_tests() + shape_tests() + bodies_tests();
    return failed != 0;
}
