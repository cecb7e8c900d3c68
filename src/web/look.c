/* SPDX-License-Identifier: Apache-2.0 */
/* Pages to look things up: contact points, the law, search, the officer's own page, help, and the
 * check of a file by its digest. */

#include "web/inner.h"

/* ---- contact points -------------------------------------------------------------------------- */

static struct tree *put_states(struct visit *v, struct str only)
{
    const struct tree *states = tree_get(v->view, "states");
    struct tree *list = tree_add_list(v->t.arena, v->page, "states");
    for (const struct tree *s = states ? states->child : NULL; s; s = s->next)
        if (only.n ? str_eq(tree_str(s, "state"), only)
                   : !str_eq(tree_str(s, "state"), tree_str(v->desk, "state")))
            tree_add_copy(v->t.arena, list, NULL, s);
    return list;
}

void web_do_CONTACTS(struct visit *v)
{
    put_states(v, STR(""));
    visit_page(v, 200, page_contacts);
}

void web_do_CONTACT(struct visit *v)
{
    struct tree *list = put_states(v, visit_at(v, "state"));
    if (!list->count) {
        visit_none(v);
        return;
    }
    visit_share(v, "state", list->child);
    visit_page(v, 200, page_contact);
}

/* ---- the law --------------------------------------------------------------------------------- */

/* A row's title in the reader's language, else in English. */
static struct str title_in(const struct visit *v, const struct tree *row)
{
    const struct tree *titles = tree_get(row, "titles");
    struct str own = tree_str(titles, lang_word(v->lang));
    return own.n ? own : tree_str(titles, "en");
}

static void row_put(struct visit *v, struct tree *list, const struct tree *row)
{
    struct arena *a = v->t.arena;
    struct tree *one = tree_add_copy(a, list, NULL, row);
    struct str article = tree_str(row, "article");
    struct tree *said = tree_map(a);
    tree_add_str(a, said, "title", title_in(v, row));
    tree_set(a, one, STR("title"), said->child);
    tree_add_str(
        a, one, "cite",
        str_printf(a, STR_FMT " " STR_FMT, STR_ARG(tree_str(row, "in")), STR_ARG(article)));
    tree_add_bool(a, one, "itself", str_eq(article, visit_at(v, "article")));
    tree_add_bool(a, one, "unverified", str_is(tree_str(row, "source"), "unverified"));
}

/* Of an instrument its articles and kinds; of an article every row that cites it. */
static void show_law(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *rows = tree_get(visit_view(v, "law"), "rows");
    struct str instrument = visit_at(v, "instrument"), article = visit_at(v, "article");
    struct tree *articles = tree_add_list(a, v->page, "articles");
    struct tree *kinds = tree_add_list(a, v->page, "kinds");
    struct tree *others = tree_add_list(a, v->page, "rows");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        struct str list = tree_str(r, "list");
        bool is_kind = str_is(list, "kinds") && !article.n;
        bool is_article = str_is(list, "articles");
        if (!str_eq(tree_str(r, "in"), instrument)) continue;
        if (is_article || is_kind || article.n)
            row_put(v, is_article ? articles : is_kind ? kinds : others, r);
    }
    visit_put(v, "instrument", instrument);
    visit_put(v, "instrument_title", visit_label(v, "instrument", instrument));
    visit_put(v, "article", article);
    visit_put(v, "tables", tree_str(visit_view(v, "law"), "tables"));
    if (!articles->count && !others->count)
        visit_none(v);
    else
        visit_page(v, 200, page_law);
}

/* Each row of a list, with what its table shows: states by their titles. */
static void acts_put(struct visit *v, const struct tree *kind)
{
    struct arena *a = v->t.arena;
    const struct tree *acts = tree_get(kind, "acts"), *states = tree_get(kind, "states");
    struct tree *list = tree_add_list(a, v->page, "acts");
    int64_t n = 0;
    for (const struct tree *r = acts ? acts->child : NULL; r; r = r->next) {
        struct tree *one = tree_add_copy(a, list, NULL, r);
        struct tree *from = tree_add_list(a, one, "starts");
        tree_add_int(a, one, "number", ++n);
        for (const struct tree *s = states ? states->child : NULL; s; s = s->next) {
            struct str name = tree_str(s, "state");
            if (tree_has_str(tree_get(r, "from"), name)) tree_add_copy(a, from, NULL, s);
            if (str_eq(tree_str(r, "to"), name)) tree_add_copy(a, one, "leads", s);
        }
        tree_add_str(a, one, "by_title", visit_label(v, "stream", tree_str(r, "by")));
        tree_add_bool(a, one, "inward", str_is(tree_str(r, "stream"), "inward"));
        tree_add_bool(a, one, "unverified", str_is(tree_str(r, "source"), "unverified"));
    }
}

static void cited_put(struct visit *v, const struct tree *kind, const char *key)
{
    const struct tree *rows = tree_get(kind, key);
    struct tree *list = tree_add_list(v->t.arena, v->page, key);
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        struct tree *one = tree_add_copy(v->t.arena, list, NULL, r);
        bool unverified = str_is(tree_str(r, "source"), "unverified");
        tree_add_bool(v->t.arena, one, "unverified", unverified);
        tree_add_str(v->t.arena, one, "whose_title",
                     visit_label(v, "stream", tree_str(r, "whose")));
        tree_add_bool(v->t.arena, one, "term", str_is(tree_str(r, "sort"), "term"));
    }
}

