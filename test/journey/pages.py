# SPDX-License-Identifier: Apache-2.0
"""A browser without pictures: what an officer's browser sends and what it is answered, over a node's
real door for pages."""

import http.client
import json
import re
import threading

from node import Gone, run


class Pages:
    """One officer's browser at a node. It came in by a link that is good once."""

    def __init__(self, node, officer="o-1"):
        self.node, self.cookie = node, None
        link = json.loads(run("-C", node.folder, "user", "link", officer, "--json").stdout)["enter"]
        status, headers, _ = self.request("POST", link[link.index("/enter/"):])
        assert status == 303, f"entering was answered {status}"
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def request(self, method, path, body=None, type_="application/x-www-form-urlencoded"):
        headers = {"Host": self.node.host, "Origin": "http://" + self.node.host,
                   "Accept-Language": "en"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if body is not None:
            headers["Content-Type"] = type_
        c = http.client.HTTPConnection("127.0.0.1", int(self.node.host.split(":")[1]), timeout=60)
        try:
            c.request(method, path, body, headers)
            r = c.getresponse()
            return r.status, r.headers, r.read().decode()
        except (OSError, http.client.HTTPException) as e:
            raise Gone(str(e))
        finally:
            c.close()

    def get(self, path):
        return self.request("GET", path)


class Readers:
    """Officers who look at their desk without a pause; counts what they were answered."""

    def __init__(self, node, workers=2):
        self.node, self.open, self.seen, self.wrong = node, 0, 0, []
        self.lock, self.pause, self.going = threading.Lock(), threading.Event(), True
        self.workers = [threading.Thread(target=self.work, args=(Pages(node),), daemon=True)
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
