/* SPDX-License-Identifier: Apache-2.0 */
/* An act as a letter, its code, and the signed paper bound to it. */

#include "desk/desk_internal.h"
#include "desk/desk_test.h"

#include <string.h>

static struct world w;
static struct world_node *us;

static int up(void **state)
{
    (void)state;
    world_open(&w, 1, 51, &suite_1, NULL);
    us = &w.node[0];
    auto_arena a = arena_new();
    const struct tree *v;
    assert_ok(&w, world_do(us, a, DESK_NEW,
                           world_args(a, "kind=preservation", "to=XL/pgo", "lang=en",
                                      "particulars.authority_seeking=Cybercrime Bureau",
                                      "particulars.offence=Illegal access",
                                      "particulars.offence_scope=convention_offence",
                                      "particulars.facts=A hospital was hit.",
                                      "particulars.data=Server 203.0.113.7",
                                      "particulars.relation=It holds the loot.",
                                      "particulars.necessity=The rental ends.",
                                      "particulars.mla_intended=true", NULL),
                           &v));
    struct str d = str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    assert_ok(&w, world_do(us, a, DESK_SEND, world_args(a, str_c(a, d), NULL), &v));
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static const struct tree *letter(struct arena *a, const char *lang)
{
    const struct tree *v;
    struct str l = str_printf(a, "lang=%s", lang);
    assert_ok(&w, world_do(us, a, DESK_LETTER,
                           world_args(a, "ref=XA-CSB-2026-0001", str_c(a, l), NULL), &v));
    return v;
}

static void fields_stand_in_the_order_of_the_form_in_two_languages(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    static const char *const labels[] = {"Date",
                                         "Reference",
                                         "Request status",
                                         "Requested authority",
                                         "Requesting authority",
                                         "Authority seeking the preservation",
                                         "Offence",
                                         "Scope of the offence",
                                         "Brief summary of the facts",
                                         "How the data relate to the offence",
                                         "Data to be preserved",
                                         "Necessity of the preservation",
                                         "A request for mutual legal assistance will follow"};
    const struct tree *v = letter(a, "en"), *m = tree_get(v, "letter");
    assert_text(m, "lang", "en");
    assert_text(m, "lang2", "az");
    assert_text(m, "title2", "Elektron məlumatların təxirəsalınmaz mühafizəsi");
    size_t k = 0;
    const struct tree *scope = NULL, *code = NULL;
    for (const struct tree *b = tree_get(m, "blocks")->child; b; b = b->next) {
        if (str_is(tree_str(b, "block"), "code")) code = b;
        if (!str_is(tree_str(b, "block"), "field")) continue;
        assert_true(k < sizeof labels / sizeof *labels);
        assert_text(b, "label", labels[k]);
        assert_true(tree_str(b, "label2").n > 0);
        if (k == 7) scope = b;
        k++;
    }
    assert_int_equal(k, sizeof labels / sizeof *labels);
    assert_text(scope, "value", "Offence established in accordance with the Convention");
    assert_text(scope, "article", "un-cybercrime 35(1)(c)");
    assert_true(str_eq(tree_str(code, "text"), tree_str(v, "code")));
    assert_true(str_eq(tree_str(tree_get(m, "footer"), "hash"), tree_str(v, "hash")));
    assert_text(tree_get(letter(a, "az"), "letter"), "lang2", "en");
    assert_text(tree_get(letter(a, "ar"), "letter"), "lang2", "en");
}

static void the_container_that_goes_with_it_is_what_a_court_verifies(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = letter(a, "en"), *doc = tree_get(v, "documents")->child;
    struct bytes container;
    struct turn t = {.arena = a};
    struct proof_verdict verdict;
    assert_text(doc, "name", "XA-CSB-2026-0001-send.asice");
    assert_true(base64_read(a, tree_str(doc, "data"), &container));
    assert_int_equal(proof_verify(&t, container, &us->root_der, 1, &verdict), ERR_OK);
    assert_true(verdict.sound);
    assert_int_equal(verdict.trust, PROOF_TRUSTED);
}

static void the_mail_tells_where_it_belongs_and_nothing_of_the_case(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = letter(a, "en"), *m = tree_get(v, "mail");
    struct str mark = str_printf(a, "[" STR_FMT "]", STR_ARG(tree_str(v, "token")));
    assert_text(m, "to", "requests@pgo.lacunia.example");
    assert_true(str_starts(tree_str(m, "subject"), str_c(a, mark)));
    assert_non_null(strstr(str_c(a, tree_str(m, "text")), str_c(a, mark)));
    static const char *const facts[] = {"hospital", "203.0.113.7", "loot", "Illegal", "rental"};
    for (size_t k = 0; k < sizeof facts / sizeof *facts; k++) {
        assert_null(strstr(str_c(a, tree_str(m, "text")), facts[k]));
        assert_null(strstr(str_c(a, tree_str(m, "subject")), facts[k]));
    }
    assert_int_equal(tree_str(v, "token").n, sizeof "XA-CSB-2026-0001/" - 1 + 12);
}

static void a_code_is_read_as_people_write_it_and_no_other_passes(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct hash h = {{0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6}};
    struct str code = desk_code(&t, &h);
    assert_true(str_is(code, "0123-4567-89AB"));
    assert_true(desk_code_is(STR("0123-4567-89AB"), code));
    assert_true(desk_code_is(STR("ol23 456789ab"), code));
    assert_true(desk_code_is(STR("oI2345678 9aB"), code));
    assert_false(desk_code_is(STR("0123-4567-89AC"), code));
    assert_false(desk_code_is(STR("0123-4567-89A"), code));
    assert_false(desk_code_is(STR("0123-4567-89AB-0"), code));
    assert_false(desk_code_is(STR(""), code));
}

static struct tree *scan(struct arena *a, struct str code, const char *act)
{
    struct tree *args = tree_map(a), *one;
    tree_add_str(a, args, "ref", STR("XA-CSB-2026-0001"));
    tree_add_str(a, args, "act", str_of(act));
    tree_add_str(a, args, "code", code);
    one = tree_add_map(a, tree_add_list(a, args, "documents"), NULL);
    tree_add_str(a, one, "name", STR("signed.pdf"));
    tree_add_str(a, one, "type", STR("application/pdf"));
    tree_add_str(a, one, "data", base64(a, str_bytes(STR("ink"))));
    return args;
}

static void a_scan_of_another_version_is_refused_by_its_printed_code(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v, *first = letter(a, "en"), *second;
    assert_ok(&w, world_do(us, a, DESK_ACT,
                           world_args(a, "ref=XA-CSB-2026-0001", "act=withdraw", NULL), &v));
    second = letter(a, "en"); /* the last act */
    struct str code = tree_str(first, "code"), other = tree_str(second, "code");
    assert_false(str_eq(code, other));
    assert_int_equal(world_do(us, a, DESK_BIND, scan(a, other, "send"), &v), ERR_REJECTED);
    assert_string_equal(w.fault.code, "code-of-another");
    assert_non_null(strstr(w.fault.sentence, str_c(a, code)));
    assert_non_null(strstr(w.fault.sentence, str_c(a, other)));
    assert_non_null(strstr(w.fault.sentence, "withdraw"));
    assert_int_equal(world_do(us, a, DESK_BIND, scan(a, STR("AAAA-AAAA-AAAA"), "send"), &v),
                     ERR_REJECTED);
    assert_non_null(strstr(w.fault.sentence, str_c(a, code)));
    assert_non_null(strstr(w.fault.sentence, "AAAA-AAAA-AAAA"));
    assert_null(tree_get(tree_get(show(us, a, STR("XA-CSB-2026-0001")), "acts")->child, "bound"));

    assert_ok(&w, world_do(us, a, DESK_BIND, scan(a, code, "send"), &v));
    const struct tree *bound =
        tree_get(tree_get(show(us, a, STR("XA-CSB-2026-0001")), "acts")->child, "bound");
    assert_true(str_eq(tree_str(bound->child, "code"), code));
    struct hash h = seal_sha256_of(str_bytes(STR("ink")));
    assert_true(str_eq(tree_str(tree_get(bound->child, "documents")->child, "sha256"),
                       hex(a, hash_bytes(&h))));
    struct tree *get = tree_map(a);
    tree_add_str(a, get, "ref", STR("XA-CSB-2026-0001"));
    tree_add_str(a, get, "sha256", hex(a, hash_bytes(&h)));
    assert_ok(&w, world_do(us, a, DESK_DOCUMENT, get, &v));
    assert_true(str_eq(tree_str(v, "data"), base64(a, str_bytes(STR("ink")))));
    assert_ok(&w, world_fsck(us, a));
}

int test_letter(void)
{
    const struct CMUnitTest tests[] = {
#define fresh(f) cmocka_unit_test_setup_teardown(f, up, down)
        fresh(fields_stand_in_the_order_of_the_form_in_two_languages),
        fresh(the_container_that_goes_with_it_is_what_a_court_verifies),
        fresh(the_mail_tells_where_it_belongs_and_nothing_of_the_case),
        cmocka_unit_test(a_code_is_read_as_people_write_it_and_no_other_passes),
        fresh(a_scan_of_another_version_is_refused_by_its_printed_code),
#undef fresh
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
