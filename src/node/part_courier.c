/* SPDX-License-Identifier: Apache-2.0 */
/* The process that speaks to other States' nodes: it is given bytes and a peer, and brings back
 * bytes. What they mean is for the reader to say. Its handshakes are signed by keeper. It brings
 * mail to the mail server too, and has the password for that. */

#include "net/net.h"
#include "node/split.h"

#include <string.h>

struct part {
    struct node_child *child;
    struct net_client *client, *mail; /* the second shows no certificate of ours */
    struct post_mail_wire smtp;       /* send NULL: no mail leaves */
    struct seal_key *key;
    struct net_link *desk;
    uint64_t generation;
};
struct errand {
    struct part *part;
    struct arena *arena;
    uint64_t generation;
    struct pack question; /* its id is all that is left of it */
};

static bool use(void *ctx, void *tls_context)
{
    const struct part *p = ctx;
    return seal_tls_use(tls_context, p->child->plan->tls_der, p->key);
}

static void answer(struct errand *e, struct tree *head, struct bytes reply)
{
    struct turn t = {.arena = e->arena};
    if (e->generation == e->part->generation)
        node_line_answer(e->part->desk, &t, &e->question, head, &reply, reply.n ? 1 : 0);
    arena_free(e->arena);
}

static void answer_fault(struct errand *e, err why, const char *sentence)
{
    struct turn t = {.arena = e->arena};
    struct tree *head = tree_map(e->arena);
    err told = turn_fail(&t, why, "wire", NULL, "%s", sentence);
    (void)told; /* it is `why` */
    node_fault_put(e->arena, tree_add_map(e->arena, head, "fault"), &t.fault);
    answer(e, head, (struct bytes){0});
}

static void on_call(void *ctx, err e, int status, struct bytes reply, int64_t retry_after_s,
                    struct bytes server_der, const char *why)
{
    (void)server_der;
    struct errand *x = ctx;
    if (e != ERR_OK) {
        answer_fault(x, e, why);
        return;
    }
    struct tree *head = tree_map(x->arena);
    tree_add_int(x->arena, head, "status", status);
    tree_add_int(x->arena, head, "retry", retry_after_s);
    answer(x, head, reply);
}

static void call(struct errand *x, const struct pack *q)
{
    struct arena *a = x->arena;
    struct bytes pin = pack_part(q, 0);
    struct turn t = {.arena = a};
    struct str path = tree_str(q->head, "path"), type = tree_str(q->head, "type");
    int64_t reply_max = tree_int(q->head, "reply_max", 0);
    struct desk_peer to = {.url = tree_str(q->head, "url"), .root_der = pack_part(q, 1)};
    struct post_letter l = {.path = str_c(a, path),
                            .type = type.n ? str_c(a, type) : NULL,
                            .body = bytes_dup(a, pack_part(q, 2))};
    struct net_call c;
    if (pin.n != sizeof to.tls_key.b || reply_max < 0 || reply_max > POST_FETCHED_MAX) {
        answer_fault(x, ERR_USAGE, "A letter is not of its form.");
        return;
    }
    memcpy(to.tls_key.b, pin.p, pin.n);
    l.reply_max = (size_t)reply_max;
    post_letter_call(a, &to, &l, &c);
    c.done = on_call;
    c.ctx = x;
    err e = net_call_start(&t, x->part->client, &c);
    if (e != ERR_OK) answer_fault(x, e, t.fault.sentence);
}

/* ---- mail ------------------------------------------------------------------------------------ */

/* What the server said is the answer, whatever it was. */
static void on_mailed(void *job, err e, int code, const char *said)
{
    struct errand *x = job;
    struct tree *head = tree_map(x->arena);
    if (e != ERR_OK) tree_add_str(x->arena, head, "err", str_of(err_word(e)));
    tree_add_int(x->arena, head, "code", code);
    tree_add_str(x->arena, head, "said", str_of(said));
    answer(x, head, (struct bytes){0});
}

static void mail(struct errand *x, const struct pack *q)
{
    struct turn t = {.arena = x->arena};
    const struct post_mail_wire *w = &x->part->smtp;
    if (!w->send) {
        answer_fault(x, ERR_USAGE, "The settings name no mail server.");
        return;
    }
    err e = w->send(w->ctx, &t, str_dup(x->arena, tree_str(q->head, "to")),
                    bytes_dup(x->arena, pack_part(q, 0)), on_mailed, x);
    if (e != ERR_OK) on_mailed(x, e == ERR_BUSY ? ERR_BUSY : ERR_REJECTED, 0, t.fault.sentence);
}

/* ---- errands --------------------------------------------------------------------------------- */

static void on_message(void *ctx, struct bytes message)
{
    struct part *p = ctx;
    struct arena *a = arena_new();
    struct turn t = {.arena = a};
    struct pack q;
    if (pack_read(&t, message, &node_link_limits, &q) != ERR_OK) {
        arena_free(a);
        return;
    }
    struct errand *x = arena_take(a, sizeof *x);
    struct tree *id = tree_map(a);
    tree_add_int(a, id, "id", tree_int(q.head, "id", 0));
    *x = (struct errand){p, a, p->generation, {.head = id}};
    (str_is(tree_str(q.head, "op"), "mail") ? mail : call)(x, &q);
}

static void on_closed(void *ctx)
{
    struct part *p = ctx;
    p->generation++;
    node_link_lost(p->child, GUARD_DESK);
}

/* The password and whom to trust are read while files are within reach. */
static err mail_begin(struct part *p)
{
    struct node_child *c = p->child;
    const struct node_mail *m = &c->plan->config.mail;
    struct post_smtp s;
    struct net_client_options o = {0};
    if (!m->smtp.n) return ERR_OK;
    try(net_client_new(c->life, c->loop, &o, &p->mail));
    try(node_mail_smtp(c->life, c->plan->dir, m, p->mail, &s));
    p->smtp = post_smtp_wire(c->life->arena, &s);
    return ERR_OK;
}

/* libcurl and libcrypto read their settings and make their descriptors while they may. */
static err before(struct node_child *c)
{
    struct part *p = arena_take(c->life->arena, sizeof *p);
    p->child = c;
    c->own = p;
    try(node_remote_key(c, c->life, SEAL_TLS, (struct str){0}, c->plan->tls_der, &p->key));
    struct net_client_options o = {.tls_use = use, .ctx = p};
    try(net_client_new(c->life, c->loop, &o, &p->client));
    return mail_begin(p);
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
    p->generation++;
    return net_link_open(c->life, c->loop, &o, &p->desk);
}

const struct node_part node_part_courier = {.before = before, .linked = linked};
