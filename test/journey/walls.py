#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two authorities on one node are walls to each other. The node of a State with two, an officer of
each with every role there is: at every address of the pages and of the API the second asks for each
thing of the first, and for one of the same shape that never was. Both answers must be the same
apart from the name; lists, searches and streams must be the same whether the first has anything or not;
and nothing that the second does touches it. How long an answer takes is not compared."""

import base64
import re
import select
import socket
import sys
from urllib.parse import urlencode

from node import Base, REQUEST, Tap
from pages import Pages
from program import Program

ROLES = ["duty", "lawyer", "extradition", "supervisor", "admin", "auditor", "executor",
         "investigator", "assist"]
SECRET = "Quivertree"  # a word that stands in everything of the first authority
FORM = "application/x-www-form-urlencoded"


def document(text):
    return [{"name": "paper.txt", "type": "text/plain",
             "data": base64.b64encode(text.encode()).decode()}]


# ---- what there is -------------------------------------------------------------------------------


class Side:
    """An authority: an officer's browser and program, and the names of its things."""

    def __init__(self, node, officer, link, token, theirs):
        self.officer, self.theirs = officer, theirs
        self.pages = Pages(link) if link else Pages.of(node, officer)
        self.program = Program(node.host)
        self.program.enter(token or self.link()["token"])
        self.names = {"officer": officer}

    def link(self):
        """Of oneself, by a session that is there already."""
        token = re.search(r"=(.*)", self.pages.cookie)[1]
        p = Program(self.pages.host, token)
        return p.call("POST", f"/v1/users/{self.officer}/link").view

    def post(self, path, body, key=None, match=None):
        a = self.program.call("POST", path, body, key=key, match=match)
        assert a.status < 300, f"{path}: {a.status} {a.data[:300]}"
        return a.view

    def entry(self, word, key, **more):
        return self.post("/v1/register", {
            "documents": document(f"{word} {key} letter"), "carriage": "post", "from": "XL/pgo",
            "kind": "preservation", "note": f"{word} note", **more}, key=key)

    def make(self, word, acts):
        """One thing of each sort, each with the word in it; an act of its own, where the authority
        holds the function for it."""
        first = self.entry(word, "e1", numbers=[{"number": f"{word}/77", "sort": "theirs"}])
        filed = self.post(f"/v1/register/{first['entry']}/file", {
            "as": "request", "particulars": {**REQUEST, "facts": f"{word} facts"}}, key="f1")
        ref = filed["ref"]
        path = f"/v1/dossiers/{ref}"
        act = {"id": filed["act"]}
        if acts:
            act = self.post(path + "/acts", {"act": "acknowledge"}, key="a1",
                            match=self.program.get(path).tag)
            self.post(path + "/dispatches", {"act": "acknowledge", "carriage": "post",
                                             "proof": f"{word} posting"}, key="c1")
        second = self.entry(word, "e2", numbers=[{"number": f"{word}/77", "sort": "theirs"}])
        draft = self.post("/v1/drafts", {
            "kind": "preservation", "to": "XL/pgo", "documents": document(f"{word} draft"),
            "particulars": {**REQUEST, "facts": f"{word} facts"}}, key="d1")
        self.post(path + "/numbers", {"number": f"{word} R 5", "sort": "court"}, key="n1")
        told = self.post(path + "/instructions", {"executor": self.officer, "by": "2030-01-31",
                                                  "text": f"{word} text"}, key="i1")
        matter = self.post("/v1/matters", {"title": f"{word} matter", "refs": [ref]}, key="m1")
        self.names.update(
            ref=ref, entry=second["entry"], filed=first["entry"], matter=matter["matter"],
            draft=draft["draft"], act=act["id"], instruction=told["instruction"],
            number=f"{word}/77", token="", word=word,
            sha256=first["documents"][0]["sha256"], entry_sha256=second["documents"][0]["sha256"],
            draft_sha256=draft["request"]["documents"][0]["sha256"])
        if acts:
            self.names["token"] = self.program.get(path + "/letter").view["token"]


