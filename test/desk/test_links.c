/* SPDX-License-Identifier: Apache-2.0 */
/* What the node does by itself: what an act in one dossier brings about in another that it names,
 * and what a clock brings about at home. */

#include "desk/desk_test.h"

#include "kit/rows.h"
#include "store/store.h"

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

static struct str drafted(struct arena *a, struct str names)
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
    return str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
}

static struct str asked(struct arena *a, struct str names)
{
    const struct tree *v;
    const char *draft = str_c(a, drafted(a, names));
    assert_ok(&w, world_do(xa, a, DESK_SEND, world_args(a, draft, NULL), &v));
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

static const char *here(struct arena *a, struct str ref)
{
    return str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(tree_str(show(xb, a, ref), "ref"))));
}

static void refuses_assistance(struct arena *a, struct str ref)
{
    does(xb, a,
         world_args(a, here(a, ref), "act=not_executable", "particulars.code=gone",
                    "particulars.reasons=The provider no longer has them.", NULL));
    assert_text(show(xb, a, ref), "state", "not_executable");
}

static void does_not(struct arena *a, const struct tree *args, const char *code)
{
    assert_int_equal(world_do(xb, a, DESK_ACT, args, NULL), ERR_NOT_ALLOWED);
    assert_string_equal(w.fault.code, code);
}

/* One of two that is decided lets nothing go; after the last what is left of the term runs. */
static void data_wait_for_every_request_that_asks_for_them(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str kept = preserved(a), one = asked(a, kept), two = asked(a, kept);
    w.now_ms += 100 * DAY_MS;
    refuses_assistance(a, one);
    assert_text(show(xa, a, kept), "state", "held");
    does_not(a, world_args(a, here(a, kept), "act=resume", NULL), "assistance-undecided");
    does_not(a, world_args(a, here(a, kept), "act=hand_over", NULL), "assistance-undecided");
    const char *number = str_c(a, str_printf(a, "particulars.assistance=" STR_FMT, STR_ARG(two)));
    does_not(a, world_args(a, here(a, kept), "act=note_decided", number, NULL), "link-undecided");
    does_not(a, world_args(a, here(a, kept), "act=note_delivered", number, NULL), "link-undecided");
    assert_ok(&w, world_do(xa, a, DESK_ACT,
                           world_args(a, str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(two))),
                                      "act=withdraw", "particulars.reasons=Solved.", NULL),
                           &(const struct tree *){NULL}));
    world_settle(&w);
    assert_text(show(xb, a, kept), "state", "preserved");
    assert_text(show(xa, a, kept), "state", "preserved");
    assert_ok(&w, world_do(xb, a, DESK_TICK, NULL, NULL));
    assert_text(show(xb, a, kept), "state", "preserved"); /* it stood still for a hundred days */
    w.now_ms += 70 * DAY_MS;
    assert_ok(&w, world_do(xb, a, DESK_TICK, NULL, NULL));
    assert_text(show(xb, a, kept), "state", "expired");
    stands_again(xa, a);
    stands_again(xb, a);
}

static void what_is_delivered_there_ends_it_here(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str kept = preserved(a), ref = asked(a, kept);
    does(xb, a, world_args(a, here(a, ref), "act=execute", NULL));
    does(xb, a,
         world_args(a, here(a, ref), "act=authorise", "particulars.authority_authorising=Court",
                    "particulars.order_number=7", "particulars.authorised_on=2026-11-24",
                    "particulars.valid_until=2027-01-25", "particulars.legal_basis=Section 1",
                    "particulars.grounds=Proportionate", NULL));
    does(xb, a,
         world_args(a, here(a, ref), "act=assess_human_rights", "particulars.finding=no_concern",
                    "particulars.reasons=Nothing speaks against it.", NULL));
    does(xb, a, world_args(a, here(a, ref), "act=deliver", "particulars.result=The data", NULL));
    assert_text(show(xb, a, ref), "state", "executed");
    assert_text(show(xa, a, kept), "state", "handed_over");
    stands_again(xa, a);
}

