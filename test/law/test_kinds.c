/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of every instrument, walked at random by both sides: each row of each lifecycle is
 * taken, and what is refused says why. What must never happen is in test_properties.c. */

#include "walk.h"

#include <stdio.h>

enum { STEPS_OF_KIND = 60000, TAKEN_ENOUGH = 3, STEPS_AT_LEAST = 300 };

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

int kinds_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(every_row_of_every_kind_is_taken),
    };
    return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
