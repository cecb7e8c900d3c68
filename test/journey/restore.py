#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node is backed up while it runs, works on, is wiped with all its keys, and is put back from the
older backup: everything that was receipted, both ways, is back, with nobody's help."""

import json
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Refused, Tap, pin, run, wait_for  # noqa: E402
from server import Stored  # noqa: E402


def acts(node):
    """Every act that travelled, with how far it came, by its id."""
    found = {}
    for d in node.ask("list", limit=200)["dossiers"]:
        for a in node.ask("log", ref=d["ref"])["acts"]:
            if a["stream"] != "inward":
                found[a["id"]] = (a["act"], a["stream"], a["n"], a["hash"], a["level"])
    return found


def quiet(*nodes):
    """All that was sent is held by the other side."""
    return all(n.ask("status")["not_yet_held_by_peer"] == 0 for n in nodes)


def answered(node, refs, *names):
    for ref in refs:
        for name, more in names:
            node.ask("act", ref=ref, act=name, particulars=more)


ASK = ("ask", {"question": "Which server?"})
ACK = ("acknowledge", {})


def into_a_file(backup):
    """What a person does who has no server any more: the settings in the backup name none."""
    path = os.path.join(backup, "comity.yaml")
    with open(path) as f:
        lines = [line for line in f if not line.startswith("database:")]
    with open(path, "w") as f:
        f.writelines(lines)


def journey(tap, base, lost, other, moves=False):
    """`lost` is the one that is put back; when it moves, from a server into a file."""
    name = lost.state
    before = [lost.request(other.address)["ref"], other.request(lost.address)["ref"]]
    wait_for("the first requests", lambda: quiet(lost, other))
    to, keys = os.path.join(base.path, name + "-backup"), os.path.join(base.path, name + "-keys")
    said = json.loads(run("-C", lost.folder, "backup", to, "--keys", keys, "--json").stdout)
    tap.ok(said["records"] > 0 and os.path.exists(os.path.join(to, "backup.json")),
           f"{name}: a running node is backed up and checked: {said['records']} rows")
    tap.ok(not os.path.exists(os.path.join(to, "keys")), f"{name}: no key is in the backup")
    again = run("-C", lost.folder, "backup", to, "--json", want=None)
    tap.ok(again.returncode != 0, f"{name}: a backup that is there is not written over")

    after = [lost.request(other.address)["ref"] for _ in range(3)]
    theirs = [other.request(lost.address)["ref"] for _ in range(3)]
    wait_for("a day's requests", lambda: quiet(lost, other))
    answered(other, [before[0], after[0]], ACK, ASK)
    answered(lost, [before[1], theirs[0]], ACK, ASK)
    lost.ask("act", ref=before[0], act="withdraw", particulars={"reasons": "No longer needed."})
    wait_for("a day's answers", lambda: quiet(lost, other))
    here, there, size = acts(lost), acts(other), lost.ask("status")["log_size"]

    refused = run("-C", lost.folder, "restore", to, "--json", want=None)
    tap.ok(refused.returncode != 0 and "store-there" in refused.stdout.decode(),
           f"{name}: a node that is there is not written over")
    lost.kill()
    stored = Stored(lost.folder)
    shutil.rmtree(lost.folder)
    if stored.conninfo:
        refused = run("-C", lost.folder, "restore", to, "--keys", keys, "--json", want=None)
        tap.ok("store-there" in refused.stdout.decode() and not os.path.exists(lost.folder),
               f"{name}: a schema that is there is not written over, and nothing is begun")
        stored.psql(f"DROP SCHEMA {stored.schema} CASCADE")
    refused = run("-C", lost.folder, "restore", to, "--json", want=None)
    tap.ok("keys-missing" in refused.stdout.decode(), f"{name}: without keys nothing is put back")
    if moves:
        into_a_file(to)
    said = json.loads(run("-C", lost.folder, "restore", to, "--keys", keys, "--json").stdout)
    on_server = bool(Stored(lost.folder).conninfo)
    tap.ok(said["incarnation"] > 1 and on_server == (bool(base.server) and not moves),
           f"{name}: it is incarnation {said['incarnation']} now, "
           f"{'on the server' if on_server else 'in a file'}")
    began = time.monotonic()
    lost.start()
    wait_for("everything to be back", lambda: acts(lost) == here and acts(other) == there, 120)
    wait_for("everything to be held", lambda: quiet(lost, other), 120)
    tap.ok(True, f"{name}: {len(here)} acts are here again, {len(there)} there, of a log of {size} "
                 f"leaves, {time.monotonic() - began:.1f} s after it served")
    lost.ask("act", ref=theirs[1], act="acknowledge", particulars={})
    new = lost.request(other.address)["ref"]
    wait_for("new acts", lambda: quiet(lost, other))
    tap.ok(new not in before + after, f"{name}: the next request has a label of its own: {new}")
    for n in (lost, other):
        n.stop()
        done = run("-C", n.folder, "fsck", "--json", want=None)
        tap.ok(done.returncode == 0, f"{name}: fsck of {n.state} exits {done.returncode} "
                                     f"{done.stdout.decode()[:300] if done.returncode else ''}")
        n.start()


def main():
    tap = Tap()
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        xn.address, xm.address = "XN/csb", "XM/dts"
        pin(xn, xm)
        try:
            journey(tap, base, xn, xm)
            journey(tap, base, xm, xn, moves=bool(base.server))
        except Refused as e:
            tap.ok(False, f"refused: {e}")
    tap.done()


if __name__ == "__main__":
    main()
