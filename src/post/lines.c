/* SPDX-License-Identifier: Apache-2.0 */
/* Each of our authorities asks each pinned one, now and then, what it holds of its parcels; what
 * that means the desk says. What this node lost is asked back (back.c).
 *
 * A round is one question, then ever narrower ones where both sides differ, then what came back. It
 * keeps nothing: one that broke off begins anew, a little later each time. The other way round the
 * peer asks, in rounds of its own. */

#include "post/post_internal.h"

#include <assert.h>

enum { ROUNDS_MAX = 8 }; /* at once */

/* The first of a list, which it leaves. */
static const struct tree *pop(struct tree *list)
{
    struct tree *first = list->child;
    list->child = first->next;
    if (!list->child) list->last = NULL;
    return first;
}

static struct turn round_turn(struct mate *m) { return post_turn(m->post, m->item); }

/* ---- beginning and ending -------------------------------------------------------------------- */

static void round_over(struct mate *m, int64_t due_ms)
{
    struct post *p = m->post;
    arena_free(m->arena);
    arena_free(m->item);
    arena_free(m->piece);
    m->arena = m->item = m->piece = NULL;
    m->asks = m->wants = NULL;
    m->stage = MATE_IDLE;
    m->due_ms = m->again ? post_now_ms(p) : due_ms;
    m->again = false;
    p->rounds--;
}

/* Something failed, on either side: the same from the start, after a growing pause. */
void post_round_broken(struct mate *m, int64_t retry_after_s, const char *why)
{
    struct post *p = m->post;
    int64_t due_ms =
        post_now_ms(p) + post_pause_ms(p, m->tries++, POST_RETRY_MAX_MS, retry_after_s);
    log_event(post_now_ms(p), "notice", "reconciliation-waits", "peer", str_c(m->item, m->peer),
              "ours", str_c(m->item, m->ours), "next", str_c(m->item, time_text(m->item, due_ms)),
              "why", why, NULL);
    round_over(m, due_ms);
}

static struct tree *turn_begin(struct mate *m, enum desk_action action)
{
    struct tree *args = tree_map(m->item);
    m->stage = MATE_TURN;
    m->dt =
        (struct desk_turn){.t = round_turn(m), .action = action, .uid = -1, .args = args, .own = m};
    return args;
}

static void on_reconciled(struct desk_turn *dt)
{
    struct mate *m = dt->own;
    if (dt->result != ERR_OK) {
        post_round_broken(m, -1, dt->t.fault.sentence);
        return;
    }
    m->tries = 0;
    int64_t every_ms = m->post->o.reconcile_ms;
    round_over(m, post_now_ms(m->post) + every_ms + post_chance_below(m->post, every_ms / 8 + 1));
}

static void round_end(struct mate *m)
{
    if (m->lacks) {
        post_round_broken(m, -1, "What came back waits for something that is not here yet.");
        return;
    }
    struct tree *args = turn_begin(m, DESK_RECONCILED);
    tree_add_str(m->item, args, "ours", m->ours);
    tree_add_str(m->item, args, "peer", m->peer);
    desk_submit(m->post->o.desk, &m->dt, on_reconciled);
}

/* ---- what they hold -------------------------------------------------------------------------- */

static void on_told(struct desk_turn *dt)
{
    struct mate *m = dt->own;
    if (dt->result != ERR_OK) {
        post_round_broken(m, -1, dt->t.fault.sentence);
        return;
    }
    const struct tree *asks = tree_get(dt->view, "asks"), *wants = tree_get(dt->view, "wants");
    for (const struct tree *x = asks->child; x; x = x->next)
        tree_add_copy(m->arena, m->asks, NULL, x);
    for (const struct tree *x = wants->child; x; x = x->next)
        tree_add_copy(m->arena, m->wants, NULL, x);
    post_round_step(m);
}

static void on_summary(void *job, const struct fault *f, const struct summary *s)
{
    struct mate *m = job;
    if (f) {
        post_round_broken(m, -1, str_c(m->item, str_dup(m->item, str_of(f->sentence))));
        return;
    }
    if (!str_eq(s->from, m->peer) || !str_eq(s->to, m->ours)) {
        post_round_broken(m, -1, "Another authority answered than was asked.");
        return;
    }
    struct summary *kept = arena_take(m->item, sizeof *kept);
    *kept = *s;
    kept->from = m->peer;
    kept->to = m->ours;
    tree_add_int(m->item, turn_begin(m, DESK_TOLD), "asked", m->asked_size);
    m->dt.summary = kept;
    desk_submit(m->post->o.desk, &m->dt, on_told);
}

