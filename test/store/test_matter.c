/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/matter.c. */

#include "store/store_test.h"

static void a_matter_groups_dossiers_each_in_one_at_most(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_matter a = {id_named(1), STR("M-1"), STR("XN/csb"), 1}, got;
    struct store_matter b = {id_named(2), STR("M-2"), STR("XN/csb"), 2};
    struct id dossier = id_named(7), other = id_named(8), *ids;
    size_t n;
    assert_ok(r, store_matter_set(t, r->store, &a));
    assert_ok(r, store_matter_set(t, r->store, &b));
    assert_ok(r, store_group(t, r->store, &dossier, &a.id));
    assert_ok(r, store_group(t, r->store, &other, &a.id));
    assert_ok(r, store_matter_dossiers(t, r->store, &a.id, &ids, &n));
    assert_int_equal(n, 2);
    assert_ok(r, store_group(t, r->store, &dossier, &b.id));
    assert_ok(r, store_matter_of(t, r->store, &dossier, &got));
    assert_str(got.label, "M-2");
    assert_ok(r, store_matter_dossiers(t, r->store, &a.id, &ids, &n));
    assert_int_equal(n, 1);
    assert_ok(r, store_group(t, r->store, &dossier, NULL));
    assert_fault(r, store_matter_of(t, r->store, &dossier, &got), ERR_NONE_SUCH, "none-such");
    assert_ok(r, store_matter_find(t, r->store, STR("M-1"), &got));
    assert_fault(r, store_matter_find(t, r->store, STR("M-3"), &got), ERR_NONE_SUCH, "none-such");
}

int matter_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(a_matter_groups_dossiers_each_in_one_at_most, rig),
    };
    return cmocka_run_group_tests_name("matter", tests, NULL, NULL);
}
