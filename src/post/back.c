/* SPDX-License-Identifier: Apache-2.0 */
/* What this node lost and the receiver holds: a parcel of ours comes back, then the segments of its
 * exhibits that are not here, one after the other, and the desk adopts it. A segment is opened and
 * synced by the desk before the next is asked for, so a cut anywhere costs one.
 *
 * What the receiver says it has not, or has altered, is told to people, and the rest of the line
 * goes on; in the next round it is asked for again. */

#include "post/post_internal.h"

#include <assert.h>

static void on_back(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                    const char *why);
static void parcel_adopt(struct mate *m, bool lost);
static void piece_next(struct mate *m);

void post_back_ask(struct mate *m, struct str digest)
{
    struct post *p = m->post;
    struct turn t = post_turn(p, m->item);
    const struct desk_peer *to = desk_peer(p->o.desk, m->peer);
    m->stage = MATE_AWAY;
    struct str path = str_printf(m->item, POST_PARCELS "/" STR_FMT, STR_ARG(digest));
    struct post_letter l = {.path = str_c(m->item, path), .reply_max = POST_PARCEL_MAX};
    err e = to ? post_send(p, &t, to, &l, on_back, m) : ERR_PEER;
    if (e != ERR_OK) on_back(m, e, 0, (struct bytes){0}, -1, t.fault.sentence);
}

/* Of one step of a parcel; what it needs is gone after it. */
static struct tree *turn_begin(struct mate *m, enum desk_action action)
{
    struct tree *args = tree_map(m->piece);
    m->stage = MATE_TURN;
    m->dt = (struct desk_turn){
        .t = post_turn(m->post, m->piece), .action = action, .uid = -1, .args = args, .own = m};
    return args;
}

/* ---- a parcel -------------------------------------------------------------------------------- */

/* The others go on. What is refused for good waits for nothing; people are told. */
static void gone_by(struct mate *m, const struct fault *f)
{
    struct post *p = m->post;
    const struct desk_peer *peer = desk_peer(p->o.desk, m->peer);
    struct fault why = *f;
    log_event(post_now_ms(p), "error", "not-adopted", "peer", str_c(m->item, m->peer), "code",
              why.code, "sentence", why.sentence, NULL);
    struct incident i = {.peer = m->peer, .ours = m->ours, .fault = &why};
    if (peer) i.tls = &peer->tls;
    if (peer && why.err == ERR_REJECTED) (void)post_incident(p, &i);
    m->lacks = m->lacks || why.err != ERR_REJECTED;
    post_round_step(m);
}

/* It was asked, and answers that it has it not, or that its own copy is altered. */
static bool is_gone(int status)
{
    return status == err_http_status(ERR_NONE_SUCH) || status == err_http_status(ERR_INTEGRITY);
}

/* The line is not whole until it is here: its act may have taken a number. */
static void parcel_gone(struct mate *m, int status)
{
    struct turn t = post_turn(m->post, m->item);
    err e = turn_fail(&t, ERR_REJECTED, "parcel-gone", POST_CLAUSE_SUMMARY,
                      "The node of " STR_FMT " says that it holds a parcel of ours that this node "
                      "lost, and does not give it back: it answered %d. Ask its people; it is "
                      "asked for again.",
                      STR_ARG(m->peer), status);
    (void)e; /* told by the row */
    m->lacks = true;
    gone_by(m, &t.fault);
}

static void on_adopted(struct desk_turn *dt)
{
    struct mate *m = dt->own;
    if (dt->result == ERR_OK && dt->arriving) {
        m->gaps = arena_take(m->item, sizeof *m->gaps);
        if (post_gaps_read(dt->answer, m->gaps))
            piece_next(m);
        else
            post_round_broken(m, -1, "What is missing of an exhibit does not read.");
        return;
    }
    if (dt->result == ERR_NONE_SUCH) m->lacks = true;
    if (dt->result == ERR_OK || dt->result == ERR_NONE_SUCH)
        post_round_step(m);
    else
        gone_by(m, &dt->t.fault);
}

/* `lost`: a segment of it is not to be had there. */
static void parcel_adopt(struct mate *m, bool lost)
{
    struct tree *args = turn_begin(m, DESK_ADOPT);
    tree_add_bool(m->piece, args, "lost", lost);
    m->dt.parcel = m->parcel;
    desk_submit(m->post->o.desk, &m->dt, on_adopted);
}

static void on_back_read(void *job, const struct fault *f, const struct desk_parcel *p)
{
    struct mate *m = job;
    if (f || !str_eq(p->from, m->ours) || !str_eq(p->to, m->peer)) {
        post_round_broken(m, -1,
                          f ? str_c(m->item, str_dup(m->item, str_of(f->sentence)))
                            : "What came back is not between these two.");
        return;
    }
    struct desk_parcel *kept = arena_take(m->item, sizeof *kept);
    *kept = (struct desk_parcel){.container = bytes_dup(m->item, p->container),
                                 .act_json = bytes_dup(m->item, p->act_json),
                                 .from = m->ours,
                                 .to = m->peer,
                                 .incarnation = p->incarnation,
                                 .sequence = p->sequence};
    kept->digest = seal_sha256_of(kept->container);
    kept->act = tree_add_copy(m->item, tree_list(m->item), NULL, p->act);
    if (p->exhibits) kept->exhibits = tree_add_copy(m->item, tree_list(m->item), NULL, p->exhibits);
    m->parcel = kept;
    if (!m->piece) m->piece = arena_new();
    arena_reset(m->piece);
    parcel_adopt(m, false);
}

