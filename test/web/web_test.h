/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_TEST_H
#define COMITY_WEB_TEST_H
/* What the tests of web share: a desk that answers from fixtures, a door over it, and a browser
 * that says what it is told to say. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "double.h"
#include "web/inner.h"

/* Each runs its group and returns how many failed. */
int act_tests(void);
int answer_tests(void);
int api_tests(void);
int bodies_tests(void);
int draft_tests(void);
int enter_tests(void);
int events_tests(void);
int form_tests(void);
int html_tests(void);
int mail_tests(void);
int pages_tests(void);
int part_tests(void);
int papers_tests(void);
int people_tests(void);
int register_tests(void);
int problem_tests(void);
int profile_tests(void);
int route_tests(void);
int shape_tests(void);
int text_tests(void);

/* ---- a door over it -------------------------------------------------------------------------- */

struct door {
    struct turn t;
    struct arena *arena;
    struct clock clock;
    struct chance chance;
    int64_t now_ms, mono_ms;
    uint8_t counter;
    struct net_loop *loop;
    struct desk_double desk;
    struct web *web;
};
int door_up(void **state);
int door_down(void **state);
#define with_door(test) cmocka_unit_test_setup_teardown(test, door_up, door_down)
void door_start(struct door *d, uint16_t port);

/* What a browser heard. */
struct heard {
    int status;
    struct str head, body;
    bool closed;
};
/* One request over a socket of its own, ended by the server or by the body's length. `headers` are
 * whole lines, each ended by CR LF; Host is said. */
struct heard say(struct door *d, const char *method, const char *target, const char *headers,
                 struct str body);
struct heard get(struct door *d, const char *target);                         /* signed in */
struct heard get_as(struct door *d, const char *target, const char *session); /* "": nobody */
/* A form from a page of ours, signed in. */
struct heard post(struct door *d, const char *target, const char *body);
struct heard post_as(struct door *d, const char *target, const char *body, const char *session);
struct str header_of(const struct heard *h, const char *name);
bool has(struct str text, const char *part);
/* A connection that stays open. */
int stream_open(struct door *d, const char *target);
struct str stream_until(struct door *d, int fd, const char *part);
void turn_loop(struct door *d, int times);

#define assert_has(text, part)                                                                     \
    do {                                                                                           \
        if (!has((text), (part))) fail_msg("\"%s\" is not in:\n" STR_FMT, (part), STR_ARG(text));  \
    } while (0)
#define assert_lacks(text, part)                                                                   \
    do {                                                                                           \
        if (has((text), (part))) fail_msg("\"%s\" is in:\n" STR_FMT, (part), STR_ARG(text));       \
    } while (0)
#define assert_text(is, should) assert_string_equal(str_c(arena_of(state), (is)), (should))
struct arena *arena_of(void **state); /* of a door or of with_arena */

static inline int arena_up(void **state)
{
    struct door *d = test_calloc(1, sizeof *d);
    d->arena = arena_new();
    d->t.arena = d->arena;
    *state = d;
    return 0;
}
static inline int arena_down(void **state)
{
    struct door *d = *state;
    arena_free(d->arena);
    test_free(d);
    return 0;
}
#define with_arena(test) cmocka_unit_test_setup_teardown(test, arena_up, arena_down)

#endif
