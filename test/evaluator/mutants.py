# SPDX-License-Identifier: Apache-2.0
"""Engines that are wrong in one way each: a few words of the C changed, that file compiled anew and
linked before the others. The law files are the right ones; only the program is broken."""
import os
import shlex
import shutil
import subprocess
import tempfile

from side import PROGRAM

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.path.abspath(os.environ.get("BUILD", "build/test"))


class NotBuilt(Exception):
    """The words are not there, or not once; or the compiler says no."""


# What it is, the file, the words as they stand there once, and what stands instead.
MUTANTS = [
    ("a guard that asks for no mark", "guards.c",
     "if (!may_be_marked(j, g->mark)) no(j, g,", "if (!g) no(j, g,"),
    ("a clock that must be past its end, not at it", "guards.c",
     "j->now_ms >= c->end_ms) return;", "j->now_ms > c->end_ms) return;"),
    ("a consultation that is never strict", "guards.c",
     "f->must = r->pre_duty_strict;", "f->must = false;"),
    ("a ground that asks for no reservation", "cond.c",
     "if (r->reservation.n && (j->dossier", "if (!r && (j->dossier"),
    ("at least that leaves the least out", "cond.c", "n >= c->least", "n > c->least"),
    ("a scope that holds what is not said against a request", "cond.c",
     "if (one != LAW_NO) is = one;", "if (one == LAW_YES) is = one;"),
    ("a role for either direction", "judge.c",
     "matches(f->direction, r->direction) && ", ""),
    ("a declaration that a no fulfils", "particulars.c",
     "return !p->must_be || v->num;", "return true;"),
    ("a day that may come a day late", "particulars.c",
     "x->after ? day <= other", "x->after ? day <= other + 1"),
    ("a text of blanks of another script that counts", "particulars.c",
     "return v->kind == TREE_STR && str_is_blank(v->str);",
     "return v->kind == TREE_STR && str_trim(v->str).n == 0;"),
    ("a clock not over at its very end", "guards.c",
     "if (j->now_ms >= c->end_ms) no(j, g,", "if (j->now_ms > c->end_ms) no(j, g,"),
    ("a target of a minute less", "clocks.c",
     "+ r.length * MINUTE_MS", "+ (r.length - 1) * MINUTE_MS"),
    ("a mark left by what was not said", "verdict.c",
     "&j->row->marks[i].when) == LAW_YES)", "&j->row->marks[i].when) != LAW_NO)"),
    ("of acts that crossed, the requested State's first", "fold.c",
     "        if (is_ready(asks, gives))\n", "        if (!is_ready(gives, asks))\n"),
    ("an act that crossed taken for one that did not", "fold.c",
     "effect_of(f, e, crossed)", "effect_of(f, e, crossed && !e)"),
    ("a clock that stood still and ends as if it had run", "fold.c",
     "at_ms > c->still_ms", "at_ms < c->still_ms"),
    ("obligations that end with the dossier", "fold.c",
     "    s->ended = v->ends;\n",
     "    s->ended = v->ends;\n    if (s->ended) s->obligations_n = 0;\n"),
    ("zones that are not asked", "days.c",
     "*ms_out = minutes * MINUTE_MS;", "*ms_out = 0 * minutes;"),
    ("a midnight that no clock skips", "days.c",
     "int k = -1; k <= 1; k++", "int k = 0; k <= 0; k++"),
    ("the first State's day where both must be over", "days.c",
     "if (last ? at > out : at < out) out = at;",
     "if (out == INT64_MIN || at < out) out = at;"),
    ("an instant that falls on one day only", "days.c",
     "if (latest ? day > out : day < out) out = day;",
     "if (day > out || out == INT64_MAX) out = day;"),
    ("holidays that are worked", "days.c",
     "        out.works = false;\n        return out;", "        return out;"),
    ("days of the weekend that nobody works", "days.c", "if (out.row) out.works = true;", ""),
    ("an earlier version before a later one", "days.c",
     "n < s->calendars_n && !out.calendar; n++", "n < s->calendars_n; n++"),
    ("a weekend of Sunday alone where no calendar says", "days.c", "weekday < 5", "weekday < 6"),
    ("of both States' working days one's", "days.c",
     "works = works && said.works;", "works = said.works;"),
    ("a duty with the number of the State that acts", "clocks.c",
     "c->duty ? d->state[c->whose] : j->who->state", "j->who->state"),
    ("a renewal due before the first day", "clocks.c", "if (day < r.first) day = r.first;", ""),
    ("a renewal that does not wait with its clock", "fold.c",
     "if (c->renew_ms) c->renew_ms += for_ms;", ""),
    ("a clock that no mark suspends", "fold.c", "in_state || by_mark", "in_state || !f"),
    ("a clock that no state stops", "fold.c", "in_state || by_mark", "by_mark || !f"),
    ("an instrument in force by the day of UTC", "days.c",
     "law_day_of(&d, both, j->act->at_ms, false)", "day_of_ms(j->act->at_ms)"),
    ("a calendar's end that is told by the last clock", "clocks.c",
     " && !ran[s]) ran[s]", ") ran[s]"),
    ("a finding that outlives what it was made on", "fold.c", "e->act.seen < f->changed",
     "e->act.seen < f->changed - INT64_MAX"),
    ("a clock that starts whatever its row asks", "clocks.c",
     "if (!has_end(j, c) || !starts_here(j, c)) continue;", "if (!has_end(j, c)) continue;"),
    ("an authority that may not even say it is the wrong one", "judge.c",
     "j->who->system || j->row->functionless", "j->who->system"),
]


def commands():
    """How ninja compiles each file of the law, and how it links the program."""
    said = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", os.path.relpath(PROGRAM, BUILD)],
                          capture_output=True, text=True, check=True).stdout.splitlines()
    return said, [line for line in said if "-o test/evaluator/comity-decide " in line][-1]


def words_of(command, out, swap):
    """A command of ninja's with other files in it."""
    words = [swap.get(word, word) for word in shlex.split(command)]
    words = [word for word in words if not word.startswith("rm")]
    words[words.index("-o") + 1] = out
    return words


def run(words):
    said = subprocess.run(words, cwd=BUILD, capture_output=True, text=True)
    if said.returncode:
        raise NotBuilt(said.stderr[-600:])


def built(folder, file, old, new):
    """The program with one file of the law changed."""
    source = os.path.join(ROOT, "src", "law", file)
    with open(source, encoding="utf-8") as f:
        text = f.read()
    if text.count(old) != 1:
        raise NotBuilt(f"src/law/{file} has {text.count(old)} times: {old}")
    changed, made = os.path.join(folder, file), os.path.join(folder, "changed.o")
    with open(changed, "w", encoding="utf-8") as f:
        f.write(text.replace(old, new))
    every, link = commands()
    compiled = [line for line in every if line.endswith(f"src/law/{file}")][-1]
    theirs = shlex.split(compiled)[-1]
    words = words_of(compiled, made, {theirs: changed})
    # Its own words about what is left unused are not what is asked here.
    run([word for word in words if word != "-Werror"] + ["-w"])
    program = os.path.join(folder, "comity-decide")
    words = words_of(link, program, {})
    run(words[:words.index("-o") + 2] + [made] + words[words.index("-o") + 2:])
    return program


class Mutant:
    """`with Mutant(file, old, new) as program`: it is gone afterwards."""

    def __init__(self, file, old, new):
        self.change = file, old, new

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="comity-mutant-")
        return built(self.folder, *self.change)

    def __exit__(self, *what):
        shutil.rmtree(self.folder)
