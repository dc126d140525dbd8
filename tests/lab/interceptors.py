"""Starts the interceptors: three of Debian's and the lab's own."""
import json
import os
import shutil

import net
import pki


def mitmproxy(w, s, ca, untrust):
    conf = f"{w.work}/mitm"
    shutil.rmtree(conf, ignore_errors=True)
    os.makedirs(conf)
    with open(f"{conf}/mitmproxy-ca.pem", "wb") as f:
        f.write(pki.pem_key(ca.key) + ca.pem())
    top = "TLS1_2" if s.tls == "1.2" else "TLS1_3"
    argv = ["mitmdump", "-q", "--mode", "transparent", "--listen-port",
            str(net.PORT), "--set", f"confdir={conf}", "--set",
            f"ssl_verify_upstream_trusted_ca={w.work}/roots.pem", "--set",
            f"tls_version_client_max={top}", "--set",
            f"tls_version_server_max={top}", "--set", "block_global=false"]
    return net.Server(net.MID, argv, f"{w.work}/mitm.log",
                      dict(os.environ, HOME=conf))


def squid(w, s, ca, untrust):
    d = f"{w.work}/squid"
    shutil.rmtree(d, ignore_errors=True)
    os.makedirs(d)
    with open(f"{d}/ca.pem", "wb") as f:
        f.write(pki.pem_key(ca.key) + ca.pem())
    opt = "NO_SSLv3" + (",NO_TLSv1_3" if s.tls == "1.2" else "")
    with open(f"{d}/squid.conf", "w") as f:
        f.write(f"""https_port {net.PORT} intercept ssl-bump \
cert={d}/ca.pem generate-host-certificates=on options={opt}
http_port 127.0.0.1:3128
sslcrtd_program /usr/lib/squid/security_file_certgen -s {d}/db -M 4MB
sslcrtd_children 2 startup=1 idle=1
acl step1 at_step SslBump1
ssl_bump peek step1
ssl_bump bump all
tls_outgoing_options cafile={w.work}/roots.pem options={opt}
http_access allow all
cache deny all
cache_mem 8 MB
hosts_file /etc/hosts
dns_nameservers 127.0.0.1
pid_filename none
visible_hostname gate.corp.example
access_log none
cache_log {d}/cache.log
coredump_dir {d}
shutdown_lifetime 0 seconds
max_filedescriptors 1024
""")
    os.system(f"/usr/lib/squid/security_file_certgen -c -s {d}/db -M 4MB "
              ">/dev/null")
    os.system(f"chown -R proxy {d}; chmod 755 {d}")
    return net.Server(net.MID, ["squid", "-N", "-f", f"{d}/squid.conf"],
                      f"{d}/log")


def sslsplit(w, s, ca, untrust):
    d = f"{w.work}/sslsplit"
    os.makedirs(d, exist_ok=True)
    w.file("split.key", pki.pem_key(ca.key))
    w.file("split.crt", ca.pem())
    argv = ["sslsplit", "-u", "root", "-k", f"{w.work}/split.key", "-c",
            f"{w.work}/split.crt", "-P"]
    argv += ["-r", "tls12"] if s.tls == "1.2" else []
    return net.Server(net.MID, argv + ["ssl", "0.0.0.0", str(net.PORT)],
                      f"{d}/log")


def second(w, s):
    """An interceptor behind the interceptor, for s.upstream."""
    net.redirect_upstream({w.by_name[h].ip for h in s.upstream})
    ca = pki.Authority("Upstream Inspection CA", "Transit GmbH")
    w.file("roots2.pem", open(f"{w.work}/roots.pem", "rb").read() + ca.pem())
    return own_in(w, f"{w.work}/second", net.SRV, ca, ca, {
        "roots": f"{w.work}/roots.pem", "max": "1.3",
        "modes": {h: "broadcom47" for h in s.upstream}})


def own(w, s, ca, untrust):
    roots = "roots2.pem" if s.upstream else "roots.pem"
    return own_in(w, f"{w.work}/own", net.MID, ca, untrust, {
        "roots": f"{w.work}/{roots}", "max": s.tls, "modes": s.modes,
        "chain": bool(s.upstream)})


def own_in(w, d, where, ca, untrust, config):
    shutil.rmtree(d, ignore_errors=True)
    os.makedirs(d)
    for a, n in ((ca, "ca"), (untrust, "untrust")):
        with open(f"{d}/{n}.pem", "wb") as f:
            f.write(pki.pem_key(a.key) + a.pem())
    with open(f"{d}/own.json", "w") as f:
        json.dump({"ca": f"{d}/ca.pem", "untrust": f"{d}/untrust.pem",
                   "certreq": f"{w.work}/clients-ca.pem", "folder": d,
                   "port": net.PORT, **config}, f)
    here = os.path.dirname(os.path.abspath(__file__))
    return net.Server(where, ["/usr/bin/python3", f"{here}/intercept.py",
                              f"{d}/own.json"], f"{d}/log")


START = {f.__name__: f for f in (mitmproxy, squid, sslsplit, own)}
