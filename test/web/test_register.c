/* SPDX-License-Identifier: Apache-2.0 */
/* The register's pages: what came is kept first, and a person says what it is. Also tries
 * src/web/filing.c. */

#include "web_test.h"

#define PART(name, value)                                                                          \
    "--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define ENTRY "/register/XM-DTS-IN-2026-0004"

static void what_came_is_listed_with_its_words(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/register");
    assert_int_equal(h.status, 200);
    assert_true(tree_bool(double_args(&d->desk, "entries"), "open", false));
    assert_has(h.body, "Lacunia, Office of the Prosecutor");
    assert_has(h.body, "their number");
    assert_has(h.body, "not yet filed");
    assert_has(h.body, "<option value=\"interpol\">INTERPOL</option>");
    assert_has(h.body, "name=\"received\" value=\"2026-11-24\""); /* the day it is here */
    h = get(d, "/register?all=1&before=7");
    assert_null(tree_get(double_args(&d->desk, "entries"), "open"));
    assert_int_equal(tree_int(double_args(&d->desk, "entries"), "before", 0), 7);
    assert_has(h.body, "a request: it opened the dossier");
}

static void a_scan_is_registered_in_one_form(void **state)
{
    struct door *d = *state;
    struct heard h =
        say(d, "POST", "/register",
            "Cookie: __Host-comity-meridia=good\r\n"
            "Sec-Fetch-Site: same-origin\r\n"
            "Content-Type: multipart/form-data; boundary=XX\r\n",
            STR(PART("idem", "k1") PART("carriage", "post") PART("from", "XL/pgo")
                    PART("received", "2026-11-20") PART("number", "PGO 5/26") PART(
                        "note", "") "--XX\r\nContent-Disposition: form-data; name=\"documents\"; "
                                    "filename=\"scan.pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
                                    "%PDF-1.4\r\n--XX--\r\n"));
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), ENTRY "?done=registered");
    const struct tree *args = double_args(&d->desk, "entry-add");
    assert_text(tree_str(args, "from"), "XL/pgo");
    assert_text(tree_str(args, "carriage"), "post");
    assert_text(tree_str(args, "received"), "2026-11-20");
    assert_null(tree_get(args, "note"));
    assert_text(tree_str(tree_get(args, "numbers")->child, "number"), "PGO 5/26");
    assert_text(tree_str(tree_get(args, "documents")->child, "name"), "scan.pdf");
}

static void a_refusal_keeps_what_was_typed(void **state)
{
    struct door *d = *state;
    d->desk.refuse = "entry-add";
    d->desk.fault = (struct fault){ERR_REJECTED, "document-none", "", "", "Nothing was handed in."};
    struct heard h = post(d, "/register",
                          "idem=k1&from_text=A+neighbour&carriage=by-hand"
                          "&received=2026-11-19");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "Nothing was handed in.");
    assert_has(h.body, "name=\"from_text\" value=\"A neighbour\"");
    assert_has(h.body, "<option value=\"by-hand\" selected>");
    assert_has(h.body, "name=\"received\" value=\"2026-11-19\"");
}

static void an_entry_offers_what_it_can_become(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, ENTRY);
    assert_int_equal(h.status, 200);
    assert_has(h.body, "File as a copy in <bdi>XN-CSB-2026-0147</bdi>");
    assert_has(h.body, "href=\"" ENTRY "/act/XN-CSB-2026-0147/withdraw\"");
    assert_has(h.body, "action=\"" ENTRY "/request\"");
    assert_has(h.body, "it names a number of it");
    assert_has(h.body, "<bdi>PGO 90/26</bdi>");
    assert_lacks(h.body, "/do/");
}

static void what_was_not_taken_is_named_by_words_of_ours(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, ENTRY "?done=registered&left=deadline.%3Cb%3Eevil.registry");
    assert_has(h.body, "Not taken, because it was not right");
    assert_has(h.body, "<li>Answer wanted by</li><li>Number in our registry</li></ul>");
    assert_lacks(h.body, "evil");
    assert_lacks(get(d, ENTRY "?done=registered").body, "Not taken");
}

