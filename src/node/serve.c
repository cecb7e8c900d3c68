/* SPDX-License-Identifier: Apache-2.0 */
/* A node at work. In several processes that is the broker's (broker.c); here is the form of one
 * process, one thread, one loop, for tests and for trying things out. Doors put turns in the desk's
 * queue; each time round, what waits there becomes one group with one sync, then parcels leave,
 * then the background gets its time. Nothing here decides anything about a dossier. */

#include "node/split.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WAIT_MAX_MS = 1000,
    TIDY_MS = 1000,       /* background at most so often while idle */
    TIDY_LATE_MS = 10000, /* and at least so often when never idle */
    FAREWELL_TURNS = 10,  /* of the loop, for replies on their way out */
    FAREWELL_MS = 20
};

struct serving {
    struct turn *life; /* its arena lives as long as the node serves */
    struct node_folder f;
    struct net_loop *loop;
    struct net_client *client;
    struct net_server *server;
    struct node_local *local;
    struct node_door *door;
    struct post *post;
    struct net_client *mail_client; /* shows no certificate of ours */
    struct post_mail *mail;         /* NULL: the settings name none */
    int signal_fd;
    bool stop;
    int64_t tidied_ms; /* monotonic */
};

static err doors_open(struct serving *s);
static err work_until_stopped(struct serving *s);
static void doors_close(struct serving *s);

/* ---- in several processes -------------------------------------------------------------------- */

/* Libraries read their settings and seeds once; afterwards no process of ours may open a file. */
static void warm(struct turn *life)
{
    struct turn t = {.arena = life->arena};
    struct tree *m;
    seal_warm();
    if (json_read(&t, str_bytes(STR("{}")), &codec_limits, &m) != ERR_OK) abort();
    if (xml_read(&t, str_bytes(STR("<a/>")), &codec_limits, &m) != ERR_OK) abort();
}

struct telling {
    struct turn *life;
    const struct node_plan *plan;
    void (*ready)(void *ctx, uint16_t port);
    void *ctx;
};

static void tell_ready(void *ctx, uint16_t port)
{
    const struct telling *x = ctx;
    auto_arena scratch = arena_new();
    log_event(turn_now_ms(x->life), "notice", "serving", "state",
              str_c(scratch, x->plan->config.state), "port",
              str_c(scratch, str_printf(scratch, "%u", port)), "landlock",
              str_c(scratch, str_printf(scratch, "%d", x->plan->ground.landlock_abi)), "uids",
              x->plan->ground.is_root ? str_c(scratch, str_printf(scratch, "%u", x->plan->uid_base))
                                      : "one",
              NULL);
    if (x->ready) x->ready(x->ctx, port);
}

/* Everything is made ready, then the broker has it. */
static err serve_split(struct turn *t, const char *dir, void (*ready)(void *ctx, uint16_t port),
                       void *ctx)
{
    auto_arena arena = arena_new();
    struct turn life = {.arena = arena, .clock = t->clock, .chance = t->chance};
    struct node_config config;
    struct node_plan *plan = NULL;
    int lock;
    err e = node_folder_config(&life, dir, &config);
    if (e == ERR_OK) e = node_lock_take(&life, dir, NODE_ENDING_MS, &lock);
    if (e == ERR_OK) e = node_plan_make(&life, dir, lock, &config, &plan);
    if (e == ERR_OK) {
        warm(&life);
        struct telling told = {&life, plan, ready, ctx};
        e = node_broker_run(&life, plan, tell_ready, &told);
        (void)unlink(node_path(arena, dir, CLI_SOCKET));
    }
    t->fault = life.fault;
    return e;
}

static err serve_single(struct turn *t, const char *dir, void (*ready)(void *ctx, uint16_t port),
                        void *ctx)
{
    auto_arena arena = arena_new();
    struct turn life = {.arena = arena, .clock = t->clock, .chance = t->chance};
    struct serving s = {.life = &life, .signal_fd = -1};
    (void)prctl(PR_SET_DUMPABLE, 0); /* keys are in this memory */
    err e = node_zones_check(&life, node_zones_new(arena));
    if (e == ERR_OK) e = node_folder_open(&life, dir, NODE_WRITES, &s.f);
    if (e == ERR_OK) e = desk_freshen(s.f.desk, &life);
    if (e == ERR_OK) e = desk_whole(s.f.desk, &life);
    if (e == ERR_OK) e = doors_open(&s);
    if (e == ERR_OK) {
        uint16_t port = net_server_port(s.server);
        auto_arena scratch = arena_new();
        log_event(turn_now_ms(t), "notice", "serving", "state", str_c(scratch, s.f.config.state),
                  "port", str_c(scratch, str_printf(scratch, "%u", port)), NULL);
        if (ready) ready(ctx, port);
        e = work_until_stopped(&s);
    }
    doors_close(&s);
    t->fault = life.fault;
    return e;
}

