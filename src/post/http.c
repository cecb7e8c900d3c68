/* SPDX-License-Identifier: Apache-2.0 */
/* The wire's door: strangers are refused at the head, before a byte of a body is taken; a profile,
 * which a ceremony needs before there is trust, is the only thing they get. It opens nothing and
 * knows no desk: bodies are handed on whole, and what is answered comes back the same way. */

#include "net/net.h"
#include "post/post_internal.h"

#include <string.h>

/* Places at the door, and the shares of them: of one network before anybody knows who it is, and of
 * one peer. */
enum {
    CONNECTIONS_MAX = 1024,
    NETWORK_MAX = 128,
    PEER_MAX = 128,
    PEER_BODIES_MAX = 64,
    PEER_BYTES_MAX = 128 << 20,
    STRANGER_S = 10,
    IDLE_S = 60
};

struct http {
    struct post_http_options o;
};
/* One request, from its head until it is both answered and gone. */
struct visit {
    struct http *http;
    struct arena *arena;
    struct net_request *request; /* NULL once gone */
    bool pending;                /* the desk has it */
    struct post_asked asked;
    struct str address;
};

static err here_knows(void *ctx, const struct hash *tls, struct str *address_out);
static void here_ask(void *ctx, const struct post_asked *q, struct post_answer answer);
static void here_refused(void *ctx, const struct hash *tls, struct str peer, const struct fault *f);
static bool on_head(void *ctx, struct net_request *r, const struct net_request_head *head);
static void on_body(void *ctx, struct net_request *r, struct bytes body);
static void on_cut(void *ctx, struct net_request *r, size_t got);
static void on_gone(void *ctx, struct net_request *r);

err post_http_start(struct turn *t, const struct post_http_options *o, struct net_server **out)
{
    struct http *h = arena_take(t->arena, sizeof *h);
    h->o = *o;
    if (!h->o.door.ask) h->o.door = (struct post_door){here_knows, here_ask, here_refused, h};
    struct net_server_options server = {.address = o->address,
                                        .port = o->port,
                                        .listens = o->listens,
                                        .tls_key_pem = o->tls_key_pem,
                                        .tls_cert_pem = o->tls_cert_pem,
                                        .tls_signer = o->tls_signer,
                                        .ask_client = true,
                                        .body_max = POST_PARCEL_MAX,
                                        .connections_max = CONNECTIONS_MAX,
                                        .network_max = NETWORK_MAX,
                                        .client_max = PEER_MAX,
                                        .client_bodies_max = PEER_BODIES_MAX,
                                        .client_bytes_max = PEER_BYTES_MAX,
                                        .stranger_s = STRANGER_S,
                                        .idle_s = IDLE_S,
                                        .head = on_head,
                                        .body = on_body,
                                        .cut = on_cut,
                                        .gone = on_gone,
                                        .ctx = h};
    return net_server_start(t, o->loop, &server, out);
}

/* ---- post and desk in this process ----------------------------------------------------------- */

static err here_knows(void *ctx, const struct hash *tls, struct str *address_out)
{
    const struct http *h = ctx;
    const struct desk_peer *peer = desk_peer_by_tls(h->o.desk, tls, 0);
    if (!peer) return ERR_STRANGER;
    *address_out = peer->address;
    return desk_peer_may_connect(peer, h->o.clock->wall_ms(h->o.clock->ctx)) ? ERR_OK
                                                                             : ERR_INTEGRITY;
}

static void here_ask(void *ctx, const struct post_asked *q, struct post_answer answer)
{
    const struct http *h = ctx;
    post_serve(h->o.post, h->o.log, q, answer);
}

static void here_refused(void *ctx, const struct hash *tls, struct str peer, const struct fault *f)
{
    const struct http *h = ctx;
    post_refused(h->o.post, tls, peer, f);
}

/* ---- answers --------------------------------------------------------------------------------- */

static struct turn http_turn(const struct http *h, struct arena *a)
{
    return (struct turn){.arena = a, .clock = h->o.clock, .chance = h->o.chance};
}

static void reply_problem(struct net_request *r, struct arena *a, const struct fault *f)
{
    struct str wait = str_printf(a, "%d", POST_BUSY_RETRY_S);
    const char *const headers[] = {"Retry-After", str_c(a, wait), NULL};
    net_reply(r, err_http_status(f->err), POST_PROBLEM, str_bytes(post_problem(a, f)),
              f->err == ERR_BUSY ? headers : NULL);
}

/* RFC 9110 15.5.6: what is allowed is said. */
static void reply_method(struct net_request *r, struct arena *a, const struct route *route)
{
    enum { METHOD_NOT_ALLOWED = 405 };
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "type", STR("about:blank"));
    tree_add_str(a, m, "title", STR("usage"));
    tree_add_int(a, m, "status", METHOD_NOT_ALLOWED);
    tree_add_str(a, m, "code", STR("method"));
    tree_add_str(a, m, "article", STR("RFC 9110 15.5.6"));
    tree_add_str(a, m, "detail", str_printf(a, "This path answers to %s only.", route->method));
    const char *const headers[] = {"Allow", route->method, NULL};
    net_reply(r, METHOD_NOT_ALLOWED, POST_PROBLEM, str_bytes(json_write(a, m)), headers);
}

