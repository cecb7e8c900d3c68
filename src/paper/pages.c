/* SPDX-License-Identifier: Apache-2.0 */
/* Where pages end.
 *
 * A row goes on the page it fits on. One that does not is broken between two of its lines, unless
 * it is whole; what is kept with the row that follows moves with it; the head of a table is
 * repeated. */

#include "paper/inner.h"

#include <string.h>

enum { KEEP_MAX = 4 }; /* rows that may move together */
#define FOOTHOLD 50.0  /* what must fit of a row, before it is begun at the end of a page */

struct place {
    struct turn *t;
    const struct sheet *s;
    struct pages *out;
    double y;
    bool at_top; /* nothing stands on this page but a repeated head */
};

static err put_row(struct place *p, const struct row *r);

static double page_top(size_t page) { return page ? PAGE_TOP_NEXT : PAGE_TOP; }

static struct piece *piece_new(struct pages *out, struct arena *a)
{
    if (out->n == out->room) {
        size_t room = out->room ? 2 * out->room : 128;
        struct piece *more = arena_take_many(a, room, sizeof *more);
        if (out->n) memcpy(more, out->pieces, out->n * sizeof *more);
        out->pieces = more;
        out->room = room;
    }
    return &out->pieces[out->n++];
}

static void put_whole(struct place *p, const struct row *r, double before)
{
    struct piece *x = piece_new(p->out, p->t->arena);
    *x = (struct piece){.row = r,
                        .page = p->out->count - 1,
                        .y = p->y + before,
                        .height = r->height,
                        .first = true};
    for (size_t i = 0; i < r->n; i++) x->to[i] = r->cells[i].n;
    p->y = x->y + r->height;
    p->at_top = false;
}

/* A new page, with the head of the table that goes on there. */
static err turn_over(struct place *p, const struct row *r)
{
    if (p->out->count == PAPER_PAGES_MAX)
        return turn_fail(p->t, ERR_TOO_LARGE, "paper-pages", NULL,
                         "The document has more than %d pages. Nothing was printed. Print it in "
                         "parts.",
                         PAPER_PAGES_MAX);
    p->y = page_top(p->out->count++);
    if (r->heading) put_whole(p, &p->s->rows[r->heading - 1], 0);
    p->at_top = true;
    return ERR_OK;
}

/* How much must fit below each other, so that the row may begin here. */
static double wanted(const struct sheet *s, const struct row *r)
{
    double sum = 0;
    for (int i = 0; i < KEEP_MAX; i++, r++) {
        bool may_break = r->kind == ROW_TEXT && !r->whole && r->height > FOOTHOLD;
        sum += may_break ? FOOTHOLD : r->height;
        if (!r->keep || r + 1 == s->rows + s->n) break;
        sum += r[1].before;
    }
    return sum;
}

err paper_pages(struct turn *t, const struct sheet *s, struct pages *out)
{
    struct pages all = {.count = 1};
    struct place p = {.t = t, .s = s, .out = &all, .y = page_top(0), .at_top = true};
    for (size_t i = 0; i < s->n; i++) {
        const struct row *r = &s->rows[i];
        double before = p.at_top ? 0 : r->before;
        if (r->kind == ROW_PAGE) {
            if (!p.at_top) try(turn_over(&p, r));
            continue;
        }
        if (!p.at_top && p.y + before + wanted(s, r) > PAGE_BOTTOM) {
            try(turn_over(&p, r));
            before = p.at_top && !r->heading ? 0 : r->before;
        }
        if (p.y + before + r->height <= PAGE_BOTTOM) {
            put_whole(&p, r, before);
        } else {
            p.y += before;
            try(put_row(&p, r));
        }
    }
    *out = all;
    return ERR_OK;
}

/* Takes as many lines of a cell as fit into `room`; answers how high they are. */
static double fill(const struct cell *c, size_t from, size_t *to, double room)
{
    double begin = from ? (from < c->n ? c->lines[from].top : 0) : 0, height = 0;
    for (*to = from; *to < c->n; ++*to) {
        const struct line *l = &c->lines[*to];
        if (l->top + l->height - begin > room) break;
        height = l->top + l->height - begin;
    }
    return height;
}

/* A row that goes on over pages. */
static err put_row(struct place *p, const struct row *r)
{
    size_t from[CELLS_MAX] = {0};
    for (bool first = true, left = true; left; first = false) {
        struct piece x = {.row = r, .y = p->y, .first = first};
        bool moved = false;
        left = false;
        for (size_t i = 0; i < r->n; i++) {
            x.from[i] = from[i];
            double height = fill(&r->cells[i], from[i], &x.to[i], PAGE_BOTTOM - p->y);
            if (height > x.height) x.height = height;
            moved |= x.to[i] > from[i];
            from[i] = x.to[i];
            left |= from[i] < r->cells[i].n;
        }
        if (r->kind != ROW_TEXT || (!moved && p->at_top))
            return turn_fail(p->t, ERR_TOO_LARGE, "paper-tall", NULL,
                             "Something of the document is higher than a page and cannot be "
                             "broken. Nothing was printed.");
        if (moved) {
            x.page = p->out->count - 1;
            *piece_new(p->out, p->t->arena) = x;
            p->y += x.height;
            p->at_top = false;
        }
        if (left) try(turn_over(p, r));
    }
    return ERR_OK;
}
