#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the pages do, done by programs over two real nodes: versions, keys, cursors, refusals, two officers
over one draft; and each answer held against the description that the node serves."""

import base64
import datetime
import json
import os
import re
import socket
import socketserver
import threading

import jsonschema

from node import Base, REQUEST, Tap, free_port, pin, run, wait_for
from pages import Pages
from program import Description, Program

NEW = {"kind": "preservation", "to": "XM/dts", "particulars": REQUEST}

SOON = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()


def refused(tap, a, status, code, name):
    v = a.view or {}
    ok = a.status == status and v.get("code") == code and a.type == "application/problem+json"
    return tap.ok(ok, f"{name}: {status} {code}"
                  + ("" if ok else f" (was {a.status} {a.data[:300]})"))


def acts(tap, d, p, ref):
    path = f"/v1/dossiers/{ref}"
    first = p.get(path)
    tap.ok(first.tag.startswith(f'"{first.view["version"]}-'), "a dossier's ETag is its version")
    tap.ok(p.get(path, If_None_Match=first.tag).status == 304, "who has it already gets 304")
    refused(tap, p.call("POST", path + "/acts", {"act": "acknowledge"}, key="a"), 428,
            "if-match-missing", "an act without its version")
    refused(tap, p.call("POST", path + "/acts", {"act": "acknowledge"}, match=first.tag), 400,
            "idempotency-key-missing", "an act without its key")
    no = p.call("POST", path + "/acts", {"act": "preserve"}, match=first.tag, key="b")
    refused(tap, no, 409, "order-missing", "an act that cannot be done now")
    tap.ok(no.view["article"] == "un-cybercrime 25(2)" and
           [x["act"] for x in no.view["allowed_acts"]] ==
           [x["act"] for x in first.view["_links"]["acts"]],
           "it names the article, and the acts that can be done")
    done = p.call("POST", path + "/acts", {"act": "acknowledge"}, match=first.tag, key="c")
    again = p.call("POST", path + "/acts", {"act": "acknowledge"}, match=first.tag, key="c")
    log = [x["act"] for x in p.get(path + "/log").view["acts"]]
    proved = p.get(path + "/clocks?inward=true").view
    tap.ok([c["proof"] for c in proved["clocks"] if c["clock"] == "acknowledge"] and
           "inward" in proved, "each date of it is proved")
    tap.ok(done.status == again.status == 201 and done.view == again.view and
           log.count("acknowledge") == 1, "the same key is the same act, done once")
    tap.ok(done.headers["Location"] == path, "and says where it is")
    refused(tap, p.call("POST", path + "/acts", {"act": "refuse"}, match=first.tag, key="c"), 422,
            "idem-other-body", "the same key with another body")
    stale = p.call("POST", path + "/acts", {"act": "refuse"}, match=first.tag, key="d")
    refused(tap, stale, 412, "stale-version", "an act on what has changed")
    now = p.get(path)
    tap.ok(now.tag != first.tag and log == [x["act"] for x in now.view["acts"]],
           "nothing was done, and there is a new ETag")
    missing = p.call("POST", path + "/acts", {"act": "order"}, match=now.tag, key="e")
    tap.ok(missing.status == 422 and missing.view["errors"][0]["pointer"].startswith("/particulars/")
           and missing.view["errors"][0]["cite"], f"what an act lacks is pointed to: {missing.view['errors']}")
    change = p.get("/v1/changes?after=0&limit=1")
    tap.ok("next" in str(change.headers["Link"]) and change.view["refs"], "changes have a next")


def same_buttons(tap, node, p):
    browser, bad, n = Pages.of(node), [], 0
    for row in p.get("/v1/dossiers?limit=1000").view["dossiers"]:
        links = {x["act"] for x in p.get(f"/v1/dossiers/{row['ref']}").view["_links"]["acts"]}
        page = browser.get(f"/dossier/{row['ref']}")[2]
        buttons = set(re.findall(rf'href="/dossier/{row["ref"]}/do/(\w+)"', page))
        n += len(links)
        if links != buttons:
            bad.append((row["ref"], links, buttons))
    tap.ok(n > 5 and not bad, f"{n} links of {node.state} are the buttons of its pages {bad or ''}")


def cursors(tap, p):
    whole = [x["ref"] for x in p.get("/v1/dossiers?limit=1000").view["dossiers"]]
    seen, path, pages = [], "/v1/dossiers?limit=2&box=all", 0
    while path:
        a = p.get(path)
        seen += [x["ref"] for x in a.view["dossiers"]]
        path, pages = a.next, pages + 1
    tap.ok(seen == whole and len(whole) == len(set(whole)) and pages > 2,
           f"{len(whole)} dossiers by {pages} pages of a cursor, each once")
    refused(tap, p.get("/v1/dossiers?limit=ten&page=2"), 400, "parameter", "a key of no address")
    refused(tap, p.get("/v1/dossiers?limit=0"), 400, "argument", "a limit out of range")


def two_officers(tap, a, b):
    """Neither's text is lost, whatever the order."""
    made = a.call("POST", "/v1/drafts", NEW, key="draft")
    path = made.headers["Location"]
    tap.ok(made.status == 201 and a.call("POST", "/v1/drafts", NEW, key="draft").view == made.view,
           "a draft is begun once by its key")
    mine, theirs = a.get(path).tag, b.get(path).tag
    first = a.call("PATCH", path, {"particulars": {"facts": "what A wrote"}}, match=mine)
    tap.ok(first.status == 200 and first.tag, "the first one saves")
    second = b.call("PATCH", path, {"particulars": {"facts": "what B wrote"}}, match=theirs)
    refused(tap, second, 412, "stale-version", "the second is told")
    v = second.view
    tap.ok(v["theirs"]["particulars"]["facts"] == "what A wrote" and
           v["yours"]["particulars"]["facts"] == "what B wrote" and v["theirs"]["officer"] == "o-1",
           "and gets both texts, and who wrote the other")
    refused(tap, b.call("DELETE", path, match=theirs), 412, "stale-version", "nor may he throw it away")
    refused(tap, b.call("POST", path + "/send", match=theirs, key="s"), 412, "stale-version",
            "nor send what he has not seen")
    both = b.call("PATCH", path, {"particulars": {"facts": "what A wrote; what B wrote"}},
                  match=f'"{v["version"]}"')
    facts = a.get(path).view["request"]["particulars"]["facts"]
    tap.ok(both.status == 200 and "A wrote" in str(facts) and "B wrote" in str(facts), "both are kept")
    tap.ok(a.call("PATCH", path, {"particulars": {"facts": None}}, match=a.get(path).tag).status == 200
           and "facts" not in a.get(path).view["request"]["particulars"], "null takes a particular away")
    tap.ok(b.call("DELETE", path, match=b.get(path).tag).status == 200 and a.get(path).status == 404,
           "and who has seen it may throw it away")


