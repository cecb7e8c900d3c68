/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a kind as a picture: each state a box, each act a line that leaves the states it may
 * start from and points at the one it leads to. Only coordinates are made here;
 * page/part/lifecycle.html draws them without a style, and a table beside it says the same. */

#include "web/inner.h"

enum {
    STATES_MAX = 48,
    LANES_MAX = 64,
    BOX_X = 8,
    BOX_WIDTH = 340,
    BOX_HEIGHT = 34,
    STEP = 50,
    LANE_X = BOX_X + BOX_WIDTH + 40,
    LANE_STEP = 30,
    OUT_Y = 9, /* where a line leaves a box, and where it comes in */
    IN_Y = 25
};

struct lane {
    bool from[STATES_MAX];
    size_t to, first, last; /* boxes; the highest and the lowest it touches */
    struct str label;       /* numbers of the acts that go this way */
    size_t column;
};
struct life {
    struct arena *a;
    const struct tree *states;
    size_t n;
    struct lane lanes[LANES_MAX];
    size_t lanes_n, columns;
};

static size_t state_at(const struct life *x, struct str name)
{
    size_t k = 0;
    for (const struct tree *s = x->states->child; s; s = s->next, k++)
        if (str_eq(tree_str(s, "state"), name)) return k;
    return x->n;
}

static bool is_end(const struct life *x, size_t state)
{
    const struct tree *s = x->states->child;
    while (s && state--) s = s->next;
    return tree_bool(s, "end", false);
}

static bool same_way(const struct life *x, const struct lane *a, const struct lane *b)
{
    bool same = a->to == b->to;
    for (size_t k = 0; k < x->n; k++) same = same && a->from[k] == b->from[k];
    return same;
}

/* An act that leads somewhere is a lane; acts that go the same way share one. */
static void lane_add(struct life *x, const struct tree *act, size_t number)
{
    struct lane lane = {.to = state_at(x, tree_str(act, "to"))};
    if (lane.to >= x->n) return; /* it stays, or leads back */
    lane.first = lane.last = lane.to;
    for (const struct tree *f = tree_get(act, "from")->child; f; f = f->next) {
        size_t one = state_at(x, f->str);
        for (size_t k = 0; k < x->n; k++)
            if (k == one || (str_is(f->str, "*") && !is_end(x, k))) lane.from[k] = true;
    }
    for (size_t k = 0; k < x->n; k++) {
        if (!lane.from[k]) continue;
        if (k < lane.first) lane.first = k;
        if (k > lane.last) lane.last = k;
    }
    lane.label = str_printf(x->a, "%zu", number);
    for (size_t k = 0; k < x->lanes_n; k++) {
        if (!same_way(x, &x->lanes[k], &lane)) continue;
        x->lanes[k].label = str_printf(x->a, STR_FMT ", %zu", STR_ARG(x->lanes[k].label), number);
        return;
    }
    if (x->lanes_n < LANES_MAX) x->lanes[x->lanes_n++] = lane;
}

/* The first column in which no other line runs beside the same boxes. */
static void columns_give(struct life *x)
{
    for (size_t k = 0; k < x->lanes_n; k++) {
        struct lane *lane = &x->lanes[k];
        for (bool taken = true; taken; lane->column += taken) {
            taken = false;
            for (size_t j = 0; j < k; j++)
                taken =
                    taken || (x->lanes[j].column == lane->column &&
                              x->lanes[j].first <= lane->last && lane->first <= x->lanes[j].last);
        }
        if (lane->column + 1 > x->columns) x->columns = lane->column + 1;
    }
}

static int y_of(size_t state) { return 6 + (int)state * STEP; }

static void lane_put(struct life *x, struct tree *list, const struct lane *lane)
{
    struct tree *one = tree_add_map(x->a, list, NULL);
    int lx = LANE_X + (int)lane->column * LANE_STEP, right = BOX_X + BOX_WIDTH;
    int in = y_of(lane->to) + IN_Y, top = in, bottom = in;
    struct buf d = buf_in(x->a);
    for (size_t k = 0; k < x->n; k++) {
        if (!lane->from[k]) continue;
        int out = y_of(k) + OUT_Y;
        if (out < top) top = out;
        if (out > bottom) bottom = out;
        buf_printf(&d, "M%d %dH%d", right, out, lx);
    }
    buf_printf(&d, "M%d %dV%dM%d %dH%d", lx, top, bottom, lx, in, right + 2);
    tree_add_str(x->a, one, "d", buf_as_str(&d));
    tree_add_str(x->a, one, "head", str_printf(x->a, "M%d %dl8-4v8z", right + 1, in));
    tree_add_int(x->a, one, "x", lx);
    tree_add_int(x->a, one, "y", (top + bottom) / 2);
    tree_add_int(x->a, one, "width", 10 + 8 * (int64_t)lane->label.n);
    tree_add_int(x->a, one, "left", lx - 5 - 4 * (int)lane->label.n);
    tree_add_int(x->a, one, "top", (top + bottom) / 2 - 9);
    tree_add_int(x->a, one, "text_y", (top + bottom) / 2 + 4);
    tree_add_str(x->a, one, "label", lane->label);
}

static void box_put(struct life *x, struct tree *list, const struct tree *state, size_t k)
{
    struct tree *one = tree_add_map(x->a, list, NULL);
    tree_add_int(x->a, one, "x", BOX_X);
    tree_add_int(x->a, one, "y", y_of(k));
    tree_add_int(x->a, one, "text_x", BOX_X + 12);
    tree_add_int(x->a, one, "text_y", y_of(k) + 22);
    tree_add_str(x->a, one, "title", tree_str(state, "title"));
    tree_add_bool(x->a, one, "end", tree_bool(state, "end", false));
}

void lifecycle_put(struct visit *v, const struct tree *kind)
{
    struct life *x = arena_take(v->t.arena, sizeof *x);
    x->a = v->t.arena;
    x->states = tree_get(kind, "states");
    if (!x->states || x->states->count > STATES_MAX) return; /* the table says it all the same */
    x->n = x->states->count;
    size_t number = 0, k = 0;
    const struct tree *acts = tree_get(kind, "acts");
    for (const struct tree *r = acts ? acts->child : NULL; r; r = r->next) lane_add(x, r, ++number);
    columns_give(x);
    struct tree *life = tree_add_map(x->a, v->page, "life");
    tree_add_int(x->a, life, "width", LANE_X + (int64_t)x->columns * LANE_STEP + 10);
    tree_add_int(x->a, life, "height", y_of(x->n));
    struct tree *list = tree_add_list(x->a, life, "lanes");
    for (size_t n = 0; n < x->lanes_n; n++) lane_put(x, list, &x->lanes[n]);
    list = tree_add_list(x->a, life, "boxes");
    for (const struct tree *s = x->states->child; s; s = s->next) box_put(x, list, s, k++);
}
