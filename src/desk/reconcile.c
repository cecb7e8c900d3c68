/* SPDX-License-Identifier: Apache-2.0 */
/* What two nodes hold of each other's parcels, compared. Who sent them compares: what the other
 * side lost is sent again, and what this side lost is asked back. What it holds of theirs it says
 * when it is asked, and the other side compares that. */

#include "desk/desk_internal.h"

#include <string.h>

enum { ROWS_MAX = SUMMARY_UNIT_MAX }; /* read at once */

static bool is_nothing(const struct hash *h)
{
    static const struct hash none = {{0}};
    return hash_eq(h, &none);
}

/* ---- what stands here ------------------------------------------------------------------------ */

static err lines_of(struct desk *d, struct turn *t, struct str way, struct str ours,
                    struct str peer, struct summary_line *out, size_t *n_out)
{
    struct store_held *rows;
    try(store_held_lines(t, d->store, way, peer, ours, SUMMARY_LINES_MAX, &rows, n_out));
    for (size_t k = 0; k < *n_out; k++)
        out[k] = (struct summary_line){rows[k].incarnation, rows[k].count, rows[k].highest};
    return ERR_OK;
}

static const struct summary_line *line_find(const struct summary_line *lines, size_t n,
                                            int64_t incarnation)
{
    for (size_t k = 0; k < n; k++)
        if (lines[k].incarnation == incarnation) return &lines[k];
    return NULL;
}

/* Fills the parts of a range from what stands, as much of it at once as fits. */
static err range_fill(struct desk *d, struct turn *t, struct str way, const struct store_line *line,
                      int64_t highest, struct summary_range *r)
{
    auto_arena scratch = arena_new();
    struct turn one = *t;
    one.arena = scratch;
    int64_t end = r->first + r->unit * SUMMARY_WIDTH - 1;
    err e = ERR_OK;
    r->told = true;
    memset(r->parts, 0, sizeof r->parts);
    if (end > highest) end = highest;
    for (int64_t at = r->first; e == ERR_OK && at <= end; at += ROWS_MAX) {
        struct store_held_parcel *rows;
        size_t n;
        int64_t last = at + ROWS_MAX - 1 < end ? at + ROWS_MAX - 1 : end;
        arena_reset(scratch);
        e = store_held_parcels(&one, d->store, way, line, at, last, &rows, &n);
        for (size_t k = 0; e == ERR_OK && k < n; k++) {
            struct hash *part = &r->parts[(rows[k].sequence - r->first) / r->unit];
            if (r->unit == 1)
                *part = rows[k].digest;
            else
                summary_part(part, rows[k].sequence, &rows[k].digest);
        }
    }
    t->fault = one.fault;
    return e;
}

/* ---- saying it ------------------------------------------------------------------------------- */

static err summary_sign(struct desk *d, struct turn *t, const struct summary *s,
                        struct bytes *cms_out)
{
    struct str body = json_write(t->arena, summary_write(t->arena, s));
    return d->keeper.sign(d->keeper.ctx, t, s->from, str_bytes(body), true, turn_now_ms(t),
                          cms_out);
}

/* What `ours` holds of `peer`. */
static err summary_begin(struct desk *d, struct turn *t, struct str ours, struct str peer,
                         struct summary **out)
{
    struct summary *s = arena_take(t->arena, sizeof *s);
    s->from = ours;
    s->to = peer;
    s->at_ms = turn_now_ms(t);
    s->incarnation = d->incarnation;
    try(lines_of(d, t, STR("in"), ours, peer, s->lines, &s->lines_n));
    *out = s;
    return ERR_OK;
}

static err peer_of(struct desk *d, struct turn *t, struct str address, const struct desk_peer **out)
{
    *out = desk_peer(d, address);
    if (*out) return ERR_OK;
    return turn_fail(t, ERR_NONE_SUCH, "peer-unknown", NULL,
                     "This node has not pinned " STR_FMT ".", STR_ARG(address));
}

