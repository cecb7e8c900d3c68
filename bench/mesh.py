#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mesh.py [--json] [--states N]: every State's node with every other's, on one machine.

Real nodes, each split into its processes, at loopback addresses of their own, over TLS and each
syncing its database. Each has pinned all others; then each sends a request to each other one, and
the time runs from the first order to send until every request is held by the node it went to and
every sender has the receipt. Processor time is user and system of all processes of all nodes.
Beside it stands, from the same run and on the same disk, what no delivery can leave out: a
signature and a synced write on each side. Each step says what it cost, so a step that grows with
the square of the number of nodes is seen."""

import base64
import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BUILD", "build/bench")
sys.path.insert(0, os.path.join(HERE, "..", "test", "journey"))
os.environ["COMITY"] = os.path.join(BUILD, "bench", "comity-mesh")
from node import Base, Connection, Node, REQUEST, run  # noqa: E402
from processes import cpu_seconds, family, pss_kib  # noqa: E402
from states import STATES, codes  # noqa: E402

PORT, PAGES_PORT = 7443, 8443
HANDS = 8         # nodes that people work at in one moment
PAIRS = 1000
QUIET = 0.002     # of a processor for each node: they rest
LOOK_S = 2
SAY_S = 10
LEFT_MIB = 1500   # of the machine's memory, below which the bench ends itself
GIVE_UP_S = 3600  # without any progress


def memory_left_mib():
    with open("/proc/meminfo") as f:
        rows = dict(row.split(":") for row in f)
    return int(rows["MemAvailable"].split()[0]) // 1024


class Member(Node):
    """A node at a loopback address of its own, so that ports never meet."""

    def __init__(self, base, state, k):  # its folder is made as any node's
        self.state, self.folder = state, os.path.join(base, state.lower())
        self.child, self.prefix, self.line = None, [], None
        self.log = open(os.path.join(base, state.lower() + ".log"), "ab")
        made = run("-C", self.folder, "init", "--state", state, "--address",
                   f"127.0.{1 + k // 250}.{1 + k % 250}", "--port", str(PORT), "--pages",
                   f"{state.lower()}.example:{PAGES_PORT}", "--json")
        self.authority = json.loads(made.stdout)["node"]
        with open(os.path.join(self.folder, "root.pem")) as f:
            root = "".join(f.read().split("-----")[2].split())
        with open(os.path.join(self.folder, "profile.cms"), "rb") as f:
            self.document = {"profile": base64.b64encode(f.read()).decode(), "root": root}

    def tell(self, action, **args):
        """As ask, over a connection that is kept."""
        self.line = self.line or Connection(self.folder)
        self.line.post(action, **args)
        return self.line.reply()


def spent_s(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def rounds(nodes):
    """Every two meet once; in a round everybody meets one other at most."""
    ring = nodes + [None] * (len(nodes) % 2)
    for _ in range(len(ring) - 1):
        met = zip(ring[:len(ring) // 2], reversed(ring))
        yield [pair for pair in met if None not in pair]
        ring = [ring[0], ring[-1], *ring[1:-1]]


class Mesh:
    def __init__(self, base, n, says):
        self.base, self.says, self.steps = base, says, []
        self.hands = ThreadPoolExecutor(HANDS)
        self.states = codes({"AZ", "XL", "XM", "XN", "XS"})[:n]
        self.nodes = []

    def each(self, what, work, things=None):
        """Does it for every node, several at once, and says how far it is."""
        things = self.nodes if things is None else things
        done = []
        for k, x in enumerate(self.hands.map(work, things)):
            self.says(f"{what}: {k + 1} of {len(things)}")
            if memory_left_mib() < LEFT_MIB:
                raise SystemExit(f"mesh: {what}: {k + 1} of {len(things)}, and no memory is left")
            done.append(x)
        return done

    def cpu(self):
        """Of all nodes, and of what made them."""
        served = cpu_seconds(family(*(n.child.pid for n in self.nodes if n.child)))
        return served + spent_s(resource.RUSAGE_CHILDREN)

    def step(self, name, work):
        """What a step takes, of all processes of all nodes."""
        began, spent = time.monotonic(), self.cpu()
        work()
        self.steps.append((name, time.monotonic() - began, self.cpu() - spent))
        return self.steps[-1]

    # ---- the steps -----------------------------------------------------------------------------

    def make(self):
        def one(k):
            return Member(self.base.path, self.states[k], k)
        self.nodes = self.each("made", one, range(len(self.states)))
        self.base.nodes += self.nodes

    def start(self):
        self.each("started", lambda n: n.start())

    def pin(self):
        """Each reads its own words out once. Two pin each other in one go, as people do: who is
        asked by a node that it has not pinned refuses, and that is tried again and again."""
        words = {n: n.tell("peer-add", **self.nodes[k - 1].document)["words"]
                 for k, n in enumerate(self.nodes)}

        def one(pair):
            for x, y in (pair, pair[::-1]):
                x.tell("peer-add", **y.document, words=words[y])
        for k, pairs_of in enumerate(rounds(self.nodes)):
            self.each(f"round {k + 1} of ceremonies", one, pairs_of)

    def rest(self):
        """Until all have compared what they hold of each other and cosigned each other's heads."""
        was = self.cpu()
        while True:
            time.sleep(LOOK_S)
            now = self.cpu()
            self.says(f"coming to rest: {(now - was) / LOOK_S:.2f} processors at work")
            if now - was < QUIET * LOOK_S * len(self.nodes):
                return
            was = now

    def draft(self):
        def one(node):
            node.drafts = [node.tell("new", kind="preservation", to=other.authority,
                                     particulars=REQUEST)["draft"]
                           for other in self.nodes if other is not node]
        self.each("drafted", one)

    def deliver(self):
        def one(node):
            for draft in node.drafts:
                node.tell("send", draft=draft)
        self.each("sent", one)
        most, moved = len(self.nodes) * (len(self.nodes) - 1), time.monotonic()
        left = None
        while left != 0:
            was, left = left, sum(n.tell("status")["not_yet_held_by_peer"] for n in self.nodes)
            moved = time.monotonic() if left != was else moved
            if time.monotonic() - moved > GIVE_UP_S:
                raise SystemExit(f"mesh: {left} of {most} are not held")
            self.says(f"held: {most - left} of {most}")
            time.sleep(0.2 if left else 0)

    def counted(self):
        """Each took in one of each other: what the receivers say, not the senders."""
        others = len(self.nodes) - 1
        said = self.each("counted", lambda n: n.tell("status")["counts"])
        for n, counts in zip(self.nodes, said):
            if counts["receives"] != others:
                raise SystemExit(f"mesh: {n.state} took in {counts['receives']}, not {others}")

    def memory_mib(self):
        sizes = [pss_kib(p)["Pss"] for p in family(*(n.child.pid for n in self.nodes))]
        return sum(sizes) / 1024


