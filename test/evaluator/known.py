# SPDX-License-Identifier: Apache-2.0
"""Where the program is known not to do what law/README.md says. The evaluator follows the program
there, so that any other difference is seen; who mends one takes its line out."""

KNOWN = {
    "blank-is-asked-about": "a ground or language of blanks, or of the wrong form, meets its guard",
    "calendar-ends-by-clock": "an act gets calendar-ends for each of its clocks, not once a State",
    "months-not-asked": "day_at_least asks nothing where the row of the clock has months",
}

# Guards and grounds that no history can meet both ways by the law files as they are: what,
# instrument, kind, act, guard. Each is a question to the lawyer; one that is met after all is told.
UNREACHED = []
