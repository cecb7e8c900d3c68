/* SPDX-License-Identifier: Apache-2.0 */
/* The officers' door over a true desk: what settings it takes, what it asks, whom it turns away.
 * Also tries src/node/officers.c and src/node/zone.c. */

#include "node_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS_MAX = 20000 };

/* ---- settings -------------------------------------------------------------------------------- */

static err officers(struct place *p, const char *yaml, struct node_officers *out)
{
    struct tree *m;
    turn_forgive(&p->t);
    assert_int_equal(yaml_read(&p->t, "f", str_bytes(str_of(yaml)), &codec_limits, &m), ERR_OK);
    return node_officers_read(&p->t, "f", tree_get(m, "officers"), out);
}

static void settings_are_read_as_they_are_written(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct node_officers o = {STR("127.0.0.1"), STR("norland.localhost"), STR("Asia/Baku"), 8471};
    struct node_officers back;
    struct buf b = buf_in(p.a);
    node_officers_put(&b, &o);
    assert_ok(&p, officers(&p, str_c(p.a, buf_as_str(&b)), &back));
    assert_str(back.address, "127.0.0.1");
    assert_str(back.name, "norland.localhost");
    assert_str(back.zone, "Asia/Baku");
    assert_int_equal(back.port, 8471);
    place_end(&p);
}

static void settings_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "officers: 1",
        "officers: {port: 1, name: \"a\"}",
        "officers: {address: \"127.0.0.1\", port: 1}",
        "officers: {address: \"127.0.0.1\", name: \"a\"}",
        "officers: {address: \"127.0.0.1\", name: \"a\", port: 0}",
        "officers: {address: \"127.0.0.1\", name: \"a\", port: 65536}",
        "officers: {address: \"127.0.0.1\", name: \"a\", port: 1, zone: 3}",
        "officers: {address: \"127.0.0.1\", name: \"a\", port: 1, colour: \"red\"}",
    };
    struct place p;
    place_make(&p);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct node_officers o = {.port = 77};
        assert_err(&p, ERR_REJECTED, "config", officers(&p, bad[k], &o));
        assert_int_equal(o.port, 77);
    }
    place_end(&p);
}

/* ---- a door ---------------------------------------------------------------------------------- */

struct opened {
    struct place p;
    struct net_loop *loop;
    struct node_folder f;
    struct node_door *door;
    uint16_t port;
};

static uint16_t free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static void door_open(struct opened *o)
{
    place_make(&o->p);
    struct turn *t = &o->p.t;
    const char *dir = place_node(&o->p, "n", "XN", 7443);
    assert_ok(&o->p, node_folder_open(t, dir, NODE_WRITES, &o->f));
    o->port = free_port();
    o->f.config.officers =
        (struct node_officers){STR("127.0.0.1"), STR("norland.localhost"), STR(""), o->port};
    assert_ok(&o->p, net_loop_new(t, &node_clock, &o->loop));
    assert_ok(&o->p, node_door_start(t, o->loop, &o->f, &o->door));
    assert_non_null(o->door);
}

static void door_close(struct opened *o)
{
    while (desk_queued(o->f.desk)) desk_work(o->f.desk);
    node_door_stop(o->door);
    net_loop_free(o->loop);
    place_end(&o->p);
}

static const char *get(struct opened *o, const char *path, const char *cookie)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(o->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    struct str say = str_printf(o->p.a,
                                "GET %s HTTP/1.1\r\nHost: norland.localhost:%u\r\n"
                                "Cookie: %s\r\nConnection: close\r\n\r\n",
                                path, o->port, cookie);
    assert_int_equal(send(fd, say.p, say.n, MSG_NOSIGNAL), say.n);
    struct buf all = buf_in(o->p.a);
    for (int k = 0; k < TURNS_MAX; k++) {
        char piece[65536];
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n > 0) buf_put(&all, piece, (size_t)n);
        if (n == 0) break;
        assert_int_equal(net_loop_turn(&o->p.t, o->loop, 1), ERR_OK);
        desk_work(o->f.desk);
    }
    close(fd);
    return str_c(o->p.a, buf_as_str(&all));
}

