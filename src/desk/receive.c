/* SPDX-License-Identifier: Apache-2.0 */
/* A parcel from another State: recorded, never judged for whether it may be done now. What is wrong
 * with its content becomes remarks, on our pages and in the receipt. Whether its bytes, seal and
 * signer are right was settled before it came here; numbers and functions are settled here. */

#include "desk/exhibits.h"

#include <string.h>

/* ---- a parcel that stands already ------------------------------------------------------------ */

/* Leaves for the answer what was stored with the intake: the same body, signed again. */
static err again(struct desk *d, struct desk_turn *dt, const struct store_parcel *p)
{
    struct turn *t = &dt->t;
    struct desk_inside *in = arena_take(t->arena, sizeof *in);
    struct store_record r;
    try(store_record_get(t, d->store, "parcel", hash_bytes(&p->digest), &r));
    try(store_record_get(t, d->store, "act", id_bytes(&p->act), &in->act));
    in->receipt_body = tree_str(r.rest, "receipt");
    in->by = tree_str(r.rest, "by");
    dt->inside = in;
    return ERR_OK;
}

static err known_parcel(struct desk *d, struct desk_turn *dt, bool *known_out)
{
    struct turn *t = &dt->t;
    const struct desk_parcel *p = dt->parcel;
    const struct store_line line = {p->from, p->to, p->incarnation};
    struct store_parcel row;
    *known_out = false;
    err e = store_parcel_get(t, d->store, &p->digest, &row);
    if (e == ERR_OK) {
        *known_out = true;
        return again(d, dt, &row);
    }
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    e = store_parcel_at(t, d->store, STR("in"), &line, p->sequence, &row);
    if (e == ERR_OK)
        return turn_fail(t, ERR_REJECTED, "sequence-taken", "comity wire 1: carriage.seq",
                         "Another parcel from " STR_FMT " to " STR_FMT
                         " already has sequence %lld.",
                         STR_ARG(p->from), STR_ARG(p->to), (long long)p->sequence);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return ERR_OK;
}

/* ---- whose act, in which dossier ------------------------------------------------------------- */

struct intake {
    struct id dossier, act;
    struct law_act law;
    struct desk_case *c;
    const struct desk_peer *peer;
    bool opens;
    struct law_verdict verdict;
    int64_t contiguous;
    struct desk_arriving exhibits; /* whole */
};

static err act_ids(struct desk *d, struct turn *t, const struct desk_parcel *p, struct intake *in)
{
    if (!id_read(tree_str(p->act, "dossier"), &in->dossier) ||
        !id_read(tree_str(p->act, "id"), &in->act) || id_eq(&in->dossier, &store_house))
        return turn_fail(t, ERR_REJECTED, "act-form", "comity act 1: id, dossier",
                         "The act's id or dossier is not 32 hexadecimal digits.");
    struct store_act there;
    err e = store_act_get(t, d->store, &in->act, &there);
    if (e == ERR_OK)
        return turn_fail(t, ERR_REJECTED, "act-known", "comity act 1: id",
                         "An act with this id stands already, from another parcel.");
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return ERR_OK;
}

static err act_numbers(struct desk *d, struct turn *t, const struct desk_parcel *p,
                       struct intake *in)
{
    (void)d;
    const struct tree *seen = tree_get(p->act, "seen");
    enum law_stream theirs = in->law.stream;
    enum law_stream ours = theirs == LAW_REQUESTING ? LAW_REQUESTED : LAW_REQUESTING;
    if (in->law.n < 1 || in->law.n > DESK_STREAM_MAX)
        return turn_fail(t, ERR_REJECTED, "act-form", "comity act 1: n",
                         "The act's number is not between 1 and %d.", DESK_STREAM_MAX);
    int64_t have = desk_case_count(in->c, theirs, NULL);
    if (in->law.n > have + DESK_AHEAD_MAX)
        return turn_fail(t, ERR_REJECTED, "number-ahead", "comity act 1: n",
                         "The act is number %lld; of this stream number %lld is still missing. "
                         "Send the earlier acts first.",
                         (long long)in->law.n, (long long)have + 1);
    struct str hash = tree_str(seen, "hash");
    bool found = in->law.seen == 0 && hash.n == 0;
    for (size_t k = 0; k < in->c->n; k++) {
        const struct desk_entry *e = &in->c->entries[k];
        if (e->row.stream == (int64_t)theirs && e->row.n == in->law.n)
            return turn_fail(t, ERR_REJECTED, "number-taken", "comity act 1: n",
                             "Act %lld of this stream stands already with another content.",
                             (long long)in->law.n);
        if (e->row.stream == (int64_t)ours && e->row.n == in->law.seen &&
            str_eq(hash, desk_hex_hash(t, &e->row.hash)))
            found = true;
    }
    if (found) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "seen-unknown", "comity act 1: seen",
                     "The act says it has seen our act %lld, which we do not have with that hash.",
                     (long long)in->law.seen);
}

