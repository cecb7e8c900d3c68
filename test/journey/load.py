#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sixty-four requests in flight over the real network, then one alone: how many durable syncs stood between
a request and its answer. Checkpoints and keeper's background syncs are printed apart."""

import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import Peer, pin  # noqa: E402
from node import Base, Tap  # noqa: E402

FLIGHT = 64
EACH = 3
ALONE = 10


def send(peer, parcels, start, failures):
    """One connection that is kept, as a peer keeps it."""
    c = peer.connection()
    c.connect()
    start.wait()
    for sealed in parcels:
        c.request("POST", "/comity/1/parcels", sealed, {"Content-Type": "application/cms"})
        r = c.getresponse()
        if r.status != 200 or b"receipt" not in r.read():
            failures.append(r.status)
    c.close()


def counts(xm):
    return xm.ask("status")["counts"]


def fly(peer, xm, connections, each):
    """Parcels in any order of arrival: gaps are held, so nobody waits for another."""
    lots = [[peer.sealed(peer.act()) for _ in range(each)] for _ in range(connections)]
    failures, start = [], threading.Barrier(connections)
    threads = [threading.Thread(target=send, args=(peer, lot, start, failures)) for lot in lots]
    before = counts(xm)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    after = counts(xm)
    return failures, {k: after[k] - before[k] for k in after}


def main():
    tap = Tap()
    with Base() as base:
        xm = base.node("XM").start()
        peer = Peer(base.path, "XQ", xm.port)
        pin(xm, peer)
        failures, spent = fly(peer, xm, FLIGHT, EACH)
        tap.note(f"{FLIGHT} in flight: {spent}")
        tap.ok(not failures and spent["receives"] == FLIGHT * EACH,
               f"{spent['receives']} parcels were acknowledged, {len(failures)} not")
        syncs = "groups" if base.server else "answer_syncs"  # a server syncs once for each commit
        tap.ok(0 < spent[syncs] * 4 <= spent["receives"],
               f"{spent[syncs]} syncs before {spent['receives']} answers: at most 1/4 each "
               f"(apart: {spent['checkpoint_syncs']} of checkpoints, {spent['keeper_syncs']} of "
               f"keeper)")
        failures, spent = fly(peer, xm, 1, ALONE)
        tap.note(f"alone: {spent}")
        tap.ok(not failures and 0 < spent[syncs] <= spent["receives"] == ALONE,
               f"alone: {spent[syncs]} syncs before {spent['receives']} answers (apart: "
               f"{spent['checkpoint_syncs']} of checkpoints, {spent['keeper_syncs']} of keeper)")
        xm.stop()
    tap.done()


main()
