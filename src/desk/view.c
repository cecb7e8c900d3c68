/* SPDX-License-Identifier: Apache-2.0 */
/* Views: what a person sees of a dossier and of the node, as one tree for every door. */

#include "desk/exhibits.h"

enum { DUE_MAX = 20, INCIDENTS_MAX = 50 };

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

static void add_act(struct desk *d, struct desk_turn *dt, struct tree *list,
                    const struct desk_case *c, const struct desk_entry *e,
                    const struct desk_slips *slips, bool whole)
{
    struct turn *t = &dt->t;
    struct tree *m = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, m, "act", e->row.act);
    tree_add_str(t->arena, m, "act_title",
                 law_said(d->tables, LAW_SAYS_ACT, c->row.instrument, c->row.kind, e->row.act,
                          desk_lang(dt)));
    struct tree *by = tree_add_copy(t->arena, m, "by", tree_get(e->act, "by"));
    struct store_officer o;
    bool ours = by && !str_is(e->row.way, "in");
    if (ours && store_officer_get(t, d->store, tree_str(by, "officer"), &o) == ERR_OK && o.name.n)
        tree_add_str(t->arena, by, "name", o.name);
    else
        turn_forgive(t);
    tree_add_str(t->arena, m, "stream", str_of(law_stream_word((enum law_stream)e->row.stream)));
    tree_add_int(t->arena, m, "n", e->row.n);
    tree_add_str(t->arena, m, "id", desk_hex_id(t, &e->row.id));
    tree_add_str(t->arena, m, "at", time_text(t->arena, e->row.at_ms));
    desk_level_add(d, t, m, slips, &e->row);
    desk_carriages_add(t, m, slips, &e->row);
    tree_add_str(t->arena, m, "effect", str_of(law_effect_word(e->effect)));
    tree_add_str(t->arena, m, "article", e->verdict.article);
    tree_add_bool(t->arena, m, "known", e->verdict.known);
    add_remarks(t, m, e->verdict.remarks);
    desk_preflight_add(t, m, e->rest);
    if (!whole) return;
    tree_add_int(t->arena, m, "leaf", e->row.leaf);
    tree_add_str(t->arena, m, "hash", desk_hex_hash(t, &e->row.hash));
    tree_add_str(t->arena, m, "recorded", time_text(t->arena, e->row.recorded_ms));
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

/* What the other side can do now, for whoever files its letters: where acts come by people. */
static err add_their_options(struct desk *d, struct desk_turn *dt, struct tree *m,
                             const struct desk_case *c)
{
    struct turn *t = &dt->t;
    struct desk_author author;
    struct law_option *options;
    size_t n;
    if (!c->off_wire) return ERR_OK;
    struct tree *list = tree_add_list(t->arena, m, "their_options");
    err e = desk_author(d, t, d->tables, NULL, c->row.theirs, &author);
    if (e == ERR_NONE_SUCH) turn_forgive(t);
    if (e == ERR_NONE_SUCH) return ERR_OK;
    try(e);
    struct law_who who = {.side = c->side == LAW_REQUESTING ? LAW_REQUESTED : LAW_REQUESTING,
                          .functions = author.functions,
                          .functions_n = author.functions_n,
                          .state = author.state,
                          .elsewhere = true,
                          .other = desk_state_of(c->row.ours),
                          .zones = &d->zones};
    try(law_options(t, d->tables, &c->state, &who, turn_now_ms(t), desk_lang(dt), &options, &n));
    for (size_t k = 0; k < n; k++) {
        if (options[k].inward || !options[k].possible) continue;
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "act", options[k].act);
        tree_add_str(t->arena, one, "title", options[k].title);
        tree_add_str(t->arena, one, "article", options[k].article);
        tree_add_copy(t->arena, one, "particulars", options[k].particulars);
    }
    return ERR_OK;
}

