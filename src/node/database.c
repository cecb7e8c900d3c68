/* SPDX-License-Identifier: Apache-2.0 */
/* Which database a node has: a file in its folder, or a schema of its own in a PostgreSQL that the
 * settings name. Of a node on a server the folder still holds keys, vault and log. */

#include "db/db.h"
#include "node/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STORE_FILE "comity.db"

/* "node_xn_csb": several nodes may share one database. */
static const char *schema_of(struct arena *a, const struct node_config *c)
{
    struct str name = str_printf(a, "node_" STR_FMT, STR_ARG(c->authorities[0]));
    char *p = (char *)(uintptr_t)name.p;
    for (size_t k = 0; k < name.n; k++) {
        if (p[k] >= 'A' && p[k] <= 'Z') p[k] = (char)(p[k] - 'A' + 'a');
        if (!((p[k] >= 'a' && p[k] <= 'z') || (p[k] >= '0' && p[k] <= '9'))) p[k] = '_';
    }
    return str_c(a, name);
}

void node_database_of(struct arena *a, const char *dir, const struct node_config *c,
                      struct db_options *out)
{
    if (c->database.n)
        *out = (struct db_options){
            .engine = DB_POSTGRES, .where = str_c(a, c->database), .schema = schema_of(a, c)};
    else
        *out = (struct db_options){.engine = DB_SQLITE, .where = node_path(a, dir, STORE_FILE)};
}

/* The settings say that a node was made here, so its database was there. */
static err file_whole(struct turn *t, const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0 && st.st_size > 0) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "store-missing", NULL,
                     "The database %s is missing or empty. Put it back from a copy; no other is "
                     "made in its place.",
                     path);
}

/* SQLite's files beside the database: made now, because the desk may open them and not make any. */
static err file_there(struct turn *t, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return turn_fail(t, errno == ENOSPC ? ERR_FULL : ERR_INTERNAL, "folder", NULL,
                         "Cannot open %s: %s.", path, errno_words(errno));
    close(fd);
    return ERR_OK;
}

const char *const node_store_files[NODE_STORE_FILES] = {STORE_FILE, STORE_FILE "-wal",
                                                        STORE_FILE "-shm"};

err node_database_there(struct turn *t, const char *dir, const struct node_config *c)
{
    return c->database.n ? ERR_OK : file_whole(t, node_path(t->arena, dir, STORE_FILE));
}

err node_database_files(struct turn *t, const char *dir, const struct node_config *c)
{
    for (size_t k = 1; k < NODE_STORE_FILES && !c->database.n; k++)
        try(file_there(t, node_path(t->arena, dir, node_store_files[k])));
    return ERR_OK;
}

/* Drawn once: a folder that was carried elsewhere whole is still the same node's. */
err node_owner(struct turn *t, const char *dir, struct id *out)
{
    const char *path = node_path(t->arena, dir, "owner");
    struct bytes text;
    err e = file_read(t, path, NODE_OWNER_MAX, &text);
    if (e == ERR_OK && id_read(str_trim(bytes_str(text)), out)) return ERR_OK;
    if (e == ERR_OK)
        return turn_fail(t, ERR_INTEGRITY, "owner", NULL, "%s does not hold 32 hexadecimal digits.",
                         path);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    t->chance->fill(t->chance->ctx, out->b, sizeof out->b);
    return file_write(t, path, str_bytes(hex(t->arena, id_bytes(out))), 0600);
}
