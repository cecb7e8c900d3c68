/* SPDX-License-Identifier: Apache-2.0 */
/* What people hand in: particulars from options and files, documents, whole requests.
 *
 * It says nothing about what a particular must look like: the law rows do, when the node is asked.
 */

#include "cli/inner.h"

#include <string.h>
#include <sys/stat.h>

static err particulars_put(struct cli *c, struct tree *to);
static err documents_put(struct cli *c, struct tree *to);

err cli_request_put(struct cli *c, struct tree *to)
{
    struct arena *a = c->t.arena;
    struct str path;
    struct tree *file = NULL;
    struct tree *particulars = tree_map(a);
    for (size_t k = 0; cli_nth(&c->args, OPT_FILE, k, &path); k++) {
        static const char *const whole[] = {"instrument", "kind", "act", "to", "lang"};
        try(cli_tree_read(c, path, &file));
        const struct tree *inside = tree_get(file, "particulars");
        const struct tree *p = inside ? inside->child : file->child;
        for (; p; p = p->next) tree_set(a, particulars, p->key, p);
        for (size_t w = 0; inside && w < sizeof whole / sizeof *whole; w++)
            if (!tree_str(to, whole[w]).n)
                tree_set(a, to, str_of(whole[w]), tree_get(file, whole[w]));
    }
    try(particulars_put(c, particulars));
    tree_add_copy(a, to, "particulars", particulars);
    return documents_put(c, to);
}

static bool is_yaml(struct str path) { return str_ends(path, ".yaml") || str_ends(path, ".yml"); }

err cli_tree_read(struct cli *c, struct str path, struct tree **out)
{
    struct turn *t = &c->t;
    const char *name = str_c(t->arena, path);
    struct bytes data;
    try(file_read(t, name, codec_limits.size_max, &data));
    if (is_yaml(path))
        try(yaml_read(t, name, data, &codec_limits, out));
    else
        try(json_read(t, data, &codec_limits, out));
    if ((*out)->kind == TREE_MAP) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "file-form", NULL, "%s must hold names and values.", name);
}

static bool is_given_before(const struct cli *c, struct str name, size_t nth)
{
    struct str given, before, value;
    for (size_t k = 0; k < nth && cli_nth(&c->args, OPT_PARTICULAR, k, &given); k++)
        if (str_split(given, '=', &before, &value) && str_eq(before, name)) return true;
    return false;
}

/* "name=value"; the words true and false are flags, as in the files. */
static err particulars_put(struct cli *c, struct tree *to)
{
    struct arena *a = c->t.arena;
    struct str given, name, value;
    for (size_t k = 0; cli_nth(&c->args, OPT_PARTICULAR, k, &given); k++) {
        if (!str_split(given, '=', &name, &value) || !name.n)
            return turn_fail(&c->t, ERR_USAGE, "particular-form", NULL,
                             "-p takes NAME=VALUE, not \"" STR_FMT "\".", STR_ARG(given));
        if (is_given_before(c, name, k))
            return turn_fail_at(&c->t, ERR_USAGE, "particular-twice", NULL, name,
                                "-p gives \"" STR_FMT "\" twice; a particular has one value.",
                                STR_ARG(name));
        struct tree *one = tree_map(a);
        if (str_is(value, "true") || str_is(value, "false"))
            tree_add_bool(a, one, "value", str_is(value, "true"));
        else
            tree_add_str(a, one, "value", value);
        tree_set(a, to, name, one->child);
    }
    return ERR_OK;
}

/* ---- documents ------------------------------------------------------------------------------- */

static struct str type_of(struct str name)
{
    static const struct {
        const char *end, *type;
    } rows[] = {
        {".pdf", "application/pdf"},
        {".txt", "text/plain"},
        {".json", "application/json"},
        {".xml", "application/xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},
        {".zip", "application/zip"},
        {".eml", "message/rfc822"},
        {".csv", "text/csv"},
        {".tif", "image/tiff"},
        {".tiff", "image/tiff"},
        {".asice", "application/vnd.etsi.asic-e+zip"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (str_ends(name, rows[k].end)) return str_of(rows[k].type);
    return STR("application/octet-stream");
}

struct tree *cli_document_named(struct cli *c, struct tree *list, struct str path)
{
    struct arena *a = c->t.arena;
    struct str name = path;
    for (size_t k = 0; k < path.n; k++)
        if (path.p[k] == '/') name = (struct str){path.p + k + 1, path.n - k - 1};
    struct tree *one = tree_add_map(a, list, NULL);
    tree_add_str(a, one, "name", name);
    tree_add_str(a, one, "type", type_of(name));
    return one;
}

void cli_document_add(struct cli *c, struct tree *list, struct str path, struct bytes data)
{
    struct tree *one = cli_document_named(c, list, path);
    tree_add_str(c->t.arena, one, "data", base64(c->t.arena, data));
}

static err documents_put(struct cli *c, struct tree *to)
{
    struct str path;
    if (!cli_has(&c->args, OPT_ATTACH)) return ERR_OK;
    struct tree *list = tree_add_list(c->t.arena, to, "documents");
    for (size_t k = 0; cli_nth(&c->args, OPT_ATTACH, k, &path); k++) {
        struct bytes data;
        if (cli_is_exhibit(c, path)) {
            try(cli_exhibit_add(c, list, path));
            continue;
        }
        try(file_read(&c->t, str_c(c->t.arena, path), CLI_FILE_MAX, &data));
        cli_document_add(c, list, path, data);
    }
    return ERR_OK;
}

/* ---- files written --------------------------------------------------------------------------- */

err cli_file_put(struct cli *c, const char *path, struct bytes data, unsigned mode)
{
    struct stat st;
    if (stat(path, &st) == 0 && !cli_has(&c->args, OPT_YES))
        return turn_fail(&c->t, ERR_CONFLICT, "file-exists", NULL,
                         "%s is there already; --yes overwrites it.", path);
    return file_write(&c->t, path, data, mode);
}
