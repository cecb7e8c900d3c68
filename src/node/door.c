/* SPDX-License-Identifier: Apache-2.0 */
/* The officers' door in this process: what a page asks becomes a turn of the desk, and its answer
 * goes back. Who asks is what the session says; the desk finds the officer, the door believes
 * nobody. */

#include "node/internal.h"
#include "paper/paper.h"
#include "web/web.h"

#include <unistd.h>

struct node_door {
    struct desk *desk;
    struct web *web;
    int program; /* comity-paper's; -1: none */
    struct node_presses *presses;
};
/* One question on its way. Lives in its arena. */
struct errand {
    struct desk_turn dt;
    struct web_ask *ask;
};

/* ---- questions ------------------------------------------------------------------------------- */

static void answered(struct desk_turn *dt)
{
    struct errand *e = dt->own;
    e->ask->result = dt->result;
    e->ask->view = dt->view;
    e->ask->stamp = dt->stamp;
    e->ask->unchanged = dt->unchanged;
    e->ask->t.fault = dt->t.fault;
    e->ask->done(e->ask);
}

static void on_ask(void *ctx, struct web_ask *a)
{
    struct node_door *d = ctx;
    struct errand *e = arena_take(a->t.arena, sizeof *e);
    *e = (struct errand){.ask = a};
    e->dt = (struct desk_turn){.t = a->t,
                               .uid = -1,
                               .session = a->session,
                               .args = a->args,
                               .unless = a->unless,
                               .own = e};
    a->result = node_officers_action(&a->t, a->action, &e->dt.action);
    if (a->result == ERR_OK)
        desk_submit(d->desk, &e->dt, answered);
    else
        a->done(a);
}

/* ---- letters as PDF -------------------------------------------------------------------------- */

static void on_printed(void *job, const struct fault *f, struct bytes pdf)
{
    struct web_print *w = job;
    w->result = f ? f->err : ERR_OK;
    if (f)
        w->t.fault = *f;
    else
        w->pdf = bytes_dup(w->t.arena, pdf);
    w->done(w);
}

static void on_print(void *ctx, struct web_print *w)
{
    struct node_door *d = ctx;
    node_presses_print(d->presses, w->letter, on_printed, w);
}

static void presses_open(struct node_door *d, struct turn *t, struct net_loop *loop)
{
    auto_arena scratch = arena_new();
    struct turn one = {.arena = scratch};
    const char *program = node_press_program(scratch);
    /* Pages are served without it. */
    if (program && paper_program(&one, program, &d->program) == ERR_OK)
        node_presses_open(t, loop, d->program, &d->presses);
}

/* ---- the door -------------------------------------------------------------------------------- */

err node_door_start(struct turn *t, struct net_loop *loop, const struct node_folder *f,
                    struct node_door **out)
{
    const struct node_officers *o = &f->config.officers;
    *out = NULL;
    if (!o->port) return ERR_OK;
    struct node_door *d = arena_take(t->arena, sizeof *d);
    *d = (struct node_door){.desk = f->desk, .program = -1};
    presses_open(d, t, loop);
    struct web_options wo;
    node_officers_web(t->arena, o, node_zones_new(t->arena), &wo);
    wo.loop = loop;
    wo.desk = (struct web_desk){on_ask, d};
    if (d->presses) wo.press = (struct web_press){on_print, d};
    wo.mail = node_mail_hook(t->arena, &f->config.mail);
    if (node_officers_use_tls(o)) {
        wo.tls_key_pem = node_keeper_tls_key(f->keeper);
        wo.tls_cert_pem = node_keeper_tls_cert(f->keeper);
    }
    try(web_start(t, &wo, &d->web));
    *out = d;
    return ERR_OK;
}

void node_door_stop(struct node_door *d)
{
    if (!d) return;
    node_presses_close(d->presses);
    web_stop(d->web);
    if (d->program >= 0) close(d->program);
}
