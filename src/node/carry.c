/* SPDX-License-Identifier: Apache-2.0 */
/* What people carry between two nodes that do not reach each other: the folder it lies in, and the
 * two ways between that folder and a stick. It moves files and opens none; what they are worth the
 * node finds out (src/post/carried.c).
 *
 * A file is on the stick or in the folder whole, or not at all, and is taken away where it was only
 * when it is durable where it goes: pulled out too early, the stick is brought once more. */

#include "node/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 65536, NAME_MAX_BYTES = 200 };

static const char *const parts[] = {"new", "cur", "tmp", "out"};

err node_carried_there(struct turn *t, const char *dir)
{
    const char *folder = node_path(t->arena, dir, NODE_CARRIED);
    try(node_folder_make(t, folder));
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        try(node_folder_make(t, node_path(t->arena, folder, parts[k])));
    return ERR_OK;
}

struct carry {
    const char *folder, *stick;
    const struct node_config *config;
    struct stat owner; /* of the folder: who serves must be able to take what is put into it */
    int64_t taken, given, removed;
};

/* ---- names: FROM~TO~ACT.SORT ----------------------------------------------------------------- */

static bool is_ours(const struct node_config *c, struct str address)
{
    for (size_t k = 0; k < c->authorities_n; k++) {
        struct str own = c->authorities[k];
        bool same = own.n == address.n;
        for (size_t n = 0; same && n < own.n; n++)
            same = address.p[n] == (own.p[n] == '/' ? '_' : own.p[n]);
        if (same) return true;
    }
    return false;
}

static bool is_name(struct str s)
{
    for (size_t k = 0; k < s.n; k++)
        if (s.p[k] <= ' ' || s.p[k] == '/' || s.p[k] == 0x7f) return false;
    bool sort = str_ends(s, ".parcel") || str_ends(s, ".receipt") || str_ends(s, ".problem");
    return sort && s.n <= NAME_MAX_BYTES && s.p[0] != '.';
}

/* ---- one file -------------------------------------------------------------------------------- */

static err moved_in(struct turn *t, struct carry *c, struct str name)
{
    struct arena *a = t->arena;
    const char *n = str_c(a, name), *from = node_path(a, c->stick, n);
    const char *fresh = node_path(a, c->folder, str_c(a, str_printf(a, "tmp/%s", n)));
    const char *to = node_path(a, c->folder, str_c(a, str_printf(a, "new/%s", n)));
    try(node_file_copy(t, from, fresh));
    if (chown(fresh, c->owner.st_uid, c->owner.st_gid) != 0 || rename(fresh, to) != 0)
        return turn_fail(t, ERR_INTERNAL, "carry", NULL, "Cannot put %s into %s: %s.", n, c->folder,
                         errno_words(errno));
    try(file_name_sync(t, to));
    (void)unlink(from); /* one that may not be written is brought again, and does no harm */
    c->taken++;
    return ERR_OK;
}

static err given_out(struct turn *t, struct carry *c, struct str name)
{
    struct arena *a = t->arena;
    const char *n = str_c(a, name), *to = node_path(a, c->stick, n);
    const char *from = node_path(a, c->folder, str_c(a, str_printf(a, "out/%s", n)));
    err e = access(to, F_OK) == 0 ? ERR_OK : node_file_copy(t, from, to);
    if (e == ERR_NONE_SUCH) { /* the node that serves took it away: its receipt has just come */
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    if (!str_ends(name, ".parcel")) (void)unlink(from); /* asked for again, it is made again */
    c->given++;
    return ERR_OK;
}

/* Ours on the stick, and no longer waiting here: its receipt has come. */
static void delivered(struct turn *t, struct carry *c, struct str name)
{
    struct arena *a = t->arena;
    const char *n = str_c(a, name);
    const char *from = node_path(a, c->folder, str_c(a, str_printf(a, "out/%s", n)));
    if (str_ends(name, ".parcel") && access(from, F_OK) != 0 &&
        unlink(node_path(a, c->stick, n)) == 0)
        c->removed++;
}

/* ---- both ways ------------------------------------------------------------------------------- */

static err each_of(struct turn *t, struct carry *c, const char *folder,
                   err (*go)(struct turn *t, struct carry *c, struct str name))
{
    DIR *d = opendir(folder);
    if (!d)
        return turn_fail(t, errno == ENOENT ? ERR_NONE_SUCH : ERR_INTERNAL, "carry", NULL,
                         "Cannot look into %s: %s.", folder, errno_words(errno));
    err e = ERR_OK;
    struct dirent *x;
    for (int n = 0; e == ERR_OK && n < FILES_MAX && (x = readdir(d)); n++) {
        auto_arena scratch = arena_new();
        struct turn one = *t;
        one.arena = scratch;
        if (is_name(str_of(x->d_name))) e = go(&one, c, str_of(x->d_name));
        t->fault = one.fault;
    }
    closedir(d);
    return e;
}

static err from_stick(struct turn *t, struct carry *c, struct str name)
{
    struct str from, to, rest;
    str_split(name, '~', &from, &rest);
    str_split(rest, '~', &to, &rest);
    if (is_ours(c->config, to)) return moved_in(t, c, name);
    if (is_ours(c->config, from)) delivered(t, c, name);
    return ERR_OK;
}

err node_carry(struct turn *t, const char *dir, const char *stick, const struct tree **view_out)
{
    struct node_config config;
    try(node_folder_config(t, dir, &config));
    struct carry c = {
        .folder = node_path(t->arena, dir, NODE_CARRIED), .stick = stick, .config = &config};
    if (!config.carried_n)
        return turn_fail(t, ERR_USAGE, "carried", NULL,
                         "The settings name nobody whose parcels are carried: list the address of "
                         "that authority under carried in comity.yaml, and start the node again.");
    if (stat(c.folder, &c.owner) != 0)
        return turn_fail(t, ERR_NONE_SUCH, "carried", NULL,
                         "%s is not there: it is made when the node is served.", c.folder);
    try(each_of(t, &c, stick, from_stick));
    try(each_of(t, &c, node_path(t->arena, c.folder, "out"), given_out));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "dir", str_of(dir));
    tree_add_str(t->arena, v, "stick", str_of(stick));
    tree_add_int(t->arena, v, "taken", c.taken);
    tree_add_int(t->arena, v, "given", c.given);
    tree_add_int(t->arena, v, "delivered", c.removed);
    *view_out = v;
    return ERR_OK;
}
