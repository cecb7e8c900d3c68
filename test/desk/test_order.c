/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed parcels of two crossing streams, delivered in many orders, with repeats: one state. The
 * law's own tests permute the fold; these go through seal, intake and projection. */

#include "desk/desk_test.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ORDERS = 100, PARCELS = 6 };

struct flight {
    struct desk_job *jobs;
    size_t n;
    struct world_node *from, *to;
};

/* An act in a dossier that both sides know by the requesting State's ref. */
static void act(struct world_node *n, struct arena *a, struct str ref, const char *name,
                const char *first, const char *second)
{
    struct str which = str_printf(a, "ref=" STR_FMT, STR_ARG(ref));
    struct str what = str_printf(a, "act=%s", name);
    const struct tree *args = world_args(a, str_c(a, which), str_c(a, what), first, second, NULL);
    assert_ok(n->world, world_do(n, a, DESK_ACT, args, NULL));
}

/* Both sides act without hearing of each other: answers and questions cross a withdrawal. */
static struct str cross(struct world *w, struct arena *a, struct flight *there, struct flight *back)
{
    struct world_node *x0 = &w->node[0], *x1 = &w->node[1];
    struct str ref = world_request(x0, x1, a);
    world_settle(w);
    act(x1, a, ref, "acknowledge", NULL, NULL);
    act(x1, a, ref, "ask", "particulars.question=Which server?", NULL);
    act(x1, a, ref, "refuse", "particulars.ground=essential_interests",
        "particulars.reasons=Because.");
    act(x0, a, ref, "withdraw", "particulars.reasons=No longer needed.", NULL);
    there->from = back->to = x0;
    there->to = back->from = x1;
    assert_ok(w, world_jobs(x0, a, &there->jobs, &there->n));
    assert_ok(w, world_jobs(x1, a, &back->jobs, &back->n));
    assert_true(there->n == 1 && back->n == 3);
    return ref;
}

static struct str outcome(struct world_node *n, struct arena *a, struct str ref)
{
    const struct tree *v = show(n, a, ref);
    struct tree *m = tree_map(a);
    tree_add_copy(a, m, "state", tree_get(v, "state"));
    tree_add_copy(a, m, "ended", tree_get(v, "ended"));
    struct tree *acts = tree_add_list(a, m, "acts");
    const char *streams[] = {"requesting", "requested"};
    for (int s = 0; s < 2; s++)
        for (int64_t k = 1; k <= PARCELS; k++)
            for (const struct tree *e = tree_get(v, "acts")->child; e; e = e->next)
                if (tree_int(e, "n", 0) == k && str_is(tree_str(e, "stream"), streams[s])) {
                    struct tree *one = tree_add_map(a, acts, NULL);
                    tree_add_copy(a, one, "act", tree_get(e, "act"));
                    tree_add_copy(a, one, "effect", tree_get(e, "effect"));
                }
    return json_write(a, m);
}

/* Delivers all in a drawn order, some twice; the same receipt body must come back. */
static void deliver(struct world *w, struct arena *a, const struct flight *f)
{
    size_t order[PARCELS];
    for (size_t k = 0; k < f->n; k++) order[k] = k;
    for (size_t k = f->n; k > 1; k--) {
        size_t j = (size_t)world_draw(w, k), keep = order[j];
        order[j] = order[k - 1];
        order[k - 1] = keep;
    }
    for (size_t k = 0; k < f->n; k++) {
        const struct desk_job *job = &f->jobs[order[k]];
        struct str first, again;
        assert_ok(w, world_deliver(f->to, f->from, a, job->sealed, &first));
        if (world_draw(w, 2)) {
            assert_ok(w, world_deliver(f->to, f->from, a, job->sealed, &again));
            assert_ok(w, world_receipt(f->from, &job->act, again));
        }
        assert_ok(w, world_receipt(f->from, &job->act, first));
    }
}

