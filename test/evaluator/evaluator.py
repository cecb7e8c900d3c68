# SPDX-License-Identifier: Apache-2.0
"""Suite evaluator: the law asked twice. comity-decide says what law_decide, law_record and law_fold
answer to random histories; judge.py and fold.py, written from law/README.md and law/law.h without
sight of the engine, say what they should. Every answer is compared whole.

SEED chooses other histories, FULL=1 plays 100,000, HISTORY=n plays one and prints it."""
import json
import multiprocessing
import os
import random
import sys

from broken import BROKEN, NotThere, broken
from generate import Counts, History
from known import KNOWN, UNREACHED
from made import with_made_states
from mutants import MUTANTS, Mutant, NotBuilt
from reckon import MET, clock_sort
from side import Refused, Side, line
from tables import Tables, read_folder, with_overlay

HERE = os.path.dirname(os.path.abspath(__file__))
FULL = bool(os.environ.get("FULL"))
SEED = int(os.environ.get("SEED") or "20261127")
HISTORIES = 160000 if FULL else 4000
BROKEN_HISTORIES = 3000
MUTANT_HISTORIES = 9000
WHOLE_HISTORIES = 600
SHOWN = 3


def law_files():
    root = os.path.join(HERE, "..", "..")
    return with_made_states(with_overlay(read_folder(os.path.join(root, "law")),
                                         read_folder(os.path.join(HERE, "law"))))


def all_kinds(tables):
    return [kind for i in tables.instruments.values() for kind in i.kinds.values()]


def differs(got, want, path=""):
    """Where two answers differ, in words."""
    if isinstance(got, dict) and isinstance(want, dict):
        return [d for key in sorted(set(got) | set(want))
                for d in differs(got.get(key), want.get(key), f"{path}.{key}")]
    if got == want:
        return []
    return [f"{path[1:]}: the program says {line(got)}, the evaluator {line(want)}"]


def compare(side, history, number):
    """None, or what a person needs to see the first difference of a history."""
    got, want = side.ask(history.asked()), json.loads(line(history.answers))
    for at, (a, b) in enumerate(zip(got, want)):
        if a != b:
            before = [f"{s['side']} {s['act']['act']} {line(s['act']['particulars'])}"
                      for s in history.steps[:at + 1] if "act" in s]
            where = f"HISTORY={number} {history.kind.name}, step {at}"
            return [f"{where}: {line(history.steps[at])}"] + \
                differs(a, b) + ["after " + "; ".join(before)]
    return None


def play(part):
    """A worker's share: its counts, and the first differences."""
    first, after = part
    files = law_files()
    tables, side, counts, found = Tables(files), Side(files), Counts(), []
    kinds = all_kinds(tables)
    # Histories choose by what their share met so far: HISTORY=n plays a share anew up to n.
    for number in range(first, after):
        history = History(tables, kinds, random.Random(f"{SEED} {number}"), counts).play()
        told = compare(side, history, number)
        if told:
            found.append(told)
            if len(found) >= SHOWN:
                break
    side.end()
    return counts, found


def shares(total, each=1000):
    return [(at, min(at + each, total)) for at in range(0, total, each)]


def changed(tables, files):
    """The kinds that a change of the files changes; of a calendar, those that ask for one."""
    def raw(kind):
        return line([kind.raw, kind.roles])

    other = {(k.instrument.name, k.name): raw(k) for k in all_kinds(Tables(files))}
    return [k for k in all_kinds(tables) if other.get((k.instrument.name, k.name)) != raw(k)] or \
        [k for k in all_kinds(tables) if any("count" in c for c in k.clocks.values())]


def catch(name):
    """How many histories it took to see that the tables are wrong, or why none did."""
    files = law_files()
    tables, counts = Tables(files), Counts()
    try:
        wrong = broken(files, BROKEN[name])
        kinds = changed(tables, wrong)
        side = Side(wrong)
    except (NotThere, Refused) as why:
        return name, None, f"{type(why).__name__}: {why}"
    for number in range(BROKEN_HISTORIES):
        history = History(tables, kinds, random.Random(f"{SEED} {name} {number}"), counts).play()
        if compare(side, history, number):
            side.end()
            return name, number + 1, ""
    side.end()
    return name, None, f"{BROKEN_HISTORIES} histories of {len(kinds)} kinds agree"


