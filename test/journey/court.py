#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a court does with an exported parcel and another State with the log: standard tools, offline.

Plays the demo, keeps its folders, and lets openssl, unzip and a second implementation of the log (which
shares no code with the program) look at what it left."""

import io
import json
import os
import random
import subprocess
import sys
import time
import zipfile

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


def layout(sound):
    """The parts of a container, as (begin, end, what may be told of a flip at an offset in it): told
    exactly, from the bytes of the ZIP alone (APPNOTE 4.3)."""
    parts = []
    with zipfile.ZipFile(io.BytesIO(sound)) as z:
        entries, directory = z.infolist(), z.start_dir
    for n, e in enumerate(entries):
        begin, name = e.header_offset, e.filename
        data = begin + 30 + len(name) + int.from_bytes(sound[begin + 28:begin + 30], "little")
        parts += [(begin, begin + 4, {f"entry {n + 1}", name}),  # nothing says: a header is here
                  (begin + 4, begin + 26, {name}),
                  (begin + 26, begin + 28, {f"entry {n + 1}", name}),  # where its name ends
                  (begin + 28, begin + 30, {name}),
                  (begin + 30, data, {"central directory", name}),  # its name, or the two differ
                  (data, data + e.compress_size, {name})]
    end = len(sound) - 22
    parts += [(directory, end, {"central directory"}),
              (end, len(sound), {"end of directory", "central directory",
                                 f"entry {len(entries) + 1}"})]
    return parts


def is_named(part, told, bit, begin):
    """Where the name itself was hit, it is told as it stands now."""
    if told in part:
        return True
    name = next((p for p in part if "/" in p or "." in p or p == "mimetype"), None)
    if not name:
        return False
    if "central directory" in part:
        at = bit // 8 - begin
        now = chr(ord(name[at]) ^ 1 << bit % 8)
        return told == name[:at] + (now if " " <= now < "\x7f" else "?") + name[at + 1:]
    return False


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
    parts = layout(sound)
    bad = os.path.join(folder, "bad.asice")
    missed = []
    for k in range(FLIPS):
        low, high = (0, len(sound)) if k % 2 else draw.choice(parts)[:2]  # the packing is small
        bit = draw.randrange(low * 8, high * 8)
        altered = bytearray(sound)
        altered[bit // 8] ^= 1 << bit % 8
        with open(bad, "wb") as f:
            f.write(altered)
        code, told, _ = verdict(bad, roots)
        remarks = told["files"][0]["integrity"].get("remarks", [])
        begin, _, part = next(p for p in parts if p[0] <= bit // 8 < p[1])
        if code != 1 or not remarks or not is_named(part, remarks[0]["entry"], bit, begin):
            missed.append((bit, code, part, remarks[:1]))
    tap.ok(not missed, f"{FLIPS} of {len(sound) * 8} bits flipped (seed {SEED}), each refused and "
                       f"the entry it lies in named; missed {missed[:5]}")


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
