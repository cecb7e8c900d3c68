/* SPDX-License-Identifier: Apache-2.0 */
/* Acts of the house dossier: the node's beginning, its officers, its peers. They go through the
 * same door, stand in the same log, and bind no other State. */

#include "desk/desk_internal.h"

#include <string.h>

err desk_house_act(struct desk *d, struct desk_turn *dt, const char *act,
                   const struct tree *particulars)
{
    return desk_house_act_with(d, dt, act, particulars, NULL, 0);
}

err desk_house_act_with(struct desk *d, struct desk_turn *dt, const char *act,
                        const struct tree *particulars, const struct desk_doc *docs, size_t docs_n)
{
    struct turn *t = &dt->t;
    struct id *id = arena_take(t->arena, sizeof *id);
    *id = desk_random_id(t);
    struct store_act *rows;
    size_t n;
    try(store_acts_of(t, d->store, &store_house, &rows, &n));
    struct tree *m = tree_map(t->arena);
    tree_add_int(t->arena, m, "v", 1);
    tree_add_str(t->arena, m, "id", desk_hex_id(t, id));
    tree_add_str(t->arena, m, "act", str_of(act));
    tree_add_str(t->arena, m, "dossier", desk_hex_id(t, &store_house));
    tree_add_int(t->arena, m, "n", (int64_t)n + 1);
    tree_add_int(t->arena, m, "at", turn_now_ms(t));
    tree_add_copy(t->arena, m, "particulars", particulars);
    if (docs_n) desk_act_documents(t, m, docs, docs_n);
    if (dt->person) {
        struct tree *by = tree_add_map(t->arena, m, "by");
        tree_add_str(t->arena, by, "officer", dt->person->officer.officer);
        tree_add_str(t->arena, by, "post", dt->person->officer.post);
        tree_add_str(t->arena, by, "method", dt->person->method);
    }
    struct tree *rest = tree_map(t->arena);
    tree_add_int(t->arena, rest, "stream", LAW_INWARD);
    tree_add_str(t->arena, rest, "way", STR("house"));
    if (docs_n) desk_act_vaults(t, rest, docs, docs_n);
    struct store_record r = {.dossier = store_house,
                             .kind = STR("act"),
                             .subject = id_bytes(id),
                             .at_ms = turn_now_ms(t),
                             .open = str_bytes(json_write(t->arena, m)),
                             .rest = rest};
    return desk_record(d, t, &r);
}

struct signed_profile {
    struct bytes cms, root;
    struct profile profile;
    struct seal_cert root_cert;
};

static err profile_arg(struct desk *d, struct turn *t, const struct tree *args,
                       struct signed_profile *out)
{
    struct str cms, root;
    try(desk_arg(t, args, "profile", &cms));
    try(desk_arg(t, args, "root", &root));
    if (!base64_read(t->arena, cms, &out->cms) || !base64_read(t->arena, root, &out->root))
        return turn_fail(t, ERR_REJECTED, "profile-form", "RFC 4648 4",
                         "A profile and its root are given in base64.");
    try(seal_cert_read(t, out->root, &out->root_cert));
    return profile_read(t, d->suite, out->cms, out->root, &out->profile);
}

/* ---- the first acts -------------------------------------------------------------------------- */

err desk_do_INIT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    if (d->born)
        return turn_fail(t, ERR_REJECTED, "node-made", NULL, "This folder holds a node already.");
    struct signed_profile p;
    try(profile_arg(d, t, dt->args, &p));
    try(store_key_make(t, d->store, &store_house));
    try(desk_tables_keep(d, t));
    try(desk_profile_record(d, t, p.cms, p.root, turn_now_ms(t)));
    struct tree *facts = tree_map(t->arena);
    tree_add_int(t->arena, facts, "incarnation", 1);
    tree_add_str(t->arena, facts, "node", p.profile.node);
    tree_add_str(t->arena, facts, "profile", desk_hex_hash(t, &p.profile.hash));
    tree_add_str(t->arena, facts, "state", p.profile.state);
    try(desk_house_act(d, dt, "node.fact", facts));
    try(desk_officers_first(d, dt, tree_get(dt->args, "officers")));
    try(store_fact_set(t, d->store, STR("projection"),
                       str_printf(t->arena, "%d", DESK_PROJECTION_VERSION)));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "state", p.profile.state);
    tree_add_str(t->arena, v, "node", p.profile.node);
    tree_add_str(t->arena, v, "root", desk_hex_hash(t, &p.root_cert.print));
    dt->view = v;
    return ERR_OK;
}

