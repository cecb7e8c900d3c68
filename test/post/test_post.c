/* SPDX-License-Identifier: Apache-2.0 */
/* The way out: built once, sent until it is held, never given up, never in a hurry. */

#include "post_test.h"

struct one {
    struct rig r;
    struct arena *a;
    struct str ref;
};

/* One request of node 0 to node 1, sealed and on the wire. */
static void start_with(struct one *o, uint64_t seed,
                       struct str (*ask)(struct world_node *a, struct world_node *b,
                                         struct arena *arena))
{
    o->a = arena_new();
    rig_up_all(&o->r, 2, seed, o->a);
    o->ref = ask(&o->r.w.node[0], &o->r.w.node[1], o->a);
    rig_work(&o->r);
}

static void start(struct one *o, uint64_t seed) { start_with(o, seed, world_request); }

static void end(struct one *o)
{
    rig_down(&o->r);
    arena_free(o->a);
}

static struct str level(struct one *o) { return level_of(&o->r.w.node[0], o->a, o->ref); }

static void what_is_held_here_is_built_sent_and_held_there(void **state)
{
    (void)state;
    struct one o;
    start(&o, 41);
    assert_int_equal(o.r.letters, 1);
    assert_str(level(&o), "held-here");
    assert_int_equal(rig_carry(rig_letter(&o.r)), 200);
    assert_str(level(&o), "held");
    rig_work(&o.r);
    assert_int_equal(o.r.started, 1);
    assert_true(post_next_ms(o.r.post[0]) == INT64_MAX);
    end(&o);
}

static void answers_go_the_same_way_home(void **state)
{
    (void)state;
    struct one o;
    start(&o, 42);
    rig_settle(&o.r);
    struct world_node *there = &o.r.w.node[1];
    struct tree *args = tree_map(o.a);
    tree_add_str(o.a, args, "ref", o.ref);
    tree_add_str(o.a, args, "act", STR("acknowledge"));
    (void)view_of(there, o.a, DESK_ACT, args);
    rig_settle(&o.r);
    const struct tree *acts = tree_get(view_of(&o.r.w.node[0], o.a, DESK_SHOW, args), "acts");
    assert_int_equal(acts->count, 2);
    assert_str(tree_str(acts->last, "act"), "acknowledge");
    end(&o);
}

/* Waits as the loop does, until a letter leaves or nothing is due. */
static struct letter *next_letter(struct one *o)
{
    for (int k = 0; k < 100000; k++) {
        rig_work(&o->r);
        if (o->r.first) return rig_letter(&o->r);
        int64_t next = post_next_ms(o->r.post[0]);
        assert_true(next != INT64_MAX);
        if (next > o->r.w.now_ms) o->r.w.now_ms = next;
    }
    fail_msg("nothing is sent any more");
    return NULL;
}

static void a_lost_parcel_is_sent_again_byte_for_byte(void **state)
{
    (void)state;
    struct one o;
    start(&o, 43);
    struct letter *l = rig_letter(&o.r);
    struct bytes first = bytes_dup(o.a, l->what.body);
    for (int k = 0; k < 5; k++) {
        rig_lose(l);
        assert_str(level(&o), "held-here");
        l = next_letter(&o);
        assert_true(bytes_eq(l->what.body, first));
    }
    assert_int_equal(rig_carry(l), 200);
    assert_str(level(&o), "held");
    end(&o);
}

/* Loses every letter; pauses grow up to `cap_ms` and are spread. */
static void never_gives_up(struct one *o, int64_t cap_ms, int grown)
{
    struct letter *l = rig_letter(&o->r);
    int64_t longest = 0, shortest_late = INT64_MAX;
    for (int k = 0; k < grown + 10; k++) {
        int64_t since = o->r.w.now_ms;
        rig_lose(l);
        l = next_letter(o);
        int64_t waited = o->r.w.now_ms - since;
        int64_t most = k < grown ? (int64_t)POST_RETRY_FIRST_MS << k : cap_ms;
        if (most > cap_ms) most = cap_ms;
        assert_true(waited > 0 && waited <= most + POST_LOOK_MS);
        if (waited > longest) longest = waited;
        if (k >= grown && waited < shortest_late) shortest_late = waited;
    }
    assert_true(longest > cap_ms / 2);       /* it grew */
    assert_true(shortest_late < cap_ms / 2); /* and is spread */
    assert_int_equal(rig_carry(l), 200);
    end(o);
}

