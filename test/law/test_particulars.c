/* SPDX-License-Identifier: Apache-2.0 */
/* What an act carries: form, length, conditions, strangers. */

#include "law_test.h"

#include <string.h>

static struct law_state new_state(void)
{
    return (struct law_state){
        .state = STR("new"), .instrument = STR("un-cybercrime"), .kind = STR("preservation")};
}

static void sends(struct kit *k, const struct tree *p)
{
    struct law_state s = new_state();
    struct law_verdict v;
    allows(k, &s, asking(), act_of(LAW_REQUESTING, "send", p), &v);
}

static void fails(struct kit *k, const struct tree *p, const char *code, const char *article,
                  const char *particular)
{
    struct law_state s = new_state();
    refuses(k, &s, asking(), act_of(LAW_REQUESTING, "send", p), ERR_REJECTED, code, article,
            particular);
}

static void a_text_is_measured_in_characters(void **state)
{
    struct kit *k = *state;
    struct buf b = buf_in(k->t.arena);
    for (int i = 0; i < 400; i++) buf_str(&b, STR("\xc9\x99")); /* one letter of two bytes */
    sends(k, request_with(k, "authority_seeking", str_c(k->t.arena, buf_as_str(&b))));
    buf_str(&b, STR("e"));
    fails(k, request_with(k, "authority_seeking", str_c(k->t.arena, buf_as_str(&b))),
          "particular-too-long", "un-cybercrime 42(3)(a)", "authority_seeking");
}

static void a_text_of_blanks_is_missing(void **state)
{
    struct kit *k = *state;
    fails(k, request_with(k, "data", " \t "), "particulars-missing", "un-cybercrime 42(3)(c)",
          "data");
    fails(k, request_with(k, "data", ""), "particulars-missing", "un-cybercrime 42(3)(c)", "data");
    fails(k, request_with(k, "data", "\xc2\xa0"), "particulars-missing", "un-cybercrime 42(3)(c)",
          "data");
    fails(k, request_with(k, "facts", "\xe2\x80\x8b\xef\xbb\xbf\x07"), "particulars-missing",
          "un-cybercrime 42(3)(b)", "facts");
}

/* Our own officer is stopped; of what came it is said. */
static void a_text_that_shows_otherwise_than_it_reads_is_not_signed(void **state)
{
    static const char *const bad[] = {"a\xe2\x80\xae"
                                      "b",
                                      "a\x07", "a\x1b[2J",
                                      "\xe2\x81\xa6"
                                      "b"};
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct tree *p = request_with(k, "facts", bad[i]);
        fails(k, p, "text-misleads", "un-cybercrime 42(3)(b)", "facts");
        struct law_who who = asking();
        struct law_act act = act_of(LAW_REQUESTING, "send", p);
        struct law_verdict v;
        assert_int_equal(law_record(&k->t, k->l, &who, &act, NOON, &v), ERR_OK);
        assert_true(remarked(v.remarks, "text-misleads", "un-cybercrime 42(3)(b)", "facts"));
        assert_int_equal(v.missing_n, 0);
    }
    sends(k, request_with(k, "facts", "One\tline\r\nand another.\n\xe2\x80\x8f\xd9\x86"));
}

static void a_text_may_come_with_its_language(void **state)
{
    struct kit *k = *state;
    struct tree *p = tree_map(k->t.arena);
    tree_add_str(k->t.arena, p, "lang", STR("az"));
    tree_add_str(k->t.arena, p, "text", STR("Serverlər"));
    struct tree *map = tree_map(k->t.arena);
    for (const struct tree *v = request(k, "data")->child; v; v = v->next)
        tree_set(k->t.arena, map, v->key, v);
    tree_set(k->t.arena, map, STR("data"), p);
    sends(k, map);
    tree_add_str(k->t.arena, p, "font", STR("large"));
    tree_set(k->t.arena, map, STR("data"), p);
    fails(k, map, "particular-form", "un-cybercrime 42(3)(c)", "data");
}

static void a_day_is_a_day(void **state)
{
    static const char *const bad[] = {"2027-02-29", "27-01-01", "2027-1-1", "tomorrow", "true"};
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "requested");
    struct law_state s = folded(k, &d);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuses(k, &s, asked(),
                act_of(LAW_INWARD, "order",
                       says(k, "authority_ordering", "C", "order_number", "1", "order_date", bad[i],
                            "custodian", "H", NULL)),
                ERR_REJECTED, "particular-form", "un-cybercrime 25(2)", "order_date");
}

static void a_flag_is_true_or_false_and_no_text(void **state)
{
    struct kit *k = *state;
    sends(k, request_with(k, "confidential", "false"));
    fails(k, request_with(k, "confidential", "yes"), "particular-form", "un-cybercrime 42(3)(g)",
          "confidential");
}

