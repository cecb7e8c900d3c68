/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_CLOCK_H
#define COMITY_LAW_CLOCK_H
/* Part of law.h: clocks, and how each date is proved.
 *
 * A legal day is a day of both States. A term of `at_least` so many days counts from the later of
 * the two days on which its first instant falls, does not count that day, and ends when its last
 * day is over in both States' zones. A term of `at_most` counts from the earlier of the two, counts
 * that day, and ends when the first of the two States reaches the day after the last one. A row may
 * name one State (`zone`): then its days alone. A zone that is not known is UTC, and where no zone
 * is known every legal day is a day of UTC. A day that an author states is that day of the
 * calendar, wherever it is read. Minutes and hours know no days.
 *
 * So the instant follows from the act, the two States of `law_who` and the tables alone, and both
 * nodes come to the same one (as long as both hold the same zone data for the day in question). */

#include "base/base.h"
#include "codec/codec.h"

struct law_tables;
struct law_who;
struct law_act;

/* It stood still from one moment to another; 0 in `to_ms`: it still does. */
struct law_stop {
    int64_t from_ms, to_ms;
    struct str why; /* the state of the dossier, or the mark */
    struct law_stop *next;
};
enum { LAW_SKIPPED_MAX = 400 }; /* days of one count that are named */
/* How a date came about, from the act that started the clock, as a view: `clock`, `title`, `sort`,
 * `whose`, `article`, `source`, `row` (file and line), `count` (days, working_days, months or
 * minutes), `bound`; `start_particular` with `start_day` and `end_particular` with `end_day` where
 * the act states them; `start_ms`, `end_ms`, `renew_ms` and `proof` as law_decide and law_record
 * give them, before anything stopped the clock; `length`; `zones` (of each State: `party`, `state`,
 * `zone`, `known`). Where days are counted also `of` (row, setting or particular; with the last no
 * `length`), `first` with `first_counts`, `last`, and among `zones` whether the State `counts` and
 * `over_ms`, when the last day is over there. Where working days are counted `calendars` (`state`,
 * `version`, `from`, `to`, `source`, `path`), `skipped` (`day`, `state`, `why`, and `version` and
 * `source` where a calendar says so) and `beyond` (`state`, `to`: no calendar holds the days
 * after). ERR_NONE_SUCH when by these tables the act starts no such clock. */
MUST err law_clock_explain(struct turn *t, const struct law_tables *l, const struct law_who *who,
                           const struct law_act *act, struct str clock, struct str lang,
                           const struct tree **view_out);
/* Does this computer know every time zone that a State's file names? ERR_REJECTED with the file,
 * line and column of the first that it does not know. Asked where `zones` are handed in: a name
 * that is misspelt would silently be UTC. Nothing is asked where no zone is known. */
MUST err law_zones_check(struct turn *t, const struct law_tables *l, const struct zones *zones);

/* When a day begins in a zone: at midnight, or at the first instant after it where the clocks skip
 * it. False where the zone is not known: then it is the day of UTC. */
bool law_zone_day_begins(const struct zones *zones, struct str zone, int64_t day, int64_t *ms_out);

#endif
