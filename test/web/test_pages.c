/* SPDX-License-Identifier: Apache-2.0 */
/* Every page there is, in every language: it answers, its elements close, its ids are one of a
 * kind and what refers to one finds it, and it has no style and no script of its own. Also what the
 * pages of src/web/dossier.c, src/web/duty.c, src/web/list.c and src/web/look.c show, with the
 * parts of src/web/fields.c, src/web/rail.c and src/web/rows.c. */

#include "web_test.h"

#include <stdio.h>
#include <string.h>

/* ---- HTML, read strictly --------------------------------------------------------------------- */

enum { DEPTH = 64, IDS = 512 };
struct reading {
    struct arena *a;
    struct str rest;
    struct str open[DEPTH];
    int depth;
    struct str id[IDS], wanted[IDS];
    int ids, wanteds;
    struct str wrong; /* what was found first; empty: nothing */
};

static void found(struct reading *r, const char *what, struct str where)
{
    if (!r->wrong.n) r->wrong = str_printf(r->a, "%s " STR_FMT, what, STR_ARG(where));
}

static bool is_void(struct str tag)
{
    static const char *const voids[] = {"meta", "link", "input", "br", "hr", "img"};
    for (size_t k = 0; k < sizeof voids / sizeof *voids; k++)
        if (str_is(tag, voids[k])) return true;
    return false;
}

static struct str take_name(struct str *s)
{
    size_t k = 0;
    while (k < s->n && !strchr(" \n=>/", s->p[k])) k++;
    struct str name = {s->p, k};
    *s = (struct str){s->p + k, s->n - k};
    return name;
}

static void want(struct reading *r, struct str ids)
{
    struct str one;
    while (ids.n) {
        str_split(ids, ' ', &one, &ids);
        assert_true(r->wanteds < IDS);
        r->wanted[r->wanteds++] = one;
    }
}

static void attribute(struct reading *r, struct str name, struct str value)
{
    if (str_is(name, "style") || str_starts(name, "on")) found(r, "a page carries", name);
    if (str_is(name, "id")) {
        for (int k = 0; k < r->ids; k++)
            if (str_eq(r->id[k], value)) found(r, "two ids", value);
        assert_true(r->ids < IDS);
        r->id[r->ids++] = value;
    }
    if (str_is(name, "for") || str_is(name, "aria-describedby") || str_is(name, "aria-labelledby"))
        want(r, value);
    if (str_is(name, "href") && value.n > 1 && value.p[0] == '#')
        want(r, (struct str){value.p + 1, value.n - 1});
}

/* Behind the name, up to and with ">". True when the tag closes itself. */
static bool attributes(struct reading *r)
{
    struct str *s = &r->rest, seen[64];
    int n = 0;
    for (bool self = false;;) {
        while (s->n && strchr(" \n", s->p[0])) s->p++, s->n--;
        assert_true(s->n > 0);
        char c = s->p[0];
        if (c == '>' || c == '/') {
            s->p++, s->n--;
            if (c == '>') return self;
            self = true;
            continue;
        }
        struct str name = take_name(s), value = STR("");
        assert_true(name.n > 0);
        for (int k = 0; k < n; k++)
            if (str_eq(seen[k], name)) found(r, "twice in a tag:", name);
        seen[n++] = name;
        if (s->n > 1 && s->p[0] == '=') {
            assert_int_equal(s->p[1], '"');
            const char *end = memchr(s->p + 2, '"', s->n - 2);
            assert_non_null(end);
            value = (struct str){s->p + 2, (size_t)(end - s->p) - 2};
            *s = (struct str){end + 1, s->n - value.n - 3};
        }
        attribute(r, name, value);
    }
}