/* ---- peers ----------------------------------------------------------------------------------- */

/* Whether two nodes may know each other at all. */
static err peer_fits(struct desk *d, struct turn *t, const struct profile *p, struct bytes root_der)
{
    if (p->training != d->profile.training)
        return turn_fail(t, ERR_NOT_ALLOWED, "training", "comity wire 1: training",
                         "This node is %s and the other is %s: training and real nodes never "
                         "peer.",
                         d->profile.training ? "for training" : "real",
                         p->training ? "for training" : "real");
    if (str_eq(p->state, d->profile.state) && str_eq(p->node, d->profile.node))
        return turn_fail(t, ERR_REJECTED, "peer-self", NULL, "This is the node itself.");
    if (str_eq(p->state, d->profile.state) && !bytes_eq(root_der, d->root_der))
        return turn_fail(t, ERR_NOT_ALLOWED, "own-state", "comity wire 1: ceremony",
                         "The profile is of our own State under another root than ours.");
    return profile_in_time(t, p, root_der, turn_now_ms(t));
}

/* The words heard are those of the root given: what the other side read out is what we hold. */
static err words_fit(struct turn *t, struct bytes root_der, struct str heard)
{
    struct str theirs;
    try(profile_words(t, root_der, &theirs));
    if (str_eq(heard, theirs)) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "words-differ", "comity wire 1: ceremony", STR("words"),
                        "The five words heard are not those of the root this node was given. "
                        "Somebody may stand between you; nothing was pinned.");
}

/* A State that is pinned keeps its root, unless a person says that it has another. */
static err root_stays(struct turn *t, const struct store_peer *known, const struct hash *root,
                      bool replace)
{
    if (!str_is(known->stage, "pinned") || hash_eq(&known->root, root) || replace) return ERR_OK;
    return turn_fail(t, ERR_CONFLICT, "root-changed", "comity wire 1: ceremony",
                     STR_FMT " is pinned under the root " STR_FMT ", and this is the root " STR_FMT
                             ". Nothing was changed. If its State says by a known telephone number "
                             "that it has a new root: --replace.",
                     STR_ARG(known->address), STR_ARG(desk_hex_hash(t, &known->root)),
                     STR_ARG(desk_hex_hash(t, root)));
}

/* Who keeps an old profile back could bring revoked keys to life again. */
static err profile_is_newest(struct desk *d, struct turn *t, const struct store_peer *known,
                             const struct signed_profile *p)
{
    if (!known->address.n || !hash_eq(&known->root, &p->root_cert.print)) return ERR_OK;
    struct profile stored;
    struct bytes cms, root;
    try(desk_profile_read(d, t, &known->profile, &stored, &cms, &root));
    if (p->profile.at_ms >= stored.at_ms) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "profile-older", "comity profile 1: at",
                     "This profile is of %s; one of %s is known. Nothing was changed.",
                     str_c(t->arena, time_text(t->arena, p->profile.at_ms)),
                     str_c(t->arena, time_text(t->arena, stored.at_ms)));
}

static err peer_act(struct desk *d, struct desk_turn *dt, const struct signed_profile *p,
                    struct str address, const char *stage)
{
    struct turn *t = &dt->t;
    struct seal_cert tls;
    try(seal_cert_read(t, p->profile.tls_der, &tls));
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "address", address);
    tree_add_str(t->arena, m, "state", p->profile.state);
    tree_add_str(t->arena, m, "node", p->profile.node);
    tree_add_str(t->arena, m, "url", p->profile.url);
    tree_add_str(t->arena, m, "stage", str_of(stage));
    tree_add_str(t->arena, m, "root", desk_hex_hash(t, &p->root_cert.print));
    tree_add_str(t->arena, m, "profile", desk_hex_hash(t, &p->profile.hash));
    tree_add_str(t->arena, m, "tls", desk_hex_hash(t, &tls.print));
    return desk_house_act(d, dt, "peer.set", m);
}

/* What is known of each of a profile's authorities: an empty row for one that is new. */
static err peers_known(struct desk *d, struct turn *t, const struct signed_profile *p, bool replace,
                       struct store_peer *known)
{
    for (size_t k = 0; k < p->profile.authorities_n; k++) {
        known[k] = (struct store_peer){0};
        err e = store_peer_get(t, d->store, p->profile.authorities[k].address, &known[k]);
        if (e != ERR_NONE_SUCH) try(e);
        turn_forgive(t);
        try(root_stays(t, &known[k], &p->root_cert.print, replace));
        try(profile_is_newest(d, t, &known[k], p));
    }
    return ERR_OK;
}

