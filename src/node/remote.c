/* SPDX-License-Identifier: Apache-2.0 */
/* Keeper's services as another process has them: questions over a socket that wait for the answer.
 *
 * When keeper dies over one, or the link breaks, it is asked again as soon as the broker has sent
 * the end of a link to its successor: everything may be asked twice. No private key is ever in an
 * answer; keys of dossiers and what two keys agreed on are. */

#include "node/split.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

enum { ASK_MS = 20 * 1000 };

/* ---- asking ---------------------------------------------------------------------------------- */

static int64_t mono_ms(void) { return node_clock.mono_ms(node_clock.ctx); }

/* Until there is an end of a link to keeper. */
static err keeper_there(struct node_child *c, struct turn *t, int64_t until_ms)
{
    while (c->keeper < 0) {
        int64_t left = until_ms - mono_ms();
        if (left <= 0 || c->stop)
            return turn_fail(t, ERR_BUSY, "keeper-gone", NULL,
                             "Keeper, which holds the keys, does not answer; nothing was signed. "
                             "Try again shortly.");
        err e = node_told(c, t, left < NODE_LINK_AGAIN_MS ? (int)left : NODE_LINK_AGAIN_MS);
        if (e == ERR_NONE_SUCH) {
            turn_forgive(t);
            node_links_ask(c);
        }
        if (e == ERR_PEER) _exit(0); /* the broker is gone */
        if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    }
    return ERR_OK;
}

err node_keeper_ask(struct node_child *c, struct turn *t, const struct pack *question,
                    struct pack *answer)
{
    int64_t until_ms = mono_ms() + NODE_KEEPER_WAIT_MS;
    struct bytes reply, message = pack_write(t->arena, question);
    for (;;) {
        try(keeper_there(c, t, until_ms));
        err e = net_link_ask(t, c->keeper, message, NODE_KEEPER_MESSAGE_MAX, ASK_MS, &reply);
        if (e == ERR_OK) break;
        if (e != ERR_PEER) return e;
        turn_forgive(t);
        close(c->keeper);
        c->keeper = -1;
        node_link_lost(c, GUARD_KEEPER);
    }
    try(pack_read(t, reply, &node_link_limits, answer));
    const struct tree *fault = tree_get(answer->head, "fault");
    if (!fault) return ERR_OK;
    struct fault f;
    node_fault_get(fault, &f);
    if (t->fault.err == ERR_OK) t->fault = f;
    return f.err;
}

static struct pack question(struct turn *t, const char *op)
{
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "op", str_of(op));
    return (struct pack){.head = m};
}

static struct tree *head_of(const struct pack *q) { return (struct tree *)(uintptr_t)q->head; }

/* An answer of one part; of `n` bytes, when it has to be. */
static err ask_one(struct node_child *c, struct turn *t, const struct pack *q, size_t n,
                   struct bytes *out)
{
    struct pack a;
    try(node_keeper_ask(c, t, q, &a));
    *out = pack_part(&a, 0);
    if (!n || out->n == n) return ERR_OK;
    return turn_fail(t, ERR_INTERNAL, "keeper", NULL, "Keeper answered %zu bytes, not %zu.", out->n,
                     n);
}

/* ---- keys ------------------------------------------------------------------------------------ */

struct remote_key {
    struct node_child *child;
    struct str address;
    const char *op; /* what a signature is asked with: "sign", "tls" */
};

static err key_sign(void *ctx, struct turn *t, const struct hash *digest,
                    struct bytes *signature_out)
{
    const struct remote_key *k = ctx;
    struct pack q = question(t, k->op);
    if (k->address.n) tree_add_str(t->arena, head_of(&q), "address", k->address);
    q.parts[q.n++] = hash_bytes(digest);
    return ask_one(k->child, t, &q, 0, signature_out);
}

