/* SPDX-License-Identifier: Apache-2.0 */
/* What is made ready before a node's processes are forked: settings and certificates read, sockets
 * opened, files given to those who write them. Nothing here reads a private key. */

#include "node/split.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEM_MAX = 64 << 10 };

static err pem_read(struct turn *t, const char *path, const char **pem_out, struct bytes *der_out)
{
    struct bytes text;
    try(node_key_file_read(t, path, &text));
    if (pem_out) *pem_out = str_c(t->arena, bytes_str(text));
    return seal_pem_read(t, bytes_str(text), "CERTIFICATE", der_out);
}

static err certificates_read(struct turn *t, const char *dir, struct node_plan *p)
{
    struct arena *a = t->arena;
    const char *keys = node_path(a, dir, "keys");
    try(pem_read(t, node_path(a, keys, "tls.pem"), &p->tls_cert, &p->tls_der));
    for (size_t k = 0; k < p->config.authorities_n; k++) {
        const char *of = node_keys_of(a, keys, p->config.authorities[k]);
        try(pem_read(t, node_path(a, of, "seal.pem"), NULL, &p->seal_der[k]));
        try(pem_read(t, node_path(a, of, "open.pem"), NULL, &p->open_der[k]));
    }
    return ERR_OK;
}

/* Whole, so that a mail server may fill it from the first moment. */
static err maildir_there(struct turn *t, const char *dir, struct str name)
{
    static const char *const parts[] = {"new", "cur", "tmp"};
    const char *folder = node_path(t->arena, dir, str_c(t->arena, name));
    try(node_folder_make(t, folder));
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        try(node_folder_make(t, node_path(t->arena, folder, parts[k])));
    return ERR_OK;
}

/* ---- whose files they are -------------------------------------------------------------------- */

static err give(struct turn *t, const char *path, unsigned id)
{
    struct stat st;
    if (lstat(path, &st) == 0 && st.st_uid == id && st.st_gid == id) return ERR_OK;
    if (lchown(path, id, id) == 0) return ERR_OK;
    return turn_fail(t, ERR_NOT_ALLOWED, "folder-owner", NULL,
                     "Cannot give %s to the uid %u of the process that uses it: %s.", path, id,
                     errno_words(errno));
}

/* A file, or a folder with all in it. */
static err give_all(struct turn *t, const char *path, unsigned id, unsigned depth)
{
    enum { DEPTH_MAX = 16 };
    try(give(t, path, id));
    DIR *d = depth < DEPTH_MAX ? opendir(path) : NULL;
    if (!d) return ERR_OK; /* no folder */
    err e = ERR_OK;
    for (struct dirent *x; e == ERR_OK && (x = readdir(d));) {
        if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0) continue;
        auto_arena scratch = arena_new();
        struct turn one = {.arena = scratch};
        e = give_all(&one, node_path(scratch, path, x->d_name), id, depth + 1);
        t->fault = one.fault;
    }
    closedir(d);
    return e;
}

static err owners_set(struct turn *t, const char *dir, const struct node_plan *p)
{
    static const char *const desk[] = {"vault", "log"};
    unsigned id = guard_uid(GUARD_DESK, p->uid_base);
    for (size_t k = 0; k < NODE_STORE_FILES && !p->config.database.n; k++)
        try(give(t, node_path(t->arena, dir, node_store_files[k]), id));
    for (size_t k = 0; k < sizeof desk / sizeof *desk; k++)
        try(give_all(t, node_path(t->arena, dir, desk[k]), id, 0));
    if (p->config.carried_n) try(give_all(t, node_path(t->arena, dir, NODE_CARRIED), id, 0));
    struct str filled[] = {p->config.mail.maildir, p->config.mailbox.maildir};
    for (size_t k = 0; k < sizeof filled / sizeof *filled; k++)
        if (filled[k].n)
            try(give_all(t, node_path(t->arena, dir, str_c(t->arena, filled[k])), id, 0));
    try(give_all(t, node_path(t->arena, dir, "keys"), guard_uid(GUARD_KEEPER, p->uid_base), 0));
    /* Desk syncs the folder; keeper passes through it; nobody else looks into it. */
    try(give(t, dir, id));
    if (chmod(dir, 0711) == 0) return ERR_OK;
    return turn_fail(t, ERR_NOT_ALLOWED, "folder-owner", NULL, "Cannot set the mode of %s: %s.",
                     dir, errno_words(errno));
}

