# SPDX-License-Identifier: Apache-2.0
"""A treaty that nobody made, its protocol and three States (test/law/made_up) are added to the
program as files and as nothing else; then its kinds are played by real nodes, between two and with
a State that runs none, as kinds.py plays all others. COMITY names the program built with those
files, from the objects of the one without them."""

import json
import os
import subprocess

import kinds
from kinds import Absent, Kind, arrives, play, stands
from node import COMITY, Base, Refused, Tap, pin, run

PACT, PROTOCOL = "seed-pact lend", "seed-protocol lend-at-once"
ASKED, ALONE = "QB/barn", "QC/barn"


def kinds_of(program):
    said = subprocess.run([program, "law", "--kinds", "--json"], stdout=subprocess.PIPE, check=True)
    return {f"{r['in']} {r['name']}" for r in json.loads(said.stdout)["kinds"]}


def refused(t, what, code, article, do):
    try:
        do()
        t.ok(False, f"{what} is refused")
    except Refused as e:
        musts = [r for r in (e.view or {}).get("remarks", []) if r["grade"] == "must"]
        said = [(r["code"], r["article"]) for r in musts] or [(e.fault["code"], e.fault["article"])]
        t.ok(said == [(code, article)], f"{what} is refused: {said}")


def draft(node, row, to, **says):
    return node.ask("new", instrument=row["instrument"], kind=row["kind"], to=to,
                    particulars=says)["draft"]


def forbidden(t, qa, qb, row):
    """What the files rule out is refused by their articles, before it leaves and over there."""
    for sacks, code, says in (("no", "particulars-missing", {}),
                              ("100", "particular-form", {"sacks": 100})):
        refused(t, f"a request for {sacks} sacks", code, "seed-pact 1",
                lambda: qa.ask("send", draft=draft(qa, row, ASKED, season="spring", **says)))
    ref = qa.ask("send", draft=draft(qa, row, ASKED, sacks=12))["ref"]
    arrives(qb, ref)
    refused(t, "to give before it is promised", "agreement-needed", "seed-pact 2(1)",
            lambda: qb.ask("act", ref=ref, act="give", particulars={}))
    for ground, article in (("envy", "seed-pact 1"), ("flood", "seed-pact 2(1)")):
        refused(t, f"the ground {ground}", "ground-not-allowed", article,
                lambda: qb.ask("act", ref=ref, act="refuse",
                               particulars={"ground": ground, "reasons": "So it is."}))
    return ref


def clocks(t, qa, qb, row, ref, theirs):
    """The number of the State that acts, and that of the treaty where it has none; one proof."""
    qb.ask("act", ref=ref, act="promise", particulars={})
    kinds.settled(kinds.Side(qa, ref), kinds.Side(qb, ref))
    proofs = [run("-C", n.folder, "law", "clock", ref, "--json").stdout for n in (qa, qb)]
    t.ok(proofs[0] == proofs[1], "both nodes prove the date of the reply by the same bytes")
    theirs.ref = qa.ask("send", draft=draft(qa, row, ALONE, sacks=2))["ref"]
    theirs.file(**{"as": "act"}, ref=theirs.ref, act="promise", particulars={})
    for who, proof, days, of in (
            (ASKED, proofs[0], 20, "setting"),
            (ALONE, run("-C", qa.folder, "law", "clock", theirs.ref, "--json").stdout, 30, "row")):
        clock = json.loads(proof)["clocks"][0]
        t.ok((clock["clock"], clock["length"], clock["of"]) == ("reply", days, of),
             f"{who} has {clock['length']} days, as its {clock['of']} says")


def main():
    t = Tap()
    added = kinds_of(COMITY) - kinds_of(os.path.join(os.path.dirname(COMITY), "comity"))
    t.ok(added == {PACT, PROTOCOL}, f"the files add kinds to the program: {sorted(added)}")
    with Base() as base:
        qa, qb = base.node("QA").start(), base.node("QB").start()
        pin(qa, qb)
        rows = {f"{r['instrument']} {r['kind']}": r
                for r in qa.ask("kinds")["kinds"] if r["may_send"]}
        t.ok(set(rows) == {PACT, PROTOCOL}, f"its States may send only those: {sorted(rows)}")
        theirs = Absent(qa, base.path, ALONE)
        for name, row in rows.items():
            play(t, kinds.BETWEEN, Kind(qa, row), None, kinds.both, qa, qb, ASKED)
            bound = stands(qa, row, ALONE)
            t.ok(bound == (name == PACT), f"{name} binds {ALONE}: {bound}")
            if bound:
                play(t, kinds.OF, Kind(qa, row, "requested"), None, kinds.alone, qa, theirs,
                     lambda k, link: k.send(ALONE, link))
                play(t, kinds.BY, Kind(qa, row, "requesting"), None, kinds.alone, qa, theirs,
                     theirs.request)
        beyond = draft(qa, rows[PROTOCOL], ALONE, sacks=3, season="spring")
        refused(t, f"the protocol's kind, asked of {ALONE},", "no-basis", "seed-protocol 2(1)",
                lambda: qa.ask("send", draft=beyond))
        clocks(t, qa, qb, rows[PACT], forbidden(t, qa, qb, rows[PACT]), theirs)
        for node in (qa, qb):
            t.ok(node.ask("replay")["differences"] == [], f"{node.state} decides all the same")
            node.stop()
            run("-C", node.folder, "fsck")
    t.done()


if __name__ == "__main__":
    main()
