/* SPDX-License-Identifier: Apache-2.0 */
/* The wire between nodes over real sockets and real TLS: who gets in, what is served, what is
 * refused before it is read.
 * Also tries src/post/serve.c and src/post/wire.c. */

#include "net/net.h"
#include "post_test.h"

/* Node 1 serves; 0 and 2 are its peers; `stranger` has good keys that nobody pinned. */
struct ground {
    struct rig r;
    struct arena *a;
    struct turn t;
    struct net_loop *loop;
    struct net_server *server;
    struct net_client *peer[3], *stranger, *bare;
    struct post_wire wire;
};

static struct net_client *client_of(struct ground *g, const struct seal_key *key, struct bytes der)
{
    struct bytes pem;
    struct net_client *c;
    assert_int_equal(seal_key_write(&g->t, key, &pem), ERR_OK);
    struct net_client_options o = {.tls_key_pem = str_c(g->a, bytes_str(pem)),
                                   .tls_cert_pem = str_c(g->a, seal_pem(g->a, "CERTIFICATE", der))};
    assert_int_equal(net_client_new(&g->t, g->loop, &o, &c), ERR_OK);
    return c;
}

static struct net_client *stranger_of(struct ground *g)
{
    struct seal_key *root, *key;
    struct bytes root_der, der;
    struct seal_cert says = {.state = STR("XZ"),
                             .role = SEAL_ROOT,
                             .training = true,
                             .to_ms = g->r.w.now_ms + 3650 * DAY_MS};
    assert_int_equal(seal_key_make(&g->t, &root), ERR_OK);
    assert_int_equal(seal_key_make(&g->t, &key), ERR_OK);
    assert_int_equal(
        seal_cert_issue(&g->t, &says, STR("Z"), root, root, (struct bytes){0}, &root_der), ERR_OK);
    says.role = SEAL_TLS;
    says.training = false;
    says.address = STR("XZ/csb");
    assert_int_equal(seal_cert_issue(&g->t, &says, STR("Z"), key, root, root_der, &der), ERR_OK);
    struct net_client *c = client_of(g, key, der);
    seal_key_free(root);
    seal_key_free(key);
    return c;
}

static int up(void **state)
{
    struct ground *g = test_calloc(1, sizeof *g);
    rig_up(&g->r, 3, 61, &suite_1);
    g->a = arena_new();
    g->t = (struct turn){.arena = g->a, .clock = &g->r.w.clock, .chance = &g->r.w.chance};
    assert_int_equal(net_loop_new(&g->t, &g->r.w.clock, &g->loop), ERR_OK);
    struct world_node *n = &g->r.w.node[1];
    struct bytes pem;
    assert_int_equal(seal_key_write(&g->t, n->tls_key, &pem), ERR_OK);
    struct str log = str_printf(g->a, STR_FMT "/log", STR_ARG(n->folder));
    struct post_http_options o = {.post = g->r.post[1],
                                  .desk = n->desk,
                                  .loop = g->loop,
                                  .clock = &g->r.w.clock,
                                  .chance = &g->r.w.chance,
                                  .log = str_c(g->a, log),
                                  .address = "127.0.0.1",
                                  .tls_key_pem = str_c(g->a, bytes_str(pem)),
                                  .tls_cert_pem =
                                      str_c(g->a, seal_pem(g->a, "CERTIFICATE", n->tls_der))};
    assert_int_equal(post_http_start(&g->t, &o, &g->server), ERR_OK);
    for (int k = 0; k < 3; k++)
        g->peer[k] = client_of(g, g->r.w.node[k].tls_key, g->r.w.node[k].tls_der);
    g->stranger = stranger_of(g);
    struct net_client_options none = {0};
    assert_int_equal(net_client_new(&g->t, g->loop, &none, &g->bare), ERR_OK);
    g->wire = post_http_wire(g->a, g->peer[0]);
    *state = g;
    return 0;
}

static int down(void **state)
{
    struct ground *g = *state;
    net_server_stop(g->server);
    for (int k = 0; k < 3; k++) net_client_free(g->peer[k]);
    net_client_free(g->stranger);
    net_client_free(g->bare);
    net_loop_free(g->loop);
    rig_down(&g->r);
    arena_free(g->a);
    test_free(g);
    return 0;
}

