/* SPDX-License-Identifier: Apache-2.0 */
/* The parent of a node's processes. It reads the settings and certificates, holds the sockets that
 * others knock at, forks each process without executing anything, and starts again what died: with
 * new ends of its links, the other ends of which it hands to those that live.
 *
 * It has seen no key and no byte of anybody's, so every process it forks is as the first was. It
 * decides nothing but when to give up: a process that cannot begin ends the node. */

#include "node/split.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    BEGIN_MS = 120 * 1000, /* for all to be ready */
    END_MS = 20 * 1000,    /* for all to end when told */
    QUICK_MS = 2000,       /* a process that lives less long died early */
    EARLY_MAX = 20,        /* early deaths in a row before the node gives up */
    PAUSE_MAX_MS = 2000,   /* between them */
    PROCESSES = GUARD_PROCESSES
};

struct broker;
struct proc {
    struct broker *broker;
    enum guard_process self;
    int pid;                   /* 0: not running */
    int control;               /* -1: none */
    int ends[PROCESSES];       /* of its links, made while it was not running; -1: none */
    int64_t linked[PROCESSES]; /* the number of the last end it was given of each */
    bool ready, told_stop;
    int64_t began_ms;
    unsigned early;
    uint64_t timer; /* of its next start */
};
struct broker {
    struct turn *life;
    struct node_plan *plan;
    struct net_loop *loop;
    struct proc procs[PROCESSES];
    int64_t links; /* made so far */
    int signal_fd;
    bool stop;           /* asked to */
    bool begun;          /* all were ready once */
    struct fault failed; /* why the node ends by itself */
};

/* Who speaks to whom. */
static const enum guard_process pairs[][2] = {
    {GUARD_DESK, GUARD_KEEPER},           {GUARD_READER, GUARD_KEEPER},
    {GUARD_COURIER, GUARD_KEEPER},        {GUARD_FRONT_PEERS, GUARD_KEEPER},
    {GUARD_FRONT_OFFICERS, GUARD_KEEPER}, {GUARD_DESK, GUARD_READER},
    {GUARD_DESK, GUARD_COURIER},          {GUARD_DESK, GUARD_FRONT_PEERS},
    {GUARD_DESK, GUARD_FRONT_OFFICERS},   {GUARD_FRONT_OFFICERS, GUARD_PRINTER},
};

static void proc_begin(void *ctx);

static int64_t mono_ms(void) { return node_clock.mono_ms(node_clock.ctx); }

/* The pages' processes are begun when the settings ask for them. */
static bool is_wanted(const struct broker *b, enum guard_process p)
{
    if (p == GUARD_PRINTER) return b->plan->pages && b->plan->press;
    return p != GUARD_FRONT_OFFICERS || b->plan->pages;
}

/* ---- words with a process -------------------------------------------------------------------- */

/* One that cannot be told is about to be found dead. `number` is a pid, or a link's. */
static bool say(const struct proc *to, const char *what, enum guard_process of, int64_t number,
                int fd)
{
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    struct tree *m = tree_map(scratch);
    tree_add_str(scratch, m, "say", str_of(what));
    tree_add_str(scratch, m, "process", str_of(guard_word(of)));
    if (number) tree_add_int(scratch, m, "number", number);
    struct pack p = {.head = m};
    if (to->control < 0) return false;
    err e = net_pass(&t, to->control, pack_write(scratch, &p), fd);
    turn_forgive(&t);
    return e == ERR_OK;
}

/* ---- links ----------------------------------------------------------------------------------- */

static err pair_make(struct turn *t, int type, int out[2])
{
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, out) == 0) return ERR_OK;
    return turn_fail(t, ERR_INTERNAL, "start", NULL, "Cannot make a pair of sockets: %s.",
                     errno_words(errno));
}

/* An end of a link goes to `p`, which lives. What did not get there was not given. */
static void end_give(struct proc *p, const struct proc *of, int64_t number, int fd)
{
    if (say(p, "link", of->self, number, fd)) p->linked[of->self] = number;
    close(fd);
}

