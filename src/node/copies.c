/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a node put beside it and back: whole folders, durably. Sealed documents are named by
 * their hash and never change, so two folders may share them. */

#include "node/internal.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 65 << 20, DEPTH_MAX = 4 };

err node_file_copy(struct turn *t, const char *from, const char *to)
{
    auto_arena scratch = arena_new();
    struct turn one = *t;
    one.arena = scratch;
    struct bytes data;
    err e = file_read(&one, from, FILE_MAX, &data);
    if (e == ERR_OK) e = file_write(&one, to, data, 0600);
    if (e == ERR_OK) wipe((void *)(uintptr_t)data.p, data.n); /* it may be a key */
    t->fault = one.fault;
    return e;
}

/* A second name where the disk is the same, else a copy. */
static err file_share(struct turn *t, const char *from, const char *to)
{
    if (link(from, to) == 0) return ERR_OK;
    if (errno == EEXIST) return ERR_OK;
    return node_file_copy(t, from, to);
}

static err entry_copy(struct turn *t, struct node_copying *c, const char *from, const char *to,
                      int depth)
{
    struct stat st;
    if (lstat(from, &st) != 0)
        return turn_fail(t, ERR_INTERNAL, "copy", NULL, "Cannot look at %s: %s.", from,
                         errno_words(errno));
    if (S_ISDIR(st.st_mode)) return node_folder_copy(t, c, from, to, depth - 1);
    if (!S_ISREG(st.st_mode)) return ERR_OK;
    try(c->share ? file_share(t, from, to) : node_file_copy(t, from, to));
    c->files++;
    c->bytes += (uint64_t)st.st_size;
    if (c->progress->say && c->files % 256 == 0)
        c->progress->say(c->progress->ctx, c->what, c->files, 0);
    return ERR_OK;
}

err node_folder_copy(struct turn *t, struct node_copying *c, const char *from, const char *to,
                     int depth)
{
    if (depth == 0 || depth > DEPTH_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "copy", NULL, "%s is nested too deep.", from);
    try(node_folder_make(t, to));
    DIR *d = opendir(from);
    if (!d)
        return turn_fail(t, ERR_INTERNAL, "copy", NULL, "Cannot look into %s: %s.", from,
                         errno_words(errno));
    err e = ERR_OK;
    for (struct dirent *x; e == ERR_OK && (x = readdir(d));) {
        if (x->d_name[0] == '.') continue;
        auto_arena scratch = arena_new();
        struct turn one = *t;
        one.arena = scratch;
        e = entry_copy(&one, c, node_path(scratch, from, x->d_name),
                       node_path(scratch, to, x->d_name), depth);
        t->fault = one.fault;
    }
    closedir(d);
    if (e != ERR_OK) return e;
    return file_name_sync(t, node_path(t->arena, to, "."));
}
