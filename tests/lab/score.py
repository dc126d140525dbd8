"""Holds pinspot against what the lab knows.

usage: score.py [--pinspot FILE] [--legs client,server,both] [--learn]
                [--baselines] [--orders] [--measured FILE] [--check] PATH...

PATH is a NAME.truth.json with its captures beside it, or a folder of them.
Each capture is read as the client leg alone, the server leg alone and both.
A class is right where the truth allows it; the truth never comes from a
reader of captures. --learn gives no CA. --orders repeats with the inputs the
other way round and in pieces. --check prints one line per fault and ends
with the line that tests/run wants.
"""
import argparse
import collections
import json
import lzma
import math
import os
import subprocess
import sys
import tempfile
from datetime import datetime

NOT_FAULTS = {None, "harmless", "ignore", "unknown"}


def seconds(time):
    return datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def base(truth_file):
    return truth_file[:-len(".truth.json")]


def unpack(truth_file, leg, folder):
    """The capture of one leg, decompressed: its path."""
    to = f"{folder}/{leg}.pcap"
    with lzma.open(f"{base(truth_file)}.{leg}.pcap.xz") as f:
        with open(to, "wb") as out:
            out.write(f.read())
    return to


def ask(pinspot, files, ca):
    """(report, handshakes) of pinspot; SystemExit where it fails."""
    out = []
    for how in (["-f", "json"], ["-f", "jsonl", "--handshakes"]):
        argv = [pinspot, "scan", "-q", *how, *(["-i", ca] if ca else []),
                *files]
        done = subprocess.run(argv, capture_output=True, text=True)
        if done.returncode not in (0, 4):
            sys.exit(f"score: {' '.join(argv)}: {done.returncode}: "
                     f"{done.stderr}")
        out.append(done.stdout)
    return json.loads(out[0]), [json.loads(h) for h in out[1].splitlines()]


class Match:
    """Finds the event and the cell that a handshake belongs to."""

    def __init__(self, truth):
        self.events, self.cells = collections.defaultdict(list), {}
        self.middle = truth["middle"]
        for e in truth["events"]:
            for h in e["hosts"]:
                self.events[h].append(e)
            self.events[e["ip"]].append(e)
        for i, c in enumerate(truth["cells"]):
            for n in c["events"]:
                self.cells[n] = i

    def event(self, h):
        t = h["time"]
        t = t if isinstance(t, float) else seconds(t)
        client = h["client"]["ip"]
        near = [e for e in self.events[h["host"]["name"]]
                if client in (e["client"], self.middle)
                and e["start"] - 0.2 <= t <= e["end"] + 0.5]
        # Steps follow each other closely: the last that had begun.
        begun = [e for e in near if e["start"] - 0.02 <= t]
        return max(begun or near, key=lambda e: e["start"], default=None)

    def cell(self, h):
        """(event, index of its cell or None)"""
        e = self.event(h)
        if e is None or h["host"]["name"] not in (e["hosts"][0], e["ip"]):
            return e, None
        return e, self.cells[e["event"]]


class Tally:
    """Right, wrong and missed, by class."""

    def __init__(self):
        self.table = collections.Counter()  # (expected, got)
        self.tp, self.fp, self.fn = (collections.Counter() for _ in range(3))

    def add(self, allowed, got, n=1):
        got = got or ""
        ok = got in allowed
        self.table[got if ok else allowed[0], got] += n
        if got:
            (self.tp if ok else self.fp)[got] += n
        if not ok and allowed[0]:
            self.fn[allowed[0]] += n

    def classes(self):
        return sorted({*self.tp, *self.fp, *self.fn})

    def rates(self, c):
        tp, fp, fn = self.tp[c], self.fp[c], self.fn[c]
        p = tp / (tp + fp) if tp + fp else 0.0
        r = tp / (tp + fn) if tp + fn else 0.0
        return p, r, 2 * p * r / (p + r) if p + r else 0.0

    def macro(self):
        """Over the classes that occur in the truth."""
        real = [c for c in self.classes() if self.tp[c] + self.fn[c]]
        return sum(self.rates(c)[2] for c in real) / len(real) if real else 1.0

    def show(self, title):
        print(f"\n{title}: macro F1 {self.macro():.3f}")
        print(f"  {'class':22} right  wrong missed  precision recall  F1")
        for c in self.classes():
            print(f"  {c:22} {self.tp[c]:5} {self.fp[c]:6} {self.fn[c]:6}  "
                  "{:9.3f} {:6.3f} {:5.3f}".format(*self.rates(c)))

    def matrix(self):
        names = sorted({x for pair in self.table for x in pair})
        print("  expected \\ got          " +
              " ".join(f"{(n or 'none')[:9]:>9}" for n in names))
        for row in names:
            if any(self.table[row, n] for n in names):
                print(f"  {row or 'none':22} " + " ".join(
                    f"{self.table[row, n] or '.':>9}" for n in names))


