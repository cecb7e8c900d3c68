/* SPDX-License-Identifier: Apache-2.0 */
/* The disk that fails when told to.
 *
 * Files are those of the default VFS; three of their methods are replaced after opening, and what
 * is needed to find the originals stands behind them in the same memory. All other methods (locks,
 * shared memory) are called as if nothing stood between. */

#include "kit/faulty_vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct shim {
    sqlite3_vfs vfs; /* first: SQLite hands us this */
    sqlite3_vfs *below;
    struct faulty_vfs *f;
};

struct tail {
    const sqlite3_io_methods *original;
    sqlite3_io_methods replaced;
    struct faulty_vfs *f;
};

/* `shim_open` puts the tail right behind the file below, aligned as SQLite aligns files. */
static struct tail *tail_of(sqlite3_file *file)
{
    size_t size = (size_t)sqlite3_vfs_find(NULL)->szOsFile;
    return (struct tail *)(void *)((char *)file + (size + 7) / 8 * 8);
}

static int shim_close(sqlite3_file *file)
{
    file->pMethods = tail_of(file)->original;
    return file->pMethods->xClose(file);
}

static int shim_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
    struct tail *tail = tail_of(file);
    struct faulty_vfs *f = tail->f;
    f->writes++;
    if (f->full_from && f->writes >= f->full_from) {
        f->failed_writes++;
        if (!f->write_errno) return SQLITE_FULL;
        errno = f->write_errno;
        return SQLITE_IOERR_WRITE;
    }
    return tail->original->xWrite(file, p, n, at);
}

static int shim_sync(sqlite3_file *file, int flags)
{
    struct tail *tail = tail_of(file);
    struct faulty_vfs *f = tail->f;
    f->syncs++;
    if (f->syncs == f->fail_sync) {
        f->failed_syncs++;
        errno = EIO;
        return SQLITE_IOERR_FSYNC;
    }
    return tail->original->xSync(file, flags);
}

static int shim_open(sqlite3_vfs *v, const char *name, sqlite3_file *file, int flags,
                     int *flags_out)
{
    struct shim *s = (struct shim *)(void *)v;
    int rc = s->below->xOpen(s->below, name, file, flags, flags_out);
    if (!file->pMethods) return rc;
    struct tail *tail = tail_of(file);
    tail->original = file->pMethods;
    tail->replaced = *file->pMethods;
    tail->replaced.xClose = shim_close;
    tail->replaced.xWrite = shim_write;
    tail->replaced.xSync = shim_sync;
    tail->f = s->f;
    file->pMethods = &tail->replaced;
    return rc;
}

static int shim_wait(sqlite3_vfs *v, int microseconds)
{
    ((struct shim *)(void *)v)->f->waits++;
    return microseconds;
}

bool faulty_vfs_up(struct faulty_vfs *f, const char *name)
{
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);
    struct shim *s = below ? calloc(1, sizeof *s) : NULL;
    if (!s) return false;
    memset(f, 0, sizeof *f);
    f->vfs = s;
    s->below = below;
    s->f = f;
    s->vfs = *below;
    s->vfs.pNext = NULL;
    s->vfs.zName = name;
    s->vfs.szOsFile = (below->szOsFile + 7) / 8 * 8 + (int)sizeof(struct tail);
    s->vfs.xOpen = shim_open;
    s->vfs.xSleep = shim_wait;
    return sqlite3_vfs_register(&s->vfs, 0) == SQLITE_OK;
}

void faulty_vfs_down(struct faulty_vfs *f)
{
    struct shim *s = f->vfs;
    if (s) sqlite3_vfs_unregister(&s->vfs);
    free(s);
    f->vfs = NULL;
}