/* Sealed to us by whom it was sent to, and signed by ourselves. */
static bool reading_back(const struct mate *m, struct post_reading *r)
{
    struct desk *d = m->post->o.desk;
    const struct profile_authority *own = profile_find(desk_profile(d), m->ours);
    *r = (struct post_reading){.came_back = true};
    if (!own) return false;
    r->ours[r->ours_n++] = m->ours;
    r->senders[r->senders_n++] =
        (struct post_sender){m->ours, own->seal_der, desk_root_der(d), own->seal_revoked_ms};
    return true;
}

static void on_back(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                    const char *why)
{
    struct mate *m = job;
    struct post *p = m->post;
    struct post_reading r;
    assert(m->stage == MATE_AWAY);
    if (e == ERR_OK && is_gone(status)) {
        parcel_gone(m, status);
        return;
    }
    if (e != ERR_OK || status != err_http_status(ERR_OK) || !reading_back(m, &r)) {
        const char *said = e != ERR_OK ? str_c(m->item, str_dup(m->item, str_of(why)))
                                       : "The peer did not give our parcel back.";
        post_round_broken(m, retry_after_s, said);
        return;
    }
    struct bytes sealed = bytes_dup(m->item, reply);
    m->stage = MATE_READING;
    if (p->o.reader.parcel) {
        p->o.reader.parcel(p->o.reader.ctx, &r, sealed, on_back_read, m);
        return;
    }
    struct turn t = post_turn(p, m->item);
    struct desk_parcel got;
    const struct keeper *k = desk_keeper(p->o.desk);
    struct post_opener opener = {k->open, k->ctx};
    e = post_parcel_read(&t, &r, desk_suite(p->o.desk), &opener, sealed, &got);
    on_back_read(m, e == ERR_OK ? NULL : &t.fault, e == ERR_OK ? &got : NULL);
}

/* ---- its segments ---------------------------------------------------------------------------- */

static void on_kept(struct desk_turn *dt)
{
    struct mate *m = dt->own;
    if (dt->result == ERR_OK)
        piece_next(m);
    else
        gone_by(m, &dt->t.fault);
}

static void on_piece(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                     const char *why)
{
    struct mate *m = job;
    struct desk *d = m->post->o.desk;
    const struct desk_peer *peer = desk_peer(d, m->peer);
    assert(m->stage == MATE_AWAY);
    if (e == ERR_OK && is_gone(status)) {
        arena_reset(m->piece);
        parcel_adopt(m, true);
        return;
    }
    if (e != ERR_OK || status != err_http_status(ERR_OK) || !peer) {
        const char *said = e != ERR_OK ? str_c(m->item, str_dup(m->item, str_of(why)))
                                       : "The peer did not give a segment of our exhibit back.";
        post_round_broken(m, retry_after_s, said);
        return;
    }
    struct bytes sealed = bytes_dup(m->piece, reply);
    struct tree *args = turn_begin(m, DESK_SEGMENT);
    tree_add_str(m->piece, args, "parcel", hex(m->piece, hash_bytes(&m->parcel->digest)));
    tree_add_str(m->piece, args, "tls", hex(m->piece, hash_bytes(&peer->tls)));
    tree_add_int(m->piece, args, "number", m->gaps->next - 1);
    m->dt.segment = sealed;
    desk_submit(d, &m->dt, on_kept);
}

static void piece_ask(struct mate *m, int64_t number)
{
    struct post *p = m->post;
    struct arena *a = m->piece;
    struct turn t = post_turn(p, a);
    const struct desk_peer *to = desk_peer(p->o.desk, m->peer);
    struct str path =
        str_printf(a, POST_PARCELS "/" STR_FMT "/%lld",
                   STR_ARG(hex(a, hash_bytes(&m->parcel->digest))), (long long)number);
    struct post_letter l = {.path = str_c(a, path),
                            .reply_max = SEAL_SEGMENT_SIZE + SEAL_SEGMENT_TAG};
    m->stage = MATE_AWAY;
    err e = to ? post_send(p, &t, to, &l, on_piece, m) : ERR_PEER;
    if (e != ERR_OK) on_piece(m, e, 0, (struct bytes){0}, -1, t.fault.sentence);
}

static void piece_next(struct mate *m)
{
    int64_t number;
    arena_reset(m->piece);
    if (m->post->stopped)
        post_round_step(m); /* which ends the round */
    else if (post_gaps_next(m->gaps, &number))
        piece_ask(m, number);
    else
        parcel_adopt(m, false);
}
