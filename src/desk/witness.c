/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of logs between nodes: we cosign those of our peers, keep the cosignatures they give on
 * ours, and no longer believe a log that contradicts itself until a person says so.
 *
 * Keeper remembers the last head of each other log and refuses what does not follow. Nothing here
 * adds a leaf for a head that came as it should, else two nodes would answer each other for ever.
 */

#include "desk/desk_internal.h"

#include <string.h>

/* ---- whose log ------------------------------------------------------------------------------- */

bool desk_log_is_of(const struct desk_peer *peer, struct str origin)
{
    return peer->vkey.n && ledger_origin_incarnation(origin, desk_log_name(peer->vkey)) > 0;
}

err desk_log_key(struct turn *t, const struct desk_peer *peer, struct ledger_vkey *out)
{
    return ledger_vkey_read(t, peer->vkey, out);
}

/* The peer at an address that may show heads of this log. */
static err peer_of(struct desk *d, struct turn *t, struct str address, struct str origin,
                   const struct desk_peer **out)
{
    *out = desk_peer(d, address);
    if (*out && desk_log_is_of(*out, origin)) return ERR_OK;
    return turn_fail(t, ERR_NONE_SUCH, "witness-origin", "C2SP tlog-witness",
                     "The log " STR_FMT " is none of that node's.",
                     STR_ARG(str_printable(t->arena, origin)));
}

static err head_of(struct turn *t, struct str note, struct ledger_checkpoint *out)
{
    struct str text, lines;
    try(ledger_note_part(t, note, &text, &lines));
    return ledger_checkpoint_read(t, text, out);
}

/* ---- a log that is not believed -------------------------------------------------------------- */

static const char *frozen_name(struct turn *t, struct str origin)
{
    return str_c(t->arena, str_printf(t->arena, "frozen " STR_FMT, STR_ARG(origin)));
}

err desk_log_frozen(struct desk *d, struct turn *t, struct str origin, struct str *why_out)
{
    err e = store_fact(t, d->store, frozen_name(t, origin), why_out);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    *why_out = (struct str){0};
    return ERR_OK;
}

static err believed(struct desk *d, struct turn *t, struct str origin)
{
    struct str why;
    try(desk_log_frozen(d, t, origin, &why));
    if (!why.n) return ERR_OK;
    return turn_fail(t, ERR_NOT_ALLOWED, "log-frozen", "C2SP tlog-witness",
                     "The log " STR_FMT " contradicted itself (" STR_FMT "), and nothing of it is "
                     "believed until a person here says: comity ledger resume.",
                     STR_ARG(origin), STR_ARG(why));
}

static const char *evidence_name(struct turn *t, struct str origin)
{
    return str_c(t->arena, str_printf(t->arena, "evidence " STR_FMT, STR_ARG(origin)));
}

/* `evidence` NULL: what was kept stays. */
static err fact_say(struct desk *d, struct desk_turn *dt, struct str origin, struct str value,
                    const struct tree *evidence)
{
    struct arena *a = dt->t.arena;
    struct tree *facts = tree_map(a);
    tree_add_str(a, facts, frozen_name(&dt->t, origin), value);
    if (evidence) tree_add_str(a, facts, evidence_name(&dt->t, origin), json_write(a, evidence));
    return desk_house_act(d, dt, "node.fact", facts);
}

err desk_do_HEAD_FREEZE(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    const struct tree *evidence = tree_get(dt->args, "evidence");
    struct str peer, code, why, origin = tree_str(evidence, "origin");
    try(desk_arg(t, dt->args, "peer", &peer));
    try(desk_arg(t, dt->args, "code", &code));
    const struct desk_peer *p = desk_peer(d, peer);
    if (!p) return ERR_OK; /* no longer pinned: nothing of it is taken anyway */
    if (!desk_log_is_of(p, origin))
        return turn_fail(t, ERR_USAGE, "argument", NULL, "No log is frozen without evidence.");
    try(desk_log_frozen(d, t, origin, &why));
    return why.n ? ERR_OK : fact_say(d, dt, origin, code, evidence);
}

