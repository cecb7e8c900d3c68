/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tests of the post. What it logs goes nowhere: the tests look at what was recorded. */

#include "post_test.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return test_reader() + test_form() + test_intake() + test_post() + test_http();
}
