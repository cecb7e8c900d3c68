/* SPDX-License-Identifier: Apache-2.0 */
/* A State's signed profile: which authorities it has, what each may do, which keys are theirs.
 *
 * The root is the only thing a person compared over the telephone; everything else a peer is known
 * by (seal, opening and TLS certificates, the key of its log) is believed because the root signed
 * this file. So it is read strictly: one wrong certificate and none of it counts. Newer and older
 * versions of a profile are told apart by their caller. */

#include "proof/proof_internal.h"

#include <string.h>

#define FORMAT "comity profile 1"

/* Only what is revoked is named, so that a profile without it is the bytes it was before. */
struct revoked {
    const char *key;
    int64_t since_ms;
};

static void revoked_put(struct arena *a, struct tree *map, const struct revoked *keys, size_t n)
{
    struct tree *since = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!keys[i].since_ms) continue;
        if (!since) since = tree_add_map(a, map, "revoked_since");
        tree_add_int(a, since, keys[i].key, keys[i].since_ms);
    }
}

static struct tree *authority_put(struct arena *a, struct tree *list,
                                  const struct profile_authority *x)
{
    struct tree *map = tree_add_map(a, list, NULL);
    tree_add_str(a, map, "address", x->address);
    tree_add_str(a, map, "name", x->name);
    if (x->functions)
        tree_add_copy(a, map, "functions", x->functions);
    else
        tree_add_list(a, map, "functions");
    tree_add_str(a, map, "seal", base64(a, x->seal_der));
    tree_add_str(a, map, "open", base64(a, x->open_der));
    const struct revoked keys[] = {{"seal", x->seal_revoked_ms}, {"open", x->open_revoked_ms}};
    revoked_put(a, map, keys, 2);
    return map;
}

struct str profile_body(struct arena *a, const struct profile *p)
{
    struct tree *map = tree_map(a);
    tree_add_int(a, map, "v", 1);
    tree_add_str(a, map, "state", p->state);
    tree_add_str(a, map, "name", p->name);
    tree_add_bool(a, map, "training", p->training);
    tree_add_int(a, map, "at", p->at_ms);
    struct tree *node = tree_add_map(a, map, "node");
    tree_add_str(a, node, "id", p->node);
    tree_add_str(a, node, "url", p->url);
    tree_add_str(a, node, "tls", base64(a, p->tls_der));
    tree_add_str(a, node, "vkey", p->vkey);
    revoked_put(a, node, &(struct revoked){"tls", p->tls_revoked_ms}, 1);
    struct tree *authorities = tree_add_list(a, map, "authorities");
    for (size_t i = 0; i < p->authorities_n; i++) authority_put(a, authorities, &p->authorities[i]);
    return json_write(a, map);
}

