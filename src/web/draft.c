/* SPDX-License-Identifier: Apache-2.0 */
/* A new request of any kind the law tables hold: kind, State, then one draft with the check beside
 * it, then the answers once more, then signing. Two who write one draft are both kept (merge). */

#include "web/inner.h"

/* ---- kinds and States ------------------------------------------------------------------------ */

/* Kinds by what one needs; those that may be sent from here come first in each group, and groups
 * that hold one before those that hold none. */
static void put_needs(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *kinds = tree_get(v->view, "kinds");
    struct tree *groups = tree_add_list(a, v->page, "needs");
    for (const struct tree *k = kinds ? kinds->child : NULL; k; k = k->next) {
        struct str need = tree_str(k, "need");
        struct tree *g = groups->child;
        while (g && !str_eq(tree_str(g, "need"), need)) g = g->next;
        if (!g) {
            g = tree_add_map(a, groups, NULL);
            struct str title = visit_label(v, "need", need);
            tree_add_str(a, g, "need", need);
            tree_add_str(a, g, "title", need.n ? title : text_of(v->lang, TEXT("Other requests")));
            tree_add_list(a, g, "kinds");
        }
        tree_add_copy(a, g->last, NULL, k);
    }
    visit_flag(v, "any_kind", kinds && kinds->count);
}

void web_do_NEW(struct visit *v)
{
    put_needs(v);
    visit_page(v, 200, page_new);
}

/* Where more than one act may open it: the one chosen, or the one that comes first. */
static void put_openers(struct visit *v)
{
    const struct tree *openers = tree_get(v->view, "openers");
    struct str chosen = visit_field(v, "act").n ? visit_field(v, "act") : tree_str(v->view, "act");
    if (!openers || openers->count < 2) return;
    struct tree *list = tree_add_list(v->t.arena, v->page, "openers");
    for (const struct tree *o = openers->child; o; o = o->next)
        tree_add_bool(v->t.arena, tree_add_copy(v->t.arena, list, NULL, o), "chosen",
                      str_eq(tree_str(o, "act"), chosen));
}

static void put_form(struct visit *v)
{
    struct arena *a = v->t.arena;
    visit_put(v, "instrument", visit_at(v, "instrument"));
    visit_put(v, "kind", visit_at(v, "kind"));
    visit_put(v, "kind_title", tree_str(v->view, "kind_title"));
    visit_put(v, "article", tree_str(v->view, "article"));
    struct str chosen = visit_field(v, "to").n ? visit_field(v, "to") : visit_at(v, "to");
    const struct tree *to = tree_get(v->view, "to");
    struct tree *list = tree_add_list(a, v->page, "to");
    for (const struct tree *r = to ? to->child : NULL; r; r = r->next) {
        struct tree *one = tree_add_copy(a, list, NULL, r);
        tree_add_bool(a, one, "chosen",
                      str_eq(tree_str(r, "address"), chosen) || (to->count == 1 && !chosen.n));
    }
    put_openers(v);
    visit_put(v, "request_lang", visit_field(v, "request_lang"));
    if (visit_field(v, "idem").n) visit_put(v, "idem", visit_field(v, "idem"));
}

static void show_kind(struct visit *v, const struct fault *f)
{
    put_form(v);
    if (f) visit_put(v, "refused", str_of(f->sentence));
    visit_page(v, visit_status(f), page_new_kind);
}

void web_do_NEW_KIND(struct visit *v) { show_kind(v, NULL); }

static void made(struct visit *v)
{
    const struct fault *f = visit_fault(v, "new");
    if (f) {
        show_kind(v, f);
        return;
    }
    visit_go(v, str_printf(v->t.arena, "/draft/" STR_FMT,
                           STR_ARG(tree_str(visit_view(v, "new"), "draft"))));
}

void web_do_NEW_MAKE(struct visit *v)
{
    struct arena *a = v->t.arena;
    if (v->restores || !visit_field(v, "to").n) {
        struct fault f = {.err = ERR_USAGE};
        struct str say = text_of(v->lang, TEXT("Choose the authority that is asked."));
        snprintf(f.sentence, sizeof f.sentence, STR_FMT, STR_ARG(say));
        show_kind(v, v->restores ? NULL : &f);
        return;
    }
    struct tree *args = tree_map(a);
    struct str lang = visit_field(v, "request_lang");
    tree_add_str(a, args, "instrument", visit_at(v, "instrument"));
    tree_add_str(a, args, "kind", visit_at(v, "kind"));
    tree_add_str(a, args, "to", visit_field(v, "to"));
    tree_add_str(a, args, "idem", visit_field(v, "idem"));
    if (visit_field(v, "act").n) tree_add_str(a, args, "act", visit_field(v, "act"));
    if (lang.n) tree_add_str(a, args, "lang", lang);
    if (visit_field(v, "names").n)
        tree_add_str(a, tree_add_map(a, args, "particulars"), str_c(a, visit_field(v, "names")),
                     visit_field(v, "number"));
    visit_try(v, "new", args);
    visit_then(v, made);
}

