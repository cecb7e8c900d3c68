/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns, topics, amendments and parts are worked into plain rows here.
 *
 * Nothing is copied that stays as it is: an expanded row shares its children with the row it was
 * written as, so a pattern costs next to nothing for each kind that follows it. */

#include "law/expand.h"

#include "law/law.h"

#include <string.h>

enum { EXPAND_DEPTH_MAX = 12 };

/* The lists of a kind, and the key its rows are named by. */
static const struct list_name {
    const char *list, *name;
} lists[] = {
    {"states", "state"},
    {"outcomes", "outcome"},
    {"particulars", "name"},
    {"grounds", "ground"},
    {"forbidden_grounds", "ground"},
    {"not_executable", "code"},
    {"clocks", "clock"},
    {"lifecycle", "act"},
};
enum { LISTS_N = sizeof lists / sizeof *lists };

/* The lists of an instrument that its parts may add to. */
static const struct list_name instrument_lists[] = {
    {"articles", "article"},       {"functions", "function"},   {"roles", NULL},
    {"obligations", "obligation"}, {"topics", "topic"},         {"scopes", "scope"},
    {"offences", "article"},       {"patterns", "pattern"},     {"kinds", "kind"},
    {"foretold", "foretold"},      {"profile_fields", "field"},
};
enum { INSTRUMENT_LISTS_N = sizeof instrument_lists / sizeof *instrument_lists };

struct rows {
    const struct tree *p[LAW_ROWS_MAX];
    size_t n;
};
struct expanding {
    const struct law_sources *s;
    struct arena *a;
    struct str instrument;
    const struct tree *topics, *patterns; /* of the instrument */
    const struct tree *kind_topics;       /* of the kind at hand; they go before; or NULL */
};

static err resolve(const struct expanding *x, const struct tree *v, int depth, struct tree **out);
static err kind_expand(const struct expanding *x, const struct tree *kind, struct tree **out);

struct str law_path_of(const struct str *paths, size_t n, const struct tree *at)
{
    return at && at->file > 0 && at->file <= n ? paths[at->file - 1] : STR("law");
}

/* ---- small steps on trees -------------------------------------------------------------------- */

/* The same value, free to stand in another list or map. */
static struct tree *again(struct arena *a, const struct tree *v)
{
    struct tree *made = arena_take(a, sizeof *made);
    *made = *v;
    made->next = NULL;
    return made;
}

static void append(struct tree *to, struct tree *child)
{
    if (to->last)
        to->last->next = child;
    else
        to->child = child;
    to->last = child;
    to->count++;
}

/* An empty list or map at the place of another value. */
static struct tree *empty_like(struct arena *a, enum tree_kind kind, const char *key,
                               const struct tree *at)
{
    struct tree *made = arena_take(a, sizeof *made);
    made->kind = kind;
    made->key = str_of(key);
    made->file = at->file;
    made->line = at->line;
    made->col = at->col;
    return made;
}

static size_t row_find(const struct rows *r, const char *name, struct str is)
{
    size_t i = 0;
    while (i < r->n && !str_eq(tree_str(r->p[i], name), is)) i++;
    return i;
}

static err row_add(const struct expanding *x, struct rows *r, const struct tree *row)
{
    if (r->n == LAW_ROWS_MAX)
        return law_row_fail(x->s, row, "expected at most %d rows in all", LAW_ROWS_MAX);
    r->p[r->n++] = row;
    return ERR_OK;
}

/* A row of the same name gives way to the later one and leaves it its place. */
static err rows_put(const struct expanding *x, struct rows *r, const struct tree *list,
                    const char *name)
{
    for (const struct tree *row = list ? list->child : NULL; row; row = row->next) {
        size_t i = row_find(r, name, tree_str(row, name));
        if (i < r->n)
            r->p[i] = row;
        else
            try(row_add(x, r, row));
    }
    return ERR_OK;
}

/* ---- amending -------------------------------------------------------------------------------- */

static struct tree *rows_merged(struct arena *a, const struct tree *was, const struct tree *part,
                                const char *name);

static bool is_cite(struct str key)
{
    return str_is(key, "article") || str_is(key, "source") || str_is(key, "topic");
}

/* The row with what the part says otherwise. The particulars of an act are amended one by one; any
 * other key is replaced as a whole. */
