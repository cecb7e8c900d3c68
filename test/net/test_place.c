/* SPDX-License-Identifier: Apache-2.0 */
/* Who keeps a place: strangers give way, whoever was welcomed stays, and nobody has all. */

#include "net_test.h"

#include <stdio.h>

static const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/* A client with a certificate; the host welcomes those. */
static struct raw *known(struct world *w, struct host *h, enum pair_name who)
{
    struct raw_options own = {.key_pem = pair_of(who)->key_pem, .cert_pem = pair_of(who)->cert_pem};
    return raw_open(w, net_server_port(h->server), &own);
}

/* A connection that never says a byte. */
static struct raw *silent(struct world *w, struct host *h)
{
    return raw_open(w, net_server_port(h->server), &(struct raw_options){.plain = true});
}

static unsigned closed(struct raw *const *r, unsigned n)
{
    unsigned c = 0;
    for (unsigned i = 0; i < n; i++) c += raw_is_closed(r[i]);
    return c;
}

static void close_all(struct raw *const *r, unsigned n)
{
    for (unsigned i = 0; i < n; i++) raw_close(r[i]);
}

static void silent_strangers_do_not_keep_a_peer_out(void **state)
{
    enum { PLACES = 4, MANY = 9 };
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.connections_max = PLACES;
    host_up(&h, w, &o);
    h.welcomes = true;
    struct raw *idle[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        idle[i] = silent(w, &h);
        world_settle(w);
    }
    struct raw *peer = known(w, &h, CLIENT);
    raw_say(peer, get);
    raw_until_heard(w, peer, "held");
    assert_true(closed(idle, MANY) >= MANY - PLACES);
    assert_false(raw_is_closed(idle[MANY - 1])); /* the oldest went first */
    close_all(idle, MANY);
    raw_close(peer);
    host_down(&h);
}

static void who_was_welcomed_keeps_his_place_between_requests(void **state)
{
    enum { PLACES = 3, MANY = 8 };
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.connections_max = PLACES;
    host_up(&h, w, &o);
    h.welcomes = true;
    struct raw *peer = known(w, &h, CLIENT), *idle[MANY];
    raw_say(peer, get);
    raw_until_heard(w, peer, "held");
    for (unsigned i = 0; i < MANY; i++) {
        idle[i] = silent(w, &h);
        world_settle(w);
    }
    h.reply = str_bytes(STR("again"));
    raw_say(peer, get);
    raw_until_heard(w, peer, "again");
    close_all(idle, MANY);
    raw_close(peer);
    host_down(&h);
}

static void without_strangers_the_oldest_that_rests_gives_way(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.connections_max = 3;
    host_up(&h, w, &o);
    h.welcomes = true;
    struct raw *a = known(w, &h, CLIENT);
    raw_say(a, get);
    raw_until_heard(w, a, "held");
    struct raw *b = known(w, &h, CLIENT);
    raw_say(b, get);
    raw_until_heard(w, b, "held");
    struct raw *c = known(w, &h, OTHER_CLIENT);
    raw_until_closed(w, a);
    raw_say(c, get);
    raw_until_heard(w, c, "held");
    assert_false(raw_is_closed(b));
    struct raw *const all[] = {a, b, c};
    close_all(all, 3);
    host_down(&h);
}

static void one_network_has_its_share_of_strangers(void **state)
{
    enum { SHARE = 3, MANY = 7 };
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.network_max = SHARE;
    host_up(&h, w, &o);
    struct raw *idle[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        idle[i] = silent(w, &h);
        world_settle(w);
    }
    for (unsigned i = 0; i < MANY - SHARE; i++) raw_until_closed(w, idle[i]);
    assert_int_equal(closed(idle, MANY), MANY - SHARE);
    close_all(idle, MANY);
    host_down(&h);
}

