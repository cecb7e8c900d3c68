/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes that are put back from an older copy of their disk, as `comity restore` does it. What is
 * put back is a disk as it stood at one moment; keeper's files come with it or are kept. Whoever
 * puts a node back sets its clock right. */

#include "sim/inner.h"

#include <string.h>

enum { SECOND_MS = 1000, MINUTE_MS = 60000, AGAIN_ONE_IN = 3, KEYS_TOO_ONE_IN = 3 };

static bool is_keeper_file(const char *name)
{
    static const char *const starts[] = {"head", "incarnation", "seen.", "kept."};
    for (size_t k = 0; k < sizeof starts / sizeof *starts; k++)
        if (strncmp(name, starts[k], strlen(starts[k])) == 0) return true;
    return false;
}

/* ---- back from a backup ---------------------------------------------------------------------- */

/* The store of the backup becomes a new life, in a life of the process of its own. */
static err become(struct node *n, struct turn *t)
{
    struct tree *args = tree_map(t->arena);
    keeper_load(n);
    try(node_desk_up(n, t, false, true));
    tree_add_int(t->arena, args, "incarnation", n->incarnation);
    if (n->before.n) tree_add_str(t->arena, args, "head", n->before);
    err e = node_do(n, t->arena, DESK_RESTORE, args, NULL, &t->fault);
    if (e == ERR_OK) e = desk_tidy(n->desk, t);
    (void)keeper_sync(n);
    desk_close(n->desk);
    n->desk = NULL;
    return e;
}

static void put_back(struct node *n, const struct disk_image *image, uint64_t image_at, bool keys)
{
    struct world *w = n->w;
    auto_arena a = arena_new();
    if (n->up) node_bury(n);
    n->skew_ms = 0;
    n->full_until_ms = n->full_ms = 0;
    struct turn t = node_turn(n, a);
    disk_image_put(n->disk, image, keys ? NULL : is_keeper_file);
    disk_revive(n->disk, NULL);
    n->restores++;
    memset(n->heard, 0, sizeof n->heard);
    n->attempt = (struct attempt){0};
    world_trace(w, "put-back", n->number, (int64_t)image_at);
    if (!mutant_is(w, MUTANT_SAME_LIFE)) {
        n->last = (struct signed_head){0}; /* another log */
        bool raised = keeper_raise(n);
        if (!raised || become(n, &t) != ERR_OK)
            oracle_says(w, 2, "Node %s cannot be put back: %s", n->state.p, t.fault.sentence);
    }
    oracle_lost(n, image_at);
    disk_die(n->disk);
    n->back_ms = w->now_ms + SECOND_MS + (int64_t)world_draw(w, 2 * SECOND_MS);
    world_put(w, n->back_ms, EVENT_BACK, n->number, NULL);
}

static void restoring_over(struct world *w, size_t k)
{
    struct node *n = &w->node[w->restoring[k]];
    disk_image_free(n->image);
    n->image = NULL;
    n->late = false;
    w->restoring[k] = w->restoring[--w->restoring_n];
}

/* What was restored once is often restored again: while it still asks what it lost. */
static void restore(struct world *w, size_t k)
{
    struct node *n = &w->node[w->restoring[k]];
    if (twin_is_at_work(n))
        twin_end(n);
    else
        fault_hit(w, SIM_RESTORE, SIM_STEPS);
    n->late = false;
    put_back(n, n->image, n->image_at, world_draw(w, KEYS_TOO_ONE_IN) == 0);
    if (world_draw(w, AGAIN_ONE_IN) == 0)
        n->restore_ms = w->now_ms + 2 * SECOND_MS + (int64_t)world_draw(w, (uint64_t)MINUTE_MS / 2);
    else
        restoring_over(w, k);
}

/* The copy is made now; the disk is lost some time later, or as soon as a receipt is on its way
 * that comes late. */
bool life_copies(struct node *n, bool late)
{
    static const int64_t later[] = {5 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS};
    struct world *w = n->w;
    if (!n->up || n->image || w->restoring_n == SIM_RESTORING_MAX) return false;
    n->image = disk_image_take(n->disk);
    n->image_at = w->r.events;
    n->late = late && world_draw(w, 2) == 0;
    n->restore_ms = w->now_ms + 1 + (int64_t)world_draw(w, (uint64_t)later[world_draw(w, 3)]) +
                    (n->late ? MINUTE_MS : 0);
    w->restoring[w->restoring_n++] = n->number;
    return true;
}

void life_copy(struct node *n) { (void)life_copies(n, true); }

/* A receipt left that will be `ms` on its way. */
void life_receipt_late(struct node *n, int64_t ms)
{
    if (n->late && ms > 5 * SECOND_MS) n->restore_ms = n->w->now_ms;
}

void life_work(struct world *w)
{
    for (size_t k = 0; k < w->restoring_n; k++)
        if (w->node[w->restoring[k]].restore_ms <= w->now_ms) {
            restore(w, k);
            return;
        }
}

void life_stop(struct world *w)
{
    while (w->restoring_n) {
        struct node *n = &w->node[w->restoring[0]];
        if (twin_is_at_work(n)) {
            twin_end(n);
            put_back(n, n->image, n->image_at, false);
        }
        restoring_over(w, 0);
    }
    twin_stop(w);
}
