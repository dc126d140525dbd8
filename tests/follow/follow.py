"""Feeds `pinspot --follow` as syslog daemons and logrotate do, and compares what
it tells with what was written.  Each line has a host of its own, so that one
that is lost or counted twice shows."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

from cases import PATIENCE, expect, run_all, running, wait_until


def line(number, host=None):
    """One line of Squid's access.log: a client refuses the certificate."""
    host = host or f"h{number}.example"
    return (f"{1772600000 + number}.000     10 192.0.2.{number % 40 + 1} "
            f"NONE_NONE/200 0 CONNECT {host}:443 - HIER_DIRECT/198.51.100.20 "
            f"- bump {host} - ERR_SECURE_ACCEPT_FAIL "
            "SQUID_TLS_ERR_ACCEPT+TLS_LIB_ERR=A000418+TLS_IO_ERR=1\n")


def lines(first, end):
    return "".join(line(n) for n in range(first, end)).encode()


class Pinspot:
    """The program while it runs.  What it prints is taken at once, unless the
    caller brings a standard output of his own."""

    def __init__(self, *options, stdin=subprocess.DEVNULL, stdout=None):
        self.out = []
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [program, "--follow", *options], stdin=stdin,
            stdout=stdout or subprocess.PIPE, stderr=self.errors)
        running.append(self.process)
        wait_until(self.is_ready)
        if stdout is None:
            self.reader = threading.Thread(target=self.take, daemon=True)
            self.reader.start()

    def is_ready(self):
        """Does it catch SIGUSR1 by now, or has it ended?"""
        try:
            caught = int(self.status()["SigCgt"], 16)
        except (OSError, KeyError):
            return True
        return caught >> (signal.SIGUSR1 - 1) & 1 == 1

    def take(self):
        for text in self.process.stdout:
            self.out.append(text.decode())

    def hosts(self):
        return [json.loads(text)["host"]["name"] for text in list(self.out)]

    def has(self, n):
        return wait_until(lambda: len(self.out) >= n)

    def feed(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def signal(self, number):
        self.process.send_signal(number)

    def end(self, number=None):
        """Its exit status, after a signal or the end of its input."""
        if number is not None:
            self.signal(number)
        elif self.process.stdin is not None:
            self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        if hasattr(self, "reader"):
            self.reader.join(PATIENCE)
        return status

    def stderr(self):
        self.errors.seek(0)
        return self.errors.read().decode()

    def status(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return dict(text.split(":", 1) for text in f)

    def resident(self):
        return int(self.status()["VmRSS"].split()[0])


def expect_hosts(p, n):
    """All of h0 to h(n-1), each once, in order."""
    hosts = p.hosts()
    wanted = [f"h{i}.example" for i in range(n)]
    if hosts != wanted:
        lost = sorted(set(wanted) - set(hosts))
        raise AssertionError(f"{len(hosts)} handshakes, expected {n}; lost "
                             f"{lost[:5]}, {len(hosts) - len(set(hosts))} twice")


def totals(path):
    with open(path) as f:
        return json.load(f)["totals"]


def append(path, data):
    with open(path, "ab") as f:
        f.write(data)


def test_a_file_that_grows(folder):
    log = f"{folder}/access.log"
    append(log, lines(0, 3))
    p = Pinspot("--handshakes", log)
    expect("the lines that were there", p.has(3))
    append(log, lines(3, 5))
    expect("the lines that came", p.has(5))
    whole = line(5).encode()
    append(log, whole[:60])
    time.sleep(0.6)
    expect("handshakes after half a line", len(p.out), 5)
    append(log, whole[60:] + lines(6, 7))
    expect("the line in two writes", p.has(7))
    append(log, whole[:60])
    expect("exit status", p.end(signal.SIGTERM), 0)
    expect_hosts(p, 7)


def test_rotation_by_rename(folder):
    """The writer keeps the renamed file until it is told."""
    log = f"{folder}/access.log"
    append(log, lines(0, 50))
    p = Pinspot("--handshakes", log)
    with open(log, "ab", buffering=0) as writer:
        expect("the first file", p.has(50))
        writer.write(lines(50, 60))
        os.rename(log, f"{log}.1")
        append(log, b"")
        writer.write(lines(60, 70))
        time.sleep(0.4)
        writer.write(lines(70, 80))
    append(log, lines(80, 120))
    expect("the second file", p.has(120))
    os.rename(log, f"{log}.1")
    append(log, lines(120, 130))
    expect("the third file", p.has(130))
    expect("exit status", p.end(signal.SIGTERM), 0)
    expect_hosts(p, 130)


def test_rotation_by_copy_and_truncate(folder):
    log = f"{folder}/access.log"
    append(log, lines(0, 200))
    p = Pinspot("--handshakes", log)
    expect("before", p.has(200))
    for first, end in ((200, 220), (220, 225)):
        os.truncate(log, 0)
        append(log, lines(first, end))
        expect("after truncation", p.has(end))
    # A line that breaks off does not swallow the next one.
    append(log, line(999).encode()[:40])
    time.sleep(0.6)
    os.truncate(log, 0)
    append(log, lines(225, 226))
    expect("after half a line", p.has(226))
    p.end(signal.SIGTERM)
    expect_hosts(p, 226)


def test_truncation_that_nobody_saw(folder):
    """Between two looks the log is truncated and grows beyond what it was."""
    log = f"{folder}/access.log"
    append(log, lines(0, 20))
    p = Pinspot("--handshakes", log)
    expect("before", p.has(20))
    # As many bytes as before, then more, and then with an equal beginning.
    for first, end in ((20, 40), (40, 90)):
        p.signal(signal.SIGSTOP)
        size = os.path.getsize(log)
        os.truncate(log, 0)
        append(log, lines(first, end))
        expect("it grew back", os.path.getsize(log) >= size)
        p.signal(signal.SIGCONT)
        expect("after it", p.has(end))
    p.end(signal.SIGTERM)
    expect_hosts(p, 90)


def test_a_file_that_comes_later(folder):
    log = f"{folder}/access.log"
    p = Pinspot("--handshakes", log)
    expect("it says so", wait_until(lambda: "access.log" in p.stderr()))
    time.sleep(0.6)
    expect("still running", p.process.poll(), None)
    append(log, lines(0, 3))
    expect("its lines", p.has(3))
    append(log, lines(3, 4))
    expect("what came then", p.has(4))
    expect("exit status", p.end(signal.SIGTERM), 0)
    expect_hosts(p, 4)
    expect("it says so once", p.stderr().count("\n"), 1)


def test_a_file_that_never_comes(folder):
    p = Pinspot("-o", f"{folder}/r.json", f"{folder}/access.log")
    expect("it says so", wait_until(lambda: "access.log" in p.stderr()))
    p.signal(signal.SIGUSR1)
    expect("a snapshot", wait_until(lambda: os.path.exists(f"{folder}/r.json")))
    expect("exit status", p.end(signal.SIGTERM), 0)
    p = Pinspot("-q", f"{folder}/access.log")
    time.sleep(0.6)
    expect("exit status when quiet", p.end(signal.SIGTERM), 0)
    expect("nothing is said when quiet", p.stderr(), "")


def test_a_pipe_that_stays_open(folder):
    p = Pinspot("--handshakes", "-", stdin=subprocess.PIPE)
    for n in range(3):
        p.feed(lines(n, n + 1))
        expect("a line is told at once", p.has(n + 1))
    expect("still running", p.process.poll(), None)
    expect("exit status at the end of input", p.end(), 0)
    expect_hosts(p, 3)


def test_handshakes_as_a_table(folder):
    p = Pinspot("--handshakes", "-f", "csv", "-o", f"{folder}/r.json", "-",
                stdin=subprocess.PIPE)
    p.feed(lines(0, 2))
    expect("a heading and two rows", p.has(3))
    p.signal(signal.SIGUSR1)
    expect("a snapshot", wait_until(lambda: os.path.exists(f"{folder}/r.json")))
    expect("exit status", p.end(), 0)
    expect("nothing but rows on standard output", len(p.out), 3)
    expect("headings", sum("192.0.2." not in row for row in p.out), 1)


def test_snapshots_on_request(folder):
    report = f"{folder}/report.json"
    p = Pinspot("-o", report, "-", stdin=subprocess.PIPE)
    for n in (5, 12):
        p.feed(lines(0, n) if n == 5 else lines(5, n))

        def told():
            p.signal(signal.SIGUSR1)
            time.sleep(0.1)
            return (os.path.exists(report) and
                    totals(report)["handshakes"] == n)
        expect(f"a snapshot of {n}", wait_until(told))
    expect("still running", p.process.poll(), None)
    expect("exit status", p.end(signal.SIGTERM), 0)
    expect("the final report", totals(report)["handshakes"], 12)
    expect("files left behind", os.listdir(folder), ["report.json"])


def test_summaries_in_between(folder):
    report = f"{folder}/report.json"
    p = Pinspot("--interval", "1s", "-o", report, "-", stdin=subprocess.PIPE)
    p.feed(lines(0, 4))
    expect("a summary", wait_until(
        lambda: "4 broken attempts, 4 findings\n" in p.stderr()))
    expect("a report in between", wait_until(
        lambda: os.path.exists(report) and
        totals(report)["handshakes"] == 4))
    time.sleep(1.3)
    expect("summaries where nothing came", p.stderr().count("TLS conn"), 1)
    expect("exit status", p.end(), 0)


def test_damaged_lines_are_told_at_once(folder):
    kept = f"{folder}/kept"
    p = Pinspot("--interval", "1s", "--invalid-lines", kept, "-o",
                f"{folder}/r.json", "-", stdin=subprocess.PIPE)
    bad = line(1).replace("192.0.2.2", "192.0.2.999")
    p.feed((line(0) + bad).encode())
    expect("it is told", wait_until(
        lambda: '"192.0.2.999", expected an IP' in p.stderr()))
    expect("it is kept", wait_until(
        lambda: os.path.exists(kept) and open(kept).read() == bad))
    expect("it is summed up", wait_until(
        lambda: ", 1 damaged line or record\n" in p.stderr()))
    p.signal(signal.SIGUSR1)
    p.feed(bad.encode())
    expect("exit status", p.end(), 4)
    with open(kept) as f:
        expect("each is kept once", f.read(), 2 * bad)


def test_nothing_is_lost_at_the_end(folder):
    """What is in the pipe when SIGTERM comes is read."""
    report = f"{folder}/report.json"
    p = Pinspot("-o", report, "-", stdin=subprocess.PIPE)
    p.feed(lines(0, 1))
    time.sleep(0.3)
    p.signal(signal.SIGSTOP)
    p.feed(lines(1, 200) + line(200).encode()[:50])
    p.signal(signal.SIGTERM)
    expect("exit status", p.end(signal.SIGCONT), 0)
    expect("handshakes", totals(report)["handshakes"], 200)


def test_a_month(folder):
    """40 days of 1000 lines, with hosts that come once and never again: old
    attempts age into counters."""
    report = f"{folder}/report.json"
    p = Pinspot("-q", "-o", report, "-", stdin=subprocess.PIPE)
    resident, a_day = [], 1000
    for day in range(40):
        p.feed("".join(
            line(day * 86400 + i * 86, f"h{i % 60}.example" if i % 20 else
                 f"once-{day}-{i}.example")
            for i in range(a_day)).encode())
        if day in (4, 39):
            p.signal(signal.SIGUSR1)
            expect(f"day {day} is read", wait_until(
                lambda: os.path.exists(report) and totals(report)[
                    "handshakes"] == (day + 1) * a_day or
                p.signal(signal.SIGUSR1)))
            resident.append(p.resident())
    expect("exit status after a hangup", p.end(signal.SIGHUP), 0)
    expect("handshakes", totals(report)["handshakes"], 40 * a_day)
    # What a sanitizer keeps of freed memory is not ours.
    spare = 4096 if "asan" not in program else 3 * 4096
    expect(f"memory stays: {resident} kB", resident[1] < resident[0] + spare)


def test_a_fast_writer_is_not_held_up(folder):
    """Months in short: many lines of few hosts, with a snapshot now and then."""
    report = f"{folder}/report.json"
    p = Pinspot("-o", report, "-", stdin=subprocess.PIPE)
    longest, early, at_once, n = 0, 0, 2000, 300000
    for first in range(0, n, at_once):
        data = "".join(line(i, f"h{i % 60}.example")
                       for i in range(first, first + at_once)).encode()
        start = time.monotonic()
        p.feed(data)
        longest = max(longest, time.monotonic() - start)
        if first % (10 * at_once) == 0:
            p.signal(signal.SIGUSR1)
        if first == n // 5:
            early = p.resident()
    late = p.resident()
    expect("exit status", p.end(), 0)
    expect("handshakes", totals(report)["handshakes"], n)
    expect(f"a write in less than 2 s, took {longest:.2f} s", longest < 2)
    expect(f"memory stays: {early} kB, then {late} kB", late < early + 2048)


def test_a_report_that_nobody_takes(folder):
    """A child that cannot print holds up neither its parent nor the end."""
    out, full = os.pipe()
    fcntl.fcntl(full, fcntl.F_SETFL, os.O_NONBLOCK)
    try:
        while True:
            os.write(full, b"x" * 4096)
    except BlockingIOError:
        pass
    fcntl.fcntl(full, fcntl.F_SETFL, 0)
    report = f"{folder}/report.json"
    p = Pinspot("-f", "text", "-o", report, "-", stdin=subprocess.PIPE,
                stdout=full)
    p.feed(lines(0, 1))
    time.sleep(0.3)
    p.signal(signal.SIGUSR1)
    start = time.monotonic()
    p.feed(lines(1, 3000))
    expect("writing goes on", time.monotonic() - start < 2)
    os.close(full)
    threading.Thread(target=lambda: [None for _ in iter(
        lambda: os.read(out, 4096), b"")], daemon=True).start()
    expect("exit status", p.end(), 0)
    expect("handshakes", totals(report)["handshakes"], 3000)
    os.close(out)


def test_handshakes_that_nobody_takes(folder):
    """Its writer is not held up, memory stays, and what is lost is told."""
    n, at_once, times, resident = 40000, 1000, [], []
    out, full = os.pipe()
    p = Pinspot("--handshakes", "-o", f"{folder}/r.json", "-",
                stdin=subprocess.PIPE, stdout=full)
    os.close(full)

    def write():
        for first in range(0, n, at_once):
            data = "".join(line(i, f"h{i % 60}.example")
                           for i in range(first, first + at_once)).encode()
            start = time.monotonic()
            p.feed(data)
            times.append(time.monotonic() - start)
            if first == n // 2:
                resident.append(p.resident())
    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    writer.join(PATIENCE)
    expect("all is written", len(times), n // at_once)
    expect(f"a write in less than 3 s, took {max(times):.2f} s",
           max(times) < 3)
    resident.append(p.resident())
    expect(f"memory stays: {resident} kB", resident[1] < resident[0] + 4096)
    p.out = []
    p.reader = threading.Thread(target=lambda: p.out.extend(
        os.fdopen(out, "rb")), daemon=True)
    p.reader.start()
    expect("exit status", p.end(), 4)
    expect("whole records", all("host" in json.loads(row) for row in p.out))
    with open(f"{folder}/r.json") as f:
        report = json.load(f)
    expect("all are counted", report["totals"]["handshakes"], n)
    told = f"{n - len(p.out)} handshakes were not printed"
    expect(f"{told} on standard error", told in p.stderr())
    expect(f"{told} in the report", any(told in note for note in
                                        report["notes"]))


def test_a_slow_reader_gets_everything(folder):
    """Slow, but at it: it is waited for, as ever in a pipe."""
    out, full = os.pipe()
    p = Pinspot("--handshakes", "-", stdin=subprocess.PIPE, stdout=full)
    os.close(full)
    p.out = []

    def take():
        rest = b""
        while data := os.read(out, 65536):
            time.sleep(0.005)
            whole = (rest + data).split(b"\n")
            rest = whole.pop()
            p.out.extend(text.decode() for text in whole)
    p.reader = threading.Thread(target=take, daemon=True)
    p.reader.start()
    p.feed(lines(0, 15000))
    expect("exit status", p.end(), 0)
    expect_hosts(p, 15000)
    os.close(out)


def test_only_one_input(folder):
    append(f"{folder}/a", lines(0, 1))
    append(f"{folder}/b", lines(1, 2))
    p = Pinspot(f"{folder}/a", f"{folder}/b")
    expect("exit status", p.end(), 2)
    expect("it says why", "one input" in p.stderr())


program = sys.argv[1]
# Memory is looked at: AddressSanitizer must not keep much of what was freed.
os.environ.setdefault("ASAN_OPTIONS", "quarantine_size_mb=1")
sys.exit(run_all(globals()))
