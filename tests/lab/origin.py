"""Origin servers that nginx cannot be: mutual TLS, TLS failures on purpose.

usage: origin.py CONFIG.json    (written by lab.py)
"""
import json
import socket
import ssl
import struct
import sys
import threading

BODY = b"lab"


def context(h):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(h["cert"], h["key"])
    if h.get("max") == "1.2":
        c.maximum_version = ssl.TLSVersion.TLSv1_2
    if h.get("mtls"):
        c.verify_mode = ssl.CERT_REQUIRED
        c.load_verify_locations(h["mtls"])
    c.set_alpn_protocols(["http/1.1"])
    return c


def serve(sock, h, c, log):
    try:
        if h.get("reset"):
            sock.recv(4096)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
            return
        sock.settimeout(15)
        with c.wrap_socket(sock, server_side=True) as t:
            head = t.recv(65536)
            if head:
                log(f"{h['name']} {head.split()[1].decode()}")
                t.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n"
                          b"Content-Type: text/plain\r\n"
                          b"Connection: close\r\n\r\n" % len(BODY) + BODY)
    except (OSError, IndexError):
        pass
    finally:
        sock.close()


def main():
    def log(line):
        print(line, flush=True)
    for h in json.load(open(sys.argv[1])):
        s = socket.create_server((h["ip"], 443), backlog=64)
        c = context(h)

        def loop(s=s, h=h, c=c):
            while True:
                sock, _ = s.accept()
                threading.Thread(target=serve, args=(sock, h, c, log),
                                 daemon=True).start()
        threading.Thread(target=loop, daemon=True).start()
    threading.Event().wait()


main()
