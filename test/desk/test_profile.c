/* SPDX-License-Identifier: Apache-2.0 */
/* What our State says of itself: the signed profile, what the law left open, the tables. */

#include "desk/desk_test.h"

#include "kit/rows.h"

#include <string.h>

static struct world w;
static struct world_node *xa;
static struct arena *rows;

/* XA's law leaves open who sends requests for assistance. */
static int begin(void **state)
{
    (void)state;
    static const char open[] =
        "unassigned:\n  - {instrument: un-cybercrime, function: mla, direction: send, kind: \"*\", "
        "article: \"40(12)(d)\", source: unverified}\nreservations: []";
    static const char *const pairs[] = {"state: XN", "state: XA", "reservations: []", open};
    rows = arena_new();
    struct law_file *files = arena_take_many(rows, law_embedded_n + 1, sizeof *files);
    size_t n = 0;
    for (size_t k = 0; k < law_embedded_n; k++) {
        files[n++] = law_embedded[k];
        if (strcmp(law_embedded[k].path, "states/xn.yaml") == 0)
            files[n++] = rows_file(rows, &law_embedded[k], "states/xa.yaml", pairs, 2);
    }
    world_open_real(&w, 2, 91, &suite_fake, files, n);
    xa = &w.node[0];
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_close(&w);
    arena_free(rows);
    return 0;
}

enum { ADMIN = 0, LAWYER = 7 };

/* A lawyer beside the first officer; from then on he asks. */
static void become_lawyer(struct arena *a)
{
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "officer", STR("o-7"));
    tree_add_str(a, args, "post", STR("lawyer"));
    tree_add_int(a, args, "uid", LAWYER);
    tree_add_str(a, tree_add_list(a, args, "roles"), NULL, STR("lawyer"));
    assert_ok(&w, world_do(xa, a, DESK_USER_ADD, args, NULL));
    xa->uid = LAWYER;
}

static const struct tree *profile(struct arena *a)
{
    const struct tree *v;
    struct tree *args = tree_map(a);
    tree_add_bool(a, args, "next", true);
    assert_ok(&w, world_do(xa, a, DESK_PROFILE, args, &v));
    return v;
}

static struct str cited; /* by the last refusal */

static void refused(struct arena *a, enum desk_action action, const struct tree *args, err want,
                    const char *code)
{
    struct str before = tree_str(profile(a), "profile");
    assert_int_equal(world_do(xa, a, action, args, NULL), want);
    assert_string_equal(w.fault.code, code);
    cited = str_dup(a, str_of(w.fault.article));
    assert_true(str_eq(tree_str(profile(a), "profile"), before));
}

static const struct tree *answer(struct arena *a, const char *direction, bool with_order)
{
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "instrument", STR("un-cybercrime"));
    tree_add_str(a, args, "function", STR("mla"));
    tree_add_str(a, args, "direction", str_of(direction));
    tree_add_str(a, args, "authority", STR("XA/csb"));
    tree_add_str(a, args, "order_number", with_order ? STR("17/2026") : STR("  "));
    tree_add_str(a, args, "order_date", STR("2026-11-20"));
    struct tree *scan = tree_add_map(a, tree_add_list(a, args, "documents"), NULL);
    tree_add_str(a, scan, "name", STR("order.pdf"));
    tree_add_str(a, scan, "type", STR("application/pdf"));
    tree_add_str(a, scan, "data", STR("JVBERg=="));
    return args;
}

static const struct tree *accept_args(struct arena *a, struct str tables, const char *statement)
{
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "tables", tables);
    tree_add_str(a, args, "statement", str_of(statement));
    return args;
}

