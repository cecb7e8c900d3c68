/* SPDX-License-Identifier: Apache-2.0 */
/* From permanent rows to projections: the same code live and in `rebuild`, reading nothing but the
 * row and what earlier rows made. The law's tables and the clock are never asked. */

#include "desk/desk_internal.h"

#include <string.h>

/* ---- a dossier made again from its acts ------------------------------------------------------ */

static err clocks_project(struct desk *d, struct turn *t, const struct desk_case *c)
{
    size_t n = c->state.clocks_n;
    struct store_clock *rows = arena_take_many(t->arena, n + 1, sizeof *rows);
    for (size_t k = 0; k < n; k++) {
        const struct law_clock *l = &c->state.clocks[k];
        rows[k] = (struct store_clock){c->row.id,
                                       l->clock,
                                       l->article,
                                       l->on_end,
                                       l->proof,
                                       l->start_ms,
                                       l->still_ms ? 0 : l->end_ms,
                                       l->running,
                                       l->still_ms ? 0 : l->renew_ms};
    }
    return store_clocks_set(t, d->store, &c->row.id, rows, n);
}

/* Words by blanks, in the order of the fold. */
static struct str words_of(struct turn *t, const struct str *words, size_t n)
{
    struct buf b = buf_in(t->arena);
    for (size_t k = 0; k < n; k++) buf_printf(&b, "%s" STR_FMT, k ? " " : "", STR_ARG(words[k]));
    return buf_as_str(&b);
}

/* What lists say of it. Which particular names it was settled when it was opened. */
static err brief_project(struct desk *d, struct turn *t, const struct desk_case *c, int64_t leaf)
{
    enum { TITLE_MAX = 120 };
    struct store_brief b = {.dossier = c->row.id,
                            .marks = words_of(t, c->state.marks, c->state.marks_n),
                            .missing = words_of(t, c->state.missing, c->state.missing_n),
                            .touched_leaf = leaf};
    struct str rest;
    for (size_t k = 0; k < c->n; k++) {
        struct str name = tree_str(tree_get(c->entries[k].rest, "opens"), "summary");
        if (name.n) b.title = desk_particular_text(tree_get_s(c->state.particulars, name));
    }
    str_split(b.title, '\n', &b.title, &rest);
    if (b.title.n > TITLE_MAX) {
        b.title.n = TITLE_MAX;
        while (b.title.n && ((uint8_t)b.title.p[b.title.n] & 0xC0) == 0x80) b.title.n--;
        size_t word = b.title.n;
        while (word > TITLE_MAX / 2 && b.title.p[word] != ' ') word--;
        if (word > TITLE_MAX / 2) b.title.n = word;
        b.title = str_printf(t->arena, STR_FMT " …", STR_ARG(str_trim(b.title)));
    }
    return store_brief_set(t, d->store, &b);
}

/* What an act says, so that its dossier is found by it; and who of ours did it. */
static err act_content(struct desk *d, struct turn *t, const struct store_record *r,
                       const struct store_act *a, const struct tree *act)
{
    struct buf b = buf_in(t->arena);
    const struct tree *particulars = tree_get(act, "particulars"), *by = tree_get(act, "by");
    for (const struct tree *p = particulars ? particulars->child : NULL; p; p = p->next)
        buf_printf(&b, STR_FMT " ", STR_ARG(desk_particular_text(p)));
    const struct tree *docs = tree_get(act, "documents");
    for (const struct tree *f = docs ? docs->child : NULL; f; f = f->next)
        buf_printf(&b, STR_FMT " ", STR_ARG(tree_str(f, "name")));
    try(store_words_add(t, d->store, &r->dossier, buf_as_str(&b)));
    if (str_is(a->way, "in")) return ERR_OK;
    if (!str_is(tree_str(by, "method"), "system"))
        try(store_member_add(t, d->store, &r->dossier, tree_str(by, "officer")));
    const struct tree *members = tree_get(r->rest, "members");
    for (const struct tree *m = members ? members->child : NULL; m; m = m->next)
        try(store_member_add(t, d->store, &r->dossier, m->str));
    return ERR_OK;
}

