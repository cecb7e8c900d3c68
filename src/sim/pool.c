/* SPDX-License-Identifier: Apache-2.0 */
/* The worlds of a run: the pinned nodes are made once, and each world begins with a copy of them in
 * a process of its own, by fork. What they found is summed in the order of their numbers, so it is
 * the same however many ran at a time. */

#include "sim/inner.h"

#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOBS_MAX = 64, WORLDS_MAX = 4096 };

/* What a world says on its pipe: how far it is, and at last what came of it. */
struct report {
    bool last;
    struct sim_result r;
};
struct job {
    uint64_t world;
    int fd; /* -1: free */
    pid_t pid;
    size_t have;
    uint64_t faults;
    struct report report;
};
struct pool {
    const struct sim_options *o;
    struct world *w;
    struct job jobs[JOBS_MAX];
    uint64_t worlds, begun, ended, faults_done;
    struct sim_result *results;
    bool broken, child;
    int child_fd;
};

static bool write_all(int fd, const void *what, size_t n)
{
    const char *p = what;
    while (n) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static void say(int fd, bool last, const struct sim_result *r)
{
    auto_arena a = arena_new();
    struct report *x = arena_take(a, sizeof *x);
    x->last = last;
    x->r = *r;
    (void)write_all(fd, x, sizeof *x); /* who listens finds out that nothing came */
}

static void on_progress(void *ctx, const struct sim_result *r) { say(*(int *)ctx, false, r); }

/* The seed of a world comes from the run's and its number. */
static uint64_t seed_of(uint64_t seed, uint64_t world)
{
    uint64_t x = seed + world * UINT64_C(0xD1B54A32D192ED03);
    x ^= x >> 32;
    return x * UINT64_C(0xDABA0B6EB09322E3);
}

static uint64_t share_of(const struct pool *p, uint64_t world)
{
    uint64_t all = p->o->faults;
    return all * (world + 1) / p->worlds - all * world / p->worlds;
}

/* ---- one world ------------------------------------------------------------------------------- */

static void world_alone(struct pool *p, uint64_t world, int fd)
{
    enum { KEPT = 1 << 30 };
    struct world *w = p->w;
    /* It ends soon, and nothing else is in this process: what it freed it keeps. */
    (void)mallopt(M_TRIM_THRESHOLD, KEPT);
    (void)mallopt(M_MMAP_THRESHOLD, KEPT);
    (void)mallopt(M_TOP_PAD, KEPT / 16);
    if (p->o->progress) {
        w->tell = on_progress;
        w->tell_ctx = &fd;
    }
    world_run(w, seed_of(p->o->seed, world), share_of(p, world));
    say(fd, true, &w->r);
}

static err job_begin(struct pool *p, struct turn *t, struct job *j)
{
    int fds[2];
    if (pipe(fds) != 0)
        return turn_fail(t, ERR_INTERNAL, "pipe", NULL, "No pipe: %s.", errno_words(errno));
    uint64_t world = p->begun++;
    pid_t pid = fork();
    if (pid < 0) {
        close(fds[0]);
        close(fds[1]);
        return turn_fail(t, ERR_INTERNAL, "fork", NULL, "No process: %s.", errno_words(errno));
    }
    if (pid == 0) {
        close(fds[0]);
        p->child = true;
        world_alone(p, world, fds[1]);
        close(fds[1]);
        return ERR_OK;
    }
    close(fds[1]);
    *j = (struct job){.world = world, .fd = fds[0], .pid = pid};
    return ERR_OK;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void progress(const struct pool *p)
{
    uint64_t faults = p->faults_done;
    for (size_t k = 0; k < JOBS_MAX; k++)
        if (p->jobs[k].fd >= 0) faults += p->jobs[k].faults;
    fprintf(stderr, "\r%llu of %llu faults, %llu of %llu worlds ", (unsigned long long)faults,
            (unsigned long long)p->o->faults, (unsigned long long)p->ended,
            (unsigned long long)p->worlds);
}

static void job_end(struct pool *p, struct job *j)
{
    int status;
    close(j->fd);
    while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR) continue;
    bool whole = j->report.last && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!whole) p->broken = true;
    p->results[j->world] = j->report.r;
    p->faults_done += j->report.r.faults;
    p->ended++;
    j->fd = -1;
}

static void job_hear(struct pool *p, struct job *j)
{
    char *into = (char *)&j->report;
    ssize_t n = read(j->fd, into + j->have, sizeof j->report - j->have);
    if (n < 0 && errno == EINTR) return;
    if (n <= 0) {
        job_end(p, j);
        return;
    }
    j->have += (size_t)n;
    if (j->have < sizeof j->report) return;
    j->faults = j->report.r.faults;
    j->have = 0;
    if (p->o->progress) progress(p);
}