static void element(struct reading *r)
{
    bool closes = r->rest.n && r->rest.p[0] == '/';
    if (closes) r->rest.p++, r->rest.n--;
    struct str tag = take_name(&r->rest);
    bool self = attributes(r);
    if (str_starts(tag, "!") || is_void(tag) || self) return;
    if (closes) {
        if (r->depth == 0 || !str_eq(r->open[r->depth - 1], tag))
            found(r, "it closes what is not open:", tag);
        else
            r->depth--;
        return;
    }
    assert_true(r->depth < DEPTH);
    /* The parser of HTML would close a paragraph here by itself. */
    bool block = str_is(tag, "div") || str_is(tag, "ul") || str_is(tag, "table") ||
                 str_is(tag, "section") || str_is(tag, "form") || str_is(tag, "p");
    for (int k = 0; block && k < r->depth; k++)
        if (str_is(r->open[k], "p")) found(r, "in a paragraph:", tag);
    r->open[r->depth++] = tag;
}

static struct str html_wrong(struct arena *a, struct str html)
{
    struct reading *r = arena_take(a, sizeof *r);
    r->a = a;
    struct str text;
    r->rest = html;
    while (str_split(r->rest, '<', &text, &r->rest)) {
        if (memchr(text.p, '>', text.n)) found(r, "a bare > in", text);
        element(r);
    }
    if (r->depth) found(r, "never closed:", r->open[r->depth - 1]);
    for (int k = 0; k < r->wanteds; k++) {
        bool there = false;
        for (int n = 0; n < r->ids; n++) there = there || str_eq(r->id[n], r->wanted[k]);
        if (!there) found(r, "there is no id", r->wanted[k]);
    }
    return r->wrong;
}

static void html_check(struct arena *a, struct str html)
{
    struct str wrong = html_wrong(a, html);
    if (wrong.n) fail_msg(STR_FMT, STR_ARG(wrong));
}

static void the_strict_reading_finds_what_is_wrong(void **state)
{
    static const char *const broken[][2] = {
        {"<p><b></p></b>", "closes what is not open"},
        {"<div>", "never closed"},
        {"</div>", "closes what is not open"},
        {"<i class=\"a\" class=\"b\"></i>", "twice in a tag"},
        {"<i id=\"a\"></i><b id=\"a\"></b>", "two ids"},
        {"<label for=\"none\"></label>", "there is no id"},
        {"<a href=\"#none\"></a>", "there is no id"},
        {"<p><ul></ul></p>", "in a paragraph"},
        {"<i style=\"a\"></i>", "a page carries style"},
        {"<i onclick=\"a\"></i>", "a page carries onclick"},
        {"<i>a > b</i>", "a bare >"},
    };
    struct arena *a = arena_of(state);
    html_check(a, STR("<!doctype html><p id=\"a\" class=\"b\">x<br>y</p><i/>"));
    for (size_t k = 0; k < sizeof broken / sizeof *broken; k++)
        assert_has(html_wrong(a, str_of(broken[k][0])), broken[k][1]);
}

/* ---- every page ------------------------------------------------------------------------------ */

static struct str filled(struct arena *a, const char *pattern)
{
    static const char *const values[][2] = {
        {"ref", "XN-CSB-2026-0147"},
        {"act", "ask"},
        {"instrument", "un-cybercrime"},
        {"article", "42(3)"},
        {"kind", "preservation"},
        {"draft", "d-1a2b3c"},
        {"state", "XN"},
        {"token", "once"},
        {"sha256", "3fa1"},
        {"officer", "rashid"},
        {"entry", "XM-DTS-IN-2026-0004"},
        {"matter", "XM-DTS-M-2026-0001"},
        {"code", "stale-version"},
    };
    struct buf b = buf_in(a);
    struct str path, rest, before, name;
    str_split(str_of(pattern), '?', &path, &rest);
    while (str_split(path, '{', &before, &path)) {
        buf_str(&b, before);
        str_split(path, '}', &name, &path);
        size_t k = 0;
        while (k < sizeof values / sizeof *values && !str_is(name, values[k][0])) k++;
        if (k == sizeof values / sizeof *values) fail_msg("name a value: " STR_FMT, STR_ARG(name));
        buf_str(&b, str_of(values[k][1]));
    }
    buf_str(&b, before);
    return buf_as_str(&b);
}