static void pages_ask_the_true_desk(void **state)
{
    (void)state;
    struct opened o;
    door_open(&o);
    const char *page = get(&o, "/law/un-cybercrime/42(6)", "");
    assert_non_null(strstr(page, "HTTP/1.1 200"));
    assert_non_null(strstr(page, "The only grounds to refuse a preservation"));
    page = get(&o, "/law/un-cybercrime/42(6)?lang=az", "");
    assert_non_null(strstr(page, "lang=\"az\""));
    door_close(&o);
}

static void who_has_no_session_sees_no_dossier(void **state)
{
    (void)state;
    struct opened o;
    door_open(&o);
    assert_non_null(strstr(get(&o, "/duty", ""), "HTTP/1.1 303"));
    const char *page = get(&o, "/duty", "__Host-comity-norland=00112233");
    assert_non_null(strstr(page, "HTTP/1.1 303"));
    assert_non_null(strstr(page, "Location: /enter?after=%2Fduty"));
    door_close(&o);
}

static void without_settings_no_page_is_served(void **state)
{
    (void)state;
    struct opened o;
    door_open(&o);
    struct node_door *none = o.door;
    o.f.config.officers.port = 0;
    assert_ok(&o.p, node_door_start(&o.p.t, o.loop, &o.f, &none));
    assert_null(none);
    node_door_stop(NULL);
    door_close(&o);
}

/* ---- zones ----------------------------------------------------------------------------------- */

static void put_head(struct buf *b, char version, const uint32_t *counts)
{
    buf_str(b, STR("TZif"));
    buf_byte(b, (uint8_t)version);
    for (int k = 0; k < 15; k++) buf_byte(b, 0);
    for (int k = 0; k < 6; k++) buf_be(b, counts[k], 4);
}

/* UTC+1 until the second 1000, UTC+4 from there. */
static struct bytes zone_file(struct arena *a)
{
    static const uint32_t none[6] = {0, 0, 0, 0, 1, 1}, two[6] = {0, 0, 0, 1, 2, 1};
    struct buf b = buf_in(a);
    put_head(&b, '2', none);
    for (int k = 0; k < 7; k++) buf_byte(&b, 0);
    put_head(&b, '2', two);
    buf_be(&b, 1000, 8);
    buf_byte(&b, 1);
    buf_be(&b, 3600, 4);
    buf_be(&b, 0, 2);
    buf_be(&b, 14400, 4);
    buf_be(&b, 0, 2);
    buf_byte(&b, 0);
    return buf_as_bytes(&b);
}

/* What the tables in the program name, and no other that is misspelt. */
static void every_zone_of_the_tables_is_known_here(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct node_zones *z = node_zones_new(p.a);
    struct zones hook = node_zones_hook(z);
    assert_ok(&p, node_zones_check(&p.t, z));
    assert_true(hook.offset_min(hook.ctx, STR("Asia/Bakuu"), 0) == INT32_MAX);
    node_zones_whole(z, STR("")); /* what was asked about stays known */
    assert_int_equal(hook.offset_min(hook.ctx, STR("Asia/Baku"), INT64_C(1795489634123)), 240);
    place_end(&p);
}

static void a_zone_is_ahead_by_its_last_transition(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    int32_t minutes;
    struct bytes file = zone_file(p.a);
    assert_ok(&p, node_zone_offset(&p.t, file, 999999, &minutes));
    assert_int_equal(minutes, 60);
    assert_ok(&p, node_zone_offset(&p.t, file, 1000000, &minutes));
    assert_int_equal(minutes, 240);
    place_end(&p);
}

static void a_zone_file_cut_anywhere_is_none(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct bytes file = zone_file(p.a);
    for (size_t n = 0; n < file.n; n++) {
        int32_t minutes;
        struct bytes cut = bytes_dup(p.a, (struct bytes){file.p, n});
        assert_err(&p, ERR_REJECTED, "zone-file", node_zone_offset(&p.t, cut, 0, &minutes));
    }
    place_end(&p);
}

int test_door(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read_as_they_are_written),
        cmocka_unit_test(settings_that_do_not_fit_are_refused),
        cmocka_unit_test(pages_ask_the_true_desk),
        cmocka_unit_test(who_has_no_session_sees_no_dossier),
        cmocka_unit_test(without_settings_no_page_is_served),
        cmocka_unit_test(every_zone_of_the_tables_is_known_here),
        cmocka_unit_test(a_zone_is_ahead_by_its_last_transition),
        cmocka_unit_test(a_zone_file_cut_anywhere_is_none),
    };
    return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