static err key_agree(void *ctx, struct turn *t, struct bytes point,
                     uint8_t shared_out[SEAL_SHARED_SIZE])
{
    const struct remote_key *k = ctx;
    struct bytes shared;
    struct pack q = question(t, "agree");
    tree_add_str(t->arena, head_of(&q), "address", k->address);
    q.parts[q.n++] = point;
    try(ask_one(k->child, t, &q, SEAL_SHARED_SIZE, &shared));
    memcpy(shared_out, shared.p, SEAL_SHARED_SIZE);
    wipe((void *)(uintptr_t)shared.p, shared.n);
    return ERR_OK;
}

static void key_end(void *key) { seal_key_free(key); }

err node_remote_key(struct node_child *c, struct turn *t, enum seal_role role, struct str address,
                    struct bytes der, struct seal_key **out)
{
    struct remote_key *k = arena_take(t->arena, sizeof *k);
    bool opens = role == SEAL_OPEN;
    *k = (struct remote_key){c, address, role == SEAL_TLS ? "tls" : "sign"};
    struct seal_elsewhere hooks = {opens ? NULL : key_sign, opens ? key_agree : NULL, k};
    try(seal_key_elsewhere(t, der, &hooks, out));
    arena_on_free(t->arena, key_end, *out);
    return ERR_OK;
}

static bool tls_sign(void *ctx, const struct hash *digest, uint8_t out[NET_SIGNATURE_MAX],
                     size_t *n_out)
{
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    struct remote_key k = {ctx, {0}, "tls"};
    struct bytes made;
    if (key_sign(&k, &t, digest, &made) != ERR_OK || made.n == 0 || made.n > NET_SIGNATURE_MAX)
        return false;
    memcpy(out, made.p, made.n);
    *n_out = made.n;
    return true;
}

struct net_signer node_remote_signer(struct node_child *c)
{
    return (struct net_signer){tls_sign, c};
}

/* ---- the desk's hooks ------------------------------------------------------------------------ */

struct node_remote {
    struct node_child *child;
    const struct suite *suite;
    struct seal_key *seal[NODE_AUTHORITIES_MAX];
    /* What keeper answered last: desk alone has heads signed, so it stays true. */
    uint64_t size, syncs;
    struct arena *note_arena;
    struct str note;
};

static void last_keep(struct node_remote *r, const struct pack *a)
{
    r->size = (uint64_t)tree_int(a->head, "size", 0);
    r->syncs = (uint64_t)tree_int(a->head, "syncs", 0);
    arena_reset(r->note_arena);
    r->note = str_dup(r->note_arena, bytes_str(pack_part(a, 0)));
}

static void remote_end(void *what) { arena_free(((struct node_remote *)what)->note_arena); }

err node_remote_open(struct node_child *c, struct turn *t, const struct suite *suite,
                     struct node_remote **out)
{
    struct node_remote *r = arena_take(t->arena, sizeof *r);
    *r = (struct node_remote){.child = c, .suite = suite, .note_arena = arena_new()};
    arena_on_free(t->arena, remote_end, r);
    const struct node_config *config = &c->plan->config;
    for (size_t k = 0; k < config->authorities_n; k++)
        try(node_remote_key(c, t, SEAL_SEAL, config->authorities[k], c->plan->seal_der[k],
                            &r->seal[k]));
    struct pack q = question(t, "last"), a;
    try(node_keeper_ask(c, t, &q, &a));
    last_keep(r, &a);
    *out = r;
    return ERR_OK;
}

static err remote_sign(void *ctx, struct turn *t, struct str address, struct bytes content,
                       bool attached, int64_t at_ms, struct bytes *cms_out)
{
    const struct node_remote *r = ctx;
    const struct node_plan *p = r->child->plan;
    for (size_t k = 0; k < p->config.authorities_n; k++)
        if (str_eq(p->config.authorities[k], address))
            return r->suite->sign(t, r->seal[k], p->seal_der[k], content, attached, at_ms, cms_out);
    return turn_fail(t, ERR_INTERNAL, "keys-none-such", NULL,
                     "Keeper holds no keys of " STR_FMT ".", STR_ARG(address));
}

