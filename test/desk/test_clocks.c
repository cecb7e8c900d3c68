/* SPDX-License-Identifier: Apache-2.0 */
/* The proof of each date: the same on both nodes, and at home with what was done at home. */

#include "desk/desk_test.h"

#include <string.h>

static struct world w;

static int up(void **state)
{
    (void)state;
    world_open(&w, 2, 83, &suite_fake, NULL);
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static const struct tree *proofs(struct world_node *n, struct arena *a, struct str ref, bool inward)
{
    const struct tree *v = NULL;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "ref", ref);
    if (inward) tree_add_bool(a, args, "inward", true);
    assert_ok(&w, world_do(n, a, DESK_CLOCKS, args, &v));
    return v;
}

static const struct tree *clock_of(const struct tree *list, const char *name)
{
    const struct tree *c = list->child;
    while (c && !str_is(tree_str(c, "clock"), name)) c = c->next;
    return c;
}

static void both_nodes_prove_each_date_by_the_same_bytes(void **state)
{
    auto_arena a = arena_new();
    (void)state;
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
    const struct tree *ours = proofs(x0, a, ref, false), *theirs = proofs(x1, a, ref, false);
    assert_string_equal(str_c(a, json_write(a, ours)), str_c(a, json_write(a, theirs)));
    const struct tree *c = clock_of(tree_get(ours, "clocks"), "preservation");
    assert_non_null(c);
    assert_text(c, "article", "un-cybercrime 42(8)");
    assert_text(c, "last", "2027-01-25");
    assert_text(tree_get(c, "act"), "party", "requested");
    assert_null(tree_get(c, "decided_otherwise"));
    assert_null(tree_get(ours, "inward"));
    assert_null(clock_of(tree_get(ours, "clocks"), "domestic_order"));
    assert_text(ours, "state", "preserved");
    assert_false(tree_bool(clock_of(tree_get(ours, "clocks"), "report"), "running", true));

    const struct tree *home = tree_get(proofs(x1, a, ref, true), "inward");
    c = clock_of(home, "domestic_order");
    assert_non_null(c);
    assert_text(c, "start_particular", "order_date");
    assert_true(tree_str(c, "renew").n > 0);
    assert_int_equal(tree_get(proofs(x0, a, ref, true), "inward")->count, 0);
    const struct tree *shown = clock_of(tree_get(show(x1, a, ref), "clocks"), "domestic_order");
    assert_true(str_eq(tree_str(shown, "renew"), tree_str(c, "renew")));
    assert_true(str_eq(tree_str(shown, "end"), tree_str(c, "end")));
    stands_again(x1, a);
}

static void of_no_dossier_there_is_no_proof(void **state)
{
    auto_arena a = arena_new();
    const struct tree *v;
    (void)state;
    assert_int_equal(
        world_do(&w.node[0], a, DESK_CLOCKS, world_args(a, "ref=XA-CSB-2026-9999", NULL), &v),
        ERR_NONE_SUCH);
}

int test_clocks(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_nodes_prove_each_date_by_the_same_bytes, up, down),
        cmocka_unit_test_setup_teardown(of_no_dossier_there_is_no_proof, up, down),
    };
    return cmocka_run_group_tests_name("clocks", tests, NULL, NULL);
}
