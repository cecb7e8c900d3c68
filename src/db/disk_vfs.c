/* SPDX-License-Identifier: Apache-2.0 */
/* The disk in memory as SQLite sees it: one connection a file, so locks are granted, and the index
 * of a write-ahead log is memory that goes with the process. */

#include "db/disk_inner.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

struct disk_vfs {
    sqlite3_vfs vfs; /* first: SQLite hands us this */
    struct disk *disk;
};
struct opened {
    sqlite3_file file; /* first */
    struct disk_file *f;
    bool is_log;
};

static struct disk_file *of(sqlite3_file *f) { return ((struct opened *)(void *)f)->f; }

/* What SQLite is told of a step that did not simply go. */
static int told(enum disk_fate fate, int failed)
{
    return fate == DISK_GOES || fate == DISK_LIES ? SQLITE_OK
           : fate == DISK_IS_FULL                 ? SQLITE_FULL
                                                  : failed;
}

static int file_close(sqlite3_file *f)
{
    of(f)->open--;
    return SQLITE_OK;
}
static int file_read_at(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    const struct disk_file *x = of(f);
    size_t have = (size_t)at >= x->size ? 0 : x->size - (size_t)at;
    if (have >= (size_t)n) {
        disk_file_read(x, p, (size_t)n, (size_t)at);
        return SQLITE_OK;
    }
    memset(p, 0, (size_t)n);
    disk_file_read(x, p, have, (size_t)at);
    return SQLITE_IOERR_SHORT_READ;
}
static int file_write_at(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    enum disk_fate fate = disk_step(of(f)->disk, DISK_WRITE);
    if (disk_taken(fate)) disk_file_write(of(f), p, (size_t)n, (size_t)at);
    return told(fate, SQLITE_IOERR_WRITE);
}
static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    enum disk_fate fate = disk_step(of(f)->disk, DISK_WRITE);
    if (disk_taken(fate) && (size_t)size < of(f)->size) disk_file_truncate(of(f), (size_t)size);
    return told(fate, SQLITE_IOERR_TRUNCATE);
}
static int file_sync(sqlite3_file *f, int flags)
{
    (void)flags;
    bool log = ((struct opened *)(void *)f)->is_log;
    enum disk_fate fate = disk_step(of(f)->disk, log ? DISK_LOG_SYNC : DISK_SYNC);
    if (disk_taken(fate)) disk_file_sync(of(f));
    return told(fate, SQLITE_IOERR_FSYNC);
}
static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)of(f)->size;
    return SQLITE_OK;
}
static int file_lock(sqlite3_file *f, int lock)
{
    (void)f, (void)lock;
    return SQLITE_OK;
}
static int file_check_lock(sqlite3_file *f, int *held)
{
    (void)f;
    *held = 0;
    return SQLITE_OK;
}
static int file_control(sqlite3_file *f, int op, void *arg)
{
    (void)f, (void)arg;
    return op == SQLITE_FCNTL_PERSIST_WAL ? SQLITE_OK : SQLITE_NOTFOUND;
}
static int file_sector_size(sqlite3_file *f)
{
    (void)f;
    return DISK_SECTOR;
}
static int file_traits(sqlite3_file *f)
{
    (void)f;
    /* As the VFS of a real file says: what a write does not name it does not damage. */
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    struct disk_file *x = of(f);
    *p = NULL;
    if ((size_t)page >= x->shared_n && !extend) return SQLITE_OK;
    if (page >= DISK_SHARED_MAX) return SQLITE_NOMEM;
    for (; x->shared_n <= (size_t)page; x->shared_n++) {
        if (x->shared_n == x->shared_made)
            x->shared[x->shared_made++] = arena_take(x->disk->arena, (size_t)size);
        memset(x->shared[x->shared_n], 0, (size_t)size);
    }
    *p = x->shared[page];
    return SQLITE_OK;
}
static int shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    (void)f, (void)offset, (void)n, (void)flags;
    return SQLITE_OK;
}
static void shm_barrier(sqlite3_file *f) { (void)f; }
static int shm_unmap(sqlite3_file *f, int remove)
{
    if (remove) of(f)->shared_n = 0;
    return SQLITE_OK;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read_at,
    .xWrite = file_write_at,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static struct disk *disk_of(sqlite3_vfs *v) { return ((struct disk_vfs *)(void *)v)->disk; }

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *file, int flags, int *flags_out)
{
    struct disk *d = disk_of(v);
    struct opened *o = (struct opened *)(void *)file;
    file->pMethods = NULL;
    if (!name) return SQLITE_CANTOPEN; /* temporary files are in memory */
    o->f = disk_find(d, name);
    if (!o->f && (!(flags & SQLITE_OPEN_CREATE) || d->dead)) {
        errno = ENOENT;
        return SQLITE_CANTOPEN;
    }
    if (!o->f) o->f = disk_make(d, name);
    if (!o->f) return SQLITE_CANTOPEN;
    /* A database is made at install, which syncs the folder; see db_open. */
    memcpy(o->f->kept_name, o->f->name, sizeof o->f->name);
    o->f->kept_named = true;
    o->f->open++;
    o->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    file->pMethods = &file_methods;
    if (flags_out) *flags_out = flags;
    return SQLITE_OK;
}
static int vfs_delete(sqlite3_vfs *v, const char *name, int sync_folder)
{
    (void)sync_folder;
    struct disk_file *f = disk_find(disk_of(v), name);
    if (!f) return SQLITE_IOERR_DELETE_NOENT;
    if (disk_of(v)->dead) return SQLITE_IOERR_DELETE;
    f->named = f->kept_named = false;
    return SQLITE_OK;
}
static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    (void)flags;
    *out = disk_find(disk_of(v), name) != NULL;
    return SQLITE_OK;
}
static int vfs_full_path(sqlite3_vfs *v, const char *name, int room, char *out)
{
    (void)v;
    sqlite3_snprintf(room, out, "%s", name);
    return SQLITE_OK;
}
static int vfs_randomness(sqlite3_vfs *v, int n, char *out)
{
    (void)v;
    memset(out, 1, (size_t)n);
    return n;
}
static int vfs_wait(sqlite3_vfs *v, int microseconds)
{
    (void)v;
    return microseconds; /* nobody else is there to wait for */
}
static int vfs_now_ms(sqlite3_vfs *v, sqlite3_int64 *out)
{
    (void)v;
    *out = INT64_C(210866760000000); /* no statement asks for it */
    return SQLITE_OK;
}
static int vfs_now(sqlite3_vfs *v, double *out)
{
    sqlite3_int64 ms;
    vfs_now_ms(v, &ms);
    *out = (double)ms / (double)DAY_MS;
    return SQLITE_OK;
}
static int vfs_last_error(sqlite3_vfs *v, int n, char *out)
{
    (void)v, (void)n, (void)out;
    return 0;
}

bool disk_vfs_add(struct disk *d, const char *name)
{
    struct disk_vfs *v = arena_take(d->arena, sizeof *v);
    v->disk = d;
    v->vfs = (sqlite3_vfs){.iVersion = 2,
                           .szOsFile = (int)sizeof(struct opened),
                           .mxPathname = DISK_NAME_MAX - 8,
                           .zName = name,
                           .xOpen = vfs_open,
                           .xDelete = vfs_delete,
                           .xAccess = vfs_access,
                           .xFullPathname = vfs_full_path,
                           .xRandomness = vfs_randomness,
                           .xSleep = vfs_wait,
                           .xCurrentTime = vfs_now,
                           .xGetLastError = vfs_last_error,
                           .xCurrentTimeInt64 = vfs_now_ms};
    d->vfs = v;
    return sqlite3_vfs_register(&v->vfs, 0) == SQLITE_OK;
}

void disk_vfs_drop(struct disk *d)
{
    struct disk_vfs *v = d->vfs;
    sqlite3_vfs_unregister(&v->vfs);
}
