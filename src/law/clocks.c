/* SPDX-License-Identifier: Apache-2.0 */
/* When the clocks of an act start and end, and the proof of each date in one line.
 *
 * A term of the law counts whole days (clock.h says of whom). "Not less than sixty days" holds only
 * if the last day runs out, so such a clock ends when the day after it begins; "at most ninety
 * days" holds only if the ninetieth day after the first has not begun. A service target counts
 * minutes. */

#include "law/days.h"

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

/* What is not known to hold starts nothing. */
static bool starts_here(const struct judge *j, const struct law_clock_row *c)
{
    return law_cond_ask(j, j->act->particulars, &c->only_when) == LAW_YES;
}

struct law_clock_rule *law_clock_rules(const struct judge *j)
{
    struct law_clock_rule *first = NULL, **last = &first;
    if (!j->row || j->misplaced || !law_time_is_usable(j->act->at_ms)) return NULL;
    const struct tree *stop = j->row->stops ? j->row->stops->child : NULL;
    for (; stop; stop = stop->next) {
        struct law_clock_rule *r = arena_take(j->t->arena, sizeof *r);
        const struct law_clock_row *c =
            law_clock_between(j, law_clock_row_find(j->kind, stop->str));
        r->clock = stop->str;
        r->article = law_cite_clock(j, c);
        r->what = LAW_CLOCK_STOP;
        r->duty = c->duty;
        *last = r;
        last = &r->next;
    }
    for (size_t i = 0; i < j->row->starts_n; i++) {
        const struct law_clock_row *c = law_clock_between(j, j->row->starts[i]);
        if (!has_end(j, c) || !starts_here(j, c)) continue;
        struct law_clock_rule *r = arena_take(j->t->arena, sizeof *r);
        rule_start(j, c, r);
        *last = r;
        last = &r->next;
    }
    return first;
}

/* ---- first and last day ---------------------------------------------------------------------- */

/* The State's own number where it set one. Of a term that is the State that acts, and the loader
 * made sure that the number is no easier than the treaty's; of a duty the State whose it is. */
static int64_t length_of(const struct judge *j, const struct law_clock_row *c,
                         const struct law_days *d)
{
    const struct law_state_row *s =
        law_state_find(j->l, c->duty ? d->state[c->whose] : j->who->state);
    const struct tree *settings = s && c->setting.n ? tree_get(s->root, "settings") : NULL;
    const struct tree *own = settings ? tree_get_s(settings, c->setting) : NULL;
    if (own) return own->num * c->unit;
    return c->minutes ? c->minutes : c->days;
}

static bool day_given(const struct judge *j, struct str particular, int64_t *day_out)
{
    return particular.n && day_read(law_value_text(j->act->particulars, particular), day_out);
}

