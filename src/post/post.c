/* SPDX-License-Identifier: Apache-2.0 */
/* The way out: parcels are built for what is held here, and carried until the other State holds
 * them.
 *
 * It never gives up and never waits: each parcel is tried again with growing, jittered pauses, and
 * how often stands with the desk, so a restart goes on where it was. What a receipt is worth is the
 * desk's to say. */

#include "post/post_internal.h"

#include <assert.h>
#include <string.h>

enum { RETRY_DOUBLINGS_MAX = 20, CHORE_REST_MS = 5000, PROOFS_MAX = 8 };

static void flights_wake(struct post *p, int64_t now_ms);
static void chore_start(struct chore *c, enum desk_action action);
static void jobs_start(struct post *p, struct turn *t, struct str peer);
static void receipt_give(struct flight *f);
static void receipt_look(struct flight *f, struct bytes reply);
static void on_sent(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                    const char *why);

struct turn post_turn(const struct post *p, struct arena *a)
{
    return (struct turn){.arena = a, .clock = p->o.clock, .chance = p->o.chance};
}

int64_t post_now_ms(const struct post *p) { return p->o.clock->wall_ms(p->o.clock->ctx); }

err post_open(struct turn *t, const struct post_options *o, struct post **out)
{
    (void)t; /* nothing can fail yet; later carriages may */
    struct arena *arena = arena_new();
    struct post *p = arena_take(arena, sizeof *p);
    p->arena = arena;
    p->o = *o;
    p->build.post = p->tick.post = p;
    post_heads_open(p);
    post_waiting_open(p);
    post_polling_open(p);
    post_mailbox_open(p);
    p->groups = UINT64_MAX; /* the first call looks */
    for (size_t k = 0; k < POST_FLIGHT_MAX; k++) p->flights[k].post = p;
    *out = p;
    return ERR_OK;
}

void post_close(struct post *p)
{
    if (!p) return;
    assert(!p->build.arena && !p->tick.arena && !p->rounds && post_heads_rest(p));
    assert(post_waiting_rest(p) && post_polling_rest(p) && post_mailbox_rest(p));
    for (size_t k = 0; k < POST_FLIGHT_MAX; k++) {
        assert(p->flights[k].stage == FLIGHT_FREE || p->flights[k].stage == FLIGHT_RESTING);
        arena_free(p->flights[k].arena);
    }
    arena_free(p->arena);
}

/* ---- looking --------------------------------------------------------------------------------- */

static void look_failed(struct post *p, const struct turn *t)
{
    log_event(post_now_ms(p), "error", "outbox-unread", "code", t->fault.code, "sentence",
              t->fault.sentence, NULL);
}

static void look(struct post *p, int64_t now_ms)
{
    auto_arena scratch = arena_new();
    struct turn t = post_turn(p, scratch);
    int64_t unbuilt, unsent;
    bool due = false;
    if (desk_waiting(p->o.desk, &t, &unbuilt, &unsent) != ERR_OK) {
        look_failed(p, &t);
        return;
    }
    p->waits = unbuilt + unsent > 0;
    if (unbuilt > 0 && now_ms >= p->build.after_ms) chore_start(&p->build, DESK_BUILD);
    if (unsent > 0) jobs_start(p, &t, (struct str){0});
    if (p->tick.arena || now_ms < p->tick.after_ms) return;
    p->tick.after_ms = now_ms + POST_LOOK_MS;
    if (desk_tick_due(p->o.desk, &t, now_ms, &due) != ERR_OK) look_failed(p, &t);
    if (due) chore_start(&p->tick, DESK_TICK);
}

void post_work(struct post *p)
{
    int64_t now_ms = post_now_ms(p);
    flights_wake(p, now_ms);
    post_lines_work(p);
    post_carried_work(p);
    post_heads_work(p, now_ms);
    post_waiting_work(p, now_ms);
    post_polling_work(p, now_ms);
    post_mailbox_work(p, now_ms);
    /* Something was committed, or the time has come, or the wall clock was set back. */
    uint64_t groups = desk_counted(p->o.desk).groups;
    bool late = now_ms >= p->look_ms || p->look_ms > now_ms + POST_LOOK_MS;
    if (groups == p->groups && !late) return;
    p->groups = groups;
    p->look_ms = now_ms + POST_LOOK_MS;
    if (p->build.after_ms > now_ms + CHORE_REST_MS) p->build.after_ms = 0;
    if (p->tick.after_ms > now_ms + CHORE_REST_MS) p->tick.after_ms = 0;
    look(p, now_ms);
}

