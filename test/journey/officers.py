# SPDX-License-Identifier: Apache-2.0
"""Officers who send without a pause, and what a node says it holds."""

import threading

from node import Connection, Gone, Refused, REQUEST

WORKERS = 4


class Load:
    """Officers who send without a pause; remembers what was acknowledged and what was under way."""

    def __init__(self, node, to):
        self.node, self.to = node, to
        self.acknowledged, self.lock = [], threading.Lock()
        self.open = self.refused = 0
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
                        c.post("new", kind="preservation", to=self.to, particulars=REQUEST)
                        draft = c.reply()["draft"]
                        c.post("send", draft=draft)
                        ref = c.reply()["ref"]
                        with self.lock:
                            self.acknowledged.append(ref)
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
