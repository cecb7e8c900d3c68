/* SPDX-License-Identifier: Apache-2.0 */
/* A new request: chosen, drafted, checked, merged, sent. */

#include "web_test.h"

static void kinds_come_from_the_law_with_why_not(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/new");
    assert_has(h.body, "href=\"/new/un-cybercrime/preservation\"");
    assert_lacks(h.body, "href=\"/new/un-cybercrime/extradition\"");
    assert_has(h.body, "The authority does not hold the function this needs");
}

static void a_draft_begins_with_who_is_asked(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/new/un-cybercrime/preservation?to=XN/csb");
    assert_has(h.body, "value=\"XN/csb\" checked");
    h = post(d, "/new/un-cybercrime/preservation", "idem=k1");
    assert_int_equal(h.status, 400);
    assert_has(h.body, "Choose the authority that is asked.");
    assert_int_equal(double_count(&d->desk, "new"), 0);
    h = post(d, "/new/un-cybercrime/preservation", "idem=k1&to=XN%2Fcsb&request_lang=az");
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), "/draft/d-1a2b3c");
    const struct tree *args = double_args(&d->desk, "new");
    assert_text(tree_str(args, "kind"), "preservation");
    assert_text(tree_str(args, "to"), "XN/csb");
    assert_text(tree_str(args, "lang"), "az");
    assert_null(tree_get(args, "act"));
}

static void a_draft_may_begin_with_another_act_that_opens_a_dossier(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/new/un-cybercrime/preservation?to=XN/csb");
    assert_has(h.body, "name=\"act\" value=\"send\" checked");
    assert_has(h.body, "name=\"act\" value=\"ask_orally\">");
    h = post(d, "/new/un-cybercrime/preservation", "act=ask_orally&idem=k2&to=");
    assert_int_equal(h.status, 400);
    assert_has(h.body, "name=\"act\" value=\"ask_orally\" checked");
    h = post(d, "/new/un-cybercrime/preservation", "act=ask_orally&idem=k2&to=XN%2Fcsb");
    assert_int_equal(h.status, 303);
    assert_text(tree_str(double_args(&d->desk, "new"), "act"), "ask_orally");
}

static void the_check_stands_beside_the_draft(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/draft/d-1a2b3c");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "Say which data are to be preserved.");
    assert_has(h.body, "href=\"/draft/d-1a2b3c#p.data\"");
    assert_has(h.body, "St Brannoc University Hospital");
    assert_lacks(h.body, "aria-invalid"); /* nobody was asked to be ready yet */
    h = get(d, "/draft/d-1a2b3c?saved=1");
    assert_has(h.body, "aria-invalid=\"true\"");
}

static void saving_sends_what_the_rows_ask_for(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, "/draft/d-1a2b3c",
                          "version=3&p.facts=Short&p.mla_intended=yes&p.strange=1&drop=abab");
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), "/draft/d-1a2b3c?saved=1");
    const struct tree *args = double_args(&d->desk, "draft-save");
    assert_int_equal(tree_int(args, "version", 0), 3);
    assert_int_equal(tree_get(args, "particulars")->count, 2);
    assert_true(tree_bool(tree_get(args, "particulars"), "mla_intended", false));
    assert_text(tree_get(args, "drop")->child->str, "abab");
    h = post(d, "/draft/d-1a2b3c", "version=3&send=1");
    assert_text(header_of(&h, "Location"), "/draft/d-1a2b3c/send");
    h = post(d, "/draft/d-1a2b3c", "version=3&leave=1");
    assert_text(header_of(&h, "Location"), "/drafts");
}

static void other_instruments_are_chosen_on_the_draft(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/draft/d-1a2b3c");
    assert_has(h.body, "name=\"also\" value=\"budapest\"> <span>Convention on Cybercrime");
    assert_has(h.body, "name=\"also\" value=\"ets-030\" checked");
    assert_has(h.body, "name=\"also\" value=\"old-pact\" checked"); /* to be taken away */
    h = get(d, "/draft/d-1a2b3c/send");
    assert_has(h.body, "<li>Mutual assistance in criminal matters</li>");
    assert_lacks(h.body, "<li>Convention on Cybercrime</li>");
    post(d, "/draft/d-1a2b3c", "version=3&also=budapest&also=ets-030");
    const struct tree *also = tree_get(double_args(&d->desk, "draft-save"), "also");
    assert_int_equal(also->count, 2);
    assert_text(also->child->str, "budapest");
    post(d, "/draft/d-1a2b3c", "version=3");
    assert_int_equal(tree_get(double_args(&d->desk, "draft-save"), "also")->count, 0);
    d->desk.refuse = "draft-save";
    d->desk.fault = (struct fault){.err = ERR_FULL, .code = "disk-full", .sentence = "No room."};
    h = post(d, "/draft/d-1a2b3c", "version=3&also=budapest");
    assert_has(h.body, "value=\"budapest\" checked");
    assert_lacks(h.body, "value=\"ets-030\" checked");
}

