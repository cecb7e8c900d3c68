/* SPDX-License-Identifier: Apache-2.0 */
/* A node put back from a backup: another incarnation, a log of its own, and what an older life of a
 * peer says is not believed. */

#include "desk/desk_internal.h"
#include "desk/desk_test.h"
#include "kit/stored.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct world w;
    struct arena *a;
    const char *folder;
    struct world_node *here, *there;
    struct str ref; /* of what was asked before anything was backed up */
};

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    b->a = arena_new();
    char *folder = arena_take(b->a, 64);
    snprintf(folder, 64, "/tmp/comity-life-XXXXXX");
    b->folder = mkdtemp(folder);
    world_open(&b->w, 2, 7, &suite_fake, b->folder);
    b->here = &b->w.node[0];
    b->there = &b->w.node[1];
    b->ref = world_request(b->here, b->there, b->a);
    world_settle(&b->w);
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    world_close(&b->w);
    (void)nftw(b->folder, drop, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(b->a);
    test_free(b);
    return 0;
}

/* ---- a backup, as files ---------------------------------------------------------------------- */

static void close_desk(struct world_node *n)
{
    desk_close(n->desk);
    n->desk = NULL;
}

static void backup(struct bench *b, struct world_node *n)
{
    close_desk(n);
    stored_copy(b->a, b->folder, str_c(b->a, str_printf(b->a, "n%d.db", n->number)), "old.db");
    assert_ok(&b->w, world_restart(n));
}

static void restore(struct bench *b, struct world_node *n, bool lost)
{
    close_desk(n);
    stored_copy(b->a, b->folder, "old.db", str_c(b->a, str_printf(b->a, "n%d.db", n->number)));
    assert_ok(&b->w, world_restore(n, lost));
}

static void assert_head(struct bench *b, const struct world_node *n)
{
    struct str origin =
        str_printf(b->a, "comity." STR_FMT "/%lld", STR_ARG(n->address), (long long)n->life);
    assert_true(str_eq(n->head.origin, origin));
    assert_int_equal(n->head.size, store_log_size(n->desk->store));
}

/* ---- one's own life -------------------------------------------------------------------------- */

static void a_restored_node_begins_a_log_that_cites_the_old_one(void **state)
{
    struct bench *b = *state;
    backup(b, b->here);
    uint64_t then = store_log_size(b->here->desk->store);
    (void)world_request(b->here, b->there, b->a);
    uint64_t newest = b->here->head.size;
    assert_true(newest > then);
    restore(b, b->here, false);
    assert_true(b->here->life > 1);
    assert_int_equal(store_log_size(b->here->desk->store), then + 1);
    assert_head(b, b->here);
    struct turn t = {.arena = b->a};
    struct store_record r;
    struct tree *act;
    assert_int_equal(store_record_at(&t, b->here->desk->store, (int64_t)then, &r), ERR_OK);
    assert_int_equal(json_read(&t, r.open, &codec_limits, &act), ERR_OK);
    assert_text(act, "act", "node.restored");
    const struct tree *p = tree_get(act, "particulars");
    assert_text(p, "origin", "comity.XA/csb");
    assert_int_equal(tree_int(p, "size", 0), newest);
    assert_ok(&b->w, world_restart(b->here));
    stands_again(b->here, b->a);
    assert_head(b, b->here);
}

static void a_node_whose_keeper_forgot_cites_what_the_backup_held(void **state)
{
    struct bench *b = *state;
    backup(b, b->here);
    uint64_t then = store_log_size(b->here->desk->store);
    restore(b, b->here, true);
    struct turn t = {.arena = b->a};
    struct store_record r;
    struct tree *act;
    assert_int_equal(store_record_at(&t, b->here->desk->store, (int64_t)then, &r), ERR_OK);
    assert_int_equal(json_read(&t, r.open, &codec_limits, &act), ERR_OK);
    assert_int_equal(tree_int(tree_get(act, "particulars"), "size", 0), then);
    assert_text(tree_get(act, "particulars"), "note", "");
}