def documents(tap, p):
    data = bytes(range(256)) * 12000  # 3 MB
    made = p.call("POST", "/v1/drafts", {**NEW, "documents": [
        {"name": "scan.pdf", "type": "application/pdf",
         "data": base64.b64encode(data).decode()}]}, key="document")
    path, sha = made.headers["Location"], made.view["request"]["documents"][0]["sha256"]
    got = p.get(f"{path}/documents/{sha}")
    tap.ok(got.data == data and got.headers["Content-Disposition"].startswith("attachment") and
           "sandbox" in got.headers.get_all("Content-Security-Policy"),
           f"a document of {len(data)} bytes comes back as it was, only to keep")
    check = p.get(path + "/check")
    tap.ok(check.status == 200 and check.view["must"] == 0, "the check finds nothing to mend")
    bad = p.call("POST", "/v1/preflight", {"kind": "preservation", "to": "XM/dts", "particulars": {}})
    tap.ok(bad.status == 200 and bad.view["must"] > 3, "a preflight says what is missing, as an answer")
    sent = p.call("POST", path + "/send", match=p.get(path).tag, key="send")
    ref = sent.view["ref"]
    tap.ok(sent.status == 201 and p.get(f"/v1/dossiers/{ref}/documents/{sha}").data == data,
           f"it is sent as {ref}, with its document")
    tap.ok(p.get(f"/v1/dossiers/{ref}/export").status == 200, "and can be exported for a court")
    return ref


