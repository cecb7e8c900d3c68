/* SPDX-License-Identifier: Apache-2.0 */
/* What the system gives and everything below gets by argument: clock, randomness, another process.
 */

#include "node/node.h"
#include "paper/paper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { ARGS_MAX = 64 };

static int64_t clock_ms(clockid_t which)
{
    struct timespec ts;
    if (clock_gettime(which, &ts) != 0) abort(); /* cannot be: both clocks always exist */
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t wall_ms(void *ctx)
{
    (void)ctx;
    return clock_ms(CLOCK_REALTIME);
}

static int64_t mono_ms(void *ctx)
{
    (void)ctx;
    return clock_ms(CLOCK_MONOTONIC);
}

const struct clock node_clock = {wall_ms, mono_ms, NULL};

static void fill(void *ctx, void *out, size_t n)
{
    (void)ctx;
    uint8_t *p = out;
    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) abort(); /* without randomness nothing may be signed or sealed */
        p += got;
        n -= (size_t)got;
    }
}

const struct chance node_chance = {fill, NULL};

/* ---- another process ------------------------------------------------------------------------- */

/* In the child: nothing is left to tell but the exit status. */
static void child_run(const char *const *args, int log_fd, int out_fd)
{
    enum { CANNOT_EXEC = 127 };
    char *argv[ARGS_MAX + 2] = {(char *)(uintptr_t) "comity"};
    for (int k = 0; k < ARGS_MAX && args[k]; k++) argv[k + 1] = (char *)(uintptr_t)args[k];
    sigset_t none;
    sigemptyset(&none);
    bool ready = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && dup2(out_fd, STDOUT_FILENO) >= 0 &&
                 dup2(log_fd, STDERR_FILENO) >= 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0;
    if (ready) execv("/proc/self/exe", argv);
    _exit(CANNOT_EXEC);
}

err node_start(struct turn *t, const char *const *args, const char *log, int *pid_out, int *out_fd)
{
    int pipe_fd[2];
    int log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0)
        return turn_fail(t, ERR_INTERNAL, "start", NULL, "Cannot write the log %s: %s.", log,
                         errno_words(errno));
    if (pipe2(pipe_fd, O_CLOEXEC) != 0) {
        close(log_fd);
        return turn_fail(t, ERR_INTERNAL, "start", NULL, "Cannot make a pipe: %s.",
                         errno_words(errno));
    }
    pid_t pid = fork();
    if (pid == 0) child_run(args, log_fd, pipe_fd[1]);
    close(log_fd);
    close(pipe_fd[1]);
    if (pid < 0) {
        close(pipe_fd[0]);
        return turn_fail(t, ERR_INTERNAL, "start", NULL, "Cannot start another process: %s.",
                         errno_words(errno));
    }
    *pid_out = pid;
    *out_fd = pipe_fd[0];
    return ERR_OK;
}
