/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/post/polling.c and src/post/waiting.c: a node that nobody reaches fetches what waits
 * for it and answers it, and whatever is lost on the way comes again. Node 1 polls. */

#include "post/post_internal.h"
#include "post_test.h"

struct bench {
    struct rig r;
    struct arena *a;
    struct world_node *xa, *xb;
};

static int up_with(void **state, int64_t heads_ms, int64_t reconcile_ms)
{
    struct bench *b = test_calloc(1, sizeof *b);
    b->a = arena_new();
    world_open(&b->r.w, 2, 17, &suite_fake, NULL);
    b->r.polls[1] = true;
    b->r.heads_ms = heads_ms;
    b->r.reconcile_ms = reconcile_ms;
    rig_open(&b->r);
    b->xa = &b->r.w.node[0];
    b->xb = &b->r.w.node[1];
    *state = b;
    return 0;
}

static int up(void **state) { return up_with(state, 0, 0); }
static int up_all(void **state) { return up_with(state, 1000, POST_RECONCILE_MS); }

static int down(void **state)
{
    struct bench *b = *state;
    rig_down(&b->r);
    arena_free(b->a);
    test_free(b);
    return 0;
}

/* What becomes of each letter that node 1 writes; what node 0 writes to it never arrives. */
enum fate { ARRIVES, LOST, ANSWER_LOST, CUT };
struct run {
    enum fate waiting, answers;    /* of asking for what waits; of bringing answers */
    int waitings, brought, called; /* so often; `called`: node 0 wrote by itself */
};

static bool starts(const struct letter *l, const char *path)
{
    return str_starts(str_of(l->what.path), path);
}

static void half_home(struct letter *l)
{
    l->what.body.n /= 2;
    (void)rig_carry(l);
}

static void answer_lost(struct bench *b, struct letter *l)
{
    struct told told = {0};
    struct post_asked q = {str_of(l->what.path), b->xb->tls, l->what.body};
    rig_ask(&b->r, l->to, &q, &told);
    rig_lose(l);
}

static void go_on(struct bench *b, struct run *x, int seconds)
{
    for (int k = 0; k < seconds; k++) {
        struct letter *l;
        for (rig_work(&b->r); (l = rig_letter(&b->r)); rig_work(&b->r)) {
            bool waiting = starts(l, POST_WAITING), answers = starts(l, POST_ANSWERS);
            enum fate fate = waiting ? x->waiting : answers ? x->answers : ARRIVES;
            x->waitings += waiting;
            x->brought += answers;
            x->called += l->from == 0;
            if (l->from == 0 || fate == LOST)
                rig_lose(l);
            else if (fate == ANSWER_LOST)
                answer_lost(b, l);
            else if (fate == CUT)
                half_home(l);
            else
                (void)rig_carry(l);
        }
        b->r.w.now_ms += 1000;
    }
}

static void what_waits_is_fetched_and_its_receipt_brought(void **state)
{
    struct bench *b = *state;
    struct run x = {0};
    go_on(b, &x, 5);
    struct str ref = world_request(b->xa, b->xb, b->a);
    go_on(b, &x, 20);
    assert_str(level_of(b->xa, b->a, ref), "held");
    assert_int_equal(x.called, 0); /* who polls is not called in vain */
    assert_true(x.brought >= 1);
}

static void what_was_given_up_as_not_reached_leaves_as_soon_as_it_is_asked_for(void **state)
{
    struct bench *b = *state;
    struct run away = {.waiting = LOST}, x = {0};
    struct str ref = world_request(b->xa, b->xb, b->a);
    go_on(b, &away, 3600);
    assert_str(level_of(b->xa, b->a, ref), "held-here");
    assert_true(away.called > 3); /* it was tried over the wire, more and more seldom */
    assert_true(away.waitings < 100);
    go_on(b, &x, 65);
    assert_str(level_of(b->xa, b->a, ref), "held");
}

static void what_polls_sends_its_own_over_the_wire(void **state)
{
    struct bench *b = *state;
    struct run x = {0};
    struct str ref = world_request(b->xb, b->xa, b->a);
    go_on(b, &x, 3);
    assert_str(level_of(b->xb, b->a, ref), "held");
    assert_int_equal(x.brought, 0);
}

static void what_is_lost_on_the_way_comes_again_and_is_done_once(void **state)
{
    struct bench *b = *state;
    struct run calm = {0};
    static const struct run harms[] = {
        {.waiting = ANSWER_LOST}, {.answers = LOST}, {.answers = ANSWER_LOST}, {.answers = CUT}};
    go_on(b, &calm, 5);
    for (size_t k = 0; k < sizeof harms / sizeof *harms; k++) {
        uint64_t receives = desk_counted(b->xb->desk).receives;
        struct run harm = harms[k];
        struct str ref = world_request(b->xa, b->xb, b->a);
        go_on(b, &harm, 30);
        assert_true(harm.waitings > 0);
        go_on(b, &calm, 200);
        assert_str(level_of(b->xa, b->a, ref), "held");
        assert_true(desk_counted(b->xb->desk).receives > receives);
        const struct tree *list = tree_get(view_of(b->xb, b->a, DESK_LIST, NULL), "dossiers");
        assert_int_equal(list->count, k + 1);
    }
}

