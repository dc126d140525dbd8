"""Three other ways to find pinned hosts, on the client leg, from tshark.

PAN-OS's guide: search the log for UnknownCA, then BadCertificate: a readable
client alert 48 or 42.  mitmproxy's examples/contrib/tls_passthrough.py
(conservative): one failed client handshake, and the server's address is
passed through.  Pradeep et al., IMC 2022 (tls_hangup_detector.py): a name
with a ServerHello that is never used, on which the client sends FIN or RST;
used is client application data, in TLS 1.3 more than two records, or two of
which the second is not 19 long.

All three know one class only; a cell is "pinning" to them or nothing.
"""
import collections
import subprocess

FIELDS = ["frame.time_epoch", "tcp.stream", "ip.src", "ip.dst", "tcp.dstport",
          "tcp.flags.fin", "tcp.flags.reset", "tls.record.content_type",
          "tls.record.opaque_type", "tls.record.length", "tls.handshake.type",
          "tls.handshake.extensions_server_name", "tls.alert_message.desc",
          "tls.handshake.extensions.supported_version"]


class Stream:
    def __init__(self, row):
        self.time, self.client, self.server = float(row[0]), row[2], row[3]
        self.sni = None
        self.hello = self.tls13 = self.closed = self.keyed = False
        self.alerts, self.data = [], []

    def frame(self, row):
        mine = row[2] == self.client
        kinds = row[10].split(",")
        if mine and "1" in kinds:
            self.sni = row[11] or None
        if not mine and "2" in kinds:
            self.hello = True
            self.tls13 = "0x0304" in row[13]
        if not mine:
            return
        if "16" in kinds:
            self.keyed = True
        if row[12]:
            self.alerts += row[12].split(",")
        self.closed |= row[5] in ("1", "True") or row[6] in ("1", "True")
        types = [t for part in row[7:9] for t in part.split(",") if t]
        for kind, size in zip(types, row[9].split(",")):
            if kind == "23":
                self.data.append(int(size))

    def used(self):
        if not self.tls13:
            return bool(self.data)
        return len(self.data) > 2 or (len(self.data) == 2
                                      and self.data[1] != 19)

    def handshake_failed(self):
        """As the interceptor itself sees it: no Finished of the client."""
        if self.alerts and not self.keyed:
            return True
        done = any(n >= 45 for n in self.data) if self.tls13 else self.keyed
        return self.hello and not done and self.closed


def streams(file):
    argv = ["tshark", "-r", file, "-Y", "tcp", "-T", "fields"]
    for f in FIELDS:
        argv += ["-e", f]
    out = subprocess.run(argv, capture_output=True, text=True, check=True)
    all_ = {}
    for line in out.stdout.splitlines():
        row = line.split("\t")
        if row[1] not in all_:
            all_[row[1]] = Stream(row)
        all_[row[1]].frame(row)
    return [s for s in all_.values() if s.sni]


def panos(found):
    return [s for s in found if {"48", "42"} & set(s.alerts)]


def passthrough(found):
    failed, out = set(), []
    for s in sorted(found, key=lambda s: s.time):
        if s.handshake_failed():
            failed.add(s.server)
        if s.server in failed:
            out.append(s)
    return out


def failed_used(found):
    by = collections.defaultdict(list)
    for s in found:
        by[s.sni].append(s)
    return [s for group in by.values() for s in group
            if s.hello and s.closed and not any(o.used() for o in group)]


METHODS = {"PAN-OS guide, alert grep": panos,
           "mitmproxy tls_passthrough": passthrough,
           "Pradeep et al., failed/used": failed_used}


def score(truth, capture, methods, match):
    """Adds one capture's cells to each method's tally."""
    found = streams(capture)
    for tally, method in methods.values():
        flagged = set()
        for s in method(found):
            h = {"time": s.time, "client": {"ip": s.client},
                 "host": {"name": s.sni}}
            cell = match.cell(h)[1]
            if cell is not None:
                flagged.add(cell)
        for i, c in enumerate(truth["cells"]):
            if c["expect"]["client"] is not None:
                tally.add(c["expect"]["client"],
                          "pinning" if i in flagged else "")
