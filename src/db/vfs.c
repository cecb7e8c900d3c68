/* SPDX-License-Identifier: Apache-2.0 */
/* A VFS that counts: how often SQLite asked the system for a durable write, by kind of file.
 *
 * The cost of an acknowledged request is the syncs on the path to its answer, so the syncs of the
 * write-ahead log are counted apart from those of the main file, which happen in the background.
 * Each connection registers a VFS of its own, so that counts belong to one database and nothing
 * here is shared. All else is handed down unchanged to the VFS below. */

#include "db/db_internal.h"

#include <sqlite3.h>

struct db_vfs {
    sqlite3_vfs vfs; /* first: SQLite hands us this */
    sqlite3_vfs *below;
    struct db_counts *counts;
};

/* One open file: ours first, the file of the VFS below behind it. */
struct counted {
    sqlite3_file file;
    sqlite3_io_methods methods; /* a copy: it has the version of the file below */
    uint64_t *syncs;
    _Alignas(8) unsigned char below[]; /* SQLite aligns files by eight bytes */
};

static sqlite3_vfs *under(sqlite3_vfs *v) { return ((struct db_vfs *)(void *)v)->below; }

static sqlite3_file *inner(sqlite3_file *f)
{
    return (sqlite3_file *)(void *)((struct counted *)(void *)f)->below;
}

/* ---- files ----------------------------------------------------------------------------------- */

static int file_close(sqlite3_file *f)
{
    int rc = inner(f)->pMethods->xClose(inner(f));
    f->pMethods = NULL;
    return rc;
}
static int file_read_at(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return inner(f)->pMethods->xRead(inner(f), p, n, at);
}
static int file_write_at(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    return inner(f)->pMethods->xWrite(inner(f), p, n, at);
}
static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return inner(f)->pMethods->xTruncate(inner(f), size);
}
static int file_sync(sqlite3_file *f, int flags)
{
    ++*((struct counted *)(void *)f)->syncs;
    return inner(f)->pMethods->xSync(inner(f), flags);
}
static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return inner(f)->pMethods->xFileSize(inner(f), size);
}
static int file_lock(sqlite3_file *f, int lock)
{
    return inner(f)->pMethods->xLock(inner(f), lock);
}
static int file_unlock(sqlite3_file *f, int lock)
{
    return inner(f)->pMethods->xUnlock(inner(f), lock);
}
static int file_check_lock(sqlite3_file *f, int *held)
{
    return inner(f)->pMethods->xCheckReservedLock(inner(f), held);
}
static int file_control(sqlite3_file *f, int op, void *arg)
{
    return inner(f)->pMethods->xFileControl(inner(f), op, arg);
}
static int file_sector_size(sqlite3_file *f) { return inner(f)->pMethods->xSectorSize(inner(f)); }
static int file_traits(sqlite3_file *f)
{
    return inner(f)->pMethods->xDeviceCharacteristics(inner(f));
}
static int file_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    return inner(f)->pMethods->xShmMap(inner(f), page, size, extend, p);
}
static int file_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return inner(f)->pMethods->xShmLock(inner(f), offset, n, flags);
}
static void file_shm_barrier(sqlite3_file *f) { inner(f)->pMethods->xShmBarrier(inner(f)); }
static int file_shm_unmap(sqlite3_file *f, int remove)
{
    return inner(f)->pMethods->xShmUnmap(inner(f), remove);
}
static int file_fetch(sqlite3_file *f, sqlite3_int64 at, int n, void **p)
{
    return inner(f)->pMethods->xFetch(inner(f), at, n, p);
}
static int file_unfetch(sqlite3_file *f, sqlite3_int64 at, void *p)
{
    return inner(f)->pMethods->xUnfetch(inner(f), at, p);
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 3,
    .xClose = file_close,
    .xRead = file_read_at,
    .xWrite = file_write_at,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
    .xFetch = file_fetch,
    .xUnfetch = file_unfetch,
};

/* ---- the file system ------------------------------------------------------------------------- */

/* A life before this one may have died between writing a transaction and syncing it. Whoever reads
 * the log takes what stands there as committed, and answers by it; so it is made durable first. */
