/* SPDX-License-Identifier: Apache-2.0 */
/* `law`: what the tables in this program say, acts decided again by them or by others, the proof of
 * each date of a dossier, and the tables written out. Looking and writing out need no node. */

#include "cli/inner.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { FOLDERS_DEEP = 2 }; /* instruments, and the parts of one */

static err look(struct cli *c);
static err replay(struct cli *c);
static err export(struct cli *c, struct str dir);
static err accept(struct cli *c);
static err clock_of(struct cli *c, struct str ref);

err cli_do_LAW(struct cli *c)
{
    struct str what = c->args.words ? c->args.word[0] : STR("");
    if (str_is(what, "replay") && c->args.words == 1) return replay(c);
    if (str_is(what, "accept") && c->args.words == 1) return accept(c);
    if (str_is(what, "export") && c->args.words == 2) return export(c, c->args.word[1]);
    if (str_is(what, "clock") && c->args.words == 2) return clock_of(c, c->args.word[1]);
    static const char *const verbs[] = {"replay", "export", "clock", "accept"};
    bool verb = false;
    for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++) verb = verb || str_is(what, verbs[k]);
    if (!verb) return look(c);
    return turn_fail(
        &c->t, ERR_USAGE, "arguments", NULL,
        "It is: comity law replay [--tables DIR], comity law export DIR, or comity law "
        "clock REF [--inward], or comity law accept -m TEXT.");
}

/* What this program holds is what was read: the node refuses it when it holds other tables. */
static err accept(struct cli *c)
{
    const struct law_tables *tables;
    struct tree *args = cli_arguments(c);
    try(law_load(&c->t, law_embedded, law_embedded_n, &tables));
    tree_add_str(c->t.arena, args, "tables", hex(c->t.arena, hash_bytes(law_tables_hash(tables))));
    tree_add_str(c->t.arena, args, "statement", cli_value(&c->args, OPT_TEXT));
    return cli_do(c, DESK_LAW_ACCEPT, args);
}

/* "42.3.c" is easier to type than "42(3)(c)", which a shell wants quoted. */
static struct str citation(struct arena *a, struct str word)
{
    struct str step, rest = word;
    struct buf b = buf_in(a);
    if (!word.n || word.p[0] < '0' || word.p[0] > '9') return word;
    for (bool more = true; more;) {
        bool first = b.n == 0;
        more = str_split(rest, '.', &step, &rest);
        buf_printf(&b, first ? STR_FMT : "(" STR_FMT ")", STR_ARG(step));
    }
    return buf_as_str(&b);
}

static void kinds_keep(struct cli *c)
{
    struct tree *v = tree_map(c->t.arena);
    tree_add_copy(c->t.arena, v, "tables", tree_get(c->view, "tables"));
    struct tree *kinds = tree_add_list(c->t.arena, v, "kinds");
    for (const struct tree *r = tree_get(c->view, "rows")->child; r; r = r->next)
        if (str_is(tree_str(r, "list"), "kinds")) tree_add_copy(c->t.arena, kinds, NULL, r);
    c->view = v;
}

/* Each row has its title in the language asked for, or in English. */
static void titles_put(struct cli *c)
{
    struct tree *v = tree_map(c->t.arena), *list;
    for (const struct tree *one = c->view->child; one; one = one->next) {
        list = tree_add_copy(c->t.arena, v, str_c(c->t.arena, one->key), one);
        for (struct tree *r = one->kind == TREE_LIST ? list->child : NULL; r; r = r->next) {
            const struct tree *titles = tree_get(r, "titles");
            struct str own = tree_str(titles, str_c(c->t.arena, c->lang));
            tree_add_str(c->t.arena, r, "title", own.n ? own : tree_str(titles, "en"));
        }
    }
    c->view = v;
}

