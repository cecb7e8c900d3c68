/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits on their way in with a parcel of another State, or back with one that we lost. No
 * receipt is given before every segment was opened under the exhibit's key, lies synced in the
 * vault, and the whole has the digest that the act names. What is here already is never asked for
 * again; nothing of it expires by itself.
 *
 * The desk opens segments: they are as long as their place says and nothing in them is parsed. */

#include "desk/exhibits.h"

#include <string.h>

/* Segments that are summed in one turn: one that waits costs no other turn much. */
enum { SUMS_MAX = 16, SUM_WORDS = sizeof((struct seal_sum *)0)->h / sizeof(uint32_t) };
#define CLAUSE "comity wire 1: segments"

/* ---- what is kept of it ---------------------------------------------------------------------- */

static struct str sum_text(struct turn *t, const struct seal_sum *s)
{
    struct buf b = buf_in(t->arena);
    for (size_t k = 0; k < SUM_WORDS; k++) buf_printf(&b, "%08x", (unsigned)s->h[k]);
    return buf_as_str(&b);
}

static bool sum_read(struct str text, struct seal_sum *out)
{
    uint8_t b[sizeof out->h];
    if (!hex_read(text, b, sizeof b)) return false;
    for (size_t k = 0; k < SUM_WORDS; k++) {
        const uint8_t *w = b + 4 * k;
        out->h[k] = (uint32_t)w[0] << 24 | (uint32_t)w[1] << 16 | (uint32_t)w[2] << 8 | w[3];
    }
    return true;
}

static err part_read(struct turn *t, const struct tree *m, struct desk_part *out)
{
    struct desk_part p = {.sha256 = tree_str(m, "sha256"),
                          .size = tree_int(m, "size", 0),
                          .summed = tree_int(m, "summed", 0),
                          .is = tree_str(m, "is")};
    p.n = (int64_t)seal_segments_of((uint64_t)p.size);
    if (!hex_read(tree_str(m, "key"), p.key, sizeof p.key) || p.size < 0 || p.summed < 0 ||
        !sum_read(tree_str(m, "sum"), &p.sum))
        return turn_fail(t, ERR_INTEGRITY, "arriving-altered", NULL,
                         "What is kept of an exhibit on its way does not read.");
    p.sum.n = (uint64_t)p.summed * SEAL_SEGMENT_SIZE;
    *out = p;
    return ERR_OK;
}

static err opened(struct turn *t, struct desk_arriving *a)
{
    struct tree *body;
    try(json_read(t, a->row.body, &codec_limits, &body));
    const struct tree *list = tree_get(body, "exhibits");
    a->body = body;
    a->parts = arena_take_many(t->arena, (list ? list->count : 0) + 1, sizeof *a->parts);
    for (const struct tree *m = list ? list->child : NULL; m; m = m->next) {
        struct desk_part *p = &a->parts[a->parts_n++];
        try(part_read(t, m, p));
        a->total += p->n;
    }
    return ERR_OK;
}

err desk_arriving_get(struct desk *d, struct turn *t, const struct hash *id,
                      struct desk_arriving *out)
{
    *out = (struct desk_arriving){0};
    try(store_arriving_get(t, d->store, id, &out->row));
    return opened(t, out);
}

err desk_arriving_put(struct desk *d, struct turn *t, struct desk_arriving *a)
{
    struct tree *m = tree_map(t->arena);
    for (const struct tree *f = a->body ? a->body->child : NULL; f; f = f->next)
        if (!str_is(f->key, "exhibits")) tree_set(t->arena, m, f->key, f);
    struct tree *list = tree_add_list(t->arena, m, "exhibits");
    a->row.size = 0;
    for (size_t k = 0; k < a->parts_n; k++) {
        const struct desk_part *p = &a->parts[k];
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "sha256", p->sha256);
        tree_add_int(t->arena, one, "size", p->size);
        tree_add_int(t->arena, one, "summed", p->summed);
        tree_add_str(t->arena, one, "key", hex(t->arena, (struct bytes){p->key, sizeof p->key}));
        tree_add_str(t->arena, one, "sum", sum_text(t, &p->sum));
        tree_add_str(t->arena, one, "is", p->is);
        a->row.size += p->size;
    }
    a->row.body = str_bytes(json_write(t->arena, m));
    return store_arriving_put(t, d->store, &a->row);
}

