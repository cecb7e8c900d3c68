# SPDX-License-Identifier: Apache-2.0
"""What law_decide and law_record should say of one act, from law/README.md and law/law.h alone."""
from calendar import monthrange
from datetime import date

from known import KNOWN
from values import DAY, day_of, form_fault, given, known, text_of

FORM = "comity act 1: "
REJECTED = ("particular", "preserved-too-short", "nothing-supplied", "instrument-unknown",
            "unknown-kind", "unknown-act", "out-of-place", "time-out-of-range")
# What a guard asks about: the dossier as it stands, or what the act says.
OF_DOSSIER = {"has_mark", "no_mark", "any_mark", "after_clock_end", "before_clock_end",
              "nothing_missing", "scope_not_met", "day_not_earlier"}
# Guards whose refusal is of what was said, not of the act.
OF_WORDS = {"carries_something", "day_ahead", "day_at_least", "day_not_earlier",
            "language_accepted"}
TIME_MAX = 253402300800000 - 1
AHEAD, BEHIND = 300000, 86400000


def profile_line(tables, state, instrument, field):
    for line in tables.states.get(state, {}).get("profile", []):
        if line["field"] == field and line["instrument"] == instrument:
            return line["value"]
    return None


def holds(when, x, particulars=None):
    """True, False, or None for what is not known."""
    own = x.particulars if particulars is None else particulars
    if not x.sees_dossier and ("mark" in when or "request" in when):
        return None
    if "mark" in when:
        there, value = when["mark"] in x.marks, None
    elif "profile" in when:
        side = "requesting" if when.get("of") == "requesting" else "requested"
        value = profile_line(x.tables, x.state_of(side), x.instrument.name, when["profile"])
        there = value is not None and value != "unknown"
    else:
        name = when.get("particular") or when["request"]
        value = (x.request if "request" in when else own).get(name)
        there = given(value) and value is not False
    compares = [word for word in ("equals", "one_of", "at_least", "below") if word in when]
    if not compares:
        answer = there
    elif not (there or value is False):
        answer = None
    else:
        answer = known(value, compares[0], when[compares[0]])
    if when.get("not") and answer is not None:
        answer = not answer
    if "also" in when:
        more = holds(when["also"], x, particulars)
        if answer is False or more is False:
            return False
        if answer is None or more is None:
            return None
    return answer


