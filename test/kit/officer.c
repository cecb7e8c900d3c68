/* SPDX-License-Identifier: Apache-2.0 */
/* An officer who does something possible at random: picks a dossier, an act among those the law
 * offers now, and fills what its row asks for. */

#include "kit/officer.h"

#include <string.h>

static void fill(struct world *w, struct arena *a, struct tree *particulars, const struct tree *row)
{
    struct str name = tree_str(row, "name"), type = tree_str(row, "type");
    const char *key = str_c(a, name);
    const struct tree *choices = tree_get(row, "choices");
    if (str_is(tree_str(row, "required"), "optional") && world_draw(w, 2)) return;
    if (str_is(type, "flag")) {
        tree_add_bool(a, particulars, key, true);
    } else if (str_is(type, "day")) {
        int64_t days = str_is(name, "order_date") ? 0 : 61 + (int64_t)world_draw(w, 40);
        tree_add_str(a, particulars, key, day_text(a, day_of_ms(w->now_ms) + days));
    } else if (choices && choices->count) {
        const struct tree *c = choices->child;
        for (uint64_t k = world_draw(w, choices->count); k > 0; k--) c = c->next;
        tree_add_str(a, particulars, key, tree_str(c, "value"));
    } else {
        tree_add_str(a, particulars, key,
                     str_printf(a, "text %llu", (unsigned long long)world_draw(w, 1000)));
    }
}

bool officer_act(struct world_node *n)
{
    struct world *w = n->world;
    auto_arena a = arena_new();
    const struct tree *list, *v;
    if (world_do(n, a, DESK_LIST, NULL, &list) != ERR_OK) return false;
    const struct tree *dossiers = tree_get(list, "dossiers");
    if (!dossiers->count) return false;
    const struct tree *d = dossiers->child;
    for (uint64_t k = world_draw(w, dossiers->count); k > 0; k--) d = d->next;
    struct tree *which = tree_map(a);
    tree_add_copy(a, which, "ref", tree_get(d, "ref"));
    if (world_do(n, a, DESK_SHOW, which, &v) != ERR_OK) return false;
    const struct tree *options = tree_get(v, "options");
    if (!options->count) return false;
    const struct tree *o = options->child;
    for (uint64_t k = world_draw(w, options->count); k > 0; k--) o = o->next;
    if (!tree_bool(o, "possible", false)) return false;
    struct tree *args = tree_map(a), *particulars;
    tree_add_copy(a, args, "ref", tree_get(d, "ref"));
    tree_add_copy(a, args, "act", tree_get(o, "act"));
    particulars = tree_add_map(a, args, "particulars");
    const struct tree *rows = tree_get(o, "particulars");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        fill(w, a, particulars, r);
    return world_do(n, a, DESK_ACT, args, NULL) == ERR_OK;
}
