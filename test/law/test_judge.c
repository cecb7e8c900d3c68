/* SPDX-License-Identifier: Apache-2.0 */
/* Which row an act is, and whether its author may stand on that side. */

#include "law_test.h"

static struct law_state new_state(void)
{
    return (struct law_state){
        .state = STR("new"), .instrument = STR("un-cybercrime"), .kind = STR("preservation")};
}

static void what_the_tables_do_not_know_is_refused_to_our_own(void **state)
{
    struct kit *k = *state;
    struct law_state s = new_state();
    struct law_act act = act_of(LAW_REQUESTING, "wave", NULL);
    refuses(k, &s, asking(), act, ERR_REJECTED, "unknown-act", "un-cybercrime 42", "");
    act.kind = STR("levitation");
    refuses(k, &s, asking(), act, ERR_REJECTED, "unknown-kind", "comity act 1: law.kind", "");
    act.instrument = STR("treaty-of-nowhere");
    refuses(k, &s, asking(), act, ERR_REJECTED, "instrument-unknown",
            "comity act 1: law.instrument", "");
}

static const struct held {
    struct law_function f;
    bool may_send, may_receive;
} held[] = {
    {{STR("un-cybercrime"), STR("contact"), STR("send"), STR("preservation")}, true, false},
    {{STR("un-cybercrime"), STR("contact"), STR("receive"), STR("*")}, false, true},
    {{STR("un-cybercrime"), STR("mla"), STR("*"), STR("*")}, true, true},
    {{STR(""), STR("mla"), STR(""), STR("")}, true, true},
    {{STR("*"), STR("contact"), STR("*"), STR("preservation")}, true, true},
    {{STR("un-cybercrime"), STR("extradition"), STR("*"), STR("*")}, false, false},
    {{STR("un-cybercrime"), STR("prevention"), STR("*"), STR("*")}, false, false},
    {{STR("ets-24"), STR("contact"), STR("*"), STR("*")}, false, false},
    {{STR("un-cybercrime"), STR("contact"), STR("*"), STR("extradition")}, false, false},
    {{STR("un-cybercrime"), STR(""), STR("*"), STR("*")}, false, false},
};

static void a_function_opens_its_own_side_of_its_own_kind(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state fresh = new_state(), open = folded(k, &d);
    for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
        struct law_who from = {.side = LAW_REQUESTING, .functions = &held[i].f, .functions_n = 1};
        struct law_who to = {.side = LAW_REQUESTED, .functions = &held[i].f, .functions_n = 1};
        struct law_act send = act_of(LAW_REQUESTING, "send", request(k, NULL));
        struct law_act ask = act_of(LAW_REQUESTED, "ask", says(k, "question", "?", NULL));
        struct law_verdict v;
        if (held[i].may_send)
            allows(k, &fresh, from, send, &v);
        else
            refuses(k, &fresh, from, send, ERR_NOT_ALLOWED, "function-missing",
                    "un-cybercrime 41(3)(b)", "");
        if (held[i].may_receive)
            allows(k, &open, to, ask, &v);
        else
            refuses(k, &open, to, ask, ERR_NOT_ALLOWED, "function-missing",
                    "un-cybercrime 41(3)(b)", "");
    }
}

static void an_authority_without_functions_may_nothing(void **state)
{
    struct kit *k = *state;
    struct law_state s = new_state();
    struct law_who nobody = {.side = LAW_REQUESTING};
    refuses(k, &s, nobody, act_of(LAW_REQUESTING, "send", request(k, NULL)), ERR_NOT_ALLOWED,
            "function-missing", "un-cybercrime 41(3)(b)", "");
}

/* As the ratification law was reported: receiving is assigned, sending by mutual assistance is not.
 */
static void azerbaijan_receives_by_mla_and_sends_by_the_contact_centre_only(void **state)
{
    struct kit *k = *state;
    const struct tree *az;
    assert_int_equal(law_state_file(&k->t, k->l, STR("AZ"), &az), ERR_OK);
    struct law_state s = new_state();
    for (const struct tree *a = tree_get(az, "authorities")->child; a; a = a->next)
        for (const struct tree *f = tree_get(a, "functions")->child; f; f = f->next) {
            struct law_function one = {tree_str(f, "instrument"), tree_str(f, "function"),
                                       tree_str(f, "direction"), tree_str(f, "kind")};
            struct law_who who = {.side = LAW_REQUESTING, .functions = &one, .functions_n = 1};
            struct law_act act = act_of(LAW_REQUESTING, "send", request(k, NULL));
            struct law_verdict v;
            if (str_is(one.function, "contact") && str_is(one.instrument, "un-cybercrime"))
                allows(k, &s, who, act, &v);
            else
                refuses(k, &s, who, act, ERR_NOT_ALLOWED, "function-missing",
                        "un-cybercrime 41(3)(b)", "");
        }
}

