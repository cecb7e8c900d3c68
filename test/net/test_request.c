/* SPDX-License-Identifier: Apache-2.0 */
/* One request: its head, its body in all shapes, its reply now or later, its end. */

#include "net_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static void sixty_four_requests_are_answered_in_one_batch(void **state)
{
    enum { ALL = 64 };
    struct world *w = *state;
    struct host h;
    struct visitor v;
    struct visit to[ALL];
    host_up(&h, w, NULL);
    h.holds = true;
    visitor_up(&v, w, pair_of(CLIENT), "https", net_server_port(h.server));
    uint8_t body[5000];
    memset(body, 'x', sizeof body);
    for (int i = 0; i < ALL; i++) {
        struct net_call call = visit_call(&v, &to[i], "POST", (struct bytes){body, sizeof body});
        visit_start(&v, &call);
    }
    world_until_count(w, &h.bodies, ALL);
    world_settle(w);
    for (int i = 0; i < ALL; i++) assert_int_equal(to[i].done, 0);
    assert_int_equal(h.held_n, ALL);
    host_release(&h);
    for (int i = 0; i < ALL; i++) {
        world_until_count(w, &to[i].done, 1);
        assert_int_equal(to[i].e, ERR_OK);
        assert_int_equal(to[i].status, 200);
        assert_memory_equal(to[i].first, "held", 4);
    }
    visitor_down(&v);
    host_down(&h);
}

static void those_whose_body_is_still_coming_are_counted(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    h.holds = true;
    struct raw *r[3];
    for (int i = 0; i < 3; i++) {
        r[i] = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
        raw_say(r[i], "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n12");
    }
    world_until_count(w, &h.heads, 3);
    assert_int_equal(net_server_arriving(h.server), 3);
    raw_say(r[0], "34");
    world_until_count(w, &h.bodies, 1);
    assert_int_equal(net_server_arriving(h.server), 2);
    raw_close(r[1]);
    world_until_count(w, &h.cut, 1);
    assert_int_equal(net_server_arriving(h.server), 1);
    raw_say(r[2], "34");
    world_until_count(w, &h.bodies, 2);
    assert_int_equal(net_server_arriving(h.server), 0);
    host_release(&h);
    raw_until_heard(w, r[0], "held");
    raw_until_heard(w, r[2], "held");
    raw_close(r[0]);
    raw_close(r[2]);
    host_down(&h);
}

static void a_body_of_twenty_mib_is_answered_413_without_being_read(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    struct visit to;
    host_up(&h, w, NULL);
    visitor_up(&v, w, pair_of(CLIENT), "https", net_server_port(h.server));
    uint8_t *body = calloc(20, MIB);
    for (int i = 0; i < 10; i++) { /* a reset must never overtake the answer */
        visit(&v, &to, "POST", (struct bytes){body, 20 * MIB});
        if (to.e != ERR_OK) fail_msg("%s", to.why);
        assert_int_equal(to.status, 413);
    }
    assert_int_equal(h.heads, 10);
    assert_int_equal(h.last_length, 20 * MIB);
    assert_int_equal(h.bodies, 0);
    assert_int_equal(h.cut, 0);
    world_until_count(w, &h.gone, 10);
    free(body);
    visitor_down(&v);
    host_down(&h);
}

static void a_body_of_exactly_the_limit_is_taken(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    struct visit to;
    host_up(&h, w, NULL);
    visitor_up(&v, w, pair_of(CLIENT), "https", net_server_port(h.server));
    uint8_t *body = calloc(16, MIB);
    memcpy(body, "first", 5);
    visit(&v, &to, "POST", (struct bytes){body, 16 * MIB});
    assert_int_equal(to.status, 200);
    assert_int_equal(h.last_body, 16 * MIB);
    assert_memory_equal(h.last_bytes, "first", 5);
    free(body);
    visitor_down(&v);
    host_down(&h);
}

/* Says `n` bytes of body in chunks of at most `size`; false when the other side broke off. */
static bool say_chunks(struct world *w, struct raw *r, size_t n, size_t size)
{
    char chunk[8192];
    assert_true(size <= 4096);
    while (n) {
        size_t now = n < size ? n : size;
        int head = snprintf(chunk, sizeof chunk, "%zx\r\n", now);
        memset(chunk + head, 'c', now);
        memcpy(chunk + head + now, "\r\n", 2);
        size_t all = (size_t)head + now + 2, sent = 0;
        while (sent < all && !raw_is_closed(r)) {
            sent += raw_send(r, chunk + sent, all - sent);
            assert_int_equal(net_loop_turn(&w->t, w->loop, 0), ERR_OK);
        }
        if (raw_is_closed(r)) return false;
        n -= now;
    }
    return true;
}