err desk_do_LEDGER_RESUME(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str origin, why;
    try(desk_arg(t, dt->args, "origin", &origin));
    try(desk_log_frozen(d, t, origin, &why));
    if (!why.n)
        return turn_fail(t, ERR_NONE_SUCH, "log-not-frozen", NULL,
                         "The log " STR_FMT " is believed; there is nothing to resume.",
                         STR_ARG(str_printable(t->arena, origin)));
    try(fact_say(d, dt, origin, (struct str){0}, NULL));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "origin", origin);
    tree_add_str(t->arena, v, "was", why);
    dt->view = v;
    return ERR_OK;
}

/* ---- heads of others ------------------------------------------------------------------------- */

/* The last head keeper saw of a log; size 0 and an empty note: none. */
static err seen(struct desk *d, struct turn *t, struct str origin, struct str *note_out,
                struct ledger_checkpoint *out)
{
    *out = (struct ledger_checkpoint){0};
    try(d->keeper.seen(d->keeper.ctx, t, origin, note_out));
    return note_out->n ? head_of(t, *note_out, out) : ERR_OK;
}

err desk_contradicted(struct desk *d, struct desk_turn *dt, const struct ledger_checkpoint *held,
                      struct str shown, const struct ledger_proof *path)
{
    struct arena *a = dt->t.arena;
    struct turn aside = dt->t;
    struct ledger_checkpoint last;
    struct str note;
    turn_forgive(&aside);
    try(seen(d, &aside, held->origin, &note, &last));
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "origin", str_dup(a, held->origin));
    bool kept = note.n && last.size >= held->size;
    tree_add_str(a, m, "held", kept ? note : ledger_checkpoint_text(a, held));
    tree_add_str(a, m, "shown", shown);
    struct tree *list = tree_add_list(a, m, "proof");
    for (size_t k = 0; path && k < path->n; k++)
        tree_add_str(a, list, NULL, base64(a, hash_bytes(&path->path[k])));
    dt->evidence = m;
    return ERR_OK;
}

/* Passes `e` on; what two signed heads contradict each other by is kept for who freezes the log. */
static err judged(struct desk *d, struct desk_turn *dt, err e, const struct ledger_checkpoint *head,
                  struct str shown, const struct ledger_proof *path)
{
    struct ledger_checkpoint held = {.origin = head->origin};
    if (e == ERR_OK || strcmp(dt->t.fault.code, "log-forked") != 0) return e;
    try(desk_contradicted(d, dt, &held, shown, path));
    return e;
}

err desk_log_seen(struct desk *d, struct turn *t, struct str origin, int64_t *size_out)
{
    struct ledger_checkpoint head;
    struct str note;
    try(seen(d, t, origin, &note, &head));
    *size_out = (int64_t)head.size;
    return ERR_OK;
}

err desk_do_HEAD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    const struct desk_head *h = dt->head;
    const struct desk_peer *peer;
    struct ledger_checkpoint head, last;
    struct ledger_vkey key;
    struct str note;
    try(head_of(t, h->add.note, &head));
    try(peer_of(d, t, h->peer, head.origin, &peer));
    try(believed(d, t, head.origin));
    try(desk_log_key(t, peer, &key));
    err e = d->keeper.witness(d->keeper.ctx, t, &key, &h->add, true, &dt->answer);
    e = judged(d, dt, e, &head, h->add.note, &h->add.proof);
    if (e != ERR_CONFLICT) return e;
    struct turn aside = *t;
    turn_forgive(&aside);
    try(seen(d, &aside, head.origin, &note, &last));
    dt->answer = str_printf(t->arena, "%llu\n", (unsigned long long)last.size);
    return e;
}

