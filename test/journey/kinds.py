# SPDX-License-Identifier: Apache-2.0
"""Every kind of request the tables hold, from draft to close: between two nodes, and with a State
that runs none. Nothing here names a kind or an act. What can be done is what the program offers,
what must be said is what its rows ask for; each act of a kind is done before it is let go."""

import collections
import datetime
import json
import os
import random

from node import Base, Refused, Tap, pin, run, wait_for

STEPS_MAX, DOSSIERS_MAX = 80, 12
SAMPLE = 6  # kinds in each run; all of them with FULL=1
SEED = os.environ.get("SEED") or datetime.date.today().isoformat()
ALONE = "XL/pgo"


def day(ahead):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now + datetime.timedelta(ahead)).date().isoformat()


def value(row, linked, turn):
    """An answer to a row of particulars, by its type alone; of choices another each turn."""
    kind, suggested = row["type"], row.get("suggest", "")
    if kind == "flag":
        return True
    if kind != "dossier" and row.get("choices"):
        return row["choices"][turn % len(row["choices"])]["value"]
    if kind == "day":
        return suggested if suggested[:2] == "20" else day(0 if suggested == "today" else 120)
    if kind in ("number", "days"):
        return min(max(5, row.get("min", 0)), row.get("max", 5))
    if kind == "dossier":
        return linked
    if kind == "language":
        return "en"
    if kind == "state":
        return ALONE[:2]
    return f"What is said of {row['name'].replace('_', ' ')}."[:row.get("max", 400)]


def answers(rows, linked, turn=0):
    return {r["name"]: value(r, linked, turn) for r in rows}


class Side:
    """One State's dossier: what its officer is offered, and how he does it."""

    def __init__(self, node, ref):
        self.node, self.ref = node, ref

    def show(self):
        return self.node.ask("show", ref=self.ref)

    def act(self, option, turn):
        self.node.ask("act", ref=self.ref, act=option["act"],
                      particulars=answers(option["particulars"], self.ref, turn))


