"""What the lab plays, and what a perfect reader could know of it.

A scenario is a list of events (a program on a device asks a host) with the
reason why each one fails.  truth() turns reasons into the classes that
product.md's definitions give, from the plan alone: what failed, why, and
which contrast the capture holds.
"""
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Optional

import programs
import world

HOSTS = {h.name: h for h in world.hosts()}
PLAIN = [h for h in HOSTS.values() if h.server == "nginx"
         and h.name not in world.PRELOADED]
# Reasons that name a class by themselves: reason -> class.
CLASS_OF = {"placeholder": "proxy-cert", "expired": "proxy-cert",
            "wrongname": "proxy-cert", "untrust": "upstream-cert",
            "mtls": "client-auth", "certreq": "client-auth",
            "downgrade": "protocol-mismatch", "old": "protocol-mismatch",
            "echo": "protocol-mismatch", "broadcom": "resumption-mismatch",
            "reset": "network", "block": "block-page"}
# What each leg shows of a reason; absent: client and both, not server.
# None = not scored on that leg, "" = no class.
LEGS = {"untrust": {"server": ["upstream-cert"]},
        "mtls": {"client": ["client-auth", ""], "server": ["client-auth"]},
        "reset": {"client": ["network", ""], "server": ["network", ""],
                  "both": ["network", ""]}}


@dataclass
class Event:
    device: int
    program: str
    host: str
    why: str = ""  # "" accepted, "pin", "store", or a key of CLASS_OF
    trust: bool = True
    at: float = 0  # seconds of the day
    tries: int = 1
    path: Optional[str] = None
    count: int = 1
    loose: bool = False  # several outcomes in one event, or not for checking
    idle: bool = False  # finishes, says nothing, means nothing

    @property
    def stack(self):
        return programs.PROGRAMS[self.program].stack

    @property
    def result(self):
        if self.loose:
            return None
        return "rejected" if self.why else "accepted"

    @property
    def key(self):
        return (self.device, self.stack, self.host)

    @property
    def domain(self):
        return HOSTS[self.host].domain


@dataclass
class Scenario:
    name: str
    about: str
    interceptor: str
    tls: str
    events: list
    ca: tuple = ("Corp Decrypt CA", "Northwind Works")
    modes: dict = field(default_factory=dict)
    direct: set = field(default_factory=set)  # hosts that are not intercepted
    stretched: bool = False

    def seen(self):
        """Events under the interceptor that say something."""
        return [e for e in self.events
                if e.host not in self.direct and not e.idle]

    def verdict(self, e):
        """(class, key of its finding) of a failed event."""
        seen = self.seen()
        if e.why == "pin":
            spoke = {o.domain for o in seen if o.stack == e.stack
                     and not o.why and o.domain != e.domain}
            if spoke:
                return "pinning", e.host
            return "undetermined", e.host
        if e.why == "store":
            return self.store_verdict(e, seen)
        return CLASS_OF[e.why], e.host if e.why != "broadcom" else "*"

    @staticmethod
    def store_verdict(e, seen):
        device = [o for o in seen if o.device == e.device]
        mine = [o for o in device if o.stack == e.stack]
        if all(o.why for o in device) and len({o.domain for o in device}) > 1:
            return "missing-ca", f"device {e.device}"
        if all(o.why for o in mine) and len({o.domain for o in mine}) > 1:
            return "private-store", e.stack
        if programs.PROGRAMS[e.program].browser:
            pre = e.host in world.PRELOADED
            return ("hsts-preload" if pre else "browser-reject"), e.host
        return "undetermined", e.host

    def truth(self):
        """Cells: (device, stack, host) with class by leg and finding."""
        cells = {}
        for n, e in enumerate(self.events):
            c = cells.setdefault(e.key, {
                "device": e.device, "stack": e.stack, "host": e.host,
                "programs": [], "events": [], "why": "", "finding": "",
                "expect": {leg: [""] for leg in ("client", "server", "both")}})
            c["events"].append(n)
            if e.program not in c["programs"]:
                c["programs"].append(e.program)
            if not e.why:
                continue
            name, key = self.verdict(e)
            c["why"] = e.why
            c["finding"] = f"{name}: {key}"
            c["expect"] = {"client": [name], "server": [""], "both": [name],
                           **LEGS.get(e.why, {})}
            if e.why == "untrust" and self.tls == "1.3":
                c["expect"]["client"] = None
        return list(cells.values())

    def suggest(self):
        """Hosts that an exclusion list should hold."""
        return sorted({c["host"] for c in self.truth()
                       if c["finding"].split(":")[0] in
                       ("pinning", "client-auth")})


