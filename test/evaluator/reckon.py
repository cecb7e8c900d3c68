# SPDX-License-Identifier: Apache-2.0
"""When a clock begins, ends and is due for renewal: legal days of both States, working days by
their calendars, minutes and hours. From law/README.md alone; offsets from Python's zoneinfo."""
from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from values import DAY, EPOCH

# What histories must meet, beside clocks of every sort.
MET = ("crosses a change of the clock", "ends at a midnight that a clock skips",
       "last day ends apart in the two States", "started on two days at once",
       "holiday passed over", "day of the weekend that is worked", "day that two versions hold",
       "day beyond the calendars", "renewal", "renewal held back to the first day",
       "setting: days", "setting: hours", "setting: minutes", "stood still in a state",
       "stood still by a mark", "stood still and its renewal with it")
SIDES = ("requesting", "requested")
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FURTHEST_MS = 16 * 3600000  # no clock is further from UTC
UNIT_MS = {"minutes": 60000, "hours": 3600000}
START = datetime(1970, 1, 1)


@lru_cache(None)
def zone_of(name):
    """A zone that is not known is UTC."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def offset(zone, at):
    utc = START + timedelta(milliseconds=at)
    ahead = zone_of(zone).fromutc(utc.replace(tzinfo=zone_of(zone))).utcoffset()
    return ahead // timedelta(milliseconds=1)


def day_at(zone, at):
    """The day that a State's clock shows at an instant."""
    return (at + offset(zone, at)) // DAY


@lru_cache(200000)
def begins(zone, day):
    """The first instant of a day; where the clock skips midnight, the first after it."""
    early, late = day * DAY - FURTHEST_MS, day * DAY + FURTHEST_MS
    while early < late:
        middle = (early + late) // 2
        if day_at(zone, middle) < day:
            early = middle + 1
        else:
            late = middle
    return early


def skips(zone, day):
    """Does a State's clock skip the midnight with which a day would begin?"""
    return (begins(zone, day) + offset(zone, begins(zone, day))) % DAY != 0


@lru_cache(None)
def next_skip(zone, day):
    """The next day that begins so; the day itself where none does for a year."""
    return next((at for at in range(day, day + 366) if skips(zone, at)), day)


def clock_sort(clock, stated=False):
    """How a clock reckons, in words."""
    for unit in UNIT_MS:
        if unit in clock:
            return f"clock: {unit}"
    rule = "months" if "months" in clock else "days"
    if stated or rule not in clock:
        rule = "stated last day"
    elif "count" in clock:
        rule = "working days of " + clock.get("calendar", "requested")
    return f"clock: {rule}, {clock['bound']}, {clock.get('zone', 'both')}"


def months_after(day, months):
    begin = date.fromordinal(EPOCH + day)
    month = begin.month - 1 + months
    year, month = begin.year + month // 12, month % 12 + 1
    end = date(year, month, min(begin.day, monthrange(year, month)[1]))
    return end.toordinal() - EPOCH


class Reckoner:
    """Counts for one act. What it met on the way is in `met`, the States whose calendar ended in
    `ended`."""

    def __init__(self, tables, states, zones, at):
        self.tables, self.states, self.at = tables, states, at
        said = {side: tables.zone(states[side]) for side in SIDES}
        self.zones = {side: zones.get(said[side], said[side]) for side in SIDES}
        self.met, self.ended = [], set()

    # ---- days and instants --------------------------------------------------------------------

    def sides(self, clock):
        zone = clock.get("zone", "both")
        return SIDES if zone == "both" else (zone,)

    def pick(self, clock, instants):
        """Of the two States' instants or days: at most takes the first, all else the last."""
        return (min if clock.get("bound") == "at_most" else max)(instants)

    def begin(self, clock, day):
        return self.pick(clock, [begins(self.zones[side], day) for side in self.sides(clock)])

    def days_now(self, clock):
        return [day_at(self.zones[side], self.at) for side in self.sides(clock)]

    def first(self, clock, stated):
        return self.pick(clock, self.days_now(clock)) if stated is None else stated

    def start(self, clock, stated):
        return self.at if stated is None else self.begin(clock, stated)

    def end(self, clock, last):
        return self.begin(clock, last + 1)

    def today(self):
        """The later day of the two."""
        return max(self.days_now({}))

    # ---- the last day -------------------------------------------------------------------------

    def last(self, clock, first, length):
        """By counting; None where the row has nothing to count."""
        least = clock.get("bound") == "at_least"
        if "months" in clock:
            return months_after(first, clock["months"]) - (not least)
        if "days" not in clock:
            return None
        if clock.get("count") != "working_days":
            return first + length - (not least)
        day = first + 1 if least else first
        while True:
            length -= self.counts(clock, day)
            if length <= 0:
                return day
            day += 1

    def counts(self, clock, day):
        whose = clock.get("calendar", "requested")
        sides = SIDES if whose == "both" else (whose,)
        return all([self.works(self.states[side], day) for side in sides])

    def works(self, state, day):
        versions = self.tables.calendars.get(state, [])
        holding = [one for one in versions if one.first <= day <= one.last]
        if len(holding) > 1:
            self.met.append("day that two versions hold")
        if holding:
            return max(holding, key=lambda one: one.version).works(day, self.met)
        self.ended.add(state)
        self.met.append("day beyond the calendars")
        weekend = max(versions, key=lambda one: one.last).weekend if versions else WEEK[5:]
        return weekday(day) not in weekend

    # ---- renewal ------------------------------------------------------------------------------

    def renewal(self, clock, first, last):
        """When it is due: in the first State whatever the bound; 0 of what is not renewed."""
        if "renew_before" not in clock:
            return 0
        day = last + 1 - clock["renew_before"]
        if day < first:
            self.met.append("renewal held back to the first day")
        self.met.append("renewal")
        return min(begins(self.zones[side], max(day, first)) for side in self.sides(clock))

    # ---- what a count met ---------------------------------------------------------------------

    def note(self, clock, start, end, last):
        zones = [self.zones[side] for side in self.sides(clock)]
        if any(offset(zone, start) != offset(zone, end) for zone in zones):
            self.met.append("crosses a change of the clock")
        if len(zones) == 2 and begins(zones[0], last + 1) != begins(zones[1], last + 1):
            self.met.append("last day ends apart in the two States")
        if any(skips(zone, last + 1) for zone in zones):
            self.met.append("ends at a midnight that a clock skips")
        if len(set(self.days_now(clock))) == 2:
            self.met.append("started on two days at once")


def weekday(day):
    return WEEK[(day + 3) % 7]


class Calendar:
    """One version of a State's calendar."""

    def __init__(self, version, first, last, weekend, holidays, workdays):
        self.version, self.first, self.last = version, first, last
        self.weekend, self.holidays, self.workdays = weekend, holidays, workdays

    def works(self, day, met):
        if day in self.workdays:
            met.append("day of the weekend that is worked")
            return True
        if weekday(day) in self.weekend:
            return False
        if day in self.holidays:
            met.append("holiday passed over")
            return False
        return True
