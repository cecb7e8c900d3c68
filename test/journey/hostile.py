#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table of bad input, over the real network: for each row what was answered (status, code, clause),
what was recorded, and what the peer was told."""

import base64
import hashlib
import http.client
import io
import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Refused, Tap, free_port, run, wait_for, REQUEST  # noqa: E402

BUILD = os.environ.get("BUILD", "build/test")
CRAFT = os.path.join(BUILD, "test/journey/craft")


def b64(data):
    return base64.b64encode(data).decode()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def craft(*args, stdin=b""):
    done = subprocess.run([CRAFT, *args], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120)
    if done.returncode:
        raise AssertionError(f"craft {args}: {done.stderr.decode()}")
    return done.stdout


class Answer:
    def __init__(self, status, headers, body, receipt=None):
        self.status, self.headers, self.body, self.receipt = status, headers, body, receipt
        try:
            self.problem = json.loads(body)
        except ValueError:
            self.problem = {}


class Peer:
    """A node of our own making: it has keys and a line, and says what it likes."""

    def __init__(self, base, state, port, real=False):
        self.folder, self.state, self.port = os.path.join(base, "peer-" + state), state, port
        craft("make", self.folder, state, *(["real"] if real else []))
        self.sequence, self.known = 0, os.path.join(base, "known")

    def profile(self):
        return os.path.join(self.folder, "profile.json")

    def know(self):
        craft("know", self.known, stdin=self.get("/comity/1/profile").body)
        with open(os.path.join(self.known, "open.der"), "rb") as f:
            self.open_der = f.read()

    def connection(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(os.path.join(self.folder, "tls.pem"),
                                os.path.join(self.folder, "tls.key"))
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=60)

    def get(self, path):
        c = self.connection()
        c.request("GET", path)
        r = c.getresponse()
        answer = Answer(r.status, dict(r.getheaders()), r.read())
        c.close()
        return answer

    def post(self, body):
        c = self.connection()
        c.request("POST", "/comity/1/parcels", body, {"Content-Type": "application/cms"})
        r = c.getresponse()
        answer = Answer(r.status, dict(r.getheaders()), r.read())
        c.close()
        if answer.status == 200:
            answer.receipt = json.loads(craft("show", self.known, stdin=answer.body))
        return answer

    def act(self, **changes):
        act = {
            "v": 1, "id": secrets.token_hex(16), "act": "send", "dossier": secrets.token_hex(16),
            "ref": f"{self.state}-CSB-2026-{secrets.randbelow(10 ** 6):06d}", "n": 1,
            "seen": {"n": 0, "hash": ""}, "from": f"{self.state}/csb", "to": "XM/dts",
            "by": {"officer": "o-1", "post": "duty officer", "method": "session"},
            "at": int(time.time() * 1000),
            "law": {"instrument": "un-cybercrime", "kind": "preservation", "profiles": {},
                    "tables": "0" * 64},
            "particulars": {k: v if isinstance(v, bool) else {"lang": "en", "text": v}
                            for k, v in REQUEST.items()},
            "documents": [], "suite": 1}
        act.update(changes)
        return act

    def sealed(self, act, sequence=None, extra=(), signer=None, to=None, raw=None):
        """Signs and seals an act (a map, or bytes as they are)."""
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        text = act if isinstance(act, bytes) else canonical(act)
        carriage = canonical({"v": 1, "act": hashlib.sha256(text).hexdigest(),
                              "from": f"{self.state}/csb", "to": "XM/dts", "incarnation": 1,
                              "seq": sequence, "suite": 1})
        spec = {"to": [b64(to or self.open_der)]}
        if raw is not None:
            spec["container"] = b64(raw)
        else:
            spec["entries"] = [{"name": n, "data": b64(d)} for n, d in
                               [("act.json", text), ("carriage.json", carriage), *extra]]
        if signer:
            spec["signer"] = signer.folder
        out = os.path.join(self.folder, "sealed")
        craft("seal", self.folder, out, stdin=json.dumps(spec).encode())
        with open(out, "rb") as f:
            return f.read()

    def container(self, name):
        """A signed container that is not sealed yet, to be spoilt."""
        spec = {"to": [], "entries": [{"name": "act.json", "data": b64(canonical(self.act()))},
                                      {"name": name, "data": b64(b"x")}]}
        out = os.path.join(self.folder, "container")
        craft("seal", self.folder, out, stdin=json.dumps(spec).encode())
        with open(out, "rb") as f:
            return f.read()


class Table:
    def __init__(self, tap, node, peer):
        self.tap, self.node, self.peer = tap, node, peer

    def incidents(self):
        return self.node.ask("status")["incidents"]

    def row(self, name, answer, status, code=None, article=None, recorded=True):
        """Answered so, told so in the problem, and recorded as an incident of that code."""
        told = answer.problem
        good = answer.status == status
        if code:
            good = good and told.get("code") == code
        if article:
            good = good and told.get("article") == article
        if recorded and code:
            good = good and any(i["code"] == code and i["article"] == told.get("article")
                                for i in self.incidents())
        self.tap.ok(good, f"{name}: answered {answer.status} {told.get('code')} "
                          f"[{told.get('article')}], recorded and told")
        if not good:
            self.tap.note(f"wanted {status} {code} {article}; body {answer.body[:300]}")

    def held(self, name, answer, remark=None, article=None):
        """Taken: a receipt says held, and says the remark."""
        told = [(r["code"], r["article"]) for r in (answer.receipt or {}).get("remarks") or []]
        good = answer.status == 200 and answer.receipt["event"] == "held"
        if remark:
            good = good and any(c == remark and (article is None or a == article)
                                for c, a in told)
        self.tap.ok(good, f"{name}: held, receipted, told {told}")
        if not good:
            self.tap.note(f"{answer.status} {answer.body[:300]}")
        return good


def deep(n):
    return b"[" * n + b"]" * n


def bomb():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("mimetype", "application/vnd.etsi.asic-e+zip")
        z.writestr("act.json", b"\0" * (64 << 20))
    return data.getvalue()


def renamed(data, old, new):
    """Puts another name of the same length over an entry's, in both places."""
    assert len(old) == len(new) and data.count(old) >= 2
    return data.replace(old, new)


