/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits as an officer hands them in: piece after piece, each sealed and synced before it is
 * answered, so that nobody holds more than one. What is whole becomes a document of an act or a
 * draft; what was broken off gives way to the officer's next ones. */

#include "desk/exhibits.h"

#include <string.h>

/* ---- pieces ---------------------------------------------------------------------------------- */

static err staged_get(struct desk *d, struct turn *t, struct str id, struct str officer,
                      struct desk_arriving *out)
{
    struct hash h;
    if (hash_read(id, &h)) {
        err e = desk_arriving_get(d, t, &h, out);
        if (e == ERR_OK && str_is(out->row.way, "staged") && str_eq(out->row.holder, officer) &&
            out->parts_n == 1)
            return ERR_OK;
        if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
        turn_forgive(t);
    }
    return turn_fail_at(t, ERR_NONE_SUCH, "exhibit-none-such", NULL, STR("exhibit"),
                        "No exhibit of yours with that name is being handed in.");
}

/* One more than may be under way takes the place of the oldest. */
static err begin(struct desk *d, struct desk_turn *dt, struct desk_arriving *a)
{
    struct turn *t = &dt->t;
    const struct store_officer *by = &dt->person->officer;
    struct store_arriving *rows;
    size_t n;
    try(store_arriving_of(t, d->store, STR("staged"), by->officer, DESK_ARRIVING_MAX, &rows, &n));
    if (n == DESK_ARRIVING_MAX) try(store_arriving_drop(t, d->store, &rows[0].id));
    *a = (struct desk_arriving){.parts = arena_take(t->arena, sizeof *a->parts), .parts_n = 1};
    a->row = (struct store_arriving){.way = STR("staged"),
                                     .holder = by->officer,
                                     .ours = by->authority,
                                     .at_ms = turn_now_ms(t)};
    t->chance->fill(t->chance->ctx, a->row.id.b, sizeof a->row.id.b);
    t->chance->fill(t->chance->ctx, a->parts->key, sizeof a->parts->key);
    seal_sum_begin(&a->parts->sum);
    return ERR_OK;
}

static err piece_put(struct desk *d, struct turn *t, struct desk_arriving *a, struct bytes piece,
                     bool last)
{
    struct desk_part *p = a->parts;
    struct store_segment g = {.idx = p->summed};
    if (piece.n < 1 || piece.n > SEAL_SEGMENT_SIZE || (!last && piece.n < SEAL_SEGMENT_SIZE))
        return turn_fail_at(t, ERR_REJECTED, "exhibit-piece", NULL, STR("data"),
                            "Each piece of an exhibit but the last has %d bytes, and that has at "
                            "least one.",
                            SEAL_SEGMENT_SIZE);
    if (g.idx >= DESK_SEGMENTS_MAX)
        return turn_fail_at(t, ERR_TOO_LARGE, "exhibits-too-large", NULL, STR("data"),
                            "An exhibit may have %d pieces.", DESK_SEGMENTS_MAX);
    struct bytes sealed = seal_segment(t->arena, p->key, (uint64_t)p->summed, last, piece);
    try(vault_put(t, d->vault, sealed, &g.vault));
    try(store_segment_add(t, d->store, &a->row.id, &g));
    p->size += (int64_t)piece.n;
    p->summed++;
    if (last) {
        struct hash is = seal_sum_end(&p->sum, piece);
        p->is = desk_hex_hash(t, &is);
    } else {
        seal_sum_add(&p->sum, piece);
    }
    return desk_arriving_put(d, t, a);
}

err desk_do_EXHIBIT_ADD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct desk_arriving a;
    struct bytes piece;
    struct str id = tree_str(dt->args, "exhibit");
    int64_t number = tree_int(dt->args, "number", 0);
    if (!base64_read(t->arena, tree_str(dt->args, "data"), &piece))
        return turn_fail_at(t, ERR_REJECTED, "document-data", "RFC 4648 4", STR("data"),
                            "The piece's bytes are not base64.");
    try(desk_room_for(d, t, false));
    if (id.n)
        try(staged_get(d, t, id, dt->person->officer.officer, &a));
    else
        try(begin(d, dt, &a));
    struct desk_part *p = a.parts;
    bool again = number + 1 == p->summed; /* its answer was lost */
    if (!again && (p->is.n || number != p->summed))
        return turn_fail_at(t, ERR_CONFLICT, "exhibit-number", NULL, STR("number"),
                            "The next piece of this exhibit is number %lld.", (long long)p->summed);
    if (!again) try(piece_put(d, t, &a, piece, tree_bool(dt->args, "last", false)));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "exhibit", desk_hex_hash(t, &a.row.id));
    tree_add_int(t->arena, v, "segments", p->summed);
    tree_add_int(t->arena, v, "size", p->size);
    if (p->is.n) tree_add_str(t->arena, v, "sha256", p->is);
    dt->view = v;
    return ERR_OK;
}

/* ---- what is whole --------------------------------------------------------------------------- */

err desk_staged_take(struct desk *d, struct turn *t, struct str id, struct str officer,
                     struct desk_doc *doc)
{
    struct desk_arriving a;
    try(staged_get(d, t, id, officer, &a));
    if (!a.parts->is.n)
        return turn_fail_at(t, ERR_CONFLICT, "exhibit-open", NULL, doc->name,
                            "The exhibit's last piece is not here yet.");
    doc->staged = a.row.id;
    doc->exhibit = doc->fresh = true;
    doc->sha256 = a.parts->is;
    doc->size = a.parts->size;
    return ERR_OK;
}

err desk_staged_keep(struct desk *d, struct turn *t, const struct id *dossier, struct desk_doc *doc)
{
    struct desk_arriving a;
    struct store_segment *rows;
    size_t n;
    try(desk_arriving_get(d, t, &doc->staged, &a));
    try(store_segments(t, d->store, &a.row.id, &rows, &n));
    struct hash *names = arena_take_many(t->arena, n + 1, sizeof *names);
    for (size_t k = 0; k < n; k++) names[k] = rows[k].vault;
    struct desk_exhibit x = {.names = names, .n = n};
    memcpy(x.key, a.parts->key, sizeof x.key);
    try(desk_exhibit_keep(d, t, dossier, doc->sha256, &x, &doc->vault));
    return store_arriving_drop(t, d->store, &a.row.id);
}
