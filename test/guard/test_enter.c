/* SPDX-License-Identifier: Apache-2.0 */
/* Powers are given up: the probe inside a row is denied all that it can do outside, and what a row
 * leaves is there. Also tries src/guard/enter.c as root and as somebody else. */

#include "guard_test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int up(void **state)
{
    struct ground *g = test_calloc(1, sizeof *g);
    ground_up(g);
    *state = g;
    return 0;
}

static int down(void **state)
{
    ground_down(*state);
    test_free(*state);
    return 0;
}

/* Without this the denials below would say nothing. */
static void outside_all_twenty_five_are_possible(void **state)
{
    struct ground *g = *state;
    unsigned n = 0;
    for (int k = 0; k < ACTIONS; k++) {
        if (possible(g, &actions[k], GUARD_PROCESSES))
            n++;
        else
            print_message("# outside, this machine forbids to %s\n", actions[k].name);
    }
    assert_int_equal(n, ACTIONS);
    for (int k = 0; k < PRIVILEGED; k++)
        print_message("# outside, %s: %s\n", privileged[k].name,
                      possible(g, &privileged[k], GUARD_PROCESSES) ? "possible"
                                                                   : "forbidden to all here");
}

static void denied_in(struct ground *g, enum guard_process p)
{
    unsigned denied = 0;
    for (int k = 0; k < ACTIONS; k++) {
        if (possible(g, &actions[k], p)) fail_msg("%s can %s", guard_word(p), actions[k].name);
        denied++;
    }
    for (int k = 0; k < PRIVILEGED; k++)
        if (possible(g, &privileged[k], p))
            fail_msg("%s can %s", guard_word(p), privileged[k].name);
    print_message("# %s: %u of %d denied, and %d for the privileged\n", guard_word(p), denied,
                  ACTIONS, PRIVILEGED);
    assert_int_equal(denied, ACTIONS);
}

static void inside_reader_all_twenty_five_are_denied(void **state)
{
    denied_in(*state, GUARD_READER);
}

/* It starts one program, and of the system has no more than that needs. */
static void inside_printer_all_twenty_five_are_denied(void **state)
{
    denied_in(*state, GUARD_PRINTER);
}

static void inside_front_all_twenty_five_are_denied(void **state)
{
    denied_in(*state, GUARD_FRONT_PEERS);
    denied_in(*state, GUARD_FRONT_OFFICERS);
}

/* What the others have beyond it is in their row, and nothing else is. */
static void keeper_desk_and_courier_have_only_what_their_row_says(void **state)
{
    struct ground *g = *state;
    static const enum guard_process others[] = {GUARD_KEEPER, GUARD_DESK, GUARD_COURIER};
    static const char *const courier[] = {"make a socket", "connect"};
    for (size_t p = 0; p < sizeof others / sizeof *others; p++)
        for (int k = 0; k < ACTIONS; k++) {
            bool may = false;
            for (size_t c = 0; others[p] == GUARD_COURIER && c < 2; c++)
                may |= str_is(str_of(courier[c]), actions[k].name);
            if (possible(g, &actions[k], others[p]) != may)
                fail_msg("%s and: %s", guard_word(others[p]), actions[k].name);
        }
}

/* ---- what is left ---------------------------------------------------------------------------- */

static int in_child(int (*go)(void *ctx), void *ctx)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) _exit(go(ctx));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static err enter(enum guard_process p, const char *path, unsigned powers, const char *root)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct guard_entry e = {.process = p, .uid_base = 59400, .root = root};
    if (path) e.places[e.places_n++] = (struct guard_place){path, powers, false};
    err x = guard_probe(&t, &e.ground);
    return x == ERR_OK ? guard_enter(&t, &e) : x;
}

static int messages_still_go(void *ctx)
{
    (void)ctx;
    int two[2];
    char c = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, two) != 0) return 10;
    if (enter(GUARD_READER, NULL, 0, NULL) != ERR_OK) return 11;
    if (send(two[0], "x", 1, 0) != 1 || recv(two[1], &c, 1, 0) != 1 || c != 'x') return 12;
    /* Standard error is the log; nothing else is written to. */
    if (write(two[0], "x", 1) != -1 || errno != EPERM) return 13;
    return 0;
}

static int a_place_is_within_reach(void *ctx)
{
    const struct ground *g = ctx;
    bool is_root = geteuid() == 0;
    if (is_root && chown(g->dir, 59401, 59401) != 0) return 9;
    if (enter(GUARD_KEEPER, g->dir, GUARD_READ | GUARD_WRITE | GUARD_MAKE, g->dir) != ERR_OK)
        return 10;
    const char *fresh = is_root ? "/fresh" : g->fresh; /* its root is that folder */
    int fd = open(fresh, O_WRONLY | O_CREAT, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0) return 11;
    if (open("/etc/passwd", O_RDONLY) >= 0) return 12;
    return 0;
}