/* A receipt came with a head. Equal to the last: nothing to do. Else one of the two must be shown
 * to come before the other. */
err desk_head_take(struct desk *d, struct desk_turn *dt, struct str address, struct str head_note,
                   const struct ledger_checkpoint *head)
{
    struct turn *t = &dt->t;
    const struct desk_peer *peer;
    struct ledger_checkpoint last;
    struct ledger_add add = {.note = head_note};
    struct ledger_vkey key;
    struct str note, line;
    try(peer_of(d, t, address, head->origin, &peer));
    try(believed(d, t, head->origin));
    try(seen(d, t, head->origin, &note, &last));
    if (note.n && last.size == head->size && hash_eq(&last.root, &head->root)) return ERR_OK;
    bool older = note.n && head->size < last.size;
    bool proves = note.n && head->size != last.size;
    uint64_t from = older ? head->size : last.size, to = older ? last.size : head->size;
    /* Nobody can be asked; it is signed, and stands beside the receipt, but is not taken as seen.
     */
    if (proves && tree_bool(dt->args, "carried", false)) return ERR_OK;
    if (proves && (!dt->proof.given || dt->proof.from != from || dt->proof.to != to)) {
        dt->proof = (struct desk_proof){.from = from, .to = to, .newer = !older};
        return turn_fail(t, ERR_CONFLICT, "head-unproven", "RFC 6962 2.1.2",
                         "Whether a head of %llu leaves came before one of %llu is not shown.",
                         (unsigned long long)from, (unsigned long long)to);
    }
    err e;
    if (older) {
        e = ledger_follows(t, head, &last, from, &dt->proof.path);
    } else {
        add.old = last.size;
        if (proves) add.proof = dt->proof.path;
        try(desk_log_key(t, peer, &key));
        e = d->keeper.witness(d->keeper.ctx, t, &key, &add, false, &line);
    }
    return judged(d, dt, e, head, head_note, proves ? &dt->proof.path : NULL);
}

/* ---- cosignatures on ours -------------------------------------------------------------------- */

uint64_t desk_head_size(const struct desk *d) { return d->note.n ? d->note_size : 0; }

err desk_consistency(struct desk *d, struct turn *t, uint64_t from, uint64_t to,
                     struct ledger_proof *out)
{
    struct ledger_source source = store_log_source(d->store);
    if (from > to || to > desk_head_size(d))
        return turn_fail(t, ERR_NONE_SUCH, "head-none-such", "RFC 6962 2.1.2",
                         "There is no proof from %llu to %llu leaves: the newest head has %llu.",
                         (unsigned long long)from, (unsigned long long)to,
                         (unsigned long long)desk_head_size(d));
    return ledger_consistency(t, &source, from, to, out);
}

err desk_head_add(struct desk *d, struct turn *t, uint64_t old, struct ledger_add *out)
{
    struct str note;
    try(desk_head(d, t, &note));
    if (old > desk_head_size(d))
        return turn_fail(t, ERR_CONFLICT, "log-behind", "C2SP tlog-witness",
                         "Another State has seen a head of our log of %llu leaves, and this node "
                         "holds %llu: it is an older copy, or a second one is at work. Find out "
                         "which is the right one before anything more is sent.",
                         (unsigned long long)old, (unsigned long long)desk_head_size(d));
    *out = (struct ledger_add){.old = old, .note = note};
    return desk_consistency(d, t, old, desk_head_size(d), &out->proof);
}

static err cosigned_by(struct desk *d, struct turn *t, struct str witness,
                       struct store_cosigned *out)
{
    struct store_cosigned *rows;
    size_t n;
    *out = (struct store_cosigned){0};
    try(store_cosigned_list(t, d->store, &rows, &n));
    for (size_t k = 0; k < n; k++)
        if (str_eq(rows[k].witness, witness)) *out = rows[k];
    return ERR_OK;
}

