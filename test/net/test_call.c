/* SPDX-License-Identifier: Apache-2.0 */
/* One call: whom it believes, what it takes, what it is told. */

#include "net_test.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct bytes no_body;

struct meeting {
    struct world *w;
    struct host h;
    struct visitor v;
    struct visit to;
};

static void meet(struct meeting *m, void **state)
{
    m->w = *state;
    host_up(&m->h, m->w, NULL);
    visitor_up(&m->v, m->w, pair_of(CLIENT), "https", net_server_port(m->h.server));
}

static void part(struct meeting *m)
{
    visitor_down(&m->v);
    host_down(&m->h);
}

static void finish(struct meeting *m, const struct net_call *call)
{
    visit_start(&m->v, call);
    world_until_count(m->w, &m->to.done, 1);
}

static void a_request_and_its_reply_arrive_whole(void **state)
{
    struct meeting m;
    meet(&m, state);
    static const char *const methods[] = {"POST", "PUT"};
    for (int i = 0; i < 2; i++) {
        visit(&m.v, &m.to, methods[i], str_bytes(STR("what is asked")));
        assert_int_equal(m.to.e, ERR_OK);
        assert_int_equal(m.to.status, 200);
        assert_int_equal(m.to.n, 4);
        assert_memory_equal(m.to.first, "held", 4);
        assert_int_equal(m.to.retry_after_s, -1);
        assert_string_equal(m.to.why, "");
        assert_string_equal(m.h.last_method, methods[i]);
        assert_string_equal(m.h.last_path, "/comity/1/parcels");
        assert_string_equal(m.h.last_query, "a=b");
        assert_int_equal(m.h.last_length, 13);
        assert_memory_equal(m.h.last_bytes, "what is asked", 13);
    }
    visit(&m.v, &m.to, "HEAD", no_body);
    assert_int_equal(m.to.status, 200);
    assert_int_equal(m.to.n, 0);
    visit(&m.v, &m.to, "POST", no_body);
    assert_int_equal(m.to.status, 200);
    assert_int_equal(m.h.last_length, 0);
    part(&m);
}

static void a_wrong_pin_sends_nothing(void **state)
{
    struct meeting m;
    meet(&m, state);
    struct net_call call = visit_call(&m.v, &m.to, "POST", str_bytes(STR("secret")));
    call.pin.b[31] ^= 1;
    finish(&m, &call);
    assert_int_equal(m.to.e, ERR_PEER);
    assert_int_equal(m.to.status, 0);
    assert_non_null(strstr(m.to.why, "pinned"));
    world_settle(m.w);
    assert_int_equal(m.h.heads, 0);
    part(&m);
}

static void a_wrong_root_sends_nothing(void **state)
{
    struct meeting m;
    meet(&m, state);
    struct net_call call = visit_call(&m.v, &m.to, "POST", str_bytes(STR("secret")));
    call.root_pem = pair_of(OTHER_ROOT)->cert_pem;
    finish(&m, &call);
    assert_int_equal(m.to.e, ERR_PEER);
    assert_non_null(strstr(m.to.why, "root"));
    call = visit_call(&m.v, &m.to, "POST", str_bytes(STR("secret")));
    call.root_pem = ""; /* no root is not any root */
    finish(&m, &call);
    assert_int_equal(m.to.e, ERR_PEER);
    world_settle(m.w);
    assert_int_equal(m.h.heads, 0);
    part(&m);
}

static void an_open_connection_is_not_used_for_a_call_that_trusts_somebody_else(void **state)
{
    struct meeting m;
    meet(&m, state);
    visit(&m.v, &m.to, "POST", str_bytes(STR("fine")));
    assert_int_equal(m.to.status, 200);
    struct net_call call = visit_call(&m.v, &m.to, "POST", str_bytes(STR("secret")));
    call.pin.b[0] ^= 1;
    finish(&m, &call);
    assert_int_equal(m.to.e, ERR_PEER);
    call = visit_call(&m.v, &m.to, "POST", str_bytes(STR("secret")));
    call.root_pem = pair_of(OTHER_ROOT)->cert_pem;
    finish(&m, &call);
    assert_int_equal(m.to.e, ERR_PEER);
    /* Nor is one that trusted anybody. */
    call = visit_call(&m.v, &m.to, "GET", no_body);
    call.root_pem = NULL;
    finish(&m, &call);
    assert_int_equal(m.to.status, 200);
    call = visit_call(&m.v, &m.to, "POST", str_bytes(STR("secret")));
    call.pin.b[0] ^= 1;
    finish(&m, &call);
    assert_int_equal(m.to.e, ERR_PEER);
    world_settle(m.w);
    assert_int_equal(m.h.heads, 2);
    part(&m);
}

