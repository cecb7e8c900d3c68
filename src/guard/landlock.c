/* SPDX-License-Identifier: Apache-2.0 */
/* The files a process may reach, by Landlock: everything the kernel can forbid is forbidden, then
 * the places of the row are given back.
 *
 * The kernel's numbers are written here where the system's header is older than the kernel: an ABI
 * that knows more takes more away. There is no library for it. */

#include "guard/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    ABI_REFER = 2,
    ABI_TRUNCATE = 3,
    ABI_NET = 4,
    ABI_IOCTL = 5,
    ABI_SCOPE = 6,
};
#define FS_ALL_OF_1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
#define FS_REFER (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL (UINT64_C(1) << 15)
#define NET_BIND UINT64_C(1)
#define NET_CONNECT UINT64_C(2)
#define SCOPE_ALL UINT64_C(3) /* abstract sockets and signals */
#define OF_FILES                                                                                   \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |   \
     FS_TRUNCATE | FS_IOCTL)

/* What the kernel knows, each field since its ABI. */
struct ruleset {
    uint64_t fs, net, scoped;
};

int landlock_abi(void)
{
    long n = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return n > 0 ? (int)n : 0;
}

static uint64_t fs_of(int abi)
{
    uint64_t fs = FS_ALL_OF_1;
    if (abi >= ABI_REFER) fs |= FS_REFER;
    if (abi >= ABI_TRUNCATE) fs |= FS_TRUNCATE;
    if (abi >= ABI_IOCTL) fs |= FS_IOCTL;
    return fs;
}

static uint64_t access_of(unsigned powers)
{
    uint64_t access = 0;
    if (powers & GUARD_LIST) access |= LANDLOCK_ACCESS_FS_READ_DIR;
    if (powers & GUARD_READ) access |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    if (powers & GUARD_WRITE) access |= LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE;
    if (powers & GUARD_RUN) access |= LANDLOCK_ACCESS_FS_EXECUTE;
    if (powers & GUARD_MAKE)
        access |= LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
                  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | FS_REFER;
    return access;
}

static err failed(struct turn *t, const char *what)
{
    return turn_fail(t, ERR_NOT_ALLOWED, "sandbox-landlock", NULL,
                     "The files of a process cannot be limited (%s): %s. It is not run without.",
                     what, errno_words(errno));
}

static err place_add(struct turn *t, int ruleset, const struct guard_place *p, uint64_t handled)
{
    struct stat st;
    int fd = open(p->path, O_PATH | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && p->is_optional) return ERR_OK;
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0) close(fd);
        return failed(t, p->path);
    }
    uint64_t access = access_of(p->powers) & handled;
    if (!S_ISDIR(st.st_mode)) access &= OF_FILES;
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    long e = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int why = errno;
    close(fd);
    errno = why;
    return e == 0 ? ERR_OK : failed(t, p->path);
}

err landlock_prepare(struct turn *t, const struct guard_entry *e, int *fd_out)
{
    int abi = e->ground.landlock_abi;
    struct ruleset r = {.fs = fs_of(abi)};
    size_t size = sizeof r.fs;
    if (abi >= ABI_NET) {
        bool calls = guard_row(e->process)->clauses & CLAUSE_INTERNET;
        r.net = NET_BIND | (calls ? 0 : NET_CONNECT);
        size += sizeof r.net;
    }
    if (abi >= ABI_SCOPE) {
        r.scoped = SCOPE_ALL;
        size += sizeof r.scoped;
    }
    long fd = syscall(SYS_landlock_create_ruleset, &r, size, 0);
    if (fd < 0) return failed(t, "a ruleset");
    for (size_t k = 0; k < e->places_n; k++) {
        err x = place_add(t, (int)fd, &e->places[k], r.fs);
        if (x != ERR_OK) {
            close((int)fd);
            return x;
        }
    }
    if (GUARD_SANITIZED && (guard_row(e->process)->clauses & CLAUSE_PROGRAM)) {
        /* A sanitizer looks at its own memory before main. */
        struct guard_place proc = {"/proc", GUARD_READ, false};
        err x = place_add(t, (int)fd, &proc, r.fs);
        if (x != ERR_OK) close((int)fd);
        try(x);
    }
    *fd_out = (int)fd;
    return ERR_OK;
}

err landlock_enter(struct turn *t, int fd)
{
    long e = syscall(SYS_landlock_restrict_self, fd, 0);
    int why = errno;
    close(fd);
    errno = why;
    return e == 0 ? ERR_OK : failed(t, "entering");
}
