/* SPDX-License-Identifier: Apache-2.0 */
/* How much may be sent before anybody knows who sends it: src/web/bodies.c. */

#include "web_test.h"

#include "web/api.h"

#include <string.h>
#include <unistd.h>

#define TOKEN "Authorization: Bearer good\r\n"
#define JSON "Content-Type: application/json\r\n"

/* A head that announces a body, which does not come. */
static struct heard announce(struct door *d, const char *target, const char *headers, size_t n)
{
    struct str head = str_printf(d->arena, "%sContent-Length: %zu\r\n", headers, n);
    return say(d, "PATCH", target, str_c(d->arena, head), STR(""));
}

static void who_shows_no_session_sends_little(void **state)
{
    struct door *d = *state;
    struct heard h = announce(d, "/v1/drafts/d-1", JSON, WEB_BODY_BARE_MAX + 1);
    assert_int_equal(h.status, 413);
    assert_has(h.body, "\"code\":\"body-before-session\"");
    assert_true(h.closed || str_is(header_of(&h, "Connection"), "close"));
    h = announce(d, "/v1/drafts/d-1", JSON "Authorization: Basic eDp5\r\n", WEB_BODY_BARE_MAX + 1);
    assert_int_equal(h.status, 413);
    h = say(d, "POST", "/v1/drafts", JSON "Transfer-Encoding: chunked\r\n", STR(""));
    assert_int_equal(h.status, 400); /* both lengths: no request at all */
    h = say(d, "PATCH", "/v1/drafts/d-1", JSON "Transfer-Encoding: chunked\r\n", STR(""));
    assert_int_equal(h.status, 411);
    assert_has(h.body, "\"code\":\"length-missing\"");
    assert_int_equal(d->desk.asked->count, 0);
}

/* Its session may have ended while it was typed: what was typed comes back. */
static void a_form_without_a_session_is_carried_not_refused(void **state)
{
    struct door *d = *state;
    char *large = arena_take(d->arena, WEB_BODY_BARE_MAX + 2);
    memset(large, 'a', WEB_BODY_BARE_MAX + 1);
    memcpy(large, "p.facts=", 8);
    struct heard h = post_as(d, "/draft/d-1a2b3c", large, "");
    assert_int_equal(h.status, 401);
    assert_has(h.body, "aaaaaaaaaaaaaaaa");
    h = post_as(d, "/draft/d-1a2b3c", large, "good");
    assert_int_not_equal(h.status, 413);
}

/* A form that was typed while the session ended is carried through entering. */
static void a_form_that_was_typed_is_carried_through_entering(void **state)
{
    struct door *d = *state;
    struct buf b = buf_in(d->arena);
    buf_str(&b, STR("carry=%2Fdraft%2Fd-1a2b3c&p.facts="));
    for (int k = 0; k < 4 * WEB_BODY_BARE_MAX; k++) buf_byte(&b, 'x');
    struct heard h = post_as(d, "/enter/once", str_c(d->arena, buf_as_str(&b)), "");
    assert_int_not_equal(h.status, 413);
}

static void no_session_sends_more_than_the_most(void **state)
{
    struct door *d = *state;
    struct heard h = announce(d, "/v1/drafts/d-1", TOKEN JSON, (size_t)WEB_BODY_MAX + 1);
    assert_int_equal(h.status, 413);
    assert_has(h.body, "\"code\":\"body-too-large\"");
}

static int open_body_as(struct door *d, const char *token, size_t n)
{
    struct str all = str_printf(d->arena,
                                "/v1/drafts?x=1 HTTP/1.1\r\nX: y\r\nAuthorization: Bearer "
                                "%s\r\nContent-Length: %zu\r\nY:",
                                token, n);
    return stream_open(d, str_c(d->arena, all));
}

static int open_body(struct door *d, size_t n) { return open_body_as(d, "good", n); }

/* Whoever makes a session up takes no room from an officer, and from others like him but little. */
static void made_up_sessions_take_no_room_from_officers(void **state)
{
    struct door *d = *state;
    int fd[WEB_BODIES_NEW_MAX];
    assert_int_equal(say(d, "GET", "/v1/me", TOKEN, STR("")).status, 200);
    for (size_t k = 0; k < WEB_BODIES_NEW_MAX; k++)
        fd[k] = open_body_as(d, "zz", WEB_BODY_BARE_MAX + 1);
    struct heard h =
        announce(d, "/v1/drafts/d-1", "Authorization: Bearer zz\r\n" JSON, WEB_BODY_BARE_MAX + 1);
    assert_int_equal(h.status, 503);
    char *large = arena_take(d->arena, WEB_BODY_BARE_MAX + 2);
    memset(large, '[', WEB_BODY_BARE_MAX + 1);
    h = say(d, "POST", "/v1/drafts", TOKEN "Idempotency-Key: k\r\n" JSON, str_of(large));
    assert_int_equal(h.status, 422); /* read, and found wanting */
    /* A session that is over is nobody's again. */
    d->desk.refuse = "me";
    d->desk.fault = (struct fault){ERR_STRANGER, "session-over", "", "", "It is over."};
    assert_int_equal(say(d, "GET", "/v1/me", TOKEN, STR("")).status, 401);
    assert_int_equal(announce(d, "/v1/drafts/d-1", TOKEN JSON, WEB_BODY_BARE_MAX + 1).status, 503);
    for (size_t k = 0; k < WEB_BODIES_NEW_MAX; k++) close(fd[k]);
    turn_loop(d, 10);
}

