#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ten thousand calls that no program should make, each made from one that is right: other methods, paths,
headers and bodies, from a printed seed. No answer may be a failure of the node (5xx), no process may end.
First the harness itself: over a server that fails now and then, it must say so."""

import copy
import http.server
import json
import os
import random
import re
import sys
import threading
import time

from node import Base, Gone, REQUEST, Tap, pin, wait_for
from program import Program

CALLS = 10000
WORDS = ["", "0", "-1", "..", ".", "%", "%00", "%ff", "%2e%2e%2f", "a" * 3000, "\u202egnp", "xn/csb", "XM/dts",
         "null", "{ref}", "' or 1=1 --", "9007199254740993", "XN-CSB-2026-9999", "d-00000000", "<b>", "a b"]
VALUES = [None, True, 0, -1, 2 ** 53 - 1, 2 ** 53, 10 ** 30, 1.5, "", "x", "\u0000", "\ud800", "a" * 70000, [], {},
          [[[[[[[[[[[[[]]]]]]]]]]]]], {"text": "x", "lang": "az"}, {"text": 7}, {"": ""}, ["x"] * 300,
          {str(k): k for k in range(300)}, "2026-02-30", "un-cybercrime", "\u202e\u0000"[:1]]
HEADERS = {
    "If-Match": ["*", '"0"', '"-"', 'W/"3"', '"99999999999999999999"', '"1","2"', "\x01", '"' + "1" * 4000 + '"', "7"],
    "Idempotency-Key": ["", '""', "a b", "k" * 129, "\xe9", '"\\"'],
    "Content-Type": ["text/plain", "application/xml", "application/json; charset=utf-16", "", "multipart/form-data"],
    "Authorization": ["Bearer", "Bearer x", "Basic eDp5", "Bearer " + "f" * 4000, ""],
    "Accept-Language": ["az", "ar", "xx", ";;q=", "a" * 3000, "*"],
    "If-None-Match": ["*", '"x"', ",,,", "\x7f"],
    "Cookie": ["__Host-comity-xn=x", "a=b; " * 200, "=", "__Host-comity-xn"],
    "Origin": ["http://evil.example", "null", ""],
    "Last-Event-ID": ["-1", "x", "99999999999999999999"],
    "Expect": ["100-continue", "x"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Range": ["bytes=0-1"],
}
CHANGES = {"method": 1, "path": 1, "query": 1, "header": 2, "body": 5, "bytes": 2, "nothing": 2}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "DANCE"]


def mutated(rng, value, depth=0):
    """A value with one thing in it changed."""
    if depth < 6 and value and isinstance(value, (dict, list)) and rng.random() < 0.75:
        value = copy.copy(value)
        key = rng.choice(list(value) if isinstance(value, dict) else range(len(value)))
        what = rng.random()
        if what < 0.15:
            del value[key]
        elif what < 0.3 and isinstance(value, dict):
            value[rng.choice(WORDS)] = rng.choice(VALUES)
        else:
            value[key] = mutated(rng, value[key], depth + 1)
        return value
    return rng.choice(VALUES)


def torn(rng, data):
    """Bytes with some of them changed, gone or added."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        what = rng.random()
        if what < 0.4 and at < len(data):
            data[at] = rng.randrange(256)
        elif what < 0.7:
            del data[at:at + rng.randint(1, 20)]
        else:
            data[at:at] = rng.choice([b"\x00", b"\xff", b'"', b"{", b"[" * 40, b"," * 40, b"\xed\xa0\x80", b"1e400"])
    return bytes(data)


