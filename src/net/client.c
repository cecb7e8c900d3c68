/* SPDX-License-Identifier: Apache-2.0 */
/* The client's machinery, for calls and mails: libcurl's multi interface on our loop.
 *
 * libcurl says which descriptors it wants watched and when it wants to be called; kept connections
 * live in its cache and are shared by all calls of one client. What a call asks for and what came
 * back is call.c. It does not retry: the outbox above does, with the times the desk keeps. */

#include "net/client.h"

#include <assert.h>
#include <string.h>

enum { KEPT_CONNECTIONS = 64 };

static struct curl_blob blob_keep(struct arena *a, const char *pem);
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *own);
static int on_timer(CURLM *multi, long ms, void *ctx);
static void reap(struct net_client *c);

err net_client_new(struct turn *t, struct net_loop *l, const struct net_client_options *o,
                   struct net_client **out)
{
    assert(!o->tls_key_pem == !o->tls_cert_pem);
    /* Counted by libcurl; the last client's end undoes it. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return turn_fail(t, ERR_INTERNAL, "net-client", NULL, "cannot start the HTTP library");
    }
    struct arena *a = arena_new();
    struct net_client *c = arena_take(a, sizeof *c);
    *c = (struct net_client){.arena = a, .loop = l, .multi = curl_multi_init()};
    if (!c->multi) {
        arena_free(a);
        curl_global_cleanup();
        return turn_fail(t, ERR_INTERNAL, "net-client", NULL, "cannot start the HTTP client");
    }
    c->tls_use = o->tls_use;
    c->tls_ctx = o->ctx;
    c->key = blob_keep(a, o->tls_key_pem);
    c->cert = blob_keep(a, o->tls_cert_pem);
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    *out = c;
    return ERR_OK;
}

void net_client_free(struct net_client *c)
{
    if (!c) return;
    c->closing = true;
    while (c->first) {
        c->first->end(c->first, CURLE_OK, "the client was closed before the answer came");
    }
    curl_multi_cleanup(c->multi);
    net_timer_stop(c->loop, c->timer);
    if (c->key.data) wipe(c->key.data, c->key.len);
    arena_free(c->arena);
    curl_global_cleanup();
}

static struct curl_blob blob_keep(struct arena *a, const char *pem)
{
    if (!pem) return (struct curl_blob){0};
    struct str kept = str_dup(a, str_of(pem));
    return (struct curl_blob){(void *)(uintptr_t)kept.p, kept.n, CURL_BLOB_NOCOPY};
}

err way_start(struct turn *t, struct net_client *c, struct way *w, const char *url)
{
    if (c->closing || c->calls == NET_CALLS_MAX) {
        return turn_fail(t, ERR_BUSY, "net-calls", NULL, "%s",
                         c->closing ? "the client is closing" : "too many calls are under way");
    }
    if (curl_multi_add_handle(c->multi, w->easy) != CURLM_OK)
        return turn_fail(t, ERR_INTERNAL, "net-call", NULL, "cannot start a call to %s", url);
    w->client = c;
    w->next = c->first;
    w->at = &c->first;
    if (w->next) w->next->at = &w->next;
    c->first = w;
    c->calls++;
    return ERR_OK;
}

void way_close(struct way *w)
{
    if (w->client) {
        curl_multi_remove_handle(w->client->multi, w->easy);
        *w->at = w->next;
        if (w->next) w->next->at = w->at;
        w->client->calls--;
    }
    curl_easy_cleanup(w->easy);
}

static void act(struct net_client *c, curl_socket_t fd, int what)
{
    int running;
    curl_multi_socket_action(c->multi, fd, what, &running);
    reap(c);
}

/* ---- what libcurl asks of the loop ----------------------------------------------------------- */

static void on_ready(void *ctx, int fd, unsigned events)
{
    int what = 0;
    if (events & LOOP_IN) what |= CURL_CSELECT_IN;
    if (events & LOOP_OUT) what |= CURL_CSELECT_OUT;
    if (events & LOOP_HUP) what |= CURL_CSELECT_ERR;
    act(ctx, fd, what);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *own)
{
    (void)easy, (void)own;
    struct net_client *c = ctx;
    if (what == CURL_POLL_REMOVE) {
        net_unwatch(c->loop, fd);
        return 0;
    }
    unsigned events = 0;
    if (what & CURL_POLL_IN) events |= LOOP_IN;
    if (what & CURL_POLL_OUT) events |= LOOP_OUT;
    struct turn t = {0};
    return loop_watch(&t, c->loop, fd, events, on_ready, c) == ERR_OK ? 0 : -1;
}

static void on_time(void *ctx)
{
    struct net_client *c = ctx;
    c->timer = 0;
    act(c, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer(CURLM *multi, long ms, void *ctx)
{
    (void)multi;
    struct net_client *c = ctx;
    if (c->timer) net_timer_stop(c->loop, c->timer);
    c->timer = ms < 0 ? 0 : net_timer(c->loop, loop_now_ms(c->loop) + ms, on_time, c);
    return 0;
}

static void reap(struct net_client *c)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(c->multi, &left));) {
        if (m->msg != CURLMSG_DONE) continue;
        CURLcode result = m->data.result;
        struct way *w = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &w);
        w->end(w, result, NULL);
    }
}
