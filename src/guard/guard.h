/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_GUARD_H
#define COMITY_GUARD_H
/* Splits the program into processes and takes powers away: fork without exec, uid, limits,
 * Landlock, seccomp. What each process may do is a row of the table in table.c; who speaks to whom
 * and what is started again when it died is `node`'s.
 *
 * A power that cannot be taken away is a fault, never a warning: nothing runs with more than its
 * row. */

#include "base/base.h"

enum guard_process {
    GUARD_KEEPER,
    GUARD_READER,
    GUARD_COURIER,
    GUARD_DESK,
    GUARD_FRONT_PEERS,
    GUARD_FRONT_OFFICERS,
    GUARD_PRINTER,
    GUARD_PROCESSES
};
const char *guard_word(enum guard_process p); /* "keeper", "front-peers" */

/* What this machine gives. ERR_NOT_ALLOWED, saying what is missing, when it is less than all
 * processes need (Landlock and seccomp). */
struct guard_ground {
    int landlock_abi; /* 1 or more */
    bool is_root; /* then each process gets a uid of its own, and keeper and desk a root folder */
};
MUST err guard_probe(struct turn *t, struct guard_ground *out);

/* ---- starting -------------------------------------------------------------------------------- */

/* Forks. The child has standard input, output and error and the descriptors named, no signal
 * blocked but SIGTERM and SIGINT, runs `child` and must not come back from it: it ends by _exit. */
MUST err guard_spawn(struct turn *t, const int *keep, size_t n, void (*child)(void *ctx), void *ctx,
                     int *pid_out);

/* ---- giving up powers ------------------------------------------------------------------------ */

/* A file or folder that stays within reach, with what is in it. */
enum guard_power {
    GUARD_LIST = 1,  /* open folders                                           */
    GUARD_READ = 2,  /* open files for reading, and folders                    */
    GUARD_WRITE = 4, /* open files for writing                                 */
    GUARD_MAKE = 8,  /* make, rename and remove files and folders in a folder  */
    GUARD_RUN = 16   /* execute a file                                         */
};
enum { GUARD_PLACES_MAX = 12 };
struct guard_place {
    const char *path;
    unsigned powers;
    bool is_optional; /* may be missing; then it is not within reach when it comes */
};
struct guard_entry {
    enum guard_process process;
    struct guard_ground ground;
    unsigned uid_base; /* each process has the uid and gid `uid_base` + its offset, when root */
    struct guard_place places[GUARD_PLACES_MAX];
    size_t places_n;
    const char *root; /* the folder that becomes "/" when root; NULL: none does */
};
/* The uid a process gets: files it writes must belong to it. */
unsigned guard_uid(enum guard_process p, unsigned uid_base);
/* Gives up everything but the row, for good: no new privileges, no core, no tracer, ends with its
 * parent. On a fault the process must end at once, for it has given up a part already. */
MUST err guard_enter(struct turn *t, const struct guard_entry *e);

#endif
