/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/entry.c: the register, numbers, documents, dossiers beside the wire. */

#include "store/store_test.h"

static struct store_entry entry(uint8_t name, const char *label, int64_t leaf)
{
    return (struct store_entry){.id = id_named(name),
                                .label = str_of(label),
                                .ours = STR("XN/csb"),
                                .stage = STR("open"),
                                .received_ms = 7,
                                .leaf = leaf};
}

static void an_entry_is_set_changed_found_and_listed(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_entry one = entry(1, "IN-1", 1), two = entry(2, "IN-2", 2), got, *all;
    struct store_entry foreign = entry(3, "IN-3", 3);
    struct hash message = hash_named(9);
    foreign.ours = STR("XN/moj");
    foreign.message = two.message = hash_bytes(&message);
    size_t n;
    assert_ok(r, store_entry_set(t, r->store, &one));
    assert_ok(r, store_entry_set(t, r->store, &two));
    assert_ok(r, store_entry_set(t, r->store, &foreign));
    one.stage = STR("filed");
    one.filed_as = STR("copy");
    one.state = STR("XL");
    one.dossier = id_named(8);
    assert_ok(r, store_entry_set(t, r->store, &one));
    assert_ok(r, store_entry_find(t, r->store, STR("IN-1"), &got));
    assert_str(got.stage, "filed");
    assert_str(got.state, "XL");
    assert_true(id_eq(&got.dossier, &one.dossier));
    assert_ok(r, store_entry_by_message(t, r->store, one.ours, hash_bytes(&message), &got));
    assert_str(got.label, "IN-2");
    assert_ok(r, store_entry_by_message(t, r->store, foreign.ours, hash_bytes(&message), &got));
    assert_str(got.label, "IN-3");
    assert_ok(r, store_entries_of(t, r->store, &one.dossier, &all, &n));
    assert_int_equal(n, 1);
    assert_fault(r, store_entry_find(t, r->store, STR("IN-9"), &got), ERR_NONE_SUCH, "none-such");
}

static void two_entries_never_bear_one_label_or_one_message(void **state)
{
    struct rig *r = *state;
    struct hash message = hash_named(9);
    struct store_entry one = entry(1, "IN-1", 1), two = entry(2, "IN-1", 2);
    one.message = hash_bytes(&message);
    assert_ok(r, store_entry_set(&r->turn, r->store, &one));
    assert_fault(r, store_entry_set(&r->turn, r->store, &two), ERR_CONFLICT, "db-unique");
    two.label = STR("IN-2");
    two.message = hash_bytes(&message);
    assert_fault(r, store_entry_set(&r->turn, r->store, &two), ERR_CONFLICT, "db-unique");
}

static void one_number_may_be_of_several_dossiers(void **state)
{
    struct rig *r = *state;
    struct store_alias a = {id_named(1), STR("Note 12/ab"), STR("note")}, *all;
    struct store_alias b = {id_named(2), STR("NOTE 12/AB"), STR("registry")};
    size_t n;
    assert_ok(r, store_alias_set(&r->turn, r->store, &a));
    assert_ok(r, store_alias_set(&r->turn, r->store, &b));
    assert_ok(r, store_aliases_of(&r->turn, r->store, &a.dossier, &all, &n));
    assert_int_equal(n, 1);
    assert_str(all[0].alias, "Note 12/ab");
    assert_str(all[0].sort, "note");
}

static void a_dossier_stands_beside_the_wire_once_it_was_said(void **state)
{
    struct rig *r = *state;
    struct id one = id_named(1), two = id_named(2);
    bool off;
    assert_ok(r, store_off_wire_set(&r->turn, r->store, &one));
    assert_ok(r, store_off_wire_set(&r->turn, r->store, &one));
    assert_ok(r, store_off_wire(&r->turn, r->store, &one, &off));
    assert_true(off);
    assert_ok(r, store_off_wire(&r->turn, r->store, &two, &off));
    assert_false(off);
    assert_ok(r, store_off_wire_drop(&r->turn, r->store, &one));
    assert_ok(r, store_off_wire(&r->turn, r->store, &one, &off));
    assert_false(off);
}

int entry_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(an_entry_is_set_changed_found_and_listed, rig),
        on_rig(two_entries_never_bear_one_label_or_one_message, rig),
        on_rig(one_number_may_be_of_several_dossiers, rig),
        on_rig(a_dossier_stands_beside_the_wire_once_it_was_said, rig),
    };
    return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
