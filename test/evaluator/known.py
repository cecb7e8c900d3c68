# SPDX-License-Identifier: Apache-2.0
"""Where the program is known not to do what law/README.md says. The evaluator follows the program
there, so that any other difference is seen; who mends one takes its line out."""

KNOWN = {}

# Guards and grounds that no history can meet both ways by the law files as they are: what,
# instrument, kind, act, guard. Each is a question to the lawyer; one that is met after all is told.
UNREACHED = []
