# SPDX-License-Identifier: Apache-2.0
"""Two real nodes as processes, for the journeys: made by the program under test, spoken to over the
socket in their folders, killed and started again. Nothing is faked but the moments."""

import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import server

COMITY = os.environ.get("COMITY", "build/test/comity")
REQUEST = {
    "authority_seeking": "Norland Cybercrime Bureau, duty desk",
    "offence": "Illegal access, Penal Code 310, up to six years",
    "facts": "A hospital's files were encrypted.",
    "data": "Two servers at 203.0.113.7",
    "relation": "The stolen records lie there.",
    "necessity": "The rental ends today.",
    "mla_intended": True,
}


class Refused(Exception):
    def __init__(self, fault, view=None):
        super().__init__(f"{fault.get('code')}: {fault.get('sentence')} [{fault.get('article')}]")
        self.fault, self.view = fault, view


class Gone(Exception):
    """The node did not answer: it was killed, or is not there."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(*args, want=0, env=None):
    done = subprocess.run([COMITY, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, env=env)
    if want is not None and done.returncode != want:
        raise AssertionError(f"comity {' '.join(args)}: exit {done.returncode}, not {want}\n"
                             f"{done.stdout.decode()}{done.stderr.decode()}")
    return done


class Connection:
    """One connection to a node's socket; messages have a four-byte length before them."""

    def __init__(self, folder, timeout=240):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(timeout)
        try:
            self.s.connect(os.path.join(folder, "comity.sock"))
        except OSError as e:
            raise Gone(str(e))

    def post(self, action, **args):
        data = json.dumps({"action": action, "args": args}).encode()
        try:
            self.s.sendall(struct.pack(">I", len(data)) + data)
        except OSError as e:
            raise Gone(str(e))

    def _read(self, n):
        data = b""
        while len(data) < n:
            try:
                more = self.s.recv(n - len(data))
            except OSError as e:
                raise Gone(str(e))
            if not more:
                raise Gone("closed")
            data += more
        return data

    def reply(self):
        reply = json.loads(self._read(struct.unpack(">I", self._read(4))[0]))
        if not reply["ok"]:
            raise Refused(reply.get("fault", {}), reply.get("view"))
        return reply.get("view")

    def close(self):
        self.s.close()


class Node:
    def __init__(self, base, state, prefix=(), options=()):
        self.state, self.folder = state, os.path.join(base, state.lower())
        self.port, self.child, self.prefix = free_port(), None, list(prefix)
        self.log = open(os.path.join(base, state.lower() + ".log"), "ab")
        self.host = f"{state.lower()}.localhost:{free_port()}"
        run("-C", self.folder, "init", "--state", state, "--port", str(self.port),
            "--pages", self.host, "--json", *options)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def start(self, env=None, prefix=None, options=()):
        command = (self.prefix if prefix is None else list(prefix)) + \
            [COMITY, "-C", self.folder, "serve", *options]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, env=env)
        ready, _, _ = select.select([self.child.stdout], [], [], 60)
        line = self.child.stdout.readline() if ready else b""
        if not line:
            raise AssertionError(f"{self.state} did not start; see {self.log.name}")
        return self

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        self.child.stdout.close()
        self.child = None

    def stop(self):
        if self.child:
            self.child.terminate()
            try:
                self.child.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                return
            self.child.stdout.close()
            self.child = None

    def ask(self, action, **args):
        c = Connection(self.folder)
        try:
            c.post(action, **args)
            return c.reply()
        finally:
            c.close()

    def request(self, to, instrument=None, **changes):
        rests = {"instrument": instrument} if instrument else {}
        draft = self.ask("new", kind="preservation", to=to, **rests,
                         particulars={**REQUEST, **changes})["draft"]
        return self.ask("send", draft=draft)


def pin(a, b):
    """Each reads its own words out, and pins the other by what it heard."""
    reads = {x: json.loads(run("-C", x.folder, "peer", "add", y.url, "--json").stdout)["words"]
             for x, y in ((a, b), (b, a))}
    for x, y in ((a, b), (b, a)):
        run("-C", x.folder, "peer", "add", y.url, "--words", reads[y], "--json")


def wait_for(what, check, seconds=60):
    """Looks again until `check` answers something; the nodes work meanwhile."""
    end = time.monotonic() + seconds
    while True:
        got = check()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        select.select([], [], [], 0.02)


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def ok(self, condition, name):
        self.n += 1
        self.failed += not condition
        print(f"{'ok' if condition else 'not ok'} {self.n} - {name}", flush=True)
        return condition

    def note(self, text):
        print(f"# {text}", flush=True)

    def done(self):
        print(f"1..{self.n}", flush=True)
        sys.exit(1 if self.failed else 0)


class Base:
    """A folder that goes with the test, unless the test failed."""
    server = None

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="comity-journey-")
        self.nodes = []
        self.server = server.Server() if server.WANTED else None
        return self

    def node(self, state, **options):
        if self.server:
            options["options"] = (*options.get("options", ()), "--database",
                                  self.server.conninfo)
        self.nodes.append(Node(self.path, state, **options))
        return self.nodes[-1]

    def __exit__(self, kind, value, trace):
        for n in self.nodes:
            if n.child:
                n.kill()
            n.log.close()
        if self.server:
            self.server.stop()
        if kind is None:
            shutil.rmtree(self.path, ignore_errors=True)  # a process may still end
        else:
            print(f"# kept: {self.path}", flush=True)
