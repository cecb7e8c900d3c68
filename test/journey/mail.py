# SPDX-License-Identifier: Apache-2.0
"""A State without a node is asked by e-mail, and asks by e-mail: a real SMTP server takes what leaves,
a Maildir holds what comes, and one node runs from the first letter to the close. Then the server
refuses, is away, and the node is killed while a mail is under way. The same from the page of the
letter, as an officer's browser sends it, and by a program."""

import email
import email.message
import email.policy
import json
import mailbox
import os
import subprocess

from alone import comity, particulars, preserved_until, today
from node import Base, Tap, free_port, run, wait_for
from pages import Pages, words
from program import Program

SMTP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "net", "smtp.py")


class Server:
    """A mail server on a port of ours, that can be away."""

    def __init__(self, base):
        self.box, self.port, self.child = os.path.join(base, "box"), free_port(), None
        self.cert, self.key = (os.path.join(base, n) for n in ("smtp.pem", "smtp.key"))
        subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-subj", "/CN=mx.example", "-addext",
                        "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout", self.key, "-out",
                        self.cert], check=True, stderr=subprocess.DEVNULL)

    def start(self):
        # Debian's own python3, whose packages the server needs.
        self.child = subprocess.Popen(["/usr/bin/python3", SMTP, self.box, "auth", self.cert,
                                       self.key, str(self.port)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert int(self.child.stdout.readline()) == self.port
        return self

    def stop(self):
        if self.child:
            self.child.stdin.close()
            self.child.stdout.close()
            self.child.wait(30)
            self.child = None

    def about(self, ref):
        """What was kept of a dossier, as bytes."""
        if not os.path.isdir(self.box):
            return []
        kept = mailbox.Maildir(self.box, factory=None, create=False)
        return [b for b in (m.as_bytes() for m in kept) if ref in read(b)["Subject"]]


def read(message):
    return email.message_from_bytes(message, policy=email.policy.default)


def configure(base, node, server):
    with open(os.path.join(base.path, "password"), "w", encoding="ascii") as f:
        f.write("secret word\n")
    with open(os.path.join(node.folder, "comity.yaml"), "a", encoding="ascii") as f:
        f.write(f"""mail:
  from: "desk@csb.norland.example"
  smtp: "smtp://127.0.0.1:{server.port}"
  user: "desk"
  password_file: "{base.path}/password"
  ca: "{server.cert}"
  helo: "csb.norland.example"
  maildir: "mail"
""")


def drop(node, name, message):
    """As a mail server delivers: whole, then moved into new/."""
    box = os.path.join(node.folder, "mail")
    with open(os.path.join(box, "tmp", name), "wb") as f:
        f.write(message.as_bytes() if hasattr(message, "as_bytes") else message)
        os.fchmod(f.fileno(), 0o644)
    os.rename(f.name, os.path.join(box, "new", name))


def arrived(node, subject):
    """The entry of a mail, once it is registered and moved."""
    def look():
        if os.listdir(os.path.join(node.folder, "mail", "new")):
            return None
        found = [e for e in comity(node, "entry", "list")["entries"]
                 if subject in e.get("fields", e).get("subject", "")]
        return comity(node, "entry", "show", found[0]["entry"]) if found else None
    return wait_for(f"a mail about {subject} to be registered", look)


def letter_from_lacunia(subject, text, message_id, **headers):
    m = email.message.EmailMessage()
    m["From"] = "Office <requests@pgo.lacunia.example>"
    m["To"] = "desk@csb.norland.example"
    m["Date"] = "Fri, 27 Nov 2026 10:00:00 +0400"
    m["Subject"] = subject
    m["Message-ID"] = message_id
    for name, value in headers.items():
        m[name.replace("_", "-")] = value
    m.set_content(text, charset="windows-1251" if any(ord(c) > 127 for c in text) else "utf-8")
    return m


def mails(node, ref):
    return comity(node, "show", ref)["mail"]


def act_of(node, ref, act):
    return [a for a in comity(node, "show", ref)["acts"] if a["act"] == act][-1]


def sent(node, ref, act="send", *options):
    """The act left by e-mail, and what is shown of it."""
    comity(node, "mail", ref, "--act", act, *options)
    return wait_for(f"{act} to be taken by the mail server",
                    lambda: (lambda a: a if a["level"] == "dispatched" else None)(
                        act_of(node, ref, act)))


def request(node):
    draft = comity(node, "new", "preservation", "--to", "XL/pgo", *particulars())["draft"]
    return comity(node, "send", draft)["ref"]


def outgoing(t, node, server):
    ref = request(node)
    act = sent(node, ref)
    proof = json.dumps(act["carriages"])
    t.ok("kept as 4711" in proof and "email" in proof,
         "the request left over STARTTLS with a login, and the server's words are the proof")
    message = read(server.about(ref)[0])
    message_id = message["Message-ID"]
    files = [p.get_content_type() for p in message.iter_attachments()]
    t.ok(message["To"] == "requests@pgo.lacunia.example" and
         "desk@csb.norland.example" in message["From"], "from our mailbox to the one in the tables")
    t.ok(files[0] == "application/pdf" and len(files) == 2, "with the letter and its container")
    pdf = next(message.iter_attachments()).get_content()
    t.ok(pdf[:5] == b"%PDF-", "the letter is a page")
    t.ok(ref in message["Subject"], "its subject bears the reference token")
    t.ok(not mails(node, ref), "nothing of it waits any more")

    reply = letter_from_lacunia("Re: " + message["Subject"], "Сохранено на девяносто дней.",
                                "<a1@pgo.lacunia.example>", In_Reply_To=message_id,
                                References=message_id)
    reply.add_attachment(b"%PDF-1.4 theirs", maintype="application", subtype="pdf",
                         filename="answer.pdf")
    drop(node, "1.reply", reply)
    entry = arrived(node, message["Subject"])
    t.ok(entry["likely"][0]["ref"] == ref and entry["likely"][0]["why"] == "token",
         "a reply with the token is filed to its dossier")
    t.ok(any(e["entry"] == entry["entry"] for e in comity(node, "show", ref)["entries"]),
         "the dossier shows it")
    names = [d["name"] for d in entry["documents"]]
    t.ok(len(names) == 2 and "answer.pdf" in names, "with the message as it came and what it holds")
    t.ok("Сохранено" in json.dumps(entry, ensure_ascii=False), "its letters are read, whatever they were sent in")
    drop(node, "2.again", reply)
    wait_for("the second copy to be taken",
             lambda: not os.listdir(os.path.join(node.folder, "mail", "new")))
    t.ok(len(comity(node, "show", ref)["entries"]) == 1, "the same mail again is one entry")

    drop(node, "3.forged", letter_from_lacunia("URGENT: your request", "Wire the data to us.",
                                               "<f1@pgo.lacunia.example>"))
    forged = arrived(node, "URGENT")
    t.ok(forged["stage"] == "open" and not [x for x in forged.get("likely", [])
                                            if x["why"] == "token"] and
         len(comity(node, "show", ref)["entries"]) == 1,
         "a forged one without the token is registered, and belongs nowhere")
    drop(node, "4.garbage", b"\x00\xff no message at all\r\n" * 40)
    wait_for("garbage to be taken", lambda: not os.listdir(os.path.join(node.folder, "mail", "new")))
    t.ok(len(comity(node, "entry", "list")["entries"]) == 3, "what is no message is registered by its bytes")

    comity(node, "confirm", ref, "--carriage", "email", "--by", "Mrs Lind")
    filed = comity(node, "entry", "file", entry["entry"], "act", ref, "preserve", *preserved_until())
    t.ok(filed["state"] == "preserved", "their e-mail is their act")
    comity(node, "act", ref, "withdraw", "-m", "No longer needed.")
    sent(node, ref, "withdraw")
    shown = comity(node, "show", ref)
    t.ok(shown["ended"] and act_of(node, ref, "withdraw")["level"] == "dispatched",
         "an outgoing request runs to its close by e-mail")
    return ref


def incoming(t, node):
    drop(node, "5.request", letter_from_lacunia("Request PGO 7/26", "Please preserve.",
                                                "<r7@pgo.lacunia.example>"))
    entry = arrived(node, "PGO 7/26")
    filed = comity(node, "entry", "file", entry["entry"], "request", "--kind", "preservation",
                   "--from", "XL/pgo", *particulars(facts="A bank."))
    ref = filed["ref"]
    t.ok(filed["state"] == "requested", "a request that came by e-mail opens a dossier")
    comity(node, "act", ref, "acknowledge")
    comity(node, "act", ref, "order", "-p", "authority_ordering=Prosecutor", "-p", "order_number=1",
           "-p", f"order_date={today()}", "-p", "custodian=Host")
    comity(node, "act", ref, "preserve", *preserved_until())
    for act in ("acknowledge", "preserve"):
        sent(node, ref, act)
    letter = comity(node, "letter", ref, "--act", "preserve", "-o", os.path.join(node.folder, "..", "l"))
    drop(node, "6.end", letter_from_lacunia(f"Re: [{letter['token']}]", "We withdraw it.",
                                            "<r8@pgo.lacunia.example>"))
    end = arrived(node, letter["token"])
    filed = comity(node, "entry", "file", end["entry"], "act", ref, "withdraw")
    t.ok(filed["state"] == "withdrawn" and comity(node, "show", ref)["ended"],
         "an incoming one runs to its close by e-mail")


def refusals(t, node, server):
    ref = request(node)
    comity(node, "mail", ref, "--to", "refuse@pgo.lacunia.example")
    row = wait_for("the server to refuse",
                   lambda: [m for m in mails(node, ref) if m["stage"] == "refused"])[0]
    t.ok("550" in row["answer"] and act_of(node, ref, "send")["level"] == "held-here",
         "a refusal is told in the server's words, and the act has not left")
    comity(node, "mail", ref, "--to", "later@pgo.lacunia.example")
    row = wait_for("the server to ask for patience",
                   lambda: [m for m in mails(node, ref) if m["to"].startswith("later") and m["tries"]])[0]
    t.ok(row["stage"] == "waiting" and "451" in row["answer"], "one that is put off waits, and says why")
    comity(node, "mail", ref, "--to", "no mailbox", want=8)
    t.ok(True, "what is no mailbox is refused before anything is built into it")
    server.stop()
    other = request(node)
    comity(node, "mail", other)
    row = wait_for("a server that is away to be noticed",
                   lambda: [m for m in mails(node, other) if m["tries"]])[0]
    t.ok(row["stage"] == "waiting" and row["answer"], f"a server that is away is tried again: {row['answer']}")
    server.start()
    wait_for("the mail to leave once the server is back",
             lambda: act_of(node, other, "send")["level"] == "dispatched")
    t.ok(True, "and it leaves when the server is back")


def killed(t, node, server):
    """The server has taken the mail and not said so: nobody knows, so it comes again, the same."""
    ref = request(node)
    comity(node, "mail", ref, "--to", "hang@pgo.lacunia.example")
    wait_for("the mail to be under way", lambda: server.about(ref))
    node.kill()
    node.start()
    act = wait_for("it to leave after the kill",
                   lambda: (lambda a: a if a["level"] == "dispatched" else None)(
                       act_of(node, ref, "send")))
    came = server.about(ref)
    t.ok(len(came) == 2 and len({read(m)["Message-ID"] for m in came}) == 1 and
         len(set(came)) == 1,
         "killed while a mail is under way: it comes again, under the same Message-ID, byte for byte")
    t.ok(len(act["carriages"]) == 1 and not mails(node, ref), "and it is dispatched once")


# ---- from the pages ------------------------------------------------------------------------------


def letter_of(node, ref, act="send"):
    return f"/dossier/{ref}/letter/{act_of(node, ref, act)['id']}"


def dispatched(node, ref):
    return wait_for("the letter to leave", lambda: (lambda a: a if a["level"] == "dispatched" else None)(
        act_of(node, ref, "send")))


def said(browser, letter, what):
    """What the page of a letter says, once it says that."""
    return wait_for(f"the page to say {what}",
                    lambda: (lambda w: w if what in w else None)(words(browser.get(letter)[2])))


def by_page(t, node, server):
    browser, ref = Pages.of(node), request(node)
    letter = letter_of(node, ref)
    status, checked = browser.mail_check(letter)
    shown = words(checked)
    t.ok(status == 200 and "requests@pgo.lacunia.example" in shown and "desk@csb.norland.example" in shown
         and f"{ref}-send.pdf" in shown and f"{ref}-send.asice" in shown,
         "the page shows the e-mail before it is signed: from, to, and what is attached")
    status, text = browser.mail_sign(letter, checked)
    t.ok(status == 303 and "The e-mail is kept here and leaves by itself" in text,
         "an officer signs it on the page, without a script")
    again, _ = browser.mail_sign(letter, checked)
    act = dispatched(node, ref)
    text = said(browser, letter, "kept as 4711")
    t.ok(again == 303 and len(act["carriages"]) == 1 and len(server.about(ref)) == 1,
         "signing the same page twice sends one e-mail")
    t.ok(act["carriages"][0]["carriage"] == "email" and act["carriages"][0]["officer"] == "o-1"
         and "Dispatched" in text, "the server's last words are the proof, in the officer's name")
    m = read(server.about(ref)[0])
    t.ok([p.get_content_type() for p in m.iter_attachments()][0] == "application/pdf" and
         next(m.iter_attachments()).get_content()[:5] == b"%PDF-", "the letter is a page in it")

    status, text = browser.mail_check(letter, "nobody")
    t.ok(status == 422 and "This is no e-mail address. Nothing was sent" in words(text),
         "what is no address is refused at once, and said")
    return browser


def by_page_refused(t, node, server, browser):
    ref = request(node)
    letter = letter_of(node, ref)
    browser.mail_sign(letter, browser.mail_check(letter, "refuse@pgo.lacunia.example")[1])
    text = said(browser, letter, "refused the e-mail")
    t.ok("550 5.1.1 nobody of that name" in text and "The letter is kept" in text
         and act_of(node, ref, "send")["level"] == "held-here",
         "the page says that the server refused it, in whose words, and that nothing is lost")
    browser.mail_sign(letter, browser.mail_check(letter, "later@pgo.lacunia.example")[1])
    text = said(browser, letter, "has not left yet")
    t.ok("tried again by itself" in text and "451 4.7.1" in text and "Next attempt:" in text,
         "the page says that one is put off, and when it is tried again")

    server.stop()
    ref = request(node)
    letter = letter_of(node, ref)
    status, _ = browser.mail_sign(letter, browser.mail_check(letter)[1])
    said(browser, letter, "has not left yet")
    node.kill()
    server.start()
    node.start()
    dispatched(node, ref)
    t.ok(status == 303 and len(server.about(ref)) == 1,
         "signed while the server was away and the node killed: it leaves once both are back")


def by_page_sealed(t, base, node, server):
    """S/MIME to a certificate of theirs, in either form."""
    key, pem, der = (os.path.join(base.path, n) for n in ("their.key", "their.pem", "their.der"))
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=PGO",
                    "-addext", "keyUsage=keyEncipherment", "-days", "2", "-keyout", key, "-out", pem],
                   check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER", "-out", der], check=True)
    browser = Pages.of(node)
    for form in (pem, der):
        ref = request(node)
        letter = letter_of(node, ref)
        with open(form, "rb") as f:
            browser.mail_sign(letter, browser.mail_check(letter)[1], f.read())
        dispatched(node, ref)
        message = server.about(ref)[0]
        opened = subprocess.run(["openssl", "cms", "-decrypt", "-inkey", key, "-recip", pem],
                                input=message, stdout=subprocess.PIPE, check=True).stdout
        t.ok(b".asice" not in message and f"{ref}-send.asice".encode() in opened,
             f"with a certificate ({form[-3:]}) only its holder reads the e-mail")
    ref = request(node)
    letter = letter_of(node, ref)
    status, text = browser.mail_sign(letter, browser.mail_check(letter)[1], b"no certificate")
    t.ok(status == 422 and "This was not done" in text and not mails(node, ref),
         "what is no certificate is refused, and nothing is kept")


def by_program(t, node, server):
    program, ref = Program.of(node), request(node)
    path = f"/v1/dossiers/{ref}/mails"
    first = program.call("POST", path, {}, key="mail-1")
    again = program.call("POST", path, {}, key="mail-1")
    other = program.call("POST", path, {"to": "other@pgo.lacunia.example"}, key="mail-1")
    dispatched(node, ref)
    t.ok(first.status == again.status == 202 and first.view == again.view and
         first.view["stage"] == "waiting" and other.status == 422 and len(server.about(ref)) == 1,
         "a program sends it by one call, and once under one key")


def without_a_server(t, node):
    """No settings of mail: the page says which one is missing, instead of a button that does nothing."""
    node.start()
    ref = request(node)
    browser, letter = Pages.of(node), letter_of(node, ref)
    page = browser.get(letter)[2]
    status, text = browser.mail_check(letter)
    a = Program.of(node).call("POST", f"/v1/dossiers/{ref}/mails", {}, key="k")
    t.ok("In comity.yaml that is the setting smtp under mail" in words(page) and "Check the e-mail" not in page
         and status == 409 and "the setting smtp under mail" in words(text)
         and a.status == 409 and a.view["code"] == "mail-none",
         "without a mail server page and API name the setting")
    node.stop()


def single(t, base):
    server = Server(base.path).start()
    node = base.node("XM")
    without_a_server(t, node)
    configure(base, node, server)
    node.start(options=["--single"])
    ref = request(node)
    browser, letter = Pages.of(node), letter_of(node, ref)
    status, _ = browser.mail_sign(letter, browser.mail_check(letter)[1])
    dispatched(node, ref)
    t.ok(status == 303, "in one process a page sends it too")
    drop(node, "1.reply", letter_from_lacunia("Re: " + read(server.about(ref)[0])["Subject"], "Да.",
                                              "<s1@pgo.lacunia.example>"))
    entry = arrived(node, ref)
    t.ok(entry["likely"][0]["ref"] == ref, "in one process mail leaves and comes just the same")
    node.stop()
    server.stop()


def main():
    t = Tap()
    with Base() as base:
        server = Server(base.path).start()
        try:
            node = base.node("XN")
            configure(base, node, server)
            node.start()
            outgoing(t, node, server)
            incoming(t, node)
            refusals(t, node, server)
            killed(t, node, server)
            browser = by_page(t, node, server)
            by_page_refused(t, node, server, browser)
            by_page_sealed(t, base, node, server)
            by_program(t, node, server)
            shown = comity(node, "list")
            comity(node, "rebuild")
            t.ok(shown == comity(node, "list"), "rebuild shows the same")
            node.stop()
            run("-C", node.folder, "fsck")
            t.ok(True, "nothing was altered")
        finally:
            server.stop()
        single(t, base)
    t.done()


if __name__ == "__main__":
    main()
