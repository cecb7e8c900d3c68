/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_TEST_H
#define COMITY_NET_TEST_H
/* What the tests of net share: a world (loop, clock, keys), a server whose handler takes notes, a
 * client that can misbehave, and one group a file. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/net.h"

/* Each runs its group and returns how many failed. */
int ask_tests(void);
int call_tests(void);
int client_tests(void);
int drain_tests(void);
int frame_tests(void);
int link_tests(void);
int local_tests(void);
int loop_tests(void);
int mail_tests(void);
int maildir_tests(void);
int place_tests(void);
int request_tests(void);
int server_tests(void);
int stream_tests(void);
int timer_tests(void);
int tls_tests(void);

static inline int arena_up(void **state)
{
    *state = arena_new();
    return 0;
}
static inline int arena_down(void **state)
{
    arena_free(*state);
    return 0;
}
#define with_arena(test) cmocka_unit_test_setup_teardown(test, arena_up, arena_down)

/* ---- keys ------------------------------------------------------------------------------------ */

/* A key and its certificate, P-256. */
struct pair {
    char key_pem[1024], cert_pem[2048];
    struct hash cert; /* SHA-256 of the certificate */
    struct hash spki; /* SHA-256 of its public key  */
};
enum pair_name { ROOT, OTHER_ROOT, SERVER, CLIENT, OTHER_CLIENT, PAIRS };
/* Made at the first call; SERVER's is issued by ROOT, the others by themselves. */
const struct pair *pair_of(enum pair_name name);
void pairs_forget(void);

/* ---- the world ------------------------------------------------------------------------------- */

/* Sockets take real time, so the clock is the machine's forward-only one plus what the test lets
 * pass at once. */
struct world {
    struct turn t;
    struct clock clock;
    int64_t passed_ms;
    struct net_loop *loop;
    unsigned hosts; /* still up: a test that failed leaves them, and the loop, behind */
    char dir[64];   /* a folder of its own */
};
int world_up(void **state);
int world_down(void **state);
#define with_world(test) cmocka_unit_test_setup_teardown(test, world_up, world_down)
int64_t world_now_ms(void *world);
/* Lets time pass at once. */
void world_pass(struct world *w, int64_t ms);
/* Turns the loop until `is_so(ctx)`; fails the test after far too long. */
void world_until(struct world *w, bool (*is_so)(void *ctx), void *ctx);
/* Turns the loop until `*n` is at least `least`. */
void world_until_count(struct world *w, const unsigned *n, unsigned least);
/* Turns the loop until nothing is ready any more. */
void world_settle(struct world *w);

/* ---- a server that takes notes --------------------------------------------------------------- */

enum { HELD_MAX = 128 };
struct host {
    struct world *w;
    struct net_server *server;
    unsigned heads, bodies, gone, cut, arriving_max;
    char last_method[16], last_path[128], last_query[128];
    struct hash last_client;
    int last_port; /* the client's */
    int64_t last_length;
    size_t last_body, last_cut;
    uint8_t last_bytes[64];
    int refuse;    /* status to refuse heads with; 0 goes on */
    bool welcomes; /* whoever shows a certificate */
    bool holds;    /* bodies are not answered before host_release */
    struct net_request *held[HELD_MAX];
    unsigned held_n;
    struct bytes reply;
    const char *const *headers;
};
struct net_server_options host_options(struct host *h);
void host_up(struct host *h, struct world *w, const struct net_server_options *o);
void host_down(struct host *h);
void host_release(struct host *h); /* answers all held in one go */

/* ---- a client that takes notes --------------------------------------------------------------- */

struct visit {
    unsigned done;
    err e;
    int status;
    size_t n;
    uint8_t first[64];
    int64_t retry_after_s;
    struct hash shown; /* SHA-256 of the server's certificate, zero when not told */
    char why[256];
};
struct visitor {
    struct world *w;
    struct net_client *client;
    char url[128];
};
void visitor_up(struct visitor *v, struct world *w, const struct pair *own, const char *scheme,
                uint16_t port);
void visitor_down(struct visitor *v);
/* A call pinned to SERVER under ROOT. */
struct net_call visit_call(struct visitor *v, struct visit *to, const char *method,
                           struct bytes body);
void visit_start(struct visitor *v, const struct net_call *call);
/* Starts and waits. */
void visit(struct visitor *v, struct visit *to, const char *method, struct bytes body);

/* ---- a client that can misbehave ------------------------------------------------------------- */

struct raw;
struct raw_options {
    const char *priority;           /* NULL: TLS 1.3 */
    const char *key_pem, *cert_pem; /* need not belong together */
    bool plain, deaf;               /* no TLS; never reads */
};
struct raw *raw_open(struct world *w, uint16_t port, const struct raw_options *o);
/* Whether the handshake ended well, and whether the other side closed or TLS failed. */
bool raw_is_open(const struct raw *r);
bool raw_is_closed(const struct raw *r);
/* Sends what the socket takes now, and says how much. */
size_t raw_send(struct raw *r, const void *p, size_t n);
void raw_say(struct raw *r, const char *text); /* all of it */
struct str raw_heard(const struct raw *r);
void raw_until_heard(struct world *w, struct raw *r, const char *text);
void raw_until_closed(struct world *w, struct raw *r);
void raw_close(struct raw *r);
int raw_fd(const struct raw *r);

#endif