/* src/web/lifecycle.c: each state a box, each way an arrow, and the table says the same. */
static void the_life_of_a_kind_is_drawn_and_told(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/law/un-cybercrime/kind/preservation");
    assert_int_equal(h.status, 200);
    static const struct {
        const char *piece;
        size_t times;
    } drawn[] = {{"class=\"state\" x=", 5}, {"class=\"state over\"", 1}, {"class=\"head\"", 2}};
    for (size_t k = 0; k < sizeof drawn / sizeof *drawn; k++) {
        size_t n = 0, len = strlen(drawn[k].piece);
        for (size_t at = 0; at + len <= h.body.n; at++)
            n += memcmp(h.body.p + at, drawn[k].piece, len) == 0;
        assert_int_equal(n, drawn[k].times);
    }
    assert_has(h.body, "Record the order");
}

static void every_page_is_whole_in_every_language(void **state)
{
    struct door *d = *state;
    size_t pages = 0;
    for (size_t k = 0; k < web_routes_n; k++) {
        const struct web_route *r = &web_routes[k];
        if (r->method != GET || strcmp(r->name, "EVENTS") == 0 ||
            strcmp(r->name, "DOCUMENT") == 0 || strcmp(r->name, "HOME") == 0 ||
            strcmp(r->name, "ENTRY_DOCUMENT") == 0 || strncmp(r->name, "LETTER_", 7) == 0)
            continue;
        for (int l = 0; l < WEB_LANGS; l++, pages++) {
            const char *lang = lang_word((enum web_lang)l);
            struct str path = strcmp(r->name, "ENTRY_ACT") == 0
                                  ? STR("/register/XM-DTS-IN-2026-0004/act/XN-CSB-2026-0147/"
                                        "withdraw")
                                  : filled(d->arena, r->pattern);
            const char *url =
                str_c(d->arena, str_printf(d->arena, STR_FMT "?lang=%s", STR_ARG(path), lang));
            struct heard h = get(d, url);
            if (h.status != 200) fail_msg("%s: %d", url, h.status);
            html_check(d->arena, h.body);
            assert_has(h.body, "<h1");
            assert_has(h.body, str_c(d->arena, str_printf(d->arena, "<html lang=\"%s\"", lang)));
        }
    }
    assert_true(pages > 60);
}

static void refusals_and_forms_on_their_way_are_whole_too(void **state)
{
    struct door *d = *state;
    html_check(d->arena, get(d, "/none").body);
    html_check(d->arena, get_as(d, "/none", "").body);
    html_check(d->arena, post(d, "/dossier/XN-CSB-2026-0147/do/ask", "").body);
    html_check(d->arena, post(d, "/dossier/XN-CSB-2026-0147/do/ask", "p.question=x").body);
    html_check(d->arena, post_as(d, "/draft/d-1", "p.facts=x", "old").body);
    html_check(d->arena,
               post_as(d, "/enter", "token=once&carry=%2Fdraft%2Fd&c.p.facts=x", "").body);
    html_check(d->arena, post(d, "/draft/d-1a2b3c", "restore=1&p.facts=x").body);
    html_check(d->arena, get(d, "/draft/d-1a2b3c?saved=1").body);
    html_check(d->arena, get(d, "/verify?sha256=x&expected=y").body);
}

/* ---- some pages ------------------------------------------------------------------------------ */

static void a_document_is_only_ever_handed_out_to_keep(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/dossier/XN-CSB-2026-0147/documents/3fa1");
    assert_int_equal(h.status, 200);
    assert_text(header_of(&h, "Content-Type"), "application/octet-stream");
    assert_has(h.head, "Content-Security-Policy: sandbox");
    assert_has(header_of(&h, "X-Content-Type-Options"), "nosniff");
    struct str how = header_of(&h, "Content-Disposition");
    assert_true(str_starts(how, "attachment; filename=\"warrant"));
    assert_lacks(how, "\xe2\x80\xae"); /* no override of direction where a name is shown */
    assert_text(h.body, "<b>hi<");
}

static void the_overview_says_what_can_be_done_and_why_not(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/dossier/XN-CSB-2026-0147");
    assert_has(h.body, "href=\"/dossier/XN-CSB-2026-0147/do/ask\"");
    assert_lacks(h.body, "href=\"/dossier/XN-CSB-2026-0147/do/confirm\"");
    assert_has(h.body, "The domestic order has not been recorded");
    /* The next step stands first, wherever the law has its row. */
    const char *next = memmem(h.body.p, h.body.n, "do/acknowledge\"", 15);
    const char *other = memmem(h.body.p, h.body.n, "do/ask\"", 7);
    assert_true(next && other && next < other);
}

