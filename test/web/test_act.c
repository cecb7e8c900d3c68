/* SPDX-License-Identifier: Apache-2.0 */
/* An act: form, check, sign. Only signing does anything, and once. */

#include "web_test.h"

#include <string.h>

#define ASK "/dossier/XN-CSB-2026-0147/do/ask"
#define ACK "/dossier/XN-CSB-2026-0147/do/acknowledge"

static void a_form_is_drawn_from_the_rows_of_the_law(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, ASK);
    assert_int_equal(h.status, 200);
    assert_has(h.body, "<textarea id=\"p.question\" name=\"p.question\"");
    assert_has(h.body, "name=\"version\" value=\"17\"");
    assert_has(h.body, "name=\"idem\" value=\"");
    assert_has(h.body, "href=\"/law/un-cybercrime/40(16)\"");
    h = get(d, "/dossier/XN-CSB-2026-0147/do/order");
    assert_has(h.body, "id=\"p.order_date\" name=\"p.order_date\" type=\"date\" "
                       "value=\"2026-11-24\""); /* it is a day later here than in UTC */
    h = get(d, "/dossier/XN-CSB-2026-0147/do/refuse");
    assert_has(h.body, "type=\"radio\" name=\"p.ground\" value=\"essential_interests\"");
}

static void an_act_that_asks_for_nothing_begins_with_its_check(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, ACK);
    assert_int_equal(h.status, 200);
    assert_has(h.body, "action=\"" ACK "/sign\"");
}

static void what_must_be_filled_in_is_named_and_linked(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, ASK, "idem=k1&version=17&p.question=++");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "<a href=\"#p.question\">What is needed: Fill in: What is needed</a>");
    assert_has(h.body, "aria-invalid=\"true\"");
    assert_has(h.body, "name=\"idem\" value=\"k1\"");
    assert_int_equal(double_count(&d->desk, "act"), 0);
}

static void answers_are_shown_once_more_before_signing(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, ASK, "idem=k1&version=17&p.question=Who+owns+%26+it%3F");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "<dd dir=\"auto\">Who owns &amp; it?</dd>");
    assert_has(h.body, "name=\"p.question\" value=\"Who owns &amp; it?\"");
    assert_has(h.body, "name=\"idem\" value=\"k1\"");
    assert_has(h.body, "Change the answers");
    assert_int_equal(double_count(&d->desk, "act"), 0);
    h = post(d, ASK, "restore=1&idem=k1&p.question=Who+owns+it%3F");
    assert_has(h.body, "Who owns it?</textarea>");
}

static void signing_acts_once_and_leads_to_the_dossier(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, ASK "/sign", "idem=k1&version=17&p.question=Who%3F&p.other=x&q=y");
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), "/dossier/XN-CSB-2026-0147?done=ask");
    const struct tree *args = double_args(&d->desk, "act");
    assert_text(tree_str(args, "ref"), "XN-CSB-2026-0147");
    assert_text(tree_str(args, "act"), "ask");
    assert_text(tree_str(args, "idem"), "k1");
    assert_int_equal(tree_int(args, "version", 0), 17);
    /* Only what the law asks for is taken from a form. */
    assert_int_equal(tree_get(args, "particulars")->count, 1);
    assert_text(tree_str(tree_get(args, "particulars"), "question"), "Who?");
    assert_null(tree_get(args, "documents"));
}

static void signing_again_is_left_to_the_desk_under_the_same_key(void **state)
{
    struct door *d = *state;
    for (int k = 0; k < 2; k++) assert_int_equal(post(d, ACK "/sign", "idem=k9").status, 303);
    assert_int_equal(double_count(&d->desk, "act"), 2);
    assert_text(tree_str(double_args(&d->desk, "act"), "idem"), "k9");
}

