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


def packets(data):
    """Of a classic pcap: (seconds, header's end, bytes)."""
    p = 24
    while p + 16 <= len(data):
        sec, usec, size, _ = struct.unpack_from("<IIII", data, p)
        yield sec + usec / 1e6, data[p + 8:p + 16], data[p + 16:p + 16 + size]
        p += 16 + size


def connection(frame):
    """(key, is it a first SYN) of an Ethernet frame with IPv4 and TCP."""
    tcp = 14 + (frame[14] & 15) * 4
    ends = sorted(((frame[26:30], frame[tcp:tcp + 2]),
                   (frame[30:34], frame[tcp + 2:tcp + 4])))
    return tuple(ends), frame[tcp + 13] & 0x12 == 2


def stretch(data, moves):
    """Moves the connections of each step to the step's time of day.

    data is a classic pcap; moves are (real start, virtual start), ascending.
    A day of 300 steps takes minutes in the lab and nine hours in the capture.
    """
    shift, out, i = {}, [], 0
    for t, lengths, frame in packets(data):
        while i + 1 < len(moves) and t >= moves[i + 1][0]:
            i += 1
        key, first = connection(frame)
        if first or key not in shift:
            shift[key] = moves[i][1] - moves[i][0]
        usec = round((t + shift[key]) * 1e6)
        out.append((usec, struct.pack("<II", *divmod(usec, 1000000)) +
                    lengths + frame))
    out.sort(key=lambda x: x[0])
    return data[:24] + b"".join(x[1] for x in out)


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

    def call(self, s, e, path):
        trust = "trust" if e.trust else "bare"
        return programs.Call(
            self.world.by_name[e.host], path, f"{self.work}/{trust}.pem",
            self.work,
            f"{self.work}/home/{s.name}-{e.device}-{e.stack}-{trust}")

    def step(self, s, n, e):
        """Runs one event: (what happened, what the program said)."""
        ok, said = False, ""
        for again in range(e.tries):
            path = e.path or f"/e{n}-{again}"
            call = self.call(s, e, path)
            if programs.PROGRAMS[e.program].browser:
                ok = programs.browse(
                    e.program, e.device, call, lambda:
                    f"{e.host} {path}" in self.world.answered())
            else:
                status, said = programs.run(e.program, e.device, call)
                ok = status == 0
            if again + 1 < e.tries:
                time.sleep(0.4)
        return "accepted" if ok else "rejected", said

    def steps(self, s):
        """Plays the events: (event, time of day, start, end, result, said)."""
        for n, e in enumerate(s.events):
            if e.count == 1:
                t = time.time()
                result, said = self.step(s, n, e)
                yield n, e.at, t, time.time(), result, said
                time.sleep(0.06)
                continue
            talk = programs.Talk(e.program, e.device, self.call(s, e, f"/e{n}"))
            for i in range(e.count):
                t = time.time()
                result = talk.ask()
                yield n, e.at + 40 * i, t, time.time(), result, ""
                time.sleep(0.2)
            talk.close()

    def run(self, s):
        ca, untrust = self.bundles(s)
        net.redirect({self.world.by_name[h].ip for h in s.direct})
        boxes = [interceptors.second(self.world, s)] if s.upstream else []
        boxes.append(interceptors.START[s.interceptor](self.world, s, ca,
                                                       untrust))
        open(f"{self.work}/access.log", "w").close()
        capture = net.Capture(self.work)
        moves, rows, wrong = [], [], []
        day = int(time.time()) // 86400 * 86400
        try:
            for n, at, t0, t1, result, said in self.steps(s):
                e, at = s.events[n], at + day
                moves.append((t0 - 0.02, at - 0.02))
                rows.append({
                    "client": net.device_ip(e.device), "event": n,
                    "hosts": [e.host, *e.also], "program": e.program,
                    "ip": self.world.by_name[e.host].ip, "why": e.why,
                    "start": round(at, 3), "end": round(at + t1 - t0, 3),
                    "result": "loose" if e.loose and e.count == 1 else result,
                    "did": result,
                    "idle": e.idle, "direct": e.host in s.direct})
                if e.result and result != e.result:
                    wrong.append(f"{e.program} {e.host}: {result}, "
                                 f"planned {e.result}: {said.strip()}")
        finally:
            capture.stop()
            for b in boxes:
                b.stop()
            net.redirect_upstream(())
        for w in wrong:
            print(f"lab: {s.name}: {w}")
        if wrong:
            return False
        for leg, file in capture.files.items():
            with open(file, "rb") as f:
                data = f.read()
            data = stretch(data, moves)
            with lzma.open(f"{self.out}/{s.name}.{leg}.pcap.xz", "wb",
                           preset=9) as f:
                f.write(data)
        cells = s.truth()
        for c in cells:
            mine = [r for r in rows if r["event"] in c["events"]]
            if c["why"] in scenarios.BY_CHANCE and not any(
                    r["did"] == "rejected" for r in mine):
                c.update(why="", finding="", expect=scenarios.nothing())
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
            try:
                good = lab.run(s)
            except OSError as e:
                print(f"lab: {s.name}: {e}")
                good = False
            if not good:
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