static void close_end(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* It has not ended, as far as the system knows by now. */
static bool lives(const struct proc *p)
{
    siginfo_t is = {0};
    return p->pid && waitid(P_PID, (id_t)p->pid, &is, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           is.si_pid == 0;
}

static bool speak(enum guard_process a, enum guard_process b)
{
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        if ((pairs[k][0] == a && pairs[k][1] == b) || (pairs[k][0] == b && pairs[k][1] == a))
            return true;
    return false;
}

/* A link broke under two that live. When one of them is dead, its next life brings a new one; when
 * the number is not of the last, that one is on its way. */
static void link_again(struct proc *p, const struct pack *m)
{
    struct broker *b = p->broker;
    struct proc *other = NULL;
    for (int k = 0; k < PROCESSES; k++)
        if (str_is(tree_str(m->head, "process"), guard_word((enum guard_process)k)))
            other = &b->procs[k];
    if (b->stop || !other || !speak(p->self, other->self) || !lives(p) || !lives(other) ||
        tree_int(m->head, "number", -1) != p->linked[other->self])
        return;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    int two[2];
    if (pair_make(&t, SOCK_STREAM, two) != ERR_OK) return; /* it asks again */
    log_event(turn_now_ms(b->life), "warning", "link-again", "process", guard_word(p->self), "to",
              guard_word(other->self), NULL);
    b->links++;
    end_give(p, other, b->links, two[0]);
    end_give(other, p, b->links, two[1]);
}

/* ---- what a process says --------------------------------------------------------------------- */

static void give_up(struct broker *b, const struct fault *f)
{
    if (b->failed.err == ERR_OK) b->failed = *f;
    b->stop = true;
}

static void heard(struct proc *p, const struct pack *m)
{
    struct str word = tree_str(m->head, "say");
    if (str_is(word, "ready")) p->ready = true;
    if (str_is(word, "lost")) link_again(p, m);
    if (!str_is(word, "fault")) return;
    struct fault f;
    node_fault_get(m->head, &f);
    log_event(turn_now_ms(p->broker->life), "critical", "process-failed", "process",
              guard_word(p->self), "code", f.code, "sentence", f.sentence, NULL);
    if (!p->broker->begun) give_up(p->broker, &f);
}

static void on_control(void *ctx)
{
    struct proc *p = ctx;
    for (;;) {
        auto_arena scratch = arena_new();
        struct turn t = {.arena = scratch};
        struct bytes b;
        struct pack m;
        int fd = -1;
        err e = net_passed(&t, p->control, 0, &b, &fd);
        if (fd >= 0) close(fd); /* nobody hands us anything */
        if (e == ERR_NONE_SUCH) return;
        if (e != ERR_OK) { /* its end is told by the system */
            net_unwatch(p->broker->loop, p->control);
            return;
        }
        if (pack_read(&t, b, &codec_limits, &m) == ERR_OK) heard(p, &m);
    }
}

/* ---- starting one ---------------------------------------------------------------------------- */

/* The ends of its links: those that wait for it, and new ones whose other ends go to who lives, or
 * wait for who does not. */
static err ends_make(struct broker *b, struct proc *p, struct turn *t)
{
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        bool first = pairs[k][0] == p->self;
        if (!first && pairs[k][1] != p->self) continue;
        struct proc *other = &b->procs[pairs[k][first ? 1 : 0]];
        if (!is_wanted(b, other->self) || p->ends[other->self] >= 0) continue;
        int two[2];
        try(pair_make(t, SOCK_STREAM, two));
        p->ends[other->self] = two[0];
        p->linked[other->self] = ++b->links;
        if (other->pid) {
            end_give(other, p, b->links, two[1]);
        } else {
            close_end(&other->ends[p->self]);
            other->ends[p->self] = two[1];
            other->linked[p->self] = b->links;
        }
    }
    return ERR_OK;
}

struct birth {
    struct broker *broker;
    struct proc *proc;
    int control;
};

/* In the child: everything of the broker's is closed but what was named. */
static void child_begin(void *ctx)
{
    const struct birth *x = ctx;
    struct node_child c = {
        .self = x->proc->self, .plan = x->broker->plan, .control = x->control, .keeper = -1};
    for (int k = 0; k < PROCESSES; k++) {
        c.fresh[k] = x->proc->ends[k];
        c.linked[k] = x->proc->linked[k];
        c.pids[k] = x->broker->procs[k].pid;
    }
    c.pids[c.self] = (int)getpid();
    c.pids[PROCESSES] = (int)getppid();
    if (c.self != GUARD_KEEPER) {
        c.keeper = c.fresh[GUARD_KEEPER];
        c.fresh[GUARD_KEEPER] = -1;
    }
    node_child_run(&c);
}

static err proc_fork(struct broker *b, struct proc *p, struct turn *t)
{
    int control[2], keep[PROCESSES + 3];
    size_t n = 0;
    try(ends_make(b, p, t));
    try(pair_make(t, SOCK_SEQPACKET, control));
    for (int k = 0; k < PROCESSES; k++)
        if (p->ends[k] >= 0) keep[n++] = p->ends[k];
    keep[n++] = control[1];
    keep[n++] = b->plan->lock; /* the folder is free when the last process is gone */
    if (p->self == GUARD_DESK) keep[n++] = b->plan->local;
    if (p->self == GUARD_FRONT_PEERS) keep[n++] = b->plan->wire;
    if (p->self == GUARD_FRONT_OFFICERS) keep[n++] = b->plan->pages;
    struct birth birth = {b, p, control[1]};
    err e = guard_spawn(t, keep, n, child_begin, &birth, &p->pid);
    close(control[1]);
    for (int k = 0; k < PROCESSES; k++) close_end(&p->ends[k]);
    if (e != ERR_OK) close(control[0]);
    try(e);
    p->control = control[0];
    p->ready = p->told_stop = false;
    p->began_ms = mono_ms();
    return net_watch(t, b->loop, p->control, on_control, p);
}

static void proc_begin(void *ctx)
{
    struct proc *p = ctx;
    struct broker *b = p->broker;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    p->timer = 0;
    if (b->stop) return;
    if (proc_fork(b, p, &t) != ERR_OK) {
        give_up(b, &t.fault);
        return;
    }
    struct proc *desk = &b->procs[GUARD_DESK];
    if (desk->pid && desk != p) (void)say(desk, "pid", p->self, p->pid, -1);
}

/* ---- what died ------------------------------------------------------------------------------- */

static void note_death(struct broker *b, const struct proc *p, int pid, int status)
{
    auto_arena scratch = arena_new();
    bool killed = WIFSIGNALED(status);
    int number = killed ? WTERMSIG(status) : WEXITSTATUS(status);
    log_event(turn_now_ms(b->life), "warning", "process-ended", "process", guard_word(p->self),
              "pid", str_c(scratch, str_printf(scratch, "%d", pid)), killed ? "signal" : "status",
              str_c(scratch, str_printf(scratch, "%d", number)), NULL);
}

/* Again at once; slower and slower while it dies as soon as it began. */
static void proc_ended(struct broker *b, struct proc *p, int status)
{
    int pid = p->pid;
    net_unwatch(b->loop, p->control);
    on_control(p); /* its last words */
    close_end(&p->control);
    for (int k = 0; k < PROCESSES; k++) {
        close_end(&p->ends[k]);
        close_end(&b->procs[k].ends[p->self]);
    }
    p->pid = 0;
    if (b->stop && p->told_stop) return;
    note_death(b, p, pid, status);
    if (b->stop) return;
    int64_t now_ms = mono_ms(), pause_ms = 0;
    p->early = p->ready || now_ms - p->began_ms > QUICK_MS ? 0 : p->early + 1;
    if (p->early >= EARLY_MAX || (!b->begun && !p->ready)) {
        struct fault f = {ERR_INTERNAL, "process-ended", "", "", ""};
        snprintf(f.sentence, sizeof f.sentence,
                 "The process %s ends as soon as it begins; see the log.", guard_word(p->self));
        give_up(b, &f);
        return;
    }
    if (p->early) pause_ms = (int64_t)10 << (p->early < 8 ? p->early : 8);
    if (pause_ms > PAUSE_MAX_MS) pause_ms = PAUSE_MAX_MS;
    if (pause_ms)
        p->timer = net_timer(b->loop, now_ms + pause_ms, proc_begin, p);
    else
        proc_begin(p);
}

static void reap(struct broker *b)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int k = 0; k < PROCESSES; k++)
            if (b->procs[k].pid == pid) proc_ended(b, &b->procs[k], status);
}