class Judge:
    def __init__(self, tables, who, act, dossier, now, record):
        self.tables, self.who, self.act, self.dossier = tables, who, act, dossier
        self.now, self.record, self.remarks = now, record, []
        self.particulars = act.get("particulars") or {}
        self.marks = dossier["marks"] if dossier else []
        self.request = (dossier["particulars"] if dossier else None) or {}
        self.sees_dossier = dossier is not None
        self.met = {}
        self.verdict = {"allowed": True, "known": False, "article": "", "source": "", "from": [],
                        "to": "", "takes_effect": False, "ends": False, "outcome": "",
                        "duty_done": "", "mark": "", "back": False, "after_end": False,
                        "marks": [], "clears": [], "attaches": [], "clocks": [], "missing": [],
                        "supplies": [], "remarks": self.remarks, "carries": False}

    def state_of(self, side):
        return self.who["state" if self.who["side"] == side else "other"]

    def remark(self, code, article, particular="", must=None, err=None):
        self.remarks.append({"code": code, "article": article, "particular": particular})
        must = self.tables.must[code] if must is None else must
        if must and self.verdict["allowed"] and not self.record:
            self.verdict["allowed"] = False
            # What a request must state is missing as a whole: the fault names the first.
            said = "particulars-missing" if code == "particular-missing" else code
            err = err or ("rejected" if code.startswith(REJECTED) else "not-allowed")
            self.fault = err, said, article, particular

    def decide(self):
        self.fault = ("ok", "", "", "")
        instrument = self.tables.instruments.get(self.act["instrument"])
        if not instrument:
            self.remark("instrument-unknown", FORM + "law.instrument")
            self.time()
            return self
        self.instrument = instrument
        kind = instrument.kinds.get(self.act["kind"])
        if not kind:
            self.remark("unknown-kind", FORM + "law.kind")
            self.time()
            return self
        self.kind = kind
        row = kind.lifecycle.get(self.act["act"])
        if not row:
            self.remark("unknown-act", instrument.cite(kind.raw))
            self.time()
            return self
        self.row = row
        self.judge()
        return self

    # ---- who, when and where ----------------------------------------------------------------

    def may_act(self):
        """Holds the author one of the functions that let him stand on this side?"""
        side = self.who["side"]
        wants = {"requesting": "send", "requested": "receive"}[side]
        roles = [r for r in self.kind.roles if r["party"] == side]
        for role in roles:
            for f in self.who["functions"]:
                if all(f[key] in ("", "*", is_) for key, is_ in (
                        ("instrument", self.instrument.name), ("function", role["function"]),
                        ("direction", role["direction"]), ("kind", self.kind.name))):
                    return True
        article = self.instrument.cite(roles[0]) if roles else ""
        if self.record:
            self.fault = ("not-allowed", "function-missing", article, "")
        else:
            self.remark("function-missing", article)
        return False

    def judge(self):
        row, v, inst = self.row, self.verdict, self.instrument
        own = inst.cite(row)
        if self.record and not self.who["system"] and not self.may_act():
            v["allowed"] = False
            return
        v.update(known=True, article=own, source=inst.source(row))
        placed = self.act["stream"] == (row["by"] if row["stream"] == "outward" else "inward")
        if not self.record:
            if row["by"] != self.who["side"]:
                self.remark("not-your-side", own)
            elif not placed:
                self.remark("out-of-place", own, must=True)
            by_node = row.get("system") or (row["act"] in self.kind.linked and self.who["system"])
            if bool(by_node) != bool(self.who["system"]):
                self.remark("system-only", own)
            if not self.who["system"]:
                self.may_act()
            if self.dossier["state"] not in row["from"]:
                self.remark("act-not-now", own)
            for guard in row.get("guards", []):
                if guard["guard"] in OF_DOSSIER:
                    self.guard(guard)
        elif not placed:
            self.remark("out-of-place", own)
        if placed:
            self.follow()
        self.time()
        self.say()
        for guard in row.get("guards", []):
            if guard["guard"] not in OF_DOSSIER:
                self.guard(guard)
        names = {r["name"] for r in row.get("particulars", [])}
        if row.get("carries_request") or row.get("supplies_request"):
            names |= set(self.kind.particulars)
        for name in self.particulars:
            if name not in names:
                self.remark("particular-unknown", own, name)
        if not placed:
            self.verdict["supplies"] = []
        elif self.timely():
            self.clocks()

    def time(self):
        at, now = self.act["at"], self.now
        if not self.timely():
            self.remark("time-out-of-range", FORM + "at")
        elif at > now + AHEAD:
            self.remark("clock-ahead", FORM + "at")
        elif self.record and at < now - BEHIND:
            self.remark("clock-behind", FORM + "at")

    def timely(self):
        return 0 <= self.act["at"] <= TIME_MAX

    def follow(self):
        """What the act does. One that the rows give to the other side, or to another stream, does
        nothing."""
        row, v = self.row, self.verdict
        v["takes_effect"] = row["crossed"] == "takes_effect"
        v["from"] = list(row["from"])
        v["to"] = row.get("to", "")
        v["ends"] = v["to"] in self.kind.ends
        v["outcome"] = row.get("outcome", "")
        v["duty_done"] = " ".join(row.get("duty_done", []))
        v["mark"] = row.get("mark", "")
        v["back"] = bool(row.get("back"))
        v["after_end"] = bool(row.get("after_end"))
        v["marks"] = [m["mark"] for m in row.get("marks", []) if holds(m["when"], self)]
        v["clears"] = list(row.get("clears", []))
        v["attaches"] = list(row.get("attaches", []))
        v["attaches"] += [m["obligation"] for m in row.get("attaches_when", [])
                          if holds(m["when"], self)]
        v["carries"] = bool(row.get("carries_request"))
        if v["carries"] and "kind-obligations" not in KNOWN:
            v["attaches"] += self.kind.obligations

    # ---- what it says -----------------------------------------------------------------------

    def say(self):
        for part in self.row.get("particulars", []):
            self.say_one(part, True)
        request = self.row.get("carries_request"), self.row.get("supplies_request")
        if any(request):
            for part in self.kind.particulars.values():
                self.say_one(part, bool(request[0]))
                if request[1] and self.fits(part):
                    self.verdict["supplies"].append(part["name"])

    def fits(self, part):
        value = self.particulars.get(part["name"])
        return given(value) and not (part.get("must_be") and value is not True) and \
            form_fault(part, value, self) != "particular-form"

    def say_one(self, part, due):
        value = self.particulars.get(part["name"])
        article, name = self.instrument.cite(part), part["name"]
        there = given(value) and not (part.get("must_be") and value is False)
        required = part["required"]
        wanted = required == "always" or (required == "conditional" and
                                          holds(part["when"], self) is True)
        fault = form_fault(part, value, self) if there else None
        if fault:
            self.remark(fault, article, name)
        if due and wanted and (not there or fault == "particular-form"):
            self.verdict["missing"].append(name)
        if there or not due:
            return
        if wanted:
            self.remark("particular-missing", article, name)
        elif required == "where_available" and not self.record:
            self.remark("particular-advised", article, name)

    # ---- guards -----------------------------------------------------------------------------

    def guard(self, guard):
        ok = getattr(self, "guard_" + guard["guard"])(guard)
        if ok is None:
            return
        if ok is not True:
            article = ok if isinstance(ok, str) else self.instrument.cite(guard)
            self.remark(guard["remark"], article, guard.get("particular", ""),
                        err="rejected" if guard["guard"] in OF_WORDS else "not-allowed")
        self.met[guard["guard"], id(guard)] = ok is True

    def guard_has_mark(self, guard):
        return guard["mark"] in self.marks

    def guard_no_mark(self, guard):
        return guard["mark"] not in self.marks

    def guard_any_mark(self, guard):
        return any(mark in self.marks for mark in guard["marks"])

    def clock(self, name):
        for clock in self.dossier["clocks"]:
            if clock["clock"] == name:
                return clock
        return None

    def guard_after_clock_end(self, guard):
        """A clock that stands still has not ended, however long it stands."""
        clock = self.clock(guard["clock"])
        return bool(clock and clock["running"] and self.now >= clock["end"] and
                    not self.stands(clock))

    def guard_before_clock_end(self, guard):
        clock = self.clock(guard["clock"])
        return bool(clock and clock["running"] and
                    (self.now < clock["end"] or self.stands(clock)))

    @staticmethod
    def stands(clock):
        return clock["still"] and "standing-clock-ends" not in KNOWN

    def guard_nothing_missing(self, guard):
        return not self.dossier["missing"]

    def guard_holds(self, guard):
        """What is not known does not stop an act; of an own one it is remarked on."""
        answer = holds(guard["when"], self)
        if answer is None and not self.record:
            self.remark("profile-unknown", self.instrument.cite(guard))
        return answer

    def scope(self):
        scope = self.instrument.scopes.get(self.kind.raw.get("scope"))
        if not scope:
            return True, ""
        said = self.particulars if self.row.get("carries_request") else self.request
        # A bare "is it said?" leaves the scope open while it is not.
        answers = [None if list(when) == ["particular"] and not given(said.get(when["particular"]))
                   else holds(when, self, said) for when in scope["accepts"]]
        where = self.instrument.cite(scope)
        return (True if True in answers else None if None in answers else False), where

    def guard_scope_not_met(self, guard):
        scope, where = self.scope()
        return True if scope is False or guard["mark"] in self.marks else \
            where or self.instrument.cite(guard)

    def guard_in_scope(self, guard):
        scope, where = self.scope()
        return where if scope is False else True

    def guard_carries_something(self, guard):
        own = [part for part in self.row.get("particulars", []) if self.fits(part)]
        return bool(own or self.verdict["supplies"])

    def value(self, guard):
        """What the guard's particular says, or None where it is wrong or absent anyway."""
        part = next(p for p in list(self.row.get("particulars", [])) +
                    list(self.kind.particulars.values()) if p["name"] == guard["particular"])
        value = self.particulars.get(part["name"])
        if part["type"] in ("language", "ground") and "blank-is-asked-about" in KNOWN:
            return (text_of(value) if isinstance(value, (str, dict)) else None) or None
        return value if self.fits(part) else None

    def guard_language_accepted(self, guard):
        value, state = self.value(guard), self.tables.states.get(self.state_of("requested"))
        if value is None or not state:
            return None
        if not state["languages"]:
            self.remark("profile-unknown", self.instrument.cite(guard), guard["particular"])
            return None
        return value in state["languages"]

    def guard_basis_stands(self, guard):
        if not self.timely():
            return None
        if not self.who["other"]:
            return None
        law_of = self.instrument.of_state
        if law_of:
            sides = ("requested", "requesting") if "own-law-of-sender" in KNOWN else ("requested",)
            return law_of in [self.state_of(side) for side in sides]
        for state in (self.who["state"], self.who["other"]):
            rows = [r for r in self.tables.states.get(state, {}).get("instruments", [])
                    if r["instrument"] == self.instrument.name]
            if not rows and self.instrument.layer == "reciprocity":
                continue  # it binds by the assurance in the request
            rows = [r for r in rows if r["status"] == "in_force"]
            if not any(day_of(r["in_force"]) <= self.act["at"] // DAY for r in rows):
                return False
        return True

    def guard_ground_listed(self, guard):
        value = self.value(guard)
        if value is None:
            return None
        inst = self.instrument
        forbidden, ground = self.kind.forbidden_grounds.get(value), self.kind.grounds.get(value)
        self.met["ground", value] = False
        if forbidden:
            return inst.cite(forbidden)
        if not ground:
            return False
        reserved = ground.get("reservation")
        if reserved and not self.tables.reserved(
                self.who["state"], inst.name, inst.article(ground, "reservation")):
            return inst.cite(ground)
        if "when" in ground and not self.record and \
                holds(ground["when"], self, self.request) is not True:
            return inst.cite(ground)
        self.met["ground", value] = True
        duty = ground.get("pre_duty")
        if duty and not self.record and duty["duty"] not in self.marks:
            strict = bool(duty.get("strict"))
            self.met["ground", value] = not strict
            self.remark("consult-first", inst.cite(duty), guard["particular"], strict)
            if strict:
                return None
        return True

    def guard_day_ahead(self, guard):
        value = self.value(guard)
        if value is None or not self.timely():
            return None
        return day_of(value) > self.act["at"] // DAY

    def guard_day_at_least(self, guard):
        value = self.value(guard)
        least = self.counted(self.kind.clocks[guard["clock"]], False)
        if value is None or least is None or not self.timely():
            return None
        return day_of(value) >= least // DAY - 1

    def guard_day_not_earlier(self, guard):
        """Than the last day of a clock of the dossier."""
        value = self.value(guard)
        clock = self.clock(guard["clock"]) if self.dossier else None
        if value is None or not clock or not clock["running"]:
            return None
        return day_of(value) >= clock["end"] // DAY - 1

    # ---- clocks -----------------------------------------------------------------------------

    def begin(self, clock):
        day = None if clock["start"] == "at" else day_of(self.particulars.get(clock["start"]))
        if day is not None:
            return day * DAY
        return self.act["at"] if self.timely() else None

    def counted(self, clock, settings=True):
        """The end by counting, exclusive: a term of at least so many days does not count the day it
        starts on, one of at most so many does."""
        start = self.begin(clock)
        if start is None:
            return None
        for word, ms in (("minutes", 60000), ("hours", 3600000)):
            if word in clock:
                return start + clock[word] * ms
        first = start // DAY
        if "months" in clock:
            last = months_after(first, clock["months"])
        elif "days" in clock:
            last = first + (self.days(clock) if settings else clock["days"])
        elif "unstated-day-starts" in KNOWN:
            last = first
        else:
            return None
        return (last + (clock["bound"] == "at_least")) * DAY

    def days(self, clock):
        settings = self.tables.states.get(self.who["state"], {}).get("settings") or {}
        own = settings.get(clock.get("setting"), clock["days"])
        return (max if clock["bound"] == "at_least" else min)(own, clock["days"])

    def clocks(self):
        rules, inst = self.verdict["clocks"], self.instrument
        for name in self.row.get("stops", []):
            clock = self.kind.clocks[name]
            rules.append({"clock": name, "article": inst.cite(clock), "stop": True,
                          "duty": clock["sort"] == "duty", "start": 0, "end": 0, "on_end": "",
                          "stops_while": []})
        for name in self.row.get("starts", []):
            clock = self.kind.clocks[name]
            start, end = self.begin(clock), self.counted(clock)
            stated = day_of(self.particulars.get(clock.get("end_particular", "")))
            if stated is not None:
                end = (stated + 1) * DAY
            if end is None:
                continue
            rules.append({"clock": name, "article": inst.cite(clock), "stop": False,
                          "duty": clock["sort"] == "duty", "start": start, "end": end,
                          "on_end": clock.get("on_end", ""),
                          "stops_while": clock.get("stops_while", [])})


def months_after(day, months):
    begin = date.fromordinal(date(1970, 1, 1).toordinal() + day)
    month = begin.month - 1 + months
    year, month = begin.year + month // 12, month % 12 + 1
    end = date(year, month, min(begin.day, monthrange(year, month)[1]))
    return end.toordinal() - date(1970, 1, 1).toordinal()
