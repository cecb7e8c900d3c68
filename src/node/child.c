/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a process of the node, whatever its part: from the fork to its row, to work, to the
 * end. What the broker says comes over one socket: new ends of links, pids, and when to stop. */

#include "node/split.h"
#include "paper/paper.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { WAIT_MAX_MS = 1000 };

/* A form of a page stands in the map with its files. */
const struct tree_limits node_link_limits = {
    .size_max = NODE_LINK_MAX, .depth_max = 32, .count_max = 262144};

static err child_live(struct node_child *c);

const char *node_inside(struct arena *a, const struct node_plan *p, const char *name)
{
    return node_path(a, p->ground.is_root ? "" : p->dir, name);
}

/* ---- words with the broker ------------------------------------------------------------------- */

static void say(struct node_child *c, struct turn *t, const struct tree *head)
{
    struct pack m = {.head = head};
    struct bytes b = pack_write(t->arena, &m);
    /* A broker that cannot be told is gone, and so are we. */
    if (b.n > NET_PASS_MAX || net_pass(t, c->control, b, -1) != ERR_OK) turn_forgive(t);
}

static void say_ready(struct node_child *c, struct turn *t)
{
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "say", STR("ready"));
    say(c, t, m);
}

static void say_fault(struct node_child *c, struct turn *t, const struct fault *f)
{
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "say", STR("fault"));
    node_fault_put(t->arena, m, f);
    say(c, t, m);
}

static enum guard_process process_of(struct str word)
{
    int k = 0;
    while (k < GUARD_PROCESSES && !str_is(word, guard_word((enum guard_process)k))) k++;
    return (enum guard_process)k;
}

static void take_end(struct node_child *c, enum guard_process from, int64_t number, int fd)
{
    c->linked[from] = number;
    if (from == GUARD_KEEPER) c->lost_ms[from] = 0;
    int *to = from == GUARD_KEEPER ? &c->keeper : &c->fresh[from];
    if (*to >= 0) close(*to);
    *to = fd;
}

err node_told(struct node_child *c, struct turn *t, int wait_ms)
{
    struct bytes b;
    struct pack m;
    int fd;
    try(net_passed(t, c->control, wait_ms, &b, &fd));
    err e = pack_read(t, b, &codec_limits, &m);
    if (e != ERR_OK) {
        if (fd >= 0) close(fd);
        return e;
    }
    struct str word = tree_str(m.head, "say");
    enum guard_process who = process_of(tree_str(m.head, "process"));
    if (str_is(word, "stop")) c->stop = true;
    if (str_is(word, "pid") && who < GUARD_PROCESSES)
        c->pids[who] = (int)tree_int(m.head, "number", 0);
    if (fd < 0) return ERR_OK;
    if (str_is(word, "link") && who < GUARD_PROCESSES)
        take_end(c, who, tree_int(m.head, "number", 0), fd);
    else
        close(fd);
    return ERR_OK;
}

static int64_t mono_ms(void) { return node_clock.mono_ms(node_clock.ctx); }

void node_link_lost(struct node_child *c, enum guard_process to)
{
    if (!c->lost_ms[to]) c->lost_ms[to] = mono_ms();
}

void node_links_ask(struct node_child *c)
{
    int64_t now_ms = mono_ms();
    for (int k = 0; k < GUARD_PROCESSES; k++) {
        if (!c->lost_ms[k] || now_ms - c->lost_ms[k] < NODE_LINK_AGAIN_MS) continue;
        c->lost_ms[k] = now_ms;
        auto_arena scratch = arena_new();
        struct turn t = {.arena = scratch};
        struct tree *m = tree_map(scratch);
        tree_add_str(scratch, m, "say", STR("lost"));
        tree_add_str(scratch, m, "process", str_of(guard_word((enum guard_process)k)));
        tree_add_int(scratch, m, "number", c->linked[k]);
        say(c, &t, m);
    }
}

static void on_control(void *ctx)
{
    struct node_child *c = ctx;
    for (;;) {
        auto_arena scratch = arena_new();
        struct turn t = {.arena = scratch};
        err e = node_told(c, &t, 0);
        if (e == ERR_NONE_SUCH) return;
        if (e != ERR_OK) _exit(0); /* the broker is gone: nobody is left to work for */
    }
}

/* ---- the life of a process ------------------------------------------------------------------- */

_Noreturn void node_child_run(struct node_child *c)
{
    struct arena *arena = arena_new();
    struct turn life = {.arena = arena, .clock = &node_clock, .chance = &node_chance};
    c->life = &life;
    (void)prctl(PR_SET_NAME, guard_word(c->self));
    err e = child_live(c);
    if (e != ERR_OK) {
        auto_arena scratch = arena_new();
        struct turn t = {.arena = scratch};
        say_fault(c, &t, &life.fault);
    }
    fflush(NULL);
    _exit(err_exit_code(e));
}