/* ---- the digest of the whole ----------------------------------------------------------------- */

/* Takes the next segment of a part into its sum. ERR_NONE_SUCH when it is not here yet. */
static err sum_next(struct desk *d, struct turn *t, const struct hash *id, int64_t before,
                    struct desk_part *p)
{
    auto_arena scratch = arena_new();
    struct turn one = *t;
    one.arena = scratch;
    struct hash vault;
    struct bytes sealed, plain;
    err e = store_segment_get(&one, d->store, id, before + p->summed, &vault);
    if (e == ERR_OK)
        e = vault_get(&one, d->vault, &vault, SEAL_SEGMENT_SIZE + SEAL_SEGMENT_TAG, &sealed);
    if (e == ERR_OK)
        e = seal_segment_open(&one, p->key, (uint64_t)p->size, (uint64_t)p->summed, sealed, &plain);
    t->fault = one.fault;
    try(e);
    if (++p->summed == p->n) {
        struct hash is = seal_sum_end(&p->sum, plain);
        p->is = desk_hex_hash(t, &is);
    } else {
        seal_sum_add(&p->sum, plain);
    }
    return ERR_OK;
}

/* As far as segments are here in a row; at most `most` of them. */
static err sum_on(struct desk *d, struct turn *t, struct desk_arriving *a, int most,
                  bool *moved_out)
{
    int64_t before = 0;
    *moved_out = false;
    for (size_t k = 0; k < a->parts_n; k++) {
        struct desk_part *p = &a->parts[k];
        while (p->summed < p->n && most > 0) {
            err e = sum_next(d, t, &a->row.id, before, p);
            if (e == ERR_NONE_SUCH) {
                turn_forgive(t);
                break;
            }
            try(e);
            *moved_out = true;
            most--;
        }
        before += p->n;
    }
    return ERR_OK;
}

/* ---- a parcel -------------------------------------------------------------------------------- */

/* One peer opens so many at a time, and with them takes so much of the disk, counted as announced.
 */
static err has_room(struct desk *d, struct turn *t, const struct desk_arriving *a)
{
    const int64_t most = (int64_t)DESK_ARRIVING_SEGMENTS * SEAL_SEGMENT_SIZE;
    struct store_arriving *rows;
    int64_t size = 0;
    size_t n;
    try(store_arriving_of(t, d->store, STR("in"), a->row.holder, DESK_ARRIVING_MAX, &rows, &n));
    if (n == DESK_ARRIVING_MAX)
        return turn_fail(t, ERR_BUSY, "arriving-limit", CLAUSE,
                         "%d parcels of " STR_FMT
                         " wait for segments of their exhibits already; send those first.",
                         DESK_ARRIVING_MAX, STR_ARG(a->row.holder));
    for (size_t k = 0; k < n; k++) size += rows[k].size;
    for (size_t k = 0; k < a->parts_n; k++) size += a->parts[k].size;
    if (size <= most) return ERR_OK;
    return turn_fail(t, ERR_BUSY, "arriving-size", CLAUSE,
                     "With this one, the parcels of " STR_FMT
                     " that wait for segments announce %lld bytes of exhibits; the most is %lld. "
                     "Send the others first.",
                     STR_ARG(a->row.holder), (long long)size, (long long)most);
}