static void it_never_gives_up_and_waits_longer_with_jitter(void **state)
{
    (void)state;
    struct one o;
    start_with(&o, 44, world_request_slow);
    never_gives_up(&o, POST_RETRY_MAX_MS, 12);
}

static void what_is_urgent_is_tried_at_least_once_a_minute(void **state)
{
    (void)state;
    struct one o;
    start(&o, 44);
    never_gives_up(&o, POST_RETRY_URGENT_MS, 7);
}

/* As many ordinary requests as may be on their way are, and nobody takes them. */
static void what_is_urgent_overtakes_what_fills_the_wire(void **state)
{
    (void)state;
    struct one o;
    start_with(&o, 45, world_request_slow);
    struct world_node *to = &o.r.w.node[1];
    for (int k = 0; k < 2 * POST_FLIGHT_MAX; k++) (void)world_request_slow(&o.r.w.node[0], to, o.a);
    for (int k = 0; k < 2 * POST_FLIGHT_MAX; k++) rig_work(&o.r);
    assert_int_equal(o.r.letters, POST_FLIGHT_MAX - POST_FLIGHT_URGENT);
    struct str urgent = world_request(&o.r.w.node[0], to, o.a);
    rig_work(&o.r);
    assert_int_equal(o.r.letters, POST_FLIGHT_MAX - POST_FLIGHT_URGENT + 1);
    assert_int_equal(rig_carry(rig_newest(&o.r)), 200);
    assert_str(level_of(&o.r.w.node[0], o.a, urgent), "held");
    assert_str(level(&o), "held-here");
    rig_settle(&o.r);
    assert_str(level(&o), "held");
    end(&o);
}

static void retry_after_is_waited_out(void **state)
{
    (void)state;
    struct one o;
    start_with(&o, 45, world_request_slow);
    int64_t since = o.r.w.now_ms;
    rig_answer(rig_letter(&o.r), 503, "", 120);
    struct letter *l = next_letter(&o);
    assert_true(o.r.w.now_ms - since >= 120 * 1000);
    assert_true(o.r.w.now_ms - since <= 120 * 1000 + POST_RETRY_FIRST_MS + POST_LOOK_MS);
    /* Nobody makes us wait for ever. */
    since = o.r.w.now_ms;
    rig_answer(l, 503, "", 86400);
    l = next_letter(&o);
    assert_true(o.r.w.now_ms - since <= 2 * POST_RETRY_MAX_MS + POST_LOOK_MS);
    assert_int_equal(rig_carry(l), 200);
    end(&o);
}

static void a_receipt_that_does_not_check_is_no_receipt(void **state)
{
    (void)state;
    struct one o;
    start(&o, 46);
    static const char *const answers[] = {
        "", "{}", "not json", "\xff\xfe", "{\"v\":1,\"receipt\":\"AAAA\",\"log\":{}}",
    };
    struct letter *l = rig_letter(&o.r);
    for (size_t k = 0; k < sizeof answers / sizeof *answers; k++) {
        rig_answer(l, 200, answers[k], -1);
        assert_str(level(&o), "held-here");
        l = next_letter(&o);
    }
    rig_answer(l, 422, "{\"code\":\"signature\"}", -1);
    l = next_letter(&o);
    rig_answer(l, 302, "", -1);
    l = next_letter(&o);
    assert_int_equal(rig_carry(l), 200);
    assert_str(level(&o), "held");
    end(&o);
}

static void a_wire_that_takes_nothing_is_tried_again(void **state)
{
    (void)state;
    struct one o;
    rig_up(&o.r, 2, 47, &suite_fake);
    o.a = arena_new();
    o.r.refuse = ERR_BUSY;
    o.ref = world_request(&o.r.w.node[0], &o.r.w.node[1], o.a);
    rig_work(&o.r);
    assert_int_equal(o.r.started, 1);
    assert_null(o.r.first);
    rig_work(&o.r);
    assert_int_equal(o.r.started, 1); /* not at once */
    o.r.refuse = ERR_OK;
    assert_int_equal(rig_carry(next_letter(&o)), 200);
    end(&o);
}

static void no_more_than_so_many_are_on_their_way(void **state)
{
    (void)state;
    struct one o;
    start(&o, 48);
    for (int k = 0; k < POST_FLIGHT_MAX + 10; k++)
        (void)world_request(&o.r.w.node[0], &o.r.w.node[1], o.a);
    rig_work(&o.r);
    assert_int_equal(o.r.letters, POST_FLIGHT_MAX);
    assert_int_equal(rig_carry(rig_letter(&o.r)), 200);
    rig_work(&o.r);
    assert_int_equal(o.r.letters, POST_FLIGHT_MAX);
    rig_settle(&o.r);
    const struct tree *v = view_of(&o.r.w.node[0], o.a, DESK_STATUS, NULL);
    assert_int_equal(tree_int(v, "not_yet_held_by_peer", -1), 0);
    v = view_of(&o.r.w.node[1], o.a, DESK_LIST, NULL);
    assert_int_equal(tree_get(v, "dossiers")->count, POST_FLIGHT_MAX + 11);
    end(&o);
}

