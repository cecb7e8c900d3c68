#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alters by hand, as root would, one thing at a time of what a stopped node with a history has stored,
and requires that `comity fsck` exits 7 and names that thing: rows of permanent tables and projections,
the database as a file, tiles, checkpoint, documents, keeper's heads. A store that was lived on from an
older copy with keeper's own keys is whole in itself: there the other State's stored head names it.

What nobody who reads can notice is no alteration, and is drawn again: bytes of the database that hold
nothing (free pages, rests of pages, counters in its header), working tables (drafts, sessions, when to
try again), surplus rows of which no act speaks, one of keeper's two copies of a head, and an older one
of them, which is what a power cut leaves. A document in the vault that no act names, because the write
it was put there for came to nothing and was made again, cannot be missed: a history that left one is
told anew. FULL=1 makes 10,000 alterations."""

import base64
import contextlib
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
from node import Base, Tap, pin, run, wait_for  # noqa: E402

SEED = int(os.environ.get("SEED") or 20261128)
WANTED = 10000 if os.environ.get("FULL") else 240
FORKS = 20 if os.environ.get("FULL") else 2
WORKING = {"cosigned", "draft", "draft_about", "retry", "session", "pass", "passkey_use", "idem",
           "mail", "writer"}
REQUESTS, DOCUMENTS, TELLINGS = 4, ("annexes", "letters"), 5
PERMANENT = ["record", "leaf", "dossier_key"]


class NotOne(Exception):
    """The draw altered nothing that a reader can notice, or could not be made."""


# ---- what is there -----------------------------------------------------------------------------

def story(xn, xm):
    """Requests both ways with documents, some acted upon: every kind of thing fsck looks at."""
    for a, b, to in ((xn, xm, "XM/dts"), (xm, xn, "XN/csb")):
        for k in range(REQUESTS):
            draft = a.ask("new", kind="preservation", to=to, particulars={
                "authority_seeking": "Bureau", "offence": "Access", "facts": f"Case {k}",
                "data": "Server", "relation": "Loot", "necessity": "Soon", "mla_intended": True},
                documents=[{"name": f"{name}.txt", "type": "text/plain", "data": base64.b64encode(
                               f"{name} of case {k} to {to}".encode()).decode()}
                    for name in DOCUMENTS])["draft"]
            a.ask("send", draft=draft)
        wait_for("delivery", lambda: a.ask("status")["not_yet_held_by_peer"] == 0)
        for d in b.ask("list")["dossiers"][:2]:
            with contextlib.suppress(Exception):
                b.ask("act", ref=d["ref"], act="acknowledge")
        wait_for("delivery", lambda: b.ask("status")["not_yet_held_by_peer"] == 0)


def settled(node):
    """Stops it with its newest head and tiles on disk, and the log of the database in the database."""
    node.stop()
    with contextlib.closing(sqlite3.connect(database(node.folder))) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copy(folder, to):
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("comity.sock", "*-shm", "*-wal"))


def database(folder):
    return os.path.join(folder, "comity.db")


def content(folder):
    """A digest of all that a reader can see: every row of every table that is not working paper, and
    whether the database finds itself whole."""
    seen = hashlib.sha256()
    try:
        with contextlib.closing(sqlite3.connect(f"file:{database(folder)}?immutable=1", uri=True)) as db:
            db.text_factory = bytes
            tables = db.execute("SELECT name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
            for name, sql in tables:
                seen.update(repr((name, sql)).encode())
            for name in [n.decode() for n, sql in tables if (sql or b"").startswith(b"CREATE TABLE")]:
                if name not in WORKING:
                    for row in db.execute(f"SELECT * FROM {name}"):
                        seen.update(repr(row).encode())
            seen.update(repr(db.execute("PRAGMA integrity_check").fetchall()).encode())
    except (sqlite3.Error, ValueError) as e:  # not even names can be read
        seen.update(str(e).encode())
    return seen.digest()


def unnamed(node):
    """How many files of its vault no act names: each document of the story is written once."""
    return len(os.listdir(os.path.join(node.folder, "vault"))) - REQUESTS * len(DOCUMENTS)


# ---- one alteration ----------------------------------------------------------------------------

def bit(draw, data):
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1:]


def cut(draw, data):
    return data[:draw.randrange(len(data))]


def longer(draw, data):
    return data + draw.randbytes(draw.randint(1, 64))


def spoilt(draw, value):
    """Another value of the same type, or none at all."""
    how = draw.choice([bit, bit, bit, cut, longer])
    if value is None:
        return b"\x00"
    if isinstance(value, int):
        return value ^ (1 << draw.randrange(40))
    if isinstance(value, bytes):
        return how(draw, value) if value else b"\x00"
    return value[:-1] if value and how is cut else value + "x"


class Altering:
    """A copy of a node's folder in which one thing is altered."""

    def __init__(self, draw, folder, older):
        self.draw, self.folder, self.older = draw, folder, older

    # Each answers what it altered, and lists of names of which fsck must give one each.

    def rows(self, table):
        with contextlib.closing(sqlite3.connect(database(self.folder))) as db:
            return db.execute(f"SELECT rowid, * FROM {table}").fetchall()

    def sql(self, *statements):
        with contextlib.closing(sqlite3.connect(database(self.folder))) as db:
            try:
                for text, values in statements:
                    db.execute(text, values)
                db.commit()
            except sqlite3.IntegrityError as e:
                raise NotOne(str(e))  # the database itself does not take it
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def columns(self, table):
        with contextlib.closing(sqlite3.connect(database(self.folder))) as db:
            return [c[1] for c in db.execute(f"PRAGMA table_info({table})")]

    @staticmethod
    def row_names(table, key):
        if table == "dossier_key":
            return [f"dossier_key {key.hex()}"]
        return [f"record {key}", f"leaf {key}"]

    def row_altered(self):
        table = self.draw.choice(PERMANENT)
        row = self.draw.choice(self.rows(table))
        names = self.columns(table)
        k = self.draw.randrange(len(names))
        value = spoilt(self.draw, row[k + 1])
        self.sql((f"UPDATE {table} SET {names[k]} = ? WHERE rowid = ?", (value, row[0])))
        named = self.row_names(table, row[1])
        if table == "dossier_key" and k == 0:
            named += self.row_names(table, value)
        return f"{table}.{names[k]}", [named]

    def row_deleted(self):
        table = self.draw.choice(PERMANENT)
        row = self.draw.choice(self.rows(table))
        self.sql((f"DELETE FROM {table} WHERE rowid = ?", (row[0],)))
        if table == "dossier_key":  # what it kept does not open any more
            return table, [[*self.row_names(table, row[1]), "record *"]]
        return table, [self.row_names(table, row[1])]

    def rows_swapped(self):
        table = self.draw.choice(PERMANENT)
        a, b = self.draw.sample(self.rows(table), 2)
        names = self.columns(table)[1:]
        sets = ", ".join(f"{n} = ?" for n in names)
        aside = [b"aside" if isinstance(v, bytes) else v for v in a[2:]]
        if aside == list(b[2:]):
            raise NotOne
        self.sql(*((f"UPDATE {table} SET {sets} WHERE rowid = ?", (*values, at))
                   for at, values in ((a[0], aside), (b[0], a[2:]), (a[0], b[2:]))))
        return table, [self.row_names(table, a[1]), self.row_names(table, b[1])]

    def row_added(self):
        table = self.draw.choice(PERMANENT)
        rows = self.rows(table)
        row = self.draw.choice(rows)
        if table == "dossier_key":
            key, rest = self.draw.randbytes(16), row[2:]
        else:
            key = self.draw.choice([max(r[1] for r in rows) + 1, -1, self.draw.randrange(1 << 40)])
            rest = [self.draw.randbytes(16) if n == "subject" else v
                    for n, v in zip(self.columns(table)[1:], row[2:])]
        marks = ", ".join("?" * (1 + len(rest)))
        self.sql((f"INSERT INTO {table} VALUES ({marks})", (key, *rest)))
        return table, [[*self.row_names(table, key), "log"]]

    def projection(self):
        with contextlib.closing(sqlite3.connect(database(self.folder))) as db:
            tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table = self.draw.choice(sorted(set(tables) - WORKING - set(PERMANENT)))
        rows = self.rows(table)
        if not rows:
            raise NotOne
        row = self.draw.choice(rows)
        if self.draw.random() < 0.3:
            self.sql((f"DELETE FROM {table} WHERE rowid = ?", (row[0],)))
            return table, [[f"{table} *"]]
        names = self.columns(table)
        k = self.draw.randrange(len(names))
        self.sql((f"UPDATE {table} SET {names[k]} = ? WHERE rowid = ?",
                  (spoilt(self.draw, row[k + 1]), row[0])))
        return f"{table}.{names[k]}", [[f"{table} *"]]

    def file(self, change):
        """The database as bytes. Whether a reader can notice is found out beside the product."""
        path = database(self.folder)
        before = content(self.folder)
        with open(path, "rb") as f:
            data = f.read()
        after = change(data)
        with open(path, "wb") as f:
            f.write(after)
        if content(self.folder) == before:
            raise NotOne
        return "the database file", [["*"]]

    def database_bit(self):
        return self.file(lambda data: bit(self.draw, data))

    def schema_word(self):
        """A letter of the words by which a table or index was made; it may read as before."""
        with contextlib.closing(sqlite3.connect(database(self.folder))) as db:
            words = [r for r in db.execute("SELECT name, sql FROM sqlite_master WHERE sql > ''")]
        name, sql = self.draw.choice(sorted(words))
        at = self.draw.choice([k for k, c in enumerate(sql) if c.isalpha()])
        other = sql[:at] + sql[at].swapcase() + sql[at + 1:]
        self.file(lambda data: data.replace(sql.encode(), other.encode(), 1))
        return f"a letter of {name}", [["*"]]

    def database_cut(self):
        return self.file(lambda data: cut(self.draw, data))

    def database_pages(self):
        def change(data):
            size, n = 4096, len(data) // 4096
            a, b = self.draw.randrange(1, n), self.draw.randrange(1, n)
            with open(database(self.older), "rb") as f:
                old = f.read()
            new = self.draw.choice([bytes(size), data[b * size:(b + 1) * size],
                                    old[a * size:(a + 1) * size]])
            return data[:a * size] + new + data[(a + 1) * size:]
        return self.file(change)

    def database_older(self):
        shutil.copy2(database(self.older), database(self.folder))
        return "the database of an older day", [["leaf *", "log"]]

    def one_file(self, below):
        files = [os.path.join(d, f) for d, _, fs in os.walk(os.path.join(self.folder, below)) for f in fs]
        path = self.draw.choice(sorted(files))
        return path, os.path.relpath(path, os.path.join(self.folder, below))

    def spoil_file(self, path):
        """Changed, cut, made longer or deleted."""
        how = self.draw.choice([bit, bit, cut, longer, None])
        if how is None:
            os.remove(path)
            return "deleted"
        with open(path, "rb") as f:
            data = f.read()
        os.chmod(path, 0o600)
        with open(path, "wb") as f:
            f.write(how(self.draw, data))
        return how.__name__

    def exchange(self, a, b):
        if a == b:
            raise NotOne
        with open(a, "rb") as f, open(b, "rb") as g:
            one, other = f.read(), g.read()
        for path, data in ((a, other), (b, one)):
            os.chmod(path, 0o600)
            with open(path, "wb") as f:
                f.write(data)

    def tile(self):
        path, name = self.one_file("log/tile")
        return self.spoil_file(path), [[f"tile/{name}"]]

    def tiles_swapped(self):
        (a, name), (b, other) = self.one_file("log/tile"), self.one_file("log/tile")
        self.exchange(a, b)
        return "swapped", [[f"tile/{name}"], [f"tile/{other}"]]

    def checkpoint(self):
        return self.spoil_file(os.path.join(self.folder, "log", "checkpoint")), [["checkpoint"]]

    def checkpoint_older(self):
        shutil.copy2(os.path.join(self.older, "log", "checkpoint"), os.path.join(self.folder, "log"))
        return "older", [["checkpoint", "tile/*"]]

    def document(self):
        path, name = self.one_file("vault")
        return self.spoil_file(path), [[f"vault {name}"]]

    def documents_swapped(self):
        (a, name), (b, other) = self.one_file("vault"), self.one_file("vault")
        self.exchange(a, b)
        return "swapped", [[f"vault {name}"], [f"vault {other}"]]

    def pair(self, names, accept):
        """Both copies of a head alike."""
        paths = [p for p in (os.path.join(self.folder, "keys", n) for n in names) if os.path.exists(p)]
        how = self.draw.choice([bit, bit, cut, longer])
        state = self.draw.getstate()
        for path in paths:
            self.draw.setstate(state)
            with open(path, "rb") as f:
                data = f.read()
            with open(path, "wb") as f:
                f.write(how(self.draw, data))
        return how.__name__, [accept]

    def own_head(self):
        return self.pair(["head", "head.kept"], ["head", "head-torn"])

    def seen_head(self):
        names = [n for n in os.listdir(os.path.join(self.folder, "keys")) if n[:5] in ("seen.", "kept.")]
        return self.pair(names, ["seen *"])


