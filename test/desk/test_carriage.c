/* SPDX-License-Identifier: Apache-2.0 */
/* What goes to a State without a node: held here, carried by people with proof, confirmed there.
 * And the head's instructions, and matters. */

#include "desk/desk_internal.h"
#include "desk/desk_test.h"
#include "law/law.h"

#include <string.h>

static struct world w;
static struct world_node *us;

static int up(void **state)
{
    (void)state;
    world_open(&w, 1, 41, &suite_fake, NULL);
    us = &w.node[0];
    return 0;
}

static int up_with_a_peer(void **state)
{
    (void)state;
    world_open(&w, 2, 42, &suite_fake, NULL);
    us = &w.node[0];
    return 0;
}

static const struct tree *view_of_list(struct world_node *n, struct arena *a)
{
    const struct tree *v;
    assert_ok(&w, world_do(n, a, DESK_LIST, NULL, &v));
    return tree_get(v, "dossiers");
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static const struct tree *draft(struct arena *a, const char *to)
{
    const struct tree *v;
    struct str address = str_printf(a, "to=%s", to);
    assert_ok(&w, world_do(us, a, DESK_NEW,
                           world_args(a, "kind=preservation", str_c(a, address),
                                      "particulars.authority_seeking=Cybercrime Bureau",
                                      "particulars.offence=Illegal access",
                                      "particulars.facts=A hospital was hit.",
                                      "particulars.data=Server 203.0.113.7",
                                      "particulars.relation=It holds the loot.",
                                      "particulars.necessity=The rental ends.",
                                      "particulars.mla_intended=true", NULL),
                           &v));
    struct tree *args = tree_map(a);
    tree_add_copy(a, args, "draft", tree_get(v, "draft"));
    return args;
}

static struct str sent(struct arena *a, const char *to)
{
    return world_request_to(us, str_of(to), a);
}

static bool says(const struct tree *v, const char *word)
{
    if (v->kind == TREE_STR && str_is(v->str, word)) return true;
    for (const struct tree *c = v->child; c; c = c->next)
        if (says(c, word)) return true;
    return false;
}

static const struct tree *need(const struct tree *v, const char *next)
{
    for (const struct tree *r = tree_get(v, "needs_a_person")->child; r; r = r->next)
        if (str_is(tree_str(r, "next"), next)) return r;
    return NULL;
}

static struct str level(struct arena *a, struct str ref)
{
    return tree_str(tree_get(show(us, a, ref), "acts")->child, "level");
}

static void an_act_for_a_state_without_a_node_is_never_held_by_one(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct desk_job *jobs;
    size_t n;
    struct str ref = sent(a, "XL/pgo");
    assert_true(str_is(level(a, ref), "held-here"));
    assert_ok(&w, world_jobs(us, a, &jobs, &n));
    assert_int_equal(n, 0); /* nothing waits for the wire */
    assert_ok(&w, world_do(us, a, DESK_STATUS, NULL, &v));
    assert_int_equal(tree_int(v, "not_yet_held_by_peer", -1), 0);
    assert_text(need(v, "dispatch"), "ref", "XA-CSB-2026-0001");

    assert_ok(&w, world_do(us, a, DESK_DISPATCH,
                           world_args(a, "ref=XA-CSB-2026-0001", "carriage=courier",
                                      "proof=waybill 123", "at=2026-11-24T02:00:00Z", NULL),
                           &v));
    assert_text(v, "level", "dispatched");
    assert_ok(&w, world_do(us, a, DESK_STATUS, NULL, &v));
    assert_null(need(v, "dispatch"));
    assert_ok(&w, world_do(us, a, DESK_CONFIRM,
                           world_args(a, "ref=XA-CSB-2026-0001", "carriage=telephone",
                                      "by=Mrs Lind, registry", NULL),
                           &v));
    assert_text(v, "level", "confirmed");
    static const enum desk_action views[] = {DESK_STATUS, DESK_LIST, DESK_SHOW, DESK_LOG};
    for (size_t k = 0; k < sizeof views / sizeof *views; k++) {
        assert_ok(&w, world_do(us, a, views[k], world_args(a, "ref=XA-CSB-2026-0001", NULL), &v));
        assert_false(says(v, "held"));
    }
    assert_true(tree_bool(show(us, a, ref), "off_wire", false));
    stands_again(us, a);
    assert_true(str_is(level(a, ref), "confirmed"));
}

static void an_act_on_the_wire_may_go_by_paper_as_well_and_is_held_by_a_receipt_alone(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct str ref = sent(a, "XB/csb");
    assert_ok(&w, world_do(us, a, DESK_CONFIRM,
                           world_args(a, "ref=XA-CSB-2026-0001", "carriage=telephone",
                                      "by=duty officer", NULL),
                           &v));
    assert_true(str_is(level(a, ref), "confirmed"));
    world_settle(&w);
    assert_true(str_is(level(a, ref), "held"));
    assert_false(tree_bool(show(us, a, ref), "off_wire", true));
}

static void who_may_be_written_to_is_said_before_anything_is_sent(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    assert_ok(&w, world_do(us, a, DESK_CHECK, draft(a, "XL/pgo"), &v));
    /* XM has a node by its file, and nobody pinned it. */
    const struct tree *xm = draft(a, "XM/dts");
    assert_int_equal(world_do(us, a, DESK_CHECK, xm, &v), ERR_NO);
    assert_int_equal(world_do(us, a, DESK_SEND, xm, &v), ERR_NOT_ALLOWED);
    assert_string_equal(w.fault.code, "peer-unknown");
    struct tree *paper = tree_map(a);
    tree_add_copy(a, paper, "draft", tree_get(xm, "draft"));
    tree_add_bool(a, paper, "paper", true);
    assert_ok(&w, world_do(us, a, DESK_SEND, paper, &v));
    assert_true(tree_bool(show(us, a, tree_str(v, "ref")), "off_wire", false));
    static const struct {
        const char *to, *code;
    } rows[] = {{"XL/nobody", "peer-unknown"}, {"QQ/x", "peer-unknown"}, {"AZ/dtx", "training"}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct tree *args = tree_map(a);
        tree_add_copy(a, args, "draft", tree_get(draft(a, rows[k].to), "draft"));
        tree_add_bool(a, args, "paper", true);
        assert_int_equal(world_do(us, a, DESK_SEND, args, &v), ERR_NOT_ALLOWED);
        assert_string_equal(w.fault.code, rows[k].code);
    }
}

static void a_carriage_without_proof_person_or_past_is_refused(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    (void)sent(a, "XL/pgo");
    static const struct {
        enum desk_action action;
        const char *one, *two, *code;
    } rows[] = {
        {DESK_DISPATCH, "carriage=post", "proof=", "proof-missing"},
        {DESK_DISPATCH, "carriage=node", "proof=x", "carriage-unknown"},
        {DESK_DISPATCH, "carriage=pigeon", "proof=x", "carriage-unknown"},
        {DESK_DISPATCH, "proof=x", "note=none", "argument-missing"},
        {DESK_CONFIRM, "carriage=post", "by=", "person-missing"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        err e =
            world_do(us, a, rows[k].action,
                     world_args(a, "ref=XA-CSB-2026-0001", rows[k].one, rows[k].two, NULL), NULL);
        assert_int_not_equal(e, ERR_OK);
        assert_string_equal(w.fault.code, rows[k].code);
    }
    assert_int_equal(world_do(us, a, DESK_DISPATCH,
                              world_args(a, "ref=XA-CSB-2026-0001", "carriage=post", "proof=x",
                                         "at=2026-11-25T03:00:00Z", NULL),
                              NULL),
                     ERR_REJECTED);
    assert_string_equal(w.fault.code, "time-ahead");
    assert_int_equal(world_do(us, a, DESK_DISPATCH,
                              world_args(a, "ref=XA-CSB-2026-0001", "carriage=post", "proof=x",
                                         "act=preserve", NULL),
                              NULL),
                     ERR_NONE_SUCH);
    assert_true(str_is(level(a, STR("XA-CSB-2026-0001")), "held-here"));
}

/* ---- instructions ---------------------------------------------------------------------------- */

static void an_instruction_runs_until_its_day_is_over_or_it_is_done(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v, *n;
    struct str ref = sent(a, "XL/pgo");
    assert_ok(&w, world_do(us, a, DESK_INSTRUCT,
                           world_args(a, "ref=XA-CSB-2026-0001", "executor=Police, unit 4",
                                      "by=2026-11-30", "text=Find the host.", "registry=R-9", NULL),
                           &v));
    struct str done = str_printf(a, "instruction=" STR_FMT, STR_ARG(tree_str(v, "instruction")));
    assert_text(v, "end", "2026-12-01T00:00:00.000Z");
    assert_ok(&w, world_do(us, a, DESK_STATUS, NULL, &v));
    n = need(v, "instruction");
    assert_text(n, "ref", "XA-CSB-2026-0001");
    assert_text(n, "executor", "Police, unit 4");
    assert_text(n, "end", "2026-12-01T00:00:00.000Z");
    v = show(us, a, ref);
    assert_text(tree_get(v, "instructions")->child, "text", "Find the host.");
    assert_ok(&w, world_do(us, a, DESK_INSTRUCTED, world_args(a, str_c(a, done), NULL), &v));
    assert_int_equal(world_do(us, a, DESK_INSTRUCTED, world_args(a, str_c(a, done), NULL), &v),
                     ERR_CONFLICT);
    assert_ok(&w, world_do(us, a, DESK_STATUS, NULL, &v));
    assert_null(need(v, "instruction"));
    assert_int_equal(
        world_do(us, a, DESK_INSTRUCT,
                 world_args(a, "ref=XA-CSB-2026-0001", "executor=x", "by=friday", NULL), &v),
        ERR_REJECTED);
    assert_int_equal(world_do(us, a, DESK_INSTRUCT,
                              world_args(a, "ref=XA-CSB-2026-0001", "by=2026-11-30", NULL), &v),
                     ERR_USAGE);
    static const char *const out_of_range[] = {"by=2026-11-23", "by=2036-12-31", "by=9999-12-31"};
    for (size_t k = 0; k < 3; k++) {
        const struct tree *args =
            world_args(a, "ref=XA-CSB-2026-0001", "executor=x", out_of_range[k], NULL);
        assert_int_equal(world_do(us, a, DESK_INSTRUCT, args, &v), ERR_REJECTED);
        assert_string_equal(w.fault.code, "day-range");
    }
}

static void an_instruction_on_an_entry_goes_with_it_into_its_dossier(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD,
                           world_args(a, "note=A call.", "from=XL/pgo", "carriage=telephone",
                                      "kind=preservation", NULL),
                           &v));
    struct str e = str_printf(a, "entry=" STR_FMT, STR_ARG(tree_str(v, "entry")));
    assert_ok(&w, world_do(us, a, DESK_INSTRUCT,
                           world_args(a, str_c(a, e), "executor=o-1", "by=2026-11-25", NULL), &v));
    assert_ok(&w, world_do(us, a, DESK_STATUS, NULL, &v));
    assert_text(need(v, "instruction"), "entry", "XA-CSB-IN-2026-0001");
    assert_int_equal(tree_get(v, "entries")->count, 1);
    assert_ok(&w,
              world_do(us, a, DESK_ENTRY_FILE, world_args(a, str_c(a, e), "as=request", NULL), &v));
    assert_int_equal(tree_get(show(us, a, tree_str(v, "ref")), "instructions")->count, 1);
    assert_ok(&w, world_do(us, a, DESK_REBUILD, NULL, NULL));
    assert_ok(&w, world_do(us, a, DESK_STATUS, NULL, &v));
    assert_text(need(v, "instruction"), "ref", "XA-CSB-2026-0001");
    assert_int_equal(tree_get(v, "entries")->count, 0);
    assert_ok(&w, world_fsck(us, a));
}

