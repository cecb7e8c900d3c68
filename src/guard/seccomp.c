/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls of a row, as a filter that cannot be taken off again.
 *
 * libseccomp writes the filter; what a call may be given is bounded where that matters: memory is
 * never made executable, and the clauses of a row narrow a few calls more. */

#include "guard/inner.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLONE_A_THREAD 0x00010000 /* CLONE_THREAD of sched.h */
#define CLONE_A_SPAWN 0x00004100  /* CLONE_VM, CLONE_VFORK: what posix_spawn asks for */

static inline void filter_free(scmp_filter_ctx *f) { seccomp_release(*f); }
#define auto_filter __attribute__((cleanup(filter_free))) scmp_filter_ctx

/* Memory that can be executed is asked for by the third argument of both. A program's loader maps
 * the code of files, which it may not write to. */
static int allow_memory(scmp_filter_ctx f, int call, unsigned clauses)
{
    int e = 0;
    if (call == SCMP_SYS(mmap) && (clauses & CLAUSE_PROGRAM))
        e = seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 2,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC),
                             SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0));
    if (e) return e;
    return seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static int allow(scmp_filter_ctx f, int call, unsigned clauses)
{
    if (call == SCMP_SYS(mmap) || call == SCMP_SYS(mprotect)) return allow_memory(f, call, clauses);
    /* A row that writes only its log names no write of its own. */
    if (call == SCMP_SYS(write) && (clauses & CLAUSE_LOG)) return 0;
    return seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 0);
}

static int allow_group(scmp_filter_ctx f, const int *calls, unsigned clauses)
{
    for (; *calls != GUARD_END; calls++) {
        int e = allow(f, *calls, clauses);
        if (e < 0 && e != -EEXIST) return e;
    }
    return 0;
}

static int allow_clauses(scmp_filter_ctx f, unsigned clauses)
{
    int e = 0;
    if (clauses & CLAUSE_LOG)
        e = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                             SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO, 0));
    if (!e && (clauses & CLAUSE_THREADS))
        e = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                             SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_A_THREAD, CLONE_A_THREAD));
    if (!e && (clauses & CLAUSE_PROGRAM))
        e = seccomp_rule_add(
            f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_A_SPAWN | CLONE_A_THREAD, CLONE_A_SPAWN));
    if (!e && (clauses & CLAUSE_PROGRAM))
        e = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1,
                             SCMP_A1(SCMP_CMP_EQ, SIGKILL, 0));
    if (!e && (clauses & (CLAUSE_THREADS | CLAUSE_PROGRAM)))
        e = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (!e && (clauses & CLAUSE_INTERNET))
        e = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                             SCMP_A0(SCMP_CMP_EQ, AF_INET, 0));
    if (!e && (clauses & CLAUSE_INTERNET))
        e = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                             SCMP_A0(SCMP_CMP_EQ, AF_INET6, 0));
    return e;
}

err seccomp_enter(struct turn *t, const struct guard_row *row)
{
    auto_filter f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int e = f ? 0 : -ENOMEM;
    for (int k = 0; !e && k < GROUPS_MAX && row->groups[k]; k++)
        e = allow_group(f, row->groups[k], row->clauses);
    if (!e) e = allow_group(f, guard_calls_sanitizer, row->clauses);
    if (!e) e = allow_clauses(f, row->clauses);
    if (!e) e = seccomp_load(f);
    if (!e) return ERR_OK;
    return turn_fail(t, ERR_NOT_ALLOWED, "sandbox-seccomp", NULL,
                     "The system calls of %s cannot be limited: %s. It is not run without.",
                     row->word, errno_words(-e));
}
