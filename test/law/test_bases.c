/* SPDX-License-Identifier: Apache-2.0 */
/* What binds two States on a day. */

#include "law_test.h"

static bool binds(struct kit *k, const char *one, const char *other, const char *day_said,
                  const char *stands_out)
{
    int64_t day;
    struct str why;
    assert_true(day_read(str_of(day_said), &day));
    bool is = law_binds(k->l, law_instrument_find(k->l, STR("un-cybercrime")), str_of(one),
                        str_of(other), day, &why);
    if (!is) assert_text(why, stands_out);
    return is;
}

static void an_instrument_binds_from_the_day_it_is_in_force_for_both(void **state)
{
    struct kit *k = *state;
    assert_true(binds(k, "XN", "XM", "2026-11-24", ""));
    assert_true(binds(k, "XN", "XM", "2026-01-01", ""));
    assert_false(binds(k, "XN", "XM", "2025-12-31", "XN"));
    assert_false(binds(k, "XN", "AZ", "2026-11-24", "AZ")); /* approved, not in force */
    assert_false(binds(k, "AZ", "XN", "2026-11-24", "AZ"));
    assert_false(binds(k, "XN", "ZZ", "2026-11-24", "ZZ"));
}

int bases_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(an_instrument_binds_from_the_day_it_is_in_force_for_both),
    };
    return cmocka_run_group_tests_name("bases", tests, NULL, NULL);
}