/* ---- from head to gone ----------------------------------------------------------------------- */

static bool refuse(struct http *h, struct net_request *r, struct arena *a, struct str peer, err e,
                   const char *code, const char *article, const char *sentence)
{
    struct turn t = http_turn(h, a);
    err told = turn_fail(&t, e, code, article, "%s", sentence);
    (void)told; /* it is `e` */
    if (e != ERR_BUSY)
        h->o.door.refused(h->o.door.ctx, &net_request_head(r)->client, peer, &t.fault);
    reply_problem(r, a, &t.fault);
    return false;
}

/* A body that nobody reads is not held either, least of all a stranger's. */
static void reply_unwanted(struct http *h, struct net_request *r, struct arena *a,
                           const struct route *route)
{
    struct turn t = http_turn(h, a);
    err e = route ? turn_fail(&t, ERR_TOO_LARGE, "body-unwanted", "RFC 9110 9.3.1",
                              "This path takes no body.")
                  : turn_fail(&t, ERR_NONE_SUCH, "none-such", "comity wire 1: paths",
                              "There is nothing at this path.");
    (void)e; /* told by the fault */
    reply_problem(r, a, &t.fault);
}

static bool on_head(void *ctx, struct net_request *r, const struct net_request_head *head)
{
    struct http *h = ctx;
    auto_arena scratch = arena_new();
    const struct route *route = route_find(head->path);
    struct str address = {0};
    err knows = h->o.door.knows(h->o.door.ctx, &head->client, &address);
    if (knows == ERR_BUSY)
        return refuse(h, r, scratch, address, ERR_BUSY, "busy", NULL,
                      "This node is starting; nothing was taken. Try again shortly.");
    if (knows == ERR_INTEGRITY && !(route && route->open)) /* else no more than a stranger */
        return refuse(h, r, scratch, address, ERR_STRANGER, "tls-expired", "RFC 5280 4.1.2.5",
                      "The TLS certificate shown is out of its time or revoked.");
    if (knows != ERR_OK && !(route && route->open))
        return refuse(h, r, scratch, address, ERR_STRANGER, "peer-unknown", POST_CLAUSE_PEERS,
                      "This node has pinned nobody with the TLS certificate shown.");
    if (knows == ERR_OK) net_request_welcome(r);
    if (route && !str_is(head->method, route->method)) {
        reply_method(r, scratch, route);
        return false;
    }
    if (head->has_body && !route_takes(route)) {
        reply_unwanted(h, r, scratch, route);
        return false;
    }
    if (head->length > POST_PARCEL_MAX)
        return refuse(h, r, scratch, address, ERR_TOO_LARGE, "body-too-large", POST_CLAUSE_PARCELS,
                      "The body announced is larger than a sealed parcel may be (16 MiB).");
    struct arena *a = arena_new();
    struct visit *v = arena_take(a, sizeof *v);
    *v = (struct visit){.http = h, .arena = a, .request = r, .asked = {.tls = head->client}};
    v->asked.path = str_dup(a, head->path);
    v->address = str_dup(a, address);
    net_request_set(r, v);
    return true;
}

static void on_told(void *ctx, int status, const char *type, struct bytes body,
                    int64_t retry_after_s)
{
    struct visit *v = ctx;
    v->pending = false;
    if (!v->request) { /* it left meanwhile; it will ask again and get the same */
        arena_free(v->arena);
        return;
    }
    struct str wait = str_printf(v->arena, "%lld", (long long)retry_after_s);
    const char *const headers[] = {"Retry-After", str_c(v->arena, wait), NULL};
    net_reply(v->request, status, type, body, retry_after_s >= 0 ? headers : NULL);
}

static void on_body(void *ctx, struct net_request *r, struct bytes body)
{
    struct http *h = ctx;
    struct visit *v = net_request_own(r);
    v->pending = true;
    v->asked.body = body;
    h->o.door.ask(h->o.door.ctx, &v->asked, (struct post_answer){on_told, v});
}

static void on_cut(void *ctx, struct net_request *r, size_t got)
{
    struct http *h = ctx;
    struct visit *v = net_request_own(r);
    if (!v || !v->address.n) return; /* a stranger's broken question for a profile is nothing */
    struct turn t = http_turn(h, v->arena);
    err e = turn_fail(&t, ERR_REJECTED, "body-cut", "RFC 9112 8",
                      "The body was cut short after %zu bytes.", got);
    (void)e; /* told by the fault */
    h->o.door.refused(h->o.door.ctx, &v->asked.tls, v->address, &t.fault);
}

static void on_gone(void *ctx, struct net_request *r)
{
    (void)ctx;
    struct visit *v = net_request_own(r);
    if (!v) return; /* refused at the head */
    v->request = NULL;
    if (!v->pending) arena_free(v->arena);
}
