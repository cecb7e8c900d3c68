/* SPDX-License-Identifier: Apache-2.0 */
/* A node that nobody reaches, behind a firewall, asks each peer's node for what waits there for it:
 * letters, which it answers as if they had come through its own door, by the certificate that it
 * has pinned and called. The answer is brought at once, then the next is asked for; where there is
 * nothing, after growing pauses. Its own letters leave over the wire as ever. */

#include "post/post_internal.h"

#include <assert.h>
#include <string.h>

enum { DOUBLINGS_MAX = 16 };

/* A peer's node, and what of it is under way. */
struct polling {
    struct post *post;
    struct hash tls;
    struct arena *arena; /* NULL: nothing is */
    struct str peer, id; /* of the letter being answered */
    struct post_asked asked;
    int64_t next_ms;
    int nothing, failed; /* in a row */
};
struct post_polling {
    struct polling *all[POST_WITNESSES_MAX];
    size_t n, away;
};

void post_polling_open(struct post *p) { p->polling = arena_take(p->arena, sizeof *p->polling); }

bool post_polling_rest(const struct post *p) { return p->polling->away == 0; }

/* ---- pauses ---------------------------------------------------------------------------------- */

static void rest(struct polling *x, int64_t pause_ms)
{
    struct post *p = x->post;
    arena_free(x->arena);
    x->arena = NULL;
    x->next_ms = post_now_ms(p) + pause_ms;
    p->polling->away--;
}

static int64_t pause_of(const struct polling *x, int doublings, int64_t most_ms)
{
    int64_t ms = (int64_t)POST_POLL_FIRST_MS
                 << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);
    if (ms > most_ms) ms = most_ms;
    return ms - post_chance_below(x->post, ms / 4 + 1);
}

static void rest_idle(struct polling *x)
{
    x->failed = 0;
    rest(x, pause_of(x, x->nothing++, POST_POLL_MAX_MS));
}

/* Said once, until it is reached again. */
static void rest_away(struct polling *x, const char *why)
{
    if (x->failed == 0)
        log_event(post_now_ms(x->post), "notice", "poll-waits", "peer", str_c(x->arena, x->peer),
                  "why", why, NULL);
    rest(x, pause_of(x, x->failed++, POST_POLL_AWAY_MS));
}

/* ---- one letter ------------------------------------------------------------------------------ */

static void ask(struct polling *x, const struct post_letter *l,
                void (*done)(void *job, err e, int status, struct bytes reply,
                             int64_t retry_after_s, const char *why))
{
    struct post *p = x->post;
    struct turn t = post_turn(p, x->arena);
    const struct desk_peer *peer = desk_peer(p->o.desk, x->peer);
    err e = ERR_PEER;
    if (peer) e = p->o.wire.send(p->o.wire.ctx, &t, peer, l, done, x);
    if (e != ERR_OK) done(x, e, 0, (struct bytes){0}, -1, t.fault.sentence);
}

/* The next one at once. A letter that is no longer waited for is none of our trouble. */
static void on_brought(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                       const char *why)
{
    struct polling *x = job;
    (void)status, (void)reply, (void)retry_after_s;
    if (e != ERR_OK) {
        rest_away(x, why);
        return;
    }
    x->failed = x->nothing = 0;
    rest(x, 0);
}

static void on_served(void *ctx, int status, const char *type, struct bytes body,
                      int64_t retry_after_s)
{
    struct polling *x = ctx;
    struct arena *a = x->arena;
    long long wait_s = retry_after_s > 0 ? retry_after_s : 0;
    struct str path =
        str_printf(a, POST_ANSWERS STR_FMT "/%d/%lld", STR_ARG(x->id), status, wait_s);
    struct post_letter l = {.path = str_c(a, path),
                            .type = str_c(a, str_of(type ? type : POST_PROBLEM)),
                            .body = bytes_dup(a, body)};
    ask(x, &l, on_brought);
}

/* What is for the door of a node that is reached is for no letter. */
static bool is_of_polling(struct str path)
{
    return str_is(path, POST_WAITING) || str_starts(path, POST_ANSWERS);
}

static void on_waiting(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                       const char *why)
{
    struct polling *x = job;
    (void)retry_after_s;
    if (e != ERR_OK) {
        rest_away(x, why);
        return;
    }
    if (status == POST_NOTHING) {
        rest_idle(x);
        return;
    }
    struct bytes letter = bytes_dup(x->arena, reply);
    x->asked = (struct post_asked){.tls = x->tls};
    if (status != err_http_status(ERR_OK) ||
        !post_waiting_read(letter, &x->id, &x->asked.path, &x->asked.body) ||
        is_of_polling(x->asked.path)) {
        rest_away(x, "The other node gave nothing that could be read as a letter.");
        return;
    }
    post_serve(x->post, x->post->o.log, &x->asked, (struct post_answer){on_served, x});
}

static void poll_begin(struct polling *x, const struct desk_peer *peer)
{
    x->arena = arena_new();
    x->peer = str_dup(x->arena, peer->address);
    x->post->polling->away++;
    ask(x, &(struct post_letter){.path = POST_WAITING, .reply_max = POST_FETCHED_MAX}, on_waiting);
}

/* ---- whom to ask, and when ------------------------------------------------------------------- */

/* One for each node, whatever authorities it serves. */
static struct polling *polling_of(struct post *p, const struct desk_peer *peer)
{
    struct post_polling *all = p->polling;
    for (size_t k = 0; k < all->n; k++)
        if (hash_eq(&all->all[k]->tls, &peer->tls)) return all->all[k];
    if (all->n == POST_WITNESSES_MAX) return NULL;
    struct polling *x = arena_take(p->arena, sizeof *x);
    *x = (struct polling){.post = p, .tls = peer->tls};
    all->all[all->n++] = x;
    return x;
}

void post_polling_work(struct post *p, int64_t now_ms)
{
    size_t n;
    const struct desk_peer *peers = desk_peers(p->o.desk, &n);
    for (size_t k = 0; p->o.polls && !p->stopped && k < n; k++) {
        const struct desk_peer *peer = desk_peer(p->o.desk, peers[k].address);
        struct polling *x = peer && !post_is_carried(p, peer->address) ? polling_of(p, peer) : NULL;
        if (!x || x->arena) continue;
        if (x->next_ms <= now_ms || x->next_ms > now_ms + 2 * POST_POLL_AWAY_MS)
            poll_begin(x, peer);
    }
}

int64_t post_polling_next_ms(const struct post *p)
{
    int64_t next_ms = INT64_MAX;
    for (size_t k = 0; p->o.polls && k < p->polling->n; k++) {
        const struct polling *x = p->polling->all[k];
        if (!x->arena && x->next_ms < next_ms) next_ms = x->next_ms;
    }
    return next_ms;
}
