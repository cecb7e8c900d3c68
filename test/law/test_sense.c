/* SPDX-License-Identifier: Apache-2.0 */
/* The files of law/ with a slip that leaves every row well formed, and some row without effect: it
 * is refused where it stands. Of src/law/link_sense.c, src/law/link_state.c, src/law/link_value.c
 * and src/law/language.c. */

#include "law/clock.h"
#include "law_test.h"

#include <stdio.h>
#include <string.h>

/* In the file `path`, one piece said otherwise; the fault stands in the file `at`. */
struct slip {
    const char *path, *piece, *by, *at, *says;
};

static void refused_at(struct kit *k, const struct slip *s)
{
    const struct law_tables *l;
    unsigned line = 0, col = 0;
    const char *place = k->t.fault.particular;
    size_t n = strlen(s->at);
    err e = load_with(k, s->path, edited(k, s->path, s->piece, s->by), &l);
    if (e == ERR_OK) fail_msg("%s: it loads with \"%s\"", s->path, s->by);
    if (e != ERR_REJECTED || strncmp(place, s->at, n) != 0 ||
        sscanf(place + n, ":%u:%u", &line, &col) != 2 || !line || !col ||
        !strstr(k->t.fault.sentence, s->says))
        fail_msg("wanted %s and \"%s\", got %s \"%s\"", s->at, s->says, place, k->t.fault.sentence);
    turn_forgive(&k->t);
}

static void slips_refused(struct kit *k, const struct slip *slips, size_t n)
{
    for (size_t i = 0; i < n; i++) refused_at(k, &slips[i]);
}

#define UN "instruments/un-cybercrime.yaml"
#define UN_PRESERVATION "instruments/un-cybercrime/preservation.yaml"
#define FORETOLD "instruments/un-cybercrime/foretold.yaml"
#define PRESERVATION "patterns/preservation.yaml"
#define ARREST "patterns/arrest.yaml"
#define XM "states/xm.yaml"
#define REMARKS "remarks.yaml"

/* clang-format off */
static void a_condition_compares_with_what_can_be_said(void **state)
{
    static const struct slip slips[] = {
        {UN_PRESERVATION, "equals: other_serious_crime", "equals: other_serous_crime",
         UN_PRESERVATION, "found \"other_serous_crime\", expected of `offence_scope` one of: "},
        {UN, "{particular: offence_scope, equals: other_convention}",
         "{particular: offence_scope, equals: other_conventoin}", UN, "one of: convention_offence"},
        {FORETOLD, "equals: listed", "equals: lsted", FORETOLD,
         "found \"lsted\", expected of `interception_offences` one of: listed"},
        {FORETOLD, "one_of: [may, required]", "one_of: [may, requird]", FORETOLD,
         "found \"requird\""},
        {FORETOLD, "profile: diplomatic_channel", "profile: diplomatic_chanel", FORETOLD,
         "`profile`: found \"diplomatic_chanel\", expected a row of `profile_fields`"},
        {FORETOLD, "profile: diplomatic_channel, equals: \"yes\"",
         "profile: diplomatic_channel, at_least: 4", FORETOLD,
         "expected `at_least` and `below` of a number"},
        {UN, "at_least: 4", "equals: four", UN, "expected `equals` and `one_of` of a choice"},
    };
    slips_refused(*state, slips, sizeof slips / sizeof *slips);
}

static void a_link_leads_to_a_kind_that_names_the_dossier(void **state)
{
    static const struct slip slips[] = {
        {ARREST, "{link: arrest, act: send, does", "{link: arrest, act: sent, does", ARREST,
         "`act`: found \"sent\", expected an act of a kind that names another dossier"},
        {ARREST, "{link: arrest, act: send, does", "{link: arest, act: send, does", ARREST,
         "`link`: found \"arest\", expected the `link` of a dossier that some kind names"},
        {ARREST, "does: receive_request", "does: recieve_request", ARREST,
         "`does`: found \"recieve_request\""},
        {ARREST, "{kind: extradition, link: arrest", "{kind: extradition, link: arest", ARREST,
         "`link`: found \"arest\", expected the `link` of a dossier among the particulars of"},
        {PRESERVATION, "says: [{particular: assistance}]",
         "says: [{particular: assistance, of: number}]", PRESERVATION,
         "`of`: found \"number\", expected a particular of "},
    };
    slips_refused(*state, slips, sizeof slips / sizeof *slips);
}