static void add(struct sim_result *sum, const struct sim_result *r)
{
    for (int f = 0; f < SIM_FAULTS; f++)
        for (int s = 0; s <= SIM_STEPS; s++) sum->hits[f][s] += r->hits[f][s];
    for (int f = 0; f < SIM_FAULTS; f++) sum->periods[f] += r->periods[f];
    for (size_t k = 0; k < sizeof r->violations / sizeof *r->violations; k++)
        sum->violations[k] += r->violations[k];
    if (!sum->said[0]) memcpy(sum->said, r->said, sizeof sum->said);
    static const size_t sums[] = {
        offsetof(struct sim_result, faults),     offsetof(struct sim_result, acts),
        offsetof(struct sim_result, delivered),  offsetof(struct sim_result, asked),
        offsetof(struct sim_result, refused),    offsetof(struct sim_result, told_full),
        offsetof(struct sim_result, events),     offsetof(struct sim_result, messages),
        offsetof(struct sim_result, restarts),   offsetof(struct sim_result, lost_to_partitions),
        offsetof(struct sim_result, heads),      offsetof(struct sim_result, worlds),
        offsetof(struct sim_result, virtual_ms), offsetof(struct sim_result, compared),
        offsetof(struct sim_result, dossiers),   offsetof(struct sim_result, lost_one),
        offsetof(struct sim_result, lost_both),  offsetof(struct sim_result, stale),
        offsetof(struct sim_result, split)};
    for (size_t k = 0; k < sizeof sums / sizeof *sums; k++) {
        uint64_t *to = (uint64_t *)(void *)((char *)sum + sums[k]);
        *to += *(const uint64_t *)(const void *)((const char *)r + sums[k]);
    }
    if (r->calm_ms_max > sum->calm_ms_max) sum->calm_ms_max = r->calm_ms_max;
    if (r->memory_max > sum->memory_max) sum->memory_max = r->memory_max;
    struct bytes parts[] = {{sum->trace, sizeof sum->trace}, {r->trace, sizeof r->trace}};
    struct hash next;
    seal_sha256(parts, 2, &next);
    memcpy(sum->trace, next.b, sizeof sum->trace);
}

static err run_all(struct pool *p, struct turn *t)
{
    while (p->ended < p->worlds) {
        struct pollfd fds[JOBS_MAX];
        nfds_t n = 0;
        int at[JOBS_MAX];
        for (int k = 0; k < p->o->jobs && k < JOBS_MAX; k++) {
            if (p->jobs[k].fd < 0 && p->begun < p->worlds) try(job_begin(p, t, &p->jobs[k]));
            if (p->child) return ERR_OK;
            if (p->jobs[k].fd < 0) continue;
            fds[n] = (struct pollfd){.fd = p->jobs[k].fd, .events = POLLIN};
            at[n++] = k;
        }
        if (poll(fds, n, -1) < 0 && errno != EINTR)
            return turn_fail(t, ERR_INTERNAL, "poll", NULL, "Cannot wait: %s.", errno_words(errno));
        for (nfds_t k = 0; k < n; k++)
            if (fds[k].revents) job_hear(p, &p->jobs[at[k]]);
    }
    return ERR_OK;
}

/* What the whole run says, once all worlds are summed. */
static err judge(struct turn *t, const struct pool *p, const struct sim_result *r)
{
    if (p->broken)
        return turn_fail(t, ERR_INTERNAL, "world-ended", NULL,
                         "A world ended before its time, and nothing is known of it.");
    if (r->said[0]) return turn_fail(t, ERR_REJECTED, "broken", NULL, "%s", r->said);
    if (r->faults == 0)
        return turn_fail(t, ERR_REJECTED, "nothing-injected", NULL,
                         "No fault was injected, so nothing was shown.");
    if (r->faults < p->o->faults)
        return turn_fail(t, ERR_REJECTED, "too-few-faults", NULL,
                         "Only %llu of %llu faults came about.", (unsigned long long)r->faults,
                         (unsigned long long)p->o->faults);
    if (r->delivered == 0 || r->compared == 0)
        return turn_fail(t, ERR_REJECTED, "nothing-delivered", NULL, "No act was delivered.");
    return ERR_OK;
}

err sim_run(struct turn *t, const struct sim_options *o, struct sim_result *out)
{
    auto_arena a = arena_new();
    struct turn life = {.arena = a};
    struct pool *p = arena_take(a, sizeof *p);
    uint64_t each = o->world_faults ? o->world_faults : SIM_WORLD_FAULTS;
    p->o = o;
    p->worlds = (o->faults + each - 1) / each;
    if (!p->worlds) p->worlds = 1;
    if (p->worlds > WORLDS_MAX) p->worlds = WORLDS_MAX;
    p->results = arena_take_many(a, p->worlds, sizeof *p->results);
    for (size_t k = 0; k < JOBS_MAX; k++) p->jobs[k].fd = -1;
    err e = world_make(&life, o, &p->w);
    if (e == ERR_OK) e = run_all(p, &life);
    if (p->w) world_free(p->w);
    t->fault = life.fault;
    try(e);
    if (p->child) return ERR_NONE_SUCH; /* this process was a world, which is over */
    memset(out, 0, sizeof *out);
    for (uint64_t k = 0; k < p->worlds; k++) add(out, &p->results[k]);
    memcpy(out->samples, p->results[0].samples, sizeof out->samples);
    out->samples_n = p->results[0].samples_n;
    return judge(t, p, out);
}
