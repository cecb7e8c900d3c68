/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed bytes in one folder, each file named by the SHA-256 of what is in it.
 *
 * The name is the check: whoever can list the folder can prove it whole, and putting a thing twice
 * is putting it once. A file is written under another name, synced, read back and only then
 * renamed, so a name never stands for less than its bytes. All paths are relative to the open
 * folder, so that it cannot be swapped underneath. Nothing here deletes or repairs content. */

#include "vault/vault.h"

#include "seal/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = 64, FRESH_SIZE = NAME_SIZE + sizeof ".new" };

struct vault {
    struct arena *arena; /* the vault itself lives here */
    int fd;              /* the folder */
    uint64_t syncs;
};

static void close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
}
#define auto_fd __attribute__((cleanup(close_fd))) int

static err fail_errno(struct turn *t, const char *verb, const char *what)
{
    int e = errno;
    const char *words = strerrordesc_np(e);
    err kind = e == ENOENT ? ERR_NONE_SUCH
               /* A limit on file size or quota is a full disk to whoever must wait for room. */
               : e == ENOSPC || e == EDQUOT || e == EFBIG ? ERR_FULL
                                                          : ERR_INTERNAL;
    return turn_fail(t, kind, "vault", NULL, "cannot %s %s in the vault: %s", verb, what,
                     words ? words : "unknown error");
}

static err altered(struct turn *t, const char *name, const char *how)
{
    return turn_fail_at(t, ERR_INTEGRITY, "vault-altered", NULL, str_of(name), "vault file %s %s",
                        name, how);
}

err vault_open(struct turn *t, const char *folder, struct vault **out)
{
    bool made = mkdir(folder, 0700) == 0;
    if (!made && errno != EEXIST) return fail_errno(t, "make the folder", folder);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail_errno(t, "open the folder", folder);
    if (made) {
        /* Without this the new folder itself could be gone after a power cut. */
        auto_fd above = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (above < 0 || fsync(above) < 0) {
            err e = fail_errno(t, "sync the folder above", folder);
            close(fd);
            return e;
        }
    }
    struct arena *a = arena_new();
    struct vault *v = arena_take(a, sizeof *v);
    *v = (struct vault){.arena = a, .fd = fd};
    *out = v;
    return ERR_OK;
}

void vault_close(struct vault *v)
{
    if (!v) return;
    close(v->fd);
    arena_free(v->arena);
}

static void file_name(const struct hash *name, char out[FRESH_SIZE])
{
    auto_arena scratch = arena_new();
    memcpy(out, hex(scratch, hash_bytes(name)).p, NAME_SIZE);
    out[NAME_SIZE] = 0;
}

