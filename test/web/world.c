/* SPDX-License-Identifier: Apache-2.0 */
/* A door on a free port, over the desk of fixtures, and the plainest browser there is. The clock is
 * the test's; sockets take the loop's turns, not time. */

#include "web_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS_MAX = 20000, STORY_S = 1795475261, HEAD_MAX = 4096 };

static int64_t wall_ms(void *ctx) { return ((struct door *)ctx)->now_ms; }
static int64_t mono_ms(void *ctx) { return ((struct door *)ctx)->mono_ms; }

/* Never twice the same, and the same in each run. */
static void fill(void *ctx, void *out, size_t n)
{
    struct door *d = ctx;
    d->counter++;
    for (size_t k = 0; k < n; k++) ((uint8_t *)out)[k] = (uint8_t)(d->counter + 7 * k);
}

static int32_t offset(void *ctx, struct str zone, int64_t at_ms)
{
    (void)ctx, (void)at_ms;
    return str_is(zone, "Asia/Baku") ? 240 : INT32_MAX;
}

void door_start(struct door *d, uint16_t port)
{
    struct web_options o = {.loop = d->loop,
                            .desk = double_desk(&d->desk),
                            .clock = &d->clock,
                            .chance = &d->chance,
                            .zones = {offset, NULL},
                            .address = "127.0.0.1",
                            .port = port,
                            .name = "meridia.localhost",
                            .node = "meridia"};
    assert_int_equal(web_start(&d->t, &o, &d->web), ERR_OK);
}

int door_up(void **state)
{
    struct door *d = test_calloc(1, sizeof *d);
    d->arena = arena_new();
    d->now_ms = (int64_t)STORY_S * 1000;
    d->mono_ms = 1000;
    d->clock = (struct clock){wall_ms, mono_ms, d};
    d->chance = (struct chance){fill, d};
    d->t = (struct turn){.arena = d->arena, .clock = &d->clock, .chance = &d->chance};
    d->desk = (struct desk_double){.folder = "test/web/fixture", .arena = d->arena};
    d->desk.asked = tree_list(d->arena);
    assert_int_equal(net_loop_new(&d->t, &d->clock, &d->loop), ERR_OK);
    door_start(d, 0);
    *state = d;
    return 0;
}

int door_down(void **state)
{
    struct door *d = *state;
    web_stop(d->web);
    net_loop_free(d->loop);
    arena_free(d->arena);
    test_free(d);
    return 0;
}

struct arena *arena_of(void **state) { return ((struct door *)*state)->arena; }

bool has(struct str text, const char *part)
{
    return text.n && memmem(text.p, text.n, part, strlen(part)) != NULL;
}

void turn_loop(struct door *d, int times)
{
    for (int k = 0; k < times; k++) assert_int_equal(net_loop_turn(&d->t, d->loop, 0), ERR_OK);
}

/* ---- a browser ------------------------------------------------------------------------------- */

static int connect_to(struct door *d)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(web_port(d->web))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void send_all(struct door *d, int fd, struct str s)
{
    for (int k = 0; s.n; k++) {
        assert_true(k < TURNS_MAX);
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) return; /* refused early: the answer says why */
        if (n > 0) s = (struct str){s.p + n, s.n - (size_t)n};
        turn_loop(d, 1);
    }
}

static struct str request_text(struct door *d, const char *method, const char *target,
                               const char *headers, struct str body)
{
    struct buf b = buf_in(d->arena);
    buf_printf(&b, "%s %s HTTP/1.1\r\n", method, target);
    if (!strstr(headers, "Host:"))
        buf_printf(&b, "Host: meridia.localhost:%u\r\n", web_port(d->web));
    buf_printf(&b, "%s", headers);
    if (body.n || strcmp(method, "POST") == 0) buf_printf(&b, "Content-Length: %zu\r\n", body.n);
    buf_printf(&b, "\r\n");
    buf_str(&b, body);
    return buf_as_str(&b);
}

struct str header_of(const struct heard *h, const char *name)
{
    struct str rest = h->head, line, key;
    while (rest.n) {
        str_split(rest, '\n', &line, &rest);
        str_split(line, ':', &key, &line);
        if (str_is(key, name)) return str_trim(line);
    }
    return STR("");
}

/* Whole when the length announced has come. */
static bool is_whole(struct str all, struct heard *h)
{
    const char *end = all.n ? memmem(all.p, all.n, "\r\n\r\n", 4) : NULL;
    if (!end) return false;
    h->head = (struct str){all.p, (size_t)(end - all.p) + 2};
    h->body = (struct str){end + 4, all.n - h->head.n - 2};
    h->status = (all.p[9] - '0') * 100 + (all.p[10] - '0') * 10 + all.p[11] - '0';
    int64_t length;
    if (!str_to_int(header_of(h, "Content-Length"), &length)) return false;
    return h->body.n >= (size_t)length || has(h->head, "HEAD");
}

struct heard say(struct door *d, const char *method, const char *target, const char *headers,
                 struct str body)
{
    struct heard h = {0};
    struct buf all = buf_in(d->arena);
    int fd = connect_to(d);
    send_all(d, fd, request_text(d, method, target, headers, body));
    for (int k = 0; k < TURNS_MAX; k++) {
        char piece[65536];
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n > 0) buf_put(&all, piece, (size_t)n);
        bool whole = is_whole(buf_as_str(&all), &h);
        h.closed = n == 0;
        if (n == 0 || whole || (n < 0 && errno != EAGAIN)) break;
        turn_loop(d, 1);
    }
    close(fd);
    turn_loop(d, 3);
    return h;
}

static const char *cookie_line(struct door *d, const char *session)
{
    if (!*session) return "";
    return str_c(d->arena,
                 str_printf(d->arena, "Cookie: a=b; __Host-comity-meridia=%s\r\n", session));
}

struct heard get_as(struct door *d, const char *target, const char *session)
{
    return say(d, "GET", target, cookie_line(d, session), STR(""));
}

struct heard get(struct door *d, const char *target) { return get_as(d, target, "good"); }

struct heard post_as(struct door *d, const char *target, const char *body, const char *session)
{
    struct str head =
        str_printf(d->arena,
                   "%sOrigin: http://meridia.localhost:%u\r\nSec-Fetch-Site: "
                   "same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n",
                   cookie_line(d, session), web_port(d->web));
    return say(d, "POST", target, str_c(d->arena, head), str_of(body));
}

struct heard post(struct door *d, const char *target, const char *body)
{
    return post_as(d, target, body, "good");
}

int stream_open(struct door *d, const char *target)
{
    int fd = connect_to(d);
    send_all(d, fd, request_text(d, "GET", target, cookie_line(d, "good"), STR("")));
    turn_loop(d, 10);
    return fd;
}

struct str stream_until(struct door *d, int fd, const char *part)
{
    struct buf all = buf_in(d->arena);
    for (int k = 0; k < TURNS_MAX; k++) {
        char piece[4096];
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n > 0) buf_put(&all, piece, (size_t)n);
        if (n == 0 || (all.n && has(buf_as_str(&all), part))) break;
        turn_loop(d, 1);
    }
    return buf_as_str(&all);
}
