/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/post/lines.c, and of summaries in src/post/reader.c: what a node lost comes back
 * over the wire by itself, and nobody else is told what is held. */

#include "post_test.h"
#include "kit/stored.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct rig r;
    struct arena *a;
    const char *folder;
    struct str ref;
};

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

/* Goes on for a while of virtual time. */
static void go_on(struct bench *b, int seconds)
{
    for (int k = 0; k < seconds; k++) {
        rig_settle(&b->r);
        b->r.w.now_ms += 1000;
    }
    rig_settle(&b->r);
}

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    b->a = arena_new();
    char *folder = arena_take(b->a, 64);
    snprintf(folder, 64, "/tmp/comity-lines-XXXXXX");
    b->folder = mkdtemp(folder);
    world_open(&b->r.w, 2, 9, &suite_fake, b->folder);
    b->r.reconcile_ms = POST_RECONCILE_MS;
    rig_open(&b->r);
    b->ref = world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    go_on(b, 2);
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    rig_close(&b->r);
    world_close(&b->r.w);
    (void)nftw(b->folder, drop, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(b->a);
    test_free(b);
    return 0;
}

/* ---- a backup, as files ---------------------------------------------------------------------- */

/* Stops everybody, does it, and lets them work again. */
static void put(struct bench *b, struct world_node *n, bool back)
{
    const char *db = str_c(b->a, str_printf(b->a, "n%d.db", n->number));
    rig_close(&b->r);
    desk_close(n->desk);
    n->desk = NULL;
    stored_copy(b->a, b->folder, back ? "old.db" : db, back ? db : "old.db");
    err e = back ? world_restore(n, true) : world_restart(n);
    if (e != ERR_OK) fail_msg("%s", b->r.w.fault.sentence);
    rig_open(&b->r);
}

static struct str state_of(struct bench *b, struct world_node *n, struct str ref)
{
    const struct tree *v = NULL;
    struct tree *args = tree_map(b->a);
    tree_add_str(b->a, args, "ref", ref);
    if (world_do(n, b->a, DESK_SHOW, args, &v) != ERR_OK) return STR("");
    struct tree *m = tree_map(b->a);
    tree_add_copy(b->a, m, "state", tree_get(v, "state"));
    struct tree *list = tree_add_list(b->a, m, "acts");
    for (const struct tree *x = tree_get(v, "acts")->child; x; x = x->next) {
        tree_add_copy(b->a, list, NULL, tree_get(x, "act"));
        tree_add_copy(b->a, list, NULL, tree_get(x, "level"));
    }
    return json_write(b->a, m);
}

static void act(struct bench *b, struct world_node *n, const char *what, const char *more)
{
    struct str r = str_printf(b->a, "ref=" STR_FMT, STR_ARG(b->ref)),
               w = str_printf(b->a, "act=%s", what);
    err e = world_do(n, b->a, DESK_ACT,
                     world_args(b->a, str_c(b->a, r), str_c(b->a, w), more, NULL), NULL);
    if (e != ERR_OK) fail_msg("%s", b->r.w.fault.sentence);
}

static void whoever_is_put_back(struct bench *b, int which)
{
    struct world_node *x0 = &b->r.w.node[0], *x1 = &b->r.w.node[1];
    put(b, &b->r.w.node[which], false);
    act(b, x1, "acknowledge", NULL);
    act(b, x1, "ask", "particulars.question=Which server?");
    struct str more = world_request(x0, x1, b->a);
    go_on(b, 3);
    act(b, x0, "withdraw", "particulars.reasons=No longer needed.");
    go_on(b, 3);
    struct str first = state_of(b, x0, b->ref), second = state_of(b, x0, more);
    assert_true(first.n && second.n);
    put(b, &b->r.w.node[which], true);
    go_on(b, 30);
    for (int k = 0; k < 2; k++) {
        struct turn t = {.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance};
        int64_t unbuilt, unsent;
        assert_int_equal(desk_waiting(b->r.w.node[k].desk, &t, &unbuilt, &unsent), ERR_OK);
        assert_int_equal(unbuilt + unsent, 0);
    }
    assert_true(str_eq(state_of(b, x0, b->ref), first));
    assert_true(str_eq(state_of(b, x0, more), second));
    assert_true(state_of(b, x1, more).n > 0);
}

static void who_asked_and_was_put_back_has_everything_again(void **state)
{
    whoever_is_put_back(*state, 0);
}

static void who_was_asked_and_was_put_back_has_everything_again(void **state)
{
    whoever_is_put_back(*state, 1);
}

/* A head of the life before, which comes late, contradicts that life's log: the new one has not. */
static void what_an_older_life_showed_freezes_the_log_of_that_life_alone(void **state)
{
    struct bench *b = *state;
    struct world_node *n = &b->r.w.node[0];
    whoever_is_put_back(b, 1);
    const struct tree *view;
    struct tree *args = tree_map(b->a), *evidence = tree_add_map(b->a, args, "evidence");
    tree_add_str(b->a, args, "peer", STR("XB/csb"));
    tree_add_str(b->a, args, "code", STR("log-forked"));
    tree_add_str(b->a, evidence, "origin", STR("comity.XB/csb"));
    assert_int_equal(world_do(n, b->a, DESK_HEAD_FREEZE, args, NULL), ERR_OK);
    assert_int_equal(world_do(n, b->a, DESK_STATUS, tree_map(b->a), &view), ERR_OK);
    assert_int_equal(tree_get(view, "frozen_logs")->count, 0);
    const struct tree *log = world_args(b->a, "origin=comity.XB/csb", NULL);
    assert_int_equal(world_do(n, b->a, DESK_LEDGER_RESUME, log, NULL), ERR_OK);
}