err desk_cosigned_size(struct desk *d, struct turn *t, const struct desk_peer *peer, uint64_t *out)
{
    struct store_cosigned row;
    try(cosigned_by(d, t, desk_log_name(peer->vkey), &row));
    *out = (uint64_t)row.size;
    return ERR_OK;
}

/* What a reader found is looked at again: it costs one signature, and a published head carries it.
 */
err desk_do_COSIGNED(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str address, line;
    struct ledger_vkey key;
    struct ledger_cosignature c;
    struct ledger_source source = store_log_source(d->store);
    struct ledger_checkpoint head = {
        .origin = ledger_origin(t->arena, desk_log_name(d->profile.vkey), d->incarnation)};
    int64_t size = tree_int(dt->args, "size", -1);
    try(desk_arg(t, dt->args, "peer", &address));
    try(desk_arg(t, dt->args, "line", &line));
    const struct desk_peer *peer = desk_peer(d, address);
    if (!peer || size < 0 || (uint64_t)size > desk_head_size(d))
        return turn_fail(t, ERR_USAGE, "argument", NULL, "There is no such witness or head.");
    head.size = (uint64_t)size;
    try(ledger_root_at(t, &source, head.size, &head.root));
    try(desk_log_key(t, peer, &key));
    struct str text = ledger_checkpoint_text(t->arena, &head);
    try(ledger_cosign_find(t, line, &key, text, seal_ed25519_holds, &c));
    struct store_cosigned row = {key.name, size, c.time_s, ledger_cosign_line(t->arena, &key, &c)};
    d->cosigned = true; /* the published head is written again */
    return store_cosigned_set(t, d->store, &row);
}

err desk_note_cosigned(struct desk *d, struct turn *t, struct str *note_out)
{
    struct store_cosigned *rows;
    size_t n, lines = 1;
    struct buf b = buf_in(t->arena);
    buf_str(&b, d->note);
    try(store_cosigned_list(t, d->store, &rows, &n));
    for (size_t k = 0; k < n && lines < LEDGER_SIGNATURES_MAX; k++) {
        if ((uint64_t)rows[k].size != d->note_size) continue;
        buf_str(&b, rows[k].line);
        lines++;
    }
    *note_out = buf_as_str(&b);
    return ERR_OK;
}

/* ---- what people see ------------------------------------------------------------------------- */

static void head_put(struct turn *t, struct tree *m, const struct ledger_checkpoint *head)
{
    tree_add_str(t->arena, m, "origin", head->origin);
    tree_add_int(t->arena, m, "size", (int64_t)head->size);
    tree_add_str(t->arena, m, "root", base64(t->arena, hash_bytes(&head->root)));
}

err desk_do_LEDGER_HEAD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    struct ledger_checkpoint head;
    struct store_cosigned *rows;
    size_t n;
    struct str note;
    try(desk_head(d, t, &note));
    try(head_of(t, note, &head));
    head_put(t, v, &head);
    tree_add_str(t->arena, v, "vkey", d->profile.vkey);
    try(desk_note_cosigned(d, t, &note));
    tree_add_str(t->arena, v, "note", note);
    struct tree *list = tree_add_list(t->arena, v, "cosigned");
    try(store_cosigned_list(t, d->store, &rows, &n));
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "witness", rows[k].witness);
        tree_add_int(t->arena, one, "size", rows[k].size);
        tree_add_str(t->arena, one, "at", time_text(t->arena, rows[k].time_s * 1000));
        tree_add_bool(t->arena, one, "newest", (uint64_t)rows[k].size == head.size);
    }
    dt->view = v;
    return ERR_OK;
}