static void summary_look(struct post *p, const struct post_reading *r, struct arena *a,
                         struct bytes cms,
                         void (*done)(void *job, const struct fault *f, const struct summary *s),
                         void *job)
{
    const struct post_reader *reader = &p->o.reader;
    if (reader->summary) {
        reader->summary(reader->ctx, r, cms, done, job);
        return;
    }
    struct turn t = post_turn(p, a);
    struct summary *s = arena_take(a, sizeof *s);
    struct post_reading copy = *r;
    err e = post_summary_read(&t, &copy, desk_suite(p->o.desk), cms, s);
    done(job, e == ERR_OK ? NULL : &t.fault, e == ERR_OK ? s : NULL);
}

static void on_answered(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                        const char *why)
{
    struct mate *m = job;
    struct post_reading r;
    const struct desk_peer *peer = desk_peer(m->post->o.desk, m->peer);
    assert(m->stage == MATE_AWAY);
    if (e != ERR_OK || status != err_http_status(ERR_OK) || !peer) {
        const char *said = e != ERR_OK ? str_c(m->item, str_dup(m->item, str_of(why)))
                                       : "The peer did not say what it holds.";
        post_round_broken(m, retry_after_s, said);
        return;
    }
    m->stage = MATE_READING;
    post_reading_of(m->post->o.desk, &peer->tls, &r);
    summary_look(m->post, &r, m->item, bytes_dup(m->item, reply), on_summary, m);
}

static void question_send(struct mate *m)
{
    struct post *p = m->post;
    struct turn t = round_turn(m);
    struct summary_range *asked = arena_take_many(m->item, SUMMARY_RANGES_MAX, sizeof *asked);
    const struct desk_peer *to = desk_peer(p->o.desk, m->peer);
    struct bytes cms;
    size_t n = 0;
    for (; m->asks->child && n < SUMMARY_RANGES_MAX; n++) {
        const struct tree *x = pop(m->asks);
        asked[n] = (struct summary_range){.incarnation = tree_int(x, "incarnation", 0),
                                          .first = tree_int(x, "first", 0),
                                          .unit = tree_int(x, "unit", 0)};
    }
    if (desk_question(p->o.desk, &t, m->ours, m->peer, asked, n, &cms) != ERR_OK || !to) {
        post_round_broken(m, -1, t.fault.sentence);
        return;
    }
    m->asked = true;
    m->asked_size = (int64_t)desk_head_size(p->o.desk);
    m->stage = MATE_AWAY;
    struct post_letter l = {POST_SUMMARY, POST_CMS, cms, SUMMARY_SIZE_MAX};
    err e = post_send(p, &t, to, &l, on_answered, m);
    if (e != ERR_OK) on_answered(m, e, 0, (struct bytes){0}, -1, t.fault.sentence);
}

/* ---- steps ------------------------------------------------------------------------------------
 */

void post_round_step(struct mate *m)
{
    arena_reset(m->item);
    if (m->post->stopped)
        round_over(m, INT64_MAX);
    else if (m->wants->child)
        post_back_ask(m, pop(m->wants)->str);
    else if (m->asks->child || !m->asked)
        question_send(m);
    else
        round_end(m);
}

static void round_begin(struct mate *m)
{
    m->arena = arena_new();
    m->item = arena_new();
    m->asks = tree_list(m->arena);
    m->wants = tree_list(m->arena);
    m->asked = m->lacks = false;
    m->post->rounds++;
    post_round_step(m);
}

void post_stop(struct post *p)
{
    if (!p) return;
    p->stopped = true;
    post_waiting_stop(p);
}

/* ---- whom to ask, and when ------------------------------------------------------------------- */

static struct mate *mate_of(struct post *p, struct str ours, struct str peer)
{
    struct mate *m = p->mates;
    while (m && !(str_eq(m->ours, ours) && str_eq(m->peer, peer))) m = m->next;
    if (m) return m;
    m = arena_take(p->arena, sizeof *m);
    *m = (struct mate){.post = p, .ours = str_dup(p->arena, ours), .peer = str_dup(p->arena, peer)};
    m->due_ms = post_now_ms(p);
    m->next = p->mates;
    p->mates = m;
    return m;
}

static void mate_hurry(struct mate *m)
{
    if (m->stage == MATE_IDLE)
        m->due_ms = post_now_ms(m->post);
    else
        m->again = true;
}

