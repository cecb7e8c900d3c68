/* SPDX-License-Identifier: Apache-2.0 */
/* The client's machinery: kept connections, many calls, closing in the middle. */

#include "net_test.h"

#include <string.h>

static void a_connection_is_kept_and_used_again(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    struct visit to;
    host_up(&h, w, NULL);
    visitor_up(&v, w, pair_of(CLIENT), "https", net_server_port(h.server));
    visit(&v, &to, "POST", str_bytes(STR("body")));
    int port = h.last_port;
    for (int i = 0; i < 5; i++) {
        world_settle(w);
        visit(&v, &to, i % 2 ? "GET" : "POST", i % 2 ? (struct bytes){0} : str_bytes(STR("body")));
        assert_int_equal(to.status, 200);
        assert_int_equal(h.last_port, port);
        assert_true(hash_eq(&h.last_client, &pair_of(CLIENT)->cert));
    }
    visitor_down(&v);
    host_down(&h);
}

static void a_kept_connection_that_died_is_made_anew(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    struct visit to;
    host_up(&h, w, NULL);
    visitor_up(&v, w, pair_of(CLIENT), "https", net_server_port(h.server));
    visit(&v, &to, "POST", str_bytes(STR("body")));
    uint16_t port = net_server_port(h.server);
    host_down(&h);
    struct net_server_options o = host_options(&h);
    o.port = port;
    host_up(&h, w, &o);
    visit(&v, &to, "POST", str_bytes(STR("body")));
    assert_int_equal(to.status, 200);
    visitor_down(&v);
    host_down(&h);
}

struct chain {
    struct visitor *v;
    struct visit to;
    unsigned done;
};

static void next_link(void *ctx, err e, int status, struct bytes reply, int64_t retry_after_s,
                      struct bytes server_der, const char *why)
{
    (void)reply, (void)retry_after_s, (void)server_der, (void)why;
    struct chain *c = ctx;
    assert_int_equal(e, ERR_OK);
    assert_int_equal(status, 200);
    if (++c->done == 10) return;
    struct net_call call = visit_call(c->v, &c->to, "GET", (struct bytes){0});
    call.done = next_link;
    call.ctx = c;
    visit_start(c->v, &call);
}

static void a_call_may_be_started_when_another_is_done(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    host_up(&h, w, NULL);
    visitor_up(&v, w, NULL, "https", net_server_port(h.server));
    struct chain c = {.v = &v};
    struct net_call call = visit_call(&v, &c.to, "GET", (struct bytes){0});
    call.done = next_link;
    call.ctx = &c;
    visit_start(&v, &call);
    world_until_count(w, &c.done, 10);
    visitor_down(&v);
    host_down(&h);
}

static void too_many_calls_at_once_are_refused_and_all_are_told_at_the_end(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    static struct visit to[NET_CALLS_MAX + 1];
    host_up(&h, w, NULL);
    visitor_up(&v, w, NULL, "https", net_server_port(h.server));
    for (int i = 0; i < NET_CALLS_MAX; i++) {
        struct net_call call = visit_call(&v, &to[i], "GET", (struct bytes){0});
        visit_start(&v, &call);
    }
    struct net_call call = visit_call(&v, &to[NET_CALLS_MAX], "GET", (struct bytes){0});
    assert_int_equal(net_call_start(&w->t, v.client, &call), ERR_BUSY);
    visitor_down(&v);
    for (int i = 0; i < NET_CALLS_MAX; i++) {
        assert_int_equal(to[i].done, 1);
        assert_int_equal(to[i].e, ERR_PEER);
    }
    assert_int_equal(to[NET_CALLS_MAX].done, 0);
    world_settle(w);
    host_down(&h);
}

struct stubborn {
    struct visitor *v;
    unsigned done;
    err again;
};

static void tries_again(void *ctx, err e, int status, struct bytes reply, int64_t retry_after_s,
                        struct bytes server_der, const char *why)
{
    (void)e, (void)status, (void)reply, (void)retry_after_s, (void)server_der, (void)why;
    struct stubborn *s = ctx;
    struct visit to;
    s->done++;
    struct net_call call = visit_call(s->v, &to, "GET", (struct bytes){0});
    s->again = net_call_start(&s->v->w->t, s->v->client, &call);
}

static void a_client_that_is_closing_takes_no_call(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    struct visit to;
    host_up(&h, w, NULL);
    h.holds = true;
    visitor_up(&v, w, NULL, "https", net_server_port(h.server));
    struct stubborn s = {.v = &v};
    struct net_call call = visit_call(&v, &to, "GET", (struct bytes){0});
    call.done = tries_again;
    call.ctx = &s;
    visit_start(&v, &call);
    world_until_count(w, &h.bodies, 1);
    visitor_down(&v);
    assert_int_equal(s.done, 1);
    assert_int_equal(s.again, ERR_BUSY);
    net_client_free(NULL);
    host_down(&h);
}

int client_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_connection_is_kept_and_used_again),
        with_world(a_kept_connection_that_died_is_made_anew),
        with_world(a_call_may_be_started_when_another_is_done),
        with_world(too_many_calls_at_once_are_refused_and_all_are_told_at_the_end),
        with_world(a_client_that_is_closing_takes_no_call),
    };
    return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
