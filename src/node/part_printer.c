/* SPDX-License-Identifier: Apache-2.0 */
/* The process that has letters printed: it starts comity-paper, and nothing else of the node does.
 *
 * It has a descriptor of that program, memory and one link, and no key, database or network. What
 * it is given is a letter, and what it gives back are bytes that begin like a PDF. */

#include "node/split.h"
#include "paper/paper.h"

struct part {
    struct node_child *child;
    struct node_presses *presses;
    struct net_link *officers;
    uint64_t generation; /* counts the links: an answer goes over the one it was asked by */
};
struct errand {
    struct part *part;
    struct arena *arena;
    uint64_t generation;
    struct pack question; /* its id is all that is left of it */
};

static void on_printed(void *job, const struct fault *f, struct bytes pdf)
{
    struct errand *x = job;
    struct turn t = {.arena = x->arena};
    struct tree *head = tree_map(x->arena);
    if (f) node_fault_put(x->arena, tree_add_map(x->arena, head, "fault"), f);
    if (x->generation == x->part->generation)
        node_line_answer(x->part->officers, &t, &x->question, head, &pdf, f ? 0 : 1);
    arena_free(x->arena);
}

static void on_message(void *ctx, struct bytes message)
{
    struct part *p = ctx;
    struct arena *a = arena_new();
    struct turn t = {.arena = a};
    struct pack q;
    const struct tree *letter = NULL;
    if (pack_read(&t, message, &node_link_limits, &q) == ERR_OK)
        letter = tree_get(q.head, "letter");
    if (!letter) {
        arena_free(a);
        return;
    }
    struct errand *x = arena_take(a, sizeof *x);
    struct tree *id = tree_map(a);
    tree_add_int(a, id, "id", tree_int(q.head, "id", 0));
    *x = (struct errand){p, a, p->generation, {.head = id}};
    node_presses_print(p->presses, letter, on_printed, x);
}

static void on_closed(void *ctx)
{
    struct part *p = ctx;
    p->generation++;
    node_link_lost(p->child, GUARD_FRONT_OFFICERS);
}

static err before(struct node_child *c)
{
    int program;
    struct part *p = arena_take(c->life->arena, sizeof *p);
    *p = (struct part){.child = c};
    c->own = p;
    try(paper_program(c->life, c->plan->press, &program));
    node_presses_open(c->life, c->loop, program, &p->presses);
    return ERR_OK;
}

static err linked(struct node_child *c, enum guard_process to, int fd)
{
    (void)to; /* front-officers is the only one */
    struct part *p = c->own;
    struct net_link_options o = {.fd = fd,
                                 .message_max = NODE_LINK_MAX,
                                 .message = on_message,
                                 .closed = on_closed,
                                 .ctx = p};
    net_link_close(p->officers);
    p->officers = NULL;
    p->generation++;
    return net_link_open(c->life, c->loop, &o, &p->officers);
}

static void end(struct node_child *c)
{
    struct part *p = c->own;
    p->generation++;
    node_presses_close(p->presses);
}

const struct node_part node_part_printer = {.before = before, .linked = linked, .end = end};