def first_difference(program, histories, seed):
    """How many histories of all kinds it took to see that a program is wrong; None: it is not."""
    files = law_files()
    tables, side, counts = Tables(files), Side(files, program), Counts()
    kinds = all_kinds(tables)
    took = None
    for number in range(histories):
        history = History(tables, kinds, random.Random(f"{SEED} {seed} {number}"), counts).play()
        try:
            differs_here = compare(side, history, number)
        except EOFError:  # it ended, as a program does that checks itself
            return number + 1
        if differs_here:
            took = number + 1
            break
    side.end()
    return took


def catch_mutant(number):
    """An engine of changed C, beside the right law files."""
    says, file, old, new = MUTANTS[number]
    try:
        with Mutant(file, old, new) as program:
            took = first_difference(program, MUTANT_HISTORIES, says)
    except NotBuilt as why:
        return says, None, str(why)
    return says, took, f"{MUTANT_HISTORIES} histories agree"


def whole_agrees():
    """The same way of building, with nothing changed, changes nothing."""
    with Mutant("fold.c", '"took-effect"', '"took-effect"') as program:
        return first_difference(program, WHOLE_HISTORIES, "whole")


# ---- what has to be met -------------------------------------------------------------------------

def shuts_out(kind):
    """Can a scope be answered no? Not where the kind is open for any offence, nor where it asks
    only that something be named: what is not said leaves it open."""
    scope = kind.instrument.scopes.get(kind.raw.get("scope"))
    flags = {name for name, p in kind.particulars.items() if p["type"] == "flag"}
    return bool(scope) and not any(set(when) <= {"particular"} and when["particular"] not in flags
                                   for when in scope["accepts"])


def unmet(tables, counts):
    """Rows, guards and grounds that were not met often enough, or not both ways."""
    low = []
    for kind in all_kinds(tables):
        name = kind.instrument.name, kind.name
        for row in kind.lifecycle.values():
            taken = counts.rows.get(name + (row["act"],), [0, 0])[0]
            if taken < 20:
                low.append(("row", *name, row["act"], f"taken {taken} times"))
            for at, guard in enumerate(row.get("guards", [])):
                both = counts.guards.get(name + (row["act"], at, guard["guard"]), [0, 0])
                free = guard["guard"] == "in_scope" and not shuts_out(kind)
                if not both[0] or not (both[1] or free):
                    low.append(("guard", *name, row["act"], guard["guard"],
                                f"passed {both[0]} times, stopped {both[1]}"))
        for ground in list(kind.grounds) + list(kind.forbidden_grounds):
            both = counts.grounds.get(name + (ground,), [0, 0])
            row = kind.grounds.get(ground)
            # A ground without a condition is shut to nobody.
            bound = not row or "reservation" in row or "when" in row or \
                row.get("pre_duty", {}).get("strict")
            if (bound and not both[1]) or (row and not both[0]):
                low.append(("ground", *name, ground, f"open {both[0]} times, shut {both[1]}"))
    return [what for what in low if what[:5] not in UNREACHED] + \
        [what + ("is met both ways after all",) for what in UNREACHED
         if what not in [one[:5] for one in low]]


def unreckoned(tables, counts):
    """What the clocks of histories did not meet, or in a whole run not 20 times."""
    sorts = {clock_sort(clock) for kind in all_kinds(tables) for clock in kind.clocks.values()}
    met = {what: counts.reckoned.get(what, [0])[0] for what in sorted(sorts) + list(MET)}
    return [f"{what}: {n} times" for what, n in met.items() if n < (20 if FULL else 1)]


