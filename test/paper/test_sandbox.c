/* SPDX-License-Identifier: Apache-2.0 */
/* What is gone after the sandbox is up, looked at in a child. */

#include "paper_test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The number of the first thing the child could still do; 0 for nothing. */
static int still_possible(int fd, int file)
{
    struct turn t = {.arena = arena_new()};
    if (paper_sandbox(&t) != ERR_OK) return 1;
    if (fcntl(fd, F_GETFD) != -1) return 2;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return 3;
    if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return 4;
    struct rlimit r;
    if (getrlimit(RLIMIT_CPU, &r) != 0 || r.rlim_max > 60) return 5;
    if (getrlimit(RLIMIT_CORE, &r) != 0 || r.rlim_max != 0) return 6;
    if (getrlimit(RLIMIT_FSIZE, &r) != 0 || r.rlim_max != PAPER_PDF_MAX) return 7;
    signal(SIGXFSZ, SIG_IGN);
    if (pwrite(file, "x", 1, PAPER_PDF_MAX) == 1) return 8;
    if (pwrite(file, "x", 1, 0) != 1) return 9;
    return 0;
}

static void what_is_not_needed_is_given_away(void **state)
{
    (void)state;
    int fd = open("/dev/null", O_RDONLY);
    assert_true(fd > 2);
    char path[] = "/tmp/comity-sandbox-XXXXXX";
    int file = mkstemp(path);
    unlink(path);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(file, 1);
        _exit(still_possible(fd, 1));
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    /* The parent still can: the child's powers went, not the file. */
    assert_int_equal(fcntl(fd, F_GETFD), 0);
    close(fd);
    close(file);
}

int sandbox_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_needed_is_given_away),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
