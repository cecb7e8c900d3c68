#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""node.py [--json] [ROUNDS]: a whole node at rest and at its door, beside nginx.

A node as it is served, split into its processes, takes in requests of another and is then left
alone: its memory is the sum of Pss over all its processes, before anybody looked at a page and
again after the load. Then wrk asks for pages and JSON as an officer with a session, over kept
connections; nginx gives the same bytes from files over the same transport, with one process and
in the same run, by turns. Whatever is not answered as it should be ends the bench."""

import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "test", "journey"))
os.environ.setdefault("COMITY", os.path.join(os.environ.get("BUILD", "build/bench"), "comity"))
from node import Base, free_port, pin, wait_for  # noqa: E402
from pages import Pages  # noqa: E402
from processes import cpu_seconds, family, pss_kib  # noqa: E402

REQUESTS = 20         # dossiers that the node holds
CONNECTIONS = 16      # kept open by wrk, one thread
SECONDS = 2           # each measurement
IDLE_GOAL_MIB = 24
PAGES_GOAL = 5000     # a second
JSON_GOAL = 0.4       # of nginx


class Failed(Exception):
    pass


# ---- at rest ----------------------------------------------------------------------------------

def at_rest(pids):
    """Nobody of them used the processor for half a second."""
    before = cpu_seconds(pids)
    time.sleep(0.5)
    return cpu_seconds(pids) == before


def memory(node):
    wait_for("the node to rest", lambda: at_rest(family(node.child.pid)))
    names = {p["pid"]: p["process"] for p in node.ask("status")["processes"]}
    return {names.get(p, f"pid {p}"): pss_kib(p) for p in family(node.child.pid)}


# ---- nginx -------------------------------------------------------------------------------------

CONF = """daemon off; master_process off; worker_processes 1;
pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi; open_file_cache max=64; types {{ }}
    server {{
        listen 127.0.0.1:{port}; root {folder}/files;
{locations}
    }}
}}
"""


class Nginx:
    """One process in the foreground, with its own settings and nothing of the system's."""

    def __init__(self, base, targets):
        self.folder, self.port = os.path.join(base, "nginx"), free_port()
        os.makedirs(os.path.join(self.folder, "files"))
        os.chmod(base, 0o755)
        locations = []
        for t in targets:
            with open(os.path.join(self.folder, "files", t.key), "wb") as f:
                f.write(t.body)
            locations.append(f'        location = /{t.key} {{ default_type "{t.type}"; }}')
        conf = os.path.join(self.folder, "nginx.conf")
        with open(conf, "w") as f:
            f.write(CONF.format(folder=self.folder, port=self.port,
                                locations="\n".join(locations)))
        program = next((p for p in ("/usr/sbin/nginx", "/usr/bin/nginx") if os.path.exists(p)),
                       "nginx")
        self.child = subprocess.Popen([program, "-c", conf, "-p", self.folder, "-e",
                                       os.path.join(self.folder, "error.log")])
        wait_for("nginx", self.answers)

    def url(self, target):
        return f"http://127.0.0.1:{self.port}/{target.key}"

    def answers(self):
        if self.child.poll() is not None:
            raise Failed("nginx ended: " + open(os.path.join(self.folder, "error.log")).read())
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/none", timeout=5)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def check(self, target):
        with urllib.request.urlopen(self.url(target), timeout=5) as r:
            if r.read() != target.body:
                raise Failed(f"nginx has other bytes for {target.path}")
            return r.headers["ETag"]

    def stop(self):
        self.child.terminate()
        self.child.wait(30)


# ---- load --------------------------------------------------------------------------------------

class Target:
    def __init__(self, browser, key, says, path, conditional=False):
        self.key, self.says, self.path, self.conditional = key, says, path, conditional
        status, headers, self.body = browser.fetch(path)
        if status != 200 or not self.body:
            raise Failed(f"{path} was answered {status}")
        self.type, self.tag = headers["Content-Type"], headers["ETag"]
        if conditional and not self.tag:
            raise Failed(f"{path} has no ETag")
        self.rates, self.peer_rates, self.us, self.peer_us = [], [], [], []


