/* SPDX-License-Identifier: Apache-2.0 */
/* Adding a treaty needs no code: a made-up treaty, its protocol and three States are put beside the
 * files of law/, and dossiers under them are played from draft to close. */

#include "law_test.h"

#include <string.h>

enum { ACTS_MAX = 8 };

/* clang-format off */
#define ROW(says) "{en: " says ", az: " says "}"
#define ONE "article: \"1\", source: text"
#define TWO "article: \"2(1)\", source: text"
#define HEAD(name, layer) \
    "instrument: " name "\ntitles: " ROW("Seed pact") "\nshort: " ROW("Seed pact") "\n" \
    "document: none\nlayer: " layer "\narticles:\n" \
    "  - {" ONE ", titles: " ROW("Lending") "}\n  - {" TWO ", titles: " ROW("Answers") "}\n" \
    "functions:\n  - {function: granary, " ONE ", titles: " ROW("Granary") "}\n" \
    "roles: []\nobligations:\n" \
    "  - {obligation: give_back, " TWO ", party: requesting, titles: " ROW("To give back") "}\n"

static const char pact[] = HEAD("seed-pact", "treaty")
    "topics:\n"
    "  - {topic: lending, article: \"1\", source: text}\n"
    "  - {topic: answers, article: \"2(1)\", source: text}\n"
    "kinds:\n"
    "  - {kind: lend, topic: lending, titles: " ROW("Lend seed") ", force: shall,"
    " dual_criminality: never, patterns: [lending]}\n";

static const char protocol[] = HEAD("seed-protocol", "protocol")
    "topics:\n"
    "  - {topic: lending, article: \"2(1)\", source: text}\n"
    "  - {topic: answers, article: \"2(1)\", source: text}\n"
    "kinds:\n"
    "  - kind: lend-at-once\n"
    "    topic: lending\n"
    "    titles: " ROW("Lend seed at once") "\n"
    "    force: shall\n"
    "    dual_criminality: never\n"
    "    patterns: [lending]\n"
    "    without: {lifecycle: [ask, answer], states: [asked]}\n"
    "    amend: {clocks: [{clock: reply, days: 5, setting: seed_at_once_days}],"
    " lifecycle: [{act: refuse, from: [requested]},"
    " {act: give, from: [requested]}]}\n";

static const char lending[] =
    "pattern: lending\n"
    "roles:\n"
    "  - {party: requesting, function: granary, direction: send, topic: lending}\n"
    "  - {party: requested, function: granary, direction: receive, topic: lending}\n"
    "states:\n"
    "  - {state: new, titles: " ROW("Draft") "}\n"
    "  - {state: requested, titles: " ROW("Requested") "}\n"
    "  - {state: asked, titles: " ROW("Asked") "}\n"
    "  - {state: given, end: true, titles: " ROW("Given") "}\n"
    "  - {state: refused, end: true, titles: " ROW("Refused") "}\n"
    "outcomes:\n"
    "  - {outcome: given, topic: lending, titles: " ROW("Given") "}\n"
    "  - {outcome: refused, topic: answers, titles: " ROW("Refused") "}\n"
    "particulars:\n"
    "  - {name: sacks, topic: lending, required: always, type: number, min: 1, max: 99,"
    " titles: " ROW("Sacks") ", help: " ROW("How many") "}\n"
    "  - {name: season, topic: lending, required: where_available, type: text, max: 40,"
    " titles: " ROW("Season") ", help: " ROW("Which") "}\n"
    "grounds:\n"
    "  - {ground: famine, topic: answers, via: answers, titles: " ROW("Famine") "}\n"
    "  - {ground: flood, topic: answers, via: answers, reservation: answers,"
    " titles: " ROW("Flood") "}\n"
    "forbidden_grounds:\n"
    "  - {ground: envy, topic: lending, titles: " ROW("Envy") "}\n"
    "clocks:\n"
    "  - {clock: reply, sort: term, whose: requested, topic: answers, start: at, days: 30,"
    " bound: at_most, setting: seed_reply_days, titles: " ROW("Reply") "}\n"
    "lifecycle:\n"
    "  - {act: send, by: requesting, stream: outward, from: [new], to: requested, topic: lending,"
    " crossed: no_effect, rank: 1, next_when: [new], carries_request: true,"
    " guards: [{guard: basis_stands, remark: no-basis, topic: lending}], titles: " ROW("Send") "}\n"
    "  - {act: ask, by: requested, stream: outward, from: [requested], to: asked, topic: answers,"
    " crossed: no_effect, rank: 3, titles: " ROW("Ask") "}\n"
    "  - {act: answer, by: requesting, stream: outward, from: [asked], to: requested,"
    " topic: answers, crossed: no_effect, rank: 1, next_when: [asked], supplies_request: true,"
    " titles: " ROW("Answer") "}\n"
    "  - {act: promise, by: requested, stream: outward, from: [requested], topic: answers,"
    " crossed: takes_effect, rank: 2, next_when: [requested], mark: promised, starts: [reply],"
    " titles: " ROW("Promise") "}\n"
    "  - {act: give, by: requested, stream: outward, from: [requested, asked], to: given,"
    " outcome: given, topic: lending, crossed: no_effect, rank: 4, attaches: [give_back],"
    " guards: [{guard: has_mark, mark: promised, remark: agreement-needed, topic: answers}],"
    " titles: " ROW("Give") "}\n"
    "  - act: refuse\n"
    "    by: requested\n"
    "    stream: outward\n"
    "    from: [requested, asked]\n"
    "    to: refused\n"
    "    outcome: refused\n"
    "    topic: answers\n"
    "    crossed: no_effect\n"
    "    rank: 9\n"
    "    guards: [{guard: ground_listed, particular: ground, remark: ground-not-allowed,"
    " topic: answers}]\n"
    "    titles: " ROW("Refuse") "\n"
    "    particulars:\n"
    "      - {name: ground, topic: answers, required: always, type: ground,"
    " titles: " ROW("Ground") ", help: " ROW("Which") "}\n"
    "      - {name: reasons, topic: answers, required: always, type: text, max: 400,"
    " titles: " ROW("Reasons") ", help: " ROW("Why") "}\n";