class Tap:
    def __init__(self):
        self.n = self.bad = 0

    def test(self, says, findings):
        self.n += 1
        self.bad += bool(findings)
        print(f"{'not ' if findings else ''}ok {self.n} - {says}", flush=True)
        for finding in findings:
            print(f"# {finding}"[:4000], flush=True)

    def end(self):
        print(f"1..{self.n}")
        return 1 if self.bad else 0


def report(tables, counts):
    rows = [pair[0] for pair in counts.rows.values()]
    print(f"# {counts.histories} histories, {counts.steps} steps, {counts.allowed} allowed "
          f"({100 * counts.allowed // max(1, counts.steps)} %), {counts.crossed} acts crossed, "
          f"{counts.kept_wrong} came though they were not allowed")
    print(f"# {len(all_kinds(tables))} kinds, {sum(len(k.lifecycle) for k in all_kinds(tables))} "
          f"rows, the seldom taken {min(rows, default=0)} times; "
          f"{len(counts.guards)} guards, {len(counts.grounds)} grounds")
    print("# " + ", ".join(f"{code} {sum(pair)}" for code, pair in
                           sorted(counts.codes.items(), key=lambda c: -sum(c[1]))))
    for what, pair in sorted(counts.reckoned.items()):
        print(f"# {pair[0]:7} {what}")
    for name, says in KNOWN.items():
        print(f"# known difference {name}: {says}")


def one(number):
    files = law_files()
    tables, side = Tables(files), Side(files)
    first = number // 1000 * 1000
    counts = Counts()
    for at in range(first, number + 1):
        history = History(tables, all_kinds(tables), random.Random(f"{SEED} {at}"), counts).play()
    for step, got, want in zip(history.steps, side.ask(history.asked()),
                               json.loads(line(history.answers))):
        print(line(step))
        print("\n".join(["  " + d for d in differs(got, want)] or ["  the same"]))
    return side.end()


def main():
    if "HISTORY" in os.environ:
        return one(int(os.environ["HISTORY"]))
    print(f"# SEED={SEED}")
    tap, counts, found = Tap(), Counts(), []
    tables = Tables(law_files())
    with multiprocessing.Pool(min(4, os.cpu_count() or 1)) as pool:
        for share, told in pool.imap_unordered(play, shares(HISTORIES)):
            counts.merge(share)
            found += told
        report(tables, counts)
        tap.test(f"the program and the evaluator agree on {counts.histories} histories",
                 [d for told in found[:SHOWN] for d in told])
        tap.test("at least 40 % of the steps are allowed",
                 [] if counts.allowed * 100 >= counts.steps * 40 else [str(counts.allowed)])
        tap.test("acts cross, and some come that were not allowed",
                 [] if counts.crossed and counts.kept_wrong else ["none did"])
        tap.test("every way of reckoning a clock is met", unreckoned(tables, counts))
        low = unmet(tables, counts)
        if FULL:
            tap.test("every row is taken 20 times, every guard and ground met both ways",
                     [" ".join(map(str, what)) for what in low])
        else:
            print(f"# {len(low)} rows, guards and grounds want more histories than these")
            taken = sum(pair[0] > 0 for pair in counts.rows.values())
            tap.test("nine of ten rows are taken",
                     [] if taken * 10 >= 9 * sum(len(k.lifecycle) for k in all_kinds(tables))
                     else [f"{taken} are"])
        for name, took, why in pool.imap(catch, BROKEN):
            tap.test(f"{name} is caught" + (f", after {took} histories" if took else ""),
                     [] if took else [why])
        caught = 0
        for says, took, why in pool.imap(catch_mutant, range(len(MUTANTS))):
            caught += bool(took)
            tap.test(f"a broken engine is caught: {says}" +
                     (f"; after {took} histories" if took else ""), [] if took else [why])
        print(f"# {caught} of {len(MUTANTS)} broken engines are caught")
    took = whole_agrees()
    tap.test("the same engine, built as they were and not broken, agrees",
             [f"it differs after {took} histories"] if took else [])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
