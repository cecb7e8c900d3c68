/* SPDX-License-Identifier: Apache-2.0 */
/* Each address of the API and each way to be refused there: src/web/api.c, src/web/api_go.c,
 * src/web/problem.c. */

#include "web_test.h"

#include "web/api.h"

#include <string.h>

#define REF "/v1/dossiers/XN-CSB-2026-0147"
#define ACT_BODY "{\"act\":\"acknowledge\"}"

/* ---- a program ------------------------------------------------------------------------------- */

#define TOKEN "Authorization: Bearer good\r\n"
#define JSON "Content-Type: application/json\r\n"
#define SEEN "If-Match: \"17-00\"\r\n"
#define ONCE "Idempotency-Key: \"k-1\"\r\n"

static const struct tree *json_of(struct door *d, const struct heard *h)
{
    struct tree *m;
    turn_forgive(&d->t);
    assert_int_equal(json_read(&d->t, str_bytes(h->body), &codec_limits, &m), ERR_OK);
    return m;
}

/* That it is a problem of that status and code, that says what it is. */
static const struct tree *problem(struct door *d, const struct heard *h, int status,
                                  const char *code)
{
    if (h->status != status) fail_msg("%d, not %d: " STR_FMT, h->status, status, STR_ARG(h->body));
    assert_string_equal(str_c(d->arena, header_of(h, "Content-Type")), "application/problem+json");
    const struct tree *m = json_of(d, h);
    assert_string_equal(str_c(d->arena, tree_str(m, "code")), code);
    assert_string_equal(str_c(d->arena, tree_str(m, "type")),
                        str_c(d->arena, str_printf(d->arena, "/problems/%s", code)));
    assert_int_equal(tree_int(m, "status", 0), status);
    assert_true(tree_str(m, "title").n && tree_str(m, "trace").n);
    return m;
}

/* A path of a row, and a body that has what it must have. */
static const char *path_of(struct door *d, const struct api_row *r)
{
    static const char *const values[][2] = {{"ref", "XN-CSB-2026-0147"},
                                            {"draft", "d-1a2b3c"},
                                            {"sha256", "00"},
                                            {"officer", "rauf"},
                                            {"state", "XN"},
                                            {"instrument", "un-cybercrime"},
                                            {"kind", "preservation"},
                                            {"entry", "e-1"},
                                            {"matter", "m-1"},
                                            {"mail", "01"}};
    struct tree *m = tree_map(d->arena);
    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
        tree_add_str(d->arena, m, values[k][0], str_of(values[k][1]));
    return str_c(d->arena, api_href(d->arena, r->pattern, m));
}

static struct str body_of(struct door *d, const struct api_row *r)
{
    struct shape s;
    struct tree *m = tree_map(d->arena);
    if (!shape_find(str_of(r->body), &s)) return STR("");
    for (size_t k = 0; k < s.n; k++) {
        const char *name = str_c(d->arena, s.fields[k].name);
        bool day = str_is(s.fields[k].type, "day");
        if (s.fields[k].may_lack) continue;
        if (s.fields[k].is_list)
            tree_add_list(d->arena, m, name);
        else
            tree_add_str(d->arena, m, name, day ? STR("2026-12-01") : STR("once"));
    }
    return json_write(d->arena, m);
}

static struct heard call(struct door *d, const struct api_row *r, const char *headers)
{
    return say(d, api_method_word(r->method), path_of(d, r), headers, body_of(d, r));
}

static size_t asked(const struct door *d) { return d->desk.asked->count; }

static void every_address_answers_as_its_row_says(void **state)
{
    struct door *d = *state;
    d->web->o.press = (struct web_press){double_print, NULL};
    d->web->o.mail = (struct web_mail){double_make, NULL, ""};
    for (size_t k = 0; k < api_rows_n; k++) {
        const struct api_row *r = &api_rows[k];
        if (strcmp(r->view, "events") == 0) continue; /* has no end: test_events.c */
        struct heard h = call(d, r, TOKEN JSON SEEN ONCE);
        if (h.status != r->status) fail_msg("%s: %d " STR_FMT, r->name, h.status, STR_ARG(h.body));
        if (strcmp(r->view, "bytes") == 0) continue;
        assert_text(header_of(&h, "Content-Type"), "application/json");
        assert_has(header_of(&h, "Link"), "</openapi.json>; rel=\"describedby\"");
        assert_has(header_of(&h, "Link"), "rel=\"self\"");
        assert_int_equal(json_of(d, &h)->kind, TREE_MAP);
        if (!*r->action) continue;
        assert_true(double_count(&d->desk, r->action) > 0);
    }
    assert_true(api_rows_n > 30);
}

