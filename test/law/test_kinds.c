/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of every instrument, walked at random by both sides: each row of each lifecycle is
 * taken, and what is refused says why. What must never happen is in test_properties.c. */

#include "walk.h"

#include <stdio.h>

enum { STEPS_OF_KIND = 240000, TAKEN_ENOUGH = 3, STEPS_AT_LEAST = 300 };

static bool all_taken(const struct walk *w, size_t often)
{
    for (size_t n = 0; n < w->kind->rows_n; n++)
        if (w->taken[n] < often) return false;
    return true;
}

static void kind_walk(struct walk *w)
{
    struct tried t;
    for (size_t steps = 0; steps < STEPS_OF_KIND; steps++) {
        walk_step(w, &t);
        if (t.allowed)
            assert_true(t.took_effect);
        else
            assert_true(t.fault.article[0] && t.fault.sentence[0] && t.fault.code[0]);
        if (steps > STEPS_AT_LEAST && all_taken(w, TAKEN_ENOUGH)) break;
    }
    for (size_t n = 0; n < w->kind->rows_n; n++)
        if (w->taken[n] == 0)
            fail_msg(STR_FMT " " STR_FMT ": nothing ever leads to the act " STR_FMT,
                     STR_ARG(w->i->instrument), STR_ARG(w->kind->kind),
                     STR_ARG(w->kind->rows[n].act));
}

static void every_row_of_every_kind_is_taken(void **state)
{
    struct kit *k = *state;
    struct walk w = {.l = k->l, .a = arena_new(), .seed = 88172645463325252};
    size_t kinds = 0, rows = 0;
    for (size_t i = 0; i < k->l->instruments_n; i++)
        for (size_t n = 0; n < k->l->instruments[i].kinds_n; n++, kinds++) {
            walk_begin(&w, &k->l->instruments[i], &k->l->instruments[i].kinds[n]);
            kind_walk(&w);
            rows += w.kind->rows_n;
        }
    arena_free(w.a);
    print_message("# %zu kinds, %zu rows, %zu acts allowed, %zu refused\n", kinds, rows, w.allowed,
                  w.refused);
    assert_true(kinds >= 34);
    assert_true(w.allowed > 10000 && w.refused > 10000);
}

/* ---- a State that stays silent --------------------------------------------------------------- */

static bool listed_state(const struct law_row *r, struct str state)
{
    for (size_t n = 0; n < r->from_n; n++)
        if (str_eq(r->from[n], state)) return true;
    return false;
}

/* Who gives what the kind is for: the State that is asked, or the one that offers unasked. */
static enum law_stream giver_of(const struct law_kind *k)
{
    return law_index_get(&k->acts, STR("drop")) == LAW_NO_ROW ? LAW_REQUESTED : LAW_REQUESTING;
}

/* Can this side alone bring a dossier from the state to an end, in so many acts? */
static bool ends_alone(const struct law_kind *k, enum law_stream side, struct str state, int depth)
{
    for (size_t n = 0; n < k->rows_n; n++) {
        const struct law_row *r = &k->rows[n];
        if (r->by != side || r->to.n == 0 || !listed_state(r, state)) continue;
        if (r->ends || (depth > 1 && ends_alone(k, side, r->to, depth - 1))) return true;
    }
    return false;
}

static void a_silent_state_stops_nothing(void **state)
{
    enum { ACTS_ENOUGH = 4 };
    struct kit *k = *state;
    size_t asked_n = 0;
    for (size_t i = 0; i < k->l->instruments_n; i++)
        for (size_t n = 0; n < k->l->instruments[i].kinds_n; n++) {
            const struct law_kind *kind = &k->l->instruments[i].kinds[n];
            const struct tree *s = tree_get(kind->row, "states")->child;
            for (; s; s = s->next) {
                struct str name = tree_str(s, "state");
                if (tree_get(s, "end") || str_is(name, "new")) continue;
                asked_n++;
                if (!ends_alone(kind, giver_of(kind), name, ACTS_ENOUGH))
                    fail_msg(STR_FMT " " STR_FMT
                                     ": nobody but the other State leads on from " STR_FMT,
                             STR_ARG(k->l->instruments[i].instrument), STR_ARG(kind->kind),
                             STR_ARG(name));
            }
        }
    assert_true(asked_n > 200);
}

/* What was said to become known is not executed before the requesting State has spoken; all else
 * that ends the dossier is open. */
static void what_cannot_be_kept_confidential_waits_for_a_word(void **state)
{
    struct kit *k = *state;
    static struct str lost[] = {STR("confidentiality_lost")};
    struct law_state s = {
        .state = STR("consulting"), .instrument = STR("un-cybercrime"), .kind = STR("mla")};
    struct law_who who = asked();
    struct law_act resume = act_of(LAW_REQUESTED, "resume", NULL);
    struct law_act end = act_of(LAW_REQUESTED, "not_executable",
                                says(k, "code", "not_confidential", "reasons", "R.", NULL));
    struct law_verdict v;
    resume.kind = end.kind = s.kind;
    allows(k, &s, who, resume, &v);
    s.marks = lost;
    s.marks_n = 1;
    refuses(k, &s, who, resume, ERR_NOT_ALLOWED, "requesting-decides", "un-cybercrime 40(20)", "");
    allows(k, &s, who, end, &v);
    s.state = STR("confidentiality");
    allows(k, &s, who, end, &v);
    who = asking();
    struct law_act go_on = act_of(LAW_REQUESTING, "go_on", NULL);
    go_on.kind = s.kind;
    allows(k, &s, who, go_on, &v);
    assert_text(v.clears[0], "confidentiality_lost");
}

/* ---- reasons --------------------------------------------------------------------------------- */

static const struct law_particular *own_named(const struct law_row *r, const char *name)
{
    for (size_t n = 0; n < r->own_n; n++)
        if (str_is(r->particulars[n].name, name)) return &r->particulars[n];
    return NULL;
}

/* Only 37(18) of the Convention knows of reasons that a law forbids to give. */
static void no_refusal_goes_without_reasons_unless_the_article_says_so(void **state)
{
    struct kit *k = *state;
    size_t barred_n = 0;
    for (size_t i = 0; i < k->l->instruments_n; i++)
        for (size_t n = 0; n < k->l->instruments[i].kinds_n; n++)
            for (size_t m = 0; m < k->l->instruments[i].kinds[n].rows_n; m++) {
                const struct law_row *r = &k->l->instruments[i].kinds[n].rows[m];
                const struct law_particular *ground = own_named(r, "ground");
                if (!ground || ground->type != LAW_GROUND) continue;
                const struct law_particular *reasons = own_named(r, "reasons");
                const struct law_particular *barred = own_named(r, "reasons_barred");
                assert_non_null(reasons);
                if (barred) assert_text(barred->article, "37(18)");
                assert_int_equal(reasons->required, barred ? LAW_CONDITIONAL : LAW_ALWAYS);
                barred_n += barred != NULL;
            }
    assert_int_equal(barred_n, 1);
}

int kinds_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(every_row_of_every_kind_is_taken),
        with_kit(a_silent_state_stops_nothing),
        with_kit(what_cannot_be_kept_confidential_waits_for_a_word),
        with_kit(no_refusal_goes_without_reasons_unless_the_article_says_so),
    };
    return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
