#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""delivery.py [--json] [ROUNDS]: from "send" to "held by the other State's node".

Two nodes as they are served, split into their processes, over TLS on loopback, each syncing its
database. One request after the other is drafted, and the time runs from the order to send it until
the sending node holds the receipt, checked and durable. Beside it stands, from the same run and on
the same disk, what no delivery can leave out: a signature and a synced write on each side."""

import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BUILD", "build/bench")
sys.path.insert(0, os.path.join(HERE, "..", "test", "journey"))
os.environ.setdefault("COMITY", os.path.join(BUILD, "comity"))
from node import Base, REQUEST, pin  # noqa: E402

REQUESTS = 100  # a round
WARM = 20
GIVE_UP_S = 30


def centile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def held_after(node):
    """Microseconds from the order to send until it is held there."""
    draft = node.ask("new", kind="preservation", to="XM/dts", particulars=REQUEST)["draft"]
    began = time.monotonic()
    ref = node.ask("send", draft=draft)["ref"]
    while node.ask("show", ref=ref)["acts"][0]["level"] != "held":
        if time.monotonic() - began > GIVE_UP_S:
            raise SystemExit(f"delivery: {ref} is not held after {GIVE_UP_S} s")
    return (time.monotonic() - began) * 1e6


def deliveries(base, n):
    xn, xm = base.node("XN").start(), base.node("XM").start()
    pin(xn, xm)
    for _ in range(WARM):
        held_after(xn)
    return [held_after(xn) for _ in range(n)]


def pairs(base, n):
    made = subprocess.run([os.path.join(BUILD, "bench", "pair"), os.path.join(base.path, "pair"),
                           str(n)], capture_output=True, text=True, check=True)
    return [float(line) for line in made.stdout.split()]


def main():
    args = sys.argv[1:]
    rounds = int(([a for a in args if a != "--json"] or ["3"])[0])
    with Base() as base:
        n = REQUESTS * rounds
        ours, least = deliveries(base, n), pairs(base, n)
    rows = [(name, centile(ours, share), centile(least, share))
            for name, share in (("p50", 0.5), ("p99", 0.99))]
    if "--json" in args:
        print(json.dumps({"bench": "delivery", "requests": n,
                          **{name: {"us": round(a), "least_us": round(b), "ratio": round(a / b, 2)}
                             for name, a, b in rows}}))
        return
    print(f"from \"send\" to \"held by the other State's node\", {n} requests one by one\n")
    print(f"  {'':5} {'ours us':>10} {'two signatures, two syncs us':>30} {'ratio':>8}")
    for name, a, b in rows:
        print(f"  {name:5} {a:>10.0f} {b:>30.0f} {a / b:>8.2f}")


if __name__ == "__main__":
    main()
