/* SPDX-License-Identifier: Apache-2.0 */
/* One mail to one server: what is said to it, and what is made of its answers.
 *
 * libcurl makes the connection: TLS as asked for, greeting, login. Then it steps aside
 * (CURLOPT_CONNECT_ONLY) and the dialogue of RFC 5321 is ours, because libcurl 7.88 waits for the
 * answer to a message, and to QUIT, with the whole loop standing still. A server's answer decides
 * whether sending again makes sense; without one nobody knows whether it took the message, and that
 * is said too. It does not retry, and does not know what it carries. */

#include "net/client.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

enum { CHUNK = 16384, REPLY_LINES_MAX = 64 };

/* What the server is being asked. */
enum step { STEP_CONNECT, STEP_FROM, STEP_TO, STEP_DATA, STEP_MESSAGE, STEP_END };

struct mail {
    struct way way;
    struct net_mail what;
    enum step step;
    uint64_t timer;
    int fd;         /* watched; -1: not yet */
    size_t to_next; /* the receiver to be told next */
    size_t taken;   /* bytes of the message that are in `out` or sent */
    bool line_begins;
    uint8_t out[2 * CHUNK + 8];
    size_t out_n, out_sent;
    char line[NET_MAIL_SAID_MAX]; /* what came of the server's line; longer ones are cut */
    size_t line_n, reply_lines;
    int code;
    char said[NET_MAIL_SAID_MAX]; /* the server's last line */
    char error[CURL_ERROR_SIZE];
};

static err check(struct turn *t, const struct net_mail *m, bool *direct_out);
static void set_server(struct mail *k);
static void set_trust(struct mail *k, bool direct);
static void on_end(struct way *way, CURLcode result, const char *why);
static void on_time(void *ctx);
static void mail_free(struct mail *k);

err net_mail_start(struct turn *t, struct net_client *c, const struct net_mail *mail)
{
    bool direct;
    assert(mail->done && mail->timeout_ms > 0);
    try(check(t, mail, &direct));
    struct arena *a = arena_new();
    struct mail *k = arena_take(a, sizeof *k);
    *k = (struct mail){.way = {.arena = a, .easy = curl_easy_init(), .end = on_end},
                       .what = *mail,
                       .fd = -1,
                       .line_begins = true};
    assert(k->way.easy);
    /* They are said after this call returned. */
    k->what.from = str_c(a, str_of(mail->from));
    const char **to = arena_take_many(a, mail->to_n, sizeof *to);
    for (size_t i = 0; i < mail->to_n; i++) to[i] = str_c(a, str_of(mail->to[i]));
    k->what.to = to;
    set_server(k);
    set_trust(k, direct);
    err e = way_start(t, c, &k->way, mail->url);
    if (e != ERR_OK)
        mail_free(k);
    else
        k->timer = net_timer(c->loop, loop_now_ms(c->loop) + mail->timeout_ms, on_time, k);
    return e;
}

static void mail_free(struct mail *k)
{
    struct net_client *c = k->way.client;
    if (k->timer) net_timer_stop(c->loop, k->timer);
    if (k->fd >= 0) net_unwatch(c->loop, k->fd);
    way_close(&k->way);
    arena_free(k->way.arena);
}

/* ---- what can be sent ------------------------------------------------------------------------ */

static err usage(struct turn *t, const char *what)
{
    return turn_fail(t, ERR_USAGE, "net-mail", NULL, "The mail cannot be sent: %s.", what);
}

/* What stands between < and > in a command: nothing that ends it. */
static bool is_bare(const char *address)
{
    size_t n = 0;
    for (; address[n]; n++) {
        unsigned char c = (unsigned char)address[n];
        if (c <= ' ' || c >= 0x7f || c == '<' || c == '>') return false;
    }
    return n > 2 && n <= 254 && strchr(address, '@');
}

static err check(struct turn *t, const struct net_mail *m, bool *direct_out)
{
    bool direct = strncasecmp(m->url, "smtps://", 8) == 0;
    if (!direct && strncasecmp(m->url, "smtp://", 7) != 0)
        return usage(t, "the server's address begins with smtp:// or smtps://");
    if (strchr(m->url + (direct ? 8 : 7), '/'))
        return usage(t, "the server's address ends with its name or port");
    if (!m->user != !m->password) return usage(t, "a user and a password go together");
    if (m->user && !direct && !m->tls) return usage(t, "a password is only given over TLS");
    if (m->to_n == 0 || m->to_n > NET_MAIL_TO_MAX) return usage(t, "it has 1 to 64 receivers");
    if (!is_bare(m->from)) return usage(t, "the sender's address is none");
    for (size_t i = 0; i < m->to_n; i++)
        if (!is_bare(m->to[i])) return usage(t, "a receiver's address is none");
    if (m->helo && (!*m->helo || strcspn(m->helo, "/ \r\n") != strlen(m->helo)))
        return usage(t, "our name is none");
    if (m->message.n == 0 || m->message.n > NET_MAIL_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "net-mail", NULL,
                         "A message has from 1 to %d bytes; this has %zu.", NET_MAIL_MAX,
                         m->message.n);
    *direct_out = direct;
    return ERR_OK;
}

