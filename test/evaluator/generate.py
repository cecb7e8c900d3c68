# SPDX-License-Identifier: Apache-2.0
"""Random histories, biased to what is possible and to what was seldom met, with the answers that
the evaluator expects."""
from aim import Aim
from fold import Fold
from judge import PENDING, Judge, holds
from made import ZONES
from reckon import SIDES, begins, day_at, next_skip
from values import DAY, day_of, day_text

EPOCH_MS = 20700 * DAY  # in 2026
WORDS = ("zz", "", "  ", "\u00a0\u200b", "a\u202eb", "a\x07", 7, True, {"lang": "en", "text": "words"}, {"lang": "en", "text": ""})


class Counts:
    """What was met, and how often."""

    def __init__(self):
        self.steps = self.allowed = self.histories = self.crossed = self.kept_wrong = 0
        self.rows, self.guards, self.grounds, self.codes = {}, {}, {}, {}
        self.reckoned = {}

    def add(self, table, key, ok):
        pair = table.setdefault(key, [0, 0])
        pair[0 if ok else 1] += 1

    def merge(self, other):
        for name, value in vars(other).items():
            if isinstance(value, int):
                setattr(self, name, getattr(self, name) + value)
                continue
            mine = getattr(self, name)
            for key, pair in value.items():
                mine[key] = [a + b for a, b in zip(mine.get(key, [0, 0]), pair)]


