/* SPDX-License-Identifier: Apache-2.0 */
/* Adding a treaty needs no code: a made-up treaty, its protocol and three States are put beside the
 * files of law/, and dossiers under them are decided from draft to close. Two nodes play them in
 * test/journey/treaty.py. */

#include "law_test.h"

#include <string.h>

enum { ACTS_MAX = 8 };

/* The files of test/law/made_up, embedded as those of law/ are. */
extern const struct law_file law_made_up[];
extern const size_t law_made_up_n;

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
    size_t n = law_embedded_n + law_made_up_n;
    struct law_file *files = arena_take_many(k->t.arena, n, sizeof *files);
    const struct law_tables *l;
    memcpy(files, law_embedded, law_embedded_n * sizeof *files);
    memcpy(files + law_embedded_n, law_made_up, law_made_up_n * sizeof *files);
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