static void a_refusal_states_a_ground_that_is_listed_and_its_reasons(void **state)
{
    static const struct slip slips[] = {
        {PRESERVATION, "type: ground", "type: text\n        max: 40", PRESERVATION,
         "expected a particular of the type ground beside ground_listed"},
        {PRESERVATION, "required: always\n        type: ground",
         "required: optional\n        type: ground", PRESERVATION, "always required"},
        {PRESERVATION,
         "{guard: ground_listed, particular: ground, remark: ground-not-allowed, ",
         "{guard: carries_something, remark: nothing-supplied, ", PRESERVATION,
         "`refuse`: expected the guard ground_listed"},
        {PRESERVATION,
         "required: always\n        type: text\n        max: 8000\n"
         "        titles: {en: Reasons, az: Əsaslandırma}\n"
         "        help: {en: Reasons must be given for any refusal.",
         "required: optional\n        type: text\n        max: 8000\n"
         "        titles: {en: Reasons, az: Əsaslandırma}\n"
         "        help: {en: Reasons must be given for any refusal.", PRESERVATION,
         "`refuse`: expected beside a ground the particular `reasons`"},
        {UN_PRESERVATION, "reservation: \"42(5)\"", "reservation: \"42(6)\"", UN_PRESERVATION,
         "`reservation`: found \"42(6)\", expected the `article` of the ground or its `via`"},
    };
    slips_refused(*state, slips, sizeof slips / sizeof *slips);
}

static void a_clock_begins_and_ends_with_days_and_its_act_waits_for_it(void **state)
{
    static const struct slip slips[] = {
        {PRESERVATION, "start: order_date", "start: custodian", PRESERVATION,
         "`start`: found \"custodian\", expected a day of each act that starts the clock; order"},
        {PRESERVATION, "start: order_date", "start: nothing_such", PRESERVATION,
         "`start`: found \"nothing_such\", expected a row of `particulars` of each act"},
        {PRESERVATION, "{guard: after_clock_end, clock: preservation, remark: clock-running, ",
         "{guard: carries_something, remark: nothing-supplied, ", PRESERVATION,
         "`expire`: expected the guard after_clock_end of the clock preservation"},
    };
    slips_refused(*state, slips, sizeof slips / sizeof *slips);
}

static void rows_that_contradict_each_other_are_refused(void **state)
{
    static const struct slip slips[] = {
        {PRESERVATION, "stops_while: [held]", "stops_while: [expired]", PRESERVATION,
         "`stops_while`: found the end \"expired\""},
        {PRESERVATION, "duty_done: [status]", "duty_done: [preservation]", PRESERVATION,
         "`duty_done`: found the term \"preservation\""},
        {PRESERVATION, "    starts: [domestic_order]\n", "", PRESERVATION,
         "`clock`: \"domestic_order\" of the kind preservation, expected an act that starts it"},
        {PRESERVATION, "      - {guard: none_pending, remark: assistance-undecided",
         "      - {guard: no_mark, mark: delivered, remark: already-done, topic: contact}\n"
         "      - {guard: none_pending, remark: assistance-undecided", PRESERVATION,
         "found no_mark beside has_mark of the same"},
        {"patterns/agreement.yaml", "    to: agreed\n", "    to: proposed\n",
         "patterns/agreement.yaml", "`state`: \"agreed\""},
        {"patterns/contents.yaml", "min: 0", "min: 200", "patterns/contents.yaml",
         "expected `min` to be at most `max`"},
        {XM, "status: in_force, in_force: 2020-01-01, source: unverified}",
         "status: denounced, in_force: 2020-01-01, denounced: 2019-01-01, source: unverified}", XM,
         "`denounced`: expected a day after `in_force`"},
        {XM, "status: in_force, in_force: 2020-01-01, source: unverified}",
         "status: in_force, in_force: 2020-01-01, denounced: 2021-01-01, source: unverified}", XM,
         "`denounced`: expected beside the status"},
        {REMARKS, "{remark: ground-not-allowed, grade: must",
         "{remark: ground-not-allowed, grade: look",
         "patterns/extradition.yaml", "expected beside ground_listed one with `grade: must`"},
        {REMARKS, "{remark: function-missing, grade: must",
         "{remark: function-missing, grade: look",
         REMARKS, "`grade`: expected must of the remark function-missing"},
        {PRESERVATION, "{en: Requested, az:", "{en: \"\xe2\x80\x8b\", az:", PRESERVATION,
         "expected a text that shows"},
        {PRESERVATION, "{en: Requested, az:", "{en: \"Re\xe2\x80\xaequested\", az:", PRESERVATION,
         "expected a text that shows"},
        {UN_PRESERVATION, "{party: requested, function: contact, direction: receive, article: "
         "\"41(3)(b)\", source: unverified}\n      - {party: requested, function: mla, direction: "
         "receive, topic: preservation}\n",
         "{party: requesting, function: contact, direction: receive, article: \"41(3)(b)\", "
         "source: unverified}\n", UN_PRESERVATION, "expected a function of the requested State"},
    };
    slips_refused(*state, slips, sizeof slips / sizeof *slips);
}