static void on_signal(void *ctx)
{
    struct broker *b = ctx;
    struct signalfd_siginfo info;
    while (read(b->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            reap(b);
        else
            b->stop = true;
    }
}

static err signals_watch(struct broker *b)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
        b->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (b->signal_fd >= 0) return net_watch(b->life, b->loop, b->signal_fd, on_signal, b);
    return turn_fail(b->life, ERR_INTERNAL, "signals", NULL, "Cannot watch signals: %s.",
                     errno_words(errno));
}

/* ---- from the first to the last -------------------------------------------------------------- */

static err turn_until(struct broker *b, bool (*is_so)(const struct broker *b), int64_t within_ms)
{
    int64_t until_ms = mono_ms() + within_ms;
    auto_arena scratch = arena_new();
    while (!is_so(b) && mono_ms() < until_ms) {
        arena_reset(scratch);
        struct turn t = {.arena = scratch};
        err e = net_loop_turn(&t, b->loop, 1000);
        if (e != ERR_OK) b->life->fault = t.fault;
        try(e);
    }
    return ERR_OK;
}

static bool all_ready(const struct broker *b)
{
    for (int k = 0; k < PROCESSES; k++)
        if (is_wanted(b, (enum guard_process)k) && !b->procs[k].ready) return b->stop;
    return true;
}

