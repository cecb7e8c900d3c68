#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second opinion on a log: reads it as a stranger would and computes its root again.

    second.py FOLDER

FOLDER has `checkpoint` and `tile/` as C2SP tlog-checkpoint and tlog-tiles spell them. Every entry
bundle is read, the root is computed from the entries by the definition of RFC 6962 2.1, and every
hash tile is compared with the hashes computed. Prints size and root; exit 0 when all agree, 1 with
one line for each difference on standard error, 2 when not called so. Signatures are not looked at.
Written apart from the program, with nothing but the standard library.
"""

import binascii
import hashlib
import os
import sys

WIDTH = 256


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes):
    """The root over leaf hashes: RFC 6962 2.1, one level at a time."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        above = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        if len(hashes) % 2:
            above.append(hashes[-1])
        hashes = above
    return hashes[0]


def path_of(kind, index, width):
    groups = ["%03d" % (index % 1000)]
    index //= 1000
    while index:
        groups.insert(0, "x%03d" % (index % 1000))
        index //= 1000
    path = os.path.join("tile", kind, *groups)
    return path if width == WIDTH else "%s.p/%d" % (path, width)


def tiles_of(count):
    """Index and width of each tile over `count` hashes or entries."""
    full, rest = divmod(count, WIDTH)
    return [(i, WIDTH) for i in range(full)] + ([(full, rest)] if rest else [])


class Log:
    def __init__(self, folder):
        self.folder = folder
        self.faults = []

    def fault(self, words):
        self.faults.append(words)

    def read(self, kind, index, width):
        """The bytes of a tile, and its name; a full tile will do for a partial one."""
        name = path_of(kind, index, width)
        for candidate in (name, path_of(kind, index, WIDTH)):
            try:
                with open(os.path.join(self.folder, candidate), "rb") as file:
                    return file.read(), candidate
            except OSError:
                continue
        self.fault("%s: missing" % name)
        return None, name

    def checkpoint(self):
        with open(os.path.join(self.folder, "checkpoint"), "rb") as file:
            lines = file.read().split(b"\n")
        size = int(lines[1].decode("ascii"))
        root = binascii.a2b_base64(lines[2])
        if len(root) != 32 or size < 0 or str(size).encode() != lines[1]:
            raise ValueError("not a checkpoint")
        return size, root

    def entries(self, size):
        """The leaf hashes, from the bundles of entries."""
        leaves = []
        for index, width in tiles_of(size):
            data, name = self.read("entries", index, width)
            if data is None:
                continue
            at, found = 0, []
            while at + 2 <= len(data) and len(found) < width:
                length = int.from_bytes(data[at:at + 2], "big")
                entry = data[at + 2:at + 2 + length]
                if len(entry) != length:
                    break
                found.append(hashlib.sha256(b"\x00" + entry).digest())
                at += 2 + length
            if len(found) != width or (name == path_of("entries", index, width)
                                       and at != len(data)):
                self.fault("%s: not %d entries" % (name, width))
            leaves += found
        return leaves

    def check_tiles(self, leaves):
        """Compares every hash tile, level by level, with the hashes of the complete subtrees."""
        level, hashes = 0, leaves
        while hashes:
            for index, width in tiles_of(len(hashes)):
                data, name = self.read(str(level), index, width)
                expected = b"".join(hashes[index * WIDTH:index * WIDTH + width])
                exact = name == path_of(str(level), index, width)
                if data is not None and (data if exact else data[:32 * width]) != expected:
                    self.fault("%s: differs from the entries" % name)
            whole = len(hashes) // WIDTH
            hashes = [root_of(hashes[i * WIDTH:(i + 1) * WIDTH]) for i in range(whole)]
            level += 1


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    log = Log(arguments[1])
    try:
        size, said = log.checkpoint()
    except (OSError, ValueError, IndexError) as trouble:
        print("checkpoint: %s" % trouble, file=sys.stderr)
        return 1
    leaves = log.entries(size)
    root = root_of(leaves)
    log.check_tiles(leaves)
    if root != said:
        log.fault("checkpoint: the entries have another root")
    print(size, root.hex())
    for words in log.faults:
        print(words, file=sys.stderr)
    return 1 if log.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