/* ---- matters --------------------------------------------------------------------------------- */

static void a_matter_groups_dossiers_of_several_states(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    (void)sent(a, "XL/pgo");
    (void)sent(a, "XB/csb");
    struct tree *args = tree_map(a), *refs;
    tree_add_str(a, args, "title", STR("The hospital"));
    refs = tree_add_list(a, args, "refs");
    tree_add_str(a, refs, NULL, STR("XA-CSB-2026-0001"));
    tree_add_str(a, refs, NULL, STR("XA-CSB-2026-0002"));
    assert_ok(&w, world_do(us, a, DESK_MATTER_ADD, args, &v));
    assert_text(v, "matter", "XA-CSB-M-2026-0001");
    assert_int_equal(tree_get(v, "dossiers")->count, 2);
    v = show(us, a, STR("XA-CSB-2026-0002"));
    assert_text(tree_get(v, "matter"), "title", "The hospital");
    args = tree_map(a);
    tree_add_str(a, args, "matter", STR("XA-CSB-M-2026-0001"));
    tree_add_str(a, tree_add_list(a, args, "drop"), NULL, STR("XA-CSB-2026-0002"));
    assert_ok(&w, world_do(us, a, DESK_MATTER_SET, args, &v));
    assert_int_equal(tree_get(v, "dossiers")->count, 1);
    assert_int_equal(world_do(us, a, DESK_MATTER_SET, args, &v), ERR_NONE_SUCH); /* not in it */
    assert_ok(&w, world_do(us, a, DESK_MATTERS, NULL, &v));
    assert_int_equal(tree_int(tree_get(v, "matters")->child, "count", 0), 1);
    assert_int_equal(
        world_do(us, a, DESK_MATTER, world_args(a, "matter=XA-CSB-M-2026-0009", NULL), &v),
        ERR_NONE_SUCH);
    assert_ok(&w, world_do(us, a, DESK_REBUILD, NULL, NULL));
    assert_ok(&w,
              world_do(us, a, DESK_MATTER, world_args(a, "matter=XA-CSB-M-2026-0001", NULL), &v));
    assert_int_equal(tree_get(v, "dossiers")->count, 1);
    assert_ok(&w, world_fsck(us, a));
}

