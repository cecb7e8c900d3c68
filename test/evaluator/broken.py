# SPDX-License-Identifier: Apache-2.0
"""Law files that are wrong in one way each. The program is given them, the evaluator has the right
ones: a comparison that does not see the difference would see none."""
import json

import yaml

from tables import Loader


class NotThere(Exception):
    """Nothing is left in law/ that could be broken this way."""


def rows_of(docs, word):
    """Every row of a list, wherever patterns and kinds have it, and what it stands in."""
    for path, doc in sorted(docs.items()):
        for holder in [doc] + doc.get("kinds", []) + doc.get("patterns", []) \
                if isinstance(doc, dict) else []:
            if isinstance(holder, dict) and isinstance(holder.get(word), list):
                for row in holder[word]:
                    if isinstance(row, dict):
                        yield path, holder, row


def first(docs, word, fits):
    for path, holder, row in rows_of(docs, word):
        if fits(row):
            return path, holder, row
    raise NotThere(word)


def term_shorter(docs):
    path, _, row = first(docs, "clocks", lambda r: r.get("days") == 60 and r["bound"] == "at_least")
    row["days"] = 59
    return path


def ground_more(docs):
    path, holder, row = first(docs, "forbidden_grounds", lambda r: r["ground"] == "bank_secrecy")
    holder["forbidden_grounds"].remove(row)
    cited = {"via": row["article"]} if "article" in row else {"via": row["topic"]}
    holder.setdefault("grounds", []).append(dict(row, **cited))
    return path


def from_more(docs):
    path, _, row = first(docs, "lifecycle", lambda r: r["act"] == "preserve")
    row["from"] = row["from"] + [row["to"]]
    return path


def crossed_turned(docs):
    path, _, row = first(docs, "lifecycle", lambda r: r["crossed"] == "takes_effect" and
                         r["stream"] == "outward" and r.get("mark") == "acknowledged")
    row["crossed"] = "no_effect"
    return path


def guard_less(docs):
    path, _, row = first(docs, "lifecycle", lambda r: any(
        g["guard"] == "has_mark" for g in r.get("guards", [])))
    row["guards"] = [g for g in row["guards"] if g["guard"] != "has_mark"]
    if not row["guards"]:
        del row["guards"]
    return path


def role_less(docs):
    path, holder, row = first(docs, "roles", lambda r: r["function"] == "contact" and
                              r["party"] == "requesting")
    holder["roles"].remove(row)
    return path


def strict_off(docs):
    path, _, row = first(docs, "grounds", lambda r: r.get("pre_duty", {}).get("strict"))
    row["pre_duty"]["strict"] = False
    return path


def other_unit(docs):
    path, _, row = first(docs, "clocks", lambda r: r.get("minutes") == 1440)
    del row["minutes"]
    row.update(days=1, bound="at_most")
    return path


def mark_less(docs):
    path, _, row = first(docs, "lifecycle", lambda r: r.get("mark") == "acknowledged")
    row["marks"] = [{"mark": row["mark"], "when": {"mark": row["mark"]}}]
    del row["mark"]
    return path


def other_outcome(docs):
    path, _, row = first(docs, "lifecycle", lambda r: r.get("outcome") == "refused")
    row["outcome"] = "withdrawn"
    return path


def reservation_less(docs):
    path, _, row = first(docs, "grounds", lambda r: "reservation" in r)
    del row["reservation"]
    return path


def duty_undone(docs):
    path, _, row = first(docs, "lifecycle", lambda r: "acknowledge" in r.get("duty_done", []) and
                         r["act"] == "acknowledge")
    del row["duty_done"]
    return path


def particular_optional(docs):
    path, _, row = first(docs, "particulars", lambda r: r["required"] == "always" and
                         r["type"] == "text")
    row["required"] = "optional"
    return path


def limit_less(docs):
    for path, _, row in rows_of(docs, "lifecycle"):
        for part in row.get("particulars", []):
            if any("not_after" in limit for limit in part.get("limits", [])):
                del part["limits"]
                return path
    raise NotThere("limits")


def attaches_less(docs):
    path, _, row = first(docs, "lifecycle", lambda r: r.get("attaches"))
    del row["attaches"]
    return path


def clock_unstopped(docs):
    path, _, row = first(docs, "lifecycle", lambda r: r.get("stops"))
    del row["stops"]
    return path


def working_days_not(docs):
    path, _, row = first(docs, "clocks", lambda r: r.get("count") == "working_days")
    del row["count"]
    row.pop("calendar", None)
    return path


def never_suspended(docs):
    path, _, row = first(docs, "clocks", lambda r: "suspended_by" in r)
    del row["suspended_by"]
    return path


def renewed_later(docs):
    path, _, row = first(docs, "clocks", lambda r: "renew_before" in r)
    row["renew_before"] -= 1
    return path


def of_one_state(docs):
    path, _, row = first(docs, "clocks", lambda r: "days" in r and "zone" not in r)
    row["zone"] = "requested"
    return path


def holidays_less(docs):
    path = "calendars/ye.yaml"
    docs[path]["holidays"] = [row for row in docs[path]["holidays"] if row["day"][:4] != "2027"]
    return path


BROKEN = {
    "a term of 60 days that has 59": term_shorter,
    "a ground more": ground_more,
    "a state more from which an act starts": from_more,
    "a crossed word turned": crossed_turned,
    "a guard left out": guard_less,
    "a role dropped": role_less,
    "strict turned off": strict_off,
    "a clock that counts days and not minutes": other_unit,
    "a mark not left": mark_less,
    "an outcome changed": other_outcome,
    "a reservation not asked for": reservation_less,
    "a duty not done": duty_undone,
    "a particular no longer due": particular_optional,
    "a limit of a day left out": limit_less,
    "an obligation that does not attach": attaches_less,
    "a clock not stopped": clock_unstopped,
    "working days taken for days": working_days_not,
    "a clock that no mark suspends": never_suspended,
    "a renewal due a day later": renewed_later,
    "a day of both States that is one's alone": of_one_state,
    "a year of holidays left out": holidays_less,
}


def broken(files, breaks):
    """The files with one of them written anew."""
    docs = {path: yaml.load(text, Loader) for path, text in files.items()}
    path = breaks(docs)
    return dict(files, **{path: json.dumps(docs[path], ensure_ascii=False, indent=1)})