static bool row_gives(const struct tree *row, const struct law_instrument *i,
                      const struct law_role *r)
{
    static const char *const keys[] = {"instrument", "function", "direction"};
    const struct str wants[] = {i->instrument, r->function, r->direction};
    for (size_t n = 0; n < sizeof keys / sizeof *keys; n++)
        if (!str_is(tree_str(row, keys[n]), "*") && !str_eq(tree_str(row, keys[n]), wants[n]))
            return false;
    return true;
}

static bool given_or_open(const struct tree *file, const struct law_instrument *i,
                          const struct law_role *r)
{
    for (const struct tree *u = tree_get(file, "unassigned")->child; u; u = u->next)
        if (row_gives(u, i, r)) return true;
    for (const struct tree *a = tree_get(file, "authorities")->child; a; a = a->next)
        for (const struct tree *f = tree_get(a, "functions")->child; f; f = f->next)
            if (row_gives(f, i, r)) return true;
    return false;
}

/* Whatever a real State may take part in, an authority does it or the question is listed. */
static void no_function_of_azerbaijan_is_neither_given_nor_asked_for(void **state)
{
    struct kit *k = *state;
    const struct tree *az;
    size_t looked = 0;
    assert_int_equal(law_state_file(&k->t, k->l, STR("AZ"), &az), ERR_OK);
    for (size_t n = 0; n < k->l->instruments_n; n++) {
        const struct law_instrument *i = &k->l->instruments[n];
        struct str of = tree_str(i->root, "of_state");
        for (size_t m = 0; m < i->kinds_n; m++)
            for (size_t o = 0; o < i->kinds[m].roles_n; o++, looked++) {
                const struct law_role *r = &i->kinds[m].roles[o];
                if (of.n && (!str_is(of, "AZ") || r->party == LAW_REQUESTING)) continue;
                if (!given_or_open(az, i, r))
                    fail_msg("AZ says nothing of " STR_FMT " " STR_FMT " " STR_FMT,
                             STR_ARG(i->instrument), STR_ARG(r->function), STR_ARG(r->direction));
            }
    }
    assert_true(looked > 100);
}

static void an_act_in_the_wrong_stream_is_refused(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    refuses(k, &s, asked(), act_of(LAW_INWARD, "acknowledge", NULL), ERR_REJECTED, "out-of-place",
            "un-cybercrime 41(1)", "");
    refuses(k, &s, asked(),
            act_of(LAW_REQUESTED, "order",
                   says(k, "authority_ordering", "C", "order_number", "1", "order_date",
                        "2026-11-24", "custodian", "H", NULL)),
            ERR_REJECTED, "out-of-place", "un-cybercrime 25(2)", "");
}

static void a_time_that_cannot_be_written_is_refused(void **state)
{
    static const int64_t times[] = {-1, INT64_MIN, INT64_MAX, INT64_C(253402300800000)};
    struct kit *k = *state;
    struct law_state s = new_state();
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct law_act act = act_of(LAW_REQUESTING, "send", request(k, NULL));
        struct law_who who = asking();
        struct law_verdict v;
        act.at_ms = times[i];
        assert_int_equal(law_decide(&k->t, k->l, &s, &who, &act, NOON, &v), ERR_REJECTED);
        assert_string_equal(k->t.fault.code, "time-out-of-range");
        assert_null(v.clocks);
        turn_forgive(&k->t);
    }
}

static void hostile_names_are_quoted_short_and_printable(void **state)
{
    struct kit *k = *state;
    struct law_state s = new_state();
    struct law_who who = asking();
    char name[4000];
    for (size_t i = 0; i < sizeof name; i++) name[i] = '\x1b';
    struct law_act act = act_of(LAW_REQUESTING, "send", NULL);
    act.kind = (struct str){name, sizeof name};
    struct law_verdict v;
    assert_int_equal(law_decide(&k->t, k->l, &s, &who, &act, NOON, &v), ERR_REJECTED);
    assert_true(v.remarks->sentence.n < 300);
    for (size_t i = 0; i < v.remarks->sentence.n; i++)
        assert_true(v.remarks->sentence.p[i] != '\x1b');
    turn_forgive(&k->t);
}

int judge_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(what_the_tables_do_not_know_is_refused_to_our_own),
        with_kit(a_function_opens_its_own_side_of_its_own_kind),
        with_kit(an_authority_without_functions_may_nothing),
        with_kit(azerbaijan_receives_by_mla_and_sends_by_the_contact_centre_only),
        with_kit(no_function_of_azerbaijan_is_neither_given_nor_asked_for),
        with_kit(an_act_in_the_wrong_stream_is_refused),
        with_kit(a_time_that_cannot_be_written_is_refused),
        with_kit(hostile_names_are_quoted_short_and_printable),
    };
    return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
