/* SPDX-License-Identifier: Apache-2.0 */
/* One act: form, check, sign. Only signing does anything; the form's own key (`idem`) travels
 * through the three, so that going back and signing again is the same act. */

#include "web/inner.h"

static const struct tree *option_of(const struct tree *view, struct str act)
{
    const struct tree *options = tree_get(view, "options");
    const struct tree *o = options ? options->child : NULL;
    while (o && !str_eq(tree_str(o, "act"), act)) o = o->next;
    return o;
}

static void put_common(struct visit *v, const struct tree *option)
{
    struct arena *a = v->t.arena;
    struct tree *d = tree_add_copy(a, v->page, "dossier", v->view);
    row_titles(v, d);
    visit_put(v, "act", tree_str(option, "act"));
    visit_put(v, "act_title", tree_str(option, "title"));
    visit_put(v, "act_article", tree_str(option, "article"));
    visit_flag(v, "outward", !tree_bool(option, "inward", false));
    struct str version = visit_field(v, "version"), idem = visit_field(v, "idem");
    if (version.n)
        visit_put(v, "version", version);
    else
        visit_share(v, "version", tree_get(v->view, "version"));
    if (idem.n) visit_put(v, "idem", idem);
    struct str form =
        str_printf(a, "/dossier/" STR_FMT "/do/" STR_FMT, STR_ARG(tree_str(v->view, "ref")),
                   STR_ARG(tree_str(option, "act")));
    v->back = form;
}

static void show_form(struct visit *v, const struct tree *option, const struct tree *remarks)
{
    put_common(v, option);
    fields_put(v, tree_get(option, "particulars"), NULL, remarks);
    if (tree_get(option, "worksheet")) visit_share(v, "worksheet", tree_get(option, "worksheet"));
    visit_page(v, remarks ? 422 : 200, page_act);
}

static void show_check(struct visit *v, const struct tree *option, const struct fault *f)
{
    put_common(v, option);
    fields_answers(v, tree_get(option, "particulars"));
    if (f) {
        visit_put(v, "refused", str_of(f->sentence));
        visit_put(v, "refused_article", str_of(f->article));
    }
    visit_flag(v, "plain", option_is_plain(option));
    visit_page(v, visit_status(f), page_act_check);
}

/* The option, or an answer that says why there is none. */
static const struct tree *option_or_no(struct visit *v)
{
    const struct tree *option = option_of(v->view, visit_at(v, "act"));
    if (!option) {
        visit_none(v);
        return NULL;
    }
    if (option_is_possible(option)) return option;
    struct fault no = {.err = ERR_NOT_ALLOWED, .code = "act-not-now"};
    struct str why = tree_str(option, "why_not"), article = tree_str(option, "why_not_article");
    snprintf(no.sentence, sizeof no.sentence, STR_FMT, STR_ARG(why));
    snprintf(no.article, sizeof no.article, STR_FMT, STR_ARG(article));
    visit_refuse(v, ERR_NOT_ALLOWED, &no);
    return NULL;
}

void web_do_ACT(struct visit *v)
{
    const struct tree *option = option_or_no(v);
    if (!option) return;
    if (option_is_plain(option))
        show_check(v, option, NULL);
    else
        show_form(v, option, NULL);
}

void web_do_ACT_CHECK(struct visit *v)
{
    const struct tree *option = option_or_no(v);
    if (!option) return;
    const struct tree *missing = fields_missing(v, tree_get(option, "particulars"));
    if (v->restores)
        show_form(v, option, NULL);
    else if (missing->count)
        show_form(v, option, missing);
    else
        show_check(v, option, NULL);
}

/* ---- signing --------------------------------------------------------------------------------- */

static void signed_(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct fault *f = visit_fault(v, "act");
    const struct tree *option = option_of(v->view, visit_at(v, "act"));
    if (!f) {
        visit_go(v, str_printf(a, "/dossier/" STR_FMT "?done=" STR_FMT,
                               STR_ARG(tree_str(v->view, "ref")), STR_ARG(visit_at(v, "act"))));
    } else if (f->particular[0] && !option_is_plain(option) && f->err != ERR_CONFLICT) {
        show_form(v, option, fields_fault(v, f));
    } else {
        show_check(v, option, f);
    }
}

/* An act done again under its key is answered as it was the first time, so whether it is possible
 * now is the desk's to say, not ours. */
void web_do_ACT_SIGN(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *option = option_of(v->view, visit_at(v, "act"));
    if (!option) {
        visit_none(v);
        return;
    }
    if (v->restores) {
        show_form(v, option, NULL);
        return;
    }
    struct tree *args = tree_map(a), *documents;
    int64_t version;
    if (fields_documents(v, &documents) != ERR_OK) {
        show_check(v, option, &v->t.fault);
        return;
    }
    tree_add_str(a, args, "ref", visit_at(v, "ref"));
    tree_add_str(a, args, "act", visit_at(v, "act"));
    tree_add_copy(a, args, "particulars", fields_read(v, tree_get(option, "particulars")));
    tree_add_str(a, args, "idem", visit_field(v, "idem"));
    if (documents->count) tree_add_copy(a, args, "documents", documents);
    if (str_to_int(visit_field(v, "version"), &version)) tree_add_int(a, args, "version", version);
    visit_try(v, "act", args);
    visit_then(v, signed_);
}
