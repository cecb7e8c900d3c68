/* SPDX-License-Identifier: Apache-2.0 */
/* One dossier, by tabs: what can be done now and why not the rest; what was asked; what was said;
 * what was handed over; the whole log. */

#include "web/api.h"

#include <string.h>

enum { RECENT = 5 };

/* The row that says what a particular is called: of the request, or of an act that can be done. */
static const struct tree *row_of(const struct tree *view, struct str name)
{
    const struct tree *options = tree_get(view, "options"), *found = NULL;
    const struct tree *request = tree_get(view, "request");
    for (const struct tree *o = options ? options->child : NULL; o && !found; o = o->next)
        for (const struct tree *r = html_list(tree_get(o, "particulars")); r; r = r->next)
            if (str_eq(tree_str(r, "name"), name)) found = r;
    for (const struct tree *r = request ? request->child : NULL; r && !found; r = r->next)
        if (str_eq(tree_str(r, "name"), name)) found = r;
    return found;
}

/* A choice is read by its title. A row of the request has that of its own value only. */
static struct str choice_said(const struct tree *row, const struct tree *value)
{
    if (value->kind == TREE_STR && str_eq(tree_str(row, "value"), value->str))
        return tree_str(row, "value_title");
    const struct tree *c = html_list(tree_get(row, "choices"));
    while (c && !(value->kind == TREE_STR && str_eq(tree_str(c, "value"), value->str))) c = c->next;
    return tree_str(c, "title");
}

/* What every tab shows above itself. */
struct tree *dossier_head_put(struct visit *v, const char *tab)
{
    struct arena *a = v->t.arena;
    struct tree *d = tree_add_copy(a, v->page, "dossier", v->view);
    row_titles(v, d);
    visit_put(v, "tab", str_of(tab));
    const struct tree *clocks = tree_get(v->view, "clocks"), *first = NULL;
    for (const struct tree *c = clocks ? clocks->child : NULL; c; c = c->next) {
        if (!tree_bool(c, "running", true) || !tree_str(c, "end").n) continue;
        if (!first || str_cmp(tree_str(c, "end"), tree_str(first, "end")) < 0) first = c;
    }
    if (first) {
        struct tree *soon = tree_add_copy(a, d, "soonest", first);
        row_titles(v, soon);
    }
    const struct tree *acts = tree_get(v->view, "acts"), *docs = tree_get(v->view, "documents");
    const struct tree *request = tree_get(d, "request");
    for (struct tree *r = request ? request->child : NULL; r; r = r->next) {
        const struct tree *value = tree_get(r, "value");
        if (value && value->kind == TREE_BOOL && value->num) tree_add_bool(a, r, "is_flag", true);
        tree_add_copy(a, r, "said", tree_get(r, "value_title"));
    }
    tree_add_int(a, d, "acts_n", acts ? (int64_t)acts->count : 0);
    tree_add_int(a, d, "documents_n", docs ? (int64_t)docs->count : 0);
    tree_add_str(a, d, "tone",
                 tree_bool(d, "ended", false) ? STR("") : row_tone(v, first ? first : d));
    return d;
}

/* What the preflight said of an act when it was sent, in its three groups. */
static void put_preflights(struct visit *v, struct tree *acts)
{
    for (struct tree *act = acts->child; act; act = act->next) {
        struct tree *kept = act->child;
        while (kept && !str_is(kept->key, "preflight")) kept = kept->next;
        if (kept) check_put(v, kept, kept);
    }
}

/* Newest first, at most `limit`. */
static void put_acts(struct visit *v, const struct tree *acts, size_t limit)
{
    size_t all = acts ? acts->count : 0, k = 0;
    struct tree *few = tree_list(v->t.arena);
    for (const struct tree *c = acts ? acts->child : NULL; c; c = c->next, k++)
        if (k + limit >= all) tree_add_copy(v->t.arena, few, NULL, c);
    struct tree *newest_first = tree_list(v->t.arena);
    for (size_t n = few->count; n-- > 0;) {
        const struct tree *c = few->child;
        for (size_t step = 0; step < n; step++) c = c->next;
        tree_add_copy(v->t.arena, newest_first, NULL, c);
    }
    put_preflights(v, rows_put(v, v->page, "acts", newest_first));
}

bool option_is_possible(const struct tree *option) { return tree_bool(option, "possible", false); }

/* The next step, what else is possible, and the rest with why not. */
static int option_rank(const struct tree *o)
{
    bool possible = option_is_possible(o);
    return possible && tree_bool(o, "next", false) ? 2 : possible;
}

static void put_options(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *options = tree_get(v->view, "options");
    struct tree *list = tree_add_list(a, v->page, "options");
    bool any = false;
    for (int rank = 2; rank >= 0; rank--) {
        for (const struct tree *o = options ? options->child : NULL; o; o = o->next) {
            if (option_rank(o) != rank) continue;
            struct tree *one = tree_add_map(a, list, NULL);
            for (const struct tree *c = o->child; c; c = c->next)
                if (!str_is(c->key, "particulars")) tree_add_copy(a, one, str_c(a, c->key), c);
            tree_add_bool(a, one, "plain", option_is_plain(o));
            any = any || rank > 0;
        }
    }
    visit_flag(v, "any_possible", any);
}