static void any_order_of_arrival_ends_in_all_held(void **state)
{
    (void)state;
    struct one o;
    start(&o, 49);
    for (int k = 0; k < 20; k++) (void)world_request(&o.r.w.node[0], &o.r.w.node[1], o.a);
    for (int k = 0; k < 4000; k++) {
        rig_work(&o.r);
        if (!o.r.first) {
            int64_t next = post_next_ms(o.r.post[0]);
            if (next == INT64_MAX) break;
            if (next > o.r.w.now_ms) o.r.w.now_ms = next;
            continue;
        }
        struct letter *l = rig_letter(&o.r);
        if (world_draw(&o.r.w, 3) == 0)
            rig_lose(l);
        else if (o.r.first && world_draw(&o.r.w, 2)) /* overtaken by the next */
            (void)rig_carry(rig_letter(&o.r)), (void)rig_carry(l);
        else
            (void)rig_carry(l);
    }
    const struct tree *v = view_of(&o.r.w.node[0], o.a, DESK_STATUS, NULL);
    assert_int_equal(tree_int(v, "not_yet_held_by_peer", -1), 0);
    v = view_of(&o.r.w.node[1], o.a, DESK_LIST, NULL);
    assert_int_equal(tree_get(v, "dossiers")->count, 21);
    end(&o);
}

static void the_wall_clock_set_back_does_not_stop_the_post(void **state)
{
    (void)state;
    struct one o;
    start(&o, 50);
    assert_int_equal(rig_carry(rig_letter(&o.r)), 200);
    o.r.w.now_ms -= 3650 * DAY_MS;
    (void)world_request(&o.r.w.node[0], &o.r.w.node[1], o.a);
    rig_work(&o.r);
    assert_int_equal(o.r.letters, 1);
    end(&o);
}

static void what_a_clock_brings_about_is_done_in_time(void **state)
{
    (void)state;
    struct one o;
    start(&o, 51);
    rig_settle(&o.r);
    struct world_node *there = &o.r.w.node[1];
    struct str ref = str_printf(o.a, "ref=" STR_FMT, STR_ARG(o.ref));
    (void)view_of(there, o.a, DESK_ACT,
                  world_args(o.a, str_c(o.a, ref), "act=order",
                             "particulars.authority_ordering=Prosecutor",
                             "particulars.order_number=1", "particulars.order_date=2026-11-24",
                             "particulars.custodian=Host", NULL));
    (void)view_of(there, o.a, DESK_ACT,
                  world_args(o.a, str_c(o.a, ref), "act=preserve",
                             "particulars.preserved_until=2027-01-25", NULL));
    rig_settle(&o.r);
    struct tree *args = tree_map(o.a);
    tree_add_str(o.a, args, "ref", o.ref);
    o.r.w.now_ms += 64 * DAY_MS;
    rig_settle(&o.r);
    for (int k = 0; k < 2; k++)
        assert_str(tree_str(view_of(&o.r.w.node[k], o.a, DESK_SHOW, args), "state"), "expired");
    end(&o);
}

int test_post(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_held_here_is_built_sent_and_held_there),
        cmocka_unit_test(answers_go_the_same_way_home),
        cmocka_unit_test(a_lost_parcel_is_sent_again_byte_for_byte),
        cmocka_unit_test(it_never_gives_up_and_waits_longer_with_jitter),
        cmocka_unit_test(what_is_urgent_is_tried_at_least_once_a_minute),
        cmocka_unit_test(what_is_urgent_overtakes_what_fills_the_wire),
        cmocka_unit_test(retry_after_is_waited_out),
        cmocka_unit_test(a_receipt_that_does_not_check_is_no_receipt),
        cmocka_unit_test(a_wire_that_takes_nothing_is_tried_again),
        cmocka_unit_test(no_more_than_so_many_are_on_their_way),
        cmocka_unit_test(any_order_of_arrival_ends_in_all_held),
        cmocka_unit_test(the_wall_clock_set_back_does_not_stop_the_post),
        cmocka_unit_test(what_a_clock_brings_about_is_done_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