class Caller:
    """Makes calls from right ones, and keeps what they were answered."""

    def __init__(self, rng, valid, program, token_of=None):
        self.rng, self.valid, self.program, self.token_of = rng, valid, program, token_of
        self.statuses, self.bad, self.entered = {}, [], 0

    def one(self):
        rng = self.rng
        method, path, headers, body = self.valid(rng)
        headers = {**headers, "Authorization": f"Bearer {self.program.token}"}
        data = None if body is None else json.dumps(body).encode()
        for what in rng.choices(list(CHANGES), CHANGES.values(), k=rng.randint(1, 2)):
            if what == "method":
                method = rng.choice(METHODS)
            elif what == "path":
                steps = path.split("/")
                steps[rng.randrange(1, len(steps))] = rng.choice(WORDS)
                path = "/".join(steps)
            elif what == "query":
                key = rng.choice(["limit", "before", "after", "q", "box", "what", "unverified", "act", "state", "x", ""])
                path += ("&" if "?" in path else "?") + key + "=" + rng.choice(WORDS)
            elif what == "header":
                name = rng.choice(list(HEADERS))
                headers[name] = rng.choice(HEADERS[name])
                if rng.random() < 0.2:
                    del headers[name]
            elif what == "body" and body is not None:
                data = json.dumps(mutated(rng, body)).encode()
            elif what == "bytes" and data is not None:
                data = torn(rng, data)
        path = re.sub(r"[^\x21-\x7e]", lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), path)
        headers = {k: v for k, v in headers.items() if not re.search(r"[^\x20-\x7e\x80-\xff]", v)}
        return method, path, headers, data

    def run(self, calls):
        for n in range(calls):
            call = self.one()
            try:
                a = self.program.raw(*call)
            except Gone as e:
                self.note(n, call, f"no answer: {e}")
                continue
            self.statuses[a.status] = self.statuses.get(a.status, 0) + 1
            if a.status >= 500:
                self.note(n, call, f"{a.status} {a.data[:200]}")
            elif a.status >= 400 and call[1].startswith("/v1/") and a.type == "text/html":
                self.note(n, call, "a page in place of a problem")
            if a.status == 401 and self.token_of and call[2].get("Authorization", "").endswith(self.program.token):
                self.program.token = self.token_of()
                self.entered += 1

    def note(self, n, call, what):
        method, path, headers, data = call
        self.bad.append(f"call {n}: {method} {path[:200]} {str(headers)[:300]} {(data or b'')[:200]} -> {what}")


# ---- right calls ---------------------------------------------------------------------------------


class Right:
    """Calls that a node takes, from what it has now."""

    def __init__(self, node, admin):
        self.admin, self.n = admin, 0
        self.refs = [d["ref"] for d in admin.get("/v1/dossiers").view["dossiers"]]
        self.documents = [{"name": "a.txt", "type": "text/plain", "data": "aGFsbG8="}]
        new = {"kind": "preservation", "to": "XM/dts", "particulars": REQUEST, "documents": self.documents}
        self.new, self.drafts = new, []
        self.reads = ["/v1", "/openapi.json", "/v1/health", "/v1/me", "/v1/status", "/v1/changes?after=3&limit=5",
                      "/v1/dossiers?box=sent&limit=3&before=99", "/v1/drafts", "/v1/kinds", "/v1/contacts",
                      "/v1/forms/un-cybercrime/preservation", "/v1/contacts/XM", "/v1/peers", "/v1/law?what=42",
                      "/v1/find?q=hospital", "/v1/users", "/v1/events?after=1"]

    def draft(self):
        """One that is there; some were thrown away or sent meanwhile."""
        if self.n % 25 == 0:
            self.drafts = [self.admin.call("POST", "/v1/drafts", self.new, key=f"right-{self.n}-{k}").view
                           for k in range(3)]
        self.n += 1
        return self.drafts[self.n % len(self.drafts)]

    def __call__(self, rng):
        ref, key = rng.choice(self.refs), {"Idempotency-Key": f"k{rng.randrange(10 ** 6)}",
                                           "Content-Type": "application/json"}
        what = rng.random()
        if what < 0.3:
            return "GET", rng.choice(self.reads), {}, None
        if what < 0.4:
            tail = rng.choice(["", "/log", "/export?act=", "/documents/" + "0" * 64])
            return "GET", f"/v1/dossiers/{ref}{tail}", {}, None
        if what < 0.55:
            version = rng.choice(['"3"', '"17-00"', self.admin.get(f"/v1/dossiers/{ref}").tag])
            act = rng.choice(["acknowledge", "order", "ask", "answer", "refuse", "preserve", "withdraw"])
            body = {"act": act, "particulars": {"question": "Which?", "order_number": "2", "order_date": "2026-02-01"},
                    "documents": self.documents, "lang": "en"}
            return "POST", f"/v1/dossiers/{ref}/acts", {**key, "If-Match": version}, body
        if what < 0.65:
            return "POST", "/v1/drafts", key, self.new
        if what < 0.7:
            return "POST", "/v1/preflight", key, {k: v for k, v in self.new.items() if k != "documents"}
        if what < 0.9:
            d = self.draft()
            path, head = f"/v1/drafts/{d['draft']}", {**key, "If-Match": f'"{d["version"]}"'}
            return rng.choice([
                ("GET", path, {}, None), ("GET", path + "/check", {}, None), ("DELETE", path, head, None),
                ("POST", path + "/send", head, {}), ("PATCH", path, head, {
                    "particulars": {"facts": "x"}, "documents": self.documents, "drop": ["0" * 64], "lang": "az"})])
        user = {"officer": "rauf", "post": "assistant", "roles": ["assist"], "name": "R"}
        return rng.choice([
            ("POST", "/v1/users", key, user), ("POST", "/v1/users/rauf/link", key, None),
            ("DELETE", "/v1/users/rauf", key, None), ("DELETE", "/v1/session", {}, None),
            ("POST", f"/v1/dossiers/{ref}/members", key, {"officer": "rauf"}),
            ("DELETE", f"/v1/dossiers/{ref}/members/rauf", key, None),
            ("POST", "/v1/session", key, {"token": "0" * 64})])


