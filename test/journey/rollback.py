#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An older store, a lost head, a lost database: what must not be served as if nothing had happened, by
the exit codes and sentences a person meets."""

import glob
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Tap, pin, run  # noqa: E402

STORE, HEADS = "comity.db*", "keys/head*"


def take(folder, to, *patterns):
    """Moves what the patterns name aside, or back."""
    for pattern in patterns:
        for path in glob.glob(os.path.join(folder, pattern)):
            aside = os.path.join(to, os.path.relpath(path, folder))
            os.makedirs(os.path.dirname(aside), exist_ok=True)
            os.rename(path, aside)


def put(source, folder, *patterns):
    for pattern in patterns:
        for path in glob.glob(os.path.join(source, pattern)):
            target = os.path.join(folder, os.path.relpath(path, source))
            if os.path.isdir(path):
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(path, target)
            else:
                shutil.copy2(path, target)


def fault(folder, *command):
    done = run("-C", folder, "--json", *command, want=None)
    return done.returncode, json.loads(done.stdout).get("error", {}), json.loads(done.stdout)


def refused(tap, folder, name, says, found):
    """Nobody is served, and fsck says why."""
    for command in (("serve",), ("list",), ("show", "XN-CSB-2026-0001"), ("rebuild",)):
        code, told, _ = fault(folder, *command)
        sentence = told.get("sentence", "")
        tap.ok(code == 7 and all(s in sentence for s in says),
               f"{name}: {command[0]} exits {code}: {sentence}")
    code, told, whole = fault(folder, "fsck")
    names = [f["what"] for f in whole.get("findings", [])] or [told.get("code")]
    tap.ok(code == 7 and all(f in names for f in found),
           f"{name}: fsck exits {code} and names {names[:4]}")


def main():
    tap = Tap()
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        xm.stop()
        xn.request("XM/dts")
        xn.stop()
        older, newer = os.path.join(base.path, "older"), os.path.join(base.path, "newer")
        shutil.copytree(xn.folder, older, ignore=shutil.ignore_patterns("comity.sock"))
        xn.start()
        refs = [xn.request("XM/dts")["ref"] for _ in range(2)]
        held, size = xn.ask("status")["log_size"], None
        xn.stop()
        shutil.copytree(xn.folder, newer, ignore=shutil.ignore_patterns("comity.sock"))
        size = json.loads(run("-C", older, "status", "--json").stdout)["log_size"]

        take(xn.folder, os.path.join(base.path, "aside-1"), STORE)
        put(older, xn.folder, STORE)
        refused(tap, xn.folder, "an older database",
                [f"head of {held} leaves", f"the store holds {size}", "newer store"],
                [f"leaf {size}", f"leaf {held - 1}"])

        take(xn.folder, os.path.join(base.path, "aside-2"), HEADS)
        put(older, xn.folder, "log")
        refused(tap, xn.folder, "an older database and log, heads removed",
                [f"holds {size} leaves", "missing"], ["head"])

        put(newer, xn.folder, STORE, "log")
        refused(tap, xn.folder, "heads removed, all else whole", ["missing"], ["head"])

        put(newer, xn.folder, HEADS)
        take(xn.folder, os.path.join(base.path, "aside-3"), STORE)
        refused(tap, xn.folder, "the database removed", ["comity.db", "missing"],
                ["store-missing"])
        tap.ok(not glob.glob(os.path.join(xn.folder, STORE)), "and none was made in its place")

        put(newer, xn.folder, STORE)
        xn.start()
        ref = xn.request("XM/dts")["ref"]
        tap.ok(ref not in refs and ref.endswith("0004"),
               f"with the newer store back it is served, and goes on with {ref} after {refs}")
        xn.ask("fsck")
        xn.stop()
    tap.done()


main()
