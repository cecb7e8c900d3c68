/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_KIT_FAULTY_VFS_H
#define COMITY_KIT_FAULTY_VFS_H
/* A disk that fails when told to: a VFS for SQLite over the default one.
 *
 * Open a database with `vfs` naming it. Its waits return at once, so a test of a busy database
 * takes no time. A test that sets a fault must look at `failed_writes` or `failed_syncs`
 * afterwards: a harness that injected nothing has shown nothing. */

#include <stdbool.h>
#include <stdint.h>

struct faulty_vfs {
    /* Faults, set at any time; counted from 1 over the counters below. */
    int64_t full_from; /* from this write on each finds the disk full; 0: there is room */
    int write_errno;   /* 0: it says so plainly; else an I/O error with this errno */
    int64_t fail_sync; /* this sync fails with an I/O error; 0: none */
    /* What happened. */
    int64_t writes, syncs, waits;
    int64_t failed_writes, failed_syncs;
    void *vfs; /* ours */
};

/* Registers it under that name, all counters zero. The name must outlive it. */
bool faulty_vfs_up(struct faulty_vfs *f, const char *name);
/* After the last database on it was closed. */
void faulty_vfs_down(struct faulty_vfs *f);

#endif