/* `back`: it is ours, and its receiver gives us again what we lost. */
static err begin(struct desk *d, struct turn *t, const struct desk_parcel *p, bool back,
                 struct desk_arriving *a)
{
    const struct tree *docs = tree_get(p->act, "documents");
    struct tree *body = tree_map(t->arena);
    tree_add_str(t->arena, body, "act", tree_str(p->act, "act"));
    tree_add_str(t->arena, body, "ref", tree_str(p->act, "ref"));
    *a = (struct desk_arriving){.body = body};
    a->row = (struct store_arriving){.id = p->digest,
                                     .way = back ? STR("back") : STR("in"),
                                     .holder = back ? p->to : p->from,
                                     .ours = back ? p->from : p->to,
                                     .at_ms = turn_now_ms(t)};
    a->parts = arena_take_many(t->arena, p->exhibits->count + 1, sizeof *a->parts);
    for (const struct tree *f = docs ? docs->child : NULL; f; f = f->next) {
        const struct tree *key = tree_get_s(p->exhibits, tree_str(f, "sha256"));
        if (!key || a->parts_n == p->exhibits->count) continue;
        struct desk_part *part = &a->parts[a->parts_n++];
        *part = (struct desk_part){.sha256 = tree_str(f, "sha256"), .size = tree_int(f, "size", 0)};
        part->n = (int64_t)seal_segments_of((uint64_t)part->size);
        seal_sum_begin(&part->sum);
        a->total += part->n;
        if (part->size < 1 || !hex_read(key->str, part->key, sizeof part->key))
            return turn_fail(t, ERR_REJECTED, "exhibit-key", CLAUSE,
                             "An exhibit has no bytes, or its key is none.");
    }
    if (a->parts_n != p->exhibits->count)
        return turn_fail(t, ERR_REJECTED, "carriage-differs", "comity wire 1: carriage",
                         "The exhibits are not documents of the act.");
    if (a->total > DESK_SEGMENTS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "exhibits-too-large", CLAUSE,
                         "The exhibits of one act may have %d segments together.",
                         DESK_SEGMENTS_MAX);
    if (!back) try(has_room(d, t, a));
    return desk_arriving_put(d, t, a);
}

/* The ranges that are missing; empty when all are here. */
static err missing(struct desk *d, struct turn *t, const struct desk_arriving *a, struct str *out)
{
    struct store_segment *rows;
    struct buf b = buf_in(t->arena);
    size_t n;
    int64_t next = 0;
    int told = 0;
    try(store_segments(t, d->store, &a->row.id, &rows, &n));
    for (size_t k = 0; k <= n && told < DESK_MISSING_MAX; k++) {
        int64_t here = k < n ? rows[k].idx : a->total;
        if (here > next)
            buf_printf(&b, "%s%lld-%lld", told++ ? " " : "", (long long)next, (long long)here - 1);
        next = here + 1;
    }
    *out = buf_as_str(&b);
    return ERR_OK;
}

static err digests_agree(struct turn *t, const struct desk_arriving *a)
{
    for (size_t k = 0; k < a->parts_n; k++)
        if (!str_eq(a->parts[k].is, a->parts[k].sha256))
            return turn_fail_at(t, ERR_REJECTED, "exhibit-differs", "comity act 1: documents",
                                a->parts[k].sha256,
                                "An exhibit's segments are all here, and together they are not "
                                "what the act names.");
    return ERR_OK;
}

static err wire_alone(struct turn *t)
{
    return turn_fail(t, ERR_REJECTED, "exhibits-by-wire", CLAUSE,
                     "The act has exhibits, which come over the wire alone, and this parcel was "
                     "brought as a file. Let the two nodes reach each other; or send the act "
                     "without them, and the files by another way.");
}

err desk_arriving_look(struct desk *d, struct desk_turn *dt, const struct desk_parcel *p,
                       bool *whole_out, struct desk_arriving *out)
{
    struct turn *t = &dt->t;
    bool moved;
    struct str gaps;
    *whole_out = true;
    *out = (struct desk_arriving){0};
    if (!p->exhibits || !p->exhibits->count) return ERR_OK;
    err e = desk_arriving_get(d, t, &p->digest, out);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        if (p->by_people) return wire_alone(t);
        e = begin(d, t, p, dt->action == DESK_ADOPT, out);
    }
    try(e);
    try(sum_on(d, t, out, SUMS_MAX, &moved));
    for (size_t k = 0; k < out->parts_n; k++) *whole_out &= out->parts[k].is.n > 0;
    if (*whole_out) return digests_agree(t, out);
    if (p->by_people) return wire_alone(t);
    if (moved) try(desk_arriving_put(d, t, out));
    try(missing(d, t, out, &gaps));
    dt->answer = str_printf(t->arena, STR_FMT "\n", STR_ARG(gaps));
    dt->arriving = true;
    return ERR_OK;
}