static void turn_once(struct ground *g)
{
    auto_arena scratch = arena_new();
    struct turn t = g->t;
    t.arena = scratch;
    enum { LOOK_MS = 5 };
    assert_int_equal(net_loop_turn(&t, g->loop, LOOK_MS), ERR_OK);
    for (int k = 0; k < g->r.w.n; k++)
        while (desk_queued(g->r.w.node[k].desk)) desk_work(g->r.w.node[k].desk);
}

enum { TURNS_MAX = 4000 };
#define UNTIL(g, so)                                                                               \
    do {                                                                                           \
        int left_ = TURNS_MAX;                                                                     \
        while (!(so) && left_-- > 0) turn_once(g);                                                 \
        assert_true(so);                                                                           \
    } while (0)

/* ---- asking ---------------------------------------------------------------------------------- */

struct reply {
    struct arena *arena;
    bool told;
    err e;
    int status;
    int64_t retry_after_s;
    struct bytes body;
};

static void on_reply(void *ctx, err e, int status, struct bytes body, int64_t retry_after_s,
                     struct bytes server_der, const char *why)
{
    (void)server_der, (void)why;
    struct reply *r = ctx;
    *r = (struct reply){r->arena, true, e, status, retry_after_s, bytes_dup(r->arena, body)};
}

static struct reply ask(struct ground *g, struct net_client *c, const char *method,
                        const char *path, struct bytes body)
{
    struct reply r = {.arena = g->a};
    struct str url = str_printf(g->a, "https://127.0.0.1:%u%s", net_server_port(g->server), path);
    struct net_call call = {.method = method,
                            .url = str_c(g->a, url),
                            .type = body.n ? "application/cms" : NULL,
                            .body = body,
                            .reply_max = 1 << 20,
                            .timeout_ms = 20000,
                            .done = on_reply,
                            .ctx = &r};
    assert_int_equal(net_call_start(&g->t, c, &call), ERR_OK);
    UNTIL(g, r.told);
    assert_int_equal(r.e, ERR_OK);
    return r;
}

static void assert_problem(struct ground *g, const struct reply *r, int status, const char *code)
{
    struct turn t = {.arena = g->a};
    struct tree *m;
    if (r->status != status) fail_msg("%d, not %d", r->status, status);
    assert_int_equal(json_read(&t, r->body, &codec_limits, &m), ERR_OK);
    assert_str(tree_str(m, "code"), code);
    assert_int_equal(tree_int(m, "status", 0), status);
    assert_true(tree_str(m, "article").n > 0);
}

/* ---- parcels --------------------------------------------------------------------------------- */

static void a_parcel_travels_and_its_receipt_comes_home(void **state)
{
    struct ground *g = *state;
    struct world_node *from = &g->r.w.node[0];
    struct str ref = world_request(from, &g->r.w.node[1], g->a);
    rig_work(&g->r);
    struct letter *l = rig_letter(&g->r);
    struct desk_peer to = *desk_peer(from->desk, STR("XB/csb"));
    to.url = str_printf(g->a, "https://127.0.0.1:%u", net_server_port(g->server));
    assert_int_equal(g->wire.send(g->wire.ctx, &g->t, &to, &l->what, l->done, l->job), ERR_OK);
    UNTIL(g, str_is(level_of(from, g->a, ref), "held"));
    arena_free(l->arena);
}

static void a_server_that_is_not_the_pinned_one_gets_no_parcel(void **state)
{
    struct ground *g = *state;
    struct world_node *from = &g->r.w.node[0];
    struct str ref = world_request(from, &g->r.w.node[2], g->a);
    rig_work(&g->r);
    struct letter *l = rig_letter(&g->r);
    struct desk_peer to = *desk_peer(from->desk, STR("XC/csb")); /* node 1 stands in for node 2 */
    to.url = str_printf(g->a, "https://127.0.0.1:%u", net_server_port(g->server));
    uint64_t receives = desk_counted(g->r.w.node[1].desk).receives;
    assert_int_equal(g->wire.send(g->wire.ctx, &g->t, &to, &l->what, l->done, l->job), ERR_OK);
    for (int k = 0; k < 50; k++) turn_once(g);
    assert_str(level_of(from, g->a, ref), "held-here");
    assert_int_equal(desk_counted(g->r.w.node[1].desk).receives, receives);
    arena_free(l->arena);
}

