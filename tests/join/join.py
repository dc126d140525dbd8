"""usage: join.py PINSPOT SAMPLE...  (SAMPLE.pcap.gz and SAMPLE.ca.pem)"""
import datetime
import json
import os
import subprocess
import sys
import tarfile
import tempfile

RANKS = ["possible", "likely", "confirmed"]
TOP = os.getcwd()
AHEAD = datetime.timedelta(seconds=7)


def ask(pinspot, *args, stdin=subprocess.DEVNULL):
    return subprocess.run([pinspot, "-q", *args], check=True, stdin=stdin,
                          stdout=subprocess.PIPE, text=True).stdout


def row(h, ahead=AHEAD, port=True):
    """A line of PAN-OS 10.2 about one captured session."""
    time = datetime.datetime.fromisoformat(h["time"].replace("Z", "+00:00"))
    time += ahead
    f = [""] * 98
    f[0], f[3], f[5] = "1", "DECRYPTION", "2562"
    f[1] = f[6] = time.strftime("%Y/%m/%d %H:%M:%S")
    f[7], f[24] = h["client"]["ip"], str(h["client"]["port"]) if port else ""
    f[8], f[25] = h["server"]["ip"], str(h["server"]["port"])
    f[23], f[28], f[29], f[30] = "1", "0x1400400", "tcp", "allow"
    f[37] = f[38] = "Finished"
    f[39] = "TLS" + h["server_hello"]["version"]
    f[45], f[46], f[47], f[48] = "None", "trusted", "Trusted", "Forward"
    f[63] = h["host"]["name"] if h["host"]["source"] == "sni" else ""
    f[58] = str(len(f[63]))
    if h["sign"] in ("short-first-record", "clear-alert"):
        f[45] = "Certificate"
        f[64] = "Received fatal alert CertificateUnknown from client"
    f[72] = time.strftime("%Y-%m-%dT%H:%M:%S.") + "%03d+00:00" % (
        time.microsecond // 1000)
    return ",".join(f)


passed = failed = 0


def expect(what, holds, *details):
    global passed, failed
    passed, failed = passed + bool(holds), failed + (not holds)
    if not holds:
        print("FAILED", what, *details)


def verdicts(report):
    return {(f["class"], f["host"]["name"], tuple(f["clients"]["sample"])):
            RANKS.index(f["confidence"]) for f in report["findings"]}


pinspot = os.path.abspath(sys.argv[1])
for sample in sys.argv[2:]:
    capture, ca = sample + ".pcap.gz", sample + ".ca.pem"
    shakes = [json.loads(line) for line in
              ask(pinspot, "--handshakes", "-i", ca, capture).splitlines()]
    told = [h for h in shakes if h["server_hello"]["version"]]
    with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
        log.write("".join(row(h) + "\n" for h in told))
        log.flush()
        alone = json.loads(ask(pinspot, "-f", "json", "-i", ca, capture))
        text = ask(pinspot, "-f", "json", "-i", ca, capture, log.name)
        again = ask(pinspot, "-f", "json", "-i", ca, log.name, capture)
    both = json.loads(text)
    expect(f"{sample}: order", text == again)
    expect(f"{sample}: each counts once",
           both["totals"]["handshakes"] == alone["totals"]["handshakes"])
    expect(f"{sample}: all are joined", any(
        n.startswith(f"{len(told)} handshakes are told by a capture and by a log")
        and "7.0 s ahead" in n for n in both["notes"]), both["notes"])
    expect(f"{sample}: the log proves the interception",
           both["totals"]["intercepted"] >= alone["totals"]["intercepted"] and
           "presumed" not in json.dumps(both["findings"]))
    one, two = verdicts(alone), verdicts(both)
    expect(f"{sample}: same findings", one.keys() == two.keys(), one, two)
    expect(f"{sample}: none is less sure",
           all(two.get(k, -1) >= one[k] for k in one), one, two)


def expect_joined(what, args, clocks, stdin=subprocess.DEVNULL):
    """The last sample with logs of other kinds: each handshake counts once."""
    both = json.loads(ask(pinspot, "-f", "json", "-i", ca, *args, stdin=stdin))
    notes = " ".join(both["notes"])
    expect(what, both["totals"]["handshakes"] == alone["totals"]["handshakes"]
           and verdicts(both) == one and
           f"{len(told)} handshakes are told by a capture" in notes and
           all(clock in notes for clock in clocks), notes)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    capture, ca = (os.path.join(TOP, name) for name in (capture, ca))

    def write(name, lines):
        with open(name, "w") as f:
            f.write("".join(line + "\n" for line in lines))

    def seconds(n):
        return datetime.timedelta(seconds=n)

    write("a.log", (row(h, seconds(37)) for h in told))
    write("ports.log", (row(h, seconds(-37), port=False) for h in told))
    write("zone.log", (row(h, seconds(7200), port=False) for h in told))
    write("even.log", (row(h, seconds(37)) for h in told[::2]))
    write("odd.log", (row(h, seconds(-300)) for h in told[1::2]))
    write("two.log", (row(h, seconds(-300 if i % 2 else 37))
                      for i, h in enumerate(told)))
    expect_joined("no ports", (capture, "ports.log"), ["37.0 s behind"])
    expect_joined("wrong zone", (capture, "zone.log"), ["7200.0 s ahead"])
    expect_joined("two logs", (capture, "even.log", "odd.log"),
                  ["37.0 s ahead", "300.0 s behind"])
    expect_joined("two devices in a log", (capture, "two.log"),
                  ["37.0 s ahead", "300.0 s behind"])
    with open("a.log") as log:
        expect_joined("log by pipe", (capture, "-"), ["37.0 s ahead"], log)
    with tarfile.open("all.tar.gz", "w:gz") as tar:
        tar.add("a.log")
        tar.add(capture, "capture.pcap.gz")
    expect_joined("archive", ("all.tar.gz",), ["37.0 s ahead"])
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(failed > 0)