static err intake_case(struct desk *d, struct turn *t, const struct desk_parcel *p,
                       struct intake *in)
{
    in->c = arena_take(t->arena, sizeof *in->c);
    err e = desk_case_load(d, t, &in->dossier, INT64_MAX, in->c);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        try(desk_case_new(t, in->c));
        in->c->side = LAW_REQUESTED; /* who opens a dossier asks something of us */
        in->opens = true;
    } else {
        try(e);
        if (!str_eq(in->c->row.theirs, p->from) || !str_eq(in->c->row.ours, p->to))
            return turn_fail(t, ERR_REJECTED, "dossier-not-yours", "comity act 1: dossier",
                             "This dossier is between other authorities.");
    }
    enum law_stream theirs = in->c->side == LAW_REQUESTED ? LAW_REQUESTING : LAW_REQUESTED;
    in->law = desk_law_act(p->act, theirs);
    return act_numbers(d, t, p, in);
}

static err intake_law(struct desk *d, struct turn *t, struct intake *in)
{
    struct law_function *functions;
    size_t n;
    try(desk_functions(t, in->peer->functions, &functions, &n));
    struct law_who author = {.side = in->law.stream,
                             .functions = functions,
                             .functions_n = n,
                             .state = in->peer->state,
                             .other = d->profile.state,
                             .zones = &d->zones};
    in->law.here = &in->c->state;
    return law_record(t, d->tables, &author, &in->law, turn_now_ms(t), &in->verdict);
}

/* ---- what becomes permanent ------------------------------------------------------------------ */

static void gap_remark(struct turn *t, struct tree *list, const char *code, const char *article,
                       int64_t missing)
{
    struct tree *one = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, one, "article", str_of(article));
    tree_add_str(t->arena, one, "code", str_of(code));
    tree_add_str(t->arena, one, "particular", str_printf(t->arena, "%lld", (long long)missing));
}

/* What the other State is told beside "held": the numbers we lack, which it must hear of, and our
 * law's remarks as far as a receipt has room. */
static const struct tree *told(struct turn *t, const struct desk_parcel *p, const struct intake *in)
{
    struct tree *list = tree_list(t->arena);
    int64_t have = desk_case_count(in->c, in->law.stream, NULL);
    if (in->law.n > have + 1) gap_remark(t, list, "waits-for-act", "comity act 1: n", have + 1);
    if (p->sequence > in->contiguous)
        gap_remark(t, list, "sequence-gap", "comity wire 1: carriage.seq", in->contiguous + 1);
    const struct law_remark *r = in->verdict.remarks;
    for (; r && list->count < PROOF_REMARKS_MAX; r = r->next) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "article", r->article);
        tree_add_str(t->arena, one, "code", r->code);
        tree_add_str(t->arena, one, "particular", r->particular);
    }
    return list;
}