static err case_project(struct desk *d, struct turn *t, const struct desk_case *c, int64_t leaf)
{
    for (size_t k = 0; k < c->n; k++) {
        struct str effect = str_of(law_effect_word(c->entries[k].effect));
        if (!str_eq(effect, c->entries[k].row.effect))
            try(store_act_effect(t, d->store, &c->entries[k].row.id, effect));
    }
    struct store_dossier row = c->row;
    if (c->state.instrument.n) row.instrument = c->state.instrument;
    if (c->state.kind.n) row.kind = c->state.kind;
    row.state = c->state.state;
    row.outcome = c->state.outcome;
    row.ended = c->state.ended;
    row.missing = (int64_t)c->state.missing_n;
    row.changed_leaf = leaf;
    row.requesting_n = desk_case_count(c, LAW_REQUESTING, NULL);
    row.requested_n = desk_case_count(c, LAW_REQUESTED, NULL);
    row.inward_n = desk_case_count(c, LAW_INWARD, NULL);
    try(store_dossier_set(t, d->store, &row));
    try(brief_project(d, t, c, leaf));
    return clocks_project(d, t, c);
}

static err dossier_project(struct desk *d, struct turn *t, const struct store_record *r,
                           const struct tree *act)
{
    struct desk_case c;
    try(desk_case_load_with(d, t, r, act, &c));
    return case_project(d, t, &c, r->leaf);
}

err desk_case_refresh(struct desk *d, struct turn *t, const struct id *dossier, int64_t leaf)
{
    struct desk_case c;
    try(desk_case_load(d, t, dossier, INT64_MAX, &c));
    return case_project(d, t, &c, leaf);
}

static err dossier_open(struct desk *d, struct turn *t, const struct store_record *r,
                        const struct tree *opens)
{
    struct store_dossier row = {.id = r->dossier,
                                .ref = tree_str(opens, "ref"),
                                .side = tree_str(opens, "side"),
                                .ours = tree_str(opens, "ours"),
                                .theirs = tree_str(opens, "theirs"),
                                .state = STR("new"),
                                .opened_ms = r->at_ms,
                                .changed_leaf = r->leaf};
    try(store_dossier_set(t, d->store, &row));
    if (tree_get(opens, "series")) /* not where the label came back with the act */
        try(store_fact_set(t, d->store, tree_str(opens, "series"), tree_str(opens, "serial")));
    if (tree_bool(opens, "off_wire", false)) try(store_off_wire_set(t, d->store, &r->dossier));
    struct str their_ref = tree_str(opens, "their_ref"), state, rest;
    str_split(row.theirs, '/', &state, &rest);
    if (their_ref.n && !law_ref_is_foreign(their_ref, state))
        try(store_alias_add(t, d->store, their_ref, &r->dossier));
    struct str functions = tree_str(opens, "functions"), one;
    while (functions.n) {
        str_split(functions, ' ', &one, &functions);
        if (one.n) try(store_competence_add(t, d->store, &r->dossier, one));
    }
    struct str names = str_printf(t->arena, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(row.ref),
                                  STR_ARG(their_ref), STR_ARG(row.theirs));
    return store_words_add(t, d->store, &r->dossier, names);
}

/* ---- acts ------------------------------------------------------------------------------------ */

static err outgoing_project(struct desk *d, struct turn *t, const struct store_record *r,
                            const struct store_act *a, const struct tree *act)
{
    struct store_outgoing o = {.act = a->id,
                               .dossier = r->dossier,
                               .peer = tree_str(act, "to"),
                               .from = tree_str(act, "from"),
                               .stage = STR("held-here"),
                               .precedence = tree_bool(r->rest, "urgent", false) ? 0 : 1,
                               .sequence = tree_int(r->rest, "sequence", 0),
                               .incarnation = tree_int(r->rest, "incarnation", 0)};
    return store_outgoing_add(t, d->store, &o);
}