static void nobody_is_answered_only_what_anybody_may_know(void **state)
{
    struct door *d = *state;
    size_t refused = 0;
    for (size_t k = 0; k < api_rows_n; k++) {
        const struct api_row *r = &api_rows[k];
        if (r->who == ANYBODY) continue;
        struct heard h = call(d, r, JSON SEEN ONCE);
        problem(d, &h, 401, "session-none");
        assert_text(header_of(&h, "WWW-Authenticate"), "Bearer realm=\"comity\"");
        /* An Authorization of another kind is no cookie's to mend. */
        h = call(d, r, "Authorization: Basic Zz09\r\nCookie: __Host-comity-meridia=good\r\n" JSON);
        problem(d, &h, 401, "session-none");
        assert_int_equal(asked(d), 0);
        refused++;
    }
    assert_true(refused > 25);
    struct heard h = say(d, "GET", REF, "Authorization: Bearer other\r\n", STR(""));
    problem(d, &h, 401, "session-ended");
}

static void a_cookie_writes_only_from_a_page_of_ours(void **state)
{
    struct door *d = *state;
#define COOKIE "Cookie: __Host-comity-meridia=good\r\n"
    static const char *const from[] = {"", "Origin: http://evil.example\r\n",
                                       "Sec-Fetch-Site: cross-site\r\n"};
    for (size_t k = 0; k < api_rows_n; k++) {
        const struct api_row *r = &api_rows[k];
        for (size_t j = 0; j < sizeof from / sizeof *from && r->method != GET; j++) {
            struct str head = str_printf(d->arena, COOKIE JSON SEEN ONCE "%s", from[j]);
            struct heard h = call(d, r, str_c(d->arena, head));
            problem(d, &h, 403, "other-origin");
        }
    }
    assert_int_equal(asked(d), 0);
    struct str ours =
        str_printf(d->arena, COOKIE JSON SEEN ONCE "Origin: http://meridia.localhost:%u\r\n",
                   web_port(d->web));
    struct heard h = call(d, api_row_of("DOSSIER_ACT"), str_c(d->arena, ours));
    assert_int_equal(h.status, 201);
    assert_int_equal(say(d, "GET", REF, COOKIE, STR("")).status, 200);
}

static void what_is_written_needs_its_version_and_its_key(void **state)
{
    struct door *d = *state;
    for (size_t k = 0; k < api_rows_n; k++) {
        const struct api_row *r = &api_rows[k];
        struct heard h;
        if (r->needs & MATCH) {
            h = call(d, r, TOKEN JSON ONCE);
            problem(d, &h, 428, "if-match-missing");
            h = call(d, r, TOKEN JSON ONCE "If-Match: *\r\n");
            problem(d, &h, 400, "if-match");
            h = call(d, r, TOKEN JSON ONCE "If-Match: W/\"17\"\r\n");
            problem(d, &h, 412, "stale-version");
        }
        if (r->needs & KEY) {
            h = call(d, r, TOKEN JSON SEEN);
            problem(d, &h, 400, "idempotency-key-missing");
        }
        if (r->method == GET) continue;
        h = call(d, r, TOKEN JSON SEEN "Idempotency-Key: \"a b\"\r\n");
        problem(d, &h, 400, "idempotency-key");
    }
    assert_int_equal(asked(d), 0);
}

static void an_act_is_asked_with_all_that_was_said(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "POST", REF "/acts", TOKEN JSON SEEN ONCE "Accept-Language: az\r\n",
                         STR("{\"act\":\"order\",\"particulars\":{\"order_number\":\"214\"}}"));
    assert_int_equal(h.status, 201);
    assert_text(header_of(&h, "Location"), REF);
    const struct tree *args = double_args(&d->desk, "act");
    assert_text(tree_str(args, "ref"), "XN-CSB-2026-0147");
    assert_text(tree_str(args, "act"), "order");
    assert_text(tree_str(args, "idem"), "k-1");
    assert_text(tree_str(args, "lang"), "az");
    assert_int_equal(tree_int(args, "version", 0), 17);
    assert_text(tree_str(tree_get(args, "particulars"), "order_number"), "214");
}

