/* SPDX-License-Identifier: Apache-2.0 */
/* `law`: what the tables in this program say, or those of a folder; acts decided again by them, the
 * proof of each date of a dossier, and the tables written out. Only what asks about dossiers needs
 * a node. */

#include "cli/inner.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { TAKES_TABLES = 1, TAKES_VIEW = 2, TAKES_INWARD = 4, TAKES_MESSAGE = 8 };

static err look(struct cli *c);
static err check(struct cli *c);
static err replay(struct cli *c);
static err export(struct cli *c);
static err accept(struct cli *c);
static err clock_of(struct cli *c);

/* What `law` does, by its first word; without one of these it looks. */
static const struct verb {
    const char *word;
    size_t words; /* with the first */
    err (*act)(struct cli *c);
    unsigned takes; /* of the options that only `law` has */
} verbs[] = {
    {"replay", 1, replay, TAKES_TABLES},
    {"check", 2, check, 0},
    {"export", 2, export, 0},
    {"clock", 2, clock_of, TAKES_INWARD},
    {"accept", 1, accept, TAKES_MESSAGE},
};
static const struct verb looks = {"", 0, look, TAKES_TABLES | TAKES_VIEW};

static const struct {
    enum cli_option option;
    unsigned bit;
} options[] = {
    {OPT_TABLES, TAKES_TABLES}, {OPT_UNVERIFIED, TAKES_VIEW}, {OPT_KINDS, TAKES_VIEW},
    {OPT_COVERAGE, TAKES_VIEW}, {OPT_INWARD, TAKES_INWARD},   {OPT_TEXT, TAKES_MESSAGE},
};

err cli_do_LAW(struct cli *c)
{
    struct str what = c->args.words ? c->args.word[0] : STR("");
    const struct verb *v = &looks;
    for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
        if (str_is(what, verbs[k].word)) v = &verbs[k];
    if (v != &looks && c->args.words != v->words)
        return turn_fail(
            &c->t, ERR_USAGE, "arguments", NULL,
            "It is: comity law [WHAT] [--tables DIR], comity law check DIR, comity law export "
            "DIR, comity law replay [--tables DIR], comity law clock REF [--inward], or comity law "
            "accept -m TEXT.");
    for (size_t k = 0; k < sizeof options / sizeof *options; k++)
        if (cli_has(&c->args, options[k].option) && !(v->takes & options[k].bit))
            return turn_fail(&c->t, ERR_USAGE, "option-elsewhere", NULL,
                             "comity law%s%s has no option --%s; comity help law says where it "
                             "belongs.",
                             *v->word ? " " : "", v->word, cli_options[options[k].option].word);
    return v->act(c);
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

/* Those of the folder, where one is named: then nothing of this program's own is shown. */
static err tables_asked(struct cli *c, const struct law_tables **out)
{
    struct str dir = cli_value(&c->args, OPT_TABLES);
    struct cli_tables set;
    if (!cli_has(&c->args, OPT_TABLES)) return law_load(&c->t, law_embedded, law_embedded_n, out);
    try(cli_tables_read(c, dir, &set));
    *out = set.tables;
    return ERR_OK;
}

static struct str check_text(struct arena *a, const struct tree *v)
{
    static const char *const counts[][2] = {
        {"files_read", "files"},
        {"instruments", "instruments"},
        {"kinds", "kinds"},
        {"rows", "rows"},
        {"unverified", "of them unverified"},
        {"states", "States"},
        {"calendars", "calendars"},
        {"remarks", "remarks"},
    };
    struct buf b = buf_in(a);
    buf_printf(&b, "The tables load.\n  hash  " STR_FMT "\n  hold  ",
               STR_ARG(tree_str(v, "tables")));
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        buf_printf(&b, "%s%lld %s", k ? ", " : "", (long long)tree_int(v, counts[k][0], 0),
                   counts[k][1]);
    buf_byte(&b, '\n');
    return buf_as_str(&b);
}

/* Does a folder load as a whole? Then what it holds; else where it is broken. */
static err check(struct cli *c)
{
    struct arena *a = c->t.arena;
    struct cli_tables set;
    const struct tree *counts;
    struct tree *v = tree_map(a);
    try(cli_tables_read(c, c->args.word[1], &set));
    try(law_count(&c->t, set.tables, &counts));
    tree_add_str(a, v, "dir", c->args.word[1]);
    tree_add_bool(a, v, "loads", true);
    for (const struct tree *n = counts->child; n; n = n->next) tree_set(a, v, n->key, n);
    tree_add_int(a, v, "files_read", (int64_t)set.n);
    c->view = v;
    c->text = check_text(a, v);
    return ERR_OK;
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
    try(tables_asked(c, &tables));
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

static err export(struct cli *c)
{
    struct arena *a = c->t.arena;
    struct str dir = c->args.word[1];
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

static err replay(struct cli *c)
{
    struct tree *args = cli_arguments(c);
    if (cli_has(&c->args, OPT_TABLES)) {
        struct cli_tables set;
        try(cli_tables_read(c, cli_value(&c->args, OPT_TABLES), &set));
        tree_add_str(c->t.arena, args, "tables", law_tables_pack(c->t.arena, set.files, set.n));
    }
    try(cli_do(c, DESK_REPLAY, args));
    const struct tree *differences = tree_get(c->view, "differences");
    if (!differences || differences->count == 0) return ERR_OK;
    return turn_fail(&c->t, ERR_NO, "replay-differs", NULL,
                     "%zu act(s) would be decided otherwise; each is listed. Nothing was changed.",
                     differences->count);
}

/* ---- dates proved ---------------------------------------------------------------------------- */

static err clock_of(struct cli *c)
{
    struct tree *args = cli_arguments(c);
    tree_add_str(c->t.arena, args, "ref", c->args.word[1]);
    tree_add_bool(c->t.arena, args, "inward", cli_has(&c->args, OPT_INWARD));
    try(cli_do(c, DESK_CLOCKS, args));
    c->text = cli_clocks_text(c->t.arena, c->view);
    return ERR_OK;
}
