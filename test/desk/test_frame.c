/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around pages counts as STATUS lists; what was shown already is not made again, and
 * nothing that changed is taken for unchanged. */

#include "desk/desk_test.h"

#include <string.h>

static struct world w;
static struct world_node *n;
static struct str ref, there;

static int up(void **state)
{
    (void)state;
    world_open(&w, 2, 81, &suite_fake, NULL);
    n = &w.node[1];
    ref = world_request(&w.node[0], n, w.arena);
    world_settle(&w);
    there = tree_str(show(n, w.arena, ref), "ref");
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static const struct tree *ask(struct arena *a, enum desk_action action, const struct tree *args)
{
    const struct tree *v = NULL;
    assert_ok(&w, world_do(n, a, action, args, &v));
    return v;
}

static const struct tree *with_ref(struct arena *a, const char *more, const char *still)
{
    return world_args(a, str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(there))), more, still,
                      NULL);
}

/* ---- how much waits -------------------------------------------------------------------------- */

static void agrees(struct arena *a, int64_t needs, int64_t hot, int64_t entries)
{
    static const char *const same[] = {"needs_n",  "hot_n", "entries_n",
                                       "position", "node",  "state_title"};
    const struct tree *frame = ask(a, DESK_FRAME, NULL), *status = ask(a, DESK_STATUS, NULL);
    for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
        const struct tree *x = tree_get(frame, same[k]), *y = tree_get(status, same[k]);
        assert_non_null(x);
        assert_true(str_eq(json_write(a, x), json_write(a, y)));
    }
    assert_int_equal(tree_int(frame, "needs_n", -1), needs);
    assert_int_equal(tree_int(frame, "hot_n", -1), hot);
    assert_int_equal(tree_int(frame, "entries_n", -1), entries);
    assert_int_equal(tree_get(status, "needs_a_person")->count, needs);
    assert_int_equal(tree_get(status, "entries")->count, entries);
    assert_null(tree_get(frame, "needs_a_person"));
}

static void a_page_counts_what_status_lists_at_once_when_it_changes(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    agrees(a, 1, 1, 0);
    (void)ask(a, DESK_ACT, with_ref(a, "act=acknowledge", NULL));
    agrees(a, 1, 0, 0);
    (void)ask(a, DESK_INSTRUCT, with_ref(a, "executor=o-1", "by=2026-12-10"));
    agrees(a, 2, 0, 0);
    (void)ask(a, DESK_ENTRY_ADD, world_args(a, "note=A call.", NULL));
    agrees(a, 2, 0, 1);
    (void)world_request_to(n, STR("XL/pgo"), a);
    agrees(a, 3, 1, 1); /* to be carried; nobody there has said anything yet */
    struct tree *mail = tree_map(a), *done = tree_map(a);
    tree_add_str(a, mail, "ref", STR("XB-CSB-2026-0002"));
    tree_add_str(a, mail, "message", base64(a, str_bytes(STR("built"))));
    (void)ask(a, DESK_MAIL_OUT, mail);
    tree_add_copy(a, done, "mail",
                  tree_get(tree_get(ask(a, DESK_MAIL_JOBS, NULL), "mails")->child, "mail"));
    tree_add_bool(a, done, "permanent", true);
    (void)ask(a, DESK_MAIL_DONE, done);
    agrees(a, 3, 1, 1); /* the same act, now as a refused mail */
}

/* A count is kept for each officer: what one sees is not what another sees. */
static void a_count_is_of_who_asks(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "officer", STR("executor"));
    tree_add_str(a, args, "post", STR("post"));
    tree_add_int(a, args, "uid", 7);
    tree_add_str(a, tree_add_list(a, args, "roles"), NULL, STR("executor"));
    (void)ask(a, DESK_USER_ADD, args);
    agrees(a, 1, 1, 0);
    n->uid = 7;
    agrees(a, 0, 0, 0);
    n->uid = 0;
    (void)ask(a, DESK_MEMBER_ADD, with_ref(a, "officer=executor", NULL));
    n->uid = 7;
    assert_ok(&w, world_do(n, a, DESK_FRAME, NULL, &v));
    agrees(a, tree_int(v, "needs_n", -1), tree_int(v, "hot_n", -1), 0);
    n->uid = 0;
}

/* ---- what was shown already ------------------------------------------------------------------ */

static struct desk_turn turn_with(struct arena *a, enum desk_action action, const struct tree *args,
                                  struct str unless)
{
    struct desk_turn dt = {.t = {.arena = a, .clock = &w.clock, .chance = &w.chance},
                           .action = action,
                           .uid = n->uid,
                           .args = args,
                           .unless = unless};
    struct desk_turn *one = &dt;
    desk_run(n->desk, &one, 1);
    return dt;
}

static void what_was_shown_is_not_made_again_until_something_is_done(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *args = with_ref(a, NULL, NULL);
    struct desk_turn first = turn_with(a, DESK_SHOW, args, STR(""));
    assert_true(first.result == ERR_OK && first.view && first.stamp.n && !first.unchanged);
    struct desk_turn again = turn_with(a, DESK_SHOW, args, first.stamp);
    assert_true(again.result == ERR_OK && again.unchanged && !again.view);
    assert_true(turn_with(a, DESK_LIST, NULL, first.stamp).unchanged);
    (void)ask(a, DESK_READS, NULL); /* that it was read changes nothing of it */
    assert_true(turn_with(a, DESK_SHOW, args, first.stamp).unchanged);
    assert_false(turn_with(a, DESK_SHOW, args, STR("0-0-0")).unchanged);
    (void)ask(a, DESK_ACT, with_ref(a, "act=acknowledge", NULL));
    again = turn_with(a, DESK_SHOW, args, first.stamp);
    assert_true(!again.unchanged && again.view && !str_eq(again.stamp, first.stamp));
    assert_true(turn_with(a, DESK_SHOW, args, again.stamp).unchanged);
    w.now_ms += 1000; /* what can be done may be otherwise */
    assert_false(turn_with(a, DESK_SHOW, args, again.stamp).unchanged);
}

/* A stamp says nothing to who may not see what it is of, nor saves him from being noted. */
static void a_stamp_opens_nothing(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *args = with_ref(a, NULL, NULL);
    struct desk_turn first = turn_with(a, DESK_SHOW, args, STR(""));
    n->uid = 99;
    assert_int_equal(turn_with(a, DESK_SHOW, args, first.stamp).result, ERR_STRANGER);
    n->uid = 0;
    struct desk_turn none =
        turn_with(a, DESK_SHOW, world_args(a, "ref=XB-CSB-2026-0099", NULL), first.stamp);
    assert_int_equal(none.result, ERR_NONE_SUCH);
    assert_false(none.unchanged);
    (void)ask(a, DESK_READS, NULL);
    assert_true(desk_reads_due_ms(n->desk) == INT64_MAX);
    first = turn_with(a, DESK_SHOW, args, STR(""));
    (void)ask(a, DESK_READS, NULL);
    assert_true(turn_with(a, DESK_SHOW, args, first.stamp).unchanged);
    assert_true(desk_reads_due_ms(n->desk) < INT64_MAX);
}

int test_frame(void)
{
    const struct CMUnitTest tests[] = {
#define fresh(f) cmocka_unit_test_setup_teardown(f, up, down)
        fresh(a_page_counts_what_status_lists_at_once_when_it_changes),
        fresh(a_count_is_of_who_asks),
        fresh(what_was_shown_is_not_made_again_until_something_is_done),
        fresh(a_stamp_opens_nothing),
#undef fresh
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