class Absent:
    """The State without a node: what it writes comes as letters that our officer files."""

    letters = 0

    def __init__(self, node, folder):
        self.node, self.folder, self.ref = node, folder, None

    def file(self, **what):
        Absent.letters += 1
        path = os.path.join(self.folder, f"letter-{Absent.letters}.pdf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"Letter {Absent.letters}: {what}")
        entry = json.loads(run("-C", self.node.folder, "--json", "register", path, "--from", ALONE,
                               "--carriage", "post").stdout)["entry"]
        return self.node.ask("entry-file", entry=entry, again=True, **what)

    def request(self, kind, linked):
        form = kind.form()
        return self.file(**{"as": "request"}, instrument=kind.instrument, kind=kind.kind,
                         act=form["act"], particulars=answers(form["particulars"], linked))["ref"]

    def act(self, option, turn):
        self.file(**{"as": "act"}, ref=self.ref, act=option["act"],
                  particulars=answers(option["particulars"], self.ref, turn))


def settled(a, b):
    """Both sides hold the same outward acts, and say the same state."""
    def same():
        mine, other = a.show(), b.show()
        outward = [[x["act"] for x in s["acts"] if x["stream"] != "inward"] for s in (mine, other)]
        return sorted(outward[0]) == sorted(outward[1]) and (mine, other)
    return wait_for("both sides of a dossier", same)


class Kind:
    """A kind of request as the tables have it, and how often each of its acts was done here."""

    def __init__(self, node, row, absent=None):
        self.node, self.instrument, self.kind = node, row["instrument"], row["kind"]
        rows = node.ask("law", what=f"{self.instrument} {self.kind}")["rows"]
        acts, waits = [], set()
        for r in rows:  # each act, and what stands within it
            if r["list"] == "lifecycle":
                acts.append(r)
            elif r["list"] == "guards" and r["name"] == "after_clock_end":
                waits.add(acts[-1]["name"])  # for days, in truth
        self.ends = {r["name"] for r in acts if r.get("outcome")}
        self.acts = [r["name"] for r in acts if not r.get("system") and r["name"] not in waits
                     and not (r["stream"] == "inward" and r["by"] == absent)]
        self.done, self.refused, self.dossiers = collections.Counter(), {}, 0

    def new(self):
        return [a for a in self.acts if not self.done[a]]

    def form(self):
        """What the act asks for that opens a dossier: of those that could, the one least done."""
        asked = {"instrument": self.instrument, "kind": self.kind}
        opens = self.node.ask("form", **asked)["openers"]
        act = min(opens, key=lambda o: self.done[o["act"]])["act"]
        self.done[act] += 1
        return self.node.ask("form", act=act, **asked)

    def send(self, to, linked):
        form = self.form()
        draft = self.node.ask("new", instrument=self.instrument, kind=self.kind, to=to,
                              act=form["act"],
                              particulars=answers(form["particulars"], linked))["draft"]
        self.node.ask("check", draft=draft)
        return self.node.ask("send", draft=draft)["ref"]

    def pick(self, ready, here):
        """Of what can be done: what never was, first what goes on and then what ends; then what was
        not done in this dossier; an end last. Every other dossier is ended as soon as it can be."""
        goes_on = [r for r in ready if r[1]["act"] not in self.ends]
        ending = [r for r in ready if r[1]["act"] in self.ends]
        new = [r for r in goes_on if not self.done[r[1]["act"]]]
        new = new or [r for r in ending if self.dossiers % 2 == 0 and not self.done[r[1]["act"]]]
        new = new or [r for r in goes_on if not here[r[1]["act"]]] or ending
        return min(new, key=lambda r: self.done[r[1]["act"]], default=None)

    def step(self, sides, shown, here):
        """One act by whoever can do one; None when nobody can."""
        ready = [(k, o) for k, s in enumerate(shown) for o in offered(s)]
        while picked := self.pick(ready, here):
            # Of choices another each time, also where only every other dossier asks.
            turn = self.done[picked[1]["act"]] + self.dossiers // 2
            try:
                sides[picked[0]].act(picked[1], turn)
            except Refused as e:  # what it says would need another act first
                self.refused[picked[1]["act"]] = str(e)
                ready.remove(picked)
                continue
            self.done[picked[1]["act"]] += 1
            here[picked[1]["act"]] += 1
            return picked
        return None


def offered(shown):
    return [o for o in shown["options"] if o.get("possible", True)]


def both(kind, xn, xm, linked):
    """One dossier between two nodes, to its end."""
    ref = kind.send("XM/dts", linked)
    sides = [Side(xn, ref), Side(xm, ref)]
    wait_for("the request", lambda: xm.ask("find", q=ref)["dossiers"])
    here = collections.Counter()
    for _ in range(STEPS_MAX):
        if not kind.step(sides, settled(*sides), here):
            break
    return here, settled(*sides)


def alone(kind, xn, theirs, begin, linked):
    """The same with a State that runs no node, which asks or is asked."""
    theirs.ref = begin(kind, linked)
    sides = [Side(xn, theirs.ref), theirs]
    here = collections.Counter()
    for _ in range(STEPS_MAX):
        mine = sides[0].show()
        offers = [mine, {"options": mine.get("their_options", [])}]
        if not kind.step(sides, offers, here):
            break
    return here, (sides[0].show(),)


def play(t, how, kind, linked, way, *where):
    """Dossiers of a kind until each of its acts was done, or nothing new is left to do."""
    ended, idle, said = 0, 0, ""
    while kind.new() and ended < DOSSIERS_MAX and idle < 4:
        before = len(kind.new())
        kind.dossiers += 1
        try:
            here, shown = way(kind, *where, linked)
        except Refused as e:
            wrong = [r for r in (e.view or {}).get("remarks", []) if r["grade"] == "must"]
            said = f": {e} {[r['sentence'] for r in wrong]}"
            break
        t.note(f"{kind.instrument} {kind.kind}: {' '.join(here)} -> {shown[0]['state']}")
        if not all(s["ended"] for s in shown):
            said = f": left {shown[0]['state']}"
            break
        ended += 1
        idle = idle + 1 if len(kind.new()) == before else 0
    t.ok(ended > 0 and not said,
         f"{kind.instrument} {kind.kind}, {how}, from draft to close, {ended} times{said}")
    if not said:
        left = {a: kind.refused.get(a, "") for a in kind.new()}
        t.ok(not left, f"each of its {len(kind.acts)} acts was done {left or ''}")


def main():
    t = Tap()
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        theirs = Absent(xn, base.path)
        kept = {to: xn.request(to)["ref"] for to in ("XM/dts", ALONE)}
        rows = [r for r in xn.ask("kinds")["kinds"] if r["may_send"]]
        t.note(f"SEED={SEED}")
        if not os.environ.get("FULL"):
            rows = random.Random(SEED).sample(rows, min(SAMPLE, len(rows)))
        for row in rows:
            play(t, "between two nodes", Kind(xn, row), kept["XM/dts"], both, xn, xm)
            for how, absent, begin in (
                    ("asked of", "requested", lambda k, link: k.send(ALONE, link)),
                    ("asked by", "requesting", theirs.request)):
                play(t, f"{how} a State without a node", Kind(xn, row, absent), kept[ALONE], alone,
                     xn, theirs, begin)
        for node in (xn, xm):
            t.ok(node.ask("replay")["differences"] == [], f"{node.state} decides all the same")
            node.stop()
            run("-C", node.folder, "fsck")
    t.done()


if __name__ == "__main__":
    main()