#define STATE(code, instruments, more) \
    "state: " code "\ntraining: true\ntitles: " ROW("Made up") "\nlanguages: [en]\n" \
    "time_zone: Etc/UTC\ninstruments:\n" instruments \
    "authorities:\n  - {authority: barn, titles: " ROW("Barn") ", languages: [en]," \
    " time_zone: Etc/UTC, functions: []}\n" more
#define BOUND(name) \
    "  - {instrument: " name ", status: in_force, in_force: 2020-01-01, source: text}\n"

static const char state_qa[] =
    STATE("QA", BOUND("seed-pact") BOUND("seed-protocol"), "reservations: []\n");
static const char state_qb[] =
    STATE("QB", BOUND("seed-pact") BOUND("seed-protocol"),
          "reservations: []\nsettings: {seed_reply_days: 20}\n");
static const char state_qc[] =
    STATE("QC", BOUND("seed-pact"),
          "reservations:\n  - {instrument: seed-pact, " TWO ", titles: " ROW("Flood") "}\n");
/* clang-format on */

static const struct made {
    const char *path, *text;
} made[] = {
    {"instruments/seed-pact.yaml", pact}, {"instruments/seed-protocol.yaml", protocol},
    {"patterns/lending.yaml", lending},   {"states/qa.yaml", state_qa},
    {"states/qb.yaml", state_qb},         {"states/qc.yaml", state_qc},
};
enum { MADE_N = sizeof made / sizeof *made };

/* One dossier, its two States, and the verdicts of both their nodes. */
struct play {
    struct kit *k;
    const struct law_tables *l;
    const char *instrument, *kind, *asks, *asked;
    struct law_entry author[ACTS_MAX], receiver[ACTS_MAX];
    size_t n;
    int64_t count[2], now_ms;
};

static const struct law_tables *with_the_made_up(struct kit *k)
{
    struct law_file *files = arena_take_many(k->t.arena, law_embedded_n + MADE_N, sizeof *files);
    const struct law_tables *l;
    size_t n = law_embedded_n;
    memcpy(files, law_embedded, n * sizeof *files);
    for (size_t i = 0; i < MADE_N; i++)
        files[n++] = (struct law_file){made[i].path, (const unsigned char *)made[i].text,
                                       strlen(made[i].text)};
    if (law_load(&k->t, files, n, &l) != ERR_OK) fail_msg("%s", k->t.fault.sentence);
    return l;
}

