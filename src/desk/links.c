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

/* As far as he who acts may see it: what is said of a number must not tell of others' dossiers. */
static err named_by(struct desk *d, struct turn *t, const struct desk_deed *x, struct str number,
                    struct id *out)
{
    struct store_dossier own = {.id = x->id, .theirs = x->to}, seen;
    struct store_reader who;
    try(target_of(d, t, &own, number, out));
    if (id_eq(out, &store_house)) return ERR_OK;
    store_reader_of(&x->by, RIGHT_READ, &who);
    err e = store_access_get(t, d->store, &who, out, &seen);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    *out = store_house;
    return ERR_OK;
}

static const char *cited(struct desk *d, struct turn *t, const struct law_act *act)
{
    return str_c(t->arena, law_kind_cited(t->arena, d->tables, act->instrument, act->kind));
}

static err link_unknown(struct desk *d, struct turn *t, const struct law_act *act,
                        struct str particular, struct str number)
{
    return turn_fail_at(t, ERR_NOT_ALLOWED, "link-unknown", cited(d, t, act), particular,
                        "No other dossier with that State that you may see has the number " STR_FMT
                        ". Nothing was done; file what came first, and give its number.",
                        STR_ARG(str_printable(t->arena, number)));
}

/* Has an act there taken effect that decides it? */
static err is_decided(struct desk *d, struct turn *t, const struct law_act *act,
                      const struct id *there, bool *out)
{
    struct desk_case c;
    try(desk_case_load(d, t, there, INT64_MAX, &c));
    *out = false;
    for (size_t k = 0; k < c.n; k++)
        *out = *out || (c.entries[k].effect == LAW_TOOK_EFFECT &&
                        law_link_does(d->tables, act->instrument, act->kind, act->act,
                                      c.entries[k].row.act));
    return ERR_OK;
}

/* Waiting stops a clock, so it is for something that can still be decided. */
static err may_be_waited_for(struct desk *d, struct turn *t, const struct law_act *act,
                             const struct id *there, struct str particular, struct str number)
{
    struct store_dossier row;
    try(store_dossier_get(t, d->store, there, &row));
    bool fits = law_link_decides(d->tables, act, row.instrument, row.kind);
    if (fits && !row.ended) return ERR_OK;
    return turn_fail_at(t, ERR_NOT_ALLOWED, "link-unfit", cited(d, t, act), particular,
                        "The dossier " STR_FMT
                        " %s, so it cannot be waited for. Nothing was done; give "
                        "the number of one that is still to be decided.",
                        STR_ARG(str_printable(t->arena, number)),
                        fits ? "has ended" : "asks for nothing that is kept here");
}

err desk_links_stand(struct desk *d, struct turn *t, const struct desk_deed *x,
                     const struct law_act *act)
{
    struct str particular[2];
    if (x->system) return ERR_OK;
    law_link_waits(d->tables, act, &particular[0], &particular[1]);
    for (int k = 0; k < 2; k++) {
        struct str number = desk_particular_text(tree_get_s(act->particulars, particular[k]));
        struct id there;
        bool decided = true;
        number = str_trim(number);
        if (!particular[k].n || !number.n) continue; /* what is missing the law says */
        try(named_by(d, t, x, number, &there));
        if (id_eq(&there, &store_house)) return link_unknown(d, t, act, particular[k], number);
        if (k == 0) try(may_be_waited_for(d, t, act, &there, particular[k], number));
        if (k == 1) try(is_decided(d, t, act, &there, &decided));
        if (!decided)
            return turn_fail_at(t, ERR_NOT_ALLOWED, "link-undecided", cited(d, t, act),
                                particular[k],
                                "The dossier " STR_FMT
                                " is not decided in this way. Nothing was done; decide there, and "
                                "it is noted here by itself.",
                                STR_ARG(number));
    }
    return ERR_OK;
}

/* Was anything done there from which a request of this kind follows? */
static err follows_there(struct desk *d, struct turn *t, const struct law_act *act, struct str link,
                         const struct id *there, bool *out)
{
    struct desk_case c;
    struct law_who who;
    struct law_follow f;
    *out = false;
    try(desk_case_load(d, t, there, INT64_MAX, &c));
    try(desk_who(d, t, c.row.ours, c.row.theirs, c.side, &who));
    for (size_t k = 0; k < c.n && !*out; k++) {
        struct law_act done =
            desk_law_act(c.entries[k].act, (enum law_stream)c.entries[k].row.stream);
        if (c.entries[k].effect != LAW_TOOK_EFFECT) continue;
        for (size_t n = 0; law_follows(t, d->tables, &c.state, &who, &done, n, &f) && !*out; n++)
            *out = str_eq(f.kind, act->kind) && str_eq(f.link, link);
    }
    return ERR_OK;
}

err desk_links_each(struct desk *d, struct turn *t, const struct desk_deed *x,
                    const struct law_act *act,
                    void (*each)(void *ctx, const struct law_link *l, struct str remark), void *ctx)
{
    struct law_link *links;
    size_t n;
    try(law_links(t, d->tables, act, &links, &n));
    for (size_t k = 0; k < n; k++) {
        struct store_dossier there;
        struct id target;
        try(named_by(d, t, x, links[k].number, &target));
        bool known = !id_eq(&target, &store_house), fits = true;
        if (known) {
            try(store_dossier_get(t, d->store, &target, &there));
            enum law_fit fit =
                law_link_fits(d->tables, act, links[k].link, there.instrument, there.kind);
            fits = fit != LAW_UNFIT;
            if (fit == LAW_FITS_WHAT_FOLLOWS)
                try(follows_there(d, t, act, links[k].link, &target, &fits));
        }
        each(ctx, &links[k], !known ? STR("link-unknown") : !fits ? STR("link-unfit") : STR(""));
    }
    return ERR_OK;
}

