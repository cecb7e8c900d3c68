/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_DAYS_H
#define COMITY_LAW_DAYS_H
/* Legal days of the two States of an act, and working days. Inside law only; clock.h says what a
 * legal day is. */

#include "law/inner.h"

/* The act's States by enum law_stream; a State or its zone may be empty. */
struct law_days {
    const struct zones *zones;
    const struct law_state_row *row[2];
    struct str state[2], zone[2];
};
struct law_days law_days_of(const struct judge *j);

/* The day on which an instant falls: the earliest or the latest among the States in `of`. */
int64_t law_day_of(const struct law_days *d, const bool of[2], int64_t ms, bool latest);
/* The day by which an instrument is in force for an act: the earlier of two on which it falls, when
 * the other State has not reached the day yet. */
int64_t law_binding_day(const struct judge *j);
/* The instant at which a day begins in the first or the last of the States in `of`. */
int64_t law_day_begins(const struct law_days *d, const bool of[2], int64_t day, bool last);
/* The same in one State. */
int64_t law_day_begins_in(const struct law_days *d, enum law_stream state, int64_t day);
/* Does anybody know the State's zone? */
bool law_zone_is_known(const struct law_days *d, enum law_stream state);

/* What a State's calendar says of a day. Where no version holds it, weekends only: those of the
 * version that reaches furthest, Saturday and Sunday of a State without any. */
struct law_day_said {
    bool works;
    const struct law_calendar *calendar; /* that holds the day; NULL: none does */
    const struct tree *row;              /* of the holiday, or of a working day in a weekend */
};
struct law_day_said law_day_said(const struct law_state_row *s, int64_t day);
/* The last day that the calendars of a State hold, INT64_MIN without one. */
int64_t law_calendar_end(const struct law_state_row *s);

/* A count of working days. `skipped` is called for each day that does not count; may be NULL. */
struct law_count {
    bool of[2];
    int64_t days;
    bool count_first; /* the first day counts, if it is a working day */
    void (*skipped)(void *ctx, int64_t day, const struct law_days *d);
    void *ctx;
    bool beyond[2]; /* out: some day lay outside what the State's calendar holds */
};
/* The last day of the count. */
int64_t law_working_day(const struct law_days *d, int64_t first, struct law_count *c);

/* ---- calendars, loaded (calendars.c) --------------------------------------------------------- */

struct law_sources;
MUST err law_calendar_load(struct law_sources *s, struct str path, const struct tree *root,
                           struct law_calendar *out);
/* Sorts them and gives each State its own. */
MUST err law_calendars_link(struct law_sources *s, struct law_tables *l);

/* ---- a clock, reckoned (clocks.c) ------------------------------------------------------------ */

struct law_reckoning {
    struct law_days d;
    int64_t length;      /* days, or minutes: the row's, or the State's own */
    bool own;            /* the State's own, and another */
    bool stated;         /* the author stated the last day */
    int64_t first, last; /* days; nothing for a clock that counts minutes */
    struct law_count count;
};
/* `r` comes in empty, or with `count.skipped` set. */
void law_clock_reckon(const struct judge *j, const struct law_clock_row *c,
                      struct law_reckoning *r);

#endif
