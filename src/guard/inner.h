/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_GUARD_INNER_H
#define COMITY_GUARD_INNER_H
/* What the files of guard share: the row of a process, and the two filters. */

#include "guard/guard.h"

/* Built with AddressSanitizer, as gcc and as clang say it. */
#if defined(__SANITIZE_ADDRESS__)
#define GUARD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUARD_SANITIZED 1
#endif
#endif
#ifndef GUARD_SANITIZED
#define GUARD_SANITIZED 0
#endif

/* A group of system calls, ended by GUARD_END. */
enum { GUARD_END = -1 };
enum { GROUPS_MAX = 6 };
enum guard_clause {
    CLAUSE_LOG = 1,      /* write(2) to standard error only                                       */
    CLAUSE_THREADS = 2,  /* clone(2) for threads only; clone3(2) is said not to exist             */
    CLAUSE_INTERNET = 4, /* socket(2) of the internet families only; connecting is allowed        */
    CLAUSE_PROGRAM = 8,  /* start a program that is within reach, and end it: see table.c         */
};
struct guard_row {
    const char *word;
    unsigned uid_offset;
    const int *groups[GROUPS_MAX]; /* of system calls; NULL-ended */
    unsigned clauses;
    unsigned files_max;
    unsigned
        processes_max; /* RLIMIT_NPROC: threads count, and those of the uid's other processes */
    size_t memory_max; /* RLIMIT_AS; 0: not bounded. Not in a build with sanitizers. */
};
const struct guard_row *guard_row(enum guard_process p);
/* What the sanitizers need beside the row; empty in other builds. */
extern const int guard_calls_sanitizer[];

/* A ruleset ready to be entered, or -1. */
MUST err landlock_prepare(struct turn *t, const struct guard_entry *e, int *fd_out);
MUST err landlock_enter(struct turn *t, int fd);
/* 0 when there is none. */
int landlock_abi(void);
MUST err seccomp_enter(struct turn *t, const struct guard_row *row);

#endif