def strangers(t, base, xm):
    stranger = Peer(base.path, "XS", xm.port)
    t.row("unknown peer", stranger.post(b"x" * 1000), 403, "peer-unknown")
    real = Peer(base.path, "XR", xm.port, real=True)
    refused = run("-C", xm.folder, "peer", "add", real.profile(), "--json", want=None)
    fault = json.loads(refused.stdout)["error"]
    t.tap.ok(refused.returncode == 4 and fault["code"] == "training",
             f"a peer of the other kind is not pinned: peer add exits {refused.returncode} with "
             f"{fault['code']} [{fault['article']}]")
    # So it stays a stranger at the wire. That the flag alone refuses one that was pinned by hand is
    # shown in test/post/test_http.c, where a node can be made to have done so.
    t.row("a peer of the other kind, not pinned for it", real.post(b"x" * 1000), 403,
          "peer-unknown")


def wrong_bytes(t, base, peer, xm):
    other = Peer(base.path, "XO", xm.port)
    with open(os.path.join(other.folder, "open.der"), "rb") as f:
        theirs = f.read()
    t.row("valid peer, wrong signature", peer.post(peer.sealed(peer.act(), 900, signer=other)),
          422, "signature", "RFC 5652 5.6")
    t.row("sealed to somebody else", peer.post(peer.sealed(peer.act(), 900, to=theirs)), 422,
          "sealed-to-other", "RFC 5652 6.2")
    t.row("no CMS at all", peer.post(b"hello" * 200), 422)
    t.row("20 MiB body", peer.post(b"\0" * (20 << 20)), 413, "body-too-large")
    t.row("zip bomb", peer.post(peer.sealed(b"", 900, raw=bomb())), 422, "zip-compressed")
    path = renamed(peer.container("aa/bb/x"), b"aa/bb/x", b"../../x")
    t.row("entry ../../x", peer.post(peer.sealed(b"", 900, raw=path)), 422, "zip-name")
    text = canonical(peer.act())
    twice = text[:-1] + b',"v":1}'
    t.row("duplicate JSON keys", peer.post(peer.sealed(twice, 900)), 422, None, "RFC 8259 4")
    bad = text.replace(b"A hospital", b"\xff\xfe hospital")
    t.row("bad UTF-8", peer.post(peer.sealed(bad, 900)), 422, None, "RFC 3629")
    t.row("depth 10,000", peer.post(peer.sealed(deep(10000), 900)), 422, "depth")


def cut_short(t, peer):
    c = peer.connection()
    c.putrequest("POST", "/comity/1/parcels")
    c.putheader("Content-Type", "application/cms")
    c.putheader("Content-Length", "100000")
    c.endheaders()
    c.send(b"x" * 5000)
    c.sock.shutdown(socket.SHUT_RDWR)
    c.close()
    seen = wait_for("the incident", lambda: [i for i in t.incidents() if i["code"] == "body-cut"])
    t.tap.ok(bool(seen), f"body cut short: nothing to answer, recorded as body-cut "
                         f"[{seen[0]['article']}]; the peer has no receipt and sends again")


