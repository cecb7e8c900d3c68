/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of net's own client, noted down. */

#include "net_test.h"

#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>

void visitor_up(struct visitor *v, struct world *w, const struct pair *own, const char *scheme,
                uint16_t port)
{
    struct net_client_options o = {.tls_key_pem = own ? own->key_pem : NULL,
                                   .tls_cert_pem = own ? own->cert_pem : NULL};
    *v = (struct visitor){.w = w};
    snprintf(v->url, sizeof v->url, "%s://127.0.0.1:%u/comity/1/parcels?a=b", scheme, port);
    assert_int_equal(net_client_new(&w->t, w->loop, &o, &v->client), ERR_OK);
}

void visitor_down(struct visitor *v) { net_client_free(v->client); }

static void on_done(void *ctx, err e, int status, struct bytes reply, int64_t retry_after_s,
                    struct bytes server_der, const char *why)
{
    struct visit *to = ctx;
    to->done++;
    to->e = e;
    to->status = status;
    to->n = reply.n;
    if (reply.n)
        memcpy(to->first, reply.p, reply.n < sizeof to->first ? reply.n : sizeof to->first);
    to->retry_after_s = retry_after_s;
    to->shown = (struct hash){{0}};
    if (server_der.n) gnutls_hash_fast(GNUTLS_DIG_SHA256, server_der.p, server_der.n, to->shown.b);
    snprintf(to->why, sizeof to->why, "%s", why);
}

struct net_call visit_call(struct visitor *v, struct visit *to, const char *method,
                           struct bytes body)
{
    *to = (struct visit){0};
    bool is_tls = strncmp(v->url, "https", 5) == 0;
    return (struct net_call){
        .method = method,
        .url = v->url,
        .type = body.n ? "application/cms" : NULL,
        .body = body,
        .root_pem = is_tls ? pair_of(ROOT)->cert_pem : NULL,
        .pin = pair_of(SERVER)->spki,
        .reply_max = 1 << 20,
        .timeout_ms = 15000,
        .done = on_done,
        .ctx = to,
    };
}

void visit_start(struct visitor *v, const struct net_call *call)
{
    err e = net_call_start(&v->w->t, v->client, call);
    if (e != ERR_OK) fail_msg("%s", v->w->t.fault.sentence);
}

void visit(struct visitor *v, struct visit *to, const char *method, struct bytes body)
{
    struct net_call call = visit_call(v, to, method, body);
    visit_start(v, &call);
    assert_int_equal(to->done, 0);
    world_until_count(v->w, &to->done, 1);
}
