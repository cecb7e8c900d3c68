/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DB_DISK_INNER_H
#define COMITY_DB_DISK_INNER_H
/* What the disk in memory and its face to SQLite share. */

#include "db/disk.h"

enum { DISK_SHARED_MAX = 256 };
struct disk_page {
    unsigned uses;
    struct disk_page *next; /* of those nobody uses */
    uint8_t b[DISK_PAGE];
};
struct disk_slot {
    struct disk_page *live, *kept; /* NULL: zeros */
    uint8_t dirty;                 /* a bit for each sector */
};
struct disk_file {
    struct disk *disk;
    char name[DISK_NAME_MAX], kept_name[DISK_NAME_MAX];
    bool named, kept_named; /* in the folder as written, and as synced */
    struct disk_slot *pages;
    size_t room, size, kept_size;
    size_t *dirty; /* pages with a bit set */
    size_t dirty_n, dirty_room;
    int open;
    uint8_t *shared[DISK_SHARED_MAX]; /* the index of a write-ahead log, which ends with a life */
    size_t shared_n, shared_made;
};
struct disk {
    struct arena *arena;
    struct disk_page *idle;
    struct disk_hooks hooks;
    struct disk_file *files[DISK_FILES_MAX];
    size_t files_n;
    bool dead, names_dirty;
    void *vfs;
};

struct disk_file *disk_find(const struct disk *d, const char *name);
struct disk_file *disk_make(struct disk *d, const char *name);
void disk_file_write(struct disk_file *f, const uint8_t *p, size_t n, size_t at);
void disk_file_read(const struct disk_file *f, uint8_t *p, size_t n, size_t at);
void disk_file_truncate(struct disk_file *f, size_t size);
void disk_file_sync(struct disk_file *f);
enum disk_fate disk_step(struct disk *d, enum disk_step step);
/* Whether the step is taken, whatever whoever asked for it is told. */
bool disk_taken(enum disk_fate f);

bool disk_vfs_add(struct disk *d, const char *name);
void disk_vfs_drop(struct disk *d);

#endif
