# SPDX-License-Identifier: Apache-2.0
"""Two States that no lawyer wrote: every instrument is in force for them, one has made every
reservation that a ground asks for, and their profiles answer whatever a condition asks, one way and
the other. So each guard can be met both ways, whatever real States have said."""
import json

import yaml

from tables import Loader

FROM = "2026-01-01"


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


def reserved(doc, known):
    """The articles that grounds name as a reservation, where an instrument cites them itself."""
    return sorted({ground["reservation"] for kind in doc.get("kinds", [])
                   for ground in kind.get("grounds", []) if ground.get("reservation") in known})


def value_of(yes, values, says):
    """What a condition asks for, or another value of the field."""
    return yes if says else next((value for value in values if value != yes), "unknown")


def state(code, says, instruments, fields):
    lines, reservations = [], []
    for name, (article, articles, declared) in instruments.items():
        lines += [{"field": field, "instrument": name, "article": article,
                   "value": value_of(yes, declared[field], says), "source": "unverified"}
                  for field, yes in fields.items() if field in declared]
        reservations += [{"instrument": name, "article": one, "source": "unverified",
                          "titles": {"en": "Made up", "az": "Made up"}}
                         for one in (articles if says else [])]
    return {"state": code, "training": True, "titles": {"en": "Made up", "az": "Made up"},
            "languages": ["en", "fr"], "time_zone": "Asia/Baku",
            "instruments": [{"instrument": name, "status": "in_force", "in_force": FROM,
                             "source": "unverified"} for name in instruments],
            "authorities": [], "reservations": reservations, "settings": {}, "profile": lines}


def with_made_states(files):
    docs = {path: yaml.load(text, Loader) for path, text in files.items()}
    fields = dict(pair for doc in docs.values() for pair in conditions(doc))
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
        f"states/{code.lower()}.yaml": json.dumps(state(code, says, instruments, fields), indent=1)
        for code, says in (("YE", True), ("YF", False))})