static void one_certificate_has_its_share_of_connections(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.client_max = 2;
    host_up(&h, w, &o);
    h.welcomes = true;
    enum { MANY = 4 };
    struct raw *r[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        r[i] = known(w, &h, i == 1 ? OTHER_CLIENT : CLIENT);
        raw_say(r[i], get);
        raw_until_heard(w, r[i], "held");
    }
    raw_until_closed(w, r[0]);
    world_settle(w);
    assert_int_equal(closed(r, MANY), 1);
    close_all(r, MANY);
    host_down(&h);
}

static void a_stranger_has_less_time_than_a_peer(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.stranger_s = 10;
    host_up(&h, w, &o);
    h.welcomes = true;
    struct raw *peer = known(w, &h, CLIENT);
    raw_say(peer, get);
    raw_until_heard(w, peer, "held");
    struct raw *idle = silent(w, &h), *shaken = known(w, &h, OTHER_CLIENT);
    world_settle(w);
    world_pass(w, 9900);
    world_settle(w);
    assert_false(raw_is_closed(idle) || raw_is_closed(shaken));
    world_pass(w, 200);
    raw_until_closed(w, idle);
    raw_until_closed(w, shaken);
    assert_false(raw_is_closed(peer));
    struct raw *const all[] = {peer, idle, shaken};
    close_all(all, 3);
    host_down(&h);
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static struct raw *post(struct world *w, struct host *h, enum pair_name who, size_t length)
{
    struct raw *r = known(w, h, who);
    char head[128];
    snprintf(head, sizeof head, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
             length);
    raw_say(r, head);
    return r;
}

static void one_certificate_has_its_share_of_bodies(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.client_bodies_max = 2;
    host_up(&h, w, &o);
    h.welcomes = h.holds = true;
    struct raw *a = post(w, &h, CLIENT, 1), *b = post(w, &h, CLIENT, 9);
    raw_say(a, "x");
    world_until_count(w, &h.bodies, 1); /* one is unanswered, one still coming */
    world_until_count(w, &h.heads, 2);
    struct raw *c = post(w, &h, CLIENT, 1), *other = post(w, &h, OTHER_CLIENT, 1);
    raw_until_heard(w, c, "503");
    raw_until_heard(w, c, "Retry-After: 5");
    raw_until_closed(w, c);
    raw_say(other, "x");
    world_until_count(w, &h.bodies, 2);
    host_release(&h);
    raw_until_heard(w, a, "held");
    struct raw *d = post(w, &h, CLIENT, 1);
    raw_say(d, "x");
    world_until_count(w, &h.bodies, 3);
    host_release(&h);
    raw_until_heard(w, d, "held");
    struct raw *const all[] = {a, b, c, other, d};
    close_all(all, 5);
    world_until_count(w, &h.gone, h.heads);
    host_down(&h);
}

static void one_certificate_has_its_share_of_bytes(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = host_options(&h);
    o.client_bytes_max = 1000;
    host_up(&h, w, &o);
    h.welcomes = true;
    struct raw *alone = post(w, &h, OTHER_CLIENT, 2000); /* one is always taken */
    struct raw *a = post(w, &h, CLIENT, 600), *b = post(w, &h, CLIENT, 400);
    world_until_count(w, &h.heads, 3);
    struct raw *c = post(w, &h, CLIENT, 1);
    raw_until_heard(w, c, "503");
    assert_false(raw_is_closed(alone) || raw_is_closed(a) || raw_is_closed(b));
    struct raw *const all[] = {alone, a, b, c};
    close_all(all, 4);
    world_until_count(w, &h.gone, h.heads);
    host_down(&h);
}

int place_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(silent_strangers_do_not_keep_a_peer_out),
        with_world(who_was_welcomed_keeps_his_place_between_requests),
        with_world(without_strangers_the_oldest_that_rests_gives_way),
        with_world(one_network_has_its_share_of_strangers),
        with_world(one_certificate_has_its_share_of_connections),
        with_world(a_stranger_has_less_time_than_a_peer),
        with_world(one_certificate_has_its_share_of_bodies),
        with_world(one_certificate_has_its_share_of_bytes),
    };
    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