static struct law_state state_of(struct play *p, const struct law_entry *entries)
{
    struct law_state s;
    assert_int_equal(law_fold(&p->k->t, entries, p->n, &s), ERR_OK);
    s.instrument = str_of(p->instrument);
    s.kind = str_of(p->kind);
    return s;
}

static err tries(struct play *p, enum law_stream side, const char *act, const struct tree *says)
{
    struct law_function f = {str_of(p->instrument), STR("granary"), STR("*"), STR("*")};
    struct law_who who = {.side = side, .functions = &f, .functions_n = 1};
    who.state = str_of(side == LAW_REQUESTING ? p->asks : p->asked);
    who.other = str_of(side == LAW_REQUESTING ? p->asked : p->asks);
    struct law_act a = {.act = str_of(act),
                        .instrument = str_of(p->instrument),
                        .kind = str_of(p->kind),
                        .stream = side,
                        .n = p->count[side] + 1,
                        .seen = p->count[side == LAW_REQUESTING ? LAW_REQUESTED : LAW_REQUESTING],
                        .at_ms = p->now_ms,
                        .particulars = says};
    struct law_state s = state_of(p, p->author);
    struct law_verdict *own = arena_take(p->k->t.arena, sizeof *own), *theirs;
    try(law_decide(&p->k->t, p->l, &s, &who, &a, p->now_ms, own));
    theirs = arena_take(p->k->t.arena, sizeof *theirs);
    assert_int_equal(law_record(&p->k->t, p->l, &who, &a, p->now_ms + 5, theirs), ERR_OK);
    p->author[p->n] = (struct law_entry){a, own};
    p->receiver[p->n++] = (struct law_entry){a, theirs};
    p->count[side]++;
    p->now_ms += MINUTE;
    return ERR_OK;
}

static void done(struct play *p, enum law_stream side, const char *act, const struct tree *says)
{
    if (tries(p, side, act, says) != ERR_OK) fail_msg("%s: %s", act, p->k->t.fault.sentence);
}

static void not_done(struct play *p, enum law_stream side, const char *act, const struct tree *says,
                     const char *code, const char *article)
{
    assert_int_not_equal(tries(p, side, act, says), ERR_OK);
    assert_string_equal(p->k->t.fault.code, code);
    assert_string_equal(p->k->t.fault.article, article);
    turn_forgive(&p->k->t);
}

static void stands(struct play *p, const char *state, const char *outcome)
{
    struct law_state own = state_of(p, p->author), theirs = state_of(p, p->receiver);
    struct arena *a = p->k->t.arena;
    assert_text(own.state, state);
    assert_text(own.outcome, outcome);
    assert_true(
        str_eq(state_text(a, p->author, p->n, &own), state_text(a, p->receiver, p->n, &theirs)));
}

static struct play play_of(struct kit *k, const char *instrument, const char *kind,
                           const char *asks, const char *asked)
{
    return (struct play){.k = k,
                         .l = with_the_made_up(k),
                         .instrument = instrument,
                         .kind = kind,
                         .asks = asks,
                         .asked = asked,
                         .now_ms = NOON};
}

static const struct tree *sacks(struct kit *k, int64_t n)
{
    struct tree *m = tree_map(k->t.arena);
    if (n) tree_add_int(k->t.arena, m, "sacks", n);
    return m;
}

static void a_made_up_treaty_is_played_from_draft_to_close(void **state)
{
    struct kit *k = *state;
    struct play p = play_of(k, "seed-pact", "lend", "QA", "QB");
    not_done(&p, LAW_REQUESTING, "send", sacks(k, 0), "particulars-missing", "seed-pact 1");
    not_done(&p, LAW_REQUESTING, "send", sacks(k, 100), "particular-form", "seed-pact 1");
    done(&p, LAW_REQUESTING, "send", sacks(k, 12));
    done(&p, LAW_REQUESTED, "ask", NULL);
    done(&p, LAW_REQUESTING, "answer", says(k, "season", "spring", NULL));
    not_done(&p, LAW_REQUESTED, "give", NULL, "agreement-needed", "seed-pact 2(1)");
    done(&p, LAW_REQUESTED, "promise", NULL);
    struct law_state s = state_of(&p, p.author);
    assert_text(tree_str(s.particulars, "season"), "spring");
    done(&p, LAW_REQUESTED, "give", NULL);
    stands(&p, "given", "given");
    s = state_of(&p, p.author);
    assert_true(s.ended);
    assert_text(s.obligations[0].obligation, "give_back");
    not_done(&p, LAW_REQUESTED, "refuse", says(k, "ground", "famine", "reasons", "No rain.", NULL),
             "act-not-now", "seed-pact 2(1)");
}

