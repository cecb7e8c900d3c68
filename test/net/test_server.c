/* SPDX-License-Identifier: Apache-2.0 */
/* The server's connections: addresses, TLS, certificates, idle clients, stopping. */

#include "net_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct hash nobody;

static void a_plain_request_is_served_with_its_path_as_sent(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.tls_key_pem = o.tls_cert_pem = NULL;
    host_up(&h, w, &o);
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){.plain = true});
    raw_say(r, "GET /a%2fb/%2e%2e?x=%41&y HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_until_heard(w, r, "\r\n\r\nheld");
    assert_string_equal(h.last_method, "GET");
    assert_string_equal(h.last_path, "/a%2fb/%2e%2e");
    assert_string_equal(h.last_query, "x=%41&y");
    assert_int_equal(h.last_length, -1);
    assert_true(hash_eq(&h.last_client, &nobody));
    raw_close(r);
    host_down(&h);
}

static void the_certificate_of_a_client_is_told_though_nobody_issued_it(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    for (enum pair_name who = CLIENT; who <= OTHER_CLIENT; who++) {
        struct visitor v;
        struct visit to;
        visitor_up(&v, w, pair_of(who), "https", net_server_port(h.server));
        visit(&v, &to, "GET", (struct bytes){0});
        assert_int_equal(to.status, 200);
        assert_true(hash_eq(&h.last_client, &pair_of(who)->cert));
        visitor_down(&v);
    }
    host_down(&h);
}

static void a_client_without_a_certificate_has_the_zero_hash(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    struct visit to;
    host_up(&h, w, NULL);
    visitor_up(&v, w, NULL, "https", net_server_port(h.server));
    visit(&v, &to, "GET", (struct bytes){0});
    assert_int_equal(to.status, 200);
    assert_true(hash_eq(&h.last_client, &nobody));
    visitor_down(&v);
    host_down(&h);
}

static void a_server_that_does_not_ask_sees_no_certificate(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    struct visit to;
    struct net_server_options o = host_options(&h);
    o.ask_client = false;
    host_up(&h, w, &o);
    visitor_up(&v, w, pair_of(CLIENT), "https", net_server_port(h.server));
    visit(&v, &to, "GET", (struct bytes){0});
    assert_int_equal(to.status, 200);
    assert_true(hash_eq(&h.last_client, &nobody));
    visitor_down(&v);
    host_down(&h);
}

static void a_certificate_without_its_key_does_not_get_in(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    struct raw_options own = {.key_pem = pair_of(CLIENT)->key_pem,
                              .cert_pem = pair_of(CLIENT)->cert_pem};
    struct raw *r = raw_open(w, net_server_port(h.server), &own);
    raw_say(r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_until_heard(w, r, "200 OK");
    assert_true(hash_eq(&h.last_client, &pair_of(CLIENT)->cert));
    raw_close(r);

    struct raw_options stolen = {.key_pem = pair_of(OTHER_CLIENT)->key_pem,
                                 .cert_pem = pair_of(CLIENT)->cert_pem};
    r = raw_open(w, net_server_port(h.server), &stolen);
    world_settle(w); /* the client side is done with its handshake before it is judged */
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    raw_send(r, request, sizeof request - 1);
    raw_until_closed(w, r);
    assert_int_equal(raw_heard(r).n, 0);
    assert_int_equal(h.heads, 1);
    raw_close(r);
    host_down(&h);
}

static void older_tls_does_not_get_in(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    static const char *const older[] = {"NORMAL:-VERS-ALL:+VERS-TLS1.2",
                                        "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.2"};
    for (int i = 0; i < 2; i++) {
        struct raw *r =
            raw_open(w, net_server_port(h.server), &(struct raw_options){.priority = older[i]});
        raw_until_closed(w, r);
        assert_false(raw_is_open(r));
        raw_close(r);
    }
    assert_int_equal(h.heads, 0);
    host_down(&h);
}

static void plain_text_on_a_tls_port_does_not_get_in(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){.plain = true});
    raw_say(r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_until_closed(w, r);
    assert_int_equal(h.heads, 0);
    raw_close(r);
    host_down(&h);
}

static void an_ipv6_address_works_and_a_name_does_not(void **state)
{
    struct world *w = *state;
    struct host h = {.w = w};
    struct net_server_options o = host_options(&h);
    o.address = "::1";
    err e = net_server_start(&w->t, w->loop, &o, &h.server);
    if (e == ERR_OK)
        net_server_stop(h.server); /* a machine without IPv6 says so in words */
    else
        assert_true(strstr(w->t.fault.sentence, "::1") != NULL);
    turn_forgive(&w->t);
    static const char *const wrong[] = {"localhost", "", "127.0.0.1:80", "1.2.3", "127.0.0.256"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        o.address = wrong[i];
        assert_int_equal(net_server_start(&w->t, w->loop, &o, &h.server), ERR_USAGE);
        turn_forgive(&w->t);
    }
}