err desk_question(struct desk *d, struct turn *t, struct str ours, struct str peer,
                  const struct summary_range *asked, size_t n, struct bytes *cms_out)
{
    struct summary *s;
    const struct desk_peer *known;
    try(peer_of(d, t, peer, &known));
    try(summary_begin(d, t, ours, peer, &s));
    for (size_t k = 0; k < n && k < SUMMARY_RANGES_MAX; k++) {
        s->ranges[s->ranges_n] = asked[k];
        s->ranges[s->ranges_n++].told = false;
    }
    return summary_sign(d, t, s, cms_out);
}

/* They hold more of ours than we do: we lost it. */
static bool they_hold_more(const struct summary_line *ours, size_t ours_n,
                           const struct summary *theirs)
{
    for (size_t k = 0; k < theirs->lines_n; k++) {
        const struct summary_line *there = &theirs->lines[k];
        const struct summary_line *here = line_find(ours, ours_n, there->incarnation);
        if (!here || here->count < there->count || here->highest < there->highest) return true;
    }
    return false;
}

err desk_do_ASKED(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    const struct summary *q = dt->summary;
    const struct desk_peer *peer;
    const struct profile_authority *own;
    struct summary *s;
    struct summary_line out[SUMMARY_LINES_MAX];
    struct bytes cms;
    size_t out_n;
    int64_t known;
    try(peer_of(d, t, q->from, &peer));
    try(desk_own_authority(d, t, q->to, &own));
    try(desk_peer_life(d, t, peer, &known));
    try(lines_of(d, t, STR("out"), q->to, q->from, out, &out_n));
    try(summary_begin(d, t, q->to, q->from, &s));
    for (size_t k = 0; k < q->ranges_n; k++) {
        struct summary_range *r = &s->ranges[s->ranges_n++];
        const struct store_line line = {q->from, q->to, q->ranges[k].incarnation};
        const struct summary_line *l = line_find(s->lines, s->lines_n, line.incarnation);
        *r = q->ranges[k];
        try(range_fill(d, t, STR("in"), &line, l ? l->highest : 0, r));
    }
    try(summary_sign(d, t, s, &cms));
    struct tree *v = tree_map(t->arena);
    tree_add_bool(t->arena, v, "look", q->incarnation > known || they_hold_more(out, out_n, q));
    dt->view = v;
    dt->answer = bytes_str(cms);
    return desk_peer_life_seen(d, dt, peer, q->incarnation);
}

/* ---- what it means --------------------------------------------------------------------------- */

struct comparing {
    struct desk *d;
    struct desk_turn *dt;
    const struct summary *theirs;
    struct str ours, peer;
    struct summary_line here[SUMMARY_LINES_MAX];
    size_t here_n;
    int64_t waiting; /* acts of ours that are not held yet, by anybody */
    struct tree *asks, *wants;
};

static void ask(struct comparing *c, int64_t incarnation, int64_t first, int64_t unit)
{
    struct arena *a = c->dt->t.arena;
    struct tree *m = tree_add_map(a, c->asks, NULL);
    tree_add_int(a, m, "first", first);
    tree_add_int(a, m, "incarnation", incarnation);
    tree_add_int(a, m, "unit", unit);
}

/* Where both hold the same numbers without a gap, and nothing of ours waits, there is nothing to
 * find. What waits may be refused there because another parcel has its number. */
static void line_compare(struct comparing *c, int64_t incarnation, const struct summary_line *here,
                         const struct summary_line *there)
{
    int64_t most = here ? here->highest : 0, unit = SUMMARY_UNIT_MAX;
    if (!c->waiting && here && there && here->count == there->count &&
        here->highest == there->highest && here->count == here->highest)
        return;
    if (there && there->highest > most) most = there->highest;
    while (unit > 1 && most <= unit) unit /= SUMMARY_WIDTH;
    for (int64_t at = 1; at <= most; at += unit * SUMMARY_WIDTH) ask(c, incarnation, at, unit);
}