int64_t post_next_ms(struct post *p)
{
    int64_t next_ms = p->waits ? p->look_ms : INT64_MAX;
    for (size_t k = 0; k < POST_FLIGHT_MAX; k++)
        if (p->flights[k].stage == FLIGHT_RESTING && p->flights[k].next_ms < next_ms)
            next_ms = p->flights[k].next_ms;
    int64_t others_ms[] = {post_lines_next_ms(p),   post_carried_next_ms(p),
                           post_heads_next_ms(p),   post_waiting_next_ms(p),
                           post_polling_next_ms(p), post_mailbox_next_ms(p)};
    for (size_t k = 0; k < sizeof others_ms / sizeof *others_ms; k++)
        if (others_ms[k] < next_ms) next_ms = others_ms[k];
    return next_ms;
}

/* ---- building, and what clocks bring about --------------------------------------------------- */

static void on_chore(struct desk_turn *dt)
{
    struct chore *c = dt->own;
    struct post *p = c->post;
    if (dt->result != ERR_OK) {
        c->after_ms = post_now_ms(p) + CHORE_REST_MS;
        log_event(post_now_ms(p), "error", "chore-failed", "action", desk_action_word(dt->action),
                  "code", dt->t.fault.code, "sentence", dt->t.fault.sentence, NULL);
    }
    arena_free(c->arena);
    c->arena = NULL;
}

static void chore_start(struct chore *c, enum desk_action action)
{
    if (c->arena) return;
    c->arena = arena_new();
    c->dt = (struct desk_turn){
        .t = post_turn(c->post, c->arena), .action = action, .uid = -1, .own = c};
    desk_submit(c->post->o.desk, &c->dt, on_chore);
}

/* ---- flights --------------------------------------------------------------------------------- */

static void flight_end(struct flight *f)
{
    arena_free(f->arena);
    *f = (struct flight){.post = f->post};
}

static void flights_wake(struct post *p, int64_t now_ms)
{
    for (size_t k = 0; k < POST_FLIGHT_MAX; k++) {
        struct flight *f = &p->flights[k];
        bool over = f->next_ms <= now_ms || f->next_ms > now_ms + 2 * POST_RETRY_MAX_MS;
        if (f->stage != FLIGHT_RESTING || !over) continue;
        flight_end(f);
        p->groups = UINT64_MAX; /* it is due: look */
    }
}

static struct tree *flight_turn(struct flight *f, enum desk_action action)
{
    f->stage = FLIGHT_TURN;
    f->dt = (struct desk_turn){
        .t = post_turn(f->post, f->arena), .action = action, .uid = -1, .own = f};
    struct tree *args = tree_map(f->arena);
    tree_add_str(f->arena, args, "act", hex(f->arena, id_bytes(&f->job.act)));
    f->dt.args = args;
    return args;
}

static void on_retry(struct desk_turn *dt)
{
    struct flight *f = dt->own;
    struct post *p = f->post;
    if (f->next_ms < p->look_ms) p->look_ms = f->next_ms;
    if (dt->result == ERR_OK)
        flight_end(f);
    else
        f->stage = FLIGHT_RESTING;
}

int64_t post_chance_below(const struct post *p, int64_t below)
{
    uint64_t x;
    p->o.chance->fill(p->o.chance->ctx, &x, sizeof x);
    return (int64_t)(x % (uint64_t)below);
}

/* Full jitter over a doubling pause, so that peers that failed together do not come back together.
 * What the other side asked for is waited out first. */
int64_t post_pause_ms(const struct post *p, int64_t tries, int64_t most_ms, int64_t retry_after_s)
{
    int64_t doublings = tries < RETRY_DOUBLINGS_MAX ? tries : RETRY_DOUBLINGS_MAX;
    int64_t most = (int64_t)POST_RETRY_FIRST_MS << doublings;
    if (most > most_ms) most = most_ms;
    int64_t asked = retry_after_s > 0 ? retry_after_s * 1000 : 0;
    if (asked > most_ms) asked = most_ms;
    return asked + 1 + post_chance_below(p, most);
}

