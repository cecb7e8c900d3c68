/* SPDX-License-Identifier: Apache-2.0 */
/* Rows by citation or name, for `comity law`: what do the tables say, where, and how far can it be
 * trusted?
 *
 * It walks the files as they stand, so whatever is a row with an article is found, and a new kind
 * of row needs no change here. */

#include "law/expand.h"
#include "law/inner.h"

#include <string.h>

enum { LOOK_DEPTH_MAX = 12 };

/* The keys a row may be named by. */
static const char *const name_keys[] = {
    "guard", "name",    "kind",     "act",        "ground",    "code", "clock",
    "state", "outcome", "function", "obligation", "authority", "duty", "scope",
    "mark",  "field",   "link",     "foretold",   "topic",     "day"};

struct looking {
    struct arena *a;
    const struct law_tables *l;
    struct str file; /* the instrument's or State's name */
    struct str kind; /* within one: its name */
    struct str what;
    bool unverified_only;
    struct tree *rows;
    struct str of, name; /* what is asked: the instrument, where it is said, and what of it */
    bool article;        /* `name` is one */
};

static void look_row(struct looking *k, const struct tree *row, struct str list, bool inside,
                     int depth);
static void row_add(struct looking *k, const struct tree *row, struct str list);

static void look_file(struct looking *k, struct str name, const struct tree *root)
{
    k->file = name;
    bool whole = k->what.n == 0 || str_eq(k->what, name);
    look_row(k, root, STR("file"), whole, 1);
}

err law_look(struct turn *t, const struct law_tables *l, struct str what, bool unverified_only,
             const struct tree **view_out)
{
    struct tree *view = tree_map(t->arena);
    tree_add_str(t->arena, view, "tables", hex(t->arena, hash_bytes(&l->hash)));
    tree_add_str(t->arena, view, "what", what);
    struct looking k = {.a = t->arena,
                        .l = l,
                        .what = what,
                        .unverified_only = unverified_only,
                        .rows = tree_add_list(t->arena, view, "rows")};
    if (!str_split(what, ' ', &k.of, &k.name)) {
        k.of = STR("");
        k.name = what;
    }
    k.article = law_is_article(k.name);
    for (size_t i = 0; i < l->instruments_n; i++)
        look_file(&k, l->instruments[i].instrument, l->instruments[i].root);
    for (size_t i = 0; i < l->states_n; i++) look_file(&k, l->states[i].state, l->states[i].root);
    for (size_t i = 0; i < l->calendars_n; i++)
        look_file(&k, l->calendars[i].state, l->calendars[i].root);
    if (k.rows->count == 0 && what.n)
        return turn_fail_at(t, ERR_NONE_SUCH, "row-unknown", NULL, what,
                            "The tables have no %srow for \"" STR_FMT "\".",
                            unverified_only ? "unverified " : "", STR_ARG(what));
    *view_out = view;
    return ERR_OK;
}

err law_count(struct turn *t, const struct law_tables *l, const struct tree **view_out)
{
    struct arena *a = t->arena;
    struct tree *v = tree_map(a);
    const struct tree *all;
    int64_t kinds = 0, unverified = 0;
    try(law_look(t, l, STR(""), false, &all));
    for (const struct tree *r = tree_get(all, "rows")->child; r; r = r->next)
        unverified += str_is(tree_str(r, "source"), "unverified");
    for (size_t i = 0; i < l->instruments_n; i++) kinds += (int64_t)l->instruments[i].kinds_n;
    tree_add_str(a, v, "tables", l->hash_hex);
    tree_add_int(a, v, "instruments", (int64_t)l->instruments_n);
    tree_add_int(a, v, "kinds", kinds);
    tree_add_int(a, v, "states", (int64_t)l->states_n);
    tree_add_int(a, v, "calendars", (int64_t)l->calendars_n);
    tree_add_int(a, v, "remarks", (int64_t)l->remarks_n);
    tree_add_int(a, v, "rows", (int64_t)tree_get(all, "rows")->count);
    tree_add_int(a, v, "unverified", unverified);
    *view_out = v;
    return ERR_OK;
}

static void kinds_add(struct looking *k, const struct law_instrument *i)
{
    for (size_t n = 0; n < i->kinds_n; n++) row_add(k, i->kinds[n].row, STR("kinds"));
}

