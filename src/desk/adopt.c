/* SPDX-License-Identifier: Apache-2.0 */
/* What this node signed and sent and then lost, come back from whom it was sent to: the act, the
 * parcel with its number, the documents and exhibits become its own again. The law is not asked
 * whether it may be done, for it was done; what it means is recorded as that of any act that
 * stands. */

#include "desk/exhibits.h"

#include <string.h>

struct adopting {
    struct id dossier, act;
    struct law_act law;
    struct desk_case *c;
    bool opens;
    const struct desk_peer *peer;
    const struct profile_authority *own;
    struct law_verdict verdict;
    struct desk_arriving exhibits; /* whole */
};

/* ---- what it must be ------------------------------------------------------------------------- */

/* What is of this very life or a later one was not lost here: another copy of this node sent it. */
static err life_is_past(struct desk *d, struct turn *t, const struct desk_parcel *p)
{
    if (p->incarnation < d->incarnation) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "line-forked", "comity wire 1: carriage.seq",
                     "The node of " STR_FMT " holds a parcel of ours, sequence %lld of incarnation "
                     "%lld, that this node of incarnation %lld never sent: a second copy of this "
                     "node is at work, or was. Find it and stop it.",
                     STR_ARG(p->to), (long long)p->sequence, (long long)p->incarnation,
                     (long long)d->incarnation);
}

static err ids_read(struct turn *t, const struct desk_parcel *p, struct adopting *x)
{
    if (id_read(tree_str(p->act, "dossier"), &x->dossier) &&
        id_read(tree_str(p->act, "id"), &x->act) && !id_eq(&x->dossier, &store_house))
        return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "act-form", "comity act 1: id, dossier",
                     "The act's id or dossier is not 32 hexadecimal digits.");
}

/* The dossier, or a new one where the act is the first of who asks; any other waits until the other
 * State has sent what the dossier began with. */
static err case_find(struct desk *d, struct turn *t, const struct desk_parcel *p,
                     struct adopting *x)
{
    x->c = arena_take(t->arena, sizeof *x->c);
    err e = desk_case_load(d, t, &x->dossier, INT64_MAX, x->c);
    if (e == ERR_NONE_SUCH) {
        bool first =
            tree_int(p->act, "n", 0) == 1 && tree_int(tree_get(p->act, "seen"), "n", 0) == 0;
        if (!first) return e;
        turn_forgive(t);
        try(desk_case_new(t, x->c));
        x->c->side = LAW_REQUESTING;
        x->opens = true;
    } else {
        try(e);
        if (!str_eq(x->c->row.theirs, p->to) || !str_eq(x->c->row.ours, p->from))
            return turn_fail(t, ERR_REJECTED, "dossier-not-yours", "comity act 1: dossier",
                             "This dossier is between other authorities.");
    }
    x->law = desk_law_act(p->act, x->c->side);
    x->law.here = &x->c->state;
    return ERR_OK;
}

static err law_ask(struct desk *d, struct turn *t, struct adopting *x)
{
    struct law_function *functions;
    size_t n;
    try(desk_functions(t, x->own->functions, &functions, &n));
    struct law_who author = {.side = x->law.stream,
                             .functions = functions,
                             .functions_n = n,
                             .state = d->profile.state,
                             .other = x->peer->state,
                             .zones = &d->zones};
    return law_record(t, d->tables, &author, &x->law, turn_now_ms(t), &x->verdict);
}

/* ---- what becomes ours again ----------------------------------------------------------------- */

static err documents_take(struct desk *d, struct turn *t, const struct desk_parcel *p,
                          const struct adopting *x, struct tree *rest)
{
    struct parcel read;
    const struct tree *list = tree_get(p->act, "documents");
    size_t n = 0;
    struct desk_doc *docs = arena_take_many(t->arena, (list ? list->count : 0) + 1, sizeof *docs);
    if (list && list->count) try(parcel_read(t, p->container, &read));
    for (const struct tree *f = list ? list->child : NULL; f; f = f->next) {
        if (tree_get_s(p->exhibits, tree_str(f, "sha256"))) continue; /* came in segments */
        struct str path = str_printf(t->arena, "documents/" STR_FMT, STR_ARG(tree_str(f, "name")));
        const struct zip_entry *e = parcel_find(&read, str_c(t->arena, path));
        if (!e)
            return turn_fail(t, ERR_REJECTED, "document-missing", "comity act 1: documents",
                             "The act names a document that the parcel does not hold.");
        try(desk_document_keep(d, t, &x->dossier, e->data, &docs[n++]));
    }
    desk_act_vaults(t, rest, docs, n);
    return desk_arriving_keep(d, t, &x->exhibits, &x->dossier, rest);
}

