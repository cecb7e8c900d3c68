# SPDX-License-Identifier: Apache-2.0
"""How a random history gets to a row that chance alone would seldom reach: which act comes next on
the way to it. What it proposes may still be refused; the evaluator says so."""

DEPTH = 4


def leaves(row, mark):
    """A clock that runs is asked for like a mark."""
    return row.get("mark") == mark or any(m["mark"] == mark for m in row.get("marks", [])) or \
        any("clock " + clock == mark for clock in row.get("starts", []))


def needs(row, chance):
    """The marks and clocks a row's guards ask for."""
    wanted = []
    for guard in row.get("guards", []):
        if guard["guard"] in ("has_mark", "scope_not_met") and chance.random() < 0.93:
            wanted.append(guard["mark"])
        elif guard["guard"] == "no_mark" and not leaves(row, guard["mark"]) and \
                chance.random() < 0.15:
            wanted.append(guard["mark"])  # to be stopped by it
        elif guard["guard"] in ("after_clock_end", "before_clock_end"):
            wanted.append("clock " + guard["clock"])
        elif guard["guard"] == "day_not_earlier" and chance.random() < 0.8:
            wanted.append("clock " + guard["clock"])
        elif guard["guard"] == "any_mark":
            wanted.append(chance.choice(guard["marks"]))
        elif guard["guard"] == "holds" and "mark" in guard["when"] and \
                not guard["when"].get("not"):
            wanted.append(guard["when"]["mark"])
    return wanted


class Aim:
    def __init__(self, kind, row, ground, chance):
        self.kind, self.row, self.ground, self.chance = kind, row, ground, chance
        self.wanted = set()
        self.own = needs(row, chance)
        duty = (kind.grounds.get(ground) or {}).get("pre_duty")
        if duty and chance.random() < 0.8:
            self.own.append(duty["duty"])
        self.repeats = chance.random() < 0.5 and any(
            g["guard"] == "no_mark" and leaves(row, g["mark"]) for g in row.get("guards", []))
        self.repeated = False

    def is_over(self, row, allowed):
        """After an act. A row that stops itself by what it leaves is gone to once more, as the
        dossier then stands: what it asked for may be gone, and cannot come again."""
        if row is not self.row:
            return False
        if allowed and self.repeats and not self.repeated:
            self.repeated, self.own = True, []
            return False
        return allowed or self.repeated

    def next(self, state, marks):
        """The row to take next, or None where the way is not known."""
        return self.toward(self.row, self.own, state, marks, DEPTH)

    def toward(self, row, wanted, state, marks, depth):
        if depth == 0:
            return None
        for mark in wanted:
            if mark in marks:
                continue
            givers = [r for r in self.kind.lifecycle.values() if leaves(r, mark)]
            here = [r for r in givers if state in r["from"]] or givers
            if here:
                giver = self.chance.choice(here)
                self.wanted.add(mark)
                step = self.toward(giver, needs(giver, self.chance), state, marks, depth - 1)
                if step:
                    return step
        waits = self.chance.random() < 0.9 and \
            any(mark.startswith("pending ") for mark in marks)
        if waits and any(g["guard"] == "none_pending" for g in row.get("guards", [])):
            settling = [r for r in self.kind.lifecycle.values()
                        if "settles" in r and state in r["from"]]
            if settling:
                return self.chance.choice(settling)
        if state in row["from"]:
            return row
        step = self.path(state, set(row["from"]))
        if step is None:
            return None
        return self.toward(step, needs(step, self.chance), state, marks, depth - 1)

    def path(self, state, ends):
        """The first row of a shortest way from a state to one of others."""
        reached, edge = {state}, [(state, None)]
        for at, first in edge:
            rows = list(self.kind.lifecycle.values())
            self.chance.shuffle(rows)
            for row in rows:
                to = row.get("to")
                if at not in row["from"] or not to or to in reached:
                    continue
                if to in ends:
                    return first or row
                reached.add(to)
                edge.append((to, first or row))
        return None
