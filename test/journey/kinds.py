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
from program import answer_what_is_open

STEPS_MAX, DOSSIERS_MAX = 80, 18
# Guards of what comes by itself: for days, in truth, or when another dossier is decided.
WAITS = ("after_clock_end", "none_pending")
SAMPLE = 6  # kinds in each run; all of them with FULL=1
SEED = os.environ.get("SEED") or datetime.date.today().isoformat()
ALONE = "XL/pgo"
BETWEEN, OF, BY = ("between two nodes", "asked of a State without a node",
                   "asked by a State without a node")
LINKED = "budapest"  # the preservation that others name is asked under it: it binds them all


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
        return linked[turn % len(linked)]
    if kind == "language":
        return "en"
    if kind == "state":
        return ALONE[:2]
    return f"What is said of {row['name'].replace('_', ' ')}."[:row.get("max", 400)]


def answers(rows, linked, turn=0):
    return {r["name"]: value(r, linked, turn) for r in rows}


class Side:
    """One State's dossier: what its officer is offered, and how he does it."""

    def __init__(self, node, ref, linked=None):
        self.node, self.ref, self.linked = node, ref, linked or [ref]

    def show(self):
        return self.node.ask("show", ref=self.ref)

    def act(self, option, turn):
        self.node.ask("act", ref=self.ref, act=option["act"],
                      particulars=answers(option["particulars"], self.linked, turn))