static void two_writers_are_both_kept(void **state)
{
    struct door *d = *state;
    struct arena *a = d->arena;
    struct tree *view = tree_map(a), *theirs = tree_add_map(a, view, "theirs");
    tree_add_int(a, view, "version", 9);
    tree_add_str(a, theirs, "officer", STR("rashad"));
    struct tree *p = tree_add_map(a, theirs, "particulars");
    tree_add_str(a, p, "facts", STR("Their <facts>"));
    tree_add_str(a, p, "offence", STR("Same"));
    d->desk.refuse = "draft-save";
    d->desk.fault = (struct fault){.err = ERR_CONFLICT, .code = "stale-version"};
    d->desk.view = view;
    struct heard h =
        post(d, "/draft/d-1a2b3c", "version=3&also=budapest&p.facts=My+facts&p.offence=Same");
    assert_int_equal(h.status, 409);
    assert_has(h.body, "My facts");
    assert_has(h.body, "Their &lt;facts&gt;");
    assert_has(h.body, "name=\"version\" value=\"9\"");
    assert_lacks(h.body, "name=\"m.offence\""); /* where both agree nothing is asked */
    assert_has(h.body, "name=\"p.offence\" value=\"Same\"");
    assert_has(h.body, "type=\"hidden\" name=\"also\" value=\"budapest\"");

    d->desk.refuse = NULL;
    h = post(d, "/draft/d-1a2b3c", "version=9&p.facts=My+facts&t.facts=Their+facts&m.facts=both");
    assert_int_equal(h.status, 303);
    const struct tree *sent = tree_get(double_args(&d->desk, "draft-save"), "particulars");
    assert_text(tree_str(sent, "facts"), "Their facts\n\nMy facts");
    post(d, "/draft/d-1a2b3c", "version=9&p.facts=My+facts&t.facts=Their+facts&m.facts=theirs");
    sent = tree_get(double_args(&d->desk, "draft-save"), "particulars");
    assert_text(tree_str(sent, "facts"), "Their facts");
}

static void a_save_that_is_refused_loses_nothing(void **state)
{
    struct door *d = *state;
    d->desk.refuse = "draft-save";
    d->desk.fault = (struct fault){.err = ERR_FULL, .code = "disk-full", .sentence = "No room."};
    struct heard h = post(d, "/draft/d-1a2b3c", "version=3&p.facts=Long+story");
    assert_int_equal(h.status, 503);
    assert_has(h.body, "No room.");
    assert_has(h.body, "Long story</textarea>");
}

static void nothing_is_sent_before_it_is_mended_and_looked_at(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/draft/d-1a2b3c/send");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "It cannot be sent before everything that must be mended is mended.");
    assert_lacks(h.body, "Sign and send");
    assert_int_equal(double_count(&d->desk, "send"), 0);
}

static void sending_leads_to_the_new_dossier(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, "/draft/d-1a2b3c/send", "idem=k1&version=3");
    assert_int_equal(tree_int(double_args(&d->desk, "send"), "version", 0), 3);
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), "/dossier/XM-DTS-2026-0100?done=send");
    d->desk.refuse = "send";
    d->desk.fault = (struct fault){.err = ERR_NOT_ALLOWED, .sentence = "Not pinned."};
    h = post(d, "/draft/d-1a2b3c/send", "idem=k1");
    assert_int_equal(h.status, 409);
    assert_has(h.body, "Not pinned.");
}

int draft_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_door(kinds_come_from_the_law_with_why_not),
        with_door(a_draft_begins_with_who_is_asked),
        with_door(a_draft_may_begin_with_another_act_that_opens_a_dossier),
        with_door(the_check_stands_beside_the_draft),
        with_door(saving_sends_what_the_rows_ask_for),
        with_door(other_instruments_are_chosen_on_the_draft),
        with_door(two_writers_are_both_kept),
        with_door(a_save_that_is_refused_loses_nothing),
        with_door(nothing_is_sent_before_it_is_mended_and_looked_at),
        with_door(sending_leads_to_the_new_dossier),
    };
    return cmocka_run_group_tests_name("draft", tests, NULL, NULL);
}
