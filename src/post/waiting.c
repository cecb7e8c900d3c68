/* SPDX-License-Identifier: Apache-2.0 */
/* Letters to peers that cannot be reached and come for them (polling). Who polled of late is not
 * called: what would have left over the wire waits here until that peer fetches it and brings the
 * answer, or for a minute. To who wrote the letter it is the wire all the same: it has an answer,
 * or none, and is sent again.
 *
 * A letter is given again as long as its answer is not here, since what was given may have been
 * lost on the way; the one given least goes first, so none stands in another's way. */

#include "post/post_internal.h"

#include <assert.h>
#include <string.h>

enum { STATUS_MIN = 100, STATUS_MAX = 599 };

struct waiting {
    struct waiting *next;
    struct arena *arena;
    struct id id;
    struct hash tls; /* whose it is */
    struct post_letter what;
    int64_t until_ms;
    unsigned given;
    void (*done)(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                 const char *why);
    void *job;
};
/* Who polls, and when it last did. */
struct comer {
    struct hash tls;
    int64_t seen_ms;
};
struct post_waiting {
    struct waiting *first;
    size_t n, comers_n;
    struct comer comers[POST_WITNESSES_MAX];
};

void post_waiting_open(struct post *p) { p->waiting = arena_take(p->arena, sizeof *p->waiting); }

bool post_waiting_rest(const struct post *p) { return p->waiting->n == 0; }

/* ---- who comes ------------------------------------------------------------------------------- */

static struct comer *comer_of(struct post *p, const struct hash *tls)
{
    struct post_waiting *w = p->waiting;
    for (size_t k = 0; k < w->comers_n; k++)
        if (hash_eq(&w->comers[k].tls, tls)) return &w->comers[k];
    return NULL;
}

static bool comes(struct post *p, const struct hash *tls)
{
    const struct comer *c = comer_of(p, tls);
    int64_t now_ms = post_now_ms(p);
    return c && c->seen_ms <= now_ms && now_ms <= c->seen_ms + POST_COMES_MS;
}

/* More certificates than that are no States: what is for them is called for as ever. */
static void seen(struct post *p, const struct hash *tls)
{
    struct post_waiting *w = p->waiting;
    struct comer *c = comer_of(p, tls);
    if (!c && w->comers_n == POST_WITNESSES_MAX) return;
    if (!c) c = &w->comers[w->comers_n++];
    *c = (struct comer){*tls, post_now_ms(p)};
}

/* ---- letters --------------------------------------------------------------------------------- */

err post_send(struct post *p, struct turn *t, const struct desk_peer *to,
              const struct post_letter *l,
              void (*done)(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                           const char *why),
              void *job)
{
    struct post_waiting *w = p->waiting;
    if (!comes(p, &to->tls)) return p->o.wire.send(p->o.wire.ctx, t, to, l, done, job);
    if (p->stopped || w->n == POST_WAITING_MAX)
        return turn_fail(t, ERR_BUSY, "waiting", NULL,
                         "No more than %d letters wait here to be fetched.", POST_WAITING_MAX);
    struct arena *a = arena_new();
    struct waiting *x = arena_take(a, sizeof *x);
    *x = (struct waiting){.arena = a,
                          .tls = to->tls,
                          .what = *l,
                          .until_ms = post_now_ms(p) + POST_WAITING_MS,
                          .done = done,
                          .job = job};
    x->what.path = str_c(a, str_of(l->path));
    x->what.type = NULL;
    p->o.chance->fill(p->o.chance->ctx, &x->id, sizeof x->id);
    struct waiting **at = &w->first;
    while (*at) at = &(*at)->next;
    *at = x;
    w->n++;
    return ERR_OK;
}

/* It leaves the list before anybody is told, who may write the next one at once. */
static void waiting_end(struct post *p, struct waiting *x, err e, int status, struct bytes reply,
                        int64_t retry_after_s, const char *why)
{
    struct waiting **at = &p->waiting->first;
    while (*at != x) at = &(*at)->next;
    *at = x->next;
    p->waiting->n--;
    x->done(x->job, e, status, reply, retry_after_s, why);
    arena_free(x->arena);
}

static struct waiting *next_of(struct post *p, const struct hash *tls)
{
    struct waiting *best = NULL;
    for (struct waiting *x = p->waiting->first; x; x = x->next)
        if (hash_eq(&x->tls, tls) && (!best || x->given < best->given)) best = x;
    return best;
}