/* What was done just now, said once above the page. */
static void put_done(struct visit *v)
{
    struct str done = visit_at(v, "done");
    const struct tree *acts = tree_get(v->view, "acts");
    for (const struct tree *c = acts ? acts->child : NULL; c && done.n; c = c->next) {
        if (!str_eq(tree_str(c, "act"), done) || c->next) continue;
        struct tree *one = tree_add_copy(v->t.arena, v->page, "done", c);
        row_titles(v, one);
    }
}

void web_do_DOSSIER(struct visit *v)
{
    dossier_head_put(v, "overview");
    put_options(v);
    put_done(v);
    rows_put(v, v->page, "clocks", tree_get(v->view, "clocks"));
    const struct tree *links = tree_get(v->view, "links"), *next = tree_get(v->view, "follows");
    visit_flag(v, "any_link", (links && links->count) || (next && next->count));
    rows_put(v, v->page, "links", tree_get(v->view, "links"));
    rows_put(v, v->page, "follows", tree_get(v->view, "follows"));
    put_acts(v, tree_get(v->view, "acts"), RECENT);
    visit_page(v, 200, page_dossier);
}

void web_do_REQUEST(struct visit *v)
{
    dossier_head_put(v, "request");
    visit_page(v, 200, page_request);
}

/* ---- messages and log: from LOG -------------------------------------------------------------- */

static void ask_log(struct visit *v, void (*then)(struct visit *v))
{
    visit_ask(v, "log", v->at);
    visit_then(v, then);
}

/* Values of an act's particulars as rows: name and text. */
static void put_values(struct visit *v, struct tree *act)
{
    struct arena *a = v->t.arena;
    const struct tree *p = tree_get(act, "particulars");
    struct tree *list = tree_add_list(a, act, "values");
    for (const struct tree *c = p ? p->child : NULL; c; c = c->next) {
        struct tree *one = tree_add_map(a, list, NULL);
        const struct tree *row = row_of(v->view, c->key);
        tree_add_str(a, one, "name", c->key);
        tree_add_str(a, one, "title", tree_str(row, "title"));
        tree_add_str(a, one, "said", choice_said(row, c));
        tree_add_copy(a, one, "value", c);
        if (c->kind == TREE_BOOL) tree_add_bool(a, one, "is_flag", true);
        if (c->kind == TREE_MAP) tree_add_str(a, one, "lang", tree_str(c, "lang"));
    }
}

static struct tree *put_log(struct visit *v)
{
    const struct tree *acts = tree_get(visit_view(v, "log"), "acts");
    struct tree *list = rows_put(v, v->page, "acts", acts);
    for (struct tree *c = list->child; c; c = c->next) put_values(v, c);
    put_preflights(v, list);
    return list;
}

static void show_messages(struct visit *v)
{
    dossier_head_put(v, "messages");
    put_log(v);
    visit_page(v, 200, page_messages);
}

static void show_log(struct visit *v)
{
    dossier_head_put(v, "log");
    put_log(v);
    visit_page(v, 200, page_log);
}

void web_do_MESSAGES(struct visit *v) { ask_log(v, show_messages); }
void web_do_LOG(struct visit *v) { ask_log(v, show_log); }

/* ---- documents ------------------------------------------------------------------------------- */

void web_do_DOCUMENTS(struct visit *v)
{
    dossier_head_put(v, "documents");
    visit_page(v, 200, page_documents);
}

/* RFC 6266 with RFC 8187: an ASCII name for the old, the true one encoded. */
static const char *disposition(struct arena *a, struct str name)
{
    struct buf b = buf_in(a);
    buf_str(&b, STR("attachment; filename=\""));
    for (size_t k = 0; k < name.n; k++) {
        unsigned char c = (unsigned char)name.p[k];
        buf_byte(&b, c > 0x20 && c < 0x7f && !strchr("\"\\/%", c) ? c : (uint8_t)'_');
    }
    buf_str(&b, STR("\"; filename*=UTF-8''"));
    for (size_t k = 0; k < name.n; k++) buf_printf(&b, "%%%02X", (unsigned char)name.p[k]);
    return str_c(a, buf_as_str(&b));
}

/* Whatever it is, a browser only keeps it: no type to show, no origin to run in. */
void visit_document(struct visit *v, const struct tree *document)
{
    struct bytes data;
    if (!base64_read(v->t.arena, tree_str(document, "data"), &data)) {
        visit_none(v);
        return;
    }
    const char *const headers[] = {"Content-Disposition",
                                   disposition(v->t.arena, tree_str(document, "name")),
                                   "Content-Security-Policy", "sandbox", NULL};
    visit_bytes(v, 200, "application/octet-stream", data, headers);
}

void web_do_DOCUMENT(struct visit *v) { visit_document(v, v->view); }

void api_go_bytes(struct visit *v) { visit_document(v, v->view); }
