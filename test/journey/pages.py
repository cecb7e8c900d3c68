# SPDX-License-Identifier: Apache-2.0
"""A browser without pictures: what an officer's browser sends and what it is answered, over a node's
real door for pages."""

import html
import http.client
import json
import re
import threading
from html.parser import HTMLParser
from urllib.parse import urlencode

from node import Gone, run


class Fields(HTMLParser):
    def __init__(self, action, kinds):
        super().__init__()
        self.action, self.kinds, self.found, self.inside = action, kinds, {}, False

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form" and re.search(self.action, a.get("action", "")):
            self.inside = True
        if tag == "input" and self.inside and a.get("type") in self.kinds:
            self.found[a["name"]] = a.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


def hidden(page, action="/do/", kinds=("hidden",)):
    """What the form of an act, or of another address, carries by itself."""
    h = Fields(action, kinds)
    h.feed(page)
    return h.found


def words(page):
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)))


class Pages:
    """One officer's browser at a node. It came in by a link that is good once."""

    def __init__(self, link):
        self.host, path = link.removeprefix("http://").split("/", 1)
        self.cookie = None
        status, headers, _ = self.request("POST", "/" + path)
        assert status == 303, f"entering was answered {status}"
        self.cookie = headers["Set-Cookie"].split(";")[0]

    @classmethod
    def of(cls, node, officer="o-1"):
        return cls(json.loads(run("-C", node.folder, "user", "link", officer, "--json").stdout)["enter"])

    def request(self, method, path, body=None, type_="application/x-www-form-urlencoded"):
        status, headers, text = self.exchange(method, path, body, type_)
        return status, headers, text.decode()

    def exchange(self, method, path, body, type_):
        headers = {"Host": self.host, "Origin": "http://" + self.host,
                   "Accept-Language": "en"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if body is not None:
            headers["Content-Type"] = type_
        c = http.client.HTTPConnection("127.0.0.1", int(self.host.split(":")[1]), timeout=60)
        try:
            c.request(method, path, body, headers)
            r = c.getresponse()
            return r.status, r.headers, r.read()
        except (OSError, http.client.HTTPException) as e:
            raise Gone(str(e))
        finally:
            c.close()

    def get(self, path):
        return self.request("GET", path)

    def fetch(self, path):
        """The same, as the bytes they are."""
        return self.exchange("GET", path, None, None)

    def act(self, ref, act, **particulars):
        """The form of an act, its check, and the signature, each as the page before gave it."""
        path = f"/dossier/{ref}/do/{act}"
        form = hidden(self.get(path)[2])
        form.update({f"p.{k}": v for k, v in particulars.items()})
        status, _, text = self.request("POST", path, urlencode(form))
        if status != 200:
            return status
        return self.request("POST", path + "/sign", urlencode(hidden(text)))[0]

    def mail_check(self, letter, to=None):
        """From the page of a letter to what would be sent: the status, and the page."""
        form = hidden(self.get(letter)[2], "/mail$", ("hidden", "text"))
        form.update({"to": to} if to else {})
        status, _, text = self.request("POST", letter + "/mail", urlencode(form))
        return status, text

    def mail_sign(self, letter, checked, certificate=None):
        """And signs it: the status, and what is said then."""
        files = {"certificates": ("their.pem", certificate)} if certificate else {}
        signed = multipart(hidden(checked, "/mail/send$"), files)
        status, headers, text = self.request("POST", letter + "/mail/send", *signed)
        return status, words(self.get(headers["Location"])[2] if status == 303 else text)


def multipart(fields, files):
    """A form with files, as browsers send it: its body and its type."""
    out = []
    for name, value in fields.items():
        out.append(f'--b0\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, (file, data) in files.items():
        out.append(f'--b0\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
                   f"Content-Type: application/octet-stream\r\n\r\n".encode() + data + b"\r\n")
    return b"".join(out) + b"--b0--\r\n", "multipart/form-data; boundary=b0"


class Readers:
    """Officers who look at their desk without a pause; counts what they were answered."""

    def __init__(self, node, workers=2):
        self.node, self.open, self.seen, self.wrong = node, 0, 0, []
        self.lock, self.pause, self.going = threading.Lock(), threading.Event(), True
        self.workers = [threading.Thread(target=self.work, args=(Pages.of(node),), daemon=True)
                        for _ in range(workers)]

    def work(self, browser):
        while self.going:
            with self.lock:
                self.open += 1
            try:
                status, _, text = browser.get("/duty")
                if status == 200 and re.search(r"<h1[ >]", text):
                    self.seen += 1
                elif status != 503:
                    self.wrong.append(status)
            except Gone:
                self.pause.wait(0.01)
            finally:
                with self.lock:
                    self.open -= 1

    def run(self):
        for w in self.workers:
            w.start()

    def stop(self):
        self.going = False
        self.pause.set()
        for w in self.workers:
            w.join(60)
