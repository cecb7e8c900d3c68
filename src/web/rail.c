/* SPDX-License-Identifier: Apache-2.0 */
/* The clock rail: what runs out, on a scale that shrinks from now to sixty days. Only coordinates
 * are made here; page/part/rail.html draws them without a style. */

#include "web/inner.h"

enum {
    WIDTH = 1120,
    NOW_X = 90,
    OVERDUE_X = 45,
    LEVELS = 3,
    LETTER = 8, /* width of one in a label */
    MARKS_MAX = 24
};
struct tick {
    int64_t s;
    int x;
    const char *label, *n;
};
/* clang-format off */
static const struct tick ticks[] = {
    {0,       NOW_X, TEXT("now"),     ""},
    {900,     200,   TEXT("{n} min"), "15"},
    {3600,    314,   TEXT("{n} h"),   "1"},
    {21600,   490,   TEXT("{n} h"),   "6"},
    {86400,   633,   TEXT("{n} h"),   "24"},
    {604800,  836,   TEXT("{n} d"),   "7"},
    {5184000, 1060,  TEXT("{n} d"),   "60"},
};
/* clang-format on */
enum { TICKS = sizeof ticks / sizeof *ticks };

static int x_of(int64_t left_s)
{
    if (left_s < 0) return OVERDUE_X;
    for (size_t k = 1; k < TICKS; k++) {
        const struct tick *from = &ticks[k - 1], *to = &ticks[k];
        if (left_s > to->s) continue;
        return from->x + (int)((left_s - from->s) * (to->x - from->x) / (to->s - from->s));
    }
    return WIDTH - 20;
}

/* Reading goes the other way in Arabic, and so does time. */
static int mirrored(const struct visit *v, int x)
{
    return lang_dir(v->lang)[0] == 'r' ? WIDTH - x : x;
}

static void put_ticks(struct visit *v, struct tree *rail)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_add_list(a, rail, "ticks");
    for (size_t k = 0; k < TICKS; k++) {
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_int(a, one, "x", mirrored(v, ticks[k].x));
        tree_add_str(a, one, "label", text_say(a, v->lang, ticks[k].label, "n", ticks[k].n, NULL));
        tree_add_bool(a, one, "is_now", k == 0);
    }
    tree_add_int(a, rail, "late_x", mirrored(v, OVERDUE_X));
    tree_add_int(a, rail, "late_from", lang_dir(v->lang)[0] == 'r' ? WIDTH - NOW_X : 0);
    tree_add_int(a, rail, "late_width", NOW_X);
}

/* The last parts of a reference tell them apart: "XN-0147" of "XN-CSB-2026-0147". */
static struct str short_ref(struct arena *a, struct str ref)
{
    size_t first = 0, last = ref.n;
    while (first < ref.n && ref.p[first] != '-') first++;
    while (last > 0 && ref.p[last - 1] != '-') last--;
    if (last <= first + 1) return ref;
    return str_printf(a, "%.*s-%.*s", (int)first, ref.p, (int)(ref.n - last), ref.p + last);
}

/* The first of the levels where the label runs into no other; LEVELS when there is none. */
static int level_of(int *ends, int x, int width)
{
    int level = 0;
    while (level < LEVELS && ends[level] > x - width / 2) level++;
    if (level < LEVELS) ends[level] = x + width / 2 + LETTER;
    return level;
}

static void put_mark(struct visit *v, struct tree *list, const struct tree *clock, int *ends)
{
    struct arena *a = v->t.arena;
    int64_t end;
    if (!time_read(tree_str(clock, "end"), &end) || !tree_bool(clock, "running", true)) return;
    int x = x_of((end - turn_now_ms(&v->t)) / 1000);
    struct str label = short_ref(a, tree_str(clock, "ref"));
    int width = (int)label.n * LETTER, text_x = x;
    if (text_x > WIDTH - width / 2) text_x = WIDTH - width / 2;
    int level = level_of(ends, text_x, width);
    bool fits = level < LEVELS; /* else only the mark is drawn; the list below names it */
    if (!fits) level = LEVELS - 1;
    struct tree *one = tree_add_map(a, list, NULL);
    tree_add_int(a, one, "x", mirrored(v, x));
    tree_add_int(a, one, "text_y", 34 + 20 * level);
    tree_add_int(a, one, "stem_y", 38 + 20 * level);
    tree_add_int(a, one, "text_x", mirrored(v, text_x));
    tree_add_str(a, one, "label", fits ? label : STR(""));
    tree_add_str(a, one, "tone", row_tone(v, clock));
    tree_add_bool(a, one, "comes_in", str_is(tree_str(clock, "side"), "requested"));
}

void rail_put(struct visit *v, const struct tree *clocks)
{
    struct arena *a = v->t.arena;
    int ends[LEVELS] = {0}, n = 0;
    struct tree *rail = tree_add_map(a, v->page, "rail");
    put_ticks(v, rail);
    struct tree *list = tree_add_list(a, rail, "marks");
    for (const struct tree *c = clocks ? clocks->child : NULL; c && n < MARKS_MAX; c = c->next, n++)
        put_mark(v, list, c, ends);
}
