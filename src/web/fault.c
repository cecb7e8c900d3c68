/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals as pages: what happened, what was kept, what to do, by which article, and an id to tell
 * over the telephone. And the page of a session that ended in the middle of a form, which carries
 * on what was typed and does nothing by itself. */

#include "web/api.h"

#include <string.h>

struct refusal_row {
    err e;
    const char *title, *next;
};
static const struct refusal_row refusals[] = {
    {ERR_NONE_SUCH, TEXT("There is no such page"),
     TEXT("Look whether the reference is complete, or search for it.")},
    {ERR_NOT_ALLOWED, TEXT("This cannot be done now"),
     TEXT("Go back to the dossier: it says what can be done, and why not the rest.")},
    {ERR_CONFLICT, TEXT("Somebody else was faster"),
     TEXT("Look at the dossier as it is now, then decide again.")},
    {ERR_STRANGER, TEXT("You are not signed in here"),
     TEXT("Enter by a link of this node's administrator.")},
    {ERR_TOO_LARGE, TEXT("This is too large"), TEXT("Send less at once, or divide the file.")},
    {ERR_PEER, TEXT("The other State's node does not answer"),
     TEXT("What was recorded is kept and is tried again by itself.")},
    {ERR_BUSY, TEXT("The node is busy"), TEXT("Nothing was done. Try again in a moment.")},
    {ERR_FULL, TEXT("The node has no room left"),
     TEXT("Nothing was done. Tell the administrator of this node.")},
    {ERR_UNKNOWN, TEXT("Nobody knows whether this was done"),
     TEXT("Look at the dossier before you try again.")},
    {ERR_INTERNAL, TEXT("The node has failed"),
     TEXT("Tell the administrator of this node, with the number below.")},
};

static const struct refusal_row *refusal_of(err e)
{
    static const struct refusal_row other = {ERR_REJECTED, TEXT("This was refused"),
                                             TEXT("Go back, mend what is named, and try again.")};
    for (size_t k = 0; k < sizeof refusals / sizeof *refusals; k++)
        if (refusals[k].e == e) return &refusals[k];
    return &other;
}

const char *refusal_title(err e) { return refusal_of(e)->title; }

/* The table of the API speaks of its headers; of a role it says the same as a page. */
int visit_status(const struct fault *f)
{
    if (!f || strcmp(f->code, VISIT_CARRIED) == 0) return 200;
    return f->err == ERR_NOT_ALLOWED ? problem_status(f->err, f->code) : err_http_status(f->err);
}

void visit_refuse(struct visit *v, err e, const struct fault *f)
{
    if (v->is_api) {
        problem_reply(v, e, f);
        return;
    }
    visit_put(v, "fault_title", text_of(v->lang, refusal_of(e)->title));
    visit_put(v, "fault_next", text_of(v->lang, refusal_of(e)->next));
    visit_put(v, "sentence", str_of(f->sentence));
    visit_put(v, "article", str_of(f->article));
    visit_put(v, "code", str_of(f->code));
    visit_put(v, "trace", v->trace);
    visit_flag(v, "nothing_saved", e != ERR_UNKNOWN && e != ERR_PEER);
    log_event(turn_now_ms(&v->t), e == ERR_INTERNAL ? "error" : "info", "page-refused", "trace",
              str_c(v->t.arena, v->trace), "page", v->route ? v->route->name : "-", "code", f->code,
              NULL);
    visit_page(v, visit_status(f), page_fault);
}

void visit_none(struct visit *v)
{
    struct fault f = {.err = ERR_NONE_SUCH, .code = "page-none-such"};
    visit_refuse(v, ERR_NONE_SUCH, &f);
}

/* ---- a session that ended -------------------------------------------------------------------- */

/* Fields of the machinery are made anew. */
static bool is_carried(const struct web_field *f)
{
    return !f->is_file && !str_is(f->name, "idem") && !str_is(f->name, "restore");
}

void carry_put(struct visit *v, struct str path, const struct web_form *form)
{
    struct arena *a = v->t.arena;
    bool has_file = false;
    visit_put(v, "carry_path", path);
    struct tree *list = tree_add_list(a, v->page, "carried");
    for (size_t k = 0; k < form->n; k++) {
        const struct web_field *f = &form->fields[k];
        has_file = has_file || (f->is_file && f->file_name.n);
        if (!is_carried(f)) continue;
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "name", f->name);
        tree_add_str(a, one, "value", f->value);
    }
    visit_flag(v, "lost_file", has_file);
}

void visit_enter_again(struct visit *v)
{
    struct arena *a = v->t.arena;
    if (v->session.n) visit_session_set(v, STR(""));
    v->desk = NULL;
    if (v->route->method == GET) {
        struct html_out o = {.arena = a, .b = buf_in(a)};
        struct tree after = {.kind = TREE_STR, .str = v->path};
        buf_str(&o.b, STR("/enter?after="));
        html_url_part(&o, &after);
        visit_go(v, buf_as_str(&o.b));
        return;
    }
    carry_put(v, v->path, &v->form);
    v->back = STR("/enter");
    visit_page(v, 401, page_again);
}
