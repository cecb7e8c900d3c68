/* SPDX-License-Identifier: Apache-2.0 */
/* The register: what came by people. The file is taken first and stays whatever is wrong with the
 * rest; who sent it, when and with which number may follow. Then a person says what it is. */

#include "web/inner.h"

/* ---- the list and its form ------------------------------------------------------------------- */

/* Rows of a register with their words. */
static void entry_words(struct visit *v, struct tree *e)
{
    struct arena *a = v->t.arena;
    tree_add_str(a, e, "way_title", visit_label(v, "way", tree_str(e, "carriage")));
    tree_add_str(a, e, "as_title", visit_label(v, "filed", tree_str(e, "as")));
    tree_add_bool(a, e, "is_open", str_is(tree_str(e, "stage"), "open"));
    struct tree *numbers = html_is(tree_get(e, "numbers")) ? tree_get(e, "numbers")->child : NULL;
    for (struct tree *n = numbers; n; n = n->next)
        tree_add_str(a, n, "sort_title", visit_label(v, "sort", tree_str(n, "sort")));
}

static void put_senders(struct visit *v, struct str chosen)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_add_list(a, v->page, "senders");
    const struct tree *states = tree_get(visit_view(v, "contacts"), "states");
    for (const struct tree *s = states ? states->child : NULL; s; s = s->next) {
        if (str_eq(tree_str(s, "state"), tree_str(v->desk, "state"))) continue;
        const struct tree *all = tree_get(s, "authorities");
        for (const struct tree *x = all ? all->child : NULL; x; x = x->next) {
            struct tree *one = tree_add_map(a, list, NULL);
            tree_add_copy(a, one, "address", tree_get(x, "address"));
            tree_add_copy(a, one, "title", tree_get(x, "title"));
            tree_add_bool(a, one, "chosen", str_eq(tree_str(x, "address"), chosen));
        }
    }
}

static void put_kinds(struct visit *v, struct str chosen)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_add_list(a, v->page, "kinds");
    const struct tree *kinds = tree_get(visit_view(v, "kinds"), "kinds");
    for (const struct tree *k = kinds ? kinds->child : NULL; k; k = k->next) {
        struct tree *one = tree_add_copy(a, list, NULL, k);
        tree_add_bool(a, one, "chosen", str_eq(tree_str(k, "kind"), chosen));
    }
}

/* The day it came, where this node's people are; as it was said, when that was a day. */
static struct str day_came(const struct visit *v, const struct tree *entry)
{
    int64_t at_ms;
    struct str received = tree_str(entry, "received"), day = tree_str(entry, "received_day");
    if (day.n) return day;
    return time_read(received, &at_ms) ? visit_day(v, at_ms) : received;
}

/* The first number of theirs: the one that the form has room for. */
static struct str number_of(const struct tree *entry)
{
    const struct tree *list = tree_get(entry, "numbers");
    for (const struct tree *n = html_is(list) ? list->child : NULL; n; n = n->next)
        if (str_is(tree_str(n, "sort"), "theirs")) return tree_str(n, "number");
    return STR("");
}

/* What was typed stays, except the files: a browser gives those once. */
static void put_typed(struct visit *v, const struct tree *entry)
{
    static const char *const names[] = {"from_text", "registry", "deadline", "note"};
    struct tree *typed = tree_add_map(v->t.arena, v->page, "typed");
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct str value = v->form.n ? visit_field(v, names[k]) : tree_str(entry, names[k]);
        tree_add_str(v->t.arena, typed, names[k], value);
    }
    struct str number = v->form.n ? visit_field(v, "number") : number_of(entry);
    tree_add_str(v->t.arena, typed, "number", number);
    struct str known = entry ? day_came(v, entry) : visit_today(v);
    struct str came = v->form.n ? visit_field(v, "received") : known;
    tree_add_str(v->t.arena, typed, "received_day", came);
    struct str from = v->form.n ? visit_field(v, "from") : tree_str(entry, "from");
    struct str kind = v->form.n ? visit_field(v, "kind") : tree_str(entry, "kind");
    struct str way = v->form.n ? visit_field(v, "carriage") : tree_str(entry, "carriage");
    put_senders(v, from);
    put_kinds(v, kind);
    visit_words(v, v->page, "ways", "way", way);
}

