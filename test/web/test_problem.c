/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk refuses, as problem details and as pages: src/web/problem.c, src/web/api_go.c. */

#include "web_test.h"

#include "web/api.h"

#include <string.h>

#define HEAD                                                                                       \
    "Authorization: Bearer good\r\nContent-Type: application/json\r\nIf-Match: \"3\"\r\n"          \
    "Idempotency-Key: k\r\n"
#define ACTS "/v1/dossiers/XN-CSB-2026-0147/acts"

static struct heard act(struct door *d, err e, const char *code, const char *particular)
{
    d->desk.refuse = "act";
    d->desk.fault = (struct fault){.err = e, .article = "un-cybercrime 25(2)", .sentence = "So."};
    snprintf(d->desk.fault.code, sizeof d->desk.fault.code, "%s", code);
    snprintf(d->desk.fault.particular, sizeof d->desk.fault.particular, "%s", particular);
    return say(d, "POST", ACTS, HEAD, STR("{\"act\":\"order\",\"particulars\":{\"x\":\"y\"}}"));
}

static const struct tree *json_of(struct door *d, const struct heard *h)
{
    struct tree *m;
    assert_int_equal(json_read(&d->t, str_bytes(h->body), &codec_limits, &m), ERR_OK);
    return m;
}

static void each_fault_has_its_status(void **state)
{
    struct door *d = *state;
    for (int e = ERR_OK + 1; e <= ERR_UNKNOWN; e++) {
        struct heard h = act(d, (err)e, "x", "");
        assert_int_equal(h.status, e == ERR_STRANGER ? 401 : err_http_status((err)e));
        assert_text(tree_str(json_of(d, &h), "detail"), "So.");
        assert_text(tree_str(json_of(d, &h), "article"), "un-cybercrime 25(2)");
    }
}

static void some_codes_have_their_own(void **state)
{
    struct door *d = *state;
    const struct {
        err e;
        const char *code;
        int status;
    } rows[] = {{ERR_CONFLICT, "stale-version", 412},   {ERR_CONFLICT, "idem-other-body", 422},
                {ERR_NOT_ALLOWED, "role-may-not", 403}, {ERR_STRANGER, "session-over", 401},
                {ERR_STRANGER, "session-none", 401},    {ERR_NOT_ALLOWED, "order-missing", 409}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        assert_int_equal(act(d, rows[k].e, rows[k].code, "").status, rows[k].status);
    struct heard h = act(d, ERR_STRANGER, "session-over", "");
    assert_has(header_of(&h, "WWW-Authenticate"), "error=\"invalid_token\"");
    h = act(d, ERR_BUSY, "busy", "");
    assert_text(header_of(&h, "Retry-After"), "1");
}

static void a_refused_act_says_what_could_be_done(void **state)
{
    struct door *d = *state;
    struct heard h = act(d, ERR_NOT_ALLOWED, "order-missing", "");
    const struct tree *acts = tree_get(json_of(d, &h), "allowed_acts");
    assert_true(acts->count > 2);
    const struct tree *a = acts->child;
    while (a && !str_is(tree_str(a, "act"), "acknowledge")) a = a->next;
    assert_non_null(a);
    h = act(d, ERR_NOT_ALLOWED, "order-missing", "");
    assert_int_equal(tree_get(json_of(d, &h), "allowed_acts")->count, acts->count);
    h = act(d, ERR_REJECTED, "particular-missing", "");
    assert_null(tree_get(json_of(d, &h), "allowed_acts"));
}

static void a_fault_points_to_its_place(void **state)
{
    struct door *d = *state;
    const struct {
        const char *code, *particular, *key, *place;
    } rows[] = {{"particular-missing", "order_number", "pointer", "/particulars/order_number"},
                {"argument-missing", "act", "pointer", "/act"},
                {"document-data", "a.pdf", "pointer", "/documents"},
                {"dossier-none-such", "ref", "parameter", "ref"}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct heard h = act(d, ERR_REJECTED, rows[k].code, rows[k].particular);
        const struct tree *e = tree_get(json_of(d, &h), "errors")->child;
        assert_text(tree_str(e, rows[k].key), rows[k].place);
        assert_text(tree_str(e, "cite"), "un-cybercrime 25(2)");
    }
}

static void who_was_slower_gets_both_texts(void **state)
{
    struct door *d = *state;
    struct tree *view = tree_map(d->arena), *theirs = tree_add_map(d->arena, view, "theirs");
    tree_add_str(d->arena, tree_add_map(d->arena, theirs, "particulars"), "facts", STR("first"));
    tree_add_copy(d->arena, view, "yours", theirs);
    tree_add_int(d->arena, view, "version", 4);
    tree_add_str(d->arena, view, "secret", STR("not for programs"));
    d->desk.refuse = "draft-save";
    d->desk.fault = (struct fault){.err = ERR_CONFLICT, .code = "stale-version"};
    d->desk.view = view;
    struct heard h = say(d, "PATCH", "/v1/drafts/d-1a2b3c", HEAD, STR("{}"));
    assert_int_equal(h.status, 412);
    const struct tree *m = json_of(d, &h);
    assert_text(tree_str(tree_at(m, "theirs.particulars"), "facts"), "first");
    assert_text(tree_str(tree_at(m, "yours.particulars"), "facts"), "first");
    assert_int_equal(tree_int(m, "version", 0), 4);
    assert_null(tree_get(m, "secret"));
}

static void a_check_that_says_no_is_an_answer(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "GET", "/v1/drafts/d-1a2b3c/check", HEAD, STR(""));
    assert_int_equal(h.status, 200);
    assert_int_equal(tree_int(json_of(d, &h), "must", 0), 1);
}

