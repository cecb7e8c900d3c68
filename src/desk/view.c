/* SPDX-License-Identifier: Apache-2.0 */
/* Views: what a person sees of a dossier and of the node, as one tree for every door. */

#include "desk/desk_internal.h"

enum { LIST_USUAL = 200, LIST_MAX = 1000, DUE_MAX = 20, INCIDENTS_MAX = 50 };

static void add_dossier(struct turn *t, struct tree *m, const struct store_dossier *row)
{
    tree_add_str(t->arena, m, "ref", row->ref);
    tree_add_str(t->arena, m, "dossier", desk_hex_id(t, &row->id));
    tree_add_str(t->arena, m, "side", row->side);
    tree_add_str(t->arena, m, "ours", row->ours);
    tree_add_str(t->arena, m, "theirs", row->theirs);
    tree_add_str(t->arena, m, "instrument", row->instrument);
    tree_add_str(t->arena, m, "kind", row->kind);
    tree_add_str(t->arena, m, "state", row->state);
    tree_add_bool(t->arena, m, "ended", row->ended);
    if (row->outcome.n) tree_add_str(t->arena, m, "outcome", row->outcome);
    tree_add_bool(t->arena, m, "incomplete", row->missing > 0);
    tree_add_str(t->arena, m, "opened", time_text(t->arena, row->opened_ms));
}

static void add_clock(struct turn *t, struct tree *list, const struct store_clock *c)
{
    struct tree *m = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, m, "clock", c->clock);
    tree_add_str(t->arena, m, "article", c->article);
    tree_add_bool(t->arena, m, "running", c->running);
    tree_add_str(t->arena, m, "start", time_text(t->arena, c->start_ms));
    if (c->end_ms) tree_add_str(t->arena, m, "end", time_text(t->arena, c->end_ms));
    if (c->on_end.n) tree_add_str(t->arena, m, "on_end", c->on_end);
    tree_add_str(t->arena, m, "proof", c->proof);
}

/* ---- one dossier ----------------------------------------------------------------------------- */

static void add_remarks(struct turn *t, struct tree *m, const struct law_remark *r)
{
    if (!r) return;
    struct tree *list = tree_add_list(t->arena, m, "remarks");
    for (; r; r = r->next) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "code", r->code);
        tree_add_str(t->arena, one, "article", r->article);
        if (r->particular.n) tree_add_str(t->arena, one, "particular", r->particular);
        tree_add_str(t->arena, one, "sentence", r->sentence);
    }
}

static void add_act(struct desk *d, struct turn *t, struct tree *list, const struct desk_entry *e,
                    bool whole)
{
    struct tree *m = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, m, "act", e->row.act);
    tree_add_str(t->arena, m, "stream", str_of(law_stream_word((enum law_stream)e->row.stream)));
    tree_add_int(t->arena, m, "n", e->row.n);
    tree_add_str(t->arena, m, "id", desk_hex_id(t, &e->row.id));
    tree_add_str(t->arena, m, "at", time_text(t->arena, e->row.at_ms));
    desk_level_add(d, t, m, &e->row);
    tree_add_str(t->arena, m, "effect", str_of(law_effect_word(e->effect)));
    tree_add_str(t->arena, m, "article", e->verdict.article);
    tree_add_bool(t->arena, m, "known", e->verdict.known);
    add_remarks(t, m, e->verdict.remarks);
    if (!whole) return;
    tree_add_int(t->arena, m, "leaf", e->row.leaf);
    tree_add_str(t->arena, m, "hash", desk_hex_hash(t, &e->row.hash));
    tree_add_str(t->arena, m, "recorded", time_text(t->arena, e->row.recorded_ms));
    tree_add_copy(t->arena, m, "by", tree_get(e->act, "by"));
    tree_add_copy(t->arena, m, "particulars", tree_get(e->act, "particulars"));
    const struct tree *docs = tree_get(e->act, "documents");
    if (docs && docs->count) tree_add_copy(t->arena, m, "documents", docs);
}

static void add_texts(struct turn *t, struct tree *m, const char *key, const struct str *texts,
                      size_t n)
{
    struct tree *list = tree_add_list(t->arena, m, key);
    for (size_t k = 0; k < n; k++) tree_add_str(t->arena, list, NULL, texts[k]);
}

