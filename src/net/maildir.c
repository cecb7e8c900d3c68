/* SPDX-License-Identifier: Apache-2.0 */
/* Mail that waits in a folder. The server that delivers renames whole files into new/, so a name
 * that is there is a whole message; what moves one on is a rename too. No lock is needed, and a
 * kill at any moment leaves each message in exactly one place. */

#include "net/net.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_MAX = 65536 }; /* names looked at in one go */

static err folder_fault(struct turn *t, const char *folder, const char *what)
{
    err e = errno == ENOENT ? ERR_NONE_SUCH : errno == ENOSPC ? ERR_FULL : ERR_INTERNAL;
    return turn_fail(t, e, "net-maildir", NULL,
                     "The mail folder %s %s: %s. Nothing was lost; the mail waits there.", folder,
                     what, errno_words(errno));
}

static const char *path(struct turn *t, const char *folder, const char *sub, struct str name)
{
    return str_printf(t->arena, "%s/%s/" STR_FMT "%c", folder, sub, STR_ARG(name), 0).p;
}

/* A name a server gives, which is one step and not hidden. */
static bool is_name(struct str name)
{
    if (!name.n || name.n > 255 || name.p[0] == '.') return false;
    return !memchr(name.p, '/', name.n) && !memchr(name.p, 0, name.n);
}

static err parts_make(struct turn *t, const char *folder)
{
    static const char *const parts[] = {"new", "cur", "tmp"};
    struct stat st;
    if (stat(folder, &st) != 0) return folder_fault(t, folder, "is not there");
    for (size_t i = 0; i < 3; i++) {
        if (mkdir(path(t, folder, parts[i], STR("")), 0700) != 0 && errno != EEXIST)
            return folder_fault(t, folder, "cannot be prepared");
    }
    return ERR_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct net_maildir_entry *x = a, *y = b;
    return str_cmp(x->name, y->name);
}

err net_maildir_list(struct turn *t, const char *folder, size_t max, struct net_maildir_entry **out,
                     size_t *n_out)
{
    try(parts_make(t, folder));
    DIR *d = opendir(path(t, folder, "new", STR("")));
    if (!d) return folder_fault(t, folder, "cannot be read");
    size_t n = 0, room = 64;
    struct net_maildir_entry *all = arena_take_many(t->arena, room, sizeof *all);
    for (struct dirent *e; n < LOOK_MAX && (e = readdir(d));) {
        struct stat st;
        if (!is_name(str_of(e->d_name)) ||
            fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
            continue;
        if (n == room) {
            struct net_maildir_entry *more = arena_take_many(t->arena, 2 * room, sizeof *more);
            memcpy(more, all, n * sizeof *all);
            all = more;
            room *= 2;
        }
        all[n++] = (struct net_maildir_entry){.name = str_dup(t->arena, str_of(e->d_name)),
                                              .size = (size_t)st.st_size};
    }
    closedir(d);
    qsort(all, n, sizeof *all, by_name);
    *out = all;
    *n_out = n < max ? n : max;
    return ERR_OK;
}

static err not_a_name(struct turn *t)
{
    return turn_fail(t, ERR_USAGE, "net-maildir", NULL, "That is no name of a message.");
}

err net_maildir_read(struct turn *t, const char *folder, struct str name, size_t limit,
                     struct bytes *out)
{
    if (!is_name(name)) return not_a_name(t);
    const char *from = path(t, folder, "new", name);
    struct stat st;
    if (lstat(from, &st) != 0) return folder_fault(t, folder, "has no such message");
    if (!S_ISREG(st.st_mode)) return not_a_name(t);
    return file_read(t, from, limit, out);
}

static err folder_sync(struct turn *t, const char *folder, const char *sub)
{
    int fd = open(path(t, folder, sub, STR("")), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    err e = good ? ERR_OK : folder_fault(t, folder, "could not be synced");
    if (fd >= 0) close(fd);
    return e;
}

err net_maildir_taken(struct turn *t, const char *folder, struct str name)
{
    if (!is_name(name)) return not_a_name(t);
    /* ":2,S": seen (the info of the Maildir format). */
    struct str seen =
        memchr(name.p, ':', name.n) ? name : str_printf(t->arena, STR_FMT ":2,S", STR_ARG(name));
    const char *to = path(t, folder, "cur", seen);
    struct stat st;
    if (rename(path(t, folder, "new", name), to) != 0 && !(errno == ENOENT && lstat(to, &st) == 0))
        return folder_fault(t, folder, "would not let a message be moved");
    try(folder_sync(t, folder, "cur"));
    return folder_sync(t, folder, "new");
}
