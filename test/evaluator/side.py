# SPDX-License-Identifier: Apache-2.0
"""The C side: comity-decide, asked line by line."""
import json
import os
import subprocess

PROGRAM = os.path.join(os.environ.get("BUILD", "build/test"), "test/evaluator/comity-decide")


def line(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Refused(Exception):
    """The tables were not loaded."""


class Side:
    def __init__(self, files, program=PROGRAM):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said = self.ask(files)
        if said:
            self.end()
            raise Refused(said)

    def tell(self, value):
        self.process.stdin.write(line(value).encode() + b"\n")

    def hear(self):
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said:
            raise EOFError("comity-decide ended")
        return json.loads(said)

    def ask(self, value):
        self.tell(value)
        return self.hear()

    def end(self):
        self.process.stdin.close()
        return self.process.wait()