err node_serve(struct turn *t, const char *dir, bool single,
               void (*ready)(void *ctx, uint16_t port), void *ctx)
{
    (void)umask(077);
    (void)signal(SIGPIPE, SIG_IGN);
    err e = single ? serve_single(t, dir, ready, ctx) : serve_split(t, dir, ready, ctx);
    if (e == ERR_OK) log_event(turn_now_ms(t), "notice", "stopped", NULL);
    return e;
}

/* ---- doors ----------------------------------------------------------------------------------- */

static void on_signal(void *ctx)
{
    struct serving *s = ctx;
    struct signalfd_siginfo info;
    if (read(s->signal_fd, &info, sizeof info) == sizeof info) s->stop = true;
}

static err signals_watch(struct serving *s)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
        s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->signal_fd >= 0) return net_watch(s->life, s->loop, s->signal_fd, on_signal, s);
    return turn_fail(s->life, ERR_INTERNAL, "signals", NULL, "Cannot watch signals: %s.",
                     errno_words(errno));
}

static void mail_ask(void *ctx, struct desk_turn *dt, void (*done)(struct desk_turn *dt))
{
    struct serving *s = ctx;
    desk_submit(s->f.desk, dt, done);
}

/* The wire to the mail server; none where the settings name none. */
static err smtp_open(struct serving *s, struct post_mail_wire *out)
{
    struct turn *t = s->life;
    const struct node_mail *m = &s->f.config.mail;
    struct net_client_options none = {0};
    struct post_smtp smtp;
    if (!m->smtp.n) return ERR_OK;
    try(net_client_new(t, s->loop, &none, &s->mail_client));
    try(node_mail_smtp(t, s->f.dir, m, s->mail_client, &smtp));
    *out = post_smtp_wire(t->arena, &smtp);
    return ERR_OK;
}

static err mail_open(struct serving *s, const struct post_mail_wire *wire)
{
    struct turn *t = s->life;
    const struct node_mail *m = &s->f.config.mail;
    struct post_mail_options o = {
        .ask = mail_ask, .ask_ctx = s, .wire = *wire, .clock = &node_clock, .chance = &node_chance};
    if (m->maildir.n) {
        o.maildir = node_path(t->arena, s->f.dir, str_c(t->arena, m->maildir));
        try(node_folder_make(t, o.maildir));
    }
    if (m->smtp.n || m->maildir.n) s->mail = post_mail_open(&o);
    return ERR_OK;
}

