/* SPDX-License-Identifier: Apache-2.0 */
/* The holiday calendars of States: from checked files to rows that are found by day.
 *
 * A calendar says for which days it holds and is never read beyond them. What is corrected later
 * comes as a further version, which may hold for a part of the time only. */

#include "law/days.h"
#include "law/expand.h"

#include <stdlib.h>

enum { WEEKEND_MAX = 3 };

static err days_load(struct law_sources *s, struct law_calendar *c, const char *key,
                     struct law_holiday **out, size_t *n_out);

static err weekend_load(struct law_sources *s, struct law_calendar *c)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    const struct tree *list = tree_get(c->root, "weekend");
    for (const struct tree *w = list->child; w; w = w->next) {
        size_t n = 0;
        while (n < 7 && !str_is(w->str, names[n])) n++;
        if (n == 7 || c->weekend[n])
            return law_row_fail(s, w,
                                "`weekend`: found \"" STR_FMT
                                "\", expected days of the week from monday to sunday, each once",
                                STR_ARG(w->str));
        c->weekend[n] = true;
    }
    if (list->count > WEEKEND_MAX)
        return law_row_fail(s, list, "`weekend`: expected at most %d days", WEEKEND_MAX);
    return ERR_OK;
}

err law_calendar_load(struct law_sources *s, struct str path, const struct tree *root,
                      struct law_calendar *out)
{
    *out = (struct law_calendar){.state = tree_str(root, "state"),
                                 .path = path,
                                 .version = tree_int(root, "version", 0),
                                 .root = root};
    day_read(tree_str(root, "from"), &out->from);
    day_read(tree_str(root, "to"), &out->to);
    if (out->to < out->from)
        return law_row_fail(s, tree_get(root, "to"),
                            "`to`: expected a day that is not before "
                            "`from`");
    try(weekend_load(s, out));
    try(days_load(s, out, "holidays", &out->off, &out->off_n));
    try(days_load(s, out, "workdays", &out->on, &out->on_n));
    struct law_calendar without = *out;
    struct law_state_row alone = {.calendars = &without, .calendars_n = 1};
    without.on_n = 0;
    for (size_t n = 0; n < out->on_n; n++) {
        struct law_day_said said = law_day_said(&alone, out->on[n].day);
        if (said.works || said.row)
            return law_row_fail(s, out->on[n].row,
                                "`day`: expected in `workdays` a day of the weekend that is no "
                                "holiday");
    }
    return ERR_OK;
}

/* In order and within the time the calendar holds: a slip of the pen stands out. */
static err days_load(struct law_sources *s, struct law_calendar *c, const char *key,
                     struct law_holiday **out, size_t *n_out)
{
    const struct tree *list = tree_get(c->root, key);
    size_t n = 0, all = list ? list->count : 0;
    struct law_holiday *p = arena_take_many(s->t->arena, all + 1, sizeof *p);
    for (const struct tree *r = list ? list->child : NULL; r; r = r->next, n++) {
        const struct tree *at = tree_get(r, "day");
        p[n].row = r;
        day_read(at->str, &p[n].day);
        if (p[n].day < c->from || p[n].day > c->to)
            return law_row_fail(
                s, at, "`day`: found " STR_FMT ", expected a day from " STR_FMT " to " STR_FMT,
                STR_ARG(at->str), STR_ARG(tree_str(c->root, "from")),
                STR_ARG(tree_str(c->root, "to")));
        if (n && p[n].day <= p[n - 1].day)
            return law_row_fail(s, at,
                                "`day`: found " STR_FMT
                                ", expected each day once and in order, so later than " STR_FMT,
                                STR_ARG(at->str), STR_ARG(tree_str(p[n - 1].row, "day")));
    }
    *out = p;
    *n_out = n;
    return ERR_OK;
}

/* ---- to their States ------------------------------------------------------------------------- */

static int calendar_order(const void *a, const void *b)
{
    const struct law_calendar *x = a, *y = b;
    int by_state = str_cmp(x->state, y->state);
    return by_state ? by_state : (x->version < y->version) - (x->version > y->version);
}

err law_calendars_link(struct law_sources *s, struct law_tables *l)
{
    qsort(l->calendars, l->calendars_n, sizeof *l->calendars, calendar_order);
    for (size_t n = 0; n < l->calendars_n; n++) {
        const struct law_calendar *c = &l->calendars[n];
        int64_t row = law_index_get(&l->state_names, c->state);
        if (row == LAW_NO_ROW)
            return law_row_fail(s, c->root,
                                "`state`: found \"" STR_FMT
                                "\", expected a State that has its file in states/",
                                STR_ARG(c->state));
        if (n && c[-1].version == c->version && str_eq(c[-1].state, c->state))
            return law_row_fail(s, tree_get(c->root, "version"),
                                "`version`: found %d twice for " STR_FMT
                                ", expected each version once",
                                (int)c->version, STR_ARG(c->state));
        struct law_state_row *state = &l->states[row];
        if (state->calendars_n == 0) state->calendars = c;
        state->calendars_n++;
    }
    return ERR_OK;
}
