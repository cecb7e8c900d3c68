/* SPDX-License-Identifier: Apache-2.0 */
/* One preservation request from its draft to its end, on two desks. */

#include "desk/desk_test.h"

#include <string.h>

static void a_preservation_runs_from_draft_to_preserved(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 1, &suite_1, NULL);
    auto_arena a = arena_new();
    struct world_node *x0 = &w.node[0], *x1 = &w.node[1];
    struct str ref = world_request(x0, x1, a);
    assert_true(str_is(ref, "XA-CSB-2026-0001"));
    const struct tree *v = show(x0, a, ref);
    assert_text(v, "state", "requested");
    assert_text(tree_get(v, "acts")->child, "level", "held-here");
    world_settle(&w);
    v = show(x0, a, ref);
    assert_text(tree_get(v, "acts")->child, "level", "held");

    v = show(x1, a, ref); /* their ref is an alias here */
    assert_text(v, "ref", "XB-CSB-2026-0001");
    assert_text(v, "side", "requested");
    assert_int_equal(tree_get(v, "missing")->count, 0);
    assert_ok(&w, world_do(x1, a, DESK_ACT,
                           world_args(a, "ref=XB-CSB-2026-0001", "act=acknowledge", NULL), &v));
    assert_ok(&w, world_do(x1, a, DESK_ACT,
                           world_args(a, "ref=XB-CSB-2026-0001", "act=order",
                                      "particulars.authority_ordering=Prosecutor",
                                      "particulars.order_number=12/2026",
                                      "particulars.order_date=2026-11-24",
                                      "particulars.custodian=Xazar Host", NULL),
                           &v));
    assert_text(v, "level", "inward");
    v = show(x1, a,
             STR("XB-CSB-2026-0001")); /* src/desk/bound.c: what binds stands on both sides */
    assert_text(tree_get(v, "obligations")->child, "obligation", "confidentiality");
    assert_text(tree_get(v, "obligations")->child, "act", "send");
    assert_true(tree_str(tree_get(v, "obligations")->child, "title").n > 15);
    assert_int_equal(tree_get(v, "decisions")->count, 0);
    assert_ok(&w, world_do(x1, a, DESK_ACT,
                           world_args(a, "ref=XB-CSB-2026-0001", "act=preserve",
                                      "particulars.preserved_until=2027-01-25", NULL),
                           &v));
    world_settle(&w);
    v = show(x0, a, ref);
    assert_text(v, "state", "preserved");
    const struct tree *clock = tree_get(v, "clocks")->child;
    while (clock && !str_is(tree_str(clock, "clock"), "preservation")) clock = clock->next;
    assert_non_null(clock);
    assert_true(tree_bool(clock, "running", false));
    assert_ok(&w, world_fsck(x0, a));
    assert_ok(&w, world_fsck(x1, a));
    world_close(&w);
}

/* src/desk/preflight.c: what it said stands behind the act that was sent, for good, and on this
 * side only. */
static void the_preflight_of_a_request_is_kept_and_never_travels(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 3, &suite_1, NULL);
    auto_arena a = arena_new();
    struct world_node *x0 = &w.node[0], *x1 = &w.node[1];
    struct str ref = world_request(x0, x1, a);
    world_settle(&w);
    const struct tree *v = show(x0, a, ref),
                      *kept = tree_get(tree_get(v, "acts")->child, "preflight");
    assert_non_null(kept);
    assert_int_equal(tree_int(kept, "must", -1), 0);
    assert_true(tree_int(kept, "fine", 0) > 5);
    assert_int_equal(tree_get(kept, "remarks")->count,
                     tree_int(kept, "should", 0) + tree_int(kept, "fine", 0));
    assert_int_equal(tree_str(kept, "tables").n, 64);
    assert_true(tree_str(kept, "officer").n > 0);
    assert_true(time_read(tree_str(kept, "at"), &(int64_t){0}));
    struct str before = json_write(a, kept);

    w.now_ms += DAY_MS; /* it is as it stood, whatever the law would say today */
    assert_ok(&w, world_do(x0, a, DESK_REBUILD, NULL, NULL));
    assert_ok(&w, world_fsck(x0, a));
    v = show(x0, a, ref);
    kept = tree_get(tree_get(v, "acts")->child, "preflight");
    assert_true(str_eq(before, json_write(a, kept)));

    const char *asked = str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(ref)));
    assert_ok(&w, world_do(x1, a, DESK_LOG, world_args(a, asked, NULL), &v));
    assert_null(tree_get(tree_get(v, "acts")->child, "preflight"));
    struct bytes container;
    assert_ok(&w, world_do(x0, a, DESK_EXPORT, world_args(a, asked, NULL), &v));
    assert_true(base64_read(a, tree_str(v, "container"), &container));
    struct parcel p;
    struct turn t = {.arena = a};
    assert_int_equal(parcel_read(&t, container, &p), ERR_OK);
    assert_true(p.n > 0);
    for (size_t k = 0; k < p.n; k++)
        assert_null(memmem(p.entries[k].data.p, p.entries[k].data.n, "particular-advised", 18));
    world_close(&w);
}