void web_do_DRAFTS(struct visit *v)
{
    rows_put(v, v->page, "drafts", tree_get(v->view, "drafts"));
    visit_page(v, 200, page_drafts);
}

/* ---- one draft ------------------------------------------------------------------------------- */

static const struct tree *rows_of(const struct tree *draft)
{
    return tree_at(draft, "form.particulars");
}

/* Where a remark belongs: the field of its particular, and how that is called. */
static void put_place(struct visit *v, struct tree *remark, struct str particular)
{
    struct arena *a = v->t.arena;
    const struct tree *rows = rows_of(v->view);
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        if (!particular.n || !str_eq(tree_str(r, "name"), particular)) continue;
        tree_add_str(a, remark, "field", str_printf(a, "p." STR_FMT, STR_ARG(particular)));
        tree_add_copy(a, remark, "title", tree_get(r, "title"));
    }
}

/* What could not be compared with an authentic text, or was not said, is marked. */
static void put_marks(struct visit *v, struct tree *row)
{
    struct arena *a = v->t.arena;
    if (str_is(tree_str(row, "source"), "unverified")) tree_add_bool(a, row, "unverified", true);
    if (str_is(tree_str(row, "value"), "unknown")) tree_add_bool(a, row, "unknown", true);
}

/* The three groups of a preflight, `musts`, `shoulds` and `fines`, and how many of each. */
void check_put(struct visit *v, struct tree *check, const struct tree *view)
{
    static const char *const grades[] = {"must", "should", "fine"};
    static const char *const groups[] = {"musts", "shoulds", "fines"};
    struct arena *a = v->t.arena;
    const struct tree *remarks = tree_get(view, "remarks");
    for (size_t g = 0; g < sizeof grades / sizeof *grades; g++) {
        struct tree *list = tree_add_list(a, check, groups[g]);
        for (const struct tree *r = remarks ? remarks->child : NULL; r; r = r->next) {
            struct str grade = tree_str(r, "grade");
            if (!str_is(grade.n ? grade : STR("must"), grades[g])) continue;
            struct tree *one = tree_add_copy(a, list, NULL, r), *rests = one->child;
            put_marks(v, one);
            while (rests && !str_is(rests->key, "rests")) rests = rests->next;
            if (rests) put_marks(v, rests);
        }
        if (!tree_get(check, grades[g])) tree_add_int(a, check, grades[g], (int64_t)list->count);
    }
}

/* Against whom else it could be held: whoever may be addressed. */
static void put_against(struct visit *v, struct tree *check)
{
    struct arena *a = v->t.arena;
    const struct tree *to = tree_at(v->view, "form.to");
    struct str own = tree_str(tree_get(v->view, "request"), "to"), other = visit_at(v, "to");
    struct tree *list = tree_add_list(a, v->page, "against");
    for (const struct tree *r = to ? to->child : NULL; r; r = r->next) {
        struct tree *one = tree_add_copy(a, list, NULL, r);
        tree_add_bool(a, one, "chosen", str_eq(tree_str(r, "address"), other.n ? other : own));
    }
    tree_add_bool(a, check, "other", other.n && !str_eq(other, own));
}

static void put_check(struct visit *v)
{
    static const char *const groups[] = {"musts", "shoulds"};
    const struct tree *view = visit_view(v, "check");
    struct tree *check = tree_add_map(v->t.arena, v->page, "check");
    check_put(v, check, view);
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        struct tree *list = check->child;
        while (list && !str_is(list->key, groups[g])) list = list->next;
        for (struct tree *r = list ? list->child : NULL; r; r = r->next)
            put_place(v, r, tree_str(r, "particular"));
    }
    tree_add_copy(v->t.arena, check, "to_title", tree_get(view, "to_title"));
    tree_add_bool(v->t.arena, check, "asked", view != NULL);
    put_against(v, check);
}

/* ---- other instruments it cites -------------------------------------------------------------- */

/* Those in force between the two, and what is cited already whether it is or not. */
static void put_also(struct visit *v, const struct tree *cited)
{
    struct arena *a = v->t.arena;
    const struct tree *form = tree_at(v->view, "form.also");
    struct tree *list = tree_add_list(a, v->page, "also");
    bool any = false;
    for (const struct tree *r = form ? form->child : NULL; r; r = r->next) {
        struct tree *one = tree_add_copy(a, list, NULL, r);
        bool chosen = tree_has_str(cited, tree_str(r, "instrument"));
        tree_add_bool(a, one, "chosen", chosen);
        any = any || chosen;
    }
    for (const struct tree *c = cited ? cited->child : NULL; c; c = c->next) {
        const struct tree *r = list->child;
        while (r && !str_eq(tree_str(r, "instrument"), c->str)) r = r->next;
        if (r) continue;
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "instrument", c->str);
        tree_add_str(a, one, "title", c->str);
        tree_add_bool(a, one, "chosen", true);
        any = true;
    }
    visit_flag(v, "any_also", any);
}

