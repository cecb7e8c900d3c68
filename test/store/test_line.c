/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/line.c: parcels by their sequence, and what waits to leave. */

#include "store/store_test.h"

static const struct store_line dts = {{"XM/dts", 6}, {"XN/csb", 6}, 1};

/* The line to or from another peer, authority of ours, or incarnation. */
static struct store_line line_of(const char *peer, const char *ours, int64_t incarnation)
{
    return (struct store_line){str_of(peer), str_of(ours), incarnation};
}

static struct store_parcel parcel(uint8_t name, const char *way, int64_t sequence)
{
    return (struct store_parcel){.digest = hash_named(name),
                                 .leaf = name,
                                 .incarnation = 1,
                                 .sequence = sequence,
                                 .at_ms = 5,
                                 .act = id_named(name),
                                 .way = str_of(way),
                                 .peer = STR("XM/dts"),
                                 .ours = STR("XN/csb")};
}

static void put(struct rig *r, struct store_parcel p)
{
    assert_ok(r, store_parcel_set(&r->turn, r->store, &p));
}

static void a_parcel_comes_back_by_digest_act_and_place(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_parcel p = parcel(1, "in", 7), got;
    put(r, p);
    put(r, parcel(2, "out", 7));
    assert_ok(r, store_parcel_get(t, r->store, &p.digest, &got));
    assert_true(got.leaf == 1 && got.incarnation == 1 && got.sequence == 7 && got.at_ms == 5);
    assert_str(got.way, "in");
    assert_str(got.peer, "XM/dts");
    assert_ok(r, store_parcel_of_act(t, r->store, &p.act, &got));
    assert_true(hash_eq(&got.digest, &p.digest));
    assert_ok(r, store_parcel_at(t, r->store, STR("in"), &dts, 7, &got));
    assert_true(hash_eq(&got.digest, &p.digest));
    struct hash none = hash_named(9);
    struct id no_act = id_named(9);
    assert_fault(r, store_parcel_get(t, r->store, &none, &got), ERR_NONE_SUCH, "none-such");
    assert_fault(r, store_parcel_of_act(t, r->store, &no_act, &got), ERR_NONE_SUCH, "none-such");
    static const struct {
        const char *way, *peer, *ours;
        int64_t incarnation, sequence;
    } absent[] = {{"in", "XM/dts", "XN/csb", 1, 8},
                  {"in", "XM/dts", "XN/csb", 2, 7},
                  {"in", "XM/dts", "XN/moj", 1, 7},
                  {"in", "XM/moj", "XN/csb", 1, 7},
                  {"on", "XM/dts", "XN/csb", 1, 7}};
    for (size_t k = 0; k < sizeof absent / sizeof *absent; k++) {
        struct store_line line = line_of(absent[k].peer, absent[k].ours, absent[k].incarnation);
        assert_fault(
            r, store_parcel_at(t, r->store, str_of(absent[k].way), &line, absent[k].sequence, &got),
            ERR_NONE_SUCH, "none-such");
    }
}

static void a_place_in_the_line_is_taken_once(void **state)
{
    struct rig *r = *state;
    put(r, parcel(1, "in", 7));
    struct store_parcel again = parcel(2, "in", 7);
    assert_fault(r, store_parcel_set(&r->turn, r->store, &again), ERR_CONFLICT, "db-unique");
    again.incarnation = 2;
    put(r, again);
    struct store_parcel to_another = parcel(3, "in", 7);
    to_another.ours = STR("XN/moj");
    put(r, to_another);
}

/* ---- the highest sequence without a gap ------------------------------------------------------ */

static int64_t reach(struct rig *r, int64_t with)
{
    int64_t top = -1;
    assert_ok(r, store_line_contiguous(&r->turn, r->store, &dts, with, &top));
    return top;
}

