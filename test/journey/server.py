# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL of the journeys' own, when COMITY_SERVER=1: every node they make is then kept in
it, each in a schema of its own. It listens on a socket in its folder only. And what a stopped node
has stored, whichever database it has."""

import contextlib
import json
import os
import pwd
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

PROGRAMS = "/usr/lib/postgresql/15/bin/"
WANTED = bool(os.environ.get("COMITY_SERVER"))


class Server:
    def __init__(self):
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
        self.log = open(os.path.join(self.folder, "log"), "ab")
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

    @property
    def conninfo(self):
        return f"host={self.folder} user=postgres dbname=postgres"

    def stop(self):
        self.child.send_signal(signal.SIGINT)
        self.child.wait(60)
        self.log.close()
        subprocess.run(["rm", "-rf", self.folder], check=False)


class Stored:
    """The database of a stopped node, by the settings in its folder."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "comity.yaml")) as f:
            text = f.read()
        named = re.search(r'^database: "(.*)"$', text, re.M)
        self.conninfo = named and named.group(1)
        authority = re.search(r'^  - "(.*)"$', text, re.M).group(1)
        self.schema = "node_" + re.sub("[^a-z0-9]", "_", authority.lower())

    def psql(self, text, conninfo=None):
        done = subprocess.run(
            [PROGRAMS + "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
             conninfo or self.conninfo, "-c", text], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=120, cwd="/",
            env={**os.environ, "PGOPTIONS": f"-c search_path={self.schema}"})
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def rows(self, sql):
        """Tuples of whole numbers and texts; bytes as something that can be compared."""
        if self.conninfo:
            said = self.psql(f"SELECT coalesce(json_agg(r), '[]') FROM ({sql}) r")
            return [tuple(row.values()) for row in json.loads(said)]
        with contextlib.closing(sqlite3.connect(os.path.join(self.folder, "comity.db"))) as db:
            return db.execute(sql).fetchall()

    def change(self, sql):
        """How many rows a statement changed."""
        if self.conninfo:
            return int(self.psql(f"WITH r AS ({sql} RETURNING 1) SELECT count(*) FROM r"))
        with contextlib.closing(sqlite3.connect(os.path.join(self.folder, "comity.db"))) as db:
            done = db.execute(sql).rowcount
            db.commit()
            return done

    def columns(self, table):
        if self.conninfo:
            return [c for c, in self.rows(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = "
                f"'{self.schema}' AND table_name = '{table}' ORDER BY ordinal_position")]
        return [c[1] for c in self.rows(f"PRAGMA table_info({table})")]

    def copy(self, to, name="work"):
        """The node with all it stored, in another folder and, on a server, another database."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to, ignore=shutil.ignore_patterns("comity.sock"))
        if self.conninfo:
            self.psql(f"DROP DATABASE IF EXISTS {name}",
                      re.sub("dbname=[a-z]+", "dbname=template1", self.conninfo))
            self.psql(f"CREATE DATABASE {name} TEMPLATE postgres",
                      re.sub("dbname=[a-z]+", "dbname=template1", self.conninfo))
            path = os.path.join(to, "comity.yaml")
            with open(path) as f:
                text = f.read()
            with open(path, "w") as f:
                f.write(text.replace("dbname=postgres", f"dbname={name}"))
        return Stored(to)
