/* SPDX-License-Identifier: Apache-2.0 */
/* Mail out, to a real SMTP server (smtp.py) that takes it, refuses it, puts it off, breaks off or
 * says nothing. */

#include "net_test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A server of one test. */
struct server {
    struct world *w;
    pid_t pid;
    int in; /* closing it ends the server */
    char url[64], folder[96], cert[96], key[96];
    const char *cert_pem;
    struct net_client *client;
};

static void run(const char *line)
{
    if (system(line) != 0) fail_msg("%s", line);
}

static struct server *server_up(struct world *w, const char *mode)
{
    struct server *s = arena_take(w->t.arena, sizeof *s);
    s->w = w;
    snprintf(s->folder, sizeof s->folder, "%s/box", w->dir);
    snprintf(s->cert, sizeof s->cert, "%s/cert.pem", w->dir);
    snprintf(s->key, sizeof s->key, "%s/key.pem", w->dir);
    if (strcmp(mode, "plain") != 0 && strcmp(mode, "raw") != 0) {
        run(str_printf(w->t.arena,
                       "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                       "-days 3650 -subj /CN=mx -addext subjectAltName=DNS:localhost -keyout %s "
                       "-out %s 2>/dev/null%c",
                       s->key, s->cert, 0)
                .p);
        struct bytes pem;
        assert_int_equal(file_read(&w->t, s->cert, 8192, &pem), ERR_OK);
        s->cert_pem = str_c(w->t.arena, bytes_str(pem));
    }
    int in[2], out[2];
    assert_int_equal(pipe(in) | pipe(out), 0);
    s->pid = fork();
    if (s->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        for (int fd = 3; fd < 64; fd++) close(fd);
        execl("/usr/bin/python3", "python3", "test/net/smtp.py", s->folder, mode, s->cert, s->key,
              NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    s->in = in[1];
    char port[16] = "";
    for (size_t n = 0; n + 1 < sizeof port && !strchr(port, '\n'); n++)
        if (read(out[0], port + n, 1) != 1) fail_msg("the SMTP server did not start");
    close(out[0]);
    *strchr(port, '\n') = 0;
    snprintf(s->url, sizeof s->url, "%s://localhost:%s", strcmp(mode, "smtps") ? "smtp" : "smtps",
             port);
    assert_int_equal(net_client_new(&w->t, w->loop, &(struct net_client_options){0}, &s->client),
                     ERR_OK);
    return s;
}

static void server_down(struct server *s)
{
    net_client_free(s->client);
    close(s->in);
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    run(str_printf(s->w->t.arena, "rm -rf %s %s %s%c", s->folder, s->cert, s->key, 0).p);
}

struct told {
    unsigned n;
    err e;
    int code;
    char said[NET_MAIL_SAID_MAX];
};

static void on_done(void *ctx, err e, int code, const char *said)
{
    struct told *x = ctx;
    x->n++;
    x->e = e;
    x->code = code;
    snprintf(x->said, sizeof x->said, "%s", said);
}

#define LETTER                                                                                     \
    "From: desk@csb.example\r\nMessage-ID: <1@csb.example>\r\n\r\nfirst\r\n.\r\n..dots\r\nlast\r\n"

static const char *const box[] = {"box@dts.example"};

static struct net_mail letter(const struct server *s, const char *const *to, size_t n)
{
    return (struct net_mail){.url = s->url,
                             .tls = s->cert_pem != NULL,
                             .ca_pem = s->cert_pem,
                             .helo = "csb.example",
                             .from = "desk@csb.example",
                             .to = to,
                             .to_n = n,
                             .message = str_bytes(STR(LETTER)),
                             .timeout_ms = 15000,
                             .done = on_done};
}

static struct told sent(struct server *s, struct net_mail m)
{
    struct told x = {0};
    m.ctx = &x;
    if (net_mail_start(&s->w->t, s->client, &m) != ERR_OK) fail_msg("%s", s->w->t.fault.sentence);
    assert_int_equal(x.n, 0);
    world_until_count(s->w, &x.n, 1);
    return x;
}

/* The one message in the box, as it came. */
static struct bytes kept(struct server *s)
{
    struct net_maildir_entry *all;
    size_t n;
    struct bytes got = {0};
    assert_int_equal(net_maildir_list(&s->w->t, s->folder, 10, &all, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(net_maildir_read(&s->w->t, s->folder, all[0].name, 4 << 20, &got), ERR_OK);
    return got;
}

static size_t kept_count(struct server *s)
{
    struct net_maildir_entry *all;
    size_t n;
    assert_int_equal(net_maildir_list(&s->w->t, s->folder, 10, &all, &n), ERR_OK);
    return n;
}

static void a_mail_is_taken_and_the_server_names_it(void **state)
{
    struct server *s = server_up(*state, "plain");
    static const char *const to[] = {"box@dts.example", "second@dts.example"};
    struct told x = sent(s, letter(s, to, 2));
    assert_int_equal(x.e, ERR_OK);
    assert_int_equal(x.code, 250);
    assert_string_equal(x.said, "250 2.0.0 kept as 4711");
    /* Lines that are one dot do not end it, and none is lost (RFC 5321 4.5.2). */
    struct str got = bytes_str(kept(s));
    assert_true(str_ends(got, "first\r\n.\r\n..dots\r\nlast\r\n"));
    server_down(s);
}

static void each_refusal_is_told_from_the_others(void **state)
{
    struct server *s = server_up(*state, "plain");
    static const struct {
        const char *to;
        err e;
        int code;
        const char *said;
    } rows[] = {
        {"refuse@dts.example", ERR_REJECTED, 550, "550 5.1.1 nobody of that name"},
        {"later@dts.example", ERR_BUSY, 451, "451 4.7.1 greylisted, come back later"},
        {"late@dts.example", ERR_REJECTED, 554, "554 5.7.1 looked at it and will not have it"},
        {"drop@dts.example", ERR_PEER, 0, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct told x = sent(s, letter(s, &rows[i].to, 1));
        if (x.e != rows[i].e || x.code != rows[i].code)
            fail_msg("%s: %s %d %s", rows[i].to, err_word(x.e), x.code, x.said);
        if (rows[i].said) assert_string_equal(x.said, rows[i].said);
        assert_true(x.said[0] != 0);
    }
    /* One refused receiver is enough: nobody gets it. */
    static const char *const both[] = {"box@dts.example", "refuse@dts.example"};
    assert_int_equal(sent(s, letter(s, both, 2)).e, ERR_REJECTED);
    assert_int_equal(kept_count(s), 0);
    server_down(s);
}

static void a_server_that_says_nothing_is_given_up(void **state)
{
    struct server *s = server_up(*state, "plain");
    static const char *const slow[] = {"slow@dts.example"};
    struct net_mail m = letter(s, slow, 1);
    struct told z = {0};
    m.ctx = &z;
    assert_int_equal(net_mail_start(&s->w->t, s->client, &m), ERR_OK);
    world_settle(s->w);
    assert_int_equal(z.n, 0);
    world_pass(s->w, m.timeout_ms);
    world_until_count(s->w, &z.n, 1);
    assert_int_equal(z.e, ERR_PEER);
    assert_int_equal(z.code, 0);
    m = letter(s, box, 1);
    m.url = "smtp://localhost:1";
    assert_int_equal(sent(s, m).e, ERR_PEER);
    /* One under way when the client ends is told. */
    struct told y = {0};
    m = letter(s, slow, 1);
    m.ctx = &y;
    assert_int_equal(net_mail_start(&s->w->t, s->client, &m), ERR_OK);
    server_down(s);
    assert_int_equal(y.n, 1);
    assert_int_equal(y.e, ERR_PEER);
}

static void a_long_message_arrives_whole(void **state)
{
    struct server *s = server_up(*state, "starttls");
    struct buf b = buf_in(s->w->t.arena);
    buf_str(&b, STR("From: desk@csb.example\r\n\r\n"));
    for (int i = 0; i < 40000; i++)
        buf_printf(&b, "%s%d a line of some length\r\n", i % 3 ? "" : ".", i);
    buf_str(&b, STR("and no line end"));
    struct net_mail m = letter(s, box, 1);
    m.message = buf_as_bytes(&b);
    struct told x = sent(s, m);
    assert_int_equal(x.e, ERR_OK);
    buf_str(&b, STR("\r\n"));
    assert_true(bytes_eq(kept(s), buf_as_bytes(&b)));
    server_down(s);
}

static void nonsense_is_not_taken_for_an_answer(void **state)
{
    struct server *s = server_up(*state, "raw");
    static const struct {
        const char *from;
        err e;
    } rows[] = {{"garbage@csb.example", ERR_PEER},
                {"endless@csb.example", ERR_PEER},
                {"early@csb.example", ERR_PEER},
                {"wide@csb.example", ERR_PEER},
                {"closing@csb.example", ERR_BUSY}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct net_mail m = letter(s, box, 1);
        m.from = rows[i].from;
        struct told x = sent(s, m);
        if (x.e != rows[i].e) fail_msg("%s: %s %s", rows[i].from, err_word(x.e), x.said);
    }
    server_down(s);
}

static void tls_is_had_as_asked_or_nothing_is_sent(void **state)
{
    struct server *s = server_up(*state, "starttls");
    assert_int_equal(sent(s, letter(s, box, 1)).e, ERR_OK);
    assert_int_equal(kept_count(s), 1);
    struct net_mail m = letter(s, box, 1);
    m.ca_pem = pair_of(OTHER_ROOT)->cert_pem;
    assert_int_equal(sent(s, m).e, ERR_PEER);
    m.ca_pem = NULL; /* the system's do not know it either */
    assert_int_equal(sent(s, m).e, ERR_PEER);
    m = letter(s, box, 1);
    m.tls = false; /* the server wants it */
    assert_int_equal(sent(s, m).e, ERR_REJECTED);
    assert_int_equal(kept_count(s), 1);
    server_down(s);

    s = server_up(*state, "smtps");
    assert_int_equal(sent(s, letter(s, box, 1)).e, ERR_OK);
    m = letter(s, box, 1);
    m.ca_pem = pair_of(OTHER_ROOT)->cert_pem;
    assert_int_equal(sent(s, m).e, ERR_PEER);
    server_down(s);

    s = server_up(*state, "plain");
    m = letter(s, box, 1);
    m.tls = true; /* a server without it, or somebody in between */
    assert_int_equal(sent(s, m).e, ERR_PEER);
    assert_int_equal(kept_count(s), 0);
    server_down(s);
}

static void a_login_is_given_over_tls_only(void **state)
{
    struct server *s = server_up(*state, "auth");
    struct net_mail m = letter(s, box, 1);
    m.user = "desk";
    m.password = "secret word";
    assert_int_equal(sent(s, m).e, ERR_OK);
    m.password = "wrong";
    struct told x = sent(s, m);
    assert_true(x.e == ERR_REJECTED && x.code == 535);
    m.tls = false;
    assert_int_equal(net_mail_start(&s->w->t, s->client, &m), ERR_USAGE);
    turn_forgive(&s->w->t);
    assert_int_equal(kept_count(s), 1);
    server_down(s);
}

static void what_cannot_be_sent_is_refused_before_anything_is_said(void **state)
{
    struct server *s = server_up(*state, "plain");
    static const char *const bad[] = {"a@b>\r\nRCPT TO:<x@y", "a b@c", "nobody", "", "a@b\n"};
    for (size_t i = 0; i < 5; i++) {
        struct net_mail m = letter(s, &bad[i], 1);
        assert_int_equal(net_mail_start(&s->w->t, s->client, &m), ERR_USAGE);
        turn_forgive(&s->w->t);
        m = letter(s, box, 1);
        m.from = bad[i];
        assert_int_equal(net_mail_start(&s->w->t, s->client, &m), ERR_USAGE);
        turn_forgive(&s->w->t);
    }
    static const char *const urls[] = {"http://localhost", "smtp://h/path", "file:///etc/passwd"};
    for (size_t i = 0; i < 3; i++) {
        struct net_mail m = letter(s, box, 1);
        m.url = urls[i];
        assert_int_equal(net_mail_start(&s->w->t, s->client, &m), ERR_USAGE);
        turn_forgive(&s->w->t);
    }
    struct net_mail m = letter(s, box, 0);
    assert_int_equal(net_mail_start(&s->w->t, s->client, &m), ERR_USAGE);
    turn_forgive(&s->w->t);
    m = letter(s, box, 1);
    m.message.n = 0;
    assert_int_equal(net_mail_start(&s->w->t, s->client, &m), ERR_TOO_LARGE);
    turn_forgive(&s->w->t);
    server_down(s);
}

int mail_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_mail_is_taken_and_the_server_names_it),
        with_world(each_refusal_is_told_from_the_others),
        with_world(a_server_that_says_nothing_is_given_up),
        with_world(a_long_message_arrives_whole),
        with_world(nonsense_is_not_taken_for_an_answer),
        with_world(tls_is_had_as_asked_or_nothing_is_sent),
        with_world(a_login_is_given_over_tls_only),
        with_world(what_cannot_be_sent_is_refused_before_anything_is_said),
    };
    return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