static void lines_compare(struct comparing *c)
{
    const struct summary *s = c->theirs;
    for (size_t k = 0; k < c->here_n; k++)
        line_compare(c, c->here[k].incarnation, &c->here[k],
                     line_find(s->lines, s->lines_n, c->here[k].incarnation));
    for (size_t k = 0; k < s->lines_n; k++)
        if (!line_find(c->here, c->here_n, s->lines[k].incarnation))
            line_compare(c, s->lines[k].incarnation, NULL, &s->lines[k]);
}

/* The peer holds no more what it gave a receipt for: it was put back from an older backup. */
static err unheld(struct comparing *c, const struct hash *digest)
{
    struct desk *d = c->d;
    struct turn *t = &c->dt->t;
    struct store_parcel p;
    struct store_outgoing o;
    struct store_record r;
    try(store_parcel_get(t, d->store, digest, &p));
    err e = store_outgoing_get(t, d->store, &p.act, &o);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    if (!str_is(o.stage, "held") || !hash_eq(&o.parcel, digest)) return ERR_OK; /* on its way */
    try(store_record_get(t, d->store, "receipt", hash_bytes(&o.receipt), &r));
    if (r.leaf >= tree_int(c->dt->args, "asked", INT64_MAX)) return ERR_OK; /* it came meanwhile */
    struct str size = str_printf(t->arena, "%llu", (unsigned long long)store_log_size(d->store));
    struct bytes name[] = {hash_bytes(digest), str_bytes(size)};
    struct hash *subject = arena_take(t->arena, sizeof *subject);
    seal_sha256(name, 2, subject);
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "act", desk_hex_id(t, &o.act));
    tree_add_int(t->arena, rest, "incarnation", c->theirs->incarnation);
    tree_add_str(t->arena, rest, "parcel", desk_hex_hash(t, digest));
    r = (struct store_record){.dossier = o.dossier,
                              .kind = STR("unheld"),
                              .subject = hash_bytes(subject),
                              .at_ms = turn_now_ms(t),
                              .open = bytes_dup(t->arena, hash_bytes(digest)),
                              .rest = rest};
    return desk_record(d, t, &r);
}

err desk_unheld_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_outgoing o;
    struct id act;
    if (!id_read(tree_str(r->rest, "act"), &act))
        return turn_fail(t, ERR_INTEGRITY, "record-act", NULL, "A record names no act.");
    try(store_outgoing_get(t, d->store, &act, &o));
    o.stage = STR("sealed");
    o.receipt = (struct hash){{0}};
    return store_outgoing_stage(t, d->store, &o);
}

/* Two parcels of ours with one number: another copy of this node is at work, or was. */
static err forked(struct comparing *c, int64_t incarnation, int64_t sequence)
{
    struct turn *t = &c->dt->t;
    struct str sentence = str_printf(
        t->arena,
        "The node of " STR_FMT " holds another parcel of ours with sequence %lld of incarnation "
        "%lld than this node does: a second copy of this node is at work, or was. Find it and stop "
        "it.",
        STR_ARG(c->peer), (long long)sequence, (long long)incarnation);
    struct str name =
        str_printf(t->arena, "line-forked " STR_FMT " " STR_FMT " %lld %lld", STR_ARG(c->ours),
                   STR_ARG(c->peer), (long long)incarnation, (long long)sequence);
    struct hash key = seal_sha256_of(str_bytes(name));
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "article", STR("comity wire 1: carriage.seq"));
    tree_add_str(t->arena, m, "code", STR("line-forked"));
    tree_add_str(t->arena, m, "ours", c->ours);
    tree_add_str(t->arena, m, "peer", c->peer);
    tree_add_str(t->arena, m, "sentence", sentence);
    return desk_incident_keep(c->d, t, &key, m);
}