static void a_real_node_acts_by_no_tables_that_a_lawyer_did_not_accept(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct str tables = tree_str(profile(a), "tables");
    assert_false(tree_bool(profile(a), "accepted", true));
    struct tree *args = tree_map(a);
    assert_ok(
        &w, world_do(xa, a, DESK_NEW,
                     world_args(a, "kind=preservation", "to=XB/csb", "lang=en",
                                "particulars.authority_seeking=Bureau",
                                "particulars.offence=Illegal access",
                                "particulars.facts=A server was entered.",
                                "particulars.relation=The account", "particulars.data=The account",
                                "particulars.necessity=It is deleted soon.",
                                "particulars.mla_intended=true", NULL),
                     &v));
    tree_add_str(a, args, "draft", tree_str(v, "draft"));
    refused(a, DESK_SEND, args, ERR_NOT_ALLOWED, "tables-not-accepted");
    assert_int_equal(world_do(xa, a, DESK_CHECK, args, &v), ERR_NO);
    assert_text(tree_get(v, "remarks")->child, "code", "tables-not-accepted");
    refused(a, DESK_LAW_ACCEPT, accept_args(a, tables, "All"), ERR_NOT_ALLOWED, "role-may-not");
    become_lawyer(a);
    refused(a, DESK_LAW_ACCEPT, accept_args(a, tables, " "), ERR_REJECTED, "statement-missing");
    refused(a, DESK_LAW_ACCEPT, accept_args(a, tables, "\xc2\xa0"), ERR_REJECTED,
            "statement-missing");
    refused(a, DESK_LAW_ACCEPT, accept_args(a, STR("00"), "All"), ERR_CONFLICT, "tables-other");
    refused(a, DESK_SEND, args, ERR_NOT_ALLOWED, "tables-not-accepted");
    assert_ok(&w, world_do(xa, a, DESK_LAW_ACCEPT, accept_args(a, tables, "Arts 40 and 42"), &v));
    assert_true(tree_bool(v, "accepted", false));
    assert_text(tree_get(v, "acceptance"), "statement", "Arts 40 and 42");
    assert_text(tree_get(v, "acceptance"), "officer", "o-7");
    err e = world_do(xa, a, DESK_SEND, args, &v);
    assert_true(e == ERR_OK || strcmp(w.fault.code, "tables-not-accepted") != 0);
    xa->uid = ADMIN;
    stands_again(xa, a);
    assert_true(tree_bool(profile(a), "accepted", false));
}

/* What comes in is kept whatever our lawyers have said. */
static void what_comes_is_taken_all_the_same(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str tables = tree_str(profile(a), "tables");
    become_lawyer(a);
    assert_ok(&w, world_do(xa, a, DESK_LAW_ACCEPT, accept_args(a, tables, "All"), NULL));
    xa->uid = ADMIN;
    struct str ref = world_request(xa, &w.node[1], a);
    world_settle(&w);
    assert_text(show(&w.node[1], a, ref), "state", "requested");
    const struct tree *args = world_args(a, "ref=XB-CSB-2026-0001", "act=acknowledge", NULL);
    assert_int_equal(world_do(&w.node[1], a, DESK_ACT, args, NULL), ERR_NOT_ALLOWED);
    assert_string_equal(w.fault.code, "tables-not-accepted");
}

static void what_the_law_left_open_is_answered_once_by_an_order(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    const struct tree *open = tree_get(profile(a), "unassigned")->child;
    assert_text(open, "article", "un-cybercrime 40(12)(d)");
    assert_false(tree_bool(open, "answered", true));
    refused(a, DESK_FUNCTION_ASSIGN, answer(a, "send", true), ERR_NOT_ALLOWED, "role-may-not");
    become_lawyer(a);
    refused(a, DESK_FUNCTION_ASSIGN, answer(a, "receive", true), ERR_NONE_SUCH,
            "function-not-open");
    refused(a, DESK_FUNCTION_ASSIGN, answer(a, "send", false), ERR_REJECTED, "order-missing");
    assert_true(str_is(cited, "un-cybercrime 40(12)(d)"));
    assert_int_equal(tree_int(profile(a), "waits_for_signature", -1), 0);
    assert_ok(&w, world_do(xa, a, DESK_FUNCTION_ASSIGN, answer(a, "send", true), &v));
    open = tree_get(v, "unassigned")->child;
    assert_text(open, "authority", "XA/csb");
    assert_text(open, "order_number", "17/2026");
    assert_false(tree_bool(open, "signed", true));
    assert_int_equal(tree_int(v, "waits_for_signature", 0), 1);
    refused(a, DESK_FUNCTION_ASSIGN, answer(a, "send", true), ERR_CONFLICT, "function-assigned");
    xa->uid = ADMIN;
    assert_ok(&w, world_fsck(xa, a)); /* the scan is in the vault */
    stands_again(xa, a);
}