err desk_arriving_keep(struct desk *d, struct turn *t, const struct desk_arriving *a,
                       const struct id *dossier, struct tree *rest)
{
    struct store_segment *rows;
    size_t n, at = 0;
    if (!a->parts_n) return ERR_OK;
    try(store_segments(t, d->store, &a->row.id, &rows, &n));
    struct hash *names = arena_take_many(t->arena, n + 1, sizeof *names);
    for (size_t k = 0; k < n; k++) names[k] = rows[k].vault;
    struct tree *m = tree_add_map(t->arena, rest, "exhibits");
    for (size_t k = 0; k < a->parts_n; k++) {
        struct desk_exhibit x = {.names = names + at, .n = (size_t)a->parts[k].n};
        struct hash vault;
        memcpy(x.key, a->parts[k].key, sizeof x.key);
        try(desk_exhibit_keep(d, t, dossier, a->parts[k].sha256, &x, &vault));
        tree_add_str(t->arena, m, str_c(t->arena, a->parts[k].sha256), desk_hex_hash(t, &vault));
        at += x.n;
    }
    return store_arriving_drop(t, d->store, &a->row.id);
}

/* ---- a segment ------------------------------------------------------------------------------- */

/* What is on its way from the node with that certificate; for others there is nothing. */
static err named(struct desk *d, struct desk_turn *dt, struct desk_arriving *out)
{
    struct turn *t = &dt->t;
    struct hash id, tls;
    const struct desk_peer *peer;
    if (hash_read(tree_str(dt->args, "parcel"), &id) &&
        hash_read(tree_str(dt->args, "tls"), &tls)) {
        err e = desk_arriving_get(d, t, &id, out);
        if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
        turn_forgive(t);
        for (size_t k = 0; e == ERR_OK && (peer = desk_peer_by_tls(d, &tls, k)); k++)
            if (!str_is(out->row.way, "staged") && str_eq(peer->address, out->row.holder))
                return ERR_OK;
    }
    return turn_fail(t, ERR_NONE_SUCH, "arriving-none-such", CLAUSE,
                     "No parcel of yours with that digest waits for segments. Send the parcel; the "
                     "answer says what is missing.");
}

static err segment_open(struct turn *t, const struct desk_arriving *a, int64_t number,
                        struct bytes sealed)
{
    struct bytes plain;
    for (size_t k = 0; k < a->parts_n && number >= 0; number -= a->parts[k++].n)
        if (number < a->parts[k].n)
            return seal_segment_open(t, a->parts[k].key, (uint64_t)a->parts[k].size,
                                     (uint64_t)number, sealed, &plain);
    return turn_fail(t, ERR_REJECTED, "segment-number", CLAUSE,
                     "The exhibits of that parcel have %lld segments.", (long long)a->total);
}

err desk_do_SEGMENT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct desk_arriving a;
    struct store_segment g = {.idx = tree_int(dt->args, "number", -1)};
    bool moved;
    try(named(d, dt, &a));
    err e = store_segment_get(t, d->store, &a.row.id, g.idx, &g.vault);
    if (e != ERR_NONE_SUCH) return e; /* it is here: the first stays */
    turn_forgive(t);
    try(desk_room_for(d, t, false));
    try(segment_open(t, &a, g.idx, dt->segment));
    try(vault_put(t, d->vault, dt->segment, &g.vault));
    try(store_segment_add(t, d->store, &a.row.id, &g));
    try(sum_on(d, t, &a, SUMS_MAX, &moved));
    return moved ? desk_arriving_put(d, t, &a) : ERR_OK;
}

/* ---- for people ------------------------------------------------------------------------------ */

err desk_arriving_add(struct desk *d, struct desk_turn *dt, struct tree *v)
{
    struct turn *t = &dt->t;
    struct tree *list = tree_add_list(t->arena, v, "arriving");
    struct store_arriving *rows;
    size_t n;
    try(store_arriving_to(t, d->store, dt->person->officer.authority, DESK_MISSING_MAX, &rows, &n));
    for (size_t k = 0; k < n; k++) {
        struct desk_arriving a = {.row = rows[k]};
        int64_t held;
        try(opened(t, &a));
        try(store_segment_count(t, d->store, &a.row.id, &held));
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "theirs", a.row.holder);
        tree_add_str(t->arena, one, "since", time_text(t->arena, a.row.at_ms));
        tree_add_int(t->arena, one, "size", a.row.size);
        tree_add_int(t->arena, one, "segments", a.total);
        tree_add_int(t->arena, one, "held", held);
    }
    return ERR_OK;
}
