/* SPDX-License-Identifier: Apache-2.0 */
/* What the node does by itself: what an act in one dossier brings about in another that it names,
 * and what a clock brings about at home. */

#include "desk/desk_test.h"

#include "kit/rows.h"

#include <string.h>

static struct world w;
static struct world_node *xa, *xb;
static struct arena *rows; /* the tables live as long as a world */

/* The tables with the two States of the test. */
static const struct law_file *tables(size_t *n_out)
{
    static const char *const a[] = {"state: XN", "state: XA"}, *const b[] = {"state: XN",
                                                                             "state: XB"};
    struct law_file *files = arena_take_many(rows, law_embedded_n + 2, sizeof *files);
    size_t n = 0;
    for (size_t k = 0; k < law_embedded_n; k++) {
        const struct law_file *f = &law_embedded[k];
        files[n++] = *f;
        if (strcmp(f->path, "states/xn.yaml") != 0) continue;
        files[n++] = rows_file(rows, f, "states/xa.yaml", a, 1);
        files[n++] = rows_file(rows, f, "states/xb.yaml", b, 1);
    }
    *n_out = n;
    return files;
}

static int begin(void **state)
{
    (void)state;
    size_t n;
    rows = arena_new();
    const struct law_file *law = tables(&n);
    world_open_law(&w, 2, 81, &suite_fake, law, n);
    xa = &w.node[0];
    xb = &w.node[1];
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_close(&w);
    arena_free(rows);
    return 0;
}

static void does(struct world_node *n, struct arena *a, const struct tree *args)
{
    const struct tree *v;
    assert_ok(&w, world_do(n, a, DESK_ACT, args, &v));
    world_settle(&w);
}

/* A preservation that stands, of XA at XB; its number here. */
static struct str preserved(struct arena *a)
{
    struct str ref = world_request(xa, xb, a);
    world_settle(&w);
    struct str theirs = tree_str(show(xb, a, ref), "ref");
    const char *of = str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(theirs)));
    does(xb, a,
         world_args(a, of, "act=order", "particulars.authority_ordering=Prosecutor",
                    "particulars.order_number=1", "particulars.order_date=2026-11-24",
                    "particulars.custodian=Host", NULL));
    does(xb, a, world_args(a, of, "act=preserve", "particulars.preserved_until=2027-01-25", NULL));
    return ref;
}

static struct str asked(struct arena *a, struct str names)
{
    const struct tree *v;
    const char *link = str_c(a, str_printf(a, "particulars.preservation=" STR_FMT, STR_ARG(names)));
    assert_ok(
        &w, world_do(
                xa, a, DESK_NEW,
                world_args(
                    a, "kind=mla.stored-data", "to=XB/csb", "lang=en",
                    "particulars.requesting_body=Bureau", "particulars.case_nature=Investigation",
                    "particulars.conducting_authority=Bureau", "particulars.offence=Illegal access",
                    "particulars.offence_scope=convention_offence",
                    "particulars.convention_article=7", "particulars.facts=A server was entered.",
                    "particulars.assistance=Disclose the data.", "particulars.purpose=Evidence",
                    "particulars.data=The account", link, NULL),
                &v));
    struct str draft = str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    assert_ok(&w, world_do(xa, a, DESK_SEND, world_args(a, str_c(a, draft), NULL), &v));
    world_settle(&w);
    return tree_str(v, "ref");
}

static const struct tree *link_of(const struct tree *v, bool names)
{
    const struct tree *l = tree_get(v, "links")->child;
    while (l && tree_bool(l, "names", !names) != names) l = l->next;
    return l;
}

static void a_request_for_assistance_holds_what_it_names(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str kept = preserved(a), ref = asked(a, kept);
    const struct tree *v = show(xb, a, kept);
    assert_text(v, "state", "held");
    assert_text(show(xa, a, kept), "state", "held");
    assert_text(tree_get(tree_get(v, "acts")->last, "by"), "method", "system");
    const struct tree *there = show(xb, a, ref);
    assert_text(link_of(v, false), "ref", str_c(a, tree_str(there, "ref")));
    assert_text(link_of(there, true), "ref", str_c(a, tree_str(v, "ref")));
    w.now_ms += 400 * DAY_MS; /* whatever the clock says, it waits for the decision */
    assert_ok(&w, world_do(xb, a, DESK_TICK, NULL, NULL));
    assert_text(show(xb, a, kept), "state", "held");
    assert_ok(&w, world_fsck(xa, a));
    assert_ok(&w, world_fsck(xb, a));
    stands_again(xb, a);
}

