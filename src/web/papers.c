/* SPDX-License-Identifier: Apache-2.0 */
/* An act that people carry: the letter that is printed, signed and scanned back, and what proves
 * that it left and arrived. And what else a dossier has on paper: numbers, instructions, matters.
 */

#include "web/inner.h"

/* ---- the letter ------------------------------------------------------------------------------ */

static const char *const letter_acts[] = {"dispatch", "confirm", "bind", "mail-drop"};

static const struct fault *letter_fault(const struct visit *v)
{
    for (size_t k = 0; k < sizeof letter_acts / sizeof *letter_acts; k++)
        if (visit_fault(v, letter_acts[k])) return visit_fault(v, letter_acts[k]);
    return NULL;
}

/* The act of the letter, as the dossier tells of it. */
void letter_head_put(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *show = visit_view(v, "show"), *acts = tree_get(show, "acts");
    row_titles(v, tree_add_copy(a, v->page, "dossier", show));
    for (const struct tree *c = acts ? acts->child : NULL; c; c = c->next) {
        if (!str_eq(tree_str(c, "id"), tree_str(v->view, "id"))) continue;
        struct tree *act = tree_add_copy(a, v->page, "act", c);
        row_titles(v, act);
        const struct tree *ways = tree_get(act, "carriages");
        for (struct tree *w = html_is(ways) ? ways->child : NULL; w; w = w->next) {
            tree_add_str(a, w, "way_title", visit_label(v, "way", tree_str(w, "carriage")));
            tree_add_bool(a, w, "dispatched", str_is(tree_str(w, "what"), "dispatched"));
        }
    }
}

static void show_letter(struct visit *v)
{
    static const char *const typed[] = {"proof", "by", "code"};
    static const char *const copied[] = {"code", "hash", "token", "id"};
    const struct fault *f = v->no ? v->no : letter_fault(v);
    const struct tree *show = visit_view(v, "show");
    letter_head_put(v);
    letter_mails_put(v, show);
    for (size_t k = 0; k < sizeof copied / sizeof *copied; k++) {
        const char *as = str_is(str_of(copied[k]), "code") ? "printed" : copied[k];
        visit_share(v, as, tree_get(v->view, copied[k]));
    }
    for (size_t k = 0; k < sizeof typed / sizeof *typed; k++)
        visit_put(v, typed[k], visit_field(v, typed[k]));
    visit_words(v, v->page, "ways", "way", visit_field(v, "carriage"));
    visit_put(v, "today", visit_today(v));
    visit_put(v, "done", visit_at(v, "done"));
    visit_flag(v, "prints", v->web->o.press.print != NULL);
    if (f) visit_put(v, "refused", str_of(f->sentence));
    v->back = str_printf(v->t.arena, "/dossier/" STR_FMT "/letter/" STR_FMT,
                         STR_ARG(tree_str(show, "ref")), STR_ARG(visit_at(v, "act")));
    visit_page(v, visit_status(f), page_letter);
}

void letter_page_ask(struct visit *v, const struct fault *no)
{
    struct tree *args = tree_map(v->t.arena);
    v->no = no;
    tree_add_str(v->t.arena, args, "ref", visit_at(v, "ref"));
    visit_ask(v, "show", args);
    visit_then(v, show_letter);
}

void web_do_LETTER(struct visit *v) { letter_page_ask(v, NULL); }

void web_do_LETTER_FILE(struct visit *v)
{
    const struct tree *documents = tree_get(v->view, "documents");
    if (documents && documents->child)
        visit_document(v, documents->child);
    else
        visit_none(v);
}

static void printed(struct visit *v, const struct web_print *p)
{
    struct arena *a = v->t.arena;
    if (p->result != ERR_OK) {
        visit_refuse(v, p->result, &p->t.fault);
        return;
    }
    struct tree *document = tree_map(a);
    tree_add_str(a, document, "name",
                 str_printf(a, STR_FMT "-" STR_FMT ".pdf", STR_ARG(tree_str(v->view, "ref")),
                            STR_ARG(tree_str(v->view, "act"))));
    tree_add_str(a, document, "data", base64(a, p->pdf));
    visit_document(v, document);
}

