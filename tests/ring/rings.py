#!/usr/bin/env python3
"""Does a capture in many files say what it says in one?

usage: rings.py PINSPOT

Cuts captures of one point, and of several at the same time, into files that end
inside connections, as the rings of tcpdump and dumpcap do, and holds what
pinspot says of the files against what it says of the whole. Also counts frames
and streams of each file by itself. Ends with a line of numbers.
"""

import json
import lzma
import gzip
import os
import random
import struct
import subprocess
import sys
import tempfile

LAB = "tests/lab/captures/"
OFFICE = "samples/captures/office-day"


class Packet:
    """One Ethernet frame with IPv4 and TCP inside."""

    def __init__(self, time, data):
        self.time, self.data = time, data  # microseconds, bytes

    def tcp(self):
        return 14 + (self.data[14] & 15) * 4

    def ends(self):
        d, t = self.data, self.tcp()
        return d[26:30] + d[t:t + 2], d[30:34] + d[t + 2:t + 4]

    def shifted(self, microseconds, sequence):
        """The same a little later, with other sequence numbers."""
        d, t = bytearray(self.data), self.tcp()
        for at in (t + 4, t + 8):
            if at == t + 4 or d[t + 13] & 16:
                old, = struct.unpack_from("!I", d, at)
                struct.pack_into("!I", d, at, (old + sequence) % 2 ** 32)
        return Packet(self.time + microseconds, bytes(d))


def read(file):
    how = lzma.open if file.endswith(".xz") else gzip.open
    with how(file) as f:
        data = f.read()
    at, packets = 24, []
    while at < len(data):
        second, micro, n = struct.unpack_from("<III", data, at)
        packets.append(Packet(second * 1000000 + micro,
                              data[at + 16:at + 16 + n]))
        at += 16 + n
    return packets


def pcap(packets, snaplen=262144):
    out = [struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, snaplen, 1)]
    for p in packets:
        out.append(struct.pack("<IIII", p.time // 1000000, p.time % 1000000,
                               len(p.data), len(p.data)) + p.data)
    return b"".join(out)


def pcapng(packets):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        n = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + n + body + n
    out = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack("<HHI", 1, 0, 262144))]
    for p in packets:
        out.append(block(6, struct.pack(
            "<IIIII", 0, p.time >> 32, p.time & 0xffffffff, len(p.data),
            len(p.data)) + p.data))
    return b"".join(out)