def wrk(url, headers, pids):
    """Requests a second, and what one costs the processes in microseconds."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    for k, v in headers.items():
        command += ["-H", f"{k}: {v}"]
    before = cpu_seconds(pids)
    done = subprocess.run(command + [url], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60 + SECONDS)
    spent = cpu_seconds(pids) - before
    bad = re.search(r"(Non-2xx or 3xx responses|Socket errors).*", done.stdout)
    rate = re.search(r"Requests/sec: +([\d.]+)", done.stdout)
    count = re.search(r"(\d+) requests in", done.stdout)
    if done.returncode or bad or not count or int(count.group(1)) == 0:
        raise Failed(f"wrk {url}: {bad.group(0) if bad else done.stdout}")
    return float(rate.group(1)), spent * 1e6 / int(count.group(1))


def measure(browser, node, nginx, targets, rounds):
    port = browser.host.split(":")[1]
    tags = {t.key: nginx.check(t) for t in targets}
    for _ in range(rounds):
        for t in targets:
            headers = {"Host": browser.host, "Cookie": browser.cookie, "Accept-Language": "en"}
            theirs = dict(headers)
            if t.conditional:
                headers["If-None-Match"], theirs["If-None-Match"] = t.tag, tags[t.key]
            rate, us = wrk(f"http://127.0.0.1:{port}{t.path}", headers, family(node.child.pid))
            t.rates.append(rate)
            t.us.append(us)
            rate, us = wrk(nginx.url(t), theirs, [nginx.child.pid])
            t.peer_rates.append(rate)
            t.peer_us.append(us)


# ---- the node ----------------------------------------------------------------------------------

def furnish(base):
    """A node that holds requests of another, which is gone."""
    xn, xm = base.node("XN").start(), base.node("XM").start()
    pin(xn, xm)
    for _ in range(REQUESTS):
        xn.request("XM/dts")
    wait_for("what was sent to be held", lambda: xn.ask("status")["not_yet_held_by_peer"] == 0)
    xn.stop()
    xm.stop()
    return xm.start()


def run(rounds):
    with Base() as base:
        node = furnish(base)
        fresh = memory(node)
        browser = Pages.of(node)
        ref = json.loads(browser.fetch("/v1/dossiers?limit=1")[2])["dossiers"][0]["ref"]
        one = f"/v1/dossiers/{ref}"
        targets = [Target(browser, "duty", "the duty desk", "/duty"),
                   Target(browser, "dossier", "a dossier", f"/dossier/{ref}"),
                   Target(browser, "json", "a dossier as JSON", one),
                   Target(browser, "unchanged", "the same, unchanged (304)", one, True),
                   Target(browser, "health", "health as JSON", "/v1/health")]
        nginx = Nginx(base.path, targets)
        try:
            measure(browser, node, nginx, targets, rounds)
        finally:
            nginx.stop()
        worked = memory(node)
        node.stop()
        return fresh, worked, targets


# ---- the table ---------------------------------------------------------------------------------

def total_mib(parts):
    return sum(p["Pss"] for p in parts.values()) / 1024


def verdict(goal, met):
    return f"   goal {goal}: {'met' if met else 'missed'}"


def figures(t):
    rate, peer = statistics.median(t.rates), statistics.median(t.peer_rates)
    return {"bytes": len(t.body), "ours_per_s": round(rate, 1), "nginx_per_s": round(peer, 1),
            "ours_to_nginx": round(rate / peer, 4),
            "ours_cpu_us": round(statistics.median(t.us), 1),
            "nginx_cpu_us": round(statistics.median(t.peer_us), 1)}


def print_memory(fresh, worked):
    print("memory of a node at rest, all its processes, Pss in KiB\n")
    print(f"  {'':20} {'started':>10} {'of it own':>10} {'after load':>10} {'of it own':>10}")
    for name in sorted(set(fresh) | set(worked)):
        row = [str(m.get(name, {}).get(k, "-")) for m in (fresh, worked)
               for k in ("Pss", "Pss_Anon")]
        print(f"  {name:20} " + " ".join(f"{x:>10}" for x in row))
    for says, m in (("started", fresh), ("after load", worked)):
        mib = total_mib(m)
        print(f"\n  {'sum, ' + says:50} {mib:8.1f} MiB"
              + verdict(f"at most {IDLE_GOAL_MIB}", mib <= IDLE_GOAL_MIB), end="")
    print("\n")


def print_load(targets, rounds):
    print(f"answers a second over {CONNECTIONS} kept connections, and processor time of each;"
          f" {rounds} rounds, their median\n")
    print(f"  {'':27} {'bytes':>7} {'ours':>8} {'us':>7} {'nginx':>8} {'us':>7} {'ratio':>7}")
    for t in targets:
        f = figures(t)
        line = (f"  {t.says:27} {f['bytes']:7} {f['ours_per_s']:8.0f} {f['ours_cpu_us']:7.1f}"
                f" {f['nginx_per_s']:8.0f} {f['nginx_cpu_us']:7.1f} {f['ours_to_nginx']:7.3f}")
        if t.path.startswith("/v1/"):
            line += verdict(f"at least {JSON_GOAL}", f["ours_to_nginx"] >= JSON_GOAL)
        else:
            line += verdict(f"at least {PAGES_GOAL}/s", f["ours_per_s"] >= PAGES_GOAL)
        print(line)


def main():
    args = sys.argv[1:]
    as_json = "--json" in args
    rounds = next((int(a) for a in args if a.isdigit()), 9)
    rounds = max(1, min(rounds, 101) // 3)  # two seconds each: a third of the intake's
    fresh, worked, targets = run(rounds)
    if as_json:
        print(json.dumps({"bench": "node", "rounds": rounds,
                          "idle_mib": round(total_mib(fresh), 2),
                          "idle_after_load_mib": round(total_mib(worked), 2),
                          "pss_kib": {n: p["Pss"] for n, p in fresh.items()},
                          "answers": {t.key: figures(t) for t in targets}}))
    else:
        print_memory(fresh, worked)
        print_load(targets, rounds)


try:
    main()
except (Failed, AssertionError) as e:
    sys.exit(f"bench: failed: {e}")
