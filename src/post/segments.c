/* SPDX-License-Identifier: Apache-2.0 */
/* Segments of exhibits, both ways. The answer to a parcel whose exhibits are not here yet says
 * which segments are missing; those alone are put, a few at a time, and then the parcel is sent
 * again. So a cut anywhere costs what was on its way, and nothing is sent that is held there.
 *
 * What a peer says is missing is read here: ranges of two numbers, as paths are. */

#include "post/post_internal.h"

#include <string.h>

enum { AWAY_MAX = 4, OK = 200, TOLD_MAX = 4096, AGAIN_S = 1 };

/* ---- out ------------------------------------------------------------------------------------- */

/* What one answer said is missing, until it is sent or an attempt fails. */
struct sending {
    struct flight *flight;
    struct gaps gaps;
    int64_t sent;
    int away;
    bool failed;
    int64_t retry_after_s;
    struct str why;
};
struct piece {
    struct sending *sending;
    struct arena *arena;
};

static bool range_read(struct str s, struct gap *out)
{
    struct str from, to;
    return str_split(s, '-', &from, &to) && str_to_int(from, &out->from) &&
           str_to_int(to, &out->to) && out->from >= 0 && out->from <= out->to &&
           out->to < DESK_SEGMENTS_MAX;
}

bool post_gaps_read(struct str told, struct gaps *out)
{
    *out = (struct gaps){0};
    if (told.n > TOLD_MAX || !str_ends(told, "\n")) return false;
    struct str rest = {told.p, told.n - 1}, one;
    while (rest.n && out->n < DESK_MISSING_MAX) {
        (void)str_split(rest, ' ', &one, &rest);
        struct gap *g = &out->gaps[out->n];
        if (!range_read(one, g) || (out->n && g->from <= out->gaps[out->n - 1].to)) return false;
        out->n++;
    }
    return !rest.n;
}

bool post_gaps_next(struct gaps *g, int64_t *number_out)
{
    if (g->at == g->n) return false;
    const struct gap *at = &g->gaps[g->at];
    *number_out = g->next > at->from ? g->next : at->from;
    g->next = *number_out + 1;
    if (*number_out == at->to) g->at++;
    return true;
}

static void failed(struct sending *s, int64_t retry_after_s, struct str why)
{
    if (s->failed) return; /* the first is told */
    s->failed = true;
    s->retry_after_s = retry_after_s;
    s->why = str_dup(s->flight->arena, why);
}

static void ended(struct sending *s)
{
    struct flight *f = s->flight;
    struct arena *a = f->arena;
    log_event(post_now_ms(f->post), "notice", "segments-sent", "peer", str_c(a, f->job.peer), "act",
              str_c(a, hex(a, id_bytes(&f->job.act))), "sent",
              str_c(a, str_printf(a, "%lld", (long long)s->sent)), NULL);
    if (s->sent > 0) { /* it goes forward: the pauses begin anew */
        f->moved = true;
        f->job.tries = 0;
    }
    if (s->failed)
        post_flight_retry(f, s->retry_after_s, str_c(a, s->why));
    else
        post_flight_send(f);
}

static void on_put(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                   const char *why);

static void put(struct sending *s, int64_t number)
{
    struct flight *f = s->flight;
    struct post *p = f->post;
    struct arena *a = arena_new();
    struct turn t = post_turn(p, a);
    struct piece *x = arena_take(a, sizeof *x);
    struct hash parcel = f->job.parcel;
    const struct desk_peer *to = desk_peer(p->o.desk, f->job.peer);
    struct post_letter l = {.type = "application/octet-stream"};
    l.path = str_c(a, str_printf(a, POST_SEGMENTS STR_FMT "/%lld",
                                 STR_ARG(hex(a, hash_bytes(&parcel))), (long long)number));
    *x = (struct piece){s, a};
    s->away++;
    err e = to ? desk_segment(p->o.desk, &t, &f->job.act, number, &l.body)
               : turn_fail(&t, ERR_STRANGER, "peer-unknown", NULL, "The peer is not pinned.");
    if (e == ERR_OK) e = post_send(p, &t, to, &l, on_put, x);
    if (e == ERR_OK) return;
    failed(s, -1, str_of(t.fault.sentence));
    s->away--;
    arena_free(a);
}