/* What the form says: an empty list where it was shown and nothing is marked in it. */
static struct tree *also_read(struct visit *v)
{
    struct tree *list = tree_list(v->t.arena);
    for (size_t k = 0; k < v->form.n; k++)
        if (str_is(v->form.fields[k].name, "also"))
            tree_add_str(v->t.arena, list, NULL, v->form.fields[k].value);
    return list;
}

static void put_draft(struct visit *v)
{
    struct arena *a = v->t.arena;
    struct tree *d = tree_add_copy(a, v->page, "draft", v->view);
    const struct tree *to = tree_at(v->view, "form.to");
    struct str address = tree_str(tree_get(v->view, "request"), "to");
    for (const struct tree *r = to ? to->child : NULL; r; r = r->next)
        if (str_eq(tree_str(r, "address"), address)) tree_add_copy(a, d, "addressee", r);
    v->back = str_printf(a, "/draft/" STR_FMT, STR_ARG(tree_str(v->view, "draft")));
}

static void show_draft(struct visit *v)
{
    const struct fault *f = visit_fault(v, "draft-save");
    put_draft(v);
    put_check(v);
    bool asks = visit_at(v, "saved").n > 0;
    const struct tree *remarks = tree_get(visit_view(v, "check"), "remarks");
    fields_put(v, rows_of(v->view), tree_at(v->view, "request.particulars"), asks ? remarks : NULL);
    visit_flag(v, "saved", asks);
    put_also(v, v->form.n ? also_read(v) : tree_at(v->view, "request.also"));
    if (f) visit_put(v, "refused", str_of(f->sentence));
    visit_page(v, visit_status(f), page_draft);
}

/* A check that says no is an answer: its view lists what is to be mended. */
static void check_then(struct visit *v, void (*then)(struct visit *v))
{
    struct tree *args = tree_map(v->t.arena);
    tree_add_copy(v->t.arena, args, "draft", tree_get(v->view, "draft"));
    if (visit_at(v, "to").n) tree_add_str(v->t.arena, args, "to", visit_at(v, "to"));
    visit_try(v, "check", args);
    visit_then(v, then);
}

void web_do_DRAFT(struct visit *v) { check_then(v, show_draft); }

/* ---- saving ---------------------------------------------------------------------------------- */

/* For each field that both wrote: whose text stays. */
static void show_merge(struct visit *v, const struct tree *conflict)
{
    struct arena *a = v->t.arena;
    const struct tree *theirs = tree_get(conflict, "theirs");
    const struct tree *before = tree_get(theirs, "particulars");
    put_draft(v);
    visit_share(v, "version", tree_get(conflict, "version"));
    visit_share(v, "theirs", theirs);
    fields_put(v, rows_of(v->view), NULL, NULL);
    put_also(v, also_read(v));
    struct tree *list = tree_add_list(a, v->page, "merged");
    for (const struct tree *f = tree_get(v->page, "fields")->child; f; f = f->next) {
        const struct tree *other = tree_get_s(before, tree_str(f, "name"));
        struct str text = other && other->kind == TREE_MAP   ? tree_str(other, "text")
                          : other && other->kind == TREE_STR ? other->str
                          : other && other->num              ? STR("yes")
                                                             : STR("");
        struct tree *one = tree_add_copy(a, list, NULL, f);
        tree_add_str(a, one, "theirs", text);
        tree_add_bool(a, one, "differs", !str_eq(text, tree_str(f, "value")));
        tree_add_bool(a, one, "is_text",
                      str_is(tree_str(f, "shape"), "long") || str_is(tree_str(f, "shape"), "text"));
    }
    visit_page(v, 409, page_draft_merge);
}

static void saved(struct visit *v)
{
    const struct fault *f = visit_fault(v, "draft-save");
    const struct tree *conflict = visit_view(v, "draft-save");
    if (f && f->err == ERR_CONFLICT && tree_get(conflict, "theirs")) {
        show_merge(v, conflict);
    } else if (f) {
        check_then(v, show_draft);
    } else {
        struct str draft = visit_at(v, "draft");
        struct str path = str_printf(v->t.arena, "/draft/" STR_FMT "%s", STR_ARG(draft),
                                     visit_field(v, "send").n ? "/send" : "?saved=1");
        visit_go(v, visit_field(v, "leave").n ? STR("/drafts") : path);
    }
}