static void a_running_node_does_not_become_another(void **state)
{
    struct bench *b = *state;
    struct tree *args = tree_map(b->a);
    tree_add_int(b->a, args, "incarnation", 9);
    assert_int_equal(world_do(b->here, b->a, DESK_RESTORE, args, NULL), ERR_NOT_ALLOWED);
    assert_int_equal(b->here->desk->incarnation, 1);
}

static void nothing_is_done_before_the_node_has_its_number(void **state)
{
    struct bench *b = *state;
    b->here->desk->restores = true;
    assert_int_equal(world_do(b->here, b->a, DESK_LIST, NULL, NULL), ERR_BUSY);
    struct tree *args = tree_map(b->a);
    tree_add_int(b->a, args, "incarnation", 1);
    assert_int_equal(world_do(b->here, b->a, DESK_RESTORE, args, NULL), ERR_REJECTED);
}

static void numbers_of_an_older_life_are_never_used_again(void **state)
{
    struct bench *b = *state;
    backup(b, b->here);
    restore(b, b->here, false);
    (void)world_request(b->here, b->there, b->a);
    struct desk_job *jobs;
    size_t n;
    assert_ok(&b->w, world_jobs(b->here, b->a, &jobs, &n));
    assert_int_equal(n, 1);
    struct desk_parcel p;
    struct turn t = {.arena = b->a, .clock = &b->w.clock, .chance = &b->w.chance};
    assert_int_equal(world_parcel(b->there, &t, jobs[0].sealed, &p), ERR_OK);
    assert_int_equal(p.incarnation, b->here->life);
    assert_int_equal(p.sequence, 1);
    world_settle(&b->w);
    stands_again(b->here, b->a);
    stands_again(b->there, b->a);
}

/* ---- lives of others ------------------------------------------------------------------------- */

static int64_t known_life(struct bench *b)
{
    struct turn t = {.arena = b->a};
    int64_t life;
    const struct desk_peer *peer = desk_peer(b->here->desk, b->there->address);
    assert_int_equal(desk_peer_life(b->here->desk, &t, peer, &life), ERR_OK);
    return life;
}

static void a_receipt_of_a_life_that_is_over_is_not_believed(void **state)
{
    struct bench *b = *state;
    struct desk_job *jobs;
    struct str stale, fresh, answer;
    size_t n;
    backup(b, b->there);
    (void)world_request(b->here, b->there, b->a);
    assert_ok(&b->w, world_jobs(b->here, b->a, &jobs, &n));
    assert_int_equal(n, 1);
    struct id act = jobs[0].act;
    struct bytes sealed = jobs[0].sealed;
    assert_ok(&b->w, world_deliver(b->there, b->here, b->a, sealed, &stale));
    restore(b, b->there, false);
    assert_int_equal(known_life(b), 1);
    struct str other = world_request(b->here, b->there, b->a);
    (void)other;
    assert_ok(&b->w, world_jobs(b->here, b->a, &jobs, &n));
    for (size_t k = 0; k < n; k++) {
        if (id_eq(&jobs[k].act, &act)) continue;
        assert_ok(&b->w, world_deliver(b->there, b->here, b->a, jobs[k].sealed, &answer));
        assert_ok(&b->w, world_receipt(b->here, &jobs[k].act, answer));
    }
    assert_int_equal(known_life(b), b->there->life);
    assert_int_equal(world_receipt(b->here, &act, stale), ERR_REJECTED);
    assert_string_equal(b->w.fault.code, "receipt-stale");
    assert_ok(&b->w, world_deliver(b->there, b->here, b->a, sealed, &fresh));
    assert_ok(&b->w, world_receipt(b->here, &act, fresh));
    assert_int_equal(known_life(b), b->there->life);
    stands_again(b->here, b->a);
    assert_int_equal(known_life(b), b->there->life);
}

