/* SPDX-License-Identifier: Apache-2.0 */
/* The wire's server: who may ask what, and files of the log as they lie on disk.
 *
 * Strangers are refused at the head, before a byte of a body is taken; a profile, which a ceremony
 * needs before there is trust, is the only thing they get. It opens nothing: bodies go to
 * post_take. */

#include "net/net.h"
#include "post/post_internal.h"

#include <string.h>

enum { CONNECTIONS_MAX = 1024, IDLE_S = 60, TILE_MAX = 64 << 10, NOTE_MAX = 64 << 10 };

struct http {
    struct post_http_options o;
};
/* One request, from its head until it is both answered and gone. */
struct visit {
    struct http *http;
    struct arena *arena;
    struct net_request *request; /* NULL once gone */
    bool pending;                /* the desk has it */
    struct hash tls;
    struct str path, address;
    const struct route *route;
};
struct route {
    const char *method, *path;
    bool is_prefix, open; /* open: to strangers too */
    void (*go)(struct visit *v, struct bytes body);
};

static void parcel_take(struct visit *v, struct bytes body);
static void parcel_give(struct visit *v, struct bytes body);
static void profile_give(struct visit *v, struct bytes body);
static void checkpoint_give(struct visit *v, struct bytes body);
static void tile_give(struct visit *v, struct bytes body);
static bool on_head(void *ctx, struct net_request *r, const struct net_request_head *head);
static void on_body(void *ctx, struct net_request *r, struct bytes body);
static void on_cut(void *ctx, struct net_request *r, size_t got);
static void on_gone(void *ctx, struct net_request *r);

/* clang-format off */
static const struct route routes[] = {
    {"POST", POST_PARCELS,         false, false, parcel_take},
    {"GET",  POST_PARCELS "/",     true,  false, parcel_give},
    {"GET",  POST_PROFILE,         false, true,  profile_give},
    {"GET",  "/ledger/checkpoint", false, false, checkpoint_give},
    {"GET",  "/ledger/tile/",      true,  false, tile_give},
};
/* clang-format on */
enum { ROUTES = sizeof routes / sizeof *routes };

err post_http_start(struct turn *t, const struct post_http_options *o, struct net_server **out)
{
    struct http *h = arena_take(t->arena, sizeof *h);
    h->o = *o;
    struct net_server_options server = {.address = o->address,
                                        .port = o->port,
                                        .tls_key_pem = o->tls_key_pem,
                                        .tls_cert_pem = o->tls_cert_pem,
                                        .ask_client = true,
                                        .body_max = POST_PARCEL_MAX,
                                        .connections_max = CONNECTIONS_MAX,
                                        .idle_s = IDLE_S,
                                        .head = on_head,
                                        .body = on_body,
                                        .cut = on_cut,
                                        .gone = on_gone,
                                        .ctx = h};
    return net_server_start(t, o->loop, &server, out);
}

/* ---- answers --------------------------------------------------------------------------------- */

static struct turn http_turn(const struct http *h, struct arena *a)
{
    return (struct turn){.arena = a, .clock = h->o.clock, .chance = h->o.chance};
}

static void reply_problem(struct net_request *r, err e, struct str problem)
{
    net_reply(r, err_http_status(e), POST_PROBLEM, str_bytes(problem), NULL);
}

static void reply_fault(struct visit *v, const struct turn *t)
{
    reply_problem(v->request, t->fault.err, post_problem(v->arena, &t->fault));
}

