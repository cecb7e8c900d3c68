#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every call to the system by which a process of two nodes opens, writes, syncs, names or removes a
file fails once during one intake, one sending and one receipt: no room, no memory, no handle, an
I/O error. strace answers in the place of the system. What cannot go on refuses, or ends and is
started again; whatever was acknowledged is there at the end, with one effect, and fsck finds
nothing.

FULL=1 makes each of them; else a sample of each kind of call and process is drawn. A kind in
MUST that never failed is a failure of the harness."""

import collections
import os
import random

from calls import Officer, attached, is_settled, judged, patiently, processes, traced
from node import Base, Refused, Tap, pin, wait_for

SEED = int(os.environ.get("SEED") or 20261128)
FULL = bool(os.environ.get("FULL"))
SAMPLE, REACH_S, SETTLE_EACH = 40, 2, 20
FAULTS = {
    "openat": ("EMFILE", "EIO", "ENOMEM"), "write": ("ENOSPC", "EIO"),
    "pwrite64": ("ENOSPC", "EIO"),
    "fdatasync": ("EIO", "ENOSPC"), "fsync": ("EIO", "ENOSPC"), "ftruncate": ("EIO",),
    "renameat": ("EIO", "ENOSPC"), "unlinkat": ("EIO",), "unlink": ("EIO",),
}
MUST = ("openat", "pwrite64", "fdatasync", "fsync", "renameat")


def drawn(draw, found):
    """Which call of which process fails with what: (node, process, call, n, error)."""
    kinds = sorted((at for at in found if at[2] in FAULTS and at[1] != "broker"),
                   key=lambda at: (at[0].state, *at[1:]))
    if FULL:
        return [(*at, n + 1, e) for at in kinds for n in range(found[at]) for e in FAULTS[at[2]]]
    must = [draw.choice([at for at in kinds if at[2] == call]) for call in MUST]
    rest = draw.sample([at for at in kinds if at not in must],
                       min(len(kinds) - len(must), SAMPLE - len(must)))
    return [(*at, 1 if at in must else draw.randint(1, found[at]), draw.choice(FAULTS[at[2]]))
            for at in must + rest]


def came(log):
    with open(log, errors="replace") as f:
        return "(INJECTED)" in f.read()


def fails_at(base, officer, point):
    """Whether that call was reached and failed; what its officer was told is remembered."""
    node, process, call, n, error = point
    log = os.path.join(base.path, "fault")
    if os.path.exists(log):
        os.unlink(log)
    pid = patiently(lambda: processes(node)).get(process)
    tracer = pid and attached(pid, "-o", log, "-e", f"trace={call}", "-e",
                              f"inject={call}:error={error}:when={n}")
    if not tracer:
        return False, False
    try:
        refused = not officer.send()
        wait_for("the call", lambda: came(log) or tracer.poll() is not None, REACH_S)
    except Refused:
        refused = True
    except AssertionError:  # it was not reached
        refused = False
    tracer.terminate()
    tracer.wait()
    if node.child.poll() is not None:  # the whole node ended: an operator starts it again
        node.child.stdout.close()
        node.start()
    return came(log), refused


def main():
    tap, draw = Tap(), random.Random(SEED)
    tap.note(f"seed {SEED}")
    if os.geteuid() != 0:
        tap.note("only root may watch a process that gave its powers up")
        tap.done()
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        officer = Officer(xn, "XM/dts")
        officer.send()
        is_settled(xn)
        points = drawn(draw, traced(base, officer, (xn, xm)))
        failed, ends = collections.Counter(), collections.Counter()
        for k, point in enumerate(points):
            hit, refused = fails_at(base, officer, point)
            failed[point[2]] += hit
            ends["not reached" if not hit else "refused" if refused else "answered"] += 1
            if k % SETTLE_EACH == SETTLE_EACH - 1:
                is_settled(xn)
        for call, n in sorted(failed.items()):
            tap.note(f"{call}: {n} failed")
        tap.note(", ".join(f"{n} {what}" for what, n in sorted(ends.items())))
        total = sum(failed.values())
        never = [call for call in MUST if not failed[call]]
        tap.ok(total >= len(points) // 2 and not never,
               f"{total} of {len(points)} calls failed once {never}")
        for n in (xn, xm):
            patiently(lambda: n.ask("status"))
        is_settled(xn)
        judged(tap, officer, xn, xm)
    tap.done()


if __name__ == "__main__":
    main()
