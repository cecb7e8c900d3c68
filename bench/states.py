#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""states.py EMBED OUTPUT DEPFILE LAW: the law of a world in which every State has a node.

The program can be made by a State only whose file is in its law tables, and there are few. This
adds files until there are 193 more States with a node, each with what the one they are written
after says of the Convention, and embeds them beside the others. The codes are counted; no country
is meant by them."""

import os
import sys
from string import ascii_uppercase as LETTERS

STATES = 193
AFTER = "xm.yaml"


def codes(taken):
    """As many as are asked for, none of which is a State of the tables."""
    return [c for c in (a + b for a in LETTERS for b in LETTERS) if c not in taken][:STATES]


def state_file(text, code):
    for was, now in (("state: XM", f"state: {code}"), ("Meridia,", f"State {code},"),
                     ("Meridiya}", f"State {code}}}"), ("meridia", code.lower())):
        if was not in text:
            raise SystemExit(f"states: {AFTER} has no \"{was}\" any more")
        text = text.replace(was, now)
    return "".join(line for line in text.splitlines(True) if is_of_the_convention(line))


def is_of_the_convention(line):
    return "{instrument: " not in line or "{instrument: un-cybercrime," in line


def main():
    embed, output, depfile, law = sys.argv[1:]
    folder = os.path.splitext(output)[0] + ".d"
    os.makedirs(os.path.join(folder, "states"), exist_ok=True)
    there = os.path.join(law, "states")
    with open(os.path.join(there, AFTER)) as f:
        text = f.read()
    for code in codes({name[:2].upper() for name in os.listdir(there)}):
        with open(os.path.join(folder, "states", f"{code.lower()}.yaml"), "w") as f:
            f.write(state_file(text, code))
    os.execv(embed, [embed, "law_embedded", output, depfile, law, folder])


if __name__ == "__main__":
    main()
