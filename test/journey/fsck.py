#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alters and deletes by hand what a stopped node has stored, and requires that `comity fsck` exits 7 and
names each thing: permanent rows, projections, tiles, vault."""

import base64
import contextlib
import json
import os
import random
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node import Base, Tap, pin, run, wait_for  # noqa: E402

SEED = int(os.environ.get("SEED") or 20261124)
PERMANENT = {"record": ["leaf"], "leaf": ["leaf"], "dossier_key": ["dossier"]}
PROJECTION = ["dossier", "alias", "clock", "act", "parcel", "line", "outgoing", "peer", "officer",
              "fact", "node"]
ALTERATIONS = {"permanent": 90, "projection": 70, "tile": 20, "vault": 20}
DELETIONS = {"permanent": 20, "projection": 15, "tile": 8, "vault": 7}
BATCH = {"permanent": 6, "projection": 10, "tile": 5, "vault": 5}


def story(xn, xm):
    """Twelve requests with documents, some preserved, so that every table has rows."""
    for k in range(12):
        draft = xn.ask("new", kind="preservation", to="XM/dts", particulars={
            "authority_seeking": "Bureau", "offence": "Access", "facts": f"Case {k}",
            "data": "Server", "relation": "Loot", "necessity": "Soon", "mla_intended": True},
            documents=[{"name": f"annex-{k}.txt", "type": "text/plain",
                        "data": base64.b64encode(f"annex {k}".encode()).decode()}])["draft"]
        xn.ask("send", draft=draft)
    for n in (xn, xm):
        wait_for("delivery", lambda: n.ask("status")["not_yet_held_by_peer"] == 0)
    for d in xm.ask("list")["dossiers"][:6]:
        xm.ask("act", ref=d["ref"], act="acknowledge")
        xm.ask("act", ref=d["ref"], act="order", particulars={
            "authority_ordering": "Prosecutor", "order_number": "1", "order_date": "2026-01-05",
            "custodian": "Host"})
    wait_for("delivery", lambda: xm.ask("status")["not_yet_held_by_peer"] == 0)


def columns(db, table):
    return [(c[1], c[5]) for c in db.execute(f"PRAGMA table_info({table})")]


def altered(draw, value):
    if value is None:
        return b"\x00"
    if isinstance(value, int):
        return value + 1 if value < 2 ** 62 else value - 1
    if isinstance(value, bytes):
        at = draw.randrange(len(value))
        return value[:at] + bytes([value[at] ^ (1 << draw.randrange(8))]) + value[at + 1:]
    return value + "x"


def spelled(value):
    return value.hex() if isinstance(value, bytes) else str(value)


class Database:
    """Picks rows that were not touched yet and changes them by SQL."""

    def __init__(self, folder, draw, tables):
        self.path = os.path.join(folder, "comity.db")
        self.draw, self.tables, self.touched = draw, tables, set()

    def pick(self, db):
        while True:
            table = self.draw.choice(self.tables)
            rows = db.execute(f"SELECT rowid, * FROM {table}").fetchall()
            rows = [r for r in rows if (table, r[0]) not in self.touched]
            if rows:
                row = self.draw.choice(rows)
                self.touched.add((table, row[0]))
                return table, row

    def names(self, db, table, row):
        """What a finding about the row may be called."""
        names = [n for n, _ in columns(db, table)]
        values = dict(zip(names, row[1:]))
        if table in ("record", "leaf"):
            return [f"record {values['leaf']}", f"leaf {values['leaf']}"]
        if table == "dossier_key":
            return [spelled(values["dossier"])]
        first = names[0]
        return [f"{table} {first}={spelled(values[first])}",
                f"{table} {first}={json.dumps(values[first]) if isinstance(values[first], str) else ''}"]

    def alter(self):
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            while True:
                table, row = self.pick(db)
                names = columns(db, table)
                k = self.draw.randrange(len(names))
                column, value = names[k][0], altered(self.draw, row[k + 1])
                try:
                    db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?",
                               (value, row[0]))
                except sqlite3.IntegrityError:
                    continue  # another row has that key; alter something else
                db.commit()
                return f"{table}.{column} of row {row[0]}", self.names(db, table, row)

    def delete(self):
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            table, row = self.pick(db)
            db.execute(f"DELETE FROM {table} WHERE rowid = ?", (row[0],))
            db.commit()
            return f"{table} row {row[0]}", self.names(db, table, row)


class Files:
    def __init__(self, folder, draw, below):
        self.root, self.draw = os.path.join(folder, below), draw
        self.left = [os.path.join(d, f) for d, _, files in os.walk(self.root) for f in files]
        draw.shuffle(self.left)

    def take(self):
        path = self.left.pop()
        name = os.path.relpath(path, self.root)
        return path, [name]

    def alter(self):
        path, names = self.take()
        with open(path, "rb") as f:
            data = f.read()
        with open(path, "wb") as f:
            f.write(altered(self.draw, data))
        return names[0], names

    def delete(self):
        path, names = self.take()
        os.remove(path)
        return names[0], names


def fsck(folder):
    done = run("-C", folder, "fsck", "--json", want=None)
    try:
        document = json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"fsck printed no document, exit {done.returncode}:\n"
                             f"{done.stderr.decode()[-3000:]}")
    view = document.get("view", document)
    return done.returncode, view.get("findings", [])


def batch(tap, sound, work, draw, kind, verb, count):
    """Changes `count` things in a fresh copy and requires that each is named."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(sound, work, ignore=shutil.ignore_patterns("comity.sock"))
    if kind == "permanent":
        changer = Database(work, draw, list(PERMANENT))
    elif kind == "projection":
        changer = Database(work, draw, PROJECTION)
    else:
        changer = Files(work, draw, "log" if kind == "tile" else "vault")
    done, missed = 0, []
    changes = []
    for _ in range(count):
        if kind in ("tile", "vault") and not changer.left:
            break
        changes.append(getattr(changer, verb)())
    code, findings = fsck(work)
    text = [f["what"] + " " + f["sentence"] for f in findings]
    for what, names in changes:
        done += 1
        if not any(n and n in line for n in names for line in text):
            missed.append(what)
    if code != 7 or missed:
        tap.note(f"{kind} {verb}: exit {code}, not named: {missed}; findings: {text[:6]}")
    return done, code == 7 and not missed


def main():
    tap = Tap()
    draw = random.Random(SEED)
    tap.note(f"seed {SEED}")
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        story(xn, xm)
        for n in (xn, xm):
            wait_for("tiles", lambda: os.path.exists(os.path.join(n.folder, "log", "checkpoint")))
            n.stop()
        code, findings = fsck(xn.folder)
        tap.ok(code == 0 and not findings, f"a sound node has no findings {findings[:3]}")
        total = {"alter": 0, "delete": 0}
        for verb, plan in (("alter", ALTERATIONS), ("delete", DELETIONS)):
            for kind, wanted in plan.items():
                done, good = 0, True
                while done < wanted:
                    source = xn if draw.random() < 0.5 or kind == "vault" else xm
                    n, named = batch(tap, source.folder, os.path.join(base.path, "work"), draw,
                                     kind, verb, min(BATCH[kind], wanted - done))
                    done += n
                    good = good and named and n > 0
                    if n == 0:
                        break
                total[verb] += done
                tap.ok(good and done == wanted, f"{done} {kind} {verb.rstrip('e')}ed, each named, exit 7")
        tap.ok(total["alter"] >= 200, f"{total['alter']} alterations were made")
        tap.ok(total["delete"] >= 50, f"{total['delete']} deletions were made")
    tap.done()


main()