static const struct tree *function_line(struct arena *a, struct str draft)
{
    const struct tree *v, *r;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "draft", draft);
    assert_int_equal(world_do(xa, a, DESK_CHECK, args, &v), ERR_NO);
    for (r = tree_get(v, "remarks")->child; r; r = r->next)
        if (str_is(tree_str(r, "code"), "function-missing")) return r;
    fail_msg("nothing is said of the function");
    return NULL;
}

static bool has_words(struct arena *a, struct str s, const char *words)
{
    return strstr(str_c(a, s), words) != NULL;
}

/* Who lacks a function is told what to do: ask the lawyer, wait for the root, or pass it on. */
static void a_missing_function_says_who_holds_it_or_who_may_say_so(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct tree *request = tree_add_copy(a, tree_list(a), NULL,
                                         world_args(a, "kind=mla.stored-data", "to=XB/csb", NULL));
    assert_ok(&w, world_do(xa, a, DESK_NEW, request, &v));
    struct str draft = tree_str(v, "draft");
    struct str remedy = tree_str(function_line(a, draft), "remedy");
    assert_true(has_words(a, remedy, "comity profile assign"));
    become_lawyer(a);
    assert_ok(&w, world_do(xa, a, DESK_LAW_ACCEPT,
                           accept_args(a, tree_str(profile(a), "tables"), "Compared."), NULL));
    assert_ok(&w, world_do(xa, a, DESK_FUNCTION_ASSIGN, answer(a, "send", true), NULL));
    xa->uid = ADMIN;
    remedy = tree_str(function_line(a, draft), "remedy");
    assert_true(has_words(a, remedy, "XA/csb") && has_words(a, remedy, "root of the State"));
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "draft", draft);
    assert_int_equal(world_do(xa, a, DESK_SEND, args, NULL), ERR_NOT_ALLOWED);
    assert_string_equal(w.fault.code, "function-missing");
    assert_non_null(strstr(w.fault.sentence, "root of the State"));
}

static struct str signed_by(struct arena *a, struct world_node *n, struct str body)
{
    struct turn t = {.arena = a, .clock = &w.clock, .chance = &w.chance};
    struct bytes cms;
    assert_int_equal(
        w.suite->sign(&t, n->root_key, n->root_der, str_bytes(body), true, w.now_ms, &cms), ERR_OK);
    return base64(a, cms);
}

static const struct tree *profile_args(struct arena *a, struct str signed_text)
{
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "profile", signed_text);
    return args;
}

static const struct tree *answer_with(struct arena *a, const char *name, struct str value)
{
    struct tree *args = tree_map(a);
    for (const struct tree *v = answer(a, "send", true)->child; v; v = v->next)
        tree_set(a, args, v->key, v);
    tree_set(a, args, str_of(name), tree_add_str(a, tree_list(a), NULL, value));
    return args;
}

static void a_wrong_answer_is_corrected_until_the_root_has_signed_it(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct str today = day_text(a, day_of_ms(w.now_ms)),
               later = day_text(a, day_of_ms(w.now_ms) + 2);
    become_lawyer(a);
    refused(a, DESK_FUNCTION_ASSIGN, answer_with(a, "order_date", later), ERR_REJECTED,
            "day-to-come");
    refused(a, DESK_FUNCTION_ASSIGN, answer_with(a, "order_number", STR("\xc2\xa0\xe2\x80\x8b")),
            ERR_REJECTED, "order-missing");
    assert_false(tree_bool(tree_get(profile(a), "unassigned")->child, "answered", true));
    assert_ok(&w, world_do(xa, a, DESK_FUNCTION_ASSIGN, answer_with(a, "order_date", today), &v));
    assert_ok(&w, world_do(xa, a, DESK_FUNCTION_ASSIGN, answer(a, "send", true), &v));
    assert_text(tree_get(v, "unassigned")->child, "order_date", "2026-11-20");
    assert_int_equal(tree_int(v, "waits_for_signature", 0), 1);
    xa->uid = ADMIN;
    assert_ok(&w, world_fsck(xa, a)); /* both answers stand in the log, and both scans are kept */
    stands_again(xa, a);
    w.now_ms += DAY_MS;
    struct str body = tree_str(profile(a), "next");
    assert_ok(&w, world_do(xa, a, DESK_PROFILE_SET, profile_args(a, signed_by(a, xa, body)), &v));
    xa->uid = LAWYER;
    refused(a, DESK_FUNCTION_ASSIGN, answer_with(a, "order_number", STR("18/2026")), ERR_CONFLICT,
            "function-assigned");
    xa->uid = ADMIN;
    stands_again(xa, a);
}

