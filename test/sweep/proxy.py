#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two real nodes that reach each other only through a wire that is against them: connections are
refused, cut in the middle of a byte stream, swallowed, held up, let through by the drop, and given
twice (the bytes of one to a second one beside it; what comes back, each piece two times), in either
way of the bytes and in both ways of asking. Which connection suffers what is dealt from the seed,
and one that suffered nothing follows each. At the end each request is held exactly once by both,
with one effect, and fsck finds nothing.

FULL=1 deals the faults 30 times over, else twice. A fault that came about not once has failed, and
so has a comparison that finds nothing in stores that were spoilt."""

import collections
import os
import random
import select
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
from kill import SPOILERS, requests, rows_of, spoil  # noqa: E402
from node import REQUEST, Base, Refused, Tap, pin, wait_for  # noqa: E402
from server import Stored  # noqa: E402

SEED = int(os.environ.get("SEED") or 20261128)
DEALS = 30 if os.environ.get("FULL") else 2
KINDS = [("refuse", "")] + [(kind, way) for kind in ("cut", "drop", "delay", "drip", "twice")
                            for way in ("there", "back")]
LONGEST_S = 100 * DEALS
QUIET_S, DROPPED_S, EACH_S = 0.3, 1, 0.8  # an idle connection, a silent one; between requests
TOLD_APART = [how for how in SPOILERS
              if how[0] == "parcel" or " line " in how or how[:6] == "DELETE"]
pause = threading.Event().wait


class Fates:
    """What becomes of each connection; a fault that did not come about is dealt again."""

    def __init__(self, seed):
        self.draw, self.lock = random.Random(seed), threading.Lock()
        self.left, self.came, self.whole = [], collections.Counter(), False
        for _ in range(DEALS):
            self.left += self.draw.sample(KINDS, len(KINDS))

    def deal(self):
        """(kind, way, after how many bytes, how fast), or None."""
        with self.lock:
            self.whole = not self.whole
            if self.whole or not self.left:
                return None
            return (*self.left.pop(), int(2 ** self.draw.uniform(0, 13)), self.draw.randint(1, 24))

    def settle(self, fate, came):
        with self.lock:
            if came:
                self.came[fate[:2]] += 1
            else:
                self.left.insert(0, fate[:2])

    def is_over(self):
        with self.lock:
            return not self.left and sum(self.came.values()) == DEALS * len(KINDS)


def reset(s):
    """Not an orderly end: what was under way is gone."""
    try:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class Carried:
    """One connection from one node to the other."""

    def __init__(self, proxy, client):
        self.fates, self.client, self.port = proxy.fates, client, proxy.port
        self.fate, self.came, self.twin = self.fates.deal(), False, None
        self.server = socket.create_connection(("127.0.0.1", proxy.port), 10)
        self.said = time.monotonic()
        threading.Thread(target=self.live, daemon=True).start()

    def live(self):
        if self.fate and self.fate[0] == "refuse":
            self.came = True
            reset(self.client)
        else:
            if self.fate and self.fate[:2] == ("twice", "there"):
                self.twin = socket.create_connection(("127.0.0.1", self.port), 10)
            back = threading.Thread(target=self.carry, args=("back", self.server, self.client))
            back.start()
            self.carry("there", self.client, self.server)
            back.join()
        if self.fate:
            self.fates.settle(self.fate, self.came)
        for s in (self.client, self.server, self.twin):
            if s:
                s.close()

    def carry(self, way, source, to):
        kind, at, pace = None, 0, 1
        if self.fate and self.fate[1] == way:
            kind, _, at, pace = self.fate
        seen = 0
        try:
            while True:
                ready, _, _ = select.select([source], [], [], QUIET_S)
                if not ready and time.monotonic() - self.said < QUIET_S:
                    continue
                data = source.recv(16384) if ready else b""
                if not data:
                    break
                self.said = time.monotonic()
                self.give(kind, to, data, max(0, at - seen), pace)
                seen += len(data)
                if kind in ("cut", "drop") and seen > at:
                    return self.end(source, to, kind)
            to.shutdown(socket.SHUT_WR)
        except OSError:
            self.end(source, to, "cut")
        return None

    def give(self, kind, to, data, left, pace):
        """One piece, as the fault wants it; `left` bytes are let through before it comes about."""
        self.came |= kind in ("delay", "drip", "twice") or (kind is not None and len(data) > left)
        if kind == "delay":
            pause(pace / 40)
        if kind == "drip":
            for k in range(0, len(data), pace):
                to.sendall(data[k:k + pace])
                pause(0.001)
            return
        to.sendall(data[:left] if kind in ("cut", "drop") else data)
        if kind == "twice":
            (self.twin or to).sendall(data)

    @staticmethod
    def end(source, to, kind):
        if kind == "drop":  # nobody is told for a while
            pause(DROPPED_S)
        reset(source)
        reset(to)


class Proxy:
    """Where a node says that it is reached."""

    def __init__(self, fates):
        self.port, self.fates, self.carried = None, fates, 0
        self.s = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"https://127.0.0.1:{self.s.getsockname()[1]}"

    def to(self, node):
        self.port = node.port
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        while True:
            client, _ = self.s.accept()
            self.carried += 1
            try:
                Carried(self, client)
            except OSError:  # the node is not there
                reset(client)


def send(node, to, which):
    try:
        return node.request(to, facts=which)["ref"]
    except Refused as e:
        if e.fault.get("err") not in ("busy", "full"):
            raise
        return None


def once(folder, sent, got):
    """What is not as that many requests out and in, each once, leave a stopped node."""
    wrong = []
    for what, sql, wanted in (
            ("acts", "SELECT way, count(*) FROM act WHERE way != 'house' GROUP BY way ORDER BY way",
             [("in", got), ("out", sent)]),
            ("parcels", "SELECT way, sequence FROM parcel ORDER BY way, sequence",
             [("in", k + 1) for k in range(got)] + [("out", k + 1) for k in range(sent)]),
            ("what left", "SELECT stage, count(*) FROM outgoing GROUP BY stage", [("held", sent)]),
            ("receipts", "SELECT count(*) FROM record WHERE kind = 'receipt'", [(sent,)]),
            ("the line", "SELECT contiguous FROM line", [(got,)]),
            ("dossiers", "SELECT count(*) FROM dossier", [(sent + got,)])):
        found = rows_of(folder, sql)
        if found != wanted:
            wrong.append(f"{what}: {str(found)[:160]}, not {str(wanted)[:160]}")
    return wrong


def is_held(nodes):
    return all(n.ask("status")["not_yet_held_by_peer"] == 0 for n in nodes)


def story(tap, nodes, fates):
    """Requests in both ways until every fault came about; how many each node sent."""
    told, end = {n: [] for n in nodes}, time.monotonic() + LONGEST_S
    addresses = {nodes[0]: "XM/dts", nodes[1]: "XN/csb"}
    while not fates.is_over() and time.monotonic() < end:
        for n in nodes:
            which = f"{n.state} asks for the {len(told[n]) + 1}th time."
            if send(n, addresses[n], which):
                told[n].append(which)
        pause(EACH_S)
    for kind, way in sorted(KINDS):
        tap.note(f"{kind} {way}: {fates.came[kind, way]}")
    tap.ok(all(fates.came[k] for k in KINDS), f"{sum(fates.came.values())} faults of "
           f"{sum(1 for k in KINDS if fates.came[k])} of {len(KINDS)} kinds and ways")
    wait_for("all to be held", lambda: is_held(nodes), 300)
    return told


def main():
    tap = Tap()
    tap.note(f"seed {SEED}")
    fates = Fates(SEED)
    with Base() as base:
        proxies = [Proxy(fates), Proxy(fates)]
        nodes = [base.node(state, options=("--url", p.url)).start()
                 for state, p in zip(("XN", "XM"), proxies)]
        for node, p in zip(nodes, proxies):
            p.to(node)
        pin(*nodes)
        told = story(tap, nodes, fates)
        carried = [p.carried for p in proxies]
        tap.ok(all(carried), f"{carried} connections through the wire to the two nodes")
        wanted = sorted(which for n in nodes for which in told[n])
        for n in nodes:
            tap.ok(sorted(requests(n).values()) == wanted,
                   f"{n.state} holds each of {len(wanted)} requests exactly once")
            n.ask("fsck")
            tap.ok(True, f"fsck of {n.state} finds nothing")
            n.stop()
        sent = [len(told[n]) for n in nodes]
        wrong = once(nodes[0].folder, *sent) + once(nodes[1].folder, *reversed(sent))
        tap.ok(not wrong, f"{sent} requests out, each with one act, parcel and receipt {wrong[:4]}")
        missed = []
        for how in TOLD_APART:
            work = os.path.join(base.path, "spoilt")
            spoil(Stored(nodes[1].folder).copy(work, "spoilt"), how)
            missed += [] if once(work, *reversed(sent)) else [how]
        tap.ok(not missed, f"{len(TOLD_APART)} spoilt stores are told from this one {missed}")
    tap.done()


if __name__ == "__main__":
    main()
