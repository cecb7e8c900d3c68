/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/house.c: peers, incidents, cosignatures, facts. */

#include "store/store_test.h"

static void peers_are_set_got_and_listed_by_address(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_peer p = {.address = STR("XM/dts"),
                           .state = STR("XM"),
                           .node = STR("XM/node"),
                           .url = STR("https://localhost:1"),
                           .stage = STR("proposed"),
                           .root = hash_named(1),
                           .profile = hash_named(2),
                           .tls = hash_named(3)};
    struct store_peer other = {.address = STR("XA/moj"), .stage = STR("pinned")}, got, *all;
    size_t n;
    assert_ok(r, store_peer_set(t, r->store, &p));
    assert_ok(r, store_peer_set(t, r->store, &other));
    p.stage = STR("pinned");
    p.url = STR("https://localhost:2");
    p.tls = hash_named(4);
    assert_ok(r, store_peer_set(t, r->store, &p));
    assert_ok(r, store_peer_get(t, r->store, STR("XM/dts"), &got));
    assert_str(got.state, "XM");
    assert_str(got.node, "XM/node");
    assert_str(got.url, "https://localhost:2");
    assert_str(got.stage, "pinned");
    assert_true(hash_eq(&got.root, &p.root) && hash_eq(&got.profile, &p.profile) &&
                hash_eq(&got.tls, &p.tls));
    assert_ok(r, store_peers(t, r->store, &all, &n));
    assert_int_equal(n, 2);
    assert_str(all[0].address, "XA/moj");
    assert_fault(r, store_peer_get(t, r->store, STR("XM"), &got), ERR_NONE_SUCH, "none-such");
}

static void an_incident_that_repeats_stays_one_row(void **state)
{
    struct rig *r = *state;
    struct store_incident i = {hash_named(1),
                               5,
                               7,
                               STR("XM/dts"),
                               STR("XN/csb"),
                               STR("code"),
                               STR("RFC 5652 5.6"),
                               STR("It did not verify.")};
    struct store_incident other = {.key = hash_named(2), .leaf = 6}, *all;
    size_t n;
    assert_ok(r, store_incident_set(&r->turn, r->store, &i));
    i.leaf = 9;
    assert_ok(r, store_incident_set(&r->turn, r->store, &i));
    assert_ok(r, store_incident_set(&r->turn, r->store, &other));
    assert_ok(r, store_incidents(&r->turn, r->store, STR("XN/moj"), 10, &all, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_incidents(&r->turn, r->store, STR("XN/csb"), 10, &all, &n));
    assert_int_equal(n, 1);
    assert_ok(r, store_incidents(&r->turn, r->store, STR(""), 10, &all, &n));
    assert_int_equal(n, 2);
    assert_int_equal(all[0].leaf, 6);
    assert_int_equal(all[1].leaf, 5);
    assert_int_equal(all[1].at_ms, 7);
    assert_str(all[1].article, "RFC 5652 5.6");
    assert_str(all[1].sentence, "It did not verify.");
    assert_ok(r, store_incidents(&r->turn, r->store, STR(""), 1, &all, &n));
    assert_int_equal(n, 1);
}

static void a_fact_is_set_got_and_replaced(void **state)
{
    struct rig *r = *state;
    struct str value;
    assert_fault(r, store_fact(&r->turn, r->store, "incarnation", &value), ERR_NONE_SUCH,
                 "fact-none-such");
    assert_ok(r, store_fact_set(&r->turn, r->store, STR("incarnation"), STR("1")));
    assert_ok(r, store_fact_set(&r->turn, r->store, STR("incarnation"), STR("2")));
    assert_ok(r, store_fact(&r->turn, r->store, "incarnation", &value));
    assert_str(value, "2");
}

static void the_newest_cosignature_of_each_witness_stands(void **state)
{
    struct rig *r = *state;
    struct store_cosigned *all;
    struct store_cosigned one = {STR("comity.xm/dts"), 7, 100, STR("a\n")};
    struct store_cosigned other = {STR("comity.xa/csb"), 3, 50, STR("b\n")};
    size_t n;
    assert_ok(r, store_cosigned_set(&r->turn, r->store, &one));
    assert_ok(r, store_cosigned_set(&r->turn, r->store, &other));
    one.size = 9;
    one.line = STR("c\n");
    assert_ok(r, store_cosigned_set(&r->turn, r->store, &one));
    one.size = 8; /* late: of a smaller head */
    one.line = STR("d\n");
    assert_ok(r, store_cosigned_set(&r->turn, r->store, &one));
    assert_ok(r, store_cosigned_list(&r->turn, r->store, &all, &n));
    assert_int_equal(n, 2);
    assert_str(all[0].witness, "comity.xa/csb");
    assert_int_equal(all[0].time_s, 50);
    assert_int_equal(all[1].size, 9);
    assert_str(all[1].line, "c\n");
}

int house_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(peers_are_set_got_and_listed_by_address, rig),
        on_rig(an_incident_that_repeats_stays_one_row, rig),
        on_rig(the_newest_cosignature_of_each_witness_stands, rig),
        on_rig(a_fact_is_set_got_and_replaced, rig),
    };
    return cmocka_run_group_tests_name("house", tests, NULL, NULL);
}
