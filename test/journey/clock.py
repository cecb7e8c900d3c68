#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two States lay the proofs of their dates side by side: two real nodes print the same bytes, as text and
as JSON, in each language; what one of them did at home stands under its own heading there alone."""

import datetime
import json

from node import Base, Tap, pin, run, wait_for


def today(ahead):
    return (datetime.datetime.now(datetime.timezone.utc).date() +
            datetime.timedelta(days=ahead)).isoformat()


def clock(node, ref, *words):
    return run("-C", node.folder, "law", "clock", ref, *words).stdout


def same(tap, xn, xm, ref, when):
    for words in ([], ["--json"], ["--lang", "az"], ["--lang", "az", "--json"]):
        ours, theirs = clock(xn, ref, *words), clock(xm, ref, *words)
        tap.ok(ours == theirs and len(ours) > 200,
               f"{when}, both nodes print the same {len(ours)} bytes ({' '.join(words) or 'text'})")
    return clock(xn, ref).decode(), json.loads(clock(xn, ref, "--json"))


def by_name(view, name):
    return next(c for c in view["clocks"] if c["clock"] == name)


def story(tap, xn, xm):
    ref = xn.request("XM/dts")["ref"]
    wait_for("the request", lambda: xm.ask("list")["dossiers"])
    text, view = same(tap, xn, xm, ref, "asked")
    tap.ok("un-cybercrime 41(1)" in text and by_name(view, "acknowledge")["running"],
           "the rule names its article")
    xm.ask("act", ref=ref, act="order", particulars={
        "authority_ordering": "Court", "order_number": "17", "order_date": today(0),
        "custodian": "The provider"})
    xm.ask("act", ref=ref, act="preserve", particulars={"preserved_until": today(70)})
    wait_for("the answer", lambda: xn.ask("show", ref=ref)["state"] == "preserved")
    text, view = same(tap, xn, xm, ref, "preserved")
    kept = by_name(view, "preservation")
    tap.ok(kept["last"] == today(70) and kept["end_particular"] == "preserved_until" and
           "America/Sao_Paulo" in text and "Asia/Baku" in text and "UTC" in text,
           "the last day, and its end in UTC and in both zones")
    ends = {e["state"]: e for e in kept["ends"]}
    tap.ok(kept["end"] == max(e["last_day_over"] for e in ends.values()) and
           ends["XN"]["local"].endswith("00:00"), "it ends when that day is over in both States")
    shown = {c["clock"]: c for c in xm.ask("show", ref=ref)["clocks"]}
    tap.ok(shown["preservation"]["end"] == kept["end"] and
           shown["domestic_order"].get("renew", "") > today(60),
           "the dossier shows the same end, and when the order is to be renewed")
    home, abroad = clock(xm, ref, "--inward"), clock(xn, ref, "--inward")
    tap.ok(home.decode().startswith(text) and b"[domestic_order]" in home and
           b"[domestic_order]" not in abroad and b"domestic_order" not in text.encode(),
           "what was done at home stands under its own heading, there alone")
    none = run("-C", xn.folder, "law", "clock", "XN-CSB-2026-9999", "--json", want=None)
    tap.ok(none.returncode != 0 and b"dossier-none-such" in none.stdout,
           "of no dossier there is no proof")


def main():
    tap = Tap()
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        story(tap, xn, xm)
    tap.done()


main()