static void a_preservation_expires_by_its_clock(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 2, &suite_1, NULL);
    auto_arena a = arena_new();
    struct world_node *x0 = &w.node[0], *x1 = &w.node[1];
    struct str ref = world_request(x0, x1, a);
    world_settle(&w);
    const struct tree *v;
    assert_ok(&w,
              world_do(x1, a, DESK_ACT,
                       world_args(a, "ref=XB-CSB-2026-0001", "act=order",
                                  "particulars.authority_ordering=Prosecutor",
                                  "particulars.order_number=1", "particulars.order_date=2026-11-24",
                                  "particulars.custodian=Host", NULL),
                       &v));
    assert_ok(&w, world_do(x1, a, DESK_ACT,
                           world_args(a, "ref=XB-CSB-2026-0001", "act=preserve",
                                      "particulars.preserved_until=2027-01-25", NULL),
                           &v));
    world_settle(&w);
    w.now_ms += 61 * DAY_MS;
    assert_ok(&w, world_do(x1, a, DESK_TICK, NULL, NULL));
    assert_text(show(x1, a, ref), "state", "preserved");
    w.now_ms += 3 * DAY_MS;
    assert_ok(&w, world_do(x0, a, DESK_TICK, NULL, NULL)); /* not the requesting State's to say */
    assert_text(show(x0, a, ref), "state", "preserved");
    assert_ok(&w, world_do(x1, a, DESK_TICK, NULL, NULL));
    world_settle(&w);
    assert_text(show(x1, a, ref), "state", "expired");
    assert_text(show(x0, a, ref), "state", "expired");
    world_close(&w);
}

static void an_expiry_is_not_hidden_by_duties_that_nobody_did(void **state)
{
    (void)state;
    enum { DUTIES = 20 };
    struct world w;
    world_open(&w, 2, 3, &suite_1, NULL);
    auto_arena a = arena_new();
    struct world_node *x0 = &w.node[0], *x1 = &w.node[1];
    struct str ref = world_request(x0, x1, a);
    for (int k = 0; k < DUTIES; k++) (void)world_request(x0, x1, a);
    world_settle(&w);
    assert_ok(&w,
              world_do(x1, a, DESK_ACT,
                       world_args(a, "ref=XB-CSB-2026-0001", "act=order",
                                  "particulars.authority_ordering=Prosecutor",
                                  "particulars.order_number=1", "particulars.order_date=2026-11-24",
                                  "particulars.custodian=Host", NULL),
                       NULL));
    assert_ok(&w, world_do(x1, a, DESK_ACT,
                           world_args(a, "ref=XB-CSB-2026-0001", "act=preserve",
                                      "particulars.preserved_until=2027-01-25", NULL),
                           NULL));
    w.now_ms += 64 * DAY_MS;
    struct turn t = {.arena = a, .clock = &w.clock, .chance = &w.chance};
    bool due = false;
    assert_ok(&w, desk_tick_due(x1->desk, &t, w.now_ms, &due));
    assert_true(due);
    assert_ok(&w, world_do(x1, a, DESK_TICK, NULL, NULL));
    world_settle(&w);
    assert_text(show(x0, a, ref), "state", "expired");
    world_close(&w);
}

static void an_export_of_either_side_verifies(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 3, &suite_1, NULL);
    auto_arena a = arena_new();
    struct str ref = world_request(&w.node[0], &w.node[1], a);
    world_settle(&w);
    for (int k = 0; k < 2; k++) {
        const struct tree *v;
        struct tree *args = tree_map(a);
        tree_add_str(a, args, "ref", ref);
        assert_ok(&w, world_do(&w.node[k], a, DESK_EXPORT, args, &v));
        struct bytes container;
        assert_true(base64_read(a, tree_str(v, "container"), &container));
        struct turn t = {.arena = a};
        struct bytes roots[] = {w.node[0].root_der, w.node[1].root_der};
        struct proof_verdict verdict;
        assert_int_equal(proof_verify(&t, container, roots, 2, &verdict), ERR_OK);
        for (struct proof_remark *r = verdict.integrity; r; r = r->next)
            print_message("# " STR_FMT " " STR_FMT "\n", STR_ARG(r->code), STR_ARG(r->sentence));
        assert_true(verdict.sound);
        assert_int_equal(verdict.trust, PROOF_TRUSTED);
        assert_true(verdict.fit);
    }
    world_close(&w);
}

static void signatures_of_fifty_kilobytes_change_nothing(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 4, &suite_dummy, NULL);
    auto_arena a = arena_new();
    struct str ref = world_request(&w.node[0], &w.node[1], a);
    world_settle(&w);
    assert_text(tree_get(show(&w.node[0], a, ref), "acts")->child, "level", "held");
    world_close(&w);
}

int test_story(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_preservation_runs_from_draft_to_preserved),
        cmocka_unit_test(a_preservation_expires_by_its_clock),
        cmocka_unit_test(an_expiry_is_not_hidden_by_duties_that_nobody_did),
        cmocka_unit_test(the_preflight_of_a_request_is_kept_and_never_travels),
        cmocka_unit_test(an_export_of_either_side_verifies),
        cmocka_unit_test(signatures_of_fifty_kilobytes_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