/* ---- connecting ------------------------------------------------------------------------------ */

/* Keeps a line of the server, printable. */
static void said_keep(struct mail *k, struct str line)
{
    auto_arena scratch = arena_new();
    struct str said = str_printable(scratch, str_trim(line));
    if (said.n >= sizeof k->said) said.n = sizeof k->said - 1;
    if (said.n) memcpy(k->said, said.p, said.n);
    k->said[said.n] = 0;
}

/* Lines the server says to libcurl. */
static size_t on_line(char *p, size_t one, size_t n, void *ctx)
{
    said_keep(ctx, (struct str){p, one * n});
    return one * n;
}

static void set_server(struct mail *k)
{
    const struct net_mail *m = &k->what;
    must_set(k, CURLOPT_PRIVATE, &k->way);
    must_set(k, CURLOPT_URL,
             m->helo ? str_printf(k->way.arena, "%s/%s%c", m->url, m->helo, 0).p : m->url);
    must_set(k, CURLOPT_CONNECT_ONLY, 1L);
    must_set(k, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    must_set(k, CURLOPT_PROXY, "");
    must_set(k, CURLOPT_NOPROXY, "*");
    must_set(k, CURLOPT_HEADERFUNCTION, on_line);
    must_set(k, CURLOPT_HEADERDATA, k);
    must_set(k, CURLOPT_ERRORBUFFER, k->error);
    must_set(k, CURLOPT_TIMEOUT_MS, (long)m->timeout_ms);
    must_set(k, CURLOPT_NOSIGNAL, 1L);
    if (m->user) {
        must_set(k, CURLOPT_USERNAME, m->user);
        must_set(k, CURLOPT_PASSWORD, m->password);
    }
}

static void set_trust(struct mail *k, bool direct)
{
    const char *ca = k->what.ca_pem;
    long wanted = direct || k->what.tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE;
    must_set(k, CURLOPT_USE_SSL, wanted);
    must_set(k, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    must_set(k, CURLOPT_SSL_VERIFYPEER, 1L);
    must_set(k, CURLOPT_SSL_VERIFYHOST, 2L);
    must_set(k, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    if (!ca) return;
    struct curl_blob anchor = {(void *)(uintptr_t)ca, strlen(ca), CURL_BLOB_COPY};
    must_set(k, CURLOPT_CAINFO, NULL);
    must_set(k, CURLOPT_CAPATH, NULL);
    must_set(k, CURLOPT_CAINFO_BLOB, &anchor);
}

/* ---- what is told ---------------------------------------------------------------------------- */

static void finish(struct mail *k, err e, const char *said)
{
    struct net_mail m = k->what;
    m.done(m.ctx, e, e == ERR_PEER ? 0 : k->code, said);
    mail_free(k);
}

/* By the answer that stands in `code` and `said`; `otherwise` is said when it is none that counts.
 */
static void finish_by_code(struct mail *k, const char *otherwise)
{
    if (k->code >= 500 && k->code < 600)
        finish(k, ERR_REJECTED, k->said);
    else if (k->code >= 400 && k->code < 500)
        finish(k, ERR_BUSY, k->said);
    else
        finish(k, ERR_PEER, otherwise);
}

static void on_time(void *ctx)
{
    struct mail *k = ctx;
    k->timer = 0;
    finish(k, ERR_PEER, "the mail server did not answer in time");
}

/* ---- the dialogue ---------------------------------------------------------------------------- */

static void say(struct mail *k, enum step step, const char *format, const char *address)
{
    auto_arena scratch = arena_new();
    struct str s = str_printf(scratch, "%s%s%s", format, address, *address ? ">\r\n" : "\r\n");
    k->step = step;
    memcpy(k->out, s.p, s.n);
    k->out_n = s.n;
    k->out_sent = 0;
}

/* The next piece of the message: a line that begins with a dot gets another (RFC 5321 4.5.2), and
 * after the last line comes the end. */
static void message_fill(struct mail *k)
{
    struct bytes m = k->what.message;
    k->out_n = k->out_sent = 0;
    while (k->taken < m.n && k->out_n < CHUNK) {
        uint8_t c = m.p[k->taken++];
        if (c == '.' && k->line_begins) k->out[k->out_n++] = '.';
        k->out[k->out_n++] = c;
        k->line_begins = c == '\n';
    }
    if (k->taken < m.n) return;
    struct str end = k->line_begins ? STR(".\r\n") : STR("\r\n.\r\n");
    memcpy(k->out + k->out_n, end.p, end.n);
    k->out_n += end.n;
    k->step = STEP_END;
}

/* What follows an answer; false when that was the end. */
static bool answered(struct mail *k)
{
    static const int wanted[] = {[STEP_FROM] = 2, [STEP_TO] = 2, [STEP_DATA] = 3, [STEP_END] = 2};
    bool asked =
        k->step == STEP_FROM || k->step == STEP_TO || k->step == STEP_DATA || k->step == STEP_END;
    if (!asked || k->code / 100 != wanted[k->step]) {
        finish_by_code(k, "the mail server answered what it was not asked");
        return false;
    }
    switch (k->step) {
    case STEP_FROM:
    case STEP_TO:
        if (k->to_next < k->what.to_n)
            say(k, STEP_TO, "RCPT TO:<", k->what.to[k->to_next++]);
        else
            say(k, STEP_DATA, "DATA", "");
        return true;
    case STEP_DATA:
        k->step = STEP_MESSAGE;
        message_fill(k);
        return true;
    case STEP_END: {
        /* Taken. The goodbye is sent and its answer not awaited. */
        size_t n;
        curl_easy_send(k->way.easy, "QUIT\r\n", 6, &n);
        finish(k, ERR_OK, k->said);
        return false;
    }
    case STEP_CONNECT:
    case STEP_MESSAGE:
        break;
    }
    return true;
}

/* One line of an answer; the last of it has a blank after the code. False when all is over. */
static bool line_take(struct mail *k)
{
    struct str line = {k->line, k->line_n};
    int64_t code = 0;
    k->line_n = 0;
    bool good = line.n >= 3 && str_to_int((struct str){line.p, 3}, &code) && code >= 200;
    if (!good || ++k->reply_lines > REPLY_LINES_MAX) {
        finish(k, ERR_PEER, "the mail server does not speak SMTP");
        return false;
    }
    if (line.n > 3 && line.p[3] == '-') return true;
    k->reply_lines = 0;
    k->code = (int)code;
    said_keep(k, line);
    return answered(k);
}

/* False when all is over. */
static bool receive(struct mail *k)
{
    char part[1024];
    for (size_t n; true;) {
        CURLcode result = curl_easy_recv(k->way.easy, part, sizeof part, &n);
        if (result == CURLE_AGAIN) return true;
        if (result != CURLE_OK || n == 0) {
            finish(k, ERR_PEER, "the mail server broke off");
            return false;
        }
        for (size_t i = 0; i < n; i++) {
            if (part[i] != '\n' && k->line_n < sizeof k->line) k->line[k->line_n++] = part[i];
            if (part[i] == '\n' && !line_take(k)) return false;
        }
    }
}

/* False when all is over. */
static bool transmit(struct mail *k)
{
    while (true) {
        if (k->out_sent == k->out_n && k->step == STEP_MESSAGE) message_fill(k);
        if (k->out_sent == k->out_n) return true;
        size_t n = 0;
        CURLcode result =
            curl_easy_send(k->way.easy, k->out + k->out_sent, k->out_n - k->out_sent, &n);
        if (result == CURLE_AGAIN) return true;
        if (result != CURLE_OK) {
            finish(k, ERR_PEER, "the mail server broke off");
            return false;
        }
        k->out_sent += n;
    }
}

static void on_ready(void *ctx, int fd, unsigned events)
{
    struct mail *k = ctx;
    (void)events;
    if (!receive(k) || !transmit(k)) return;
    unsigned wanted = LOOP_IN | (k->out_sent < k->out_n ? LOOP_OUT : 0);
    struct turn t = {0};
    if (loop_watch(&t, k->way.client->loop, fd, wanted, on_ready, k) != ERR_OK)
        finish(k, ERR_PEER, "the connection could not be watched");
}

/* Told by libcurl when it is connected, or is not going to be; or by the client that closes. */
static void on_end(struct way *way, CURLcode result, const char *why)
{
    struct mail *k = (struct mail *)way;
    long code = 0;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (why) {
        finish(k, ERR_PEER, why);
        return;
    }
    if (result == CURLE_OK) curl_easy_getinfo(way->easy, CURLINFO_ACTIVESOCKET, &fd);
    if (fd == CURL_SOCKET_BAD) {
        curl_easy_getinfo(way->easy, CURLINFO_RESPONSE_CODE, &code);
        k->code = result == CURLE_OPERATION_TIMEDOUT ? 0 : (int)code;
        finish_by_code(k, k->error[0] ? k->error : curl_easy_strerror(result));
        return;
    }
    k->fd = fd;
    say(k, STEP_FROM, "MAIL FROM:<", k->what.from);
    on_ready(k, fd, 0);
}