static err act_row(struct turn *t, const struct store_record *r, const struct tree *act,
                   struct store_act *out)
{
    const struct tree *rest = r->rest;
    struct store_act a = {.dossier = r->dossier,
                          .leaf = r->leaf,
                          .stream = tree_int(rest, "stream", LAW_INWARD),
                          .n = tree_int(act, "n", 0),
                          .at_ms = tree_int(act, "at", 0),
                          .recorded_ms = r->at_ms,
                          .way = tree_str(rest, "way"),
                          .act = tree_str(act, "act"),
                          .hash = seal_sha256_of(r->open)};
    const struct tree *remarks = tree_get(tree_get(rest, "verdict"), "remarks");
    a.remarks = remarks ? (int64_t)remarks->count : 0;
    if (r->subject.n != sizeof a.id.b)
        return turn_fail(t, ERR_INTEGRITY, "act-id", NULL, "An act's id has a wrong size.");
    memcpy(a.id.b, r->subject.p, sizeof a.id.b);
    struct hash *idem = arena_take(t->arena, sizeof *idem);
    if (hash_read(tree_str(rest, "idem"), idem)) a.idem = hash_bytes(idem);
    *out = a;
    return ERR_OK;
}

static err peer_project(struct desk *d, struct turn *t, const struct store_record *r,
                        const struct tree *p)
{
    (void)r;
    struct store_peer row = {.address = tree_str(p, "address"),
                             .state = tree_str(p, "state"),
                             .node = tree_str(p, "node"),
                             .url = tree_str(p, "url"),
                             .stage = tree_str(p, "stage")};
    if (!hash_read(tree_str(p, "root"), &row.root) ||
        !hash_read(tree_str(p, "profile"), &row.profile) ||
        !hash_read(tree_str(p, "tls"), &row.tls))
        return turn_fail(t, ERR_INTEGRITY, "peer-act", NULL, "A peer act lacks its prints.");
    d->stale = true;
    return store_peer_set(t, d->store, &row);
}

/* Facts of the node: its profile, incarnation, table set. Each particular is a fact of that name.
 */
static err facts_project(struct desk *d, struct turn *t, const struct store_record *r,
                         const struct tree *p)
{
    (void)r;
    for (const struct tree *f = p ? p->child : NULL; f; f = f->next) {
        struct str value =
            f->kind == TREE_INT ? str_printf(t->arena, "%lld", (long long)f->num) : f->str;
        try(store_fact_set(t, d->store, f->key, value));
    }
    d->stale = true;
    return ERR_OK;
}

/* What each act of the house dossier changes. */
static const struct {
    const char *act;
    desk_house_project *project;
} house_acts[] = {
    {"function.assigned", desk_assigned_project},
    {"function.corrected", desk_assigned_project},
    {"law.accepted", desk_accepted_project},
    {"member.set", desk_member_project},
    {"line.reconciled", desk_reconciled_project},
    {"node.fact", facts_project},
    {"node.restored", desk_restored_project},
    {"officer.key", desk_passkey_project},
    {"officer.set", desk_officer_project},
    {"peer.restored", desk_peer_restored_project},
    {"peer.set", peer_project},
};

static err house_project(struct desk *d, struct turn *t, const struct store_record *r,
                         const struct tree *act)
{
    for (size_t k = 0; k < sizeof house_acts / sizeof *house_acts; k++)
        if (str_is(tree_str(act, "act"), house_acts[k].act))
            return house_acts[k].project(d, t, r, tree_get(act, "particulars"));
    return turn_fail(t, ERR_INTEGRITY, "house-act", NULL, "An act of the house is not known.");
}

