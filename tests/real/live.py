"""Captures live what openssl's server and clients do, as the only ones in a
network: what is reported, and with what rights.

usage: live.py PINSPOT, as root in a network namespace that nobody uses"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from cases import PATIENCE, Skipped, expect, run_all, running, wait_until

PORT = "8443"
NOBODY = "65534"


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=PATIENCE,
                          **options).stdout


def make_certificates():
    """The interceptor's CA, a leaf of it for two hosts, and another CA."""
    for name in ("ca", "other"):
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            f"/CN=Test {name}", "-keyout", f"{keys}/{name}.key", "-out",
            f"{keys}/{name}.pem")
    run("openssl", "req", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=leaf", "-keyout",
        f"{keys}/leaf.key", "-out", f"{keys}/leaf.csr")
    with open(f"{keys}/names", "w") as f:
        f.write("subjectAltName=DNS:good.example,DNS:pinned.example\n")
    run("openssl", "x509", "-req", "-in", f"{keys}/leaf.csr", "-CA",
        f"{keys}/ca.pem", "-CAkey", f"{keys}/ca.key", "-CAcreateserial",
        "-days", "2", "-extfile", f"{keys}/names", "-out", f"{keys}/leaf.pem")


def start_server():
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{PORT}", "-www", "-key",
         f"{keys}/leaf.key", "-cert", f"{keys}/leaf.pem"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    expect("a server", wait_until(lambda: is_listening(int(PORT))))
    return server


def is_listening(port):
    with open("/proc/net/tcp") as f:
        return any(f":{port:04X} 00000000:0000 0A" in line for line in f)


def visit(host, authority):
    """One client: TLS 1.2, so that all can be read on the wire."""
    client = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{PORT}", "-tls1_2",
         "-servername", host, "-CAfile", f"{keys}/{authority}.pem",
         "-verify_return_error", "-quiet"],
        input=b"GET / HTTP/1.0\r\n\r\n", stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, timeout=PATIENCE)
    return b"HTTP/1.0 200" in client.stdout


