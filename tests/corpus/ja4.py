#!/usr/bin/env python3
"""JA4 from the description alone, held against pinspot's.

usage: ja4.py FILE

Each line of FILE: the body of a ClientHello in hexadecimal, pinspot's JA4, its
normalised form.  The description is FoxIO's technical_details/JA4.md; nothing
here comes from pinspot's own code.  The last line tells how many agree; the
exit status is 1 where one does not.
"""
import hashlib
import sys

VERSIONS = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10",
            0x0300: "s3", 0x0002: "s2"}
PASSING = {21, 41, 42, 44}  # padding, pre_shared_key, early_data, cookie


def number(data):
    return int.from_bytes(data, "big")


def pairs(data):
    return [number(data[i:i + 2]) for i in range(0, len(data) - 1, 2)]


def plain(values):
    """Without GREASE: 0x0a0a, 0x1a1a, ... 0xfafa."""
    grease = {0x0A0A + 0x1010 * i for i in range(16)}
    return [v for v in values if v not in grease]


class Reader:
    def __init__(self, data):
        self.data = data

    def take(self, n):
        if n > len(self.data):
            raise ValueError("cut")
        head, self.data = self.data[:n], self.data[n:]
        return head

    def vector(self, n):
        return self.take(number(self.take(n)))


def dissect(body):
    r = Reader(body)
    hello = {"version": number(r.take(2))}
    r.take(32)
    r.vector(1)
    hello["ciphers"] = pairs(r.vector(2))
    r.vector(1)
    hello["extensions"] = []
    try:
        rest = Reader(r.vector(2)) if r.data else Reader(b"")
        while rest.data:
            kind = number(rest.take(2))
            hello["extensions"].append((kind, rest.vector(2)))
    except ValueError:
        pass  # a broken hello is fingerprinted by what came before
    return hello


def first_of(hello, kind):
    return next((b for k, b in hello["extensions"] if k == kind), None)


def vector_in(body, n):
    try:
        return Reader(body).vector(n)
    except ValueError:
        return b""


def alpn_code(hello):
    body = first_of(hello, 16)
    names = vector_in(body, 2) if body else b""
    name = vector_in(names, 1) if names else b""
    if not name:
        return "00"
    ends = chr(name[0]) + chr(name[-1])
    if all(c.isascii() and c.isalnum() for c in ends):
        return ends
    return name.hex()[0] + name.hex()[-1]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def ja4(hello, without=frozenset()):
    body = first_of(hello, 43)
    offered = plain(pairs(vector_in(body, 1))) if body else []
    version = max(offered) if offered else hello["version"]
    ciphers = plain(hello["ciphers"])
    kinds = plain(k for k, _ in hello["extensions"] if k not in without)
    body = first_of(hello, 13)
    algorithms = plain(pairs(vector_in(body, 2))) if body else []

    a = "t" + VERSIONS.get(version, "00")
    a += "i" if first_of(hello, 0) is None else "d"
    a += "%02d%02d" % (min(99, len(ciphers)), min(99, len(kinds)))
    a += alpn_code(hello)
    b = digest(",".join(sorted("%04x" % c for c in ciphers)))
    c = ",".join(sorted("%04x" % k for k in kinds if k not in (0, 16)))
    if algorithms:
        c += "_" + ",".join("%04x" % s for s in algorithms)
    return "_".join((a, b if ciphers else "0" * 12,
                     digest(c) if kinds else "0" * 12))


def main():
    same = different = 0
    for line in open(sys.argv[1]):
        body, published, normalised = line.split()
        hello = dissect(bytes.fromhex(body))
        want = ja4(hello), ja4(hello, PASSING)
        if want == (published, normalised):
            same += 1
        else:
            different += 1
            print("differs: %s %s, by the description %s %s" %
                  (published, normalised, *want))
    print("JA4: %d of %d hellos agree" % (same, same + different))
    return 1 if different or not same else 0


sys.exit(main())
