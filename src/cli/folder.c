/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a folder, as a lawyer edits them: read from the disk, whole or not at all. */

#include "cli/inner.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

enum { FOLDERS_DEEP = 2 }; /* instruments, and the parts of one */

struct set {
    struct cli *c;
    const char *base;
    struct law_file *files;
    size_t n;
};

static void folder_close(DIR **d)
{
    if (*d) closedir(*d);
}

static err file_take(struct set *s, struct str path)
{
    struct arena *a = s->c->t.arena;
    struct bytes data;
    if (s->n == LAW_FILES_MAX)
        return turn_fail(&s->c->t, ERR_TOO_LARGE, "law-files", NULL,
                         "A table set has at most %d files.", LAW_FILES_MAX);
    struct str whole = str_printf(a, "%s/" STR_FMT, s->base, STR_ARG(path));
    try(file_read(&s->c->t, str_c(a, whole), LAW_FILE_SIZE_MAX, &data));
    s->files[s->n++] = (struct law_file){str_c(a, path), data.p, data.n};
    return ERR_OK;
}

/* The YAML files of a folder and, `depth` deep, of the folders in it. */
static err folder_take(struct set *s, const char *below, int depth)
{
    struct arena *a = s->c->t.arena;
    struct str path = str_printf(a, "%s/%s", s->base, below);
    __attribute__((cleanup(folder_close))) DIR *d = opendir(str_c(a, path));
    if (!d)
        return turn_fail(&s->c->t, errno == ENOENT ? ERR_NONE_SUCH : ERR_INTERNAL, "folder", NULL,
                         "cannot read %s/%s: %s", s->base, below, errno_words(errno));
    for (const struct dirent *e; (e = readdir(d));) {
        struct str name = str_of(e->d_name);
        struct str one = *below ? str_printf(a, "%s/%s", below, e->d_name) : str_dup(a, name);
        struct stat st;
        if (str_starts(name, ".")) continue;
        if (stat(str_c(a, str_printf(a, "%s/" STR_FMT, s->base, STR_ARG(one))), &st) == 0 &&
            S_ISDIR(st.st_mode)) {
            if (depth > 0) try(folder_take(s, str_c(a, one), depth - 1));
        } else if (str_ends(name, ".yaml")) {
            try(file_take(s, one));
        } else if (str_ends(name, ".yml") || str_ends(name, ".json")) {
            return turn_fail(&s->c->t, ERR_REJECTED, "law-file", NULL,
                             STR_FMT
                             ":1:1: expected a file of tables to end in .yaml; give it that "
                             "name, or take it out of the folder.",
                             STR_ARG(one));
        }
    }
    return ERR_OK;
}

err cli_tables_read(struct cli *c, struct str dir, struct cli_tables *out)
{
    struct arena *a = c->t.arena;
    struct set s = {.c = c, .base = str_c(a, dir)};
    s.files = arena_take_many(a, LAW_FILES_MAX, sizeof *s.files);
    try(folder_take(&s, "", FOLDERS_DEEP));
    if (s.n == 0)
        return turn_fail(&c->t, ERR_NONE_SUCH, "law-files", NULL,
                         "The folder %s holds no file of tables; comity law export DIR writes them "
                         "out.",
                         s.base);
    try(law_load(&c->t, s.files, s.n, &out->tables));
    try(law_zones_check(&c->t, out->tables, &c->node->zones));
    out->files = s.files;
    out->n = s.n;
    return ERR_OK;
}
