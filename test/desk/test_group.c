/* SPDX-License-Identifier: Apache-2.0 */
/* Turns in groups: how many durable syncs they cost, and what a failing disk does to them. */

#include "desk/desk_test.h"
#include "kit/faulty_vfs.h"

#include <stdlib.h>
#include <string.h>

enum { FLIGHT = 64 };

static char folder[64];

static int up(void **state)
{
    (void)state;
    memcpy(folder, "/tmp/comity-group-XXXXXX", 25);
    return mkdtemp(folder) ? 0 : -1;
}

struct intake {
    struct desk_turn turns[FLIGHT];
    struct desk_turn *list[FLIGHT];
    struct desk_parcel parcels[FLIGHT];
    size_t n;
};

/* Opens sealed parcels as `post` does, each in a turn of its own. */
static void take(struct world *w, struct intake *in, struct arena *a, const struct desk_job *jobs,
                 size_t n)
{
    in->n = n;
    for (size_t k = 0; k < n; k++) {
        struct desk_turn *dt = &in->turns[k];
        memset(dt, 0, sizeof *dt);
        dt->t = (struct turn){.arena = a, .clock = &w->clock, .chance = &w->chance};
        dt->action = DESK_RECEIVE;
        dt->uid = -1;
        assert_int_equal(world_parcel(&w->node[1], &dt->t, jobs[k].sealed, &in->parcels[k]),
                         ERR_OK);
        dt->parcel = &in->parcels[k];
        in->list[k] = dt;
    }
}

static struct desk_job *flight(struct world *w, struct arena *a, size_t n)
{
    for (size_t k = 0; k < n; k++) (void)world_request(&w->node[0], &w->node[1], a);
    struct desk_job *jobs;
    size_t got;
    assert_ok(w, world_jobs(&w->node[0], a, &jobs, &got));
    assert_int_equal(got, n);
    return jobs;
}

static void sixty_four_in_flight_share_their_sync(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 11, &suite_fake, folder);
    w.made = str_of(folder);
    auto_arena a = arena_new();
    struct desk_job *jobs = flight(&w, a, FLIGHT);
    struct intake *in = arena_take(a, sizeof *in);
    take(&w, in, a, jobs, FLIGHT);
    struct desk_counts before = desk_counted(w.node[1].desk);
    desk_run(w.node[1].desk, in->list, FLIGHT);
    struct desk_counts after = desk_counted(w.node[1].desk);
    for (size_t k = 0; k < FLIGHT; k++) {
        assert_int_equal(in->turns[k].result, ERR_OK);
        assert_true(in->turns[k].answer.n > 0);
    }
    uint64_t syncs = after.answer_syncs - before.answer_syncs;
    assert_int_equal(after.receives - before.receives, FLIGHT);
    assert_true(syncs >= 1 && syncs * 4 <= FLIGHT);
    print_message("# %d parcels, %llu sync(s) before their answers; checkpoints %llu\n", FLIGHT,
                  (unsigned long long)syncs,
                  (unsigned long long)(after.checkpoint_syncs - before.checkpoint_syncs));
    world_close(&w);
}

static void one_alone_costs_one_sync(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 12, &suite_fake, folder);
    w.made = str_of(folder);
    auto_arena a = arena_new();
    struct desk_job *jobs = flight(&w, a, 1);
    struct intake *in = arena_take(a, sizeof *in);
    take(&w, in, a, jobs, 1);
    struct desk_counts before = desk_counted(w.node[1].desk);
    desk_run(w.node[1].desk, in->list, 1);
    struct desk_counts after = desk_counted(w.node[1].desk);
    assert_int_equal(in->turns[0].result, ERR_OK);
    assert_int_equal(after.answer_syncs - before.answer_syncs, 1);
    world_close(&w);
}

static void a_refused_turn_does_not_hurt_its_group(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 13, &suite_fake, NULL);
    auto_arena a = arena_new();
    struct desk_job *jobs = flight(&w, a, 4);
    struct intake *in = arena_take(a, sizeof *in);
    take(&w, in, a, jobs, 4);
    in->parcels[2].sequence = 1; /* a sequence that another parcel of the group takes first */
    desk_run(w.node[1].desk, in->list, 4);
    assert_int_equal(in->turns[2].result, ERR_REJECTED);
    assert_string_equal(in->turns[2].t.fault.code, "sequence-taken");
    for (size_t k = 0; k < 4; k++)
        if (k != 2) assert_int_equal(in->turns[k].result, ERR_OK);
    assert_ok(&w, world_fsck(&w.node[1], a));
    world_close(&w);
}

static struct faulty_vfs disk;

/* A world on a disk that can fail, from its start. */
static void faulty_world(struct world *w, uint64_t seed)
{
    assert_true(faulty_vfs_up(&disk, "faulty-desk"));
    world_open_on(w, 2, seed, &suite_fake, folder, "faulty-desk");
    w->made = str_of(folder);
}

static void a_full_disk_refuses_the_turn_and_heals(void **state)
{
    (void)state;
    struct world w;
    faulty_world(&w, 14);
    auto_arena a = arena_new();
    struct desk_job *jobs = flight(&w, a, 2);
    struct intake *in = arena_take(a, sizeof *in);
    take(&w, in, a, jobs, 2);
    disk.full_from = disk.writes + 1;
    desk_run(w.node[1].desk, in->list, 2);
    assert_true(disk.failed_writes > 0);
    for (size_t k = 0; k < 2; k++) assert_int_equal(in->turns[k].result, ERR_FULL);
    assert_int_equal(w.node[1].died, 0);
    disk.full_from = 0;
    desk_run(w.node[1].desk, in->list, 2);
    for (size_t k = 0; k < 2; k++) assert_int_equal(in->turns[k].result, ERR_OK);
    assert_ok(&w, world_fsck(&w.node[1], a));
    world_close(&w);
    faulty_vfs_down(&disk);
}

static void a_failed_sync_at_commit_ends_the_process_unanswered(void **state)
{
    (void)state;
    struct world w;
    faulty_world(&w, 15);
    auto_arena a = arena_new();
    struct desk_job *jobs = flight(&w, a, 1);
    struct intake *in = arena_take(a, sizeof *in);
    take(&w, in, a, jobs, 1);
    disk.fail_sync = disk.syncs + 1;
    desk_run(w.node[1].desk, in->list, 1);
    assert_int_equal(disk.failed_syncs, 1);
    assert_int_equal(w.node[1].died, 1);
    assert_int_equal(in->turns[0].result, ERR_UNKNOWN);
    assert_int_equal(in->turns[0].answer.n, 0);
    world_close(&w);
    faulty_vfs_down(&disk);
}

int test_group(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sixty_four_in_flight_share_their_sync, up),
        cmocka_unit_test_setup(one_alone_costs_one_sync, up),
        cmocka_unit_test(a_refused_turn_does_not_hurt_its_group),
        cmocka_unit_test_setup(a_full_disk_refuses_the_turn_and_heals, up),
        cmocka_unit_test_setup(a_failed_sync_at_commit_ends_the_process_unanswered, up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
