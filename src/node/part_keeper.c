/* SPDX-License-Identifier: Apache-2.0 */
/* The process that holds every private key of the node, and its few answers.
 *
 * It reads no format but the form of messages between our processes, opens nothing and connects to
 * nobody. Who may ask what is a table: the process that reads hostile bytes has no signature made,
 * and a door has nothing signed but handshakes. */

#include "node/split.h"

#include <assert.h>
#include <string.h>

enum { SYNC_MS = 1000, CLIENTS = GUARD_PROCESSES };

struct asked {
    struct turn *t;
    struct node_keeper *keeper;
    const struct pack *q;
    struct tree *head; /* of the answer */
    struct bytes part; /* its one part; empty: none */
};

static err do_sign(struct asked *a);
static err do_agree(struct asked *a);
static err do_tls(struct asked *a);
static err do_head(struct asked *a);
static err do_last(struct asked *a);
static err do_seen(struct asked *a);
static err do_witness(struct asked *a);
static err do_wrap(struct asked *a);
static err do_unwrap(struct asked *a);

#define OF(p) (1U << GUARD_##p)
struct op {
    const char *word;
    unsigned who; /* may ask */
    err (*go)(struct asked *a);
};
/* clang-format off */
static const struct op ops[] = {
    {"sign",   OF(DESK),   do_sign},
    {"head",   OF(DESK),   do_head},
    {"last",   OF(DESK),   do_last},
    {"seen",   OF(DESK),   do_seen},
    {"witness", OF(DESK),  do_witness},
    {"wrap",   OF(DESK),   do_wrap},
    {"unwrap", OF(DESK),   do_unwrap},
    {"agree",  OF(READER), do_agree},
    {"tls",    OF(FRONT_PEERS) | OF(FRONT_OFFICERS) | OF(COURIER), do_tls},
};
/* clang-format on */

/* ---- answers --------------------------------------------------------------------------------- */

static err digest_of(struct asked *a, struct hash *out)
{
    struct bytes b = pack_part(a->q, 0);
    if (b.n != sizeof out->b)
        return turn_fail(a->t, ERR_USAGE, "keeper", NULL, "A digest has %zu bytes, not %zu.",
                         sizeof out->b, b.n);
    memcpy(out->b, b.p, b.n);
    return ERR_OK;
}

static err do_sign(struct asked *a)
{
    struct hash digest;
    const struct seal_key *key;
    try(digest_of(a, &digest));
    try(node_keeper_key(a->t, a->keeper, SEAL_SEAL, tree_str(a->q->head, "address"), &key));
    return seal_key_sign(a->t, key, &digest, &a->part);
}

static err do_tls(struct asked *a)
{
    struct hash digest;
    const struct seal_key *key;
    try(digest_of(a, &digest));
    try(node_keeper_key(a->t, a->keeper, SEAL_TLS, (struct str){0}, &key));
    return seal_key_sign(a->t, key, &digest, &a->part);
}

static err do_agree(struct asked *a)
{
    const struct seal_key *key;
    uint8_t *shared = arena_take(a->t->arena, SEAL_SHARED_SIZE);
    try(node_keeper_key(a->t, a->keeper, SEAL_OPEN, tree_str(a->q->head, "address"), &key));
    try(seal_key_agree(a->t, key, pack_part(a->q, 0), shared));
    a->part = (struct bytes){shared, SEAL_SHARED_SIZE};
    return ERR_OK;
}

static err do_last(struct asked *a)
{
    struct keeper k = node_keeper_hooks(a->keeper);
    tree_add_int(a->t->arena, a->head, "size", (int64_t)k.last_size(k.ctx));
    tree_add_int(a->t->arena, a->head, "syncs", (int64_t)k.syncs(k.ctx));
    a->part = str_bytes(k.last_note(k.ctx));
    return ERR_OK;
}

static err do_head(struct asked *a)
{
    struct keeper k = node_keeper_hooks(a->keeper);
    struct bytes root = pack_part(a->q, 0), path = pack_part(a->q, 1);
    struct ledger_checkpoint head = {.origin = tree_str(a->q->head, "origin"),
                                     .size = (uint64_t)tree_int(a->q->head, "size", 0)};
    struct ledger_proof proof = {.n = path.n / sizeof head.root};
    struct str note;
    if (root.n != sizeof head.root.b || path.n % sizeof head.root || proof.n > LEDGER_PROOF_MAX)
        return turn_fail(a->t, ERR_USAGE, "keeper", NULL,
                         "A head or its proof is not of its form.");
    memcpy(head.root.b, root.p, root.n);
    if (path.n) memcpy(proof.path, path.p, path.n);
    try(k.head(k.ctx, a->t, &head, &proof, &note));
    return do_last(a);
}

static err do_seen(struct asked *a)
{
    struct keeper k = node_keeper_hooks(a->keeper);
    struct str note;
    try(k.seen(k.ctx, a->t, tree_str(a->q->head, "origin"), &note));
    a->part = str_bytes(note);
    return ERR_OK;
}