def ghost(names):
    """Names of the same shape that never were."""
    new = {}
    for key, name in names.items():
        if re.fullmatch(r"[0-9a-f]{32}|[0-9a-f]{64}", name):
            new[key] = "0" * (len(name) - 1) + "7"
        elif key == "draft":
            new[key] = "d-00000007"
        elif key == "token":
            new[key] = re.sub(r"\d{4}/.*", "9977/0123456789ab", name)
        elif key in ("number", "word", "officer"):
            new[key] = {"number": "Umbrellapine/77", "word": "Umbrellapine", "officer": "dtx.z-9"}[key]
        else:
            new[key] = re.sub(r"\d{4}$", "9977", name)
    return new


# ---- comparing -----------------------------------------------------------------------------------


def plain(text, *all_names):
    """An answer without what differs each time: the names asked for, keys, moments."""
    for names in all_names:
        for name in sorted(set(names.values()), key=len, reverse=True):
            if name:
                for spelling in {name, name.replace("/", "%2F"), name.lower()}:
                    text = text.replace(spelling, "NAME")
    text = re.sub(r'("trace":"|<code dir="ltr">)[0-9a-f]{8}(?=["<])', r"\1FAILURE", text)
    text = re.sub(r"AZ-MOJ-(IN-)?2026-\d{4}", "OURS", text)  # the next number of one's own series
    text = re.sub(r"[0-9a-f]{16,}", "HEX", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
    return re.sub(r"\d\d:\d\d(:\d\d)?", "TIME", text)


def heads(headers):
    kept = ("Content-Type", "Location", "ETag", "Link", "Content-Disposition", "Allow",
            "Retry-After")
    return "\n".join(f"{k}: {headers[k]}" for k in kept if headers.get(k))


class Asker:
    """Asks one address with one side's browser or program, and gives what can be compared."""

    def __init__(self, side):
        self.side = side

    def page(self, method, path, form=None):
        body = None if form is None else urlencode(form)
        status, headers, data = self.side.pages.exchange(method, path, body, FORM)
        return status, heads(headers) + "\n" + data.decode("utf-8", "replace")

    def api(self, method, path, body=None, **more):
        a = self.side.program.call(method, path, body, **more)
        return a.status, heads(a.headers) + "\n" + a.data.decode("utf-8", "replace")


def compare(ask, real, unreal, *names):
    """None when both are the same; else what differs."""
    one, two = ask(real), ask(unreal)
    a, b = plain(one[1], *names), plain(two[1], *names)
    if one[0] == two[0] and a == b:
        return None
    at = next((k for k, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"{one[0]} / {two[0]}: ...{a[max(0, at - 80):at + 80]!r} / {b[at:at + 80]!r}"


# ---- addresses -----------------------------------------------------------------------------------


def page_routes():
    with open("src/web/route.def", encoding="utf-8") as f:
        rows = re.findall(r'ROUTE\((\w+),\s*(\w+),\s*"([^"?]*)[^"]*",\s*(\w+)', f.read())
    return [(method, path) for _, method, path, who in rows if who == "OFFICER"]


def api_routes(program):
    document = program.get("/openapi.json").view
    return [(m.upper(), p) for p, ops in document["paths"].items() for m in ops]


def filled(path, names):
    """The address with names in it; documents are those of what stands before them."""
    before = next((f"{x}_" for x in ("entry", "draft") if f"{{{x}}}" in path), "")
    where = before + "sha256"
    def name(m):
        key = where if m[1] == "sha256" else m[1]
        return names[key] if key in names else m[0]
    return re.sub(r"\{(\w+)\}", name, path)


def is_named(path):
    return re.search(r"\{(ref|entry|draft|matter|officer)\}", path)


FORMS = {  # of pages: what a browser would send, by the end of the address
    "dispatch": {"carriage": "post", "proof": "x"}, "confirm": {"carriage": "post", "by": "x"},
    "bind": {"code": "AAAA-AAAA-AAAA"}, "instruct": {"executor": "x", "by": "2030-01-01"},
    "number": {"number": "1/2", "sort": "other"},
    "copy": {"ref": "{ref}"}, "note": {"ref": "{ref}"},
    "matter": {"matter": "{matter}"}, "instructed": {"instruction": "{instruction}"},
}
BODIES = {  # of the API
    "/acts": {"act": "ask", "particulars": {"question": "Which?"}},
    "/members": {"officer": "{officer}"},
    "/dispatches": {"carriage": "post", "proof": "x"},
    "/confirmations": {"carriage": "post", "by": "x"},
    "/scans": {"code": "AAAA-AAAA-AAAA", "documents": document("x")},
    "/instructions": {"executor": "x", "by": "2030-01-01"},
    "/numbers": {"number": "1/2", "sort": "other"},
    "/file": {"as": "note", "ref": "{ref}"}, "{entry}": {"note": "x"},
    "{matter}": {"add": ["{ref}"]},
    "{draft}": {"particulars": {"facts": "x"}},
}


def fill_all(value, names):
    if isinstance(value, dict):
        return {k: fill_all(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [fill_all(v, names) for v in value]
    return filled(value, names) if isinstance(value, str) else value


def calls(program):
    """Every address that names a thing: how to ask it of an Asker with these names or those."""
    for method, path in page_routes():
        if is_named(path):
            acts = ["acknowledge", "ask"] if "{act}" in path else [""]
            for act in acts:
                p = path.replace("{act}", act)
                form = FORMS.get(path.rsplit("/", 1)[-1], {}) if method == "POST" else None
                yield method, p, lambda a, n, m=method, p=p, f=form: a.page(
                    m, filled(p, n), f if f is None else fill_all({**f, "idem": "k"}, n))
    for method, path in api_routes(program):
        if is_named(path):
            body = next((b for end, b in BODIES.items() if path.endswith(end)), {})
            body = body if method in ("POST", "PATCH") else None
            version = '"1-00"' if "dossiers" in path else '"1"'
            more = {} if method == "GET" else {"match": version, "key": "w"}
            yield method, path, lambda a, n, m=method, p=path, b=body, x=more: a.api(
                m, filled(p, n), None if b is None else fill_all(b, n), **x)


def mixed(own):
    """A thing of one's own with one of another's in it: (what, how to ask it with a name)."""
    def post(path, body, method="POST", key="x"):
        def ask(a, n):
            more = {} if method == "PATCH" else {"key": key + n["ref"][-4:] + n["officer"]}
            return a.api(method, filled(path, own), fill_all(body, n), **more)
        return ask
    yield "a matter begun with it", post("/v1/matters", {"title": "t", "refs": ["{ref}"]})
    yield "a matter it is put into", post("/v1/matters/{matter}", {"add": ["{ref}"]}, "PATCH")
    yield "a matter it is taken from", post("/v1/matters/{matter}", {"drop": ["{ref}"]}, "PATCH")
    yield "a matter of theirs for a dossier of ours", lambda a, n: a.api(
        "PATCH", f"/v1/matters/{n['matter']}", {"add": [own["ref"]]})
    for way in ("note", "copy", "act"):
        yield f"an entry filed to it as {way}", post(
            "/v1/register/{entry}/file", {"as": way, "ref": "{ref}", "act": "{act}"}, key=way)
    yield "what they did, under their key", lambda a, n: a.api(
        "POST", f"/v1/dossiers/{n['ref']}/dispatches",
        {"act": "acknowledge", "carriage": "post", "proof": f"{SECRET} posting"}, key="c1")
    yield "a member of theirs", post("/v1/dossiers/{ref}/members", {"officer": "{officer}"})
    yield "an executor of theirs", post(
        "/v1/dossiers/{ref}/instructions", {"executor": "{officer}", "by": "2030-01-01"})
    yield "their number on a paper", post("/v1/register", {
        "documents": document("a"), "numbers": [{"number": "{number}", "sort": "theirs"}],
        "note": "{ref} {token}"}, key="r")
    yield "their reference as a number of ours", post(
        "/v1/dossiers/{ref}/numbers", {"number": "{ref}", "sort": "other"}, key="q")
    for key in ("ref", "entry", "matter", "draft", "number", "word", "token", "officer", "act"):
        yield f"a search for their {key}", lambda a, n, k=key: a.api(
            "GET", "/v1/find?" + urlencode({"q": n[k]}))
        yield f"a search of pages for their {key}", lambda a, n, k=key: a.page(
            "GET", "/find?" + urlencode({"q": n[k]}))
        yield f"a list narrowed by their {key}", lambda a, n, k=key: a.page(
            "GET", "/dossiers?" + urlencode({"q": n[k]}))
    for key in ("number", "token", "act", "entry"):
        yield f"their {key} in place of a reference", lambda a, n, k=key: a.api(
            "GET", "/v1/dossiers/" + n[k].replace("/", "%2F"))


def lists(side):
    """What all addresses without a name say, as it can be compared."""
    ask, got = Asker(side), {}
    for method, path in page_routes():
        if method == "GET" and "{" not in path and path != "/events":
            got["page " + path] = ask.page("GET", path)
    for more in ("/register?all=1", "/find?q=preservation", "/dossiers?kind=preservation"):
        got["page " + more] = ask.page("GET", more)
    for method, path in api_routes(side.program):
        if method == "GET" and "{" not in path and path not in ("/v1/events", "/v1/health"):
            q = "?q=hospital" if path == "/v1/find" else ""
            got["api " + path] = ask.api("GET", path + q)
    for more in ("/v1/dossiers?box=all&limit=1000", "/v1/changes?after=0",
                 "/v1/register?open=false"):
        got["api " + more] = ask.api("GET", more)
    return got


class Stream:
    """What a browser hears that listens."""

    def __init__(self, side):
        host = side.pages.host
        self.s = socket.create_connection(("127.0.0.1", int(host.split(":")[1])), timeout=20)
        self.s.sendall((f"GET /events HTTP/1.1\r\nHost: {host}\r\n"
                        f"Cookie: {side.pages.cookie}\r\n\r\n").encode())
        self.heard = b""

    def hear(self, seconds, until=None):
        while not (until and until in self.heard):
            ready, _, _ = select.select([self.s], [], [], seconds)
            if not ready:
                return self.heard
            more = self.s.recv(65536)
            if not more:
                return self.heard
            self.heard += more
        return self.heard


# ---- the journey ---------------------------------------------------------------------------------


def every_address(tap, a, b, unreal):
    """Also with the first's own officer, for whom they must differ: else nothing was compared."""
    n, same, seen, wrong, blind = 0, 0, 0, [], []
    for method, path, call in calls(b.program):
        n += 1
        bad = compare(lambda x: call(Asker(b), x), a.names, unreal, a.names, unreal)
        if bad:
            wrong.append(f"{method} {path} {bad}")
        if method == "GET":
            told = compare(lambda x: call(Asker(a), x), a.names, unreal, a.names, unreal)
            seen += 1
            same += told is None
            if told is None:
                blind.append(path)
    for w in wrong[:20]:
        tap.note(w)
    tap.ok(n > 70 and not wrong, f"{n} comparisons of addresses: all that is theirs is not there")
    tap.ok(seen > 30 and same == 0,
           f"and each of the {seen} that show differs for whom it is there {blind or ''}")


def with_ones_own(tap, a, b, unreal):
    n, wrong, told = 0, [], 0
    for what, call in mixed(b.names):
        n += 1
        bad = compare(lambda x: call(Asker(b), x), a.names, unreal, a.names, unreal)
        if bad:
            wrong.append(f"{what}: {bad}")
        if what.startswith(("a search", "a list")):
            told += compare(lambda x: call(Asker(a), x), a.names, unreal, a.names,
                            unreal) is not None
    for w in wrong[:20]:
        tap.note(w)
    tap.ok(n > 40 and not wrong, f"{n} comparisons with things of one's own and words looked for")
    tap.ok(told >= 6, f"of which {told} find something for whom it is there")
    for real in (a.names["ref"], unreal["ref"]):  # as numbers of a dossier of one's own, from above
        got = b.program.get(f"/v1/dossiers/{real}")
        tap.ok(got.status == 200 and got.view["ref"] == b.names["ref"],
               "a dossier of one's own is found by a number, whatever is behind the wall")


def streams(tap, a, b):
    mine, theirs = Stream(a), Stream(b)
    for s in (mine, theirs):
        s.hear(10, b"\r\n\r\n")
    select.select([], [], [], 1.5)
    a.post(f"/v1/dossiers/{a.names['ref']}/numbers", {"number": "S 1", "sort": "other"}, key="s1")
    told = a.names["ref"].encode() in mine.hear(5, a.names["ref"].encode())
    tap.ok(told and b"event: change" not in theirs.hear(3),
           "who listens is told of a change, who is behind the wall is not")


def main():
    tap = Tap()
    with Base() as base:
        node = base.node("AZ").start()
        made = node.ask("user-add", officer="moj.m-1", post="lawyer", authority="AZ/moj", roles=ROLES)
        node.ask("user-add", officer="dtx.a-1", post="lawyer", roles=ROLES)
        a = Side(node, "dtx.a-1", None, None, "AZ/moj")
        b = Side(node, "moj.m-1", made["enter"], None, "AZ/dtx")
        tables = a.program.get("/v1/profile").view["tables"]
        a.post("/v1/law/acceptance", {"tables": tables, "statement": "for this test"}, key="law")
        b.make("Willow", acts=False)
        empty = lists(b)
        a.make(SECRET, acts=True)
        unreal, full = ghost(a.names), lists(b)
        wrong = [k for k in empty if empty[k][0] != full[k][0] or empty[k][0] >= 500 or
                 plain(empty[k][1], b.names) != plain(full[k][1], b.names)]
        said = [k for k, (_, text) in full.items() if any(
            v and re.search(rf"\b{re.escape(v)}\b", text) for v in a.names.values())]
        tap.ok(len(empty) > 30 and not wrong,
               f"{len(empty)} comparisons of lists: the same before there was anything "
               f"{wrong or ''}")
        tap.ok(not said, f"and none names anything of theirs {said or ''}")
        own = lists(a)
        shown = [k for k, (_, text) in own.items() if SECRET in text or a.names["ref"] in text]
        tap.ok(len(shown) > 8, f"{len(shown)} of them name it for whom it is there")
        kept = a.program.get(f"/v1/dossiers/{a.names['ref']}/log").data
        every_address(tap, a, b, unreal)
        with_ones_own(tap, a, b, unreal)
        now = a.program.get(f"/v1/dossiers/{a.names['ref']}/log").data
        show = a.program.get(f"/v1/dossiers/{a.names['ref']}").view
        stage = a.program.get(f"/v1/register/{a.names['entry']}").view["stage"]
        tap.ok(kept == now and stage == "open" and "moj.m-1" not in show["members"]
               and b.names["ref"] not in str(show),
               "nothing that was asked changed anything of theirs")
        tap.ok([u["officer"] for u in a.program.get("/v1/users").view["users"] if u["active"]] ==
               ["dtx.a-1", "o-1"], "nor who their officers are")
        streams(tap, a, b)
        tap.ok(node.ask("fsck")["findings"] == [], "and all is whole")
        node.stop()
    tap.done()


if __name__ == "__main__":
    sys.exit(main())