/* Envelopes are opened by the process that reads. */
static err remote_open(void *ctx, struct turn *t, struct str address, struct bytes sealed,
                       struct bytes *plain_out)
{
    (void)ctx, (void)address, (void)sealed, (void)plain_out;
    return turn_fail(t, ERR_INTERNAL, "keeper", NULL, "The desk opens no envelopes.");
}

static err remote_head(void *ctx, struct turn *t, const struct ledger_checkpoint *head,
                       const struct ledger_proof *proof, struct str *note_out)
{
    struct node_remote *r = ctx;
    struct pack q = question(t, "head"), a;
    tree_add_int(t->arena, head_of(&q), "size", (int64_t)head->size);
    tree_add_str(t->arena, head_of(&q), "origin", head->origin);
    q.parts[q.n++] = hash_bytes(&head->root);
    q.parts[q.n++] = (struct bytes){proof->path[0].b, proof->n * sizeof proof->path[0]};
    try(node_keeper_ask(r->child, t, &q, &a));
    last_keep(r, &a);
    *note_out = str_dup(t->arena, r->note);
    return ERR_OK;
}

static err remote_seen(void *ctx, struct turn *t, struct str origin, struct str *note_out)
{
    struct pack q = question(t, "seen");
    struct bytes note;
    tree_add_str(t->arena, head_of(&q), "origin", origin);
    try(ask_one(((struct node_remote *)ctx)->child, t, &q, 0, &note));
    *note_out = bytes_str(note);
    return ERR_OK;
}

static err remote_witness(void *ctx, struct turn *t, const struct ledger_vkey *log,
                          const struct ledger_add *x, bool cosign, struct str *line_out)
{
    struct pack q = question(t, "witness");
    struct bytes line;
    tree_add_str(t->arena, head_of(&q), "log", ledger_vkey_text(t->arena, log));
    tree_add_bool(t->arena, head_of(&q), "cosign", cosign);
    q.parts[q.n++] = str_bytes(ledger_add_write(t->arena, x));
    try(ask_one(((struct node_remote *)ctx)->child, t, &q, 0, &line));
    *line_out = bytes_str(line);
    return ERR_OK;
}

static uint64_t remote_last_size(void *ctx) { return ((struct node_remote *)ctx)->size; }
static struct str remote_last_note(void *ctx) { return ((struct node_remote *)ctx)->note; }
static uint64_t remote_syncs(void *ctx) { return ((struct node_remote *)ctx)->syncs; }

static err remote_wrap(void *ctx, struct turn *t, struct bytes key, struct bytes bound,
                       struct bytes *wrapped_out)
{
    const struct node_remote *r = ctx;
    struct pack q = question(t, "wrap");
    q.parts[q.n++] = key;
    q.parts[q.n++] = bound;
    return ask_one(r->child, t, &q, 0, wrapped_out);
}

static err remote_unwrap(void *ctx, struct turn *t, struct bytes wrapped, struct bytes bound,
                         struct bytes *key_out)
{
    const struct node_remote *r = ctx;
    struct pack q = question(t, "unwrap");
    q.parts[q.n++] = wrapped;
    q.parts[q.n++] = bound;
    return ask_one(r->child, t, &q, 0, key_out);
}

struct keeper node_remote_hooks(struct node_remote *r)
{
    return (struct keeper){.sign = remote_sign,
                           .open = remote_open,
                           .head = remote_head,
                           .last_size = remote_last_size,
                           .last_note = remote_last_note,
                           .seen = remote_seen,
                           .witness = remote_witness,
                           .syncs = remote_syncs,
                           .wrap = remote_wrap,
                           .unwrap = remote_unwrap,
                           .ctx = r};
}