void post_lines_work(struct post *p)
{
    struct desk *d = p->o.desk;
    int64_t now_ms = post_now_ms(p);
    uint64_t lives = desk_lives(d);
    size_t n;
    const struct desk_peer *peers = desk_peers(d, &n);
    const struct profile *own = desk_profile(d);
    if (!p->o.reconcile_ms || p->stopped) return;
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; peers[k].training == own->training && j < own->authorities_n; j++) {
            struct mate *m = mate_of(p, own->authorities[j].address, peers[k].address);
            if (lives != p->lives) mate_hurry(m);
        }
    p->lives = lives;
    for (struct mate *m = p->mates; m && p->rounds < ROUNDS_MAX; m = m->next) {
        bool far = m->due_ms > now_ms + 2 * p->o.reconcile_ms + POST_RETRY_MAX_MS; /* set back */
        if (m->stage == MATE_IDLE && (m->due_ms <= now_ms || far) && desk_peer(d, m->peer))
            round_begin(m);
    }
}

void post_lines_there(struct post *p, struct str peer)
{
    for (struct mate *m = p->mates; m; m = m->next)
        if (m->tries > 0 && str_eq(m->peer, peer)) mate_hurry(m);
}

int64_t post_lines_next_ms(const struct post *p)
{
    int64_t next_ms = INT64_MAX;
    for (const struct mate *m = p->mates; m; m = m->next)
        if (m->stage == MATE_IDLE && m->due_ms < next_ms) next_ms = m->due_ms;
    return p->rounds < ROUNDS_MAX ? next_ms : INT64_MAX;
}

/* ---- being asked ----------------------------------------------------------------------------- */

struct inquiry {
    struct post *post;
    struct arena *arena;
    struct post_answer answer;
    struct desk_turn dt;
    struct hash tls;
};

static void inquiry_refuse(struct inquiry *q, const struct fault *f)
{
    bool wait = f->err == ERR_FULL || f->err == ERR_BUSY;
    q->answer.tell(q->answer.ctx, err_http_status(f->err), POST_PROBLEM,
                   str_bytes(post_problem(q->arena, f)), wait ? POST_BUSY_RETRY_S : -1);
    arena_free(q->arena);
}

static void on_asked(struct desk_turn *dt)
{
    struct inquiry *q = dt->own;
    struct post *p = q->post;
    if (dt->result != ERR_OK) {
        inquiry_refuse(q, &dt->t.fault);
        return;
    }
    if (p->o.reconcile_ms && tree_bool(dt->view, "look", false))
        mate_hurry(mate_of(p, dt->summary->to, dt->summary->from));
    q->answer.tell(q->answer.ctx, err_http_status(ERR_OK), POST_CMS, str_bytes(dt->answer), -1);
    arena_free(q->arena);
}

static void on_question(void *job, const struct fault *f, const struct summary *s)
{
    struct inquiry *q = job;
    struct post_reading r;
    if (f) {
        struct fault why = *f;
        inquiry_refuse(q, &why);
        return;
    }
    struct summary *kept = arena_take(q->arena, sizeof *kept);
    bool ours = false, theirs = false;
    *kept = *s;
    kept->from = str_dup(q->arena, s->from);
    kept->to = str_dup(q->arena, s->to);
    post_reading_of(q->post->o.desk, &q->tls, &r);
    for (size_t k = 0; k < r.ours_n; k++) ours |= str_eq(r.ours[k], kept->to);
    for (size_t k = 0; k < r.senders_n; k++) theirs |= str_eq(r.senders[k].address, kept->from);
    q->dt = (struct desk_turn){.t = post_turn(q->post, q->arena),
                               .action = DESK_ASKED,
                               .uid = -1,
                               .summary = kept,
                               .own = q};
    if (ours && theirs) {
        desk_submit(q->post->o.desk, &q->dt, on_asked);
        return;
    }
    err e = turn_fail(&q->dt.t, ERR_REJECTED, "summary", POST_CLAUSE_SUMMARY,
                      "The summary is not from one of your authorities to one of ours.");
    (void)e; /* told by the fault */
    inquiry_refuse(q, &q->dt.t.fault);
}

void post_summary_take(struct post *p, const struct hash *tls, struct bytes cms,
                       struct post_answer answer)
{
    struct arena *a = arena_new();
    struct inquiry *q = arena_take(a, sizeof *q);
    struct post_reading r;
    *q = (struct inquiry){.post = p, .arena = a, .answer = answer, .tls = *tls};
    post_reading_of(p->o.desk, tls, &r);
    summary_look(p, &r, a, cms, on_question, q);
}
