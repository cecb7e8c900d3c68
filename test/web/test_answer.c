/* SPDX-License-Identifier: Apache-2.0 */
/* What every answer carries, and who is turned away before any page: src/web/answer.c,
 * src/web/asset.c, src/web/fault.c, src/web/visit.c, src/web/web.c. */

#include "web_test.h"

#include <string.h>
#include <unistd.h>

static void every_page_forbids_what_no_page_of_ours_does(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/duty");
    assert_int_equal(h.status, 200);
    struct str csp = header_of(&h, "Content-Security-Policy");
    static const char *const rules[] = {"default-src 'none'",
                                        "script-src 'self'",
                                        "style-src 'self'",
                                        "form-action 'self'",
                                        "base-uri 'none'",
                                        "frame-ancestors 'none'",
                                        "require-trusted-types-for 'script'"};
    for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) assert_has(csp, rules[k]);
    assert_lacks(csp, "unsafe");
    assert_text(header_of(&h, "X-Content-Type-Options"), "nosniff");
    assert_text(header_of(&h, "Cache-Control"), "no-store");
    assert_text(header_of(&h, "Referrer-Policy"), "same-origin");
    assert_text(header_of(&h, "Cross-Origin-Opener-Policy"), "same-origin");
    assert_text(header_of(&h, "Content-Language"), "en");
    /* Plain HTTP on loopback promises no HTTPS. */
    assert_text(header_of(&h, "Strict-Transport-Security"), "");
}

static void faults_carry_the_same_headers(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/no/such/page");
    assert_int_equal(h.status, 404);
    assert_has(header_of(&h, "Content-Security-Policy"), "default-src 'none'");
    assert_has(h.body, "There is no such page");
}

static void assets_are_kept_for_ever_under_their_digest(void **state)
{
    struct door *d = *state;
    struct heard page = get_as(d, "/help", "");
    const char *at = strstr(str_c(d->arena, page.body), "/asset/");
    assert_non_null(at);
    struct str url = {at, strcspn(at, "\"")};
    struct heard h = get_as(d, str_c(d->arena, url), "");
    assert_int_equal(h.status, 200);
    assert_has(header_of(&h, "Cache-Control"), "immutable");
    assert_has(header_of(&h, "Content-Type"), "image/svg+xml");
    assert_int_equal(get_as(d, "/asset/0000000000000000/comity.css", "").status, 404);
    assert_int_equal(get_as(d, "/asset//comity.css", "").status, 404);
    assert_int_equal(get_as(d, "/asset/../../etc/passwd", "").status, 404);
    assert_int_equal(get_as(d, "/favicon.ico", "").status, 200);
}

static void another_hosts_name_is_not_answered(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "GET", "/help", "Host: evil.example\r\n", STR(""));
    assert_int_equal(h.status, 421);
    assert_int_equal(double_count(&d->desk, "status"), 0);
}

static void only_get_head_and_post_are_spoken(void **state)
{
    struct door *d = *state;
    assert_int_equal(say(d, "PUT", "/help", "", STR("")).status, 405);
    assert_int_equal(say(d, "TRACE", "/help", "", STR("")).status, 405);
    assert_int_equal(post(d, "/help", "a=1").status, 400);
}

static void a_form_from_elsewhere_does_nothing(void **state)
{
    struct door *d = *state;
    static const char *const heads[] = {
        "", /* neither header: no browser */
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
    };
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++) {
        struct str lines = str_printf(d->arena,
                                      "Cookie: __Host-comity-meridia=good\r\n%sContent-Type: "
                                      "application/x-www-form-urlencoded\r\n",
                                      heads[k]);
        struct heard h = say(d, "POST", "/dossier/XN-CSB-2026-0147/do/acknowledge/sign",
                             str_c(d->arena, lines), STR("idem=1"));
        assert_int_equal(h.status, 403);
    }
    assert_int_equal(double_count(&d->desk, "act"), 0);
    assert_int_equal(post(d, "/dossier/XN-CSB-2026-0147/do/acknowledge/sign", "idem=1").status,
                     303);
    assert_int_equal(double_count(&d->desk, "act"), 1);
}

static void a_form_that_does_not_read_is_refused_as_a_page(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, "/dossier/XN-CSB-2026-0147/do/acknowledge/sign", "idem=%zz");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "This was refused");
    assert_int_equal(double_count(&d->desk, "act"), 0);
    assert_int_equal(get(d, "/duty?lang=%ff").status, 422);
}

static void the_language_is_the_readers(void **state)
{
    struct door *d = *state;
    struct heard h = say(d, "GET", "/help", "Accept-Language: az, en;q=0.5\r\n", STR(""));
    assert_has(h.body, "<html lang=\"az\" dir=\"ltr\"");
    h = say(d, "GET", "/help", "Accept-Language: az\r\nCookie: comity-lang=ar\r\n", STR(""));
    assert_has(h.body, "<html lang=\"ar\" dir=\"rtl\"");
    assert_text(header_of(&h, "Set-Cookie"), "");
    h = say(d, "GET", "/help?lang=en", "Cookie: comity-lang=ar\r\n", STR(""));
    assert_has(h.body, "<html lang=\"en\" dir=\"ltr\"");
    assert_has(header_of(&h, "Set-Cookie"), "comity-lang=en; Path=/");
    h = say(d, "GET", "/help?lang=xx\"><script>", "", STR(""));
    assert_lacks(h.body, "xx\"");
    assert_lacks(h.head, "xx\"");
}