static void its_grounds_are_those_it_lists(void **state)
{
    struct kit *k = *state;
    struct play p = play_of(k, "seed-pact", "lend", "QA", "QB");
    done(&p, LAW_REQUESTING, "send", sacks(k, 12));
    const struct tree *envy = says(k, "ground", "envy", "reasons", "Too many.", NULL),
                      *flood = says(k, "ground", "flood", "reasons", "The river.", NULL);
    not_done(&p, LAW_REQUESTED, "refuse", envy, "ground-not-allowed", "seed-pact 1");
    not_done(&p, LAW_REQUESTED, "refuse", flood, "ground-not-allowed", "seed-pact 2(1)");
    not_done(&p, LAW_REQUESTED, "refuse", says(k, "ground", "famine", NULL), "particulars-missing",
             "seed-pact 2(1)");
    done(&p, LAW_REQUESTED, "refuse", says(k, "ground", "famine", "reasons", "No rain.", NULL));
    stands(&p, "refused", "refused");
    /* Where the State made the reservation the ground is open. */
    struct play q = play_of(k, "seed-pact", "lend", "QA", "QC");
    done(&q, LAW_REQUESTING, "send", sacks(k, 12));
    done(&q, LAW_REQUESTED, "refuse", flood);
    stands(&q, "refused", "refused");
}

/* The days from the promise to the day on which the reply is due. */
static int64_t reply_days(struct kit *k, const char *instrument, const char *kind,
                          const char *asked)
{
    struct play p = play_of(k, instrument, kind, "QA", asked);
    done(&p, LAW_REQUESTING, "send", sacks(k, 1));
    done(&p, LAW_REQUESTED, "promise", NULL);
    struct law_state s = state_of(&p, p.author);
    assert_int_equal(s.clocks_n, 1);
    assert_text(s.clocks[0].clock, "reply");
    return day_of_ms(s.clocks[0].end_ms) - day_of_ms(NOON);
}

static void its_clock_takes_the_number_of_the_state_that_acts(void **state)
{
    struct kit *k = *state;
    assert_int_equal(reply_days(k, "seed-pact", "lend", "QC"), 30);
    assert_int_equal(reply_days(k, "seed-pact", "lend", "QB"), 20);
}

static void the_kind_of_its_protocol_is_for_those_it_binds(void **state)
{
    struct kit *k = *state;
    struct play p = play_of(k, "seed-protocol", "lend-at-once", "QA", "QB");
    done(&p, LAW_REQUESTING, "send", sacks(k, 3));
    not_done(&p, LAW_REQUESTED, "ask", NULL, "unknown-act", "seed-protocol 2(1)");
    done(&p, LAW_REQUESTED, "promise", NULL);
    done(&p, LAW_REQUESTED, "give", NULL);
    stands(&p, "given", "given");
    struct play q = play_of(k, "seed-protocol", "lend-at-once", "QA", "QC");
    not_done(&q, LAW_REQUESTING, "send", sacks(k, 3), "no-basis", "seed-protocol 2(1)");
    struct law_base *bases;
    size_t n;
    assert_int_equal(law_bases(&k->t, p.l, STR("QA"), STR("QB"), day_of_ms(NOON),
                               STR("lend-at-once"), &bases, &n),
                     ERR_OK);
    assert_int_equal(n, 1);
    assert_text(bases[0].layer, "protocol");
    assert_true(bases[0].binds);
}

int treaty_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_made_up_treaty_is_played_from_draft_to_close),
        with_kit(its_grounds_are_those_it_lists),
        with_kit(its_clock_takes_the_number_of_the_state_that_acts),
        with_kit(the_kind_of_its_protocol_is_for_those_it_binds),
    };
    return cmocka_run_group_tests_name("treaty", tests, NULL, NULL);
}