/* What a merge page decided about one field: "m.NAME" says whose, "t.NAME" holds the other's. */
static void decide(struct visit *v, struct web_field *f)
{
    struct arena *a = v->t.arena;
    if (!str_starts(f->name, "p.")) return;
    const char *name = str_c(a, (struct str){f->name.p + 2, f->name.n - 2});
    struct str whose = form_text(&v->form, str_c(a, str_printf(a, "m.%s", name)));
    struct str theirs = form_text(&v->form, str_c(a, str_printf(a, "t.%s", name)));
    if (str_is(whose, "theirs")) f->value = theirs;
    if (str_is(whose, "both"))
        f->value = str_printf(a, STR_FMT "\n\n" STR_FMT, STR_ARG(theirs), STR_ARG(f->value));
}

static void put_drops(struct visit *v, struct tree *args)
{
    struct tree *drop = tree_list(v->t.arena);
    for (size_t k = 0; k < v->form.n; k++)
        if (str_is(v->form.fields[k].name, "drop") && v->form.fields[k].value.n)
            tree_add_str(v->t.arena, drop, NULL, v->form.fields[k].value);
    if (drop->count) tree_add_copy(v->t.arena, args, "drop", drop);
}

void web_do_DRAFT_SAVE(struct visit *v)
{
    struct arena *a = v->t.arena;
    if (v->restores) {
        check_then(v, show_draft);
        return;
    }
    struct tree *args = tree_map(a), *documents;
    int64_t version;
    if (fields_documents(v, &documents) != ERR_OK) {
        visit_refuse(v, v->t.fault.err, &v->t.fault);
        return;
    }
    for (size_t k = 0; k < v->form.n; k++) decide(v, &v->form.fields[k]);
    tree_add_str(a, args, "draft", visit_at(v, "draft"));
    if (str_to_int(visit_field(v, "version"), &version)) tree_add_int(a, args, "version", version);
    tree_add_copy(a, args, "particulars", fields_read(v, rows_of(v->view)));
    tree_add_copy(a, args, "also", also_read(v));
    if (documents->count) tree_add_copy(a, args, "documents", documents);
    put_drops(v, args);
    /* Texts are in the language of the request, whatever the reader's is. */
    struct str lang = tree_str(tree_get(v->view, "request"), "lang");
    if (lang.n) tree_add_str(a, args, "lang", lang);
    tree_add_str(a, args, "idem", visit_field(v, "idem"));
    visit_try(v, "draft-save", args);
    visit_then(v, saved);
}

/* ---- sending --------------------------------------------------------------------------------- */

static void put_answers(struct visit *v)
{
    struct arena *a = v->t.arena;
    const struct tree *rows = rows_of(v->view);
    const struct tree *values = tree_at(v->view, "request.particulars");
    struct tree *list = tree_add_list(a, v->page, "answers");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        const struct tree *value = tree_get_s(values, tree_str(r, "name"));
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_copy(a, one, "title", tree_get(r, "title"));
        tree_add_copy(a, one, "article", tree_get(r, "article"));
        tree_add_copy(a, one, "value", value);
        tree_add_bool(a, one, "is_flag", value && value->kind == TREE_BOOL && value->num);
        tree_add_str(a, one, "field", str_printf(a, "p." STR_FMT, STR_ARG(tree_str(r, "name"))));
        const struct tree *choices = tree_get(r, "choices");
        for (const struct tree *c = choices ? choices->child : NULL; c; c = c->next)
            if (value && str_eq(tree_str(c, "value"), value->str))
                tree_add_copy(a, one, "said", tree_get(c, "title"));
    }
}

static void show_send(struct visit *v)
{
    const struct fault *f = visit_fault(v, "send");
    put_draft(v);
    put_check(v);
    put_answers(v);
    put_also(v, tree_at(v->view, "request.also"));
    if (f) visit_put(v, "refused", str_of(f->sentence));
    visit_page(v, visit_status(f), page_draft_send);
}

static void sent(struct visit *v)
{
    if (visit_fault(v, "send")) {
        check_then(v, show_send);
        return;
    }
    visit_go(v, str_printf(v->t.arena, "/dossier/" STR_FMT "?done=send",
                           STR_ARG(tree_str(visit_view(v, "send"), "ref"))));
}

void web_do_DRAFT_SEND(struct visit *v) { check_then(v, show_send); }

void web_do_DRAFT_SIGN(struct visit *v)
{
    struct tree *args = tree_map(v->t.arena);
    if (v->restores) {
        check_then(v, show_send);
        return;
    }
    tree_add_str(v->t.arena, args, "draft", visit_at(v, "draft"));
    tree_add_str(v->t.arena, args, "idem", visit_field(v, "idem"));
    int64_t version; /* what was looked at: another's change is looked at first */
    if (str_to_int(visit_field(v, "version"), &version))
        tree_add_int(v->t.arena, args, "version", version);
    visit_try(v, "send", args);
    visit_then(v, sent);
}