static err act_keep(struct desk *d, struct turn *t, const struct desk_parcel *p, struct intake *in,
                    struct store_record *out)
{
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "way", STR("in"));
    tree_add_int(t->arena, rest, "stream", in->law.stream);
    tree_add_copy(t->arena, rest, "verdict", law_verdict_write(t->arena, &in->verdict));
    struct store_peer peer;
    try(store_peer_get(t, d->store, p->from, &peer));
    tree_add_str(t->arena, rest, "profile", desk_hex_hash(t, &peer.profile));
    if (in->opens) {
        struct tree *opens;
        try(desk_opens(d, t, STR("requested"), p->to, p->from, tree_str(p->act, "ref"), &opens));
        desk_opens_kind(d, t, in->law.instrument, in->law.kind, opens);
        tree_add_copy(t->arena, rest, "opens", opens);
        try(store_key_make(t, d->store, &in->dossier));
    }
    try(desk_arriving_keep(d, t, &in->exhibits, &in->dossier, rest));
    try(desk_links_add(d, t, &in->law, rest));
    struct id *id = arena_take(t->arena, sizeof *id);
    *id = in->act;
    *out = (struct store_record){.dossier = in->dossier,
                                 .kind = STR("act"),
                                 .subject = id_bytes(id),
                                 .at_ms = turn_now_ms(t),
                                 .open = p->act_json,
                                 .rest = rest};
    return desk_record_act(d, t, out, p->act);
}

static struct str receipt_text(struct desk *d, struct turn *t, const struct desk_parcel *p,
                               const struct intake *in, int64_t leaf)
{
    struct receipt r = {.event = STR("held"),
                        .parcel = p->digest,
                        .act = seal_sha256_of(p->act_json),
                        .from = p->to,
                        .to = p->from,
                        .at_ms = turn_now_ms(t),
                        .incarnation = d->incarnation,
                        .sequence = p->sequence,
                        .contiguous = in->contiguous,
                        .index = leaf,
                        .remarks = told(t, p, in)};
    return receipt_body(t->arena, &r);
}

static err parcel_keep(struct desk *d, struct turn *t, const struct desk_parcel *p,
                       const struct intake *in, struct str body)
{
    struct tree *rest = tree_map(t->arena);
    struct id act = in->act;
    tree_add_str(t->arena, rest, "act", desk_hex_id(t, &act));
    tree_add_str(t->arena, rest, "by", p->to);
    tree_add_int(t->arena, rest, "incarnation", p->incarnation);
    tree_add_str(t->arena, rest, "peer", p->from);
    tree_add_str(t->arena, rest, "receipt", body);
    tree_add_int(t->arena, rest, "sequence", p->sequence);
    tree_add_str(t->arena, rest, "way", STR("in"));
    struct store_record r = {.dossier = in->dossier,
                             .kind = STR("parcel"),
                             .subject = hash_bytes(&p->digest),
                             .at_ms = turn_now_ms(t),
                             .open = hash_bytes(&p->digest),
                             .rest = rest,
                             .bulk = p->container};
    return desk_record(d, t, &r);
}

err desk_do_RECEIVE(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    const struct desk_parcel *p = dt->parcel;
    bool known;
    try(known_parcel(d, dt, &known));
    if (known) return ERR_OK;
    struct intake in = {.peer = desk_peer(d, p->from)};
    if (!in.peer)
        return turn_fail(t, ERR_STRANGER, "peer-unknown", law_usual_cited(t->arena, d->tables),
                         "The sender is not pinned here.");
    try(act_ids(d, t, p, &in));
    try(intake_case(d, t, p, &in));
    try(intake_law(d, t, &in));
    try(desk_room_for(d, t, desk_act_is_urgent(d, t, &in.law)));
    bool whole;
    try(desk_arriving_look(d, dt, p, &whole, &in.exhibits));
    if (!whole) return ERR_OK; /* the answer says what is missing; nothing is receipted */
    const struct store_line line = {p->from, p->to, p->incarnation};
    try(store_line_contiguous(t, d->store, &line, p->sequence, &in.contiguous));
    try(desk_peer_life_seen(d, dt, in.peer, p->incarnation));
    struct desk_inside *inside = arena_take(t->arena, sizeof *inside);
    try(act_keep(d, t, p, &in, &inside->act));
    inside->receipt_body = receipt_text(d, t, p, &in, inside->act.leaf);
    inside->by = p->to;
    try(parcel_keep(d, t, p, &in, inside->receipt_body));
    dt->inside = inside;
    return desk_links_follow(d, t, &in.dossier);
}
