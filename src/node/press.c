/* SPDX-License-Identifier: Apache-2.0 */
/* Letters as PDF on a loop: a few at once, the others wait, and who waits too long is told so. The
 * work is comity-paper's; this only starts it, watches for its end and hands on what it left. */

#include "node/internal.h"
#include "paper/paper.h"

#include <limits.h>
#include <unistd.h>

enum { AT_ONCE = 2, WAITING_MAX = 32, PRINT_MS = 60 * 1000 };

struct print {
    struct print *next;
    struct arena *arena;
    struct node_presses *all;
    const struct tree *letter;
    void (*done)(void *job, const struct fault *f, struct bytes pdf);
    void *job;
};
/* One place to print at. */
struct place {
    struct print *print; /* NULL: free */
    struct paper_press *press;
    uint64_t timer;
};
struct node_presses {
    struct net_loop *loop;
    int program;
    bool closing;
    struct place places[AT_ONCE];
    struct print *first, **end; /* that wait */
    size_t n;
};

static void next_begin(struct node_presses *x);

const char *node_press_program(struct arena *a)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    while (n > 0 && n < (ssize_t)sizeof self && self[n - 1] != '/') n--;
    if (n <= 0 || n == (ssize_t)sizeof self) return NULL;
    return str_c(a, str_printf(a, "%.*scomity-paper", (int)n, self));
}

err node_press(struct turn *t, const struct tree *letter, struct bytes *pdf_out)
{
    const char *program = node_press_program(t->arena);
    if (!program)
        return turn_fail(t, ERR_INTERNAL, "press", NULL, "Cannot find where this program lies.");
    return paper_press(t, program, letter, PRINT_MS, pdf_out);
}

void node_presses_open(struct turn *t, struct net_loop *loop, int program,
                       struct node_presses **out)
{
    struct node_presses *x = arena_take(t->arena, sizeof *x);
    *x = (struct node_presses){.loop = loop, .program = program};
    x->end = &x->first;
    *out = x;
}

static void tell(struct print *p, const struct fault *f, struct bytes pdf)
{
    p->done(p->job, f, pdf);
    arena_free(p->arena);
}

static struct print *first_take(struct node_presses *x)
{
    struct print *p = x->first;
    x->first = p->next;
    if (!x->first) x->end = &x->first;
    x->n--;
    return p;
}

static struct print *place_free(struct place *at)
{
    struct print *p = at->print;
    struct net_loop *loop = p->all->loop;
    net_unwatch(loop, paper_press_fd(at->press));
    if (at->timer) net_timer_stop(loop, at->timer);
    paper_press_free(at->press);
    *at = (struct place){0};
    return p;
}

void node_presses_close(struct node_presses *x)
{
    static const struct fault ended = {ERR_BUSY, "stopping", "", "",
                                       "This node is stopping. Nothing was printed."};
    if (!x) return;
    x->closing = true;
    for (size_t k = 0; k < AT_ONCE; k++)
        if (x->places[k].print) tell(place_free(&x->places[k]), &ended, (struct bytes){0});
    while (x->first) tell(first_take(x), &ended, (struct bytes){0});
}

/* ---- printing -------------------------------------------------------------------------------- */

static void on_end(void *ctx)
{
    struct place *at = ctx;
    struct node_presses *x = at->print->all;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    struct bytes pdf = {0};
    err e = paper_press_take(&t, at->press, &pdf);
    if (e == ERR_BUSY && str_is(str_of(t.fault.code), "paper-works")) return;
    tell(place_free(at), e == ERR_OK ? NULL : &t.fault, pdf);
    next_begin(x);
}

static void on_time(void *ctx)
{
    static const struct fault slow = {ERR_BUSY, "paper-slow", "", "",
                                      "The letter was not printed in time. Nothing was kept; try "
                                      "again later."};
    struct place *at = ctx;
    struct node_presses *x = at->print->all;
    at->timer = 0;
    tell(place_free(at), &slow, (struct bytes){0});
    next_begin(x);
}

static err begin(struct place *at, struct turn *t)
{
    struct node_presses *x = at->print->all;
    try(paper_press_start(t, x->program, at->print->letter, &at->press));
    err e = net_watch(t, x->loop, paper_press_fd(at->press), on_end, at);
    if (e != ERR_OK) paper_press_free(at->press);
    try(e);
    at->timer = net_timer(x->loop, node_clock.mono_ms(node_clock.ctx) + PRINT_MS, on_time, at);
    return ERR_OK;
}

static void next_begin(struct node_presses *x)
{
    for (size_t k = 0; k < AT_ONCE && !x->closing; k++) {
        struct place *at = &x->places[k];
        while (!at->print && x->first) {
            auto_arena scratch = arena_new();
            struct turn t = {.arena = scratch};
            struct print *p = first_take(x);
            *at = (struct place){.print = p};
            if (begin(at, &t) == ERR_OK) break;
            *at = (struct place){0};
            tell(p, &t.fault, (struct bytes){0});
        }
    }
}

void node_presses_print(struct node_presses *x, const struct tree *letter,
                        void (*done)(void *job, const struct fault *f, struct bytes pdf), void *job)
{
    static const struct fault busy = {ERR_BUSY, "paper-waiting", "", "",
                                      "Too many letters are being printed. Nothing was printed; "
                                      "try again shortly."};
    if (x->closing || x->n == WAITING_MAX) {
        done(job, &busy, (struct bytes){0});
        return;
    }
    struct arena *a = arena_new();
    struct print *p = arena_take(a, sizeof *p);
    *p = (struct print){.arena = a, .all = x, .done = done, .job = job};
    p->letter = tree_add_copy(a, tree_list(a), NULL, letter);
    *x->end = p;
    x->end = &p->next;
    x->n++;
    next_begin(x);
}
