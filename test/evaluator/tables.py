# SPDX-License-Identifier: Apache-2.0
"""The law files, read as law/README.md says and by nothing else. What it does not explain is an
error: an evaluator that skips what it does not understand agrees by accident."""
import copy
import os
import re

import yaml

from reckon import Calendar
from values import day_of

ROW = {"article", "source", "topic", "titles", "help", "note", "short"}
KEYS = {
    "instrument": "instrument part_of document adopted in_force_rule accounts_for layer of_state "
                  "usual protocol_to changes articles topics "
                  "functions roles obligations scopes offences profile_fields foretold patterns "
                  "kinds",
    "article": "kinds no_part",
    "topic": "",
    "function": "function",
    "role": "party function direction kind",
    "obligation": "obligation party",
    "scope": "scope accepts",
    "offence": "offence",
    "change": "kind clock days minutes hours months",
    "profile_field": "field values",
    "foretold": "foretold kinds when remark",
    "kind": "kind pattern force dual_criminality scope need case_free urgent topics obligations form "
            "patterns amend without roles states outcomes particulars grounds forbidden_grounds "
            "not_executable clocks lifecycle on_link",
    "state": "state end",
    "outcome": "outcome",
    "particular": "name required when type max min choices must_be link suggest summary limits",
    "limit": "not_before not_after days remark",
    "choice": "choice",
    "ground": "ground via reservation when pre_duty",
    "pre_duty": "duty strict remark",
    "not_executable": "code next_step",
    "clock": "clock sort whose start days months hours minutes end_particular setting bound on_end "
             "stops_while count calendar zone suspended_by renew_before only_when",
    "calendar": "state version from to weekend holidays workdays",
    "rest": "day",
    "act": "act by stream system needs_no_function from to back after_end decision outcome outcomes_when crossed "
           "carries_request supplies_request urgent particulars guards starts stops duty_done mark marks "
           "clears pends settles attaches attaches_when spawns rank next_when worksheet",
    "guard": "guard remark mark marks clock particular when only_when",
    "spawns": "kind link by when",
    "mark": "mark when",
    "attach": "obligation when",
    "ending": "outcome when",
    "condition": "particular request profile of mark equals one_of at_least below not also",
}
KEYS = {noun: ROW | set(words.split()) for noun, words in KEYS.items()}
# Lists of a kind: the noun of their rows and the key that names one.
LISTS = {"states": ("state", "state"), "outcomes": ("outcome", "outcome"),
         "particulars": ("particular", "name"), "grounds": ("ground", "ground"),
         "forbidden_grounds": ("ground", "ground"), "not_executable": ("not_executable", "code"),
         "clocks": ("clock", "clock"), "lifecycle": ("act", "act")}
WHOLE = ("roles", "form", "on_link", "urgent")
GUARDS = {"has_mark": "mark", "no_mark": "mark", "any_mark": "marks", "after_clock_end": "clock",
          "before_clock_end": "clock", "carries_something": "", "nothing_missing": "",
          "ground_listed": "particular", "day_at_least": "particular clock",
          "day_not_earlier": "particular clock",
          "clock_not_over": "clock", "day_beyond": "particular clock",
          "day_since_end": "particular",
          "day_ahead": "particular", "in_scope": "", "scope_not_met": "mark",
          "language_accepted": "particular", "basis_stands": "", "holds": "when",
          "none_pending": ""}
TYPES = {"text", "day", "flag", "choice", "ground", "code", "number", "days", "state", "language",
         "article", "dossier"}


class Unclear(Exception):
    """A file says what README.md does not explain."""


