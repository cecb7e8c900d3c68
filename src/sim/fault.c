/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong, and when. Each season draws which faults are on and at which rates, since all at
 * once hide each other. A fault is counted when it hit something, at the step it hit. */

#include "sim/inner.h"

#include <string.h>

enum { SEASON_FAULTS = 1500, LONG_WORLD = 10000, MILLE = 1000, MINUTE_MS = 60000 };

static const char *const steps[SIM_STEPS] = {"S1", "S2", "S3", "S4", "S5", "S6",
                                             "R1", "R2", "R3", "R4", "R5", "R6"};
const char *sim_step_word(enum sim_step s) { return steps[s]; }

#define BIT(s) (1U << (s))
static const struct fault_row {
    const char *word;
    unsigned steps;
    const char *why;
} rows[SIM_FAULTS] = {
#define FAULT(name, word, steps, why) [SIM_##name] = {word, steps, why},
#include "sim/fault.def"
#undef FAULT
};
const char *sim_fault_word(enum sim_fault f) { return rows[f].word; }
const char *sim_fault_why(enum sim_fault f) { return rows[f].why; }
bool sim_can_hit(enum sim_fault f, enum sim_step s) { return rows[f].steps & BIT(s); }

void fault_hit(struct world *w, enum sim_fault f, enum sim_step s)
{
    w->r.hits[f][s]++;
    w->r.faults++;
    world_trace(w, rows[f].word, (int)s, 0);
}

/* What lasts is counted each time it hits, and once for as long as it lasts. */
void fault_period(struct world *w, enum sim_fault f, bool *hit)
{
    w->r.periods[f] += !*hit;
    *hit = true;
}

/* ---- seasons --------------------------------------------------------------------------------- */

/* Of those drawn for each message: the least and the most, in a thousand. */
static const uint32_t wire_rates[SIM_FAULTS][2] = {
    [SIM_DROP] = {150, 450},    [SIM_DELAY] = {200, 500},   [SIM_DUPLICATE] = {150, 450},
    [SIM_REORDER] = {350, 750}, [SIM_TRUNCATE] = {20, 100}, [SIM_CORRUPT] = {20, 100},
};
/* Of those that strike a node or a line: one in so many faults, at least and at most. */
static const uint64_t gaps[SIM_FAULTS][2] = {
    [SIM_PARTITION] = {150, 450}, [SIM_ONE_WAY] = {200, 600}, [SIM_DOWN] = {200, 600},
    [SIM_SLOW] = {150, 450},      [SIM_KILL] = {60, 240},     [SIM_CUT] = {80, 320},
    [SIM_UNKNOWN] = {60, 240},    [SIM_FULL] = {150, 450},    [SIM_CLOCK] = {200, 800},
    [SIM_RESTORE] = {100, 400},   [SIM_CLONE] = {1000, 6000},
};

static uint64_t between(struct world *w, uint64_t least, uint64_t most)
{
    return least + world_draw(w, most - least + 1);
}

/* A long world is milder, so that most of what happens in it is work. */
static bool is_mild(const struct world *w) { return w->limit >= LONG_WORLD; }

/* Such a fault hits again and again while it lasts. */
static bool lasts(int f)
{
    return f == SIM_PARTITION || f == SIM_ONE_WAY || f == SIM_DOWN || f == SIM_SLOW ||
           f == SIM_FULL;
}

/* A world is at least four seasons long. */
static uint64_t season_length(const struct world *w)
{
    uint64_t quarter = w->limit / 4 + 1;
    return quarter < SEASON_FAULTS ? quarter : SEASON_FAULTS;
}

void fault_season(struct world *w)
{
    struct mix *m = &w->mix;
    if (w->r.faults < m->until) return;
    uint64_t length = season_length(w), allowed = w->o->only ? w->o->only : UINT64_MAX;
    *m = (struct mix){.until = w->r.faults + length};
    bool travels = false;
    for (int f = 0; f < SIM_FAULTS; f++) {
        /* Of what befalls messages two in three are on, of the rest one in two or four. */
        uint64_t one_in = is_mild(w) && lasts(f) ? 4 : 2;
        bool drawn = wire_rates[f][1] ? world_draw(w, 3) != 0 : world_draw(w, one_in) == one_in - 1;
        bool on = (allowed >> f & 1) && (drawn || w->o->only);
        if (!on) continue;
        m->on |= UINT64_C(1) << f;
        if (wire_rates[f][1]) {
            m->per_mille[f] = (uint32_t)between(w, wire_rates[f][0], wire_rates[f][1]);
            if (is_mild(w)) m->per_mille[f] = m->per_mille[f] * 2 / 5;
            travels = true;
        } else if (gaps[f][1]) {
            uint64_t times = is_mild(w) ? 2 : 1;
            uint64_t most = gaps[f][1] * times < length ? gaps[f][1] * times : length;
            uint64_t least = gaps[f][0] * times < most ? gaps[f][0] * times : most;
            m->gap[f] = between(w, least, most);
            m->next_at[f] = w->r.faults + world_draw(w, m->gap[f] + 1);
        }
    }
    /* Faults are counted by faults: something must keep the count going. */
    if (!travels && (allowed >> SIM_DROP & 1)) m->per_mille[SIM_DROP] = wire_rates[SIM_DROP][0];
    world_trace(w, "season", 0, (int64_t)m->on);
}