static void a_matter_with_a_dossier_that_is_not_there_is_not_made(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "title", STR("Nothing"));
    tree_add_str(a, tree_add_list(a, args, "refs"), NULL, STR("XA-CSB-2026-0077"));
    assert_int_equal(world_do(us, a, DESK_MATTER_ADD, args, &v), ERR_NONE_SUCH);
    assert_ok(&w, world_do(us, a, DESK_MATTERS, NULL, &v));
    assert_int_equal(tree_get(v, "matters")->count, 0);
}

/* ---- a State gets a node --------------------------------------------------------------------- */

/* Lacunia's file as that of XB, whose authority has no node by it: the law with one State more. */
static struct law_file *law_with_xb(struct arena *a)
{
    struct law_file *all = arena_take_many(a, law_embedded_n + 1, sizeof *all);
    memcpy(all, law_embedded, law_embedded_n * sizeof *all);
    for (size_t k = 0; k < law_embedded_n; k++) {
        const char *xl = strstr(all[k].path, "states/xl.yaml");
        if (!xl) continue;
        struct bytes text = bytes_dup(a, (struct bytes){all[k].p, all[k].n});
        char *p = (char *)(uintptr_t)text.p;
        for (size_t at = 0; at + 9 < text.n; at++) {
            if (memcmp(p + at, "state: XL", 9) == 0) memcpy(p + at, "state: XB", 9);
            if (memcmp(p + at, "rity: pgo", 9) == 0) memcpy(p + at, "rity: csb", 9);
        }
        struct str path = str_printf(a, "%.*sstates/xb.yaml", (int)(xl - all[k].path), all[k].path);
        all[law_embedded_n] = (struct law_file){str_c(a, path), text.p, text.n};
    }
    return all;
}