def forms(tap, p):
    form = p.get("/v1/forms/un-cybercrime/preservation").view
    schema = jsonschema.Draft202012Validator(form["schema"])
    names = [x["name"] for x in form["particulars"]]
    tap.ok(set(form["schema"]["properties"]) == set(names) and schema.is_valid(REQUEST) and
           schema.is_valid({**REQUEST, "facts": {"lang": "az", "text": "x"}}),
           f"a form has a schema of its {len(names)} particulars")
    for name, wrong in (("mla_intended", "yes"), ("facts", 7), ("deadline", 3), ("dance", "x")):
        tap.ok(not schema.is_valid({**REQUEST, name: wrong}), f"that refuses {name}: {wrong!r}")


def sessions(tap, node, p):
    bare = Program(node.host)
    refused(tap, bare.get("/v1/status"), 401, "session-none", "nobody")
    tap.ok(bare.get("/v1/health").view["status"] == "ok", "health is for anybody")
    other = Program.of(node, seen=p.seen)
    tap.ok(other.call("DELETE", "/v1/session").status == 200, "a session is ended")
    refused(tap, other.get("/v1/status"), 401, "session-over", "and then is over")
    refused(tap, bare.call("POST", "/v1/session", {"token": "0" * 64}), 401, "enter-refused", "a false link")
    browser = Pages.of(node)
    cookie = {"Cookie": browser.cookie}
    tap.ok(bare.get("/v1/me", **cookie).status == 200, "a browser's cookie reads")
    refused(tap, bare.call("POST", "/v1/preflight", {}, **cookie), 403, "other-origin",
            "it writes from no other page")
    tap.ok(bare.call("POST", "/v1/preflight", {"kind": "preservation", "to": "XM/dts"},
                     **cookie, Origin="http://" + node.host).status == 200, "but from ours")
    tap.ok(bare.call("OPTIONS", "/v1/drafts", **cookie).status == 405, "and no other site is let in")


def officers(tap, node, p, ref):
    user = {"officer": "rauf", "post": "assistant", "roles": ["assist"]}
    tap.ok(p.call("POST", "/v1/users", user, key="rauf").status == 201, "an officer is added")
    link = p.call("POST", "/v1/users/rauf/link").view["token"]
    rauf = Program(node.host, seen=p.seen)
    rauf.enter(link)
    refused(tap, rauf.get(f"/v1/dossiers/{ref}"), 404, "dossier-none-such", "what he may not see is not there")
    refused(tap, rauf.call("POST", "/v1/users", user, key="x"), 403, "role-may-not", "nor may he add others")
    members = [p.call("POST", f"/v1/dossiers/{ref}/members", {"officer": "rauf"}).view["members"],
               p.call("DELETE", f"/v1/dossiers/{ref}/members/rauf").view["members"]]
    tap.ok("rauf" in members[0] and "rauf" not in members[1], "members come and go")
    tap.ok(p.call("DELETE", "/v1/users/rauf").view["user"]["active"] is False and
           rauf.get("/v1/me").status == 401, "an officer is ended at once")
    tap.ok(rauf.get("/v1/users").status == 401 and p.get("/v1/users").status == 200, "and stays out")