static void nothing_is_done_in_a_dossier_before_the_other_side_answered(void **state)
{
    struct bench *b = *state;
    struct world_node *x0 = &b->r.w.node[0];
    put(b, x0, false);
    put(b, x0, true);
    struct str r = str_printf(b->a, "ref=" STR_FMT, STR_ARG(b->ref));
    const struct tree *args = world_args(b->a, str_c(b->a, r), "act=withdraw",
                                         "particulars.reasons=No longer needed.", NULL);
    assert_int_equal(world_do(x0, b->a, DESK_ACT, args, NULL), ERR_NOT_ALLOWED);
    assert_string_equal(b->r.w.fault.code, "not-reconciled");
    go_on(b, 3);
    assert_int_equal(world_do(x0, b->a, DESK_ACT, args, NULL), ERR_OK);
}

static void they_ask_each_other_every_hour(void **state)
{
    struct bench *b = *state;
    size_t before = b->r.started;
    go_on(b, 60);
    assert_int_equal(b->r.started, before);
    b->r.w.now_ms += POST_RECONCILE_MS + POST_RECONCILE_MS / 8;
    go_on(b, 2);
    assert_int_equal(b->r.started, before + 2);
}

static void a_round_that_is_lost_begins_anew(void **state)
{
    struct bench *b = *state;
    b->r.w.now_ms += POST_RECONCILE_MS + POST_RECONCILE_MS / 8;
    rig_work(&b->r);
    size_t begun = b->r.started;
    for (struct letter *l; (l = rig_letter(&b->r));) rig_lose(l);
    go_on(b, 5);
    assert_int_equal(b->r.started, begun + 2);
    rig_work(&b->r);
    b->r.w.now_ms += POST_RECONCILE_MS + POST_RECONCILE_MS / 8;
    rig_work(&b->r);
    for (struct letter *l; (l = rig_letter(&b->r));) rig_answer(l, 200, "not a summary", -1);
    begun = b->r.started;
    go_on(b, 5);
    assert_int_equal(b->r.started, begun + 2);
}

/* A post that is closed in the middle of a round begins no step more. */
static void a_round_ends_with_the_post(void **state)
{
    struct bench *b = *state;
    b->r.w.now_ms += POST_RECONCILE_MS + POST_RECONCILE_MS / 8;
    rig_work(&b->r);
    assert_true(b->r.letters > 0);
    (void)rig_carry(rig_letter(&b->r));
    size_t begun = b->r.started;
    rig_close(&b->r);
    assert_int_equal(b->r.started, begun);
    assert_int_equal(b->r.letters, 0);
    rig_open(&b->r);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void only_the_peer_s_own_summary_is_read(void **state)
{
    struct bench *b = *state;
    struct world_node *x0 = &b->r.w.node[0], *x1 = &b->r.w.node[1];
    struct turn t = {.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance};
    struct post_reading r;
    struct bytes cms;
    struct summary *s = arena_take(b->a, sizeof *s);
    post_reading_of(x1->desk, &x0->tls, &r);
    assert_int_equal(desk_question(x0->desk, &t, x0->address, x1->address, NULL, 0, &cms), ERR_OK);
    assert_int_equal(post_summary_read(&t, &r, &suite_fake, cms, s), ERR_OK);
    assert_true(str_eq(s->from, x0->address));
    /* signed by somebody else, or not for us */
    assert_int_equal(desk_question(x1->desk, &t, x1->address, x0->address, NULL, 0, &cms), ERR_OK);
    assert_int_equal(post_summary_read(&t, &r, &suite_fake, cms, s), ERR_REJECTED);
    turn_forgive(&t);
    r.ours_n = 0;
    assert_int_equal(desk_question(x0->desk, &t, x0->address, x1->address, NULL, 0, &cms), ERR_OK);
    assert_int_equal(post_summary_read(&t, &r, &suite_fake, cms, s), ERR_REJECTED);
    turn_forgive(&t);
    cms.n = SUMMARY_SIZE_MAX + 1;
    assert_int_equal(post_summary_read(&t, &r, &suite_fake, cms, s), ERR_TOO_LARGE);
}

int test_lines(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
        T(who_asked_and_was_put_back_has_everything_again),
        T(who_was_asked_and_was_put_back_has_everything_again),
        T(what_an_older_life_showed_freezes_the_log_of_that_life_alone),
        T(nothing_is_done_in_a_dossier_before_the_other_side_answered),
        T(they_ask_each_other_every_hour),
        T(a_round_that_is_lost_begins_anew),
        T(a_round_ends_with_the_post),
        T(only_the_peer_s_own_summary_is_read),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
