/* SPDX-License-Identifier: Apache-2.0 */
/* Letters that people carry, and what else a dossier has on paper. */

#include "web_test.h"

#include <string.h>

#define LETTER "/dossier/XN-CSB-2026-0147/letter/00"

static void a_letter_says_what_is_on_the_paper(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, LETTER);
    assert_int_equal(h.status, 200);
    assert_has(h.body, "82HJ-BDEZ-BMFR");
    assert_has(h.body, "waybill 7");
    assert_has(h.body, LETTER "/container");
    assert_lacks(h.body, LETTER "/pdf"); /* nothing prints here */
    h = get(d, LETTER "/container");
    assert_text(header_of(&h, "Content-Type"), "application/octet-stream");
    assert_has(header_of(&h, "Content-Disposition"), ".asice");
    assert_int_equal(get(d, LETTER "/pdf").status, 404);
}

static void print(void *ctx, struct web_print *p)
{
    const char *said = ctx;
    assert_non_null(p->letter);
    p->result = ERR_OK;
    p->pdf = str_bytes(str_of(said));
    if (!*said) p->result = turn_fail(&p->t, ERR_BUSY, "paper-slow", NULL, "It takes too long.");
    p->done(p);
}

static void a_letter_is_printed_where_something_prints(void **state)
{
    struct door *d = *state;
    char pdf[] = "%PDF-1.7", none[] = "";
    d->web->o.press = (struct web_press){print, pdf};
    assert_has(get(d, LETTER).body, LETTER "/pdf");
    struct heard h = get(d, LETTER "/pdf");
    assert_int_equal(h.status, 200);
    assert_text(h.body, "%PDF-1.7");
    assert_has(header_of(&h, "Content-Disposition"), "XN-CSB-2026-0147-send.pdf");
    d->web->o.press = (struct web_press){print, none};
    h = get(d, LETTER "/pdf");
    assert_int_equal(h.status, 503);
    assert_has(h.body, "It takes too long.");
}

static void what_people_did_is_recorded_with_its_proof(void **state)
{
    struct door *d = *state;
    static const struct {
        const char *action, *body, *key, *value;
    } rows[] = {
        {"dispatch", "idem=k&carriage=courier&proof=waybill+7&at=2026-11-23", "proof", "waybill 7"},
        {"confirm", "idem=k&carriage=telephone&by=Mrs+Lind", "by", "Mrs Lind"},
        {"bind", "idem=k&code=82HJ-BDEZ-BMFR", "code", "82HJ-BDEZ-BMFR"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const char *path = str_c(d->arena, str_printf(d->arena, LETTER "/%s", rows[k].action));
        struct heard h = post(d, path, rows[k].body);
        assert_int_equal(h.status, 303);
        assert_text(header_of(&h, "Location"), LETTER "?done=1");
        const struct tree *args = double_args(&d->desk, rows[k].action);
        assert_text(tree_str(args, rows[k].key), rows[k].value);
        assert_text(tree_str(args, "act"), "00");
        d->desk.refuse = rows[k].action;
        d->desk.fault = (struct fault){ERR_REJECTED, "code-of-another", "", "",
                                       "This paper shows another version."};
        h = post(d, path, rows[k].body);
        assert_int_equal(h.status, 422);
        assert_has(h.body, "This paper shows another version.");
        d->desk.refuse = NULL;
    }
}

static void a_dossier_has_numbers_instructions_and_a_matter(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/dossier/XN-CSB-2026-0147/papers");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "PGO 12/26");
    assert_has(h.body, "Carried out: <bdi>Police, unit 4</bdi>");
    assert_has(h.body, "href=\"/matters/XM-DTS-M-2026-0001\"");
    static const struct {
        const char *path, *body, *action, *key, *value;
    } rows[] = {
        {"instruct", "idem=k&executor=Unit+4&by=2026-12-01", "instruct", "executor", "Unit 4"},
        {"instructed", "idem=k&instruction=00267e8d", "instructed", "instruction", "00267e8d"},
        {"number", "idem=k&number=5%2F26&sort=court", "number-add", "sort", "court"},
        {"matter", "idem=k&title=A+bank", "matter-add", "title", "A bank"},
        {"matter", "idem=k&matter=M-1", "matter-set", "matter", "M-1"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct str path = str_printf(d->arena, "/dossier/XN-CSB-2026-0147/%s", rows[k].path);
        h = post(d, str_c(d->arena, path), rows[k].body);
        assert_int_equal(h.status, 303);
        assert_text(tree_str(double_args(&d->desk, rows[k].action), rows[k].key), rows[k].value);
    }
    d->desk.refuse = "instruct";
    d->desk.fault = (struct fault){ERR_REJECTED, "day", "", "by", "This is no day."};
    h = post(d, "/dossier/XN-CSB-2026-0147/instruct", "idem=k2&executor=Unit+5");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "value=\"Unit 5\"");
}

static void a_form_carried_over_a_new_session_is_shown_and_not_done(void **state)
{
    struct door *d = *state;
    static const struct {
        const char *target, *typed, *action, *shown;
    } rows[] = {
        {LETTER "/dispatch", "carriage=courier&proof=waybill+9", "dispatch", "waybill 9"},
        {"/dossier/XN-CSB-2026-0147/number", "number=5%2F26&sort=court", "number-add", "5/26"},
        {"/register", "carriage=post&registry=77%2F26", "entry-add", "77/26"},
        {"/register/IN-XM-2026-0009", "registry=78%2F26", "entry-edit", "78/26"},
        {"/register/IN-XM-2026-0009/note", "ref=XN-CSB-2026-0147", "entry-file", NULL},
        {"/matters", "title=A+bank", "matter-add", "A bank"},
        {"/users", "officer=leyla&name=Leyla&post=duty+officer&role=duty", "user-add", "leyla"},
        {"/users/leyla/end", "x=1", "user-end", NULL},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct str body = str_printf(d->arena, "restore=1&idem=k&%s", rows[k].typed);
        struct heard h = post(d, rows[k].target, str_c(d->arena, body));
        assert_int_equal(h.status, 200);
        assert_has(h.body, "Nothing was done yet");
        struct str shown = str_printf(d->arena, "value=\"%s\"", rows[k].shown);
        if (rows[k].shown) assert_has(h.body, str_c(d->arena, shown));
        assert_int_equal(double_count(&d->desk, rows[k].action), 0);
    }
}

static void matters_are_begun_and_shown(void **state)
{
    struct door *d = *state;
    assert_has(get(d, "/matters").body, "<bdi>St Brannoc</bdi>");
    struct heard h = post(d, "/matters", "idem=k&title=+A+bank+");
    assert_text(header_of(&h, "Location"), "/matters/XM-DTS-M-2026-0001");
    assert_text(tree_str(double_args(&d->desk, "matter-add"), "title"), "A bank");
    assert_has(get(d, "/matters/XM-DTS-M-2026-0001").body, "XN-CSB-2026-0147");
}

int papers_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_door(a_letter_says_what_is_on_the_paper),
        with_door(a_letter_is_printed_where_something_prints),
        with_door(what_people_did_is_recorded_with_its_proof),
        with_door(a_dossier_has_numbers_instructions_and_a_matter),
        with_door(a_form_carried_over_a_new_session_is_shown_and_not_done),
        with_door(matters_are_begun_and_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