static void heads_proofs_and_what_each_holds_are_asked_through_it_too(void **state)
{
    struct bench *b = *state;
    struct run x = {0};
    for (int k = 0; k < 6; k++) {
        struct str ref = world_request(b->xa, b->xb, b->a);
        (void)world_request(b->xb, b->xa, b->a);
        go_on(b, &x, 90);
        assert_str(level_of(b->xa, b->a, ref), "held");
    }
    assert_int_equal(tree_get(view_of(b->xa, b->a, DESK_STATUS, NULL), "incidents")->count, 0);
    assert_int_equal(tree_get(view_of(b->xb, b->a, DESK_STATUS, NULL), "incidents")->count, 0);
    struct turn t = {.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance};
    uint64_t size = 0;
    assert_int_equal(
        desk_cosigned_size(b->xa->desk, &t, desk_peer(b->xa->desk, b->xb->address), &size), ERR_OK);
    assert_true(size > 0); /* node 1, which nobody reaches, cosigned a head of node 0 */
}

/* ---- at the door ----------------------------------------------------------------------------- */

static int status_of(struct bench *b, int from, const char *path, const char *body)
{
    struct told told = {0};
    struct post_asked q = {str_of(path), b->r.w.node[from].tls, str_bytes(str_of(body))};
    rig_ask(&b->r, 0, &q, &told);
    return told.status;
}

static void an_answer_to_nothing_is_not_found(void **state)
{
    struct bench *b = *state;
    static const char *const paths[] = {"",
                                        "x",
                                        "/",
                                        "00000000000000000000000000000001/200/0",
                                        "00000000000000000000000000000001/200/-1",
                                        "00000000000000000000000000000001/99/0",
                                        "00000000000000000000000000000001/200"};
    for (size_t k = 0; k < sizeof paths / sizeof *paths; k++) {
        const char *path = str_c(b->a, str_printf(b->a, POST_ANSWERS "%s", paths[k]));
        assert_int_equal(status_of(b, 1, path, "x"), 404);
    }
}

static void nobody_fetches_or_answers_for_another(void **state)
{
    struct bench *b = *state;
    struct told told = {0};
    (void)world_request(b->xa, b->xb, b->a);
    struct post_asked q = {STR(POST_WAITING), b->xb->tls, {0}};
    rig_ask(&b->r, 0, &q, &told); /* it is known to poll from here on */
    rig_work(&b->r);
    rig_ask(&b->r, 0, &q, &told);
    assert_int_equal(told.status, 200);
    struct str id, path;
    struct bytes body;
    assert_true(
        post_waiting_read((struct bytes){(const uint8_t *)told.body, told.n}, &id, &path, &body));
    assert_true(str_is(path, POST_PARCELS) && body.n > 0);
    const char *answer = str_c(b->a, str_printf(b->a, POST_ANSWERS STR_FMT "/200/0", STR_ARG(id)));
    assert_int_equal(status_of(b, 0, POST_WAITING, ""), 403);
    assert_int_equal(status_of(b, 0, answer, "x"), 403); /* a stranger: our own certificate */
    assert_int_equal(status_of(b, 1, answer, "no receipt"), 204);
    assert_int_equal(status_of(b, 1, answer, "no receipt"), 404); /* it is answered */
    struct letter *l;
    while ((l = rig_letter(&b->r))) rig_lose(l);
}

static void what_is_fetched_has_an_id_and_a_path(void **state)
{
    (void)state;
    static const char *const no[] = {"",
                                     "\n",
                                     " \n",
                                     "0 /x\n",
                                     "00000000000000000000000000000001 x\n",
                                     "00000000000000000000000000000001 /x",
                                     "00000000000000000000000000000001 /x y\n",
                                     "00000000000000000000000000000001 /\xc3\xa9\n"};
    struct str id, path;
    struct bytes body;
    for (size_t k = 0; k < sizeof no / sizeof *no; k++)
        assert_false(post_waiting_read(str_bytes(str_of(no[k])), &id, &path, &body));
    struct str good = STR("00000000000000000000000000000001 /x\nbody\n");
    assert_true(post_waiting_read(str_bytes(good), &id, &path, &body));
    assert_true(str_is(path, "/x") && str_is(bytes_str(body), "body\n"));
}

int test_polling(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_waits_is_fetched_and_its_receipt_brought, up, down),
        cmocka_unit_test_setup_teardown(
            what_was_given_up_as_not_reached_leaves_as_soon_as_it_is_asked_for, up, down),
        cmocka_unit_test_setup_teardown(what_polls_sends_its_own_over_the_wire, up, down),
        cmocka_unit_test_setup_teardown(what_is_lost_on_the_way_comes_again_and_is_done_once, up,
                                        down),
        cmocka_unit_test_setup_teardown(heads_proofs_and_what_each_holds_are_asked_through_it_too,
                                        up_all, down),
        cmocka_unit_test_setup_teardown(an_answer_to_nothing_is_not_found, up, down),
        cmocka_unit_test_setup_teardown(nobody_fetches_or_answers_for_another, up, down),
        cmocka_unit_test(what_is_fetched_has_an_id_and_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
