# SPDX-License-Identifier: Apache-2.0
"""A State alone with its node: one request goes out to Lacunia, which runs none, and one comes in from
it, both by paper, from the first letter to the close. The program is used as people use it."""

import datetime
import json
import os

from node import REQUEST, Base, Tap, run

SOON = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()


def comity(node, *words, want=0):
    return json.loads(run("-C", node.folder, "--json", *words, want=want).stdout)


def says_held(value):
    if isinstance(value, dict):
        return any(says_held(v) for v in value.values())
    if isinstance(value, list):
        return any(says_held(v) for v in value)
    return value == "held"


def paper(base, name, text):
    path = os.path.join(base.path, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def particulars(**changes):
    words = []
    for name, value in {**REQUEST, **changes}.items():
        words += ["-p", f"{name}={'true' if value is True else value}"]
    return words


def outgoing(t, base, node):
    draft = comity(node, "new", "preservation", "--to", "XL/pgo", *particulars())["draft"]
    t.ok(comity(node, "check", draft)["must"] == 0, "a State without a node may be asked")
    ref = comity(node, "send", draft)["ref"]
    status = comity(node, "status")
    t.ok([n["next"] for n in status["needs_a_person"] if n.get("ref") == ref][0] == "dispatch",
         "status says that somebody must carry it")
    stem = os.path.join(base.path, "letter")
    letter = comity(node, "letter", ref, "-o", stem)
    t.ok(len(letter["files"]) == 2 and all(os.path.exists(f) for f in letter["files"]),
         "there is a letter to sign, and its container")
    with open(letter["files"][0], "rb") as page:
        t.ok(page.read(5) == b"%PDF-", "the letter is a page")
    run("-C", node.folder, "verify", stem + ".asice")
    t.ok(True, "a court verifies the container")

    scan = paper(base, "signed.pdf", "ink and stamp")
    comity(node, "bind", ref, scan, "--code", "0000-0000-0000", want=8)
    bound = comity(node, "bind", ref, scan, "--code", letter["code"].lower())
    t.ok(len(bound["bound"]) == 1, "the signed copy is bound, and one with another code is not")
    comity(node, "dispatch", ref, "--carriage", "courier", want=8)
    comity(node, "dispatch", ref, "--carriage", "courier", "--proof", "waybill 7")
    level = comity(node, "confirm", ref, "--carriage", "telephone", "--by", "Mrs Lind")["level"]
    t.ok(level == "confirmed", "carried with proof, confirmed by a person there")

    answer = paper(base, "answer.pdf", f"Your {ref}: preserved.")
    entry = comity(node, "register", answer, "--from", "XL/pgo", "--carriage", "post",
                   "-m", f"answers our {ref}", "--number", "PGO 90/26")
    t.ok(entry["likely"][0]["ref"] == ref, "the answer is seen to belong to it")
    filed = comity(node, "entry", "file", entry["entry"], "act", ref, "preserve",
                   *preserved_until())
    t.ok(filed["state"] == "preserved", "their letter is their act")
    close = comity(node, "act", ref, "withdraw", "-m", "No longer needed.")
    t.ok(close["state"] == "withdrawn", "and we close it")
    comity(node, "dispatch", ref, "--carriage", "email", "--proof", "250 queued")
    for words in (["show", ref], ["log", ref], ["list"], ["status"]):
        t.ok(not says_held(comity(node, *words)), f"{words[0]} never says held")
    return ref


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def preserved_until():
    return ["-p", f"preserved_until={today() + datetime.timedelta(days=90)}"]


def incoming(t, base, node):
    one = paper(base, "request.pdf", "Please preserve.")
    entry = comity(node, "register", one, "--from", "XL/pgo", "--carriage", "interpol",
                   "--number", "PGO 5/26", "--kind", "preservation")
    filed = comity(node, "entry", "file", entry["entry"], "request", *particulars(facts="A bank."))
    ref = filed["ref"]
    t.ok(filed["state"] == "requested" and not filed["incomplete"], "a request opens a dossier")
    for name, way in (("mail.eml", "email"), ("paper.pdf", "post")):
        again = comity(node, "register", paper(base, name, way), "--from", "XL/pgo",
                       "--carriage", way, "--number", "pgo5/26")
        comity(node, "entry", "file", again["entry"], "request", "--kind", "preservation", want=5)
        comity(node, "entry", "file", again["entry"], "copy", "PGO5/26")
    comity(node, "instruct", ref, "--executor", "Police, unit 4", "--by", SOON)
    instruction = [n for n in comity(node, "status")["needs_a_person"]
                   if n.get("next") == "instruction"]
    t.ok(instruction[0]["executor"] == "Police, unit 4", "the head's instruction is due")
    comity(node, "instruct", "done", instruction[0]["instruction"])
    comity(node, "act", ref, "acknowledge")
    comity(node, "act", ref, "order", "-p", "authority_ordering=Prosecutor", "-p", "order_number=1",
           "-p", f"order_date={today()}", "-p", "custodian=Host")
    comity(node, "act", ref, "preserve", *preserved_until())
    for act in ("acknowledge", "preserve"):
        comity(node, "letter", ref, "--act", act, "-o", os.path.join(base.path, act))
        comity(node, "dispatch", ref, "--act", act, "--carriage", "post", "--proof", "R 1")
    end = paper(base, "withdrawal.pdf", "Withdrawn.")
    entry = comity(node, "register", end, "--from", "XL/pgo", "--carriage", "post")
    filed = comity(node, "entry", "file", entry["entry"], "act", ref, "withdraw")
    shown = comity(node, "show", ref)
    acts = [a["act"] for a in shown["acts"]]
    t.ok(filed["state"] == "withdrawn" and shown["ended"], "it runs to its close by paper")
    t.ok(acts.count("send") == 1 and acts.count("order") == 1,
         "three arrivals of one request end as one act and one order")
    t.ok(len(shown["acts"][0]["carriages"]) == 3, "all three stand beside the act")
    t.ok(comity(node, "show", "pgo 5/26")["ref"] == ref, "their number finds it")
    return ref


def main():
    t = Tap()
    with Base() as base:
        node = base.node("XN").start()
        sent = outgoing(t, base, node)
        ref = incoming(t, base, node)
        matter = comity(node, "matter", "new", "Both ways", sent, ref)
        t.ok(len(matter["dossiers"]) == 2, "a matter groups both")
        t.ok(comity(node, "entry", "list", "--open")["entries"] == [], "the register is clear")
        shown = comity(node, "show", ref)
        comity(node, "rebuild")
        again = comity(node, "show", ref)
        t.ok(shown == again, "rebuild shows the same")
        t.ok(comity(node, "law", "replay")["differences"] == [], "the law decides all the same")
        node.stop()
        run("-C", node.folder, "fsck")
        t.ok(True, "nothing was altered")
    t.done()


if __name__ == "__main__":
    main()
