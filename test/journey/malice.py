# SPDX-License-Identifier: Apache-2.0
"""Documents that mean harm, registered by hand and attached to a mail: each is kept as the bytes it is,
opened and executed by nobody, shown under a name that cannot deceive, and given to a browser only as a
download that may do nothing."""

import hashlib
import io
import os
import struct
import unicodedata
import zipfile
import zlib

from alone import comity, particulars
from mail import arrived, drop, letter_from_lacunia
from node import Base, Tap, wait_for
from pages import Pages

MIB = 1 << 20


def bomb():
    """64 MiB of nothing, in a few kilobytes, three deep."""
    data = b"\0" * (64 * MIB)
    for name in ("a", "b.zip", "c.zip"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr(name, data)
        data = out.getvalue()
    return data


def overlapping():
    """Many entries of the directory that share one local file."""
    body, name = zlib.compress(b"\0" * MIB)[2:-4], b"x"
    crc = zlib.crc32(b"\0" * MIB)
    fields = (20, 0, 8, 0, 0x21, crc, len(body), MIB, len(name), 0)
    local = b"PK\3\4" + struct.pack("<HHHHHIIIHH", *fields) + name + body
    central = b"".join(b"PK\1\2" + struct.pack("<HHHHHHIIIHHHHHII", 20, *fields, 0, 0, 0, 0, 0) + name
                       for _ in range(500))
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 500, 500, len(central),
                                                     len(local), 0)


def path_tricks(canary):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("../" * 12 + canary.lstrip("/"), "out")
        z.writestr(canary, "out")
    return out.getvalue()


def page(canary):
    return (f"<!doctype html><script>document.title='{canary}'</script>"
            f"<img src=x onerror=alert(1)><meta http-equiv=refresh content='0;url=/users'>").encode()


def drawing(canary):
    return (f"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY e SYSTEM 'file://{canary}'>]>"
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(2)</script>"
            "<text>&e;</text></svg>").encode()


def harmful(canary):
    """Name and bytes of each. The name is what the sender wrote."""
    eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    script = f"#!/bin/sh\ntouch {canary}\n".encode()
    return [
        ("eicar.com", eicar.encode()),
        ("bomb.zip", bomb()),
        ("overlapping.zip", overlapping()),
        ("tricks.zip", path_tricks(canary)),
        ("page.html", page(canary)),
        ("drawing.svg", drawing(canary)),
        ("order\u202efdp.exe", script),
        ("blank\u200b\u2066name\u2069.pdf.sh", script + b"# two\n"),
    ]


# What only a mail can say: a path cannot hold these as the name of a file.
PATHS = ["../../../../../../tmp/comity-malice-out", "/etc/cron.d/x", "..\\..\\windows\\x.bat", ".", "..",
         ".profile", "a\tb\u2028c.pdf", "x" * 400 + ".pdf"]


