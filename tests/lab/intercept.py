"""The lab's own interceptor: what the packaged ones cannot be told to do.

usage: intercept.py CONFIG.json

CONFIG: ca, untrust (PEM with key), roots, max ("1.2" or "1.3"), modes (host
to mode), certreq (CA file) and folder (for leaves).  Modes:

  normal       an impersonation certificate, the origin behind it
  placeholder  a fixed self-signed certificate, as a proxy without a leaf has
  expired, wrongname   an impersonation certificate with that fault
  untrust      signed by the untrust CA (by itself where the origin is bad)
  block        an impersonation certificate, then a page of its own
  downgrade    hides the client's TLS 1.3 from a TLS 1.3 server: sentinel
  echo         TLS 1.2, with the client's session id echoed: no such session
  broadcom     a client that offers a session gets a TLS 1.2 full handshake
               and the placeholder; one that offers none gets "normal"
  broadcom47   the same by way of "downgrade" instead of the placeholder
  chain        offers the origin the last session; shows the placeholder where
               the origin's answer to that is no good
  certreq      asks the client for a certificate, as the origin does
  old          speaks TLS 1.2 at most, also to clients that refuse it
  reset        resets after the ClientHello
"""
import json
import select
import socket
import ssl
import struct
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import serialization
import pki

SO_ORIGINAL_DST = 80
PLACEHOLDER = "IfYouCanSeeThisCertificateThisIsAnErrror"
BLOCKED = (b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n"
           b"Content-Length: 7\r\nConnection: close\r\n\r\nBlocked")


class Hello:
    """What the interceptor looks at in a ClientHello record."""

    def __init__(self, record):
        self.name, self.session, self.at = None, False, {}
        p = 5 + 4 + 2 + 32
        self.sid = record[p + 1:p + 1 + record[p]]
        p += 1 + record[p]
        p += 2 + struct.unpack_from(">H", record, p)[0]
        p += 1 + record[p]
        end = p + 2 + struct.unpack_from(">H", record, p)[0]
        p += 2
        while p + 4 <= end:
            kind, size = struct.unpack_from(">HH", record, p)
            self.at[kind] = p
            if kind == 0:
                self.name = record[p + 9:p + 4 + size].decode()
            if kind == 41 or (kind == 35 and size):
                self.session = True
            p += 4 + size


def read_record(sock):
    data = b""
    while len(data) < 5 or len(data) < 5 + struct.unpack_from(">H", data, 3)[0]:
        part = sock.recv(65536)
        if not part:
            return None
        data += part
    return data


def with_session_id(data, sid):
    """The bytes from a ServerHello on, with another session id in it."""
    old = data[43]
    more = len(sid) - old
    record, = struct.unpack_from(">H", data, 3)
    hello, = struct.unpack(">I", b"\0" + data[6:9])
    return (data[:3] + struct.pack(">H", record + more) + data[5:6] +
            struct.pack(">I", hello + more)[1:] + data[9:43] +
            bytes([len(sid)]) + sid + data[44 + old:])