/* An act that came back bears the label its dossier had when it was done. */
static err label_project(struct desk *d, struct turn *t, const struct store_record *r,
                         const struct tree *act)
{
    struct store_dossier row;
    struct str then = tree_str(act, "ref");
    try(store_dossier_get(t, d->store, &r->dossier, &row));
    return str_eq(row.ref, then) ? ERR_OK : store_alias_add(t, d->store, then, &r->dossier);
}

static err act_project_as(struct desk *d, struct turn *t, const struct store_record *r,
                          const struct tree *act)
{
    struct store_act a;
    try(act_row(t, r, act, &a));
    const struct tree *opens = tree_get(r->rest, "opens");
    if (opens) try(dossier_open(d, t, r, opens));
    try(store_act_set(t, d->store, &a));
    if (str_is(a.way, "house")) return house_project(d, t, r, act);
    try(act_content(d, t, r, &a, act));
    if (tree_bool(r->rest, "adopted", false)) try(label_project(d, t, r, act));
    try(desk_paper_of_act(d, t, r, act));
    try(desk_links_project(d, t, r));
    bool wire = tree_get(r->rest, "sequence") != NULL;
    if (str_is(a.way, "out") && wire) try(outgoing_project(d, t, r, &a, act));
    return dossier_project(d, t, r, act);
}

static err act_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    const struct tree *act;
    try(store_record_shown(t, r, &act));
    return act_project_as(d, t, r, act);
}

/* ---- parcels, receipts, incidents ------------------------------------------------------------ */

static err rest_id(struct turn *t, const struct store_record *r, struct id *out)
{
    if (id_read(tree_str(r->rest, "act"), out)) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "record-act", NULL, "A record names no act.");
}

static err subject_hash(struct turn *t, const struct store_record *r, struct hash *out)
{
    if (r->subject.n != sizeof out->b)
        return turn_fail(t, ERR_INTEGRITY, "record-subject", NULL, "A record's digest is short.");
    memcpy(out->b, r->subject.p, sizeof out->b);
    return ERR_OK;
}

/* The number an act left with is that of its first parcel. */
static err number_project(struct desk *d, struct turn *t, const struct store_parcel *p)
{
    struct store_outgoing o;
    try(store_outgoing_get(t, d->store, &p->act, &o));
    if (!str_is(o.stage, "held-here")) return ERR_OK;
    if (o.incarnation == p->incarnation && o.sequence == p->sequence) return ERR_OK;
    o.incarnation = p->incarnation;
    o.sequence = p->sequence;
    return store_outgoing_stage(t, d->store, &o);
}

static err parcel_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_parcel p = {.leaf = r->leaf,
                             .incarnation = tree_int(r->rest, "incarnation", 0),
                             .sequence = tree_int(r->rest, "sequence", 0),
                             .at_ms = r->at_ms,
                             .way = tree_str(r->rest, "way"),
                             .peer = tree_str(r->rest, "peer"),
                             .ours = tree_str(r->rest, "by")};
    try(subject_hash(t, r, &p.digest));
    try(rest_id(t, r, &p.act));
    if (str_is(p.way, "in")) {
        struct store_line line = {p.peer, p.ours, p.incarnation};
        int64_t top;
        try(store_line_contiguous(t, d->store, &line, p.sequence, &top));
        try(store_line_set(t, d->store, &line, top));
        return store_parcel_set(t, d->store, &p);
    }
    if (p.incarnation) try(number_project(d, t, &p));
    if (!p.ours.n) { /* one of the wire, kept before `by` was */
        struct store_outgoing o;
        try(store_outgoing_get(t, d->store, &p.act, &o));
        p.ours = o.from;
    }
    return store_parcel_set(t, d->store, &p);
}

static err sealed_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_outgoing o;
    struct id act;
    try(rest_id(t, r, &act));
    try(store_outgoing_get(t, d->store, &act, &o));
    try(subject_hash(t, r, &o.sealed));
    if (!hash_read(tree_str(r->rest, "parcel"), &o.parcel))
        return turn_fail(t, ERR_INTEGRITY, "record-parcel", NULL, "A record names no parcel.");
    if (str_is(o.stage, "held-here")) o.stage = STR("sealed");
    return store_outgoing_stage(t, d->store, &o);
}

