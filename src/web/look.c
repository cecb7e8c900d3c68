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

static void show_law(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *rows = tree_get(visit_view(v, "law"), "rows");
    struct str instrument = visit_at(v, "instrument"), article = visit_at(v, "article");
    struct tree *articles = tree_add_list(a, v->page, "articles");
    struct tree *others = tree_add_list(a, v->page, "rows");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        if (!str_eq(tree_str(r, "in"), instrument)) continue;
        bool is_article = str_is(tree_str(r, "list"), "articles");
        struct tree *one = tree_add_copy(a, is_article ? articles : others, NULL, r);
        tree_add_str(a, one, "title", title_in(v, r));
        tree_add_str(a, one, "cite",
                     str_printf(a, STR_FMT " " STR_FMT, STR_ARG(instrument),
                                STR_ARG(tree_str(r, "article"))));
        tree_add_bool(a, one, "itself", str_eq(tree_str(r, "article"), article));
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

static void law(struct visit *v, struct str what)
{
    struct tree *args = tree_map(v->t.arena);
    tree_add_str(v->t.arena, args, "what", what);
    visit_ask(v, "law", args);
    visit_then(v, show_law);
}

void web_do_LAW(struct visit *v) { law(v, visit_at(v, "instrument")); }

void web_do_LAW_ARTICLE(struct visit *v)
{
    law(v, str_printf(v->t.arena, STR_FMT " " STR_FMT, STR_ARG(visit_at(v, "instrument")),
                      STR_ARG(visit_at(v, "article"))));
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
