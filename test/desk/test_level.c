/* SPDX-License-Identifier: Apache-2.0 */
/* How far an act has come, and what people are told while it is not there; who a peer may become.
 */

#include "desk/desk_test.h"

static struct world w;

static int up(void **state)
{
    (void)state;
    world_open(&w, 2, 5, &suite_fake, NULL);
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static const struct tree *first_act(struct arena *a, struct str ref)
{
    const struct tree *v;
    struct str arg = str_printf(a, "ref=" STR_FMT, STR_ARG(ref));
    assert_ok(&w, world_do(&w.node[0], a, DESK_SHOW, world_args(a, str_c(a, arg), NULL), &v));
    return tree_get(v, "acts")->child;
}

static const struct tree *undelivered(struct arena *a)
{
    const struct tree *v;
    assert_ok(&w, world_do(&w.node[0], a, DESK_STATUS, NULL, &v));
    return tree_get(v, "undelivered");
}

static struct str listed(struct arena *a, int node)
{
    const struct tree *v;
    assert_ok(&w, world_do(&w.node[node], a, DESK_LIST, NULL, &v));
    return tree_str(tree_get(v, "dossiers")->child, "level");
}

static void what_a_peer_does_not_take_is_told_with_its_reason(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str ref = world_request(&w.node[0], &w.node[1], a);
    const struct tree *act = first_act(a, ref);
    assert_null(tree_get(act, "undelivered"));
    assert_int_equal(undelivered(a)->count, 0);
    struct str id = str_printf(a, "act=" STR_FMT, STR_ARG(tree_str(act, "id")));
    struct tree *args = (struct tree *)(uintptr_t)world_args(
        a, str_c(a, id), "why=answered 422 sequence-taken", NULL);
    tree_add_int(a, args, "next_ms", w.now_ms);
    tree_add_int(a, args, "status", 422);
    assert_ok(&w, world_do(&w.node[0], a, DESK_RETRY, args, NULL));
    act = first_act(a, ref);
    assert_true(str_is(tree_str(act, "level"), "held-here"));
    assert_true(str_is(listed(a, 0), "held-here"));
    assert_true(
        str_is(tree_str(tree_get(act, "undelivered"), "why"), "answered 422 sequence-taken"));
    const struct tree *row = undelivered(a)->child;
    assert_true(str_eq(tree_str(row, "ref"), ref));
    assert_int_equal(tree_int(row, "tries", 0), 1);
    world_settle(&w);
    assert_true(str_is(tree_str(first_act(a, ref), "level"), "held"));
    assert_true(str_is(listed(a, 0), "held"));
    assert_int_equal(listed(a, 1).n, 0); /* nothing of theirs left */
    assert_int_equal(undelivered(a)->count, 0);
}

static struct tree *profile_args(struct arena *a, const struct world_node *of)
{
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "profile", base64(a, of->profile));
    tree_add_str(a, args, "root", base64(a, of->root_der));
    return args;
}

/* The five words shown are our own: typed back they are those of nobody else. */
static void the_words_shown_do_not_pin(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct world other;
    world_open(&other, 1, 77, &suite_fake,
               NULL); /* another root that calls itself the same State */
    struct tree *args = profile_args(a, &w.node[1]);
    const struct tree *v;
    assert_ok(&w, world_do(&w.node[0], a, DESK_PEER_ADD, args, &v));
    assert_true(str_is(tree_str(v, "stage"), "pinned")); /* by the world's ceremony */
    tree_add_str(a, args, "words", tree_str(v, "words"));
    assert_int_equal(world_do(&w.node[0], a, DESK_PEER_ADD, args, NULL), ERR_REJECTED);
    assert_string_equal(w.fault.code, "words-differ");
    args = profile_args(a, &other.node[0]);
    assert_int_equal(world_do(&w.node[1], a, DESK_PEER_ADD, args, NULL), ERR_CONFLICT);
    assert_string_equal(w.fault.code, "root-changed");
    world_close(&other);
}

int test_level(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_peer_does_not_take_is_told_with_its_reason, up,
                                        down),
        cmocka_unit_test_setup_teardown(the_words_shown_do_not_pin, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