def allowed_by(cell, leg):
    return cell["expect"][leg] if cell else [""]


def cell_names(truth, report, shakes, match):
    """What was found: finding id -> set of cells, cell -> classes."""
    finding_cells = collections.defaultdict(set)
    classes = collections.defaultdict(collections.Counter)
    for h in shakes:
        e, cell = match.cell(h)
        if cell is None:
            continue
        if h["finding"]:
            finding_cells[h["finding"]].add(cell)
        if h["class"] not in NOT_FAULTS:
            classes[cell][h["class"]] += 1
    for f in report["findings"]:
        if f["id"] in finding_cells:
            continue
        hosts = {f["host"]["name"]} if f["host"] else set()
        clients = set(f["clients"]["sample"])
        for i, c in enumerate(truth["cells"]):
            if c["client"] in clients and (not hosts or c["host"] in hosts):
                finding_cells[f["id"]].add(i)
    return finding_cells, classes


class Score:
    def __init__(self):
        self.cells, self.shakes, self.findings = Tally(), Tally(), Tally()
        self.entries = collections.Counter()
        self.rules = {}  # (scenario, rule, class, subject) -> right
        self.wrong_confirmed, self.benign, self.misses = [], [], []
        self.checks = self.unmatched = 0
        self.right_outcomes = self.all_outcomes = 0
        self.sides = collections.Counter()  # (leg, what it was taken for)

    def miss(self, where, text):
        self.misses.append(f"{where}: {text}")

    def capture(self, truth, leg, report, shakes, learned):
        where = f"{truth['name']} ({leg}{', no CA' if learned else ''})"
        match = Match(truth)
        cells = truth["cells"]
        of_finding, classes = cell_names(truth, report, shakes, match)
        for i, c in enumerate(cells):
            allowed = allowed_by(c, leg)
            if allowed is None:
                continue
            got = min(classes[i].items(), key=lambda x: (-x[1], x[0]),
                      default=("", 0))[0]
            self.cells.add(allowed, got)
            self.checks += 1
            if got not in allowed:
                self.miss(where, f"{c['client']} {'/'.join(c['programs'])} "
                          f"{c['host']}: expected "
                          f"{allowed[0] or 'nothing'}, got {got or 'nothing'}"
                          f" (truth: {c['why'] or 'accepted'})")
        self.per_handshake(cells, leg, shakes, match)
        if leg == "client":
            self.outcomes(where, truth, shakes, match)
        if leg == "both":
            for h in shakes:
                side = "server" if h["client"]["ip"] == match.middle else (
                    "client")
                self.sides[side, h["leg"]] += 1
        self.per_finding(where, truth, leg, report, of_finding)
        if leg != "server":
            self.suggestions(where, cells, leg, report)

    def outcomes(self, where, truth, shakes, match):
        """Did the client take the certificate, event by event?"""
        seen = collections.defaultdict(set)
        for h in shakes:
            e, cell = match.cell(h)
            if cell is not None and h["client"]["ip"] != match.middle:
                seen[e["start"], e["client"]].add(h["outcome"])
        for e in truth["events"]:
            if e["idle"] or e["result"] == "loose":
                continue
            got = seen[e["start"], e["client"]]
            ok = "accepted" in got and "rejected" not in got
            if e["result"] == "rejected":
                ok = "accepted" not in got and (
                    got & {"rejected", "idle", "refused-by-server"} or
                    (e["why"] == "reset" and "network" in got))
            self.right_outcomes += bool(ok)
            self.all_outcomes += 1
            if not ok:
                self.miss(where, f"{e['client']} {e['program']} "
                          f"{e['hosts'][0]}: {e['result']}, outcomes "
                          f"{sorted(got)}")

    def per_handshake(self, cells, leg, shakes, match):
        for h in shakes:
            e, cell = match.cell(h)
            if e is None:
                self.unmatched += 1
                continue
            got = h["class"] if h["class"] not in NOT_FAULTS else ""
            allowed = allowed_by(cells[cell] if cell is not None else None, leg)
            if allowed is None:
                continue
            rejected = h["outcome"] == "rejected" or got
            if e["result"] == "rejected" and rejected and \
                    h["client"]["ip"] != match.middle:
                self.shakes.add(allowed, got)
            elif e["result"] == "accepted" and e["why"] == "":
                self.shakes.add([""], got)
            else:  # several outcomes, or the other leg of a failure
                self.shakes.add([got] if got in (*allowed, "")
                                else allowed, got)

    def per_finding(self, where, truth, leg, report, of_finding):
        cells, found = truth["cells"], collections.defaultdict(set)
        wanted = collections.defaultdict(set)
        for i, c in enumerate(cells):
            if c["expect"][leg] and c["expect"][leg][0]:
                wanted[c["finding"]].add(i)
        for f in report["findings"]:
            name, mine = f["class"], of_finding[f["id"]]
            right = [i for i in mine if allowed_by(cells[i], leg) is None or
                     name in allowed_by(cells[i], leg)]
            ok = len(right) * 2 > len(mine)
            self.checks += 1
            self.findings.tp[name] += ok
            self.findings.fp[name] += not ok
            key = (truth["name"], f["rule"], name,
                   tuple(sorted({cells[i]["finding"] for i in mine})))
            self.rules[key] = self.rules.get(key, True) and ok
            for i in right:
                found[i].add(name)
            host = f["host"]["name"] if f["host"] else None
            text = f"{name} {f['confidence']} {host or '(any host)'} " \
                f"by {f['rule']}"
            if not ok:
                self.miss(where, "wrong finding: " + text)
                if f["confidence"] == "confirmed":
                    self.wrong_confirmed.append(f"{where}: {text}")
                if not any(c["why"] for c in cells):
                    self.benign.append(f"{where}: {text}")
        for key, members in wanted.items():
            names = {n for i in members for n in cells[i]["expect"][leg]}
            name = cells[min(members)]["expect"][leg][0]
            if "" in names:
                continue
            if not any(names & found[i] for i in members):
                self.findings.fn[name] += 1
                self.miss(where, f"no finding: {key}")

    def suggestions(self, where, cells, leg, report):
        got = {s["entry"] for s in report["suggestions"]
               if s["verdict"] in ("add", "investigate")}
        may = {c["host"] for c in cells if allowed_by(c, leg) is None or
               {"pinning", "client-auth"} & set(allowed_by(c, leg))}
        want = {c["host"] for c in cells if allowed_by(c, leg) in
                (["pinning"], ["client-auth"])}

        def covers(entry, host):
            e = entry.lstrip("*.^")
            return host == e or host.endswith("." + e)
        wrong = {g for g in got if not any(covers(g, m) for m in may)}
        unfound = {w for w in want if not any(covers(g, w) for g in got)}
        self.entries["right"] += len(got) - len(wrong)
        self.entries["wrong"] += len(wrong)
        self.entries["found"] += len(want) - len(unfound)
        self.entries["wanted"] += len(want)
        for entry in sorted(wrong):
            self.miss(where, f"suggested in vain: {entry}")
        for host in sorted(unfound):
            self.miss(where, f"not suggested: {host}")

    def measured(self):
        """Per rule: verdicts, wrong ones, 95 % upper bound of their share."""
        n, bad = collections.Counter(), collections.Counter()
        for (_, rule, _, _), right in self.rules.items():
            n[rule] += 1
            bad[rule] += not right
        return {r: {"n": n[r], "false": bad[r],
                    "upper": round(upper(bad[r], n[r]), 3)} for r in sorted(n)}


