"""Drive a headless Chromium over its DevTools protocol, with nothing but the
standard library: open a file, run expressions in it, count what it asks of the
network and what its policy refuses, take screenshots."""
import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0",
         "--remote-allow-origins=*"]


class Browser:
    def __init__(self, program):
        self.profile = tempfile.mkdtemp()
        self.process = subprocess.Popen(
            [program, *FLAGS, "--user-data-dir=" + self.profile,
             "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.connect(self.port())
        except Exception:
            self.close()
            raise

    def port(self):
        path = os.path.join(self.profile, "DevToolsActivePort")
        for _ in range(300):
            if os.path.exists(path) and os.path.getsize(path) > 0:
                return int(open(path).read().split()[0])
            time.sleep(0.1)
        raise RuntimeError("the browser does not start")

    def connect(self, port):
        url = f"http://127.0.0.1:{port}/json/list"
        pages = json.load(urllib.request.urlopen(url, timeout=30))
        path = next(p for p in pages if p["type"] == "page")[
            "webSocketDebuggerUrl"].split("/", 3)[3]
        self.socket = socket.create_connection(("127.0.0.1", port), 120)
        self.socket.sendall(
            f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode())
        self.input = self.socket.makefile("rb")
        while self.input.readline().strip():
            pass
        self.number = 0
        self.may_run = True
        self.events = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def send(self, text):
        data = text.encode()
        if len(data) < 126:
            head = struct.pack("!BB", 0x81, 0x80 | len(data))
        elif len(data) < 65536:
            head = struct.pack("!BBH", 0x81, 0x80 | 126, len(data))
        else:
            head = struct.pack("!BBQ", 0x81, 0x80 | 127, len(data))
        # A mask of zeros: RFC 6455 wants one, not that it hides anything.
        self.socket.sendall(head + bytes(4) + data)

    def receive(self):
        whole = b""
        while True:
            first, length = struct.unpack("!BB", self.input.read(2))
            if length == 126:
                length, = struct.unpack("!H", self.input.read(2))
            elif length == 127:
                length, = struct.unpack("!Q", self.input.read(8))
            whole += self.input.read(length)
            if first & 0x80:
                return json.loads(whole)

    def call(self, method, **parameters):
        self.number += 1
        self.send(json.dumps({"id": self.number, "method": method,
                              "params": parameters}))
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, method):
        while True:
            for message in self.events:
                if message["method"] == method:
                    return
            self.events.append(self.receive())

    def view(self, width, height, theme):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": theme}])

    def scripts(self, may_run):
        """Whether pages run theirs; expressions are run all the same."""
        self.call("Emulation.setScriptExecutionDisabled", value=not may_run)
        self.may_run = may_run

    def open(self, path):
        """Seconds from the request to a page that can be used."""
        self.events = []
        start = time.monotonic()
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait("Page.loadEventFired")
        if self.may_run:
            self.run("new Promise(r => requestAnimationFrame(() => "
                     "requestAnimationFrame(r)))")
        return time.monotonic() - start

    def run(self, expression):
        result = self.call("Runtime.evaluate", expression=expression,
                           awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def requests(self):
        return [m["params"]["request"]["url"] for m in self.events
                if m["method"] == "Network.requestWillBeSent"]

    def complaints(self):
        return [m["params"] for m in self.events if m["method"] in
                ("Log.entryAdded", "Runtime.exceptionThrown")]

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", captureBeyondViewport=False)
        with open(path, "wb") as out:
            out.write(base64.b64decode(data["data"]))

    def pdf(self, path):
        data = self.call("Page.printToPDF", preferCSSPageSize=True)
        with open(path, "wb") as out:
            out.write(base64.b64decode(data["data"]))