static void a_line_reaches_as_far_as_nothing_is_missing(void **state)
{
    struct rig *r = *state;
    assert_int_equal(reach(r, 0), 0);
    assert_int_equal(reach(r, 1), 1);
    assert_int_equal(reach(r, 2), 0);
    put(r, parcel(2, "in", 2));
    put(r, parcel(3, "in", 3));
    put(r, parcel(5, "in", 5));
    assert_int_equal(reach(r, 0), 0);
    assert_int_equal(reach(r, 1), 3);
    put(r, parcel(1, "in", 1));
    assert_int_equal(reach(r, 0), 3);
    assert_int_equal(reach(r, 4), 5);
    assert_int_equal(reach(r, 6), 3);
    assert_int_equal(reach(r, 3), 3); /* it stands already */
}

static void a_line_goes_on_from_where_it_was_known_to_reach(void **state)
{
    struct rig *r = *state;
    assert_ok(r, store_line_set(&r->turn, r->store, &dts, 41));
    assert_int_equal(reach(r, 0), 41);
    put(r, parcel(43, "in", 43));
    assert_int_equal(reach(r, 42), 43);
    assert_ok(r, store_line_set(&r->turn, r->store, &dts, 43));
    assert_int_equal(reach(r, 0), 43);
    assert_int_equal(reach(r, 40), 43);
}

static void other_lines_do_not_count(void **state)
{
    struct rig *r = *state;
    struct store_parcel other = parcel(1, "in", 1), later = parcel(3, "in", 1);
    struct store_parcel to_another = parcel(4, "in", 1);
    other.peer = STR("XM/moj");
    to_another.ours = STR("XN/moj");
    put(r, to_another);
    later.incarnation = 2;
    put(r, other);
    put(r, later);
    put(r, parcel(2, "out", 1));
    const struct store_line others[] = {line_of("XM/moj", "XN/csb", 1),
                                        line_of("XM/dts", "XN/moj", 1),
                                        line_of("XM/dts", "XN/csb", 2)};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        assert_ok(r, store_line_set(&r->turn, r->store, &others[k], 9));
    assert_int_equal(reach(r, 0), 0);
}

/* ---- what waits to leave --------------------------------------------------------------------- */

static struct store_outgoing outgoing(uint8_t name, const char *peer, int64_t sequence)
{
    return (struct store_outgoing){.act = id_named(name),
                                   .dossier = id_named(0xd0),
                                   .peer = str_of(peer),
                                   .stage = STR("sealed"),
                                   .from = STR("XN/csb"),
                                   .sequence = sequence,
                                   .incarnation = 1};
}

static void add(struct rig *r, struct store_outgoing o)
{
    assert_ok(r, store_outgoing_add(&r->turn, r->store, &o));
}

static void what_leaves_goes_through_its_stages(void **state)
{
    struct rig *r = *state;
    struct store_outgoing o = outgoing(1, "XM/dts", 1), got;
    o.stage = STR("held-here");
    add(r, o);
    assert_ok(r, store_outgoing_get(&r->turn, r->store, &o.act, &got));
    assert_str(got.stage, "held-here");
    assert_str(got.peer, "XM/dts");
    assert_str(got.from, "XN/csb");
    assert_true(got.sequence == 1 && got.incarnation == 1 && got.tries == 0 && got.next_ms == 0);
    o.stage = STR("held");
    o.parcel = hash_named(1);
    o.sealed = hash_named(2);
    o.receipt = hash_named(3);
    assert_ok(r, store_outgoing_stage(&r->turn, r->store, &o));
    assert_ok(r, store_outgoing_get(&r->turn, r->store, &o.act, &got));
    assert_str(got.stage, "held");
    assert_true(hash_eq(&got.parcel, &o.parcel) && hash_eq(&got.sealed, &o.sealed) &&
                hash_eq(&got.receipt, &o.receipt));
    struct id none = id_named(9);
    assert_fault(r, store_outgoing_get(&r->turn, r->store, &none, &got), ERR_NONE_SUCH,
                 "none-such");
}

