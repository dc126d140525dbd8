"""The made-up internet of the lab: hosts, their certificates, their servers."""
import json
from dataclasses import dataclass

import net
import pki

BRANDS = """kestrel-paper osprey-bank tallow-health quill-mail bramble-cdn
ferrous-metrics lumen-video sable-chat tern-travel alder-news nimbus-files
umber-pay wicket-code larch-shop dune-maps velvet-music granite-erp heron-hr
pebble-iot saffron-food copse-ads mica-search""".split()
# Real names of the HSTS preload list, answered by the lab's servers only.
PRELOADED = ["www.paypal.com", "www.dropbox.com", "github.com"]


@dataclass
class Host:
    name: str
    ip: str
    server: str = "nginx"  # or "origin" (origin.py)
    max: str = "1.3"
    mtls: bool = False
    expired: bool = False
    reset: bool = False
    rsa: bool = False
    sha256: str = ""
    spki: str = ""

    @property
    def domain(self):
        return ".".join(self.name.split(".")[-2:])


def hosts():
    """All hosts, always the same ones."""
    out = []

    def add(name, ip=None, **more):
        n = len(out)
        out.append(Host(name, ip or f"198.18.{1 + n // 100}.{1 + n % 100}",
                        **more))
    for i, b in enumerate(BRANDS):
        tld = "example" if i % 4 else "test"
        # Every fourth site sits on one address of a content network.
        add(f"www.{b}.{tld}", "198.18.9.9" if i % 4 == 3 else None,
            rsa=i % 3 == 0, max="1.2" if i % 5 == 4 else "1.3")
        if i < 14:
            add(f"api.{b}.{tld}", rsa=i % 2 == 0)
        if i % 6 == 0:
            add(f"static.{b}.{tld}", "198.18.9.9")
    for n in PRELOADED:
        add(n, rsa=True)
    add("vpn.granite-erp.test", server="origin", mtls=True)
    add("sensor.pebble-iot.example", server="origin", mtls=True, max="1.2")
    add("edge.heron-hr.example", server="origin", mtls=True)
    add("old.larch-shop.example", server="origin", expired=True)
    add("files.dune-maps.example", server="origin", expired=True, max="1.2")
    add("flaky.saffron-food.example", server="origin", reset=True)
    return out


class World:
    """Keys, certificates and configuration of the servers, in a folder."""

    def __init__(self, work):
        self.work, self.hosts = work, hosts()
        self.by_name = {h.name: h for h in self.hosts}
        root = pki.Authority("Lab Public Root R1", "Lab Trust Services", "rsa")
        self.roots = [root, pki.Authority("Harbour Root X2", "Harbour Trust")]
        issuers = [pki.Authority(f"{n} Issuing CA", o, k, p) for n, o, k, p in (
            ("Lab Web R3", "Lab Trust Services", "rsa", root),
            ("Harbour E1", "Harbour Trust", "ec", self.roots[1]),
            ("Lab Web E5", "Lab Trust Services", "ec", root),
            ("Harbour R7", "Harbour Trust", "rsa", self.roots[1]))]
        self.client_ca = pki.Authority("Device Identity CA", "Granite ERP")
        self.file("clients-ca.pem", self.client_ca.pem())
        self.file("roots.pem", b"".join(r.pem() for r in self.roots))
        for i, h in enumerate(self.hosts):
            ca = issuers[i % len(issuers)]
            key, cert = ca.issue(
                [h.name], pki.new_key("rsa" if h.rsa else "ec"), public=True,
                **(dict(since=-90, until=-2) if h.expired else {}))
            h.sha256, h.spki = pki.sha256(cert), pki.spki_pin(cert)
            self.file(f"{h.name}.key", pki.pem_key(key))
            self.file(f"{h.name}.crt", cert.public_bytes(pki.PEM) + ca.chain())

    def file(self, name, data):
        with open(f"{self.work}/{name}", "wb") as f:
            f.write(data)

    def start(self):
        w = self.work
        blocks = "".join(f"""
    server {{
        listen {h.ip}:443 ssl http2; server_name {h.name};
        ssl_certificate {w}/{h.name}.crt; ssl_certificate_key {w}/{h.name}.key;
        ssl_protocols TLSv1.2{'' if h.max == '1.2' else ' TLSv1.3'};
        location / {{ try_files $uri /index.html; }}
        location ~ ^/with/([^/]+)/([^/]+)/ {{ return 200
            "<link rel=preconnect href=https://$1><img src=https://$2/i>"; }}
    }}""" for h in self.hosts if h.server == "nginx")
        self.file("nginx.conf", f"""user root; daemon off; worker_processes 1;
pid {w}/nginx.pid; error_log {w}/nginx.err;
events {{ worker_connections 512; }}
http {{
    log_format lab '$host $request_uri'; access_log {w}/access.log lab;
    client_body_temp_path {w}/t1; proxy_temp_path {w}/t2;
    fastcgi_temp_path {w}/t3; uwsgi_temp_path {w}/t4; scgi_temp_path {w}/t5;
    server_tokens off; keepalive_timeout 20; default_type text/html;
    ssl_session_cache shared:s:1m;
    root {w}/www;
{blocks}
}}
""".encode())
        self.file("origin.json", json.dumps([
            {"name": h.name, "ip": h.ip, "cert": f"{w}/{h.name}.crt",
             "key": f"{w}/{h.name}.key", "max": h.max, "reset": h.reset,
             "mtls": f"{w}/clients-ca.pem" if h.mtls else None}
            for h in self.hosts if h.server == "origin"]).encode())
        here = __file__.rpartition("/")[0]
        open(f"{w}/access.log", "w").close()
        return [net.Server(net.SRV, ["nginx", "-c", f"{w}/nginx.conf"],
                           f"{w}/nginx.log", port=443),
                net.Server(net.SRV, ["/usr/bin/python3", f"{here}/origin.py",
                                     f"{w}/origin.json"], f"{w}/origin.log",
                           port=443)]

    def answered(self):
        """What the origins answered: set of "host path"."""
        return set(open(f"{self.work}/access.log").read().splitlines()) | \
            set(open(f"{self.work}/origin.log").read().splitlines())
