#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One node, one PostgreSQL, and what may come between them: others in its way, a connection that is
cut, and a second folder with the same keys that takes the database over."""

import os
import shutil
import subprocess
import sys
import threading

os.environ["COMITY_SERVER"] = "1"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Gone, Refused, Tap, run, wait_for  # noqa: E402
from server import PROGRAMS, Stored  # noqa: E402

ASKED, CUTS = 60, 5
DRAFT = {"kind": "preservation", "to": "XM/dts", "particulars": {"facts": "Case"}}


def in_the_way(stored, stop):
    """Holds the row that each commit touches, again and again, so that the server must refuse some."""
    text = ("BEGIN ISOLATION LEVEL SERIALIZABLE; UPDATE writer SET owner = owner; "
            "SELECT pg_sleep(0.02); COMMIT; SELECT pg_sleep(0.01);\n")
    while not stop.is_set():
        subprocess.run([PROGRAMS + "psql", "-X", "-q", "-d", stored.conninfo], timeout=120,
                       input=(text * 20).encode(), stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, cwd="/",
                       env={**os.environ, "PGOPTIONS": f"-c search_path={stored.schema}"})


def conflicts(base):
    with open(os.path.join(base.server.folder, "log")) as f:
        return f.read().count("could not serialize access")


def drafts(node):
    return {d["draft"] for d in node.ask("drafts")["drafts"]}


def tried(node):
    """One more draft: its label when it was acknowledged."""
    try:
        return node.ask("new", **DRAFT)["draft"]
    except (Gone, Refused):
        return None


def others_in_the_way(tap, base, node):
    stop = threading.Event()
    other = threading.Thread(target=in_the_way, args=(Stored(node.folder), stop))
    before = conflicts(base)
    other.start()
    made = [tried(node) for _ in range(ASKED)]
    stop.set()
    other.join()
    met = conflicts(base) - before
    tap.ok(met > 0, f"the server refused {met} transactions of {ASKED}: they were done again")
    tap.ok(all(made) and len(set(made)) == ASKED, f"{ASKED} of {ASKED} were acknowledged")
    return set(made)


def cut(tap, node):
    made = set()
    for _ in range(CUTS):
        Stored(node.folder).psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                 "WHERE application_name = 'comity'")
        made.add(wait_for("another connection", lambda: tried(node)))
    tap.ok(len(made) == CUTS, f"{CUTS} times the connection was cut, and made again")
    return made


def taken_over(tap, base, node, acknowledged):
    standby = os.path.join(base.path, "standby")
    shutil.copytree(node.folder, standby, ignore=shutil.ignore_patterns("comity.sock", "owner"))
    told = run("-C", standby, "serve", "--json", want=None)
    tap.ok(told.returncode != 0, f"a second folder is not served beside it: exit {told.returncode}")
    run("-C", standby, "take-over", "--json")
    late = tried(node)
    tap.ok(late is None, f"who was taken over from acknowledges nothing any more {late}")
    code = node.child.wait(60)
    tap.ok(code != 0, f"and ends: exit {code}")
    node.child.stdout.close()
    node.child = None
    node.folder = standby
    node.start()
    lost = acknowledged - drafts(node)
    tap.ok(not lost, f"{len(acknowledged)} acknowledged, none lost {sorted(lost)[:3]}")
    tap.ok(tried(node), "and the second folder goes on")


def main():
    tap = Tap()
    with Base() as base:
        node = base.node("XN").start()
        acknowledged = others_in_the_way(tap, base, node)
        acknowledged |= cut(tap, node)
        taken_over(tap, base, node, acknowledged)
        node.stop()
        code = run("-C", node.folder, "fsck", "--json", want=None).returncode
        tap.ok(code == 0, f"fsck exits {code}")
    tap.done()


main()