def events(tap, p, change):
    """The stream says that a dossier changed, and goes on from a position."""
    position = p.get("/v1/changes").view["position"]
    with socket.create_connection(("127.0.0.1", int(p.host.split(":")[1])), timeout=60) as s:
        s.sendall(f"GET /v1/events?after={position} HTTP/1.1\r\nHost: {p.host}\r\n"
                  f"Authorization: Bearer {p.token}\r\n\r\n".encode())
        ref, told = change(), b""
        while b"event: change" not in told or ref.encode() not in told:
            more = s.recv(4096)
            if not more:
                break
            told += more
    tap.ok(b"text/event-stream" in told and ref.encode() in told, f"the stream told of {ref}")


def papers(tap, p, port):
    """A State without a node, over the API: its paper comes in and opens a dossier, ours is carried."""
    file = {"name": "scan.pdf", "type": "application/pdf", "data": base64.b64encode(b"%PDF-1.4").decode()}
    made = p.call("POST", "/v1/register", {"documents": [file], "from": "XL/pgo", "carriage": "post",
                                           "numbers": [{"number": "PGO 1/26", "sort": "theirs"}]}, key="in")
    entry = "/v1/register/" + made.view["entry"]
    tap.ok(made.status == 201 and p.call("PATCH", entry, {"note": "urgent"}).view["note"] == "urgent",
           "paper is registered, and the rest may follow")
    sha = p.get(entry).view["documents"][0]["sha256"]
    tap.ok(p.get(f"{entry}/documents/{sha}").data == b"%PDF-1.4", "its bytes come back as they came")
    filed = p.call("POST", entry + "/file", {"as": "request", "kind": "preservation",
                                             "particulars": {"facts": "A bank."}}, key="file").view
    ref = "/v1/dossiers/" + filed["ref"]
    tap.ok(filed["incomplete"] and p.get("/v1/register?open=true").view["entries"] == [], "it opens a dossier")
    now = p.get(ref)
    p.call("POST", ref + "/acts", {"act": "acknowledge"}, match=now.tag, key="ack")
    letter = p.get(ref + "/letter?act=acknowledge").view
    scan = p.call("POST", ref + "/scans", {"code": letter["code"], "documents": [file]}, key="scan")
    other = p.call("POST", ref + "/scans", {"code": "0000-0000-0000", "documents": [file]}, key="other")
    tap.ok(scan.status == 201 and len(scan.view["bound"]) == 1, "a signed scan is bound by its code")
    tap.ok(400 <= other.status < 500 and other.type == "application/problem+json",
           f"and another version is refused ({other.status})")
    sent = p.call("POST", ref + "/dispatches", {"carriage": "courier", "proof": "waybill 7"}, key="sent").view
    came = p.call("POST", ref + "/confirmations", {"carriage": "telephone", "by": "Mrs Lind"}, key="came").view
    tap.ok((sent["level"], came["level"]) == ("dispatched", "confirmed"), "it was carried, and it arrived")
    mail = p.call("POST", ref + "/mails", {"to": "desk@pgo.lacunia.example"}, key="mail")
    tap.ok(mail.status == 202 and p.get(ref).view["mail"][0]["stage"] == "waiting",
           "and as an e-mail it is kept until a mail server takes it")
    refused_mail(tap, p, ref, port)
    head = p.call("POST", ref + "/instructions", {"executor": "Unit 4", "by": SOON}, key="head")
    number = p.call("POST", ref + "/numbers", {"number": "12/9", "sort": "court"}, key="number")
    matter = p.call("POST", "/v1/matters", {"title": "A bank", "refs": [filed["ref"]]}, key="matter")
    path = "/v1/matters/" + matter.view["matter"]
    gone = p.call("PATCH", path, {"drop": [filed["ref"]]})
    tap.ok([a.status for a in (head, number, matter, gone, p.get(path), p.get("/v1/matters"))] ==
           [201, 201, 201, 200, 200, 200], "instruction, number and matter are kept")


