/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused for good (src/desk/refusal.c): the refusal is signed, stands at both ends, and
 * ends nothing: the parcel is tried again until people decide. */

#include "post_test.h"

static struct rig r;
static struct arena *a;

static int up(void **state)
{
    (void)state;
    rig_up(&r, 2, 71, &suite_fake);
    a = arena_new();
    return 0;
}

static int down(void **state)
{
    (void)state;
    rig_down(&r);
    arena_free(a);
    return 0;
}

static const struct tree *status(int node)
{
    return view_of(&r.w.node[node], a, DESK_STATUS, NULL);
}
static const struct tree *undelivered(void) { return tree_get(status(0), "undelivered")->child; }

/* Node 1 holds another parcel with the number of the one that waits at node 0. */
static void number_is_taken(void)
{
    struct craft c;
    struct told told;
    craft_begin(&c, a, &r.w.node[0], &r.w.node[1]);
    craft_set_str(&c, craft_map(c.act, "particulars"), "facts", "Another story.");
    rig_take(&r, 1, &r.w.node[0].tls, craft_end(&c), &told);
    assert_int_equal(told.status, 200);
}

/* The oldest letter is carried `times` times, each when it is due. */
static void tried(int times)
{
    for (int k = 0; k < times; k++) {
        for (rig_work(&r); !r.first; rig_work(&r)) {
            int64_t next_ms = post_next_ms(r.post[0]);
            assert_true(next_ms != INT64_MAX);
            if (next_ms > r.w.now_ms) r.w.now_ms = next_ms;
        }
        assert_int_equal(rig_carry(rig_letter(&r)), 422);
        rig_work(&r);
    }
}

static void a_refusal_is_signed_kept_once_and_ends_nothing(void **state)
{
    (void)state;
    number_is_taken();
    tried(1);
    const struct tree *row = undelivered();
    assert_str(tree_str(row, "said"), "refused");
    assert_str(tree_str(row, "code"), "sequence-taken");
    assert_true(tree_bool(row, "attention", false));
    assert_int_equal(tree_int(status(0), "attention_n", -1), 1);
    int64_t leaves = tree_int(status(0), "log_size", -1),
            theirs = tree_int(status(1), "log_size", -1);
    assert_int_equal(incidents_of(&r.w.node[1], a)->count, 1);
    tried(3);
    assert_int_equal(tree_int(undelivered(), "tries", 0), 4);
    assert_int_equal(tree_int(status(0), "log_size", -1), leaves);
    assert_int_equal(tree_int(status(1), "log_size", -1), theirs);
    assert_int_equal(incidents_of(&r.w.node[1], a)->count, 1);
    assert_int_equal(tree_int(status(0), "not_yet_held_by_peer", -1), 1);
}

/* Of bytes that were spoilt on the way a refusal says nothing about what left. */
static void a_refusal_of_other_bytes_is_not_believed(void **state)
{
    (void)state;
    (void)world_request(&r.w.node[0], &r.w.node[1], a);
    rig_work(&r);
    struct letter *l = rig_letter(&r);
    uint8_t *spoilt = (uint8_t *)(uintptr_t)l->what.body.p;
    spoilt[l->what.body.n / 2] ^= 1;
    int64_t leaves = tree_int(status(0), "log_size", -1);
    assert_int_equal(rig_carry(l), 422);
    rig_work(&r);
    assert_null(tree_get(undelivered(), "said"));
    assert_false(tree_bool(undelivered(), "attention", true));
    assert_int_equal(tree_int(status(0), "log_size", -1), leaves);
    r.w.now_ms += POST_RETRY_URGENT_MS;
    rig_settle(&r);
    assert_int_equal(tree_int(status(0), "not_yet_held_by_peer", -1), 0);
}

/* What waits for an earlier act is refused for now, and unsigned. */
static void what_may_yet_fit_is_not_refused_for_good(void **state)
{
    (void)state;
    struct craft c;
    struct told told;
    craft_begin(&c, a, &r.w.node[0], &r.w.node[1]);
    craft_set_int(&c, c.act, "n", 900);
    rig_take(&r, 1, &r.w.node[0].tls, craft_end(&c), &told);
    assert_int_equal(told.status, 422);
    assert_str(told_member(a, &told, "code"), "number-ahead");
    assert_int_equal(told_member(a, &told, "receipt").n, 0);
}

static void poison(void *ctx, const struct post_reading *known, struct bytes sealed,
                   void (*done)(void *job, const struct fault *f, const struct desk_parcel *p),
                   void *job)
{
    static const struct fault twice = {ERR_REJECTED, "quarantined", "comity wire 1: parcels", "",
                                       "What reads parcels here ended over these bytes, twice."};
    (void)ctx, (void)known, (void)sealed;
    done(job, &twice, NULL);
}

static void what_kills_who_reads_it_is_put_aside_and_both_are_told(void **state)
{
    (void)state;
    memset(&r, 0, sizeof r);
    world_open(&r.w, 2, 72, &suite_fake, NULL);
    r.reader[1] = (struct post_reader){.parcel = poison};
    rig_open(&r);
    a = arena_new();
    (void)world_request(&r.w.node[0], &r.w.node[1], a);
    int64_t before = tree_int(status(1), "log_size", -1);
    tried(2);
    assert_str(tree_str(undelivered(), "said"), "quarantined");
    assert_str(tree_str(undelivered(), "code"), "quarantined");
    const struct tree *noted = incidents_of(&r.w.node[1], a);
    assert_int_equal(noted->count, 1);
    assert_str(tree_str(noted->child, "code"), "quarantined");
    assert_int_equal(tree_int(status(1), "log_size", -1), before + 1);
    (void)down(NULL);
}

static void an_urgent_act_calls_people_after_five_minutes(void **state)
{
    (void)state;
    a = arena_new();
    rig_up_all(&r, 2, 73, a);
    struct str urgent = world_request(&r.w.node[0], &r.w.node[1], a);
    (void)world_request_slow(&r.w.node[0], &r.w.node[1], a);
    for (int k = 0; k < 2; k++) {
        rig_work(&r);
        for (struct letter *l; (l = rig_letter(&r));) rig_lose(l);
        rig_work(&r);
        assert_int_equal(tree_get(status(0), "undelivered")->count, 2);
        assert_int_equal(tree_int(status(0), "attention_n", -1), k);
        r.w.now_ms += 6 * 60 * 1000;
    }
    assert_str(tree_str(undelivered(), "ref"), str_c(a, urgent)); /* it stands first */
    r.w.now_ms += INT64_C(4) * 60 * 60 * 1000;
    assert_int_equal(tree_int(status(0), "attention_n", -1), 2);
    rig_settle(&r);
    assert_int_equal(tree_int(status(0), "attention_n", -1), 0);
    (void)down(NULL);
}

int test_refused(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_refusal_is_signed_kept_once_and_ends_nothing, up, down),
        cmocka_unit_test_setup_teardown(a_refusal_of_other_bytes_is_not_believed, up, down),
        cmocka_unit_test_setup_teardown(what_may_yet_fit_is_not_refused_for_good, up, down),
        cmocka_unit_test(what_kills_who_reads_it_is_put_aside_and_both_are_told),
        cmocka_unit_test(an_urgent_act_calls_people_after_five_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
