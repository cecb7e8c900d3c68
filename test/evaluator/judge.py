# SPDX-License-Identifier: Apache-2.0
"""What law_decide and law_record should say of one act, from law/README.md and law/law.h alone."""
from reckon import UNIT_MS, Reckoner, clock_sort, day_at
from values import day_of, form_fault, given, known, misleads

FORM = "comity act 1: "
LENGTHS = ("days", "minutes", "hours", "months")
PENDING = "pending "  # the mark of a dossier that is waited for, with its number
REJECTED = ("particular", "preserved-too-short", "nothing-supplied", "instrument-unknown",
            "unknown-kind", "unknown-act", "out-of-place", "time-out-of-range")
# What a guard asks about: the dossier as it stands, or what the act says.
OF_DOSSIER = {"has_mark", "no_mark", "any_mark", "after_clock_end", "before_clock_end",
              "none_pending", "nothing_missing", "scope_not_met", "day_not_earlier",
              "clock_not_over", "day_beyond", "day_since_end"}
# Guards whose refusal is of what was said, not of the act.
OF_WORDS = {"carries_something", "day_ahead", "day_at_least", "day_not_earlier", "day_beyond",
            "day_since_end", "language_accepted"}
SIDES = ("requesting", "requested")
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
        value = profile_line(x.tables, x.state_of(side), x.instrument.name, when["profile"]) or \
            "unknown"
        there = value != "unknown" or \
            "unknown" in when.get("one_of", []) + [when.get("equals")]
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
    def __init__(self, tables, who, act, dossier, now, record, zones):
        self.tables, self.who, self.act, self.dossier = tables, who, act, dossier
        self.reckoner = Reckoner(tables, {side: self.state_of(side) for side in SIDES}, zones,
                                 act["at"])
        self.now, self.record, self.remarks = now, record, []
        self.particulars = act.get("particulars") or {}
        self.marks = dossier["marks"] if dossier else []
        self.request = (dossier["particulars"] if dossier else None) or {}
        self.sees_dossier = dossier is not None
        self.met = {}
        self.verdict = {"allowed": True, "known": False, "article": "", "source": "", "from": [],
                        "to": "", "takes_effect": False, "finding": False, "ends": False, "outcome": "",
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
        if self.row.get("needs_no_function"):
            return True
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
        if placed and self.timely():
            self.clocks()
        names = {r["name"] for r in row.get("particulars", [])}
        if row.get("carries_request") or row.get("supplies_request"):
            names |= set(self.kind.particulars)
        for name in self.particulars:
            if name not in names:
                self.remark("particular-unknown", own, name)
        if not placed:
            self.verdict["supplies"] = []

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
        v["finding"] = bool(row.get("decision")) and row["stream"] == "inward" and \
            row["by"] == "requested"
        v["from"] = list(row["from"])
        v["to"] = row.get("to", "")
        v["ends"] = v["to"] in self.kind.ends
        other = [o["outcome"] for o in row.get("outcomes_when", []) if holds(o["when"], self)]
        v["outcome"] = (other + [row.get("outcome", "")])[0]
        v["duty_done"] = " ".join(row.get("duty_done", []))
        v["mark"] = row.get("mark", "")
        v["back"] = bool(row.get("back"))
        v["after_end"] = bool(row.get("after_end"))
        v["marks"] = [m["mark"] for m in row.get("marks", []) if holds(m["when"], self)]
        v["clears"] = list(row.get("clears", []))
        for key, marks in (("pends", v["marks"]), ("settles", v["clears"])):
            part = next((p for p in row.get("particulars", []) if p["name"] == row.get(key)), None)
            if part and self.fits(part):
                number = self.particulars[part["name"]].strip()
                marks.insert(0 if key == "pends" else len(marks), PENDING + number)
        v["attaches"] = list(row.get("attaches", []))
        v["attaches"] += [m["obligation"] for m in row.get("attaches_when", [])
                          if holds(m["when"], self)]
        v["carries"] = bool(row.get("carries_request"))
        if v["carries"]:
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
        if there and fault != "particular-form":
            if misleads(part, value):
                self.remark("text-misleads", article, name, err="rejected")
            for limit in part.get("limits", []):
                if self.passes(value, limit):
                    self.remark(limit["remark"], article, name, err="rejected")
        if due and wanted and (not there or fault == "particular-form"):
            self.verdict["missing"].append(name)
        if there or not due:
            return
        if wanted:
            self.remark("yes-needed" if given(value) else "particular-missing", article, name,
                        err="rejected")
        elif required == "where_available" and not self.record:
            self.remark("particular-advised", article, name)

    def passes(self, value, limit):
        """Is the day before what it may not be before, or after what it may not be after?"""
        than = limit.get("not_before") or limit["not_after"]
        if than == "at":
            pick = min if "not_before" in limit else max  # so that only what cannot be is found
            other = pick(self.reckoner.days_now({})) if self.timely() else None
        else:
            said = self.particulars.get(than)
            other = day_of(said if given(said) else self.request.get(than))
        if other is None:
            return False
        return day_of(value) < other if "not_before" in limit else \
            day_of(value) > other + limit.get("days", 0)

    # ---- guards -----------------------------------------------------------------------------

    def guard(self, guard):
        if "only_when" in guard:
            answer = holds(guard["only_when"], self)
            if answer is False or (answer is None and self.record):
                return
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
        return bool(clock and clock["running"] and self.now >= clock["end"] and not clock["still"])

    def guard_before_clock_end(self, guard):
        clock = self.clock(guard["clock"])
        return bool(clock and clock["running"] and
                    (self.now < clock["end"] or clock["still"]))

    def guard_none_pending(self, guard):
        return not any(mark.startswith(PENDING) for mark in self.marks)

    def guard_clock_not_over(self, guard):
        clock = self.clock(guard["clock"])
        return not (clock and clock["running"] and self.now >= clock["end"] and
                    not clock["still"])

    def guard_day_beyond(self, guard):
        """Later than the last day that the clock already gives."""
        value, clock = self.value(guard), self.clock(guard["clock"])
        if value is None or not clock or not clock["running"]:
            return None
        before = day_of(value) - 1
        return self.reckoner.end(self.clock_row(guard["clock"]), before) >= clock["end"]

    def guard_day_since_end(self, guard):
        value, ended = self.value(guard), self.dossier["ended_at"]
        if value is None or ended is None:
            return None
        return day_of(value) >= min(day_at(zone, ended) for zone in self.reckoner.zones.values())

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
        if not all(self.tables.states.get(self.who[key]) for key in ("state", "other")):
            return None  # where a State stands that the tables do not have is not known
        law_of = self.instrument.of_state
        if law_of:
            return law_of == self.state_of("requested")
        return self.in_force(self.instrument.name)

    def in_force(self, instrument):
        """For both States, on the earlier of two days that the act falls on."""
        today = min(self.reckoner.days_now({}))
        for state in (self.who["state"], self.who["other"]):
            rows = [r for r in self.tables.states.get(state, {}).get("instruments", [])
                    if r["instrument"] == instrument]
            if not rows and self.tables.instruments[instrument].layer == "reciprocity":
                continue  # it binds by the assurance in the request
            rows = [r for r in rows if r["status"] == "in_force"]
            if not any(day_of(r["in_force"]) <= today for r in rows):
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
            self.remark(duty.get("remark", "consult-first"), inst.cite(duty), guard["particular"],
                        strict)
            if strict:
                return None
        return True

    def guard_day_ahead(self, guard):
        value = self.value(guard)
        if value is None or not self.timely():
            return None
        return day_of(value) > self.reckoner.today()

    def guard_day_at_least(self, guard):
        """The first day and the row's days more, whatever the State's setting."""
        value, clock = self.value(guard), self.clock_row(guard["clock"])
        if value is None or not self.timely():
            return None
        first = self.reckoner.first(clock, self.stated(clock, "start"))
        least = self.reckoner.last(dict(clock, bound="at_least"), first, clock.get("days"))
        return None if least is None else day_of(value) >= least

    def guard_day_not_earlier(self, guard):
        """As the last day it would let the clock of the dossier end no earlier."""
        value = self.value(guard)
        clock = self.clock(guard["clock"]) if self.dossier else None
        if value is None or not clock or not clock["running"]:
            return None
        return self.reckoner.end(self.clock_row(guard["clock"]), day_of(value)) >= clock["end"]

    # ---- clocks -----------------------------------------------------------------------------

    def clock_row(self, name):
        """The clock between these two States: a protocol in force for both may change its length."""
        row = self.kind.clocks[name]
        if not (self.who["state"] and self.who["other"] and self.timely()):
            return row
        for protocol in sorted(self.tables.instruments.values(), key=lambda i: i.name):
            for change in protocol.changes if protocol.protocol_to == self.instrument.name else []:
                if (change["kind"], change["clock"]) == (self.kind.name, name) and \
                        self.in_force(protocol.name):
                    self.met["changed by", protocol.name] = True
                    return {**{k: v for k, v in row.items() if k not in LENGTHS},
                            **{k: v for k, v in change.items() if k in LENGTHS},
                            "cited": protocol.cite(change)}
        return row

    def cite_clock(self, clock):
        return clock.get("cited") or self.instrument.cite(clock)

    def stated(self, clock, word):
        """The day that a particular states, or None."""
        name = clock.get(word, "at")
        return None if name == "at" else day_of(self.particulars.get(name))

    def length(self, clock, word):
        """The row's number, or the State's: of a duty as it likes, of a term on the right side."""
        state = self.state_of(clock["whose"]) if clock["sort"] == "duty" else self.who["state"]
        settings = self.tables.states.get(state, {}).get("settings") or {}
        own = settings.get(clock.get("setting"))
        if own is None:
            return clock[word]
        if clock["sort"] != "duty":
            own = (max if clock["bound"] == "at_least" else min)(own, clock[word])
        if own != clock[word]:
            self.reckoner.met.append("setting: " + word)
        return own

    def reckon(self, clock):
        """Start, end and renewal of a clock that begins; None where the row sets no end."""
        r, stated = self.reckoner, self.stated(clock, "start")
        start, first = r.start(clock, stated), r.first(clock, stated)
        for word, ms in UNIT_MS.items():
            if word in clock:
                end = start + self.length(clock, word) * ms
                r.met.append(clock_sort(clock))
                return start, end, 0
        last = self.stated(clock, "end_particular")
        sort = clock_sort(clock, last is not None)
        if last is None:
            last = r.last(clock, first, self.length(clock, "days") if "days" in clock else None)
        if last is None:
            return None
        r.met.append(sort)
        end = r.end(clock, last)
        r.note(clock, start, end, last)
        return start, end, r.renewal(clock, first, last)

    def clocks(self):
        rules, beyond = self.verdict["clocks"], {}
        self.reckoner.ended.clear()  # what a guard counted is not a clock
        for name in self.row.get("stops", []):
            rules.append(self.rule(name, True, (0, 0, 0)))
        for name in self.row.get("starts", []):
            only = self.clock_row(name).get("only_when")
            if only and holds(only, self) is not True:
                continue
            found = self.reckon(self.clock_row(name))
            for side in SIDES:
                if self.state_of(side) in self.reckoner.ended:
                    beyond.setdefault(side, self.cite_clock(self.clock_row(name)))
            if found:
                rules.append(self.rule(name, False, found))
        for side in SIDES:
            if side in beyond:  # by the article of the first clock that ran there
                self.remark("calendar-ends", beyond[side])

    def rule(self, name, stop, found):
        clock = self.clock_row(name)
        more = {} if stop else clock
        return dict(zip(("start", "end", "renew"), found),
                    clock=name, article=self.cite_clock(clock), stop=stop,
                    duty=clock["sort"] == "duty", on_end=more.get("on_end", ""),
                    stops_while=more.get("stops_while", []),
                    suspended_by=more.get("suspended_by", ""))
