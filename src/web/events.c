/* SPDX-License-Identifier: Apache-2.0 */
/* Live pages: server-sent events (HTML, 9.2) that say which dossier changed, never what.
 *
 * One question a second for each browser that listens, and a remark every fifteen so that both
 * sides notice when the other is gone. The position is the event's id, so a browser that comes back
 * goes on from there. */

#include "web/inner.h"

enum { POLL_MS = 1000, BEAT_POLLS = 15, CHANGES_MAX = 200 };

/* One browser that listens. Lives in its visit. */
struct listener {
    struct visit *v;
    struct listener *next, *before;
    struct web_ask ask;
    bool asking;
    int64_t position; /* -1: not known yet */
    int polls;
};
struct events {
    struct web *web;
    struct listener *first;
    uint64_t timer;
};

static void on_time(void *ctx);

static void timer_set(struct events *e)
{
    struct net_loop *l = e->web->o.loop;
    int64_t now = e->web->o.clock->mono_ms(e->web->o.clock->ctx);
    e->timer = net_timer(l, now + POLL_MS, on_time, e);
}

void events_start(struct web *w)
{
    w->events = arena_take(w->arena, sizeof *w->events);
    *w->events = (struct events){.web = w};
}

void events_stop(struct web *w)
{
    if (w->events->timer) net_timer_stop(w->o.loop, w->events->timer);
    w->events->timer = 0;
}

static void say(struct listener *l, struct str text)
{
    if (l->v->request) net_stream_send(l->v->request, str_bytes(text));
}

static void changes_say(struct listener *l, const struct tree *view)
{
    auto_arena a = arena_new();
    const struct tree *refs = tree_get(view, "refs");
    struct buf b = buf_in(a);
    for (const struct tree *r = refs ? refs->child : NULL; r; r = r->next) {
        struct tree *m = tree_map(a);
        tree_add_str(a, m, "ref", tree_str(r, "ref"));
        struct str json = json_write(a, m);
        buf_printf(&b, "event: change\nid: %lld\ndata: " STR_FMT "\n\n",
                   (long long)tree_int(r, "leaf", 0), STR_ARG(json));
    }
    if (b.n) say(l, buf_as_str(&b));
}

static void on_done(struct web_ask *ask)
{
    struct listener *l = ask->own;
    struct visit *v = l->v;
    l->asking = false;
    v->open_n--;
    v->web->asking--;
    if (ask->result == ERR_STRANGER && v->request) {
        say(l, STR("event: ended\ndata: {}\n\n"));
        net_stream_end(v->request);
    } else if (ask->result == ERR_OK) {
        if (l->position >= 0) changes_say(l, ask->view);
        l->position = tree_int(ask->view, "position", l->position);
    }
    arena_free(ask->t.arena);
    if (!v->request) visit_end(v);
}

static void ask(struct listener *l)
{
    struct visit *v = l->v;
    struct web *w = v->web;
    struct arena *a = arena_new();
    struct tree *args = tree_map(a);
    tree_add_int(a, args, "after", l->position >= 0 ? l->position : TREE_INT_MAX);
    tree_add_int(a, args, "limit", CHANGES_MAX);
    l->ask = (struct web_ask){.t = {.arena = a, .clock = w->o.clock, .chance = w->o.chance},
                              .action = STR("changes"),
                              .session = v->session,
                              .args = args,
                              .done = on_done,
                              .own = l};
    l->asking = true;
    v->open_n++;
    w->asking++;
    w->o.desk.ask(w->o.desk.ctx, &l->ask);
}

static void on_time(void *ctx)
{
    struct events *e = ctx;
    e->timer = 0;
    for (struct listener *l = e->first, *next; l; l = next) {
        next = l->next;
        if (++l->polls % BEAT_POLLS == 0) say(l, STR(": here\n\n"));
        if (!l->asking) ask(l);
    }
    if (e->first && !e->timer) timer_set(e);
}

void events_open(struct visit *v)
{
    struct events *e = v->web->events;
    struct listener *l = arena_take(v->t.arena, sizeof *l);
    struct str after = net_request_header(v->request, "Last-Event-ID");
    *l = (struct listener){.v = v, .position = -1};
    if (!str_to_int(after.n ? after : visit_at(v, "after"), &l->position) || l->position < 0)
        l->position = -1;
    if (!net_reply_stream(v->request, 200, "text/event-stream; charset=utf-8",
                          head_headers(v, "no-store"))) {
        struct fault f = {.err = ERR_BUSY, .code = "streams"};
        visit_refuse(v, ERR_BUSY, &f);
        return;
    }
    v->answered = v->stays = true;
    v->stream = l;
    l->next = e->first;
    if (e->first) e->first->before = l;
    e->first = l;
    say(l, STR("retry: 3000\n\n"));
    if (!e->timer) timer_set(e);
}

void events_gone(struct visit *v)
{
    struct listener *l = v->stream;
    if (l->next) l->next->before = l->before;
    if (l->before)
        l->before->next = l->next;
    else
        v->web->events->first = l->next;
}
