/* SPDX-License-Identifier: Apache-2.0 */
/* When the clocks of an act start and end, and the proof of each date in one line.
 *
 * A term of the law counts whole days in UTC. "Not less than sixty days" holds only if the last day
 * runs out, so such a clock ends when the day after it begins; "at most ninety days" holds only if
 * the ninetieth day after the first has not begun. A service target counts minutes. */

#include "law/inner.h"

#define TIME_MAX_MS INT64_C(253402300799999) /* the last millisecond of 9999 */
#define MINUTE_MS INT64_C(60000)

static bool day_given(const struct judge *j, struct str particular, int64_t *day_out);
static void rule_start(const struct judge *j, const struct law_clock_row *c,
                       struct law_clock_rule *out);

bool law_time_is_usable(int64_t ms) { return ms >= 0 && ms <= TIME_MAX_MS; }

/* A clock that only its author sets starts when he does. */
static bool has_end(const struct judge *j, const struct law_clock_row *c)
{
    int64_t day;
    return c->minutes || c->days || c->months || day_given(j, c->end_particular, &day);
}

struct law_clock_rule *law_clock_rules(const struct judge *j)
{
    struct law_clock_rule *first = NULL, **last = &first;
    if (!j->row || j->misplaced || !law_time_is_usable(j->act->at_ms)) return NULL;
    const struct tree *stop = j->row->stops ? j->row->stops->child : NULL;
    for (; stop; stop = stop->next) {
        struct law_clock_rule *r = arena_take(j->t->arena, sizeof *r);
        const struct law_clock_row *c = law_clock_row_find(j->kind, stop->str);
        r->clock = stop->str;
        r->article = law_cite(j, c->article);
        r->what = LAW_CLOCK_STOP;
        r->duty = c->duty;
        *last = r;
        last = &r->next;
    }
    for (size_t i = 0; i < j->row->starts_n; i++) {
        if (!has_end(j, j->row->starts[i])) continue;
        struct law_clock_rule *r = arena_take(j->t->arena, sizeof *r);
        rule_start(j, j->row->starts[i], r);
        *last = r;
        last = &r->next;
    }
    return first;
}

/* The State's own number where it set one: the loader made sure it is no easier than the treaty's.
 */
static int64_t days_of(const struct judge *j, const struct law_clock_row *c)
{
    const struct law_state_row *s = c->setting.n ? law_state_find(j->l, j->who->state) : NULL;
    const struct tree *own = s ? tree_get_s(tree_get(s->root, "settings"), c->setting) : NULL;
    return own ? own->num : c->days;
}

static bool day_given(const struct judge *j, struct str particular, int64_t *day_out)
{
    return particular.n && day_read(law_value_text(j->act->particulars, particular), day_out);
}

static int64_t start_of(const struct judge *j, const struct law_clock_row *c)
{
    int64_t day;
    return day_given(j, c->start, &day) ? day * DAY_MS : j->act->at_ms;
}

/* The same day of the month so many months later, or the month's last where it has no such day. */
static int64_t months_after(struct arena *a, int64_t day, int64_t months)
{
    struct str text = day_text(a, day);
    if (text.n < 10) return day;
    int64_t of_month = 10 * (text.p[8] - '0') + (text.p[9] - '0'), to = day;
    int64_t year = 1000 * (text.p[0] - '0') + 100 * (text.p[1] - '0') + 10 * (text.p[2] - '0') +
                   (text.p[3] - '0');
    int64_t n = 12 * year + 10 * (text.p[5] - '0') + (text.p[6] - '0') - 1 + months;
    for (; of_month > 0; of_month--)
        if (day_read(
                str_printf(a, "%04d-%02d-%02d", (int)(n / 12), (int)(n % 12) + 1, (int)of_month),
                &to))
            return to;
    return day;
}

int64_t law_clock_least_day(const struct judge *j, const struct law_clock_row *c)
{
    return day_of_ms(start_of(j, c)) + c->days;
}

static void rule_start(const struct judge *j, const struct law_clock_row *c,
                       struct law_clock_rule *out)
{
    struct arena *a = j->t->arena;
    *out = (struct law_clock_rule){
        .clock = c->clock,
        .article = law_cite(j, c->article),
        .what = LAW_CLOCK_START,
        .duty = c->duty,
        .start_ms = start_of(j, c),
        .on_end = c->on_end,
    };
    out->stops_while = c->stops_while;
    out->stops_while_n = c->stops_while_n;
    if (c->minutes) {
        out->end_ms = out->start_ms + c->minutes * MINUTE_MS;
        out->proof =
            str_printf(a, STR_FMT " + %d minutes, " STR_FMT, STR_ARG(time_text(a, out->start_ms)),
                       (int)c->minutes, STR_ARG(out->article));
        return;
    }
    int64_t from = day_of_ms(out->start_ms), to;
    if (!day_given(j, c->end_particular, &to))
        to = c->months ? months_after(a, from, c->months) : from + days_of(j, c);
    out->end_ms = (to + !c->at_most) * DAY_MS;
    out->proof = str_printf(a, STR_FMT " + %d days, " STR_FMT, STR_ARG(day_text(a, from)),
                            (int)(to - from), STR_ARG(out->article));
}
