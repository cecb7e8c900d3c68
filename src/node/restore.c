/* SPDX-License-Identifier: Apache-2.0 */
/* A node put back from a backup, as a new incarnation: a number it never had, a log of its own that
 * cites the last head known, and everything checked before the settings are written that make the
 * folder a node. What was done since the backup comes back from the peers, once it serves.
 *
 * A store that is there is never touched: whoever restores has moved it aside. */

#include "db/db.h"
#include "node/internal.h"

#include <stdio.h>
#include <unistd.h>

struct restore {
    const char *from, *dir, *keys, *own_keys;
    const struct cli_progress *progress;
    struct node_config config;
    uint64_t documents;
    int64_t life;
    const struct tree *view;
};

static void say(const struct restore *r, const char *what)
{
    if (r->progress->say) r->progress->say(r->progress->ctx, what, 0, 0);
}

/* ---- may it be done -------------------------------------------------------------------------- */

static err backup_is_whole(struct turn *t, struct restore *r)
{
    if (access(node_path(t->arena, r->from, "backup.json"), F_OK) != 0)
        return turn_fail(t, ERR_NONE_SUCH, "backup-none-such", NULL,
                         "%s holds no backup that was finished and checked: its backup.json is "
                         "missing.",
                         r->from);
    return node_folder_config(t, r->from, &r->config);
}

/* A schema is seen without being made. */
static err no_schema_is_there(struct turn *t, const struct restore *r)
{
    struct db *db;
    struct db_options o;
    node_database_of(t->arena, r->dir, &r->config, &o);
    o.must_exist = o.read_only = true;
    err e = db_open(t, &o, &db);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    db_close(db);
    return turn_fail(t, ERR_CONFLICT, "store-there", NULL,
                     "There is a store in the database that the backup's comity.yaml names: its "
                     "schema %s. Nothing was changed: stop the node and rename that schema, or "
                     "name another database there.",
                     o.schema);
}

static err nothing_is_there(struct turn *t, const struct restore *r)
{
    if (r->config.database.n) return no_schema_is_there(t, r);
    static const char *const names[] = {"comity.db", "comity.db-wal"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (access(node_path(t->arena, r->dir, names[k]), F_OK) == 0)
            return turn_fail(t, ERR_CONFLICT, "store-there", NULL,
                             "There is a store in %s. Nothing was changed: stop the node and move "
                             "its %s aside, or restore into another folder.",
                             r->dir, names[k]);
    return ERR_OK;
}

static err keys_are_there(struct turn *t, struct restore *r)
{
    bool here = access(node_path(t->arena, r->own_keys, "ledger.key"), F_OK) == 0;
    struct node_copying c = {"keys", false, r->progress, 0, 0};
    if (here && r->keys)
        return turn_fail(t, ERR_CONFLICT, "keys-there", NULL,
                         "There are keys in %s already; leave --keys out to use them.",
                         r->own_keys);
    if (!here && !r->keys)
        return turn_fail_at(t, ERR_USAGE, "keys-missing", NULL, STR("keys"),
                            "A backup holds no keys. Name the folder that holds them: --keys DIR.");
    return here ? ERR_OK : node_folder_copy(t, &c, r->keys, r->own_keys, 2);
}

/* ---- another number -------------------------------------------------------------------------- */

/* The second of the restore: two restores of one backup never share a number, also where nobody
 * knows any more what the first was. */
static err life_take(struct turn *t, struct restore *r)
{
    int64_t before;
    try(node_life_read(t, r->own_keys, &before));
    r->life = turn_now_ms(t) / 1000;
    if (r->life <= before) r->life = before + 1;
    struct str text = str_printf(t->arena, "%lld\n", (long long)r->life);
    return file_write(t, node_path(t->arena, r->own_keys, "incarnation"), str_bytes(text), 0600);
}

static err files_put(struct turn *t, struct restore *r)
{
    static const char *const names[] = {"profile.cms", "root.pem"};
    struct arena *a = t->arena;
    struct node_copying documents = {"documents", true, r->progress, 0, 0};
    say(r, "documents");
    try(node_folder_copy(t, &documents, node_path(a, r->from, "vault"),
                         node_path(a, r->dir, "vault"), 3));
    r->documents = documents.files;
    try(node_folder_make(t, node_path(a, r->dir, "log")));
    say(r, "database");
    struct db_options to, from = {.engine = DB_SQLITE, .where = node_path(a, r->from, "comity.db")};
    node_database_of(a, r->dir, &r->config, &to);
    try(desk_store_copy(t, &from, &to));
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        try(node_file_copy(t, node_path(a, r->from, names[k]), node_path(a, r->dir, names[k])));
    return ERR_OK;
}

/* A life of its own, so that all is closed and durable before the settings are written. */
static err desk_restore(struct turn *t, struct restore *r)
{
    auto_arena a = arena_new();
    struct turn life = *t;
    life.arena = a;
    struct node_folder f;
    const struct tree *v = NULL, *ignored;
    struct tree *args = tree_map(a);
    err e = node_folder_with(&life, r->dir, &r->config, NODE_RESTORES, &f);
    if (e == ERR_OK) e = desk_freshen(f.desk, &life);
    say(r, "checking");
    if (e == ERR_OK) e = node_desk_turn(&life, f.desk, DESK_FSCK, NULL, &ignored);
    tree_add_int(a, args, "incarnation", r->life);
    if (e == ERR_OK && node_keeper_before(f.keeper).n)
        tree_add_str(a, args, "head", node_keeper_before(f.keeper));
    if (e == ERR_OK) e = node_desk_turn(&life, f.desk, DESK_RESTORE, args, &v);
    if (e == ERR_OK) e = desk_tidy(f.desk, &life);
    if (e == ERR_OK) e = node_keeper_sync(&life, f.keeper);
    if (e == ERR_OK) {
        struct tree *kept = tree_add_copy(t->arena, tree_list(t->arena), NULL, v);
        tree_add_str(t->arena, kept, "dir", str_of(r->dir));
        tree_add_int(t->arena, kept, "documents", (int64_t)r->documents);
        r->view = kept;
    }
    t->fault = life.fault;
    return e;
}

static void store_take_away(struct turn *t, const struct restore *r)
{
    static const char *const names[] = {"comity.db", "comity.db-wal", "comity.db-shm"};
    struct turn quiet = *t; /* the fault that led here is the one to tell */
    struct db_options o;
    node_database_of(t->arena, r->dir, &r->config, &o);
    if (r->config.database.n && db_schema_drop(&quiet, &o) != ERR_OK)
        log_event(turn_now_ms(t), "warning", "schema-left", "schema", o.schema, NULL);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        (void)unlink(node_path(t->arena, r->dir, names[k]));
}

err node_restore(struct turn *t, const char *from, const char *dir, const char *keys,
                 const struct cli_progress *progress, const struct tree **view_out)
{
    struct restore r = {.from = from,
                        .dir = dir,
                        .keys = keys,
                        .own_keys = node_path(t->arena, dir, "keys"),
                        .progress = progress};
    try(backup_is_whole(t, &r));
    try(nothing_is_there(t, &r));
    try(node_folder_make(t, dir));
    try(keys_are_there(t, &r));
    try(life_take(t, &r));
    err e = files_put(t, &r);
    if (e == ERR_OK) e = desk_restore(t, &r);
    if (e == ERR_OK)
        e = node_file_copy(t, node_path(t->arena, from, "comity.yaml"),
                           node_path(t->arena, dir, "comity.yaml"));
    if (e != ERR_OK) store_take_away(t, &r);
    try(e);
    *view_out = r.view;
    return ERR_OK;
}