/* What was in the backup is held by the new life, too: its leaf stands in the new log. */
static void an_old_receipt_shown_in_the_new_log_is_believed(void **state)
{
    struct bench *b = *state;
    struct desk_job *jobs;
    struct str answer;
    size_t n;
    (void)world_request(b->here, b->there, b->a);
    assert_ok(&b->w, world_jobs(b->here, b->a, &jobs, &n));
    assert_ok(&b->w, world_deliver(b->there, b->here, b->a, jobs[0].sealed, NULL));
    backup(b, b->there);
    restore(b, b->there, false);
    assert_ok(&b->w, world_deliver(b->there, b->here, b->a, jobs[0].sealed, &answer));
    assert_ok(&b->w, world_receipt(b->here, &jobs[0].act, answer));
    assert_int_equal(known_life(b), b->there->life);
}

/* ---- what was lost --------------------------------------------------------------------------- */

/* What a node's officer sees of all its dossiers, in one text; labels of foreign requests may
 * differ after they came again. */
static struct str all_acts(struct bench *b, struct world_node *n)
{
    struct buf text = buf_in(b->a);
    struct turn t = {.arena = b->a};
    struct store_record r;
    bool found = true;
    struct str lines[256];
    size_t count = 0;
    for (int64_t leaf = 0; found; leaf++) {
        assert_int_equal(store_record_next(&t, n->desk->store, leaf, &found, &leaf), ERR_OK);
        if (!found) break;
        assert_int_equal(store_record_at(&t, n->desk->store, leaf, &r), ERR_OK);
        struct str way = tree_str(r.rest, "way");
        if (!str_is(r.kind, "act") || !(str_is(way, "in") || str_is(way, "out"))) continue;
        struct hash h = seal_sha256_of(r.open);
        assert_true(count < 256);
        lines[count++] = str_printf(b->a, STR_FMT " " STR_FMT "\n", STR_ARG(way),
                                    STR_ARG(hex(b->a, hash_bytes(&h))));
    }
    for (size_t k = 0; k < count; k++)
        for (size_t j = k + 1; j < count; j++)
            if (str_cmp(lines[j], lines[k]) < 0) {
                struct str s = lines[k];
                lines[k] = lines[j];
                lines[j] = s;
            }
    for (size_t k = 0; k < count; k++) buf_str(&text, lines[k]);
    return buf_as_str(&text);
}

/* Both sides until nothing moves any more; answers how many parcels came back. */
static int everything(struct bench *b)
{
    int back = 0, all = 0;
    for (int round = 0; round < 8; round++) {
        assert_ok(&b->w, world_reconcile(b->here, b->there, &back));
        all += back;
        assert_ok(&b->w, world_reconcile(b->there, b->here, &back));
        all += back;
        world_settle(&b->w);
    }
    return all;
}

static struct str act(struct bench *b, struct world_node *n, struct str ref, const char *what,
                      const char *more)
{
    const struct tree *v = NULL;
    struct str r = str_printf(b->a, "ref=" STR_FMT, STR_ARG(ref)),
               w = str_printf(b->a, "act=%s", what);
    assert_ok(&b->w, world_do(n, b->a, DESK_ACT,
                              world_args(b->a, str_c(b->a, r), str_c(b->a, w), more, NULL), &v));
    return tree_str(v, "id");
}

/* A day after the backup: both ask, both answer. The refs are those of who asks. */
static struct str a_day(struct bench *b, struct str ref)
{
    (void)act(b, b->there, ref, "acknowledge", NULL);
    (void)act(b, b->there, ref, "ask", "particulars.question=Which server?");
    struct str second = world_request(b->here, b->there, b->a);
    struct str theirs = world_request(b->there, b->here, b->a);
    world_settle(&b->w);
    (void)act(b, b->here, theirs, "acknowledge", NULL);
    (void)act(b, b->here, ref, "withdraw", "particulars.reasons=No longer needed.");
    world_settle(&b->w);
    (void)act(b, b->there, second, "acknowledge", NULL);
    (void)world_request(b->there, b->here, b->a);
    (void)world_request(b->here, b->there, b->a);
    world_settle(&b->w);
    return second;
}

