/* SPDX-License-Identifier: Apache-2.0 */
/* Who this node is and whom it knows: our signed profile, the pinned peers, the officers. Held in
 * memory between writes, because every connection and every parcel asks for them. */

#include "desk/desk_internal.h"

#include <string.h>

err desk_profile_record(struct desk *d, struct turn *t, struct bytes cms, struct bytes root,
                        int64_t at_ms)
{
    struct hash hash = seal_sha256_of(cms);
    struct store_record seen;
    err e = store_record_get(t, d->store, "profile", hash_bytes(&hash), &seen);
    if (e == ERR_OK) return ERR_OK; /* the same bytes stand already */
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "root", base64(t->arena, root));
    struct store_record r = {.dossier = store_house,
                             .kind = STR("profile"),
                             .subject = bytes_dup(t->arena, hash_bytes(&hash)),
                             .at_ms = at_ms,
                             .open = bytes_dup(t->arena, hash_bytes(&hash)),
                             .rest = rest,
                             .bulk = cms};
    return desk_record(d, t, &r);
}

err desk_profile_read(struct desk *d, struct turn *t, const struct hash *hash, struct profile *out,
                      struct bytes *signed_out, struct bytes *root_out)
{
    struct store_record r;
    try(store_record_get(t, d->store, "profile", hash_bytes(hash), &r));
    struct bytes root;
    if (!base64_read(t->arena, tree_str(r.rest, "root"), &root))
        return turn_fail(t, ERR_INTEGRITY, "profile-root", NULL, "A stored profile has no root.");
    try(profile_read(t, d->suite, r.bulk, root, out));
    *signed_out = r.bulk;
    *root_out = root;
    return ERR_OK;
}

/* The table set acts are decided with must be found again by its hash. */
err desk_tables_keep(struct desk *d, struct turn *t)
{
    const struct hash *hash = law_tables_hash(d->tables);
    struct store_record kept;
    err e = store_record_get(t, d->store, "tables", hash_bytes(hash), &kept);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    struct store_record r = {.dossier = store_house,
                             .kind = STR("tables"),
                             .subject = hash_bytes(hash),
                             .at_ms = turn_now_ms(t),
                             .open = hash_bytes(hash),
                             .bulk = str_bytes(d->packed)};
    return desk_record(d, t, &r);
}

static err fact_hash(struct desk *d, struct turn *t, const char *name, struct hash *out)
{
    struct str text;
    try(store_fact(t, d->store, name, &text));
    if (!hash_read(text, out))
        return turn_fail(t, ERR_INTEGRITY, "fact", NULL, "The fact %s is not a hash.", name);
    return ERR_OK;
}

static err peer_read(struct desk *d, struct turn *t, const struct store_peer *row,
                     struct desk_peer *out)
{
    struct profile p;
    struct bytes cms, root;
    try(desk_profile_read(d, t, &row->profile, &p, &cms, &root));
    const struct profile_authority *a = profile_find(&p, row->address);
    if (!a)
        return turn_fail(t, ERR_INTEGRITY, "peer-profile", NULL,
                         "The profile of " STR_FMT " does not name it.", STR_ARG(row->address));
    struct seal_cert tls;
    try(seal_cert_read(t, p.tls_der, &tls));
    *out = (struct desk_peer){.address = row->address,
                              .state = row->state,
                              .node = row->node,
                              .url = row->url,
                              .name = a->name,
                              .state_name = p.name,
                              .vkey = p.vkey,
                              .profile = row->profile,
                              .tls = tls.print,
                              .tls_key = tls.key,
                              .root_der = root,
                              .seal_der = a->seal_der,
                              .open_der = a->open_der,
                              .tls_from_ms = tls.from_ms,
                              .tls_to_ms = tls.to_ms,
                              .tls_revoked_ms = p.tls_revoked_ms,
                              .seal_revoked_ms = a->seal_revoked_ms,
                              .open_revoked_ms = a->open_revoked_ms,
                              .functions = a->functions,
                              .training = p.training};
    return ERR_OK;
}

/* What `from` borrows is copied, so that nothing else of its profile stays in memory. */
static struct desk_peer peer_in(struct arena *a, const struct desk_peer *from)
{
    struct desk_peer p = *from;
    struct str *const texts[] = {&p.address, &p.state, &p.node,      &p.url,
                                 &p.vkey,    &p.name,  &p.state_name};
    struct bytes *const certs[] = {&p.root_der, &p.seal_der, &p.open_der};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) *texts[k] = str_dup(a, *texts[k]);
    for (size_t k = 0; k < sizeof certs / sizeof *certs; k++) *certs[k] = bytes_dup(a, *certs[k]);
    if (p.functions) p.functions = tree_add_copy(a, tree_list(a), NULL, p.functions);
    return p;
}

/* The one known before, where its row says the same. Its profile was verified when it was read. */
static const struct desk_peer *peer_before(const struct desk *d, const struct store_peer *row)
{
    for (size_t k = 0; k < d->peers_n; k++) {
        const struct desk_peer *p = &d->peers[k];
        if (hash_eq(&p->profile, &row->profile) && str_eq(p->address, row->address) &&
            str_eq(p->state, row->state) && str_eq(p->node, row->node) && str_eq(p->url, row->url))
            return p;
    }
    return NULL;
}

