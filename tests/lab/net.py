"""Network namespaces of the lab: devices - interceptor - servers.

    pl-c1 .. pl-cN  one namespace, one address, per device: 10.77.0.0/24
    pl-mid          the interceptor; br0 is the client leg, wan0 the server leg
    pl-srv          the origin servers, one address or more: 198.18.0.0/16

Everything is made by up() and removed by down(); nothing outside of these
namespaces and of /etc/netns/pl-* is touched.
"""
import os
import shutil
import signal
import subprocess
import time

MID, SRV = "pl-mid", "pl-srv"
PORT = 8443  # where the interceptor listens


def sh(cmd, check=True):
    return subprocess.run(cmd, shell=True, check=check,
                          stdout=subprocess.DEVNULL,
                          stderr=None if check else subprocess.DEVNULL)


def ns(name, argv):
    return ["ip", "netns", "exec", name, *argv]


def device_ns(n):
    return f"pl-c{n}"


def device_ip(n):
    return f"10.77.0.{10 + n}"


def etc(name, hosts):
    """Names are resolved from a hosts file of the namespace's own."""
    d = f"/etc/netns/{name}"
    os.makedirs(d, exist_ok=True)
    with open(f"{d}/hosts", "w") as f:
        f.write("127.0.0.1 localhost\n")
        f.writelines(f"{h.ip} {h.name}\n" for h in hosts)
    with open(f"{d}/resolv.conf", "w") as f:
        f.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    with open(f"{d}/nsswitch.conf", "w") as f:
        f.write("hosts: files\n")


def up(hosts, devices):
    down()
    for n in [MID, SRV]:
        etc(n, hosts)
        sh(f"ip netns add {n} && ip -n {n} link set lo up")
    sh(f"ip -n {MID} link add br0 type bridge && "
       f"ip -n {MID} addr add 10.77.0.1/24 dev br0 && "
       f"ip -n {MID} link set br0 up && "
       f"ip -n {MID} link add wan0 type veth peer name srv0 netns {SRV} && "
       f"ip -n {MID} addr add 198.18.0.1/16 dev wan0 && "
       f"ip -n {MID} link set wan0 up && ip -n {SRV} link set srv0 up && "
       f"ip netns exec {MID} sysctl -qw net.ipv4.ip_forward=1")
    # Else the redirection happens below br0, and captures show its result.
    sh(f"ip netns exec {MID} sysctl -qw net.bridge.bridge-nf-call-iptables=0",
       check=False)
    for ip in sorted({h.ip for h in hosts}):
        sh(f"ip -n {SRV} addr add {ip}/16 dev srv0")
    sh(f"ip -n {SRV} route add 10.77.0.0/24 via 198.18.0.1")
    for n in range(1, devices + 1):
        d = device_ns(n)
        etc(d, hosts)
        sh(f"ip netns add {d} && ip -n {d} link set lo up && "
           f"ip -n {MID} link add v{n} type veth peer name eth0 netns {d} && "
           f"ip -n {MID} link set v{n} master br0 up && "
           f"ip -n {d} addr add {device_ip(n)}/24 dev eth0 && "
           f"ip -n {d} link set eth0 up && "
           f"ip -n {d} route add default via 10.77.0.1")
    time.sleep(0.3)


def down():
    names = subprocess.run(["ip", "netns", "list"], capture_output=True,
                           text=True).stdout.split()
    for n in names:
        if n.startswith("pl-"):
            sh(f"ip netns pids {n} | xargs -r kill -9", check=False)
            sh(f"ip netns del {n}", check=False)
            shutil.rmtree(f"/etc/netns/{n}", ignore_errors=True)


def redirect(direct=()):
    """Sends port 443 to the interceptor, but for the addresses in direct."""
    t = f"ip netns exec {MID} iptables -w -t nat"
    sh(f"{t} -F PREROUTING")
    for ip in direct:
        sh(f"{t} -A PREROUTING -i br0 -d {ip} -p tcp --dport 443 -j RETURN")
    sh(f"{t} -A PREROUTING -i br0 -p tcp --dport 443 "
       f"-j REDIRECT --to-ports {PORT}")


def redirect_upstream(addresses):
    """Sends port 443 of these servers to an interceptor before them."""
    t = f"ip netns exec {SRV} iptables -w -t nat"
    sh(f"{t} -F PREROUTING")
    for ip in addresses:
        sh(f"{t} -A PREROUTING -i srv0 -d {ip} -p tcp --dport 443 "
           f"-j REDIRECT --to-ports {PORT}")


class Capture:
    """tcpdump on both legs."""

    def __init__(self, folder):
        self.files = {"client": f"{folder}/client.pcap",
                      "server": f"{folder}/server.pcap"}
        self.procs = [subprocess.Popen(
            ns(MID, ["tcpdump", "-Z", "root", "-nUi", i, "-s", "0",
                     "-B", "8192", "-w", self.files[leg], "tcp port 443"]),
            stderr=subprocess.DEVNULL)
            for leg, i in (("client", "br0"), ("server", "wan0"))]
        time.sleep(0.5)

    def stop(self):
        time.sleep(1.3)  # longer than the kernel keeps a block of packets
        for p in self.procs:
            p.send_signal(signal.SIGINT)
            p.wait()


def listens(where, port):
    done = subprocess.run(ns(where, ["ss", "-Hltn", f"sport = :{port}"]),
                          capture_output=True, text=True, check=True)
    return bool(done.stdout.strip())


class Server:
    """A process of the lab that listens until stop()."""

    def __init__(self, where, argv, log, env=None, port=PORT):
        self.log = open(log, "w")
        self.proc = subprocess.Popen(ns(where, argv), stdout=self.log,
                                     stderr=self.log, env=env,
                                     start_new_session=True)
        until = time.time() + 20
        while not listens(where, port):
            if self.proc.poll() is not None or time.time() > until:
                self.stop()
                raise OSError(f"lab: {argv[0]}: {open(log).read()}")
            time.sleep(0.1)

    def stop(self):
        for s in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.proc.pid, s)
                self.proc.wait(1)
                break
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.log.close()
