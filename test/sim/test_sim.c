/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator itself (src/sim): the same seed does the same, what injects nothing fails, and what
 * is broken on purpose is noticed. What it finds about nodes is test/sim/run.
 *
 * src/sim/fake.c src/sim/fault.c src/sim/keeper.c src/sim/life.c src/sim/mutant.c src/sim/node.c
 * src/sim/officer.c src/sim/oracle.c src/sim/page.c src/sim/pool.c src/sim/program.c src/sim/tell.c
 * src/sim/twin.c src/sim/vault.c src/sim/wire.c src/sim/world.c src/sim/main.c */

#include "sim/sim_test.h"

#include "codec/codec.h"

#include <string.h>
#include <unistd.h>

static const struct sim_options small = {
    .states = 4, .seed = 3, .faults = 300, .jobs = 2, .world_faults = 150};

/* A world is a process of its own; it ends here. */
static err run(struct turn *t, const struct sim_options *o, struct sim_result *out)
{
    memset(out, 0, sizeof *out);
    err e = sim_run(t, o, out);
    if (e == ERR_NONE_SUCH) _exit(0);
    return e;
}

static void the_same_seed_does_the_same(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct sim_result *first = arena_take(a, sizeof *first), *again = arena_take(a, sizeof *again);
    struct sim_options o = small;
    assert_int_equal(run(&t, &o, first), ERR_OK);
    assert_int_equal(first->worlds, 2);
    assert_true(first->faults >= o.faults && first->delivered > 10);
    o.jobs = 1; /* how many run at a time makes no difference */
    assert_int_equal(run(&t, &o, again), ERR_OK);
    assert_memory_equal(first->trace, again->trace, sizeof first->trace);
    assert_memory_equal(first->hits, again->hits, sizeof first->hits);
    o.seed++;
    assert_int_equal(run(&t, &o, again), ERR_OK);
    assert_memory_not_equal(first->trace, again->trace, sizeof first->trace);
}

static void without_faults_it_fails_and_says_so(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct sim_result *r = arena_take(a, sizeof *r);
    struct sim_options o = small;
    o.faults = 0;
    assert_int_equal(run(&t, &o, r), ERR_REJECTED);
    assert_string_equal(t.fault.code, "nothing-injected");
}

static void a_broken_program_is_noticed_and_said_in_a_sentence(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct sim_result *r = arena_take(a, sizeof *r);
    const struct sim_mutant *m = sim_mutant_find(20);
    struct sim_options o = {.states = m->states,
                            .seed = m->seed,
                            .faults = m->faults,
                            .only = m->only,
                            .jobs = 1,
                            .mutant = m->number};
    assert_int_equal(run(&t, &o, r), ERR_REJECTED);
    assert_non_null(strstr(t.fault.sentence, "two different parcels"));
    assert_true(r->violations[1] > 0);
}

static void each_mutant_has_a_number_and_a_run_of_its_own(void **state)
{
    (void)state;
    size_t n = 0;
    for (const struct sim_mutant *m; (m = sim_mutant_at(n)); n++) {
        assert_ptr_equal(sim_mutant_find(m->number), m);
        assert_true(m->faults > 0 && m->states > 1 && m->only && m->breaks[0]);
    }
    assert_true(n >= 16);
    assert_null(sim_mutant_find(1000));
}

static void a_fault_hits_only_the_steps_it_can(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct sim_result *r = arena_take(a, sizeof *r);
    assert_true(sim_can_hit(SIM_KILL, R6));
    assert_false(sim_can_hit(SIM_DROP, S2));
    assert_int_equal(run(&t, &small, r), ERR_OK);
    for (int f = 0; f < SIM_FAULTS; f++)
        for (int s = 0; s < SIM_STEPS; s++)
            if (r->hits[f][s]) assert_true(sim_can_hit((enum sim_fault)f, (enum sim_step)s));
}

static void two_of_one_node_are_at_work_until_people_end_it(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct sim_result *r = arena_take(a, sizeof *r);
    struct sim_options o = small;
    o.faults = o.world_faults = 600;
    o.only = UINT64_C(1) << SIM_CLONE | UINT64_C(1) << SIM_DROP | UINT64_C(1) << SIM_DUPLICATE;
    assert_int_equal(run(&t, &o, r), ERR_OK);
    assert_true(r->hits[SIM_CLONE][SIM_STEPS] > 0 && r->delivered > 10);
}

static void a_run_is_told_as_text_as_json_and_as_a_page_without_script(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct sim_result *r = arena_take(a, sizeof *r);
    struct tree *m;
    assert_int_equal(run(&t, &small, r), ERR_OK);
    struct str json = sim_json(a, &small, r);
    assert_int_equal(json_read(&t, str_bytes(json), &codec_limits, &m), ERR_OK);
    assert_int_equal(tree_int(m, "seed", 0), 3);
    assert_int_equal(tree_int(m, "faults", 0), (int64_t)r->faults);
    assert_non_null(tree_get(tree_get(m, "matrix"), "kill"));
    const char *page = str_c(a, sim_page(a, &small, r)), *text = str_c(a, sim_text(a, &small, r));
    assert_non_null(strstr(page, "<svg"));
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "http"));
    assert_non_null(strstr(text, "faults were injected"));
}

static void what_is_called_wrongly_answers_two(void **state)
{
    (void)state;
    char name[] = "comity-simulate", states[] = "--states", one[] = "1", only[] = "--only",
         other[] = "rain";
    char *few[] = {name, states, one, NULL}, *unknown[] = {name, only, other, NULL};
    assert_int_equal(sim_main(3, few), 2);
    assert_int_equal(sim_main(3, unknown), 2);
}

int sim_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_does_the_same),
        cmocka_unit_test(without_faults_it_fails_and_says_so),
        cmocka_unit_test(a_broken_program_is_noticed_and_said_in_a_sentence),
        cmocka_unit_test(each_mutant_has_a_number_and_a_run_of_its_own),
        cmocka_unit_test(a_fault_hits_only_the_steps_it_can),
        cmocka_unit_test(two_of_one_node_are_at_work_until_people_end_it),
        cmocka_unit_test(a_run_is_told_as_text_as_json_and_as_a_page_without_script),
        cmocka_unit_test(what_is_called_wrongly_answers_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
