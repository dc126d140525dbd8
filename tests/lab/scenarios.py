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
            "upstream": "upstream-cert", "mtls": "client-auth",
            "certreq": "client-auth",
            "downgrade": "protocol-mismatch", "old": "protocol-mismatch",
            "echo": "protocol-mismatch", "broadcom": "resumption-mismatch",
            "chain": "resumption-mismatch",
            "reset": "network", "block": "block-page"}
# What each leg shows of a reason; absent: client and both, not server.
# None = not scored on that leg, "" = no class.
LEGS = {"untrust": {"server": ["upstream-cert"]},
        "upstream": {"client": ["upstream-cert", ""],
                     "server": ["upstream-cert", "undetermined"]},
        "chain": {"client": ["proxy-cert", "resumption-mismatch"],
                  "server": ["resumption-mismatch"]},
        "mtls": {"client": ["client-auth", ""], "server": ["client-auth"]},
        "reset": {"client": ["network", ""], "server": ["network", ""],
                  "both": ["network", ""]}}


# Modes of the interceptor that no client takes.
ALWAYS = {"placeholder", "expired", "wrongname"}
# Reasons that hit some connections only: where none was hit, nothing is wrong.
BY_CHANCE = {"broadcom", "chain"}


def nothing():
    return {leg: [""] for leg in ("client", "server", "both")}


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
    count: int = 1  # requests of a program that offers its last session
    loose: bool = False  # several outcomes in one event, or not for checking
    idle: bool = False  # finishes, says nothing, means nothing
    also: tuple = ()  # other hosts that a page makes the browser ask

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
    upstream: set = field(default_factory=set)  # hosts with a second one behind

    def __post_init__(self):
        """Gives each event that has none a time of day, 75 s apart, and
        each its reason where the host alone decides it."""
        at = 7 * 3600
        for e in self.events:
            if e.host in self.direct and e.why in ("pin", "store"):
                e.why = ""
            if not e.why and self.modes.get(e.host) in ALWAYS:
                e.why = self.modes[e.host]
            at = e.at = e.at or at + 75
            at += 40 * (e.count - 1)

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
        name = CLASS_OF[e.why]
        return name, "*" if name == "resumption-mismatch" else e.host

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
                "expect": nothing()})
            c["events"].append(n)
            if e.program not in c["programs"]:
                c["programs"].append(e.program)
            if not e.why:
                continue
            name, key = self.verdict(e)
            c["why"] = e.why
            c["finding"] = f"{name}: {key}"
            # A host that the interceptor asked and then had nothing to say
            # to is no cause; to say that it cannot be known is no error.
            c["expect"] = {"client": [name], "server": ["", "undetermined"],
                           "both": [name], **LEGS.get(e.why, {})}
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
    more = {"trust": why != "store", **more}
    return [Event(device, program, h, why, **more) for h in hosts]


