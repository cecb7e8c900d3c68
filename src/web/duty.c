/* SPDX-License-Identifier: Apache-2.0 */
/* The duty desk: what nobody has taken yet, what runs out, what needs a person, who can be reached.
 * One next step on every row. */

#include "web/inner.h"

void web_do_HOME(struct visit *v) { visit_go(v, v->session.n ? STR("/duty") : STR("/enter")); }

/* The first that came in and that nobody acknowledged. */
static const struct tree *alert_of(const struct tree *needs)
{
    for (const struct tree *r = needs ? needs->child : NULL; r; r = r->next)
        if (str_is(tree_str(r, "side"), "requested") && !tree_bool(r, "acknowledged", true))
            return r;
    return NULL;
}

static const struct tree *option_next(const struct tree *options)
{
    const struct tree *o = options ? options->child : NULL;
    while (o && !tree_bool(o, "next", false)) o = o->next;
    return o;
}

/* An act that asks for nothing is one button; the rest begin with their form. */
bool option_is_plain(const struct tree *option)
{
    const struct tree *rows = tree_get(option, "particulars");
    return option && (!rows || rows->count == 0);
}

static struct str request_value(const struct tree *show, const char *name)
{
    const struct tree *rows = tree_get(show, "request");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        const struct tree *value = tree_get(r, "value");
        if (!str_is(tree_str(r, "name"), name)) continue;
        return value && value->kind == TREE_MAP ? tree_str(value, "text") : tree_str(r, "value");
    }
    return STR("");
}

static void put_alert(struct visit *v, const struct tree *row)
{
    struct arena *a = v->t.arena;
    struct tree *alert = tree_add_copy(a, v->page, "alert", row);
    row_titles(v, alert);
    const struct tree *show = visit_view(v, "show"), *rows = tree_get(show, "request");
    int64_t given = 0, all = 0;
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        const struct tree *value = tree_get(r, "value");
        bool is_given = html_is(value) || (value && value->kind == TREE_BOOL);
        given += is_given;
        all += is_given || tree_bool(r, "missing", false);
    }
    tree_add_str(a, alert, "facts", request_value(show, "facts"));
    tree_add_int(a, alert, "given", given);
    tree_add_int(a, alert, "all", all);
    const struct tree *next = option_next(tree_get(show, "options"));
    if (!next) return;
    struct tree *step = tree_add_map(a, alert, "step");
    tree_add_copy(a, step, "act", tree_get(next, "act"));
    tree_add_copy(a, step, "title", tree_get(next, "title"));
    tree_add_bool(a, step, "plain", option_is_plain(next));
    tree_add_copy(a, step, "version", tree_get(show, "version"));
}

static void show(struct visit *v)
{
    const struct tree *needs = tree_get(v->desk, "needs_a_person");
    const struct tree *alert = alert_of(needs), *clocks = tree_get(v->desk, "clocks");
    struct tree *list = rows_put(v, v->page, "needs", needs);
    for (struct tree *r = list->child; r; r = r->next)
        tree_add_str(v->t.arena, r, "tone", row_tone(v, r));
    if (alert) put_alert(v, alert);
    list = rows_put(v, v->page, "clocks", clocks);
    for (struct tree *r = list->child; r; r = r->next)
        tree_add_str(v->t.arena, r, "tone", row_tone(v, r));
    if (clocks && clocks->count) rail_put(v, clocks);
    visit_share(v, "peers", tree_get(visit_view(v, "peers"), "peers"));
    visit_share(v, "incidents", tree_get(v->desk, "incidents"));
    visit_share(v, "frozen", tree_get(v->desk, "frozen_logs"));
    visit_share(v, "room", tree_get(v->desk, "room"));
    list = tree_add_list(v->t.arena, v->page, "attention");
    const struct tree *waits = tree_get(v->desk, "undelivered");
    for (const struct tree *r = waits ? waits->child : NULL; r; r = r->next)
        if (tree_bool(r, "attention", false)) tree_add_copy(v->t.arena, list, NULL, r);
    visit_page(v, 200, page_duty);
}

void web_do_DUTY(struct visit *v)
{
    const struct tree *alert = alert_of(tree_get(v->desk, "needs_a_person"));
    visit_ask(v, "peers", NULL);
    visit_then(v, show);
    if (!alert) return;
    struct tree *args = tree_map(v->t.arena);
    tree_add_copy(v->t.arena, args, "ref", tree_get(alert, "ref"));
    visit_try(v, "show", args);
}