static int reading_is_not_writing(void *ctx)
{
    const struct ground *g = ctx;
    if (enter(GUARD_KEEPER, g->dir, GUARD_READ, NULL) != ERR_OK) return 10;
    if (open(g->database, O_RDONLY) < 0) return 11;
    if (open(g->database, O_RDWR) >= 0 || errno != EACCES) return 12;
    if (open(g->fresh, O_WRONLY | O_CREAT, 0600) >= 0) return 13;
    return 0;
}

static int a_missing_place_is_a_fault(void *ctx)
{
    (void)ctx;
    return enter(GUARD_KEEPER, "/nowhere/at/all", GUARD_READ, NULL) == ERR_NOT_ALLOWED ? 0 : 10;
}

static int nobody_looks_in_and_no_core_is_left(void *ctx)
{
    (void)ctx;
    struct rlimit core, files;
    /* Asked before the row forbids asking: the limits are set first and stay. */
    if (enter(GUARD_COURIER, NULL, 0, NULL) != ERR_OK) return 10;
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0) return 11;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur > 1024) return 12;
    return 0;
}

static void what_a_row_leaves_is_there(void **state)
{
    struct ground *g = *state;
    assert_int_equal(in_child(messages_still_go, g), 0);
    assert_int_equal(in_child(reading_is_not_writing, g), 0);
    assert_int_equal(in_child(a_place_is_within_reach, g), 0);
    assert_int_equal(in_child(a_missing_place_is_a_fault, g), 0);
    assert_int_equal(in_child(nobody_looks_in_and_no_core_is_left, g), 0);
}

static int parent(void *ctx)
{
    int *pipe_fd = ctx;
    pid_t pid = fork();
    if (pid == 0) {
        char c = 'x';
        if (enter(GUARD_DESK, NULL, 0, NULL) != ERR_OK) _exit(1);
        if (write(pipe_fd[1], &c, 1) != 1) _exit(1);
        for (;;) (void)poll(NULL, 0, 1000);
    }
    close(pipe_fd[1]);
    char c;
    return read(pipe_fd[0], &c, 1) == 1 ? 0 : 1; /* and is gone */
}

static void a_process_ends_with_its_parent(void **state)
{
    (void)state;
    int fd[2];
    char c;
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(in_child(parent, fd), 0);
    close(fd[1]);
    assert_int_equal(read(fd[0], &c, 1), 0); /* the end, not a byte: its copy was closed */
    close(fd[0]);
}

/* ---- stopped and continued ------------------------------------------------------------------- */

enum { WAITS_MS = 1000 };

static void waits(int fd)
{
    char c = 'x';
    if (enter(GUARD_READER, NULL, 0, NULL) != ERR_OK || send(fd, &c, 1, 0) != 1) _exit(1);
    c = poll(NULL, 0, WAITS_MS) == 0 ? 'y' : 'n';
    (void)send(fd, &c, 1, 0);
    _exit(0);
}

static bool sleeps(pid_t pid)
{
    char path[64], line[256] = {0};
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && read(fd, line, sizeof line - 1) > 0);
    close(fd);
    const char *end = strrchr(line, ')');
    assert_non_null(end);
    return end[2] == 'S';
}

/* The kernel lets a poll that was stopped go on by another call of its own. */
static void a_process_that_was_stopped_goes_on_waiting(void **state)
{
    (void)state;
    int fd[2], status;
    char c;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) waits(fd[1]);
    assert_int_equal(recv(fd[0], &c, 1, 0), 1);
    while (!sleeps(pid)) continue;
    assert_int_equal(kill(pid, SIGSTOP), 0);
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
    assert_int_equal(kill(pid, SIGCONT), 0);
    assert_int_equal(recv(fd[0], &c, 1, 0), 1);
    assert_int_equal(c, 'y');
    assert_int_equal(waitpid(pid, &status, 0), pid);
    close(fd[0]);
    close(fd[1]);
}

int enter_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(outside_all_twenty_five_are_possible, up, down),
        cmocka_unit_test_setup_teardown(inside_reader_all_twenty_five_are_denied, up, down),
        cmocka_unit_test_setup_teardown(inside_front_all_twenty_five_are_denied, up, down),
        cmocka_unit_test_setup_teardown(inside_printer_all_twenty_five_are_denied, up, down),
        cmocka_unit_test_setup_teardown(keeper_desk_and_courier_have_only_what_their_row_says, up,
                                        down),
        cmocka_unit_test_setup_teardown(what_a_row_leaves_is_there, up, down),
        cmocka_unit_test(a_process_ends_with_its_parent),
        cmocka_unit_test(a_process_that_was_stopped_goes_on_waiting),
    };
    return cmocka_run_group_tests_name("enter", tests, NULL, NULL);
}