static void whoever_is_put_back(struct bench *b, struct world_node *n)
{
    backup(b, n);
    struct str second = a_day(b, b->ref);
    struct str here = all_acts(b, b->here), there = all_acts(b, b->there);
    restore(b, n, true);
    assert_true(all_acts(b, n).n < (n == b->here ? here : there).n);
    assert_true(everything(b) > 0);
    assert_true(str_eq(all_acts(b, b->here), here));
    assert_true(str_eq(all_acts(b, b->there), there));
    int64_t waiting;
    struct turn t = {.arena = b->a, .clock = &b->w.clock, .chance = &b->w.chance};
    for (int k = 0; k < 2; k++) {
        assert_int_equal(store_outgoing_count(&t, b->w.node[k].desk->store, &waiting), ERR_OK);
        assert_int_equal(waiting, 0);
        stands_again(&b->w.node[k], b->a);
        assert_ok(&b->w, world_restart(&b->w.node[k]));
    }
    (void)act(b, b->here, second, "withdraw", "particulars.reasons=No longer needed.");
    world_settle(&b->w);
    assert_int_equal(everything(b), 0);
}

static int64_t waiting(struct bench *b)
{
    struct turn t = {.arena = b->a, .clock = &b->w.clock, .chance = &b->w.chance};
    int64_t n;
    assert_int_equal(store_outgoing_count(&t, b->here->desk->store, &n), ERR_OK);
    return n;
}

/* The other node said that it holds nothing of ours; the log had `asked` leaves as we asked. */
static void told_nothing(struct bench *b, int64_t asked)
{
    struct summary *s = arena_take(b->a, sizeof *s);
    *s = (struct summary){.from = b->there->address,
                          .to = b->here->address,
                          .incarnation = 1,
                          .ranges_n = 1,
                          .ranges = {{.incarnation = 1, .first = 1, .unit = 1, .told = true}}};
    struct desk_turn dt = {.action = DESK_TOLD, .uid = -1, .summary = s, .args = tree_map(b->a)};
    struct desk_turn *one = &dt;
    dt.t = (struct turn){.arena = b->a, .clock = &b->w.clock, .chance = &b->w.chance};
    if (asked >= 0) tree_add_int(b->a, (struct tree *)(uintptr_t)dt.args, "asked", asked);
    desk_run(b->here->desk, &one, 1);
    assert_int_equal(dt.result, ERR_OK);
}

static void a_receipt_that_came_while_the_other_answered_is_not_taken_back(void **state)
{
    struct bench *b = *state;
    told_nothing(b, 0);
    assert_int_equal(waiting(b), 0);
}

static void a_receipt_that_is_given_again_closes_the_circle_again(void **state)
{
    struct bench *b = *state;
    told_nothing(b, -1);
    assert_int_equal(waiting(b), 1);
    world_settle(&b->w);
    assert_int_equal(waiting(b), 0);
    stands_again(b->here, b->a);
    assert_int_equal(waiting(b), 0);
}

static void who_asked_and_was_put_back_has_everything_again(void **state)
{
    struct bench *b = *state;
    whoever_is_put_back(b, b->here);
}

static void who_was_asked_and_was_put_back_has_everything_again(void **state)
{
    struct bench *b = *state;
    whoever_is_put_back(b, b->there);
}

/* ---- what the tests above would miss otherwise ------------------------------------------------
 */

/* No reconciliation: what only the other side has stays there. */
static void who_asks_nobody_stays_without(void **state)
{
    struct bench *b = *state;
    backup(b, b->here);
    (void)a_day(b, b->ref);
    struct str here = all_acts(b, b->here);
    restore(b, b->here, true);
    world_settle(&b->w);
    assert_false(str_eq(all_acts(b, b->here), here));
    /* Receipts not compared: what is asked back alone brings nothing that came from there. */
    int back;
    assert_ok(&b->w, world_reconcile(b->here, b->there, &back));
    world_settle(&b->w);
    assert_false(str_eq(all_acts(b, b->here), here));
    assert_true(everything(b) > 0);
    assert_true(str_eq(all_acts(b, b->here), here));
}