static err peer_load(struct desk *d, struct turn *t, const struct store_peer *row,
                     struct desk_peer *out)
{
    auto_arena scratch = arena_new();
    struct turn one = *t;
    one.arena = scratch;
    struct desk_peer read;
    const struct desk_peer *before = peer_before(d, row);
    err e = before ? ERR_OK : peer_read(d, &one, row, &read);
    t->fault = one.fault;
    if (e == ERR_OK) *out = peer_in(t->arena, before ? before : &read);
    return e;
}

struct known {
    struct profile profile;
    struct bytes profile_signed, root_der;
    struct desk_peer *peers;
    size_t peers_n;
    int64_t incarnation;
};

static err peers_load(struct desk *d, struct turn *t, struct known *k)
{
    struct store_peer *rows;
    size_t n;
    try(store_peers(t, d->store, &rows, &n));
    k->peers = arena_take_many(t->arena, n + 1, sizeof *k->peers);
    for (size_t j = 0; j < n; j++) {
        if (!str_is(rows[j].stage, "pinned")) continue;
        try(peer_load(d, t, &rows[j], &k->peers[k->peers_n]));
        k->peers_n++;
    }
    return ERR_OK;
}

static err known_read(struct desk *d, struct turn *t, struct known *k)
{
    struct str incarnation;
    struct hash hash;
    try(store_fact(t, d->store, "incarnation", &incarnation));
    if (!str_to_int(incarnation, &k->incarnation) || k->incarnation < 1)
        return turn_fail(t, ERR_INTEGRITY, "fact", NULL, "The incarnation is not a number.");
    try(fact_hash(d, t, "profile", &hash));
    try(desk_profile_read(d, t, &hash, &k->profile, &k->profile_signed, &k->root_der));
    return peers_load(d, t, k);
}

err desk_known_load(struct desk *d, struct turn *t)
{
    struct arena *fresh = arena_new();
    struct turn life = *t;
    life.arena = fresh;
    struct known k = {0};
    err e = known_read(d, &life, &k);
    if (e != ERR_OK) {
        arena_free(fresh);
        if (e == ERR_NONE_SUCH && store_log_size(d->store) == 0) return ERR_OK; /* before INIT */
        t->fault = life.fault;
        return e;
    }
    d->profile = k.profile;
    d->profile_signed = k.profile_signed;
    d->root_der = k.root_der;
    d->peers = k.peers;
    d->peers_n = k.peers_n;
    d->incarnation = k.incarnation;
    arena_free(d->known);
    d->known = fresh;
    d->born = true;
    return ERR_OK;
}

const struct desk_peer *desk_peer_by_tls(struct desk *d, const struct hash *tls, size_t nth)
{
    for (size_t k = 0; k < d->peers_n; k++)
        if (hash_eq(&d->peers[k].tls, tls) && nth-- == 0) return &d->peers[k];
    return NULL;
}

const struct desk_peer *desk_peers(const struct desk *d, size_t *n_out)
{
    *n_out = d->peers_n;
    return d->peers;
}

const struct desk_peer *desk_peer(struct desk *d, struct str address)
{
    for (size_t k = 0; k < d->peers_n; k++)
        if (str_eq(d->peers[k].address, address))
            return d->peers[k].training == d->profile.training ? &d->peers[k] : NULL;
    return NULL;
}

bool desk_peer_may_connect(const struct desk_peer *peer, int64_t now_ms)
{
    return peer->tls_from_ms <= now_ms && now_ms <= peer->tls_to_ms &&
           !profile_is_revoked(peer->tls_revoked_ms, now_ms);
}

const struct profile *desk_profile(const struct desk *d) { return &d->profile; }
struct bytes desk_profile_signed(const struct desk *d) { return d->profile_signed; }
struct bytes desk_root_der(const struct desk *d) { return d->root_der; }
const struct suite *desk_suite(const struct desk *d) { return d->suite; }
const struct keeper *desk_keeper(const struct desk *d) { return &d->keeper; }

err desk_own_authority(struct desk *d, struct turn *t, struct str address,
                       const struct profile_authority **out)
{
    *out = profile_find(&d->profile, address);
    if (*out) return ERR_OK;
    return turn_fail(t, ERR_NONE_SUCH, "authority-none-such", NULL,
                     "This node does not serve the authority " STR_FMT ".", STR_ARG(address));
}

err desk_functions(struct turn *t, const struct tree *list, struct law_function **out,
                   size_t *n_out)
{
    size_t n = list ? list->count : 0, k = 0;
    struct law_function *f = arena_take_many(t->arena, n + 1, sizeof *f);
    for (const struct tree *row = list ? list->child : NULL; row; row = row->next)
        f[k++] = (struct law_function){tree_str(row, "instrument"), tree_str(row, "function"),
                                       tree_str(row, "direction"), tree_str(row, "kind")};
    *out = f;
    *n_out = k;
    return ERR_OK;
}
