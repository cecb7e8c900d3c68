/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys of officers: remembered and forgotten by acts of the house, used to enter. A challenge
 * is random, good once and for five minutes, and only its hash is kept. */

#include "desk/desk_internal.h"

#include <string.h>

#define CHALLENGE_MS (INT64_C(5) * 60 * 1000)
enum { CHALLENGE_SIZE = 32, NAME_MAX_BYTES = 60, PASSKEYS_MAX = 16 };

static err site_of(struct desk *d, struct turn *t, struct seal_site *out)
{
    if (seal_site_of(d->officers, out)) return ERR_OK;
    return turn_fail(t, ERR_NOT_ALLOWED, "passkeys-off", "comity officers 1: passkeys",
                     "This node has no name for its pages that passkeys could be made for; its "
                     "administrator sets `officers` in comity.yaml.");
}

static void challenge_hash(struct bytes challenge, struct hash *out)
{
    struct bytes parts[] = {str_bytes(STR("challenge ")), challenge};
    seal_sha256(parts, 2, out);
}

static err challenge_give(struct desk *d, struct turn *t, const char *sort, struct str officer,
                          struct tree *v)
{
    uint8_t challenge[CHALLENGE_SIZE];
    int64_t now_ms = turn_now_ms(t);
    struct store_pass p = {
        .sort = str_of(sort), .officer = officer, .ends_ms = now_ms + CHALLENGE_MS};
    t->chance->fill(t->chance->ctx, challenge, sizeof challenge);
    challenge_hash((struct bytes){challenge, sizeof challenge}, &p.token);
    try(store_pass_put(t, d->store, &p, now_ms));
    tree_add_str(t->arena, v, "challenge",
                 base64url(t->arena, (struct bytes){challenge, sizeof challenge}));
    return ERR_OK;
}

/* What the browser said, and that it answers a challenge of ours that was not used before. */
static err said_arg(struct desk *d, struct desk_turn *dt, const char *sort, struct seal_said *said,
                    struct bytes *challenge, struct store_pass *pass)
{
    struct turn *t = &dt->t;
    struct hash hash;
    const struct {
        const char *name;
        struct bytes *out;
    } parts[] = {{"client_data", &said->client_data},
                 {"authenticator_data", &said->authenticator_data},
                 {"signature", &said->signature}};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        if (!base64url_read(t->arena, tree_str(dt->args, parts[k].name), parts[k].out))
            return turn_fail_at(t, ERR_REJECTED, "passkey-form", "RFC 4648 5",
                                str_of(parts[k].name), "What a browser says comes in base64url.");
    try(seal_passkey_challenge(t, said->client_data, challenge));
    challenge_hash(*challenge, &hash);
    return store_pass_take(t, d->store, &hash, str_of(sort), turn_now_ms(t), pass);
}

/* ---- entering -------------------------------------------------------------------------------- */

err desk_do_ENTER_BEGIN(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct seal_site site;
    struct tree *v = tree_map(t->arena);
    try(site_of(d, t, &site));
    try(challenge_give(d, t, "enter", STR(""), v));
    tree_add_str(t->arena, v, "rp_id", site.host);
    dt->view = v;
    return ERR_OK;
}

/* Whose passkey it is, and whether it holds. Any "no" is told as one by the caller. */
static err enter_key(struct desk *d, struct desk_turn *dt, const struct seal_site *site,
                     struct store_officer *out)
{
    struct turn *t = &dt->t;
    struct seal_said said;
    struct bytes challenge, id;
    struct store_pass pass;
    struct store_passkey key;
    int64_t uses, last, used_ms;
    try(said_arg(d, dt, "enter", &said, &challenge, &pass));
    if (!base64url_read(t->arena, tree_str(dt->args, "passkey"), &id) || !id.n)
        return ERR_NONE_SUCH;
    try(store_passkey_get(t, d->store, id, &key));
    try(store_officer_get(t, d->store, key.officer, out));
    if (key.ended || out->ended) return ERR_NONE_SUCH;
    try(seal_passkey_holds(t, site, challenge, &said, key.key, &uses));
    try(store_passkey_use(t, d->store, id, &last, &used_ms));
    /* A count that does not grow: somebody holds a copy. */
    if ((uses || last) && uses <= last) return ERR_NONE_SUCH;
    return store_passkey_used(t, d->store, id, uses, turn_now_ms(t));
}

err desk_do_ENTER_KEY(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct seal_site site;
    struct store_officer o;
    try(site_of(d, t, &site));
    err e = enter_key(d, dt, &site, &o);
    if (e == ERR_NONE_SUCH || e == ERR_REJECTED || e == ERR_INTEGRITY) return desk_enter_fail(t);
    try(e);
    return desk_session_begin(d, dt, &o, "key");
}

/* ---- remembering ----------------------------------------------------------------------------- */

