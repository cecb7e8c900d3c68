#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two nodes that do not reach each other, and a stick between them: cut, brought twice, brought in
another order, with names that lie. Each request is there once, and each has its receipt."""

import collections
import json
import os
import random
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Tap, free_port, pin, run, wait_for  # noqa: E402

SEED = int(os.environ.get("SEED") or 20261127)
REQUESTS, VISITS_MAX = 12, 60
HARMS = ("cut", "lost", "altered", "lie", "rubbish")


def apart(a, b):
    """From here on neither node listens where the other looks for it."""
    for node, other in ((a, "XM/dts"), (b, "XN/csb")):
        node.stop()
        path = os.path.join(node.folder, "comity.yaml")
        with open(path) as f:
            text = f.read()
        with open(path, "w") as f:
            f.write(text.replace(f"port: {node.port}\n", f"port: {free_port()}\n", 1)
                    + f'carried: ["{other}"]\n')
        node.start()


def brought(node):
    """Whether all that was carried here has been taken."""
    return not os.listdir(os.path.join(node.folder, "carried", "new"))


def carry(node, stick):
    view = json.loads(run("-C", node.folder, "carry", stick, "--json").stdout)
    wait_for("what was brought to be taken", lambda: brought(node))
    return view


def harm(draw, stick, done):
    """One thing that happens to sticks, the seldom ones first. What it did is counted."""
    files = sorted(f for f in os.listdir(stick) if not f.startswith("."))
    parcels = [f for f in files if f.endswith(".parcel")]
    what = min(draw.sample(HARMS, len(HARMS)), key=lambda h: done[h])
    if what == "rubbish":
        with open(os.path.join(stick, f"XN_csb~XM_dts~{draw.getrandbits(128):032x}.parcel"),
                  "wb") as f:
            f.write(draw.randbytes(500))
    elif not parcels:
        return
    else:
        path = os.path.join(stick, draw.choice(parcels))
        with open(path, "rb") as f:
            data = f.read()
        if what == "lost":
            os.remove(path)
        if what == "cut":
            with open(path, "wb") as f:
                f.write(data[:draw.randrange(len(data))])
        if what == "altered":
            at = draw.randrange(len(data))
            with open(path, "wb") as f:
                f.write(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
        if what == "lie":  # a receipt that is none, and a parcel under another's name
            shutil.copy(path, path.replace(".parcel", ".receipt"))
            shutil.copy(path, os.path.join(
                stick, f"XN_csb~XM_dts~{draw.getrandbits(128):032x}.parcel"))
    done[what] += 1


def waiting(*nodes):
    return sum(n.ask("status")["not_yet_held_by_peer"] for n in nodes)


def visits(base, draw, xn, xm, harms):
    """To and fro until nothing waits; half of the ways the stick comes to harm."""
    stick = os.path.join(base.path, "stick")
    os.makedirs(stick, exist_ok=True)
    copies = 0
    for visit in range(VISITS_MAX):
        for node in (xn, xm):
            carry(node, stick)
            for _ in range(3 if harms is not None and visit < 4 else 0):
                harm(draw, stick, harms)
            if harms is not None and draw.random() < 0.5:  # brought twice, from a copy
                other = stick + "-copy"
                shutil.rmtree(other, ignore_errors=True)
                shutil.copytree(stick, other)
                carry(xm if node is xn else xn, other)
                copies += 1
        if not waiting(xn, xm):
            return visit + 1, copies
    raise AssertionError(f"{waiting(xn, xm)} parcels wait after {VISITS_MAX} visits")


def quiet_after(base, xn, xm):
    """What crossed with the last receipts is answered once more, and then no more."""
    stick = os.path.join(base.path, "stick")
    for k in range(1, 6):
        views = [carry(node, stick) for node in (xn, xm)]
        if not any(v["given"] + v["taken"] for v in views):
            return k
    return 0


def main():
    tap, draw, harms = Tap(), random.Random(SEED), collections.Counter()
    tap.note(f"seed {SEED}")
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        apart(xn, xm)
        sent = [xn.request("XM/dts", facts=f"Case {k}")["ref"] for k in range(REQUESTS)]
        wait_for("parcels to lie ready", lambda: len(os.listdir(
            os.path.join(xn.folder, "carried", "out"))) == REQUESTS)
        n, copies = visits(base, draw, xn, xm, harms)
        there = xm.ask("list")["dossiers"]
        tap.ok(len(there) == REQUESTS, f"{len(there)} of {REQUESTS} requests are there, each once, "
               f"after {n} visits")
        tap.ok(all(harms[h] for h in HARMS) and copies > 0,
               f"{sum(harms.values())} harms {dict(harms)}, {copies} times brought twice")
        for d in there:
            xm.ask("act", ref=d["ref"], act="acknowledge")
        visits(base, draw, xn, xm, None)
        states = collections.Counter(xn.ask("show", ref=r)["state"] for r in sent)
        theirs = collections.Counter(xm.ask("show", ref=d["ref"])["state"] for d in there)
        tap.ok(states == theirs, f"both halves are the same: {dict(states)}")
        last = sorted(os.listdir(os.path.join(base.path, "stick")))
        kept = [f for f in last if f.endswith(".parcel") and f.split("~")[0] == "XN_csb" and
                os.path.exists(os.path.join(xn.folder, "carried", "out", f))]
        tap.ok(not kept, f"no parcel of ours waits in the folder any more {kept[:2]}")
        rounds = quiet_after(base, xn, xm)
        tap.ok(rounds, f"and after {rounds} more visits nothing is left to be carried")
        for node in (xn, xm):
            node.stop()
            tap.ok(run("-C", node.folder, "fsck", "--json", want=None).returncode == 0,
                   f"fsck of {node.state} finds nothing")
    tap.done()


if __name__ == "__main__":
    main()
