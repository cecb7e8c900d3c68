/* SPDX-License-Identifier: Apache-2.0 */
/* TLS on the server's side: a handshake that does not go on costs nothing. */

#include "net_test.h"

static unsigned turns_in(struct world *w, int64_t ms)
{
    unsigned n = 0;
    for (int64_t end = world_now_ms(w) + ms; world_now_ms(w) < end; n++) {
        assert_int_equal(net_loop_turn(&w->t, w->loop, 20), ERR_OK);
    }
    return n;
}

static void a_client_silent_in_its_handshake_does_not_keep_the_loop_awake(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    uint16_t port = net_server_port(h.server);
    struct raw *mute = raw_open(w, port, &(struct raw_options){.plain = true});
    struct raw *half = raw_open(w, port, &(struct raw_options){.plain = true});
    struct raw *idle = raw_open(w, port, &(struct raw_options){0});
    struct raw *part = raw_open(w, port, &(struct raw_options){0});
    assert_int_equal(raw_send(half, "\x16\x03\x01\x02\x00\x01\x00\x01", 8), 8);
    raw_say(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_say(part, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
    raw_until_heard(w, idle, "held");
    world_until_count(w, &h.heads, 2);
    world_settle(w);
    assert_in_range(turns_in(w, 300), 1, 60); /* hundreds of thousands when it spins */
    raw_say(part, "67890");
    raw_until_heard(w, part, "held");
    raw_close(mute);
    raw_close(half);
    raw_close(idle);
    raw_close(part);
    host_down(&h);
}

static void a_handshake_that_goes_on_late_succeeds(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    struct raw *mute = raw_open(w, net_server_port(h.server), &(struct raw_options){.plain = true});
    world_settle(w);
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
    raw_say(r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_until_heard(w, r, "held");
    raw_close(mute);
    raw_close(r);
    host_down(&h);
}

int tls_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_client_silent_in_its_handshake_does_not_keep_the_loop_awake),
        with_world(a_handshake_that_goes_on_late_succeeds),
    };
    return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