def pick(seed, n, pool=PLAIN, skip=()):
    r = random.Random(seed)
    return r.sample([h.name for h in pool if h.name not in skip], n)


def benign(device, program, hosts, **more):
    return [Event(device, program, h, **more) for h in hosts]


def fails(device, program, hosts, why, **more):
    return [Event(device, program, h, why, trust=why != "store", **more)
            for h in hosts]


def pins(tag, interceptor, tls, program, plain, other, seed, ca):
    """One pinned program, the same stack elsewhere, another one there."""
    target, *rest = pick(seed, 4)
    return Scenario(
        f"pin-{tag}", f"{program} pins one host; {plain} and {other} do not",
        interceptor, tls,
        benign(1, plain, rest) + benign(1, other, [target, rest[0]]) +
        fails(1, program, [target], "pin") + benign(2, plain, rest[:2]) +
        fails(2, program, [target], "pin", tries=2), ca)


def singles():
    a, b, c, d, e = pick(11, 5)
    yield pins("curl-13", "own", "1.3", "curl-pin", "curl", "requests", 1,
               ("Gate One Issuing", "Fennel GmbH"))
    yield Scenario(
        "store-java-12", "Java lacks the CA, the other programs have it",
        "sslsplit", "1.2",
        benign(1, "curl", [a, b]) + fails(1, "java", [a, b, c], "store") +
        benign(1, "requests", [c]) + benign(2, "java", [d]) +
        benign(2, "wget", [a]), ("Perimeter Sub CA 3", None))
    yield Scenario(
        "device-13", "one device lacks the CA, another has it",
        "mitmproxy", "1.3",
        fails(1, "curl", [a, b], "store") + fails(1, "wget", [c], "store") +
        fails(1, "node", [a], "store") + fails(1, "java", [d], "store") +
        benign(2, "curl", [a, b]) + benign(2, "node", [c]),
        ("mitm lab ca", "Quarry Labs"))
    yield Scenario(
        "mtls-12", "a host wants a client certificate, TLS 1.2",
        "mitmproxy", "1.2",
        benign(1, "curl", [a, b]) +
        fails(1, "curl", ["sensor.pebble-iot.example"], "mtls", loose=True,
              tries=2) + benign(2, "requests", [c]) +
        fails(2, "requests", ["sensor.pebble-iot.example"], "mtls",
              loose=True), ("Inspection CA", "Harrow Ltd"))
    modes = {a: "placeholder", b: "placeholder"}
    yield Scenario(
        "placeholder-12", "the interceptor shows its placeholder for two hosts",
        "own", "1.2",
        benign(1, "curl", [c, d]) + fails(1, "curl", [a, b], "placeholder") +
        benign(2, "go", [c]) + fails(2, "go", [a], "placeholder") +
        fails(3, "java", [b], "placeholder") + benign(3, "java", [d, e]),
        ("SWG Root 2026", "Tamarind AG"), modes)
    bad = "files.dune-maps.example"
    yield Scenario(
        "untrust-12", "the origin's certificate is expired: untrust CA",
        "own", "1.2",
        benign(1, "curl", [c, d]) + fails(1, "curl", [bad], "untrust") +
        benign(2, "requests", [a]) + fails(2, "requests", [bad], "untrust") +
        fails(2, "node", [bad], "untrust") + benign(2, "node", [b]),
        ("Decrypt-Fwd", "Corvid Inc"))


def all_scenarios():
    return list(singles())