static err range_compare(struct comparing *c, const struct summary_range *there)
{
    struct turn *t = &c->dt->t;
    struct summary_range *here = arena_take(t->arena, sizeof *here);
    const struct store_line line = {c->peer, c->ours, there->incarnation};
    const struct summary_line *l = line_find(c->here, c->here_n, there->incarnation);
    *here = *there;
    try(range_fill(c->d, t, STR("out"), &line, l ? l->highest : 0, here));
    for (int64_t k = 0; k < SUMMARY_WIDTH; k++) {
        const struct hash *x = &here->parts[k], *y = &there->parts[k];
        int64_t at = there->first + k * there->unit;
        if (hash_eq(x, y)) continue;
        if (there->unit > 1)
            ask(c, there->incarnation, at, there->unit / SUMMARY_WIDTH);
        else if (is_nothing(y))
            try(unheld(c, x));
        else if (is_nothing(x))
            tree_add_str(t->arena, c->wants, NULL, desk_hex_hash(t, y));
        else
            try(forked(c, there->incarnation, at));
    }
    return ERR_OK;
}

err desk_do_TOLD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct comparing *c = arena_take(t->arena, sizeof *c);
    const struct desk_peer *peer;
    const struct profile_authority *own;
    struct tree *v = tree_map(t->arena);
    *c = (struct comparing){.d = d,
                            .dt = dt,
                            .theirs = dt->summary,
                            .ours = dt->summary->to,
                            .peer = dt->summary->from};
    c->asks = tree_add_list(t->arena, v, "asks");
    c->wants = tree_add_list(t->arena, v, "wants");
    try(peer_of(d, t, c->peer, &peer));
    try(desk_own_authority(d, t, c->ours, &own));
    try(lines_of(d, t, STR("out"), c->ours, c->peer, c->here, &c->here_n));
    try(store_outgoing_count(t, d->store, &c->waiting));
    if (c->theirs->ranges_n == 0) lines_compare(c);
    for (size_t k = 0; k < c->theirs->ranges_n; k++)
        if (c->theirs->ranges[k].told) try(range_compare(c, &c->theirs->ranges[k]));
    dt->view = v;
    return desk_peer_life_seen(d, dt, peer, c->theirs->incarnation);
}

/* ---- after a restore ------------------------------------------------------------------------- */

static struct str line_fact(struct turn *t, struct str ours, struct str peer)
{
    return str_printf(t->arena, "reconciled " STR_FMT " " STR_FMT, STR_ARG(ours), STR_ARG(peer));
}

err desk_line_whole(struct desk *d, struct turn *t, struct str ours, struct str peer, bool *out)
{
    struct str text;
    int64_t life;
    *out = d->incarnation == 1;
    if (*out) return ERR_OK;
    err e = store_fact(t, d->store, str_c(t->arena, line_fact(t, ours, peer)), &text);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    *out = str_to_int(text, &life) && life == d->incarnation;
    return ERR_OK;
}

err desk_do_RECONCILED(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str ours, peer;
    bool whole;
    try(desk_arg(t, dt->args, "ours", &ours));
    try(desk_arg(t, dt->args, "peer", &peer));
    try(desk_line_whole(d, t, ours, peer, &whole));
    if (whole) return ERR_OK;
    struct tree *m = tree_map(t->arena);
    tree_add_int(t->arena, m, "incarnation", d->incarnation);
    tree_add_str(t->arena, m, "ours", ours);
    tree_add_str(t->arena, m, "peer", peer);
    return desk_house_act(d, dt, "line.reconciled", m);
}

err desk_reconciled_project(struct desk *d, struct turn *t, const struct store_record *r,
                            const struct tree *p)
{
    (void)r;
    return store_fact_set(t, d->store, line_fact(t, tree_str(p, "ours"), tree_str(p, "peer")),
                          str_printf(t->arena, "%lld", (long long)tree_int(p, "incarnation", 0)));
}
