#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alters and deletes by hand what a stopped node has stored, and requires that `comity fsck` exits 7 and
names each thing, by exactly its name: permanent rows, projections, tiles, vault."""

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
    xn.ask("new", kind="preservation", to="XM/dts", particulars={})  # a key that no record needs
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


def dumped(value):
    """A value as fsck spells it in the name of a row."""
    if value is None:
        return "-"
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


SURPLUS = "The projection holds a row that the permanent rows do not give."
LACKING = "The projection lacks a row that the permanent rows give."


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

    def name(self, db, table, row):
        """What fsck calls the row of a projection: its table and first two columns, cut at a blank."""
        names = [n for n, _ in columns(db, table)]
        line = " ".join([table] + [f"{n}={dumped(v)}" for n, v in zip(names, row[1:])])
        return " ".join(line.split(" ")[:3])

    def alteration(self, db, table, column, row, now):
        """What must be found: one of each of these lists, as (what, sentence); a sentence of None is
        any. A row that lost its place is lacking there and surplus where it is now."""
        if table == "record":
            return [[(f"record {row[1]}", None)]]
        if table == "leaf":
            return [[(f"record {row[1]}", None), (f"leaf {row[1]}", None)]]
        if table == "dossier_key":
            return [[(f"dossier_key {now[1].hex()}", "The wrapped key does not open.")]]
        if table == "node" and column == "hash":
            return [[(self.name(db, table, row), LACKING)], [(self.name(db, table, now), SURPLUS)],
                    [(f"node level={row[1]} idx={row[2]}",
                      "The inner node is not what its leaves give.")]]
        return [[(self.name(db, table, row), LACKING)], [(self.name(db, table, now), SURPLUS)]]

    def deletion(self, db, table, row):
        if table in ("record", "leaf"):
            return [[(f"{table} {row[1]}", f"The {table} was deleted."),
                     (f"leaf {row[1]}", "The leaf was deleted: keeper signed a longer log.")]]
        if table == "dossier_key":
            gone = f"The key of dossier {row[1].hex()} is not in the store."
            return [[(None, gone), (f"dossier_key {row[1].hex()}", None)]]
        return [[(self.name(db, table, row), LACKING)]]

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
                now = (row[0], *row[1:k + 1], value, *row[k + 2:])
                if table in PERMANENT and k == 0:
                    self.touched.add((table, value))  # it stands at another row's number now
                return (f"{table}.{column} of row {row[0]}",
                        self.alteration(db, table, column, row, now))

    def delete(self):
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            table, row = self.pick(db)
            db.execute(f"DELETE FROM {table} WHERE rowid = ?", (row[0],))
            db.commit()
            return f"{table} row {row[0]}", self.deletion(db, table, row)


class Files:
    def __init__(self, folder, draw, below):
        self.root, self.draw, self.below = os.path.join(folder, below), draw, below
        self.left = [os.path.join(d, f) for d, _, files in os.walk(self.root) for f in files]
        draw.shuffle(self.left)

    def take(self):
        path = self.left.pop()
        return path, os.path.relpath(path, self.root)

    def what(self, name):
        """A tile is named by its path, a document by its hash or its file in the vault."""
        if self.below == "log":
            return [[(name, None)]]
        return [[(f"vault {name}", None), (f"vault {name.replace('/', '')}", None)]]

    def alter(self):
        path, name = self.take()
        with open(path, "rb") as f:
            data = f.read()
        with open(path, "wb") as f:
            f.write(altered(self.draw, data))
        return name, self.what(name)

    def delete(self):
        path, name = self.take()
        os.remove(path)
        return name, self.what(name)


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
    """Changes `count` things in a fresh copy and requires that each is named, by its whole name."""
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
    told = [(f["what"], f["sentence"]) for f in findings]
    due = []
    for what, wanted in changes:
        done += 1
        due += [one for one in wanted]
        for one in wanted:
            if not any(is_told(w, t) for w in one for t in told):
                missed.append((what, one))
    surplus = [t for t in told if may_not_be_named(kind, t[0].split(" ")[0]) and
               not any(is_told(w, t) for one in due for w in one)]
    if code != 7 or missed or surplus:
        tap.note(f"{kind} {verb}: exit {code}, not named: {missed}; named beside: {surplus[:6]}; "
                 f"findings: {told[:6]}")
    return done, code == 7 and not missed and not surplus


def may_not_be_named(kind, word):
    """Nothing beside what was changed; only permanent rows and inner nodes show in what is made of
    them."""
    return kind in ("tile", "vault") or (kind == "projection" and word in PROJECTION and
                                         word != "node")


def is_told(wanted, told):
    return all(w is None or w == t for w, t in zip(wanted, told))


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
