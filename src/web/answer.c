/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: pages with what every page needs, redirects, refusals as pages, and the headers that
 * keep a browser from doing what no page of ours asks for. */

#include "web/asset.h"
#include "web/inner.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { HEADERS_MAX = 48, HEADERS_OWN = 16 };

/* ---- headers --------------------------------------------------------------------------------- */

static const char *const always[] = {
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'",
    "X-Content-Type-Options",
    "nosniff",
    /* "no-referrer" would make browsers say Origin: null, and every form would be refused. */
    "Referrer-Policy",
    "same-origin",
    "Cross-Origin-Opener-Policy",
    "same-origin",
    "Cross-Origin-Resource-Policy",
    "same-origin",
    "Permissions-Policy",
    "camera=(), geolocation=(), microphone=(), payment=()",
    NULL,
};

const char *const *head_headers(struct visit *v, const char *cache)
{
    const char **h = arena_take_many(v->t.arena, HEADERS_MAX, sizeof *h);
    size_t n = 0;
    for (const char *const *a = always; *a; a++) h[n++] = *a;
    h[n++] = "Cache-Control";
    h[n++] = cache;
    if (v->web->o.tls_cert_pem) {
        h[n++] = "Strict-Transport-Security";
        h[n++] = "max-age=63072000";
    }
    for (size_t k = 0; k < v->set_cookie_n; k++) {
        h[n++] = "Set-Cookie";
        h[n++] = v->set_cookie[k];
    }
    assert(n + HEADERS_OWN < HEADERS_MAX);
    return h;
}

static const char **room_after(const char *const *h)
{
    while (*h) h += 2;
    return (const char **)(uintptr_t)h;
}

static void reply(struct visit *v, int status, const char *type, struct bytes body,
                  const char *const *headers)
{
    assert(!v->answered);
    v->answered = true;
    if (v->request) net_reply(v->request, status, type, body, headers);
}

void visit_bytes(struct visit *v, int status, const char *type, struct bytes body,
                 const char *const *headers)
{
    const char *const *h = head_headers(v, "no-store");
    const char **more = room_after(h);
    for (; headers && headers[0]; headers += 2) {
        *more++ = headers[0];
        *more++ = headers[1];
    }
    reply(v, status, type, body, h);
}

void visit_go(struct visit *v, struct str path)
{
    assert(path.n && path.p[0] == '/');
    const char *const *h = head_headers(v, "no-store");
    const char **more = room_after(h);
    more[0] = "Location";
    more[1] = str_c(v->t.arena, path);
    reply(v, 303, "text/plain; charset=utf-8", (struct bytes){0}, h);
}

void visit_session_set(struct visit *v, struct str session)
{
    struct web *w = v->web;
    bool ends = session.n == 0;
    assert(v->set_cookie_n < sizeof v->set_cookie / sizeof *v->set_cookie);
    v->set_cookie[v->set_cookie_n++] = str_c(
        v->t.arena, str_printf(v->t.arena,
                               STR_FMT "=" STR_FMT "; Path=/; Secure; HttpOnly; "
                                       "SameSite=Strict%s",
                               STR_ARG(w->cookie), STR_ARG(session), ends ? "; Max-Age=0" : ""));
}

/* ---- pages ----------------------------------------------------------------------------------- */

static void put_languages(struct visit *v)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_add_list(a, v->page, "languages");
    for (int k = 0; k < WEB_LANGS; k++) {
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "word", str_of(lang_word((enum web_lang)k)));
        tree_add_str(a, one, "name", str_of(lang_name((enum web_lang)k)));
        tree_add_bool(a, one, "current", k == (int)v->lang);
    }
}

/* "/dossier/XN-1/log" is below "dossier". */
static struct str first_step(struct str path)
{
    struct str none, step, rest;
    str_split(path, '/', &none, &rest);
    str_split(rest, '/', &step, &rest);
    return step;
}