static struct tree *amended(struct arena *a, const struct tree *row, const struct tree *part)
{
    struct tree *out = empty_like(a, TREE_MAP, "", part);
    bool cites = tree_get(part, "topic") || tree_get(part, "article");
    for (const struct tree *v = row->child; v; v = v->next) {
        const struct tree *by = tree_get_s(part, v->key);
        if (cites && is_cite(v->key)) continue;
        if (!by)
            append(out, again(a, v));
        else if (str_is(v->key, "particulars"))
            append(out, rows_merged(a, v, by, "name"));
        else
            append(out, again(a, by));
    }
    for (const struct tree *v = part->child; v; v = v->next)
        if (!tree_get_s(row, v->key) || (cites && is_cite(v->key))) append(out, again(a, v));
    return out;
}

static struct tree *rows_merged(struct arena *a, const struct tree *was, const struct tree *part,
                                const char *name)
{
    struct tree *out = empty_like(a, TREE_LIST, "particulars", was);
    for (const struct tree *r = was->child; r; r = r->next) {
        const struct tree *by = part->child;
        while (by && !str_eq(tree_str(by, name), tree_str(r, name))) by = by->next;
        append(out, by ? amended(a, r, by) : again(a, r));
    }
    for (const struct tree *r = part->child; r; r = r->next) {
        const struct tree *old = was->child;
        while (old && !str_eq(tree_str(old, name), tree_str(r, name))) old = old->next;
        if (!old) append(out, again(a, r));
    }
    return out;
}

static err rows_amend(const struct expanding *x, struct rows *r, const struct tree *parts,
                      const char *name)
{
    for (const struct tree *p = parts ? parts->child : NULL; p; p = p->next) {
        size_t i = row_find(r, name, tree_str(p, name));
        if (i == r->n)
            return law_row_fail(x->s, p,
                                "`amend`: found the %s \"" STR_FMT
                                "\", expected one of the kind or its patterns",
                                name, STR_ARG(tree_str(p, name)));
        r->p[i] = amended(x->a, r->p[i], p);
    }
    return ERR_OK;
}

static err rows_drop(const struct expanding *x, struct rows *r, const struct tree *names,
                     const char *name)
{
    for (const struct tree *w = names ? names->child : NULL; w; w = w->next) {
        size_t i = row_find(r, name, w->str);
        if (i == r->n)
            return law_row_fail(x->s, w,
                                "`without`: found the %s \"" STR_FMT
                                "\", expected one of the kind or its patterns",
                                name, STR_ARG(w->str));
        memmove(r->p + i, r->p + i + 1, (--r->n - i) * sizeof *r->p);
    }
    return ERR_OK;
}

/* ---- a kind ---------------------------------------------------------------------------------- */

enum { PATTERNS_MAX = 8 };
struct follows {
    const struct tree *p[PATTERNS_MAX + 1]; /* the patterns, then the kind itself */
    size_t n;
};

static const struct tree *pattern_find(const struct expanding *x, struct str name)
{
    const struct tree *own = x->patterns ? x->patterns->child : NULL;
    for (; own; own = own->next)
        if (str_eq(tree_str(own, "pattern"), name)) return own;
    for (size_t i = 0; i < x->s->patterns_n; i++)
        if (str_eq(tree_str(x->s->patterns[i], "pattern"), name)) return x->s->patterns[i];
    return NULL;
}

static err follows_find(const struct expanding *x, const struct tree *kind, struct follows *out)
{
    const struct tree *names = tree_get(kind, "patterns");
    out->n = 0;
    for (const struct tree *w = names ? names->child : NULL; w; w = w->next) {
        const struct tree *pattern = pattern_find(x, w->str);
        if (!pattern)
            return law_row_fail(x->s, w,
                                "`patterns`: found \"" STR_FMT "\", expected a pattern of this "
                                "instrument or of law/patterns",
                                STR_ARG(w->str));
        if (out->n == PATTERNS_MAX)
            return law_row_fail(x->s, w, "expected at most %d patterns", PATTERNS_MAX);
        out->p[out->n++] = pattern;
    }
    out->p[out->n++] = kind;
    return ERR_OK;
}

static err list_make(const struct expanding *x, const struct follows *f, const struct tree *kind,
                     const struct list_name *l, struct tree *to)
{
    struct rows r = {.n = 0};
    for (size_t i = 0; i < f->n; i++) try(rows_put(x, &r, tree_get(f->p[i], l->list), l->name));
    try(rows_drop(x, &r, tree_get(tree_get(kind, "without"), l->list), l->name));
    try(rows_amend(x, &r, tree_get(tree_get(kind, "amend"), l->list), l->name));
    struct tree *list = empty_like(x->a, TREE_LIST, l->list, kind);
    for (size_t i = 0; i < r.n; i++) append(list, again(x->a, r.p[i]));
    append(to, list);
    return ERR_OK;
}

