#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at every system call of intake, sending, receipt, ledger and vault. One request with a document
is traced first: which process of which of two nodes asks the system for what, how often. Then each of
these calls is where that process dies, by strace's own injection, while the next request is on its
way; the broker starts it again. Lives of a whole node in one process follow, each of which dies at a
call drawn from a seed, often before it serves. Afterwards nothing acknowledged is lost, nothing was
applied twice, and fsck finds nothing.

FULL=1 makes them all, and at least 1,000; else a sample is drawn. A call that was not reached in
time is no kill: it goes on, within a bound, until the number is full. A harness that killed nothing
has failed; so has one that does not notice a node that answers before it commits (comity-hasty)."""

import base64
import collections
import os
import random
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
import node  # noqa: E402
from kill import effects, requests  # noqa: E402
from node import COMITY, REQUEST, Base, Connection, Gone, Refused, Tap, pin, run, wait_for  # noqa: E402
from server import Stored  # noqa: E402

SEED = int(os.environ.get("SEED") or 20261128)
FULL = bool(os.environ.get("FULL"))
KILLS, LIVES, LEAST = (None, 130, 1000) if FULL else (24, 4, 28)
TRIES_EACH = 6  # lives begun for each that has to end
REACH_S = 3  # how long a call may take to be reached
SETTLE_EACH = 60  # kills, before what waits is waited for


class Officer:
    """Sends one request after the other, and remembers of which he was told that it is held here."""

    def __init__(self, node, to):
        self.node, self.to, self.drawn = node, to, 0
        self.acknowledged = []  # (act, reference, which request), as he was told

    def send(self, seconds=20):
        """One request; False when the node went away meanwhile. Waits for a node that is not there."""
        end = time.monotonic() + seconds
        self.drawn += 1
        which = f"Request {self.drawn}."
        while True:
            try:
                c = Connection(self.node.folder, 20)
                break
            except Gone:
                if time.monotonic() > end:
                    return False
                time.sleep(0.01)
        try:
            c.post("new", kind="preservation", to=self.to, particulars={**REQUEST, "facts": which},
                   documents=[{"name": "annex.txt", "type": "text/plain",
                               "data": base64.b64encode(which.encode()).decode()}])
            draft = c.reply()["draft"]
            c.post("send", draft=draft)
            view = c.reply()
            self.acknowledged.append((view["id"], view["ref"], which))
            return True
        except Gone:
            return False
        except Refused as e:
            if e.fault.get("err") not in ("busy", "full"):
                raise
            return False
        finally:
            c.close()

    def told_and_lost(self):
        here = patiently(lambda: requests(self.node))
        return [r for _, r, which in self.acknowledged if here.get(r) != which]

    def lost_of_stopped(self):
        """Each request he was told of, looked for by itself in the store of a node that is stopped:
        one whose store is behind the head that was signed shows no row of it."""
        held = {bytes(act).hex() for act, in Stored(self.node.folder).rows("SELECT id FROM act")}
        return [r for act, r, _ in self.acknowledged if act not in held]


def processes(of):
    return {p["process"]: p["pid"] for p in of.ask("status")["processes"]}


def patiently(look, seconds=60):
    """What is asked of a node one of whose processes is just being started again."""
    def asked():
        try:
            return look()
        except Gone:
            return None
        except Refused as e:
            if e.fault.get("err") != "busy":
                raise
            return None
    return wait_for("the node to answer", asked, seconds)


def is_settled(node):
    return patiently(lambda: node.ask("status")["not_yet_held_by_peer"] == 0, 300)


# ---- a process dies at a call ------------------------------------------------------------------

def attached(pid, *words):
    child = subprocess.Popen(["strace", "-f", *words, "-p", str(pid)], stderr=subprocess.PIPE,
                             stdout=subprocess.DEVNULL)
    said = child.stderr.readline().decode()
    return child if "attached" in said else (child.wait(), None)[1]


def ended(child, seconds):
    try:
        child.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        child.terminate()
        child.wait()
        return False


def calls_of(path):
    with open(path, errors="replace") as f:
        return collections.Counter(m.group(1) for m in re.finditer(r"^\d+ +([a-z0-9_]+)\(", f.read(), re.M))


def traced(base, officer, nodes):
    """Each (node, process, call) of one request, with how often it is asked."""
    found, log = {}, os.path.join(base.path, "calls")
    for node in nodes:
        for process, pid in processes(node).items():
            tracer = attached(pid, "-o", log)
            officer.send()
            is_settled(officer.node)
            tracer.terminate()
            tracer.wait()
            for call, n in calls_of(log).items():
                found[node, process, call] = n
    return found


def dies_at(node, process, call, n, officer, seconds=60):
    """Whether it died there, rather than not getting there in time."""
    pid = patiently(lambda: processes(node), seconds).get(process)
    tracer = pid and attached(pid, "-o", "/dev/null", "-e", f"trace={call}", "-e",
                              f"inject={call}:signal=KILL:when={n}")
    if not tracer:
        return False
    officer.send()
    if tracer.poll() is None and officer.node is not node:
        officer.send()
    return ended(tracer, REACH_S)


def sweep(tap, base, draw, officer, nodes):
    found = traced(base, officer, nodes)
    points = [(*at, k) for at, n in found.items() for k in range(1, n + 1) if at[1] != "broker"]
    tap.note(f"{len(points)} calls in one request, of {len(found)} kinds and processes")
    if KILLS:  # a call of each kind first, else the many writes are all that is drawn
        kinds = draw.sample(sorted(found, key=lambda at: (at[0].state, *at[1:])), len(found))
        points = [(*at, draw.randint(1, found[at])) for at in kinds if at[1] != "broker"]
    killed, missed, wanted = collections.Counter(), 0, KILLS or len(points) * 3 // 4
    for k, (node, process, call, n) in enumerate(points):
        if KILLS and killed.total() == KILLS:
            break
        if dies_at(node, process, call, n, officer):
            killed[node.state, process] += 1
        else:
            missed += 1
        if k % SETTLE_EACH == SETTLE_EACH - 1:
            is_settled(officer.node)
    for (state, process), n in sorted(killed.items()):
        tap.note(f"{state} {process}: {n} kills")
    tap.ok(killed.total() >= wanted, f"{killed.total()} kills of a process at a system call of its "
           f"own, at least {wanted}; {missed} calls not reached")
    return killed.total()


# ---- a whole node dies at a call ---------------------------------------------------------------

def tracee(child):
    try:
        with open(f"/proc/{child.pid}/task/{child.pid}/children") as f:
            return [int(pid) for pid in f.read().split()]
    except OSError:
        return []


def life(node, words, officer, reach_s):
    """One life of a node in one process under strace. Whether it died by itself, as it was told."""
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen(["strace", "-f", *words, COMITY, "-C", node.folder, "serve", "--single"],
                                 stdout=nowhere, stderr=node.log)
    end = time.monotonic() + reach_s
    while child.poll() is None and time.monotonic() < end:
        officer.send(0.05)
    died = child.poll() is not None
    for pid in tracee(child):
        os.kill(pid, signal.SIGTERM if not died and "-e" not in words else signal.SIGKILL)
    child.wait()
    return died


def lives(tap, base, draw, officer, nodes, wanted):
    """So many lives of whole nodes that ended at a call; half of them of each."""
    log, died, begun, share = os.path.join(base.path, "calls"), 0, 0, -(-wanted // len(nodes))
    for node in nodes:
        ended, tries = 0, share * TRIES_EACH
        others = [n for n in nodes if n is not node]
        node.stop()
        life(node, ("-o", log), officer, REACH_S)
        found = calls_of(log)
        tap.note(f"{node.state} in one process: {sum(found.values())} calls of {len(found)} kinds in a life")
        while ended < share and tries:
            call = draw.choice(sorted(found))
            n = draw.randint(1, found[call])
            ended += life(node, ("-o", "/dev/null", "-e", f"trace={call}", "-e",
                                 f"inject={call}:signal=KILL:when={n}"), officer, REACH_S)
            begun, tries = begun + 1, tries - 1
        died += ended
        node.start()
        for n in (node, *others):
            is_settled(n)
    tap.ok(died >= wanted, f"{died} lives of a whole node ended at a call drawn for it, at least "
           f"{wanted}; {begun} begun")
    return died


# ---- a node that answers too early -------------------------------------------------------------

def notices_haste(tap, draw):
    """The same kills of a node that answers before it commits must find something lost."""
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        xn.stop()
        node.COMITY = COMITY + "-hasty"
        xn.start()
        node.COMITY = COMITY
        officer, kills = Officer(xn, "XM/dts"), 0
        try:
            for _ in range(12):  # after the answer, for what was committed too late is written then
                told, died = len(officer.acknowledged), dies_at(xn, "desk", "pwrite64",
                                                                draw.randint(1, 100), officer, 10)
                kills += died
                if died and len(officer.acknowledged) > told:
                    break
        except AssertionError:  # its store is behind the head that was signed: it is not served
            pass
        xn.kill()
        served = run("-C", xn.folder, "status", want=None).returncode
        told, lost = len(officer.acknowledged), officer.lost_of_stopped()
    tap.ok(kills > 0 and 0 < len(lost) <= told,
           f"a node that answers before it commits is noticed: {kills} kills, of {told} acknowledged, "
           f"each looked for, {len(lost)} are lost (status: exit {served})")


def judged(tap, officer, xn, xm):
    """Nothing acknowledged is lost, both stores are whole, each request had one effect."""
    lost = officer.told_and_lost()
    tap.ok(officer.acknowledged and not lost,
           f"{len(officer.acknowledged)} requests acknowledged, {len(lost)} lost {lost[:3]}")
    sent = len(patiently(lambda: requests(xn)))
    for n in (xn, xm):
        n.ask("fsck")  # whatever it finds ends the sweep
        tap.ok(True, f"fsck of {n.state} finds nothing")
        n.stop()
    wrong = effects(xn.folder, xm.folder, sent)
    tap.ok(not wrong, f"{sent} requests, each once at both nodes, with one effect {wrong[:4]}")


def main():
    draw = random.Random(SEED)
    tap = Tap()
    tap.note(f"seed {SEED}")
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        officer = Officer(xn, "XM/dts")
        officer.send()
        is_settled(xn)
        total = 0
        if os.geteuid() == 0:
            total += sweep(tap, base, draw, officer, (xn, xm))
        else:
            tap.note("only root may watch a process that gave its powers up: whole nodes only")
        total += lives(tap, base, draw, officer, (xn, xm), max(LIVES, LEAST - total if total else 0))
        tap.ok(total >= LEAST or os.geteuid() != 0, f"{total} real kills, at least {LEAST}")
        judged(tap, officer, xn, xm)
    if os.geteuid() == 0:
        notices_haste(tap, draw)
    tap.done()


if __name__ == "__main__":
    main()