/* What comes before the data are preserved is made good when they are. */
static void a_request_that_came_early_holds_it_later(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str kept = world_request(xa, xb, a);
    world_settle(&w);
    asked(a, kept);
    assert_text(show(xb, a, kept), "state", "requested");
    const char *of =
        str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(tree_str(show(xb, a, kept), "ref"))));
    does(xb, a,
         world_args(a, of, "act=order", "particulars.authority_ordering=Prosecutor",
                    "particulars.order_number=1", "particulars.order_date=2026-11-24",
                    "particulars.custodian=Host", NULL));
    does(xb, a, world_args(a, of, "act=preserve", "particulars.preserved_until=2027-01-25", NULL));
    assert_text(show(xb, a, kept), "state", "held");
}

static void what_is_decided_there_ends_it_here(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str kept = preserved(a), ref = asked(a, kept);
    const char *of =
        str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(tree_str(show(xb, a, ref), "ref"))));
    does(xb, a,
         world_args(a, of, "act=not_executable", "particulars.code=gone",
                    "particulars.reasons=The provider no longer has them.", NULL));
    assert_text(show(xb, a, ref), "state", "not_executable");
    const struct tree *v = show(xa, a, kept);
    assert_text(v, "state", "released");
    assert_int_equal(tree_get(v, "acts")->count, tree_get(show(xb, a, kept), "acts")->count - 1);
    stands_again(xa, a);
    stands_again(xb, a);
}

/* A number is not a key: it leads nowhere but to a dossier with the same State. */
static void a_number_that_leads_nowhere_is_kept_and_nothing_follows(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str ref = asked(a, STR("XB-CSB-1999-0001"));
    const struct tree *l = link_of(show(xb, a, ref), true);
    assert_text(l, "number", "XB-CSB-1999-0001");
    assert_null(tree_get(l, "ref"));
    ref = asked(a, STR("XA-CSB-2026-0002")); /* it names itself */
    assert_null(tree_get(link_of(show(xa, a, ref), true), "state_title"));
}

/* A request may rest on several instruments; each is in force between the two, or it is refused. */
static void a_request_cites_other_instruments_too(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct tree *args = tree_map(a);
    const struct tree *asked_for = world_args(
        a, "kind=preservation", "to=XB/csb", "lang=en", "particulars.authority_seeking=Bureau",
        "particulars.offence=Illegal access", "particulars.facts=A server was entered.",
        "particulars.relation=The account", "particulars.data=The account",
        "particulars.necessity=It is deleted soon.", NULL);
    for (const struct tree *m = asked_for->child; m; m = m->next)
        tree_add_copy(a, args, str_c(a, m->key), m);
    struct tree *particulars = tree_map(a);
    for (const struct tree *m = tree_get(args, "particulars")->child; m; m = m->next)
        tree_add_copy(a, particulars, str_c(a, m->key), m);
    tree_add_bool(a, particulars, "mla_intended", true);
    tree_set(a, args, STR("particulars"), particulars);
    struct tree *also = tree_list(a);
    tree_add_str(a, also, NULL, STR("budapest"));
    tree_set(a, args, STR("also"), also);
    assert_ok(&w, world_do(xa, a, DESK_NEW, args, &v));
    struct str draft = str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    assert_ok(&w, world_do(xa, a, DESK_DRAFT, world_args(a, str_c(a, draft), NULL), &v));
    const struct tree *offered = tree_get(tree_get(v, "form"), "also"), *one = offered->child;
    while (one && !str_is(tree_str(one, "instrument"), "budapest")) one = one->next;
    assert_non_null(one);
    assert_true(tree_str(one, "title").n > 0);
    for (one = offered->child; one; one = one->next)
        assert_false(str_is(tree_str(one, "instrument"), "un-cybercrime"));
    struct tree *saved = tree_map(a); /* what is not spoken of stays */
    tree_add_str(a, saved, "draft", tree_str(v, "draft"));
    tree_add_int(a, saved, "version", 1);
    tree_add_str(a, tree_add_map(a, saved, "particulars"), "facts", STR("A server was read."));
    assert_ok(&w, world_do(xa, a, DESK_DRAFT_SAVE, saved, NULL));
    assert_ok(&w, world_do(xa, a, DESK_SEND, world_args(a, str_c(a, draft), NULL), &v));
    world_settle(&w);
    const struct tree *there = show(xb, a, tree_str(v, "ref"));
    assert_text(tree_get(there, "also")->child, "instrument", "budapest");
    assert_int_equal(tree_get(there, "also")->count, 1);
    tree_add_str(a, also, NULL, STR("budapest")); /* once is enough */
    tree_set(a, args, STR("also"), also);
    assert_ok(&w, world_do(xa, a, DESK_NEW, args, &v));
    draft = str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    assert_int_equal(world_do(xa, a, DESK_SEND, world_args(a, str_c(a, draft), NULL), NULL),
                     ERR_REJECTED);
    assert_string_equal(w.fault.code, "also-twice");
    also = tree_list(a);
    static const char *const bad[] = {"ets-086", "un-cybercrime", "juggling"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        tree_add_str(a, also, NULL, str_of(bad[k]));
        tree_set(a, args, STR("also"), also);
        assert_ok(&w, world_do(xa, a, DESK_NEW, args, &v));
        draft = str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
        assert_int_equal(world_do(xa, a, DESK_SEND, world_args(a, str_c(a, draft), NULL), NULL),
                         ERR_REJECTED);
        assert_string_equal(w.fault.code, "no-basis");
        assert_string_equal(w.fault.particular, "also");
        also = tree_list(a);
    }
    assert_ok(&w, world_fsck(xb, a));
}

