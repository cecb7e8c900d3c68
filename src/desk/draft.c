/* SPDX-License-Identifier: Apache-2.0 */
/* What an officer does: drafts, sends, acts. A draft is working data; it becomes an act by
 * SEND, through the same deed as everything else. */

#include "desk/desk_internal.h"

/* ---- a draft --------------------------------------------------------------------------------- */

void desk_draft_documents(struct turn *t, struct tree *list, const struct desk_doc *docs, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "name", docs[k].name);
        tree_add_str(t->arena, one, "type", docs[k].type);
        tree_add_str(t->arena, one, "sha256", docs[k].sha256);
        tree_add_int(t->arena, one, "size", docs[k].size);
        tree_add_str(t->arena, one, "vault", desk_hex_hash(t, &docs[k].vault));
        if (docs[k].exhibit) tree_add_bool(t->arena, one, "exhibit", true);
    }
}

void desk_draft_also(struct turn *t, struct tree *m, const struct tree *from)
{
    const struct tree *also = tree_get(from, "also");
    if (also && also->kind == TREE_LIST && also->count) tree_add_copy(t->arena, m, "also", also);
}

/* A State and an authority; or a State alone, to be held against what that State says of itself. */
static bool is_address(struct str to)
{
    struct str state, name;
    if (!str_split(to, '/', &state, &name)) name = STR("x");
    bool is = state.n == 2 && name.n > 0;
    for (size_t k = 0; is && k < state.n; k++) is = state.p[k] >= 'A' && state.p[k] <= 'Z';
    for (size_t k = 0; is && k < name.n; k++)
        is = (name.p[k] >= 'a' && name.p[k] <= 'z') || (name.p[k] >= '0' && name.p[k] <= '9') ||
             name.p[k] == '-';
    return is;
}

static err draft_known(struct desk *d, struct turn *t, struct str instrument, struct str kind,
                       struct str to)
{
    const struct tree *row;
    err e = law_kind_row(t, d->tables, instrument, kind, &row);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return turn_fail_at(t, ERR_NONE_SUCH, "unknown-kind", NULL, kind,
                            "The tables have no kind \"" STR_FMT "\" of the instrument \"" STR_FMT
                            "\". No draft was made; comity law --kinds lists the kinds.",
                            STR_ARG(kind), STR_ARG(instrument));
    }
    if (is_address(to)) return ERR_OK;
    return turn_fail_at(
        t, ERR_REJECTED, "address-form", NULL, STR("to"),
        "\"" STR_FMT "\" is no address: one has the two capitals of the State, a "
        "stroke and the authority. No draft was made; comity peer list shows the nodes.",
        STR_ARG(to));
}

static err draft_from(struct desk *d, struct desk_turn *dt, struct tree **out)
{
    struct turn *t = &dt->t;
    const struct tree *args = dt->args, *particulars = tree_get(args, "particulars");
    struct str kind, to;
    try(desk_arg(t, args, "kind", &kind));
    try(desk_arg(t, args, "to", &to));
    struct str instrument = tree_str(args, "instrument");
    if (!instrument.n) instrument = law_usual(d->tables);
    try(draft_known(d, t, instrument, kind, to));
    struct tree *m = tree_map(t->arena);
    struct id id = desk_random_id(t);
    tree_add_str(t->arena, m, "dossier", desk_hex_id(t, &id));
    tree_add_str(t->arena, m, "from", dt->person->officer.authority);
    tree_add_str(t->arena, m, "instrument", instrument);
    tree_add_str(t->arena, m, "kind", kind);
    desk_draft_also(t, m, args);
    tree_add_str(t->arena, m, "act", tree_str(args, "act"));
    tree_add_str(t->arena, m, "lang", tree_str(args, "lang"));
    tree_add_str(t->arena, m, "to", to);
    tree_add_copy(t->arena, m, "particulars", particulars ? particulars : tree_map(t->arena));
    struct desk_doc *docs;
    size_t n;
    try(desk_documents_read(d, dt, &docs, &n));
    try(store_key_make(t, d->store, &id));
    try(desk_documents_keep(d, t, &id, docs, n));
    desk_draft_documents(t, tree_add_list(t->arena, m, "documents"), docs, n);
    *out = m;
    return ERR_OK;
}

