/* SPDX-License-Identifier: Apache-2.0 */
/* One call to another node: what is asked of libcurl, and what is told of the answer.
 *
 * Everything that decides whom we believe stands in `set_trust`: the peer's own root and the pinned
 * key, both, checked by TLS before the first byte of the request leaves. The environment (proxies,
 * certificate folders, netrc) has no say. It does not know what it carries. */

#include "net/client.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

static void set_request(struct call *k);
static void set_limits(struct call *k);
static void set_trust(struct call *k, const struct net_client *c);
static void on_end(struct way *way, CURLcode result, const char *why);
static void call_free(struct call *k);
static struct str why_of(struct call *k, CURLcode result);
static struct bytes shown_der(struct call *k);
static int64_t retry_after_s(struct call *k);

err net_call_start(struct turn *t, struct net_client *c, const struct net_call *call)
{
    assert(call->done && call->timeout_ms > 0);
    bool https = strncasecmp(call->url, "https://", 8) == 0;
    if (!https && (call->root_pem || strncasecmp(call->url, "http://", 7) != 0)) {
        return turn_fail(t, ERR_USAGE, "net-url", NULL, "cannot call \"%s\": %s is needed",
                         call->url, call->root_pem ? "https" : "http or https");
    }
    struct arena *a = arena_new();
    struct call *k = arena_take(a, sizeof *k);
    *k = (struct call){.way = {.arena = a, .easy = curl_easy_init(), .end = on_end}, .what = *call};
    assert(k->way.easy);
    k->reply = buf_in(a);
    set_request(k);
    set_limits(k);
    set_trust(k, c);
    err e = way_start(t, c, &k->way, call->url);
    if (e != ERR_OK) call_free(k);
    return e;
}

static void on_end(struct way *way, CURLcode result, const char *why)
{
    struct call *k = (struct call *)way;
    long status = 0;
    if (result == CURLE_OK && !why) {
        curl_easy_getinfo(way->easy, CURLINFO_RESPONSE_CODE, &status);
    }
    struct net_call w = k->what;
    if (why) {
        w.done(w.ctx, ERR_PEER, 0, (struct bytes){0}, -1, (struct bytes){0}, why);
    } else if (result == CURLE_OK && status > 0) {
        w.done(w.ctx, ERR_OK, (int)status, buf_as_bytes(&k->reply), retry_after_s(k), shown_der(k),
               "");
    } else {
        w.done(w.ctx, ERR_PEER, 0, (struct bytes){0}, -1, shown_der(k),
               str_c(k->way.arena, why_of(k, result)));
    }
    call_free(k);
}

static void call_free(struct call *k)
{
    way_close(&k->way);
    curl_slist_free_all(k->headers);
    arena_free(k->way.arena);
}

/* ---- what is asked --------------------------------------------------------------------------- */

static void header_add(struct call *k, const char *line)
{
    struct curl_slist *more = curl_slist_append(k->headers, line);
    assert(more);
    k->headers = more;
}

static void set_request(struct call *k)
{
    const struct net_call *w = &k->what;
    must_set(k, CURLOPT_PRIVATE, &k->way);
    must_set(k, CURLOPT_URL, w->url);
    must_set(k, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (strcmp(w->method, "HEAD") == 0) {
        must_set(k, CURLOPT_NOBODY, 1L);
    } else if (w->body.n || w->type || strcmp(w->method, "POST") == 0) {
        must_set(k, CURLOPT_POST, 1L);
        must_set(k, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)w->body.n);
        must_set(k, CURLOPT_POSTFIELDS, w->body.n ? (const char *)w->body.p : "");
    }
    must_set(k, CURLOPT_CUSTOMREQUEST, w->method);
    /* A body leaves at once: waiting for "100 Continue" costs a round trip, or a second. */
    header_add(k, "Expect:");
    header_add(k, w->type ? str_printf(k->way.arena, "Content-Type: %s%c", w->type, 0).p
                          : "Content-Type:");
    must_set(k, CURLOPT_HTTPHEADER, k->headers);
}

static size_t on_reply(char *p, size_t one, size_t n, void *ctx)
{
    (void)one; /* always 1 */
    struct call *k = ctx;
    if (n > k->what.reply_max - k->reply.n) {
        k->too_long = true;
        return 0; /* breaks the call off */
    }
    buf_put(&k->reply, p, n);
    return n;
}

static void set_limits(struct call *k)
{
    must_set(k, CURLOPT_WRITEFUNCTION, on_reply);
    must_set(k, CURLOPT_WRITEDATA, k);
    must_set(k, CURLOPT_ERRORBUFFER, k->error);
    must_set(k, CURLOPT_TIMEOUT_MS, (long)k->what.timeout_ms);
    must_set(k, CURLOPT_NOSIGNAL, 1L);
    must_set(k, CURLOPT_TCP_KEEPALIVE, 1L);
    must_set(k, CURLOPT_FOLLOWLOCATION, 0L);
    must_set(k, CURLOPT_PROTOCOLS_STR, k->what.root_pem ? "https" : "http,https");
    must_set(k, CURLOPT_PROXY, "");
    must_set(k, CURLOPT_NOPROXY, "*");
}