/* Of roles and form the kind's own stand alone; without them the last pattern's do. */
static void last_of(const struct expanding *x, const struct follows *f, const char *key,
                    struct tree *to)
{
    for (size_t i = f->n; i-- > 0;) {
        const struct tree *v = tree_get(f->p[i], key);
        if (!v) continue;
        append(to, again(x->a, v));
        return;
    }
}

static bool is_worked_in(struct str key)
{
    static const char *const keys[] = {"patterns", "topics", "amend",   "without",
                                       "roles",    "form",   "on_link", "urgent"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_is(key, keys[i])) return true;
    for (size_t i = 0; i < LISTS_N; i++)
        if (str_is(key, lists[i].list)) return true;
    return false;
}

static err kind_expand(const struct expanding *x, const struct tree *kind, struct tree **out)
{
    struct follows f;
    try(follows_find(x, kind, &f));
    struct tree *made = empty_like(x->a, TREE_MAP, "", kind);
    for (const struct tree *v = kind->child; v; v = v->next)
        if (!is_worked_in(v->key)) append(made, again(x->a, v));
    last_of(x, &f, "roles", made);
    last_of(x, &f, "form", made);
    last_of(x, &f, "on_link", made);
    last_of(x, &f, "urgent", made);
    for (size_t i = 0; i < LISTS_N; i++) try(list_make(x, &f, kind, &lists[i], made));
    static const char *const needed[] = {"states", "lifecycle"};
    for (size_t i = 0; i < 2; i++)
        if (tree_get(made, needed[i])->count == 0)
            return law_row_fail(
                x->s, kind, "expected the key `%s` in a kind, its own or of a pattern", needed[i]);
    struct expanding within = *x;
    within.kind_topics = tree_get(kind, "topics");
    return resolve(&within, made, 0, out);
}

/* ---- topics ---------------------------------------------------------------------------------- */

/* A binding that no row uses yet leads to an article all the same. */
static err topics_check(const struct expanding *x, const struct tree *topics,
                        const struct tree *articles)
{
    for (const struct tree *t = topics ? topics->child : NULL; t; t = t->next) {
        const struct tree *a = articles->child;
        while (a && !str_eq(tree_str(a, "article"), tree_str(t, "article"))) a = a->next;
        if (!a)
            return law_row_fail(x->s, tree_get(t, "article"),
                                "`article`: found \"" STR_FMT "\", expected a row of `articles`",
                                STR_ARG(tree_str(t, "article")));
    }
    return ERR_OK;
}

/* What the kind binds itself goes before what the instrument binds for all its kinds. */
static const struct tree *topic_of(const struct expanding *x, struct str name)
{
    const struct tree *own_law = NULL, *t = x->kind_topics ? x->kind_topics->child : NULL;
    for (; t; t = t->next)
        if (str_eq(tree_str(t, "topic"), name)) return t;
    t = x->topics ? x->topics->child : NULL;
    for (; t; t = t->next) {
        if (str_eq(tree_str(t, "topic"), name)) return t;
        if (str_is(tree_str(t, "topic"), "own_law")) own_law = t;
    }
    return own_law;
}

static err topic_find(const struct expanding *x, const struct tree *at, const struct tree **out)
{
    *out = topic_of(x, at->str);
    if (*out) return ERR_OK;
    return law_row_fail(x->s, at,
                        "found the topic \"" STR_FMT "\", which instruments/" STR_FMT
                        ".yaml neither binds nor leaves to `own_law`",
                        STR_ARG(at->str), STR_ARG(x->instrument));
}

static bool may_name_topic(const struct tree *v)
{
    bool keyed =
        str_is(v->key, "via") || str_is(v->key, "reservation") || str_is(v->key, "article");
    return keyed && v->kind == TREE_STR && !law_is_article(v->str);
}

/* A topic becomes the article it is bound to and the source of that binding. */
static err cite_put(const struct expanding *x, const struct tree *map, const struct tree *topic,
                    struct tree *to)
{
    const struct tree *row;
    if (tree_get(map, "article") || tree_get(map, "source"))
        return law_row_fail(x->s, topic, "expected either `topic` or `article` and `source`");
    try(topic_find(x, topic, &row));
    static const char *const keys[] = {"article", "source"};
    for (size_t i = 0; i < 2; i++) {
        struct tree *v = again(x->a, tree_get(row, keys[i]));
        v->file = topic->file;
        v->line = topic->line;
        v->col = topic->col;
        append(to, v);
    }
    return ERR_OK;
}

