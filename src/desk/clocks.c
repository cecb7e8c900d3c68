/* SPDX-License-Identifier: Apache-2.0 */
/* How each date of a dossier came about: the rule, what went into it, and each step on the way.
 *
 * Only what travels counts, unless more is asked for: then both States read the same bytes, and can
 * lay them side by side. Nothing of this node's own stands among them, not even its reference. */

#include "desk/desk_internal.h"
#include "desk/papers.h"

struct proving {
    struct desk *d;
    struct turn *t;
    const struct desk_case *c;
    struct str lang;
    const struct law_tables *tables; /* of the last verdict looked at */
    struct str tables_name;
};

static err clock_add(struct proving *p, struct tree *list, const struct law_clock *c);

/* The dossier as both hold it, or with what this side did at home. */
static err fold(struct proving *p, bool inward, struct law_state *out)
{
    struct turn *t = p->t;
    struct law_entry *entries = arena_take_many(t->arena, p->c->n + 1, sizeof *entries);
    size_t n = 0;
    for (size_t k = 0; k < p->c->n; k++) {
        const struct desk_entry *e = &p->c->entries[k];
        if (e->row.stream == LAW_INWARD && !inward) continue;
        entries[n++] =
            (struct law_entry){desk_law_act(e->act, (enum law_stream)e->row.stream), &e->verdict};
    }
    return law_fold(t, entries, n, out);
}

static err clocks_add(struct proving *p, struct tree *v, bool inward)
{
    struct law_state s;
    struct tree *list = tree_add_list(p->t->arena, v, inward ? "inward" : "clocks");
    try(fold(p, inward, &s));
    if (!inward) tree_add_str(p->t->arena, v, "state", s.state);
    for (size_t k = 0; k < s.clocks_n; k++)
        if ((s.clocks[k].by == LAW_INWARD) == inward) try(clock_add(p, list, &s.clocks[k]));
    return ERR_OK;
}

err desk_do_CLOCKS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    struct desk_case c;
    try(desk_arg_dossier(d, dt, RIGHT_READ, &row));
    try(desk_read_note(d, dt, &row.id));
    try(desk_case_load(d, t, &row.id, INT64_MAX, &c));
    struct proving p = {.d = d, .t = t, .c = &c, .lang = desk_lang(dt)};
    struct tree *v = tree_map(t->arena);
    bool asks = c.side == LAW_REQUESTING;
    tree_add_str(t->arena, v, "instrument", row.instrument);
    tree_add_str(t->arena, v, "kind", row.kind);
    tree_add_str(t->arena, v, "kind_title",
                 law_said(d->tables, LAW_SAYS_KIND, row.instrument, row.kind, STR(""), p.lang));
    tree_add_str(t->arena, v, "dossier", desk_hex_id(t, &row.id));
    tree_add_str(t->arena, v, "requesting", asks ? row.ours : row.theirs);
    tree_add_str(t->arena, v, "requested", asks ? row.theirs : row.ours);
    try(clocks_add(&p, v, false));
    if (tree_bool(dt->args, "inward", false)) try(clocks_add(&p, v, true));
    dt->view = v;
    return ERR_OK;
}

/* ---- one clock ------------------------------------------------------------------------------- */

/* "2027-02-02 04:00" where the zone is so many minutes ahead. */
static struct str local_text(struct turn *t, int64_t ms, int32_t minutes)
{
    struct str text = time_text(t->arena, ms + (int64_t)minutes * 60000);
    return text.n ? str_printf(t->arena, "%.10s %.5s", text.p, text.p + 11) : text;
}

static void times_add(struct proving *p, struct tree *v, const struct law_clock *c,
                      const struct tree *zones)
{
    struct arena *a = p->t->arena;
    tree_add_str(a, v, "end", time_text(a, c->end_ms));
    struct tree *list = tree_add_list(a, v, "ends");
    for (const struct tree *z = zones ? zones->child : NULL; z; z = z->next) {
        struct zones *hook = &p->d->zones;
        struct tree *one = tree_add_map(a, list, NULL);
        int32_t minutes = 0;
        if (tree_bool(z, "known", false))
            minutes = hook->offset_min(hook->ctx, tree_str(z, "zone"), c->end_ms);
        tree_add_str(a, one, "state", tree_str(z, "state"));
        tree_add_str(a, one, "zone", tree_str(z, "zone"));
        tree_add_str(a, one, "local", local_text(p->t, c->end_ms, minutes));
        if (tree_get(z, "over_ms"))
            tree_add_str(a, one, "last_day_over", time_text(a, tree_int(z, "over_ms", 0)));
        if (tree_get(z, "counts")) tree_add_bool(a, one, "counts", tree_bool(z, "counts", false));
    }
    if (c->renew_ms) tree_add_str(a, v, "renew", time_text(a, c->renew_ms));
    struct tree *stops = tree_add_list(a, v, "stops");
    for (const struct law_stop *s = c->stops; s; s = s->next) {
        struct tree *one = tree_add_map(a, stops, NULL);
        tree_add_str(a, one, "from", time_text(a, s->from_ms));
        if (s->to_ms) tree_add_str(a, one, "to", time_text(a, s->to_ms));
        tree_add_str(a, one, "why", s->why);
    }
}