struct brought {
    struct arena *arena;
    int told, status;
    err e;
    struct bytes reply;
};

static void on_brought(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                       const char *why)
{
    (void)retry_after_s, (void)why;
    struct brought *b = job;
    *b = (struct brought){b->arena, b->told + 1, status, e, bytes_dup(b->arena, reply)};
}

static void a_letter_without_a_type_looks_and_its_reply_is_bounded(void **state)
{
    struct ground *g = *state;
    struct desk_peer to = *desk_peer(g->r.w.node[0].desk, STR("XB/csb"));
    to.url = str_printf(g->a, "https://127.0.0.1:%u", net_server_port(g->server));
    assert_int_equal(world_tidy(&g->r.w.node[1]), ERR_OK);
    struct brought b = {.arena = g->a};
    struct post_letter l = {.path = "/ledger/checkpoint"};
    assert_int_equal(g->wire.send(g->wire.ctx, &g->t, &to, &l, on_brought, &b), ERR_OK);
    assert_int_equal(b.told, 0);
    UNTIL(g, b.told);
    assert_int_equal(b.e, ERR_OK);
    assert_int_equal(b.status, 200);
    l.reply_max = b.reply.n - 1;
    b.told = 0;
    assert_int_equal(g->wire.send(g->wire.ctx, &g->t, &to, &l, on_brought, &b), ERR_OK);
    UNTIL(g, b.told);
    assert_int_equal(b.e, ERR_PEER);
    assert_int_equal(b.reply.n, 0);
}

static void a_parcel_of_ours_is_given_again_to_whom_it_is_for(void **state)
{
    struct ground *g = *state;
    struct world_node *n = &g->r.w.node[1];
    struct desk_job *jobs;
    size_t count;
    struct desk_parcel p;
    (void)world_request(n, &g->r.w.node[0], g->a);
    assert_int_equal(world_jobs(n, g->a, &jobs, &count), ERR_OK);
    struct bytes sealed = jobs[count - 1].sealed;
    assert_int_equal(world_parcel(&g->r.w.node[0], &g->t, sealed, &p), ERR_OK);
    struct str path =
        str_printf(g->a, POST_PARCELS "/" STR_FMT, STR_ARG(hex(g->a, hash_bytes(&p.digest))));
    struct reply r = ask(g, g->peer[0], "GET", str_c(g->a, path), (struct bytes){0});
    assert_int_equal(r.status, 200);
    assert_true(bytes_eq(r.body, sealed));
    r = ask(g, g->peer[2], "GET", str_c(g->a, path), (struct bytes){0});
    assert_problem(g, &r, 404, "none-such");
    r = ask(g, g->peer[0], "GET", POST_PARCELS "/ABC", (struct bytes){0});
    assert_problem(g, &r, 404, "none-such");
}

/* ---- who gets in ----------------------------------------------------------------------------- */

static void strangers_get_the_profile_and_nothing_else(void **state)
{
    struct ground *g = *state;
    static const char *const rows[][2] = {
        {"POST", POST_PARCELS}, {"GET", POST_PARCELS "/00"},      {"GET", "/ledger/checkpoint"},
        {"GET", "/"},           {"GET", "/ledger/tile/0/000"},    {"GET", "/comity/1/secret"},
        {"PUT", POST_PARCELS},  {"DELETE", "/ledger/checkpoint"},
    };
    struct net_client *const clients[] = {g->stranger, g->bare};
    for (size_t c = 0; c < 2; c++) {
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            struct bytes body = k == 0 ? str_bytes(STR("hello")) : (struct bytes){0};
            struct reply r = ask(g, clients[c], rows[k][0], rows[k][1], body);
            assert_problem(g, &r, 403, "peer-unknown");
        }
        struct reply r = ask(g, clients[c], "GET", POST_PROFILE, (struct bytes){0});
        assert_int_equal(r.status, 200);
        struct tree *m;
        struct bytes got;
        assert_int_equal(json_read(&g->t, r.body, &codec_limits, &m), ERR_OK);
        assert_true(base64_read(g->a, tree_str(m, "profile"), &got));
        assert_true(bytes_eq(got, g->r.w.node[1].profile));
        assert_true(base64_read(g->a, tree_str(m, "root"), &got));
        assert_true(bytes_eq(got, g->r.w.node[1].root_der));
        r = ask(g, clients[c], "POST", POST_PROFILE, str_bytes(STR("x")));
        assert_int_equal(r.status, 405);
    }
    int noted = 0;
    for (const struct tree *i = incidents_of(&g->r.w.node[1], g->a)->child; i; i = i->next)
        noted += str_is(tree_str(i, "code"), "peer-unknown");
    assert_int_equal(noted, 2); /* one for each of them, a day */
}

