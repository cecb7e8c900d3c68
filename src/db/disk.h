/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DB_DISK_H
#define COMITY_DB_DISK_H
/* A disk in memory that knows what is durable: a VFS for SQLite, and plain files beside it.
 *
 * Each file has what was written and what was synced, in sectors of 512 bytes. A process that dies
 * leaves all that was written; a power cut keeps any subset of the sectors that were not synced,
 * and of names that no sync of the folder made durable. Only the simulator and tests link it. */

#include "base/base.h"

enum { DISK_SECTOR = 512, DISK_PAGE = 4096, DISK_FILES_MAX = 1024, DISK_NAME_MAX = 96 };

struct disk;
/* What changes a disk; DISK_LOG_SYNC is the sync of a write-ahead log, on which a COMMIT rests. */
enum disk_step { DISK_WRITE, DISK_SYNC, DISK_LOG_SYNC, DISK_NAME };
/* What becomes of a step. LIES: it is said to be
 * taken, and is not. DIES: power or process goes, and nothing changes this disk any more until
 * disk_revive; FAILS: an I/O error. Each before the step was taken or after. */
enum disk_fate {
    DISK_GOES,
    DISK_IS_FULL,
    DISK_FAILS,
    DISK_FAILS_AFTER,
    DISK_DIES,
    DISK_DIES_AFTER,
    DISK_LIES
};
struct disk_hooks {
    enum disk_fate (*step)(void *ctx, enum disk_step step); /* NULL: all goes */
    void *ctx;
};
/* An empty disk, registered with SQLite as a VFS of that name, which must be one of its own and
 * outlive it. NULL when SQLite takes no VFS. */
struct disk *disk_new(const char *vfs, struct disk_hooks hooks);
/* After the last file on it was closed. */
void disk_free(struct disk *d);

/* Nothing changes it any more; what is open can be read and closed. */
void disk_die(struct disk *d);
bool disk_is_dead(const struct disk *d);
/* The next life begins. With a chance, power was cut: of what was not synced any part is gone. */
void disk_revive(struct disk *d, const struct chance *cut);
/* All files as they stand, apart from the disk they were on. To be freed. */
struct disk_image;
struct disk_image *disk_image_take(const struct disk *d);
void disk_image_free(struct disk_image *i); /* NULL is allowed */
/* The disk holds what the image does, all of it durable, and of its own only what `stays` says;
 * NULL: nothing. Nothing on it may be open. */
void disk_image_put(struct disk *d, const struct disk_image *i, bool (*stays)(const char *name));
/* Bytes of all files as they stand. */
uint64_t disk_size(const struct disk *d);
/* True when something was written and not synced. */
bool disk_is_unsynced(const struct disk *d);

/* Plain files, named without a folder. False: the step failed, or there is no such file. */
bool disk_put(struct disk *d, const char *name, struct bytes data); /* whole, not synced */
bool disk_sync(struct disk *d, const char *name);
bool disk_rename(struct disk *d, const char *from, const char *to);
bool disk_names_sync(struct disk *d); /* the folder */
/* The bytes live in the arena. */
bool disk_get(const struct disk *d, struct arena *a, const char *name, struct bytes *out);

#endif
