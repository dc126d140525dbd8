"""The lab: real clients, real interceptors, real servers, known truth.

usage: lab.py OUT [SCENARIO...]      (as root; see README.md)

Writes OUT/NAME.client.pcap.xz, OUT/NAME.server.pcap.xz and
OUT/NAME.truth.json for each scenario.  The truth comes from what the lab did
and why, and is checked against what happened: a scenario in which a client
did something else is not written.
"""
import json
import lzma
import os
import shutil
import struct
import sys
import tempfile
import time

import interceptors
import net
import pki
import programs
import scenarios
from world import World

DEVICES = 40


def stretch(data, steps):
    """Moves the packets of each step to the step's time of day.

    data is a classic pcap; steps are (real start, virtual start), ascending.
    A day of 300 steps takes minutes in the lab and nine hours in the capture.
    """
    out, p, i = [data[:24]], 24, 0
    while p + 16 <= len(data):
        sec, usec, size, _ = struct.unpack_from("<IIII", data, p)
        t = sec + usec / 1e6
        while i + 1 < len(steps) and t >= steps[i + 1][0]:
            i += 1
        t += steps[i][1] - steps[i][0]
        sec, usec = divmod(round(t * 1e6), 1000000)
        out.append(struct.pack("<II", sec, usec) +
                   data[p + 8:p + 16 + size])
        p += 16 + size
    return b"".join(out)


def lines(truth):
    """JSON with one line per event and per cell, for diffs."""
    def one(v):
        return json.dumps(v, sort_keys=True)
    return "{" + ",\n".join(
        f"{one(k)}: [\n" + ",\n".join(map(one, v)) + "]"
        if isinstance(v, list) else f"{one(k)}: {one(v)}"
        for k, v in sorted(truth.items())) + "}\n"


class Lab:
    def __init__(self, out, work):
        self.out, self.work = out, work
        self.world = World(work)
        os.makedirs(f"{work}/www")
        self.world.file("www/index.html", b"<p>lab")
        programs.build(work)
        net.up(self.world.hosts, DEVICES)
        self.servers = self.world.start()

    def close(self):
        for s in self.servers:
            s.stop()
        net.down()

    def bundles(self, s):
        """The corporate CA and the two bundles of this scenario."""
        ca = pki.Authority(*s.ca)
        untrust = pki.Authority("Untrusted " + s.ca[0])
        roots = b"".join(r.pem() for r in self.world.roots)
        self.world.file("trust.pem", roots + ca.pem())
        self.world.file("bare.pem", roots)
        return ca, untrust

    def step(self, s, n, e):
        """Runs one event: (real start, real end, what happened)."""
        host = self.world.by_name[e.host]
        trust = "trust" if e.trust else "bare"
        home = f"{self.work}/home/{s.name}-{e.device}-{e.stack}-{trust}"
        t0 = time.time()
        said = ""
        for again in range(e.tries):
            path = e.path or f"/e{n}-{again}"
            call = programs.Call(host, path, f"{self.work}/{trust}.pem",
                                 self.work, home, e.trust, count=e.count)
            status, said = programs.run(e.program, e.device, call)
            if programs.PROGRAMS[e.program].browser:
                time.sleep(0.3)
                ok = f"{host.name} {path}" in self.world.answered()
            else:
                ok = status == 0
            if again + 1 < e.tries:
                time.sleep(0.4)
        return t0, time.time(), "accepted" if ok else "rejected", said

    def run(self, s):
        ca, untrust = self.bundles(s)
        net.redirect({self.world.by_name[h].ip for h in s.direct})
        box = interceptors.START[s.interceptor](self.world, s, ca, untrust)
        open(f"{self.work}/access.log", "w").close()
        capture = net.Capture(self.work)
        steps, rows, wrong = [], [], []
        day = int(time.time()) // 86400 * 86400
        try:
            for n, e in enumerate(s.events):
                t0, t1, result, said = self.step(s, n, e)
                at = day + e.at if s.stretched else t0
                steps.append((t0 - 0.05, at - 0.05))
                rows.append({
                    "client": net.device_ip(e.device), "host": e.host,
                    "program": e.program, "start": round(at, 3),
                    "end": round(at + t1 - t0, 3), "why": e.why,
                    "result": e.result or "loose", "idle": e.idle,
                    "direct": e.host in s.direct})
                if e.result and result != e.result:
                    wrong.append(f"{e.program} {e.host}: {result}, "
                                 f"planned {e.result}: {said.strip()}")
                time.sleep(0.15)
        finally:
            capture.stop()
            box.stop()
        for w in wrong:
            print(f"lab: {s.name}: {w}")
        if wrong:
            return False
        for leg, file in capture.files.items():
            with open(file, "rb") as f:
                data = f.read()
            if s.stretched:
                data = stretch(data, steps)
            with lzma.open(f"{self.out}/{s.name}.{leg}.pcap.xz", "wb",
                           preset=9) as f:
                f.write(data)
        cells = s.truth()
        for c in cells:
            c["client"] = net.device_ip(c.pop("device"))
        truth = {"name": s.name, "about": s.about,
                 "interceptor": s.interceptor, "tls": s.tls,
                 "ca": ca.pem().decode(), "middle": "198.18.0.1",
                 "events": rows, "cells": cells,
                 "suggest": s.suggest()}
        with open(f"{self.out}/{s.name}.truth.json", "w") as f:
            f.write(lines(truth))
        return True


def main():
    out, wanted = sys.argv[1], sys.argv[2:]
    os.makedirs(out, exist_ok=True)
    todo = [s for s in scenarios.all_scenarios()
            if not wanted or s.name in wanted]
    work = tempfile.mkdtemp(prefix="pinspot-lab-")
    os.chmod(work, 0o755)
    os.nice(5)
    lab, bad = None, []
    try:
        lab = Lab(out, work)
        for s in todo:
            t = time.time()
            if not lab.run(s):
                bad.append(s.name)
            print(f"lab: {s.name}: {len(s.events)} steps, "
                  f"{time.time() - t:.0f} s", flush=True)
    finally:
        if lab:
            lab.close()
        else:
            net.down()
        shutil.rmtree(work, ignore_errors=True)
    if bad:
        sys.exit("lab: not as planned: " + " ".join(bad))


main()