static const char chunked[] = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

static struct net_server_options small_options(struct host *h)
{
    struct net_server_options o = host_options(h);
    o.body_max = 100000;
    return o;
}

static void a_chunked_body_is_taken_up_to_the_limit(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = small_options(&h);
    host_up(&h, w, &o);
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
    raw_say(r, chunked);
    assert_true(say_chunks(w, r, 100000, 4096));
    raw_say(r, "0\r\n\r\n");
    raw_until_heard(w, r, "200 OK");
    assert_int_equal(h.last_length, -1);
    assert_int_equal(h.last_body, 100000);
    raw_close(r);
    host_down(&h);
}

static void a_chunked_body_over_the_limit_is_answered_413(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = small_options(&h);
    host_up(&h, w, &o);
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
    raw_say(r, chunked);
    assert_true(say_chunks(w, r, 100001, 4096));
    raw_say(r, "0\r\n\r\n");
    raw_until_heard(w, r, "413 ");
    raw_until_closed(w, r);
    assert_int_equal(h.bodies, 0);
    raw_close(r);
    host_down(&h);
}

static void a_chunked_body_without_end_is_broken_off(void **state)
{
    struct world *w = *state;
    struct host h;
    struct net_server_options o = small_options(&h);
    host_up(&h, w, &o);
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
    raw_say(r, chunked);
    assert_false(say_chunks(w, r, 100 * MIB, 4096));
    assert_int_equal(h.bodies, 0);
    world_until_count(w, &h.cut, 1);
    assert_in_range(h.last_cut, 200001, 300000);
    assert_int_equal(net_server_arriving(h.server), 0);
    raw_close(r);
    host_down(&h);
}

static void a_body_cut_short_is_told_with_what_came(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    static const struct {
        const char *said;
        size_t got;
    } rows[] = {
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", 0},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n123456789", 9},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n", 4},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nabc", 3},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
        raw_say(r, rows[i].said);
        world_until_count(w, &h.heads, i + 1);
        world_settle(w);
        raw_close(r);
        world_until_count(w, &h.cut, i + 1);
        world_until_count(w, &h.gone, i + 1);
        assert_int_equal(h.last_cut, rows[i].got);
    }
    assert_int_equal(h.bodies, 0);
    host_down(&h);
}

static void a_stranger_is_refused_before_the_body_and_the_connection_closes(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    h.refuse = 403;
    static const char *const said[] = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nonly a part",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n",
    };
    for (int i = 0; i < 3; i++) {
        struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
        raw_say(r, said[i]);
        raw_until_heard(w, r, "403 ");
        raw_until_heard(w, r, "refused in the head");
        raw_until_closed(w, r);
        raw_close(r);
    }
    assert_int_equal(h.heads, 3);
    assert_int_equal(h.bodies, 0);
    assert_int_equal(h.cut, 0);
    host_down(&h);
}