static void a_document_is_only_kept(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "GET", "/v1/dossiers/XN-CSB-2026-0147/documents/00", HEAD, STR(""));
    assert_int_equal(h.status, 200);
    assert_text(header_of(&h, "Content-Type"), "application/octet-stream");
    assert_has(header_of(&h, "Content-Disposition"), "attachment");
    assert_has(h.head, "Content-Security-Policy: sandbox");
}

static void each_type_is_a_page(void **state)
{
    struct door *d = *state;
    struct heard h = get_as(d, "/problems/stale-version", "");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "Somebody else was faster");
    assert_has(h.body, "412");
    h = get_as(d, "/problems/order-missing?lang=az", "");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "Bu qovşağın imtinası");
    assert_int_equal(get_as(d, "/problems/A<b", "").status, 404);
    assert_int_equal(get_as(d, "/problems/%3Cb%3E", "").status, 404);
}

static void lists_go_on_where_they_say(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "GET", "/v1/changes?after=3&limit=1", HEAD, STR(""));
    assert_has(header_of(&h, "Link"), "</v1/changes?after=412&limit=1>; rel=\"next\"");
    assert_int_equal(tree_int(double_args(&d->desk, "changes"), "after", 0), 3);
    h = say(d, "GET", "/v1/dossiers?q=%3E%22%0d%0aX:y&box=inbox", HEAD, STR(""));
    assert_has(header_of(&h, "Link"), "q=%3E%22%0AX%3Ay");
    struct tree *view = tree_map(d->arena);
    tree_add_list(d->arena, view, "dossiers");
    tree_add_int(d->arena, view, "before", 77);
    d->desk.refuse = "list";
    d->desk.view = view;
    h = say(d, "GET", "/v1/dossiers?q=a+b&box=inbox&limit=2", HEAD, STR(""));
    assert_has(header_of(&h, "Link"),
               "</v1/dossiers?box=inbox&q=a%20b&before=77&limit=2>; rel=\"next\"");
    d->desk.view = tree_map(d->arena);
    h = say(d, "GET", "/v1/dossiers", HEAD, STR(""));
    assert_int_equal(h.status, 200);
    assert_lacks(header_of(&h, "Link"), "rel=\"next\"");
}

int problem_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_door(each_fault_has_its_status),
        with_door(some_codes_have_their_own),
        with_door(a_refused_act_says_what_could_be_done),
        with_door(a_fault_points_to_its_place),
        with_door(who_was_slower_gets_both_texts),
        with_door(a_check_that_says_no_is_an_answer),
        with_door(a_document_is_only_kept),
        with_door(each_type_is_a_page),
        with_door(lists_go_on_where_they_say),
    };
    return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