def cut(packets, n):
    """n pieces of about the same number of packets."""
    at = [len(packets) * i // n for i in range(n + 1)]
    return [packets[a:b] for a, b in zip(at, at[1:])]


class Test:
    def __init__(self, pinspot, folder):
        self.pinspot, self.folder = pinspot, folder
        self.passed = self.failed = 0
        self.ca = []

    def write(self, name, data):
        path = f"{self.folder}/{name}"
        with open(path, "wb") as f:
            f.write(data)
        return path

    def ring(self, pieces, pattern, form=pcap):
        return [self.write(pattern.format(i), form(p))
                for i, p in enumerate(pieces)]

    def run(self, files, *how):
        done = subprocess.run(
            [self.pinspot, "scan", "-q", *self.ca, *how, *files],
            capture_output=True, text=True)
        if done.returncode != 0:
            print(f"{done.returncode}: {done.stderr}")
        return done.stdout

    def findings(self, files):
        report = json.loads(self.run(files, "-f", "json") or "{}")
        return [[f[k] for k in ("id", "class", "confidence", "counts",
                                "contrast", "first_seen", "last_seen")]
                for f in report.get("findings", [])] + [report.get("totals")]

    def shakes(self, files):
        """The handshakes with the name of their file."""
        lines = self.run(files, "-f", "jsonl", "--handshakes").splitlines()
        inputs = json.loads(self.run(files, "-f", "json"))["inputs"]
        out = [json.loads(line) for line in lines]
        for h in out:
            h["input"] = inputs[h["input"]]["name"]
        return out

    def essence(self, files):
        """All that must not depend on the files that packets came in."""
        shakes = self.shakes(files)
        for h in shakes:
            for k in ("input", "frame", "stream"):
                del h[k]
        return [self.findings(files),
                sorted(json.dumps(h, sort_keys=True) for h in shakes)]

    def expect(self, what, ok):
        self.passed += ok
        self.failed += not ok
        if not ok:
            print(f"FAILED {what}")

    def equal(self, what, got, wanted):
        self.expect(what, got == wanted)
        if got == wanted:
            return
        for a, b in zip(got, wanted):
            for x in [x for x in a if x not in b][:3]:
                print("  only in parts:", str(x)[:300])
            for x in [x for x in b if x not in a][:3]:
                print("  only in whole:", str(x)[:300])

    def alike(self, what, whole, parts):
        """Parts in any order are as good as the whole."""
        wanted = self.essence(whole)
        self.equal(what, self.essence(parts), wanted)
        random.Random(what).shuffle(parts)
        self.equal(what + ", shuffled", self.essence(parts), wanted)


def streams(packets):
    """tshark's tcp.stream of each packet of a file."""
    known, syn, n, out = {}, {}, 0, []
    for p in packets:
        key, flags = frozenset(p.ends()), p.data[p.tcp() + 13]
        sequence = p.data[p.tcp() + 4:p.tcp() + 8]
        begins = flags & 0x12 == 2
        if key not in known or (begins and syn.get(key) != sequence):
            known[key] = n
            n += 1
        if begins:
            syn[key] = sequence
        out.append(known[key])
    return out


def numbers(t, name, packets, pieces, files):
    """Frames and streams are those of the file where the hello is."""
    whole = {h["time"] + str(h["client"]): h
             for h in t.shakes([t.write(name + ".pcap", pcap(packets))])}
    number = streams(packets)
    begin = [sum(map(len, pieces[:i])) for i in range(len(pieces))]
    number_in = [streams(p) for p in pieces]
    wrong = []
    for h in t.shakes(files):
        w = whole.pop(h["time"] + str(h["client"]), None)
        i = files.index(h["input"])
        if w is None or w["frame"] != begin[i] + h["frame"] or \
                w["stream"] != number[w["frame"] - 1] or \
                h["stream"] != number_in[i][h["frame"] - 1]:
            wrong.append(h)
    t.expect(f"{name}: frames and streams of each file",
             not wrong and not whole)
    for h in wrong[:3]:
        print("  wrong:", h["input"], h["frame"], h["stream"])


def one_point(t):
    office = read(OFFICE + ".pcap.gz")
    t.ca = ["-i", OFFICE + ".ca.pem"]
    pieces = cut(office, 7)
    files = t.ring(pieces, "office-{:02}.pcap")
    whole = t.write("office.pcap", pcap(office))
    t.alike("a ring of files", [whole], files[:])
    numbers(t, "numbered", office, pieces, files)
    many = t.ring(cut(office, 150), "many-{:03}.pcapng", pcapng)
    t.alike("a ring of many files", [whole], many)
    t.alike("empty files in it", [whole],
            files + t.ring([[]] * 5, "office-9{}.pcap"))
    swapped = pieces[0][:-1] + pieces[1][:1], pieces[0][-1:] + pieces[1][1:]
    t.alike("frames out of order at the seam", [whole],
            t.ring([*swapped, *pieces[2:]], "swapped-{}.pcap"))
    t.alike("twice the same files", [whole, whole], files + files)


def lab(t, name):
    with open(f"{LAB}{name}.truth.json", encoding="ascii") as f:
        ca = json.load(f)["ca"]
    t.ca = ["-i", t.write("ca.pem", ca.encode())]
    return [read(f"{LAB}{name}.{leg}.pcap.xz") for leg in ("client", "server")]


def two_points(t, name):
    client, server = lab(t, name)
    whole = [t.write("client.pcap", pcap(client)),
             t.write("server.pcap", pcap(server))]
    parts = [cut(client, 5), cut(server, 8)]
    t.alike(name + ": both sides", whole,
            t.ring(parts[0], "client-{}.pcap") +
            t.ring(parts[1], "server-{}.pcap"))
    t.alike(name + ": both sides, nameless", whole,
            t.ring(parts[0], "{}1.cap") + t.ring(parts[1], "{}2.cap"))
    numbers(t, "one of two", server, parts[1],
            t.ring(parts[1], "server-{}.pcap"))

    twice = [whole[0], t.write("again.pcapng", pcapng(client))]
    t.alike(name + ": one side by two tools", twice,
            t.ring(cut(client, 6), "a{}.pcap") +
            t.ring(cut(client, 4), "b{}.pcapng", pcapng))
    t.alike(name + ": one side by two tools that cut alike", twice,
            t.ring(cut(client, 5), "a{}.pcap") +
            t.ring(cut(client, 5), "b{}.pcapng", pcapng))

    mirror = sorted(client + server, key=lambda p: p.time)
    t.alike(name + ": one side is in both",
            [whole[0], t.write("mirror.pcap", pcap(mirror))],
            t.ring(cut(client, 6), "a{}.pcap") +
            t.ring(cut(mirror, 9), "m{}.pcap"))

    same = [p.shifted(300, 0x12345678) for p in client]
    t.alike(name + ": the same addresses and ports in both",
            [whole[0], t.write("same.pcap", pcap(same))],
            t.ring(cut(client, 7), "a{}.pcap") +
            t.ring(cut(same, 5), "s{}.pcap"))


def at_full_speed(t, name):
    """Where all files are of the same second, time tells little."""
    client, server = (
        [Packet(legs[0].time + 40 * i, p.data) for i, p in enumerate(legs)]
        for legs in lab(t, name))
    whole = t.write("client.pcap", pcap(client))
    for late in 0, 5, 100:
        t.alike(f"{name}: one side by two tools, {late} frames later",
                [whole, t.write("again.pcap", pcap(client[late:], 65535))],
                t.ring(cut(client, 7), "a{}.pcap") +
                t.ring(cut(client[late:], 9), "b{}.pcap",
                       lambda p: pcap(p, 65535)))
    t.alike(name + ": both sides, at full speed",
            [whole, t.write("server.pcap", pcap(server))],
            t.ring(cut(client, 7), "a{}.pcap") +
            t.ring(cut(server, 9), "b{}.pcap"))


def more_points(t, name):
    """Eight can be followed at the same time."""
    client, _ = lab(t, name)
    points = [[p.shifted(100 * i, i << 28) for p in client] for i in range(8)]
    t.alike(name + ": eight points",
            [t.write(f"p{i}.pcap", pcap(p)) for i, p in enumerate(points)],
            [f for i, p in enumerate(points)
             for f in t.ring(cut(p, 3 + i % 3), f"p{i}-{{}}.pcap")])


def hostile(t, name):
    client, _ = lab(t, name)
    same = [t.write(f"same{i:02}.pcap", pcap([
        p.shifted(0, i << 24) for p in client])) for i in range(100)]
    first = t.essence(same)
    random.Random(1).shuffle(same)
    t.equal("a hundred files of the same time, in any order",
            t.essence(same), first)
    one = t.essence(same[:1])
    t.expect("a hundred files of the same time: none is lost",
             len(first[1]) == 100 * len(one[1]))

    pieces = cut(client, 5)
    files = t.ring(pieces[:2] + pieces[3:], "hole-{}.pcap")
    whole = {h["time"]: h for h in t.shakes(
        [t.write("client.pcap", pcap(client))])}
    missing = {p.data[p.tcp():p.tcp() + 4] for p in pieces[2]}
    ports = {int.from_bytes(m[i:i + 2], "big") for m in missing for i in (0, 2)}
    shakes = t.shakes(files)
    t.expect("a part is missing in the middle: the others are whole",
             len(shakes) > 0 and all(
                 whole[h["time"]]["outcome"] == h["outcome"]
                 for h in shakes if h["client"]["port"] not in ports))
    t.expect("a part is missing in the middle: nothing else is",
             {h["time"] for h in shakes} >= {
                 k for k, h in whole.items()
                 if h["client"]["port"] not in ports})


def main():
    with tempfile.TemporaryDirectory() as folder:
        t = Test(sys.argv[1], folder)
        one_point(t)
        two_points(t, "day-12")
        two_points(t, "downgrade")
        at_full_speed(t, "day-12")
        more_points(t, "device-13")
        hostile(t, "browser-12-click")
    print(f"{t.passed} passed, {t.failed} failed, 0 skipped")
    return t.failed > 0


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/../..")
    sys.exit(main())
