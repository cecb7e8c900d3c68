/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of dossiers: the inbox, what was sent, all. The filter stands in the address, so a list can
 * be kept and passed on. */

#include "web/inner.h"

static void show(struct visit *v)
{
    const struct tree *view = visit_view(v, "list");
    struct tree *rows = rows_put(v, v->page, "rows", tree_get(view, "dossiers"));
    for (struct tree *r = rows->child; r; r = r->next)
        tree_add_str(v->t.arena, r, "tone", row_tone(v, r));
    visit_share(v, "before", tree_get(view, "before"));
    visit_put(v, "q", visit_at(v, "q"));
    visit_put(v, "kind", visit_at(v, "kind"));
    visit_put(v, "state", visit_at(v, "state"));
    visit_flag(v, "filtered",
               visit_at(v, "q").n || visit_at(v, "kind").n || visit_at(v, "state").n);
    visit_page(v, 200, page_list);
}

static void list(struct visit *v, const char *box)
{
    static const char *const keys[] = {"q", "kind", "state"};
    struct arena *a = v->t.arena;
    struct tree *args = tree_map(a);
    int64_t before;
    tree_add_str(a, args, "box", str_of(box));
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (visit_at(v, keys[k]).n) tree_add_str(a, args, keys[k], visit_at(v, keys[k]));
    if (str_to_int(visit_at(v, "before"), &before)) tree_add_int(a, args, "before", before);
    visit_put(v, "box", str_of(box));
    visit_ask(v, "list", args);
    visit_then(v, show);
}

void web_do_INBOX(struct visit *v) { list(v, "inbox"); }
void web_do_SENT(struct visit *v) { list(v, "sent"); }
void web_do_ALL(struct visit *v) { list(v, "all"); }