KINDS = {  # how many of a hundred
    "row_altered": 20, "schema_word": 2, "row_deleted": 8, "rows_swapped": 8, "row_added": 6, "projection": 8,
    "database_bit": 10, "database_pages": 6, "database_cut": 2, "database_older": 1,
    "tile": 7, "tiles_swapped": 1, "checkpoint": 5, "checkpoint_older": 1,
    "document": 8, "documents_swapped": 2, "own_head": 3, "seen_head": 2,
}


# ---- what fsck says ----------------------------------------------------------------------------

def fsck(folder):
    done = run("-C", folder, "fsck", "--json", want=None)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return done.returncode, [], done.stderr.decode()[-600:]
    named = [f["what"] for f in said.get("view", said).get("findings", [])]
    fault = said.get("error", {})
    if not named and done.returncode == 7:  # it could not even be opened: the fault names it
        named = [fault.get("code", "")]
    return done.returncode, named, fault.get("sentence", "")


def is_named(accepted, named):
    def fits(pattern, what):
        return what.startswith(pattern[:-1]) if pattern.endswith("*") else what == pattern
    return all(any(fits(p, w) for p in one for w in named) for one in accepted)


def alter(job):
    number, seed, kind, sources, work = job
    work = f"{work}-{os.getpid()}"
    for tries in range(400):
        draw = random.Random(f"{seed} {number} {tries}")
        source, older = draw.choice(sources)
        copy(source, work)
        try:
            what, accepted = getattr(Altering(draw, work, older), kind)()
            break
        except NotOne:
            continue
    else:
        return kind, "nothing that a reader can notice", False, []
    code, named, sentence = fsck(work)
    good = code == 7 and is_named(accepted, named)
    return kind, f"{number}.{tries} {what}", good, \
        [] if good else [f"exit {code}", accepted, named[:6], sentence[:300]]


