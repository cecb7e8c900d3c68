/* SPDX-License-Identifier: Apache-2.0 */
/* The process that decides: the desk and its post, between the doors, the reader, the courier and
 * keeper. It has the database, the vault and the log, and neither network nor keys.
 *
 * Each time round, what waits becomes one group with one sync; then parcels leave, then the
 * background gets its time. */

#include "db/db.h"
#include "node/split.h"

enum { WAIT_MAX_MS = 1000, TIDY_MS = 1000, TIDY_LATE_MS = 10000, GATHER_MAX_MS = 24 };

struct part {
    struct node_child *child;
    struct node_remote *keeper;
    struct db *server; /* a connection to PostgreSQL; NULL: the database is a file */
    struct desk *desk;
    struct node_line *reader, *courier;
    struct post *post;
    struct post_mail *mail; /* NULL: the settings name none */
    struct node_doors *doors;
    struct node_asks *asks;
    struct node_local *local;
    int64_t tidied_ms;
};

static int64_t mono_ms(void) { return node_clock.mono_ms(node_clock.ctx); }

/* ---- opening --------------------------------------------------------------------------------- */

static err store_open_all(struct part *p)
{
    struct node_child *c = p->child;
    struct turn *t = c->life;
    struct arena *a = t->arena;
    try(node_remote_open(c, t, &suite_1, &p->keeper));
    struct db_options db;
    node_database_of(a, c->plan->ground.is_root ? "" : c->plan->dir, &c->plan->config, &db);
    db.opened = p->server;
    struct node_room *room = arena_take(a, sizeof *room);
    *room = (struct node_room){{c->plan->ground.is_root ? "/" : c->plan->dir,
                                node_inside(a, c->plan, "vault"), node_inside(a, c->plan, "log")}};
    struct desk_options o = {.db = &db,
                             .vault = room->places[1],
                             .log = room->places[2],
                             .room = node_room,
                             .room_ctx = room,
                             .keeper = node_remote_hooks(p->keeper),
                             .suite = &suite_1,
                             .law = law_embedded,
                             .law_n = law_embedded_n,
                             .zones = node_zones_hook(c->plan->zones),
                             .owner = c->plan->owner,
                             .officers = node_officers_origin(a, &c->plan->config.officers),
                             .die = node_die};
    try(desk_open(t, &o, &p->desk));
    try(desk_freshen(p->desk, t));
    return desk_whole(p->desk, t);
}

static err lines_open(struct part *p)
{
    struct node_line_options reader = {
        .child = p->child,
        .to = GUARD_READER,
        .in_order = true,
        .crashed = {ERR_REJECTED, "quarantined", "comity wire 1: parcels", "",
                    "What reads parcels here ended over these bytes, twice: they are not taken."}};
    struct node_line_options courier = {
        .child = p->child,
        .to = GUARD_COURIER,
        .crashed = {ERR_PEER, "courier", "", "",
                    "What carries parcels ended over this one, twice."}};
    try(node_line_open(p->child->life, &reader, &p->reader));
    return node_line_open(p->child->life, &courier, &p->courier);
}

static void ask(void *ctx, struct desk_turn *dt, void (*done)(struct desk_turn *dt))
{
    struct part *p = ctx;
    desk_submit(p->desk, dt, done);
}

static void mail_begin(struct part *p)
{
    struct arena *a = p->child->life->arena;
    const struct node_mail *m = &p->child->plan->config.mail;
    struct post_mail_options o = {
        .ask = ask, .ask_ctx = p, .clock = &node_clock, .chance = &node_chance};
    if (m->smtp.n) o.wire = node_mail_wire_over(p->courier);
    if (m->maildir.n) {
        o.reader = node_mail_reader_over(p->reader);
        o.maildir = node_inside(a, p->child->plan, str_c(a, m->maildir));
    }
    if (m->smtp.n || m->maildir.n) p->mail = post_mail_open(&o);
}

/* A server is reached while that is still allowed; when it is lost, this process ends, and another
 * one reaches it again. */
static err before(struct node_child *c)
{
    struct turn *t = c->life;
    struct part *p = arena_take(t->arena, sizeof *p);
    p->child = c;
    c->own = p;
    if (!c->plan->config.database.n) return ERR_OK;
    struct db_options db;
    node_database_of(t->arena, c->plan->dir, &c->plan->config, &db);
    db.must_exist = true;
    return db_open(t, &db, &p->server);
}

static err begin(struct node_child *c)
{
    struct turn *t = c->life;
    struct part *p = c->own;
    try(store_open_all(p));
    try(lines_open(p));
    struct post_options po = {.desk = p->desk,
                              .wire = node_wire_over(t->arena, p->courier),
                              .clock = &node_clock,
                              .chance = &node_chance,
                              .reader = node_reader_over(p->reader),
                              .polls = c->plan->config.polls,
                              .log = node_inside(t->arena, c->plan, "log"),
                              .reconcile_ms = POST_RECONCILE_MS};
    if (c->plan->config.carried_n)
        po.carried = (struct post_carriage){node_inside(t->arena, c->plan, NODE_CARRIED),
                                            c->plan->config.carried, c->plan->config.carried_n};
    const struct node_mailbox *m = &c->plan->config.mailbox;
    if (m->peers_n) {
        const char *dir = c->plan->ground.is_root ? "" : c->plan->dir;
        node_mailbox_of(t->arena, dir, m, &po.mailbox);
        po.mailbox.wire = node_mail_wire_over(p->courier);
        po.mailbox.reader = node_mail_reader_over(p->reader);
    }
    try(post_open(t, &po, &p->post));
    mail_begin(p);
    try(node_doors_open(c, t, p->post, p->desk, po.log, &p->doors));
    try(node_asks_open(c, t, p->desk, &p->asks));
    return node_local_start(t, c->loop, p->desk, c->plan->dir, c->plan->local, c->pids, &p->local);
}