static void show_kind_law(struct visit *v)
{
    const struct tree *kind = tree_get(visit_view(v, "law"), "kind");
    if (!kind) {
        visit_none(v);
        return;
    }
    visit_share(v, "kind", kind);
    visit_put(v, "instrument", visit_at(v, "instrument"));
    visit_put(v, "tables", tree_str(visit_view(v, "law"), "tables"));
    lifecycle_put(v, kind);
    acts_put(v, kind);
    cited_put(v, kind, "particulars");
    cited_put(v, kind, "grounds");
    cited_put(v, kind, "forbidden_grounds");
    cited_put(v, kind, "clocks");
    visit_page(v, 200, page_law_kind);
}

/* Instruments, each with its kinds. */
static void show_law_all(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *rows = tree_get(visit_view(v, "law"), "rows");
    struct tree *list = tree_add_list(a, v->page, "instruments"), *one = NULL;
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        if (!one || !str_eq(tree_str(one, "in"), tree_str(r, "in"))) {
            one = tree_add_copy(a, list, NULL, r);
            tree_add_list(a, one, "kinds");
        }
        if (str_is(tree_str(r, "list"), "kinds")) row_put(v, one->last, r);
    }
    visit_put(v, "tables", tree_str(visit_view(v, "law"), "tables"));
    visit_page(v, 200, page_law_all);
}

static void law(struct visit *v, struct str what, void (*then)(struct visit *v))
{
    struct tree *args = tree_map(v->t.arena);
    tree_add_str(v->t.arena, args, "what", what);
    visit_ask(v, "law", args);
    visit_then(v, then);
}

void web_do_LAW_ALL(struct visit *v) { law(v, STR(""), show_law_all); }

void web_do_LAW(struct visit *v) { law(v, visit_at(v, "instrument"), show_law); }

void web_do_LAW_ARTICLE(struct visit *v)
{
    law(v,
        str_printf(v->t.arena, STR_FMT " " STR_FMT, STR_ARG(visit_at(v, "instrument")),
                   STR_ARG(visit_at(v, "article"))),
        show_law);
}

void web_do_LAW_KIND(struct visit *v)
{
    law(v,
        str_printf(v->t.arena, STR_FMT " " STR_FMT, STR_ARG(visit_at(v, "instrument")),
                   STR_ARG(visit_at(v, "kind"))),
        show_kind_law);
}

/* ---- search ---------------------------------------------------------------------------------- */

void web_do_FIND(struct visit *v)
{
    visit_put(v, "q", visit_at(v, "q"));
    struct tree *rows = rows_put(v, v->page, "rows", tree_get(v->view, "dossiers"));
    for (struct tree *r = rows->child; r; r = r->next)
        tree_add_str(v->t.arena, r, "tone", row_tone(v, r));
    visit_share(v, "articles", tree_get(v->view, "articles"));
    for (struct tree *r = tree_get(v->page, "articles") ? v->page->last->child : NULL; r;
         r = r->next)
        tree_add_str(v->t.arena, r, "cite",
                     str_printf(v->t.arena, STR_FMT " " STR_FMT, STR_ARG(tree_str(r, "instrument")),
                                STR_ARG(tree_str(r, "article"))));
    visit_share(v, "states", tree_get(v->view, "states"));
    visit_page(v, 200, page_find);
}

/* ---- the officer, help ----------------------------------------------------------------------- */

void web_do_ME(struct visit *v)
{
    visit_share(v, "me", v->view);
    visit_page(v, 200, page_me);
}

void web_do_HELP(struct visit *v) { visit_page(v, 200, page_help); }

void web_do_EVENTS(struct visit *v) { events_open(v); }

/* ---- a file by its digest -------------------------------------------------------------------- */

/* Digests are pasted with blanks and in capitals. */
static struct str digest_of(struct arena *a, struct str s)
{
    struct buf b = buf_in(a);
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        if (c == ' ' || c == '\n' || c == '\t' || c == ':') continue;
        buf_byte(&b, (uint8_t)(c >= 'A' && c <= 'F' ? c + 32 : c));
    }
    return buf_as_str(&b);
}

void web_do_VERIFY(struct visit *v)
{
    struct arena *a = v->t.arena;
    struct hash file, sealed;
    struct str given = digest_of(a, visit_at(v, "sha256"));
    struct str expected = digest_of(a, visit_at(v, "expected"));
    bool reads = hash_read(given, &file), reads_expected = hash_read(expected, &sealed);
    const char *verdict = "";
    if (given.n || expected.n)
        verdict = !reads || !reads_expected ? "unknown"
                  : hash_eq(&file, &sealed) ? "same"
                                            : "other";
    visit_put(v, "verdict", str_of(verdict));
    visit_put(v, "sha256", given);
    visit_put(v, "expected", expected);
    visit_flag(v, "bad_sha256", given.n && !reads);
    visit_flag(v, "bad_expected", expected.n && !reads_expected);
    visit_page(v, 200, page_verify);
}
