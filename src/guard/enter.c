/* SPDX-License-Identifier: Apache-2.0 */
/* Giving up powers, in the one order that works: what needs the file system first, then the uid,
 * then what a change of uid resets, then the filters, the narrowest last.
 *
 * It says nothing about what a process does with what is left to it. */

#include "guard/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static err failed(struct turn *t, const struct guard_entry *e, const char *what)
{
    return turn_fail(t, ERR_NOT_ALLOWED, "sandbox", NULL,
                     "%s cannot give up its powers (%s): %s. It is not run with them.",
                     guard_word(e->process), what, errno_words(errno));
}

err guard_probe(struct turn *t, struct guard_ground *out)
{
    struct guard_ground g = {.landlock_abi = landlock_abi(), .is_root = geteuid() == 0};
    if (g.landlock_abi < 1)
        return turn_fail(t, ERR_NOT_ALLOWED, "sandbox-landlock", NULL,
                         "This kernel has no Landlock, or it is switched off (see /sys/kernel/"
                         "security/lsm): processes cannot be kept from each other's files. "
                         "comity serve --single runs without walls, for trying things out.");
    if (prctl(PR_GET_SECCOMP) < 0)
        return turn_fail(t, ERR_NOT_ALLOWED, "sandbox-seccomp", NULL,
                         "This kernel has no seccomp: system calls of processes cannot be "
                         "limited.");
    *out = g;
    return ERR_OK;
}

static bool limit(enum __rlimit_resource what, rlim_t most)
{
    struct rlimit r;
    if (getrlimit(what, &r) != 0) return false;
    if (r.rlim_max != RLIM_INFINITY && most > r.rlim_max) most = r.rlim_max;
    r = (struct rlimit){most, most};
    return setrlimit(what, &r) == 0;
}

static err limits_set(struct turn *t, const struct guard_entry *e)
{
    const struct guard_row *row = guard_row(e->process);
    if (!limit(RLIMIT_CORE, 0)) return failed(t, e, "core files");
    if (!limit(RLIMIT_NOFILE, row->files_max)) return failed(t, e, "open files");
    if (!limit(RLIMIT_NPROC, row->processes_max)) return failed(t, e, "processes");
#if !GUARD_SANITIZED
    if (row->memory_max && !limit(RLIMIT_AS, row->memory_max)) return failed(t, e, "memory");
#endif
    return ERR_OK;
}

static err uid_change(struct turn *t, const struct guard_entry *e)
{
    unsigned id = guard_uid(e->process, e->uid_base);
    if (e->root && (chroot(e->root) != 0 || chdir("/") != 0)) return failed(t, e, "root folder");
    if (setgroups(0, NULL) != 0 || setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0)
        return failed(t, e, "uid");
    return ERR_OK;
}

err guard_enter(struct turn *t, const struct guard_entry *e)
{
    int ruleset;
    pid_t parent = getppid();
    try(landlock_prepare(t, e, &ruleset));
    try(limits_set(t, e));
    if (e->ground.is_root) try(uid_change(t, e));
    /* A change of uid resets both. */
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return failed(t, e, "tracing");
    if (getppid() != parent) return failed(t, e, "its parent is gone");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed(t, e, "privileges");
    try(landlock_enter(t, ruleset));
    return seccomp_enter(t, guard_row(e->process));
}