def upper(bad, n):
    """Rule of three where nothing was wrong, else Wilson's upper bound."""
    if bad == 0:
        return min(1.0, 3 / n)
    z, p = 1.645, bad / n
    mid = p + z * z / (2 * n)
    return (mid + z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / \
        (1 + z * z / n)


def packets(data):
    """Of a classic pcap with Ethernet and IPv4: (start, end, connection)."""
    at = 24
    while at + 16 <= len(data):
        end = at + 16 + int.from_bytes(data[at + 8:at + 12], "little")
        frame = data[at + 16:end]
        tcp = 14 + (frame[14] & 15) * 4
        yield at, end, frozenset((frame[26:30] + frame[tcp:tcp + 2],
                                  frame[30:34] + frame[tcp + 2:tcp + 4]))
        at = end


def pieces(file, parts, folder, between):
    """Splits a capture in files, as rotation does: paths. With between, only
    where no connection goes on."""
    with open(file, "rb") as f:
        data = f.read()
    last = {key: end for _, end, key in packets(data)}
    cuts, open_ = [24], set()
    for _, end, key in packets(data):
        open_.add(key)
        if last[key] == end:
            open_.discard(key)
        if end >= len(data) * len(cuts) // parts and not (between and open_):
            cuts.append(end)
    out = []
    for i, (a, b) in enumerate(zip(cuts, cuts[1:])):
        out.append(f"{folder}/{os.path.basename(file)}.{i}.pcap")
        with open(out[-1], "wb") as f:
            f.write(data[:24] + data[a:b])
    return out


def essence(report):
    return sorted((f["class"], (f["host"] or {}).get("name") or "",
                   f["confidence"], f["counts"]["attempts"])
                  for f in report["findings"])


def orders(a, files, ca, folder, report):
    """Do other orders and splits of the inputs give the same verdicts?"""
    ways = {"reversed": files[::-1]}
    for name, between in (("split between connections", True),
                          ("split anywhere", False)):
        os.makedirs(f"{folder}/{between}", exist_ok=True)
        parts = [p for f in files
                 for p in pieces(f, 3, f"{folder}/{between}", between)]
        ways |= {name: parts, name + ", reversed": parts[::-1]}
    for name, other in ways.items():
        if len(other) > 1:
            again, _ = ask(a.pinspot, other, ca)
            if essence(again) != essence(report):
                yield name


def paths(args):
    for p in args:
        if os.path.isdir(p):
            yield from sorted(f"{p}/{f}" for f in os.listdir(p)
                              if f.endswith(".truth.json"))
        else:
            yield p


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--pinspot", default="build/pinspot")
    p.add_argument("--legs", default="client,server,both")
    p.add_argument("--learn", action="store_true")
    p.add_argument("--baselines", action="store_true")
    p.add_argument("--orders", action="store_true")
    p.add_argument("--measured")
    p.add_argument("--check", action="store_true")
    p.add_argument("paths", nargs="+")
    return p.parse_args()


def one(a, score, truth_file, folder, unequal):
    with open(truth_file) as f:
        truth = json.load(f)
    legs = {leg: unpack(truth_file, leg, folder)
            for leg in ("client", "server")}
    with open(f"{folder}/ca.pem", "w") as f:
        f.write(truth["ca"])
    ca = None if a.learn else f"{folder}/ca.pem"
    for leg in a.legs.split(","):
        files = list(legs.values()) if leg == "both" else [legs[leg]]
        report, shakes = ask(a.pinspot, files, ca)
        score.capture(truth, leg, report, shakes, a.learn)
        if a.orders:
            unequal += [f"{truth['name']} ({leg}): {how}" for how in
                        orders(a, files, ca, folder, report)]
    return truth, legs


def show(score, unequal, count):
    print(f"{count} scenarios, {score.checks} cells, "
          f"{score.unmatched} handshakes of no event")
    score.cells.show("Per cell (program on a device, host)")
    score.cells.matrix()
    score.findings.show("Per finding")
    score.shakes.show("Per handshake")
    print(f"\nTaken or refused, per event: {score.right_outcomes} of "
          f"{score.all_outcomes} right")
    for (side, told), n in sorted(score.sides.items()):
        print(f"Connections of the {side} leg told as {told}: {n}")
    e = score.entries
    print(f"\nSuggested entries: {e['right']} right, {e['wrong']} wrong, "
          f"{e['found']} of {e['wanted']} hosts found")
    print(f"Wrong although confirmed: {len(score.wrong_confirmed)}")
    print(f"Findings where nothing was wrong: {len(score.benign)}")
    for line in (*score.wrong_confirmed, *score.benign):
        print("  " + line)
    if unequal is not None:
        print(f"Other verdicts in another order or split: {len(unequal)}")
        for line in unequal:
            print("  " + line)
    if score.misses:
        print(f"\nMisjudged ({len(score.misses)}):")
        for m in score.misses:
            print("  " + m)


def main():
    a = arguments()
    score, unequal, count, legs_of = Score(), [], 0, []
    methods = {}
    if a.baselines:
        import baselines
        methods = {name: (Tally(), f) for name, f in baselines.METHODS.items()}
    for t in paths(a.paths):
        with tempfile.TemporaryDirectory() as folder:
            truth, legs = one(a, score, t, folder, unequal)
            count += 1
            if methods:
                baselines.score(truth, legs["client"], methods, Match(truth))
    if a.measured:
        with open(a.measured, "w") as f:
            json.dump({"schema": "pinspot/measured/v1", "scenarios": count,
                       "rules": score.measured()}, f, indent=1)
            f.write("\n")
    if a.check:
        bad = len(score.misses)
        for m in score.misses:
            print(m)
        print(f"{score.checks - bad} passed, {bad} failed, 0 skipped")
        sys.exit(bad > 0)
    show(score, unequal if a.orders else None, count)
    for name, (tally, _) in methods.items():
        p, r, f = tally.rates("pinning")
        print(f"\nBaseline {name}: pinning precision {p:.3f}, recall {r:.3f}, "
              f"F1 {f:.3f}; macro F1 {tally.macro():.3f}")
        tally.matrix()


if __name__ == "__main__":
    main()
