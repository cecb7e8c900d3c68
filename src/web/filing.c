/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of the register becomes when its paper says something: a request that opens a
 * dossier, or an act of the other State in one. Both are forms drawn from the rows of the law. */

#include "web/inner.h"

#include <string.h>

/* ---- what it says, as particulars ------------------------------------------------------------ */

static struct str kind_of(const struct visit *v)
{
    struct str kind = v->form.n ? visit_field(v, "kind") : visit_at(v, "kind");
    return kind.n ? kind : tree_str(v->view, "kind");
}

static void show_request(struct visit *v)
{
    const struct fault *f = visit_fault(v, "entry-file");
    const struct tree *form = visit_view(v, "form");
    visit_share(v, "entry", v->view);
    visit_share(v, "kind_title", tree_get(form, "kind_title"));
    visit_share(v, "article", tree_get(form, "article"));
    visit_put(v, "kind", kind_of(v));
    visit_flag(v, "likely_copy", f && strcmp(f->code, "likely-copy") == 0);
    fields_put(v, tree_get(form, "particulars"), NULL, f ? fields_fault(v, f) : NULL);
    if (f) visit_put(v, "refused", str_of(f->sentence));
    v->back = str_printf(v->t.arena, "/register/" STR_FMT, STR_ARG(tree_str(v->view, "entry")));
    visit_page(v, visit_status(f), page_entry_request);
}

static void request_filed(struct visit *v)
{
    if (visit_fault(v, "entry-file"))
        show_request(v);
    else
        visit_go(v, str_printf(v->t.arena, "/dossier/" STR_FMT,
                               STR_ARG(tree_str(visit_view(v, "entry-file"), "ref"))));
}

static void file_request(struct visit *v)
{
    struct arena *a = v->t.arena;
    struct tree *args = tree_map(a);
    tree_add_copy(a, args, "entry", tree_get(v->view, "entry"));
    tree_add_str(a, args, "as", STR("request"));
    tree_add_str(a, args, "kind", kind_of(v));
    tree_add_str(a, args, "idem", visit_field(v, "idem"));
    if (visit_field(v, "again").n) tree_add_bool(a, args, "again", true);
    tree_add_copy(a, args, "particulars",
                  fields_read(v, tree_get(visit_view(v, "form"), "particulars")));
    visit_do(v, "entry-file", args);
    visit_then(v, request_filed);
}

static void ask_form(struct visit *v, void (*then)(struct visit *v))
{
    struct tree *args = tree_map(v->t.arena);
    tree_add_str(v->t.arena, args, "kind", kind_of(v));
    visit_ask(v, "form", args);
    visit_then(v, then);
}

void web_do_ENTRY_OPEN(struct visit *v) { ask_form(v, show_request); }

void web_do_ENTRY_REQUEST(struct visit *v) { ask_form(v, file_request); }

/* ---- an act of theirs ------------------------------------------------------------------------ */

static const struct tree *their_option(const struct visit *v)
{
    const struct tree *options = tree_get(visit_view(v, "show"), "their_options");
    for (const struct tree *o = options ? options->child : NULL; o; o = o->next)
        if (str_eq(tree_str(o, "act"), visit_at(v, "act"))) return o;
    return NULL;
}

static void show_act(struct visit *v)
{
    const struct tree *option = their_option(v);
    const struct fault *f = visit_fault(v, "entry-file");
    if (!option) {
        visit_none(v);
        return;
    }
    visit_share(v, "entry", v->view);
    visit_share(v, "act", tree_get(option, "act"));
    visit_share(v, "act_title", tree_get(option, "title"));
    visit_share(v, "article", tree_get(option, "article"));
    visit_put(v, "ref", tree_str(visit_view(v, "show"), "ref"));
    fields_put(v, tree_get(option, "particulars"), NULL, f ? fields_fault(v, f) : NULL);
    if (f) visit_put(v, "refused", str_of(f->sentence));
    v->back = str_printf(v->t.arena, "/register/" STR_FMT, STR_ARG(tree_str(v->view, "entry")));
    visit_page(v, visit_status(f), page_entry_act);
}

static void act_filed(struct visit *v)
{
    if (visit_fault(v, "entry-file"))
        show_act(v);
    else
        visit_go(v, str_printf(v->t.arena, "/dossier/" STR_FMT,
                               STR_ARG(tree_str(visit_view(v, "entry-file"), "ref"))));
}

static void file_act(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *option = their_option(v);
    struct tree *args = tree_map(a);
    tree_add_copy(a, args, "entry", tree_get(v->view, "entry"));
    tree_add_str(a, args, "as", STR("act"));
    tree_add_str(a, args, "ref", visit_at(v, "ref"));
    tree_add_str(a, args, "act", visit_at(v, "act"));
    tree_add_str(a, args, "idem", visit_field(v, "idem"));
    tree_add_copy(a, args, "particulars", fields_read(v, tree_get(option, "particulars")));
    visit_do(v, "entry-file", args);
    visit_then(v, act_filed);
}

static void ask_show(struct visit *v, void (*then)(struct visit *v))
{
    struct tree *args = tree_map(v->t.arena);
    tree_add_str(v->t.arena, args, "ref", visit_at(v, "ref"));
    visit_ask(v, "show", args);
    visit_then(v, then);
}

void web_do_ENTRY_ACT(struct visit *v) { ask_show(v, show_act); }
void web_do_ENTRY_ACTED(struct visit *v) { ask_show(v, file_act); }
