"""Sends decryption logs through a real syslog daemon that runs pinspot, and
compares its reports with those of pinspot on the same lines in a file.

    daemon.py PINSPOT FOLDER PORT [SIGNAL] -- DAEMON ARGUMENT...

FOLDER/report.json is where the daemon's pinspot writes its report; SIGNAL is
what makes the daemon ask for one."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

PATIENCE = 30  # seconds until something that should happen is given up
N_GENERATED = 2000


def wait_until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def sample(name, n):
    """The first lines; the last of each sample is damaged."""
    with open(f"samples/logs/{name}") as f:
        return f.read().splitlines()[:n]


def squid_line(number):
    host = f"h{number % 50}.example"
    return (f"{1772600000 + number}.000     10 192.0.2.{number % 40 + 1} "
            f"NONE_NONE/200 0 CONNECT {host}:443 - HIER_DIRECT/198.51.100.20 "
            f"- bump {host} - ERR_SECURE_ACCEPT_FAIL "
            "SQUID_TLS_ERR_ACCEPT+TLS_LIB_ERR=A000418+TLS_IO_ERR=1")


def wrapped(line):
    """As a proxy's syslog sends it (RFC 3164)."""
    if line.startswith("<"):
        return line
    return f"<134>Mar  4 09:15:02 edge squid[812]: {line}"


def handshakes(path):
    try:
        with open(path) as f:
            return json.load(f)["totals"]["handshakes"]
    except (OSError, ValueError):
        return -1


def findings(path):
    with open(path) as f:
        report = json.load(f)
    return report["totals"], [
        (f["id"], f["class"], f["confidence"]) for f in report["findings"]]


def children(pid):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as f:
                parent = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += [int(name)] + children(int(name))
    return found


def is_up(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def check(words, true, daemon_says):
    global passed, failed
    if true:
        passed += 1
        return
    failed += 1
    print(f"FAILED {words}")
    print(daemon_says()[-2000:])


def send(port, by_udp, by_tcp):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for line in by_udp:
            s.sendto(line.encode(), ("127.0.0.1", port))
            time.sleep(0.02)
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as s:
        s.sendall("".join(f"{line}\n" for line in by_tcp).encode())


def main(pinspot, folder, port, number, command):
    report, plain = f"{folder}/report.json", f"{folder}/plain.json"
    panos, squid = sample("panos.log", 6), sample("squid.log", 5)
    by_udp = [wrapped(x) for x in panos + squid]
    by_tcp = [wrapped(squid_line(n)) for n in range(N_GENERATED)]
    with open(f"{folder}/plain.log", "w") as f:
        f.write("\n".join(by_udp + by_tcp) + "\n")
    subprocess.run([pinspot, "-q", "-o", plain, f"{folder}/plain.log"],
                   check=True)
    n = handshakes(plain)

    log = open(f"{folder}/daemon.out", "w+b")
    daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                              stderr=log, start_new_session=True)

    def says():
        log.seek(0)
        return (f"report: {handshakes(report)} of {n} handshakes\n" +
                log.read().decode(errors="replace"))

    started = []
    try:
        check("the daemon starts", wait_until(lambda: is_up(port)), says)
        send(port, by_udp, by_tcp)
        check("a report at the interval",
              wait_until(lambda: handshakes(report) == n), says)
        started = children(daemon.pid)
        check("it runs pinspot", len(started) > 0, says)
        if number is not None:
            os.unlink(report)
            daemon.send_signal(number)
            check("a report on request",
                  wait_until(lambda: handshakes(report) == n), says)
        send(port, [], [wrapped(squid_line(N_GENERATED))])
        time.sleep(0.3)
        if os.path.exists(report):
            os.unlink(report)
        daemon.terminate()
        daemon.wait(PATIENCE)
        check("pinspot ends with its daemon",
              wait_until(lambda: all(map(is_gone, started))), says)
        check("the last report has the last line",
              handshakes(report) == n + 1, says)
        with open(f"{folder}/plain.log", "a") as f:
            f.write(wrapped(squid_line(N_GENERATED)) + "\n")
        subprocess.run([pinspot, "-q", "-o", plain, f"{folder}/plain.log"],
                       check=True)
        check("the same verdicts as from a file", os.path.exists(report) and
              findings(report) == findings(plain), says)
    finally:
        for pid in started:
            if not is_gone(pid):
                os.kill(pid, signal.SIGKILL)
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()
        log.close()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed > 0


passed = failed = 0
at = sys.argv.index("--")
sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]),
              getattr(signal, sys.argv[4]) if at > 4 else None,
              sys.argv[at + 1:]))