static void hostile_views_stay_text(void **state)
{
    struct door *d = *state;
    struct arena *a = d->arena;
    struct tree *view = tree_map(a), *list = tree_add_list(a, view, "dossiers");
    static const char *const keys[] = {"ref",   "title", "theirs", "theirs_title", "kind",
                                       "state", "next",  "end",    "kind_article", "side"};
    struct tree *row = tree_add_map(a, list, NULL);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        tree_add_str(a, row, keys[k], STR("\"><script>x</script>{{ y }}%00"));
    tree_add_str(a, row, "tone", STR("\" onx=\"1"));
    d->desk.refuse = "list";
    d->desk.fault = (struct fault){.err = ERR_OK};
    d->desk.view = view;
    struct heard h = get(d, "/inbox?q=%22%3E%3Cb%3E");
    assert_int_equal(h.status, 200);
    html_check(a, h.body);
    assert_lacks(h.body, "<script>x");
    assert_has(h.body, "value=\"&quot;&gt;&lt;b&gt;\"");
}

static void views_with_nothing_in_them_still_make_pages(void **state)
{
    struct door *d = *state;
    static const char *const pages[][2] = {
        {"status", "/duty"},       {"peers", "/duty"},    {"list", "/inbox"},
        {"show", "/dossier/X"},    {"kinds", "/new"},     {"drafts", "/drafts"},
        {"contacts", "/contacts"}, {"find", "/find?q=x"}, {"me", "/me"},
        {"draft", "/draft/d-1"}};
    d->desk.view = tree_map(d->arena);
    for (size_t k = 0; k < sizeof pages / sizeof *pages; k++) {
        d->desk.refuse = pages[k][0];
        struct heard h = get(d, pages[k][1]);
        if (h.status != 200) fail_msg("%s: %d", pages[k][1], h.status);
        html_check(d->arena, h.body);
    }
}

static void the_rail_runs_the_other_way_in_arabic(void **state)
{
    struct door *d = *state;
    assert_has(get(d, "/duty?lang=en").body, "<text x=\"90\" y=\"118\"");
    assert_has(get(d, "/duty?lang=ar").body, "<text x=\"1030\" y=\"118\"");
}

static void the_check_of_a_file_has_three_verdicts(void **state)
{
    struct door *d = *state;
    char url[256], one[65], other[65];
    memset(one, 'a', 64);
    memset(other, 'b', 64);
    one[64] = other[64] = 0;
    snprintf(url, sizeof url, "/verify?sha256=%s&expected=%s", one, one);
    assert_has(get_as(d, url, "").body, "<h2>Unaltered</h2>");
    snprintf(url, sizeof url, "/verify?sha256=%s&expected=%s", one, other);
    assert_has(get_as(d, url, "").body, "<h2>Altered</h2>");
    snprintf(url, sizeof url, "/verify?sha256=%s&expected=", one);
    assert_has(get_as(d, url, "").body, "<h2>Cannot tell</h2>");
    snprintf(url, sizeof url, "/verify?sha256=%.10s&expected=%s", one, one);
    assert_has(get_as(d, url, "").body, "A fingerprint has 64 digits");
    assert_lacks(get_as(d, "/verify", "").body, "class=\"verdict");
}

int pages_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(the_strict_reading_finds_what_is_wrong),
        with_door(every_page_is_whole_in_every_language),
        with_door(the_life_of_a_kind_is_drawn_and_told),
        with_door(refusals_and_forms_on_their_way_are_whole_too),
        with_door(a_document_is_only_ever_handed_out_to_keep),
        with_door(the_overview_says_what_can_be_done_and_why_not),
        with_door(hostile_views_stay_text),
        with_door(views_with_nothing_in_them_still_make_pages),
        with_door(the_rail_runs_the_other_way_in_arabic),
        with_door(the_check_of_a_file_has_three_verdicts),
    };
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