static err doors_open(struct serving *s)
{
    struct turn *t = s->life;
    const char *key = node_keeper_tls_key(s->f.keeper), *cert = node_keeper_tls_cert(s->f.keeper);
    try(net_loop_new(t, &node_clock, &s->loop));
    try(signals_watch(s));
    struct net_client_options ours = {.tls_key_pem = key, .tls_cert_pem = cert};
    try(net_client_new(t, s->loop, &ours, &s->client));
    struct post_options po = {.desk = s->f.desk,
                              .wire = post_http_wire(t->arena, s->client),
                              .clock = &node_clock,
                              .chance = &node_chance,
                              .polls = s->f.config.polls,
                              .log = node_path(t->arena, s->f.dir, "log"),
                              .reconcile_ms = POST_RECONCILE_MS};
    if (s->f.config.carried_n) {
        try(node_carried_there(t, s->f.dir));
        po.carried = (struct post_carriage){node_path(t->arena, s->f.dir, NODE_CARRIED),
                                            s->f.config.carried, s->f.config.carried_n};
    }
    struct post_mail_wire smtp = {0};
    try(smtp_open(s, &smtp));
    if (s->f.config.mailbox.peers_n) {
        node_mailbox_of(t->arena, s->f.dir, &s->f.config.mailbox, &po.mailbox);
        try(node_folder_make(t, po.mailbox.maildir));
        po.mailbox.wire = smtp;
    }
    try(post_open(t, &po, &s->post));
    try(mail_open(s, &smtp));
    struct post_http_options ho = {.post = s->post,
                                   .desk = s->f.desk,
                                   .loop = s->loop,
                                   .clock = &node_clock,
                                   .chance = &node_chance,
                                   .log = po.log,
                                   .address = str_c(t->arena, s->f.config.address),
                                   .port = (uint16_t)s->f.config.port,
                                   .tls_key_pem = key,
                                   .tls_cert_pem = cert};
    try(post_http_start(t, &ho, &s->server));
    try(node_local_start(t, s->loop, s->f.desk, s->f.dir, 0, NULL, &s->local));
    return node_door_start(t, s->loop, &s->f, &s->door);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static int64_t mono_ms(void) { return node_clock.mono_ms(node_clock.ctx); }

/* How long nothing can become due. */
static int wait_ms(struct serving *s)
{
    if (desk_queued(s->f.desk)) return 0;
    int64_t now_ms = turn_now_ms(s->life), next_ms = post_next_ms(s->post);
    if (desk_reads_due_ms(s->f.desk) < next_ms) next_ms = desk_reads_due_ms(s->f.desk);
    if (s->mail && post_mail_next_ms(s->mail) < next_ms) next_ms = post_mail_next_ms(s->mail);
    if (next_ms <= now_ms) return 0;
    return next_ms - now_ms < WAIT_MAX_MS ? (int)(next_ms - now_ms) : WAIT_MAX_MS;
}

/* While bodies are on their way, a short wait makes the group larger and the sync cheaper for each.
 * A request that is alone waits for nobody. */
static err gather(struct serving *s, struct turn *t)
{
    int64_t until_ms = mono_ms() + NODE_GATHER_MS;
    while (desk_queued(s->f.desk) && desk_queued(s->f.desk) < DESK_GROUP &&
           net_server_arriving(s->server) > 0 && mono_ms() < until_ms)
        try(net_loop_turn(t, s->loop, 1));
    return ERR_OK;
}

/* What failed in the background is tried again; the answers given do not depend on it. */
static void tidy(struct serving *s, struct turn *t)
{
    int64_t past_ms = mono_ms() - s->tidied_ms;
    bool idle = desk_queued(s->f.desk) == 0 && net_server_arriving(s->server) == 0;
    if (past_ms < (idle ? TIDY_MS : TIDY_LATE_MS)) return;
    s->tidied_ms = mono_ms();
    err e = desk_tidy(s->f.desk, t);
    if (e == ERR_OK) e = node_keeper_sync(t, s->f.keeper);
    if (e == ERR_OK) return;
    log_event(turn_now_ms(t), "warning", "background-failed", "code", t->fault.code, "sentence",
              t->fault.sentence, NULL);
}

static err work_once(struct serving *s, struct turn *t)
{
    try(net_loop_turn(t, s->loop, wait_ms(s)));
    try(gather(s, t));
    node_reads_write(s->f.desk, t, false);
    desk_work(s->f.desk);
    post_work(s->post);
    if (s->mail) post_mail_work(s->mail);
    tidy(s, t);
    return ERR_OK;
}

static err work_until_stopped(struct serving *s)
{
    err e = ERR_OK;
    auto_arena scratch = arena_new();
    while (e == ERR_OK && !s->stop) {
        arena_reset(scratch);
        struct turn t = {.arena = scratch, .clock = s->life->clock, .chance = s->life->chance};
        e = work_once(s, &t);
        if (e != ERR_OK) s->life->fault = t.fault;
    }
    return e;
}

/* ---- closing --------------------------------------------------------------------------------- */

static void queue_empty(struct serving *s)
{
    while (s->f.desk && desk_queued(s->f.desk)) desk_work(s->f.desk);
}

/* What was taken is finished and answered; what is on its way out is tried again by the next start.
 */
static void farewell(struct serving *s)
{
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch, .clock = s->life->clock, .chance = s->life->chance};
    queue_empty(s);
    for (int k = 0; k < FAREWELL_TURNS; k++)
        if (net_loop_turn(&t, s->loop, FAREWELL_MS) != ERR_OK) break;
    node_reads_write(s->f.desk, &t, true);
}

static void doors_close(struct serving *s)
{
    if (s->mail) post_mail_stop(s->mail);
    post_stop(s->post);
    if (s->post && s->local) farewell(s);
    net_server_stop(s->server);
    net_client_free(s->client);
    net_client_free(s->mail_client);
    if (s->mail) post_mail_work(s->mail); /* what was under way ended without an answer */
    queue_empty(s);
    post_mail_close(s->mail);
    node_local_stop(s->local);
    node_door_stop(s->door);
    post_close(s->post);
    if (s->signal_fd >= 0) {
        net_unwatch(s->loop, s->signal_fd);
        close(s->signal_fd);
    }
    net_loop_free(s->loop);
    if (!s->f.keeper) return;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch, .clock = s->life->clock, .chance = s->life->chance};
    bool served = s->f.desk && s->server;
    if (served && desk_tidy(s->f.desk, &t) != ERR_OK) turn_forgive(&t); /* tiles may lag */
    if (node_keeper_sync(&t, s->f.keeper) != ERR_OK) return;            /* so may its head */
}
