/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a process that reads hostile bytes or speaks to strangers, and may die over it.
 *
 * The bytes of a question stay here until it is answered, so that whoever is started in its place
 * is asked again: nothing is lost, and everything asked this way may be asked twice. What brings
 * the other end down again and again is answered with a fault instead. It does not know what is
 * asked. */

#include "node/split.h"

#include <assert.h>

struct job {
    struct arena *arena;
    struct job *next;
    int64_t id;
    struct bytes message;
    unsigned crashes;
    bool once, sent;
    void (*done)(void *job, const struct fault *f, const struct pack *answer);
    void *own;
};
struct node_line {
    struct node_line_options o;
    struct net_link *link; /* NULL before the first */
    struct job *first, **end;
    size_t n;
    int64_t last;
};

err node_line_open(struct turn *t, const struct node_line_options *o, struct node_line **out)
{
    struct node_line *l = arena_take(t->arena, sizeof *l);
    *l = (struct node_line){.o = *o};
    l->end = &l->first;
    *out = l;
    return ERR_OK;
}

size_t node_line_waiting(const struct node_line *l) { return l ? l->n : 0; }

static struct job *job_take(struct node_line *l, struct job **at)
{
    struct job *j = *at;
    *at = j->next;
    if (!*at) l->end = at;
    l->n--;
    return j;
}

static void job_end(struct job *j, const struct fault *f, const struct pack *answer)
{
    j->done(j->own, f, answer);
    arena_free(j->arena);
}

void node_line_close(struct node_line *l)
{
    if (!l) return;
    struct fault f = {ERR_BUSY, "stopping", "", "", "This node is stopping."};
    net_link_close(l->link);
    l->link = NULL;
    while (l->first) job_end(job_take(l, &l->first), &f, NULL);
}

static void job_send(struct node_line *l, struct job *j)
{
    if (!net_link_lives(l->link)) return;
    net_link_send(l->link, j->message);
    j->sent = true;
}

static void ask(struct node_line *l, const struct pack *m, bool once,
                void (*done)(void *job, const struct fault *f, const struct pack *answer),
                void *job)
{
    struct arena *a = arena_new();
    struct job *j = arena_take(a, sizeof *j);
    *j = (struct job){.arena = a, .id = ++l->last, .once = once, .done = done, .own = job};
    struct tree *list = tree_list(a), *head = tree_add_copy(a, list, NULL, m->head);
    tree_add_int(a, head, "id", j->id);
    struct pack whole = *m;
    whole.head = head;
    j->message = pack_write(a, &whole);
    *l->end = j;
    l->end = &j->next;
    l->n++;
    job_send(l, j);
}

void node_line_ask(struct node_line *l, const struct pack *m,
                   void (*done)(void *job, const struct fault *f, const struct pack *answer),
                   void *job)
{
    ask(l, m, false, done, job);
}

void node_line_ask_once(struct node_line *l, const struct pack *m,
                        void (*done)(void *job, const struct fault *f, const struct pack *answer),
                        void *job)
{
    ask(l, m, true, done, job);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void on_message(void *ctx, struct bytes message)
{
    struct node_line *l = ctx;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    struct pack m;
    if (pack_read(&t, message, &node_link_limits, &m) != ERR_OK) return;
    int64_t id = tree_int(m.head, "id", 0);
    struct job **at = &l->first;
    while (*at && (*at)->id != id) at = &(*at)->next;
    if (!*at) return; /* answered already */
    struct fault f;
    const struct tree *fault = tree_get(m.head, "fault");
    if (fault) node_fault_get(fault, &f);
    job_end(job_take(l, at), fault ? &f : NULL, &m);
}

/* What was asked waits for the next one; that it will come is the broker's. */
static void on_closed(void *ctx)
{
    const struct node_line *l = ctx;
    node_link_lost(l->o.child, l->o.to);
}

static void blame(struct node_line *l)
{
    struct job **at = &l->first;
    while (*at) {
        struct job *j = *at;
        j->crashes += j->sent;
        bool guilty = j->crashes >= (j->once ? 1 : NODE_CRASHES_MAX);
        if (guilty)
            job_end(job_take(l, at), &l->o.crashed, NULL);
        else
            at = &(*at)->next;
        if (l->o.in_order) return; /* the others had not been begun */
    }
}

err node_line_linked(struct node_line *l, struct turn *t, int fd)
{
    struct net_link_options o = {.fd = fd,
                                 .message_max = NODE_LINK_MAX,
                                 .message = on_message,
                                 .closed = on_closed,
                                 .ctx = l};
    bool again = l->link != NULL;
    net_link_close(l->link);
    l->link = NULL;
    try(net_link_open(t, l->o.child->loop, &o, &l->link));
    if (again) blame(l);
    for (struct job *j = l->first; j; j = j->next) job_send(l, j);
    return ERR_OK;
}

void node_line_answer(struct net_link *k, struct turn *t, const struct pack *question,
                      struct tree *head, const struct bytes *parts, size_t n)
{
    struct pack m = {.head = head, .n = n};
    assert(n <= PACK_PARTS_MAX);
    for (size_t i = 0; i < n; i++) m.parts[i] = parts[i];
    tree_add_int(t->arena, head, "id", tree_int(question->head, "id", 0));
    net_link_send(k, pack_write(t->arena, &m));
}
