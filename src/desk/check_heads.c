/* SPDX-License-Identifier: Apache-2.0 */
/* What `fsck` says of signed heads beyond our own: the lines of witnesses under the published head,
 * and the last heads that keeper saw of other States' logs. A line that holds by no key known here
 * is told: we write none but our own and those of our peers.
 *
 * An older head in the place of a newer one is not told: it is what a power cut leaves of a head
 * that was written and not synced. */

#include "desk/desk_internal.h"

struct heads_check {
    struct desk *d;
    struct turn *t;
    void (*found)(void *ctx, struct str what, struct str sentence);
    void *ctx;
};

static size_t lines_in(struct str lines)
{
    size_t n = 0;
    for (size_t k = 0; k < lines.n; k++) n += lines.p[k] == '\n';
    return n;
}

/* Authorities of one node have one log. */
static bool is_first_of_its_log(const struct desk_peer *peers, size_t k)
{
    for (size_t j = 0; j < k; j++)
        if (str_eq(peers[j].vkey, peers[k].vkey)) return false;
    return peers[k].vkey.n > 0;
}

/* 1 when a line by that witness is there and holds. */
static size_t line_by(struct turn *t, struct str vkey, struct str lines, struct str text)
{
    struct turn one = *t;
    struct ledger_vkey key;
    struct ledger_cosignature c;
    return ledger_vkey_read(&one, vkey, &key) == ERR_OK &&
           ledger_cosign_find(&one, lines, &key, text, seal_ed25519_holds, &c) == ERR_OK;
}

/* One that lags the newest head may carry the line of a peer that is known no more; the next one
 * will not. That the log's own line holds, desk_tiles_check looked at. */
static void published_check(struct heads_check *c)
{
    auto_arena scratch = arena_new();
    struct turn one = *c->t;
    struct bytes note;
    struct str text, lines;
    struct ledger_checkpoint head;
    size_t peers_n, known = 1;
    one.arena = scratch;
    if (!c->d->log || !c->d->note.n) return;
    struct str path = str_printf(scratch, "%s/checkpoint", c->d->log);
    if (file_read(&one, str_c(scratch, path), LEDGER_NOTE_MAX, &note) != ERR_OK ||
        ledger_note_part(&one, bytes_str(note), &text, &lines) != ERR_OK ||
        ledger_checkpoint_read(&one, text, &head) != ERR_OK || head.size != c->d->note_size)
        return;
    const struct desk_peer *peers = desk_peers(c->d, &peers_n);
    for (size_t k = 0; k < peers_n; k++)
        if (is_first_of_its_log(peers, k)) known += line_by(&one, peers[k].vkey, lines, text);
    if (lines_in(lines) != known)
        c->found(c->ctx, STR("checkpoint"),
                 STR("A signature line under the head holds by no key that is known here."));
}

/* Signed by its log, and beside that by nobody but us. */
static err seen_holds(struct heads_check *c, struct turn *t, struct str origin, struct str vkey)
{
    struct str note, text, lines;
    struct ledger_vkey key;
    try(c->d->keeper.seen(c->d->keeper.ctx, t, origin, &note));
    if (!note.n) return ERR_OK;
    try(ledger_vkey_read(t, vkey, &key));
    try(ledger_note_open(t, note, &key, seal_ed25519_holds, &text));
    try(ledger_note_part(t, note, &text, &lines));
    if (lines_in(lines) == 1 + line_by(t, c->d->profile.vkey, lines, text)) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "seen-line", "C2SP tlog-witness",
                     "A signature line under it holds by no key that is known here.");
}

static err seen_check(struct heads_check *c, const struct desk_peer *peer)
{
    auto_arena scratch = arena_new();
    struct turn one = *c->t;
    int64_t life;
    one.arena = scratch;
    try(desk_peer_life(c->d, c->t, peer, &life));
    struct str origin = ledger_origin(scratch, desk_log_name(peer->vkey), life);
    err e = seen_holds(c, &one, origin, peer->vkey);
    if (e == ERR_INTEGRITY || e == ERR_REJECTED || e == ERR_TOO_LARGE) {
        c->found(c->ctx, str_printf(c->t->arena, "seen " STR_FMT, STR_ARG(origin)),
                 str_dup(c->t->arena, str_of(one.fault.sentence)));
        return ERR_OK;
    }
    if (e != ERR_OK) c->t->fault = one.fault;
    return e;
}

err desk_heads_check(struct desk *d, struct turn *t,
                     void (*found)(void *ctx, struct str what, struct str sentence), void *ctx)
{
    struct heads_check c = {d, t, found, ctx};
    size_t n;
    if (d->restores) return ERR_OK; /* no head of it is there yet */
    published_check(&c);
    const struct desk_peer *peers = desk_peers(d, &n);
    for (size_t k = 0; k < n; k++)
        if (is_first_of_its_log(peers, k)) try(seen_check(&c, &peers[k]));
    return ERR_OK;
}
