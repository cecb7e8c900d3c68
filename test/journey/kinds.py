# SPDX-License-Identifier: Apache-2.0
"""Every kind of request the tables hold, from draft to close: between two nodes, and with a State
that runs none. Nothing here names a kind or an act. What can be done is what the program offers,
what must be said is what its rows ask for; each act of a kind is done before it is let go."""

import collections
import datetime
import json
import os

from node import Base, Tap, pin, run, wait_for

STEPS_MAX, DOSSIERS_MAX = 80, 8
ALONE = "XL/pgo"


def day(ahead):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now + datetime.timedelta(ahead)).date().isoformat()


def value(row, linked):
    """An answer to a row of particulars, by its type alone."""
    kind, suggested = row["type"], row.get("suggest", "")
    if kind == "flag":
        return True
    if row.get("choices"):
        return row["choices"][0]["value"]
    if kind == "day":
        return suggested if suggested[:2] == "20" else day(0 if suggested == "today" else 20)
    if kind in ("number", "days"):
        return min(max(5, row.get("min", 0)), row.get("max", 5))
    if kind == "dossier":
        return linked
    if kind == "state":
        return ALONE[:2]
    return f"What is said of {row['name'].replace('_', ' ')}."[:row.get("max", 400)]


def answers(rows, linked=None):
    return {r["name"]: value(r, linked) for r in rows if r["type"] != "dossier" or linked}


class Side:
    """One State's dossier: what its officer is offered, and how he does it."""

    def __init__(self, node, ref):
        self.node, self.ref = node, ref

    def show(self):
        return self.node.ask("show", ref=self.ref)

    def act(self, option):
        self.node.ask("act", ref=self.ref, act=option["act"],
                      particulars=answers(option["particulars"], self.ref))


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
        form = self.node.ask("form", instrument=kind.instrument, kind=kind.kind)
        kind.done[form["act"]] += 1
        return self.file(**{"as": "request"}, instrument=kind.instrument, kind=kind.kind,
                         particulars=answers(form["particulars"], linked))["ref"]

    def act(self, option):
        self.file(**{"as": "act"}, ref=self.ref, act=option["act"],
                  particulars=answers(option["particulars"], self.ref))


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
        acts = [r for r in rows if r["list"] == "lifecycle"]
        self.ends = {r["name"] for r in acts if r.get("outcome")}
        self.acts = [r["name"] for r in acts if not r.get("system")
                     and not (r["stream"] == "inward" and r["by"] == absent)]
        self.done, self.dossiers = collections.Counter(), 0

    def new(self):
        return [a for a in self.acts if not self.done[a]]

    def send(self, to, linked):
        form = self.node.ask("form", instrument=self.instrument, kind=self.kind)
        draft = self.node.ask("new", instrument=self.instrument, kind=self.kind, to=to,
                              particulars=answers(form["particulars"], linked))["draft"]
        wrong = [r for r in self.node.ask("check", draft=draft)["remarks"] if r["grade"] == "must"]
        if wrong:
            raise AssertionError(f"{self.kind}: {wrong}")
        self.done[form["act"]] += 1
        return self.node.ask("send", draft=draft)["ref"]

    def pick(self, ready, here):
        """Of what can be done: what never was, first what goes on and then what ends; then what was
        not done in this dossier; an end last. The first dossier goes through all before it ends."""
        goes_on = [r for r in ready if r[1]["act"] not in self.ends]
        ending = [r for r in ready if r[1]["act"] in self.ends]
        new = [r for r in goes_on if not self.done[r[1]["act"]]]
        new = new or [r for r in ending if self.dossiers > 1 and not self.done[r[1]["act"]]]
        new = new or [r for r in goes_on if not here[r[1]["act"]]] or ending or goes_on
        return min(new, key=lambda r: self.done[r[1]["act"]], default=None)

    def step(self, sides, shown, here):
        """One act by whoever can do one; None when nobody can."""
        ready = [(k, o) for k, s in enumerate(shown) for o in offered(s)]
        picked = self.pick(ready, here)
        if picked:
            self.done[picked[1]["act"]] += 1
            here[picked[1]["act"]] += 1
            sides[picked[0]].act(picked[1])
        return picked


def offered(shown):
    return [o for o in shown["options"] if o.get("possible", True)]


def both(kind, xn, xm, linked):
    """One dossier between two nodes, to its end."""
    ref = kind.send("XM/dts", linked)
    sides = [Side(xn, ref), Side(xm, ref)]
    wait_for("the request", lambda: xm.ask("find", q=ref)["dossiers"])
    here = collections.Counter()
    for _ in range(STEPS_MAX):
        shown = settled(*sides)
        if shown[0]["ended"] or not kind.step(sides, shown, here):
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
        if mine["ended"] or not kind.step(sides, offers, here):
            break
    return here, (sides[0].show(),)


def play(t, how, kind, way, *where):
    """Dossiers of a kind until each of its acts was done, or nothing new is left to do."""
    ended, linked = 0, None
    while ended < DOSSIERS_MAX:
        before = len(kind.new())
        kind.dossiers += 1
        here, shown = way(kind, *where, linked)
        linked = shown[0]["ref"]
        if not all(s["ended"] for s in shown):
            break
        ended += 1
        t.note(f"{kind.instrument} {kind.kind}: {' '.join(here)} -> {shown[0]['state']}")
        if len(kind.new()) in (0, before):
            break
    t.ok(ended > 0, f"{kind.instrument} {kind.kind}, {how}, from draft to close, {ended} times")
    t.ok(not kind.new(), f"each of its {len(kind.acts)} acts was done {kind.new() or ''}")


def main():
    t = Tap()
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        for row in xn.ask("kinds")["kinds"]:
            play(t, "between two nodes", Kind(xn, row), both, xn, xm)
            theirs = Absent(xn, base.path)
            for how, absent, begin in (
                    ("asked of", "requested", lambda k, link: k.send(ALONE, link)),
                    ("asked by", "requesting", theirs.request)):
                play(t, f"{how} a State without a node", Kind(xn, row, absent), alone, xn, theirs,
                     begin)
        for node in (xn, xm):
            t.ok(node.ask("replay")["differences"] == [], f"{node.state} decides all the same")
            node.stop()
            run("-C", node.folder, "fsck")
    t.done()


if __name__ == "__main__":
    main()