void post_flight_retry(struct flight *f, int64_t retry_after_s, const char *why)
{
    struct post *p = f->post;
    int64_t most_ms = f->job.urgent ? POST_RETRY_URGENT_MS : POST_RETRY_MAX_MS;
    f->next_ms = post_now_ms(p) + post_pause_ms(p, f->job.tries, most_ms, retry_after_s);
    log_event(post_now_ms(p), "notice", "parcel-waits", "peer", str_c(f->arena, f->job.peer), "act",
              str_c(f->arena, hex(f->arena, id_bytes(&f->job.act))), "next",
              str_c(f->arena, time_text(f->arena, f->next_ms)), "why", why, NULL);
    struct str said = str_printable(f->arena, str_dup(f->arena, str_of(why)));
    struct tree *args = flight_turn(f, DESK_RETRY);
    tree_add_int(f->arena, args, "next_ms", f->next_ms);
    tree_add_int(f->arena, args, "status", f->status);
    tree_add_str(f->arena, args, "why", said);
    tree_add_bool(f->arena, args, "moved", f->moved);
    desk_submit(p->o.desk, &f->dt, on_retry);
}

/* A refusal names its reason in a problem document, whose code people are told. */
static void flight_refused(struct flight *f)
{
    struct str why = str_printf(f->arena, "answered %d " STR_FMT, f->status, STR_ARG(f->code));
    post_flight_retry(f, f->retry_after_s, str_c(f->arena, why));
}

/* Of one peer many receipts may come at once, each with another head. The largest goes first and
 * alone; then all others are older, and each needs one proof more, whatever comes meanwhile. */
static struct flight *leader_of(struct post *p, struct str peer)
{
    for (size_t k = 0; k < POST_FLIGHT_MAX; k++)
        if (p->flights[k].leads && str_eq(p->flights[k].job.peer, peer)) return &p->flights[k];
    return NULL;
}

static struct flight *parked_of(struct post *p, struct str peer)
{
    struct flight *best = NULL;
    for (size_t k = 0; k < POST_FLIGHT_MAX; k++) {
        struct flight *f = &p->flights[k];
        if (f->stage != FLIGHT_PARKED || !str_eq(f->job.peer, peer)) continue;
        if (!best || f->proof.to > best->proof.to) best = f;
    }
    return best;
}

/* It leads no more: who takes over, NULL when nobody waits. To be called on when it has ended. */
static struct flight *lead_ends(struct flight *f)
{
    struct flight *next = f->leads ? parked_of(f->post, f->job.peer) : NULL;
    f->leads = false;
    return next;
}

static void lead_begins(struct flight *f)
{
    if (!f) return;
    f->leads = true;
    receipt_give(f);
}

/* People are told. */
static void flight_noted(struct flight *f, const struct fault *why)
{
    const struct desk_peer *peer = desk_peer(f->post->o.desk, f->job.peer);
    if (!peer) return;
    struct incident i = {.tls = &peer->tls, .peer = f->job.peer, .fault = why};
    (void)post_incident(f->post, &i);
}

static void on_proven(void *job, const struct fault *why, const struct ledger_proof *proof)
{
    struct flight *f = job;
    if (!why) {
        f->proof.given = true;
        f->proof.path = *proof;
        receipt_give(f);
        return;
    }
    struct flight *next = lead_ends(f);
    struct fault kept = *why;
    if (strcmp(kept.code, "log-unproven") == 0) flight_noted(f, &kept);
    post_flight_retry(f, -1, str_c(f->arena, str_dup(f->arena, str_of(kept.sentence))));
    lead_begins(next);
}

/* The desk must be shown how two heads of the peer's log belong together. */
static void flight_prove(struct flight *f, const struct desk_peer *peer)
{
    f->stage = FLIGHT_PROOF;
    post_prove(f->post, peer, f->proof.from, f->proof.to, on_proven, f);
}

static void on_receipt(struct desk_turn *dt)
{
    struct flight *f = dt->own;
    struct fault why = dt->t.fault;
    const struct desk_peer *peer = desk_peer(f->post->o.desk, f->job.peer);
    bool unproven = dt->result != ERR_OK && strcmp(why.code, "head-unproven") == 0 && peer;
    struct flight *leader = leader_of(f->post, f->job.peer);
    f->proof = dt->proof;
    if (unproven && f->proof.newer && leader && leader != f) {
        f->stage = FLIGHT_PARKED;
        return;
    }
    if (unproven && f->proof.newer && f->proofs++ < PROOFS_MAX) {
        f->leads = true;
        flight_prove(f, peer);
        return;
    }
    struct flight *next = lead_ends(f);
    if (dt->evidence) { /* a log that contradicts itself */
        flight_noted(f, &why);
        post_freeze(f->post, f->job.peer, dt);
    } else if (strcmp(why.code, "log-unproven") == 0) {
        flight_noted(f, &why); /* asked again, with the next answer */
    }
    if (dt->result == ERR_OK && f->refusal) {
        flight_refused(f);
    } else if (dt->result == ERR_OK) {
        post_carried_over(f->post, &f->job);
        flight_end(f);
    } else if (unproven && f->proofs++ < PROOFS_MAX) {
        flight_prove(f, peer);
    } else {
        post_flight_retry(f, -1, why.sentence);
    }
    lead_begins(next);
}