static err value_resolve(const struct expanding *x, const struct tree *map, const struct tree *v,
                         int depth, struct tree *to)
{
    if (map->kind == TREE_MAP && str_is(v->key, "topic")) return cite_put(x, map, v, to);
    struct tree *made;
    try(resolve(x, v, depth + 1, &made));
    if (may_name_topic(v)) {
        const struct tree *row;
        try(topic_find(x, v, &row));
        made->str = tree_str(row, "article");
    }
    append(to, made);
    return ERR_OK;
}

/* Is there anything to resolve in it? */
static bool has_topic(const struct tree *v, int depth)
{
    if (depth > EXPAND_DEPTH_MAX) return true; /* said by resolve */
    for (const struct tree *c = v->child; c; c = c->next)
        if ((v->kind == TREE_MAP && str_is(c->key, "topic")) || may_name_topic(c) ||
            has_topic(c, depth + 1))
            return true;
    return false;
}

static err resolve(const struct expanding *x, const struct tree *v, int depth, struct tree **out)
{
    if (depth > EXPAND_DEPTH_MAX) return law_row_fail(x->s, v, "expected fewer levels of nesting");
    struct tree *made = again(x->a, v);
    *out = made;
    if (!v->child || !has_topic(v, depth)) return ERR_OK;
    made->child = made->last = NULL;
    made->count = 0;
    for (const struct tree *c = v->child; c; c = c->next) try(value_resolve(x, v, c, depth, made));
    return ERR_OK;
}

/* ---- an instrument --------------------------------------------------------------------------- */

/* Its main file's rows and those of its parts; no name twice. */
static err list_gather(const struct expanding *x, const struct list_name *l,
                       const struct tree *main, const struct tree **parts, size_t parts_n,
                       struct tree **out)
{
    const struct tree *first = tree_get(main, l->list);
    struct tree *list = empty_like(x->a, TREE_LIST, l->list, first ? first : main);
    struct rows r = {.n = 0};
    for (size_t i = 0; i <= parts_n; i++) {
        const struct tree *rows = tree_get(i == 0 ? main : parts[i - 1], l->list);
        for (const struct tree *row = rows ? rows->child : NULL; row; row = row->next) {
            size_t old = l->name ? row_find(&r, l->name, tree_str(row, l->name)) : r.n;
            if (old < r.n)
                return law_row_fail(
                    x->s, row,
                    "found a second %s \"" STR_FMT
                    "\", expected each once; the first is in " STR_FMT " on line %u",
                    l->name, STR_ARG(tree_str(row, l->name)),
                    STR_ARG(law_path_of(x->s->paths, x->s->paths_n, r.p[old])), r.p[old]->line);
            try(row_add(x, &r, row));
            append(list, again(x->a, row));
        }
    }
    *out = list;
    return ERR_OK;
}

static bool is_gathered(struct str key)
{
    for (size_t i = 0; i < INSTRUMENT_LISTS_N; i++)
        if (str_is(key, instrument_lists[i].list)) return true;
    return false;
}

static err kinds_expand(const struct expanding *x, const struct tree *kinds, struct tree *to)
{
    struct tree *list = empty_like(x->a, TREE_LIST, "kinds", kinds);
    for (const struct tree *k = kinds->child; k; k = k->next) {
        struct tree *made;
        try(kind_expand(x, k, &made));
        append(list, made);
    }
    append(to, list);
    return ERR_OK;
}

err law_expand(const struct law_sources *s, const struct tree *main, const struct tree **parts,
               size_t parts_n, struct tree **out)
{
    struct expanding x = {.s = s, .a = s->t->arena, .instrument = tree_str(main, "instrument")};
    struct tree *made = empty_like(x.a, TREE_MAP, "", main), *all[INSTRUMENT_LISTS_N];
    for (size_t i = 0; i < INSTRUMENT_LISTS_N; i++)
        try(list_gather(&x, &instrument_lists[i], main, parts, parts_n, &all[i]));
    x.topics = all[4];
    x.patterns = all[7];
    try(topics_check(&x, x.topics, all[0]));
    for (const struct tree *k = all[8]->child; k; k = k->next)
        try(topics_check(&x, tree_get(k, "topics"), all[0]));
    for (const struct tree *v = main->child; v; v = v->next)
        if (!is_gathered(v->key)) try(value_resolve(&x, main, v, 0, made));
    for (size_t i = 0; i < INSTRUMENT_LISTS_N; i++) {
        struct str key = all[i]->key;
        if (str_is(key, "patterns")) continue; /* worked in */
        if (str_is(key, "topics")) {           /* worked in, and kept for who looks an article up */
            append(made, all[i]);
            continue;
        }
        if (str_is(key, "kinds"))
            try(kinds_expand(&x, all[i], made));
        else
            try(value_resolve(&x, main, all[i], 0, made));
    }
    *out = made;
    return ERR_OK;
}