static err receipt_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_outgoing o;
    struct id act;
    try(rest_id(t, r, &act));
    try(store_outgoing_get(t, d->store, &act, &o));
    struct str event = tree_str(r->rest, "event");
    try(subject_hash(t, r, &o.receipt));
    if (str_is(event, "held")) o.stage = event; /* a refusal ends nothing */
    try(desk_head_seen_project(d, t, r->rest));
    return store_outgoing_stage(t, d->store, &o);
}

static err incident_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_incident i = {.leaf = r->leaf,
                               .at_ms = r->at_ms,
                               .peer = tree_str(r->rest, "peer"),
                               .ours = tree_str(r->rest, "ours"),
                               .code = tree_str(r->rest, "code"),
                               .article = tree_str(r->rest, "article"),
                               .sentence = tree_str(r->rest, "sentence")};
    try(subject_hash(t, r, &i.key));
    return store_incident_set(t, d->store, &i);
}

static err nothing_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    (void)d;
    (void)t;
    (void)r;
    return ERR_OK;
}

static const struct {
    const char *kind;
    err (*project)(struct desk *d, struct turn *t, const struct store_record *r);
} kinds[] = {
    {"act", act_project},         {"parcel", parcel_project},     {"sealed", sealed_project},
    {"receipt", receipt_project}, {"incident", incident_project}, {"profile", nothing_project},
    {"tables", nothing_project},  {"reads", nothing_project},     {"unheld", desk_unheld_project},
};

err desk_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        if (!str_is(r->kind, kinds[k].kind)) continue;
        try(kinds[k].project(d, t, r));
        if (k == 0 || id_eq(&r->dossier, &store_house)) return ERR_OK;
        return store_brief_touch(t, d->store, &r->dossier, r->leaf);
    }
    try(desk_paper_project(d, t, r));
    return store_brief_touch(t, d->store, &r->dossier, r->leaf);
}

err desk_record(struct desk *d, struct turn *t, struct store_record *r)
{
    try(store_record_put(t, d->store, r));
    return desk_project(d, t, r);
}

err desk_record_act(struct desk *d, struct turn *t, struct store_record *r, const struct tree *act)
{
    try(store_record_put(t, d->store, r));
    return act_project_as(d, t, r, act);
}

/* ---- rebuild --------------------------------------------------------------------------------- */

err desk_rebuild(struct desk *d, struct turn *t)
{
    try(store_projection_clear(t, d->store));
    try(store_log_rebuild(t, d->store));
    auto_arena scratch = arena_new();
    struct turn one = *t;
    one.arena = scratch;
    err e = ERR_OK;
    bool found = true;
    for (int64_t leaf = 0; e == ERR_OK && found; leaf++) {
        arena_reset(scratch);
        struct store_record r;
        int64_t next;
        e = store_record_next(&one, d->store, leaf, &found, &next);
        if (e == ERR_OK && found) e = store_record_at(&one, d->store, leaf, &r);
        if (e == ERR_OK && found) e = desk_project(d, &one, &r);
    }
    t->fault = one.fault;
    try(e);
    return store_fact_set(t, d->store, STR("projection"),
                          str_printf(t->arena, "%d", DESK_PROJECTION_VERSION));
}

err desk_do_REBUILD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    try(desk_rebuild(d, t));
    if (d->born) try(desk_heads_agree(d, t)); /* an older or another store is no sounder for it */
    struct tree *v = tree_map(t->arena);
    tree_add_int(t->arena, v, "records", (int64_t)store_log_size(d->store));
    dt->view = v;
    d->damage = (struct fault){0}; /* what the records give is whole again */
    d->stale = true;
    return ERR_OK;
}