static void a_revoked_tls_key_gets_what_a_stranger_gets(void **state)
{
    struct ground *g = *state;
    struct world_node *n = &g->r.w.node[0];
    struct reply r = ask(g, g->peer[0], "GET", POST_PARCELS "/00", (struct bytes){0});
    assert_problem(g, &r, 404, "none-such");
    n->tls_revoked_ms = g->r.w.now_ms;
    world_reissue(n);
    assert_int_equal(world_pin(&g->r.w.node[1], n), ERR_OK);
    r = ask(g, g->peer[0], "GET", POST_PARCELS "/00", (struct bytes){0});
    assert_problem(g, &r, 403, "tls-expired");
    r = ask(g, g->peer[0], "GET", POST_PROFILE, (struct bytes){0});
    assert_int_equal(r.status, 200);
    const int64_t years_ms = INT64_C(3660) * DAY_MS;
    g->r.w.now_ms += years_ms; /* and so does one out of its time */
    r = ask(g, g->peer[2], "GET", POST_PARCELS "/00", (struct bytes){0});
    assert_problem(g, &r, 403, "tls-expired");
    g->r.w.now_ms -= years_ms;
    n->tls_revoked_ms = 0;
    world_reissue(n);
    assert_int_equal(world_pin(&g->r.w.node[1], n), ERR_OK);
    r = ask(g, g->peer[0], "GET", POST_PARCELS "/00", (struct bytes){0});
    assert_problem(g, &r, 404, "none-such");
}

/* The node and its peer pinned each other; then the node alone becomes a real one, as if somebody
 * had pinned a training peer by hand. Nothing else about the connection or the parcel is wrong. */
static void a_training_peer_that_is_pinned_is_refused_by_a_real_node(void **state)
{
    struct ground *g = *state;
    struct world_node *from = &g->r.w.node[0], *at = &g->r.w.node[1];
    struct profile *own = (struct profile *)(uintptr_t)desk_profile(at->desk);
    (void)world_request(from, at, g->a);
    rig_work(&g->r);
    struct letter *l = rig_letter(&g->r);
    uint64_t receives = desk_counted(at->desk).receives;
    own->training = false;
    struct reply r = ask(g, g->peer[0], "POST", POST_PARCELS, l->what.body);
    assert_problem(g, &r, 403, "training");
    assert_int_equal(desk_counted(at->desk).receives, receives);
    r = ask(g, g->peer[0], "GET", "/ledger/checkpoint", (struct bytes){0});
    assert_problem(g, &r, 403, "training");
    r = ask(g, g->peer[0], "GET", POST_PROFILE, (struct bytes){0});
    assert_int_equal(r.status, 200); /* that is open to anybody */
    const struct tree *i = incidents_of(at, g->a)->child;
    while (i && !str_is(tree_str(i, "code"), "training")) i = i->next;
    assert_non_null(i);
    assert_str(tree_str(i, "article"), "comity wire 1: training");
    assert_str(tree_str(i, "peer"), "XA/csb");
    own->training = true; /* the same bytes, now that the two are of one kind */
    r = ask(g, g->peer[0], "POST", POST_PARCELS, l->what.body);
    assert_int_equal(r.status, 200);
    l->done(l->job, ERR_OK, r.status, r.body, -1, NULL);
    arena_free(l->arena);
}

static void paths_and_methods_that_are_not_are_told_apart(void **state)
{
    struct ground *g = *state;
    struct reply r = ask(g, g->peer[0], "GET", "/comity/2/parcels", (struct bytes){0});
    assert_problem(g, &r, 404, "none-such");
    r = ask(g, g->peer[0], "GET", POST_PARCELS, (struct bytes){0});
    assert_problem(g, &r, 405, "method");
    r = ask(g, g->peer[0], "PUT", "/ledger/checkpoint", str_bytes(STR("x")));
    assert_problem(g, &r, 405, "method");
}