const struct tree *law_look_over(struct arena *a, const struct law_tables *l)
{
    struct tree *view = tree_map(a);
    tree_add_str(a, view, "tables", hex(a, hash_bytes(&l->hash)));
    tree_add_str(a, view, "what", STR(""));
    struct looking k = {.a = a, .l = l, .rows = tree_add_list(a, view, "rows")};
    for (size_t i = 0; i < l->instruments_n; i++) {
        const struct law_instrument *one = &l->instruments[i];
        k.file = one->instrument;
        row_add(&k, one->root, STR("instruments"));
        kinds_add(&k, one);
    }
    return view;
}

/* "42" is the article and all below it; "42(3)" is not "42(30)". */
static bool cites(struct str article, struct str what)
{
    if (article.n < what.n || memcmp(article.p, what.p, what.n) != 0) return false;
    return article.n == what.n || article.p[what.n] == '(';
}

static struct str name_of(const struct tree *row)
{
    for (size_t i = 0; i < sizeof name_keys / sizeof *name_keys; i++)
        if (tree_str(row, name_keys[i]).n) return tree_str(row, name_keys[i]);
    return STR("");
}

/* A citation may stand with its instrument before it: "un-cybercrime 42(6)". A row of a State's
 * file says itself whose article it cites. A row cites what it stands on, what lets it apply, and
 * what must have been reserved. */
static bool is_asked(const struct looking *k, const struct tree *row, struct str list)
{
    static const char *const keys[] = {"article", "via", "reservation"};
    if (k->what.n && str_eq(tree_str(row, "day"), k->what)) return true;
    bool of_it = k->article && str_eq(k->of, tree_str(row, "instrument"));
    if (k->of.n && !str_eq(k->of, k->file) && !of_it) return false;
    struct str what = k->name;
    if (!k->article) return !str_is(list, "topics") && str_eq(name_of(row), what);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (cites(tree_str(row, keys[i]), what)) return true;
    return false;
}

static void row_add(struct looking *k, const struct tree *row, struct str list)
{
    static const char *const texts[] = {"source", "required",    "type",    "by",
                                        "stream", "crossed",     "outcome", "instrument",
                                        "via",    "reservation", "does"};
    static const char *const numbers[] = {"days", "minutes", "hours", "months"};
    struct tree *to = tree_add_map(k->a, k->rows, NULL);
    tree_add_str(k->a, to, "in", k->file);
    if (k->kind.n) tree_add_str(k->a, to, "kind", k->kind);
    tree_add_str(k->a, to, "list", list);
    tree_add_str(k->a, to, "name", name_of(row));
    tree_add_str(k->a, to, "article", tree_str(row, "article"));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (tree_str(row, texts[i]).n) tree_add_str(k->a, to, texts[i], tree_str(row, texts[i]));
    if (tree_bool(row, "system", false)) tree_add_bool(k->a, to, "system", true);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (tree_get(row, numbers[i]))
            tree_add_int(k->a, to, numbers[i], tree_int(row, numbers[i], 0));
    if (tree_get(row, "titles")) tree_add_copy(k->a, to, "titles", tree_get(row, "titles"));
    tree_add_str(k->a, to, "file", law_path_of(k->l->paths, k->l->paths_n, row));
    tree_add_int(k->a, to, "line", row->line);
}

/* One row and the rows within it: lists of maps, and maps that cite an article of their own. Days
 * of a calendar cite none. */
static void look_row(struct looking *k, const struct tree *row, struct str list, bool inside,
                     int depth)
{
    if (depth > LOOK_DEPTH_MAX || row->kind != TREE_MAP) return;
    bool asked = inside || is_asked(k, row, list);
    bool trusted = !str_is(tree_str(row, "source"), "unverified");
    bool stands = tree_str(row, "article").n || tree_str(row, "day").n; /* of a calendar */
    if (asked && stands && !(k->unverified_only && trusted)) row_add(k, row, list);
    /* A name asks for all that stands within the row; an article only for what cites it. */
    bool within = inside || (asked && !k->article);
    for (const struct tree *c = row->child; c; c = c->next) {
        if (c->kind == TREE_MAP && tree_get(c, "article"))
            look_row(k, c, c->key, within, depth + 1);
        bool kinds = str_is(c->key, "kinds") && depth == 1;
        for (const struct tree *r = c->kind == TREE_LIST ? c->child : NULL; r; r = r->next) {
            if (kinds) k->kind = tree_str(r, "kind");
            look_row(k, r, c->key, within, depth + 1);
            if (kinds) k->kind = STR("");
        }
    }
}