static void an_act_leaves_once_and_a_sequence_is_given_once(void **state)
{
    struct rig *r = *state;
    add(r, outgoing(1, "XM/dts", 1));
    struct store_outgoing same_act = outgoing(1, "XM/dts", 2), same_n = outgoing(2, "XM/dts", 1);
    assert_fault(r, store_outgoing_add(&r->turn, r->store, &same_act), ERR_CONFLICT, "db-unique");
    assert_fault(r, store_outgoing_add(&r->turn, r->store, &same_n), ERR_CONFLICT, "db-unique");
}

static void sequences_are_counted_per_line(void **state)
{
    struct rig *r = *state;
    int64_t next = 0;
    add(r, outgoing(1, "XM/dts", 1));
    add(r, outgoing(2, "XM/dts", 2));
    assert_ok(r, store_line_next(&r->turn, r->store, &dts, &next));
    assert_int_equal(next, 3);
    const struct store_line others[] = {line_of("XM/moj", "XN/csb", 1),
                                        line_of("XM/dts", "XN/moj", 1),
                                        line_of("XM/dts", "XN/csb", 2)};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        assert_ok(r, store_line_next(&r->turn, r->store, &others[k], &next));
        assert_int_equal(next, 1);
    }
    struct store_outgoing of_another = outgoing(3, "XM/dts", 1);
    of_another.from = STR("XN/moj");
    add(r, of_another);
}

static void due(struct rig *r, const char *stage, int64_t now_ms, int64_t limit,
                const char *expected)
{
    struct store_outgoing *rows;
    size_t n;
    assert_ok(r, store_outgoing_due(&r->turn, r->store, str_of(stage), now_ms, limit, &rows, &n));
    struct buf b = buf_in(r->arena);
    for (size_t k = 0; k < n; k++) buf_printf(&b, "%d ", rows[k].act.b[0]);
    assert_str(buf_as_str(&b), expected);
}

static void what_is_due_comes_oldest_first_per_peer(void **state)
{
    struct rig *r = *state;
    add(r, outgoing(1, "XM/moj", 1));
    add(r, outgoing(2, "XM/dts", 2));
    add(r, outgoing(3, "XM/dts", 1));
    add(r, outgoing(4, "XM/dts", 10));
    struct store_outgoing restored = outgoing(5, "XM/dts", 1), here = outgoing(6, "XM/dts", 11);
    restored.incarnation = 2;
    here.stage = STR("held-here");
    add(r, restored);
    add(r, here);
    due(r, "sealed", 0, 10, "3 2 4 5 1 ");
    due(r, "sealed", 0, 2, "3 2 ");
    due(r, "held-here", 0, 10, "6 ");
    due(r, "held", 0, 10, "");
}

static void retry(struct rig *r, uint8_t act, int64_t next_ms, int64_t tries, int64_t tried_ms)
{
    struct store_outgoing o = {.act = id_named(act),
                               .next_ms = next_ms,
                               .tries = tries,
                               .tried_ms = tried_ms,
                               .status = 422,
                               .why = STR("answered 422 sequence-taken")};
    assert_ok(r, store_retry_set(&r->turn, r->store, &o));
}

static void what_was_tried_waits_for_its_time(void **state)
{
    struct rig *r = *state;
    struct id two = id_named(2);
    struct store_outgoing got;
    add(r, outgoing(1, "XM/dts", 1));
    add(r, outgoing(2, "XM/dts", 2));
    retry(r, 2, 500, 1, 100);
    due(r, "sealed", 499, 10, "1 ");
    due(r, "sealed", 500, 10, "1 2 ");
    retry(r, 2, 900, 2, 500);
    due(r, "sealed", 500, 10, "1 ");
    assert_ok(r, store_outgoing_get(&r->turn, r->store, &two, &got));
    assert_true(got.next_ms == 900 && got.tries == 2 && got.tried_ms == 500);
    assert_true(got.status == 422 && str_is(got.why, "answered 422 sequence-taken"));
}