/* Nothing is held for a number that leads nowhere: it would be held for ever. */
static void a_person_holds_for_a_dossier_that_is_there(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str kept = preserved(a);
    static const char *const bad[] = {"particulars.assistance=XA-CSB-1999-0001",
                                      "particulars.assistance=XB-CSB-2026-0001"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        does_not(a, world_args(a, here(a, kept), "act=hold", bad[k], NULL), "link-unknown");
    /* Nor for one that asks for nothing kept here, or that has ended. */
    struct str other = preserved(a), ended = asked(a, STR("XB-CSB-1999-0001"));
    does(xa, a,
         world_args(a, str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(ended))), "act=withdraw",
                    NULL));
    world_settle(&w);
    const struct str unfit[] = {other, ended};
    for (size_t k = 0; k < 2; k++) {
        struct str ref = tree_str(show(xb, a, unfit[k]), "ref");
        struct str names = str_printf(a, "particulars.assistance=" STR_FMT, STR_ARG(ref));
        does_not(a, world_args(a, here(a, kept), "act=hold", str_c(a, names), NULL), "link-unfit");
    }
    assert_text(show(xb, a, kept), "state", "preserved");
}

/* Whoever did it: what may follow is shown to the side that may open it, and to no other. */
static void what_was_done_may_be_followed_by_a_dossier_of_one_side(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = show(xa, a, preserved(a));
    assert_int_equal(tree_get(v, "follows")->count, 0);
    struct str ref = tree_str(v, "ref");
    does(xb, a,
         world_args(a, here(a, ref), "act=provider_abroad", "particulars.provider=Host", NULL));
    assert_int_equal(tree_get(show(xa, a, ref), "follows")->count, 0);
    v = tree_get(show(xb, a, ref), "follows")->child;
    assert_text(v, "kind", "traffic-disclosure");
    assert_text(v, "particular", "preservation");

    assert_ok(&w, world_do(xa, a, DESK_NEW,
                           world_args(a, "kind=extradition", "to=XB/csb", "lang=en",
                                      "particulars.person=N. N.",
                                      "particulars.extradition_for=prosecution",
                                      "particulars.offence=Illegal access",
                                      "particulars.offence_scope=convention_offence",
                                      "particulars.facts=A server was entered.",
                                      "particulars.warrant=Of yesterday",
                                      "particulars.law_texts=Section 1", NULL),
                           &v));
    const char *draft = str_c(a, str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft"))));
    assert_ok(&w, world_do(xa, a, DESK_SEND, world_args(a, draft, NULL), &v));
    world_settle(&w);
    ref = tree_str(v, "ref");
    does(xb, a,
         world_args(a, here(a, ref), "act=refuse", "particulars.ground=own_national",
                    "particulars.reasons=She is ours.", NULL));
    v = tree_get(show(xa, a, ref), "follows")->child;
    assert_non_null(v);
    assert_text(v, "kind", "prosecution-instead");
    assert_text(v, "particular", "refused");
    assert_int_equal(tree_get(show(xb, a, ref), "follows")->count, 0);
}

/* The preflight tells of a number that leads nowhere, and of a dossier from which nothing follows.
 */
static const struct tree *link_remark(struct arena *a, struct str names)
{
    const struct tree *v = NULL;
    err e = world_do(xa, a, DESK_CHECK, world_args(a, str_c(a, drafted(a, names)), NULL), &v);
    assert_true(e == ERR_OK || e == ERR_NO);
    const struct tree *r = tree_get(v, "remarks")->child;
    while (r && !str_starts(tree_str(r, "code"), "link-")) r = r->next;
    return r;
}

static void a_link_that_brings_nothing_about_is_told_before_sending(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str kept = preserved(a), ref = asked(a, kept);
    assert_null(link_remark(a, kept));
    const struct tree *r = link_remark(a, STR("XB-CSB-1999-0001"));
    assert_non_null(r);
    assert_text(r, "code", "link-unknown");
    assert_text(r, "grade", "should");
    assert_text(r, "particular", "preservation");
    assert_true(tree_str(r, "remedy").n > 0);
    r = link_remark(a, ref); /* a request for assistance is no preservation */
    assert_non_null(r);
    assert_text(r, "code", "link-unfit");
}

/* Nobody learns from a draft which dossiers there are that he may not see. */
static void what_is_said_of_a_number_tells_of_no_dossier_of_others(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str kept = preserved(a);
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "officer", STR("csb.eva"));
    tree_add_str(a, args, "post", STR("officer"));
    tree_add_int(a, args, "uid", 8);
    tree_add_str(a, tree_add_list(a, args, "roles"), NULL, STR("investigator"));
    assert_ok(&w, world_do(xa, a, DESK_USER_ADD, args, NULL));
    assert_null(link_remark(a, kept));
    xa->uid = 8;
    const struct tree *theirs = link_remark(a, kept);
    const struct tree *none = link_remark(a, STR("XA-CSB-2099-0001"));
    assert_non_null(theirs);
    assert_non_null(none);
    assert_text(theirs, "code", "link-unknown");
    assert_text(none, "code", "link-unknown");
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

/* Nobody makes each act of a dossier cost more by naming it often: the older ones are looked for,
 * and the requests themselves stand. */
static void a_dossier_named_by_very_many_shows_the_older_of_them(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str kept = preserved(a), ref = {0};
    for (int k = 0; k <= STORE_LINKS_MAX; k++) ref = asked(a, kept);
    const struct tree *v = show(xb, a, kept), *last = show(xb, a, ref);
    assert_int_equal(tree_get(v, "links")->count, STORE_LINKS_MAX);
    for (const struct tree *l = tree_get(v, "links")->child; l; l = l->next)
        assert_false(str_eq(tree_str(l, "ref"), tree_str(last, "ref")));
    assert_text(v, "state", "held");
    assert_text(last, "state", "requested");
    assert_text(link_of(last, true), "ref", str_c(a, tree_str(v, "ref")));
    const char *of = str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(tree_str(v, "ref"))));
    does(xb, a, world_args(a, of, "act=report_loss", "particulars.reasons=A fire.", NULL));
    assert_ok(&w, world_fsck(xb, a));
    stands_again(xb, a);
}