/* ---- the log --------------------------------------------------------------------------------- */

static void the_log_is_read_as_files_and_only_by_its_own_names(void **state)
{
    struct ground *g = *state;
    struct world_node *n = &g->r.w.node[1];
    assert_int_equal(world_tidy(n), ERR_OK);
    struct reply r = ask(g, g->peer[0], "GET", "/ledger/checkpoint", (struct bytes){0});
    assert_int_equal(r.status, 200);
    assert_true(str_eq(bytes_str(r.body), n->note));
    struct str tile =
        str_printf(g->a, "/ledger/tile/0/000.p/%llu", (unsigned long long)n->head.size);
    r = ask(g, g->peer[0], "GET", str_c(g->a, tile), (struct bytes){0});
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body.n, n->head.size * 32);
    static const char *const wrong[] = {
        "/ledger/tile/",
        "/ledger/tile/0",
        "/ledger/tile/0/",
        "/ledger/tile/0/00",
        "/ledger/tile/0/000/",
        "/ledger/tile/00/000",
        "/ledger/tile/-1/000",
        "/ledger/tile/64/000",
        "/ledger/tile/0/x000/000",
        "/ledger/tile/0/000.p/0",
        "/ledger/tile/0/000.p/256",
        "/ledger/tile/0/000.p/01",
        "/ledger/tile/0/000.p/",
        "/ledger/tile/0/000.p/1/2",
        "/ledger/tile/0/x001/x001/x001/x001/x001/x001/x001/x001/000",
        "/ledger/tile/%2e%2e/checkpoint",
        "/ledger/tile/0/%2e%2e/%2e%2e/checkpoint",
        "/ledger/tile/entries/..%2f..%2fcheckpoint",
        "/ledger/tile/0/abc",
        "/ledger/tile//000",
        "/ledger/checkpoint/",
        "/ledger/tile/0/999",
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        r = ask(g, g->peer[0], "GET", wrong[k], (struct bytes){0});
        if (r.status != 404) fail_msg("%s: %d", wrong[k], r.status);
    }
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static bool noted(struct ground *g, const char *code)
{
    for (const struct tree *i = incidents_of(&g->r.w.node[1], g->a)->child; i; i = i->next)
        if (str_is(tree_str(i, "code"), code) && str_is(tree_str(i, "peer"), "XA/csb")) return true;
    return false;
}

/* The profile is open to strangers; sixteen megabytes of each of them are not held for it. */
static void a_body_where_none_belongs_is_refused_before_it_is_read(void **state)
{
    struct ground *g = *state;
    struct bytes big = {arena_take(g->a, (size_t)4 << 20), (size_t)4 << 20};
    struct net_client *const clients[] = {g->bare, g->stranger, g->peer[0]};
    for (size_t k = 0; k < 3; k++) {
        struct reply r = ask(g, clients[k], "GET", POST_PROFILE, big);
        assert_problem(g, &r, 413, "body-unwanted");
    }
    struct reply r = ask(g, g->peer[0], "POST", "/comity/2/parcels", big);
    assert_problem(g, &r, 404, "none-such");
}

static void a_body_of_twenty_megabytes_is_refused_before_it_is_read(void **state)
{
    struct ground *g = *state;
    struct bytes big = {arena_take(g->a, (size_t)20 << 20), (size_t)20 << 20};
    struct reply r = ask(g, g->peer[0], "POST", POST_PARCELS, big);
    assert_problem(g, &r, 413, "body-too-large");
    assert_true(noted(g, "body-too-large"));
    r = ask(g, g->peer[0], "GET", POST_PROFILE, (struct bytes){0}); /* and goes on */
    assert_int_equal(r.status, 200);
}

static void a_body_cut_short_is_noted_and_nothing_is_taken(void **state)
{
    struct ground *g = *state;
    struct net_client *c = client_of(g, g->r.w.node[0].tls_key, g->r.w.node[0].tls_der);
    struct bytes big = {arena_take(g->a, (size_t)12 << 20), (size_t)12 << 20};
    struct reply r = {.arena = g->a};
    struct str url =
        str_printf(g->a, "https://127.0.0.1:%u" POST_PARCELS, net_server_port(g->server));
    struct net_call call = {.method = "POST",
                            .url = str_c(g->a, url),
                            .type = "application/cms",
                            .body = big,
                            .reply_max = 1 << 20,
                            .timeout_ms = 20000,
                            .done = on_reply,
                            .ctx = &r};
    assert_int_equal(net_call_start(&g->t, c, &call), ERR_OK);
    UNTIL(g, net_server_arriving(g->server) == 1);
    net_client_free(c); /* hangs up */
    UNTIL(g, noted(g, "body-cut"));
    assert_int_equal(net_server_arriving(g->server), 0);
}

