/* SPDX-License-Identifier: Apache-2.0 */
/* A loop, a clock that a test can push forward, a folder; and a server whose handler takes notes.
 */

#include "net/server.h"
#include "net_test.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FAR_TOO_LONG_MS = 20000, LOOK_MS = 10 };

static int64_t machine_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t world_now_ms(void *world)
{
    const struct world *w = world;
    return machine_ms() + w->passed_ms;
}

int world_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    w->clock = (struct clock){world_now_ms, world_now_ms, w};
    w->t.arena = arena_new();
    w->t.clock = &w->clock;
    snprintf(w->dir, sizeof w->dir, "/tmp/comity-net-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    assert_int_equal(net_loop_new(&w->t, &w->clock, &w->loop), ERR_OK);
    *state = w;
    return 0;
}

int world_down(void **state)
{
    struct world *w = *state;
    if (w->hosts == 0) net_loop_free(w->loop);
    DIR *d = opendir(w->dir);
    for (struct dirent *e; d && (e = readdir(d));) unlinkat(dirfd(d), e->d_name, 0);
    if (d) closedir(d);
    rmdir(w->dir);
    if (w->hosts) return 0;
    arena_free(w->t.arena);
    free(w);
    return 0;
}

void world_pass(struct world *w, int64_t ms) { w->passed_ms += ms; }

void world_until(struct world *w, bool (*is_so)(void *ctx), void *ctx)
{
    int64_t end = machine_ms() + FAR_TOO_LONG_MS;
    while (!is_so(ctx)) {
        if (machine_ms() > end) fail_msg("what the test waits for does not come");
        assert_int_equal(net_loop_turn(&w->t, w->loop, LOOK_MS), ERR_OK);
    }
}

struct count {
    const unsigned *n;
    unsigned least;
};

static bool has_counted(void *ctx)
{
    const struct count *c = ctx;
    return *c->n >= c->least;
}

void world_until_count(struct world *w, const unsigned *n, unsigned least)
{
    world_until(w, has_counted, &(struct count){n, least});
}

void world_settle(struct world *w)
{
    for (int i = 0; i < 10; i++) assert_int_equal(net_loop_turn(&w->t, w->loop, 1), ERR_OK);
}

/* ---- host ------------------------------------------------------------------------------------ */

static void note(char *to, size_t room, struct str s) { snprintf(to, room, STR_FMT, STR_ARG(s)); }

static int port_of(const struct net_request *r)
{
    struct sockaddr_in from;
    socklen_t n = sizeof from;
    assert_int_equal(getpeername(socket_of(r->connection), (struct sockaddr *)&from, &n), 0);
    return ntohs(from.sin_port);
}

static bool on_head(void *ctx, struct net_request *r, const struct net_request_head *head)
{
    struct host *h = ctx;
    h->heads++;
    note(h->last_method, sizeof h->last_method, head->method);
    note(h->last_path, sizeof h->last_path, head->path);
    note(h->last_query, sizeof h->last_query, head->query);
    h->last_client = head->client;
    h->last_length = head->length;
    h->last_port = port_of(r);
    assert_ptr_equal(net_request_head(r), head);
    net_request_set(r, h);
    if (h->welcomes && head->client_der.n) net_request_welcome(r);
    if (!h->refuse) return true;
    net_reply(r, h->refuse, "text/plain", str_bytes(STR("refused in the head")), h->headers);
    return false;
}

static void on_body(void *ctx, struct net_request *r, struct bytes body)
{
    struct host *h = ctx;
    assert_ptr_equal(net_request_own(r), h);
    h->bodies++;
    h->last_body = body.n;
    size_t n = body.n < sizeof h->last_bytes ? body.n : sizeof h->last_bytes;
    if (n) memcpy(h->last_bytes, body.p, n);
    if (net_server_arriving(h->server) > h->arriving_max) {
        h->arriving_max = net_server_arriving(h->server);
    }
    if (h->holds) {
        assert_true(h->held_n < HELD_MAX);
        h->held[h->held_n++] = r;
        return;
    }
    net_reply(r, 200, "application/octet-stream", h->reply, h->headers);
}

static void on_gone(void *ctx, struct net_request *r)
{
    struct host *h = ctx;
    h->gone++;
    for (unsigned i = 0; i < h->held_n; i++) {
        if (h->held[i] == r) h->held[i] = NULL;
    }
}

static void on_cut(void *ctx, struct net_request *r, size_t got)
{
    struct host *h = ctx;
    h->cut++;
    h->last_cut = got;
    net_reply(r, 200, NULL, (struct bytes){0}, NULL); /* allowed, and without effect */
}

struct net_server_options host_options(struct host *h)
{
    return (struct net_server_options){
        .address = "127.0.0.1",
        .tls_key_pem = pair_of(SERVER)->key_pem,
        .tls_cert_pem = pair_of(SERVER)->cert_pem,
        .ask_client = true,
        .body_max = 16 << 20,
        .connections_max = 100,
        .idle_s = 30,
        .head = on_head,
        .body = on_body,
        .gone = on_gone,
        .cut = on_cut,
        .ctx = h,
    };
}

void host_up(struct host *h, struct world *w, const struct net_server_options *o)
{
    *h = (struct host){.w = w, .reply = str_bytes(STR("held"))};
    struct net_server_options usual = host_options(h);
    err e = net_server_start(&w->t, w->loop, o ? o : &usual, &h->server);
    if (e != ERR_OK) fail_msg("%s", w->t.fault.sentence);
    w->hosts++;
}

void host_down(struct host *h)
{
    net_server_stop(h->server);
    h->w->hosts--;
    assert_int_equal(h->gone, h->heads); /* each that was seen is told to be gone, once */
}

void host_release(struct host *h)
{
    for (unsigned i = 0; i < h->held_n; i++) {
        if (h->held[i]) net_reply(h->held[i], 200, "text/plain", h->reply, h->headers);
    }
    h->held_n = 0;
}