/* Reads all of an open file into `a`; `name` is how faults call it. */
static err read_all(struct turn *t, struct arena *a, int fd, const char *name, size_t limit,
                    struct bytes *out)
{
    struct stat st;
    if (fstat(fd, &st) < 0) return fail_errno(t, "look at", name);
    if (!S_ISREG(st.st_mode)) return altered(t, name, "is no plain file");
    size_t size = (size_t)st.st_size, have = 0;
    if (size > VAULT_FILE_MAX) return altered(t, name, "is larger than any file put here");
    if (size > limit)
        return turn_fail(t, ERR_TOO_LARGE, "vault-size", NULL,
                         "vault file %s has %zu bytes, the limit is %zu", name, size, limit);
    uint8_t *p = arena_take(a, size);
    while (have < size) {
        ssize_t n = pread(fd, p + have, size - have, (off_t)have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(t, "read", name);
        if (n == 0) return altered(t, name, "became shorter while it was read");
        have += (size_t)n;
    }
    *out = (struct bytes){p, size};
    return ERR_OK;
}

/* Reads an open file whose bytes must hash to `name`. */
static err read_named(struct turn *t, struct arena *a, int fd, const struct hash *name,
                      size_t limit, struct bytes *out)
{
    char file[FRESH_SIZE];
    struct bytes b;
    file_name(name, file);
    try(read_all(t, a, fd, file, limit, &b));
    struct hash h = seal_sha256_of(b);
    if (!hash_eq(&h, name)) return altered(t, file, "does not hash to its name");
    *out = b;
    return ERR_OK;
}

/* Opens a file by its name; a link is not followed, and a pipe does not make us wait. */
static err open_named(struct turn *t, struct vault *v, const struct hash *name, int *fd_out)
{
    char file[FRESH_SIZE];
    file_name(name, file);
    int fd = openat(v->fd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && (errno == ELOOP || errno == ENXIO)) return altered(t, file, "is no plain file");
    if (fd < 0) return fail_errno(t, "open", file);
    *fd_out = fd;
    return ERR_OK;
}

err vault_get(struct turn *t, struct vault *v, const struct hash *name, size_t limit,
              struct bytes *out)
{
    auto_fd fd = -1;
    try(open_named(t, v, name, &fd));
    return read_named(t, t->arena, fd, name, limit, out);
}

static int sync_counted(struct vault *v, int fd)
{
    v->syncs++;
    return fsync(fd);
}

static int write_all(int fd, struct bytes b)
{
    while (b.n) {
        ssize_t n = write(fd, b.p, b.n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        b.p += n;
        b.n -= (size_t)n;
    }
    return 0;
}

/* Writes `sealed` under the working name `fresh`, synced, and checks what the disk gives back. */
static err write_fresh(struct turn *t, struct vault *v, const char *fresh, struct bytes sealed,
                       const struct hash *name)
{
    auto_arena scratch = arena_new();
    struct bytes back;
    /* What a crash left under this name was never acknowledged. */
    if (unlinkat(v->fd, fresh, 0) < 0 && errno != ENOENT) return fail_errno(t, "replace", fresh);
    auto_fd fd = openat(v->fd, fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0) return fail_errno(t, "write", fresh);
    if (write_all(fd, sealed) < 0) return fail_errno(t, "write", fresh);
    if (sync_counted(v, fd) < 0) return fail_errno(t, "sync", fresh);
    /* Drops the copy in memory where the system can, so that the reading asks the disk. */
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return read_named(t, scratch, fd, name, sealed.n, &back);
}

/* Whether the bytes stand in the folder already, unaltered. */
static err find(struct turn *t, struct vault *v, const struct hash *name, bool *found_out)
{
    auto_arena scratch = arena_new();
    auto_fd fd = -1;
    struct bytes there;
    err e = open_named(t, v, name, &fd);
    *found_out = e == ERR_OK;
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    return read_named(t, scratch, fd, name, VAULT_FILE_MAX, &there);
}

err vault_put(struct turn *t, struct vault *v, struct bytes sealed, struct hash *name_out)
{
    if (sealed.n > VAULT_FILE_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "vault-size", NULL,
                         "%zu bytes are too many for one vault file, the limit is %d", sealed.n,
                         VAULT_FILE_MAX);
    struct hash name = seal_sha256_of(sealed);
    char file[FRESH_SIZE], fresh[FRESH_SIZE];
    bool found;
    file_name(&name, file);
    file_name(&name, fresh);
    memcpy(fresh + NAME_SIZE, ".new", sizeof ".new");
    try(find(t, v, &name, &found));
    if (!found) {
        err e = write_fresh(t, v, fresh, sealed, &name);
        if (e == ERR_OK && renameat(v->fd, fresh, v->fd, file) < 0) e = fail_errno(t, "name", file);
        if (e != ERR_OK) {
            unlinkat(v->fd, fresh, 0);
            return e;
        }
    }
    /* Also for what was found: an earlier put may have been cut off just before its own sync. */
    if (sync_counted(v, v->fd) < 0) return fail_errno(t, "sync the folder of", file);
    *name_out = name;
    return ERR_OK;
}

static void close_listing(DIR **d)
{
    if (*d) closedir(*d);
}

err vault_each(struct turn *t, struct vault *v,
               err (*each)(void *ctx, struct turn *t, const char *file, const struct hash *name),
               void *ctx)
{
    /* A descriptor of its own, because a listing moves the position of the one it reads. */
    int fd = openat(v->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail_errno(t, "list", "the files");
    __attribute__((cleanup(close_listing))) DIR *listing = fdopendir(fd);
    if (!listing) {
        err e = fail_errno(t, "list", "the files");
        close(fd);
        return e;
    }
    for (;;) {
        errno = 0;
        const struct dirent *file = readdir(listing);
        if (!file && errno) return fail_errno(t, "list", "the files");
        if (!file) return ERR_OK;
        if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0) continue;
        struct hash name;
        bool is_hash = hash_read(str_of(file->d_name), &name);
        try(each(ctx, t, file->d_name, is_hash ? &name : NULL));
    }
}

uint64_t vault_syncs(const struct vault *v) { return v->syncs; }