/* What was refused under the other side's seal is kept before the next attempt. */
static void on_problem(void *job, const struct post_told *told)
{
    struct flight *f = job;
    f->code = str_printable(f->arena, told->code);
    f->refusal = told->receipt.n > 0;
    if (f->refusal)
        receipt_look(f, str_bytes(told->receipt));
    else
        flight_refused(f);
}

static void problem_read(struct flight *f, struct bytes reply)
{
    const struct post_reader *r = &f->post->o.reader;
    if (r->problem) {
        f->stage = FLIGHT_READING;
        r->problem(r->ctx, bytes_dup(f->arena, reply), on_problem, f);
        return;
    }
    struct turn t = post_turn(f->post, f->arena);
    struct post_told told = post_problem_read(&t, reply);
    on_problem(f, &told);
}

/* The desk decides what a receipt is worth; `r` is what a reader elsewhere found in it. */
static void receipt_give(struct flight *f)
{
    struct tree *args = flight_turn(f, DESK_RECEIPT);
    tree_add_str(f->arena, args, "answer", bytes_str(f->answer));
    tree_add_int(f->arena, args, "log_life", f->job.log_life);
    tree_add_int(f->arena, args, "log_size", f->job.log_size);
    tree_add_bool(f->arena, args, "carried", post_is_carried(f->post, f->job.peer));
    tree_add_bool(f->arena, args, "refusal", f->refusal);
    f->dt.receipt = f->receipt;
    f->dt.proof = f->proof;
    desk_submit(f->post->o.desk, &f->dt, on_receipt);
}

static void on_receipt_read(void *job, const struct fault *why, const struct desk_receipt *r)
{
    struct flight *f = job;
    struct arena *a = f->arena;
    if (why) {
        post_flight_retry(f, -1, str_c(a, str_dup(a, str_of(why->sentence))));
        return;
    }
    struct desk_receipt *kept = arena_take(a, sizeof *kept);
    *kept = *r;
    kept->says.event = str_dup(a, r->says.event);
    kept->says.from = str_dup(a, r->says.from);
    kept->says.to = str_dup(a, r->says.to);
    kept->head.origin = str_dup(a, r->head.origin);
    if (r->says.remarks) kept->says.remarks = tree_add_copy(a, tree_list(a), NULL, r->says.remarks);
    kept->note = str_dup(a, r->note);
    f->receipt = kept;
    receipt_give(f);
}

static void receipt_look(struct flight *f, struct bytes reply)
{
    const struct post_reader *r = &f->post->o.reader;
    f->answer = bytes_dup(f->arena, reply);
    if (!r->receipt) {
        receipt_give(f);
        return;
    }
    struct turn t = post_turn(f->post, f->arena);
    struct receipt_expect x;
    if (desk_receipt_expected(f->post->o.desk, &t, &f->job.act, &x) != ERR_OK) {
        post_flight_retry(f, -1, t.fault.sentence);
        return;
    }
    f->stage = FLIGHT_READING;
    r->receipt(r->ctx, &x, f->answer, on_receipt_read, f);
}

static void on_sent(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                    const char *why)
{
    struct flight *f = job;
    enum { ACCEPTED = 202 };
    assert(f->stage == FLIGHT_AWAY);
    f->status = status;
    f->retry_after_s = retry_after_s;
    if (e != ERR_OK)
        post_flight_retry(f, retry_after_s, why);
    else if (status == ACCEPTED)
        post_segments_send(f, reply);
    else if (status != err_http_status(ERR_OK))
        problem_read(f, reply);
    else
        receipt_look(f, reply);
}

static void flight_take(struct post *p, struct flight *f, const struct desk_job *job)
{
    *f = (struct flight){.post = p, .stage = FLIGHT_AWAY, .arena = arena_new(), .job = *job};
    f->job.from = str_dup(f->arena, job->from);
    f->job.peer = str_dup(f->arena, job->peer);
    f->job.sealed = bytes_dup(f->arena, job->sealed);
}

