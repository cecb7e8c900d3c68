/* SPDX-License-Identifier: Apache-2.0 */
/* Served nodes, each a process of its own, asked over their sockets and talking over real TLS.
 * Also tries src/node/local.c. */

#include "node_test.h"

#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAR_TOO_LONG_MS = 60000, FLIGHT = 64 };

struct served {
    struct place *p;
    const char *dir, *socket;
    pid_t pid;
};

/* ---- processes ------------------------------------------------------------------------------- */

static void on_ready(void *ctx, uint16_t port)
{
    if (write(*(int *)ctx, &port, sizeof port) != sizeof port) _exit(1);
}

/* Starts a node and waits until both its sockets listen. */
static void serve(struct served *s)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ready[0]);
        auto_arena a = arena_new();
        struct turn t = {.arena = a, .clock = &node_clock, .chance = &node_chance};
        err e = node_serve(&t, s->dir, true, on_ready, &ready[1]);
        if (e != ERR_OK) fprintf(stderr, "serve: %s\n", t.fault.sentence);
        _exit(err_exit_code(e));
    }
    close(ready[1]);
    uint16_t port = 0;
    assert_int_equal(read(ready[0], &port, sizeof port), sizeof port);
    assert_true(port > 0);
    close(ready[0]);
    s->socket = node_path(s->p->a, s->dir, CLI_SOCKET);
}