static void what_new_sessions_announce_together_has_a_limit(void **state)
{
    struct door *d = *state;
    int fd = open_body_as(d, "zz", WEB_BODY_MAX);
    struct heard h = announce(d, "/v1/drafts/d-1", "Authorization: Bearer yy\r\n" JSON,
                              WEB_BODIES_NEW_BYTES_MAX - WEB_BODY_MAX + 1);
    assert_int_equal(h.status, 503);
    close(fd);
    turn_loop(d, 10);
}

static void large_bodies_have_a_limit_together_and_small_ones_never_wait(void **state)
{
    struct door *d = *state;
    int fd[WEB_BODIES_BYTES_MAX / WEB_BODY_MAX];
    size_t n = sizeof fd / sizeof *fd;
    assert_int_equal(say(d, "GET", "/v1/me", TOKEN, STR("")).status, 200);
    for (size_t k = 0; k < n; k++) fd[k] = open_body(d, WEB_BODY_MAX);
    struct heard h = announce(d, "/v1/drafts/d-1", TOKEN JSON, WEB_BODY_BARE_MAX + 1);
    assert_int_equal(h.status, 503);
    assert_has(h.body, "\"code\":\"bodies-under-way\"");
    assert_text(header_of(&h, "Retry-After"), "1");
    h = say(d, "POST", "/v1/drafts", TOKEN JSON "Idempotency-Key: k\r\n",
            STR("{\"kind\":\"preservation\",\"to\":\"XN/csb\"}"));
    assert_int_equal(h.status, 201);
    /* Whoever goes gives his room back. */
    close(fd[0]);
    turn_loop(d, 10);
    struct buf large = buf_in(d->arena);
    buf_str(&large, STR("{\"kind\":\"preservation\",\"to\":\"XN/csb\",\"lang\":\""));
    for (int k = 0; k < WEB_BODY_BARE_MAX; k++) buf_byte(&large, 'x');
    buf_str(&large, STR("\"}"));
    h = say(d, "POST", "/v1/drafts", TOKEN JSON "Idempotency-Key: k\r\n", buf_as_str(&large));
    assert_int_equal(h.status, 201);
    for (size_t k = 1; k < n; k++) close(fd[k]);
    turn_loop(d, 10);
    for (size_t k = 0; k < WEB_BODIES_MAX; k++) assert_null(d->web->bodies[k].request);
}

/* What is large is read for an officer only: until the desk knows him it is bytes. */
static void a_large_body_of_a_stranger_is_not_even_read(void **state)
{
    struct door *d = *state;
    char *large = arena_take(d->arena, WEB_BODY_BARE_MAX + 2);
    memset(large, '[', WEB_BODY_BARE_MAX + 1);
    struct heard h =
        say(d, "POST", "/v1/drafts", "Authorization: Bearer other\r\nIdempotency-Key: k\r\n" JSON,
            str_of(large));
    assert_int_equal(h.status, 401);
    assert_int_equal(d->desk.asked->count, 1);
    assert_int_equal(double_count(&d->desk, "me"), 1);
    h = say(d, "POST", "/v1/drafts", TOKEN "Idempotency-Key: k\r\n" JSON, str_of(large));
    assert_int_equal(h.status, 422);
    assert_int_equal(double_count(&d->desk, "new"), 0);
}

int bodies_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_door(who_shows_no_session_sends_little),
        with_door(a_form_without_a_session_is_carried_not_refused),
        with_door(a_form_that_was_typed_is_carried_through_entering),
        with_door(no_session_sends_more_than_the_most),
        with_door(a_large_body_of_a_stranger_is_not_even_read),
        with_door(made_up_sessions_take_no_room_from_officers),
        with_door(what_new_sessions_announce_together_has_a_limit),
        with_door(large_bodies_have_a_limit_together_and_small_ones_never_wait),
    };
    return cmocka_run_group_tests_name("bodies", tests, NULL, NULL);
}