/* The question tells the new incarnation, too. */
static void a_stale_receipt_that_comes_after_the_question_is_not_believed(void **state)
{
    struct bench *b = *state;
    struct desk_job *jobs;
    struct str stale;
    size_t n;
    int back;
    backup(b, b->there);
    (void)world_request(b->here, b->there, b->a);
    assert_ok(&b->w, world_jobs(b->here, b->a, &jobs, &n));
    assert_ok(&b->w, world_deliver(b->there, b->here, b->a, jobs[0].sealed, &stale));
    restore(b, b->there, false);
    assert_ok(&b->w, world_reconcile(b->here, b->there, &back));
    assert_int_equal(world_receipt(b->here, &jobs[0].act, stale), ERR_REJECTED);
    assert_ok(&b->w, world_deliver(b->there, b->here, b->a, jobs[0].sealed, NULL));
}

static void before_the_new_life_is_heard_of_its_old_receipts_prove_nothing(void **state)
{
    struct bench *b = *state;
    struct desk_job *jobs;
    struct str stale;
    size_t n;
    int64_t waiting;
    int back;
    backup(b, b->there);
    (void)world_request(b->here, b->there, b->a);
    assert_ok(&b->w, world_jobs(b->here, b->a, &jobs, &n));
    assert_ok(&b->w, world_deliver(b->there, b->here, b->a, jobs[0].sealed, &stale));
    restore(b, b->there, false);
    /* The head it came with is of a log that nobody can show to go on any more. */
    assert_int_equal(world_receipt(b->here, &jobs[0].act, stale), ERR_CONFLICT);
    struct turn t = {.arena = b->a, .clock = &b->w.clock, .chance = &b->w.chance};
    assert_int_equal(store_outgoing_count(&t, b->here->desk->store, &waiting), ERR_OK);
    assert_int_equal(waiting, 1); /* so it is sent again */
    assert_ok(&b->w, world_reconcile(b->here, b->there, &back));
    world_settle(&b->w);
    stands_again(b->here, b->a);
}

/* Put back twice from one backup: the second life knows nothing of the first one's numbers, and
 * what comes back bears them. */
static void a_label_that_came_back_is_given_to_no_other_dossier(void **state)
{
    struct bench *b = *state;
    int back;
    backup(b, b->here);
    restore(b, b->here, true);
    assert_ok(&b->w, world_reconcile(b->here, b->there, &back));
    struct str first = world_request(b->here, b->there, b->a);
    world_settle(&b->w);
    restore(b, b->here, true);
    assert_true(everything(b) > 0);
    struct str second = world_request(b->here, b->there, b->a);
    assert_false(str_eq(first, second));
    (void)world_request(b->there, b->here, b->a);
    world_settle(&b->w);
    assert_int_equal(waiting(b), 0);
    assert_text(show(b->here, b->a, first), "ref", str_c(b->a, first));
    stands_again(b->here, b->a);
    stands_again(b->there, b->a);
}

/* Numbers of the old life used again: the other side has them for something else. */
static void a_number_that_is_used_again_is_refused(void **state)
{
    struct bench *b = *state;
    struct desk_job *jobs;
    size_t n;
    backup(b, b->here);
    (void)world_request(b->here, b->there, b->a);
    world_settle(&b->w);
    restore(b, b->here, false);
    int64_t life = b->here->desk->incarnation;
    b->here->desk->incarnation = 1; /* as if nothing had happened */
    b->here->life = 1;
    b->here->note = (struct str){0};
    b->here->desk->note = (struct str){0};
    (void)world_request(b->here, b->there, b->a);
    assert_ok(&b->w, world_jobs(b->here, b->a, &jobs, &n));
    assert_int_equal(world_deliver(b->there, b->here, b->a, jobs[0].sealed, NULL), ERR_REJECTED);
    assert_string_equal(b->w.fault.code, "sequence-taken");
    assert_true(life > 1);
}

/* ---- two at once ----------------------------------------------------------------------------- */