static void documents_go_along_as_bytes(void **state)
{
    struct door *d = *state;
    struct str head = str_printf(d->arena,
                                 "Cookie: __Host-comity-meridia=good\r\nOrigin: "
                                 "http://meridia.localhost:%u\r\nContent-Type: "
                                 "multipart/form-data; boundary=XX\r\n",
                                 web_port(d->web));
    struct heard h =
        say(d, "POST", ACK "/sign", str_c(d->arena, head),
            STR("--XX\r\nContent-Disposition: form-data; name=\"idem\"\r\n\r\nk1\r\n--XX\r\n"
                "Content-Disposition: form-data; name=\"documents\"; filename=\"a.html\"\r\n"
                "Content-Type: text/html\r\n\r\n<b>\r\n--XX\r\nContent-Disposition: form-data; "
                "name=\"documents\"; filename=\"\"\r\n\r\n\r\n--XX--\r\n"));
    assert_int_equal(h.status, 303);
    const struct tree *docs = tree_get(double_args(&d->desk, "act"), "documents");
    assert_int_equal(docs->count, 1);
    assert_text(tree_str(docs->child, "name"), "a.html");
    assert_text(tree_str(docs->child, "data"), "PGI+");
    h = say(d, "POST", ACK "/sign", str_c(d->arena, head),
            STR("--XX\r\nContent-Disposition: form-data; name=\"documents\"; filename=\"e\"\r\n\r\n"
                "\r\n--XX--\r\n"));
    assert_int_equal(h.status, 422);
    assert_has(h.body, "The file &quot;e&quot; is empty");
}

static void what_the_desk_refuses_stays_as_typed(void **state)
{
    struct door *d = *state;
    d->desk.refuse = "act";
    d->desk.fault = (struct fault){ERR_REJECTED, "particular-too-long", "un-cybercrime 40(16)",
                                   "question", "This particular is longer than allowed"};
    struct heard h = post(d, ASK "/sign", "idem=k1&version=17&p.question=Much+too+long");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "Much too long</textarea>");
    assert_has(h.body, "This particular is longer than allowed");
    d->desk.fault = (struct fault){ERR_CONFLICT, "stale-version", "", "", "It has changed."};
    h = post(d, ASK "/sign", "idem=k1&version=16&p.question=Much+too+long");
    assert_int_equal(h.status, 409);
    assert_has(h.body, "It has changed.");
    assert_has(h.body, "value=\"Much too long\"");
    assert_has(h.body, "name=\"version\" value=\"16\"");
}

static void what_is_not_possible_says_why_and_does_nothing(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/dossier/XN-CSB-2026-0147/do/confirm");
    assert_int_equal(h.status, 409);
    assert_has(h.body, "The domestic order has not been recorded");
    assert_has(h.body, "href=\"/law/un-cybercrime/25(2)\"");
    assert_int_equal(post(d, "/dossier/XN-CSB-2026-0147/do/confirm", "").status, 409);
    assert_int_equal(get(d, "/dossier/XN-CSB-2026-0147/do/dance").status, 404);
    assert_int_equal(post(d, "/dossier/XN-CSB-2026-0147/do/dance/sign", "idem=1").status, 404);
    assert_int_equal(double_count(&d->desk, "act"), 0);
}

static void the_alert_is_acknowledged_by_one_button(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/duty");
    assert_has(h.body, "action=\"/dossier/XN-CSB-2026-0147/do/acknowledge/sign\"");
    assert_has(h.body, "New request, nobody has it yet");
}

int act_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_door(a_form_is_drawn_from_the_rows_of_the_law),
        with_door(an_act_that_asks_for_nothing_begins_with_its_check),
        with_door(what_must_be_filled_in_is_named_and_linked),
        with_door(answers_are_shown_once_more_before_signing),
        with_door(signing_acts_once_and_leads_to_the_dossier),
        with_door(signing_again_is_left_to_the_desk_under_the_same_key),
        with_door(documents_go_along_as_bytes),
        with_door(what_the_desk_refuses_stays_as_typed),
        with_door(what_is_not_possible_says_why_and_does_nothing),
        with_door(the_alert_is_acknowledged_by_one_button),
    };
    return cmocka_run_group_tests_name("act", tests, NULL, NULL);
}