/* ---- what it brings about -------------------------------------------------------------------- */

static bool is_done(struct turn *t, const struct desk_case *c, const struct id *because,
                    struct str act)
{
    struct str hex = desk_hex_id(t, because);
    for (size_t k = 0; k < c->n; k++)
        if (str_eq(tree_str(c->entries[k].rest, "because"), hex) &&
            str_eq(c->entries[k].row.act, act))
            return true;
    return false;
}

/* By which of its numbers the dossier waits for the other one; its first number where it does not
 * wait. */
static err number_waited_for(struct desk *d, struct turn *t, const struct desk_case *c,
                             const struct store_dossier *other, struct str *out)
{
    const size_t n = sizeof LAW_PENDING - 1;
    *out = other->ref;
    for (size_t k = 0; k < c->state.marks_n; k++) {
        struct str mark = c->state.marks[k];
        struct id target;
        if (!str_starts(mark, LAW_PENDING)) continue;
        struct str number = {mark.p + n, mark.n - n};
        try(target_of(d, t, &c->row, number, &target));
        if (id_eq(&target, &other->id)) *out = number;
    }
    return ERR_OK;
}

/* What the law does not let the node do, or a dossier has no room for, is left to a person, who
 * sees both dossiers; the act that was recorded stands. */
static err left_to_a_person(struct turn *t, err e)
{
    if (e != ERR_NOT_ALLOWED && e != ERR_REJECTED && e != ERR_TOO_LARGE) return e;
    turn_forgive(t);
    return ERR_OK;
}

/* The first thing that an act brings about and that is not done yet; the next is asked for anew,
 * because the dossier has moved. */
static err one_follows(struct desk *d, struct turn *t, const struct store_link *l,
                       const struct desk_case *from, const struct desk_entry *e, size_t nth,
                       bool *more_out)
{
    struct desk_case *c = arena_take(t->arena, sizeof *c);
    struct law_act done = desk_law_act(e->act, (enum law_stream)e->row.stream), there = {0};
    struct str number;
    *more_out = false;
    err got = desk_case_load(d, t, &l->target, INT64_MAX, c);
    if (got != ERR_OK) return left_to_a_person(t, got);
    there.instrument = c->row.instrument;
    there.kind = c->row.kind;
    try(number_waited_for(d, t, c, &from->row, &number));
    *more_out = law_link_brings(t->arena, d->tables, &done, l->link, number, nth, &there);
    if (!*more_out || is_done(t, c, &e->row.id, there.act)) return ERR_OK;
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

static err all_follow(struct desk *d, struct turn *t, const struct store_link *l,
                      const struct desk_case *from, const struct desk_entry *e)
{
    bool more = true;
    for (size_t nth = 0; more; nth++) try(one_follows(d, t, l, from, e, nth, &more));
    return ERR_OK;
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
                try(all_follow(d, t, &links[k], &from, &from.entries[j]));
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

/* Is it opened already, or said already by an earlier act? */
static bool is_there(const struct tree *links, const struct tree *follows,
                     const struct law_follow *f)
{
    for (const struct tree *l = links->child; l; l = l->next)
        if (!tree_bool(l, "names", true) && str_eq(tree_str(l, "kind"), f->kind) &&
            str_eq(tree_str(l, "link"), f->link))
            return true;
    for (const struct tree *m = follows->child; m; m = m->next)
        if (str_eq(tree_str(m, "kind"), f->kind) &&
            str_eq(tree_str(m, "particular"), f->particular))
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

static void follow_show(struct desk *d, struct desk_turn *dt, struct tree *follows,
                        const struct desk_case *c, const struct law_follow *f)
{
    struct arena *a = dt->t.arena;
    struct tree *m = tree_add_map(a, follows, NULL);
    tree_add_str(a, m, "instrument", c->row.instrument);
    tree_add_str(a, m, "kind", f->kind);
    tree_add_str(
        a, m, "kind_title",
        law_said(d->tables, LAW_SAYS_KIND, c->row.instrument, f->kind, STR(""), desk_lang(dt)));
    tree_add_str(a, m, "article", f->article);
    tree_add_str(a, m, "particular", f->particular);
    tree_add_str(a, m, "number", c->row.ref);
    tree_add_str(a, m, "to", c->row.theirs);
}

err desk_links_show(struct desk *d, struct desk_turn *dt, struct tree *v, const struct desk_case *c)
{
    struct turn *t = &dt->t;
    also_show(d, dt, v, c);
    struct store_link *links;
    struct law_who who;
    size_t n;
    struct tree *list = tree_add_list(t->arena, v, "links");
    try(store_links_of(t, d->store, &c->row.id, &links, &n));
    for (size_t k = 0; k < n; k++) try(link_show(d, dt, list, c, &links[k]));
    struct tree *follows = tree_add_list(t->arena, v, "follows");
    try(desk_who(d, t, c->row.ours, c->row.theirs, c->side, &who));
    for (size_t k = 0; k < c->n; k++) {
        const struct desk_entry *e = &c->entries[k];
        struct law_act done = desk_law_act(e->act, (enum law_stream)e->row.stream);
        struct law_follow f;
        if (e->effect != LAW_TOOK_EFFECT) continue;
        for (size_t nth = 0; law_follows(t, d->tables, &c->state, &who, &done, nth, &f); nth++)
            if (!is_there(list, follows, &f)) follow_show(d, dt, follows, c, &f);
    }
    return ERR_OK;
}
