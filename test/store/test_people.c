/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/people.c: officers and roles, sessions, what is good once, kept answers,
 * drafts. */

#include "store/store_test.h"

#include <string.h>

/* ---- officers -------------------------------------------------------------------------------- */

static struct store_officer officer(const char *name, int64_t uid, const char *roles)
{
    return (struct store_officer){.officer = str_of(name),
                                  .post = STR("duty"),
                                  .authority = STR("XN/csb"),
                                  .uid = uid,
                                  .roles = str_of(roles)};
}

static void officers_are_set_and_listed(void **state)
{
    struct rig *r = *state;
    struct store_officer o = officer("o-2", 1000, "duty"), *all, got;
    struct store_officer first = officer("o-1", 1001, "supervisor admin");
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
    assert_ok(r, store_officer_get(&r->turn, r->store, STR("o-1"), &got));
    assert_str(got.roles, "supervisor admin");
    assert_fault(r, store_officer_get(&r->turn, r->store, STR("o-3"), &got), ERR_NONE_SUCH,
                 "none-such");
}

static void who_was_ended_is_found_by_name_only(void **state)
{
    struct rig *r = *state;
    struct hash cert = hash_named(7);
    struct store_officer o = officer("o-1", 5, "duty"), got;
    o.cert = hash_bytes(&cert);
    assert_ok(r, store_officer_set(&r->turn, r->store, &o));
    assert_ok(r, store_officer_by_uid(&r->turn, r->store, 5, &got));
    assert_ok(r, store_officer_by_cert(&r->turn, r->store, &cert, &got));
    o.ended = true;
    assert_ok(r, store_officer_set(&r->turn, r->store, &o));
    assert_fault(r, store_officer_by_uid(&r->turn, r->store, 5, &got), ERR_NONE_SUCH, "none-such");
    assert_fault(r, store_officer_by_cert(&r->turn, r->store, &cert, &got), ERR_NONE_SUCH,
                 "none-such");
    assert_ok(r, store_officer_get(&r->turn, r->store, STR("o-1"), &got));
    assert_true(got.ended);
}

static void roles_have_one_spelling_and_unknown_ones_are_refused(void **state)
{
    struct rig *r = *state;
    struct tree *list = tree_list(r->arena);
    struct str roles;
    tree_add_str(r->arena, list, NULL, STR("admin"));
    tree_add_str(r->arena, list, NULL, STR("duty"));
    tree_add_str(r->arena, list, NULL, STR("admin"));
    assert_ok(r, store_roles_read(&r->turn, list, &roles));
    assert_str(roles, "duty admin");
    struct store_officer o = officer("o-1", 1, "duty admin");
    assert_true(store_officer_is(&o, ROLE_ADMIN) && !store_officer_is(&o, ROLE_AUDITOR));
    assert_true(store_officer_may(&o, RIGHT_PEOPLE) && store_officer_may(&o, RIGHT_SEND));
    assert_false(store_officer_may(&o, RIGHT_AUDIT));
    tree_add_str(r->arena, list, NULL, STR("king"));
    assert_fault(r, store_roles_read(&r->turn, list, &roles), ERR_REJECTED, "role-unknown");
}

/* ---- coming and going ------------------------------------------------------------------------ */

static void a_session_is_seen_forward_and_ends_alone_or_with_all(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_session a = {hash_named(1), STR("o-1"), STR("link"), 10, 10}, got, *all;
    struct store_session b = {hash_named(2), STR("o-1"), STR("key"), 20, 20};
    struct store_session c = {hash_named(3), STR("o-2"), STR("key"), 30, 30};
    size_t n;
    assert_ok(r, store_session_put(t, r->store, &a));
    assert_ok(r, store_session_put(t, r->store, &b));
    assert_ok(r, store_session_put(t, r->store, &c));
    assert_ok(r, store_session_seen(t, r->store, &a.token, 50));
    assert_ok(r, store_session_seen(t, r->store, &a.token, 40));
    assert_ok(r, store_session_get(t, r->store, &a.token, &got));
    assert_int_equal(got.seen_ms, 50);
    assert_ok(r, store_sessions(t, r->store, STR("o-1"), &all, &n));
    assert_int_equal(n, 2);
    assert_ok(r, store_session_end(t, r->store, &a.token));
    assert_fault(r, store_session_get(t, r->store, &a.token, &got), ERR_NONE_SUCH, "none-such");
    assert_ok(r, store_sessions_end(t, r->store, STR("o-1")));
    assert_fault(r, store_session_get(t, r->store, &b.token, &got), ERR_NONE_SUCH, "none-such");
    assert_ok(r, store_session_get(t, r->store, &c.token, &got));
    assert_ok(r, store_sessions_sweep(t, r->store, 31));
    assert_fault(r, store_session_get(t, r->store, &c.token, &got), ERR_NONE_SUCH, "none-such");
}

static void a_pass_is_good_once_of_its_sort_and_for_a_while(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_pass p = {hash_named(1), STR("link"), STR("o-1"), 100}, got;
    assert_ok(r, store_pass_put(t, r->store, &p, 50));
    assert_fault(r, store_pass_take(t, r->store, &p.token, STR("enter"), 50, &got), ERR_NONE_SUCH,
                 "none-such");
    assert_ok(r, store_pass_take(t, r->store, &p.token, STR("link"), 99, &got));
    assert_str(got.officer, "o-1");
    assert_fault(r, store_pass_take(t, r->store, &p.token, STR("link"), 99, &got), ERR_NONE_SUCH,
                 "none-such");
    assert_ok(r, store_pass_put(t, r->store, &p, 50));
    assert_fault(r, store_pass_take(t, r->store, &p.token, STR("link"), 100, &got), ERR_NONE_SUCH,
                 "none-such");
}