static bool has_incident(struct bench *b, struct world_node *n, const char *code)
{
    const struct tree *v = NULL;
    assert_ok(&b->w, world_do(n, b->a, DESK_STATUS, NULL, &v));
    const struct tree *i = tree_get(v, "incidents")->child;
    while (i && !str_is(tree_str(i, "code"), code)) i = i->next;
    return i != NULL;
}

static void a_second_copy_of_a_node_is_refused_and_its_people_are_told(void **state)
{
    struct bench *b = *state;
    struct desk_job *jobs;
    size_t n;
    int back;
    close_desk(b->here);
    stored_copy(b->a, b->folder, "n0.db", "clone.db");
    assert_ok(&b->w, world_restart(b->here));
    struct world_node clone = *b->here;
    clone.desk = NULL;
    clone.db_path = str_printf(b->a, "%s/clone.db", b->folder);
    assert_ok(&b->w, world_restart(&clone));
    (void)world_request(&clone, b->there, b->a);
    (void)world_request(b->here, b->there, b->a);
    assert_ok(&b->w, world_jobs(&clone, b->a, &jobs, &n));
    assert_ok(&b->w, world_deliver(b->there, b->here, b->a, jobs[0].sealed, NULL));
    assert_ok(&b->w, world_jobs(b->here, b->a, &jobs, &n));
    assert_int_equal(world_deliver(b->there, b->here, b->a, jobs[0].sealed, NULL), ERR_REJECTED);
    assert_string_equal(b->w.fault.code, "sequence-taken");
    assert_false(has_incident(b, b->here, "line-forked"));
    assert_ok(&b->w, world_reconcile(b->here, b->there, &back));
    assert_ok(&b->w, world_reconcile(b->here, b->there, &back)); /* told once */
    assert_true(has_incident(b, b->here, "line-forked"));
    desk_close(clone.desk);
}

static void what_a_copy_of_this_very_life_sent_is_not_adopted(void **state)
{
    struct bench *b = *state;
    struct desk_job *jobs;
    size_t n;
    int back;
    close_desk(b->here);
    stored_copy(b->a, b->folder, "n0.db", "clone.db");
    assert_ok(&b->w, world_restart(b->here));
    struct world_node clone = *b->here;
    clone.desk = NULL;
    clone.db_path = str_printf(b->a, "%s/clone.db", b->folder);
    assert_ok(&b->w, world_restart(&clone));
    (void)world_request(&clone, b->there, b->a);
    assert_ok(&b->w, world_jobs(&clone, b->a, &jobs, &n));
    assert_ok(&b->w, world_deliver(b->there, b->here, b->a, jobs[0].sealed, NULL));
    assert_int_equal(world_reconcile(b->here, b->there, &back), ERR_REJECTED);
    assert_string_equal(b->w.fault.code, "line-forked");
    desk_close(clone.desk);
}

int test_life(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
        T(a_restored_node_begins_a_log_that_cites_the_old_one),
        T(a_node_whose_keeper_forgot_cites_what_the_backup_held),
        T(a_running_node_does_not_become_another),
        T(nothing_is_done_before_the_node_has_its_number),
        T(numbers_of_an_older_life_are_never_used_again),
        T(a_receipt_of_a_life_that_is_over_is_not_believed),
        T(an_old_receipt_shown_in_the_new_log_is_believed),
        T(a_receipt_that_came_while_the_other_answered_is_not_taken_back),
        T(a_receipt_that_is_given_again_closes_the_circle_again),
        T(who_asked_and_was_put_back_has_everything_again),
        T(who_was_asked_and_was_put_back_has_everything_again),
        T(a_label_that_came_back_is_given_to_no_other_dossier),
        T(who_asks_nobody_stays_without),
        T(a_stale_receipt_that_comes_after_the_question_is_not_believed),
        T(before_the_new_life_is_heard_of_its_old_receipts_prove_nothing),
        T(a_number_that_is_used_again_is_refused),
        T(a_second_copy_of_a_node_is_refused_and_its_people_are_told),
        T(what_a_copy_of_this_very_life_sent_is_not_adopted),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