static int up_apart(void **state)
{
    *state = arena_new();
    world_open_apart(&w, 2, 43, &suite_fake, law_with_xb(*state), law_embedded_n + 1);
    us = &w.node[0];
    return 0;
}

static int down_apart(void **state)
{
    world_close(&w);
    arena_free(*state);
    return 0;
}

static void joins(void)
{
    assert_ok(&w, world_pin(us, &w.node[1]));
    assert_ok(&w, world_pin(&w.node[1], us));
}

static void a_dossier_that_began_with_a_letter_goes_on_over_the_wire_once_there_is_a_node(void **s)
{
    auto_arena a = arena_new();
    const struct tree *v;
    struct desk_job *jobs;
    size_t n;
    (void)s;
    struct str ref = sent(a, "XB/csb");
    struct str at = str_dup(a, tree_str(tree_get(show(us, a, ref), "acts")->child, "at"));
    w.now_ms += 3 * DAY_MS;
    joins();
    assert_ok(&w, world_jobs(us, a, &jobs, &n));
    assert_int_equal(n, 0); /* that it is pinned moves nothing */
    assert_ok(&w, world_do(us, a, DESK_ACT,
                           world_args(a, "ref=XA-CSB-2026-0001", "act=withdraw",
                                      "particulars.reasons=Found here.", NULL),
                           &v));
    assert_false(tree_bool(show(us, a, ref), "off_wire", true));
    assert_ok(&w, world_jobs(us, a, &jobs, &n));
    assert_int_equal(n, 2); /* the request before it, in this order */
    assert_true(jobs[0].sequence == 1 && jobs[1].sequence == 2);
    world_settle(&w);
    assert_true(str_is(level(a, ref), "held"));
    const struct tree *there = view_of_list(&w.node[1], a);
    assert_int_equal(there->count, 1);
    const struct tree *theirs = show(&w.node[1], a, tree_str(there->child, "ref"));
    assert_int_equal(tree_get(theirs, "acts")->count, 2);
    assert_true(str_eq(tree_str(tree_get(theirs, "acts")->child, "at"), at)); /* its true date */
    assert_true(str_eq(tree_str(theirs, "state"), tree_str(show(us, a, ref), "state")));
    stands_again(us, a);
    stands_again(&w.node[1], a);
    assert_true(str_is(level(a, ref), "held"));
}