/* What the law allows and the officer's role does not is shown as not possible, and why. */
static err add_options(struct desk *d, struct desk_turn *dt, struct tree *m,
                       const struct desk_case *c)
{
    struct turn *t = &dt->t;
    struct law_who who;
    struct law_option *options;
    size_t n;
    struct store_dossier seen;
    struct store_reader may[2];
    bool does[2];
    try(desk_who(d, t, c->row.ours, c->row.theirs, c->side, &who));
    for (int inward = 0; inward < 2; inward++) {
        desk_reader(dt, inward ? RIGHT_ACT_INWARD : RIGHT_ACT, &may[inward]);
        err e = store_access_get(t, d->store, &may[inward], &c->row.id, &seen);
        if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
        turn_forgive(t);
        does[inward] = e == ERR_OK;
    }
    try(law_options(t, d->tables, &c->state, &who, turn_now_ms(t), desk_lang(dt), &options, &n));
    struct tree *list = tree_add_list(t->arena, m, "options");
    for (size_t k = 0; k < n; k++) {
        bool role = does[options[k].inward ? 1 : 0];
        bool possible = options[k].possible && role;
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "act", options[k].act);
        tree_add_str(t->arena, one, "title", options[k].title);
        tree_add_str(t->arena, one, "article", options[k].article);
        tree_add_bool(t->arena, one, "inward", options[k].inward);
        tree_add_bool(t->arena, one, "possible", possible);
        tree_add_bool(t->arena, one, "next", options[k].next && role);
        if (!possible) {
            bool law = !options[k].possible;
            tree_add_str(t->arena, one, "why_not",
                         law ? options[k].why_not
                             : str_printf(t->arena, STR_FMT ".",
                                          STR_ARG(law_remark_said(d->tables, STR("role-may-not"),
                                                                  desk_lang(dt)))));
            tree_add_str(t->arena, one, "why_not_article",
                         law ? options[k].why_not_article : STR("comity officers 1: roles"));
        }
        /* Also where it is not possible: an act done again under its key is put together anew. */
        struct tree *rows = tree_add_copy(t->arena, one, "particulars", options[k].particulars);
        if (str_eq(tree_str(dt->args, "act"), options[k].act))
            try(desk_dossiers_offer(d, dt, rows));
        if (options[k].worksheet) tree_add_copy(t->arena, one, "worksheet", options[k].worksheet);
    }
    return ERR_OK;
}

static err row_of(struct desk *d, struct desk_turn *dt, struct store_dossier *out)
{
    try(desk_arg_dossier(d, dt, RIGHT_READ, out));
    return desk_read_note(d, dt, &out->id);
}

static struct str choice_title(const struct tree *row, struct str value)
{
    const struct tree *c = tree_get(row, "choices");
    for (c = c ? c->child : NULL; c; c = c->next)
        if (str_eq(tree_str(c, "value"), value)) return tree_str(c, "title");
    return STR("");
}

static void add_particular(struct turn *t, struct tree *list, const struct tree *row,
                           const struct tree *value, bool missing)
{
    struct tree *m = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, m, "name", tree_str(row, "name"));
    tree_add_str(t->arena, m, "title", tree_str(row, "title"));
    tree_add_str(t->arena, m, "article", tree_str(row, "article"));
    tree_add_str(t->arena, m, "type", tree_str(row, "type"));
    tree_add_bool(t->arena, m, "missing", missing);
    if (!value) return;
    if (value->kind == TREE_MAP) {
        tree_add_str(t->arena, m, "value", tree_str(value, "text"));
        tree_add_str(t->arena, m, "lang", tree_str(value, "lang"));
        return;
    }
    tree_add_copy(t->arena, m, "value", value);
    struct str title = value->kind == TREE_STR ? choice_title(row, value->str) : STR("");
    if (title.n) tree_add_str(t->arena, m, "value_title", title);
}

/* The request in the order of the law's rows; what the rows do not know comes last. */
static err add_request(struct desk *d, struct desk_turn *dt, struct tree *v,
                       const struct desk_case *c)
{
    struct turn *t = &dt->t;
    const struct tree *rows, *given = c->state.particulars;
    try(law_request_rows(t, d->tables, c->row.instrument, c->row.kind, desk_lang(dt), &rows));
    struct tree *list = tree_add_list(t->arena, v, "request");
    for (const struct tree *r = rows->child; r; r = r->next) {
        struct str name = tree_str(r, "name");
        bool missing = false;
        for (size_t k = 0; k < c->state.missing_n; k++)
            missing = missing || str_eq(c->state.missing[k], name);
        add_particular(t, list, r, tree_get_s(given, name), missing);
    }
    for (const struct tree *g = given ? given->child : NULL; g; g = g->next) {
        const struct tree *r = rows->child;
        while (r && !str_eq(tree_str(r, "name"), g->key)) r = r->next;
        if (r) continue;
        struct tree *strange = tree_map(t->arena);
        tree_add_str(t->arena, strange, "name", g->key);
        tree_add_str(t->arena, strange, "title", g->key);
        add_particular(t, list, strange, g, false);
    }
    return ERR_OK;
}

static void add_documents(struct desk *d, struct desk_turn *dt, struct tree *v,
                          const struct desk_case *c)
{
    struct turn *t = &dt->t;
    struct tree *list = tree_add_list(t->arena, v, "documents");
    for (size_t k = 0; k < c->n; k++) {
        const struct desk_entry *e = &c->entries[k];
        const struct tree *docs = tree_get(e->act, "documents");
        for (const struct tree *f = docs ? docs->child : NULL; f; f = f->next) {
            struct tree *one = tree_add_copy(t->arena, list, NULL, f);
            tree_add_str(t->arena, one, "act", e->row.act);
            tree_add_str(t->arena, one, "act_title",
                         law_said(d->tables, LAW_SAYS_ACT, c->row.instrument, c->row.kind,
                                  e->row.act, desk_lang(dt)));
            tree_add_str(t->arena, one, "act_id", desk_hex_id(t, &e->row.id));
            tree_add_str(t->arena, one, "at", time_text(t->arena, e->row.at_ms));
        }
    }
}