def numbers(t, peer, xm):
    sealed = peer.sealed(peer.act())
    first, again = peer.post(sealed), peer.post(sealed)
    t.held("a good request", first)
    t.tap.ok(again.status == 200 and again.receipt == first.receipt,
             "replay: the same receipt body again")
    count = len(xm.ask("list")["dossiers"])
    t.tap.ok(count == 1, f"replay: applied once ({count} dossier)")
    gap = peer.sequence
    peer.sequence += 1
    late = peer.post(peer.sealed(peer.act()))
    t.held("sequence gap", late, "sequence-gap", "comity wire 1: carriage.seq")
    t.tap.ok(late.receipt["contiguous"] == gap, f"sequence gap: asked for {gap + 1}, the receipt "
                                                f"says contiguous {late.receipt['contiguous']}")
    filled = peer.post(peer.sealed(peer.act(), gap + 1))
    t.tap.ok(filled.status == 200 and filled.receipt["contiguous"] == gap + 2,
             "sequence gap: closed when what was missing comes")
    taken = peer.post(peer.sealed(peer.act(), 1))
    t.row("a sequence used twice", taken, 422, "sequence-taken")


def contents(t, peer, xm):
    ahead = peer.post(peer.sealed(peer.act(at=int(time.time() * 1000) + 600000)))
    t.held("clock 10 minutes ahead", ahead, "clock-ahead", "comity act 1: at")
    law = {"instrument": "un-cybercrime", "kind": "levitation", "profiles": {}, "tables": "0" * 64}
    act = peer.act(law=law)
    unknown = peer.post(peer.sealed(act))
    t.held("unknown kind", unknown, "unknown-kind", "comity act 1: law.kind")
    shown = xm.ask("show", ref=act["ref"])
    t.tap.ok(shown["acts"][0]["known"] is False and shown["acts"][0]["effect"] == "not-known",
             "unknown kind: recorded, shown as unknown")
    act = peer.act()
    del act["particulars"]["data"]
    t.held("missing particular from a peer", peer.post(peer.sealed(act)), "particular-missing",
           "un-cybercrime 42(3)(c)")
    shown = xm.ask("show", ref=act["ref"])
    following = [o["act"] for o in shown["options"] if o["next"]]
    t.tap.ok(shown["missing"] == ["data"] and following == ["ask"],
             f"missing particular: shown as incomplete {shown['missing']}, next {following}")
    for ground, article in (("non_conformity", "un-cybercrime 42(6)"),
                            ("no_dual_criminality", "un-cybercrime 42(4)")):
        try:
            xm.ask("act", ref=act["ref"], act="refuse",
                   particulars={"ground": ground, "reasons": "No."})
            t.tap.ok(False, f"our refusal on {ground} was allowed")
        except Refused as e:
            t.tap.ok(e.fault["article"] == article, f"our refusal on {ground}: refused with "
                                                    f"{e.fault['code']} [{e.fault['article']}]")
    draft = xm.ask("new", kind="preservation", to=f"{peer.state}/csb",
                   particulars={k: v for k, v in REQUEST.items() if k != "data"})["draft"]
    try:
        xm.ask("send", draft=draft)
        t.tap.ok(False, "our own incomplete request was sent")
    except Refused as e:
        t.tap.ok(e.fault["article"] == "un-cybercrime 42(3)(c)" and
                 e.fault["particular"] == "data",
                 f"missing particular from our officer: refused with {e.fault['code']} "
                 f"[{e.fault['article']}]")


def bad_ground(t, peer, xm):
    """A refusal by the peer on a ground that Art 42(6) does not list."""
    draft = xm.ask("new", kind="preservation", to=f"{peer.state}/csb", particulars=REQUEST)
    sent = xm.ask("send", draft=draft["draft"])
    log = xm.ask("log", ref=sent["ref"])["acts"][0]
    act = peer.act(act="refuse", dossier=draft["request"]["dossier"], ref=sent["ref"],
                   seen={"n": 1, "hash": log["hash"]},
                   particulars={"ground": "fiscal", "reasons": {"lang": "en", "text": "Tax."}})
    answer = peer.post(peer.sealed(act))
    t.held("a peer's refusal on a ground not allowed", answer, "ground-not-allowed")
    shown = xm.ask("show", ref=sent["ref"])
    remarks = [r["code"] for r in shown["acts"][1].get("remarks", [])]
    t.tap.ok("ground-not-allowed" in remarks, f"a ground not allowed: recorded with {remarks}")


