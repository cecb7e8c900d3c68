/* SPDX-License-Identifier: Apache-2.0 */
/* Browsers that listen: what they are told, how often the desk is asked, and when they leave. */

#include "web_test.h"

#include <unistd.h>

static void second(struct door *d)
{
    d->mono_ms += 1000;
    d->now_ms += 1000;
    turn_loop(d, 20);
}

static void a_change_is_told_by_its_reference_alone(void **state)
{
    struct door *d = *state;
    int fd = stream_open(d, "/events");
    struct str head = stream_until(d, fd, "retry: 3000");
    assert_has(head, "text/event-stream");
    assert_has(head, "Content-Security-Policy");
    second(d); /* the first answer only says where the log stands */
    assert_int_equal(double_count(&d->desk, "changes"), 1);
    second(d);
    struct str told = stream_until(d, fd, "\n\n");
    assert_has(told, "event: change");
    assert_has(told, "id: 412");
    assert_has(told, "data: {\"ref\":\"XN-CSB-2026-0147\"}");
    assert_int_equal(tree_int(double_args(&d->desk, "changes"), "after", 0), 412);
    close(fd);
    second(d);
    second(d);
}

/* Between a page and its first question a second passes; what happens in it is not missed. */
static void a_live_page_says_from_where_it_listens(void **state)
{
    struct door *d = *state;
    assert_has(get(d, "/duty").body, "data-live=\"duty\" data-after=\"411\"");
    assert_has(get(d, "/inbox").body, "data-live=\"list\" data-after=\"411\"");
    assert_has(get(d, "/dossier/XN-CSB-2026-0147").body, "data-after=\"411\" data-ref=\"XN");
    int fd = stream_open(d, "/events?after=411");
    second(d);
    assert_int_equal(tree_int(double_args(&d->desk, "changes"), "after", 0), 411);
    assert_has(stream_until(d, fd, "data:"), "\"XN-CSB-2026-0147\"");
    close(fd);
}

static void who_comes_back_goes_on_from_there(void **state)
{
    struct door *d = *state;
    int fd = stream_open(d, "/events?after=400");
    second(d);
    assert_int_equal(tree_int(double_args(&d->desk, "changes"), "after", 0), 400);
    assert_has(stream_until(d, fd, "event: change"), "event: change");
    close(fd);
}

static void an_ended_session_is_told_and_let_go(void **state)
{
    struct door *d = *state;
    int fd = stream_open(d, "/events");
    (void)stream_until(d, fd, "retry: 3000");
    d->desk.refuse = "changes";
    d->desk.fault = (struct fault){.err = ERR_STRANGER};
    second(d);
    assert_has(stream_until(d, fd, "event: ended"), "event: ended");
    second(d);
    second(d);
    assert_int_equal(double_count(&d->desk, "changes"), 1);
    close(fd);
}

/* A program is told that it is nobody before a stream begins, not in it. */
static void programs_listen_with_their_token(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "GET", "/v1/events", "Authorization: Bearer other\r\n", STR(""));
    assert_int_equal(h.status, 401);
    assert_has(h.body, "session-ended");
    int fd = stream_open(d, "/v1/events?after=400");
    assert_has(stream_until(d, fd, "retry: 3000"), "text/event-stream");
    second(d);
    assert_int_equal(tree_int(double_args(&d->desk, "changes"), "after", 0), 400);
    assert_has(stream_until(d, fd, "event: change"), "id: 412");
    close(fd);
    turn_loop(d, 10);
}

static void silence_is_broken_now_and_then(void **state)
{
    struct door *d = *state;
    int fd = stream_open(d, "/events");
    d->desk.refuse = "changes";
    d->desk.fault = (struct fault){.err = ERR_BUSY};
    for (int k = 0; k < 15; k++) second(d);
    assert_has(stream_until(d, fd, ": here"), ": here");
    close(fd);
    for (int k = 0; k < 31; k++) second(d);
    size_t asked = double_count(&d->desk, "changes");
    for (int k = 0; k < 5; k++) second(d);
    assert_int_equal(double_count(&d->desk, "changes"), asked); /* nobody listens any more */
}

static void a_question_is_not_asked_twice_at_once(void **state)
{
    struct door *d = *state;
    int fd = stream_open(d, "/events");
    d->desk.holds = true;
    for (int k = 0; k < 5; k++) second(d);
    assert_int_equal(double_count(&d->desk, "changes"), 1);
    d->desk.holds = false;
    double_release(&d->desk);
    close(fd);
}

static void the_number_of_listeners_is_bounded(void **state)
{
    struct door *d = *state;
    int fd[WEB_STREAMS_MAX];
    for (int k = 0; k < WEB_STREAMS_MAX; k++) fd[k] = stream_open(d, "/events");
    assert_int_equal(get(d, "/events").status, 503);
    for (int k = 0; k < WEB_STREAMS_MAX; k++) close(fd[k]);
}

static void strangers_are_not_told_anything(void **state)
{
    struct door *d = *state;
    assert_int_equal(get_as(d, "/events", "").status, 303);
    assert_int_equal(get_as(d, "/events", "old").status, 303);
}

int events_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_door(a_change_is_told_by_its_reference_alone),
        with_door(a_live_page_says_from_where_it_listens),
        with_door(who_comes_back_goes_on_from_there),
        with_door(an_ended_session_is_told_and_let_go),
        with_door(programs_listen_with_their_token),
        with_door(silence_is_broken_now_and_then),
        with_door(a_question_is_not_asked_twice_at_once),
        with_door(the_number_of_listeners_is_bounded),
        with_door(strangers_are_not_told_anything),
    };
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
