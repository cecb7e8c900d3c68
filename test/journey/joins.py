# SPDX-License-Identifier: Apache-2.0
"""A State gets a node while a request to it is on its way by letter: with our next act the dossier goes
on over the wire, with all that was done before under its true dates. One that was answered by letter
stays with letters."""

import os

from alone import comity, paper, particulars, preserved_until
from node import Base, Tap, pin, run, wait_for


def by_letter(xn):
    """A request to Meridia, which has no node yet, dispatched with proof."""
    draft = comity(xn, "new", "preservation", "--to", "XM/dts", *particulars())["draft"]
    ref = comity(xn, "send", draft, "--paper")["ref"]
    comity(xn, "dispatch", ref, "--carriage", "courier", "--proof", "waybill 7")
    return ref


def acts(node, ref):
    return comity(node, "show", ref)["acts"]


def main():
    t = Tap()
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        open_one, answered = by_letter(xn), by_letter(xn)
        letter = paper(base, "answer.pdf", f"Your {answered}: preserved.")
        entry = comity(xn, "register", letter, "--from", "XM/dts", "--carriage", "post",
                       "-m", f"answers our {answered}")
        comity(xn, "entry", "file", entry["entry"], "act", answered, "preserve", *preserved_until())
        first = acts(xn, open_one)[0]
        pin(xn, xm)
        t.ok(not comity(xm, "list")["dossiers"] and comity(xn, "show", open_one)["off_wire"],
             "that a node is pinned moves nothing by itself")

        comity(xn, "act", open_one, "withdraw", "-m", "The data were found here.")
        wait_for("both acts to be held", lambda: [a["level"] for a in acts(xn, open_one)] ==
                 ["held", "held"])
        t.ok(not comity(xn, "show", open_one)["off_wire"], "with our next act it goes on over the wire")
        there = comity(xm, "list")["dossiers"]
        # Two parcels on their way at once come in either order.
        theirs = sorted(acts(xm, there[0]["ref"]), key=lambda a: a["at"])
        t.ok(len(there) == 1 and [a["act"] for a in theirs] == [a["act"] for a in acts(xn, open_one)],
             "the other node has the whole stream, from the first act on")
        t.ok(theirs[0]["at"] == first["at"] and comity(xm, "show", there[0]["ref"])["state"] ==
             comity(xn, "show", open_one)["state"] == "withdrawn", "with its true date, in the same state")
        mine = acts(xn, open_one)[0]
        t.ok(mine["carriages"][0]["proof"] == "waybill 7", "that it went by letter stays beside it")
        out = os.path.join(base.path, "evidence.asice")
        comity(xn, "export", open_one, "-o", out)
        checked = run("-C", xn.folder, "verify", out, want=None)
        t.ok(checked.returncode == 0 and b"receipt" in checked.stdout.lower(),
             "a court verifies what was exported, with the receipt of the wire")

        comity(xn, "act", answered, "withdraw", "-m", "No longer needed.")
        shown = comity(xn, "show", answered)
        t.ok(shown["off_wire"] and {a["level"] for a in shown["acts"]} & {"held"} == set(),
             "one that was answered by letter stays with letters")
        before = comity(xn, "show", open_one)
        comity(xn, "rebuild")
        t.ok(before == comity(xn, "show", open_one), "rebuild shows the same")
        for node in (xn, xm):
            node.stop()
            t.ok(run("-C", node.folder, "fsck", "--json", want=None).returncode == 0,
                 f"fsck of {node.state} finds nothing")
    t.done()


main()
