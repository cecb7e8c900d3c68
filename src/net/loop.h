/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_LOOP_H
#define COMITY_NET_LOOP_H
/* Inside of the event loop, for the files of this folder only. Outside: net/net.h. */

#include "net/net.h"

/* ---- timers: a heap of due times; handles stay valid for their one timer only ---------------- */

struct timer {
    int64_t due_ms;
    uint64_t order; /* who came first, among those due together */
    void (*go)(void *ctx);
    void *ctx;
    uint32_t at;         /* place in the heap while it waits; next free slot while it does not */
    uint32_t generation; /* counts the uses of this slot; never 0 once used */
    bool waits;
};
struct timers {
    struct arena *arena;
    struct timer *slot;
    uint32_t *heap; /* slot numbers; the earliest due first */
    uint32_t room, used, n, free;
    uint64_t order;
};
void timers_init(struct timers *ts, struct arena *a);
uint64_t timers_add(struct timers *ts, int64_t due_ms, void (*go)(void *ctx), void *ctx);
void timers_stop(struct timers *ts, uint64_t handle);
/* Milliseconds until the first is due, 0 when it is overdue, -1 when none waits. */
int64_t timers_wait(const struct timers *ts, int64_t now_ms);
/* Calls those due at `now_ms`. One added meanwhile waits for the next run. */
void timers_run(struct timers *ts, int64_t now_ms);

/* ---- watches --------------------------------------------------------------------------------- */

/* What a descriptor is watched for, and what is told. LOOP_HUP is always told: the other side is
 * gone or the descriptor is in error. */
enum { LOOP_IN = 1, LOOP_OUT = 2, LOOP_HUP = 4 };

/* Starts or changes a watch; the last call for a descriptor counts. Level-triggered. */
MUST err loop_watch(struct turn *t, struct net_loop *l, int fd, unsigned events,
                    void (*ready)(void *ctx, int fd, unsigned events), void *ctx);
int64_t loop_now_ms(const struct net_loop *l);

/* A library with timeouts of its own. `wait_ms` answers how long the loop may sleep for it (-1: as
 * long as it likes); whenever it answers 0 after a wait, `run` is called. */
struct loop_hook {
    int64_t (*wait_ms)(void *ctx);
    void (*run)(void *ctx);
    void *ctx;
    struct loop_hook *next;
};
void loop_hook_add(struct net_loop *l, struct loop_hook *h);
void loop_hook_remove(struct net_loop *l, struct loop_hook *h);

#endif