static void show_register(struct visit *v)
{
    const struct fault *f = visit_fault(v, "entry-add");
    const struct tree *view = visit_view(v, "entries");
    struct tree *list = rows_put(v, v->page, "entries", tree_get(view, "entries"));
    for (struct tree *e = list->child; e; e = e->next) entry_words(v, e);
    visit_share(v, "before", tree_get(view, "before"));
    visit_flag(v, "all", visit_at(v, "all").n > 0);
    put_typed(v, NULL);
    if (f) visit_put(v, "refused", str_of(f->sentence));
    v->back = STR("/register");
    visit_page(v, visit_status(f), page_register);
}

static void ask_register(struct visit *v)
{
    struct arena *a = v->t.arena;
    struct tree *args = tree_map(a);
    int64_t before;
    if (!visit_at(v, "all").n) tree_add_bool(a, args, "open", true);
    if (str_to_int(visit_at(v, "before"), &before)) tree_add_int(a, args, "before", before);
    visit_ask(v, "entries", args);
    visit_ask(v, "contacts", NULL);
    visit_ask(v, "kinds", NULL);
    visit_then(v, show_register);
}

void web_do_REGISTER(struct visit *v) { ask_register(v); }

/* What was not taken of a form is named, or a deadline would be gone without a word. */
static void go_to_entry(struct visit *v, const struct tree *view, const char *done)
{
    struct buf b = buf_in(v->t.arena);
    buf_printf(&b, "/register/" STR_FMT "?done=%s", STR_ARG(tree_str(view, "entry")), done);
    const struct tree *left = tree_get(view, "not_taken");
    for (const struct tree *l = html_is(left) ? left->child : NULL; l; l = l->next)
        buf_printf(&b, "%s" STR_FMT, l == left->child ? "&left=" : ".",
                   STR_ARG(tree_str(l, "field")));
    visit_go(v, buf_as_str(&b));
}

static void registered(struct visit *v)
{
    if (visit_fault(v, "entry-add"))
        ask_register(v);
    else
        go_to_entry(v, visit_view(v, "entry-add"), "registered");
}

/* The form has room for one number of theirs: it takes the place of the first, and others stay. */
static void numbers_put(struct visit *v, const struct tree *entry, struct tree *args)
{
    struct arena *a = v->t.arena;
    struct str number = str_trim(visit_field(v, "number")), was = number_of(entry);
    const struct tree *known = tree_get(entry, "numbers");
    if (str_eq(number, was)) return;
    struct tree *list = tree_add_list(a, args, "numbers");
    if (number.n) {
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "number", number);
        tree_add_str(a, one, "sort", STR("theirs"));
    }
    for (const struct tree *n = html_is(known) ? known->child : NULL; n; n = n->next)
        if (!str_eq(tree_str(n, "number"), was)) tree_add_copy(a, list, NULL, n);
}

/* The fields that were changed, emptied ones too; of a new entry (NULL) those that were filled in.
 * A day is enough for when it came. */
static struct tree *entry_args(struct visit *v, const struct tree *entry)
{
    static const char *const names[] = {"carriage", "from",     "from_text", "received", "registry",
                                        "kind",     "deadline", "note",      "idem"};
    struct arena *a = v->t.arena;
    struct tree *args = tree_map(a);
    struct str day_known = entry ? day_came(v, entry) : STR("");
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct str value = str_trim(visit_field(v, names[k])), was = tree_str(entry, names[k]);
        /* A moment that is known says more than the day that a form shows of it. */
        bool known = str_is(str_of(names[k]), "received") && str_eq(value, day_known);
        if (known || str_eq(value, was)) continue;
        tree_add_str(a, args, names[k], value);
    }
    numbers_put(v, entry, args);
    return args;
}

void web_do_REGISTER_ADD(struct visit *v)
{
    struct tree *documents;
    if (fields_documents(v, &documents) != ERR_OK) {
        visit_refuse(v, v->t.fault.err, &v->t.fault);
        return;
    }
    struct tree *args = entry_args(v, NULL);
    tree_add_copy(v->t.arena, args, "documents", documents);
    visit_do(v, "entry-add", args);
    visit_then(v, registered);
}

/* ---- one entry ------------------------------------------------------------------------------- */

