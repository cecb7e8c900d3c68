/* SPDX-License-Identifier: Apache-2.0 */
/* Timers of the loop: a binary heap over slots.
 *
 * The heap gives the next due time without looking at the others; a slot remembers its place in the
 * heap, so that stopping a timer costs no search. A handle carries the generation of its slot: one
 * that is kept too long stops nothing. It does not know the time; the loop tells it. */

#include "net/loop.h"

#include <assert.h>
#include <string.h>

enum { TIMERS_FIRST = 64 };
static const uint32_t none = UINT32_MAX;

static void room_double(struct timers *ts);
static void rise(struct timers *ts, uint32_t at);
static void sink(struct timers *ts, uint32_t at);
static void heap_remove(struct timers *ts, uint32_t at);

void timers_init(struct timers *ts, struct arena *a)
{
    *ts = (struct timers){.arena = a, .free = none};
}

uint64_t timers_add(struct timers *ts, int64_t due_ms, void (*go)(void *ctx), void *ctx)
{
    uint32_t s = ts->free;
    if (s == none) {
        if (ts->used == ts->room) room_double(ts);
        s = ts->used++;
    } else {
        ts->free = ts->slot[s].at;
    }
    uint32_t generation = ts->slot[s].generation + 1;
    if (generation == 0) generation = 1;
    ts->slot[s] = (struct timer){due_ms, ts->order++, go, ctx, ts->n, generation, true};
    ts->heap[ts->n] = s;
    rise(ts, ts->n++);
    return (uint64_t)generation << 32 | s;
}

void timers_stop(struct timers *ts, uint64_t handle)
{
    uint32_t s = (uint32_t)handle;
    if (s >= ts->used || !ts->slot[s].waits) return;
    if (ts->slot[s].generation != (uint32_t)(handle >> 32)) return;
    heap_remove(ts, ts->slot[s].at);
}

int64_t timers_wait(const struct timers *ts, int64_t now_ms)
{
    if (ts->n == 0) return -1;
    int64_t due = ts->slot[ts->heap[0]].due_ms;
    return due > now_ms ? due - now_ms : 0;
}

void timers_run(struct timers *ts, int64_t now_ms)
{
    uint64_t newest = ts->order;
    while (ts->n > 0) {
        struct timer due = ts->slot[ts->heap[0]];
        if (due.due_ms > now_ms || due.order >= newest) return;
        heap_remove(ts, 0);
        due.go(due.ctx);
    }
}

static void room_double(struct timers *ts)
{
    uint32_t room = ts->room ? ts->room * 2 : TIMERS_FIRST;
    assert(room <= NET_TIMERS_MAX);
    struct timer *slot = arena_take_many(ts->arena, room, sizeof *slot);
    uint32_t *heap = arena_take_many(ts->arena, room, sizeof *heap);
    if (ts->used) {
        memcpy(slot, ts->slot, ts->used * sizeof *slot);
        memcpy(heap, ts->heap, ts->n * sizeof *heap);
    }
    ts->slot = slot;
    ts->heap = heap;
    ts->room = room;
}

static bool is_before(const struct timers *ts, uint32_t a, uint32_t b)
{
    const struct timer *x = &ts->slot[ts->heap[a]], *y = &ts->slot[ts->heap[b]];
    return x->due_ms != y->due_ms ? x->due_ms < y->due_ms : x->order < y->order;
}

static void swap(struct timers *ts, uint32_t a, uint32_t b)
{
    uint32_t s = ts->heap[a];
    ts->heap[a] = ts->heap[b];
    ts->heap[b] = s;
    ts->slot[ts->heap[a]].at = a;
    ts->slot[ts->heap[b]].at = b;
}

static void rise(struct timers *ts, uint32_t at)
{
    for (; at > 0 && is_before(ts, at, (at - 1) / 2); at = (at - 1) / 2) swap(ts, at, (at - 1) / 2);
}

static void sink(struct timers *ts, uint32_t at)
{
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= ts->n) return;
        if (child + 1 < ts->n && is_before(ts, child + 1, child)) child++;
        if (!is_before(ts, child, at)) return;
        swap(ts, at, child);
        at = child;
    }
}

static void heap_remove(struct timers *ts, uint32_t at)
{
    uint32_t s = ts->heap[at];
    ts->n--;
    if (at != ts->n) {
        swap(ts, at, ts->n);
        rise(ts, at);
        sink(ts, at);
    }
    ts->slot[s].waits = false;
    ts->slot[s].at = ts->free;
    ts->free = s;
}
