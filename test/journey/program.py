# SPDX-License-Identifier: Apache-2.0
"""A program at a node's real door: JSON with a session's token over one connection that is kept, and
whether what it is answered is what the node's own description says."""

import base64
import http.client
import json
import os
import re

import jsonschema

from node import Gone, run

JSON, PROBLEM = "application/json", "application/problem+json"


class Answer:
    def __init__(self, r, data):
        self.status, self.headers, self.data = r.status, r.headers, data
        self.type = (r.headers.get("Content-Type") or "").split(";")[0]
        self.view = json.loads(data) if data and self.type in (JSON, PROBLEM) else None

    @property
    def tag(self):
        return self.headers.get("ETag")

    @property
    def next(self):
        found = re.search(r'<([^>]*)>; rel="next"', self.headers.get("Link") or "")
        return found and found.group(1)


class Program:
    """One officer's program. `seen`, when given, is told of each call and its answer."""

    def __init__(self, host, token=None, seen=None):
        self.host, self.token, self.seen = host, token, seen
        self.connection, self.hung_up = None, 0

    @classmethod
    def of(cls, node, officer="o-1", seen=None):
        link = json.loads(run("-C", node.folder, "user", "link", officer, "--json").stdout)
        p = cls(node.host, seen=seen)
        p.enter(link["token"])
        return p

    def enter(self, token):
        a = self.call("POST", "/v1/session", {"token": token})
        assert a.status == 201, f"entering was answered {a.status}: {a.view}"
        self.token = a.view["session"]

    def raw(self, method, path, headers, data):
        """One request as it is given, over the connection that is there."""
        for again in (True, False):
            if not self.connection:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", int(self.host.split(":")[1]), timeout=60)
                again = False
            try:
                self.connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
                for k, v in {"Host": self.host, **headers}.items():
                    self.connection.putheader(k, v)
                if data is not None:
                    self.connection.putheader("Content-Length", str(len(data)))
                self.connection.endheaders(data)
                r = self.connection.getresponse()
                if (r.headers.get("Content-Type") or "").startswith("text/event-stream"):
                    self.close()
                    return Answer(r, b"")
                body = r.read()
                if r.will_close:
                    self.close()
                return Answer(r, body)
            except (OSError, http.client.HTTPException) as e:
                self.close()
                if not again:  # a kept connection may have ended meanwhile; a new one may not
                    raise Gone(repr(e))
                self.hung_up += 1

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def call(self, method, path, body=None, match=None, key=None, **headers):
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        if match is not None:
            headers["If-Match"] = match
        if key is not None:
            headers["Idempotency-Key"] = key
        data = None
        if body is not None:
            headers.setdefault("Content-Type", JSON)
            data = json.dumps(body).encode()
        a = self.raw(method, path, headers, data)
        if self.seen:
            self.seen(method, path, a)
        return a

    def get(self, path, **headers):
        return self.call("GET", path, **headers)


class Description:
    """The node's OpenAPI document, taken at its word: an answer with a member that it does not name
    does not fit either."""

    def __init__(self, document):
        self.document, self.wrong, self.fitted = document, [], set()
        schemas = json.loads(json.dumps(document["components"]["schemas"]))
        for s in schemas.values():
            jsonschema.Draft202012Validator.check_schema(s)
            s.setdefault("additionalProperties", False)
        self.components = {"schemas": schemas}
        self.paths = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", p)), p, o)
                      for p, o in document["paths"].items()]

    def operations(self):
        return {(m.upper(), p) for _, p, o in self.paths for m in o}

    def find(self, method, path):
        path = path.split("?")[0]
        method = "GET" if method == "HEAD" else method
        for pattern, name, operations in self.paths:
            if pattern.fullmatch(path) and method.lower() in operations:
                return name, operations[method.lower()]
        return None, None

    def misfit(self, schema, view):
        whole = {**schema, "components": self.components}
        errors = list(jsonschema.Draft202012Validator(whole).iter_errors(view))
        return errors and "; ".join(f"{'/'.join(map(str, e.path))}: {e.message[:200]}"
                                    for e in errors[:3])

    def seen(self, method, path, a):
        name, operation = self.find(method, path)
        if a.status == 304 or a.type == "text/html":
            return
        if name is None:
            if a.status not in (404, 405):
                self.wrong.append(f"{method} {path} is not described, and was answered {a.status}")
            return
        said = operation["responses"]
        said = said.get(str(a.status)) or (said["default"] if a.status >= 400 else None)
        media = said and said.get("content", {}).get(a.type)
        if media is None:
            self.wrong.append(f"{method} {name} {a.status} {a.type}: not described")
            return
        bad = a.view is not None and self.misfit(media["schema"], a.view)
        if bad:
            self.wrong.append(f"{method} {name} {a.status}: {bad}")
        elif a.status < 300:
            self.fitted.add((method, name))


def answer_what_is_open(node):
    """A lawyer gives one authority each function that the law of its State left open, by an order;
    then the State signs the profile that says so. The authority."""
    profile = node.ask("profile")
    to = profile["authorities"][0]["address"]
    name = to[3:] + ".law"
    node.ask("user-add", officer=name, post="lawyer", roles=["lawyer"])
    lawyer = Program.of(node, name)
    scan = {"name": "order.pdf", "type": "application/pdf", "data": "JVBERg=="}
    for n, function in enumerate(profile["unassigned"]):
        order = {k: function[k] for k in ("instrument", "function", "direction")}
        a = lawyer.call("POST", "/v1/profile/functions", key=f"order-{n}",
                        body={**order, "authority": to, "order_number": str(n + 1),
                              "order_date": "2026-11-20", "documents": [scan]})
        assert a.status == 201, f"an open function was answered {a.status}: {a.view}"
    sign_next_profile(node)
    return to


def sign_next_profile(node):
    text, signed = (os.path.join(node.folder, name) for name in ("next.json", "next.cms"))
    run("-C", node.folder, "profile", "next", "-o", text)
    root = os.path.join(node.folder, "root", "root.key")
    run("profile", "sign", text, "--root", root, "-o", signed)
    with open(signed, "rb") as f:
        return node.ask("profile-set", profile=base64.b64encode(f.read()).decode())
