/* SPDX-License-Identifier: Apache-2.0 */
/* What a node that was put back lost comes back with its exhibits, and what nobody has any more is
 * told. Tries src/post/back.c and src/desk/adopt.c. */

#include "exhibit_case.h"

#include "seal/seal.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

static void vault_empty(struct world_node *n, struct arena *a)
{
    const char *folder = str_c(a, str_printf(a, STR_FMT "/vault", STR_ARG(n->folder)));
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (const struct dirent *f; (f = readdir(d));)
        if (f->d_name[0] != '.')
            assert_int_equal(unlink(str_c(a, str_printf(a, "%s/%s", folder, f->d_name))), 0);
    closedir(d);
}

/* Stops everybody and keeps the sender's database aside, or puts that back over an empty vault. */
static void copy_of_sender(struct case_ *c, const char *folder, bool back)
{
    struct world_node *n = &c->r.w.node[0];
    rig_close(&c->r);
    desk_close(n->desk);
    n->desk = NULL;
    stored_copy(c->a, folder, back ? "old.db" : "n0.db", back ? "n0.db" : "old.db");
    if (back) vault_empty(n, c->a);
    assert_int_equal(back ? world_restore(n, true) : world_restart(n), ERR_OK);
    rig_open(&c->r);
}

static bool is_piece_back(const struct letter *l)
{
    struct str path = str_of(l->what.path), rest;
    if (!str_starts(path, POST_PARCELS "/")) return false;
    path.p += strlen(POST_PARCELS "/");
    path.n -= strlen(POST_PARCELS "/");
    return str_split(path, '/', &path, &rest);
}

/* One was cut off on the way, and before another the node was stopped. */
static void what_a_node_lost_comes_back_with_its_exhibit(void **state)
{
    (void)state;
    enum { FEW = 7, STEPS = 600, CUT = 3, STOPPED = 5 };
    char folder[] = "/tmp/segments-XXXXXX";
    struct case_ c;
    int pieces = 0;
    memset(&c, 0, sizeof c);
    assert_non_null(mkdtemp(folder));
    world_open(&c.r.w, 2, 99, &suite_fake, folder);
    c.r.w.made = str_dup(c.r.w.arena, str_of(folder));
    c.r.reconcile_ms = POST_RECONCILE_MS;
    rig_open(&c.r);
    c.a = arena_new();
    rig_settle(&c.r);
    copy_of_sender(&c, folder, false);
    case_send(&c, case_noise(c.a, (FEW - 1) * SEAL_SEGMENT_SIZE + 70, 99));
    rig_settle(&c.r);
    assert_str(case_level(&c), "held");
    copy_of_sender(&c, folder, true);
    for (int k = 0; k < STEPS; k++) {
        struct letter *l;
        for (rig_work(&c.r); (l = rig_letter(&c.r)); rig_work(&c.r)) {
            bool piece = is_piece_back(l);
            pieces += piece;
            if (piece && pieces == CUT)
                rig_lose(l);
            else
                (void)rig_carry(l);
            if (piece && pieces == STOPPED) case_restart(&c, 0);
        }
        c.r.w.now_ms += 1000;
    }
    print_message("# %d segments asked back of %d; one was lost, one was cut off\n", pieces, FEW);
    assert_true(pieces >= FEW + 1 && pieces <= FEW + 2);
    case_is_whole(&c, 0);
    assert_str(case_level(&c), "held");
    assert_int_equal(world_fsck(&c.r.w.node[0], c.a), ERR_OK);
    case_end(&c);
}

/* Withdraws a request, with a large file. */
static err withdraw(struct case_ *c, struct str ref, struct bytes file)
{
    struct world_node *n = &c->r.w.node[0];
    struct str sha256, said = str_printf(c->a, "ref=" STR_FMT, STR_ARG(ref));
    struct tree *args = tree_add_copy(c->a, tree_list(c->a), NULL,
                                      world_args(c->a, str_c(c->a, said), "act=withdraw",
                                                 "particulars.reasons=No longer needed.", NULL));
    if (file.n) {
        struct tree *one = tree_add_map(c->a, tree_add_list(c->a, args, "documents"), NULL);
        tree_add_str(c->a, one, "name", STR("why.img"));
        tree_add_str(c->a, one, "type", STR("application/octet-stream"));
        tree_add_str(c->a, one, "exhibit", case_hand_in(n, c->a, file, &sha256));
    }
    return world_do(n, c->a, DESK_ACT, args, NULL);
}