def bodies(tap, node):
    """A head is enough to be refused; nobody holds what a stranger sends."""
    for head, status in ((b"Content-Length: 65537\r\n", b" 413 "), (b"Transfer-Encoding: chunked\r\n", b" 411 "),
                         (b"Authorization: Bearer x\r\nContent-Length: 99999999\r\n", b" 413 ")):
        with socket.create_connection(("127.0.0.1", int(node.host.split(":")[1])), timeout=60) as s:
            s.sendall(f"POST /v1/drafts HTTP/1.1\r\nHost: {node.host}\r\n".encode() + head + b"\r\n")
            said = s.recv(4096)
        tap.ok(status in said.split(b"\r\n")[0] and b"application/problem+json" in said,
               f"{head.split(chr(13).encode())[-2].decode().strip()} is answered before its body")


def mail_server_away(node):
    """Settings of mail, with a server that is not there."""
    port = free_port()
    with open(os.path.join(node.folder, "comity.yaml"), "a", encoding="ascii") as f:
        f.write(f'mail: {{from: "desk@csb.norland.example", smtp: "smtp://127.0.0.1:{port}", '
                'tls: false}\n')
    return port


class Refuses(socketserver.StreamRequestHandler):
    """A mail server that knows no mailbox."""

    def handle(self):
        self.wfile.write(b"220 mx.example\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            self.wfile.write(b"550 5.1.1 no such mailbox\r\n" if word == b"RCPT" else
                             b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


def refused_mail(tap, p, ref, port):
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), Refuses) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sent = p.call("POST", ref + "/mails", {"to": "nobody@pgo.lacunia.example"}, key="mail-2").view["mail"]
        need = wait_for("the refusal", lambda: next(
            (r for r in p.get("/v1/status").view["needs_a_person"] if r.get("mail") == sent), None))
        server.shutdown()
    tap.ok((need["next"], need["to"], need["act"]) == ("mail", "nobody@pgo.lacunia.example", "acknowledge")
           and "no such mailbox" in need["answer"], "one that is refused needs a person")
    gone = p.call("DELETE", f"{ref}/mails/{sent}")
    left = [r for r in p.get("/v1/status").view["needs_a_person"] if r.get("mail") == sent]
    tap.ok(gone.status == 200 and not left, "until somebody says that it is dealt with")


def main():
    tap = Tap()
    types = set()
    with Base() as base:
        xn, xm = base.node("XN"), base.node("XM").start()
        port = mail_server_away(xn)
        pin(xn.start(), xm)
        d = Description(Program(xn.host).get("/openapi.json").view)
        tap.ok(d.document["openapi"] == "3.1.0" and len(d.operations()) > 30,
               f"the description has {len(d.operations())} operations")

        def seen(method, path, a):
            d.seen(method, path, a)
            if a.type == "application/problem+json":
                types.add(a.view["type"])

        n, m = Program.of(xn, seen=seen), Program.of(xm, seen=seen)
        xn.ask("user-add", officer="second", post="duty officer", roles=["duty"])
        second = Program.of(xn, "second", seen=seen)
        ref = documents(tap, n)
        theirs = wait_for("the request to arrive", lambda: m.get("/v1/dossiers").view["dossiers"])[0]["ref"]
        for _ in range(5):
            xn.request("XM/dts")
        wait_for("all to arrive", lambda: len(m.get("/v1/dossiers").view["dossiers"]) == 6)
        acts(tap, d, m, theirs)
        for p in (n, m):  # a dossier that changes moves to the front of its list
            wait_for("everything to be held", lambda: p.get("/v1/status").view["not_yet_held_by_peer"] == 0)
        cursors(tap, n)
        two_officers(tap, n, second)
        forms(tap, n)
        for node, p in ((xn, n), (xm, m)):
            same_buttons(tap, node, p)
        events(tap, n, lambda: xn.request("XM/dts")["ref"])
        sessions(tap, xn, n)
        officers(tap, xn, n, ref)
        bodies(tap, xn)
        papers(tap, n, port)
        xs = base.node("XS").start()
        own_state(tap, xn, xs, n, seen)
        xs.stop()
        for path in ("/v1", "/openapi.json", "/v1/health", "/v1/me", "/v1/status", "/v1/changes", "/v1/drafts",
                     "/v1/kinds", "/v1/contacts", "/v1/contacts/XM", "/v1/peers", "/v1/law?what=42",
                     "/v1/law?unverified=true", "/v1/find?q=norland", "/v1/find?q=" + ref, "/v1/dossiers/" + ref,
                     "/v1/dossiers?box=sent&kind=preservation&state=XM&q=hospital"):
            a = n.get(path)
            if a.status != 200:
                tap.ok(False, f"{path} was answered {a.status}: {a.data[:200]}")
        rest(tap, d, types, Program(xn.host))
        xn.stop()
        xm.stop()
    tap.done()


