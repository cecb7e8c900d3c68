#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where private keys are: the memory of every process of two nodes is read after handshakes, a send and
an intake, and searched for each key in both byte orders. They are in keeper, and nowhere else; in a
node of one process they are found there, so that the search is known to find what is there."""

import base64
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
from node import Base, Tap, pin, wait_for  # noqa: E402
from pages import Pages  # noqa: E402

PAGE = os.sysconf("SC_PAGESIZE")
PIECE = 2 << 20
SCALAR = bytes.fromhex("0201010420")  # ECPrivateKey: version 1, then 32 octets (RFC 5915 3)


def keys_of(folder):
    """Every private key of a node, by name."""
    keys = {}
    for at, _, names in os.walk(os.path.join(folder, "keys")):
        for name in names:
            if not name.endswith(".key"):
                continue
            path = os.path.join(at, name)
            data = open(path, "rb").read()
            if data.startswith(b"-----"):
                der = base64.b64decode(b"".join(data.split(b"\n")[1:-2]))
                start = der.index(SCALAR) + len(SCALAR)
                data = der[start:start + 32]
            assert len(data) == 32, path
            keys[os.path.relpath(path, folder)] = data
    return keys


def present(pagemap, start, end):
    """The parts of a mapping in which the process has pages: a sanitizer reserves far more than it uses.
    Each entry of the page map is 8 bytes; all zero means that nothing is there."""
    at = start
    while at < end:
        n = min(PIECE, end - at)
        pagemap.seek(at // PAGE * 8)
        entries = pagemap.read(n // PAGE * 8)
        if entries.count(0) != len(entries):
            yield at, at + n
        at += n


def memory_of(pid):
    """All that a process has in memory, piece by piece, each with the end of the one before."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem, \
            open(f"/proc/{pid}/pagemap", "rb", 0) as pagemap:
        for line in maps:
            span, powers, rest = line.split(" ", 2)
            if powers[0] != "r" or "[v" in rest:
                continue
            first, last = (int(x, 16) for x in span.split("-"))
            if last - first > 1 << 40:
                continue  # a sanitizer's shadow: it describes memory and holds none of it
            before, reached = b"", first
            for start, end in present(pagemap, first, last):
                try:
                    mem.seek(start)
                    piece = mem.read(end - start)
                except OSError:
                    continue
                yield (before if start == reached else b"") + piece
                before, reached = piece[-31:], end


def search(pid, keys):
    """The names of the keys found, and how much was read."""
    found, read = set(), 0
    for piece in memory_of(pid):
        read += len(piece)
        for name, key in keys.items():
            if name not in found and (key in piece or key[::-1] in piece):
                found.add(name)
    return found, read


def work(base, options):
    """Two nodes after handshakes both ways, a send and an intake each way."""
    xn, xm = base.node("XN").start(options=options), base.node("XM").start(options=options)
    pin(xn, xm)
    for a, b, to in ((xn, xm, "XM/dts"), (xm, xn, "XN/csb")):
        ref = a.request(to)["ref"]
        wait_for("the other node to hold it",
                 lambda: a.ask("show", ref=ref)["acts"][0]["level"] == "held")
    for node in (xn, xm):
        assert Pages.of(node).get("/duty")[0] == 200
    return xn, xm


def main():
    tap = Tap()
    with Base() as base:
        for node in work(base, []):
            keys = keys_of(node.folder)
            tap.ok(len(keys) == 5, f"{node.state}: {len(keys)} private keys: {', '.join(sorted(keys))}")
            processes = {p["process"]: p["pid"] for p in node.ask("status")["processes"]}
            tap.ok(set(processes) == {"broker", "front-peers", "front-officers", "reader", "desk", "keeper",
                                     "courier", "printer"},
                   f"{node.state}: its processes are {', '.join(sorted(processes))}")
            for name, pid in sorted(processes.items()):
                found, read = search(pid, keys)
                want = set(keys) if name == "keeper" else set()
                tap.ok(found == want and read > 1 << 20,
                       f"{node.state}: {read >> 20} MiB of {name} hold {len(found)} of {len(keys)} "
                       f"keys {sorted(found ^ want) if found != want else ''}")
            node.stop()
    with Base() as base:
        for node in work(base, ["--single"]):
            keys = keys_of(node.folder)
            found, read = search(node.child.pid, keys)
            tap.ok(found == set(keys),
                   f"{node.state}: in one process {len(found)} of {len(keys)} are found")
            node.stop()
    tap.done()


main()