static void wrong_bytes_are_answered_over_the_wire_with_their_clause(void **state)
{
    struct ground *g = *state;
    struct craft c;
    craft_begin(&c, g->a, &g->r.w.node[0], &g->r.w.node[1]);
    c.signer = &g->r.w.node[2];
    struct reply r = ask(g, g->peer[0], "POST", POST_PARCELS, craft_end(&c));
    assert_problem(g, &r, 422, "signature");
    assert_true(noted(g, "signature"));
    r = ask(g, g->peer[0], "POST", POST_PARCELS, str_bytes(STR("hello")));
    assert_true(r.status == 422);
    craft_begin(&c, g->a, &g->r.w.node[0], &g->r.w.node[1]);
    r = ask(g, g->peer[2], "POST", POST_PARCELS, craft_end(&c));
    assert_problem(g, &r, 422, "sender");
}

/* ---- at once --------------------------------------------------------------------------------- */

static void an_answer_to_who_left_meanwhile_hurts_nobody(void **state)
{
    struct ground *g = *state;
    struct net_client *c = client_of(g, g->r.w.node[0].tls_key, g->r.w.node[0].tls_der);
    struct craft k;
    craft_begin(&k, g->a, &g->r.w.node[0], &g->r.w.node[1]);
    struct bytes sealed = craft_end(&k);
    struct reply r = {.arena = g->a};
    struct str url =
        str_printf(g->a, "https://127.0.0.1:%u" POST_PARCELS, net_server_port(g->server));
    struct net_call call = {.method = "POST",
                            .url = str_c(g->a, url),
                            .type = "application/cms",
                            .body = sealed,
                            .reply_max = 1 << 20,
                            .timeout_ms = 20000,
                            .done = on_reply,
                            .ctx = &r};
    assert_int_equal(net_call_start(&g->t, c, &call), ERR_OK);
    struct desk *d = g->r.w.node[1].desk;
    for (int n = 0; n < TURNS_MAX && desk_queued(d) == 0; n++)
        assert_int_equal(net_loop_turn(&g->t, g->loop, 5), ERR_OK);
    assert_int_equal(desk_queued(d), 1);
    net_client_free(c);
    uint64_t receives = desk_counted(d).receives;
    for (int n = 0; n < 20; n++) turn_once(g);
    assert_int_equal(desk_counted(d).receives, receives + 1);
    r = ask(g, g->peer[0], "POST", POST_PARCELS, sealed); /* it asks again and gets its receipt */
    assert_int_equal(r.status, 200);
}

int test_http(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parcel_travels_and_its_receipt_comes_home),
        cmocka_unit_test(a_server_that_is_not_the_pinned_one_gets_no_parcel),
        cmocka_unit_test(a_letter_without_a_type_looks_and_its_reply_is_bounded),
        cmocka_unit_test(a_parcel_of_ours_is_given_again_to_whom_it_is_for),
        cmocka_unit_test(strangers_get_the_profile_and_nothing_else),
        cmocka_unit_test(a_revoked_tls_key_gets_what_a_stranger_gets),
        cmocka_unit_test(a_training_peer_that_is_pinned_is_refused_by_a_real_node),
        cmocka_unit_test(paths_and_methods_that_are_not_are_told_apart),
        cmocka_unit_test(the_log_is_read_as_files_and_only_by_its_own_names),
        cmocka_unit_test(a_body_where_none_belongs_is_refused_before_it_is_read),
        cmocka_unit_test(a_body_of_twenty_megabytes_is_refused_before_it_is_read),
        cmocka_unit_test(a_body_cut_short_is_noted_and_nothing_is_taken),
        cmocka_unit_test(wrong_bytes_are_answered_over_the_wire_with_their_clause),
        cmocka_unit_test(an_answer_to_who_left_meanwhile_hurts_nobody),
    };
    return cmocka_run_group_tests(tests, up, down);
}
