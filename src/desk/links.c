/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers that name each other. What an act names is settled when it is recorded; what it brings
 * about in the other dossier the node does in the same turn, as an act of its own. */

#include "desk/desk_internal.h"

/* ---- what an act names ----------------------------------------------------------------------- */

err desk_links_add(struct desk *d, struct turn *t, const struct law_act *act, struct tree *rest)
{
    struct law_link *links;
    size_t n;
    try(law_links(t, d->tables, act, &links, &n));
    struct tree *list = n ? tree_add_list(t->arena, rest, "links") : NULL;
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "link", links[k].link);
        tree_add_str(t->arena, one, "number", links[k].number);
        tree_add_str(t->arena, one, "particular", links[k].particular);
    }
    return ERR_OK;
}

/* Only a dossier with the same State is meant: nobody reaches into another's by its number. */
static err target_of(struct desk *d, struct turn *t, const struct store_dossier *row,
                     struct str number, struct id *out)
{
    struct store_dossier there;
    *out = store_house;
    err e = store_dossier_find(t, d->store, number, &there);
    if (e == ERR_NONE_SUCH || e == ERR_CONFLICT) { /* of none, or of several */
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    if (str_eq(desk_state_of(there.theirs), desk_state_of(row->theirs)) &&
        !id_eq(&there.id, &row->id))
        *out = there.id;
    return ERR_OK;
}

err desk_links_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    const struct tree *links = tree_get(r->rest, "links");
    struct store_dossier row;
    if (!links) return ERR_OK;
    try(store_dossier_get(t, d->store, &r->dossier, &row));
    for (const struct tree *one = links->child; one; one = one->next) {
        struct store_link l = {.dossier = r->dossier,
                               .particular = tree_str(one, "particular"),
                               .link = tree_str(one, "link"),
                               .number = tree_str(one, "number")};
        try(target_of(d, t, &row, l.number, &l.target));
        try(store_link_set(t, d->store, &l));
    }
    return ERR_OK;
}

/* ---- what it brings about -------------------------------------------------------------------- */

static bool is_done(struct turn *t, const struct desk_case *c, const struct id *because)
{
    struct str hex = desk_hex_id(t, because);
    for (size_t k = 0; k < c->n; k++)
        if (str_eq(tree_str(c->entries[k].rest, "because"), hex)) return true;
    return false;
}

/* What the law does not let the node do, or a dossier has no room for, is left to a person, who
 * sees both dossiers; the act that was recorded stands. */
static err left_to_a_person(struct turn *t, err e)
{
    if (e != ERR_NOT_ALLOWED && e != ERR_REJECTED && e != ERR_TOO_LARGE) return e;
    turn_forgive(t);
    return ERR_OK;
}

static err one_follows(struct desk *d, struct turn *t, const struct store_link *l,
                       const struct desk_case *from, const struct desk_entry *e)
{
    struct desk_case *c = arena_take(t->arena, sizeof *c);
    struct law_act done = desk_law_act(e->act, (enum law_stream)e->row.stream), there = {0};
    err got = desk_case_load(d, t, &l->target, INT64_MAX, c);
    if (got != ERR_OK) return left_to_a_person(t, got);
    there.instrument = c->row.instrument;
    there.kind = c->row.kind;
    if (!law_link_brings(t->arena, d->tables, &done, l->link, from->row.ref, &there)) return ERR_OK;
    if (is_done(t, c, &e->row.id)) return ERR_OK;
    struct desk_deed x = {.dossier = c,
                          .id = l->target,
                          .act = there.act,
                          .instrument = there.instrument,
                          .kind = there.kind,
                          .from = c->row.ours,
                          .to = c->row.theirs,
                          .particulars = there.particulars,
                          .because = desk_hex_id(t, &e->row.id),
                          .system = true};
    struct store_act a;
    got = desk_deed_do(d, t, &x, &a);
    return left_to_a_person(t, got);
}

err desk_links_follow(struct desk *d, struct turn *t, const struct id *dossier)
{
    struct store_link *links;
    size_t n;
    try(store_links_of(t, d->store, dossier, &links, &n));
    for (size_t k = 0; k < n; k++) {
        if (id_eq(&links[k].target, &store_house)) continue;
        struct desk_case from;
        err e = desk_case_load(d, t, &links[k].dossier, INT64_MAX, &from);
        if (e != ERR_OK) {
            try(left_to_a_person(t, e));
            continue;
        }
        for (size_t j = 0; j < from.n; j++)
            if (from.entries[j].effect == LAW_TOOK_EFFECT)
                try(one_follows(d, t, &links[k], &from, &from.entries[j]));
    }
    return ERR_OK;
}

/* ---- what is shown --------------------------------------------------------------------------- */

