/* SPDX-License-Identifier: Apache-2.0 */
/* When a legal day begins, and which days are working days.
 *
 * Everything comes from the tables and from the zones that were handed in: the same act gives the
 * same day to whoever asks. */

#include "law/days.h"

#define MINUTE_MS INT64_C(60000)
enum { WEEK = 7, EPOCH_WEEKDAY = 3 /* 1970-01-01 was a Thursday, Monday is 0 */ };

struct law_days law_days_of(const struct judge *j)
{
    enum law_stream own = j->who->side == LAW_REQUESTED ? LAW_REQUESTED : LAW_REQUESTING;
    enum law_stream other = own == LAW_REQUESTED ? LAW_REQUESTING : LAW_REQUESTED;
    struct law_days d = {.zones = j->who->zones};
    d.state[own] = j->who->state;
    d.state[other] = j->who->other;
    for (int s = 0; s < 2; s++) {
        d.row[s] = law_state_find(j->l, d.state[s]);
        if (d.row[s]) d.zone[s] = d.row[s]->zone;
    }
    return d;
}

/* ---- zones ----------------------------------------------------------------------------------- */

/* Minutes ahead of UTC; false where the zone is not known. */
static bool offset_known(const struct law_days *d, enum law_stream state, int64_t at_ms,
                         int64_t *ms_out)
{
    *ms_out = 0;
    if (!d->zones || !d->zones->offset_min) return false;
    int32_t minutes = d->zones->offset_min(d->zones->ctx, d->zone[state], at_ms);
    if (minutes == INT32_MAX) return false;
    *ms_out = minutes * MINUTE_MS;
    return true;
}

bool law_zone_is_known(const struct law_days *d, enum law_stream state)
{
    int64_t ms;
    return offset_known(d, state, 0, &ms);
}

static int64_t offset_ms(const struct law_days *d, enum law_stream state, int64_t at_ms)
{
    int64_t ms;
    offset_known(d, state, at_ms, &ms);
    return ms;
}

/* Midnight by the offset of the day before, of the day itself and of the day after: where a clock
 * is set at midnight, the first of these instants at which the day is reached is the one. */
int64_t law_day_begins_in(const struct law_days *d, enum law_stream state, int64_t day)
{
    int64_t midnight = day * DAY_MS, first = INT64_MAX;
    for (int k = -1; k <= 1; k++) {
        int64_t at = midnight - offset_ms(d, state, midnight + k * DAY_MS);
        if (at < first && at + offset_ms(d, state, at) >= midnight) first = at;
    }
    return first == INT64_MAX ? midnight - offset_ms(d, state, midnight) : first;
}

bool law_zone_day_begins(const struct zones *zones, struct str zone, int64_t day, int64_t *ms_out)
{
    struct law_days d = {.zones = zones};
    d.zone[LAW_REQUESTING] = zone;
    *ms_out = law_day_begins_in(&d, LAW_REQUESTING, day);
    return law_zone_is_known(&d, LAW_REQUESTING);
}

int64_t law_day_begins(const struct law_days *d, const bool of[2], int64_t day, bool last)
{
    int64_t out = last ? INT64_MIN : INT64_MAX;
    for (int s = 0; s < 2; s++) {
        if (!of[s]) continue;
        int64_t at = law_day_begins_in(d, (enum law_stream)s, day);
        if (last ? at > out : at < out) out = at;
    }
    return out;
}

int64_t law_day_of(const struct law_days *d, const bool of[2], int64_t ms, bool latest)
{
    int64_t out = latest ? INT64_MIN : INT64_MAX;
    for (int s = 0; s < 2; s++) {
        if (!of[s]) continue;
        int64_t day = day_of_ms(ms + offset_ms(d, (enum law_stream)s, ms));
        if (latest ? day > out : day < out) out = day;
    }
    return out;
}

int64_t law_binding_day(const struct judge *j)
{
    static const bool both[] = {true, true};
    struct law_days d = law_days_of(j);
    return law_day_of(&d, both, j->act->at_ms, false);
}

/* ---- working days ---------------------------------------------------------------------------- */

static const struct tree *row_of(const struct law_holiday *p, size_t n, int64_t day)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p[middle].day == day) return p[middle].row;
        if (p[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const struct law_calendar *furthest(const struct law_state_row *s)
{
    const struct law_calendar *out = NULL;
    for (size_t n = 0; s && n < s->calendars_n; n++)
        if (!out || s->calendars[n].to > out->to) out = &s->calendars[n];
    return out;
}

int64_t law_calendar_end(const struct law_state_row *s)
{
    const struct law_calendar *c = furthest(s);
    return c ? c->to : INT64_MIN;
}

struct law_day_said law_day_said(const struct law_state_row *s, int64_t day)
{
    struct law_day_said out = {0};
    int weekday = (int)(((day + EPOCH_WEEKDAY) % WEEK + WEEK) % WEEK);
    for (size_t n = 0; s && n < s->calendars_n && !out.calendar; n++)
        if (s->calendars[n].from <= day && day <= s->calendars[n].to)
            out.calendar = &s->calendars[n];
    const struct law_calendar *c = out.calendar ? out.calendar : furthest(s);
    out.works = c ? !c->weekend[weekday] : weekday < 5;
    if (!out.calendar) return out;
    out.row = row_of(c->off, c->off_n, day);
    if (out.row) {
        out.works = false;
        return out;
    }
    out.row = row_of(c->on, c->on_n, day);
    if (out.row) out.works = true;
    return out;
}

/* It comes to an end: a weekend has three days at most, so in no two States together every day of
 * the week, and calendars end. */
int64_t law_working_day(const struct law_days *d, int64_t first, struct law_count *c)
{
    int64_t day = first - c->count_first;
    for (int64_t left = c->days; left > 0;) {
        bool works = true;
        day++;
        for (int s = 0; s < 2; s++) {
            if (!c->of[s]) continue;
            struct law_day_said said = law_day_said(d->row[s], day);
            works = works && said.works;
            if (!said.calendar) c->beyond[s] = true;
        }
        if (works)
            left--;
        else if (c->skipped)
            c->skipped(c->ctx, day, d);
    }
    return day;
}