static void any_order_of_crossing_parcels_gives_one_state(void **state)
{
    (void)state;
    struct str want = {0};
    struct world w;
    world_open(&w, 2, 100, &suite_fake, NULL);
    auto_arena keep = arena_new();
    for (int k = 0; k < ORDERS; k++) {
        auto_arena a = arena_new();
        struct flight there = {0}, back = {0};
        struct str ref = cross(&w, a, &there, &back);
        bool first = world_draw(&w, 2) == 0;
        deliver(&w, a, first ? &there : &back);
        deliver(&w, a, first ? &back : &there);
        world_settle(&w);
        struct str here = outcome(&w.node[0], a, ref), other = outcome(&w.node[1], a, ref);
        if (!str_eq(here, other)) fail_msg(STR_FMT "\n" STR_FMT, STR_ARG(here), STR_ARG(other));
        if (!want.n) want = str_dup(keep, here);
        assert_true(str_eq(want, here));
    }
    print_message("# %d orders, one state: " STR_FMT "\n", ORDERS, STR_ARG(want));
    world_close(&w);
}

static void a_gap_is_held_receipted_and_asked_for(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 9, &suite_fake, NULL);
    auto_arena a = arena_new();
    struct flight there = {0}, back = {0};
    struct str answer, ref = cross(&w, a, &there, &back);
    assert_ok(&w, world_deliver(back.to, back.from, a, back.jobs[2].sealed, &answer));
    assert_non_null(memmem(answer.p, answer.n, "receipt", 7));
    const struct tree *v = show(&w.node[0], a, ref);
    const struct tree *last = tree_get(v, "acts")->last;
    assert_text(last, "act", "refuse");
    assert_text(last, "effect", "waiting");
    assert_ok(&w, world_receipt(back.from, &back.jobs[2].act, answer));
    world_settle(&w);
    assert_text(show(&w.node[0], a, ref), "state", "withdrawn");
    world_close(&w);
}

/* Each way between two authorities counts for itself, so four lines from one node to another. */
static void each_pair_of_authorities_has_a_line_of_its_own(void **state)
{
    (void)state;
    struct world w;
    world_open_two(&w, 2, 10, &suite_fake);
    auto_arena a = arena_new();
    struct world_node *x0 = &w.node[0], *x1 = &w.node[1];
    const struct str to[] = {x1->address, x1->second};
    struct str refs[8];
    size_t n = 0;
    for (int round = 0; round < 2; round++)
        for (x0->uid = 0; x0->uid < 2; x0->uid++)
            for (size_t k = 0; k < 2; k++) refs[n++] = world_request_to(x0, to[k], a);
    x0->uid = 0;
    struct desk_job *jobs;
    size_t jobs_n;
    assert_ok(&w, world_jobs(x0, a, &jobs, &jobs_n));
    assert_int_equal(jobs_n, n);
    for (size_t k = jobs_n; k-- > 0;) { /* the last first: what lacks is asked for in its line */
        struct str answer;
        assert_ok(&w, world_deliver(x1, x0, a, jobs[k].sealed, &answer));
        assert_ok(&w, world_receipt(x0, &jobs[k].act, answer));
        assert_true(jobs[k].sequence == 1 || jobs[k].sequence == 2);
    }
    for (size_t k = 0; k < n; k++) {
        x0->uid = k / 2 % 2; /* each authority sees its own alone */
        x1->uid = k % 2;
        const struct tree *v = show(x0, a, refs[k]);
        assert_text(tree_get(v, "acts")->child, "level", "held");
        (void)show(x1, a, refs[k]);
        x0->uid = 1 - x0->uid;
        struct tree *which = tree_map(a);
        tree_add_str(a, which, "ref", refs[k]);
        assert_int_equal(world_do(x0, a, DESK_SHOW, which, NULL), ERR_NONE_SUCH);
    }
    x0->uid = x1->uid = 0;
    assert_ok(&w, world_fsck(x0, a));
    assert_ok(&w, world_fsck(x1, a));
    world_close(&w);
}

/* All documents are gone. */
static void vault_spoil(struct world_node *n, struct arena *a)
{
    struct str folder = str_printf(a, STR_FMT "/vault", STR_ARG(n->folder));
    DIR *d = opendir(str_c(a, folder));
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        struct str path = str_printf(a, STR_FMT "/%s", STR_ARG(folder), e->d_name);
        if (e->d_name[0] != '.') assert_int_equal(unlink(str_c(a, path)), 0);
    }
    closedir(d);
}

