/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/house.c: peers, officers, incidents, facts, drafts. */

#include "store/store_test.h"

#include <string.h>

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

static void officers_are_set_and_listed(void **state)
{
    struct rig *r = *state;
    struct store_officer o = {STR("o-2"), STR("duty"), STR("XN/csb"), 1000}, *all;
    struct store_officer first = {STR("o-1"), STR("head"), STR("XN/csb"), 1001};
    size_t n;
    assert_ok(r, store_officer_set(&r->turn, r->store, &o));
    assert_ok(r, store_officer_set(&r->turn, r->store, &first));
    o.post = STR("night");
    o.uid = 1002;
    assert_ok(r, store_officer_set(&r->turn, r->store, &o));
    assert_ok(r, store_officers(&r->turn, r->store, &all, &n));
    assert_int_equal(n, 2);
    assert_str(all[0].officer, "o-1");
    assert_str(all[1].post, "night");
    assert_int_equal(all[1].uid, 1002);
}

static void an_incident_that_repeats_stays_one_row(void **state)
{
    struct rig *r = *state;
    struct store_incident i = {hash_named(1),
                               5,
                               7,
                               STR("XM/dts"),
                               STR("code"),
                               STR("RFC 5652 5.6"),
                               STR("It did not verify.")};
    struct store_incident other = {.key = hash_named(2), .leaf = 6}, *all;
    size_t n;
    assert_ok(r, store_incident_set(&r->turn, r->store, &i));
    i.leaf = 9;
    assert_ok(r, store_incident_set(&r->turn, r->store, &i));
    assert_ok(r, store_incident_set(&r->turn, r->store, &other));
    assert_ok(r, store_incidents(&r->turn, r->store, 10, &all, &n));
    assert_int_equal(n, 2);
    assert_int_equal(all[0].leaf, 6);
    assert_int_equal(all[1].leaf, 5);
    assert_int_equal(all[1].at_ms, 7);
    assert_str(all[1].article, "RFC 5652 5.6");
    assert_str(all[1].sentence, "It did not verify.");
    assert_ok(r, store_incidents(&r->turn, r->store, 1, &all, &n));
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

/* ---- drafts ---------------------------------------------------------------------------------- */

static struct store_draft draft(const char *label, const char *body)
{
    return (struct store_draft){.id = id_named(4),
                                .label = str_of(label),
                                .officer = STR("o-1"),
                                .body = str_bytes(str_of(body)),
                                .changed_ms = 3};
}

static void a_draft_is_kept_sealed_and_comes_back(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_draft d = draft("d1", "the secret body"), got;
    assert_ok(r, store_draft_put(t, r->store, &d));
    assert_str(bytes_str(d.body), "the secret body"); /* ours was not touched */
    struct db_rows rows = db_ask(t, store_db(r->store), "SELECT body FROM draft", NULL, 0);
    assert_true(db_next(&rows));
    struct bytes stored = db_bytes_at(&rows, 0);
    assert_ok(r, db_done(&rows));
    assert_null(memmem(stored.p, stored.n, "secret", 6));
    assert_ok(r, store_draft_get(t, r->store, STR("d1"), &got));
    assert_str(bytes_str(got.body), "the secret body");
    assert_str(got.officer, "o-1");
    assert_int_equal(got.changed_ms, 3);
    d = draft("d1", "another");
    assert_ok(r, store_draft_put(t, r->store, &d));
    assert_ok(r, store_draft_get(t, r->store, STR("d1"), &got));
    assert_str(bytes_str(got.body), "another");
    assert_ok(r, store_draft_drop(t, r->store, STR("d1")));
    assert_fault(r, store_draft_get(t, r->store, STR("d1"), &got), ERR_NONE_SUCH, "none-such");
    assert_ok(r, store_draft_drop(t, r->store, STR("d1")));
}

static void a_body_moved_to_another_draft_does_not_open(void **state)
{
    struct rig *r = *state;
    struct store_draft one = draft("d1", "one"), two = draft("d2", "two"), got;
    assert_ok(r, store_draft_put(&r->turn, r->store, &one));
    assert_ok(r, store_draft_put(&r->turn, r->store, &two));
    assert_ok(r, db_script(&r->turn, store_db(r->store),
                           "UPDATE draft SET body = (SELECT body FROM draft WHERE label = 'd1') "
                           "WHERE label = 'd2'"));
    assert_int_equal(store_draft_get(&r->turn, r->store, STR("d2"), &got), ERR_INTEGRITY);
    turn_forgive(&r->turn);
    assert_ok(r, store_draft_get(&r->turn, r->store, STR("d1"), &got));
}

int house_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(peers_are_set_got_and_listed_by_address, rig),
        on_rig(officers_are_set_and_listed, rig),
        on_rig(an_incident_that_repeats_stays_one_row, rig),
        on_rig(a_fact_is_set_got_and_replaced, rig),
        on_rig(a_draft_is_kept_sealed_and_comes_back, rig),
        on_rig(a_body_moved_to_another_draft_does_not_open, rig),
    };
    return cmocka_run_group_tests_name("house", tests, NULL, NULL);
}