void web_do_LETTER_PDF(struct visit *v) { visit_print(v, tree_get(v->view, "letter"), printed); }

static void carried(struct visit *v)
{
    if (letter_fault(v))
        letter_page_ask(v, NULL);
    else
        visit_go(v, str_printf(v->t.arena, "/dossier/" STR_FMT "/letter/" STR_FMT "?done=1",
                               STR_ARG(tree_str(v->view, "ref")), STR_ARG(visit_at(v, "act"))));
}

/* What the form says, with its files. */
static void carry(struct visit *v, const char *action)
{
    static const char *const names[] = {"carriage", "at", "by", "proof", "code", "mail", "idem"};
    struct arena *a = v->t.arena;
    struct tree *args = tree_map(a), *documents;
    if (fields_documents(v, &documents) != ERR_OK) {
        visit_refuse(v, v->t.fault.err, &v->t.fault);
        return;
    }
    tree_add_copy(a, args, "ref", tree_get(v->view, "ref"));
    tree_add_copy(a, args, "act", tree_get(v->view, "id"));
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct str value = str_trim(visit_field(v, names[k]));
        if (value.n) tree_add_str(a, args, names[k], value);
    }
    if (documents->count) tree_add_copy(a, args, "documents", documents);
    visit_do(v, action, args);
    visit_then(v, carried);
}

void web_do_MAIL_DROP(struct visit *v) { carry(v, "mail-drop"); }
void web_do_DISPATCH(struct visit *v) { carry(v, "dispatch"); }
void web_do_CONFIRM(struct visit *v) { carry(v, "confirm"); }
void web_do_BIND(struct visit *v) { carry(v, "bind"); }

/* ---- what else a dossier has on paper -------------------------------------------------------- */

static const char *const paper_acts[] = {"instruct", "instructed", "number-add", "matter-set",
                                         "matter-add"};

static const struct fault *paper_fault(const struct visit *v)
{
    for (size_t k = 0; k < sizeof paper_acts / sizeof *paper_acts; k++)
        if (visit_fault(v, paper_acts[k])) return visit_fault(v, paper_acts[k]);
    return NULL;
}

static void show_papers(struct visit *v)
{
    static const char *const typed[] = {"executor", "by", "text", "number", "title"};
    struct arena *a = v->t.arena;
    const struct fault *f = paper_fault(v);
    struct tree *dossier = dossier_head_put(v, "papers");
    const struct tree *numbers = tree_get(dossier, "numbers"), *acts = tree_get(v->view, "acts");
    for (struct tree *n = html_is(numbers) ? numbers->child : NULL; n; n = n->next)
        tree_add_str(a, n, "sort_title", visit_label(v, "sort", tree_str(n, "sort")));
    struct tree *list = tree_add_list(a, v->page, "letters");
    for (const struct tree *c = acts ? acts->child : NULL; c; c = c->next) {
        if (!str_eq(tree_str(c, "stream"), tree_str(v->view, "side"))) continue;
        row_titles(v, tree_add_copy(a, list, NULL, c));
    }
    for (size_t k = 0; k < sizeof typed / sizeof *typed; k++)
        visit_put(v, typed[k], visit_field(v, typed[k]));
    visit_words(v, v->page, "sorts", "sort", visit_field(v, "sort"));
    visit_share(v, "matters", tree_get(visit_view(v, "matters"), "matters"));
    visit_put(v, "done", visit_at(v, "done"));
    if (f) visit_put(v, "refused", str_of(f->sentence));
    v->back = str_printf(a, "/dossier/" STR_FMT "/papers", STR_ARG(tree_str(v->view, "ref")));
    visit_page(v, visit_status(f), page_papers);
}

static void ask_papers(struct visit *v)
{
    visit_ask(v, "matters", NULL);
    visit_then(v, show_papers);
}

