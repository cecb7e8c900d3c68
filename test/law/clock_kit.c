/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of clocks share. */

#include "clock_kit.h"

static int32_t offset(void *ctx, struct str zone, int64_t at_ms)
{
    (void)ctx;
    (void)at_ms;
    if (str_is(zone, "Asia/Baku")) return 240;
    return str_is(zone, "America/Sao_Paulo") ? -180 : INT32_MAX;
}
const struct zones two_zones = {offset, NULL};

void reply_is(struct kit *k, const char *keys)
{
    struct str text = edited(
        k, "patterns/preservation.yaml", "    start: at\n    minutes: 1440\n    on_end: answer\n",
        str_c(k->t.arena, str_printf(k->t.arena, "    start: at\n    on_end: answer\n%s", keys)));
    if (load_with(k, "patterns/preservation.yaml", text, &k->l) != ERR_OK)
        fail_msg("%s", k->t.fault.sentence);
}

struct law_who asked_here(void)
{
    struct law_who who = asked();
    who.other = STR("XN");
    who.zones = &two_zones;
    return who;
}

struct law_act ask_at(struct kit *k, const char *at)
{
    struct law_act act = act_of(LAW_REQUESTED, "ask", says(k, "question", "Which port?", NULL));
    assert_true(time_read(str_of(at), &act.at_ms));
    return act;
}

const struct law_clock_rule *rule_of(const struct law_verdict *v, const char *clock)
{
    for (const struct law_clock_rule *c = v->clocks; c; c = c->next)
        if (str_is(c->clock, clock)) return c;
    fail_msg("no clock %s", clock);
    return NULL;
}

struct law_verdict recorded_of(struct kit *k, struct law_who author, struct law_act act)
{
    struct law_verdict v;
    assert_int_equal(law_record(&k->t, k->l, &author, &act, act.at_ms, &v), ERR_OK);
    return v;
}