static int settle_log(sqlite3_file *f)
{
    sqlite3_int64 size = 0;
    int rc = inner(f)->pMethods->xFileSize(inner(f), &size);
    if (rc != SQLITE_OK || size == 0) return rc;
    return inner(f)->pMethods->xSync(inner(f), SQLITE_SYNC_NORMAL);
}

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *flags_out)
{
    struct db_counts *counts = ((struct db_vfs *)(void *)v)->counts;
    struct counted *c = (struct counted *)(void *)f;
    c->syncs = flags & SQLITE_OPEN_WAL       ? &counts->wal_syncs
               : flags & SQLITE_OPEN_MAIN_DB ? &counts->main_syncs
                                             : &counts->other_syncs;
    int rc = under(v)->xOpen(under(v), name, inner(f), flags, flags_out);
    /* A file below that has methods must be closed even when opening it failed. */
    const sqlite3_io_methods *below = inner(f)->pMethods;
    f->pMethods = NULL;
    if (below) {
        c->methods = file_methods;
        if (below->iVersion < c->methods.iVersion) c->methods.iVersion = below->iVersion;
        f->pMethods = &c->methods;
    }
    bool log = (flags & SQLITE_OPEN_WAL) && (flags & SQLITE_OPEN_READWRITE);
    return rc == SQLITE_OK && log ? settle_log(f) : rc;
}
static int vfs_delete(sqlite3_vfs *v, const char *name, int sync_folder)
{
    return under(v)->xDelete(under(v), name, sync_folder);
}
static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    return under(v)->xAccess(under(v), name, flags, out);
}
static int vfs_full_path(sqlite3_vfs *v, const char *name, int room, char *out)
{
    return under(v)->xFullPathname(under(v), name, room, out);
}
static void *vfs_dl_open(sqlite3_vfs *v, const char *name)
{
    return under(v)->xDlOpen(under(v), name);
}
static void vfs_dl_error(sqlite3_vfs *v, int n, char *out) { under(v)->xDlError(under(v), n, out); }
static void (*vfs_dl_symbol(sqlite3_vfs *v, void *lib, const char *name))(void)
{
    return under(v)->xDlSym(under(v), lib, name);
}
static void vfs_dl_close(sqlite3_vfs *v, void *lib) { under(v)->xDlClose(under(v), lib); }
static int vfs_randomness(sqlite3_vfs *v, int n, char *out)
{
    return under(v)->xRandomness(under(v), n, out);
}
static int vfs_wait(sqlite3_vfs *v, int microseconds)
{
    return under(v)->xSleep(under(v), microseconds);
}
static int vfs_now(sqlite3_vfs *v, double *out) { return under(v)->xCurrentTime(under(v), out); }
static int vfs_now_ms(sqlite3_vfs *v, sqlite3_int64 *out)
{
    return under(v)->xCurrentTimeInt64(under(v), out);
}
static int vfs_last_error(sqlite3_vfs *v, int n, char *out)
{
    return under(v)->xGetLastError(under(v), n, out);
}
static int vfs_set_call(sqlite3_vfs *v, const char *name, sqlite3_syscall_ptr call)
{
    return under(v)->xSetSystemCall(under(v), name, call);
}
static sqlite3_syscall_ptr vfs_get_call(sqlite3_vfs *v, const char *name)
{
    return under(v)->xGetSystemCall(under(v), name);
}
static const char *vfs_next_call(sqlite3_vfs *v, const char *name)
{
    return under(v)->xNextSystemCall(under(v), name);
}

static const sqlite3_vfs vfs_methods = {
    .iVersion = 3,
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_path,
    .xDlOpen = vfs_dl_open,
    .xDlError = vfs_dl_error,
    .xDlSym = vfs_dl_symbol,
    .xDlClose = vfs_dl_close,
    .xRandomness = vfs_randomness,
    .xSleep = vfs_wait,
    .xCurrentTime = vfs_now,
    .xGetLastError = vfs_last_error,
    .xCurrentTimeInt64 = vfs_now_ms,
    .xSetSystemCall = vfs_set_call,
    .xGetSystemCall = vfs_get_call,
    .xNextSystemCall = vfs_next_call,
};

struct db_vfs *db_vfs_make(struct arena *a, const char *below, struct db_counts *counts)
{
    sqlite3_vfs *found = sqlite3_vfs_find(below);
    if (!found) return NULL;
    struct db_vfs *v = arena_take(a, sizeof *v);
    v->below = found;
    v->counts = counts;
    v->vfs = vfs_methods;
    if (found->iVersion < v->vfs.iVersion) v->vfs.iVersion = found->iVersion;
    v->vfs.szOsFile = (int)sizeof(struct counted) + found->szOsFile;
    v->vfs.mxPathname = found->mxPathname;
    /* The address makes the name this connection's own. */
    v->vfs.zName = str_printf(a, "comity-%p", (void *)v).p;
    return sqlite3_vfs_register(&v->vfs, 0) == SQLITE_OK ? v : NULL;
}

const char *db_vfs_name(const struct db_vfs *v) { return v->vfs.zName; }

void db_vfs_drop(struct db_vfs *v)
{
    if (v) sqlite3_vfs_unregister(&v->vfs);
}