err desk_do_PASSKEY_BEGIN(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    const struct store_officer *o = &dt->person->officer;
    struct seal_site site;
    struct store_passkey *keys;
    size_t n;
    struct tree *v = tree_map(t->arena);
    try(site_of(d, t, &site));
    try(store_passkeys(t, d->store, o->officer, &keys, &n));
    if (n >= PASSKEYS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "passkeys-too-many", "comity officers 1: passkeys",
                         "An officer has at most %d passkeys; forget one first.", PASSKEYS_MAX);
    try(challenge_give(d, t, "add", o->officer, v));
    struct hash user = seal_sha256_of(str_bytes(o->officer));
    tree_add_str(t->arena, v, "rp_id", site.host);
    tree_add_str(t->arena, v, "rp_name", d->profile.name);
    tree_add_str(t->arena, v, "user_id", base64url(t->arena, hash_bytes(&user)));
    tree_add_str(t->arena, v, "user_name", o->name.n ? o->name : o->officer);
    struct tree *list = tree_add_list(t->arena, v, "exclude");
    for (size_t k = 0; k < n; k++)
        tree_add_str(t->arena, list, NULL, base64url(t->arena, keys[k].passkey));
    dt->view = v;
    return ERR_OK;
}

static err passkey_record(struct desk *d, struct desk_turn *dt, const struct store_passkey *k)
{
    struct turn *t = &dt->t;
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "passkey", hex(t->arena, k->passkey));
    tree_add_str(t->arena, m, "officer", k->officer);
    tree_add_str(t->arena, m, "name", k->name);
    tree_add_str(t->arena, m, "key", hex(t->arena, k->key));
    tree_add_int(t->arena, m, "added", k->added_ms);
    tree_add_bool(t->arena, m, "ended", k->ended);
    return desk_house_act(d, dt, "officer.key", m);
}

static err hex_bytes(struct turn *t, struct str text, struct bytes *out)
{
    uint8_t *p = arena_take(t->arena, text.n / 2 + 1);
    if (!hex_read(text, p, text.n / 2))
        return turn_fail(t, ERR_INTEGRITY, "house-act", NULL, "A passkey act is not readable.");
    *out = (struct bytes){p, text.n / 2};
    return ERR_OK;
}

err desk_passkey_project(struct desk *d, struct turn *t, const struct store_record *r,
                         const struct tree *p)
{
    (void)r;
    struct store_passkey k = {.officer = tree_str(p, "officer"),
                              .name = tree_str(p, "name"),
                              .added_ms = tree_int(p, "added", 0),
                              .ended = tree_bool(p, "ended", false)};
    try(hex_bytes(t, tree_str(p, "passkey"), &k.passkey));
    try(hex_bytes(t, tree_str(p, "key"), &k.key));
    return store_passkey_set(t, d->store, &k);
}

err desk_do_PASSKEY_ADD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct seal_site site;
    struct seal_said said;
    struct seal_passkey made;
    struct bytes challenge;
    struct store_pass pass;
    struct store_passkey other, k = {.officer = dt->person->officer.officer,
                                     .name = tree_str(dt->args, "name"),
                                     .added_ms = turn_now_ms(t)};
    try(site_of(d, t, &site));
    try(said_arg(d, dt, "add", &said, &challenge, &pass));
    if (!str_eq(pass.officer, k.officer)) return desk_enter_fail(t);
    try(seal_passkey_read(t, &site, challenge, &said, &made));
    k.passkey = made.id;
    k.key = made.key;
    if (!k.name.n) k.name = STR("passkey");
    if (k.name.n > NAME_MAX_BYTES)
        return turn_fail_at(t, ERR_TOO_LARGE, "passkey-name", "comity officers 1: passkeys",
                            STR("name"), "A passkey's name has at most %d bytes.", NAME_MAX_BYTES);
    err e = store_passkey_get(t, d->store, k.passkey, &other);
    if (e == ERR_OK)
        return turn_fail(t, ERR_REJECTED, "passkey-known", "WebAuthn 7.1",
                         "This passkey is remembered already.");
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    try(passkey_record(d, dt, &k));
    try(store_passkey_used(t, d->store, k.passkey, made.uses, 0));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "passkey", hex(t->arena, k.passkey));
    tree_add_str(t->arena, v, "name", k.name);
    dt->view = v;
    return ERR_OK;
}

err desk_do_PASSKEY_DROP(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str text;
    struct bytes id = {0};
    struct store_passkey k;
    try(desk_arg(t, dt->args, "passkey", &text));
    uint8_t *p = arena_take(t->arena, text.n / 2 + 1);
    if (hex_read(text, p, text.n / 2)) id = (struct bytes){p, text.n / 2};
    err e = store_passkey_get(t, d->store, id, &k);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    if (e == ERR_NONE_SUCH || k.ended || !str_eq(k.officer, dt->person->officer.officer)) {
        turn_forgive(t);
        return turn_fail_at(t, ERR_NONE_SUCH, "passkey-none-such", NULL, STR("passkey"),
                            "You have no such passkey.");
    }
    k.ended = true;
    try(passkey_record(d, dt, &k));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "passkey", text);
    dt->view = v;
    return ERR_OK;
}