static void a_change_keeps_the_language_of_the_text(void **state)
{
    struct door *d = *state;
    struct heard h =
        say(d, "PATCH", "/v1/drafts/d-1a2b3c", TOKEN JSON SEEN "Accept-Language: az\r\n",
            STR("{\"particulars\":{\"facts\":null}}"));
    assert_int_equal(h.status, 200);
    assert_text(header_of(&h, "ETag"), "\"4\"");
    const struct tree *args = double_args(&d->desk, "draft-save");
    assert_text(tree_str(args, "lang"), "");
    assert_non_null(tree_get(tree_get(args, "particulars"), "facts"));
}

static void what_does_not_fit_is_named_by_its_place(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "POST", "/v1/drafts", TOKEN JSON ONCE,
                         STR("{\"kind\":7,\"a/b\":1,\"documents\":[{\"name\":\"x\"},3]}"));
    const struct tree *e = tree_get(problem(d, &h, 422, "body"), "errors")->child;
    static const char *const places[] = {
        "/to", "/kind", "/a~1b", "/documents/0/type", "/documents/0/data", "/documents/1"};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++, e = e->next) {
        assert_non_null(e);
        assert_text(tree_str(e, "pointer"), places[k]);
        assert_true(tree_str(e, "detail").n > 0);
    }
    h = say(d, "GET", "/v1/dossiers?limit=ten&dance=1&q=a&q=b", TOKEN, STR(""));
    e = tree_get(problem(d, &h, 400, "parameter"), "errors")->child;
    assert_text(tree_str(e, "parameter"), "limit");
    assert_text(tree_str(e->next, "parameter"), "dance");
    assert_text(tree_str(e->next->next, "parameter"), "q");
    h = say(d, "GET", "/v1/dossiers?q=%ff", TOKEN, STR(""));
    problem(d, &h, 400, "parameter");
    assert_int_equal(asked(d), 0);
}

static void only_json_is_read(void **state)
{
    struct door *d = *state;
    static const char *const types[] = {"", "Content-Type: text/plain\r\n",
                                        "Content-Type: application/x-www-form-urlencoded\r\n",
                                        "Content-Type: application/jsonp\r\n"};
    struct heard h;
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        struct str head = str_printf(d->arena, TOKEN SEEN ONCE "%s", types[k]);
        h = say(d, "POST", REF "/acts", str_c(d->arena, head), STR(ACT_BODY));
        problem(d, &h, 415, "not-json");
    }
    static const char *const broken[] = {
        "{",   "[]", "7", "{\"act\":1.5}", "{\"act\":\"\\u0000\"}", "{\"act\":\"a\",\"act\":\"b\"}",
        "\xff"};
    for (size_t k = 0; k < sizeof broken / sizeof *broken; k++)
        assert_int_equal(
            say(d, "POST", REF "/acts", TOKEN JSON SEEN ONCE, str_of(broken[k])).status, 422);
    assert_int_equal(asked(d), 0);
    h = say(d, "POST", REF "/acts",
            TOKEN SEEN ONCE "Content-Type: Application/JSON; charset=utf-8\r\n", STR(ACT_BODY));
    assert_int_equal(h.status, 201);
}

static void strange_addresses_and_methods_are_told_apart(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "GET", "/v1/dance", TOKEN, STR(""));
    problem(d, &h, 404, "address-none-such");
    h = say(d, "PUT", REF, TOKEN, STR(""));
    problem(d, &h, 405, "method");
    assert_text(header_of(&h, "Allow"), "GET, HEAD");
    h = say(d, "OPTIONS", "/v1/drafts/d-1", "Origin: http://evil.example\r\n", STR(""));
    problem(d, &h, 405, "method");
    assert_text(header_of(&h, "Allow"), "GET, HEAD, PATCH, DELETE");
    assert_text(header_of(&h, "Access-Control-Allow-Origin"), "");
    assert_int_equal(say(d, "PATCH", "/duty", TOKEN, STR("")).status, 405);
    assert_int_equal(asked(d), 0);
}

