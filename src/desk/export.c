/* SPDX-License-Identifier: Apache-2.0 */
/* A parcel for a court: as it travelled, with certificates, profiles, the proof of our log and the
 * receipts we hold, all of that covered by a second signature of ours. */

#include "desk/desk_internal.h"

struct exporter {
    struct desk *d;
    struct str by;
};

static err export_sign(void *ctx, struct turn *t, struct bytes content, struct bytes *cms_out)
{
    struct exporter *x = ctx;
    return x->d->keeper.sign(x->d->keeper.ctx, t, x->by, content, false, turn_now_ms(t), cms_out);
}

/* The act asked for: by its id, else the dossier's first outward one. */
static err act_pick(struct turn *t, const struct desk_case *c, struct str wanted,
                    const struct desk_entry **out)
{
    for (size_t k = 0; k < c->n; k++) {
        const struct desk_entry *e = &c->entries[k];
        if (e->row.stream == LAW_INWARD) continue;
        if (wanted.n && !str_eq(wanted, desk_hex_id(t, &e->row.id))) continue;
        *out = e;
        return ERR_OK;
    }
    return turn_fail(t, ERR_NONE_SUCH, "act-none-such", NULL,
                     "The dossier has no such act that travelled.");
}

struct who_signed {
    struct bytes seal, root, profile;
};

/* The certificate, root and signed profile of an authority, ours or a pinned peer's. */
static err signer_of(struct desk *d, struct turn *t, struct str address, struct who_signed *out)
{
    const struct profile_authority *ours = profile_find(&d->profile, address);
    if (ours) {
        *out = (struct who_signed){ours->seal_der, d->root_der, d->profile_signed};
        return ERR_OK;
    }
    struct store_peer row;
    struct profile p;
    struct bytes cms, root;
    try(store_peer_get(t, d->store, address, &row));
    try(desk_profile_read(d, t, &row.profile, &p, &cms, &root));
    const struct profile_authority *a = profile_find(&p, address);
    if (!a)
        return turn_fail(t, ERR_INTEGRITY, "peer-profile", NULL,
                         "The profile of " STR_FMT " does not name it.", STR_ARG(address));
    *out = (struct who_signed){a->seal_der, root, cms};
    return ERR_OK;
}

static err receipts_of(struct desk *d, struct turn *t, const struct desk_entry *e,
                       struct proof_export *x)
{
    struct store_outgoing o;
    if (!str_is(e->row.way, "out")) return ERR_OK;
    err found = store_outgoing_get(t, d->store, &e->row.id, &o);
    if (found == ERR_NONE_SUCH) { /* carried by people: no node gave a receipt */
        turn_forgive(t);
        return ERR_OK;
    }
    try(found);
    if (!str_is(o.stage, "held")) return ERR_OK;
    struct store_record r;
    struct who_signed who;
    try(store_record_get(t, d->store, "receipt", hash_bytes(&o.receipt), &r));
    try(signer_of(d, t, o.peer, &who));
    x->answers = arena_take(t->arena, sizeof *x->answers);
    x->answers[0] = bytes_str(r.bulk);
    x->answers_n = 1;
    x->receipts_der = who.seal;
    x->receipts_root_der = who.root;
    x->receipts_profile = who.profile;
    return ERR_OK;
}

/* The parcel that receipts are for: the one that left over the wire, where one did. */
static err parcel_of(struct desk *d, struct turn *t, const struct id *act, struct hash *digest_out)
{
    struct store_outgoing o;
    struct store_parcel p;
    static const struct hash none = {{0}};
    err e = store_outgoing_get(t, d->store, act, &o);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    if (e == ERR_NONE_SUCH) turn_forgive(t);
    if (e == ERR_OK && !hash_eq(&o.parcel, &none)) {
        *digest_out = o.parcel;
        return ERR_OK;
    }
    try(store_parcel_of_act(t, d->store, act, &p));
    *digest_out = p.digest;
    return ERR_OK;
}

err desk_export(struct desk *d, struct turn *t, const struct desk_case *c,
                const struct desk_entry *e, struct bytes *container_out, struct bytes *root_out)
{
    struct str by = c->row.ours;
    struct hash parcel;
    struct store_record bytes, act;
    try(parcel_of(d, t, &e->row.id, &parcel));
    try(store_record_get(t, d->store, "parcel", hash_bytes(&parcel), &bytes));
    try(store_record_get(t, d->store, "act", id_bytes(&e->row.id), &act));
    struct who_signed author, ours;
    try(signer_of(d, t, tree_str(e->act, "from"), &author));
    try(signer_of(d, t, by, &ours));
    struct proof_export x = {.parcel = bytes.bulk,
                             .author_seal_der = author.seal,
                             .author_root_der = author.root,
                             .author_profile = author.profile,
                             .exporter_seal_der = ours.seal,
                             .exporter_root_der = ours.root,
                             .exporter_profile = ours.profile,
                             .at_ms = turn_now_ms(t),
                             .by = by};
    try(desk_head_sign(d, t));
    try(desk_leaf_proof(d, t, &act, &x.log));
    try(receipts_of(d, t, e, &x));
    struct exporter exporter = {d, by};
    *root_out = author.root;
    return proof_export(t, &x, export_sign, &exporter, container_out);
}

err desk_do_EXPORT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    struct desk_case c;
    const struct desk_entry *e;
    struct bytes container, root;
    try(desk_arg_dossier(d, dt, RIGHT_READ, &row));
    try(desk_read_note(d, dt, &row.id));
    try(desk_case_load(d, t, &row.id, INT64_MAX, &c));
    try(act_pick(t, &c, tree_str(dt->args, "act"), &e));
    try(desk_export(d, t, &c, e, &container, &root));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "ref", row.ref);
    tree_add_str(t->arena, v, "act", e->row.act);
    tree_add_str(t->arena, v, "id", desk_hex_id(t, &e->row.id));
    tree_add_int(t->arena, v, "size", (int64_t)container.n);
    tree_add_str(t->arena, v, "container", base64(t->arena, container));
    tree_add_str(t->arena, v, "root", seal_pem(t->arena, "CERTIFICATE", root));
    dt->view = v;
    return ERR_OK;
}