static void a_pause_set_by_a_clock_that_was_ahead_counts_for_nothing(void **state)
{
    struct rig *r = *state;
    add(r, outgoing(1, "XM/dts", 1));
    retry(r, 1, 900000, 1, 899000);
    due(r, "sealed", 500, 10, "1 ");
    due(r, "sealed", 899500, 10, "");
}

static void what_was_tried_in_vain_is_listed_until_it_is_held(void **state)
{
    struct rig *r = *state;
    struct store_outgoing *rows, held = outgoing(2, "XM/dts", 2);
    size_t n;
    add(r, outgoing(1, "XM/dts", 1));
    add(r, held);
    add(r, outgoing(3, "XM/dts", 3));
    retry(r, 1, 900, 2, 500);
    retry(r, 2, 900, 7, 500);
    held.stage = STR("held");
    assert_ok(r, store_outgoing_stage(&r->turn, r->store, &held));
    struct store_dossier d = {.id = id_named(0xd0), .ours = STR("XN/csb")};
    struct store_reader who = {.authority = STR("XN/csb"), .everything = true};
    struct store_reader other = {.authority = STR("XN/moj"), .everything = true};
    assert_ok(r, store_dossier_set(&r->turn, r->store, &d));
    assert_ok(r, store_access_tried(&r->turn, r->store, &who, 10, &rows, &n));
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].sequence, 1);
    assert_ok(r, store_access_tried(&r->turn, r->store, &other, 10, &rows, &n));
    assert_int_equal(n, 0);
}

static void what_a_peer_asks_for_is_due_now_and_nothing_else(void **state)
{
    struct rig *r = *state;
    struct store_outgoing got;
    for (uint8_t k = 1; k <= 3; k++) {
        add(r, outgoing(k, "XM/dts", k));
        retry(r, k, 900, 4, 50);
    }
    due(r, "sealed", 100, 10, "");
    const struct store_line others[] = {line_of("XM/moj", "XN/csb", 1),
                                        line_of("XM/dts", "XN/moj", 1),
                                        line_of("XM/dts", "XN/csb", 2)};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        assert_ok(r, store_outgoing_wanted(&r->turn, r->store, &others[k], 1));
    assert_ok(r, store_outgoing_wanted(&r->turn, r->store, &dts, 2));
    due(r, "sealed", 100, 10, "2 ");
    struct id two = id_named(2);
    assert_ok(r, store_outgoing_get(&r->turn, r->store, &two, &got));
    assert_int_equal(got.tries, 4);
}

static void what_has_not_left_is_counted(void **state)
{
    struct rig *r = *state;
    static const char *const stages[] = {"held-here", "sealed", "held", "refused", "sealed"};
    for (uint8_t k = 0; k < 5; k++) {
        struct store_outgoing o = outgoing((uint8_t)(k + 1), "XM/dts", k + 1);
        o.stage = str_of(stages[k]);
        add(r, o);
    }
    int64_t waiting = -1;
    assert_ok(r, store_outgoing_count(&r->turn, r->store, &waiting));
    assert_int_equal(waiting, 3);
}

int line_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(a_parcel_comes_back_by_digest_act_and_place, rig),
        on_rig(a_place_in_the_line_is_taken_once, rig),
        on_rig(a_line_reaches_as_far_as_nothing_is_missing, rig),
        on_rig(a_line_goes_on_from_where_it_was_known_to_reach, rig),
        on_rig(other_lines_do_not_count, rig),
        on_rig(what_leaves_goes_through_its_stages, rig),
        on_rig(an_act_leaves_once_and_a_sequence_is_given_once, rig),
        on_rig(sequences_are_counted_per_line, rig),
        on_rig(what_is_due_comes_oldest_first_per_peer, rig),
        on_rig(what_was_tried_waits_for_its_time, rig),
        on_rig(a_pause_set_by_a_clock_that_was_ahead_counts_for_nothing, rig),
        on_rig(what_was_tried_in_vain_is_listed_until_it_is_held, rig),
        on_rig(what_a_peer_asks_for_is_due_now_and_nothing_else, rig),
        on_rig(what_has_not_left_is_counted, rig),
    };
    return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
