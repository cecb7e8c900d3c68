/* SPDX-License-Identifier: Apache-2.0 */
/* A backup: the database as it is at one moment, in a file whatever database the node has, the
 * sealed documents, settings, profile and root, in a folder; the keys apart, and only when they are
 * asked for. Documents are durable before a row names them and are never taken away, so what is
 * copied after the database holds all it names. The log's tiles are made again from the leaves.
 *
 * Nothing counts as written before it was opened and checked whole; backup.json comes last. */

#include "db/db.h"
#include "node/internal.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

struct backup {
    const char *dir, *to, *keys;
    const struct cli_progress *progress;
    struct node_config config;
    uint64_t documents, size;
    int64_t records;
};

static void say(const struct backup *b, const char *what)
{
    if (b->progress->say) b->progress->say(b->progress->ctx, what, 0, 0);
}

static err is_not_there(struct turn *t, const char *path)
{
    if (access(path, F_OK) != 0) return ERR_OK;
    return turn_fail(t, ERR_CONFLICT, "backup-there", NULL,
                     "%s is there already: a backup begins in a folder of its own.", path);
}

static err store_copy(struct turn *t, struct backup *b)
{
    struct stat st;
    const char *path = node_path(t->arena, b->to, "comity.db");
    struct db_options from, to = {.engine = DB_SQLITE, .where = path};
    node_database_of(t->arena, b->dir, &b->config, &from);
    say(b, "database");
    try(desk_store_copy(t, &from, &to));
    if (stat(path, &st) == 0) b->size += (uint64_t)st.st_size;
    return ERR_OK;
}

static err files_copy(struct turn *t, struct backup *b)
{
    static const char *const names[] = {"profile.cms", "root.pem", "comity.yaml"};
    struct arena *a = t->arena;
    struct node_copying documents = {"documents", true, b->progress, 0, 0};
    struct node_copying keys = {"keys", false, b->progress, 0, 0};
    try(node_folder_copy(t, &documents, node_path(a, b->dir, "vault"), node_path(a, b->to, "vault"),
                         3));
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        try(node_file_copy(t, node_path(a, b->dir, names[k]), node_path(a, b->to, names[k])));
    b->documents = documents.files;
    b->size += documents.bytes;
    return b->keys ? node_folder_copy(t, &keys, node_path(a, b->dir, "keys"), b->keys, 2) : ERR_OK;
}

err node_desk_turn(struct turn *t, struct desk *d, enum desk_action action, const struct tree *args,
                   const struct tree **view_out)
{
    struct desk_turn dt = {.t = *t, .action = action, .uid = (int64_t)getuid(), .args = args};
    struct desk_turn *one = &dt;
    desk_run(d, &one, 1);
    t->fault = dt.t.fault;
    *view_out = dt.view;
    return dt.result;
}

static void desk_end(void *desk) { desk_close(desk); }

/* Opens what was written with the node's keys and looks at every row and document. */
static err backup_check(struct turn *t, struct backup *b)
{
    auto_arena life = arena_new();
    struct turn one = *t;
    one.arena = life;
    struct node_keeper *keeper;
    struct desk *desk;
    const struct tree *v = NULL;
    struct db_options db = {.engine = DB_SQLITE, .where = node_path(life, b->to, "comity.db")};
    say(b, "checking");
    err e = node_keeper_open(&one, node_path(life, b->dir, "keys"), &b->config, &suite_1, &keeper);
    if (e == ERR_OK) {
        struct desk_options o = {.db = &db,
                                 .vault = node_path(life, b->to, "vault"),
                                 .keeper = node_keeper_hooks(keeper),
                                 .suite = &suite_1,
                                 .law = law_embedded,
                                 .law_n = law_embedded_n,
                                 .zones = node_zones_hook(node_zones_new(life)),
                                 .restores = true,
                                 .die = node_die};
        e = desk_open(&one, &o, &desk);
    }
    if (e == ERR_OK) arena_on_free(life, desk_end, desk);
    if (e == ERR_OK) e = node_desk_turn(&one, desk, DESK_FSCK, NULL, &v);
    t->fault = one.fault;
    b->records = tree_int(v, "records", 0);
    return e;
}

static err backup_sign_off(struct turn *t, const struct backup *b, struct tree **out)
{
    struct arena *a = t->arena;
    struct tree *m = tree_map(a);
    tree_add_int(a, m, "v", 1);
    tree_add_str(a, m, "state", b->config.state);
    tree_add_str(a, m, "at", time_text(a, turn_now_ms(t)));
    tree_add_int(a, m, "records", b->records);
    tree_add_int(a, m, "documents", (int64_t)b->documents);
    tree_add_int(a, m, "size", (int64_t)b->size);
    *out = m;
    struct str text = str_printf(a, STR_FMT "\n", STR_ARG(json_write(a, m)));
    return file_write(t, node_path(a, b->to, "backup.json"), str_bytes(text), 0600);
}

err node_backup(struct turn *t, const char *dir, const char *to, const char *keys,
                const struct cli_progress *progress, const struct tree **view_out)
{
    struct backup b = {.dir = dir, .to = to, .keys = keys, .progress = progress};
    struct tree *v;
    try(node_folder_config(t, dir, &b.config));
    try(is_not_there(t, to));
    if (keys) try(is_not_there(t, keys));
    try(node_folder_make(t, to));
    try(store_copy(t, &b));
    try(files_copy(t, &b));
    try(backup_check(t, &b));
    try(backup_sign_off(t, &b, &v));
    tree_add_str(t->arena, v, "backup", str_of(to));
    if (keys) tree_add_str(t->arena, v, "keys", str_of(keys));
    *view_out = v;
    return ERR_OK;
}