/* ---- sockets --------------------------------------------------------------------------------- */

static void fd_end(void *fd) { close((int)(intptr_t)fd); }

static err wire_open(struct turn *t, const char *dir, struct node_plan *p)
{
    uint16_t port;
    (void)dir;
    return net_listen(t, str_c(t->arena, p->config.address), (uint16_t)p->config.port, &p->wire,
                      &port);
}

static err pages_open(struct turn *t, const char *dir, struct node_plan *p)
{
    uint16_t port;
    const struct node_officers *o = &p->config.officers;
    (void)dir;
    return net_listen(t, str_c(t->arena, o->address), (uint16_t)o->port, &p->pages, &port);
}

static err local_open(struct turn *t, const char *dir, struct node_plan *p)
{
    return net_local_listen(t, node_path(t->arena, dir, CLI_SOCKET), 0600, &p->local);
}

/* The folder's lock is ours; but processes whose broker was killed let go of what they hold one by
 * one, and the lock need not be the last. */
static err open_in_time(struct turn *t, const char *dir, struct node_plan *p,
                        err (*open_one)(struct turn *t, const char *dir, struct node_plan *p))
{
    enum { LOOK_MS = 10 };
    err e = open_one(t, dir, p);
    for (int left_ms = NODE_ENDING_MS; e == ERR_BUSY && left_ms > 0; left_ms -= LOOK_MS) {
        (void)poll(NULL, 0, LOOK_MS);
        turn_forgive(t);
        e = open_one(t, dir, p);
    }
    return e;
}

static err sockets_open(struct turn *t, const char *dir, struct node_plan *p)
{
    try(open_in_time(t, dir, p, wire_open));
    arena_on_free(t->arena, fd_end, (void *)(intptr_t)p->wire);
    if (p->config.officers.port) {
        try(open_in_time(t, dir, p, pages_open));
        arena_on_free(t->arena, fd_end, (void *)(intptr_t)p->pages);
    }
    try(open_in_time(t, dir, p, local_open));
    arena_on_free(t->arena, fd_end, (void *)(intptr_t)p->local);
    return ERR_OK;
}

err node_plan_make(struct turn *t, const char *dir, int lock, const struct node_config *c,
                   struct node_plan **out)
{
    struct arena *a = t->arena;
    struct node_plan *p = arena_take(a, sizeof *p);
    *p = (struct node_plan){.dir = dir, .config = *c, .lock = lock, .uid_base = NODE_UID_BASE};
    if (c->uids) p->uid_base = (unsigned)c->uids;
    try(guard_probe(t, &p->ground));
    try(certificates_read(t, dir, p));
    try(node_database_there(t, dir, c));
    try(node_folder_make(t, node_path(a, dir, "vault")));
    try(node_folder_make(t, node_path(a, dir, "log")));
    try(node_database_files(t, dir, c));
    try(node_owner(t, dir, &p->owner));
    if (c->carried_n) try(node_carried_there(t, dir));
    if (c->mail.maildir.n) try(maildir_there(t, dir, c->mail.maildir));
    if (c->mailbox.maildir.n) try(maildir_there(t, dir, c->mailbox.maildir));
    if (p->ground.is_root) try(owners_set(t, dir, p));
    try(sockets_open(t, dir, p));
    p->zones = node_zones_new(a);
    try(node_zones_check(t, p->zones));
    node_zones_whole(p->zones, c->officers.zone);
    p->press = node_press_program(a);
    if (p->press && access(p->press, X_OK) != 0) p->press = NULL;
    *out = p;
    return ERR_OK;
}
