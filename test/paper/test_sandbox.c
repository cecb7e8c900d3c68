/* SPDX-License-Identifier: Apache-2.0 */
/* What is gone after the sandbox is up, looked at in a child. */

#include "paper_test.h"

#include <errno.h>
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
    if (open("/etc/passwd", O_RDONLY) < 0 || open("/tmp", O_RDONLY) < 0) return 20;
    if (paper_sandbox(&t, NULL) != ERR_OK) return 1;
    if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES) return 10;
    if (open("/tmp", O_RDONLY) >= 0 || open("/tmp/comity-never", O_CREAT | O_WRONLY, 0600) >= 0)
        return 11;
    if (open("/proc/self/mem", O_RDWR) >= 0) return 12;
    if (open(PAPER_FONTS "/truetype/noto/NotoSans-Regular.ttf", O_WRONLY) >= 0) return 13;
    int font = open(PAPER_FONTS "/truetype/noto/NotoSans-Regular.ttf", O_RDONLY);
    if (font < 0) return 14;
    close(font);
    if (execl("/bin/true", "true", NULL) == 0 || errno != EACCES) return 15;
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

static void without_fonts_nothing_is_begun(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        struct turn t = {.arena = arena_new()};
        bool good = paper_sandbox(&t, "/nowhere") == ERR_NONE_SUCH && t.fault.sentence[0];
        _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int sandbox_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_needed_is_given_away),
        cmocka_unit_test(without_fonts_nothing_is_begun),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