/* Its label is the one its acts bear, unless another dossier has it by now. */
static err opens_again(struct desk *d, struct turn *t, const struct desk_parcel *p,
                       const struct adopting *x, struct tree *rest)
{
    struct tree *opens = tree_map(t->arena);
    struct str ref = tree_str(p->act, "ref");
    bool taken;
    tree_add_str(t->arena, opens, "side", str_of(law_stream_word(x->law.stream)));
    tree_add_str(t->arena, opens, "ours", p->from);
    tree_add_str(t->arena, opens, "theirs", p->to);
    try(desk_label_taken(d, t, ref, &taken));
    if (taken) try(desk_number_mint(d, t, p->from, "", opens, &ref));
    tree_add_str(t->arena, opens, "ref", ref);
    desk_opens_kind(d, t, x->law.instrument, x->law.kind, opens);
    tree_add_copy(t->arena, rest, "opens", opens);
    return store_key_make(t, d->store, &x->dossier);
}

static err act_adopt(struct desk *d, struct turn *t, const struct desk_parcel *p,
                     struct adopting *x)
{
    struct tree *rest = tree_map(t->arena);
    tree_add_bool(t->arena, rest, "adopted", true);
    tree_add_str(t->arena, rest, "way", STR("out"));
    tree_add_int(t->arena, rest, "stream", x->law.stream);
    tree_add_copy(t->arena, rest, "verdict", law_verdict_write(t->arena, &x->verdict));
    tree_add_str(t->arena, rest, "profile", desk_hex_hash(t, &d->profile.hash));
    tree_add_int(t->arena, rest, "incarnation", p->incarnation);
    tree_add_int(t->arena, rest, "sequence", p->sequence);
    desk_act_urgent_add(d, t, &x->law, rest);
    if (x->opens) try(opens_again(d, t, p, x, rest));
    try(documents_take(d, t, p, x, rest));
    try(desk_links_add(d, t, &x->law, rest));
    struct store_record r = {.dossier = x->dossier,
                             .kind = STR("act"),
                             .subject = id_bytes(&x->act),
                             .at_ms = turn_now_ms(t),
                             .open = p->act_json,
                             .rest = rest};
    return desk_record_act(d, t, &r, p->act);
}

/* The act stands here: its parcel was lost alone. */
static err act_same(struct desk *d, struct turn *t, const struct desk_parcel *p,
                    const struct adopting *x)
{
    struct store_record r;
    try(store_record_get(t, d->store, "act", id_bytes(&x->act), &r));
    if (bytes_eq(r.open, p->act_json)) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "act-known", "comity act 1: id",
                     "An act with this id stands here with another content.");
}

/* ---- what is lost on both sides -------------------------------------------------------------- */

/* The dossier's, while an act of ours in it cannot come back: the parcel's digest, in hex. */
static const char *lost_name(struct turn *t, const struct id *dossier)
{
    return str_c(t->arena, str_printf(t->arena, "lost " STR_FMT, STR_ARG(desk_hex_id(t, dossier))));
}

static err lost_get(struct desk *d, struct turn *t, const struct id *dossier, struct str *out)
{
    *out = (struct str){0};
    err e = store_fact(t, d->store, lost_name(t, dossier), out);
    if (e == ERR_NONE_SUCH) turn_forgive(t);
    return e == ERR_NONE_SUCH ? ERR_OK : e;
}

static err lost_set(struct desk *d, struct desk_turn *dt, const struct id *dossier,
                    struct str digest)
{
    struct tree *facts = tree_map(dt->t.arena);
    tree_add_str(dt->t.arena, facts, lost_name(&dt->t, dossier), digest);
    return desk_house_act(d, dt, "node.fact", facts);
}