/* The body of add-checkpoint, put together anew by the desk. */
static err do_witness(struct asked *a)
{
    struct keeper k = node_keeper_hooks(a->keeper);
    struct ledger_vkey log;
    struct ledger_add x;
    struct str line;
    try(ledger_vkey_read(a->t, tree_str(a->q->head, "log"), &log));
    try(ledger_add_read(a->t, bytes_str(pack_part(a->q, 0)), &x));
    try(k.witness(k.ctx, a->t, &log, &x, tree_bool(a->q->head, "cosign", false), &line));
    a->part = str_bytes(line);
    return ERR_OK;
}

static err do_wrap(struct asked *a)
{
    struct keeper k = node_keeper_hooks(a->keeper);
    return k.wrap(k.ctx, a->t, pack_part(a->q, 0), pack_part(a->q, 1), &a->part);
}

static err do_unwrap(struct asked *a)
{
    struct keeper k = node_keeper_hooks(a->keeper);
    return k.unwrap(k.ctx, a->t, pack_part(a->q, 0), pack_part(a->q, 1), &a->part);
}

static err answer(struct asked *a, enum guard_process from)
{
    struct str word = tree_str(a->q->head, "op");
    for (size_t k = 0; k < sizeof ops / sizeof *ops; k++)
        if (str_is(word, ops[k].word) && (ops[k].who & 1U << from)) return ops[k].go(a);
    return turn_fail(a->t, ERR_NOT_ALLOWED, "keeper-not-yours", NULL,
                     "Keeper does not do \"" STR_FMT "\" for %s.",
                     STR_ARG(str_printable(a->t->arena, word)), guard_word(from));
}

struct bytes node_keeper_answer(struct turn *t, struct node_keeper *k, enum guard_process from,
                                struct bytes question)
{
    struct pack q;
    struct asked a = {.t = t, .keeper = k, .q = &q, .head = tree_map(t->arena)};
    err e = pack_read(t, question, &codec_limits, &q);
    if (e == ERR_OK) e = answer(&a, from);
    struct pack m = {.head = a.head};
    if (e == ERR_OK && a.part.n) m.parts[m.n++] = a.part;
    if (e != ERR_OK) node_fault_put(t->arena, tree_add_map(t->arena, a.head, "fault"), &t->fault);
    return pack_write(t->arena, &m);
}

/* ---- the process ----------------------------------------------------------------------------- */

struct client {
    struct part *part;
    enum guard_process who;
    struct net_link *link;
};
struct part {
    struct node_child *child;
    struct node_keeper *keeper;
    struct client clients[CLIENTS];
    int64_t synced_ms;
};

static void on_message(void *ctx, struct bytes message)
{
    struct client *c = ctx;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch, .clock = &node_clock, .chance = &node_chance};
    struct bytes reply = node_keeper_answer(&t, c->part->keeper, c->who, message);
    if (t.fault.err != ERR_OK)
        log_event(turn_now_ms(&t), "warning", "keeper-refused", "process", guard_word(c->who),
                  "code", t.fault.code, "sentence", t.fault.sentence, NULL);
    net_link_send(c->link, reply);
    wipe((void *)(uintptr_t)reply.p, reply.n); /* a dossier's key may stand in it */
}

static void on_closed(void *ctx)
{
    const struct client *c = ctx;
    node_link_lost(c->part->child, c->who);
}

static err begin(struct node_child *c)
{
    struct part *p = arena_take(c->life->arena, sizeof *p);
    p->child = c;
    c->own = p;
    return node_keeper_open(c->life, node_inside(c->life->arena, c->plan, "keys"), &c->plan->config,
                            &suite_1, &p->keeper);
}

static err linked(struct node_child *c, enum guard_process to, int fd)
{
    struct part *p = c->own;
    struct client *x = &p->clients[to];
    struct net_link_options o = {.fd = fd,
                                 .message_max = NODE_KEEPER_MESSAGE_MAX,
                                 .message = on_message,
                                 .closed = on_closed,
                                 .ctx = x};
    net_link_close(x->link);
    *x = (struct client){p, to, NULL};
    return net_link_open(c->life, c->loop, &o, &x->link);
}

/* What fails here is tried again: the head on the disk may lag. */
static err work(struct node_child *c, struct turn *t)
{
    struct part *p = c->own;
    int64_t now_ms = node_clock.mono_ms(node_clock.ctx);
    if (now_ms - p->synced_ms < SYNC_MS) return ERR_OK;
    p->synced_ms = now_ms;
    if (node_keeper_sync(t, p->keeper) == ERR_OK) return ERR_OK;
    log_event(turn_now_ms(t), "warning", "background-failed", "code", t->fault.code, "sentence",
              t->fault.sentence, NULL);
    turn_forgive(t);
    return ERR_OK;
}

static void end(struct node_child *c)
{
    struct part *p = c->own;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch, .clock = &node_clock, .chance = &node_chance};
    if (node_keeper_sync(&t, p->keeper) != ERR_OK) turn_forgive(&t);
}

const struct node_part node_part_keeper = {
    .begin = begin, .linked = linked, .round = work, .end = end};
