#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a court does with an exported parcel and another State with the log: standard tools, offline.

Plays the demo, keeps its folders, and lets openssl, unzip and a second implementation of the log (which
shares no code with the program) look at what it left."""

import json
import os
import random
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Tap, run  # noqa: E402

SEED = int(os.environ.get("SEED") or 20261124)
FLIPS = 4000 if os.environ.get("FULL") else 150
HERE = os.path.dirname(os.path.abspath(__file__))


def tool(*args, **options):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                          **options)


def play(tap, keep):
    began = time.monotonic()
    done = run("demo", "--check", "--json", "--keep", keep, want=None)
    took = time.monotonic() - began
    told = json.loads(done.stdout)
    want = {"ref", "sent_ms", "held_by_peer_ms", "acknowledged", "order_served", "clock_until",
            "ledger_heads_consistent", "exported", "verified"}
    tap.ok(done.returncode == 0, f"demo --check exits {done.returncode} after {took:.1f} s")
    tap.ok(set(told) == want and all(told[k] is True for k in (
        "acknowledged", "order_served", "ledger_heads_consistent", "exported", "verified")),
        f"demo --check says {json.dumps(told)}")
    tap.ok(took < 60, "the demo ends in under 60 s")


def find(folder, ending):
    return sorted(os.path.join(d, f) for d, _, files in os.walk(folder) for f in files
                  if f.endswith(ending))


def signature(tap, parcel, folder):
    out = os.path.join(folder, "out")
    os.makedirs(out)
    tool("unzip", "-q", parcel, "-d", out)
    for number, root in (("001", "proof/author-root.pem"), ("002", "proof/root.pem")):
        args = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in",
                f"{out}/META-INF/signature{number}.p7s", "-content",
                f"{out}/META-INF/ASiCManifest{number}.xml", "-CAfile", f"{out}/{root}",
                "-out", "/dev/null"]
        done = tool(*args)
        tap.ok(done.returncode == 0, f"openssl cms -verify -cades accepts signature{number} of "
                                     f"{os.path.basename(parcel)}: {done.stderr.decode().strip()}")
        with open(f"{out}/META-INF/ASiCManifest{number}.xml", "ab") as f:
            f.write(b" ")
        tap.ok(tool(*args).returncode != 0, f"and refuses it over other bytes ({number})")
    listing = tool("unzip", "-v", parcel).stdout.decode().splitlines()
    first = listing[3].split()
    tap.ok(first[-1] == "mimetype" and first[1] == "Stored",
           f"unzip shows first: {first[-1]}, {first[1]}")


def verdict(path, roots):
    args = ["verify", path, "--json"]
    for r in roots:
        args += ["--root", r]
    done = run(*args, want=None)
    return done.returncode, json.loads(done.stdout), done.stdout.decode()


def is_named(entry, places):
    """An entry by its name (as it stands, where the flipped bit is in the name) or by its position."""
    return entry in places or re.fullmatch(r"entry \d+", entry) or any(
        len(p) == len(entry) and sum(a != b for a, b in zip(p, entry)) == 1 for p in places)


def flips(tap, parcel, roots, folder):
    code, _, text = verdict(parcel, roots)
    tap.ok(code == 0, f"comity verify accepts {os.path.basename(parcel)} (exit {code})")
    for word in ("integrity", "trust", "policy"):
        tap.ok(word in text, f"the verdict keeps {word} apart")
    code, _, text = verdict(parcel, [])
    tap.ok(code == 1 and "unknown" in text, f"without a root it is not trusted (exit {code})")
    draw = random.Random(SEED)
    with open(parcel, "rb") as f:
        sound = f.read()
    names = [n for n in tool("unzip", "-Z1", parcel).stdout.decode().split("\n") if n]
    places = names + ["central directory", "end of directory"]
    bad = os.path.join(folder, "bad.asice")
    missed = []
    for _ in range(FLIPS):
        bit = draw.randrange(len(sound) * 8)
        altered = bytearray(sound)
        altered[bit // 8] ^= 1 << bit % 8
        with open(bad, "wb") as f:
            f.write(altered)
        code, told, _ = verdict(bad, roots)
        remarks = told["files"][0]["integrity"].get("remarks", [])
        if code != 1 or not any(is_named(r.get("entry", ""), places) for r in remarks):
            missed.append((bit, code, remarks[:1]))
    tap.ok(not missed, f"{FLIPS} of {len(sound) * 8} bits flipped (seed {SEED}), each refused and "
                       f"its entry named; missed {missed[:5]}")


def main():
    tap = Tap()
    with Base() as base:
        keep = os.path.join(base.path, "kept")
        play(tap, keep)
        parcels = find(keep, ".asice")
        roots = [p for p in find(keep, ".pem") if "root" in os.path.basename(p)]
        tap.ok(len(parcels) >= 1 and roots, f"kept: {len(parcels)} parcels, {len(roots)} roots")
        for k, parcel in enumerate(parcels):
            signature(tap, parcel, os.path.join(base.path, f"court-{k}"))
        flips(tap, parcels[0], roots, base.path)
        logs = [os.path.dirname(p) for p in find(keep, "checkpoint")]
        second = os.path.join(HERE, "..", "ledger", "second.py")
        for log in logs:
            done = tool(sys.executable, second, log)
            tap.ok(done.returncode == 0, "a second implementation reads the log's tiles: "
                                         f"{done.stdout.decode().strip()}")
        tap.ok(len(logs) == 2, "both nodes keep a log")
    tap.done()


main()
