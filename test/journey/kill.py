#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at moments drawn from a printed seed, in the middle of sending and of intake under load.

After each restart: whatever was acknowledged is there (to the officer: held here; to the sender: held
by the other State), and nothing was applied twice. A harness that hit no open work fails."""

import os
import random
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Gone, Tap, pin, wait_for  # noqa: E402
from officers import Load, dossiers, refs  # noqa: E402

MOMENTS = 20
SEED = int(os.environ.get("SEED") or 20261124)


def held(node, ref):
    acts = node.ask("show", ref=ref)["acts"]
    return acts[0]["level"] == "held"


def sweep(tap, draw, victim, sender, receiver, name):
    load = Load(sender, "XM/dts")
    load.run()
    hits = 0
    for k in range(MOMENTS):
        threading.Event().wait(draw.uniform(0.05, 0.6))
        waiting = 0
        if victim is receiver:
            try:
                waiting = sender.ask("status")["not_yet_held_by_peer"]
            except Gone:
                pass
        with load.lock:
            under_way = load.open if victim is sender else waiting
        hits += under_way > 0
        victim.kill()
        victim.start()
    load.stop()
    tap.note(f"{name}: {MOMENTS} kills, {hits} hit open work, "
             f"{len(load.acknowledged)} requests acknowledged")
    there = refs(sender)
    lost = [r for r in load.acknowledged if r not in there]
    tap.ok(load.acknowledged and not lost, f"{name}: nothing acknowledged to an officer is lost")
    wait_for("everything to be held", lambda: sender.ask("status")["not_yet_held_by_peer"] == 0,
             300)
    ours = sorted(d["dossier"] for d in dossiers(sender))
    theirs = sorted(d["dossier"] for d in dossiers(receiver))
    tap.ok(ours == theirs and len(set(theirs)) == len(theirs),
           f"{name}: every dossier is at both nodes, once ({len(ours)} and {len(theirs)})")
    twice = [d["ref"] for d in dossiers(receiver)
             if len(receiver.ask("show", ref=d["ref"])["acts"]) != 1]
    tap.ok(not twice, f"{name}: nothing was applied twice")
    return hits


def main():
    tap = Tap()
    draw = random.Random(SEED)
    tap.note(f"seed {SEED}")
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        hits = sweep(tap, draw, xn, xn, xm, "in the middle of sending")
        hits += sweep(tap, draw, xm, xn, xm, "in the middle of intake")
        tap.ok(hits >= 30, f"{hits} of {2 * MOMENTS} kills hit open work")
        for n in (xn, xm):
            n.ask("fsck")
            tap.ok(True, f"fsck of {n.state} finds nothing")
            n.stop()
    tap.done()


main()
