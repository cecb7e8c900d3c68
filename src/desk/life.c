/* SPDX-License-Identifier: Apache-2.0 */
/* The lives of nodes. A node put back from a backup lost what came after it, and others hold what
 * it signed meanwhile: so it takes a number that it never had, begins a log of its own with what it
 * still knows, and cites the head that it signed last. The newest number seen of each peer stays:
 * what an older life of it says is not believed. */

#include "desk/desk_internal.h"

err desk_store_copy(struct turn *t, const struct db_options *from, const struct db_options *to)
{
    return store_copy(t, from, to);
}

/* ---- our own --------------------------------------------------------------------------------- */

/* The head of the older log that is cited: keeper's last, or what the backup itself amounts to. */
static err head_cited(struct desk *d, struct turn *t, struct str note, struct tree *m)
{
    struct ledger_checkpoint head = {.size = store_log_size(d->store)};
    struct str name = desk_log_name(d->profile.vkey);
    head.origin = ledger_origin(t->arena, name, d->incarnation);
    store_log_root(d->store, &head.root);
    if (note.n) {
        struct ledger_vkey key;
        struct str text;
        try(ledger_vkey_read(t, d->profile.vkey, &key));
        try(ledger_note_open(t, note, &key, seal_ed25519_holds, &text));
        try(ledger_checkpoint_read(t, text, &head));
        if (!ledger_origin_incarnation(head.origin, name))
            return turn_fail(t, ERR_REJECTED, "head-origin", "C2SP tlog-checkpoint",
                             "The head given is of " STR_FMT ", which is no log of this node.",
                             STR_ARG(head.origin));
    }
    tree_add_str(t->arena, m, "note", note);
    tree_add_str(t->arena, m, "origin", head.origin);
    tree_add_str(t->arena, m, "root", desk_hex_hash(t, &head.root));
    tree_add_int(t->arena, m, "size", (int64_t)head.size);
    return ERR_OK;
}

err desk_do_RESTORE(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    if (!d->restores)
        return turn_fail(t, ERR_NOT_ALLOWED, "not-restoring", NULL,
                         "A node becomes a new incarnation when it is put back from a backup, and "
                         "by nothing else: comity restore.");
    int64_t records = (int64_t)store_log_size(d->store);
    int64_t life = tree_int(dt->args, "incarnation", 0);
    if (life <= d->incarnation)
        return turn_fail(t, ERR_REJECTED, "incarnation", NULL,
                         "The store in the backup is of incarnation %lld, and %lld does not come "
                         "after it. Set this computer's clock right.",
                         (long long)d->incarnation, (long long)life);
    struct tree *m = tree_map(t->arena);
    tree_add_int(t->arena, m, "incarnation", life);
    try(head_cited(d, t, tree_str(dt->args, "head"), m));
    try(desk_house_act(d, dt, "node.restored", m));
    /* Who had left since the backup must not come in by an old session. */
    try(store_sessions_sweep(t, d->store, INT64_MAX));
    struct tree *v = tree_map(t->arena);
    tree_add_int(t->arena, v, "incarnation", life);
    tree_add_int(t->arena, v, "records", records);
    tree_add_copy(t->arena, v, "origin", tree_get(m, "origin"));
    tree_add_copy(t->arena, v, "size", tree_get(m, "size"));
    dt->view = v;
    d->restores = false;
    return ERR_OK;
}

err desk_restored_project(struct desk *d, struct turn *t, const struct store_record *r,
                          const struct tree *p)
{
    (void)r;
    int64_t life = tree_int(p, "incarnation", 0);
    d->stale = true;
    return store_fact_set(t, d->store, STR("incarnation"),
                          str_printf(t->arena, "%lld", (long long)life));
}

uint64_t desk_lives(const struct desk *d) { return d->lives; }

/* ---- those of others ------------------------------------------------------------------------- */

static struct str life_name(struct turn *t, struct str log)
{
    return str_printf(t->arena, "incarnation " STR_FMT, STR_ARG(log));
}

static err life_known(struct desk *d, struct turn *t, struct str log, int64_t *out)
{
    struct str text;
    *out = 1;
    err e = store_fact(t, d->store, str_c(t->arena, life_name(t, log)), &text);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    if (str_to_int(text, out) && *out > 1) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "fact", NULL, "A peer's incarnation is not a number.");
}

err desk_peer_life(struct desk *d, struct turn *t, const struct desk_peer *peer, int64_t *out)
{
    return life_known(d, t, desk_log_name(peer->vkey), out);
}

err desk_peer_life_seen(struct desk *d, struct desk_turn *dt, const struct desk_peer *peer,
                        int64_t incarnation)
{
    struct turn *t = &dt->t;
    int64_t known;
    try(desk_peer_life(d, t, peer, &known));
    if (incarnation <= known) return ERR_OK;
    struct tree *m = tree_map(t->arena);
    tree_add_int(t->arena, m, "incarnation", incarnation);
    tree_add_str(t->arena, m, "log", desk_log_name(peer->vkey));
    return desk_house_act(d, dt, "peer.restored", m);
}

err desk_peer_restored_project(struct desk *d, struct turn *t, const struct store_record *r,
                               const struct tree *p)
{
    (void)r;
    int64_t known, life = tree_int(p, "incarnation", 0);
    struct str log = tree_str(p, "log");
    try(life_known(d, t, log, &known));
    if (life <= known) return ERR_OK; /* it never falls */
    d->lives++;
    return store_fact_set(t, d->store, life_name(t, log),
                          str_printf(t->arena, "%lld", (long long)life));
}