class Loader(yaml.CSafeLoader):
    """Plain words are text, but for true, false, null and decimal integers."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^null$"), ["n"])
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^-?(?:0|[1-9][0-9]*)$"),
                             list("-0123456789"))


def read_folder(folder):
    """{path: text} of the YAML files below a folder."""
    files = {}
    for where, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".yaml"):
                path = os.path.join(where, name)
                with open(path, encoding="utf-8") as f:
                    files[os.path.relpath(path, folder)] = f.read()
    return files


def with_overlay(files, more):
    """The files of law/ and ours; of remarks, the rows that are not there yet."""
    out = dict(files, **{path: text for path, text in more.items() if path != "remarks.yaml"})
    have = {row["remark"] for row in yaml.load(files["remarks.yaml"], Loader)["remarks"]}
    out["remarks.yaml"] += "".join(
        f"  - {{remark: {row['remark']}, grade: {row['grade']}, "
        f"titles: {{en: Made up, az: Made up}}}}\n"
        for row in yaml.load(more["remarks.yaml"], Loader)["remarks"] if row["remark"] not in have)
    return out


def check(noun, row):
    unknown = set(row) - KEYS[noun]
    if unknown:
        raise Unclear(f"{noun}: {sorted(unknown)} in {str(row)[:200]}")


def check_when(when):
    if when is not None:
        check("condition", when)
        check_when(when.get("also"))


def check_rows(noun, rows):
    for row in rows:
        check(noun, row)
        check_when(row.get("when"))
        check_when(row.get("only_when"))
        if noun == "ground" and "pre_duty" in row:
            check("pre_duty", row["pre_duty"])
        if noun == "particular":
            check_rows("choice", row.get("choices", []))
            check_rows("limit", row.get("limits", []))
            if row["type"] not in TYPES:
                raise Unclear(f"type {row['type']}")
        if noun == "act":
            check_rows("particular", row.get("particulars", []))
            check_rows("guard", row.get("guards", []))
            check_rows("mark", row.get("marks", []))
            check_rows("attach", row.get("attaches_when", []))
            check_rows("spawns", row.get("spawns", []))
            check_rows("ending", row.get("outcomes_when", []))
            for guard in row.get("guards", []):
                check_when(guard.get("only_when"))
                if guard["guard"] not in GUARDS:
                    raise Unclear(f"guard {guard['guard']}")


def merge(into, rows, key):
    """Rows of the same name take the earlier one's place."""
    for row in rows:
        for at, old in enumerate(into):
            if old[key] == row[key]:
                into[at] = row
                break
        else:
            into.append(row)


def amend(row, change, key):
    for word, value in change.items():
        if word == "particulars" and "act" in row:
            own = row.setdefault("particulars", [])
            for one in value:
                for old in own:
                    if old["name"] == one["name"]:
                        old.update(one)
                        break
                else:
                    own.append(one)
        elif word != key:
            row[word] = value


def bind(value, topics):
    """The topics that a kind binds itself become their articles, wherever its rows name them."""
    if isinstance(value, list):
        for one in value:
            bind(one, topics)
    if not isinstance(value, dict):
        return
    bound = topics.get(value.get("topic"))
    if bound:
        del value["topic"]
        value.update(article=bound["article"], source=bound["source"])
    for word, one in value.items():
        if word in ("via", "reservation", "article") and one in topics:
            value[word] = topics[one]["article"]
        bind(one, topics)


class Kind:
    """One kind, written out: patterns, amendments and topics are done with."""

    def __init__(self, instrument, raw, patterns):
        self.instrument, self.name = instrument, raw["kind"]
        check("kind", raw)
        self.raw = {}
        for source in [patterns[name] for name in raw.get("patterns", [])] + [raw]:
            check("kind", source)
            for word, value in source.items():
                if word in LISTS:
                    merge(self.raw.setdefault(word, []), copy.deepcopy(value), LISTS[word][1])
                elif word in WHOLE or source is raw:
                    self.raw[word] = copy.deepcopy(value)
                elif word not in ("pattern", "titles", "note"):
                    raise Unclear(f"{word} in a pattern")
        self.change(raw)
        own = {row["topic"]: row for row in self.raw.pop("topics", [])}
        check_rows("topic", own.values())
        bind(self.raw, own)
        for word, (noun, key) in LISTS.items():
            rows = self.raw.get(word, [])
            check_rows(noun, rows)
            setattr(self, word, {row[key]: row for row in rows})
        self.ends = {name for name, row in self.states.items() if row.get("end")}
        self.obligations = self.raw.get("obligations", [])
        self.linked = {row["does"] for row in self.raw.get("on_link", [])}

    def change(self, raw):
        for word, rows in raw.get("amend", {}).items():
            key = LISTS[word][1]
            for change in rows:
                for row in self.raw[word]:
                    if row[key] == change[key]:
                        amend(row, copy.deepcopy(change), key)
        for word, names in raw.get("without", {}).items():
            key = LISTS[word][1]
            self.raw[word] = [row for row in self.raw[word] if row[key] not in names]


