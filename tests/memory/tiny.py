#!/usr/bin/env python3
"""Memory for connections that are not known to be TLS yet.

usage: tiny.py PINSPOT

Scanners and broken clients open connections, send a byte or two, and leave
them. Each is followed, since it may still become TLS; it must not take what a
handshake takes. Ends with a line of numbers.
"""

import os
import struct
import sys
import tempfile

CONNECTIONS = 60000
EACH_MAX = 640  # bytes; the record of a connection has 256


def capture(file, n, said):
    """n connections, whose clients say so much."""
    with open(file, "wb") as f:
        f.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for i in range(n):
            for flags, payload in ((2, b""), (16, said)):
                tcp = struct.pack("!HHIIHHI", 1024 + i, 443, 100 + flags // 16,
                                  1, 0x5000 | flags, 0xffff, 0) + payload
                ip = struct.pack("!HHIIII", 0x4500, 20 + len(tcp), 0,
                                 0x40060000, 0x0a000001, 0xc0000201)
                frame = bytes(12) + b"\x08\0" + ip + tcp
                f.write(struct.pack("<IIII", 1700000000, i, len(frame),
                                    len(frame)) + frame)


def memory(pinspot, file):
    """The most memory that it took, in bytes; None where it failed."""
    child = os.posix_spawn(
        pinspot, [pinspot, "-q", "-f", "json", file], os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(child, 0)
    return usage.ru_maxrss * 1024 if status == 0 else None


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        file = folder + "/tiny.pcap"
        capture(file, 1, b"")
        base = memory(sys.argv[1], file)
        for said in (b"\0", b"\x16", b"GE"):
            capture(file, CONNECTIONS, said)
            most = memory(sys.argv[1], file)
            each = (most - base) / CONNECTIONS if most and base else None
            if each is not None and each < EACH_MAX:
                passed += 1
                continue
            failed += 1
            print(f"FAILED {CONNECTIONS} connections that say {said}: "
                  f"{each} bytes each, not below {EACH_MAX}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
