/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tests of the post. */

#include "post_test.h"

#include <signal.h>

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return test_reader() + test_form() + test_intake() + test_post() + test_http() + test_mail() +
           test_lines() + test_carried() + test_polling() + test_mailbox() + test_heads() +
           test_segments() + test_back() + test_refused();
}
