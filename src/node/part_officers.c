/* SPDX-License-Identifier: Apache-2.0 */
/* The process that officers' browsers speak to: HTTP and pages, and nothing of what is decided.
 *
 * It has the listening socket that the broker opened and the time zones it read before it lost all
 * files. What a page asks goes to the desk whole, with the session the browser holds; the desk
 * finds out who that is. Handshakes are signed by keeper. */

#include "node/split.h"
#include "web/web.h"

struct part {
    struct node_child *child;
    struct node_line *desk, *printer;
    struct net_signer signer;
    struct web *web;
};

/* ---- questions ------------------------------------------------------------------------------- */

static void on_answer(void *job, const struct fault *f, const struct pack *m)
{
    struct web_ask *a = job;
    const struct tree *refused = m ? tree_get(m->head, "refused") : NULL;
    a->result = ERR_OK;
    if (f) a->t.fault = *f;
    if (refused) node_fault_get(refused, &a->t.fault);
    if (f || refused) a->result = a->t.fault.err;
    if (m) {
        a->stamp = str_dup(a->t.arena, tree_str(m->head, "stamp"));
        a->unchanged = tree_bool(m->head, "unchanged", false);
    }
    if (m)
        a->view = tree_add_copy(a->t.arena, tree_list(a->t.arena), NULL, tree_get(m->head, "view"));
    a->done(a);
}

static void on_ask(void *ctx, struct web_ask *a)
{
    struct part *p = ctx;
    enum desk_action action;
    a->result = node_officers_action(&a->t, a->action, &action);
    if (a->result != ERR_OK) {
        a->done(a);
        return;
    }
    auto_arena scratch = arena_new();
    struct tree *m = tree_map(scratch);
    tree_add_str(scratch, m, "action", a->action);
    tree_add_str(scratch, m, "session", a->session);
    if (a->args) tree_add_copy(scratch, m, "args", a->args);
    if (a->unless.n) tree_add_str(scratch, m, "unless", a->unless);
    /* What changes something is not done a second time unless it says which time it is. */
    bool once = desk_action_writes(action) && !tree_str(a->args, "idem").n;
    struct pack q = {.head = m};
    (once ? node_line_ask_once : node_line_ask)(p->desk, &q, on_answer, a);
}

/* ---- letters as PDF -------------------------------------------------------------------------- */

static void on_printed(void *job, const struct fault *f, const struct pack *m)
{
    struct web_print *w = job;
    w->result = f ? f->err : ERR_OK;
    if (f)
        w->t.fault = *f;
    else
        w->pdf = bytes_dup(w->t.arena, pack_part(m, 0));
    w->done(w);
}

static void on_print(void *ctx, struct web_print *w)
{
    struct part *p = ctx;
    auto_arena scratch = arena_new();
    struct tree *m = tree_map(scratch);
    tree_add_copy(scratch, m, "letter", w->letter);
    struct pack q = {.head = m};
    node_line_ask(p->printer, &q, on_printed, w);
}

/* ---- the process ----------------------------------------------------------------------------- */

static err before(struct node_child *c)
{
    struct turn *t = c->life;
    struct part *p = arena_take(t->arena, sizeof *p);
    const struct node_officers *o = &c->plan->config.officers;
    *p = (struct part){.child = c, .signer = node_remote_signer(c)};
    c->own = p;
    struct node_line_options line = {
        .child = c,
        .to = GUARD_DESK,
        .crashed = {ERR_BUSY, "desk-ended", "", "",
                    "The node was started again while it did this, so it may be done or not. Look "
                    "before you do it again."}};
    struct node_line_options printer = {
        .child = c,
        .to = GUARD_PRINTER,
        .crashed = {ERR_INTERNAL, "printer-ended", "", "",
                    "What prints ended over this letter, twice. Nothing was printed."}};
    try(node_line_open(t, &line, &p->desk));
    try(node_line_open(t, &printer, &p->printer));
    struct web_options wo;
    node_officers_web(t->arena, o, c->plan->zones, &wo);
    wo.loop = c->loop;
    wo.desk = (struct web_desk){on_ask, p};
    if (c->plan->press) wo.press = (struct web_press){on_print, p};
    wo.mail = node_mail_hook(t->arena, &c->plan->config.mail);
    if (wo.mail.make) mail_ready(t->arena); /* messages are built when no file is within reach */
    wo.listens = c->plan->pages;
    if (node_officers_use_tls(o)) {
        wo.tls_cert_pem = c->plan->tls_cert;
        wo.tls_signer = &p->signer;
    }
    return web_start(t, &wo, &p->web);
}

static err linked(struct node_child *c, enum guard_process to, int fd)
{
    struct part *p = c->own;
    return node_line_linked(to == GUARD_PRINTER ? p->printer : p->desk, c->life, fd);
}

static void end(struct node_child *c)
{
    struct part *p = c->own;
    node_line_close(p->desk);
    node_line_close(p->printer);
    web_stop(p->web);
}

const struct node_part node_part_front_officers = {.before = before, .linked = linked, .end = end};
