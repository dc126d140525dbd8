"""The client programs of the lab, and how each is run.

Programs that send the same ClientHello, but for its padding and what it says
of sessions, share the value of `stack`.  A program reports with its exit
status whether an answer came; browsers do not, there the origin's log tells.
"""
import os
import shutil
import subprocess
import time
from dataclasses import dataclass

import net

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"


@dataclass
class Program:
    stack: str
    argv: object  # function of a Call
    browser: bool = False
    pin: bool = False


@dataclass
class Call:
    host: object
    path: str
    ca: str  # bundle that the program trusts
    work: str  # the lab's folder
    home: str  # of this device and program

    @property
    def url(self):
        return f"https://{self.host.name}{self.path}"


def curl(*more):
    return lambda c: ["curl", "-sSfo", "/dev/null", "-m", "15", "--cacert",
                      c.ca, *more, c.url]


def curl_pin(c):
    return curl("--pinnedpubkey", "sha256//" + c.host.spki)(c)


def wget(c):
    return ["wget", "-qO", "/dev/null", "-t", "1", "-T", "15",
            "--ca-certificate", c.ca, c.url]


def python(mode, arg=None):
    def argv(c):
        a = [PYTHON, f"{HERE}/clients/client.py", mode, c.host.name, c.path,
             c.ca]
        return a + ([str(arg(c))] if arg else [])
    return argv


def node(mode):
    return lambda c: ["node", f"{HERE}/clients/client.js", mode, c.host.name,
                      c.path, c.ca, c.host.sha256]


def java(mode, *flags):
    return lambda c: ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                      *flags, "-cp", c.work, "Client", mode, c.host.name,
                      c.path, c.ca, c.host.sha256]


def go(mode):
    return lambda c: [f"{c.work}/goclient", mode, c.host.name, c.path, c.ca,
                      c.host.sha256]


def shell(text):
    """A client that reads its request from standard input."""
    def argv(c):
        request = (f"printf 'GET {c.path} HTTP/1.1\\r\\nHost: {c.host.name}"
                   "\\r\\nConnection: close\\r\\n\\r\\n'; sleep 0.7")
        line = text.format(host=c.host.name, ca=c.ca)
        return ["sh", "-c", f"({request}) | {line} 2>&1 | grep -q '^HTTP/1'"]
    return argv


RUBY = """require 'net/http'; require 'openssl'; require 'digest'
host, path, ca, pin = ARGV
h = Net::HTTP.new(host, 443); h.use_ssl = true; h.ca_file = ca
h.open_timeout = h.read_timeout = 8; h.max_retries = 0
h.verify_callback = lambda { |ok, c| ok && (!pin || c.error_depth > 0 ||
  Digest::SHA256.hexdigest(c.current_cert.to_der) == pin) }
h.get(path)
"""
PERL = """use IO::Socket::SSL; my ($h, $p, $ca, $pin) = @ARGV;
my $s = IO::Socket::SSL->new(PeerAddr => "$h:443", SSL_hostname => $h,
  SSL_verifycn_name => $h, SSL_verifycn_scheme => 'http', SSL_ca_file => $ca,
  Timeout => 8) or die $SSL_ERROR;
if ($pin) { $s->get_fingerprint('sha256') eq "sha256\\$$pin" or die 'pin' }
print $s "GET $p HTTP/1.1\\r\\nHost: $h\\r\\nConnection: close\\r\\n\\r\\n";
<$s> =~ /^HTTP/ or die 'no answer';
"""
PHP = """[, $h, $p, $ca] = $argv; $o = ['cafile' => $ca];
if (isset($argv[4])) $o['peer_fingerprint'] = ['sha256' => $argv[4]];
$c = stream_context_create(['ssl' => $o, 'http' => ['timeout' => 8]]);
exit(@file_get_contents("https://$h$p", false, $c) === false ? 3 : 0);
"""


def script(before, pin=False):
    return lambda c: [*before, c.host.name, c.path, c.ca] + \
        ([c.host.sha256] if pin else [])


W3M = ("timeout 10 w3m -dump -o ssl_verify_server=1 -o ssl_ca_default=0 "
       "-o ssl_ca_file={ca} {url} </dev/null")
