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

static void an_interrupt_stops_both_nodes_first(void **state) { ended_by(*state, SIGINT, 1); }

static void nodes_do_not_outlive_a_demo_that_was_killed(void **state)
{
    ended_by(*state, SIGKILL, 0);
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
        with_bench(a_folder_that_holds_a_demo_already_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