static void a_list_says_nothing_twice(void **state)
{
    static const struct slip slips[] = {
        {UN_PRESERVATION, "patterns: [preservation]", "patterns: [preservation, preservation]",
         UN_PRESERVATION, "`patterns`: found \"preservation\" a second time"},
        {PRESERVATION, "authority_seeking, offence,",
         "authority_seeking, authority_seeking, offence,", PRESERVATION,
         "`form`: found \"authority_seeking\" a second time"},
        {XM, "languages: [en, az]", "languages: [en, az, en]", XM, "a second time"},
        {XM, "      - {instrument: budapest, function: contact, direction: \"*\", kind: \"*\", "
         "article: \"35\", source: unverified}\n",
         "      - {instrument: budapest, function: mla, direction: \"*\", kind: \"*\", "
         "article: \"35\", source: unverified}\n", XM,
         "found a function of the authority a second"},
        {XM, "reservations: []", "unassigned:\n  - {instrument: budapest, function: mla, "
         "direction: \"*\", kind: \"*\", article: \"35\", source: unverified}\nreservations: []",
         XM, "found a function that an authority holds a second time"},
        {XM, "reservations: []", "unassigned:\n  - {instrument: az-mla, function: mla, "
         "direction: receive, kind: \"*\", article: \"1\", source: unverified}\n  - {instrument: "
         "az-mla, function: mla, direction: receive, kind: \"*\", article: \"1\", source: text}\n"
         "reservations: []", XM, "found an unassigned function a second time"},
        {XM, "reservations: []", "reservations:\n  - {instrument: ets-030, article: \"2\", source: "
         "text, titles: {en: A, az: A}}\n  - {instrument: ets-030, article: \"2\", source: text, "
         "titles: {en: B, az: B}}", XM, "found a reservation a second time"},
        {XM, "profile:\n",
         "profile:\n  - {field: languages, instrument: un-cybercrime, value: see the list, "
         "article: \"40(13)\", source: unverified}\n", XM,
         "found a second line \"languages\", expected each once"},
    };
    slips_refused(*state, slips, sizeof slips / sizeof *slips);
}

static void an_instrument_says_whose_law_it_is_and_what_it_accounts_for(void **state)
{
    static const struct slip slips[] = {
        {UN, "{from: 35, to: 55}", "{from: 55, to: 35}", UN,
         "`from`: expected a number no greater"},
        {"instruments/az-mla.yaml", "of_state: AZ\n", "", "instruments/az-mla.yaml",
         "`layer`: expected `of_state` beside \"national\""},
        {"instruments/az-mla.yaml", "of_state: AZ", "of_state: QQ", "instruments/az-mla.yaml",
         "`of_state`: found \"QQ\", expected a State of states/"},
        {"instruments/minsk.yaml", "layer: treaty", "layer: treaty\nof_state: AZ",
         "instruments/minsk.yaml", "`of_state`: expected it beside `layer: national` only"},
    };
    slips_refused(*state, slips, sizeof slips / sizeof *slips);
}

static void a_state_says_what_its_instruments_ask_for(void **state)
{
    static const struct slip slips[] = {
        {XM, "status: in_force, in_force: 2026-01-01", "status: in_force", XM,
         "`status`: expected beside \"in_force\" the day, as `in_force`"},
        {XM, "status: in_force, in_force: 2026-01-01", "status: denounced, in_force: 2026-01-01",
         XM, "`status`: expected beside \"denounced\" the day, as `denounced`"},
        {XM, "field: diplomatic_channel", "field: diplomatic_chanel", XM,
         "`field`: found \"diplomatic_chanel\", expected a row of `profile_fields`"},
        {XM, "{field: diplomatic_channel, instrument: un-cybercrime, value: \"no\"",
         "{field: diplomatic_channel, instrument: un-cybercrime, value: \"maybe\"", XM,
         "`value`: found \"maybe\", expected of `diplomatic_channel` one of: yes, no, unknown"},
        {XM, "languages: [en, az]", "languages: [english]", XM,
         "found \"english\", expected a language by its two letters of ISO 639-1"},
        {XM, "languages: [en, az]", "languages: [EN, az]", XM, "found \"EN\""},
    };
    slips_refused(*state, slips, sizeof slips / sizeof *slips);
}
/* clang-format on */