static err add_options(struct desk *d, struct turn *t, struct tree *m, const struct desk_case *c,
                       struct str lang)
{
    const struct profile_authority *ours;
    try(desk_own_authority(d, t, c->row.ours, &ours));
    struct law_function *functions;
    size_t functions_n, n;
    try(desk_functions(t, ours->functions, &functions, &functions_n));
    struct law_who who = {c->side, functions, functions_n, false, d->profile.state};
    struct law_option *options;
    try(law_options(t, d->tables, &c->state, &who, turn_now_ms(t), lang, &options, &n));
    struct tree *list = tree_add_list(t->arena, m, "options");
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "act", options[k].act);
        tree_add_str(t->arena, one, "title", options[k].title);
        tree_add_str(t->arena, one, "article", options[k].article);
        tree_add_bool(t->arena, one, "possible", options[k].possible);
        tree_add_bool(t->arena, one, "next", options[k].next);
        if (!options[k].possible) {
            tree_add_str(t->arena, one, "why_not", options[k].why_not);
            tree_add_str(t->arena, one, "why_not_article", options[k].why_not_article);
        }
        /* Also where it is not possible: an act done again under its key is put together anew. */
        tree_add_copy(t->arena, one, "particulars", options[k].particulars);
    }
    return ERR_OK;
}

static err case_of(struct desk *d, struct desk_turn *dt, struct desk_case *out)
{
    struct store_dossier row;
    try(desk_arg_dossier(d, &dt->t, dt->args, &row));
    return desk_case_load(d, &dt->t, &row.id, INT64_MAX, out);
}

err desk_do_SHOW(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct desk_case c;
    try(case_of(d, dt, &c));
    struct tree *v = tree_map(t->arena);
    add_dossier(t, v, &c.row);
    add_texts(t, v, "missing", c.state.missing, c.state.missing_n);
    add_texts(t, v, "marks", c.state.marks, c.state.marks_n);
    if (c.state.particulars) tree_add_copy(t->arena, v, "particulars", c.state.particulars);
    struct store_clock *clocks;
    size_t n;
    try(store_clocks_of(t, d->store, &c.row.id, &clocks, &n));
    struct tree *list = tree_add_list(t->arena, v, "clocks");
    for (size_t k = 0; k < n; k++) add_clock(t, list, &clocks[k]);
    list = tree_add_list(t->arena, v, "acts");
    for (size_t k = 0; k < c.n; k++) add_act(d, t, list, &c.entries[k], false);
    struct str lang = tree_str(dt->args, "lang");
    try(add_options(d, t, v, &c, lang.n ? lang : STR("en")));
    dt->view = v;
    return ERR_OK;
}

err desk_do_LOG(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct desk_case c;
    try(case_of(d, dt, &c));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "ref", c.row.ref);
    struct tree *list = tree_add_list(t->arena, v, "acts");
    for (size_t k = 0; k < c.n; k++) add_act(d, t, list, &c.entries[k], true);
    dt->view = v;
    return ERR_OK;
}

/* ---- the node -------------------------------------------------------------------------------- */

err desk_do_LIST(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_dossier *rows;
    size_t n;
    int64_t limit = tree_int(dt->args, "limit", LIST_USUAL);
    if (limit < 1 || limit > LIST_MAX)
        return turn_fail_at(t, ERR_USAGE, "argument", NULL, STR("limit"),
                            "A list shows between 1 and %d dossiers.", LIST_MAX);
    try(store_dossier_list(t, d->store, tree_int(dt->args, "before", INT64_MAX), limit, &rows, &n));
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "dossiers");
    for (size_t k = 0; k < n; k++) add_dossier(t, tree_add_map(t->arena, list, NULL), &rows[k]);
    if (n == (size_t)limit) tree_add_int(t->arena, v, "before", rows[n - 1].changed_leaf);
    dt->view = v;
    return ERR_OK;
}