/* ---- fetched, and answered ------------------------------------------------------------------- */

/* All that could not be told to it before is begun now. */
static void there(struct post *p, const struct hash *tls, bool anew)
{
    const struct desk_peer *peer;
    for (size_t k = 0; (peer = desk_peer_by_tls(p->o.desk, tls, k)); k++) {
        if (anew) post_lines_there(p, peer->address);
        if (anew) post_heads_there(p, peer);
        post_jobs_to(p, peer->address);
    }
}

void post_waiting_give(struct post *p, const struct hash *tls, struct post_answer answer)
{
    bool anew = !comes(p, tls);
    seen(p, tls);
    if (!p->stopped && (anew || !next_of(p, tls))) there(p, tls, anew);
    struct waiting *x = next_of(p, tls);
    if (!x) {
        answer.tell(answer.ctx, POST_NOTHING, NULL, (struct bytes){0}, -1);
        return;
    }
    auto_arena a = arena_new();
    struct buf b = buf_in(a);
    x->given++;
    buf_printf(&b, STR_FMT " %s\n", STR_ARG(hex(a, id_bytes(&x->id))), x->what.path);
    assert(buf_as_str(&b).n <= POST_WAITING_LINE_MAX);
    buf_put(&b, x->what.body.p, x->what.body.n);
    answer.tell(answer.ctx, err_http_status(ERR_OK), "application/octet-stream", buf_as_bytes(&b),
                -1);
}

bool post_waiting_read(struct bytes letter, struct str *id_out, struct str *path_out,
                       struct bytes *body_out)
{
    struct str line = bytes_str(letter), rest, id, path;
    struct id read;
    if (line.n > POST_WAITING_LINE_MAX) line.n = POST_WAITING_LINE_MAX;
    if (!str_split(line, '\n', &line, &rest) || !str_split(line, ' ', &id, &path)) return false;
    for (size_t k = 0; k < path.n; k++)
        if (path.p[k] <= ' ' || path.p[k] >= 0x7f) return false;
    if (!id_read(id, &read) || !path.n || path.p[0] != '/') return false;
    *id_out = id;
    *path_out = path;
    *body_out = (struct bytes){letter.p + line.n + 1, letter.n - line.n - 1};
    return true;
}

/* "ID/STATUS/WAIT": whose answer it is, what it says, and after how many seconds to come again. */
bool post_waiting_answered(struct post *p, const struct hash *tls, struct str rest,
                           struct bytes body)
{
    struct str name, status_text;
    struct id id;
    int64_t status, wait_s;
    str_split(rest, '/', &name, &rest);
    str_split(rest, '/', &status_text, &rest);
    if (!id_read(name, &id) || !str_to_int(status_text, &status) || !str_to_int(rest, &wait_s) ||
        status < STATUS_MIN || status > STATUS_MAX || wait_s < 0)
        return false;
    struct waiting *x = p->waiting->first;
    while (x && !(id_eq(&x->id, &id) && hash_eq(&x->tls, tls))) x = x->next;
    if (!x) return false;
    seen(p, tls);
    size_t most = x->what.reply_max ? x->what.reply_max : POST_REPLY_MAX;
    if (body.n > most)
        waiting_end(p, x, ERR_PEER, 0, (struct bytes){0}, -1, "The answer is too long.");
    else
        waiting_end(p, x, ERR_OK, (int)status, body, wait_s ? wait_s : -1, "");
    return true;
}

/* ---- in time --------------------------------------------------------------------------------- */

static struct waiting *late_one(struct post *p, int64_t now_ms)
{
    struct waiting *x = p->waiting->first;
    while (x && x->until_ms > now_ms && x->until_ms <= now_ms + POST_WAITING_MS) x = x->next;
    return x;
}

void post_waiting_work(struct post *p, int64_t now_ms)
{
    struct waiting *x;
    while ((x = late_one(p, now_ms)))
        waiting_end(p, x, ERR_PEER, 0, (struct bytes){0}, -1, "It was not fetched.");
}

int64_t post_waiting_next_ms(const struct post *p)
{
    int64_t next_ms = INT64_MAX;
    for (const struct waiting *x = p->waiting->first; x; x = x->next)
        if (x->until_ms < next_ms) next_ms = x->until_ms;
    return next_ms;
}

void post_waiting_stop(struct post *p)
{
    while (p->waiting->first)
        waiting_end(p, p->waiting->first, ERR_PEER, 0, (struct bytes){0}, -1,
                    "This node is being stopped.");
}
