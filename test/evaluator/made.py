# SPDX-License-Identifier: Apache-2.0
"""Two States that no lawyer wrote: every instrument is in force for them, one has made every
reservation that a ground asks for, and their profiles answer whatever a condition asks, one way and
the other. So each guard can be met both ways, whatever real States have said."""
import json
import re

import yaml

from tables import Loader

FROM = "2026-01-01"
# What a history puts its States into: the clock goes forward at midnight (Cairo, Beirut, Santiago,
# Havana, Azores), back over midnight (Santiago, Nuuk), by half an hour (Lord_Howe), stands at odd
# minutes (Kathmandu, Chatham), is furthest from UTC (Kiritimati, Pago_Pago), or is not known.
ZONES = ("Asia/Baku", "America/Sao_Paulo", "Europe/Lisbon", "Africa/Cairo", "Asia/Beirut",
         "America/Santiago", "America/Havana", "Atlantic/Azores", "America/Nuuk",
         "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Kiritimati",
         "Pacific/Pago_Pago", "America/New_York", "Nowhere/At_All")


def conditions(value):
    """Every condition in a file, wherever it stands."""
    if isinstance(value, dict):
        if "profile" in value and ("equals" in value or "one_of" in value):
            yield value["profile"], value.get("equals") or value["one_of"][0]
        for inner in value.values():
            yield from conditions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from conditions(inner)


def settings(value):
    """Every number that a clock lets a State set: less than the row's own and more than it. Of a
    term both are on the right side of it, for others are refused when the files are loaded."""
    if isinstance(value, dict):
        for unit in ("days", "hours", "minutes"):
            if "clock" in value and "setting" in value and unit in value:
                own = value[unit]
                less, more = max(1, own * 2 // 3), own + 2
                if value["sort"] == "term":
                    less, more = (own, more) if value["bound"] == "at_least" else (less, own)
                yield value["setting"], (less, more)
        for inner in value.values():
            yield from settings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from settings(inner)


def reserved(doc, known):
    """The articles that grounds name as a reservation, where an instrument cites them itself."""
    return sorted({ground["reservation"] for kind in doc.get("kinds", [])
                   for ground in kind.get("grounds", []) if ground.get("reservation") in known})


def value_of(yes, values, says):
    """What a condition asks for, or another value of the field."""
    return yes if says else next((value for value in values if value != yes), "unknown")


def state(code, says, instruments, fields, numbers):
    lines, reservations = [], []
    for name, (article, articles, declared) in instruments.items():
        lines += [{"field": field, "instrument": name, "article": article,
                   "value": value_of(yes, declared[field], says), "source": "unverified"}
                  for field, yes in fields.items() if field in declared]
        reservations += [{"instrument": name, "article": one, "source": "unverified",
                          "titles": {"en": "Made up", "az": "Made up"}}
                         for one in (articles if says else [])]
    return {"state": code, "training": True, "titles": {"en": "Made up", "az": "Made up"},
            "languages": ["en", "fr"], "time_zone": "Pacific/Chatham" if says else "America/Nuuk",
            "instruments": [{"instrument": name, "status": "in_force", "in_force": FROM,
                             "source": "unverified"} for name in instruments],
            "authorities": [], "reservations": reservations, "profile": lines,
            "settings": {name: less if says else more for name, (less, more) in numbers.items()}}


def with_made_states(files):
    docs = {path: yaml.load(text, Loader) for path, text in files.items()}
    fields = dict(pair for doc in docs.values() for pair in conditions(doc))
    numbers = dict(pair for doc in docs.values() for pair in settings(doc))
    instruments = {}
    for path, doc in sorted(docs.items()):
        if "instrument" in doc and path.startswith("instruments/"):
            known = [row["article"] for row in doc["articles"]]
            parts = [doc] + [d for d in docs.values() if d.get("part_of") == doc["instrument"]]
            instruments[doc["instrument"]] = known[0], sorted(
                {one for part in parts for one in reserved(part, known)}), {
                row["field"]: row["values"]
                for part in parts for row in part.get("profile_fields", [])}
    return dict(files, **{
        f"states/{code.lower()}.yaml": json.dumps(state(code, says, instruments, fields, numbers),
                                           indent=1)
        for code, says in (("YE", True), ("YF", False))})
