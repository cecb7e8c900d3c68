#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at moments drawn from a printed seed, in the middle of sending and of intake under load.

After each restart: whatever was acknowledged is there (to the officer: held here; to the sender: held
by the other State), and nothing was applied twice: each request says which one it is, and what the
nodes made of them (dossiers, acts by kind, states, numbers given out, what waits) is compared with
what was sent. A harness that hit no open work fails, and so does a comparison that finds nothing in
folders that were spoilt."""

import collections
import os
import random
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Gone, Tap, pin, wait_for  # noqa: E402
from server import Stored  # noqa: E402
from officers import Load, dossiers  # noqa: E402

MOMENTS = 20
SEED = int(os.environ.get("SEED") or 20261124)


def requests(node):
    """Which request each dossier of the node holds, by the node's reference."""
    got = {}
    for d in dossiers(node):
        facts = node.ask("show", ref=d["ref"])["particulars"]["facts"]
        got[d["ref"]] = facts["text"] if isinstance(facts, dict) else facts
    return got


def rows_of(folder, sql):
    return Stored(folder).rows(sql)


def effects(sender, receiver, sent):
    """What is not as `sent` requests, each once, leave two stopped nodes; empty when all is."""
    wrong = []

    def must(what, is_so, wanted):
        if is_so != wanted:
            wrong.append(f"{what}: {str(is_so)[:200]}, not {str(wanted)[:200]}")

    numbers = list(range(1, sent + 1))
    for folder, way in ((sender, "out"), (receiver, "in")):
        dossier = rows_of(folder, "SELECT id, ref, state, requesting_n, requested_n, inward_n, outcome "
                               "FROM dossier ORDER BY ref")
        must(f"{way}: dossiers", len(dossier), sent)
        must(f"{way}: what became of them", collections.Counter(d[2:] for d in dossier),
             collections.Counter({("requested", 1, 0, 0, ""): sent}))
        must(f"{way}: numbers given out", [int(d[1].rsplit("-", 1)[1]) for d in dossier], numbers)
        must(f"{way}: the counter", [int(v) for _, v in rows_of(
            folder, "SELECT name, value FROM fact WHERE name LIKE '%-2%'")], [sent])
        must(f"{way}: acts by kind", collections.Counter(rows_of(
            folder, "SELECT way, act, n, effect FROM act WHERE way != 'house'")),
            collections.Counter({(way, "send", 1, "took-effect"): sent}))
        must(f"{way}: acts recorded", rows_of(folder, "SELECT count(*) FROM record WHERE kind = 'act' "
                                              "AND dossier IN (SELECT id FROM dossier)"),
             [(sent,)])
        must(f"{way}: parcels", rows_of(folder, "SELECT way, sequence FROM parcel ORDER BY sequence"),
             [(way, k) for k in numbers])
    must("what left", rows_of(sender, "SELECT stage, sequence FROM outgoing ORDER BY sequence"),
         [("held", k) for k in numbers])
    must("receipts", rows_of(sender, "SELECT count(*) FROM record WHERE kind = 'receipt'"), [(sent,)])
    must("the line", rows_of(receiver, "SELECT contiguous FROM line"), [(sent,)])
    for what in ("SELECT id FROM dossier ORDER BY id",
                 "SELECT id, hash, effect FROM act WHERE way != 'house' ORDER BY id"):
        must("both sides", rows_of(receiver, what), rows_of(sender, what))
    return wrong


LAST_DOSSIER = "ref IN (SELECT max(ref) FROM dossier)"
LAST_ACT = "leaf IN (SELECT max(leaf) FROM act WHERE way = 'in')"
SPOILERS = [
    "UPDATE line SET contiguous = contiguous + 1",
    "UPDATE fact SET value = value || '0' WHERE name LIKE '%-2%'",
    f"UPDATE dossier SET requested_n = 1 WHERE {LAST_DOSSIER}",
    f"UPDATE dossier SET state = 'asked' WHERE {LAST_DOSSIER}",
    f"UPDATE act SET n = 2 WHERE {LAST_ACT}",
    f"DELETE FROM act WHERE {LAST_ACT}",
    ("act", "way = 'in'", {"id": "hash", "n": "n + 1", "idem": "NULL"}),
    ("parcel", "way = 'in'", {"digest": "act", "sequence": "sequence + 100000"}),
]


def spoil(stored, how):
    """A statement, or a row to be there twice: (table, which, what is another in the second)."""
    if isinstance(how, tuple):
        table, where, other = how
        names = stored.columns(table)
        how = (f"INSERT INTO {table} SELECT {', '.join(other.get(n, n) for n in names)} "
               f"FROM {table} WHERE {where} LIMIT 1")
    assert stored.change(how) > 0, how


def spoilt(base, sender, receiver, sent):
    """Which spoilers of the receiver the comparison does not find."""
    missed = []
    for how in SPOILERS:
        work = os.path.join(base.path, "spoilt")
        spoil(Stored(receiver).copy(work, "spoilt"), how)
        if not effects(sender, work, sent):
            missed.append(how)
    return missed


def sweep(tap, draw, victim, sender, receiver, name):
    load = Load(sender, "XM/dts", name)
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
    wait_for("everything to be held", lambda: sender.ask("status")["not_yet_held_by_peer"] == 0,
             300)
    here, there = requests(sender), requests(receiver)
    lost = [r for r, which in load.acknowledged.items() if here.get(r) != which]
    tap.ok(load.acknowledged and not lost,
           f"{name}: nothing acknowledged to an officer is lost, and each is what it was {lost[:3]}")
    tap.ok(sorted(here.values()) == sorted(there.values()),
           f"{name}: both nodes hold the same requests ({len(here)} and {len(there)})")
    twice = [w for w, n in collections.Counter(there.values()).items() if n != 1]
    ours = [w for w in here.values() if w.startswith(name)]
    stray = set(ours) - set(load.posted)
    tap.ok(not twice and not stray and not load.again,
           f"{name}: each request is there once, under a number of its own, and none that was not "
           f"sent {twice[:3]} {load.again[:3]} {stray}")
    tap.note(f"{name}: {len(load.posted)} sent, {len(load.acknowledged)} acknowledged, "
             f"{len(ours)} recorded")
    return hits, len(ours)


def main():
    tap = Tap()
    draw = random.Random(SEED)
    tap.note(f"seed {SEED}")
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        hits, sent = sweep(tap, draw, xn, xn, xm, "in the middle of sending")
        more = sweep(tap, draw, xm, xn, xm, "in the middle of intake")
        hits, sent = hits + more[0], sent + more[1]
        tap.ok(hits >= 30, f"{hits} of {2 * MOMENTS} kills hit open work")
        for n in (xn, xm):
            n.ask("fsck")
            tap.ok(True, f"fsck of {n.state} finds nothing")
            n.stop()
        wrong = effects(xn.folder, xm.folder, sent)
        tap.ok(not wrong, f"nothing was applied twice: {sent} requests and what they brought about "
                          f"{wrong[:4]}")
        missed = spoilt(base, xn.folder, xm.folder, sent)
        tap.ok(not missed, f"{len(SPOILERS)} spoilt stores are told from this one {missed}")
    tap.done()


if __name__ == "__main__":
    main()
