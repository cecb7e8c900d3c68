# SPDX-License-Identifier: Apache-2.0
"""What a particular may say, and how conditions compare it."""
import re
from datetime import date

DAY = 86400000
EPOCH = date(1970, 1, 1).toordinal()
TEXT_MAX = 20000


def day_of(value):
    """Days since 1970, or None for what is no day."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return None
    try:
        day = date.fromisoformat(value).toordinal() - EPOCH
    except ValueError:
        return None
    return day if day >= 0 else None


def day_text(day):
    return date.fromordinal(EPOCH + day).isoformat()


def number_of(value):
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value, re.ASCII):
        return int(value)
    return None


def text_of(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return value.get("text")
    return value


# Default_Ignorable_Code_Point of the Unicode Character Database, and the empty Braille pattern.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
                    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
                    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
                    "\U000e0000-\U000e0fff]")
MISLEADS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def given(value):
    return value is not None and not (isinstance(value, str) and
                                      not UNSEEN.sub("", value).strip())


def misleads(part, value):
    """A text that shows otherwise than it reads."""
    words = [value.get("text"), value.get("lang")] if isinstance(value, dict) else [value]
    return part["type"] == "text" and \
        any(isinstance(word, str) and MISLEADS.search(word) for word in words)


def known(value, word, against):
    if word == "equals":
        return text_of(value) == text_of(against)
    if word == "one_of":
        return text_of(value) in [text_of(one) for one in against]
    number = number_of(value)
    if number is None:
        return None
    return number >= against if word == "at_least" else number < against


def _text(part, value, x):
    if isinstance(value, dict):
        if set(value) - {"lang", "text"} or not isinstance(value.get("text"), str) or \
                not given(value["text"]):
            return False
        value = value["text"]
    if not isinstance(value, str):
        return False
    return "long" if len(value) > part.get("max", TEXT_MAX) else True


def _number(part, value, x):
    number = number_of(value)
    return number is not None and part["min"] <= number <= part["max"]


def _match(pattern):
    return lambda part, value, x: bool(isinstance(value, str) and
                                       re.fullmatch(pattern, value, re.ASCII))


FORMS = {
    "text": _text,
    "day": lambda part, value, x: day_of(value) is not None and value[0] < "3",
    "flag": lambda part, value, x: isinstance(value, bool),
    "choice": lambda part, value, x: value in [c["choice"] for c in part["choices"]],
    "ground": lambda part, value, x: isinstance(value, str),
    "code": lambda part, value, x: isinstance(value, str) and value in x.kind.not_executable,
    "number": _number,
    "days": _number,
    "state": _match("[A-Z]{2}"),
    "language": _match("[a-z]{2}[a-zA-Z-]*"),
    "article": lambda part, value, x: isinstance(value, str) and value in x.instrument.offences,
    "dossier": _match(r"[!-~]{1,64}"),
}


def form_fault(part, value, x):
    """The remark a value deserves by its type, or None."""
    answer = FORMS[part["type"]](part, value, x)
    return None if answer is True else \
        "particular-too-long" if answer == "long" else "particular-form"