def pins(tag, interceptor, tls, program, plain, other, seed, ca):
    """One pinned program, the same stack elsewhere; every other time another
    program is content with the pinned host."""
    target, *rest = pick(seed, 4)
    there = [target] if seed % 2 else rest[1:2]
    return Scenario(
        f"pin-{tag}", f"{program} pins one host; {plain} and {other} do not",
        interceptor, tls,
        benign(1, plain, rest) + benign(1, other, there + rest[:1]) +
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


def more_singles():
    """Each way of pinning, each kind of store, each fault, once."""
    a, b, c, d, e, f = pick(12, 6)
    for i, (tag, box, tls, program, plain, other) in enumerate((
            ("curl-12", "sslsplit", "1.2", "curl-pin", "curl", "node"),
            ("requests-13", "mitmproxy", "1.3", "py-pin", "requests", "curl"),
            ("requests-12", "squid", "1.2", "py-pin", "requests", "java"),
            ("node-13", "squid", "1.3", "node-pin", "node", "requests"),
            ("node-12", "mitmproxy", "1.2", "node-pin", "node", "go"),
            ("java-13", "mitmproxy", "1.3", "java-pin", "java", "curl"),
            ("java-12", "sslsplit", "1.2", "java-pin", "java", "wget"),
            ("java-post-13", "own", "1.3", "java-post", "java", "go"),
            ("java-post-12", "own", "1.2", "java-post", "java", "curl"),
            ("go-13", "squid", "1.3", "go-pin", "go", "wget"),
            ("go-12", "own", "1.2", "go-pin", "go", "s_client"))):
        yield pins(tag, box, tls, program, plain, other, 20 + i,
                   (f"Decryption Authority {i}", "Orchard Group"))
    # The same alert for a pin and for a missing CA, and nothing to tell.
    for program, box, tls in (("java-pin", "own", "1.3"),
                              ("go-pin", "mitmproxy", "1.2")):
        yield Scenario(
            f"alone-{program}", "one host, one program, no contrast", box, tls,
            fails(1, program, [a], "pin") + fails(1, program, [a], "pin") +
            benign(2, "curl", [b, c]), ("Outbound Inspect", "Orchard Group"))
        yield Scenario(
            f"alone-store-{program[:-4]}", "the same bytes: the CA is missing",
            box, tls,
            fails(1, program[:-4], [a], "store") +
            fails(1, program[:-4], [a], "store") +
            benign(2, "curl", [b, c]), ("Outbound Inspect", "Orchard Group"))
    for tag, box, tls, program, others in (
            ("java-13", "squid", "1.3", "java", ("curl", "wget")),
            ("node-13", "own", "1.3", "node", ("curl-h2", "requests")),
            ("node-12", "sslsplit", "1.2", "node", ("curl", "go")),
            ("requests-13", "mitmproxy", "1.3", "requests", ("go", "java")),
            ("go-12", "squid", "1.2", "go", ("curl", "wget")),
            ("wget-13", "own", "1.3", "wget", ("curl", "node")),
            ("firefox-13", "mitmproxy", "1.3", "firefox",
             ("chromium", "curl")),
            ("firefox-12", "own", "1.2", "firefox", ("curl", "requests"))):
        yield Scenario(
            f"store-{tag}", f"{program} lacks the CA, others have it",
            box, tls, fails(1, program, [a, b, c], "store") +
            benign(1, others[0], [a, d]) + benign(1, others[1], [b, e]) +
            benign(2, others[0], [f]), ("Trusted Gateway CA", "Selwyn plc"))
    yield Scenario(
        "device-12", "one device lacks the CA", "squid", "1.2",
        fails(3, "curl", [a, b], "store") + fails(3, "go", [c], "store") +
        fails(3, "requests", [d], "store") + fails(3, "gnutls-cli", [e],
                                                  "store") +
        benign(1, "curl", [a]) + benign(1, "requests", [d]) +
        benign(2, "go", [c]), ("Squid Bump CA", "Selwyn plc"))
    yield Scenario(
        "browser-13", "a browser without the CA on one host", "own", "1.3",
        fails(1, "chromium", [a], "store") + benign(1, "curl", [b, c]) +
        benign(2, "chromium", [a, d]), ("Web Gate CA", "Selwyn plc"))
    yield Scenario(
        "browser-12-click", "a user clicks through a warning", "mitmproxy",
        "1.2", fails(1, "chromium", [a], "store") +
        [Event(1, "chromium-anyway", a, trust=False)] +
        benign(1, "curl", [b, c]), ("Web Gate CA", "Selwyn plc"))
    for program, tls in (("chromium", "1.3"), ("firefox", "1.2")):
        yield Scenario(
            f"hsts-{program}", "a browser without the CA, a preloaded host",
            "own", tls, fails(1, program, ["www.paypal.com"], "store") +
            benign(1, "requests", [a, b]) +
            benign(2, program, ["www.paypal.com", c]),
            ("Branch Proxy CA", "Selwyn plc"))
    for n, (tls, host) in enumerate((("1.3", "vpn.granite-erp.test"),
                                     ("1.2", "edge.heron-hr.example"))):
        yield Scenario(
            f"mtls-{n}", "a host wants a client certificate",
            ("own", "mitmproxy")[n], tls,
            benign(1, "curl", [a, b]) + benign(1, "go", [c]) +
            fails(1, "curl", [host], "mtls", loose=True) +
            fails(1, "go", [host], "mtls", loose=True) +
            fails(2, "requests", [host], "mtls", loose=True) +
            benign(2, "requests", [d]), ("Decrypt SubCA", "Ibis BV"))
    for tls in ("1.2", "1.3"):
        yield Scenario(
            f"certreq-{tls[2:]}2", "the interceptor asks as the origin does",
            "own", tls, benign(1, "curl", [a, b]) + benign(1, "go", [c]) +
            fails(1, "curl", [d], "certreq", tries=2, loose=True) +
            fails(1, "go", [d], "certreq", loose=True) +
            fails(2, "java", [d], "certreq", loose=True),
            ("Decrypt SubCA", "Ibis BV"), {d: "certreq"})
    for mode in ("expired", "wrongname"):
        yield Scenario(
            f"cert-{mode}", "the impersonation certificate itself is bad",
            "own", "1.2", benign(1, "curl", [a, b]) + benign(2, "java", [c]) +
            benign(2, "node", [a]) +
            fails(1, "curl", [d], mode) + fails(2, "java", [d], mode) +
            fails(2, "node", [d], mode) + fails(1, "curl", [e], mode),
            ("TLS Inspection CA", "Ibis BV"), {d: mode, e: mode})
    yield Scenario(
        "untrust-13", "the origin's certificate is expired: untrust CA",
        "own", "1.3", benign(1, "curl", [c, d]) + benign(2, "node", [b]) +
        fails(1, "curl", ["old.larch-shop.example"], "untrust") +
        fails(2, "node", ["old.larch-shop.example"], "untrust"),
        ("Decrypt-Fwd", "Corvid Inc"))
    yield Scenario(
        "upstream-squid", "the same with Squid, which shows an error page",
        "squid", "1.2", benign(1, "curl", [c, d]) +
        benign(2, "requests", [b]) +
        fails(1, "curl", ["files.dune-maps.example"], "upstream", loose=True) +
        fails(2, "requests", ["files.dune-maps.example"], "upstream",
              loose=True), ("Bump Authority", "Corvid Inc"))
    yield Scenario(
        "upstream-mitm", "the same with mitmproxy", "mitmproxy", "1.3",
        benign(1, "wget", [c, d]) + benign(2, "node", [b]) +
        fails(1, "wget", ["old.larch-shop.example"], "upstream", loose=True) +
        fails(2, "node", ["old.larch-shop.example"], "upstream",
              loose=True), ("Bump Authority", "Corvid Inc"))
    yield Scenario(
        "echo", "TLS 1.2 that echoes a session id nobody has", "own", "1.3",
        benign(1, "chromium", [a]) + fails(1, "chromium", [d], "echo") +
        benign(1, "curl", [b, c]), ("Bump Authority", "Corvid Inc"),
        {d: "echo"})
    yield Scenario(
        "downgrade", "TLS 1.3 is hidden from the peer: sentinel", "own", "1.3",
        benign(1, "curl", [a, b]) + benign(1, "go", [b, c]) +
        fails(1, "curl", [d], "downgrade") + fails(1, "go", [d], "downgrade") +
        fails(2, "java", [d], "downgrade") + benign(2, "java", [a]),
        ("Edge CA 7", "Corvid Inc"), {d: "downgrade"})
    yield Scenario(
        "old-versions", "the interceptor knows TLS 1.2 only, the client 1.3",
        "own", "1.2", benign(1, "curl", [a, b]) + benign(1, "go", [a]) +
        fails(1, "curl13", [c], "old") + fails(1, "go-min13", [d], "old") +
        benign(1, "curl", [c]), ("Edge CA 7", "Corvid Inc"))
    for tag, mode in (("placeholder", "broadcom"), ("alert", "broadcom47")):
        yield Scenario(
            f"resume-{tag}", "sessions are offered and not understood: every "
            "other connection fails", "own", "1.3",
            benign(1, "curl", [a, b]) +
            [Event(1, "py-resume", c, "broadcom", count=6, loose=True),
             Event(1, "py-resume", d, "broadcom", count=4, loose=True),
             Event(2, "go-resume", c, "broadcom", count=6, loose=True),
             Event(2, "node-resume", d, "broadcom", count=6, loose=True)] +
            benign(2, "requests", [c, d]), ("Cloud SWG SubCA", "Corvid Inc"),
            {c: mode, d: mode})
    yield Scenario(
        "resume-upstream", "the interceptor offers a session to a second one, "
        "which answers TLS 1.2; the client is shown the placeholder", "own",
        "1.2", benign(1, "curl", [a, b]) + benign(2, "requests", [a]) +
        [Event(n, p, h, "chain", loose=True) for n, p, h in
         ((1, "curl", c), (1, "curl", c), (2, "requests", c), (1, "curl", d),
          (2, "go", d), (1, "curl", c), (2, "go", d), (1, "curl", d))] +
        benign(2, "go", [b]), ("Cloud SWG SubCA", "Corvid Inc"),
        {c: "chain", d: "chain"}, upstream={c, d})
    yield Scenario(
        "pin-elsewhere", "the same stack is content on another device only",
        "own", "1.3", fails(1, "go-pin", [a], "pin", tries=2) +
        benign(2, "go", [b, c]) + fails(1, "go-pin", [a], "pin") +
        benign(2, "curl", [a]), ("Cloud SWG SubCA", "Corvid Inc"))
    yield Scenario(
        "resume-harmless", "sessions are offered, refused, and nobody minds",
        "mitmproxy", "1.3",
        [Event(1, "py-resume", c, count=4, loose=True),
         Event(1, "go-resume", d, count=4, loose=True)] +
        benign(1, "curl", [a, b]), ("Cloud SWG SubCA", "Corvid Inc"))
    yield Scenario(
        "resume-harmless-12", "TLS 1.3 sessions, then an interceptor of 1.2",
        "own", "1.2",
        [Event(1, "py-resume", c, count=4, loose=True),
         Event(1, "go-resume", d, count=4, loose=True)] +
        benign(1, "curl", [a, b]), ("Cloud SWG SubCA", "Corvid Inc"))
    yield Scenario(
        "block-page", "nothing is decrypted but what is blocked", "own", "1.2",
        benign(1, "curl", [a, b, c]) + benign(2, "requests", [a, b]) +
        fails(1, "curl", [d], "block", trust=False) +
        fails(2, "requests", [d], "block", trust=False) +
        fails(2, "requests", [e], "block", trust=False) +
        [Event(3, "curl", d, loose=True)] + benign(3, "go", [b, c]),
        ("Portal CA", "Ibis BV"), {d: "block", e: "block"},
        {h.name for h in PLAIN} - {d, e})
    yield Scenario(
        "network", "an origin that resets", "own", "1.3",
        benign(1, "curl", [a, b]) + benign(2, "go", [c]) +
        fails(1, "curl", ["flaky.saffron-food.example"], "reset") +
        fails(2, "go", ["flaky.saffron-food.example"], "reset"),
        ("Portal CA", "Ibis BV"), {"flaky.saffron-food.example": "reset"})


GENERAL = ["curl", "curl-h2", "wget", "requests", "py-ssl", "node", "java",
           "go", "gnutls-cli", "s_client", "curl12"]


class Office:
    """A day of many devices in which few things fail."""

    def __init__(self, seed, devices, general=tuple(GENERAL)):
        self.r, self.groups = random.Random(seed), []
        self.free = list(range(1, devices + 1))
        self.own, self.taken = {}, set()
        self.r.shuffle(self.free)
        for d in sorted(self.free):
            self.own[d] = self.r.sample(general, 3)

    def device(self):
        return self.free.pop()

    def host(self):
        """A host that nothing else in the day is wrong with."""
        h = self.r.choice([h for h in PLAIN if h.name not in self.taken])
        self.taken |= {o.name for o in PLAIN if o.domain == h.domain}
        return h.name

    def add(self, *events):
        """Events of one device, in this order in the day."""
        self.groups.append(list(events))

    def usual(self, device, low=2, high=3):
        """What the device's programs do all day."""
        for p in self.own[device]:
            names = self.r.sample([h.name for h in PLAIN],
                                  self.r.randint(low, high))
            for n in names:
                self.add(Event(device, p, n))

    def bare(self, device):
        """A device without the CA."""
        for p in self.own[device]:
            for n in self.r.sample([h.name for h in PLAIN], 2):
                self.add(Event(device, p, n, "store", trust=False))

    def runtime(self, program, devices, domains=3):
        """A program without the CA where the others have it."""
        for _ in range(devices):
            d = self.device()
            self.own[d] = [p for p in self.own[d] if
                           programs.PROGRAMS[p].stack !=
                           programs.PROGRAMS[program].stack]
            self.usual(d)
            one = {h.domain: h.name for h in PLAIN}
            for n in self.r.sample(sorted(one.values()), domains):
                self.add(Event(d, program, n, "store", trust=False))

    def pinned(self, program, plain, devices, each=2, content=True):
        """An app that pins, with the same stack in other programs; another
        program is content with the host, or nobody else asks for it."""
        host = self.host()
        domain = HOSTS[host].domain
        for _ in range(devices):
            d = self.device()
            self.usual(d)
            others = [h.name for h in PLAIN if h.domain != domain]
            for n in self.r.sample(others, 2):
                self.add(Event(d, plain, n))
            for _ in range(each):
                self.add(Event(d, program, host, "pin",
                               tries=self.r.choice((1, 2, 3))))
        if content:
            d = self.device()
            self.usual(d)
            self.add(Event(d, self.r.choice(["curl-h2", "wget", "gnutls-cli"]),
                           host))

    def browsing(self, program, visits, **more):
        """Pages that make the browser open spare connections."""
        d = self.device()
        for _ in range(visits):
            page, spare, image = self.r.sample(
                [h.name for h in PLAIN if h.max == "1.3"], 3)
            self.add(Event(d, program, page, also=(spare, image), path=
                           f"/with/{spare}/{image}/{self.r.random()}", **more))
        return d

    def odds(self):
        """Spare connections, a prober, sessions offered."""
        d = self.device()
        self.usual(d)
        for n in self.r.sample([h.name for h in PLAIN], 3):
            self.add(Event(d, "py-spare", n, idle=True, loose=True))
            self.add(Event(d, "py-ssl", n))
        self.add(Event(d, "go-resume", self.r.choice(PLAIN).name, count=3,
                       loose=True))
        d = self.device()
        target = self.r.choice(PLAIN).name
        for _ in range(8):
            self.add(Event(d, "py-probe", target, idle=True, loose=True))

    def rest(self, low=2, high=2):
        while self.free:
            self.usual(self.device(), low, high)

    def events(self):
        """All, mixed, at times between eight and five."""
        order = [g for g in self.groups]
        self.r.shuffle(order)
        out = [e for g in order for e in g]
        gap = 9 * 3600 / max(1, len(out))
        at = 8 * 3600.0
        for e in out:
            e.at = round(at, 1)
            at += max(40.0, gap * self.r.uniform(0.5, 1.5)) + 40 * e.count
        return out


def offices():
    o = Office(101, 24)
    o.bare(o.device())
    o.runtime("node", 2)
    o.pinned("py-pin", "requests", 3)
    o.pinned("java-pin", "java", 2, content=False)
    o.browsing("chromium", 2)
    o.odds()
    o.rest()
    yield Scenario("day-13", "an office day under TLS 1.3", "mitmproxy", "1.3",
                   o.events(), ("Northwind Decrypt", "Northwind"))
    o = Office(202, 24)
    o.bare(o.device())
    o.runtime("java", 2)
    o.pinned("go-pin", "go", 2)
    o.pinned("node-pin", "node", 2, content=False)
    o.browsing("chromium", 2)
    o.odds()
    for p in ("curl", "requests", "go"):
        o.add(Event(o.device(), p, "sensor.pebble-iot.example", "mtls",
                    loose=True))
    o.rest()
    yield Scenario("day-12", "an office day under TLS 1.2", "squid", "1.2",
                   o.events(), ("Bump CA of Rowan", "Rowan & Sons"))
    o = Office(303, 26)
    o.browsing("chromium", 3)
    o.browsing("firefox", 2)
    o.odds()
    o.rest(2, 3)
    yield Scenario("day-benign-13", "nothing is wrong", "mitmproxy", "1.3",
                   o.events(), ("Fairweather CA", None),
                   direct={h.name for h in PLAIN[::7]})
    o = Office(404, 22)
    o.browsing("chromium", 2)
    o.odds()
    o.rest()
    yield Scenario("day-benign-12", "nothing is wrong", "sslsplit", "1.2",
                   o.events(), ("Fairweather CA", None),
                   direct={h.name for h in PLAIN[::9]})
    o = Office(505, 30)
    bad = [o.host(), o.host()]
    o.pinned("curl-pin", "curl", 3)
    o.pinned("java-post", "java", 2)
    o.runtime("firefox", 1)
    o.runtime("requests", 1)
    o.bare(o.device())
    d = o.device()
    o.usual(d)
    o.add(Event(d, "chromium", "www.dropbox.com", "store", trust=False))
    d = o.device()
    o.usual(d)
    o.add(Event(d, "go", "old.larch-shop.example", "untrust"),
          Event(d, "node", "old.larch-shop.example", "untrust"))
    d = o.device()
    o.add(Event(d, "py-resume", bad[0], "broadcom", count=6, loose=True))
    o.add(Event(d, "go-resume", bad[1], "broadcom", count=4, loose=True))
    o.odds()
    o.rest()
    yield Scenario("day-mixed", "many faults in one day", "own", "1.3",
                   o.events(), ("Meridian Inspection CA", "Meridian"),
                   {h: "broadcom47" for h in bad})


def other_offices():
    """Other mixes: what the rules were not written against."""
    o = Office(606, 26)
    o.bare(o.device())
    o.bare(o.device())
    o.runtime("requests", 1, 4)
    o.pinned("node-pin", "node", 2, content=False)
    o.pinned("java-pin", "java", 3)
    o.pinned("curl-pin", "curl", 1, each=3)
    o.browsing("firefox", 1)
    o.browsing("chromium", 1)
    for p in ("curl", "node"):
        o.add(Event(o.device(), p, "edge.heron-hr.example", "mtls",
                    loose=True))
    o.odds()
    o.rest()
    yield Scenario("day-other-13", "another office under TLS 1.3", "squid",
                   "1.3", o.events(), ("Ledger House TLS", "Ledger House"),
                   direct={h.name for h in PLAIN[::11]} - o.taken)
    o = Office(707, 24)
    bad = [o.host(), o.host()]
    o.bare(o.device())
    o.runtime("go", 1, 3)
    o.runtime("wget", 1, 2)
    o.pinned("py-pin", "requests", 2, content=False)
    o.pinned("go-pin", "go", 1, each=3)
    o.browsing("chromium", 1)
    d = o.device()
    o.usual(d)
    o.add(Event(d, "firefox", o.r.choice(PLAIN).name, "store", trust=False))
    for p in ("curl", "java", "requests"):
        d = o.device()
        o.usual(d)
        o.add(Event(d, p, bad[0], "placeholder"))
    d = o.device()
    o.usual(d)
    o.add(Event(d, "curl", "files.dune-maps.example", "untrust"),
          Event(d, "node", "files.dune-maps.example", "untrust"))
    o.odds()
    o.rest()
    yield Scenario("day-other-12", "another office under TLS 1.2", "own",
                   "1.2", o.events(), ("Brook Inspection", "Brook"),
                   {bad[0]: "placeholder"})


OTHER = ["ruby", "perl", "php", "w3m", "lynx", "aria2", "ncat", "socat"]


def strangers():
    """Other client programs, alone and in a day."""
    a, b, c = pick(31, 3)
    for i, p in enumerate(OTHER):
        tls = ("1.3", "1.2")[i % 2]
        yield Scenario(
            f"stranger-{p}", f"{p} with the CA, then another without",
            ("own", "mitmproxy", "sslsplit")[i % 3], tls,
            benign(1, p, [a, b]) + fails(2, p, [a, b, c], "store") +
            benign(2, "curl", [a, c]), ("House Authority", "Acme"))
    o = Office(808, 24, OTHER[:-1])
    o.bare(o.device())
    o.runtime("php", 1, 3)
    o.runtime("w3m", 1, 2)
    o.pinned("ruby-pin", "ruby", 2)
    o.pinned("perl-pin", "perl", 2, content=False)
    o.browsing("firefox", 2)
    o.odds()
    o.rest()
    yield Scenario("day-stranger-13", "an office of other programs", "own",
                   "1.3", o.events(), ("House Authority", "Acme"))
    o = Office(909, 22, OTHER[:-1])
    o.bare(o.device())
    o.runtime("ruby", 2, 2)
    o.pinned("php-pin", "php", 2)
    o.pinned("perl-pin", "perl", 1, each=3)
    o.browsing("chromium", 2)
    for p in ("perl", "w3m"):
        o.add(Event(o.device(), p, "sensor.pebble-iot.example", "mtls",
                    loose=True))
    o.odds()
    o.rest()
    yield Scenario("day-stranger-12", "an office of other programs",
                   "mitmproxy", "1.2", o.events(), ("Annex CA", "Acme"))


def all_scenarios():
    return [*singles(), *more_singles(), *offices(), *other_offices(),
            *strangers()]