void web_do_PAPERS(struct visit *v) { ask_papers(v); }

static void paper_done(struct visit *v)
{
    if (paper_fault(v))
        ask_papers(v);
    else
        visit_go(v, str_printf(v->t.arena, "/dossier/" STR_FMT "/papers?done=1",
                               STR_ARG(tree_str(v->view, "ref"))));
}

static struct tree *paper_args(struct visit *v, const char *const *names)
{
    struct tree *args = tree_map(v->t.arena);
    for (; *names; names++) {
        struct str value = str_trim(visit_field(v, *names));
        if (value.n) tree_add_str(v->t.arena, args, *names, value);
    }
    return args;
}

static void paper_try(struct visit *v, const char *action, struct tree *args)
{
    visit_do(v, action, args);
    visit_then(v, paper_done);
}

void web_do_INSTRUCT(struct visit *v)
{
    static const char *const names[] = {"executor", "by", "text", "registry", "idem", NULL};
    struct tree *args = paper_args(v, names);
    tree_add_copy(v->t.arena, args, "ref", tree_get(v->view, "ref"));
    paper_try(v, "instruct", args);
}

void web_do_INSTRUCTED(struct visit *v)
{
    static const char *const names[] = {"instruction", "text", "idem", NULL};
    paper_try(v, "instructed", paper_args(v, names));
}

void web_do_NUMBER(struct visit *v)
{
    static const char *const names[] = {"number", "sort", "idem", NULL};
    struct tree *args = paper_args(v, names);
    tree_add_copy(v->t.arena, args, "ref", tree_get(v->view, "ref"));
    paper_try(v, "number-add", args);
}

/* ---- matters --------------------------------------------------------------------------------- */

static void refs_put(struct visit *v, struct tree *args, const char *key, struct str ref)
{
    tree_add_str(v->t.arena, tree_add_list(v->t.arena, args, key), NULL, ref);
}

/* Into a matter that is there, or into a new one of that title. */
void web_do_MATTER_PUT(struct visit *v)
{
    struct str matter = visit_field(v, "matter"), title = str_trim(visit_field(v, "title"));
    struct tree *args = tree_map(v->t.arena);
    tree_add_str(v->t.arena, args, "idem", visit_field(v, "idem"));
    tree_add_str(v->t.arena, args, title.n ? "title" : "matter", title.n ? title : matter);
    refs_put(v, args,
             title.n                     ? "refs"
             : visit_field(v, "leave").n ? "drop"
                                         : "add",
             tree_str(v->view, "ref"));
    paper_try(v, title.n ? "matter-add" : "matter-set", args);
}

static void show_matters(struct visit *v)
{
    const struct fault *f = visit_fault(v, "matter-add");
    visit_share(v, "matters", tree_get(v->view, "matters"));
    visit_put(v, "title", visit_field(v, "title"));
    if (f) visit_put(v, "refused", str_of(f->sentence));
    visit_page(v, visit_status(f), page_matters);
}

void web_do_MATTERS(struct visit *v) { show_matters(v); }

static void matter_added(struct visit *v)
{
    if (visit_fault(v, "matter-add"))
        show_matters(v);
    else
        visit_go(v, str_printf(v->t.arena, "/matters/" STR_FMT,
                               STR_ARG(tree_str(visit_view(v, "matter-add"), "matter"))));
}

void web_do_MATTER_ADD(struct visit *v)
{
    static const char *const names[] = {"title", "idem", NULL};
    visit_do(v, "matter-add", paper_args(v, names));
    visit_then(v, matter_added);
}

void web_do_MATTER(struct visit *v)
{
    struct tree *rows = rows_put(v, v->page, "rows", tree_get(v->view, "dossiers"));
    for (struct tree *r = rows->child; r; r = r->next)
        tree_add_str(v->t.arena, r, "tone", row_tone(v, r));
    visit_share(v, "matter", v->view);
    visit_page(v, 200, page_matter);
}