/* Where no act of the embedded files asks about another day than its own. */
static void a_guard_about_a_day_asks_about_a_day(void **state)
{
    static const struct breakage rows[] = {
        {"        starts: [wait]\n",
         "        starts: [wait]\n"
         "        guards: [{guard: day_ahead, particular: why, remark: day-not-ahead, article: "
         "\"1\", source: text}]\n",
         "instruments/small.yaml:50:37", "expected a particular of the type day beside day_ahead"},
        {"        starts: [wait]\n",
         "        starts: [wait]\n"
         "        guards: [{guard: language_accepted, particular: why, remark: clock-running, "
         "article: \"1\", source: text}]\n",
         "instruments/small.yaml:50:45", "of the type language beside language_accepted"},
    };
    breaks(*state, rows, sizeof rows / sizeof *rows);
}

static void a_language_is_one_of_the_list(void **state)
{
    static const char *const are[] = {"en", "az", "sr-Latn", "pt-BR", "zh-Hans-CN"};
    static const char *const none[] = {"",   "e",   "eng",  "xx",   "EN",    "e ",
                                       " n", "en-", "en-x", "a az", "en_GB", "en-Latn-Latn-Latn"};
    (void)state;
    for (size_t i = 0; i < sizeof are / sizeof *are; i++)
        if (!law_is_language(str_of(are[i]))) fail_msg("%s is a language", are[i]);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (law_is_language(str_of(none[i]))) fail_msg("\"%s\" is no language", none[i]);
}

/* ---- time zones ------------------------------------------------------------------------------ */

static int32_t four_hours(void *ctx, struct str zone, int64_t at_ms)
{
    (void)ctx, (void)at_ms;
    return str_is(zone, "Asia/Bakuu") ? INT32_MAX : 240;
}

static void a_time_zone_nobody_knows_is_refused_where_zones_are_known(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    struct zones zones = {four_hours, NULL}, none = {NULL, NULL};
    assert_int_equal(law_zones_check(&k->t, k->l, &zones), ERR_OK);
    struct str text = edited(k, XM, "    time_zone: Asia/Baku", "    time_zone: Asia/Bakuu");
    assert_int_equal(load_with(k, XM, text, &l), ERR_OK);
    assert_int_equal(law_zones_check(&k->t, l, &none), ERR_OK);
    assert_int_equal(law_zones_check(&k->t, l, &zones), ERR_REJECTED);
    assert_true(str_starts(str_of(k->t.fault.particular), XM ":"));
    assert_non_null(strstr(k->t.fault.sentence, "`time_zone`: found \"Asia/Bakuu\", expected"));
    turn_forgive(&k->t);
    text = edited(k, XM, "\ntime_zone: Asia/Baku", "\ntime_zone: Asia/Bakuu");
    assert_int_equal(load_with(k, XM, text, &l), ERR_OK);
    assert_int_equal(law_zones_check(&k->t, l, &zones), ERR_REJECTED);
    turn_forgive(&k->t);
}

int sense_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_condition_compares_with_what_can_be_said),
        with_kit(a_link_leads_to_a_kind_that_names_the_dossier),
        with_kit(a_refusal_states_a_ground_that_is_listed_and_its_reasons),
        with_kit(a_clock_begins_and_ends_with_days_and_its_act_waits_for_it),
        with_kit(rows_that_contradict_each_other_are_refused),
        with_kit(a_list_says_nothing_twice),
        with_kit(an_instrument_says_whose_law_it_is_and_what_it_accounts_for),
        with_kit(a_state_says_what_its_instruments_ask_for),
        with_kit(a_guard_about_a_day_asks_about_a_day),
        with_kit(a_language_is_one_of_the_list),
        with_kit(a_time_zone_nobody_knows_is_refused_where_zones_are_known),
    };
    return cmocka_run_group_tests_name("sense", tests, NULL, NULL);
}