class Pinspot:
    """The program, ready when the interface is open and its rights are gone."""

    def __init__(self, folder, *options):
        self.errors = tempfile.TemporaryFile()
        self.out = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [program, "-I", "lo", "-i", f"{keys}/ca.pem", *options],
            cwd=folder, stdout=self.out, stderr=self.errors)
        running.append(self.process)
        self.ready = wait_until(self.is_ready)

    def is_ready(self):
        if self.process.poll() is not None:
            return True
        return self.status()["Seccomp"] == "2"

    def status(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return {k: v.strip() for k, v in
                    (line.split(":", 1) for line in f)}

    def end(self, number=signal.SIGTERM):
        """Its exit status."""
        # The kernel hands over what it has within libpcap's time-out.
        time.sleep(0.6)
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def printed(self, file):
        file.seek(0)
        return file.read().decode()


def read(path):
    with open(path) as f:
        return json.load(f)


def expect_both(report):
    totals = report["totals"]
    expect("connections", totals["connections"], 2)
    expect("intercepted", totals["intercepted"], 2)
    expect("accepted", totals["accepted"], 1)
    expect("rejected", totals["rejected"], 1)
    expect("the interceptor", report["interceptor"],
           {"issuer": "CN=Test ca", "source": "given"})
    expect("hosts with findings",
           [f["host"]["name"] for f in report["findings"]],
           ["pinned.example"])


def test_what_is_reported(folder):
    p = Pinspot(folder, "-o", "report.json")
    expect("ready", p.ready)
    expect("the good host is read", visit("good.example", "ca"))
    expect("the pinned one is not", visit("pinned.example", "other"), False)
    expect("exit status", p.end(), 0)
    report = read(f"{folder}/report.json")
    expect_both(report)
    expect("kind of input", report["inputs"][0]["kind"], "live")
    expect("name of input", report["inputs"][0]["name"], "lo")
    expect("complaints", p.printed(p.errors).count("pinspot: lo"), 0)


def test_the_same_from_a_file(folder):
    """A capture of the same traffic tells the same."""
    if shutil.which("tcpdump") is None:
        raise Skipped("there is no tcpdump")
    dump = subprocess.Popen(["tcpdump", "-i", "lo", "--immediate-mode", "-U", "-w",
                             f"{folder}/lo.pcap", "-Z", "root"],
                            stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    running.append(dump)
    expect("tcpdump writes", wait_until(
        lambda: os.path.exists(f"{folder}/lo.pcap") and
        os.path.getsize(f"{folder}/lo.pcap") >= 24))
    p = Pinspot(folder, "-o", "live.json")
    visit("good.example", "ca")
    visit("pinned.example", "other")
    expect("exit status", p.end(), 0)
    dump.terminate()
    dump.wait(PATIENCE)
    run(program, "-i", f"{keys}/ca.pem", "-o", "file.json", "lo.pcap",
        cwd=folder)
    live, file = (read(f"{folder}/{name}.json") for name in ("live", "file"))
    expect_both(file)
    for part in ("totals", "interceptor"):
        expect(part, live[part], file[part])
    expect("classes", [(f["id"], f["class"], f["counts"])
                       for f in live["findings"]],
           [(f["id"], f["class"], f["counts"]) for f in file["findings"]])


def test_rights_are_given_up(folder):
    p = Pinspot(folder, "-o", "report.json")
    status = p.status()
    expect("users", status["Uid"].split(), [NOBODY] * 4)
    expect("groups", status["Gid"].split(), [NOBODY] * 4)
    expect("further groups", status["Groups"], "")
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        expect(kind, int(status[kind], 16), 0)
    expect("no new privileges", status["NoNewPrivs"], "1")
    expect("seccomp", status["Seccomp"], "2")
    expect("exit status", p.end(), 0)
    owner = os.stat(f"{folder}/report.json").st_uid
    expect("owner of the report", owner, int(NOBODY))


def test_handshakes_as_they_come(folder):
    p = Pinspot(folder, "--handshakes")
    visit("good.example", "ca")
    visit("pinned.example", "other")

    def hosts():
        return [json.loads(line)["host"]["name"]
                for line in p.printed(p.out).splitlines()]
    expect("told while it runs", wait_until(
        lambda: hosts() == ["good.example", "pinned.example"]))
    expect("still running", p.process.poll(), None)
    expect("exit status", p.end(signal.SIGINT), 0)
    expect("each once", len(hosts()), 2)


def test_a_snapshot(folder):
    p = Pinspot(folder, "-o", "report.json")
    visit("good.example", "ca")
    visit("pinned.example", "other")

    def told():
        p.process.send_signal(signal.SIGUSR1)
        time.sleep(0.2)
        return (os.path.exists(f"{folder}/report.json") and
                read(f"{folder}/report.json")["totals"]["connections"] == 2)
    expect("a snapshot", wait_until(told))
    expect_both(read(f"{folder}/report.json"))
    expect("exit status", p.end(), 0)


def test_a_filter(folder):
    p = Pinspot(folder, "-o", "report.json", "--filter", "tcp port 9443")
    visit("good.example", "ca")
    expect("exit status", p.end(), 0)
    expect("connections",
           read(f"{folder}/report.json")["totals"]["connections"], 0)
    p = Pinspot(folder, "--filter", "tcp prot 8443")
    expect("exit status of a wrong one", p.process.wait(PATIENCE), 2)
    expect("it says where", 'filter: "prot 8443" is wrong' in
           p.printed(p.errors))


def test_an_end_after_a_while(folder):
    """As from cron: timeout(1) ends it, and the report is made."""
    result = subprocess.run(
        ["timeout", "--preserve-status", "2", program, "-q", "-I", "lo", "-i",
         f"{keys}/ca.pem", "-o", "report.json"], cwd=folder,
        stderr=subprocess.PIPE, timeout=PATIENCE)
    expect("exit status", result.returncode, 0)
    expect("complaints", result.stderr, b"")
    expect("connections",
           read(f"{folder}/report.json")["totals"]["connections"], 0)


def test_an_interface_that_goes(folder):
    run("ip", "link", "add", "probe0", "type", "veth")
    run("ip", "link", "set", "probe0", "up")
    p = Pinspot(folder, "-I", "probe0", "-o", "report.json")
    expect("ready", p.ready)
    run("ip", "link", "del", "probe0")
    expect("exit status", p.process.wait(PATIENCE), 4)
    told = "probe0: the capture broke off"
    expect("it says so", told in p.printed(p.errors))
    expect("so does the report", any(
        told in note for note in read(f"{folder}/report.json")["notes"]))


def test_what_cannot_be_captured(folder):
    p = Pinspot(folder, "-I", "nosuch0")
    expect("exit status", p.process.wait(PATIENCE), 3)
    expect("it says which", "nosuch0: " in p.printed(p.errors))
    result = subprocess.run([program, "-I", "lo"], cwd=folder, user=int(NOBODY),
                            group=int(NOBODY), extra_groups=[],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            timeout=PATIENCE)
    expect("exit status without the right", result.returncode, 3)
    expect("it says what it needs", b"CAP_NET_RAW" in result.stderr)


def main():
    run("ip", "link", "set", "lo", "up")
    make_certificates()
    server = start_server()
    failed = run_all(globals())
    server.kill()
    server.wait()
    return failed


program = sys.argv[1]
keys = tempfile.mkdtemp()
try:
    os.chmod(keys, 0o755)
    status = main()
finally:
    shutil.rmtree(keys, ignore_errors=True)
sys.exit(status)
