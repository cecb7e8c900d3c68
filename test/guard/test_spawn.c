/* SPDX-License-Identifier: Apache-2.0 */
/* Forked processes have the descriptors named and no others. Also tries src/guard/table.c,
 * src/guard/seccomp.c and src/guard/landlock.c by what they are made of. */

#include "guard_test.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DESCRIPTORS = 6 };

struct seen {
    int fd[DESCRIPTORS], keep[2];
};

static void look(void *ctx)
{
    const struct seen *s = ctx;
    sigset_t set;
    for (int k = 0; k < DESCRIPTORS; k++) {
        bool kept = s->fd[k] == s->keep[0] || s->fd[k] == s->keep[1];
        if ((fcntl(s->fd[k], F_GETFD) >= 0) != kept) _exit(2);
    }
    if (fcntl(STDERR_FILENO, F_GETFD) < 0) _exit(3);
    if (sigprocmask(SIG_BLOCK, NULL, &set) != 0) _exit(4);
    if (!sigismember(&set, SIGTERM) || sigismember(&set, SIGUSR1)) _exit(5);
    _exit(7);
}

static void only_the_descriptors_named_stay_open(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct seen s;
    int pid, status;
    for (int k = 0; k < DESCRIPTORS; k++) s.fd[k] = open("/dev/null", O_RDONLY);
    s.keep[0] = s.fd[4];
    s.keep[1] = s.fd[1];
    assert_int_equal(guard_spawn(&t, s.keep, 2, look, &s, &pid), ERR_OK);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
    for (int k = 0; k < DESCRIPTORS; k++) close(s.fd[k]);
}

static void come_back(void *ctx) { (void)ctx; }

static void a_child_that_comes_back_ends(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    int pid, status;
    assert_int_equal(guard_spawn(&t, NULL, 0, come_back, NULL, &pid), ERR_OK);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

/* ---- the table ------------------------------------------------------------------------------- */

static size_t calls_of(enum guard_process p)
{
    size_t n = 0;
    for (int k = 0; k < GROUPS_MAX && guard_row(p)->groups[k]; k++)
        for (const int *c = guard_row(p)->groups[k]; *c != GUARD_END; c++) n++;
    return n;
}

static void rows_are_whole_and_the_reader_has_the_least(void **state)
{
    (void)state;
    for (int p = 0; p < GUARD_PROCESSES; p++) {
        enum guard_process x = (enum guard_process)p;
        assert_true(strlen(guard_word(x)) > 0);
        assert_true(guard_row(x)->files_max > 0);
        for (int q = 0; q < p; q++) {
            enum guard_process y = (enum guard_process)q;
            assert_int_not_equal(guard_uid(x, 59400), guard_uid(y, 59400));
            assert_string_not_equal(guard_word(x), guard_word(y));
        }
        if (x != GUARD_READER) assert_true(calls_of(x) > calls_of(GUARD_READER));
    }
    assert_true(calls_of(GUARD_READER) <= 16);
}

static void this_machine_has_landlock(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct guard_ground g;
    assert_int_equal(guard_probe(&t, &g), ERR_OK);
    assert_int_equal(g.landlock_abi, landlock_abi());
    print_message("# Landlock ABI %d, %s\n", g.landlock_abi, g.is_root ? "as root" : "not as root");
}

int spawn_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_descriptors_named_stay_open),
        cmocka_unit_test(a_child_that_comes_back_ends),
        cmocka_unit_test(rows_are_whole_and_the_reader_has_the_least),
        cmocka_unit_test(this_machine_has_landlock),
    };
    return cmocka_run_group_tests_name("spawn", tests, NULL, NULL);
}