static void one_that_was_answered_by_letter_stays_with_letters(void **s)
{
    auto_arena a = arena_new();
    const struct tree *v;
    struct desk_job *jobs;
    size_t n;
    (void)s;
    struct str ref = sent(a, "XB/csb");
    assert_ok(&w,
              world_do(us, a, DESK_ENTRY_ADD,
                       world_args(a, "note=They have it.", "from=XB/csb", "carriage=post", NULL),
                       &v));
    struct str entry = str_printf(a, "entry=" STR_FMT, STR_ARG(tree_str(v, "entry")));
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE,
                           world_args(a, str_c(a, entry), "as=act", "ref=XA-CSB-2026-0001",
                                      "act=acknowledge", NULL),
                           &v));
    joins();
    assert_ok(&w, world_do(us, a, DESK_ACT,
                           world_args(a, "ref=XA-CSB-2026-0001", "act=withdraw",
                                      "particulars.reasons=Found here.", NULL),
                           &v));
    assert_true(tree_bool(show(us, a, ref), "off_wire", false));
    assert_ok(&w, world_jobs(us, a, &jobs, &n));
    assert_int_equal(n, 0);
}

int test_carriage(void)
{
    const struct CMUnitTest tests[] = {
#define fresh(f) cmocka_unit_test_setup_teardown(f, up, down)
        fresh(an_act_for_a_state_without_a_node_is_never_held_by_one),
        cmocka_unit_test_setup_teardown(
            an_act_on_the_wire_may_go_by_paper_as_well_and_is_held_by_a_receipt_alone,
            up_with_a_peer, down),
        fresh(who_may_be_written_to_is_said_before_anything_is_sent),
        fresh(a_carriage_without_proof_person_or_past_is_refused),
        fresh(an_instruction_runs_until_its_day_is_over_or_it_is_done),
        fresh(an_instruction_on_an_entry_goes_with_it_into_its_dossier),
        cmocka_unit_test_setup_teardown(
            a_dossier_that_began_with_a_letter_goes_on_over_the_wire_once_there_is_a_node, up_apart,
            down_apart),
        cmocka_unit_test_setup_teardown(one_that_was_answered_by_letter_stays_with_letters,
                                        up_apart, down_apart),
        cmocka_unit_test_setup_teardown(a_matter_groups_dossiers_of_several_states, up_with_a_peer,
                                        down),
        fresh(a_matter_with_a_dossier_that_is_not_there_is_not_made),
#undef fresh
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
