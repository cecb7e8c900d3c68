/* SPDX-License-Identifier: Apache-2.0 */
/* A dossier that began with letters, to an authority whose node is pinned since: with our next act
 * it goes on over the wire. Our earlier acts leave before it, as they were written and dated, so
 * that the other node has the whole stream; that they also went by letter stays beside them.
 *
 * Where an act of theirs was filed here from a letter, the dossier stays with letters: that act has
 * the number and the words which this node gave it, and the other node knows neither. */

#include "desk/desk_internal.h"

bool desk_moves(struct desk *d, const struct desk_case *c, enum law_stream stream)
{
    if (!c->off_wire || stream == LAW_INWARD || !desk_peer(d, c->row.theirs)) return false;
    for (size_t k = 0; k < c->n; k++)
        if (str_is(c->entries[k].row.way, "in")) return false;
    return true;
}

err desk_move(struct desk *d, struct turn *t, struct desk_case *c)
{
    struct tree *rest = tree_map(t->arena), *acts = tree_add_list(t->arena, rest, "acts");
    const struct store_line line = {c->row.theirs, c->row.ours, d->incarnation};
    int64_t sequence;
    try(store_line_next(t, d->store, &line, &sequence));
    tree_add_int(t->arena, rest, "incarnation", d->incarnation);
    tree_add_str(t->arena, rest, "peer", c->row.theirs);
    for (size_t k = 0; k < c->n; k++) {
        if (!str_is(c->entries[k].row.way, "out")) continue;
        struct tree *one = tree_add_map(t->arena, acts, NULL);
        tree_add_str(t->arena, one, "act", desk_hex_id(t, &c->entries[k].row.id));
        tree_add_int(t->arena, one, "sequence", sequence++);
    }
    struct desk_hang h = {.key = &c->row.id, .ours = c->row.ours, .dossier = c->row.id};
    try(desk_slip_put(d, t, "moved", &h, rest, NULL));
    c->off_wire = false;
    return ERR_OK;
}

err desk_moved_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    const struct tree *acts = tree_get(r->rest, "acts");
    for (const struct tree *a = acts ? acts->child : NULL; a; a = a->next) {
        struct store_outgoing o = {.dossier = r->dossier,
                                   .peer = tree_str(r->rest, "peer"),
                                   .from = tree_str(r->rest, "ours"),
                                   .stage = STR("held-here"),
                                   .sequence = tree_int(a, "sequence", 0),
                                   .incarnation = tree_int(r->rest, "incarnation", 0)};
        if (!id_read(tree_str(a, "act"), &o.act))
            return turn_fail(t, ERR_INTEGRITY, "record-act", NULL, "A record names no act.");
        try(store_outgoing_add(t, d->store, &o));
    }
    return store_off_wire_drop(t, d->store, &r->dossier);
}