class Interceptor:
    def __init__(self, config):
        self.c, self.cache, self.lock = config, {}, threading.Lock()
        self.sessions = {}
        self.upstream = ssl.create_default_context(cafile=config["roots"])
        self.loose = ssl.create_default_context()
        self.loose.check_hostname = False
        self.loose.verify_mode = ssl.CERT_NONE
        for u in (self.upstream, self.loose):
            if config.get("max") == "1.2" and not config.get("chain"):
                u.maximum_version = ssl.TLSVersion.TLSv1_2
        self.key = pki.new_key("rsa")
        self.ca = self.authority(config["ca"])
        self.untrust = self.authority(config["untrust"])

    @staticmethod
    def authority(file):
        pem = open(file, "rb").read()
        a = pki.Authority.__new__(pki.Authority)
        a.key = serialization.load_pem_private_key(pem, None)
        a.cert = x509.load_pem_x509_certificate(pem)
        a.subject, a.parent = a.cert.subject, None
        return a

    def leaf(self, name, mode):
        if mode == "placeholder":
            a = pki.Authority.__new__(pki.Authority)
            a.key, a.subject, a.parent = self.key, pki.name(PLACEHOLDER), None
            return a.issue([PLACEHOLDER], key=self.key, until=3650)[1]
        a = self.untrust if mode == "untrust" else self.ca
        if mode == "expired":
            return a.issue([name], key=self.key, since=-40, until=-3)[1]
        if mode == "wrongname":
            return a.issue(["gateway.corp.example"], key=self.key)[1]
        return a.issue([name], key=self.key)[1]

    def context(self, name, mode, limit):
        with self.lock:
            k = (name, mode, limit)
            if k not in self.cache:
                c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                c.set_alpn_protocols(["http/1.1"])
                file = f"{self.c['folder']}/{name}-{mode}.pem"
                with open(file, "wb") as f:
                    f.write(pki.pem_key(self.key))
                    f.write(self.leaf(name, mode).public_bytes(pki.PEM))
                c.load_cert_chain(file)
                if limit == "1.2":
                    c.maximum_version = ssl.TLSVersion.TLSv1_2
                if mode == "certreq":
                    c.verify_mode = ssl.CERT_REQUIRED
                    c.load_verify_locations(self.c["certreq"])
                self.cache[k] = c
            return self.cache[k]

    def dial_again(self, name, where):
        """The origin with the session of the last time, or None."""
        raw = socket.create_connection(where, 10)
        try:
            session = self.sessions.pop(name, None)
            return self.upstream.wrap_socket(raw, server_hostname=name,
                                             session=session)
        except ssl.SSLError:
            raw.close()
            return None

    def dial(self, name, where):
        """The origin: (TLS socket, did its certificate verify)."""
        for context, good in ((self.upstream, True), (self.loose, False)):
            raw = socket.create_connection(where, 10)
            try:
                return context.wrap_socket(raw, server_hostname=name), good
            except ssl.SSLCertVerificationError:
                raw.close()
        raise OSError("no origin")

    def plan(self, hello, where):
        """(mode of the leaf, version limit, edit, origin)"""
        mode = self.c["modes"].get(hello.name, "normal")
        limit = self.c.get("max", "1.3")
        if mode.startswith("broadcom"):
            if not hello.session:
                mode = "normal"
            else:
                mode = "placeholder" if mode == "broadcom" else "downgrade"
                limit = "1.2" if mode == "placeholder" else limit
        if mode == "chain":
            origin = self.dial_again(hello.name, where)
            return mode if origin else "placeholder", limit, None, origin
        if mode in ("placeholder", "block", "certreq", "reset"):
            return mode, limit, None, None
        if mode in ("downgrade", "echo", "old"):
            edit = None if mode == "old" else mode
            return "normal", "1.3" if mode == "downgrade" else "1.2", edit, None
        origin, good = self.dial(hello.name, where)
        return mode if good else "untrust", limit, None, origin

    def serve(self, sock):
        origin = hello = mode = None
        try:
            sock.settimeout(20)
            dst = sock.getsockopt(socket.SOL_IP, SO_ORIGINAL_DST, 16)
            port, ip = struct.unpack_from(">H4s", dst, 2)
            record = read_record(sock)
            if not record:
                return
            hello = Hello(record)
            mode, limit, edit, origin = self.plan(
                hello, (socket.inet_ntoa(ip), port))
            if mode == "reset":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", 1, 0))
                return
            name = hello.name or socket.inet_ntoa(ip)
            self.session(sock, record, hello, edit, origin, mode,
                         self.context(name, mode, limit))
            if mode == "chain":
                self.sessions[name] = origin.session
        except (OSError, ssl.SSLError, struct.error, IndexError) as e:
            print(hello and hello.name, mode, repr(e), flush=True)
        finally:
            for s in (origin, sock):
                if s:
                    s.close()

    def session(self, sock, record, hello, edit, origin, mode, context):
        if edit == "downgrade" and 43 in hello.at:
            # Any other number will do: the server shall not find it.
            at = hello.at[43]
            record = record[:at] + b"\x2a\x2b" + record[at + 2:]
        inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(inward, outward, server_side=True)
        inward.write(record)

        def flush():
            data = outward.read()
            if edit == "echo" and data[5:6] == b"\x02":
                data = with_session_id(data, hello.sid)
            if data:
                sock.sendall(data)

        while True:
            try:
                tls.do_handshake()
                flush()
                break
            except ssl.SSLWantReadError:
                flush()
                data = sock.recv(65536)
                if not data:
                    return
                inward.write(data)
            except ssl.SSLError:
                flush()
                raise
        self.relay(sock, tls, inward, flush, origin, mode)

    @staticmethod
    def relay(sock, tls, inward, flush, origin, mode):
        """Both ways until one side ends."""
        ended, ready = False, []
        if origin:
            origin.setblocking(False)
        while not ended:
            # The first request may have come with the client's Finished.
            try:
                while part := tls.read(65536):
                    if origin:
                        origin.sendall(part)
                    elif mode == "block":
                        tls.write(BLOCKED)
                        ended = True
                ended = True
            except ssl.SSLWantReadError:
                pass
            if origin in ready and not ended:
                try:
                    part = origin.recv(65536)
                    tls.write(part) if part else None
                    ended = not part
                except ssl.SSLWantReadError:
                    pass  # a ticket
            flush()
            if ended:
                break
            wait = [sock] + ([origin] if origin else [])
            ready = [origin] if origin and origin.pending() else \
                select.select(wait, [], [], 20)[0]
            if not ready:
                return
            if sock in ready:
                data = sock.recv(65536)
                inward.write(data) if data else inward.write_eof()
        try:
            tls.unwrap()
        except ssl.SSLError:
            pass
        flush()


def main():
    i = Interceptor(json.load(open(sys.argv[1])))
    s = socket.create_server(("0.0.0.0", i.c["port"]), backlog=128)
    while True:
        sock, _ = s.accept()
        threading.Thread(target=i.serve, args=(sock,), daemon=True).start()


main()
