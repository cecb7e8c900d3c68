/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys and certificates as PEM files, and the folders they lie in. Modes come from the
 * umask and from file_write: nobody but the node's user reads them. */

#include "node/internal.h"

#include <errno.h>
#include <sys/stat.h>

enum { PEM_MAX = 64 << 10 };

const char *node_path(struct arena *a, const char *dir, const char *name)
{
    return str_c(a, str_printf(a, "%s/%s", dir, name));
}

err node_folder_make(struct turn *t, const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST) return ERR_OK;
    return turn_fail(t, errno == ENOSPC ? ERR_FULL : ERR_INTERNAL, "folder", NULL,
                     "Cannot make the folder %s: %s.", path, errno_words(errno));
}

const char *node_keys_of(struct arena *a, const char *keys, struct str address)
{
    struct str state, name;
    str_split(address, '/', &state, &name);
    return str_c(a, str_printf(a, "%s/" STR_FMT, keys, STR_ARG(name)));
}

err node_key_file_read(struct turn *t, const char *path, struct bytes *out)
{
    err e = file_read(t, path, PEM_MAX, out);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return turn_fail(t, ERR_INTEGRITY, "key-missing", NULL,
                     "The file %s is missing: this node was made with it. Put it back from a copy.",
                     path);
}

static const char *with(struct arena *a, const char *stem, const char *suffix)
{
    return str_c(a, str_printf(a, "%s%s", stem, suffix));
}

static void key_end(void *key) { seal_key_free(key); }

static void bytes_end(void *b)
{
    struct bytes *x = b;
    wipe((void *)(uintptr_t)x->p, x->n);
}

err node_pair_read(struct turn *t, const char *stem, struct node_pair *out)
{
    struct bytes *key = arena_take(t->arena, sizeof *key), cert;
    struct node_pair p;
    try(node_key_file_read(t, with(t->arena, stem, ".key"), key));
    arena_on_free(t->arena, bytes_end, key);
    try(node_key_file_read(t, with(t->arena, stem, ".pem"), &cert));
    try(seal_pem_read(t, bytes_str(cert), "CERTIFICATE", &p.der));
    try(seal_key_read(t, *key, &p.key));
    arena_on_free(t->arena, key_end, p.key);
    *out = p;
    return ERR_OK;
}

err node_pair_write(struct turn *t, const char *stem, const struct node_pair *p)
{
    struct bytes pem;
    try(seal_key_write(t, p->key, &pem));
    err e = file_write(t, with(t->arena, stem, ".key"), pem, 0600);
    wipe((void *)(uintptr_t)pem.p, pem.n);
    try(e);
    struct str cert = seal_pem(t->arena, "CERTIFICATE", p->der);
    return file_write(t, with(t->arena, stem, ".pem"), str_bytes(cert), 0644);
}
