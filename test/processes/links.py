#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The links between the processes of a node, each shut while both of its ends live: it is made again,
no process ends for it, and what two nodes send each other meanwhile is held, once. An end is taken
from the process that has it (pidfd_getfd) and shut there. A harness that shut none fails."""

import collections
import ctypes
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
from node import Base, Gone, Refused, Tap, pin, wait_for  # noqa: E402
from pages import Pages  # noqa: E402

PIDFD_GETFD = 438
LEAST = 10  # links of a node that serves pages
libc = ctypes.CDLL(None, use_errno=True)


def processes(node):
    return {p["process"]: p["pid"] for p in node.ask("status")["processes"]}


def link_inodes(pid):
    """Descriptors of sockets by their inode."""
    found = {}
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            name = os.readlink(f"/proc/{pid}/fd/{fd}")
        except OSError:
            continue
        if name.startswith("socket:"):
            found[int(name[8:-1])] = int(fd)
    return found


def taken(pid, fd):
    """That descriptor of that process, here."""
    pidfd = os.pidfd_open(pid)
    try:
        got = libc.syscall(PIDFD_GETFD, pidfd, fd, 0)
        if got < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return socket.socket(fileno=got)
    finally:
        os.close(pidfd)


def links(pid, broker):
    """Inodes of its ends of links: stream sockets in pairs, which the broker made."""
    ends = set()
    for inode, fd in link_inodes(pid).items():
        try:
            s = taken(pid, fd)
        except OSError:
            continue  # closed since it was listed
        try:
            if os.fstat(s.fileno()).st_ino != inode:
                continue  # and the number is another's by now
            if s.family == socket.AF_UNIX and s.type == socket.SOCK_STREAM:
                maker = struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
                s.getpeername()
                if maker == broker:
                    ends.add(inode)
        except OSError:
            pass  # not connected
        finally:
            s.close()
    return ends


def shut(pid, inode):
    s = taken(pid, link_inodes(pid)[inode])
    s.shutdown(socket.SHUT_RDWR)
    s.close()


def patiently(what, look):
    def asked():
        try:
            return look()
        except Gone:
            return None
        except Refused as e:
            if e.fault.get("err") not in ("busy", "full"):
                raise
            return None
    return wait_for(what, asked, 30)


def again(pid, broker, inode, count):
    """The link is another one, and there are as many as before."""
    now = links(pid, broker)
    return inode not in now and len(now) == count


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.note("only root may take a descriptor of a process that gave its powers up")
        tap.done()
    with Base() as base:
        xn, xm = base.node("XN").start(), base.node("XM").start()
        pin(xn, xm)
        xn.request("XM/dts")
        before, shuts, sent = {n: processes(n) for n in (xn, xm)}, collections.Counter(), 1
        for node in (xn, xm):
            for name, pid in sorted(before[node].items()):
                if name == "broker":
                    continue
                broker = before[node]["broker"]
                ends = links(pid, broker)
                for inode in sorted(ends):
                    shut(pid, inode)
                    wait_for(f"another link of {node.state} {name}",
                             lambda: again(pid, broker, inode, len(ends)))
                    shuts[node.state] += 1
                patiently("a request to be sent", lambda: xn.request("XM/dts"))
                sent += 1
                wait_for("it to be held", lambda: patiently(
                    "the node", lambda: xn.ask("status"))["not_yet_held_by_peer"] == 0, 60)
        for node in (xn, xm):
            tap.ok(shuts[node.state] >= LEAST,
                   f"{node.state}: {shuts[node.state]} ends of links shut and made again")
            now = processes(node)
            tap.ok(now == before[node], f"{node.state}: no process ended for it")
            page = patiently("its pages", lambda: Pages.of(node).get("/duty")[0])
            tap.ok(page == 200, f"{node.state}: its pages are served")
            node.ask("fsck")
        held = len(xm.ask("list")["dossiers"])
        tap.ok(held == sent, f"{sent} requests sent meanwhile, {held} held")
    tap.done()


main()