const struct profile_authority *profile_find(const struct profile *p, struct str address)
{
    for (size_t i = 0; i < p->authorities_n; i++)
        if (str_eq(p->authorities[i].address, address)) return &p->authorities[i];
    return NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

static err wrong(struct turn *t, const char *code, const char *particular, const char *sentence)
{
    return turn_fail_at(t, ERR_REJECTED, code, FORMAT, str_of(particular), "%s", sentence);
}

/* The root is one, is of this State, and says the same of training as the profile. */
static err root_check(struct turn *t, struct bytes root_der, const struct profile *p)
{
    struct seal_cert root;
    try(seal_cert_read(t, root_der, &root));
    if (root.role != SEAL_ROOT)
        return turn_fail_at(t, ERR_INTEGRITY, "root", "RFC 5280 4.2.1.9", STR("root"),
                            "The certificate given as the State's root is no root.");
    if (!str_eq(root.state, p->state))
        return turn_fail_at(t, ERR_INTEGRITY, "state", FORMAT, STR("state"),
                            "The profile is of another State than the root that signed it.");
    if (root.training != p->training)
        return turn_fail_at(t, ERR_INTEGRITY, "training", FORMAT, STR("training"),
                            "Root and profile do not agree whether this is training.");
    return ERR_OK;
}

/* Of the keys a map may revoke; a time is never 0 or before. */
static err revoked_read(struct turn *t, const struct tree *map, const struct field *fields,
                        size_t n)
{
    const struct tree *since = tree_get(map, "revoked_since");
    if (!since) return ERR_OK;
    try(fields_require(t, since, fields, n, true, FORMAT));
    for (const struct tree *f = since->child; f; f = f->next)
        if (f->num <= 0) return wrong(t, "form", "revoked_since", "A key is revoked at no time.");
    return since->count ? ERR_OK : wrong(t, "form", "revoked_since", "It revokes nothing.");
}

static int64_t revoked_ms(const struct tree *map, const char *key)
{
    return tree_int(tree_get(map, "revoked_since"), key, 0);
}

static err node_read(struct turn *t, const struct tree *node, struct bytes root_der,
                     struct profile *p)
{
    static const struct field fields[] = {{"id", TREE_STR, false},
                                          {"url", TREE_STR, false},
                                          {"tls", TREE_STR, false},
                                          {"vkey", TREE_STR, false},
                                          {"revoked_since", TREE_MAP, true}};
    static const struct field keys[] = {{"tls", TREE_INT, false}};
    try(FIELDS_REQUIRE(t, node, fields, true, FORMAT));
    try(revoked_read(t, node, keys, 1));
    p->tls_revoked_ms = revoked_ms(node, "tls");
    p->node = tree_str(node, "id");
    p->url = tree_str(node, "url");
    p->vkey = tree_str(node, "vkey");
    if (!p->node.n) return wrong(t, "form", "id", "The node has no name.");
    if (!str_starts(p->url, "https://"))
        return wrong(t, "form", "url", "The node's URL does not begin with https://.");
    struct ledger_vkey key;
    try(ledger_vkey_read(t, p->vkey, &key));
    try(field_base64(t, node, "tls", FORMAT, &p->tls_der));
    return seal_cert_check(t, p->tls_der, root_der, SEAL_TLS, p->at_ms);
}

/* One certificate of an authority: issued by the root, for this use, to this address. */
static err cert_read(struct turn *t, const struct tree *map, const char *key, enum seal_role role,
                     const struct profile *p, struct bytes root_der, struct bytes *der_out)
{
    struct seal_cert cert;
    try(field_base64(t, map, key, FORMAT, der_out));
    try(seal_cert_check(t, *der_out, root_der, role, p->at_ms));
    try(seal_cert_read(t, *der_out, &cert));
    if (str_eq(cert.address, tree_str(map, "address"))) return ERR_OK;
    return turn_fail_at(t, ERR_INTEGRITY, "address", FORMAT, str_of(key),
                        "The certificate under %s is of another authority.", key);
}

static err functions_check(struct turn *t, const struct tree *list)
{
    static const struct field fields[] = {{"instrument", TREE_STR, true},
                                          {"function", TREE_STR, true},
                                          {"direction", TREE_STR, true},
                                          {"kind", TREE_STR, true}};
    if (list->count > PROFILE_FUNCTIONS_MAX)
        return turn_fail_at(t, ERR_TOO_LARGE, "count", FORMAT, STR("functions"),
                            "An authority has at most %d functions.", PROFILE_FUNCTIONS_MAX);
    for (const struct tree *f = list->child; f; f = f->next)
        try(FIELDS_REQUIRE(t, f, fields, true, FORMAT));
    return ERR_OK;
}

static err authority_read(struct turn *t, const struct tree *map, struct bytes root_der,
                          struct profile *p)
{
    static const struct field fields[] = {
        {"address", TREE_STR, false}, {"name", TREE_STR, false}, {"functions", TREE_LIST, false},
        {"seal", TREE_STR, false},    {"open", TREE_STR, false}, {"revoked_since", TREE_MAP, true}};
    static const struct field keys[] = {{"seal", TREE_INT, true}, {"open", TREE_INT, true}};
    try(FIELDS_REQUIRE(t, map, fields, true, FORMAT));
    try(revoked_read(t, map, keys, 2));
    struct profile_authority x = {.address = tree_str(map, "address"),
                                  .name = tree_str(map, "name"),
                                  .functions = tree_get(map, "functions"),
                                  .seal_revoked_ms = revoked_ms(map, "seal"),
                                  .open_revoked_ms = revoked_ms(map, "open")};
    if (!address_is_sound(x.address) || memcmp(x.address.p, p->state.p, 2) != 0)
        return wrong(t, "form", "address", "An authority's address is not one of this State.");
    if (profile_find(p, x.address))
        return wrong(t, "form", "address", "An authority stands in the profile twice.");
    try(functions_check(t, x.functions));
    try(cert_read(t, map, "seal", SEAL_SEAL, p, root_der, &x.seal_der));
    try(cert_read(t, map, "open", SEAL_OPEN, p, root_der, &x.open_der));
    p->authorities[p->authorities_n++] = x;
    return ERR_OK;
}

static err authorities_read(struct turn *t, const struct tree *list, struct bytes root_der,
                            struct profile *p)
{
    if (list->count == 0) return wrong(t, "form", "authorities", "The profile names no authority.");
    if (list->count > PROFILE_AUTHORITIES_MAX)
        return turn_fail_at(t, ERR_TOO_LARGE, "count", FORMAT, STR("authorities"),
                            "A profile has at most %d authorities; this one has %zu.",
                            PROFILE_AUTHORITIES_MAX, list->count);
    p->authorities = arena_take_many(t->arena, list->count, sizeof *p->authorities);
    for (const struct tree *map = list->child; map; map = map->next)
        try(authority_read(t, map, root_der, p));
    return ERR_OK;
}

/* Only the State's two letters: an address begins with them. */
static bool state_is_sound(struct str s)
{
    return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

err profile_read(struct turn *t, const struct suite *suite, struct bytes cms, struct bytes root_der,
                 struct profile *out)
{
    static const struct field fields[] = {
        {"v", TREE_INT, false},
        {"state", TREE_STR, false},
        {"name", TREE_STR, false},
        {"training", TREE_BOOL, false},
        {"at", TREE_INT, false},
        {"node", TREE_MAP, false},
        {"authorities", TREE_LIST, false},
    };
    if (cms.n > PROFILE_SIZE_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "size", FORMAT,
                         "A signed profile has at most %d bytes; this one has %zu.",
                         PROFILE_SIZE_MAX, cms.n);
    struct bytes body;
    struct tree *map;
    try(suite->verify_attached(t, root_der, cms, &body));
    try(json_read_canonical(t, body, &codec_limits, &map));
    try(FIELDS_REQUIRE(t, map, fields, true, FORMAT));
    if (tree_int(map, "v", 0) != 1)
        return wrong(t, "version", "v", "Only version 1 of this format is known.");
    struct profile p = {.state = tree_str(map, "state"),
                        .name = tree_str(map, "name"),
                        .training = tree_bool(map, "training", false),
                        .at_ms = tree_int(map, "at", -1),
                        .hash = seal_sha256_of(cms)};
    if (!state_is_sound(p.state))
        return wrong(t, "form", "state", "The State is not two capital letters.");
    if (p.at_ms < 0) return wrong(t, "form", "at", "The profile has no time.");
    try(root_check(t, root_der, &p));
    try(node_read(t, tree_get(map, "node"), root_der, &p));
    try(authorities_read(t, tree_get(map, "authorities"), root_der, &p));
    *out = p;
    return ERR_OK;
}

err profile_in_time(struct turn *t, const struct profile *p, struct bytes root_der, int64_t now_ms)
{
    try(seal_cert_check(t, p->tls_der, root_der, SEAL_TLS, now_ms));
    for (size_t i = 0; i < p->authorities_n; i++) {
        try(seal_cert_check(t, p->authorities[i].seal_der, root_der, SEAL_SEAL, now_ms));
        try(seal_cert_check(t, p->authorities[i].open_der, root_der, SEAL_OPEN, now_ms));
    }
    return ERR_OK;
}