static void reply_none_such(struct visit *v)
{
    struct turn t = http_turn(v->http, v->arena);
    err e = turn_fail(&t, ERR_NONE_SUCH, "none-such", "comity wire 1: paths",
                      "There is nothing at this path.");
    (void)e; /* told by the fault */
    reply_fault(v, &t);
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

static const struct route *route_find(struct str path)
{
    for (size_t k = 0; k < ROUTES; k++)
        if (routes[k].is_prefix ? str_starts(path, routes[k].path) : str_is(path, routes[k].path))
            return &routes[k];
    return NULL;
}

static bool refuse(struct http *h, struct net_request *r, struct arena *a, struct str peer, err e,
                   const char *code, const char *article, const char *sentence)
{
    const struct net_request_head *head = net_request_head(r);
    reply_problem(r, e, post_refuse(h->o.post, a, &head->client, peer, e, code, article, sentence));
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
    reply_problem(r, e, post_problem(a, &t.fault));
}

static bool on_head(void *ctx, struct net_request *r, const struct net_request_head *head)
{
    struct http *h = ctx;
    auto_arena scratch = arena_new();
    const struct route *route = route_find(head->path);
    const struct desk_peer *peer = desk_peer_by_tls(h->o.desk, &head->client, 0);
    if (!peer && !(route && route->open))
        return refuse(h, r, scratch, (struct str){0}, ERR_STRANGER, "peer-unknown",
                      POST_CLAUSE_PEERS,
                      "This node has pinned nobody with the TLS certificate shown.");
    if (route && !str_is(head->method, route->method)) {
        reply_method(r, scratch, route);
        return false;
    }
    if (head->has_body && !(route && strcmp(route->method, "POST") == 0)) {
        reply_unwanted(h, r, scratch, route);
        return false;
    }
    if (head->length > POST_PARCEL_MAX)
        return refuse(h, r, scratch, peer ? peer->address : (struct str){0}, ERR_TOO_LARGE,
                      "body-too-large", POST_CLAUSE_PARCELS,
                      "The body announced is larger than a sealed parcel may be (16 MiB).");
    struct arena *a = arena_new();
    struct visit *v = arena_take(a, sizeof *v);
    *v = (struct visit){.http = h, .arena = a, .request = r, .tls = head->client, .route = route};
    v->path = str_dup(a, head->path);
    if (peer) v->address = str_dup(a, peer->address);
    net_request_set(r, v);
    return true;
}

static void on_body(void *ctx, struct net_request *r, struct bytes body)
{
    (void)ctx;
    struct visit *v = net_request_own(r);
    if (v->route)
        v->route->go(v, body);
    else
        reply_none_such(v);
}

static void on_cut(void *ctx, struct net_request *r, size_t got)
{
    struct http *h = ctx;
    struct visit *v = net_request_own(r);
    if (!v || !v->address.n) return; /* a stranger's broken question for a profile is nothing */
    (void)post_refuse(
        h->o.post, v->arena, &v->tls, v->address, ERR_REJECTED, "body-cut", "RFC 9112 8",
        str_c(v->arena, str_printf(v->arena, "The body was cut short after %zu bytes.", got)));
}

static void on_gone(void *ctx, struct net_request *r)
{
    (void)ctx;
    struct visit *v = net_request_own(r);
    if (!v) return; /* refused at the head */
    v->request = NULL;
    if (!v->pending) arena_free(v->arena);
}

/* ---- parcels --------------------------------------------------------------------------------- */

static void parcel_told(void *ctx, int status, const char *type, struct bytes body,
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

static void parcel_take(struct visit *v, struct bytes body)
{
    v->pending = true;
    post_take(v->http->o.post, &v->tls, body, (struct post_answer){parcel_told, v});
}

static void parcel_give(struct visit *v, struct bytes body)
{
    (void)body;
    struct desk *d = v->http->o.desk;
    struct turn t = http_turn(v->http, v->arena);
    struct hash digest;
    struct str name = {v->path.p + strlen(v->route->path), v->path.n - strlen(v->route->path)};
    const struct desk_peer *peer;
    if (!hash_read(name, &digest)) {
        reply_none_such(v);
        return;
    }
    /* A node may serve several authorities; each gets what is addressed to it. */
    for (size_t k = 0; (peer = desk_peer_by_tls(d, &v->tls, k)); k++) {
        struct bytes sealed;
        err e = desk_parcel_bytes(d, &t, &digest, peer->address, &sealed);
        if (e == ERR_OK) {
            net_reply(v->request, err_http_status(ERR_OK), "application/cms", sealed, NULL);
            return;
        }
        if (e != ERR_NONE_SUCH) {
            reply_fault(v, &t);
            return;
        }
        turn_forgive(&t);
    }
    reply_none_such(v);
}

/* ---- what is public -------------------------------------------------------------------------- */

static void profile_give(struct visit *v, struct bytes body)
{
    (void)body;
    struct desk *d = v->http->o.desk;
    struct tree *m = tree_map(v->arena);
    tree_add_str(v->arena, m, "profile", base64(v->arena, desk_profile_signed(d)));
    tree_add_str(v->arena, m, "root", base64(v->arena, desk_root_der(d)));
    net_reply(v->request, err_http_status(ERR_OK), "application/json",
              str_bytes(json_write(v->arena, m)), NULL);
}

static void file_give(struct visit *v, struct str name, size_t limit, const char *type)
{
    struct turn t = http_turn(v->http, v->arena);
    struct bytes data;
    if (!v->http->o.log) {
        reply_none_such(v);
        return;
    }
    struct str path = str_printf(v->arena, "%s/" STR_FMT, v->http->o.log, STR_ARG(name));
    err e = file_read(&t, str_c(v->arena, path), limit, &data);
    if (e == ERR_NONE_SUCH)
        reply_none_such(v);
    else if (e != ERR_OK)
        reply_fault(v, &t);
    else
        net_reply(v->request, err_http_status(ERR_OK), type, data, NULL);
}

static void checkpoint_give(struct visit *v, struct bytes body)
{
    (void)body;
    file_give(v, STR("checkpoint"), NOTE_MAX, "text/plain; charset=utf-8");
}

/* Three digits, as tlog-tiles writes each group of an index. */
static bool digits_read(struct str s, uint64_t *index)
{
    if (s.n != 3) return false;
    uint64_t x = 0;
    for (size_t k = 0; k < s.n; k++) {
        if (s.p[k] < '0' || s.p[k] > '9') return false;
        x = x * 10 + (uint64_t)(s.p[k] - '0');
    }
    *index = *index * 1000 + x;
    return true;
}

/* "x001/x234/067" or "067.p/17": the index and width of a tile. */
static bool tile_place(struct str rest, uint64_t *index_out, int *width_out)
{
    enum { GROUPS_MAX = 6 }; /* beyond any log: 10^18 tiles */
    *index_out = 0;
    *width_out = LEDGER_TILE_WIDTH;
    struct str step, width;
    int64_t w;
    for (int k = 0; k < GROUPS_MAX; k++) {
        bool more = str_split(rest, '/', &step, &rest);
        if (more && str_starts(step, "x")) {
            if (!digits_read((struct str){step.p + 1, step.n - 1}, index_out)) return false;
            continue;
        }
        if (!more) return digits_read(step, index_out);
        width = rest;
        if (!str_ends(step, ".p") || !str_to_int(width, &w) || w < 1 || w >= LEDGER_TILE_WIDTH)
            return false;
        *width_out = (int)w;
        return digits_read((struct str){step.p, step.n - 2}, index_out);
    }
    return false;
}

/* A path is served only if it is the one spelling of a tile (C2SP tlog-tiles): nothing a peer
 * writes becomes part of a file name. */
static void tile_give(struct visit *v, struct bytes body)
{
    (void)body;
    struct str path = {v->path.p + strlen("/ledger/"), v->path.n - strlen("/ledger/")};
    struct str tile, level, rest;
    int64_t number = -1;
    uint64_t index;
    int width;
    str_split(path, '/', &tile, &rest);
    str_split(rest, '/', &level, &rest);
    bool named = str_is(level, "entries") ||
                 (str_to_int(level, &number) && number >= 0 && number < LEDGER_LEVELS_MAX / 8);
    if (!named || !tile_place(rest, &index, &width)) {
        reply_none_such(v);
        return;
    }
    struct str ours = ledger_tile_path(v->arena, (int)number, index, width);
    if (str_eq(ours, path))
        file_give(v, ours, TILE_MAX, "application/octet-stream");
    else
        reply_none_such(v);
}