static void put_now(struct visit *v, const struct html_out *o)
{
    struct arena *a = v->t.arena;
    struct tree *now = tree_add_map(a, v->page, "now");
    struct str iso = time_text(a, o->now_ms);
    struct str here = time_text(a, o->now_ms + (int64_t)o->offset_min * 60000);
    tree_add_str(a, now, "iso", iso);
    tree_add_str(a, now, "utc", (struct str){iso.p + 11, 8});
    tree_add_str(a, now, "here", (struct str){here.p + 11, 5});
    tree_add_bool(a, now, "has_zone", o->has_zone);
    int32_t way = o->offset_min < 0 ? -o->offset_min : o->offset_min;
    struct str offset =
        str_printf(a, "UTC%s%d", o->offset_min < 0 ? "\xe2\x88\x92" : "+", way / 60);
    if (way % 60) offset = str_printf(a, STR_FMT ":%02d", STR_ARG(offset), way % 60);
    tree_add_str(a, now, "offset", offset);
}

static void put_counts(struct visit *v)
{
    static const char *const counts[] = {"needs_n", "hot_n", "entries_n"};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        tree_add_int(v->t.arena, v->page, counts[k], tree_int(v->desk, counts[k], 0));
}

/* What layout.html needs beside what the page put. */
static void put_frame(struct visit *v, const struct html_out *o)
{
    struct arena *a = v->t.arena;
    put_languages(v);
    put_now(v, o);
    put_counts(v);
    visit_put(v, "lang", str_of(lang_word(v->lang)));
    visit_put(v, "dir", str_of(lang_dir(v->lang)));
    visit_put(v, "theme", v->theme);
    visit_put(v, "back", v->back);
    visit_put(v, "nav", first_step(v->back));
    visit_put(v, "idem", visit_random(v));
    visit_put(v, "css", asset_url(a, "comity.css"));
    visit_put(v, "js", asset_url(a, "comity.js"));
    visit_put(v, "favicon", asset_url(a, "favicon.svg"));
    visit_share(v, "desk", v->desk);
    /* The last entry this page can know of: what comes after it is told to a live page, however
     * long it took to get there. */
    tree_add_int(a, v->page, "position", tree_int(v->desk, "position", 0));
    const struct tree *roles = tree_at(v->desk, "officer.roles");
    visit_flag(v, "is_admin", tree_has_str(roles, STR("admin")));
    visit_flag(v, "signed_in", tree_get(v->desk, "officer") || v->desk);
}

/* How far the clocks of this node's people are ahead of UTC at a moment; INT32_MAX: not known. */
static int32_t offset_here(const struct visit *v, int64_t at_ms)
{
    const struct web_options *w = &v->web->o;
    struct str zone = tree_str(v->desk, "time_zone");
    if (!zone.n) zone = w->zone;
    if (!w->zones.offset_min || !zone.n) return INT32_MAX;
    return w->zones.offset_min(w->zones.ctx, zone, at_ms);
}

struct str visit_day(const struct visit *v, int64_t at_ms)
{
    int32_t offset = offset_here(v, at_ms);
    int64_t here_ms = at_ms + (offset == INT32_MAX ? 0 : (int64_t)offset * 60000);
    return day_text(v->t.arena, day_of_ms(here_ms));
}

struct str visit_today(const struct visit *v) { return visit_day(v, turn_now_ms(&v->t)); }

static struct html_out writer(struct visit *v)
{
    struct html_out o = {.arena = v->t.arena, .b = buf_in(v->t.arena), .lang = v->lang};
    int32_t offset = offset_here(v, turn_now_ms(&v->t));
    o.now_ms = turn_now_ms(&v->t);
    o.has_zone = offset != INT32_MAX;
    o.offset_min = o.has_zone ? offset : 0;
    return o;
}

void visit_page(struct visit *v, int status, web_page *page)
{
    struct html_out o = writer(v);
    put_frame(v, &o);
    page(&o, v->page);
    const char *const *h = head_headers(v, "no-store");
    const char **more = room_after(h);
    more[0] = "Content-Language";
    more[1] = lang_word(v->lang);
    if (status == 503) {
        more[2] = "Retry-After";
        more[3] = "1";
    }
    reply(v, status, "text/html; charset=utf-8", buf_as_bytes(&o.b), h);
}
