/* SPDX-License-Identifier: Apache-2.0 */
/* What each process may ask of the system: one row a process.
 *
 * A call that is not in its row answers EPERM. That it does not kill is a choice: libraries try
 * things and have a way without, and a process that somebody took over learns nothing from either.
 * mmap and mprotect never give memory that can be executed; but printer's, and the program it
 * starts, may map the code of files (doc/decision/0011-printer.md). */

#include "guard/inner.h"

#include <seccomp.h>

#define CALLS(name) static const int name[]
#define CALL(name) SCMP_SYS(name)

/* clang-format off */
/* Messages over descriptors that are there, memory, and an end: all that reader has. */
CALLS(quiet) = {
    CALL(epoll_wait), CALL(epoll_pwait), CALL(epoll_ctl), CALL(poll), CALL(ppoll),
    CALL(recvfrom), CALL(sendto), CALL(recvmsg), CALL(close),
    CALL(brk), CALL(mmap), CALL(munmap), CALL(getrandom), CALL(clock_gettime), CALL(exit_group),
    CALL(restart_syscall), /* what a poll goes on by when the process was stopped and continued */
    GUARD_END};
/* What others add. */
CALLS(common) = {
    CALL(read), CALL(write), CALL(mremap), CALL(madvise), CALL(mprotect), CALL(futex),
    CALL(getpid), CALL(rt_sigprocmask), CALL(fcntl), CALL(uname), GUARD_END};
/* Connections taken from a socket that listens already. */
CALLS(serving) = {
    CALL(accept4), CALL(accept), CALL(sendmsg), CALL(writev), CALL(readv), CALL(shutdown),
    CALL(setsockopt), CALL(getsockopt), CALL(getsockname), CALL(getpeername), GUARD_END};
/* Connections made. */
CALLS(calling) = {
    CALL(connect), CALL(sendmsg), CALL(sendmmsg), CALL(writev), CALL(shutdown),
    CALL(setsockopt), CALL(getsockopt), CALL(getsockname), CALL(getpeername), CALL(ioctl),
    CALL(pipe2), CALL(eventfd2), CALL(socketpair), CALL(epoll_create1),
    CALL(openat), CALL(lseek), CALL(fstat), CALL(newfstatat), CALL(access), CALL(sysinfo),
    CALL(getuid), CALL(geteuid), CALL(gettid), CALL(exit), CALL(set_robust_list), CALL(rseq),
    CALL(sched_getaffinity), CALL(rt_sigaction), CALL(sigaltstack), CALL(prlimit64), GUARD_END};
/* Files within the places of Landlock. */
CALLS(files) = {
    CALL(openat), CALL(lseek), CALL(fstat), CALL(newfstatat), CALL(statx), CALL(access),
    CALL(faccessat), CALL(faccessat2), CALL(fsync), CALL(fdatasync), CALL(rename), CALL(renameat),
    CALL(unlink), CALL(unlinkat), CALL(fchmod), CALL(umask), GUARD_END};
/* A database, and folders that grow. */
CALLS(database) = {
    CALL(pread64), CALL(pwrite64), CALL(ftruncate), CALL(fallocate), CALL(mkdir), CALL(mkdirat),
    CALL(getdents64), CALL(readlink), CALL(readlinkat), CALL(lstat), CALL(stat), CALL(open),
    CALL(getcwd), CALL(geteuid), CALL(getuid), CALL(utimensat), CALL(fchown), CALL(msync),
    CALL(rmdir), CALL(statfs), CALL(fstatfs), CALL(fadvise64), GUARD_END};
/* Starting a program, and what its loader and its libraries ask for until it takes more away from
 * itself than this. */
CALLS(starting) = {
    CALL(execve), CALL(memfd_create), CALL(dup2), CALL(close_range), CALL(pidfd_open),
    CALL(waitid), CALL(rt_sigaction), CALL(openat), CALL(lseek), CALL(fstat), CALL(newfstatat),
    CALL(stat), CALL(lstat), CALL(statx), CALL(access), CALL(faccessat), CALL(faccessat2),
    CALL(pread64), CALL(getdents64), CALL(readlink), CALL(readlinkat), CALL(statfs),
    CALL(fstatfs), CALL(fadvise64), CALL(getcwd), CALL(arch_prctl), CALL(set_tid_address),
    CALL(set_robust_list), CALL(rseq), CALL(prlimit64), CALL(setrlimit), CALL(getrlimit),
    CALL(prctl), CALL(landlock_create_ruleset), CALL(landlock_add_rule),
    CALL(landlock_restrict_self), CALL(sysinfo), CALL(getuid), CALL(geteuid), CALL(getgid),
    CALL(getegid), CALL(gettid), CALL(sched_getaffinity), CALL(exit), CALL(sigaltstack),
    CALL(getrusage), GUARD_END};

static const struct guard_row rows[GUARD_PROCESSES] = {
    [GUARD_KEEPER] = {
        .word = "keeper", .uid_offset = 1, .groups = {quiet, common, files},
        .files_max = 64, .processes_max = 0, .memory_max = (size_t)256 << 20},
    [GUARD_READER] = {
        .word = "reader", .uid_offset = 2, .groups = {quiet}, .clauses = CLAUSE_LOG,
        .files_max = 32, .processes_max = 0, .memory_max = (size_t)768 << 20},
    [GUARD_COURIER] = {
        .word = "courier", .uid_offset = 3, .groups = {quiet, common, calling},
        .clauses = CLAUSE_THREADS | CLAUSE_INTERNET,
        .files_max = 1024, .processes_max = 4096, .memory_max = 0},
    [GUARD_DESK] = {
        .word = "desk", .uid_offset = 4, .groups = {quiet, common, files, database, serving},
        .files_max = 1024, .processes_max = 0, .memory_max = 0},
    [GUARD_FRONT_PEERS] = {
        .word = "front-peers", .uid_offset = 5, .groups = {quiet, common, serving},
        .files_max = 4096, .processes_max = 0, .memory_max = 0},
    [GUARD_FRONT_OFFICERS] = {
        .word = "front-officers", .uid_offset = 6, .groups = {quiet, common, serving},
        .files_max = 4096, .processes_max = 0, .memory_max = 0},
    [GUARD_PRINTER] = {
        .word = "printer", .uid_offset = 7, .groups = {quiet, common, starting},
        .clauses = CLAUSE_PROGRAM | CLAUSE_THREADS,
        .files_max = 256, .processes_max = 4096, .memory_max = 0},
};

const int guard_calls_sanitizer[] = {
#if GUARD_SANITIZED
    CALL(mremap), CALL(madvise), CALL(mprotect), CALL(futex), CALL(getpid), CALL(gettid),
    CALL(sched_yield), CALL(sigaltstack), CALL(rt_sigaction), CALL(rt_sigprocmask),
#endif
    GUARD_END};
/* clang-format on */

const struct guard_row *guard_row(enum guard_process p) { return &rows[p]; }

const char *guard_word(enum guard_process p) { return rows[p].word; }

unsigned guard_uid(enum guard_process p, unsigned uid_base)
{
    return uid_base + rows[p].uid_offset;
}