static err add_names(struct desk *d, struct turn *t, struct tree *v, const struct desk_case *c)
{
    struct str *names;
    size_t n;
    try(store_aliases(t, d->store, &c->row.id, &names, &n));
    add_texts(t, v, "aliases", names, n);
    try(store_members(t, d->store, &c->row.id, &names, &n));
    add_texts(t, v, "members", names, n);
    return ERR_OK;
}

err desk_do_SHOW(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    struct desk_case c;
    struct desk_slips slips;
    try(row_of(d, dt, &row));
    if (desk_is_unchanged(d, dt)) return ERR_OK;
    try(desk_case_load(d, t, &row.id, INT64_MAX, &c));
    try(desk_slips_load(d, t, &c.row.id, INT64_MAX, &slips));
    struct tree *v = tree_map(t->arena);
    struct str lang = desk_lang(dt);
    bool next;
    try(desk_add_row(d, dt, v, &c.row, &next));
    try(add_names(d, t, v, &c));
    add_texts(t, v, "missing", c.state.missing, c.state.missing_n);
    add_texts(t, v, "marks", c.state.marks, c.state.marks_n);
    if (c.state.particulars) tree_add_copy(t->arena, v, "particulars", c.state.particulars);
    try(add_request(d, dt, v, &c));
    add_documents(d, dt, v, &c);
    struct store_clock *clocks;
    size_t n;
    try(store_clocks_of(t, d->store, &c.row.id, &clocks, &n));
    struct tree *list = tree_add_list(t->arena, v, "clocks");
    for (size_t k = 0; k < n; k++)
        desk_add_clock(d, t, tree_add_map(t->arena, list, NULL), &c.row, &clocks[k], lang);
    list = tree_add_list(t->arena, v, "acts");
    for (size_t k = 0; k < c.n; k++) add_act(d, dt, list, &c, &c.entries[k], &slips, false);
    try(desk_bound_add(d, dt, v, &c));
    try(desk_papers_show(d, t, v, &c.row, &slips));
    try(desk_links_show(d, dt, v, &c));
    try(add_options(d, dt, v, &c));
    try(add_their_options(d, dt, v, &c));
    dt->view = v;
    return ERR_OK;
}

err desk_do_LOG(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    struct desk_case c;
    struct desk_slips slips;
    try(row_of(d, dt, &row));
    try(desk_case_load(d, t, &row.id, INT64_MAX, &c));
    try(desk_slips_load(d, t, &c.row.id, INT64_MAX, &slips));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "ref", c.row.ref);
    struct tree *list = tree_add_list(t->arena, v, "acts");
    for (size_t k = 0; k < c.n; k++) add_act(d, dt, list, &c, &c.entries[k], &slips, true);
    dt->view = v;
    return ERR_OK;
}

/* ---- the node -------------------------------------------------------------------------------- */

bool desk_sees_node(const struct desk *d, const struct desk_turn *dt)
{
    return d->profile.authorities_n < 2 || !dt->person->by_session;
}

static err add_incidents(struct desk *d, struct desk_turn *dt, struct tree *v)
{
    struct turn *t = &dt->t;
    struct store_incident *rows;
    struct store_reader who;
    size_t n;
    struct tree *list = tree_add_list(t->arena, v, "incidents");
    desk_reader(dt, RIGHT_READ, &who);
    if (!who.everything && !store_officer_may(&dt->person->officer, RIGHT_NODE)) return ERR_OK;
    struct str ours = desk_sees_node(d, dt) ? STR("") : who.authority;
    try(store_incidents(t, d->store, ours, INCIDENTS_MAX, &rows, &n));
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

static err add_due(struct desk *d, struct desk_turn *dt, struct tree *v)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_clock *clocks;
    size_t n;
    desk_reader(dt, RIGHT_READ, &who);
    try(store_access_clocks(t, d->store, &who, INT64_MAX, DUE_MAX, &clocks, &n));
    struct tree *list = tree_add_list(t->arena, v, "clocks");
    for (size_t k = 0; k < n; k++) {
        struct store_dossier row;
        struct tree *of = tree_map(t->arena), *m = tree_add_map(t->arena, list, NULL);
        static const char *const names[] = {"ref",    "side",         "title",
                                            "theirs", "theirs_title", "kind_title"};
        try(store_access_get(t, d->store, &who, &clocks[k].dossier, &row));
        try(desk_add_dossier(d, t, of, &row, desk_lang(dt)));
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            tree_add_str(t->arena, m, names[j], tree_str(of, names[j]));
        desk_add_clock(d, t, m, &row, &clocks[k], desk_lang(dt));
    }
    return ERR_OK;
}