static size_t noted(struct case_ *c, const char *code)
{
    size_t n = 0;
    const struct tree *list = incidents_of(&c->r.w.node[0], c->a);
    for (const struct tree *i = list->child; i; i = i->next) n += str_is(tree_str(i, "code"), code);
    return n;
}

/* As the loop does, for so many minutes; `gone`: the receiver has no segment any more. */
static void minutes(struct case_ *c, int n, bool gone)
{
    enum { NOT_FOUND = 404 };
    for (int k = 0; k < n; k++) {
        struct letter *l;
        for (rig_work(&c->r); (l = rig_letter(&c->r)); rig_work(&c->r)) {
            if (gone && is_piece_back(l))
                rig_answer(l, NOT_FOUND, "", -1);
            else
                (void)rig_carry(l);
        }
        c->r.w.now_ms += 60 * 1000;
    }
}

static size_t acts_of(struct case_ *c, struct str ref)
{
    const struct tree *v = NULL;
    struct tree *args = tree_map(c->a);
    tree_add_str(c->a, args, "ref", ref);
    err e = world_do(&c->r.w.node[0], c->a, DESK_SHOW, args, &v);
    return e == ERR_OK ? tree_get(v, "acts")->count : 0;
}

static void what_both_sides_lost_is_told_and_the_rest_of_the_line_goes_on(void **state)
{
    (void)state;
    char folder[] = "/tmp/segments-XXXXXX";
    struct case_ c;
    memset(&c, 0, sizeof c);
    assert_non_null(mkdtemp(folder));
    world_open(&c.r.w, 2, 103, &suite_fake, folder);
    c.r.w.made = str_dup(c.r.w.arena, str_of(folder));
    c.r.reconcile_ms = POST_RECONCILE_MS;
    rig_open(&c.r);
    c.a = arena_new();
    struct world_node *x0 = &c.r.w.node[0], *x1 = &c.r.w.node[1];
    struct str before = world_request(x0, x1, c.a);
    rig_settle(&c.r);
    copy_of_sender(&c, folder, false);
    struct bytes none = {0};
    assert_int_equal(withdraw(&c, before, case_noise(c.a, 2000, 104)), ERR_OK);
    case_send(&c, case_noise(c.a, 3000, 105));
    assert_int_equal(withdraw(&c, c.ref, none), ERR_OK);
    struct str plain = world_request(x0, x1, c.a);
    rig_settle(&c.r);
    copy_of_sender(&c, folder, true);
    minutes(&c, 3 * 60, true);
    /* Two acts cannot come back, nor what followed one of them; all else has. */
    assert_int_equal(noted(&c, "exhibit-lost"), 2);
    assert_int_equal(acts_of(&c, before), 1);
    assert_int_equal(acts_of(&c, c.ref), 0);
    assert_int_equal(acts_of(&c, plain), 1);
    assert_int_equal(withdraw(&c, plain, none), ERR_OK);
    assert_int_equal(withdraw(&c, before, none), ERR_NOT_ALLOWED);
    assert_string_equal(c.r.w.fault.code, "act-lost");
    minutes(&c, 3 * 60, false); /* their people repaired their copy */
    assert_int_equal(acts_of(&c, before), 2);
    assert_int_equal(acts_of(&c, c.ref), 2);
    assert_int_equal(withdraw(&c, before, none), ERR_NOT_ALLOWED);
    assert_string_not_equal(c.r.w.fault.code, "act-lost"); /* it was withdrawn */
    assert_int_equal(world_fsck(x0, c.a), ERR_OK);
    case_end(&c);
}

int test_back(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_node_lost_comes_back_with_its_exhibit),
        cmocka_unit_test(what_both_sides_lost_is_told_and_the_rest_of_the_line_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