static void the_night_is_chosen_or_the_systems(void **state)
{
    struct door *d = *state;
    struct heard h = get_as(d, "/help?theme=night", "");
    assert_has(h.body, "data-theme=\"night\"");
    assert_has(header_of(&h, "Set-Cookie"), "comity-theme=night");
    h = say(d, "GET", "/help", "Cookie: comity-theme=system\r\n", STR(""));
    assert_lacks(h.body, "data-theme");
}

static void the_desk_is_asked_in_the_readers_language(void **state)
{
    struct door *d = *state;
    assert_int_equal(get(d, "/dossier/XN-CSB-2026-0147?lang=az").status, 200);
    assert_text(tree_str(double_args(&d->desk, "show"), "lang"), "az");
    assert_text(tree_str(double_args(&d->desk, "show"), "ref"), "XN-CSB-2026-0147");
}

static void a_refusal_tells_what_why_and_a_number(void **state)
{
    struct door *d = *state;
    d->desk.refuse = "show";
    d->desk.fault = (struct fault){ERR_NONE_SUCH, "dossier-none-such", "un-cybercrime 42(6)", "",
                                   "There is no <dossier> of that reference."};
    struct heard h = get(d, "/dossier/XN-9");
    assert_int_equal(h.status, 404);
    assert_has(h.body, "There is no &lt;dossier&gt; of that reference.");
    assert_has(h.body, "href=\"/law/un-cybercrime/42(6)\"");
    assert_has(h.body, "Number of this failure");
    assert_has(h.body, "This step changed nothing");
}

static void nobody_is_told_that_nothing_was_done_when_nobody_knows(void **state)
{
    struct door *d = *state;
    d->desk.refuse = "show";
    d->desk.fault = (struct fault){.err = ERR_UNKNOWN, .code = "commit-unknown"};
    struct heard h = get(d, "/dossier/XN-9");
    assert_int_equal(h.status, 500);
    assert_lacks(h.body, "This step changed nothing");
}

static void each_fault_has_its_status(void **state)
{
    struct door *d = *state;
    d->desk.refuse = "show";
    for (int e = ERR_OK + 1; e <= ERR_UNKNOWN; e++) {
        if (e == ERR_STRANGER) continue; /* leads to the page to enter by */
        d->desk.fault = (struct fault){.err = (err)e, .code = "x", .sentence = "It was so."};
        struct heard h = get(d, "/dossier/XN-9");
        assert_int_equal(h.status, err_http_status((err)e));
        assert_has(h.body, "It was so.");
    }
}

static void a_browser_that_left_is_not_waited_for(void **state)
{
    struct door *d = *state;
    d->desk.holds = true;
    int fd = stream_open(d, "/duty");
    assert_true(d->desk.held_n > 0);
    assert_int_equal(web_asking(d->web), d->desk.held_n);
    close(fd);
    turn_loop(d, 20);
    while (d->desk.held_n) double_release(&d->desk);
    turn_loop(d, 20);
    assert_int_equal(web_asking(d->web), 0);
}

static void answers_that_come_later_make_the_same_page(void **state)
{
    struct door *d = *state;
    struct heard now = get(d, "/duty");
    d->desk.holds = true;
    int fd = stream_open(d, "/duty");
    for (int k = 0; k < 5; k++) {
        double_release(&d->desk);
        turn_loop(d, 5);
    }
    struct str later = stream_until(d, fd, "</html>");
    assert_has(later, "What needs you");
    assert_has(now.body, "What needs you");
    d->desk.holds = false;
    close(fd);
}

static void plain_http_is_for_loopback_alone(void **state)
{
    struct door *d = *state;
    struct web_options o = d->web->o;
    struct web *other;
    o.address = "192.0.2.1";
    o.port = 0;
    assert_int_equal(web_start(&d->t, &o, &other), ERR_USAGE);
    o.address = "127.0.0.1";
    o.name = "a b\r\nX: y";
    turn_forgive(&d->t);
    assert_int_equal(web_start(&d->t, &o, &other), ERR_USAGE);
}

int answer_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_door(every_page_forbids_what_no_page_of_ours_does),
        with_door(faults_carry_the_same_headers),
        with_door(assets_are_kept_for_ever_under_their_digest),
        with_door(another_hosts_name_is_not_answered),
        with_door(only_get_head_and_post_are_spoken),
        with_door(a_form_from_elsewhere_does_nothing),
        with_door(a_form_that_does_not_read_is_refused_as_a_page),
        with_door(the_language_is_the_readers),
        with_door(the_night_is_chosen_or_the_systems),
        with_door(the_desk_is_asked_in_the_readers_language),
        with_door(a_refusal_tells_what_why_and_a_number),
        with_door(nobody_is_told_that_nothing_was_done_when_nobody_knows),
        with_door(each_fault_has_its_status),
        with_door(a_browser_that_left_is_not_waited_for),
        with_door(answers_that_come_later_make_the_same_page),
        with_door(plain_http_is_for_loopback_alone),
    };
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
