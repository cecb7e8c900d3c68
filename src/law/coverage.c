/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables do about each paragraph of an instrument, for `comity law --coverage`.
 *
 * A paragraph is carried when a row cites it or something below it. One that leads to no rule says
 * in `no_part` why; one that does neither is what is still to be done. */

#include "law/inner.h"

#include <stdlib.h>

/* Where rows of a list are played: the suites that fail when such a row does not do its work. */
static const struct {
    const char *list, *suites;
} played[] = {
    {"kinds", "kinds"},       {"lifecycle", "kinds law"}, {"particulars", "kinds law"},
    {"choices", "kinds law"}, {"outcomes", "kinds law"},  {"grounds", "law"},
    {"clocks", "law"},        {"guards", "law"},          {"forbidden_grounds", "law"},
    {"scopes", "law"},        {"obligations", "law"},     {"not_executable", "kinds law"},
    {"foretold", "law"},
};

struct covering {
    struct turn *t;
    const struct law_tables *l;
    struct str lang;
    struct tree *list;
    int64_t carried, explained, unaccounted;
};

/* A row that says where something stands is not a rule about it. */
static bool is_rule(const struct tree *row, struct str instrument)
{
    struct str list = tree_str(row, "list"), in = tree_str(row, "in");
    static const char *const lists[] = {"articles", "topics", "profile_fields"};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        if (str_is(list, lists[k])) return false;
    return str_eq(in, instrument) || str_eq(tree_str(row, "instrument"), instrument);
}

static void tests_add(struct covering *c, struct tree *to, struct str list)
{
    for (size_t k = 0; k < sizeof played / sizeof *played; k++) {
        struct str word, rest = str_of(played[k].suites);
        if (!str_is(list, played[k].list)) continue;
        for (bool more = true; more;) {
            bool there = false;
            more = str_split(rest, ' ', &word, &rest);
            for (const struct tree *one = to->child; one; one = one->next)
                there = there || str_eq(one->str, word);
            if (!there) tree_add_str(c->t->arena, to, NULL, word);
        }
    }
}

/* The kinds that carry a paragraph as a whole, where no row of theirs cites it. */
static void kinds_add(struct covering *c, struct str instrument, const struct tree *row,
                      struct tree *rules, struct tree *tests)
{
    struct arena *a = c->t->arena;
    const struct law_instrument *i = law_instrument_find(c->l, instrument);
    const struct tree *names = tree_get(row, "kinds");
    for (const struct tree *n = names ? names->child : NULL; n; n = n->next) {
        const struct law_kind *k = law_kind_find(i, n->str);
        struct tree *one = tree_add_map(a, rules, NULL);
        tree_add_str(a, one, "list", STR("kinds"));
        tree_add_str(a, one, "name", n->str);
        tree_add_str(a, one, "article", k->article);
        tree_add_str(a, one, "source", tree_str(k->row, "source"));
        tree_add_copy(a, one, "titles", tree_get(k->row, "titles"));
        tests_add(c, tests, STR("kinds"));
    }
}

static err rules_add(struct covering *c, struct str instrument, const struct tree *row,
                     struct tree *to)
{
    struct str article = tree_str(row, "article");
    const struct tree *view;
    struct arena *a = c->t->arena;
    try(law_look(c->t, c->l, article, false, &view));
    struct tree *rules = tree_add_list(a, to, "rules"), *tests = tree_add_list(a, to, "tests");
    for (const struct tree *r = tree_get(view, "rows")->child; r; r = r->next) {
        if (!is_rule(r, instrument)) continue;
        tree_add_copy(a, rules, NULL, r);
        tests_add(c, tests, tree_str(r, "list"));
    }
    kinds_add(c, instrument, row, rules, tests);
    return ERR_OK;
}

static err paragraph_add(struct covering *c, struct str instrument, const struct tree *row)
{
    struct arena *a = c->t->arena;
    struct str article = tree_str(row, "article");
    const struct tree *why = tree_get(row, "no_part");
    struct tree *one = tree_add_map(a, c->list, NULL);
    tree_add_str(a, one, "instrument", instrument);
    tree_add_str(a, one, "article", article);
    tree_add_str(a, one, "source", tree_str(row, "source"));
    tree_add_str(a, one, "title", law_title(tree_get(row, "titles"), c->lang));
    try(rules_add(c, instrument, row, one));
    bool carried = tree_get(one, "rules")->count > 0;
    c->carried += carried;
    c->explained += !carried && why;
    c->unaccounted += !carried && !why;
    tree_add_str(a, one, "status",
                 carried ? STR("carried")
                 : why   ? STR("explained")
                         : STR("unaccounted"));
    if (why) tree_add_str(a, one, "why", law_title(why, c->lang));
    return ERR_OK;
}

/* The next step of a citation: the number of a group, or its letters as one. */
static int64_t step_of(struct str *article)
{
    int64_t n = 0;
    size_t i = 0;
    for (; i < article->n && article->p[i] != ')' && (i == 0 || article->p[i] != '('); i++) {
        char c = article->p[i];
        if (c >= '0' && c <= '9') n = n * 10 + (c - '0');
        if (c >= 'a' && c <= 'z') n = n * 26 + (c - 'a' + 1);
    }
    if (i < article->n && article->p[i] == ')') i++;
    *article = (struct str){article->p + i, article->n - i};
    return n;
}

/* As they stand in the text: "42(3)", "42(3)(c)", "42(10)". */
static int by_article(const void *one, const void *other)
{
    struct str a = tree_str(*(const struct tree *const *)one, "article");
    struct str b = tree_str(*(const struct tree *const *)other, "article");
    while (a.n && b.n) {
        int64_t x = step_of(&a), y = step_of(&b);
        if (x != y) return x < y ? -1 : 1;
    }
    return (a.n > 0) - (b.n > 0);
}

static err instrument_cover(struct covering *c, const struct law_instrument *i)
{
    const struct tree *range = tree_get(i->root, "accounts_for");
    const struct tree *articles = tree_get(i->root, "articles");
    size_t n = 0;
    if (!range) return ERR_OK;
    const struct tree **rows = arena_take_many(c->t->arena, articles->count + 1, sizeof(void *));
    for (const struct tree *r = articles->child; r; r = r->next) {
        struct str article = tree_str(r, "article");
        int64_t number = step_of(&article);
        if (number >= tree_int(range, "from", 0) && number <= tree_int(range, "to", 0))
            rows[n++] = r;
    }
    qsort(rows, n, sizeof *rows, by_article);
    for (size_t k = 0; k < n; k++) try(paragraph_add(c, i->instrument, rows[k]));
    return ERR_OK;
}

err law_coverage(struct turn *t, const struct law_tables *l, struct str lang,
                 const struct tree **view_out)
{
    struct tree *view = tree_map(t->arena);
    tree_add_str(t->arena, view, "tables", l->hash_hex);
    struct covering c = {
        .t = t, .l = l, .lang = lang, .list = tree_add_list(t->arena, view, "paragraphs")};
    for (size_t i = 0; i < l->instruments_n; i++) try(instrument_cover(&c, &l->instruments[i]));
    tree_add_int(t->arena, view, "carried", c.carried);
    tree_add_int(t->arena, view, "explained", c.explained);
    tree_add_int(t->arena, view, "unaccounted", c.unaccounted);
    *view_out = view;
    return ERR_OK;
}
