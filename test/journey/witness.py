#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two real nodes as each other's witnesses: heads are cosigned after a request, and a second copy of a
node, put in the place of the first, is refused; people on both sides are told."""

import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Tap, pin, run, wait_for  # noqa: E402


def until(what, seconds=60):
    """The first true answer, or the last one."""
    try:
        return wait_for("it", what, seconds)
    except AssertionError:
        return what()


def cosigned(node):
    return [c["witness"] for c in node.ask("ledger-head")["cosigned"]]


def codes(node):
    return [i["code"] for i in node.ask("status")["incidents"]]


def log_of(node, state):
    logs = [x for x in node.ask("ledger-witness")["logs"] if x["state"] == state]
    return logs[0] if logs else {"size": 0, "frozen": ""}


def level(node, ref):
    return node.ask("show", ref=ref)["acts"][0]["level"]


def main():
    tap = Tap()
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        ref = xn.request("XM/dts")["ref"]
        tap.ok(until(lambda: cosigned(xn)) == ["comity.xm/dts"],
               "after a request the head of the one is cosigned by the other")
        tap.ok(until(lambda: cosigned(xm)) == ["comity.xn/csb"], "and the other way round")
        tap.ok(until(lambda: level(xn, ref) == "held"), "the request is held there")

        head = json.loads(run("-C", xn.folder, "--json", "ledger", "head").stdout)
        path = os.path.join(base.path, "head.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(head, f)
        run("ledger", "verify", path, head["vkey"])
        proof = json.loads(run("-C", xn.folder, "--json", "ledger", "proof", "leaf", "0").stdout)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(proof, f)
        run("ledger", "verify", path, head["vkey"])
        proof["leaf"] = 1
        with open(path, "w", encoding="utf-8") as f:
            json.dump(proof, f)
        done = run("ledger", "verify", path, head["vkey"], want=None)
        tap.ok(done.returncode == 7, f"a head and a proof are checked without a node; a wrong one "
                                     f"exits {done.returncode}")

        xm.stop()
        clone = os.path.join(base.path, "clone")
        shutil.copytree(xm.folder, clone, ignore=shutil.ignore_patterns("comity.sock"))
        xm.start()
        held = [xn.request("XM/dts")["ref"] for _ in range(3)]
        tap.ok(until(lambda: all(level(xn, r) == "held" for r in held)), "three more are held")
        known = log_of(xn, "XM")["size"]

        xm.stop()
        first = xm.folder + ".first"
        os.rename(xm.folder, first)
        os.rename(clone, xm.folder)
        xm.start()
        tap.ok(until(lambda: "log-behind" in codes(xm)),
               "the people of the older copy are told that others have seen more of its log")
        refused = xn.request("XM/dts")["ref"]
        tap.ok(until(lambda: log_of(xn, "XM")["frozen"]),
               f"its log is no longer believed: {log_of(xn, 'XM')['frozen']}")
        tap.ok({"log-rewound", "log-forked"} & set(codes(xn)), f"people here are told: {codes(xn)}")
        tap.ok(log_of(xn, "XM")["size"] == known, f"the head held is the one of {known} leaves")
        tap.ok(level(xn, refused) != "held", "and what it says it holds does not count")

        xm.stop()
        os.rename(xm.folder, clone)
        os.rename(first, xm.folder)
        xm.start()
        run("-C", xn.folder, "ledger", "resume", "comity.xm/dts")
        tap.ok(until(lambda: level(xn, refused) == "held", 180),
               "with the true node back, and believed again by a person, it is held")
        xn.ask("fsck")
        xm.ask("fsck")
        xn.stop()
        xm.stop()
    tap.done()


main()
