/* SPDX-License-Identifier: Apache-2.0 */
/* The process that other States' nodes speak to: TLS and HTTP, and nothing of what is in it.
 *
 * It has the listening socket that the broker opened, knows the certificates the desk has pinned,
 * and hands requests on whole. Handshakes are signed by keeper. While the desk is not there it says
 * so, and to come again. */

#include "node/split.h"

#include <string.h>

struct knock {
    struct knock *next;
    int64_t id;
    struct post_answer answer;
};
struct part {
    struct node_child *child;
    struct net_server *server;
    struct net_signer signer;
    struct net_link *desk;
    struct arena *known; /* what the desk told of its peers */
    struct bytes prints;
    const struct tree *peers;
    bool knows;
    int64_t may; /* so many of the peers, the first, may connect; the others are out of time */
    struct arena *knocks; /* reset whenever none waits */
    struct knock *first, *free;
    int64_t last;
};

/* ---- the door's questions -------------------------------------------------------------------- */

static err door_knows(void *ctx, const struct hash *tls, struct str *address_out)
{
    const struct part *p = ctx;
    if (!p->knows || !net_link_lives(p->desk) || net_link_unsent(p->desk) > NODE_UNSENT_MAX)
        return ERR_BUSY;
    const struct tree *address = p->peers->child;
    for (size_t k = 0; address; k++, address = address->next) {
        if (memcmp(p->prints.p + k * sizeof tls->b, tls->b, sizeof tls->b) != 0) continue;
        *address_out = address->str;
        return (int64_t)k < p->may ? ERR_OK : ERR_INTEGRITY;
    }
    return ERR_STRANGER;
}

/* What was asked cannot be answered now: the other side comes again and loses nothing. */
static void tell_busy(struct post_answer answer)
{
    auto_arena scratch = arena_new();
    struct fault f = {ERR_BUSY, "busy", "", "",
                      "This node could not do it just now; nothing was taken. Try again shortly."};
    answer.tell(answer.ctx, err_http_status(f.err), POST_PROBLEM,
                str_bytes(post_problem(scratch, &f)), NODE_AGAIN_S);
}

static void door_ask(void *ctx, const struct post_asked *q, struct post_answer answer)
{
    struct part *p = ctx;
    if (!net_link_lives(p->desk) || net_link_unsent(p->desk) > NODE_UNSENT_MAX) {
        tell_busy(answer);
        return;
    }
    struct knock *k = p->free;
    if (k)
        p->free = k->next;
    else
        k = arena_take(p->knocks, sizeof *k);
    *k = (struct knock){p->first, ++p->last, answer};
    p->first = k;
    auto_arena scratch = arena_new();
    struct tree *m = tree_map(scratch);
    tree_add_str(scratch, m, "op", STR("ask"));
    tree_add_int(scratch, m, "id", k->id);
    tree_add_str(scratch, m, "path", str_is_utf8(q->path) ? q->path : STR("/"));
    struct pack a = {.head = m, .parts = {hash_bytes(&q->tls), q->body}, .n = 2};
    net_link_send(p->desk, pack_write(scratch, &a));
}

static void door_refused(void *ctx, const struct hash *tls, struct str peer, const struct fault *f)
{
    struct part *p = ctx;
    if (!net_link_lives(p->desk)) return;
    auto_arena scratch = arena_new();
    struct tree *m = tree_map(scratch);
    tree_add_str(scratch, m, "op", STR("refused"));
    tree_add_str(scratch, m, "peer", peer);
    node_fault_put(scratch, tree_add_map(scratch, m, "fault"), f);
    struct pack a = {.head = m, .parts = {hash_bytes(tls)}, .n = 1};
    net_link_send(p->desk, pack_write(scratch, &a));
}

/* ---- what the desk says ---------------------------------------------------------------------- */

static void peers_take(struct part *p, const struct pack *m)
{
    arena_reset(p->known);
    struct tree *list = tree_list(p->known);
    p->prints = bytes_dup(p->known, pack_part(m, 0));
    p->peers = tree_add_copy(p->known, list, NULL, tree_get(m->head, "peers"));
    p->may = tree_int(m->head, "may", 0);
    p->knows = p->peers && p->prints.n == p->peers->count * sizeof(struct hash);
}

static void answer_take(struct part *p, const struct pack *m)
{
    int64_t id = tree_int(m->head, "id", 0);
    struct knock **at = &p->first, *k;
    while (*at && (*at)->id != id) at = &(*at)->next;
    if (!(k = *at)) return;
    struct post_answer answer = k->answer;
    *at = k->next;
    k->next = p->free;
    p->free = k;
    auto_arena scratch = arena_new();
    answer.tell(answer.ctx, (int)tree_int(m->head, "status", 0),
                str_c(scratch, tree_str(m->head, "type")), pack_part(m, 0),
                tree_int(m->head, "retry", -1));
}

static void on_message(void *ctx, struct bytes message)
{
    struct part *p = ctx;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    struct pack m;
    if (pack_read(&t, message, &node_link_limits, &m) != ERR_OK) return;
    if (str_is(tree_str(m.head, "op"), "peers")) peers_take(p, &m);
    if (str_is(tree_str(m.head, "op"), "answer")) answer_take(p, &m);
}

static void forget(struct part *p)
{
    struct knock *k = p->first;
    p->first = NULL;
    p->knows = false;
    while (k) {
        struct knock *next = k->next;
        tell_busy(k->answer);
        k->next = p->free;
        p->free = k;
        k = next;
    }
}

static void on_closed(void *ctx)
{
    struct part *p = ctx;
    forget(p);
    node_link_lost(p->child, GUARD_DESK);
}

/* ---- the process ----------------------------------------------------------------------------- */

static err before(struct node_child *c)
{
    struct part *p = arena_take(c->life->arena, sizeof *p);
    *p = (struct part){
        .child = c, .signer = node_remote_signer(c), .known = arena_new(), .knocks = arena_new()};
    c->own = p;
    struct post_http_options o = {.door = {door_knows, door_ask, door_refused, p},
                                  .loop = c->loop,
                                  .clock = &node_clock,
                                  .chance = &node_chance,
                                  .listens = c->plan->wire,
                                  .tls_cert_pem = c->plan->tls_cert,
                                  .tls_signer = &p->signer};
    return post_http_start(c->life, &o, &p->server);
}

static err linked(struct node_child *c, enum guard_process to, int fd)
{
    (void)to; /* desk is the only one */
    struct part *p = c->own;
    struct net_link_options o = {.fd = fd,
                                 .message_max = NODE_LINK_MAX,
                                 .message = on_message,
                                 .closed = on_closed,
                                 .ctx = p};
    net_link_close(p->desk);
    p->desk = NULL;
    forget(p);
    return net_link_open(c->life, c->loop, &o, &p->desk);
}

/* Answers that are on their way out get a moment. */
static void end(struct node_child *c)
{
    enum { FAREWELL_TURNS = 10, FAREWELL_MS = 20 };
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch, .clock = &node_clock, .chance = &node_chance};
    for (int k = 0; k < FAREWELL_TURNS; k++)
        if (net_loop_turn(&t, c->loop, FAREWELL_MS) != ERR_OK) break;
}

const struct node_part node_part_front_peers = {.before = before, .linked = linked, .end = end};
