#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of each process of a node, twenty times each under load from both sides, at moments drawn from
a printed seed, while officers look at their pages. Nothing acknowledged is lost, nothing is applied twice, and the other processes stay:
the same pids before and after. A harness that hit nothing fails."""

import os
import random
import signal
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
from node import Base, Gone, Tap, pin, wait_for  # noqa: E402
from officers import Load, dossiers, refs  # noqa: E402
from pages import Readers  # noqa: E402

MOMENTS = 20
SEED = int(os.environ.get("SEED") or 20261126)
VICTIMS = ["keeper", "reader", "courier", "desk", "front-peers"]
PAGES = ["front-officers", "printer"]  # while officers look at their pages


def processes(node):
    return {p["process"]: p["pid"] for p in node.ask("status")["processes"]}


def known(node):
    """The processes, also while the desk is being started again."""
    def look():
        try:
            got = processes(node)
            return got if set(VICTIMS + PAGES) <= set(got) else None
        except Gone:
            return None
    return wait_for("the node to answer", look)


def sweep(tap, draw, node, loads, name):
    hits = others = 0
    for _ in range(MOMENTS):
        before = known(node)
        threading.Event().wait(draw.uniform(0.02, 0.4))
        under_way = sum(load.open for load in loads)
        os.kill(before[name], signal.SIGKILL)
        after = wait_for("another " + name,
                         lambda: (lambda now: now if now[name] != before[name] else None)(known(node)))
        hits += under_way > 0
        changed = [p for p in before if p != name and before[p] != after[p]]
        others += len(changed)
        if changed:
            tap.note(f"with {name} went {', '.join(changed)}")
    tap.ok(hits >= MOMENTS * 3 // 4, f"{name}: {MOMENTS} kills, {hits} of them while requests were open")
    tap.ok(others == 0, f"{name}: the other processes kept their pids")


def settle(nodes):
    for n in nodes:
        wait_for(f"what {n.state} sent to be held",
                 lambda: n.ask("status")["not_yet_held_by_peer"] == 0, 300)


def a_dying_node_is_waited_for(tap, node):
    """Processes whose broker was killed may hold the socket a moment longer than the lock. Held here
    until the node that starts has knocked, so it has met it at least once."""
    path = os.path.join(node.folder, "comity.sock")
    holder = socket.socket(socket.AF_UNIX)
    holder.bind(path)
    holder.listen(8)
    knocks = []

    def let_go():
        knocks.append(holder.accept())
        holder.close()

    waiter = threading.Thread(target=let_go, daemon=True)
    waiter.start()
    node.start()
    waiter.join(60)
    tap.ok(len(knocks) == 1 and node.ask("status")["state"] == node.state,
           "a node that is started while the last one's socket is still held waits, and serves")
    node.stop()


def main():
    tap = Tap()
    draw = random.Random(SEED)
    tap.note(f"seed {SEED}")
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        loads, readers = [Load(xn, "XM/dts"), Load(xm, "XN/csb")], Readers(xm)
        for load in [*loads, readers]:
            load.run()
        for name in VICTIMS:
            sweep(tap, draw, xm, loads, name)
        for load in loads:
            load.stop()
        for name in PAGES:
            sweep(tap, draw, xm, [readers], name)
        readers.stop()
        tap.ok(readers.seen > MOMENTS and not readers.wrong,
               f"{readers.seen} pages seen, of other answers {readers.wrong[:9]}")
        settle((xn, xm))
        for load in loads:
            there = refs(load.node)
            lost = [r for r in load.acknowledged if r not in there]
            tap.ok(len(load.acknowledged) > MOMENTS and not lost,
                   f"{load.node.state}: {len(load.acknowledged)} requests acknowledged, "
                   f"{len(lost)} lost, {load.refused} refused for the moment")
        ours, theirs = (sorted(d["dossier"] for d in dossiers(n)) for n in (xn, xm))
        tap.ok(ours == theirs and len(set(ours)) == len(ours),
               f"every dossier is at both nodes, once ({len(ours)} and {len(theirs)})")
        twice = [d["ref"] for n in (xn, xm) for d in dossiers(n)
                 if len(n.ask("show", ref=d["ref"])["acts"]) != 1]
        tap.ok(not twice, "nothing was applied twice")
        for n in (xn, xm):
            n.ask("fsck")
            tap.ok(True, f"fsck of {n.state} finds nothing")
            n.stop()
        a_dying_node_is_waited_for(tap, xn)
    tap.done()


main()