def pairs(base):
    """Microseconds of each, and seconds of processor time for one."""
    before = spent_s(resource.RUSAGE_CHILDREN)
    made = subprocess.run([os.path.join(BUILD, "bench", "pair"), os.path.join(base.path, "pair"),
                           str(PAIRS)], capture_output=True, text=True, check=True)
    times = [float(line) for line in made.stdout.split()]
    spent = spent_s(resource.RUSAGE_CHILDREN) - before
    return sum(times) / len(times) / 1e6, spent / PAIRS


def measure(n, says):
    with Base() as base:
        mesh = Mesh(base, n, says)
        for name, work in (("make the nodes", mesh.make), ("start them", mesh.start),
                           ("pin all others", mesh.pin), ("come to rest", mesh.rest),
                           ("draft", mesh.draft)):
            mesh.step(name, work)
        idle = mesh.memory_mib()
        _, wall, cpu = mesh.step("deliver", mesh.deliver)
        mesh.counted()
        worked = mesh.memory_mib()
        pair_wall, pair_cpu = pairs(base)
        mesh.step("come to rest again", mesh.rest)
        acts = n * (n - 1)
        mesh.each("stopped", lambda x: x.stop())
        return {"bench": "mesh", "states": n, "acts": acts, "wall_s": round(wall, 1),
                "cpu_s": round(cpu, 1), "acts_per_s": round(acts / wall, 1),
                "cpu_ms_per_act": round(cpu / acts * 1e3, 3),
                "wall_ms_per_act": round(wall / acts * 1e3, 3),
                "pair_wall_ms": round(pair_wall * 1e3, 3), "pair_cpu_ms": round(pair_cpu * 1e3, 3),
                "wall_ratio": round(wall / acts / pair_wall, 2),
                "cpu_ratio": round(cpu / acts / pair_cpu, 2),
                "idle_mib": round(idle), "after_mib": round(worked),
                "steps": [{"step": s, "wall_s": round(w, 1), "cpu_s": round(c, 1)}
                          for s, w, c in mesh.steps]}


def show(f):
    print(f"a full mesh of {f['states']} nodes: {f['acts']} acts, each held by the node it went to"
          " and receipted\n")
    print(f"  {'':24} {'wall s':>10} {'cpu s':>10}")
    for s in f["steps"]:
        print(f"  {s['step']:24} {s['wall_s']:>10.1f} {s['cpu_s']:>10.1f}")
    print(f"\n  {'':24} {'ours ms':>10} {'two signatures, two syncs ms':>30} {'ratio':>8}")
    for name, key in (("wall for each act", "wall"), ("processor for each act", "cpu")):
        print(f"  {name:24} {f[key + '_ms_per_act']:>10.2f} {f['pair_' + key + '_ms']:>30.2f}"
              f" {f[key + '_ratio']:>8.2f}")
    print(f"\n  {f['acts_per_s']:.0f} acts a second; memory of all processes, Pss:"
          f" {f['idle_mib']} MiB before, {f['after_mib']} MiB after")


def progress(text):
    """A line that the next takes the place of; in a file, one now and then."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
    elif time.monotonic() - progress.said > SAY_S:
        sys.stderr.write(f"{text}\n")
        progress.said = time.monotonic()
    sys.stderr.flush()


progress.said = 0


def main():
    args = sys.argv[1:]
    n = int(args[args.index("--states") + 1]) if "--states" in args else STATES
    if not 2 <= n <= STATES:
        sys.exit(f"mesh: from 2 to {STATES} States")
    figures = measure(n, progress)
    if sys.stderr.isatty():
        progress("")
    if "--json" in args:
        print(json.dumps(figures))
    else:
        show(figures)


if __name__ == "__main__":
    main()
