/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's nodes: they get out of each other's way, and nothing of them stays behind. */

#include "cli_test.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A node is one process and those it forked, which have other names. */
static bool is_broker(const char *pid)
{
    char path[300], name[32] = "";
    snprintf(path, sizeof path, "/proc/%s/comm", pid);
    FILE *f = fopen(path, "r");
    if (!f) return false;
    bool read = fgets(name, sizeof name, f) != NULL;
    fclose(f);
    return read && strcmp(name, "comity\n") == 0;
}

/* The processes that serve a folder below this one, by their command lines. */
static int serving_below(const char *dir, bool brokers_only)
{
    DIR *all = opendir("/proc");
    int n = 0;
    assert_non_null(all);
    for (const struct dirent *e; (e = readdir(all));) {
        char path[300], line[4096];
        snprintf(path, sizeof path, "/proc/%s/cmdline", e->d_name);
        FILE *f = e->d_name[0] >= '0' && e->d_name[0] <= '9' ? fopen(path, "r") : NULL;
        if (!f) continue;
        size_t have = fread(line, 1, sizeof line, f);
        fclose(f);
        if (memmem(line, have, dir, strlen(dir)) && memmem(line, have, "serve", 5) &&
            (!brokers_only || is_broker(e->d_name)))
            n++;
    }
    closedir(all);
    return n;
}

/* Looks until it is so, a look each few milliseconds, at most for half a minute. */
static bool comes_true(bool (*is_so)(const char *dir), const char *dir)
{
    for (int k = 0; k < 6000; k++) {
        if (is_so(dir)) return true;
        poll(NULL, 0, 5);
    }
    return false;
}

static bool both_serve(const char *dir) { return serving_below(dir, true) == 2; }
static bool none_serves(const char *dir) { return serving_below(dir, false) == 0; }

static void ended_by(struct bench *b, int sig, int exit_code)
{
    const char *keep = bench_file(b, sig == SIGKILL ? "killed" : "stopped", NULL);
    int status;
    pid_t pid = run_start(b->arena, "demo", "--check", "--keep", keep, NULL);
    assert_true(comes_true(both_serve, keep));
    kill(pid, sig);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (sig != SIGKILL) {
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), exit_code);
        assert_int_equal(serving_below(keep, false), 0);
    }
    assert_true(comes_true(none_serves, keep));
}

static void an_interrupt_stops_both_nodes_first(void **state) { ended_by(*state, SIGINT, 9); }

static void nodes_do_not_outlive_a_demo_that_was_killed(void **state)
{
    ended_by(*state, SIGKILL, 0);
}

/* Both look for ports at the same moment, and find the same ones free. */
static void two_demos_at_once_both_end_well(void **state)
{
    struct bench *b = *state;
    const char *keep[] = {bench_file(b, "one", NULL), bench_file(b, "two", NULL)};
    pid_t pid[2];
    int status;
    for (int k = 0; k < 2; k++)
        pid[k] = run_start(b->arena, "demo", "--check", "--keep", keep[k], NULL);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(waitpid(pid[k], &status, 0), pid[k]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

/* The temporary folder a demo holds, by the lock it has open; NULL before it has one. */
static const char *folder_of(struct bench *b, pid_t pid)
{
    static const char mark[] = "/demo.lock";
    const char *fds = str_c(b->arena, str_printf(b->arena, "/proc/%d/fd", (int)pid));
    const char *found = NULL;
    DIR *all = opendir(fds);
    for (const struct dirent *e; all && (e = readdir(all));) {
        char target[512];
        const char *link = str_c(b->arena, str_printf(b->arena, "%s/%s", fds, e->d_name));
        ssize_t n = readlink(link, target, sizeof target);
        struct str path = {target, n > 0 ? (size_t)n : 0};
        if (!str_ends(path, mark)) continue;
        path.n -= sizeof mark - 1;
        found = str_c(b->arena, path);
    }
    if (all) closedir(all);
    return found;
}

static bool is_there(const char *dir) { return access(dir, F_OK) == 0; }

static void what_a_killed_demo_left_is_removed_by_the_next(void **state)
{
    struct bench *b = *state;
    int status;
    const char *dir = NULL;
    pid_t pid = run_start(b->arena, "demo", "--check", NULL);
    for (int k = 0; k < 6000 && !dir; k++) {
        dir = folder_of(b, pid);
        poll(NULL, 0, 5);
    }
    assert_non_null(dir);
    const char *key = str_c(b->arena, str_printf(b->arena, "%s/norland/keys/tls.key", dir));
    assert_true(comes_true(is_there, key));
    kill(pid, SIGSTOP); /* still at work, as far as the next can see */
    assert_int_equal(run(b->arena, "demo", "--check", NULL).exit, 0);
    assert_true(is_there(dir));
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(is_there(key));
    assert_int_equal(run(b->arena, "demo", "--check", NULL).exit, 0);
    assert_false(is_there(dir));
}

static void a_folder_that_holds_a_demo_already_is_left_alone(void **state)
{
    struct bench *b = *state;
    const char *keep = bench_file(b, "kept", NULL);
    assert_int_equal(run(b->arena, "demo", "--check", "--keep", keep, NULL).exit, 0);
    struct ran r = run(b->arena, "demo", "--json", "--keep", keep, NULL);
    assert_int_equal(r.exit, 5);
    assert_non_null(tree_get(r.json, "error"));
}

int demo_node_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(an_interrupt_stops_both_nodes_first),
        with_bench(nodes_do_not_outlive_a_demo_that_was_killed),
        with_bench(two_demos_at_once_both_end_well),
        with_bench(what_a_killed_demo_left_is_removed_by_the_next),
        with_bench(a_folder_that_holds_a_demo_already_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