err desk_do_NEW(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    const struct store_officer *officer = &dt->person->officer;
    struct tree *body;
    try(draft_from(d, dt, &body));
    struct bytes kept;
    try(desk_draft_body(t, body, &kept));
    struct id id = desk_random_id(t);
    struct store_draft draft = {
        .id = id,
        .label = str_printf(t->arena, "d-%02x%02x%02x%02x", id.b[0], id.b[1], id.b[2], id.b[3]),
        .officer = officer->officer,
        .body = kept,
        .changed_ms = turn_now_ms(t),
        .authority = officer->authority,
        .functions = law_competence(t->arena, d->tables, tree_str(body, "instrument"),
                                    tree_str(body, "kind")),
        .version = 1,
        .changed_by = officer->officer};
    try(store_draft_put(t, d->store, &draft));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "draft", draft.label);
    tree_add_int(t->arena, v, "version", draft.version);
    tree_add_copy(t->arena, v, "request", body);
    dt->view = v;
    return ERR_OK;
}

err desk_draft_docs(struct turn *t, const struct tree *list, struct desk_doc **out, size_t *n_out)
{
    size_t n = list ? list->count : 0, k = 0;
    struct desk_doc *docs = arena_take_many(t->arena, n + 1, sizeof *docs);
    for (const struct tree *f = list ? list->child : NULL; f; f = f->next, k++) {
        docs[k] = (struct desk_doc){.name = tree_str(f, "name"),
                                    .type = tree_str(f, "type"),
                                    .sha256 = tree_str(f, "sha256"),
                                    .size = tree_int(f, "size", 0),
                                    .exhibit = tree_bool(f, "exhibit", false)};
        if (!hash_read(tree_str(f, "vault"), &docs[k].vault))
            return turn_fail(t, ERR_INTEGRITY, "draft-altered", NULL, "A draft is not readable.");
    }
    *out = docs;
    *n_out = n;
    return ERR_OK;
}

err desk_draft_deed(struct desk *d, struct desk_turn *dt, enum store_right right,
                    struct store_draft *draft, struct desk_deed *out)
{
    struct turn *t = &dt->t;
    struct tree *m;
    try(desk_arg_draft(d, dt, right, draft));
    try(json_read(t, draft->body, &codec_limits, &m));
    struct desk_deed x = {.opens = true,
                          .lang = tree_str(m, "lang"),
                          .instrument = tree_str(m, "instrument"),
                          .kind = tree_str(m, "kind"),
                          .act = tree_str(m, "act"),
                          .from = tree_str(m, "from"),
                          .to = tree_str(m, "to"),
                          .also = tree_get(m, "also"),
                          .particulars = tree_get(m, "particulars")};
    try(desk_draft_docs(t, tree_get(m, "documents"), &x.documents, &x.documents_n));
    if (!id_read(tree_str(m, "dossier"), &x.id))
        return turn_fail(t, ERR_INTEGRITY, "draft-altered", NULL, "A draft is not readable.");
    struct desk_case *c = arena_take(t->arena, sizeof *c);
    try(desk_case_new(t, c));
    x.dossier = c;
    *out = x;
    return ERR_OK;
}

/* ---- sending and acting ---------------------------------------------------------------------- */

static void done_view(struct desk *d, struct desk_turn *dt, const struct store_act *a)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    struct tree *v = tree_map(t->arena);
    if (store_dossier_get(t, d->store, &a->dossier, &row) == ERR_OK) {
        tree_add_str(t->arena, v, "ref", row.ref);
        tree_add_str(t->arena, v, "state", row.state);
    }
    tree_add_str(t->arena, v, "act", a->act);
    tree_add_str(t->arena, v, "id", desk_hex_id(t, &a->id));
    tree_add_int(t->arena, v, "n", a->n);
    tree_add_str(t->arena, v, "level", str_is(a->way, "inward") ? STR("inward") : STR("held-here"));
    tree_add_int(t->arena, v, "leaf", a->leaf);
    dt->view = v;
}

err desk_do_SEND(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct desk_deed x;
    struct store_draft draft;
    try(desk_draft_deed(d, dt, RIGHT_SEND, &draft, &x));
    x.by = dt->person->officer;
    x.method = dt->person->method;
    if (!str_eq(draft.officer, x.by.officer)) x.drafter = draft.officer;
    try(desk_draft_version(t, dt->args, &draft));
    enum desk_reach reach;
    try(desk_reach(d, t, x.to, tree_bool(dt->args, "paper", false), &reach));
    x.off_wire = reach == DESK_REACH_PEOPLE;
    x.idem = str_printf(t->arena, "draft " STR_FMT, STR_ARG(desk_hex_id(t, &x.id)));
    struct store_act a;
    try(desk_preflight_keep(d, dt, &x));
    try(desk_deed_do(d, t, &x, &a));
    draft.sent = true;
    try(store_draft_put(t, d->store, &draft));
    done_view(d, dt, &a);
    return ERR_OK;
}

