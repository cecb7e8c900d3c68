#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says who may see and do what, from the prose alone, and compares it with what the desk answered.

Reads one JSON document a line: people, dossiers and drafts first, then cells {"officer", "action",
"thing", "answer"}. An answer is "yes" (seen, or done as far as the law goes), "no" (there is no
such thing) or "role" (seen, but not for this role to do). Written before the access module and
without looking at it:

  Walls first: an officer works for one authority and meets only what is addressed to it or sent by
  it. Then the role. Duty officer, lawyer, supervisor and auditor see all of their authority. The
  extradition officer sees kinds under the function extradition, and what is his own. Investigator
  and executor see only what they are members of. Assistance and administration see no dossier.
  The auditor only reads. The investigator drafts and neither sends nor acts. The executor does
  what stays at home. Who sends also carries: he dispatches, binds the signed paper, mails, and says
  who confirmed. Who assigns instructs. Whoever registers gives a dossier another number. A letter
  is read. Who has two roles may do what one of them may, each within what that one sees.
  What may not be seen is not there.
"""
import json
import sys

EVERYTHING = {"duty", "lawyer", "supervisor", "auditor"}
OWN = {"extradition", "investigator", "executor"}


def sees(role, who, thing):
    if who["authority"] != thing["authority"]:
        return False
    if role in EVERYTHING:
        return True
    if role == "extradition" and "extradition" in thing["functions"]:
        return True
    return role in OWN and who["officer"] in thing["members"]


READS = {"show", "log", "export", "document", "list", "find", "changes", "draft", "drafts",
         "letter"}
MAY = {
    "act-outward": {"duty", "lawyer", "extradition", "supervisor"},
    "act-inward": {"duty", "lawyer", "extradition", "supervisor", "executor"},
    "draft-save": {"duty", "lawyer", "extradition", "supervisor", "investigator"},
    "draft-drop": {"duty", "lawyer", "extradition", "supervisor", "investigator"},
    "check": {"duty", "lawyer", "extradition", "supervisor", "investigator"},
    "send": {"duty", "lawyer", "extradition", "supervisor"},
    "member-add": {"duty", "lawyer", "supervisor"},
    "instruct": {"duty", "lawyer", "supervisor"},
    "number-add": {"duty", "lawyer", "extradition", "supervisor"},
    "dispatch": {"duty", "lawyer", "extradition", "supervisor"},
    "confirm": {"duty", "lawyer", "extradition", "supervisor"},
    "bind": {"duty", "lawyer", "extradition", "supervisor"},
    "mail-out": {"duty", "lawyer", "extradition", "supervisor"},
}


def oracle(who, action, thing):
    if not who["active"]:
        return "stranger"
    if not any(sees(role, who, thing) for role in who["roles"]):
        return "no"
    if action in READS:
        return "yes"
    if any(role in MAY[action] and sees(role, who, thing) for role in who["roles"]):
        return "yes"
    return "role"


def main():
    people, things, wrong, expected = {}, {}, 0, 1
    counts = {}
    for line in sys.stdin:
        row = json.loads(line)
        if "cells" in row:
            expected = row["cells"]
            continue
        if "roles" in row:
            people[row["officer"]] = row
        elif "members" in row:
            things[row["thing"]] = row
        else:
            want = oracle(people[row["officer"]], row["action"], things[row["thing"]])
            key = (row["action"], want)
            counts[key] = counts.get(key, 0) + 1
            if want != row["answer"]:
                wrong += 1
                if wrong <= 20:
                    print("differs:", row, "oracle says", want, people[row["officer"]],
                          things[row["thing"]])
    total = sum(counts.values())
    for key in sorted(counts):
        print("#", *key, counts[key])
    yes = sum(n for (_, answer), n in counts.items() if answer == "yes")
    no = sum(n for (_, answer), n in counts.items() if answer == "no")
    role = sum(n for (_, answer), n in counts.items() if answer == "role")
    print(f"# {total} cells: {yes} yes, {no} no, {role} not for the role; {wrong} differ")
    if wrong or total < expected or min(yes, no) < total // 8 or role < total // 100:
        sys.exit(1)


main()
