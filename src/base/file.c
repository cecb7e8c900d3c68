/* SPDX-License-Identifier: Apache-2.0 */
/* Small files, read and written whole.
 *
 * A write is whole or not at all, also across a power cut: temporary name, fsync, rename, fsync of
 * the folder. Two writers of one path at one time are the caller's mistake. Large files and streams
 * belong to `vault`. */

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *errno_words(int e)
{
    const char *words = strerrordesc_np(e);
    return words ? words : "unknown error";
}

static err fail_errno(struct turn *t, const char *verb, const char *path)
{
    int e = errno;
    err kind = e == ENOENT || e == ENOTDIR  ? ERR_NONE_SUCH
               : e == ENOSPC || e == EDQUOT ? ERR_FULL
                                            : ERR_INTERNAL;
    return turn_fail(t, kind, "file", NULL, "cannot %s %s: %s", verb, path, errno_words(e));
}

static void close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
}
#define auto_fd __attribute__((cleanup(close_fd))) int

/* Reads until the end or until `room` is full. */
static ssize_t read_full(int fd, uint8_t *p, size_t room)
{
    size_t have = 0;
    while (have < room) {
        ssize_t n = read(fd, p + have, room - have);
        if (n == 0) break;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        have += (size_t)n;
    }
    return (ssize_t)have;
}

err file_read(struct turn *t, const char *path, size_t limit, struct bytes *out)
{
    /* Without O_NONBLOCK, opening a named pipe would wait for a writer. */
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) return fail_errno(t, "read", path);
    if (!S_ISREG(st.st_mode))
        return turn_fail(t, ERR_REJECTED, "file", NULL, "cannot read %s: not a file", path);
    if (st.st_size < 0 || (uint64_t)st.st_size > limit)
        return turn_fail(t, ERR_TOO_LARGE, "file-size", NULL, "%s has %lld bytes, the limit is %zu",
                         path, (long long)st.st_size, limit);
    /* One byte more than it should have, so that a file that grows meanwhile is noticed. */
    size_t room = (size_t)st.st_size + 1;
    uint8_t *p = arena_take(t->arena, room);
    ssize_t n = read_full(fd, p, room);
    if (n < 0) return fail_errno(t, "read", path);
    if ((size_t)n == room)
        return turn_fail(t, ERR_INTERNAL, "file", NULL, "%s grew while it was read", path);
    *out = (struct bytes){p, (size_t)n};
    return ERR_OK;
}

static int write_full(int fd, struct bytes data)
{
    while (data.n) {
        ssize_t n = write(fd, data.p, data.n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        data.p += n;
        data.n -= (size_t)n;
    }
    return 0;
}

static int sync_folder(struct turn *t, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str folder = !slash ? STR(".") : slash == path ? STR("/") : (struct str){path, 0};
    if (folder.n == 0) folder.n = (size_t)(slash - path);
    auto_fd fd = open(str_c(t->arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -1 : fsync(fd);
}

err file_write(struct turn *t, const char *path, struct bytes data, unsigned mode)
{
    const char *fresh = str_printf(t->arena, "%s.new", path).p;
    if (unlink(fresh) < 0 && errno != ENOENT) return fail_errno(t, "replace", fresh);
    auto_fd fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) return fail_errno(t, "write", fresh);
    if (write_full(fd, data) < 0 || fsync(fd) < 0 || rename(fresh, path) < 0) {
        err e = fail_errno(t, "write", path);
        unlink(fresh);
        return e;
    }
    return sync_folder(t, path) < 0 ? fail_errno(t, "sync the folder of", path) : ERR_OK;
}

err file_name_sync(struct turn *t, const char *path)
{
    return sync_folder(t, path) < 0 ? fail_errno(t, "sync the folder of", path) : ERR_OK;
}