err desk_dossier_whole(struct desk *d, struct turn *t, const struct id *dossier, struct str peer)
{
    struct str digest = {0};
    if (d->incarnation > 1) try(lost_get(d, t, dossier, &digest));
    if (!digest.n) return ERR_OK;
    return turn_fail(t, ERR_NOT_ALLOWED, "act-lost", NULL,
                     "An act of ours in this dossier was lost with the store that this node was "
                     "put back from, and the node of " STR_FMT " cannot give back a file of it: a "
                     "new act would take its number. It is asked for hourly. Let its people "
                     "repair their copy.",
                     STR_ARG(peer));
}

/* People are told once; the other dossiers go on. */
static err exhibits_lost(struct desk *d, struct desk_turn *dt, const struct desk_parcel *p,
                         const struct adopting *x)
{
    struct turn *t = &dt->t;
    struct str digest = desk_hex_hash(t, &p->digest), known;
    struct hash key =
        seal_sha256_of(str_bytes(str_printf(t->arena, "exhibit-lost " STR_FMT, STR_ARG(digest))));
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "article", STR("comity wire 1: segments"));
    tree_add_str(t->arena, m, "code", STR("exhibit-lost"));
    tree_add_str(t->arena, m, "ours", p->from);
    tree_add_str(t->arena, m, "peer", p->to);
    tree_add_str(
        t->arena, m, "sentence",
        str_printf(t->arena,
                   "This node lost an act of dossier " STR_FMT ", sequence %lld of incarnation "
                   "%lld, and the node of " STR_FMT " cannot give back a file of it. No act is "
                   "done in that dossier until it can. Ask its people to repair their copy.",
                   STR_ARG(tree_str(p->act, "ref")), (long long)p->sequence,
                   (long long)p->incarnation, STR_ARG(p->to)));
    try(desk_incident_keep(d, t, &key, m));
    try(lost_get(d, t, &x->dossier, &known));
    return known.n ? ERR_OK : lost_set(d, dt, &x->dossier, digest);
}

static err found_again(struct desk *d, struct desk_turn *dt, const struct desk_parcel *p,
                       const struct adopting *x)
{
    struct str known;
    try(lost_get(d, &dt->t, &x->dossier, &known));
    if (!str_eq(known, desk_hex_hash(&dt->t, &p->digest))) return ERR_OK;
    return lost_set(d, dt, &x->dossier, (struct str){0});
}

/* What follows an act that is lost on both sides waits with it, and people know. ERR_NONE_SUCH: for
 * something else. */
static err lost_with_its_first(struct desk *d, struct turn *t, const struct id *dossier)
{
    struct turn aside = *t;
    struct str known;
    turn_forgive(&aside);
    try(lost_get(d, &aside, dossier, &known));
    if (!known.n) return ERR_NONE_SUCH;
    turn_forgive(t);
    return ERR_OK;
}

err desk_do_ADOPT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    const struct desk_parcel *p = dt->parcel;
    struct store_parcel known;
    struct store_outgoing o;
    struct store_act act;
    bool whole = true;
    struct adopting x = {.peer = desk_peer(d, p->to)};
    if (!x.peer)
        return turn_fail(t, ERR_STRANGER, "peer-unknown", NULL, "The receiver is not pinned.");
    try(desk_own_authority(d, t, p->from, &x.own));
    err e = store_parcel_get(t, d->store, &p->digest, &known);
    if (e != ERR_NONE_SUCH) return e; /* it stands here, or nothing can be said */
    turn_forgive(t);
    try(life_is_past(d, t, p));
    try(ids_read(t, p, &x));
    e = store_act_get(t, d->store, &x.act, &act);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        e = case_find(d, t, p, &x);
        if (e == ERR_NONE_SUCH) return lost_with_its_first(d, t, &x.dossier);
        try(e);
        try(law_ask(d, t, &x));
        try(desk_arriving_look(d, dt, p, &whole, &x.exhibits));
        if (!whole && tree_bool(dt->args, "lost", false)) {
            dt->arriving = false;
            return exhibits_lost(d, dt, p, &x);
        }
        if (!whole) return ERR_OK; /* the answer says what must come back first */
        try(act_adopt(d, t, p, &x));
        try(found_again(d, dt, p, &x));
    } else {
        try(e);
        try(act_same(d, t, p, &x));
    }
    try(store_outgoing_get(t, d->store, &x.act, &o));
    o.incarnation = p->incarnation;
    o.sequence = p->sequence;
    return desk_parcel_adopt(d, t, &o, p->container);
}