static void places_of(struct node_child *c, struct guard_entry *e)
{
    struct arena *a = c->life->arena;
    const char *dir = c->plan->dir;
    const unsigned all = GUARD_READ | GUARD_WRITE | GUARD_MAKE;
    struct guard_place *p = e->places;
    size_t n = 0;
    if (c->self == GUARD_KEEPER)
        p[n++] = (struct guard_place){node_path(a, dir, "keys"), all, false};
    if (c->self == GUARD_DESK) {
        for (size_t k = 0; k < NODE_STORE_FILES && !c->plan->config.database.n; k++)
            p[n++] = (struct guard_place){node_path(a, dir, node_store_files[k]),
                                          GUARD_READ | GUARD_WRITE, false};
        p[n++] = (struct guard_place){node_path(a, dir, "vault"), all, false};
        p[n++] = (struct guard_place){node_path(a, dir, "log"), all, false};
        p[n++] = (struct guard_place){dir, GUARD_LIST, false};
        if (c->plan->config.carried_n)
            p[n++] = (struct guard_place){node_path(a, dir, NODE_CARRIED), all, false};
        struct str filled[] = {c->plan->config.mail.maildir, c->plan->config.mailbox.maildir};
        for (size_t k = 0; k < sizeof filled / sizeof *filled; k++)
            if (filled[k].n)
                p[n++] = (struct guard_place){node_path(a, dir, str_c(a, filled[k])),
                                              GUARD_READ | GUARD_MAKE, false};
    }
    if (c->self == GUARD_COURIER) {
        /* What finding a host by its name reads. */
        static const char *const files[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
                                            "/etc/host.conf", "/etc/gai.conf"};
        for (size_t k = 0; k < sizeof files / sizeof *files; k++)
            p[n++] = (struct guard_place){files[k], GUARD_READ, true};
    }
    if (c->self == GUARD_PRINTER) {
        /* The program, what loads it, the libraries it is made of, and what it prints with. */
        static const char *const loaders[] = {"/lib64/ld-linux-x86-64.so.2",
                                              "/lib/ld-linux-aarch64.so.1"};
        p[n++] = (struct guard_place){c->plan->press, GUARD_RUN | GUARD_READ, false};
        for (size_t k = 0; k < sizeof loaders / sizeof *loaders; k++)
            p[n++] = (struct guard_place){loaders[k], GUARD_RUN | GUARD_READ, true};
        p[n++] = (struct guard_place){"/etc/ld.so.cache", GUARD_READ, true};
        p[n++] = (struct guard_place){"/usr/lib", GUARD_READ, false};
        p[n++] = (struct guard_place){PAPER_FONTS, GUARD_READ, true};
    }
    e->places_n = n;
}

static err row_enter(struct node_child *c)
{
    struct guard_entry e = {
        .process = c->self, .ground = c->plan->ground, .uid_base = c->plan->uid_base};
    places_of(c, &e);
    if (c->self == GUARD_KEEPER || c->self == GUARD_DESK) e.root = c->plan->dir;
    return guard_enter(c->life, &e);
}

static err links_take(struct node_child *c, const struct node_part *part)
{
    for (int k = 0; k < GUARD_PROCESSES; k++) {
        int fd = c->fresh[k];
        if (fd < 0) continue;
        c->fresh[k] = -1;
        c->lost_ms[k] = 0; /* the old one may have been found broken after this one came */
        if (part->linked)
            try(part->linked(c, (enum guard_process)k, fd));
        else
            close(fd);
    }
    return ERR_OK;
}

static int wait_of(struct node_child *c, const struct node_part *part)
{
    for (int k = 0; k < GUARD_PROCESSES; k++)
        if (c->fresh[k] >= 0) return 0;
    return part->wait_ms ? part->wait_ms(c) : WAIT_MAX_MS;
}

static err child_work(struct node_child *c, const struct node_part *part)
{
    auto_arena scratch = arena_new();
    while (!c->stop) {
        arena_reset(scratch);
        struct turn t = {.arena = scratch, .clock = &node_clock, .chance = &node_chance};
        err e = net_loop_turn(&t, c->loop, wait_of(c, part));
        if (e == ERR_OK && part->round) e = part->round(c, &t);
        c->life->fault = t.fault;
        if (e != ERR_OK) return e;
        try(links_take(c, part));
        node_links_ask(c);
    }
    return ERR_OK;
}

static const struct node_part *part_of(enum guard_process p)
{
    switch (p) {
    case GUARD_KEEPER:
        return &node_part_keeper;
    case GUARD_READER:
        return &node_part_reader;
    case GUARD_COURIER:
        return &node_part_courier;
    case GUARD_DESK:
        return &node_part_desk;
    case GUARD_FRONT_PEERS:
        return &node_part_front_peers;
    case GUARD_FRONT_OFFICERS:
        return &node_part_front_officers;
    case GUARD_PRINTER:
        return &node_part_printer;
    case GUARD_PROCESSES:
        break;
    }
    return NULL;
}

static err child_live(struct node_child *c)
{
    const struct node_part *part = part_of(c->self);
    assert(part);
    try(net_loop_new(c->life, &node_clock, &c->loop));
    if (part->before) try(part->before(c));
    try(row_enter(c));
    if (part->begin) try(part->begin(c));
    try(net_watch(c->life, c->loop, c->control, on_control, c));
    try(links_take(c, part));
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    say_ready(c, &t);
    try(child_work(c, part));
    if (part->end) part->end(c);
    return ERR_OK;
}