static void the_declared_intention_must_be_a_yes(void **state)
{
    struct kit *k = *state;
    fails(k, request_with(k, "mla_intended", "false"), "yes-needed", "un-cybercrime 42(3)(f)",
          "mla_intended");
    fails(k, request(k, "mla_intended"), "particulars-missing", "un-cybercrime 42(3)(f)",
          "mla_intended");
}

static void a_choice_is_one_of_the_rows(void **state)
{
    struct kit *k = *state;
    sends(k, request_with(k, "offence_scope", "other_serious_crime"));
    fails(k, request_with(k, "offence_scope", "misdemeanour"), "particular-form",
          "un-cybercrime 35(1)(c)", "offence_scope");
}

/* Whoever typed it is told what would do. */
static void what_is_no_form_is_answered_with_the_form_asked_for(void **state)
{
    struct kit *k = *state;
    struct law_state s = {.state = STR("new"), .kind = STR("preservation")};
    struct law_verdict v;
    static const char *const rows[][3] = {
        {"offence_scope", "misdemeanour",
         "; expected is one of: convention_offence, other_serious_crime"},
        {"deadline", "tomorrow", "; expected is a day up to the year 2999, like 2026-11-24."},
        {"confidential", "yes", "; expected is yes or no (true or false in a file)."},
    };
    s.instrument = STR("un-cybercrime");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct law_who who = asking();
        struct law_act act =
            act_of(LAW_REQUESTING, "send", request_with(k, rows[i][0], rows[i][1]));
        assert_int_equal(law_decide(&k->t, k->l, &s, &who, &act, NOON, &v), ERR_REJECTED);
        if (!strstr(k->t.fault.sentence, rows[i][2]))
            fail_msg("%s: %s", rows[i][2], k->t.fault.sentence);
        turn_forgive(&k->t);
    }
}

static void a_deadline_asks_for_its_reasons(void **state)
{
    struct kit *k = *state;
    fails(k, request_with(k, "deadline", "2026-12-01"), "particulars-missing",
          "un-cybercrime 40(26)", "deadline_reasons");
    struct tree *map = tree_map(k->t.arena);
    for (const struct tree *v = request_with(k, "deadline", "2026-12-01")->child; v; v = v->next)
        tree_set(k->t.arena, map, v->key, v);
    tree_add_str(k->t.arena, map, "deadline_reasons", STR("The rental ends."));
    sends(k, map);
}

static void a_particular_nobody_asked_for_is_refused(void **state)
{
    struct kit *k = *state;
    fails(k, request_with(k, "shoe_size", "44"), "particular-unknown", "un-cybercrime 42(1)",
          "shoe_size");
}

static void a_list_is_no_set_of_particulars(void **state)
{
    struct kit *k = *state;
    fails(k, tree_list(k->t.arena), "particular-form", "un-cybercrime 42(1)", "");
}

static void each_kind_of_value_is_refused_where_a_text_is_asked_for(void **state)
{
    struct kit *k = *state;
    struct arena *a = k->t.arena;
    for (int i = 0; i < 4; i++) {
        struct tree *map = tree_map(a);
        for (const struct tree *v = request(k, "data")->child; v; v = v->next)
            tree_set(a, map, v->key, v);
        if (i == 0) tree_add_int(a, map, "data", 7);
        if (i == 1) tree_add_bool(a, map, "data", true);
        if (i == 2) tree_add_str(a, tree_add_list(a, map, "data"), NULL, STR("x"));
        if (i == 3) tree_add_str(a, tree_add_map(a, map, "data"), "lang", STR("en"));
        fails(k, map, "particular-form", "un-cybercrime 42(3)(c)", "data");
    }
    struct tree *map = tree_map(a);
    for (const struct tree *v = request(k, "data")->child; v; v = v->next)
        tree_set(a, map, v->key, v);
    tree_add_null(a, map, "data");
    fails(k, map, "particulars-missing", "un-cybercrime 42(3)(c)", "data");
}

int particulars_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_text_is_measured_in_characters),
        with_kit(a_text_of_blanks_is_missing),
        with_kit(a_text_that_shows_otherwise_than_it_reads_is_not_signed),
        with_kit(a_text_may_come_with_its_language),
        with_kit(a_day_is_a_day),
        with_kit(a_flag_is_true_or_false_and_no_text),
        with_kit(the_declared_intention_must_be_a_yes),
        with_kit(a_choice_is_one_of_the_rows),
        with_kit(what_is_no_form_is_answered_with_the_form_asked_for),
        with_kit(a_deadline_asks_for_its_reasons),
        with_kit(a_particular_nobody_asked_for_is_refused),
        with_kit(a_list_is_no_set_of_particulars),
        with_kit(each_kind_of_value_is_refused_where_a_text_is_asked_for),
    };
    return cmocka_run_group_tests_name("particulars", tests, NULL, NULL);
}
