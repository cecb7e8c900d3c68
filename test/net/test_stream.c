/* SPDX-License-Identifier: Apache-2.0 */
/* Replies in pieces: they come as they are sent, cost nothing while silent, and end. */

#include "net_test.h"

#include <string.h>

static void stream_host(struct host *h, struct world *w, unsigned streams)
{
    struct net_server_options o = host_options(h);
    o.tls_key_pem = o.tls_cert_pem = NULL;
    o.ask_client = false;
    o.streams_max = streams;
    host_up(h, w, &o);
    h->holds = true;
}

static struct raw *listener(struct world *w, struct host *h)
{
    struct raw *r = raw_open(w, net_server_port(h->server), &(struct raw_options){.plain = true});
    unsigned before = h->bodies;
    raw_say(r, "GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 7\r\n\r\n");
    world_until_count(w, &h->bodies, before + 1);
    return r;
}

static struct bytes of(const char *s) { return str_bytes(str_of(s)); }

static void pieces_arrive_as_they_are_sent(void **state)
{
    struct world *w = *state;
    struct host h;
    stream_host(&h, w, 1);
    struct raw *r = listener(w, &h);
    struct net_request *q = h.held[0];
    assert_true(str_is(net_request_header(q, "last-event-id"), "7"));
    assert_int_equal(net_request_header(q, "none").n, 0);
    assert_true(net_reply_stream(q, 200, "text/event-stream", NULL));
    net_stream_send(q, of("one\n"));
    raw_until_heard(w, r, "one\n");
    world_settle(w);
    net_stream_send(q, of("two\n"));
    net_stream_send(q, of(""));
    net_stream_send(q, of("three\n"));
    raw_until_heard(w, r, "three\n");
    assert_int_equal(h.gone, 0);
    net_stream_end(q);
    net_stream_send(q, of("late\n"));
    world_until_count(w, &h.gone, 1);
    raw_until_closed(w, r);
    assert_null(memmem(raw_heard(r).p, raw_heard(r).n, "late", 4));
    raw_close(r);
    host_down(&h);
}

static void silence_lasts_longer_than_any_idle_limit(void **state)
{
    struct world *w = *state;
    struct host h;
    stream_host(&h, w, 1);
    struct raw *r = listener(w, &h);
    assert_true(net_reply_stream(h.held[0], 200, NULL, NULL));
    net_stream_send(h.held[0], of("one\n"));
    raw_until_heard(w, r, "one\n");
    for (int k = 0; k < 10; k++) {
        world_pass(w, 60000);
        world_settle(w);
    }
    assert_int_equal(h.gone, 0);
    net_stream_send(h.held[0], of("two\n"));
    raw_until_heard(w, r, "two\n");
    raw_close(r);
    host_down(&h);
}

static void a_reader_that_left_is_noticed_when_something_is_sent(void **state)
{
    struct world *w = *state;
    struct host h;
    stream_host(&h, w, 1);
    struct raw *r = listener(w, &h);
    assert_true(net_reply_stream(h.held[0], 200, NULL, NULL));
    net_stream_send(h.held[0], of("one\n"));
    raw_until_heard(w, r, "one\n");
    raw_close(r);
    for (int k = 0; k < 5 && h.gone == 0; k++) {
        if (h.held[0]) net_stream_send(h.held[0], of("x\n"));
        world_settle(w);
    }
    world_until_count(w, &h.gone, 1);
    host_down(&h);
}

static void a_reader_that_does_not_read_is_let_go(void **state)
{
    struct world *w = *state;
    struct host h;
    stream_host(&h, w, 1);
    struct raw_options deaf = {.plain = true, .deaf = true};
    struct raw *r = raw_open(w, net_server_port(h.server), &deaf);
    raw_say(r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    world_until_count(w, &h.bodies, 1);
    assert_true(net_reply_stream(h.held[0], 200, NULL, NULL));
    static char piece[NET_STREAM_MAX / 2];
    memset(piece, 'x', sizeof piece);
    for (int k = 0; k < 2000 && h.held[0]; k++) {
        net_stream_send(h.held[0], (struct bytes){(const uint8_t *)piece, sizeof piece});
        world_settle(w);
    }
    world_until_count(w, &h.gone, 1);
    raw_close(r);
    host_down(&h);
}

static void only_so_many_listen_at_once(void **state)
{
    struct world *w = *state;
    struct host h;
    stream_host(&h, w, 1);
    struct raw *first = listener(w, &h), *second = listener(w, &h);
    assert_true(net_reply_stream(h.held[0], 200, NULL, NULL));
    assert_false(net_reply_stream(h.held[1], 200, NULL, NULL));
    net_reply(h.held[1], 503, NULL, (struct bytes){0}, NULL);
    raw_until_heard(w, second, "503");
    net_stream_end(h.held[0]);
    world_until_count(w, &h.gone, 1);
    raw_close(second);
    raw_close(first);
    struct raw *third = listener(w, &h);
    assert_true(net_reply_stream(h.held[2], 200, NULL, NULL));
    raw_close(third);
    host_down(&h); /* while it streams */
}

int stream_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(pieces_arrive_as_they_are_sent),
        with_world(silence_lasts_longer_than_any_idle_limit),
        with_world(a_reader_that_left_is_noticed_when_something_is_sent),
        with_world(a_reader_that_does_not_read_is_let_go),
        with_world(only_so_many_listen_at_once),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