static bool asked_to_stop(const struct broker *b) { return b->stop; }

static bool desk_gone(const struct broker *b) { return !b->procs[GUARD_DESK].pid; }

static bool all_gone(const struct broker *b)
{
    for (int k = 0; k < PROCESSES; k++)
        if (b->procs[k].pid) return false;
    return true;
}

static void stop_one(struct broker *b, enum guard_process p)
{
    if (!b->procs[p].pid) return;
    b->procs[p].told_stop = true;
    (void)say(&b->procs[p], "stop", p, 0, -1);
}

/* Desk first: it finishes what it took, for which it needs the others; keeper last, for the head.
 */
static err stop_all(struct broker *b)
{
    b->stop = true;
    stop_one(b, GUARD_DESK);
    try(turn_until(b, desk_gone, END_MS));
    for (int k = 0; k < PROCESSES; k++) stop_one(b, (enum guard_process)k);
    try(turn_until(b, all_gone, END_MS));
    for (int k = 0; k < PROCESSES; k++)
        if (b->procs[k].pid) (void)kill(b->procs[k].pid, SIGKILL);
    return turn_until(b, all_gone, END_MS);
}

static err serve(struct broker *b, void (*ready)(void *ctx, uint16_t port), void *ctx)
{
    for (int k = 0; k < PROCESSES; k++)
        if (is_wanted(b, (enum guard_process)k)) proc_begin(&b->procs[k]);
    try(turn_until(b, all_ready, BEGIN_MS));
    if (!all_ready(b))
        return turn_fail(b->life, ERR_INTERNAL, "start", NULL,
                         "The processes of this node did not begin in time; see the log.");
    b->begun = !b->stop;
    if (b->begun && ready) ready(ctx, (uint16_t)b->plan->config.port);
    return turn_until(b, asked_to_stop, INT64_MAX / 2);
}

err node_broker_run(struct turn *life, struct node_plan *plan,
                    void (*ready)(void *ctx, uint16_t port), void *ctx)
{
    struct broker *b = arena_take(life->arena, sizeof *b);
    (void)prctl(PR_SET_NAME, "comity"); /* however it was started; its children have other names */
    *b = (struct broker){.life = life, .plan = plan, .signal_fd = -1};
    for (int k = 0; k < PROCESSES; k++) {
        b->procs[k] = (struct proc){.broker = b, .self = (enum guard_process)k, .control = -1};
        for (int j = 0; j < PROCESSES; j++) b->procs[k].ends[j] = -1;
    }
    try(net_loop_new(life, &node_clock, &b->loop));
    err e = signals_watch(b);
    if (e == ERR_OK) e = serve(b, ready, ctx);
    err last = stop_all(b);
    if (e == ERR_OK) e = last;
    if (b->signal_fd >= 0) {
        net_unwatch(b->loop, b->signal_fd);
        close(b->signal_fd);
    }
    net_loop_free(b->loop);
    if (b->failed.err == ERR_OK || e != ERR_OK) return e;
    life->fault = b->failed;
    return b->failed.err;
}
