/* SPDX-License-Identifier: Apache-2.0 */
/* Another process of the same program, by fork without exec: seven of them then share one copy of
 * everything that was there before, and none has seen a key. */

#include "guard/inner.h"

#include <errno.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static void close_between(unsigned from, unsigned to)
{
    /* Descriptors that stay open would be powers nobody meant to give. */
    if (from <= to && syscall(SYS_close_range, from, to, 0) != 0) _exit(127);
}

static void close_others(const int *keep, size_t n)
{
    unsigned from = STDERR_FILENO + 1;
    for (;;) {
        unsigned next = ~0U; /* the lowest that stays, from here */
        for (size_t k = 0; k < n; k++)
            if (keep[k] >= 0 && (unsigned)keep[k] >= from && (unsigned)keep[k] < next)
                next = (unsigned)keep[k];
        if (next == ~0U) break;
        if (next > from) close_between(from, next - 1);
        from = next + 1;
    }
    close_between(from, ~0U);
}

static void signals_reset(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM); /* the parent is told, and ends all in order */
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_SETMASK, &set, NULL) != 0) _exit(127);
}

err guard_spawn(struct turn *t, const int *keep, size_t n, void (*child)(void *ctx), void *ctx,
                int *pid_out)
{
    fflush(NULL); /* nothing may be written twice */
    pid_t pid = fork();
    if (pid < 0)
        return turn_fail(t, ERR_INTERNAL, "start", NULL, "Cannot start another process: %s.",
                         errno_words(errno));
    if (pid == 0) {
        close_others(keep, n);
        signals_reset();
        child(ctx);
        _exit(127);
    }
    *pid_out = pid;
    return ERR_OK;
}