class Instrument:
    def __init__(self, name, parts, patterns):
        self.name = name
        self.of_state = parts[0].get("of_state", "")
        self.layer = parts[0].get("layer", "")
        self.protocol_to = parts[0].get("protocol_to", "")
        self.changes = parts[0].get("changes", [])
        check_rows("change", self.changes)
        self.topics, self.scopes, self.offences, self.roles, self.kinds = {}, {}, {}, [], {}
        patterns = dict(patterns)
        for part in parts:
            check("instrument", part)
            for row in part.get("topics", []):
                self.topics[row["topic"]] = row
            for row in part.get("scopes", []):
                check("scope", row)
                for when in row["accepts"]:
                    check_when(when)
                self.scopes[row["scope"]] = row
            for row in part.get("offences", []):
                check("offence", row)
                self.offences[row["article"]] = row
            check_rows("profile_field", part.get("profile_fields", []))  # what profiles may say
            for row in part.get("foretold", []):  # says what is likely; decides nothing
                check("foretold", row)
                check_when(row["when"])
            for row in part.get("roles", []):
                check("role", row)
                self.roles.append(row)
            for row in part.get("patterns", []):
                patterns[row["pattern"]] = row
        for part in parts:
            for raw in part.get("kinds", []):
                kind = Kind(self, raw, patterns)
                own = kind.raw.get("roles", [])
                check_rows("role", own)
                kind.roles = [r for r in self.roles if r["kind"] == kind.name] + own
                self.kinds[kind.name] = kind

    def _bound(self, topic):
        return self.topics.get(topic) or self.topics["own_law"]

    def article(self, row, word="article"):
        """Where a row stands, without the instrument's name."""
        if word == "article" and "topic" in row:
            return self._bound(row["topic"])["article"]
        said = row.get(word, "")
        return said if said[:1].isdigit() or not said else self._bound(said)["article"]

    def source(self, row):
        return self._bound(row["topic"])["source"] if "topic" in row else row.get("source", "")

    def cite(self, row, word="article"):
        article = self.article(row, word)
        return f"{self.name} {article}" if article else ""


def calendar(doc):
    check("calendar", doc)
    days = {word: {day_of(row["day"]) for row in doc.get(word, [])}
            for word in ("holidays", "workdays")}
    check_rows("rest", doc.get("holidays", []) + doc.get("workdays", []))
    return Calendar(doc["version"], day_of(doc["from"]), day_of(doc["to"]), doc["weekend"], **days)


class Tables:
    def __init__(self, files):
        read = {path: yaml.load(text, Loader) for path, text in files.items()}
        patterns = {doc["pattern"]: doc for path, doc in read.items()
                    if path.startswith("patterns/")}
        self.states = {doc["state"]: doc for path, doc in read.items()
                       if path.startswith("states/")}
        self.calendars = {}
        for path, doc in read.items():
            if path.startswith("calendars/"):
                self.calendars.setdefault(doc["state"], []).append(calendar(doc))
        self.must = {row["remark"]: row["grade"] == "must"
                     for row in read["remarks.yaml"]["remarks"]}
        parts = {}
        for path in sorted(read):
            if path.startswith("instruments/"):
                doc = read[path]
                parts.setdefault(doc.get("instrument") or doc["part_of"], []).append(doc)
        self.instruments = {}
        for name, docs in parts.items():
            docs.sort(key=lambda doc: "part_of" in doc)
            self.instruments[name] = Instrument(name, docs, patterns)

    def reserved(self, state, instrument, article):
        return any(row["instrument"] == instrument and row["article"] == article
                   for row in self.states.get(state, {}).get("reservations", []))

    def zone(self, state):
        return self.states.get(state, {}).get("time_zone", "UTC")
