#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One case by every carriage: requests, answers to them and all receipts, between two nodes that reach
each other by the wire, by polling, by mailboxes, and by a stick. And each time what is carried is cut and brought twice. Each
request is there once, both halves are the same, nothing waits, and each harm was really done."""

import collections
import email
import os
import random
import select
import shutil
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stick  # noqa: E402
from mail import SMTP  # noqa: E402
from node import Base, Tap, free_port, pin, run, wait_for  # noqa: E402

SEED = int(os.environ.get("SEED") or 20261128)
FULL = bool(os.environ.get("FULL"))
REQUESTS = 12 if FULL else 3
TIMES = 6 if FULL else 1  # each harm
SECONDS = 600 if FULL else 120


class Proxy:
    """Stands before a node's port, and breaks connections off: while much goes up, while much comes
    down, or at the first word that is answered to much."""
    MUCH = 2600  # bytes: more than a handshake

    def __init__(self, port, draw, left):
        self.port, self.draw, self.left, self.done = port, draw, left, collections.Counter()
        self.lock, self.listener = threading.Lock(), socket.create_server(("127.0.0.1", 0))
        self.own = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.port))
        except OSError:
            client.close()
            return
        limit = self.MUCH + self.draw.randrange(2000)
        passed = {client: 0, server: 0}
        try:
            while True:
                for one in select.select([client, server], [], [])[0]:
                    other = server if one is client else client
                    data = one.recv(1024)
                    if not data:
                        return
                    passed[one] += len(data)
                    if self._breaks(one is client, passed[client], passed[server], limit):
                        return
                    other.sendall(data)
        except OSError:
            pass
        finally:
            client.close()
            server.close()

    def _breaks(self, up, gone_up, come_down, limit):
        harms = ["up"] if up and gone_up > limit else []
        if not up:
            harms += ["down"] if come_down > limit else []
            harms += ["answer"] if gone_up > limit else []
        with self.lock:
            for h in harms:
                if self.left[h] > 0:
                    self.left[h] -= 1
                    self.done[h] += 1
                    return True
        return False

    def close(self):
        self.listener.close()


class Wire:
    """Both reach each other, through proxies."""
    word, harms = "wire", ("up", "answer")

    def __init__(self, base, draw):
        self.proxies = []
        for state in ("XN", "XM"):
            left = collections.Counter({h: TIMES for h in self.harms})
            port = free_port()
            self.proxies.append(Proxy(port, draw, left))
            url = f"https://127.0.0.1:{self.proxies[-1].own}"
            node = base.node(state, options=("--url", url))
            self.setting(node, f"port: {node.port}", f"port: {port}")
            node.port = self.proxies[-1].own  # where others look for it
        self.base, self.draw, self.nodes = base, draw, base.nodes[-2:]
        calm = [dict(p.left) for p in self.proxies]
        for p in self.proxies:
            p.left.clear()
        for node in self.nodes:
            node.start()
        pin(*self.nodes)
        self.part()
        for p, left in zip(self.proxies, calm):
            p.left.update(left)

    def setting(self, node, old, new):
        path = os.path.join(node.folder, "comity.yaml")
        with open(path) as f:
            text = f.read()
        assert old in text, old
        with open(path, "w") as f:
            f.write(text.replace(old, new, 1))

    def part(self):
        """How they are apart, once they know each other."""

    def step(self):
        """What people or relays do meanwhile."""

    def done(self):
        total = collections.Counter()
        for p in self.proxies:
            total.update(p.done)
        return total

    def end(self):
        for p in self.proxies:
            p.close()


class Polling(Wire):
    """Nobody reaches Norland: it asks Meridia."""
    word, harms = "polling", ("up", "down", "answer")

    def part(self):
        xn = self.nodes[0]
        xn.stop()
        self.setting(xn, "state:", "polls: true\nstate:")
        self.proxies[0].close()
        self.proxies[0].done = collections.Counter()
        xn.start()


class Apart(Wire):
    """Nobody reaches anybody."""
    harms = ()

    def part(self):
        self.counted = collections.Counter()
        for node, proxy in zip(self.nodes, self.proxies):
            node.stop()
            proxy.close()
            with open(os.path.join(node.folder, "comity.yaml"), "a") as f:
                f.write(self.settings(node))
        for node in self.nodes:
            node.start()

    def other(self, node):
        return {"XN": "XM/dts", "XM": "XN/csb"}[node.state]

    def harm(self):
        """What to do to the next thing that is carried; None: nothing."""
        left = [h for h in self.harms if self.counted[h] < TIMES]
        return self.draw.choice(left) if left and self.draw.random() < 0.7 else None

    def done(self):
        return self.counted


class Mailbox(Apart):
    """A mail server takes what leaves; a relay, which harms it, brings it to the other's Maildir."""
    word, harms = "mailbox", ("cut", "altered", "lost", "twice")

    def settings(self, node):
        if node is self.nodes[0]:
            self.box, port = os.path.join(self.base.path, "relay"), free_port()
            # Debian's own python3, whose packages the server needs.
            self.server = subprocess.Popen(
                ["/usr/bin/python3", SMTP, self.box, "plain", "", "", str(port)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.port = int(self.server.stdout.readline())
            self.carried = 0
        return f"""mail:
  from: "{node.state.lower()}@nodes.example"
  smtp: "smtp://127.0.0.1:{self.port}"
  tls: false
mailbox:
  maildir: "parcels"
  again: 1
  peers:
    {self.other(node)}: "{self.other(node)[:2].lower()}@nodes.example"
"""

    def step(self):
        folder = os.path.join(self.box, "new")
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            os.remove(os.path.join(folder, name))
            to = email.message_from_bytes(data)["To"][:2].upper()
            harm = self.harm()
            if harm:
                self.counted[harm] += 1
            at = self.draw.randrange(len(data))
            if harm == "cut":
                data = data[:at]
            if harm == "altered":
                data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
            for _ in range({"lost": 0, "twice": 2}.get(harm, 1)):
                self.deliver(next(n for n in self.nodes if n.state == to), data)

    def deliver(self, node, data):
        self.carried += 1
        box = os.path.join(node.folder, "parcels")
        with open(os.path.join(box, "tmp", f"{self.carried}.relay"), "wb") as f:
            f.write(data)
            os.fchmod(f.fileno(), 0o644)
        os.rename(f.name, os.path.join(box, "new", f"{self.carried}.relay"))

    def end(self):
        self.server.stdin.close()
        self.server.stdout.close()
        self.server.wait(30)


class Stick(Apart):
    """People carry it to and fro."""
    word, harms = "stick", (*stick.HARMS, "twice")

    def settings(self, node):
        os.makedirs(os.path.join(self.base.path, "stick"), exist_ok=True)
        return f'carried: ["{self.other(node)}"]\n'

    def step(self):
        folder = os.path.join(self.base.path, "stick")
        for node in self.nodes:
            stick.carry(node, folder)
            if any(self.counted[h] < TIMES for h in stick.HARMS):
                stick.harm(self.draw, folder, self.counted)
            if self.counted["twice"] < TIMES and os.listdir(folder):
                self.counted["twice"] += 1
                copy = folder + "-copy"
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(folder, copy)
                stick.carry(self.nodes[0] if node is self.nodes[1] else self.nodes[1], copy)


CARRIAGES = (Wire, Polling, Mailbox, Stick)


def waiting(nodes):
    return sum(n.ask("status")["not_yet_held_by_peer"] for n in nodes)


def settled(way, what, check):
    def look():
        way.step()
        return check()
    return wait_for(what, look, SECONDS)


def case(tap, base, draw, kind):
    way = kind(base, draw)
    xn, xm = way.nodes
    sent = [xn.request("XM/dts", facts=f"Case {k}")["ref"] for k in range(REQUESTS)]
    back = xm.request("XN/csb", facts="One the other way")["ref"]
    settled(way, "requests to be held", lambda: not waiting(way.nodes))
    there = [d for d in xm.ask("list")["dossiers"] if d["ref"] != back]
    tap.ok(len(there) == REQUESTS and len(xn.ask("list")["dossiers"]) == REQUESTS + 1,
           f"{kind.word}: {len(there)} of {REQUESTS} requests are there, each once, and one the other way")
    for d in there:
        xm.ask("act", ref=d["ref"], act="acknowledge")
    settled(way, "answers to be held", lambda: not waiting(way.nodes))
    states = collections.Counter(xn.ask("show", ref=r)["state"] for r in sent)
    theirs = collections.Counter(xm.ask("show", ref=d["ref"])["state"] for d in there)
    levels = {a["level"] for r in sent for a in xn.ask("show", ref=r)["acts"] if "level" in a}
    tap.ok(states == theirs and "held-here" not in levels,
           f"{kind.word}: answers are here, both halves are the same: {dict(states)} {sorted(levels)}")
    done = way.done()
    tap.ok(all(done[h] for h in way.harms), f"{kind.word}: harms done: {dict(done)}")
    way.end()
    for node in way.nodes:
        node.stop()
        tap.ok(run("-C", node.folder, "fsck", "--json", want=None).returncode == 0,
               f"{kind.word}: fsck of {node.state} finds nothing")


def main():
    tap, draw = Tap(), random.Random(SEED)
    wanted = sys.argv[1:] or [k.word for k in CARRIAGES]
    tap.note(f"seed {SEED}")
    for kind in CARRIAGES:
        if kind.word in wanted:
            with Base() as base:
                case(tap, base, draw, kind)
    tap.done()


main()