static void it_is_filed_as_a_person_says(void **state)
{
    struct door *d = *state;
    static const struct {
        const char *path, *body, *as, *ref;
    } ways[] = {
        {ENTRY "/copy", "idem=k&ref=XN-CSB-2026-0147", "copy", "XN-CSB-2026-0147"},
        {ENTRY "/note", "idem=k&ref=+PGO+5%2F26+", "note", "PGO 5/26"},
        {ENTRY "/act/XN-CSB-2026-0147/withdraw", "idem=k&p.reasons=Done", "act",
         "XN-CSB-2026-0147"},
        {ENTRY "/request", "idem=k&kind=preservation&p.facts=A+bank", "request", ""},
    };
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        struct heard h = post(d, ways[k].path, ways[k].body);
        assert_int_equal(h.status, 303);
        const struct tree *args = double_args(&d->desk, "entry-file");
        assert_text(tree_str(args, "as"), ways[k].as);
        assert_text(tree_str(args, "ref"), ways[k].ref);
        assert_text(tree_str(args, "idem"), "k");
    }
    const struct tree *args = double_args(&d->desk, "entry-file");
    assert_text(tree_str(tree_get(args, "particulars"), "facts"), "A bank");
}

static void what_looks_like_a_copy_is_asked_about_once_more(void **state)
{
    struct door *d = *state;
    d->desk.refuse = "entry-file";
    d->desk.fault = (struct fault){ERR_CONFLICT, "likely-copy", "", "", "It came before."};
    struct heard h = post(d, ENTRY "/request", "idem=k&kind=preservation&p.facts=A+bank");
    assert_int_equal(h.status, 409);
    assert_has(h.body, "It came before.");
    assert_lacks(h.body, "This was refused"); /* said once, with what stays */
    assert_has(h.body, "A bank");
    assert_has(h.body, "name=\"again\" value=\"1\"");
    d->desk.refuse = NULL;
    (void)post(d, ENTRY "/request", "idem=k&kind=preservation&again=1");
    assert_true(tree_bool(double_args(&d->desk, "entry-file"), "again", false));
}

static void an_original_is_given_out_to_keep_and_never_shown(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, ENTRY "/documents/3fa1");
    assert_int_equal(h.status, 200);
    assert_text(header_of(&h, "Content-Type"), "application/octet-stream");
    assert_has(header_of(&h, "Content-Disposition"), "attachment");
}

static void what_is_known_can_be_added_later(void **state)
{
    struct door *d = *state;
    assert_has(get(d, ENTRY).body, "name=\"received\" value=\"2026-11-24\""); /* 22:10 UTC */
    struct heard h = post(d, ENTRY, "idem=k&registry=12%2F9&received=2026-11-24");
    assert_null(tree_get(double_args(&d->desk, "entry-edit"), "received"));
    (void)post(d, ENTRY, "idem=k1&received=2026-11-22");
    assert_text(tree_str(double_args(&d->desk, "entry-edit"), "received"), "2026-11-22");
    h = post(d, ENTRY, "idem=k&deadline=2026-12-01");
    assert_text(header_of(&h, "Location"), ENTRY "?done=kept");
    assert_text(tree_str(double_args(&d->desk, "entry-edit"), "deadline"), "2026-12-01");
    d->desk.refuse = "entry-edit";
    d->desk.fault = (struct fault){ERR_CONFLICT, "entry-filed", "", "", "It is filed already."};
    h = post(d, ENTRY, "idem=k2");
    assert_int_equal(h.status, 409);
    assert_has(h.body, "It is filed already.");
}

int register_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_door(what_came_is_listed_with_its_words),
        with_door(a_scan_is_registered_in_one_form),
        with_door(a_refusal_keeps_what_was_typed),
        with_door(an_entry_offers_what_it_can_become),
        with_door(what_was_not_taken_is_named_by_words_of_ours),
        with_door(it_is_filed_as_a_person_says),
        with_door(what_looks_like_a_copy_is_asked_about_once_more),
        with_door(an_original_is_given_out_to_keep_and_never_shown),
        with_door(what_is_known_can_be_added_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
