#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An exhibit larger than any parcel between two real nodes, both killed with -9 on its way.

It is handed in with the command line, leaves in segments, and is held by the other State's node once
all of them are; what comes out there is the file. How many segments were put again is printed, and
the most memory that any process of a node had: it does not grow with the exhibit. With FULL=1 the
exhibit is of 200 MiB, else of 24."""

import glob
import hashlib
import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Gone, REQUEST, Tap, pin, run, wait_for  # noqa: E402

MIB = 1 << 20
SEGMENTS = 200 if os.environ.get("FULL") else 24
AWAY = 4  # segments on their way at once
GROWTH_MAX = 64 * MIB  # of any process, whatever the exhibit
# What was freed is not kept apart for the sanitizer to watch: that would hide what a node needs.
ENV = {**os.environ,
       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}
SEED = int(os.environ.get("SEED") or 20261124)


def file_of(path, size):
    """A file of noise, and its digest."""
    draw, digest = random.Random(SEED), hashlib.sha256()
    with open(path, "wb") as f:
        while size > 0:
            piece = draw.randbytes(min(size, MIB))
            f.write(piece)
            digest.update(piece)
            size -= len(piece)
    return digest.hexdigest()


def peak(node):
    """The most resident memory of one of the node's processes so far, in bytes."""
    most, pids = 0, [node.child.pid]
    while pids:
        pid = pids.pop()
        try:
            for children in glob.glob(f"/proc/{pid}/task/*/children"):
                with open(children, encoding="ascii") as f:
                    pids += [int(p) for p in f.read().split()]
            with open(f"/proc/{pid}/status", encoding="ascii") as f:
                most = max([most] + [int(line.split()[1]) * 1024 for line in f
                                     if line.startswith("VmHWM")])
        except (OSError, ValueError):
            continue  # it ended meanwhile
    return most


def arriving(node):
    try:
        rows = node.ask("status")["arriving"]
    except Gone:
        return None
    return rows[0] if rows else None


def sent(node):
    """Segments that were put and taken, by the node's log; a killed round is not in it."""
    with open(node.log.name, encoding="utf-8") as f:
        rows = [json.loads(line) for line in f if '"segments-sent"' in line]
    return sum(int(r["sent"]) for r in rows)


def travel(tap, a, b, ref):
    """Kills the receiver, then the sender, each after some more segments are there."""
    most = 0
    for victim, share in ((b, 3), (a, 2)):
        row = wait_for("segments", lambda: (lambda r: r if r and r["held"] >= SEGMENTS // share
                                            else None)(arriving(b)))
        most = max(most, peak(victim))
        victim.kill()
        victim.start(env=ENV)
        after = wait_for("the status", lambda: arriving(b))
        tap.ok(after["held"] >= row["held"] and after["held"] < SEGMENTS + 1,
               f"{victim.state} was killed with {row['held']} of {SEGMENTS + 1} segments there; "
               f"{after['held']} are there afterwards")
        act = a.ask("show", ref=ref)["acts"][0]
        tap.ok(act["level"] == "held-here", "and nobody calls the act held by the other State")
    return most


def main():
    tap = Tap()
    with Base() as base:
        a, b = base.node("XN"), base.node("XM")
        a.start(env=ENV), b.start(env=ENV)
        pin(a, b)
        path, back = os.path.join(base.path, "disk.img"), os.path.join(base.path, "back.img")
        digest = file_of(path, SEGMENTS * MIB + 70)
        before = max(peak(a), peak(b))
        said = os.path.join(base.path, "request.json")
        with open(said, "w", encoding="utf-8") as f:
            json.dump({"particulars": REQUEST}, f)
        draft = json.loads(run("-C", a.folder, "new", "preservation", "--to", "XM/dts", "-f", said,
                               "--attach", path, "--json").stdout)["draft"]
        ref = json.loads(run("-C", a.folder, "send", draft, "--json").stdout)["ref"]
        most = travel(tap, a, b, ref)
        wait_for("the receipt", lambda: a.ask("show", ref=ref)["acts"][0]["level"] == "held",
                 seconds=240)
        tap.ok(not arriving(b), "the whole is there, and nothing is on its way any more")
        there = b.ask("list")["dossiers"][0]["ref"]
        run("-C", b.folder, "document", there, "disk.img", "-o", back, "--json")
        with open(back, "rb") as f:
            tap.ok(hashlib.file_digest(f, "sha256").hexdigest() == digest
                   if hasattr(hashlib, "file_digest") else
                   hashlib.sha256(f.read()).hexdigest() == digest,
                   "what comes out there is the file, byte for byte")
        most = max(most, peak(a), peak(b))
        tap.note(f"{SEGMENTS + 1} segments; {sent(a)} put and taken in rounds that were ended; at "
                 f"most {AWAY} were on their way at each kill")
        tap.note(f"memory of one process: {before // MIB} MiB before, {most // MIB} MiB at most")
        tap.ok(sent(a) <= SEGMENTS + 1 + 2 * AWAY,
               "no more segments were put again than were on their way at the two kills")
        tap.ok(most - before < GROWTH_MAX, "no process grew with the exhibit")
        a.stop(), b.stop()
        for node in (a, b):
            tap.ok(run("-C", node.folder, "fsck", "--json", want=None).returncode == 0,
                   f"{node.state}: everything is as it was written")
    tap.done()


main()
