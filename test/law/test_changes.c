/* SPDX-License-Identifier: Apache-2.0 */
/* What a protocol changes in a clock of its treaty: for the States it binds, and for no other. */

#include "law_test.h"

#include <string.h>

#define OF_XM                                                                                      \
    "  - {instrument: ets-024, status: in_force, in_force: 2020-01-01, source: unverified}\n"
#define AND_212(day)                                                                               \
    OF_XM "  - {instrument: cets-212, status: in_force, in_force: " day ", source: unverified}\n"

/* XN is bound by the protocol, and XM since some day. */
static const struct law_tables *bound(struct kit *k, const char *xm)
{
    const struct law_tables *l;
    struct str text = edited(k, "states/xm.yaml", OF_XM, xm);
    assert_int_equal(load_with(k, "states/xm.yaml", text, &l), ERR_OK);
    return l;
}

/* The clock that a person's freedom starts, between XN and XM. */
static const struct law_clock_rule *speciality(struct kit *k, const struct law_tables *l)
{
    struct law_verdict v;
    struct law_function f = {STR("ets-024"), STR("extradition"), STR("*"), STR("*")};
    struct law_who who = {.side = LAW_REQUESTING,
                          .functions = &f,
                          .functions_n = 1,
                          .state = STR("XN"),
                          .other = STR("XM")};
    struct law_act act =
        act_of(LAW_REQUESTING, "note_freedom", says(k, "free_since", "2026-11-24", NULL));
    act.instrument = STR("ets-024");
    act.kind = STR("extradition");
    assert_int_equal(law_record(&k->t, l, &who, &act, act.at_ms, &v), ERR_OK);
    const struct law_clock_rule *r = v.clocks;
    while (r && !str_is(r->clock, "speciality")) r = r->next;
    assert_non_null(r);
    return r;
}

static void a_protocol_changes_one_clock_for_those_it_binds(void **state)
{
    struct kit *k = *state;
    const struct law_clock_rule *r = speciality(k, k->l); /* XN alone is bound */
    assert_string_equal(str_c(k->t.arena, r->article), "ets-024 14(1)(b)");
    assert_non_null(strstr(str_c(k->t.arena, r->proof), "2026-11-24 + 45 days, ets-024 14(1)(b)"));
    int64_t without = r->end_ms;
    r = speciality(k, bound(k, AND_212("2021-01-01")));
    assert_string_equal(str_c(k->t.arena, r->article), "cets-212 14(1)(b)");
    assert_non_null(strstr(str_c(k->t.arena, r->proof), "2026-11-24 + 30 days, cets-212 14(1)(b)"));
    assert_int_equal(without - r->end_ms, 15 * DAY_MS);
    r = speciality(k, bound(k, AND_212("2026-11-25"))); /* not on that day yet */
    assert_int_equal(r->end_ms, without);
}

static void a_change_that_leads_nowhere_is_refused_with_its_place(void **state)
{
    /* clang-format off */
    static const struct { const char *old, *new, *says; } rows[] = {
        {"    clock: speciality", "    clock: patience",
         "`clock`: found \"patience\", expected a row of `clocks`"},
        {"  - kind: extradition", "  - kind: exile",
         "`kind`: found \"exile\", expected a row of `kinds`"},
        {"    days: 30", "    months: 1", "expected the length in the unit of the treaty's clock"},
        {"    days: 30\n", "", "expected the length in the unit of the treaty's clock"},
        {"    days: 30", "    days: 30\n    hours: 2", "expected the length in the unit"},
        {"protocol_to: ets-024", "protocol_to: ets-240",
         "`protocol_to`: found \"ets-240\", expected a row of `instruments`"},
        {"protocol_to: ets-024\n", "", "expected `protocol_to` and `changes` together"},
        {"functions: []",
         "  - {kind: extradition, clock: speciality, article: \"14(1)(b)\", source: "
         "unverified, days: 31, titles: {en: F, az: S}}\n\nfunctions: []",
         "found a second change of the clock speciality"},
        {"layer: protocol", "layer: treaty", "expected `protocol_to` and `changes` together"},
    };
    /* clang-format on */
    struct kit *k = *state;
    const char *file = "instruments/cets-212.yaml";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct law_tables *l;
        struct str text = edited(k, file, rows[i].old, rows[i].new);
        assert_int_equal(load_with(k, file, text, &l), ERR_REJECTED);
        if (!strstr(k->t.fault.sentence, rows[i].says) ||
            strncmp(k->t.fault.sentence, file, strlen(file)) != 0)
            fail_msg("%s: %s", rows[i].new, k->t.fault.sentence);
        turn_forgive(&k->t);
    }
}

int changes_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_kit(a_protocol_changes_one_clock_for_those_it_binds),
        with_kit(a_change_that_leads_nowhere_is_refused_with_its_place),
    };
    return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
