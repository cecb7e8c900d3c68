#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo as people meet it: two desks to look at, links that are good once, an alarm that waits for
somebody, and one key that ends it all. Here the officers are forms sent by hand, without scripts."""

import datetime
import os
import re
import signal
import subprocess
import tempfile

from node import COMITY, Tap, wait_for
from pages import Pages


def main():
    tap = Tap()
    with tempfile.TemporaryFile("w+") as said:
        demo = subprocess.Popen([COMITY, "demo", "--live"], stdout=said, stderr=subprocess.STDOUT)

        def told(pattern):
            said.seek(0)
            return re.search(pattern, said.read())

        try:
            wait_for("the demo to be ready", lambda: told("Ctrl-C") or demo.poll() is not None)
            links = {state: told(rf"http://{state}\.localhost:\d+/enter/\w+").group()
                     for state in ("meridia", "norland")}
            leyla, marit = Pages(links["meridia"]), Pages(links["norland"])
            tap.ok(True, "two links lead in")
            status, _, _ = leyla.request("POST", "/" + links["meridia"].split("/", 3)[3])
            tap.ok(status == 401, f"a link is good once ({status})")
            story(tap, told, leyla, marit)
        finally:
            demo.send_signal(signal.SIGINT)
            status = demo.wait(30)
        tap.ok(status == 0, f"an interrupt ends it well ({status})")
        base = told(r"comity -C (\S+)/meridia")
        tap.ok(base and not os.path.exists(base.group(1)), "nothing of it stays behind")
    tap.done()


def story(tap, told, leyla, marit):
    status, _, desk = leyla.get("/duty")
    refs = set(re.findall(r"XM-DTS-\d+-\d+", desk))
    tap.ok(status == 200 and len(refs) >= 4, f"Meridia's desk is lived-in: {len(refs)} dossiers")
    ref = re.search(r"New request, nobody has it yet.*?(XM-DTS-\d+-\d+)", desk, re.S).group(1)
    ours = told(r"XN-CSB-\d+-\d+ is sent").group().split()[0]
    tap.ok("PGO 41/26" in leyla.get("/register")[2], "a letter of a State without a node is in the register")
    tap.ok("Dispatched" in marit.get("/dossier/XN-CSB-2026-0007")[2] and
           "Held by the other State" not in marit.get("/dossier/XN-CSB-2026-0007")[2],
           "one to it went by courier, and no node is said to hold it")
    tap.ok(leyla.act(ref, "acknowledge") == 303, "she acknowledges the alarm")
    wait_for("the demo to tell of it", lambda: told("A person in Meridia has acknowledged it"))
    today = datetime.datetime.now(datetime.timezone.utc).date()
    until = (today + datetime.timedelta(days=61)).isoformat()
    tap.ok(leyla.act(ref, "preserve", preserved_until=until) != 303, "data are not preserved without an order")
    tap.ok(leyla.act(ref, "order", authority_ordering="Duty prosecutor", order_number="214",
                     order_date=today.isoformat(), custodian="Xezer Host MMC",
                     provider="Xezer Host MMC") == 303, "she records the order")
    tap.ok(leyla.act(ref, "preserve", preserved_until=until) == 303, "and that the data are preserved")
    wait_for("the demo to tell of it", lambda: told("The data are preserved"))
    for who, name in ((leyla, ref), (marit, ours)):
        page = who.get("/dossier/" + name)[2]
        tap.ok("Preserved" in page and "Data are preserved until" in page, f"{name} shows until when")
    tap.ok("Record the domestic preservation order" not in marit.get(f"/dossier/{ours}/log")[2],
           "the order stayed at home")


main()