class History:
    def __init__(self, tables, kinds, chance, counts):
        self.tables, self.chance, self.counts = tables, chance, counts
        self.kind = self.choose_kind(kinds)
        self.instrument = self.kind.instrument
        self.aim = None
        if chance.random() < 0.8:
            self.take_aim()
        self.at, self.reserved = EPOCH_MS + chance.randrange(0, 700 * DAY), []
        self.states = dict(zip(("requesting", "requested"), chance.sample(self.likely_states(), 2)))
        if self.reserved and self.states["requesting"] not in self.reserved:
            self.states["requested"] = chance.choice(self.reserved)
        law_of = self.instrument.of_state
        if law_of and self.states["requesting"] != law_of and chance.random() < 0.85:
            self.states["requested"] = law_of
        # Where the two States lie is the history's own; one time of five where their files say.
        said = [tables.zone(state) for state in self.states.values()]
        self.zones = {zone: chance.choice(ZONES) for zone in said if chance.random() < 0.8}
        if chance.random() < 0.04:
            self.at = self.entry() or self.at
        self.steps, self.answers = [], []
        self.kept = []          # (step, side, act, own verdict, their verdict)
        self.n = {"requesting": 0, "requested": 0, ("inward", "requesting"): 0,
                  ("inward", "requested"): 0}
        self.got = {"requesting": 0, "requested": 0}
        counts.histories += 1

    def choose_kind(self, kinds):
        """The kind whose clocks count in every way oftener than its share."""
        timed = [kind for kind in kinds if kind.instrument.name == "almanac"]
        return self.chance.choice(timed if timed and self.chance.random() < 0.06 else kinds)

    def entry(self):
        """About when the day begins on which the instrument enters into force for one of them."""
        chance, side = self.chance, self.chance.choice(SIDES)
        days = [day_of(row["in_force"]) for row in
                self.tables.states[self.states[side]].get("instruments", [])
                if row["instrument"] == self.instrument.name and "in_force" in row]
        return days and begins(self.zone(chance.choice(SIDES)), days[0]) + chance.choice(
            (-1, 0, 1, -3600000, 3600000))

    def asked(self):
        """What the program is asked."""
        return {"zones": self.zones, "steps": self.steps}

    def zone(self, side):
        said = self.tables.zone(self.states[side])
        return self.zones.get(said, said)

    def likely_states(self):
        """Mostly those for which the instrument is in force, or at least named."""
        name, chance, codes = self.instrument.name, self.chance, self.tables.states
        draw = chance.random()
        ground = self.kind.grounds.get(self.aim.ground, {}) if self.aim else {}
        likely = [code for code, doc in codes.items() for row in doc.get("instruments", [])
                  if row["instrument"] == name and (draw > 0.9 or (
                      row["status"] == "in_force" and day_of(row["in_force"]) <= self.at // DAY))]
        if ground.get("reservation"):
            self.reserved = [code for code in likely if self.tables.reserved(
                code, name, self.instrument.article(ground, "reservation"))]
        return likely if len(likely) > 1 and draw < 0.97 else list(codes)

    def play(self):
        for _ in range(self.chance.randrange(4, 16)):
            if self.chance.random() < 0.08:
                self.only_fold()
            elif not self.step():
                break
        for why in self.only_fold(True).stood:
            self.counts.add(self.counts.reckoned, "stood still " + why, True)
        return self

    def take_aim(self):
        """At a row that was seldom taken, and a ground that seldom opened."""
        chance, counts = self.chance, self.counts
        name = self.instrument.name, self.kind.name

        def met(table, word):
            return table.get(name + (word,), [0, 0])[0]

        rows = list(self.kind.lifecycle.values())
        row = min(chance.sample(rows, min(6, len(rows))), key=lambda r: met(counts.rows, r["act"]))
        ground = None
        refusing = [r for r in rows if any(p["type"] == "ground" for p in r.get("particulars", []))]
        if refusing and self.kind.grounds and chance.random() < 0.3:
            row = chance.choice(refusing)
        if row in refusing and self.kind.grounds:
            ground = min(chance.sample(list(self.kind.grounds), min(3, len(self.kind.grounds))),
                         key=lambda g: met(counts.grounds, g))
        self.aim = Aim(self.kind, row, ground, chance)

    # ---- what a side sees -------------------------------------------------------------------

    def sees(self, side, all_of_it=False):
        other = "requested" if side == "requesting" else "requesting"
        if all_of_it or self.chance.random() < 0.75:
            self.got[side] = self.n[other]
        elif self.chance.random() < 0.5 and self.got[side] < self.n[other]:
            self.got[side] += 1
        return [at for at, (_, by, act, _, _) in enumerate(self.kept) if self.stands(at) and (
            by == side or (act["stream"] != "inward" and act["n"] <= self.got[side]))]

    def stands(self, at):
        return self.kept[at][2] is not None

    def fold(self, side, seen):
        fold = Fold([(self.kept[at][2], self.kept[at][3 if self.kept[at][1] == side else 4])
                     for at in seen])
        return fold

    def only_fold(self, all_of_it=False):
        side = self.chance.choice(("requesting", "requested"))
        seen = self.sees(side, all_of_it)
        if not all_of_it:
            self.chance.shuffle(seen)
            seen = seen[:self.chance.randrange(0, len(seen) + 1)]
        self.steps.append({"side": side, "sees": seen})
        fold = self.fold(side, seen)
        self.answers.append({"fold": self.folded(), "state": fold.said()})
        self.kept.append((None, side, None, None, None))
        return fold

    @staticmethod
    def folded():
        return {"err": "ok", "code": "", "article": "", "particular": ""}

    # ---- one step ---------------------------------------------------------------------------

    def step(self):
        chance = self.chance
        side, seen, fold, row = self.choose()
        if not row:
            return False
        self.pass_time(fold, row)
        who = self.who(side, row)
        act = self.make(side, row, fold)
        dossier = {"state": fold.state, "marks": fold.marks, "clocks": fold.clocks,
                   "missing": fold.missing, "particulars": fold.particulars,
                   "ended_at": fold.ended_at}
        now = self.at if chance.random() < 0.95 else self.at + chance.choice(
            (-DAY, -300001, -300000, DAY))
        judged = Judge(self.tables, who, act, dossier, now, False, self.zones).decide()
        allowed = judged.verdict["allowed"]
        stream_ok = act["stream"] in (side, "inward") and act["kind"] == self.kind.name
        keep = stream_ok and (allowed or (act["stream"] == side and chance.random() < 0.06))
        received = now if chance.random() < 0.9 else now + chance.choice((2 * DAY, -DAY, DAY + 1))
        step = {"side": side, "sees": seen, "state": who["state"], "other": who["other"],
                "functions": who["functions"], "system": who["system"], "act": act, "now": now,
                "received": received, "keep": keep}
        answer = {"fold": self.folded(), "state": fold.said(), "decide": self.fault(judged),
                  "verdict": shown(judged.verdict)}
        self.count(row, judged, act)
        if self.aim and self.aim.is_over(row, allowed):
            self.aim = None
            if chance.random() < 0.5:
                self.take_aim()
        self.stand(step, answer, judged, who, side)
        return True

    @staticmethod
    def fault(judged):
        return dict(zip(("err", "code", "article", "particular"), judged.fault))

    def stand(self, step, answer, judged, who, side):
        act, theirs, stays = step["act"], None, step["keep"]
        own = judged.verdict
        if stays and act["stream"] != "inward":
            record = Judge(self.tables, who, act, None, step["received"], True,
                           self.zones).decide()
            answer["record"], theirs = self.fault(record), record.verdict
            answer["recorded"] = shown(theirs)
            stays = record.fault[0] == "ok"
            if not own["allowed"]:
                own = theirs
                self.counts.kept_wrong += 1
        self.steps.append(step)
        self.answers.append(answer)
        if not stays:
            self.kept.append((None, side, None, None, None))
            return
        self.kept.append((step, side, act, own, theirs))
        if act["stream"] == "inward":
            self.n["inward", side] += 1
        else:
            self.n[side] += 1
            other = "requested" if side == "requesting" else "requesting"
            self.counts.crossed += act["seen"] < self.n[other]

    def aimed(self):
        """The next act on the way to what this history is for, and who sees what before it."""
        if self.aim is None or self.chance.random() > 0.9:
            return None
        fold = self.fold("requested", self.sees("requested", True))
        row = self.aim.next(fold.state, fold.marks + ["clock " + c["clock"] for c in fold.clocks
                                                      if c["running"]])
        if row is None:
            self.aim = None
            return None
        side = row["by"]
        seen = self.sees(side, self.chance.random() < 0.9)
        return side, seen, self.fold(side, seen), row

    def choose(self):
        """Mostly an act that can be done now, the seldom ones more often."""
        way = self.aimed()
        if way:
            return way
        chance, rows = self.chance, list(self.kind.lifecycle.values())
        sides = chance.sample(("requesting", "requested"), 2)
        aims = chance.random() < 0.9
        for side in sides:
            seen = self.sees(side)
            fold = self.fold(side, seen)
            if not aims:
                break
            now = [r for r in rows if r["by"] == side and fold.state in r["from"]]
            now = [r for r in now if self.ready(r, fold)] if chance.random() < 0.9 else now
            if now and (chance.random() < 0.3 or
                        not all(r.get("to") in self.kind.ends for r in now)):
                rows = now
                break
        else:
            if chance.random() < 0.7:
                return None, None, None, None
        met = self.counts.rows
        weights = [1 / (1 + met.get((self.instrument.name, self.kind.name, r["act"]), [0, 0])[0])
                   ** 0.8 for r in rows]
        ends = [0.4 if r.get("to") in self.kind.ends else 1 for r in rows]
        row = chance.choices(rows, [w * e for w, e in zip(weights, ends)])[0]
        return side, seen, fold, row

    def ready(self, row, fold):
        for guard in row.get("guards", []):
            word = guard["guard"]
            if word == "has_mark" and guard["mark"] not in fold.marks:
                return False
            if word == "no_mark" and guard["mark"] in fold.marks:
                return False
            if word == "any_mark" and not set(guard["marks"]) & set(fold.marks):
                return False
            if word == "after_clock_end":
                ends = [c["end"] for c in fold.clocks
                        if c["clock"] == guard["clock"] and c["running"]]
                if not ends or self.at < ends[0] - 2 * DAY:
                    return False
        return True

    def pass_time(self, fold, row):
        chance, draw = self.chance, self.chance.random()
        ends = [c["end"] for c in fold.clocks if c["running"] and
                (not c["duty"] or chance.random() < 0.2)]
        waits = [c["end"] for g in row.get("guards", []) if g["guard"] == "after_clock_end"
                 for c in fold.clocks if c["clock"] == g["clock"] and c["running"]]
        overs = [c["end"] for g in row.get("guards", []) if g["guard"] == "clock_not_over"
                 for c in fold.clocks if c["clock"] == g["clock"] and c["running"]]
        if overs and draw < 0.25:
            self.at = max(self.at, chance.choice(overs) + chance.choice((-1, 0, 0, 1)))
        elif waits and draw < 0.8:
            self.at = max(self.at, waits[0] + chance.choice((-DAY, -1, 0, 0, 1, DAY)))
        elif draw < (0.05 if self.aim else 0.2) and ends:
            self.at = max(self.at, chance.choice(ends) + chance.choice((-DAY, -1, 0, 1, DAY)))
        elif draw < 0.4:
            self.at = max(self.at, self.midnight() + chance.choice((-1, 0, 1)))
        elif draw < 0.85:
            self.at += chance.randrange(0, 7200000)
        else:
            self.at += chance.randrange(0, 5 * DAY)

    def midnight(self):
        """Of one of the States, today's or the next."""
        zone = self.zone(self.chance.choice(SIDES))
        return begins(zone, day_at(zone, self.at) + self.chance.choice((0, 1, 1)))

    def who(self, side, row):
        chance = self.chance
        roles = [r for r in self.kind.roles if r["party"] == side]
        other = "requested" if side == "requesting" else "requesting"
        functions = [{"instrument": chance.choice((self.instrument.name, "*", "")),
                      "function": chance.choice(roles)["function"] if roles else "none",
                      "direction": chance.choice(("*", "send" if side == "requesting"
                                                  else "receive")),
                      "kind": chance.choice(("*", self.kind.name))}]
        if chance.random() < 0.03:
            functions[0][chance.choice(list(functions[0]))] = chance.choice(
                ("other", "send", "receive", "desk", "mla", "contact"))
        if chance.random() < 0.02:
            functions = []
        system = bool(row.get("system")) if chance.random() < 0.97 else chance.random() < 0.5
        return {"side": side, "functions": functions, "system": system,
                "state": self.states[side],
                "other": self.states[other] if chance.random() < 0.98 else ""}

    def make(self, side, row, fold):
        chance = self.chance
        name = row["act"] if chance.random() < 0.995 else "no_such_act"
        stream = row["by"] if row["stream"] == "outward" else "inward"
        if row["by"] != side and stream != "inward":
            stream = side
        if chance.random() < 0.01:
            stream = chance.choice(("requesting", "requested", "inward"))
        n = self.n["inward", side] if stream == "inward" else self.n[side]
        at = self.at if chance.random() < 0.995 else chance.choice((-1, 253402300800000))
        return {"act": name,
                "instrument": self.instrument.name if chance.random() < 0.998 else "no-such",
                "kind": self.kind.name if chance.random() < 0.998 else "no_such",
                "stream": stream, "n": n + 1, "seen": self.got[side], "at": at,
                "particulars": self.speak(side, row, fold)}

    # ---- what an act says -------------------------------------------------------------------

    def speak(self, side, row, fold):
        chance, said = self.chance, {}
        right = chance.random() < (0.92 if self.aim else 0.8)
        parts = [(p, p["required"]) for p in row.get("particulars", [])]
        if row.get("carries_request"):
            parts += [(p, p["required"]) for p in self.kind.particulars.values()]
        if row.get("supplies_request"):
            parts += [(p, "always" if p["name"] in fold.missing else "seldom")
                      for p in self.kind.particulars.values()]
        self.marks, self.request, self.particulars = fold.marks, fold.particulars or {}, said
        self.sees_dossier, self.running, self.ended_at = True, fold.clocks, fold.ended_at
        for part, required in parts:
            often = {"always": 1, "conditional": 0.25, "where_available": 0.6, "optional": 0.4,
                     "seldom": 0.1}[required]
            if required == "conditional" and holds(part["when"], self) is True:
                often = 1
            if not right and chance.random() < 0.15:
                often = 0.3
            if chance.random() < often:
                said[part["name"]] = self.value(part, row, right or chance.random() < 0.75)
        if right and row.get("carries_request"):
            self.fit(said)
        if chance.random() < 0.01:
            said["no_such"] = "x"
        return said

    def fit(self, said):
        """Mostly within the kind's scope, and so that the ground aimed at opens."""
        chance, wishes = self.chance, []
        scope = self.instrument.scopes.get(self.kind.raw.get("scope"))
        if scope and chance.random() < 0.85:
            wishes.append(chance.choice(scope["accepts"]))
        ground = self.kind.grounds.get(self.aim.ground, {}) if self.aim else {}
        if "when" in ground and chance.random() < 0.8:
            wishes.append(ground["when"])
        for wish in wishes:
            while wish:
                part = self.kind.particulars.get(wish.get("particular") or wish.get("request"))
                if part and not wish.get("not"):
                    said[part["name"]] = self.wished(wish, part)
                wish = wish.get("also")
        for part in self.kind.particulars.values():
            if part["required"] == "conditional" and part["name"] not in said and \
                    holds(part["when"], self) is True:
                said[part["name"]] = self.value(part, {}, True)

    def wished(self, wish, part):
        if "equals" in wish:
            return part["type"] == "flag" and wish["equals"] == "true" or wish["equals"]
        if "one_of" in wish:
            return self.chance.choice(wish["one_of"])
        if "at_least" in wish:
            return wish["at_least"] + self.chance.choice((0, 0, 1))
        if "below" in wish:
            return max(part.get("min", 0), wish["below"] - self.chance.choice((1, 1, 2)))
        return True if part["type"] == "flag" else self.value(part, {}, True)

    def state_of(self, side):
        return self.states[side]

    def value(self, part, row, right):
        chance, kind = self.chance, part["type"]
        guarded = part.get("limits") or \
            any(g.get("particular") == part["name"] for g in row.get("guards", []))
        if not right and chance.random() < (0.2 if guarded else 0.5):
            return chance.choice(WORDS)
        if guarded and chance.random() < 0.15:
            right = False
        return getattr(self, "value_" + kind)(part, row, right)

    def value_text(self, part, row, right):
        if not right and part["max"] <= 400:
            return "ə" * (part["max"] + self.chance.choice((0, 1)))
        return self.chance.choice(("words", "sözlər", {"lang": "az", "text": "sözlər"}))

    def value_day(self, part, row, right):
        """Near the limit that a guard or its own row sets."""
        chance = self.chance
        today = max(day_at(self.zone(side), self.at) for side in SIDES)
        day = self.limited(part, today + chance.choice((-3, -1, 0, 1, 2, 30)), right)
        beyond = any(g["guard"] == "day_beyond" for g in row.get("guards", []))
        for guard in row.get("guards", []):
            if guard.get("particular") != part["name"]:
                continue
            if guard["guard"] == "day_ahead" and not (right and beyond):
                day = today + (chance.randrange(1, 4) if right else chance.choice((-1, 0, 1)))
            elif guard["guard"] == "day_since_end" and self.ended_at is not None:
                day = self.ended_at // DAY + (chance.choice((0, 0, 1)) if right else
                                              chance.choice((-2, -1)))
            elif guard["guard"] == "day_beyond":
                ends = [c["end"] // DAY - 1 for c in self.running if c["clock"] == guard["clock"]]
                day = (ends or [today])[0] + (chance.choice((1, 2, 30)) if right else
                                              chance.choice((-1, 0)))
            elif guard["guard"] == "day_not_earlier":
                ends = [day_at(self.zone("requested"), c["end"]) - 1
                        for c in self.running if c["clock"] == guard["clock"]]
                day = (ends or [today])[0] + (chance.choice((0, 1, 1, 30)) if right else
                                              chance.choice((-2, -1, 0)))
            elif guard["guard"] == "day_at_least":
                clock = self.kind.clocks[guard["clock"]]
                days = clock.get("days", 31 * clock.get("months", 1))
                if clock.get("count") == "working_days":
                    days = days * 7 // 5 + chance.randrange(0, 4)
                start = day_of(self.particulars.get(clock["start"]))
                start = today if start is None else start
                day = start + days + (chance.choice((0, 1, 2, 30)) if right else
                                      chance.choice((-2, -1, -1, 0)))
        if part["name"] == "last_day" and chance.random() < 0.2:
            day = next_skip(self.zone(chance.choice(SIDES)), today // 100 * 100 + 100) - 1
        if not right and chance.random() < 0.2:
            return chance.choice(("2026-02-30", "2026-1-1", "26-01-01", "soon"))
        return day_text(day)

    def limited(self, part, day, right):
        """Just within the limits of a day, or just beyond one."""
        for limit in part.get("limits", []):
            than = limit.get("not_before") or limit["not_after"]
            other = None if than == "at" else \
                day_of(self.particulars.get(than) or self.request.get(than))
            other = self.at // DAY if other is None else other
            step = self.chance.choice((0, 0, 1, 20)) if right else self.chance.choice((-2, -1))
            if "not_before" in limit:
                day = max(day, other + step) if right else other + step
            else:
                last = other + limit.get("days", 0)
                day = min(day, last - step) if right else last - step
        return day

    def value_flag(self, part, row, right):
        return self.chance.choice((True, False)) if not part.get("must_be") or not right else True

    def value_choice(self, part, row, right):
        for mark in row.get("marks", []):
            when = mark["when"]
            if self.aim and mark["mark"] in self.aim.wanted and right and \
                    when.get("particular") == part["name"]:
                return when.get("equals") or self.chance.choice(when["one_of"])
        return self.chance.choice([c["choice"] for c in part["choices"]]) if right else "none"

    def value_ground(self, part, row, right):
        if self.aim and self.aim.ground and right:
            return self.aim.ground
        grounds, more = list(self.kind.grounds), list(self.kind.forbidden_grounds) + ["unheard"]
        return self.chance.choice(grounds if right and grounds else more)

    def value_code(self, part, row, right):
        return self.chance.choice(list(self.kind.not_executable)) if right else "none"

    def value_number(self, part, row, right):
        low, high = part["min"], part["max"]
        if not right:
            return self.chance.choice((low - 1, high + 1, "x", "1.5", "-1"))
        number = self.chance.choice((low, high, min(high, low + 1), self.chance.randint(low, high),
                                     min(high, max(low, self.chance.randint(0, 9)))))
        return self.chance.choice((number, str(number)))

    value_days = value_number

    def value_state(self, part, row, right):
        return self.chance.choice(list(self.tables.states)) if right else \
            self.chance.choice(("xn", "X", "XNN", "X1"))

    def value_language(self, part, row, right):
        if not right:
            return self.chance.choice(("EN", "e", "e1", "zu"))
        state = self.tables.states.get(self.states["requested"], {})
        return self.chance.choice((state.get("languages") or ["en"]) * 4 + ["zu"])

    def value_article(self, part, row, right):
        return self.chance.choice(list(self.instrument.offences)) if right else "999"

    def value_dossier(self, part, row, right):
        waits = [m[len(PENDING):] for m in self.marks if m.startswith(PENDING)]
        if right and waits and row.get("settles") == part["name"] and self.chance.random() < 0.9:
            return self.chance.choice(waits)
        return self.chance.choice(("XM-2026-000017", "XM-2026-000018")) if right else "a b"

    # ---- counting ---------------------------------------------------------------------------

    def count(self, row, judged, act):
        counts, allowed = self.counts, judged.verdict["allowed"]
        counts.steps += 1
        counts.allowed += allowed
        counts.add(counts.codes, judged.fault[1] or "allowed", allowed)
        if act["act"] != row["act"] or not hasattr(judged, "row"):
            return
        for what in judged.reckoner.met if allowed else []:
            counts.add(counts.reckoned, what, True)
        name = self.instrument.name, self.kind.name
        counts.add(counts.rows, name + (row["act"],), allowed)
        for at, guard in enumerate(row.get("guards", [])):
            met = judged.met.get((guard["guard"], id(guard)))
            if met is not None:
                counts.add(counts.guards, name + (row["act"], at, guard["guard"]), met)
        for (what, value), met in judged.met.items():
            if what == "ground":
                counts.add(counts.grounds, name + (value,), met and allowed)


def shown(verdict):
    return {key: value for key, value in verdict.items() if key != "carries"}