/* Asked of the tables the verdict was decided with, as its author stood there. */
static err explain(struct proving *p, const struct desk_entry *e, struct str clock,
                   const struct tree **out)
{
    struct turn *t = p->t;
    struct desk_author author;
    if (!p->tables || !str_eq(p->tables_name, e->verdict.tables)) {
        try(desk_tables_of(p->d, t, e->verdict.tables, &p->tables));
        p->tables_name = e->verdict.tables;
    }
    try(desk_author(p->d, t, p->tables, e->rest, tree_str(e->act, "from"), &author));
    struct law_act act = desk_law_act(e->act, (enum law_stream)e->row.stream);
    struct law_who who = {.side = act.stream == LAW_INWARD ? p->c->side : act.stream,
                          .functions = author.functions,
                          .functions_n = author.functions_n,
                          .state = author.state,
                          .other = desk_state_of(tree_str(e->act, "to")),
                          .zones = &p->d->zones};
    act.at_ms = e->row.at_ms; /* of what came by people: when it came first */
    err found = law_clock_explain(t, p->tables, &who, &act, clock, p->lang, out);
    if (found != ERR_NONE_SUCH) return found;
    turn_forgive(t);
    *out = NULL;
    return ERR_OK;
}

/* What the tables say now must be what was decided: otherwise both are shown. */
static void decided_add(struct proving *p, struct tree *v, const struct desk_entry *e,
                        const struct law_clock *c, const struct tree *said)
{
    const struct law_clock_rule *r = e->verdict.clocks;
    while (r && (r->what != LAW_CLOCK_START || !str_eq(r->clock, c->clock))) r = r->next;
    if (r && said && tree_int(said, "end_ms", 0) == r->end_ms) return;
    struct tree *one = tree_add_map(p->t->arena, v, "decided_otherwise");
    tree_add_str(p->t->arena, one, "proof", c->proof);
    if (r) tree_add_str(p->t->arena, one, "end", time_text(p->t->arena, r->end_ms));
}

static err clock_add(struct proving *p, struct tree *list, const struct law_clock *c)
{
    struct arena *a = p->t->arena;
    const struct desk_entry *e = NULL;
    for (size_t k = 0; k < p->c->n && !e; k++)
        if (p->c->entries[k].row.stream == (int64_t)c->by && p->c->entries[k].row.n == c->by_n)
            e = &p->c->entries[k];
    if (!e)
        return turn_fail(p->t, ERR_INTEGRITY, "clock-act", NULL,
                         "The act that started a clock is not in the dossier.");
    const struct tree *said;
    try(explain(p, e, c->clock, &said));
    struct tree *v = tree_add_map(a, list, NULL);
    tree_add_str(a, v, "clock", c->clock);
    tree_add_bool(a, v, "running", c->running);
    for (const struct tree *f = said ? said->child : NULL; f; f = f->next) {
        const char *key = str_c(a, f->key);
        bool moment = str_ends(f->key, "_ms");
        if (moment || str_is(f->key, "clock") || str_is(f->key, "zones")) continue;
        tree_add_copy(a, v, key, f);
    }
    if (!said) tree_add_str(a, v, "proof", c->proof);
    struct tree *act = tree_add_map(a, v, "act");
    tree_add_str(a, act, "act", e->row.act);
    tree_add_str(a, act, "act_title",
                 law_said(p->tables, LAW_SAYS_ACT, p->c->row.instrument, p->c->row.kind, e->row.act,
                          p->lang));
    tree_add_str(a, act, "party", str_of(law_stream_word((enum law_stream)e->row.stream)));
    tree_add_int(a, act, "n", e->row.n);
    tree_add_str(a, act, "id", desk_hex_id(p->t, &e->row.id));
    tree_add_str(a, act, "at", time_text(a, e->row.at_ms));
    tree_add_str(a, v, "tables", e->verdict.tables);
    tree_add_str(a, v, "start", time_text(a, c->start_ms));
    if (said) tree_add_str(a, v, "first_end", time_text(a, tree_int(said, "end_ms", 0)));
    times_add(p, v, c, tree_get(said, "zones"));
    decided_add(p, v, e, c, said);
    return ERR_OK;
}