static void an_act_that_cannot_be_built_holds_up_no_other(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 3, 12, &suite_fake, NULL);
    auto_arena a = arena_new();
    struct world_node *x0 = &w.node[0];
    struct str broken = world_request(x0, &w.node[1], a);
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "ref", broken);
    tree_add_str(a, args, "act", STR("withdraw"));
    tree_add_str(a, tree_add_map(a, args, "particulars"), "reasons", STR("None."));
    struct tree *doc = tree_add_map(a, tree_add_list(a, args, "documents"), NULL);
    tree_add_str(a, doc, "name", STR("a.txt"));
    tree_add_str(a, doc, "type", STR("text/plain"));
    tree_add_str(a, doc, "data", STR("QUJD"));
    assert_ok(&w, world_do(x0, a, DESK_ACT, args, NULL));
    vault_spoil(x0, a);
    struct str first = world_request(x0, &w.node[1], a), second = world_request(x0, &w.node[2], a);
    world_settle(&w);
    assert_text(tree_get(show(x0, a, first), "acts")->child, "level", "held");
    assert_text(tree_get(show(x0, a, second), "acts")->child, "level", "held");
    const struct tree *last = tree_get(show(x0, a, broken), "acts")->last;
    assert_text(last, "level", "held-here");
    assert_true(tree_str(tree_get(last, "undelivered"), "why").n > 0);
    uint64_t groups = desk_counted(x0->desk).groups;
    int64_t unbuilt, unsent;
    struct turn t = {.arena = a, .clock = &w.clock, .chance = &w.chance};
    assert_ok(&w, desk_waiting(x0->desk, &t, &unbuilt, &unsent));
    assert_true(unbuilt == 0 && unsent == 1);
    assert_int_equal(desk_counted(x0->desk).groups, groups);
    w.now_ms += 60000; /* and it is tried again */
    assert_ok(&w, desk_waiting(x0->desk, &t, &unbuilt, &unsent));
    assert_int_equal(unbuilt, 1);
    world_close(&w);
}

/* ---- receipts that contradict what was seen -------------------------------------------------- */

static struct desk_job one_job(struct world_node *from, struct world_node *to, struct arena *a)
{
    struct desk_job *jobs;
    size_t n;
    (void)world_request(from, to, a);
    assert_ok(from->world, world_jobs(from, a, &jobs, &n));
    assert_int_equal(n, 1);
    return jobs[0];
}

static err receipt_with(struct world_node *n, const struct desk_job *job, struct str answer,
                        int64_t log_size)
{
    return world_receipt_from(n, &job->act, answer, log_size);
}

static void a_receipt_of_another_sequence_is_none(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 13, &suite_fake, NULL);
    auto_arena a = arena_new();
    struct desk_job job = one_job(&w.node[0], &w.node[1], a);
    struct desk_turn dt = {.t = {.arena = a, .clock = &w.clock, .chance = &w.chance},
                           .action = DESK_RECEIVE,
                           .uid = -1};
    struct desk_turn *one = &dt;
    struct desk_parcel parcel;
    assert_ok(&w, world_parcel(&w.node[1], &dt.t, job.sealed, &parcel));
    parcel.sequence = 7;
    dt.parcel = &parcel;
    desk_run(w.node[1].desk, &one, 1);
    assert_ok(&w, dt.result);
    assert_int_equal(receipt_with(&w.node[0], &job, dt.answer, 0), ERR_REJECTED);
    assert_string_equal(w.fault.code, "receipt-sequence");
    world_close(&w);
}

static void a_head_smaller_than_one_known_before_is_refused(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 14, &suite_fake, NULL);
    auto_arena a = arena_new();
    struct str answer;
    struct desk_job job = one_job(&w.node[0], &w.node[1], a);
    assert_int_equal(job.log_size, 0);
    assert_ok(&w, world_deliver(&w.node[1], &w.node[0], a, job.sealed, &answer));
    int64_t size = (int64_t)w.node[1].head.size;
    assert_int_equal(receipt_with(&w.node[0], &job, answer, size), ERR_OK);
    job = one_job(&w.node[0], &w.node[1], a);
    assert_int_equal(job.log_size, size); /* what the next answer may not fall behind */
    assert_ok(&w, world_deliver(&w.node[1], &w.node[0], a, job.sealed, &answer));
    size = (int64_t)w.node[1].head.size;
    assert_int_equal(receipt_with(&w.node[0], &job, answer, size + 1), ERR_REJECTED);
    assert_string_equal(w.fault.code, "log-rewound");
    assert_ok(&w, receipt_with(&w.node[0], &job, answer, size));
    assert_ok(&w, world_fsck(&w.node[0], a));
    world_close(&w);
}