/* Dossiers whose next step is ours, with that step; the soonest clock first. */
static err add_needs(struct desk *d, struct desk_turn *dt, struct tree *v)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_dossier *rows;
    size_t n;
    desk_reader(dt, RIGHT_READ, &who);
    try(store_access_open(t, d->store, &who, DESK_OPEN_MAX, &rows, &n));
    struct tree *list = tree_add_list(t->arena, v, "needs_a_person");
    for (size_t k = 0; k < n && list->count < DESK_NEEDS_MAX; k++) {
        struct tree *one = tree_map(t->arena);
        bool next;
        try(desk_add_row(d, dt, one, &rows[k], &next));
        if (next) tree_add_copy(t->arena, list, NULL, one);
    }
    return ERR_OK;
}

/* The numbers that FRAME has, of the lists as they stand here. */
static void add_needs_counts(struct turn *t, struct tree *v)
{
    const struct tree *rows = tree_get(v, "needs_a_person");
    struct desk_needs n = {(int64_t)rows->count, 0, (int64_t)tree_get(v, "entries")->count};
    for (const struct tree *r = rows->child; r; r = r->next)
        n.hot += !tree_bool(r, "acknowledged", true);
    desk_needs_add(t, v, &n);
}

static void add_counts(struct desk *d, struct turn *t, struct tree *v)
{
    struct desk_counts c = desk_counted(d);
    struct tree *counts = tree_add_map(t->arena, v, "counts");
    tree_add_int(t->arena, counts, "groups", (int64_t)c.groups);
    tree_add_int(t->arena, counts, "turns", (int64_t)c.turns);
    tree_add_int(t->arena, counts, "receives", (int64_t)c.receives);
    tree_add_int(t->arena, counts, "answer_syncs", (int64_t)c.answer_syncs);
    tree_add_int(t->arena, counts, "checkpoint_syncs", (int64_t)c.checkpoint_syncs);
    tree_add_int(t->arena, counts, "vault_syncs", (int64_t)c.vault_syncs);
    tree_add_int(t->arena, counts, "keeper_syncs", (int64_t)c.keeper_syncs);
}

err desk_do_STATUS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    int64_t waiting, position;
    struct store_reader who;
    desk_reader(dt, RIGHT_READ, &who);
    try(store_access_waiting(t, d->store, &who, &waiting));
    try(store_access_latest(t, d->store, &who, &position));
    desk_frame_add(d, dt, v, position);
    tree_add_int(t->arena, v, "incarnation", d->incarnation);
    tree_add_int(t->arena, v, "peers", (int64_t)d->peers_n);
    tree_add_int(t->arena, v, "not_yet_held_by_peer", waiting);
    if (desk_sees_node(d, dt)) add_counts(d, t, v);
    try(add_needs(d, dt, v));
    try(desk_papers_needs(d, dt, v));
    try(add_due(d, dt, v));
    try(desk_undelivered_add(d, dt, v));
    try(desk_frozen_add(d, t, v));
    desk_room_add(d, t, v);
    try(desk_arriving_add(d, dt, v));
    try(add_incidents(d, dt, v));
    add_needs_counts(t, v);
    dt->view = v;
    return ERR_OK;
}

err desk_do_LAW(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    const struct tree *rows;
    struct str what = tree_str(dt->args, "what");
    if (what.n)
        try(law_look(t, d->tables, what, tree_bool(dt->args, "unverified", false), &rows));
    else
        rows = law_look_over(t->arena, d->tables);
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "tables", tree_str(rows, "tables"));
    tree_add_str(t->arena, v, "what", tree_str(rows, "what"));
    struct tree *list = tree_add_list(t->arena, v, "rows");
    for (const struct tree *r = tree_get(rows, "rows")->child; r; r = r->next) {
        struct tree *one = tree_add_copy(t->arena, list, NULL, r);
        const struct tree *titles = tree_get(r, "titles"), *said;
        said = tree_get_s(titles, desk_lang(dt));
        tree_add_str(t->arena, one, "title", said ? said->str : tree_str(titles, "en"));
    }
    struct str instrument, kind;
    const struct tree *whole;
    if (str_split(what, ' ', &instrument, &kind)) {
        err e = law_kind_view(t, d->tables, instrument, kind, desk_lang(dt), &whole);
        if (e == ERR_OK) tree_add_copy(t->arena, v, "kind", whole);
        if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
        turn_forgive(t); /* it was an article */
    }
    dt->view = v;
    return ERR_OK;
}