static void who_has_it_already_is_told_so(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "GET", REF, TOKEN, STR(""));
    struct str tag = header_of(&h, "ETag");
    assert_true(str_starts(tag, "\"17-"));
    struct str head =
        str_printf(d->arena, TOKEN "If-None-Match: \"x\", W/" STR_FMT "\r\n", STR_ARG(tag));
    h = say(d, "GET", REF, str_c(d->arena, head), STR(""));
    assert_int_equal(h.status, 304);
    assert_true(str_eq(header_of(&h, "ETag"), tag));
    assert_int_equal(h.body.n, 0);
    /* In another language it is another answer, and the same version. */
    head = str_printf(d->arena, TOKEN "Accept-Language: az\r\nIf-None-Match: " STR_FMT "\r\n",
                      STR_ARG(tag));
    h = say(d, "GET", REF, str_c(d->arena, head), STR(""));
    assert_int_equal(h.status, 200);
    assert_true(str_starts(header_of(&h, "ETag"), "\"17-"));
    assert_false(str_eq(header_of(&h, "ETag"), tag));
}

/* src/web/known.c: what stands at the desk is not asked for again in full. */
static void what_the_desk_says_still_stands_is_not_built_again(void **state)
{
    struct door *d = *state;
    d->desk.stamp = STR("s-1");
    struct heard h = say(d, "GET", REF, TOKEN, STR(""));
    struct str tag = header_of(&h, "ETag"), vary = header_of(&h, "Vary");
    struct str link = header_of(&h, "Link");
    const char *head =
        str_c(d->arena, str_printf(d->arena, TOKEN "If-None-Match: " STR_FMT "\r\n", STR_ARG(tag)));
    d->desk.refuse = "show"; /* whoever builds it now is found */
    d->desk.fault = (struct fault){.err = ERR_INTERNAL, .code = "built"};
    h = say(d, "GET", REF, head, STR(""));
    assert_int_equal(h.status, 304);
    assert_true(str_eq(header_of(&h, "ETag"), tag));
    assert_true(str_eq(header_of(&h, "Vary"), vary));
    assert_true(str_eq(header_of(&h, "Link"), link));
    assert_int_equal(h.body.n, 0);
    /* Of another address, in another language, with another tag or none it is built. */
    const char *const others[] = {
        TOKEN, TOKEN "If-None-Match: \"17-00\"\r\n",
        str_c(d->arena, str_printf(d->arena, "Accept-Language: az\r\n%s", head))};
    for (size_t k = 0; k < 3; k++) {
        h = say(d, "GET", REF, others[k], STR(""));
        problem(d, &h, 500, "built");
    }
    h = say(d, "GET", REF "/log", head, STR(""));
    assert_int_equal(h.status, 200);
    d->desk.stamp = STR("s-2"); /* something was done there */
    h = say(d, "GET", REF, head, STR(""));
    problem(d, &h, 500, "built");
    d->desk.refuse = NULL; /* and it says the same all the same */
    h = say(d, "GET", REF, head, STR(""));
    assert_int_equal(h.status, 304);
    d->desk.refuse = "show";
    assert_int_equal(say(d, "GET", REF, head, STR("")).status, 304);
}

static void links_are_the_buttons_of_the_page(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "GET", REF, TOKEN, STR("")), page = get(d, "/dossier/XN-CSB-2026-0147");
    const struct tree *acts = tree_at(json_of(d, &h), "_links.acts");
    size_t buttons = 0;
    const char *at = str_c(d->arena, page.body);
    for (; (at = strstr(at, "0147/do/")); at++) buttons++;
    assert_true(acts->count > 2);
    assert_int_equal(acts->count, buttons);
    for (const struct tree *c = acts->child; c; c = c->next) {
        struct str link = str_printf(d->arena, "/dossier/XN-CSB-2026-0147/do/" STR_FMT "\"",
                                     STR_ARG(tree_str(c, "act")));
        assert_has(page.body, str_c(d->arena, link));
        assert_text(tree_str(c, "href"), REF "/acts");
        assert_text(tree_str(c, "method"), "POST");
    }
}

int api_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_door(every_address_answers_as_its_row_says),
        with_door(nobody_is_answered_only_what_anybody_may_know),
        with_door(a_cookie_writes_only_from_a_page_of_ours),
        with_door(what_is_written_needs_its_version_and_its_key),
        with_door(an_act_is_asked_with_all_that_was_said),
        with_door(a_change_keeps_the_language_of_the_text),
        with_door(what_does_not_fit_is_named_by_its_place),
        with_door(only_json_is_read),
        with_door(strange_addresses_and_methods_are_told_apart),
        with_door(what_the_desk_says_still_stands_is_not_built_again),
        with_door(who_has_it_already_is_told_so),
        with_door(links_are_the_buttons_of_the_page),
    };
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
