/* SPDX-License-Identifier: Apache-2.0 */
/* The officers' door: listens, reads what a browser says of itself, and begins the visit.
 *
 * Whoever asks under another host's name, posts from another origin or sends what is no form is
 * answered before any page or the desk hears of it. */

#include "web/web.h"

#include "web/api.h"
#include "web/asset.h"

#include <assert.h>
#include <string.h>

enum { IDLE_S = 60, LANG_DAYS = 365 };

static bool on_head(void *ctx, struct net_request *r, const struct net_request_head *head);
static void on_body(void *ctx, struct net_request *r, struct bytes body);
static void on_gone(void *ctx, struct net_request *r);

static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

/* Letters, digits, dots and dashes: what may stand in a host's or a cookie's name. */
static bool is_name(const char *s)
{
    size_t n = strlen(s);
    for (size_t k = 0; k < n; k++) {
        char c = s[k];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
    }
    return n > 0 && n <= 253;
}

err web_start(struct turn *t, const struct web_options *o, struct web **out)
{
    bool tls = o->tls_cert_pem;
    if (!tls && !is_loopback(o->address))
        return turn_fail(t, ERR_USAGE, "officers-plain", NULL,
                         "Pages are served without TLS on loopback addresses alone, not on %s.",
                         o->address);
    if (!is_name(o->name) || !is_name(o->node))
        return turn_fail(t, ERR_USAGE, "officers-name", NULL,
                         "\"%s\" is no host name for the pages of a node.", o->name);
    struct arena *a = arena_new();
    struct web *w = arena_take(a, sizeof *w);
    *w = (struct web){.arena = a, .o = *o};
    w->o.name = str_c(a, str_of(o->name));
    w->o.zone = str_dup(a, o->zone);
    struct net_server_options so = {.address = o->address,
                                    .port = o->port,
                                    .listens = o->listens,
                                    .tls_key_pem = o->tls_key_pem,
                                    .tls_cert_pem = o->tls_cert_pem,
                                    .tls_signer = o->tls_signer,
                                    .ask_client = tls,
                                    .body_max = WEB_BODY_MAX,
                                    .connections_max = WEB_CONNECTIONS_MAX,
                                    .streams_max = WEB_STREAMS_MAX,
                                    .idle_s = IDLE_S,
                                    .head = on_head,
                                    .body = on_body,
                                    .gone = on_gone,
                                    .ctx = w};
    err e = net_server_start(t, o->loop, &so, &w->server);
    if (e != ERR_OK) {
        arena_free(a);
        return e;
    }
    uint16_t port = net_server_port(w->server);
    w->cookie = str_printf(a, "__Host-comity-%s", o->node);
    w->host = str_printf(a, port == (tls ? 443 : 80) ? "%s" : "%s:%u", w->o.name, port);
    w->origin = str_printf(a, "%s://" STR_FMT, tls ? "https" : "http", STR_ARG(w->host));
    w->o.tls_cert_pem = tls ? "" : NULL; /* only whether there is one */
    w->o.tls_key_pem = NULL;
    w->o.tls_signer = NULL;
    events_start(w);
    *out = w;
    return ERR_OK;
}

uint16_t web_port(const struct web *w) { return net_server_port(w->server); }

size_t web_asking(const struct web *w) { return w->asking; }

void web_stop(struct web *w)
{
    if (!w) return;
    assert(w->asking == 0);
    events_stop(w);
    net_server_stop(w->server);
    arena_free(w->arena);
}

/* ---- requests -------------------------------------------------------------------------------- */

static struct visit *visit_new(struct web *w, struct net_request *r);