def sweep(tap, base, sources):
    plan = [k for k, share in KINDS.items() for _ in range(-(-WANTED * share // 100))]
    jobs = [(n, SEED, kind, sources, os.path.join(base.path, "work")) for n, kind in enumerate(plan)]
    made, missed = {}, {}
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for kind, what, good, told in pool.imap_unordered(alter, jobs, 4):
            made[kind] = made.get(kind, 0) + 1
            if not good:
                missed.setdefault(kind, []).append(what)
                tap.note(f"not named: {kind} {what}: {told}")
    for kind, n in sorted(made.items()):
        wrong = missed.get(kind, [])
        tap.ok(not wrong and n > 0, f"{kind}: {n} made, {n - len(wrong)} named {wrong[:4]}")
    total = sum(made.values())
    tap.ok(total >= WANTED, f"{total} alterations, {total - sum(map(len, missed.values()))} named")


def lived_on(tap, draw, base, xn, xm, older):
    """An older copy of the whole node, its keys with it, goes on with another history: whole in itself,
    and contradicted by what the other State holds."""
    first, other, told = xn.folder, xm.folder, []
    for k in range(FORKS):
        xn.folder, xm.folder = os.path.join(base.path, "fork"), os.path.join(base.path, "peer")
        copy(older, xn.folder)
        copy(other, xm.folder)
        xn.start()
        for _ in range(draw.randint(1, 40)):
            xn.request("XM/dts", facts=f"What never was, {draw.random()}")
        xn.stop()
        code, named, _ = fsck(xn.folder)
        xn.start()
        xm.start()
        with contextlib.suppress(AssertionError):
            wait_for("somebody to be told", lambda: heard(xn, "log-behind") or
                     heard(xm, "log-rewound", "log-forked"), 60)
        told.append((code, heard(xm, "log-rewound", "log-forked") or heard(xn, "log-behind")))
        xn.stop()
        xm.stop()
    xn.folder, xm.folder = first, other
    tap.ok(all(code == 0 and codes for code, codes in told),
           f"{FORKS} histories lived on from an older copy with its keys: whole in themselves, named by "
           f"the other State's stored head {told[:4]}")


def heard(node, *codes):
    return sorted({i["code"] for i in node.ask("status")["incidents"]} & set(codes))


def history(tap, base):
    """Two nodes with a history, stopped, and the folders of an older day."""
    xn, xm = base.node("XN").start(), base.node("XM").start()
    pin(xn, xm)
    xn.request("XM/dts")
    older = {}
    for n in (xn, xm):
        settled(n)
        older[n] = n.folder + ".older"
        copy(n.folder, older[n])
    xn.start()
    xm.start()
    story(xn, xm)
    for n in (xn, xm):
        wait_for("a cosignature", lambda: n.ask("ledger-head")["cosigned"])
    for n in (xn, xm):
        settled(n)
        code, named, _ = fsck(n.folder)
        tap.ok(code == 0 and not named, f"{n.state} is whole before {named[:3]}")
    return xn, xm, older


def main():
    tap, left = Tap(), None
    tap.note(f"seed {SEED}")
    for _ in range(TELLINGS):
        with Base() as base:
            xn, xm, older = history(tap, base)
            left = [unnamed(n) for n in (xn, xm)]
            if any(left):
                tap.note(f"documents that no act names, by node: {left}; told anew")
                continue
            sweep(tap, base, [(n.folder, older[n]) for n in (xn, xm)])
            lived_on(tap, random.Random(SEED), base, xn, xm, older[xn])
            break
    tap.ok(left == [0, 0], "each document that lies in a vault is named by an act")
    tap.done()


if __name__ == "__main__":
    main()