static void the_first_look_is_told_the_certificate_shown(void **state)
{
    struct meeting m;
    meet(&m, state);
    for (int i = 0; i < 2; i++) {
        struct net_call call = visit_call(&m.v, &m.to, "GET", no_body);
        call.root_pem = NULL;
        finish(&m, &call);
        assert_int_equal(m.to.status, 200);
        assert_true(hash_eq(&m.to.shown, &pair_of(SERVER)->cert));
    }
    part(&m);
}

static void what_is_pinned_is_never_asked_without_tls(void **state)
{
    struct meeting m;
    meet(&m, state);
    static const char *const urls[] = {
        "http://127.0.0.1:1/", "HTTP://127.0.0.1:1/", "ftp://127.0.0.1/",
        "file:///etc/passwd",  "127.0.0.1:1",         "",
        "https:/127.0.0.1",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct net_call call = visit_call(&m.v, &m.to, "GET", no_body);
        call.url = urls[i];
        assert_int_equal(net_call_start(&m.w->t, m.v.client, &call), ERR_USAGE);
        turn_forgive(&m.w->t);
        call.root_pem = NULL;
        if (i < 2) continue;
        assert_int_equal(net_call_start(&m.w->t, m.v.client, &call), ERR_USAGE);
        turn_forgive(&m.w->t);
    }
    part(&m);
}

static enum MHD_Result old_answers(void *cls, struct MHD_Connection *c, const char *url,
                                   const char *method, const char *version, const char *bytes,
                                   size_t *n, void **own)
{
    (void)url, (void)method, (void)version, (void)bytes, (void)n, (void)own;
    ++*(unsigned *)cls;
    struct MHD_Response *r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result done = MHD_queue_response(c, 200, r);
    MHD_destroy_response(r);
    return done;
}

static void a_peer_with_older_tls_is_not_spoken_to(void **state)
{
    struct meeting m;
    meet(&m, state);
    static const char *const priority[] = {"NORMAL:-VERS-ALL:+VERS-TLS1.2",
                                           "NORMAL:-VERS-ALL:+VERS-TLS1.3"};
    for (int i = 0; i < 2; i++) { /* the second only shows that the first would have been heard */
        unsigned asked = 0;
        struct MHD_Daemon *old =
            MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL,
                             old_answers, &asked, MHD_OPTION_HTTPS_PRIORITIES, priority[i],
                             MHD_OPTION_HTTPS_MEM_KEY, pair_of(SERVER)->key_pem,
                             MHD_OPTION_HTTPS_MEM_CERT, pair_of(SERVER)->cert_pem, MHD_OPTION_END);
        assert_non_null(old);
        char url[64];
        snprintf(url, sizeof url, "https://127.0.0.1:%u/",
                 MHD_get_daemon_info(old, MHD_DAEMON_INFO_BIND_PORT)->port);
        struct net_call call = visit_call(&m.v, &m.to, "GET", no_body);
        call.url = url;
        finish(&m, &call);
        assert_int_equal(m.to.e, i == 0 ? ERR_PEER : ERR_OK);
        MHD_stop_daemon(old);
        assert_int_equal(asked > 0, i == 1);
    }
    part(&m);
}

static void a_reply_over_the_limit_is_broken_off(void **state)
{
    struct meeting m;
    meet(&m, state);
    uint8_t *much = calloc(1, 100001);
    for (size_t over = 0; over <= 1; over++) {
        m.h.reply = (struct bytes){much, 100000 + over};
        struct net_call call = visit_call(&m.v, &m.to, "GET", no_body);
        call.reply_max = 100000;
        finish(&m, &call);
        assert_int_equal(m.to.e, over ? ERR_PEER : ERR_OK);
        if (over) assert_non_null(strstr(m.to.why, "100000 bytes"));
    }
    free(much);
    part(&m);
}