static void copy(struct turn *t, struct str from, struct str to, const char *suffix)
{
    struct bytes data;
    const char *source = str_c(t->arena, str_printf(t->arena, STR_FMT "%s", STR_ARG(from), suffix));
    const char *target = str_c(t->arena, str_printf(t->arena, STR_FMT "%s", STR_ARG(to), suffix));
    assert_int_equal(file_read(t, source, 64 << 20, &data), ERR_OK);
    assert_int_equal(file_write(t, target, data, 0600), ERR_OK);
}

/* It bears no signature: on its way it may be altered, or another life of that node gave it. */
static void a_proof_that_proves_nothing_is_no_sign_of_a_fork(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 2, 16, &suite_fake, NULL);
    auto_arena a = arena_new();
    struct world_node *x0 = &w.node[0], *x1 = &w.node[1];
    struct str answer;
    struct desk_job job = one_job(x0, x1, a);
    assert_ok(&w, world_deliver(x1, x0, a, job.sealed, &answer));
    assert_ok(&w, receipt_with(x0, &job, answer, job.log_size));
    job = one_job(x0, x1, a);
    assert_ok(&w, world_deliver(x1, x0, a, job.sealed, &answer));
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "act", hex(a, id_bytes(&job.act)));
    tree_add_str(a, args, "answer", answer);
    struct desk_turn dt = {.t = {.arena = a, .clock = &w.clock, .chance = &w.chance},
                           .action = DESK_RECEIPT,
                           .uid = x0->uid,
                           .args = args};
    struct desk_turn *one = &dt;
    desk_run(x0->desk, &one, 1);
    assert_string_equal(dt.t.fault.code, "head-unproven");
    turn_forgive(&dt.t);
    dt.proof.given = true;
    dt.proof.path = (struct ledger_proof){.n = 1};
    desk_run(x0->desk, &one, 1);
    assert_true(dt.result != ERR_OK && !dt.evidence);
    assert_string_equal(dt.t.fault.code, "log-unproven");
    assert_ok(&w, receipt_with(x0, &job, answer, job.log_size));
    world_close(&w);
}

/* A node goes on from an old copy of its store, as if nothing had been after it. */
static void two_heads_of_one_size_are_a_fork(void **state)
{
    (void)state;
    static char folder[64];
    memcpy(folder, "/tmp/comity-order-XXXXXX", 25);
    assert_non_null(mkdtemp(folder));
    struct world w;
    world_open(&w, 2, 15, &suite_fake, folder);
    w.made = str_of(folder);
    auto_arena a = arena_new();
    struct turn t = {.arena = a, .clock = &w.clock, .chance = &w.chance};
    struct world_node *x0 = &w.node[0], *x1 = &w.node[1];
    struct str old = str_printf(w.arena, "%s/old.db", folder), answer;
    assert_ok(&w, world_restart(x1));
    copy(&t, x1->db_path, old, "");
    copy(&t, x1->db_path, old, "-wal");
    struct ledger_checkpoint old_head = x1->head;
    struct str old_note = x1->note;
    struct desk_job job = one_job(x0, x1, a);
    assert_ok(&w, world_deliver(x1, x0, a, job.sealed, &answer));
    assert_ok(&w, receipt_with(x0, &job, answer, job.log_size));
    x1->db_path = old;
    x1->head = old_head; /* and its keeper from an old copy too */
    x1->note = old_note;
    assert_ok(&w, world_restart(x1));
    job = one_job(x0, x1, a);
    assert_ok(&w, world_deliver(x1, x0, a, job.sealed, &answer));
    assert_int_equal(receipt_with(x0, &job, answer, job.log_size), ERR_REJECTED);
    assert_string_equal(w.fault.code, "log-forked");
    world_close(&w);
}

int test_order(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_of_crossing_parcels_gives_one_state),
        cmocka_unit_test(a_gap_is_held_receipted_and_asked_for),
        cmocka_unit_test(an_act_that_cannot_be_built_holds_up_no_other),
        cmocka_unit_test(a_receipt_of_another_sequence_is_none),
        cmocka_unit_test(a_head_smaller_than_one_known_before_is_refused),
        cmocka_unit_test(a_proof_that_proves_nothing_is_no_sign_of_a_fork),
        cmocka_unit_test(two_heads_of_one_size_are_a_fork),
        cmocka_unit_test(each_pair_of_authorities_has_a_line_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