/* `number` is as the act gives it; `ref` and the rest only where the reader may see the dossier. */
static err link_show(struct desk *d, struct desk_turn *dt, struct tree *list,
                     const struct desk_case *c, const struct store_link *l)
{
    struct turn *t = &dt->t;
    bool names = id_eq(&l->dossier, &c->row.id);
    struct store_reader who;
    struct store_dossier row;
    desk_reader(dt, RIGHT_READ, &who);
    err e = store_access_get(t, d->store, &who, names ? &l->target : &l->dossier, &row);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    if (e != ERR_OK && !names) return ERR_OK;
    struct tree *m = tree_add_map(t->arena, list, NULL);
    const struct store_dossier *naming = names ? &c->row : &row;
    tree_add_bool(t->arena, m, "names", names);
    tree_add_str(t->arena, m, "link", l->link);
    tree_add_str(t->arena, m, "title",
                 law_said(d->tables, LAW_SAYS_PARTICULAR, naming->instrument, naming->kind,
                          l->particular, desk_lang(dt)));
    tree_add_str(t->arena, m, "number", names ? l->number : row.ref);
    if (e != ERR_OK) return ERR_OK;
    tree_add_str(t->arena, m, "ref", row.ref);
    tree_add_str(t->arena, m, "kind", row.kind);
    tree_add_str(
        t->arena, m, "kind_title",
        law_said(d->tables, LAW_SAYS_KIND, row.instrument, row.kind, STR(""), desk_lang(dt)));
    tree_add_str(
        t->arena, m, "state_title",
        law_said(d->tables, LAW_SAYS_STATE, row.instrument, row.kind, row.state, desk_lang(dt)));
    return ERR_OK;
}

static bool was_done(const struct desk_case *c, struct str act)
{
    for (size_t k = 0; k < c->n; k++)
        if (str_eq(c->entries[k].row.act, act) && c->entries[k].effect == LAW_TOOK_EFFECT)
            return true;
    return false;
}

static bool is_there(const struct tree *links, const struct law_option *o)
{
    for (const struct tree *l = links->child; l; l = l->next)
        if (!tree_bool(l, "names", true) && str_eq(tree_str(l, "kind"), o->spawns) &&
            str_eq(tree_str(l, "link"), o->spawns_link))
            return true;
    return false;
}

/* The other instruments that the request cites. */
static void also_show(struct desk *d, struct desk_turn *dt, struct tree *v,
                      const struct desk_case *c)
{
    struct tree *list = tree_add_list(dt->t.arena, v, "also");
    for (size_t k = 0; k < c->n; k++) {
        const struct tree *also = tree_get(tree_get(c->entries[k].act, "law"), "also");
        for (const struct tree *w = also ? also->child : NULL; w; w = w->next) {
            struct tree *m = tree_add_map(dt->t.arena, list, NULL);
            tree_add_str(dt->t.arena, m, "instrument", w->str);
            tree_add_str(
                dt->t.arena, m, "title",
                law_said(d->tables, LAW_SAYS_INSTRUMENT, w->str, STR(""), STR(""), desk_lang(dt)));
        }
    }
}

err desk_links_show(struct desk *d, struct desk_turn *dt, struct tree *v, const struct desk_case *c)
{
    struct turn *t = &dt->t;
    also_show(d, dt, v, c);
    struct store_link *links;
    struct law_option *options;
    struct law_who who;
    size_t n;
    struct tree *list = tree_add_list(t->arena, v, "links");
    try(store_links_of(t, d->store, &c->row.id, &links, &n));
    for (size_t k = 0; k < n; k++) try(link_show(d, dt, list, c, &links[k]));
    struct tree *follows = tree_add_list(t->arena, v, "follows");
    try(desk_who(d, t, c->row.ours, c->row.theirs, c->side, &who));
    try(law_options(t, d->tables, &c->state, &who, turn_now_ms(t), desk_lang(dt), &options, &n));
    for (size_t k = 0; k < n; k++) {
        const struct law_option *o = &options[k];
        if (!o->spawns_ours || !was_done(c, o->act) || is_there(list, o)) continue;
        struct tree *m = tree_add_map(t->arena, follows, NULL);
        tree_add_str(t->arena, m, "instrument", c->row.instrument);
        tree_add_str(t->arena, m, "kind", o->spawns);
        tree_add_str(t->arena, m, "kind_title",
                     law_said(d->tables, LAW_SAYS_KIND, c->row.instrument, o->spawns, STR(""),
                              desk_lang(dt)));
        tree_add_str(t->arena, m, "article", o->article);
        tree_add_str(t->arena, m, "particular",
                     law_spawned_by(d->tables, c->row.instrument, o->spawns, o->spawns_link));
        tree_add_str(t->arena, m, "number", c->row.ref);
        tree_add_str(t->arena, m, "to", c->row.theirs);
    }
    return ERR_OK;
}
