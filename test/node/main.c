/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tests of the node. */

#include "node_test.h"

#include <signal.h>
#include <sys/stat.h>

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    umask(077);
    return test_system() + test_config() + test_database() + test_carry() + test_keeper() +
           test_init() + test_serve() + test_line() + test_part_keeper() + test_door() +
           test_press() + test_mail() + test_restore();
}
