# SPDX-License-Identifier: Apache-2.0
"""The state of a dossier from its acts and their stored verdicts, as law/law.h tells it."""

from values import given

OF_THE_RULE = ("stops_while", "suspended_by")
OTHER = {"requesting": "requested", "requested": "requesting"}


def in_order(entries):
    """Numbers of the entries in the order they stand, and what each had not seen (crossed)."""
    streams = {"requesting": {}, "requested": {}, "inward": {}}
    for at, (act, _) in enumerate(entries):
        if act["n"] in streams[act["stream"]]:
            return None
        streams[act["stream"]][act["n"]] = at
    done = {"requesting": 0, "requested": 0}
    order = []
    while True:
        for side in ("requesting", "requested"):
            at = streams[side].get(done[side] + 1)
            if at is not None and entries[at][0]["seen"] <= done[OTHER[side]]:
                order.append((at, entries[at][0]["seen"] < done[OTHER[side]]))
                done[side] += 1
                break
        else:
            break
    n = 1
    while n in streams["inward"]:
        order.append((streams["inward"][n], False))
        n += 1
    return order


class Fold:
    def __init__(self, entries):
        self.state, self.ended, self.outcome, self.before = "new", False, "", ""
        self.marks, self.clocks, self.missing, self.obligations = [], [], [], []
        self.particulars, self.ended_at = None, None
        self.changed = 0  # the last act that said anew what the request had stated
        self.stood = []  # why clocks stood still, for who counts
        self.after = set()  # clocks of what may follow an end: an end does not stop them
        self.effects = ["waiting"] * len(entries)
        order = in_order(entries)
        self.whole = order is not None
        for at, crossed in order or []:
            act, verdict = entries[at]
            self.effects[at] = self.effect(act, verdict, crossed)
            if self.effects[at] == "took-effect":
                self.apply(act, verdict)
        self.applied = len(order or [])

    def effect(self, act, verdict, crossed):
        if not verdict["known"]:
            return "not-known"
        if act["stream"] == "inward":
            if verdict["finding"] and act["seen"] < self.changed:
                return "overtaken"
            return "took-effect"
        if self.state in verdict["from"] or ("*" in verdict["from"] and not self.ended):
            return "took-effect"
        if crossed:
            return "took-effect" if verdict["takes_effect"] else "crossed"
        return "out-of-place"

    def apply(self, act, verdict):
        outward = act["stream"] != "inward"
        if outward:
            self.move(act, verdict)
            if verdict["carries"]:
                self.particulars = dict(act.get("particulars") or {})
                self.missing = list(verdict["missing"])
            for name in verdict["supplies"]:
                self.particulars = dict(self.particulars or {})
                was = self.particulars.get(name)
                if given(was) and was != act["particulars"][name]:
                    self.changed = act["n"]
                self.particulars[name] = act["particulars"][name]
                if name in self.missing:
                    self.missing.remove(name)
        for mark in verdict["clears"]:
            if mark in self.marks:
                self.marks.remove(mark)
        for mark in [verdict["mark"]] + verdict["marks"]:
            if mark and mark not in self.marks:
                self.marks.append(mark)
        for name in verdict["attaches"]:
            if name not in [o["obligation"] for o in self.obligations]:
                self.obligations.append({"obligation": name, "by": act["stream"],
                                         "by_n": act["n"]})
        self.run(act, verdict)

    def move(self, act, verdict):
        to = verdict["to"]
        if verdict["back"]:
            to = self.before
        if not to or self.ended:
            return
        if to != self.state:
            self.before, self.state = self.state, to
        if verdict["ends"]:
            self.ended, self.outcome, self.ended_at = True, verdict["outcome"], act["at"]

    def run(self, act, verdict):
        done = verdict["duty_done"].split()
        for clock in self.clocks:
            if clock["clock"] in done:
                clock["running"] = False
        for rule in verdict["clocks"]:
            old = next((c for c in self.clocks if c["clock"] == rule["clock"]), None)
            if rule["stop"]:
                if old:
                    old["running"] = False
                continue
            new = {"clock": rule["clock"], "article": rule["article"], "on_end": rule["on_end"],
                   "start": rule["start"], "end": rule["end"], "running": True,
                   "renew": rule["renew"], "duty": rule["duty"], "by": act["stream"],
                   "by_n": act["n"], "still": 0, "stops_while": rule["stops_while"],
                   "suspended_by": rule["suspended_by"]}
            if verdict["after_end"]:
                self.after.add(rule["clock"])
            if old:
                self.clocks[self.clocks.index(old)] = new
            else:
                self.clocks.append(new)
        for clock in self.clocks:
            if self.ended and clock["clock"] not in self.after:
                clock["running"] = False
            if not clock["running"]:
                continue
            self.stand(clock, act["at"])

    def stand(self, clock, at):
        """It stands still in some states, and while some mark stands."""
        why = ["in a state"] * (self.state in clock["stops_while"]) + \
            ["by a mark"] * (clock["suspended_by"] in self.marks)
        if why and not clock["still"]:
            clock["still"] = at
            self.stood += why
        elif not why and clock["still"]:
            stood = max(0, at - clock["still"])
            clock["end"] += stood
            if clock["renew"]:
                clock["renew"] += stood
                self.stood.append("and its renewal with it")
            clock["still"] = 0

    def said(self):
        return {"state": self.state, "ended": self.ended, "outcome": self.outcome,
                "before": self.before, "missing": self.missing, "marks": self.marks,
                "clocks": [{k: v for k, v in c.items() if k not in OF_THE_RULE}
                           for c in self.clocks],
                "obligations": self.obligations, "effects": self.effects,
                "applied": self.applied,
                **({"particulars": self.particulars} if self.particulars is not None else {})}