static bool on_head(void *ctx, struct net_request *r, const struct net_request_head *head)
{
    struct web *w = ctx;
    bool known =
        str_is(head->method, "GET") || str_is(head->method, "HEAD") || str_is(head->method, "POST");
    if (!known && !api_is(head->path)) {
        static const char *const allow[] = {"Allow", "GET, HEAD, POST", NULL};
        net_reply(r, 405, "text/plain; charset=utf-8", str_bytes(STR("not here\n")), allow);
        return false;
    }
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    err e = bodies_take(w, &t, r, head);
    if (e == ERR_OK) return true;
    struct visit *v = visit_new(w, r);
    v->is_api = api_is(head->path);
    visit_refuse(v, e, &t.fault);
    visit_end(v);
    return false;
}

static void on_gone(void *ctx, struct net_request *r)
{
    bodies_gone(ctx, r);
    struct visit *v = net_request_own(r);
    if (!v) return;
    net_request_set(r, NULL);
    v->request = NULL;
    if (v->stays) events_gone(v);
    if (v->open_n == 0) visit_end(v); /* else when its questions are answered */
}

static void on_body(void *ctx, struct net_request *r, struct bytes body)
{
    visit_begin(ctx, r, body);
}

static bool asset_answer(struct visit *v, struct str path)
{
    struct str digest, name;
    const struct asset *f = NULL;
    if (str_is(path, "/favicon.ico")) {
        f = asset_find(STR(""), STR("favicon.svg"));
    } else if (str_starts(path, "/asset/")) {
        struct str rest = {path.p + 7, path.n - 7};
        str_split(rest, '/', &digest, &name);
        f = digest.n ? asset_find(digest, name) : NULL;
    }
    if (!f) return false;
    struct bytes data = {(const uint8_t *)f->data, f->n};
    net_reply(v->request, 200, f->type, data,
              head_headers(v, "public, max-age=31536000, immutable"));
    v->answered = true;
    return true;
}

/* ---- what the browser says of itself --------------------------------------------------------- */

struct str visit_header(const struct visit *v, const char *name)
{
    return str_dup(v->t.arena, net_request_header(v->request, name));
}

static void cookie_add(struct visit *v, const char *name, struct str value)
{
    assert(v->set_cookie_n < sizeof v->set_cookie / sizeof *v->set_cookie);
    v->set_cookie[v->set_cookie_n++] = str_c(
        v->t.arena,
        str_printf(v->t.arena, "%s=" STR_FMT "; Path=/; Max-Age=%d; SameSite=Lax%s", name,
                   STR_ARG(value), LANG_DAYS * 86400, v->web->o.tls_cert_pem ? "; Secure" : ""));
}

/* The query wins and is remembered; then the cookie; then what the browser prefers. */
static void preferences_read(struct visit *v, const struct web_form *query, struct str cookies)
{
    v->lang = lang_accepted(visit_header(v, "Accept-Language"));
    (void)lang_read(cookie_get(cookies, STR("comity-lang")), &v->lang);
    if (lang_read(form_text(query, "lang"), &v->lang))
        cookie_add(v, "comity-lang", str_of(lang_word(v->lang)));
    struct str asked = form_text(query, "theme"), kept = cookie_get(cookies, STR("comity-theme"));
    bool known = str_is(asked, "day") || str_is(asked, "night") || str_is(asked, "system");
    if (known) cookie_add(v, "comity-theme", asked);
    if (known) kept = asked;
    v->theme = str_is(kept, "day") || str_is(kept, "night") ? kept : STR("");
}

static void session_read(struct visit *v, struct str cookies)
{
    struct str s = cookie_get(cookies, v->web->cookie);
    if (s.n && s.n <= WEB_TOKEN_MAX) v->session = s;
}

/* A form comes from a page of ours: browsers say so by one header or the other. */
bool visit_is_same_origin(const struct visit *v)
{
    struct str origin = visit_header(v, "Origin"), site = visit_header(v, "Sec-Fetch-Site");
    if (!origin.n && !site.n) return false;
    if (origin.n && !str_eq(origin, v->web->origin)) return false;
    return !site.n || str_is(site, "same-origin") || str_is(site, "none");
}

