/* SPDX-License-Identifier: Apache-2.0 */
/* What a protocol changes in the clocks of its treaty, for the States that it binds and for no
 * other. */

#include "law/days.h"
#include "law/link.h"

/* ---- from the files -------------------------------------------------------------------------- */

static size_t changes_of(const struct law_tables *l, struct str instrument)
{
    size_t n = 0;
    for (size_t i = 0; i < l->instruments_n; i++) {
        const struct tree *root = l->instruments[i].root, *rows = tree_get(root, "changes");
        if (rows && str_eq(tree_str(root, "protocol_to"), instrument)) n += rows->count;
    }
    return n;
}

/* The clock of the treaty with the protocol's length. */
static err change_load(struct law_linking *k, const struct law_instrument *protocol,
                       const struct tree *r, const struct law_instrument *treaty,
                       struct law_change *out)
{
    int64_t hours = tree_int(r, "hours", 0);
    struct str name = tree_str(r, "clock");
    const struct law_kind *kind = law_kind_find(treaty, tree_str(r, "kind"));
    if (!kind) return law_link_expected(k, r, "kind", tree_str(r, "kind"), "kinds");
    const struct law_clock_row *c = law_clock_row_find(kind, name);
    if (!c) return law_link_expected(k, r, "clock", name, "clocks");
    struct law_clock_row now = *c;
    now.protocol = protocol->instrument;
    now.article = tree_str(r, "article");
    now.days = tree_int(r, "days", 0);
    now.months = tree_int(r, "months", 0);
    now.minutes = hours ? 60 * hours : tree_int(r, "minutes", 0);
    now.unit = hours ? 60 : 1;
    now.row = r;
    bool same = (now.days > 0) == (c->days > 0) && (now.months > 0) == (c->months > 0) &&
                (now.minutes > 0) == (c->minutes > 0);
    if (!same)
        return law_row_fail(k, r,
                            "expected the length in the unit of the treaty's clock, and "
                            "once");
    for (const struct tree *b = tree_get(protocol->root, "changes")->child; b != r; b = b->next)
        if (str_eq(tree_str(b, "clock"), name) && str_eq(tree_str(b, "kind"), kind->kind))
            return law_row_fail(k, r,
                                "found a second change of the clock " STR_FMT
                                ", expected each once; the first is on line %u",
                                STR_ARG(name), b->line);
    *out = (struct law_change){protocol, kind, now};
    return ERR_OK;
}

static err protocol_load(struct law_linking *k, const struct law_instrument *p, size_t *placed)
{
    const struct tree *rows = tree_get(p->root, "changes");
    struct str to = tree_str(p->root, "protocol_to");
    if ((to.n > 0) != (rows && rows->count > 0) ||
        (to.n > 0 && !str_is(tree_str(p->root, "layer"), "protocol")))
        return law_row_fail(k, p->root,
                            "expected `protocol_to` and `changes` together, in a protocol");
    if (!to.n) return ERR_OK;
    int64_t n = law_index_get(&k->l->instrument_names, to);
    if (n == LAW_NO_ROW) return law_link_expected(k, p->root, "protocol_to", to, "instruments");
    for (const struct tree *r = rows->child; r; r = r->next, placed[n]++)
        try(change_load(k, p, r, &k->l->instruments[n], &k->l->instruments[n].changes[placed[n]]));
    return ERR_OK;
}

err law_changes_load(struct turn *t, struct law_tables *l)
{
    struct law_linking k = {.t = t, .l = l, .paths = l->paths, .paths_n = l->paths_n};
    size_t *placed = arena_take_many(t->arena, l->instruments_n + 1, sizeof *placed);
    for (size_t i = 0; i < l->instruments_n; i++) {
        struct law_instrument *to = &l->instruments[i];
        to->changes_n = changes_of(l, to->instrument);
        to->changes = arena_take_many(t->arena, to->changes_n + 1, sizeof *to->changes);
        placed[i] = 0;
    }
    for (size_t i = 0; i < l->instruments_n; i++)
        try(protocol_load(&k, &l->instruments[i], placed));
    return ERR_OK;
}

/* ---- for two States -------------------------------------------------------------------------- */

const struct law_clock_row *law_clock_between(const struct judge *j, const struct law_clock_row *c)
{
    if (!c || !j->instrument->changes_n || !j->who->state.n || !j->who->other.n ||
        !law_time_is_usable(j->act->at_ms))
        return c;
    bool asks = j->who->side == LAW_REQUESTING;
    struct str requesting = asks ? j->who->state : j->who->other, why;
    struct str requested = asks ? j->who->other : j->who->state;
    for (size_t n = 0; n < j->instrument->changes_n; n++) {
        const struct law_change *x = &j->instrument->changes[n];
        if (x->kind == j->kind && str_eq(x->clock.clock, c->clock) &&
            law_binds(j->l, x->protocol, requesting, requested, law_binding_day(j), &why))
            return &x->clock;
    }
    return c;
}

struct str law_cite_clock(const struct judge *j, const struct law_clock_row *c)
{
    if (!c->protocol.n) return law_cite(j, c->article);
    return str_printf(j->t->arena, STR_FMT " " STR_FMT, STR_ARG(c->protocol), STR_ARG(c->article));
}