/* "un-cybercrime 42(6)" may come as one word or as two. */
static err look(struct cli *c)
{
    struct arena *a = c->t.arena;
    const struct law_tables *tables;
    if (cli_has(&c->args, OPT_COVERAGE) &&
        (c->args.words || cli_has(&c->args, OPT_KINDS) || cli_has(&c->args, OPT_UNVERIFIED)))
        return turn_fail(&c->t, ERR_USAGE, "views-two", NULL,
                         "comity law --coverage is a view of its own: it takes no --kinds, no "
                         "--unverified and no word. Ask for one of them at a time.");
    struct str what = c->args.words ? citation(a, c->args.word[0]) : STR("");
    if (c->args.words == 2)
        what = str_printf(a, STR_FMT " " STR_FMT, STR_ARG(what),
                          STR_ARG(citation(a, c->args.word[1])));
    try(law_load(&c->t, law_embedded, law_embedded_n, &tables));
    if (cli_has(&c->args, OPT_COVERAGE)) return law_coverage(&c->t, tables, c->lang, &c->view);
    try(law_look(&c->t, tables, what, cli_has(&c->args, OPT_UNVERIFIED), &c->view));
    if (cli_has(&c->args, OPT_KINDS)) kinds_keep(c);
    titles_put(c);
    return ERR_OK;
}

/* ---- written out ----------------------------------------------------------------------------- */

static err folder_make(struct cli *c, const char *path)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST) return ERR_OK;
    return turn_fail(&c->t, errno == ENOENT ? ERR_NONE_SUCH : ERR_INTERNAL, "folder", NULL,
                     "cannot make %s: %s", path, errno_words(errno));
}

/* Each folder on the way to a file. */
static err folders_make(struct cli *c, const char *base, const char *path)
{
    for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/'))
        try(folder_make(
            c, str_c(c->t.arena, str_printf(c->t.arena, "%s/%.*s", base, (int)(p - path), path))));
    return ERR_OK;
}

static err export(struct cli *c, struct str dir)
{
    struct arena *a = c->t.arena;
    const char *base = str_c(a, dir);
    struct tree *v = tree_map(a), *list;
    try(folder_make(c, base));
    tree_add_str(a, v, "dir", dir);
    list = tree_add_list(a, v, "files");
    for (size_t k = 0; k < law_embedded_n; k++) {
        const struct law_file *f = &law_embedded[k];
        try(folders_make(c, base, f->path));
        try(cli_file_put(c, str_c(a, str_printf(a, "%s/%s", base, f->path)),
                         (struct bytes){f->p, f->n}, 0644));
        tree_add_str(a, list, NULL, str_of(f->path));
    }
    c->view = v;
    return ERR_OK;
}

/* ---- decided again --------------------------------------------------------------------------- */

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
    if (!str_is_utf8(bytes_str(data)))
        return turn_fail(&s->c->t, ERR_REJECTED, "utf-8", "RFC 3629 3", STR_FMT " is not UTF-8.",
                         STR_ARG(whole));
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
        }
    }
    return ERR_OK;
}

static err replay(struct cli *c)
{
    struct arena *a = c->t.arena;
    struct tree *args = cli_arguments(c);
    struct str dir = cli_value(&c->args, OPT_TABLES);
    if (dir.n) {
        struct set s = {.c = c, .base = str_c(a, dir)};
        s.files = arena_take_many(a, LAW_FILES_MAX, sizeof *s.files);
        try(folder_take(&s, "", FOLDERS_DEEP));
        tree_add_str(a, args, "tables", law_tables_pack(a, s.files, s.n));
    }
    try(cli_do(c, DESK_REPLAY, args));
    const struct tree *differences = tree_get(c->view, "differences");
    if (!differences || differences->count == 0) return ERR_OK;
    return turn_fail(&c->t, ERR_NO, "replay-differs", NULL,
                     "%zu act(s) would be decided otherwise; each is listed. Nothing was changed.",
                     differences->count);
}

/* ---- dates proved ---------------------------------------------------------------------------- */

static err clock_of(struct cli *c, struct str ref)
{
    struct tree *args = cli_arguments(c);
    tree_add_str(c->t.arena, args, "ref", ref);
    tree_add_bool(c->t.arena, args, "inward", cli_has(&c->args, OPT_INWARD));
    try(cli_do(c, DESK_CLOCKS, args));
    c->text = cli_clocks_text(c->t.arena, c->view);
    return ERR_OK;
}