static void the_next_profile_is_taken_when_our_root_signed_it(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    become_lawyer(a);
    struct str old = tree_str(profile(a), "next");
    w.now_ms += DAY_MS;
    assert_ok(&w, world_do(xa, a, DESK_FUNCTION_ASSIGN, answer(a, "send", true), &v));
    struct str body = tree_str(profile(a), "next");
    refused(a, DESK_PROFILE_SET, profile_args(a, STR("!")), ERR_NOT_ALLOWED, "role-may-not");
    xa->uid = ADMIN;
    refused(a, DESK_PROFILE_SET, profile_args(a, STR("!")), ERR_REJECTED, "profile-form");
    assert_int_not_equal(
        world_do(xa, a, DESK_PROFILE_SET, profile_args(a, signed_by(a, &w.node[1], body)), NULL),
        ERR_OK);
    assert_ok(&w, world_do(xa, a, DESK_PROFILE_SET, profile_args(a, signed_by(a, xa, body)), &v));
    assert_false(str_eq(tree_str(v, "profile"), STR("")));
    const struct tree *p = profile(a);
    assert_true(str_eq(tree_str(p, "profile"), tree_str(v, "profile")));
    assert_true(tree_bool(tree_get(p, "unassigned")->child, "signed", false));
    assert_int_equal(tree_int(p, "waits_for_signature", -1), 0);
    refused(a, DESK_PROFILE_SET, profile_args(a, signed_by(a, xa, old)), ERR_REJECTED,
            "profile-older");
    w.now_ms += DAY_MS;
    struct str other = rows_exchanged(a, tree_str(profile(a), "next"), "\"name\":\"Authority\"",
                                      "\"name\":\"A\\u0000\"");
    assert_int_not_equal(
        world_do(xa, a, DESK_PROFILE_SET, profile_args(a, signed_by(a, xa, other)), NULL), ERR_OK);
    other = rows_exchanged(a, tree_str(profile(a), "next"), "\"id\":\"XA/csb", "\"id\":\"XA/moj");
    refused(a, DESK_PROFILE_SET, profile_args(a, signed_by(a, xa, other)), ERR_REJECTED,
            "profile-of-another");
    stands_again(xa, a);
}

/* A peer whose root is pinned may say something new of itself without another ceremony. */
static void a_pinned_peer_is_taken_at_its_newer_word(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    w.now_ms += DAY_MS;
    struct tree *args = tree_map(a);
    tree_add_bool(a, args, "next", true);
    assert_ok(&w, world_do(&w.node[1], a, DESK_PROFILE, args, &v));
    args = tree_map(a);
    tree_add_str(a, args, "profile", signed_by(a, &w.node[1], tree_str(v, "next")));
    tree_add_str(a, args, "root", base64(a, w.node[1].root_der));
    assert_ok(&w, world_do(xa, a, DESK_PEER_ADD, args, &v));
    assert_text(v, "stage", "pinned");
    stands_again(xa, a);
}

int test_profile(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_real_node_acts_by_no_tables_that_a_lawyer_did_not_accept,
                                        begin, end),
        cmocka_unit_test_setup_teardown(what_comes_is_taken_all_the_same, begin, end),
        cmocka_unit_test_setup_teardown(what_the_law_left_open_is_answered_once_by_an_order, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_missing_function_says_who_holds_it_or_who_may_say_so,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_wrong_answer_is_corrected_until_the_root_has_signed_it,
                                        begin, end),
        cmocka_unit_test_setup_teardown(the_next_profile_is_taken_when_our_root_signed_it, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_pinned_peer_is_taken_at_its_newer_word, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
