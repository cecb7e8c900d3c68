/* SPDX-License-Identifier: Apache-2.0 */
/* What was refused at the door: noted once, for people here. A pinned peer whose parcel it was is
 * told in a signed receipt what became of it, refused or quarantined, whose leaf is that of the
 * note: neither side can say later that it was never tried, or was taken. */

#include "desk/desk_internal.h"

/* The receipt that goes with a note: made of its row alone, so a repeat gets the same body. */
static struct str refusal_body(struct turn *t, const struct store_record *r,
                               const struct tree *says)
{
    struct receipt x = {.event = tree_str(says, "event"),
                        .from = tree_str(says, "from"),
                        .to = tree_str(says, "to"),
                        .at_ms = r->at_ms,
                        .incarnation = tree_int(says, "incarnation", 0),
                        .sequence = tree_int(says, "sequence", 0),
                        .index = r->leaf};
    struct tree *remarks = tree_list(t->arena), *one = tree_add_map(t->arena, remarks, NULL);
    (void)hash_read(tree_str(says, "parcel"), &x.parcel);
    (void)hash_read(tree_str(says, "act"), &x.act);
    tree_add_str(t->arena, one, "article", tree_str(r->rest, "article"));
    tree_add_str(t->arena, one, "code", tree_str(r->rest, "code"));
    tree_add_str(t->arena, one, "particular", STR(""));
    x.remarks = remarks;
    return receipt_body(t->arena, &x);
}

/* Leaves it for the answer, which is signed after the commit. */
static void refusal_answer(struct desk_turn *dt, const struct store_record *r)
{
    const struct tree *says = tree_get(r->rest, "refusal");
    if (!says) return;
    struct desk_inside *in = arena_take(dt->t.arena, sizeof *in);
    *in = (struct desk_inside){*r, refusal_body(&dt->t, r, says), tree_str(says, "from")};
    dt->inside = in;
}

/* `rest` of the row: words as they were given, and what a receipt says beside them. */
static struct tree *note_rest(struct desk *d, struct turn *t, const struct tree *what)
{
    static const char *const names[] = {"article", "code", "ours", "peer", "sentence"};
    struct tree *rest = tree_map(t->arena);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        tree_add_str(t->arena, rest, names[k], tree_str(what, names[k]));
    const struct tree *refusal = tree_get(what, "refusal");
    if (!refusal) return rest;
    struct tree *says = tree_add_copy(t->arena, rest, "refusal", refusal);
    tree_add_int(t->arena, says, "incarnation", d->incarnation);
    return rest;
}

static err note_keep(struct desk *d, struct turn *t, const struct hash *key,
                     const struct tree *what, struct bytes aside, struct store_record *out)
{
    struct hash *name = arena_take(t->arena, sizeof *name), *open = name, parcel;
    *name = *key;
    err e = store_record_get(t, d->store, "incident", hash_bytes(name), out);
    if (e != ERR_NONE_SUCH) return e; /* a repeat is one row */
    turn_forgive(t);
    if (hash_read(tree_str(tree_get(what, "refusal"), "parcel"), &parcel)) {
        open = arena_take(t->arena, sizeof *open);
        *open = parcel;
    }
    *out = (struct store_record){.dossier = store_house,
                                 .kind = STR("incident"),
                                 .subject = hash_bytes(name),
                                 .at_ms = turn_now_ms(t),
                                 .open = hash_bytes(open),
                                 .rest = note_rest(d, t, what),
                                 .bulk = aside};
    return desk_record(d, t, out);
}

err desk_incident_keep(struct desk *d, struct turn *t, const struct hash *key,
                       const struct tree *what)
{
    struct store_record r;
    return note_keep(d, t, key, what, (struct bytes){0}, &r);
}

err desk_do_INCIDENT(struct desk *d, struct desk_turn *dt)
{
    struct hash key;
    struct store_record r;
    if (!hash_read(tree_str(dt->args, "key"), &key))
        return turn_fail(&dt->t, ERR_USAGE, "argument", NULL, "An incident needs a key.");
    struct bytes aside = dt->parcel ? dt->parcel->container : (struct bytes){0};
    try(note_keep(d, &dt->t, &key, dt->args, aside, &r));
    refusal_answer(dt, &r);
    return ERR_OK;
}
