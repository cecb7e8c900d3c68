#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says who may see and do what, from the prose alone, and compares it with what the desk answered.

Reads one JSON document a line: what the desk can be asked ("table"), people, things, then cells
{"asks", "officer", "action", "thing", "answer"}. An answer is "yes" (seen, or done as far as the
law goes), "no" (there is no such thing) or "role" (seen, but not for this role to do). Written
before the access module and without looking at it:

  Walls first: an officer works for one authority and meets only what is addressed to it or sent by
  it. Then the role. Duty officer, lawyer, supervisor and auditor see all of their authority. The
  extradition officer sees kinds under the function extradition, and what is his own. Investigator
  and executor see only what they are members of. Assistance and administration see no dossier.
  The auditor only reads. The investigator drafts and neither sends nor acts. The executor does
  what stays at home. Who sends also carries: he dispatches, binds the signed paper, mails, and says
  who confirmed. Who assigns instructs. Whoever registers gives a dossier another number. A letter
  is read. Who has two roles may do what one of them may, each within what that one sees.
  What may not be seen is not there.

  The register is its authority's. What is filed, or known to answer a dossier, is that dossier's
  and seen with it; what is not is nobody's yet, and is seen by those who see everything and those
  who keep the register: they must sort it. Whoever is told to see to a dossier becomes its member.
  To file is to register at both ends: the paper, and the dossier it goes to, within one role.
  Whoever reads dossiers may hand in a large file; what becomes of it is another matter.
  A matter is seen with one of its dossiers, and shows of them those that one sees; an empty one is
  for those who see everything or keep the register. What a paper may belong to is shown of what
  one sees. An instruction belongs where it hangs.
  Officers are the administrator's, of his own authority; an officer of another is not there. Peers
  are his too, whether a log of theirs is believed again, and the profile that his State signs. The
  log itself shows hashes and sizes alone, and is everybody's. What the law left open, and the
  tables themselves, are the lawyer's to answer for. To decide everything again is for those who
  audit. No person does what a door does.
  And no answer whatever names a thing that is not there for who asked.