static err body_read(struct visit *v, struct bytes body)
{
    struct str type = visit_header(v, "Content-Type"), media, rest;
    str_split(type, ';', &media, &rest);
    if (body.n == 0) return ERR_OK;
    if (str_is(str_trim(media), "application/x-www-form-urlencoded"))
        return form_read(&v->t, bytes_str(body), &v->form);
    return form_multipart_read(&v->t, type, body, &v->form);
}

/* Query keys that the route reads, beside what the path gave. */
static void query_keep(struct visit *v, const struct web_form *query)
{
    struct str pattern = str_of(v->route->pattern), path, keys, one;
    str_split(pattern, '?', &path, &keys);
    while (keys.n) {
        str_split(keys, '&', &one, &keys);
        struct str value = str_trim(form_text(query, str_c(v->t.arena, one)));
        if (value.n) tree_add_str(v->t.arena, v->at, str_c(v->t.arena, one), value);
    }
}

static struct visit *visit_new(struct web *w, struct net_request *r)
{
    struct arena *a = arena_new();
    struct visit *v = arena_take(a, sizeof *v);
    *v = (struct visit){.web = w, .request = r, .lang = LANG_en};
    v->t = (struct turn){.arena = a, .clock = w->o.clock, .chance = w->o.chance};
    v->page = tree_map(a);
    v->at = tree_map(a);
    v->back = STR("/");
    struct str random = visit_random(v);
    v->trace = (struct str){random.p, 8};
    net_request_set(r, v);
    return v;
}

static void refuse(struct visit *v, err e, const char *code, const char *sentence)
{
    e = turn_fail(&v->t, e, code, NULL, "%s", sentence);
    visit_refuse(v, e, &v->t.fault);
}

/* Answers what needs no page; false: the visit goes on to its route. */
static bool is_turned_away(struct visit *v, struct bytes body, bool other_method)
{
    if (!v->route && other_method) {
        refuse(v, ERR_USAGE, "method", "This address is not asked in that way.");
    } else if (!v->route) {
        visit_none(v);
    } else if (v->route->method == POST && !visit_is_same_origin(v)) {
        refuse(v, ERR_STRANGER, "other-origin", "The form did not come from a page of this node.");
    } else if (v->route->method == POST && body_read(v, body) != ERR_OK) {
        visit_refuse(v, v->t.fault.err, &v->t.fault);
    } else if (v->route->who == OFFICER && !v->session.n) {
        visit_enter_again(v);
    }
    return v->answered;
}

void visit_begin(struct web *w, struct net_request *r, struct bytes body)
{
    const struct net_request_head *head = net_request_head(r);
    struct visit *v = visit_new(w, r);
    struct str cookies = visit_header(v, "Cookie");
    struct web_form query = {0};
    bool other_method = false;
    struct str host = visit_header(v, "Host");
    if (!str_eq(host, w->host)) {
        net_reply(r, 421, "text/plain; charset=utf-8",
                  str_bytes(STR("this node does not answer to that name\n")), NULL);
        v->answered = true;
    } else if (api_is(head->path)) {
        session_read(v, cookies);
        if (api_begin(v, body)) {
            visit_run(v);
            return;
        }
    } else if (!asset_answer(v, head->path)) {
        bool reads = form_read(&v->t, head->query, &query) == ERR_OK;
        preferences_read(v, &query, cookies);
        session_read(v, cookies);
        v->route = web_route_find(v->t.arena, head->method, head->path, &v->at, &other_method);
        v->path = v->back = str_dup(v->t.arena, head->path);
        if (!reads) {
            visit_refuse(v, v->t.fault.err, &v->t.fault);
        } else if (!is_turned_away(v, body, other_method)) {
            v->restores = form_text(&v->form, "restore").n > 0;
            query_keep(v, &query);
            visit_run(v);
            return;
        }
    }
    visit_end(v);
}