static void a_number_longer_than_any_is_not_sent(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    char number[130];
    memset(number, '7', sizeof number);
    number[sizeof number - 1] = 0; /* one more than there may be */
    const char *draft = str_c(a, drafted(a, str_of(number)));
    assert_int_equal(world_do(xa, a, DESK_SEND, world_args(a, draft, NULL), NULL), ERR_REJECTED);
    assert_string_equal(w.fault.code, "particular-form");
    assert_string_equal(w.fault.particular, "preservation");
    assert_string_equal(w.fault.article, "un-cybercrime 42(8)");
    number[sizeof number - 2] = 0;
    struct str ref = asked(a, str_of(number));
    assert_text(link_of(show(xb, a, ref), true), "number", number);
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
        assert_false(str_is(tree_str(one, "instrument"), "un-cybercrime") ||
                     str_is(tree_str(one, "instrument"), "reciprocity") ||
                     str_is(tree_str(one, "instrument"), "ets-024")); /* of extradition */
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
        cmocka_unit_test_setup_teardown(data_wait_for_every_request_that_asks_for_them, begin, end),
        cmocka_unit_test_setup_teardown(what_is_delivered_there_ends_it_here, begin, end),
        cmocka_unit_test_setup_teardown(a_person_holds_for_a_dossier_that_is_there, begin, end),
        cmocka_unit_test_setup_teardown(what_was_done_may_be_followed_by_a_dossier_of_one_side,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_link_that_brings_nothing_about_is_told_before_sending,
                                        begin, end),
        cmocka_unit_test_setup_teardown(what_is_said_of_a_number_tells_of_no_dossier_of_others,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_number_that_leads_nowhere_is_kept_and_nothing_follows,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_dossier_named_by_very_many_shows_the_older_of_them, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_number_longer_than_any_is_not_sent, begin, end),
        cmocka_unit_test_setup_teardown(a_request_cites_other_instruments_too, begin, end),
        cmocka_unit_test_setup_teardown(an_instrument_without_the_kind_is_remarked_on, begin, end),
        cmocka_unit_test_setup_teardown(an_urgent_authorisation_that_nobody_validates_lapses, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