static unsigned open_descriptors(void)
{
    unsigned n = 0;
    for (int fd = 0; fd < 1024; fd++) n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void a_server_that_cannot_start_says_why_and_leaves_nothing_open(void **state)
{
    struct world *w = *state;
    struct host h, second = {.w = w};
    host_up(&h, w, NULL);
    unsigned before = open_descriptors();
    struct net_server_options o = host_options(&second);
    o.port = net_server_port(h.server);
    assert_int_equal(net_server_start(&w->t, w->loop, &o, &second.server), ERR_BUSY);
    turn_forgive(&w->t);
    o = host_options(&second);
    o.tls_key_pem = "no key at all";
    assert_int_equal(net_server_start(&w->t, w->loop, &o, &second.server), ERR_USAGE);
    turn_forgive(&w->t);
    o.tls_key_pem = pair_of(CLIENT)->key_pem; /* of another certificate */
    assert_int_equal(net_server_start(&w->t, w->loop, &o, &second.server), ERR_USAGE);
    turn_forgive(&w->t);
    o.tls_key_pem = pair_of(SERVER)->key_pem;
    o.tls_cert_pem = "no certificate at all";
    assert_int_equal(net_server_start(&w->t, w->loop, &o, &second.server), ERR_USAGE);
    turn_forgive(&w->t);
    assert_int_equal(open_descriptors(), before);
    host_down(&h);
}

static void beyond_the_limit_of_connections_the_next_waits_for_one_to_leave(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.connections_max = 2;
    host_up(&h, w, &o);
    h.welcomes = h.holds = true;
    uint16_t port = net_server_port(h.server);
    struct raw_options own = {.key_pem = pair_of(CLIENT)->key_pem,
                              .cert_pem = pair_of(CLIENT)->cert_pem};
    struct raw *a = raw_open(w, port, &own);
    raw_say(a, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    world_until_count(w, &h.bodies, 1);
    struct raw *b = raw_open(w, port, &own);
    raw_say(b, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    world_until_count(w, &h.bodies, 2);
    struct raw *c = raw_open(w, port, &(struct raw_options){0});
    world_settle(w);
    assert_false(raw_is_open(c));
    h.holds = false;
    host_release(&h);
    raw_until_heard(w, a, "held");
    raw_until_heard(w, b, "held");
    raw_close(a);
    raw_say(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_until_heard(w, c, "held");
    raw_close(b);
    raw_close(c);
    host_down(&h);
}

static void a_client_that_dawdles_is_broken_off_and_no_other(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    uint16_t port = net_server_port(h.server);
    struct raw *never_shakes = raw_open(w, port, &(struct raw_options){.plain = true});
    struct raw *silent = raw_open(w, port, &(struct raw_options){0});
    struct raw *drips = raw_open(w, port, &(struct raw_options){0});
    struct raw *body = raw_open(w, port, &(struct raw_options){0});
    raw_say(silent, "G");
    raw_say(body, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
    world_until_count(w, &h.heads, 1);
    world_settle(w);
    static const char head[] = "GET / HTTP/1.1\r\nX: y\r\n\r\n";
    for (int i = 0; i < 3; i++) { /* a byte now and then is not enough */
        raw_say(drips, (char[]){head[i], 0});
        world_pass(w, 9900);
        world_settle(w);
    }
    assert_false(raw_is_closed(drips) || raw_is_closed(body) || raw_is_closed(never_shakes));
    struct raw *fresh = raw_open(w, port, &(struct raw_options){0});
    raw_say(fresh, "GET");
    world_pass(w, 400);
    raw_until_closed(w, never_shakes);
    raw_until_closed(w, silent);
    raw_until_closed(w, drips);
    raw_until_closed(w, body);
    world_until_count(w, &h.cut, 1);
    assert_int_equal(h.last_cut, 5);
    raw_say(fresh, " / HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_until_heard(w, fresh, "held");
    raw_close(never_shakes);
    raw_close(silent);
    raw_close(drips);
    raw_close(body);
    raw_close(fresh);
    host_down(&h);
}

static void waiting_for_the_reply_is_not_dawdling(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    h.holds = true;
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
    raw_say(r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    world_until_count(w, &h.bodies, 1);
    world_pass(w, 3600 * 1000);
    world_settle(w);
    host_release(&h);
    raw_until_heard(w, r, "held");
    raw_close(r);
    host_down(&h);
}

static void a_server_stops_whatever_its_connections_are_doing(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    uint16_t port = net_server_port(h.server);
    static const char *const said[] = {
        "", "GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\nabc"};
    enum { N = sizeof said / sizeof *said };
    struct raw *r[N];
    h.holds = true;
    for (int i = 0; i < N; i++) {
        r[i] = raw_open(w, port, &(struct raw_options){0});
        raw_say(r[i], said[i]);
    }
    world_until_count(w, &h.heads, 3);
    world_until_count(w, &h.bodies, 1);
    world_settle(w);
    assert_int_equal(net_server_arriving(h.server), 1);
    host_down(&h);
    assert_int_equal(h.cut, 0); /* nobody cut it but us */
    assert_int_equal(h.held_n, 1);
    assert_null(h.held[0]);
    for (int i = 0; i < N; i++) {
        raw_until_closed(w, r[i]);
        raw_close(r[i]);
    }
    net_server_stop(NULL);
}

int server_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_plain_request_is_served_with_its_path_as_sent),
        with_world(the_certificate_of_a_client_is_told_though_nobody_issued_it),
        with_world(a_client_without_a_certificate_has_the_zero_hash),
        with_world(a_server_that_does_not_ask_sees_no_certificate),
        with_world(a_certificate_without_its_key_does_not_get_in),
        with_world(older_tls_does_not_get_in),
        with_world(plain_text_on_a_tls_port_does_not_get_in),
        with_world(an_ipv6_address_works_and_a_name_does_not),
        with_world(a_server_that_cannot_start_says_why_and_leaves_nothing_open),
        with_world(beyond_the_limit_of_connections_the_next_waits_for_one_to_leave),
        with_world(a_client_that_dawdles_is_broken_off_and_no_other),
        with_world(waiting_for_the_reply_is_not_dawdling),
        with_world(a_server_stops_whatever_its_connections_are_doing),
    };
    return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