/* An act that travels needs more of a role than one that stays at home. */
static err act_may(struct desk *d, struct desk_turn *dt, const struct desk_deed *x)
{
    struct turn *t = &dt->t;
    struct law_who who;
    struct desk_deed asked = *x;
    enum law_stream stream;
    struct store_dossier row;
    try(desk_deed_who(d, t, &asked, &who));
    try(desk_deed_row(d, t, &asked, &who, &stream));
    enum store_right right = stream == LAW_INWARD ? RIGHT_ACT_INWARD : RIGHT_ACT;
    return desk_arg_dossier(d, dt, right, &row);
}

static err version_check(struct turn *t, const struct tree *args, const struct store_dossier *row)
{
    if (!tree_get(args, "version") || tree_int(args, "version", -1) == row->changed_leaf)
        return ERR_OK;
    return turn_fail(t, ERR_CONFLICT, "stale-version", "comity officers 1: version",
                     "The dossier has changed since it was looked at; nothing was done. Look at it "
                     "again and decide anew.");
}

err desk_do_ACT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    struct desk_case *c = arena_take(t->arena, sizeof *c);
    struct desk_deed x = {.dossier = c, .particulars = tree_get(dt->args, "particulars")};
    try(desk_arg_dossier(d, dt, RIGHT_READ, &row));
    try(desk_case_load(d, t, &row.id, INT64_MAX, c));
    try(desk_arg(t, dt->args, "act", &x.act));
    x.by = dt->person->officer;
    x.method = dt->person->method;
    x.id = row.id;
    x.from = row.ours;
    x.to = row.theirs;
    x.instrument = row.instrument;
    x.kind = row.kind;
    x.idem = tree_str(dt->args, "idem");
    x.lang = tree_str(dt->args, "lang");
    try(act_may(d, dt, &x));
    try(version_check(t, dt->args, &row));
    try(desk_documents_read(d, dt, &x.documents, &x.documents_n));
    struct store_act a;
    try(desk_deed_do(d, t, &x, &a));
    done_view(d, dt, &a);
    return ERR_OK;
}

/* ---- what clocks bring about ----------------------------------------------------------------- */

enum { TICKS_MAX = 64 };

static err tick_one(struct desk *d, struct turn *t, const struct store_clock *clock, bool only_ask,
                    bool *did_out)
{
    struct desk_case *c = arena_take(t->arena, sizeof *c);
    try(desk_case_load(d, t, &clock->dossier, INT64_MAX, c));
    struct desk_deed x = {.dossier = c,
                          .id = clock->dossier,
                          .act = clock->on_end,
                          .instrument = c->row.instrument,
                          .kind = c->row.kind,
                          .from = c->row.ours,
                          .to = c->row.theirs,
                          .system = true};
    struct law_who who;
    enum law_stream stream;
    try(desk_deed_who(d, t, &x, &who));
    try(desk_deed_row(d, t, &x, &who, &stream));
    struct law_act act = {.act = x.act,
                          .instrument = x.instrument,
                          .kind = x.kind,
                          .stream = stream,
                          .at_ms = turn_now_ms(t)};
    struct law_verdict v;
    err e = law_decide(t, d->tables, &c->state, &who, &act, act.at_ms, &v);
    if (e == ERR_NOT_ALLOWED || e == ERR_REJECTED) {
        turn_forgive(t); /* the other State's to do, or not yet */
        return ERR_OK;
    }
    try(e);
    bool whole = true;
    if (stream != LAW_INWARD && !c->off_wire) try(desk_line_whole(d, t, x.from, x.to, &whole));
    if (!whole) return ERR_OK; /* once it is known what was done before a restore */
    *did_out = true;
    struct store_act a;
    return only_ask ? ERR_OK : desk_deed_do(d, t, &x, &a);
}

/* Duties that nobody did run out too, and stay: they are not asked about, so that they neither hide
 * what the node has to do nor cost anything. */
static err tick(struct desk *d, struct turn *t, int64_t now_ms, bool only_ask, bool *did_out)
{
    struct str act;
    *did_out = false;
    for (size_t nth = 0; (act = law_by_node(d->tables, nth)).n; nth++) {
        struct store_clock *due;
        size_t n;
        try(store_clocks_due(t, d->store, act, now_ms, TICKS_MAX, &due, &n));
        for (size_t k = 0; k < n && !(only_ask && *did_out); k++)
            try(tick_one(d, t, &due[k], only_ask, did_out));
    }
    return ERR_OK;
}

err desk_tick_due(struct desk *d, struct turn *t, int64_t now_ms, bool *due_out)
{
    return tick(d, t, now_ms, true, due_out);
}

err desk_do_TICK(struct desk *d, struct desk_turn *dt)
{
    bool did;
    return tick(d, &dt->t, turn_now_ms(&dt->t), false, &did);
}