/* A day that is stated is that day wherever it is read; an instant may fall on two. */
static int64_t first_day(const struct judge *j, const struct law_clock_row *c,
                         const struct law_days *d)
{
    int64_t day;
    if (day_given(j, c->start, &day)) return day;
    return law_day_of(d, c->zone_of, j->act->at_ms, !c->at_most);
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

/* So many days after the first, whole ones or working ones: of `at_least` the last day, of
 * `at_most` the day after it, because there the first counts. */
static int64_t days_after(const struct law_clock_row *c, const struct law_days *d, int64_t first,
                          int64_t days, struct law_count *count)
{
    if (!c->working) return first + days;
    count->of[0] = c->calendar_of[0];
    count->of[1] = c->calendar_of[1];
    count->days = days;
    count->count_first = c->at_most;
    return law_working_day(d, first, count) + c->at_most;
}

int64_t law_clock_least_day(const struct judge *j, const struct law_clock_row *c)
{
    struct law_days d = law_days_of(j);
    struct law_count count = {0};
    int64_t first = first_day(j, c, &d);
    return c->months ? months_after(j->t->arena, first, c->months)
                     : days_after(c, &d, first, c->days, &count);
}

static int64_t end_of(const struct law_clock_row *c, const struct law_days *d, int64_t last)
{
    return law_day_begins(d, c->zone_of, last + 1, !c->at_most);
}

int64_t law_clock_end_of(const struct judge *j, const struct law_clock_row *c, int64_t day)
{
    struct law_days d = law_days_of(j);
    return end_of(c, &d, day);
}

void law_clock_reckon(const struct judge *j, const struct law_clock_row *c, struct law_reckoning *r)
{
    r->d = law_days_of(j);
    r->length = length_of(j, c, &r->d);
    r->own = r->length != (c->minutes ? c->minutes : c->days);
    if (c->minutes) return;
    r->first = first_day(j, c, &r->d);
    r->stated = day_given(j, c->end_particular, &r->last);
    if (r->stated) return;
    int64_t to = c->months ? months_after(j->t->arena, r->first, c->months)
                           : days_after(c, &r->d, r->first, r->length, &r->count);
    r->last = to - c->at_most;
}

/* ---- a rule ---------------------------------------------------------------------------------- */

static struct str calendars_said(const struct judge *j, const struct law_clock_row *c,
                                 const struct law_reckoning *r)
{
    struct buf b = buf_in(j->t->arena);
    for (int s = 0; s < 2; s++) {
        if (!c->calendar_of[s]) continue;
        struct law_day_said first = law_day_said(r->d.row[s], r->first);
        struct law_day_said last = law_day_said(r->d.row[s], r->last);
        const char *said = r->d.state[s].n ? str_c(j->t->arena, r->d.state[s]) : "?";
        buf_printf(&b, "%s%s", b.n ? " and " : " of ", said);
        if (first.calendar) buf_printf(&b, " v%d", (int)first.calendar->version);
        if (last.calendar && first.calendar && last.calendar != first.calendar)
            buf_printf(&b, "-v%d", (int)last.calendar->version);
        if (r->count.beyond[s]) buf_printf(&b, ", weekends only beyond its calendar");
    }
    return buf_as_str(&b);
}

static struct str proof_of(const struct judge *j, const struct law_clock_row *c,
                           const struct law_reckoning *r, struct str article)
{
    struct arena *a = j->t->arena;
    struct str from = day_text(a, r->first);
    if (!c->working || r->stated)
        return str_printf(a, STR_FMT " + %d days, " STR_FMT, STR_ARG(from),
                          (int)(r->last + c->at_most - r->first), STR_ARG(article));
    return str_printf(a, STR_FMT " + %d working days" STR_FMT ", " STR_FMT, STR_ARG(from),
                      (int)r->length, STR_ARG(calendars_said(j, c, r)), STR_ARG(article));
}

static void rule_start(const struct judge *j, const struct law_clock_row *c,
                       struct law_clock_rule *out)
{
    struct arena *a = j->t->arena;
    struct law_reckoning r = {0};
    int64_t day;
    *out = (struct law_clock_rule){
        .clock = c->clock,
        .article = law_cite_clock(j, c),
        .what = LAW_CLOCK_START,
        .duty = c->duty,
        .start_ms = j->act->at_ms,
        .on_end = c->on_end,
        .stops_while = c->stops_while,
        .stops_while_n = c->stops_while_n,
        .suspended_by = c->suspended_by,
    };
    law_clock_reckon(j, c, &r);
    if (day_given(j, c->start, &day))
        out->start_ms = law_day_begins(&r.d, c->zone_of, day, !c->at_most);
    if (c->minutes) {
        out->end_ms = out->start_ms + r.length * MINUTE_MS;
        out->proof =
            str_printf(a, STR_FMT " + %d minutes, " STR_FMT, STR_ARG(time_text(a, out->start_ms)),
                       (int)r.length, STR_ARG(out->article));
        return;
    }
    out->end_ms = end_of(c, &r.d, r.last);
    out->proof = proof_of(j, c, &r, out->article);
    if (!c->renew_before) return;
    day = r.last + 1 - c->renew_before;
    if (day < r.first) day = r.first;
    out->renew_ms = law_day_begins(&r.d, c->zone_of, day, false);
    out->proof = str_printf(a, STR_FMT ", to be renewed from " STR_FMT, STR_ARG(out->proof),
                            STR_ARG(day_text(a, day)));
}

/* Beyond what a calendar holds only weekends are known, and that is said: once for each State, by
 * the article of the first clock that ran there. */
void law_judge_clocks(struct judge *j)
{
    const struct law_clock_row *ran[2] = {NULL, NULL};
    struct law_days d = law_days_of(j);
    if (j->misplaced || !law_time_is_usable(j->act->at_ms)) return;
    for (size_t i = 0; i < j->row->starts_n; i++) {
        const struct law_clock_row *c = law_clock_between(j, j->row->starts[i]);
        struct law_reckoning r = {0};
        if (!c->working || !starts_here(j, c)) continue;
        law_clock_reckon(j, c, &r);
        for (int s = 0; s < 2 && !r.stated; s++)
            if (r.count.beyond[s] && !ran[s]) ran[s] = c;
    }
    for (int s = 0; s < 2; s++) {
        if (!ran[s]) continue;
        int64_t end = law_calendar_end(d.row[s]);
        struct str until = end == INT64_MIN ? STR("") : day_text(j->t->arena, end);
        law_find(j, ERR_OK, STR("calendar-ends"), ran[s]->article, STR(""),
                 str_printf(j->t->arena, STR_FMT "%s" STR_FMT, STR_ARG(d.state[s]),
                            until.n ? " " : "", STR_ARG(until)));
    }
}
