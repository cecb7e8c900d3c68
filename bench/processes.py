# SPDX-License-Identifier: Apache-2.0
"""What processes use, as the system counts it in /proc."""

import os
import re

TICKS = os.sysconf("SC_CLK_TCK")


def family(*pids):
    """Processes and all that descend from them."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as f:
                    stat = f.read()
            except OSError:
                continue
            children.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(name))
    found = list(pids)
    for p in found:
        found += children.get(p, [])
    return found


def cpu_seconds(pids):
    """What processes have used, user and system."""
    ticks = 0
    for p in pids:
        with open(f"/proc/{p}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def pss_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup") as f:
        rows = f.read()
    return {k: int(re.search(rf"^{k}: +(\d+) kB", rows, re.M).group(1))
            for k in ("Pss", "Pss_Anon", "Pss_File")}