"""
import json
import sys

EVERYTHING = {"duty", "lawyer", "supervisor", "auditor"}
OWN = {"extradition", "investigator", "executor"}

SENDS = {"duty", "lawyer", "extradition", "supervisor"}
REGISTERS = {"duty", "lawyer", "extradition", "supervisor"}
DRAFTS = {"duty", "lawyer", "extradition", "supervisor", "investigator"}
ASSIGNS = {"duty", "lawyer", "supervisor"}
STAYS_HOME = {"duty", "lawyer", "extradition", "supervisor", "executor"}
AUDITS = {"supervisor", "auditor"}
LAW = {"lawyer"}
ADMIN = {"admin"}
ALL = EVERYTHING | OWN | {"assist", "admin"}

READS = {"show", "log", "clocks", "export", "document", "list", "find", "changes", "draft",
         "drafts", "letter", "entry", "entries", "entry-document", "matter", "matters",
         "likely", "named", "numbered", "draft-document"}
MAY = {
    "act-outward": SENDS, "act-inward": STAYS_HOME,
    "draft-save": DRAFTS, "draft-drop": DRAFTS, "check": DRAFTS, "send": SENDS,
    "member-add": ASSIGNS, "member-drop": ASSIGNS, "instruct": ASSIGNS, "instructed": STAYS_HOME,
    "number-add": REGISTERS, "entry-edit": REGISTERS, "entry-file": REGISTERS,
    "entry-copy": REGISTERS, "entry-act": REGISTERS, "entry-note": REGISTERS,
    "matter-set": REGISTERS, "matter-put": REGISTERS, "matter-take": REGISTERS,
    "dispatch": SENDS, "confirm": SENDS, "bind": SENDS, "mail-out": SENDS,
    "mail-drop": SENDS,
}
LISTED = {"matter-put", "matter-take"}
# What names no thing, asked of one's own house.
HOUSE = {
    "new": DRAFTS, "preflight": DRAFTS, "entry-add": REGISTERS, "matter-add": REGISTERS,
    "exhibit-add": EVERYTHING | OWN, "replay": AUDITS, "peer-add": ADMIN, "peer-remove": ADMIN, "user-add": ADMIN,
    "user-link": ADMIN, "user-end": ADMIN,
    "users": ALL, "status": ALL, "frame": ALL, "kinds": ALL, "form": ALL, "contacts": ALL,
    "law-accept": LAW, "function-assign": LAW, "profile-set": ADMIN, "profile": ALL,
    "ledger-head": ALL, "ledger-proof": ALL, "ledger-witness": ALL, "ledger-resume": ADMIN,
    "peers": ALL, "me": ALL, "passkey-begin": ALL, "passkey-add": ALL, "passkey-drop": ALL,
}
# Actions in no cell, and why.
DOORS = ("enter-cert", "receive", "receipt", "retry", "incident", "build", "mail-in", "mail-jobs",
         "mail-done", "tick", "reads", "head", "head-freeze", "cosigned", "asked", "told", "adopt",
         "reconciled", "segment")
NOT_ASKED = {
    **dict.fromkeys(DOORS, "a door's: whoever takes words from people knows no such word"),
    "law": "anybody's, also before entering: it says what the tables say",
    "enter": "anybody's: it is how one becomes somebody",
    "enter-begin": "anybody's: it is how one becomes somebody",
    "enter-key": "anybody's: it is how one becomes somebody",
    "leave": "ends the session that the cells are asked by",
    "init": "for whoever stands at the computer of a node that has no officers yet",
    "fsck": "for whoever stands at the computer: it reads no content, and no page asks it",
    "restore": "for whoever stands at the computer, on a desk opened to restore and on no other",
    "rebuild": "for whoever stands at the computer: it shows no content, and no page asks it",
}

things = {}


def sees(role, who, thing):
    """Whether a role alone meets a thing."""
    within = [sees(role, who, things[name]) for name in thing["within"]]
    sort = thing["sort"]
    if sort == "pair":  # both of them, in the eyes of one role
        return all(within)
    if who["authority"] != thing["authority"]:
        return False
    if sort == "instruction":
        return within[0]
    if sort == "entry":
        return within[0] if within else role in EVERYTHING | REGISTERS
    if sort == "matter":
        return any(within) if within else role in EVERYTHING | REGISTERS
    if role in EVERYTHING:
        return True
    if role == "extradition" and "extradition" in thing["functions"]:
        return True
    return role in OWN and who["officer"] in thing["members"]


def is_there(who, thing):
    if thing["sort"] == "pair":
        return all(is_there(who, things[name]) for name in thing["within"])
    return any(sees(role, who, thing) for role in who["roles"])


def oracle(who, action, thing):
    if not who["active"]:
        return "stranger"
    sort = thing["sort"]
    if sort == "house":
        return "yes" if may_at_home(who, action) else "role"
    if sort == "officer":
        if action != "named" and not may_at_home(who, action):
            return "role"
        return "yes" if who["authority"] == thing["authority"] else "no"
    if action in LISTED:  # what stands in a list is not looked for before the matter is his
        first = oracle(who, "matter-set", things[thing["within"][0]])
        if first != "yes":
            return first
    if not is_there(who, thing):
        return "no"
    if action == "counted":
        return str(sum(is_there(who, things[name]) for name in thing["within"]))
    if action in READS:
        return "yes"
    if any(role in MAY[action] and sees(role, who, thing) for role in who["roles"]):
        return "yes"
    return "role"


def may_at_home(who, action):
    return any(role in HOUSE[action] for role in who["roles"])


def main():
    people, table, wrong, expected = {}, {}, 0, 1
    counts, differ, asked = {}, {}, set()
    for line in sys.stdin:
        row = json.loads(line)
        if "cells" in row:
            expected = row["cells"]
        elif "table" in row:
            table[row["table"]] = row["who"]
        elif "roles" in row:
            people[row["officer"]] = row
        elif "sort" in row:
            things[row["thing"]] = row
        else:
            want = oracle(people[row["officer"]], row["action"], things[row["thing"]])
            key = (row["action"], want)
            counts[key] = counts.get(key, 0) + 1
            asked.add(row["asks"])
            if want != row["answer"]:
                wrong += 1
                sort = (row["action"], want, row["answer"])
                differ[sort] = differ.get(sort, 0) + 1
                if differ[sort] == 1:  # one of each sort is shown
                    print("differs:", row, "oracle says", want, people[row["officer"]],
                          things[row["thing"]])
    total = sum(counts.values())
    for key in sorted(counts):
        print("#", *key, counts[key])
    yes = sum(n for (_, answer), n in counts.items() if answer == "yes")
    no = sum(n for (_, answer), n in counts.items() if answer == "no")
    role = sum(n for (_, answer), n in counts.items() if answer == "role")
    unasked = [word for word in table if word not in asked and word not in NOT_ASKED]
    stale = [word for word in NOT_ASKED if word in asked or word not in table]
    stale += [word for word in DOORS if table.get(word) != "door"]
    for (action, want, answer), n in sorted(differ.items()):
        print(f"{n} times {action} was answered {answer}, and is {want}")
    for word in unasked:
        print("the desk can be asked", word, "and no cell asks it")
    for word in stale:
        print(word, "is excepted, but is asked or is not in the table")
    print(f"# {total} cells: {yes} yes, {no} no, {role} not for the role; {wrong} differ")
    print(f"# {len(asked)} of {len(table)} actions asked, {len(NOT_ASKED)} excepted with a reason")
    if wrong or unasked or stale or not table:
        sys.exit(1)
    if total < expected or min(yes, no) < total // 8 or role < total // 100:
        sys.exit(1)


main()
