/* SPDX-License-Identifier: Apache-2.0 */
/* Moments and legal days as text, and back.
 *
 * UTC only, no leap seconds, years 1970 to 9999; nothing here reads a clock or a time zone. Days of
 * a State's calendar (holidays, working days, its zone) are the business of `law`. */

#include "base/base.h"

#include <string.h>

enum { YEAR_FIRST = 1970, YEAR_LAST = 9999, DAY_TEXT_SIZE = 10, TIME_TEXT_SIZE = 24 };

static const int64_t day_last = 2932896; /* 9999-12-31 */

/* Days of the years before `year`, counted from 0001-01-01. */
static int64_t days_before(int64_t year)
{
    int64_t y = year - 1;
    return 365 * y + y / 4 - y / 100 + y / 400;
}

static bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int month_days(int64_t year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Moments are written often, so by hand: `width` digits at `to`; answers what is behind them. */
static char *put(char *to, int value, int width)
{
    for (int k = width; k-- > 0; value /= 10) to[k] = (char)('0' + value % 10);
    return to + width;
}

static char *put_behind(char *to, char mark, int value, int width)
{
    *to = mark;
    return put(to + 1, value, width);
}

struct str day_text(struct arena *a, int64_t day)
{
    if (day < 0 || day > day_last) return (struct str){NULL, 0};
    /* The mean year is a little longer than 365 days, so this guess is never too small. */
    int64_t year = YEAR_FIRST + day / 365;
    while (days_before(year) - days_before(YEAR_FIRST) > day) year--;
    int left = (int)(day - (days_before(year) - days_before(YEAR_FIRST)));
    int month = 1;
    while (left >= month_days(year, month)) left -= month_days(year, month++);
    char *text = arena_take(a, DAY_TEXT_SIZE);
    put_behind(put_behind(put(text, (int)year, 4), '-', month, 2), '-', left + 1, 2);
    return (struct str){text, DAY_TEXT_SIZE};
}

/* `width` digits at `at`; -1 when something else stands there. */
static int digits(struct str s, size_t at, size_t width)
{
    int v = 0;
    for (size_t i = at; i < at + width; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

bool day_read(struct str s, int64_t *day_out)
{
    if (s.n != DAY_TEXT_SIZE || s.p[4] != '-' || s.p[7] != '-') return false;
    int year = digits(s, 0, 4), month = digits(s, 5, 2), day = digits(s, 8, 2);
    if (year < YEAR_FIRST || month < 1 || month > 12) return false;
    if (day < 1 || day > month_days(year, month)) return false;
    int64_t sum = days_before(year) - days_before(YEAR_FIRST) + day - 1;
    for (int m = 1; m < month; m++) sum += month_days(year, m);
    *day_out = sum;
    return true;
}

int64_t day_of_ms(int64_t ms)
{
    int64_t day = ms / DAY_MS;
    return ms % DAY_MS < 0 ? day - 1 : day;
}

struct str time_text(struct arena *a, int64_t ms)
{
    struct str day = day_text(a, day_of_ms(ms));
    if (day.n == 0) return day;
    int in_day = (int)(ms % DAY_MS);
    char *text = arena_take(a, TIME_TEXT_SIZE), *end = text + DAY_TEXT_SIZE;
    memcpy(text, day.p, DAY_TEXT_SIZE);
    end = put_behind(end, 'T', in_day / 3600000, 2);
    end = put_behind(end, ':', in_day / 60000 % 60, 2);
    end = put_behind(end, ':', in_day / 1000 % 60, 2);
    end = put_behind(end, '.', in_day % 1000, 3);
    *end = 'Z';
    return (struct str){text, TIME_TEXT_SIZE};
}

bool time_read(struct str s, int64_t *ms_out)
{
    bool has_ms = s.n == sizeof "2026-11-24T03:07:14.123Z" - 1;
    if (!has_ms && s.n != sizeof "2026-11-24T03:07:14Z" - 1) return false;
    if (s.p[10] != 'T' || s.p[13] != ':' || s.p[16] != ':' || s.p[s.n - 1] != 'Z') return false;
    if (has_ms && s.p[19] != '.') return false;
    int hour = digits(s, 11, 2), minute = digits(s, 14, 2), second = digits(s, 17, 2);
    int ms = has_ms ? digits(s, 20, 3) : 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
    if (second < 0 || second > 59 || ms < 0) return false;
    int64_t day;
    if (!day_read((struct str){s.p, DAY_TEXT_SIZE}, &day)) return false;
    *ms_out = day * DAY_MS + ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + ms;
    return true;
}