bool fault_on_wire(struct world *w, enum sim_fault f, enum sim_step s)
{
    if (w->calm || !world_chance(w, w->mix.per_mille[f])) return false;
    if (s != SIM_STEPS) fault_hit(w, f, s);
    return true;
}

/* ---- lines ----------------------------------------------------------------------------------- */

bool fault_parts(struct world *w, int from, int to, enum sim_step s)
{
    for (size_t k = 0; k < w->partitions_n; k++) {
        struct partition *p = &w->partitions[k];
        if (p->until_ms <= w->now_ms) {
            *p = w->partitions[--w->partitions_n];
            k--;
            continue;
        }
        bool there = from == p->a && (p->b < 0 || to == p->b);
        bool back = to == p->a && (p->b < 0 || from == p->b);
        if (!there && (p->one_way || !back)) continue;
        fault_period(w, p->one_way ? SIM_ONE_WAY : SIM_PARTITION, &p->hit);
        fault_hit(w, p->one_way ? SIM_ONE_WAY : SIM_PARTITION, s);
        w->r.lost_to_partitions++;
        return true;
    }
    return false;
}

static void part(struct world *w, struct node *n, bool one_way)
{
    if (w->partitions_n == SIM_PARTITIONS_MAX || !n->peers_n) return;
    struct partition *p = &w->partitions[w->partitions_n++];
    *p = (struct partition){.a = n->who,
                            .b = -1,
                            .one_way = one_way,
                            .until_ms = w->now_ms + MINUTE_MS +
                                        (int64_t)world_draw(w, (uint64_t)10 * MINUTE_MS)};
    if (world_draw(w, 4) == 0) p->b = n->peers[world_draw(w, (uint64_t)n->peers_n)];
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static void jump(struct world *w, struct node *n)
{
    static const int64_t reach[] = {MINUTE_MS, 60 * MINUTE_MS, DAY_MS, 40 * DAY_MS, 400 * DAY_MS};
    int64_t far = reach[world_draw(w, sizeof reach / sizeof *reach)];
    n->skew_ms = (int64_t)world_draw(w, (uint64_t)(2 * far)) - far;
    fault_hit(w, SIM_CLOCK, SIM_STEPS);
}

/* It dies just before or after the next sync of a COMMIT, or so many steps of its disk from now. */
static void arm(struct world *w, struct node *n, bool cut)
{
    enum { STEPS_MOST = 40 };
    n->fuse_cut = cut;
    n->fuse_at_sync = world_draw(w, 2) == 0;
    n->fuse_before = world_draw(w, 2) == 0;
    n->fuse = n->fuse_at_sync ? -1 : (int)world_draw(w, STEPS_MOST);
}

/* What has just come back is where a second death hurts most. */
void fault_again(struct node *n)
{
    enum { ONE_IN = 3 };
    struct world *w = n->w;
    bool torn = n->torn;
    n->torn = false;
    if (torn && !w->calm && w->mix.gap[SIM_CUT]) {
        arm(w, n, true);
        n->fuse = -1;
        n->fuse_at_sync = n->fuse_before = true;
        return;
    }
    if (w->calm || world_draw(w, ONE_IN) != 0) return;
    bool cut = w->mix.gap[SIM_CUT] && (!w->mix.gap[SIM_KILL] || world_draw(w, 2));
    if (!w->mix.gap[cut ? SIM_CUT : SIM_KILL]) return;
    arm(w, n, cut);
    if (!n->fuse_at_sync) n->fuse = (int)world_draw(w, 8);
}

static void turn_off(struct world *w, struct node *n)
{
    n->down_hit = false;
    world_trace(w, "off", n->number, 0);
    node_bury(n);
    n->back_ms = w->now_ms + MINUTE_MS + (int64_t)world_draw(w, (uint64_t)30 * MINUTE_MS);
    world_put(w, n->back_ms, EVENT_BACK, n->number, NULL);
}

static void strike(struct world *w, enum sim_fault f, struct node *n)
{
    bool armed = n->fuse >= 0 || n->fuse_at_sync || n->unknown;
    int64_t while_ms = MINUTE_MS + (int64_t)world_draw(w, (uint64_t)5 * MINUTE_MS);
    if (f == SIM_PARTITION || f == SIM_ONE_WAY) part(w, n, f == SIM_ONE_WAY);
    if (f == SIM_CLOCK) jump(w, n);
    if (f == SIM_FULL && n->full_until_ms <= w->now_ms) {
        n->full_ms = while_ms;
        n->full_hit = false;
    }
    if (f == SIM_SLOW && n->slow_until_ms <= w->now_ms) {
        n->slow_until_ms = w->now_ms + while_ms;
        n->slow_hit = false;
    }
    if (!n->up || armed) return;
    if (f == SIM_DOWN) turn_off(w, n);
    if (f == SIM_RESTORE) life_copy(n);
    if (f == SIM_CLONE) twin_begin(n);
    if (f == SIM_KILL || f == SIM_CUT) arm(w, n, f == SIM_CUT);
    if (f == SIM_UNKNOWN) n->unknown = true;
}

void fault_strike(struct world *w)
{
    struct mix *m = &w->mix;
    if (w->restoring_n) life_work(w);
    twin_work(w);
    for (int f = 0; f < SIM_FAULTS; f++) {
        if (!m->gap[f] || w->r.faults < m->next_at[f]) continue;
        m->next_at[f] = w->r.faults + 1 + world_draw(w, 2 * m->gap[f]);
        struct node *n = &w->node[world_draw(w, (uint64_t)w->n)];
        strike(w, (enum sim_fault)f, f == SIM_RESTORE ? n : twin_reached(n));
    }
}

void fault_stop(struct world *w)
{
    w->calm = true;
    w->partitions_n = 0;
    life_stop(w);
    for (int k = 0; k < w->n; k++) {
        struct node *n = &w->node[k];
        n->full_until_ms = n->slow_until_ms = n->full_ms = 0;
        n->fuse = -1;
        n->fuse_at_sync = n->unknown = false;
        n->skew_ms = 0;
        if (n->up) continue;
        n->back_ms = w->now_ms;
        world_put(w, w->now_ms, EVENT_BACK, k, NULL);
    }
}

/* ---- disks ----------------------------------------------------------------------------------- */

/* Where the process stood: before anything of what is under way was written, while it was, or when
 * it was synced and nobody had been told. */
static enum sim_step stood(const struct node *n, enum disk_step step, bool before, bool after)
{
    if (after) return n->after;
    if (before) return n->write == S2 ? S1 : n->write == R4 ? R1 : n->write;
    return step == DISK_LOG_SYNC ? n->sync : n->write;
}

static enum disk_fate dies(struct node *n, enum disk_step step, bool after)
{
    struct world *w = n->w;
    bool begun = n->synced_now;
    enum sim_step s = stood(n, step, false, after && step == DISK_LOG_SYNC);
    if (!after && !begun && step == DISK_WRITE && world_draw(w, 4) == 0)
        s = stood(n, step, true, false);
    fault_hit(w, n->fuse_cut ? SIM_CUT : SIM_KILL, s);
    n->fuse = -1;
    n->fuse_at_sync = false;
    n->torn = !after && step == DISK_LOG_SYNC && !n->fuse_cut;
    return after ? DISK_DIES_AFTER : DISK_DIES;
}

enum disk_fate fault_disk(void *node, enum disk_step step)
{
    struct node *n = node;
    struct world *w = n->w;
    bool log = step == DISK_LOG_SYNC;
    if (mutant_skips_sync(n, step)) return n->fuse == 0 ? dies(n, step, false) : DISK_LIES;
    if (w->calm) return DISK_GOES;
    if (n->fuse == 0) return dies(n, step, log && world_draw(w, 2));
    if (n->fuse > 0) n->fuse--;
    if (n->fuse_at_sync && log && n->up) return dies(n, step, !n->fuse_before);
    if (log && n->full_ms) { /* what is full from here on finds the next thing begun */
        n->full_until_ms = w->now_ms + n->full_ms;
        n->full_ms = 0;
    }
    if (n->unknown && log && n->write != SIM_STEPS && world_draw(w, 2)) {
        n->unknown = false;
        fault_hit(w, SIM_UNKNOWN, n->sync);
        return world_draw(w, 2) ? DISK_FAILS_AFTER : DISK_FAILS;
    }
    if (step == DISK_WRITE && n->full_until_ms > w->now_ms && n->write != SIM_STEPS) {
        fault_period(w, SIM_FULL, &n->full_hit);
        fault_hit(w, SIM_FULL, n->write);
        return DISK_IS_FULL;
    }
    return DISK_GOES;
}