def disk_full(tap, base, peer_state):
    """The node's folder on a small disk of its own, filled up and freed again."""
    folder = os.path.join(base.path, "small")
    os.mkdir(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=True)
    try:
        small = Base()
        small.path, small.nodes = folder, []
        xm = small.node("XM").start()
        peer = Peer(base.path, peer_state, xm.port)
        pin(xm, peer)
        assert peer.post(peer.sealed(peer.act())).status == 200
        filler = os.path.join(folder, "filler")
        with open(filler, "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"\0" * 65536)
            except OSError:
                pass
        sealed, answer = None, None
        for _ in range(200):  # room inside the log's last pages may take a few more
            sealed = peer.sealed(peer.act())
            answer = peer.post(sealed)
            if answer.status != 200:
                break
        tap.ok(answer.status == 503 and int(answer.headers.get("Retry-After", "0")) > 0,
               f"disk full: answered {answer.status}, Retry-After "
               f"{answer.headers.get('Retry-After')}")
        os.remove(filler)
        answer = peer.post(sealed)
        tap.ok(answer.status == 200 and answer.receipt["event"] == "held",
               "disk full: works again without a restart")
        xm.ask("fsck")
        xm.stop()
        xm.log.close()
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def commit_error(tap, base, peer_state):
    """A sync that fails in COMMIT: the desk ends without having taken anything, and the one that is
    started in its place finds out."""
    env = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
    inner = Base()
    inner.path, inner.nodes = os.path.join(base.path, "commit"), []
    os.mkdir(inner.path)
    xm = inner.node("XM").start(env=env)
    peer = Peer(base.path, peer_state, xm.port)
    pin(xm, peer)
    assert peer.post(peer.sealed(peer.act())).status == 200
    trace = os.path.join(inner.path, "trace")
    desk = {p["process"]: p["pid"] for p in xm.ask("status")["processes"]}["desk"]
    strace = subprocess.Popen(["strace", "-f", "-p", str(desk), "-o", trace, "-e",
                               "trace=fdatasync,fsync", "-e",
                               "inject=fdatasync,fsync:error=EIO:when=1+"],
                              stderr=subprocess.PIPE)
    strace.stderr.readline()  # "attached"
    sealed = peer.sealed(peer.act())
    try:
        answered = peer.post(sealed).status
    except (OSError, http.client.HTTPException):
        answered = None
    strace.wait(60)
    strace.stderr.close()
    with open(trace) as f:
        injected = f.read().count("INJECTED")
    tap.ok(injected > 0, f"COMMIT error: {injected} failed syncs were injected")
    ended = f'"process":"desk","pid":"{desk}","status":"111"'
    wait_for("the end of the desk in the log", lambda: ended in open(xm.log.name).read())
    tap.ok(answered in (None, 503) and xm.child.poll() is None,
           f"COMMIT error: the desk exits 111, the sender is told to come again ({answered})")

    def again():
        got = peer.post(sealed)
        return None if got.status == 503 else got
    answer = wait_for("another desk", again)
    tap.ok(answer.status == 200 and answer.receipt["event"] == "held",
           "COMMIT error: the next desk receipts the same parcel")
    count = len(xm.ask("list")["dossiers"])
    tap.ok(count == 2, f"COMMIT error: it was applied once ({count} dossiers)")
    xm.ask("fsck")
    xm.stop()
    xm.log.close()


def pin(node, peer):
    run("-C", node.folder, "peer", "add", peer.profile(), "--json")
    heard = craft("words", peer.folder).decode().strip()
    run("-C", node.folder, "peer", "add", peer.profile(), "--words", heard, "--json")
    peer.know()


def main():
    tap = Tap()
    with Base() as base:
        xm = base.node("XM").start()
        peer = Peer(base.path, "XQ", xm.port)
        pin(xm, peer)
        t = Table(tap, xm, peer)
        strangers(t, base, xm)
        numbers(t, peer, xm)
        wrong_bytes(t, base, peer, xm)
        cut_short(t, peer)
        contents(t, peer, xm)
        bad_ground(t, peer, xm)
        xm.ask("fsck")
        tap.ok(True, "after all of it fsck finds nothing")
        xm.stop()
        disk_full(tap, base, "XF")
        commit_error(tap, base, "XC")
    tap.done()


if __name__ == "__main__":
    main()