LYNX = "SSL_CERT_FILE={ca} timeout 10 lynx -dump {url} </dev/null"
ARIA2 = ("timeout 10 aria2c -q --no-conf -m 1 --retry-wait=0 --ca-certificate="
         "{ca} --check-certificate=true --allow-overwrite=true -o page {url} "
         "&& cat page")
NCAT = "timeout 10 ncat --ssl-verify --ssl-trustfile {ca} {host} 443"
SOCAT = ("timeout 10 socat -t 5 - OPENSSL:{host}:443,cafile={ca},verify=1,"
         "snihost={host}")


def shows(line):
    """A client that prints the page."""
    return lambda c: ["sh", "-c", "(" + line.format(
        ca=c.ca, url=c.url) + ") 2>/dev/null | grep -q lab"]


S_CLIENT = ("timeout 12 openssl s_client -connect {host}:443 -servername "
            "{host} -CAfile {ca} -verify_hostname {host} "
            "-verify_return_error -ign_eof -quiet")
GNUTLS = ("timeout 12 gnutls-cli --x509cafile {ca} --port 443 --logfile "
          "/dev/null {host}")


def nss(folder, c):
    """A certificate store for a browser, with the roots of the bundle."""
    if os.path.exists(f"{folder}/cert9.db"):
        return
    os.makedirs(folder, exist_ok=True)
    run = lambda *a: subprocess.run(["certutil", "-d", f"sql:{folder}", *a],
                                    check=True, capture_output=True)
    run("-N", "--empty-password")
    bundle = open(c.ca).read().split("-----END CERTIFICATE-----\n")
    for i, pem in enumerate(p for p in bundle if "BEGIN" in p):
        file = f"{folder}/{i}.pem"
        with open(file, "w") as f:
            f.write(pem + "-----END CERTIFICATE-----\n")
        run("-A", "-n", f"root{i}", "-t", "C,,", "-i", file)


def chromium(*more):
    def argv(c):
        nss(f"{c.home}/.pki/nssdb", c)
        return ["chromium", "--headless=new",
                "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                f"--user-data-dir={c.home}/chromium", "--no-first-run",
                "--disable-background-networking", "--disable-sync",
                "--disable-component-update", "--disable-extensions",
                "--disable-default-apps", "--disable-quic",
                "--password-store=basic", "--timeout=4000", *more,
                "--dump-dom", c.url]
    return argv


PREFS = {"datareporting.policy.dataSubmissionEnabled": "false",
         "toolkit.telemetry.enabled": "false",
         "app.normandy.enabled": "false",
         "network.captive-portal-service.enabled": "false",
         "network.connectivity-service.enabled": "false",
         "browser.safebrowsing.update.enabled": "false",
         "services.settings.server": '"https://localhost/"',
         "browser.aboutwelcome.enabled": "false",
         "security.OCSP.enabled": "0",
         "network.http.http3.enable": "false",
         "network.trr.mode": "5"}


def firefox(c):
    folder = f"{c.home}/firefox"
    nss(folder, c)
    with open(f"{folder}/user.js", "w") as f:
        f.writelines(f'user_pref("{k}", {v});\n' for k, v in PREFS.items())
    return ["firefox-esr", "--headless", "--no-remote", "--profile", folder,
            "--screenshot", f"{c.home}/shot.png", c.url]


