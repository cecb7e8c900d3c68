/* SPDX-License-Identifier: Apache-2.0 */
/* The wire over HTTPS: one POST to the peer's node, pinned by its root and TLS key. It carries
 * bytes and judges no answer. */

#include "net/net.h"
#include "post/post_internal.h"

enum { WIRE_TIMEOUT_MS = 60 * 1000, WIRE_REPLY_MAX = 256 << 10 };

struct letter {
    struct arena *arena;
    void (*done)(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                 const char *why);
    void *job;
};

static void on_call(void *ctx, err e, int status, struct bytes reply, int64_t retry_after_s,
                    struct bytes server_der, const char *why)
{
    (void)server_der;
    struct letter *l = ctx;
    l->done(l->job, e, status, reply, retry_after_s, why);
    arena_free(l->arena);
}

static err wire_send(void *ctx, struct turn *t, const struct desk_peer *to, struct bytes sealed,
                     void (*done)(void *job, err e, int status, struct bytes reply,
                                  int64_t retry_after_s, const char *why),
                     void *job)
{
    struct arena *a = arena_new();
    struct letter *l = arena_take(a, sizeof *l);
    *l = (struct letter){a, done, job};
    struct net_call call = {.method = "POST",
                            .url = str_c(a, str_printf(a, STR_FMT POST_PARCELS, STR_ARG(to->url))),
                            .type = "application/cms",
                            .body = sealed,
                            .root_pem = str_c(a, seal_pem(a, "CERTIFICATE", to->root_der)),
                            .pin = to->tls_key,
                            .reply_max = WIRE_REPLY_MAX,
                            .timeout_ms = WIRE_TIMEOUT_MS,
                            .done = on_call,
                            .ctx = l};
    err e = net_call_start(t, ctx, &call);
    if (e != ERR_OK) arena_free(a);
    return e;
}

struct post_wire post_http_wire(struct arena *a, struct net_client *client)
{
    (void)a; /* the client is all it needs */
    return (struct post_wire){wire_send, client};
}
