/* SPDX-License-Identifier: Apache-2.0 */
/* Our own State: what its signed profile says, what its law left open, and the tables of the law.
 */

#include "web/inner.h"

static const char *const acts[] = {"function-assign", "law-accept"};

static void show(struct visit *v)
{
    static const char *const typed[] = {"order_number", "order_date", "statement"};
    const struct tree *view = v->view;
    const struct fault *f = NULL;
    for (size_t k = 0; k < sizeof acts / sizeof *acts; k++)
        if (visit_fault(v, acts[k])) f = visit_fault(v, acts[k]);
    visit_share(v, "profile", view);
    rows_put(v, v->page, "unassigned", tree_get(view, "unassigned"));
    for (size_t k = 0; k < sizeof typed / sizeof *typed; k++)
        visit_put(v, typed[k], visit_field(v, typed[k]));
    visit_flag(v, "is_lawyer", tree_has_str(tree_at(v->desk, "officer.roles"), STR("lawyer")));
    if (f) {
        visit_put(v, "refused", str_of(f->sentence));
        visit_put(v, "refused_article", str_of(f->article));
    }
    v->back = STR("/profile");
    visit_page(v, visit_status(f), page_profile);
}

void web_do_PROFILE(struct visit *v) { show(v); }

static void done(struct visit *v)
{
    for (size_t k = 0; k < sizeof acts / sizeof *acts; k++)
        if (visit_fault(v, acts[k])) {
            show(v);
            return;
        }
    visit_go(v, STR("/profile"));
}

static void act(struct visit *v, const char *action, const char *const *names)
{
    struct arena *a = v->t.arena;
    struct tree *args = tree_map(a), *documents;
    if (fields_documents(v, &documents) != ERR_OK) {
        visit_refuse(v, v->t.fault.err, &v->t.fault);
        return;
    }
    for (; *names; names++) tree_add_str(a, args, *names, str_trim(visit_field(v, *names)));
    if (documents->count) tree_add_copy(a, args, "documents", documents);
    visit_do(v, action, args);
    visit_then(v, done);
}

void web_do_FUNCTION_ASSIGN(struct visit *v)
{
    static const char *const names[] = {"instrument", "function",  "direction",
                                        "kind",       "authority", "order_number",
                                        "order_date", "idem",      NULL};
    act(v, "function-assign", names);
}

void web_do_LAW_ACCEPT(struct visit *v)
{
    static const char *const names[] = {"tables", "statement", "idem", NULL};
    act(v, "law-accept", names);
}
