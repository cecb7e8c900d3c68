/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/origin.c: which incarnation's log an origin names. */

#include "ledger_test.h"

#define NAME STR("comity.xm/dts")

static void each_incarnation_has_a_log_of_its_own(void **state)
{
    struct turn *t = *state;
    assert_text(ledger_origin(t->arena, NAME, 1), "comity.xm/dts");
    assert_text(ledger_origin(t->arena, NAME, 2), "comity.xm/dts/2");
    static const int64_t some[] = {1, 2, 9, 10, 1795489200, INT64_MAX};
    for (size_t k = 0; k < sizeof some / sizeof *some; k++)
        assert_int_equal(ledger_origin_incarnation(ledger_origin(t->arena, NAME, some[k]), NAME),
                         some[k]);
}

static void an_origin_that_is_spelled_otherwise_is_of_nobody(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "comity.xm/dt",
                                         "comity.xm/dts/",
                                         "comity.xm/dts/0",
                                         "comity.xm/dts/1",
                                         "comity.xm/dts/02",
                                         "comity.xm/dts/-2",
                                         "comity.xm/dts/+2",
                                         "comity.xm/dts/2 ",
                                         "comity.xm/dts/2/3",
                                         "comity.xm/dts-2/2",
                                         "comity.xn/csb/2",
                                         "comity.xm/dts2",
                                         "comity.xm/dts/99999999999999999999"};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        assert_int_equal(ledger_origin_incarnation(str_of(others[k]), NAME), 0);
}

int origin_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(each_incarnation_has_a_log_of_its_own),
        with_turn(an_origin_that_is_spelled_otherwise_is_of_nobody),
    };
    return cmocka_run_group_tests_name("ledger/origin", tests, NULL, NULL);
}