def deceives(name):
    """Whether a name is a path, hides something, or turns text about."""
    return (not name or name in (".", "..") or name.startswith(".") or "/" in name or "\\" in name or
            len(name.encode()) > 120 or
            any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co") for c in name))


def processes(node):
    return {p["process"]: p["pid"] for p in node.ask("status")["processes"]}


def running_below(pid):
    """The processes of a node, its broker's children and theirs."""
    found = [pid]
    for one in found:
        with open(f"/proc/{one}/task/{one}/children", encoding="ascii") as f:
            found += [int(c) for c in f.read().split()]
    return set(found)


def registered(t, base, node, things):
    folder = os.path.join(base.path, "came")
    os.mkdir(folder)
    files = []
    for name, data in things:
        files.append(os.path.join(folder, name))
        with open(files[-1], "wb") as f:
            f.write(data)
    entry = comity(node, "register", *files, "--from", "XL/pgo", "--carriage", "by-hand")
    shown = comity(node, "entry", "show", entry["entry"])
    check_entry(t, base, node, shown, things, "by hand")
    return shown


def mailed(t, base, node, things):
    m = letter_from_lacunia("Documents", "See what is attached.", "<m1@pgo.lacunia.example>")
    paths = [(p, f"path {k}".encode()) for k, p in enumerate(PATHS)]
    for name, data in things + paths:
        m.add_attachment(data, maintype="application", subtype="octet-stream", filename="x")
        part = list(m.iter_attachments())[-1]
        # As hostile as it is: the library would make the name better than it is.
        part.replace_header("Content-Disposition", "attachment")
        part.set_param("filename", name, header="Content-Disposition", charset="utf-8")
    drop(node, "1.malice", m)
    shown = arrived(node, "Documents")
    check_entry(t, base, node, shown, things + paths, "by mail")
    return shown


def check_entry(t, base, node, shown, things, how):
    by_hash = {d["sha256"]: d for d in shown["documents"]}
    missing = [n for n, data in things if hashlib.sha256(data).hexdigest() not in by_hash]
    t.ok(not missing, f"{how}: all {len(things)} are kept, by their bytes {missing or ''}")
    names = [d["name"] for d in shown["documents"]]
    bad = [n for n in names if deceives(n)]
    t.ok(not bad, f"{how}: no name is a path, hides anything or turns text about {bad or ''}")
    wrong = []
    for k, (name, data) in enumerate(things):
        out = os.path.join(base.path, f"back-{how.replace(' ', '-')}-{k}")
        comity(node, "entry", "get", shown["entry"], hashlib.sha256(data).hexdigest(), "-o", out)
        with open(out, "rb") as f:
            if f.read() != data:
                wrong.append(name)
    t.ok(not wrong, f"{how}: each comes back byte for byte {wrong or ''}")


def served(t, node, ref, things):
    browser, bad = Pages.of(node), []
    for name, data in things:
        path = f"/dossier/{ref}/documents/{hashlib.sha256(data).hexdigest()}"
        status, headers, body = browser.fetch(path)
        policies = headers.get_all("Content-Security-Policy", [])  # a browser keeps to all of them
        fine = (status == 200 and body == data and
                headers.get("Content-Type") == "application/octet-stream" and
                headers.get("X-Content-Type-Options") == "nosniff" and
                headers.get("Content-Disposition", "").startswith("attachment") and
                "sandbox" in [p.strip() for policy in policies for p in policy.split(";")] and
                not any(ord(c) < 32 or ord(c) > 126 for c in headers["Content-Disposition"]))
        if not fine:
            bad.append((name, status, dict(headers)))
    t.ok(not bad, f"a browser gets each as a sandboxed download, and as nothing else {bad[:1] or ''}")
    unknown = browser.fetch(f"/dossier/{ref}/documents/{'0' * 64}")[0]
    t.ok(unknown == 404, "and what is not there is not found")


def filed(node, entry):
    return comity(node, "entry", "file", entry["entry"], "request", "--kind", "preservation",
                  "--from", "XL/pgo", "--again", *particulars(facts="A bank."))["ref"]


def main():
    t = Tap()
    with Base() as base:
        canary = os.path.join(base.path, "canary")
        node = base.node("XN")
        with open(os.path.join(node.folder, "comity.yaml"), "a", encoding="ascii") as f:
            f.write("mail: {maildir: \"mail\"}\n")
        node.start()
        things = harmful(canary)
        before, below = processes(node), running_below(node.child.pid)
        hand = registered(t, base, node, things)
        mail = mailed(t, base, node, things)
        for entry in (hand, mail):
            served(t, node, filed(node, entry), things)
        t.ok(processes(node) == before and running_below(node.child.pid) == below,
             "no process of the node ended over them, and none was added")
        t.ok(not os.path.exists(canary) and not os.path.exists("/tmp/comity-malice-out"),
             "nothing was executed or unpacked")
        outside = set(os.listdir(base.path)) - {"xn", "xn.log", "came"}
        t.ok(all(n.startswith("back-") for n in outside), "no file stands outside the node's folder")
        size = sum(os.path.getsize(os.path.join(at, n)) for at, _, names in os.walk(node.folder)
                   for n in names)
        t.ok(size < 64 * MIB, f"the bombs were not unpacked: the node's folder has {size >> 20} MiB")
        comity(node, "fsck")
        t.ok(True, "nothing was altered")
        node.stop()
    t.done()


if __name__ == "__main__":
    main()
