/* SPDX-License-Identifier: Apache-2.0 */
/* What binds in a dossier: the decisions that named persons made, with their reasons, and the
 * obligations that acts attached, whatever has ended since. */

#include "desk/desk_internal.h"

static const struct tree *row_of(const struct tree *rows, const char *key, struct str name)
{
    const struct tree *r = rows ? rows->child : NULL;
    while (r && !str_eq(tree_str(r, key), name)) r = r->next;
    return r;
}

static void add_by(struct desk *d, struct turn *t, struct tree *m, const struct desk_entry *e)
{
    struct store_officer o;
    struct tree *by = tree_add_copy(t->arena, m, "by", tree_get(e->act, "by"));
    bool ours = by && !str_is(e->row.way, "in");
    if (ours && store_officer_get(t, d->store, tree_str(by, "officer"), &o) == ERR_OK && o.name.n)
        tree_add_str(t->arena, by, "name", o.name);
    else
        turn_forgive(t);
}

static void add_decision(struct desk *d, struct desk_turn *dt, struct tree *list,
                         const struct desk_entry *e, const struct tree *act)
{
    struct turn *t = &dt->t;
    const struct tree *said = tree_get(e->act, "particulars");
    struct str finding = tree_str(said, "finding");
    const struct tree *row = row_of(tree_get(act, "particulars"), "name", STR("finding"));
    const struct tree *choice = row_of(tree_get(row, "choices"), "choice", finding);
    struct tree *m = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, m, "act", e->row.act);
    tree_add_str(t->arena, m, "act_title", desk_title(tree_get(act, "titles"), desk_lang(dt)));
    tree_add_str(t->arena, m, "article", e->verdict.article);
    tree_add_str(t->arena, m, "source", e->verdict.source);
    tree_add_str(t->arena, m, "at", time_text(t->arena, e->row.at_ms));
    add_by(d, t, m, e);
    tree_add_str(t->arena, m, "finding", finding);
    tree_add_str(t->arena, m, "finding_title",
                 choice ? desk_title(tree_get(choice, "titles"), desk_lang(dt)) : finding);
    tree_add_str(t->arena, m, "reasons", desk_particular_text(tree_get(said, "reasons")));
}

static void add_obligation(struct desk *d, struct desk_turn *dt, struct tree *list,
                           const struct desk_case *c, const struct law_obligation *o,
                           const struct tree *acts)
{
    struct turn *t = &dt->t;
    struct tree *m = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, m, "obligation", o->obligation);
    tree_add_str(t->arena, m, "title",
                 law_said(d->tables, LAW_SAYS_OBLIGATION, c->row.instrument, STR(""), o->obligation,
                          desk_lang(dt)));
    for (size_t k = 0; k < c->n; k++) {
        const struct desk_entry *e = &c->entries[k];
        if (e->row.stream != (int64_t)o->by || e->row.n != o->by_n) continue;
        const struct tree *act = row_of(acts, "act", e->row.act);
        tree_add_str(t->arena, m, "act", e->row.act);
        tree_add_str(t->arena, m, "act_title", desk_title(tree_get(act, "titles"), desk_lang(dt)));
        tree_add_str(t->arena, m, "at", time_text(t->arena, e->row.at_ms));
    }
}

err desk_bound_add(struct desk *d, struct desk_turn *dt, struct tree *v, const struct desk_case *c)
{
    struct turn *t = &dt->t;
    const struct tree *kind = NULL;
    struct tree *list = tree_add_list(t->arena, v, "decisions");
    err e = law_kind_row(t, d->tables, c->row.instrument, c->row.kind, &kind);
    if (e == ERR_NONE_SUCH) turn_forgive(t); /* tables of another day knew it */
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    const struct tree *acts = tree_get(kind, "lifecycle");
    for (size_t k = 0; k < c->n; k++) {
        const struct tree *act = row_of(acts, "act", c->entries[k].row.act);
        if (act && tree_bool(act, "decision", false))
            add_decision(d, dt, list, &c->entries[k], act);
    }
    list = tree_add_list(t->arena, v, "obligations");
    for (size_t k = 0; k < c->state.obligations_n; k++)
        add_obligation(d, dt, list, c, &c->state.obligations[k], acts);
    return ERR_OK;
}