err desk_do_PEER_ADD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct signed_profile p;
    struct str ours, heard = tree_str(dt->args, "words");
    try(profile_arg(d, t, dt->args, &p));
    try(peer_fits(d, t, &p.profile, p.root));
    struct store_peer *known =
        arena_take_many(t->arena, p.profile.authorities_n + 1, sizeof *known);
    try(peers_known(d, t, &p, tree_bool(dt->args, "replace", false), known));
    if (heard.n)
        try(words_fit(t, p.root, heard));
    else
        try(profile_words(t, d->root_der, &ours));
    try(desk_profile_record(d, t, p.cms, p.root, turn_now_ms(t)));
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "addresses");
    bool pinned = true;
    for (size_t k = 0; k < p.profile.authorities_n; k++) {
        struct str address = p.profile.authorities[k].address;
        bool stands = str_is(known[k].stage, "pinned"), newer;
        newer = stands && !hash_eq(&known[k].profile, &p.profile.hash);
        pinned = pinned && (stands || heard.n);
        if (!stands || heard.n || newer) /* the pinned root signed what is newer */
            try(peer_act(d, dt, &p, address, stands || heard.n ? "pinned" : "proposed"));
        tree_add_str(t->arena, list, NULL, address);
    }
    tree_add_str(t->arena, v, "state", p.profile.state);
    tree_add_str(t->arena, v, "stage", pinned ? STR("pinned") : STR("proposed"));
    tree_add_str(t->arena, v, "root", desk_hex_hash(t, &p.root_cert.print));
    if (!heard.n) tree_add_str(t->arena, v, "words", ours);
    dt->view = v;
    return ERR_OK;
}

/* Nobody is forgotten: the row stays, and nothing is taken from it or sent to it any more. */
err desk_do_PEER_REMOVE(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str who;
    struct store_peer *rows;
    size_t n;
    try(desk_arg(t, dt->args, "address", &who));
    try(store_peers(t, d->store, &rows, &n));
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "addresses");
    for (size_t k = 0; k < n; k++) {
        bool named = str_eq(rows[k].address, who) || str_eq(rows[k].state, who);
        if (!named || str_is(rows[k].stage, "removed")) continue;
        struct tree *m = tree_map(t->arena);
        tree_add_str(t->arena, m, "address", rows[k].address);
        tree_add_str(t->arena, m, "state", rows[k].state);
        tree_add_str(t->arena, m, "node", rows[k].node);
        tree_add_str(t->arena, m, "url", rows[k].url);
        tree_add_str(t->arena, m, "stage", STR("removed"));
        tree_add_str(t->arena, m, "root", desk_hex_hash(t, &rows[k].root));
        tree_add_str(t->arena, m, "profile", desk_hex_hash(t, &rows[k].profile));
        tree_add_str(t->arena, m, "tls", desk_hex_hash(t, &rows[k].tls));
        try(desk_house_act(d, dt, "peer.set", m));
        tree_add_str(t->arena, list, NULL, rows[k].address);
    }
    tree_add_str(t->arena, v, "stage", STR("removed"));
    dt->view = v;
    if (list->count) return ERR_OK;
    return turn_fail(t, ERR_NONE_SUCH, "peer-none-such", NULL,
                     "This node knows no authority or State " STR_FMT ".", STR_ARG(who));
}

err desk_do_PEERS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_peer *rows;
    size_t n;
    try(store_peers(t, d->store, &rows, &n));
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "peers");
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "address", rows[k].address);
        tree_add_str(t->arena, one, "title",
                     desk_address_title(d, t, rows[k].address, desk_lang(dt)));
        tree_add_str(t->arena, one, "state", rows[k].state);
        tree_add_str(t->arena, one, "node", rows[k].node);
        tree_add_str(t->arena, one, "url", rows[k].url);
        tree_add_str(t->arena, one, "stage", rows[k].stage);
        tree_add_str(t->arena, one, "root", desk_hex_hash(t, &rows[k].root));
        const struct desk_peer *pinned = desk_peer(d, rows[k].address);
        if (pinned)
            tree_add_str(t->arena, one, "certificate",
                         seal_pem(t->arena, "CERTIFICATE", pinned->root_der));
    }
    tree_add_str(t->arena, v, "own", seal_pem(t->arena, "CERTIFICATE", d->root_der));
    dt->view = v;
    return ERR_OK;
}