/* A dossier it may belong to, with what the other State can have done there. */
static void put_likely(struct visit *v, struct tree *e)
{
    struct arena *a = v->t.arena;
    const struct tree *likely = tree_get(e, "likely");
    for (struct tree *l = html_is(likely) ? likely->child : NULL; l; l = l->next) {
        tree_add_str(a, l, "why_title", visit_label(v, "why", tree_str(l, "why")));
        for (size_t k = 0; k < v->asked_n; k++) {
            const struct tree *show = v->asked[k].ask.view;
            if (!str_eq(tree_str(show, "ref"), tree_str(l, "ref"))) continue;
            tree_add_copy(a, l, "title", tree_get(show, "title"));
            tree_add_copy(a, l, "acts", tree_get(show, "their_options"));
        }
    }
}

/* Only words of ours: an address is anybody's to write. */
static void put_left(struct visit *v)
{
    struct tree *list = tree_add_list(v->t.arena, v->page, "left");
    struct str rest = visit_at(v, "left"), word;
    while (rest.n) {
        str_split(rest, '.', &word, &rest);
        struct str title = visit_label(v, "field", word);
        if (!str_eq(title, word))
            tree_add_str(v->t.arena, tree_add_map(v->t.arena, list, NULL), "title", title);
    }
}

static const struct fault *entry_fault(const struct visit *v)
{
    const struct fault *f = visit_fault(v, "entry-edit");
    return f ? f : visit_fault(v, "entry-file");
}

static void show_entry(struct visit *v)
{
    const struct fault *f = entry_fault(v);
    struct tree *e = tree_add_copy(v->t.arena, v->page, "entry", v->view);
    entry_words(v, e);
    put_likely(v, e);
    put_typed(v, v->view);
    visit_put(v, "done", visit_at(v, "done"));
    put_left(v);
    visit_put(v, "today", visit_today(v));
    if (f) visit_put(v, "refused", str_of(f->sentence));
    v->back = str_printf(v->t.arena, "/register/" STR_FMT, STR_ARG(tree_str(v->view, "entry")));
    visit_page(v, visit_status(f), page_entry);
}

static void ask_entry(struct visit *v)
{
    enum { LIKELY_MAX = 3 };
    const struct tree *likely = tree_get(v->view, "likely");
    int n = 0;
    visit_ask(v, "contacts", NULL);
    visit_ask(v, "kinds", NULL);
    for (const struct tree *l = likely ? likely->child : NULL; l && n < LIKELY_MAX; l = l->next) {
        struct tree *args = tree_map(v->t.arena);
        tree_add_copy(v->t.arena, args, "ref", tree_get(l, "ref"));
        visit_try(v, "show", args);
        n++;
    }
    visit_then(v, show_entry);
}

void web_do_ENTRY(struct visit *v) { ask_entry(v); }

void web_do_ENTRY_DOCUMENT(struct visit *v) { visit_document(v, v->view); }

static void edited(struct visit *v)
{
    if (entry_fault(v))
        ask_entry(v);
    else
        go_to_entry(v, v->view, "kept");
}

void web_do_ENTRY_EDIT(struct visit *v)
{
    struct tree *args = entry_args(v, v->view);
    tree_add_copy(v->t.arena, args, "entry", tree_get(v->view, "entry"));
    visit_do(v, "entry-edit", args);
    visit_then(v, edited);
}

static void filed(struct visit *v)
{
    if (entry_fault(v))
        ask_entry(v);
    else
        go_to_entry(v, v->view, "filed");
}

static void file_as(struct visit *v, const char *as)
{
    struct arena *a = v->t.arena;
    struct tree *args = tree_map(a);
    tree_add_copy(a, args, "entry", tree_get(v->view, "entry"));
    tree_add_str(a, args, "as", str_of(as));
    tree_add_str(a, args, "ref", str_trim(visit_field(v, "ref")));
    tree_add_str(a, args, "idem", visit_field(v, "idem"));
    if (visit_field(v, "confirmation").n) tree_add_bool(a, args, "confirmation", true);
    visit_do(v, "entry-file", args);
    visit_then(v, filed);
}

void web_do_ENTRY_COPY(struct visit *v) { file_as(v, "copy"); }
void web_do_ENTRY_NOTE(struct visit *v) { file_as(v, "note"); }
