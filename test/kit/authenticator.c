/* SPDX-License-Identifier: Apache-2.0 */
/* A security key of the test's, with a P-256 key of our own. */

#include "kit/authenticator.h"

#include "seal/inner.h"

#include <stdlib.h>
#include <string.h>

enum { PRESENT = 1, VERIFIED = 4, ATTESTED = 0x40 };

static void must(err e, const struct turn *t)
{
    if (e == ERR_OK) return;
    fprintf(stderr, "authenticator: %s\n", t->fault.sentence);
    abort();
}

static void key_end(void *key) { seal_key_free(key); }

void authenticator_make(struct turn *t, struct authenticator *a)
{
    memset(a, 0, sizeof *a);
    must(seal_key_make(t, &a->key), t);
    arena_on_free(t->arena, key_end, a->key);
    t->chance->fill(t->chance->ctx, a->id, sizeof a->id);
    memcpy(a->point, a->key->point + 1, sizeof a->point);
}

static struct bytes client_data(struct turn *t, const struct authenticator *a, const char *type,
                                const struct seal_site *site, struct bytes challenge)
{
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "type", str_of(a->type ? a->type : type));
    tree_add_str(t->arena, m, "challenge", base64url(t->arena, challenge));
    tree_add_str(t->arena, m, "origin", a->origin ? str_of(a->origin) : site->origin);
    tree_add_bool(t->arena, m, "crossOrigin", a->cross_origin);
    return str_bytes(json_write(t->arena, m));
}

static void data_begin(struct buf *b, struct authenticator *a, const struct seal_site *site,
                       uint8_t flags)
{
    struct hash host = seal_sha256_of(str_bytes(a->host ? str_of(a->host) : site->host));
    buf_put(b, host.b, sizeof host.b);
    buf_byte(b, a->flags ? (uint8_t)(a->flags | (flags & ATTESTED)) : flags);
    buf_be(b, a->uses, 4);
}

void authenticator_create(struct turn *t, struct authenticator *a, const struct seal_site *site,
                          struct bytes challenge, struct seal_said *out)
{
    static const uint8_t aaguid[16], head[] = {0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32};
    static const uint8_t middle[] = {0x22, 0x58, 32};
    struct buf b = buf_in(t->arena);
    data_begin(&b, a, site, PRESENT | VERIFIED | ATTESTED);
    buf_put(&b, aaguid, sizeof aaguid);
    buf_be(&b, sizeof a->id, 2);
    buf_put(&b, a->id, sizeof a->id);
    buf_put(&b, head, sizeof head);
    buf_put(&b, a->point, 32);
    buf_put(&b, middle, sizeof middle);
    buf_put(&b, a->point + 32, 32);
    *out = (struct seal_said){
        client_data(t, a, "webauthn.create", site, challenge), buf_as_bytes(&b), {0}};
}

void authenticator_get(struct turn *t, struct authenticator *a, const struct seal_site *site,
                       struct bytes challenge, struct seal_said *out)
{
    struct buf b = buf_in(t->arena);
    a->uses++;
    data_begin(&b, a, site, PRESENT | VERIFIED);
    struct bytes client = client_data(t, a, "webauthn.get", site, challenge), signature;
    struct hash hash = seal_sha256_of(client), digest;
    struct bytes parts[] = {buf_as_bytes(&b), hash_bytes(&hash)};
    seal_sha256(parts, 2, &digest);
    must(seal_key_sign(t, a->key, &digest, &signature), t);
    *out = (struct seal_said){client, buf_as_bytes(&b), signature};
}