static void requests_follow_each_other_on_one_connection(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
    raw_say(r, "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
               "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    world_until_count(w, &h.bodies, 2);
    assert_string_equal(h.last_path, "/2");
    assert_int_equal(h.last_body, 0);
    world_until_count(w, &h.gone, 2);
    h.reply = str_bytes(STR("and again"));
    raw_say(r, "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_until_heard(w, r, "and again");
    assert_false(raw_is_closed(r));
    raw_close(r);
    host_down(&h);
}

static void one_who_never_reads_does_not_hold_up_the_others(void **state)
{
    struct world *w = *state;
    struct host h;
    struct visitor v;
    struct visit to;
    host_up(&h, w, NULL);
    uint8_t *much = calloc(16, MIB);
    h.reply = (struct bytes){much, 16 * MIB};
    struct raw *deaf = raw_open(w, net_server_port(h.server), &(struct raw_options){.deaf = true});
    raw_say(deaf, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    world_until_count(w, &h.bodies, 1);
    world_settle(w);
    h.reply = str_bytes(STR("small"));
    visitor_up(&v, w, NULL, "https", net_server_port(h.server));
    visit(&v, &to, "GET", (struct bytes){0});
    assert_int_equal(to.status, 200);
    assert_int_equal(h.gone, 1); /* the deaf one's is still under way */
    world_pass(w, (30 + 16 * MIB / NET_RATE_MIN + 1) * 1000); /* and broken off in the end */
    world_until_count(w, &h.gone, 2);
    free(much);
    raw_close(deaf);
    visitor_down(&v);
    host_down(&h);
}

static void one_who_left_while_waiting_is_told_as_gone_after_the_reply(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    h.holds = true;
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
    raw_say(r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    world_until_count(w, &h.bodies, 1);
    raw_close(r);
    world_settle(w);
    assert_int_equal(h.gone, 0);
    host_release(&h);
    world_until_count(w, &h.gone, 1);
    host_down(&h);
}

static void an_address_too_long_is_answered_414_and_not_seen(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    char text[NET_TARGET_MAX + 100];
    for (int over = 0; over <= 1; over++) {
        struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
        snprintf(text, sizeof text, "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n",
                 NET_TARGET_MAX - 1 + over, 0);
        raw_say(r, text);
        raw_until_heard(w, r, over ? " 414 " : " 200 ");
        assert_int_equal(h.heads, 1);
        raw_close(r);
    }
    host_down(&h);
}

static void a_head_that_is_none_is_not_seen(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    static const char *const said[] = {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno colon in here\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
        raw_say(r, said[i]);
        raw_until_closed(w, r);
        assert_false(memmem(raw_heard(r).p, raw_heard(r).n, " 200 ", 5) != NULL);
        raw_close(r);
    }
    assert_int_equal(h.heads, 0);
    host_down(&h);
}

static void a_body_whose_length_is_not_clear_does_not_make_two_requests_of_one(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    static const char *const lengths[] = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\ncontent-length: 6",
        "Content-Length: 5\r\nContent-Length: 5",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, identity",
        "Content-Length: +5",
        "Content-Length: 5, 5",
    };
    char text[512];
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
        snprintf(text, sizeof text,
                 "POST /1 HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n"
                 "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
                 lengths[i]);
        raw_say(r, text);
        raw_until_closed(w, r);
        raw_close(r);
    }
    assert_int_equal(h.heads, 0);
    host_down(&h);
}

static void the_go_ahead_comes_only_after_the_handler_said_yes(void **state)
{
    struct world *w = *state;
    struct host h;
    host_up(&h, w, NULL);
    for (int i = 0; i < 2; i++) {
        h.refuse = i == 1 ? 403 : 0;
        struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
        raw_say(r, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                   "Expect: 100-continue\r\n\r\n");
        raw_until_heard(w, r, i == 1 ? "403 " : "100 Continue");
        bool went_on = memmem(raw_heard(r).p, raw_heard(r).n, "100 Continue", 12) != NULL;
        assert_int_equal(went_on, i == 0);
        raw_close(r);
        world_until_count(w, &h.gone, (unsigned)i + 1);
    }
    host_down(&h);
}

static void headers_of_the_handler_are_sent_and_a_line_break_makes_no_second_one(void **state)
{
    struct world *w = *state;
    struct host h;
    static const char *const headers[] = {"Retry-After", "120", "X-Bad", "a\r\nX-Made: up",
                                          "X-Last",      "yes", NULL};
    host_up(&h, w, NULL);
    h.headers = headers;
    struct raw *r = raw_open(w, net_server_port(h.server), &(struct raw_options){0});
    raw_say(r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_until_heard(w, r, "held");
    struct str heard = raw_heard(r);
    assert_non_null(memmem(heard.p, heard.n, "\r\nRetry-After: 120\r\n", 20));
    assert_non_null(memmem(heard.p, heard.n, "\r\nX-Last: yes\r\n", 15));
    assert_non_null(memmem(heard.p, heard.n, "Content-Type: application/octet-stream", 38));
    assert_null(memmem(heard.p, heard.n, "X-Made", 6));
    raw_close(r);
    host_down(&h);
}

int request_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(sixty_four_requests_are_answered_in_one_batch),
        with_world(those_whose_body_is_still_coming_are_counted),
        with_world(a_body_of_twenty_mib_is_answered_413_without_being_read),
        with_world(a_body_of_exactly_the_limit_is_taken),
        with_world(a_chunked_body_is_taken_up_to_the_limit),
        with_world(a_chunked_body_over_the_limit_is_answered_413),
        with_world(a_chunked_body_without_end_is_broken_off),
        with_world(a_body_cut_short_is_told_with_what_came),
        with_world(a_stranger_is_refused_before_the_body_and_the_connection_closes),
        with_world(requests_follow_each_other_on_one_connection),
        with_world(one_who_never_reads_does_not_hold_up_the_others),
        with_world(one_who_left_while_waiting_is_told_as_gone_after_the_reply),
        with_world(an_address_too_long_is_answered_414_and_not_seen),
        with_world(a_head_that_is_none_is_not_seen),
        with_world(a_body_whose_length_is_not_clear_does_not_make_two_requests_of_one),
        with_world(the_go_ahead_comes_only_after_the_handler_said_yes),
        with_world(headers_of_the_handler_are_sent_and_a_line_break_makes_no_second_one),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