class Absent:
    """The State without a node: what it writes comes as letters that our officer files."""

    letters = 0

    def __init__(self, node, folder, address=ALONE):
        self.node, self.folder, self.address, self.ref = node, folder, address, None

    def file(self, **what):
        Absent.letters += 1
        path = os.path.join(self.folder, f"letter-{Absent.letters}.pdf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"Letter {Absent.letters}: {what}")
        entry = json.loads(run("-C", self.node.folder, "--json", "register", path, "--from",
                               self.address, "--carriage", "post").stdout)["entry"]
        return self.node.ask("entry-file", entry=entry, again=True, **what)

    def request(self, kind, linked):
        form = kind.form()
        return self.file(**{"as": "request"}, instrument=kind.instrument, kind=kind.kind,
                         act=form["act"], particulars=answers(form["particulars"], linked))["ref"]

    def act(self, option, turn):
        self.file(**{"as": "act"}, ref=self.ref, act=option["act"],
                  particulars=answers(option["particulars"], [self.ref], turn))


def arrives(node, ref):
    def there():
        try:
            return node.ask("show", ref=ref)
        except Refused as e:
            if e.fault["code"] != "dossier-none-such":
                raise
            return None
    return wait_for("the request", there)


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
            elif r["list"] == "guards" and r["name"] in WAITS:
                waits.add(acts[-1]["name"])
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
        # What was found falls when an answer changes what it rests on, and is found again.
        often = {True: 2, False: 1}
        new = new or [r for r in goes_on
                      if here[r[1]["act"]] < often[bool(r[1].get("inward"))]] or ending
        return min(new, key=lambda r: self.done[r[1]["act"]], default=None)

    def step(self, sides, shown, here):
        """One act by whoever can do one; None when nobody can."""
        ready = [(k, o) for k, s in enumerate(shown) for o in offered(s)]
        while picked := self.pick(ready, here):
            # Of choices another each time, also where only every other dossier asks.
            turn = self.done[picked[1]["act"]] + self.dossiers // 2
            if refused := does(sides[picked[0]], picked[1], turn):
                self.refused[picked[1]["act"]] = str(refused)
                ready.remove(picked)
                continue
            self.done[picked[1]["act"]] += 1
            here[picked[1]["act"]] += 1
            return picked
        return None


def does(side, option, turn):
    """None, or why not: what it says would need another act first. A dossier that cannot be meant
    is exchanged for the next of those at hand."""
    for shift in range(len(getattr(side, "linked", " "))):
        try:
            side.act(option, turn + shift)
            return None
        except Refused as e:
            why = e
        if why.fault["code"] != "link-unfit":
            break
    return why


def offered(shown):
    return [o for o in shown["options"] if o.get("possible", True)]


def both(kind, asks, asked, to, linked):
    """One dossier between two nodes, to its end."""
    ref = kind.send(to, linked)
    sides = [Side(asks, ref, linked), Side(asked, ref, linked)]
    arrives(asked, ref)
    here = collections.Counter()
    for _ in range(STEPS_MAX):
        if not kind.step(sides, settled(*sides), here):
            break
    return here, settled(*sides)


def alone(kind, ours, theirs, begin, linked):
    """The same with a State that runs no node, which asks or is asked."""
    theirs.ref = begin(kind, linked)
    sides = [Side(ours, theirs.ref, linked), theirs]
    here = collections.Counter()
    for _ in range(STEPS_MAX):
        mine = sides[0].show()
        offers = [mine, {"options": mine.get("their_options", [])}]
        if not kind.step(sides, offers, here):
            break
    return here, (sides[0].show(),)


def play(t, how, kind, linked, way, *where):
    """Dossiers of a kind until each of its acts was done, or nothing new is left to do. Was it?"""
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
    if said:
        return False
    left = {a: kind.refused.get(a, "") for a in kind.new()}
    # What only follows when another dossier is decided, the node notes by itself (test/desk).
    left = {a: why for a, why in left.items() if not why.startswith("link-undecided")}
    return t.ok(not left, f"each of its {len(kind.acts)} acts was done {left or ''}")


def stands(node, row, to):
    """Does the instrument of a kind bind the two? The preflight of a request that says nothing yet
    tells."""
    draft = node.ask("new", instrument=row["instrument"], kind=row["kind"], to=to, particulars={})
    try:
        said = node.ask("check", **draft)
    except Refused as e:
        said = e.view
    return ("no-basis", "must") not in [(r["code"], r["grade"]) for r in said["remarks"]]


class World:
    """Norland's node, which asks; the nodes that it can ask: Meridia's, and, for what only the law
    of one State carries, that State's own; and a State without a node, which asks each of them."""

    def __init__(self, base):
        self.asks, asked = base.node("XN").start(), base.node("XM").start()
        own = base.node("AZ", options=["--training"]).start()
        self.nodes = [self.asks, asked, own]
        self.to = {asked: "XM/dts", own: answer_what_is_open(own)}
        for node in self.to:
            pin(self.asks, node)
        self.kinds = self.asks.ask("kinds")["kinds"]
        self.kept = {to: self.to_name(self.asks, to) for to in (*self.to.values(), ALONE)}
        self.absent = {node: Absent(node, base.path) for node in (self.asks, own)}
        self.kept_of = {self.asks: self.kept[ALONE], own: self.to_name(own, ALONE)}

    def to_name(self, node, to):
        """Dossiers with that State that others may name: a preservation, and of the kinds under the
        same instrument that can name it the first."""
        first = node.request(to, LINKED)["ref"]
        for row in self.kinds:
            kind = row["instrument"] == LINKED and Kind(node, row)
            if kind and any(p["type"] == "dossier" for p in kind.form()["particulars"]):
                return [first, kind.send(to, [first])]
        return [first]

    def asked_of(self, row):
        """The first node that can be asked, or None."""
        may = [n for n, to in self.to.items() if row["may_send"] and stands(self.asks, row, to)]
        return may[0] if may else None


def every_way(t, w, row, asked, played):
    """A kind between two nodes, and with a State without a node in both directions. A kind of the
    law of one State, which has a node, is never asked of another."""
    name, to = f"{row['instrument']} {row['kind']}", w.to[asked]
    home = w.asks if to[:2] == "XM" else asked
    played[BETWEEN] += play(
        t, BETWEEN, Kind(w.asks, row), w.kept[to], both, w.asks, asked, to)
    if stands(w.asks, row, ALONE):
        played[OF] += play(
            t, OF, Kind(w.asks, row, "requested"), w.kept[ALONE],
            alone, w.asks, w.absent[w.asks], lambda k, link: k.send(ALONE, link))
    else:
        t.ok(home is asked, f"{name} can be asked of {to[:2]} alone, which has a node")
    played[BY] += play(
        t, BY, Kind(w.asks, row, "requesting"), w.kept_of[home],
        alone, home, w.absent[home], w.absent[home].request)


def main():
    t, played = Tap(), collections.Counter()
    with Base() as base:
        w = World(base)
        rows = [(row, w.asked_of(row)) for row in w.kinds]
        never = [f"{r['instrument']} {r['kind']}" for r, asked in rows if not asked]
        t.ok(rows and not never,
             f"each of the {len(rows)} kinds there are can be played {never or ''}")
        rows = [r for r in rows if r[1]]
        t.note(f"SEED={SEED}")
        if not os.environ.get("FULL"):
            rows = random.Random(SEED).sample(rows, min(SAMPLE, len(rows)))
        for row, asked in rows:
            every_way(t, w, row, asked, played)
        t.ok(played[BETWEEN] == played[BY] == len(rows) > 0,
             f"{len(rows)} of {len(w.kinds)} kinds were played in this run: " +
             ", ".join(f"{played[how]} {how}" for how in (BETWEEN, OF, BY)))
        for node in w.nodes:
            t.ok(node.ask("replay")["differences"] == [], f"{node.state} decides all the same")
            node.stop()
            run("-C", node.folder, "fsck")
    t.done()


if __name__ == "__main__":
    main()