/* It may be cited, but whoever looks the draft over is told that it knows no such request. */
static void an_instrument_without_the_kind_is_remarked_on(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    static const struct {
        const char *instrument;
        bool remarked;
    } cited[] = {{"ets-024", true}, {"budapest", false}};
    for (size_t k = 0; k < sizeof cited / sizeof *cited; k++) {
        const struct tree *v;
        struct tree *args = tree_add_copy(a, tree_list(a), NULL,
                                          world_args(a, "kind=preservation", "to=XB/csb", NULL));
        tree_add_str(a, tree_add_list(a, args, "also"), NULL, str_of(cited[k].instrument));
        assert_int_equal(world_do(xa, a, DESK_CHECK, args, &v), ERR_NO);
        const struct tree *r = tree_get(v, "remarks")->child;
        while (r && !str_is(tree_str(r, "code"), "also-other-kind")) r = r->next;
        assert_int_equal(r != NULL, cited[k].remarked);
        if (r) assert_text(r, "grade", "should");
    }
}

/* What a clock brings about at home is the node's to do as well. */
static void an_urgent_authorisation_that_nobody_validates_lapses(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str ref = tree_str(show(xb, a, asked(a, STR("XB-CSB-1999-0001"))), "ref");
    const char *of = str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(ref)));
    does(xb, a, world_args(a, of, "act=execute", NULL));
    does(xb, a,
         world_args(a, of, "act=authorise_urgently", "particulars.authority_authorising=Prosecutor",
                    "particulars.urgency=It would be gone by the morning.", NULL));
    assert_true(tree_has_str(tree_get(show(xb, a, ref), "marks"), STR("authorised")));
    w.now_ms += DAY_MS;
    assert_ok(&w, world_do(xb, a, DESK_TICK, NULL, NULL));
    assert_true(tree_has_str(tree_get(show(xb, a, ref), "marks"), STR("authorised")));
    w.now_ms += 2 * DAY_MS;
    assert_ok(&w, world_do(xb, a, DESK_TICK, NULL, NULL));
    assert_false(tree_has_str(tree_get(show(xb, a, ref), "marks"), STR("authorised")));
    assert_true(tree_has_str(tree_get(show(xb, a, ref), "marks"), STR("lapsed")));
    assert_text(tree_get(show(xb, a, ref), "acts")->last, "stream", "inward");
}

int test_links(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_for_assistance_holds_what_it_names, begin, end),
        cmocka_unit_test_setup_teardown(a_request_that_came_early_holds_it_later, begin, end),
        cmocka_unit_test_setup_teardown(what_is_decided_there_ends_it_here, begin, end),
        cmocka_unit_test_setup_teardown(a_number_that_leads_nowhere_is_kept_and_nothing_follows,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_request_cites_other_instruments_too, begin, end),
        cmocka_unit_test_setup_teardown(an_instrument_without_the_kind_is_remarked_on, begin, end),
        cmocka_unit_test_setup_teardown(an_urgent_authorisation_that_nobody_validates_lapses, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