/* Every connection of a client speaks for the same node. */
static CURLcode on_context(CURL *easy, void *tls_context, void *ctx)
{
    (void)easy;
    const struct net_client *c = ctx;
    return c->tls_use(c->tls_ctx, tls_context) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

static void set_trust(struct call *k, const struct net_client *c)
{
    const char *root = k->what.root_pem;
    must_set(k, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    must_set(k, CURLOPT_SSL_ENABLE_ALPN, 0L);
    must_set(k, CURLOPT_SSL_SESSIONID_CACHE, 0L); /* every handshake shows and checks everything */
    must_set(k, CURLOPT_CAINFO, NULL);
    must_set(k, CURLOPT_CAPATH, NULL);
    must_set(k, CURLOPT_SSL_VERIFYHOST, 0L);
    must_set(k, CURLOPT_SSL_VERIFYPEER, root ? 1L : 0L);
    if (c->cert.data) {
        must_set(k, CURLOPT_SSLCERT_BLOB, &c->cert);
        must_set(k, CURLOPT_SSLKEY_BLOB, &c->key);
    }
    if (c->tls_use) {
        must_set(k, CURLOPT_SSL_CTX_FUNCTION, on_context);
        must_set(k, CURLOPT_SSL_CTX_DATA, c);
    }
    if (!root) {
        must_set(k, CURLOPT_CERTINFO, 1L);
        must_set(k, CURLOPT_FRESH_CONNECT, 1L); /* only a handshake shows a certificate */
        must_set(k, CURLOPT_FORBID_REUSE, 1L);
        return;
    }
    struct curl_blob anchor = {(void *)(uintptr_t)root, strlen(root), CURL_BLOB_COPY};
    struct str pin = base64(k->way.arena, hash_bytes(&k->what.pin));
    must_set(k, CURLOPT_CAINFO_BLOB, &anchor);
    must_set(k, CURLOPT_PINNEDPUBLICKEY,
             str_c(k->way.arena, str_printf(k->way.arena, "sha256//" STR_FMT, STR_ARG(pin))));
}

/* ---- what is told ---------------------------------------------------------------------------- */

static struct str why_of(struct call *k, CURLcode result)
{
    struct arena *a = k->way.arena;
    if (k->too_long) return str_printf(a, "the reply has more than %zu bytes", k->what.reply_max);
    if (result == CURLE_OK) return STR("the reply has no status");
    if (result == CURLE_SSL_PINNEDPUBKEYNOTMATCH) {
        return STR("the peer's TLS key is not the one that is pinned for it");
    }
    if (result == CURLE_PEER_FAILED_VERIFICATION) {
        return str_printf(a, "the peer's TLS certificate does not lead to its root: %s", k->error);
    }
    return str_of(k->error[0] ? k->error : curl_easy_strerror(result));
}

/* RFC 9110 10.2.3: seconds, or a date, which libcurl turns into seconds. */
static int64_t retry_after_s(struct call *k)
{
    struct curl_header *given;
    if (curl_easy_header(k->way.easy, "Retry-After", 0, CURLH_HEADER, -1, &given) != CURLHE_OK) {
        return -1;
    }
    struct str text = str_of(given->value);
    bool is_number = text.n > 0;
    for (size_t i = 0; i < text.n; i++) is_number &= text.p[i] >= '0' && text.p[i] <= '9';
    int64_t s = 0;
    curl_off_t until = 0;
    if (is_number && !str_to_int(text, &s)) s = NET_RETRY_AFTER_MAX_S;
    if (!is_number && curl_easy_getinfo(k->way.easy, CURLINFO_RETRY_AFTER, &until) == CURLE_OK) {
        s = until;
    }
    if (s < 0) return 0;
    return s > NET_RETRY_AFTER_MAX_S ? NET_RETRY_AFTER_MAX_S : s;
}

/* The bytes between the lines of a PEM block. */
static struct bytes pem_der(struct arena *a, struct str pem)
{
    struct str line, rest = pem;
    struct buf text = buf_in(a);
    while (rest.n) {
        str_split(rest, '\n', &line, &rest);
        if (!str_starts(line, "-----")) buf_str(&text, str_trim(line));
    }
    struct bytes der = {0};
    return base64_read(a, buf_as_str(&text), &der) ? der : (struct bytes){0};
}

static struct bytes shown_der(struct call *k)
{
    static const char name[] = "Cert:";
    struct curl_certinfo *shown = NULL;
    if (k->what.root_pem) return (struct bytes){0};
    curl_easy_getinfo(k->way.easy, CURLINFO_CERTINFO, &shown);
    if (!shown || shown->num_of_certs < 1) return (struct bytes){0};
    for (struct curl_slist *s = shown->certinfo[0]; s; s = s->next) {
        struct str row = str_of(s->data);
        if (!str_starts(row, name)) continue;
        size_t skip = sizeof name - 1;
        return pem_der(k->way.arena, (struct str){row.p + skip, row.n - skip});
    }
    return (struct bytes){0};
}
