/* SPDX-License-Identifier: Apache-2.0 */
/* Coming in, leaving, and a session that ends in the middle of a form. */

#include "web_test.h"

static void nobody_is_led_to_the_door_and_back(void **state)
{
    struct door *d = *state;
    struct heard h = get_as(d, "/dossier/XN-1/log", "");
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), "/enter?after=%2Fdossier%2FXN-1%2Flog");
    h = get_as(d, "/enter?after=%2Fdossier%2FXN-1%2Flog", "");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "name=\"after\" value=\"/dossier/XN-1/log\"");
}

static void the_way_back_is_ours(void **state)
{
    struct door *d = *state;
    static const char *const strange[] = {
        "//evil.example", "https://evil.example", "/%5cevil", "/a%0d%0aX:1", "evil", "/enter/x"};
    for (size_t k = 0; k < sizeof strange / sizeof *strange; k++) {
        struct str body = str_printf(d->arena, "after=%s", strange[k]);
        struct heard h = post_as(d, "/enter/once", str_c(d->arena, body), "");
        assert_int_equal(h.status, 303);
        assert_text(header_of(&h, "Location"), "/duty");
    }
}

static void opening_a_link_uses_nothing_up(void **state)
{
    struct door *d = *state;
    struct heard h = get_as(d, "/enter/once", "");
    assert_int_equal(h.status, 200);
    assert_int_equal(double_count(&d->desk, "enter"), 0);
    assert_has(h.body, "action=\"/enter/once\"");
    h = post_as(d, "/enter/once", "after=%2Finbox", "");
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), "/inbox");
    struct str cookie = header_of(&h, "Set-Cookie");
    assert_has(cookie, "__Host-comity-meridia=good; Path=/; Secure; HttpOnly; SameSite=Strict");
    assert_lacks(cookie, "Domain");
}

static void a_whole_link_may_be_put_in(void **state)
{
    struct door *d = *state;
    struct heard h = post_as(d, "/enter", "token=+http%3A%2F%2Fa.localhost%2Fenter%2Fonce+", "");
    assert_int_equal(h.status, 303);
    assert_text(tree_str(double_args(&d->desk, "enter"), "token"), "once");
}

static void a_used_link_lets_nobody_in(void **state)
{
    struct door *d = *state;
    struct heard h = post_as(d, "/enter/twice", "", "");
    assert_int_equal(h.status, 401);
    assert_has(h.body, "This link was used already.");
    assert_text(header_of(&h, "Set-Cookie"), "");
}

static void leaving_ends_the_cookie(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, "/leave", "");
    assert_int_equal(h.status, 303);
    assert_has(header_of(&h, "Set-Cookie"), "__Host-comity-meridia=; Path=/");
    assert_has(header_of(&h, "Set-Cookie"), "Max-Age=0");
    assert_int_equal(double_count(&d->desk, "leave"), 1);
}

static void a_session_the_desk_forgot_leads_to_the_door(void **state)
{
    struct door *d = *state;
    struct heard h = get_as(d, "/duty", "old");
    assert_int_equal(h.status, 303);
    assert_has(header_of(&h, "Location"), "/enter?after=");
    assert_has(header_of(&h, "Set-Cookie"), "Max-Age=0");
}

static void a_page_for_anybody_shows_itself_to_an_old_session_too(void **state)
{
    struct door *d = *state;
    struct heard h = get_as(d, "/help", "old");
    assert_int_equal(h.status, 200);
    assert_lacks(h.body, "class=\"rail\"");
    assert_has(get(d, "/help").body, "class=\"rail\"");
}

/* ---- a form on its way ----------------------------------------------------------------------- */

#define SIGN "/dossier/XN-CSB-2026-0147/do/ask/sign"

static void what_was_typed_survives_the_end_of_a_session(void **state)
{
    struct door *d = *state;
    struct heard h = post_as(d, SIGN, "idem=k1&version=17&p.question=Who+%3Cowns%3E+it%3F", "old");
    assert_int_equal(h.status, 401);
    assert_int_equal(double_count(&d->desk, "act"), 0);
    assert_has(h.body, "Nothing was done, and nothing you typed is lost");
    assert_has(h.body, "name=\"c.p.question\" value=\"Who &lt;owns&gt; it?\"");
    assert_has(h.body, "name=\"carry\" value=\"" SIGN "\"");
    assert_lacks(h.body, "c.idem");

    h = post_as(d, "/enter",
                "token=once&carry=%2Fdossier%2FXN-CSB-2026-0147%2Fdo%2Fask%2Fsign&"
                "c.p.question=Who+%3Cowns%3E+it%3F&c.version=17",
                "");
    assert_int_equal(h.status, 200);
    assert_has(header_of(&h, "Set-Cookie"), "__Host-comity-meridia=good");
    assert_has(h.body, "action=\"" SIGN "\"");
    assert_has(h.body, "name=\"restore\" value=\"1\"");
    assert_has(h.body, "name=\"p.question\" value=\"Who &lt;owns&gt; it?\"");
    assert_int_equal(double_count(&d->desk, "act"), 0);

    h = post(d, SIGN, "restore=1&version=17&p.question=Who+%3Cowns%3E+it%3F");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "Who &lt;owns&gt; it?</textarea>");
    assert_int_equal(double_count(&d->desk, "act"), 0);
}

static void a_wrong_link_keeps_what_was_typed(void **state)
{
    struct door *d = *state;
    struct heard h = post_as(d, "/enter", "token=wrong&carry=%2Fdraft%2Fd-1&c.p.facts=Long", "");
    assert_int_equal(h.status, 401);
    assert_has(h.body, "name=\"c.p.facts\" value=\"Long\"");
    assert_has(h.body, "name=\"carry\" value=\"/draft/d-1\"");
}

static void files_cannot_be_carried_and_that_is_said(void **state)
{
    struct door *d = *state;
    struct str head = str_printf(d->arena,
                                 "Cookie: __Host-comity-meridia=old\r\nOrigin: "
                                 "http://meridia.localhost:%u\r\nContent-Type: "
                                 "multipart/form-data; boundary=XX\r\n",
                                 web_port(d->web));
    struct heard h =
        say(d, "POST", SIGN, str_c(d->arena, head),
            STR("--XX\r\nContent-Disposition: form-data; name=\"documents\"; filename=\"a.pdf\"\r\n"
                "\r\nx\r\n--XX--\r\n"));
    assert_int_equal(h.status, 401);
    assert_has(h.body, "Files must be chosen again.");
}

int enter_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_door(nobody_is_led_to_the_door_and_back),
        with_door(the_way_back_is_ours),
        with_door(opening_a_link_uses_nothing_up),
        with_door(a_whole_link_may_be_put_in),
        with_door(a_used_link_lets_nobody_in),
        with_door(leaving_ends_the_cookie),
        with_door(a_session_the_desk_forgot_leads_to_the_door),
        with_door(a_page_for_anybody_shows_itself_to_an_old_session_too),
        with_door(what_was_typed_survives_the_end_of_a_session),
        with_door(a_wrong_link_keeps_what_was_typed),
        with_door(files_cannot_be_carried_and_that_is_said),
    };
    return cmocka_run_group_tests_name("enter", tests, NULL, NULL);
}