err desk_do_LEDGER_PROOF(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    struct ledger_source source = store_log_source(d->store);
    struct ledger_checkpoint head;
    struct ledger_proof p;
    struct str note;
    int64_t leaf = tree_int(dt->args, "leaf", -1), from = tree_int(dt->args, "from", -1);
    if ((leaf < 0) == (from < 0))
        return turn_fail(t, ERR_USAGE, "argument", NULL,
                         "A proof is of one leaf, or from one size: name one of both.");
    try(desk_head(d, t, &note));
    try(head_of(t, note, &head));
    head_put(t, v, &head);
    if (leaf >= 0) {
        struct hash data;
        try(ledger_inclusion(t, &source, (uint64_t)leaf, head.size, &p));
        try(store_leaf(t, d->store, leaf, &data));
        tree_add_int(t->arena, v, "leaf", leaf);
        tree_add_str(t->arena, v, "data", base64(t->arena, hash_bytes(&data)));
    } else {
        struct hash root;
        try(desk_consistency(d, t, (uint64_t)from, head.size, &p));
        try(ledger_root_at(t, &source, (uint64_t)from, &root));
        tree_add_int(t->arena, v, "from", from);
        tree_add_str(t->arena, v, "from_root", base64(t->arena, hash_bytes(&root)));
    }
    tree_add_str(t->arena, v, "vkey", d->profile.vkey);
    try(desk_note_cosigned(d, t, &note));
    tree_add_str(t->arena, v, "note", note);
    struct tree *path = tree_add_list(t->arena, v, "path");
    for (size_t k = 0; k < p.n; k++)
        tree_add_str(t->arena, path, NULL, base64(t->arena, hash_bytes(&p.path[k])));
    dt->view = v;
    return ERR_OK;
}

/* As it was kept; nothing of a log that was frozen before it was. */
static err evidence_put(struct desk *d, struct turn *t, struct tree *m, struct str origin)
{
    struct str text;
    struct tree *evidence;
    err e = store_fact(t, d->store, evidence_name(t, origin), &text);
    if (e == ERR_OK) e = json_read(t, str_bytes(text), &codec_limits, &evidence);
    if (e == ERR_OK) tree_add_copy(t->arena, m, "evidence", evidence);
    if (e == ERR_NONE_SUCH) turn_forgive(t);
    return e == ERR_NONE_SUCH ? ERR_OK : e;
}

/* What is known of each peer's log, or of those alone that are no longer believed. */
static err logs_put(struct desk *d, struct turn *t, struct tree *list, bool frozen_only)
{
    size_t n;
    const struct desk_peer *peers = desk_peers(d, &n);
    for (size_t k = 0; k < n; k++) {
        struct ledger_checkpoint head;
        struct str note, why, origin;
        int64_t life;
        try(desk_peer_life(d, t, &peers[k], &life));
        origin = ledger_origin(t->arena, desk_log_name(peers[k].vkey), life);
        bool again = false;
        for (size_t j = 0; j < k; j++) again |= str_eq(peers[j].vkey, peers[k].vkey);
        if (!peers[k].vkey.n || again) continue; /* authorities of one node have one log */
        try(seen(d, t, origin, &note, &head));
        try(desk_log_frozen(d, t, origin, &why));
        if (!why.n && (frozen_only || !note.n)) continue;
        head.origin = origin;
        struct tree *one = tree_add_map(t->arena, list, NULL);
        head_put(t, one, &head);
        tree_add_str(t->arena, one, "state", peers[k].state);
        tree_add_str(t->arena, one, "note", note);
        tree_add_str(t->arena, one, "frozen", why);
        if (why.n && !frozen_only) try(evidence_put(d, t, one, origin));
    }
    return ERR_OK;
}

err desk_do_LEDGER_WITNESS(struct desk *d, struct desk_turn *dt)
{
    struct tree *v = tree_map(dt->t.arena);
    try(logs_put(d, &dt->t, tree_add_list(dt->t.arena, v, "logs"), false));
    dt->view = v;
    return ERR_OK;
}

err desk_frozen_add(struct desk *d, struct turn *t, struct tree *v)
{
    return logs_put(d, t, tree_add_list(t->arena, v, "frozen_logs"), true);
}