static void retry_after_is_read_and_bounded(void **state)
{
    struct meeting m;
    meet(&m, state);
    static const struct {
        const char *given;
        int64_t s;
    } rows[] = {
        {"120", 120},
        {"0", 0},
        {"86401", NET_RETRY_AFTER_MAX_S},
        {"99999999999999999999999", NET_RETRY_AFTER_MAX_S},
        {"soon", 0},
        {"-5", 0},
        {"Thu, 01 Jan 1970 00:00:01 GMT", 0},
        {"Fri, 01 Jan 2100 00:00:00 GMT", NET_RETRY_AFTER_MAX_S},
    };
    m.h.refuse = 503;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const headers[] = {"Retry-After", rows[i].given, NULL};
        m.h.headers = headers;
        visit(&m.v, &m.to, "POST", str_bytes(STR("x")));
        assert_int_equal(m.to.e, ERR_OK);
        assert_int_equal(m.to.status, 503);
        assert_int_equal(m.to.retry_after_s, rows[i].s);
    }
    m.h.headers = NULL;
    visit(&m.v, &m.to, "POST", str_bytes(STR("x")));
    assert_int_equal(m.to.retry_after_s, -1);
    part(&m);
}

static void a_redirect_is_told_and_not_followed(void **state)
{
    struct meeting m;
    meet(&m, state);
    static const char *const headers[] = {"Location", "/elsewhere", NULL};
    m.h.refuse = 302;
    m.h.headers = headers;
    visit(&m.v, &m.to, "GET", no_body);
    world_settle(m.w);
    assert_int_equal(m.to.status, 302);
    assert_int_equal(m.h.heads, 1);
    part(&m);
}

static void a_peer_that_does_not_answer_is_given_up_in_time(void **state)
{
    struct meeting m;
    meet(&m, state);
    m.h.holds = true;
    struct net_call call = visit_call(&m.v, &m.to, "POST", str_bytes(STR("x")));
    call.timeout_ms = 100;
    finish(&m, &call);
    assert_int_equal(m.to.e, ERR_PEER);
    assert_true(m.to.why[0] != 0);
    world_until_count(m.w, &m.h.bodies, 1);
    host_release(&m.h);
    world_until_count(m.w, &m.h.gone, 1);
    part(&m);
}

static void nobody_there_is_a_fault_of_the_peer(void **state)
{
    struct meeting m;
    meet(&m, state);
    net_server_stop(m.h.server);
    m.h.server = NULL;
    visit(&m.v, &m.to, "GET", no_body);
    assert_int_equal(m.to.e, ERR_PEER);
    assert_true(m.to.why[0] != 0);
    part(&m);
}

static void the_environment_has_no_say(void **state)
{
    static const char *const names[] = {"http_proxy", "https_proxy",   "HTTPS_PROXY",
                                        "ALL_PROXY",  "SSL_CERT_FILE", "SSL_CERT_DIR"};
    enum { N = sizeof names / sizeof *names };
    struct meeting m;
    for (int i = 0; i < N; i++) setenv(names[i], "http://127.0.0.1:1", 1);
    meet(&m, state);
    visit(&m.v, &m.to, "GET", no_body);
    assert_int_equal(m.to.status, 200);
    /* Nor may it add a root. */
    char path[128];
    snprintf(path, sizeof path, "%s/root.pem", m.w->dir);
    const char *root = pair_of(ROOT)->cert_pem;
    assert_int_equal(file_write(&m.w->t, path, str_bytes(str_of(root)), 0600), ERR_OK);
    setenv("SSL_CERT_FILE", path, 1);
    setenv("CURL_CA_BUNDLE", path, 1);
    struct net_call call = visit_call(&m.v, &m.to, "GET", no_body);
    call.root_pem = pair_of(OTHER_ROOT)->cert_pem;
    finish(&m, &call);
    assert_int_equal(m.to.e, ERR_PEER);
    unsetenv("CURL_CA_BUNDLE");
    for (int i = 0; i < N; i++) unsetenv(names[i]);
    part(&m);
}

int call_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_request_and_its_reply_arrive_whole),
        with_world(a_wrong_pin_sends_nothing),
        with_world(a_wrong_root_sends_nothing),
        with_world(an_open_connection_is_not_used_for_a_call_that_trusts_somebody_else),
        with_world(the_first_look_is_told_the_certificate_shown),
        with_world(what_is_pinned_is_never_asked_without_tls),
        with_world(a_peer_with_older_tls_is_not_spoken_to),
        with_world(a_reply_over_the_limit_is_broken_off),
        with_world(retry_after_is_read_and_bounded),
        with_world(a_redirect_is_told_and_not_followed),
        with_world(a_peer_that_does_not_answer_is_given_up_in_time),
        with_world(nobody_there_is_a_fault_of_the_peer),
        with_world(the_environment_has_no_say),
    };
    return cmocka_run_group_tests_name("call", tests, NULL, NULL);
}