/* A flight of the act that only waits for its time gives way. */
err post_answered(struct post *p, const struct id *act, int status, struct bytes answer)
{
    struct flight *f = NULL;
    auto_arena scratch = arena_new();
    struct turn t = post_turn(p, scratch);
    struct desk_job job;
    for (size_t k = 0; k < POST_FLIGHT_MAX; k++) {
        struct flight *x = &p->flights[k];
        bool same = x->stage != FLIGHT_FREE && id_eq(&x->job.act, act);
        if (same && x->stage != FLIGHT_RESTING) return ERR_BUSY;
        if (same) flight_end(x);
        if (same || (!f && x->stage == FLIGHT_FREE)) f = x;
    }
    if (!f) return ERR_BUSY;
    try(desk_job_of(p->o.desk, &t, act, &job));
    job.log_life = job.log_size = 0; /* what was known when it left, nobody remembers */
    flight_take(p, f, &job);
    on_sent(f, ERR_OK, status, bytes_dup(f->arena, answer), -1, NULL);
    return ERR_OK;
}

/* To be carried: it lies in the folder, but for one whose exhibits could not follow. */
static void flight_lay(struct flight *f)
{
    struct post *p = f->post;
    struct turn t = post_turn(p, f->arena);
    struct bytes segment;
    if (desk_segment(p->o.desk, &t, &f->job.act, 0, &segment) == ERR_OK) {
        post_flight_retry(f, POST_CARRIED_AGAIN_S,
                          "The act has exhibits, which travel over the wire alone, and parcels to "
                          "this peer are carried by people. Let the two nodes reach each other; or "
                          "send the act without them, and the files by another way.");
        return;
    }
    turn_forgive(&t);
    err put = post_carried_put(p, &t, &f->job);
    post_flight_retry(f, put == ERR_OK ? POST_CARRIED_AGAIN_S : -1,
                      put == ERR_OK ? "It lies ready to be carried." : t.fault.sentence);
}

static void flight_start(struct post *p, struct flight *f, const struct desk_job *job)
{
    const struct desk_peer *to = desk_peer(p->o.desk, job->peer);
    if (!to) return; /* no longer pinned: the parcel waits */
    flight_take(p, f, job);
    if (post_is_carried(p, f->job.peer))
        flight_lay(f);
    else
        post_flight_send(f);
}

void post_flight_send(struct flight *f)
{
    struct post *p = f->post;
    struct turn t = post_turn(p, f->arena);
    const struct desk_peer *to = desk_peer(p->o.desk, f->job.peer);
    struct post_letter l = {POST_PARCELS, POST_CMS, f->job.sealed, 0};
    f->stage = FLIGHT_AWAY;
    err e = to ? post_send(p, &t, to, &l, on_sent, f)
               : turn_fail(&t, ERR_STRANGER, "peer-unknown", NULL, "The peer is not pinned.");
    if (e != ERR_OK) on_sent(f, e, 0, (struct bytes){0}, -1, t.fault.sentence);
}

/* What is due; with a peer, what there is for that one, which has just come. */
static void jobs_start(struct post *p, struct turn *t, struct str peer)
{
    struct id busy[POST_FLIGHT_MAX];
    size_t busy_n = 0, ordinary = 0, n;
    int64_t now_ms = post_now_ms(p);
    for (size_t k = 0; k < POST_FLIGHT_MAX; k++) {
        if (p->flights[k].stage == FLIGHT_FREE) continue;
        busy[busy_n++] = p->flights[k].job.act;
        if (!p->flights[k].job.urgent) ordinary++;
    }
    if (busy_n == POST_FLIGHT_MAX) return;
    struct desk_job *jobs;
    size_t most = POST_FLIGHT_MAX - busy_n;
    err e = peer.n ? desk_jobs_to(p->o.desk, t, peer, now_ms, busy, busy_n, most, &jobs, &n)
                   : desk_jobs(p->o.desk, t, now_ms, busy, busy_n, most, &jobs, &n);
    if (e != ERR_OK) {
        look_failed(p, t);
        return;
    }
    size_t slot = 0;
    for (size_t k = 0; k < n; k++) {
        if (!jobs[k].urgent && ordinary++ >= POST_FLIGHT_MAX - POST_FLIGHT_URGENT) return;
        while (slot < POST_FLIGHT_MAX && p->flights[slot].stage != FLIGHT_FREE) slot++;
        if (slot == POST_FLIGHT_MAX) return;
        flight_start(p, &p->flights[slot], &jobs[k]);
    }
}

void post_jobs_to(struct post *p, struct str peer)
{
    auto_arena scratch = arena_new();
    struct turn t = post_turn(p, scratch);
    jobs_start(p, &t, peer);
}