# ---- the harness itself --------------------------------------------------------------------------


class Failing(http.server.BaseHTTPRequestHandler):
    """A server that fails at every fiftieth call, and hangs up at every seventieth."""
    protocol_version, calls = "HTTP/1.1", 0

    def answer(self):
        Failing.calls += 1
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if Failing.calls % 70 == 0:
            self.close_connection = True
            return
        self.send_response(500 if Failing.calls % 50 == 0 else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_get = do_DANCE = answer

    def log_message(self, *_):
        pass


def harness(tap):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Failing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    p = Program(f"127.0.0.1:{server.server_port}", token="x")
    c = Caller(random.Random(1), lambda rng: ("GET", "/v1/me", {}, {"a": 1}), p)
    c.run(350)
    server.shutdown()
    failed = sum(" 500 " in b for b in c.bad)
    tap.ok(failed >= 5, f"the harness sees a server that fails ({failed} times 500)")
    tap.ok(p.hung_up >= 4, f"and one that hangs up ({p.hung_up} times)")
    tap.ok(c.statuses.get(404, 0) > 300, "and takes no refusal for a failure")
    gone = Caller(random.Random(1), c.valid, Program("127.0.0.1:1", token="x"))
    gone.run(3)
    tap.ok(len(gone.bad) == 3 and "no answer" in gone.bad[0], "and one that is not there")


def processes(node):
    return {(x["process"], x["pid"]) for x in node.ask("status").get("processes", [])}


def main():
    tap = Tap()
    seed = int(os.environ.get("SEED") or 20261127)
    calls = int(os.environ.get("CALLS") or CALLS)
    tap.note(f"SEED={seed} CALLS={calls}")
    harness(tap)
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        for _ in range(3):
            xn.request("XM/dts")
            xm.request("XN/csb")
        wait_for("all to arrive", lambda: len(xn.ask("list")["dossiers"]) == 6)
        admin = Program.of(xn)
        roles = {"officer": "caller", "post": "duty officer", "roles": ["duty", "supervisor", "admin"]}
        fresh = iter(range(10 ** 6))

        def token_of():
            admin.call("POST", "/v1/users", roles, key=f"caller-{next(fresh)}")
            entering = Program(xn.host)
            entering.enter(admin.call("POST", "/v1/users/caller/link").view["token"])
            return entering.token

        before, began = processes(xn), time.monotonic()
        c = Caller(random.Random(seed), Right(xn, admin), Program(xn.host, token_of()), token_of)
        c.run(calls)
        spent = time.monotonic() - began
        tap.note(f"{calls} calls in {spent:.1f} s, {c.entered} times entered anew: {dict(sorted(c.statuses.items()))}")
        for b in c.bad[:20]:
            tap.note(b)
        tap.ok(sum(c.statuses.values()) >= calls * 0.99, f"{calls} calls were answered")
        tap.ok(not c.bad, "none of them by a failure")
        tap.ok(c.program.hung_up == 0, f"nor by hanging up ({c.program.hung_up} times)")
        good = sum(n for s, n in c.statuses.items() if s < 300)
        kinds = [s for s in (200, 201, 400, 401, 404, 405, 409, 412, 415, 422, 428) if not c.statuses.get(s)]
        tap.ok(calls / 10 < good < calls * 0.9 and not kinds, f"{good} were taken; refused in all ways {kinds or ''}")
        tap.ok(processes(xn) == before and before, "no process ended")
        tap.ok(admin.get("/v1/drafts").status == admin.get("/v1/dossiers").status == 200, "the lists can be read")
        said = xn.ask("fsck")
        tap.ok(said["findings"] == [] and said["records"] > 20, f"all {said['records']} records are whole")
        xn.stop()
        xm.stop()
        with open(os.path.join(base.path, "xn.log"), errors="replace") as log:
            crashed = [line for line in log if "Sanitizer" in line or "runtime error" in line]
        tap.ok(not crashed, f"nothing was said by the sanitizers {crashed[:3] or ''}")
    tap.done()


if __name__ == "__main__":
    sys.exit(main())