def own_state(tap, node, other, admin, seen):
    """The tables a lawyer accepts, and the next profile, signed where the root's key lies."""
    node.ask("user-add", officer="law", post="lawyer", roles=["lawyer"])
    lawyer = Program.of(node, "law", seen=seen)
    tables = lawyer.get("/v1/profile").view["tables"]
    said = {"tables": tables, "statement": "Art 42 with the text"}
    a = admin.call("POST", "/v1/law/acceptance", said, key="l1")
    tap.ok(a.status == 403, "who is no lawyer accepts no tables")
    a = lawyer.call("POST", "/v1/law/acceptance", said, key="l2")
    tap.ok(a.status == 200 and a.view["acceptance"]["officer"] == "law", "a lawyer does")
    order = {"instrument": "un-cybercrime", "function": "mla", "direction": "send", "authority": "XN/csb",
             "order_number": "1", "order_date": "2026-11-20",
             "documents": [{"name": "order.pdf", "type": "application/pdf", "data": "JVBERg=="}]}
    a = lawyer.call("POST", "/v1/profile/functions", order, key="f1")
    tap.ok(a.status == 404, "a function that the law gave is not given again")
    other.ask("user-add", officer="law", post="lawyer", roles=["lawyer"])
    lawyer = Program.of(other, "law", seen=seen)
    order["authority"] = lawyer.get("/v1/profile").view["authorities"][0]["address"]
    a = lawyer.call("POST", "/v1/profile/functions", order, key="f2")
    tap.ok(a.status == 201 and a.view["waits_for_signature"] == 1, "what the law left open is answered")
    text, signed = node.folder + "/next.json", node.folder + "/next.cms"
    run("-C", node.folder, "profile", "next", "-o", text)
    run("profile", "sign", text, "--root", os.path.join(node.folder, "root", "root.key"), "-o", signed)
    with open(signed, "rb") as f:
        body = {"profile": base64.b64encode(f.read()).decode()}
    a = admin.call("POST", "/v1/profile", body, key="p1")
    now = admin.get("/v1/profile").view
    tap.ok(a.status == 200 and now["profile"] == a.view["profile"], "the next profile is ours now")
    a = admin.call("POST", "/v1/profile", body, key="p2")
    tap.ok(a.status == 422, "and the same one is not newer")


def rest(tap, d, types, anybody):
    """What was gathered on the way: each answer fits, each address was seen, each type is a page."""
    tap.ok(not d.wrong, "each answer is what the description says")
    for w in sorted(set(d.wrong))[:20]:
        tap.note(w)
    events = {("GET", "/v1/events")}
    unseen = d.operations() - d.fitted - events
    tap.ok(not unseen, f"all {len(d.fitted)} addresses answered something that fits {sorted(unseen) or ''}")
    broken = [m for m in ({**anybody.get("/v1/health").view, "status": 7}, {"status": "ok"})
              if not d.misfit({"$ref": "#/components/schemas/Health"}, m)]
    tap.ok(not broken, "and an answer that is none does not fit")
    pages = [t for t in types if anybody.get(t).status != 200]
    tap.ok(len(types) > 8 and not pages, f"{len(types)} types of problems lead to their pages {pages or ''}")


main()