/* Its exit status, or 128 and the signal that ended it. */
static int stop(struct served *s, int signal)
{
    int status;
    assert_int_equal(kill(s->pid, signal), 0);
    assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
    s->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

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

/* ---- asking ---------------------------------------------------------------------------------- */

static const struct tree *ask_raw(struct served *s, struct str message)
{
    struct turn t = s->p->t;
    struct bytes reply;
    struct tree *m = NULL;
    turn_forgive(&t);
    err e =
        net_local_ask(&t, s->socket, str_bytes(message), CLI_MESSAGE_MAX, FAR_TOO_LONG_MS, &reply);
    if (e == ERR_OK) e = json_read(&t, reply, &cli_message_limits, &m);
    if (e != ERR_OK) fail_msg("%s: %s", t.fault.code, t.fault.sentence);
    return m;
}

static const struct tree *ask(struct served *s, const char *action, const struct tree *args)
{
    struct tree *m = tree_map(s->p->a);
    tree_add_str(s->p->a, m, "action", str_of(action));
    tree_add_copy(s->p->a, m, "args", args);
    return ask_raw(s, json_write(s->p->a, m));
}

static const struct tree *view_of(struct served *s, const char *action, const struct tree *args)
{
    const struct tree *m = ask(s, action, args);
    if (!tree_bool(m, "ok", false))
        fail_msg("%s: " STR_FMT, action, STR_ARG(tree_str(tree_get(m, "fault"), "sentence")));
    return tree_get(m, "view");
}

static struct tree *arg(struct served *s, const char *key, struct str value)
{
    struct tree *m = tree_map(s->p->a);
    tree_add_str(s->p->a, m, key, value);
    return m;
}

/* ---- two nodes ------------------------------------------------------------------------------- */

struct pair {
    struct place p;
    struct served xn, xm;
};

static struct tree *profile_args(struct served *s)
{
    struct place *p = s->p;
    struct bytes cms, pem, root;
    assert_ok(p, file_read(&p->t, node_path(p->a, s->dir, "profile.cms"), 1 << 20, &cms));
    assert_ok(p, file_read(&p->t, node_path(p->a, s->dir, "root.pem"), 1 << 20, &pem));
    assert_ok(p, seal_pem_read(&p->t, bytes_str(pem), "CERTIFICATE", &root));
    struct tree *m = arg(s, "profile", base64(p->a, cms));
    tree_add_str(p->a, m, "root", base64(p->a, root));
    return m;
}

static void pin(struct served *at, struct served *peer)
{
    struct tree *args = profile_args(peer);
    struct str heard = tree_str(view_of(peer, "peer-add", profile_args(at)), "words");
    tree_add_str(at->p->a, args, "words", heard);
    assert_str(tree_str(view_of(at, "peer-add", args), "stage"), "pinned");
}

static void pair_up(struct pair *x)
{
    place_make(&x->p);
    x->xn = (struct served){&x->p, place_node(&x->p, "xn", "XN", free_port()), NULL, 0};
    x->xm = (struct served){&x->p, place_node(&x->p, "xm", "XM", free_port()), NULL, 0};
    serve(&x->xn);
    serve(&x->xm);
    pin(&x->xn, &x->xm);
    pin(&x->xm, &x->xn);
}

static void pair_down(struct pair *x)
{
    if (x->xn.pid) assert_int_equal(stop(&x->xn, SIGTERM), 0);
    if (x->xm.pid) assert_int_equal(stop(&x->xm, SIGTERM), 0);
    place_end(&x->p);
}

static struct str draft(struct served *s)
{
    static const char *const particulars[][2] = {
        {"authority_seeking", "Cybercrime Bureau"}, {"offence", "Illegal access"},
        {"facts", "A hospital was hit."},           {"data", "Server 203.0.113.7"},
        {"relation", "It holds the loot."},         {"necessity", "The rental ends."},
    };
    struct arena *a = s->p->a;
    struct tree *m = arg(s, "kind", STR("preservation"));
    tree_add_str(a, m, "to", STR("XM/dts"));
    struct tree *p = tree_add_map(a, m, "particulars");
    for (size_t k = 0; k < sizeof particulars / sizeof *particulars; k++)
        tree_add_str(a, p, particulars[k][0], str_of(particulars[k][1]));
    tree_add_bool(a, p, "mla_intended", true);
    return tree_str(view_of(s, "new", m), "draft");
}

static struct str request(struct served *s)
{
    return tree_str(view_of(s, "send", arg(s, "draft", draft(s))), "ref");
}

/* Asks until it is so; each question is a turn of the node's loop, so this waits for work, not
 * time. */
static void until_level(struct served *s, struct str ref, const char *level)
{
    int64_t end = node_clock.mono_ms(NULL) + FAR_TOO_LONG_MS;
    for (;;) {
        const struct tree *v = view_of(s, "show", arg(s, "ref", ref));
        if (str_is(tree_str(tree_get(v, "acts")->child, "level"), level)) return;
        if (node_clock.mono_ms(NULL) > end) fail_msg(STR_FMT " is never %s", STR_ARG(ref), level);
    }
}

static int64_t count_of(struct served *s, const char *name)
{
    return tree_int(tree_get(view_of(s, "status", NULL), "counts"), name, -1);
}

static void until_count(struct served *s, const char *name, int64_t least)
{
    int64_t end = node_clock.mono_ms(NULL) + FAR_TOO_LONG_MS;
    while (count_of(s, name) < least)
        if (node_clock.mono_ms(NULL) > end)
            fail_msg("%s never reaches %lld", name, (long long)least);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void a_request_is_held_by_the_other_state_over_tls(void **state)
{
    (void)state;
    struct pair x;
    pair_up(&x);
    struct str ref = request(&x.xn);
    assert_str(ref, "XN-CSB-2026-0001");
    until_level(&x.xn, ref, "held");
    const struct tree *v = view_of(&x.xm, "show", arg(&x.xm, "ref", ref));
    assert_str(tree_str(v, "side"), "requested");
    struct tree *args = arg(&x.xm, "ref", ref);
    tree_add_str(x.p.a, args, "act", STR("acknowledge"));
    (void)view_of(&x.xm, "act", args);
    int64_t end = node_clock.mono_ms(NULL) + FAR_TOO_LONG_MS;
    while (tree_get(view_of(&x.xn, "show", arg(&x.xn, "ref", ref)), "acts")->count < 2)
        assert_true(node_clock.mono_ms(NULL) < end);
    assert_int_equal(stop(&x.xn, SIGTERM), 0);
    assert_int_equal(stop(&x.xm, SIGINT), 0);
    struct desk *d; /* and stands on the disk */
    assert_ok(&x.p, node_desk_open(&x.p.t, x.xn.dir, false, &d));
    struct desk_turn dt = {
        .t = x.p.t, .action = DESK_SHOW, .uid = (int64_t)getuid(), .args = arg(&x.xn, "ref", ref)};
    struct desk_turn *one = &dt;
    desk_run(d, &one, 1);
    assert_int_equal(dt.result, ERR_OK);
    assert_int_equal(tree_get(dt.view, "acts")->count, 2);
    pair_down(&x);
}

static void the_local_door_takes_what_people_may_ask_for(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct served s = {&p, place_node(&p, "xn", "XN", free_port()), NULL, 0};
    serve(&s);
    assert_str(tree_str(view_of(&s, "status", NULL), "state"), "XN");
    static const char *const doors[] = {"receive", "receipt", "retry",    "incident",
                                        "build",   "tick",    "nonsense", ""};
    for (size_t k = 0; k < sizeof doors / sizeof *doors; k++) {
        const struct tree *m = ask(&s, doors[k], NULL);
        assert_false(tree_bool(m, "ok", true));
        assert_str(tree_str(tree_get(m, "fault"), "err"), "usage");
        assert_str(tree_str(tree_get(m, "fault"), "code"), "action-unknown");
    }
    static const char *const wrong[] = {"",
                                        "{",
                                        "[]",
                                        "7",
                                        "{\"action\":7}",
                                        "{\"action\":\"list\",\"args\":[]}",
                                        "{\"action\":\"list\",\"action\":\"list\"}"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        assert_false(tree_bool(ask_raw(&s, str_of(wrong[k])), "ok", true));
    const struct tree *m = ask(&s, "show", arg(&s, "ref", STR("XN-CSB-2026-9999")));
    assert_str(tree_str(tree_get(m, "fault"), "err"), "none-such");
    m = ask(&s, "init", NULL);
    assert_str(tree_str(tree_get(m, "fault"), "code"), "node-made");
    assert_int_equal(stop(&s, SIGTERM), 0);
    assert_int_not_equal(access(s.socket, F_OK), 0); /* the socket file is gone */
    place_end(&p);
}

static void a_second_server_on_the_folder_or_port_is_refused(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    uint16_t port = free_port();
    struct served s = {&p, place_node(&p, "xn", "XN", port), NULL, 0};
    serve(&s);
    assert_err(&p, ERR_BUSY, "locked", node_serve(&p.t, s.dir, true, NULL, NULL));
    const char *other = place_node(&p, "xm", "XM", port);
    turn_forgive(&p.t);
    assert_int_equal(node_serve(&p.t, other, true, NULL, NULL), ERR_BUSY);
    assert_str(tree_str(view_of(&s, "status", NULL), "state"), "XN"); /* it went on */
    assert_int_equal(stop(&s, SIGTERM), 0);
    place_end(&p);
}

static void what_was_acknowledged_survives_a_kill_and_is_not_done_twice(void **state)
{
    (void)state;
    struct pair x;
    pair_up(&x);
    assert_int_equal(stop(&x.xm, SIGKILL), 128 + SIGKILL);
    struct str label = draft(&x.xn);
    struct str ref = tree_str(view_of(&x.xn, "send", arg(&x.xn, "draft", label)), "ref");
    assert_int_equal(stop(&x.xn, SIGKILL), 128 + SIGKILL);
    serve(&x.xn);
    struct str again = tree_str(view_of(&x.xn, "send", arg(&x.xn, "draft", label)), "ref");
    assert_true(str_eq(ref, again));
    const struct tree *list = tree_get(view_of(&x.xn, "list", NULL), "dossiers");
    assert_int_equal(list->count, 1);
    serve(&x.xm);
    until_level(&x.xn, ref, "held");
    pair_down(&x);
}

/* Until the node builds nothing more. */
static void until_quiet(struct served *s)
{
    int64_t end = node_clock.mono_ms(NULL) + FAR_TOO_LONG_MS, now = -1, before = -2;
    while (now != before) {
        assert_true(node_clock.mono_ms(NULL) < end);
        before = now;
        for (int k = 0; k < 20; k++) now = count_of(s, "turns");
    }
}

/* What two new peers say to each other is said first. The sending node is filled while the other
 * stands still, so that all arrive together. */
static void sixty_four_in_flight_share_syncs_and_one_alone_costs_one(void **state)
{
    (void)state;
    struct pair x;
    pair_up(&x);
    until_quiet(&x.xn);
    until_quiet(&x.xm);
    int64_t receives = count_of(&x.xm, "receives"), syncs = count_of(&x.xm, "answer_syncs");
    struct str ref = request(&x.xn);
    until_level(&x.xn, ref, "held");
    int64_t alone = count_of(&x.xm, "answer_syncs") - syncs;
    assert_int_equal(count_of(&x.xm, "receives") - receives, 1);
    assert_true(alone <= 1);

    receives = count_of(&x.xm, "receives");
    syncs = count_of(&x.xm, "answer_syncs");
    int64_t groups = count_of(&x.xm, "groups");
    assert_int_equal(kill(x.xm.pid, SIGSTOP), 0);
    for (int k = 0; k < FLIGHT; k++) ref = request(&x.xn);
    until_quiet(&x.xn);
    assert_int_equal(kill(x.xm.pid, SIGCONT), 0);
    until_count(&x.xm, "receives", receives + FLIGHT);
    syncs = count_of(&x.xm, "answer_syncs") - syncs;
    print_message("# alone: %lld sync; %d in flight: %lld syncs in %lld groups\n", (long long)alone,
                  FLIGHT, (long long)syncs, (long long)(count_of(&x.xm, "groups") - groups));
    assert_int_equal(count_of(&x.xm, "receives"), receives + FLIGHT);
    assert_true(syncs >= 1 && syncs * 4 <= FLIGHT);
    until_level(&x.xn, ref, "held");
    pair_down(&x);
}

int test_serve(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_local_door_takes_what_people_may_ask_for),
        cmocka_unit_test(a_request_is_held_by_the_other_state_over_tls),
        cmocka_unit_test(a_second_server_on_the_folder_or_port_is_refused),
        cmocka_unit_test(what_was_acknowledged_survives_a_kill_and_is_not_done_twice),
        cmocka_unit_test(sixty_four_in_flight_share_syncs_and_one_alone_costs_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