static void pump(struct sending *s)
{
    if (s->flight->post->stopped) failed(s, -1, STR("This node is stopping."));
    int64_t number;
    while (!s->failed && s->away < AWAY_MAX && post_gaps_next(&s->gaps, &number)) put(s, number);
    if (!s->away && (s->failed || s->gaps.at == s->gaps.n)) ended(s);
}

static void on_put(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                   const char *why)
{
    struct piece *x = job;
    struct sending *s = x->sending;
    (void)reply; /* what is held is said in answer to the parcel */
    s->away--;
    if (e != ERR_OK)
        failed(s, retry_after_s, str_of(why));
    else if (status != OK)
        failed(s, retry_after_s, str_printf(x->arena, "answered %d to a segment", status));
    else
        s->sent++;
    arena_free(x->arena);
    pump(s);
}

void post_segments_send(struct flight *f, struct bytes reply)
{
    struct sending *s = arena_take(f->arena, sizeof *s);
    *s = (struct sending){.flight = f};
    f->stage = FLIGHT_SEGMENTS;
    if (!post_gaps_read(bytes_str(reply), &s->gaps))
        post_flight_retry(f, -1, "What the peer says is missing does not read.");
    else if (s->gaps.n == 0)
        post_flight_retry(f, AGAIN_S, "The peer has every segment and looks at the whole.");
    else
        pump(s);
}

/* ---- in -------------------------------------------------------------------------------------- */

struct taking {
    struct post *post;
    struct arena *arena;
    struct hash tls;
    struct str peer;
    struct post_answer answer;
    struct desk_turn dt;
};

static void on_taken(struct desk_turn *dt)
{
    struct taking *x = dt->own;
    struct fault *f = &dt->t.fault;
    if (dt->result == ERR_INTEGRITY) f->err = ERR_INTERNAL; /* of our store, not of theirs */
    if (dt->result == ERR_REJECTED) post_refused(x->post, &x->tls, x->peer, f);
    bool wait = f->err == ERR_FULL || f->err == ERR_BUSY;
    if (dt->result == ERR_OK)
        x->answer.tell(x->answer.ctx, OK, "text/plain; charset=utf-8", (struct bytes){0}, -1);
    else
        x->answer.tell(x->answer.ctx, err_http_status(f->err), POST_PROBLEM,
                       str_bytes(post_problem(x->arena, f)), wait ? POST_BUSY_RETRY_S : -1);
    arena_free(x->arena);
}

void post_segment_take(struct post *p, const struct hash *tls, struct str place,
                       struct bytes sealed, struct post_answer answer)
{
    struct arena *a = arena_new();
    struct taking *x = arena_take(a, sizeof *x);
    struct tree *args = tree_map(a);
    struct str parcel, rest;
    int64_t number = -1;
    (void)str_split(place, '/', &parcel, &rest);
    if (!str_to_int(rest, &number)) number = -1;
    const struct desk_peer *peer = desk_peer_by_tls(p->o.desk, tls, 0);
    *x = (struct taking){.post = p, .arena = a, .tls = *tls, .answer = answer};
    if (peer) x->peer = str_dup(a, peer->address);
    tree_add_str(a, args, "parcel", str_dup(a, parcel));
    tree_add_str(a, args, "tls", hex(a, hash_bytes(tls)));
    tree_add_int(a, args, "number", number);
    x->dt = (struct desk_turn){.t = post_turn(p, a),
                               .action = DESK_SEGMENT,
                               .uid = -1,
                               .args = args,
                               .segment = sealed,
                               .own = x};
    desk_submit(p->o.desk, &x->dt, on_taken);
}
