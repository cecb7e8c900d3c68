# SPDX-License-Identifier: Apache-2.0
"""Officers who send without a pause, and what a node says it holds."""

import threading

from node import Connection, Gone, Refused, REQUEST

WORKERS = 4


class Load:
    """Officers who send without a pause; remembers what was acknowledged and what was under way."""

    def __init__(self, node, to, name="under load"):
        self.node, self.to, self.name = node, to, name
        self.acknowledged, self.lock = {}, threading.Lock()  # ref: which request
        self.posted = []  # sends that left, answered or not
        self.again = []  # references that two officers were told
        self.open = self.refused = self.drawn = 0
        self.pause = threading.Event()
        self.going = True
        self.workers = [threading.Thread(target=self.work, daemon=True) for _ in range(WORKERS)]

    def work(self):
        while self.going:
            try:
                c = Connection(self.node.folder)
                while self.going:
                    with self.lock:
                        self.open += 1
                    try:
                        with self.lock:
                            self.drawn += 1
                            which = f"{self.name}, request {self.drawn}."
                        c.post("new", kind="preservation", to=self.to,
                               particulars={**REQUEST, "facts": which})
                        draft = c.reply()["draft"]
                        with self.lock:
                            self.posted.append(which)
                        c.post("send", draft=draft)
                        ref = c.reply()["ref"]
                        with self.lock:
                            if ref in self.acknowledged:
                                self.again.append(ref)
                            self.acknowledged[ref] = which
                    finally:
                        with self.lock:
                            self.open -= 1
            except Gone:
                self.pause.wait(0.01)
            except Refused as e:
                # "Come again": nothing was taken, so nothing was acknowledged.
                if e.fault.get("err") not in ("busy", "full"):
                    raise
                self.refused += 1
                self.pause.wait(0.01)

    def run(self):
        for w in self.workers:
            w.start()

    def stop(self):
        self.going = False
        self.pause.set()
        for w in self.workers:
            w.join(60)


def refs(node):
    return {d["ref"]: d for d in dossiers(node)}


def dossiers(node):
    """All of them, page by page."""
    got, view = [], node.ask("list", limit=1000)
    while True:
        got += view["dossiers"]
        if "before" not in view:
            return got
        view = node.ask("list", limit=1000, before=view["before"])