static err add_incidents(struct desk *d, struct turn *t, struct tree *v)
{
    struct store_incident *rows;
    size_t n;
    try(store_incidents(t, d->store, INCIDENTS_MAX, &rows, &n));
    struct tree *list = tree_add_list(t->arena, v, "incidents");
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "at", time_text(t->arena, rows[k].at_ms));
        tree_add_str(t->arena, one, "peer", rows[k].peer);
        tree_add_str(t->arena, one, "code", rows[k].code);
        tree_add_str(t->arena, one, "article", rows[k].article);
        tree_add_str(t->arena, one, "sentence", rows[k].sentence);
    }
    return ERR_OK;
}

static err add_due(struct desk *d, struct turn *t, struct tree *v)
{
    struct store_clock *clocks;
    size_t n;
    try(store_clocks_due(t, d->store, INT64_MAX, DUE_MAX, &clocks, &n));
    struct tree *list = tree_add_list(t->arena, v, "clocks");
    for (size_t k = 0; k < n; k++) {
        struct store_dossier row;
        try(store_dossier_get(t, d->store, &clocks[k].dossier, &row));
        add_clock(t, list, &clocks[k]);
        tree_add_str(t->arena, list->last, "ref", row.ref);
    }
    return ERR_OK;
}

/* Dossiers whose next step is ours, with that step. */
static err add_needs(struct desk *d, struct turn *t, struct tree *v)
{
    struct store_dossier *rows;
    size_t n;
    try(store_dossier_list(t, d->store, INT64_MAX, DUE_MAX, &rows, &n));
    struct tree *list = tree_add_list(t->arena, v, "needs_a_person");
    for (size_t k = 0; k < n; k++) {
        struct desk_case c;
        if (rows[k].ended) continue;
        try(desk_case_load(d, t, &rows[k].id, INT64_MAX, &c));
        struct tree *options = tree_map(t->arena);
        try(add_options(d, t, options, &c, STR("en")));
        for (const struct tree *o = options->child->child; o; o = o->next) {
            if (!tree_bool(o, "next", false)) continue;
            struct tree *one = tree_add_map(t->arena, list, NULL);
            tree_add_str(t->arena, one, "ref", rows[k].ref);
            tree_add_str(t->arena, one, "state", rows[k].state);
            tree_add_str(t->arena, one, "next", tree_str(o, "act"));
            tree_add_str(t->arena, one, "article", tree_str(o, "article"));
        }
    }
    return ERR_OK;
}

err desk_do_STATUS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    int64_t waiting;
    try(store_outgoing_count(t, d->store, &waiting));
    tree_add_str(t->arena, v, "state", d->profile.state);
    tree_add_str(t->arena, v, "name", d->profile.name);
    tree_add_str(t->arena, v, "node", d->profile.node);
    tree_add_bool(t->arena, v, "training", d->profile.training);
    tree_add_int(t->arena, v, "incarnation", d->incarnation);
    tree_add_int(t->arena, v, "log_size", (int64_t)store_log_size(d->store));
    tree_add_int(t->arena, v, "peers", (int64_t)d->peers_n);
    tree_add_int(t->arena, v, "not_yet_held_by_peer", waiting);
    struct desk_counts c = desk_counted(d);
    struct tree *counts = tree_add_map(t->arena, v, "counts");
    tree_add_int(t->arena, counts, "groups", (int64_t)c.groups);
    tree_add_int(t->arena, counts, "turns", (int64_t)c.turns);
    tree_add_int(t->arena, counts, "receives", (int64_t)c.receives);
    tree_add_int(t->arena, counts, "answer_syncs", (int64_t)c.answer_syncs);
    tree_add_int(t->arena, counts, "checkpoint_syncs", (int64_t)c.checkpoint_syncs);
    tree_add_int(t->arena, counts, "vault_syncs", (int64_t)c.vault_syncs);
    tree_add_int(t->arena, counts, "keeper_syncs", (int64_t)c.keeper_syncs);
    try(add_needs(d, t, v));
    try(add_due(d, t, v));
    try(desk_undelivered_add(d, t, v));
    try(add_incidents(d, t, v));
    dt->view = v;
    return ERR_OK;
}

err desk_do_LAW(struct desk *d, struct desk_turn *dt)
{
    return law_look(&dt->t, d->tables, tree_str(dt->args, "what"),
                    tree_bool(dt->args, "unverified", false), &dt->view);
}
