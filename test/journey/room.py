#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node on a small disk of its own (a tmpfs in a mount namespace) that is filled by others: below a
first mark what is urgent is taken, below a second nothing is, and with room again all is held."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Tap, pin, wait_for  # noqa: E402

SIZE_MIB = 400


def fill(path, left_mib):
    """Leaves about so much of the disk."""
    s = os.statvfs(os.path.dirname(path))
    more = s.f_bavail * s.f_frsize - left_mib * (1 << 20)
    with open(path, "ab") as f:
        f.write(b"\0" * max(0, more))


def level(node, ref):
    return node.ask("show", ref=ref)["acts"][0]["level"]


def code(node, ref):
    return node.ask("show", ref=ref)["acts"][0].get("undelivered", {}).get("why", "")


def main():
    tap = Tap()
    with Base() as base:
        xn = base.node("XN").start()
        disk = os.path.join(base.path, "disk")
        os.mkdir(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "none", disk], check=True)
        whole, base.path = base.path, disk
        xm = base.node("XM").start()
        base.path = whole
        pin(xn, xm)
        tap.ok(xm.ask("status")["room"] == "enough", "there is room")
        ballast = os.path.join(disk, "ballast")
        fill(ballast, 15)
        tap.ok(xm.ask("status")["room"] == "low", "below the first mark people are told")
        ref = xn.request("XM/dts")["ref"]
        wait_for("the urgent one", lambda: level(xn, ref) == "held", 60)
        tap.ok(True, "what is urgent is taken")
        fill(ballast, 3)
        tap.ok(xm.ask("status")["room"] == "out", "below the second mark, too")
        ref = xn.request("XM/dts")["ref"]
        wait_for("the refusal", lambda: "disk" in code(xn, ref), 60)
        tap.ok(level(xn, ref) == "held-here", f"nothing is taken: {code(xn, ref)}")
        os.remove(ballast)
        wait_for("it", lambda: level(xn, ref) == "held", 120)
        tap.ok(True, "with room again it is held")
        xm.ask("fsck")
        xn.stop()
        xm.stop()
        subprocess.run(["umount", "-l", disk], check=True)
    tap.done()


if len(sys.argv) == 1:
    # Where the root is no mount of its own (a folder that became the root) it cannot be made private.
    own = [] if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode == 0 \
        else ["--propagation", "unchanged"]
    os.execvp("unshare", ["unshare", "-m", *own, sys.executable, os.path.abspath(__file__), "inside"])
main()
