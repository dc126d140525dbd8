"""Python clients.  usage: client.py MODE HOST PATH CAFILE [PIN]

MODE: requests; ssl (bare module); pin (fingerprint of the certificate after
the handshake, as urllib3 does it); store (trusts the origin's own root only);
resume (a session of an earlier run is offered, PIN is its count); spare
(finishes, never speaks); probe (no name, closes at once).  Ends with 0 when
an answer came.
"""
import socket
import ssl
import sys
import time

mode, host, path, cafile = sys.argv[1:5]
pin = sys.argv[5] if len(sys.argv) > 5 else None


def ask(s):
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n"
              "Connection: close\r\n\r\n".encode())
    data = b""
    while b"\r\n\r\n" not in data:
        part = s.recv(65536)
        if not part:
            break
        data += part
    if not data.startswith(b"HTTP/"):
        raise OSError("no answer")


def connect(ctx, session=None, name=host):
    raw = socket.create_connection((host, 443), 10)
    return ctx.wrap_socket(raw, server_hostname=name, session=session)


def main():
    if mode == "requests":
        import requests
        requests.get(f"https://{host}{path}", verify=cafile, timeout=10)
        return
    if mode == "pin":
        import urllib3
        pool = urllib3.HTTPSConnectionPool(
            host, ca_certs=cafile, cert_reqs="CERT_REQUIRED",
            assert_fingerprint=pin, retries=False, timeout=10)
        pool.request("GET", path)
        return
    ctx = ssl.create_default_context(cafile=cafile)
    if mode == "probe":
        ctx.check_hostname = False
        ctx.verify_mode = ssl.CERT_NONE
        connect(ctx, name=None).close()
        return
    if mode == "spare":
        s = connect(ctx)
        time.sleep(0.8)
        s.close()
        return
    if mode == "resume":
        # As a pool does: offer the last session; drop it where it failed.
        session = None
        for _ in sys.stdin:
            try:
                with connect(ctx, session) as s:
                    ask(s)
                    session = s.session
                print("accepted", flush=True)
            except OSError:
                session = None
                print("rejected", flush=True)
        return
    with connect(ctx) as s:
        ask(s)


main()
