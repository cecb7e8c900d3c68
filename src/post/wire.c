/* SPDX-License-Identifier: Apache-2.0 */
/* The wire over HTTPS: one request to the peer's node, pinned by its root and TLS key. It carries
 * bytes and judges no answer. */

#include "net/net.h"
#include "post/post_internal.h"

enum { WIRE_TIMEOUT_MS = 60 * 1000 };

void post_letter_call(struct arena *a, const struct desk_peer *to, const struct post_letter *l,
                      struct net_call *out)
{
    const struct route *route = route_find(str_of(l->path)); /* the door's table is ours, too */
    *out =
        (struct net_call){.method = !l->type ? "GET"
                                    : route  ? route->method
                                             : "POST",
                          .url = str_c(a, str_printf(a, STR_FMT "%s", STR_ARG(to->url), l->path)),
                          .type = l->type,
                          .body = l->body,
                          .root_pem = str_c(a, seal_pem(a, "CERTIFICATE", to->root_der)),
                          .pin = to->tls_key,
                          .reply_max = l->reply_max ? l->reply_max : POST_REPLY_MAX,
                          .timeout_ms = WIRE_TIMEOUT_MS};
}

struct errand {
    struct arena *arena;
    void (*done)(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                 const char *why);
    void *job;
};

static void on_call(void *ctx, err e, int status, struct bytes reply, int64_t retry_after_s,
                    struct bytes server_der, const char *why)
{
    (void)server_der;
    struct errand *x = ctx;
    x->done(x->job, e, status, reply, retry_after_s, why);
    arena_free(x->arena);
}

static err wire_send(void *ctx, struct turn *t, const struct desk_peer *to,
                     const struct post_letter *l,
                     void (*done)(void *job, err e, int status, struct bytes reply,
                                  int64_t retry_after_s, const char *why),
                     void *job)
{
    struct arena *a = arena_new();
    struct errand *x = arena_take(a, sizeof *x);
    *x = (struct errand){a, done, job};
    struct net_call call;
    post_letter_call(a, to, l, &call);
    call.done = on_call;
    call.ctx = x;
    err e = net_call_start(t, ctx, &call);
    if (e != ERR_OK) arena_free(a);
    return e;
}

struct post_wire post_http_wire(struct arena *a, struct net_client *client)
{
    (void)a; /* the client is all it needs */
    return (struct post_wire){wire_send, client};
}