PROGRAMS = {
    "curl": Program("curl", curl("--http1.1")),
    "curl-h2": Program("curl-h2", curl("--http2")),
    "curl-pin": Program("curl", lambda c: curl_pin(c) + ["--http1.1"], pin=True),
    "curl12": Program("curl12", curl("--http1.1", "--tls-max", "1.2")),
    "curl13": Program("curl13", curl("--http1.1", "--tlsv1.3")),
    "wget": Program("wget", wget),
    "s_client": Program("py-ssl", shell(S_CLIENT)),
    "gnutls-cli": Program("gnutls-cli", shell(GNUTLS)),
    "requests": Program("urllib3", python("requests")),
    "py-ssl": Program("py-ssl", python("ssl")),
    "py-pin": Program("urllib3", python("pin", lambda c: c.host.sha256),
                      pin=True),
    "py-resume": Program("py-ssl", python("resume")),
    "node-resume": Program("node", node("resume")),
    "py-spare": Program("py-ssl", python("spare")),
    "py-probe": Program("py-probe", python("probe")),
    "node": Program("node", node("plain")),
    "node-pin": Program("node", node("pin"), pin=True),
    "java": Program("java", java("plain")),
    "java-pin": Program("java", java("pin"), pin=True),
    "java-post": Program("java", java("post"), pin=True),
    "go": Program("go", go("plain")),
    "go-pin": Program("go", go("pin"), pin=True),
    "go-resume": Program("go-resume", go("resume")),
    "go-min13": Program("go", go("min13")),
    "ruby": Program("ruby", script(["ruby", "-e", RUBY])),
    "ruby-pin": Program("ruby", script(["ruby", "-e", RUBY], True), pin=True),
    "perl": Program("perl", script(["perl", "-e", PERL])),
    "perl-pin": Program("perl", script(["perl", "-e", PERL], True), pin=True),
    "php": Program("php", script(["php", "-r", PHP, "--"])),
    "php-pin": Program("php", script(["php", "-r", PHP, "--"], True),
                       pin=True),
    "w3m": Program("py-ssl", shows(W3M)),
    "lynx": Program("gnutls-cli", shows(LYNX)),
    "aria2": Program("aria2", shows(ARIA2)),
    "ncat": Program("ncat", shell(NCAT)),
    "socat": Program("php", shell(SOCAT)),
    "chromium": Program("chromium", chromium(), browser=True),
    "chromium-anyway": Program("chromium", chromium(
        "--ignore-certificate-errors"), browser=True),
    "firefox": Program("firefox", firefox, browser=True),
}


def environment(call):
    """Ours, without what would tell programs whom to trust or to ask."""
    env = dict(os.environ, HOME=call.home, XDG_RUNTIME_DIR=call.home)
    for k in list(env):
        if k.lower().endswith("_proxy") or k.startswith(("SSL_CERT", "DBUS")) \
                or k in ("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
                         "CURL_CA_BUNDLE", "DISPLAY", "JAVA_TOOL_OPTIONS",
                         "NODE_OPTIONS", "PYTHONPATH"):
            del env[k]
    return env


def start(program, device, call):
    os.makedirs(call.home, exist_ok=True)
    argv = PROGRAMS[program].argv(call)
    return subprocess.Popen(
        net.ns(net.device_ns(device), argv), env=environment(call),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True, cwd=call.home)


def end(p):
    try:
        os.killpg(p.pid, 9)
    except ProcessLookupError:
        pass
    p.wait()


def browse(program, device, call, answered):
    """Runs a browser until it ends, answered() or it has had its time."""
    p = start(program, device, call)
    until = time.time() + 8
    while p.poll() is None and time.time() < until and not answered():
        time.sleep(0.25)
    time.sleep(0.8)  # for what it opens besides
    end(p)
    return answered()


def run(program, device, call):
    """Runs it in the device's namespace: (exit status, what it said)."""
    p = start(program, device, call)
    try:
        out, _ = p.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        out = b"time-out"
    finally:
        end(p)
    return p.returncode, out.decode(errors="replace")[-300:]


class Talk:
    """A program that asks once for each line: the `-resume` ones."""

    def __init__(self, program, device, call):
        self.p = start(program, device, call)

    def ask(self):
        self.p.stdin.write(b"\n")
        self.p.stdin.flush()
        return self.p.stdout.readline().decode().strip() or "rejected"

    def close(self):
        self.p.stdin.close()
        end(self.p)


def build(work):
    """Compiles what needs it."""
    shutil.copy(f"{HERE}/clients/Client.java", work)
    subprocess.run(["javac", "-d", work, f"{work}/Client.java"], check=True)
    subprocess.run(["go", "build", "-o", f"{work}/goclient",
                    f"{HERE}/clients/client.go"], check=True,
                   env=dict(os.environ, GOCACHE=f"{work}/gocache",
                            GO111MODULE="off", HOME=work))