static err linked(struct node_child *c, enum guard_process to, int fd)
{
    struct part *p = c->own;
    if (to == GUARD_READER) return node_line_linked(p->reader, c->life, fd);
    if (to == GUARD_COURIER) return node_line_linked(p->courier, c->life, fd);
    if (to == GUARD_FRONT_OFFICERS) return node_asks_linked(p->asks, c->life, fd);
    return node_doors_linked(p->doors, c->life, fd);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static int wait_ms(struct node_child *c)
{
    struct part *p = c->own;
    if (desk_queued(p->desk)) return 0;
    int64_t now_ms = turn_now_ms(c->life), next_ms = post_next_ms(p->post);
    if (desk_reads_due_ms(p->desk) < next_ms) next_ms = desk_reads_due_ms(p->desk);
    if (p->mail && post_mail_next_ms(p->mail) < next_ms) next_ms = post_mail_next_ms(p->mail);
    if (next_ms <= now_ms) return 0;
    return next_ms - now_ms < WAIT_MAX_MS ? (int)(next_ms - now_ms) : WAIT_MAX_MS;
}

/* While parcels are being read, a short wait makes the group larger and the sync cheaper for each:
 * longer the more of them there are. A request that is alone waits for nobody. */
static err gather(struct part *p, struct turn *t)
{
    int64_t most = (int64_t)post_arriving(p->post) * NODE_GATHER_MS;
    int64_t until_ms = mono_ms() + (most < GATHER_MAX_MS ? most : GATHER_MAX_MS);
    while (desk_queued(p->desk) && desk_queued(p->desk) < DESK_GROUP && post_arriving(p->post) &&
           mono_ms() < until_ms)
        try(net_loop_turn(t, p->child->loop, 1));
    return ERR_OK;
}

/* What failed in the background is tried again; the answers given do not depend on it. */
static void tidy(struct part *p, struct turn *t)
{
    int64_t past_ms = mono_ms() - p->tidied_ms;
    bool idle = desk_queued(p->desk) == 0 && post_arriving(p->post) == 0;
    if (past_ms < (idle ? TIDY_MS : TIDY_LATE_MS)) return;
    p->tidied_ms = mono_ms();
    if (desk_tidy(p->desk, t) == ERR_OK) return;
    log_event(turn_now_ms(t), "warning", "background-failed", "code", t->fault.code, "sentence",
              t->fault.sentence, NULL);
    turn_forgive(t);
}

static err work(struct node_child *c, struct turn *t)
{
    struct part *p = c->own;
    try(gather(p, t));
    node_reads_write(p->desk, t, false);
    desk_work(p->desk);
    node_doors_work(p->doors);
    post_work(p->post);
    if (p->mail) post_mail_work(p->mail);
    tidy(p, t);
    if (p->server && db_is_lost(p->server))
        return turn_fail(t, ERR_BUSY, "db-lost", NULL,
                         "The connection to PostgreSQL was lost; another is made.");
    return ERR_OK;
}

/* ---- closing --------------------------------------------------------------------------------- */

/* What was taken is finished and answered; what is on its way out is tried again by the next start.
 */
static void end(struct node_child *c)
{
    enum { FAREWELL_TURNS = 10, FAREWELL_MS = 20, FLUSH_TURNS = 100 };
    struct part *p = c->own;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch, .clock = &node_clock, .chance = &node_chance};
    if (p->mail) post_mail_stop(p->mail);
    post_stop(p->post);
    for (int k = 0; k < FLUSH_TURNS; k++) {
        while (desk_queued(p->desk)) desk_work(p->desk);
        if (p->mail) post_mail_work(p->mail);
        bool busy = post_arriving(p->post) || node_doors_unsent(p->doors) ||
                    node_asks_unsent(p->asks) || (p->mail && post_mail_is_busy(p->mail));
        if (k >= FAREWELL_TURNS && !busy) break;
        if (net_loop_turn(&t, c->loop, FAREWELL_MS) != ERR_OK) break;
    }
    node_line_close(p->courier);
    node_line_close(p->reader);
    if (p->mail) post_mail_work(p->mail); /* what was under way ended without an answer */
    while (desk_queued(p->desk)) desk_work(p->desk);
    post_mail_close(p->mail);
    node_reads_write(p->desk, &t, true);
    if (desk_tidy(p->desk, &t) != ERR_OK) turn_forgive(&t); /* tiles may lag */
    desk_close(p->desk);
}

const struct node_part node_part_desk = {.before = before,
                                         .begin = begin,
                                         .linked = linked,
                                         .round = work,
                                         .wait_ms = wait_ms,
                                         .end = end};
