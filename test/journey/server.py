# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL of the journeys' own, when COMITY_SERVER=1: every node they make is then kept in
it, each in a schema of its own. It listens on a socket in its folder only."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile

PROGRAMS = "/usr/lib/postgresql/15/bin/"
WANTED = bool(os.environ.get("COMITY_SERVER"))


class Server:
    def __init__(self, base):
        """The server refuses to run as root, so root's runs as the user its package made."""
        self.who = {"user": "postgres", "group": "postgres", "extra_groups": []} \
            if os.geteuid() == 0 else {}
        self.folder = tempfile.mkdtemp(prefix="comity-server-")
        if self.who:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        data = os.path.join(self.folder, "data")
        self.call("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-sync")
        self.log = open(os.path.join(base, "server.log"), "ab")
        self.child = subprocess.Popen(
            [PROGRAMS + "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=",
             "-c", "max_connections=64"], stdout=self.log, stderr=self.log, cwd="/", **self.who)
        self.call("pg_isready", "-h", self.folder, "-t", "60", tries=600)

    def call(self, program, *args, tries=1):
        for k in range(tries):
            done = subprocess.run([PROGRAMS + program, *args], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=120, cwd="/", **self.who)
            if done.returncode == 0:
                return done.stdout.decode()
            if self.child_ended():
                break
            signal.sigtimedwait([], 0.1)
        sys.exit(f"{program}: exit {done.returncode}\n{done.stdout.decode()}")

    def child_ended(self):
        return getattr(self, "child", None) is not None and self.child.poll() is not None

    def conninfo(self, name="postgres"):
        return f"host={self.folder} user=postgres dbname={name}"

    def sql(self, text, name="postgres"):
        """Rows as lists of texts."""
        out = self.call("psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d",
                        self.conninfo(name), "-c", text)
        return [line.split("\t") for line in out.splitlines()]

    def stop(self):
        self.child.send_signal(signal.SIGINT)
        self.child.wait(60)
        self.log.close()
        subprocess.run(["rm", "-rf", self.folder], check=False)