static void passes_are_bounded_and_swept(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    assert_ok(r, store_begin(t, r->store));
    for (int k = 0; k < STORE_PASSES_MAX; k++) {
        struct store_pass p = {.sort = STR("enter"), .ends_ms = 100};
        memcpy(p.token.b, &k, sizeof k);
        assert_ok(r, store_pass_put(t, r->store, &p, 0));
    }
    struct store_pass more = {hash_named(9), STR("enter"), STR(""), 500};
    assert_fault(r, store_pass_put(t, r->store, &more, 99), ERR_BUSY, "passes-too-many");
    assert_ok(r, store_pass_put(t, r->store, &more, 100));
    assert_ok(r, store_commit(t, r->store));
    assert_int_equal(rig_int(r, "SELECT count(*) FROM pass"), 1);
}

static void an_answer_is_kept_sealed_until_its_time(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_idem i = {hash_named(1), hash_named(2), str_bytes(STR("the secret answer")), 70},
                      got;
    assert_ok(r, store_idem_put(t, r->store, &i, 0));
    struct db_rows rows = db_ask(t, store_db(r->store), "SELECT answer FROM idem", NULL, 0);
    assert_true(db_next(&rows));
    struct bytes stored = db_bytes_at(&rows, 0);
    assert_ok(r, db_done(&rows));
    assert_null(memmem(stored.p, stored.n, "secret", 6));
    assert_ok(r, store_idem_get(t, r->store, &i.key, 69, &got));
    assert_str(bytes_str(got.answer), "the secret answer");
    assert_true(hash_eq(&got.body, &i.body));
    assert_fault(r, store_idem_get(t, r->store, &i.key, 70, &got), ERR_NONE_SUCH, "none-such");
}

static void a_passkey_is_kept_until_it_is_ended(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_passkey k = {str_bytes(STR("id")),  STR("o-1"), STR("blue"),
                              str_bytes(STR("key")), 5,          false},
                         got, *all;
    int64_t uses, used_ms;
    size_t n;
    assert_ok(r, store_passkey_set(t, r->store, &k));
    assert_ok(r, store_passkey_get(t, r->store, k.passkey, &got));
    assert_str(got.name, "blue");
    assert_ok(r, store_passkey_use(t, r->store, k.passkey, &uses, &used_ms));
    assert_int_equal(uses, 0);
    assert_ok(r, store_passkey_used(t, r->store, k.passkey, 3, 9));
    assert_ok(r, store_passkey_used(t, r->store, k.passkey, 4, 10));
    assert_ok(r, store_passkey_use(t, r->store, k.passkey, &uses, &used_ms));
    assert_int_equal(uses, 4);
    assert_int_equal(used_ms, 10);
    k.ended = true;
    assert_ok(r, store_passkey_set(t, r->store, &k));
    assert_ok(r, store_passkeys(t, r->store, STR("o-1"), &all, &n));
    assert_int_equal(n, 0);
}

/* ---- drafts ---------------------------------------------------------------------------------- */

static struct store_draft draft(const char *label, const char *body)
{
    return (struct store_draft){.id = id_named(4),
                                .label = str_of(label),
                                .officer = STR("o-1"),
                                .body = str_bytes(str_of(body)),
                                .changed_ms = 3,
                                .authority = STR("XN/csb"),
                                .functions = STR("  contact "),
                                .version = 1,
                                .changed_by = STR("o-1")};
}

static const struct store_reader all_of_csb = {.authority = {"XN/csb", 6}, .everything = true};

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
    assert_ok(r, store_access_draft(t, r->store, &all_of_csb, STR("d1"), &got));
    assert_str(bytes_str(got.body), "the secret body");
    assert_str(got.officer, "o-1");
    assert_int_equal(got.changed_ms, 3);
    d = draft("d1", "another");
    d.version = 2;
    assert_ok(r, store_draft_put(t, r->store, &d));
    assert_ok(r, store_access_draft(t, r->store, &all_of_csb, STR("d1"), &got));
    assert_str(bytes_str(got.body), "another");
    assert_int_equal(got.version, 2);
    assert_ok(r, store_draft_drop(t, r->store, STR("d1")));
    assert_fault(r, store_access_draft(t, r->store, &all_of_csb, STR("d1"), &got), ERR_NONE_SUCH,
                 "none-such");
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
    assert_int_equal(store_access_draft(&r->turn, r->store, &all_of_csb, STR("d2"), &got),
                     ERR_INTEGRITY);
    turn_forgive(&r->turn);
    assert_ok(r, store_access_draft(&r->turn, r->store, &all_of_csb, STR("d1"), &got));
}

int people_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(officers_are_set_and_listed, rig),
        on_rig(who_was_ended_is_found_by_name_only, rig),
        on_rig(roles_have_one_spelling_and_unknown_ones_are_refused, rig),
        on_rig(a_session_is_seen_forward_and_ends_alone_or_with_all, rig),
        on_rig(a_pass_is_good_once_of_its_sort_and_for_a_while, rig),
        on_rig(passes_are_bounded_and_swept, rig),
        on_rig(an_answer_is_kept_sealed_until_its_time, rig),
        on_rig(a_passkey_is_kept_until_it_is_ended, rig),
        on_rig(a_draft_is_kept_sealed_and_comes_back, rig),
        on_rig(a_body_moved_to_another_draft_does_not_open, rig),
    };
    return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
