/* SPDX-License-Identifier: Apache-2.0 */
/* A node's folder: its lock, its keys, its desk, opened together and closed together. */

#include "db/db.h"
#include "node/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

/* Nobody may be told anything: whether the commit holds is found out by the next start, from the
 * store itself. A duplicate then gets its stored receipt, an officer's key its act. */
void node_die(void *ctx, const char *why)
{
    (void)ctx;
    log_event(node_clock.wall_ms(NULL), "critical", "commit-outcome-unknown", "why", why, NULL);
    _exit(NODE_DIED);
}

static void lock_end(void *fd) { close((int)(intptr_t)fd); }

/* One node writes in a folder; the lock goes with its last process, however that ends. */
err node_lock_take(struct turn *t, const char *dir, int wait_ms, int *fd_out)
{
    const char *path = node_path(t->arena, dir, "lock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return turn_fail(t, ERR_INTERNAL, "lock", NULL, "Cannot open %s: %s.", path,
                         errno_words(errno));
    /* Processes of a node whose parent was killed are about to end, too. */
    enum { LOOK_MS = 10 };
    bool taken = flock(fd, LOCK_EX | LOCK_NB) == 0;
    for (; !taken && wait_ms > 0; wait_ms -= LOOK_MS) {
        (void)poll(NULL, 0, LOOK_MS);
        taken = flock(fd, LOCK_EX | LOCK_NB) == 0;
    }
    if (!taken) {
        close(fd);
        return turn_fail(t, ERR_BUSY, "locked", NULL,
                         "Another process works in the folder %s. A running node is asked over its "
                         "socket; stop it first to work without it.",
                         dir);
    }
    arena_on_free(t->arena, lock_end, (void *)(intptr_t)fd);
    *fd_out = fd;
    return ERR_OK;
}

err node_folder_config(struct turn *t, const char *dir, struct node_config *out)
{
    err e = node_config_read(t, node_path(t->arena, dir, "comity.yaml"), out);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return turn_fail(t, ERR_NONE_SUCH, "node-none-such", NULL,
                     "The folder %s holds no node; make one with: comity -C %s init.", dir, dir);
}

static void desk_end(void *desk) { desk_close(desk); }

err node_folder_open(struct turn *t, const char *dir, enum node_use use, struct node_folder *out)
{
    struct node_config c;
    try(node_folder_config(t, dir, &c));
    return node_folder_with(t, dir, &c, use, out);
}

err node_folder_with(struct turn *t, const char *dir, const struct node_config *c,
                     enum node_use use, struct node_folder *out)
{
    struct arena *a = t->arena;
    struct node_folder f = {.dir = dir, .config = *c};
    int lock;
    if (use != NODE_READS) try(node_lock_take(t, dir, 0, &lock));
    struct db_options db;
    struct id owner = {{0}};
    node_database_of(a, dir, c, &db);
    db.read_only = use == NODE_READS;
    if (use != NODE_MAKES) try(node_database_there(t, dir, c));
    if (use != NODE_READS) try(node_owner(t, dir, &owner));
    try(node_keeper_open(t, node_path(a, dir, "keys"), &f.config, &suite_1, &f.keeper));
    struct node_room *room = arena_take(a, sizeof *room);
    *room = (struct node_room){{dir, node_path(a, dir, "vault"), node_path(a, dir, "log")}};
    struct desk_options o = {.db = &db,
                             .vault = room->places[1],
                             .log = room->places[2],
                             .room = node_room,
                             .room_ctx = room,
                             .keeper = node_keeper_hooks(f.keeper),
                             .suite = &suite_1,
                             .law = law_embedded,
                             .law_n = law_embedded_n,
                             .zones = node_zones_hook(node_zones_new(a)),
                             .create = use == NODE_MAKES,
                             .owner = owner,
                             .take_over = use == NODE_TAKES,
                             .restores = use == NODE_RESTORES,
                             .officers = node_officers_origin(a, &c->officers),
                             .die = node_die};
    try(desk_open(t, &o, &f.desk));
    arena_on_free(a, desk_end, f.desk);
    *out = f;
    return ERR_OK;
}

err node_desk_open(struct turn *t, const char *dir, bool write, struct desk **out)
{
    struct node_folder f;
    try(node_folder_open(t, dir, write ? NODE_WRITES : NODE_READS, &f));
    *out = f.desk;
    return ERR_OK;
}

err node_take_over(struct turn *t, const char *dir, const struct tree **view_out)
{
    struct node_folder f;
    struct node_config c;
    try(node_folder_config(t, dir, &c));
    if (!c.database.n)
        return turn_fail(t, ERR_USAGE, "database", NULL,
                         "The database of this node is a file in its folder: there is nothing to "
                         "take over.");
    try(node_folder_with(t, dir, &c, NODE_TAKES, &f));
    try(desk_whole(f.desk, t));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "dir", str_of(dir));
    tree_add_bool(t->arena, v, "taken_over", true);
    *view_out = v;
    return ERR_OK;
}
